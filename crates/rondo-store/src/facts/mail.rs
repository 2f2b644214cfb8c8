//! Messages, and addresses that are not to be written to.

use std::collections::HashMap;

use rondo_core::Needs;
use rondo_core::facts::{MessageFact, SeenMessage};
use rondo_core::ids::{CampaignId, TeamId};
use rondo_core::mail::Handling;
use rondo_core::text::EmailKey;

use super::{Found, bind_pair, each, rows_of};
use crate::fields::Fields;
use crate::rows::LookUp;
use crate::{StoreError, db};

static SEEN: LookUp = LookUp::by_hash(
    "select m.team_id, m.message_id, m.mailbox_id, m.key, m.conversation_id, m.label, m.handling, m.review_reason
     from messages m
     where m.team_id = $1 and m.mailbox_id = $2 and m.key in ($3)",
);

static MESSAGES: LookUp = LookUp::by_id(
    "select m.team_id, m.message_id, m.conversation_id, m.handling, m.review_reason, m.is_open
     from messages m
     where m.team_id = $1 and m.message_id in ($2)",
);

static MAILBOXES: LookUp = LookUp::by_hash(
    "select b.team_id, b.mailbox_id, b.email_key
     from mailboxes b
     where b.team_id = $1 and b.removed_at is null and b.email_key in ($2)",
);

static SUPPRESSED: LookUp = LookUp::by_hash(
    "select s.team_id, s.suppression_id, s.email_key
     from suppressions s
     where s.team_id = $1 and s.lifted_at is null and s.email_key in ($2)",
);

static SUPPRESSED_OF: LookUp = LookUp::by_id(
    "select s.team_id, s.suppression_id, s.email_key
     from conversations c
     join leads l on l.team_id = c.team_id and l.lead_id = c.lead_id
     join suppressions s on s.team_id = l.team_id and s.email_key = l.email_key and s.lifted_at is null
     where c.team_id = $1 and c.conversation_id in ($2)",
);

static STANDING: LookUp = LookUp::by_id(
    "select s.team_id, s.suppression_id, s.email_key
     from suppressions s
     where s.team_id = $1 and s.lifted_at is null and s.email_key is not null and s.suppression_id in ($2)",
);

/// Leads whom a campaign other than `$2` has written to and may write to again, or has taken in and is going to.
///
/// `cross join` tells SQLite the order: else it walks through all conversations of the team when asked for three leads.
static WRITTEN_TO_ELSEWHERE: LookUp = LookUp::by_hash(
    "select l.team_id, c.campaign_id, l.email_key
     from leads l
     cross join conversations c
     cross join campaigns o
     where l.team_id = $1
       and c.team_id = l.team_id and c.lead_id = l.lead_id
       and o.team_id = c.team_id and o.campaign_id = c.campaign_id
       and c.campaign_id <> $2
       and (
         c.mailbox_id is not null and c.status in ('awaiting_lead', 'in_review') and o.status <> 'cancelled'
         or o.mailbox_id is not null and c.status = 'awaiting_assistant'
            and o.status in ('scheduled', 'running', 'paused')
       )
       and l.email_key in ($3)",
);

pub(super) async fn find(
    connection: &mut db::Connection,
    needs: &[(TeamId, Needs)],
    found: &mut Found,
) -> Result<(), StoreError> {
    let seen = rows_of(needs, |needs| &needs.seen);
    let rows = SEEN
        .fetch(connection, &seen, |values, (team, (mailbox, key))| {
            values.id(*team);
            values.id(*mailbox);
            values.bytes(key);
        })
        .await?;
    for fields in each(&rows, "messages") {
        let seen = SeenMessage {
            message: fields.id(1)?,
            conversation: fields.optional_id(4)?,
            label: fields.word(5)?,
            handling: handling(fields, 6)?,
        };
        found.of_row(fields)?.seen.insert((fields.id(2)?, fields.bytes(3)?), seen);
    }

    let messages = rows_of(needs, |needs| &needs.messages);
    let rows = MESSAGES.fetch(connection, &messages, bind_pair).await?;
    for fields in each(&rows, "messages") {
        if fields.is_null(3) {
            continue;
        }
        let fact = MessageFact {
            conversation: fields.optional_id(2)?,
            handling: handling(fields, 3)?,
            is_open: fields.flag(5)?,
        };
        found.of_row(fields)?.messages.insert(fields.id(1)?, fact);
    }
    find_suppressed(connection, needs, found).await?;

    let mailboxes = rows_of(needs, |needs| &needs.mailboxes_by_email);
    let rows = MAILBOXES
        .fetch(connection, &mailboxes, |values, (team, key)| {
            values.id(*team);
            values.bytes(&key.0);
        })
        .await?;
    for fields in each(&rows, "mailboxes") {
        let key = EmailKey(fields.bytes(2)?);
        found.of_row(fields)?.mailbox_by_email.insert(key, fields.id(1)?);
    }

    let elsewhere = rows_of(needs, |needs| &needs.written_to_elsewhere);
    let mut elsewhere: Vec<_> =
        elsewhere.into_iter().map(|(team, (key, campaign))| (team, campaign, key)).collect();
    elsewhere.sort_by_key(|(team, campaign, _)| (*team, *campaign));
    let mut asked: HashMap<(TeamId, EmailKey), Vec<CampaignId>> = HashMap::new();
    for (team, campaign, key) in &elsewhere {
        asked.entry((*team, *key)).or_default().push(*campaign);
    }
    let rows = WRITTEN_TO_ELSEWHERE
        .fetch(connection, &elsewhere, |values, (team, campaign, key)| {
            values.id(*team);
            values.id(*campaign);
            values.bytes(&key.0);
        })
        .await?;
    for fields in each(&rows, "leads") {
        let (team, writing): (TeamId, CampaignId) = (fields.id(0)?, fields.id(1)?);
        let key = EmailKey(fields.bytes(2)?);
        let campaigns = asked.get(&(team, key)).into_iter().flatten();
        let others = campaigns.filter(|campaign| **campaign != writing);
        let pairs = others.map(|campaign| (*campaign, key));
        found.of_row(fields)?.written_to_elsewhere.extend(pairs);
    }
    Ok(())
}

async fn find_suppressed(
    connection: &mut db::Connection,
    needs: &[(TeamId, Needs)],
    found: &mut Found,
) -> Result<(), StoreError> {
    let by_key = rows_of(needs, |needs| &needs.suppressed);
    let mut rows = SUPPRESSED
        .fetch(connection, &by_key, |values, (team, key)| {
            values.id(*team);
            values.bytes(&key.0);
        })
        .await?;
    let of = rows_of(needs, |needs| &needs.suppressed_of);
    rows.extend(SUPPRESSED_OF.fetch(connection, &of, bind_pair).await?);
    let standing = rows_of(needs, |needs| &needs.suppressions);
    rows.extend(STANDING.fetch(connection, &standing, bind_pair).await?);
    for fields in each(&rows, "suppressions") {
        let key = EmailKey(fields.bytes(2)?);
        found.of_row(fields)?.suppressed.insert(key, fields.id(1)?);
    }
    Ok(())
}

/// What was done about a message, from the columns `handling, review_reason`.
pub(crate) fn handling(fields: Fields<'_>, column: usize) -> Result<Handling, StoreError> {
    Ok(match fields.text(column)?.as_str() {
        "acted" => Handling::Acted,
        "noted" => Handling::Noted,
        "held" => Handling::Held,
        "review" => Handling::Review(fields.word(column + 1)?),
        _ => return Err(fields.corrupt(column)),
    })
}
