//! Servers on PostgreSQL against what a developer writes there in an afternoon, in rounds like those of [`crate::rounds`]:
//! `cargo bench -p rondo --bench routing -- postgres`.

use std::net::SocketAddr;
use std::time::Duration;

use crate::load::{Pace, run};
use crate::page::{self, HEAD, Row, grouped, line, machine, table, today};
use crate::postgres::Postgres;
use crate::processes::Server;
use crate::protocols::{JsonPost, OfTeams, new_leads};
use crate::rounds::median;
use crate::setup::{self, REPS, Team};
use crate::{Size, history};

/// Connections that report leads.
const CONNECTIONS: usize = 256;

/// Campaigns that the naive script is spread over.
const CAMPAIGNS: usize = 256;

/// What was measured, a value a round: leads a second.
#[derive(Default)]
struct Rates {
    naive_spread: Vec<f64>,
    naive_hot: Vec<f64>,
    teams_16: Vec<f64>,
    teams_256: Vec<f64>,
    hot: Vec<f64>,
    hot_cpu_micros: Vec<f64>,
    hot_postgres_micros: Vec<f64>,
    two_nodes_16: Vec<f64>,
    two_nodes_hot: Vec<f64>,
    earlier: Vec<f64>,
}

/// What stands for the whole run.
struct Bench {
    length: Duration,
    postgres: Postgres,
    nodes: [Server; 2],
    large: Server,
    teams_16: OfTeams,
    teams_256: OfTeams,
    hot: OfTeams,
    earlier: OfTeams,
}

/// Measures, prints the table, and writes its part of the page.
pub(crate) fn measure_and_report(size: Size) {
    let postgres = Postgres::start();
    let (empty, large) = (postgres.database("empty"), postgres.database("large"));
    let teams = setup::teams(empty.clone(), 1 + 16 + 256);
    let large_team = setup::team(large.clone());
    let history = history::write(large.clone(), &large_team, size.rows);
    for database in [&large, &empty] {
        postgres.settle(database);
    }
    let bytes = postgres.bytes(&large);
    let (hot, rest) = teams.split_at(1);
    let (teams_16, teams_256) = rest.split_at(16);
    let mut bench = Bench {
        length: size.length,
        postgres,
        nodes: [Server::rondo(&empty), Server::rondo(&empty)],
        large: Server::rondo(&large),
        teams_16: requests(teams_16, "few"),
        teams_256: requests(teams_256, "many"),
        hot: requests(hot, "hot"),
        earlier: requests(&[large_team], "large"),
    };
    let mut rates = Rates::default();
    // The first round warms caches and is not counted.
    for round in 0..=size.rounds {
        eprintln!("round {round} of {} …", size.rounds);
        let this = bench.round();
        if round > 0 {
            rates.extend(this);
        }
    }
    let rows = rates.rows(size.rows);
    println!("{}\n{}", table(&rows), rates.medians(size.rows));
    page::write("postgres", &part(&size, &rows, &rates, history, bytes));
}

fn requests(teams: &[Team], series: &'static str) -> OfTeams {
    let of = |team: &Team| JsonPost::new(&team.path("qualified"), &team.api_key, new_leads(series));
    OfTeams(teams.iter().map(of).collect())
}

impl Bench {
    fn round(&mut self) -> Rates {
        let [one, two] = [self.nodes[0].address, self.nodes[1].address];
        let length = self.length;
        let before = [self.nodes[0].cpu_seconds(), self.postgres.cpu_seconds()];
        let hot = rate(&[one], length, &mut self.hot);
        let after = [self.nodes[0].cpu_seconds(), self.postgres.cpu_seconds()];
        let leads = hot * length.as_secs_f64();
        let micros = |at: usize| vec![(after[at] - before[at]) * 1e6 / leads];
        Rates {
            hot: vec![hot],
            hot_cpu_micros: micros(0),
            hot_postgres_micros: micros(1),
            naive_hot: vec![self.postgres.naive_rate(1, length)],
            earlier: vec![rate(&[self.large.address], length, &mut self.earlier)],
            two_nodes_hot: vec![rate(&[one, two], length, &mut self.hot)],
            teams_16: vec![rate(&[one], length, &mut self.teams_16)],
            naive_spread: vec![self.postgres.naive_rate(CAMPAIGNS, length)],
            two_nodes_16: vec![rate(&[one, two], length, &mut self.teams_16)],
            teams_256: vec![rate(&[one], length, &mut self.teams_256)],
        }
    }
}

fn rate(servers: &[SocketAddr], length: Duration, requests: &mut OfTeams) -> f64 {
    run(servers, CONNECTIONS, Pace::Closed, length, requests).per_second()
}

impl Rates {
    fn extend(&mut self, round: Self) {
        for (all, one) in self.lists_mut().into_iter().zip(round.lists()) {
            all.extend_from_slice(one);
        }
    }

    fn lists(&self) -> [&Vec<f64>; 10] {
        [
            &self.naive_spread,
            &self.naive_hot,
            &self.teams_16,
            &self.teams_256,
            &self.hot,
            &self.hot_cpu_micros,
            &self.hot_postgres_micros,
            &self.two_nodes_16,
            &self.two_nodes_hot,
            &self.earlier,
        ]
    }

    fn lists_mut(&mut self) -> [&mut Vec<f64>; 10] {
        [
            &mut self.naive_spread,
            &mut self.naive_hot,
            &mut self.teams_16,
            &mut self.teams_256,
            &mut self.hot,
            &mut self.hot_cpu_micros,
            &mut self.hot_postgres_micros,
            &mut self.two_nodes_16,
            &mut self.two_nodes_hot,
            &mut self.earlier,
        ]
    }

    fn rows(&self, earlier: u64) -> Vec<Row> {
        let ratio = |rates: &[f64], to: &[f64]| median(rates) / median(to);
        vec![
            Row::at_least(
                "durable `POST …/qualified`, 256 connections, 16 teams, vs the naive script",
                "≥ 5",
                5.0,
                ratio(&self.teams_16, &self.naive_spread),
            ),
            Row::at_least(
                "the same with 256 teams",
                "≥ 1.5",
                1.5,
                ratio(&self.teams_256, &self.naive_spread),
            ),
            Row::at_least(
                "one hot campaign vs the naive script on one hot campaign",
                "≥ 30",
                30.0,
                ratio(&self.hot, &self.naive_hot),
            ),
            Row {
                what: "two servers on different teams vs one (the same two cores)".to_owned(),
                target: "reported",
                measured: format!("{:.2}", ratio(&self.two_nodes_16, &self.teams_16)),
                is_reached: None,
            },
            Row::at_least(
                "two servers on the same team vs one",
                "≥ 0.6",
                0.6,
                ratio(&self.two_nodes_hot, &self.hot),
            ),
            Row::at_least(
                &format!("{} earlier assignments vs none", grouped(earlier)),
                "≥ 0.7",
                0.7,
                ratio(&self.earlier, &self.hot),
            ),
        ]
    }

    fn medians(&self, earlier: u64) -> String {
        let mut table = HEAD.to_owned();
        let rates: [(&str, &[f64]); 9] = [
            ("naive script, 64 clients, 256 campaigns, per second", &self.naive_spread),
            ("naive script, 64 clients, one campaign, per second", &self.naive_hot),
            ("qualified, 16 teams, per second", &self.teams_16),
            ("qualified, 256 teams, per second", &self.teams_256),
            ("qualified, one campaign, per second", &self.hot),
            ("qualified, 16 teams, two servers, per second", &self.two_nodes_16),
            ("qualified, one campaign, two servers, per second", &self.two_nodes_hot),
            ("server CPU per qualified lead, one campaign, µs", &self.hot_cpu_micros),
            ("PostgreSQL CPU per qualified lead, one campaign, µs", &self.hot_postgres_micros),
        ];
        for (what, values) in rates {
            line(&mut table, what, values, 0);
        }
        let what = format!("qualified, one campaign, {} earlier, per second", grouped(earlier));
        line(&mut table, &what, &self.earlier, 0);
        table
    }
}

fn part(size: &Size, rows: &[Row], rates: &Rates, history: Duration, bytes: u64) -> String {
    format!(
        "Written by `cargo bench -p rondo --bench routing -- postgres` on {date}; do not edit. {machine} {REPS} reps in the team.\n\n\
         PostgreSQL 15 with `shared_buffers=2GB max_wal_size=8GB checkpoint_timeout=15min`, all else as it comes: every commit is on\n\
         disk before it is answered. PostgreSQL, servers and load share the machine's processors. The naive script is\n\
         `pgbench --protocol=prepared` with 64 clients; each lead is one transaction: `select … for update` on the campaign's cursor, an\n\
         update, and an insert each into assignments, audit and outbox. Rondo is loaded over HTTP by {CONNECTIONS} connections, and every lead\n\
         is new. {rounds} rounds of {seconds} s each, interleaved; ratios are of medians.\n\n\
         {table}\n\
         {medians}\n\
         The history of {rows} earlier assignments was written by the engine itself in {history:.0} s ({rate:.0} a second), and\n\
         takes {per_row:.0} bytes on disk for each.",
        date = today(),
        machine = machine(),
        rounds = size.rounds,
        seconds = size.length.as_secs(),
        table = table(rows),
        medians = rates.medians(size.rows),
        rows = grouped(size.rows),
        history = history.as_secs_f64(),
        rate = size.rows as f64 / history.as_secs_f64(),
        per_row = bytes as f64 / size.rows.max(1) as f64,
    )
}
