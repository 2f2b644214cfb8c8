//! Leads that wait.

use std::collections::VecDeque;

use rondo_core::Needs;
use rondo_core::event::CursorKey;
use rondo_core::facts::{
    ConversationFact, ConversationState, WAITING_CHUNK_MAX, WaitingRow, WaitingRows,
};
use rondo_core::ids::TeamId;
use rondo_core::mail::ConversationStatus;

use super::leads::take_lead;
use super::{Found, each};
use crate::rows::Values;
use crate::{StoreError, db};

pub(super) async fn find(
    connection: &mut db::Connection,
    needs: &[(TeamId, Needs)],
    found: &mut Found,
) -> Result<(), StoreError> {
    for (team, needs) in needs {
        for &(cursor, after) in &needs.waiting {
            find_line(connection, *team, cursor, after, found).await?;
        }
    }
    Ok(())
}

/// The first rows that wait on a cursor after a ledger number, with their leads and conversations.
async fn find_line(
    connection: &mut db::Connection,
    team: TeamId,
    cursor: CursorKey,
    after: u64,
    found: &mut Found,
) -> Result<(), StoreError> {
    let values = Values::bound(|values| {
        values.id(team);
        match cursor {
            CursorKey::Campaign(campaign) => values.id(campaign),
            CursorKey::Group(group) => values.id(group),
        }
        values.number(after);
        values.number(WAITING_CHUNK_MAX as u64);
    });
    let rows = db::query_with(
        "select l.team_id, l.lead_id, l.email, l.owner_id, l.owner_source, l.name, l.company, l.external_id,
                l.attributes, w.since, w.campaign_id, w.conversation_id, c.mailbox_id, c.next_step
         from waiting w
         join leads l on l.team_id = w.team_id and l.lead_id = w.lead_id
         join conversations c on c.team_id = w.team_id and c.conversation_id = w.conversation_id
         where w.team_id = $1 and w.cursor_id = $2 and w.since > $3 and w.is_held = 0
         order by w.since
         limit $4",
        values,
    )
    .fetch_all(connection)
    .await?;
    let is_whole = rows.len() < WAITING_CHUNK_MAX;
    let mut line = WaitingRows { after, rows: VecDeque::with_capacity(rows.len()), is_whole };
    for (position, fields) in (1..).zip(each(&rows, "leads")) {
        let facts = found.of_row(fields)?;
        take_lead(facts, fields)?;
        let lead = fields.id(1)?;
        let fields = fields.of("waiting");
        let (since, campaign, conversation) = (fields.number(9)?, fields.id(10)?, fields.id(11)?);
        let state = ConversationState::Waiting { since, position };
        facts.conversation_of.insert((campaign, lead), conversation);
        let fact = ConversationFact {
            campaign,
            lead,
            state,
            status: ConversationStatus::Qualified,
            mailbox: fields.optional_id(12)?,
            next_step: fields.number(13)?.try_into().map_err(|_| fields.corrupt(13))?,
        };
        // One that was asked for by itself is known already, with its place in the whole line.
        facts.conversations.entry(conversation).or_insert(fact);
        line.rows.push_back(WaitingRow { since, campaign, conversation, lead });
    }
    let index = found.index[&team];
    found.facts[index].waiting.insert(cursor, line);
    Ok(())
}
