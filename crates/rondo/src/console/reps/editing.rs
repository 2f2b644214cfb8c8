//! Adding a rep, and changing what is known of one.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::command::RepPatch;
use rondo_core::ids::RepId;

use super::{away, rep_at};
use crate::app::people::Session;
use crate::app::reps::{self, NewRep, RepView};
use crate::app::text::{
    parse_link, parse_phone, parse_phone_or_standing, parse_time_zone, time_zones,
};
use crate::console::form::{self, Form};
use crate::console::frame::{Frame, Section, rendered};
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::console::{Console, paths, refused};
use crate::{say, t};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Admin, "/reps/new", new)
        .post(Reach::Admin, "/reps", take)
        .get(Reach::OwnOrAdmin, "/reps/{rep}/edit", edit)
        .post(Reach::OwnOrAdmin, "/reps/{rep}/edit", change)
}

#[derive(Template)]
#[template(path = "reps/edit.html")]
struct EditPage {
    frame: Frame,
    form: Form,
    /// None for one who is to be added.
    rep: Option<(RepId, String)>,
    zones: Vec<String>,
    /// What stands ready once the rep is added.
    carried: Vec<(String, String)>,
}

impl EditPage {
    fn new(console: &Console, session: &Session, rep: Option<(RepId, String)>, form: Form) -> Self {
        let title = match &rep {
            Some((_, name)) => say("reps-edit-title").arg("rep", name).plain(),
            None => t("common-add-rep").to_owned(),
        };
        let frame = Frame::new(console, Some(session), Section::Reps, title);
        let carried = if rep.is_none() { away::carried(&form) } else { Vec::new() };
        Self { frame, form, rep, zones: time_zones(), carried }
    }

    fn refused(&self) -> Response {
        (StatusCode::BAD_REQUEST, rendered(self)).into_response()
    }
}

async fn new(
    State(console): State<Console>,
    Who(session): Who,
    query: Form,
) -> Result<Response, Trouble> {
    // One after another: the zone of the last rep stands.
    let zone = Some(query.text("time_zone")).filter(|zone| !zone.is_empty());
    let zone = zone.unwrap_or(&session.time_zone).to_owned();
    let form = Form::of([("time_zone", zone)]);
    let mut page = EditPage::new(&console, &session, None, form);
    page.frame = page.frame.after(Some(query.text("done")));
    Ok(rendered(&page))
}

async fn take(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    if form.is_ticked(away::SHOW) {
        form.set("time_zone", session.time_zone.clone());
        return Ok(rendered(&EditPage::new(&console, &session, None, form)));
    }
    let (name, email) = (form.required("name", form::name), form.required("email", form::email));
    let phone = form.optional("phone", parse_phone);
    let time_zone = form.optional("time_zone", parse_time_zone);
    let calendar_link = form.optional("calendar_link", parse_link);
    if let Some((name, email)) = name.zip(email).filter(|_| !form.has_errors()) {
        let new = NewRep { name, email, phone, time_zone, calendar_link };
        match reps::add(console.app(), &session.caller, new, form.once(&session)).await {
            Ok(_) if form.is("then", "another") => {
                let path = paths::with("/reps/new", [("time_zone", form.text("time_zone"))]);
                return Ok(done(&path, "added-one"));
            }
            Ok(rep) => {
                let ready = away::stands_ready(&console, &session, &form, "added-for").await?;
                return Ok(ready.unwrap_or_else(|| done(&format!("/reps/{}", rep.id), "added")));
            }
            Err(error) => refused::tell(&mut form, error)?,
        }
    }
    Ok(EditPage::new(&console, &session, None, form).refused())
}

async fn edit(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
) -> Result<Response, Trouble> {
    let rep = reps::show(console.app(), &session.caller, rep_at(&rep)?).await?;
    let form = filled(&rep);
    Ok(rendered(&EditPage::new(&console, &session, Some((rep.id, rep.name)), form)))
}

/// The form as the rep stands.
fn filled(rep: &RepView) -> Form {
    Form::of([
        ("name", rep.name.clone()),
        ("email", rep.email.clone()),
        ("phone", rep.phone.clone().unwrap_or_default()),
        ("time_zone", rep.time_zone.clone()),
        ("calendar_link", rep.calendar_link.clone().unwrap_or_default()),
    ])
}

/// Says beside each field that somebody else changed how it stands now.
fn tell_apart(form: &mut Form, now: &Form) {
    for name in ["name", "email", "phone", "time_zone", "calendar_link"] {
        if form.text(name) != now.text(name) {
            let now = match now.text(name) {
                "" => t("reps-is-now-nothing"),
                now => now,
            };
            form.say(name, say("reps-is-now").arg("now", now).plain());
        }
    }
}

async fn change(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let rep = reps::show(console.app(), &session.caller, rep_at(&rep)?).await?;
    let patch = RepPatch {
        name: form.required("name", form::name),
        email: form.required("email", form::email),
        phone: Some(form.optional("phone", |text| match &rep.phone {
            Some(phone) if phone == text => parse_phone_or_standing(text),
            Some(_) | None => parse_phone(text),
        })),
        time_zone: form.required("time_zone", parse_time_zone),
        calendar_link: Some(form.optional("calendar_link", parse_link)),
    };
    let now = filled(&rep);
    if !form.has_errors() && form.is_outdated(&now) {
        tell_apart(&mut form, &now);
        let page = EditPage::new(&console, &session, Some((rep.id, rep.name)), form);
        return Ok((StatusCode::CONFLICT, rendered(&page)).into_response());
    }
    if !form.has_errors() {
        match reps::change(console.app(), &session.caller, rep.id, patch).await {
            Ok(changed) => {
                let word = if changed.warnings.is_empty() { "saved" } else { "zone-changed" };
                return Ok(done(&format!("/reps/{}", rep.id), word));
            }
            Err(error) => refused::tell(&mut form, error)?,
        }
    }
    Ok(EditPage::new(&console, &session, Some((rep.id, rep.name)), form).refused())
}
