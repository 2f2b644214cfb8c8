//! A team as the rules see it: reps, absences, groups, campaigns and cursors, and nothing that grows with the leads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::event::{
    AbsenceSource, CampaignSettings, Cursor, CursorKey, Dates, LeadsOfRemoved, Role, Rotation,
    Settings, WebhookEvent,
};
use crate::ids::{AbsenceId, CampaignId, GroupId, Id, MailboxId, RepId, TeamId, UserId, WebhookId};
use crate::mail::MailPlan;
use crate::refusal::Warning;
use crate::rotation::{self, Positions, Turn};
use crate::text::Name;
use crate::time::{Instant, Period, Periods};

mod apply;
mod bytes;
mod clock;
mod owners;
mod parts;
mod rare;

pub use owners::OwnerNow;
pub use parts::default_group_name;
use rare::Rare;

/// Where a campaign stands in its life (C1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being prepared.
    Draft,
    /// Launches at an instant to come, or as soon as somebody is available after it.
    Scheduled,
    /// Under way.
    Running,
    /// Halted: what arrives is kept.
    Paused,
    /// Over for good.
    Cancelled,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
        })
    }
}

/// A team in plain lists: what the tables hold, and what a replay of the ledger must give.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamParts {
    /// The team.
    pub id: TeamId,
    /// Its last ledger number.
    pub revision: u64,
    /// When its last entry was decided.
    pub last_at: Instant,
    /// Its settings.
    pub settings: Settings,
    /// The group that holds every rep.
    pub default_group: GroupId,
    /// Every rep who is or was in the team, by id.
    pub reps: Vec<RepParts>,
    /// What became of the leads of those who left.
    pub left: BTreeMap<RepId, LeadsOfRemoved>,
    /// Every group, deleted ones included, by id.
    pub groups: Vec<GroupParts>,
    /// Every campaign that was not deleted, by id.
    pub campaigns: Vec<CampaignParts>,
    /// Webhooks, by id.
    pub webhooks: Vec<Webhook>,
    /// The assistant's mailboxes, by id, removed ones left out.
    pub mailboxes: Vec<MailboxId>,
    /// Those who sign in, by id, removed ones left out.
    pub users: Vec<User>,
}

/// A rep, or one who left.
#[derive(Debug, Clone, PartialEq)]
pub struct RepParts {
    /// The rep.
    pub id: RepId,
    /// Absences, by id; kept after the rep has left. Shared, so that a large team is copied quickly.
    pub absences: Arc<[Absence]>,
    /// Whether they are in the team.
    pub standing: Standing,
}

/// Whether a rep is in the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A rep of the team.
    Present {
        /// Whether the ledger has said that the rep is away ([`crate::event::Event::RepAway`]).
        said_away: bool,
    },
    /// One who left.
    Left,
}

/// A period out of office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// The absence.
    pub id: AbsenceId,
    /// When.
    pub period: Period,
    /// As entered, if it was entered as days.
    pub dates: Option<Dates>,
    /// How it came about.
    pub source: AbsenceSource,
}

/// A group, or one that was deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupParts {
    /// The group.
    pub id: GroupId,
    /// Its name.
    pub name: Name,
    /// Members by place, ascending; empty once deleted.
    pub members: Arc<Vec<Member>>,
    /// The place that the next member gets.
    pub next_place: u64,
    /// The cursor that campaigns with `rotation: group` share.
    pub cursor: Cursor,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

/// A rep's place in a circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The place; never given twice in a group.
    pub place: u64,
    /// The rep.
    pub rep: RepId,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignParts {
    /// The campaign.
    pub id: CampaignId,
    /// What its people chose.
    pub settings: CampaignSettings,
    /// Where it stands.
    pub status: Status,
    /// When it is to launch; set while scheduled.
    pub launch_at: Option<Instant>,
    /// When it first ran.
    pub launched_at: Option<Instant>,
    /// Its own cursor.
    pub cursor: Cursor,
    /// How many of its leads wait, held ones included.
    pub waiting: u64,
    /// When it was made.
    pub created_at: Instant,
    /// How it writes to its leads, where it does. Shared, so that a large team is copied quickly.
    pub mail: Option<Arc<MailPlan>>,
}

/// A webhook, as far as decisions queue deliveries for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The webhook.
    pub id: WebhookId,
    /// What it is sent.
    pub events: Vec<WebhookEvent>,
}

/// A person who signs in, as far as rules go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    /// The user.
    pub id: UserId,
    /// What they may do.
    pub role: Role,
    /// The rep that a user with the role `rep` is, who may have left.
    pub rep: Option<RepId>,
}

/// A team in memory. Cloning is cheap: parts are shared until they change.
#[derive(Debug, Clone)]
pub struct Team {
    id: TeamId,
    revision: u64,
    last_at: Instant,
    settings: Arc<Settings>,
    default_group: GroupId,
    /// By id, those who left included.
    reps: Arc<Vec<RepParts>>,
    left: Rare<BTreeMap<RepId, LeadsOfRemoved>>,
    /// By id, deleted ones included.
    groups: Arc<Vec<Arc<Group>>>,
    /// By id.
    campaigns: Arc<Vec<Arc<CampaignParts>>>,
    webhooks: Rare<Vec<Webhook>>,
    mailboxes: Rare<Vec<MailboxId>>,
    users: Rare<Vec<User>>,
    /// How many leads wait in all campaigns.
    waiting: u64,
    is_service_due: bool,

    /// The instant that everything below is derived for.
    as_of: Instant,
    /// When which present rep's availability changes, after `as_of`: ascending, in one piece, since it is copied
    /// before it is changed.
    agenda: Rare<Vec<(Instant, RepId)>>,
    /// Present reps whose availability differs from what the ledger has said.
    unsaid: Rare<BTreeSet<RepId>>,
    /// Scheduled campaigns by launch instant.
    launches: Rare<BTreeSet<(Instant, CampaignId)>>,
}

/// A group with what is derived from its members' absences.
#[derive(Debug, Clone)]
struct Group {
    parts: GroupParts,
    circle: Arc<Circle>,
}

#[derive(Debug, Clone)]
struct Circle {
    /// The positions of the members available as of the team's derived instant.
    available: Positions,
    /// How many are available from that instant on.
    coverage: Coverage,
}

/// How a rep is away at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    /// Of the absences that cover the instant, the one that ends last.
    pub absence: AbsenceId,
    /// Its period.
    pub period: Period,
    /// When the rep is available again, all absences taken together; none while an end is open.
    pub back_at: Option<Instant>,
}

/// Who is next on a campaign's cursor, and why not others: changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// Where the cursor stands.
    pub cursor: Cursor,
    /// The members in circle order, at most as many as asked for; with the absence of those who are away.
    pub circle: Vec<(Member, Option<Away>)>,
    /// How many members there are.
    pub member_count: usize,
    /// Who gets the next leads, going round again to fill; empty when everybody is away.
    pub next: Vec<RepId>,
    /// How many leads wait on the cursor (those of the campaign, while it is paused).
    pub waiting: u64,
}

/// Gaps ahead that a warning lists at most: enough for a screen.
const WARNED_GAPS_MAX: usize = 10;

impl RepParts {
    /// Whether the rep is in the team.
    pub fn is_present(&self) -> bool {
        self.standing != Standing::Left
    }

    /// Whether the ledger has said that the rep, who is present, is away.
    pub fn is_said_away(&self) -> bool {
        self.standing == Standing::Present { said_away: true }
    }

    /// When the rep is away, all absences taken together.
    pub fn away(&self) -> Periods {
        if self.absences.is_empty() {
            return Periods::default();
        }
        self.absences.iter().map(|absence| absence.period).collect()
    }

    /// How the rep is away at `at`.
    pub fn away_at(&self, at: Instant) -> Option<Away> {
        let absence = self
            .absences
            .iter()
            .filter(|absence| absence.period.covers(at))
            .max_by_key(|absence| absence.period.end())?;
        let back_at = self.away().around(at).and_then(|period| period.until);
        Some(Away { absence: absence.id, period: absence.period, back_at })
    }

    /// Whether no absence covers `at`.
    pub fn is_available(&self, at: Instant) -> bool {
        !self.absences.iter().any(|absence| absence.period.covers(at))
    }
}

impl CampaignParts {
    /// Whether the campaign can still come to something (C1).
    pub fn is_active(&self) -> bool {
        self.status != Status::Cancelled
    }

    /// Whether the campaign has ever run (C5).
    pub fn is_started(&self) -> bool {
        matches!(self.status, Status::Running | Status::Paused)
    }

    /// Whose cursor its turns move (R2).
    pub fn cursor_key(&self) -> CursorKey {
        match self.settings.rotation {
            Rotation::Campaign => CursorKey::Campaign(self.id),
            Rotation::Group => CursorKey::Group(self.settings.group),
        }
    }
}

impl Team {
    /// The team.
    pub fn id(&self) -> TeamId {
        self.id
    }

    /// Its last ledger number.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// When its last entry was decided.
    pub fn last_at(&self) -> Instant {
        self.last_at
    }

    /// Its settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The group that holds every rep.
    pub fn default_group(&self) -> GroupId {
        self.default_group
    }

    /// Where events are sent.
    pub fn webhooks(&self) -> &[Webhook] {
        self.webhooks.get().map_or(&[], |webhooks| webhooks)
    }

    /// The assistant's mailboxes, by id.
    pub fn mailboxes(&self) -> &[MailboxId] {
        self.mailboxes.get().map_or(&[], |mailboxes| mailboxes)
    }

    /// Those who sign in, by id.
    pub fn users(&self) -> &[User] {
        self.users.get().map_or(&[], |users| users)
    }

    /// Where a rep stands among all who are or were in the team, by id. Only somebody who joins moves others.
    pub fn rep_index(&self, rep: RepId) -> Option<usize> {
        self.reps.binary_search_by_key(&rep, |parts| parts.id).ok()
    }

    /// Everybody who is or was in the team, by id.
    pub fn reps_ever(&self) -> impl ExactSizeIterator<Item = RepId> + '_ {
        self.reps.iter().map(|parts| parts.id)
    }

    /// A present rep.
    pub fn rep(&self, rep: RepId) -> Option<&RepParts> {
        self.rep_index(rep).map(|index| &self.reps[index]).filter(|parts| parts.is_present())
    }

    /// Present reps in the order in which they were added.
    pub fn reps(&self) -> impl Iterator<Item = &RepParts> + '_ {
        self.group(self.default_group)
            .into_iter()
            .flat_map(|group| group.members.iter())
            .filter_map(|member| self.rep(member.rep))
    }

    /// How many reps are present.
    pub fn rep_count(&self) -> usize {
        self.group(self.default_group).map_or(0, |group| group.members.len())
    }

    fn group_ever(&self, group: GroupId) -> Option<&Group> {
        let found = self.groups.binary_search_by_key(&group, |group| group.parts.id);
        found.ok().map(|index| &*self.groups[index])
    }

    /// A group that was not deleted.
    pub fn group(&self, group: GroupId) -> Option<&GroupParts> {
        self.group_ever(group).map(|group| &group.parts).filter(|parts| !parts.is_deleted)
    }

    /// The name of any group that ever was.
    pub fn group_name(&self, group: GroupId) -> Option<&Name> {
        self.group_ever(group).map(|group| &group.parts.name)
    }

    /// Groups that were not deleted, oldest first.
    pub fn groups(&self) -> impl Iterator<Item = &GroupParts> + '_ {
        self.groups.iter().map(|group| &group.parts).filter(|parts| !parts.is_deleted)
    }

    /// The groups that a rep is a member of, oldest first.
    pub fn groups_of(&self, rep: RepId) -> Vec<GroupId> {
        self.groups()
            .filter(|group| group.members.iter().any(|member| member.rep == rep))
            .map(|group| group.id)
            .collect()
    }

    /// A campaign that was not deleted.
    pub fn campaign(&self, campaign: CampaignId) -> Option<&CampaignParts> {
        let found = self.campaigns.binary_search_by_key(&campaign, |parts| parts.id);
        found.ok().map(|index| &*self.campaigns[index])
    }

    /// Campaigns that were not deleted, oldest first.
    pub fn campaigns(&self) -> impl Iterator<Item = &CampaignParts> + '_ {
        self.campaigns.iter().map(|campaign| &**campaign)
    }

    /// The active campaigns (not cancelled) of a group.
    pub fn used_by(&self, group: GroupId) -> Vec<&CampaignParts> {
        self.campaigns()
            .filter(|campaign| campaign.is_active() && campaign.settings.group == group)
            .collect()
    }

    /// The absence that keeps a present rep away at `at`.
    pub fn away(&self, rep: RepId, at: Instant) -> Option<Away> {
        self.rep(rep).and_then(|rep| rep.away_at(at))
    }

    /// Whether a rep is present in the team and not absent at `at`.
    pub fn is_available(&self, rep: RepId, at: Instant) -> bool {
        self.rep(rep).is_some_and(|rep| rep.is_available(at))
    }

    /// Who owns what `owner` owned: themselves, or the rep at the end of the transfers; none when released (G5).
    pub fn resolve_owner(&self, owner: RepId) -> Option<RepId> {
        let mut at = owner;
        // A transfer goes to a rep who is present then, so a chain is never longer than the reps that ever were.
        for _ in 0..=self.reps.len() {
            match self.left.get().and_then(|left| left.get(&at)) {
                None => return self.rep(at).map(|rep| rep.id),
                Some(LeadsOfRemoved::Released) => return None,
                Some(LeadsOfRemoved::TransferredTo(to)) => at = *to,
            }
        }
        None
    }

    /// Every rep, present or removed, whose leads belong to `rep` now; `rep` first.
    pub fn reps_resolving_to(&self, rep: RepId) -> Vec<RepId> {
        let mut all = vec![rep];
        let mut looked_at = 0;
        while let Some(&to) = all.get(looked_at) {
            let left = self.left.get().into_iter().flatten();
            let transferred = LeadsOfRemoved::TransferredTo(to);
            all.extend(left.filter(|(_, leads)| **leads == transferred).map(|(from, _)| *from));
            looked_at += 1;
        }
        all
    }

    /// Where a cursor stands; fresh for one that is not known.
    pub fn cursor(&self, key: CursorKey) -> Cursor {
        match key {
            CursorKey::Campaign(campaign) => self.campaign(campaign).map(|parts| parts.cursor),
            CursorKey::Group(group) => self.group_ever(group).map(|group| group.parts.cursor),
        }
        .unwrap_or_default()
    }

    /// The group whose circle a cursor goes round.
    pub fn group_of_cursor(&self, key: CursorKey) -> Option<GroupId> {
        match key {
            CursorKey::Campaign(campaign) => {
                self.campaign(campaign).map(|parts| parts.settings.group)
            }
            CursorKey::Group(group) => Some(group),
        }
    }

    /// How many leads of running campaigns wait on a cursor.
    pub fn backlog(&self, key: CursorKey) -> u64 {
        if self.waiting == 0 {
            return 0;
        }
        let runs = |campaign: &&CampaignParts| campaign.status == Status::Running;
        match key {
            CursorKey::Campaign(campaign) => {
                self.campaign(campaign).filter(runs).map_or(0, |parts| parts.waiting)
            }
            CursorKey::Group(_) => self
                .campaigns()
                .filter(runs)
                .filter(|campaign| campaign.cursor_key() == key)
                .map(|campaign| campaign.waiting)
                .sum(),
        }
    }

    /// The cursors on which leads of running campaigns wait.
    pub fn cursors_with_backlog(&self) -> Vec<CursorKey> {
        if self.waiting == 0 {
            return Vec::new();
        }
        let keys: BTreeSet<_> = self
            .campaigns()
            .filter(|campaign| campaign.status == Status::Running && campaign.waiting > 0)
            .map(CampaignParts::cursor_key)
            .collect();
        keys.into_iter().collect()
    }

    /// Whether leads wait that something has happened to since they were last looked at: somebody came back, an owner
    /// changed, a campaign resumed. Set by [`Self::apply`] and by loading.
    pub fn is_service_due(&self) -> bool {
        self.is_service_due
    }

    /// Says that every cursor with a backlog was served to its end.
    pub fn service_done(&mut self) {
        self.is_service_due = false;
    }

    /// The next turn on a cursor as of [`Self::as_of`], leaving a rep out.
    pub fn next_turn(&self, key: CursorKey, except: Option<RepId>) -> Option<Turn> {
        let group = self.group_ever(self.group_of_cursor(key)?)?;
        let available = &group.circle.available;
        rotation::next_turn(&group.parts.members, available, self.cursor(key), except)
    }

    /// Whether somebody could take a turn on this cursor as of [`Self::as_of`].
    pub fn can_take_turns(&self, key: CursorKey) -> bool {
        self.group_of_cursor(key).is_some_and(|group| self.has_anybody(group))
    }

    /// Whether somebody in a group is available as of [`Self::as_of`].
    pub fn has_anybody(&self, group: GroupId) -> bool {
        self.group_ever(group).is_some_and(|group| !group.circle.available.is_empty())
    }

    /// How many of a group are available at an instant not before [`Self::as_of`].
    pub fn available_at(&self, group: GroupId, at: Instant) -> u32 {
        self.group_ever(group).map_or(0, |group| group.circle.coverage.at(at))
    }

    pub(crate) fn coverage(&self, group: GroupId) -> Option<&Coverage> {
        self.group_ever(group).map(|group| &group.circle.coverage)
    }

    /// When nobody in a group is available, from [`Self::as_of`] on.
    pub fn gaps_ahead(&self, group: GroupId) -> Periods {
        let ahead = Periods::since(self.as_of);
        self.coverage(group).map_or(ahead.clone(), |coverage| coverage.periods_with(0, &ahead))
    }

    /// Who is next on a campaign's cursor, as of [`Self::as_of`].
    pub fn queue(&self, campaign: CampaignId, next: usize, circle_max: usize) -> Option<Queue> {
        let campaign = self.campaign(campaign)?;
        let key = campaign.cursor_key();
        let group = self.group_ever(campaign.settings.group)?;
        let members = &group.parts.members;
        let circle = members.iter().take(circle_max);
        let mut cursor = self.cursor(key);
        let turns = std::iter::from_fn(|| {
            let turn = rotation::next_turn(members, &group.circle.available, cursor, None)?;
            cursor = turn.cursor;
            turn.cursor.rep
        });
        Some(Queue {
            cursor: self.cursor(key),
            circle: circle.map(|&member| (member, self.away(member.rep, self.as_of))).collect(),
            member_count: members.len(),
            next: turns.take(next).collect(),
            waiting: match campaign.status {
                Status::Running => self.backlog(key),
                Status::Draft | Status::Scheduled | Status::Paused | Status::Cancelled => {
                    campaign.waiting
                }
            },
        })
    }

    /// Cautions about a campaign's group (C4), as of [`Self::as_of`]: nobody there now, or gaps that lie ahead.
    pub fn group_warnings(&self, group: GroupId) -> Vec<Warning> {
        let Some(name) = self.group_name(group).map(ToString::to_string) else {
            return Vec::new();
        };
        let mut gaps: Vec<Period> =
            self.gaps_ahead(group).iter().take(WARNED_GAPS_MAX + 1).collect();
        let mut warnings = Vec::new();
        if gaps.first().is_some_and(|gap| gap.covers(self.as_of)) {
            gaps.remove(0);
            warnings.push(Warning::NobodyAvailable { group, group_name: name.clone() });
        }
        gaps.truncate(WARNED_GAPS_MAX);
        if !gaps.is_empty() {
            warnings.push(Warning::FutureGap { group, group_name: name, gaps });
        }
        warnings
    }

    /// Warnings that a read of a campaign carries: why a launch that is due has not happened (C4).
    pub fn campaign_warnings(&self, campaign: &CampaignParts) -> Vec<Warning> {
        let group = campaign.settings.group;
        let is_overdue = campaign.status == Status::Scheduled
            && campaign.launch_at.is_some_and(|launch_at| launch_at <= self.as_of);
        if !is_overdue || self.has_anybody(group) {
            return Vec::new();
        }
        let group_name = self.group_name(group).map(ToString::to_string).unwrap_or_default();
        vec![Warning::NobodyAvailable { group, group_name }]
    }
}
