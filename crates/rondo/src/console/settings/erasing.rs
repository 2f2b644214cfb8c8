//! Erasing a person: finding them, seeing what goes and what stays, and saying so twice.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use rondo_core::text::Email;

use super::super::Console;
use super::super::form::Form;
use super::super::frame::{Frame, Place, rendered};
use super::super::paths::Query;
use super::super::routes::{Reach, Routes, Who, done};
use super::super::trouble::Trouble;
use super::{Asked, Refused, frame, tabs};
use crate::app::leads::{self, Traces};
use crate::app::people::Session;
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Admin, "/settings/people", show).post(Reach::Admin, "/settings/people", erase)
}

#[derive(Template)]
#[template(path = "settings/people.html")]
struct PeoplePage {
    frame: Frame,
    tabs: Vec<Place>,
    form: Form,
    /// What is wrong with the address that is looked for.
    sought_error: Option<String>,
    sought: String,
    found: Option<Traces>,
}

impl PeoplePage {
    async fn new(
        console: &Console,
        session: &Session,
        sought: &str,
        form: Form,
    ) -> Result<Self, Trouble> {
        let sought = sought.trim().to_owned();
        let address = (!sought.is_empty()).then(|| Email::parse(&sought)).transpose();
        let sought_error = address.as_ref().err().map(ToString::to_string);
        let found = match address.ok().flatten() {
            Some(email) => leads::traces(console.app(), &session.caller, email.key()).await?,
            None => None,
        };
        let frame = frame(console, session, t("erasing-title"));
        let tabs = tabs("/settings/people");
        Ok(Self { frame, tabs, form, sought_error, sought, found })
    }
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let sought = asked.email.clone().unwrap_or_default();
    let mut page = PeoplePage::new(&console, &session, &sought, Form::default()).await?;
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

async fn erase(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    let sought = form.text("email").to_owned();
    let typed = form.text("again").to_owned();
    let address = Email::parse(&sought).ok().map(|email| email.key());
    let traces = match address {
        Some(address) => leads::traces(console.app(), &session.caller, address).await?,
        None => None,
    };
    let Some(traces) = traces else {
        return Err(Trouble::not_found(t("erasing-gone")));
    };
    if Email::parse(&typed).ok().map(|email| email.key()) != address {
        form.say("again", t("erasing-not-that"));
        let page = PeoplePage::new(&console, &session, &sought, form).await?;
        return Ok(Refused::beside().page(&page));
    }
    leads::erase(console.app(), &session.caller, traces.lead.id).await?;
    Ok(done("/settings/people", "erased"))
}
