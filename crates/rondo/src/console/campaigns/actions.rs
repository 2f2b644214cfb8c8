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
use crate::{say, t};

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
            _ => Err(Trouble::not_found(t("campaigns-action-unknown"))),
        }
    }

    /// Its word, in addresses and for the texts that choose by it.
    fn word(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
            Self::Duplicate => "duplicate",
            Self::Delete => "delete",
        }
    }

    /// What its button says.
    fn verb(self) -> &'static str {
        match self {
            Self::Pause => t("campaigns-pause"),
            Self::Resume => t("campaigns-resume"),
            Self::Cancel => t("campaigns-cancel"),
            Self::Duplicate => t("campaigns-duplicate"),
            Self::Delete => t("campaigns-delete"),
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

    /// Why it can't be done to a campaign that is otherwise.
    fn closed(self) -> &'static str {
        match self {
            Self::Pause => t("campaigns-pause-closed"),
            Self::Resume => t("campaigns-resume-closed"),
            Self::Cancel => t("campaigns-cancel-closed"),
            Self::Duplicate | Self::Delete => t("campaigns-delete-closed"),
        }
    }
}

#[derive(Template)]
#[template(path = "campaigns/action.html")]
struct ActionPage {
    frame: Frame,
    desk: Desk,
    action: Action,
    effects: Vec<String>,
    /// Why it can't be done now.
    closed: Option<&'static str>,
}

async fn ask(
    State(console): State<Console>,
    Who(session): Who,
    Path((id, action)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let action = Action::named(&action)?;
    let (desk, mut frame) = Desk::of(&console, &session, &id, None).await?;
    let name = &desk.campaign.name;
    frame.title =
        say("campaigns-action-title").arg("action", action.word()).arg("name", name).plain();
    let closed = (!action.is_open_to(desk.campaign.status)).then(|| action.closed());
    let effects = effects(action, &desk);
    Ok(rendered(&ActionPage { frame, desk, action, effects, closed }))
}

fn effects(action: Action, desk: &Desk) -> Vec<String> {
    let (open, waiting) = (desk.figures.open, desk.campaign.waiting);
    let writes = desk.campaign.mailbox.is_some();
    let mut said: Vec<String> = Vec::new();
    match action {
        Action::Pause => {
            if writes {
                said.push(say("campaigns-pause-written").n("count", open).plain());
                said.push(t("campaigns-pause-replies").into());
            }
            said.push(t("campaigns-pause-qualified").into());
            if waiting > 0 {
                said.push(say("campaigns-pause-waiting").n("count", waiting).plain());
            }
            said.push(t("campaigns-pause-assigned").into());
            said.push(t("campaigns-pause-covered").into());
        }
        Action::Resume => {
            said.push(t("campaigns-resume-kept").into());
            if waiting > 0 {
                said.push(say("campaigns-resume-waiting").n("count", waiting).plain());
            }
            if writes {
                said.push(t("campaigns-resume-written").into());
            }
        }
        Action::Cancel => {
            if writes {
                said.push(say("campaigns-cancel-written").n("count", open).plain());
            } else if open > 0 {
                said.push(say("campaigns-cancel-open").n("count", open).plain());
            }
            if waiting > 0 {
                said.push(say("campaigns-cancel-waiting").n("count", waiting).plain());
            }
            said.push(t("campaigns-cancel-assigned").into());
            said.push(t("campaigns-cancel-group").into());
        }
        Action::Duplicate => {
            said.push(t("campaigns-duplicate-draft").into());
            said.push(t("campaigns-duplicate-leads").into());
            said.push(t("campaigns-duplicate-stays").into());
        }
        Action::Delete => {
            said.push(say("campaigns-delete-draft").n("count", desk.figures.leads).plain());
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
        return Ok(done("/campaigns", "deleted"));
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
