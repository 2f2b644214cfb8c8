//! Webhooks and their deliveries: what is to be sent, and what became of it.
//!
//! Deliveries are queued by the commit of the entry that they tell, and are no part of what the ledger says. One
//! column, `due_at`, says when a delivery may be taken: the next try while it is queued, the end of the lease while
//! somebody is at it, nothing once it is over. Who takes one raises its fence, and what became of it is written only
//! by whoever holds the latest fence.

use rondo_core::Instant;
use rondo_core::event::WebhookEvent;
use rondo_core::ids::{DeliveryId, LeadId, RepId, TeamId, WebhookId};
use serde::Serialize;

use crate::fields::{Fields, key};
use crate::requests::remember_first;
use crate::rows::ForEach;
use crate::{Lease, Remembered, Store, StoreError, db};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is still to be sent, or sent again.
    Queued,
    /// The receiver took it.
    Delivered,
    /// It was given up.
    Failed,
}

/// A webhook as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// The webhook.
    pub id: WebhookId,
    /// Where its events go.
    pub url: String,
    /// Which events it is sent.
    pub events: Vec<WebhookEvent>,
    /// When it was made.
    pub created_at: Instant,
    /// Since when its receiver is gone, if it is.
    pub disabled_at: Option<Instant>,
}

/// A delivery as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The delivery; the same on every attempt.
    pub id: DeliveryId,
    /// The ledger entry that it tells.
    pub n: u64,
    /// As what.
    pub event: WebhookEvent,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried since it was queued or sent again by hand.
    pub attempts: u64,
    /// When it was queued.
    pub created_at: Instant,
    /// When it is tried next at the earliest; none once it is over.
    pub due_at: Option<Instant>,
    /// When it was tried last.
    pub last_attempt_at: Option<Instant>,
    /// The HTTP status of the last answer; none where there was no answer.
    pub last_status: Option<u16>,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

/// Where a webhook's deliveries go, and how they are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookTarget {
    /// The URL.
    pub url: String,
    /// The signing secret, encrypted.
    pub sealed_secret: Vec<u8>,
}

/// A webhook for which deliveries are queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Its team.
    pub team: TeamId,
    /// The webhook.
    pub webhook: WebhookId,
    /// When the first of its deliveries is due.
    pub due_at: Instant,
    /// Whether nothing is to be sent to it any more: it was removed, or its receiver is gone.
    pub is_over: bool,
}

/// A delivery that the caller has taken, and holds until the lease ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// The ledger entry that it tells.
    pub n: u64,
    /// As what.
    pub event: WebhookEvent,
    /// How often it was tried before.
    pub attempts: u64,
    /// Which lease this is.
    pub fence: u64,
}

/// What became of a delivery that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// The lease under which it was tried.
    pub fence: u64,
    /// When it was tried.
    pub at: Instant,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// What went wrong, if anything.
    pub error: Option<String>,
    /// What follows.
    pub outcome: TryOutcome,
}

/// What follows from a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TryOutcome {
    /// It is delivered.
    Delivered,
    /// It is tried again then.
    TryAgain(Instant),
    /// It is given up.
    Failed,
}

/// Who a lead is, for those who are told of it.
#[derive(Clone, PartialEq, Eq)]
pub struct LeadContact {
    /// Where they are reached.
    pub email: String,
    /// Their name.
    pub name: Option<String>,
    /// Where they work.
    pub company: Option<String>,
}

/// Hides the person: debug output reaches logs.
impl std::fmt::Debug for LeadContact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeadContact(…)")
    }
}

/// What a delivery whose webhook was removed or disabled says.
const OVER: &str = "nothing is sent to this webhook any more";

const WEBHOOK_COLUMNS: &str = "webhook_id, url, events, created_at, disabled_at";

static TRIED: ForEach = ForEach::new(
    "update deliveries
     set state = $4, due_at = $5, attempts = attempts + 1,
         last_attempt_at = $6, last_status = $7, last_error = $8
     where team_id = $1 and delivery_id = $2
       and fence = $3",
);

impl Store {
    /// At most `limit` of a team's webhooks after this one, in the order in which they were made.
    pub async fn webhooks(
        &self,
        team: TeamId,
        after: Option<WebhookId>,
        limit: u32,
    ) -> Result<Vec<WebhookRow>, StoreError> {
        let after = after.map_or_else(|| [0; 16], key);
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(format!(
            "select {WEBHOOK_COLUMNS} from webhooks
             where team_id = $1 and webhook_id > $2 and removed_at is null
             order by webhook_id
             limit $3"
        ))
        .bind(key(team))
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(webhook_row).collect()
    }

    /// A webhook that was not removed.
    pub async fn webhook(
        &self,
        team: TeamId,
        webhook: WebhookId,
    ) -> Result<Option<WebhookRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(format!(
            "select {WEBHOOK_COLUMNS} from webhooks
             where team_id = $1 and webhook_id = $2 and removed_at is null"
        ))
        .bind(key(team))
        .bind(key(webhook))
        .fetch_optional(&mut reader)
        .await?;
        row.as_ref().map(webhook_row).transpose()
    }

    /// Where a webhook's deliveries go, if anything is to be sent to it.
    pub async fn webhook_target(
        &self,
        team: TeamId,
        webhook: WebhookId,
    ) -> Result<Option<WebhookTarget>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select webhook_id, url, sealed_secret from webhooks
             where team_id = $1 and webhook_id = $2 and removed_at is null and disabled_at is null
               and url is not null and sealed_secret is not null",
        )
        .bind(key(team))
        .bind(key(webhook))
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| {
            let fields = Fields::new(&row, "webhooks");
            Ok(WebhookTarget { url: fields.text(1)?, sealed_secret: fields.blob(2)? })
        })
        .transpose()
    }

    /// At most `limit` of a webhook's deliveries after this one, oldest first.
    pub async fn deliveries(
        &self,
        team: TeamId,
        webhook: WebhookId,
        after: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let after = after.map_or_else(|| [0; 16], key);
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select delivery_id, n, event, state, attempts, created_at, due_at, last_attempt_at,
                    last_status, last_error
             from deliveries
             where team_id = $1 and webhook_id = $2 and delivery_id > $3
             order by delivery_id
             limit $4",
        )
        .bind(key(team))
        .bind(key(webhook))
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(delivery_row).collect()
    }

    /// Who a lead is; none once they were erased.
    pub async fn lead_contact(
        &self,
        team: TeamId,
        lead: LeadId,
    ) -> Result<Option<LeadContact>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select lead_id, email, name, company from leads
             where team_id = $1 and lead_id = $2 and email is not null",
        )
        .bind(key(team))
        .bind(key(lead))
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| {
            let fields = Fields::new(&row, "leads");
            Ok(LeadContact {
                email: fields.text(1)?,
                name: fields.optional_text(2)?,
                company: fields.optional_text(3)?,
            })
        })
        .transpose()
    }

    /// The address of somebody who is or was a rep.
    pub async fn rep_email(&self, team: TeamId, rep: RepId) -> Result<Option<String>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query("select rep_id, email from reps where team_id = $1 and rep_id = $2")
            .bind(key(team))
            .bind(key(rep))
            .fetch_optional(&mut reader)
            .await?;
        match row {
            Some(row) => Fields::new(&row, "reps").optional_text(1),
            None => Ok(None),
        }
    }

    /// Queues a delivery again, whatever became of it, as if it had never been tried, and lets its webhook be sent to
    /// again. Whether there is such a delivery. A request that is remembered did so before: nothing more is done for it.
    pub async fn send_delivery_again(
        &self,
        team: TeamId,
        webhook: WebhookId,
        delivery: DeliveryId,
        now: Instant,
        once: Option<&Remembered>,
    ) -> Result<bool, StoreError> {
        let mut writer = self.of(team).writer().await?;
        writer.begin_writing().await?;
        if let Some(once) = once
            && !remember_first(&mut writer, team, once, now).await?
        {
            writer.commit().await?;
            return Ok(true);
        }
        let queued = db::query(
            "update deliveries
             set state = 'queued', due_at = $1, attempts = 0, fence = fence + 1
             where team_id = $2 and delivery_id = $3 and webhook_id = $4",
        )
        .bind(now.as_micros())
        .bind(key(team))
        .bind(key(delivery))
        .bind(key(webhook))
        .execute(&mut writer)
        .await?;
        if queued == 0 {
            writer.roll_back().await?;
            return Ok(false);
        }
        db::query(
            "update webhooks set disabled_at = null
             where team_id = $1 and webhook_id = $2 and disabled_at is not null",
        )
        .bind(key(team))
        .bind(key(webhook))
        .execute(&mut writer)
        .await?;
        writer.commit().await?;
        drop(writer);
        self.of(team).sync().await?;
        Ok(true)
    }

    /// Says that a webhook's receiver is gone: nothing more is sent to it.
    pub async fn disable_webhook(
        &self,
        team: TeamId,
        webhook: WebhookId,
        now: Instant,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        db::query(
            "update webhooks set disabled_at = $1
             where team_id = $2 and webhook_id = $3 and disabled_at is null",
        )
        .bind(now.as_micros())
        .bind(key(team))
        .bind(key(webhook))
        .execute(&mut writer)
        .await?;
        Ok(())
    }

    /// A team's webhooks for which deliveries are due at `now`.
    pub async fn backlog_of(&self, team: TeamId, now: Instant) -> Result<Vec<Backlog>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select * from (
                 select team_id, webhook_id,
                        (select min(d.due_at) from deliveries d
                         where d.team_id = $1 and d.webhook_id = w.webhook_id
                           and d.due_at is not null) as first_due_at,
                        removed_at is not null or disabled_at is not null as is_over
                 from webhooks w
                 where team_id = $1
             ) as backlog
             where first_due_at <= $2
             order by first_due_at",
        )
        .bind(key(team))
        .bind(now.as_micros())
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(backlog).collect()
    }

    /// Takes at most `limit` of a webhook's due deliveries, the longest due first. What they tell of is on disk then.
    pub async fn take_deliveries(
        &self,
        team: TeamId,
        webhook: WebhookId,
        now: Instant,
        lease: Lease,
        limit: u32,
    ) -> Result<Vec<TakenDelivery>, StoreError> {
        let mut writer = self.of(team).writer().await?;
        let rows = db::query(
            "update deliveries
             set due_at = $1, holder = $2, fence = fence + 1
             where team_id = $3 and delivery_id in (
                 select delivery_id from deliveries
                 where team_id = $3 and webhook_id = $4 and due_at <= $5
                 order by due_at, delivery_id
                 limit $6
             )
             returning delivery_id, n, event, attempts, fence",
        )
        .bind(lease.until.as_micros())
        .bind(lease.holder)
        .bind(key(team))
        .bind(key(webhook))
        .bind(now.as_micros())
        .bind(i64::from(limit))
        .fetch_all(&mut writer)
        .await?;
        drop(writer);
        if !rows.is_empty() {
            self.of(team).sync().await?;
        }
        let mut taken = rows.iter().map(taken_delivery).collect::<Result<Vec<_>, _>>()?;
        taken.sort_unstable_by_key(|delivery| delivery.id);
        Ok(taken)
    }

    /// Writes down what became of deliveries of one team, but for those that somebody else has taken since.
    pub async fn deliveries_tried(
        &self,
        team: TeamId,
        tried: &[TriedDelivery],
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        writer.begin_writing().await?;
        TRIED
            .execute(&mut writer, tried, |values, delivery| {
                let (state, due_at) = match delivery.outcome {
                    TryOutcome::Delivered => (DeliveryState::Delivered, None),
                    TryOutcome::TryAgain(at) => (DeliveryState::Queued, Some(at)),
                    TryOutcome::Failed => (DeliveryState::Failed, None),
                };
                values.id(team);
                values.id(delivery.id);
                values.number(delivery.fence);
                values.word(state);
                values.optional_instant(due_at);
                values.instant(delivery.at);
                values.optional_number(delivery.status.map(u64::from));
                values.optional_text(delivery.error.as_deref());
            })
            .await?;
        writer.commit().await?;
        Ok(())
    }

    /// Gives up at most `limit` queued deliveries of a webhook to which nothing is sent any more; how many there were.
    pub async fn give_up_deliveries(
        &self,
        team: TeamId,
        webhook: WebhookId,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut writer = self.of(team).writer().await?;
        let given_up = db::query(
            "update deliveries
             set state = 'failed', due_at = null, last_error = coalesce(last_error, $1)
             where team_id = $2 and delivery_id in (
                 select delivery_id from deliveries
                 where team_id = $2 and webhook_id = $3 and due_at is not null
                 order by due_at, delivery_id
                 limit $4
             )
             and exists (
                 select 1 from webhooks
                 where team_id = $2 and webhook_id = $3
                   and (removed_at is not null or disabled_at is not null)
             )",
        )
        .bind(OVER)
        .bind(key(team))
        .bind(key(webhook))
        .bind(i64::from(limit))
        .execute(&mut writer)
        .await?;
        Ok(given_up)
    }

    /// Deletes at most `limit` of a webhook's deliveries that are over and whose id is below `before`: ids are made in
    /// the order of time. How many there were.
    pub async fn forget_deliveries(
        &self,
        team: TeamId,
        webhook: WebhookId,
        before: DeliveryId,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut writer = self.of(team).writer().await?;
        let forgotten = db::query(
            "delete from deliveries
             where team_id = $1 and delivery_id in (
                 select delivery_id from deliveries
                 where team_id = $1 and webhook_id = $2 and delivery_id < $3 and due_at is null
                 order by delivery_id
                 limit $4
             )",
        )
        .bind(key(team))
        .bind(key(webhook))
        .bind(key(before))
        .bind(i64::from(limit))
        .execute(&mut writer)
        .await?;
        Ok(forgotten)
    }
}

/// A row of the statements that list backlogs.
pub(crate) fn backlog(row: &db::Row) -> Result<Backlog, StoreError> {
    let fields = Fields::new(row, "deliveries");
    Ok(Backlog {
        team: fields.id(0)?,
        webhook: fields.id(1)?,
        due_at: fields.instant(2)?,
        is_over: fields.flag(3)?,
    })
}

fn webhook_row(row: &db::Row) -> Result<WebhookRow, StoreError> {
    let fields = Fields::new(row, "webhooks");
    Ok(WebhookRow {
        id: fields.id(0)?,
        // Null only in a database that was rebuilt from the ledger alone.
        url: fields.optional_text(1)?.unwrap_or_default(),
        events: fields.json(2)?,
        created_at: fields.instant(3)?,
        disabled_at: fields.optional_instant(4)?,
    })
}

pub(crate) fn delivery_row(row: &db::Row) -> Result<DeliveryRow, StoreError> {
    let fields = Fields::new(row, "deliveries");
    Ok(DeliveryRow {
        id: fields.id(0)?,
        n: fields.number(1)?,
        event: fields.word(2)?,
        state: fields.word(3)?,
        attempts: fields.number(4)?,
        created_at: fields.instant(5)?,
        due_at: fields.optional_instant(6)?,
        last_attempt_at: fields.optional_instant(7)?,
        last_status: fields
            .optional_number(8)?
            .map(|status| u16::try_from(status).map_err(|_| fields.corrupt(8)))
            .transpose()?,
        last_error: fields.optional_text(9)?,
    })
}

fn taken_delivery(row: &db::Row) -> Result<TakenDelivery, StoreError> {
    let fields = Fields::new(row, "deliveries");
    Ok(TakenDelivery {
        id: fields.id(0)?,
        n: fields.number(1)?,
        event: fields.word(2)?,
        attempts: fields.number(3)?,
        fence: fields.number(4)?,
    })
}

#[cfg(test)]
mod tests;
