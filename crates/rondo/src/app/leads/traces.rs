//! What is known of a person, for whoever is about to erase them.

use rondo_core::text::EmailKey;
use rondo_store::ConversationFilter;

use super::{LeadView, view};
use crate::app::page::Page;
use crate::app::suppressions::{self, SuppressionView, SuppressionsWanted};
use crate::app::{App, AppError, Caller};
use rondo_store::LeadFilter;

/// Conversations counted at most: one lead has as many as there are campaigns that wrote to them.
const COUNTED_MAX: u32 = 500;

/// What is known of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Traces {
    /// Who they are.
    pub lead: LeadView,
    /// Their conversations.
    pub conversations: u64,
    /// Those of them that a rep has.
    pub assigned: u64,
    /// Whether there are more conversations than were counted.
    pub has_more: bool,
    /// The suppression of their address.
    pub suppression: Option<SuppressionView>,
}

/// What is known of whoever has this address; none where nobody does.
pub async fn traces(
    app: &App,
    caller: &Caller,
    address: EmailKey,
) -> Result<Option<Traces>, AppError> {
    let look = app.look(caller.team).await?;
    let (store, team) = (app.store(), caller.team);
    let filter = LeadFilter { email: Some(address), ..LeadFilter::default() };
    let Some(row) = store.leads(team, &filter, None, 1).await?.pop() else { return Ok(None) };
    let filter = ConversationFilter { lead: Some(row.lead), ..ConversationFilter::default() };
    let found = store.conversations(team, &filter, None, COUNTED_MAX).await?;
    let wanted = SuppressionsWanted { email: Some(address) };
    let page = Page { limit: 1, cursor: None };
    let suppression = suppressions::list(app, caller, &wanted, &page).await?.items.pop();
    Ok(Some(Traces {
        lead: view(&look, row),
        conversations: found.len() as u64,
        assigned: found.iter().filter(|row| row.assignment.is_some()).count() as u64,
        has_more: found.len() == COUNTED_MAX as usize,
        suppression,
    }))
}
