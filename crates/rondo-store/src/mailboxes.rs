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
    /// What is wrong with reading it, and since when.
    pub read_error: Option<(String, Instant)>,
    /// What is wrong with sending from it, and since when.
    pub send_error: Option<(String, Instant)>,
}

/// How far a mailbox was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailboxKeep {
    /// Of which server, user and folder this is said, in the reader's words: of another one it says nothing.
    pub of: Option<String>,
    /// `UIDVALIDITY` of its folder.
    pub uid_validity: Option<u64>,
    /// The last message that was taken in.
    pub last_uid: Option<u64>,
}

const COLUMNS: &str = "mailbox_id, created_at, name, email, has_plus_addresses, smtp, smtp_secret, imap, imap_secret, \
     read_of, uid_validity, last_uid, last_read_at, read_error, read_error_at, send_error, send_error_at";

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

    /// Says how far a mailbox was read, and what is wrong nevertheless; what was taken in up to there is committed.
    pub async fn mailbox_read(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        keep: &MailboxKeep,
        trouble: Option<&str>,
        at: Instant,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        db::query(
            "update mailboxes
             set read_of = $3, uid_validity = $4, last_uid = $5, last_read_at = $6,
                 read_error_at = case
                     when cast($7 as text) is null then null
                     when read_error = $7 then read_error_at
                     else $6
                 end,
                 read_error = $7
             where team_id = $1 and mailbox_id = $2",
        )
        .bind(key(team))
        .bind(key(mailbox))
        .bind(keep.of.as_deref())
        .bind(keep.uid_validity.map(number))
        .bind(keep.last_uid.map(number))
        .bind(at.as_micros())
        .bind(trouble)
        .execute(&mut writer)
        .await?;
        Ok(())
    }

    /// Says that a mailbox could not be read: since the first time in a row.
    pub async fn mailbox_unread(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        error: &str,
        at: Instant,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        db::query(
            "update mailboxes
             set read_error = $3, read_error_at = coalesce(read_error_at, $4)
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

    /// Says that mail could not be sent from a mailbox, since the first time in a row; or that it can be again.
    pub async fn mailbox_sent(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        error: Option<&str>,
        at: Instant,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        db::query(
            "update mailboxes
             set send_error = $3,
                 send_error_at = case when cast($3 as text) is not null then coalesce(send_error_at, $4) end
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
    let error = |column| {
        fields.optional(column, |fields, column| {
            Ok((fields.text(column)?, fields.instant(column + 1)?))
        })
    };
    Ok(MailboxRow {
        id: fields.id(0)?,
        created_at: fields.instant(1)?,
        details,
        keep: MailboxKeep {
            of: fields.optional_text(9)?,
            uid_validity: fields.optional_number(10)?,
            last_uid: fields.optional_number(11)?,
        },
        last_read_at: fields.optional_instant(12)?,
        read_error: error(13)?,
        send_error: error(15)?,
    })
}
