//! What campaigns write to their leads, over HTTP.

use axum::extract::State;
use rondo_core::ids::CampaignId;
use rondo_core::mail::STEPS_MAX;

use crate::app::App;
use crate::app::leads::NewLead;
use crate::app::outreach::preview::{self, LeadInNeed, Preview, PreviewLead, PreviewWanted};
use crate::app::outreach::trial::{self, TrialWanted};
use crate::app::outreach::{
    self, DAILY_LIMIT_MAX, DAYS, MessagesView, NewMessages, NewStep, NewWindow, WAIT_DAYS_MAX,
};
use crate::app::page::{Listed, Page};
use crate::app::sending::probes::DirectionView;
use crate::http::input::{At, Input, Query, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::pages::PageParams;
use crate::http::{Answer, Json};

/// Say what a campaign writes.
///
/// All of it. Templates are read whole: what is wrong in one is told with its line.
#[utoipa::path(put, path = "/v1/campaigns/{cmp}/messages", tag = "Mail", request_body = NewMessages,
    responses((status = 200, body = MessagesView, description = "The messages.")))]
pub(super) async fn set_messages(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: Input<NewMessages>,
) -> Answer<MessagesView> {
    Ok(Json(outreach::set(&app, &caller, campaign, input.body).await?))
}

/// Show what a campaign writes.
///
/// `mailbox` is null and `steps` are empty while it writes nothing.
#[utoipa::path(get, path = "/v1/campaigns/{cmp}/messages", tag = "Mail",
    responses((status = 200, body = MessagesView, description = "The messages.")))]
pub(super) async fn get_messages(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
) -> Answer<MessagesView> {
    Ok(Json(outreach::show(&app, &caller, campaign).await?))
}

/// Preview a campaign's messages.
///
/// As one lead would get them, and what they lack; nothing is sent or kept.
#[utoipa::path(post, path = "/v1/campaigns/{cmp}/messages/preview", tag = "Mail", request_body = PreviewWanted,
    responses((status = 200, body = Preview, description = "The messages.")))]
pub(super) async fn preview_messages(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: Input<PreviewWanted>,
) -> Answer<Preview> {
    Ok(Json(preview::show(&app, &caller, campaign, input.body, input.idempotency).await?))
}

/// Send a campaign's messages to somebody of the team.
///
/// All of them, as a lead would get them, to be looked at in a mail program: to an admin, a rep or the mailbox itself. The
/// lead gets nothing. `detail` says what came of it, or what is wrong and what to do.
#[utoipa::path(post, path = "/v1/campaigns/{cmp}/messages/test", tag = "Mail", request_body = TrialWanted,
    responses((status = 200, body = DirectionView, description = "What came of it.")))]
pub(super) async fn try_messages(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: Input<TrialWanted>,
) -> Answer<DirectionView> {
    Ok(Json(trial::send(&app, &caller, campaign, input.body, input.idempotency).await?))
}

/// List the leads whose messages lack something.
///
/// Those of the campaign that nobody has written to yet, in the order in which they joined. A page can be short, or
/// empty, before the last: go on while there is a `next_cursor`.
#[utoipa::path(get, path = "/v1/campaigns/{cmp}/messages/missing", tag = "Mail", params(PageParams),
    responses((status = 200, body = Listed<LeadInNeed>, description = "A page of leads.")))]
pub(super) async fn list_missing(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    Query(page): Query<Page>,
) -> Answer<Listed<LeadInNeed>> {
    Ok(Json(preview::list_missing(&app, &caller, campaign, &page).await?))
}

impl FromObject for NewMessages {
    fn take(object: &mut Object) -> Option<Self> {
        let mailbox = object.required("mailbox", json::id);
        let steps = object.few_objects("steps", STEPS_MAX);
        let window = object.optional_object("window");
        let daily_limit = object.optional("daily_limit", json::whole(1, DAILY_LIMIT_MAX));
        Some(Self { mailbox: mailbox?, steps: steps?, window: window?, daily_limit: daily_limit? })
    }
}

impl FromObject for NewStep {
    fn take(object: &mut Object) -> Option<Self> {
        let subject = object.optional("subject", json::subject_template);
        let body = object.required("body", json::text_template);
        let body_html = object.optional("body_html", json::html_template);
        let wait_days = object.required("wait_days", json::whole(0, WAIT_DAYS_MAX));
        Some(Self {
            subject: subject?.flatten(),
            body: body?,
            body_html: body_html?.flatten(),
            wait_days: wait_days?,
        })
    }
}

impl FromObject for NewWindow {
    fn take(object: &mut Object) -> Option<Self> {
        let days = object.values("days", json::word(&DAYS));
        let from = object.required("from", json::time_of_day);
        let until = object.required("until", json::time_of_day);
        let time_zone = object.optional("time_zone", json::time_zone);
        if days.as_ref().is_some_and(|days| days.is_empty() || days.len() > DAYS.len()) {
            object.say("days", "has the wrong length; expected 1 to 7 days".to_owned());
        }
        if from.zip(until).is_some_and(|(from, until)| from >= until) {
            object.say("until", "is not later than `from`".to_owned());
        }
        let mut days = days?;
        days.sort_unstable();
        days.dedup();
        Some(Self { days, from: from?, until: until?, time_zone: time_zone? })
    }
}

impl FromObject for PreviewWanted {
    fn take(object: &mut Object) -> Option<Self> {
        Some(Self { lead: lead(object)? })
    }
}

impl FromObject for TrialWanted {
    fn take(object: &mut Object) -> Option<Self> {
        let (lead, to) = (lead(object), object.required("to", json::email));
        Some(Self { lead: lead?, to: to? })
    }
}

fn lead(object: &mut Object) -> Option<PreviewLead> {
    match object.text("lead").is_some() {
        true => object.required("lead", json::id).map(PreviewLead::Known),
        false => object.object::<NewLead>("lead").map(|lead| PreviewLead::New(Box::new(lead))),
    }
}
