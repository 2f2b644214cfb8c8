//! Leads and conversations.

use rondo_core::detail::LeadFields;
use rondo_core::facts::{ConversationFact, ConversationState, LeadFact};
use rondo_core::ids::{AssignmentId, ConversationId, TeamId};
use rondo_core::text::Email;
use rondo_core::{Facts, Needs};

use super::{Found, each, rows_of};
use crate::fields::Fields;
use crate::rows::LookUp;
use crate::{StoreError, db};

// Every statement answers the lead first and its conversation after it, in these columns:
// team_id, lead_id, email, owner_id, owner_source, name, company, external_id, attributes,
// conversation_id, campaign_id, status, assignment_id, rep_id, mailbox_id, next_step.

static BY_EMAIL: LookUp = LookUp::by_hash(
    "select l.team_id, l.lead_id, l.email, l.owner_id, l.owner_source, l.name, l.company, l.external_id, l.attributes,
            c.conversation_id, c.campaign_id, c.status, c.assignment_id, c.rep_id, c.mailbox_id, c.next_step
     from leads l
     left join conversations c
            on c.team_id = l.team_id and c.lead_id = l.lead_id and c.campaign_id = $2
     where l.team_id = $1 and l.email_key in ($3)",
);

static BY_LEAD: LookUp = LookUp::by_id(
    "select l.team_id, l.lead_id, l.email, l.owner_id, l.owner_source, l.name, l.company, l.external_id, l.attributes
     from leads l
     where l.team_id = $1 and l.lead_id in ($2)",
);

static BY_CONVERSATION: LookUp = LookUp::by_id(
    "select l.team_id, l.lead_id, l.email, l.owner_id, l.owner_source, l.name, l.company, l.external_id, l.attributes,
            c.conversation_id, c.campaign_id, c.status, c.assignment_id, c.rep_id, c.mailbox_id, c.next_step
     from conversations c
     join leads l on l.team_id = c.team_id and l.lead_id = c.lead_id
     where c.team_id = $1 and c.conversation_id in ($2)",
);

static BY_ASSIGNMENT: LookUp = LookUp::by_id(
    "select l.team_id, l.lead_id, l.email, l.owner_id, l.owner_source, l.name, l.company, l.external_id, l.attributes,
            c.conversation_id, c.campaign_id, c.status, c.assignment_id, c.rep_id, c.mailbox_id, c.next_step, a.assignment_id as asked_for,
            a.awaits_rep_since, a.reminders
     from assignments a
     join conversations c on c.team_id = a.team_id and c.conversation_id = a.conversation_id
     join leads l on l.team_id = c.team_id and l.lead_id = c.lead_id
     where a.team_id = $1 and a.assignment_id in ($2)",
);

static WAITING_OF_LEAD: LookUp = LookUp::by_id(
    "select l.team_id, l.lead_id, l.email, l.owner_id, l.owner_source, l.name, l.company, l.external_id, l.attributes,
            c.conversation_id, c.campaign_id, c.status, c.assignment_id, c.rep_id, c.mailbox_id, c.next_step
     from leads l
     join waiting w on w.team_id = l.team_id and w.lead_id = l.lead_id
     join conversations c on c.team_id = w.team_id and c.conversation_id = w.conversation_id
     where l.team_id = $1 and l.lead_id in ($2)",
);

/// Where a waiting conversation stands in its line: behind those on its cursor that are not held, or, while its own
/// campaign is paused, behind those of its campaign.
static POSITIONS: LookUp = LookUp::by_id(
    "select w.team_id, w.conversation_id, w.since,
            (select count(*)
             from waiting o
             where o.team_id = $1
               and o.cursor_id = w.cursor_id
               and o.since <= w.since
               and o.is_held = w.is_held
               and (w.is_held = 0 or o.campaign_id = w.campaign_id)) as position
     from waiting w
     where w.team_id = $1 and w.conversation_id in ($2)",
);

const CONVERSATION: usize = 9;
const ASKED_FOR: usize = 16;

pub(super) async fn find(
    connection: &mut db::Connection,
    needs: &[(TeamId, Needs)],
    found: &mut Found,
) -> Result<(), StoreError> {
    let mut unassigned = Vec::new();
    let mut by_email = rows_of(needs, |needs| &needs.leads_by_email);
    by_email.sort_by_key(|(team, (_, campaign))| (*team, *campaign));
    let rows = BY_EMAIL
        .fetch(connection, &by_email, |values, (team, (email, campaign))| {
            values.id(*team);
            values.optional_id(*campaign);
            values.bytes(&email.0);
        })
        .await?;
    for fields in each(&rows, "leads") {
        take_lead(found.of_row(fields)?, fields)?;
        take_conversation(found.of_row(fields)?, fields, &mut unassigned)?;
    }

    let by_lead = rows_of(needs, |needs| &needs.leads);
    let rows = BY_LEAD.fetch(connection, &by_lead, super::bind_pair).await?;
    for fields in each(&rows, "leads") {
        take_lead(found.of_row(fields)?, fields)?;
    }

    let by_conversation = rows_of(needs, |needs| &needs.conversations);
    let mut rows = BY_CONVERSATION.fetch(connection, &by_conversation, super::bind_pair).await?;
    let by_lead = rows_of(needs, |needs| &needs.conversations_of);
    rows.extend(WAITING_OF_LEAD.fetch(connection, &by_lead, super::bind_pair).await?);
    for fields in each(&rows, "leads") {
        take_lead(found.of_row(fields)?, fields)?;
        take_conversation(found.of_row(fields)?, fields, &mut unassigned)?;
    }

    let by_assignment = rows_of(needs, |needs| &needs.assignments);
    let rows = BY_ASSIGNMENT.fetch(connection, &by_assignment, super::bind_pair).await?;
    for fields in each(&rows, "leads") {
        let facts = found.of_row(fields)?;
        take_lead(facts, fields)?;
        let conversation = fields.of("conversations").id(CONVERSATION)?;
        facts.assignments.insert(fields.of("assignments").id(ASKED_FOR)?, conversation);
        take_conversation(facts, fields, &mut unassigned)?;
        let of_assignment = fields.of("assignments");
        if !of_assignment.is_null(ASKED_FOR + 1) {
            let reminders = of_assignment.number(ASKED_FOR + 2)?;
            facts.awaited.insert(of_assignment.id(ASKED_FOR)?, reminders);
        }
    }
    find_positions(connection, &unassigned, found).await
}

async fn find_positions(
    connection: &mut db::Connection,
    unassigned: &[(TeamId, ConversationId)],
    found: &mut Found,
) -> Result<(), StoreError> {
    let rows = POSITIONS.fetch(connection, unassigned, super::bind_pair).await?;
    for fields in each(&rows, "waiting") {
        let state =
            ConversationState::Waiting { since: fields.number(2)?, position: fields.number(3)? };
        let conversation = fields.id(1)?;
        if let Some(fact) = found.of_row(fields)?.conversations.get_mut(&conversation) {
            fact.state = state;
        }
    }
    Ok(())
}

/// A lead, unless the person was erased: then nobody is known by that id.
pub(super) fn take_lead(facts: &mut Facts, fields: Fields<'_>) -> Result<(), StoreError> {
    const EMAIL: usize = 2;
    if fields.is_null(EMAIL) {
        return Ok(());
    }
    let lead = fields.id(1)?;
    let email = fields.parsed_by(EMAIL, Email::parse)?;
    let owner = fields.optional(3, |fields, column| Ok((fields.id(column)?, fields.word(4)?)))?;
    facts.lead_by_email.insert(email.key(), lead);
    let fields = LeadFields {
        name: fields.optional_text(5)?,
        company: fields.optional_text(6)?,
        external_id: fields.optional_text(7)?,
        attributes: fields.optional(8, Fields::json)?.unwrap_or_default(),
    };
    facts.leads.insert(lead, LeadFact { email, owner, fields });
    Ok(())
}

fn take_conversation(
    facts: &mut Facts,
    fields: Fields<'_>,
    unassigned: &mut Vec<(TeamId, ConversationId)>,
) -> Result<(), StoreError> {
    let lead = fields.id(1)?;
    let team = fields.id(0)?;
    let fields = fields.of("conversations");
    let Some(conversation) = fields.optional_id(CONVERSATION)? else { return Ok(()) };
    let campaign = fields.id(CONVERSATION + 1)?;
    let assignment: Option<AssignmentId> = fields.optional_id(CONVERSATION + 3)?;
    let state = match assignment {
        Some(assignment) => {
            ConversationState::Assigned { assignment, rep: fields.id(CONVERSATION + 4)? }
        }
        None => ConversationState::Unassigned,
    };
    if assignment.is_none() {
        unassigned.push((team, conversation));
    }
    facts.conversation_of.insert((campaign, lead), conversation);
    let next_step = fields.number(CONVERSATION + 6)?;
    let fact = ConversationFact {
        campaign,
        lead,
        state,
        status: fields.word(CONVERSATION + 2)?,
        mailbox: fields.optional_id(CONVERSATION + 5)?,
        next_step: next_step.try_into().map_err(|_| fields.corrupt(CONVERSATION + 6))?,
    };
    facts.conversations.insert(conversation, fact);
    Ok(())
}
