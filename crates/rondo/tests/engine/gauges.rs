//! What is read of a server from time to time, as it is shown.

use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use rondo::jobs::gauges;

use crate::world::{World, add_rep};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lets time pass, and looks until a metric is shown so. What is read is read by other threads.
async fn until_shown(world: &World, shown: &PrometheusRecorder, period: Duration, line: &str) {
    world.clock.advance(period);
    let looking = async {
        while !shown.handle().render().lines().any(|one| one == line) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never `{line}`"));
}

#[tokio::test]
async fn what_waits_for_a_writer_that_hangs_is_shown() {
    let shown = PrometheusBuilder::new().build_recorder();
    let _shown = metrics::set_default_local_recorder(&shown);
    let world = World::new().await;
    world.faults.close();
    let mut started = vec![world.start(add_rep("Ana")).await];
    world.faults.has_begun(1).await;
    let (store, engine, clock) = (world.store.clone(), world.engine.clone(), world.clock.clone());
    let reading = tokio::spawn(gauges::run(store, engine, clock));
    until_shown(&world, &shown, Duration::ZERO, "rondo_waiting_commands 0").await;

    for name in ["Bo", "Cy", "Di"] {
        started.push(world.start(add_rep(name)).await);
    }
    until_shown(&world, &shown, gauges::LOOK_PERIOD, "rondo_waiting_commands 3").await;
    world.faults.open();
    for done in started {
        done.await.unwrap().unwrap();
    }
    until_shown(&world, &shown, gauges::LOOK_PERIOD, "rondo_waiting_commands 0").await;
    reading.abort();
}

#[tokio::test]
async fn leads_that_cannot_be_counted_are_no_number() {
    let shown = PrometheusBuilder::new().build_recorder();
    let _shown = metrics::set_default_local_recorder(&shown);
    let world = World::new().await;
    let (store, engine, clock) = (world.store.clone(), world.engine.clone(), world.clock.clone());
    let reading = tokio::spawn(gauges::run(store, engine, clock));
    until_shown(&world, &shown, Duration::ZERO, "rondo_waiting_leads 0").await;
    until_shown(&world, &shown, Duration::ZERO, "rondo_ready 1").await;

    world.store.close().await;
    until_shown(&world, &shown, gauges::COUNT_PERIOD, "rondo_waiting_leads NaN").await;
    until_shown(&world, &shown, Duration::ZERO, "rondo_waiting_lead_oldest_seconds NaN").await;
    until_shown(&world, &shown, Duration::ZERO, "rondo_ready 0").await;
    reading.abort();
}
