//! `rondo copy`: a whole installation moves to another database.

use std::path::Path;

use clap::Args;
use rondo_core::ids::TeamId;
use rondo_store::{CopyError, Store, shown_database};

use super::Failure;
use super::database::{open_at, open_or_make_at};
use super::terminal::{bar_of_things, count_of, note, thousands};
use super::verify;
use crate::secrets::KEY_FILE_NAME;

/// `rondo copy`.
#[derive(Debug, Args)]
pub(super) struct CopyArgs {
    /// The database to copy, `sqlite:PATH` or `postgres://…`; no server may write to it meanwhile.
    #[arg(long, value_name = "DATABASE")]
    from: String,
    /// The database to copy to; it must be empty.
    #[arg(long, value_name = "DATABASE")]
    to: String,
}

/// Runs `rondo copy`.
pub(super) async fn run(args: CopyArgs) -> Result<(), Failure> {
    let from = open_at(&args.from).await?;
    let to = open_or_make_at(&args.to).await?;
    let bar = bar_of_things(0).with_message("rows");
    let copied = from
        .copy_to(&to, &mut |progress| {
            bar.set_length(progress.rows);
            bar.set_position(progress.copied);
        })
        .await;
    let rows = bar.position();
    bar.finish_and_clear();
    let teams = copied.map_err(|error| match error {
        CopyError::Store(error) => Failure::from(error),
        refused @ (CopyError::NotEmpty | CopyError::Changed(_)) => {
            Failure::Refused(refused.to_string())
        }
    })?;
    let shown = shown_database(&args.to);
    note(format!(
        "{} of {} copied to {shown}; replaying the ledgers of both",
        count_of(rows, "row"),
        count_of(teams.len() as u64, "team")
    ));
    for store in [&from, &to] {
        check(store, &teams).await?;
    }
    from.close().await;
    to.close().await;
    note(format!("Both are as their ledgers say: {} in each.", thousands(rows)));
    if let Some(path) = args.from.strip_prefix("sqlite:") {
        let key = Path::new(path).with_file_name(KEY_FILE_NAME);
        note(format!(
            "Give the servers of the new database the secret key of the old ones, else sealed secrets can't be opened: \
             RONDO_SECRET_KEY_FILE={}",
            key.display()
        ));
    }
    Ok(())
}

async fn check(store: &Store, teams: &[TeamId]) -> Result<(), Failure> {
    match verify::differences(store, teams, false).await? {
        0 => Ok(()),
        _ => Err(Failure::Reported),
    }
}
