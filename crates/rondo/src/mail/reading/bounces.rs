//! Messages that say that another one was not delivered.

use super::reports::{Fields, address_in, groups, part_of};
use super::{AutoKind, BounceKind, Reading};
use crate::mail::message::Received;
use crate::mail::parts::Part;
use crate::mail::words::{has_any, plain};

/// Characters of a free text that are searched for a status and an address.
const TEXT_CHARS_MAX: usize = 16 * 1024;

/// A bounce, if the message is one. A report of success is a receipt.
pub fn find(root: &Part<'_>, received: &Received) -> Option<Reading> {
    let delivery = ["message/delivery-status", "message/global-delivery-status"];
    if let Some(report) = part_of(root, &delivery) {
        return Some(reported(&groups(&report.text()), root));
    }
    let failed = root.values("X-Failed-Recipients").into_iter().next();
    let first = failed.as_deref().and_then(|list| address_in(list.split(',').next()?));
    if failed.is_none() && !is_from_a_mail_system(received) {
        return None;
    }
    let text: String = received.text.visible.chars().take(TEXT_CHARS_MAX).collect();
    let status = status_in(&text);
    let is_delay =
        has_any(&plain(&received.subject), &["delayed", "delay", "warning", "verzogert"]);
    Some(Reading::Bounce {
        kind: if is_delay { BounceKind::Soft } else { kind_of(status.as_deref(), &text) },
        status,
        failed_recipient: first.or_else(|| failed_in(&text, received)),
    })
}

/// What a delivery report says of the first recipient that was not reached, or else of the first one.
fn reported(groups: &[Fields], root: &Part<'_>) -> Reading {
    let action = |fields: &&Fields| fields.value("action").map(str::to_ascii_lowercase);
    let recipients: Vec<&Fields> = groups
        .iter()
        .filter(|fields| {
            fields.value("final-recipient").is_some() || fields.value("action").is_some()
        })
        .collect();
    let is_failure =
        |fields: &&&Fields| action(fields).is_none_or(|action| action.starts_with("failed"));
    let is_delay =
        |fields: &&&Fields| action(fields).is_some_and(|action| action.starts_with("delayed"));
    let failed = recipients.iter().find(is_failure);
    let Some(fields) = failed.or_else(|| recipients.iter().find(is_delay)) else {
        if recipients.is_empty() {
            return Reading::Bounce {
                kind: BounceKind::Soft,
                status: None,
                failed_recipient: None,
            };
        }
        return Reading::AutoReply { kind: AutoKind::Receipt, return_on: None };
    };
    let diagnosis = fields.value("diagnostic-code").unwrap_or_default();
    let stated = fields.value("status").and_then(status_in);
    // Some servers put a status of no meaning beside one that has one.
    let is_vague = stated.as_deref().is_none_or(|status| status.ends_with(".0.0"));
    let status = if is_vague { status_in(diagnosis).or(stated) } else { stated };
    let kind =
        if failed.is_some() { kind_of(status.as_deref(), diagnosis) } else { BounceKind::Soft };
    let stated = fields.address("original-recipient").or_else(|| fields.address("final-recipient"));
    let listed = || address_in(root.values("X-Failed-Recipients").first()?.split(',').next()?);
    Reading::Bounce { kind, status, failed_recipient: stated.or_else(listed) }
}

/// Hard only where the address itself is at fault: what a server thinks of the sender, or of the message, may change, and
/// a hard bounce closes an address for good (Q6).
pub fn kind_of(status: Option<&str>, text: &str) -> BounceKind {
    const SOFT: &[&str] = &[
        "4.", "5.1.7", "5.1.8", "5.2.2", "5.2.3", "5.3.", "5.4.5", "5.4.6", "5.4.7", "5.5.",
        "5.6.", "5.7.",
    ];
    match status {
        Some(status) if SOFT.iter().any(|code| status.starts_with(code)) => BounceKind::Soft,
        Some(status) if !status.starts_with("5.0.") => BounceKind::Hard,
        _ if is_said_to_be_unknown(&plain(text)) => BounceKind::Hard,
        _ => BounceKind::Soft,
    }
}

/// Whether a server says, without a code that means it, that there is no such address.
fn is_said_to_be_unknown(text: &str) -> bool {
    const UNKNOWN: &[&str] = &[
        "user unknown",
        "unknown user",
        "no such user",
        "no such recipient",
        "no such mailbox",
        "no mailbox here",
        "unknown recipient",
        "recipient unknown",
        "invalid recipient",
        "does not exist",
        "doesn't exist",
        "address not found",
        "couldn't be found",
        "could not be found",
        "domain name not found",
        "host not found",
        "unbekannter empfanger",
        "empfanger unbekannt",
    ];
    /// What is wrong with the mailbox for now, with the sender or with the message.
    const OTHERWISE: &[&str] = &[
        "full",
        "quota",
        "overquota",
        "temporarily",
        "try again",
        "spam",
        "blocked",
        "blocklist",
        "blacklist",
        "blacklisted",
        "listed",
        "policy",
        "reputation",
        "relay",
        "relaying",
        "denied",
        "limit",
        "exceeded",
        "too many",
        "authentication",
    ];
    has_any(text, UNKNOWN) || has_any(text, &["550", "551", "553"]) && !has_any(text, OTHERWISE)
}

/// The first enhanced status code in a text (RFC 3463).
fn status_in(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|word| word.trim_matches('.'))
        .find(|word| {
            let numbers: Vec<&str> = word.split('.').collect();
            let [class, subject, detail] = numbers[..] else { return false };
            matches!(class, "4" | "5")
                && [subject, detail].iter().all(|number| (1..=3).contains(&number.len()))
        })
        .map(str::to_owned)
}

const SYSTEMS: &[&str] = &["mailer-daemon", "postmaster", "mail-daemon", "maildaemon", "mdaemon"];

const SUBJECTS: &[&str] = &[
    "failure notice",
    "undelivered mail",
    "undeliverable",
    "undeliverable mail",
    "undelivered message",
    "delivery status notification",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "delivery delayed",
    "delivery notification",
    "mail delivery failed",
    "mail delivery failure",
    "mail delivery system",
    "mail system error",
    "returned mail",
    "message delayed",
    "could not be delivered",
    "unzustellbar",
    "nicht zustellbar",
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "non remis",
    "non distribuable",
    "non delivre",
    "echec de la remise",
    "no entregado",
    "no se puede entregar",
    "no se pudo entregar",
    "error de entrega",
    "onbestelbaar",
    "niet bezorgd",
    "niet afgeleverd",
    "nao entregue",
    "nao foi possivel entregar",
    "falha na entrega",
];

/// Whether a mail system wrote, of mail that was not delivered, in a form of its own.
fn is_from_a_mail_system(received: &Received) -> bool {
    let Some(from) = &received.from else { return false };
    let address = from.address.to_ascii_lowercase();
    let local = address.split('@').next().unwrap_or_default();
    SYSTEMS.contains(&local) && has_any(&plain(&received.subject), SUBJECTS)
}

/// The first address in a text that is none of those on the message itself.
fn failed_in(text: &str, received: &Received) -> Option<String> {
    let own: Vec<String> = received
        .to
        .iter()
        .chain(&received.from)
        .map(|mailbox| mailbox.address.to_ascii_lowercase())
        .collect();
    text.split(|c: char| c.is_whitespace() || "<>()[],;\"'".contains(c))
        .filter_map(|word| {
            address_in(word.trim_end_matches([':', '.']).trim_start_matches("mailto:"))
        })
        .find(|address| !own.contains(&address.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_is_not_there_bounces_hard() {
        let cases = [
            (Some("5.1.1"), "", BounceKind::Hard),
            (Some("5.4.4"), "", BounceKind::Hard),
            (Some("5.2.2"), "", BounceKind::Soft),
            (Some("5.7.1"), "550 blocked", BounceKind::Soft),
            (Some("4.4.1"), "", BounceKind::Soft),
            (Some("5.0.0"), "550 User unknown", BounceKind::Hard),
            (Some("5.0.0"), "554 rejected", BounceKind::Soft),
            (None, "smtp; 550 sorry", BounceKind::Hard),
            (None, "550 mailbox full", BounceKind::Soft),
            (None, "550 daily quota exceeded", BounceKind::Soft),
            (None, "550 this looks like spam", BounceKind::Soft),
            (None, "550 relay not permitted", BounceKind::Soft),
            (None, "550 no such user, not listed here", BounceKind::Hard),
            (Some("5.1.8"), "550 bad sender", BounceKind::Soft),
            (None, "could not be delivered", BounceKind::Soft),
        ];
        for (status, text, kind) in cases {
            assert_eq!(kind_of(status, text), kind, "{status:?} {text}");
        }
    }

    #[test]
    fn a_status_is_three_numbers_and_no_address() {
        assert_eq!(status_in("smtp; 550 5.1.1 <a@b.example>: no").as_deref(), Some("5.1.1"));
        assert_eq!(status_in("550-5.2.2 full").as_deref(), Some("5.2.2"));
        assert_eq!(status_in("from 192.0.2.17, 2.0.0 ok"), None);
    }
}
