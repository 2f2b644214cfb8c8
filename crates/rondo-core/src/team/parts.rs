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
            },
            default_group: *default_group,
            reps: Vec::new(),
            groups: vec![default],
            campaigns: Vec::new(),
            webhooks: Vec::new(),
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
        let waiting = parts.campaigns.iter().map(|campaign| campaign.waiting).sum();
        let mut team = Self {
            id: parts.id,
            revision: parts.revision,
            last_at: parts.last_at,
            settings: Arc::new(parts.settings),
            default_group: parts.default_group,
            reps: Arc::new(parts.reps),
            groups: Arc::default(),
            campaigns: shared(parts.campaigns.into_iter().map(Arc::new)),
            webhooks: Arc::new(parts.webhooks),
            waiting,
            is_service_due: waiting > 0,
            as_of,
            agenda: Arc::default(),
            unsaid: Arc::default(),
            launches: Arc::default(),
        };
        let groups = parts.groups.into_iter().map(|parts| {
            let circle = Arc::new(team.circle_of(&parts.members));
            Arc::new(Group { parts, circle })
        });
        team.groups = shared(groups);
        let mut agenda: Vec<_> =
            team.present().flat_map(|rep| upcoming(rep, as_of).map(|at| (at, rep.id))).collect();
        agenda.sort_unstable();
        agenda.dedup();
        team.agenda = Arc::new(agenda);
        team.unsaid = Arc::new(
            team.present()
                .filter(|rep| rep.said_away == rep.is_available(as_of))
                .map(|rep| rep.id)
                .collect(),
        );
        team.launches = Arc::new(
            team.campaigns()
                .filter_map(|campaign| Some((campaign.launch_at?, campaign.id)))
                .collect(),
        );
        team
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
            groups: self.groups.iter().map(|group| group.parts.clone()).collect(),
            campaigns: self.campaigns.iter().map(|campaign| (**campaign).clone()).collect(),
            webhooks: (*self.webhooks).clone(),
        }
    }

    fn present(&self) -> impl Iterator<Item = &RepParts> + '_ {
        self.reps.iter().filter(|rep| rep.removed.is_none())
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

/// Collects without keeping the (larger) allocation that the items came from.
fn shared<T>(items: impl Iterator<Item = T>) -> Arc<Vec<T>> {
    let mut all: Vec<T> = items.collect();
    all.shrink_to_fit();
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
