//! The team's settings.

use rondo_core::command::Command;
use rondo_core::event::Settings;
use rondo_core::text::Name;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::templates::{self, WrongTemplate};
use crate::app::{App, AppError, Caller, schema};

/// Working hours after which a reminder makes no sense any more: four weeks of forty.
pub const REMINDER_HOURS_MAX: u32 = 160;

/// The text of handovers of teams that have none of their own.
pub const HANDOVER_TEXT: &str = crate::mail::letters::HANDOVER_TEXT;

/// The team's settings.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Settings)]
pub struct SettingsView {
    /// The team's name.
    pub name: String,
    /// Whether the rep who receives a lead becomes its owner.
    pub routed_rep_becomes_owner: bool,
    /// Working hours after which a rep who has not written is reminded.
    pub reminder_after_working_hours: u32,
    /// The team's time zone.
    pub time_zone: String,
    /// The text of handovers, as a template; null for the product's own.
    #[schema(value_type = Option<schema::Template>)]
    pub handover_template: Option<String>,
}

/// What is to be changed; what is absent stays.
#[derive(Debug, Clone, Default, ToSchema)]
pub struct SettingsChanges {
    #[schema(value_type = Option<schema::Name>, nullable = false)]
    pub name: Option<Name>,
    #[schema(nullable = false)]
    pub routed_rep_becomes_owner: Option<bool>,
    #[schema(nullable = false, maximum = 160)]
    pub reminder_after_working_hours: Option<u32>,
    #[schema(value_type = Option<schema::TimeZone>, nullable = false)]
    pub time_zone: Option<String>,
    /// The text of handovers, as a template that can name the rep; null for the product's own.
    #[schema(value_type = Option<schema::Template>)]
    pub handover_template: Option<Option<String>>,
}

/// The settings.
pub async fn show(app: &App, caller: &Caller) -> Result<SettingsView, AppError> {
    Ok(view(app.look(caller.team).await?.team.settings()))
}

/// Changes settings.
pub async fn change(
    app: &App,
    caller: &Caller,
    changes: SettingsChanges,
) -> Result<SettingsView, AppError> {
    let present = app.look(caller.team).await?.team.settings().clone();
    if let Some(Some(text)) = &changes.handover_template
        && !present.handover_template.as_ref().is_some_and(|one| templates::is_same(one, text))
        && let Err(wrong) = templates::check_handover(text)
    {
        let pointer = "/handover_template".to_owned();
        return Err(AppError::Templates(vec![WrongTemplate { pointer, wrong }]));
    }
    let settings = Settings {
        name: changes.name.unwrap_or(present.name),
        routed_rep_becomes_owner: changes
            .routed_rep_becomes_owner
            .unwrap_or(present.routed_rep_becomes_owner),
        reminder_after_working_hours: changes
            .reminder_after_working_hours
            .unwrap_or(present.reminder_after_working_hours),
        time_zone: changes.time_zone.unwrap_or(present.time_zone),
        handover_template: changes.handover_template.unwrap_or(present.handover_template),
    };
    let done = app.run(caller, Command::ChangeSettings { settings }, None).await?;
    Ok(view(done.team.team.settings()))
}

fn view(settings: &Settings) -> SettingsView {
    SettingsView {
        name: settings.name.to_string(),
        routed_rep_becomes_owner: settings.routed_rep_becomes_owner,
        reminder_after_working_hours: settings.reminder_after_working_hours,
        time_zone: settings.time_zone.clone(),
        handover_template: settings.handover_template.clone(),
    }
}
