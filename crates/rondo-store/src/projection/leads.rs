//! Events about leads, gathered until they are written: a statement a table, however many events there were.

use std::collections::HashMap;

use rondo_core::event::{
    Cursor, CursorKey, Decision, LeadAdded, Outcome, OwnerSet, OwnerSource, Reason,
};
use rondo_core::ids::{AssignmentId, CampaignId, ConversationId, LeadId, RepId, TeamId};
use rondo_core::mail::ConversationStatus;
use rondo_core::{Entry, Event, Instant};

use super::details::{Details, LeadDetails};
use super::mail::PendingMail;

mod write;

/// What is to be written. Rows keep the order in which they came up, so that inserts append.
#[derive(Default)]
pub(super) struct Pending<'b> {
    leads: Rows<LeadId, LeadRow<'b>>,
    lead_details: Vec<(TeamId, LeadId, LeadDetails<'b>)>,
    conversations: Rows<ConversationId, ConversationRow<'b>>,
    notes: Vec<(TeamId, ConversationId, &'b str)>,
    waiting: Rows<ConversationId, Option<WaitingRow>>,
    no_longer_waiting: Vec<(TeamId, ConversationId)>,
    assignments: Rows<AssignmentId, AssignmentRow<'b>>,
    passed_on: Vec<(TeamId, AssignmentId)>,
    cursors: HashMap<(TeamId, CursorKey), Cursor>,
    mail: PendingMail<'b>,
}

/// Rows by key, in the order in which they were first named.
pub(super) struct Rows<K, R> {
    pub(super) rows: Vec<R>,
    index: HashMap<(TeamId, K), usize>,
}

#[derive(Clone, Copy)]
struct LeadRow<'b> {
    team: TeamId,
    lead: LeadId,
    /// When it was made and with what, for a lead that is new; else it is updated.
    new: Option<(Instant, Option<LeadDetails<'b>>)>,
    /// None leaves the owner as it is; no rep inside clears it.
    owner: Option<Option<(RepId, OwnerSource)>>,
    is_high_intent: bool,
}

#[derive(Clone, Copy)]
struct ConversationRow<'b> {
    team: TeamId,
    conversation: ConversationId,
    /// For a conversation that is new; else it is updated.
    new: Option<NewConversation<'b>>,
    status: ConversationStatus,
    /// The assignment that stood before the batch.
    stood: Option<AssignmentId>,
    assigned: Option<(AssignmentId, RepId)>,
}

#[derive(Clone, Copy)]
struct NewConversation<'b> {
    campaign: CampaignId,
    lead: LeadId,
    at: Instant,
    note: Option<&'b str>,
}

#[derive(Clone, Copy)]
struct WaitingRow {
    team: TeamId,
    cursor: CursorKey,
    since: u64,
    campaign: CampaignId,
    conversation: ConversationId,
    lead: LeadId,
    is_held: bool,
}

#[derive(Clone, Copy)]
struct AssignmentRow<'b> {
    team: TeamId,
    n: u64,
    assignment: AssignmentId,
    conversation: ConversationId,
    lead: LeadId,
    campaign: CampaignId,
    rep: RepId,
    reason: Reason,
    at: Instant,
    is_standing: bool,
    note: Option<&'b str>,
}

/// Where an entry belongs, for what it says of a conversation.
#[derive(Clone, Copy)]
struct Place {
    team: TeamId,
    n: u64,
    at: Instant,
    campaign: CampaignId,
    conversation: ConversationId,
    lead: LeadId,
}

impl<'b> Pending<'b> {
    /// Follows an event about leads.
    pub(super) fn follow(&mut self, team: TeamId, entry: &Entry, details: &Details<'b>) {
        let Entry { n, at, .. } = *entry;
        match &entry.event {
            Event::LeadsAdded { campaign, leads } => {
                leads.iter().for_each(|added| self.add_lead(team, at, *campaign, added, details));
            }
            Event::LeadChanged { lead, owner } => {
                if let Some(owner) = owner {
                    self.lead(team, *lead).owner = Some(match owner {
                        OwnerSet::To(rep) => Some((*rep, OwnerSource::PreAssigned)),
                        OwnerSet::Cleared => None,
                    });
                }
            }
            Event::LeadErased { lead, withdrawn } => {
                self.lead(team, *lead).owner = Some(None);
                for gone in withdrawn {
                    self.stop_waiting(team, gone.conversation);
                    self.conversation(team, gone.conversation).status =
                        ConversationStatus::Cancelled;
                }
            }
            Event::Qualified {
                campaign,
                conversation,
                lead,
                new_lead,
                new_conversation,
                owner,
                outcome,
            } => {
                let (campaign, conversation, lead) = (*campaign, *conversation, *lead);
                let place = Place { team, n, at, campaign, conversation, lead };
                if *new_lead {
                    self.begin_lead(team, lead, at, details);
                }
                if *new_conversation {
                    self.begin_conversation(team, conversation, campaign, lead, at, details);
                }
                let row = self.lead(team, lead);
                row.is_high_intent = true;
                if let Some(owner) = owner {
                    row.owner = Some(Some((*owner, OwnerSource::PreAssigned)));
                }
                match outcome {
                    Outcome::Assigned(decision) => self.assign(place, decision, details),
                    Outcome::Waiting { cursor, held } => self.wait(place, *cursor, *held),
                }
            }
            Event::WaitingAssigned { campaign, conversation, lead, decision, .. } => {
                let (campaign, conversation, lead) = (*campaign, *conversation, *lead);
                self.stop_waiting(team, conversation);
                let place = Place { team, n, at, campaign, conversation, lead };
                self.assign(place, decision, details);
            }
            Event::Reassigned { campaign, conversation, lead, from, decision } => {
                let (campaign, conversation, lead) = (*campaign, *conversation, *lead);
                self.pass_on(team, conversation, *from);
                let place = Place { team, n, at, campaign, conversation, lead };
                self.assign(place, decision, details);
            }
            of_mail => self.mail.follow(team, entry, of_mail, details),
        }
    }

    /// Takes over what a batch says of leads and conversations that are not new.
    pub(super) fn take_details(&mut self, team: TeamId, details: Details<'b>) {
        let known = details
            .leads
            .into_iter()
            .filter(|(lead, _)| self.leads.get(team, *lead).is_none_or(|row| row.new.is_none()));
        self.lead_details.extend(known.map(|(lead, details)| (team, lead, details)));
        let known = details.conversation_notes.into_iter().filter(|(conversation, _)| {
            self.conversations.get(team, *conversation).is_none_or(|row| row.new.is_none())
        });
        self.notes.extend(known.map(|(conversation, note)| (team, conversation, note)));
    }

    fn add_lead(
        &mut self,
        team: TeamId,
        at: Instant,
        campaign: Option<CampaignId>,
        added: &LeadAdded,
        details: &Details<'b>,
    ) {
        if added.new {
            self.begin_lead(team, added.lead, at, details);
        }
        if let Some(owner) = added.owner {
            self.lead(team, added.lead).owner = Some(Some((owner, OwnerSource::PreAssigned)));
        }
        if let (Some(campaign), Some(conversation)) = (campaign, added.conversation) {
            self.begin_conversation(team, conversation, campaign, added.lead, at, details);
        }
    }

    fn begin_lead(&mut self, team: TeamId, lead: LeadId, at: Instant, details: &Details<'b>) {
        self.lead(team, lead).new = Some((at, details.leads.get(&lead).copied()));
    }

    fn begin_conversation(
        &mut self,
        team: TeamId,
        conversation: ConversationId,
        campaign: CampaignId,
        lead: LeadId,
        at: Instant,
        details: &Details<'b>,
    ) {
        let note = details.conversation_notes.get(&conversation).copied();
        self.conversation(team, conversation).new =
            Some(NewConversation { campaign, lead, at, note });
    }

    fn assign(&mut self, place: Place, decision: &Decision, details: &Details<'b>) {
        let Place { team, n, at, campaign, conversation, lead } = place;
        let Decision { assignment, rep, reason, .. } = *decision;
        let row = self.conversation(team, conversation);
        row.status = ConversationStatus::Qualified;
        row.assigned = Some((assignment, rep));
        if decision.becomes_owner {
            self.lead(team, lead).owner = Some(Some((rep, OwnerSource::Routed)));
        }
        let row = AssignmentRow {
            team,
            n,
            assignment,
            conversation,
            lead,
            campaign,
            rep,
            reason,
            at,
            is_standing: true,
            note: details.assignment_notes.get(&assignment).copied(),
        };
        self.assignments.entry(team, assignment, || row);
        if decision.cursor_after != decision.cursor_before {
            self.cursors.insert((team, decision.cursor), decision.cursor_after);
        }
    }

    fn wait(&mut self, place: Place, cursor: CursorKey, is_held: bool) {
        let Place { team, n: since, campaign, conversation, lead, .. } = place;
        self.conversation(team, conversation).status = ConversationStatus::Qualified;
        let row = WaitingRow { team, cursor, since, campaign, conversation, lead, is_held };
        *self.waiting.entry(team, conversation, || None) = Some(row);
    }

    fn stop_waiting(&mut self, team: TeamId, conversation: ConversationId) {
        match self.waiting.get_mut(team, conversation) {
            Some(row) if row.is_some() => *row = None,
            Some(_) | None => self.no_longer_waiting.push((team, conversation)),
        }
    }

    fn pass_on(&mut self, team: TeamId, conversation: ConversationId, assignment: AssignmentId) {
        self.mail.is_settled(team, conversation);
        self.mail.passed_on(team, assignment);
        self.conversations.entry(team, conversation, || ConversationRow {
            stood: Some(assignment),
            ..ConversationRow::known(team, conversation)
        });
        match self.assignments.get_mut(team, assignment) {
            Some(row) => row.is_standing = false,
            None => self.passed_on.push((team, assignment)),
        }
    }

    fn lead(&mut self, team: TeamId, lead: LeadId) -> &mut LeadRow<'b> {
        self.leads.entry(team, lead, || LeadRow {
            team,
            lead,
            new: None,
            owner: None,
            is_high_intent: false,
        })
    }

    fn conversation(
        &mut self,
        team: TeamId,
        conversation: ConversationId,
    ) -> &mut ConversationRow<'b> {
        self.mail.is_settled(team, conversation);
        self.conversations.entry(team, conversation, || ConversationRow::known(team, conversation))
    }
}

impl ConversationRow<'_> {
    fn known(team: TeamId, conversation: ConversationId) -> Self {
        Self {
            team,
            conversation,
            new: None,
            status: ConversationStatus::AwaitingAssistant,
            stood: None,
            assigned: None,
        }
    }
}

impl<K, R> Default for Rows<K, R> {
    fn default() -> Self {
        Self { rows: Vec::new(), index: HashMap::new() }
    }
}

impl<K: Copy + Eq + std::hash::Hash, R> Rows<K, R> {
    pub(super) fn entry(&mut self, team: TeamId, key: K, row: impl FnOnce() -> R) -> &mut R {
        let index = *self.index.entry((team, key)).or_insert_with(|| {
            self.rows.push(row());
            self.rows.len() - 1
        });
        &mut self.rows[index]
    }

    fn get(&self, team: TeamId, key: K) -> Option<&R> {
        self.index.get(&(team, key)).map(|&index| &self.rows[index])
    }

    pub(super) fn get_mut(&mut self, team: TeamId, key: K) -> Option<&mut R> {
        self.index.get(&(team, key)).map(|&index| &mut self.rows[index])
    }
}
