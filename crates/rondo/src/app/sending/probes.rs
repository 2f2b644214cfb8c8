//! Trying a mailbox in both directions, and saying in words what is wrong.

use rondo_core::ids::MailboxId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, AppError, Caller};
use crate::engine::IdempotencyKey;
use crate::mail::servers::{ServerSettings, Unusable, imap_secret, server, smtp_secret};
use crate::mail::transport::Server;
use crate::mail::transport::probe::{probe_imap, probe_smtp};

/// What trying a mailbox came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MailboxTest)]
pub struct MailboxTestView {
    /// Handing over mail.
    pub smtp: DirectionView,
    /// Fetching mail; null where it is delivered to Rondo.
    pub imap: Option<DirectionView>,
}

/// What trying one direction came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MailboxTestDirection)]
pub struct DirectionView {
    /// Whether it works.
    pub ok: bool,
    /// What was found, or what is wrong and what to do.
    pub detail: String,
}

impl From<Result<String, String>> for DirectionView {
    fn from(found: Result<String, String>) -> Self {
        let ok = found.is_ok();
        Self { ok, detail: found.unwrap_or_else(|trouble| trouble) }
    }
}

/// Tries both directions. Nothing is sent, and nothing is changed in the mailbox.
pub async fn test(
    app: &App,
    caller: &Caller,
    mailbox: MailboxId,
    key: Option<IdempotencyKey>,
) -> Result<MailboxTestView, AppError> {
    let team = caller.team;
    app.remember(caller, key).await?;
    let row = app.store().mailbox(team, mailbox).await?;
    let details = row.and_then(|row| row.details);
    let details = details.ok_or_else(|| AppError::not_found("mailbox", mailbox))?;
    let (vault, connector) = (app.vault(), app.connector());
    let secret = details.smtp_secret.as_deref();
    let smtp = match server(vault, &details.smtp, secret, smtp_secret(team, mailbox)) {
        Ok((way, _)) => probe_smtp(connector, &way).await,
        Err(unusable) => Err(unusable.to_string()),
    };
    let imap = match details.imap.as_deref() {
        None => None,
        Some(settings) => {
            let secret = details.imap_secret.as_deref();
            let way = server(vault, settings, secret, imap_secret(team, mailbox));
            Some(try_imap(app, way).await)
        }
    };
    Ok(MailboxTestView { smtp: smtp.into(), imap: imap.map(DirectionView::from) })
}

async fn try_imap(
    app: &App,
    way: Result<(Server, ServerSettings), Unusable>,
) -> Result<String, String> {
    let (way, settings) = way.map_err(|unusable| unusable.to_string())?;
    probe_imap(app.connector(), &way, settings.folder.as_deref().unwrap_or("INBOX")).await
}
