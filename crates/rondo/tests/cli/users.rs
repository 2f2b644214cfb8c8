//! `rondo user` on the database of a running server.

use crate::program::{Said, Server, rondo};

/// What a link holds after the path.
fn token(link: &str) -> &str {
    link.trim().rsplit_once("/sign-in/").unwrap().1
}

#[test]
fn people_are_invited_listed_and_removed_while_the_server_runs() {
    let server = Server::start();
    let team = server.team().with_reps_and_campaign();
    let invited = server.set_up(&["user", "invite", "kim@acme.example", "--role", "viewer"]);
    assert!(invited.err.contains("kim@acme.example"), "{}", invited.err);
    let link = invited.done();
    assert!(link.starts_with("http://127.0.0.1:7070/sign-in/"), "{link}");
    assert_eq!(token(&link).len(), 26 + 1 + 43);
    let reps = team.run(&["rep", "list", "--json"]).json();
    let eva = &reps.as_array().unwrap()[0];
    let (name, address) = (eva["name"].as_str().unwrap(), eva["email"].as_str().unwrap());
    let invite =
        ["user", "invite", "eva@acme.example", "--role", "rep", "--rep", address, "--json"];
    let made = server.set_up(&invite).json();
    assert_eq!(made["email"], "eva@acme.example");
    assert!(made["link"].as_str().unwrap().contains("/sign-in/"), "{made}");

    let listed = server.set_up(&["user", "list", "--json"]).json();
    let addresses: Vec<_> =
        listed.as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap()).collect();
    assert_eq!(addresses, ["ann@acme.example", "kim@acme.example", "eva@acme.example"]);
    assert_eq!((&listed[2]["rep"], &listed[2]["id"]), (&eva["id"], &made["user"]));
    assert_eq!(listed[0]["has_password"], false);
    let lines = server.set_up(&["user", "list"]).done();
    assert!(lines.contains(name) && lines.contains("no password yet"), "{lines}");

    let again = ["user", "invite", "KIM@acme.example", "--role", "admin"];
    server.set_up(&again).fails_with(1, "has that email address already");
    server.set_up(&["user", "remove", "kim@acme.example"]).done();
    server.set_up(&["user", "remove", "kim@acme.example"]).fails_with(1, "rondo user list");
    server.set_up(&["user", "remove", "ann@acme.example"]).fails_with(1, "last admin");
    server.set_up(&["verify"]).done();
}

#[test]
fn the_admin_of_a_team_gets_in_by_a_link() {
    let server = Server::start();
    let create = ["team", "create", "Acme", "--admin", "ann@acme.example"];
    let said = server.set_up(&create);
    assert!(said.err.contains("rondo user link ann@acme.example"), "{}", said.err);
    let first = server.set_up(&["user", "link", "ANN@acme.example"]).done();
    let options = ["--public-url", "https://rondo.acme.example"];
    let second = server.set_up(&[&["user", "link", "ann@acme.example"][..], &options].concat());
    let second = second.done();
    assert!(second.starts_with("https://rondo.acme.example/sign-in/"), "{second}");
    assert_ne!(token(&first), token(&second));
    server.set_up(&["user", "link", "bo@acme.example"]).fails_with(1, "rondo user invite");
    let database = rusqlite::Connection::open(server.database().trim_start_matches("sqlite:"));
    let links = "select count(*) from sign_in_links";
    let links: i64 = database.unwrap().query_row(links, [], |row| row.get(0)).unwrap();
    assert_eq!(links, 1, "the second takes the place of the first");
}

#[test]
fn what_is_missing_to_let_somebody_in_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| Said::by(rondo().args(arguments).current_dir(folder.path()));
    run(&["user", "list"]).fails_with(1, "rondo team create");
    run(&["user", "invite", "kim@acme.example"]).fails_with(2, "--role");
    run(&["user", "invite", "kim", "--role", "admin"]).fails_with(2, "email address");
    run(&["user", "invite", "kim@acme.example", "--role", "rep"]).fails_with(2, "--rep");
    run(&["user", "invite", "kim@acme.example", "--role", "router"]).fails_with(2, "viewer");
    let server = Server::start();
    server.team();
    let bound = ["user", "invite", "kim@acme.example", "--role", "viewer", "--rep", "x@y.example"];
    server.set_up(&bound).fails_with(2, "--role rep");
    let unknown = ["user", "invite", "kim@acme.example", "--role", "rep", "--rep", "x@y.example"];
    server.set_up(&unknown).fails_with(1, "no rep `x@y.example`");
    let listed = server.set_up(&["user", "list", "--json"]).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
}
