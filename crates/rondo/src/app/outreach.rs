//! What campaigns write to their leads: the plan, and its texts as templates.

pub mod letters;
pub mod preview;
pub mod trial;

use jiff::civil::Time;
use rondo_core::command::Command;
use rondo_core::detail::StepText;
use rondo_core::ids::{CampaignId, MailboxId};
use rondo_core::mail::{MailPlan, SendingWindow};
use rondo_core::team::CampaignParts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::templates::{self, WrongTemplate};
use crate::app::{App, AppError, Caller, Look, schema, text};

/// Days from one message to the next at most: a year.
pub const WAIT_DAYS_MAX: u32 = 365;
/// Messages of a mailbox in a day at most: what the largest providers let one address send.
pub const DAILY_LIMIT_MAX: u32 = 10_000;

/// The days of the week by their words, from Monday on.
pub const DAYS: [(&str, u8); 7] =
    [("mon", 1), ("tue", 2), ("wed", 3), ("thu", 4), ("fri", 5), ("sat", 6), ("sun", 7)];

/// How a campaign is to write.
#[derive(Debug, ToSchema)]
pub struct NewMessages {
    /// From which mailbox. Fixed once the campaign has started.
    #[schema(value_type = schema::MailboxId)]
    pub mailbox: MailboxId,
    /// The messages in order: the first, and those that follow up while the lead does not answer.
    #[schema(min_items = 1, max_items = 11)]
    pub steps: Vec<NewStep>,
    /// When mail may go out; at any time when absent.
    pub window: Option<NewWindow>,
    /// Messages of campaigns that the mailbox sends in a day at most; the smallest limit of its running campaigns holds
    /// for all of them together.
    #[schema(minimum = 1, maximum = 10_000)]
    pub daily_limit: Option<u32>,
}

/// One message.
#[derive(Debug, ToSchema)]
pub struct NewStep {
    /// Needed for the first. Those that follow up have none, and stay in the thread.
    #[schema(value_type = Option<schema::Template>)]
    pub subject: Option<String>,
    #[schema(value_type = schema::Template)]
    pub body: String,
    /// The same as HTML; made from the text when absent.
    #[schema(value_type = Option<schema::Template>)]
    pub body_html: Option<String>,
    /// Days after the message before it; for the first, after the lead joined.
    #[schema(maximum = 365)]
    pub wait_days: u32,
}

/// The hours in which mail may go out.
#[derive(Debug, ToSchema)]
pub struct NewWindow {
    #[schema(value_type = Vec<DayView>, min_items = 1, max_items = 7)]
    pub days: Vec<u8>,
    #[schema(value_type = schema::TimeOfDay)]
    pub from: Time,
    /// Later than `from`.
    #[schema(value_type = schema::TimeOfDay)]
    pub until: Time,
    /// The team's when absent.
    #[schema(value_type = Option<schema::TimeZone>)]
    pub time_zone: Option<String>,
}

/// A day of the week.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = Weekday)]
pub enum DayView {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// How a campaign writes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Messages)]
pub struct MessagesView {
    /// Null while the campaign writes nothing.
    #[schema(value_type = Option<schema::MailboxId>)]
    pub mailbox: Option<MailboxId>,
    pub steps: Vec<StepView>,
    pub window: Option<WindowView>,
    pub daily_limit: Option<u32>,
}

/// One message.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Step)]
pub struct StepView {
    pub subject: Option<String>,
    pub body: String,
    pub body_html: Option<String>,
    pub wait_days: u16,
}

/// Hides the texts: they are long, and debug output reaches logs.
impl std::fmt::Debug for StepView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StepView(…)")
    }
}

/// The hours in which mail may go out.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Window)]
pub struct WindowView {
    #[schema(value_type = Vec<DayView>)]
    pub days: Vec<&'static str>,
    #[schema(value_type = schema::TimeOfDay)]
    pub from: String,
    #[schema(value_type = schema::TimeOfDay)]
    pub until: String,
    /// Null for the team's.
    #[schema(value_type = Option<schema::TimeZone>)]
    pub time_zone: Option<String>,
}

/// Says how a campaign writes.
pub async fn set(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    new: NewMessages,
) -> Result<MessagesView, AppError> {
    check_new_texts(app, caller, campaign, &new.steps).await?;
    let days = |step: &NewStep| u16::try_from(step.wait_days.min(WAIT_DAYS_MAX));
    let plan = MailPlan {
        mailbox: new.mailbox,
        wait_days: new.steps.iter().map(|step| days(step).expect("a year has few days")).collect(),
        window: new.window.map(|window| SendingWindow {
            days: window.days,
            from: window.from,
            until: window.until,
            time_zone: window.time_zone,
        }),
        daily_limit: new.daily_limit,
    };
    let text = |step: NewStep| StepText {
        subject: step.subject,
        body: step.body,
        body_html: step.body_html,
    };
    let texts = new.steps.into_iter().map(text).collect();
    let done = app.run(caller, Command::SetMessages { campaign, plan, texts }, None).await?;
    view(app, &app.look_at(done.team), campaign).await
}

/// Looks at what the texts name that the campaign does not have yet.
async fn check_new_texts(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    steps: &[NewStep],
) -> Result<(), AppError> {
    let standing = app.store().campaign_texts(caller.team, campaign).await?;
    let standing: Vec<&str> = standing
        .iter()
        .flat_map(|text| [text.subject.as_deref(), Some(&text.body), text.body_html.as_deref()])
        .flatten()
        .collect();
    let texts = steps.iter().enumerate().flat_map(|(index, step)| {
        let parts = [
            ("subject", step.subject.as_deref()),
            ("body", Some(step.body.as_str())),
            ("body_html", step.body_html.as_deref()),
        ];
        parts.into_iter().filter_map(move |(part, text)| Some((index, part, text?)))
    });
    let is_new = |text: &str| !standing.iter().any(|known| templates::is_same(known, text));
    let wrong: Vec<WrongTemplate> = texts
        .filter(|(_, _, text)| is_new(text))
        .filter_map(|(index, part, text)| {
            let wrong = templates::check_message(text).err()?;
            Some(WrongTemplate { pointer: format!("/steps/{index}/{part}"), wrong })
        })
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(AppError::Templates(wrong)) }
}

/// How a campaign writes.
pub async fn show(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
) -> Result<MessagesView, AppError> {
    view(app, &app.look(caller.team).await?, campaign).await
}

fn parts(look: &Look, campaign: CampaignId) -> Result<&CampaignParts, AppError> {
    look.team.campaign(campaign).ok_or_else(|| AppError::not_found("campaign", campaign))
}

async fn view(app: &App, look: &Look, campaign: CampaignId) -> Result<MessagesView, AppError> {
    let Some(plan) = &parts(look, campaign)?.mail else {
        return Ok(MessagesView { mailbox: None, steps: vec![], window: None, daily_limit: None });
    };
    let texts = app.store().campaign_texts(look.team.id(), campaign).await?;
    let step = |(text, wait_days): (StepText, &u16)| StepView {
        subject: text.subject,
        body: text.body,
        body_html: text.body_html,
        wait_days: *wait_days,
    };
    Ok(MessagesView {
        mailbox: Some(plan.mailbox),
        steps: texts.into_iter().zip(&plan.wait_days).map(step).collect(),
        window: plan.window.as_ref().map(window),
        daily_limit: plan.daily_limit,
    })
}

fn window(window: &SendingWindow) -> WindowView {
    let word = |day: &u8| DAYS.iter().find(|(_, number)| number == day).map(|(word, _)| *word);
    WindowView {
        days: window.days.iter().filter_map(word).collect(),
        from: text::time_of_day(window.from),
        until: text::time_of_day(window.until),
        time_zone: window.time_zone.clone(),
    }
}
