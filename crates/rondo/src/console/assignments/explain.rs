//! Why a lead went to a rep (R11), and passing it on.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::command::ReassignTo;
use rondo_core::event::{PassedOverReason, Reason};
use rondo_core::ids::{AssignmentId, RepId};

use crate::app::assignments::{self, PassedOn, Reassignment};
use crate::app::choices::{self, Choices};
use crate::app::explanation::{self, Beside, Came, Explanation, Note, Passed, Seat};
use crate::app::people::Session;
use crate::app::text;
use crate::console::Console;
use crate::console::circle::Drawing;
use crate::console::form::{self, Form};
use crate::console::frame::{Frame, Section, rendered};
use crate::console::paths;
use crate::console::routes::{Who, done};
use crate::console::trouble::Trouble;
use crate::console::why;
use crate::console::words::assigned_because;
use crate::texts::Say;
use crate::{say, t};

#[derive(Template)]
#[template(path = "assignment.html")]
struct AssignmentPage {
    frame: Frame,
    why: Explanation,
    drawing: Option<Drawing>,
    sees_team: bool,
    reps: Choices<RepId>,
    form: Form,
    error: Option<String>,
}

pub(super) async fn explanation(
    State(console): State<Console>,
    Who(session): Who,
    Path(assignment): Path<String>,
    query: Form,
) -> Result<Response, Trouble> {
    let assignment = paths::named("assignment", &assignment)?;
    let done = Some(query.text("done"));
    page(&console, &session, assignment, Form::default(), None, done).await
}

async fn page(
    console: &Console,
    session: &Session,
    assignment: AssignmentId,
    form: Form,
    refusal: Option<Trouble>,
    done: Option<&str>,
) -> Result<Response, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let why = explanation::show(app, caller, assignment).await?;
    let title = format!("{} → {}", why.assignment.called(), why.assignment.item.rep_name);
    let frame = Frame::new(console, Some(session), Section::Assignments, title).after(done);
    let reps = match frame.is_admin() {
        true => choices::reps(app, caller).await?,
        false => Choices::none(),
    };
    let (status, error) = match &refusal {
        Some(trouble) => (trouble.status(), Some(trouble.detail().to_owned())),
        None if form.has_errors() => (StatusCode::BAD_REQUEST, None),
        None => (StatusCode::OK, None),
    };
    let page = AssignmentPage {
        frame,
        drawing: why
            .circle
            .as_ref()
            .and_then(|circle| Drawing::of_assignment(&circle.seats, why.took_turn)),
        why,
        sees_team: caller.only_rep().is_none(),
        reps,
        form,
        error,
    };
    Ok((status, rendered(&page)).into_response())
}

impl AssignmentPage {
    fn reason(&self) -> &'static str {
        assigned_because(&self.why.assignment.item)
    }

    fn why(&self) -> String {
        why::sentence(&self.frame, &self.why.assignment.item)
    }

    /// To whom the lead was passed on, where that is known. A rep may not open the assignments of others.
    fn passed_on(&self) -> Say {
        let Some(next) = &self.why.passed_on else { return say("assignments-was-passed-on") };
        let (by, rep, when) = (&next.by, &next.to.rep_name, self.frame.when(&next.at));
        match self.sees_team {
            true => say("assignments-was-passed-on-to")
                .link("rep", path_of(&next.to), rep)
                .arg("by", by)
                .arg("when", when),
            false => {
                say("assignments-was-passed-on-to").arg("rep", rep).arg("by", by).arg("when", when)
            }
        }
    }

    fn passed_from(&self, from: &Beside) -> Say {
        let (rep, n) = (&from.rep_name, from.ledger);
        match self.sees_team {
            true => {
                say("assignments-passed-from-entry").link("rep", path_of(from), rep).arg("n", n)
            }
            false => say("assignments-passed-from-entry").arg("rep", rep).arg("n", n),
        }
    }

    /// Who has the lead now, where it was passed on more than once since.
    fn standing(&self) -> Option<Say> {
        let next = self.why.passed_on.as_ref().map(|next| next.to.assignment);
        let standing = self.why.standing.as_ref();
        let standing = standing.filter(|standing| next != Some(standing.assignment))?;
        let rep = &standing.rep_name;
        Some(match self.sees_team {
            true => say("assignments-standing").link("rep", path_of(standing), rep),
            false => say("assignments-standing").arg("rep", rep),
        })
    }

    /// Who wrote the note, and when.
    fn noted(&self, note: &Note) -> Option<Say> {
        noted(&self.frame, note)
    }

    /// Why somebody has the lead who was not in the circle.
    fn outside(&self) -> Say {
        let (rep, group) = (&self.why.assignment.item.rep_name, &self.why.group_name);
        match self.why.assignment.item.reason {
            Reason::Manual => say("assignments-outside-manual").arg("rep", rep).arg("group", group),
            Reason::Owner | Reason::Turn | Reason::Transfer => {
                say("assignments-outside-owner").arg("rep", rep).arg("group", group)
            }
        }
    }

    fn passed(&self, passed: &Passed) -> Say {
        let name = &passed.name;
        match (passed.reason, &passed.until) {
            (PassedOverReason::OutOfOffice { .. }, Some(until)) => {
                let until = self.frame.until(until);
                say("assignments-passed-away-until").arg("name", name).arg("until", until)
            }
            (PassedOverReason::OutOfOffice { .. }, None) => {
                say("assignments-passed-away").arg("name", name)
            }
            (PassedOverReason::HadThisLead, _) => {
                say("assignments-passed-had-it").arg("name", name)
            }
        }
    }

    fn more_passed(&self) -> u64 {
        let named = self.why.passed_over.len() as u64;
        self.why.assignment.item.why.passed_over_count.saturating_sub(named)
    }

    fn away(&self, seat: &Seat) -> Option<String> {
        Some(match seat.away? {
            Some(until) => {
                say("assignments-seat-away-until").arg("until", self.frame.until(&until)).plain()
            }
            None => t("assignments-seat-away").to_owned(),
        })
    }

    fn seats(&self) -> &[Seat] {
        self.why.circle.as_ref().map_or(&[], |circle| &circle.seats)
    }

    fn member_count(&self) -> usize {
        self.why.circle.as_ref().map_or(0, |circle| circle.member_count)
    }

    fn has_away(&self) -> bool {
        self.seats().iter().any(|seat| seat.away.is_some() && !seat.is_chosen)
    }

    /// Whether the thread is within reach: a rep reads those of leads that are theirs now.
    fn sees_thread(&self) -> bool {
        self.sees_team || self.why.assignment.item.stands
    }
}

/// Who wrote a note, and when, where that is known.
pub(in crate::console) fn noted(frame: &Frame, note: &Note) -> Option<Say> {
    let (by, at) = note.from.as_ref()?;
    Some(say("assignments-noted").arg("by", by).arg("when", frame.when(at)))
}

fn path_of(other: &Beside) -> String {
    format!("/assignments/{}", other.assignment)
}

pub(super) async fn reassign(
    State(console): State<Console>,
    Who(session): Who,
    Path(assignment): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let assignment = paths::named("assignment", &assignment)?;
    let (app, caller) = (console.app(), &session.caller);
    let to = match form.text("to") {
        "next" => Some(ReassignTo::Next),
        _ => form.rep(&console, &session, "to").await?.map(ReassignTo::Rep),
    };
    form.required("to", form::any);
    let note = form.optional("note", text::parse_optional_note).flatten();
    let Some(to) = to.filter(|_| !form.has_errors()) else {
        return page(&console, &session, assignment, form, None, None).await;
    };
    let (new, once) = (Reassignment { to, note }, form.once(&session));
    match assignments::reassign(app, caller, assignment, new, once).await {
        Ok(PassedOn::Now(view)) => Ok(done(&format!("/assignments/{}", view.id), "reassigned")),
        Ok(PassedOn::Before(view)) => Ok(done(&format!("/assignments/{}", view.id), "stood")),
        Err(error) => page(&console, &session, assignment, form, Some(error.into()), None).await,
    }
}
