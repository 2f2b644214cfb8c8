//! Addresses that pass from one rep or lead to another within a batch.

use rondo_core::ids::TeamId;

use crate::projection::details::Details;
use crate::rows::ManyRows;
use crate::{StoreError, db};

static FREE_LEAD_ADDRESSES: ManyRows = ManyRows::new(
    3,
    "with v (team_id, lead_id, email_key) as (values {rows})
     update leads
     set email_key = null
     from v
     where leads.team_id = v.team_id
       and leads.lead_id = v.lead_id
       and leads.email_key <> v.email_key",
);

static FREE_REP_ADDRESSES: ManyRows = ManyRows::new(
    3,
    "with v (team_id, rep_id, email_key) as (values {rows})
     update reps
     set email_key = null
     from v
     where reps.team_id = v.team_id
       and reps.rep_id = v.rep_id
       and reps.email_key <> v.email_key",
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
