//! The statements that write what was gathered.

use rondo_core::event::{Cursor, CursorKey};
use rondo_core::ids::{RepId, TeamId};

use super::{ConversationRow, LeadRow, NewConversation, Pending};
use crate::projection::details::LeadDetails;
use crate::rows::{ForEach, Values};
use crate::{StoreError, db};

static INSERT_LEADS: ForEach = ForEach::insert(
    "insert into leads (team_id, lead_id, created_at, owner_id, owner_source, is_high_intent,
                        email_key, email, name, company, external_id, attributes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);

static UPDATE_LEADS: ForEach = ForEach::new(
    "update leads
     set owner_id = case when $3 = 1 then $4 else leads.owner_id end,
         owner_source = case when $3 = 1 then $5 else leads.owner_source end,
         is_high_intent = case when $6 = 1 then 1 else leads.is_high_intent end
     where team_id = $1
       and lead_id = $2",
);

static UPDATE_LEAD_DETAILS: ForEach = ForEach::new(
    "update leads
     set email_key = $3,
         email = $4,
         name = $5,
         company = $6,
         external_id = $7,
         attributes = $8
     where team_id = $1
       and lead_id = $2",
);

static INSERT_CONVERSATIONS: ForEach = ForEach::insert(
    "insert into conversations (team_id, conversation_id, campaign_id, lead_id, status, assignment_id, rep_id,
                                created_at, note)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

static UPDATE_CONVERSATIONS: ForEach = ForEach::new(
    "update conversations
     set status = $3,
         assignment_id = $4,
         rep_id = $5,
         next_at = null,
         review_reason = null
     where team_id = $1
       and conversation_id = $2
       and assignment_id is not distinct from $6",
);

static UPDATE_NOTES: ForEach = ForEach::new(
    "update conversations
     set note = $3
     where team_id = $1
       and conversation_id = $2",
);

static INSERT_WAITING: ForEach = ForEach::insert(
    "insert into waiting (team_id, cursor_id, since, campaign_id, conversation_id, lead_id, is_held)
     values ($1, $2, $3, $4, $5, $6, $7)",
);

static DELETE_WAITING: ForEach = ForEach::new(
    "delete from waiting
     where team_id = $1 and conversation_id = $2",
);

static INSERT_ASSIGNMENTS: ForEach = ForEach::insert(
    "insert into assignments (team_id, n, assignment_id, conversation_id, lead_id, campaign_id, rep_id, reason,
                              decided_at, is_standing, note)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);

static PASS_ON: ForEach = ForEach::new(
    "update assignments
     set is_standing = 0, awaits_rep_since = null
     where team_id = $1
       and assignment_id = $2",
);

static MOVE_CAMPAIGN_CURSORS: ForEach = ForEach::new(
    "update campaigns
     set cursor_place = $3,
         cursor_rep_id = $4
     where team_id = $1
       and campaign_id = $2",
);

static MOVE_GROUP_CURSORS: ForEach = ForEach::new(
    "update sales_groups
     set cursor_place = $3,
         cursor_rep_id = $4
     where team_id = $1
       and group_id = $2",
);

impl Pending<'_> {
    /// Writes everything that was gathered, and is empty again.
    pub(in crate::projection) async fn write(
        &mut self,
        connection: &mut db::Connection,
    ) -> Result<(), StoreError> {
        let gathered = std::mem::take(self);
        gathered.write_leads(connection).await?;
        gathered.write_conversations(connection).await?;
        gathered.write_waiting(connection).await?;
        gathered.write_assignments(connection).await?;
        gathered.write_cursors(connection).await?;
        gathered.mail.write(connection).await
    }

    async fn write_leads(&self, connection: &mut db::Connection) -> Result<(), StoreError> {
        let (new, known): (Vec<LeadRow<'_>>, Vec<_>) =
            self.leads.rows.iter().partition(|row| row.new.is_some());
        INSERT_LEADS
            .send(connection, &new, |values, row| {
                let (at, details) = row.new.expect("only new leads are inserted");
                values.id(row.team);
                values.id(row.lead);
                values.instant(at);
                bind_owner(values, row);
                values.flag(row.is_high_intent);
                bind_lead_details(values, details);
            })
            .await?;
        UPDATE_LEADS
            .send(connection, &known, |values, row| {
                values.id(row.team);
                values.id(row.lead);
                values.flag(row.owner.is_some());
                bind_owner(values, row);
                values.flag(row.is_high_intent);
            })
            .await?;
        UPDATE_LEAD_DETAILS
            .send(connection, &self.lead_details, |values, (team, lead, details)| {
                values.id(*team);
                values.id(*lead);
                bind_lead_details(values, Some(*details));
            })
            .await?;
        Ok(())
    }

    async fn write_conversations(&self, connection: &mut db::Connection) -> Result<(), StoreError> {
        let (new, known): (Vec<ConversationRow<'_>>, Vec<_>) =
            self.conversations.rows.iter().partition(|row| row.new.is_some());
        INSERT_CONVERSATIONS
            .send(connection, &new, |values, row| {
                let NewConversation { campaign, lead, at, note } =
                    row.new.expect("only new conversations are inserted");
                values.id(row.team);
                values.id(row.conversation);
                values.id(campaign);
                values.id(lead);
                bind_standing(values, row);
                values.instant(at);
                values.optional_text(note);
            })
            .await?;
        let updated = UPDATE_CONVERSATIONS
            .execute(connection, &known, |values, row| {
                values.id(row.team);
                values.id(row.conversation);
                bind_standing(values, row);
                values.optional_id(row.stood);
            })
            .await?;
        if updated < known.len() as u64 {
            // The second lock on what stands: a conversation is assigned once.
            return Err(StoreError::Conflict(
                "another assignment of a conversation stands".to_owned(),
            ));
        }
        UPDATE_NOTES
            .send(connection, &self.notes, |values, (team, conversation, note)| {
                values.id(*team);
                values.id(*conversation);
                values.text(*note);
            })
            .await?;
        Ok(())
    }

    async fn write_waiting(&self, connection: &mut db::Connection) -> Result<(), StoreError> {
        DELETE_WAITING
            .send(connection, &self.no_longer_waiting, |values, (team, conversation)| {
                values.id(*team);
                values.id(*conversation);
            })
            .await?;
        let still: Vec<_> = self.waiting.rows.iter().flatten().collect();
        INSERT_WAITING
            .send(connection, &still, |values, row| {
                values.id(row.team);
                match row.cursor {
                    CursorKey::Campaign(campaign) => values.id(campaign),
                    CursorKey::Group(group) => values.id(group),
                }
                values.number(row.since);
                values.id(row.campaign);
                values.id(row.conversation);
                values.id(row.lead);
                values.flag(row.is_held);
            })
            .await?;
        Ok(())
    }

    async fn write_assignments(&self, connection: &mut db::Connection) -> Result<(), StoreError> {
        PASS_ON
            .send(connection, &self.passed_on, |values, (team, assignment)| {
                values.id(*team);
                values.id(*assignment);
            })
            .await?;
        INSERT_ASSIGNMENTS
            .send(connection, &self.assignments.rows, |values, row| {
                values.id(row.team);
                values.number(row.n);
                values.id(row.assignment);
                values.id(row.conversation);
                values.id(row.lead);
                values.id(row.campaign);
                values.id(row.rep);
                values.word(row.reason);
                values.instant(row.at);
                values.flag(row.is_standing);
                values.optional_text(row.note);
            })
            .await?;
        Ok(())
    }

    async fn write_cursors(&self, connection: &mut db::Connection) -> Result<(), StoreError> {
        let (mut campaigns, mut groups) = (Vec::new(), Vec::new());
        for (&(team, key), &cursor) in &self.cursors {
            match key {
                CursorKey::Campaign(campaign) => campaigns.push((team, campaign, cursor)),
                CursorKey::Group(group) => groups.push((team, group, cursor)),
            }
        }
        MOVE_CAMPAIGN_CURSORS.send(connection, &campaigns, bind_cursor).await?;
        MOVE_GROUP_CURSORS.send(connection, &groups, bind_cursor).await?;
        Ok(())
    }
}

fn bind_owner(values: &mut Values, row: &LeadRow<'_>) {
    let owner = row.owner.flatten();
    values.optional_id(owner.map(|(rep, _)| rep));
    values.optional_word(owner.map(|(_, source)| source));
}

fn bind_standing(values: &mut Values, row: &ConversationRow<'_>) {
    values.word(row.status);
    values.optional_id(row.assigned.map(|(assignment, _)| assignment));
    values.optional_id::<RepId>(row.assigned.map(|(_, rep)| rep));
}

fn bind_lead_details<'v>(values: &mut Values<'v>, details: Option<LeadDetails<'v>>) {
    let fields = details.map(|details| details.fields);
    values.optional_email(details.map(|details| details.email));
    values.optional_text(fields.and_then(|fields| fields.name.as_deref()));
    values.optional_text(fields.and_then(|fields| fields.company.as_deref()));
    values.optional_text(fields.and_then(|fields| fields.external_id.as_deref()));
    let attributes = fields.filter(|fields| !fields.attributes.is_empty()).map(|fields| {
        serde_json::to_string(&fields.attributes).expect("attributes are plain data")
    });
    values.optional_text(attributes);
}

fn bind_cursor<I: rondo_core::ids::Id>(values: &mut Values, row: &(TeamId, I, Cursor)) {
    let (team, id, cursor) = row;
    values.id(*team);
    values.id(*id);
    values.number(cursor.place);
    values.optional_id(cursor.rep);
}
