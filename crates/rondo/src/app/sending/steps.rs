//! Campaigns write: whose turn it is for which message, within the window, the daily limit and the pace.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use rondo_core::Instant;
use rondo_core::command::{Command, Hold};
use rondo_core::detail::{MailboxDetails, MessageText};
use rondo_core::ids::{CampaignId, Id as _};
use rondo_core::mail::{MailPlan, SendingWindow};
use rondo_core::team::{CampaignParts, Status};
use rondo_store::{DueStep, MailboxRow};

use super::zone;
use crate::app::outreach::letters::{Filled, Letters};
use crate::app::{App, AppError, Caller, Look};
use crate::engine::EngineError;
use crate::mail::compose::html_of;
use crate::mail::template::{Assistant, Fields};
use crate::mail::window::{Window, spread};

/// Messages of a campaign that are made in one go, so that others have their turn.
const STEPS_MAX: u32 = 50;
/// How long after the last message a lead who has not answered is taken not to answer any more.
const UNANSWERED_DAYS: u32 = 14;
/// What a follow-up's instant is spread over, so that a list is not written to in one breath a second time.
const SPREAD_SECONDS: u64 = 30 * 60;
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

/// Queues what the campaigns of a mailbox are to write now. While earlier messages wait to be sent it queues none: they
/// would go out together later, whatever the window and the limit say.
pub async fn plan(app: &App, caller: &Caller, mailbox: &MailboxRow) -> Result<Planned, AppError> {
    let mut planned = Planned::default();
    let Some(details) = &mailbox.details else { return Ok(planned) };
    let look = app.look(caller.team).await?;
    let writers: Vec<_> = look
        .team
        .campaigns()
        .filter(|campaign| campaign.status == Status::Running)
        .filter_map(|campaign| Some((campaign, campaign.mail.as_ref()?)))
        .filter(|(_, plan)| plan.mailbox == mailbox.id)
        .map(|(campaign, plan)| Writer::new((app, caller), &look, campaign, plan, details))
        .collect();
    if writers.is_empty()
        || app.store().has_untried_steps(caller.team, mailbox.id, look.now).await?
    {
        return Ok(planned);
    }
    let open: Vec<_> = writers.iter().filter(|writer| writer.is_open(&mut planned)).collect();
    let mut due = Vec::new();
    for writer in &open {
        due.extend(writer.due(&mut planned).await?.into_iter().map(|(at, due)| (at, *writer, due)));
    }
    // Whose turn it is, whatever the campaign.
    due.sort_by_key(|(at, _, due)| (*at, due.conversation));
    let mut room = if due.is_empty() { 0 } else { room(&writers, &mut planned).await? };
    for (_, writer, due) in due {
        if usize::from(due.step) >= writer.plan.wait_days.len() {
            let (conversation, step, why) = (due.conversation, due.step, Hold::Unanswered);
            planned.done += writer.run(Command::HoldStep { conversation, step, why }).await?;
        } else if room > 0 {
            // One that is refused takes nobody's place.
            let done = writer.write(&due).await?;
            planned.done += done;
            room = room.saturating_sub(done);
        }
    }
    Ok(planned)
}

/// How many messages may be made now: all that is made in one go, or what the daily limit and its pace leave. The limit is
/// the mailbox's: the smallest of those that its running campaigns have.
async fn room(writers: &[Writer<'_>], planned: &mut Planned) -> Result<u64, AppError> {
    let limited = writers.iter().filter_map(|writer| Some((writer.plan.daily_limit?, writer)));
    let Some((limit, writer)) = limited.min_by_key(|(limit, writer)| (*limit, writer.campaign))
    else {
        return Ok(u64::from(STEPS_MAX));
    };
    let (app, team, mailbox) = (writer.app, writer.caller.team, writer.plan.mailbox);
    let begun = writer.start_of_day();
    let sent = app.store().steps_since(team, mailbox, begun, limit).await?;
    if sent >= u64::from(limit) {
        planned.look_at(writer.start_of_next_day());
        return Ok(0);
    }
    // Spread over the hours in which it writes, with pauses of different lengths.
    let pause = u64::try_from(writer.window_seconds()).unwrap_or(0) / u64::from(limit.max(1));
    let last = app.store().last_step_at(team, mailbox).await?;
    let next = last.map(|last| {
        let least = last.plus_seconds(i64::try_from(pause / 2).unwrap_or(0));
        spread(seed_of(last, mailbox.as_bytes()), least, std::time::Duration::from_secs(pause))
    });
    match next.filter(|next| *next > writer.now) {
        Some(next) => {
            planned.look_at(next);
            Ok(0)
        }
        // One at a time: the pause comes after each.
        None => Ok(1),
    }
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
    /// Its messages, once one of them is written.
    letters: tokio::sync::OnceCell<Letters>,
}

impl<'a> Writer<'a> {
    fn new(
        (app, caller): (&'a App, &'a Caller),
        look: &Look,
        campaign: &CampaignParts,
        plan: &'a MailPlan,
        details: &'a MailboxDetails,
    ) -> Self {
        let name = plan.window.as_ref().and_then(|window| window.time_zone.as_deref());
        Self {
            app,
            caller,
            campaign: campaign.id,
            campaign_name: campaign.settings.name.to_string(),
            plan,
            details,
            window: plan.window.as_ref().and_then(window_of),
            zone: zone(name.unwrap_or(&look.team.settings().time_zone)),
            now: look.now,
            letters: tokio::sync::OnceCell::new(),
        }
    }

    /// Whether it may write now; if not, it is looked at again once it may.
    fn is_open(&self, planned: &mut Planned) -> bool {
        match &self.window {
            Some(window) if !window.is_open(self.now, &self.zone) => {
                planned.look_at(window.next_open(self.now, &self.zone));
                false
            }
            Some(_) | None => true,
        }
    }

    /// What is due, and since when.
    async fn due(&self, planned: &mut Planned) -> Result<Vec<(Instant, DueStep)>, AppError> {
        let store = self.app.store();
        let team = self.caller.team;
        let follow_ups = store.follow_ups_due(team, self.campaign, self.now, STEPS_MAX).await?;
        let since = |due: DueStep| (due.due_at.unwrap_or(due.joined_at), due);
        let mut all: Vec<_> = follow_ups.into_iter().map(since).collect();
        let wait = self.plan.wait_days.first().copied().unwrap_or(0);
        for due in store.unwritten(team, self.campaign, None, STEPS_MAX).await? {
            let at = self.after_days(due.joined_at, wait);
            if at > self.now {
                planned.look_at(at);
                // Those behind joined later.
                break;
            }
            all.push((at, due));
        }
        Ok(all)
    }

    /// Writes what is due; 1 if something came of it.
    async fn write(&self, due: &DueStep) -> Result<u64, AppError> {
        let letters = self.letters.get_or_try_init(async || {
            let texts = self.app.store().campaign_texts(self.caller.team, self.campaign).await?;
            Ok::<_, AppError>(Letters::read(&texts))
        });
        let command = self.command_for(due, letters.await?);
        self.run(command).await
    }

    /// Has it done; 1 if something came of it, 0 where the lead has moved on meanwhile.
    async fn run(&self, command: Command) -> Result<u64, AppError> {
        match self.app.run(self.caller, command, None).await {
            Ok(done) => Ok(u64::from(!done.entries.is_empty())),
            Err(AppError::Engine(EngineError::Refused(refusal))) => {
                let (team, campaign) = (self.caller.team, self.campaign);
                tracing::warn!(%team, %campaign, %refusal, "A message of a campaign was refused; the others go on.");
                Ok(0)
            }
            Err(error) => Err(error),
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

    fn start_of_next_day(&self) -> Instant {
        let now = jiff::Timestamp::from_microsecond(self.now.as_micros()).unwrap_or_default();
        let next = now.to_zoned(self.zone.clone()).tomorrow().and_then(|next| next.start_of_day());
        next.map_or(self.now.plus_seconds(DAY_SECONDS), |next| {
            Instant::from_micros(next.timestamp().as_microsecond())
        })
    }

    fn after_days(&self, at: Instant, days: u16) -> Instant {
        match (&self.window, days) {
            (_, 0) => at,
            (Some(window), _) => window.add_days(at, days.into(), &self.zone),
            (None, _) => at.plus_seconds(i64::from(days) * DAY_SECONDS),
        }
    }

    fn command_for(&self, due: &DueStep, letters: &Letters) -> Command {
        let (conversation, step) = (due.conversation, due.step);
        let hold = |why| Command::HoldStep { conversation, step, why };
        if due.is_suppressed {
            return hold(Hold::Suppressed);
        }
        let fields = fields_of(due, &self.campaign_name, self.details);
        // A database that was rebuilt from the ledger alone has no subjects of messages that went out.
        let first = || letters.fill(0, &fields, None).map(|first| first.subject);
        let before = due.last_subject.clone().or_else(first);
        let filled = letters.fill(step.into(), &fields, before.as_deref());
        // A text that cannot be filled in for this lead lacks something of theirs, or is broken for all.
        let is_whole = |filled: &Filled| filled.missing.is_empty() && filled.problem.is_none();
        let Some(filled) = filled.filter(is_whole) else { return hold(Hold::MissingFields) };
        let next = usize::from(step) + 1;
        let wait = self.plan.wait_days.get(next).copied().map_or(UNANSWERED_DAYS, u32::from);
        let next_at = self.after_days(self.now, u16::try_from(wait).unwrap_or(u16::MAX));
        let seed = seed_of(self.now, conversation.as_bytes());
        let within = std::time::Duration::from_secs(SPREAD_SECONDS);
        let next_at = Some(if wait == 0 { next_at } else { spread(seed, next_at, within) });
        Command::SendStep { conversation, step, next_at, text: Box::new(self.message(due, filled)) }
    }

    fn message(&self, due: &DueStep, filled: Filled) -> MessageText {
        MessageText {
            from: format!("{} <{}>", self.details.name.as_str(), self.details.email.as_str()),
            to: vec![due.email.clone()],
            subject: filled.subject,
            html: Some(filled.body_html.unwrap_or_else(|| html_of(&filled.body))),
            text: filled.body,
            ..MessageText::default()
        }
    }
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
