//! The team's settings over HTTP.

use axum::extract::State;

use crate::app::App;
use crate::app::settings::{self, REMINDER_HOURS_MAX, SettingsChanges, SettingsView};
use crate::http::input::{Input, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::{Answer, Json};

/// Show the settings.
#[utoipa::path(get, path = "/v1/settings", tag = "Team",
    responses((status = 200, body = SettingsView, description = "The settings.")))]
pub(super) async fn get_settings(State(app): State<App>, Who(caller): Who) -> Answer<SettingsView> {
    Ok(Json(settings::show(&app, &caller).await?))
}

/// Change settings.
#[utoipa::path(patch, path = "/v1/settings", tag = "Team", request_body = SettingsChanges,
    responses((status = 200, body = SettingsView, description = "The settings.")))]
pub(super) async fn change_settings(
    State(app): State<App>,
    Who(caller): Who,
    input: Input<SettingsChanges>,
) -> Answer<SettingsView> {
    Ok(Json(settings::change(&app, &caller, input.body).await?))
}

impl FromObject for SettingsChanges {
    fn take(object: &mut Object) -> Option<Self> {
        let name = object.changed("name", json::name);
        let becomes_owner = object.changed("routed_rep_becomes_owner", json::truth);
        let reminder =
            object.changed("reminder_after_working_hours", json::whole(0, REMINDER_HOURS_MAX));
        let time_zone = object.changed("time_zone", json::time_zone);
        let handover = object.cleared("handover_template", json::handover_template);
        Some(Self {
            name: name?,
            routed_rep_becomes_owner: becomes_owner?,
            reminder_after_working_hours: reminder?,
            time_zone: time_zone?,
            handover_template: handover?.map(Option::flatten),
        })
    }
}
