//! The tables: good for both databases, sharded by the team, and open to servers of the version before.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::source::{files_under, root};

/// Tables whose rows are too wide to be kept in the pages of their key, where each would make the way to every other
/// one longer.
const WIDE: &[&str] =
    &["leads", "conversations", "assignments", "ledger", "messages", "raw_messages"];

/// What a database would do by itself, or for all teams at once.
const FORBIDDEN: &[&str] = &[
    "trigger",
    "autoincrement",
    "sequence",
    "serial",
    "bigserial",
    "identity",
    "generated",
    "nextval",
    "view",
    "rule",
];

const ANNOTATION: &str = "-- citus: distribute ";

/// The migrations of a database in order; last the one that a test of upgrades adds.
fn migrations(database: &str) -> Vec<(PathBuf, String)> {
    let mut files = files_under(&root().join("migrations").join(database), "sql");
    files.push(root().join(format!("tests/fixtures/tomorrow/{database}.sql")));
    let read = |path: PathBuf| (path.clone(), std::fs::read_to_string(path).unwrap());
    files.into_iter().map(read).collect()
}

/// The statements of a migration, without comments, with one space between words.
fn definitions(migration: &str) -> Vec<String> {
    let code: Vec<_> =
        migration.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let code = code.join(" ");
    let statements = code.split(';').map(|text| text.split_whitespace().collect::<Vec<_>>());
    statements.filter(|words| !words.is_empty()).map(|words| words.join(" ")).collect()
}

/// A migration of one database is one of the other: the same tables, columns, keys and indexes, with types of its own.
#[test]
fn migrations_come_in_pairs() {
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    assert_eq!(sqlite.len(), postgres.len());
    for (index, (one, other)) in sqlite.iter().zip(&postgres).enumerate() {
        let is_landed = index + 1 < sqlite.len();
        assert!(!is_landed || one.0.file_name() == other.0.file_name(), "{}", one.0.display());
        assert_eq!(in_general(&one.1), in_general(&other.1), "{}", one.0.display());
    }
}

/// A migration without its comments, and without what each database has in its own way.
fn in_general(migration: &str) -> String {
    let (for_both, _) = migration.split_once("-- For PostgreSQL alone:").unwrap_or((migration, ""));
    let code = definitions(for_both).join("; ");
    let code = code.replace(") strict, without rowid", ")").replace(") strict", ")");
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
    for database in ["sqlite", "postgres"] {
        for (path, migration) in migrations(database) {
            assert!(migration.starts_with("-- Why: "), "{} begins with why", path.display());
            for statement in definitions(&migration) {
                let fault = fault_of_definition(&statement, database == "sqlite");
                assert_eq!(fault, None, "{}: {statement}", path.display());
            }
        }
    }
}

/// What is wrong with a statement of a migration, if anything.
fn fault_of_definition(statement: &str, is_sqlite: bool) -> Option<String> {
    let mut words = statement.split(|c: char| !c.is_alphanumeric() && c != '_');
    if let Some(word) = words.find(|word| FORBIDDEN.contains(word)) {
        return Some(format!("`{word}` has no place in a table"));
    }
    if let Some(table) = statement.strip_prefix("create table ") {
        let name = table.split(' ').next().unwrap_or_default();
        let end = match (is_sqlite, WIDE.contains(&name)) {
            (true, true) => ") strict",
            (true, false) => ") strict, without rowid",
            (false, _) => ")",
        };
        if !table.ends_with(end) {
            return Some(format!("the table ends with `{end}`"));
        }
        if !table.contains("primary key (") {
            return Some("the table has a primary key".to_owned());
        }
        return fault_of_keys(table);
    }
    if let Some(index) = statement.strip_prefix("create unique index ") {
        let is_by_team = index.contains(" (team_id");
        return (!is_by_team).then(|| "a unique index starts with team_id".to_owned());
    }
    if let Some(table) = statement.strip_prefix("alter table ") {
        if table.contains(" drop constraint ") && !table.contains(',') {
            return None;
        }
        // Servers of the version before go on writing: they don't know the column, and miss none.
        let is_added =
            table.split_once(' ').is_some_and(|(_, rest)| rest.starts_with("add column "));
        if !is_added || (table.contains("not null") && !table.contains(" default ")) {
            return Some("an earlier version can't go on with this".to_owned());
        }
        let has_key =
            [" unique", " references ", " primary key"].iter().any(|key| table.contains(key));
        return has_key.then(|| "a column is added without a key".to_owned());
    }
    let is_known = ["create index ", "drop index ", "insert into ", "update "];
    let is_known = is_known.iter().any(|known| statement.starts_with(known));
    (!is_known).then(|| "this is not what migrations do".to_owned())
}

/// Keys have names, and begin with the team: in a foreign key, on both sides.
fn fault_of_keys(table: &str) -> Option<String> {
    for key in ["primary key", "unique", "foreign key"] {
        for (at, _) in table.match_indices(key) {
            let after = &table[at + key.len()..];
            if !after.starts_with(" (team_id,") && !after.starts_with(" (team_id)") {
                return Some(format!("{key} starts with team_id"));
            }
            let before: Vec<_> = table[..at].trim_end().rsplit(' ').take(2).collect();
            if before.get(1) != Some(&"constraint") {
                return Some(format!("{key} is named"));
            }
        }
    }
    if table.matches("references ").count() != table.matches("foreign key (").count() {
        return Some("what refers to a table is a foreign key of its own".to_owned());
    }
    for (at, reference) in table.match_indices("references ") {
        let after = &table[at + reference.len()..];
        let columns = after.split_once(' ').map_or("", |(_, columns)| columns);
        if !columns.starts_with("(team_id,") && !columns.starts_with("(team_id)") {
            return Some("what is referred to starts with team_id".to_owned());
        }
    }
    let is_changing = table.contains(" on delete ") || table.contains(" on update ");
    is_changing.then(|| "a foreign key changes no rows".to_owned())
}

#[test]
fn every_table_is_distributed_once_after_those_it_refers_to() {
    let texts = |database| migrations(database).into_iter().map(|(_, text)| text);
    assert_eq!(fault_of_annotations(&texts("postgres").collect::<Vec<_>>()), None);
    assert!(texts("sqlite").all(|text| !text.contains(ANNOTATION)), "SQLite distributes nothing");
}

/// What is wrong with the annotations for Citus in the migrations, if anything.
fn fault_of_annotations(migrations: &[String]) -> Option<String> {
    // Each table with those that it refers to, and whether it is distributed.
    let mut tables: BTreeMap<String, (Vec<String>, bool)> = BTreeMap::new();
    for migration in migrations {
        for definition in definitions(migration) {
            let Some(table) = definition.strip_prefix("create table ") else { continue };
            let name = table.split(' ').next().unwrap_or_default().to_owned();
            let references = table.split("references ").skip(1);
            let references = references.filter_map(|rest| rest.split(' ').next());
            tables.insert(name, (references.map(str::to_owned).collect(), false));
        }
        for line in migration.lines().filter(|line| line.to_lowercase().contains("citus:")) {
            let Some(name) = line.strip_prefix(ANNOTATION) else {
                return Some(format!("`{line}` is no annotation"));
            };
            let Some((references, is_distributed)) = tables.get(name).cloned() else {
                return Some(format!("`{name}` is not there yet"));
            };
            if is_distributed {
                return Some(format!("`{name}` is distributed twice"));
            }
            if let Some(other) = references.iter().find(|other| !tables[*other].1) {
                return Some(format!("`{name}` refers to `{other}`, which is not distributed yet"));
            }
            tables.insert(name.to_owned(), (references, true));
        }
    }
    let missing = tables.iter().find(|(_, (_, is_distributed))| !is_distributed);
    missing.map(|(name, _)| format!("`{name}` is not distributed"))
}

#[test]
fn a_table_that_breaks_a_rule_is_found() {
    let key = "constraint t_pk primary key (team_id, id)";
    let good = [
        format!("create table t (team_id uuid not null, id uuid not null, {key})"),
        "create unique index t_name on t (team_id, name)".to_owned(),
        "alter table t add column note text".to_owned(),
        "alter table t drop constraint t_fk".to_owned(),
        "alter table t add column tries bigint not null default 0".to_owned(),
    ];
    for statement in good {
        assert_eq!(fault_of_definition(&statement, false), None, "{statement}");
    }
    let table = |rest: &str| format!("create table t (team_id uuid, id uuid, {key}, {rest})");
    let bad = [
        "create table t (team_id uuid)".to_owned(),
        "create table t (id uuid, constraint t_pk primary key (id, team_id))".to_owned(),
        "create table t (id uuid, constraint t_pk primary key (team_id_of_old, id))".to_owned(),
        "create table t (id uuid, primary key (team_id, id))".to_owned(),
        table("n bigint unique"),
        table("constraint t_n unique (n, team_id)"),
        table("o uuid references o (team_id)"),
        table("constraint t_fk foreign key (id, team_id) references o (id, team_id)"),
        table("constraint t_fk foreign key (team_id, id) references o (id, team_id)"),
        table("constraint t_fk foreign key (team_id) references o (team_id) on delete cascade"),
        table("n bigserial"),
        table("n bigint default nextval('s')"),
        table("n bigint generated always as identity"),
        "create sequence s".to_owned(),
        "create trigger t after insert on t execute function f()".to_owned(),
        "create unique index t_name on t (name, team_id)".to_owned(),
        "alter table t add column n bigint not null".to_owned(),
        "alter table t add column n bigint unique".to_owned(),
        "alter table t drop column n".to_owned(),
        "alter table t drop constraint t_fk, drop column n".to_owned(),
        "alter table t rename column n to m".to_owned(),
        "alter table t alter column n type text".to_owned(),
        "drop table t".to_owned(),
    ];
    for statement in bad {
        assert!(fault_of_definition(&statement, false).is_some(), "{statement}");
    }
}

#[test]
fn a_wrong_annotation_is_found() {
    let parent = "create table p (team_id uuid, constraint p_pk primary key (team_id));";
    let child = "create table c (team_id uuid, constraint c_pk primary key (team_id),
                 constraint c_p foreign key (team_id) references p (team_id));";
    let both = format!("{parent}\n{child}\n");
    let fault = |migrations: &[&str]| {
        fault_of_annotations(&migrations.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    };
    let line = |table: &str| format!("{ANNOTATION}{table}\n");
    let (p, c) = (line("p"), line("c"));
    assert_eq!(fault(&[&both, &format!("{p}{c}")]), None);
    assert_eq!(fault(&[&format!("{p}{parent}"), &format!("{c}{child}")]), None);
    assert!(fault(&[&both]).is_some(), "nothing is distributed");
    assert!(fault(&[&both, &p]).is_some(), "one is forgotten");
    assert!(fault(&[&both, &format!("{c}{p}")]).is_some(), "the wrong order");
    assert!(fault(&[&both, &format!("{p}{c}{p}")]).is_some(), "twice");
    assert!(fault(&[&p, &both, &format!("{p}{c}")]).is_some(), "too early");
    assert!(fault(&[&both, &format!("{p}{c}--citus: distribute x")]).is_some(), "misspelt");
}
