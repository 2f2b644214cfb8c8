//! Whose turn it is: a circle's members by place, and which of them are available (R1–R5).
//!
//! Availability is kept in a tree of bits, 64 to a word, a word to a bit of the level above, so that the next
//! available member is found in a step or two per level however many are away.

use crate::event::Cursor;
use crate::ids::RepId;
use crate::team::Member;

const WORD_BITS: usize = 64;

/// A set of positions `0..len` that answers "the first at or after" in logarithmic time to the base 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positions {
    len: usize,
    /// The words of every level, the leaves first; the last level is one word.
    words: Vec<u64>,
}

/// Where the levels lie in the words: start and length of each, the leaves first.
fn levels(len: usize) -> impl Iterator<Item = (usize, usize)> {
    let leaves = (0, len.div_ceil(WORD_BITS).max(1));
    std::iter::successors(Some(leaves), |&(start, length)| {
        (length > 1).then(|| (start + length, length.div_ceil(WORD_BITS)))
    })
}

impl Positions {
    /// The positions below `len` for which `is_in` holds.
    pub fn new(len: usize, is_in: impl Fn(usize) -> bool) -> Self {
        let size = levels(len).map(|(_, length)| length).sum();
        let mut positions = Self { len, words: vec![0; size] };
        (0..len)
            .filter(|&position| is_in(position))
            .for_each(|position| positions.insert(position));
        positions
    }

    /// Puts a position in.
    pub fn insert(&mut self, position: usize) {
        let mut index = position;
        for (start, _) in levels(self.len) {
            self.words[start + index / WORD_BITS] |= 1 << (index % WORD_BITS);
            index /= WORD_BITS;
        }
    }

    /// Takes a position out.
    pub fn remove(&mut self, position: usize) {
        let mut index = position;
        for (start, _) in levels(self.len) {
            let word = &mut self.words[start + index / WORD_BITS];
            *word &= !(1 << (index % WORD_BITS));
            if *word != 0 {
                break;
            }
            index /= WORD_BITS;
        }
    }

    /// Makes room for one more position at the end, which is in the set or not.
    pub fn push(&mut self, is_in: Membership) {
        let is_full = self.len > 0 && self.len.is_multiple_of(WORD_BITS);
        if is_full {
            // A new leaf word moves the levels above; once in 64 additions.
            let old = std::mem::replace(self, Self { len: 0, words: Vec::new() });
            let is_in = |position| position < old.len && old.contains(position);
            *self = Self::new(old.len + 1, is_in);
        } else {
            self.len += 1;
        }
        if is_in == Membership::In {
            self.insert(self.len - 1);
        }
    }

    /// Whether a position is in the set.
    pub fn contains(&self, position: usize) -> bool {
        self.words[position / WORD_BITS] >> (position % WORD_BITS) & 1 == 1
    }

    /// Whether no position is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.last().is_none_or(|&top| top == 0)
    }

    /// The first position in the set at or after `position`.
    #[inline]
    pub fn first_from(&self, position: usize) -> Option<usize> {
        let mut index = position;
        for (height, (start, length)) in levels(self.len).enumerate() {
            let word = index / WORD_BITS;
            if word >= length {
                return None;
            }
            let rest = self.words[start + word] & (!0 << (index % WORD_BITS));
            if rest != 0 {
                return Some(self.descend(word * WORD_BITS + first_bit(rest), height));
            }
            index = word + 1;
        }
        None
    }

    fn descend(&self, mut index: usize, height: usize) -> usize {
        for below in (0..height).rev() {
            let (start, _) = levels(self.len).nth(below).expect("a level below this one");
            index = index * WORD_BITS + first_bit(self.words[start + index]);
        }
        index
    }

    pub(crate) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

fn first_bit(word: u64) -> usize {
    word.trailing_zeros() as usize
}

/// Whether a new position is in the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// It is.
    In,
    /// It is not.
    Out,
}

/// Who is next, and how many were passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The cursor after the turn.
    pub cursor: Cursor,
    /// Position in the circle of the member whose turn it is.
    pub position: usize,
    /// Position of the first member after the cursor.
    pub start: usize,
    /// How many members lie between the cursor and the turn.
    pub passed_over: usize,
}

/// The first available member after the cursor, going round, leaving `except` out (R3).
///
/// `members` ascend by place. The cursor's place may be of a member who is gone (R5).
#[inline]
pub fn next_turn(
    members: &[Member],
    available: &Positions,
    cursor: Cursor,
    except: Option<RepId>,
) -> Option<Turn> {
    let start = members.partition_point(|member| member.place <= cursor.place);
    let allowed = |position: &usize| except != Some(members[*position].rep);
    let first_allowed = |from: usize| {
        available.first_from(from).and_then(|position| {
            if allowed(&position) { Some(position) } else { available.first_from(position + 1) }
        })
    };
    // The way round ends at the start again: a member in front of it, found on the second pass.
    let position =
        first_allowed(start).or_else(|| first_allowed(0).filter(|&position| position < start))?;
    let passed_over =
        if position >= start { position - start } else { members.len() - start + position };
    let member = members[position];
    Some(Turn {
        cursor: Cursor { place: member.place, rep: Some(member.rep) },
        position,
        start,
        passed_over,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;
    use proptest::prelude::*;

    fn rep(number: u8) -> RepId {
        RepId::from_bytes([number; 16])
    }

    fn members(places: &[u64]) -> Vec<Member> {
        places.iter().map(|&place| Member { place, rep: rep(place as u8) }).collect()
    }

    #[test]
    fn the_turn_goes_round_and_passes_over_the_absent() {
        let members = members(&[1, 2, 3]);
        let available = Positions::new(3, |position| position != 1);
        let mut cursor = Cursor::default();
        let mut order = Vec::new();
        for _ in 0..4 {
            let turn = next_turn(&members, &available, cursor, None).unwrap();
            order.push((turn.cursor.place, turn.passed_over));
            cursor = turn.cursor;
        }
        assert_eq!(order, [(1, 0), (3, 1), (1, 0), (3, 1)]);
    }

    // R5
    #[test]
    fn the_next_turn_follows_the_place_of_a_member_who_left() {
        let members = members(&[1, 4, 9]);
        let available = Positions::new(3, |_| true);
        let gone = Cursor { place: 3, rep: Some(rep(3)) };
        assert_eq!(next_turn(&members, &available, gone, None).unwrap().cursor.place, 4);
        let past_the_end = Cursor { place: 12, rep: None };
        assert_eq!(next_turn(&members, &available, past_the_end, None).unwrap().cursor.place, 1);
    }

    #[test]
    fn nobody_is_next_when_all_are_away_or_left_out() {
        let members = members(&[1, 2]);
        let none = Positions::new(2, |_| false);
        assert_eq!(next_turn(&members, &none, Cursor::default(), None), None);
        let one = Positions::new(2, |position| position == 0);
        assert_eq!(next_turn(&members, &one, Cursor::default(), Some(rep(1))), None);
        let both = Positions::new(2, |_| true);
        let turn = next_turn(&members, &both, Cursor::default(), Some(rep(1))).unwrap();
        assert_eq!((turn.cursor.place, turn.passed_over), (2, 1));
    }

    proptest! {
        #[test]
        fn positions_answer_like_a_list_of_booleans(
            start in prop::collection::vec(any::<bool>(), 0..5000),
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0..3u8), 0..60),
        ) {
            let mut list = start;
            let mut positions = Positions::new(list.len(), |position| list[position]);
            for (index, change) in changes {
                if change == 2 || list.is_empty() {
                    list.push(change == 2);
                    positions.push(if change == 2 { Membership::In } else { Membership::Out });
                } else {
                    let position = index.index(list.len());
                    list[position] = change == 1;
                    if change == 1 { positions.insert(position) } else { positions.remove(position) }
                }
                let from = index.index(list.len() + 1);
                let expected = (from..list.len()).find(|&position| list[position]);
                prop_assert_eq!(positions.first_from(from), expected);
                prop_assert_eq!(positions.is_empty(), !list.contains(&true));
            }
            prop_assert_eq!(&positions, &Positions::new(list.len(), |position| list[position]));
        }
    }
}
