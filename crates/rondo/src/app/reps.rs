//! Reps: adding, changing and removing them, and showing who is there.

use rondo_core::command::{Answer, Command, RepPatch};
use rondo_core::detail::RepDetails;
use rondo_core::event::LeadsOfRemoved;
use rondo_core::ids::{AbsenceId, GroupId, RepId};
use rondo_core::text::{Email, Name};
use rondo_core::time::Instant;
use rondo_store::RepRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::days::End;
use crate::app::page::{After, List, Listed, Page};
use crate::app::warnings::{self, WarningView};
use crate::app::{App, AppError, Caller, Look, schema, text};
use crate::engine::{Done, IdempotencyKey};

/// A rep to be added.
#[derive(Debug, Clone, ToSchema)]
pub struct NewRep {
    /// Full name.
    #[schema(value_type = schema::Name)]
    pub name: Name,
    /// Where handovers are sent.
    #[schema(value_type = schema::Email)]
    pub email: Email,
    /// As people dial it.
    #[schema(value_type = Option<schema::Phone>)]
    pub phone: Option<String>,
    /// `UTC` unless it is said.
    #[schema(value_type = Option<schema::TimeZone>, default = "UTC")]
    pub time_zone: Option<String>,
    /// Where leads can pick a time.
    #[schema(value_type = Option<schema::Link>)]
    pub calendar_link: Option<String>,
}

/// What is to be changed of a rep; what is absent stays.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the rules have a type for it")]
pub struct RepChanges {
    #[schema(value_type = Option<schema::Name>, nullable = false)]
    name: Option<String>,
    #[schema(value_type = Option<schema::Email>, nullable = false)]
    email: Option<String>,
    /// Null takes it away.
    #[schema(value_type = Option<schema::Phone>)]
    phone: Option<String>,
    /// Absences stay at the instants that they have; the answer warns of them.
    #[schema(value_type = Option<schema::TimeZone>, nullable = false)]
    time_zone: Option<String>,
    /// Null takes it away.
    #[schema(value_type = Option<schema::Link>)]
    calendar_link: Option<String>,
}

/// A sales rep.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Rep)]
pub struct RepView {
    #[schema(value_type = schema::RepId)]
    pub id: RepId,
    pub name: String,
    #[schema(value_type = schema::Email)]
    pub email: String,
    pub phone: Option<String>,
    pub time_zone: String,
    pub calendar_link: Option<String>,
    /// Whether the rep takes turns now.
    pub available: bool,
    /// The absence that keeps the rep away now; null when there is none.
    pub out_of_office: Option<OutOfOffice>,
    /// The groups that the rep is a member of, oldest first.
    #[schema(value_type = Vec<schema::GroupId>)]
    pub groups: Vec<GroupId>,
    #[schema(value_type = schema::Instant)]
    pub added_at: Instant,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// How a rep is away.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OutOfOffice {
    /// Of the absences that cover now, the one that ends last.
    #[schema(value_type = schema::AbsenceId)]
    pub absence: AbsenceId,
    #[schema(value_type = schema::Instant)]
    pub from: Instant,
    /// Null while the end is open.
    #[schema(value_type = Option<schema::Instant>)]
    pub until: Option<Instant>,
    /// When the rep is available again, all absences taken together; null while an end is open.
    #[schema(value_type = Option<schema::Instant>)]
    pub back_at: Option<Instant>,
    /// The same for the console, which tells days as days.
    #[serde(skip)]
    pub end: Option<End>,
    /// For admins and the rep alone; null to others.
    pub note: Option<String>,
}

/// Adds a rep.
pub async fn add(
    app: &App,
    caller: &Caller,
    new: NewRep,
    key: Option<IdempotencyKey>,
) -> Result<RepView, AppError> {
    let mut salt = [0; 16];
    app.entropy().fill(&mut salt);
    let details = RepDetails {
        name: new.name,
        email: new.email,
        phone: new.phone,
        time_zone: new.time_zone.unwrap_or_else(|| "UTC".to_owned()),
        calendar_link: new.calendar_link,
        salt,
    };
    let done = app.run(caller, Command::AddRep { details }, key).await?;
    after(app, caller, &done, None).await
}

/// Changes a rep's personal fields.
pub async fn change(
    app: &App,
    caller: &Caller,
    rep: RepId,
    patch: RepPatch,
) -> Result<RepView, AppError> {
    if let Some(Some(phone)) = &patch.phone
        && let Err(unfit) = text::check_phone(phone)
    {
        let stands = app.store().rep(caller.team, rep).await?.and_then(|row| row.phone);
        if stands.as_ref() != Some(phone) {
            return Err(AppError::invalid("/phone", unfit.to_string()));
        }
    }
    let done = app.run(caller, Command::ChangeRep { rep, patch }, None).await?;
    after(app, caller, &done, Some(rep)).await
}

/// Removes a rep, with a decision on the leads that they own (G5).
pub async fn remove(
    app: &App,
    caller: &Caller,
    rep: RepId,
    leads: Option<LeadsOfRemoved>,
) -> Result<(), AppError> {
    app.run(caller, Command::RemoveRep { rep, leads }, None).await.map(drop)
}

/// The rep that a command was about, as it left them.
pub(super) async fn after(
    app: &App,
    caller: &Caller,
    done: &Done,
    rep: Option<RepId>,
) -> Result<RepView, AppError> {
    let rep = match (&done.answer, rep) {
        (Answer::Rep(rep), _) => *rep,
        (_, Some(rep)) => rep,
        (_, None) => return Err(AppError::not_found("rep", "")),
    };
    let look = app.look_at(done.team.clone());
    let mut view = one(app, caller, &look, rep).await?;
    view.warnings = warnings::views(&done.warnings);
    Ok(view)
}

/// A rep.
pub async fn show(app: &App, caller: &Caller, rep: RepId) -> Result<RepView, AppError> {
    let look = app.look(caller.team).await?;
    one(app, caller, &look, rep).await
}

async fn one(app: &App, caller: &Caller, look: &Look, rep: RepId) -> Result<RepView, AppError> {
    let row = app.store().rep(caller.team, rep).await?;
    let row = row.ok_or_else(|| AppError::not_found("rep", rep))?;
    let mut views = views(app, caller, look, vec![row]).await?;
    views.pop().ok_or_else(|| AppError::not_found("rep", rep))
}

/// The reps of a team, oldest first; a rep's own key shows that rep alone.
pub async fn list(app: &App, caller: &Caller, page: &Page) -> Result<Listed<RepView>, AppError> {
    let look = app.look(caller.team).await?;
    if let Some(own) = caller.only_rep() {
        let items = vec![one(app, caller, &look, own).await?];
        return Ok(Listed { items, next_cursor: None });
    }
    let list = List::new(caller.team, "reps", &());
    let after = list.start::<After<RepId>>(page)?.map(|after| after.0);
    let rows = app.store().reps(caller.team, after, page.fetch()).await?;
    let listed = list.page(page, rows, |row| After(row.rep));
    let items = views(app, caller, &look, listed.items).await?;
    Ok(Listed { items, next_cursor: listed.next_cursor })
}

pub(super) async fn views(
    app: &App,
    caller: &Caller,
    look: &Look,
    rows: Vec<RepRow>,
) -> Result<Vec<RepView>, AppError> {
    let team = &look.team;
    // A rep added or removed between the two readings is shown as the later one says.
    let away: Vec<_> = rows.iter().map(|row| team.away(row.rep, look.now)).collect();
    let seen: Vec<AbsenceId> = rows
        .iter()
        .zip(&away)
        .filter(|(row, _)| caller.sees_notes_of(row.rep))
        .filter_map(|(_, away)| away.map(|away| away.absence))
        .collect();
    let mut notes = match seen.as_slice() {
        [] => Default::default(),
        seen => app.store().absence_notes(caller.team, seen).await?,
    };
    let view = |(row, away): (RepRow, Option<rondo_core::team::Away>)| RepView {
        id: row.rep,
        name: row.name,
        email: row.email,
        phone: row.phone,
        time_zone: row.time_zone,
        calendar_link: row.calendar_link,
        available: away.is_none() && team.rep(row.rep).is_some(),
        out_of_office: away.map(|away| OutOfOffice {
            absence: away.absence,
            from: away.period.from,
            until: away.period.until,
            back_at: away.back_at,
            end: away.back_at.map(|at| End::of(team, row.rep, at)),
            note: notes.remove(&away.absence),
        }),
        groups: team.groups_of(row.rep),
        added_at: row.added_at,
        warnings: Vec::new(),
    };
    Ok(rows.into_iter().zip(away).map(view).collect())
}
