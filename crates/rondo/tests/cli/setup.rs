//! `rondo team`, `rondo key` and `rondo verify` on the database of a running server.

use serde_json::{Value, json};

use crate::program::{Said, Server, rondo};
use crate::traces::post;

#[test]
fn a_team_is_begun_on_a_database_that_was_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}/data/rondo.db", folder.path().display());
    let create = ["team", "create", "Acme", "--admin", "ann@acme.example", "--database", &database];
    let said = Said::by(rondo().args(create).current_dir(folder.path()));
    assert!(said.err.contains("Acme"), "{}", said.err);
    let key = said.done();
    assert!(key.starts_with("rondo_") && key.trim().len() == 73, "{key}");
    let verified = Said::by(rondo().args(["verify", "--database", &database])).done();
    assert!(verified.contains("all is as the ledger says"), "{verified}");
}

#[test]
fn keys_are_made_listed_and_revoked_while_the_server_runs() {
    let server = Server::start();
    let mut team = server.team();
    let made = server
        .set_up(&[
            "key",
            "create",
            "--role",
            "viewer",
            "--name",
            "Wall screen",
            "--requests-per-second",
            "300",
            "--json",
        ])
        .json();
    team.key = made["api_key"].as_str().unwrap().to_owned();
    team.run(&["rep", "list"]).done();
    team.run(&["campaign", "create", "Spring"]).fails_with(1, "viewer");

    let listed = server.set_up(&["key", "list", "--json"]).json();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().any(|key| key["name"] == "Wall screen" && key["id"] == made["id"]));
    let limits: Vec<_> = listed.iter().map(|key| &key["requests_per_second_max"]).collect();
    assert_eq!(limits, [&Value::Null, &Value::from(300)]);
    let lines = server.set_up(&["key", "list"]).done();
    assert!(lines.contains("Wall screen  300 requests/s"), "{lines}");
    let beyond = ["key", "create", "--role", "viewer", "--requests-per-second", "0"];
    server.set_up(&beyond).fails_with(2, "--requests-per-second");
    server.set_up(&["verify"]).done();
    let shown = Value::from(listed.clone()).to_string();
    assert!(!shown.contains(&team.key) && !shown.contains("hash"));

    server.set_up(&["key", "revoke", made["id"].as_str().unwrap()]).done();
    // It holds within 5 seconds.
    let refused = (0..500).map(|_| team.run(&["rep", "list"])).find(|said| said.code != 0);
    refused.expect("a revoked key opens nothing").fails_with(1, "does not know this API key");
    let listed = server.set_up(&["key", "list", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[test]
fn a_key_of_a_mailbox_is_made_by_its_address_or_its_id() {
    let server = Server::start();
    let team = server.team();
    let smtp = json!({"host": "smtp.acme.example", "port": 465, "security": "tls"});
    let new = json!({"name": "Kim", "address": "kim@acme.example", "smtp": smtp});
    let mailbox = post(&server, &team.key, "/v1/mailboxes", "", &new)["id"].clone();
    let create = ["key", "create", "--role", "mailbox", "--mailbox"];
    for named in ["KIM@acme.example", mailbox.as_str().unwrap()] {
        server.set_up(&[&create[..], &[named]].concat()).done();
    }
    let listed = server.set_up(&["key", "list", "--json"]).json();
    let bound = listed.as_array().unwrap().iter().filter(|key| key["mailbox"] == mailbox).count();
    assert_eq!(bound, 2);
    assert!(server.set_up(&["key", "list"]).done().contains(mailbox.as_str().unwrap()));
    let unknown = [&create[..], &["bo@acme.example"]].concat();
    server.set_up(&unknown).fails_with(1, "no mailbox `bo@acme.example`");
    server.set_up(&["key", "create", "--role", "mailbox"]).fails_with(2, "--mailbox");
    let other = ["key", "create", "--role", "viewer", "--mailbox", "kim@acme.example"];
    server.set_up(&other).fails_with(2, "--role mailbox");
}

#[test]
fn with_several_teams_the_team_must_be_named() {
    let server = Server::start();
    server.team();
    server.team();
    server.set_up(&["key", "list"]).fails_with(2, "--team");
    server.set_up(&["verify"]).done();
}

#[test]
fn a_team_that_was_deleted_behind_its_ledger_is_named_and_the_others_are_verified() {
    let server = Server::start();
    server.team();
    server.team();
    let teams = server.set_up(&["verify", "--json"]).done();
    let gone: Value = serde_json::from_str(teams.lines().next().unwrap()).unwrap();
    let gone = gone["team"].as_str().unwrap();
    let database = rusqlite::Connection::open(server.database().trim_start_matches("sqlite:"));
    let database = database.unwrap();
    database.pragma_update(None, "foreign_keys", false).unwrap();
    let first = "delete from teams where team_id = (select min(team_id) from teams)";
    assert_eq!(database.execute(first, []).unwrap(), 1);
    let said = server.set_up(&["verify"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains(&format!("team `{gone}` in table `teams` is missing")), "{said:?}");
    assert!(said.out.contains("all is as the ledger says"), "{said:?}");

    let newer = "update ledger set version = 99 where n = 1 and team_id <> (select min(team_id) from ledger)";
    assert_eq!(database.execute(newer, []).unwrap(), 1);
    let said = server.set_up(&["verify"]);
    let named = said.out.lines().filter(|line| line.starts_with("team_")).count();
    assert_eq!((said.code, named), (1, 2), "{said:?}");
    assert!(said.out.contains("newer version"), "{said:?}");
    server
        .set_up(&["verify", "--team", "team_01kazzzzzzzzzzzzzzzzzzzzzz"])
        .fails_with(1, "no team");
}

#[test]
fn a_team_whose_due_instant_is_lost_is_named() {
    let server = Server::start();
    let team = server.team().with_reps_and_campaign();
    team.run(&["rep", "away", "Eva Holm", "--until", "2999-01-07T08:00:00Z"]).done();
    server.set_up(&["verify"]).done();
    let database = rusqlite::Connection::open(server.database().trim_start_matches("sqlite:"));
    assert_eq!(database.unwrap().execute("update teams set due_at = null", []).unwrap(), 1);
    let said = server.set_up(&["verify"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("`teams.due_at` is nothing"), "{said:?}");
}

#[test]
fn set_up_commands_say_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| Said::by(rondo().args(arguments).current_dir(folder.path()));
    run(&["verify"]).fails_with(1, "there is no database");
    run(&["key", "list"]).fails_with(1, "rondo team create");
    run(&["key", "create", "--role", "rep"]).fails_with(2, "--rep");
    run(&["key", "create", "--role", "king"]).fails_with(2, "router");
    run(&["team", "create", " ", "--admin", "a@x.example"]).fails_with(2, "empty");
    run(&["team", "create", "Acme", "--admin", "nobody"]).fails_with(2, "email address");
    run(&["rep", "list"]).fails_with(2, "RONDO_KEY");
    run(&["serve", "--listen", "127.0.0.1:80000"]).fails_with(2, "a port up to 65535");
    run(&["serve", "--log", "loud"]).fails_with(2, "expected a level");
    run(&["route", "--campaign", "Spring"]).fails_with(2, "--email");
    run(&["completions", "bash"]).done();
}
