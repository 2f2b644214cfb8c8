//! Instants and the sets of periods made of them.

use std::fmt;
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

/// A point in time: microseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 in UTC.
///
/// Kept as microseconds since the first instant, which is number 1, so that an `Option<Instant>` is no larger: teams in
/// memory hold many.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(NonZeroU64);

/// Where 1970 lies on the scale that instants are kept on.
const EPOCH: u64 = 1 << 63;

impl Instant {
    /// After every instant that can be said: the end of an open period.
    pub const END_OF_TIME: Self = Self(NonZeroU64::MAX);

    /// The instant this many microseconds after 1970; for `i64::MIN`, the one after it, which is the first.
    pub const fn from_micros(micros: i64) -> Self {
        match NonZeroU64::new(EPOCH.wrapping_add_signed(micros)) {
            Some(number) => Self(number),
            None => Self(NonZeroU64::MIN),
        }
    }

    /// Microseconds since 1970.
    pub const fn as_micros(self) -> i64 {
        self.0.get().wrapping_sub(EPOCH).cast_signed()
    }

    /// This instant moved by a number of seconds, which may be negative; saturates.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(self.as_micros().saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Reads RFC 3339 with any offset.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|at| Self::from_micros(at.as_microsecond()))
    }
}

/// 1970.
impl Default for Instant {
    fn default() -> Self {
        Self::from_micros(0)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.as_micros()) {
            Ok(at) => write!(f, "{at}"),
            Err(_) => f.write_str("the end of time"),
        }
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format_args!("`{text}` is not an instant; expected RFC 3339"))
        })
    }
}

/// A period `[from, until)`; `until` absent means open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// The first instant inside.
    pub from: Instant,
    /// The first instant after it, or none while the end is open.
    pub until: Option<Instant>,
}

impl Period {
    /// The end as an instant: [`Instant::END_OF_TIME`] when open.
    pub fn end(&self) -> Instant {
        self.until.unwrap_or(Instant::END_OF_TIME)
    }

    /// Whether `at` lies in the period.
    pub fn covers(&self, at: Instant) -> bool {
        self.from <= at && at < self.end()
    }

    fn of(from: Instant, end: Instant) -> Self {
        Self { from, until: (end != Instant::END_OF_TIME).then_some(end) }
    }
}

/// A set of instants kept as its maximal periods: sorted, disjoint, not touching.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Periods(Vec<(Instant, Instant)>);

impl Periods {
    /// The union of any periods; empty ones fall away.
    pub fn union_of(periods: impl IntoIterator<Item = Period>) -> Self {
        let mut all: Vec<_> = periods
            .into_iter()
            .map(|period| (period.from, period.end()))
            .filter(|(from, end)| from < end)
            .collect();
        all.sort_unstable();
        let mut merged: Vec<(Instant, Instant)> = Vec::with_capacity(all.len());
        for (from, end) in all {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(end),
                _ => merged.push((from, end)),
            }
        }
        Self(merged)
    }

    /// Everything from `from` on.
    pub fn since(from: Instant) -> Self {
        Self(vec![(from, Instant::END_OF_TIME)])
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The maximal periods, in order.
    pub fn iter(&self) -> impl Iterator<Item = Period> + '_ {
        self.0.iter().map(|&(from, end)| Period::of(from, end))
    }

    /// The maximal period that holds `at`.
    pub fn around(&self, at: Instant) -> Option<Period> {
        let index = self.0.partition_point(|&(_, end)| end <= at);
        self.0.get(index).filter(|(from, _)| *from <= at).map(|&(from, end)| Period::of(from, end))
    }

    /// Whether `at` is in the set.
    pub fn contains(&self, at: Instant) -> bool {
        self.around(at).is_some()
    }

    /// What is in this set and not in `other`.
    pub fn minus(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut others = other.0.iter().copied().peekable();
        for &(mut from, end) in &self.0 {
            while others.next_if(|&(_, other_end)| other_end <= from).is_some() {}
            while let Some(&(other_from, other_end)) = others.peek() {
                if other_from >= end {
                    break;
                }
                if from < other_from {
                    left.push((from, other_from));
                }
                from = from.max(other_end);
                if other_end >= end {
                    break;
                }
                others.next();
            }
            if from < end {
                left.push((from, end));
            }
        }
        Self(left)
    }

    /// What of this set lies at or after `from`.
    pub fn from(&self, from: Instant) -> Self {
        Self(
            self.0
                .iter()
                .filter(|&&(_, end)| end > from)
                .map(|&(start, end)| (start.max(from), end))
                .collect(),
        )
    }

    /// Every instant at which membership changes, in order; an open end has none.
    pub fn boundaries(&self) -> impl Iterator<Item = Instant> + '_ {
        self.0.iter().flat_map(|&(from, end)| [from, end]).filter(|&at| at != Instant::END_OF_TIME)
    }
}

impl FromIterator<Period> for Periods {
    fn from_iter<T: IntoIterator<Item = Period>>(periods: T) -> Self {
        Self::union_of(periods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_the_microseconds_it_was_made_of() {
        for micros in [i64::MIN + 1, -1, 0, 1, 1_790_000_000_000_000, i64::MAX] {
            assert_eq!(Instant::from_micros(micros).as_micros(), micros);
        }
        assert_eq!(Instant::from_micros(i64::MIN), Instant::from_micros(i64::MIN + 1));
        assert!(Instant::from_micros(-1) < Instant::default());
        assert!(Instant::default() < Instant::from_micros(1));
        assert_eq!(Instant::from_micros(i64::MAX), Instant::END_OF_TIME);
        assert_eq!(size_of::<Option<Instant>>(), size_of::<i64>());
    }
}
