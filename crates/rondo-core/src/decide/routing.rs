//! The main job: who gets a qualified lead, and why (R1–R11, C7).

use std::collections::HashMap;

use super::*;
use crate::command::{ReassignTo, Subject};
use crate::detail::{Existing, LeadFields};
use crate::event::{
    CursorKey, Decision as Assignment, MailPlace, Outcome, OwnerSet, OwnerSource, PassedOver,
    PassedOverReason, Reason,
};
use crate::facts::{ConversationState, LeadFact};
use crate::ids::{AssignmentId, ConversationId, LeadId};
use crate::rotation::Turn;
use crate::team::{Away, OwnerNow};

/// Members named in an explanation at most; the others are counted (R11).
const PASSED_OVER_NAMED_MAX: usize = 20;

impl Draft<'_> {
    /// R7: a conversation is assigned at most once, however often it is reported.
    pub(super) fn qualify(
        &mut self,
        campaign: CampaignId,
        subject: &Subject,
        note: Option<&String>,
    ) -> Decision {
        let parts = self.campaign(campaign)?;
        let (key, status) = (parts.cursor_key(), parts.status);
        let (known_lead, known_conversation) = self.find_subject(campaign, subject)?;
        let state = known_conversation.map(|conversation| self.state_of(conversation));
        if let (Some(conversation), Some(ConversationState::Assigned { assignment, .. })) =
            (known_conversation, state)
        {
            return Ok(Answer::Assigned { assignment, conversation, is_new: false });
        }
        if !matches!(status, Status::Running | Status::Paused) {
            let expected = StatusExpected::StartedToQualify;
            return Err(wrong_status(self.campaign(campaign)?, expected));
        }
        if let (Some(conversation), Some(ConversationState::Waiting { position, .. })) =
            (known_conversation, state)
        {
            self.note_owner_of_waiting(known_lead, subject);
            return Ok(Answer::Waiting { conversation, position });
        }
        known_lead.map_or(Ok(()), |lead| self.check_not_erased(lead))?;
        let (new_lead, new_conversation) = (known_lead.is_none(), known_conversation.is_none());
        let lead = known_lead.unwrap_or_else(|| self.ids.next_id());
        let conversation = known_conversation.unwrap_or_else(|| self.ids.next_id());
        let named = self.note_subject(lead, subject);
        let outcome = self.outcome(campaign, lead, named)?;
        let answer = match &outcome {
            Outcome::Assigned(decision) => {
                Answer::Assigned { assignment: decision.assignment, conversation, is_new: true }
            }
            Outcome::Waiting { held: true, .. } => {
                Answer::Waiting { conversation, position: self.campaign(campaign)?.waiting + 1 }
            }
            Outcome::Waiting { held: false, .. } => {
                Answer::Waiting { conversation, position: self.team.backlog(key) + 1 }
            }
        };
        if let Some(note) = note {
            self.details.push(Detail::ConversationNote { conversation, note: note.clone() });
        }
        let assigned = match &outcome {
            Outcome::Assigned(decision) => Some(decision.assignment),
            Outcome::Waiting { .. } => None,
        };
        let writes = self.campaign(campaign)?.mail.is_some();
        let qualified = Event::Qualified {
            campaign,
            conversation,
            lead,
            new_lead,
            new_conversation,
            owner: named,
            outcome,
        };
        match assigned.filter(|_| writes) {
            Some(assignment) => {
                self.happens(qualified);
                self.hand_over(MailPlace { campaign, conversation, lead }, assignment);
            }
            None => self.ends_with(qualified),
        }
        Ok(answer)
    }

    fn find_subject(
        &self,
        campaign: CampaignId,
        subject: &Subject,
    ) -> Result<(Option<LeadId>, Option<ConversationId>), Refusal> {
        match subject {
            Subject::Conversation(conversation) => {
                let fact = self
                    .facts
                    .conversations
                    .get(conversation)
                    .filter(|fact| fact.campaign == campaign)
                    .ok_or_else(|| not_found("conversation", *conversation))?;
                Ok((Some(fact.lead), Some(*conversation)))
            }
            Subject::Lead(news) => {
                let lead = self.facts.lead_by_email.get(&news.email.key()).copied();
                let conversation = lead
                    .and_then(|lead| self.facts.conversation_of.get(&(campaign, lead)).copied());
                Ok((lead, conversation))
            }
        }
    }

    fn state_of(&self, conversation: ConversationId) -> ConversationState {
        let fact = self.facts.conversations.get(&conversation);
        fact.map_or(ConversationState::Unassigned, |fact| fact.state)
    }

    /// R6: a later report replaces the owner known so far, also while the lead waits; a usable one lets it pass (R9).
    fn note_owner_of_waiting(&mut self, lead: Option<LeadId>, subject: &Subject) {
        let (Some(lead), Subject::Lead(news)) = (lead, subject) else { return };
        let known = self.facts.leads.get(&lead).and_then(|fact| fact.owner);
        let named = self.named_owner(news.owner, None);
        let named = named.filter(|&rep| known != Some((rep, OwnerSource::PreAssigned)));
        if let Some(rep) = named {
            self.ends_with(Event::LeadChanged { lead, owner: Some(OwnerSet::To(rep)) });
        }
    }

    /// Takes what the report says of the lead; answers the owner that it names anew (R6).
    fn note_subject(&mut self, lead: LeadId, subject: &Subject) -> Option<RepId> {
        let Subject::Lead(news) = subject else { return None };
        let named = self.named_owner(news.owner, None);
        let known = self.facts.leads.get(&lead);
        let fields = match known {
            Some(fact) => fact.fields.merged(&news.fields, Existing::Fill),
            None => LeadFields::default().merged(&news.fields, Existing::Fill),
        };
        if known.is_none_or(|fact| fact.fields != fields) {
            let email = known.map_or(&news.email, |fact| &fact.email).clone();
            self.details.push(Detail::Lead { lead, email, fields });
        }
        let owner = known.and_then(|fact| fact.owner);
        named.filter(|&rep| owner != Some((rep, OwnerSource::PreAssigned)))
    }

    fn outcome(
        &mut self,
        campaign: CampaignId,
        lead: LeadId,
        named: Option<RepId>,
    ) -> Result<Outcome, Refusal> {
        let parts = self.campaign(campaign)?;
        let (cursor, when_out) = (parts.cursor_key(), parts.settings.when_owner_is_out);
        // C7: while paused, everything is kept in order.
        if parts.status == Status::Paused {
            return Ok(Outcome::Waiting { cursor, held: true });
        }
        let recorded = self.facts.leads.get(&lead).and_then(|fact: &LeadFact| fact.owner);
        let owner = named.map(|rep| (rep, OwnerSource::PreAssigned)).or(recorded);
        Ok(match self.team.owner_at(owner, when_out, self.now) {
            OwnerNow::Usable { rep, reason } => {
                Outcome::Assigned(self.without_turn(campaign, rep, reason))
            }
            // R9: while leads wait, new ones join the end.
            OwnerNow::None | OwnerNow::Out { .. } if self.team.backlog(cursor) > 0 => {
                Outcome::Waiting { cursor, held: false }
            }
            OwnerNow::None => self.by_turn(campaign, None),
            OwnerNow::Out { rep, away } => self.by_turn(campaign, Some(owner_out(rep, away))),
        })
    }

    pub(super) fn without_turn(
        &mut self,
        campaign: CampaignId,
        rep: RepId,
        reason: Reason,
    ) -> Assignment {
        let (group, key) = self.circle_of(campaign);
        let cursor = self.team.cursor(key);
        Assignment {
            assignment: self.ids.next_id(),
            rep,
            reason,
            group,
            cursor: key,
            cursor_before: cursor,
            cursor_after: cursor,
            passed_over: Vec::new(),
            passed_over_count: 0,
            owner_out: None,
            becomes_owner: false,
        }
    }

    fn circle_of(&self, campaign: CampaignId) -> (GroupId, CursorKey) {
        self.team.campaign(campaign).map_or_else(
            || (self.team.default_group(), CursorKey::Group(self.team.default_group())),
            |parts| (parts.settings.group, parts.cursor_key()),
        )
    }

    /// R3: the first available member after the cursor. R8: who receives a lead owns it, unless it is pre-assigned.
    fn by_turn(&mut self, campaign: CampaignId, owner_out: Option<PassedOver>) -> Outcome {
        let (_, cursor) = self.circle_of(campaign);
        match self.team.next_turn(cursor, None) {
            None => Outcome::Waiting { cursor, held: false },
            Some(turn) => {
                let becomes_owner =
                    self.team.settings().routed_rep_becomes_owner && owner_out.is_none();
                let mut decision = self.with_turn(campaign, turn, None);
                decision.owner_out = owner_out;
                decision.becomes_owner = becomes_owner;
                Outcome::Assigned(decision)
            }
        }
    }

    fn with_turn(
        &mut self,
        campaign: CampaignId,
        turn: Turn,
        left_out: Option<RepId>,
    ) -> Assignment {
        let (group, key) = self.circle_of(campaign);
        let members = self.team.group(group).map(|group| &group.members[..]).unwrap_or_default();
        let passed_over = (0..turn.passed_over.min(PASSED_OVER_NAMED_MAX))
            .map(|offset| members[(turn.start + offset) % members.len()].rep)
            .map(|rep| PassedOver { rep, reason: self.why_passed_over(rep, left_out) })
            .collect();
        Assignment {
            assignment: self.ids.next_id(),
            rep: members[turn.position].rep,
            reason: Reason::Turn,
            group,
            cursor: key,
            cursor_before: self.team.cursor(key),
            cursor_after: turn.cursor,
            passed_over,
            passed_over_count: turn.passed_over as u64,
            owner_out: None,
            becomes_owner: false,
        }
    }

    fn why_passed_over(&self, rep: RepId, left_out: Option<RepId>) -> PassedOverReason {
        if left_out == Some(rep) {
            return PassedOverReason::HadThisLead;
        }
        let until = self.team.away(rep, self.now).and_then(|away| away.back_at);
        PassedOverReason::OutOfOffice { until }
    }

    /// R9: leads waiting on a cursor, strictly in order of arrival, as far as is possible now: those with a usable owner
    /// pass, the others take turns while there is somebody.
    pub(super) fn serve_waiting(&mut self, cursor: CursorKey) -> Decision {
        let facts = self.facts;
        let Some(waiting) = facts.waiting.get(&cursor) else { return Ok(Answer::Done) };
        // A chunk that does not begin at the first row must not give a turn to anybody before those in front of it.
        let mut is_blocked = waiting.after > 0;
        // R8: a lead that waits in two campaigns of one cursor goes to one rep. The facts know the owners before this.
        let mut new_owners: HashMap<LeadId, RepId> = HashMap::new();
        for row in &waiting.rows {
            let Some(parts) = self.team.campaign(row.campaign) else { continue };
            if parts.status != Status::Running {
                continue;
            }
            let when_out = parts.settings.when_owner_is_out;
            let recorded = facts.leads.get(&row.lead).and_then(|lead| lead.owner);
            let new_owner = new_owners.get(&row.lead).map(|rep| (*rep, OwnerSource::Routed));
            let owner = new_owner.or(recorded);
            let decision = match self.team.owner_at(owner, when_out, self.now) {
                OwnerNow::Usable { rep, reason } => {
                    Some(self.without_turn(row.campaign, rep, reason))
                }
                OwnerNow::None | OwnerNow::Out { .. } if is_blocked => None,
                OwnerNow::None => self.turn_for_waiting(row.campaign, None),
                OwnerNow::Out { rep, away } => {
                    self.turn_for_waiting(row.campaign, Some(owner_out(rep, away)))
                }
            };
            let Some(decision) = decision else {
                is_blocked = true;
                continue;
            };
            if decision.becomes_owner {
                new_owners.insert(row.lead, decision.rep);
            }
            let assignment = decision.assignment;
            let (campaign, conversation, lead) = (row.campaign, row.conversation, row.lead);
            self.happens(Event::WaitingAssigned {
                campaign,
                conversation,
                lead,
                waiting_since: row.since,
                decision,
            });
            self.hand_over(MailPlace { campaign, conversation, lead }, assignment);
        }
        Ok(Answer::Done)
    }

    fn turn_for_waiting(
        &mut self,
        campaign: CampaignId,
        owner_out: Option<PassedOver>,
    ) -> Option<Assignment> {
        match self.by_turn(campaign, owner_out) {
            Outcome::Assigned(decision) => Some(decision),
            Outcome::Waiting { .. } => None,
        }
    }

    /// R10: passing a lead to a named rep is no turn; passing it to the next one is.
    pub(super) fn reassign(
        &mut self,
        assignment: AssignmentId,
        to: ReassignTo,
        note: Option<&String>,
    ) -> Decision {
        let missing = || not_found("assignment", assignment);
        let conversation = *self.facts.assignments.get(&assignment).ok_or_else(missing)?;
        let fact = self.facts.conversations.get(&conversation).ok_or_else(missing)?;
        let (campaign, lead) = (fact.campaign, fact.lead);
        let ConversationState::Assigned { assignment: standing, rep: present } = fact.state else {
            return Err(missing());
        };
        if standing != assignment {
            return Err(Refusal::AssignmentSuperseded { assignment, standing });
        }
        let mut decision = match to {
            ReassignTo::Rep(rep) => {
                self.rep(rep)?;
                if rep == present {
                    return Ok(Answer::Assigned { assignment, conversation, is_new: false });
                }
                self.check_not_erased(lead)?;
                self.without_turn(campaign, rep, Reason::Manual)
            }
            ReassignTo::Next => {
                self.check_not_erased(lead)?;
                self.next_for(campaign, present)?
            }
        };
        decision.becomes_owner = self.team.settings().routed_rep_becomes_owner;
        let answer =
            Answer::Assigned { assignment: decision.assignment, conversation, is_new: true };
        let to = decision.assignment;
        if let Some(note) = note {
            self.details.push(Detail::AssignmentNote { assignment: to, note: note.clone() });
        }
        self.happens(Event::Reassigned {
            campaign,
            conversation,
            lead,
            from: assignment,
            decision,
        });
        self.hand_over(MailPlace { campaign, conversation, lead }, to);
        Ok(answer)
    }

    /// Nobody can be handed a person who was erased.
    pub(super) fn check_not_erased(&self, lead: LeadId) -> Result<(), Refusal> {
        let is_there = self.facts.leads.contains_key(&lead);
        if is_there { Ok(()) } else { Err(not_found("lead", lead)) }
    }

    /// The turn of whoever is next, without the rep who has the lead.
    fn next_for(&mut self, campaign: CampaignId, present: RepId) -> Result<Assignment, Refusal> {
        let (group, cursor) = self.circle_of(campaign);
        let turn = self.team.next_turn(cursor, Some(present)).ok_or_else(|| {
            let group_name = self.group_name(group);
            match self.team.has_anybody(group) {
                true => Refusal::NobodyElseAvailable { group, group_name },
                false => Refusal::NobodyAvailable { group, group_name, at: None },
            }
        })?;
        Ok(self.with_turn(campaign, turn, Some(present)))
    }
}

/// A pre-assigned owner whom a turn passes over.
fn owner_out(rep: RepId, away: Away) -> PassedOver {
    PassedOver { rep, reason: PassedOverReason::OutOfOffice { until: away.back_at } }
}
