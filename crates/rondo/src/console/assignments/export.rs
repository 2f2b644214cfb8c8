//! Assignments as a file for spreadsheets.

use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::stream;
use rondo_core::event::Reason;

use super::{FILTERS, found, wanted};
use crate::app::assignments::{AssignmentView, AssignmentsWanted};
use crate::app::history::Named;
use crate::app::history::finding::Sought;
use crate::app::page::{LIMIT_MAX, Page};
use crate::app::{AppError, Caller, people};
use crate::console::Console;
use crate::console::form::Form;
use crate::console::frame::{Frame, Section};
use crate::console::routes::Who;
use crate::console::sheet;
use crate::console::trouble::Trouble;
use crate::{say, t};

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

/// The file, as long as it is: a page of rows at a time is read, and written once the one before was taken.
pub(super) async fn export(
    State(console): State<Console>,
    Who(session): Who,
    headers: HeaderMap,
    mut query: Form,
) -> Result<Response, Trouble> {
    let frame = Frame::new(&console, Some(&session), Section::Assignments, t("assignments-title"));
    let wanted = wanted(&console, &session, &frame, &mut query).await?;
    let wrong = FILTERS.iter().find_map(|filter| Some((filter, query.error(filter)?)));
    if let Some((filter, error)) = wrong {
        let error = say("assignments-csv-filter").arg("filter", filter).arg("error", error);
        return Err(Trouble::invalid(error.plain()));
    }
    let token = console.token(&headers).unwrap_or_default().to_owned();
    let first = Page { limit: LIMIT_MAX, cursor: None };
    let sought = Sought::parse(query.text("find"));
    let mut rest = Rest { console, token, wanted, sought, page: Some(first) };
    let first = rest.next(&session.caller).await?;
    let first = sheet::beginning(&COLUMNS) + &first.unwrap_or_default();
    let chunks = stream::try_unfold((Some(first), rest), |(first, mut rest)| async move {
        let chunk = match first {
            Some(first) => Some(first),
            None => rest.next_if_signed_in().await?,
        };
        Ok::<_, io::Error>(chunk.map(|chunk| (chunk, (None, rest))))
    });
    Ok(sheet::download("assignments.csv", Body::from_stream(chunks)))
}

/// What is still to be written of a file.
struct Rest {
    console: Console,
    token: String,
    wanted: AssignmentsWanted,
    sought: Option<Sought>,
    /// None once there is no more.
    page: Option<Page>,
}

impl Rest {
    async fn next(&mut self, caller: &Caller) -> Result<Option<String>, AppError> {
        let Some(page) = self.page.take() else { return Ok(None) };
        let (app, sought) = (self.console.app(), self.sought.as_ref());
        let listed = found(app, caller, &self.wanted, sought, &page).await?.listed;
        self.page = listed.next_cursor.map(|next| Page { cursor: Some(next), ..page });
        Ok(Some(sheet::lines(listed.items.iter().map(cells))))
    }

    /// A long file takes minutes: whoever is no longer let in gets no more, and their browser says that the file broke off.
    async fn next_if_signed_in(&mut self) -> Result<Option<String>, io::Error> {
        if self.page.is_none() {
            return Ok(None);
        }
        let session = people::session_unseen(self.console.app(), &self.token).await;
        match session.map_err(io::Error::other)? {
            Some(session) => self.next(&session.caller).await.map_err(io::Error::other),
            None => Err(io::ErrorKind::PermissionDenied.into()),
        }
    }
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
        reason(view.reason).to_owned(),
        view.why.sentence.clone(),
        if view.stands { "yes" } else { "no" }.to_owned(),
        view.id.to_string(),
        view.conversation.to_string(),
        view.lead.to_string(),
        view.rep.to_string(),
    ]
}

/// Why a rep has a lead, in the API's words: files are read by programs, too.
fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Owner => "owner",
        Reason::Turn => "turn",
        Reason::Manual => "manual",
        Reason::Transfer => "transfer",
    }
}
