//! `rondo verify`: whether the tables are what the ledger says.

use clap::Args;
use rondo_core::ids::TeamId;
use rondo_store::{DIFFERENCES_MAX, Difference, Store, VerifyReport};
use serde_json::{Value, json};

use super::Failure;
use super::database::{self, ConfigArgs};
use super::terminal::{bar_of_things, count_of, note, printable, say, say_json, thousands};
use crate::clock::{Clock as _, SystemClock};

/// `rondo verify`.
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The team; all of them unless it is said.
    #[arg(long, value_name = "TEAM")]
    team: Option<TeamId>,
    /// Print a JSON line for each team.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs `rondo verify`.
pub(super) async fn run(args: VerifyArgs) -> Result<(), Failure> {
    let store = args.config.open().await?;
    let teams = match args.team {
        Some(named) => vec![named],
        None => database::teams_and_ledgers(&store).await?,
    };
    let differences = differences(&store, &teams, args.json).await?;
    store.close().await;
    if teams.is_empty() {
        note("There is no team yet, so there is nothing to verify.");
    }
    if differences > 0 { Err(Failure::Reported) } else { Ok(()) }
}

/// Verifies teams, and says of each what was found; how many differences there are.
pub(super) async fn differences(
    store: &Store,
    teams: &[TeamId],
    as_json: bool,
) -> Result<usize, Failure> {
    let now = SystemClock::new().now();
    let mut differences = 0;
    for team in teams {
        let bar = bar_of_things(0);
        let mut progress = |progress: rondo_store::Progress| {
            bar.set_length(progress.entries);
            bar.set_position(progress.replayed);
        };
        let report = store.verify(*team, &mut progress).await?;
        bar.finish_and_clear();
        let Some(mut report) = report else {
            // It may have been listed, and nothing of it can be gone since: teams stay.
            return Err(Failure::Refused(format!("there is no team `{team}` here")));
        };
        if report.differences.is_empty() {
            report.differences.extend(store.verify_due(*team, now).await?);
        }
        differences += report.differences.len();
        if as_json { say_json(&shown(*team, &report))? } else { print(*team, &report)? }
    }
    Ok(differences)
}

fn print(team: TeamId, report: &VerifyReport) -> Result<(), Failure> {
    let entries = count_of_entries(report.entries);
    let rows = count_of(report.rows, "row");
    match report.differences.len() {
        0 => {
            say(format!("{team}: all is as the ledger says ({entries} replayed, {rows} compared)"))
        }
        count => {
            let at_least = if count >= DIFFERENCES_MAX { "at least " } else { "" };
            let differences = count_of(count as u64, "difference");
            say(format!("{team}: {at_least}{differences} ({entries} replayed, {rows} compared)"))?;
            report.differences.iter().try_for_each(|difference| say(sentence(difference)))
        }
    }
}

fn count_of_entries(count: u64) -> String {
    let word = if count == 1 { "entry" } else { "entries" };
    format!("{} {word}", thousands(count))
}

fn sentence(difference: &Difference) -> String {
    let Difference { table, kind, id, column, ledger, stored } = difference;
    let what = match column {
        Some(column) => format!("{kind} `{id}`: `{table}.{column}`"),
        None => format!("{kind} `{id}` in table `{table}`"),
    };
    format!("  {what} is {}, and the ledger says {}", printable(stored), printable(ledger))
}

fn shown(team: TeamId, report: &VerifyReport) -> Value {
    let differences: Vec<_> = report
        .differences
        .iter()
        .map(|difference| {
            json!({
                "table": difference.table,
                "kind": difference.kind,
                "id": difference.id,
                "column": difference.column,
                "ledger": difference.ledger,
                "stored": difference.stored,
            })
        })
        .collect();
    json!({
        "team": team,
        "entries": report.entries,
        "rows": report.rows,
        "differences": differences,
    })
}
