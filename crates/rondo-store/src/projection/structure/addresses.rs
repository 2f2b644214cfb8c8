//! Addresses that pass from one rep or lead to another within a batch.

use rondo_core::ids::TeamId;

use crate::projection::details::Details;
use crate::rows::ForEach;
use crate::{StoreError, db};

static FREE_LEAD_ADDRESSES: ForEach = ForEach::new(
    "update leads
     set email_key = null
     where team_id = $1
       and lead_id = $2
       and email_key <> $3",
);

static FREE_REP_ADDRESSES: ForEach = ForEach::new(
    "update reps
     set email_key = null
     where team_id = $1
       and rep_id = $2
       and email_key <> $3",
);

/// Lets go of the addresses that a batch changes, so that the order in which they pass on does not matter. The
/// details that follow set each again.
pub(in crate::projection) async fn make_room(
    connection: &mut db::Connection,
    team: TeamId,
    details: &Details<'_>,
) -> Result<(), StoreError> {
    if !details.moves_addresses {
        return Ok(());
    }
    let leads: Vec<_> = details.leads.iter().map(|(lead, it)| (*lead, it.email.key())).collect();
    FREE_LEAD_ADDRESSES
        .execute(connection, &leads, |values, (lead, key)| {
            values.id(team);
            values.id(*lead);
            values.bytes(&key.0);
        })
        .await?;
    let reps: Vec<_> = details.reps.iter().map(|(rep, it)| (*rep, it.email.key())).collect();
    FREE_REP_ADDRESSES
        .execute(connection, &reps, |values, (rep, key)| {
            values.id(team);
            values.id(*rep);
            values.bytes(&key.0);
        })
        .await?;
    Ok(())
}
