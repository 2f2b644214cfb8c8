//! `rondo import` against a running server.

use std::fs;

use serde_json::{Value, json};

use crate::program::Server;

fn count(summary: &Value, list: &str, code: &str) -> u64 {
    let classes = summary[list].as_array().unwrap();
    let class = classes.iter().find(|class| class["code"] == code);
    class.map_or(0, |class| class["count"].as_u64().unwrap())
}

fn counts(summary: &Value) -> [u64; 4] {
    ["created", "updated", "unchanged", "not_imported"].map(|name| summary[name].as_u64().unwrap())
}

#[test]
fn a_hubspot_export_is_imported_and_importing_it_again_changes_nothing() {
    let server = Server::start();
    let team = server.team().with_reps_and_campaign();
    let file = server.fixture("hubspot-contacts.csv");

    let first = team.import("leads", &file, &["--campaign", "Spring"]);
    assert_eq!(counts(&first), [114, 0, 0, 6]);
    assert_eq!(first["rows"], 124);
    assert_eq!(count(&first, "troubles", "missing-address"), 2);
    assert_eq!(count(&first, "troubles", "malformed-address"), 3);
    assert_eq!(count(&first, "troubles", "shared-address"), 1);
    assert_eq!(count(&first, "warnings", "repeated-row"), 4);
    assert_eq!(count(&first, "warnings", "unknown-owner"), 27);

    let again = team.import("leads", &file, &["--campaign", "Spring"]);
    assert_eq!(counts(&again), [0, 0, 114, 6]);
    let overwritten = team.import("leads", &file, &["--existing", "overwrite"]);
    assert_eq!(counts(&overwritten), [0, 0, 114, 6]);
    assert_eq!(again["not_imported_file"], first["not_imported_file"]);
    server.set_up(&["verify"]).done();
}

#[test]
fn a_salesforce_export_is_imported_with_owners_by_name() {
    let server = Server::start();
    let team = server.team().with_reps_and_campaign();
    let file = server.fixture("salesforce-leads.csv");

    let first = team.import("leads", &file, &["--campaign", "Spring"]);
    assert_eq!(counts(&first), [40, 0, 0, 0]);
    assert_eq!(first["encoding"], "windows-1252");
    assert_eq!(first["delimiter"], ";");
    assert_eq!(first["not_imported_file"], Value::Null);
    let unknown = &first["warnings"][0];
    assert_eq!(
        (&unknown["code"], &unknown["owners"]),
        (&json!("unknown-owner"), &json!({"Marketing Ops": 11}))
    );

    let again = team.import("leads", &file, &["--campaign", "Spring"]);
    assert_eq!(counts(&again), [0, 0, 40, 0]);
}

#[test]
fn mended_rows_are_imported_from_the_file_of_those_that_were_not() {
    let server = Server::start();
    let team = server.team().with_reps_and_campaign();
    let file = server.fixture("hubspot-contacts.csv");
    let summary = team.import("leads", &file, &[]);
    let left = summary["not_imported_file"].as_str().unwrap();
    assert_eq!(left, server.path("hubspot-contacts.not-imported.csv").to_str().unwrap());

    let text = fs::read_to_string(left).unwrap();
    assert!(text.starts_with("\u{feff}Record ID,First Name,Last Name,Email,"), "{text}");
    assert!(text.lines().next().unwrap().ends_with(",Notes,rondo_reason"), "{text}");
    let mended = text.replace("no address", "mended@fable-toys.example");
    assert_ne!(mended, text);
    fs::write(left, &mended).unwrap();
    let again = team.import("leads", std::path::Path::new(left), &[]);
    assert_eq!(again["created"], 1);

    // What somebody is mending is never overwritten.
    let other = team.import("leads", &file, &[]);
    assert_eq!(
        other["not_imported_file"].as_str().unwrap(),
        server.path("hubspot-contacts.not-imported-2.csv").to_str().unwrap()
    );
    assert_eq!(fs::read_to_string(left).unwrap(), mended);
}

#[test]
fn existing_leads_are_filled_overwritten_or_skipped() {
    let server = Server::start();
    let team = server.team();
    let file = server.path("list.csv");
    let import = |text: &str, existing: &str| {
        fs::write(&file, text).unwrap();
        counts(&team.import("leads", &file, &["--existing", existing]))
    };
    assert_eq!(import("Email,Name,Company\na@x.example,Ann,\n", "fill"), [1, 0, 0, 0]);
    let news = "Email,Name,Company\na@x.example,Anna,Kiln\n";
    assert_eq!(import(news, "skip"), [0, 0, 1, 0]);
    assert_eq!(import(news, "fill"), [0, 1, 0, 0]);
    assert_eq!(import(news, "fill"), [0, 0, 1, 0]);
    assert_eq!(import(news, "overwrite"), [0, 1, 0, 0]);
    assert_eq!(import(news, "overwrite"), [0, 0, 1, 0]);
}

#[test]
fn reps_are_imported_by_address_and_once() {
    let server = Server::start();
    let team = server.team();
    let file = server.fixture("reps.csv");
    assert_eq!(counts(&team.import("reps", &file, &[])), [3, 0, 0, 0]);
    assert_eq!(counts(&team.import("reps", &file, &[])), [0, 0, 3, 0]);
    assert_eq!(counts(&team.import("reps", &file, &["--existing", "overwrite"])), [0, 0, 3, 0]);

    let text = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        text.replace("Europe/Oslo", "Europe/Paris").replace("America/Chicago", "Mars"),
    )
    .unwrap();
    let summary = team.import("reps", &file, &["--existing", "overwrite"]);
    assert_eq!(counts(&summary), [0, 1, 1, 1]);
    assert_eq!(count(&summary, "troubles", "refused"), 1);
    let left = fs::read_to_string(summary["not_imported_file"].as_str().unwrap()).unwrap();
    assert!(left.contains("time zone"), "{left}");
}

#[test]
fn a_dry_run_shows_what_would_be_done_and_does_nothing() {
    let server = Server::start();
    let team = server.team().with_reps_and_campaign();
    let file = server.fixture("hubspot-contacts.csv");
    let summary = team.import("leads", &file, &["--campaign", "Spring", "--dry-run"]);
    assert_eq!((&summary["dry_run"], &summary["imported"]), (&json!(true), &json!(114)));
    assert_eq!(count(&summary, "warnings", "unknown-owner"), 27);
    assert!(!server.path("hubspot-contacts.not-imported.csv").exists());
    assert_eq!(counts(&team.import("leads", &file, &[]))[0], 114);
}

#[test]
fn a_dry_run_foretells_what_the_server_would_refuse_of_a_rep() {
    let server = Server::start();
    let team = server.team();
    let file = server.path("reps.csv");
    let row =
        "Ann,ann@x.example,extension,UTC\nBo,bo@x.example,+49 30,Mars\nCy,cy@x.example,7,UTC\n";
    fs::write(&file, format!("name,email,phone,time_zone\n{row}")).unwrap();
    let foretold = team.import("reps", &file, &["--dry-run"]);
    assert_eq!((&foretold["imported"], count(&foretold, "troubles", "refused")), (&json!(1), 2));
    let done = team.import("reps", &file, &[]);
    assert_eq!((&done["imported"], count(&done, "troubles", "refused")), (&json!(1), 2));
    let left = fs::read_to_string(done["not_imported_file"].as_str().unwrap()).unwrap();
    assert!(left.contains("`phone` holds no digit") && left.contains("`time_zone` is"), "{left}");
}

#[test]
fn a_router_key_imports_leads_with_owners_by_address() {
    let server = Server::start();
    let mut team = server.team().with_reps_and_campaign();
    let made = server.set_up(&["key", "create", "--role", "router"]).done();
    team.key = made.trim().to_owned();
    let file = server.path("list.csv");
    fs::write(
        &file,
        "Email,Owner\na@x.example,eva@reps.example\nb@x.example,nobody@reps.example\n",
    )
    .unwrap();
    let summary = team.import("leads", &file, &[]);
    assert_eq!(counts(&summary), [2, 0, 0, 0]);
    assert_eq!(count(&summary, "warnings", "unknown-owner"), 1);
}

#[test]
fn a_quotation_mark_that_is_never_closed_spoils_its_row_alone_and_is_named_with_its_line() {
    let server = Server::start();
    let team = server.team();
    let file = server.path("list.csv");
    let rows: String = (0..300).map(|n| format!("Bo,b{n}@x.example,\n")).collect();
    let text =
        format!("Name,Email,Note\nAnn,a@x.example,\"two\nlines\"\nCy,c@x.example,\"open\n{rows}");
    fs::write(&file, &text).unwrap();
    let summary = team.import("leads", &file, &[]);
    assert_eq!(counts(&summary), [301, 0, 0, 1]);
    assert_eq!(count(&summary, "troubles", "unclosed-quotation-mark"), 1);
    let left = fs::read_to_string(summary["not_imported_file"].as_str().unwrap()).unwrap();
    assert!(left.contains("Cy,c@x.example,open,") && left.contains("on line 4 "), "{left}");

    // Closed many rows later, by the mark that opens another cell.
    fs::write(&file, format!("{text}Di,d@x.example,\"more, and more\"\n")).unwrap();
    assert_eq!(counts(&team.import("leads", &file, &[])), [1, 0, 301, 1]);
}

#[test]
fn the_mapping_is_shown_and_changed_by_flags() {
    let server = Server::start();
    let team = server.team();
    let file = server.path("list.csv");
    fs::write(&file, "E-mail;E-mail 2;Owner\n;a@x.example;Nobody\n").unwrap();
    let path = file.to_str().unwrap();
    let said = team.run(&[
        "import",
        "leads",
        path,
        "--map",
        "email=E-mail 2",
        "--map",
        "owner=-",
        "--json",
    ]);
    assert!(said.err.contains("E-mail 2"), "{}", said.err);
    let summary = said.json();
    assert_eq!(counts(&summary), [1, 0, 0, 0]);
    assert_eq!(summary["warnings"], json!([]));
    team.run(&["import", "leads", path, "--map", "email=Mail"])
        .fails_with(2, "has no column `Mail`");
    team.run(&["import", "leads", path, "--map", "mail"]).fails_with(2, "FIELD=COLUMN");
}

#[test]
fn what_cannot_be_read_or_sent_is_said_in_a_sentence() {
    let server = Server::start();
    let team = server.team();
    let file = server.path("list.csv");
    let path = file.to_str().unwrap();
    team.run(&["import", "leads", path]).fails_with(1, "can't be read");
    fs::write(&file, "").unwrap();
    team.run(&["import", "leads", path]).fails_with(1, "the file is empty");
    fs::write(&file, "Name\nAnn\n").unwrap();
    team.run(&["import", "leads", path]).fails_with(1, "--map email=COLUMN");
    fs::write(&file, "Email\na@x.example\n").unwrap();
    team.run(&["import", "leads", path, "--campaign", "Autumn"])
        .fails_with(1, "there is no campaign `Autumn`");
    team.run(&["import", "leads", path, "--key", "rondo_x"])
        .fails_with(1, "does not know this API key");
    team.run(&["import", "leads", path, "--server", "http://127.0.0.1:9"])
        .fails_with(1, "rondo serve");
}
