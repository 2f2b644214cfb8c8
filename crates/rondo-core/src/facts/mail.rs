//! How facts follow what happens to conversations by mail.

use super::{Facts, SeenMessage};
use crate::detail::Detail;
use crate::event::MailEffect;
use crate::ids::{AssignmentId, ConversationId, MailboxId, MessageId};
use crate::mail::{ConversationStatus, Handling, Mail};

impl Facts {
    pub(super) fn queue_mail(
        &mut self,
        mailbox: MailboxId,
        conversation: ConversationId,
        mail: Mail,
    ) {
        match mail {
            Mail::Handover { assignment } => _ = self.awaited.insert(assignment, 0),
            Mail::Reminder { assignment } => _ = self.awaited.insert(assignment, 1),
            Mail::Escalation { assignment } => self.await_no_more(Some(assignment)),
            Mail::Step { .. } | Mail::Answer | Mail::Note { .. } => {}
        }
        let Some(fact) = self.conversations.get_mut(&conversation) else { return };
        match mail {
            Mail::Step { step, .. } => {
                fact.next_step = step + 1;
                fact.mailbox = Some(mailbox);
                fact.status = ConversationStatus::AwaitingLead;
            }
            Mail::Answer => fact.mailbox = Some(mailbox),
            Mail::Handover { .. }
            | Mail::Note { .. }
            | Mail::Reminder { .. }
            | Mail::Escalation { .. } => {}
        }
    }

    pub(super) fn await_no_more(&mut self, assignment: Option<AssignmentId>) {
        if let Some(assignment) = assignment {
            self.awaited.remove(&assignment);
        }
    }

    /// A message came in; the details carry by what it is known when it comes again.
    pub(super) fn take_in(
        &mut self,
        mailbox: MailboxId,
        seen: SeenMessage,
        effect: &MailEffect,
        details: &[Detail],
    ) {
        let key = details.iter().find_map(|detail| match detail {
            Detail::Message { message, text } if *message == seen.message => text.key,
            _ => None,
        });
        self.seen.extend(key.map(|key| ((mailbox, key), seen)));
        let Some(conversation) = seen.conversation else { return };
        self.apply_effect(conversation, effect);
        if let Some(fact) = self.conversations.get_mut(&conversation) {
            fact.mailbox.get_or_insert(mailbox);
        }
    }

    pub(super) fn release(&mut self, message: MessageId, handling: Handling) {
        if let Some(fact) = self.messages.get_mut(&message) {
            fact.handling = handling;
        }
    }

    pub(super) fn close_message(&mut self, message: MessageId) {
        if let Some(fact) = self.messages.get_mut(&message) {
            fact.is_open = false;
        }
    }

    pub(super) fn apply_effect(&mut self, conversation: ConversationId, effect: &MailEffect) {
        if let Some(status) = effect.becomes {
            self.set_status(conversation, status);
        }
    }

    pub(super) fn set_status(&mut self, conversation: ConversationId, status: ConversationStatus) {
        if let Some(fact) = self.conversations.get_mut(&conversation) {
            fact.status = status;
        }
    }
}
