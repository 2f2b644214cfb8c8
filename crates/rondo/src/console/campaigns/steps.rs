//! The steps to a launch, which can be left and taken up again: done, to do, or good as they are.
//!
//! Nothing is kept of who looked at which step. What a step says follows from how the campaign stands: one that was looked
//! at and left as it was is good as it is, and was so before.

use rondo_core::ids::CampaignId;
use rondo_core::team::Status;

use crate::app::campaigns::CampaignView;
use crate::app::campaigns::figures::Figures;
use crate::console::frame::Frame;
use crate::{say, t};

/// One of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Leads,
    Messages,
    Routing,
    Launch,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepState {
    /// Something was said there.
    Done,
    /// Nothing was, and nothing need be: it is good as it is, and its note says how that is.
    Fine,
    /// Something is to be said before the launch does any good.
    ToDo,
}

impl StepLine {
    /// Whether something was said there.
    pub(super) fn is_done(&self) -> bool {
        self.state == StepState::Done
    }

    /// Whether it is good as it is.
    pub(super) fn is_fine(&self) -> bool {
        self.state == StepState::Fine
    }
}

/// A step as the list shows it.
pub(super) struct StepLine {
    pub(super) step: Step,
    pub(super) name: &'static str,
    pub(super) path: String,
    pub(super) note: String,
    pub(super) state: StepState,
    pub(super) is_here: bool,
}

/// The steps of a campaign that has not started; none of one that has.
pub(super) fn steps(
    frame: &Frame,
    campaign: &CampaignView,
    figures: &Figures,
    here: Option<Step>,
    routing: StepState,
) -> Vec<StepLine> {
    if !matches!(campaign.status, Status::Draft | Status::Scheduled) {
        return Vec::new();
    }
    let all = [
        (Step::Leads, leads(campaign, figures)),
        (Step::Messages, messages(campaign)),
        (Step::Routing, (routing, routing_note(campaign, routing))),
        (Step::Launch, launch(frame, campaign)),
    ];
    let line = |(step, (state, note))| StepLine {
        step,
        name: name(step),
        path: path(campaign.id, step),
        note,
        state,
        is_here: here == Some(step),
    };
    all.into_iter().map(line).collect()
}

/// Leads that are reported join by themselves; only messages need somebody to write to.
fn leads(campaign: &CampaignView, figures: &Figures) -> (StepState, String) {
    let shown = super::thousands(&figures.leads);
    match (figures.leads, campaign.mailbox) {
        (0, None) => (StepState::Fine, t("launcher-note-leads-none").to_owned()),
        (0, Some(_)) => (StepState::ToDo, t("launcher-note-leads-missing").to_owned()),
        (count, _) => {
            let note = say("launcher-note-leads").n("count", count).arg("shown", shown);
            (StepState::Done, note.plain())
        }
    }
}

fn messages(campaign: &CampaignView) -> (StepState, String) {
    match campaign.mailbox {
        Some(_) => (StepState::Done, t("launcher-note-written").to_owned()),
        None => (StepState::Fine, t("launcher-note-silent").to_owned()),
    }
}

fn routing_note(campaign: &CampaignView, routing: StepState) -> String {
    let group = &campaign.group_name;
    let said = match routing {
        StepState::Done | StepState::Fine => say("launcher-note-routing").arg("group", group),
        StepState::ToDo => say("launcher-note-routing-nobody").arg("group", group),
    };
    said.plain()
}

/// Done once it has a time.
fn launch(frame: &Frame, campaign: &CampaignView) -> (StepState, String) {
    match &campaign.launch_at {
        Some(at) => {
            let note = say("launcher-note-scheduled").arg("when", frame.when(at)).plain();
            (StepState::Done, note)
        }
        None => (StepState::ToDo, t("launcher-note-launch").to_owned()),
    }
}

fn name(step: Step) -> &'static str {
    match step {
        Step::Leads => t("launcher-leads"),
        Step::Messages => t("launcher-messages"),
        Step::Routing => t("launcher-routing"),
        Step::Launch => t("launcher-launch"),
    }
}

/// The title of a step's page, for a campaign of this name.
pub(super) fn title(step: Step, campaign: &str) -> String {
    let said = match step {
        Step::Leads => say("launcher-leads-page").arg("name", campaign),
        Step::Messages => say("launcher-messages-page").arg("name", campaign),
        Step::Routing => say("launcher-routing-page").arg("name", campaign),
        Step::Launch => say("launcher-launch-page").arg("name", campaign),
    };
    said.plain()
}

/// What leads on to a step.
pub(super) fn go_on(step: Step) -> &'static str {
    match step {
        Step::Leads => t("campaigns-go-on-leads"),
        Step::Messages => t("campaigns-go-on-messages"),
        Step::Routing => t("campaigns-go-on-routing"),
        Step::Launch => t("campaigns-go-on-launch"),
    }
}

/// Where a step is.
pub(super) fn path(campaign: CampaignId, step: Step) -> String {
    let name = match step {
        Step::Leads => "leads",
        Step::Messages => "messages",
        Step::Routing => "routing",
        Step::Launch => "launch",
    };
    format!("/campaigns/{campaign}/{name}")
}
