//! API keys: for the list, and for those who come with one.

use std::num::NonZeroU32;

use rondo_core::Instant;
use rondo_core::event::Role;
use rondo_core::ids::{KeyId, MailboxId, RepId, TeamId};

use crate::fields::{Fields, key};
use crate::{Store, StoreError, db};

/// An API key that was not revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The key.
    pub key: KeyId,
    /// What it may do.
    pub role: Role,
    /// The rep that it is bound to.
    pub rep: Option<RepId>,
    /// The mailbox that it is bound to.
    pub mailbox: Option<MailboxId>,
    /// When it was made.
    pub created_at: Instant,
    /// When it stops opening anything.
    pub expires_at: Option<Instant>,
    /// Its own limit, in place of the server's.
    pub requests_per_second_max: Option<NonZeroU32>,
    /// What it is for.
    pub name: String,
    /// What people recognise it by.
    pub prefix: String,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
}

impl KeyRow {
    fn read(row: &db::Row) -> Result<Self, StoreError> {
        let fields = Fields::new(row, "api_keys");
        Ok(Self {
            key: fields.id(0)?,
            role: fields.word(1)?,
            rep: fields.optional_id(2)?,
            created_at: fields.instant(3)?,
            expires_at: fields.optional_instant(4)?,
            name: fields.text(5)?,
            prefix: fields.text(6)?,
            hash: fields.bytes(7)?,
            requests_per_second_max: fields.optional(8, requests_per_second_max)?,
            mailbox: fields.optional_id(9)?,
        })
    }
}

fn requests_per_second_max(fields: Fields<'_>, column: usize) -> Result<NonZeroU32, StoreError> {
    let max = u32::try_from(fields.number(column)?).ok().and_then(NonZeroU32::new);
    max.ok_or_else(|| fields.corrupt(column))
}

impl Store {
    /// Keys that were not revoked, oldest first.
    pub async fn keys(
        &self,
        team: TeamId,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select key_id, role, rep_id, created_at, expires_at, name, prefix, hash, requests_per_second_max,
                mailbox_id
            from api_keys
            where team_id = $1
              and key_id > $2
              and revoked_at is null
            order by key_id
            limit $3",
        )
        .bind(key(team))
        .bind(after.map_or_else(|| [0; 16], key))
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(KeyRow::read).collect()
    }

    /// A key that was not revoked.
    pub async fn key(&self, team: TeamId, id: KeyId) -> Result<Option<KeyRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select key_id, role, rep_id, created_at, expires_at, name, prefix, hash, requests_per_second_max,
                mailbox_id
            from api_keys
            where team_id = $1
              and key_id = $2
              and revoked_at is null",
        )
        .bind(key(team))
        .bind(key(id))
        .fetch_optional(&mut reader)
        .await?;
        row.as_ref().map(KeyRow::read).transpose()
    }

    /// The key with this secret, if it was not revoked and the rep or the mailbox that it is bound to is still there.
    pub async fn key_with_secret(
        &self,
        team: TeamId,
        hash: &[u8; 32],
    ) -> Result<Option<KeyRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select k.key_id, k.role, k.rep_id, k.created_at, k.expires_at, k.name, k.prefix, k.hash,
                k.requests_per_second_max, k.mailbox_id
            from api_keys k
            left join reps r
              on r.team_id = k.team_id
              and r.rep_id = k.rep_id
            left join mailboxes b
              on b.team_id = k.team_id
              and b.mailbox_id = k.mailbox_id
            where k.team_id = $1
              and k.hash = $2
              and k.revoked_at is null
              and r.removed_at is null
              and b.removed_at is null",
        )
        .bind(key(team))
        .bind(&hash[..])
        .fetch_optional(&mut reader)
        .await?;
        row.as_ref().map(KeyRow::read).transpose()
    }
}
