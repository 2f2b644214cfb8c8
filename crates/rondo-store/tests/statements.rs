//! Every table and every statement of the crate, read from its source and held to the rules that keep the data
//! shardable and the statements good for both databases.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};

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
const GROWING: &[&str] =
    &["leads", "conversations", "assignments", "ledger", "waiting", "deliveries", "remembered"];

/// Tables whose rows are too wide to be kept in the pages of their key, where each would make the way to every other
/// one longer.
const WIDE: &[&str] = &["leads", "conversations", "assignments", "ledger"];

struct Statement {
    file: String,
    text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files_under(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_under(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Every string literal of the source that is a statement, but for those of tests and of the adapters, which speak to
/// one database alone and to none of a team's tables.
fn statements() -> Vec<Statement> {
    let mut statements = Vec::new();
    for path in files_under(&root().join("src"), "rs") {
        if path.ends_with("tests.rs") || path.starts_with(root().join("src/db")) {
            continue;
        }
        let file = path.strip_prefix(root()).unwrap().display().to_string();
        for literal in literals(&std::fs::read_to_string(&path).unwrap()) {
            let text = literal.split_whitespace().collect::<Vec<_>>().join(" ");
            let first = text.split(' ').next().unwrap_or_default().to_lowercase();
            if ["select", "insert", "update", "delete", "with"].contains(&first.as_str())
                && text.contains(' ')
            {
                statements.push(Statement { file: file.clone(), text });
            }
        }
    }
    assert!(statements.len() > 60, "the statements are found");
    statements
}

/// The string literals of Rust source, comments left out.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let here = &rest[at..];
        if here.starts_with("//") {
            rest = here.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(after) = here.strip_prefix("'\"'") {
            rest = after;
        } else if let Some(inside) = here.strip_prefix('"') {
            let hashes = rest[..at].chars().rev().take_while(|&before| before == '#').count();
            let is_raw = rest[..at - hashes].ends_with('r');
            let (text, length) = literal(inside, is_raw.then_some(hashes));
            found.push(text);
            rest = &inside[length..];
        } else {
            rest = &here[1..];
        }
    }
    found
}

/// A literal's text and how much of the source it takes.
fn literal(source: &str, raw: Option<usize>) -> (String, usize) {
    if let Some(hashes) = raw {
        let end = format!("\"{}", "#".repeat(hashes));
        let length = source.find(&end).unwrap();
        return (source[..length].to_owned(), length + end.len());
    }
    let mut text = String::new();
    let mut characters = source.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (text, at + 1),
            '\\' => {
                if let Some((_, escaped)) = characters.next() {
                    text.push(if escaped == '\n' { ' ' } else { escaped });
                }
            }
            other => text.push(other),
        }
    }
    panic!("a literal ends")
}

#[test]
fn every_statement_names_the_team_but_for_the_sweeps() {
    for Statement { file, text } in statements() {
        if file == "src/sweeps.rs" {
            assert!(text.starts_with("select "), "{file}: a sweep changes nothing: {text}");
        } else {
            let is_ping = file == "src/store.rs" && text == "select 1";
            assert!(text.contains("team_id") || is_ping, "{file}: {text}");
        }
    }
}

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
        assert!(!text.contains(" ?"), "{file}: parameters are numbered: {text}");
    }
}

/// A migration of one database is one of the other: the same tables, columns, keys and indexes, with types of its own.
#[test]
fn migrations_come_in_pairs() {
    let of = |database: &str| {
        let files = files_under(&root().join("migrations").join(database), "sql");
        let named = files.into_iter().map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_owned(), in_general(&text))
        });
        named.collect::<Vec<_>>()
    };
    let (sqlite, postgres) = (of("sqlite"), of("postgres"));
    assert_eq!(sqlite.len(), postgres.len());
    for (one, other) in sqlite.iter().zip(&postgres) {
        assert_eq!(one.0, other.0);
        assert_eq!(one.1, other.1, "{}", one.0.display());
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
    let tables = "select name from sqlite_schema where type = 'table' and name not in ('leases')";
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

/// A migration without its comments, and without what each database has in its own way.
fn in_general(migration: &str) -> String {
    let (for_both, _) = migration.split_once("-- For PostgreSQL alone:").unwrap_or((migration, ""));
    let code = for_both.lines().map(|line| line.split("--").next().unwrap_or_default());
    let code: Vec<_> = code.flat_map(str::split_whitespace).collect();
    let code = code.join(" ").replace(") strict, without rowid;", ");").replace(") strict;", ");");
    let words = code.split(' ').map(|word| {
        let name = word.trim_end_matches([',', ';']);
        match name {
            "uuid" | "bytea" | "blob" => word.replace(name, "bytes"),
            "integer" | "bigint" => word.replace(name, "number"),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_table_can_be_sharded_by_its_team() {
    for path in files_under(&root().join("migrations"), "sql") {
        let migration = std::fs::read_to_string(&path).unwrap();
        assert!(migration.starts_with("-- Why: "), "{} begins with why", path.display());
        let code: String = migration
            .lines()
            .map(|line| line.split("--").next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join(" ");
        let is_sqlite = path.parent().is_some_and(|folder| folder.ends_with("sqlite"));
        for statement in
            code.split(';').map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        {
            check_definition(&statement, is_sqlite);
        }
    }
}

fn check_definition(statement: &str, is_sqlite: bool) {
    if statement.is_empty() {
        return;
    }
    for word in ["trigger", "autoincrement", "sequence", "generated", "view"] {
        assert!(!statement.split(' ').any(|found| found == word), "{statement}");
    }
    if let Some(table) = statement.strip_prefix("create table ") {
        let name = table.split(' ').next().unwrap_or_default();
        let expected = match (is_sqlite, WIDE.contains(&name)) {
            (true, true) => ") strict",
            (true, false) => ") strict, without rowid",
            (false, _) => ")",
        };
        assert!(table.ends_with(expected), "{table}");
        for key in ["primary key (", "unique (", "foreign key ("] {
            for (at, _) in table.match_indices(key) {
                let columns = &table[at + key.len()..];
                assert!(columns.starts_with("team_id"), "{key} starts with team_id: {table}");
                let named = table[..at].trim_end().rsplit(' ').nth(1);
                assert_eq!(named, Some("constraint"), "{key} is named: {table}");
            }
        }
        assert!(table.contains("primary key ("), "{table}");
    } else if statement.starts_with("create unique index ") {
        assert!(statement.contains(" (team_id"), "{statement}");
    } else {
        let is_known = ["create index ", "alter table ", "drop index ", "insert into ", "update "];
        assert!(is_known.iter().any(|known| statement.starts_with(known)), "{statement}");
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
