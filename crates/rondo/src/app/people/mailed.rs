//! Links that are mailed to whoever asks for one, and sign in without a password.
//!
//! Whether somebody has the address is told to nobody: asking is answered before anything is looked up. The mail comes from
//! a mailbox of the person's own team and is handed over at once, without the queue, since what is queued is kept and of a
//! link only the hash is. It is not tried for long either: who waits in vain asks again.

use std::time::Duration;

use rondo_core::ids::{MessageId, TeamId, UserId};
use rondo_core::text::Email;
use rondo_store::{MailboxRow, SignInLink};
use tokio::sync::Semaphore;

use super::sessions::begin_session;
use super::tokens::Token;
use super::{LinkPage, SignInError, SignedIn, TEAMS_TRIED_MAX};
use crate::app::{App, AppError};
use crate::mail::Mailbox;
use crate::mail::letters::{Head, SignIn, sign_in};
use crate::mail::servers::{server, smtp_secret};
use crate::mail::tokens::message_id;
use crate::mail::transport::smtp::{self, Outcome};

/// How long a mailed link opens the door: as long as mail takes on a slow day.
pub const MAILED_LINK_SECONDS: i64 = 15 * 60;
/// Requests for a link that are worked on at once; others are dropped. Each is a few letters at most.
const UNDER_WAY_MAX: usize = 20;
/// Mailboxes of a team that are tried for a link, those without known trouble first.
const MAILBOXES_TRIED_MAX: usize = 3;
/// How long a mailbox's server may take for a letter. It is waited for by nobody but a place in the line.
const SENDING_WAIT: Duration = Duration::from_secs(60);

static UNDER_WAY: Semaphore = Semaphore::const_new(UNDER_WAY_MAX);

/// Whether there is a mailbox at all that could send links.
pub async fn can_mail_links(app: &App) -> Result<bool, AppError> {
    Ok(!app.store().mailboxes_of_all(None, 1).await?.is_empty())
}

/// Sends a link to the address if it is a user's whose team has a mailbox, for each such team. Returns at once, whoever it
/// is: what becomes of it is told by the mail alone.
pub fn mail_link(app: &App, email: &str) {
    let Ok(email) = Email::parse(email.trim()) else { return };
    let Ok(place) = UNDER_WAY.try_acquire() else {
        tracing::warn!("Too many sign-in links are asked for at once; one was not sent.");
        return;
    };
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = mail_links(&app, &email).await {
            tracing::warn!(%error, "A sign-in link could not be made.");
        }
        drop(place);
    });
}

async fn mail_links(app: &App, email: &Email) -> Result<(), AppError> {
    for account in app.store().accounts(email.key(), TEAMS_TRIED_MAX).await? {
        mail_link_of(app, account.team, account.user).await?;
    }
    Ok(())
}

async fn mail_link_of(app: &App, team: TeamId, user: UserId) -> Result<(), AppError> {
    let mut mailboxes = app.store().mailboxes(team).await?;
    mailboxes.retain(|mailbox| mailbox.details.is_some());
    mailboxes.sort_by_key(|mailbox| mailbox.send_error.is_some());
    mailboxes.truncate(MAILBOXES_TRIED_MAX);
    // The address as it is kept: where mail went before, however it was typed now.
    let email = app.store().user(team, user).await?.and_then(|row| row.email);
    let Some(email) = email.filter(|_| !mailboxes.is_empty()) else { return Ok(()) };
    let token = Token::new(team, app.entropy().as_ref());
    let now = app.clock().now();
    let times = (now, now.plus_seconds(MAILED_LINK_SECONDS));
    if !app.store().add_mailed_link(team, token.hash(), user, times).await? {
        return Ok(());
    }
    let link = app.public_url().join(&format!("sign-in/link/{}", token.reveal()));
    let link = link.map_err(|_| AppError::invalid("/public_url", "is no base of links"))?;
    let team_name = app.look(team).await?.team.settings().name.to_string();
    let letter = Letter { app, team, team_name: &team_name, email: &email, link: link.as_str() };
    for mailbox in &mailboxes {
        let sent = tokio::select! {
            sent = letter.send(mailbox) => sent,
            () = app.clock().wait(SENDING_WAIT) => None,
        };
        if sent.is_some() {
            return Ok(());
        }
        // What the server said may name the person.
        tracing::warn!(%team, mailbox = %mailbox.id, "A sign-in link could not be sent from a mailbox.");
    }
    Ok(())
}

struct Letter<'a> {
    app: &'a App,
    team: TeamId,
    team_name: &'a str,
    email: &'a str,
    link: &'a str,
}

impl Letter<'_> {
    /// Hands it to a mailbox's server; none where that does not take it.
    async fn send(&self, mailbox: &MailboxRow) -> Option<()> {
        let details = mailbox.details.as_ref()?;
        let secret = details.smtp_secret.as_deref();
        let place = smtp_secret(self.team, mailbox.id);
        let (server, _) = server(self.app.vault(), &details.smtp, secret, place).ok()?;
        let address = details.email.as_str();
        let id: MessageId = self.app.new_id();
        let letter = sign_in(&SignIn {
            head: Head {
                message_id: message_id(self.app.tokens(), id, address),
                date: self.app.clock().now(),
            },
            from: Mailbox { name: Some(details.name.to_string()), address: address.to_owned() },
            email: self.email,
            team: self.team_name,
            link: self.link,
            minutes: MAILED_LINK_SECONDS / 60,
        });
        let raw = letter.compose(self.app.tokens()).ok()?;
        let to = [self.email.to_owned()];
        let outcomes = smtp::send(self.app.connector(), &server, address, &to, &raw).await.ok()?;
        (outcomes == [Outcome::Accepted]).then_some(())
    }
}

/// What a mailed link is for. It changes nothing, so that a program that looks into links uses none up.
pub async fn mailed_link_page(app: &App, token: &str) -> Result<LinkPage, SignInError> {
    let (_, link) = usable_link(app, token).await?;
    let SignInLink { email, team_name, has_password, .. } = link;
    Ok(LinkPage { email, team_name, has_password })
}

/// Uses a mailed link up and lets its user in. Their password stays, and so do their other sessions.
pub async fn enter_by_mail(app: &App, token: &str, agent: &str) -> Result<SignedIn, SignInError> {
    let (token, link) = usable_link(app, token).await?;
    let now = app.clock().now();
    if !app.store().use_mailed_link(token.team, token.hash(), link.user, now).await? {
        return Err(SignInError::MailedLinkGone);
    }
    Ok(begin_session(app, token.team, link.user, agent).await?)
}

async fn usable_link(app: &App, token: &str) -> Result<(Token, SignInLink), SignInError> {
    let token = Token::parse(token).ok_or(SignInError::MailedLinkGone)?;
    let link = app.store().sign_in_link(token.team, token.hash()).await?;
    let now = app.clock().now();
    let link = link.filter(|link| now < link.expires_at && link.is_mailed);
    Ok((token, link.ok_or(SignInError::MailedLinkGone)?))
}
