//! What people do by the links in their mail, without signing in: a lead unsubscribes, a rep acts on a lead.
//!
//! A link is a signed token, so that whoever has it may do the one thing that it is for. Opening it changes nothing, since
//! mail scanners open links; only what is sent from its page does. What a rep does by a link is done once.

use jiff::civil::Date;
use rondo_core::command::{Command, ReassignTo, RepFinding};
use rondo_core::event::Role;
use rondo_core::ids::{RepId, TeamId};
use rondo_core::text::Email;
use rondo_core::{Actor, Refusal};
use rondo_store::ConversationFilter;
use sha2::{Digest as _, Sha256};

use crate::app::{App, AppError, Caller, absences, assignments, sending};
use crate::engine::{EngineError, IdempotencyKey};
use crate::mail::tokens::{Action, ActionLink, LinkError, UnsubscribeToken};

/// How long it is known that a link was used: longer than any opens.
const USED_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Conversations of a lead that an unsubscription ends at once; of what is beyond, nothing more is sent all the same.
const CONVERSATIONS_MAX: u32 = 500;

/// Whose mail somebody unsubscribes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsubscribePage {
    /// The team's name.
    pub team: String,
    /// Whether they have unsubscribed already.
    pub is_done: bool,
}

/// What a rep's link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionPage {
    /// What it does.
    pub action: Action,
    /// Who acts.
    pub rep: String,
    /// The lead, as the rep knows them; none once they were erased.
    pub lead: Option<String>,
    /// The campaign's name.
    pub campaign: String,
    /// Whether the rep still has the lead.
    pub stands: bool,
}

/// What became of what a rep did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted {
    /// What was done, as a sentence.
    pub sentence: String,
}

/// Why a link does nothing.
#[derive(Debug, thiserror::Error)]
pub enum LinkTrouble {
    /// It is none, or too old.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// What is to be filled in is missing or wrong.
    #[error("{0}")]
    Form(String),
    /// Anything else.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<rondo_store::StoreError> for LinkTrouble {
    fn from(error: rondo_store::StoreError) -> Self {
        Self::App(error.into())
    }
}

/// What the page of an unsubscribe link shows.
pub async fn unsubscribe_page(app: &App, text: &str) -> Result<UnsubscribePage, LinkTrouble> {
    let (token, email) = open(app, text).await?;
    let look = app.look(token.team).await?;
    let is_done = match &email {
        Some(email) => app.store().suppression_of(token.team, email.key()).await?.is_some(),
        // Nothing is left of them to write to.
        None => true,
    };
    Ok(UnsubscribePage { team: look.team.settings().name.to_string(), is_done })
}

/// Q6: at once, and for good.
pub async fn unsubscribe(app: &App, text: &str) -> Result<UnsubscribePage, LinkTrouble> {
    let (token, email) = open(app, text).await?;
    if let Some(email) = email {
        let filter = ConversationFilter { lead: Some(token.lead), ..Default::default() };
        let all = app.store().conversations(token.team, &filter, None, CONVERSATIONS_MAX).await?;
        let conversations = all.into_iter().map(|row| row.conversation).collect();
        let command = Command::Unsubscribe { lead: token.lead, email, conversations };
        app.act(&sending::system(token.team), command).await?;
    }
    unsubscribe_page(app, text).await
}

async fn open(app: &App, text: &str) -> Result<(UnsubscribeToken, Option<Email>), LinkTrouble> {
    let token = UnsubscribeToken::open(app.tokens(), text).ok_or(LinkError::Invalid)?;
    let contact = app.store().lead_contact(token.team, token.lead).await?;
    let email = contact.and_then(|contact| Email::parse(&contact.email).ok());
    Ok((token, email))
}

/// What the page of a rep's link shows.
pub async fn action_page(app: &App, text: &str) -> Result<ActionPage, LinkTrouble> {
    let link = ActionLink::open(app.tokens(), text, app.clock().now())?;
    let look = app.look(link.team).await?;
    let row = app.store().assignment(link.team, link.assignment).await?;
    let row = row.ok_or_else(|| AppError::not_found("assignment", link.assignment))?;
    let contact = app.store().lead_contact(link.team, row.lead).await?;
    let campaign = look.team.campaign(row.campaign);
    Ok(ActionPage {
        action: link.action,
        rep: look.name(link.rep),
        lead: contact.map(|contact| contact.name.unwrap_or(contact.email)),
        campaign: campaign.map(|parts| parts.settings.name.to_string()).unwrap_or_default(),
        stands: row.is_standing && row.decision.rep == link.rep,
    })
}

/// Does what a rep's link is for; `until` is the last day away, for the link that is about that.
pub async fn act(app: &App, text: &str, until: Option<Date>) -> Result<Acted, LinkTrouble> {
    let link = ActionLink::open(app.tokens(), text, app.clock().now())?;
    let caller = caller(link.team, link.rep);
    let assignment = link.assignment;
    let command = match link.action {
        Action::TakeOver => {
            Command::TakeOver { assignment, rep: link.rep, finding: RepFinding::InHand }
        }
        Action::WrongLead => {
            Command::TakeOver { assignment, rep: link.rep, finding: RepFinding::WrongLead }
        }
        Action::PassOn => {
            check_has(app, &link).await?;
            Command::Reassign { assignment, to: ReassignTo::Next, note: None }
        }
        Action::Away => {
            let last = until.ok_or_else(|| LinkTrouble::Form("say until which day".to_owned()))?;
            absences::away_until(app, &caller, link.rep, last, None).await?
        }
    };
    let done = app.run(&caller, command, Some(used(text))).await?;
    if done.is_repeat {
        return Ok(Acted {
            sentence: "This link was used before; nothing was changed.".to_owned(),
        });
    }
    Ok(Acted { sentence: sentence(app, &link, until).await? })
}

async fn sentence(app: &App, link: &ActionLink, until: Option<Date>) -> Result<String, AppError> {
    Ok(match link.action {
        Action::TakeOver => "Thank you: it is noted that you have the lead in hand.".to_owned(),
        Action::WrongLead => {
            "Thank you: a colleague looks at the lead, and you are not reminded.".to_owned()
        }
        Action::Away => {
            let until = until.map(|day| day.to_string()).unwrap_or_default();
            format!(
                "You are out of office until {until}, that day included; new leads pass you over."
            )
        }
        Action::PassOn => {
            let standing = app.store().assignment(link.team, link.assignment).await?;
            let next = match standing {
                Some(row) => {
                    let thread = app.store().thread(link.team, row.conversation).await?;
                    thread.and_then(|thread| thread.assignment)
                }
                None => None,
            };
            match next {
                Some((assignment, _)) => {
                    let look = app.look(link.team).await?;
                    let why = assignments::sentence(app, &look, assignment).await?;
                    format!("The lead was passed on. {why}")
                }
                None => "The lead was passed on.".to_owned(),
            }
        }
    })
}

/// Only who has a lead passes it on.
async fn check_has(app: &App, link: &ActionLink) -> Result<(), AppError> {
    let row = app.store().assignment(link.team, link.assignment).await?;
    match row.filter(|row| row.decision.rep == link.rep) {
        Some(_) => Ok(()),
        None => {
            Err(Refusal::NotFound { kind: "assignment", id: link.assignment.to_string() }.into())
        }
    }
}

fn caller(team: TeamId, rep: RepId) -> Caller {
    Caller { team, actor: Actor::Rep(rep), role: Role::Rep, rep: Some(rep), mailbox: None }
}

/// By what a second use of a link is known.
fn used(text: &str) -> IdempotencyKey {
    let scope = Sha256::new_with_prefix(b"link\0").chain_update(text.to_ascii_lowercase());
    IdempotencyKey::new(scope.finalize().into(), [0; 32]).kept_for(USED_SECONDS)
}

impl LinkTrouble {
    /// Whether it is a fault of the server, of which nothing is shown.
    pub fn is_internal(&self) -> bool {
        match self {
            Self::Link(_) | Self::Form(_) => false,
            Self::App(error) => !matches!(
                error,
                AppError::Engine(EngineError::Refused(_))
                    | AppError::NotFound { .. }
                    | AppError::Invalid { .. }
                    | AppError::Templates(_)
            ),
        }
    }
}
