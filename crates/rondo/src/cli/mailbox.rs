//! `rondo mailbox`: the mailboxes of a team, and trying them.

use clap::{Args, Subcommand};
use rondo_core::ids::MailboxId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Failure;
use super::client::{Client, Connection};
use super::terminal::{printable, say, say_json};

/// `rondo mailbox`.
#[derive(Debug, Args)]
pub(super) struct MailboxArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the mailboxes, and what is wrong with them.
    #[command(after_help = "Example:\n  rondo mailbox list")]
    List(ListArgs),
    /// Try a mailbox in both directions; nothing is sent.
    #[command(after_help = "Example:\n  rondo mailbox test mbx_01k3v9m2q8f7x5t4b6n0c1d2e3")]
    Test(TestArgs),
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
struct TestArgs {
    /// The mailbox's id, as `rondo mailbox list` and the API show it.
    mailbox: MailboxId,
    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Deserialize)]
struct Mailbox {
    id: String,
    name: String,
    address: String,
    last_read_at: Option<String>,
    error: Option<Trouble>,
}

#[derive(Debug, Deserialize)]
struct Trouble {
    detail: String,
}

#[derive(Debug, Deserialize)]
struct Tested {
    smtp: Direction,
    imap: Option<Direction>,
}

#[derive(Debug, Deserialize)]
struct Direction {
    ok: bool,
    detail: String,
}

/// Runs `rondo mailbox`.
pub(super) async fn run(args: MailboxArgs) -> Result<(), Failure> {
    match args.what {
        What::List(args) => list(args).await,
        What::Test(args) => test(args).await,
    }
}

async fn list(args: ListArgs) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let all: Vec<Value> = client.get_all("/v1/mailboxes").await?;
    if args.json {
        return say_json(&all);
    }
    for row in all {
        let mailbox: Mailbox =
            serde_json::from_value(row).map_err(|error| wrong(&args.connection, &error))?;
        let state = match (&mailbox.error, &mailbox.last_read_at) {
            (Some(trouble), _) => format!("  {}", printable(&trouble.detail)),
            (None, Some(at)) => format!("  read at {at}"),
            (None, None) => String::new(),
        };
        say(format!(
            "{}  {}  {}{state}",
            mailbox.id,
            printable(&mailbox.address),
            printable(&mailbox.name)
        ))?;
    }
    Ok(())
}

async fn test(args: TestArgs) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let path = format!("/v1/mailboxes/{}/test", args.mailbox);
    let found: Value = client.post(&path, &json!({})).await?;
    let tested: Tested =
        serde_json::from_value(found.clone()).map_err(|error| wrong(&args.connection, &error))?;
    let works = tested.smtp.ok && tested.imap.as_ref().is_none_or(|imap| imap.ok);
    if args.json {
        say_json(&found)?;
    } else {
        say_direction("Sending", &tested.smtp)?;
        if let Some(imap) = &tested.imap {
            say_direction("Reading", imap)?;
        }
    }
    match works {
        true => Ok(()),
        false => Err(Failure::Refused("the mailbox does not work in both directions".to_owned())),
    }
}

fn say_direction(what: &str, direction: &Direction) -> Result<(), Failure> {
    let verdict = if direction.ok { "works" } else { "does not work" };
    say(format!("{what} {verdict}: {}", printable(&direction.detail)))
}

fn wrong(connection: &Connection, error: &serde_json::Error) -> Failure {
    Failure::Unintelligible { server: connection.server.to_string(), reason: error.to_string() }
}
