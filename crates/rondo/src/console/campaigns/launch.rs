//! Review and launch: everything at a glance, what is missing, and when it begins.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::DateTime;
use rondo_core::Command;
use rondo_core::time::Instant;

use super::overview::{goes_away, hours};
use super::{Asked, Desk, Step, bad, named};
use crate::app::campaigns;
use crate::app::campaigns::figures::{self, GoingAway, PassedOver, Turns};
use crate::app::campaigns::owners;
use crate::app::mailboxes;
use crate::app::outreach::{self, MessagesView, preview};
use crate::app::page::Page;
use crate::app::people::Session;
use crate::console::Console;
use crate::console::form::Form;
use crate::console::frame::{Frame, rendered};
use crate::console::paths::Query;
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::{say, t};

/// Turns shown of those to come.
const AHEAD: usize = 3;
/// Leads in need that are looked for: whether there are some, and about how many.
const IN_NEED: u32 = 100;

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Team, "/campaigns/{campaign}/launch", show).post(
        Reach::Admin,
        "/campaigns/{campaign}/launch",
        launch,
    )
}

#[derive(Template)]
#[template(path = "campaigns/launch.html")]
struct LaunchPage {
    frame: Frame,
    desk: Desk,
    form: Form,
    messages: MessagesView,
    mailbox: Option<String>,
    turns: Turns,
    /// That leads have owners outside of its group, if so.
    outside: Option<String>,
    /// Leads whose messages lack something: how many were found.
    in_need: usize,
    has_more_in_need: bool,
    error: Option<String>,
}

impl LaunchPage {
    async fn of(console: &Console, session: &Session, id: &str) -> Result<Self, Trouble> {
        let (desk, frame) = Desk::of(console, session, id, Some(Step::Launch)).await?;
        let (app, caller, id) = (console.app(), &session.caller, desk.campaign.id);
        let messages = outreach::show(app, caller, id).await?;
        let mailbox = match messages.mailbox {
            Some(mailbox) => Some(mailboxes::show(app, caller, mailbox).await?.address),
            None => None,
        };
        let page = Page { limit: IN_NEED, cursor: None };
        let in_need = match mailbox {
            Some(_) => Some(preview::list_missing(app, caller, id, &page).await?),
            None => None,
        };
        let mut form = Form::of([("when", "now".to_owned())]);
        if let Some(at) = &desk.campaign.launch_at {
            form = Form::of([("when", "at".to_owned()), ("at", local(&frame, at))]);
        }
        Ok(Self {
            turns: figures::turns(app, caller, id, AHEAD).await?,
            outside: match desk.is_before_start() {
                true => outside(console, session, &desk).await?,
                false => None,
            },
            in_need: in_need.as_ref().map_or(0, |listed| listed.items.len()),
            has_more_in_need: in_need.is_some_and(|listed| listed.next_cursor.is_some()),
            frame,
            desk,
            form,
            messages,
            mailbox,
            error: None,
        })
    }

    /// From where messages go out, when, and how many.
    fn ways(&self, mailbox: &str) -> String {
        let mut ways = vec![say("launcher-launch-from").arg("mailbox", mailbox).plain()];
        ways.extend(self.messages.window.as_ref().map(hours));
        let limit = self.messages.daily_limit;
        ways.extend(limit.map(|limit| say("launcher-launch-limit").n("count", limit).plain()));
        ways.join("; ")
    }

    fn goes_away(&self, going: &GoingAway) -> String {
        goes_away(&self.frame, going)
    }

    fn who_is_next(&self) -> String {
        let next = self.turns.next.iter().map(|turn| turn.name.clone());
        let then = |before: String, next: String| {
            say("launcher-launch-then").arg("before", before).arg("next", next).plain()
        };
        if let Some(reps) = next.reduce(then) {
            return say("launcher-launch-next").arg("reps", reps).plain();
        }
        let away: Vec<String> = self.turns.away.iter().map(|away| self.away(away)).collect();
        match away.is_empty() {
            true => t("launcher-launch-nobody").to_owned(),
            false => say("launcher-launch-nobody-but").arg("reps", away.join("; ")).plain(),
        }
    }

    fn away(&self, away: &PassedOver) -> String {
        let said = match &away.back {
            Some(back) => say("launcher-launch-away-until")
                .arg("name", &away.name)
                .arg("when", self.frame.until(back)),
            None => say("launcher-launch-away").arg("name", &away.name),
        };
        said.plain()
    }
}

/// That leads of a campaign have owners outside of its group, if so.
pub(super) async fn outside(
    console: &Console,
    session: &Session,
    desk: &Desk,
) -> Result<Option<String>, Trouble> {
    let campaign = &desk.campaign;
    let found = owners::outside(console.app(), &session.caller, campaign.id).await?;
    let (count, group) = (found.leads, &campaign.group_name);
    let said = match found.of {
        _ if count == 0 => return Ok(None),
        None => say("launcher-launch-outside")
            .n("count", count)
            .arg("shown", super::thousands(&count))
            .arg("group", group),
        Some(of) => say("launcher-launch-outside-of")
            .n("count", count)
            .arg("shown", super::thousands(&count))
            .arg("of", super::thousands(&of))
            .arg("group", group),
    };
    Ok(Some(said.plain()))
}

/// An instant as a field for a local time takes it.
fn local(frame: &Frame, at: &Instant) -> String {
    let at = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    at.to_zoned(frame.zone().clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The instant of a local time in the viewer's zone, which has to lie ahead.
fn instant(frame: &Frame, text: &str) -> Result<Instant, String> {
    let wrong = || t("launcher-launch-no-moment").to_owned();
    let local: DateTime = text.replace(' ', "T").parse().map_err(|_| wrong())?;
    let zoned = local.to_zoned(frame.zone().clone()).map_err(|_| wrong())?;
    let at = Instant::from_micros(zoned.timestamp().as_microsecond());
    if at <= frame.now {
        return Err(t("launcher-launch-past").to_owned());
    }
    Ok(at)
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let mut page = LaunchPage::of(&console, &session, &id).await?;
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

async fn launch(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let campaign = named(&id)?;
    let page = LaunchPage::of(&console, &session, &id).await?;
    let at = match form.is("when", "at") {
        true => form.required("at", |text| instant(&page.frame, text)),
        false => None,
    };
    let trouble = if form.has_errors() {
        Trouble::invalid(t("launcher-launch-wrong"))
    } else {
        let command = Command::LaunchCampaign { campaign, at };
        let once = form.once(&session);
        let launched = campaigns::run(console.app(), &session.caller, command, once).await;
        match launched.map_err(Trouble::from) {
            Ok(_) => {
                let word = if at.is_some() { "scheduled" } else { "launched" };
                return Ok(done(&page.desk.path(), word));
            }
            Err(trouble) => trouble,
        }
    };
    let (status, error) = (trouble.status(), Some(trouble.detail().to_owned()));
    Ok(bad(status, &LaunchPage { form, error, ..page }))
}
