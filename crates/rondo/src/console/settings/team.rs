//! The team's own settings.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::super::Console;
use super::super::form::{self, Form};
use super::super::frame::{Frame, Place, rendered};
use super::super::paths::Query;
use super::super::routes::{Reach, Routes, Who, done};
use super::super::trouble::Trouble;
use super::{Asked, Refused, choices, frame, refused, tabs};
use crate::app::people::Session;
use crate::app::settings::{self, HANDOVER_TEXT, REMINDER_HOURS_MAX, SettingsChanges};
use crate::app::{templates, text};
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Admin, "/settings/team", show).post(Reach::Admin, "/settings/team", save)
}

#[derive(Template)]
#[template(path = "settings/team.html")]
struct TeamPage {
    frame: Frame,
    tabs: Vec<Place>,
    form: Form,
    error: Option<String>,
    zones: Vec<String>,
    /// The handover as a lead would read it.
    preview: Option<String>,
    standard: &'static str,
    hours_max: u32,
}

impl TeamPage {
    fn new(console: &Console, session: &Session, form: Form) -> Self {
        Self {
            frame: frame(console, session, t("team-title")),
            tabs: tabs("/settings/team"),
            form,
            error: None,
            zones: text::time_zones(),
            preview: None,
            standard: HANDOVER_TEXT,
            hours_max: REMINDER_HOURS_MAX,
        }
    }
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let mut page = TeamPage::new(&console, &session, filled(&console, &session).await?);
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

/// The form as the team stands.
async fn filled(console: &Console, session: &Session) -> Result<Form, Trouble> {
    let present = settings::show(console.app(), &session.caller).await?;
    let mut fields = vec![
        ("name", present.name),
        ("time_zone", present.time_zone),
        ("reminder_after_working_hours", present.reminder_after_working_hours.to_string()),
        ("handover_template", present.handover_template.unwrap_or_default()),
    ];
    if present.routed_rep_becomes_owner {
        fields.push(("routed_rep_becomes_owner", "on".to_owned()));
    }
    Ok(Form::of(fields))
}

async fn save(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    let changes = changes(&mut form);
    if form.is("act", "preview") {
        let handover = form.raw("handover_template").replace("\r\n", "\n");
        let source = if handover.trim().is_empty() { HANDOVER_TEXT } else { &handover };
        let now = filled(&console, &session).await?;
        if !templates::is_same(now.raw("handover_template"), source) {
            form.parsed("handover_template", templates::check_handover(source));
        }
        let preview = templates::handover_for_example(source);
        let has_errors = form.has_errors();
        let page = TeamPage { preview, ..TeamPage::new(&console, &session, form) };
        return Ok(if has_errors { Refused::beside().page(&page) } else { rendered(&page) });
    }
    let now = filled(&console, &session).await?;
    let refusal = match changes {
        None => Refused::beside(),
        Some(_) if form.is_outdated(&now) => Refused::outdated(),
        Some(changes) => match settings::change(console.app(), &session.caller, changes).await {
            Ok(_) => return Ok(done("/settings/team", "saved")),
            Err(error) => refused(&mut form, error)?,
        },
    };
    let error = refusal.error.clone();
    Ok(refusal.page(&TeamPage { error, ..TeamPage::new(&console, &session, form) }))
}

fn changes(form: &mut Form) -> Option<SettingsChanges> {
    let name = form.required("name", form::name);
    let time_zone = form.required("time_zone", text::parse_time_zone);
    let hours = choices::number(0, REMINDER_HOURS_MAX);
    let hours = form.required("reminder_after_working_hours", hours);
    let handover = form.raw("handover_template").replace("\r\n", "\n");
    let handover = form.parsed("handover_template", templates::parse_handover(&handover));
    Some(SettingsChanges {
        name: Some(name?),
        routed_rep_becomes_owner: Some(form.is_ticked("routed_rep_becomes_owner")),
        reminder_after_working_hours: Some(hours?),
        time_zone: Some(time_zone?),
        handover_template: Some(handover?),
    })
}
