//! The rounds: every server under every load in turn, again and again.

use std::time::Duration;

use crate::load::{Outcome, Pace, Protocol, run};
use crate::plain::Plain;
use crate::processes::{Server, folder};
use crate::protocols::{JsonPost, RedisTurn, batches, new_leads};
use crate::setup::Team;
use crate::{Size, now};

/// Leads in one batch.
const BATCH: u64 = 1_000;

/// Connections that send batches: one is decided while the next is read.
const BATCH_CONNECTIONS: usize = 4;

pub(crate) struct Servers {
    pub(crate) redis: Server,
    pub(crate) empty: Server,
    pub(crate) large: Server,
}

/// Rates of one database.
#[derive(Default)]
pub(crate) struct Rates {
    pub(crate) at_64: Vec<f64>,
    pub(crate) at_256: Vec<f64>,
    pub(crate) batch: Vec<f64>,
}

/// What was measured, a value a round.
#[derive(Default)]
pub(crate) struct Rounds {
    pub(crate) redis_at_64: Vec<f64>,
    pub(crate) redis_at_256: Vec<f64>,
    pub(crate) noop_at_64: Vec<f64>,
    pub(crate) noop_cpu_micros: Vec<f64>,
    pub(crate) empty: Rates,
    pub(crate) large: Rates,
    pub(crate) cpu_micros: Vec<f64>,
    pub(crate) plain: Vec<f64>,
    pub(crate) fsync_micros: Vec<f64>,
    /// At half of the highest rate: what was asked for, and the median and 99th percentile of the answers in
    /// milliseconds.
    pub(crate) half_rate: f64,
    pub(crate) p50_millis: Vec<f64>,
    pub(crate) p99_millis: Vec<f64>,
}

pub(crate) fn measure(
    size: &Size,
    servers: &Servers,
    empty_team: &Team,
    large_team: &Team,
) -> Rounds {
    let mut rounds = Rounds::default();
    let plain_folder = folder();
    let mut plain = Plain::open(plain_folder.path());
    let mut empty = Leads::of("empty", empty_team);
    let mut large = Leads::of("large", large_team);
    let mut noop = JsonPost::new("/v1/noop", &empty_team.api_key, new_leads("noop"));
    // The first round warms caches and is not counted.
    for round in 0..=size.rounds {
        eprintln!("round {round} of {} …", size.rounds);
        let mut this = Rounds::default();
        this.fsync_micros.push(fsync_micros());
        this.redis_at_64.push(rate(size, &servers.redis, 64, &mut RedisTurn));
        let (noop_rate, noop_cpu) = with_cpu(size, &servers.empty, 64, &mut noop);
        this.noop_at_64.push(noop_rate);
        this.noop_cpu_micros.push(noop_cpu);
        let (at_64, cpu) = with_cpu(size, &servers.empty, 64, &mut empty.single);
        this.empty.at_64.push(at_64);
        this.cpu_micros.push(cpu);
        this.large.at_64.push(rate(size, &servers.large, 64, &mut large.single));
        this.plain.push(plain.run(size.length / 2));
        this.redis_at_256.push(rate(size, &servers.redis, 256, &mut RedisTurn));
        this.empty.at_256.push(rate(size, &servers.empty, 256, &mut empty.single));
        this.large.at_256.push(rate(size, &servers.large, 256, &mut large.single));
        this.empty.batch.push(batch_rate(size, &servers.empty, &mut empty.batch));
        this.large.batch.push(batch_rate(size, &servers.large, &mut large.batch));
        if round > 0 {
            rounds.extend(this);
        }
    }
    let best = median(&rounds.empty.at_64).max(median(&rounds.empty.at_256));
    rounds.half_rate = best / 2.0;
    for _ in 0..size.rounds {
        let pace = Pace::Open { per_second: rounds.half_rate };
        let outcome = run(&[servers.empty.address], 256, pace, size.length, &mut empty.single);
        rounds.p50_millis.push(millis(outcome.percentile(0.5)));
        rounds.p99_millis.push(millis(outcome.percentile(0.99)));
    }
    rounds
}

/// The requests for one database: every lead is new.
struct Leads {
    single: JsonPost,
    batch: JsonPost,
}

impl Leads {
    fn of(series: &'static str, team: &Team) -> Self {
        let batch_series = if series == "empty" { "emptybatch" } else { "largebatch" };
        let (single, batch) = (team.path("qualified"), team.path("qualified/batch"));
        Self {
            single: JsonPost::new(&single, &team.api_key, new_leads(series)),
            batch: JsonPost::new(&batch, &team.api_key, batches(batch_series, BATCH)),
        }
    }
}

impl Rounds {
    fn extend(&mut self, round: Self) {
        self.redis_at_64.extend(round.redis_at_64);
        self.redis_at_256.extend(round.redis_at_256);
        self.noop_at_64.extend(round.noop_at_64);
        self.noop_cpu_micros.extend(round.noop_cpu_micros);
        for (all, one) in [(&mut self.empty, round.empty), (&mut self.large, round.large)] {
            all.at_64.extend(one.at_64);
            all.at_256.extend(one.at_256);
            all.batch.extend(one.batch);
        }
        self.cpu_micros.extend(round.cpu_micros);
        self.plain.extend(round.plain);
        self.fsync_micros.extend(round.fsync_micros);
    }
}

fn closed(
    size: &Size,
    server: &Server,
    connections: usize,
    protocol: &mut dyn Protocol,
) -> Outcome {
    run(&[server.address], connections, Pace::Closed, size.length, protocol)
}

fn rate(size: &Size, server: &Server, connections: usize, protocol: &mut dyn Protocol) -> f64 {
    closed(size, server, connections, protocol).per_second()
}

fn batch_rate(size: &Size, server: &Server, protocol: &mut dyn Protocol) -> f64 {
    rate(size, server, BATCH_CONNECTIONS, protocol) * BATCH as f64
}

/// The rate, and the server's processor time for one answer in microseconds.
fn with_cpu(
    size: &Size,
    server: &Server,
    connections: usize,
    protocol: &mut dyn Protocol,
) -> (f64, f64) {
    let before = server.cpu_seconds();
    let outcome = closed(size, server, connections, protocol);
    let used = server.cpu_seconds() - before;
    (outcome.per_second(), used * 1e6 / outcome.answers as f64)
}

/// How long the disk takes to make one small append durable.
fn fsync_micros() -> f64 {
    use std::io::Write;
    let folder = folder();
    let mut file = std::fs::File::create(folder.path().join("log")).expect("a file is made");
    let mut lengths: Vec<Duration> = (0..200)
        .map(|_| {
            let start = now();
            file.write_all(&[7; 4096]).expect("the disk takes it");
            file.sync_data().expect("the disk takes it");
            start.elapsed()
        })
        .collect();
    lengths.sort_unstable();
    lengths[lengths.len() / 2].as_secs_f64() * 1e6
}

fn millis(length: Duration) -> f64 {
    length.as_secs_f64() * 1e3
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
