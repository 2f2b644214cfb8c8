//! A rolling upgrade: servers of two versions on one PostgreSQL, whose tables change under them.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::check_ledger;
use crate::load::Load;
use crate::postgres::Postgres;
use crate::server::{PROGRAM, Server};

/// The program of a version to come: the same with one more migration, `tests/fixtures/tomorrow` of the store.
fn tomorrow() -> PathBuf {
    let folder = Path::new(PROGRAM).parent().unwrap();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut build = Command::new(cargo);
    build.args(["build", "--locked", "--quiet", "--package", "rondo", "--features", "tomorrow"]);
    build.args(["--bin", "rondo-tomorrow", "--target-dir"]).arg(folder.parent().unwrap());
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    // What cargo has told this test of its own crate would have others built anew, which ask for it.
    for (name, _) in std::env::vars().filter(|(name, _)| is_of_this_test(name)) {
        build.env_remove(name);
    }
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert!(build.args(["--manifest-path", manifest]).status().unwrap().success());
    folder.join("rondo-tomorrow")
}

fn is_of_this_test(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_upgrade_over_a_migration_under_load_loses_nothing_and_keeps_the_order() {
    let tomorrow = tokio::task::spawn_blocking(tomorrow).await.unwrap();
    let postgres = Postgres::start();
    let mut one = Server::on_postgres(&postgres.url);
    one.start().await;
    let team = one.api().team_of(&["Ann", "Bo", "Cy", "Di", "Ed"]).await;
    let mut other = one.another();
    other.start().await;
    // Both report the same leads.
    let loads = [Load::start(&one, 8), Load::start(&other, 8)];
    on_all(&loads).await;

    // Servers of both versions beside each other; the first of the new ones changes the tables.
    let mut new_one = one.another_of(&tomorrow);
    new_one.start().await;
    on_all(&loads).await;
    loads[0].move_to(&new_one);
    on_all(&loads).await;
    one.stop().await;
    on_all(&loads).await;

    // The last old one stops with clients at it; a new one takes them.
    let mut new_other = one.another_of(&tomorrow);
    new_other.start().await;
    on_all(&loads).await;
    other.stop().await;
    loads[1].move_to(&new_other);
    on_all(&loads).await;

    let mut acknowledged = Vec::new();
    for load in loads {
        acknowledged.extend(load.finish().await);
    }
    check_ledger(&new_one.api(), &acknowledged, &team.ids).await;
    new_one.stop().await;
    new_other.stop().await;
    new_one.verify();

    let before = postgres.dump();
    assert!(before.contains("CREATE TABLE public.mottos"), "the migration was carried out");
    let said = one.said_when_refused();
    assert!(said.contains("newer version of Rondo"), "{said}");
    assert_eq!(postgres.dump(), before, "a server that is refused changes nothing");
}

async fn on_all(loads: &[Load]) {
    for load in loads {
        load.acknowledged(100).await;
    }
}
