//! Personal fields, which are not in the ledger: those of reps against their seal, addresses against their key.

use rondo_core::ids::{LeadId, RepId, TeamId};
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
        let rep: RepId = fields.id(1)?;
        let seal = fields.text(2)?;
        let mut differs = |column: &str, ledger: String, stored: String| {
            report.differs(Difference {
                table: "reps",
                kind: "rep",
                id: rep.to_string(),
                column: Some(column.to_owned()),
                ledger,
                stored,
            });
        };
        match rep_details(fields, 3) {
            Ok(details) => {
                let stored: Seal = details.seal();
                if stored.to_string() != seal {
                    let which = "name, email, phone, time_zone, calendar_link";
                    differs(which, format!("sealed as {seal}"), format!("sealed as {stored}"));
                }
                let key: Option<[u8; 16]> = fields.optional(9, Fields::bytes)?;
                if key != Some(details.email.key().0) {
                    differs("email_key", "the key of the address".to_owned(), "another".to_owned());
                }
            }
            Err(StoreError::Corrupt { column, .. }) => {
                differs(&column, format!("sealed as {seal}"), "not readable".to_owned());
            }
            Err(error) => return Err(error),
        }
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
        let lead: LeadId = fields.id(1)?;
        let key: Option<[u8; 16]> = fields.optional(3, Fields::bytes)?;
        let email = fields.optional_text(2)?.map(|text| Email::parse(&text));
        let is_erased = !fields.is_null(4);
        let problem = match (&email, key) {
            (Some(Ok(email)), Some(key)) if email.key().0 == key && !is_erased => None,
            (None, None) if is_erased => None,
            (Some(_), _) if is_erased => Some("still there, though the person was erased"),
            (Some(Ok(_)), _) => Some("an address with another key"),
            (Some(Err(_)), _) => Some("no address"),
            (None, _) => Some("gone, though nobody erased the person"),
        };
        if let Some(problem) = problem {
            report.differs(Difference {
                table: "leads",
                kind: "lead",
                id: lead.to_string(),
                column: Some("email".to_owned()),
                ledger: "the address that the lead is found by".to_owned(),
                stored: problem.to_owned(),
            });
        }
    }
    Ok(())
}
