//! `rondo backup` and `rondo copy`: an installation is kept, and moves.

use crate::program::{Said, Server, rondo};

/// A server whose team has reps and an assignment.
fn told() -> Server {
    let server = Server::start();
    let team = server.team();
    let reps = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/reps.csv");
    team.run(&["import", "reps", reps]).done();
    team.run(&["campaign", "create", "Spring"]).done();
    team.run(&["campaign", "launch", "Spring"]).done();
    team.run(&["route", "--campaign", "Spring", "--email", "rosa@kiln.example"]).done();
    server
}

#[test]
fn a_backup_is_made_while_the_server_runs_and_replaces_nothing() {
    let server = told();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let file = file.to_str().unwrap();
    let said = server.set_up(&["backup", file]);
    assert!(said.err.contains("rondo verify --database sqlite:"), "{}", said.err);
    said.done();
    let database = format!("sqlite:{file}");
    let verified = Said::by(rondo().args(["verify", "--database", &database])).done();
    let served = server.set_up(&["verify"]).done();
    assert_eq!(verified, served);
    server.set_up(&["backup", file]).fails_with(1, "exists");
}

#[test]
fn an_installation_is_copied_to_an_empty_database_and_to_no_other() {
    let server = told();
    let folder = tempfile::tempdir().unwrap();
    let to = format!("sqlite:{}", folder.path().join("moved.db").display());
    let from = server.database();
    let copy = ["copy", "--from", &from, "--to", &to];
    let said = Said::by(rondo().args(copy));
    assert!(said.err.contains("secret.key"), "{}", said.err);
    let verified = said.done();
    let lines: Vec<_> = verified.lines().collect();
    assert_eq!(lines.len(), 2, "{verified}");
    assert_eq!(lines[0], lines[1]);
    assert_eq!(lines[0], server.set_up(&["verify"]).done().trim());
    Said::by(rondo().args(copy)).fails_with(1, "copy into an empty database");
    let missing = ["copy", "--from", "sqlite:/nowhere/rondo.db", "--to", &to];
    Said::by(rondo().args(missing)).fails_with(1, "there is no database");
}
