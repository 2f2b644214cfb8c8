//! The ledger as people read it: the newest first, by number, by kind.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::super::Console;
use super::super::frame::{Frame, Place, rendered};
use super::super::paths::Query;
use super::super::routes::{Reach, Routes, Who};
use super::super::trouble::Trouble;
use super::{frame, tabs};
use crate::app::ledger::kinds::{self, AREAS, Area, KindWords};
use crate::app::ledger::{self, History, HistoryWanted, Said, Subject, ToldEntry};
use crate::app::page::LIMIT_DEFAULT;
use crate::{say, t};

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Admin, "/settings/ledger", show)
}

/// What may stand in the page's address; numbers as they were typed.
#[derive(Debug, Default, Deserialize)]
struct Sought {
    /// The entry that is looked for.
    n: Option<String>,
    /// A kind, or `all-` and an area.
    kind: Option<String>,
    /// The number before which the page begins.
    before: Option<String>,
}

/// Kinds of an area, as they are offered.
struct Group {
    words: &'static str,
    all: String,
    kinds: Vec<&'static KindWords>,
}

#[derive(Template)]
#[template(path = "settings/ledger.html")]
struct LedgerPage {
    frame: Frame,
    tabs: Vec<Place>,
    history: History,
    groups: Vec<Group>,
    kind: String,
    /// The number as it was typed.
    number: String,
    error: Option<String>,
    /// The entry that is looked for.
    shown: Option<u64>,
    is_latest: bool,
}

impl LedgerPage {
    fn is_open(&self, entry: &ToldEntry) -> bool {
        self.shown == Some(entry.n)
    }

    /// Where the page before ends, when one entry was looked for.
    fn newer(&self) -> Option<u64> {
        let first = self.history.entries.first()?.n;
        (first < self.history.last).then_some(first + u64::from(LIMIT_DEFAULT) + 1)
    }
}

/// The page of something in the console; none for what has none.
fn path(subject: &Subject) -> Option<String> {
    let place = match subject.kind {
        // Of one who was erased, there is no page.
        "lead" if subject.name.is_none() => return None,
        "rep" => "reps",
        "group" => "groups",
        "campaign" => "campaigns",
        "lead" => "leads",
        "conversation" => "conversations",
        "assignment" => "assignments",
        "mailbox" => "settings/mailboxes",
        "webhook" => "settings/webhooks",
        _ => return None,
    };
    Some(format!("/{place}/{}", subject.id))
}

/// What something is called: by its name, else by what it is.
fn called(subject: &Subject) -> String {
    let called = match &subject.name {
        Some(name) => say("ledger-called").arg("kind", subject.kind).arg("name", name),
        None => say("ledger-called-by-kind").arg("kind", subject.kind),
    };
    called.plain()
}

/// The same beside a word for what it is: the name alone.
fn named(subject: &Subject) -> String {
    subject.name.clone().unwrap_or_else(|| called(subject))
}

fn wanted(kind: &str) -> HistoryWanted {
    match kind.strip_prefix("all-") {
        Some(area) => kinds::area_named(area).map_or(HistoryWanted::All, HistoryWanted::Area),
        None => kinds::named(kind).map_or(HistoryWanted::All, HistoryWanted::Kind),
    }
}

fn groups() -> Vec<Group> {
    let group = |area: Area| Group {
        words: area.words(),
        all: format!("all-{}", area.slug()),
        kinds: kinds::of(area).collect(),
    };
    AREAS.into_iter().map(group).collect()
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Query(sought): Query<Sought>,
) -> Result<Response, Trouble> {
    let number = sought.n.unwrap_or_default().trim().to_owned();
    let shown = number.trim_start_matches('#').parse::<u64>().ok().filter(|n| *n > 0);
    // Who looks for one entry sees it whatever kind it is.
    let kind = if number.is_empty() { sought.kind.unwrap_or_default() } else { String::new() };
    let before = match shown {
        Some(n) => Some(n.saturating_add(1)),
        None => sought.before.as_deref().and_then(|before| before.parse().ok()),
    };
    let (app, caller) = (console.app(), &session.caller);
    let history = ledger::history(app, caller, wanted(&kind), before, LIMIT_DEFAULT).await?;
    let last = history.last;
    let error = match shown {
        Some(n) if n > last => Some(say("ledger-not-there").arg("last", last).plain()),
        None if !number.is_empty() => Some(t("ledger-not-a-number").to_owned()),
        Some(_) | None => None,
    };
    let page = LedgerPage {
        frame: frame(&console, &session, t("ledger-title")),
        tabs: tabs("/settings/ledger"),
        is_latest: before.is_none_or(|before| before > last),
        history,
        groups: groups(),
        kind,
        number,
        shown: shown.filter(|_| error.is_none()),
        error,
    };
    Ok(rendered(&page))
}
