//! Campaigns write: whose turn it is for which message, within the window, the daily limit and the pace.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use rondo_core::command::{Command, Hold};
use rondo_core::detail::{MailboxDetails, MessageText, StepText};
use rondo_core::ids::{CampaignId, Id as _};
use rondo_core::mail::{MailPlan, SendingWindow};
use rondo_core::team::Status;
use rondo_core::{Instant, Team};
use rondo_store::{DueStep, MailboxRow};

use super::zone;
use crate::app::{App, AppError, Caller, Look};
use crate::mail::compose::{html_of, one_line, reply_subject};
use crate::mail::template::{Assistant, Fields, Form, Template, TemplateError};
use crate::mail::window::{Window, spread};

/// Messages of a campaign that are made in one go, so that others have their turn.
const STEPS_MAX: u32 = 50;
/// How long after the last message a lead who has not answered is taken not to answer any more.
const UNANSWERED_DAYS: u32 = 14;
/// What a follow-up's instant is spread over, so that a list is not written to in one breath a second time.
const SPREAD_SECONDS: u64 = 30 * 60;
/// Characters of a subject at most.
const SUBJECT_CHARS_MAX: usize = 400;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What a look at a mailbox's campaigns came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Planned {
    /// Messages that were queued, or held.
    pub done: u64,
    /// When to look again at the latest; none where nothing is foreseen.
    pub next_at: Option<Instant>,
}

impl Planned {
    fn look_at(&mut self, at: Instant) {
        self.next_at = Some(self.next_at.map_or(at, |next| next.min(at)));
    }
}

/// Queues what the campaigns of a mailbox are to write now.
pub async fn plan(app: &App, caller: &Caller, mailbox: &MailboxRow) -> Result<Planned, AppError> {
    let mut planned = Planned::default();
    let Some(details) = &mailbox.details else { return Ok(planned) };
    let look = app.look(caller.team).await?;
    let writing: Vec<_> = look
        .team
        .campaigns()
        .filter(|campaign| campaign.status == Status::Running)
        .filter_map(|campaign| Some((campaign.id, campaign.mail.clone()?)))
        .filter(|(_, plan)| plan.mailbox == mailbox.id)
        .collect();
    for (campaign, plan) in writing {
        let writer = Writer::new(app, caller, &look.team, campaign, &plan, details, look.now);
        writer.write(&mut planned).await?;
    }
    Ok(planned)
}

/// One campaign, writing.
struct Writer<'a> {
    app: &'a App,
    caller: &'a Caller,
    campaign: CampaignId,
    campaign_name: String,
    plan: &'a MailPlan,
    details: &'a MailboxDetails,
    window: Option<Window>,
    zone: TimeZone,
    now: Instant,
}

impl<'a> Writer<'a> {
    fn new(
        app: &'a App,
        caller: &'a Caller,
        team: &Team,
        campaign: CampaignId,
        plan: &'a MailPlan,
        details: &'a MailboxDetails,
        now: Instant,
    ) -> Self {
        let name = plan.window.as_ref().and_then(|window| window.time_zone.as_deref());
        let parts = team.campaign(campaign);
        Self {
            app,
            caller,
            campaign,
            campaign_name: parts.map(|parts| parts.settings.name.to_string()).unwrap_or_default(),
            plan,
            details,
            window: plan.window.as_ref().and_then(window_of),
            zone: zone(name.unwrap_or(&team.settings().time_zone)),
            now,
        }
    }

    async fn write(&self, planned: &mut Planned) -> Result<(), AppError> {
        if let Some(window) = &self.window
            && !window.is_open(self.now, &self.zone)
        {
            planned.look_at(window.next_open(self.now, &self.zone));
            return Ok(());
        }
        let Some(mut room) = self.room(planned).await? else { return Ok(()) };
        let store = self.app.store();
        let team = self.caller.team;
        let follow_ups = store.follow_ups_due(team, self.campaign, self.now, STEPS_MAX).await?;
        let first = store.unwritten(team, self.campaign, None, STEPS_MAX).await?;
        let first_wait = self.plan.wait_days.first().copied().unwrap_or(0);
        let mut texts = None;
        for due in follow_ups.into_iter().chain(first) {
            if due.step == 0 {
                let joined = self.after_days(due.joined_at, first_wait);
                if joined > self.now {
                    planned.look_at(joined);
                    // Those behind joined later.
                    break;
                }
            }
            if usize::from(due.step) >= self.plan.wait_days.len() {
                let (conversation, step) = (due.conversation, due.step);
                let why = Hold::Unanswered;
                planned.done += self.run(Command::HoldStep { conversation, step, why }).await?;
                continue;
            }
            if room == 0 {
                planned.look_at(self.now);
                return Ok(());
            }
            if texts.is_none() {
                texts = Some(store.campaign_texts(team, self.campaign).await?);
            }
            let command = self.command_for(&due, texts.as_deref().unwrap_or_default());
            planned.done += self.run(command).await?;
            room -= 1;
        }
        Ok(())
    }

    /// Has it done; 1 if something came of it, 0 where the lead has moved on meanwhile.
    async fn run(&self, command: Command) -> Result<u64, AppError> {
        let done = self.app.run(self.caller, command, None).await?;
        Ok(u64::from(!done.entries.is_empty()))
    }

    /// How many messages may be made now: all that is made in one go, or what the daily limit and its pace leave.
    async fn room(&self, planned: &mut Planned) -> Result<Option<u64>, AppError> {
        let Some(limit) = self.plan.daily_limit.map(u64::from) else {
            return Ok(Some(u64::from(STEPS_MAX)));
        };
        let (team, mailbox) = (self.caller.team, self.plan.mailbox);
        let begun = self.start_of_day();
        let sent = self.app.store().steps_since(team, mailbox, begun).await?;
        if sent >= limit {
            planned.look_at(self.after_days(begun, 1));
            return Ok(None);
        }
        // Spread over the hours in which the mailbox writes, with pauses of different lengths.
        let hours = self.window.as_ref().map_or(DAY_SECONDS, |_| self.window_seconds());
        let pause = u64::try_from(hours).unwrap_or(0) / limit;
        let last = self.app.store().last_step_at(team, mailbox).await?;
        let next = last.map(|last| {
            let least = last.plus_seconds(i64::try_from(pause / 2).unwrap_or(0));
            spread(seed_of(last, mailbox.as_bytes()), least, std::time::Duration::from_secs(pause))
        });
        match next.filter(|next| *next > self.now) {
            Some(next) => {
                planned.look_at(next);
                Ok(None)
            }
            // One at a time: the pause comes after each.
            None => Ok(Some(1)),
        }
    }

    fn window_seconds(&self) -> i64 {
        let Some(window) = &self.plan.window else { return DAY_SECONDS };
        let seconds = |time: jiff::civil::Time| {
            i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
        };
        (seconds(window.until) - seconds(window.from)).max(1)
    }

    fn start_of_day(&self) -> Instant {
        let now = jiff::Timestamp::from_microsecond(self.now.as_micros()).unwrap_or_default();
        let day = now.to_zoned(self.zone.clone()).start_of_day();
        day.map_or(self.now.plus_seconds(-DAY_SECONDS), |day| {
            Instant::from_micros(day.timestamp().as_microsecond())
        })
    }

    fn after_days(&self, at: Instant, days: u16) -> Instant {
        match (&self.window, days) {
            (_, 0) => at,
            (Some(window), _) => window.add_days(at, days.into(), &self.zone),
            (None, _) => at.plus_seconds(i64::from(days) * DAY_SECONDS),
        }
    }

    fn command_for(&self, due: &DueStep, texts: &[StepText]) -> Command {
        let (conversation, step) = (due.conversation, due.step);
        let hold = |why| Command::HoldStep { conversation, step, why };
        if due.is_suppressed {
            return hold(Hold::Suppressed);
        }
        let fields = fields_of(due, &self.campaign_name, self.details);
        match render(texts, step.into(), &fields) {
            Ok(rendered) if rendered.missing.is_empty() => {
                let next = usize::from(step) + 1;
                let wait =
                    self.plan.wait_days.get(next).copied().map_or(UNANSWERED_DAYS, u32::from);
                let next_at = self.after_days(self.now, u16::try_from(wait).unwrap_or(u16::MAX));
                let seed = seed_of(self.now, conversation.as_bytes());
                let within = std::time::Duration::from_secs(SPREAD_SECONDS);
                let next_at = Some(if wait == 0 { next_at } else { spread(seed, next_at, within) });
                let text = Box::new(self.message(due, rendered));
                Command::SendStep { conversation, step, next_at, text }
            }
            // A text that cannot be filled in for this lead lacks something of theirs, or is broken for all.
            Ok(_) | Err(_) => hold(Hold::MissingFields),
        }
    }

    fn message(&self, due: &DueStep, rendered: Rendered) -> MessageText {
        MessageText {
            from: format!("{} <{}>", self.details.name.as_str(), self.details.email.as_str()),
            to: vec![due.email.clone()],
            subject: rendered.subject,
            html: Some(rendered.body_html.unwrap_or_else(|| html_of(&rendered.body))),
            text: rendered.body,
            ..MessageText::default()
        }
    }
}

/// One of a campaign's messages as a lead gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its subject.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// The same as HTML, where the campaign has it.
    pub body_html: Option<String>,
    /// What the lead lacks.
    pub missing: Vec<String>,
}

/// A lead's fields for the templates of a campaign.
pub fn fields_of(due: &DueStep, campaign: &str, details: &MailboxDetails) -> Fields {
    Fields {
        email: due.email.clone(),
        lead: due.fields.clone(),
        campaign: campaign.to_owned(),
        assistant: Assistant {
            name: details.name.to_string(),
            address: details.email.as_str().to_owned(),
        },
        rep: None,
    }
}

/// Fills in one of a campaign's messages. One without a subject goes on under that of the first.
pub fn render(texts: &[StepText], step: usize, fields: &Fields) -> Result<Rendered, TemplateError> {
    let empty = StepText { subject: None, body: String::new(), body_html: None };
    let text = texts.get(step).unwrap_or(&empty);
    let mut missing = Vec::new();
    let mut fill = |form, source: &str| -> Result<String, TemplateError> {
        let rendered = Template::parse(form, source)?.render(fields)?;
        missing.extend(rendered.missing);
        Ok(rendered.text)
    };
    let first = texts.first().and_then(|first| first.subject.as_deref()).unwrap_or_default();
    let subject = match &text.subject {
        Some(subject) => fill(Form::Subject, subject)?,
        None => reply_subject(&fill(Form::Subject, first)?),
    };
    let body = fill(Form::Text, &text.body)?;
    let body_html = text.body_html.as_deref().map(|source| fill(Form::Html, source)).transpose()?;
    missing.sort();
    missing.dedup();
    Ok(Rendered { subject: one_line(&subject, SUBJECT_CHARS_MAX), body, body_html, missing })
}

/// When a campaign may write next; none where it may now.
pub fn opens_at(plan: &MailPlan, look: &Look) -> Option<Instant> {
    let settings = plan.window.as_ref()?;
    let window = window_of(settings)?;
    let name = settings.time_zone.as_deref().unwrap_or(&look.team.settings().time_zone);
    let next = window.next_open(look.now, &zone(name));
    (next > look.now).then_some(next)
}

fn window_of(window: &SendingWindow) -> Option<Window> {
    let day = |day: &u8| Weekday::from_monday_one_offset(i8::try_from(*day).ok()?).ok();
    let days = window.days.iter().filter_map(day).collect();
    Window::new(days, window.from, window.until).ok()
}

fn seed_of(at: Instant, id: &[u8; 16]) -> u64 {
    let (_, last) = id.split_at(8);
    let id = last.iter().fold(0_u64, |seed, byte| seed << 8 | u64::from(*byte));
    id ^ at.as_micros().unsigned_abs()
}
