//! What an entry says, one thing after the other: what it is called, and its value by name or in words.

use jiff::civil::Date;
use rondo_core::time::Instant;
use serde_json::Value;

use super::history::{Names, Subject, word_of};
use crate::{say, t};

/// Things that one fact names at most: as many as the ledger itself names of those who were passed over.
pub(super) const NAMED_MAX: usize = 20;

/// Something that an entry says.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What it is called.
    pub what: &'static str,
    /// What it is.
    pub said: Said,
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// In words, as a number, or as it was entered.
    Words(String),
    /// A point in time.
    At(Instant),
    /// A day, in the zone of whoever it is about.
    Day(Date),
    /// Another entry, by its number.
    Entry(u64),
    /// Things of the team, the first of them, and how many more there are.
    About(Vec<Subject>, usize),
}

/// How a value is read.
#[derive(Clone, Copy)]
enum How {
    /// The id of one of this kind.
    One(&'static str),
    /// A list of ids of this kind: the items themselves, or what stands at this place in each.
    Several(&'static str, &'static str),
    /// A point in time.
    At,
    /// A day.
    Day,
    /// Whatever stands there.
    Plain,
    /// The number of an entry.
    Entry,
    /// Yes or no.
    Flag,
    /// A word for which this text has words.
    Word(&'static str),
    /// What somebody may do.
    Role,
    /// What a lead waits for.
    Held,
}

const ONE_REP: How = How::One("rep");
const ONE_GROUP: How = How::One("group");
const ONE_CAMPAIGN: How = How::One("campaign");

/// What entries say, in the order in which people read it: the text that names it, how it is read, and where it stands.
const FACTS: &[(&str, How, &[&str])] = &[
    ("common-name", How::Plain, &["/name", "/settings/name"]),
    ("common-lead", How::One("lead"), &["/lead", "/place/lead"]),
    ("ledger-fact-leads", How::Several("lead", "/lead"), &["/leads"]),
    ("common-sales-rep", ONE_REP, &["/rep", "/outcome/assigned/rep", "/decision/rep"]),
    (
        "ledger-fact-reason",
        How::Word("ledger-note-reason"),
        &["/outcome/assigned/reason", "/decision/reason"],
    ),
    ("ledger-fact-waits", How::Held, &["/outcome/waiting/held"]),
    ("ledger-fact-reps", How::Several("rep", ""), &["/reps"]),
    ("common-campaign", ONE_CAMPAIGN, &["/campaign", "/place/campaign"]),
    ("common-sales-group", ONE_GROUP, &["/group", "/settings/group", "/default_group"]),
    ("common-sales-group", ONE_GROUP, &["/outcome/assigned/group", "/decision/group"]),
    (
        "ledger-fact-conversation",
        How::One("conversation"),
        &["/conversation", "/place/conversation"],
    ),
    (
        "ledger-fact-assignment",
        How::One("assignment"),
        &["/assignment", "/outcome/assigned/assignment", "/decision/assignment", "/answered"],
    ),
    ("ledger-fact-assignment-before", How::One("assignment"), &["/from"]),
    (
        "ledger-fact-turn-before",
        ONE_REP,
        &["/outcome/assigned/cursor_before/rep", "/decision/cursor_before/rep"],
    ),
    (
        "ledger-fact-turn-after",
        ONE_REP,
        &["/outcome/assigned/cursor_after/rep", "/decision/cursor_after/rep"],
    ),
    (
        "ledger-fact-passed-over",
        How::Several("rep", "/rep"),
        &["/outcome/assigned/passed_over", "/decision/passed_over"],
    ),
    (
        "ledger-fact-owner-away",
        ONE_REP,
        &["/outcome/assigned/owner_out/rep", "/decision/owner_out/rep"],
    ),
    (
        "ledger-fact-owns",
        How::Flag,
        &["/outcome/assigned/becomes_owner", "/decision/becomes_owner"],
    ),
    ("ledger-fact-owner", ONE_REP, &["/owner", "/owner/to"]),
    ("ledger-fact-new-lead", How::Flag, &["/new_lead"]),
    ("ledger-fact-waiting-since", How::Entry, &["/waiting_since"]),
    ("ledger-fact-place", How::Plain, &["/place"]),
    ("ledger-fact-copied-from", ONE_CAMPAIGN, &["/copied_from"]),
    ("ledger-fact-rotation", How::Word("ledger-note-rotation"), &["/settings/rotation"]),
    (
        "ledger-fact-owner-is-out",
        How::Word("ledger-note-owner-is-out"),
        &["/settings/when_owner_is_out"],
    ),
    ("ledger-fact-launch", How::At, &["/launch_at"]),
    ("ledger-fact-from", How::At, &["/period/from"]),
    ("ledger-fact-until", How::At, &["/period/until", "/until"]),
    ("ledger-fact-first-day", How::Day, &["/dates/from"]),
    ("ledger-fact-last-day", How::Day, &["/dates/last"]),
    ("ledger-fact-leads-became", How::Word("ledger-note-leads-became"), &["/leads"]),
    ("ledger-fact-successor", ONE_REP, &["/leads/transferred_to"]),
    ("ledger-fact-user", How::One("user"), &["/user"]),
    ("ledger-fact-role", How::Role, &["/role"]),
    ("ledger-fact-key", How::One("key"), &["/key"]),
    ("ledger-fact-mailbox", How::One("mailbox"), &["/mailbox", "/plan/mailbox"]),
    ("ledger-fact-webhook", How::One("webhook"), &["/webhook"]),
    ("ledger-fact-events", How::Plain, &["/events"]),
    ("ledger-fact-expires", How::At, &["/expires_at"]),
    ("ledger-fact-pace", How::Plain, &["/requests_per_second_max"]),
    ("ledger-fact-label", How::Word("ledger-note-label"), &["/label"]),
    ("ledger-fact-labelled", How::Word("ledger-note-labelled"), &["/labelled/1"]),
    ("ledger-fact-action", How::Word("ledger-note-action"), &["/action"]),
    ("ledger-fact-becomes", How::Word("ledger-note-becomes"), &["/becomes"]),
    ("ledger-fact-why", How::Word("ledger-note-why"), &["/why", "/handling/review"]),
    ("ledger-fact-qualifier", How::Word("ledger-note-qualifier"), &["/qualifier"]),
    ("ledger-fact-mail", How::Word("ledger-note-mail"), &["/mail"]),
    (
        "ledger-fact-next",
        How::At,
        &["/mail/step/next_at", "/follow_ups/not_before", "/follow_ups/from"],
    ),
    ("common-time-zone", How::Plain, &["/settings/time_zone"]),
    ("ledger-fact-reminder", How::Plain, &["/settings/reminder_after_working_hours"]),
    ("ledger-fact-routed", How::Flag, &["/settings/routed_rep_becomes_owner"]),
    ("ledger-fact-wait-days", How::Plain, &["/plan/wait_days"]),
    ("ledger-fact-daily-limit", How::Plain, &["/plan/daily_limit"]),
];

/// What an event says, as far as there are words for it.
pub(super) fn facts(names: &Names<'_>, event: &Value) -> Vec<Fact> {
    let facts = FACTS.iter().filter_map(|(what, how, places)| {
        let found = places.iter().find_map(|place| how.read(names, event.pointer(place)?));
        found.map(|said| Fact { what: t(what), said })
    });
    facts.collect()
}

impl How {
    /// None for a value of another kind: one place holds different things in different entries.
    fn read(self, names: &Names<'_>, value: &Value) -> Option<Said> {
        Some(match self {
            Self::One(kind) => Said::About(vec![names.subject(kind, value.as_str()?)], 0),
            Self::Several(kind, place) => {
                let all = value.as_array().filter(|all| !all.is_empty())?;
                let ids = all.iter().filter_map(|one| one.pointer(place)?.as_str());
                let about: Vec<_> = ids.take(NAMED_MAX).map(|id| names.subject(kind, id)).collect();
                let more = all.len().saturating_sub(about.len());
                Said::About(about, more)
            }
            Self::At => Said::At(serde_json::from_value(value.clone()).ok()?),
            Self::Day => Said::Day(value.as_str()?.parse().ok()?),
            Self::Plain => Said::Words(plain(value)?),
            Self::Entry => Said::Entry(value.as_u64()?),
            Self::Flag => Said::Words(yes_or_no(value.as_bool()?).to_owned()),
            Self::Word(text) => Said::Words(say(text).arg("word", word_of(value)?).plain()),
            Self::Role => Said::Words(role(value.as_str()?).to_owned()),
            Self::Held => Said::Words(held(value.as_bool()?).to_owned()),
        })
    }
}

/// A text, a number, or several in a row.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(all) => {
            let all: Vec<_> = all.iter().filter_map(plain).collect();
            (!all.is_empty()).then(|| all.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}

fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { t("common-yes") } else { t("common-no") }
}

fn role(word: &str) -> &'static str {
    match word {
        "admin" => t("words-role-admin"),
        "rep" => t("words-role-rep"),
        "router" => t("words-role-router"),
        "mailbox" => t("words-role-mailbox"),
        _ => t("words-role-viewer"),
    }
}

/// What a lead waits for: a campaign that is paused, or somebody who is available.
pub(super) fn held(is_held: bool) -> &'static str {
    if is_held { t("ledger-note-held") } else { t("ledger-note-waits") }
}
