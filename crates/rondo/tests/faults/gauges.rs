//! What is read of a server from time to time, where the database answers and does not come to an end.

use std::sync::Arc;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use rondo::clock::{ManualClock, SeededEntropy};
use rondo::engine::{Engine, EngineOptions};
use rondo::jobs::gauges;
use rondo_core::Instant;
use rondo_store::{Store, StoreOptions};

use crate::postgres::Postgres;
use crate::server::PATIENCE;

async fn until_shown(shown: &PrometheusRecorder, line: &str) {
    let looking = async {
        while !shown.handle().render().lines().any(|one| one == line) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never `{line}`"));
}

/// Returns once a session waits for a lock.
async fn until_blocked(sql: &tokio_postgres::Client) {
    let text = "select from pg_stat_activity where wait_event_type = 'Lock'";
    while sql.query(text, &[]).await.unwrap().is_empty() {}
}

#[tokio::test]
async fn readiness_does_not_wait_for_a_count_that_takes_long() {
    let shown = PrometheusBuilder::new().build_recorder();
    let _shown = metrics::set_default_local_recorder(&shown);
    let postgres = Postgres::start();
    let options = StoreOptions { database: postgres.url.clone(), readers: 4 };
    let store = Store::open(&options).await.unwrap();
    let clock = Arc::new(ManualClock::at(Instant::from_micros(1_790_000_000_000_000)));
    let entropy = Arc::new(SeededEntropy::new(1));
    let engine = Engine::start(store.clone(), clock.clone(), entropy, EngineOptions::default());
    let (sql, blocking) = (postgres.session().await, postgres.session().await);
    blocking.batch_execute("begin; lock table waiting in access exclusive mode").await.unwrap();
    let reading = tokio::spawn(gauges::run(store.clone(), engine, clock.clone()));
    until_shown(&shown, "rondo_ready 1").await;
    until_blocked(&sql).await;
    // A count that was given up is followed by a long rest.
    clock.advance(gauges::COUNT_WAIT);
    until_shown(&shown, "rondo_waiting_leads NaN").await;

    drop(blocking);
    store.close().await;
    clock.advance(gauges::LOOK_PERIOD);
    until_shown(&shown, "rondo_ready 0").await;
    reading.abort();
}
