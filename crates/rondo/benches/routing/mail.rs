//! Replies read, classified and routed: `cargo bench -p rondo --bench routing -- mail`, through the same way as mail that
//! was fetched, on an embedded database, everything durable.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rondo::app::sending::system;
use rondo::app::{App, AppParts, MailParts, replies};
use rondo::clock::{Clock, Entropy, SystemClock, SystemEntropy};
use rondo::egress::{Egress, EgressPolicy, SystemNames};
use rondo::engine::Request;
use rondo::mail::message::MESSAGE_BYTES_MAX;
use rondo::mail::tokens::message_id;
use rondo::qualifier;
use rondo::secrets::{SecretKey, Vault};
use rondo_core::command::{Answer, Command, LeadNews};
use rondo_core::detail::{Existing, LeadFields, MailboxDetails, MessageText, StepText};
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::{Id as _, MailboxId};
use rondo_core::mail::MailPlan;
use rondo_core::text::{Email, Name};
use rondo_store::MailboxRow;

use crate::page::{self, HEAD, Row, line, machine, table, today};
use crate::processes::{embedded, folder, own_cpu_seconds};
use crate::rounds::median;
use crate::setup::{Open, Team, runtime};
use crate::{Size, now};

/// Replies of a round.
const REPLIES: usize = 3_000;
/// Messages taken in side by side.
const AT_ONCE: usize = 64;
/// Texts timed one by one, each often enough to see the slowest hundredth.
const TIMED: usize = 20_000;
const ADDRESS: &str = "ida@bench.example";

/// What leads answer: of each kind one.
const TEXTS: [&str; 8] = [
    "Yes, I am interested. Please call me tomorrow at 10 and send me a quote. My number is +49 30 901820.",
    "Sounds interesting. Which systems does it work with, and where is the data kept?",
    "Not this year, our budget is spent. Please get back to me in March.",
    "No thanks, we are happy with what we have.",
    "Please remove me from your list.",
    "That is not me. Please write to our head of operations, Jane Miller, jane@lead.example.",
    "Can we meet next Tuesday at three? I would like to see a demo with my colleague from purchasing.",
    "Thanks for the message, I hope that you are well.",
];

/// What was measured in each round.
#[derive(Default)]
struct Figures {
    per_second: Vec<f64>,
    cpu_micros: Vec<f64>,
    classify_p50: Vec<f64>,
    classify_p99: Vec<f64>,
    peak_megabytes: Vec<f64>,
}

/// Measures and writes a part of the page.
pub(crate) fn measure_and_report(size: Size) {
    let mut figures = Figures::default();
    // The first round warms caches and is not counted.
    for round in 0..=size.rounds {
        eprintln!("round {round} of {} …", size.rounds);
        let this = runtime().block_on(round_of());
        if round > 0 {
            figures.per_second.extend(this.per_second);
            figures.cpu_micros.extend(this.cpu_micros);
            figures.classify_p50.extend(this.classify_p50);
            figures.classify_p99.extend(this.classify_p99);
            figures.peak_megabytes.extend(this.peak_megabytes);
        }
    }
    let part = figures.part(size.rounds);
    println!("{part}");
    page::write("mail", &part);
}

impl Figures {
    fn part(&self, rounds: usize) -> String {
        let rows = [
            Row::at_least(
                "replies read, classified and routed a second",
                "≥ 200",
                200.0,
                median(&self.per_second),
            ),
            Row {
                what: "memory at most while a message of 25 MB is read, MB".to_owned(),
                target: "bounded",
                measured: format!("{:.0}", median(&self.peak_megabytes)),
                is_reached: None,
            },
        ];
        let mut lines = String::from(HEAD);
        line(&mut lines, "replies a second", &self.per_second, 0);
        line(&mut lines, "processor time for a reply, µs", &self.cpu_micros, 0);
        line(&mut lines, "classification alone, median, µs", &self.classify_p50, 1);
        line(&mut lines, "classification alone, 99 of 100, µs", &self.classify_p99, 1);
        line(&mut lines, "memory for a message of 25 MB, MB", &self.peak_megabytes, 0);
        format!(
            "Written by `cargo bench -p rondo --bench routing -- mail` on {}; do not edit. {}\n\n\
             {rounds} rounds of {REPLIES} replies of {} kinds, each in the thread of a message that the campaign wrote to its \
             lead, {AT_ONCE} of them side by side, to an embedded database: a reply is parsed, tied to its conversation, \
             classified, kept byte for byte, decided, and on disk before the next one of its place begins. SMTP and IMAP \
             are not in it.\n\n{}\n{lines}",
            today(),
            machine(),
            TEXTS.len(),
            table(&rows),
        )
    }
}

async fn round_of() -> Figures {
    let folder = folder();
    let open = Open::database(embedded(folder.path())).await;
    let team = open.begin_team().await;
    let app = app(&open);
    let row = mailbox(&open, &team).await;
    let messages = Arc::new(written_to(&open, &app, &team, &row).await);
    let row = Arc::new(row);
    let next = Arc::new(AtomicUsize::new(0));
    let (began, cpu) = (now(), own_cpu_seconds());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (app, row, messages, next) =
            (app.clone(), Arc::clone(&row), Arc::clone(&messages), Arc::clone(&next));
        let caller = system(team.id);
        tasks.spawn(async move {
            while let Some(raw) = messages.get(next.fetch_add(1, Ordering::Relaxed)) {
                let taken = replies::take_in(&app, &caller, &row, raw.clone()).await;
                assert!(taken.expect("it is taken in").is_new);
            }
        });
    }
    tasks.join_all().await;
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), own_cpu_seconds() - cpu);
    let (p50, p99) = classified();
    let peak = peak_of_largest(&app, &team, &row).await;
    open.close().await;
    Figures {
        per_second: vec![REPLIES as f64 / seconds],
        cpu_micros: vec![cpu * 1e6 / REPLIES as f64],
        classify_p50: vec![p50],
        classify_p99: vec![p99],
        peak_megabytes: vec![peak],
    }
}

pub(crate) fn app(open: &Open) -> App {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let secret = SecretKey::parse(&"07".repeat(32)).expect("64 digits");
    let names = Arc::new(SystemNames);
    let egress = Egress::new(EgressPolicy::PublicOnly, names.clone());
    let url = "https://rondo.bench.example/".parse().expect("a URL");
    let mail = MailParts::new(&secret, &egress, names, &clock, &entropy, url);
    App::new(AppParts {
        engine: open.engine.clone(),
        store: open.store.clone(),
        clock,
        entropy,
        vault: Arc::new(Vault::new(&secret)),
        egress: EgressPolicy::PublicOnly,
        mail,
    })
}

async fn run(open: &Open, team: &Team, command: Command) -> Answer {
    let request = Request { command, idempotency: None };
    open.engine.run(team.caller(), request).await.expect("it is allowed").answer
}

pub(crate) async fn mailbox(open: &Open, team: &Team) -> MailboxRow {
    let mailbox = MailboxId::from_bytes([7; 16]);
    let details = MailboxDetails {
        name: Name::parse("Ida").expect("a name"),
        email: Email::parse(ADDRESS).expect("an address"),
        has_plus_addresses: true,
        smtp: r#"{"host":"mail.bench.example","port":465,"security":"tls"}"#.to_owned(),
        smtp_secret: None,
        imap: None,
        imap_secret: None,
    };
    run(open, team, Command::AddMailbox { mailbox, details: Box::new(details) }).await;
    let row = open.store.mailbox(team.id, mailbox).await.expect("the data can be read");
    row.expect("it was made")
}

/// Leads to whom a campaign has written, and what each of them answers.
pub(crate) async fn written_to(
    open: &Open,
    app: &App,
    team: &Team,
    row: &MailboxRow,
) -> Vec<Vec<u8>> {
    let add = Command::AddCampaign {
        name: Name::parse("Spring mail").expect("a name"),
        group: None,
        rotation: Rotation::Campaign,
        when_owner_is_out: WhenOwnerIsOut::Owner,
    };
    let Answer::Campaign(campaign) = run(open, team, add).await else { panic!("it is made") };
    let plan = MailPlan { mailbox: row.id, wait_days: vec![0], window: None, daily_limit: None };
    let text = StepText {
        subject: Some("A quieter kiln".to_owned()),
        body: "Dear {{ lead.name }}".to_owned(),
        body_html: None,
    };
    run(open, team, Command::SetMessages { campaign, plan, texts: vec![text] }).await;
    let news = |at: usize| LeadNews {
        email: Email::parse(&format!("lead{at}@lead.example")).expect("an address"),
        owner: None,
        fields: LeadFields::default(),
    };
    let leads = (0..REPLIES).map(news).collect();
    let add = Command::AddLeads { campaign: Some(campaign), leads, existing: Existing::Fill };
    let Answer::Leads(leads) = run(open, team, add).await else { panic!("they join") };
    run(open, team, Command::LaunchCampaign { campaign, at: None }).await;
    let step = |conversation| Command::SendStep {
        conversation,
        step: 0,
        next_at: None,
        text: Box::new(MessageText { from: ADDRESS.to_owned(), ..MessageText::default() }),
    };
    let steps = leads.conversations.iter().map(|conversation| step(*conversation)).collect();
    for done in open.engine.run_many(team.caller(), steps).await {
        done.expect("it is written");
    }
    let mut messages = Vec::with_capacity(REPLIES);
    for (at, conversation) in leads.conversations.iter().enumerate() {
        let sent = open.store.last_message(team.id, *conversation, "step").await;
        let sent = sent.expect("the data can be read").expect("it was written");
        let id = message_id(app.tokens(), sent.id, ADDRESS);
        messages.push(reply(at, &id, TEXTS[at % TEXTS.len()]));
    }
    messages
}

fn reply(at: usize, to: &str, text: &str) -> Vec<u8> {
    format!(
        "From: Lead {at} <lead{at}@lead.example>\r\nTo: Ida <{ADDRESS}>\r\nSubject: Re: A quieter kiln\r\n\
         Message-ID: <answer-{at}@lead.example>\r\nIn-Reply-To: <{to}>\r\nReferences: <{to}>\r\n\
         Date: Thu, 26 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\r\nBest regards\r\nLead {at}\r\n\r\n\
         On Thu, 26 Nov 2026 at 11:00, Ida wrote:\r\n> Dear lead,\r\n> ours makes no noise.\r\n"
    )
    .into_bytes()
}

/// How long the embedded qualifier takes for a text, in microseconds: the median, and what 99 of 100 stay below.
fn classified() -> (f64, f64) {
    let mut times: Vec<f64> = (0..TIMED)
        .map(|at| {
            let began = now();
            std::hint::black_box(qualifier::qualify(TEXTS[at % TEXTS.len()], Some("Re: kilns")));
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// By how much the process's memory grows at most while the largest message is taken in, in MB.
async fn peak_of_largest(app: &App, team: &Team, row: &MailboxRow) -> f64 {
    let head = "From: Lead 0 <lead0@lead.example>\r\nTo: Ida <ida@bench.example>\r\nSubject: photos\r\n\
                Message-ID: <large@lead.example>\r\nMIME-Version: 1.0\r\n\
                Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
                Here they are.\r\n--b\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let mut raw = head.as_bytes().to_vec();
    let line = format!("{}\r\n", "QUJD".repeat(19));
    while raw.len() + line.len() + 8 < MESSAGE_BYTES_MAX {
        raw.extend_from_slice(line.as_bytes());
    }
    raw.extend_from_slice(b"--b--\r\n");
    // From here on the highest mark is counted anew.
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux counts the memory of a process");
    let before = high_water_bytes();
    let caller = system(team.id);
    replies::take_in(app, &caller, row, raw).await.expect("it is taken in");
    (high_water_bytes() - before) / 1e6
}

fn high_water_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells of a process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("it has memory");
    let kilobytes = line.split_whitespace().nth(1).and_then(|text| text.parse::<f64>().ok());
    kilobytes.expect("a number of kilobytes") * 1024.0
}
