//! Reps and their absences over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use rondo_core::command::RepPatch;
use rondo_core::event::LeadsOfRemoved;
use rondo_core::ids::{AbsenceId, RepId};
use serde_json::Value;

use crate::app::absences::{self, AbsenceChanges, AbsenceView, Edge, GoAway, NewAbsence};
use crate::app::page::{Listed, Page};
use crate::app::reps::{self, NewRep, RepChanges, RepView};
use crate::app::{App, schema};
use crate::http::input::{At, AtBoth, Input, OptionalInput, Query, Who};
use crate::http::json::{self, Fault, FromObject, Object};
use crate::http::pages::PageParams;
use crate::http::problem::Problem;
use crate::http::{Answer, Created, Json};

/// Add a rep.
///
/// The rep joins the default group at once, and other groups when they are added there.
#[utoipa::path(post, path = "/v1/reps", tag = "Reps", request_body = NewRep,
    responses((status = 201, body = RepView, description = "The rep.")))]
pub(super) async fn add_rep(
    State(app): State<App>,
    Who(caller): Who,
    input: Input<NewRep>,
) -> Result<Created<RepView>, Problem> {
    Ok(Created(reps::add(&app, &caller, input.body, input.idempotency).await?))
}

/// List the reps.
///
/// Oldest first. A rep's own key sees that rep alone.
#[utoipa::path(get, path = "/v1/reps", tag = "Reps", params(PageParams),
    responses((status = 200, body = Listed<RepView>, description = "A page of reps.")))]
pub(super) async fn list_reps(
    State(app): State<App>,
    Who(caller): Who,
    Query(page): Query<Page>,
) -> Answer<Listed<RepView>> {
    Ok(Json(reps::list(&app, &caller, &page).await?))
}

/// Show a rep.
#[utoipa::path(get, path = "/v1/reps/{rep}", tag = "Reps",
    responses((status = 200, body = RepView, description = "The rep.")))]
pub(super) async fn get_rep(
    State(app): State<App>,
    Who(caller): Who,
    At(rep): At<RepId>,
) -> Answer<RepView> {
    Ok(Json(reps::show(&app, &caller, rep).await?))
}

/// Change a rep.
///
/// A change of the time zone moves no absence: the answer warns where there are any.
#[utoipa::path(patch, path = "/v1/reps/{rep}", tag = "Reps", request_body = RepChanges,
    responses((status = 200, body = RepView, description = "The rep.")))]
pub(super) async fn change_rep(
    State(app): State<App>,
    Who(caller): Who,
    At(rep): At<RepId>,
    input: Input<RepPatch>,
) -> Answer<RepView> {
    Ok(Json(reps::change(&app, &caller, rep, input.body).await?))
}

/// Remove a rep from the team.
///
/// A rep who owns leads is removed only with a decision on them: `leads=release`, so that they have no owner, or
/// `leads=transfer&to=` another rep. Past assignments keep the name.
#[utoipa::path(delete, path = "/v1/reps/{rep}", tag = "Reps",
    params(("decision" = LeadsDecision, Query, style = Form, explode,
        description = "What becomes of the leads that the rep owns: `leads` and `to` are parameters of their own.")),
    responses((status = 204, description = "The rep is gone.")))]
pub(super) async fn remove_rep(
    State(app): State<App>,
    Who(caller): Who,
    At(rep): At<RepId>,
    Query(removal): Query<Removal>,
) -> Result<StatusCode, Problem> {
    reps::remove(&app, &caller, rep, removal.leads).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Switch out of office on.
///
/// Away from now, with an open end unless `until` says otherwise. Refused when it would leave an active campaign
/// without anybody at some time; when only the open end is in the way, the refusal carries `latest_until`.
#[utoipa::path(put, path = "/v1/reps/{rep}/out-of-office", tag = "Out of office", request_body = GoAway,
    responses((status = 200, body = RepView, description = "The rep.")))]
pub(super) async fn go_out_of_office(
    State(app): State<App>,
    Who(caller): Who,
    At(rep): At<RepId>,
    input: OptionalInput<GoAway>,
) -> Answer<RepView> {
    Ok(Json(absences::go_away(&app, &caller, rep, input.body).await?))
}

/// Switch out of office off.
///
/// Ends every absence that covers now; future ones stay. Leads that waited are assigned at once.
#[utoipa::path(delete, path = "/v1/reps/{rep}/out-of-office", tag = "Out of office",
    responses((status = 200, body = RepView, description = "The rep.")))]
pub(super) async fn come_back(
    State(app): State<App>,
    Who(caller): Who,
    At(rep): At<RepId>,
) -> Answer<RepView> {
    Ok(Json(absences::come_back(&app, &caller, rep).await?))
}

/// Enter an absence.
///
/// With two instants, or with two days: whole days in the rep's own time zone, the last one included.
#[utoipa::path(post, path = "/v1/reps/{rep}/absences", tag = "Out of office", request_body = NewAbsence,
    responses((status = 201, body = AbsenceView, description = "The absence.")))]
pub(super) async fn add_absence(
    State(app): State<App>,
    Who(caller): Who,
    At(rep): At<RepId>,
    input: Input<NewAbsence>,
) -> Result<Created<AbsenceView>, Problem> {
    Ok(Created(absences::add(&app, &caller, rep, input.body, input.idempotency).await?))
}

/// List a rep's absences.
///
/// In the order in which they were entered.
#[utoipa::path(get, path = "/v1/reps/{rep}/absences", tag = "Out of office", params(PageParams),
    responses((status = 200, body = Listed<AbsenceView>, description = "A page of absences.")))]
pub(super) async fn list_absences(
    State(app): State<App>,
    Who(caller): Who,
    At(rep): At<RepId>,
    Query(page): Query<Page>,
) -> Answer<Listed<AbsenceView>> {
    Ok(Json(absences::list(&app, &caller, rep, &page).await?))
}

/// Show an absence.
#[utoipa::path(get, path = "/v1/reps/{rep}/absences/{abs}", tag = "Out of office",
    responses((status = 200, body = AbsenceView, description = "The absence.")))]
pub(super) async fn get_absence(
    State(app): State<App>,
    Who(caller): Who,
    AtBoth(rep, absence): AtBoth<RepId, AbsenceId>,
) -> Answer<AbsenceView> {
    Ok(Json(absences::show(&app, &caller, rep, absence).await?))
}

/// Change an absence.
#[utoipa::path(patch, path = "/v1/reps/{rep}/absences/{abs}", tag = "Out of office", request_body = AbsenceChanges,
    responses((status = 200, body = AbsenceView, description = "The absence.")))]
pub(super) async fn change_absence(
    State(app): State<App>,
    Who(caller): Who,
    AtBoth(rep, absence): AtBoth<RepId, AbsenceId>,
    input: Input<AbsenceChanges>,
) -> Answer<AbsenceView> {
    Ok(Json(absences::change(&app, &caller, rep, absence, input.body).await?))
}

/// Take an absence back.
#[utoipa::path(delete, path = "/v1/reps/{rep}/absences/{abs}", tag = "Out of office",
    responses((status = 204, description = "The absence is gone.")))]
pub(super) async fn remove_absence(
    State(app): State<App>,
    Who(caller): Who,
    AtBoth(rep, absence): AtBoth<RepId, AbsenceId>,
) -> Result<StatusCode, Problem> {
    absences::remove(&app, &caller, rep, absence).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What becomes of the leads that a removed rep owns, as a query says it.
pub(super) enum LeadsDecision {}
schema::one_of!(LeadsDecision = NoDecision | ReleaseLeads | TransferLeads);

/// Nothing: the rep is removed if they own none.
#[derive(utoipa::ToSchema)]
pub(super) struct NoDecision {}

/// They have no owner any more.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the rules have a type for it")]
pub(super) struct ReleaseLeads {
    leads: Release,
}

/// Another rep gets them.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the rules have a type for it")]
pub(super) struct TransferLeads {
    leads: Transfer,
    /// Who gets them.
    #[schema(value_type = schema::RepId)]
    to: String,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used: the rules have a type for it")]
pub(super) enum Release {
    Release,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used: the rules have a type for it")]
pub(super) enum Transfer {
    Transfer,
}

/// The query of a removal.
pub(super) struct Removal {
    leads: Option<LeadsOfRemoved>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Release,
    Transfer,
}

impl FromObject for Removal {
    fn take(object: &mut Object) -> Option<Self> {
        let words = &[("release", Word::Release), ("transfer", Word::Transfer)];
        let leads = object.optional("leads", json::word(words));
        let to = object.optional("to", json::id::<RepId>);
        let leads = match (leads?, to?) {
            (None, None) => None,
            (Some(Word::Release), None) => Some(LeadsOfRemoved::Released),
            (Some(Word::Transfer), Some(to)) => Some(LeadsOfRemoved::TransferredTo(to)),
            (Some(Word::Transfer), None) => {
                object.say(
                    "to",
                    "is missing; `leads=transfer` needs the rep who gets them".to_owned(),
                );
                return None;
            }
            (None | Some(Word::Release), Some(_)) => {
                object.say("to", "goes with `leads=transfer` alone; leave it out".to_owned());
                return None;
            }
        };
        Some(Self { leads })
    }
}

impl FromObject for NewRep {
    fn take(object: &mut Object) -> Option<Self> {
        let name = object.required("name", json::name);
        let email = object.required("email", json::email);
        let phone = object.optional("phone", json::phone);
        let time_zone = object.optional("time_zone", json::time_zone);
        let calendar_link = object.optional("calendar_link", json::link);
        Some(Self {
            name: name?,
            email: email?,
            phone: phone?,
            time_zone: time_zone?,
            calendar_link: calendar_link?,
        })
    }
}

impl FromObject for RepPatch {
    fn take(object: &mut Object) -> Option<Self> {
        let name = object.changed("name", json::name);
        let email = object.changed("email", json::email);
        let phone = object.cleared("phone", json::phone_or_standing);
        let time_zone = object.changed("time_zone", json::time_zone);
        let calendar_link = object.cleared("calendar_link", json::link);
        Some(Self {
            name: name?,
            email: email?,
            phone: phone?,
            time_zone: time_zone?,
            calendar_link: calendar_link?,
        })
    }
}

impl FromObject for GoAway {
    fn take(object: &mut Object) -> Option<Self> {
        let until = object.optional("until", edge);
        let note = object.optional("note", json::note);
        Some(Self { until: until?, note: note?.flatten() })
    }
}

impl FromObject for NewAbsence {
    fn take(object: &mut Object) -> Option<Self> {
        let from = object.required("from", edge);
        let until = object.optional("until", edge);
        let note = object.optional("note", json::note);
        Some(Self { from: from?, until: until?, note: note?.flatten() })
    }
}

impl FromObject for AbsenceChanges {
    fn take(object: &mut Object) -> Option<Self> {
        let from = object.changed("from", edge);
        let until = object.cleared("until", edge);
        let note = object.cleared("note", json::note);
        Some(Self { from: from?, until: until?, note: note?.map(Option::flatten) })
    }
}

/// Characters of a day, `YYYY-MM-DD`.
const DAY_LENGTH: usize = 10;

fn edge(value: Value) -> Result<Edge, Fault> {
    let text = json::any_text(value)?;
    if text.len() == DAY_LENGTH {
        let day = text
            .parse()
            .map_err(|_| Fault::Invalid("is not a day; expected `YYYY-MM-DD`".to_owned()))?;
        return Ok(Edge::Day(day));
    }
    json::parse_instant(&text).map(Edge::At).map_err(|_| {
        Fault::Invalid(
            "is neither a day nor an instant; expected `2026-12-03` or `2026-12-03T09:00:00Z`"
                .to_owned(),
        )
    })
}
