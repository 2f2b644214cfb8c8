//! Reps and their absences.

use rondo_core::Period;
use rondo_core::event::{AbsenceSource, Dates, LeadsOfRemoved};
use rondo_core::ids::{AbsenceId, RepId};
use rondo_core::text::Seal;

use super::At;
use crate::StoreError;
use crate::projection::details::Details;
use crate::rows::Values;

pub(super) async fn add(
    here: &mut At<'_>,
    rep: RepId,
    place: u64,
    seal: Seal,
) -> Result<(), StoreError> {
    let at = here.at;
    here.execute(
        "insert into reps (team_id, rep_id, added_at, is_said_away, seal)
         values ($1, $2, $3, 0, $4)",
        |values| {
            values.id(rep);
            values.instant(at);
            values.text(seal.to_string());
        },
    )
    .await?;
    here.execute(
        "insert into members (team_id, group_id, place, rep_id, added_at)
         select team_id, default_group_id, $3, $2, $4
         from teams
         where team_id = $1",
        |values| {
            values.id(rep);
            values.number(place);
            values.instant(at);
        },
    )
    .await?;
    here.execute(
        "update sales_groups
         set next_place = $2
         where team_id = $1
           and group_id = (select default_group_id from teams where team_id = $1)",
        |values| values.number(place + 1),
    )
    .await
}

pub(super) async fn set_seal(here: &mut At<'_>, rep: RepId, seal: Seal) -> Result<(), StoreError> {
    here.execute(
        "update reps
         set seal = $3
         where team_id = $1 and rep_id = $2",
        |values| {
            values.id(rep);
            values.text(seal.to_string());
        },
    )
    .await
}

pub(super) async fn set_details(
    here: &mut At<'_>,
    rep: RepId,
    details: &Details<'_>,
) -> Result<(), StoreError> {
    let Some(details) = details.reps.get(&rep) else { return Ok(()) };
    here.execute(
        "update reps
         set email_key = $3, email = $4, name = $5, phone = $6, time_zone = $7, calendar_link = $8, salt = $9
         where team_id = $1 and rep_id = $2",
        |values| {
            values.id(rep);
            values.optional_email(Some(&details.email));
            values.text(details.name.as_str());
            values.optional_text(details.phone.as_deref());
            values.text(&details.time_zone);
            values.optional_text(details.calendar_link.as_deref());
            values.bytes(&details.salt);
        },
    )
    .await
}

pub(super) async fn remove(
    here: &mut At<'_>,
    rep: RepId,
    leads: LeadsOfRemoved,
) -> Result<(), StoreError> {
    let at = here.at;
    let (became, to) = match leads {
        LeadsOfRemoved::Released => ("released", None),
        LeadsOfRemoved::TransferredTo(to) => ("transferred", Some(to)),
    };
    here.execute(
        "update reps
         set removed_at = $3, leads_became = $4, leads_to_id = $5
         where team_id = $1 and rep_id = $2",
        |values| {
            values.id(rep);
            values.instant(at);
            values.text(became);
            values.optional_id(to);
        },
    )
    .await?;
    here.execute(
        "delete from members
         where team_id = $1 and rep_id = $2",
        |values| values.id(rep),
    )
    .await
}

pub(super) async fn say_away(here: &mut At<'_>, rep: RepId) -> Result<(), StoreError> {
    here.execute(
        "update reps
         set is_said_away = 1
         where team_id = $1 and rep_id = $2",
        |values| values.id(rep),
    )
    .await
}

pub(super) async fn say_back(here: &mut At<'_>, rep: RepId) -> Result<(), StoreError> {
    here.execute(
        "update reps
         set is_said_away = 0
         where team_id = $1 and rep_id = $2",
        |values| values.id(rep),
    )
    .await
}

pub(super) async fn add_absence(
    here: &mut At<'_>,
    absence: AbsenceId,
    rep: RepId,
    when: (Period, Option<Dates>),
    source: AbsenceSource,
) -> Result<(), StoreError> {
    here.execute(
        "insert into absences (team_id, absence_id, from_at, until_at, from_date, last_date, rep_id, source)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        |values| {
            values.id(absence);
            bind_when(values, when);
            values.id(rep);
            values.word(source);
        },
    )
    .await
}

pub(super) async fn change_absence(
    here: &mut At<'_>,
    absence: AbsenceId,
    when: (Period, Option<Dates>),
) -> Result<(), StoreError> {
    here.execute(
        "update absences
         set from_at = $3, until_at = $4, from_date = $5, last_date = $6
         where team_id = $1 and absence_id = $2",
        |values| {
            values.id(absence);
            bind_when(values, when);
        },
    )
    .await
}

pub(super) async fn remove_absence(
    here: &mut At<'_>,
    absence: AbsenceId,
) -> Result<(), StoreError> {
    here.execute(
        "delete from absences
         where team_id = $1 and absence_id = $2",
        |values| values.id(absence),
    )
    .await
}

pub(super) async fn set_note(
    here: &mut At<'_>,
    absence: AbsenceId,
    details: &Details<'_>,
) -> Result<(), StoreError> {
    let Some(note) = details.absence_notes.get(&absence) else { return Ok(()) };
    here.execute(
        "update absences
         set note = $3
         where team_id = $1 and absence_id = $2",
        |values| {
            values.id(absence);
            values.optional_text(*note);
        },
    )
    .await
}

fn bind_when(values: &mut Values<'_>, (period, dates): (Period, Option<Dates>)) {
    values.instant(period.from);
    values.optional_instant(period.until);
    values.optional_text(dates.map(|dates| dates.from.to_string()));
    let last = dates.and_then(|dates| dates.last).map(|last| last.to_string());
    values.optional_text(last);
}
