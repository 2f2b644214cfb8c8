//! Reps, what they own, keys, and people who sign in.

use rondo_core::Needs;
use rondo_core::detail::RepDetails;
use rondo_core::ids::TeamId;
use rondo_core::text::{Email, EmailKey, Name};

use super::{Found, each, rows_of};
use crate::fields::Fields;
use crate::rows::{ForEach, LookUp};
use crate::{StoreError, db};

static BY_EMAIL: LookUp = LookUp::by_hash(
    "select r.team_id, r.rep_id, r.email_key
     from reps r
     where r.team_id = $1 and r.removed_at is null and r.email_key in ($2)",
);

static DETAILS: LookUp = LookUp::by_id(
    "select r.team_id, r.rep_id, r.name, r.email, r.phone, r.time_zone, r.calendar_link, r.salt
     from reps r
     where r.team_id = $1 and r.removed_at is null and r.rep_id in ($2)",
);

static LEADS_OWNED: ForEach = ForEach::new(
    "select l.team_id, l.owner_id, count(*)
     from leads l
     where l.team_id = $1 and l.owner_id = $2
     group by l.team_id, l.owner_id",
);

static LIVE_KEYS: LookUp = LookUp::by_id(
    "select k.team_id, k.key_id
     from api_keys k
     where k.team_id = $1 and k.revoked_at is null and k.key_id in ($2)",
);

static USERS: LookUp = LookUp::by_hash(
    "select u.team_id, u.user_id, u.email_key
     from users u
     where u.team_id = $1 and u.removed_at is null and u.email_key in ($2)",
);

pub(super) async fn find(
    connection: &mut db::Connection,
    needs: &[(TeamId, Needs)],
    found: &mut Found,
) -> Result<(), StoreError> {
    let by_email = rows_of(needs, |needs| &needs.reps_by_email);
    let rows = BY_EMAIL
        .fetch(connection, &by_email, |values, (team, key)| {
            values.id(*team);
            values.bytes(&key.0);
        })
        .await?;
    for fields in each(&rows, "reps") {
        found.of_row(fields)?.rep_by_email.insert(EmailKey(fields.bytes(2)?), fields.id(1)?);
    }

    let users = rows_of(needs, |needs| &needs.users_by_email);
    let rows = USERS
        .fetch(connection, &users, |values, (team, key)| {
            values.id(*team);
            values.bytes(&key.0);
        })
        .await?;
    for fields in each(&rows, "users") {
        found.of_row(fields)?.user_by_email.insert(EmailKey(fields.bytes(2)?), fields.id(1)?);
    }

    let reps = rows_of(needs, |needs| &needs.reps);
    let rows = DETAILS.fetch(connection, &reps, super::bind_pair).await?;
    for fields in each(&rows, "reps") {
        let details = rep_details(fields, 2)?;
        found.of_row(fields)?.reps.insert(fields.id(1)?, details);
    }

    let owners = rows_of(needs, |needs| &needs.leads_owned);
    let rows = LEADS_OWNED.fetch(connection, &owners, super::bind_pair).await?;
    for fields in each(&rows, "leads") {
        found.of_row(fields)?.leads_owned.insert(fields.id(1)?, fields.number(2)?);
    }

    let keys = rows_of(needs, |needs| &needs.keys);
    let rows = LIVE_KEYS.fetch(connection, &keys, super::bind_pair).await?;
    for fields in each(&rows, "api_keys") {
        found.of_row(fields)?.keys.insert(fields.id(1)?);
    }
    Ok(())
}

/// A rep's personal fields, from the columns `name, email, phone, time_zone, calendar_link, salt`.
pub(crate) fn rep_details(fields: Fields<'_>, first: usize) -> Result<RepDetails, StoreError> {
    Ok(RepDetails {
        name: fields.parsed_by(first, Name::parse)?,
        email: fields.parsed_by(first + 1, Email::parse)?,
        phone: fields.optional_text(first + 2)?,
        time_zone: fields.text(first + 3)?,
        calendar_link: fields.optional_text(first + 4)?,
        salt: fields.bytes(first + 5)?,
    })
}
