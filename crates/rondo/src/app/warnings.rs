//! Cautions that come with success, as views.

use rondo_core::refusal::{NotEnrolled, Warning};
use rondo_core::time::{Instant, Period};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::schema;

/// A caution: what was asked for is done, and something about it deserves a look.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Warning)]
pub struct WarningView {
    /// `nobody-available`, `future-gap`, `unknown-owner`, `duplicate-row`, `not-enrolled`,
    /// `absences-not-moved`, `rotation-per-campaign` or `name-shared`; others may come.
    pub code: &'static str,
    /// What it is about, and what to do.
    pub detail: String,
    /// The group that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::GroupId>, nullable = false)]
    pub group: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub group_name: Option<String>,
    /// When nobody will be available: the first few periods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
    /// The place in the list that was sent, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub row: Option<usize>,
    /// The place of the earlier row with the same address, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub first_row: Option<usize>,
}

/// A period without anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gap {
    /// The first instant without anybody.
    #[schema(value_type = schema::Instant)]
    pub from: Instant,
    /// The first instant with somebody again; null when there is none.
    #[schema(value_type = Option<schema::Instant>)]
    pub until: Option<Instant>,
}

impl From<Period> for Gap {
    fn from(period: Period) -> Self {
        Self { from: period.from, until: period.until }
    }
}

impl From<Gap> for Period {
    fn from(gap: Gap) -> Self {
        Self { from: gap.from, until: gap.until }
    }
}

/// The views of warnings, in order.
pub fn views(warnings: &[Warning]) -> Vec<WarningView> {
    warnings.iter().map(WarningView::from).collect()
}

impl From<&Warning> for WarningView {
    fn from(warning: &Warning) -> Self {
        let mut view = Self {
            code: warning.code(),
            detail: String::new(),
            group: None,
            group_name: None,
            gaps: Vec::new(),
            row: None,
            first_row: None,
        };
        match warning {
            Warning::NobodyAvailable { group, group_name } => {
                view.detail = format!(
                    "nobody in group `{group_name}` is available now; add a rep or end an absence"
                );
                view.group = Some(group.to_string());
                view.group_name = Some(group_name.clone());
            }
            Warning::FutureGap { group, group_name, gaps } => {
                view.detail = future_gap(group_name, gaps);
                view.group = Some(group.to_string());
                view.group_name = Some(group_name.clone());
                view.gaps = gaps.iter().map(|gap| (*gap).into()).collect();
            }
            Warning::UnknownOwner { row } => {
                view.detail = match row {
                    Some(row) => format!(
                        "the owner named for the lead in row {row} is not a rep of the team and was left out; the rest of the row was taken"
                    ),
                    None => "the owner named is not a rep of the team and was left out; an owner known before stays"
                        .to_owned(),
                };
                view.row = *row;
            }
            Warning::DuplicateRow { row, first_row } => {
                view.detail = format!(
                    "the lead in row {row} stands in row {first_row} already; the two were merged"
                );
                view.row = Some(*row);
                view.first_row = Some(*first_row);
            }
            Warning::NotEnrolled { row, why } => {
                let why = match why {
                    NotEnrolled::WrittenToElsewhere => {
                        "another campaign is writing to them, and that conversation is open"
                    }
                    NotEnrolled::Suppressed => "the address is on the list of suppressed addresses",
                };
                view.detail = format!("the lead in row {row} does not join the campaign: {why}");
                view.row = Some(*row);
            }
            Warning::AbsencesNotMoved { count } => {
                view.detail = absences_not_moved(*count);
            }
            Warning::NameShared => {
                view.detail =
                    "another campaign that is not cancelled is called so too; lists and reports show both under this name"
                        .to_owned();
            }
            Warning::RotationPerCampaign => {
                view.detail = "each campaign of this group goes round by itself; for many small campaigns `rotation: group` shares the leads more evenly"
                    .to_owned();
            }
        }
        view
    }
}

fn absences_not_moved(count: usize) -> String {
    let zone = "in the former time zone";
    match count {
        1 => format!(
            "1 absence stays at the instants that it had {zone}; change its dates if it should move"
        ),
        _ => format!(
            "{count} absences stay at the instants that they had {zone}; change their dates where they should move"
        ),
    }
}

fn future_gap(group_name: &str, gaps: &[Period]) -> String {
    let first = gaps.first().map_or_else(String::new, |gap| match gap.until {
        Some(until) => format!(" from {} until {until}", gap.from),
        None => format!(" from {} on", gap.from),
    });
    format!(
        "nobody in group `{group_name}` will be available{first}; leads of that time wait until somebody is"
    )
}
