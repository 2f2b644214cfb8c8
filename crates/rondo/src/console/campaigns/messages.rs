//! What a campaign writes: mailbox, messages, hours; and what they look like for a lead.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use rondo_core::ids::{CampaignId, LeadId};
use rondo_core::mail::STEPS_MAX;
use serde::Deserialize;

use super::{Desk, Step, bad, named};
use crate::app::AppError;
use crate::app::campaigns::figures;
use crate::app::leads::{self, LeadsWanted, NewLead};
use crate::app::mailboxes::{self, MailboxView};
use crate::app::outreach::preview::{self, Preview, PreviewLead, PreviewWanted};
use crate::app::outreach::{self, MessagesView, StepView};
use crate::app::page::Page;
use crate::app::people::Session;
use crate::console::Console;
use crate::console::form::Form;
use crate::console::frame::{Frame, rendered};
use crate::console::paths::Query;
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::{say, t};

mod parsing;

use parsing::parsed;

/// Mailboxes to choose from, and leads to preview for: as many as a list can be looked through.
const CHOICES: u32 = 50;
/// Leads shown whose messages lack something.
const IN_NEED: u32 = 10;
/// A campaign begins with so many messages in its form: one, and one that follows up.
const STEPS_AT_FIRST: usize = 2;
/// Days of the week, as the form names them, and the texts that show them.
const DAYS: [(&str, &str); 7] = [
    ("mon", "campaigns-mon"),
    ("tue", "campaigns-tue"),
    ("wed", "campaigns-wed"),
    ("thu", "campaigns-thu"),
    ("fri", "campaigns-fri"),
    ("sat", "campaigns-sat"),
    ("sun", "campaigns-sun"),
];

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Team, "/campaigns/{campaign}/messages", show).post(
        Reach::Admin,
        "/campaigns/{campaign}/messages",
        save,
    )
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    lead: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "campaigns/messages.html")]
struct MessagesPage {
    frame: Frame,
    desk: Desk,
    form: Form,
    /// How many messages the form has.
    count: usize,
    mailboxes: Vec<MailboxView>,
    saved: MessagesView,
    preview: Option<Preview>,
    /// Leads to preview for.
    leads: Vec<(LeadId, String)>,
    chosen: Option<LeadId>,
    in_need: Vec<InNeed>,
    error: Option<String>,
}

/// A lead whose messages lack something.
struct InNeed {
    name: String,
    conversation: String,
    missing: String,
}

impl MessagesPage {
    async fn of(
        console: &Console,
        session: &Session,
        id: &str,
        lead: Option<LeadId>,
    ) -> Result<Self, Trouble> {
        let (desk, frame) = Desk::of(console, session, id, Some(Step::Messages)).await?;
        let (app, caller, id) = (console.app(), &session.caller, desk.campaign.id);
        let saved = outreach::show(app, caller, id).await?;
        let few = |limit| Page { limit, cursor: None };
        let mailboxes = mailboxes::list(app, caller, &few(CHOICES)).await?.items;
        let wanted = LeadsWanted { campaign: Some(id), ..LeadsWanted::default() };
        let leads = leads::list(app, caller, &wanted, &few(CHOICES)).await?.items;
        let name = |lead: leads::LeadView| (lead.id, lead.name.unwrap_or(lead.email));
        let (preview, in_need) = match saved.mailbox {
            Some(_) => {
                let preview = preview_for(console, session, id, lead).await?;
                (Some(preview), in_need(console, session, id).await?)
            }
            None => (None, Vec::new()),
        };
        let form = filled(&saved);
        let count = saved.steps.len();
        Ok(Self {
            count: if count == 0 { STEPS_AT_FIRST } else { count },
            frame,
            desk,
            form,
            mailboxes,
            saved,
            preview,
            leads: leads.into_iter().map(name).collect(),
            chosen: lead,
            in_need,
            error: None,
        })
    }

    fn days(&self) -> [(&'static str, &'static str); 7] {
        DAYS.map(|(word, text)| (word, t(text)))
    }

    fn is_from(&self, mailbox: &MailboxView) -> bool {
        self.form.is("mailbox", &mailbox.id.to_string())
    }

    fn can_add(&self) -> bool {
        self.count < STEPS_MAX
    }

    fn is_chosen(&self, lead: &LeadId) -> bool {
        self.chosen.as_ref() == Some(lead)
    }

    /// From where and when the messages go out that are saved.
    fn as_saved(&self) -> String {
        let mailbox = self.mailboxes.iter().find(|mailbox| Some(mailbox.id) == self.saved.mailbox);
        let mailbox = mailbox.map(|mailbox| format!("{} <{}>", mailbox.name, mailbox.address));
        let hours = self.saved.window.as_ref().map(super::overview::hours);
        let said = match (mailbox, hours) {
            (None, None) => return t("launcher-messages-as-saved").to_owned(),
            (None, Some(hours)) => say("launcher-messages-as-saved-hours").arg("hours", hours),
            (Some(mailbox), None) => say("launcher-messages-as-saved-from").arg("mailbox", mailbox),
            (Some(mailbox), Some(hours)) => say("launcher-messages-as-saved-from-hours")
                .arg("mailbox", mailbox)
                .arg("hours", hours),
        };
        said.plain()
    }

    fn saved_wait(&self, step: &usize) -> String {
        wait(self.saved.steps.get(*step), *step)
    }
}

/// A day of the week as it is shown, by its word.
pub(super) fn day(word: &str) -> &'static str {
    let found = DAYS.iter().find(|(day, _)| *day == word);
    found.map_or("", |(_, text)| t(text))
}

/// When a message goes out, in words.
fn wait(step: Option<&StepView>, index: usize) -> String {
    let days = step.map_or(0, |step| u32::from(step.wait_days));
    let said = match index {
        0 => say("launcher-messages-after-joining").n("days", days),
        _ => say("launcher-messages-after-message").n("days", days),
    };
    said.plain()
}

/// The form as the campaign stands.
fn filled(saved: &MessagesView) -> Form {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut field = |name: &str, value: String| fields.push((name.to_owned(), value));
    if let Some(mailbox) = saved.mailbox {
        field("mailbox", mailbox.to_string());
    }
    for (index, step) in saved.steps.iter().enumerate() {
        field(&format!("subject-{index}"), step.subject.clone().unwrap_or_default());
        field(&format!("body-{index}"), step.body.clone());
        field(&format!("html-{index}"), step.body_html.clone().unwrap_or_default());
        field(&format!("wait-{index}"), step.wait_days.to_string());
    }
    if saved.steps.is_empty() {
        field("wait-0", "0".to_owned());
        field("wait-1", "3".to_owned());
    }
    match &saved.window {
        Some(window) => {
            field("hours", "some".to_owned());
            window.days.iter().for_each(|day| field("day", (*day).to_owned()));
            field("from", window.from.clone());
            field("until", window.until.clone());
            field("zone", window.time_zone.clone().unwrap_or_default());
        }
        None => {
            field("hours", "any".to_owned());
            DAYS[..5].iter().for_each(|(day, _)| field("day", (*day).to_owned()));
            field("from", "09:00".to_owned());
            field("until", "17:00".to_owned());
        }
    }
    if let Some(limit) = saved.daily_limit {
        field("limit", limit.to_string());
    }
    Form::of(fields.iter().map(|(name, value)| (name.as_str(), value.clone())))
}

async fn preview_for(
    console: &Console,
    session: &Session,
    campaign: CampaignId,
    lead: Option<LeadId>,
) -> Result<Preview, Trouble> {
    let lead = match lead {
        Some(lead) => PreviewLead::Known(lead),
        None => PreviewLead::New(Box::new(sample())),
    };
    let wanted = PreviewWanted { lead };
    Ok(preview::show(console.app(), &session.caller, campaign, wanted, None).await?)
}

/// Somebody of whom the usual fields are known.
fn sample() -> NewLead {
    let text = |text: &str| Some(text.to_owned());
    NewLead {
        email: rondo_core::text::Email::parse("ann@lead.example").expect("it is well formed"),
        name: text(t("launcher-messages-sample-name")),
        company: text(t("launcher-messages-sample-company")),
        owner: None,
        external_id: text("7"),
        attributes: None,
    }
}

async fn in_need(
    console: &Console,
    session: &Session,
    campaign: CampaignId,
) -> Result<Vec<InNeed>, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let page = Page { limit: IN_NEED, cursor: None };
    let mut all = Vec::new();
    for lead in preview::list_missing(app, caller, campaign, &page).await?.items {
        let name = figures::lead_name(app, caller, lead.lead).await?.unwrap_or_default();
        let missing = lead.missing.join(", ");
        all.push(InNeed { name, conversation: lead.conversation.to_string(), missing });
    }
    Ok(all)
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let lead = asked.lead.as_deref().and_then(|lead| lead.parse().ok());
    let mut page = MessagesPage::of(&console, &session, &id, lead).await?;
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

async fn save(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let campaign = named(&id)?;
    let count = form.text("count").parse().unwrap_or(0).clamp(1, STEPS_MAX);
    let action = form.text("do").to_owned();
    let (form, count, error) = match action.split_once('-') {
        Some(("remove", index)) => {
            let index = index.parse().unwrap_or(count);
            (parsing::without(&form, index), if index < count { count - 1 } else { count }, None)
        }
        _ if action == "add" => (form, (count + 1).min(STEPS_MAX), None),
        _ => {
            let now = filled(&outreach::show(console.app(), &session.caller, campaign).await?);
            let error = match parsed(&mut form, count) {
                Some(_) if form.is_outdated(&now) => {
                    Some(Trouble::outdated(t("launcher-messages-outdated")))
                }
                Some(new) => {
                    let set = outreach::set(console.app(), &session.caller, campaign, new).await;
                    match set {
                        Ok(_) => return saved(&console, &session, &id, &action).await,
                        Err(AppError::Templates(wrong)) => {
                            parsing::tell(&mut form, wrong);
                            Some(Trouble::invalid(t("launcher-messages-wrong")))
                        }
                        Err(error) => Some(error.into()),
                    }
                }
                None => Some(Trouble::invalid(t("launcher-messages-wrong"))),
            };
            (form, count, error)
        }
    };
    // A message that was added or removed is not kept before the form is saved.
    let status = error.as_ref().map_or(StatusCode::OK, Trouble::status);
    let page = MessagesPage::of(&console, &session, &id, None).await?;
    let error = error.map(|trouble| trouble.detail().to_owned());
    Ok(bad(status, &MessagesPage { form, count: count.max(1), error, ..page }))
}

async fn saved(
    console: &Console,
    session: &Session,
    id: &str,
    action: &str,
) -> Result<Response, Trouble> {
    let (desk, _) = Desk::of(console, session, id, None).await?;
    Ok(match action {
        "next" => done(&desk.after(Step::Routing), "saved"),
        _ => done(&super::steps::path(desk.campaign.id, Step::Messages), "saved"),
    })
}
