//! A campaign's own page: how its leads stand, who is next, what was decided last, and its settings.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use rondo_core::command::CampaignPatch;
use rondo_core::event::{Rotation, WhenOwnerIsOut};

use super::{Asked, Desk, bad, named};
use crate::app::assignments::AssignmentView;
use crate::app::campaigns;
use crate::app::campaigns::figures::{self, Figures, Latest, PassedOver, Turns};
use crate::app::mailboxes::{self, MailboxView};
use crate::app::outreach::{self, MessagesView};
use crate::app::people::Session;
use crate::console::Console;
use crate::console::form::{self, Form};
use crate::console::frame::{Frame, rendered};
use crate::console::paths::Query;
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::console::why;

/// Turns looked ahead, and assignments looked back on.
const AHEAD: usize = 10;

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Team, "/campaigns/{campaign}", show).post(
        Reach::Admin,
        "/campaigns/{campaign}",
        rename,
    )
}

#[derive(Template)]
#[template(path = "campaigns/overview.html")]
struct OverviewPage {
    frame: Frame,
    desk: Desk,
    funnel: Vec<Bar>,
    ended: Vec<Bar>,
    turns: Turns,
    latest: Vec<Latest>,
    messages: MessagesView,
    mailbox: Option<MailboxView>,
    form: Form,
}

/// A number of leads, drawn as its share of all.
struct Bar {
    name: &'static str,
    count: String,
    /// In hundredths of all leads.
    share: u64,
}

impl OverviewPage {
    async fn of(console: &Console, session: &Session, id: &str) -> Result<Self, Trouble> {
        let (desk, frame) = Desk::of(console, session, id, None).await?;
        let (app, caller, id) = (console.app(), &session.caller, desk.campaign.id);
        let messages = outreach::show(app, caller, id).await?;
        let mailbox = match messages.mailbox {
            Some(mailbox) => Some(mailboxes::show(app, caller, mailbox).await?),
            None => None,
        };
        let form = named_form(&desk);
        Ok(Self {
            frame,
            funnel: funnel(&desk.figures, desk.campaign.waiting, mailbox.is_some()),
            ended: ended(&desk.figures),
            turns: figures::turns(app, caller, id, AHEAD).await?,
            latest: figures::latest(app, caller, id, AHEAD as u32).await?,
            messages,
            mailbox,
            form,
            desk,
        })
    }

    fn rotation(&self) -> &'static str {
        match self.desk.campaign.rotation {
            Rotation::Campaign => "This campaign’s leads go round by themselves",
            Rotation::Group => "Shared with the other campaigns of the sales group that chose so",
        }
    }

    fn absent_owner(&self) -> &'static str {
        match self.desk.campaign.when_owner_is_out {
            WhenOwnerIsOut::Owner => "The owner gets the lead all the same",
            WhenOwnerIsOut::RoundRobin => "The lead goes to whoever is next",
        }
    }

    fn away(&self, away: &PassedOver) -> String {
        away_until(&self.frame, away)
    }

    fn hours(&self) -> Option<String> {
        let window = self.messages.window.as_ref()?;
        Some(hours(window))
    }

    fn why(&self, assignment: &AssignmentView) -> String {
        why::sentence(&self.frame, assignment)
    }

    /// The first of what is left to do before a launch.
    fn next_step(&self) -> Option<&super::StepLine> {
        self.desk.steps.iter().find(|step| !step.is_done)
    }
}

/// When mail may go out, in a line.
pub(super) fn hours(window: &outreach::WindowView) -> String {
    let days: Vec<String> = window.days.iter().map(|day| capital(day)).collect();
    let zone = window.time_zone.as_deref().unwrap_or("the team’s time zone");
    format!("{} from {} to {}, {zone}", days.join(", "), window.from, window.until)
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

/// Why somebody is passed over.
pub(super) fn away_until(frame: &Frame, away: &PassedOver) -> String {
    match &away.back_at {
        Some(back) => format!("out of office until {}", frame.when(back)),
        None => "out of office".to_owned(),
    }
}

fn funnel(figures: &Figures, waiting: u64, writes: bool) -> Vec<Bar> {
    let bar = |name, count| bar(figures, name, count);
    let mut bars = vec![bar("Leads", figures.leads)];
    if writes || figures.written > 0 {
        bars.push(bar("Written to", figures.written));
        bars.push(bar("Answered", figures.answered));
    }
    bars.push(bar("In review", figures.in_review));
    bars.push(bar("Qualified", figures.qualified));
    bars.push(bar("With a rep", figures.assigned));
    bars.push(bar("Waiting for a rep", waiting));
    bars
}

fn ended(figures: &Figures) -> Vec<Bar> {
    let all = [
        ("Not interested", figures.not_interested),
        ("Unsubscribed", figures.unsubscribed),
        ("No answer", figures.unresponsive),
        ("Address does not work", figures.bounced),
        ("Ended with the campaign", figures.cancelled),
    ];
    let some = all.into_iter().filter(|(_, count)| *count > 0);
    some.map(|(name, count)| bar(figures, name, count)).collect()
}

fn bar(figures: &Figures, name: &'static str, count: u64) -> Bar {
    let share = (count * 100).checked_div(figures.leads).unwrap_or(0).min(100);
    Bar { name, count: super::thousands(&count), share }
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let mut page = OverviewPage::of(&console, &session, &id).await?;
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

async fn rename(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let campaign = named(&id)?;
    let name = form.required("name", form::name);
    let page = OverviewPage::of(&console, &session, &id).await?;
    let mut status = StatusCode::BAD_REQUEST;
    if name.is_some() && form.is_outdated(&page.form) {
        form.say(
            "name",
            format!(
                "was changed to “{}” meanwhile; save once more to replace that",
                page.desk.campaign.name
            ),
        );
        status = StatusCode::CONFLICT;
    } else if name.is_some() {
        let patch = CampaignPatch { name, ..CampaignPatch::default() };
        campaigns::change(console.app(), &session.caller, campaign, patch).await?;
        return Ok(done(&format!("/campaigns/{campaign}"), "saved"));
    }
    Ok(bad(status, &OverviewPage { form, ..page }))
}

/// The form of the name, as the campaign stands.
fn named_form(desk: &Desk) -> Form {
    Form::of([("name", desk.campaign.name.clone())])
}
