//! What Rondo's speed and size are, against yardsticks measured in the same minutes: `cargo bench -p rondo --bench routing`.
//!
//! It starts Redis and Rondo's release build as processes of their own on loopback and loads them in turn, round after
//! round, so that a noisy machine is noisy for all of them. Medians and ratios go to `docs/benchmarks.md`. Set by the
//! environment:
//!
//! | variable | default | |
//! |---|---|---|
//! | `RONDO_BENCH_ROWS` | 10000000 | earlier assignments in the large database |
//! | `RONDO_BENCH_ROUNDS` | 5 | rounds of which medians are taken |
//! | `RONDO_BENCH_SECONDS` | 3 | length of one measurement |
//! | `RONDO_BENCH_REPORT` | `docs/benchmarks.md` | where the page is written |
//!
//! With `-- postgres` it measures several servers on PostgreSQL, with `-- mail` replies that are read and routed, and
//! with `-- console` the console's pages in a large team; each writes a part of the page of its own.
//! With `-- rules` it measures the rules alone, with `-- memory` what cached teams take, with `-- engine` the write path
//! without HTTP: seconds each.

mod console;
mod history;
mod inside;
mod load;
mod mail;
mod nodes;
mod page;
mod plain;
mod postgres;
mod processes;
mod protocols;
mod report;
mod rounds;
mod rules;
mod setup;

use std::alloc::{GlobalAlloc, Layout, System};
use std::time::{Duration, Instant};

use mimalloc::MiMalloc;

use crate::processes::{Server, embedded, folder, require_redis};
use crate::report::Report;

/// The one reading of the clock here.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// What the environment asks for.
pub(crate) struct Size {
    pub(crate) rows: u64,
    pub(crate) rounds: usize,
    pub(crate) length: Duration,
}

impl Size {
    fn from_environment() -> Self {
        Self {
            rows: variable("RONDO_BENCH_ROWS", 10_000_000),
            rounds: variable("RONDO_BENCH_ROUNDS", 5) as usize,
            length: Duration::from_secs(variable("RONDO_BENCH_SECONDS", 3)),
        }
    }
}

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name} is a whole number, not `{text}`"))
    })
}

/// As the released program does, so that its memory is weighed and no other.
#[global_allocator]
static ALLOCATOR: System = System;

/// Has mimalloc linked, which nothing else here names.
#[used]
static MALLOC: unsafe fn(&MiMalloc, Layout) -> *mut u8 = <MiMalloc as GlobalAlloc>::alloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["memory", ..] => return report::print_memory_of_cached_teams(),
        ["console", ..] => return console::measure_and_report(),
        ["engine", ..] => return inside::print_rates(Size::from_environment().length),
        ["mail", ..] => return mail::measure_and_report(Size::from_environment()),
        ["postgres", ..] => return nodes::measure_and_report(Size::from_environment()),
        ["rules", ..] => return println!("{:#?}", rules::measure()),
        _ => {}
    }
    let size = Size::from_environment();
    require_redis();
    eprintln!("rules …");
    let rules = rules::measure();
    let bytes_per_1000_teams = report::memory_of_cached_teams();

    let (empty, large) = (folder(), folder());
    let (empty, large) = (embedded(empty.path()), embedded(large.path()));
    let (empty_team, large_team) = (setup::team(empty.clone()), setup::team(large.clone()));
    let history = history::write(large.clone(), &large_team, size.rows);
    let bytes = std::fs::metadata(&large["sqlite:".len()..]).map_or(0, |file| file.len());
    let servers = rounds::Servers {
        redis: Server::redis(),
        empty: Server::rondo(&empty),
        large: Server::rondo(&large),
    };
    setup::fill_circle(&servers.redis);
    let rounds = rounds::measure(&size, &servers, &empty_team, &large_team);
    let report = Report { size, rules, bytes_per_1000_teams, history, bytes, rounds };
    println!("{}", report.table());
    report.write();
}
