//! The ledger's rows: how an entry is written, chained to the one before, and read back.

use rondo_core::ids::{BatchId, Id as _, TeamId};
use rondo_core::{Entry, Event};
use sha2::{Digest as _, Sha256};

use crate::fields::Fields;
use crate::rows::ForEach;
use crate::{StoreError, TeamBatch, db};

/// The version of events that this program writes; it reads this and every earlier one.
const VERSION: u64 = 1;

/// Ties an entry to all before it: SHA-256.
pub(crate) type ChainHash = [u8; 32];

/// What the first entry of a team is chained to: the team itself, so that no ledger passes for another's.
pub(crate) fn chain_start(team: TeamId) -> ChainHash {
    let mut start = [0; 32];
    start[16..].copy_from_slice(team.as_bytes());
    start
}

/// The hash of an entry: over the hash before it, its number, instant, actor and body.
pub(crate) fn chain(before: &ChainHash, n: u64, at: i64, actor: &str, body: &str) -> ChainHash {
    let mut hash = Sha256::new_with_prefix(before);
    hash.update(n.to_be_bytes());
    hash.update(at.to_be_bytes());
    hash.update(actor);
    // The body begins with a brace, which no actor holds: where the one ends and the other begins is beyond doubt.
    hash.update(body);
    hash.finalize().into()
}

struct NewEntry<'e> {
    team: TeamId,
    batch: BatchId,
    entry: &'e Entry,
    actor: String,
    body: String,
    hash: ChainHash,
}

static APPEND: ForEach = ForEach::insert(
    "insert into ledger (team_id, n, at, actor, kind, version, body, hash, batch_id, is_about_leads)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);

/// Appends the entries of batches, each with the hash of the team's last entry before it.
pub(crate) async fn append(
    connection: &mut db::Connection,
    batches: &[(&TeamBatch, ChainHash)],
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(batches.iter().map(|(batch, _)| batch.entries.len()).sum());
    for (batch, before) in batches {
        let mut before = *before;
        for entry in &batch.entries {
            let body = serde_json::to_string(&entry.event).expect("events are plain data");
            let actor = entry.actor.to_string();
            let hash = chain(&before, entry.n, entry.at.as_micros(), &actor, &body);
            rows.push(NewEntry { team: batch.team, batch: batch.batch, entry, actor, body, hash });
            before = hash;
        }
    }
    APPEND
        .send(connection, &rows, |values, row| {
            values.id(row.team);
            values.number(row.entry.n);
            values.instant(row.entry.at);
            values.text(&row.actor);
            values.text(kind_of(&row.body));
            values.number(VERSION);
            values.text(&row.body);
            values.bytes(&row.hash);
            values.id(row.batch);
            values.flag(row.entry.event.is_about_leads());
        })
        .await?;
    Ok(())
}

/// The kind of a serialised event, with which it begins.
pub(crate) fn kind_of(body: &str) -> &str {
    body.strip_prefix(r#"{"kind":""#)
        .and_then(|rest| rest.split_once('"'))
        .map(|(kind, _)| kind)
        .expect("an event is written with its kind first")
}

/// Reads an entry from the columns `n, at, actor, kind, version, body`, the first of which is `first`.
pub(crate) fn entry(row: &db::Row, first: usize) -> Result<Entry, StoreError> {
    let fields = Fields::new(row, "ledger");
    let n = fields.number(first)?;
    let kind = fields.text(first + 3)?;
    if fields.number(first + 4)? > VERSION {
        return Err(StoreError::UnknownEvent { n, kind });
    }
    Ok(Entry {
        n,
        at: fields.instant(first + 1)?,
        actor: fields.parsed(first + 2)?,
        event: event(&fields.text(first + 5)?, n, &kind)
            .map_err(|unknown| unknown.unwrap_or_else(|| fields.corrupt(first + 5)))?,
    })
}

/// The event of a body; the error is none where the body is no event of any version.
fn event(body: &str, n: u64, kind: &str) -> Result<Event, Option<StoreError>> {
    serde_json::from_str(body).map_err(|error| {
        // `serde` has no other way of telling a tag that it does not know from a body that is damaged.
        error
            .to_string()
            .starts_with("unknown variant")
            .then(|| StoreError::UnknownEvent { n, kind: kind.to_owned() })
    })
}
