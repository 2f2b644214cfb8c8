//! Groups and who stands in them (G1–G4).

use super::guard::{Loss, LossEnd};
use super::*;
use crate::refusal::{NamedCampaign, NamedGroup};
use crate::text::Name;
use crate::time::Periods;

/// Groups of a team at most: far more than people can tell apart.
const GROUPS_MAX: usize = 10_000;

impl Draft<'_> {
    /// G1: a name of its own, and at least one rep.
    pub(super) fn add_group(&mut self, name: &Name, reps: &[RepId]) -> Decision {
        check_limit(self.team.groups().count(), GROUPS_MAX, "groups")?;
        if reps.is_empty() {
            return Err(Refusal::GroupNeedsARep { groups: Vec::new() });
        }
        let mut seen = std::collections::BTreeSet::new();
        for &rep in reps {
            self.rep(rep)?;
            if !seen.insert(rep) {
                return Err(Refusal::Invalid {
                    pointer: "/reps",
                    problem: format!("names `{rep}` twice; name each rep once"),
                });
            }
        }
        self.check_name_is_free(name, None)?;
        let group = self.ids.next_id();
        self.happens(Event::GroupCreated { group, name: name.clone(), reps: reps.to_vec() });
        Ok(Answer::Group(group))
    }

    fn check_name_is_free(&self, name: &Name, of: Option<GroupId>) -> Result<(), Refusal> {
        let key = name.key();
        let taken =
            self.team.groups().find(|group| Some(group.id) != of && group.name.key() == key);
        match taken {
            Some(group) => {
                Err(Refusal::NameTaken { group: group.id, name: group.name.to_string() })
            }
            None => Ok(()),
        }
    }

    /// G2: the default group is not to be changed.
    fn changeable_group(&self, group: GroupId) -> Result<&GroupParts, Refusal> {
        let parts = self.group(group)?;
        if group == self.team.default_group() {
            return Err(Refusal::DefaultGroupIsFixed { group, group_name: parts.name.to_string() });
        }
        Ok(parts)
    }

    pub(super) fn rename_group(&mut self, group: GroupId, name: &Name) -> Decision {
        let is_same = self.changeable_group(group)?.name == *name;
        self.check_name_is_free(name, Some(group))?;
        if !is_same {
            self.happens(Event::GroupRenamed { group, name: name.clone() });
        }
        Ok(Answer::Group(group))
    }

    /// G3: not while an active campaign uses it.
    pub(super) fn remove_group(&mut self, group: GroupId) -> Decision {
        let group_name = self.changeable_group(group)?.name.to_string();
        let blockers: Vec<NamedCampaign> = self
            .team
            .used_by(group)
            .into_iter()
            .map(|campaign| NamedCampaign {
                campaign: campaign.id,
                campaign_name: campaign.settings.name.to_string(),
            })
            .collect();
        if !blockers.is_empty() {
            return Err(Refusal::GroupInUse { group, group_name, blockers });
        }
        self.happens(Event::GroupDeleted { group });
        Ok(Answer::Done)
    }

    /// R1: at the end; a member stays where they are.
    pub(super) fn add_member(&mut self, group: GroupId, rep: RepId) -> Decision {
        let parts = self.changeable_group(group)?;
        let (place, is_member) =
            (parts.next_place, parts.members.iter().any(|member| member.rep == rep));
        self.rep(rep)?;
        if !is_member {
            self.happens(Event::MemberAdded { group, rep, place });
        }
        Ok(Answer::Group(group))
    }

    /// G1, O3, G4.
    pub(super) fn remove_member(&mut self, group: GroupId, rep: RepId) -> Decision {
        let parts = self.changeable_group(group)?;
        if !parts.members.iter().any(|member| member.rep == rep) {
            return Err(not_found("member", rep));
        }
        if parts.members.len() == 1 {
            let named = NamedGroup { group, group_name: parts.name.to_string() };
            return Err(Refusal::GroupNeedsARep { groups: vec![named] });
        }
        let away = self.rep(rep)?.away();
        self.check_guard(&Loss {
            rep,
            groups: vec![group],
            periods: Periods::since(self.now).minus(&away),
            end: LossEnd::Fixed,
        })?;
        self.happens(Event::MemberRemoved { group, rep });
        Ok(Answer::Group(group))
    }
}
