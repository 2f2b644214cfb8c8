//! `rondo import reps`: rows become reps, one request each.

use std::collections::HashMap;

use rondo_core::text::{Email, EmailKey};
use serde_json::{Map, Value, json};

use super::owners::ListedRep;
use super::report::{Counts, Report};
use super::source::{Keep, Source};
use super::{Existing, RepsArgs};
use crate::app::text;
use crate::cli::Failure;
use crate::cli::client::Client;
use crate::cli::terminal::note;
use crate::import::{Kind, Record, RepRow, Trouble, people};

/// Runs `rondo import reps`.
pub(super) async fn run(args: RepsArgs) -> Result<(), Failure> {
    let keep = if args.how.dry_run { Keep::Nothing } else { Keep::Rejects };
    let source = Source::open(&args.file.path, Kind::Reps, &args.file.reading, keep)?;
    let server = match connect(&args).await {
        Ok(server) => Some(server),
        Err(Failure::NoKey | Failure::Unreachable { .. }) if args.how.dry_run => {
            note("There is no server or no API key, so nothing is compared with it.");
            None
        }
        Err(failure) => return Err(failure),
    };
    let (client, known) = server.unzip();
    let mut import = RepImport {
        client: client.filter(|_| !args.how.dry_run),
        existing: args.how.existing,
        source,
        known: known.unwrap_or_default(),
        rows_by_email: HashMap::new(),
        counts: Counts::default(),
    };
    import.run().await?;
    import.report(args.how.json)
}

/// The server, and the reps that are there already.
async fn connect(args: &RepsArgs) -> Result<(Client, HashMap<EmailKey, ListedRep>), Failure> {
    let client = Client::new(&args.connection)?;
    let reps: Vec<ListedRep> = client.get_all("/v1/reps").await?;
    let by_email = |rep: ListedRep| Some((Email::parse(&rep.email).ok()?.key(), rep));
    let known = reps.into_iter().filter_map(by_email).collect();
    Ok((client, known))
}

struct RepImport {
    client: Option<Client>,
    existing: Existing,
    source: Source,
    known: HashMap<EmailKey, ListedRep>,
    rows_by_email: HashMap<EmailKey, u64>,
    counts: Counts,
}

impl RepImport {
    async fn run(&mut self) -> Result<(), Failure> {
        while let Some(record) = self.source.next()? {
            match people::rep(&record, &self.source.mapping) {
                Ok(rep) => self.take(record, rep).await?,
                Err(trouble) => self.reject(&record, &trouble)?,
            }
        }
        Ok(())
    }

    async fn take(&mut self, record: Record, rep: RepRow) -> Result<(), Failure> {
        let first_row = *self.rows_by_email.entry(rep.email.key()).or_insert(rep.row);
        if first_row != rep.row {
            self.counts.caution(rep.row, &Trouble::RepeatedRow { first_row });
            return Ok(());
        }
        if let Some(trouble) = self.foretold(&rep) {
            return self.reject(&record, &trouble);
        }
        match self.send(&rep).await {
            Ok(()) => self.counts.good += 1,
            Err(Failure::Problem(problem)) if concerns_one_rep(&problem.code) => {
                let sentences = problem.errors.iter().map(|error| {
                    format!("`{}` {}", error.pointer.trim_start_matches('/'), error.detail)
                });
                let detail = sentences.collect::<Vec<_>>().join("; ");
                let detail = if detail.is_empty() { problem.detail.clone() } else { detail };
                self.reject(&record, &Trouble::Refused { detail })?;
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// The rep's id and what changes, of one who is there already.
    fn patch(&self, rep: &RepRow) -> Option<(String, Map<String, Value>)> {
        let known = self.known.get(&rep.email.key())?;
        Some((known.id.clone(), changes(known, rep, self.existing)))
    }

    /// What the server would refuse of a rep, so that a dry run says it as well.
    fn foretold(&self, rep: &RepRow) -> Option<Trouble> {
        let sent = self.patch(rep).map_or_else(|| fields(rep), |(_, changes)| changes);
        let unfit = sent.iter().filter_map(|(name, value)| {
            let value = value.as_str()?;
            let parsed = match name.as_str() {
                "phone" => text::parse_phone(value),
                "time_zone" => text::parse_time_zone(value),
                "calendar_link" => text::parse_link(value),
                _ => return None,
            };
            Some(format!("`{name}` {}", parsed.err()?))
        });
        let unfit: Vec<_> = unfit.collect();
        (!unfit.is_empty()).then(|| Trouble::Refused { detail: unfit.join("; ") })
    }

    async fn send(&mut self, rep: &RepRow) -> Result<(), Failure> {
        let patch = self.patch(rep);
        let Some(client) = &self.client else { return Ok(()) };
        match patch {
            None => {
                client.post::<Value>("/v1/reps", &Value::Object(fields(rep))).await?;
                self.counts.created += 1;
            }
            Some((_, changes)) if changes.is_empty() => {}
            Some((id, changes)) => {
                let path = format!("/v1/reps/{id}");
                client.patch::<Value>(&path, &Value::Object(changes)).await?;
                self.counts.updated += 1;
            }
        }
        Ok(())
    }

    fn reject(&mut self, record: &Record, trouble: &Trouble) -> Result<(), Failure> {
        self.counts.reject(record.row, trouble);
        self.source.reject(record, trouble)
    }

    fn report(self, as_json: bool) -> Result<(), Failure> {
        let Self { source, counts, existing, client, .. } = self;
        let report = Report::new(
            "rep",
            &source.path,
            &source.shape,
            &source.mapping,
            existing,
            source.rows(),
            &counts,
        );
        let rejects = source.finish()?;
        let report = match client {
            Some(_) => report.with_rejects(rejects),
            None => report.of_dry_run(),
        };
        if as_json { report.print_json() } else { report.print() }
    }
}

/// Problems that another row need not have.
fn concerns_one_rep(code: &str) -> bool {
    matches!(code, "invalid-request" | "email-taken")
}

/// A rep as the API takes it.
fn fields(rep: &RepRow) -> Map<String, Value> {
    let mut fields = Map::from_iter([
        ("name".to_owned(), json!(rep.name.as_str())),
        ("email".to_owned(), json!(rep.email.as_str())),
    ]);
    for (name, value) in optional_fields(rep) {
        if let Some(value) = value {
            fields.insert(name.to_owned(), json!(value));
        }
    }
    fields
}

fn optional_fields(rep: &RepRow) -> [(&'static str, Option<&str>); 3] {
    [
        ("phone", rep.phone.as_deref()),
        ("time_zone", rep.time_zone.as_deref()),
        ("calendar_link", rep.calendar_link.as_deref()),
    ]
}

/// What changes of a rep who is there already. A rep always has a name and a time zone, so these are never filled.
fn changes(known: &ListedRep, rep: &RepRow, existing: Existing) -> Map<String, Value> {
    let stands = |name: &str| match name {
        "phone" => known.phone.as_deref(),
        "time_zone" => Some(known.time_zone.as_str()),
        "calendar_link" => known.calendar_link.as_deref(),
        _ => Some(known.name.as_str()),
    };
    let said = optional_fields(rep).into_iter().chain([("name", Some(rep.name.as_str()))]);
    let changed = said.filter(|(name, value)| match (existing, value) {
        (Existing::Skip, _) | (_, None) => false,
        (Existing::Fill, Some(_)) => stands(name).is_none(),
        (Existing::Overwrite, Some(value)) => stands(name) != Some(value),
    });
    changed.map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondo_core::text::Name;

    fn known() -> ListedRep {
        ListedRep {
            id: "rep_1".to_owned(),
            name: "Ada Stone".to_owned(),
            email: "ada@x.example".to_owned(),
            phone: None,
            time_zone: "UTC".to_owned(),
            calendar_link: Some("https://cal.example/ada".to_owned()),
        }
    }

    fn row() -> RepRow {
        RepRow {
            row: 2,
            email: Email::parse("ada@x.example").unwrap(),
            name: Name::parse("Ada Stone-Lee").unwrap(),
            phone: Some("+44".to_owned()),
            time_zone: Some("Europe/London".to_owned()),
            calendar_link: None,
        }
    }

    #[test]
    fn what_changes_of_a_known_rep_depends_on_what_is_asked_for() {
        let names =
            |existing| changes(&known(), &row(), existing).keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(Existing::Fill), ["phone"]);
        assert_eq!(names(Existing::Overwrite), ["name", "phone", "time_zone"]);
        assert!(names(Existing::Skip).is_empty());
    }
}
