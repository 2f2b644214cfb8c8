//! A team from plain lists and back: how it is loaded from its tables, and how two teams are compared.

use super::*;
use crate::event::Entry;

impl Team {
    /// A team from the first entry of its ledger; none if that is not what begins a ledger.
    pub fn found(id: TeamId, first: &Entry) -> Option<Self> {
        let crate::Event::TeamCreated { name, default_group } = &first.event else { return None };
        let default = GroupParts {
            id: *default_group,
            name: default_group_name(),
            members: Arc::default(),
            next_place: 1,
            cursor: Cursor::default(),
            is_deleted: false,
        };
        let parts = TeamParts {
            id,
            revision: first.n,
            last_at: first.at,
            settings: Settings {
                name: name.clone(),
                routed_rep_becomes_owner: true,
                reminder_after_working_hours: 24,
                time_zone: "UTC".to_owned(),
                handover_template: None,
            },
            default_group: *default_group,
            reps: Vec::new(),
            left: BTreeMap::new(),
            groups: vec![default],
            campaigns: Vec::new(),
            webhooks: Vec::new(),
            mailboxes: Vec::new(),
            users: Vec::new(),
        };
        Some(Self::from_parts(parts, first.at))
    }

    /// A team from its tables, with availability as of `now` (its last entry at the earliest).
    pub fn from_parts(mut parts: TeamParts, now: Instant) -> Self {
        let as_of = now.max(parts.last_at);
        parts.reps.sort_by_key(|rep| rep.id);
        parts.groups.sort_by_key(|group| group.id);
        parts.campaigns.sort_by_key(|campaign| campaign.id);
        parts.webhooks.sort_by_key(|webhook| webhook.id);
        parts.mailboxes.sort_unstable();
        parts.users.sort_by_key(|user| user.id);
        let waiting = parts.campaigns.iter().map(|campaign| campaign.waiting).sum();
        let mut team = Self {
            id: parts.id,
            revision: parts.revision,
            last_at: parts.last_at,
            settings: Arc::new(parts.settings),
            default_group: parts.default_group,
            reps: fitted(parts.reps.into_iter().map(|rep| RepParts {
                absences: if rep.absences.is_empty() { Arc::default() } else { rep.absences },
                ..rep
            })),
            left: parts.left.into_iter().collect(),
            groups: Arc::default(),
            campaigns: fitted(parts.campaigns.into_iter().map(Arc::new)),
            webhooks: parts.webhooks.into_iter().collect(),
            mailboxes: parts.mailboxes.into_iter().collect(),
            users: parts.users.into_iter().collect(),
            waiting,
            is_service_due: waiting > 0,
            as_of,
            agenda: Rare::default(),
            unsaid: Rare::default(),
            launches: Rare::default(),
        };
        team.groups = fitted(parts.groups.into_iter().map(|mut parts| {
            if parts.members.capacity() > parts.members.len() {
                parts.members = fitted(parts.members.iter().copied());
            }
            let circle = Arc::new(team.circle_of(&parts.members));
            Arc::new(Group { parts, circle })
        }));
        team.derive();
        team
    }

    /// Fills what is derived from reps and campaigns.
    fn derive(&mut self) {
        let as_of = self.as_of;
        let upcoming = |rep| upcoming(rep, as_of).map(|at| (at, rep.id));
        let mut agenda: Vec<_> = self.present().flat_map(upcoming).collect();
        agenda.sort_unstable();
        agenda.dedup();
        let is_unsaid = |rep: &&RepParts| rep.is_said_away() == rep.is_available(as_of);
        let unsaid = self.present().filter(is_unsaid).map(|rep| rep.id).collect();
        let launch = |campaign: &CampaignParts| Some((campaign.launch_at?, campaign.id));
        let launches = self.campaigns().filter_map(launch).collect();
        self.agenda = agenda.iter().copied().collect();
        (self.unsaid, self.launches) = (unsaid, launches);
    }

    /// The team in plain lists.
    pub fn to_parts(&self) -> TeamParts {
        TeamParts {
            id: self.id,
            revision: self.revision,
            last_at: self.last_at,
            settings: (*self.settings).clone(),
            default_group: self.default_group,
            reps: (*self.reps).clone(),
            left: self.left.get().cloned().unwrap_or_default(),
            groups: self.groups.iter().map(|group| group.parts.clone()).collect(),
            campaigns: self.campaigns.iter().map(|campaign| (**campaign).clone()).collect(),
            webhooks: self.webhooks().to_vec(),
            mailboxes: self.mailboxes().to_vec(),
            users: self.users().to_vec(),
        }
    }

    fn present(&self) -> impl Iterator<Item = &RepParts> + '_ {
        self.reps.iter().filter(|rep| rep.is_present())
    }

    pub(super) fn circle_of(&self, members: &[Member]) -> Circle {
        let reps: Vec<_> = members.iter().map(|member| self.rep(member.rep)).collect();
        let away: Vec<_> = reps
            .iter()
            .map(|rep| rep.map(RepParts::away).unwrap_or_default().from(self.as_of))
            .collect();
        let mut coverage = Coverage::of(&away);
        coverage.forget_before(self.as_of);
        let available = Positions::new(members.len(), |position| {
            reps[position].is_some_and(|rep| rep.is_available(self.as_of))
        });
        Circle { available, coverage }
    }
}

/// Collects into as much memory as it takes: neither the allocation that the items came from, nor a larger one that
/// was shrunk, which allocators leave as large as it was.
fn fitted<T>(items: impl ExactSizeIterator<Item = T>) -> Arc<Vec<T>> {
    let mut all = Vec::with_capacity(items.len());
    all.extend(items);
    Arc::new(all)
}

/// The name that every team's default group has.
pub fn default_group_name() -> Name {
    Name::parse("All sales reps").expect("the name is valid")
}

/// When the rep's availability changes after `after`.
pub(super) fn upcoming(rep: &RepParts, after: Instant) -> impl Iterator<Item = Instant> {
    let away = rep.away();
    let boundaries: Vec<_> = away.boundaries().filter(|&at| at > after).collect();
    boundaries.into_iter()
}
