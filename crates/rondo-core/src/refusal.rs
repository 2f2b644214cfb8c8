//! Why a command was not carried out: data, with a stable code and a sentence (the state is as before).

use std::fmt;

use serde::Serialize;

use crate::ids::{AssignmentId, CampaignId, ConversationId, GroupId, MailboxId, RepId, UserId};
use crate::team::Status;
use crate::time::{Instant, Period};

/// A command that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Something named in the command does not exist in this team.
    #[error("there is no {kind} `{id}` in this team")]
    NotFound {
        /// `rep`, `group`, `campaign` …
        kind: &'static str,
        /// As it was named.
        id: String,
    },
    /// A value that no rule can use.
    #[error("`{pointer}` {problem}")]
    Invalid {
        /// JSON pointer into the request.
        pointer: &'static str,
        /// What is wrong, and what was expected.
        problem: String,
    },
    /// C1, C7: the campaign's status does not allow it.
    #[error("campaign `{name}` is {}; {expected}", as_said(.status))]
    WrongStatus {
        /// The campaign.
        campaign: CampaignId,
        /// Its name.
        name: String,
        /// Its status.
        status: Status,
        /// In which status it would work, and what to do.
        expected: StatusExpected,
    },
    /// O3: it would take the last available rep away.
    #[error("{}", last_available_rep(.rep, .blockers))]
    LastAvailableRep {
        /// Whose availability the command would reduce.
        rep: RepId,
        /// What stands in the way: each active campaign with its group and the exact gaps.
        blockers: Vec<Blocker>,
        /// The latest return that would be accepted, when only the open end is too much (O4).
        latest_until: Option<Instant>,
    },
    /// R10: nobody is there but the rep who has the lead.
    #[error(
        "nobody in group `{group_name}` is available but the rep who has the lead; name a rep, add one, or end an absence"
    )]
    NobodyElseAvailable {
        /// The group.
        group: GroupId,
        /// Its name.
        group_name: String,
    },
    /// C4, R10: nobody is there.
    #[error("nobody in group `{group_name}` is available {}; add a rep, end an absence, or choose another time", at_or_now(.at))]
    NobodyAvailable {
        /// The group.
        group: GroupId,
        /// Its name.
        group_name: String,
        /// The instant asked for, or none for now.
        at: Option<Instant>,
    },
    /// G1: a group needs a rep.
    #[error("{}", group_needs_a_rep(.groups))]
    GroupNeedsARep {
        /// The groups that would be empty.
        groups: Vec<NamedGroup>,
    },
    /// G3: an active campaign uses the group.
    #[error("group `{group_name}` is used by {}; cancel or delete {}, or give {} another group", campaign_names(.blockers), it_or_them(.blockers), it_or_them(.blockers))]
    GroupInUse {
        /// The group.
        group: GroupId,
        /// Its name.
        group_name: String,
        /// The active campaigns.
        blockers: Vec<NamedCampaign>,
    },
    /// G2: the default group follows the team by itself.
    #[error(
        "the default group `{group_name}` always holds every rep of the team and can't be changed; make a group of your own"
    )]
    DefaultGroupIsFixed {
        /// The default group.
        group: GroupId,
        /// Its name.
        group_name: String,
    },
    /// C5, R2: this can be changed only before the start.
    #[error(
        "campaign `{name}` is {status}, and its {what} can be changed only while it is a draft or scheduled; change the group's members, or duplicate the campaign"
    )]
    CampaignStarted {
        /// The campaign.
        campaign: CampaignId,
        /// Its name.
        name: String,
        /// Its status.
        status: Status,
        /// `group`, `rotation` or `mailbox`.
        what: &'static str,
    },
    /// G1: another group has that name.
    #[error("group `{group}` has the name `{name}` already, ignoring case; choose another name")]
    NameTaken {
        /// The group that has it.
        group: GroupId,
        /// Its name.
        name: String,
    },
    /// Another rep, lead, mailbox or user has that address.
    #[error("`{holder}` has that email address already; use that one, or choose another address")]
    EmailTaken {
        /// Who has it.
        holder: String,
    },
    /// G5: what becomes of the leads must be said.
    #[error(
        "rep `{rep}` owns {leads_owned} lead{}; say `leads=release`, or `leads=transfer` and `to=` another rep",
        if *.leads_owned == 1 { "" } else { "s" }
    )]
    RepOwnsLeads {
        /// The rep.
        rep: RepId,
        /// How many.
        leads_owned: u64,
    },
    /// Somebody passed the lead on before.
    #[error(
        "assignment `{assignment}` was passed on already; `{standing}` stands now, pass that one on"
    )]
    AssignmentSuperseded {
        /// The assignment named.
        assignment: AssignmentId,
        /// The one that stands.
        standing: AssignmentId,
    },
    /// An active campaign writes from the mailbox.
    #[error("mailbox `{mailbox}` is used by {}; cancel or delete {}, or give {} another mailbox", campaign_names(.blockers), it_or_them(.blockers), it_or_them(.blockers))]
    MailboxInUse {
        /// The mailbox.
        mailbox: MailboxId,
        /// The active campaigns.
        blockers: Vec<NamedCampaign>,
    },
    /// Q5: a rep has the conversation, and the assistant keeps silent.
    #[error(
        "conversation `{conversation}` was handed to a rep as `{assignment}`; pass that assignment on instead"
    )]
    ConversationAssigned {
        /// The conversation.
        conversation: ConversationId,
        /// What stands.
        assignment: AssignmentId,
    },
    /// Q6: the address is never written to.
    #[error(
        "the lead of conversation `{conversation}` is on the list of suppressed addresses; an admin can lift that"
    )]
    AddressSuppressed {
        /// The conversation.
        conversation: ConversationId,
    },
    /// Without an admin nobody could let one in.
    #[error("user `{user}` is the team's last admin; add another admin first")]
    LastAdmin {
        /// The admin.
        user: UserId,
    },
    /// A team can hold no more of these.
    #[error("the team has {limit} {what} already, which is the most; remove some first")]
    LimitReached {
        /// `reps`, `groups` …
        what: &'static str,
        /// The most there can be.
        limit: usize,
    },
}

/// Which status a campaign would have to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusExpected {
    /// Any but cancelled, to be changed.
    Uncancelled,
    /// A draft, to be deleted; whatever else is not over can be cancelled.
    Draft,
    /// A draft, to be deleted; this one is over.
    DraftNotOver,
    /// A draft or scheduled, to be launched.
    BeforeStart,
    /// Running, to be paused.
    Running,
    /// Paused, to be resumed.
    Paused,
    /// Any but cancelled, to be cancelled.
    NotOver,
    /// Running or paused, for a lead to be given to a rep.
    StartedToForward,
    /// Running or paused, for a lead to be qualified.
    StartedToQualify,
    /// Any but cancelled, for leads to join.
    ActiveToJoin,
}

impl fmt::Display for StatusExpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uncancelled => "a cancelled campaign stays as it is; duplicate it",
            Self::Draft => "only a draft can be deleted; cancel it instead",
            Self::DraftNotOver => {
                "only a draft can be deleted; it is over, and stays to be looked up"
            }
            Self::BeforeStart => "only a draft or scheduled campaign can be launched",
            Self::Running => "only a running campaign can be paused",
            Self::Paused => "only a paused campaign can be resumed",
            Self::NotOver => "it is over already",
            Self::StartedToForward => {
                "a lead can be given to a rep only while it is running or paused"
            }
            Self::StartedToQualify => "a lead can be qualified only while it is running or paused",
            Self::ActiveToJoin => "no lead can join it any more; duplicate it",
        })
    }
}

/// An active campaign that stands in the way, and when its group would be without anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blocker {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub campaign_name: String,
    /// The group that would be left without anybody: the campaign's, or the default group.
    pub group: GroupId,
    /// Its name.
    pub group_name: String,
    /// The maximal periods, in order.
    pub gaps: Vec<Period>,
}

/// A group by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedGroup {
    /// The group.
    pub group: GroupId,
    /// Its name.
    pub group_name: String,
}

/// A campaign by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedCampaign {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub campaign_name: String,
}

/// A caution that comes with success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Nobody in the group is available now (C4).
    NobodyAvailable { group: GroupId, group_name: String },
    /// There are gaps ahead in the group (C4): the first few.
    FutureGap { group: GroupId, group_name: String, gaps: Vec<Period> },
    /// The owner named is not a rep of the team and was left out (R6); with the row where a list was sent.
    UnknownOwner { row: Option<usize> },
    /// The same lead stood in the list before; the later row was merged into it.
    DuplicateRow { row: usize, first_row: usize },
    /// The lead does not join the campaign: with the row where a list was sent.
    NotEnrolled { row: usize, why: NotEnrolled },
    /// The rep's absences stay at the instants they had (O1).
    AbsencesNotMoved { count: usize },
    /// The rotation of several small campaigns is fairer when shared (R2).
    RotationPerCampaign,
    /// Another campaign that is not cancelled is called the same, ignoring case.
    NameShared,
}

/// Why a lead does not join a campaign that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEnrolled {
    /// Another campaign is writing to them.
    WrittenToElsewhere,
    /// The address is never written to (Q6).
    Suppressed,
}

impl Refusal {
    /// The stable code, as in `/problems/<code>`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not-found",
            Self::Invalid { .. } => "invalid-request",
            Self::WrongStatus { .. } => "wrong-status",
            Self::LastAvailableRep { .. } => "last-available-rep",
            Self::NobodyAvailable { .. } | Self::NobodyElseAvailable { .. } => "nobody-available",
            Self::GroupNeedsARep { .. } => "group-needs-a-rep",
            Self::GroupInUse { .. } => "group-in-use",
            Self::DefaultGroupIsFixed { .. } => "default-group-is-fixed",
            Self::CampaignStarted { .. } => "campaign-started",
            Self::NameTaken { .. } => "name-taken",
            Self::EmailTaken { .. } => "email-taken",
            Self::RepOwnsLeads { .. } => "rep-owns-leads",
            Self::AssignmentSuperseded { .. } => "assignment-superseded",
            Self::MailboxInUse { .. } => "mailbox-in-use",
            Self::ConversationAssigned { .. } => "conversation-assigned",
            Self::AddressSuppressed { .. } => "address-suppressed",
            Self::LastAdmin { .. } => "last-admin",
            Self::LimitReached { .. } => "limit-reached",
        }
    }
}

impl Warning {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NobodyAvailable { .. } => "nobody-available",
            Self::FutureGap { .. } => "future-gap",
            Self::UnknownOwner { .. } => "unknown-owner",
            Self::DuplicateRow { .. } => "duplicate-row",
            Self::NotEnrolled { .. } => "not-enrolled",
            Self::AbsencesNotMoved { .. } => "absences-not-moved",
            Self::RotationPerCampaign => "rotation-per-campaign",
            Self::NameShared => "name-shared",
        }
    }
}

fn last_available_rep(rep: &RepId, blockers: &[Blocker]) -> String {
    let mut sentence = format!("rep `{rep}` is the last one available for ");
    match blockers.first() {
        Some(first) => {
            sentence.push_str(&format!("campaign `{}`", first.campaign_name));
            if let Some(gap) = first.gaps.first() {
                sentence.push_str(&format!(" from {}", gap.from));
                if let Some(until) = gap.until {
                    sentence.push_str(&format!(" until {until}"));
                }
            }
            if blockers.len() > 1 {
                sentence.push_str(&format!(" and {} more", blockers.len() - 1));
            }
        }
        None => sentence.push_str("an active campaign"),
    }
    sentence.push_str("; add a rep, change the dates, or cancel the campaign");
    sentence
}

/// A status as the end of "the campaign is".
fn as_said(status: &Status) -> &'static str {
    match status {
        Status::Draft => "a draft",
        Status::Scheduled => "scheduled",
        Status::Running => "running",
        Status::Paused => "paused",
        Status::Cancelled => "cancelled",
    }
}

fn at_or_now(at: &Option<Instant>) -> String {
    at.map_or_else(|| "now".to_owned(), |at| format!("at {at}"))
}

fn group_needs_a_rep(groups: &[NamedGroup]) -> String {
    match groups {
        [] => "a group needs at least one rep; name one".to_owned(),
        [one] => format!(
            "group `{}` needs at least one rep, and this is its only one; add another first, or delete the group",
            one.group_name
        ),
        [first, rest @ ..] => format!(
            "group `{}` and {} more need at least one rep, and this is their only one; add another first, or delete the groups",
            first.group_name,
            rest.len()
        ),
    }
}

fn campaign_names(blockers: &[NamedCampaign]) -> String {
    const NAMED_MAX: usize = 3;
    let names: Vec<_> = blockers
        .iter()
        .take(NAMED_MAX)
        .map(|blocker| format!("`{}`", blocker.campaign_name))
        .collect();
    let more = blockers.len().saturating_sub(NAMED_MAX);
    let kind = if blockers.len() == 1 { "campaign" } else { "campaigns" };
    let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{kind} {}{and_more}", names.join(", "))
}

fn it_or_them(blockers: &[NamedCampaign]) -> &'static str {
    if blockers.len() == 1 { "it" } else { "them" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id as _;

    #[test]
    fn sentences_are_right_for_one_and_for_several() {
        let rep = RepId::from_bytes([1; 16]);
        let owns = |leads_owned| Refusal::RepOwnsLeads { rep, leads_owned }.to_string();
        assert!(owns(1).contains("owns 1 lead;") && owns(2).contains("owns 2 leads;"));
    }

    #[test]
    fn a_wrong_status_is_said_as_a_person_would() {
        let (campaign, name) = (CampaignId::from_bytes([1; 16]), "Spring".to_owned());
        let expected = StatusExpected::Running;
        let refusal = Refusal::WrongStatus { campaign, name, status: Status::Draft, expected };
        assert_eq!(
            refusal.to_string(),
            "campaign `Spring` is a draft; only a running campaign can be paused"
        );
    }
}
