//! Personal fields, which are not in the ledger: those of reps against their seal, addresses against their key.

use rondo_core::ids::{Id, LeadId, RepId, TeamId};
use rondo_core::text::{Email, Seal};

use super::{Difference, VerifyReport};
use crate::facts::rep_details;
use crate::fields::Fields;
use crate::rows::Values;
use crate::{StoreError, db};

pub(super) async fn check(
    connection: &mut db::Connection,
    team: TeamId,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    check_reps(connection, team, report).await?;
    check_leads(connection, team, report).await
}

/// A rep's personal fields are what was sealed when they were last entered.
async fn check_reps(
    connection: &mut db::Connection,
    team: TeamId,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    let sql =
        "select team_id, rep_id, seal, name, email, phone, time_zone, calendar_link, salt, email_key
         from reps
         where team_id = $1
         order by rep_id";
    let mut rows = connection.stream(sql, Values::bound(|values| values.id(team))).await?;
    while let Some(row) = rows.next().await? {
        let fields = Fields::new(&row, "reps");
        report_all(report, fields, "rep", fields.id::<RepId>(1), rep_differs(fields))?;
    }
    Ok(())
}

/// What differs in a row: the column, what the ledger says, what is stored.
type Found = (String, String, String);

fn rep_differs(fields: Fields<'_>) -> Result<Vec<Found>, StoreError> {
    let seal = fields.text(2)?;
    let details = match rep_details(fields, 3) {
        Ok(details) => details,
        Err(StoreError::Corrupt { column, .. }) => {
            return Ok(vec![(column, format!("sealed as {seal}"), NOT_READABLE.to_owned())]);
        }
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    let stored: Seal = details.seal();
    if stored.to_string() != seal {
        let which = "name, email, phone, time_zone, calendar_link".to_owned();
        found.push((which, format!("sealed as {seal}"), format!("sealed as {stored}")));
    }
    let key = fields.optional(9, Fields::bytes::<16>);
    if key.ok().flatten() != Some(details.email.key().0) {
        let expected = "the key of the address".to_owned();
        found.push(("email_key".to_owned(), expected, "another".to_owned()));
    }
    Ok(found)
}

const NOT_READABLE: &str = "not readable";

/// Names what differs in a row; a value that cannot be read differs as well.
fn report_all<I: Id>(
    report: &mut VerifyReport,
    fields: Fields<'_>,
    kind: &'static str,
    id: Result<I, StoreError>,
    found: Result<Vec<Found>, StoreError>,
) -> Result<(), StoreError> {
    let (table, id) = (fields.table(), id.map_or_else(|_| fields.key(), |id| id.to_string()));
    let found = match found {
        Ok(found) => found,
        Err(StoreError::Corrupt { column, .. }) => {
            vec![(column, "a value that can be read".to_owned(), NOT_READABLE.to_owned())]
        }
        Err(error) => return Err(error),
    };
    for (column, ledger, stored) in found {
        let (column, id) = (Some(column), id.clone());
        report.differs(Difference { table, kind, id, column, ledger, stored });
    }
    Ok(())
}

/// A lead is found by the key of their address. One whose address is gone was erased.
async fn check_leads(
    connection: &mut db::Connection,
    team: TeamId,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    let sql = "select team_id, lead_id, email, email_key, erased_at
         from leads
         where team_id = $1
         order by lead_id";
    let mut rows = connection.stream(sql, Values::bound(|values| values.id(team))).await?;
    while let Some(row) = rows.next().await? {
        let fields = Fields::new(&row, "leads");
        let found = lead_differs(fields).map(|found| found.into_iter().collect());
        report_all(report, fields, "lead", fields.id::<LeadId>(1), found)?;
    }
    Ok(())
}

fn lead_differs(fields: Fields<'_>) -> Result<Option<Found>, StoreError> {
    let email = fields.optional_text(2)?.map(|text| Email::parse(&text));
    // A key of another length is another key.
    let key = fields.optional(3, Fields::blob)?;
    let is_erased = !fields.is_null(4);
    let problem = match (&email, key) {
        (Some(Ok(email)), Some(key)) if email.key().0[..] == key && !is_erased => None,
        (None, None) if is_erased => None,
        (Some(_), _) if is_erased => Some("still there, though the person was erased"),
        (Some(Ok(_)), _) => Some("an address with another key"),
        (Some(Err(_)), _) => Some("no address"),
        (None, _) => Some("gone, though nobody erased the person"),
    };
    Ok(problem.map(|problem| {
        let expected = "the address that the lead is found by";
        ("email".to_owned(), expected.to_owned(), problem.to_owned())
    }))
}
