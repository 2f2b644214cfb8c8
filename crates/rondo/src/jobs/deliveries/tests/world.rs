//! A team with a rep and a running campaign, on a real store under a real engine, its outbox under test.

use std::sync::Arc;

use rondo_core::command::{Answer, LeadNews, Subject};
use rondo_core::detail::{LeadFields, RepDetails};
use rondo_core::event::{Outcome, Rotation, WebhookEvent, WhenOwnerIsOut};
use rondo_core::ids::{CampaignId, ConversationId, Id as _, LeadId, RepId, TeamId, WebhookId};
use rondo_core::text::{Email, Name};
use rondo_core::{Actor, Command, Event, Instant};
use rondo_store::{DeliveryRow, Store, StoreOptions};

use super::super::{Deliveries, DeliveriesParts, Nudges};
use super::receiver::{PATIENCE, Receiver};
use crate::clock::{Entropy, ManualClock, SeededEntropy};
use crate::egress::{Egress, EgressPolicy, SystemNames};
use crate::engine::{Caller, Done, Engine, EngineOptions, Request};
use crate::found::found;
use crate::secrets::{SecretKey, Vault};
use crate::webhooks::Payloads;
use crate::webhooks::prepare;

const START: Instant = Instant::from_micros(1_790_000_000_000_000);

pub(super) struct World {
    pub(super) store: Store,
    pub(super) clock: Arc<ManualClock>,
    pub(super) nudges: Nudges,
    pub(super) receiver: Receiver,
    pub(super) team: TeamId,
    pub(super) rep: RepId,
    engine: Engine,
    entropy: Arc<SeededEntropy>,
    vault: Arc<Vault>,
    policy: EgressPolicy,
    campaign: CampaignId,
    deliveries: Option<Deliveries>,
    _folder: tempfile::TempDir,
}

/// A webhook as its owner knows it.
pub(super) struct Hook {
    pub(super) id: WebhookId,
    pub(super) secret: String,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with_policy(EgressPolicy::PrivateToo).await
    }

    pub(super) async fn with_policy(policy: EgressPolicy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("rondo.db").display());
        let store = Store::open(&StoreOptions { database, readers: 2 }).await.unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let entropy = Arc::new(SeededEntropy::new(1));
        let (name, admin) = (name("Team"), email("admin@team.test"));
        let team = found(&store, name, admin, &*clock, &*entropy).await.unwrap().team;
        let nudges = Nudges::default();
        let options = EngineOptions { nudges: nudges.clone(), ..EngineOptions::default() };
        let engine = Engine::start(store.clone(), clock.clone(), entropy.clone(), options);
        let mut world = Self {
            store,
            clock,
            nudges,
            receiver: Receiver::start().await,
            team,
            rep: RepId::from_bytes([0; 16]),
            engine,
            entropy,
            vault: Arc::new(Vault::new(&SecretKey::parse(&"7".repeat(64)).unwrap())),
            policy,
            campaign: CampaignId::from_bytes([0; 16]),
            deliveries: None,
            _folder: folder,
        };
        world.rep = world.add_rep("Ann", "ann@team.test").await;
        world.campaign = world.launched_campaign("Spring").await;
        world.start_deliveries();
        world
    }

    pub(super) fn start_deliveries(&mut self) {
        self.deliveries = Some(self.another_node());
    }

    /// Deliveries of another process on the same store.
    pub(super) fn another_node(&self) -> Deliveries {
        Deliveries::start(DeliveriesParts {
            store: self.store.clone(),
            payloads: Payloads { store: self.store.clone(), engine: self.engine.clone() },
            egress: Egress::new(self.policy, Arc::new(SystemNames)),
            vault: Arc::clone(&self.vault),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            nudges: self.nudges.clone(),
        })
    }

    /// Ends deliveries as a kill would: nothing is written down.
    pub(super) fn kill_deliveries(&mut self) {
        self.deliveries = None;
    }

    pub(super) fn take_deliveries(&mut self) -> Deliveries {
        self.deliveries.take().unwrap()
    }

    pub(super) async fn run(&self, command: Command) -> Done {
        let caller = Caller { team: self.team, actor: Actor::Cli };
        self.engine.run(caller, Request { command, idempotency: None }).await.unwrap()
    }

    /// A webhook at this world's receiver.
    pub(super) async fn webhook(&self, events: &[WebhookEvent]) -> Hook {
        self.webhook_at(&self.receiver, events).await
    }

    pub(super) async fn webhook_at(&self, receiver: &Receiver, events: &[WebhookEvent]) -> Hook {
        let mut id = [0; 16];
        self.entropy.fill(&mut id);
        let (id, url) = (WebhookId::from_bytes(id), format!("http://{}/hook", receiver.address));
        // As if the policy had been another one when it was made.
        let policy = EgressPolicy::PrivateToo;
        let new =
            prepare(self.team, id, &url, events.to_vec(), policy, &self.vault, &*self.entropy)
                .unwrap();
        self.run(new.command).await;
        Hook { id, secret: new.secret.shown() }
    }

    pub(super) async fn add_rep(&self, rep: &str, address: &str) -> RepId {
        let details = RepDetails {
            name: name(rep),
            email: email(address),
            phone: None,
            time_zone: "UTC".to_owned(),
            calendar_link: None,
            salt: [3; 16],
        };
        match self.run(Command::AddRep { details }).await.answer {
            Answer::Rep(rep) => rep,
            other => panic!("a rep was added, and the answer was {other:?}"),
        }
    }

    pub(super) async fn go_away(&self, rep: RepId, until: Option<Instant>) {
        self.run(Command::GoOutOfOffice { rep, until, dates: None, note: None }).await;
    }

    pub(super) async fn launched_campaign(&self, campaign: &str) -> CampaignId {
        let add = Command::AddCampaign {
            name: name(campaign),
            group: None,
            rotation: Rotation::Campaign,
            when_owner_is_out: WhenOwnerIsOut::Owner,
        };
        let Answer::Campaign(campaign) = self.run(add).await.answer else {
            panic!("a campaign was added, and the answer was another");
        };
        self.run(Command::LaunchCampaign { campaign, at: None }).await;
        campaign
    }

    /// Qualifies a new lead in the world's campaign.
    pub(super) async fn qualify(&self, address: &str) -> LeadId {
        self.qualify_in(self.campaign, address).await.0
    }

    pub(super) async fn qualify_in(
        &self,
        campaign: CampaignId,
        address: &str,
    ) -> (LeadId, ConversationId) {
        let fields = LeadFields {
            name: Some("Kim".to_owned()),
            company: Some("Lead Ltd".to_owned()),
            ..LeadFields::default()
        };
        let news = LeadNews { email: email(address), owner: None, fields };
        let subject = Subject::Lead(Box::new(news));
        let done = self.run(Command::Qualify { campaign, subject, note: None }).await;
        done.entries
            .iter()
            .find_map(|entry| match &entry.event {
                Event::Qualified { lead, conversation, outcome, .. } => {
                    assert!(matches!(outcome, Outcome::Assigned(_) | Outcome::Waiting { .. }));
                    Some((*lead, *conversation))
                }
                _ => None,
            })
            .unwrap()
    }

    /// Looks at a webhook's deliveries until they are as expected.
    pub(super) async fn until_all(
        &self,
        hook: &Hook,
        is_expected: impl Fn(&[DeliveryRow]) -> bool,
    ) -> Vec<DeliveryRow> {
        let look = async {
            loop {
                let rows = self.store.deliveries(self.team, hook.id, None, 500).await.unwrap();
                if is_expected(&rows) {
                    return rows;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.expect("the deliveries never were as expected")
    }

    /// Looks at a webhook's only delivery until it is as expected.
    pub(super) async fn until(
        &self,
        hook: &Hook,
        is_expected: impl Fn(&DeliveryRow) -> bool,
    ) -> DeliveryRow {
        let mut rows = self.until_all(hook, |rows| rows.first().is_some_and(&is_expected)).await;
        rows.remove(0)
    }

    pub(super) async fn until_disabled(&self, hook: &Hook) {
        let look = async {
            while self.store.webhook_target(self.team, hook.id).await.unwrap().is_some() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.expect("the webhook was never disabled");
    }
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}
