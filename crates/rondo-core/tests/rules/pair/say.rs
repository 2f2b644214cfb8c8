//! Acts as commands.

use rondo_core::Command;
use rondo_core::command::{CampaignPatch, LeadNews, LeadPatch, OwnerRef, ReassignTo, Subject};
use rondo_core::detail::LeadFields;
use rondo_core::event::LeadsOfRemoved;
use rondo_core::time::Period;

use super::Pair;
use crate::acts::{Act, Leads, Named, Pick};
use crate::world::{details, email, hour, name};

impl Pair {
    /// The command that an act with pinned picks is.
    pub(super) fn command(&mut self, act: &Act) -> Command {
        let rep_name = format!("rep{}", self.rep_names);
        self.rep_names += usize::from(*act == Act::AddRep);
        let rep = |pick: &Pick| self.reps[pick.0];
        let group = |pick: &Pick| self.groups[pick.0];
        let campaign = |pick: &Pick| self.campaigns[pick.0];
        let at = |hours: &i64| hour(self.model.now + hours);
        let period = |from: &i64, until: &Option<i64>| Period {
            from: at(from),
            until: until.as_ref().map(at),
        };
        let patch =
            |pick: &Pick, patch| Command::ChangeCampaign { campaign: campaign(pick), patch };
        match act {
            Act::AddRep => Command::AddRep { details: details(&rep_name) },
            Act::RemoveRep { rep: pick, leads } => Command::RemoveRep {
                rep: rep(pick),
                leads: match leads {
                    Leads::Unsaid => None,
                    Leads::Release => Some(LeadsOfRemoved::Released),
                    Leads::Transfer(to) => Some(LeadsOfRemoved::TransferredTo(rep(to))),
                },
            },
            Act::GoOut { rep: pick, until } => Command::GoOutOfOffice {
                rep: rep(pick),
                until: until.as_ref().map(at),
                dates: None,
                note: None,
            },
            Act::ComeBack { rep: pick } => Command::ComeBack { rep: rep(pick) },
            Act::AddAbsence { rep: pick, from, until } => Command::AddAbsence {
                rep: rep(pick),
                period: period(from, until),
                dates: None,
                note: None,
            },
            Act::ChangeAbsence { absence, from, until } => Command::ChangeAbsence {
                rep: self.absences[absence.0].0,
                absence: self.absences[absence.0].1,
                period: period(from, until),
                dates: None,
                note: None,
            },
            Act::RemoveAbsence { absence } => Command::RemoveAbsence {
                rep: self.absences[absence.0].0,
                absence: self.absences[absence.0].1,
            },
            Act::AddGroup { name: number, reps } => Command::AddGroup {
                name: name(&format!("Group {number}")),
                reps: reps.iter().map(rep).collect(),
            },
            Act::RenameGroup { group: pick, name: number } => Command::RenameGroup {
                group: group(pick),
                // Names are compared without case.
                name: name(&format!("GROUP {number}")),
            },
            Act::RemoveGroup { group: pick } => Command::RemoveGroup { group: group(pick) },
            Act::AddMember { group: of, rep: pick } => {
                Command::AddMember { group: group(of), rep: rep(pick) }
            }
            Act::RemoveMember { group: of, rep: pick } => {
                Command::RemoveMember { group: group(of), rep: rep(pick) }
            }
            Act::AddCampaign { name: number, group: of, rotation, when_owner_is_out } => {
                Command::AddCampaign {
                    name: name(&format!("Campaign {number}")),
                    group: of.as_ref().map(group),
                    rotation: *rotation,
                    when_owner_is_out: *when_owner_is_out,
                }
            }
            Act::ChangeGroup { campaign: pick, group: to } => patch(
                pick,
                CampaignPatch { group: Some(to.as_ref().map(group)), ..CampaignPatch::default() },
            ),
            Act::ChangeRotation { campaign: pick, rotation } => {
                patch(pick, CampaignPatch { rotation: Some(*rotation), ..CampaignPatch::default() })
            }
            Act::ChangeWhenOut { campaign: pick, when_owner_is_out } => {
                let when_owner_is_out = Some(*when_owner_is_out);
                patch(pick, CampaignPatch { when_owner_is_out, ..CampaignPatch::default() })
            }
            Act::RemoveCampaign { campaign: pick } => {
                Command::RemoveCampaign { campaign: campaign(pick) }
            }
            Act::Launch { campaign: pick, at: when } => {
                Command::LaunchCampaign { campaign: campaign(pick), at: when.as_ref().map(at) }
            }
            Act::Pause { campaign: pick } => Command::PauseCampaign { campaign: campaign(pick) },
            Act::Resume { campaign: pick } => Command::ResumeCampaign { campaign: campaign(pick) },
            Act::Cancel { campaign: pick } => Command::CancelCampaign { campaign: campaign(pick) },
            Act::Duplicate { campaign: pick } => {
                Command::DuplicateCampaign { campaign: campaign(pick) }
            }
            Act::Import { campaign: pick, leads, existing } => Command::AddLeads {
                campaign: pick.as_ref().map(campaign),
                leads: leads.iter().map(|(number, owner)| self.news(*number, *owner)).collect(),
                existing: *existing,
            },
            Act::ChangeOwner { lead, owner } => Command::ChangeLead {
                lead: self.leads[lead.0],
                patch: LeadPatch {
                    owner: Some(owner.map(|owner| self.owner(owner))),
                    ..LeadPatch::default()
                },
            },
            Act::Erase { lead } => Command::EraseLead { lead: self.leads[lead.0] },
            Act::Qualify { campaign: pick, lead, owner } => Command::Qualify {
                campaign: campaign(pick),
                subject: Subject::Lead(Box::new(self.news(*lead, *owner))),
                note: None,
            },
            Act::QualifyConversation { campaign: pick, conversation } => Command::Qualify {
                campaign: campaign(pick),
                subject: Subject::Conversation(self.conversations[conversation.0]),
                note: None,
            },
            Act::Reassign { assignment, to } => Command::Reassign {
                assignment: self.assignments[assignment.0],
                to: to.as_ref().map_or(ReassignTo::Next, |to| ReassignTo::Rep(rep(to))),
                note: None,
            },
            Act::SetOwnershipFollows { on } => {
                Command::ChangeSettings { settings: self.world.settings(*on) }
            }
            Act::Jump { .. } | Act::Pass { .. } | Act::Reload => {
                unreachable!("time and tables are no commands")
            }
        }
    }

    fn news(&self, number: usize, owner: Option<Named>) -> LeadNews {
        LeadNews {
            email: email(&format!("lead{number}")),
            owner: owner.map(|owner| self.owner(owner)),
            fields: LeadFields::default(),
        }
    }

    fn owner(&self, named: Named) -> OwnerRef {
        match named {
            Named::Id(rep) => OwnerRef::Id(self.reps[rep.0]),
            Named::Email(rep) => OwnerRef::Email(email(&format!("rep{}", rep.0)).key()),
            Named::Stranger => OwnerRef::Unknown,
        }
    }
}
