//! Pages of lists, oldest first, and the cursors between them.
//!
//! A cursor holds the last position of a page and a checksum over the team, the list with its filters, and that
//! position: one of another team or another list is noticed. It opens nothing by itself, since every query names the
//! caller's team.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rondo_core::ids::{Id, TeamId};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Items in a page unless the caller says otherwise.
pub const LIMIT_DEFAULT: u32 = 50;
/// Items in a page at most: a page is read into memory whole, and 500 of the largest items stay below a megabyte.
pub const LIMIT_MAX: u32 = 500;

const CHECKSUM_BYTES: usize = 8;
/// A point in time and two ids.
const POSITION_BYTES_MAX: usize = 40;
/// Characters of a cursor at most: more can't be one.
pub const CURSOR_CHARS_MAX: usize = (CHECKSUM_BYTES + POSITION_BYTES_MAX) * 4 / 3 + 1;

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Items at most.
    pub limit: u32,
    /// The cursor as it was handed out.
    pub cursor: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Listed<T> {
    /// The items, oldest first.
    pub items: Vec<T>,
    /// What to ask for the next page with; null on the last.
    pub next_cursor: Option<String>,
}

/// A text that is no cursor of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is not a cursor of this list; take `next_cursor` of the page before, with the same filters"
)]
pub struct InvalidCursor;

/// Where a list can be continued: after an id or a number.
pub trait Position: Sized {
    /// The bytes that stand in the cursor.
    fn to_bytes(&self) -> Vec<u8>;
    /// The position of these bytes.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

impl Position for u64 {
    fn to_bytes(&self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }
}

/// Positions that are ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After<I>(pub I);

impl<I: Id> Position for After<I> {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(I::from_bytes(bytes)))
    }
}

/// A list of a team, with its filters: what cursors are bound to.
pub struct List {
    seal: Sha256,
}

impl List {
    /// The list of this name; `filters` is whatever tells one selection from another.
    pub fn new(team: TeamId, name: &str, filters: &dyn std::fmt::Debug) -> Self {
        let mut seal = Sha256::new_with_prefix(team.as_bytes());
        seal.update(name);
        seal.update([0]);
        seal.update(format!("{filters:?}"));
        Self { seal }
    }

    /// The position after which the page starts; none for the first page.
    pub fn start<P: Position>(&self, page: &Page) -> Result<Option<P>, InvalidCursor> {
        let Some(cursor) = &page.cursor else { return Ok(None) };
        if cursor.len() > CURSOR_CHARS_MAX {
            return Err(InvalidCursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| InvalidCursor)?;
        let (checksum, position) = bytes.split_at_checked(CHECKSUM_BYTES).ok_or(InvalidCursor)?;
        if checksum != self.checksum(position) {
            return Err(InvalidCursor);
        }
        P::from_bytes(position).map(Some).ok_or(InvalidCursor)
    }

    /// The page made of rows, of which one more than the limit was fetched to see whether there is a next page.
    pub fn page<R, P: Position>(
        &self,
        page: &Page,
        mut rows: Vec<R>,
        position: impl Fn(&R) -> P,
    ) -> Listed<R> {
        let limit = page.limit as usize;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| has_more).map(|last| self.cursor(&position(last)));
        Listed { items: rows, next_cursor }
    }

    /// The cursor of a page that starts after this position.
    pub fn cursor<P: Position>(&self, position: &P) -> String {
        let position = position.to_bytes();
        let mut bytes = self.checksum(&position);
        bytes.extend(&position);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn checksum(&self, position: &[u8]) -> Vec<u8> {
        let mut seal = self.seal.clone();
        seal.update([0]);
        seal.update(position);
        seal.finalize()[..CHECKSUM_BYTES].to_vec()
    }
}

impl Page {
    /// Rows to fetch: one more than are shown, to see whether there is a next page.
    pub fn fetch(&self) -> u32 {
        self.limit + 1
    }
}

impl<T> Listed<T> {
    /// The same page with each item turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Listed<U> {
        Listed { items: self.items.into_iter().map(turn).collect(), next_cursor: self.next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(byte: u8) -> TeamId {
        TeamId::from_bytes([byte; 16])
    }

    fn page(cursor: Option<String>) -> Page {
        Page { limit: 2, cursor }
    }

    #[test]
    fn a_cursor_continues_its_own_list_alone() {
        let list = List::new(team(1), "leads", &"high");
        let listed = list.page(&page(None), vec![3_u64, 5, 9], |n| *n);
        assert_eq!(listed.items, [3, 5]);
        let next = page(listed.next_cursor);
        assert_eq!(list.start(&next), Ok(Some(5_u64)));
        assert_eq!(List::new(team(2), "leads", &"high").start::<u64>(&next), Err(InvalidCursor));
        assert_eq!(List::new(team(1), "leads", &"low").start::<u64>(&next), Err(InvalidCursor));
        assert_eq!(List::new(team(1), "reps", &"high").start::<u64>(&next), Err(InvalidCursor));
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        let listed = List::new(team(1), "leads", &()).page(&page(None), vec![3_u64, 5], |n| *n);
        assert_eq!(listed.next_cursor, None);
    }

    #[test]
    fn whatever_is_no_cursor_is_refused() {
        let list = List::new(team(1), "leads", &());
        for bad in ["", "x", "%%%%", "AAAAAAAAAAAAAAAA", &"A".repeat(5000)] {
            assert_eq!(list.start::<u64>(&page(Some(bad.to_owned()))), Err(InvalidCursor), "{bad}");
        }
    }
}
