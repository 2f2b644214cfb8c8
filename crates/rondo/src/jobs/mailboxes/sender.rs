//! Sends what is queued for a mailbox, and lets its campaigns write.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rondo_core::Instant;
use rondo_core::command::{Command, MailFailure};
use rondo_core::ids::{ConversationId, MailboxId, TeamId};
use rondo_store::{DueMail, LeftTo, MailOutcome, MailboxRow, StoreError, TriedMail};
use tokio::sync::watch;

use super::{Health, look_up, pauses};
use crate::app::sending::{self, Letter, Whose, Written, steps, system, upkeep};
use crate::app::{App, AppError};
use crate::engine::EngineError;
use crate::mail::BounceKind;
use crate::mail::compose::ComposeError;
use crate::mail::reading::kind_of_refusal;
use crate::mail::servers::{Unusable, server, smtp_secret};
use crate::mail::transport::Server;
use crate::mail::transport::smtp::{self, Outcome, Refusal, SendFailure, Session};

/// Mails that are taken up in one go.
const MAILS_MAX: u32 = 50;
/// How long a mailbox rests at most before it is looked at again, with nobody saying that there is something to do.
const REST_MAX: Duration = Duration::from_secs(30);
/// How long a mailbox rests at least while nothing is due.
const REST_MIN: Duration = Duration::from_millis(50);
/// How long a mailbox rests that was never read, so that answers to what it sends would be lost.
const UNREAD_REST: Duration = Duration::from_secs(1);
/// How far the beginnings of two passes are apart at least, of which the first found nothing to do: a busy team commits all
/// the time, and seldom something that is to be sent.
const PASS_PERIOD: Duration = Duration::from_secs(1);
/// How long a mail is left alone that may not go out now: how late it is at most once it may.
const PUT_OFF_SECONDS: i64 = 60;

/// Why sending stopped.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Unusable(#[from] Unusable),
    #[error(transparent)]
    Send(#[from] SendFailure),
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// Sends from a mailbox until it is removed, or the server closes: what is being sent then is sent first.
pub(super) async fn run(
    app: App,
    team: TeamId,
    mailbox: MailboxId,
    health: Arc<Health>,
    mut closing: watch::Receiver<bool>,
) {
    let mut failures = 0;
    // What is committed for the team from now on is heard of.
    let mut news = app.engine().subscribe(team);
    while !*closing.borrow() {
        news.mark_unchanged();
        let begun = app.clock().monotonic();
        match once(&app, team, mailbox, &closing).await {
            Ok(rest) => {
                failures = 0;
                health.is_unsent.store(false, Ordering::Relaxed);
                tokio::select! {
                    changed = news.changed() => {
                        if changed.is_err() {
                            // The engine has stopped.
                            return;
                        }
                        let since = app.clock().monotonic().saturating_sub(begun);
                        let left = if rest.is_zero() { REST_MIN } else { PASS_PERIOD - since.min(PASS_PERIOD) };
                        app.clock().wait(left.max(REST_MIN)).await;
                    }
                    // Whoever stops says so; whoever is gone has stopped.
                    _ = closing.changed() => {}
                    () = app.clock().wait(rest.clamp(REST_MIN, REST_MAX)) => {}
                }
            }
            Err(stopped) => {
                failures += 1;
                health.is_unsent.store(true, Ordering::Relaxed);
                tracing::warn!(%team, %mailbox, failures, "Mail could not be sent from a mailbox; trying again.");
                say(&app, team, mailbox, Some(&stopped.to_string())).await;
                tokio::select! {
                    _ = closing.changed() => {}
                    () = app.clock().wait(pauses::after_trouble(failures)) => {}
                }
            }
        }
    }
}

/// Says for people what is wrong, or that nothing is any more.
async fn say(app: &App, team: TeamId, mailbox: MailboxId, trouble: Option<&str>) {
    if let Err(error) = app.store().mailbox_sent(team, mailbox, trouble, app.clock().now()).await {
        tracing::warn!(%team, %mailbox, %error, "What is wrong with a mailbox could not be written down.");
    }
}

/// Does what is due, and says how long nothing will be.
async fn once(
    app: &App,
    team: TeamId,
    mailbox: MailboxId,
    closing: &watch::Receiver<bool>,
) -> Result<Duration, Stopped> {
    let Some(row) = look_up(app, team, mailbox).await? else { return Ok(REST_MAX) };
    let has_imap = row.details.as_ref().is_some_and(|details| details.imap.is_some());
    if has_imap && row.last_read_at.is_none() {
        return Ok(UNREAD_REST);
    }
    let caller = system(team);
    let mut done = 0;
    let first = app.store().mailboxes(team).await?.first().map(|first| first.id);
    if first == Some(mailbox) {
        done += upkeep::release_held(app, &caller).await?;
        done += upkeep::remind(app, &caller).await?;
    }
    let planned = steps::plan(app, &caller, &row).await?;
    done += planned.done;
    let now = app.clock().now();
    let due = app.store().mails_due(team, mailbox, now, MAILS_MAX).await?;
    if !due.is_empty() {
        done += due.len() as u64;
        send(app, team, &row, &due, closing).await?;
    }
    if row.send_error.is_some() {
        say(app, team, mailbox, None).await;
    }
    if done > 0 {
        return Ok(Duration::ZERO);
    }
    let next = app.store().next_mail_due(team, mailbox).await?;
    let next = next.into_iter().chain(planned.next_at).min();
    Ok(next.map_or(REST_MAX, |next| {
        let micros = next.as_micros().saturating_sub(app.clock().now().as_micros());
        Duration::from_micros(micros.try_into().unwrap_or(0))
    }))
}

async fn send(
    app: &App,
    team: TeamId,
    row: &MailboxRow,
    due: &[DueMail],
    closing: &watch::Receiver<bool>,
) -> Result<(), Stopped> {
    let Some(details) = &row.details else { return Ok(()) };
    let secret = details.smtp_secret.as_deref();
    let (server, _) = server(app.vault(), &details.smtp, secret, smtp_secret(team, row.id))?;
    let mut line = Line { app, server, session: None };
    let mut result = Ok(());
    for mail in due {
        if *closing.borrow() {
            break;
        }
        result = send_one(&mut line, team, row, mail).await;
        if result.is_err() {
            break;
        }
    }
    line.close().await;
    result
}

/// The connection to the server: made when it is needed, and used for one message after the other.
struct Line<'a> {
    app: &'a App,
    server: Server,
    session: Option<Session>,
}

impl Line<'_> {
    /// What goes wrong here is about the server, whatever it is: no message was spoken of yet.
    async fn open(&mut self) -> Result<Session, SendFailure> {
        match self.session.take().filter(Session::is_open) {
            Some(session) => Ok(session),
            None => smtp::open(self.app.connector(), &self.server).await,
        }
    }

    async fn send(
        &mut self,
        mut session: Session,
        letter: &Letter,
    ) -> Result<Vec<Outcome>, SendFailure> {
        let recipients: Vec<_> =
            letter.recipients.iter().map(|(_, address)| address.clone()).collect();
        let sent = session.send(&letter.envelope_from, &recipients, &letter.raw).await;
        self.session = Some(session);
        sent
    }

    async fn close(self) {
        if let Some(session) = self.session {
            session.quit().await;
        }
    }
}

async fn send_one(
    line: &mut Line<'_>,
    team: TeamId,
    row: &MailboxRow,
    due: &DueMail,
) -> Result<(), Stopped> {
    let app = line.app;
    let Some(message) = app.store().message(team, due.message).await? else {
        let tried = Tried { app, team, due, conversation: None, is_to_lead: false };
        return tried.give_up("it is gone").await;
    };
    let is_to_lead = due.left_to == LeftTo::All
        && matches!(message.kind.as_str(), "step" | "answer" | "handover");
    let tried = Tried { app, team, due, conversation: message.conversation, is_to_lead };
    let mut letter = match sending::write(app, &system(team), row, &message).await {
        Ok(Written::Letter(letter)) => letter,
        Ok(Written::NotToBeSent(why)) => return tried.give_up(why).await,
        Ok(Written::NotYet(why)) => {
            let at = app.clock().now().plus_seconds(PUT_OFF_SECONDS);
            return tried.put_off(at, why).await;
        }
        Ok(Written::NotBefore(at)) => {
            return tried.put_off(at, "its campaign writes at other hours").await;
        }
        Ok(Written::CannotBe(error)) => return tried.failed(Failure::NotWritten(&error)).await,
        // The others are not to wait for this one.
        Err(error) => return tried.again(&error.to_string()).await,
    };
    if due.left_to == LeftTo::Rep {
        letter.recipients.retain(|(whose, _)| *whose == Whose::Rep);
    }
    let session = line.open().await?;
    // A message that is written down first says what may have been sent, whatever happens then.
    app.store().message_written(team, due.message, &letter.text).await?;
    match line.send(session, &letter).await {
        Ok(outcomes) => tried.sent(&letter, &outcomes).await,
        Err(SendFailure::Permanent(refusal)) => tried.failed(Failure::Refused(&refusal)).await,
        Err(failure) if failure.may_be_repeated() && !is_about_the_server(&failure) => {
            tried.again(&failure.to_string()).await
        }
        // The server is not to be spoken to: the message waits, and is not at fault.
        Err(failure) => Err(failure.into()),
    }
}

fn is_about_the_server(failure: &SendFailure) -> bool {
    matches!(
        failure,
        SendFailure::Unreached(_) | SendFailure::Tls(_) | SendFailure::LoginRefused(_)
    )
}

/// Why a mail is given up.
enum Failure<'a> {
    /// It cannot be written.
    NotWritten(&'a ComposeError),
    /// The server takes nothing of it, whoever is to have it.
    Refused(&'a Refusal),
    /// The server does not take it for the one whom it is for.
    OfRecipient(&'a Refusal),
    /// It was tried for days.
    TriedEnough(&'a str),
}

impl Failure<'_> {
    fn why(&self, is_to_lead: bool) -> MailFailure {
        match self {
            Self::NotWritten(_) => MailFailure::Other,
            _ if !is_to_lead => MailFailure::RepUnreached,
            Self::OfRecipient(refusal) if is_unknown(refusal) => MailFailure::NoSuchAddress,
            Self::OfRecipient(_) | Self::Refused(_) | Self::TriedEnough(_) => MailFailure::Other,
        }
    }

    fn outcome(&self) -> &'static str {
        match self {
            Self::Refused(_) | Self::OfRecipient(_) => "refused",
            Self::NotWritten(_) | Self::TriedEnough(_) => "given_up",
        }
    }
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWritten(error) => error.fmt(f),
            Self::Refused(refusal) | Self::OfRecipient(refusal) => refusal.fmt(f),
            Self::TriedEnough(trouble) => f.write_str(trouble),
        }
    }
}

/// Whether a server says of a recipient that there is no such address (Q6), by the same rule as for reports.
fn is_unknown(refusal: &Refusal) -> bool {
    let kind = kind_of_refusal(refusal.enhanced.as_deref(), &refusal.to_string());
    kind == BounceKind::Hard
}

/// A mail that was tried. What people are to see is decided before the mail is noted as over: a crash in between repeats it.
struct Tried<'a> {
    app: &'a App,
    team: TeamId,
    due: &'a DueMail,
    conversation: Option<ConversationId>,
    is_to_lead: bool,
}

impl Tried<'_> {
    async fn sent(&self, letter: &Letter, outcomes: &[Outcome]) -> Result<(), Stopped> {
        let of = |whose| {
            let mut pairs = letter.recipients.iter().zip(outcomes);
            pairs.find(|((who, _), _)| *who == whose).map(|(_, outcome)| outcome)
        };
        let (lead, rep) = (of(Whose::Lead), of(Whose::Rep));
        match lead.or(rep).or(of(Whose::Admin)) {
            Some(Outcome::Refused(refusal)) if refusal.is_final() => {
                self.failed(Failure::OfRecipient(refusal)).await
            }
            Some(Outcome::Refused(refusal)) => self.again(&refusal.to_string()).await,
            Some(Outcome::Accepted) | None => match rep {
                Some(Outcome::Refused(refusal)) => self.sent_to_lead_alone(refusal).await,
                Some(Outcome::Accepted) | None => self.is_sent(None).await,
            },
        }
    }

    /// The lead has it, and never gets it again for the rep's sake: the rep alone does, or people are told.
    async fn sent_to_lead_alone(&self, refusal: &Refusal) -> Result<(), Stopped> {
        let next = (!refusal.is_final()).then(|| self.next_try()).flatten();
        if let Some(at) = next {
            return self.note(MailOutcome::TryForRep(at), Some(refusal.to_string())).await;
        }
        self.tell(MailFailure::RepUnreached).await?;
        self.is_sent(Some(refusal.to_string())).await
    }

    async fn is_sent(&self, refusal: Option<String>) -> Result<(), Stopped> {
        self.note(MailOutcome::Sent(self.app.clock().now()), refusal).await?;
        metrics::counter!("rondo_mails_total", "outcome" => "sent").increment(1);
        Ok(())
    }

    /// It is tried again later, or given up.
    async fn again(&self, trouble: &str) -> Result<(), Stopped> {
        match self.next_try() {
            Some(at) => self.note(MailOutcome::TryAgain(at), Some(trouble.to_owned())).await,
            None => self.failed(Failure::TriedEnough(trouble)).await,
        }
    }

    fn next_try(&self) -> Option<Instant> {
        let seconds = pauses::of_message(self.due.attempts + 1)?;
        Some(self.app.clock().now().plus_seconds(seconds))
    }

    async fn failed(&self, failure: Failure<'_>) -> Result<(), Stopped> {
        self.tell(failure.why(self.is_to_lead)).await?;
        if self.due.left_to == LeftTo::Rep {
            return self.is_sent(Some(failure.to_string())).await;
        }
        self.note(MailOutcome::Failed, Some(failure.to_string())).await?;
        metrics::counter!("rondo_mails_total", "outcome" => failure.outcome()).increment(1);
        Ok(())
    }

    async fn give_up(&self, why: &str) -> Result<(), Stopped> {
        match self.due.left_to {
            LeftTo::All => self.note(MailOutcome::Failed, Some(why.to_owned())).await,
            LeftTo::Rep => self.is_sent(Some(why.to_owned())).await,
        }
    }

    async fn put_off(&self, at: Instant, why: &str) -> Result<(), Stopped> {
        self.note(MailOutcome::PutOff(at), Some(why.to_owned())).await
    }

    async fn note(&self, outcome: MailOutcome, error: Option<String>) -> Result<(), Stopped> {
        let tried = TriedMail { message: self.due.message, outcome, error };
        Ok(self.app.store().mails_tried(self.team, &[tried]).await?)
    }

    /// Says what became of it, where it belongs to a conversation.
    async fn tell(&self, why: MailFailure) -> Result<(), Stopped> {
        let Some(conversation) = self.conversation else { return Ok(()) };
        let command = Command::MailFailed { message: self.due.message, conversation, why };
        match self.app.act(&system(self.team), command).await {
            // Nobody is left to be told, and the others are not to wait for this one.
            Ok(()) | Err(AppError::Engine(EngineError::Refused(_))) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
