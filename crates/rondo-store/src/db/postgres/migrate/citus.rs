//! Spreading the teams over many machines, where the database has the Citus extension.
//!
//! A migration says in a comment which tables are to be distributed, `-- citus: distribute TABLE`, each after those that
//! it refers to.

use tokio_postgres::{Error, Transaction};

const ANNOTATION: &str = "-- citus: distribute ";

/// The table that all others are kept beside, so that all rows of a team are on one machine.
const FIRST: &str = "teams";

/// Whether Citus is there; and if so, what the transaction does to tables is done on one connection to each machine.
/// Tables that refer to each other can't be changed in one transaction otherwise.
pub(super) async fn prepare(transaction: &Transaction<'_>) -> Result<bool, Error> {
    let sql = "select exists (select 1 from pg_proc
                              where proname = 'create_distributed_table' and pg_function_is_visible(oid))";
    let is_present = transaction.query_one(sql, &[]).await?.get(0);
    if is_present {
        transaction.batch_execute("set local citus.multi_shard_modify_mode = 'sequential'").await?;
    }
    Ok(is_present)
}

/// Distributes the tables that a migration names, with what is in them.
pub(super) async fn distribute(
    transaction: &Transaction<'_>,
    migration: &str,
) -> Result<(), Error> {
    for table in migration.lines().filter_map(|line| line.strip_prefix(ANNOTATION)) {
        let beside = if table == FIRST { "none" } else { FIRST };
        let sql = format!(
            "select create_distributed_table('{table}', 'team_id', colocate_with => '{beside}')"
        );
        transaction.batch_execute(&sql).await?;
    }
    Ok(())
}
