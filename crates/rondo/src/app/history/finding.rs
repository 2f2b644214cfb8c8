//! Leads, conversations and assignments by a part of a name, an address or a company: looked through, the newest first.
//!
//! No index is kept for it, which every lead that comes in would pay for. One who looks for a whole address has it by
//! its index ([`by_address`]); a part of a name is compared with so many leads at a time, and the page says where it
//! stopped.

use std::collections::{HashMap, HashSet};

use rondo_core::ids::{ConversationId, LeadId, RepId};
use rondo_core::text::Email;
use rondo_store::{FoundByRow, HeldRow};

use super::{Named, OwnedLead, beside, owned};
use crate::app::assignments::{self, AssignmentView, AssignmentsWanted};
use crate::app::conversations::{self, ConversationView, ConversationsWanted};
use crate::app::leads::{self, LeadsWanted};
use crate::app::page::{After, List, Listed, Page};
use crate::app::{App, AppError, Caller};

/// Leads, conversations or assignments that are looked through for a page at most: some tenths of a second, in which pages come in between.
const LOOKED_MAX: usize = 50_000;
/// Those that are looked through in one reading: a millisecond or two.
const PART: u32 = 500;
/// Words that are compared at most: more than a name, a company and an address have.
const WORDS_MAX: usize = 8;

/// What is looked for: words, each of which stands somewhere in the name, the address or the company.
pub struct Sought {
    words: Vec<String>,
}

/// A page of what was found.
pub struct Found<T> {
    /// What fits, the newest first.
    pub listed: Listed<T>,
    /// Whether it was stopped before all was looked through: the next page goes on from there.
    pub is_stopped: bool,
}

impl Sought {
    /// The words of this text; none where there is no word in it.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<_> =
            text.split_whitespace().take(WORDS_MAX).map(str::to_lowercase).collect();
        (!words.is_empty()).then_some(Self { words })
    }

    fn fits(&self, row: &FoundByRow) -> bool {
        let parts = [Some(&row.email), row.name.as_ref(), row.company.as_ref()];
        let parts = parts.map(|part| part.map(|part| part.to_lowercase()).unwrap_or_default());
        self.words.iter().all(|word| parts.iter().any(|part| part.contains(word)))
    }
}

/// The lead who has this address.
pub async fn by_address(
    app: &App,
    caller: &Caller,
    address: &Email,
) -> Result<Option<LeadId>, AppError> {
    let wanted = LeadsWanted { email: Some(address.key()), ..LeadsWanted::default() };
    let one = Page { limit: 1, cursor: None };
    let listed = leads::list(app, caller, &wanted, &one).await?;
    Ok(listed.items.first().map(|lead| lead.id))
}

/// Leads that fit, the newest first.
pub async fn leads(
    app: &App,
    caller: &Caller,
    wanted: &LeadsWanted,
    sought: &Sought,
    page: &Page,
) -> Result<Found<OwnedLead>, AppError> {
    let look = app.look(caller.team).await?;
    let filter = leads::filter(&look, wanted)?;
    let list = List::new(caller.team, "leads found", &(wanted, &sought.words));
    let mut search = Search::new(page, list.start::<After<LeadId>>(page)?.map(|start| start.0));
    loop {
        let _turn = app.sums().turn().await;
        let rows = app.store().leads_to_find(caller.team, &filter, search.before, PART).await?;
        let fits = |found_by: &Option<_>| found_by.as_ref().is_some_and(|row| sought.fits(row));
        let part: Vec<_> = rows.iter().map(|(lead, row)| (*lead, fits(row))).collect();
        if search.is_over_after(&part) {
            break;
        }
    }
    let (hits, next, is_stopped) = search.page();
    let mut rows = app.store().leads_named(caller.team, &hits).await?;
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.lead));
    let items = rows.into_iter().map(|row| owned(&look, leads::view(&look, row))).collect();
    let next_cursor = next.map(|next| list.cursor(&After(next)));
    Ok(Found { listed: Listed { items, next_cursor }, is_stopped })
}

/// Conversations with leads that fit, the newest first.
pub async fn conversations(
    app: &App,
    caller: &Caller,
    wanted: &ConversationsWanted,
    sought: &Sought,
    page: &Page,
) -> Result<Found<Named<ConversationView>>, AppError> {
    let look = app.look(caller.team).await?;
    let (store, team) = (app.store(), caller.team);
    let filter = conversations::filter(app, &look, wanted).await?;
    let list = List::new(team, "conversations found", &(wanted, &sought.words));
    let start = list.start::<After<ConversationId>>(page)?.map(|start| start.0);
    let mut search = Search::new(page, start);
    loop {
        let _turn = app.sums().turn().await;
        let looked = store.conversations_to_find(team, &filter, search.before, PART).await?;
        let fits = that_fit(app, caller, sought, looked.iter().filter_map(|(_, lead)| *lead));
        let fits = fits.await?;
        let fits = |lead: &Option<LeadId>| lead.is_some_and(|lead| fits.contains(&lead));
        let part: Vec<_> = looked.iter().map(|(one, lead)| (*one, fits(lead))).collect();
        if search.is_over_after(&part) {
            break;
        }
    }
    let (hits, next, is_stopped) = search.page();
    let mut rows = store.conversations_named(team, &hits).await?;
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.conversation));
    let items = super::conversations_beside(app, &look, rows).await?;
    let next_cursor = next.map(|next| list.cursor(&After(next)));
    Ok(Found { listed: Listed { items, next_cursor }, is_stopped })
}

/// Conversations of leads whom this rep has now, those that they were handed last first; where words are given, those
/// with leads that fit.
pub async fn conversations_of(
    app: &App,
    caller: &Caller,
    rep: RepId,
    wanted: &ConversationsWanted,
    sought: Option<&Sought>,
    page: &Page,
) -> Result<Found<Named<ConversationView>>, AppError> {
    let look = app.look(caller.team).await?;
    let (store, team) = (app.store(), caller.team);
    let filter = conversations::filter(app, &look, wanted).await?;
    let (rep_held, campaign) = (Some(rep), wanted.campaign);
    let held = AssignmentsWanted { rep: rep_held, campaign, ..AssignmentsWanted::default() };
    let held = assignments::filter(&look, caller, &held)?;
    let words = sought.map(|sought| &sought.words);
    let list = List::new(team, "conversations of a rep", &(rep, wanted, words));
    let mut search = Search::new(page, list.start::<u64>(page)?);
    let mut found = HashMap::new();
    loop {
        // Without words, a page is there after a part or two.
        let _turn = match sought {
            Some(_) => app.sums().turn().await,
            None => None,
        };
        let rows = store.assignments_to_find(team, &held, search.before, PART).await?;
        let standing = rows.iter().filter(|row| row.is_standing).map(|row| row.conversation);
        let standing: Vec<_> = standing.collect();
        let looked = store.conversations_that_fit(team, &filter, &standing).await?;
        let leads = looked.into_iter().filter_map(|(one, lead)| Some((one, lead?)));
        let mut leads: HashMap<ConversationId, LeadId> = leads.collect();
        if let Some(sought) = sought {
            let fits = that_fit(app, caller, sought, leads.values().copied()).await?;
            leads.retain(|_, lead| fits.contains(lead));
        }
        let fits = |row: &HeldRow| row.is_standing && leads.contains_key(&row.conversation);
        found.extend(rows.iter().filter(|row| fits(row)).map(|row| (row.conversation, row.n)));
        if search.is_over_after(&rows.iter().map(|row| (row.n, fits(row))).collect::<Vec<_>>()) {
            break;
        }
    }
    let (hits, next, is_stopped) = search.page();
    found.retain(|_, n| hits.contains(n));
    let conversations: Vec<_> = found.keys().copied().collect();
    let mut rows = store.conversations_named(team, &conversations).await?;
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(found.get(&row.conversation)));
    let items = super::conversations_beside(app, &look, rows).await?;
    let next_cursor = next.map(|next| list.cursor(&next));
    Ok(Found { listed: Listed { items, next_cursor }, is_stopped })
}

/// Assignments of leads that fit, the last decided first; a rep finds their own, and no lead whom they passed on.
pub async fn assignments(
    app: &App,
    caller: &Caller,
    wanted: &AssignmentsWanted,
    sought: &Sought,
    page: &Page,
) -> Result<Found<Named<AssignmentView>>, AppError> {
    let look = app.look(caller.team).await?;
    let (store, team) = (app.store(), caller.team);
    let filter = assignments::filter(&look, caller, wanted)?;
    let list = List::new(team, "assignments found", &(wanted, &sought.words));
    let mut search = Search::new(page, list.start::<u64>(page)?);
    let mut found = HashMap::new();
    loop {
        let _turn = app.sums().turn().await;
        let rows = store.assignments_to_find(team, &filter, search.before, PART).await?;
        let is_told = |row: &HeldRow| row.is_standing || caller.only_rep().is_none();
        let leads = rows.iter().filter(|row| is_told(row)).map(|row| row.lead);
        let fits = that_fit(app, caller, sought, leads).await?;
        let fits = |row: &HeldRow| is_told(row) && fits.contains(&row.lead);
        found.extend(rows.iter().filter(|row| fits(row)).map(|row| (row.n, row.assignment)));
        if search.is_over_after(&rows.iter().map(|row| (row.n, fits(row))).collect::<Vec<_>>()) {
            break;
        }
    }
    let (hits, next, is_stopped) = search.page();
    let hits: Vec<_> = hits.iter().filter_map(|n| found.get(n).copied()).collect();
    let rows = store.assignments_named(team, &hits).await?;
    let views = rows.iter().rev().map(|row| assignments::of_row(&look.state, row)).collect();
    let items = beside(app, caller, &look, views).await?;
    let next_cursor = next.map(|next| list.cursor(&next));
    Ok(Found { listed: Listed { items, next_cursor }, is_stopped })
}

/// Those of these leads who fit.
async fn that_fit(
    app: &App,
    caller: &Caller,
    sought: &Sought,
    leads: impl Iterator<Item = LeadId>,
) -> Result<HashSet<LeadId>, AppError> {
    let leads: HashSet<_> = leads.collect();
    let leads: Vec<_> = leads.into_iter().collect();
    let found_by = app.store().leads_found_by(caller.team, &leads).await?;
    Ok(found_by.iter().filter(|row| sought.fits(row)).map(|row| row.lead).collect())
}

/// How far it was looked through.
struct Search<I> {
    limit: usize,
    /// The last one that was looked at.
    before: Option<I>,
    hits: Vec<I>,
    looked: usize,
    is_through: bool,
}

impl<I: Copy> Search<I> {
    fn new(page: &Page, before: Option<I>) -> Self {
        let limit = page.limit as usize;
        Self { limit, before, hits: Vec::new(), looked: 0, is_through: false }
    }

    /// Takes in the next ones, each with whether it fits. Whether nothing more is to be looked at for this page.
    fn is_over_after(&mut self, part: &[(I, bool)]) -> bool {
        self.before = part.last().map(|(last, _)| *last).or(self.before);
        self.hits.extend(part.iter().filter(|(_, fits)| *fits).map(|(one, _)| *one));
        self.looked += part.len();
        self.is_through = part.len() < PART as usize;
        self.is_through || self.hits.len() > self.limit || self.looked >= LOOKED_MAX
    }

    /// What fits, where it goes on, and whether it was stopped there.
    fn page(mut self) -> (Vec<I>, Option<I>, bool) {
        if self.hits.len() > self.limit {
            self.hits.truncate(self.limit);
            let last = self.hits.last().copied();
            return (self.hits, last, false);
        }
        let next = self.before.filter(|_| !self.is_through);
        (self.hits, next, !self.is_through)
    }
}

#[cfg(test)]
mod tests {
    use rondo_core::ids::Id as _;

    use super::*;

    fn row(email: &str, name: &str, company: &str) -> FoundByRow {
        let (name, company) = (Some(name.to_owned()), Some(company.to_owned()));
        FoundByRow { lead: LeadId::from_bytes([1; 16]), email: email.to_owned(), name, company }
    }

    #[test]
    fn every_word_is_found_somewhere_whatever_its_case() {
        let ozge = row("O.Yilmaz@north.example", "Özge Yılmaz", "Northgate Kilns");
        for text in ["özge", "ÖZGE", "yilmaz@", "kiln özge", " north\tgate "] {
            assert!(Sought::parse(text).unwrap().fits(&ozge), "{text}");
        }
        assert!(!Sought::parse("özge south").unwrap().fits(&ozge));
        assert!(Sought::parse(" \t ").is_none());
    }

    /// Looks through numbers from 1 until it is over: what fits, where it goes on, and whether it was stopped.
    fn through(last: usize, fits: impl Fn(usize) -> bool) -> (Vec<usize>, Option<usize>, bool) {
        let page = Page { limit: 3, cursor: None };
        let mut search = Search::new(&page, None);
        loop {
            let from = search.before.unwrap_or_default();
            let part: Vec<_> =
                (from + 1..=last).take(PART as usize).map(|n| (n, fits(n))).collect();
            if search.is_over_after(&part) {
                return search.page();
            }
        }
    }

    #[test]
    fn a_page_goes_on_behind_the_last_that_fits() {
        assert_eq!(through(2_000, |n| n % 10 == 0), (vec![10, 20, 30], Some(30), false));
        assert_eq!(through(2_000, |n| n == 1_700), (vec![1_700], None, false));
        assert_eq!(through(1_000, |_| false), (vec![], None, false));
    }

    #[test]
    fn it_stops_after_so_many_and_says_where() {
        let (hits, next, is_stopped) = through(usize::MAX - 1, |n| n == 4);
        assert_eq!((hits, next, is_stopped), (vec![4], Some(LOOKED_MAX), true));
    }
}
