//! The rules once more, in the most naive way: plain lists, linear scans, no ids, every question answered afresh.
//!
//! Written from the numbered rules alone. Where they are silent it follows `docs/rules.md`.

mod campaigns;
mod circles;
mod guard;
mod leads;
mod routing;

use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::team::Status;

pub(crate) use guard::Hole;
pub(crate) use routing::{Given, Passed, Reason};

use crate::acts::Act;

/// Everything the rules know about a team.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// Hours since the start.
    pub(crate) now: i64,
    /// When the clock was looked at last.
    pub(crate) ticked_at: i64,
    pub(crate) reps: Vec<Rep>,
    pub(crate) absences: Vec<Absence>,
    /// The first is the default group.
    pub(crate) groups: Vec<Group>,
    pub(crate) campaigns: Vec<Campaign>,
    pub(crate) leads: Vec<Lead>,
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) ownership_follows: bool,
    pub(crate) arrivals: u64,
}

/// A rep, or one who left.
#[derive(Debug, Clone)]
pub(crate) struct Rep {
    pub(crate) left: Option<Left>,
}

/// What became of the leads of a rep who left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Left {
    Released,
    To(usize),
}

/// An absence, or one that was taken back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Absence {
    pub(crate) rep: usize,
    pub(crate) from: i64,
    pub(crate) until: Option<i64>,
    pub(crate) is_switch: bool,
    pub(crate) is_gone: bool,
}

/// A group. Its seats are never reused: whoever leaves leaves an empty one behind (R1, R5).
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) seats: Vec<Seat>,
    pub(crate) cursor: Option<usize>,
    pub(crate) is_deleted: bool,
}

/// A seat in a circle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Seat {
    pub(crate) rep: usize,
    pub(crate) is_taken: bool,
}

/// A campaign.
#[derive(Debug, Clone)]
pub(crate) struct Campaign {
    pub(crate) name: String,
    pub(crate) group: usize,
    pub(crate) rotation: Rotation,
    pub(crate) when_owner_is_out: WhenOwnerIsOut,
    pub(crate) status: Status,
    pub(crate) launch_at: Option<i64>,
    pub(crate) cursor: Option<usize>,
    pub(crate) is_deleted: bool,
}

/// A lead. Somebody erased and met again is another lead with the same number.
#[derive(Debug, Clone)]
pub(crate) struct Lead {
    pub(crate) number: usize,
    pub(crate) owner: Option<Owner>,
    pub(crate) is_erased: bool,
}

/// Who a lead's row names as owner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Owner {
    pub(crate) rep: usize,
    pub(crate) is_routed: bool,
}

/// A conversation.
#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    pub(crate) campaign: usize,
    pub(crate) lead: usize,
    pub(crate) state: State,
}

/// How a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum State {
    Open,
    Waiting { arrival: u64 },
    Assigned { assignment: usize },
}

/// An assignment that was made.
#[derive(Debug, Clone)]
pub(crate) struct Assignment {
    pub(crate) conversation: usize,
    pub(crate) rep: usize,
}

/// Whose cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Campaign(usize),
    Group(usize),
}

/// What the model expects a step to answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    Done,
    /// A new assignment.
    Given(Given),
    /// The assignment that stands.
    Stands {
        assignment: usize,
    },
    Waits {
        conversation: usize,
        position: u64,
    },
    Leads {
        created: u64,
        updated: u64,
        conversations: Vec<usize>,
    },
}

/// A reply and the codes of the warnings that come with it, sorted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) reply: Reply,
    pub(crate) warnings: Vec<&'static str>,
}

/// A refusal, with what it must carry.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct No {
    pub(crate) code: &'static str,
    /// For `last-available-rep`: per campaign and group, when nobody would be there.
    pub(crate) holes: Vec<Hole>,
    pub(crate) latest_until: Option<i64>,
    /// For `group-needs-a-rep` the groups, for `group-in-use` the campaigns, for `rep-owns-leads` how many.
    pub(crate) facts: Vec<usize>,
}

impl No {
    pub(crate) fn because(code: &'static str) -> Self {
        Self { code, ..Self::default() }
    }
    pub(crate) fn with(code: &'static str, facts: Vec<usize>) -> Self {
        Self { code, facts, ..Self::default() }
    }
}

pub(crate) type Answer = Result<Said, No>;

pub(crate) fn said(reply: Reply) -> Answer {
    Ok(Said { reply, warnings: Vec::new() })
}

pub(crate) fn done() -> Answer {
    said(Reply::Done)
}

impl Model {
    pub(crate) fn new() -> Self {
        let everybody = Group {
            name: "all sales reps".to_owned(),
            seats: Vec::new(),
            cursor: None,
            is_deleted: false,
        };
        Self {
            now: 0,
            ticked_at: 0,
            reps: Vec::new(),
            absences: Vec::new(),
            groups: vec![everybody],
            campaigns: Vec::new(),
            leads: Vec::new(),
            conversations: Vec::new(),
            assignments: Vec::new(),
            ownership_follows: true,
            arrivals: 0,
        }
    }

    /// Does an act whose picks are indexes; nothing changes when it is refused.
    pub(crate) fn act(&mut self, act: &Act) -> Answer {
        let mut after = self.clone();
        let answer = after.try_act(act);
        if answer.is_ok() {
            *self = after;
        }
        answer
    }

    fn try_act(&mut self, act: &Act) -> Answer {
        match act {
            Act::AddRep => self.add_rep(),
            Act::RemoveRep { rep, leads } => self.remove_rep(rep.0, *leads),
            Act::GoOut { rep, until } => self.go_out(rep.0, until.map(|hours| self.now + hours)),
            Act::ComeBack { rep } => self.come_back(rep.0),
            Act::AddAbsence { rep, from, until } => {
                self.add_absence(rep.0, self.now + from, until.map(|hours| self.now + hours))
            }
            Act::ChangeAbsence { absence, from, until } => {
                let until = until.map(|hours| self.now + hours);
                self.change_absence(absence.0, self.now + from, until)
            }
            Act::RemoveAbsence { absence } => self.remove_absence(absence.0),
            Act::AddGroup { name, reps } => {
                self.add_group(*name, &reps.iter().map(|rep| rep.0).collect::<Vec<_>>())
            }
            Act::RenameGroup { group, name } => self.rename_group(group.0, *name),
            Act::RemoveGroup { group } => self.remove_group(group.0),
            Act::AddMember { group, rep } => self.add_member(group.0, rep.0),
            Act::RemoveMember { group, rep } => self.remove_member(group.0, rep.0),
            Act::AddCampaign { name, group, rotation, when_owner_is_out } => {
                self.add_campaign(*name, group.map(|group| group.0), *rotation, *when_owner_is_out)
            }
            Act::ChangeGroup { campaign, group } => {
                self.change_group(campaign.0, group.map_or(0, |group| group.0))
            }
            Act::ChangeRotation { campaign, rotation } => {
                self.change_rotation(campaign.0, *rotation)
            }
            Act::ChangeWhenOut { campaign, when_owner_is_out } => {
                self.change_when_out(campaign.0, *when_owner_is_out)
            }
            Act::RemoveCampaign { campaign } => self.remove_campaign(campaign.0),
            Act::Launch { campaign, at } => {
                self.launch(campaign.0, at.map(|hours| self.now + hours))
            }
            Act::Pause { campaign } => self.pause(campaign.0),
            Act::Resume { campaign } => self.resume(campaign.0),
            Act::Cancel { campaign } => self.cancel(campaign.0),
            Act::Duplicate { campaign } => self.duplicate(campaign.0),
            Act::Import { campaign, leads, existing } => {
                self.import(campaign.map(|campaign| campaign.0), leads, *existing)
            }
            Act::ChangeOwner { lead, owner } => self.change_owner(lead.0, *owner),
            Act::Erase { lead } => self.erase(lead.0),
            Act::Qualify { campaign, lead, owner } => self.qualify(campaign.0, *lead, *owner),
            Act::QualifyConversation { campaign, conversation } => {
                self.qualify_conversation(campaign.0, conversation.0)
            }
            Act::Reassign { assignment, to } => self.reassign(assignment.0, to.map(|rep| rep.0)),
            Act::SetOwnershipFollows { on } => {
                self.ownership_follows = *on;
                done()
            }
            Act::Jump { .. } | Act::Pass { .. } | Act::Reload => {
                unreachable!("time and tables are the walk's business")
            }
        }
    }

    /// Whether a rep who is in the team is available at `at`.
    pub(crate) fn is_available(&self, rep: usize, at: i64) -> bool {
        self.reps[rep].left.is_none() && !self.is_away(rep, at)
    }

    /// Whether an absence covers `at`.
    pub(crate) fn is_away(&self, rep: usize, at: i64) -> bool {
        self.absences.iter().any(|absence| absence.rep == rep && absence.covers(at))
    }

    /// When a rep who is away at `at` is back, all absences taken together.
    pub(crate) fn back_at(&self, rep: usize, at: i64) -> Option<i64> {
        let mut back = at;
        while let Some(absence) =
            self.absences.iter().find(|absence| absence.rep == rep && absence.covers(back))
        {
            back = absence.until?;
        }
        Some(back)
    }

    /// Whether a member of the group is available at `at`.
    pub(crate) fn is_covered(&self, group: usize, at: i64) -> bool {
        self.groups[group].members().any(|rep| self.is_available(rep, at))
    }

    pub(crate) fn is_in_team(&self, rep: usize) -> Result<(), No> {
        match self.reps[rep].left {
            None => Ok(()),
            Some(_) => Err(No::because("not-found")),
        }
    }
}

impl Absence {
    pub(crate) fn covers(&self, at: i64) -> bool {
        !self.is_gone && self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

impl Group {
    pub(crate) fn members(&self) -> impl Iterator<Item = usize> + '_ {
        self.seats.iter().filter(|seat| seat.is_taken).map(|seat| seat.rep)
    }
    pub(crate) fn holds(&self, rep: usize) -> bool {
        self.members().any(|member| member == rep)
    }
}

impl Campaign {
    /// C1
    pub(crate) fn is_active(&self) -> bool {
        !self.is_deleted && self.status != Status::Cancelled
    }
    pub(crate) fn is_started(&self) -> bool {
        matches!(self.status, Status::Running | Status::Paused)
    }
}
