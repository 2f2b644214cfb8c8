//! `rondo team`: beginning teams.

use clap::{Args, Subcommand};
use rondo_core::text::{Email, Name};
use serde_json::json;

use super::Failure;
use super::database::ConfigArgs;
use super::terminal::{note, say, say_json};
use crate::clock::{SystemClock, SystemEntropy};
use crate::found;

/// `rondo team`.
#[derive(Debug, Args)]
pub(super) struct TeamArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Begin a team, and print the API key of its first administrator, this once.
    ///
    /// Works on the database itself, also while a server runs on it.
    #[command(after_help = "Examples:
  rondo team create \"Acme Sales\" --admin you@acme.example
  export RONDO_KEY=$(rondo team create \"Acme Sales\" --admin you@acme.example)")]
    Create(CreateArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// The team's name.
    #[arg(value_parser = name)]
    name: Name,
    /// The email address of the first administrator.
    #[arg(long, value_name = "EMAIL", value_parser = email)]
    admin: Email,
    /// Print `{team, api_key}` as JSON instead of the key alone.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs `rondo team`.
pub(super) async fn run(args: TeamArgs) -> Result<(), Failure> {
    match args.what {
        What::Create(args) => create(args).await,
    }
}

async fn create(args: CreateArgs) -> Result<(), Failure> {
    let store = args.config.open_or_make().await?;
    let (name, admin) = (args.name.clone(), args.admin.clone());
    let founded =
        found::found(&store, args.name, args.admin, &SystemClock::new(), &SystemEntropy).await?;
    store.close().await;
    if args.json {
        let api_key = founded.api_key.reveal();
        return say_json(&json!({ "team": founded.team, "api_key": api_key }));
    }
    note(format!(
        "Team `{name}` ({}) has begun. To get into the console: `rondo user link {admin}`. This is its administrator's \
         API key; it can't be shown again:",
        founded.team
    ));
    say(founded.api_key.reveal())
}

/// A name on the command line.
pub(super) fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(|invalid| format!("it {invalid}"))
}

/// An address on the command line.
pub(super) fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|invalid| format!("it {invalid}"))
}
