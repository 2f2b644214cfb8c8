//! Opening the database for set-up commands, beside a server or without one.

use std::path::{Path, PathBuf};

use clap::Args;
use rondo_core::ids::TeamId;
use rondo_store::{Store, StoreOptions};

use super::Failure;
use crate::config::{Config, Sources};

/// Connections that read at the same time: a command does one thing after the other.
const READERS: u32 = 2;

/// Teams read at once.
const PAGE_TEAMS: u32 = 500;

/// Where the settings and the data are.
#[derive(Debug, Clone, Args)]
pub(super) struct ConfigArgs {
    /// The file of settings [default: rondo.toml, if it is there].
    #[arg(long, value_name = "FILE", help_heading = "Data")]
    config: Option<PathBuf>,
    /// Where the data is: `sqlite:PATH`, or `postgres://…` [default: sqlite:rondo-data/rondo.db].
    #[arg(long, value_name = "DATABASE", help_heading = "Data")]
    database: Option<String>,
}

impl ConfigArgs {
    /// What these leave unsaid is as others have it.
    pub(super) fn or(self, others: Self) -> Self {
        let Self { config, database } = self;
        Self { config: config.or(others.config), database: database.or(others.database) }
    }

    /// Whether anything was said.
    pub(super) fn says_anything(&self) -> bool {
        self.config.is_some() || self.database.is_some()
    }

    /// The settings' sources: the flags, the environment and the file.
    pub(super) fn sources(&self) -> Sources {
        let mut sources = Sources::of_process();
        sources.file = self.config.clone().or(sources.file);
        sources.database = self.database.clone();
        sources
    }

    /// Opens the data, and makes it where there is none.
    pub(super) async fn open_or_make(&self) -> Result<Store, Failure> {
        open_or_make_at(&Config::load(&self.sources())?.database).await
    }

    /// Opens the data that is there.
    pub(super) async fn open(&self) -> Result<Store, Failure> {
        open_at(&Config::load(&self.sources())?.database).await
    }
}

/// Opens the data that is there.
pub(super) async fn open_at(database: &str) -> Result<Store, Failure> {
    if let Some(path) = database.strip_prefix("sqlite:")
        && !Path::new(path).exists()
    {
        return Err(Failure::Refused(format!(
            "there is no database `{path}`; name it with `--database sqlite:PATH`, or begin with `rondo team create`"
        )));
    }
    open_or_make_at(database).await
}

/// Opens the data, and makes it where there is none.
pub(super) async fn open_or_make_at(database: &str) -> Result<Store, Failure> {
    let options = StoreOptions { database: database.to_owned(), readers: READERS };
    Ok(Store::open(&options).await?)
}

/// Every team, oldest first.
pub(super) async fn teams(store: &Store) -> Result<Vec<TeamId>, Failure> {
    let mut teams = Vec::new();
    loop {
        let page = store.teams(teams.last().copied(), PAGE_TEAMS).await?;
        let is_last = page.len() < PAGE_TEAMS as usize;
        teams.extend(page);
        if is_last {
            return Ok(teams);
        }
    }
}

/// Every team that is there or has a ledger, oldest first.
pub(super) async fn teams_and_ledgers(store: &Store) -> Result<Vec<TeamId>, Failure> {
    let mut all = teams(store).await?;
    let mut last = None;
    while let Some(team) = store.ledger_after(last).await? {
        all.push(team);
        last = Some(team);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// The team that is meant: the one named, or the only one.
pub(super) async fn team(store: &Store, named: Option<TeamId>) -> Result<TeamId, Failure> {
    let teams = teams(store).await?;
    match (named, teams.as_slice()) {
        (Some(named), teams) if teams.contains(&named) => Ok(named),
        (Some(named), _) => Err(Failure::Refused(format!("there is no team `{named}` here"))),
        (None, [one]) => Ok(*one),
        (None, []) => Err(Failure::Refused(
            "there is no team yet; begin one with `rondo team create`".to_owned(),
        )),
        (None, several) => {
            let ids: Vec<_> = several.iter().take(10).map(|id| format!("\n  {id}")).collect();
            Err(Failure::Usage(format!(
                "there are {} teams; say which one with `--team`:{}",
                several.len(),
                ids.concat()
            )))
        }
    }
}
