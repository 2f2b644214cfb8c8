//! Addresses that are never written to (Q6).

use rondo_core::command::{Answer, Command};
use rondo_core::ids::{LeadId, SuppressionId};
use rondo_core::mail::SuppressionReason;
use rondo_core::text::{Email, EmailKey};
use rondo_core::time::Instant;
use rondo_store::SuppressionRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::page::{After, List, Listed, Page};
use crate::app::{App, AppError, Caller, schema};
use crate::engine::IdempotencyKey;

/// An address that is never to be written to again.
#[derive(Debug, Clone, ToSchema)]
pub struct NewSuppression {
    #[schema(value_type = schema::Email)]
    pub email: Email,
}

/// Which suppressions are to be listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuppressionsWanted {
    /// That of this address.
    pub email: Option<EmailKey>,
}

/// An address that is never written to.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Suppression)]
pub struct SuppressionView {
    #[schema(value_type = schema::SuppressionId)]
    pub id: SuppressionId,
    /// Null once the person was erased: the address is known by a hash alone.
    #[schema(value_type = Option<schema::Email>)]
    pub email: Option<String>,
    /// Whose address it was when it was suppressed.
    #[schema(value_type = Option<schema::LeadId>)]
    pub lead: Option<LeadId>,
    #[schema(value_type = ReasonView)]
    pub reason: SuppressionReason,
    #[schema(value_type = schema::Instant)]
    pub created_at: Instant,
}

/// Hides the person: debug output reaches logs.
impl std::fmt::Debug for SuppressionView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SuppressionView({})", self.id)
    }
}

/// Why an address is never written to: the person asked for it, there is no such address, the person complained to
/// their provider, or somebody of the team said so.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = SuppressionReason)]
pub enum ReasonView {
    Unsubscribe,
    HardBounce,
    Complaint,
    Manual,
}

/// Suppresses an address; one that is suppressed already stays as it is.
pub async fn add(
    app: &App,
    caller: &Caller,
    new: NewSuppression,
    key: Option<IdempotencyKey>,
) -> Result<SuppressionView, AppError> {
    let address = new.email.key();
    let done = app.run(caller, Command::Suppress { email: new.email }, key).await?;
    let Answer::Suppression(suppression) = done.answer else {
        return Err(AppError::not_found("suppression", ""));
    };
    let row = app.store().suppression_of(caller.team, address).await?;
    // A repeat of a request whose suppression was lifted since.
    row.map(view).ok_or_else(|| AppError::not_found("suppression", suppression))
}

/// Lets an address be written to again.
pub async fn lift(app: &App, caller: &Caller, suppression: SuppressionId) -> Result<(), AppError> {
    app.run(caller, Command::LiftSuppression { suppression }, None).await.map(drop)
}

/// The suppressions that stand, oldest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    wanted: &SuppressionsWanted,
    page: &Page,
) -> Result<Listed<SuppressionView>, AppError> {
    let list = List::new(caller.team, "suppressions", wanted);
    let after = list.start::<After<SuppressionId>>(page)?.map(|after| after.0);
    let rows = match wanted.email {
        Some(address) => {
            let found = app.store().suppression_of(caller.team, address).await?;
            found.into_iter().filter(|row| after.is_none_or(|after| row.id > after)).collect()
        }
        None => app.store().suppressions(caller.team, after, page.fetch()).await?,
    };
    Ok(list.page(page, rows, |row| After(row.id)).map(view))
}

/// The suppressions that stand, the newest first; that of one address where one is asked for.
pub async fn latest(
    app: &App,
    caller: &Caller,
    wanted: &SuppressionsWanted,
    page: &Page,
) -> Result<Listed<SuppressionView>, AppError> {
    if wanted.email.is_some() {
        return list(app, caller, wanted, &Page { limit: page.limit, cursor: None }).await;
    }
    let list = List::new(caller.team, "latest suppressions", wanted);
    let before = list.start::<After<SuppressionId>>(page)?.map(|before| before.0);
    let rows = app.store().suppressions_before(caller.team, before, page.fetch()).await?;
    Ok(list.page(page, rows, |row| After(row.id)).map(view))
}

fn view(row: SuppressionRow) -> SuppressionView {
    SuppressionView {
        id: row.id,
        email: row.email,
        lead: row.lead,
        reason: row.why,
        created_at: row.created_at,
    }
}
