//! Bringing the tables to this version, whoever comes first.

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::StoreError;

/// Every migration in order. What has landed is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/postgres/0001_teams_and_their_ledger.sql"),
    include_str!("../../../migrations/postgres/0002_keys_with_limits.sql"),
];

/// Tries to make the table of migrations while others do the same.
const ATTEMPTS_MAX: usize = 10;

/// Carries out the migrations that are missing, in one transaction that locks out whoever else would.
pub(super) async fn migrate(client: &mut Client) -> Result<(), StoreError> {
    make_list(client).await?;
    let transaction = client.transaction().await?;
    transaction.batch_execute("lock table rondo_migrations in exclusive mode").await?;
    let row = transaction
        .query_one("select cast(coalesce(max(version), 0) as bigint) from rondo_migrations", &[])
        .await?;
    let done = usize::try_from(row.get::<_, i64>(0)).unwrap_or_default();
    if done > MIGRATIONS.len() {
        return Err(StoreError::Unopenable {
            database: "the database".to_owned(),
            problem: "it was migrated by a newer version of Rondo; update this server".to_owned(),
        });
    }
    for (version, migration) in (1i64..).zip(MIGRATIONS).skip(done) {
        transaction.batch_execute(migration).await?;
        transaction
            .execute("insert into rondo_migrations (version) values ($1)", &[&version])
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Makes the table that lists the migrations. Of several who make it at once, all but one are refused, and find it then.
async fn make_list(client: &Client) -> Result<(), StoreError> {
    let sql = "create table if not exists rondo_migrations (version bigint primary key)";
    let mut attempts = 0;
    loop {
        attempts += 1;
        match client.batch_execute(sql).await {
            Ok(()) => return Ok(()),
            Err(error) if attempts < ATTEMPTS_MAX && is_made_already(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_made_already(error: &tokio_postgres::Error) -> bool {
    let made = [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_OBJECT];
    error.code().is_some_and(|code| made.contains(code))
}
