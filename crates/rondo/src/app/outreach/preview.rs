//! Messages as leads would get them, and what they lack: before anything is written.

use rondo_core::command::LeadNews;
use rondo_core::detail::LeadFields;
use rondo_core::ids::{CampaignId, ConversationId, LeadId, MailboxId};
use rondo_core::text::Email;
use serde::Serialize;
use utoipa::ToSchema;

use super::letters::{Filled, Letters, add};
use super::parts;
use crate::app::leads::NewLead;
use crate::app::page::{After, List, Listed, Page};
use crate::app::{App, AppError, Caller, Look, schema};
use crate::engine::IdempotencyKey;
use crate::mail::template::{Assistant, Fields};

/// Leads looked at for a page of those whose messages lack something: with usual templates, some ten milliseconds.
const LOOKED_AT_MAX: u32 = 200;
/// Leads looked at before others have their turn.
const LOOKED_AT_AT_ONCE: usize = 10;

/// For whom a campaign's messages are to be shown.
#[derive(Debug, ToSchema)]
pub struct PreviewWanted {
    /// A lead's id, or a lead that need not be known.
    #[schema(value_type = schema::LeadToPreview)]
    pub lead: PreviewLead,
}

/// For whom a campaign's messages are to be shown.
#[derive(Debug)]
pub enum PreviewLead {
    /// A lead of the team.
    Known(LeadId),
    /// Somebody who need not be known.
    New(Box<NewLead>),
}

/// A campaign's messages as a lead would get them.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Preview {
    pub messages: Vec<PreviewMessage>,
    /// The fields that any of them lacks: none of them goes out before they are filled in.
    pub missing: Vec<String>,
    /// Whether the address is never written to.
    pub suppressed: bool,
}

/// A message as a lead would get it.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub struct PreviewMessage {
    /// Counted from 0, as in `steps`.
    pub step: usize,
    pub subject: String,
    pub body: String,
    pub body_html: Option<String>,
    /// The fields that it lacks, as `lead.company`; where they would stand, nothing does.
    pub missing: Vec<String>,
    /// Why it cannot be filled in for this lead.
    pub problem: Option<String>,
}

/// Hides the person: debug output reaches logs.
impl std::fmt::Debug for PreviewMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PreviewMessage({}, missing {:?})", self.step, self.missing)
    }
}

/// A lead whose messages lack something.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LeadInNeed {
    #[schema(value_type = schema::LeadId)]
    pub lead: LeadId,
    #[schema(value_type = schema::ConversationId)]
    pub conversation: ConversationId,
    /// The fields that the messages lack, as `lead.company`.
    pub missing: Vec<String>,
}

/// Shows a campaign's messages as a lead would get them.
pub async fn show(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    wanted: PreviewWanted,
    key: Option<IdempotencyKey>,
) -> Result<Preview, AppError> {
    app.remember(caller, key).await?;
    let look = app.look(caller.team).await?;
    let desk = Desk::of(app, &look, campaign).await?;
    let (email, fields) = match wanted.lead {
        PreviewLead::Known(lead) => {
            let row = app.store().lead(caller.team, lead).await?;
            let row = row.ok_or_else(|| AppError::not_found("lead", lead))?;
            let (name, company, external_id) = (row.name, row.company, row.external_id);
            let attributes = row.attributes;
            (row.email, LeadFields { name, company, external_id, attributes })
        }
        PreviewLead::New(lead) => {
            let news = LeadNews::from(*lead);
            (news.email.as_str().to_owned(), news.fields)
        }
    };
    let suppressed = match Email::parse(&email) {
        Ok(email) => app.store().suppression_of(caller.team, email.key()).await?.is_some(),
        Err(_) => false,
    };
    let messages = desk.for_lead(email, fields);
    Ok(Preview { missing: missing(&messages), messages, suppressed })
}

/// The leads of a campaign that nobody has written to yet and whose messages lack something, in the order in which they
/// joined. A page can have fewer of them than it might, and even none, before the last.
pub async fn list_missing(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    page: &Page,
) -> Result<Listed<LeadInNeed>, AppError> {
    let look = app.look(caller.team).await?;
    let desk = Desk::of(app, &look, campaign).await?;
    let list = List::new(caller.team, "missing", &campaign);
    let mut after = list.start::<After<ConversationId>>(page)?.map(|after| after.0);
    let rows = app.store().unwritten(caller.team, campaign, after, LOOKED_AT_MAX).await?;
    let mut is_last = rows.len() < LOOKED_AT_MAX as usize;
    let mut items = Vec::new();
    for (index, row) in rows.into_iter().enumerate() {
        if items.len() == page.limit as usize {
            is_last = false;
            break;
        }
        if index % LOOKED_AT_AT_ONCE == LOOKED_AT_AT_ONCE - 1 {
            tokio::task::yield_now().await;
        }
        after = Some(row.conversation);
        if row.is_suppressed {
            continue;
        }
        let missing = missing(&desk.for_lead(row.email, row.fields));
        if !missing.is_empty() {
            items.push(LeadInNeed { lead: row.lead, conversation: row.conversation, missing });
        }
    }
    let next_cursor = after.filter(|_| !is_last).map(|after| list.cursor(&After(after)));
    Ok(Listed { items, next_cursor })
}

/// The mailbox that a campaign writes from; none while it writes nothing.
pub(super) async fn mailbox(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
) -> Result<Option<MailboxId>, AppError> {
    let look = app.look(caller.team).await?;
    Ok(parts(&look, campaign)?.mail.as_ref().map(|plan| plan.mailbox))
}

/// A campaign's messages, and what they are filled in with but for the lead.
struct Desk {
    campaign: String,
    assistant: Assistant,
    letters: Letters,
}

impl Desk {
    async fn of(app: &App, look: &Look, campaign: CampaignId) -> Result<Self, AppError> {
        let (team, campaign) = (look.team.id(), parts(look, campaign)?);
        let mailbox = match &campaign.mail {
            Some(plan) => app.store().mailbox(team, plan.mailbox).await?,
            None => None,
        };
        let texts = app.store().campaign_texts(team, campaign.id).await?;
        let assistant = mailbox.and_then(|row| row.details).map(|details| Assistant {
            name: details.name.to_string(),
            address: details.email.as_str().to_owned(),
        });
        Ok(Self {
            campaign: campaign.settings.name.to_string(),
            assistant: assistant.unwrap_or_default(),
            letters: Letters::read(&texts),
        })
    }

    fn for_lead(&self, email: String, lead: LeadFields) -> Vec<PreviewMessage> {
        let fields = Fields {
            email,
            lead,
            campaign: self.campaign.clone(),
            assistant: self.assistant.clone(),
            rep: None,
        };
        let filled = self.letters.fill_all(&fields);
        filled.into_iter().enumerate().map(PreviewMessage::from).collect()
    }
}

impl From<(usize, Filled)> for PreviewMessage {
    fn from((step, filled): (usize, Filled)) -> Self {
        let Filled { subject, body, body_html, missing, problem } = filled;
        Self { step, subject, body, body_html, missing, problem }
    }
}

/// What any of the messages lacks, each once.
fn missing(messages: &[PreviewMessage]) -> Vec<String> {
    let mut all = Vec::new();
    messages.iter().for_each(|message| add(&mut all, &message.missing));
    all
}
