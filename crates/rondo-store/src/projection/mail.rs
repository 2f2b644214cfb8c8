//! Conversations by mail, gathered until they are written: messages of both sides, what is to be sent, and how
//! conversations stand after it.

use rondo_core::detail::MessageText;
use rondo_core::event::{MailEffect, MailPlace};
use rondo_core::ids::{
    AssignmentId, ConversationId, LeadId, MailboxId, MessageId, SuppressionId, TeamId,
};
use rondo_core::mail::{
    ConversationStatus, FollowUps, Handling, Mail, ReplyLabel, ReviewReason, Sender,
    SuppressionReason,
};
use rondo_core::text::{Email, EmailKey};
use rondo_core::{Entry, Event, Instant};

use super::details::Details;
use super::leads::Rows;

mod write;

/// What is to be written.
#[derive(Default)]
pub(super) struct PendingMail<'b> {
    threads: Rows<ConversationId, ThreadRow>,
    messages: Vec<MessageRow<'b>>,
    mails: Vec<MailRow>,
    handled: Vec<HandledRow>,
    corrected: Vec<(TeamId, MessageId, ReplyLabel)>,
    closed: Vec<(TeamId, MessageId)>,
    suppressed: Rows<SuppressionId, SuppressionRow<'b>>,
    lifted: Vec<(TeamId, SuppressionId, Instant)>,
    awaited: Rows<AssignmentId, AwaitedRow>,
}

/// How a conversation stands after what was gathered; what is absent stays.
#[derive(Clone, Copy)]
struct ThreadRow {
    team: TeamId,
    conversation: ConversationId,
    status: Option<(ConversationStatus, Option<ReviewReason>)>,
    /// Since when it has stood like this without a break.
    at: Instant,
    /// Whether it stood otherwise than in review at any time.
    was_elsewhere: bool,
    /// Through which mailbox it is led, if it was through none before.
    mailbox: Option<MailboxId>,
    next_step: Option<u16>,
    next_at: Next,
}

/// When the campaign's next message is due.
#[derive(Clone, Copy)]
enum Next {
    Unchanged,
    NotBefore(Instant),
    At(Option<Instant>),
}

struct MessageRow<'b> {
    team: TeamId,
    n: u64,
    at: Instant,
    message: MessageId,
    mailbox: MailboxId,
    place: Option<MailPlace>,
    kind: &'static str,
    step: Option<u16>,
    assignment: Option<AssignmentId>,
    received: Option<ReceivedRow>,
    text: Option<&'b MessageText>,
}

/// What is known of a message that came in.
#[derive(Clone, Copy)]
struct ReceivedRow {
    sender: Sender,
    label: ReplyLabel,
    handling: Handling,
    is_open: bool,
}

struct MailRow {
    team: TeamId,
    message: MessageId,
    mailbox: MailboxId,
    kind: &'static str,
    at: Instant,
}

struct HandledRow {
    team: TeamId,
    message: MessageId,
    handling: Handling,
    is_open: bool,
}

struct SuppressionRow<'b> {
    team: TeamId,
    suppression: SuppressionId,
    lead: Option<LeadId>,
    why: SuppressionReason,
    at: Instant,
    lifted_at: Option<Instant>,
    address: Option<(&'b EmailKey, Option<&'b Email>)>,
}

/// What becomes of the wait for a rep's first word; what is absent stays.
#[derive(Clone, Copy)]
struct AwaitedRow {
    team: TeamId,
    assignment: AssignmentId,
    since: Option<Option<Instant>>,
    reminders: Option<u64>,
    taken_over_at: Option<Instant>,
    wrote_at: Option<Instant>,
}

impl<'b> PendingMail<'b> {
    /// Follows an event of a conversation by mail.
    pub(super) fn follow(
        &mut self,
        team: TeamId,
        entry: &Entry,
        event: &Event,
        details: &Details<'b>,
    ) {
        let at = entry.at;
        match event {
            Event::MailQueued { .. } => self.queue(team, entry, details),
            Event::MessageReceived { .. } => self.take_in(team, entry, details),
            Event::StepHeld { conversation, becomes, why, .. } => {
                let thread = self.thread(team, *conversation);
                thread.stands(at, *becomes, *why);
                thread.next_at = Next::At(None);
            }
            Event::MessageReleased { message, place, handling, answered, effect, .. } => {
                let is_open = is_open(*handling, Some(*place), effect);
                self.handled.push(HandledRow {
                    team,
                    message: *message,
                    handling: *handling,
                    is_open,
                });
                self.note_rep(team, *answered, at);
                self.affect(team, at, *place, effect, reason_of(*handling));
            }
            Event::MessageClosed { message } => self.closed.push((team, *message)),
            Event::Reviewed { place, labelled, effect, .. } => {
                let labelled = labelled.map(|(message, label)| (team, message, label));
                self.corrected.extend(labelled);
                self.affect(team, at, *place, effect, Some(ReviewReason::ToBeAnswered));
            }
            Event::SentToReview { place, why } => {
                let thread = self.thread(team, place.conversation);
                thread.stands(at, ConversationStatus::InReview, Some(*why));
                thread.next_at = Next::At(None);
            }
            Event::Suppressed { suppression, lead, why } => {
                let address = details.suppressions.get(suppression).copied();
                self.suppressed.entry(team, *suppression, || SuppressionRow {
                    team,
                    suppression: *suppression,
                    lead: *lead,
                    why: *why,
                    at,
                    lifted_at: None,
                    address,
                });
            }
            Event::SuppressionLifted { suppression } => {
                match self.suppressed.get_mut(team, *suppression) {
                    Some(row) => row.lifted_at = Some(at),
                    None => self.lifted.push((team, *suppression, at)),
                }
            }
            Event::TakenOver { assignment, .. } => {
                let row = self.awaited(team, *assignment);
                row.since = Some(None);
                row.taken_over_at.get_or_insert(at);
            }
            Event::RepNotAwaited { assignment, .. } => {
                self.awaited(team, *assignment).since = Some(None);
            }
            other => debug_assert!(!other.is_about_leads(), "every event is followed"),
        }
    }

    /// A conversation was assigned, waits, or was withdrawn: what was gathered of its standing is out of date.
    pub(super) fn is_settled(&mut self, team: TeamId, conversation: ConversationId) {
        if let Some(thread) = self.threads.get_mut(team, conversation) {
            thread.status = None;
            thread.was_elsewhere = true;
            thread.next_at = Next::At(None);
        }
    }

    /// An assignment was passed on: nobody waits for its rep any more.
    pub(super) fn passed_on(&mut self, team: TeamId, assignment: AssignmentId) {
        if let Some(row) = self.awaited.get_mut(team, assignment) {
            row.since = Some(None);
        }
    }

    fn queue(&mut self, team: TeamId, entry: &Entry, details: &Details<'b>) {
        let Event::MailQueued { message, mailbox, campaign, conversation, lead, mail } =
            &entry.event
        else {
            return;
        };
        let (message, mailbox, at) = (*message, *mailbox, entry.at);
        let place = MailPlace { campaign: *campaign, conversation: *conversation, lead: *lead };
        let (kind, step, assignment) = match *mail {
            Mail::Step { step, next_at } => {
                let thread = self.thread(team, place.conversation);
                thread.stands(at, ConversationStatus::AwaitingLead, None);
                thread.next_step = Some(step + 1);
                thread.next_at = Next::At(next_at);
                ("step", Some(step), None)
            }
            Mail::Answer => ("answer", None, None),
            Mail::Handover { assignment } => {
                self.await_rep(team, assignment, Some(at), 0);
                ("handover", None, Some(assignment))
            }
            Mail::Note { assignment } => ("note", None, Some(assignment)),
            Mail::Reminder { assignment } => {
                self.await_rep(team, assignment, Some(at), 1);
                ("reminder", None, Some(assignment))
            }
            Mail::Escalation { assignment } => {
                self.await_rep(team, assignment, None, 2);
                ("escalation", None, Some(assignment))
            }
        };
        if matches!(mail, Mail::Step { .. } | Mail::Answer) {
            self.thread(team, place.conversation).mailbox.get_or_insert(mailbox);
        }
        self.mails.push(MailRow { team, message, mailbox, kind, at });
        self.messages.push(MessageRow {
            team,
            n: entry.n,
            at,
            message,
            mailbox,
            place: Some(place),
            kind,
            step,
            assignment,
            received: None,
            text: details.messages.get(&message).copied(),
        });
    }

    fn take_in(&mut self, team: TeamId, entry: &Entry, details: &Details<'b>) {
        let Event::MessageReceived {
            message,
            mailbox,
            place,
            sender,
            label,
            handling,
            answered,
            effect,
        } = &entry.event
        else {
            return;
        };
        let (sender, label, handling) = (*sender, *label, *handling);
        let is_open = is_open(handling, *place, effect);
        self.messages.push(MessageRow {
            team,
            n: entry.n,
            at: entry.at,
            message: *message,
            mailbox: *mailbox,
            place: *place,
            kind: "received",
            step: None,
            assignment: None,
            received: Some(ReceivedRow { sender, label, handling, is_open }),
            text: details.messages.get(message).copied(),
        });
        self.note_rep(team, *answered, entry.at);
        if let Some(place) = place {
            self.thread(team, place.conversation).mailbox.get_or_insert(*mailbox);
            self.affect(team, entry.at, *place, effect, reason_of(handling));
        }
    }

    fn note_rep(&mut self, team: TeamId, answered: Option<AssignmentId>, at: Instant) {
        if let Some(assignment) = answered {
            let row = self.awaited(team, assignment);
            row.since = Some(None);
            row.wrote_at.get_or_insert(at);
        }
    }

    fn affect(
        &mut self,
        team: TeamId,
        at: Instant,
        place: MailPlace,
        effect: &MailEffect,
        reason: Option<ReviewReason>,
    ) {
        let thread = self.thread(team, place.conversation);
        if let Some(status) = effect.becomes {
            let reason = reason.filter(|_| status == ConversationStatus::InReview);
            thread.stands(at, status, reason);
        }
        thread.next_at = match (effect.follow_ups, thread.next_at) {
            (FollowUps::GoOn, next) => next,
            (FollowUps::Stop, _) => Next::At(None),
            (FollowUps::From(at), _) => Next::At(Some(at)),
            (FollowUps::NotBefore(at), Next::At(next)) => Next::At(next.map(|next| next.max(at))),
            (FollowUps::NotBefore(at), Next::NotBefore(other)) => Next::NotBefore(other.max(at)),
            (FollowUps::NotBefore(at), Next::Unchanged) => Next::NotBefore(at),
        };
    }

    fn await_rep(
        &mut self,
        team: TeamId,
        assignment: AssignmentId,
        since: Option<Instant>,
        reminders: u64,
    ) {
        let row = self.awaited(team, assignment);
        row.since = Some(since);
        row.reminders = Some(reminders);
    }

    fn awaited(&mut self, team: TeamId, assignment: AssignmentId) -> &mut AwaitedRow {
        self.awaited.entry(team, assignment, || AwaitedRow {
            team,
            assignment,
            since: None,
            reminders: None,
            taken_over_at: None,
            wrote_at: None,
        })
    }

    fn thread(&mut self, team: TeamId, conversation: ConversationId) -> &mut ThreadRow {
        self.threads.entry(team, conversation, || ThreadRow {
            team,
            conversation,
            status: None,
            at: Instant::default(),
            was_elsewhere: false,
            mailbox: None,
            next_step: None,
            next_at: Next::Unchanged,
        })
    }
}

impl ThreadRow {
    fn stands(&mut self, at: Instant, status: ConversationStatus, why: Option<ReviewReason>) {
        if self.status.is_none_or(|(before, _)| before != status) {
            self.at = at;
        }
        self.was_elsewhere |= status != ConversationStatus::InReview;
        self.status = Some((status, why));
    }
}

fn reason_of(handling: Handling) -> Option<ReviewReason> {
    match handling {
        Handling::Review(reason) => Some(reason),
        Handling::Acted | Handling::Noted | Handling::Held => None,
    }
}

/// Whether a person is to see to the message itself: it is for review, and no conversation in review stands for it.
fn is_open(handling: Handling, place: Option<MailPlace>, effect: &MailEffect) -> bool {
    let stands = place.is_some() && effect.becomes == Some(ConversationStatus::InReview);
    matches!(handling, Handling::Review(_)) && !stands
}
