//! The steps to a launch, which can be left and taken up again: done, here, or to do.

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

/// A step as the list shows it.
pub(super) struct StepLine {
    pub(super) step: Step,
    pub(super) name: &'static str,
    pub(super) path: String,
    pub(super) note: String,
    pub(super) is_done: bool,
    pub(super) is_here: bool,
}

/// The steps of a campaign that has not started; none of one that has.
pub(super) fn steps(
    campaign: &CampaignView,
    figures: &Figures,
    here: Option<Step>,
    is_nobody_there: bool,
) -> Vec<StepLine> {
    if !matches!(campaign.status, Status::Draft | Status::Scheduled) {
        return Vec::new();
    }
    let writes = campaign.mailbox.is_some();
    let shown = super::thousands(&figures.leads);
    let leads = say("launcher-note-leads").n("count", figures.leads).arg("shown", shown).plain();
    let messages = if writes { t("launcher-note-written") } else { t("launcher-note-silent") };
    let routing = say("launcher-note-routing").arg("group", &campaign.group_name).plain();
    let launch = match campaign.status {
        Status::Scheduled => t("launcher-note-scheduled"),
        _ => t("launcher-note-launch"),
    };
    let line = |step, note: String, is_done| StepLine {
        step,
        name: name(step),
        path: path(campaign.id, step),
        note,
        is_done,
        is_here: here == Some(step),
    };
    vec![
        line(Step::Leads, leads, figures.leads > 0),
        line(Step::Messages, messages.to_owned(), writes),
        line(Step::Routing, routing, !is_nobody_there),
        line(Step::Launch, launch.to_owned(), false),
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
