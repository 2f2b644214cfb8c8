//! What became of the conversations that began in a while, for the team as a whole and by campaign.

use std::collections::HashMap;

use rondo_core::ids::{CampaignId, ConversationId, Id as _};
use rondo_core::team::Status;
use rondo_store::{ConversationStatus, OutcomeRow};

use crate::app::reports::period;
use crate::app::sums::Sum;
use crate::app::{App, AppError, Caller, Look};

/// Conversations that are counted in one reading: some hundredths of a second, in which a reader is not there for pages.
const CONVERSATIONS_MAX: u32 = 10_000;

/// How a conversation stands, as reports tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// High intent, and a rep has it.
    Assigned,
    /// High intent, and nobody could take it yet.
    Waiting,
    /// A person is to look at it.
    InReview,
    /// Rondo has written; the lead has not, or is to write again.
    AwaitingLead,
    /// It is for Rondo to write.
    AwaitingAssistant,
    /// Nothing was written, and nothing is to be yet.
    NotBegun,
    /// The lead declined.
    NotInterested,
    /// The lead never answered.
    Unresponsive,
    /// The lead wants no more mail.
    Unsubscribed,
    /// Mail does not reach the lead.
    Bounced,
    /// It ended with its campaign or with the erasure of its lead.
    Cancelled,
}

impl Outcome {
    /// All of them, in the order in which they are told: what is with sales, what is open, what is over.
    pub const ALL: [Self; 11] = [
        Self::Assigned,
        Self::Waiting,
        Self::InReview,
        Self::AwaitingLead,
        Self::AwaitingAssistant,
        Self::NotBegun,
        Self::NotInterested,
        Self::Unresponsive,
        Self::Unsubscribed,
        Self::Bounced,
        Self::Cancelled,
    ];

    fn of(row: &OutcomeRow, is_campaign_over: bool) -> Self {
        match row.status {
            ConversationStatus::AwaitingLead | ConversationStatus::AwaitingAssistant
                if is_campaign_over =>
            {
                Self::Cancelled
            }
            ConversationStatus::AwaitingLead => Self::AwaitingLead,
            ConversationStatus::AwaitingAssistant if row.is_begun => Self::AwaitingAssistant,
            ConversationStatus::AwaitingAssistant => Self::NotBegun,
            ConversationStatus::InReview => Self::InReview,
            ConversationStatus::Qualified if row.is_assigned => Self::Assigned,
            ConversationStatus::Qualified => Self::Waiting,
            ConversationStatus::NotInterested => Self::NotInterested,
            ConversationStatus::Unsubscribed => Self::Unsubscribed,
            ConversationStatus::Unresponsive => Self::Unresponsive,
            ConversationStatus::Bounced => Self::Bounced,
            ConversationStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// Conversations, counted by how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcomes {
    counts: [u64; Outcome::ALL.len()],
}

impl Outcomes {
    /// How many stand like this.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.counts[outcome as usize]
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    fn add(&mut self, outcome: Outcome, count: u64) {
        self.counts[outcome as usize] += count;
    }
}

/// What became of a campaign's conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignOutcomes {
    /// Which.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Its conversations.
    pub outcomes: Outcomes,
}

/// What became of the conversations that began in a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomesView {
    /// Those of the team as a whole.
    pub all: Outcomes,
    /// By campaign, the one with the most conversations first.
    pub campaigns: Vec<CampaignOutcomes>,
}

/// What became of the conversations that began in so many days until now; none while they are still being counted.
pub async fn outcomes_soon(
    app: &App,
    caller: &Caller,
    days: i64,
) -> Result<Option<Sum<OutcomesView>>, AppError> {
    let make = || {
        let (app, caller) = (app.clone(), caller.clone());
        async move { outcomes(&app, &caller, days).await }
    };
    app.sums().outcomes.get(app.clock(), (caller.team, days), make).await
}

/// What became of the conversations that began in so many days until now, however long it takes to count them.
pub async fn outcomes(app: &App, caller: &Caller, days: i64) -> Result<OutcomesView, AppError> {
    let look = app.look(caller.team).await?;
    let (since, until) = period(&look, days);
    let end = ConversationId::first_at(until.plus_seconds(1));
    let mut from = Some(ConversationId::first_at(since));
    let mut all = Outcomes::default();
    let mut campaigns: HashMap<CampaignId, Outcomes> = HashMap::new();
    while let Some(start) = from {
        let _turn = app.sums().turn().await;
        let part = app.store().outcomes(caller.team, start..end, CONVERSATIONS_MAX);
        let (rows, next) = part.await?;
        for row in rows {
            let outcome = Outcome::of(&row, is_over(&look, row.campaign));
            all.add(outcome, row.count);
            campaigns.entry(row.campaign).or_default().add(outcome, row.count);
        }
        from = next;
    }
    Ok(OutcomesView { all, campaigns: named(&look, campaigns) })
}

fn is_over(look: &Look, campaign: CampaignId) -> bool {
    look.team.campaign(campaign).is_some_and(|parts| parts.status == Status::Cancelled)
}

fn named(look: &Look, campaigns: HashMap<CampaignId, Outcomes>) -> Vec<CampaignOutcomes> {
    let name = |campaign| {
        let parts = look.team.campaign(campaign);
        parts.map(|parts| parts.settings.name.to_string()).unwrap_or_default()
    };
    let mut named: Vec<_> = campaigns
        .into_iter()
        .map(|(campaign, outcomes)| CampaignOutcomes { campaign, name: name(campaign), outcomes })
        .collect();
    let total = |one: &CampaignOutcomes| one.outcomes.total();
    named.sort_by(|a, b| total(b).cmp(&total(a)).then(a.campaign.cmp(&b.campaign)));
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_its_own_place() {
        for (place, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, place);
        }
    }
}
