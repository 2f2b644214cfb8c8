//! A campaign's own page: how its leads stand, who is next, what was decided last, and its settings.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use rondo_core::command::CampaignPatch;

use super::{Asked, Desk, bad, messages, named, steps};
use crate::app::assignments::AssignmentView;
use crate::app::campaigns;
use crate::app::campaigns::figures::{self, Figures, GoingAway, Latest, PassedOver, Turns};
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
use crate::{say, t};

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
    /// Whether these are the leads that wait for a rep.
    is_waiting: bool,
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

    fn away(&self, away: &PassedOver) -> String {
        away_until(&self.frame, away)
    }

    fn passes_over(&self, away: &PassedOver) -> String {
        let said = match &away.back {
            Some(back) => say("campaigns-passes-over-until")
                .arg("name", &away.name)
                .arg("when", self.frame.until(back)),
            None => say("campaigns-passes-over").arg("name", &away.name),
        };
        said.plain()
    }

    fn goes_away(&self, going: &GoingAway) -> String {
        goes_away(&self.frame, going)
    }

    /// Whether it runs and writes nothing: then somebody hands its leads over.
    fn is_silent(&self) -> bool {
        self.desk.is("running") && self.messages.mailbox.is_none()
    }

    fn hours(&self) -> Option<String> {
        let window = self.messages.window.as_ref()?;
        Some(hours(window))
    }

    fn why(&self, assignment: &AssignmentView) -> String {
        why::sentence(&self.frame, assignment)
    }

    /// The first of what is left to do before a launch. What is good as it is was left so where a later step is done.
    fn next_step(&self) -> Option<&super::StepLine> {
        let steps = &self.desk.steps;
        let last_done = steps.iter().rposition(super::StepLine::is_done);
        let is_left_out = |index| last_done.is_some_and(|last| index < last);
        let left = steps
            .iter()
            .enumerate()
            .find(|(index, step)| !(step.is_done() || step.is_fine() && is_left_out(*index)));
        left.map(|(_, step)| step)
    }

    fn go_on(&self, line: &super::StepLine) -> &'static str {
        steps::go_on(line.step)
    }
}

/// When mail may go out, in a line.
pub(super) fn hours(window: &outreach::WindowView) -> String {
    let days: Vec<&str> = window.days.iter().map(|day| messages::day(day)).collect();
    let days = days.join(", ");
    let said = match &window.time_zone {
        Some(zone) => say("campaigns-hours-in")
            .arg("days", days)
            .arg("from", &window.from)
            .arg("until", &window.until)
            .arg("zone", zone),
        None => say("campaigns-hours-in-team-zone")
            .arg("days", days)
            .arg("from", &window.from)
            .arg("until", &window.until),
    };
    said.plain()
}

/// When somebody who is next goes away.
pub(super) fn goes_away(frame: &Frame, going: &GoingAway) -> String {
    let (name, period, days) = (&going.name, &going.period, &going.days);
    if let Some((first, last)) = days.whole(period, frame.zone()) {
        let days = frame.days(first, last);
        return say("campaigns-next-goes-away-days").arg("name", name).arg("days", days).plain();
    }
    let from = frame.from(&period.from, days);
    let said = match &period.until {
        Some(until) => say("campaigns-next-goes-away")
            .arg("name", name)
            .arg("from", from)
            .arg("until", frame.until(&days.end(until))),
        None => say("campaigns-next-goes-away-open").arg("name", name).arg("from", from),
    };
    said.plain()
}

/// Why somebody is passed over.
fn away_until(frame: &Frame, away: &PassedOver) -> String {
    match &away.back {
        Some(back) => say("campaigns-away-until").arg("when", frame.until(back)).plain(),
        None => t("common-tag-out-of-office").to_owned(),
    }
}

fn funnel(figures: &Figures, waiting: u64, writes: bool) -> Vec<Bar> {
    let bar = |name, count| bar(figures, name, count);
    let mut bars = vec![bar(t("campaigns-leads"), figures.leads)];
    if writes || figures.written > 0 {
        bars.push(bar(t("campaigns-written"), figures.written));
        bars.push(bar(t("campaigns-answered"), figures.answered));
    }
    bars.push(bar(t("conversations-in-review"), figures.in_review));
    bars.push(bar(t("campaigns-qualified"), figures.qualified));
    bars.push(bar(t("campaigns-with-a-rep"), figures.assigned));
    bars.push(Bar { is_waiting: true, ..bar(t("campaigns-waiting-for-a-rep"), waiting) });
    bars
}

fn ended(figures: &Figures) -> Vec<Bar> {
    let all = [
        (t("conversations-not-interested"), figures.not_interested),
        (t("conversations-unsubscribed"), figures.unsubscribed),
        (t("conversations-unresponsive"), figures.unresponsive),
        (t("conversations-bounced"), figures.bounced),
        (t("campaigns-ended-with-it"), figures.cancelled),
    ];
    let some = all.into_iter().filter(|(_, count)| *count > 0);
    some.map(|(name, count)| bar(figures, name, count)).collect()
}

fn bar(figures: &Figures, name: &'static str, count: u64) -> Bar {
    let share = (count * 100 + figures.leads / 2).checked_div(figures.leads).unwrap_or(0).min(100);
    Bar { name, count: super::thousands(&count), share, is_waiting: false }
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let mut page = OverviewPage::of(&console, &session, &id).await?;
    page.frame = page.frame.after(asked.done.as_deref());
    if asked.done.as_deref() == Some("launched") && page.is_silent() {
        page.frame = page.frame.saying(t("campaigns-launched-silent"));
    }
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
        let now = &page.desk.campaign.name;
        form.say("name", say("words-renamed").arg("name", now).plain());
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
