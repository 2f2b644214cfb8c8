//! Reads a mailbox: what is new is taken in, in order, and then news are waited for.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rondo_core::Instant;
use rondo_core::ids::{MailboxId, TeamId};
use rondo_store::{MailboxKeep, MailboxRow, StoreError};

use super::{Health, look_up, pauses};
use crate::app::sending::system;
use crate::app::{App, AppError, replies};
use crate::engine::EngineError;
use crate::mail::Received;
use crate::mail::servers::{ServerSettings, Unusable, imap_secret, server};
use crate::mail::transport::imap::{self, ReadFailure, Session};

/// Messages that are fetched before they are taken in: their bytes are in memory at the same time.
const FETCHED_MAX: usize = 50;
/// Bytes of messages that are in memory at the same time, but for the last of them.
const FETCHED_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// How long news are waited for before the mailbox's settings are looked at again.
const NEWS_WAIT: Duration = Duration::from_secs(60);
/// How long a mailbox without IMAP is left alone before its settings are looked at again.
const SETTINGS_WAIT: Duration = Duration::from_secs(10);
/// How far the server's clock may be behind ours: so much earlier than the mailbox was added is what is no news.
const CLOCKS_DIFFER_SECONDS: i64 = 60;
/// How long the mailbox shows that a message is too large to be read.
const TOO_LARGE_SHOWN: Duration = Duration::from_secs(24 * 3600);
/// The folder that is read unless another one is said.
const FOLDER_DEFAULT: &str = "INBOX";

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Unusable(#[from] Unusable),
    #[error(transparent)]
    Read(#[from] ReadFailure),
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// A mailbox that is read.
struct Reader {
    app: App,
    team: TeamId,
    mailbox: MailboxId,
    health: Arc<Health>,
    /// That a message was too large, and when.
    passed_over: Option<(String, Duration)>,
}

/// Reads a mailbox until it is removed.
pub(super) async fn run(app: App, team: TeamId, mailbox: MailboxId, health: Arc<Health>) {
    let mut reader = Reader { app, team, mailbox, health, passed_over: None };
    let mut failures = 0;
    loop {
        let clock = reader.app.clock().clone();
        let begun = clock.monotonic();
        match reader.read().await {
            Ok(()) => {
                failures = 0;
                reader.health.is_unread.store(false, Ordering::Relaxed);
                clock.wait(SETTINGS_WAIT).await;
            }
            Err(stopped) => {
                // What went well for a while is not one of a row of failures.
                let went_well = clock.monotonic() - begun > 2 * NEWS_WAIT;
                failures = if went_well { 1 } else { failures + 1 };
                reader.health.is_unread.store(true, Ordering::Relaxed);
                tracing::warn!(%team, %mailbox, failures, "A mailbox could not be read; trying again.");
                reader.say(&stopped).await;
                clock.wait(pauses::after_trouble(failures)).await;
            }
        }
    }
}

impl Reader {
    /// Reads over one connection, until it ends or the settings are others.
    async fn read(&mut self) -> Result<(), Stopped> {
        let (team, mailbox) = (self.team, self.mailbox);
        let Some(row) = look_up(&self.app, team, mailbox).await? else { return Ok(()) };
        let Some(details) = &row.details else { return Ok(()) };
        let Some(settings) = details.imap.as_deref() else { return Ok(()) };
        let secret = details.imap_secret.as_deref();
        let place = imap_secret(team, mailbox);
        let (server, settings) = server(self.app.vault(), settings, secret, place)?;
        let mut session = imap::open(self.app.connector(), &server).await?;
        let folder = session.select(settings.folder.as_deref().unwrap_or(FOLDER_DEFAULT)).await?;
        let (of, validity) = (Some(place_of(&settings)), Some(u64::from(folder.uid_validity)));
        let mut keep = row.keep.clone();
        if (&keep.of, keep.uid_validity) != (&of, validity) {
            // It is read for the first time, or it is another one: what is known is recognised.
            let last_uid = Some(u64::from(session.uid_before(beginning(&row)).await?));
            keep = MailboxKeep { of, uid_validity: validity, last_uid };
        }
        self.note(&keep).await?;
        loop {
            while session.is_open() && self.take_news(&row, &mut session, &mut keep).await? {}
            if !session.is_open() {
                return Ok(());
            }
            self.health.is_unread.store(false, Ordering::Relaxed);
            session.wait_for_news(NEWS_WAIT).await?;
            let now = look_up(&self.app, team, mailbox).await?;
            let is_same = now.is_some_and(|now| now.details == row.details);
            if !is_same {
                session.log_out().await;
                return Ok(());
            }
        }
    }

    /// Takes in what is new, as far as it is fetched in one go; whether there was any.
    async fn take_news(
        &mut self,
        row: &MailboxRow,
        session: &mut Session,
        keep: &mut MailboxKeep,
    ) -> Result<bool, Stopped> {
        let last = u32::try_from(keep.last_uid.unwrap_or(0)).unwrap_or(u32::MAX);
        let listed = session.uids_after(last, FETCHED_MAX).await?;
        if listed.is_empty() {
            return Ok(false);
        }
        let begins = beginning(row);
        let (mut messages, mut bytes, mut failure) = (Vec::with_capacity(listed.len()), 0, None);
        for listed in listed {
            // Nobody was written to from this mailbox before: what is older is no answer, whoever moved it here.
            if listed.received_at.is_none_or(|at| at >= begins) {
                match session.fetch(listed.uid).await {
                    Ok(Some(raw)) => {
                        bytes += raw.len() as u64;
                        messages.push(raw);
                    }
                    // Somebody deleted it meanwhile.
                    Ok(None) => {}
                    Err(ReadFailure::TooLarge(size)) => self.pass_over(listed.uid, size),
                    Err(other) => {
                        failure = Some(other);
                        break;
                    }
                }
            }
            keep.last_uid = Some(u64::from(listed.uid));
            // One that is larger than the server said ends the connection; what came before it is taken in all the same.
            if bytes >= FETCHED_BYTES_MAX || !session.is_open() {
                break;
            }
        }
        if let Some(trouble) = take_in(&self.app, self.team, row, messages).await? {
            self.passed_over = Some((trouble, self.app.clock().monotonic()));
        }
        self.note(keep).await?;
        failure.map_or(Ok(true), |failure| Err(failure.into()))
    }

    fn pass_over(&mut self, uid: u32, size: u64) {
        let (team, mailbox) = (self.team, self.mailbox);
        tracing::warn!(%team, %mailbox, uid, size, "A message is too large to be read; it stays in the mailbox.");
        let trouble =
            format!("a message of {size} bytes is too large to be read; open it in a mail program");
        self.passed_over = Some((trouble, self.app.clock().monotonic()));
    }

    /// Writes down how far it was read, and that a message was passed over for as long as that is to be seen.
    async fn note(&mut self, keep: &MailboxKeep) -> Result<(), Stopped> {
        let now = self.app.clock().monotonic();
        self.passed_over.take_if(|(_, at)| now.saturating_sub(*at) > TOO_LARGE_SHOWN);
        let trouble = self.passed_over.as_ref().map(|(trouble, _)| trouble.as_str());
        let at = self.app.clock().now();
        Ok(self.app.store().mailbox_read(self.team, self.mailbox, keep, trouble, at).await?)
    }

    /// Says for people what is wrong.
    async fn say(&self, stopped: &Stopped) {
        let (team, mailbox, now) = (self.team, self.mailbox, self.app.clock().now());
        let trouble = stopped.to_string();
        if let Err(error) = self.app.store().mailbox_unread(team, mailbox, &trouble, now).await {
            tracing::warn!(%team, %mailbox, %error, "What is wrong with a mailbox could not be written down.");
        }
    }
}

/// From when on mail in a mailbox can be an answer.
fn beginning(row: &MailboxRow) -> Instant {
    row.created_at.plus_seconds(-CLOCKS_DIFFER_SECONDS)
}

/// What is read, in words that stay the same while it does: the port and the password may change.
fn place_of(settings: &ServerSettings) -> String {
    let user = settings.username.as_deref().unwrap_or_default();
    let folder = settings.folder.as_deref().unwrap_or(FOLDER_DEFAULT);
    format!("{folder} of {user} at {}", settings.host.to_ascii_lowercase())
}

/// Takes messages in, side by side, but those of one sender one after the other; what the rules say to one that they do not
/// take, which is left in the mailbox.
async fn take_in(
    app: &App,
    team: TeamId,
    row: &MailboxRow,
    messages: Vec<Vec<u8>>,
) -> Result<Option<String>, AppError> {
    let mut by_sender: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for raw in messages {
        by_sender.entry(sender_of(&raw)).or_default().push(raw);
    }
    let caller = system(team);
    let mut all: FuturesUnordered<_> = by_sender
        .into_values()
        .map(async |messages| {
            let mut refused = None;
            for raw in messages {
                match replies::take_in(app, &caller, row, raw).await {
                    Ok(_) => {}
                    Err(AppError::Unreadable(error)) => {
                        tracing::warn!(%team, mailbox = %row.id, %error, "What is no message is left in the mailbox.");
                    }
                    // Asked again, the rules would say the same, and nothing behind it would ever be read.
                    Err(AppError::Engine(EngineError::Refused(refusal))) => {
                        tracing::error!(%team, mailbox = %row.id, %refusal, "A message could not be taken in, and is left in the mailbox.");
                        refused = Some(format!("a message could not be taken in: {refusal}"));
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(refused)
        })
        .collect();
    let mut refused = None;
    while let Some(taken) = all.next().await {
        refused = taken?.or(refused);
    }
    Ok(refused)
}

fn sender_of(raw: &[u8]) -> String {
    let from = Received::sender(raw);
    from.map(|from| from.address.to_lowercase()).unwrap_or_default()
}
