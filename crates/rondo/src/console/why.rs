//! Why a lead went to whom it did (R11), with times in the viewer's zone, and with the viewer as “you”.

use rondo_core::event::{PassedOverReason, Reason};
use rondo_core::ids::RepId;

use super::frame::Frame;
use crate::app::assignments::{AssignmentView, PassedOverView};
use crate::app::days::End;
use crate::say;
use crate::texts::Say;

/// Members named in the sentence at most; the others are counted. As many as the API's sentence names.
const NAMED_MAX: usize = 5;

/// Why, in a sentence: how the rep was found, then who was set aside or passed over.
pub(super) fn sentence(frame: &Frame, assignment: &AssignmentView) -> String {
    let viewer = Viewer { is: &|rep| frame.is_rep(rep), until: &|until| frame.until(until) };
    told(assignment, &viewer)
}

/// Whoever reads it.
struct Viewer<'f> {
    /// Whether they are this rep.
    is: &'f dyn Fn(&RepId) -> bool,
    /// Until when somebody was away, as they read it.
    until: &'f dyn Fn(&End) -> String,
}

fn told(assignment: &AssignmentView, viewer: &Viewer<'_>) -> String {
    let why = &assignment.why;
    let named = &why.passed_over[..why.passed_over.len().min(NAMED_MAX)];
    let more = why.passed_over_count.saturating_sub(named.len() as u64);
    let aside = why.owner_out.iter().map(|owner| set_aside(owner, viewer));
    let passed = named.iter().map(|passed| passed_over(passed, viewer));
    let more = (more > 0).then(|| say("why-passed-more").n("count", more).plain());
    let and = |before: String, part: String| {
        say("why-and").arg("before", before).arg("part", part).plain()
    };
    let parts = aside.chain(passed).chain(more).fold(found(assignment, viewer), and);
    say("why-whole").arg("parts", parts).plain()
}

fn found(assignment: &AssignmentView, viewer: &Viewer<'_>) -> String {
    let (own, rep) = ((viewer.is)(&assignment.rep), &assignment.rep_name);
    let said = match (assignment.reason, assignment.passed_on_from) {
        (Reason::Owner, _) => say("why-owner").arg("own", own).arg("rep", rep),
        (Reason::Transfer, _) => say("why-transfer").arg("own", own).arg("rep", rep),
        (Reason::Manual, _) => say("why-manual").arg("own", own).arg("rep", rep),
        (Reason::Turn, None) => turn(assignment, viewer),
        (Reason::Turn, Some(_)) => turn_after_passing_on(assignment, viewer),
    };
    said.plain()
}

/// Who had the turn before.
enum Before<'a> {
    Nobody,
    Themselves,
    Viewer,
    Other(&'a str),
}

fn before<'a>(assignment: &'a AssignmentView, viewer: &Viewer<'_>) -> Before<'a> {
    let why = &assignment.why;
    match (why.cursor_before, &why.before) {
        (Some(before), _) if before == assignment.rep => Before::Themselves,
        (Some(before), _) if (viewer.is)(&before) => Before::Viewer,
        (_, Some(name)) => Before::Other(name),
        (_, None) => Before::Nobody,
    }
}

fn turn(assignment: &AssignmentView, viewer: &Viewer<'_>) -> Say {
    let (own, rep) = ((viewer.is)(&assignment.rep), &assignment.rep_name);
    match before(assignment, viewer) {
        Before::Themselves => say("why-turn-again").arg("own", own).arg("rep", rep),
        Before::Viewer => say("why-turn-after-you").arg("rep", rep),
        Before::Other(name) => say("why-turn").arg("own", own).arg("rep", rep).arg("before", name),
        Before::Nobody => say("why-turn-first").arg("own", own).arg("rep", rep),
    }
}

fn turn_after_passing_on(assignment: &AssignmentView, viewer: &Viewer<'_>) -> Say {
    let (own, rep) = ((viewer.is)(&assignment.rep), &assignment.rep_name);
    match before(assignment, viewer) {
        Before::Themselves => say("why-passed-on-again").arg("own", own).arg("rep", rep),
        Before::Viewer => say("why-passed-on-after-you").arg("rep", rep),
        Before::Other(name) => {
            say("why-passed-on").arg("own", own).arg("rep", rep).arg("before", name)
        }
        Before::Nobody => say("why-passed-on-first").arg("own", own).arg("rep", rep),
    }
}

fn set_aside(owner: &PassedOverView, viewer: &Viewer<'_>) -> String {
    let (own, name) = ((viewer.is)(&owner.rep), &owner.name);
    let said = match (owner.because, &owner.until) {
        (PassedOverReason::OutOfOffice { .. }, Some(until)) => {
            let until = (viewer.until)(until);
            say("why-owner-away-until").arg("own", own).arg("name", name).arg("until", until)
        }
        (PassedOverReason::OutOfOffice { .. }, None) => {
            say("why-owner-away").arg("own", own).arg("name", name)
        }
        (PassedOverReason::HadThisLead, _) => {
            say("why-owner-had-it").arg("own", own).arg("name", name)
        }
    };
    said.plain()
}

fn passed_over(passed: &PassedOverView, viewer: &Viewer<'_>) -> String {
    let (own, name) = ((viewer.is)(&passed.rep), &passed.name);
    let said = match (passed.because, &passed.until) {
        (PassedOverReason::OutOfOffice { .. }, Some(until)) => {
            let until = (viewer.until)(until);
            say("why-passed-away-until").arg("own", own).arg("name", name).arg("until", until)
        }
        (PassedOverReason::OutOfOffice { .. }, None) => {
            say("why-passed-away").arg("own", own).arg("name", name)
        }
        (PassedOverReason::HadThisLead, _) => {
            say("why-passed-had-it").arg("own", own).arg("name", name)
        }
    };
    said.plain()
}

#[cfg(test)]
mod tests {
    use rondo_core::ids::{AssignmentId, CampaignId, ConversationId, Id, LeadId};
    use rondo_core::time::Instant;

    use super::*;
    use crate::app::assignments::Why;

    const HAD_IT: PassedOverReason = PassedOverReason::HadThisLead;

    fn id<I: Id>(number: u8) -> I {
        I::from_bytes([number; 16])
    }

    fn away(until: Option<&str>) -> PassedOverReason {
        PassedOverReason::OutOfOffice { until: until.and_then(Instant::parse) }
    }

    fn passed(name: &str, because: PassedOverReason) -> PassedOverView {
        let until = match because {
            PassedOverReason::OutOfOffice { until } => until,
            PassedOverReason::HadThisLead => None,
        };
        PassedOverView {
            rep: id(3),
            name: name.to_owned(),
            reason: String::new(),
            because,
            until: until.map(|at| End { at, last_day: None }),
        }
    }

    /// Bo has a lead; Ann had the turn before.
    fn assignment(reason: Reason) -> AssignmentView {
        let (ann, bo): (RepId, RepId) = (id(1), id(2));
        AssignmentView {
            id: id::<AssignmentId>(9),
            campaign: id::<CampaignId>(7),
            conversation: id::<ConversationId>(6),
            lead: id::<LeadId>(5),
            rep: bo,
            rep_name: "Bo".to_owned(),
            reason,
            decided_at: Instant::from_micros(0),
            ledger: 1,
            stands: true,
            passed_on_from: None,
            note: None,
            why: Why {
                sentence: String::new(),
                cursor_before: Some(ann),
                cursor_after: Some(bo),
                passed_over: Vec::new(),
                passed_over_count: 0,
                before: Some("Ann".to_owned()),
                owner_out: None,
            },
        }
    }

    fn said(assignment: &AssignmentView) -> String {
        read_by(assignment, |_| false)
    }

    fn read_by(assignment: &AssignmentView, is: impl Fn(&RepId) -> bool) -> String {
        told(assignment, &Viewer { is: &is, until: &|until| format!("<{}>", until.at) })
    }

    #[test]
    fn a_turn_tells_who_had_the_one_before() {
        let mut turn = assignment(Reason::Turn);
        assert_eq!(said(&turn), "Bo was next after Ann.");
        (turn.why.cursor_before, turn.why.before) = (Some(turn.rep), Some("Bo".to_owned()));
        assert_eq!(said(&turn), "Bo was next again.");
        (turn.why.cursor_before, turn.why.before) = (None, None);
        assert_eq!(said(&turn), "Bo was the first to take a turn.");
    }

    #[test]
    fn where_no_turn_was_taken_it_says_so() {
        let said = |reason| said(&assignment(reason));
        assert_eq!(said(Reason::Owner), "Bo owns this lead; no turn was taken.");
        assert_eq!(
            said(Reason::Transfer),
            "Bo took over this lead’s owner’s leads; no turn was taken."
        );
        assert_eq!(said(Reason::Manual), "A person passed this lead to Bo; no turn was taken.");
    }

    #[test]
    fn whoever_reads_of_themselves_reads_you() {
        let read = |assignment: &AssignmentView| read_by(assignment, |rep| *rep == id(2));
        let mut turn = assignment(Reason::Turn);
        assert_eq!(read(&turn), "You were next after Ann.");
        (turn.why.cursor_before, turn.why.before) = (None, None);
        assert_eq!(read(&turn), "You were the first to take a turn.");
        let read_of = |reason| read(&assignment(reason));
        assert_eq!(read_of(Reason::Owner), "You own this lead; no turn was taken.");
        assert_eq!(read_of(Reason::Manual), "A person passed this lead to you; no turn was taken.");
        let mut of_ann = assignment(Reason::Turn);
        of_ann.rep = id(1);
        of_ann.why.owner_out = Some(PassedOverView { rep: id(2), ..passed("Bo", away(None)) });
        assert!(read(&of_ann).ends_with("; you own this lead but were out of office."));
    }

    #[test]
    fn whoever_had_the_turn_before_reads_you_too() {
        let mut turn = assignment(Reason::Turn);
        let by_ann = |turn: &AssignmentView| read_by(turn, |rep| *rep == id(1));
        assert_eq!(by_ann(&turn), "Bo was next after you.");
        turn.passed_on_from = Some(id(8));
        assert_eq!(by_ann(&turn), "A person passed this lead on; Bo was next after you.");
    }

    #[test]
    fn a_lead_that_was_passed_on_is_told_to_whoever_got_it_in_one_sentence() {
        let read = |turn: &AssignmentView| read_by(turn, |rep| *rep == id(2));
        let mut turn = assignment(Reason::Turn);
        turn.passed_on_from = Some(id(8));
        assert_eq!(read(&turn), "A person passed this lead on; you were next after Ann.");
        turn.why.cursor_before = Some(turn.rep);
        assert_eq!(read(&turn), "A person passed this lead on; you were next again.");
        (turn.why.cursor_before, turn.why.before) = (None, None);
        assert_eq!(read(&turn), "A person passed this lead on; you were the first to take a turn.");
    }

    #[test]
    fn a_turn_says_that_the_lead_was_passed_on() {
        let mut turn = assignment(Reason::Turn);
        turn.passed_on_from = Some(id(8));
        turn.why.passed_over = vec![passed("Ann", HAD_IT)];
        turn.why.passed_over_count = 1;
        assert_eq!(
            said(&turn),
            "A person passed this lead on; Bo was next after Ann; Ann was passed over: they had this lead."
        );
    }

    #[test]
    fn an_owner_who_was_out_is_told_before_those_who_were_passed_over() {
        let mut turn = assignment(Reason::Turn);
        turn.why.owner_out = Some(passed("Cy", away(Some("2026-12-03T08:30:00Z"))));
        turn.why.passed_over = vec![passed("Dee", away(None)), passed("Eve", HAD_IT)];
        turn.why.passed_over_count = 2;
        assert_eq!(
            said(&turn),
            "Bo was next after Ann; Cy owns this lead but was out of office until <2026-12-03T08:30:00Z>; \
             Dee was passed over: out of office; Eve was passed over: they had this lead."
        );
        turn.why.owner_out = Some(passed("Cy", away(None)));
        turn.why.passed_over = vec![passed("Dee", away(Some("2026-12-04T00:00:00Z")))];
        turn.why.passed_over_count = 1;
        assert_eq!(
            said(&turn),
            "Bo was next after Ann; Cy owns this lead but was out of office; \
             Dee was passed over: out of office until <2026-12-04T00:00:00Z>."
        );
    }

    #[test]
    fn of_many_who_were_passed_over_the_first_are_named() {
        let mut turn = assignment(Reason::Turn);
        turn.why.passed_over = (0..NAMED_MAX + 1).map(|_| passed("Dee", away(None))).collect();
        turn.why.passed_over_count = NAMED_MAX as u64 + 1;
        assert!(
            said(&turn).ends_with("Dee was passed over: out of office; 1 more was passed over.")
        );
        turn.why.passed_over_count = 30;
        assert!(said(&turn).ends_with("; 25 more were passed over."));
        assert_eq!(said(&turn).matches("Dee").count(), NAMED_MAX);
    }
}
