//! What the receiving server says about who sent a message (RFC 8601).
//!
//! Anybody can write such a header, so only the first one counts: each server puts its own in front of those that came with
//! the message, and the last one to do so is the one that the mailbox is on.

use super::parts::Part;

/// Whether the server doubts that the sender is who the message says.
pub fn is_doubted(root: &Part<'_>) -> bool {
    let results = root.values("Authentication-Results");
    results.first().is_some_and(|first| is_failed(first))
}

/// DMARC is about the address that people see. Where there is none of it, neither of the two that it rests on may have
/// failed with nothing in favour.
fn is_failed(results: &str) -> bool {
    let found = |method: &str| result_of(results, method);
    match found("dmarc").as_deref() {
        Some("fail" | "quarantine" | "reject") => true,
        Some("pass" | "bestguesspass") => false,
        _ => {
            let methods = [found("spf"), found("dkim")];
            let is = |words: &[&str]| {
                methods.iter().flatten().any(|result| words.contains(&result.as_str()))
            };
            is(&["fail", "hardfail", "policy"]) && !is(&["pass"])
        }
    }
}

/// `pass` of `spf=pass (…) smtp.mailfrom=…`; comments are left out.
fn result_of(results: &str, method: &str) -> Option<String> {
    let plain = without_comments(results);
    let mut pieces = plain.split(';').skip(1);
    pieces.find_map(|piece| {
        let piece = piece.trim();
        let (name, rest) = piece.split_once('=')?;
        let name = name.trim().split('/').next()?;
        let value = rest.trim_start();
        let end = value.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(value.len());
        name.eq_ignore_ascii_case(method).then(|| value[..end].to_ascii_lowercase())
    })
}

fn without_comments(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| match c {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubted(headers: &str) -> bool {
        is_doubted(&Part::parse(format!("From: a@b.example\n{headers}\n\nYes\n").as_bytes()))
    }

    #[test]
    fn a_server_that_says_nothing_doubts_nobody() {
        assert!(!doubted("To: c@d.example"));
        assert!(!doubted("Authentication-Results: mx.d.example; none"));
    }

    #[test]
    fn dmarc_decides_where_there_is_one() {
        let results = "Authentication-Results: mx.d.example; spf=fail smtp.mailfrom=b.example; dkim=pass header.d=b.example; ";
        assert!(doubted(&format!("{results}dmarc=fail (p=REJECT) header.from=b.example")));
        assert!(!doubted(&format!("{results}dmarc=pass header.from=b.example")));
    }

    #[test]
    fn without_dmarc_one_that_passed_is_enough() {
        let of =
            |results: &str| doubted(&format!("Authentication-Results: mx.d.example;\n {results}"));
        assert!(of("spf=fail smtp.mailfrom=b.example"));
        assert!(of("dkim=fail (bad signature; spf=pass) header.d=b.example"));
        assert!(!of("spf=softfail; dkim=pass header.d=b.example"));
        assert!(!of("spf=neutral; dkim=none"));
    }

    #[test]
    fn only_the_first_header_counts_since_the_others_came_with_the_message() {
        let forged = "Authentication-Results: mx.d.example; dmarc=fail\nAuthentication-Results: mx.d.example; dmarc=pass";
        assert!(doubted(forged));
    }
}
