//! When a team is to be looked at next: no entry of the ledger says so, but the team's absences and launches do.

use rondo_core::Team;
use rondo_core::ids::TeamId;

use super::{Difference, VerifyReport};
use crate::fields::Fields;
use crate::rows::Values;
use crate::{StoreError, db, load};

/// Names a team that the sweep would look at too late, or never.
pub(super) async fn check(
    connection: &mut db::Connection,
    team: TeamId,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    if !report.differences.is_empty() {
        // What is due would be worked out from tables that are not what the ledger says.
        return Ok(());
    }
    let Some(parts) = load::load(connection, team).await? else { return Ok(()) };
    let last_at = parts.last_at;
    let Some(due_by) = Team::from_parts(parts, last_at).due_by() else { return Ok(()) };
    let row = db::query_with(
        "select team_id, due_at
         from teams
         where team_id = $1",
        Values::bound(|values| values.id(team)),
    )
    .fetch_one(connection)
    .await?;
    let stored = Fields::new(&row, "teams").optional_instant(1)?;
    if stored.is_none_or(|stored| stored > due_by) {
        report.differs(Difference {
            table: "teams",
            kind: "team",
            id: team.to_string(),
            column: Some("due_at".to_owned()),
            ledger: format!("{due_by} at the latest"),
            stored: stored.map_or_else(|| "nothing".to_owned(), |stored| stored.to_string()),
        });
    }
    Ok(())
}
