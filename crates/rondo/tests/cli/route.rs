//! `rondo route` and `rondo explain` against a running server.

use std::fs;

use serde_json::Value;

use crate::program::{Server, Session};

/// A call that no command makes.
fn post(team: &Session<'_>, path: &str) {
    use std::io::{Read as _, Write as _};
    let address = team.server.address.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let key = &team.key;
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

fn route(team: &Session<'_>, email: &str) -> Value {
    team.run(&["route", "--campaign", "Spring", "--email", email, "--json"]).json()
}

#[test]
fn leads_go_round_and_each_assignment_is_explained() {
    let server = Server::start();
    let team = server.team().with_reps_and_campaign();
    let first = route(&team, "a@x.example");
    assert_eq!((&first["http_status"], &first["rep_name"]), (&201.into(), &"Eva Holm".into()));
    let again = route(&team, "A@X.example");
    assert_eq!((&again["http_status"], &again["id"]), (&200.into(), &first["id"]));
    team.run(&["rep", "away", "Finn Ashby"]).done();
    let next = route(&team, "b@x.example");
    assert_eq!(next["rep_name"], "Gia Romano");

    let explained = team.run(&["explain", next["id"].as_str().unwrap()]).done();
    assert!(explained.contains("Finn Ashby"), "{explained}");
    assert!(explained.contains("-> Gia Romano"), "{explained}");
    assert!(explained.contains("Eva Holm    took the turn before"), "{explained}");
}

#[test]
fn a_dry_run_shows_who_is_next_and_changes_nothing() {
    let server = Server::start();
    let team = server.team().with_reps_and_campaign();
    team.run(&["rep", "away", "eva@reps.example"]).done();
    for _ in 0..2 {
        let said = team.run(&["route", "--campaign", "Spring", "--dry-run", "--next", "3"]).done();
        assert!(said.contains("1. Finn Ashby\n    2. Gia Romano\n    3. Finn Ashby"), "{said}");
        assert!(said.contains("Eva Holm    out of office"), "{said}");
    }
}

#[test]
fn a_file_of_qualified_leads_is_routed_row_by_row() {
    let server = Server::start();
    let team = server.team().with_reps_and_campaign();
    let file = server.path("qualified.csv");
    fs::write(&file, "Email;Owner\na@x.example;Gia Romano\nno address;\nb@x.example;\n").unwrap();
    let said = team.run(&["route", "--campaign", "Spring", file.to_str().unwrap(), "--json"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let reps: Vec<Value> =
        said.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect();
    assert_eq!(reps[0]["rep_name"], "Gia Romano");
    assert_eq!(reps[0]["reason"], "owner");
    assert_eq!(reps[1]["rep_name"], "Eva Holm");
    assert!(server.path("qualified.not-imported.csv").exists());
}

#[test]
fn leads_wait_while_everybody_is_away_and_the_guard_says_why_not() {
    let server = Server::start();
    let team = server.team();
    let file = server.path("reps.csv");
    fs::write(&file, "name,email\nEva,eva@reps.example\n").unwrap();
    team.import("reps", &file, &[]);
    team.run(&["campaign", "create", "Spring"]).done();
    team.run(&["campaign", "launch", "Spring"]).done();
    team.run(&["rep", "away", "Eva"]).fails_with(1, "last one available");
}

#[test]
fn a_lead_of_a_paused_campaign_is_said_to_wait_for_its_resumption() {
    let server = Server::start();
    let team = server.team().with_reps_and_campaign();
    let campaigns = team.run(&["campaign", "list", "--json"]).json();
    post(&team, &format!("/v1/campaigns/{}/pause", campaigns[0]["id"].as_str().unwrap()));
    let said = team.run(&["route", "--campaign", "Spring", "--email", "a@x.example"]).done();
    assert!(said.contains("until the campaign, which is paused, is resumed"), "{said}");
    let queue = team.run(&["route", "--campaign", "Spring", "--dry-run"]).done();
    assert!(queue.contains("1 lead waits and comes first.\nThe campaign is paused"), "{queue}");
}
