//! What the receiving server says about who sent a message (RFC 8601).
//!
//! Anybody can write such a header, so only the first one counts: each server puts its own in front of those that came with
//! the message, and the last one to do so is the one that the mailbox is on.

use super::message::mailboxes;
use super::parts::Part;

/// Whether the server doubts that the sender is who the message says.
pub fn is_doubted(root: &Part<'_>) -> bool {
    let from = mailboxes(root, "From").into_iter().next();
    let from = from.and_then(|from| domain_of(&from.address)).unwrap_or_default();
    let results = root.values("Authentication-Results");
    results.first().is_some_and(|first| is_failed(first, &from))
}

/// DMARC is about the address that people see. Where there is none of it, neither of the two that it rests on may have
/// failed with nothing in favour of that address.
fn is_failed(results: &str, from: &str) -> bool {
    let plain = without_comments(results);
    let found: Vec<_> = plain.split(';').skip(1).filter_map(Finding::read).collect();
    let dmarc = found.iter().find(|finding| finding.method == "dmarc");
    match dmarc.map(|dmarc| dmarc.result.as_str()) {
        Some("fail" | "quarantine" | "reject") => true,
        Some("pass" | "bestguesspass") => false,
        _ => {
            let has_failed = found.iter().any(|finding| {
                matches!(finding.method.as_str(), "spf" | "dkim")
                    && matches!(finding.result.as_str(), "fail" | "hardfail" | "policy")
            });
            has_failed && !found.iter().any(|finding| finding.is_pass_for(from))
        }
    }
}

/// What the server found by one method: `spf=pass (…) smtp.mailfrom=…`, comments left out.
struct Finding {
    method: String,
    result: String,
    /// The domain that it is about, where it says.
    domain: Option<String>,
}

impl Finding {
    fn read(piece: &str) -> Option<Self> {
        let (name, rest) = piece.split_once('=')?;
        let method = name.trim().split('/').next()?.trim().to_ascii_lowercase();
        let value = rest.trim_start();
        let end = value.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(value.len());
        let names: &[&str] = match method.as_str() {
            "spf" => &["smtp.mailfrom"],
            "dkim" => &["header.d", "header.i"],
            _ => &[],
        };
        let words = value[end..].split_whitespace().filter_map(|word| word.split_once('='));
        let named = |wanted: &&str| {
            let mut words = words.clone();
            words.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
        };
        let domain = names.iter().find_map(named).and_then(domain_of);
        Some(Self { method, result: value[..end].to_ascii_lowercase(), domain })
    }

    /// A pass for another domain says nothing of the address that people see: anybody has one of their own.
    fn is_pass_for(&self, from: &str) -> bool {
        let domain = self.domain.as_deref().unwrap_or_default();
        self.result == "pass" && (is_at_or_below(domain, from) || is_at_or_below(from, domain))
    }
}

/// The domain of an address, or the domain itself, in small letters.
fn domain_of(text: &str) -> Option<String> {
    let text = text.trim_matches(['"', '<', '>', '.']);
    let domain = text.rsplit('@').next()?.to_ascii_lowercase();
    (!domain.is_empty()).then_some(domain)
}

/// Whether a domain is this one, or one below it. A name without a dot is nobody's own.
fn is_at_or_below(domain: &str, parent: &str) -> bool {
    let rest = domain.strip_suffix(parent).filter(|_| !parent.is_empty());
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.') && parent.contains('.'))
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
    fn what_passed_for_another_domain_speaks_for_nobody_here() {
        let of = |results: &str| {
            let headers = format!(
                "Authentication-Results: mx.d.example; dkim=fail header.d=b.example; {results}"
            );
            doubted(&headers)
        };
        assert!(of("spf=pass smtp.mailfrom=bounce@evil.example"));
        assert!(of("spf=pass (all is well) smtp.mailfrom=notb.example"));
        assert!(of("dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example"));
        assert!(of("dkim=pass header.d=example"));
        assert!(of("spf=pass"));
        assert!(!of("spf=pass smtp.mailfrom=a@B.example"));
        assert!(!of("spf=pass smtp.mailfrom=bounce.b.example"));
        assert!(!of("dkim=pass header.d=evil.example; dkim=pass header.i=@b.example header.s=s1"));
        let below = "From: a@mail.b.example\nAuthentication-Results: mx.d.example; spf=fail; dkim=pass header.d=b.example";
        assert!(!is_doubted(&Part::parse(format!("{below}\n\nYes\n").as_bytes())));
    }

    #[test]
    fn only_the_first_header_counts_since_the_others_came_with_the_message() {
        let forged = "Authentication-Results: mx.d.example; dmarc=fail\nAuthentication-Results: mx.d.example; dmarc=pass";
        assert!(doubted(forged));
    }
}
