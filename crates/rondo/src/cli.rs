//! The command line: what can be said, and what is run for it.
//!
//! Set-up commands (`team`, `key`, `user`, `verify`) open the database themselves, and work while a server runs on it. Data
//! commands speak to a running server by its API. Data goes to standard output, everything else to standard error.

mod backup;
mod campaign;
mod client;
mod copy;
mod database;
mod demo;
mod explain;
mod failure;
mod import;
mod key;
mod mailbox;
mod qualify;
mod queue;
mod rep;
mod route;
mod serve;
mod team;
mod terminal;
mod user;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand};

pub use failure::Failure;

/// What the program may be told.
#[derive(Debug, Parser)]
#[command(
    name = "rondo",
    version,
    about = "Hands every qualified sales lead to the right rep, in turn, exactly once, and can prove it.",
    long_about = "Hands every qualified sales lead to the right rep, in turn, exactly once, and can prove it.\n\n\
        Without a command, `rondo` runs the server, as `rondo serve` does.",
    after_help = "Examples:
  rondo
  rondo team create \"Acme Sales\" --admin you@acme.example
  rondo import leads contacts.csv --campaign \"Spring\"",
    disable_help_subcommand = true
)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::ServeArgs,
}

impl CommandLine {
    /// What is to be run. The server takes its flags on both sides of its name; what comes behind it outweighs the rest.
    fn into_command(self) -> Result<Command, clap::Error> {
        match self.command {
            None => Ok(Command::Serve(self.serve)),
            Some(Command::Serve(args)) => Ok(Command::Serve(args.or(self.serve))),
            Some(_) if self.serve.says_anything() => Err(Self::command().error(
                ErrorKind::ArgumentConflict,
                "what stands before a command is for the server; put it behind the command, as in `rondo verify --database …`",
            )),
            Some(command) => Ok(command),
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    ///
    /// It needs no configuration: it listens on 127.0.0.1:7070 and keeps its data in ./rondo-data. A file `rondo.toml`,
    /// variables named RONDO_… and these flags change that, each outweighing the one before.
    #[command(after_help = "Examples:
  rondo serve
  rondo serve --listen 0.0.0.0:7070 --database sqlite:/var/lib/rondo/rondo.db --public-url https://rondo.example")]
    Serve(serve::ServeArgs),
    /// Begin teams.
    #[command(after_help = "Example:\n  rondo team create \"Acme Sales\" --admin you@acme.example")]
    Team(team::TeamArgs),
    /// Make, list and revoke API keys.
    #[command(after_help = "Examples:
  rondo key create --role router
  rondo key list
  rondo key revoke key_01k3v9m2q8f7x5t4b6n0c1d2e3")]
    Key(key::KeyArgs),
    /// Let people sign in to the console, and make links for them.
    #[command(after_help = "Examples:
  rondo user link you@acme.example
  rondo user invite kim@acme.example --role viewer
  rondo user list
  rondo user remove kim@acme.example")]
    User(user::UserArgs),
    /// Fill a new installation with a living example: a team with a month behind it.
    #[command(after_help = "Examples:
  rondo demo
  rondo demo --database sqlite:demo.db && rondo serve --database sqlite:demo.db")]
    Demo(demo::DemoArgs),
    /// Import leads or reps from a file.
    #[command(after_help = "Examples:
  rondo import reps reps.csv
  rondo import leads contacts.csv --campaign \"Spring\"")]
    Import(import::ImportArgs),
    /// Report leads as qualified, so that each goes to the right rep; or show who would get the next ones.
    #[command(after_help = "Examples:
  rondo route --campaign \"Spring\" --email rosa@kiln.example --name \"Rosa Chen\"
  rondo route --campaign \"Spring\" qualified.csv
  rondo route --campaign \"Spring\" --dry-run")]
    Route(route::RouteArgs),
    /// Explain why a lead went to a rep: the reason, and the circle as it stood.
    #[command(after_help = "Example:\n  rondo explain asg_01k3v9m2q8f7x5t4b6n0c1d2e3")]
    Explain(explain::ExplainArgs),
    /// Replay each team's ledger and compare it with the tables; exit with 1 if anything differs.
    #[command(after_help = "Examples:
  rondo verify
  rondo verify --database sqlite:/var/lib/rondo/rondo.db --json")]
    Verify(verify::VerifyArgs),
    /// Copy the embedded database as of one moment, while servers run on it.
    #[command(after_help = "Example:\n  rondo backup /var/backups/rondo-2026-12-03.db")]
    Backup(backup::BackupArgs),
    /// Move a whole installation to another database, which must be empty.
    #[command(after_help = "Example:
  rondo copy --from sqlite:rondo-data/rondo.db --to postgres://rondo@db.internal/rondo")]
    Copy(copy::CopyArgs),
    /// Draft, launch and list campaigns.
    #[command(after_help = "Examples:
  rondo campaign create \"Spring\"
  rondo campaign launch \"Spring\"
  rondo campaign list")]
    Campaign(campaign::CampaignArgs),
    /// List sales reps, and switch their out of office.
    #[command(after_help = "Examples:
  rondo rep list
  rondo rep away \"Bo Lind\"
  rondo rep back \"Bo Lind\"")]
    Rep(rep::RepArgs),
    /// List the mailboxes, and try them.
    #[command(after_help = "Examples:
  rondo mailbox list
  rondo mailbox test mbx_01k3v9m2q8f7x5t4b6n0c1d2e3")]
    Mailbox(mailbox::MailboxArgs),
    /// Show what received messages would be taken for: the label, how likely each is, and which words speak for it.
    #[command(after_help = "Examples:
  rondo qualify reply.eml
  rondo qualify --json inbox/*.eml
  rondo qualify --json - < reply.eml")]
    Qualify(qualify::QualifyArgs),
    /// Print completions for a shell.
    #[command(after_help = "Example:
  rondo completions bash > ~/.local/share/bash-completion/completions/rondo")]
    Completions(CompletionsArgs),
}

#[derive(Debug, Args)]
struct CompletionsArgs {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Runs what the arguments say, the program's name first, and returns its exit code: 0 done, 1 refused or failed, 2 wrong
/// usage.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = CommandLine::try_parse_from(arguments);
    let command = match line.and_then(CommandLine::into_command) {
        Ok(command) => command,
        Err(error) => {
            // Help and version go to standard output and are no failure.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return failed(&Failure::Refused(format!("no threads can be started: {error}")));
        }
    };
    match runtime.block_on(run_command(command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failed(&failure),
    }
}

async fn run_command(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => serve::run(args).await,
        Command::Team(args) => team::run(args).await,
        Command::Key(args) => key::run(args).await,
        Command::User(args) => user::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Import(args) => import::run(args).await,
        Command::Route(args) => route::run(args).await,
        Command::Explain(args) => explain::run(args).await,
        Command::Mailbox(args) => mailbox::run(args).await,
        Command::Verify(args) => verify::run(args).await,
        Command::Backup(args) => backup::run(args).await,
        Command::Copy(args) => copy::run(args).await,
        Command::Campaign(args) => campaign::run(args).await,
        Command::Rep(args) => rep::run(args).await,
        Command::Qualify(args) => qualify::run(&args),
        Command::Completions(args) => completions(args.shell),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "rondo", &mut text);
    terminal::say(String::from_utf8_lossy(&text).trim_end())
}

fn failed(failure: &Failure) -> ExitCode {
    if !matches!(failure, Failure::Reported) {
        terminal::note(format!("error: {failure}"));
    }
    ExitCode::from(failure.exit_code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example"), "{path} shows no example");
            command.get_subcommands().for_each(|subcommand| check(subcommand, &path));
        }
        check(&CommandLine::command(), "");
    }

    #[test]
    fn no_command_runs_the_server() {
        let line = CommandLine::try_parse_from(["rondo", "--listen", "127.0.0.1:0"]).unwrap();
        assert!(line.command.is_none());
        assert!(CommandLine::try_parse_from(["rondo", "conquer"]).is_err());
    }

    #[test]
    fn the_server_takes_its_flags_before_and_behind_its_name() {
        let command = |line: &str| {
            let words = line.split(' ');
            CommandLine::try_parse_from(words).and_then(CommandLine::into_command)
        };
        for line in ["rondo --listen A", "rondo serve --listen A", "rondo --listen A serve"] {
            let Ok(Command::Serve(args)) = command(line) else { panic!("{line}") };
            assert_eq!(args.listen.as_deref(), Some("A"), "{line}");
        }
        let both = command("rondo --log debug --listen A serve --listen B").unwrap();
        let Command::Serve(args) = both else { panic!("{both:?}") };
        assert_eq!((args.listen.as_deref(), args.log.as_deref()), (Some("B"), Some("debug")));
        // Another command would do without what it was told.
        for line in ["rondo --database D verify", "rondo --listen A verify"] {
            let error = command(line).unwrap_err();
            assert!(error.to_string().contains("put it behind the command"), "{error}");
        }
        assert!(command("rondo verify --database D").is_ok());
    }
}
