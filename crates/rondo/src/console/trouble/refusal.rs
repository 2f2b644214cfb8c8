//! What the rules refuse, in words for people, with ways out.

use axum::http::StatusCode;
use rondo_core::Refusal;
use rondo_core::ids::{AssignmentId, GroupId, RepId};
use rondo_core::refusal::{NamedCampaign, NamedGroup, StatusExpected};
use rondo_core::team::Status;

use super::{Guard, Trouble, Way, nothing};
use crate::console::refused;
use crate::console::words::names;
use crate::{say, t};

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound { kind, .. } => Self::not_found(nothing(kind)),
            Refusal::Invalid { pointer, problem } => {
                Self::invalid(refused::problem(pointer, &problem))
            }
            Refusal::WrongStatus { name, status, expected, .. } => {
                refused(wrong_status(&name, status, expected))
            }
            Refusal::CampaignStarted { name, what, .. } => {
                refused(say("trouble-started").arg("campaign", name).arg("what", what).plain())
            }
            Refusal::LastAvailableRep { rep, blockers, latest_until } => {
                let trouble = conflict(t("trouble-title-somebody"), t("trouble-last-rep"));
                let guard = Guard::new(rep, blockers, latest_until);
                Self { guard: Some(Box::new(guard)), ..trouble }
            }
            Refusal::NobodyAvailable { group, group_name, at } => {
                let detail = match at {
                    Some(_) => say("trouble-nobody-then").arg("group", &group_name),
                    None => say("trouble-nobody-now").arg("group", &group_name),
                };
                conflict(t("trouble-title-somebody"), detail.plain())
                    .with_ways([Way::to_add(group, &group_name), Way::to_see_who_is_away(group)])
            }
            Refusal::NobodyElseAvailable { group, group_name } => {
                let detail = say("trouble-nobody-else").arg("group", &group_name);
                conflict(t("trouble-title-nobody-else"), detail.plain())
                    .with_ways([Way::to_add(group, &group_name), Way::to_see_who_is_away(group)])
            }
            Refusal::GroupNeedsARep { groups } => {
                let ways = groups.iter().map(|group| Way::to_add(group.group, &group.group_name));
                conflict(t("trouble-title-needs-rep"), needs_a_rep(&groups)).with_ways(ways)
            }
            Refusal::GroupInUse { group_name, blockers, .. } => {
                let said = say("trouble-group-in-use")
                    .arg("group", group_name)
                    .arg("campaigns", names_of(&blockers))
                    .n("count", blockers.len());
                in_use(said.plain(), &blockers)
            }
            Refusal::MailboxInUse { blockers, .. } => {
                let said = say("trouble-mailbox-in-use")
                    .arg("campaigns", names_of(&blockers))
                    .n("count", blockers.len());
                in_use(said.plain(), &blockers)
            }
            Refusal::DefaultGroupIsFixed { group_name, .. } => {
                refused(say("trouble-default-group").arg("group", group_name).plain())
            }
            Refusal::NameTaken { name, .. } => {
                refused(say("trouble-name-taken").arg("name", name).plain())
            }
            Refusal::EmailTaken { holder } => {
                let kind = holder.split('_').next().unwrap_or_default();
                refused(say("trouble-email-taken").arg("holder", kind).plain())
            }
            Refusal::RepOwnsLeads { rep, leads_owned } => {
                refused(say("trouble-owns-leads").n("count", leads_owned).plain())
                    .with_ways([Way::to_decide(rep)])
            }
            Refusal::AssignmentSuperseded { standing, .. } => {
                refused(t("trouble-passed-on")).with_ways([Way::to_see(standing)])
            }
            Refusal::ConversationAssigned { assignment, .. } => {
                refused(t("trouble-assigned")).with_ways([Way::to_see(assignment)])
            }
            Refusal::AddressSuppressed { .. } => {
                refused(t("trouble-suppressed")).with_ways([Way::to_lift()])
            }
            Refusal::LastAdmin { .. } => refused(t("trouble-last-admin")),
            Refusal::LimitReached { what, limit } => refused(limit_reached(what, limit)),
        }
    }
}

fn conflict(title: &'static str, detail: impl Into<String>) -> Trouble {
    Trouble::new(StatusCode::CONFLICT, title, detail)
}

fn refused(detail: impl Into<String>) -> Trouble {
    conflict(t("trouble-title-refused"), detail)
}

fn in_use(detail: String, blockers: &[NamedCampaign]) -> Trouble {
    let ways = blockers.iter().map(|one| Way::to_end(one.campaign, &one.campaign_name));
    conflict(t("trouble-title-in-use"), detail).with_ways(ways)
}

impl Way {
    fn to_see_who_is_away(group: GroupId) -> Self {
        Self::new(t("trouble-who-is-away"), format!("/groups/{group}#coverage"))
    }

    fn to_decide(rep: RepId) -> Self {
        Self::new(t("trouble-decide-leads"), format!("/reps/{rep}/remove"))
    }

    fn to_see(assignment: AssignmentId) -> Self {
        Self::new(t("trouble-see-assignment"), format!("/assignments/{assignment}"))
    }

    fn to_lift() -> Self {
        Self::new(t("trouble-see-suppressed"), "/settings/suppressions".to_owned())
    }
}

fn wrong_status(campaign: &str, status: Status, expected: StatusExpected) -> String {
    use StatusExpected as Expected;
    let said = match expected {
        Expected::Uncancelled => say("trouble-change-cancelled").arg("campaign", campaign),
        Expected::DraftNotOver => say("trouble-delete-cancelled").arg("campaign", campaign),
        Expected::Draft => {
            say("trouble-delete-started").arg("campaign", campaign).arg("status", status)
        }
        Expected::BeforeStart => {
            say("trouble-launch").arg("campaign", campaign).arg("status", status)
        }
        Expected::Running => say("trouble-pause").arg("campaign", campaign).arg("status", status),
        Expected::Paused => say("trouble-resume").arg("campaign", campaign).arg("status", status),
        Expected::NotOver => say("trouble-cancel").arg("campaign", campaign),
        Expected::StartedToForward => {
            say("trouble-forward").arg("campaign", campaign).arg("status", status)
        }
        Expected::StartedToQualify => {
            say("trouble-qualify").arg("campaign", campaign).arg("status", status)
        }
        Expected::ActiveToJoin => say("trouble-join").arg("campaign", campaign),
    };
    said.plain()
}

fn needs_a_rep(groups: &[NamedGroup]) -> String {
    if groups.is_empty() {
        return t("trouble-group-without-rep").to_owned();
    }
    let names: Vec<_> = groups.iter().map(|group| quoted(&group.group_name)).collect();
    say("trouble-group-last-rep").arg("groups", names.join(", ")).n("count", groups.len()).plain()
}

fn names_of(campaigns: &[NamedCampaign]) -> String {
    names(&campaigns.iter().map(|one| quoted(&one.campaign_name)).collect::<Vec<_>>())
}

fn quoted(name: &str) -> String {
    say("common-quoted").arg("words", name).plain()
}

/// What there is too much of, as the rules name it.
fn limit_reached(what: &str, limit: usize) -> String {
    let (what, which) = what.split_once(' ').unwrap_or((what, ""));
    let said = match what {
        "reps" => say("trouble-limit-reps").n("limit", limit),
        "groups" => say("trouble-limit-groups").n("limit", limit),
        "campaigns" => say("trouble-limit-campaigns").n("limit", limit),
        "mailboxes" => say("trouble-limit-mailboxes").n("limit", limit),
        "webhooks" => say("trouble-limit-webhooks").n("limit", limit),
        "users" => say("trouble-limit-users").n("limit", limit),
        "absences" if which.ends_with("over") => {
            say("trouble-limit-absences-ahead").n("limit", limit)
        }
        "absences" => say("trouble-limit-absences").n("limit", limit),
        _ => say("trouble-limit").n("limit", limit),
    };
    said.plain()
}

#[cfg(test)]
mod tests {
    use rondo_core::ids::{CampaignId, ConversationId, Id, MailboxId, UserId};
    use rondo_core::time::Instant;

    use super::*;

    fn id<I: Id>() -> I {
        I::from_bytes([1; 16])
    }

    fn of_campaigns() -> Vec<Refusal> {
        use StatusExpected as Expected;
        let statuses =
            [Status::Draft, Status::Scheduled, Status::Running, Status::Paused, Status::Cancelled];
        let expected = [
            Expected::Uncancelled,
            Expected::Draft,
            Expected::DraftNotOver,
            Expected::BeforeStart,
            Expected::Running,
            Expected::Paused,
            Expected::NotOver,
            Expected::StartedToForward,
            Expected::StartedToQualify,
            Expected::ActiveToJoin,
        ];
        let (campaign, name) = (id::<CampaignId>(), "Spring".to_owned());
        let mut all = Vec::new();
        for status in statuses {
            for expected in expected {
                all.push(Refusal::WrongStatus { campaign, name: name.clone(), status, expected });
            }
            for what in ["group", "rotation", "mailbox"] {
                all.push(Refusal::CampaignStarted { campaign, name: name.clone(), status, what });
            }
        }
        all
    }

    fn of_groups() -> Vec<Refusal> {
        let (group, group_name) = (id::<GroupId>(), "EMEA".to_owned());
        let named = NamedGroup { group, group_name: group_name.clone() };
        let used = NamedCampaign { campaign: id(), campaign_name: "Spring".to_owned() };
        let mut all = vec![
            Refusal::NobodyElseAvailable { group, group_name: group_name.clone() },
            Refusal::DefaultGroupIsFixed { group, group_name: group_name.clone() },
            Refusal::NameTaken { group, name: group_name.clone() },
            Refusal::LastAvailableRep { rep: id(), blockers: Vec::new(), latest_until: None },
        ];
        for at in [None, Some(Instant::from_micros(0))] {
            all.push(Refusal::NobodyAvailable { group, group_name: group_name.clone(), at });
        }
        for count in 0..3 {
            all.push(Refusal::GroupNeedsARep { groups: vec![named.clone(); count] });
        }
        for blockers in [vec![used.clone()], vec![used; 7]] {
            all.push(Refusal::MailboxInUse {
                mailbox: id::<MailboxId>(),
                blockers: blockers.clone(),
            });
            all.push(Refusal::GroupInUse { group, group_name: group_name.clone(), blockers });
        }
        all
    }

    fn others() -> Vec<Refusal> {
        let (conversation, assignment) = (id::<ConversationId>(), id::<AssignmentId>());
        let mut all = vec![
            Refusal::NotFound { kind: "rep", id: "rep_01".to_owned() },
            Refusal::AssignmentSuperseded { assignment, standing: assignment },
            Refusal::ConversationAssigned { conversation, assignment },
            Refusal::AddressSuppressed { conversation },
            Refusal::LastAdmin { user: id() },
            Refusal::EmailTaken { holder: id::<RepId>().to_string() },
            Refusal::EmailTaken { holder: id::<MailboxId>().to_string() },
            Refusal::EmailTaken { holder: id::<UserId>().to_string() },
        ];
        all.extend([1, 2].map(|leads_owned| Refusal::RepOwnsLeads { rep: id(), leads_owned }));
        for what in [
            "reps",
            "groups",
            "campaigns",
            "mailboxes",
            "webhooks",
            "users",
            "others",
            "absences of this rep",
            "absences that are not over",
        ] {
            all.push(Refusal::LimitReached { what, limit: 9 });
        }
        all
    }

    #[test]
    fn every_refusal_is_a_sentence_for_people() {
        for refusal in of_campaigns().into_iter().chain(of_groups()).chain(others()) {
            let said = Trouble::from(refusal.clone()).detail;
            let is_sentence =
                said.ends_with('.') && said.starts_with(|one: char| !one.is_lowercase());
            let is_for_programs = said.contains(['`', '_', '/', '=']) || said.contains("0000");
            assert!(is_sentence && !is_for_programs, "{refusal:?}: {said}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_value_becomes_a_sentence() {
        let said = |pointer| {
            let problem = "is not after `from`".to_owned();
            Trouble::from(Refusal::Invalid { pointer, problem }).detail
        };
        assert_eq!(said("/name"), "Is not after from.");
        assert_eq!(said("/until"), "Is too early; choose a later time.");
        assert_eq!(said("/to"), "Is the rep who leaves; choose another rep.");
        assert_eq!(said("/reps"), "Names a rep twice; choose each rep once.");
        assert_eq!(said("/action"), t("trouble-no-mailbox-to-answer"));
    }

    #[test]
    fn a_refusal_tells_what_it_carries() {
        let said = |refusal: Refusal| Trouble::from(refusal).detail;
        let (group, group_name) = (id(), "EMEA".to_owned());
        let used = |name: &str| NamedCampaign { campaign: id(), campaign_name: name.to_owned() };
        let blockers = vec![used("Spring"), used("Autumn")];
        assert_eq!(
            said(Refusal::GroupInUse { group, group_name, blockers }),
            "Group “EMEA” is used by campaigns “Spring” and “Autumn”; cancel or delete them, or give them another group."
        );
        let (campaign, name) = (id(), "Spring".to_owned());
        let (status, expected) = (Status::Draft, StatusExpected::Running);
        assert_eq!(
            said(Refusal::WrongStatus { campaign, name, status, expected }),
            "Campaign “Spring” is a draft; only a running campaign can be paused."
        );
        assert_eq!(
            said(Refusal::LimitReached { what: "reps", limit: 9 }),
            "The team has 9 reps already, which is the most; remove some first."
        );
    }
}
