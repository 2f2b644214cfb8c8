//! Cautions about a campaign, as people read them and with what to do.

use super::super::frame::Frame;
use crate::app::warnings::{Gap, WarningView};
use crate::{say, t};

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
    let open = || say("campaigns-open-group").arg("group", name).plain();
    let link = group.map(|group| (format!("/groups/{group}"), open()));
    let text = match warning.code {
        "nobody-available" => say("campaigns-caution-nobody").arg("group", name).plain(),
        "future-gap" => {
            let gaps: Vec<String> = warning.gaps.iter().map(|gap| said_of(frame, gap)).collect();
            let gaps = gaps.join("; ");
            say("campaigns-caution-gaps").arg("group", name).arg("gaps", gaps).plain()
        }
        "rotation-per-campaign" => t("campaigns-caution-rotation").to_owned(),
        _ => super::words::sentence(&warning.detail),
    };
    Caution { text, link }
}

/// A time while nobody is there.
fn said_of(frame: &Frame, gap: &Gap) -> String {
    let from = frame.when(&gap.from);
    let said = match gap.until {
        Some(until) => {
            say("campaigns-caution-gap").arg("from", from).arg("until", frame.when(&until))
        }
        None => say("campaigns-caution-gap-open").arg("from", from),
    };
    said.plain()
}
