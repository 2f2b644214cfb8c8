//! `rondo key`: making, listing and revoking API keys, on the database itself.

use std::num::NonZeroU32;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use rondo_core::command::{Answer, Command, KEY_REQUESTS_PER_SECOND_MAX, KeyTerms};
use rondo_core::event::Role;
use rondo_core::ids::{KeyId, MailboxId, RepId, TeamId};
use rondo_core::text::{Email, Name};
use rondo_core::{Actor, Instant};
use rondo_store::{KeyRow, Store};
use serde_json::{Value, json};

use super::Failure;
use super::database::{self, ConfigArgs};
use super::terminal::{note, printable, say, say_json};
use crate::api_key::{ApiKey, SECRET_BYTES};
use crate::clock::{Entropy as _, SystemClock, SystemEntropy};
use crate::engine::{Caller, Engine, EngineOptions, Request};

/// Keys and reps read at once.
const PAGE: u32 = 500;

/// `rondo key`.
#[derive(Debug, Args)]
pub(super) struct KeyArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make an API key, and print it, this once.
    #[command(after_help = "Examples:
  rondo key create --role router --name \"Website form\" --requests-per-second 20
  rondo key create --role rep --rep ada@reps.example --expires-at 2027-01-01T00:00:00Z --json
  rondo key create --role mailbox --mailbox kim@acme.example")]
    Create(CreateArgs),
    /// List the keys that were not revoked, without their secrets.
    #[command(after_help = "Example:\n  rondo key list --json")]
    List(ListArgs),
    /// Revoke a key: within 5 seconds no server lets it in.
    #[command(after_help = "Example:\n  rondo key revoke key_01k3v9m2q8f7x5t4b6n0c1d2e3")]
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// What the holder may do.
    #[arg(long, value_enum)]
    role: RoleArg,
    /// The rep that a key with the role `rep` is bound to, by id or email address.
    #[arg(long, value_name = "REP", required_if_eq("role", "rep"))]
    rep: Option<String>,
    /// The mailbox that a key with the role `mailbox` may deliver to, by id or email address.
    #[arg(long, value_name = "MBX", required_if_eq("role", "mailbox"))]
    mailbox: Option<String>,
    /// What the key is for, to recognise it by in the list [default: the role].
    #[arg(long, value_parser = super::team::name)]
    name: Option<Name>,
    /// When it stops opening anything, as in `2027-01-01T00:00:00Z` [default: never].
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    expires_at: Option<Instant>,
    /// Requests that it may make in a second [default: what the server is set to].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=KEY_REQUESTS_PER_SECOND_MAX.into()))]
    requests_per_second: Option<u32>,
    /// Print `{id, api_key}` as JSON instead of the key alone.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    team: TeamArgs,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Print a JSON array.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    team: TeamArgs,
}

#[derive(Debug, Args)]
struct RevokeArgs {
    /// The key's id, as `rondo key list` shows it.
    key: KeyId,
    #[command(flatten)]
    team: TeamArgs,
}

#[derive(Debug, Args)]
struct TeamArgs {
    /// The team, where there are several.
    #[arg(long, value_name = "TEAM")]
    team: Option<TeamId>,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleArg {
    /// Everything in the team.
    Admin,
    /// One rep's own record, absences, assignments and places.
    Rep,
    /// Import and qualify leads, read assignments.
    Router,
    /// Deliver messages to one mailbox.
    Mailbox,
    /// Read everything but notes on absences.
    Viewer,
}

impl RoleArg {
    fn role(self) -> Role {
        match self {
            Self::Admin => Role::Admin,
            Self::Rep => Role::Rep,
            Self::Router => Role::Router,
            Self::Mailbox => Role::Mailbox,
            Self::Viewer => Role::Viewer,
        }
    }
}

/// Runs `rondo key`.
pub(super) async fn run(args: KeyArgs) -> Result<(), Failure> {
    match args.what {
        What::Create(args) => create(args).await,
        What::List(args) => list(args).await,
        What::Revoke(args) => revoke(args).await,
    }
}

async fn create(args: CreateArgs) -> Result<(), Failure> {
    let (store, team) = open(&args.team).await?;
    let rep = match (&args.rep, args.role) {
        (Some(named), RoleArg::Rep) => Some(rep(&store, team, named).await?),
        (Some(_), RoleArg::Admin | RoleArg::Router | RoleArg::Mailbox | RoleArg::Viewer) => {
            return Err(Failure::Usage("`--rep` goes with `--role rep` alone".to_owned()));
        }
        (None, _) => None,
    };
    let mailbox = match (&args.mailbox, args.role) {
        (Some(named), RoleArg::Mailbox) => Some(mailbox(&store, team, named).await?),
        (Some(_), RoleArg::Admin | RoleArg::Rep | RoleArg::Router | RoleArg::Viewer) => {
            return Err(Failure::Usage("`--mailbox` goes with `--role mailbox` alone".to_owned()));
        }
        (None, _) => None,
    };
    let mut secret = [0; SECRET_BYTES];
    SystemEntropy.fill(&mut secret);
    let key = ApiKey::new(team, secret);
    let role = args.role.role();
    let command = Command::AddKey {
        name: args.name.unwrap_or_else(|| role_name(role)),
        terms: KeyTerms {
            role,
            rep,
            mailbox,
            expires_at: args.expires_at,
            requests_per_second_max: args.requests_per_second.and_then(NonZeroU32::new),
        },
        prefix: key.prefix(),
        hash: key.hash(),
    };
    let answer = change(&store, team, command).await?;
    let Answer::Key(id) = answer else {
        return Err(Failure::Refused("the key was made, but its id is not known".to_owned()));
    };
    if args.json {
        return say_json(&json!({ "id": id, "api_key": key.reveal() }));
    }
    note(format!("Key `{id}` is made. It can't be shown again:"));
    say(key.reveal())
}

async fn list(args: ListArgs) -> Result<(), Failure> {
    let (store, team) = open(&args.team).await?;
    let mut keys: Vec<KeyRow> = Vec::new();
    loop {
        let page = store.keys(team, keys.last().map(|row| row.key), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        keys.extend(page);
        if is_last {
            break;
        }
    }
    store.close().await;
    if args.json {
        return say_json(&keys.iter().map(shown).collect::<Vec<_>>());
    }
    for row in &keys {
        let bound = row.rep.map(|rep| rep.to_string());
        let bound = bound.or_else(|| row.mailbox.map(|mailbox| mailbox.to_string()));
        let bound = bound.map(|to| format!("  {to}")).unwrap_or_default();
        let limit = row.requests_per_second_max.map(|max| format!("  {max} requests/s"));
        let limit = limit.unwrap_or_default();
        let expires = row.expires_at.map(|at| format!("  expires {at}")).unwrap_or_default();
        say(format!(
            "{}  {:7}  {}…  {}{bound}{limit}{expires}",
            row.key,
            role_name(row.role),
            row.prefix,
            printable(&row.name)
        ))?;
    }
    Ok(())
}

async fn revoke(args: RevokeArgs) -> Result<(), Failure> {
    let (store, team) = open(&args.team).await?;
    change(&store, team, Command::RevokeKey { key: args.key }).await?;
    note(format!(
        "Key `{}` is revoked: within five seconds it opens nothing any more, on every server.",
        args.key
    ));
    Ok(())
}

async fn open(args: &TeamArgs) -> Result<(Store, TeamId), Failure> {
    let store = args.config.open().await?;
    let team = database::team(&store, args.team).await?;
    Ok((store, team))
}

/// Carries out a command on the team, beside whatever servers run on it, and closes the store.
async fn change(store: &Store, team: TeamId, command: Command) -> Result<Answer, Failure> {
    let clock = Arc::new(SystemClock::new());
    let entropy = Arc::new(SystemEntropy);
    let engine = Engine::start(store.clone(), clock, entropy, EngineOptions::default());
    let caller = Caller { team, actor: Actor::Cli };
    let done = engine.run(caller, Request { command, idempotency: None }).await;
    engine.stop().await;
    store.close().await;
    done.map(|done| done.answer).map_err(|error| Failure::Refused(error.to_string()))
}

/// A rep by id or email address.
pub(super) async fn rep(store: &Store, team: TeamId, named: &str) -> Result<RepId, Failure> {
    if let Ok(id) = named.parse() {
        return Ok(id);
    }
    let wanted = Email::parse(named).ok().map(|email| email.key());
    let mut after = None;
    while wanted.is_some() {
        let page = store.reps(team, after, PAGE).await?;
        let found = page
            .iter()
            .find(|row| Email::parse(&row.email).ok().map(|email| email.key()) == wanted);
        if let Some(row) = found {
            return Ok(row.rep);
        }
        if page.len() < PAGE as usize {
            break;
        }
        after = page.last().map(|row| row.rep);
    }
    Err(Failure::Refused(format!(
        "there is no rep `{named}` in the team; name one by id or email address, as `rondo rep list` shows them"
    )))
}

async fn mailbox(store: &Store, team: TeamId, named: &str) -> Result<MailboxId, Failure> {
    if let Ok(id) = named.parse() {
        return Ok(id);
    }
    let wanted = Email::parse(named).ok().map(|email| email.key());
    let rows = store.mailboxes(team).await?;
    let found = rows.iter().find(|row| {
        row.details.as_ref().is_some_and(|details| Some(details.email.key()) == wanted)
    });
    found.map(|row| row.id).ok_or_else(|| {
        Failure::Refused(format!(
            "there is no mailbox `{named}` in the team; name one by id or email address, as `GET /v1/mailboxes` shows them"
        ))
    })
}

fn shown(row: &KeyRow) -> Value {
    json!({
        "id": row.key,
        "name": row.name,
        "role": row.role,
        "rep": row.rep,
        "mailbox": row.mailbox,
        "prefix": row.prefix,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "requests_per_second_max": row.requests_per_second_max,
    })
}

fn role_name(role: Role) -> Name {
    let word = match role {
        Role::Admin => "admin",
        Role::Rep => "rep",
        Role::Router => "router",
        Role::Mailbox => "mailbox",
        Role::Viewer => "viewer",
    };
    Name::parse(word).expect("a visible word is a name")
}

fn instant(text: &str) -> Result<Instant, String> {
    Instant::parse(text)
        .ok_or_else(|| "expected an instant such as `2027-01-01T00:00:00Z`".to_owned())
}
