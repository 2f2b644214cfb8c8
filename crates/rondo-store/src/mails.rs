//! Mail that is to be sent, and what became of it.
//!
//! Mail is queued by the commit of the entry that tells of it, and is no part of what the ledger says. Whoever has the
//! lease of a mailbox sends what is queued for it.

use rondo_core::Instant;
use rondo_core::ids::{MailboxId, MessageId, TeamId};
use serde::Serialize;

use crate::fields::{Fields, key};
use crate::rows::ForEach;
use crate::{Store, StoreError, db};

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It is still to be sent, or sent again.
    Queued,
    /// A mail server took it.
    Sent,
    /// It was given up.
    Failed,
}

/// A mail that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueMail {
    /// The message.
    pub message: MessageId,
    /// How often it was tried before.
    pub attempts: u64,
    /// When it was queued.
    pub created_at: Instant,
    /// To whom it is left to be sent.
    pub left_to: LeftTo,
}

/// To whom a mail is left to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftTo {
    /// To everybody.
    All,
    /// To the rep alone: the lead has it.
    Rep,
}

/// What became of a mail that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedMail {
    /// The message.
    pub message: MessageId,
    /// What follows.
    pub outcome: MailOutcome,
    /// What went wrong, if anything.
    pub error: Option<String>,
}

/// What follows from a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    /// A server took it then.
    Sent(Instant),
    /// It is tried again then.
    TryAgain(Instant),
    /// The lead has it; it is tried again then for the rep, who was refused for now.
    TryForRep(Instant),
    /// Nothing was tried: it is looked at again then.
    PutOff(Instant),
    /// It is given up.
    Failed,
}

static TRIED: ForEach = ForEach::new(
    "update mails
     set state = $3, due_at = $4, sent_at = $5, last_error = $6, attempts = attempts + $7,
         left_to = coalesce($8, left_to)
     where team_id = $1
       and message_id = $2
       and due_at is not null",
);

impl Store {
    /// At most `limit` of a mailbox's mails that are due at `now`, the longest due first. What they tell of is on disk
    /// then.
    pub async fn mails_due(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        now: Instant,
        limit: u32,
    ) -> Result<Vec<DueMail>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select message_id, attempts, created_at, left_to
             from mails
             where team_id = $1 and mailbox_id = $2 and due_at <= $3
             order by due_at, message_id
             limit $4",
        )
        .bind(key(team))
        .bind(key(mailbox))
        .bind(now.as_micros())
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        drop(reader);
        if !rows.is_empty() {
            self.of(team).sync().await?;
        }
        let due = |row| {
            let fields = Fields::new(row, "mails");
            Ok(DueMail {
                message: fields.id(0)?,
                attempts: fields.number(1)?,
                created_at: fields.instant(2)?,
                left_to: fields.optional(3, Fields::word)?.unwrap_or(LeftTo::All),
            })
        };
        rows.iter().map(due).collect()
    }

    /// When a mailbox's next mail is due, if any is queued.
    pub async fn next_mail_due(
        &self,
        team: TeamId,
        mailbox: MailboxId,
    ) -> Result<Option<Instant>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select min(due_at)
             from mails
             where team_id = $1 and mailbox_id = $2 and due_at is not null",
        )
        .bind(key(team))
        .bind(key(mailbox))
        .fetch_one(&mut reader)
        .await?;
        Fields::new(&row, "mails").optional_instant(0)
    }

    /// Whether messages of campaigns are due in a mailbox that nobody has tried to send yet.
    pub async fn has_untried_steps(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select message_id
             from mails
             where team_id = $1 and mailbox_id = $2 and due_at <= $3 and kind = 'step' and attempts = 0
             limit 1",
        )
        .bind(key(team))
        .bind(key(mailbox))
        .bind(now.as_micros())
        .fetch_optional(&mut reader)
        .await?;
        Ok(row.is_some())
    }

    /// How many messages of campaigns were queued for a mailbox since then, counted up to `limit`.
    pub async fn steps_since(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        since: Instant,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select count(*)
             from (select message_id
                   from mails
                   where team_id = $1 and mailbox_id = $2 and created_at >= $3 and kind = 'step'
                   limit $4) counted",
        )
        .bind(key(team))
        .bind(key(mailbox))
        .bind(since.as_micros())
        .bind(i64::from(limit))
        .fetch_one(&mut reader)
        .await?;
        Fields::new(&row, "mails").number(0)
    }

    /// When the last message of a campaign was queued for a mailbox.
    pub async fn last_step_at(
        &self,
        team: TeamId,
        mailbox: MailboxId,
    ) -> Result<Option<Instant>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select max(created_at)
             from mails
             where team_id = $1 and mailbox_id = $2 and kind = 'step'",
        )
        .bind(key(team))
        .bind(key(mailbox))
        .fetch_one(&mut reader)
        .await?;
        Fields::new(&row, "mails").optional_instant(0)
    }

    /// Writes down what became of mails of one team.
    pub async fn mails_tried(&self, team: TeamId, tried: &[TriedMail]) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        writer.begin_writing().await?;
        TRIED
            .execute(&mut writer, tried, |values, mail| {
                let (state, due_at, sent_at) = match mail.outcome {
                    MailOutcome::Sent(at) => (MailState::Sent, None, Some(at)),
                    MailOutcome::TryAgain(at)
                    | MailOutcome::TryForRep(at)
                    | MailOutcome::PutOff(at) => (MailState::Queued, Some(at), None),
                    MailOutcome::Failed => (MailState::Failed, None, None),
                };
                values.id(team);
                values.id(mail.message);
                values.word(state);
                values.optional_instant(due_at);
                values.optional_instant(sent_at);
                values.optional_text(mail.error.as_deref());
                values.number(u64::from(!matches!(mail.outcome, MailOutcome::PutOff(_))));
                let is_for_rep = matches!(mail.outcome, MailOutcome::TryForRep(_));
                values.optional_word(is_for_rep.then_some(LeftTo::Rep));
            })
            .await?;
        writer.commit().await
    }
}
