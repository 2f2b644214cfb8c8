//! The ledger: everything that happened in the team, page by page or live.

use rondo_core::{Actor, Entry, Event, Instant};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::page::{List, Listed, Page};
use crate::app::{App, AppError, Caller, schema};

mod facts;
mod history;
pub mod kinds;

pub use facts::{Fact, Said};
pub(in crate::app) use history::who;
pub use history::{History, HistoryWanted, Subject, ToldEntry, history};

/// An entry of the ledger: what stands beside `kind` depends on it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = LedgerEntry)]
pub struct EntryView {
    /// 1, 2, 3 … without a gap.
    #[schema(minimum = 1)]
    pub n: u64,
    #[schema(value_type = schema::Instant)]
    pub at: Instant,
    /// `system`, `cli`, a key's id or a person's.
    #[schema(value_type = String)]
    pub actor: Actor,
    #[serde(flatten)]
    #[schema(value_type = Kind)]
    pub event: Event,
}

/// What happened.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the rules have a type for it")]
pub struct Kind {
    /// `rep_added`, `qualified`, `campaign_launched` and so on; others may come.
    kind: String,
}

/// Entries after ledger number `after`, or after the page before, oldest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    after: u64,
    page: &Page,
) -> Result<Listed<EntryView>, AppError> {
    let list = List::new(caller.team, "ledger", &());
    let after = list.start::<u64>(page)?.unwrap_or(after);
    let entries = app.store().entries_after(caller.team, after, page.fetch()).await?;
    Ok(list.page(page, entries, |entry| entry.n).map(EntryView::from))
}

/// The next entries after a ledger number, for a live stream.
pub async fn next(
    app: &App,
    caller: &Caller,
    after: u64,
    limit: u32,
) -> Result<Vec<EntryView>, AppError> {
    let entries = app.store().entries_after(caller.team, after, limit).await?;
    Ok(entries.into_iter().map(EntryView::from).collect())
}

/// The team's latest ledger number as it grows.
pub fn follow(app: &App, caller: &Caller) -> tokio::sync::watch::Receiver<u64> {
    app.engine().subscribe(caller.team)
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self { n: entry.n, at: entry.at, actor: entry.actor, event: entry.event }
    }
}
