//! What else is due in a team's conversations: messages that were held, and reps who have not written.

use rondo_core::command::{Command, ReadMessage, ReminderStage};
use rondo_core::mail::{FollowUps, ReplyLabel, ReviewReason, Sender};
use rondo_store::{AwaitedRep, HeldMessage};

use super::zone;
use crate::app::replies::reading_of;
use crate::app::{App, AppError, Caller};
use crate::engine::EngineError;
use crate::mail::window::working_hours_after;

/// Held messages that are looked at in one go.
const HELD_PAGE: u32 = 200;
/// Assignments that are looked at in one go, the longest awaited first.
const AWAITED_MAX: u32 = 100;

/// C7: acts on what was held while a campaign did not run, in the order in which it came; how much there was. Of an erased
/// person nothing is left to act on: it is noted.
pub async fn release_held(app: &App, caller: &Caller) -> Result<u64, AppError> {
    let mut released = 0;
    let mut after = None;
    loop {
        let held = app.store().held_messages(caller.team, after, HELD_PAGE).await?;
        let is_last = held.len() < HELD_PAGE as usize;
        after = held.last().map(|held| held.message);
        for HeldMessage { message, conversation, reading } in held {
            let reading = reading.as_deref().and_then(reading_of).unwrap_or(UNKNOWN);
            let command = Command::ReleaseMessage { message, conversation, reading };
            released += done(app, caller, command).await?;
        }
        if is_last {
            return Ok(released);
        }
    }
}

/// What is said of a message of which nothing is left, or nothing that can be read: a person looks at it.
const UNKNOWN: ReadMessage = ReadMessage {
    sender: Sender::Other,
    label: ReplyLabel::Other,
    certainty: Err(ReviewReason::Uncertain),
    follow_ups: FollowUps::GoOn,
    is_permanent: false,
    is_complaint: false,
};

/// Has it done; 1 if something came of it. What is refused is left as it is: others have their turn.
async fn done(app: &App, caller: &Caller, command: Command) -> Result<u64, AppError> {
    match app.run(caller, command, None).await {
        Ok(done) => Ok(u64::from(!done.entries.is_empty())),
        Err(AppError::Engine(EngineError::Refused(refusal))) => {
            tracing::warn!(team = %caller.team, %refusal, "What was due in a conversation was refused; the others go on.");
            Ok(0)
        }
        Err(error) => Err(error),
    }
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
        reminded += done(app, caller, Command::Remind { assignment, stage }).await?;
    }
    Ok(reminded)
}
