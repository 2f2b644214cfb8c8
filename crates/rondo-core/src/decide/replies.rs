//! What comes of the messages that come in, and of what people say about them (Q1–Q8, C7).

use super::*;
use crate::command::{Incoming, ReadMessage, Review, Subject};
use crate::event::{MailEffect, MailPlace, Outcome, Reason};
use crate::facts::{ConversationFact, ConversationState};
use crate::ids::{AssignmentId, ConversationId, MessageId};
use crate::mail::{
    ConversationStatus, FollowUps, Handling, Mail, Recipient, ReplyLabel, ReviewAction,
    ReviewReason, Sender, SuppressionReason,
};

/// What is to be done about a message.
struct Verdict {
    handling: Handling,
    effect: MailEffect,
    then: Then,
}

/// What follows from a message beyond its conversation's own standing.
enum Then {
    Nothing,
    Qualify,
    Suppress(SuppressionReason),
}

impl Verdict {
    fn noted() -> Self {
        Self { handling: Handling::Noted, effect: MailEffect::default(), then: Then::Nothing }
    }

    fn review(reason: ReviewReason) -> Self {
        Self {
            handling: Handling::Review(reason),
            effect: stop(Some(ConversationStatus::InReview)),
            then: Then::Nothing,
        }
    }

    fn ended(status: ConversationStatus) -> Self {
        Self { handling: Handling::Acted, effect: stop(Some(status)), then: Then::Nothing }
    }
}

fn stop(becomes: Option<ConversationStatus>) -> MailEffect {
    MailEffect { becomes, follow_ups: FollowUps::Stop }
}

impl Draft<'_> {
    /// Takes in a message; one that was taken in before is answered as it was then.
    pub(super) fn receive(&mut self, incoming: &Incoming) -> Decision {
        let Incoming { mailbox, key, conversation, reading, text } = incoming;
        if let Some(seen) = self.facts.seen.get(&(*mailbox, *key)) {
            return Ok(Answer::Message {
                message: seen.message,
                conversation: seen.conversation,
                label: seen.label,
                handling: seen.handling,
                is_new: false,
            });
        }
        if !self.team.mailboxes().contains(mailbox) {
            return Err(not_found("mailbox", *mailbox));
        }
        let thread = conversation.map(|of| self.thread(of)).transpose()?;
        // Whoever was erased is nobody whom we know.
        let thread = thread.filter(|(place, _)| self.check_not_erased(place.lead).is_ok());
        let (place, verdict) = match thread {
            Some((place, fact)) => (Some(place), self.on_arrival(place, fact, reading)?),
            None => (None, of_nobody(reading)),
        };
        let message = self.ids.next_id();
        let Verdict { handling, effect, then } = verdict;
        self.happens(Event::MessageReceived {
            message,
            mailbox: *mailbox,
            place,
            sender: reading.sender,
            label: reading.label,
            handling,
            answered: place.and_then(|place| self.answered(place, reading, handling)),
            effect,
        });
        self.details.push(Detail::Message { message, text: Box::new(text.clone()) });
        if let Some(place) = place {
            self.follow_up_on(place, then)?;
        }
        Ok(Answer::Message {
            message,
            conversation: place.map(|place| place.conversation),
            label: reading.label,
            handling,
            is_new: true,
        })
    }

    /// C7: what a lead wrote to a campaign that does not run is kept until it does, but for what must be done at once
    /// (Q6); once it is over, a person is shown it.
    fn on_arrival(
        &self,
        place: MailPlace,
        fact: &ConversationFact,
        reading: &ReadMessage,
    ) -> Result<Verdict, Refusal> {
        let verdict = judge(fact, reading);
        let is_urgent = matches!(verdict.then, Then::Suppress(_));
        let is_mere_note = matches!(verdict.handling, Handling::Noted);
        let is_of_lead = match reading.sender {
            Sender::Lead | Sender::Other => true,
            Sender::Rep(_) | Sender::MailSystem { .. } => false,
        };
        Ok(match self.campaign(place.campaign)?.status {
            Status::Running => verdict,
            _ if is_urgent || is_mere_note || !is_of_lead => verdict,
            Status::Cancelled => Verdict::review(ReviewReason::CampaignOver),
            Status::Paused | Status::Draft | Status::Scheduled => {
                Verdict { handling: Handling::Held, effect: stop(None), then: Then::Nothing }
            }
        })
    }

    fn follow_up_on(&mut self, place: MailPlace, then: Then) -> Result<(), Refusal> {
        match then {
            Then::Nothing => Ok(()),
            Then::Suppress(why) => {
                self.suppress_lead(place.lead, why);
                Ok(())
            }
            Then::Qualify => {
                let subject = Subject::Conversation(place.conversation);
                self.qualify(place.campaign, &subject, None).map(drop)
            }
        }
    }

    /// A message that was held, now that its campaign runs or is over.
    pub(super) fn release(
        &mut self,
        message: MessageId,
        conversation: ConversationId,
        reading: &ReadMessage,
    ) -> Decision {
        let fact = *self.message(message, conversation)?;
        let (place, thread) = self.thread(conversation)?;
        let verdict = match self.check_not_erased(place.lead) {
            Ok(()) => self.on_arrival(place, thread, reading)?,
            Err(_) => Verdict::noted(),
        };
        if fact.handling != Handling::Held || verdict.handling == Handling::Held {
            return Ok(Answer::Done);
        }
        let Verdict { handling, effect, then } = verdict;
        self.happens(Event::MessageReleased {
            message,
            place,
            sender: reading.sender,
            label: reading.label,
            handling,
            answered: self.answered(place, reading, handling),
            effect,
        });
        self.follow_up_on(place, then)?;
        Ok(Answer::Conversation(conversation))
    }

    /// The assignment that a rep's own words are the first to answer, or any.
    fn answered(
        &self,
        place: MailPlace,
        reading: &ReadMessage,
        handling: Handling,
    ) -> Option<AssignmentId> {
        let fact = self.facts.conversations.get(&place.conversation)?;
        match (reading.sender, fact.state) {
            (Sender::Rep(writer), ConversationState::Assigned { assignment, rep })
                if writer == rep && handling == Handling::Noted =>
            {
                Some(assignment)
            }
            _ => None,
        }
    }

    fn message(
        &self,
        message: MessageId,
        conversation: ConversationId,
    ) -> Result<&crate::facts::MessageFact, Refusal> {
        let fact = self.facts.messages.get(&message);
        fact.filter(|fact| fact.conversation == Some(conversation))
            .ok_or_else(|| not_found("message", message))
    }

    pub(super) fn close_message(&mut self, message: MessageId) -> Decision {
        let fact = self.facts.messages.get(&message);
        let fact = fact.ok_or_else(|| not_found("message", message))?;
        if fact.is_open {
            self.happens(Event::MessageClosed { message });
        }
        Ok(Answer::Done)
    }

    /// Q3: a person sees to a conversation.
    pub(super) fn review(&mut self, conversation: ConversationId, action: &Review) -> Decision {
        let (place, fact) = self.thread(conversation)?;
        let fact = fact.clone();
        match action {
            Review::Label { message, label } => {
                self.message(*message, conversation)?;
                let mut verdict = labelled(&fact, *label);
                if verdict.effect.follow_ups == FollowUps::GoOn && fact.next_step > 0 {
                    // It was no answer after all: what had stopped for it begins again.
                    verdict.effect.follow_ups = FollowUps::From(self.now);
                }
                let labelled = Some((*message, *label));
                let effect = seen_to(&fact, verdict.effect);
                self.reviewed(place, ReviewAction::Label, labelled, effect);
                self.follow_up_on(place, verdict.then)?;
            }
            Review::Answer { text } => self.answer(place, &fact, text)?,
            Review::Qualify => {
                self.reviewed(place, ReviewAction::Qualify, None, seen_to(&fact, stop(None)));
                self.follow_up_on(place, Then::Qualify)?;
            }
            Review::Forward { to } => return self.forward(place, &fact, *to),
            Review::Close => {
                let status = match fact.state {
                    ConversationState::Unassigned => ConversationStatus::NotInterested,
                    ConversationState::Waiting { .. } | ConversationState::Assigned { .. } => {
                        ConversationStatus::Qualified
                    }
                };
                let becomes = fact.status.is_open().then_some(status);
                self.reviewed(place, ReviewAction::Close, None, stop(becomes));
            }
            Review::Resume => {
                self.check_not_erased(place.lead)?;
                check_unassigned(conversation, &fact)?;
                let effect = match fact.next_step {
                    _ if is_with_sales(&fact) => MailEffect::default(),
                    0 => MailEffect {
                        becomes: Some(ConversationStatus::AwaitingAssistant),
                        follow_ups: FollowUps::GoOn,
                    },
                    _ => MailEffect {
                        becomes: Some(ConversationStatus::AwaitingLead),
                        follow_ups: FollowUps::From(self.now),
                    },
                };
                self.reviewed(place, ReviewAction::Resume, None, effect);
            }
        }
        Ok(Answer::Conversation(conversation))
    }

    fn reviewed(
        &mut self,
        place: MailPlace,
        action: ReviewAction,
        labelled: Option<(MessageId, ReplyLabel)>,
        effect: MailEffect,
    ) {
        self.happens(Event::Reviewed { place, action, labelled, effect });
    }

    /// Q5: once a rep has the conversation, the assistant keeps silent. Q6.
    fn answer(
        &mut self,
        place: MailPlace,
        fact: &ConversationFact,
        text: &crate::detail::MessageText,
    ) -> Result<(), Refusal> {
        self.check_not_erased(place.lead)?;
        check_unassigned(place.conversation, fact)?;
        if self.is_suppressed(place.lead) {
            return Err(Refusal::AddressSuppressed { conversation: place.conversation });
        }
        let missing = "has no mailbox; give its campaign messages first";
        let mailbox = self.mailbox_for(place).ok_or_else(|| Refusal::Invalid {
            pointer: "/action",
            problem: format!("cannot be done: the conversation {missing}"),
        })?;
        let becomes = (!is_with_sales(fact)).then_some(ConversationStatus::AwaitingLead);
        self.reviewed(place, ReviewAction::Answer, None, stop(becomes));
        let message = self.queue_mail(place, mailbox, Mail::Answer);
        self.details.push(Detail::Message { message, text: Box::new(text.clone()) });
        Ok(())
    }

    /// A person gives the conversation to a rep of their choice, who may be away; no turn is taken (R10).
    fn forward(&mut self, place: MailPlace, fact: &ConversationFact, to: RepId) -> Decision {
        self.check_not_erased(place.lead)?;
        check_unassigned(place.conversation, fact)?;
        self.rep(to)?;
        let MailPlace { campaign, conversation, lead } = place;
        let parts = self.campaign(campaign)?;
        if !matches!(parts.status, Status::Running | Status::Paused) {
            return Err(wrong_status(parts, StatusExpected::StartedToForward));
        }
        self.reviewed(place, ReviewAction::Forward, None, stop(None));
        let mut decision = self.without_turn(campaign, to, Reason::Manual);
        decision.becomes_owner = self.team.settings().routed_rep_becomes_owner;
        let assignment = decision.assignment;
        self.happens(match fact.state {
            ConversationState::Waiting { since: waiting_since, .. } => {
                Event::WaitingAssigned { campaign, conversation, lead, waiting_since, decision }
            }
            ConversationState::Unassigned | ConversationState::Assigned { .. } => {
                Event::Qualified {
                    campaign,
                    conversation,
                    lead,
                    new_lead: false,
                    new_conversation: false,
                    owner: None,
                    outcome: Outcome::Assigned(decision),
                }
            }
        });
        self.hand_over(place, assignment);
        Ok(Answer::Assigned { assignment, conversation, is_new: true })
    }
}

/// A conversation that sales has is out of review once a person has seen to it.
fn seen_to(fact: &ConversationFact, effect: MailEffect) -> MailEffect {
    let is_back = is_with_sales(fact) && fact.status == ConversationStatus::InReview;
    let qualified = is_back.then_some(ConversationStatus::Qualified);
    MailEffect { becomes: effect.becomes.or(qualified), ..effect }
}

fn check_unassigned(conversation: ConversationId, fact: &ConversationFact) -> Result<(), Refusal> {
    match fact.state {
        ConversationState::Assigned { assignment, .. } => {
            Err(Refusal::ConversationAssigned { conversation, assignment })
        }
        ConversationState::Waiting { .. } | ConversationState::Unassigned => Ok(()),
    }
}

fn is_with_sales(fact: &ConversationFact) -> bool {
    match fact.state {
        ConversationState::Assigned { .. } | ConversationState::Waiting { .. } => true,
        ConversationState::Unassigned => false,
    }
}

/// Whether a message says by its headers that no person wrote it; that its words sound like it is a guess.
fn is_by_machine(reading: &ReadMessage) -> bool {
    let is_guess =
        matches!(reading.certainty, Err(ReviewReason::Uncertain | ReviewReason::ToBeAnswered));
    matches!(reading.label, ReplyLabel::AutoReply | ReplyLabel::Bounce) && !is_guess
}

/// Mail that belongs to no conversation: what no person wrote is noted, the rest is shown to people.
fn of_nobody(reading: &ReadMessage) -> Verdict {
    let reason = reading.certainty.err().filter(|reason| *reason == ReviewReason::Loop);
    let handling = match reason {
        _ if is_by_machine(reading) => Handling::Noted,
        reason => Handling::Review(reason.unwrap_or(ReviewReason::NoConversation)),
    };
    Verdict { handling, effect: MailEffect::default(), then: Then::Nothing }
}

/// What a message means for its conversation while the campaign runs.
fn judge(fact: &ConversationFact, reading: &ReadMessage) -> Verdict {
    match reading.sender {
        Sender::MailSystem { recipient } => judge_bounce(fact, recipient, reading),
        Sender::Rep(_) if is_by_machine(reading) => Verdict {
            // Q7: it changes nothing about the lead's conversation.
            handling: Handling::Review(ReviewReason::RepSeemsAway),
            ..Verdict::noted()
        },
        Sender::Rep(_) => Verdict::noted(),
        Sender::Other if is_with_sales(fact) || is_by_machine(reading) => Verdict::noted(),
        Sender::Other => Verdict::review(ReviewReason::OtherSender),
        Sender::Lead => judge_lead(fact, reading),
    }
}

/// Q8: a report that anybody could have written suppresses nobody.
fn judge_bounce(fact: &ConversationFact, recipient: Recipient, reading: &ReadMessage) -> Verdict {
    match (recipient, reading.certainty) {
        _ if !reading.is_permanent => Verdict::noted(),
        (Recipient::Unknown, _) => Verdict::noted(),
        (Recipient::Lead | Recipient::Rep(_), Err(doubt)) => doubted(fact, doubt),
        (Recipient::Lead, Ok(())) => Verdict {
            handling: Handling::Acted,
            effect: stop((!is_with_sales(fact)).then_some(ConversationStatus::Bounced)),
            then: Then::Suppress(SuppressionReason::HardBounce),
        },
        (Recipient::Rep(_), Ok(())) => Verdict::review(ReviewReason::RepUnreached),
    }
}

/// What is doubted is for people. A conversation that a rep has stays with the rep meanwhile.
fn doubted(fact: &ConversationFact, doubt: ReviewReason) -> Verdict {
    let effect = match is_with_sales(fact) {
        true => MailEffect::default(),
        false => stop(Some(ConversationStatus::InReview)),
    };
    Verdict { handling: Handling::Review(doubt), effect, then: Then::Nothing }
}

fn judge_lead(fact: &ConversationFact, reading: &ReadMessage) -> Verdict {
    let unsubscribed = (!is_with_sales(fact)).then_some(ConversationStatus::Unsubscribed);
    match reading.certainty {
        Ok(()) if reading.is_complaint => Verdict {
            handling: Handling::Acted,
            effect: stop(unsubscribed),
            then: Then::Suppress(SuppressionReason::Complaint),
        },
        Err(doubt) if reading.is_complaint => doubted(fact, doubt),
        Ok(()) if is_by_machine(reading) => Verdict {
            effect: MailEffect { becomes: None, follow_ups: reading.follow_ups },
            ..Verdict::noted()
        },
        // Anybody could have written it: it postpones nothing.
        Err(_) if is_by_machine(reading) => Verdict::noted(),
        Ok(()) if reading.label == ReplyLabel::Unsubscribe => labelled(fact, reading.label),
        // Q5: a rep has it, or will have it.
        _ if is_with_sales(fact) => Verdict::noted(),
        Ok(()) => labelled(fact, reading.label),
        Err(reason) => Verdict::review(reason),
    }
}

/// What a label means for a conversation, once it is certain or a person said it.
fn labelled(fact: &ConversationFact, label: ReplyLabel) -> Verdict {
    let unless_with_sales = |status| (!is_with_sales(fact)).then_some(status);
    let ended =
        |status| Verdict { effect: stop(unless_with_sales(status)), ..Verdict::ended(status) };
    match label {
        ReplyLabel::HighIntent => {
            Verdict { handling: Handling::Acted, effect: stop(None), then: Then::Qualify }
        }
        ReplyLabel::Unsubscribe => Verdict {
            then: Then::Suppress(SuppressionReason::Unsubscribe),
            ..ended(ConversationStatus::Unsubscribed)
        },
        ReplyLabel::NotNow | ReplyLabel::NotInterested | ReplyLabel::WrongPerson => {
            ended(ConversationStatus::NotInterested)
        }
        // Q3: always a person's to answer.
        ReplyLabel::Question | ReplyLabel::Other => Verdict::review(ReviewReason::ToBeAnswered),
        ReplyLabel::AutoReply | ReplyLabel::Bounce => Verdict {
            effect: MailEffect {
                becomes: unless_with_sales(ConversationStatus::AwaitingLead),
                follow_ups: FollowUps::GoOn,
            },
            ..Verdict::noted()
        },
    }
}
