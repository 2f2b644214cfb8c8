//! The leads of a campaign: from a file, from a list that is pasted, or one by one.

use askama::Template;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::handler::Handler as _;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use rondo_core::command::OwnerRef;
use rondo_core::ids::RepId;
use sha2::{Digest as _, Sha256};

use super::upload::{self, Arrived, How};
use super::uploads::UPLOAD_BYTES_MAX;
use super::{Asked, Desk, Step, bad, named};
use crate::app::choices::{self, Choices};
use crate::app::leads::{self, LeadsToAdd, NewLead};
use crate::app::people::Session;
use crate::app::text;
use crate::console::Console;
use crate::console::form::{self, Form};
use crate::console::frame::{Frame, rendered};
use crate::console::paths::Query;
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::console::words;
use crate::engine::IdempotencyKey;
use crate::import::people::address_in;
use crate::{say, t};

/// What a file's form has beside the file.
const FORM_BYTES: usize = 64 * 1024;

pub(super) fn add(routes: Routes) -> Routes {
    let limit = DefaultBodyLimit::max(UPLOAD_BYTES_MAX + FORM_BYTES);
    routes
        .get(Reach::Team, "/campaigns/{campaign}/leads", show)
        .post(Reach::Admin, "/campaigns/{campaign}/leads", add_one)
        .post(Reach::Admin, "/campaigns/{campaign}/leads/list", paste)
        .post(Reach::Admin, "/campaigns/{campaign}/leads/file", receive.layer(limit))
}

#[derive(Template)]
#[template(path = "campaigns/leads.html")]
struct LeadsPage {
    frame: Frame,
    desk: Desk,
    form: Form,
    reps: Choices<RepId>,
    error: Option<String>,
    /// What was just done with one lead, where that is more than was asked for.
    file_error: Option<String>,
}

impl LeadsPage {
    async fn of(console: &Console, session: &Session, id: &str) -> Result<Self, Trouble> {
        let (desk, frame) = Desk::of(console, session, id, Some(Step::Leads)).await?;
        let reps = choices::reps(console.app(), &session.caller).await?;
        Ok(Self { frame, desk, form: Form::default(), reps, error: None, file_error: None })
    }
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let mut page = LeadsPage::of(&console, &session, &id).await?;
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

async fn add_one(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let campaign = named(&id)?;
    let owner = form.rep(&console, &session, "owner").await?;
    let lead = one(&mut form, owner);
    let mut error = None;
    if let Some(lead) = lead.filter(|_| !form.has_errors()) {
        let (lead, once) = (LeadsToAdd::One(lead), form.once(&session));
        let added = leads::add(console.app(), &session.caller, Some(campaign), lead, once);
        match added.await.map_err(Trouble::from) {
            Ok(taken) => match taken.warnings.iter().find(|warning| warning.code == "not-enrolled")
            {
                None => return Ok(done(&format!("/campaigns/{campaign}/leads"), "added")),
                Some(warning) => {
                    let why = warning.detail.split_once(": ").map_or("", |(_, why)| why);
                    let said = say("launcher-leads-known").arg("why", why).plain();
                    error = Some(words::sentence(&said));
                }
            },
            Err(trouble) => error = Some(trouble.detail().to_owned()),
        }
    }
    let page = LeadsPage { form, error, ..LeadsPage::of(&console, &session, &id).await? };
    Ok(bad(StatusCode::BAD_REQUEST, &page))
}

fn one(form: &mut Form, owner: Option<RepId>) -> Option<NewLead> {
    let email = form.required("email", |text| form::email(address_in(text)));
    let name = form.optional("name", text::parse_line).flatten();
    let company = form.optional("company", text::parse_line).flatten();
    let owner = owner.map(OwnerRef::Id);
    Some(NewLead { email: email?, name, company, owner, external_id: None, attributes: None })
}

async fn paste(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let campaign = named(&id)?;
    let text = form.raw("list").to_owned();
    if text.trim().is_empty() {
        form.say("list", t("launcher-leads-list-empty"));
        let page = LeadsPage { form, ..LeadsPage::of(&console, &session, &id).await? };
        return Ok(bad(StatusCode::BAD_REQUEST, &page));
    }
    let name = t("upload-a-list").to_owned();
    let id_of_list = upload::id(&console, form.once(&session));
    let arrived = match addresses(&text) {
        Some(list) => Arrived { id: id_of_list, name, bytes: list.into() },
        // Cells of a spreadsheet: what each column means is asked first.
        None => {
            let arrived = Arrived { id: id_of_list, name, bytes: text.into_bytes().into() };
            return opened(&console, &session, &id, arrived).await;
        }
    };
    match upload::take(&console, &session, campaign, arrived, How::default()).await {
        Ok(path) => Ok(Redirect::to(&path).into_response()),
        Err(upload::Refusal::Trouble(trouble)) => Err(trouble),
        Err(upload::Refusal::Said(error)) => {
            form.say("list", error);
            let page = LeadsPage { form, ..LeadsPage::of(&console, &session, &id).await? };
            Ok(bad(StatusCode::BAD_REQUEST, &page))
        }
    }
}

/// A list of addresses, one to a line or separated by commas or semicolons, as a file with one column; none if it has
/// columns of its own.
fn addresses(text: &str) -> Option<String> {
    let first = text.trim().lines().next().unwrap_or_default();
    if text.contains('\t') || !first.contains('@') {
        return None;
    }
    let mut list = "email\n".to_owned();
    for line in text.lines().flat_map(|line| line.split(';')) {
        let parts: Vec<&str> = line.split(',').collect();
        let are_all_addresses =
            parts.iter().all(|part| part.contains('@') || part.trim().is_empty());
        let entries = if are_all_addresses { parts } else { vec![line] };
        for entry in entries.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty()) {
            list.push_str(&format!("\"{}\"\n", entry.replace('"', "\"\"")));
        }
    }
    Some(list)
}

async fn receive(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    multipart: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Response, Trouble> {
    named(&id)?;
    let sent = match multipart {
        Ok(multipart) => read(multipart).await,
        Err(_) => Err(t("upload-none").to_owned()),
    };
    match sent {
        Ok(sent) => {
            let once = sent.once(&session, &id);
            let Sent { name, bytes, .. } = sent;
            let arrived = Arrived { id: upload::id(&console, once), name, bytes };
            opened(&console, &session, &id, arrived).await
        }
        Err(error) => refused(&console, &session, &id, error).await,
    }
}

/// The form of a file as it was sent.
struct Sent {
    /// The form's mark.
    mark: String,
    name: String,
    bytes: Bytes,
}

impl Sent {
    /// Recognises it when it is sent twice: the same file, for the same campaign, from the same page.
    fn once(&self, session: &Session, campaign: &str) -> Option<IdempotencyKey> {
        let hash = Sha256::digest(&self.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let fields = [
            ("once", self.mark.clone()),
            ("campaign", campaign.to_owned()),
            ("name", self.name.clone()),
            ("file", hash),
        ];
        Form::of(fields).once(session)
    }
}

async fn read(mut multipart: Multipart) -> Result<Sent, String> {
    let broken = |_| say("upload-broken").n("limit", UPLOAD_BYTES_MAX / 1024 / 1024).plain();
    let mut mark = String::new();
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        if field.name() == Some("once") {
            mark = field.text().await.map_err(broken)?;
            continue;
        }
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let bytes: Bytes = field.bytes().await.map_err(broken)?;
        if bytes.is_empty() {
            break;
        }
        let name = if name.is_empty() { t("upload-a-file").to_owned() } else { name };
        return Ok(Sent { mark, name: name.chars().take(100).collect(), bytes });
    }
    Err(t("upload-empty").to_owned())
}

async fn opened(
    console: &Console,
    session: &Session,
    id: &str,
    arrived: Arrived,
) -> Result<Response, Trouble> {
    match upload::open(console, session, named(id)?, arrived) {
        Ok(path) => Ok(Redirect::to(&path).into_response()),
        Err(error) => refused(console, session, id, error).await,
    }
}

async fn refused(
    console: &Console,
    session: &Session,
    id: &str,
    error: String,
) -> Result<Response, Trouble> {
    let page = LeadsPage::of(console, session, id).await?;
    Ok(bad(StatusCode::BAD_REQUEST, &LeadsPage { file_error: Some(error), ..page }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_taken_however_it_is_separated() {
        let list = addresses("ann@x.example, bo@x.example\nCy Day <cy@x.example>; dee@x.example");
        let expected = "email\n\"ann@x.example\"\n\"bo@x.example\"\n\"Cy Day <cy@x.example>\"\n\"dee@x.example\"\n";
        assert_eq!(list.as_deref(), Some(expected));
    }

    #[test]
    fn a_comma_in_a_name_separates_nothing() {
        let list = addresses("\"Lee, Ann\" <ann@x.example>").unwrap();
        assert_eq!(list, "email\n\"\"\"Lee, Ann\"\" <ann@x.example>\"\n");
    }

    #[test]
    fn cells_of_a_spreadsheet_are_a_file() {
        assert_eq!(addresses("Email\tName\nann@x.example\tAnn"), None);
        assert_eq!(addresses("Email\nann@x.example"), None);
    }
}
