//! Holds the project to its own rules about layers, words, files, dependencies and documents.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A file longer than this is two files, unless it stands in [`LONG_FILES`].
const FILE_LINES_MAX: usize = 500;

/// Files that may be longer, each with the reason.
const LONG_FILES: &[(&str, &str)] = &[
    ("crates/rondo-core/src/event.rs", "the ledger's vocabulary: one list, read as a whole"),
    ("crates/rondo-core/src/team.rs", "a team's parts, and every question that is asked of it"),
    ("crates/rondo-core/tests/rules/stories.rs", "the rules as stories, in the order of the rules"),
    ("crates/rondo-store/src/webhooks.rs", "the outbox: each statement beside what reads its rows"),
];

/// Crates that do I/O, keep time, draw random numbers, log, or know of HTTP or SQL: not for the rules.
const NOT_FOR_CORE: &[&str] = &[
    "async-trait",
    "axum",
    "chrono",
    "fastrand",
    "futures",
    "futures-util",
    "getrandom",
    "http",
    "hyper",
    "log",
    "metrics",
    "rand",
    "reqwest",
    "rusqlite",
    "rustls",
    "sqlx",
    "tempfile",
    "time",
    "tokio",
    "tower",
    "tracing",
    "ureq",
    "uuid",
];

/// Crates that know of HTTP: not for the data.
const NOT_FOR_STORE: &[&str] =
    &["axum", "http", "hyper", "reqwest", "tower", "tower-http", "ureq", "utoipa"];

/// Crates that are not let in at all: one TLS stack, rustls with ring.
const BANNED: &[&str] = &["aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys"];

/// The thin faces over `app`; none may use another.
const FACES: &[&str] = &["http", "console", "jobs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the crate stands in crates/")
        .to_path_buf()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Every file below `folder` whose name ends in `ending`, as paths relative to the root, in order.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("a folder can be listed").path();
            let name = path.file_name().expect("a listed path has a name").to_string_lossy();
            if name.starts_with('.') || name == "target" || name == "rondo-data" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(ending) {
                let relative = path.strip_prefix(root()).expect("it is below the root");
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    files("crates", ".rs")
        .into_iter()
        .filter(|path| !path.ends_with("tests/tidy.rs"))
        .map(|path| {
            let text = read(&path);
            (path, text)
        })
        .collect()
}

/// The crates named in a manifest's tables whose name ends in `table` (`dependencies` takes dev and build ones too).
fn dependencies(manifest: &str, table: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in read(manifest).lines() {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            inside = header == table
                || (table == "dependencies" && header.ends_with("dependencies"))
                || header.starts_with("target.") && header.ends_with(table);
        } else if inside && line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            let end = line.find(['.', ' ', '=']).expect("a dependency has a version");
            names.insert(line[..end].to_owned());
        }
    }
    names
}

/// Only the dependencies that end up in the product.
fn product_dependencies(manifest: &str) -> BTreeSet<String> {
    let development = dependencies(manifest, "dev-dependencies");
    dependencies(manifest, "dependencies").difference(&development).cloned().collect()
}

fn manifests() -> Vec<String> {
    files("crates", "Cargo.toml")
}

#[track_caller]
fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn the_rules_depend_on_no_io_clock_randomness_or_logging() {
    let named = product_dependencies("crates/rondo-core/Cargo.toml");
    let found: Vec<_> =
        NOT_FOR_CORE.iter().filter(|name| named.contains(**name)).map(|s| s.to_string()).collect();
    assert_none("rondo-core must not depend on", &found);
    assert!(named.contains("serde"), "the manifest was read: {named:?}");
}

#[test]
fn the_data_knows_nothing_of_http() {
    let named = product_dependencies("crates/rondo-store/Cargo.toml");
    let found: Vec<_> =
        NOT_FOR_STORE.iter().filter(|name| named.contains(**name)).map(|s| s.to_string()).collect();
    assert_none("rondo-store must not depend on", &found);
}

#[test]
fn the_crates_point_one_way() {
    let core = dependencies("crates/rondo-core/Cargo.toml", "dependencies");
    let store = dependencies("crates/rondo-store/Cargo.toml", "dependencies");
    assert!(!core.contains("rondo-store") && !core.contains("rondo"), "core is below everything");
    assert!(!store.contains("rondo"), "the store is below the server");
}

#[test]
fn faces_never_import_one_another() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let Some(face) = FACES.iter().find(|face| {
            path == format!("crates/rondo/src/{face}.rs")
                || path.starts_with(&format!("crates/rondo/src/{face}/"))
        }) else {
            continue;
        };
        for other in FACES.iter().filter(|other| *other != face) {
            if text.contains(&format!("crate::{other}")) {
                found.push(format!("{path} uses {other}"));
            }
        }
    }
    assert_none("a face goes through `app`, never through another face", &found);
}

#[test]
fn use_cases_and_the_engine_know_nothing_of_http() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let is_inner = ["app", "engine"].iter().any(|module| {
            path == format!("crates/rondo/src/{module}.rs")
                || path.starts_with(&format!("crates/rondo/src/{module}/"))
        });
        let names_http = ["crate::http", "axum::", "use axum", "http::", "hyper::", "StatusCode"];
        if is_inner && let Some(name) = names_http.iter().find(|name| text.contains(**name)) {
            found.push(format!("{path} names {name}"));
        }
    }
    assert_none("HTTP stays in the `http` face", &found);
}

#[test]
fn every_dependency_is_accounted_for() {
    let document = read("docs/dependencies.md");
    let listed: BTreeSet<String> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect();
    let named: BTreeSet<String> = manifests()
        .iter()
        .flat_map(|manifest| dependencies(manifest, "dependencies"))
        .filter(|name| !name.starts_with("rondo"))
        .collect();
    let missing: Vec<_> = named.difference(&listed).cloned().collect();
    assert_none("docs/dependencies.md has no line for", &missing);
    let gone: Vec<_> = listed.difference(&named).cloned().collect();
    assert_none("docs/dependencies.md has a line for what is not used", &gone);
}

#[test]
fn nothing_banned_is_built() {
    let lock = read("Cargo.lock");
    let found: Vec<_> = BANNED
        .iter()
        .filter(|name| lock.contains(&format!("\nname = \"{name}\"\n")))
        .map(|name| name.to_string())
        .collect();
    assert_none("Cargo.lock holds", &found);
    let elsewhere: Vec<_> = lock
        .lines()
        .filter(|line| line.starts_with("source = ") && !line.starts_with("source = \"registry+"))
        .map(str::to_owned)
        .collect();
    assert_none("dependencies come from the registry alone", &elsewhere);
}

#[test]
fn the_project_builds_from_whatever_registry_is_configured() {
    let hosts = [concat!("crates", ".io"), concat!("pypi", ".org"), concat!("npmjs", ".")];
    let mut found = Vec::new();
    for ending in [".rs", ".md", ".toml", ".sh", "test", "run"] {
        for path in files("", ending).into_iter().filter(|path| path != "Cargo.lock") {
            let text = read(&path);
            for host in hosts {
                if text.contains(host) {
                    found.push(format!("{path} names {host}"));
                }
            }
        }
    }
    assert_none("no file names a registry's host", &found);
}

#[test]
fn nothing_is_left_undone() {
    let marks = [
        concat!("to", "do!("),
        concat!("db", "g!("),
        concat!("unimpl", "emented!("),
        concat!("#[ig", "nore"),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
    ];
    let mut found = Vec::new();
    for (path, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            if let Some(mark) = marks.iter().find(|mark| line.contains(**mark)) {
                found.push(format!("{path}:{} {mark}", number + 1));
            }
        }
    }
    assert_none("finish it or leave it out", &found);
}

#[test]
fn every_module_says_first_what_it_is_for() {
    let found: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path)
        .collect();
    assert_none("begin with a `//!` sentence", &found);
    let named: Vec<_> =
        sources().into_iter().map(|(path, _)| path).filter(|p| p.ends_with("/mod.rs")).collect();
    assert_none("a module `foo` is `foo.rs` beside `foo/`", &named);
}

#[test]
fn no_file_is_too_long_to_read() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        let may_be_long = LONG_FILES.iter().any(|(listed, _)| *listed == path);
        if lines > FILE_LINES_MAX && !may_be_long {
            found.push(format!("{path}: {lines} lines"));
        }
        if lines <= FILE_LINES_MAX && may_be_long {
            found.push(format!("{path} is short enough now: take it off the list"));
        }
    }
    assert_none("split it by what it is for", &found);
}

#[test]
fn tests_are_named_by_what_they_show() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        for line in text.lines().filter(|line| line.trim_start().starts_with("fn test_")) {
            found.push(format!("{path}: {}", line.trim()));
        }
    }
    assert_none("name the behaviour", &found);
}

#[test]
fn migrations_are_numbered_without_a_gap_and_say_why() {
    let mut numbers_by_database: Vec<(String, Vec<String>)> = Vec::new();
    for database in ["sqlite", "postgres"] {
        let folder = format!("crates/rondo-store/migrations/{database}");
        let paths = files(&folder, ".sql");
        let numbers: Vec<_> = paths
            .iter()
            .map(|path| {
                let name = path.rsplit('/').next().expect("a path has a last part");
                name.split('_').next().expect("a name has a first part").to_owned()
            })
            .collect();
        for (at, number) in numbers.iter().enumerate() {
            assert_eq!(number.parse(), Ok(at + 1), "{folder}: the numbers have a gap");
        }
        for path in &paths {
            assert!(read(path).starts_with("-- "), "{path} begins with why");
        }
        if !numbers.is_empty() {
            numbers_by_database.push((database.to_owned(), numbers));
        }
    }
    for pair in numbers_by_database.windows(2) {
        assert_eq!(pair[0].1, pair[1].1, "{} and {} differ", pair[0].0, pair[1].0);
    }
}

/// The anchors that a page's headings give, as the usual viewers make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let mut anchors = BTreeSet::new();
    for line in page.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        if let Some(heading) = line.strip_prefix('#').filter(|_| !is_code) {
            let anchor: String = heading
                .trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect();
            anchors.insert(anchor);
        }
    }
    anchors
}

/// The targets of a page's links and pictures, code left out.
fn links(page: &str) -> Vec<String> {
    let mut is_code = false;
    let mut links = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        for part in line.split("](").skip(1) {
            if let Some((target, _)) = part.split_once(')') {
                links.push(target.to_owned());
            }
        }
    }
    links
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut found = Vec::new();
    for path in files("", ".md") {
        let folder = root().join(&path).parent().expect("a file has a folder").to_path_buf();
        for link in links(&read(&path)) {
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { root().join(&path) } else { folder.join(file) };
            if !target.exists() {
                found.push(format!("{path}: {link}"));
            } else if !anchor.is_empty() {
                let page = fs::read_to_string(&target).expect("a page with headings is text");
                if !anchors(&page).contains(anchor) {
                    found.push(format!("{path}: {link} (no such heading)"));
                }
            }
        }
    }
    assert_none("links that lead nowhere", &found);
}

/// The module path of a source file inside its crate, `foo::bar`; none for the root and for tests.
fn module_of(path: &str) -> Option<(String, String)> {
    let (name, rest) = path.strip_prefix("crates/")?.split_once("/src/")?;
    let module = rest.strip_suffix(".rs")?.replace('/', "::");
    let is_test = module.split("::").any(|part| part == "tests");
    (module != "lib" && !is_test).then(|| (name.to_owned(), module))
}

/// The modules that ARCHITECTURE.md names for each crate: the first name of a row, and those inside of it.
fn modules_on_the_map() -> BTreeSet<(String, String)> {
    let page = read("ARCHITECTURE.md");
    let (_, map) = page.split_once("\n## The map\n").expect("there is a map");
    let mut modules = BTreeSet::new();
    let mut name = String::new();
    for line in map.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            name = heading.to_owned();
        }
        let Some((top, rest)) = line.strip_prefix("| `").and_then(|row| row.split_once('`')) else {
            continue;
        };
        modules.insert((name.clone(), top.to_owned()));
        let inside = rest.split_once("Inside: ").map_or("", |(_, inside)| inside);
        for part in inside.split('`').skip(1).step_by(2) {
            modules.insert((name.clone(), format!("{top}::{part}")));
        }
    }
    modules
}

#[test]
fn every_module_stands_on_the_map() {
    let there: BTreeSet<_> =
        files("crates", ".rs").iter().filter_map(|path| module_of(path)).collect();
    let named = modules_on_the_map();
    let show = |modules: Vec<&(String, String)>| {
        modules.into_iter().map(|(name, module)| format!("{name}: {module}")).collect::<Vec<_>>()
    };
    assert_none("ARCHITECTURE.md does not name", &show(there.difference(&named).collect()));
    assert_none("ARCHITECTURE.md names what is gone", &show(named.difference(&there).collect()));
}

#[test]
fn invariants_name_tests_that_exist() {
    let page = read("ARCHITECTURE.md");
    let (_, rest) = page.split_once("\n## Invariants").expect("there are invariants");
    let (table, _) = rest.split_once("\n## ").expect("something follows");
    let texts: Vec<String> = files("crates", ".rs").into_iter().map(|path| read(&path)).collect();
    let mut found = Vec::new();
    for row in table.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let tests: Vec<&str> =
            row.rsplit('|').nth(1).unwrap_or("").split('`').skip(1).step_by(2).collect();
        if tests.is_empty() {
            found.push(format!("no test: {row}"));
        }
        for test in tests {
            if !texts.iter().any(|text| text.contains(&format!("fn {test}("))) {
                found.push(test.to_owned());
            }
        }
    }
    assert_none("ARCHITECTURE.md names tests that are not there", &found);
}

/// The names between `before` and `after`, wherever a line of the file has both.
fn names_between(path: &str, before: &str, after: &str) -> BTreeSet<String> {
    read(path)
        .lines()
        .filter_map(|line| line.split_once(before)?.1.split_once(after))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn every_parser_has_its_fuzz_target_and_its_property_test() {
    let parsers =
        names_between("crates/rondo/tests/parsers/targets.rs", "pub(crate) fn ", "(bytes: &[u8])");
    for parser in ["csv", "json", "id", "cursor"] {
        assert!(parsers.contains(parser), "no target for `{parser}`");
    }
    let manifest = "fuzz/Cargo.toml";
    assert_eq!(names_between(manifest, "path = \"fuzz_targets/", ".rs\""), parsers, "{manifest}");
    let mut binaries = names_between(manifest, "name = \"", "\"");
    binaries.remove("rondo-fuzz");
    assert_eq!(binaries, parsers, "{manifest}");

    let paths: BTreeSet<_> = files("fuzz/fuzz_targets", ".rs").into_iter().collect();
    let expected = parsers.iter().map(|parser| format!("fuzz/fuzz_targets/{parser}.rs")).collect();
    assert_eq!(paths, expected, "fuzz/fuzz_targets");
    for parser in &parsers {
        let path = format!("fuzz/fuzz_targets/{parser}.rs");
        assert_eq!(names_between(&path, "targets::", "(bytes)"), [parser.clone()].into(), "{path}");
    }

    let tests = "crates/rondo/tests/parsers.rs";
    assert_eq!(names_between(tests, "targets::", "(&"), parsers, "{tests}");

    let page = "docs/security.md";
    assert_eq!(names_between(page, "| `", "` |"), parsers, "{page}");
}
