//! Leads from a file: each row taken, or told with what is wrong with it.

use std::io::Cursor;

use bytes::Bytes;
use rondo_core::command::OwnerRef;
use rondo_core::detail::{Attribute, Existing};
use rondo_core::ids::{CampaignId, RepId};

use super::{ATTRIBUTES_MAX, LeadList, LeadsToAdd, NewLead, add};
use crate::app::page::{LIMIT_MAX, Page};
use crate::app::{App, AppError, Caller, reps};
use crate::import::owners::{KnownRep, OwnerBook, Resolved};
use crate::import::trouble::{Class, Tally};
use crate::import::{
    ImportError, LeadRow, Mapping, ROWS_MAX, Record, Rejects, Repeat, Repeats, Shape, Trouble,
    people,
};

/// Leads taken at once: enough that the number of commands does not matter, few enough that others have their turn.
const CHUNK_LEADS_MAX: usize = 1000;
/// Rows that were not taken, shown one by one; all of them stand in the file of those.
pub const SHOWN_MAX: usize = 200;

/// A file of leads, and how it is to be read.
pub struct LeadFile<'f> {
    /// What is in it.
    pub bytes: &'f Bytes,
    /// How it is written.
    pub shape: &'f Shape,
    /// What its columns mean.
    pub mapping: &'f Mapping,
}

/// What became of a file.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Rows of people in it.
    pub rows: u64,
    /// Leads that the team did not know.
    pub created: u64,
    /// Leads of which something changed.
    pub updated: u64,
    /// Leads that are in the campaign now.
    pub joined: u64,
    /// Rows that were not taken.
    pub refused_count: u64,
    /// The first of them.
    pub refused: Vec<Refused>,
    /// What is to be said of rows that were taken, by kind.
    pub cautions: Vec<Class>,
    /// Leads that were taken into the team and do not join the campaign.
    pub apart_count: u64,
    /// The first of them.
    pub apart: Vec<Refused>,
    /// The rows that were not taken, with the reason, to be mended and uploaded again.
    pub mendable: Option<Bytes>,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its number as a spreadsheet shows it.
    pub row: u64,
    /// Whom it tells of, as far as that can be told.
    pub who: String,
    /// Why.
    pub reason: String,
}

/// Why a file was not taken to its end; what came before stays.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It can't be read.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The leads can't be taken.
    #[error(transparent)]
    App(#[from] AppError),
}

/// A file that was not taken to its end.
#[derive(Debug)]
pub struct Broken {
    /// Why.
    pub error: FileError,
    /// What became of the rows before.
    pub taken: Box<Report>,
}

impl Report {
    /// Leads that are in the team or in the campaign by it, or of which something changed.
    pub fn touched(&self) -> u64 {
        (self.created + self.updated).max(self.joined)
    }
}

/// Takes the leads of a file into a campaign.
pub async fn take(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    file: &LeadFile<'_>,
    existing: Existing,
) -> Result<Report, Broken> {
    let broken = |error, taken| Broken { error, taken: Box::new(taken) };
    let owners = owners(app, caller).await;
    let mut taking = Taking {
        app,
        caller,
        campaign,
        existing,
        mapping: file.mapping,
        owners: owners.map_err(|error| broken(error.into(), Report::default()))?,
        repeats: Repeats::default(),
        cautions: Tally::default(),
        rejects: None,
        delimiter: file.shape.delimiter,
        firsts: Vec::new(),
        merges: Vec::new(),
        report: Report::default(),
    };
    match taking.rows(file).await {
        Ok(()) => taking.finish().map_err(|error| broken(error.into(), Report::default())),
        Err(error) => Err(broken(error, taking.report)),
    }
}

/// The reps of the team, by whatever a file may name them by.
async fn owners(app: &App, caller: &Caller) -> Result<OwnerBook, AppError> {
    let mut known = Vec::new();
    let mut page = Page { limit: LIMIT_MAX, cursor: None };
    loop {
        let listed = reps::list(app, caller, &page).await?;
        known.extend(listed.items.into_iter().map(|rep| (rep.id.to_string(), rep.name, rep.email)));
        page.cursor = listed.next_cursor;
        if page.cursor.is_none() {
            let reps = known.iter().map(|(id, name, email)| KnownRep { id, name, email });
            return Ok(OwnerBook::of(reps));
        }
    }
}

struct Taking<'t> {
    app: &'t App,
    caller: &'t Caller,
    campaign: CampaignId,
    existing: Existing,
    mapping: &'t Mapping,
    owners: OwnerBook,
    repeats: Repeats,
    cautions: Tally,
    rejects: Option<Rejects<Vec<u8>>>,
    delimiter: char,
    /// Leads with the rows that they stand in.
    firsts: Vec<(u64, NewLead)>,
    merges: Vec<(u64, NewLead)>,
    report: Report,
}

impl Taking<'_> {
    async fn rows(&mut self, file: &LeadFile<'_>) -> Result<(), FileError> {
        let mut records = file.shape.records(Cursor::new(file.bytes.clone()))?;
        while let Some(record) = records.next_record()? {
            if record.is_blank() && record.unclosed_on.is_none() {
                continue;
            }
            self.report.rows += 1;
            if self.report.rows > ROWS_MAX {
                return Err(ImportError::TooManyRows.into());
            }
            self.row(record)?;
            if self.firsts.len() >= CHUNK_LEADS_MAX || self.merges.len() >= CHUNK_LEADS_MAX {
                self.flush().await?;
            }
        }
        Ok(self.flush().await?)
    }

    fn row(&mut self, record: Record) -> Result<(), ImportError> {
        let mut lead = match people::lead(&record, self.mapping) {
            Ok(lead) if lead.attributes.len() > ATTRIBUTES_MAX => {
                let detail =
                    format!("the row fills more than {ATTRIBUTES_MAX} fields; leave some out");
                return self.refuse(&record, &Trouble::Refused { detail });
            }
            Ok(lead) => lead,
            Err(trouble) => return self.refuse(&record, &trouble),
        };
        match self.repeats.note(&lead) {
            Repeat::First => {
                let lead = self.lead(lead);
                self.firsts.push((record.row, lead));
            }
            Repeat::Same { first_row } => {
                self.cautions.add(record.row, &Trouble::RepeatedRow { first_row });
            }
            Repeat::More { first_row, has_owner } => {
                self.cautions.add(record.row, &Trouble::RepeatedRow { first_row });
                if has_owner {
                    lead.owner = None;
                }
                let lead = self.lead(lead);
                self.merges.push((record.row, lead));
            }
            Repeat::Another { first_row } => {
                return self.refuse(&record, &Trouble::SharedAddress { first_row });
            }
        }
        Ok(())
    }

    fn lead(&mut self, lead: LeadRow) -> NewLead {
        let owner = lead.owner.and_then(|named| self.owner(lead.row, named));
        let text = |(name, text): (String, String)| (name, Attribute::Text(text));
        NewLead {
            email: lead.email,
            name: lead.name,
            company: lead.company,
            owner,
            external_id: lead.external_id,
            attributes: Some(lead.attributes.into_iter().map(text).collect()),
        }
    }

    fn owner(&mut self, row: u64, named: String) -> Option<OwnerRef> {
        match self.owners.resolve(&named) {
            Resolved::Rep(id) => id.parse::<RepId>().ok().map(OwnerRef::Id),
            Resolved::Unknown => {
                self.cautions.add(row, &Trouble::UnknownOwner { owner: Some(named) });
                None
            }
            Resolved::Ambiguous => {
                self.cautions.add(row, &Trouble::AmbiguousOwner { owner: named });
                None
            }
        }
    }

    fn refuse(&mut self, record: &Record, trouble: &Trouble) -> Result<(), ImportError> {
        let rejects = match &mut self.rejects {
            Some(rejects) => rejects,
            none => none.insert(Rejects::new(Vec::new(), &self.mapping.columns, self.delimiter)?),
        };
        rejects.add(record, trouble)?;
        self.report.refused_count += 1;
        if self.report.refused.len() < SHOWN_MAX {
            let filled =
                record.cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
            self.report.refused.push(Refused {
                row: record.row,
                who: filled.take(3).collect::<Vec<_>>().join(", ").chars().take(120).collect(),
                reason: trouble.to_string(),
            });
        }
        Ok(())
    }

    /// Takes what was gathered: firsts before the rows that are merged into them.
    async fn flush(&mut self) -> Result<(), AppError> {
        let firsts = std::mem::take(&mut self.firsts);
        let merges = std::mem::take(&mut self.merges);
        self.send(firsts, self.existing).await?;
        if self.existing != Existing::Skip {
            // Those rows were counted with the first of their address.
            let before = self.report.clone();
            self.send(merges, Existing::Fill).await?;
            self.report = before;
        }
        Ok(())
    }

    async fn send(
        &mut self,
        leads: Vec<(u64, NewLead)>,
        existing: Existing,
    ) -> Result<(), AppError> {
        if leads.is_empty() {
            return Ok(());
        }
        let (rows, leads): (Vec<_>, Vec<_>) = leads.into_iter().unzip();
        let addresses: Vec<_> = leads.iter().map(|lead| lead.email.as_str().to_owned()).collect();
        let list = LeadsToAdd::Several(LeadList { leads, existing: Some(existing) });
        let taken = add(self.app, self.caller, Some(self.campaign), list, None).await?;
        self.report.created += taken.created;
        self.report.updated += taken.updated;
        self.report.joined += taken.conversations.len() as u64;
        for warning in taken.warnings.iter().filter(|warning| warning.code == "not-enrolled") {
            let Some(index) = warning.row.filter(|index| *index < rows.len()) else { continue };
            self.report.apart_count += 1;
            if self.report.apart.len() < SHOWN_MAX {
                let reason = warning.detail.split_once(": ").map_or("", |(_, why)| why);
                self.report.apart.push(Refused {
                    row: rows[index],
                    who: addresses[index].clone(),
                    reason: reason.to_owned(),
                });
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Report, ImportError> {
        self.report.cautions = self.cautions.classes();
        self.report.mendable = match self.rejects {
            Some(rejects) => Some(rejects.finish()?.into()),
            None => None,
        };
        Ok(self.report)
    }
}
