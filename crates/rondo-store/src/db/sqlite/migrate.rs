//! Bringing the tables to this version, whoever comes first.

use crate::StoreError;
use crate::db::sqlite::Pool;

/// Every migration in order. What has landed is never changed.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/sqlite/0001_teams_and_their_ledger.sql"),
    include_str!("../../../migrations/sqlite/0002_keys_with_limits.sql"),
    include_str!("../../../migrations/sqlite/0003_tables_by_team.sql"),
    include_str!("../../../migrations/sqlite/0004_ledger_by_its_claim.sql"),
    include_str!("../../../migrations/sqlite/0005_conversations_by_mail.sql"),
    include_str!("../../../migrations/sqlite/0006_people_who_sign_in.sql"),
    include_str!("../../../migrations/sqlite/0007_links_by_mail.sql"),
    include_str!("../../../migrations/sqlite/0008_lists_by_index.sql"),
    include_str!("../../../migrations/sqlite/0009_one_index_by_rep.sql"),
    include_str!("../../../migrations/sqlite/0010_lists_by_what_waits.sql"),
    include_str!("../../../migrations/sqlite/0011_notes_of_assignments.sql"),
    #[cfg(feature = "tomorrow")]
    include_str!("../../../tests/fixtures/tomorrow/sqlite.sql"),
];

/// Carries out the migrations that are missing, in one transaction that locks out whoever else would.
pub(super) async fn migrate(pool: &Pool) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await?;
    let migrated = connection.at_once(|there| carry_out_missing(there.raw()?)).await;
    if migrated.is_err() {
        connection.discard().await;
    }
    migrated
}

fn carry_out_missing(raw: &rusqlite::Connection) -> Result<(), StoreError> {
    raw.execute_batch("begin immediate")?;
    let done: u32 = raw.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(missing) = MIGRATIONS.get(done as usize..) else {
        return Err(StoreError::Unopenable {
            database: "the database".to_owned(),
            problem: "a newer version of Rondo has migrated it; update this one".to_owned(),
        });
    };
    for migration in missing {
        raw.execute_batch(migration)?;
    }
    raw.pragma_update(None, "user_version", MIGRATIONS.len() as u32)?;
    raw.execute_batch("commit")?;
    Ok(())
}
