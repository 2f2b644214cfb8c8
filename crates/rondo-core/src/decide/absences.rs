//! Reps go out of office and come back (O1–O7).

use super::guard::{Loss, LossEnd};
use super::*;
use crate::event::{AbsenceSource, Dates};
use crate::ids::AbsenceId;
use crate::team::Absence;
use crate::time::{Period, Periods};

/// Absences of one rep that are not over, at most: each is looked at when the rep's availability is.
const ABSENCES_AHEAD_MAX: usize = 1_000;
/// Absences of one rep at most, past ones included: out of office switched on twice a day for a working life.
const ABSENCES_MAX: usize = 20_000;

impl Draft<'_> {
    /// O1: away from now. While the switch is on already, its end and note are replaced; an absence that was entered
    /// stays as it is.
    pub(super) fn go_out_of_office(
        &mut self,
        rep: RepId,
        until: Option<Instant>,
        dates: Option<Dates>,
        note: Option<&String>,
    ) -> Decision {
        let switched = self
            .rep(rep)?
            .absences
            .iter()
            .find(|absence| {
                absence.source == AbsenceSource::Switch && absence.period.covers(self.now)
            })
            .cloned();
        if until.is_some_and(|until| until <= self.now) {
            return Err(Refusal::Invalid {
                pointer: "/until",
                problem: format!("is not in the future; expected an instant after {}", self.now),
            });
        }
        match switched {
            Some(absence) => {
                let period = Period { from: absence.period.from, until };
                self.replace_absence(rep, &absence, period, dates, Some(&note.cloned()))?;
            }
            None => {
                let period = Period { from: self.now, until };
                self.enter_absence(rep, period, dates, note, AbsenceSource::Switch)?;
            }
        }
        Ok(Answer::Rep(rep))
    }

    /// O2: ends every absence that covers now; future ones stay.
    pub(super) fn come_back(&mut self, rep: RepId) -> Decision {
        let covering: Vec<Absence> = self
            .rep(rep)?
            .absences
            .iter()
            .filter(|absence| absence.period.covers(self.now))
            .cloned()
            .collect();
        for absence in covering {
            let (absence, from) = (absence.id, absence.period.from);
            self.happens(if from == self.now {
                Event::AbsenceRemoved { absence, rep }
            } else {
                let period = Period { from, until: Some(self.now) };
                Event::AbsenceChanged { absence, rep, period, dates: None }
            });
        }
        self.say_presence(rep);
        Ok(Answer::Rep(rep))
    }

    pub(super) fn add_absence(
        &mut self,
        rep: RepId,
        period: Period,
        dates: Option<Dates>,
        note: Option<&String>,
    ) -> Decision {
        check_period(period)?;
        let absence = self.enter_absence(rep, period, dates, note, AbsenceSource::Entered)?;
        Ok(Answer::Absence(absence))
    }

    fn enter_absence(
        &mut self,
        rep: RepId,
        period: Period,
        dates: Option<Dates>,
        note: Option<&String>,
        source: AbsenceSource,
    ) -> Result<AbsenceId, Refusal> {
        let absences = &self.rep(rep)?.absences;
        let ahead = absences.iter().filter(|absence| absence.period.end() > self.now).count();
        check_limit(ahead, ABSENCES_AHEAD_MAX, "absences of this rep that are not over")?;
        check_limit(absences.len(), ABSENCES_MAX, "absences of this rep")?;
        let before = self.rep(rep)?.away();
        let after = before.iter().chain([period]).collect();
        self.check_absences(rep, &before, &after, period)?;
        let absence = self.ids.next_id();
        self.happens(Event::AbsenceAdded { absence, rep, period, dates, source });
        if note.is_some() {
            self.details.push(Detail::AbsenceNote { absence, note: note.cloned() });
        }
        self.say_presence(rep);
        Ok(absence)
    }

    pub(super) fn change_absence(
        &mut self,
        rep: RepId,
        absence: AbsenceId,
        period: Period,
        dates: Option<Dates>,
        note: Option<&Option<String>>,
    ) -> Decision {
        check_period(period)?;
        let before = self.absence(rep, absence)?.clone();
        self.replace_absence(rep, &before, period, dates, note)?;
        Ok(Answer::Absence(absence))
    }

    fn replace_absence(
        &mut self,
        rep: RepId,
        old: &Absence,
        period: Period,
        dates: Option<Dates>,
        note: Option<&Option<String>>,
    ) -> Result<(), Refusal> {
        let absences = &self.rep(rep)?.absences;
        let before = self.rep(rep)?.away();
        let after = absences
            .iter()
            .map(|other| if other.id == old.id { period } else { other.period })
            .collect();
        self.check_absences(rep, &before, &after, period)?;
        if (old.period, old.dates) == (period, dates) && note.is_none() {
            return Ok(());
        }
        self.happens(Event::AbsenceChanged { absence: old.id, rep, period, dates });
        if let Some(note) = note {
            self.details.push(Detail::AbsenceNote { absence: old.id, note: note.clone() });
        }
        self.say_presence(rep);
        Ok(())
    }

    pub(super) fn remove_absence(&mut self, rep: RepId, absence: AbsenceId) -> Decision {
        self.absence(rep, absence)?;
        self.happens(Event::AbsenceRemoved { absence, rep });
        self.say_presence(rep);
        Ok(Answer::Done)
    }

    fn absence(&self, rep: RepId, absence: AbsenceId) -> Result<&Absence, Refusal> {
        let found = self.rep(rep)?.absences.iter().find(|other| other.id == absence);
        found.ok_or_else(|| not_found("absence", absence))
    }

    fn check_absences(
        &self,
        rep: RepId,
        before: &Periods,
        after: &Periods,
        asked: Period,
    ) -> Result<(), Refusal> {
        let end = match asked.until {
            None => LossEnd::Open { from: asked.from },
            Some(_) => LossEnd::Fixed,
        };
        let periods = after.minus(before).from(self.now);
        if periods.is_empty() {
            return Ok(());
        }
        self.check_guard(&Loss { rep, groups: self.team.groups_of(rep), periods, end })
    }

    /// Says that a rep went away or came back, if that is so and was not said.
    pub(super) fn say_presence(&mut self, rep: RepId) {
        let Some(parts) = self.team.rep(rep) else { return };
        let away = parts.away_at(self.now);
        match (away, parts.is_said_away()) {
            (Some(away), false) => self.happens(Event::RepAway { rep, until: away.back_at }),
            (None, true) => self.happens(Event::RepBack { rep }),
            (Some(_), true) | (None, false) => {}
        }
    }
}

fn check_period(period: Period) -> Result<(), Refusal> {
    if period.from < period.end() {
        return Ok(());
    }
    Err(Refusal::Invalid {
        pointer: "/until",
        problem: format!("is not after `from`; expected an instant after {}", period.from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detail::RepDetails;
    use crate::event::{Actor, Entry};
    use crate::text::{Email, Name};

    struct World {
        team: Team,
        now: Instant,
        ids: IdSource,
    }

    impl World {
        fn with_a_rep() -> (Self, RepId) {
            let now = Instant::from_micros(1_790_000_000_000_000);
            let mut ids = IdSource::new(now, 1);
            let (team, default_group) = (ids.next_id(), ids.next_id());
            let event = Event::TeamCreated { name: Name::parse("Acme").unwrap(), default_group };
            let first = Entry { n: 1, at: now, actor: Actor::Cli, event };
            let mut world = Self { team: Team::found(team, &first).unwrap(), now, ids };
            let details = RepDetails {
                name: Name::parse("Ann").unwrap(),
                email: Email::parse("ann@reps.example").unwrap(),
                phone: None,
                time_zone: "UTC".to_owned(),
                calendar_link: None,
                salt: [0; 16],
            };
            let answer = world.does(&Command::AddRep { details }).unwrap();
            let Answer::Rep(rep) = answer else { panic!("a rep was added: {answer:?}") };
            (world, rep)
        }

        fn does(&mut self, command: &Command) -> Result<Answer, Refusal> {
            self.now = self.now.plus_seconds(1);
            let facts = Facts::default();
            let decided = decide(&self.team, command, &facts, self.now, &mut self.ids)?;
            for event in decided.events {
                let n = self.team.revision() + 1;
                self.team.apply(&Entry { n, at: self.now, actor: Actor::System, event });
            }
            Ok(decided.answer)
        }
    }

    // O1
    #[test]
    fn a_rep_may_go_and_come_back_more_often_than_absences_may_lie_ahead() {
        let (mut world, rep) = World::with_a_rep();
        for _ in 0..=ABSENCES_AHEAD_MAX {
            let away = Command::GoOutOfOffice { rep, until: None, dates: None, note: None };
            world.does(&away).unwrap();
            world.does(&Command::ComeBack { rep }).unwrap();
        }
        assert_eq!(world.team.rep(rep).unwrap().absences.len(), ABSENCES_AHEAD_MAX + 1);
    }

    #[test]
    fn absences_that_lie_ahead_have_a_limit() {
        let (mut world, rep) = World::with_a_rep();
        let ahead = |world: &World, day: i64| {
            let from = world.now.plus_seconds(86_400 * (2 * day + 1));
            let period = Period { from, until: Some(from.plus_seconds(86_400)) };
            Command::AddAbsence { rep, period, dates: None, note: None }
        };
        for day in 0..ABSENCES_AHEAD_MAX as i64 {
            world.does(&ahead(&world, day)).unwrap();
        }
        let refusal = world.does(&ahead(&world, 5_000)).unwrap_err();
        assert_eq!(refusal.code(), "limit-reached");
    }
}
