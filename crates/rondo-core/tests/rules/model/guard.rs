//! O3 and O4, by looking at every instant that could matter.

use super::{Model, No};

/// A maximal period `[from, until)` in which nobody would be there.
pub(crate) type Gap = (i64, Option<i64>);

/// A campaign, the group that would be without anybody, and when.
pub(crate) type Hole = (usize, usize, Vec<Gap>);

impl Model {
    /// O3: refuses to go from this team to `after`. `closed` is the same change with another end, where the end is open.
    pub(crate) fn guard(
        &self,
        after: &Self,
        closed: Option<&dyn Fn(i64) -> Self>,
    ) -> Result<(), No> {
        let holes = self.holes(after);
        if holes.is_empty() {
            return Ok(());
        }
        // O4: the latest end that would be accepted; between two instants that matter nothing changes.
        let latest_until = closed.and_then(|closed| {
            let ends = self.instants(after).into_iter().filter(|end| *end > self.now);
            ends.filter(|end| self.holes(&closed(*end)).is_empty()).max()
        });
        Err(No { code: "last-available-rep", holes, latest_until, ..No::default() })
    }

    fn holes(&self, after: &Self) -> Vec<Hole> {
        let mut holes = Vec::new();
        let active = || (0..self.campaigns.len()).filter(|of| self.campaigns[*of].is_active());
        for campaign in active() {
            // Its own group; the default group where that is the one that would be without anybody.
            let own = self.campaigns[campaign].group;
            let of_group = |group| (campaign, group, self.gaps(after, group));
            holes.extend([of_group(own), of_group(0)].into_iter().find(|hole| !hole.2.is_empty()));
        }
        holes
    }

    /// The maximal periods from now on in which somebody of the group was available before and nobody is after.
    pub(crate) fn gaps(&self, after: &Self, group: usize) -> Vec<Gap> {
        let instants = self.instants(after);
        let mut gaps: Vec<Gap> = Vec::new();
        for (index, at) in instants.iter().enumerate() {
            if !self.is_covered(group, *at) || after.is_covered(group, *at) {
                continue;
            }
            let until = instants.get(index + 1).copied();
            match gaps.last_mut() {
                Some(last) if last.1 == Some(*at) => last.1 = until,
                _ => gaps.push((*at, until)),
            }
        }
        gaps
    }

    /// Now, and every later instant at which an absence begins or ends, before or after. Nothing changes in between,
    /// nor after the last.
    fn instants(&self, after: &Self) -> Vec<i64> {
        let mut instants = vec![self.now];
        for absence in self.absences.iter().chain(&after.absences) {
            instants.push(absence.from);
            instants.extend(absence.until);
        }
        instants.retain(|at| *at >= self.now);
        instants.sort_unstable();
        instants.dedup();
        instants
    }
}
