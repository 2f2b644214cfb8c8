//! Removing a rep, with a decision on what becomes of their leads (G5).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::event::LeadsOfRemoved;
use rondo_core::ids::RepId;

use super::rep_at;
use crate::app::choices::{self, Choices};
use crate::app::circles::{self, PlaceView};
use crate::app::people::Session;
use crate::app::reps;
use crate::app::roster::{self, RosterRow};
use crate::console::Console;
use crate::console::form::Form;
use crate::console::frame::{Frame, Section, rendered};
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::{say, t};

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Admin, "/reps/{rep}/remove", page).post(
        Reach::Admin,
        "/reps/{rep}/remove",
        remove,
    )
}

#[derive(Template)]
#[template(path = "reps/remove.html")]
struct RemovePage {
    frame: Frame,
    row: RosterRow,
    /// Their places in groups that they are the only member of.
    alone: Vec<PlaceView>,
    others: Choices<RepId>,
    form: Form,
}

impl RemovePage {
    fn groups(&self) -> String {
        let names: Vec<_> = self.alone.iter().map(|place| place.group_name.as_str()).collect();
        names.join(", ")
    }
}

async fn shown(
    console: &Console,
    session: &Session,
    rep: RepId,
    form: Form,
) -> Result<RemovePage, Trouble> {
    let row = roster::one(console.app(), &session.caller, rep).await?;
    let others = choices::other_reps(console.app(), &session.caller, rep).await?;
    let mut alone = circles::places(console.app(), &session.caller, rep).await?;
    let is_own_group = |place: &PlaceView| row.groups.iter().any(|(id, _)| *id == place.group);
    alone.retain(|place| place.member_count == 1 && is_own_group(place));
    let title = say("reps-remove").arg("rep", &row.rep.name).plain();
    let frame = Frame::new(console, Some(session), Section::Reps, title);
    Ok(RemovePage { frame, row, alone, others, form })
}

async fn page(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
) -> Result<Response, Trouble> {
    Ok(rendered(&shown(&console, &session, rep_at(&rep)?, Form::default()).await?))
}

/// What was decided; none for a rep without leads, for whom nothing was asked.
async fn decision(
    console: &Console,
    session: &Session,
    form: &mut Form,
    leads_owned: u64,
) -> Result<Option<LeadsOfRemoved>, Trouble> {
    Ok(match form.text("leads") {
        "release" => Some(LeadsOfRemoved::Released),
        "transfer" => {
            let to = form.rep(console, session, "to").await?;
            if to.is_none() {
                form.say("to", t("words-missing"));
            }
            to.map(LeadsOfRemoved::TransferredTo)
        }
        _ if leads_owned == 0 => None,
        _ => {
            form.say("leads", t("reps-leads-undecided"));
            None
        }
    })
}

async fn remove(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let rep = rep_at(&rep)?;
    let leads_owned = roster::one(console.app(), &session.caller, rep).await?.leads_owned;
    let leads = decision(&console, &session, &mut form, leads_owned).await?;
    if form.has_errors() {
        let page = shown(&console, &session, rep, form).await?;
        return Ok((StatusCode::BAD_REQUEST, rendered(&page)).into_response());
    }
    let removed = reps::remove(console.app(), &session.caller, rep, leads).await;
    removed.map_err(|error| Trouble::from(error).of_leaving())?;
    Ok(done("/reps", "removed"))
}
