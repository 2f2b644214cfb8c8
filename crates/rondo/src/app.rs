//! Use cases: what the faces of Rondo (the API over HTTP, the console) can have done and shown, without their types.
//!
//! A use case takes who calls and what they want, runs at most one command through the engine, and answers a view:
//! plain data in the domain's words, ready to be written as JSON. Reading never writes.

use std::sync::Arc;

use rondo_core::event::Role;
use rondo_core::ids::{MailboxId, RepId, TeamId};
use rondo_core::time::Instant;
use rondo_core::{Actor, Answer, Command, Refusal, Team};
use rondo_store::{Store, StoreError};
use url::Url;

use crate::clock::{Clock, Entropy};
use crate::egress::{Egress, EgressPolicy, Names};
use crate::engine::{self, Done, Engine, EngineError, IdempotencyKey, TeamState};
use crate::mail::Unreadable;
use crate::mail::tokens::TokenKey;
use crate::mail::transport::Connector;
use crate::qualifier::llm::Llm;
use crate::secrets::{SecretKey, Vault};
pub use sums::Sum;
use sums::Sums;

pub mod absences;
pub mod assignments;
pub mod campaigns;
pub mod choices;
pub mod circles;
pub mod conversations;
pub mod coverage;
pub mod days;
pub mod explanation;
pub mod groups;
pub mod history;
pub mod keys;
pub mod leads;
pub mod ledger;
pub mod links;
pub mod mailboxes;
pub mod messages;
pub mod outcomes;
pub mod outreach;
pub mod overview;
pub mod page;
pub mod people;
pub mod qualifier;
pub mod replies;
pub mod reports;
pub mod reps;
pub mod reviews;
pub mod roster;
pub mod routing;
pub mod schema;
pub mod sending;
pub mod settings;
mod sums;
pub mod suppressions;
pub mod templates;
pub mod text;
pub mod turns;
pub mod warnings;
pub mod webhooks;

/// What every use case works with. Clones share it.
#[derive(Clone)]
pub struct App {
    parts: Arc<AppParts>,
    sums: Arc<Sums>,
}

/// What an [`App`] is made of.
pub struct AppParts {
    /// The one way in.
    pub engine: Engine,
    /// For reading alone.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// For the secrets that are made.
    pub entropy: Arc<dyn Entropy>,
    /// What signing secrets, passwords and keys are sealed with.
    pub vault: Arc<Vault>,
    /// Where webhooks and the endpoints of language models may lead.
    pub egress: EgressPolicy,
    /// What conversations by mail take.
    pub mail: MailParts,
}

/// What conversations by mail take.
pub struct MailParts {
    /// What links and addresses in mail are signed with.
    pub tokens: TokenKey,
    /// How mail servers are reached.
    pub connector: Connector,
    /// How language models are asked.
    pub llm: Llm,
    /// Where links in mail lead.
    pub public_url: Url,
}

impl MailParts {
    /// These parts, with what everything else is made of.
    pub fn new(
        secret: &SecretKey,
        egress: &Egress,
        names: Arc<dyn Names>,
        clock: &Arc<dyn Clock>,
        entropy: &Arc<dyn Entropy>,
        public_url: Url,
    ) -> Self {
        Self {
            tokens: TokenKey::new(secret),
            connector: Connector::new(egress.policy(), names, clock.clone(), []),
            llm: Llm::new(egress.clone(), clock.clone(), entropy.clone()),
            public_url,
        }
    }
}

/// Who calls: an actor of a team, and how far their role reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The team that everything asked for belongs to.
    pub team: TeamId,
    /// Who stands in the ledger.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
    /// The rep that a [`Role::Rep`] is bound to.
    pub rep: Option<RepId>,
    /// The mailbox that a [`Role::Mailbox`] is bound to.
    pub mailbox: Option<MailboxId>,
}

/// Why a use case gave no view.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The command was refused or could not be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Something could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was asked for does not exist in the team.
    #[error("there is no {kind} `{id}` in this team")]
    NotFound {
        /// The domain's word.
        kind: &'static str,
        /// As it was named.
        id: String,
    },
    /// It exists, and the caller's role does not reach it.
    #[error("a key with the role `{0}` may not do this")]
    Forbidden(&'static str),
    /// A message that came in is none.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The page's cursor is none of this list.
    #[error("the cursor {}", page::InvalidCursor)]
    InvalidCursor,
    /// Fields that are right one by one do not go together.
    #[error("`{pointer}` {detail}")]
    Invalid {
        /// JSON pointer into the request.
        pointer: &'static str,
        /// What is wrong, and what was expected.
        detail: String,
    },
    /// Templates that can be read name what they can't.
    #[error("{}", .0.first().map_or_else(String::new, |one| format!("`{}` {}", one.pointer, one.wrong)))]
    Templates(Vec<templates::WrongTemplate>),
}

impl AppError {
    /// Nothing in the team has this id.
    pub fn not_found(kind: &'static str, id: impl ToString) -> Self {
        Self::NotFound { kind, id: id.to_string() }
    }

    fn invalid(pointer: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { pointer, detail: detail.into() }
    }
}

impl From<page::InvalidCursor> for AppError {
    fn from(_: page::InvalidCursor) -> Self {
        Self::InvalidCursor
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Engine(EngineError::Refused(refusal))
    }
}

impl Caller {
    /// The only rep whose things the caller may see; none when they see the whole team.
    pub fn only_rep(&self) -> Option<RepId> {
        match self.role {
            Role::Rep => self.rep,
            Role::Admin | Role::Router | Role::Mailbox | Role::Viewer => None,
        }
    }

    /// Notes on absences are for admins and the rep whose they are.
    pub fn sees_notes_of(&self, rep: RepId) -> bool {
        match self.role {
            Role::Admin => true,
            Role::Rep => self.rep == Some(rep),
            Role::Router | Role::Mailbox | Role::Viewer => false,
        }
    }

    fn on_the_engine(&self) -> engine::Caller {
        engine::Caller { team: self.team, actor: self.actor }
    }
}

/// The word for a role.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::Rep => "rep",
        Role::Router => "router",
        Role::Mailbox => "mailbox",
        Role::Viewer => "viewer",
    }
}

impl App {
    /// An app over these parts.
    pub fn new(parts: AppParts) -> Self {
        Self { parts: Arc::new(parts), sums: Arc::new(Sums::new()) }
    }

    /// For reading.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// The injected clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.parts.clock
    }

    /// The injected randomness.
    pub fn entropy(&self) -> &Arc<dyn Entropy> {
        &self.parts.entropy
    }

    fn new_id<I: rondo_core::ids::Id>(&self) -> I {
        let (now, seed) = (self.parts.clock.now(), self.parts.entropy.seed());
        rondo_core::ids::IdSource::new(now, seed).next_id()
    }

    /// Whether the data can be reached, and every ledger met so far could be read.
    pub async fn check_ready(&self) -> Result<(), AppError> {
        self.parts.store.ping().await?;
        if self.parts.engine.is_ready() { Ok(()) } else { Err(EngineError::Unready.into()) }
    }

    /// Sums that are kept for a while.
    fn sums(&self) -> &Sums {
        &self.sums
    }

    /// What opens secrets.
    pub fn vault(&self) -> &Arc<Vault> {
        &self.parts.vault
    }

    /// What links and addresses in mail are signed with.
    pub fn tokens(&self) -> &TokenKey {
        &self.parts.mail.tokens
    }

    /// How mail servers are reached.
    pub fn connector(&self) -> &Connector {
        &self.parts.mail.connector
    }

    /// Where links in mail lead.
    pub fn public_url(&self) -> &Url {
        &self.parts.mail.public_url
    }

    fn llm(&self) -> &Llm {
        &self.parts.mail.llm
    }

    /// The one way in.
    pub fn engine(&self) -> &Engine {
        &self.parts.engine
    }

    /// The team as it stands, and the instant at which it is looked at: never before its last entry.
    async fn look(&self, team: TeamId) -> Result<Look, AppError> {
        let state = self.engine().team(team).await?.ok_or(EngineError::NoSuchTeam)?;
        Ok(self.look_at(state))
    }

    fn look_at(&self, state: Arc<TeamState>) -> Look {
        let now = self.parts.clock.now().max(state.team.last_at());
        // Who is available follows from the absences and the instant, not from anybody having looked before (O1).
        let mut team = state.team.clone();
        team.advance(now);
        Look { state, team, now }
    }

    fn run(
        &self,
        caller: &Caller,
        command: Command,
        idempotency: Option<IdempotencyKey>,
    ) -> impl Future<Output = Result<Done, AppError>> + use<> {
        let request = engine::Request { command, idempotency };
        let done = self.engine().run(caller.on_the_engine(), request);
        async { Ok(done.await?) }
    }

    /// Has a command done that needs no answer.
    pub async fn act(&self, caller: &Caller, command: Command) -> Result<(), AppError> {
        self.run(caller, command, None).await.map(drop)
    }

    /// Has a command done, for what comes of it.
    pub async fn answer(&self, caller: &Caller, command: Command) -> Result<Answer, AppError> {
        Ok(self.run(caller, command, None).await?.answer)
    }

    /// Refuses a key that came with another body, before anything is done for it.
    async fn remember(&self, caller: &Caller, key: Option<IdempotencyKey>) -> Result<(), AppError> {
        match key {
            Some(key) => Ok(self.engine().remember(caller.on_the_engine(), key).await?),
            None => Ok(()),
        }
    }
}

/// A team at an instant, for making views.
pub struct Look {
    state: Arc<TeamState>,
    /// The state's team, as of `now`.
    team: Team,
    now: Instant,
}

impl Look {
    /// The name of somebody who is or was a rep.
    fn name(&self, rep: RepId) -> String {
        self.state.name(rep).unwrap_or_default().to_owned()
    }
}
