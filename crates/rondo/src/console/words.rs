//! Words that several pages share, and what is said after a form was taken.

use rondo_core::event::{Reason, Role};
use rondo_core::mail::ReviewReason;
use rondo_core::team::Status;

/// What is said at the top of a page after something was done; none for a word that nobody sends.
pub(super) fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "signed-out" => "You are signed out.",
        "link-asked" => {
            "If this address is one that may sign in here, a link is on its way to it. It works once, within 15 minutes."
        }
        "password" => "Your password is changed, and you are signed out everywhere else.",
        "session-ended" => "That session has ended.",
        "added" => "Added.",
        "added-one" => "Added. Who is next?",
        "saved" => "Saved.",
        "removed" => "Removed.",
        "away" => "Out of office: new leads pass this rep over until they return.",
        "back" => "Back: the rep waits for their turn.",
        "zone-changed" => {
            "Saved. Absences stay at the times that they had in the former time zone: change those that should move."
        }
        "launched" => "Launched.",
        "scheduled" => "Scheduled.",
        "paused" => "Paused: leads that are qualified now are assigned after you resume.",
        "resumed" => "Resumed.",
        "cancelled" => "Cancelled.",
        "duplicated" => "Duplicated: this is the new draft.",
        "reassigned" => "Passed on.",
        "labelled" => "Labelled.",
        "answered" => "Your answer is on its way.",
        "qualified" => "Qualified: a rep has the lead, or it waits for one.",
        "forwarded" => "Forwarded.",
        "closed" => "Closed.",
        "campaign-goes-on" => "The campaign goes on.",
        "erased" => "The person is erased. What was decided about them stays, without a name.",
        "stood" => "This rep has the lead already: nothing changed.",
        "tested" => "Tested.",
        "revoked" => "Revoked: the key opens nothing any more.",
        "suppressed" => "Suppressed: this address is never written to.",
        "lifted" => "Lifted: this address can be written to again.",
        "sent-again" => "It is sent again.",
        _ => return None,
    })
}

/// A person's role, as people say it.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Admin => "Admin",
        Role::Rep => "Rep",
        Role::Router => "Router",
        Role::Mailbox => "Mailbox",
        Role::Viewer => "Viewer",
    }
}

/// A campaign's status, as people say it.
pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Draft => "Draft",
        Status::Scheduled => "Scheduled",
        Status::Running => "Running",
        Status::Paused => "Paused",
        Status::Cancelled => "Cancelled",
    }
}

/// Why a person is to look at something, in a word or two.
pub(super) fn reason_tag(reason: ReviewReason) -> &'static str {
    use ReviewReason as Why;
    match reason {
        Why::Uncertain => "Unsure what it says",
        Why::ToBeAnswered => "Asks something",
        Why::Referral => "Names somebody else",
        Why::WeakTie => "Unsure where it belongs",
        Why::Unauthenticated => "Unsure who sent it",
        Why::OtherSender => "From another address",
        Why::Loop => "Goes back and forth",
        Why::NoConversation => "Belongs to no conversation",
        Why::RepUnreached => "The rep was not reached",
        Why::RepSeemsAway => "The rep seems to be away",
        Why::CampaignOver => "Its campaign is over",
        Why::MissingFields => "Fields are missing",
        Why::WrongLead => "A rep says it is no lead",
        Why::NotSent => "Could not be sent",
    }
}

/// Why a rep has a lead, in a word or two.
pub(super) fn assigned_because(reason: Reason) -> &'static str {
    match reason {
        Reason::Owner => "Owner",
        Reason::Turn => "Turn",
        Reason::Manual => "Passed on by a person",
        Reason::Transfer => "Taken over",
    }
}

/// A refusal's words as a sentence: with a capital, a full stop, and quotation marks around what is named.
pub(super) fn sentence(detail: &str) -> String {
    let mut text = String::with_capacity(detail.len() + 1);
    let mut is_open = false;
    for (index, character) in detail.chars().enumerate() {
        match character {
            '`' => {
                text.push(if is_open { '”' } else { '“' });
                is_open = !is_open;
            }
            character if index == 0 => text.extend(character.to_uppercase()),
            character => text.push(character),
        }
    }
    if !text.ends_with(['.', '!', '?', ':']) {
        text.push('.');
    }
    text
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
