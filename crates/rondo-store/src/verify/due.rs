//! When a team is to be looked at next: no entry of the ledger says so, but the team's absences and launches do.

use rondo_core::ids::TeamId;
use rondo_core::{Instant, Team};

use super::{Difference, unreadable};
use crate::fields::Fields;
use crate::rows::Values;
use crate::{Store, StoreError, db, load};

impl Store {
    /// What differs if the sweep would look at the team too late, or never, as of `now`; to be asked of a team whose tables
    /// are what its ledger says.
    pub async fn verify_due(
        &self,
        team: TeamId,
        now: Instant,
    ) -> Result<Option<Difference>, StoreError> {
        let mut snapshot = self.of(team).reader().await?;
        snapshot.begin().await?;
        let found = check(&mut snapshot, team, now).await;
        snapshot.commit().await?;
        found.or_else(|error| unreadable(error).map(Some))
    }
}

async fn check(
    connection: &mut db::Connection,
    team: TeamId,
    now: Instant,
) -> Result<Option<Difference>, StoreError> {
    let Some(parts) = load::load(connection, team).await? else { return Ok(None) };
    let Some(due_by) = Team::from_parts(parts, now).due_by() else { return Ok(None) };
    let row = db::query_with(
        "select team_id, due_at
         from teams
         where team_id = $1",
        Values::bound(|values| values.id(team)),
    )
    .fetch_one(connection)
    .await?;
    let stored = Fields::new(&row, "teams").optional_instant(1)?;
    if stored.is_some_and(|stored| stored <= due_by) {
        return Ok(None);
    }
    Ok(Some(Difference {
        table: "teams",
        kind: "team",
        id: team.to_string(),
        column: Some("due_at".to_owned()),
        ledger: format!("{due_by} at the latest"),
        stored: stored.map_or_else(|| "nothing".to_owned(), |stored| stored.to_string()),
    }))
}
