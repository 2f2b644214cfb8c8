//! The steps to a launch, which can be left and taken up again: done, here, or to do.

use rondo_core::ids::CampaignId;
use rondo_core::team::Status;

use crate::app::campaigns::CampaignView;
use crate::app::campaigns::figures::Figures;

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
    let leads = match figures.leads {
        0 => "none yet".to_owned(),
        1 => "1 lead".to_owned(),
        count => format!("{} leads", super::thousands(&count)),
    };
    let messages = if writes { "written" } else { "none: it writes nothing" };
    let launch = match campaign.status {
        Status::Scheduled => "scheduled",
        _ => "review everything",
    };
    let line = |step, name, note: String, is_done| StepLine {
        name,
        path: path(campaign.id, step),
        note,
        is_done,
        is_here: here == Some(step),
    };
    vec![
        line(Step::Leads, "Leads", leads, figures.leads > 0),
        line(Step::Messages, "Messages", messages.to_owned(), writes),
        line(
            Step::Routing,
            "Route qualified leads",
            format!("to {}", campaign.group_name),
            !is_nobody_there,
        ),
        line(Step::Launch, "Review and launch", launch.to_owned(), false),
    ]
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
