//! The first statement of a commit: a team's revision moves on, if it is still what the decisions started from.

use std::collections::HashMap;

use rondo_core::Team;
use rondo_core::ids::TeamId;

use crate::fields::Fields;
use crate::ledger::{ChainHash, chain_start};
use crate::rows::{ForEach, Values};
use crate::{StoreError, TeamBatch, db};

static CLAIM: ForEach = ForEach::new(
    "update teams
     set revision = $3,
         last_at = coalesce($4, teams.last_at),
         due_at = $5
     where team_id = $1
       and revision = $2
     returning team_id",
);

/// What the next entry is chained to. A statement of its own, since no sharded database looks into another table for
/// what an update answers.
static LAST_HASH: ForEach = ForEach::new(
    "select team_id, hash
     from ledger
     where team_id = $1 and n = $2",
);

/// Moves the revisions on. Answers for each batch what its first entry is chained to, or none if its team is not at
/// the revision that the batch expects.
pub(crate) async fn claim(
    connection: &mut db::Connection,
    batches: &[TeamBatch],
) -> Result<Vec<Option<ChainHash>>, StoreError> {
    let mut claimed = HashMap::new();
    let (new, mut known): (Vec<_>, Vec<_>) =
        batches.iter().partition(|batch| batch.expected_revision == 0);
    // In one order, so that nodes that claim several teams each never wait for one another.
    known.sort_unstable_by_key(|batch| batch.team);
    for batch in new {
        if create(connection, batch).await? {
            claimed.insert(batch.team, chain_start(batch.team));
        }
    }
    let mut executions = CLAIM.executions(&known, |values, batch| {
        values.id(batch.team);
        values.number(batch.expected_revision);
        values.number(batch.expected_revision + batch.entries.len() as u64);
        values.optional_instant(batch.entries.last().map(|entry| entry.at));
        values.optional_instant(batch.due_at);
    });
    executions.extend(LAST_HASH.executions(&known, |values, batch| {
        values.id(batch.team);
        values.number(batch.expected_revision);
    }));
    let rows = connection.fetch_all(executions).await?;
    let (ours, hashes): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.cells().len() == 1);
    for row in ours {
        let team: TeamId = Fields::new(row, "teams").id(0)?;
        // A replay keeps no ledger of its own to chain to.
        claimed.insert(team, chain_start(team));
    }
    for row in hashes {
        let fields = Fields::new(row, "ledger");
        if let Some(hash) = claimed.get_mut(&fields.id(0)?) {
            *hash = fields.bytes(1)?;
        }
    }
    Ok(batches.iter().map(|batch| claimed.get(&batch.team).copied()).collect())
}

/// Begins a team; false if there is such a team already, or if the batch does not begin one.
async fn create(connection: &mut db::Connection, batch: &TeamBatch) -> Result<bool, StoreError> {
    let Some((first, last)) = batch.entries.first().zip(batch.entries.last()) else {
        return Ok(false);
    };
    let Some(team) = Team::found(batch.team, first) else { return Ok(false) };
    let values = Values::bound(|values| {
        values.id(batch.team);
        values.settings(team.settings());
        values.number(batch.entries.len() as u64);
        values.instant(last.at);
        values.optional_instant(batch.due_at);
        values.instant(first.at);
        values.id(team.default_group());
    });
    let created = db::query_with(
        "insert into teams (team_id, name, routed_rep_becomes_owner, reminder_after_working_hours, time_zone,
                            revision, last_at, due_at, created_at, default_group_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (team_id) do nothing",
        values,
    )
    .execute(connection)
    .await?;
    Ok(created == 1)
}
