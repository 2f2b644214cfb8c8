//! Making, renaming and deleting groups, and who is in them.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::ids::RepId;

use super::{PageQuery, again, group_at, group_page, named_form};
use crate::app::groups::{self, NewGroup};
use crate::app::people::Session;
use crate::app::roster::{self, CHOICES_MAX, Choice};
use crate::console::form::{self, Form, known};
use crate::console::frame::{Frame, Section, rendered};
use crate::console::reps::away;
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::console::{Console, refused};
use crate::{say, t};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Admin, "/groups/new", new)
        .post(Reach::Admin, "/groups", take)
        .post(Reach::Admin, "/groups/{group}/rename", rename)
        .post(Reach::Admin, "/groups/{group}/delete", delete)
        .post(Reach::Admin, "/groups/{group}/members", add_member)
        .post(Reach::Admin, "/groups/{group}/members/{rep}/remove", remove_member)
}

#[derive(Template)]
#[template(path = "groups/new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    reps: Vec<Choice>,
}

impl NewPage {
    async fn shown(console: &Console, session: &Session, form: Form) -> Result<Self, Trouble> {
        let frame = Frame::new(console, Some(session), Section::Groups, t("groups-new"));
        Ok(Self { frame, form, reps: roster::choices(console.app(), &session.caller).await? })
    }

    /// Whether there are reps who are not offered.
    fn has_more(&self) -> bool {
        self.reps.len() == CHOICES_MAX
    }

    fn is_chosen(&self, choice: &Choice) -> bool {
        self.form.is("reps", &choice.rep.to_string())
    }
}

async fn new(State(console): State<Console>, Who(session): Who) -> Result<Response, Trouble> {
    Ok(rendered(&NewPage::shown(&console, &session, Form::default()).await?))
}

async fn take(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    let name = form.required("name", form::name);
    let reps: Result<Vec<RepId>, String> = form.all("reps").map(known).collect();
    let reps = reps.unwrap_or_default();
    if reps.is_empty() {
        form.say("reps", t("trouble-field-needs-rep"));
    }
    if let Some(name) = name.filter(|_| !form.has_errors()) {
        let new = NewGroup { name, reps };
        match groups::add(console.app(), &session.caller, new, form.once(&session)).await {
            Ok(group) => return Ok(done(&format!("/groups/{}", group.id), "added")),
            Err(error) => refused::tell(&mut form, error)?,
        }
    }
    let page = NewPage::shown(&console, &session, form).await?;
    Ok((StatusCode::BAD_REQUEST, rendered(&page)).into_response())
}

async fn rename(
    State(console): State<Console>,
    Who(session): Who,
    Path(group): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let group = group_at(&group)?;
    let now = groups::show(console.app(), &session.caller, group).await?;
    let name = form.required("name", form::name);
    if name.is_some() && form.is_outdated(&named_form(&now)) {
        form.say("name", say("words-renamed").arg("name", now.name).plain());
    } else if let Some(name) = name {
        match groups::rename(console.app(), &session.caller, group, name).await {
            Ok(_) => return Ok(done(&format!("/groups/{group}"), "saved")),
            Err(error) => refused::tell(&mut form, error)?,
        }
    }
    again(&console, &session, group, form).await
}

async fn delete(
    State(console): State<Console>,
    Who(session): Who,
    Path(group): Path<String>,
) -> Result<Response, Trouble> {
    groups::remove(console.app(), &session.caller, group_at(&group)?).await?;
    Ok(done("/groups", "deleted"))
}

fn rep_in(text: &str) -> Result<RepId, Trouble> {
    known(text).map_err(|_| Trouble::invalid(t("groups-choose-rep")))
}

async fn add_member(
    State(console): State<Console>,
    Who(session): Who,
    Path(group): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let group = group_at(&group)?;
    if form.is_ticked(away::SHOW) {
        let query = PageQuery::default();
        let mut page = group_page(&console, &session, group, query, None).await?;
        page.carried = away::carried(&form);
        return Ok(rendered(&page));
    }
    let Some(rep) = form.rep(&console, &session, "rep").await? else {
        form.say("rep", t("words-missing"));
        let query = PageQuery::default();
        let mut page = group_page(&console, &session, group, query, None).await?;
        page.carried = away::carried(&form);
        page.added = form;
        return Ok((StatusCode::BAD_REQUEST, rendered(&page)).into_response());
    };
    groups::add_member(console.app(), &session.caller, group, rep).await?;
    let ready = away::stands_ready(&console, &session, &form, "added-for").await?;
    Ok(ready.unwrap_or_else(|| done(&format!("/groups/{group}"), "added")))
}

async fn remove_member(
    State(console): State<Console>,
    Who(session): Who,
    Path((group, rep)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let (group, rep) = (group_at(&group)?, rep_in(&rep)?);
    let removed = groups::remove_member(console.app(), &session.caller, group, rep).await;
    removed.map_err(|error| Trouble::from(error).of_leaving())?;
    Ok(done(&format!("/groups/{group}"), "removed"))
}
