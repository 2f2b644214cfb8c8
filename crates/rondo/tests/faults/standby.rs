//! A PostgreSQL that is lost for good, and its standby that takes over.

use crate::check_ledger;
use crate::load::Load;
use crate::postgres::Postgres;
use crate::server::{Server, random_below};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_lost_for_good_loses_nothing_where_a_standby_takes_over() {
    let primary = Postgres::start();
    let standby = primary.standby();
    let mut one = Server::on_postgres(&primary.url_with(&standby));
    one.start().await;
    let team = one.api().team_of(&["Ann", "Bo", "Cy"]).await;
    let mut other = one.another();
    other.start().await;
    let loads = [Load::start(&one, 8), Load::start(&other, 8)];
    for load in &loads {
        load.acknowledged(100 + random_below(100)).await;
    }

    primary.crash();
    for server in [&one, &other] {
        // The standby is there, and takes no writes yet.
        server.api().says_ready(503).await;
    }
    standby.promote();
    for load in &loads {
        load.acknowledged(100).await;
    }

    let mut acknowledged = Vec::new();
    for load in loads {
        acknowledged.extend(load.finish().await);
    }
    check_ledger(&one.api(), &acknowledged, &team.ids).await;
    one.stop().await;
    other.stop().await;
    one.verify();
}
