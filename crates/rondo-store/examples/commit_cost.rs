//! What a commit costs: qualified leads that are new, in batches of several sizes, with the time of each step.
//!
//! `cargo run --release -p rondo-store --example commit_cost -- [LEADS] [FOLDER] [SIZE …]`
#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on stops")]
#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::time::{Duration, Instant as Reading};

use rondo_core::command::{LeadNews, Subject};
use rondo_core::detail::{LeadFields, RepDetails};
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::{GroupId, IdSource, TeamId};
use rondo_core::text::{Email, Name};
use rondo_core::{Actor, Answer, Command, Entry, Event, Facts, Instant, Needs, Team, decide};
use rondo_store::{Committed, Store, StoreOptions, TeamBatch};

const START: Instant = Instant::from_micros(1_795_000_000_000_000);
const REPS: usize = 10;

struct Bench {
    store: Store,
    team: Team,
    ids: IdSource,
    spent: [Duration; 3],
    made: usize,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let leads: usize = arguments.next().map_or(20_000, |text| text.parse().unwrap());
    let folder =
        arguments.next().map_or_else(|| std::env::temp_dir().join("rondo-commit-cost"), Into::into);
    let sizes: Vec<usize> = arguments.map(|text| text.parse().unwrap()).collect();
    let sizes = if sizes.is_empty() { vec![1, 8, 64, 256, 1000] } else { sizes };
    let _ = std::fs::remove_dir_all(&folder);
    let database = format!("sqlite:{}", folder.join("rondo.db").display());
    let store = Store::open(&StoreOptions { database, readers: 1 }).await.unwrap();
    let mut bench = Bench::new(store).await;
    let campaign = bench.prepare().await;
    println!("batch   facts µs  decide µs  commit µs  CPU µs (all per lead)  leads/s");
    for size in sizes {
        bench.spent = Default::default();
        let of_this_size = if size == 1 { leads / 10 } else { leads };
        let (started, cpu) = (Reading::now(), cpu_time());
        for _ in 0..of_this_size / size {
            let commands = (0..size).map(|_| bench.qualify(campaign)).collect::<Vec<_>>();
            bench.run(&commands).await;
        }
        let (elapsed, cpu) = (started.elapsed(), cpu_time() - cpu);
        let each = |time: Duration| time.as_secs_f64() * 1e6 / of_this_size as f64;
        let [facts, decided, committed] = bench.spent.map(each);
        let rate = of_this_size as f64 / elapsed.as_secs_f64();
        println!(
            "{size:5} {facts:10.1} {decided:10.1} {committed:10.1} {:10.1} {rate:22.0}",
            each(cpu)
        );
    }
    bench.store.close().await;
    let _ = std::fs::remove_dir_all(&folder);
}

/// User and system time of this process.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

impl Bench {
    async fn new(store: Store) -> Self {
        let mut ids = IdSource::new(START, 1);
        let id: TeamId = ids.next_id();
        let default_group: GroupId = ids.next_id();
        let event = Event::TeamCreated { name: Name::parse("Acme").unwrap(), default_group };
        let first = Entry { n: 1, at: START, actor: Actor::Cli, event };
        let team = Team::found(id, &first).unwrap();
        let mut bench = Self { store, team, ids, spent: Default::default(), made: 0 };
        let mut batch = bench.batch(0);
        batch.entries.push(first);
        bench.commit(batch).await;
        bench
    }

    async fn prepare(&mut self) -> rondo_core::ids::CampaignId {
        for number in 0..REPS {
            let details = RepDetails {
                name: Name::parse(&format!("Rep {number}")).unwrap(),
                email: Email::parse(&format!("rep{number}@example.com")).unwrap(),
                phone: None,
                time_zone: "UTC".to_owned(),
                calendar_link: None,
                salt: [0; 16],
            };
            self.run(&[Command::AddRep { details }]).await;
        }
        let add = Command::AddCampaign {
            name: Name::parse("Spring").unwrap(),
            group: None,
            rotation: Rotation::Campaign,
            when_owner_is_out: WhenOwnerIsOut::Owner,
        };
        let Answer::Campaign(campaign) = self.run(&[add]).await else { panic!() };
        self.run(&[Command::LaunchCampaign { campaign, at: None }]).await;
        campaign
    }

    fn qualify(&mut self, campaign: rondo_core::ids::CampaignId) -> Command {
        self.made += 1;
        let news = LeadNews {
            email: Email::parse(&format!("rosa.neill.{}@kiln-and-clay.example", self.made))
                .unwrap(),
            owner: None,
            fields: LeadFields {
                name: Some("Rosa Neill".to_owned()),
                company: Some("Kiln and Clay".to_owned()),
                ..LeadFields::default()
            },
        };
        Command::Qualify { campaign, subject: Subject::Lead(Box::new(news)), note: None }
    }

    fn batch(&mut self, expected_revision: u64) -> TeamBatch {
        TeamBatch {
            team: self.team.id(),
            expected_revision,
            batch: self.ids.next_id(),
            entries: Vec::new(),
            details: Vec::new(),
            remembered: Vec::new(),
            deliveries: Vec::new(),
            due_at: None,
        }
    }

    async fn commit(&self, batch: TeamBatch) {
        assert_eq!(self.store.commit(vec![batch]).await.unwrap(), [Committed::Done]);
    }

    async fn run(&mut self, commands: &[Command]) -> Answer {
        let began = Reading::now();
        let mut needs = Needs::default();
        commands.iter().for_each(|command| needs.add(command, &self.team));
        let mut facts: Facts =
            self.store.facts(vec![(self.team.id(), needs)]).await.unwrap().remove(0);
        let fetched = Reading::now();
        let mut batch = self.batch(self.team.revision());
        let mut answer = Answer::Done;
        for command in commands {
            let decided = decide(&self.team, command, &facts, START, &mut self.ids).unwrap();
            let entries: Vec<_> = (self.team.revision() + 1..)
                .zip(decided.events)
                .map(|(n, event)| Entry { n, at: START, actor: Actor::Cli, event })
                .collect();
            facts.follow(&entries, &decided.details, &decided.answer);
            entries.iter().for_each(|entry| self.team.apply(entry));
            batch.entries.extend(entries);
            batch.details.extend(decided.details);
            answer = decided.answer;
        }
        let decided = Reading::now();
        self.commit(batch).await;
        let committed = Reading::now();
        self.spent[0] += fetched - began;
        self.spent[1] += decided - fetched;
        self.spent[2] += committed - decided;
        answer
    }
}
