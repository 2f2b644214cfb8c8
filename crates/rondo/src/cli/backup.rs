//! `rondo backup`: a consistent copy of the embedded database, while it serves.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::Failure;
use super::database::ConfigArgs;
use super::terminal::{bar_of_bytes, note};
use crate::clock::{Clock as _, SystemClock};

/// Between two looks at how large the copy is.
const LOOK: Duration = Duration::from_millis(200);

/// `rondo backup`.
#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// The file to write, which must not be there yet.
    file: PathBuf,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs `rondo backup`.
pub(super) async fn run(args: BackupArgs) -> Result<(), Failure> {
    let store = args.config.open().await?;
    let bar = bar_of_bytes(store.bytes().unwrap_or_default());
    let clock = SystemClock::new();
    let watching = async {
        loop {
            clock.wait(LOOK).await;
            bar.set_position(std::fs::metadata(&args.file).map_or(0, |file| file.len()));
        }
    };
    let written = tokio::select! {
        written = store.backup(&args.file) => written,
        () = watching => unreachable!("watching never ends"),
    };
    bar.finish_and_clear();
    written?;
    store.close().await;
    let file = args.file.display();
    note(format!(
        "{file} is a copy of the database. It holds no secret key: keep a copy of that apart. Check it with\n    \
         rondo verify --database sqlite:{file}"
    ));
    Ok(())
}
