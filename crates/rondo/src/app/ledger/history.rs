//! The ledger as people read it: the newest first, each entry with who did it and what it is about, by name.

use std::collections::{BTreeMap, BTreeSet};

use rondo_core::ids::{CampaignId, GroupId, KeyId, LeadId, MailboxId, RepId, UserId};
use rondo_core::time::Instant;
use rondo_core::{Actor, Entry};
use rondo_store::{FoundByRow, HistoryFilter};
use serde_json::Value;

use super::facts::{Fact, NAMED_MAX, facts, held};
use super::kinds::{self, Area, KindWords};
use crate::app::{App, AppError, Caller, Look};
use crate::{say, t};

/// Entries about leads that are gone through for a page of a rare kind at most: some 100 ms of work.
const SPAN_MAX: u64 = 50_000;
/// Characters of an entry's JSON that are shown at most: all of it, but for entries of thousands of leads.
const JSON_CHARS_MAX: usize = 6_000;

/// Which entries are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HistoryWanted {
    /// All.
    #[default]
    All,
    /// Those of a kind.
    Kind(&'static KindWords),
    /// Those of an area.
    Area(Area),
}

/// A stretch of the ledger, the newest entry first.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The entries.
    pub entries: Vec<ToldEntry>,
    /// The number before which it goes on; none where the ledger begins.
    pub older: Option<u64>,
    /// The last number of the ledger.
    pub last: u64,
}

/// An entry as people read it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToldEntry {
    /// Its number.
    pub n: u64,
    /// When it was decided.
    pub at: Instant,
    /// Who brought it about.
    pub who: String,
    /// What happened.
    pub what: &'static str,
    /// More about it in a few words.
    pub notes: Vec<String>,
    /// The period that it is about.
    pub period: Option<(Instant, Option<Instant>)>,
    /// What it is about.
    pub about: Vec<Subject>,
    /// What it says, by name and in words.
    pub facts: Vec<Fact>,
    /// Its event as it stands in the ledger.
    pub json: String,
    /// Whether the JSON goes on.
    pub is_cut: bool,
}

/// Something that an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// `rep`, `campaign` and so on.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name; none where it has none, or is not known any more.
    pub name: Option<String>,
}

/// Entries before this number, or from the end, the newest first.
pub async fn history(
    app: &App,
    caller: &Caller,
    wanted: HistoryWanted,
    before: Option<u64>,
    limit: u32,
) -> Result<History, AppError> {
    let look = app.look(caller.team).await?;
    let last = look.team.revision();
    let before = before.unwrap_or(u64::MAX).min(last.saturating_add(1));
    let filter = filter(wanted, before);
    let mut entries = app.store().entries_before(caller.team, &filter, before, limit + 1).await?;
    let has_more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let older = match entries.last() {
        Some(entry) if has_more => Some(entry.n),
        _ => Some(filter.from).filter(|from| *from > 1),
    };
    let names = Names::of(app, caller, &look, &entries).await?;
    let names = names.with_people(app, caller, &entries).await?;
    let entries = entries.into_iter().map(|entry| told(&names, entry)).collect();
    Ok(History { entries, older, last })
}

/// Who brought these entries about, each in its place.
pub(in crate::app) async fn who(
    app: &App,
    caller: &Caller,
    look: &Look,
    entries: &[Entry],
) -> Result<Vec<String>, AppError> {
    let names = Names::of(app, caller, look, entries).await?;
    Ok(entries.iter().map(|entry| names.who(entry.actor)).collect())
}

fn filter(wanted: HistoryWanted, before: u64) -> HistoryFilter {
    let kinds: Vec<_> = match wanted {
        HistoryWanted::All => return HistoryFilter::default(),
        HistoryWanted::Kind(kind) => vec![kind],
        HistoryWanted::Area(area) => kinds::of(area).collect(),
    };
    let is_structure = kinds.iter().all(|kind| !kind.area.is_about_leads());
    let from = if is_structure { 0 } else { before.saturating_sub(SPAN_MAX) };
    HistoryFilter { kinds: kinds.iter().map(|kind| kind.kind).collect(), is_structure, from }
}

/// The names of what entries are about.
pub(super) struct Names<'l> {
    look: &'l Look,
    keys: BTreeMap<KeyId, String>,
    users: BTreeMap<UserId, String>,
    mailboxes: BTreeMap<MailboxId, String>,
    /// Leads who were not erased.
    people: BTreeMap<LeadId, String>,
}

impl<'l> Names<'l> {
    async fn of(
        app: &App,
        caller: &Caller,
        look: &'l Look,
        entries: &[Entry],
    ) -> Result<Self, AppError> {
        let (mut keys, mut users) = (Vec::new(), Vec::new());
        let mut has_mailboxes = false;
        for entry in entries {
            match entry.actor {
                Actor::Key(key) => keys.push(key),
                Actor::User(user) => users.push(user),
                Actor::System | Actor::Cli | Actor::Rep(_) => {}
            }
            let event = serde_json::to_value(&entry.event).unwrap_or_default();
            keys.extend(id_at::<KeyId>(&event, "/key"));
            users.extend(id_at::<UserId>(&event, "/user"));
            has_mailboxes |= event.get("mailbox").is_some();
        }
        keys.sort_unstable();
        keys.dedup();
        users.sort_unstable();
        users.dedup();
        let (store, team) = (app.store(), caller.team);
        let keys = store.key_names(team, &keys).await?.into_iter().collect();
        let users = store.user_emails(team, &users).await?;
        let users = users.into_iter().filter_map(|(user, email)| Some((user, email?))).collect();
        let rows = if has_mailboxes { store.mailboxes(team).await? } else { Vec::new() };
        let name = |row: rondo_store::MailboxRow| Some((row.id, row.details?.name.to_string()));
        let mailboxes = rows.into_iter().filter_map(name).collect();
        Ok(Self { look, keys, users, mailboxes, people: BTreeMap::new() })
    }

    /// With the leads whom the entries name.
    async fn with_people(
        mut self,
        app: &App,
        caller: &Caller,
        entries: &[Entry],
    ) -> Result<Self, AppError> {
        let mut leads = BTreeSet::new();
        for entry in entries {
            let event = serde_json::to_value(&entry.event).unwrap_or_default();
            leads
                .extend(["/lead", "/place/lead"].iter().find_map(|at| id_at::<LeadId>(&event, at)));
            let several = event.pointer("/leads").and_then(Value::as_array).into_iter().flatten();
            leads.extend(several.take(NAMED_MAX).filter_map(|one| id_at::<LeadId>(one, "/lead")));
        }
        let leads: Vec<_> = leads.into_iter().collect();
        let found = app.store().leads_found_by(caller.team, &leads).await?;
        let called = |row: FoundByRow| {
            let name = row.name.filter(|name| !name.is_empty());
            (row.lead, name.unwrap_or(row.email))
        };
        self.people = found.into_iter().map(called).collect();
        Ok(self)
    }

    pub(super) fn subject(&self, kind: &'static str, id: &str) -> Subject {
        Subject { kind, id: id.to_owned(), name: self.name(kind, id) }
    }

    fn who(&self, actor: Actor) -> String {
        let named = |name: Option<&String>, id: String| name.cloned().unwrap_or(id);
        match actor {
            Actor::System => t("ledger-by-clock").to_owned(),
            Actor::Cli => t("ledger-by-cli").to_owned(),
            Actor::Key(key) => {
                let key = named(self.keys.get(&key), key.to_string());
                say("ledger-by-key").arg("key", key).plain()
            }
            Actor::User(user) => named(self.users.get(&user), user.to_string()),
            Actor::Rep(rep) => say("ledger-by-rep").arg("rep", self.look.name(rep)).plain(),
        }
    }

    fn name(&self, kind: &str, id: &str) -> Option<String> {
        let team = &self.look.team;
        let name = match kind {
            "rep" => id.parse::<RepId>().ok().map(|rep| self.look.name(rep)),
            "group" => team.group_name(id.parse::<GroupId>().ok()?).map(ToString::to_string),
            "campaign" => {
                let campaign = team.campaign(id.parse::<CampaignId>().ok()?);
                campaign.map(|campaign| campaign.settings.name.to_string())
            }
            "key" => self.keys.get(&id.parse().ok()?).cloned(),
            "user" => self.users.get(&id.parse().ok()?).cloned(),
            "mailbox" => self.mailboxes.get(&id.parse().ok()?).cloned(),
            "lead" => self.people.get(&id.parse().ok()?).cloned(),
            _ => None,
        };
        name.filter(|name| !name.is_empty())
    }
}

/// Where in an event stands what it is about, the first of each kind.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("rep", &["/rep", "/outcome/assigned/rep", "/decision/rep"]),
    ("group", &["/group", "/settings/group"]),
    ("campaign", &["/campaign", "/place/campaign"]),
    ("lead", &["/lead", "/place/lead"]),
    ("conversation", &["/conversation", "/place/conversation"]),
    ("assignment", &["/assignment", "/outcome/assigned/assignment", "/decision/assignment"]),
    ("user", &["/user"]),
    ("key", &["/key"]),
    ("mailbox", &["/mailbox"]),
    ("webhook", &["/webhook"]),
];

fn told(names: &Names<'_>, entry: Entry) -> ToldEntry {
    let event = serde_json::to_value(&entry.event).unwrap_or_default();
    let about = SUBJECTS.iter().filter_map(|(kind, places)| {
        let id = places.iter().find_map(|place| event.pointer(place)?.as_str())?;
        Some(names.subject(kind, id))
    });
    let about = about.collect();
    let json = serde_json::to_string_pretty(&entry.event).unwrap_or_default();
    let shown: String = json.chars().take(JSON_CHARS_MAX).collect();
    ToldEntry {
        n: entry.n,
        at: entry.at,
        who: names.who(entry.actor),
        what: kinds::words(entry.event.kind()),
        notes: notes(&event),
        period: period(&event),
        about,
        facts: facts(names, &event),
        is_cut: shown.len() < json.len(),
        json: shown,
    }
}

/// Single words of an event that say more of it, and the names of the texts that say them.
const WORDS: &[(&str, &str)] = &[
    ("/role", "ledger-note-role"),
    ("/outcome/assigned/reason", "ledger-note-reason"),
    ("/decision/reason", "ledger-note-reason"),
    ("/label", "ledger-note-label"),
    ("/labelled/1", "ledger-note-labelled"),
    ("/action", "ledger-note-action"),
    ("/becomes", "ledger-note-becomes"),
    ("/why", "ledger-note-why"),
    ("/qualifier", "ledger-note-qualifier"),
    ("/mail", "ledger-note-mail"),
];

fn notes(event: &Value) -> Vec<String> {
    let mut notes = Vec::new();
    for place in ["/name", "/settings/name"] {
        let name = event.pointer(place).and_then(Value::as_str);
        notes.extend(name.map(|name| say("common-quoted").arg("words", name).plain()));
    }
    for (place, text) in WORDS {
        let word = event.pointer(place).and_then(word_of);
        notes.extend(word.map(|word| say(text).arg("word", word).plain()));
    }
    let is_held = event.pointer("/outcome/waiting/held").and_then(Value::as_bool);
    notes.extend(is_held.map(|is_held| held(is_held).to_owned()));
    for (place, text) in [("/leads", "ledger-note-leads"), ("/reps", "ledger-note-reps")] {
        let count = event.pointer(place).and_then(Value::as_array).map(Vec::len);
        notes.extend(count.map(|count| say(text).n("count", count).plain()));
    }
    notes
}

/// A word, or the word with which a value begins that carries more.
pub(super) fn word_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(word) => Some(word),
        Value::Object(fields) => fields.keys().next().map(String::as_str),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

fn period(event: &Value) -> Option<(Instant, Option<Instant>)> {
    let at = |place: &str| {
        let value = event.pointer(place)?.clone();
        serde_json::from_value::<Instant>(value).ok()
    };
    let from = at("/period/from").or_else(|| at("/launch_at"))?;
    Some((from, at("/period/until")))
}

fn id_at<I: std::str::FromStr>(event: &Value, place: &str) -> Option<I> {
    event.pointer(place)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use rondo_core::event::{Reason, Role, Rotation, WhenOwnerIsOut};
    use rondo_core::mail::{
        ConversationStatus, Mail, QualifierKind, ReplyLabel, ReviewAction, ReviewReason,
        SuppressionReason,
    };
    use serde::de::DeserializeOwned;

    use super::*;

    /// The words that a value can begin with.
    fn words<T: DeserializeOwned + Debug>() -> Vec<String> {
        let unknown = serde_json::from_str::<T>("\"surprise\"").unwrap_err().to_string();
        let words = unknown.split('`').skip(1).step_by(2).skip(1).map(str::to_owned);
        words.collect()
    }

    #[test]
    fn every_word_of_an_entry_has_words_for_people() {
        let texts = include_str!("../../../texts/en/ledger.ftl");
        let whys = [words::<ReviewReason>(), words::<SuppressionReason>()].concat();
        for (name, words) in [
            ("ledger-note-role", words::<Role>()),
            ("ledger-note-reason", words::<Reason>()),
            ("ledger-note-label", words::<ReplyLabel>()),
            ("ledger-note-labelled", words::<ReplyLabel>()),
            ("ledger-note-action", words::<ReviewAction>()),
            ("ledger-note-becomes", words::<ConversationStatus>()),
            ("ledger-note-why", whys),
            ("ledger-note-qualifier", words::<QualifierKind>()),
            ("ledger-note-mail", words::<Mail>()),
        ] {
            assert!(words.len() > 3, "{name}: {words:?}");
            has_words(texts, name, words);
        }
        for (name, words) in [
            ("ledger-note-rotation", words::<Rotation>()),
            ("ledger-note-owner-is-out", words::<WhenOwnerIsOut>()),
        ] {
            assert_eq!(words.len(), 2, "{name}: {words:?}");
            has_words(texts, name, words);
        }
    }

    fn has_words(texts: &str, name: &'static str, words: Vec<String>) {
        let (_, text) = texts.split_once(&format!("\n{name} = ")).unwrap();
        let (text, _) = text.split_once("\n}").unwrap();
        for word in words {
            assert!(text.contains(&format!("[{word}]")), "{name}: {word}");
            assert!(!say(name).arg("word", word).plain().contains('_'), "{name}");
        }
    }
}
