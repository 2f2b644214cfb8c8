//! How a team follows its ledger. Total: an entry that names what the team does not know changes nothing but the
//! revision, since stored data must never bring the process down (`rondo verify` is what tells).

use super::*;
use crate::event::{Decision, Entry, Event, Outcome};
use crate::rotation::Membership;

impl Team {
    /// Follows an entry. Entries come in ascending order; a replay of the circles alone may leave out the entries that
    /// are about leads.
    pub fn apply(&mut self, entry: &Entry) {
        debug_assert!(entry.n > self.revision, "entries ascend");
        self.follow(entry.n, entry.at, &entry.event);
    }

    pub(crate) fn follow(&mut self, n: u64, at: Instant, event: &Event) {
        self.revision = n;
        self.last_at = at;
        self.advance(at);
        match event {
            Event::TeamCreated { .. }
            | Event::RepChanged { .. }
            | Event::KeyCreated { .. }
            | Event::KeyRevoked { .. }
            | Event::MailboxChanged { .. }
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
            | Event::RepNotAwaited { .. } => {}
            Event::SettingsChanged { settings } => {
                self.settings = Arc::new(settings.clone());
                self.serve_if_waiting();
            }
            Event::RepAdded { rep, place, .. } => self.add_rep(*rep, *place),
            Event::RepRemoved { rep, leads } => self.remove_rep(*rep, *leads),
            Event::AbsenceAdded { absence, rep, period, dates, source } => {
                let absence =
                    Absence { id: *absence, period: *period, dates: *dates, source: *source };
                self.change_absences(*rep, |absences| {
                    let index = absences.partition_point(|other| other.id < absence.id);
                    absences.insert(index, absence);
                });
            }
            Event::AbsenceChanged { absence, rep, period, dates } => {
                self.change_absences(*rep, |absences| {
                    let found = absences.iter_mut().find(|other| other.id == *absence);
                    if let Some(found) = found {
                        found.period = *period;
                        found.dates = *dates;
                    }
                });
            }
            Event::AbsenceRemoved { absence, rep } => {
                self.change_absences(*rep, |absences| {
                    absences.retain(|other| other.id != *absence)
                });
            }
            Event::RepAway { rep, .. } => self.say(*rep, Standing::Present { said_away: true }),
            Event::RepBack { rep } => {
                self.say(*rep, Standing::Present { said_away: false });
                self.serve_if_waiting();
            }
            Event::GroupCreated { group, name, reps } => self.add_group(*group, name, reps),
            Event::GroupRenamed { group, name } => {
                self.change_group(*group, |group| group.parts.name = name.clone());
            }
            Event::GroupDeleted { group } => self.change_group(*group, |group| {
                group.parts.is_deleted = true;
                group.parts.members = Arc::default();
                group.circle = Arc::new(Circle {
                    available: Positions::new(0, |_| false),
                    coverage: Coverage::default(),
                });
            }),
            Event::MemberAdded { group, rep, place } => {
                self.add_member(*group, *rep, *place);
                self.serve_if_waiting();
            }
            Event::MemberRemoved { group, rep } => {
                let away = self.rep(*rep).map(RepParts::away).unwrap_or_default();
                let as_of = self.as_of;
                self.change_group(*group, |group| remove_member(group, *rep, &away, as_of));
            }
            Event::CampaignCreated { campaign, settings, .. } => {
                self.add_campaign(*campaign, settings, at);
            }
            Event::CampaignChanged { campaign, settings } => {
                self.change_campaign(*campaign, |campaign| {
                    let old = &campaign.settings;
                    if old.group != settings.group || old.rotation != settings.rotation {
                        campaign.cursor = Cursor::default();
                    }
                    campaign.settings = settings.clone();
                });
                self.serve_if_waiting();
            }
            Event::CampaignScheduled { campaign, launch_at } => {
                self.set_launch(*campaign, Some(*launch_at));
                self.change_campaign(*campaign, |campaign| campaign.status = Status::Scheduled);
            }
            Event::CampaignLaunched { campaign } => {
                self.set_launch(*campaign, None);
                self.change_campaign(*campaign, |campaign| {
                    campaign.status = Status::Running;
                    campaign.launched_at = Some(at);
                });
            }
            Event::CampaignPaused { campaign } => {
                self.change_campaign(*campaign, |campaign| campaign.status = Status::Paused);
            }
            Event::CampaignResumed { campaign } => {
                self.change_campaign(*campaign, |campaign| campaign.status = Status::Running);
                self.serve_if_waiting();
            }
            Event::CampaignCancelled { campaign } => {
                self.set_launch(*campaign, None);
                self.stop_waiting(*campaign, u64::MAX);
                self.change_campaign(*campaign, |campaign| campaign.status = Status::Cancelled);
            }
            Event::CampaignDeleted { campaign } => {
                self.set_launch(*campaign, None);
                Arc::make_mut(&mut self.campaigns).retain(|parts| parts.id != *campaign);
            }
            Event::LeadsAdded { leads, .. } => {
                if leads.iter().any(|lead| lead.owner.is_some() && !lead.new) {
                    self.serve_if_waiting();
                }
            }
            Event::LeadChanged { owner, .. } => {
                if owner.is_some() {
                    self.serve_if_waiting();
                }
            }
            Event::LeadErased { withdrawn, .. } => {
                withdrawn.iter().for_each(|from| self.stop_waiting(from.campaign, 1));
            }
            Event::Qualified { campaign, new_lead, owner, outcome, .. } => {
                match outcome {
                    Outcome::Assigned(decision) => self.move_cursor(decision),
                    Outcome::Waiting { .. } => {
                        self.waiting += 1;
                        self.change_campaign(*campaign, |campaign| campaign.waiting += 1);
                    }
                }
                if owner.is_some() && !new_lead {
                    self.serve_if_waiting();
                }
            }
            Event::WaitingAssigned { campaign, decision, .. } => {
                self.stop_waiting(*campaign, 1);
                self.move_cursor(decision);
            }
            Event::Reassigned { decision, .. } => self.move_cursor(decision),
            Event::WebhookAdded { webhook, events } => {
                let webhooks = self.webhooks.make_mut();
                let index = webhooks.partition_point(|other| other.id < *webhook);
                webhooks.insert(index, Webhook { id: *webhook, events: events.clone() });
            }
            Event::WebhookRemoved { webhook } => {
                self.webhooks.make_mut().retain(|other| other.id != *webhook);
            }
            Event::MailboxAdded { mailbox } => {
                let mailboxes = self.mailboxes.make_mut();
                let index = mailboxes.partition_point(|other| other < mailbox);
                mailboxes.insert(index, *mailbox);
            }
            Event::UserAdded { user, role, rep } => {
                let users = self.users.make_mut();
                let index = users.partition_point(|other| other.id < *user);
                users.insert(index, User { id: *user, role: *role, rep: *rep });
            }
            Event::UserRemoved { user } => {
                self.users.make_mut().retain(|other| other.id != *user);
            }
            Event::MailboxRemoved { mailbox } => {
                self.mailboxes.make_mut().retain(|other| other != mailbox);
            }
            Event::MessagesSet { campaign, plan } => {
                let plan = Arc::new(plan.clone());
                self.change_campaign(*campaign, |campaign| campaign.mail = Some(plan));
            }
        }
    }

    fn serve_if_waiting(&mut self) {
        self.is_service_due |= self.waiting > 0;
    }

    fn move_cursor(&mut self, decision: &Decision) {
        if decision.cursor_after == decision.cursor_before {
            return;
        }
        let cursor = decision.cursor_after;
        match decision.cursor {
            CursorKey::Campaign(campaign) => {
                self.change_campaign(campaign, |campaign| campaign.cursor = cursor);
            }
            CursorKey::Group(group) => {
                self.change_group(group, |group| group.parts.cursor = cursor);
            }
        }
    }

    fn stop_waiting(&mut self, campaign: CampaignId, at_most: u64) {
        let mut stopped = 0;
        self.change_campaign(campaign, |campaign| {
            stopped = campaign.waiting.min(at_most);
            campaign.waiting -= stopped;
        });
        self.waiting -= stopped;
        self.is_service_due &= self.waiting > 0;
    }

    fn add_rep(&mut self, id: RepId, place: u64) {
        let standing = Standing::Present { said_away: false };
        let rep = RepParts { id, absences: Arc::default(), standing };
        let reps = Arc::make_mut(&mut self.reps);
        let index = reps.partition_point(|other| other.id < id);
        reps.insert(index, rep);
        self.add_member(self.default_group, id, place);
        self.serve_if_waiting();
    }

    fn remove_rep(&mut self, id: RepId, leads: LeadsOfRemoved) {
        let Some(away) = self.rep(id).map(RepParts::away) else { return };
        let as_of = self.as_of;
        for index in 0..self.groups.len() {
            if self.groups[index].parts.members.iter().any(|member| member.rep == id) {
                let group = &mut Arc::make_mut(&mut self.groups)[index];
                remove_member(Arc::make_mut(group), id, &away, as_of);
            }
        }
        if !away.is_empty() {
            self.agenda.make_mut().retain(|&(_, rep)| rep != id);
        }
        self.change_rep(id, |rep| rep.standing = Standing::Left);
        self.left.make_mut().insert(id, leads);
        self.refresh_unsaid(&BTreeSet::from([id]));
        self.serve_if_waiting();
    }

    fn change_rep(&mut self, id: RepId, change: impl FnOnce(&mut RepParts)) {
        if let Some(index) = self.rep_index(id) {
            change(&mut Arc::make_mut(&mut self.reps)[index]);
        }
    }

    fn change_absences(&mut self, id: RepId, change: impl FnOnce(&mut Vec<Absence>)) {
        let Some(before) = self.rep(id).map(RepParts::away) else { return };
        self.change_rep(id, |rep| {
            let mut absences = rep.absences.to_vec();
            change(&mut absences);
            rep.absences = if absences.is_empty() { Arc::default() } else { absences.into() };
        });
        self.follow_absences(id, &before);
    }

    fn say(&mut self, id: RepId, standing: Standing) {
        if self.rep(id).is_none() {
            return;
        }
        self.change_rep(id, |rep| rep.standing = standing);
        self.refresh_unsaid(&BTreeSet::from([id]));
    }

    fn add_group(&mut self, id: GroupId, name: &Name, reps: &[RepId]) {
        let members: Vec<_> = (1..).zip(reps).map(|(place, &rep)| Member { place, rep }).collect();
        let circle = Arc::new(self.circle_of(&members));
        let parts = GroupParts {
            id,
            name: name.clone(),
            next_place: members.len() as u64 + 1,
            members: Arc::new(members),
            cursor: Cursor::default(),
            is_deleted: false,
        };
        let index = self.groups.partition_point(|other| other.parts.id < id);
        Arc::make_mut(&mut self.groups).insert(index, Arc::new(Group { parts, circle }));
    }

    fn change_group(&mut self, id: GroupId, change: impl FnOnce(&mut Group)) {
        if let Ok(index) = self.groups.binary_search_by_key(&id, |group| group.parts.id) {
            change(Arc::make_mut(&mut Arc::make_mut(&mut self.groups)[index]));
        }
    }

    fn add_member(&mut self, group: GroupId, rep: RepId, place: u64) {
        let away = self.rep(rep).map(RepParts::away).unwrap_or_default().from(self.as_of);
        let membership = if away.contains(self.as_of) { Membership::Out } else { Membership::In };
        self.change_group(group, |group| {
            Arc::make_mut(&mut group.parts.members).push(Member { place, rep });
            group.parts.next_place = place + 1;
            let circle = Arc::make_mut(&mut group.circle);
            circle.available.push(membership);
            circle.coverage.add_member(&away);
        });
    }

    fn add_campaign(&mut self, id: CampaignId, settings: &CampaignSettings, at: Instant) {
        let campaign = CampaignParts {
            id,
            settings: settings.clone(),
            status: Status::Draft,
            launch_at: None,
            launched_at: None,
            cursor: Cursor::default(),
            waiting: 0,
            created_at: at,
            mail: None,
        };
        let index = self.campaigns.partition_point(|other| other.id < id);
        Arc::make_mut(&mut self.campaigns).insert(index, Arc::new(campaign));
    }

    fn change_campaign(&mut self, id: CampaignId, change: impl FnOnce(&mut CampaignParts)) {
        if let Ok(index) = self.campaigns.binary_search_by_key(&id, |campaign| campaign.id) {
            change(Arc::make_mut(&mut Arc::make_mut(&mut self.campaigns)[index]));
        }
    }

    fn set_launch(&mut self, id: CampaignId, launch_at: Option<Instant>) {
        let Some(before) = self.campaign(id).map(|campaign| campaign.launch_at) else { return };
        if before == launch_at {
            return;
        }
        let launches = self.launches.make_mut();
        if let Some(before) = before {
            launches.remove(&(before, id));
        }
        launches.extend(launch_at.map(|at| (at, id)));
        self.change_campaign(id, |campaign| campaign.launch_at = launch_at);
    }
}

fn remove_member(group: &mut Group, rep: RepId, away: &Periods, as_of: Instant) {
    let Some(position) = group.parts.members.iter().position(|member| member.rep == rep) else {
        return;
    };
    let members = Arc::make_mut(&mut group.parts.members);
    members.remove(position);
    let circle = Arc::make_mut(&mut group.circle);
    let before = &circle.available;
    circle.available = Positions::new(members.len(), |other| {
        before.contains(if other < position { other } else { other + 1 })
    });
    circle.coverage.remove_member(&away.from(as_of));
}
