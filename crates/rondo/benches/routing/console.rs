//! How soon each page of the console is there, in a large team: `cargo bench -p rondo --bench routing -- console`.
//!
//! A database is filled by the engine, then every page of the console's table is asked for in this process, as an
//! admin, in rounds, so that what else the machine does falls on all of them. `RONDO_BENCH_DATA` names a file that is
//! filled once and kept for the next time.

mod browser;
mod fill;
mod places;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use axum::http::StatusCode;
use rondo::app::people::{self, NewUser};
use rondo::app::replies;
use rondo::app::sending::system;
use rondo::clock::{Entropy as _, SystemEntropy};
use rondo::console::{self, ConsoleOptions, StartLink};
use rondo_core::event::Role;
use rondo_core::text::Email;

use self::browser::{Browser, Reads};
use self::places::Places;
use crate::page::{self, Row, grouped, machine, table, today};
use crate::processes::folder;
use crate::setup::{Open, Team, runtime};
use crate::{mail, variable};

/// What a page may take.
const PAGE_MAX: Duration = Duration::from_millis(20);
/// Replies of the campaign that writes: enough for threads, and for a queue of replies to review.
const REPLIES: usize = 300;

/// A page as it was measured.
struct Measured {
    page: &'static str,
    is_file: bool,
    status: StatusCode,
    bytes: usize,
    compressed: usize,
    took: Vec<Duration>,
    /// Processor time, which others on the machine have no part in.
    worked: Vec<Duration>,
}

impl Measured {
    /// Whether it looks through what no index has, which takes long by nature.
    fn is_search(&self) -> bool {
        self.page.contains("find=")
    }

    /// What so many of a hundred stay within, in milliseconds.
    fn within(&self, hundredths: usize) -> f64 {
        within(&self.took, hundredths)
    }
}

fn within(sorted: &[Duration], hundredths: usize) -> f64 {
    let index = (sorted.len() * hundredths).div_ceil(100).max(1) - 1;
    sorted[index].as_secs_f64() * 1e3
}

/// Measures and writes a part of the page.
pub(crate) fn measure_and_report() {
    let assignments = variable("RONDO_BENCH_ROWS", 1_000_000);
    let asks = variable("RONDO_BENCH_ASKS", 100) as usize;
    let temporary = folder();
    let kept = std::env::var_os("RONDO_BENCH_DATA").map(PathBuf::from);
    let file = kept.unwrap_or_else(|| temporary.path().join("rondo.db"));
    let database = format!("sqlite:{}", file.display());
    let (mut pages, filled) = runtime().block_on(async {
        let began = crate::now();
        let is_new = !file.exists();
        if is_new {
            fill::fill(database.clone(), assignments).await;
            correspond(database.clone()).await;
        }
        // Data that was kept took no time.
        let filled = is_new.then(|| began.elapsed());
        (measure(database, asks).await, filled)
    });
    pages.sort_by(|one, other| other.within(99).total_cmp(&one.within(99)));
    let part = part(&pages, assignments, asks, filled);
    println!("{part}");
    page::write("console", &part);
}

async fn measure(database: String, asks: usize) -> Vec<Measured> {
    let open = Open::database(database).await;
    let teams = open.store.teams(None, 1).await.expect("the data can be read");
    let (app, team) = (mail::app(&open), teams[0]);
    let caller = system(team);
    let options =
        ConsoleOptions { start: StartLink::new(&SystemEntropy), is_secure: true, oidc: None };
    let start = options.start.path();
    let router = console::beside(axum::Router::new(), app.clone(), options);
    let email = somebody();
    let invited =
        people::invite(&app, &caller, NewUser { email, role: Role::Admin, rep: None }).await;
    let invited = invited.expect("they are invited");
    let browser = Browser::signed_in(router, invited.link.path()).await;
    let places = Places::of(&app, &caller, &browser).await;
    let mut pages = Vec::new();
    for (page, address) in places.all(&start) {
        pages.push((address.clone(), first(&browser, page, &address).await));
    }
    for round in 0..asks {
        eprint!("\rround {} of {asks} ", round + 1);
        for (address, page) in &mut pages {
            let before = processor_time();
            // In a task of its own: the kernel counts the time of a thread once it rests.
            let (browser, address) = (browser.clone(), address.clone());
            let asked = async move { browser.get(&address, Reads::Compressed).await.took };
            page.took.push(tokio::spawn(asked).await.expect("no page panics"));
            page.worked.push(processor_time() - before);
        }
    }
    eprintln!();
    open.close().await;
    let sorted = |(_, mut page): (String, Measured)| {
        page.took.sort_unstable();
        page.worked.sort_unstable();
        page
    };
    pages.into_iter().map(sorted).collect()
}

/// Pages that say that there is nothing: the team has begun, no provider is set up, and no link was mailed.
const NOT_HERE: [&str; 5] =
    ["/start/{token}", "/sign-in/back", "/sign-in/link/{token}", "/sign-in/team", "/sign-in/with"];

/// Asks for a page once, to see what it is.
async fn first(browser: &Browser, page: &'static str, address: &str) -> Measured {
    let (plain, compressed) =
        (browser.get(address, Reads::Plain).await, browser.get(address, Reads::Compressed).await);
    eprintln!("{page}: {} in {:.1} ms", plain.status, plain.took.as_secs_f64() * 1e3);
    let is_expected = plain.status == StatusCode::OK || NOT_HERE.contains(&page);
    assert!(is_expected, "`{address}` answers {}: {}", plain.status, plain.text());
    Measured {
        page,
        is_file: plain.is_file(),
        status: plain.status,
        bytes: plain.body.len(),
        compressed: compressed.body.len(),
        took: Vec::new(),
        worked: Vec::new(),
    }
}

/// An address that nobody has.
fn somebody() -> Email {
    let address = format!("ada{}@bench.example", SystemEntropy.seed());
    Email::parse(&address).expect("an address")
}

/// A campaign that writes, and what its leads wrote back.
async fn correspond(database: String) {
    let open = Open::database(database).await;
    let team = open.store.teams(None, 1).await.expect("the data can be read")[0];
    let app = mail::app(&open);
    let campaign = app.engine().team(team).await.expect("it can be read").expect("it is there");
    let campaign = campaign.team.campaigns().next().expect("there are campaigns").id;
    let team = Team { id: team, campaign, api_key: String::new() };
    let row = mail::mailbox(&open, &team).await;
    let written = mail::written_to(&open, &app, &team, &row).await;
    let caller = system(team.id);
    for raw in written.into_iter().take(REPLIES) {
        replies::take_in(&app, &caller, &row, raw).await.expect("it is taken in");
    }
    open.close().await;
}

/// How many threads of any program ran or waited for a processor in the last minute, on average.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// Processor time that this process has used so far, in all its threads.
fn processor_time() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux lists threads");
    let of = |thread: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    Duration::from_nanos(threads.filter_map(of).sum())
}

fn part(pages: &[Measured], assignments: u64, asks: usize, filled: Option<Duration>) -> String {
    let shown = || pages.iter().filter(|page| !page.is_file && !page.is_search());
    let most = |hundredths| shown().map(|page| page.within(hundredths)).fold(0.0, f64::max);
    let millis = PAGE_MAX.as_secs_f64() * 1e3;
    let rows = [
        Row::at_most("the slowest page, least", "≤ 20 ms", millis, most(0), " ms"),
        Row::at_most("the slowest page, p50", "≤ 20 ms", millis, most(50), " ms"),
        Row::at_most("the slowest page, p99", "≤ 20 ms", millis, most(99), " ms"),
    ];
    let mut lines = String::from(
        "| page | least, ms | p50, ms | p99, ms | processor, ms | bytes | compressed |\n|---|---:|---:|---:|---:|---:|---:|\n",
    );
    for page in pages {
        let what = match (page.is_file, page.status) {
            (true, _) => " (a file)".to_owned(),
            _ if page.is_search() => " (a search)".to_owned(),
            (false, StatusCode::OK) => String::new(),
            (false, status) => format!(" ({})", status.as_u16()),
        };
        let (least, p50, p99) = (page.within(0), page.within(50), page.within(99));
        let worked = within(&page.worked, 50);
        let (bytes, compressed) = (grouped(page.bytes as u64), grouped(page.compressed as u64));
        writeln!(lines, "| `{}`{what} | {least:.1} | {p50:.1} | {p99:.1} | {worked:.1} | {bytes} | {compressed} |", page.page)
            .expect("text grows");
    }
    format!(
        "Written by `cargo bench -p rondo --bench routing -- console` on {}; do not edit. {}\n\n\
         One team in an embedded database: {} reps, {} groups of 3 to {} of them, {} campaigns, {} assignments in a year, \
         a tenth of them in one campaign, and conversations, reviews and mail in proportion. {} \
         Each page of the console is asked for {asks} times, in rounds, in the server's process and as an admin, with the \
         largest group and the largest campaign: from the request until the last byte is there, compressed. A sum that takes long is made beside the pages that show it. \
         While other programs use the machine, what is least and the processor time (p50 of all threads) tell more than p99; \
         {load} threads ran or waited for its processors meanwhile.\n\n{}\n{lines}",
        today(),
        machine(),
        grouped(fill::REPS as u64),
        grouped(fill::GROUPS as u64),
        grouped(fill::REPS as u64),
        grouped(fill::CAMPAIGNS as u64),
        grouped(assignments),
        filled.map_or(String::new(), |filled| {
            format!("The engine wrote it in {:.0} s.", filled.as_secs_f64())
        }),
        table(&rows),
        load = load(),
    )
}
