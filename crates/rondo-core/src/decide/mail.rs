//! Mailboxes, what campaigns write, and what goes out to reps (Q4, Q5).

use super::*;
use crate::command::{Hold, MailFailure, ReminderStage, RepFinding};
use crate::detail::{MailboxDetails, MessageText, QualifierDetails, StepText};
use crate::event::MailPlace;
use crate::facts::{ConversationFact, ConversationState};
use crate::ids::{AssignmentId, ConversationId, LeadId, MailboxId, MessageId, SuppressionId};
use crate::mail::{
    ConversationStatus, Mail, MailPlan, QualifierKind, ReviewReason, STEPS_MAX, SuppressionReason,
};
use crate::refusal::{NamedCampaign, StatusExpected};
use crate::text::{Email, EmailKey};

/// Mailboxes of a team at most: a server keeps a connection to each.
const MAILBOXES_MAX: usize = 100;

impl Draft<'_> {
    pub(super) fn add_mailbox(&mut self, mailbox: MailboxId, details: &MailboxDetails) -> Decision {
        check_limit(self.team.mailboxes().len(), MAILBOXES_MAX, "mailboxes")?;
        self.check_address(mailbox, &details.email)?;
        self.happens(Event::MailboxAdded { mailbox });
        self.details.push(Detail::Mailbox { mailbox, details: Box::new(details.clone()) });
        Ok(Answer::Mailbox(mailbox))
    }

    pub(super) fn change_mailbox(
        &mut self,
        mailbox: MailboxId,
        details: &MailboxDetails,
    ) -> Decision {
        self.mailbox(mailbox)?;
        self.check_address(mailbox, &details.email)?;
        self.happens(Event::MailboxChanged { mailbox });
        self.details.push(Detail::Mailbox { mailbox, details: Box::new(details.clone()) });
        Ok(Answer::Mailbox(mailbox))
    }

    /// Mail to an address comes to one mailbox.
    fn check_address(&self, mailbox: MailboxId, email: &Email) -> Result<(), Refusal> {
        let holder = self.facts.mailbox_by_email.get(&email.key());
        match holder.filter(|holder| **holder != mailbox) {
            Some(holder) => Err(Refusal::EmailTaken { holder: holder.to_string() }),
            None => Ok(()),
        }
    }

    /// What an active campaign writes from stays.
    pub(super) fn remove_mailbox(&mut self, mailbox: MailboxId) -> Decision {
        self.mailbox(mailbox)?;
        let writes = |parts: &&CampaignParts| {
            parts.is_active() && parts.mail.as_ref().is_some_and(|plan| plan.mailbox == mailbox)
        };
        let named = |parts: &CampaignParts| NamedCampaign {
            campaign: parts.id,
            campaign_name: parts.settings.name.to_string(),
        };
        let blockers: Vec<_> = self.team.campaigns().filter(writes).map(named).collect();
        if !blockers.is_empty() {
            return Err(Refusal::MailboxInUse { mailbox, blockers });
        }
        self.happens(Event::MailboxRemoved { mailbox });
        Ok(Answer::Done)
    }

    pub(super) fn mailbox(&self, mailbox: MailboxId) -> Result<MailboxId, Refusal> {
        let is_there = self.team.mailboxes().contains(&mailbox);
        if is_there { Ok(mailbox) } else { Err(not_found("mailbox", mailbox)) }
    }

    pub(super) fn set_messages(
        &mut self,
        campaign: CampaignId,
        plan: &MailPlan,
        texts: &[StepText],
    ) -> Decision {
        let parts = self.campaign(campaign)?;
        if !parts.is_active() {
            return Err(wrong_status(parts, StatusExpected::Uncancelled));
        }
        let before = parts.mail.as_ref().map(|plan| plan.mailbox);
        if parts.is_started() && before.is_some_and(|mailbox| mailbox != plan.mailbox) {
            let (name, status) = (parts.settings.name.to_string(), parts.status);
            return Err(Refusal::CampaignStarted { campaign, name, status, what: "mailbox" });
        }
        self.mailbox(plan.mailbox)?;
        check_plan(plan, texts)?;
        self.happens(Event::MessagesSet { campaign, plan: plan.clone() });
        self.details.push(Detail::CampaignTexts { campaign, texts: texts.to_vec() });
        Ok(Answer::Campaign(campaign))
    }

    pub(super) fn set_qualifier(
        &mut self,
        qualifier: QualifierKind,
        details: &QualifierDetails,
    ) -> Decision {
        self.happens(Event::QualifierSet { qualifier });
        self.details.push(Detail::Qualifier(Box::new(details.clone())));
        Ok(Answer::Done)
    }

    /// The next message of a campaign that runs, to a lead who has not answered. Whatever has come in between makes it
    /// nothing.
    pub(super) fn send_step(
        &mut self,
        conversation: ConversationId,
        step: u16,
        next_at: Option<Instant>,
        text: &MessageText,
    ) -> Decision {
        let Some((place, mailbox)) = self.awaiting_step(conversation, step)? else {
            return Ok(Answer::Done);
        };
        if self.is_suppressed(place.lead) {
            return self.hold(place, Hold::Suppressed);
        }
        let message = self.queue_mail(place, mailbox, Mail::Step { step, next_at });
        self.details.push(Detail::Message { message, text: Box::new(text.clone()) });
        Ok(Answer::Conversation(conversation))
    }

    pub(super) fn hold_step(
        &mut self,
        conversation: ConversationId,
        step: u16,
        why: Hold,
    ) -> Decision {
        match self.awaiting_step(conversation, step)? {
            Some((place, _)) => self.hold(place, why),
            None => Ok(Answer::Done),
        }
    }

    fn hold(&mut self, place: MailPlace, hold: Hold) -> Decision {
        let MailPlace { campaign, conversation, lead } = place;
        let (becomes, why) = match hold {
            Hold::MissingFields => {
                (ConversationStatus::InReview, Some(ReviewReason::MissingFields))
            }
            Hold::Suppressed => (ConversationStatus::Unsubscribed, None),
            Hold::Unanswered => (ConversationStatus::Unresponsive, None),
        };
        self.happens(Event::StepHeld { campaign, conversation, lead, becomes, why });
        Ok(Answer::Conversation(conversation))
    }

    /// Where a campaign's message goes, if that is the one which comes next and the campaign may write it.
    fn awaiting_step(
        &self,
        conversation: ConversationId,
        step: u16,
    ) -> Result<Option<(MailPlace, MailboxId)>, Refusal> {
        let (place, fact) = self.thread(conversation)?;
        let is_next = fact.next_step == step
            && match fact.status {
                ConversationStatus::AwaitingAssistant => step == 0,
                ConversationStatus::AwaitingLead => step > 0,
                ConversationStatus::InReview
                | ConversationStatus::Qualified
                | ConversationStatus::NotInterested
                | ConversationStatus::Unsubscribed
                | ConversationStatus::Unresponsive
                | ConversationStatus::Bounced
                | ConversationStatus::Cancelled => false,
            };
        let parts = self.campaign(place.campaign)?;
        let plan = parts.mail.as_ref().filter(|_| parts.status == Status::Running);
        let mailbox = plan.map(|plan| plan.mailbox);
        let is_there = self.facts.leads.contains_key(&place.lead);
        Ok(mailbox.filter(|_| is_next && is_there).map(|mailbox| (place, mailbox)))
    }

    /// A conversation, and whose it is.
    pub(super) fn thread(
        &self,
        conversation: ConversationId,
    ) -> Result<(MailPlace, &ConversationFact), Refusal> {
        let missing = || not_found("conversation", conversation);
        let fact = self.facts.conversations.get(&conversation).ok_or_else(missing)?;
        let place = MailPlace { campaign: fact.campaign, conversation, lead: fact.lead };
        Ok((place, fact))
    }

    pub(super) fn queue_mail(
        &mut self,
        place: MailPlace,
        mailbox: MailboxId,
        mail: Mail,
    ) -> MessageId {
        let MailPlace { campaign, conversation, lead } = place;
        let message = self.ids.next_id();
        self.happens(Event::MailQueued { message, mailbox, campaign, conversation, lead, mail });
        message
    }

    /// Q4: the lead learns of the rep in the thread that they know, and the rep of the lead, where the campaign writes.
    /// A lead who was never written to, because they were qualified by the API, is not written to now.
    pub(super) fn hand_over(&mut self, place: MailPlace, assignment: AssignmentId) {
        let Some(mailbox) = self.mailbox_for(place) else { return };
        let fact = self.facts.conversations.get(&place.conversation);
        if fact.is_some_and(|fact| fact.mailbox.is_some()) {
            self.queue_mail(place, mailbox, Mail::Handover { assignment });
        }
        self.queue_mail(place, mailbox, Mail::Note { assignment });
    }

    /// The mailbox through which a conversation is led, or would be, if it is still there.
    pub(super) fn mailbox_for(&self, place: MailPlace) -> Option<MailboxId> {
        let plan = self.team.campaign(place.campaign)?.mail.as_ref()?;
        let led = self.facts.conversations.get(&place.conversation).and_then(|fact| fact.mailbox);
        let is_there = |mailbox: &MailboxId| self.team.mailboxes().contains(mailbox);
        led.filter(is_there).or(Some(plan.mailbox).filter(is_there))
    }

    pub(super) fn is_suppressed(&self, lead: LeadId) -> bool {
        let fact = self.facts.leads.get(&lead);
        fact.is_some_and(|fact| self.facts.suppressed.contains_key(&fact.email.key()))
    }

    /// Q6: at once, once.
    pub(super) fn suppress_lead(&mut self, lead: LeadId, why: SuppressionReason) {
        if let Some(email) = self.facts.leads.get(&lead).map(|fact| fact.email.clone()) {
            self.suppress_address(&email, Some(lead), why);
        }
    }

    fn suppress_address(
        &mut self,
        email: &Email,
        lead: Option<LeadId>,
        why: SuppressionReason,
    ) -> SuppressionId {
        let key: EmailKey = email.key();
        if let Some(&standing) = self.facts.suppressed.get(&key) {
            return standing;
        }
        let suppression = self.ids.next_id();
        self.happens(Event::Suppressed { suppression, lead, why });
        let email = Some(email.clone());
        self.details.push(Detail::Suppression { suppression, key, email });
        suppression
    }

    pub(super) fn suppress(&mut self, email: &Email) -> Decision {
        let suppression = self.suppress_address(email, None, SuppressionReason::Manual);
        Ok(Answer::Suppression(suppression))
    }

    /// Q6: at once, in all that is open with them; these are the conversations that may be.
    pub(super) fn unsubscribe(
        &mut self,
        lead: LeadId,
        email: &Email,
        conversations: &[ConversationId],
    ) -> Decision {
        let becomes = ConversationStatus::Unsubscribed;
        for &conversation in conversations {
            let Some(fact) = self.facts.conversations.get(&conversation) else { continue };
            if fact.lead == lead
                && fact.status.is_open()
                && fact.state == ConversationState::Unassigned
            {
                let campaign = fact.campaign;
                self.happens(Event::StepHeld { campaign, conversation, lead, becomes, why: None });
            }
        }
        let why = SuppressionReason::Unsubscribe;
        Ok(Answer::Suppression(self.suppress_address(email, Some(lead), why)))
    }

    pub(super) fn lift_suppression(&mut self, suppression: SuppressionId) -> Decision {
        if !self.facts.suppressed.values().any(|standing| *standing == suppression) {
            return Err(not_found("suppression", suppression));
        }
        self.happens(Event::SuppressionLifted { suppression });
        Ok(Answer::Done)
    }

    /// What a rep says by a link of theirs. It holds while they have the lead.
    pub(super) fn take_over(
        &mut self,
        assignment: AssignmentId,
        rep: RepId,
        finding: RepFinding,
    ) -> Decision {
        let place = self.standing(assignment, Some(rep))?;
        match finding {
            RepFinding::InHand => {
                let conversation = place.conversation;
                self.happens(Event::TakenOver { assignment, conversation });
            }
            RepFinding::WrongLead => {
                self.happens(Event::SentToReview { place, why: ReviewReason::WrongLead });
                self.await_no_more(assignment, place.conversation);
            }
        }
        Ok(Answer::Conversation(place.conversation))
    }

    fn await_no_more(&mut self, assignment: AssignmentId, conversation: ConversationId) {
        if self.facts.awaited.contains_key(&assignment) {
            self.happens(Event::RepNotAwaited { assignment, conversation });
        }
    }

    /// Reminds of a lead whose rep is still awaited, once for each stage. Where nothing can be sent from any more, nobody
    /// is awaited any more.
    pub(super) fn remind(&mut self, assignment: AssignmentId, stage: ReminderStage) -> Decision {
        let place = self.standing(assignment, None)?;
        let (mail, reminders) = match stage {
            ReminderStage::Rep => (Mail::Reminder { assignment }, 0),
            ReminderStage::Admin => (Mail::Escalation { assignment }, 1),
        };
        // It stays in the house: where the mailbox of the conversation is gone, any of the team's will do.
        let any = || self.team.mailboxes().first().copied();
        if self.facts.awaited.get(&assignment) == Some(&reminders) {
            match self.mailbox_for(place).or_else(any) {
                Some(mailbox) => _ = self.queue_mail(place, mailbox, mail),
                None => self.await_no_more(assignment, place.conversation),
            }
        }
        Ok(Answer::Conversation(place.conversation))
    }

    /// The conversation of an assignment that stands, and stands with this rep.
    fn standing(&self, assignment: AssignmentId, rep: Option<RepId>) -> Result<MailPlace, Refusal> {
        let missing = || not_found("assignment", assignment);
        let conversation = *self.facts.assignments.get(&assignment).ok_or_else(missing)?;
        let (place, fact) = self.thread(conversation)?;
        match fact.state {
            ConversationState::Assigned { assignment: standing, .. } if standing != assignment => {
                Err(Refusal::AssignmentSuperseded { assignment, standing })
            }
            ConversationState::Assigned { rep: has, .. } if rep.is_none_or(|rep| rep == has) => {
                Ok(place)
            }
            ConversationState::Assigned { .. }
            | ConversationState::Waiting { .. }
            | ConversationState::Unassigned => Err(missing()),
        }
    }

    /// A message to the lead that no server would take.
    pub(super) fn mail_failed(
        &mut self,
        conversation: ConversationId,
        why: MailFailure,
    ) -> Decision {
        let (place, fact) = self.thread(conversation)?;
        let is_with_rep = matches!(
            fact.state,
            ConversationState::Assigned { .. } | ConversationState::Waiting { .. }
        );
        let MailPlace { campaign, conversation, lead } = place;
        let is_known =
            matches!(fact.status, ConversationStatus::InReview | ConversationStatus::Bounced);
        match why {
            // It was said before: by another try, or for another message.
            _ if is_known => {}
            MailFailure::NoSuchAddress if !is_with_rep => {
                let becomes = ConversationStatus::Bounced;
                self.happens(Event::StepHeld { campaign, conversation, lead, becomes, why: None });
            }
            MailFailure::NoSuchAddress | MailFailure::Other => {
                self.happens(Event::SentToReview { place, why: ReviewReason::NotSent });
            }
            MailFailure::RepUnreached => {
                self.happens(Event::SentToReview { place, why: ReviewReason::RepUnreached });
            }
        }
        if why == MailFailure::NoSuchAddress {
            self.suppress_lead(lead, SuppressionReason::HardBounce);
        }
        Ok(Answer::Conversation(conversation))
    }
}

fn check_plan(plan: &MailPlan, texts: &[StepText]) -> Result<(), Refusal> {
    let invalid =
        |pointer, problem: &str| Err(Refusal::Invalid { pointer, problem: problem.to_owned() });
    if plan.wait_days.is_empty() || plan.wait_days.len() > STEPS_MAX {
        return invalid("/steps", "has too few or too many messages; expected 1 to 11");
    }
    if texts.len() != plan.wait_days.len() {
        return invalid("/steps", "does not have a text for every message");
    }
    if texts.first().is_some_and(|first| first.subject.is_none()) {
        return invalid("/steps/0/subject", "is missing; the first message needs one");
    }
    if let Some(window) = &plan.window {
        let is_ascending = window.days.is_sorted_by(|one, next| one < next);
        if window.days.is_empty() || !is_ascending || window.days.iter().any(|day| *day > 7) {
            return invalid("/window/days", "is not a list of days of the week");
        }
        if window.from >= window.until {
            return invalid("/window/until", "is not later than `from`");
        }
    }
    if plan.daily_limit == Some(0) {
        return invalid("/daily_limit", "is 0; expected at least 1, or none");
    }
    Ok(())
}
