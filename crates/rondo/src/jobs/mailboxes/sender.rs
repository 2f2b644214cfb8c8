//! Sends what is queued for a mailbox, and lets its campaigns write.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rondo_core::command::{Command, MailFailure};
use rondo_core::ids::{MailboxId, TeamId};
use rondo_store::{DueMail, MailOutcome, MailboxRow, StoreError, TriedMail};
use tokio::sync::watch;

use super::{Health, look_up, pauses};
use crate::app::sending::{self, Letter, Whose, Written, steps, system, upkeep};
use crate::app::{App, AppError};
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
/// The enhanced codes that say that there is no such address (RFC 3463, 3.2; RFC 7505).
const NO_SUCH_ADDRESS: [&str; 5] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"];
/// How far the beginnings of two passes are apart at least, of which the first found nothing to do: a busy team commits all
/// the time, and seldom something that is to be sent.
const PASS_PERIOD: Duration = Duration::from_secs(1);

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
    let message = app.store().message(team, due.message).await?;
    let written = match &message {
        Some(message) => sending::write(app, &system(team), row, message).await?,
        None => Written::NotToBeSent("it is gone"),
    };
    let letter = match written {
        Written::Letter(letter) => letter,
        Written::NotToBeSent(why) => return give_up(app, team, due, why).await,
        Written::NotBefore(at) => {
            return note(app, team, due, MailOutcome::NotYet(at), None).await;
        }
    };
    let session = line.open().await?;
    // A message that is written down first says what may have been sent, whatever happens then.
    app.store().message_written(team, due.message, &letter.text).await?;
    match line.send(session, &letter).await {
        Ok(outcomes) => sent(app, team, due, &letter, &outcomes).await,
        Err(SendFailure::Permanent(refusal)) => {
            refused(app, team, due, &letter, Refused::Message(&refusal)).await
        }
        Err(failure) if failure.may_be_repeated() && !is_about_the_server(&failure) => {
            again(app, team, due, &letter, &failure.to_string()).await
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

async fn sent(
    app: &App,
    team: TeamId,
    due: &DueMail,
    letter: &Letter,
    outcomes: &[Outcome],
) -> Result<(), Stopped> {
    let of = |whose| {
        let mut pairs = letter.recipients.iter().zip(outcomes);
        pairs.find(|((who, _), _)| *who == whose).map(|(_, outcome)| outcome)
    };
    let (lead, rep) = (of(Whose::Lead), of(Whose::Rep));
    let first = lead.or(rep).or(of(Whose::Admin));
    match first {
        Some(Outcome::Refused(refusal)) if refusal.is_final() => {
            refused(app, team, due, letter, Refused::Recipient(refusal)).await
        }
        Some(Outcome::Refused(refusal)) => {
            again(app, team, due, letter, &refusal.to_string()).await
        }
        Some(Outcome::Accepted) | None => {
            // The lead has it, so it is not sent again for the rep's sake: people are told.
            let refusal = match rep {
                Some(Outcome::Refused(refusal)) => Some(refusal.to_string()),
                Some(Outcome::Accepted) | None => None,
            };
            let outcome = MailOutcome::Sent(app.clock().now());
            let is_refused = refusal.is_some();
            note(app, team, due, outcome, refusal).await?;
            metrics::counter!("rondo_mails_total", "outcome" => "sent").increment(1);
            if is_refused {
                fail(app, team, due, letter, MailFailure::RepUnreached).await?;
            }
            Ok(())
        }
    }
}

/// What a server said no to.
enum Refused<'a> {
    /// The first of the recipients.
    Recipient(&'a Refusal),
    /// The sender or the message, whoever was to have it.
    Message(&'a Refusal),
}

impl Refused<'_> {
    /// Whether there is no such address (RFC 3463, 3.2). Others of the kind are about the sender.
    fn is_unknown_address(&self) -> bool {
        match self {
            Self::Message(_) => false,
            Self::Recipient(refusal) => match refusal.enhanced.as_deref() {
                Some(enhanced) => NO_SUCH_ADDRESS.contains(&enhanced),
                None => matches!(refusal.code, 550 | 551 | 553),
            },
        }
    }
}

/// A server said no for good.
async fn refused(
    app: &App,
    team: TeamId,
    due: &DueMail,
    letter: &Letter,
    what: Refused<'_>,
) -> Result<(), Stopped> {
    let is_to_lead = letter.recipients.iter().any(|(whose, _)| *whose == Whose::Lead);
    let is_unknown = what.is_unknown_address();
    let (Refused::Recipient(refusal) | Refused::Message(refusal)) = what;
    let why = match (is_to_lead, is_unknown) {
        (true, true) => MailFailure::NoSuchAddress,
        (true, false) => MailFailure::Other,
        (false, _) => MailFailure::RepUnreached,
    };
    metrics::counter!("rondo_mails_total", "outcome" => "refused").increment(1);
    // In this order, so that who dies in between does it again, and does not leave it out.
    fail(app, team, due, letter, why).await?;
    note(app, team, due, MailOutcome::Failed, Some(refusal.to_string())).await
}

/// It is tried again later, or given up.
async fn again(
    app: &App,
    team: TeamId,
    due: &DueMail,
    letter: &Letter,
    trouble: &str,
) -> Result<(), Stopped> {
    let now = app.clock().now();
    match pauses::of_message(due.attempts + 1) {
        Some(seconds) => {
            let outcome = MailOutcome::TryAgain(now.plus_seconds(seconds));
            note(app, team, due, outcome, Some(trouble.to_owned())).await
        }
        None => {
            metrics::counter!("rondo_mails_total", "outcome" => "given_up").increment(1);
            fail(app, team, due, letter, MailFailure::Other).await?;
            note(app, team, due, MailOutcome::Failed, Some(trouble.to_owned())).await
        }
    }
}

async fn give_up(app: &App, team: TeamId, due: &DueMail, why: &str) -> Result<(), Stopped> {
    note(app, team, due, MailOutcome::Failed, Some(why.to_owned())).await
}

async fn note(
    app: &App,
    team: TeamId,
    due: &DueMail,
    outcome: MailOutcome,
    error: Option<String>,
) -> Result<(), Stopped> {
    let tried = TriedMail { message: due.message, outcome, error };
    Ok(app.store().mails_tried(team, &[tried]).await?)
}

async fn fail(
    app: &App,
    team: TeamId,
    due: &DueMail,
    letter: &Letter,
    why: MailFailure,
) -> Result<(), Stopped> {
    let command =
        Command::MailFailed { message: due.message, conversation: letter.conversation, why };
    app.act(&system(team), command).await?;
    Ok(())
}
