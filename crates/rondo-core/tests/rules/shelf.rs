//! The rows that stand beside a team, kept in plain lists: what a store would answer to [`Needs`].

mod mail;

use rondo_core::Needs;
use rondo_core::detail::{Detail, RepDetails};
use rondo_core::event::{CursorKey, Decision, Entry, Event, Outcome, OwnerSet, OwnerSource};
use rondo_core::facts::{
    ConversationFact, ConversationState, Facts, LeadFact, WaitingRow, WaitingRows,
};
use rondo_core::ids::{
    AssignmentId, CampaignId, ConversationId, KeyId, LeadId, MailboxId, RepId, UserId,
};
use rondo_core::mail::ConversationStatus;
use rondo_core::text::EmailKey;

/// Everything that grows with the leads.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    /// Leads that were not erased.
    pub(crate) leads: Vec<(LeadId, LeadFact)>,
    /// Conversations, with the assignment that stands.
    pub(crate) conversations: Vec<Conversation>,
    /// Every assignment ever made, and its conversation.
    pub(crate) assignments: Vec<(AssignmentId, ConversationId)>,
    /// Leads that wait, oldest first.
    pub(crate) waiting: Vec<Waiting>,
    reps: Vec<(RepId, RepDetails)>,
    keys: Vec<KeyId>,
    users: Vec<(UserId, EmailKey)>,
    mail: mail::MailShelf,
}

/// A conversation.
#[derive(Debug)]
pub(crate) struct Conversation {
    pub(crate) id: ConversationId,
    pub(crate) campaign: CampaignId,
    pub(crate) lead: LeadId,
    pub(crate) standing: Option<(AssignmentId, RepId)>,
    pub(crate) status: ConversationStatus,
    pub(crate) mailbox: Option<MailboxId>,
    pub(crate) next_step: u16,
}

/// A lead that waits on a cursor.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) cursor: CursorKey,
    pub(crate) row: WaitingRow,
    pub(crate) is_held: bool,
}

impl Shelf {
    /// Follows an entry and, with the first entry of a decision, its details.
    pub(crate) fn follow(&mut self, entry: &Entry, details: &[Detail]) {
        self.mail.follow(entry, details);
        self.follow_mail(&entry.event);
        for detail in details {
            match detail {
                Detail::Rep { rep, details } => {
                    self.reps.retain(|(id, _)| id != rep);
                    self.reps.push((*rep, details.clone()));
                }
                Detail::Lead { lead, email, fields } => match self.lead_mut(*lead) {
                    Some(known) => {
                        known.email = email.clone();
                        known.fields = fields.clone();
                    }
                    None => {
                        let fact =
                            LeadFact { email: email.clone(), owner: None, fields: fields.clone() };
                        self.leads.push((*lead, fact));
                    }
                },
                Detail::Key { key, .. } => self.keys.push(*key),
                Detail::User { user, email } => self.users.push((*user, email.key())),
                Detail::AbsenceNote { .. }
                | Detail::ConversationNote { .. }
                | Detail::AssignmentNote { .. }
                | Detail::Webhook { .. }
                | Detail::Mailbox { .. }
                | Detail::CampaignTexts { .. }
                | Detail::CampaignTextsCopied { .. }
                | Detail::Message { .. }
                | Detail::Suppression { .. }
                | Detail::Qualifier(_) => {}
            }
        }
        match &entry.event {
            Event::RepRemoved { rep, .. } => self.reps.retain(|(id, _)| id != rep),
            Event::LeadsAdded { campaign, leads } => {
                for added in leads {
                    if let Some(owner) = added.owner {
                        self.own(added.lead, Some((owner, OwnerSource::PreAssigned)));
                    }
                    if let (Some(campaign), Some(id)) = (campaign, added.conversation) {
                        self.begin(id, *campaign, added.lead);
                    }
                }
            }
            Event::LeadChanged { lead, owner } => match owner {
                Some(OwnerSet::To(rep)) => {
                    self.own(*lead, Some((*rep, OwnerSource::PreAssigned)));
                }
                Some(OwnerSet::Cleared) => self.own(*lead, None),
                None => {}
            },
            Event::LeadErased { lead, withdrawn } => {
                let before = self.waiting.len();
                self.waiting.retain(|waiting| waiting.row.lead != *lead);
                assert_eq!(self.waiting.len() + withdrawn.len(), before, "all that waited");
                for known in &mut self.conversations {
                    if withdrawn.iter().any(|from| from.conversation == known.id) {
                        known.status = ConversationStatus::Cancelled;
                    }
                }
                self.leads.retain(|(id, _)| id != lead);
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
                    self.own(*lead, Some((*owner, OwnerSource::PreAssigned)));
                }
                if *new_conversation {
                    self.begin(*conversation, *campaign, *lead);
                }
                match outcome {
                    Outcome::Assigned(decision) => self.assign(*conversation, *lead, decision),
                    Outcome::Waiting { cursor, held } => {
                        self.set_status(*conversation, ConversationStatus::Qualified);
                        self.waiting.push(Waiting {
                            cursor: *cursor,
                            row: WaitingRow {
                                since: entry.n,
                                campaign: *campaign,
                                conversation: *conversation,
                                lead: *lead,
                            },
                            is_held: *held,
                        });
                    }
                }
            }
            Event::WaitingAssigned { conversation, lead, waiting_since, decision, .. } => {
                let before = self.waiting.len();
                self.waiting.retain(|waiting| {
                    waiting.row.conversation != *conversation || waiting.row.since != *waiting_since
                });
                assert_eq!(self.waiting.len() + 1, before, "only a lead that waits is served");
                self.assign(*conversation, *lead, decision);
            }
            Event::Reassigned { conversation, lead, decision, .. } => {
                self.assign(*conversation, *lead, decision);
            }
            Event::CampaignPaused { campaign } => self.hold(*campaign, true),
            Event::CampaignResumed { campaign } => self.hold(*campaign, false),
            Event::CampaignCancelled { campaign } => {
                let gone: Vec<_> = self.waiting.iter().map(|known| known.row).collect();
                for row in gone.iter().filter(|row| row.campaign == *campaign) {
                    self.set_status(row.conversation, ConversationStatus::InReview);
                }
                self.waiting.retain(|waiting| waiting.row.campaign != *campaign);
            }
            Event::CampaignDeleted { campaign } => {
                self.conversations.retain(|conversation| conversation.campaign != *campaign);
            }
            Event::KeyRevoked { key } => self.keys.retain(|known| known != key),
            Event::UserRemoved { user } => self.users.retain(|(known, _)| known != user),
            _ => {}
        }
    }

    fn lead_mut(&mut self, lead: LeadId) -> Option<&mut LeadFact> {
        self.leads.iter_mut().find(|(id, _)| *id == lead).map(|(_, fact)| fact)
    }

    fn own(&mut self, lead: LeadId, owner: Option<(RepId, OwnerSource)>) {
        if let Some(fact) = self.lead_mut(lead) {
            fact.owner = owner;
        }
    }

    fn begin(&mut self, id: ConversationId, campaign: CampaignId, lead: LeadId) {
        let is_new =
            self.conversations.iter().all(|known| (known.campaign, known.lead) != (campaign, lead));
        assert!(is_new, "a lead has one conversation in a campaign");
        self.conversations.push(Conversation {
            id,
            campaign,
            lead,
            standing: None,
            status: ConversationStatus::AwaitingAssistant,
            mailbox: None,
            next_step: 0,
        });
    }

    fn assign(&mut self, conversation: ConversationId, lead: LeadId, decision: &Decision) {
        self.assignments.push((decision.assignment, conversation));
        let known = self.conversation_mut(conversation);
        known.standing = Some((decision.assignment, decision.rep));
        known.status = ConversationStatus::Qualified;
        if decision.becomes_owner {
            self.own(lead, Some((decision.rep, OwnerSource::Routed)));
        }
    }

    fn conversation_mut(&mut self, conversation: ConversationId) -> &mut Conversation {
        let mut all = self.conversations.iter_mut();
        all.find(|known| known.id == conversation).expect("only known conversations are told of")
    }

    fn set_status(&mut self, conversation: ConversationId, status: ConversationStatus) {
        self.conversation_mut(conversation).status = status;
    }

    fn hold(&mut self, campaign: CampaignId, is_held: bool) {
        for waiting in self.waiting.iter_mut().filter(|known| known.row.campaign == campaign) {
            waiting.is_held = is_held;
        }
    }

    /// What `needs` asks for.
    pub(crate) fn fetch(&self, needs: &Needs, chunk: usize) -> Facts {
        let mut facts = Facts::default();
        for (key, campaign) in &needs.leads_by_email {
            let Some((lead, _)) = self.leads.iter().find(|(_, fact)| fact.email.key() == *key)
            else {
                continue;
            };
            facts.lead_by_email.insert(*key, *lead);
            self.lead_into(*lead, &mut facts);
            let of =
                |known: &&Conversation| Some(known.campaign) == *campaign && known.lead == *lead;
            if let Some(known) = self.conversations.iter().find(of) {
                facts.conversation_of.insert((known.campaign, *lead), known.id);
                self.conversation_into(known.id, &mut facts);
            }
        }
        needs.leads.iter().for_each(|lead| self.lead_into(*lead, &mut facts));
        for (user, key) in &self.users {
            if needs.users_by_email.contains(key) {
                facts.user_by_email.insert(*key, *user);
            }
        }
        needs.conversations.iter().for_each(|id| self.conversation_into(*id, &mut facts));
        for waiting in &self.waiting {
            if needs.conversations_of.contains(&waiting.row.lead) {
                self.conversation_into(waiting.row.conversation, &mut facts);
            }
        }
        for assignment in &needs.assignments {
            if let Some((_, conversation)) =
                self.assignments.iter().find(|(id, _)| id == assignment)
            {
                facts.assignments.insert(*assignment, *conversation);
                let awaited = self.mail.awaited.iter().find(|(id, _)| id == assignment);
                facts.awaited.extend(awaited.copied());
                self.conversation_into(*conversation, &mut facts);
            }
        }
        for (rep, details) in &self.reps {
            if needs.reps_by_email.contains(&details.email.key()) {
                facts.rep_by_email.insert(details.email.key(), *rep);
            }
            if needs.reps.contains(rep) {
                facts.reps.insert(*rep, details.clone());
            }
        }
        for rep in &needs.leads_owned {
            let is_theirs =
                |fact: &&(LeadId, LeadFact)| fact.1.owner.is_some_and(|(owner, _)| owner == *rep);
            facts.leads_owned.insert(*rep, self.leads.iter().filter(is_theirs).count() as u64);
        }
        self.mail_into(needs, &mut facts);
        facts.keys.extend(self.keys.iter().filter(|key| needs.keys.contains(key)));
        for (cursor, after) in &needs.waiting {
            self.waiting_into(*cursor, *after, chunk, &mut facts);
        }
        facts
    }

    /// Adds the first rows that wait on a cursor after a ledger number, with their leads and conversations.
    pub(crate) fn waiting_into(
        &self,
        cursor: CursorKey,
        after: u64,
        chunk: usize,
        facts: &mut Facts,
    ) {
        let rows: std::collections::VecDeque<_> = self
            .waiting
            .iter()
            .filter(|known| known.cursor == cursor && !known.is_held && known.row.since > after)
            .map(|known| known.row)
            .take(chunk)
            .collect();
        rows.iter().for_each(|row| self.conversation_into(row.conversation, facts));
        facts.waiting.insert(cursor, WaitingRows { after, is_whole: rows.len() < chunk, rows });
    }

    fn lead_into(&self, lead: LeadId, facts: &mut Facts) {
        if let Some((_, fact)) = self.leads.iter().find(|(id, _)| *id == lead) {
            facts.lead_by_email.insert(fact.email.key(), lead);
            facts.leads.insert(lead, fact.clone());
        }
    }

    fn conversation_into(&self, id: ConversationId, facts: &mut Facts) {
        let Some(known) = self.conversations.iter().find(|known| known.id == id) else {
            return;
        };
        self.lead_into(known.lead, facts);
        let state = match (known.standing, self.position(id)) {
            (Some((assignment, rep)), _) => ConversationState::Assigned { assignment, rep },
            (None, Some((since, position))) => ConversationState::Waiting { since, position },
            (None, None) => ConversationState::Unassigned,
        };
        let fact = ConversationFact {
            campaign: known.campaign,
            lead: known.lead,
            state,
            status: known.status,
            mailbox: known.mailbox,
            next_step: known.next_step,
        };
        facts.conversations.insert(id, fact);
    }

    fn position(&self, conversation: ConversationId) -> Option<(u64, u64)> {
        let own = self.waiting.iter().find(|known| known.row.conversation == conversation)?;
        let is_ahead = |known: &&Waiting| {
            known.cursor == own.cursor
                && known.row.since <= own.row.since
                && known.is_held == own.is_held
                && (!own.is_held || known.row.campaign == own.row.campaign)
        };
        Some((own.row.since, self.waiting.iter().filter(is_ahead).count() as u64))
    }
}
