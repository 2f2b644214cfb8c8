//! The details of a batch, found by what they belong to. Where a batch holds several of one thing, the last says how
//! it stands at the end.

use std::collections::{HashMap, HashSet};

use rondo_core::detail::{
    LeadFields, MailboxDetails, MessageText, QualifierDetails, RepDetails, StepText,
};
use rondo_core::ids::{
    AbsenceId, AssignmentId, CampaignId, ConversationId, KeyId, LeadId, MailboxId, MessageId,
    RepId, SuppressionId, UserId, WebhookId,
};
use rondo_core::text::{Email, EmailKey, Name};
use rondo_core::{Detail, Event};

use crate::TeamBatch;

#[derive(Default)]
pub(super) struct Details<'b> {
    pub(super) reps: HashMap<RepId, &'b RepDetails>,
    pub(super) absence_notes: HashMap<AbsenceId, Option<&'b str>>,
    pub(super) leads: HashMap<LeadId, LeadDetails<'b>>,
    pub(super) conversation_notes: HashMap<ConversationId, &'b str>,
    pub(super) assignment_notes: HashMap<AssignmentId, &'b str>,
    pub(super) keys: HashMap<KeyId, KeyDetails<'b>>,
    pub(super) webhooks: HashMap<WebhookId, (&'b str, &'b [u8])>,
    pub(super) users: HashMap<UserId, &'b Email>,
    pub(super) mailboxes: HashMap<MailboxId, &'b MailboxDetails>,
    pub(super) campaign_texts: HashMap<CampaignId, &'b [StepText]>,
    /// Campaigns that have the texts of another.
    pub(super) copied_texts: HashMap<CampaignId, CampaignId>,
    pub(super) messages: HashMap<MessageId, &'b MessageText>,
    pub(super) suppressions: HashMap<SuppressionId, (&'b EmailKey, Option<&'b Email>)>,
    pub(super) qualifier: Option<&'b QualifierDetails>,
    /// Addresses may pass from one rep or lead to another within the batch.
    pub(super) moves_addresses: bool,
}

#[derive(Clone, Copy)]
pub(super) struct LeadDetails<'b> {
    pub(super) email: &'b Email,
    pub(super) fields: &'b LeadFields,
}

#[derive(Clone, Copy)]
pub(super) struct KeyDetails<'b> {
    pub(super) name: &'b Name,
    pub(super) prefix: &'b str,
    pub(super) hash: &'b [u8; 32],
}

impl<'b> Details<'b> {
    pub(super) fn of(batch: &'b TeamBatch) -> Self {
        let mut all = Self::default();
        for detail in &batch.details {
            all.add(detail);
        }
        let mut erased = HashSet::new();
        for entry in &batch.entries {
            match entry.event {
                Event::LeadErased { lead, .. } => _ = erased.insert(lead),
                Event::LeadChanged { .. } | Event::RepChanged { .. } => all.moves_addresses = true,
                _ => {}
            }
        }
        all.leads.retain(|lead, _| !erased.contains(lead));
        all
    }

    fn add(&mut self, detail: &'b Detail) {
        match detail {
            Detail::Rep { rep, details } => _ = self.reps.insert(*rep, details),
            Detail::AbsenceNote { absence, note } => {
                self.absence_notes.insert(*absence, note.as_deref());
            }
            Detail::Lead { lead, email, fields } => {
                self.leads.insert(*lead, LeadDetails { email, fields });
            }
            Detail::ConversationNote { conversation, note } => {
                self.conversation_notes.insert(*conversation, note);
            }
            Detail::AssignmentNote { assignment, note } => {
                self.assignment_notes.insert(*assignment, note);
            }
            Detail::Key { key, name, prefix, hash } => {
                self.keys.insert(*key, KeyDetails { name, prefix, hash });
            }
            Detail::Webhook { webhook, url, sealed_secret } => {
                self.webhooks.insert(*webhook, (url, sealed_secret));
            }
            Detail::User { user, email } => _ = self.users.insert(*user, email),
            Detail::Mailbox { mailbox, details } => _ = self.mailboxes.insert(*mailbox, details),
            Detail::CampaignTexts { campaign, texts } => {
                self.campaign_texts.insert(*campaign, texts);
            }
            Detail::CampaignTextsCopied { from, to } => _ = self.copied_texts.insert(*to, *from),
            Detail::Message { message, text } => _ = self.messages.insert(*message, text),
            Detail::Suppression { suppression, key, email } => {
                self.suppressions.insert(*suppression, (key, email.as_ref()));
            }
            Detail::Qualifier(details) => self.qualifier = Some(details),
        }
    }
}
