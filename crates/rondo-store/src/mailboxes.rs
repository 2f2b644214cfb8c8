//! Mailboxes of the assistant: their servers, and how far each was read.

use rondo_core::Instant;
use rondo_core::detail::MailboxDetails;
use rondo_core::ids::{MailboxId, TeamId};
use rondo_core::text::{Email, Name};

use crate::fields::{Fields, key, number};
use crate::{Store, StoreError, db};

/// A mailbox.
#[derive(Debug, Clone, PartialEq)]
pub struct MailboxRow {
    /// The mailbox.
    pub id: MailboxId,
    /// When it was made.
    pub created_at: Instant,
    /// Its name, address and servers; none in a database that was rebuilt from the ledger alone.
    pub details: Option<MailboxDetails>,
    /// How far it was read.
    pub keep: MailboxKeep,
    /// When it was last read to its end.
    pub last_read_at: Option<Instant>,
    /// What is wrong with it, and since when.
    pub error: Option<(String, Instant)>,
}

/// How far a mailbox was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MailboxKeep {
    /// `UIDVALIDITY` of its folder.
    pub uid_validity: Option<u64>,
    /// The last message that was taken in.
    pub last_uid: Option<u64>,
}

const COLUMNS: &str = "mailbox_id, created_at, name, email, has_plus_addresses, smtp, smtp_secret, imap, imap_secret, \
     uid_validity, last_uid, last_read_at, last_error, last_error_at";

impl Store {
    /// A team's mailboxes, oldest first, removed ones left out.
    pub async fn mailboxes(&self, team: TeamId) -> Result<Vec<MailboxRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(format!(
            "select {COLUMNS} from mailboxes
             where team_id = $1 and removed_at is null
             order by mailbox_id"
        ))
        .bind(key(team))
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(mailbox_row).collect()
    }

    /// A mailbox that was not removed.
    pub async fn mailbox(
        &self,
        team: TeamId,
        mailbox: MailboxId,
    ) -> Result<Option<MailboxRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(format!(
            "select {COLUMNS} from mailboxes
             where team_id = $1 and mailbox_id = $2 and removed_at is null"
        ))
        .bind(key(team))
        .bind(key(mailbox))
        .fetch_optional(&mut reader)
        .await?;
        row.as_ref().map(mailbox_row).transpose()
    }

    /// Says how far a mailbox was read; what was taken in up to there is committed.
    pub async fn mailbox_read(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        keep: MailboxKeep,
        at: Instant,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        db::query(
            "update mailboxes
             set uid_validity = $3, last_uid = $4, last_read_at = $5, last_error = null, last_error_at = null
             where team_id = $1 and mailbox_id = $2",
        )
        .bind(key(team))
        .bind(key(mailbox))
        .bind(keep.uid_validity.map(number))
        .bind(keep.last_uid.map(number))
        .bind(at.as_micros())
        .execute(&mut writer)
        .await?;
        Ok(())
    }

    /// Says what is wrong with a mailbox.
    pub async fn mailbox_troubled(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        error: &str,
        at: Instant,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        db::query(
            "update mailboxes
             set last_error = $3, last_error_at = $4
             where team_id = $1 and mailbox_id = $2",
        )
        .bind(key(team))
        .bind(key(mailbox))
        .bind(error)
        .bind(at.as_micros())
        .execute(&mut writer)
        .await?;
        Ok(())
    }
}

impl Store {
    /// Says that this is no longer wrong with a mailbox; anything else that is stays.
    pub async fn mailbox_recovered(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        error: &str,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        db::query(
            "update mailboxes
             set last_error = null, last_error_at = null
             where team_id = $1 and mailbox_id = $2 and last_error = $3",
        )
        .bind(key(team))
        .bind(key(mailbox))
        .bind(error)
        .execute(&mut writer)
        .await?;
        Ok(())
    }
}

fn mailbox_row(row: &db::Row) -> Result<MailboxRow, StoreError> {
    let fields = Fields::new(row, "mailboxes");
    let details = fields.optional(2, |fields, name| {
        Ok(MailboxDetails {
            name: fields.parsed_by(name, Name::parse)?,
            email: fields.parsed_by(3, Email::parse)?,
            has_plus_addresses: fields.flag(4)?,
            smtp: fields.text(5)?,
            smtp_secret: fields.optional(6, Fields::blob)?,
            imap: fields.optional_text(7)?,
            imap_secret: fields.optional(8, Fields::blob)?,
        })
    })?;
    let error = fields
        .optional(12, |fields, column| Ok((fields.text(column)?, fields.instant(column + 1)?)))?;
    Ok(MailboxRow {
        id: fields.id(0)?,
        created_at: fields.instant(1)?,
        details,
        keep: MailboxKeep {
            uid_validity: fields.optional_number(9)?,
            last_uid: fields.optional_number(10)?,
        },
        last_read_at: fields.optional_instant(11)?,
        error,
    })
}
