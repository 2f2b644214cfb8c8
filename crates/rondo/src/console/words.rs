//! Words that several pages share, and what is said after a form was taken.

use rondo_core::event::{Reason, Role};
use rondo_core::mail::ReviewReason;
use rondo_core::team::Status;

use crate::app::assignments::AssignmentView;
use crate::{say, t};

/// What is said at the top of a page after something was done; none for a word that nobody sends.
pub(super) fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "signed-out" => t("words-done-signed-out"),
        "link-asked" => t("words-done-link-asked"),
        "password" => t("words-done-password"),
        "session-ended" => t("words-done-session-ended"),
        "added" => t("words-done-added"),
        "added-one" => t("words-done-added-one"),
        "saved" => t("words-done-saved"),
        "removed" => t("words-done-removed"),
        "deleted" => t("words-done-deleted"),
        "away" => t("words-done-away"),
        "back" => t("words-done-back"),
        "own-away" => t("words-done-own-away"),
        "own-back" => t("words-done-own-back"),
        "back-for" => t("words-done-back-for"),
        "added-for" => t("words-done-added-for"),
        "added-overlapping" => t("words-done-added-overlapping"),
        "added-past" => t("words-done-added-past"),
        "saved-past" => t("words-done-saved-past"),
        "saved-overlapping" => t("words-done-saved-overlapping"),
        "zone-changed" => t("words-done-zone-changed"),
        "launched" => t("words-done-launched"),
        "scheduled" => t("words-done-scheduled"),
        "paused" => t("words-done-paused"),
        "resumed" => t("words-done-resumed"),
        "cancelled" => t("words-done-cancelled"),
        "duplicated" => t("words-done-duplicated"),
        "reassigned" => t("words-done-reassigned"),
        "labelled" => t("words-done-labelled"),
        "answered" => t("words-done-answered"),
        "qualified" => t("words-done-qualified"),
        "qualified-waits" => t("words-done-qualified-waits"),
        "qualified-held" => t("words-done-qualified-held"),
        "forwarded" => t("words-done-forwarded"),
        "closed" => t("words-done-closed"),
        "ended" => t("words-done-ended"),
        "campaign-goes-on" => t("words-done-campaign-goes-on"),
        "erased" => t("words-done-erased"),
        "stood" => t("words-done-stood"),
        "tested" => t("words-done-tested"),
        "revoked" => t("words-done-revoked"),
        "suppressed" => t("words-done-suppressed"),
        "lifted" => t("words-done-lifted"),
        "sent-again" => t("words-done-sent-again"),
        _ => return None,
    })
}

/// A person's role, as people say it.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Admin => t("words-role-admin"),
        Role::Rep => t("words-role-rep"),
        Role::Router => t("words-role-router"),
        Role::Mailbox => t("words-role-mailbox"),
        Role::Viewer => t("words-role-viewer"),
    }
}

/// A campaign's status, as people say it.
pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Draft => t("words-status-draft"),
        Status::Scheduled => t("words-status-scheduled"),
        Status::Running => t("words-status-running"),
        Status::Paused => t("words-status-paused"),
        Status::Cancelled => t("words-status-cancelled"),
    }
}

/// The colour of a campaign's status, as the class of its tag.
pub(super) fn status_tag(status: Status) -> &'static str {
    match status {
        Status::Draft | Status::Cancelled => "",
        Status::Scheduled => "accent",
        Status::Running => "good",
        Status::Paused => "warn",
    }
}

/// Why a person is to look at something, in a word or two.
pub(super) fn reason_tag(reason: ReviewReason) -> &'static str {
    use ReviewReason as Why;
    match reason {
        Why::Uncertain => t("words-review-uncertain"),
        Why::ToBeAnswered => t("words-review-to-be-answered"),
        Why::Referral => t("words-review-referral"),
        Why::WeakTie => t("words-review-weak-tie"),
        Why::Unauthenticated => t("words-review-unauthenticated"),
        Why::OtherSender => t("words-review-other-sender"),
        Why::Loop => t("words-review-loop"),
        Why::NoConversation => t("words-review-no-conversation"),
        Why::RepUnreached => t("words-review-rep-unreached"),
        Why::RepSeemsAway => t("words-review-rep-seems-away"),
        Why::CampaignOver => t("words-review-campaign-over"),
        Why::MissingFields => t("words-review-missing-fields"),
        Why::WrongLead => t("words-review-wrong-lead"),
        Why::NotSent => t("words-review-not-sent"),
    }
}

/// Why a rep has a lead, in a word or two.
pub(super) fn assigned_because(assignment: &AssignmentView) -> &'static str {
    match assignment.reason {
        Reason::Owner => t("words-assigned-owner"),
        Reason::Turn if assignment.passed_on_from.is_some() => t("words-assigned-next"),
        Reason::Turn => t("words-assigned-turn"),
        Reason::Manual => t("words-assigned-manual"),
        Reason::Transfer => t("words-assigned-transfer"),
    }
}

/// Names that are told before they are counted.
const NAMED_MAX: usize = 4;

/// Names in a row: `Ann, Bo and Cy`; of many, the first few.
pub(super) fn names(all: &[String]) -> String {
    names_of(all.iter(), String::clone)
}

/// The same for names that are still to be made: those that are counted are not.
pub(super) fn names_of<T>(all: impl Iterator<Item = T>, name: impl Fn(T) -> String) -> String {
    let mut all = all;
    let mut named: Vec<T> = all.by_ref().take(NAMED_MAX).collect();
    let others = match all.count() {
        0 => 0,
        more => more + named.drain(NAMED_MAX - 1..).count(),
    };
    let named: Vec<String> = named.into_iter().map(name).collect();
    match named.as_slice() {
        first if others > 0 => {
            say("words-names-many").arg("first", first.join(", ")).n("count", others).plain()
        }
        [first @ .., last] if !first.is_empty() => {
            say("words-names").arg("first", first.join(", ")).arg("last", last).plain()
        }
        one => one.concat(),
    }
}

/// A refusal's words as a sentence: with a capital, a full stop, and quotation marks around what is named.
pub(super) fn sentence(detail: &str) -> String {
    let detail = quoted(detail);
    let mut rest = detail.chars();
    let mut text: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    text.push_str(rest.as_str());
    if !text.ends_with(['.', '!', '?', ':']) {
        text.push('.');
    }
    text
}

/// A refusal's words with quotation marks around what is named.
pub(super) fn quoted(detail: &str) -> String {
    let mut is_open = false;
    let mark = |character| match character {
        '`' => {
            is_open = !is_open;
            if is_open { '“' } else { '”' }
        }
        other => other,
    };
    detail.chars().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_reads_as_a_sentence() {
        assert_eq!(sentence("group `EMEA` is used"), "Group “EMEA” is used.");
        assert_eq!(sentence("Done."), "Done.");
    }
}
