//! The rules once more, as simple as possible: plain lists, searched from the front. Follows the ledger entry by entry
//! and objects to whatever the rules do not allow.

use std::collections::BTreeMap;

use rondo_core::event::{
    CampaignSettings, Cursor, CursorKey, Decision, LeadsOfRemoved, Outcome, OwnerSet, OwnerSource,
    PassedOverReason, Reason, Rotation, WhenOwnerIsOut,
};
use rondo_core::ids::{
    AbsenceId, AssignmentId, CampaignId, ConversationId, GroupId, LeadId, RepId,
};
use rondo_core::team::Status;
use rondo_core::{Entry, Event, Instant, Period};

#[derive(Debug, Clone, Default)]
pub struct Rep {
    pub absences: BTreeMap<AbsenceId, Period>,
    pub said_away: bool,
    pub removed: Option<LeadsOfRemoved>,
}

#[derive(Debug, Clone, Default)]
pub struct Group {
    /// By place.
    pub members: BTreeMap<u64, RepId>,
    cursor: u64,
}

#[derive(Debug, Clone)]
pub struct Campaign {
    pub settings: CampaignSettings,
    pub status: Status,
    pub launch_at: Option<Instant>,
    cursor: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub since: u64,
    pub campaign: CampaignId,
    pub conversation: ConversationId,
    pub lead: LeadId,
}

/// A team as the ledger tells it.
#[derive(Debug, Clone, Default)]
pub struct Naive {
    pub now: Instant,
    pub reps: BTreeMap<RepId, Rep>,
    pub groups: BTreeMap<GroupId, Group>,
    pub campaigns: BTreeMap<CampaignId, Campaign>,
    /// In order of arrival.
    pub waiting: Vec<Waiting>,
    default_group: Option<GroupId>,
    owners: BTreeMap<LeadId, (RepId, OwnerSource)>,
    conversation_of: BTreeMap<(CampaignId, LeadId), ConversationId>,
    standing: BTreeMap<ConversationId, (AssignmentId, RepId)>,
    routed_rep_becomes_owner: bool,
}

impl Naive {
    pub fn of(ledger: &[Entry]) -> Self {
        let mut naive = Self { routed_rep_becomes_owner: true, ..Self::default() };
        for (n, entry) in (1..).zip(ledger) {
            assert_eq!(entry.n, n, "the ledger has no gap");
            assert!(entry.at >= naive.now, "entry {n} is earlier than the one before");
            naive.now = entry.at;
            naive.follow(entry);
        }
        naive
    }

    fn follow(&mut self, entry: &Entry) {
        let n = entry.n;
        match &entry.event {
            Event::TeamCreated { default_group, .. } => {
                self.default_group = Some(*default_group);
                self.groups.insert(*default_group, Group::default());
            }
            Event::SettingsChanged { settings } => {
                self.routed_rep_becomes_owner = settings.routed_rep_becomes_owner;
            }
            Event::RepAdded { rep, place, .. } => {
                self.reps.insert(*rep, Rep::default());
                let group = self.groups.get_mut(&self.default_group.unwrap()).unwrap();
                add_last(group, *place, *rep);
            }
            Event::RepRemoved { rep, leads } => {
                let before = self.clone();
                for group in self.groups.values_mut() {
                    group.members.retain(|_, member| member != rep);
                }
                self.reps.get_mut(rep).unwrap().removed = Some(*leads);
                self.check_guard(n, &before);
            }
            Event::AbsenceAdded { absence, rep, period, .. }
            | Event::AbsenceChanged { absence, rep, period, .. } => {
                let before = self.clone();
                self.reps.get_mut(rep).unwrap().absences.insert(*absence, *period);
                self.check_guard(n, &before);
            }
            Event::AbsenceRemoved { absence, rep } => {
                self.reps.get_mut(rep).unwrap().absences.remove(absence).expect("it was there");
            }
            Event::RepAway { rep, .. } => {
                assert!(!self.is_available(*rep), "{n}: the rep is away");
                assert!(!std::mem::replace(&mut self.reps.get_mut(rep).unwrap().said_away, true));
            }
            Event::RepBack { rep } => {
                assert!(self.is_available(*rep), "{n}: the rep is back");
                assert!(std::mem::replace(&mut self.reps.get_mut(rep).unwrap().said_away, false));
            }
            Event::GroupCreated { group, reps, .. } => {
                assert!(!reps.is_empty(), "{n}: G1");
                let members = (1..).zip(reps.iter().copied()).collect();
                self.groups.insert(*group, Group { members, cursor: 0 });
            }
            Event::GroupDeleted { group } => {
                let is_used = self.active().any(|campaign| campaign.settings.group == *group);
                assert!(!is_used, "{n}: G3");
                self.groups.get_mut(group).unwrap().members.clear();
            }
            Event::MemberAdded { group, rep, place } => {
                add_last(self.groups.get_mut(group).unwrap(), *place, *rep);
            }
            Event::MemberRemoved { group, rep } => {
                let before = self.clone();
                let group = self.groups.get_mut(group).unwrap();
                group.members.retain(|_, member| member != rep);
                assert!(!group.members.is_empty(), "{n}: G1");
                self.check_guard(n, &before);
            }
            Event::CampaignCreated { campaign, settings, .. } => {
                let (settings, status) = (settings.clone(), Status::Draft);
                let made = Campaign { settings, status, launch_at: None, cursor: 0 };
                self.campaigns.insert(*campaign, made);
            }
            Event::CampaignChanged { campaign, settings } => {
                let campaign = self.campaigns.get_mut(campaign).unwrap();
                let old = std::mem::replace(&mut campaign.settings, settings.clone());
                if (old.group, old.rotation) != (settings.group, settings.rotation) {
                    let is_begun = matches!(campaign.status, Status::Running | Status::Paused);
                    assert!(!is_begun, "{n}: C5, R2");
                    campaign.cursor = 0;
                }
            }
            Event::CampaignScheduled { campaign, launch_at } => {
                self.move_to(*campaign, Status::Scheduled).launch_at = Some(*launch_at);
            }
            Event::CampaignLaunched { campaign } => {
                let Campaign { settings, launch_at, .. } = &self.campaigns[campaign];
                let since = launch_at.map_or(self.now, |at| at.min(self.now));
                assert!(self.had_anybody(settings.group, since), "{n}: C4");
                self.move_to(*campaign, Status::Running);
            }
            Event::CampaignPaused { campaign } => {
                self.move_to(*campaign, Status::Paused);
            }
            Event::CampaignResumed { campaign } => {
                self.move_to(*campaign, Status::Running);
            }
            Event::CampaignCancelled { campaign } => {
                self.move_to(*campaign, Status::Cancelled);
                self.waiting.retain(|row| row.campaign != *campaign);
            }
            Event::CampaignDeleted { campaign } => {
                let gone = self.campaigns.remove(campaign).unwrap();
                assert_eq!(gone.status, Status::Draft, "{n}: C2");
            }
            Event::LeadsAdded { leads, .. } => {
                for lead in leads {
                    if let Some(owner) = lead.owner {
                        self.owners.insert(lead.lead, (owner, OwnerSource::PreAssigned));
                    }
                }
            }
            Event::LeadChanged { lead, owner } => match owner {
                Some(OwnerSet::To(rep)) => {
                    self.owners.insert(*lead, (*rep, OwnerSource::PreAssigned));
                }
                Some(OwnerSet::Cleared) => {
                    self.owners.remove(lead);
                }
                None => {}
            },
            Event::LeadErased { lead, .. } => {
                self.owners.remove(lead);
                self.waiting.retain(|row| row.lead != *lead);
            }
            Event::Qualified { campaign, conversation, lead, owner, outcome, .. } => {
                if let Some(owner) = owner {
                    self.owners.insert(*lead, (*owner, OwnerSource::PreAssigned));
                }
                let waits = self.waiting.iter().any(|row| row.conversation == *conversation);
                let is_new = !waits && !self.standing.contains_key(conversation);
                assert!(is_new, "{n}: R7, the conversation is qualified already");
                let known =
                    *self.conversation_of.entry((*campaign, *lead)).or_insert(*conversation);
                assert_eq!(
                    known, *conversation,
                    "{n}: R7, one conversation of a lead in a campaign"
                );
                let row = Waiting {
                    since: n,
                    campaign: *campaign,
                    conversation: *conversation,
                    lead: *lead,
                };
                self.follow_outcome(row, outcome);
            }
            Event::WaitingAssigned { campaign, conversation, lead, waiting_since, decision } => {
                let row = Waiting {
                    since: *waiting_since,
                    campaign: *campaign,
                    conversation: *conversation,
                    lead: *lead,
                };
                assert!(self.waiting.contains(&row), "{n}: the lead waits");
                if decision.reason == Reason::Turn {
                    let first = self.line(self.cursor_key(*campaign)).next();
                    assert_eq!(first, Some(row), "{n}: R9, strictly in order of arrival");
                }
                self.waiting.retain(|waiting| *waiting != row);
                self.follow_decision(n, row, decision);
            }
            Event::Reassigned { conversation, lead, from, decision, campaign } => {
                let (standing, present) = self.standing[conversation];
                assert_eq!(*from, standing, "{n}: what is passed on stands");
                let key = self.cursor_key(*campaign);
                let group = self.campaigns[campaign].settings.group;
                match decision.reason {
                    Reason::Turn => {
                        let next = self.next_after(group, self.cursor(key), Some(present));
                        self.check_turn(n, key, decision, next);
                    }
                    Reason::Manual => self.check_no_turn(n, key, decision),
                    Reason::Owner | Reason::Transfer => panic!("{n}: a person passes leads on"),
                }
                self.standing.insert(*conversation, (decision.assignment, decision.rep));
                if decision.becomes_owner {
                    self.owners.insert(*lead, (decision.rep, OwnerSource::Routed));
                }
            }
            Event::UserAdded { .. }
            | Event::UserRemoved { .. }
            | Event::RepChanged { .. }
            | Event::GroupRenamed { .. }
            | Event::KeyCreated { .. }
            | Event::KeyRevoked { .. }
            | Event::WebhookAdded { .. }
            | Event::WebhookRemoved { .. } => {}
            Event::MailboxAdded { .. }
            | Event::MailboxChanged { .. }
            | Event::MailboxRemoved { .. }
            | Event::MessagesSet { .. }
            | Event::QualifierSet { .. }
            | Event::MailQueued { .. }
            | Event::StepHeld { .. }
            | Event::MessageReceived { .. }
            | Event::MessageReleased { .. }
            | Event::MessageClosed { .. }
            | Event::Reviewed { .. }
            | Event::SentToReview { .. }
            | Event::Suppressed { .. }
            | Event::SuppressionLifted { .. }
            | Event::TakenOver { .. }
            | Event::RepNotAwaited { .. } => panic!("{n}: no campaign of the month writes mail"),
        }
    }

    fn follow_outcome(&mut self, row: Waiting, outcome: &Outcome) {
        let n = row.since;
        let campaign = &self.campaigns[&row.campaign];
        let key = self.cursor_key(row.campaign);
        match outcome {
            Outcome::Assigned(decision) => {
                assert_eq!(campaign.status, Status::Running, "{n}: C7");
                if decision.reason == Reason::Turn {
                    assert_eq!(self.line(key).next(), None, "{n}: R9, others wait already");
                }
                self.follow_decision(n, row, decision);
            }
            Outcome::Waiting { cursor, held } => {
                assert_eq!(*cursor, key, "{n}: the campaign's cursor");
                assert_eq!(*held, campaign.status == Status::Paused, "{n}: C7");
                if !held {
                    assert_eq!(self.usable_owner(row), None, "{n}: R9, owners' leads pass");
                    let is_first = self.line(key).next().is_none();
                    let group = campaign.settings.group;
                    let is_anybody = self.next_after(group, 0, None).is_some();
                    assert!(!(is_first && is_anybody), "{n}: somebody could have taken it");
                }
                self.waiting.push(row);
            }
        }
    }

    fn follow_decision(&mut self, n: u64, row: Waiting, decision: &Decision) {
        let key = self.cursor_key(row.campaign);
        let group = self.campaigns[&row.campaign].settings.group;
        assert_eq!(decision.group, group, "{n}");
        match (self.usable_owner(row), decision.reason) {
            (Some(owner), Reason::Owner | Reason::Transfer) => {
                assert_eq!(decision.rep, owner, "{n}: R6, R8");
                self.check_no_turn(n, key, decision);
            }
            (None, Reason::Turn) => {
                let next = self.next_after(group, self.cursor(key), None);
                self.check_turn(n, key, decision, next);
            }
            other => panic!("{n}: R6, R8: {other:?}"),
        }
        let known = self.standing.insert(row.conversation, (decision.assignment, decision.rep));
        assert_eq!(known, None, "{n}: R7");
        if decision.becomes_owner {
            assert!(self.routed_rep_becomes_owner, "{n}: R8");
            let before = self.owners.insert(row.lead, (decision.rep, OwnerSource::Routed));
            let is_replaced = before.is_some_and(|(owner, source)| {
                source == OwnerSource::PreAssigned && self.resolved(owner).is_some()
            });
            assert!(!is_replaced, "{n}: R8, a routed owner never replaces a pre-assigned one");
        }
    }

    fn check_turn(
        &mut self,
        n: u64,
        key: CursorKey,
        decision: &Decision,
        next: Option<(u64, RepId)>,
    ) {
        let (place, rep) = next.unwrap_or_else(|| panic!("{n}: nobody can take a turn"));
        assert_eq!(decision.cursor_before.place, self.cursor(key), "{n}: R2, R5");
        assert_eq!(decision.rep, rep, "{n}: R3");
        assert_eq!(decision.cursor_after, Cursor { place, rep: Some(rep) }, "{n}: R3");
        for passed in &decision.passed_over {
            match passed.reason {
                PassedOverReason::OutOfOffice { .. } => {
                    assert!(!self.is_available(passed.rep), "{n}: R11");
                }
                PassedOverReason::HadThisLead => {}
            }
        }
        *self.cursor_mut(key) = place;
    }

    fn check_no_turn(&self, n: u64, key: CursorKey, decision: &Decision) {
        assert_eq!(decision.cursor_before, decision.cursor_after, "{n}: R6, R10");
        assert_eq!(decision.cursor_before.place, self.cursor(key), "{n}: R6");
    }

    /// The rows on a cursor that are not held, oldest first.
    pub fn line(&self, key: CursorKey) -> impl Iterator<Item = Waiting> + '_ {
        self.waiting.iter().copied().filter(move |row| {
            self.campaigns[&row.campaign].status == Status::Running
                && self.cursor_key(row.campaign) == key
        })
    }

    pub fn cursor_key(&self, campaign: CampaignId) -> CursorKey {
        match &self.campaigns[&campaign].settings {
            settings if settings.rotation == Rotation::Group => CursorKey::Group(settings.group),
            _ => CursorKey::Campaign(campaign),
        }
    }

    fn cursor(&self, key: CursorKey) -> u64 {
        match key {
            CursorKey::Campaign(campaign) => self.campaigns[&campaign].cursor,
            CursorKey::Group(group) => self.groups[&group].cursor,
        }
    }

    fn cursor_mut(&mut self, key: CursorKey) -> &mut u64 {
        match key {
            CursorKey::Campaign(campaign) => &mut self.campaigns.get_mut(&campaign).unwrap().cursor,
            CursorKey::Group(group) => &mut self.groups.get_mut(&group).unwrap().cursor,
        }
    }

    /// R3: the first available member after a place, going round.
    pub fn next_after(
        &self,
        group: GroupId,
        place: u64,
        except: Option<RepId>,
    ) -> Option<(u64, RepId)> {
        let members = &self.groups[&group].members;
        let behind = members.range(place + 1..);
        let in_front = members.range(..=place);
        behind
            .chain(in_front)
            .map(|(place, rep)| (*place, *rep))
            .find(|(_, rep)| self.is_available(*rep) && Some(*rep) != except)
    }

    /// Whether somebody of a group was there at some instant from `since` to now (O1).
    fn had_anybody(&self, group: GroupId, since: Instant) -> bool {
        self.groups[&group].members.values().any(|rep| {
            let ends = self.reps[rep].absences.values().filter_map(|period| period.until);
            let returns = ends.filter(|end| since < *end && *end <= self.now);
            returns.chain([since]).any(|at| self.is_available_at(*rep, at))
        })
    }

    pub fn is_available(&self, rep: RepId) -> bool {
        self.is_available_at(rep, self.now)
    }

    fn is_available_at(&self, rep: RepId, at: Instant) -> bool {
        let rep = &self.reps[&rep];
        rep.removed.is_none() && !rep.absences.values().any(|period| period.covers(at))
    }

    /// Who owns what a rep owned (G5).
    fn resolved(&self, owner: RepId) -> Option<RepId> {
        match self.reps[&owner].removed {
            None => Some(owner),
            Some(LeadsOfRemoved::Released) => None,
            Some(LeadsOfRemoved::TransferredTo(heir)) => self.resolved(heir),
        }
    }

    /// R6, R8: the owner who takes a lead without a turn.
    pub fn usable_owner(&self, row: Waiting) -> Option<RepId> {
        let (owner, source) = self.owners.get(&row.lead)?;
        let owner = self.resolved(*owner)?;
        let when_out = self.campaigns[&row.campaign].settings.when_owner_is_out;
        let is_usable = match source {
            OwnerSource::PreAssigned => {
                when_out == WhenOwnerIsOut::Owner || self.is_available(owner)
            }
            OwnerSource::Routed => self.routed_rep_becomes_owner && self.is_available(owner),
        };
        is_usable.then_some(owner)
    }

    pub fn active(&self) -> impl Iterator<Item = &Campaign> + '_ {
        self.campaigns.values().filter(|campaign| campaign.status != Status::Cancelled)
    }

    /// O3: for the group of each active campaign, and the default group while there is one, somebody is available
    /// wherever somebody was before. Looked at wherever anything begins or ends.
    fn check_guard(&self, n: u64, before: &Self) {
        let mut watched: Vec<_> = before.active().map(|campaign| campaign.settings.group).collect();
        if !watched.is_empty() {
            watched.extend(before.default_group);
        }
        let mut moments = self.moments();
        moments.extend(before.moments());
        for group in watched {
            for at in &moments {
                let is_left = before.has_anybody(group, *at) && !self.has_anybody(group, *at);
                assert!(!is_left, "{n}: O3, nobody is left in {group} at {at}");
            }
        }
    }

    fn has_anybody(&self, group: GroupId, at: Instant) -> bool {
        self.groups[&group].members.values().any(|rep| self.is_available_at(*rep, at))
    }

    /// Now, and every instant to come at which an absence begins or ends.
    fn moments(&self) -> Vec<Instant> {
        let periods = self.reps.values().flat_map(|rep| rep.absences.values());
        let changes = periods.flat_map(|period| [Some(period.from), period.until]).flatten();
        std::iter::once(self.now).chain(changes.filter(|at| *at > self.now)).collect()
    }

    fn move_to(&mut self, campaign: CampaignId, status: Status) -> &mut Campaign {
        let campaign = self.campaigns.get_mut(&campaign).unwrap();
        let from = std::mem::replace(&mut campaign.status, status);
        let is_allowed = matches!(
            (from, status),
            (Status::Draft | Status::Scheduled, Status::Scheduled | Status::Running)
                | (Status::Running, Status::Paused)
                | (Status::Paused, Status::Running)
                | (
                    Status::Draft | Status::Scheduled | Status::Running | Status::Paused,
                    Status::Cancelled
                )
        );
        assert!(is_allowed, "C1: from {from} to {status}");
        campaign
    }
}

fn add_last(group: &mut Group, place: u64, rep: RepId) {
    assert!(group.members.keys().all(|known| *known < place), "R1: at the end of the circle");
    group.members.insert(place, rep);
}
