//! Requests that were accepted, so that a repeat of one is not done again.

use std::collections::HashMap;

use rondo_core::Instant;
use rondo_core::ids::TeamId;

use crate::fields::Fields;
use crate::rows::{ForEach, LookUp, Values};
use crate::{Remembered, Store, StoreError, TeamBatch, db};

/// Expired requests dropped for each one remembered: more than one, so that they die out; few, so that nobody waits.
const FORGOTTEN_EACH: u64 = 2;

static REMEMBER: ForEach = ForEach::new(
    "insert into remembered (team_id, scope, body, answer, expires_at)
     values ($1, $2, $3, $4, $5)
     on conflict (team_id, scope) do update
     set body = excluded.body,
         answer = excluded.answer,
         expires_at = excluded.expires_at",
);

static RECALL: LookUp = LookUp::by_hash(
    "select remembered.team_id, remembered.scope, remembered.body, remembered.answer, remembered.expires_at
     from remembered
     where remembered.team_id = $1 and remembered.scope in ($2)",
);

impl Store {
    /// Those of these requests that were accepted before and are not forgotten at `now`.
    pub async fn remembered(
        &self,
        team: TeamId,
        scopes: &[[u8; 32]],
        now: Instant,
    ) -> Result<HashMap<[u8; 32], Remembered>, StoreError> {
        if scopes.is_empty() {
            return Ok(HashMap::new());
        }
        let mut reader = self.of(team).reader().await?;
        let rows = RECALL
            .fetch(&mut reader, scopes, |values, scope| {
                values.id(team);
                values.bytes(scope);
            })
            .await?;
        let mut known = HashMap::with_capacity(rows.len());
        for row in &rows {
            let fields = Fields::new(row, "remembered");
            let remembered = Remembered {
                scope: fields.bytes(1)?,
                body: fields.bytes(2)?,
                answer: fields.json(3)?,
                expires_at: fields.instant(4)?,
            };
            if now < remembered.expires_at {
                known.insert(remembered.scope, remembered);
            }
        }
        Ok(known)
    }
}

/// Remembers the requests of batches, and forgets a few that have expired.
pub(crate) async fn remember(
    connection: &mut db::Connection,
    batches: &[&TeamBatch],
) -> Result<(), StoreError> {
    for batch in batches.iter().filter(|batch| !batch.remembered.is_empty()) {
        if let Some(last) = batch.entries.last() {
            forget(connection, batch.team, last.at, batch.remembered.len() as u64).await?;
        }
    }
    let rows: Vec<_> = batches
        .iter()
        .flat_map(|batch| batch.remembered.iter().map(|remembered| (batch.team, remembered)))
        .collect();
    REMEMBER
        .send(connection, &rows, |values, (team, remembered)| {
            let answer = serde_json::to_string(&remembered.answer).expect("answers are plain data");
            values.id(*team);
            values.bytes(&remembered.scope);
            values.bytes(&remembered.body);
            values.text(answer);
            values.instant(remembered.expires_at);
        })
        .await?;
    Ok(())
}

/// Remembers a request unless it is remembered still. Whether it was not.
pub(crate) async fn remember_first(
    connection: &mut db::Connection,
    team: TeamId,
    request: &Remembered,
    now: Instant,
) -> Result<bool, StoreError> {
    let answer = serde_json::to_string(&request.answer).expect("answers are plain data");
    let values = Values::bound(|values| {
        values.id(team);
        values.bytes(&request.scope);
        values.bytes(&request.body);
        values.text(answer);
        values.instant(request.expires_at);
        values.instant(now);
    });
    let remembered = db::query_with(
        "insert into remembered (team_id, scope, body, answer, expires_at)
         values ($1, $2, $3, $4, $5)
         on conflict (team_id, scope) do update
         set body = excluded.body, answer = excluded.answer, expires_at = excluded.expires_at
         where remembered.expires_at <= $6",
        values,
    )
    .execute(connection)
    .await?;
    Ok(remembered > 0)
}

async fn forget(
    connection: &mut db::Connection,
    team: TeamId,
    now: Instant,
    remembered: u64,
) -> Result<(), StoreError> {
    let values = Values::bound(|values| {
        values.id(team);
        values.instant(now);
        values.number(remembered * FORGOTTEN_EACH);
    });
    db::query_with(
        "delete from remembered
         where team_id = $1
           and scope in (select scope
                         from remembered
                         where team_id = $1 and expires_at <= $2
                         order by expires_at
                         limit $3)",
        values,
    )
    .execute(connection)
    .await?;
    Ok(())
}
