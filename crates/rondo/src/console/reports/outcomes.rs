//! What became of conversations, as stacked bars with their table and their file.

use axum::extract::State;
use axum::response::Response;
use rondo_core::time::Instant;

use super::{SHARES_SHOWN, Wanted};
use crate::app::Sum;
use crate::app::outcomes::{self, CampaignOutcomes, Outcome, Outcomes, OutcomesView};
use crate::console::Console;
use crate::console::paths::Query;
use crate::console::routes::Who;
use crate::console::sheet::csv;
use crate::console::trouble::Trouble;
use crate::t;

/// What became of conversations, for the page.
pub(super) struct OutcomesShown {
    /// Those of the team as a whole.
    pub(super) parts: Vec<Part>,
    pub(super) total: u64,
    /// The campaigns that are shown.
    pub(super) campaigns: Vec<OfCampaign>,
    /// How many there are.
    pub(super) campaign_count: usize,
    /// When they were counted, where that was not just now.
    pub(super) as_of: Option<Instant>,
}

/// A campaign with its bar.
pub(super) struct OfCampaign {
    pub(super) view: CampaignOutcomes,
    pub(super) parts: Vec<Part>,
}

/// A part of a stacked bar.
pub(super) struct Part {
    /// How these conversations stand.
    pub(super) outcome: &'static str,
    /// What its colour is called in the style sheet.
    pub(super) class: &'static str,
    pub(super) count: u64,
    /// Of all, in hundredths.
    pub(super) percent: String,
    /// Where it begins in a bar of 100, and how far it goes.
    pub(super) at: String,
    pub(super) width: String,
}

impl OutcomesShown {
    pub(super) fn of(sum: Sum<OutcomesView>) -> Self {
        let Sum { value: view, as_of } = sum;
        let campaign_count = view.campaigns.len();
        let of_campaign =
            |view: CampaignOutcomes| OfCampaign { parts: parts(&view.outcomes), view };
        Self {
            parts: parts(&view.all),
            total: view.all.total(),
            campaigns: view.campaigns.into_iter().take(SHARES_SHOWN).map(of_campaign).collect(),
            campaign_count,
            as_of,
        }
    }
}

impl OfCampaign {
    /// Those with high intent, with a rep or without.
    pub(super) fn high_intent(&self) -> u64 {
        let outcomes = &self.view.outcomes;
        outcomes.count(Outcome::Assigned) + outcomes.count(Outcome::Waiting)
    }

    /// Those with high intent of all, in hundredths.
    pub(super) fn high_intent_percent(&self) -> String {
        hundredths(self.high_intent(), self.view.outcomes.total())
    }
}

fn parts(outcomes: &Outcomes) -> Vec<Part> {
    let total = outcomes.total();
    let mut before = 0;
    let part = |outcome| {
        let count = outcomes.count(outcome);
        let at = before;
        before += count;
        Part {
            outcome: words(outcome),
            class: class(outcome),
            count,
            percent: hundredths(count, total),
            at: format!("{:.2}", of_hundred(at, total)),
            width: format!("{:.2}", of_hundred(count, total)),
        }
    };
    Outcome::ALL.into_iter().map(part).collect()
}

fn hundredths(count: u64, total: u64) -> String {
    format!("{:.1}", of_hundred(count, total))
}

fn of_hundred(count: u64, total: u64) -> f64 {
    count as f64 * 100.0 / total.max(1) as f64
}

fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Assigned => t("reports-outcome-assigned"),
        Outcome::Waiting => t("reports-outcome-waiting"),
        Outcome::InReview => t("conversations-in-review"),
        Outcome::AwaitingLead => t("conversations-awaiting-lead"),
        Outcome::AwaitingAssistant => t("conversations-awaiting-assistant"),
        Outcome::NotBegun => t("conversations-not-begun"),
        Outcome::NotInterested => t("conversations-not-interested"),
        Outcome::Unresponsive => t("conversations-unresponsive"),
        Outcome::Unsubscribed => t("conversations-unsubscribed"),
        Outcome::Bounced => t("conversations-bounced"),
        Outcome::Cancelled => t("conversations-cancelled"),
    }
}

/// The class of a part, which is the column's name in the file too.
fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Assigned => "with_rep",
        Outcome::Waiting => "waiting_for_rep",
        Outcome::InReview => "in_review",
        Outcome::AwaitingLead => "awaiting_lead",
        Outcome::AwaitingAssistant => "awaiting_assistant",
        Outcome::NotBegun => "not_begun",
        Outcome::NotInterested => "not_interested",
        Outcome::Unresponsive => "unresponsive",
        Outcome::Unsubscribed => "unsubscribed",
        Outcome::Bounced => "bounced",
        Outcome::Cancelled => "cancelled",
    }
}

pub(super) async fn outcomes_csv(
    State(console): State<Console>,
    Who(session): Who,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    let view = outcomes::outcomes(console.app(), &session.caller, wanted.days()).await?;
    let head = ["campaign_id", "campaign", "conversations"];
    let head: Vec<_> = head.into_iter().chain(Outcome::ALL.into_iter().map(class)).collect();
    Ok(csv("outcomes.csv", &head, view.campaigns.iter().map(row)))
}

fn row(of: &CampaignOutcomes) -> Vec<String> {
    let counts = Outcome::ALL.into_iter().map(|outcome| of.outcomes.count(outcome).to_string());
    let head = [of.campaign.to_string(), of.name.clone(), of.outcomes.total().to_string()];
    head.into_iter().chain(counts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!(hundredths(0, 0), "0.0");
        assert_eq!(hundredths(1, 3), "33.3");
    }
}
