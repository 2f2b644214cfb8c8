//! The part of the page about the embedded database: a line for each target, what was measured, and on what.

use std::time::Duration;

use crate::Size;
use crate::page::{self, HEAD, Row, grouped, line, machine, table, today};
use crate::rounds::{Rounds, median};
use crate::rules::{Rules, cached_team};
use crate::setup::REPS;

/// Teams built to weigh them: enough that the process's own memory does not show.
const TEAMS_WEIGHED: u64 = 4_000;

pub(crate) struct Report {
    pub(crate) size: Size,
    pub(crate) rules: Rules,
    pub(crate) bytes_per_1000_teams: f64,
    /// How long it took to write the earlier assignments, and what they take on disk.
    pub(crate) history: Duration,
    pub(crate) bytes: u64,
    pub(crate) rounds: Rounds,
}

fn nanos(length: Duration) -> f64 {
    length.as_secs_f64() * 1e9
}

fn micros(length: Duration) -> f64 {
    length.as_secs_f64() * 1e6
}

fn millis(length: Duration) -> f64 {
    length.as_secs_f64() * 1e3
}

impl Report {
    fn rows(&self) -> Vec<Row> {
        let (rounds, rules) = (&self.rounds, &self.rules);
        let redis_64 = median(&rounds.redis_at_64);
        let redis_256 = median(&rounds.redis_at_256);
        let (empty, large) = (&rounds.empty, &rounds.large);
        let kept = |large: &[f64], empty: &[f64]| median(large) / median(empty);
        let earlier =
            |what: &str| format!("{what}, {} earlier assignments vs none", self.rows_written());
        let cpu = median(&rounds.cpu_micros) / median(&rounds.noop_cpu_micros);
        vec![
            Row::at_least(
                "durable `POST …/qualified`, 64 connections, vs Redis",
                "≥ 1.0",
                1.0,
                median(&empty.at_64) / redis_64,
            ),
            Row::at_least(
                "the same at 256 connections",
                "≥ 0.7",
                0.7,
                median(&empty.at_256) / redis_256,
            ),
            Row::at_most("server CPU per qualified lead vs no-op", "≤ 3.0", 3.0, cpu, ""),
            Row::at_least(
                "batches of 1,000, leads per second vs Redis at 64 connections",
                "≥ 8",
                8.0,
                median(&empty.batch) / redis_64,
            ),
            Row::at_least(
                &earlier("64 connections"),
                "≥ 0.7",
                0.7,
                kept(&large.at_64, &empty.at_64),
            ),
            Row::at_least(
                &earlier("256 connections"),
                "≥ 0.7",
                0.7,
                kept(&large.at_256, &empty.at_256),
            ),
            Row::at_least(
                &earlier("batches of 1,000"),
                "≥ 0.7",
                0.7,
                kept(&large.batch, &empty.batch),
            ),
            Row::at_most("next turn, 10 reps", "≤ 50 ns", 50.0, nanos(rules.next_of_10), " ns"),
            Row::at_most(
                "next turn, 100,000 reps, all but one away",
                "≤ 1 µs",
                1.0,
                micros(rules.next_of_100_000),
                " µs",
            ),
            Row::at_most("`decide`, one lead", "≤ 3 µs", 3.0, micros(rules.decide_lead), " µs"),
            Row::at_most(
                "coverage guard, 100,000 reps with two absences each",
                "≤ 1 ms",
                1.0,
                millis(rules.guard),
                " ms",
            ),
            Row::at_most(
                "memory per 1,000 cached teams of 25 reps, 4 groups, 10 campaigns",
                "≤ 8 MB",
                8.0,
                self.bytes_per_1000_teams / 1e6,
                " MB",
            ),
            Row {
                what: format!("p99 latency at half the highest rate ({:.0}/s)", rounds.half_rate),
                target: "reported",
                measured: format!("{:.1} ms", median(&rounds.p99_millis)),
                is_reached: None,
            },
        ]
    }

    /// The targets as a table.
    pub(crate) fn table(&self) -> String {
        table(&self.rows())
    }

    fn medians(&self) -> String {
        let rounds = &self.rounds;
        let mut table = HEAD.to_owned();
        let earlier = self.rows_written();
        let rates: [(String, &[f64]); 11] = [
            ("Redis `LMOVE`, 64 connections, per second".to_owned(), &rounds.redis_at_64),
            ("Redis `LMOVE`, 256 connections, per second".to_owned(), &rounds.redis_at_256),
            ("no-op JSON `POST`, 64 connections, per second".to_owned(), &rounds.noop_at_64),
            ("SQLite, a transaction per decision, per second".to_owned(), &rounds.plain),
            ("qualified, 64 connections, per second".to_owned(), &rounds.empty.at_64),
            ("qualified, 256 connections, per second".to_owned(), &rounds.empty.at_256),
            ("qualified in batches of 1,000, per second".to_owned(), &rounds.empty.batch),
            (format!("64 connections, {earlier} earlier"), &rounds.large.at_64),
            (format!("256 connections, {earlier} earlier"), &rounds.large.at_256),
            (format!("batches of 1,000, {earlier} earlier"), &rounds.large.batch),
            ("a durable append of 4 KB to this disk, µs".to_owned(), &rounds.fsync_micros),
        ];
        for (what, values) in rates {
            line(&mut table, &what, values, 0);
        }
        line(&mut table, "server CPU per no-op, µs", &rounds.noop_cpu_micros, 1);
        line(&mut table, "server CPU per qualified lead, µs", &rounds.cpu_micros, 1);
        line(&mut table, "median latency at half the highest rate, ms", &rounds.p50_millis, 1);
        line(&mut table, "p99 latency at half the highest rate, ms", &rounds.p99_millis, 1);
        table
    }

    fn part(&self) -> String {
        format!(
            "Written by `cargo bench -p rondo --bench routing` on {date}; do not edit. {machine} {REPS} reps in the team.\n\n\
             An acknowledged assignment is on disk (the log was synced after it was committed); Redis runs with `appendonly yes`,\n\
             `appendfsync always`. Servers and load share the machine's processors, and one single-threaded load\n\
             generator drives all of them. {rounds} rounds of {seconds} s each, interleaved; ratios are of medians.\n\
             Every lead is new: each answer stands for a lead, a conversation, an assignment and a ledger entry.\n\n\
             {table}\n\
             ### What was measured\n\n{medians}\n\
             Also, beside the targets:\n\n\
             - a refused absence of the last of 100,000 reps, the whole decision: {refused:.2} ms;\n\
             - an accepted absence among 100,000 reps with two absences each, the whole decision: {accepted:.2} ms;\n\
             - the history of {rows} earlier assignments was written by the engine itself in {history:.0} s\n  \
             ({rate:.0} a second), and takes {per_row:.0} bytes on disk for each.",
            date = today(),
            machine = machine(),
            rounds = self.size.rounds,
            seconds = self.size.length.as_secs(),
            table = self.table(),
            medians = self.medians(),
            refused = millis(self.rules.refused_absence),
            accepted = millis(self.rules.accepted_absence),
            rows = self.rows_written(),
            history = self.history.as_secs_f64(),
            rate = self.size.rows as f64 / self.history.as_secs_f64(),
            per_row = self.bytes as f64 / self.size.rows.max(1) as f64,
        )
    }

    fn rows_written(&self) -> String {
        grouped(self.size.rows)
    }

    /// Writes its part of the page.
    pub(crate) fn write(&self) {
        page::write("routing", &self.part());
    }
}

/// Bytes for a thousand teams, weighed in a process of its own.
pub(crate) fn memory_of_cached_teams() -> f64 {
    let program = std::env::current_exe().expect("this program has a path");
    let output =
        std::process::Command::new(program).arg("memory").output().expect("it starts again");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().unwrap_or_else(|_| panic!("not a number of bytes: {text}"))
}

/// Prints what a thousand teams take, as the kernel sees it.
pub(crate) fn print_memory_of_cached_teams() {
    let before = resident_bytes();
    let teams: Vec<_> = (1..=TEAMS_WEIGHED).map(cached_team).collect();
    let grown = resident_bytes() - before;
    assert_eq!(teams.len() as u64, TEAMS_WEIGHED);
    println!("{}", grown / TEAMS_WEIGHED as f64 * 1_000.0);
}

fn resident_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this process runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it has memory");
    let kilobytes = line.split_whitespace().nth(1).expect("a number follows");
    kilobytes.parse::<f64>().expect("the kernel writes numbers") * 1024.0
}
