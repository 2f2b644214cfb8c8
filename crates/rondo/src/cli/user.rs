//! `rondo user`: letting people sign in, on the database itself.

use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use rondo_core::Actor;
use rondo_core::command::{Answer, Command};
use rondo_core::event::Role;
use rondo_core::ids::{TeamId, UserId};
use rondo_core::text::Email;
use rondo_store::{Store, UserRow};
use serde_json::{Value, json};
use url::Url;

use super::Failure;
use super::database::{self, ConfigArgs};
use super::key::rep;
use super::team::email;
use super::terminal::{note, printable, say, say_json};
use crate::app::people::{self, INVITATION_SECONDS, Invitation, LINK_SECONDS};
use crate::app::role_name;
use crate::clock::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::engine::{Caller, Engine, EngineOptions, Request};

/// Users read at once.
const PAGE: u32 = 500;

/// `rondo user`.
#[derive(Debug, Args)]
pub(super) struct UserArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the people who may sign in.
    #[command(after_help = "Example:\n  rondo user list --json")]
    List(ListArgs),
    /// Let a person sign in, and print the link by which they choose a password, once, within seven days.
    #[command(after_help = "Examples:
  rondo user invite kim@acme.example --role admin
  rondo user invite ada@reps.example --role rep --rep ada@reps.example")]
    Invite(InviteArgs),
    /// Print a new link for somebody, by which they choose a password, once, within 24 hours.
    ///
    /// This is how the first administrator of a team gets in, and anybody who has forgotten their password.
    #[command(after_help = "Example:\n  rondo user link you@acme.example")]
    Link(LinkArgs),
    /// Let a person sign in no more; their sessions end at once.
    #[command(after_help = "Example:\n  rondo user remove kim@acme.example")]
    Remove(RemoveArgs),
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
struct InviteArgs {
    /// The email address by which they sign in.
    #[arg(value_parser = email)]
    email: Email,
    /// What they may do.
    #[arg(long, value_enum)]
    role: RoleArg,
    /// The rep that a user with the role `rep` is, by id or email address.
    #[arg(long, value_name = "REP", required_if_eq("role", "rep"))]
    rep: Option<String>,
    #[command(flatten)]
    link: LinkOptions,
}

#[derive(Debug, Args)]
struct LinkArgs {
    /// The email address by which they sign in.
    #[arg(value_parser = email)]
    email: Email,
    #[command(flatten)]
    link: LinkOptions,
}

#[derive(Debug, Args)]
struct LinkOptions {
    /// Print `{user, email, link, expires_at}` as JSON instead of the link alone.
    #[arg(long)]
    json: bool,
    /// How people reach the server, with which the link begins [default: as the server is set].
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    #[command(flatten)]
    team: TeamArgs,
}

#[derive(Debug, Args)]
struct RemoveArgs {
    /// The email address by which they sign in.
    #[arg(value_parser = email)]
    email: Email,
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
    /// Read everything but notes on absences.
    Viewer,
    /// One rep's own record, absences, assignments and places.
    Rep,
}

impl RoleArg {
    fn role(self) -> Role {
        match self {
            Self::Admin => Role::Admin,
            Self::Viewer => Role::Viewer,
            Self::Rep => Role::Rep,
        }
    }
}

/// Runs `rondo user`.
pub(super) async fn run(args: UserArgs) -> Result<(), Failure> {
    match args.what {
        What::List(args) => list(args).await,
        What::Invite(args) => invite(args).await,
        What::Link(args) => link(args).await,
        What::Remove(args) => remove(args).await,
    }
}

async fn list(args: ListArgs) -> Result<(), Failure> {
    let (store, team) = open(&args.team).await?;
    let users = users(&store, team).await?;
    store.close().await;
    if args.json {
        return say_json(&users.iter().map(shown).collect::<Vec<_>>());
    }
    for row in &users {
        let rep = row.rep_name.as_deref().map(|name| format!("  {}", printable(name)));
        let rep = rep.unwrap_or_default();
        let password = if row.has_password { "" } else { "  no password yet" };
        let address = row.email.as_deref().map(printable).unwrap_or_default();
        say(format!("{}  {:6}  {address}{rep}{password}", row.user, role_name(row.role)))?;
    }
    Ok(())
}

async fn invite(args: InviteArgs) -> Result<(), Failure> {
    let public_url = public_url(&args.link)?;
    let (store, team) = open(&args.link.team).await?;
    let rep = match (&args.rep, args.role) {
        (Some(named), RoleArg::Rep) => Some(rep(&store, team, named).await?),
        (Some(_), RoleArg::Admin | RoleArg::Viewer) => {
            return Err(Failure::Usage("`--rep` goes with `--role rep` alone".to_owned()));
        }
        (None, _) => None,
    };
    let command = Command::AddUser { email: args.email, role: args.role.role(), rep };
    let Answer::User(user) = change(&store, team, command).await? else {
        return Err(Failure::Refused("the user was added, but their id is not known".to_owned()));
    };
    let made = make_link(&store, &public_url, (team, user), INVITATION_SECONDS).await?;
    store.close().await;
    say_link(&made, args.link.json)
}

async fn link(args: LinkArgs) -> Result<(), Failure> {
    let public_url = public_url(&args.link)?;
    let (store, team) = open(&args.link.team).await?;
    let user = user(&store, team, &args.email).await?;
    let made = make_link(&store, &public_url, (team, user), LINK_SECONDS).await?;
    store.close().await;
    say_link(&made, args.link.json)
}

async fn remove(args: RemoveArgs) -> Result<(), Failure> {
    let (store, team) = open(&args.team).await?;
    let user = user(&store, team, &args.email).await?;
    change(&store, team, Command::RemoveUser { user }).await?;
    store.close().await;
    note(format!("User `{user}` can't sign in any more."));
    Ok(())
}

async fn open(args: &TeamArgs) -> Result<(Store, TeamId), Failure> {
    let store = args.config.open().await?;
    let team = database::team(&store, args.team).await?;
    Ok((store, team))
}

/// Where links begin: as the flag says, or as the server is set.
fn public_url(options: &LinkOptions) -> Result<Url, Failure> {
    let mut sources = options.team.config.sources();
    sources.public_url.clone_from(&options.public_url);
    Ok(Config::load(&sources)?.public_url)
}

/// Carries out a command on the team, beside whatever servers run on it.
async fn change(store: &Store, team: TeamId, command: Command) -> Result<Answer, Failure> {
    let (clock, entropy) = (Arc::new(SystemClock::new()), Arc::new(SystemEntropy));
    let engine = Engine::start(store.clone(), clock, entropy, EngineOptions::default());
    let caller = Caller { team, actor: Actor::Cli };
    let done = engine.run(caller, Request { command, idempotency: None }).await;
    engine.stop().await;
    done.map(|done| done.answer).map_err(|error| Failure::Refused(error.to_string()))
}

async fn make_link(
    store: &Store,
    public_url: &Url,
    of: (TeamId, UserId),
    seconds: i64,
) -> Result<Invitation, Failure> {
    let clock = SystemClock::new();
    people::make_link(store, (&clock, &SystemEntropy), public_url, of, seconds)
        .await
        .map_err(|error| Failure::Refused(error.to_string()))
}

fn say_link(made: &Invitation, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return say_json(made);
    }
    note(format!(
        "By this link `{}` chooses a password and signs in, once, until {}. It can't be shown again:",
        printable(&made.email),
        made.expires_at
    ));
    say(made.link.as_str())
}

async fn users(store: &Store, team: TeamId) -> Result<Vec<UserRow>, Failure> {
    let mut users: Vec<UserRow> = Vec::new();
    loop {
        let page = store.users(team, users.last().map(|row| row.user), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        users.extend(page);
        if is_last {
            return Ok(users);
        }
    }
}

async fn user(store: &Store, team: TeamId, email: &Email) -> Result<UserId, Failure> {
    let is_meant = |row: &UserRow| {
        let known = row.email.as_deref().and_then(|known| Email::parse(known).ok());
        known.is_some_and(|known| known.key() == email.key())
    };
    let known = users(store, team).await?.into_iter().find(is_meant);
    known.map(|row| row.user).ok_or_else(|| {
        Failure::Refused(format!(
            "nobody in the team signs in as `{email}`; `rondo user list` shows who does, `rondo user invite` lets somebody in"
        ))
    })
}

fn shown(row: &UserRow) -> Value {
    json!({
        "id": row.user,
        "email": row.email,
        "role": row.role,
        "rep": row.rep,
        "rep_name": row.rep_name,
        "added_at": row.added_at,
        "has_password": row.has_password,
    })
}
