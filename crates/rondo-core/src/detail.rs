//! What stands beside the ledger: personal fields and secrets, in rows that can be erased.
//!
//! Rules pass these through; only equality of email addresses and the merging of a lead's fields matter to them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{AbsenceId, ConversationId, KeyId, LeadId, RepId, UserId, WebhookId};
use crate::text::{Email, Name, Seal};

/// A row beside the ledger, written in the same transaction as the events that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// A rep's personal fields.
    Rep { rep: RepId, details: RepDetails },
    /// The note on an absence.
    AbsenceNote { absence: AbsenceId, note: Option<String> },
    /// A lead's personal fields, all of them.
    Lead { lead: LeadId, email: Email, fields: LeadFields },
    /// The note with which a conversation was qualified or passed on.
    ConversationNote { conversation: ConversationId, note: String },
    /// How an API key is recognised.
    Key { key: KeyId, name: Name, prefix: String, hash: [u8; 32] },
    /// Where a webhook's events go; the signing secret is encrypted.
    Webhook { webhook: WebhookId, url: String, sealed_secret: Vec<u8> },
    /// Who signs in.
    User { user: UserId, email: Email },
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
