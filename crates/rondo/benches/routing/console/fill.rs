//! A team of the size at which the console is measured, made by the engine itself, with a year behind it.

use std::sync::{Arc, LazyLock};

use indicatif::{ProgressBar, ProgressStyle};
use rondo::clock::{Clock as _, ManualClock, SystemClock, SystemEntropy};
use rondo::engine::{Caller, Engine, EngineOptions, Request};
use rondo::found::found;
use rondo_core::command::{Answer, LeadNews, OwnerRef, Subject};
use rondo_core::detail::{Existing, LeadFields, RepDetails};
use rondo_core::event::{Role, Rotation, WebhookEvent, WhenOwnerIsOut};
use rondo_core::ids::{CampaignId, GroupId, Id as _, RepId, WebhookId};
use rondo_core::text::{Email, Name};
use rondo_core::time::Period;
use rondo_core::{Actor, Command};
use rondo_store::{Store, StoreOptions};

pub(super) const REPS: usize = 1_000;
pub(super) const GROUPS: usize = 1_000;
pub(super) const CAMPAIGNS: usize = 1_000;
/// The last of the campaigns, which stay drafts.
const DRAFTS: usize = 10;
/// Leads who were not qualified, for each thousand who were.
const OPEN_PER_THOUSAND: u64 = 100;
/// Conversations in review, for each thousand assignments.
const REVIEWS_PER_THOUSAND: u64 = 2;
const DAYS: i64 = 365;
const DAY_SECONDS: i64 = 86_400;
/// Commands handed to the engine at once, and how many times so many.
const CHUNK: u64 = 2_000;
const UNDER_WAY: usize = 2;

/// The webhook of the team.
pub(super) static WEBHOOK: LazyLock<WebhookId> = LazyLock::new(|| WebhookId::from_bytes([9; 16]));

struct Filler {
    engine: Engine,
    store: Store,
    clock: Arc<ManualClock>,
    caller: Caller,
    reps: Vec<RepId>,
    groups: Vec<GroupId>,
    campaigns: Vec<CampaignId>,
}

/// Fills a new database with so many assignments.
pub(super) async fn fill(database: String, assignments: u64) {
    let mut filler = Filler::begin(database).await;
    filler.people_and_groups().await;
    filler.campaigns().await;
    filler.qualify(assignments).await;
    filler.open_leads(assignments * OPEN_PER_THOUSAND / 1_000).await;
    filler.reviews(assignments * REVIEWS_PER_THOUSAND / 1_000).await;
    filler.around().await;
    filler.engine.stop().await;
    filler.store.close().await;
}

impl Filler {
    async fn begin(database: String) -> Self {
        let store = Store::open(&StoreOptions { database, readers: 2 }).await.expect("it opens");
        let now = SystemClock::new().now();
        let clock = Arc::new(ManualClock::at(now.plus_seconds(-DAYS * DAY_SECONDS)));
        let admin = email("admin@bench.example".to_owned());
        let team = found(&store, name("Bench".to_owned()), admin, &*clock, &SystemEntropy).await;
        let caller = Caller { team: team.expect("a team begins").team, actor: Actor::Cli };
        let entropy = Arc::new(SystemEntropy);
        let engine = Engine::start(store.clone(), clock.clone(), entropy, EngineOptions::default());
        let (reps, groups, campaigns) = (Vec::new(), Vec::new(), Vec::new());
        Self { engine, store, clock, caller, reps, groups, campaigns }
    }

    async fn run(&self, command: Command) -> Answer {
        let request = Request { command, idempotency: None };
        self.engine.run(self.caller, request).await.expect("it is allowed").answer
    }

    async fn run_all(&self, commands: Vec<Command>) -> Vec<Answer> {
        let done = self.engine.run_many(self.caller, commands).await;
        done.into_iter().map(|done| done.expect("it is allowed").answer).collect()
    }

    /// Reps, some of whom are away now or soon, and groups of sizes from three to all.
    async fn people_and_groups(&mut self) {
        let add = |at| Command::AddRep { details: rep_details(at) };
        for answer in self.run_all((0..REPS).map(add).collect()).await {
            let Answer::Rep(rep) = answer else { panic!("a rep is added") };
            self.reps.push(rep);
        }
        let now = self.clock.now().plus_seconds(DAYS * DAY_SECONDS);
        let absence = |at: usize| {
            let from = now.plus_seconds(DAY_SECONDS * if at.is_multiple_of(20) { -2 } else { 9 });
            let until = Some(from.plus_seconds(5 * DAY_SECONDS));
            let (rep, period) = (self.reps[at], Period { from, until });
            Command::AddAbsence { rep, period, dates: None, note: Some("Holidays".to_owned()) }
        };
        self.run_all((0..REPS).step_by(10).map(absence).collect()).await;
        let group = |at: usize| {
            let size = match at {
                0 => REPS,
                1..10 => 200,
                10..100 => 50,
                _ => 3 + at % 20,
            };
            let reps = (0..size).map(|seat| self.reps[(at * 37 + seat) % REPS]).collect();
            Command::AddGroup { name: name(format!("Group {at}")), reps }
        };
        for answer in self.run_all((0..GROUPS).map(group).collect()).await {
            let Answer::Group(group) = answer else { panic!("a group is made") };
            self.groups.push(group);
        }
    }

    /// A campaign for each group; every tenth shares its group's cursor, every tenth sends its leads to everybody.
    async fn campaigns(&mut self) {
        let add = |at: usize| Command::AddCampaign {
            name: name(format!("Campaign {at}")),
            group: (at % 10 != 2).then(|| self.groups[at]),
            rotation: if at % 10 == 1 { Rotation::Group } else { Rotation::Campaign },
            when_owner_is_out: WhenOwnerIsOut::Owner,
        };
        for answer in self.run_all((0..CAMPAIGNS).map(add).collect()).await {
            let Answer::Campaign(campaign) = answer else { panic!("a campaign is made") };
            self.campaigns.push(campaign);
        }
        let launch =
            |campaign: &CampaignId| Command::LaunchCampaign { campaign: *campaign, at: None };
        self.run_all(self.campaigns[..CAMPAIGNS - DRAFTS].iter().map(launch).collect()).await;
    }

    /// A tenth of the leads is one campaign's, and the others have each as many. The year passes meanwhile.
    async fn qualify(&self, count: u64) {
        let style = "assignments {bar:40} {human_pos}/{human_len} {per_sec} {eta}";
        let style = ProgressStyle::with_template(style).expect("the template is right");
        let bar = ProgressBar::new(count).with_style(style);
        let begun = self.clock.now();
        let mut under_way = tokio::task::JoinSet::new();
        for first in (0..count).step_by(CHUNK as usize) {
            let passed = (DAYS * DAY_SECONDS) as f64 * first as f64 / count as f64;
            self.clock.advance_to(begun.plus_seconds(passed as i64));
            let until = count.min(first + CHUNK);
            let commands = (first..until).map(|number| self.qualification(number)).collect();
            let (engine, caller, bar) = (self.engine.clone(), self.caller, bar.clone());
            under_way.spawn(async move {
                for done in engine.run_many(caller, commands).await {
                    done.expect("a lead is assigned");
                }
                bar.inc(until - first);
            });
            if under_way.len() >= UNDER_WAY {
                under_way.join_next().await.expect("some are under way").expect("none panics");
            }
        }
        while let Some(done) = under_way.join_next().await {
            done.expect("none panics");
        }
        self.clock.advance_to(begun.plus_seconds(DAYS * DAY_SECONDS));
        bar.finish();
    }

    fn qualification(&self, number: u64) -> Command {
        let others = (CAMPAIGNS - DRAFTS - 1) as u64;
        let campaign = if number.is_multiple_of(10) { 0 } else { 1 + number % others };
        let owner = number % 50 == 7;
        let owner = owner.then(|| OwnerRef::Id(self.reps[number as usize % REPS]));
        let lead = lead(format!("lead{number}@earlier.example"), owner);
        let campaign = self.campaigns[campaign as usize];
        Command::Qualify { campaign, subject: Subject::Lead(Box::new(lead)), note: None }
    }

    async fn open_leads(&self, count: u64) {
        for first in (0..count).step_by(CHUNK as usize) {
            let numbers = first..count.min(first + CHUNK);
            let leads = numbers.map(|number| lead(format!("open{number}@bench.example"), None));
            let campaign = Some(self.campaigns[(first / CHUNK) as usize % (CAMPAIGNS - DRAFTS)]);
            let (leads, existing) = (leads.collect(), Existing::Fill);
            self.run(Command::AddLeads { campaign, leads, existing }).await;
        }
    }

    /// What waits when its campaign is cancelled is for a person to see.
    async fn reviews(&self, count: u64) {
        let campaign = self.campaigns[CAMPAIGNS - DRAFTS - 1];
        self.run(Command::PauseCampaign { campaign }).await;
        let qualify = |number: u64| {
            let lead = lead(format!("review{number}@bench.example"), None);
            Command::Qualify { campaign, subject: Subject::Lead(Box::new(lead)), note: None }
        };
        for first in (0..count).step_by(CHUNK as usize) {
            self.run_all((first..count.min(first + CHUNK)).map(qualify).collect()).await;
        }
        self.run(Command::CancelCampaign { campaign }).await;
    }

    /// What else a team of this size has: people who sign in, a webhook with news, addresses that are never written to.
    async fn around(&self) {
        let user = |number: usize| Command::AddUser {
            email: email(format!("user{number}@bench.example")),
            role: Role::Viewer,
            rep: None,
        };
        self.run_all((0..50).map(user).collect()).await;
        let suppress =
            |number: usize| Command::Suppress { email: email(format!("no{number}@bench.example")) };
        self.run_all((0..1_000).map(suppress).collect()).await;
        self.run(Command::AddWebhook {
            webhook: *WEBHOOK,
            url: "https://hooks.bench.example/".to_owned(),
            events: vec![WebhookEvent::AssignmentCreated],
            sealed_secret: vec![7; 48],
        })
        .await;
        let qualify = |number: u64| {
            let lead = lead(format!("today{number}@bench.example"), None);
            let subject = Subject::Lead(Box::new(lead));
            Command::Qualify { campaign: self.campaigns[0], subject, note: None }
        };
        self.run_all((0..200).map(qualify).collect()).await;
    }
}

fn lead(address: String, owner: Option<OwnerRef>) -> LeadNews {
    let fields = LeadFields {
        name: Some(format!("Lea {}", address.split('@').next().unwrap_or_default())),
        company: Some("Northgate Foods".to_owned()),
        ..LeadFields::default()
    };
    LeadNews { email: email(address), owner, fields }
}

fn rep_details(rep: usize) -> RepDetails {
    RepDetails {
        name: name(format!("Rep {rep}")),
        email: email(format!("rep{rep}@bench.example")),
        phone: None,
        time_zone: "Europe/Berlin".to_owned(),
        calendar_link: None,
        salt: [7; 16],
    }
}

fn name(text: String) -> Name {
    Name::parse(&text).expect("a visible text is a name")
}

fn email(text: String) -> Email {
    Email::parse(&text).expect("an address")
}
