//! The rows of conversations by mail: what came in, who is not to be written to, and how conversations stand after it.

use rondo_core::Needs;
use rondo_core::detail::Detail;
use rondo_core::event::{Entry, Event, MailEffect};
use rondo_core::facts::{Facts, MessageFact, SeenMessage};
use rondo_core::ids::{AssignmentId, ConversationId, MailboxId, MessageId, SuppressionId};
use rondo_core::mail::{ConversationStatus, Handling, Mail};
use rondo_core::text::EmailKey;

use super::Shelf;

/// What stands in tables of its own.
#[derive(Debug, Default)]
pub(super) struct MailShelf {
    mailboxes: Vec<(MailboxId, EmailKey)>,
    received: Vec<Received>,
    suppressions: Vec<(SuppressionId, EmailKey)>,
    /// Assignments whose rep is awaited, with how often somebody was reminded.
    pub(super) awaited: Vec<(AssignmentId, u64)>,
}

#[derive(Debug)]
struct Received {
    mailbox: MailboxId,
    key: Option<[u8; 32]>,
    seen: SeenMessage,
    is_open: bool,
}

impl MailShelf {
    pub(super) fn follow(&mut self, entry: &Entry, details: &[Detail]) {
        for detail in details {
            match detail {
                Detail::Mailbox { mailbox, details } => {
                    self.mailboxes.retain(|(id, _)| id != mailbox);
                    self.mailboxes.push((*mailbox, details.email.key()));
                }
                Detail::Suppression { suppression, key, .. } => {
                    self.suppressions.push((*suppression, *key));
                }
                _ => {}
            }
        }
        match &entry.event {
            Event::MailboxRemoved { mailbox } => self.mailboxes.retain(|(id, _)| id != mailbox),
            Event::SuppressionLifted { suppression } => {
                self.suppressions.retain(|(id, _)| id != suppression);
            }
            Event::MessageReceived { message, mailbox, place, label, handling, effect, .. } => {
                let key = details.iter().find_map(|detail| match detail {
                    Detail::Message { message: of, text } if of == message => text.key,
                    _ => None,
                });
                let (message, label, handling) = (*message, *label, *handling);
                let conversation = place.map(|place| place.conversation);
                let stands = effect.becomes == Some(ConversationStatus::InReview);
                let is_review = matches!(handling, Handling::Review(_));
                self.received.push(Received {
                    mailbox: *mailbox,
                    key,
                    seen: SeenMessage { message, conversation, label, handling },
                    is_open: is_review && !(stands && conversation.is_some()),
                });
            }
            Event::MessageReleased { message, handling, .. } => {
                self.received_mut(*message).seen.handling = *handling;
            }
            Event::MessageClosed { message } => self.received_mut(*message).is_open = false,
            _ => {}
        }
        self.follow_awaited(&entry.event);
    }

    fn follow_awaited(&mut self, event: &Event) {
        let (over, reminders) = match event {
            Event::MailQueued { mail: Mail::Handover { assignment }, .. } => (assignment, Some(0)),
            Event::MailQueued { mail: Mail::Reminder { assignment }, .. } => (assignment, Some(1)),
            Event::MailQueued { mail: Mail::Escalation { assignment }, .. }
            | Event::MessageReceived { answered: Some(assignment), .. }
            | Event::MessageReleased { answered: Some(assignment), .. }
            | Event::TakenOver { assignment, .. }
            | Event::RepNotAwaited { assignment, .. }
            | Event::Reassigned { from: assignment, .. } => (assignment, None),
            _ => return,
        };
        self.awaited.retain(|(assignment, _)| assignment != over);
        self.awaited.extend(reminders.map(|reminders| (*over, reminders)));
    }

    fn received_mut(&mut self, message: MessageId) -> &mut Received {
        let mut all = self.received.iter_mut();
        all.find(|known| known.seen.message == message).expect("only known messages are told of")
    }
}

impl Shelf {
    /// Follows what an event says of how a conversation stands.
    pub(super) fn follow_mail(&mut self, event: &Event) {
        match event {
            Event::MailQueued { mailbox, conversation, mail, .. } => {
                let known = self.conversation_mut(*conversation);
                match mail {
                    Mail::Step { step, .. } => {
                        known.next_step = step + 1;
                        known.mailbox = Some(*mailbox);
                        known.status = ConversationStatus::AwaitingLead;
                    }
                    Mail::Answer => known.mailbox = Some(*mailbox),
                    Mail::Handover { .. }
                    | Mail::Note { .. }
                    | Mail::Reminder { .. }
                    | Mail::Escalation { .. } => {}
                }
            }
            Event::StepHeld { conversation, becomes, .. } => {
                self.set_status(*conversation, *becomes);
            }
            Event::MessageReceived { mailbox, place: Some(place), effect, .. } => {
                self.affect(place.conversation, effect);
                self.conversation_mut(place.conversation).mailbox.get_or_insert(*mailbox);
            }
            Event::MessageReleased { place, effect, .. }
            | Event::Reviewed { place, effect, .. } => {
                self.affect(place.conversation, effect);
            }
            Event::SentToReview { place, .. } => {
                self.set_status(place.conversation, ConversationStatus::InReview);
            }
            _ => {}
        }
    }

    fn affect(&mut self, conversation: ConversationId, effect: &MailEffect) {
        if let Some(status) = effect.becomes {
            self.set_status(conversation, status);
        }
    }

    /// How a conversation stands.
    pub(crate) fn status(&self, conversation: ConversationId) -> ConversationStatus {
        let mut all = self.conversations.iter();
        all.find(|known| known.id == conversation).expect("a known conversation").status
    }

    /// Whether an address is suppressed.
    pub(crate) fn is_suppressed(&self, address: EmailKey) -> bool {
        self.mail.suppressions.iter().any(|(_, key)| *key == address)
    }

    /// The suppression that stands, where there is just one.
    pub(crate) fn suppression(&self) -> SuppressionId {
        let [(suppression, _)] = self.mail.suppressions.as_slice() else {
            panic!("there is not just one: {:?}", self.mail.suppressions);
        };
        *suppression
    }

    /// What was done about a message, and whether a person is still to see to it.
    pub(crate) fn handling(&self, message: MessageId) -> (Handling, bool) {
        let mut all = self.mail.received.iter();
        let known = all.find(|known| known.seen.message == message).expect("a known message");
        (known.seen.handling, known.is_open)
    }

    pub(super) fn mail_into(&self, needs: &Needs, facts: &mut Facts) {
        for (mailbox, key) in &self.mail.mailboxes {
            if needs.mailboxes_by_email.contains(key) {
                facts.mailbox_by_email.insert(*key, *mailbox);
            }
        }
        for known in &self.mail.received {
            if let Some(key) = known.key.filter(|key| needs.seen.contains(&(known.mailbox, *key))) {
                facts.seen.insert((known.mailbox, key), known.seen);
            }
            if needs.messages.contains(&known.seen.message) {
                let SeenMessage { message, conversation, handling, .. } = known.seen;
                let fact = MessageFact { conversation, handling, is_open: known.is_open };
                facts.messages.insert(message, fact);
            }
        }
        let of: Vec<EmailKey> = (self.conversations.iter())
            .filter(|known| needs.suppressed_of.contains(&known.id))
            .filter_map(|known| self.address(known.lead))
            .collect();
        for (suppression, key) in &self.mail.suppressions {
            let is_asked = needs.suppressed.contains(key)
                || needs.suppressions.contains(suppression)
                || of.contains(key);
            if is_asked {
                facts.suppressed.insert(*key, *suppression);
            }
        }
        for (key, campaign) in &needs.written_to_elsewhere {
            let is_written_to = self.conversations.iter().any(|known| {
                known.campaign != *campaign
                    && known.mailbox.is_some()
                    && matches!(
                        known.status,
                        ConversationStatus::AwaitingLead | ConversationStatus::InReview
                    )
                    && self.address(known.lead) == Some(*key)
            });
            if is_written_to {
                facts.written_to_elsewhere.insert((*campaign, *key));
            }
        }
    }

    fn address(&self, lead: rondo_core::ids::LeadId) -> Option<EmailKey> {
        let found = self.leads.iter().find(|(id, _)| *id == lead);
        found.map(|(_, fact)| fact.email.key())
    }
}
