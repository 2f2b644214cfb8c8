//! What a decision must know of leads, conversations and other things that are too many to be held in a [`Team`](crate::team::Team).
//!
//! A batch's facts are fetched at once, before its first decision; each decision's events then update the facts for
//! the next ([`Facts::follow`]).

use std::collections::{HashMap, HashSet, VecDeque};

use crate::command::Answer;
use crate::detail::{Detail, LeadFields, RepDetails};
use crate::event::{CursorKey, Entry, Event, Outcome, OwnerSet, OwnerSource, Withdrawn};
use crate::ids::{
    AbsenceId, AssignmentId, CampaignId, ConversationId, KeyId, LeadId, MailboxId, MessageId,
    RepId, SuppressionId, UserId,
};
use crate::mail::{ConversationStatus, Handling, ReplyLabel};
use crate::text::{Email, EmailKey};

mod mail;
mod needs;

pub use needs::Needs;

/// Waiting leads looked at in one go: large enough to drain quickly, small enough to keep other callers' wait short.
pub const WAITING_CHUNK_MAX: usize = 256;

/// What is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Leads by address.
    pub lead_by_email: HashMap<EmailKey, LeadId>,
    /// Leads.
    pub leads: HashMap<LeadId, LeadFact>,
    /// Conversations by campaign and lead.
    pub conversation_of: HashMap<(CampaignId, LeadId), ConversationId>,
    /// Conversations.
    pub conversations: HashMap<ConversationId, ConversationFact>,
    /// The conversation of an assignment, standing or not.
    pub assignments: HashMap<AssignmentId, ConversationId>,
    /// Present reps by address.
    pub rep_by_email: HashMap<EmailKey, RepId>,
    /// Personal fields of present reps.
    pub reps: HashMap<RepId, RepDetails>,
    /// Notes on absences.
    pub absence_notes: HashMap<AbsenceId, Option<String>>,
    /// How many leads name a rep as owner in their row, removed reps included; transfers are not resolved.
    pub leads_owned: HashMap<RepId, u64>,
    /// The leads that wait on a cursor.
    pub waiting: HashMap<CursorKey, WaitingRows>,
    /// Keys that exist and are not revoked.
    pub keys: HashSet<KeyId>,
    /// Messages that were taken in before, by mailbox and key.
    pub seen: HashMap<(MailboxId, [u8; 32]), SeenMessage>,
    /// Messages.
    pub messages: HashMap<MessageId, MessageFact>,
    /// Mailboxes by address, removed ones left out.
    pub mailbox_by_email: HashMap<EmailKey, MailboxId>,
    /// People who sign in by address, removed ones left out.
    pub user_by_email: HashMap<EmailKey, UserId>,
    /// Addresses that are never written to.
    pub suppressed: HashMap<EmailKey, SuppressionId>,
    /// Assignments whose rep's first word is awaited, with how often somebody was reminded.
    pub awaited: HashMap<AssignmentId, u64>,
    /// Leads to whom another campaign than this one is writing.
    pub written_to_elsewhere: HashSet<(CampaignId, EmailKey)>,
}

/// What became of a message when it was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenMessage {
    /// The message.
    pub message: MessageId,
    /// Where it belongs.
    pub conversation: Option<ConversationId>,
    /// What it was taken for.
    pub label: ReplyLabel,
    /// What was done about it.
    pub handling: Handling,
}

/// What is known of a message that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageFact {
    /// Where it belongs.
    pub conversation: Option<ConversationId>,
    /// What was done about it.
    pub handling: Handling,
    /// Whether a person is still to see to it.
    pub is_open: bool,
}

/// What is known of a lead.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadFact {
    /// The address.
    pub email: Email,
    /// The owner as the row says: transfers are not resolved.
    pub owner: Option<(RepId, OwnerSource)>,
    /// Personal fields.
    pub fields: LeadFields,
}

/// What is known of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationFact {
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its lead.
    pub lead: LeadId,
    /// How it stands.
    pub state: ConversationState,
    /// The same, as people see it.
    pub status: ConversationStatus,
    /// The mailbox through which it is led; none before anything was written.
    pub mailbox: Option<MailboxId>,
    /// Which of the campaign's messages comes next, counted from 0.
    pub next_step: u16,
}

/// How a conversation stands, as far as routing is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationState {
    /// Neither assigned nor waiting.
    Unassigned,
    /// Waiting: since which ledger number, and how many wait up to and including it.
    Waiting { since: u64, position: u64 },
    /// Assigned: what stands.
    Assigned { assignment: AssignmentId, rep: RepId },
}

/// The rows that wait on a cursor, oldest first, those of paused campaigns left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaitingRows {
    /// Only rows after this ledger number were fetched; 0 from the first on.
    pub after: u64,
    /// At most [`WAITING_CHUNK_MAX`] of them.
    pub rows: VecDeque<WaitingRow>,
    /// Whether nothing waits behind the last row: fewer rows were found than were asked for.
    pub is_whole: bool,
}

/// A lead that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingRow {
    /// The ledger number at which it began to wait.
    pub since: u64,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The lead.
    pub lead: LeadId,
}

impl Facts {
    /// Makes room for so many leads that are reported, so that the facts grow once for a batch.
    pub fn make_room(&mut self, reports: usize) {
        self.lead_by_email.reserve(reports);
        self.leads.reserve(reports);
        self.conversation_of.reserve(reports);
        self.conversations.reserve(reports);
        self.assignments.reserve(reports);
    }

    /// Brings the facts up to date with a decision, so that the next decision of the batch sees it. The details carry
    /// what the entries leave out, the answer the position of a lead that began to wait.
    pub fn follow(&mut self, entries: &[Entry], details: &[Detail], answer: &Answer) {
        for detail in details {
            self.follow_detail(detail);
        }
        for entry in entries {
            self.follow_entry(entry, details, answer);
        }
    }

    fn follow_detail(&mut self, detail: &Detail) {
        match detail {
            Detail::Rep { rep, details } => {
                if let Some(before) = self.reps.insert(*rep, details.clone()) {
                    self.rep_by_email.remove(&before.email.key());
                }
                self.rep_by_email.insert(details.email.key(), *rep);
            }
            Detail::AbsenceNote { absence, note } => {
                self.absence_notes.insert(*absence, note.clone());
            }
            Detail::Lead { lead, email, fields } => {
                let before = self.leads.get(lead);
                if let Some(before) = before {
                    self.lead_by_email.remove(&before.email.key());
                }
                let owner = before.and_then(|before| before.owner);
                self.lead_by_email.insert(email.key(), *lead);
                self.leads.insert(
                    *lead,
                    LeadFact { email: email.clone(), owner, fields: fields.clone() },
                );
            }
            Detail::Key { key, .. } => {
                self.keys.insert(*key);
            }
            Detail::Mailbox { mailbox, details } => {
                self.mailbox_by_email.retain(|_, known| known != mailbox);
                self.mailbox_by_email.insert(details.email.key(), *mailbox);
            }
            Detail::User { user, email } => {
                self.user_by_email.insert(email.key(), *user);
            }
            Detail::Suppression { suppression, key, .. } => {
                self.suppressed.insert(*key, *suppression);
            }
            Detail::ConversationNote { .. }
            | Detail::AssignmentNote { .. }
            | Detail::Webhook { .. }
            | Detail::CampaignTexts { .. }
            | Detail::CampaignTextsCopied { .. }
            | Detail::Message { .. }
            | Detail::Qualifier(_) => {}
        }
    }

    fn follow_entry(&mut self, entry: &Entry, details: &[Detail], answer: &Answer) {
        match &entry.event {
            Event::RepRemoved { rep, .. } => {
                self.reps.remove(rep);
                self.rep_by_email.retain(|_, known| known != rep);
            }
            Event::LeadsAdded { campaign, leads } => {
                for added in leads {
                    if let Some(owner) = added.owner {
                        self.set_owner(added.lead, Some((owner, OwnerSource::PreAssigned)));
                    }
                    if let (Some(conversation), Some(campaign)) = (added.conversation, campaign) {
                        self.begin(*campaign, added.lead, conversation);
                    }
                }
            }
            Event::LeadChanged { lead, owner } => match owner {
                Some(OwnerSet::To(rep)) => {
                    self.set_owner(*lead, Some((*rep, OwnerSource::PreAssigned)))
                }
                Some(OwnerSet::Cleared) => self.set_owner(*lead, None),
                None => {}
            },
            Event::LeadErased { lead, withdrawn } => {
                self.set_owner(*lead, None);
                for Withdrawn { conversation, .. } in withdrawn {
                    self.set_state(*conversation, ConversationState::Unassigned);
                    for waiting in self.waiting.values_mut() {
                        waiting.rows.retain(|row| row.conversation != *conversation);
                    }
                }
                if let Some(fact) = self.leads.remove(lead) {
                    self.lead_by_email.remove(&fact.email.key());
                }
            }
            Event::Qualified {
                campaign,
                conversation,
                lead,
                new_conversation,
                owner,
                outcome,
                ..
            } => {
                if let Some(owner) = owner {
                    self.set_owner(*lead, Some((*owner, OwnerSource::PreAssigned)));
                }
                if *new_conversation {
                    self.begin(*campaign, *lead, *conversation);
                }
                match outcome {
                    Outcome::Assigned(decision) => self.assign(*conversation, *lead, decision),
                    Outcome::Waiting { cursor, held } => {
                        let Answer::Waiting { position, .. } = *answer else {
                            return;
                        };
                        let state = ConversationState::Waiting { since: entry.n, position };
                        self.set_state(*conversation, state);
                        let row = WaitingRow {
                            since: entry.n,
                            campaign: *campaign,
                            conversation: *conversation,
                            lead: *lead,
                        };
                        // Behind a chunk that is not the whole queue, others may stand in front of it.
                        let known = self.waiting.get_mut(cursor);
                        if let Some(waiting) = known.filter(|rows| rows.is_whole && !held) {
                            waiting.rows.push_back(row);
                        }
                    }
                }
            }
            Event::WaitingAssigned { conversation, lead, decision, .. } => {
                for waiting in self.waiting.values_mut() {
                    waiting.rows.retain(|row| row.conversation != *conversation);
                }
                self.assign(*conversation, *lead, decision);
            }
            Event::Reassigned { conversation, lead, from, decision, .. } => {
                self.await_no_more(Some(*from));
                self.assign(*conversation, *lead, decision);
            }
            // Which rows count as waiting has changed: what was fetched no longer tells.
            Event::CampaignPaused { .. } | Event::CampaignResumed { .. } => self.waiting.clear(),
            Event::CampaignCancelled { campaign } => {
                self.waiting.clear();
                for fact in self.conversations.values_mut() {
                    let is_waiting = matches!(fact.state, ConversationState::Waiting { .. });
                    if is_waiting && fact.campaign == *campaign {
                        fact.state = ConversationState::Unassigned;
                        fact.status = ConversationStatus::InReview;
                    }
                }
            }
            Event::CampaignDeleted { campaign } => {
                self.conversation_of.retain(|(of, _), _| of != campaign);
                self.conversations.retain(|_, fact| fact.campaign != *campaign);
            }
            Event::KeyRevoked { key } => {
                self.keys.remove(key);
            }
            Event::AbsenceRemoved { absence, .. } => {
                self.absence_notes.remove(absence);
            }
            Event::MailQueued { mailbox, conversation, mail, .. } => {
                self.queue_mail(*mailbox, *conversation, *mail);
            }
            Event::StepHeld { conversation, becomes, .. } => {
                self.set_status(*conversation, *becomes);
            }
            Event::MessageReceived {
                message,
                mailbox,
                place,
                label,
                handling,
                answered,
                effect,
                ..
            } => {
                self.await_no_more(*answered);
                let conversation = place.map(|place| place.conversation);
                let (message, label, handling) = (*message, *label, *handling);
                let seen = SeenMessage { message, conversation, label, handling };
                self.take_in(*mailbox, seen, effect, details);
            }
            Event::MessageReleased { message, place, handling, answered, effect, .. } => {
                self.await_no_more(*answered);
                self.release(*message, *handling);
                self.apply_effect(place.conversation, effect);
            }
            Event::MessageClosed { message } => self.close_message(*message),
            Event::Reviewed { place, effect, .. } => {
                self.apply_effect(place.conversation, effect);
            }
            Event::SentToReview { place, .. } => {
                self.set_status(place.conversation, ConversationStatus::InReview);
            }
            Event::MailboxRemoved { mailbox } => {
                self.mailbox_by_email.retain(|_, known| known != mailbox);
            }
            Event::UserRemoved { user } => {
                self.user_by_email.retain(|_, known| known != user);
            }
            Event::TakenOver { assignment, .. } | Event::RepNotAwaited { assignment, .. } => {
                self.await_no_more(Some(*assignment));
            }
            Event::SuppressionLifted { suppression } => {
                self.suppressed.retain(|_, known| known != suppression);
            }
            Event::TeamCreated { .. }
            | Event::SettingsChanged { .. }
            | Event::UserAdded { .. }
            | Event::RepAdded { .. }
            | Event::RepChanged { .. }
            | Event::AbsenceAdded { .. }
            | Event::AbsenceChanged { .. }
            | Event::RepAway { .. }
            | Event::RepBack { .. }
            | Event::GroupCreated { .. }
            | Event::GroupRenamed { .. }
            | Event::GroupDeleted { .. }
            | Event::MemberAdded { .. }
            | Event::MemberRemoved { .. }
            | Event::CampaignCreated { .. }
            | Event::CampaignChanged { .. }
            | Event::CampaignScheduled { .. }
            | Event::CampaignLaunched { .. }
            | Event::KeyCreated { .. }
            | Event::WebhookAdded { .. }
            | Event::WebhookRemoved { .. }
            | Event::MailboxAdded { .. }
            | Event::MailboxChanged { .. }
            | Event::MessagesSet { .. }
            | Event::QualifierSet { .. }
            | Event::Suppressed { .. } => {}
        }
    }

    fn begin(&mut self, campaign: CampaignId, lead: LeadId, conversation: ConversationId) {
        self.conversation_of.insert((campaign, lead), conversation);
        self.conversations.insert(
            conversation,
            ConversationFact {
                campaign,
                lead,
                state: ConversationState::Unassigned,
                status: ConversationStatus::AwaitingAssistant,
                mailbox: None,
                next_step: 0,
            },
        );
    }

    fn assign(
        &mut self,
        conversation: ConversationId,
        lead: LeadId,
        decision: &crate::event::Decision,
    ) {
        self.assignments.insert(decision.assignment, conversation);
        self.set_state(
            conversation,
            ConversationState::Assigned { assignment: decision.assignment, rep: decision.rep },
        );
        if decision.becomes_owner {
            self.set_owner(lead, Some((decision.rep, OwnerSource::Routed)));
        }
    }

    fn set_state(&mut self, conversation: ConversationId, state: ConversationState) {
        if let Some(fact) = self.conversations.get_mut(&conversation) {
            fact.state = state;
            fact.status = match state {
                ConversationState::Unassigned => ConversationStatus::Cancelled,
                ConversationState::Waiting { .. } | ConversationState::Assigned { .. } => {
                    ConversationStatus::Qualified
                }
            };
        }
    }

    fn set_owner(&mut self, lead: LeadId, owner: Option<(RepId, OwnerSource)>) {
        let Some(fact) = self.leads.get_mut(&lead) else {
            return;
        };
        let before = std::mem::replace(&mut fact.owner, owner).map(|(rep, _)| rep);
        let after = owner.map(|(rep, _)| rep);
        if before != after {
            if let Some(count) = before.and_then(|rep| self.leads_owned.get_mut(&rep)) {
                *count = count.saturating_sub(1);
            }
            if let Some(count) = after.and_then(|rep| self.leads_owned.get_mut(&rep)) {
                *count += 1;
            }
        }
    }
}
