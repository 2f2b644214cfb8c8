//! Migrations while somebody has the tables.

use std::time::Duration;

use rondo_store::{Store, StoreOptions};

use crate::server::Server;

/// A migration that is waiting for the table.
const IN_LINE: &str = "
select mode from pg_locks
where relation = cast('api_keys' as regclass) and mode = 'AccessExclusiveLock' and not granted";

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_waits_for_a_long_transaction_and_keeps_nobody_waiting_with_it() {
    let server = Server::migrated_to(1).await;
    let options = StoreOptions { database: server.database(), readers: 1 };
    let long = server.connect().await;
    long.batch_execute("begin; select count(*) from api_keys").await.unwrap();
    let opening = tokio::spawn(async move { Store::open(&options).await });
    let others = async {
        while server.texts(IN_LINE).await.is_empty() {}
        // In line behind the migration, which gives way.
        server.texts("select count(*) from api_keys").await
    };
    let counted = tokio::time::timeout(PATIENCE, others).await.expect("others wait with it");
    assert_eq!(counted, ["0"]);
    assert!(!opening.is_finished());

    long.batch_execute("commit").await.unwrap();
    opening.await.unwrap().unwrap();
    assert_eq!(server.execute("select requests_per_second_max from api_keys").await, 0);
    let next = "select min(version) from rondo_migrations where version > 1";
    assert_eq!(server.texts(next).await, ["2"]);
}
