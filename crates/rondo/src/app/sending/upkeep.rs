//! What else is due in a team's conversations: messages that were held, and reps who have not written.

use rondo_core::command::{Command, ReminderStage};
use rondo_core::ids::MailboxId;
use rondo_core::team::Status;
use rondo_store::AwaitedRep;

use super::zone;
use crate::app::replies::reading_of;
use crate::app::{App, AppError, Caller};
use crate::mail::window::working_hours_after;

/// Held messages that are acted on in one go.
const RELEASED_MAX: u32 = 50;
/// Assignments that are looked at in one go, the longest awaited first.
const AWAITED_MAX: u32 = 100;

/// C7: acts on what was held while a campaign did not run, in the order in which it came; how much there was.
pub async fn release_held(app: &App, caller: &Caller, mailbox: MailboxId) -> Result<u64, AppError> {
    let look = app.look(caller.team).await?;
    let is_ours = |plan: Option<MailboxId>| plan == Some(mailbox);
    let campaigns: Vec<_> = look
        .team
        .campaigns()
        .filter(|campaign| matches!(campaign.status, Status::Running | Status::Cancelled))
        .filter(|campaign| is_ours(campaign.mail.as_ref().map(|plan| plan.mailbox)))
        .map(|campaign| campaign.id)
        .collect();
    let mut released = 0;
    for campaign in campaigns {
        let held = app.store().held_messages(caller.team, campaign, RELEASED_MAX).await?;
        for message in held {
            // Of an erased person nothing is left to act on; a person closes what remains.
            let Some(reading) = message.reading.as_deref().and_then(reading_of) else { continue };
            let (message, conversation) = (message.message, message.conversation);
            let command = Command::ReleaseMessage { message, conversation, reading };
            app.run(caller, command, None).await?;
            released += 1;
        }
    }
    Ok(released)
}

/// Reminds reps who have not written within the team's limit, and then an admin; how many there were.
pub async fn remind(app: &App, caller: &Caller) -> Result<u64, AppError> {
    let look = app.look(caller.team).await?;
    let settings = look.team.settings();
    let hours = settings.reminder_after_working_hours;
    if hours == 0 {
        return Ok(0);
    }
    let zone = zone(&settings.time_zone);
    // So many working hours are at least as many hours.
    let before = look.now.plus_seconds(-i64::from(hours) * 3600);
    let awaited = app.store().awaited_reps(caller.team, before, AWAITED_MAX).await?;
    let mut reminded = 0;
    for AwaitedRep { assignment, since, reminders, .. } in awaited {
        if working_hours_after(since, hours, &zone) > look.now {
            continue;
        }
        let stage = if reminders == 0 { ReminderStage::Rep } else { ReminderStage::Admin };
        app.run(caller, Command::Remind { assignment, stage }, None).await?;
        reminded += 1;
    }
    Ok(reminded)
}
