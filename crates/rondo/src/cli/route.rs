//! `rondo route`: leads are qualified, and each goes to the right rep.

use std::path::PathBuf;

use clap::Args;
use rondo_core::text::Email;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Failure;
use super::client::{Client, Connection};
use super::failure::Problem;
use super::import::{Keep, OwnerBook, ReadingArgs, Resolved, Source, fetch_owners, lead_body};
use super::queue::{Member, drawn};
use super::terminal::{count_of, note, printable, say, say_json, thousands};
use crate::clock::{Entropy as _, SystemEntropy};
use crate::import::{Kind, LeadRow, Record, Trouble, people};

/// Leads sent at once: few enough that what has an assignment is shown soon.
const CHUNK_LEADS_MAX: usize = 500;

/// `rondo route`.
#[derive(Debug, Args)]
pub(super) struct RouteArgs {
    /// The campaign, by id or name.
    #[arg(long, value_name = "CAMPAIGN")]
    campaign: String,
    /// A file of qualified leads, read as `rondo import leads` reads it.
    #[arg(value_name = "FILE.csv", conflicts_with = "email")]
    path: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
    /// The email address of one qualified lead.
    #[arg(long, value_parser = super::team::email, help_heading = "One lead")]
    email: Option<Email>,
    /// Their full name.
    #[arg(long, requires = "email", help_heading = "One lead")]
    name: Option<String>,
    /// Where they work.
    #[arg(long, requires = "email", help_heading = "One lead")]
    company: Option<String>,
    /// The rep who owns the lead, by id, email address or full name.
    #[arg(long, requires = "email", help_heading = "One lead")]
    owner: Option<String>,
    /// A note for the rep.
    #[arg(long)]
    note: Option<String>,
    /// Show who would get the next leads and why not others, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// How many of the next leads a dry run looks ahead [default: as many as are given, or 10].
    #[arg(long, value_name = "N", requires = "dry_run", value_parser = clap::value_parser!(u32).range(1..=500))]
    next: Option<u32>,
    /// Print a JSON line for each lead, or the queue as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: Connection,
}

/// Runs `rondo route`.
pub(super) async fn run(args: RouteArgs) -> Result<(), Failure> {
    if args.path.is_none() && args.email.is_none() && !args.dry_run {
        return Err(Failure::Usage(
            "there is no lead to route; name one with `--email ADDRESS`, or a file of them; `--dry-run` shows who is next"
                .to_owned(),
        ));
    }
    let client = Client::new(&args.connection)?;
    let campaign = client.campaign(&args.campaign).await?;
    if args.dry_run {
        return dry_run(&args, &client, &campaign).await;
    }
    let mut route = Route {
        owners: fetch_owners(&client).await?,
        path: format!("/v1/campaigns/{campaign}/qualified/batch"),
        client,
        note: args.note,
        prints_json: args.json,
        run: SystemEntropy.seed(),
        sent: 0,
        refused: 0,
    };
    match (args.path, args.email) {
        (Some(path), _) => {
            let source = Source::open(&path, Kind::Leads, &args.reading, Keep::Rejects)?;
            route.file(source).await?;
        }
        (None, Some(email)) => {
            let owner = args.owner.and_then(|named| route.owner(&named));
            let lead = lead_body(&email, args.name, args.company, owner, None, Default::default());
            for (outcome, shown) in route.send(vec![(email.as_str().to_owned(), lead)]).await? {
                route.print(&outcome, &shown)?;
            }
        }
        (None, None) => {}
    }
    if route.refused > 0 { Err(Failure::Reported) } else { Ok(()) }
}

#[derive(Debug, Deserialize)]
struct Queue {
    cursor: Cursor,
    circle: Vec<Member>,
    #[serde(default)]
    member_count: usize,
    next: Vec<String>,
    waiting: u64,
    #[serde(default)]
    status: String,
}

#[derive(Debug, Deserialize)]
struct Cursor {
    after: Option<String>,
}

async fn dry_run(args: &RouteArgs, client: &Client, campaign: &str) -> Result<(), Failure> {
    const NEXT: u32 = 10;
    let given = match &args.path {
        Some(path) => Some(count_rows(path, &args.reading)?),
        None => args.email.as_ref().map(|_| 1),
    };
    let next = args.next.or(given).unwrap_or(NEXT).clamp(1, 500);
    let answer: Value = client.get(&format!("/v1/campaigns/{campaign}/queue?next={next}")).await?;
    if args.json {
        return say_json(&answer);
    }
    let queue: Queue = serde_json::from_value(answer).map_err(|error| Failure::Unintelligible {
        server: args.connection.server.to_string(),
        reason: error.to_string(),
    })?;
    print_queue(&queue)
}

fn count_rows(path: &std::path::Path, reading: &ReadingArgs) -> Result<u32, Failure> {
    let mut source = Source::open(path, Kind::Leads, reading, Keep::Nothing)?;
    let mut good = 0;
    while let Some(record) = source.next()? {
        good += u32::from(people::lead(&record, &source.mapping).is_ok());
    }
    source.finish()?;
    Ok(good)
}

fn print_queue(queue: &Queue) -> Result<(), Failure> {
    let name = |id: &String| {
        let member = queue.circle.iter().find(|member| member.rep == *id);
        printable(member.map_or(id.as_str(), |member| member.name.as_str()))
    };
    if queue.next.is_empty() {
        say("Nobody is available: the next leads that need a turn wait until somebody is.")?;
    } else {
        say("The next leads that need a turn go to:")?;
        for (index, rep) in queue.next.iter().enumerate() {
            say(format!("  {:>3}. {}", index + 1, name(rep)))?;
        }
    }
    match queue.waiting {
        0 => {}
        1 => say("1 lead waits and comes first.")?,
        count => say(format!("{} leads wait and come first.", thousands(count)))?,
    }
    if queue.status == "paused" {
        say("The campaign is paused: what is reported is kept in order until it resumes.")?;
    }
    say("The circle:")?;
    let count = queue.member_count.max(queue.circle.len());
    for line in drawn(&queue.circle, count, queue.cursor.after.as_deref(), None) {
        say(format!("  {line}"))?;
    }
    Ok(())
}

struct Route {
    client: Client,
    owners: Option<OwnerBook>,
    path: String,
    note: Option<String>,
    prints_json: bool,
    run: u128,
    sent: u64,
    refused: u64,
}

/// What came of one lead.
enum Outcome {
    Assigned { rep_name: String, assignment: String, sentence: String, is_new: bool },
    Waits { position: u64, held: bool },
    Refused(Box<Problem>),
}

#[derive(Deserialize)]
struct Results {
    results: Vec<Value>,
}

impl Route {
    async fn file(&mut self, mut source: Source) -> Result<(), Failure> {
        let mut chunk: Vec<(Record, (String, Value))> = Vec::new();
        loop {
            let record = source.next()?;
            if let Some(record) = &record {
                match people::lead(record, &source.mapping) {
                    Ok(lead) => {
                        let item = (lead.email.as_str().to_owned(), self.body(lead));
                        chunk.push((record.clone(), item));
                    }
                    Err(trouble) => self.reject(&mut source, record, &trouble)?,
                }
            }
            if chunk.len() >= CHUNK_LEADS_MAX || (record.is_none() && !chunk.is_empty()) {
                let (records, items): (Vec<_>, Vec<_>) = chunk.drain(..).unzip();
                for (record, (outcome, shown)) in records.iter().zip(self.send(items).await?) {
                    source.bar.suspend(|| self.print(&outcome, &shown))?;
                    if let Outcome::Refused(problem) = outcome {
                        let trouble = Trouble::Refused { detail: problem.to_string() };
                        source.reject(record, &trouble)?;
                    }
                }
            }
            if record.is_none() {
                break;
            }
        }
        if let Some(path) = source.finish()? {
            note(format!(
                "{} not routed: see `{}`, with the reason in the last column.",
                count_of(self.refused, "row"),
                path.display()
            ));
        }
        Ok(())
    }

    fn reject(
        &mut self,
        source: &mut Source,
        record: &Record,
        trouble: &Trouble,
    ) -> Result<(), Failure> {
        self.refused += 1;
        note(format!("row {}: {trouble}", record.row));
        source.reject(record, trouble)
    }

    fn body(&self, lead: LeadRow) -> Value {
        let owner = lead.owner.and_then(|named| self.owner(&named));
        lead_body(&lead.email, lead.name, lead.company, owner, lead.external_id, lead.attributes)
    }

    fn owner(&self, named: &str) -> Option<String> {
        let Some(book) = &self.owners else { return Some(named.to_owned()) };
        match book.resolve(named) {
            Resolved::Rep(id) => Some(id),
            Resolved::Unknown => {
                note(format!("note: `{}` is not a rep of the team; left out", printable(named)));
                None
            }
            Resolved::Ambiguous => {
                note(format!("note: `{}` is the name of several reps; left out", printable(named)));
                None
            }
        }
    }

    /// Reports leads as qualified, in order; gives what came of each, and what is printed of it for programs.
    async fn send(
        &mut self,
        items: Vec<(String, Value)>,
    ) -> Result<Vec<(Outcome, Value)>, Failure> {
        let bodies: Vec<Value> = items
            .iter()
            .map(|(_, lead)| {
                let mut item = Map::from_iter([("lead".to_owned(), lead.clone())]);
                if let Some(note) = &self.note {
                    item.insert("note".to_owned(), json!(note));
                }
                Value::Object(item)
            })
            .collect();
        self.sent += 1;
        let key = format!("route-{:032x}-{}", self.run, self.sent);
        let body = json!({ "items": bodies });
        let answer: Results = self.client.post_once(&self.path, &body, &key).await?;
        let mut outcomes = Vec::with_capacity(items.len());
        for ((email, _), result) in items.into_iter().zip(answer.results) {
            let outcome = outcome(&result);
            if matches!(outcome, Outcome::Refused(_)) {
                self.refused += 1;
            }
            outcomes.push((outcome, shown(email, result)));
        }
        Ok(outcomes)
    }

    fn print(&self, outcome: &Outcome, shown: &Value) -> Result<(), Failure> {
        if self.prints_json {
            return say_json(shown);
        }
        let email = printable(shown.get("email").and_then(Value::as_str).unwrap_or_default());
        match outcome {
            Outcome::Assigned { rep_name, assignment, sentence, is_new } => {
                let stands = if *is_new { "" } else { " (assigned before)" };
                let (rep_name, sentence) = (printable(rep_name), printable(sentence));
                say(format!("{email} -> {rep_name}{stands}: {sentence} [{assignment}]"))
            }
            Outcome::Waits { position, held: false } => {
                say(format!("{email} waits for somebody to be available, at place {position}"))
            }
            Outcome::Waits { position, held: true } => say(format!(
                "{email} waits until the campaign, which is paused, is resumed, at place {position}"
            )),
            Outcome::Refused(problem) => {
                note(format!("{email}: {problem}"));
                Ok(())
            }
        }
    }
}

fn outcome(result: &Value) -> Outcome {
    let text = |pointer: &str| {
        result.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    match result.get("http_status").and_then(Value::as_u64) {
        Some(status @ (200 | 201)) => Outcome::Assigned {
            rep_name: text("/rep_name"),
            assignment: text("/id"),
            sentence: text("/why/sentence"),
            is_new: status == 201,
        },
        Some(202) => Outcome::Waits {
            position: result.get("position").and_then(Value::as_u64).unwrap_or_default(),
            held: result.get("held").and_then(Value::as_bool).unwrap_or_default(),
        },
        Some(_) | None => {
            Outcome::Refused(Box::new(serde_json::from_value(result.clone()).unwrap_or_default()))
        }
    }
}

fn shown(email: String, result: Value) -> Value {
    let mut shown = Map::from_iter([("email".to_owned(), Value::String(email))]);
    if let Value::Object(result) = result {
        shown.extend(result);
    }
    Value::Object(shown)
}
