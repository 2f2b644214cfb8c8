//! Several servers on one PostgreSQL: what one of them does for all, and who follows when it is killed at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::post;
use rondo::clock::{Clock as _, SystemClock};
use rondo_core::Instant;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_postgres::Client;

use crate::postgres::Postgres;
use crate::server::{Api, PATIENCE, Server};

/// How long preparing may take before the first thing is due.
const PREPARING: i64 = 3;
/// How long after that the rep is back and the campaign is launched: leads come in between.
const AWAY: i64 = 6;
/// What is due when a server dies is done by another within ten seconds; twice that, as the machine may be busy.
const FOLLOWED_WITHIN: i64 = 20;

/// Servers whose sessions tell whose they are, by the application's name.
struct Nodes {
    nodes: Vec<Server>,
    postgres: Postgres,
}

impl Nodes {
    async fn start(count: usize) -> Self {
        let postgres = Postgres::start();
        let mut first = Server::on_postgres(&named(&postgres, 0));
        first.start().await;
        let mut nodes = Self { nodes: vec![first], postgres };
        while nodes.nodes.len() < count {
            nodes.add().await;
        }
        nodes
    }

    async fn add(&mut self) {
        let url = named(&self.postgres, self.nodes.len());
        let mut node = self.nodes[0].another_at(&url);
        node.start().await;
        self.nodes.push(node);
    }

    /// Kills one; what it had not finished on the database is undone.
    fn kill(&mut self, node: usize) {
        self.nodes.remove(node).kill();
    }

    fn api(&self) -> Api {
        self.nodes[0].api()
    }

    async fn check(mut self) {
        for node in &mut self.nodes {
            node.stop().await;
        }
        self.nodes[0].verify();
    }
}

fn named(postgres: &Postgres, node: usize) -> String {
    format!("{}?application_name={node}", postgres.url)
}

/// What is due at one instant: a rep is back for whom leads wait, and a campaign is launched.
struct Due {
    at: Instant,
    leads: Vec<String>,
}

impl Due {
    async fn prepare(api: &Api) -> Self {
        let from = SystemClock::new().now().plus_seconds(PREPARING);
        let at = from.plus_seconds(AWAY);
        let ann = api.made("/v1/reps", &json!({"name": "Ann", "email": "ann@team.test"})).await;
        let absence = json!({"from": from, "until": at});
        api.made(&format!("/v1/reps/{ann}/absences"), &absence).await;
        let running = launched(api, "Spring", &json!({})).await;
        launched(api, "Summer", &json!({ "at": at })).await;
        until(async || of_kind(&ledger(api).await, "rep_away").len() == 1).await;
        let leads: Vec<_> = (0..3).map(|number| format!("lead{number}@lead.test")).collect();
        for lead in &leads {
            let answer = api
                .post(
                    &format!("/v1/campaigns/{running}/qualified"),
                    &json!({"lead": {"email": lead}}),
                )
                .await;
            assert_eq!(answer.status, 202, "{}", answer.body);
        }
        Self { at, leads }
    }

    async fn is_done(&self, api: &Api) -> bool {
        of_kind(&ledger(api).await, "waiting_assigned").len() >= self.leads.len()
    }

    /// Everything was done once, in order; when the first of it was.
    async fn check(&self, api: &Api) -> Instant {
        let ledger = ledger(api).await;
        let back = of_kind(&ledger, "rep_back");
        assert_eq!(back.len(), 1, "{ledger:?}");
        let launches = of_kind(&ledger, "campaign_launched");
        assert_eq!(launches.len(), 2, "{ledger:?}");
        let assigned = of_kind(&ledger, "waiting_assigned");
        assert_eq!(assigned.len(), self.leads.len(), "{ledger:?}");
        let mut served = Vec::new();
        for one in assigned {
            let lead = api.get(&format!("/v1/leads/{}", one["lead"].as_str().unwrap())).await;
            served.push(lead.body["email"].as_str().unwrap().to_owned());
        }
        assert_eq!(served, self.leads);
        let at: Instant = serde_json::from_value(back[0]["at"].clone()).unwrap();
        assert!(self.at <= at);
        at
    }
}

/// A campaign of everybody, launched as `how` says.
async fn launched(api: &Api, name: &str, how: &Value) -> String {
    let campaign = api.made("/v1/campaigns", &json!({ "name": name })).await;
    let answer = api.post(&format!("/v1/campaigns/{campaign}/launch"), how).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    campaign
}

async fn ledger(api: &Api) -> Vec<Value> {
    api.all("/v1/ledger").await
}

fn of_kind<'a>(ledger: &'a [Value], kind: &str) -> Vec<&'a Value> {
    ledger.iter().filter(|entry| entry["kind"] == kind).collect()
}

/// Returns once it is so.
async fn until(is_so: impl AsyncFn() -> bool) {
    let clock = SystemClock::new();
    let asking = async {
        while !is_so().await {
            // The servers need the processor more than we do.
            clock.wait(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it never was so");
}

/// The lease on what is due: who has it, which it is, and when it ends.
async fn lease(sql: &Client) -> (String, i64, Instant) {
    let text = "select holder::text, fence, expires_at from leases where name = 'due'";
    let row = sql.query_one(text, &[]).await.unwrap();
    (row.get(0), row.get(1), Instant::from_micros(row.get(2)))
}

/// The servers that wait for a lock.
async fn blocked(sql: &Client) -> Vec<usize> {
    let text = "select application_name from pg_stat_activity where wait_event_type = 'Lock'";
    let rows = sql.query(text, &[]).await.unwrap();
    rows.iter().map(|row| row.get::<_, &str>(0).parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_due_is_done_once_by_whichever_of_several_servers() {
    let nodes = Nodes::start(3).await;
    let api = nodes.api();
    let due = Due::prepare(&api).await;
    until(async || due.is_done(&api).await).await;
    // Whoever did it has looked again, and let go of the lease.
    let sql = nodes.postgres.session().await;
    until(async || lease(&sql).await.2 == Instant::from_micros(0)).await;
    due.check(&api).await;
    nodes.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_due_is_done_by_another_server_where_the_one_that_began_is_killed() {
    let mut nodes = Nodes::start(3).await;
    let due = Due::prepare(&nodes.api()).await;
    // Whoever writes the team now stands still in the middle of it.
    let (sql, blocking) = (nodes.postgres.session().await, nodes.postgres.session().await);
    blocking.batch_execute("begin; select revision from teams for no key update").await.unwrap();
    until(async || !blocked(&sql).await.is_empty()).await;
    let (holder, fence, ends_at) = lease(&sql).await;
    let [at_work] = blocked(&sql).await[..] else { panic!("one server does what is due") };
    nodes.kill(at_work);
    drop(blocking);

    let api = nodes.api();
    until(async || due.is_done(&api).await).await;
    let done_at = due.check(&api).await;
    assert!(ends_at <= done_at, "{done_at} is before the lease ended, {ends_at}");
    assert!(done_at < due.at.plus_seconds(FOLLOWED_WITHIN), "{done_at} is late");
    let (follower, its_fence, _) = lease(&sql).await;
    assert_ne!(follower, holder);
    assert!(its_fence > fence);
    nodes.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_lets_go_of_its_leases() {
    let mut nodes = Nodes::start(1).await;
    let api = nodes.api();
    let due = Due::prepare(&api).await;
    // It is stopped while it does what is due, and ends that first.
    let (sql, blocking) = (nodes.postgres.session().await, nodes.postgres.session().await);
    blocking.batch_execute("begin; select revision from teams for no key update").await.unwrap();
    until(async || !blocked(&sql).await.is_empty()).await;
    let (_, _, ends_at) = lease(&sql).await;
    assert_ne!(ends_at, Instant::from_micros(0));
    let going_on = async {
        until(async || !api.is_ready().await).await;
        drop(blocking);
    };
    tokio::join!(nodes.nodes[0].stop(), going_on);
    assert_eq!(lease(&sql).await.2, Instant::from_micros(0));

    nodes.nodes[0].start().await;
    until(async || due.is_done(&api).await).await;
    due.check(&api).await;
    nodes.check().await;
}

/// A receiver of webhooks that never answers the first delivery and takes the others; where it is, and the ids of what
/// arrives.
async fn receiver() -> (String, mpsc::UnboundedReceiver<String>) {
    let (arrived, arrivals) = mpsc::unbounded_channel();
    let is_first = Arc::new(AtomicBool::new(true));
    let hook = post(move |headers: HeaderMap| async move {
        // Nobody listens any more once the test is over.
        let _ = arrived.send(headers["webhook-id"].to_str().unwrap().to_owned());
        if is_first.swap(false, Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    });
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", socket.local_addr().unwrap());
    tokio::spawn(async { axum::serve(socket, Router::new().route("/hook", hook)).await });
    (url, arrivals)
}

async fn next(arrivals: &mut mpsc::UnboundedReceiver<String>) -> String {
    let next = tokio::time::timeout(PATIENCE, arrivals.recv()).await;
    next.expect("nothing arrived").expect("the receiver is up")
}

/// Who took the only delivery, under which lease, and when it may be taken next.
async fn taken(sql: &Client) -> (String, i64, Option<i64>) {
    let text = "select holder::text, fence, due_at from deliveries";
    let row = sql.query_one(text, &[]).await.unwrap();
    (row.get(0), row.get(1), row.get(2))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_a_killed_server_had_taken_is_sent_by_another() {
    let mut nodes = Nodes::start(1).await;
    let team = nodes.api().team_of(&["Ann"]).await;
    let (url, mut arrivals) = receiver().await;
    let webhook = json!({"url": url, "events": ["assignment.created"]});
    let webhook = nodes.api().made("/v1/webhooks", &webhook).await;
    let path = format!("/v1/campaigns/{}/qualified", team.campaign);
    let lead = json!({"lead": {"email": "kim@lead.test"}});
    assert_eq!(nodes.api().post(&path, &lead).await.status, 201);
    let first = next(&mut arrivals).await;
    nodes.add().await;
    nodes.kill(0);

    let sql = nodes.postgres.session().await;
    let (holder, fence, leased_until) = taken(&sql).await;
    let now = SystemClock::new().now().as_micros();
    assert!(leased_until.is_some_and(|until| now < until), "the lease has not run out");
    assert!(arrivals.is_empty(), "nobody else sends it while it is leased");
    // The minute that the lease lasts passes at once.
    sql.execute("update deliveries set due_at = $1", &[&now]).await.unwrap();
    assert_eq!(next(&mut arrivals).await, first);
    let api = nodes.api();
    let deliveries = format!("/v1/webhooks/{webhook}/deliveries");
    until(async || api.all(&deliveries).await[0]["state"] == "delivered").await;
    let (follower, its_fence, due_at) = taken(&sql).await;
    assert_ne!(follower, holder);
    assert_eq!((its_fence, due_at), (fence + 1, None));
    assert!(arrivals.is_empty());
    nodes.check().await;
}
