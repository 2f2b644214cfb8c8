//! Every table and every statement of the crate, read from its source and held to the rules that keep the data
//! shardable and the statements good for both databases.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../conformance/server.rs"]
#[allow(dead_code, reason = "the conformance suite does more with it")]
mod server;
mod shards;
mod source;
mod tables;

use source::{Statement, statements};

/// Words that one of the databases has not, or that the rules forbid.
const FORBIDDEN: &[&str] = &[
    "::",
    "unnest",
    "rowid",
    "autoincrement",
    "nextval",
    "json_",
    "ifnull",
    "insert or",
    "replace into",
    "pragma",
    "current_timestamp",
    "now()",
    "random(",
    "strftime",
    "returning *",
    "select *,",
    "listen ",
    "notify ",
    "advisory",
];

/// Tables that grow with the leads: no statement of a team's may walk through them.
const GROWING: &[&str] = &[
    "leads",
    "conversations",
    "assignments",
    "ledger",
    "waiting",
    "deliveries",
    "remembered",
    "messages",
    "raw_messages",
    "mails",
    "suppressions",
];

#[test]
fn every_statement_is_written_for_both_databases() {
    for Statement { file, text } in statements() {
        assert!(
            !text.contains(|c: char| c.is_uppercase() && !text.contains("{")),
            "{file}: {text}"
        );
        for word in FORBIDDEN {
            assert!(!text.contains(word), "{file} says `{word}`: {text}");
        }
        assert!(!takes_every_column(&text), "{file}: columns are named: {text}");
        assert!(!text.contains(" ?"), "{file}: parameters are numbered: {text}");
    }
}

/// Whether it takes all columns of a table, of which another version may have more: PostgreSQL refuses to execute a
/// prepared statement whose columns have changed. Those of a subquery are named there.
fn takes_every_column(text: &str) -> bool {
    text.split("select ").any(|rest| {
        let is_every =
            rest.starts_with("* ") || rest.split(' ').next().unwrap_or("").contains(".*");
        is_every && !rest.starts_with("* from (")
    }) || text.contains("returning *")
}

#[test]
fn a_statement_that_takes_every_column_is_found() {
    for text in ["select * from t", "select t.* from t", "select a from (select * from t) u"] {
        assert!(takes_every_column(text), "{text}");
    }
    for text in ["select count(*) from t", "select * from (select a, b from t) u"] {
        assert!(!takes_every_column(text), "{text}");
    }
}

/// A column that a copy forgets is gone for good.
#[tokio::test]
async fn a_copy_carries_every_column_of_every_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rondo.db");
    let options =
        rondo_store::StoreOptions { database: format!("sqlite:{}", path.display()), readers: 1 };
    rondo_store::Store::open(&options).await.unwrap().close().await;
    let connection = rusqlite::Connection::open(&path).unwrap();
    let strings = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let tables = "select name from sqlite_schema where type = 'table' and name not in ('leases', 'sessions', 'sign_in_links')";
    let copied: Vec<_> =
        statements().into_iter().filter(|one| one.file == "src/copy/tables.rs").collect();
    for table in strings(tables) {
        let columns = strings(&format!("select name from pragma_table_info('{table}')")).join(", ");
        let read = format!("select {columns} from {table} where team_id = $1");
        assert!(copied.iter().any(|one| one.text == read), "{read}");
        let written = format!("insert into {table} ({columns}) values (");
        assert!(copied.iter().any(|one| one.text.starts_with(&written)), "{written}");
    }
}

/// Prepares every statement on the real tables, so that none can be wrong unseen.
#[tokio::test]
async fn every_statement_finds_its_rows_by_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rondo.db");
    let database = format!("sqlite:{}", path.display());
    let options = rondo_store::StoreOptions { database, readers: 1 };
    rondo_store::Store::open(&options).await.unwrap().close().await;
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "automatic_index", false).unwrap();
    for Statement { file, text } in statements() {
        let text = with_columns(text);
        let mut plan = match connection.prepare(&format!("explain query plan {text}")) {
            Ok(plan) => plan,
            // The beginning of a list's statement, which its filters complete.
            Err(error) if error.to_string().contains("incomplete input") => continue,
            Err(error) => panic!("{file}: {error}: {text}"),
        };
        if file == "src/sweeps.rs" {
            continue;
        }
        let mut steps = plan.raw_query();
        while let Some(step) = steps.next().unwrap() {
            let step: String = step.get("detail").unwrap();
            let scanned = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
            let aliases = scanned.map(|name| table_of(name, &text)).unwrap_or_default();
            assert!(!GROWING.contains(&aliases.as_str()), "{file}: {step}: {text}");
        }
    }
}

/// Prepares every statement on PostgreSQL, whose tables have other types.
#[tokio::test]
async fn every_statement_is_understood_by_postgresql() {
    let server = server::Server::start().await;
    let options = rondo_store::StoreOptions { database: server.database(), readers: 1 };
    rondo_store::Store::open(&options).await.unwrap().close().await;
    let client = server.connect().await;
    for Statement { file, text } in statements() {
        // The beginning of a list's statement, which its filters complete.
        if text.ends_with('=') {
            continue;
        }
        let prepared = client.prepare(&with_columns(text.clone())).await;
        assert!(prepared.is_ok(), "{file}: {:?}: {text}", prepared.err());
    }
}

/// The statement with a column where it takes a list of columns from a constant.
fn with_columns(text: String) -> String {
    match text.split_once('{').and_then(|(head, rest)| Some((head, rest.split_once('}')?.1))) {
        Some((head, tail)) => format!("{head}team_id{tail}"),
        None => text,
    }
}

/// The table behind an alias.
fn table_of(alias: &str, text: &str) -> String {
    let words: Vec<_> = text.split(' ').collect();
    words
        .windows(3)
        .find(|words| ["from", "join"].contains(&words[0]) && words[2] == alias)
        .map_or_else(|| alias.to_owned(), |words| words[1].to_owned())
}
