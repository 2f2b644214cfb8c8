//! The write path alone, without HTTP: `cargo bench -p rondo --bench routing -- engine`, for profiles.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rondo::engine::Request;

use crate::history::qualify;
use crate::now;
use crate::processes::{embedded, folder, own_cpu_seconds};
use crate::setup::{Open, Team, runtime};

/// Prints how many leads a second the engine assigns to 64 and 256 callers, and in batches of 1,000.
pub(crate) fn print_rates(length: Duration) {
    let folder = folder();
    runtime().block_on(async {
        let open = Arc::new(Open::database(embedded(folder.path())).await);
        let team = Arc::new(open.begin_team().await);
        let number = Arc::new(AtomicU64::new(0));
        for callers in [64, 256] {
            let (cpu, first) = (own_cpu_seconds(), number.load(Ordering::Relaxed));
            singles(&open, &team, &number, callers, length).await;
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
            let commands = (from..from + 1_000).map(|at| qualify(team.campaign, at)).collect();
            for done in open.engine.run_many(team.caller(), commands).await {
                done.expect("a lead is assigned");
            }
        }
        let count = number.load(Ordering::Relaxed) - first;
        print("batches of 1,000", count, cpu, start.elapsed());
        open.engine.stop().await;
    });
}

async fn singles(
    open: &Arc<Open>,
    team: &Arc<Team>,
    number: &Arc<AtomicU64>,
    callers: usize,
    length: Duration,
) {
    let start = now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..callers {
        let (open, team, number) = (Arc::clone(open), Arc::clone(team), Arc::clone(number));
        tasks.spawn(async move {
            while start.elapsed() < length {
                let command = qualify(team.campaign, number.fetch_add(1, Ordering::Relaxed));
                let request = Request { command, idempotency: None };
                open.engine.run(team.caller(), request).await.expect("a lead is assigned");
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
