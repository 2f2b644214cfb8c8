//! The statements that write what was gathered of conversations by mail.

use rondo_core::detail::MessageText;
use rondo_core::mail::{Handling, Sender};
use rondo_core::text::{Email, EmailKey};

use super::{Next, PendingMail, reason_of};
use crate::rows::{ForEach, Values};
use crate::{StoreError, db};

static UPDATE_THREADS: ForEach = ForEach::new(
    "update conversations
     set status = coalesce($3, status),
         review_reason = case when $3 is null then review_reason else $4 end,
         review_since = case
             when $3 = 'in_review' and (status <> 'in_review' or $10 = 1) then $9
             else review_since
         end,
         mailbox_id = coalesce(mailbox_id, $5),
         next_step = coalesce($6, next_step),
         next_at = case
             when $7 = 0 then next_at
             when $7 = 1 then $8
             when next_at < $8 then $8
             else next_at
         end
     where team_id = $1
       and conversation_id = $2",
);

static INSERT_MESSAGES: ForEach = ForEach::insert(
    "insert into messages (team_id, message_id, n, at, mailbox_id, campaign_id, conversation_id, lead_id, kind, step,
                           assignment_id, sender, rep_id, label, handling, review_reason, is_open, key,
                           from_key, message_header, references_header, from_address, to_addresses, cc_addresses, subject,
                           body, quoted_text, body_html, reading)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
             $24, $25, $26, $27, $28, $29)",
);

static INSERT_RAW: ForEach = ForEach::insert(
    "insert into raw_messages (team_id, message_id, raw)
     values ($1, $2, $3)",
);

static INSERT_MAILS: ForEach = ForEach::insert(
    "insert into mails (team_id, message_id, mailbox_id, kind, state, due_at, attempts, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
);

static UPDATE_HANDLING: ForEach = ForEach::new(
    "update messages
     set handling = $3, review_reason = $4, is_open = $5
     where team_id = $1
       and message_id = $2",
);

static CORRECT: ForEach = ForEach::new(
    "update messages
     set corrected_label = $3
     where team_id = $1
       and message_id = $2",
);

static CLOSE: ForEach = ForEach::new(
    "update messages
     set is_open = 0
     where team_id = $1
       and message_id = $2",
);

static INSERT_SUPPRESSIONS: ForEach = ForEach::insert(
    "insert into suppressions (team_id, suppression_id, created_at, lifted_at, why, lead_id, email_key, email)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
);

static LIFT: ForEach = ForEach::new(
    "update suppressions
     set lifted_at = $3
     where team_id = $1
       and suppression_id = $2",
);

static AWAIT: ForEach = ForEach::new(
    "update assignments
     set awaits_rep_since = case when $3 = 1 then $4 else awaits_rep_since end,
         reminders = coalesce($5, reminders),
         taken_over_at = coalesce(taken_over_at, $6),
         rep_wrote_at = coalesce(rep_wrote_at, $7)
     where team_id = $1
       and assignment_id = $2",
);

impl PendingMail<'_> {
    /// Writes it, after the conversations and assignments that it is about.
    pub(in crate::projection) async fn write(
        &self,
        connection: &mut db::Connection,
    ) -> Result<(), StoreError> {
        self.write_threads(connection).await?;
        self.write_messages(connection).await?;
        self.write_suppressions(connection).await?;
        self.write_awaited(connection).await
    }

    async fn write_threads(&self, connection: &mut db::Connection) -> Result<(), StoreError> {
        UPDATE_THREADS
            .send(connection, &self.threads.rows, |values, row| {
                values.id(row.team);
                values.id(row.conversation);
                values.optional_word(row.status.map(|(status, _)| status));
                values.optional_word(row.status.and_then(|(_, reason)| reason));
                values.optional_id(row.mailbox);
                values.optional_number(row.next_step.map(u64::from));
                let (way, at) = match row.next_at {
                    Next::Unchanged => (0, None),
                    Next::At(at) => (1, at),
                    Next::NotBefore(at) => (2, Some(at)),
                };
                values.number(way);
                values.optional_instant(at);
                values.instant(row.at);
                values.flag(row.was_elsewhere);
            })
            .await
    }

    async fn write_messages(&self, connection: &mut db::Connection) -> Result<(), StoreError> {
        INSERT_MESSAGES
            .send(connection, &self.messages, |values, row| {
                values.id(row.team);
                values.id(row.message);
                values.number(row.n);
                values.instant(row.at);
                values.id(row.mailbox);
                values.optional_id(row.place.map(|place| place.campaign));
                values.optional_id(row.place.map(|place| place.conversation));
                values.optional_id(row.place.map(|place| place.lead));
                values.text(row.kind);
                values.optional_number(row.step.map(u64::from));
                values.optional_id(row.assignment);
                let received = row.received;
                let rep = received.and_then(|received| match received.sender {
                    Sender::Rep(rep) => Some(rep),
                    Sender::Lead | Sender::MailSystem { .. } | Sender::Other => None,
                });
                values.optional_text(received.map(|received| sender_word(received.sender)));
                values.optional_id(rep);
                values.optional_word(received.map(|received| received.label));
                values.optional_text(received.map(|received| handling_word(received.handling)));
                values.optional_word(received.and_then(|received| reason_of(received.handling)));
                values.flag(received.is_some_and(|received| received.is_open));
                bind_text(values, row.text, row.place.is_some());
            })
            .await?;
        let raw: Vec<_> =
            self.messages.iter().filter_map(|row| Some((row, row.text?.raw.as_deref()?))).collect();
        INSERT_RAW
            .send(connection, &raw, |values, (row, raw)| {
                values.id(row.team);
                values.id(row.message);
                values.bytes(raw);
            })
            .await?;
        INSERT_MAILS
            .send(connection, &self.mails, |values, row| {
                values.id(row.team);
                values.id(row.message);
                values.id(row.mailbox);
                values.text(row.kind);
                values.text("queued");
                values.instant(row.at);
                values.number(0);
                values.instant(row.at);
            })
            .await?;
        UPDATE_HANDLING
            .send(connection, &self.handled, |values, row| {
                values.id(row.team);
                values.id(row.message);
                values.text(handling_word(row.handling));
                values.optional_word(reason_of(row.handling));
                values.flag(row.is_open);
            })
            .await?;
        CORRECT
            .send(connection, &self.corrected, |values, (team, message, label)| {
                values.id(*team);
                values.id(*message);
                values.word(*label);
            })
            .await?;
        CLOSE
            .send(connection, &self.closed, |values, (team, message)| {
                values.id(*team);
                values.id(*message);
            })
            .await
    }

    async fn write_suppressions(&self, connection: &mut db::Connection) -> Result<(), StoreError> {
        // Lifted first: the same address may be suppressed again in the same batch.
        LIFT.send(connection, &self.lifted, |values, (team, suppression, at)| {
            values.id(*team);
            values.id(*suppression);
            values.instant(*at);
        })
        .await?;
        INSERT_SUPPRESSIONS
            .send(connection, &self.suppressed.rows, |values, row| {
                values.id(row.team);
                values.id(row.suppression);
                values.instant(row.at);
                values.optional_instant(row.lifted_at);
                values.word(row.why);
                values.optional_id(row.lead);
                values.optional_bytes(row.address.map(|(key, _)| &key.0[..]));
                values.optional_text(row.address.and_then(|(_, email)| Some(email?.as_str())));
            })
            .await
    }

    async fn write_awaited(&self, connection: &mut db::Connection) -> Result<(), StoreError> {
        AWAIT
            .send(connection, &self.awaited.rows, |values, row| {
                values.id(row.team);
                values.id(row.assignment);
                values.flag(row.since.is_some());
                values.optional_instant(row.since.flatten());
                values.optional_number(row.reminders);
                values.optional_instant(row.taken_over_at);
                values.optional_instant(row.wrote_at);
            })
            .await
    }
}

fn sender_word(sender: Sender) -> &'static str {
    match sender {
        Sender::Lead => "lead",
        Sender::Rep(_) => "rep",
        Sender::MailSystem { .. } => "mail_system",
        Sender::Other => "other",
    }
}

fn handling_word(handling: Handling) -> &'static str {
    match handling {
        Handling::Acted => "acted",
        Handling::Noted => "noted",
        Handling::Held => "held",
        Handling::Review(_) => "review",
    }
}

/// A message of no conversation is found by its sender when that person is erased.
fn bind_text<'v>(values: &mut Values<'v>, text: Option<&'v MessageText>, has_place: bool) {
    let list = |list: &[String]| serde_json::to_string(list).expect("texts are plain data");
    values.optional_bytes(text.and_then(|text| text.key.as_ref().map(|key| &key[..])));
    let sender = text.filter(|_| !has_place).and_then(|text| address_key(&text.from));
    values.optional_email_key(sender);
    values.optional_text(text.and_then(|text| text.message_id.as_deref()));
    values.optional_text(text.map(|text| list(&text.references)));
    values.optional_text(text.map(|text| text.from.as_str()));
    values.optional_text(text.map(|text| list(&text.to)));
    values.optional_text(text.map(|text| list(&text.cc)));
    values.optional_text(text.map(|text| text.subject.as_str()));
    values.optional_text(text.map(|text| text.text.as_str()));
    values.optional_text(text.map(|text| text.quoted_text.as_str()));
    values.optional_text(text.and_then(|text| text.html.as_deref()));
    values.optional_text(text.and_then(|text| text.reading.as_deref()));
}

/// The key of an address that may have a name before it.
fn address_key(shown: &str) -> Option<EmailKey> {
    let address = shown.rsplit_once('<').map_or(shown, |(_, address)| address);
    Email::parse(address.trim_end_matches('>')).ok().map(|email| email.key())
}
