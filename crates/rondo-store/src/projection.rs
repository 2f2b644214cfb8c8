//! From events to tables: the one way in which a team's tables change, live and in a replay.
//!
//! Events about leads come by the thousand: they are gathered in [`leads::Pending`] and written with one statement a
//! table. Events about the team's structure are rare: each is written by statements of its own ([`structure`]).

mod details;
mod leads;
mod mail;
mod structure;

use rondo_core::Event;

use crate::{StoreError, TeamBatch, db};
use details::Details;
use leads::Pending;

/// Writes what the entries and details of batches mean for the tables.
pub(crate) async fn project(
    connection: &mut db::Connection,
    batches: &[&TeamBatch],
) -> Result<(), StoreError> {
    let mut pending = Pending::default();
    let mut erased = Vec::new();
    for batch in batches {
        let team = batch.team;
        let details = Details::of(batch);
        structure::make_room(connection, team, &details).await?;
        for entry in &batch.entries {
            if !entry.event.is_about_leads() {
                if changes_what_waits(&entry.event) {
                    pending.write(connection).await?;
                }
                structure::write(connection, team, entry, &details).await?;
                continue;
            }
            pending.follow(team, entry, &details);
            if let Event::LeadErased { lead, .. } = entry.event {
                pending.write(connection).await?;
                structure::erase_lead(connection, team, lead, entry.at).await?;
                erased.push((team, lead, entry.at));
            }
        }
        pending.take_details(team, details);
    }
    pending.write(connection).await?;
    for (team, lead, at) in erased {
        structure::erase_texts(connection, team, lead, at).await?;
    }
    Ok(())
}

/// Whether an event of the structure changes rows that events about leads change too, so that what was gathered must
/// be written before it.
fn changes_what_waits(event: &Event) -> bool {
    matches!(
        event,
        Event::CampaignPaused { .. }
            | Event::CampaignResumed { .. }
            | Event::CampaignCancelled { .. }
            | Event::CampaignDeleted { .. }
    )
}
