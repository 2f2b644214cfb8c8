//! Tokens open as what they were made for, for the team they were made for, and only unchanged.

use proptest::prelude::*;
use rondo::mail::tokens::{
    Action, ActionLink, ConversationToken, LinkError, Returning, TokenKey, UnsubscribeToken,
    find_message_ids, find_token, message_id, open_message_id, tokened_address,
};
use rondo::secrets::SecretKey;
use rondo_core::Instant;
use rondo_core::ids::{AssignmentId, ConversationId, Id as _, LeadId, MessageId, RepId, TeamId};

/// The key of all tests, or another one.
pub fn key(byte: u8) -> TokenKey {
    TokenKey::new(&SecretKey::parse(&format!("{byte:02x}").repeat(32)).expect("it is a key"))
}

fn team(id: [u8; 16]) -> TeamId {
    TeamId::from_bytes(id)
}

fn conversation_tokens() -> impl Strategy<Value = ConversationToken> {
    let returning = prop::sample::select(vec![Returning::Reply, Returning::Bounce]);
    (any::<[u8; 16]>(), any::<[u8; 16]>(), returning).prop_map(|(of, id, returning)| {
        let conversation = ConversationId::from_bytes(id);
        ConversationToken { team: team(of), conversation, returning }
    })
}

fn links() -> impl Strategy<Value = ActionLink> {
    let actions = [Action::TakeOver, Action::PassOn, Action::Away, Action::WrongLead];
    let ids = (any::<[u8; 16]>(), any::<[u8; 16]>(), any::<[u8; 16]>());
    (ids, prop::sample::select(actions.to_vec()), 1..i64::MAX / 2).prop_map(
        |((of, assignment, rep), action, expires_at)| ActionLink {
            team: team(of),
            assignment: AssignmentId::from_bytes(assignment),
            rep: RepId::from_bytes(rep),
            action,
            expires_at: Instant::from_micros(expires_at),
        },
    )
}

/// The text with one character changed for another one, not only in its case.
fn changed(text: &str, place: prop::sample::Index, other: u8) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let at = place.index(bytes.len());
    let is_same = bytes[at].eq_ignore_ascii_case(&other);
    bytes[at] = other;
    String::from_utf8(bytes).ok().filter(|_| !is_same)
}

fn other_character() -> impl Strategy<Value = u8> {
    prop_oneof![prop::sample::select(b"abcdefghijklmnopqrstuvwxyz234567".to_vec()), b' '..=b'~']
}

proptest! {
    #[test]
    fn a_token_opens_as_what_it_was_made_for_whatever_its_case(
        conversation in conversation_tokens(),
        link in links(),
        lead in any::<[u8; 16]>(),
    ) {
        let key = key(1);
        let text = conversation.text(&key);
        for text in [text.to_uppercase(), text] {
            prop_assert_eq!(ConversationToken::open(&key, conversation.team, &text), Some(conversation));
        }
        let unsubscribe = UnsubscribeToken { team: link.team, lead: LeadId::from_bytes(lead) };
        prop_assert_eq!(UnsubscribeToken::open(&key, &unsubscribe.text(&key)), Some(unsubscribe));
        let before = link.expires_at.plus_seconds(-1);
        prop_assert_eq!(ActionLink::open(&key, &link.text(&key), before), Ok(link));
        prop_assert_eq!(ActionLink::open(&key, &link.text(&key), link.expires_at), Err(LinkError::Expired));
    }

    #[test]
    fn a_token_of_which_a_character_was_changed_opens_nothing(
        conversation in conversation_tokens(),
        link in links(),
        place in any::<prop::sample::Index>(),
        other in other_character(),
    ) {
        let key = key(1);
        if let Some(text) = changed(&conversation.text(&key), place, other) {
            prop_assert_eq!(ConversationToken::open(&key, conversation.team, &text), None);
        }
        let unsubscribe = UnsubscribeToken { team: link.team, lead: LeadId::from_bytes([7; 16]) };
        if let Some(text) = changed(&unsubscribe.text(&key), place, other) {
            prop_assert_eq!(UnsubscribeToken::open(&key, &text), None);
        }
        if let Some(text) = changed(&link.text(&key), place, other) {
            prop_assert_eq!(ActionLink::open(&key, &text, Instant::default()), Err(LinkError::Invalid));
        }
    }

    #[test]
    fn a_token_of_one_team_opens_for_no_other(token in conversation_tokens(), other in any::<[u8; 16]>()) {
        prop_assume!(team(other) != token.team);
        let text = token.text(&key(1));
        prop_assert_eq!(ConversationToken::open(&key(1), team(other), &text), None);
    }

    #[test]
    fn any_text_is_opened_or_refused(text in any::<String>()) {
        let key = key(1);
        prop_assert_eq!(ConversationToken::open(&key, team([1; 16]), &text), None);
        prop_assert_eq!(UnsubscribeToken::open(&key, &text), None);
        prop_assert_eq!(ActionLink::open(&key, &text, Instant::default()), Err(LinkError::Invalid));
        prop_assert!(!key.is_mark_of(&text, "msg_1@team.example"));
        find_token(&text, "kim@team.example");
        find_token("kim+r@team.example", &text);
        tokened_address(&text, "r");
    }
}

#[test]
fn a_token_of_another_server_or_of_another_kind_opens_nothing() {
    let returning = Returning::Reply;
    let conversation = ConversationId::from_bytes([2; 16]);
    let token = ConversationToken { team: team([1; 16]), conversation, returning };
    let text = token.text(&key(1));
    assert_eq!(ConversationToken::open(&key(2), token.team, &text), None);
    let as_bounce = text.replacen('r', "b", 1);
    assert_eq!(ConversationToken::open(&key(1), token.team, &as_bounce), None);
    assert_eq!(UnsubscribeToken::open(&key(1), &text), None);
}

#[test]
fn a_token_fits_into_the_address_of_a_mailbox_of_twenty_bytes_and_is_found_in_it() {
    let returning = Returning::Bounce;
    let conversation = ConversationId::from_bytes([2; 16]);
    let text = ConversationToken { team: team([1; 16]), conversation, returning }.text(&key(1));
    let mailbox = "abcdefghijklmnopqrst@team.example";
    let address = tokened_address(mailbox, &text).expect("it fits");
    assert!(address.find('@').expect("it is an address") <= 64, "{address}");
    assert_eq!(find_token(&address.to_uppercase(), mailbox), Some(text.to_uppercase().as_str()));
    assert_eq!(tokened_address("a.mailbox.of.a.very.long.name@team.example", &text), None);
    assert_eq!(tokened_address("\"kim\"@team.example", &text), None);
}

#[test]
fn no_token_is_found_in_the_address_of_another_mailbox() {
    for address in ["kim@team.example", "kim+@team.example", "ki+rx@team.example", "kim+rx", ""] {
        assert_eq!(find_token(address, "kim@team.example"), None, "{address}");
    }
    assert_eq!(find_token("kim+rx@other.example", "kim@team.example"), None);
    assert_eq!(find_token("kim+rx@team.example", "kim@team.example"), Some("rx"));
    assert_eq!(find_token("kim+eu+rx@team.example", "kim+eu@team.example"), Some("rx"));
}

#[test]
fn a_mark_is_of_one_message() {
    let id = "msg_0@team.example";
    let mark = key(1).mark(id);
    assert!(key(1).is_mark_of(&mark, id));
    assert!(!key(1).is_mark_of(&mark, "msg_1@team.example"));
    assert!(!key(2).is_mark_of(&mark, id));
}

#[test]
fn a_message_is_known_by_its_id_and_nobody_guesses_the_next_one() {
    let [one, other] = [7, 8].map(|byte| MessageId::from_bytes([byte; 16]));
    let text = message_id(&key(1), one, "kim@team.example");
    assert!(text.ends_with("@team.example"));
    assert_eq!(open_message_id(&key(1), &text), Some(one));
    assert_eq!(open_message_id(&key(2), &text), None);
    assert_eq!(open_message_id(&key(1), &text.replace(&one.to_string(), &other.to_string())), None);
    let report = format!("Message-ID: <{text}>\nReferences: <{text}>\n <msg_0@team.example>\n");
    assert_eq!(find_message_ids(&key(1), &report), [one]);
}

#[test]
fn debug_output_shows_no_key() {
    assert_eq!(format!("{:?}", key(1)), "TokenKey(…)");
}
