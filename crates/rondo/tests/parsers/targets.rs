//! What is asked of each parser: to survive any bytes, and to read back what it wrote. Shared with `fuzz/`.

use std::fmt::Display;
use std::net::IpAddr;
use std::str::FromStr;

use serde_json::Value;

use rondo::api_key::ApiKey;
use rondo::app::absences::{AbsenceChanges, GoAway, NewAbsence};
use rondo::app::assignments::Reassignment;
use rondo::app::campaigns::{Launch, NewCampaign};
use rondo::app::groups::{GroupChanges, NewGroup};
use rondo::app::keys::NewKey;
use rondo::app::leads::{LeadsToAdd, NewLead};
use rondo::app::page::{After, List, Page};
use rondo::app::reps::NewRep;
use rondo::app::routing::Qualification;
use rondo::app::settings::SettingsChanges;
use rondo::app::webhooks::NewWebhook;
use rondo::clock::SeededEntropy;
use rondo::egress::{EgressPolicy, RetryAfter};
use rondo::http::json::{ERRORS_NAMED_MAX, FromObject, Object, Unreadable};
use rondo::import::{Hints, Kind, Mapping, Rejects, Repeats, Trouble, people, recognise};
use rondo::mail::body::{Line, html_lines, plain_lines};
use rondo::mail::quotes::{self, Role};
use rondo::mail::{Received, opt_out};
use rondo::secrets::{Place, Secret, SecretKey, Vault};
use rondo_core::Instant;
use rondo_core::command::{CampaignPatch, LeadPatch, RepPatch};
use rondo_core::ids::{self, Id, TeamId};
use rondo_core::text::{Email, Name, parse_note};

const WRITABLE: &str = "a vector takes every byte";

/// A file of people: recognised, mapped, read to its end, its rejects written and read again.
pub(crate) fn csv(bytes: &[u8]) {
    let Ok(shape) = recognise(|| Ok(bytes), &Hints::default()) else { return };
    let mut rejects = Rejects::new(Vec::new(), &shape.columns, shape.delimiter).expect(WRITABLE);
    for kind in [Kind::Leads, Kind::Reps] {
        let Ok(mapping) = Mapping::new(kind, &shape, &[]) else { continue };
        let Ok(mut records) = shape.records(bytes) else { continue };
        let mut repeats = Repeats::default();
        while let Ok(Some(record)) = records.next_record() {
            let trouble: Option<Trouble> = match kind {
                Kind::Leads => match people::lead(&record, &mapping) {
                    Ok(lead) => {
                        let _ = repeats.note(&lead);
                        None
                    }
                    Err(trouble) => Some(trouble),
                },
                Kind::Reps => people::rep(&record, &mapping).err(),
            };
            if let Some(trouble) = trouble {
                rejects.add(&record, &trouble).expect(WRITABLE);
            }
        }
        assert!(records.bytes_read() <= 4 * bytes.len() as u64 + 16);
    }
    let rejects = rejects.finish().expect(WRITABLE);
    let _ = recognise(|| Ok(rejects.as_slice()), &Hints::default());
}

/// Ids of every kind.
pub(crate) fn id(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    fn check<I: Id + FromStr>(text: &str) {
        if let Ok(id) = text.parse::<I>() {
            assert_eq!(id.to_string(), text);
            assert!(I::from_bytes(*id.as_bytes()) == id);
        }
    }
    check::<ids::TeamId>(text);
    check::<ids::RepId>(text);
    check::<ids::GroupId>(text);
    check::<ids::CampaignId>(text);
    check::<ids::LeadId>(text);
    check::<ids::ConversationId>(text);
    check::<ids::AssignmentId>(text);
    check::<ids::AbsenceId>(text);
    check::<ids::KeyId>(text);
    check::<ids::UserId>(text);
    check::<ids::WebhookId>(text);
    check::<ids::DeliveryId>(text);
    if let Ok(actor) = text.parse::<rondo_core::Actor>() {
        assert_eq!(actor.to_string(), text);
    }
}

/// Bodies of requests, each read as every kind of body: what is taken is taken whole, what is not is named.
pub(crate) fn json(bytes: &[u8]) {
    fn check<T: FromObject>(value: &Value) {
        if let Err(Unreadable::Invalid(errors)) = Object::read::<T>(value.clone()) {
            assert!(!errors.is_empty() && errors.len() <= ERRORS_NAMED_MAX);
            assert!(errors.iter().all(|error| !error.detail.is_empty()));
        }
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    check::<NewRep>(&value);
    check::<RepPatch>(&value);
    check::<GoAway>(&value);
    check::<NewAbsence>(&value);
    check::<AbsenceChanges>(&value);
    check::<NewGroup>(&value);
    check::<GroupChanges>(&value);
    check::<NewCampaign>(&value);
    check::<CampaignPatch>(&value);
    check::<Launch>(&value);
    check::<NewLead>(&value);
    check::<LeadsToAdd>(&value);
    check::<LeadPatch>(&value);
    check::<Qualification>(&value);
    check::<Reassignment>(&value);
    check::<NewKey>(&value);
    check::<NewWebhook>(&value);
    check::<SettingsChanges>(&value);
    // Each item of a batch is read by itself.
    for item in value["items"].as_array().into_iter().flatten() {
        check::<Qualification>(item);
    }
}

/// Cursors of lists, by number and by id.
pub(crate) fn cursor(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let list = List::new(TeamId::from_bytes([1; 16]), "fuzz", &());
    let page = Page { limit: 1, cursor: Some(text.to_owned()) };
    // A cursor carries a checksum over its list: what is not a cursor of ours starts nothing.
    assert!(list.start::<u64>(&page).is_err());
    assert!(list.start::<After<ids::RepId>>(&page).is_err());
    let number = u64::from_le_bytes(std::array::from_fn(|index| *bytes.get(index).unwrap_or(&0)));
    let listed = list.page(&page, vec![number, 0], |number| *number);
    let again = Page { limit: 1, cursor: listed.next_cursor };
    assert_eq!(list.start::<u64>(&again), Ok(Some(number)));
}

/// API keys as callers send them.
pub(crate) fn api_key(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(key) = ApiKey::parse(text) {
        assert_eq!(key.reveal(), text);
    }
}

/// Points in time.
pub(crate) fn instant(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(at) = Instant::parse(text) {
        assert_eq!(Instant::parse(&at.to_string()), Some(at));
    }
}

/// Names, notes and email addresses.
pub(crate) fn text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(name) = Name::parse(text) {
        assert_eq!(Name::parse(name.as_str()).as_ref(), Ok(&name));
        let _ = (name.key(), name.with_suffix(" (copy)"));
    }
    if let Ok(email) = Email::parse(text) {
        assert_eq!(Email::parse(email.as_str()).as_ref(), Ok(&email));
        let _ = email.key();
    }
    if let Ok(note) = parse_note(text) {
        assert_eq!(note, text);
    }
}

/// URLs that a team names: none that is taken leads to an address of ours.
pub(crate) fn url(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let policy = EgressPolicy::PublicOnly;
    if let Ok(url) = policy.check_url(text) {
        assert_eq!(policy.check_url(url.as_str()).as_ref(), Ok(&url));
        assert!(url.username().is_empty() && url.password().is_none());
        let host = url.host_str().expect("a URL that is taken has a host").trim_matches(['[', ']']);
        if let Ok(address) = host.parse::<IpAddr>() {
            assert!(!address.is_loopback() && !address.is_unspecified() && !address.is_multicast());
            assert_eq!(policy.check_address(address), Ok(()));
        }
    }
}

/// When a receiver wants to be called again: never before there was anybody to say so.
pub(crate) fn retry_after(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(RetryAfter::At(at)) = RetryAfter::parse(text) {
        assert!(at >= Instant::from_micros(0));
    }
}

/// Sealed secrets: nothing that was not sealed opens.
pub(crate) fn sealed(bytes: &[u8]) {
    let vault = Vault::new(&SecretKey::parse(&"5".repeat(64)).expect("64 digits are a key"));
    let place = Place { column: "fuzz", team: TeamId::from_bytes([1; 16]), id: [2; 16] };
    assert!(vault.open(place, bytes).is_err());
    let sealed = vault.seal(place, &Secret::new(bytes.to_vec()), &SeededEntropy::new(1));
    assert_eq!(vault.open(place, &sealed).expect("what was sealed opens").bytes(), bytes);
}

/// The server's own key, as a person or a file gives it.
pub(crate) fn secret_key(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = SecretKey::parse(text).map_err(|error| shown(&error));
}

/// Messages as they are received: what is kept of one is bounded by what came, and read the same way again.
pub(crate) fn mail(bytes: &[u8]) {
    let Ok(received) = Received::parse(bytes) else { return };
    // A byte may stand for a character of three, and a tag for a line of its own.
    let text = &received.text;
    for part in [&text.visible, &text.quoted, &text.signature] {
        assert!(part.len() <= 4 * bytes.len() + 16);
    }
    let _ = opt_out::find(&text.visible);
    assert_eq!(Received::parse(bytes).as_ref(), Ok(&received));
}

/// Texts of messages, as plain text and as HTML: every line is the person's own, quoted or a signature's.
pub(crate) fn quotes(bytes: &[u8]) {
    fn check(lines: &[Line]) {
        let sender = lines.first().map(|line| line.text.as_str());
        let roles = quotes::roles(lines, sender);
        assert_eq!(roles.len(), lines.len());
        let cut = quotes::cut(lines, sender);
        for (role, part) in
            [(Role::Own, cut.visible), (Role::Quoted, cut.quoted), (Role::Signature, cut.signature)]
        {
            let of_role = lines.iter().zip(&roles).filter(|(_, its)| **its == role);
            let texts = of_role.map(|(line, _)| line.text.trim_end());
            let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
            let kept: Vec<&str> = part.split('\n').filter(|text| !text.is_empty()).collect();
            assert_eq!(kept, texts, "{role:?}");
        }
    }
    let text = String::from_utf8_lossy(bytes);
    check(&plain_lines(&text));
    check(&html_lines(&text));
}

fn shown(error: &dyn Display) -> String {
    error.to_string()
}
