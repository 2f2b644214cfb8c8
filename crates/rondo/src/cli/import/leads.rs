//! `rondo import leads`: rows become leads, sent in chunks.

use rondo_core::text::Email;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::report::{Counts, Report};
use super::source::{Keep, Source};
use super::{Existing, LeadsArgs, OwnerBook, Resolved, fetch_owners};
use crate::cli::Failure;
use crate::cli::client::Client;
use crate::cli::failure::Problem;
use crate::cli::terminal::note;
use crate::clock::{Entropy as _, SystemEntropy};
use crate::import::{Kind, LeadRow, Record, Repeat, Repeats, Trouble, people};

/// Leads sent at once: enough that the number of requests does not matter, few enough that a progress bar moves.
const CHUNK_LEADS_MAX: usize = 1000;

/// Bytes of leads sent at once, roughly: well below what the server takes.
const CHUNK_BYTES_MAX: usize = 1024 * 1024;

/// Runs `rondo import leads`.
pub(super) async fn run(args: LeadsArgs) -> Result<(), Failure> {
    let keep = if args.how.dry_run { Keep::Nothing } else { Keep::Rejects };
    let source = Source::open(&args.file.path, Kind::Leads, &args.file.reading, keep)?;
    let server = match connect(&args).await {
        Ok(server) => Some(server),
        // Without a server a dry run still shows how the file is read.
        Err(Failure::NoKey | Failure::Unreachable { .. }) if args.how.dry_run => {
            note("There is no server or no API key, so owners are not looked up.");
            None
        }
        Err(failure) => return Err(failure),
    };
    let (target, owners) = server.unzip();
    let mut import = LeadImport {
        target: target.filter(|_| !args.how.dry_run),
        existing: args.how.existing,
        owners: owners.flatten(),
        source,
        repeats: Repeats::default(),
        counts: Counts::default(),
        chunk: Chunk::default(),
        merges: Chunk::default(),
    };
    import.run().await?;
    import.report(args.how.json)
}

/// Where the leads go, and the team's reps if the key may see them.
async fn connect(args: &LeadsArgs) -> Result<(Target, Option<OwnerBook>), Failure> {
    let client = Client::new(&args.connection)?;
    let owners = owners(&client).await?;
    let path = match &args.campaign {
        Some(campaign) => format!("/v1/campaigns/{}/leads", client.campaign(campaign).await?),
        None => "/v1/leads".to_owned(),
    };
    Ok((Target { client, path, run: SystemEntropy.seed(), sent: 0 }, owners))
}

/// The team's reps, or none with a word on what that means.
async fn owners(client: &Client) -> Result<Option<OwnerBook>, Failure> {
    let book = fetch_owners(client).await?;
    if book.is_none() {
        note("This key may not list reps: owners are found by email address and id, not by name.");
    }
    Ok(book)
}

struct LeadImport {
    target: Option<Target>,
    existing: Existing,
    owners: Option<OwnerBook>,
    source: Source,
    repeats: Repeats,
    counts: Counts,
    chunk: Chunk,
    merges: Chunk,
}

/// Where leads are sent.
struct Target {
    client: Client,
    path: String,
    run: u128,
    sent: u64,
}

/// Leads that are sent together, with the rows that they come from.
#[derive(Default)]
struct Chunk {
    leads: Vec<(Record, Value)>,
    bytes: usize,
}

impl Chunk {
    fn push(&mut self, record: Record, lead: Value) {
        // Names of fields and punctuation weigh about as much as short values.
        self.bytes += record.cells.iter().map(|cell| cell.len() + 24).sum::<usize>();
        self.leads.push((record, lead));
    }

    fn is_full(&self) -> bool {
        self.leads.len() >= CHUNK_LEADS_MAX || self.bytes >= CHUNK_BYTES_MAX
    }
}

#[derive(Debug, Deserialize)]
struct LeadsAnswer {
    created: u64,
    updated: u64,
    #[serde(default)]
    warnings: Vec<RowWarning>,
}

#[derive(Debug, Deserialize)]
struct RowWarning {
    code: String,
    #[serde(default)]
    row: Option<usize>,
}

/// Whether the leads of a chunk are the first rows with their addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// They are.
    Firsts,
    /// They repeat earlier rows, and fill what those left empty.
    Merges,
}

impl LeadImport {
    async fn run(&mut self) -> Result<(), Failure> {
        while let Some(record) = self.source.next()? {
            match people::lead(&record, &self.source.mapping) {
                Ok(lead) => self.take(record, lead)?,
                Err(trouble) => self.reject(&record, &trouble)?,
            }
            if self.chunk.is_full() || self.merges.is_full() {
                self.flush().await?;
            }
        }
        self.flush().await
    }

    fn take(&mut self, record: Record, mut lead: LeadRow) -> Result<(), Failure> {
        match self.repeats.note(&lead) {
            Repeat::First => {
                self.counts.good += 1;
                let body = self.body(lead);
                self.chunk.push(record, body);
            }
            Repeat::Same { first_row } => {
                self.counts.caution(record.row, &Trouble::RepeatedRow { first_row });
            }
            Repeat::More { first_row, has_owner } => {
                self.counts.caution(record.row, &Trouble::RepeatedRow { first_row });
                if has_owner {
                    lead.owner = None;
                }
                let body = self.body(lead);
                self.merges.push(record, body);
            }
            Repeat::Another { first_row } => {
                self.reject(&record, &Trouble::SharedAddress { first_row })?;
            }
        }
        Ok(())
    }

    fn reject(&mut self, record: &Record, trouble: &Trouble) -> Result<(), Failure> {
        self.counts.reject(record.row, trouble);
        self.source.reject(record, trouble)
    }

    fn body(&mut self, lead: LeadRow) -> Value {
        let row = lead.row;
        let owner = lead.owner.and_then(|named| self.owner(row, named));
        lead_body(&lead.email, lead.name, lead.company, owner, lead.external_id, lead.attributes)
    }

    /// What is sent for an owner as named.
    fn owner(&mut self, row: u64, named: String) -> Option<String> {
        let Some(book) = &self.owners else { return Some(named) };
        match book.resolve(&named) {
            Resolved::Rep(id) => Some(id),
            Resolved::Unknown => {
                self.counts.caution(row, &Trouble::UnknownOwner { owner: Some(named) });
                None
            }
            Resolved::Ambiguous => {
                self.counts.caution(row, &Trouble::AmbiguousOwner { owner: named });
                None
            }
        }
    }

    /// Sends what was gathered: firsts before the rows that are merged into them.
    async fn flush(&mut self) -> Result<(), Failure> {
        let firsts = std::mem::take(&mut self.chunk);
        let merges = std::mem::take(&mut self.merges);
        self.send(firsts.leads, Round::Firsts).await?;
        if self.existing != Existing::Skip {
            self.send(merges.leads, Round::Merges).await?;
        }
        Ok(())
    }

    /// Sends leads; those that the server refuses are left out, and the others sent again.
    async fn send(&mut self, mut leads: Vec<(Record, Value)>, round: Round) -> Result<(), Failure> {
        while !leads.is_empty() {
            let Some(target) = &mut self.target else { return Ok(()) };
            let existing = match round {
                Round::Firsts => self.existing,
                Round::Merges => Existing::Fill,
            };
            let bodies: Vec<&Value> = leads.iter().map(|(_, lead)| lead).collect();
            let body = json!({ "leads": bodies, "existing": existing });
            match target.send(&body).await {
                Ok(answer) => return self.count(&leads, &answer, round),
                Err(Failure::Problem(problem)) => {
                    let refused = refused_leads(&problem, leads.len());
                    if refused.is_empty() {
                        return Err(Failure::Problem(problem));
                    }
                    // From the last to the first, so that the numbers of the others stay.
                    for (index, detail) in refused.into_iter().rev() {
                        let (record, _) = leads.remove(index);
                        if round == Round::Firsts {
                            self.counts.good -= 1;
                        }
                        self.reject(&record, &Trouble::Refused { detail })?;
                    }
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    fn count(
        &mut self,
        leads: &[(Record, Value)],
        answer: &LeadsAnswer,
        round: Round,
    ) -> Result<(), Failure> {
        if round == Round::Firsts {
            self.counts.created += answer.created;
            self.counts.updated += answer.updated;
        }
        for warning in answer.warnings.iter().filter(|warning| warning.code == "unknown-owner") {
            if let Some((record, lead)) = warning.row.and_then(|row| leads.get(row)) {
                let owner = lead.get("owner").and_then(Value::as_str).map(str::to_owned);
                self.counts.caution(record.row, &Trouble::UnknownOwner { owner });
            }
        }
        Ok(())
    }

    fn report(self, as_json: bool) -> Result<(), Failure> {
        let Self { source, counts, existing, target, .. } = self;
        let report = Report::new(
            "lead",
            &source.path,
            &source.shape,
            &source.mapping,
            existing,
            source.rows(),
            &counts,
        );
        let rejects = source.finish()?;
        let report = match target {
            Some(_) => report.with_rejects(rejects),
            None => report.of_dry_run(),
        };
        if as_json { report.print_json() } else { report.print() }
    }
}

impl Target {
    async fn send(&mut self, body: &Value) -> Result<LeadsAnswer, Failure> {
        // A key of its own for each chunk: one whose answer was lost is not counted twice.
        self.sent += 1;
        let key = format!("import-{:032x}-{}", self.run, self.sent);
        self.client.post_once(&self.path, body, &key).await
    }
}

/// A lead as the API takes it.
pub(in crate::cli) fn lead_body(
    email: &Email,
    name: Option<String>,
    company: Option<String>,
    owner: Option<String>,
    external_id: Option<String>,
    attributes: std::collections::BTreeMap<String, String>,
) -> Value {
    let mut lead = Map::from_iter([("email".to_owned(), json!(email.as_str()))]);
    let fields =
        [("name", name), ("company", company), ("owner", owner), ("external_id", external_id)];
    for (field, value) in fields {
        if let Some(value) = value {
            lead.insert(field.to_owned(), Value::String(value));
        }
    }
    if !attributes.is_empty() {
        lead.insert("attributes".to_owned(), json!(attributes));
    }
    Value::Object(lead)
}

/// The leads of a request that a problem names by `/leads/<number>/…`, by number, with what is wrong with each.
fn refused_leads(problem: &Problem, count: usize) -> Vec<(usize, String)> {
    let mut refused = std::collections::BTreeMap::<usize, String>::new();
    for error in &problem.errors {
        let mut parts = error.pointer.split('/').skip(1);
        let (Some("leads"), Some(number)) = (parts.next(), parts.next()) else { continue };
        let Some(number) = number.parse().ok().filter(|number| *number < count) else { continue };
        let field = parts.collect::<Vec<_>>().join("/");
        let sentence = format!("`{field}` {}", error.detail);
        refused
            .entry(number)
            .and_modify(|said| said.push_str(&format!("; {sentence}")))
            .or_insert(sentence);
    }
    refused.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::failure::FieldError;

    #[test]
    fn refused_leads_are_found_by_their_pointers() {
        let error = |pointer: &str, detail: &str| FieldError {
            pointer: pointer.to_owned(),
            detail: detail.to_owned(),
        };
        let problem = Problem {
            errors: vec![
                error("/leads/2/name", "is too long"),
                error("/leads/0/email", "is empty"),
                error("/leads/2/company", "is too long"),
                error("/leads/9/email", "is empty"),
                error("/existing", "is unknown"),
            ],
            ..Problem::default()
        };
        let expected = [
            (0, "`email` is empty".to_owned()),
            (2, "`name` is too long; `company` is too long".to_owned()),
        ];
        assert_eq!(refused_leads(&problem, 3), expected);
    }
}
