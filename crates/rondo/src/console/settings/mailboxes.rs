//! The assistant's mailboxes: their health in both directions, and trying them.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use rondo_core::ids::MailboxId;

use super::super::Console;
use super::super::form::Form;
use super::super::frame::{Frame, Place, rendered};
use super::super::paths::Query;
use super::super::routes::{Reach, Routes, Who, done};
use super::super::trouble::Trouble;
use super::{Asked, Refused, frame, id, refused, tabs};
use crate::app::mailboxes::{self, MailboxHealth};
use crate::app::people::Session;
use crate::app::sending::probes::MailboxTestView;
use crate::t;

mod form;
mod once;

use form::{IMAP, SMTP, Side};
pub(in crate::console) use once::Tests;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Admin, "/settings/mailboxes", list)
        .get(Reach::Admin, "/settings/mailboxes/new", new)
        .post(Reach::Admin, "/settings/mailboxes/new", make)
        .get(Reach::Admin, "/settings/mailboxes/{mailbox}", show)
        .post(Reach::Admin, "/settings/mailboxes/{mailbox}", change)
        .post(Reach::Admin, "/settings/mailboxes/{mailbox}/test", test)
        .post(Reach::Admin, "/settings/mailboxes/{mailbox}/remove", remove)
}

#[derive(Template)]
#[template(path = "settings/mailboxes.html")]
struct MailboxesPage {
    frame: Frame,
    tabs: Vec<Place>,
    mailboxes: Vec<MailboxHealth>,
}

async fn list(
    State(console): State<Console>,
    Who(session): Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let frame = frame(&console, &session, t("mailboxes-title")).after(asked.done.as_deref());
    let mailboxes = mailboxes::health(console.app(), &session.caller).await?;
    Ok(rendered(&MailboxesPage { frame, tabs: tabs("/settings/mailboxes"), mailboxes }))
}

#[derive(Template)]
#[template(path = "settings/mailbox.html")]
struct MailboxPage {
    frame: Frame,
    tabs: Vec<Place>,
    form: Form,
    error: Option<String>,
    /// None while it is new.
    known: Option<MailboxHealth>,
    tested: Option<MailboxTestView>,
}

impl MailboxPage {
    fn new(console: &Console, session: &Session, known: Option<MailboxHealth>, form: Form) -> Self {
        let title = known.as_ref().map_or(t("mailboxes-new"), |known| &known.mailbox.name);
        Self {
            frame: frame(console, session, title),
            tabs: tabs("/settings/mailboxes"),
            form,
            error: None,
            known,
            tested: None,
        }
    }

    fn smtp(&self) -> &'static Side {
        &SMTP
    }

    fn imap(&self) -> &'static Side {
        &IMAP
    }

    fn has_password(&self, side: &Side) -> bool {
        let mailbox = self.known.as_ref().map(|known| &known.mailbox);
        mailbox.is_some_and(|mailbox| match side.is_reading {
            true => mailbox.imap.as_ref().is_some_and(|imap| imap.server.has_password),
            false => mailbox.smtp.as_ref().is_some_and(|smtp| smtp.has_password),
        })
    }
}

async fn new(State(console): State<Console>, Who(session): Who) -> Result<Response, Trouble> {
    Ok(rendered(&MailboxPage::new(&console, &session, None, form::empty())))
}

async fn make(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    let refusal = match form::wanted(&mut form) {
        None => Refused::beside(),
        Some(wanted) => {
            let (new, once) = (wanted.into_new(), form.once(&session));
            match mailboxes::add(console.app(), &session.caller, new, once).await {
                Ok(made) => return Ok(done(&format!("/settings/mailboxes/{}", made.id), "added")),
                Err(error) => refused(&mut form, error)?,
            }
        }
    };
    let error = refusal.error.clone();
    Ok(refusal.page(&MailboxPage { error, ..MailboxPage::new(&console, &session, None, form) }))
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Path(mailbox): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let mut page = known(&console, &session, id(&mailbox)?).await?;
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

/// The page of a mailbox as it stands.
async fn known(
    console: &Console,
    session: &Session,
    mailbox: MailboxId,
) -> Result<MailboxPage, Trouble> {
    let known = mailboxes::health_of(console.app(), &session.caller, mailbox).await?;
    let form = form::filled(&known.mailbox);
    Ok(MailboxPage::new(console, session, Some(known), form))
}

async fn change(
    State(console): State<Console>,
    Who(session): Who,
    Path(mailbox): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let mailbox: MailboxId = id(&mailbox)?;
    let known = mailboxes::health_of(console.app(), &session.caller, mailbox).await?;
    let refusal = match form::wanted(&mut form) {
        None => Refused::beside(),
        Some(_) if form.is_outdated(&form::filled(&known.mailbox)) => Refused::outdated(),
        Some(wanted) => {
            let changes = wanted.into_changes();
            match mailboxes::change(console.app(), &session.caller, mailbox, changes).await {
                Ok(_) => return Ok(done(&format!("/settings/mailboxes/{mailbox}"), "saved")),
                Err(error) => refused(&mut form, error)?,
            }
        }
    };
    let error = refusal.error.clone();
    let page = MailboxPage::new(&console, &session, Some(known), form);
    Ok(refusal.page(&MailboxPage { error, ..page }))
}

async fn test(
    State(console): State<Console>,
    Who(session): Who,
    Path(mailbox): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let (mailbox, once) = (id(&mailbox)?, form.once(&session));
    let tests = &console.shared.mailbox_tests;
    let tested = tests.found(console.app(), &session.caller, mailbox, once).await?;
    let mut page = known(&console, &session, mailbox).await?;
    page.tested = Some(tested);
    Ok(rendered(&page))
}

async fn remove(
    State(console): State<Console>,
    Who(session): Who,
    Path(mailbox): Path<String>,
) -> Result<Response, Trouble> {
    let mailbox = id(&mailbox)?;
    let Err(error) = mailboxes::remove(console.app(), &session.caller, mailbox).await else {
        return Ok(done("/settings/mailboxes", "removed"));
    };
    let refusal = refused(&mut Form::default(), error)?;
    let mut page = known(&console, &session, mailbox).await?;
    page.error = refusal.error.clone();
    Ok(refusal.page(&page).into_response())
}
