//! Cautions about a campaign, as people read them and with what to do.

use super::super::frame::Frame;
use crate::app::days::Days;
use crate::app::warnings::WarningView;
use crate::{say, t};

/// A caution.
pub(super) struct Caution {
    /// What it is about.
    pub(super) text: String,
    /// Where something can be done about it.
    pub(super) link: Option<(String, String)>,
}

/// Warnings with their times in the viewer's zone, and with days where they begin and end with them.
pub(super) fn cautions(frame: &Frame, days: &Days, warnings: &[WarningView]) -> Vec<Caution> {
    warnings.iter().map(|warning| caution(frame, days, warning)).collect()
}

fn caution(frame: &Frame, days: &Days, warning: &WarningView) -> Caution {
    let name = warning.group_name.as_deref().unwrap_or_default();
    let group = warning.group.as_ref();
    let open = || say("campaigns-open-group").arg("group", name).plain();
    let link = group.map(|group| (format!("/groups/{group}"), open()));
    let text = match warning.code {
        "nobody-available" => say("campaigns-caution-nobody").arg("group", name).plain(),
        "future-gap" => {
            let gaps = warning.gaps.iter().map(|gap| frame.period(&(*gap).into(), days));
            let gaps = gaps.collect::<Vec<String>>().join("; ");
            say("campaigns-caution-gaps").arg("group", name).arg("gaps", gaps).plain()
        }
        "rotation-per-campaign" => t("campaigns-caution-rotation").to_owned(),
        _ => super::words::sentence(&warning.detail),
    };
    Caution { text, link }
}
