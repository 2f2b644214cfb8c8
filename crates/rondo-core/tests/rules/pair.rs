//! A world and its model side by side: each act is done to both, and everything that can be seen is compared.

mod compare;
mod say;

use rondo_core::event::{CursorKey, Decision, Outcome, PassedOverReason};
use rondo_core::ids::{
    AbsenceId, AssignmentId, CampaignId, ConversationId, GroupId, LeadId, RepId,
};
use rondo_core::refusal::Refusal;
use rondo_core::team::Status;
use rondo_core::{Answer as Told, Command, Decided, Entry, Event};

use crate::acts::{Act, Leads, Named, Pick};
use crate::model::{Answer, Given, Key, Model, No, Passed, Reason, Reply, Said};
use crate::world::{Served, World, hours};

/// Something that happened on a cursor, for the fairness bound.
#[derive(Debug, Clone)]
pub(crate) enum Beat {
    /// These seats were available.
    Circle { key: Key, seats: Vec<usize> },
    /// This seat took a turn; `had` if an available member was left out because the lead was theirs.
    Turn { key: Key, seat: usize, had: bool },
}

/// A world, its model, and the ids of what the model counts.
pub(crate) struct Pair {
    pub(crate) world: World,
    pub(crate) model: Model,
    pub(crate) beats: Vec<Beat>,
    pub(crate) refused: Vec<&'static str>,
    reps: Vec<RepId>,
    rep_names: usize,
    absences: Vec<(RepId, AbsenceId)>,
    groups: Vec<GroupId>,
    campaigns: Vec<CampaignId>,
    leads: Vec<LeadId>,
    conversations: Vec<ConversationId>,
    assignments: Vec<AssignmentId>,
    away: Vec<RepId>,
}

fn index<T: PartialEq + std::fmt::Debug>(all: &[T], one: &T) -> usize {
    all.iter().position(|known| known == one).unwrap_or_else(|| panic!("{one:?} was never made"))
}

impl Pair {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let groups = vec![world.everybody()];
        Self {
            world,
            model: Model::new(),
            beats: Vec::new(),
            refused: Vec::new(),
            reps: Vec::new(),
            rep_names: 0,
            absences: Vec::new(),
            groups,
            campaigns: Vec::new(),
            leads: Vec::new(),
            conversations: Vec::new(),
            assignments: Vec::new(),
            away: Vec::new(),
        }
    }

    /// A world in which these acts were done, each as a batch of its own.
    pub(crate) fn after(acts: impl IntoIterator<Item = Act>) -> Self {
        let mut pair = Self::new();
        acts.into_iter().for_each(|act| pair.act(&act));
        pair
    }

    /// Does one act as a batch of its own.
    pub(crate) fn act(&mut self, act: &Act) {
        self.batch(std::slice::from_ref(act));
    }

    /// Does acts as one batch: their facts are fetched at once. Acts of time and tables stand between batches.
    pub(crate) fn batch(&mut self, acts: &[Act]) {
        let is_between =
            |act: &Act| matches!(act, Act::Jump { .. } | Act::Pass { .. } | Act::Reload);
        for acts in acts.chunk_by(|a, b| !is_between(a) && !is_between(b)) {
            match acts {
                [Act::Reload] => self.world.reload(),
                [Act::Jump { hours }] => self.clock_to(self.model.now + hours),
                [Act::Pass { hours }] => {
                    let end = self.model.now + hours;
                    while let Some(at) = self.model.next_change().filter(|at| *at < end) {
                        self.clock_to(at);
                        self.one_batch(&[]);
                    }
                    self.clock_to(end);
                }
                _ => {}
            }
            self.one_batch(acts);
        }
    }

    fn clock_to(&mut self, at: i64) {
        self.model.now = at;
        self.world.set_clock(crate::world::hour(at));
    }

    fn one_batch(&mut self, acts: &[Act]) {
        let acts: Vec<Act> = acts.iter().filter_map(|act| self.pinned(act)).collect();
        let commands: Vec<Command> = acts.iter().map(|act| self.command(act)).collect();
        self.begin(&commands);
        for (act, command) in acts.iter().zip(&commands) {
            self.one(act, command);
        }
        // What the commands made due is done at once, as the sweep would.
        self.begin(&[]);
        self.compare();
    }

    fn begin(&mut self, commands: &[Command]) {
        let (entries, served) = self.world.begin(commands);
        self.learn(&entries);
        self.model.tick();
        self.note_away(&entries);
        self.note_circles();
        self.compare_served(served);
    }

    fn one(&mut self, act: &Act, command: &Command) {
        let parts = self.world.team.to_parts();
        let from = self.world.ledger.len();
        let result = self.world.decide(command);
        let entries = self.world.ledger[from..].to_vec();
        self.learn(&entries);
        if let Err(refusal) = &result {
            assert_eq!(parts, self.world.team.to_parts(), "a refusal changes nothing");
            self.refused.push(refusal.code());
        }
        let told = self.told(&result, &entries);
        let mut expected = self.model.act(act).map_err(|mut no| {
            no.holes.sort();
            no
        });
        // The place of a lead that waited before this batch is told as of the batch's beginning.
        if entries.is_empty()
            && let (
                Ok(Said { reply: Reply::Waits { position: told, .. }, .. }),
                Ok(Said { reply: Reply::Waits { position, .. }, .. }),
            ) = (&told, &mut expected)
        {
            assert!(told >= position, "{told} is less than {position}");
            *position = *told;
        }
        assert_eq!(told, expected, "core (left) and model (right) after {act:?}\n{command:?}");
        self.note_away(&entries);
        self.note_turns(&entries);
        self.note_circles();
        let served = self.world.serve();
        self.compare_served(served);
        self.world.check_facts();
    }

    fn compare_served(&mut self, served: Served) {
        for (cursor, entries) in served {
            self.learn(&entries);
            let given: Vec<Given> = entries
                .iter()
                .filter_map(|entry| match &entry.event {
                    Event::WaitingAssigned { conversation, decision, .. } => {
                        Some(self.given(*conversation, decision))
                    }
                    _ => None,
                })
                .collect();
            let key = self.key(cursor);
            assert_eq!(given, self.model.serve(key), "served by core (left) and model (right)");
            self.note_turns(&entries);
        }
    }

    /// Remembers the ids of what was made.
    fn learn(&mut self, entries: &[Entry]) {
        for entry in entries {
            match &entry.event {
                Event::RepAdded { rep, .. } => self.reps.push(*rep),
                Event::AbsenceAdded { rep, absence, .. } => self.absences.push((*rep, *absence)),
                Event::GroupCreated { group, .. } => self.groups.push(*group),
                Event::CampaignCreated { campaign, .. } => self.campaigns.push(*campaign),
                Event::LeadsAdded { leads, .. } => {
                    for added in leads {
                        self.leads.extend(added.new.then_some(added.lead));
                        self.conversations.extend(added.conversation);
                    }
                }
                Event::Qualified {
                    lead,
                    conversation,
                    new_lead,
                    new_conversation,
                    outcome,
                    ..
                } => {
                    self.leads.extend(new_lead.then_some(*lead));
                    self.conversations.extend(new_conversation.then_some(*conversation));
                    if let Outcome::Assigned(decision) = outcome {
                        self.assignments.push(decision.assignment);
                    }
                }
                Event::WaitingAssigned { decision, .. } | Event::Reassigned { decision, .. } => {
                    self.assignments.push(decision.assignment);
                }
                _ => {}
            }
        }
    }

    /// That an absence's begin and end are said once each.
    fn note_away(&mut self, entries: &[Entry]) {
        for entry in entries {
            match &entry.event {
                Event::RepAway { rep, until } => {
                    assert!(!self.away.contains(rep), "said once for each unbroken absence");
                    let back_at = self.model.back_at(index(&self.reps, rep), self.model.now);
                    assert_eq!(until.map(hours), back_at);
                    self.away.push(*rep);
                }
                Event::RepBack { rep } => {
                    assert!(self.away.contains(rep), "only who was away comes back");
                    self.away.retain(|known| known != rep);
                }
                Event::RepRemoved { rep, .. } => self.away.retain(|known| known != rep),
                _ => {}
            }
        }
    }

    fn note_turns(&mut self, entries: &[Entry]) {
        for entry in entries {
            if let Event::Qualified { outcome: Outcome::Assigned(decision), .. }
            | Event::WaitingAssigned { decision, .. }
            | Event::Reassigned { decision, .. } = &entry.event
                && decision.reason == Reason::Turn
            {
                let had = |passed: &rondo_core::event::PassedOver| {
                    passed.reason == PassedOverReason::HadThisLead
                };
                self.beats.push(Beat::Turn {
                    key: self.key(decision.cursor),
                    seat: decision.cursor_after.place as usize - 1,
                    had: decision.passed_over.iter().any(had),
                });
            }
        }
    }

    fn note_circles(&mut self) {
        for campaign in 0..self.model.campaigns.len() {
            let key = self.model.key(campaign);
            let group = &self.model.groups[self.model.campaigns[campaign].group];
            let seats = (0..group.seats.len())
                .filter(|seat| group.seats[*seat].is_taken)
                .filter(|seat| self.model.is_available(group.seats[*seat].rep, self.model.now))
                .collect();
            self.beats.push(Beat::Circle { key, seats });
        }
    }

    fn key(&self, cursor: CursorKey) -> Key {
        match cursor {
            CursorKey::Campaign(campaign) => Key::Campaign(index(&self.campaigns, &campaign)),
            CursorKey::Group(group) => Key::Group(index(&self.groups, &group)),
        }
    }

    /// What the core told, in the model's words.
    fn told(&self, result: &Result<Decided, Refusal>, entries: &[Entry]) -> Answer {
        let decided = match result {
            Ok(decided) => decided,
            Err(refusal) => return Err(self.no(refusal)),
        };
        let reply = match &decided.answer {
            Told::Assigned { assignment, conversation, is_new } => {
                let decision = entries.iter().find_map(|entry| match &entry.event {
                    Event::Qualified { outcome: Outcome::Assigned(decision), .. }
                    | Event::Reassigned { decision, .. } => Some(decision),
                    _ => None,
                });
                assert_eq!(decision.is_some(), *is_new, "an answer is new when something happened");
                match decision {
                    Some(decision) => Reply::Given(self.given(*conversation, decision)),
                    None => Reply::Stands { assignment: index(&self.assignments, assignment) },
                }
            }
            Told::Waiting { conversation, position } => Reply::Waits {
                conversation: index(&self.conversations, conversation),
                position: *position,
            },
            Told::Leads(leads) => Reply::Leads {
                created: leads.created,
                updated: leads.updated,
                conversations: leads
                    .conversations
                    .iter()
                    .map(|conversation| index(&self.conversations, conversation))
                    .collect(),
            },
            Told::Done
            | Told::Rep(_)
            | Told::Absence(_)
            | Told::Group(_)
            | Told::Campaign(_)
            | Told::Lead(_)
            | Told::Key(_)
            | Told::Webhook(_)
            | Told::User(_)
            | Told::Mailbox(_)
            | Told::Message { .. }
            | Told::Conversation(_)
            | Told::Suppression(_) => Reply::Done,
        };
        let mut warnings: Vec<_> = decided.warnings.iter().map(|warning| warning.code()).collect();
        warnings.sort_unstable();
        Ok(Said { reply, warnings })
    }

    fn no(&self, refusal: &Refusal) -> No {
        let mut no = No::because(refusal.code());
        match refusal {
            Refusal::LastAvailableRep { blockers, latest_until, .. } => {
                no.latest_until = latest_until.map(hours);
                for blocker in blockers {
                    let gaps = blocker.gaps.iter();
                    no.holes.push((
                        index(&self.campaigns, &blocker.campaign),
                        index(&self.groups, &blocker.group),
                        gaps.map(|gap| (hours(gap.from), gap.until.map(hours))).collect(),
                    ));
                }
                no.holes.sort();
            }
            Refusal::GroupNeedsARep { groups } => {
                no.facts = groups.iter().map(|named| index(&self.groups, &named.group)).collect();
            }
            Refusal::GroupInUse { blockers, .. } => {
                let campaigns = blockers.iter();
                no.facts = campaigns.map(|named| index(&self.campaigns, &named.campaign)).collect();
            }
            Refusal::RepOwnsLeads { leads_owned, .. } => no.facts = vec![*leads_owned as usize],
            Refusal::NotFound { .. }
            | Refusal::Invalid { .. }
            | Refusal::WrongStatus { .. }
            | Refusal::NobodyAvailable { .. }
            | Refusal::NobodyElseAvailable { .. }
            | Refusal::DefaultGroupIsFixed { .. }
            | Refusal::CampaignStarted { .. }
            | Refusal::NameTaken { .. }
            | Refusal::EmailTaken { .. }
            | Refusal::AssignmentSuperseded { .. }
            | Refusal::MailboxInUse { .. }
            | Refusal::ConversationAssigned { .. }
            | Refusal::AddressSuppressed { .. }
            | Refusal::LastAdmin { .. }
            | Refusal::LimitReached { .. } => {}
        }
        no
    }

    fn given(&self, conversation: ConversationId, decision: &Decision) -> Given {
        let seat = |place: u64| (place as usize).checked_sub(1);
        let passed = |passed: &rondo_core::event::PassedOver| {
            let reason = match passed.reason {
                PassedOverReason::OutOfOffice { until } => Passed::Out { until: until.map(hours) },
                PassedOverReason::HadThisLead => Passed::HadThisLead,
            };
            (index(&self.reps, &passed.rep), reason)
        };
        assert_eq!(decision.passed_over.len() as u64, decision.passed_over_count.min(20));
        Given {
            conversation: index(&self.conversations, &conversation),
            rep: index(&self.reps, &decision.rep),
            reason: decision.reason,
            before: seat(decision.cursor_before.place),
            after: seat(decision.cursor_after.place),
            passed: decision.passed_over.iter().map(passed).collect(),
            owner_out: decision.owner_out.as_ref().map(|owner| match passed(owner) {
                (rep, Passed::Out { until }) => (rep, until),
                (_, Passed::HadThisLead) => panic!("an owner set aside is out of office"),
            }),
            becomes_owner: decision.becomes_owner,
        }
    }

    /// The act with picks that are indexes, if there is anything to pick. Mostly something that suits the act is picked:
    /// half of a walk being refused would tell little. [`Pick::ANY`] is anything.
    fn pinned(&self, act: &Act) -> Option<Act> {
        let at = |pick: &Pick, count: usize| (count > 0).then(|| Pick(pick.0 % count));
        let suited = |pick: &Pick, count: usize, suits: &dyn Fn(usize) -> bool| {
            let suited: Vec<usize> = (0..count).filter(|index| suits(*index)).collect();
            match suited.len() {
                some if some > 0 && *pick != Pick::ANY => Some(Pick(suited[pick.0 % some])),
                _ => at(pick, count),
            }
        };
        let (reps, groups) = (&self.model.reps, &self.model.groups);
        let rep = |pick: &Pick| suited(pick, reps.len(), &|rep| reps[rep].left.is_none());
        let group = |pick: &Pick| {
            suited(pick, groups.len(), &|group| group > 0 && !groups[group].is_deleted)
        };
        let with = |pick: &Pick, statuses: &[Status]| {
            suited(pick, self.campaigns.len(), &|campaign| {
                let known = &self.model.campaigns[campaign];
                !known.is_deleted && statuses.contains(&known.status)
            })
        };
        let campaign =
            |pick: &Pick| with(pick, &[Status::Draft, Status::Scheduled, Status::Running]);
        let unstarted = |pick: &Pick| with(pick, &[Status::Draft, Status::Scheduled]);
        let running = |pick: &Pick| with(pick, &[Status::Running]);
        let started = |pick: &Pick| with(pick, &[Status::Running, Status::Paused]);
        let named = |named: &Named| match named {
            Named::Id(pick) => rep(pick).map(Named::Id),
            Named::Email(pick) => rep(pick).map(Named::Email),
            Named::Stranger => Some(Named::Stranger),
        };
        let mut act = act.clone();
        match &mut act {
            Act::AddRep
            | Act::SetOwnershipFollows { .. }
            | Act::AddCampaign { group: None, .. } => {}
            Act::RemoveRep { rep: pick, leads } => {
                *pick = rep(pick)?;
                if let Leads::Transfer(to) = leads {
                    *to = rep(to)?;
                }
            }
            Act::GoOut { rep: pick, .. }
            | Act::ComeBack { rep: pick }
            | Act::AddAbsence { rep: pick, .. } => *pick = rep(pick)?,
            Act::ChangeAbsence { absence, .. } | Act::RemoveAbsence { absence } => {
                *absence = at(absence, self.absences.len())?;
            }
            Act::AddGroup { reps, .. } => {
                *reps = reps.iter().map(rep).collect::<Option<_>>()?;
            }
            Act::RenameGroup { group: pick, .. }
            | Act::RemoveGroup { group: pick }
            | Act::AddCampaign { group: Some(pick), .. } => *pick = group(pick)?,
            Act::AddMember { group: of, rep: pick }
            | Act::RemoveMember { group: of, rep: pick } => {
                *of = group(of)?;
                *pick = rep(pick)?;
            }
            Act::ChangeGroup { campaign: pick, group: to } => {
                *pick = unstarted(pick)?;
                *to = to.as_ref().and_then(group);
            }
            Act::ChangeRotation { campaign: pick, .. } | Act::Launch { campaign: pick, .. } => {
                *pick = unstarted(pick)?;
            }
            Act::RemoveCampaign { campaign: pick } => *pick = with(pick, &[Status::Draft])?,
            Act::Pause { campaign: pick } => *pick = running(pick)?,
            Act::Resume { campaign: pick } => *pick = with(pick, &[Status::Paused])?,
            Act::ChangeWhenOut { campaign: pick, .. }
            | Act::Cancel { campaign: pick }
            | Act::Duplicate { campaign: pick } => *pick = campaign(pick)?,
            Act::Import { campaign: pick, leads, .. } => {
                *pick = pick.as_ref().and_then(campaign);
                for (_, owner) in leads {
                    *owner = owner.as_ref().and_then(named);
                }
            }
            Act::ChangeOwner { lead, owner } => {
                *lead = at(lead, self.leads.len())?;
                *owner = owner.as_ref().and_then(named);
            }
            Act::Erase { lead } => *lead = at(lead, self.leads.len())?,
            Act::Qualify { campaign: pick, owner, .. } => {
                *pick = started(pick)?;
                *owner = owner.as_ref().and_then(named);
            }
            Act::QualifyConversation { campaign: pick, conversation } => {
                *conversation = at(conversation, self.conversations.len())?;
                *pick = match *pick {
                    Pick::ANY => campaign(pick)?,
                    _ => Pick(self.model.conversations[conversation.0].campaign),
                };
            }
            Act::Reassign { assignment, to } => {
                *assignment = at(assignment, self.assignments.len())?;
                *to = to.as_ref().and_then(rep);
            }
            Act::Jump { .. } | Act::Pass { .. } | Act::Reload => return None,
        }
        Some(act)
    }
}
