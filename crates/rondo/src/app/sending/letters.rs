//! What is queued, as messages that mail servers take: composed when they are sent, the same each time.

use rondo_core::Instant;
use rondo_core::detail::{MailboxDetails, MessageText};
use rondo_core::ids::{AssignmentId, MessageId, RepId};
use rondo_core::mail::{ConversationStatus, Handling, ReplyLabel, ReviewReason};
use rondo_core::team::Status;
use rondo_store::{MailState, MailboxRow, MessageRow, RepRow, ThreadRow};

use super::zone;
use crate::app::replies::{hops_of, reading_of, shown};
use crate::app::{App, AppError, Caller, Look, assignments};
use crate::mail::Mailbox;
use crate::mail::compose::{
    Answered, ComposeError, Kind, Outgoing, Unsubscribe, html_of, reply_subject,
};
use crate::mail::letters::{
    self, Actions, Head, LastMessage, Reminder, Thread, Told, handover, note, reminder,
    reminder_to_admin,
};
use crate::mail::template::{Fields, Form, Rep, Template};
use crate::mail::tokens::{
    Action, ActionLink, ConversationToken, Returning, UnsubscribeToken, message_id, tokened_address,
};

/// Messages of a thread that a new one refers to: as many as headers take, and more.
pub const THREAD_MESSAGES_MAX: u32 = 200;
/// How long a rep's links open: two weeks, in which every reminder falls.
const LINK_SECONDS: i64 = 14 * 24 * 60 * 60;

/// What a queued message came to.
pub enum Written {
    /// It can be handed over.
    Letter(Box<Letter>),
    /// It is not to be sent for now, and is to be written again then.
    NotBefore(Instant),
    /// It is not to be sent any more, for this reason.
    NotToBeSent(&'static str),
    /// It is not to be sent now, for this reason.
    NotYet(&'static str),
    /// It is to be sent, and cannot be written.
    CannotBe(ComposeError),
}

/// A message with its envelope.
pub struct Letter {
    /// Where reports of failed delivery go.
    pub envelope_from: String,
    /// To whom it goes.
    pub recipients: Vec<(Whose, String)>,
    /// The whole of it.
    pub raw: Vec<u8>,
    /// What it says.
    pub text: MessageText,
}

/// Whose address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The lead's.
    Lead,
    /// The rep's.
    Rep,
    /// An admin's.
    Admin,
}

/// Writes a queued message.
pub async fn write(
    app: &App,
    caller: &Caller,
    mailbox: &MailboxRow,
    message: &MessageRow,
) -> Result<Written, AppError> {
    let Some(details) = &mailbox.details else {
        return Ok(Written::NotToBeSent("the mailbox has no address any more"));
    };
    let Some(conversation) = message.conversation else {
        return Ok(Written::NotToBeSent("it belongs to no conversation"));
    };
    let thread = app.store().thread(caller.team, conversation).await?;
    let thread = thread.ok_or_else(|| AppError::not_found("conversation", conversation))?;
    let look = app.look(caller.team).await?;
    let lead = app.store().step_for(caller.team, thread.campaign, thread.lead).await?;
    let Some(lead) = lead else { return Ok(Written::NotToBeSent("the lead was erased")) };
    let is_to_lead = matches!(message.kind.as_str(), "step" | "answer" | "handover");
    if is_to_lead && lead.is_suppressed {
        return Ok(Written::NotToBeSent("the address is suppressed"));
    }
    let campaign = look.team.campaign(thread.campaign);
    let status = campaign.map(|campaign| campaign.status);
    if is_to_lead && status == Some(Status::Paused) {
        return Ok(Written::NotYet("the campaign is paused"));
    }
    if message.kind == "step" {
        let store = app.store();
        let id = Some(message.id);
        let later = store.messages(caller.team, conversation, id, THREAD_MESSAGES_MAX).await?;
        if let Some(outdated) = outdated(status, &thread, &later) {
            return Ok(outdated);
        }
    }
    let campaign = campaign.map(|campaign| campaign.settings.name.to_string()).unwrap_or_default();
    let fields = super::steps::fields_of(&lead, &campaign, details);
    let earlier = app
        .store()
        .messages_before(caller.team, conversation, message.id, THREAD_MESSAGES_MAX)
        .await?;
    if message.kind == "step" {
        let is_queued = |row: &MessageRow| {
            row.kind == "step" && matches!(row.mail, Some((MailState::Queued, _)))
        };
        // A message that is put off holds up those that follow it.
        if earlier.iter().any(is_queued) {
            return Ok(Written::NotYet("an earlier message of the campaign waits"));
        }
        let plan = look.team.campaign(thread.campaign).and_then(|parts| parts.mail.as_ref());
        if let Some(at) = plan.and_then(|plan| super::steps::opens_at(plan, &look)) {
            return Ok(Written::NotBefore(at));
        }
    }
    let desk = Desk { app, caller, look: &look, details, message, thread, fields, earlier };
    desk.write().await
}

/// Why a campaign's message is not to be sent, of what has happened since it was queued.
fn outdated(status: Option<Status>, thread: &ThreadRow, later: &[MessageRow]) -> Option<Written> {
    let is_there = |handling: Handling| {
        let of = |row: &MessageRow| {
            row.handled.is_some_and(|(label, of)| of == handling && label != ReplyLabel::AutoReply)
        };
        later.iter().any(of)
    };
    if status != Some(Status::Running) {
        Some(Written::NotToBeSent("the campaign is over"))
    } else if thread.status != ConversationStatus::AwaitingLead {
        Some(Written::NotToBeSent("the conversation has moved on"))
    } else if is_there(Handling::Acted) {
        Some(Written::NotToBeSent("the lead has answered"))
    } else {
        let why = "what came in while the campaign was paused is not acted on yet";
        is_there(Handling::Held).then_some(Written::NotYet(why))
    }
}

/// Whether the lead has seen a message, or wrote it, and no doubt about that is left (Q8).
pub fn is_in_thread(row: &MessageRow) -> bool {
    matches!(row.kind.as_str(), "step" | "answer" | "handover")
        || row.kind == "received" && is_of_lead(row)
}

/// Whether the lead wrote a message that came in, themselves and without a doubt (Q8).
fn is_of_lead(row: &MessageRow) -> bool {
    let Some((label, handling)) = row.handled else { return false };
    let reason = match handling {
        Handling::Review(reason) => Some(reason),
        // Where a rep has the conversation, or it is over, the doubt is kept beside the message alone.
        Handling::Acted | Handling::Noted | Handling::Held => None,
    };
    let kept = row.text.as_ref().and_then(|text| reading_of(text.reading.as_deref()?));
    let kept = kept.and_then(|kept| kept.certainty.err());
    let is_by_person = !matches!(label, ReplyLabel::AutoReply | ReplyLabel::Bounce);
    row.is_from_lead && is_by_person && ![reason, kept].into_iter().flatten().any(is_doubt)
}

/// Whether it is in doubt who wrote a message, rather than what it means.
fn is_doubt(reason: ReviewReason) -> bool {
    use ReviewReason as Why;
    match reason {
        Why::WeakTie | Why::Unauthenticated | Why::OtherSender | Why::Loop => true,
        Why::Uncertain
        | Why::ToBeAnswered
        | Why::Referral
        | Why::NoConversation
        | Why::RepUnreached
        | Why::RepSeemsAway
        | Why::CampaignOver
        | Why::MissingFields
        | Why::WrongLead
        | Why::NotSent => false,
    }
}

/// All that a message is written from.
struct Desk<'a> {
    app: &'a App,
    caller: &'a Caller,
    look: &'a Look,
    details: &'a MailboxDetails,
    message: &'a MessageRow,
    thread: ThreadRow,
    fields: Fields,
    /// The messages of the conversation before this one.
    earlier: Vec<MessageRow>,
}

impl Desk<'_> {
    async fn write(&self) -> Result<Written, AppError> {
        match (self.message.kind.as_str(), self.message.assignment) {
            ("step", _) => self.step(),
            ("answer", _) => self.answer(),
            ("handover", Some(assignment)) => self.handover(assignment).await,
            ("note", Some(assignment)) => self.note(assignment).await,
            ("reminder", Some(assignment)) => self.remind_rep(assignment).await,
            ("escalation", Some(assignment)) => self.tell_admin(assignment).await,
            _ => Ok(Written::NotToBeSent("nobody knows what it is")),
        }
    }

    fn address(&self) -> &str {
        self.details.email.as_str()
    }

    fn head(&self) -> Head {
        Head { message_id: self.id_of(self.message.id), date: self.message.at }
    }

    fn id_of(&self, message: MessageId) -> String {
        message_id(self.app.tokens(), message, self.address())
    }

    /// The messages that the lead has seen or written, with their ids, oldest first.
    fn seen_by_lead(&self) -> Vec<(String, &MessageRow)> {
        let of = |row: &MessageRow| match row.kind.as_str() {
            "received" => row.text.as_ref()?.message_id.clone(),
            _ => Some(self.id_of(row.id)),
        };
        let seen = self.earlier.iter().filter(|row| is_in_thread(row));
        seen.filter_map(|row| Some((of(row)?, row))).collect()
    }

    /// What an answer in the thread carries on; the last message that the lead wrote, or else that we wrote.
    fn thread(&self) -> Option<Thread> {
        let seen = self.seen_by_lead();
        let last = seen.iter().rposition(|(_, row)| row.kind == "received");
        let at = last.or(seen.len().checked_sub(1))?;
        let (id, row) = &seen[at];
        let text = row.text.as_ref()?;
        let references = match row.kind.as_str() {
            "received" if !text.references.is_empty() => text.references.clone(),
            _ => seen[..at].iter().map(|(id, _)| id.clone()).collect(),
        };
        let is_received = row.kind == "received";
        let answered = Answered {
            message_id: id.clone(),
            references,
            hops: is_received.then(|| text.reading.as_deref().map_or(0, hops_of)),
        };
        Some(Thread { subject: text.subject.clone(), answered, last: self.last_words() })
    }

    fn last_words(&self) -> Option<LastMessage> {
        let last = self.earlier.iter().rfind(|row| row.kind == "received" && is_of_lead(row))?;
        let text = last.text.as_ref()?;
        Some(LastMessage {
            who: text.from.clone(),
            at: last.at,
            zone: zone(&self.look.team.settings().time_zone),
            text: text.text.clone(),
        })
    }

    fn step(&self) -> Result<Written, AppError> {
        let Some(text) = &self.message.text else {
            return Ok(Written::NotToBeSent("its text was erased"));
        };
        let seen = self.seen_by_lead();
        let is_same = |(_, row): &&(String, &MessageRow)| {
            let other = row.text.as_ref().map(|other| reply_subject(&other.subject));
            other.is_some_and(|other| other == reply_subject(&text.subject))
        };
        let answers = seen.last().filter(is_same).map(|(id, _)| Answered {
            message_id: id.clone(),
            references: seen[..seen.len() - 1].iter().map(|(id, _)| id.clone()).collect(),
            hops: None,
        });
        let token = UnsubscribeToken { team: self.caller.team, lead: self.thread.lead };
        let path = format!("u/{}", token.text(self.app.tokens()));
        let unsubscribe = self.app.public_url().join(&path).ok();
        let unsubscribe =
            unsubscribe.map(|url| Unsubscribe { url: url.to_string(), address: None });
        let Head { message_id, date } = self.head();
        let outgoing = Outgoing {
            kind: Kind::Campaign { unsubscribe },
            message_id,
            date,
            from: self.assistant(),
            to: vec![self.lead()],
            cc: Vec::new(),
            reply_to: Vec::new(),
            subject: text.subject.clone(),
            answers,
            text: text.text.clone(),
            html: text.html.clone(),
        };
        self.letter(outgoing, vec![(Whose::Lead, self.fields.email.clone())])
    }

    /// What a person wrote, in the lead's thread; the first message where there is none.
    fn answer(&self) -> Result<Written, AppError> {
        let Some(text) = &self.message.text else {
            return Ok(Written::NotToBeSent("its text was erased"));
        };
        let (head, reply_address) = (self.head(), self.tokened(Returning::Reply));
        let outgoing = match self.thread() {
            Some(thread) => letters::answer(&letters::Answer {
                head,
                fields: &self.fields,
                cc: Vec::new(),
                reply_address,
                // The subject was chosen, and shown, when the person wrote.
                thread: &Thread { subject: text.subject.clone(), ..thread },
                text: &text.text,
            }),
            None => Outgoing {
                kind: Kind::Answer,
                message_id: head.message_id,
                date: head.date,
                from: self.assistant(),
                to: vec![self.lead()],
                cc: Vec::new(),
                reply_to: vec![Mailbox { address: reply_address, ..self.assistant() }],
                subject: text.subject.clone(),
                answers: None,
                text: text.text.trim_end().to_owned(),
                html: Some(html_of(&text.text)),
            },
        };
        self.letter(outgoing, vec![(Whose::Lead, self.fields.email.clone())])
    }

    async fn handover(&self, assignment: AssignmentId) -> Result<Written, AppError> {
        let Some(rep) = self.rep_of(assignment).await? else { return Ok(self.superseded()) };
        let Some(thread) = self.thread() else {
            return Ok(Written::NotToBeSent("the lead was never written to"));
        };
        let own = self.look.team.settings().handover_template.as_deref();
        let own = own.and_then(|source| Template::parse(Form::Text, source).ok());
        let handed = handover(&letters::Handover {
            head: self.head(),
            fields: &self.fields,
            rep: &rep,
            reply_address: self.tokened(Returning::Reply),
            thread: &thread,
            template: own.as_ref(),
        });
        let recipients =
            vec![(Whose::Lead, self.fields.email.clone()), (Whose::Rep, rep.email.clone())];
        self.letter(handed.outgoing, recipients)
    }

    async fn note(&self, assignment: AssignmentId) -> Result<Written, AppError> {
        let Some(rep) = self.rep_of(assignment).await? else { return Ok(self.superseded()) };
        let why = assignments::sentence(self.app, self.look, assignment).await?;
        let (last, actions) = (self.last_words(), self.actions(assignment));
        let told = self.told(&rep, last.as_ref(), Some(&actions));
        let outgoing = note(&letters::Note { head: self.head(), told, why: &why });
        self.letter(outgoing, vec![(Whose::Rep, rep.email.clone())])
    }

    async fn remind_rep(&self, assignment: AssignmentId) -> Result<Written, AppError> {
        let Some(rep) = self.rep_of(assignment).await? else { return Ok(self.superseded()) };
        let (last, actions) = (self.last_words(), self.actions(assignment));
        let told = self.told(&rep, last.as_ref(), Some(&actions));
        let zone = zone(&self.look.team.settings().time_zone);
        let assigned_at = self.assigned_at(assignment);
        let outgoing = reminder(&Reminder { head: self.head(), told, assigned_at, zone: &zone });
        self.letter(outgoing, vec![(Whose::Rep, rep.email.clone())])
    }

    async fn tell_admin(&self, assignment: AssignmentId) -> Result<Written, AppError> {
        let Some(rep) = self.rep_of(assignment).await? else { return Ok(self.superseded()) };
        let admins = self.app.store().admin_addresses(self.caller.team, 1).await?;
        let Some(address) = admins.into_iter().next() else {
            return Ok(Written::NotToBeSent("the team has no admin with an address"));
        };
        let last = self.last_words();
        let told = self.told(&rep, last.as_ref(), None);
        let zone = zone(&self.look.team.settings().time_zone);
        let assigned_at = self.assigned_at(assignment);
        let admin = Mailbox { name: None, address: address.clone() };
        let reminder = Reminder { head: self.head(), told, assigned_at, zone: &zone };
        self.letter(reminder_to_admin(&reminder, admin), vec![(Whose::Admin, address)])
    }

    fn superseded(&self) -> Written {
        Written::NotToBeSent("the lead was passed on, or the rep has left")
    }

    fn told<'t>(
        &'t self,
        rep: &'t Rep,
        last: Option<&'t LastMessage>,
        actions: Option<&'t Actions>,
    ) -> Told<'t> {
        Told { fields: &self.fields, rep, last, actions }
    }

    /// The rep of an assignment that still stands.
    async fn rep_of(&self, assignment: AssignmentId) -> Result<Option<Rep>, AppError> {
        let standing = self.thread.assignment.filter(|(standing, _)| *standing == assignment);
        let Some((_, rep)) = standing else { return Ok(None) };
        let row = self.app.store().rep(self.caller.team, rep).await?;
        Ok(row.map(|RepRow { name, email, phone, calendar_link, .. }| Rep {
            name,
            email,
            phone,
            calendar_link,
        }))
    }

    fn assigned_at(&self, assignment: AssignmentId) -> Instant {
        let of = |row: &&MessageRow| row.assignment == Some(assignment);
        self.earlier.iter().find(of).map_or(self.message.at, |row| row.at)
    }

    fn actions(&self, assignment: AssignmentId) -> Actions {
        let rep = self.thread.assignment.map(|(_, rep)| rep);
        let link = |action| self.link(assignment, rep, action);
        Actions {
            take_over: link(Action::TakeOver),
            pass_on: link(Action::PassOn),
            away: link(Action::Away),
            wrong_lead: link(Action::WrongLead),
        }
    }

    fn link(&self, assignment: AssignmentId, rep: Option<RepId>, action: Action) -> String {
        let Some(rep) = rep else { return String::new() };
        let expires_at = self.message.at.plus_seconds(LINK_SECONDS);
        let link = ActionLink { team: self.caller.team, assignment, rep, action, expires_at };
        let path = format!("a/{}", link.text(self.app.tokens()));
        self.app.public_url().join(&path).map(String::from).unwrap_or_default()
    }

    /// The assistant's address with the conversation in it; the plain one where that cannot be.
    fn tokened(&self, returning: Returning) -> String {
        let plain = self.address();
        let conversation = self.thread.conversation;
        let token = ConversationToken { team: self.caller.team, conversation, returning };
        let tokened = self
            .details
            .has_plus_addresses
            .then(|| tokened_address(plain, &token.text(self.app.tokens())))
            .flatten();
        tokened.unwrap_or_else(|| plain.to_owned())
    }

    fn assistant(&self) -> Mailbox {
        Mailbox { name: Some(self.details.name.to_string()), address: self.address().to_owned() }
    }

    fn lead(&self) -> Mailbox {
        Mailbox { name: self.fields.lead.name.clone(), address: self.fields.email.clone() }
    }

    fn letter(
        &self,
        outgoing: Outgoing,
        recipients: Vec<(Whose, String)>,
    ) -> Result<Written, AppError> {
        let raw = match outgoing.compose(self.app.tokens()) {
            Ok(raw) => raw,
            Err(error) => {
                tracing::warn!(message = %self.message.id, %error, "A message cannot be composed.");
                return Ok(Written::CannotBe(error));
            }
        };
        let text = MessageText {
            message_id: Some(outgoing.message_id.clone()),
            from: shown(&outgoing.from),
            to: outgoing.to.iter().map(shown).collect(),
            cc: outgoing.cc.iter().map(shown).collect(),
            subject: outgoing.subject.clone(),
            text: outgoing.text.clone(),
            ..MessageText::default()
        };
        Ok(Written::Letter(Box::new(Letter {
            envelope_from: self.tokened(Returning::Bounce),
            recipients,
            raw,
            text,
        })))
    }
}
