//! What a delivery says: the event as the ledger has it, with the names and addresses that its people have now.
//!
//! A payload is made anew for every attempt, so that a person who was erased meanwhile is not told of any more.

use std::sync::Arc;

use rondo_core::event::{Outcome, WebhookEvent};
use rondo_core::ids::{CampaignId, ConversationId, GroupId, LeadId, RepId, TeamId};
use rondo_core::{Entry, Event, Instant};
use rondo_store::{Store, StoreError};
use serde::Serialize;

use crate::app::assignments::{self, AssignmentView};
use crate::engine::{Engine, EngineError, TeamState};

/// An event as it is sent.
#[derive(Serialize)]
struct Payload {
    r#type: WebhookEvent,
    /// When it happened.
    timestamp: Instant,
    data: Data,
}

/// What is told of each kind of event.
#[derive(Serialize)]
#[serde(untagged)]
enum Data {
    AssignmentCreated(Box<AssignmentCreated>),
    LeadWaiting(LeadWaiting),
    CampaignLaunched(CampaignLaunched),
    Rep(RepNews),
}

/// The assignment as the API shows it, with what a receiver needs to act on it.
#[derive(Serialize)]
struct AssignmentCreated {
    #[serde(flatten)]
    assignment: AssignmentView,
    rep_email: Option<String>,
    lead_details: Option<LeadDetails>,
}

#[derive(Serialize)]
struct LeadWaiting {
    campaign: CampaignId,
    campaign_name: Option<String>,
    conversation: ConversationId,
    lead: LeadId,
    lead_details: Option<LeadDetails>,
    ledger: u64,
}

#[derive(Serialize)]
struct CampaignLaunched {
    campaign: CampaignId,
    campaign_name: Option<String>,
    group: Option<GroupId>,
    group_name: Option<String>,
    ledger: u64,
}

#[derive(Serialize)]
struct RepNews {
    rep: RepId,
    rep_name: String,
    rep_email: Option<String>,
    /// For a rep who is away: until when; null while the end is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Option<Instant>>,
    ledger: u64,
}

/// Who a lead is; none once they were erased.
#[derive(Serialize)]
struct LeadDetails {
    email: String,
    name: Option<String>,
    company: Option<String>,
}

/// Makes payloads.
pub struct Payloads {
    /// Where the ledger and the people stand.
    pub store: Store,
    /// Where the team stands.
    pub engine: Engine,
}

impl Payloads {
    /// The body of a delivery that tells this ledger entry; none where no such event is in the ledger.
    pub async fn body(
        &self,
        team: TeamId,
        n: u64,
        event: WebhookEvent,
    ) -> Result<Option<Vec<u8>>, EngineError> {
        let entry = self.store.entries_after(team, n.saturating_sub(1), 1).await?.pop();
        let (Some(entry), Some(state)) = (entry, self.engine.team(team).await?) else {
            return Ok(None);
        };
        if entry.n != n || entry.event.webhook_event() != Some(event) {
            return Ok(None);
        }
        let Some(data) = self.data(team, &state, &entry).await? else { return Ok(None) };
        let payload = Payload { r#type: event, timestamp: entry.at, data };
        Ok(Some(serde_json::to_vec(&payload).expect("a payload holds texts and numbers alone")))
    }

    async fn data(
        &self,
        team: TeamId,
        state: &Arc<TeamState>,
        entry: &Entry,
    ) -> Result<Option<Data>, StoreError> {
        let ledger = entry.n;
        if let Some(assignment) = assignments::of_entry(state, entry) {
            let rep_email = self.store.rep_email(team, assignment.rep).await?;
            let lead_details = self.lead_details(team, assignment.lead).await?;
            let told = AssignmentCreated { assignment, rep_email, lead_details };
            return Ok(Some(Data::AssignmentCreated(Box::new(told))));
        }
        Ok(match &entry.event {
            Event::Qualified {
                campaign,
                conversation,
                lead,
                outcome: Outcome::Waiting { .. },
                ..
            } => Some(Data::LeadWaiting(LeadWaiting {
                campaign: *campaign,
                campaign_name: campaign_name(state, *campaign),
                conversation: *conversation,
                lead: *lead,
                lead_details: self.lead_details(team, *lead).await?,
                ledger,
            })),
            Event::CampaignLaunched { campaign } => {
                let group = state.team.campaign(*campaign).map(|campaign| campaign.settings.group);
                let group_name = group.and_then(|group| state.team.group_name(group));
                Some(Data::CampaignLaunched(CampaignLaunched {
                    campaign: *campaign,
                    campaign_name: campaign_name(state, *campaign),
                    group,
                    group_name: group_name.map(ToString::to_string),
                    ledger,
                }))
            }
            Event::RepAway { rep, until } => {
                Some(self.rep_news(team, state, *rep, Some(*until), ledger).await?)
            }
            Event::RepBack { rep } => Some(self.rep_news(team, state, *rep, None, ledger).await?),
            // Told of nowhere: `webhook_event` says so.
            _ => None,
        })
    }

    async fn rep_news(
        &self,
        team: TeamId,
        state: &TeamState,
        rep: RepId,
        until: Option<Option<Instant>>,
        ledger: u64,
    ) -> Result<Data, StoreError> {
        let rep_name = state.name(rep).unwrap_or_default().to_owned();
        let rep_email = self.store.rep_email(team, rep).await?;
        Ok(Data::Rep(RepNews { rep, rep_name, rep_email, until, ledger }))
    }

    async fn lead_details(
        &self,
        team: TeamId,
        lead: LeadId,
    ) -> Result<Option<LeadDetails>, StoreError> {
        let contact = self.store.lead_contact(team, lead).await?;
        Ok(contact.map(|contact| LeadDetails {
            email: contact.email,
            name: contact.name,
            company: contact.company,
        }))
    }
}

fn campaign_name(state: &TeamState, campaign: CampaignId) -> Option<String> {
    state.team.campaign(campaign).map(|campaign| campaign.settings.name.to_string())
}
