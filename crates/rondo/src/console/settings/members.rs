//! Members: who signs in, as what, and the links that let them in.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use rondo_core::event::Role;
use rondo_core::ids::{RepId, UserId};
use rondo_core::{Instant, Refusal};

use super::super::Console;
use super::super::form::{self, Form};
use super::super::frame::{Frame, Place, rendered};
use super::super::paths::Query;
use super::super::routes::{Reach, Routes, Who, done};
use super::super::trouble::Trouble;
use super::choices::{self, Choice};
use super::{Asked, Refused, frame, id, refused, tabs};
use crate::app::AppError;
use crate::app::people::{self, Invitation, NewUser, Session, UserView};
use crate::console::words;
use crate::engine::EngineError;
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Admin, "/settings/members", show)
        .post(Reach::Admin, "/settings/members", invite)
        .post(Reach::Admin, "/settings/members/{user}/link", link)
        .post(Reach::Admin, "/settings/members/{user}/remove", remove)
}

/// A member as they are listed.
struct Member {
    user: UserView,
    role: &'static str,
    is_self: bool,
}

/// A link that was just made.
struct Link {
    email: String,
    url: String,
    expires_at: Instant,
}

#[derive(Template)]
#[template(path = "settings/members.html")]
struct MembersPage {
    frame: Frame,
    tabs: Vec<Place>,
    form: Form,
    error: Option<String>,
    members: Vec<Member>,
    reps: Vec<Choice>,
    made: Option<Link>,
}

impl MembersPage {
    async fn new(console: &Console, session: &Session, form: Form) -> Result<Self, Trouble> {
        let users = people::list(console.app(), &session.caller).await?;
        let member = |user: UserView| Member {
            role: words::role(user.role),
            is_self: user.id == session.user,
            user,
        };
        Ok(Self {
            frame: frame(console, session, t("members-title")),
            tabs: tabs("/settings/members"),
            form,
            error: None,
            members: users.into_iter().map(member).collect(),
            reps: choices::reps(console, session).await?,
            made: None,
        })
    }
}

fn empty() -> Form {
    Form::of([("role", "rep".to_owned())])
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let mut page = MembersPage::new(&console, &session, empty()).await?;
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

async fn invite(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    let refusal = match wanted(&mut form) {
        None => Refused::beside(),
        Some(new) => {
            match people::invite_once(console.app(), &session.caller, new, form.once(&session))
                .await
            {
                Ok(made) => return with_link(&console, &session, made).await,
                Err(AppError::Engine(EngineError::Refused(Refusal::EmailTaken { .. }))) => {
                    form.say("email", t("members-known"));
                    Refused::beside()
                }
                Err(error) => refused(&mut form, error)?,
            }
        }
    };
    let mut page = MembersPage::new(&console, &session, form).await?;
    page.error = refusal.error.clone();
    Ok(refusal.page(&page))
}

fn wanted(form: &mut Form) -> Option<NewUser> {
    let email = form.required("email", form::email);
    let role = form.required("role", choices::role);
    let rep = match role {
        Some(Role::Rep) => form.required("rep", form::known::<RepId>),
        Some(Role::Admin | Role::Router | Role::Mailbox | Role::Viewer) | None => None,
    };
    if form.has_errors() {
        return None;
    }
    Some(NewUser { email: email?, role: role?, rep })
}

async fn with_link(
    console: &Console,
    session: &Session,
    made: Invitation,
) -> Result<Response, Trouble> {
    let mut page = MembersPage::new(console, session, empty()).await?;
    let Invitation { email, link, expires_at, .. } = made;
    page.made = Some(Link { email, url: link.to_string(), expires_at });
    Ok(rendered(&page))
}

async fn link(
    State(console): State<Console>,
    Who(session): Who,
    Path(user): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let (user, once) = (id::<UserId>(&user)?, form.once(&session));
    let made = people::link_for_once(console.app(), &session.caller, user, once).await?;
    with_link(&console, &session, made).await
}

async fn remove(
    State(console): State<Console>,
    Who(session): Who,
    Path(user): Path<String>,
) -> Result<Response, Trouble> {
    let user: UserId = id(&user)?;
    let refusal = match people::remove(console.app(), &session.caller, user).await {
        Ok(()) if user == session.user => return Ok(done("/sign-in", "signed-out")),
        Ok(()) => return Ok(done("/settings/members", "removed")),
        Err(AppError::Engine(EngineError::Refused(refusal @ Refusal::LastAdmin { .. }))) => {
            let error = Some(t("members-last-admin").to_owned());
            Refused { status: Trouble::from(refusal).status(), error }
        }
        Err(error) => refused(&mut Form::default(), error)?,
    };
    let mut page = MembersPage::new(&console, &session, empty()).await?;
    page.error = refusal.error.clone();
    Ok(refusal.page(&page))
}
