//! Erasing a person: decisions stay.

use rondo_core::Instant;
use rondo_core::ids::{LeadId, TeamId};

use super::At;
use crate::{StoreError, db};

/// Erases a person from the lead's row.
pub(in crate::projection) async fn erase_lead(
    connection: &mut db::Connection,
    team: TeamId,
    lead: LeadId,
    at: Instant,
) -> Result<(), StoreError> {
    let mut here = At { connection, team, at };
    here.execute(
        "update leads
         set erased_at = $3, email_key = null, email = null, name = null, company = null, external_id = null,
             attributes = null
         where team_id = $1 and lead_id = $2",
        |values| {
            values.id(lead);
            values.instant(at);
        },
    )
    .await
}

/// Erases what was noted about a person's conversations.
pub(in crate::projection) async fn erase_notes(
    connection: &mut db::Connection,
    team: TeamId,
    lead: LeadId,
    at: Instant,
) -> Result<(), StoreError> {
    let mut here = At { connection, team, at };
    here.execute(
        "update conversations
         set note = null
         where team_id = $1 and lead_id = $2",
        |values| values.id(lead),
    )
    .await
}
