//! Conversations: how each lead of a campaign stands.

use rondo_core::ids::{CampaignId, ConversationId, LeadId};
use rondo_core::time::Instant;
use rondo_store::{ConversationFilter, ConversationRow, ConversationStatus};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::assignments::{self, AssignmentView};
use crate::app::page::{After, List, Listed, Page};
use crate::app::{App, AppError, Caller, Look, schema};

/// One lead's thread in one campaign.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub struct ConversationView {
    #[schema(value_type = schema::ConversationId)]
    pub id: ConversationId,
    #[schema(value_type = schema::CampaignId)]
    pub campaign: CampaignId,
    #[schema(value_type = schema::LeadId)]
    pub lead: LeadId,
    #[schema(value_type = ConversationStatusView)]
    pub status: ConversationStatus,
    /// Whether it is qualified and nobody can take it yet.
    pub waiting: bool,
    /// The assignment that stands; null when there is none.
    pub assignment: Option<AssignmentView>,
    /// The note with which it was qualified or last passed on.
    pub note: Option<String>,
    #[schema(value_type = schema::Instant)]
    pub created_at: Instant,
}

/// How a conversation stands. What a cancelled campaign left open reads as `cancelled`, unless it is in review.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = ConversationStatus)]
pub enum ConversationStatusView {
    AwaitingLead,
    AwaitingAssistant,
    InReview,
    Qualified,
    NotInterested,
    Unsubscribed,
    Unresponsive,
    Bounced,
    Cancelled,
}

/// Which conversations are to be listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationsWanted {
    /// Those that stand like this.
    pub status: Option<ConversationStatus>,
    /// Those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Those of this lead.
    pub lead: Option<LeadId>,
}

/// Conversations, oldest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    wanted: &ConversationsWanted,
    page: &Page,
) -> Result<Listed<ConversationView>, AppError> {
    let look = app.look(caller.team).await?;
    if let Some(campaign) = wanted.campaign {
        let known = look.team.campaign(campaign);
        known.ok_or_else(|| AppError::not_found("campaign", campaign))?;
    }
    if let Some(lead) = wanted.lead
        && !app.store().has_had_lead(caller.team, lead).await?
    {
        // The conversations of somebody who was erased stay.
        return Err(AppError::not_found("lead", lead));
    }
    let filter =
        ConversationFilter { status: wanted.status, campaign: wanted.campaign, lead: wanted.lead };
    let list = List::new(caller.team, "conversations", wanted);
    let after = list.start::<After<ConversationId>>(page)?.map(|after| after.0);
    let rows = app.store().conversations(caller.team, &filter, after, page.fetch()).await?;
    let listed = list.page(page, rows, |row| After(row.conversation));
    let items = views(app, &look, listed.items).await?;
    Ok(Listed { items, next_cursor: listed.next_cursor })
}

/// A conversation.
pub async fn show(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
) -> Result<ConversationView, AppError> {
    let look = app.look(caller.team).await?;
    let row = app.store().conversation(caller.team, conversation).await?;
    let mut views = views(app, &look, row.into_iter().collect()).await?;
    views.pop().ok_or_else(|| AppError::not_found("conversation", conversation))
}

async fn views(
    app: &App,
    look: &Look,
    rows: Vec<ConversationRow>,
) -> Result<Vec<ConversationView>, AppError> {
    let named: Vec<_> = rows.iter().filter_map(|row| Some(row.assignment?.0)).collect();
    let mut standing = std::collections::HashMap::new();
    if !named.is_empty() {
        for row in app.store().assignments_named(look.team.id(), &named).await? {
            let view = assignments::of_row(&look.state, &row);
            standing.insert(view.id, view);
        }
    }
    let view = |row: ConversationRow| ConversationView {
        id: row.conversation,
        campaign: row.campaign,
        lead: row.lead,
        status: row.status,
        waiting: row.is_waiting,
        assignment: row.assignment.and_then(|(assignment, _)| standing.remove(&assignment)),
        note: row.note,
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(view).collect())
}
