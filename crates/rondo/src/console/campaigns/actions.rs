//! Pausing, resuming, cancelling, duplicating and deleting a campaign: what each does is said before it is done.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use rondo_core::Command;
use rondo_core::ids::CampaignId;
use rondo_core::team::Status;

use super::{Desk, named};
use crate::app::campaigns;
use crate::console::Console;
use crate::console::form::Form;
use crate::console::frame::{Frame, rendered};
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;

const PATH: &str = "/campaigns/{campaign}/actions/{action}";

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Admin, PATH, ask).post(Reach::Admin, PATH, act)
}

/// What can be done to a campaign as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Pause,
    Resume,
    Cancel,
    Duplicate,
    Delete,
}

impl Action {
    fn named(word: &str) -> Result<Self, Trouble> {
        match word {
            "pause" => Ok(Self::Pause),
            "resume" => Ok(Self::Resume),
            "cancel" => Ok(Self::Cancel),
            "duplicate" => Ok(Self::Duplicate),
            "delete" => Ok(Self::Delete),
            _ => Err(Trouble::not_found("there is nothing of this name to do to a campaign")),
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Pause => "Pause",
            Self::Resume => "Resume",
            Self::Cancel => "Cancel",
            Self::Duplicate => "Duplicate",
            Self::Delete => "Delete",
        }
    }

    /// Whether it takes something away for good.
    fn is_final(self) -> bool {
        matches!(self, Self::Cancel | Self::Delete)
    }

    /// Whether the campaign is as it has to be for this.
    fn is_open_to(self, status: Status) -> bool {
        match self {
            Self::Pause => status == Status::Running,
            Self::Resume => status == Status::Paused,
            Self::Cancel => status != Status::Cancelled,
            Self::Duplicate => true,
            Self::Delete => status == Status::Draft,
        }
    }
}

#[derive(Template)]
#[template(path = "campaigns/action.html")]
struct ActionPage {
    frame: Frame,
    desk: Desk,
    verb: &'static str,
    effects: Vec<String>,
    is_final: bool,
    /// Why it can't be done now.
    closed: Option<String>,
}

async fn ask(
    State(console): State<Console>,
    Who(session): Who,
    Path((id, action)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let action = Action::named(&action)?;
    let (desk, mut frame) = Desk::of(&console, &session, &id, None).await?;
    let (verb, status) = (action.verb(), desk.campaign.status);
    frame.title = format!("{verb} {}", desk.campaign.name);
    let closed = (!action.is_open_to(status)).then(|| match action {
        Action::Pause => "Only a running campaign can be paused.".to_owned(),
        Action::Resume => "Only a paused campaign can be resumed.".to_owned(),
        Action::Cancel => "It is cancelled already.".to_owned(),
        Action::Duplicate | Action::Delete => {
            "Only a draft can be deleted. Cancel the campaign instead: its history stays."
                .to_owned()
        }
    });
    let (effects, is_final) = (effects(action, &desk), action.is_final());
    Ok(rendered(&ActionPage { frame, desk, verb, effects, is_final, closed }))
}

fn count_of(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

fn effects(action: Action, desk: &Desk) -> Vec<String> {
    let (figures, waiting) = (&desk.figures, desk.campaign.waiting);
    let open = count_of(figures.open, "conversation is open", "conversations are open");
    let writes = desk.campaign.mailbox.is_some();
    let waits = count_of(waiting, "lead that waits", "leads that wait");
    let mut said: Vec<String> = Vec::new();
    match action {
        Action::Pause => {
            if writes {
                said.push(format!("Nothing more is written until you resume; {open}."));
                said.push(
                    "Replies that come in are kept in order, and acted on when you resume.".into(),
                );
            }
            said.push(
                "Leads that qualify meanwhile are kept in order and go to reps when you resume."
                    .into(),
            );
            if waiting > 0 {
                said.push(format!("The {waits} for a rep go on waiting."));
            }
            said.push("Leads that reps have already stay with them.".into());
            said.push(
                "The reps of its sales group still have to be covered, as for a running campaign."
                    .into(),
            );
        }
        Action::Resume => {
            said.push(
                "Replies and qualifications that were kept are acted on now, in order.".into(),
            );
            if waiting > 0 {
                said.push(format!("The {waits} go to the next available reps at once."));
            }
            if writes {
                said.push("Messages go out again, within their hours.".into());
            }
        }
        Action::Cancel => {
            if writes {
                said.push(format!(
                    "Nothing more is written: {open}, and will end. Late replies go to review."
                ));
            }
            if waiting > 0 {
                said.push(format!("The {waits} for a rep go to review, still high intent."));
            }
            said.push("Leads that reps have already stay with them, and the history stays.".into());
            said.push("It no longer keeps its sales group from being changed or deleted.".into());
        }
        Action::Duplicate => {
            said.push("You get a new draft with the same messages and settings.".into());
            said.push("It has no leads and no history, and its rotation begins afresh.".into());
            said.push("This campaign stays as it is.".into());
        }
        Action::Delete => {
            let leads = count_of(figures.leads, "lead stays", "leads stay");
            said.push(format!("The draft is gone, with its messages. Its {leads} in the team."));
        }
    }
    said
}

fn command(action: Action, campaign: CampaignId) -> Command {
    match action {
        Action::Pause => Command::PauseCampaign { campaign },
        Action::Resume => Command::ResumeCampaign { campaign },
        Action::Cancel => Command::CancelCampaign { campaign },
        Action::Duplicate => Command::DuplicateCampaign { campaign },
        Action::Delete => Command::RemoveCampaign { campaign },
    }
}

async fn act(
    State(console): State<Console>,
    Who(session): Who,
    Path((id, action)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Trouble> {
    let (action, campaign) = (Action::named(&action)?, named(&id)?);
    let (app, caller) = (console.app(), &session.caller);
    if action == Action::Delete {
        campaigns::remove(app, caller, campaign).await?;
        return Ok(done("/campaigns", "removed"));
    }
    let once = form.once(&session);
    let view = campaigns::run(app, caller, command(action, campaign), once).await?;
    let word = match action {
        Action::Pause => "paused",
        Action::Resume => "resumed",
        Action::Cancel => "cancelled",
        Action::Duplicate | Action::Delete => "duplicated",
    };
    Ok(done(&format!("/campaigns/{}", view.id), word))
}
