//! Conversations: how each lead of a campaign stands.

pub mod outlook;

use rondo_core::ids::{CampaignId, ConversationId, LeadId, MailboxId};
use rondo_core::mail::ReviewReason;
use rondo_core::time::Instant;
use rondo_store::{ConversationFilter, ConversationRow, ConversationStatus};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::assignments::{self, AssignmentView};
use crate::app::messages::{self, MessageView, ReviewReasonView};
use crate::app::page::{After, List, Listed, Page};
use crate::app::{App, AppError, Caller, Look, role_name, schema};

/// Messages shown with a conversation at most: the last ones of any that a person would read.
pub const MESSAGES_SHOWN_MAX: u32 = 200;

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
    /// Why a person is to look at it, where it is in review.
    #[schema(value_type = Option<ReviewReasonView>)]
    pub review_reason: Option<ReviewReason>,
    /// Whether it is qualified and nobody can take it yet.
    pub waiting: bool,
    /// The assignment that stands; null when there is none.
    pub assignment: Option<AssignmentView>,
    /// The note with which its rep got it: when it was qualified, or when it was last passed on.
    pub note: Option<String>,
    /// The mailbox through which it is led; null before anything was written.
    #[schema(value_type = Option<schema::MailboxId>)]
    pub mailbox: Option<MailboxId>,
    /// When the campaign's next message is due; null when none follows.
    #[schema(value_type = Option<schema::Instant>)]
    pub next_message_at: Option<Instant>,
    #[schema(value_type = schema::Instant)]
    pub created_at: Instant,
}

/// A conversation with its messages.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ConversationWithMessages)]
pub struct ConversationDetail {
    #[serde(flatten)]
    pub conversation: ConversationView,
    /// The last 200, oldest first.
    pub messages: Vec<MessageView>,
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
    /// Of those that await the assistant: those that have a mailbox or a next message, or the others. A lead who has
    /// joined a campaign and was not written to yet has neither, even if the campaign writes.
    pub is_begun: Option<bool>,
    /// Those alone that wait for a rep.
    pub is_waiting: bool,
}

/// Conversations, oldest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    wanted: &ConversationsWanted,
    page: &Page,
) -> Result<Listed<ConversationView>, AppError> {
    let look = app.look(caller.team).await?;
    let filter = filter(app, &look, wanted).await?;
    let list = List::new(caller.team, "conversations", wanted);
    let after = list.start::<After<ConversationId>>(page)?.map(|after| after.0);
    let rows = app.store().conversations(caller.team, &filter, after, page.fetch()).await?;
    let listed = list.page(page, rows, |row| After(row.conversation));
    let items = views(app, &look, listed.items).await?;
    Ok(Listed { items, next_cursor: listed.next_cursor })
}

pub(super) async fn filter(
    app: &App,
    look: &Look,
    wanted: &ConversationsWanted,
) -> Result<ConversationFilter, AppError> {
    if let Some(campaign) = wanted.campaign {
        let known = look.team.campaign(campaign);
        known.ok_or_else(|| AppError::not_found("campaign", campaign))?;
    }
    if let Some(lead) = wanted.lead
        && !app.store().has_had_lead(look.team.id(), lead).await?
    {
        // The conversations of somebody who was erased stay.
        return Err(AppError::not_found("lead", lead));
    }
    Ok(ConversationFilter {
        status: wanted.status,
        campaign: wanted.campaign,
        lead: wanted.lead,
        is_begun: wanted.is_begun,
        is_waiting: wanted.is_waiting,
    })
}

/// A conversation, with its messages.
pub async fn show(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
) -> Result<ConversationDetail, AppError> {
    let look = app.look(caller.team).await?;
    let row = app.store().conversation(caller.team, conversation).await?;
    let mut views = views(app, &look, row.into_iter().collect()).await?;
    let view = views.pop().ok_or_else(|| AppError::not_found("conversation", conversation))?;
    let messages = app.store().latest_messages(caller.team, conversation, MESSAGES_SHOWN_MAX);
    let messages = messages.await?.into_iter().map(messages::view).collect();
    Ok(ConversationDetail { conversation: view, messages })
}

/// A conversation as far as the caller may read it: a rep reads the conversations that were assigned to them, without
/// what was written to reps and admins.
pub async fn read(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
) -> Result<ConversationDetail, AppError> {
    let Some(own) = caller.only_rep() else { return show(app, caller, conversation).await };
    let standing = app.store().conversation(caller.team, conversation).await?;
    let standing = standing.ok_or_else(|| AppError::not_found("conversation", conversation))?;
    if standing.assignment.is_none_or(|(_, rep)| rep != own) {
        return Err(AppError::Forbidden(role_name(caller.role)));
    }
    let mut detail = show(app, caller, conversation).await?;
    detail.messages.retain(|message| is_of_the_thread(&message.kind));
    Ok(detail)
}

/// Whether the lead wrote or is written such a message, and not a rep or an admin.
pub fn is_of_the_thread(kind: &str) -> bool {
    matches!(kind, "received" | "step" | "answer" | "handover")
}

/// Why a conversation is in review: a lead that waited when its campaign was cancelled has no other reason.
pub(super) fn reason_of(reason: Option<ReviewReason>) -> ReviewReason {
    reason.unwrap_or(ReviewReason::CampaignOver)
}

pub(super) async fn views(
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
    let view = |row: ConversationRow| {
        let assignment = row.assignment.and_then(|(assignment, _)| standing.remove(&assignment));
        // What was said of a lead to one rep is not said to the next.
        let passed_on =
            assignment.as_ref().filter(|assignment| assignment.passed_on_from.is_some());
        ConversationView {
            id: row.conversation,
            campaign: row.campaign,
            lead: row.lead,
            status: row.status,
            review_reason: (row.status == ConversationStatus::InReview)
                .then(|| reason_of(row.review_reason)),
            waiting: row.is_waiting,
            note: passed_on.map_or(row.note, |assignment| assignment.note.clone()),
            assignment,
            mailbox: row.mailbox,
            next_message_at: row.next_at.filter(|_| row.status.is_open()),
            created_at: row.created_at,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}
