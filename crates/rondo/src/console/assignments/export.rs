//! Assignments as a file for spreadsheets.

use axum::extract::State;
use axum::response::Response;

use super::wanted;
use crate::app::assignments::AssignmentView;
use crate::app::history::{self, Named};
use crate::app::page::{LIMIT_MAX, Page};
use crate::console::Console;
use crate::console::form::Form;
use crate::console::frame::{Frame, Section};
use crate::console::routes::Who;
use crate::console::sheet;
use crate::console::trouble::Trouble;
use crate::console::words::assigned_because;

/// Rows of a file at most, the latest: a few megabytes, made within a second. Whoever wants more narrows by date.
pub(super) const ROWS_MAX: usize = 10_000;

const COLUMNS: [&str; 14] = [
    "decided_at",
    "ledger",
    "campaign",
    "lead_email",
    "lead_name",
    "lead_company",
    "rep",
    "reason",
    "why",
    "stands",
    "assignment",
    "conversation",
    "lead",
    "rep_id",
];

pub(super) async fn export(
    State(console): State<Console>,
    Who(session): Who,
    mut query: Form,
) -> Result<Response, Trouble> {
    let frame = Frame::new(&console, Some(&session), Section::Assignments, "Assignments");
    let wanted = wanted(&console, &session, &frame, &mut query).await?;
    if let Some(error) = ["rep", "campaign", "since", "until"]
        .iter()
        .find_map(|name| query.error(name).map(|error| format!("The filter “{name}” {error}")))
    {
        return Err(Trouble::invalid(error));
    }
    let mut rows: Vec<Named<AssignmentView>> = Vec::new();
    let mut page = Page { limit: LIMIT_MAX, cursor: None };
    loop {
        let listed = history::assignments(console.app(), &session.caller, &wanted, &page).await?;
        rows.extend(listed.items);
        page.cursor = listed.next_cursor;
        if page.cursor.is_none() || rows.len() >= ROWS_MAX {
            break;
        }
    }
    rows.truncate(ROWS_MAX);
    Ok(sheet::csv("assignments.csv", &COLUMNS, rows.iter().map(cells)))
}

fn cells(row: &Named<AssignmentView>) -> [String; 14] {
    let (view, person) = (&row.item, row.person.as_ref());
    [
        view.decided_at.to_string(),
        view.ledger.to_string(),
        row.campaign_name.clone(),
        person.map(|person| person.email.clone()).unwrap_or_default(),
        person.and_then(|person| person.name.clone()).unwrap_or_default(),
        person.and_then(|person| person.company.clone()).unwrap_or_default(),
        view.rep_name.clone(),
        assigned_because(view.reason).to_lowercase(),
        view.why.sentence.clone(),
        if view.stands { "yes" } else { "no" }.to_owned(),
        view.id.to_string(),
        view.conversation.to_string(),
        view.lead.to_string(),
        view.rep.to_string(),
    ]
}
