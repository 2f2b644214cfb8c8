//! A team as the rules see it: reps, absences, groups, campaigns and cursors, and nothing that grows with the leads.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::event::{
    AbsenceSource, CampaignSettings, Cursor, CursorKey, Dates, Entry, LeadsOfRemoved, Settings,
    WebhookEvent,
};
use crate::ids::{AbsenceId, CampaignId, GroupId, RepId, TeamId, WebhookId};
use crate::time::{Instant, Period};

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
    /// Every group, deleted ones included, by id.
    pub groups: Vec<GroupParts>,
    /// Every campaign that was not deleted, by id.
    pub campaigns: Vec<CampaignParts>,
    /// Webhooks, by id.
    pub webhooks: Vec<Webhook>,
}

/// A rep, or one who left.
#[derive(Debug, Clone, PartialEq)]
pub struct RepParts {
    /// The rep.
    pub id: RepId,
    /// When they were added.
    pub added_at: Instant,
    /// Absences, by id; kept after the rep has left.
    pub absences: Vec<Absence>,
    /// Whether the ledger has said that the rep is away ([`crate::event::Event::RepAway`]).
    pub said_away: bool,
    /// For a rep who left: what became of their leads.
    pub removed: Option<LeadsOfRemoved>,
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
    pub name: crate::text::Name,
    /// Members by place, ascending; empty once deleted.
    pub members: Vec<Member>,
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
}

/// A webhook, as far as decisions queue deliveries for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The webhook.
    pub id: WebhookId,
    /// What it is sent.
    pub events: Vec<WebhookEvent>,
}

/// A team in memory. Cloning is cheap: parts are shared until they change.
#[derive(Debug, Clone)]
pub struct Team {
    parts: TeamParts,
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

/// SKELETON: bodies are being written; signatures stand.
#[allow(missing_docs, unused_variables, clippy::unimplemented)]
impl Team {
    /// A team from the first entry of its ledger.
    pub fn found(id: TeamId, first: &Entry) -> Self {
        unimplemented!()
    }
    /// A team from its tables, with availability as of `now`.
    pub fn from_parts(parts: TeamParts, now: Instant) -> Self {
        unimplemented!()
    }
    /// The same in plain lists.
    pub fn to_parts(&self) -> TeamParts {
        unimplemented!()
    }
    /// Follows an entry: `entry.n` must be the revision plus one.
    pub fn apply(&mut self, entry: &Entry) {
        unimplemented!()
    }
    /// Brings what is derived from the clock (who is available) to `now`.
    pub fn advance(&mut self, now: Instant) {
        unimplemented!()
    }
    pub fn id(&self) -> TeamId {
        unimplemented!()
    }
    pub fn revision(&self) -> u64 {
        unimplemented!()
    }
    pub fn last_at(&self) -> Instant {
        unimplemented!()
    }
    pub fn settings(&self) -> &Settings {
        unimplemented!()
    }
    pub fn default_group(&self) -> GroupId {
        unimplemented!()
    }
    pub fn webhooks(&self) -> &[Webhook] {
        unimplemented!()
    }
    /// A present rep.
    pub fn rep(&self, rep: RepId) -> Option<&RepParts> {
        unimplemented!()
    }
    /// Present reps in the order in which they were added.
    pub fn reps(&self) -> impl Iterator<Item = &RepParts> + '_ {
        self.parts.reps.iter()
    }
    pub fn rep_count(&self) -> usize {
        unimplemented!()
    }
    /// A group that was not deleted.
    pub fn group(&self, group: GroupId) -> Option<&GroupParts> {
        unimplemented!()
    }
    /// The name of any group that ever was.
    pub fn group_name(&self, group: GroupId) -> Option<&crate::text::Name> {
        unimplemented!()
    }
    /// Groups that were not deleted, oldest first.
    pub fn groups(&self) -> impl Iterator<Item = &GroupParts> + '_ {
        self.parts.groups.iter()
    }
    /// The live groups that a rep is a member of, oldest first.
    pub fn groups_of(&self, rep: RepId) -> Vec<GroupId> {
        unimplemented!()
    }
    pub fn campaign(&self, campaign: CampaignId) -> Option<&CampaignParts> {
        unimplemented!()
    }
    pub fn campaigns(&self) -> impl Iterator<Item = &CampaignParts> + '_ {
        self.parts.campaigns.iter()
    }
    /// The active campaigns (not cancelled) of a group.
    pub fn used_by(&self, group: GroupId) -> Vec<&CampaignParts> {
        unimplemented!()
    }
    pub fn cursor_key(&self, campaign: &CampaignParts) -> CursorKey {
        unimplemented!()
    }
    /// The absence that keeps a present rep away at `at`.
    pub fn away(&self, rep: RepId, at: Instant) -> Option<Away> {
        unimplemented!()
    }
    pub fn is_available(&self, rep: RepId, at: Instant) -> bool {
        unimplemented!()
    }
    /// Who owns what `owner` owned: themselves, or the rep at the end of the transfers; none when released.
    pub fn resolve_owner(&self, owner: RepId) -> Option<RepId> {
        unimplemented!()
    }
    /// Every rep, present or removed, whose leads belong to `rep` now; `rep` first.
    pub fn reps_resolving_to(&self, rep: RepId) -> Vec<RepId> {
        unimplemented!()
    }
    /// The earliest instant at which [`crate::Command::Tick`] or [`crate::Command::ServeWaiting`] has something to do;
    /// not after now when it has something to do at once.
    pub fn next_due(&self) -> Option<Instant> {
        unimplemented!()
    }
    /// The cursors on which leads wait, of running campaigns.
    pub fn cursors_with_backlog(&self) -> Vec<CursorKey> {
        unimplemented!()
    }
    /// Whether leads wait that something has happened to since they were last looked at: somebody came back, an owner
    /// changed, a campaign resumed. Set by `apply`, and by loading; cleared by the caller once they were served.
    pub fn is_service_due(&self) -> bool {
        unimplemented!()
    }
    pub fn service_done(&mut self) {
        unimplemented!()
    }
    /// Whether somebody could take a turn on this cursor at `now`.
    pub fn can_take_turns(&self, cursor: CursorKey, now: Instant) -> bool {
        unimplemented!()
    }
    pub fn queue(
        &self,
        campaign: CampaignId,
        next: usize,
        circle_max: usize,
        now: Instant,
    ) -> Option<Queue> {
        unimplemented!()
    }
    /// Warnings that a read of a campaign carries (C4).
    pub fn campaign_warnings(
        &self,
        campaign: &CampaignParts,
        now: Instant,
    ) -> Vec<crate::refusal::Warning> {
        unimplemented!()
    }
    /// Bytes held, roughly: what the cache counts.
    pub fn bytes(&self) -> usize {
        unimplemented!()
    }
}

const _: fn(WebhookEvent, LeadsOfRemoved) = |_, _| {};
