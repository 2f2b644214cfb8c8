//! `rondo rep`: who the sales reps are, and switching their out of office.

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Failure;
use super::client::{Client, Connection};
use super::import::{Resolved, fetch_owners};
use super::terminal::{note, printable, say, say_json};

/// `rondo rep`.
#[derive(Debug, Args)]
pub(super) struct RepArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List sales reps, and whether they are available.
    #[command(after_help = "Example:\n  rondo rep list")]
    List(ListArgs),
    /// Switch a rep's out of office on, from now.
    #[command(after_help = "Examples:
  rondo rep away \"Bo Lind\"
  rondo rep away bo@reps.example --until 2027-01-07T08:00:00Z --note \"Skiing\"")]
    Away(AwayArgs),
    /// Switch a rep's out of office off.
    #[command(after_help = "Example:\n  rondo rep back \"Bo Lind\"")]
    Back(BackArgs),
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Print a JSON array.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
struct AwayArgs {
    /// The rep, by id, email address or full name.
    rep: String,
    /// The first instant back, as in `2027-01-07T08:00:00Z` [default: open].
    #[arg(long, value_name = "INSTANT")]
    until: Option<String>,
    /// A note for admins and the rep.
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
struct BackArgs {
    /// The rep, by id, email address or full name.
    rep: String,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Deserialize)]
struct Rep {
    id: String,
    name: String,
    email: String,
    available: bool,
    out_of_office: Option<OutOfOffice>,
}

#[derive(Debug, Deserialize)]
struct OutOfOffice {
    until: Option<String>,
}

/// Runs `rondo rep`.
pub(super) async fn run(args: RepArgs) -> Result<(), Failure> {
    match args.what {
        What::List(args) => list(args).await,
        What::Away(args) => away(args).await,
        What::Back(args) => back(args).await,
    }
}

async fn list(args: ListArgs) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let reps: Vec<Value> = client.get_all("/v1/reps").await?;
    if args.json {
        return say_json(&reps);
    }
    for rep in reps {
        let rep = read(&args.connection, rep)?;
        let (name, email) = (printable(&rep.name), printable(&rep.email));
        say(format!("{}  {}  {name}  {email}", rep.id, state(&rep)))?;
    }
    Ok(())
}

async fn away(args: AwayArgs) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let id = rep_id(&client, &args.rep).await?;
    let mut body = Map::new();
    if let Some(until) = args.until {
        body.insert("until".to_owned(), json!(until));
    }
    if let Some(note) = args.note {
        body.insert("note".to_owned(), json!(note));
    }
    let path = format!("/v1/reps/{id}/out-of-office");
    let rep: Value = client.put(&path, &Value::Object(body)).await?;
    tell(&read(&args.connection, rep)?);
    Ok(())
}

async fn back(args: BackArgs) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let id = rep_id(&client, &args.rep).await?;
    let rep: Value = client.delete(&format!("/v1/reps/{id}/out-of-office")).await?;
    tell(&read(&args.connection, rep)?);
    Ok(())
}

async fn rep_id(client: &Client, named: &str) -> Result<String, Failure> {
    if named.parse::<rondo_core::ids::RepId>().is_ok() {
        return Ok(named.to_owned());
    }
    let book = fetch_owners(client).await?.unwrap_or_default();
    match book.resolve(named) {
        Resolved::Rep(id) => Ok(id),
        Resolved::Unknown => Err(Failure::Refused(format!(
            "there is no rep `{named}`; `rondo rep list` shows those there are"
        ))),
        Resolved::Ambiguous => Err(Failure::Refused(format!(
            "several reps are called `{named}`; name the one that is meant by email address"
        ))),
    }
}

fn tell(rep: &Rep) {
    note(format!("{} is {}.", printable(&rep.name), state(rep)));
}

fn state(rep: &Rep) -> String {
    match (&rep.out_of_office, rep.available) {
        (Some(OutOfOffice { until: Some(until) }), _) => format!("out of office until {until}"),
        (Some(OutOfOffice { until: None }), _) | (None, false) => "out of office".to_owned(),
        (None, true) => "available".to_owned(),
    }
}

fn read(connection: &Connection, answer: Value) -> Result<Rep, Failure> {
    serde_json::from_value(answer).map_err(|error| Failure::Unintelligible {
        server: connection.server.to_string(),
        reason: error.to_string(),
    })
}
