//! The whole server, as it is built, under what goes wrong in the world: killed, without disk, pulled at by hundreds.
//!
//! Each test starts the program itself. What must hold is looked at from outside, over HTTP and with `rondo verify`.

#![allow(clippy::unwrap_used, reason = "the helpers of a test are part of the test")]

#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/gauges.rs"]
mod gauges;
#[path = "faults/leases.rs"]
mod leases;
#[path = "faults/load.rs"]
mod load;
#[path = "faults/nodes.rs"]
mod nodes;
#[path = "faults/postgres.rs"]
mod postgres;
#[path = "faults/server.rs"]
mod server;
#[path = "faults/standby.rs"]
mod standby;
#[path = "faults/upgrade.rs"]
mod upgrade;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use disk::Disk;
use load::Load;
use server::{Api, Server, random_below};

/// How often the server is killed; `FAULT_KILLS` says otherwise.
const KILLS: u64 = 12;
/// How often the last two reps of a group go away at once, and in how many groups beside one another.
const RACES: usize = 500;
const GROUPS: usize = 4;

fn kills() -> u64 {
    std::env::var("FAULT_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_again_and_again_loses_nothing_and_does_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path());
    server.start().await;
    let reps = server.api().team_of(&["Ann", "Bo", "Cy", "Di", "Ed"]).await;
    let load = Load::start(&server, 24);
    for _ in 0..kills() {
        load.acknowledged(1 + random_below(150)).await;
        server.kill();
        server.start().await;
    }
    let acknowledged = load.finish().await;
    check_ledger(&server.api(), &acknowledged, &reps.ids).await;
    server.stop().await;
    server.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_clients_get_the_exact_order_and_no_lead_goes_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path());
    server.start().await;
    let reps = server.api().team_of(&["Ann", "Bo", "Cy"]).await;
    // Every lead is reported by two of them at once.
    let load = Load::start_in_pairs(&server, 300);
    load.acknowledged(3000).await;
    let acknowledged = load.finish().await;
    check_ledger(&server.api(), &acknowledged, &reps.ids).await;
    server.stop().await;
    server.verify();
}

/// Everything that was acknowledged is there, as it was told; no lead has two; the turns go round without a gap.
async fn check_ledger(api: &Api, acknowledged: &[load::Acknowledged], reps: &[String]) {
    let assignments = api.all("/v1/assignments").await;
    let leads: BTreeSet<&str> = assignments.iter().map(|one| text(one, "lead")).collect();
    assert_eq!(leads.len(), assignments.len(), "a lead was assigned twice");

    let by_id: std::collections::HashMap<&str, &Value> =
        assignments.iter().map(|one| (text(one, "id"), one)).collect();
    let emails: BTreeSet<&str> = acknowledged.iter().map(|one| one.email.as_str()).collect();
    assert_eq!(emails.len(), assignments.len(), "every lead was reported until it was taken");
    for one in acknowledged {
        let stored = by_id.get(one.assignment.as_str());
        let stored =
            stored.unwrap_or_else(|| panic!("{} was acknowledged and is gone", one.assignment));
        assert_eq!(text(stored, "rep"), one.rep);
        assert_eq!(stored["ledger"].as_u64(), Some(one.ledger));
    }

    let mut turns: Vec<(u64, &str)> =
        assignments.iter().map(|one| (one["ledger"].as_u64().unwrap(), text(one, "rep"))).collect();
    turns.sort_unstable();
    for (index, (ledger, rep)) in turns.iter().enumerate() {
        assert_eq!(*rep, reps[index % reps.len()], "turn {index}, ledger number {ledger}");
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("`{name}` is a text in {value}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_last_two_reps_who_go_away_at_once_exactly_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path());
    server.start().await;
    let api = server.api();
    let names: Vec<String> = (0..2 * GROUPS).map(|number| format!("Rep{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let reps = api.team_of(&names).await.ids;
    let mut races = tokio::task::JoinSet::new();
    for (number, pair) in reps.chunks(2).enumerate() {
        let group = json!({"name": format!("Group {number}"), "reps": pair});
        let group = api.made("/v1/groups", &group).await;
        let campaign = json!({"name": format!("Campaign {number}"), "group": group});
        api.made("/v1/campaigns", &campaign).await;
        let pair = [pair[0].clone(), pair[1].clone()];
        races.spawn(race([api.clone(), api.clone()], pair, RACES));
    }
    while let Some(ended) = races.join_next().await {
        ended.unwrap();
    }
    server.stop().await;
    server.verify();
}

/// Two reps go away at once, the last two of a group, each by an API of their own.
async fn race(apis: [Api; 2], reps: [String; 2], times: usize) {
    let paths = reps.map(|rep| format!("/v1/reps/{rep}/out-of-office"));
    for race in 0..times {
        let empty = json!({});
        let (one, other) =
            tokio::join!(apis[0].put(&paths[0], &empty), apis[1].put(&paths[1], &empty));
        let (away, refused) = match (one.status, other.status) {
            (200, 409) => (0, other),
            (409, 200) => (1, one),
            others => panic!("race {race}: {others:?}"),
        };
        assert_eq!(refused.body["code"], "last-available-rep");
        assert_eq!(apis[0].delete(&paths[away]).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_nothing_is_half_done_and_service_resumes_with_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::on(Disk::small(folder.path()));
    server.start().await;
    let api = server.api();
    let team = api.team_of(&["Ann", "Bo", "Cy"]).await;
    let path = format!("/v1/campaigns/{}/leads", team.campaign);

    // Long notes fill the disk sooner.
    let mut taken = Vec::new();
    let refused = loop {
        let batch = taken.len();
        let answer = api.post(&path, &leads(batch)).await;
        if answer.status != 200 {
            break answer;
        }
        taken.push(batch);
        assert!(taken.len() < 10_000, "the disk never was full");
    };
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_eq!(refused.body["code"], "unavailable");
    let before = api.all("/v1/leads").await.len();
    assert_eq!(before, taken.len() * LEADS_IN_BATCH, "a batch was kept in part");
    // Reading goes on, and so does every refusal.
    assert_eq!(api.post(&path, &leads(taken.len())).await.status, 503);
    assert_eq!(api.get("/healthz").await.status, 200);

    server.disk().make_room(server.process_id());
    api.until(&path, &leads(taken.len()), 200).await;
    let qualified = format!("/v1/campaigns/{}/qualified", team.campaign);
    let answer = api.post(&qualified, &json!({"lead": {"email": "after@lead.test"}})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(api.all("/v1/leads").await.len(), before + LEADS_IN_BATCH + 1);
    server.verify();
    server.stop().await;
}

const LEADS_IN_BATCH: usize = 20;

fn leads(batch: usize) -> Value {
    let leads: Vec<Value> = (0..LEADS_IN_BATCH)
        .map(|index| {
            json!({
                "email": format!("lead{batch}x{index}@lead.test"),
                "attributes": {"about": "x".repeat(900)},
            })
        })
        .collect();
    json!({ "leads": leads })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_disk_is_said_at_the_start_and_service_begins_once_it_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::new(&data);
    server.start().await;
    let team = server.api().team_of(&["Ann"]).await;
    server.stop().await;

    let said = disk::start_read_only(&data);
    assert!(said.to_lowercase().contains("read-only"), "{said}");

    server.start().await;
    let qualified = format!("/v1/campaigns/{}/qualified", team.campaign);
    let answer = server.api().post(&qualified, &json!({"lead": {"email": "a@lead.test"}})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    server.stop().await;
    server.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_turns_read_only_is_said_reads_go_on_and_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let disk = match Disk::that_can_fail(folder.path()) {
        Ok(disk) => disk,
        Err(reason) => {
            eprintln!(
                "NOT TESTED: a file can't be mounted as a disk here; run it as root. {reason}"
            );
            return;
        }
    };
    let mut server = Server::on(disk);
    server.start().await;
    let api = server.api();
    let team = api.team_of(&["Ann", "Bo", "Cy"]).await;
    // Nothing is under way at that very moment: Linux 6.18 sometimes answers an `fdatasync` that it cuts off so with
    // success, whoever asks for it.
    let load = Load::start(&server, 8);
    load.acknowledged(200).await;
    let mut acknowledged = load.finish().await;
    server.disk().turn_read_only(server.process_id());

    let load = Load::start(&server, 8);
    let qualified = format!("/v1/campaigns/{}/qualified", team.campaign);
    let lead = json!({"lead": {"email": "during@lead.test"}});
    let rep = json!({"name": "Di", "email": "di@team.test"});
    for (path, body) in [(&*qualified, &lead), ("/v1/reps", &rep), (&*qualified, &lead)] {
        let refused = api.post(path, body).await;
        assert_eq!(refused.status, 503, "{}", refused.body);
        assert_eq!(refused.body["code"], "unavailable");
    }
    for path in ["/healthz", "/readyz", "/v1/reps", "/v1/assignments", "/v1/leads", "/v1/ledger"] {
        assert_eq!(api.get(path).await.status, 200, "{path}");
    }
    // What stands is told again, since that writes nothing.
    let told = api.post(&qualified, &json!({"lead": {"email": acknowledged[0].email}})).await;
    assert_eq!((told.status, text(&told.body, "id")), (200, &*acknowledged[0].assignment));
    let log = server.disk().log();
    assert!(log.contains("read-only"), "what is wrong is said: {log}");
    assert!(!log.contains("lead.test") && !log.contains("team.test"), "nobody is named: {log}");

    server.stop().await;
    server.disk().repair();
    server.start().await;
    acknowledged.extend(load.finish().await);
    check_ledger(&server.api(), &acknowledged, &team.ids).await;
    server.verify();
    server.stop().await;
}
