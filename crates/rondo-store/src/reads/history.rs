//! Lists from their end: what people look for in a history is mostly what happened last.

use rondo_core::Entry;
use rondo_core::ids::{DeliveryId, KeyId, SuppressionId, TeamId, UserId, WebhookId};

use super::IDS_MAX;
use crate::db::QueryBuilder;
use crate::fields::{Fields, key};
use crate::{DeliveryRow, Store, StoreError, SuppressionRow, db, ledger, webhooks};

/// Which entries of a ledger are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Those of these kinds; all where none is named.
    pub kinds: Vec<&'static str>,
    /// Whether none of these kinds is about leads: then the many that are need not be gone through.
    pub is_structure: bool,
    /// Those from this number on: a bound on what is gone through for rare kinds.
    pub from: u64,
}

impl Store {
    /// Entries before a ledger number, the newest first.
    pub async fn entries_before(
        &self,
        team: TeamId,
        filter: &HistoryFilter,
        before: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let mut query = QueryBuilder::new(
            "select n, at, actor, kind, version, body from ledger where team_id = ",
        );
        query.push_bind(key(team)).push(" and n < ").push_bind(number(before));
        query.push(" and n >= ").push_bind(number(filter.from));
        if filter.is_structure {
            query.push(" and is_about_leads = 0");
        }
        if !filter.kinds.is_empty() {
            query.push(" and kind in (").push_list(filter.kinds.iter().copied()).push(")");
        }
        query.push(" order by n desc limit ").push_bind(i64::from(limit));
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().map(|row| ledger::entry(row, 0)).collect()
    }

    /// At most `limit` of a webhook's deliveries before this one, the newest first.
    pub async fn deliveries_before(
        &self,
        team: TeamId,
        webhook: WebhookId,
        before: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select delivery_id, n, event, state, attempts, created_at, due_at, last_attempt_at,
                    last_status, last_error
             from deliveries
             where team_id = $1 and webhook_id = $2 and delivery_id < $3
             order by delivery_id desc
             limit $4",
        )
        .bind(key(team))
        .bind(key(webhook))
        .bind(before.map_or_else(|| [u8::MAX; 16], key))
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(webhooks::delivery_row).collect()
    }

    /// At most `limit` suppressions that stand, before this one, the newest first.
    pub async fn suppressions_before(
        &self,
        team: TeamId,
        before: Option<SuppressionId>,
        limit: u32,
    ) -> Result<Vec<SuppressionRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select suppression_id, email, lead_id, why, created_at
             from suppressions
             where team_id = $1 and suppression_id < $2 and lifted_at is null
             order by suppression_id desc
             limit $3",
        )
        .bind(key(team))
        .bind(before.map_or_else(|| [u8::MAX; 16], key))
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(super::reviews::suppression_row).collect()
    }

    /// The names of keys, those that were revoked too.
    pub async fn key_names(
        &self,
        team: TeamId,
        keys: &[KeyId],
    ) -> Result<Vec<(KeyId, String)>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let mut found = Vec::with_capacity(keys.len());
        for part in keys.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new("select key_id, name from api_keys where team_id = ");
            query.push_bind(key(team)).push(" and key_id in (");
            query.push_list(part.iter().map(|one| key(*one))).push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                let fields = Fields::new(&row, "api_keys");
                found.push((fields.id(0)?, fields.text(1)?));
            }
        }
        Ok(found)
    }

    /// The addresses of users, of those who were removed too; none in a database that was rebuilt from the ledger alone.
    pub async fn user_emails(
        &self,
        team: TeamId,
        users: &[UserId],
    ) -> Result<Vec<(UserId, Option<String>)>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let mut found = Vec::with_capacity(users.len());
        for part in users.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new("select user_id, email from users where team_id = ");
            query.push_bind(key(team)).push(" and user_id in (");
            query.push_list(part.iter().map(|one| key(*one))).push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                let fields = Fields::new(&row, "users");
                found.push((fields.id(0)?, fields.optional_text(1)?));
            }
        }
        Ok(found)
    }
}
