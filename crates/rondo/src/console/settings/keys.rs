//! API keys: what lets other systems in.

use std::num::NonZeroU32;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use rondo_core::event::Role;
use rondo_core::ids::{MailboxId, RepId};
use rondo_core::time::Instant;

use super::super::Console;
use super::super::form::{self, Form};
use super::super::frame::{Frame, Place, rendered};
use super::super::paths::Query;
use super::super::routes::{Reach, Routes, Who, done};
use super::super::trouble::Trouble;
use super::choices::{self, Choice};
use super::{Asked, Refused, frame, id, refused, tabs};
use crate::app::keys::{self, KeyView, NewKey};
use crate::app::mailboxes;
use crate::app::people::Session;
use crate::console::words;
use crate::{say, t};

/// The most that a key's own limit can be, as by the API.
const PER_SECOND_MAX: u32 = 100_000;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Admin, "/settings/keys", show)
        .post(Reach::Admin, "/settings/keys", make)
        .post(Reach::Admin, "/settings/keys/{key}/revoke", revoke)
}

/// A key as it is listed.
struct KeyLine {
    key: KeyView,
    role: &'static str,
    /// Its beginning, cut to the part that no other key of the team shares.
    mark: String,
    bound_to: Option<String>,
    is_over: bool,
    /// Until when it holds.
    until: Option<String>,
}

#[derive(Template)]
#[template(path = "settings/keys.html")]
struct KeysPage {
    frame: Frame,
    tabs: Vec<Place>,
    form: Form,
    error: Option<String>,
    keys: Vec<KeyLine>,
    next: Option<String>,
    reps: Vec<Choice>,
    mailboxes: Vec<Choice>,
    /// The key that was just made, with its name.
    made: Option<(String, String)>,
}

impl KeysPage {
    async fn new(
        console: &Console,
        session: &Session,
        asked: &Asked,
        form: Form,
    ) -> Result<Self, Trouble> {
        let (app, caller) = (console.app(), &session.caller);
        let listed = keys::list(app, caller, &asked.page()).await?;
        let reps = choices::reps(console, session).await?;
        let mailboxes: Vec<_> = mailboxes::health(app, caller).await?;
        let mailboxes: Vec<_> = mailboxes
            .into_iter()
            .map(|known| Choice {
                value: known.mailbox.id.to_string(),
                words: format!("{} ({})", known.mailbox.name, known.mailbox.address),
            })
            .collect();
        let frame = frame(console, session, t("keys-title")).after(asked.done.as_deref());
        let line = |key: KeyView| {
            let rep = key.rep.map(|rep| rep.to_string());
            let bound_to = rep.or_else(|| key.mailbox.map(|mailbox| mailbox.to_string()));
            let known = reps.iter().chain(&mailboxes);
            let named = |id: String| {
                let choice = known.clone().find(|choice| choice.value == id);
                choice.map_or(id, |choice| choice.words.clone())
            };
            KeyLine {
                role: words::role(key.role),
                mark: mark(&key.prefix),
                bound_to: bound_to.map(named),
                is_over: key.expires_at.is_some_and(|at| at <= frame.now),
                until: key.expires_at.map(|at| until(&frame, at)),
                key,
            }
        };
        let keys = listed.items.into_iter().map(line).collect();
        let (tabs, next) = (tabs("/settings/keys"), listed.next_cursor);
        let (error, made) = (None, None);
        Ok(Self { frame, tabs, form, error, keys, next, reps, mailboxes, made })
    }
}

fn mark(prefix: &str) -> String {
    format!("rondo_…_{}…", prefix.rsplit('_').next().unwrap_or_default())
}

/// The last day on which a key holds; the instant where it ends within a day.
fn until(frame: &Frame, at: Instant) -> String {
    let last = Instant::from_micros(at.as_micros() - 1);
    let end = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    let end = end.to_zoned(frame.zone().clone());
    match end.start_of_day() {
        Ok(start) if start == end => say("keys-end-of-day").arg("day", frame.day(&last)).plain(),
        Ok(_) | Err(_) => frame.when(&at),
    }
}

fn empty() -> Form {
    Form::of([("role", "router".to_owned())])
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    Ok(rendered(&KeysPage::new(&console, &session, &asked, empty()).await?))
}

async fn make(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    let asked = Asked::default();
    let refusal = match wanted(&mut form, &frame(&console, &session, "")) {
        None => Refused::beside(),
        Some(new) => {
            match keys::add_once(console.app(), &session.caller, new, form.once(&session)).await {
                Ok(made) => {
                    let mut page = KeysPage::new(&console, &session, &asked, empty()).await?;
                    page.made = made.api_key.map(|secret| (made.key.name, secret));
                    return Ok(rendered(&page));
                }
                Err(error) => refused(&mut form, error)?,
            }
        }
    };
    let mut page = KeysPage::new(&console, &session, &asked, form).await?;
    page.error = refusal.error.clone();
    Ok(refusal.page(&page))
}

fn wanted(form: &mut Form, frame: &Frame) -> Option<NewKey> {
    let name = form.required("name", form::name);
    let role = form.required("role", choices::role);
    let rep = match role {
        Some(Role::Rep) => form.required("rep", form::known::<RepId>),
        Some(Role::Admin | Role::Router | Role::Mailbox | Role::Viewer) | None => None,
    };
    let mailbox = match role {
        Some(Role::Mailbox) => form.required("mailbox", form::known::<MailboxId>),
        Some(Role::Admin | Role::Rep | Role::Router | Role::Viewer) | None => None,
    };
    let expires_at = form.optional("expires_at", choices::end_of_day(frame.zone()));
    if expires_at.is_some_and(|at| at <= frame.now) {
        form.say("expires_at", t("keys-last-day-over"));
    }
    let per_second = form.optional("requests_per_second_max", choices::number(1, PER_SECOND_MAX));
    if form.has_errors() {
        return None;
    }
    Some(NewKey {
        name: name?,
        role: role?,
        rep,
        mailbox,
        expires_at,
        requests_per_second_max: per_second.and_then(NonZeroU32::new),
    })
}

async fn revoke(
    State(console): State<Console>,
    Who(session): Who,
    Path(key): Path<String>,
) -> Result<Response, Trouble> {
    keys::revoke(console.app(), &session.caller, id(&key)?).await?;
    Ok(done("/settings/keys", "revoked"))
}
