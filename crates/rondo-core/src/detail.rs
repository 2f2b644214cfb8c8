//! What stands beside the ledger: personal fields and secrets, in rows that can be erased.
//!
//! Rules pass these through; only equality of email addresses and the merging of a lead's fields matter to them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{
    AbsenceId, AssignmentId, CampaignId, ConversationId, KeyId, LeadId, MailboxId, MessageId,
    RepId, SuppressionId, UserId, WebhookId,
};
use crate::text::{Email, EmailKey, Name, Seal};

/// A row beside the ledger, written in the same transaction as the events that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// A rep's personal fields.
    Rep { rep: RepId, details: RepDetails },
    /// The note on an absence.
    AbsenceNote { absence: AbsenceId, note: Option<String> },
    /// A lead's personal fields, all of them.
    Lead { lead: LeadId, email: Email, fields: LeadFields },
    /// The note with which a conversation was qualified.
    ConversationNote { conversation: ConversationId, note: String },
    /// The note with which a lead was passed on; it belongs to the assignment that this made.
    AssignmentNote { assignment: AssignmentId, note: String },
    /// How an API key is recognised.
    Key { key: KeyId, name: Name, prefix: String, hash: [u8; 32] },
    /// Where a webhook's events go; the signing secret is encrypted.
    Webhook { webhook: WebhookId, url: String, sealed_secret: Vec<u8> },
    /// Who signs in.
    User { user: UserId, email: Email },
    /// A mailbox's address and servers.
    Mailbox { mailbox: MailboxId, details: Box<MailboxDetails> },
    /// The texts of a campaign's messages, in order.
    CampaignTexts { campaign: CampaignId, texts: Vec<StepText> },
    /// A campaign has the texts of another.
    CampaignTextsCopied { from: CampaignId, to: CampaignId },
    /// What a message says, and by what it is known again.
    Message { message: MessageId, text: Box<MessageText> },
    /// The address that is never written to.
    Suppression { suppression: SuppressionId, key: EmailKey, email: Option<Email> },
    /// Where the qualifier is, and what it takes to act.
    Qualifier(Box<QualifierDetails>),
}

/// A mailbox's name, address and servers.
#[derive(Clone, PartialEq, Eq)]
pub struct MailboxDetails {
    /// Who writes, as leads see it.
    pub name: Name,
    /// The address that is written from and to.
    pub email: Email,
    /// Whether addresses with a token after `+` reach it.
    pub has_plus_addresses: bool,
    /// Where mail is handed over, as JSON, with its secrets sealed.
    pub smtp: String,
    /// The password for it, encrypted.
    pub smtp_secret: Option<Vec<u8>>,
    /// Where mail is fetched from, as JSON; none where it is delivered to Rondo.
    pub imap: Option<String>,
    /// The password for it, encrypted.
    pub imap_secret: Option<Vec<u8>>,
}

/// Hides what is personal: debug output reaches logs.
impl std::fmt::Debug for MailboxDetails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailboxDetails(…)")
    }
}

/// One of a campaign's messages, as templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepText {
    /// Its subject; one that follows up has none and stays in the thread.
    pub subject: Option<String>,
    /// What it says.
    pub body: String,
    /// The same as HTML.
    pub body_html: Option<String>,
}

/// What a message says.
#[derive(Clone, PartialEq, Default)]
pub struct MessageText {
    /// By what it is known again: a hash of its id, or of the whole where it has none.
    pub key: Option<[u8; 32]>,
    /// Its `Message-ID` without brackets.
    pub message_id: Option<String>,
    /// `References` and `In-Reply-To` that an answer to it carries on, as JSON.
    pub references: Vec<String>,
    /// Who wrote it.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
    /// Who else.
    pub cc: Vec<String>,
    /// The subject.
    pub subject: String,
    /// What the writer wrote.
    pub text: String,
    /// What stood below: the history and the signature.
    pub quoted_text: String,
    /// The same as HTML, for one that goes out.
    pub html: Option<String>,
    /// Probabilities, cues and fields, as JSON.
    pub reading: Option<String>,
    /// The message as it came, for one that came in.
    pub raw: Option<Vec<u8>>,
}

/// Hides what is personal: debug output reaches logs.
impl std::fmt::Debug for MessageText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MessageText(…)")
    }
}

/// Where the qualifier is, and what it takes to act.
#[derive(Debug, Clone, PartialEq)]
pub struct QualifierDetails {
    /// Its endpoint.
    pub base_url: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// The key for it, encrypted.
    pub sealed_key: Option<Vec<u8>>,
    /// The probability from which on a label is acted on, for those that are not as trained; as JSON.
    pub thresholds: String,
}

/// A rep's personal fields.
#[derive(Clone, PartialEq, Eq)]
pub struct RepDetails {
    /// Full name.
    pub name: Name,
    /// Where handovers are sent.
    pub email: Email,
    /// As entered.
    pub phone: Option<String>,
    /// IANA name.
    pub time_zone: String,
    /// `http` or `https`.
    pub calendar_link: Option<String>,
    /// Random; goes into the seal.
    pub salt: [u8; 16],
}

impl RepDetails {
    /// The seal of these fields, which stands in the ledger.
    pub fn seal(&self) -> Seal {
        Seal::over(
            &self.salt,
            [
                self.name.as_str(),
                self.email.as_str(),
                self.phone.as_deref().unwrap_or_default(),
                &self.time_zone,
                self.calendar_link.as_deref().unwrap_or_default(),
            ],
        )
    }
}

/// Hides the person: debug output reaches logs.
impl std::fmt::Debug for RepDetails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RepDetails(…)")
    }
}

/// A lead's personal fields beside the address.
#[derive(Clone, PartialEq, Default)]
pub struct LeadFields {
    /// Full name.
    pub name: Option<String>,
    /// Where they work.
    pub company: Option<String>,
    /// The id in the customer's own system.
    pub external_id: Option<String>,
    /// Whatever else is known, by name.
    pub attributes: BTreeMap<String, Attribute>,
}

/// Hides the person: debug output reaches logs.
impl std::fmt::Debug for LeadFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeadFields(…)")
    }
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Attribute {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// A text.
    Text(String),
}

/// What an import does with leads that the team knows already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Existing {
    /// Fill fields that are empty.
    #[default]
    Fill,
    /// Replace fields by those given; fields not given stay.
    Overwrite,
    /// Leave the lead as it is.
    Skip,
}

impl LeadFields {
    /// These fields after news of the same lead.
    pub fn merged(&self, news: &Self, existing: Existing) -> Self {
        let one = |old: &Option<String>, new: &Option<String>| match existing {
            Existing::Fill => old.clone().or_else(|| new.clone()),
            Existing::Overwrite => new.clone().or_else(|| old.clone()),
            Existing::Skip => old.clone(),
        };
        let mut attributes = self.attributes.clone();
        for (name, value) in &news.attributes {
            match existing {
                Existing::Fill => {
                    attributes.entry(name.clone()).or_insert_with(|| value.clone());
                }
                Existing::Overwrite => {
                    attributes.insert(name.clone(), value.clone());
                }
                Existing::Skip => {}
            }
        }
        Self {
            name: one(&self.name, &news.name),
            company: one(&self.company, &news.company),
            external_id: one(&self.external_id, &news.external_id),
            attributes,
        }
    }
}
