//! The messages of conversations, and which conversation a message belongs to.

use rondo_core::Instant;
use rondo_core::detail::MessageText;
use rondo_core::ids::{
    AssignmentId, CampaignId, ConversationId, LeadId, MailboxId, MessageId, RepId, TeamId,
};
use rondo_core::mail::{ConversationStatus, Handling, ReplyLabel};
use rondo_core::text::EmailKey;

use super::IDS_MAX;
use crate::db::QueryBuilder;
use crate::facts::handling;
use crate::fields::{Fields, key};
use crate::mails::MailState;
use crate::{Store, StoreError, db};

/// A message of either side.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageRow {
    /// The message.
    pub id: MessageId,
    /// When it was queued or taken in.
    pub at: Instant,
    /// Its mailbox.
    pub mailbox: MailboxId,
    /// Where it belongs, if anywhere.
    pub conversation: Option<ConversationId>,
    /// Whose conversation that is.
    pub lead: Option<LeadId>,
    /// `received`, or what kind of message goes out.
    pub kind: String,
    /// The assignment that it tells of.
    pub assignment: Option<AssignmentId>,
    /// Whether the lead wrote it, as its headers say, for one that came in.
    pub is_from_lead: bool,
    /// The rep who wrote it.
    pub rep: Option<RepId>,
    /// What it was taken for, and what was done about it, for one that came in.
    pub handled: Option<(ReplyLabel, Handling)>,
    /// What a person said that it means.
    pub corrected_label: Option<ReplyLabel>,
    /// What it says; nothing once the person was erased, or before it was written.
    pub text: Option<MessageText>,
    /// What became of one that goes out, and why.
    pub mail: Option<(MailState, Option<String>)>,
}

/// A conversation as far as mail is written in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadRow {
    /// The conversation.
    pub conversation: ConversationId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its lead.
    pub lead: LeadId,
    /// How it stands.
    pub status: ConversationStatus,
    /// The mailbox through which it is led.
    pub mailbox: Option<MailboxId>,
    /// The assignment that stands, and its rep.
    pub assignment: Option<(AssignmentId, RepId)>,
    /// The lead's address; none once they were erased.
    pub lead_email: Option<String>,
}

/// By what a conversation is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadOf<'a> {
    /// One of these messages of ours.
    Sent(&'a [MessageId]),
    /// One of these messages that came in, by the hash of their id, and were tied surely (Q8): what is doubted, or may
    /// still turn out to be, makes no other message sure.
    Received(MailboxId, &'a [[u8; 32]]),
}

const MESSAGE: &str = "select m.message_id, m.at, m.mailbox_id, m.conversation_id, m.lead_id, m.kind, m.assignment_id, \
     m.rep_id, m.label, m.handling, m.review_reason, m.corrected_label, m.message_header, m.references_header, \
     m.from_address, m.to_addresses, m.cc_addresses, m.subject, m.body, m.quoted_text, m.body_html, \
     m.reading, q.state, q.last_error, m.sender \
     from messages m \
     left join mails q on q.team_id = m.team_id and q.message_id = m.message_id \
     where m.team_id = ";

/// The last message that came in of each conversation that is named.
const LAST_RECEIVED: &str = "select m.message_id, m.at, m.mailbox_id, m.conversation_id, m.lead_id, m.kind, m.assignment_id, \
     m.rep_id, m.label, m.handling, m.review_reason, m.corrected_label, m.message_header, m.references_header, \
     m.from_address, m.to_addresses, m.cc_addresses, m.subject, m.body, m.quoted_text, m.body_html, \
     m.reading, q.state, q.last_error, m.sender \
     from messages m \
     left join mails q on q.team_id = m.team_id and q.message_id = m.message_id \
     where m.kind = 'received' \
     and not exists (select o.message_id from messages o where o.team_id = m.team_id \
     and o.conversation_id = m.conversation_id and o.message_id > m.message_id and o.kind = 'received') \
     and m.team_id = ";

const THREAD: &str = "select c.conversation_id, c.campaign_id, c.lead_id, c.status, c.mailbox_id, c.assignment_id, \
     c.rep_id, l.email \
     from conversations c \
     join leads l on l.team_id = c.team_id and l.lead_id = c.lead_id \
     where c.team_id = ";

const THREAD_OF: &str = "select c.conversation_id, c.campaign_id, c.lead_id, c.status, c.mailbox_id, c.assignment_id, \
     c.rep_id, l.email \
     from messages m \
     join conversations c on c.team_id = m.team_id and c.conversation_id = m.conversation_id \
     join leads l on l.team_id = c.team_id and l.lead_id = c.lead_id \
     where m.team_id = ";

/// Messages whose place is certain. Automatic ones are noted however they were tied.
const SURELY_TIED: &str = " and m.sender <> 'other' and m.label not in ('auto_reply', 'bounce') \
     and m.handling <> 'held' \
     and (m.review_reason is null \
     or m.review_reason not in ('weak_tie', 'unauthenticated', 'other_sender', 'loop'))";

impl MessageRow {
    pub(super) fn read(row: &db::Row) -> Result<Self, StoreError> {
        let fields = Fields::new(row, "messages");
        let handled = fields.optional(8, |fields, column| {
            Ok((fields.word(column)?, handling(fields, column + 1)?))
        })?;
        let text = fields.optional(14, |fields, from| {
            Ok(MessageText {
                key: None,
                message_id: fields.optional_text(12)?,
                references: fields.optional(13, Fields::json)?.unwrap_or_default(),
                from: fields.text(from)?,
                to: fields.optional(15, Fields::json)?.unwrap_or_default(),
                cc: fields.optional(16, Fields::json)?.unwrap_or_default(),
                subject: fields.optional_text(17)?.unwrap_or_default(),
                text: fields.optional_text(18)?.unwrap_or_default(),
                quoted_text: fields.optional_text(19)?.unwrap_or_default(),
                html: fields.optional_text(20)?,
                reading: fields.optional_text(21)?,
                raw: None,
            })
        })?;
        let mail = fields.of("mails").optional(22, |fields, column| {
            Ok((fields.word(column)?, fields.optional_text(column + 1)?))
        })?;
        Ok(Self {
            id: fields.id(0)?,
            at: fields.instant(1)?,
            mailbox: fields.id(2)?,
            conversation: fields.optional_id(3)?,
            lead: fields.optional_id(4)?,
            kind: fields.text(5)?,
            assignment: fields.optional_id(6)?,
            is_from_lead: fields.optional_text(24)?.as_deref() == Some("lead"),
            rep: fields.optional_id(7)?,
            handled,
            corrected_label: fields.optional(11, Fields::word)?,
            text,
            mail,
        })
    }
}

fn thread_row(row: &db::Row) -> Result<ThreadRow, StoreError> {
    let fields = Fields::new(row, "conversations");
    let assignment = match (fields.optional_id(5)?, fields.optional_id(6)?) {
        (Some(assignment), Some(rep)) => Some((assignment, rep)),
        _ => None,
    };
    Ok(ThreadRow {
        conversation: fields.id(0)?,
        campaign: fields.id(1)?,
        lead: fields.id(2)?,
        status: fields.word(3)?,
        mailbox: fields.optional_id(4)?,
        assignment,
        lead_email: fields.of("leads").optional_text(7)?,
    })
}

impl Store {
    /// At most `limit` messages of a conversation after this one, oldest first.
    pub async fn messages(
        &self,
        team: TeamId,
        conversation: ConversationId,
        after: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<MessageRow>, StoreError> {
        let mut query = QueryBuilder::new(MESSAGE);
        query.push_bind(key(team)).push(" and m.conversation_id = ").push_bind(key(conversation));
        if let Some(after) = after {
            query.push(" and m.message_id > ").push_bind(key(after));
        }
        query.push(" order by m.message_id limit ").push_bind(i64::from(limit));
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().map(MessageRow::read).collect()
    }

    /// A message.
    pub async fn message(
        &self,
        team: TeamId,
        message: MessageId,
    ) -> Result<Option<MessageRow>, StoreError> {
        let mut query = QueryBuilder::new(MESSAGE);
        query.push_bind(key(team)).push(" and m.message_id = ").push_bind(key(message));
        let mut reader = self.of(team).reader().await?;
        let row = query.build().fetch_optional(&mut reader).await?;
        row.as_ref().map(MessageRow::read).transpose()
    }

    /// The message of a mailbox that is known by this key, if it came in before.
    pub async fn message_of_key(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        of: &[u8; 32],
    ) -> Result<Option<MessageRow>, StoreError> {
        let mut query = QueryBuilder::new(MESSAGE);
        query.push_bind(key(team)).push(" and m.mailbox_id = ").push_bind(key(mailbox));
        query.push(" and m.key = ").push_bind(&of[..]);
        let mut reader = self.of(team).reader().await?;
        let row = query.build().fetch_optional(&mut reader).await?;
        row.as_ref().map(MessageRow::read).transpose()
    }

    /// The last message of a kind in a conversation.
    pub async fn last_message(
        &self,
        team: TeamId,
        conversation: ConversationId,
        kind: &str,
    ) -> Result<Option<MessageRow>, StoreError> {
        let mut query = QueryBuilder::new(MESSAGE);
        query.push_bind(key(team)).push(" and m.conversation_id = ").push_bind(key(conversation));
        query.push(" and m.kind = ").push_bind(kind);
        query.push(" order by m.message_id desc limit 1");
        let mut reader = self.of(team).reader().await?;
        let row = query.build().fetch_optional(&mut reader).await?;
        row.as_ref().map(MessageRow::read).transpose()
    }

    /// The last `limit` messages of a conversation, oldest first.
    pub async fn latest_messages(
        &self,
        team: TeamId,
        conversation: ConversationId,
        limit: u32,
    ) -> Result<Vec<MessageRow>, StoreError> {
        let mut query = QueryBuilder::new(MESSAGE);
        query.push_bind(key(team)).push(" and m.conversation_id = ").push_bind(key(conversation));
        query.push(" order by m.message_id desc limit ").push_bind(i64::from(limit));
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().rev().map(MessageRow::read).collect()
    }

    /// The last `limit` messages of a conversation before this one, oldest first.
    pub async fn messages_before(
        &self,
        team: TeamId,
        conversation: ConversationId,
        before: MessageId,
        limit: u32,
    ) -> Result<Vec<MessageRow>, StoreError> {
        let mut query = QueryBuilder::new(MESSAGE);
        query.push_bind(key(team)).push(" and m.conversation_id = ").push_bind(key(conversation));
        query.push(" and m.message_id < ").push_bind(key(before));
        query.push(" order by m.message_id desc limit ").push_bind(i64::from(limit));
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().rev().map(MessageRow::read).collect()
    }

    /// The last message that came in of each of these conversations; nothing for those that have none.
    pub async fn last_received(
        &self,
        team: TeamId,
        conversations: &[ConversationId],
    ) -> Result<Vec<MessageRow>, StoreError> {
        let mut found = Vec::with_capacity(conversations.len());
        let mut reader = self.of(team).reader().await?;
        for part in conversations.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(LAST_RECEIVED);
            query.push_bind(key(team)).push(" and m.conversation_id in (");
            query.push_list(part.iter().map(|conversation| key(*conversation))).push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                found.push(MessageRow::read(&row)?);
            }
        }
        Ok(found)
    }

    /// At most `limit` messages that a person is to see to by themselves, oldest first, after this one.
    pub async fn open_messages(
        &self,
        team: TeamId,
        after: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<MessageRow>, StoreError> {
        let mut query = QueryBuilder::new(MESSAGE);
        query.push_bind(key(team)).push(" and m.is_open = 1");
        if let Some(after) = after {
            query.push(" and m.message_id > ").push_bind(key(after));
        }
        query.push(" order by m.message_id limit ").push_bind(i64::from(limit));
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().map(MessageRow::read).collect()
    }

    /// A message that came in, byte for byte.
    pub async fn raw_message(
        &self,
        team: TeamId,
        message: MessageId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select raw from raw_messages
             where team_id = $1 and message_id = $2",
        )
        .bind(key(team))
        .bind(key(message))
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| Fields::new(&row, "raw_messages").blob(0)).transpose()
    }

    /// Says what a message that goes out says, once it has been written.
    pub async fn message_written(
        &self,
        team: TeamId,
        message: MessageId,
        text: &MessageText,
    ) -> Result<(), StoreError> {
        let list = |list: &[String]| serde_json::to_string(list).expect("texts are plain data");
        let (to, cc) = (list(&text.to), list(&text.cc));
        let mut writer = self.of(team).writer().await?;
        writer.begin_writing().await?;
        // Whoever erases the lead meanwhile is waited for, and whoever does so later waits.
        db::query(
            "update leads
             set erased_at = null
             where team_id = $1
               and erased_at is null
               and lead_id = (select m.lead_id from messages m where m.team_id = $1 and m.message_id = $2)",
        )
        .bind(key(team))
        .bind(key(message))
        .execute(&mut writer)
        .await?;
        db::query(
            "update messages
             set message_header = $3, from_address = $4, to_addresses = $5, cc_addresses = $6, subject = $7, body = $8,
                 quoted_text = $9
             where team_id = $1
               and message_id = $2
               and not exists (select 1
                               from leads l
                               where l.team_id = messages.team_id
                                 and l.lead_id = messages.lead_id
                                 and l.erased_at is not null)",
        )
        .bind(key(team))
        .bind(key(message))
        .bind(text.message_id.as_deref())
        .bind(text.from.as_str())
        .bind(to.as_str())
        .bind(cc.as_str())
        .bind(text.subject.as_str())
        .bind(text.text.as_str())
        .bind(text.quoted_text.as_str())
        .execute(&mut writer)
        .await?;
        writer.commit().await
    }

    /// A conversation, as far as mail is written in it.
    pub async fn thread(
        &self,
        team: TeamId,
        conversation: ConversationId,
    ) -> Result<Option<ThreadRow>, StoreError> {
        let mut query = QueryBuilder::new(THREAD);
        query.push_bind(key(team)).push(" and c.conversation_id = ").push_bind(key(conversation));
        let mut reader = self.of(team).reader().await?;
        let row = query.build().fetch_optional(&mut reader).await?;
        row.as_ref().map(thread_row).transpose()
    }

    /// The conversation of the latest of these messages, if it is known.
    pub async fn thread_of(
        &self,
        team: TeamId,
        of: ThreadOf<'_>,
    ) -> Result<Option<ThreadRow>, StoreError> {
        let mut query = QueryBuilder::new(THREAD_OF);
        query.push_bind(key(team));
        match of {
            ThreadOf::Sent([]) | ThreadOf::Received(_, []) => return Ok(None),
            ThreadOf::Sent(messages) => {
                query.push(" and m.message_id in (");
                let ids = messages.iter().take(IDS_MAX).map(|message| key(*message));
                query.push_list(ids).push(")");
            }
            ThreadOf::Received(mailbox, keys) => {
                query.push(" and m.mailbox_id = ").push_bind(key(mailbox));
                query.push(" and m.key in (");
                query.push_list(keys.iter().take(IDS_MAX).map(|key| &key[..])).push(")");
                query.push(SURELY_TIED);
            }
        }
        query.push(" order by m.message_id desc limit 1");
        let mut reader = self.of(team).reader().await?;
        let row = query.build().fetch_optional(&mut reader).await?;
        row.as_ref().map(thread_row).transpose()
    }

    /// The latest conversations with a person that are led through a mailbox.
    pub async fn threads_with(
        &self,
        team: TeamId,
        mailbox: MailboxId,
        person: EmailKey,
        limit: u32,
    ) -> Result<Vec<ThreadRow>, StoreError> {
        let mut query = QueryBuilder::new(THREAD);
        query.push_bind(key(team)).push(" and l.email_key = ").push_bind(person.0);
        query.push(" and c.mailbox_id = ").push_bind(key(mailbox));
        query.push(" order by c.conversation_id desc limit ").push_bind(i64::from(limit));
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().map(thread_row).collect()
    }

    /// The rep who has an address, if there is one in the team.
    pub async fn rep_of_address(
        &self,
        team: TeamId,
        address: EmailKey,
    ) -> Result<Option<RepId>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select rep_id from reps
             where team_id = $1 and email_key = $2 and removed_at is null",
        )
        .bind(key(team))
        .bind(address.0)
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| Fields::new(&row, "reps").id(0)).transpose()
    }
}
