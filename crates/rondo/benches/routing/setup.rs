//! What has to stand before leads can be routed: teams with an administrator's key, reps, a running campaign.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rondo::clock::{SystemClock, SystemEntropy};
use rondo::engine::{Caller, Engine, EngineOptions, Request};
use rondo::found::found;
use rondo_core::command::Answer;
use rondo_core::detail::RepDetails;
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::{CampaignId, TeamId};
use rondo_core::text::{Email, Name};
use rondo_core::{Actor, Command};
use rondo_store::{Store, StoreOptions};

use crate::processes::Server;

/// Reps in a measured team.
pub(crate) const REPS: usize = 10;

/// A team that routes leads.
pub(crate) struct Team {
    pub(crate) id: TeamId,
    pub(crate) campaign: CampaignId,
    pub(crate) api_key: String,
}

impl Team {
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/campaigns/{}/{rest}", self.campaign)
    }

    pub(crate) fn caller(&self) -> Caller {
        Caller { team: self.id, actor: Actor::Cli }
    }
}

/// A database, and an engine that writes it.
pub(crate) struct Open {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    clock: Arc<SystemClock>,
}

impl Open {
    pub(crate) async fn database(database: String) -> Self {
        let store = Store::open(&StoreOptions { database, readers: 2 }).await.expect("it opens");
        let clock = Arc::new(SystemClock::new());
        let options = EngineOptions::default();
        let engine = Engine::start(store.clone(), clock.clone(), Arc::new(SystemEntropy), options);
        Self { store, engine, clock }
    }

    /// Begins a team whose campaign routes leads.
    pub(crate) async fn begin_team(&self) -> Team {
        let admin = Email::parse("admin@bench.example").expect("an address");
        let founded = found(&self.store, name("Bench"), admin, &*self.clock, &SystemEntropy).await;
        let founded = founded.expect("a team begins");
        let caller = Caller { team: founded.team, actor: Actor::Cli };
        for rep in 1..=REPS {
            self.run(caller, Command::AddRep { details: rep_details(rep) }).await;
        }
        let add = Command::AddCampaign {
            name: name("Spring"),
            group: None,
            rotation: Rotation::Campaign,
            when_owner_is_out: WhenOwnerIsOut::Owner,
        };
        let Answer::Campaign(campaign) = self.run(caller, add).await else {
            panic!("a campaign is made");
        };
        self.run(caller, Command::LaunchCampaign { campaign, at: None }).await;
        Team { id: founded.team, campaign, api_key: founded.api_key.reveal().to_owned() }
    }

    async fn run(&self, caller: Caller, command: Command) -> Answer {
        let request = Request { command, idempotency: None };
        self.engine.run(caller, request).await.expect("it is allowed").answer
    }

    pub(crate) async fn close(self) {
        self.engine.stop().await;
        self.store.close().await;
    }
}

/// Makes so many teams in a database.
pub(crate) fn teams(database: String, count: usize) -> Vec<Team> {
    runtime().block_on(async {
        let open = Open::database(database).await;
        let mut teams = Vec::with_capacity(count);
        for _ in 0..count {
            teams.push(open.begin_team().await);
        }
        open.close().await;
        teams
    })
}

/// Makes a team in a database.
pub(crate) fn team(database: String) -> Team {
    teams(database, 1).pop().expect("one was asked for")
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime starts")
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a visible text is a name")
}

fn rep_details(rep: usize) -> RepDetails {
    RepDetails {
        name: name(&format!("Rep {rep}")),
        email: Email::parse(&format!("rep{rep}@bench.example")).expect("an address"),
        phone: None,
        time_zone: "UTC".to_owned(),
        calendar_link: None,
        salt: [7; 16],
    }
}

/// Puts as many members into Redis's circle as the team has reps.
pub(crate) fn fill_circle(redis: &Server) {
    let mut stream = TcpStream::connect(redis.address).expect("Redis listens");
    for rep in 0..REPS {
        let member = format!("{rep:026}");
        write!(stream, "*3\r\n$5\r\nRPUSH\r\n$6\r\ncircle\r\n$26\r\n{member}\r\n")
            .expect("Redis reads");
        let mut answer = [0; 16];
        let count = stream.read(&mut answer).expect("Redis answers");
        assert_eq!(answer[..count].first(), Some(&b':'), "RPUSH answers a length");
    }
}
