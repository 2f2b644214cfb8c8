//! A decision as a sentence that a person understands (R11).

use crate::event::{Decision, PassedOver, PassedOverReason, Reason};
use crate::ids::RepId;
use crate::time::Instant;

/// Members named in the sentence at most; the others are counted.
const NAMED_MAX: usize = 5;

/// Why a lead went to whom it did, in a sentence or two. `name` gives the name of a rep who is or was in the team.
pub fn sentence(decision: &Decision, name: &dyn Fn(RepId) -> String) -> String {
    let rep = name(decision.rep);
    let mut sentence = match decision.reason {
        Reason::Owner => format!("{rep} owns this lead; no turn was taken"),
        Reason::Transfer => {
            format!("{rep} took over this lead's owner's leads; no turn was taken")
        }
        Reason::Manual => format!("A person passed this lead to {rep}; no turn was taken"),
        Reason::Turn => match decision.cursor_before.rep {
            Some(before) if before == decision.rep => format!("{rep} was next again"),
            Some(before) => format!("{rep} was next after {}", name(before)),
            None => format!("{rep} was the first to take a turn"),
        },
    };
    if let Some(owner) = &decision.owner_out {
        sentence.push_str(&format!(
            "; {} owns this lead but was {}",
            name(owner.rep),
            reason(owner.reason)
        ));
    }
    sentence.push_str(&passed_over(decision, name));
    sentence.push('.');
    sentence
}

fn passed_over(decision: &Decision, name: &dyn Fn(RepId) -> String) -> String {
    let named: Vec<String> = decision
        .passed_over
        .iter()
        .take(NAMED_MAX)
        .map(|member: &PassedOver| {
            format!("{} was passed over: {}", name(member.rep), reason(member.reason))
        })
        .collect();
    if named.is_empty() {
        return String::new();
    }
    let more = decision.passed_over_count.saturating_sub(named.len() as u64);
    let and_more = match more {
        0 => String::new(),
        1 => "; 1 more was passed over".to_owned(),
        more => format!("; {more} more were passed over"),
    };
    format!("; {}{and_more}", named.join("; "))
}

/// Why a member was passed over, as it stands behind "was passed over:".
pub fn reason(reason: PassedOverReason) -> String {
    match reason {
        PassedOverReason::OutOfOffice { until: None } => "out of office".to_owned(),
        PassedOverReason::OutOfOffice { until: Some(until) } => {
            format!("out of office until {}", day(until))
        }
        PassedOverReason::HadThisLead => "had this lead".to_owned(),
    }
}

/// An instant as people write it: `3 Dec 2026`, with the time of day in UTC unless it is midnight.
fn day(at: Instant) -> String {
    let Ok(timestamp) = jiff::Timestamp::from_microsecond(at.as_micros()) else {
        return at.to_string();
    };
    let civil = timestamp.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let format = if civil.time() == jiff::civil::Time::midnight() {
        "%-d %b %Y"
    } else {
        "%-d %b %Y %H:%M UTC"
    };
    civil.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Cursor, CursorKey};
    use crate::ids::{AssignmentId, CampaignId, GroupId, Id};

    fn rep(number: u8) -> RepId {
        RepId::from_bytes([number; 16])
    }

    fn name(id: RepId) -> String {
        ["Ann", "Bo", "Cy"][id.as_bytes()[0] as usize - 1].to_owned()
    }

    fn decision(reason: Reason) -> Decision {
        Decision {
            assignment: AssignmentId::from_bytes([9; 16]),
            rep: rep(2),
            reason,
            group: GroupId::from_bytes([8; 16]),
            cursor: CursorKey::Campaign(CampaignId::from_bytes([7; 16])),
            cursor_before: Cursor { place: 1, rep: Some(rep(1)) },
            cursor_after: Cursor { place: 2, rep: Some(rep(2)) },
            passed_over: Vec::new(),
            passed_over_count: 0,
            owner_out: None,
            becomes_owner: true,
        }
    }

    // R11
    #[test]
    fn a_turn_tells_who_was_before_and_who_was_passed_over() {
        let until = Instant::parse("2026-12-03T00:00:00Z");
        let away = PassedOverReason::OutOfOffice { until };
        let turn = Decision {
            passed_over: vec![PassedOver { rep: rep(3), reason: away }],
            passed_over_count: 3,
            ..decision(Reason::Turn)
        };
        assert_eq!(
            sentence(&turn, &name),
            "Bo was next after Ann; Cy was passed over: out of office until 3 Dec 2026; 2 more were passed over."
        );
    }

    // R11
    #[test]
    fn an_owner_and_a_person_are_reasons_too() {
        assert_eq!(
            sentence(&decision(Reason::Owner), &name),
            "Bo owns this lead; no turn was taken."
        );
        assert_eq!(
            sentence(&decision(Reason::Manual), &name),
            "A person passed this lead to Bo; no turn was taken."
        );
        let until = Instant::parse("2026-12-03T08:30:00Z");
        let out = PassedOver { rep: rep(3), reason: PassedOverReason::OutOfOffice { until } };
        let turn = Decision { owner_out: Some(out), ..decision(Reason::Turn) };
        assert_eq!(
            sentence(&turn, &name),
            "Bo was next after Ann; Cy owns this lead but was out of office until 3 Dec 2026 08:30 UTC."
        );
    }
}
