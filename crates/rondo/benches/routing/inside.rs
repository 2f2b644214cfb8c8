//! The write path alone, without HTTP: `cargo bench -p rondo --bench routing -- engine`, for profiles.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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

use crate::history::qualify;
use crate::now;
use crate::processes::{folder, own_cpu_seconds};
use crate::setup::REPS;

/// Prints how many leads a second the engine assigns to 64 and 256 callers, and in batches of 1,000.
pub(crate) fn print_rates(length: Duration) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime starts");
    let folder = folder();
    let database = format!("sqlite:{}", folder.path().join("rondo.db").display());
    runtime.block_on(async {
        let store = Store::open(&StoreOptions { database, readers: 2 }).await.expect("it opens");
        let clock = Arc::new(SystemClock::new());
        let (engine, caller, campaign) = begin(store, clock).await;
        let number = Arc::new(AtomicU64::new(0));
        for callers in [64, 256] {
            let (cpu, first) = (own_cpu_seconds(), number.load(Ordering::Relaxed));
            singles(&engine, caller, campaign, &number, callers, length).await;
            print(
                &format!("{callers} callers"),
                number.load(Ordering::Relaxed) - first,
                cpu,
                length,
            );
        }
        let (start, first) = (now(), number.load(Ordering::Relaxed));
        let cpu = own_cpu_seconds();
        while start.elapsed() < length {
            let from = number.fetch_add(1_000, Ordering::Relaxed);
            let commands = (from..from + 1_000).map(|at| qualify(campaign, at)).collect();
            for done in engine.run_many(caller, commands).await {
                done.expect("a lead is assigned");
            }
        }
        let count = number.load(Ordering::Relaxed) - first;
        print("batches of 1,000", count, cpu, start.elapsed());
        engine.stop().await;
    });
}

async fn singles(
    engine: &Engine,
    caller: Caller,
    campaign: CampaignId,
    number: &Arc<AtomicU64>,
    callers: usize,
    length: Duration,
) {
    let start = now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..callers {
        let (engine, number) = (engine.clone(), Arc::clone(number));
        tasks.spawn(async move {
            while start.elapsed() < length {
                let command = qualify(campaign, number.fetch_add(1, Ordering::Relaxed));
                let request = Request { command, idempotency: None };
                engine.run(caller, request).await.expect("a lead is assigned");
            }
        });
    }
    tasks.join_all().await;
}

fn print(what: &str, count: u64, cpu_before: f64, length: Duration) {
    let rate = count as f64 / length.as_secs_f64();
    let cpu = (own_cpu_seconds() - cpu_before) * 1e6 / count as f64;
    println!("{what}: {rate:.0} leads a second, {cpu:.0} µs of processor time each");
}

async fn begin(store: Store, clock: Arc<SystemClock>) -> (Engine, Caller, CampaignId) {
    let entropy = Arc::new(SystemEntropy);
    let admin = Email::parse("admin@bench.example").expect("an address");
    let team: TeamId =
        found(&store, name("Bench"), admin, &*clock, &*entropy).await.expect("a team begins").team;
    let engine = Engine::start(store, clock, entropy, EngineOptions::default());
    let caller = Caller { team, actor: Actor::Cli };
    for rep in 1..=REPS {
        run(&engine, caller, Command::AddRep { details: rep_details(rep) }).await;
    }
    let add = Command::AddCampaign {
        name: name("Spring"),
        group: None,
        rotation: Rotation::Campaign,
        when_owner_is_out: WhenOwnerIsOut::Owner,
    };
    let Answer::Campaign(campaign) = run(&engine, caller, add).await else {
        panic!("a campaign is made");
    };
    run(&engine, caller, Command::LaunchCampaign { campaign, at: None }).await;
    (engine, caller, campaign)
}

async fn run(engine: &Engine, caller: Caller, command: Command) -> Answer {
    let request = Request { command, idempotency: None };
    engine.run(caller, request).await.expect("it is allowed").answer
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
