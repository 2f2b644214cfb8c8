//! The steps to a launch, which can be left and taken up again: done, here, to do, or good as they are.

use rondo_core::ids::CampaignId;
use rondo_core::team::Status;

use crate::app::campaigns::CampaignView;
use crate::app::campaigns::figures::Figures;
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
    /// Nothing was, and nothing need be: what holds then is in its note.
    Unless,
    /// Something is to be said before the launch does any good.
    ToDo,
}

impl StepLine {
    /// Whether something was said there.
    pub(super) fn is_done(&self) -> bool {
        self.state == StepState::Done
    }

    /// Whether it can be left out.
    pub(super) fn is_unless(&self) -> bool {
        self.state == StepState::Unless
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
    campaign: &CampaignView,
    figures: &Figures,
    here: Option<Step>,
    routing: StepState,
) -> Vec<StepLine> {
    if !matches!(campaign.status, Status::Draft | Status::Scheduled) {
        return Vec::new();
    }
    let writes = campaign.mailbox.is_some();
    let shown = super::thousands(&figures.leads);
    let leads = say("launcher-note-leads").n("count", figures.leads).arg("shown", shown).plain();
    let messages = if writes { t("launcher-note-written") } else { t("launcher-note-silent") };
    let (routed, group) = (routing, &campaign.group_name);
    let routing = match routed {
        StepState::Unless => say("launcher-note-routing-unless").arg("group", group).plain(),
        StepState::Done => say("launcher-note-routing").arg("group", group).plain(),
        StepState::ToDo => say("launcher-note-routing-nobody").arg("group", group).plain(),
    };
    let launch = match campaign.status {
        Status::Scheduled => t("launcher-note-scheduled"),
        _ => t("launcher-note-launch"),
    };
    let done_if = |is_done, otherwise| if is_done { StepState::Done } else { otherwise };
    let line = |step, note: String, state| StepLine {
        step,
        name: name(step),
        path: path(campaign.id, step),
        note,
        state,
        is_here: here == Some(step),
    };
    vec![
        line(Step::Leads, leads, done_if(figures.leads > 0, StepState::ToDo)),
        line(Step::Messages, messages.to_owned(), done_if(writes, StepState::Unless)),
        line(Step::Routing, routing, routed),
        line(Step::Launch, launch.to_owned(), StepState::ToDo),
    ]
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
