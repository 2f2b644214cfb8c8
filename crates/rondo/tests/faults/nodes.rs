//! Several servers on one PostgreSQL: one order, whoever is asked, killed, or without its database for a while.

use futures_util::future::join_all;
use serde_json::json;

use crate::load::{Acknowledged, Load};
use crate::postgres::Postgres;
use crate::server::{PATIENCE, Server, Team, random_below};
use crate::{check_ledger, race};

/// How often the last two reps go away through two servers at once.
const RACES: usize = 100;
/// How often a server is killed, and the database stopped.
const KILLS: usize = 4;
const HALTS: usize = 3;
/// Teams beside each other.
const OTHERS: usize = 12;

/// Servers beside each other, and a team that they share.
struct Nodes {
    nodes: Vec<Server>,
    team: Team,
    postgres: Postgres,
}

impl Nodes {
    async fn start(count: usize) -> Self {
        let postgres = Postgres::start();
        let mut first = Server::on_postgres(&postgres.url);
        first.start().await;
        let team = first.api().team_of(&["Ann", "Bo", "Cy", "Di", "Ed"]).await;
        let mut nodes = vec![first];
        for _ in 1..count {
            let mut node = nodes[0].another();
            node.start().await;
            nodes.push(node);
        }
        Self { nodes, team, postgres }
    }

    /// Clients of each server, who report the same leads.
    fn loads(&self, clients: usize) -> Vec<Load> {
        self.nodes.iter().map(|node| Load::start(node, clients)).collect()
    }

    /// Everybody is answered, what was answered is there once, and the ledger and its tables agree.
    async fn check(mut self, loads: Vec<Load>) {
        let mut acknowledged: Vec<Acknowledged> = Vec::new();
        for load in loads {
            acknowledged.extend(load.finish().await);
        }
        check_ledger(&self.nodes[0].api(), &acknowledged, &self.team.ids).await;
        for node in &mut self.nodes {
            node.stop().await;
        }
        self.nodes[0].verify();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_beside_each_other_keep_one_order_and_no_lead_goes_twice() {
    let nodes = Nodes::start(3).await;
    let loads = nodes.loads(8);
    for load in &loads {
        load.acknowledged(200).await;
    }
    // Each has had its turns: none was overtaken so often that it sent a caller away.
    for node in &nodes.nodes {
        let metrics = node.api().text("/metrics").await;
        let answers = metrics.lines().filter(|line| line.starts_with("rondo_http_requests_total{"));
        let counts = answers.clone().filter(|line| line.contains("status=\"5xx\""));
        assert!(answers.count() > 0, "answers are counted: {metrics}");
        assert!(
            counts.clone().all(|line| line.ends_with(" 0")),
            "{:?}",
            counts.collect::<Vec<_>>()
        );
    }
    nodes.check(loads).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_last_two_who_leave_through_two_servers_at_once_exactly_one_does() {
    let nodes = Nodes::start(2).await;
    let [one, other] = [nodes.nodes[0].api(), nodes.nodes[1].api()];
    let pair = [nodes.team.ids[0].clone(), nodes.team.ids[1].clone()];
    let group = one.made("/v1/groups", &json!({"name": "Pair", "reps": pair})).await;
    one.made("/v1/campaigns", &json!({"name": "Of the pair", "group": group})).await;
    race([one, other], pair, RACES).await;
    nodes.check(Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_beside_another_loses_nothing_and_the_other_goes_on() {
    let mut nodes = Nodes::start(2).await;
    let loads = nodes.loads(8);
    for _ in 0..KILLS {
        loads[1].acknowledged(1 + random_below(60)).await;
        nodes.nodes[1].kill();
        loads[0].acknowledged(50).await;
        nodes.nodes[1].start().await;
    }
    nodes.check(loads).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_stopped_and_started_under_load_loses_nothing() {
    let nodes = Nodes::start(2).await;
    let loads = nodes.loads(8);
    for _ in 0..HALTS {
        for load in &loads {
            load.acknowledged(1 + random_below(60)).await;
        }
        nodes.postgres.halt();
        for node in &nodes.nodes {
            node.api().says_ready(503).await;
        }
        nodes.postgres.resume();
        for node in &nodes.nodes {
            node.api().says_ready(200).await;
        }
    }
    nodes.check(loads).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_one_server_tells_what_another_wrote() {
    let nodes = Nodes::start(2).await;
    let mut stream = nodes.nodes[1].api().stream("/v1/ledger?after=0").await;
    let mut told = String::new();
    let fay = json!({"name": "Fay", "email": "fay@team.test"});
    let fay = nodes.nodes[0].api().made("/v1/reps", &fay).await;
    while !told.contains(&fay) {
        let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
        told.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    drop(stream);
    nodes.check(Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_team_that_a_lost_server_holds_keeps_no_other_team_waiting_for_long() {
    let nodes = Nodes::start(1).await;
    let node = &nodes.nodes[0];
    let mut loads = Vec::new();
    for _ in 0..OTHERS {
        let api = node.api_of_new_team();
        api.team_of(&["Ann", "Bo"]).await;
        loads.push(Load::start_as(node, api, 2));
    }
    join_all(loads.iter().map(|load| load.acknowledged(1))).await;
    // As a server does that vanished between its first statement and its commit, of the team that was made last.
    let lost = nodes.postgres.session().await;
    let hold = "begin; update teams set revision = revision where team_id =
                (select team_id from teams order by created_at desc limit 1)";
    lost.batch_execute(hold).await.unwrap();
    let (held, others) = loads.split_last().unwrap();
    let served = join_all(others.iter().map(|load| load.acknowledged(20)));
    tokio::time::timeout(PATIENCE, served).await.expect("the other teams are served");
    lost.batch_execute("rollback").await.unwrap();
    held.acknowledged(10).await;
    for load in loads {
        load.finish().await;
    }
    nodes.check(Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_teams_are_served_through_two_servers_at_once() {
    let nodes = Nodes::start(2).await;
    let mut loads = Vec::new();
    for _ in 0..OTHERS {
        let api = nodes.nodes[0].api_of_new_team();
        api.team_of(&["Ann", "Bo"]).await;
        for node in &nodes.nodes {
            loads.push(Load::start_as(node, node.api_like(&api), 2));
        }
    }
    join_all(loads.iter().map(|load| load.acknowledged(20))).await;
    for load in loads {
        load.finish().await;
    }
    nodes.check(Vec::new()).await;
}
