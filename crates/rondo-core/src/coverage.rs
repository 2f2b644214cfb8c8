//! How many of a group are available from now on, as steps over time: the ground of the coverage guard (O3, O4).

use crate::time::{Instant, Period, Periods};

/// How many members are available at each instant from some instant on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Available before the first step.
    initial: u32,
    /// From each instant on, so many are available, until the next step. Neighbours differ.
    steps: Vec<(Instant, u32)>,
}

impl Coverage {
    /// Counts members, each with the periods in which they are away.
    pub fn of<'a>(away: impl IntoIterator<Item = &'a Periods>) -> Self {
        let mut initial: u32 = 0;
        let mut changes = Vec::new();
        for periods in away {
            initial += 1;
            for period in periods.iter() {
                changes.push((period.from, -1));
                changes.extend(period.until.map(|until| (until, 1)));
            }
        }
        changes.sort_unstable();
        let mut coverage = Self { initial, steps: Vec::with_capacity(changes.len()) };
        let mut count = i64::from(initial);
        for (at, change) in changes {
            count += change;
            match coverage.steps.last_mut() {
                Some(last) if last.0 == at => last.1 = count as u32,
                _ => coverage.steps.push((at, count as u32)),
            }
        }
        coverage.tidy();
        coverage
    }

    /// One more member, away in these periods.
    pub fn add_member(&mut self, away: &Periods) {
        self.initial += 1;
        self.steps.iter_mut().for_each(|step| step.1 += 1);
        self.shift(away, Shift::Down);
    }

    /// One member less, who was away in these periods.
    pub fn remove_member(&mut self, away: &Periods) {
        self.shift(away, Shift::Up);
        self.initial = self.initial.saturating_sub(1);
        self.steps.iter_mut().for_each(|step| step.1 = step.1.saturating_sub(1));
    }

    /// A member's periods away changed.
    pub fn change_member(&mut self, before: &Periods, after: &Periods) {
        self.shift(&before.minus(after), Shift::Up);
        self.shift(&after.minus(before), Shift::Down);
    }

    fn shift(&mut self, periods: &Periods, shift: Shift) {
        for period in periods.iter() {
            let first = self.step_at(period.from);
            let end = period.until.map_or(self.steps.len(), |until| self.step_at(until));
            for step in &mut self.steps[first..end] {
                step.1 = match shift {
                    Shift::Up => step.1 + 1,
                    Shift::Down => step.1.saturating_sub(1),
                };
            }
        }
        if !periods.is_empty() {
            self.tidy();
        }
    }

    /// The index of a step that begins exactly at `at`, made if need be.
    fn step_at(&mut self, at: Instant) -> usize {
        match self.steps.binary_search_by_key(&at, |step| step.0) {
            Ok(index) => index,
            Err(index) => {
                let count = self.before(index);
                self.steps.insert(index, (at, count));
                index
            }
        }
    }

    fn before(&self, index: usize) -> u32 {
        index.checked_sub(1).map_or(self.initial, |index| self.steps[index].1)
    }

    fn tidy(&mut self) {
        let mut count = self.initial;
        self.steps.retain(|step| std::mem::replace(&mut count, step.1) != step.1);
    }

    /// Forgets what lies before `now`.
    pub fn forget_before(&mut self, now: Instant) {
        let past = self.steps.partition_point(|step| step.0 <= now);
        self.initial = self.before(past);
        self.steps.drain(..past);
    }

    /// Whether [`Self::forget_before`] would forget anything.
    pub fn has_steps_before(&self, now: Instant) -> bool {
        self.steps.first().is_some_and(|step| step.0 <= now)
    }

    /// How many are available at `at`.
    pub fn at(&self, at: Instant) -> u32 {
        self.before(self.steps.partition_point(|step| step.0 <= at))
    }

    /// The maximal periods within `within` in which exactly `count` are available.
    ///
    /// With `within` the instants at which somebody would no longer be available and `count` 1, these are the gaps
    /// that their going would make.
    pub fn periods_with(&self, count: u32, within: &Periods) -> Periods {
        let mut found = Vec::new();
        for period in within.iter() {
            let mut index = self.steps.partition_point(|step| step.0 <= period.from);
            let mut from = period.from;
            while from < period.end() {
                let next = self.steps.get(index).map_or(Instant::END_OF_TIME, |step| step.0);
                let end = next.min(period.end());
                if self.before(index) == count {
                    let until = (end != Instant::END_OF_TIME).then_some(end);
                    found.push(Period { from, until });
                }
                from = end;
                index += 1;
            }
        }
        Periods::union_of(found)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.steps.capacity() * size_of::<(Instant, u32)>()
    }
}

#[derive(Clone, Copy)]
enum Shift {
    Up,
    Down,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(micros: i64) -> Instant {
        Instant::from_micros(micros)
    }

    fn period(from: i64, until: Option<i64>) -> Period {
        Period { from: at(from), until: until.map(at) }
    }

    fn away(periods: &[(i64, Option<i64>)]) -> Periods {
        periods.iter().map(|&(from, until)| period(from, until)).collect()
    }

    #[test]
    fn the_gap_is_where_only_one_is_left() {
        let coverage = Coverage::of([&away(&[]), &away(&[(10, Some(20)), (30, None)])]);
        let gaps = coverage.periods_with(1, &away(&[(0, Some(15))]));
        assert_eq!(gaps.iter().collect::<Vec<_>>(), [period(10, Some(15))]);
        let gaps = coverage.periods_with(1, &away(&[(15, None)]));
        assert_eq!(gaps.iter().collect::<Vec<_>>(), [period(15, Some(20)), period(30, None)]);
    }

    fn periods() -> impl Strategy<Value = Periods> {
        prop::collection::vec((0..60i64, prop::option::of(1..20i64)), 0..4).prop_map(|list| {
            list.into_iter()
                .map(|(from, length)| period(from, length.map(|length| from + length)))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn sets_of_periods_answer_like_a_look_at_each_instant(one in periods(), other in periods(), from in 0..80i64) {
            let minus = one.minus(&other);
            let since = one.from(at(from));
            for instant in (0..100).map(at) {
                prop_assert_eq!(minus.contains(instant), one.contains(instant) && !other.contains(instant));
                prop_assert_eq!(since.contains(instant), one.contains(instant) && instant >= at(from));
            }
            let rebuilt: Periods = minus.iter().collect();
            prop_assert_eq!(rebuilt, minus);
        }

        #[test]
        fn coverage_counts_like_a_look_at_each_member(
            mut all in prop::collection::vec(periods(), 1..6), change in periods(), within in periods(), now in 0..50i64,
        ) {
            let mut coverage = Coverage::of(&all);
            coverage.change_member(&all[0], &change);
            all[0] = change;
            let last = all.pop().unwrap();
            coverage.remove_member(&last);
            prop_assert_eq!(&coverage, &Coverage::of(&all));
            coverage.add_member(&last);
            all.push(last);
            prop_assert_eq!(&coverage, &Coverage::of(&all));
            coverage.forget_before(at(now));
            let within = within.from(at(now));
            let alone = coverage.periods_with(1, &within);
            for instant in (now..100).map(at) {
                let count = all.iter().filter(|away| !away.contains(instant)).count();
                prop_assert_eq!(coverage.at(instant) as usize, count);
                prop_assert_eq!(alone.contains(instant), count == 1 && within.contains(instant));
            }
        }
    }
}
