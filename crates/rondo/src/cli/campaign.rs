//! `rondo campaign`: the few steps that a first campaign needs.

use clap::{Args, Subcommand, ValueEnum};
use rondo_core::text::Name;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Failure;
use super::client::{Client, Connection};
use super::terminal::{note, printable, say, say_json};

/// `rondo campaign`.
#[derive(Debug, Args)]
pub(super) struct CampaignArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Draft a campaign, and print its id.
    #[command(after_help = "Examples:
  rondo campaign create \"Spring\"
  rondo campaign create \"Spring\" --rotation group --when-owner-is-out round-robin")]
    Create(CreateArgs),
    /// Launch a campaign, now or at an instant to come.
    #[command(after_help = "Examples:
  rondo campaign launch \"Spring\"
  rondo campaign launch \"Spring\" --at 2027-03-01T08:00:00Z")]
    Launch(LaunchArgs),
    /// List campaigns.
    #[command(after_help = "Example:\n  rondo campaign list")]
    List(ListArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// The campaign's name.
    #[arg(value_parser = super::team::name)]
    name: Name,
    /// The id of the sales group that its qualified leads go to [default: all sales reps].
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// Whose turns its leads take: the campaign's own, or those that campaigns of the group share.
    #[arg(long, value_enum, default_value_t = RotationArg::Campaign)]
    rotation: RotationArg,
    /// Where a lead goes whose owner is out of office.
    #[arg(long, value_enum, default_value_t = OwnerOutArg::Owner)]
    when_owner_is_out: OwnerOutArg,
    /// Print the campaign as JSON instead of its id.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
struct LaunchArgs {
    /// The campaign, by id or name.
    campaign: String,
    /// When, as in `2027-03-01T08:00:00Z` [default: now].
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
    /// Print the campaign as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Print a JSON array.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RotationArg {
    Campaign,
    Group,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OwnerOutArg {
    Owner,
    RoundRobin,
}

#[derive(Debug, Deserialize)]
struct Campaign {
    id: String,
    name: String,
    status: String,
    group_name: String,
    waiting: u64,
    #[serde(default)]
    warnings: Vec<Warning>,
}

#[derive(Debug, Deserialize)]
struct Warning {
    detail: String,
}

/// Runs `rondo campaign`.
pub(super) async fn run(args: CampaignArgs) -> Result<(), Failure> {
    match args.what {
        What::Create(args) => create(args).await,
        What::Launch(args) => launch(args).await,
        What::List(args) => list(args).await,
    }
}

async fn create(args: CreateArgs) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let mut body = Map::from_iter([
        ("name".to_owned(), json!(args.name)),
        (
            "rotation".to_owned(),
            json!(match args.rotation {
                RotationArg::Campaign => "campaign",
                RotationArg::Group => "group",
            }),
        ),
        (
            "when_owner_is_out".to_owned(),
            json!(match args.when_owner_is_out {
                OwnerOutArg::Owner => "owner",
                OwnerOutArg::RoundRobin => "round_robin",
            }),
        ),
    ]);
    if let Some(group) = args.group {
        body.insert("group".to_owned(), json!(group));
    }
    let answer: Value = client.post("/v1/campaigns", &Value::Object(body)).await?;
    if args.json {
        return say_json(&answer);
    }
    let campaign = read(&args.connection, answer)?;
    note(format!(
        "Campaign `{}` is a draft; its leads go to `{}`.",
        printable(&campaign.name),
        printable(&campaign.group_name)
    ));
    warn(&campaign);
    say(campaign.id)
}

async fn launch(args: LaunchArgs) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let id = client.campaign(&args.campaign).await?;
    let body = args.at.map_or_else(|| json!({}), |at| json!({ "at": at }));
    let answer: Value = client.post(&format!("/v1/campaigns/{id}/launch"), &body).await?;
    if args.json {
        return say_json(&answer);
    }
    let campaign = read(&args.connection, answer)?;
    note(format!("Campaign `{}` is {}.", printable(&campaign.name), campaign.status));
    warn(&campaign);
    Ok(())
}

async fn list(args: ListArgs) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let campaigns: Vec<Value> = client.get_all("/v1/campaigns").await?;
    if args.json {
        return say_json(&campaigns);
    }
    for campaign in campaigns {
        let campaign = read(&args.connection, campaign)?;
        let waiting = match campaign.waiting {
            0 => String::new(),
            count => format!("  {count} waiting"),
        };
        say(format!(
            "{}  {:9}  {}  ({}){waiting}",
            campaign.id,
            campaign.status,
            printable(&campaign.name),
            printable(&campaign.group_name)
        ))?;
    }
    Ok(())
}

fn read(connection: &Connection, answer: Value) -> Result<Campaign, Failure> {
    serde_json::from_value(answer).map_err(|error| Failure::Unintelligible {
        server: connection.server.to_string(),
        reason: error.to_string(),
    })
}

fn warn(campaign: &Campaign) {
    for warning in &campaign.warnings {
        note(format!("note: {}", printable(&warning.detail)));
    }
}
