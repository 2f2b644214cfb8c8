//! Bringing the tables to this version, whoever comes first, while servers of the version before may be at work.

mod citus;

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Transaction};

use crate::StoreError;

/// Every migration in order. What has landed is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/postgres/0001_teams_and_their_ledger.sql"),
    include_str!("../../../migrations/postgres/0002_keys_with_limits.sql"),
    include_str!("../../../migrations/postgres/0003_tables_by_team.sql"),
    include_str!("../../../migrations/postgres/0004_ledger_by_its_claim.sql"),
    include_str!("../../../migrations/postgres/0005_conversations_by_mail.sql"),
    include_str!("../../../migrations/postgres/0006_people_who_sign_in.sql"),
    include_str!("../../../migrations/postgres/0007_links_by_mail.sql"),
    include_str!("../../../migrations/postgres/0008_lists_by_index.sql"),
    include_str!("../../../migrations/postgres/0009_one_index_by_rep.sql"),
    include_str!("../../../migrations/postgres/0010_lists_by_what_waits.sql"),
    include_str!("../../../migrations/postgres/0011_notes_of_assignments.sql"),
    #[cfg(feature = "tomorrow")]
    include_str!("../../../tests/fixtures/tomorrow/postgres.sql"),
];

/// Tries to make the table of migrations while others do the same.
const ATTEMPTS_MAX: usize = 10;

/// How long a migration waits for a table. Everybody who comes after it waits behind it for as long, so it gives way to
/// a long transaction; and it does so before PostgreSQL looks for deadlocks, which is after a second, so that no batch
/// of a running server is ever the one that is undone.
const LOCK_TIMEOUT: &str = "set local lock_timeout = '500ms'";

/// The pauses between the tries to get at the tables, the last one again and again: a minute and a half in all.
const PAUSES_SECONDS: [f64; 5] = [0.2, 0.4, 0.8, 1.6, 3.2];
const TRIES_MAX: usize = 30;

/// Carries out the migrations that are missing, once nobody has the tables for long. Whether the teams are spread over
/// several machines.
pub(super) async fn migrate(client: &mut Client) -> Result<bool, StoreError> {
    make_list(client).await?;
    for attempt in 0..TRIES_MAX {
        match carry_out_missing(client).await {
            Err(Halt::InUse(error)) => {
                tracing::info!(%error, "The tables are in use; the migration is tried again.");
            }
            Err(Halt::Other(error)) => return Err(error),
            Ok(is_spread) => return Ok(is_spread),
        }
        // The server keeps the time.
        let pause = PAUSES_SECONDS[attempt.min(PAUSES_SECONDS.len() - 1)];
        client.execute("select pg_sleep($1)", &[&pause]).await?;
    }
    Err(unopenable(
        "its tables are to be changed, and a transaction that does not end is using them; end it (see \
         `pg_stat_activity`), and start again",
    ))
}

/// Why the migrations were not carried out; nothing of them stays.
enum Halt {
    /// Somebody had a table for too long.
    InUse(tokio_postgres::Error),
    Other(StoreError),
}

impl From<tokio_postgres::Error> for Halt {
    fn from(error: tokio_postgres::Error) -> Self {
        let in_use = [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
        ];
        match error.code() {
            Some(code) if in_use.contains(code) => Self::InUse(error),
            _ => Self::Other(error.into()),
        }
    }
}

/// All that is missing, in one transaction that locks out whoever else would.
async fn carry_out_missing(client: &mut Client) -> Result<bool, Halt> {
    let transaction = client.transaction().await?;
    // However long somebody else's migration takes.
    let lock = "set local lock_timeout = 0; lock table rondo_migrations in exclusive mode";
    transaction.batch_execute(lock).await?;
    let done = count_done(&transaction).await?;
    if done > MIGRATIONS.len() {
        let problem = "it was migrated by a newer version of Rondo; update this server";
        return Err(Halt::Other(unopenable(problem)));
    }
    transaction.batch_execute(LOCK_TIMEOUT).await?;
    let has_citus = citus::prepare(&transaction).await?;
    for (version, migration) in (1i64..).zip(MIGRATIONS).skip(done) {
        transaction.batch_execute(migration).await?;
        if has_citus {
            citus::distribute(&transaction, migration).await?;
        }
        transaction
            .execute("insert into rondo_migrations (version) values ($1)", &[&version])
            .await?;
    }
    transaction.commit().await?;
    Ok(has_citus)
}

async fn count_done(transaction: &Transaction<'_>) -> Result<usize, tokio_postgres::Error> {
    let sql = "select cast(coalesce(max(version), 0) as bigint) from rondo_migrations";
    let row = transaction.query_one(sql, &[]).await?;
    Ok(usize::try_from(row.get::<_, i64>(0)).unwrap_or_default())
}

fn unopenable(problem: &str) -> StoreError {
    StoreError::Unopenable { database: "the database".to_owned(), problem: problem.to_owned() }
}

/// Makes the table that lists the migrations. Of several who make it at once, all but one are refused, and find it then.
async fn make_list(client: &Client) -> Result<(), StoreError> {
    let sql = "create table if not exists rondo_migrations (version bigint primary key)";
    let mut attempts = 0;
    loop {
        attempts += 1;
        match client.batch_execute(sql).await {
            Ok(is_spread) => return Ok(is_spread),
            Err(error) if attempts < ATTEMPTS_MAX && is_made_already(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_made_already(error: &tokio_postgres::Error) -> bool {
    let made = [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_OBJECT];
    error.code().is_some_and(|code| made.contains(code))
}
