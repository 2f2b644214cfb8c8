//! The tables that follow from the ledger, with the columns that do.

use rondo_core::Instant;
use rondo_core::ids::{
    AbsenceId, AssignmentId, CampaignId, ConversationId, GroupId, Id, KeyId, LeadId, MailboxId,
    MessageId, RepId, SuppressionId, UserId, WebhookId,
};

use super::compare::Cell;

/// A table as it is compared: a statement whose first columns are the row's key, in whose order it answers.
pub(super) struct Table {
    pub(super) table: &'static str,
    /// What a row is.
    pub(super) kind: &'static str,
    /// How many of the first columns are the key; none for the one row of the team.
    pub(super) keys: usize,
    pub(super) sql: &'static str,
}

pub(super) const TABLES: &[Table] = &[
    Table {
        table: "teams",
        kind: "team",
        keys: 0,
        sql: "select revision, last_at, created_at, name, default_group_id, routed_rep_becomes_owner,
                     reminder_after_working_hours, time_zone, handover_template
              from teams
              where team_id = $1",
    },
    Table {
        table: "users",
        kind: "user",
        keys: 1,
        sql: "select user_id, role, added_at, rep_id, removed_at
              from users
              where team_id = $1
              order by user_id",
    },
    Table {
        table: "reps",
        kind: "rep",
        keys: 1,
        sql: "select rep_id, added_at, removed_at, leads_became, leads_to_id, is_said_away, seal
              from reps
              where team_id = $1
              order by rep_id",
    },
    Table {
        table: "absences",
        kind: "absence",
        keys: 1,
        sql: "select absence_id, rep_id, from_at, until_at, from_date, last_date, source
              from absences
              where team_id = $1
              order by absence_id",
    },
    Table {
        table: "sales_groups",
        kind: "group",
        keys: 1,
        sql: "select group_id, name, name_key, next_place, cursor_place, cursor_rep_id, created_at, is_deleted
              from sales_groups
              where team_id = $1
              order by group_id",
    },
    Table {
        table: "members",
        kind: "member",
        keys: 2,
        sql: "select group_id, place, rep_id, added_at
              from members
              where team_id = $1
              order by group_id, place",
    },
    Table {
        table: "campaigns",
        kind: "campaign",
        keys: 1,
        sql: "select campaign_id, name, group_id, rotation, when_owner_is_out, status, launch_at, launched_at,
                     cursor_place, cursor_rep_id, copied_from_id, created_at, mailbox_id, mail_plan
              from campaigns
              where team_id = $1
              order by campaign_id",
    },
    Table {
        table: "leads",
        kind: "lead",
        keys: 1,
        sql: "select lead_id, created_at, owner_id, owner_source, is_high_intent, erased_at
              from leads
              where team_id = $1
              order by lead_id",
    },
    // Without `review_since`, which a migration did not read out of the ledger again.
    Table {
        table: "conversations",
        kind: "conversation",
        keys: 1,
        sql: "select conversation_id, campaign_id, lead_id, status, assignment_id, rep_id, created_at, mailbox_id,
                     next_step, next_at, review_reason
              from conversations
              where team_id = $1
              order by conversation_id",
    },
    Table {
        table: "waiting",
        kind: "waiting lead",
        keys: 1,
        sql: "select since, cursor_id, campaign_id, conversation_id, lead_id, is_held
              from waiting
              where team_id = $1
              order by since",
    },
    Table {
        table: "assignments",
        kind: "assignment",
        keys: 1,
        sql: "select assignment_id, n, conversation_id, lead_id, campaign_id, rep_id, reason, decided_at, is_standing,
                     awaits_rep_since, reminders, rep_wrote_at, taken_over_at
              from assignments
              where team_id = $1
              order by assignment_id",
    },
    Table {
        table: "webhooks",
        kind: "webhook",
        keys: 1,
        sql: "select webhook_id, events, created_at, removed_at
              from webhooks
              where team_id = $1
              order by webhook_id",
    },
    Table {
        table: "api_keys",
        kind: "key",
        keys: 1,
        sql: "select key_id, role, rep_id, created_at, expires_at, revoked_at, requests_per_second_max,
                     mailbox_id
              from api_keys
              where team_id = $1
              order by key_id",
    },
    Table {
        table: "mailboxes",
        kind: "mailbox",
        keys: 1,
        sql: "select mailbox_id, created_at, removed_at
              from mailboxes
              where team_id = $1
              order by mailbox_id",
    },
    Table {
        table: "messages",
        kind: "message",
        keys: 1,
        sql: "select message_id, n, at, mailbox_id, campaign_id, conversation_id, lead_id, kind, step, assignment_id,
                     sender, rep_id, label, handling, review_reason, corrected_label, is_open
              from messages
              where team_id = $1
              order by message_id",
    },
    Table {
        table: "suppressions",
        kind: "suppression",
        keys: 1,
        sql: "select suppression_id, created_at, lifted_at, why, lead_id
              from suppressions
              where team_id = $1
              order by suppression_id",
    },
    Table {
        table: "qualifiers",
        kind: "qualifier",
        keys: 0,
        sql: "select kind
              from qualifiers
              where team_id = $1",
    },
];

impl Table {
    /// What a column is about: a cursor and an owner are things of their own.
    pub(super) fn kind_of(&self, column: &str) -> &'static str {
        if column.starts_with("cursor_") && self.table != "waiting" {
            "cursor"
        } else if column.starts_with("owner_") {
            "owner"
        } else {
            self.kind
        }
    }
}

/// A stored value as people read it.
pub(super) fn shown(column: &str, cell: &Cell) -> String {
    match (column, cell) {
        (_, Cell::Null) => "nothing".to_owned(),
        (_, Cell::Integer(micros)) if column.ends_with("_at") => {
            Instant::from_micros(*micros).to_string()
        }
        (_, Cell::Integer(number)) => number.to_string(),
        (_, Cell::Text(text)) => text.clone(),
        ("rep_id" | "owner_id" | "cursor_rep_id" | "leads_to_id", Cell::Blob(id)) => {
            id_of::<RepId>(id)
        }
        ("user_id", Cell::Blob(id)) => id_of::<UserId>(id),
        ("absence_id", Cell::Blob(id)) => id_of::<AbsenceId>(id),
        ("group_id" | "default_group_id", Cell::Blob(id)) => id_of::<GroupId>(id),
        ("campaign_id" | "copied_from_id", Cell::Blob(id)) => id_of::<CampaignId>(id),
        ("lead_id", Cell::Blob(id)) => id_of::<LeadId>(id),
        ("conversation_id", Cell::Blob(id)) => id_of::<ConversationId>(id),
        ("assignment_id", Cell::Blob(id)) => id_of::<AssignmentId>(id),
        ("webhook_id", Cell::Blob(id)) => id_of::<WebhookId>(id),
        ("key_id", Cell::Blob(id)) => id_of::<KeyId>(id),
        ("mailbox_id", Cell::Blob(id)) => id_of::<MailboxId>(id),
        ("message_id", Cell::Blob(id)) => id_of::<MessageId>(id),
        ("suppression_id", Cell::Blob(id)) => id_of::<SuppressionId>(id),
        (_, Cell::Blob(bytes)) => hex(bytes),
    }
}

fn id_of<I: Id>(bytes: &[u8]) -> String {
    <[u8; 16]>::try_from(bytes).map_or_else(|_| hex(bytes), |id| I::from_bytes(id).to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
