//! `rondo import`: from a file to leads or reps on the server.

mod leads;
mod owners;
mod report;
mod reps;
mod source;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::Failure;
use super::client::Connection;

pub(super) use leads::lead_body;
pub(super) use owners::{OwnerBook, Resolved, fetch as fetch_owners};
pub(super) use source::{Keep, Source};

/// `rondo import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Import leads, into a campaign or into the team alone.
    ///
    /// Reads exports of HubSpot, Salesforce and others, and plain lists: delimiter, encoding and columns are recognised, shown,
    /// and can be changed by flags. Rows that can't be imported go to a file beside FILE, with the reason, to be mended and
    /// imported again. Importing the same file twice changes nothing.
    #[command(after_help = "Examples:
  rondo import leads contacts.csv --campaign \"Spring\"
  rondo import leads contacts.csv --dry-run
  rondo import leads contacts.csv --map email=\"E-mail 2\" --map owner=- --existing overwrite")]
    Leads(LeadsArgs),
    /// Import sales reps: name, email, phone, time zone, calendar link.
    ///
    /// A rep is known by the email address: importing the same file twice changes nothing.
    #[command(after_help = "Examples:
  rondo import reps reps.csv
  rondo import reps reps.csv --existing overwrite")]
    Reps(RepsArgs),
}

/// `rondo import leads`.
#[derive(Debug, Args)]
struct LeadsArgs {
    #[command(flatten)]
    file: FileArgs,
    /// The campaign that the leads join, by id or name; without one they join the team alone.
    #[arg(long, value_name = "CAMPAIGN")]
    campaign: Option<String>,
    #[command(flatten)]
    how: HowArgs,
    #[command(flatten)]
    connection: Connection,
}

/// `rondo import reps`.
#[derive(Debug, Args)]
struct RepsArgs {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    how: HowArgs,
    #[command(flatten)]
    connection: Connection,
}

/// How a file is read.
#[derive(Debug, Clone, Args)]
pub(super) struct FileArgs {
    /// The file: delimited text with a row for each person.
    #[arg(value_name = "FILE.csv")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
}

/// What is recognised in a file unless it is said.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct ReadingArgs {
    /// Which column fills a field, as in `email="E-mail 2"`, or `owner=-` for none. May be repeated. For leads,
    /// `attribute=COLUMN` keeps a column as an attribute, and `attributes=-` keeps none; `ignore=COLUMN` leaves one out.
    #[arg(long = "map", value_name = "FIELD=COLUMN", help_heading = "Reading the file")]
    pub(super) map: Vec<String>,
    /// The encoding, for example `utf-8`, `windows-1252`, `iso-8859-2`.
    #[arg(long, value_name = "NAME", help_heading = "Reading the file")]
    pub(super) encoding: Option<String>,
    /// What separates the cells: one character, or `tab`.
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter, help_heading = "Reading the file")]
    pub(super) delimiter: Option<char>,
    /// Where rows that are not imported go, instead of a file beside FILE.
    #[arg(long, value_name = "FILE", help_heading = "Reading the file")]
    pub(super) not_imported: Option<PathBuf>,
}

/// What is done with what was read.
#[derive(Debug, Clone, Args)]
struct HowArgs {
    /// What to do with those who are there already.
    #[arg(long, value_enum, default_value_t = Existing::Fill)]
    existing: Existing,
    /// Show what is recognised and counted, and send nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print the summary as JSON.
    #[arg(long)]
    json: bool,
}

/// What an import does with those who are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Existing {
    /// Fill their empty fields.
    Fill,
    /// Replace their fields by those in the file.
    Overwrite,
    /// Leave them as they are.
    Skip,
}

/// Runs `rondo import`.
pub(super) async fn run(args: ImportArgs) -> Result<(), Failure> {
    match args.what {
        What::Leads(args) => leads::run(args).await,
        What::Reps(args) => reps::run(args).await,
    }
}

fn delimiter(text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (text, characters.next(), characters.next()) {
        ("tab" | "\\t", _, _) => Ok('\t'),
        (_, Some(one), None) if one.is_ascii() && !matches!(one, '"' | '\r' | '\n') => Ok(one),
        _ => Err("expected one character such as `;`, or `tab`".to_owned()),
    }
}
