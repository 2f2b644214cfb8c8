//! Reads a mailbox: what is new is taken in, in order, and then news are waited for.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rondo_core::ids::{MailboxId, TeamId};
use rondo_store::{MailboxKeep, MailboxRow, StoreError};

use super::{Health, look_up, note_trouble, pauses};
use crate::app::sending::system;
use crate::app::{App, AppError, replies};
use crate::engine::EngineError;
use crate::mail::Received;
use crate::mail::servers::{Unusable, imap_secret, server};
use crate::mail::transport::imap::{self, ReadFailure, Session};

/// Messages that are fetched before they are taken in: their bytes are in memory at the same time.
const FETCHED_MAX: usize = 50;
/// Bytes of messages that are in memory at the same time, but for the last of them.
const FETCHED_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// How long news are waited for before the mailbox's settings are looked at again.
const NEWS_WAIT: Duration = Duration::from_secs(60);
/// How much earlier than by our clock a message may have arrived by the server's.
const ARRIVAL_SECONDS: i64 = 60 * 60;
/// How long a mailbox without IMAP is left alone before its settings are looked at again.
const SETTINGS_WAIT: Duration = Duration::from_secs(10);

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

/// Reads a mailbox until it is removed.
pub(super) async fn run(app: App, team: TeamId, mailbox: MailboxId, health: Arc<Health>) {
    let mut failures = 0;
    loop {
        let begun = app.clock().monotonic();
        match read(&app, team, mailbox, &health).await {
            Ok(()) => {
                failures = 0;
                health.is_unread.store(false, Ordering::Relaxed);
                app.clock().wait(SETTINGS_WAIT).await;
            }
            Err(stopped) => {
                // What went well for a while is not one of a row of failures.
                let went_well = app.clock().monotonic() - begun > 2 * NEWS_WAIT;
                failures = if went_well { 1 } else { failures + 1 };
                health.is_unread.store(true, Ordering::Relaxed);
                tracing::warn!(%team, %mailbox, failures, "A mailbox could not be read; trying again.");
                note_trouble(&app, team, mailbox, &stopped.to_string()).await;
                app.clock().wait(pauses::after_trouble(failures)).await;
            }
        }
    }
}

/// Reads over one connection, until it ends or the settings are others.
async fn read(app: &App, team: TeamId, mailbox: MailboxId, health: &Health) -> Result<(), Stopped> {
    let Some(row) = look_up(app, team, mailbox).await? else { return Ok(()) };
    let Some(details) = &row.details else { return Ok(()) };
    let Some(settings) = details.imap.as_deref() else { return Ok(()) };
    let secret = details.imap_secret.as_deref();
    let (server, settings) = server(app.vault(), settings, secret, imap_secret(team, mailbox))?;
    let mut session = imap::open(app.connector(), &server).await?;
    let folder = session.select(settings.folder.as_deref().unwrap_or("INBOX")).await?;
    let validity = u64::from(folder.uid_validity);
    let last = folder.uid_next.saturating_sub(1);
    let mut keep = match row.keep {
        keep @ MailboxKeep { uid_validity: Some(known), .. } if known == validity => keep,
        // Nobody was written to from this mailbox before: what is there is no answer.
        _ if row.last_read_at.is_none() => {
            MailboxKeep { uid_validity: Some(validity), last_uid: Some(u64::from(last)) }
        }
        // The folder is another one, or on another server: it is read from when the mailbox was added, and what is known
        // is recognised.
        MailboxKeep { .. } => {
            let since = row.created_at.plus_seconds(-ARRIVAL_SECONDS);
            let first = session.first_since(since).await?;
            let last = first.map_or(last, |first| first.saturating_sub(1));
            MailboxKeep { uid_validity: Some(validity), last_uid: Some(u64::from(last)) }
        }
    };
    app.store().mailbox_read(team, mailbox, keep, app.clock().now()).await?;
    loop {
        while take_news(app, team, &row, &mut session, &mut keep).await? {}
        health.is_unread.store(false, Ordering::Relaxed);
        session.wait_for_news(NEWS_WAIT).await?;
        let now = look_up(app, team, mailbox).await?;
        let is_same = now.is_some_and(|now| now.details == row.details);
        if !is_same {
            session.log_out().await;
            return Ok(());
        }
    }
}

/// Takes in what is new, as far as it is fetched in one go; whether there was any.
async fn take_news(
    app: &App,
    team: TeamId,
    row: &MailboxRow,
    session: &mut Session,
    keep: &mut MailboxKeep,
) -> Result<bool, Stopped> {
    let last = u32::try_from(keep.last_uid.unwrap_or(0)).unwrap_or(u32::MAX);
    let listed = session.uids_after(last, FETCHED_MAX).await?;
    let Some(end) = listed.last().map(|listed| listed.uid) else { return Ok(false) };
    let mut messages = Vec::with_capacity(listed.len());
    let (mut bytes, mut end) = (0, end);
    for listed in listed {
        match session.fetch(listed.uid).await {
            Ok(Some(raw)) => {
                bytes += raw.len() as u64;
                messages.push(raw);
            }
            // Somebody deleted it meanwhile.
            Ok(None) => {}
            Err(ReadFailure::TooLarge(size)) => {
                tracing::warn!(%team, mailbox = %row.id, uid = listed.uid, size, "A message is too large to be read; it stays in the mailbox.");
                let trouble = format!(
                    "a message of {size} bytes is too large to be read; open it in a mail program"
                );
                note_trouble(app, team, row.id, &trouble).await;
            }
            Err(failure) => return Err(failure.into()),
        }
        if bytes >= FETCHED_BYTES_MAX {
            end = listed.uid;
            break;
        }
    }
    take_in(app, team, row, messages).await?;
    keep.last_uid = Some(u64::from(end));
    app.store().mailbox_read(team, row.id, *keep, app.clock().now()).await?;
    Ok(true)
}

/// Takes messages in, side by side, but those of one sender one after the other.
async fn take_in(
    app: &App,
    team: TeamId,
    row: &MailboxRow,
    messages: Vec<Vec<u8>>,
) -> Result<(), AppError> {
    let mut by_sender: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for raw in messages {
        by_sender.entry(sender_of(&raw)).or_default().push(raw);
    }
    let caller = system(team);
    let mut all: FuturesUnordered<_> = by_sender
        .into_values()
        .map(async |messages| {
            for raw in messages {
                match replies::take_in(app, &caller, row, raw).await {
                    Ok(_) => {}
                    Err(AppError::Unreadable(error)) => {
                        tracing::warn!(%team, mailbox = %row.id, %error, "What is no message is left in the mailbox.");
                    }
                    // Asked again, the rules would say the same, and nothing behind it would ever be read.
                    Err(AppError::Engine(EngineError::Refused(refusal))) => {
                        tracing::error!(%team, mailbox = %row.id, %refusal, "A message could not be taken in, and is left in the mailbox.");
                        let trouble = format!("a message could not be taken in: {refusal}");
                        note_trouble(app, team, row.id, &trouble).await;
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
        .collect();
    while let Some(taken) = all.next().await {
        taken?;
    }
    Ok(())
}

fn sender_of(raw: &[u8]) -> String {
    let from = Received::sender(raw);
    from.map(|from| from.address.to_lowercase()).unwrap_or_default()
}
