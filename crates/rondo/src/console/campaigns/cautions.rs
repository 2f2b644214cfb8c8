//! Cautions about a campaign, as people read them and with what to do.

use super::super::frame::Frame;
use crate::app::warnings::WarningView;

/// A caution.
pub(super) struct Caution {
    /// What it is about.
    pub(super) text: String,
    /// Where something can be done about it.
    pub(super) link: Option<(String, String)>,
}

/// Warnings with their times in the viewer's zone.
pub(super) fn cautions(frame: &Frame, warnings: &[WarningView]) -> Vec<Caution> {
    warnings.iter().map(|warning| caution(frame, warning)).collect()
}

fn caution(frame: &Frame, warning: &WarningView) -> Caution {
    let name = warning.group_name.as_deref().unwrap_or_default();
    let group = warning.group.as_ref();
    let link = group.map(|group| (format!("/groups/{group}"), format!("Open {name}")));
    let text = match warning.code {
        "nobody-available" => format!(
            "Nobody in “{name}” is available now. Leads that qualify wait in order until somebody is; a launch needs \
             somebody."
        ),
        "future-gap" => {
            let said = warning.gaps.iter().map(|gap| match gap.until {
                Some(until) => format!("{} to {}", frame.when(&gap.from), frame.when(&until)),
                None => format!("{} on, with no return in sight", frame.when(&gap.from)),
            });
            let gaps: Vec<String> = said.collect();
            format!(
                "Nobody in “{name}” will be available from {}. Leads that qualify then wait until somebody is.",
                gaps.join("; from ")
            )
        }
        "rotation-per-campaign" => {
            "Other campaigns send leads to the same sales group, and each goes round by itself. With many small \
             campaigns, one shared rotation is fairer: choose it under “Route qualified leads”."
                .to_owned()
        }
        _ => super::words::sentence(&warning.detail),
    };
    Caution { text, link }
}
