//! Erasing a person: decisions stay.

use rondo_core::Instant;
use rondo_core::ids::{LeadId, TeamId};

use super::At;
use crate::{StoreError, db};

/// Erases a person from the lead's row, and ends what is open in their conversations. Messages of no conversation go with
/// the address that they came from.
pub(in crate::projection) async fn erase_lead(
    connection: &mut db::Connection,
    team: TeamId,
    lead: LeadId,
    at: Instant,
) -> Result<(), StoreError> {
    let mut here = At { connection, team, at };
    // Also where somebody of the team suppressed the address, whosever it was.
    here.execute(
        "update suppressions
         set email = null
         where team_id = $1
           and email is not null
           and email_key in (select l.email_key from leads l where l.team_id = $1 and l.lead_id = $2)",
        |values| values.id(lead),
    )
    .await?;
    here.execute(
        "delete from raw_messages
         where team_id = $1
           and message_id in (select m.message_id
                              from leads l
                              join messages m on m.team_id = l.team_id and m.from_key = l.email_key
                              where l.team_id = $1 and l.lead_id = $2 and m.conversation_id is null)",
        |values| values.id(lead),
    )
    .await?;
    here.execute(
        "update messages
         set from_key = null, message_header = null, references_header = null, from_address = null,
             to_addresses = null, cc_addresses = null, subject = null, body = null, quoted_text = null,
             body_html = null, reading = null
         where team_id = $1
           and conversation_id is null
           and from_key in (select l.email_key from leads l where l.team_id = $1 and l.lead_id = $2)",
        |values| values.id(lead),
    )
    .await?;
    here.execute(
        "update conversations
         set status = 'cancelled', next_at = null, review_reason = null
         where team_id = $1
           and lead_id = $2
           and status in ('awaiting_lead', 'awaiting_assistant', 'in_review')",
        |values| values.id(lead),
    )
    .await?;
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

/// Erases what was noted about a person's conversations, and what was written in them. That the address is not to be
/// written to stays, as a hash.
pub(in crate::projection) async fn erase_texts(
    connection: &mut db::Connection,
    team: TeamId,
    lead: LeadId,
    at: Instant,
) -> Result<(), StoreError> {
    let mut here = At { connection, team, at };
    here.execute(
        "delete from raw_messages
         where team_id = $1
           and message_id in (select m.message_id
                              from conversations c
                              join messages m on m.team_id = c.team_id and m.conversation_id = c.conversation_id
                              where c.team_id = $1 and c.lead_id = $2)",
        |values| values.id(lead),
    )
    .await?;
    // What servers said of a message, the address in it.
    here.execute(
        "update mails
         set last_error = null
         where team_id = $1
           and last_error is not null
           and message_id in (select m.message_id
                              from conversations c
                              join messages m on m.team_id = c.team_id and m.conversation_id = c.conversation_id
                              where c.team_id = $1 and c.lead_id = $2)",
        |values| values.id(lead),
    )
    .await?;
    here.execute(
        "update messages
         set message_header = null, references_header = null, from_address = null, to_addresses = null,
             cc_addresses = null, subject = null, body = null, quoted_text = null, body_html = null, reading = null
         where team_id = $1
           and conversation_id in (select c.conversation_id
                                   from conversations c
                                   where c.team_id = $1 and c.lead_id = $2)",
        |values| values.id(lead),
    )
    .await?;
    here.execute(
        "update suppressions
         set email = null
         where team_id = $1 and lead_id = $2",
        |values| values.id(lead),
    )
    .await?;
    here.execute(
        "update assignments
         set note = null
         where team_id = $1
           and note is not null
           and conversation_id in (select c.conversation_id
                                   from conversations c
                                   where c.team_id = $1 and c.lead_id = $2)",
        |values| values.id(lead),
    )
    .await?;
    here.execute(
        "update conversations
         set note = null
         where team_id = $1 and lead_id = $2",
        |values| values.id(lead),
    )
    .await
}
