//! A store on a temporary folder, an engine over it, a clock that is moved by hand.

use std::sync::Arc;

use rondo::clock::{Clock as _, ManualClock, SeededEntropy};
use rondo::engine::{Caller, Done, Engine, EngineError, EngineOptions, IdempotencyKey, Request};
use rondo::found::found;
use rondo_core::command::{LeadNews, OwnerRef, Subject};
use rondo_core::detail::{LeadFields, RepDetails};
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::{CampaignId, GroupId, RepId, TeamId};
use rondo_core::text::{Email, Name};
use rondo_core::{Actor, Answer, Command, Entry, Event, Instant, Period};
use rondo_store::{Store, StoreOptions};

use crate::faults::Faults;

pub const START: Instant = Instant::from_micros(1_790_000_000_000_000);

pub struct World {
    pub store: Store,
    pub faults: Arc<Faults>,
    pub engine: Engine,
    pub clock: Arc<ManualClock>,
    pub entropy: Arc<SeededEntropy>,
    pub team: TeamId,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with(EngineOptions::default()).await
    }

    pub async fn with(options: EngineOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("rondo.db").display());
        let store = Store::open(&StoreOptions { database, readers: 2 }).await.unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let entropy = Arc::new(SeededEntropy::new(1));
        let faults = Arc::new(Faults::over(store.clone()));
        let engine = Engine::over(faults.clone(), clock.clone(), entropy.clone(), options);
        let team = begin(&store, &clock, &entropy).await;
        Self { store, faults, engine, clock, entropy, team, _folder: folder }
    }

    /// Another engine over the same store, as in another process; no faults befall it.
    pub fn another_engine(&self) -> Engine {
        let (clock, entropy) = (self.clock.clone(), self.entropy.clone());
        Engine::start(self.store.clone(), clock, entropy, EngineOptions::default())
    }

    pub async fn another_team(&self) -> TeamId {
        begin(&self.store, &self.clock, &self.entropy).await
    }

    pub fn caller(&self) -> Caller {
        Caller { team: self.team, actor: Actor::Cli }
    }

    pub async fn run(&self, command: Command) -> Result<Done, EngineError> {
        self.engine.run(self.caller(), plain(command)).await
    }

    /// Starts a command, and returns once the engine has it: commands started one after another wait in this order.
    pub async fn start(
        &self,
        command: Command,
    ) -> tokio::task::JoinHandle<Result<Done, EngineError>> {
        self.start_request(plain(command)).await
    }

    pub async fn start_request(
        &self,
        request: Request,
    ) -> tokio::task::JoinHandle<Result<Done, EngineError>> {
        let (engine, caller) = (self.engine.clone(), self.caller());
        let (sender, began) = tokio::sync::oneshot::channel();
        let started = tokio::spawn(async move {
            let mut running = Box::pin(engine.run(caller, request));
            // The first poll puts the command into the queue.
            let first = std::future::poll_fn(|context| {
                std::task::Poll::Ready(running.as_mut().poll(context))
            });
            let first = first.await;
            let _ = sender.send(());
            match first {
                std::task::Poll::Ready(result) => result,
                std::task::Poll::Pending => running.await,
            }
        });
        began.await.unwrap();
        started
    }

    pub async fn rep(&self, name: &str) -> RepId {
        match self.run(add_rep(name)).await.unwrap().answer {
            Answer::Rep(rep) => rep,
            other => panic!("a rep is made: {other:?}"),
        }
    }

    /// A campaign that runs on a group of these reps.
    pub async fn campaign(&self, reps: &[RepId]) -> CampaignId {
        let group = self.group(reps).await;
        let campaign = self.draft(Some(group)).await;
        self.run(Command::LaunchCampaign { campaign, at: None }).await.unwrap();
        campaign
    }

    /// A running campaign whose only member is out of office; the clock stands at the beginning of the absence.
    pub async fn campaign_with_gap(&self, rep: RepId, from: Instant, until: Instant) -> CampaignId {
        // The absence is there before the campaign: a gap that lies ahead is a warning and no refusal (C4).
        let period = Period { from, until: Some(until) };
        let absence = Command::AddAbsence { rep, period, dates: None, note: None };
        self.run(absence).await.unwrap();
        let campaign = self.campaign(&[rep]).await;
        self.clock.advance_to(from);
        campaign
    }

    pub async fn group(&self, reps: &[RepId]) -> GroupId {
        let count = self.engine.team(self.team).await.unwrap().unwrap().team.groups().count();
        let name = Name::parse(&format!("Group {count}")).unwrap();
        match self.run(Command::AddGroup { name, reps: reps.to_vec() }).await.unwrap().answer {
            Answer::Group(group) => group,
            other => panic!("a group is made: {other:?}"),
        }
    }

    pub async fn draft(&self, group: Option<GroupId>) -> CampaignId {
        let command = Command::AddCampaign {
            name: Name::parse("Spring").unwrap(),
            group,
            rotation: Rotation::Campaign,
            when_owner_is_out: WhenOwnerIsOut::Owner,
        };
        match self.run(command).await.unwrap().answer {
            Answer::Campaign(campaign) => campaign,
            other => panic!("a campaign is made: {other:?}"),
        }
    }

    pub async fn ledger(&self) -> Vec<Entry> {
        self.store.entries_after(self.team, 0, 100_000).await.unwrap()
    }

    pub async fn revision(&self) -> u64 {
        self.store.revision(self.team).await.unwrap().unwrap()
    }

    /// The reps to whom leads went, in the order of the ledger.
    pub async fn turns(&self) -> Vec<RepId> {
        self.ledger().await.iter().filter_map(|entry| assigned_to(&entry.event)).collect()
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}

async fn begin(store: &Store, clock: &ManualClock, entropy: &SeededEntropy) -> TeamId {
    let (name, admin) = (Name::parse("Acme").unwrap(), Email::parse("ada@acme.test").unwrap());
    found(store, name, admin, clock, entropy).await.unwrap().team
}

pub fn plain(command: Command) -> Request {
    Request { command, idempotency: None }
}

/// A request whose repeats are recognised.
pub fn keyed(command: Command, scope: u8, body: u8) -> Request {
    Request { command, idempotency: Some(key(scope, body)) }
}

pub fn key(scope: u8, body: u8) -> IdempotencyKey {
    IdempotencyKey::new([scope; 32], [body; 32])
}

pub fn add_rep(name: &str) -> Command {
    let details = RepDetails {
        name: Name::parse(name).unwrap(),
        email: Email::parse(&format!("{}@acme.test", name.to_lowercase())).unwrap(),
        phone: None,
        time_zone: "UTC".to_owned(),
        calendar_link: None,
        salt: [0; 16],
    };
    Command::AddRep { details }
}

pub fn qualify(campaign: CampaignId, lead: &str) -> Command {
    qualify_for(campaign, lead, None)
}

pub fn qualify_for(campaign: CampaignId, lead: &str, owner: Option<RepId>) -> Command {
    let news = LeadNews {
        email: Email::parse(&format!("{lead}@lead.test")).unwrap(),
        owner: owner.map(OwnerRef::Id),
        fields: LeadFields::default(),
    };
    Command::Qualify { campaign, subject: Subject::Lead(Box::new(news)), note: None }
}

pub fn leave(rep: RepId, until: Option<Instant>) -> Command {
    Command::GoOutOfOffice { rep, until, dates: None, note: None }
}

pub fn assigned_to(event: &Event) -> Option<RepId> {
    use rondo_core::event::Outcome;
    match event {
        Event::Qualified { outcome: Outcome::Assigned(decision), .. }
        | Event::WaitingAssigned { decision, .. } => Some(decision.rep),
        _ => None,
    }
}
