//! Statements keep to one team, in a way that a database which is sharded by the team sees before it executes them.
//!
//! Such a database (Citus) sends a statement to the one machine that has the team. It knows the team if every table's
//! `team_id` is compared with the one value, or joined with a table whose is. A subquery whose team is only that of
//! the row around it is sent everywhere, or refused.

use std::collections::BTreeSet;

use crate::source::{Statement, pieces, statements};

#[test]
fn every_statement_names_the_team_but_for_the_sweeps() {
    for Statement { file, text } in statements() {
        let is_ping = file == "src/store.rs" && text == "select 1";
        if file == "src/sweeps.rs" {
            assert!(text.starts_with("select "), "{file}: a sweep changes nothing: {text}");
            continue;
        }
        let fault = fault_of(&text);
        assert!(is_ping || fault.is_none(), "{file}: {fault:?}: {text}");
    }
}

/// A piece stands in the condition of a statement of one team, so that it is enough to be joined with that.
#[test]
fn every_piece_of_a_statement_keeps_to_the_team_of_the_statement() {
    let pieces = pieces();
    assert!(!pieces.is_empty(), "the pieces are found");
    for Statement { file, text } in pieces {
        let is_joined = text.contains("exists (select ") && text.contains(".team_id = l.team_id");
        assert!(is_joined && text.matches("select ").count() == 1, "{file}: {text}");
    }
}

#[derive(Debug, PartialEq)]
enum Fault {
    /// A table whose rows may be any team's.
    AnyTeam(String),
    /// A subquery that knows its team by the row around it alone.
    ByTheRowAround,
    /// `team_id` is compared with more than one value.
    SeveralTeams,
    /// `team_id` is compared otherwise than by `=`, or beside an `or`, or is changed.
    NotByEquality,
    /// An insert whose first column is not the team, or whose values are looked up.
    Insert,
}

/// What is wrong with a statement, if anything.
fn fault_of(text: &str) -> Option<Fault> {
    let mut teams = BTreeSet::new();
    let fault = fault_of_query(&words(text), &BTreeSet::new(), Around::Nothing, &mut teams);
    fault.or_else(|| (teams.len() > 1).then_some(Fault::SeveralTeams))
}

/// Where a query stands.
#[derive(Clone, Copy, PartialEq)]
enum Around {
    Nothing,
    /// In `exists (…)`, which is a join with what is around it.
    Exists,
    Other,
}

/// Names, values and signs.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for character in text.chars() {
        let belongs = character.is_alphanumeric() || "_.${}'".contains(character);
        let is_sign = "<>=!".contains(character);
        match words.last_mut() {
            Some(word) if is_open && (belongs || is_sign) && is_sign_word(word) == is_sign => {
                word.push(character);
            }
            _ if belongs || is_sign || "(),*".contains(character) => words.push(character.into()),
            _ => {}
        }
        is_open = belongs || is_sign;
    }
    words
}

fn is_sign_word(word: &str) -> bool {
    word.starts_with(['<', '>', '=', '!'])
}

/// A query without those inside it, and these with where they stand.
fn apart(query: &[String]) -> (Vec<String>, Vec<(Vec<String>, Around)>) {
    let (mut own, mut inner) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < query.len() {
        if query[at] == "(" && query.get(at + 1).is_some_and(|word| word == "select") {
            let end = closing(query, at);
            let around = if own.last().is_some_and(|word| word == "exists") {
                Around::Exists
            } else {
                Around::Other
            };
            inner.push((query[at + 1..end].to_vec(), around));
            own.push("(subquery)".to_owned());
            at = end;
        } else {
            own.push(query[at].clone());
        }
        at += 1;
    }
    (own, inner)
}

/// Where the parenthesis that opens at `from` is closed; the end, where other pieces of the source close it.
fn closing(query: &[String], from: usize) -> usize {
    let mut depth = 0;
    for (at, word) in query.iter().enumerate().skip(from) {
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    query.len()
}

fn fault_of_query(
    query: &[String],
    known_around: &BTreeSet<String>,
    around: Around,
    teams: &mut BTreeSet<String>,
) -> Option<Fault> {
    let (own, inner) = apart(query);
    let tables = tables(&own);
    // What is inserted into is spoken of by its columns alone.
    let own_table = tables.get(usize::from(own[0] == "insert")).map_or("", String::as_str);
    let mut known = BTreeSet::new();
    let mut by_the_row_around = BTreeSet::new();
    let mut joined = Vec::new();
    let condition = own.iter().position(|word| word == "where").unwrap_or(own.len());
    for (at, word) in own.iter().enumerate().filter(|(_, word)| is_team(word)) {
        let Some(sign) = own.get(at + 1).filter(|next| is_sign_word(next) || *next == "in") else {
            continue;
        };
        let is_set = at < condition && own[0] == "update";
        if sign != "=" || is_set {
            return Some(Fault::NotByEquality);
        }
        let one = owner(word, own_table);
        match own.get(at + 2) {
            Some(other) if is_team(other) => joined.push((one, owner(other, own_table))),
            // Without one, it is the first value that is pushed.
            value => {
                teams.insert(value.cloned().unwrap_or_else(|| "$1".to_owned()));
                known.insert(one);
            }
        }
    }
    // What is in conflict is a row of the same team, by the key that is named: alternatives may follow there.
    let end = own.iter().position(|word| word == "conflict").unwrap_or(own.len());
    if beside_or(&own[condition.min(end)..end]) {
        return Some(Fault::NotByEquality);
    }
    if own[0] == "insert" {
        let fault = fault_of_insert(&own, teams);
        if fault.is_some() {
            return fault;
        }
        known.extend(tables.first().cloned());
    }
    loop {
        let before = known.len() + by_the_row_around.len();
        for (one, other) in joined.iter().flat_map(|(a, b)| [(a, b), (b, a)]) {
            if known.contains(other) || (around == Around::Exists && known_around.contains(other)) {
                known.insert(one.clone());
            } else if known_around.contains(other) {
                by_the_row_around.insert(one.clone());
            }
        }
        if known.len() + by_the_row_around.len() == before {
            break;
        }
    }
    for table in &tables {
        if !known.contains(table) {
            let is_by_the_row = by_the_row_around.contains(table);
            return Some(if is_by_the_row {
                Fault::ByTheRowAround
            } else {
                Fault::AnyTeam(table.clone())
            });
        }
    }
    inner.iter().find_map(|(query, around)| fault_of_query(query, &known, *around, teams))
}

/// The tables that a query reads or writes, by the names that it calls them.
fn tables(own: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, word) in own.iter().enumerate() {
        let is_update = word == "update" && at == 0;
        if !is_update && !["from", "join", "into"].contains(&word.as_str()) {
            continue;
        }
        let is_name = |word: &&String| word.chars().all(|c| c.is_alphanumeric() || c == '_');
        // `is distinct from` a value.
        let Some(name) = own.get(at + 1).filter(is_name) else { continue };
        if at > 0 && own[at - 1] == "distinct" {
            continue;
        }
        const NO_ALIAS: &[&str] = &[
            "where", "set", "join", "left", "on", "order", "group", "limit", "values", "select",
            "as",
        ];
        let alias =
            own.get(at + 2).filter(is_name).filter(|next| !NO_ALIAS.contains(&next.as_str()));
        found.push(alias.unwrap_or(name).clone());
    }
    found
}

fn is_team(word: &str) -> bool {
    word == "team_id" || word.ends_with(".team_id")
}

/// Whose `team_id` it is.
fn owner(word: &str, own_table: &str) -> String {
    word.split_once('.').map_or(own_table, |(table, _)| table).to_owned()
}

/// Whether conditions are alternatives, other than in parentheses.
fn beside_or(condition: &[String]) -> bool {
    let mut depth = 0;
    condition.iter().any(|word| {
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        word == "or" && depth == 0
    })
}

/// `insert into t (team_id, …) values ($1, …)`, or `select team_id, … from …`, which is looked at by itself.
fn fault_of_insert(own: &[String], teams: &mut BTreeSet<String>) -> Option<Fault> {
    let is_by_team =
        own.get(3).is_some_and(|sign| sign == "(") && own.get(4).is_some_and(|c| c == "team_id");
    let rest = &own[closing(own, 3) + 1..];
    let first = match rest.first().map(String::as_str) {
        Some("values") => rest.get(2).cloned(),
        Some("select") => rest.get(1).filter(|word| is_team(word)).cloned(),
        _ => None,
    };
    let conflict = rest.iter().position(|word| word == "conflict");
    let is_by_key =
        conflict.is_none_or(|at| rest.get(at + 2).is_some_and(|word| word == "team_id"));
    let is_looked_up = own.iter().any(|word| word == "(subquery)");
    match first {
        Some(team) if is_by_team && is_by_key && !is_looked_up => {
            if team.starts_with('$') {
                teams.insert(team);
            }
            None
        }
        _ => Some(Fault::Insert),
    }
}

#[test]
fn a_statement_that_leaves_its_team_is_found() {
    let good = [
        "select a from t where team_id = $1 and b = $2",
        "select a from t where b = $1 and team_id =",
        "select t.a from t join u on u.team_id = t.team_id left join v w on w.team_id = u.team_id where t.team_id = $1",
        "select a from t where team_id = $1 and exists (select 1 from u where u.team_id = t.team_id and u.b = t.b)",
        "select a from t where team_id = $1 and b in (select b from u where team_id = $1 order by c limit 2)",
        "select a from t where team_id = $1 and (b = 1 or c = 1)",
        "insert into t (team_id, a) values ($1, $2) on conflict (team_id, a) do nothing",
        "insert into t (team_id, a) select team_id, $2 from u where team_id = $1",
        "insert into t (team_id, a) values ($1, $2) on conflict (team_id) do update set a = 1 where t.b = 1 or t.b = 2",
        "update t set a = $2 where team_id = $1 and b is not distinct from $3",
        "delete from t where team_id = $1",
    ];
    for text in good {
        assert_eq!(fault_of(text), None, "{text}");
    }
    let any = |table: &str| Fault::AnyTeam(table.to_owned());
    let bad = [
        ("select team_id from t", any("t")),
        ("select a from t where b = $1", any("t")),
        ("update t set a = $1 where b = $2", any("t")),
        ("delete from t where b = $1", any("t")),
        ("select t.a from t join u on u.b = t.b where t.team_id = $1", any("u")),
        ("select a from t where team_id = $1 and b in (select b from u)", any("u")),
        ("insert into t (team_id, a) select team_id, a from u", any("u")),
        (
            "select (select count(*) from u where u.team_id = t.team_id) from t where t.team_id = $1",
            Fault::ByTheRowAround,
        ),
        (
            "update t set a = $2 where team_id = $1 returning (select b from u where u.team_id = t.team_id limit 1)",
            Fault::ByTheRowAround,
        ),
        (
            "select a from t where team_id = $1 and b in (select b from u where team_id = $2)",
            Fault::SeveralTeams,
        ),
        ("select t.a from t join u on u.team_id = $2 where t.team_id = $1", Fault::SeveralTeams),
        ("select a from t where team_id in ($1, $2)", Fault::NotByEquality),
        ("select a from t where team_id > $1", Fault::NotByEquality),
        ("select a from t where team_id = $1 or b = $2", Fault::NotByEquality),
        (
            "insert into t (team_id, a) select team_id, a from u where team_id = $1 or a = $2",
            Fault::NotByEquality,
        ),
        ("update t set team_id = $1 where team_id = $1", Fault::NotByEquality),
        ("insert into t (a, team_id) values ($2, $1)", Fault::Insert),
        (
            "insert into t (team_id, a) values ($1, (select 1 from u where team_id = $1))",
            Fault::Insert,
        ),
        ("insert into t (team_id, a) values ($1, $2) on conflict (a) do nothing", Fault::Insert),
        ("insert into t (team_id, a) select a, team_id from u where team_id = $1", Fault::Insert),
    ];
    for (text, fault) in bad {
        assert_eq!(fault_of(text), Some(fault), "{text}");
    }
}
