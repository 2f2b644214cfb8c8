//! A file of leads: what its columns mean, which a person can set right, and what became of its rows.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use rondo_core::detail::Existing;
use rondo_core::ids::CampaignId;
use serde::Deserialize;
use tokio::task::JoinError;
use tracing::Instrument as _;

use super::uploads::{Full, KEPT_SECONDS, Owner, Stage, Upload};
use super::{Desk, Step, bad, launch, named};
use crate::app::leads::file::{self, Broken, FileError, LeadFile, Refused, Report};
use crate::app::people::Session;
use crate::console::Console;
use crate::console::form::Form;
use crate::console::frame::{Frame, rendered};
use crate::console::paths::Query;
use crate::console::routes::{self, Reach, Routes, Who};
use crate::console::trouble::Trouble;
use crate::console::words;
use crate::engine::{EngineError, IdempotencyKey};
use crate::import::trouble::Class;
use crate::import::{Field, Hints, Kind, Mapping, Shape, Target, recognise};
use crate::{say, t};

/// Values shown of each column.
const EXAMPLES: usize = 3;
/// Characters of a value shown.
const EXAMPLE_CHARS: usize = 40;
/// Rows named of which something is to be said.
const ROWS_SHOWN: usize = 5;

/// What cells can be separated by, as the form names it, and the texts that show it.
const DELIMITERS: [(&str, &str); 5] = [
    ("", "upload-as-recognised"),
    ("comma", "upload-comma"),
    ("semicolon", "upload-semicolon"),
    ("tab", "upload-tab"),
    ("pipe", "upload-pipe"),
];
/// The encodings that are met most, as the form names them, and the texts that show them.
const ENCODINGS: [(&str, &str); 6] = [
    ("", "upload-as-recognised"),
    ("utf-8", "upload-utf-8"),
    ("windows-1252", "upload-windows-1252"),
    ("windows-1250", "upload-windows-1250"),
    ("iso-8859-2", "upload-iso-8859-2"),
    ("utf-16le", "upload-utf-16"),
];

const PATH: &str = "/campaigns/{campaign}/leads/file/{file}";
const MENDABLE_PATH: &str = "/campaigns/{campaign}/leads/file/{file}/not-taken.csv";

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Admin, PATH, show).post(Reach::Admin, PATH, confirm).get(
        Reach::Admin,
        MENDABLE_PATH,
        mendable,
    )
}

/// A file as it came.
pub(super) struct Arrived {
    /// By what it is asked for, and its report afterwards.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

/// How a file is to be taken.
#[derive(Default)]
pub(super) struct How {
    hints: Hints,
    /// What its columns mean; what they seem to mean where this is empty.
    targets: Vec<Target>,
    existing: Existing,
}

/// Why a file was not taken.
pub(super) enum Refusal {
    /// What is to be said beside it.
    Said(String),
    /// What goes beyond it.
    Trouble(Trouble),
}

/// By what a file is asked for: the same for one whose form is sent twice.
pub(super) fn id(console: &Console, once: Option<IdempotencyKey>) -> String {
    let mut id = [0; 16];
    match once {
        Some(once) => id.copy_from_slice(&once.scope[..16]),
        None => console.app().entropy().fill(&mut id),
    }
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn path(campaign: CampaignId, id: &str) -> String {
    format!("/campaigns/{campaign}/leads/file/{id}")
}

/// Holds a file until its columns are confirmed, and says where. One that is held already stays as it is.
pub(super) fn open(
    console: &Console,
    session: &Session,
    campaign: CampaignId,
    arrived: Arrived,
) -> Result<String, String> {
    let path = path(campaign, &arrived.id);
    if held(console, session, campaign, &arrived.id).is_some() {
        return Ok(path);
    }
    shape(&arrived.bytes, &Hints::default())?;
    let Arrived { id, name, bytes } = arrived;
    hold(console, session, campaign, (id, name), Stage::File(bytes))?;
    Ok(path)
}

fn shape(bytes: &Bytes, hints: &Hints) -> Result<Shape, String> {
    recognise(|| Ok(&bytes[..]), hints).map_err(|error| words::sentence(&error.to_string()))
}

fn hold(
    console: &Console,
    session: &Session,
    campaign: CampaignId,
    (id, name): (String, String),
    stage: Stage,
) -> Result<(), String> {
    let (of, at) = (owner(session, campaign), console.app().clock().now());
    let held = console.shared.uploads.hold(Upload { id, of, name, stage, at });
    held.map_err(|Full| t("upload-too-many").to_owned())?;
    forget_in_time(console);
    Ok(())
}

/// Has what was uploaded forgotten once it is too old, whether anybody uploads again or not.
fn forget_in_time(console: &Console) {
    let (shared, clock) = (Arc::downgrade(&console.shared), console.app().clock().clone());
    tokio::spawn(async move {
        clock.wait(Duration::from_secs(KEPT_SECONDS.unsigned_abs())).await;
        if let Some(shared) = shared.upgrade() {
            shared.uploads.sweep(clock.now());
        }
    });
}

fn owner(session: &Session, campaign: CampaignId) -> Owner {
    Owner { team: session.caller.team, user: session.user, campaign }
}

/// What a person says of how a file is written; the rest is recognised.
#[derive(Debug, Default, Deserialize)]
struct Said {
    delimiter: Option<String>,
    encoding: Option<String>,
}

impl Said {
    fn hints(&self) -> Hints {
        let known = |names: &[(&str, &str)], said: &Option<String>| {
            let said = said.as_deref().unwrap_or_default();
            names.iter().any(|(name, _)| *name == said && !said.is_empty()).then(|| said.to_owned())
        };
        let delimiter = match known(&DELIMITERS, &self.delimiter).as_deref() {
            Some("comma") => Some(','),
            Some("semicolon") => Some(';'),
            Some("tab") => Some('\t'),
            Some("pipe") => Some('|'),
            _ => None,
        };
        Hints { encoding: known(&ENCODINGS, &self.encoding), delimiter }
    }
}

/// Takes the leads of a file whose columns mean this (or what they seem to mean), and says where the report is. They are
/// taken once, and go on when the browser hangs up: one whose form is sent again no longer waits for what it sent before.
pub(super) async fn take(
    console: &Console,
    session: &Session,
    campaign: CampaignId,
    arrived: Arrived,
    how: How,
) -> Result<String, Refusal> {
    let (path, console, session) = (path(campaign, &arrived.id), console.clone(), session.clone());
    let taking = async move {
        let turn = console.shared.uploads.turn(&arrived.id);
        let _turn = turn.lock().await;
        match held(&console, &session, campaign, &arrived.id) {
            Some(upload) if upload.stage.is_done() => Ok(()),
            _ => take_in_turn(&console, &session, campaign, arrived, how).await,
        }
    };
    match tokio::spawn(taking.in_current_span()).await.map_err(JoinError::try_into_panic) {
        Ok(taken) => taken.map(|()| path),
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(_)) => Err(Refusal::Trouble(EngineError::Stopping.into())),
    }
}

async fn take_in_turn(
    console: &Console,
    session: &Session,
    campaign: CampaignId,
    arrived: Arrived,
    how: How,
) -> Result<(), Refusal> {
    let shape = shape(&arrived.bytes, &how.hints).map_err(Refusal::Said)?;
    let mut mapping = Mapping::guess(Kind::Leads, &shape);
    if !how.targets.is_empty() {
        mapping.targets = how.targets;
    }
    let read = LeadFile { bytes: &arrived.bytes, shape: &shape, mapping: &mapping };
    let taken = file::take(console.app(), &session.caller, campaign, &read, how.existing).await;
    let report = taken.map_err(|Broken { error, taken }| match (error, taken.touched()) {
        (FileError::App(error), 0) => Refusal::Trouble(error.into()),
        (error, taken) => Refusal::Said(said_of(&error, taken)),
    })?;
    let done = Stage::Done(Box::new(report));
    hold(console, session, campaign, (arrived.id, arrived.name), done).map_err(Refusal::Said)
}

/// Why a file was not taken to its end, and what of it is in.
fn said_of(error: &FileError, taken: u64) -> String {
    let why = match error {
        FileError::Import(error) => words::sentence(&error.to_string()),
        FileError::App(error) => words::sentence(&error.to_string()),
    };
    if taken == 0 {
        return why;
    }
    let shown = super::thousands(&taken);
    let before = say("upload-taken-before").n("count", taken).arg("shown", shown).plain();
    [why, before].join(" ")
}

fn held(
    console: &Console,
    session: &Session,
    campaign: CampaignId,
    id: &str,
) -> Option<Arc<Upload>> {
    let now = console.app().clock().now();
    console.shared.uploads.find(id, owner(session, campaign), now)
}

fn find(
    console: &Console,
    session: &Session,
    campaign: CampaignId,
    id: &str,
) -> Result<Arc<Upload>, Trouble> {
    let found = held(console, session, campaign, id);
    found.ok_or_else(|| Trouble::not_found(t("upload-forgotten")))
}

#[derive(Template)]
#[template(path = "campaigns/columns.html")]
struct ColumnsPage {
    frame: Frame,
    desk: Desk,
    name: String,
    how: String,
    said: Said,
    columns: Vec<Column>,
    form: Form,
    error: Option<String>,
}

/// A column of the file.
struct Column {
    /// What the form calls it.
    field: String,
    name: String,
    examples: Vec<String>,
    /// What it means, as the form has it.
    choice: String,
}

impl ColumnsPage {
    fn delimiters(&self) -> [(&'static str, &'static str); 5] {
        DELIMITERS.map(|(name, text)| (name, t(text)))
    }

    fn encodings(&self) -> [(&'static str, &'static str); 6] {
        ENCODINGS.map(|(name, text)| (name, t(text)))
    }

    fn delimiter(&self) -> &str {
        self.said.delimiter.as_deref().unwrap_or_default()
    }

    fn encoding(&self) -> &str {
        self.said.encoding.as_deref().unwrap_or_default()
    }

    fn is_said(&self, said: &str, value: &str) -> bool {
        said == value
    }

    fn is_choice(&self, column: &Column, choice: &str) -> bool {
        column.choice == choice
    }

    /// What a column can mean.
    fn choices(&self) -> [(&'static str, &'static str); 9] {
        [
            ("email", t("common-email-address")),
            ("name", t("upload-full-name")),
            ("first_name", t("upload-first-name")),
            ("last_name", t("upload-last-name")),
            ("company", t("common-company")),
            ("owner", t("upload-owner")),
            ("external_id", t("upload-external-id")),
            ("attribute", t("upload-attribute")),
            ("ignore", t("upload-ignore")),
        ]
    }
}

#[derive(Template)]
#[template(path = "campaigns/report.html")]
struct ReportPage<'r> {
    frame: Frame,
    desk: Desk,
    name: &'r str,
    id: &'r str,
    report: &'r Report,
    /// That leads of the campaign have owners outside of its group, if so.
    outside: Option<String>,
}

impl ReportPage<'_> {
    fn next(&self) -> String {
        self.desk.after(Step::Messages)
    }

    fn count(&self, count: &u64) -> String {
        super::thousands(count)
    }

    /// The first of the rows of which something is to be said.
    fn rows(&self, class: &Class) -> String {
        let rows: Vec<String> = class.rows.iter().take(ROWS_SHOWN).map(u64::to_string).collect();
        let rows = rows.join(", ");
        let said = match class.count > ROWS_SHOWN as u64 {
            true => say("upload-caution-rows-cut").arg("rows", rows),
            false => say("upload-caution-rows").arg("rows", rows),
        };
        said.plain()
    }

    fn reason(&self, refused: &Refused) -> String {
        words::sentence(&refused.reason)
    }
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Path((id, file)): Path<(String, String)>,
    Query(said): Query<Said>,
) -> Result<Response, Trouble> {
    let (desk, frame) = Desk::of(&console, &session, &id, Some(Step::Leads)).await?;
    let upload = find(&console, &session, desk.campaign.id, &file)?;
    match &upload.stage {
        Stage::File(bytes) => Ok(rendered(&columns_page(desk, frame, &upload, bytes, said)?)),
        Stage::Done(report) => {
            let (name, id) = (upload.name.as_str(), upload.id.as_str());
            let outside = launch::outside(&console, &session, &desk).await?;
            Ok(rendered(&ReportPage { frame, desk, name, id, report, outside }))
        }
    }
}

fn columns_page(
    desk: Desk,
    frame: Frame,
    upload: &Upload,
    bytes: &Bytes,
    said: Said,
) -> Result<ColumnsPage, Trouble> {
    let shape = shape(bytes, &said.hints()).map_err(Trouble::invalid)?;
    let mapping = Mapping::guess(Kind::Leads, &shape);
    let column = |(index, name): (usize, &String)| {
        let values = shape.sample.iter().map(|row| row.cell(index).trim());
        let filled = values.filter(|value| !value.is_empty());
        Column {
            field: format!("column-{index}"),
            name: name.clone(),
            examples: filled
                .take(EXAMPLES)
                .map(|value| value.chars().take(EXAMPLE_CHARS).collect())
                .collect(),
            choice: word(&mapping.targets[index]).to_owned(),
        }
    };
    let columns = mapping.columns.iter().enumerate().map(column).collect();
    let how = say("upload-how")
        .arg("encoding", shape.encoding.name())
        .arg("delimiter", shape.delimiter_name())
        .plain();
    let form = Form::of([("existing", "fill".to_owned())]);
    let name = upload.name.clone();
    Ok(ColumnsPage { frame, desk, name, how, said, columns, form, error: None })
}

fn word(target: &Target) -> &'static str {
    match target {
        Target::Field(field) => field.name(),
        Target::Attribute(_) => "attribute",
        Target::Ignored => "ignore",
    }
}

async fn confirm(
    State(console): State<Console>,
    Who(session): Who,
    Path((id, file)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Trouble> {
    let campaign = named(&id)?;
    let upload = find(&console, &session, campaign, &file)?;
    let Stage::File(bytes) = &upload.stage else {
        return Ok(Redirect::to(&path(campaign, &file)).into_response());
    };
    let word = |name| Some(form.text(name).to_owned());
    let said = Said { delimiter: word("delimiter"), encoding: word("encoding") };
    let shape = shape(bytes, &said.hints()).map_err(Trouble::invalid)?;
    let refused = match targets(&form, &shape.columns) {
        Ok(targets) => {
            let (name, bytes) = (upload.name.clone(), bytes.clone());
            let arrived = Arrived { id: file, name, bytes };
            let how = How { hints: said.hints(), targets, existing: existing(&form) };
            match take(&console, &session, campaign, arrived, how).await {
                Ok(path) => return Ok(Redirect::to(&path).into_response()),
                Err(Refusal::Trouble(trouble)) => return Err(trouble),
                Err(Refusal::Said(error)) => error,
            }
        }
        Err(error) => error,
    };
    let (desk, frame) = Desk::of(&console, &session, &id, Some(Step::Leads)).await?;
    let mut page = columns_page(desk, frame, &upload, bytes, said)?;
    for column in &mut page.columns {
        column.choice = form.text(&column.field).to_owned();
    }
    Ok(bad(StatusCode::BAD_REQUEST, &ColumnsPage { error: Some(refused), form, ..page }))
}

fn existing(form: &Form) -> Existing {
    match form.text("existing") {
        "overwrite" => Existing::Overwrite,
        "skip" => Existing::Skip,
        _ => Existing::Fill,
    }
}

/// What the columns are said to mean: one of them the address, and no field from two.
fn targets(form: &Form, columns: &[String]) -> Result<Vec<Target>, String> {
    let mut targets: Vec<Target> = Vec::with_capacity(columns.len());
    for (index, name) in columns.iter().enumerate() {
        let said = form.text(&format!("column-{index}"));
        let field = Kind::Leads.fields().iter().find(|field| field.name() == said);
        let target = match (field, said) {
            (Some(field), _) => Target::Field(*field),
            (None, "ignore") => Target::Ignored,
            (None, _) => Target::Attribute(name.clone()),
        };
        if matches!(target, Target::Field(_)) && targets.contains(&target) {
            return Err(say("upload-same-twice").arg("column", name).plain());
        }
        targets.push(target);
    }
    match targets.contains(&Target::Field(Field::Email)) {
        true => Ok(targets),
        false => Err(t("upload-no-address").to_owned()),
    }
}

async fn mendable(
    State(console): State<Console>,
    Who(session): Who,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let upload = find(&console, &session, named(&id)?, &file)?;
    let Stage::Done(report) = &upload.stage else {
        return Err(Trouble::not_found(t("upload-not-taken-in")));
    };
    let rows = report.mendable.clone().unwrap_or_default();
    let text = String::from_utf8_lossy(&rows).into_owned();
    Ok(routes::file("not-taken.csv", "text/csv; charset=utf-8", text))
}
