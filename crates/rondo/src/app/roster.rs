//! Reps as people look for them: by name, each with what lies ahead of them and what they own.

use std::collections::HashMap;

use rondo_core::ids::{GroupId, RepId};
use rondo_core::team::{Absence, RepParts};
use rondo_store::RepRow;

use crate::app::reps::{self, RepView};
use crate::app::{App, AppError, Caller, Look};

/// Reps on a page: what fits a screen or two.
pub const PAGE_REPS: usize = 50;
/// Names offered to choose from at most: more would make a page of megabytes. Whoever has more looks for the rep.
pub const CHOICES_MAX: usize = 1000;

/// A rep in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterRow {
    pub rep: RepView,
    /// The absence that begins next.
    pub next_absence: Option<Absence>,
    /// The groups that they are a member of, but for the one that holds everybody.
    pub groups: Vec<(GroupId, String)>,
    /// Leads that are theirs, those of reps they followed included.
    pub leads_owned: u64,
}

/// A page of reps by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    pub rows: Vec<RosterRow>,
    /// Which page it is, from 1.
    pub page: usize,
    pub has_more: bool,
    /// How many reps were found in all.
    pub found: usize,
    /// How many reps there are.
    pub count: usize,
}

/// Somebody who can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub rep: RepId,
    pub name: String,
}

/// The reps whose name holds these words, by name; all for an empty text.
pub async fn page(
    app: &App,
    caller: &Caller,
    words: &str,
    page: usize,
) -> Result<Roster, AppError> {
    let look = app.look(caller.team).await?;
    let count = look.team.rep_count();
    let found = by_name(&look, words);
    let page = page.max(1);
    let start = (page - 1).saturating_mul(PAGE_REPS).min(found.len());
    let end = (start + PAGE_REPS).min(found.len());
    let wanted: Vec<RepId> = found[start..end].iter().map(|choice| choice.rep).collect();
    let rows = rows(app, caller, &look, &wanted).await?;
    Ok(Roster { rows, page, has_more: end < found.len(), found: found.len(), count })
}

/// One rep, as in the list.
pub async fn one(app: &App, caller: &Caller, rep: RepId) -> Result<RosterRow, AppError> {
    let look = app.look(caller.team).await?;
    let mut rows = rows(app, caller, &look, &[rep]).await?;
    rows.pop().ok_or_else(|| AppError::not_found("rep", rep))
}

/// The team's reps by name, to choose from.
pub async fn choices(app: &App, caller: &Caller) -> Result<Vec<Choice>, AppError> {
    let look = app.look(caller.team).await?;
    let mut found = by_name(&look, "");
    found.truncate(CHOICES_MAX);
    Ok(found)
}

/// The team's reps with their addresses, oldest first, to choose from where two may have the same name.
pub async fn addresses(app: &App, caller: &Caller) -> Result<Vec<(Choice, String)>, AppError> {
    let rows = app.store().reps(caller.team, None, CHOICES_MAX as u32).await?;
    let choice = |row: RepRow| (Choice { rep: row.rep, name: row.name }, row.email);
    Ok(rows.into_iter().map(choice).collect())
}

fn by_name(look: &Look, words: &str) -> Vec<Choice> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(String, Choice)> = look
        .team
        .reps()
        .map(|parts| Choice { rep: parts.id, name: look.name(parts.id) })
        .map(|choice| (choice.name.to_lowercase(), choice))
        .filter(|(name, _)| words.iter().all(|word| name.contains(word)))
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found.into_iter().map(|(_, choice)| choice).collect()
}

async fn rows(
    app: &App,
    caller: &Caller,
    look: &Look,
    wanted: &[RepId],
) -> Result<Vec<RosterRow>, AppError> {
    let team = &look.team;
    let stored = app.store().reps_named(caller.team, wanted).await?;
    let views = reps::views(app, caller, look, stored).await?;
    let mut views: HashMap<RepId, RepView> =
        views.into_iter().map(|view| (view.id, view)).collect();
    let sources: Vec<Vec<RepId>> = wanted.iter().map(|rep| team.reps_resolving_to(*rep)).collect();
    let owned = app.store().leads_owned(caller.team, &sources.concat()).await?;
    let count = |of: &RepId| owned.get(of).copied().unwrap_or(0);
    let row = |(rep, sources): (&RepId, &Vec<RepId>)| {
        let view = views.remove(rep)?;
        let groups = view.groups.iter().filter(|group| **group != team.default_group());
        let name = |group: &GroupId| team.group_name(*group).map(ToString::to_string);
        Some(RosterRow {
            groups: groups.map(|group| (*group, name(group).unwrap_or_default())).collect(),
            next_absence: team.rep(*rep).and_then(|parts| next_absence(look, parts)),
            leads_owned: sources.iter().map(count).sum(),
            rep: view,
        })
    };
    Ok(wanted.iter().zip(&sources).filter_map(row).collect())
}

fn next_absence(look: &Look, parts: &RepParts) -> Option<Absence> {
    let ahead = parts.absences.iter().filter(|absence| absence.period.from > look.now);
    ahead.min_by_key(|absence| absence.period.from).cloned()
}
