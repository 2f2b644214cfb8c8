//! What happens in a month: drawn from the seed, sent to the nodes, checked.

use std::sync::Arc;
use std::time::Duration;

use rondo::clock::{Clock as _, ManualClock, SeededEntropy};
use rondo::engine::{Caller, IdempotencyKey, Request};
use rondo::found::found;
use rondo_core::command::{CampaignPatch, LeadNews, LeadPatch, OwnerRef, ReassignTo, Subject};
use rondo_core::detail::{Existing, LeadFields, RepDetails};
use rondo_core::event::{LeadsOfRemoved, Rotation, Settings, WhenOwnerIsOut};
use rondo_core::ids::{AbsenceId, AssignmentId, CampaignId, GroupId, LeadId, RepId, TeamId};
use rondo_core::team::Status;
use rondo_core::text::{Email, Name};
use rondo_core::{Actor, Answer, Command, Event, Instant, Period, Team};
use rondo_store::{Store, StoreOptions};

use crate::checks::{check_answers, check_quiet, check_tables};
use crate::dice::Dice;
use crate::naive::Naive;
use crate::nodes::Nodes;

const START: Instant = Instant::from_micros(1_790_000_000_000_000);
const DAY: i64 = 24 * 60 * 60;
/// Things that happen in a month.
const HAPPENINGS: usize = 150;
/// Different people who may become leads: few, so that they come again.
const PEOPLE: usize = 60;

/// Lives through the month of a seed.
pub async fn live_through(seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("rondo.db").display());
    let store = Store::open(&StoreOptions { database, readers: 2 }).await.unwrap();
    let clock = Arc::new(ManualClock::at(START));
    let (name, admin) = (Name::parse("Acme").unwrap(), Email::parse("ada@acme.test").unwrap());
    let team = found(&store, name, admin, &*clock, &SeededEntropy::new(seed)).await.unwrap().team;
    let nodes = Nodes::over(store.clone(), clock.clone(), seed);
    let dice = Dice::new(seed);
    let mut month = Month { store, clock, team, nodes, dice, requests: 0, assignments: Vec::new() };

    month.begin().await;
    for _ in 0..HAPPENINGS {
        month.pass_time();
        if month.dice.once_in(2) {
            month.sweep().await;
        }
        month.happen().await;
    }
    month.end().await;
}

struct Month {
    store: Store,
    clock: Arc<ManualClock>,
    team: TeamId,
    nodes: Nodes,
    dice: Dice,
    requests: u64,
    assignments: Vec<AssignmentId>,
}

impl Month {
    async fn begin(&mut self) {
        for number in 0..4 {
            self.ask(vec![add_rep(number)]).await;
        }
        for _ in 0..3 {
            let command = self.add_campaign().await;
            self.ask(vec![command]).await;
        }
        for campaign in self.campaigns().await {
            self.ask(vec![Command::LaunchCampaign { campaign, at: None }]).await;
        }
    }

    /// Everybody comes back, every campaign goes on, and every lead finds its rep.
    async fn end(&mut self) {
        self.nodes.calm_down();
        self.sweep().await;
        for rep in self.reps().await {
            self.ask(vec![Command::ComeBack { rep }]).await;
        }
        for campaign in self.campaigns().await {
            self.ask(vec![Command::ResumeCampaign { campaign }]).await;
        }
        self.sweep().await;
        let naive = self.check().await;
        let waiting: Vec<_> = naive
            .waiting
            .iter()
            .filter(|row| naive.campaigns[&row.campaign].status == Status::Running)
            .collect();
        assert!(waiting.is_empty(), "nobody waits when everybody is there: {waiting:?}");
        check_tables(&self.store, self.team).await;
        for node in &self.nodes.nodes {
            node.engine.stop().await;
        }
        self.store.close().await;
    }

    fn pass_time(&mut self) {
        let seconds = match self.dice.below(4) {
            0 => 0,
            1 => self.dice.below(60),
            2 => self.dice.below(3600),
            _ => self.dice.below(12 * 3600),
        };
        if self.dice.once_in(40) {
            // Somebody sets the machine's clock back.
            self.clock.set(self.clock.now().plus_seconds(-1800));
        }
        self.clock.advance(Duration::from_secs(seconds as u64));
    }

    /// What the sweep of due instants does, on either node, until nothing is due; then nothing is left undone.
    async fn sweep(&mut self) {
        for _ in 0..50 {
            let due = self.store.due_teams(self.clock.now(), 10).await.unwrap();
            if due.is_empty() {
                self.check().await;
                return;
            }
            for team in due {
                let node = self.dice.below(2);
                self.nodes.wake(node, team).await;
            }
        }
        panic!("what is due is done in a few sweeps");
    }

    async fn check(&mut self) -> Naive {
        let ledger = self.store.entries_after(self.team, 0, 1_000_000).await.unwrap();
        let mut naive = Naive::of(&ledger);
        naive.now = naive.now.max(self.clock.now());
        check_answers(&ledger, &self.nodes.acknowledged);
        check_quiet(&naive);
        naive
    }

    async fn happen(&mut self) {
        let commands = match self.dice.below(20) {
            0..=7 => self.reports().await,
            8..=10 => self.comings_and_goings().await,
            11..=12 => self.circles().await,
            13..=15 => self.campaign_life().await,
            16 => self.passed_on(),
            17 => self.imports().await,
            18 => self.people().await,
            _ => self.settings().await,
        };
        self.ask(commands).await;
    }

    /// Sends commands at the same moment to one node, now and then with the other overtaking it.
    async fn ask(&mut self, commands: Vec<Command>) {
        let requests: Vec<_> = commands.into_iter().map(|command| self.request(command)).collect();
        let node = self.dice.below(2);
        let caller = Caller { team: self.team, actor: Actor::Cli };
        let is_overtaken = self.dice.once_in(4);
        if is_overtaken {
            let rival = self.reports().await.pop();
            let Some(rival) = rival else { return };
            let rival = self.request(rival);
            self.nodes.let_overtake(node, caller, rival);
        }
        let answers = self.nodes.run(node, caller, requests).await;
        if is_overtaken {
            self.nodes.after_overtaking(node);
        }
        for done in answers.into_iter().flatten() {
            if let Answer::Assigned { assignment, .. } = done.answer {
                self.assignments.push(assignment);
            }
        }
    }

    fn request(&mut self, command: Command) -> Request {
        self.requests += 1;
        let mut scope = [0; 32];
        scope[..8].copy_from_slice(&self.requests.to_le_bytes());
        Request { command, idempotency: Some(IdempotencyKey::new(scope, [1; 32])) }
    }

    /// Leads are reported as qualified, several at once, some of them again.
    async fn reports(&mut self) -> Vec<Command> {
        let (campaigns, reps) = (self.campaigns().await, self.reps().await);
        let mut commands = Vec::new();
        for _ in 0..=self.dice.below(12) {
            let Some(campaign) = self.dice.pick(&campaigns) else { continue };
            let owner = if self.dice.once_in(8) { self.dice.pick(&reps) } else { None };
            let subject = Subject::Lead(Box::new(self.news(owner)));
            commands.push(Command::Qualify { campaign, subject, note: None });
        }
        commands
    }

    async fn comings_and_goings(&mut self) -> Vec<Command> {
        let (reps, absences) = (self.reps().await, self.absences().await);
        let now = self.clock.now();
        let mut commands = Vec::new();
        for _ in 0..=self.dice.below(3) {
            let Some(rep) = self.dice.pick(&reps) else { continue };
            let length = self.dice.below(3 * DAY as usize) as i64 + 1;
            let until = if self.dice.once_in(6) { None } else { Some(length) };
            commands.push(match self.dice.below(6) {
                0 | 1 => {
                    let until = until.map(|length| now.plus_seconds(length));
                    Command::GoOutOfOffice { rep, until, dates: None, note: None }
                }
                2 | 3 => {
                    let from = now.plus_seconds(self.dice.below(3 * DAY as usize) as i64);
                    let until = until.map(|length| from.plus_seconds(length));
                    let period = Period { from, until };
                    Command::AddAbsence { rep, period, dates: None, note: None }
                }
                4 => Command::ComeBack { rep },
                _ => match self.dice.pick(&absences) {
                    Some((rep, absence)) => Command::RemoveAbsence { rep, absence },
                    None => Command::ComeBack { rep },
                },
            });
        }
        commands
    }

    async fn circles(&mut self) -> Vec<Command> {
        let (reps, groups) = (self.reps().await, self.groups().await);
        let mut commands = Vec::new();
        for _ in 0..=self.dice.below(3) {
            let (Some(rep), Some(group)) = (self.dice.pick(&reps), self.dice.pick(&groups)) else {
                continue;
            };
            commands.push(match self.dice.below(5) {
                0 | 1 => Command::AddMember { group, rep },
                2 | 3 => Command::RemoveMember { group, rep },
                _ => Command::RemoveGroup { group },
            });
        }
        commands
    }

    async fn campaign_life(&mut self) -> Vec<Command> {
        let campaigns = self.campaigns().await;
        let Some(campaign) = self.dice.pick(&campaigns) else {
            return vec![self.add_campaign().await];
        };
        vec![match self.dice.below(14) {
            0..=2 => Command::PauseCampaign { campaign },
            3..=6 => Command::ResumeCampaign { campaign },
            7 => Command::LaunchCampaign { campaign, at: None },
            8 | 9 => {
                let in_seconds = self.dice.below(2 * DAY as usize) as i64 + 1;
                let at = Some(self.clock.now().plus_seconds(in_seconds));
                Command::LaunchCampaign { campaign, at }
            }
            10 if self.dice.once_in(3) => Command::CancelCampaign { campaign },
            11 => Command::DuplicateCampaign { campaign },
            12 => {
                let groups = self.groups().await;
                let group = self.dice.pick(&groups).map(Some);
                Command::ChangeCampaign {
                    campaign,
                    patch: CampaignPatch { group, ..Default::default() },
                }
            }
            _ => self.add_campaign().await,
        }]
    }

    /// A group of its own now and then, and then a campaign.
    async fn add_campaign(&mut self) -> Command {
        let (reps, groups) = (self.reps().await, self.groups().await);
        if groups.len() < 3 || self.dice.once_in(4) {
            let members: Vec<_> = reps.iter().copied().filter(|_| !self.dice.once_in(3)).collect();
            let name = Name::parse(&format!("Group {}", self.requests)).unwrap();
            return Command::AddGroup { name, reps: members };
        }
        let rotation = if self.dice.once_in(3) { Rotation::Group } else { Rotation::Campaign };
        let when_owner_is_out =
            if self.dice.once_in(2) { WhenOwnerIsOut::RoundRobin } else { WhenOwnerIsOut::Owner };
        let name = Name::parse("Campaign").unwrap();
        Command::AddCampaign { name, group: self.dice.pick(&groups), rotation, when_owner_is_out }
    }

    fn passed_on(&mut self) -> Vec<Command> {
        let assignments = std::mem::take(&mut self.assignments);
        let picked = self.dice.pick(&assignments);
        self.assignments = assignments;
        let to_next =
            |assignment| Command::Reassign { assignment, to: ReassignTo::Next, note: None };
        picked.map(to_next).into_iter().collect()
    }

    async fn imports(&mut self) -> Vec<Command> {
        let (campaigns, reps) = (self.campaigns().await, self.reps().await);
        let campaign = self.dice.pick(&campaigns);
        let leads = (0..=self.dice.below(20))
            .map(|_| {
                let owner = if self.dice.once_in(3) { self.dice.pick(&reps) } else { None };
                self.news(owner)
            })
            .collect();
        vec![Command::AddLeads { campaign, leads, existing: Existing::Fill }]
    }

    async fn people(&mut self) -> Vec<Command> {
        let reps = self.reps().await;
        let leads = self.leads().await;
        vec![match self.dice.below(6) {
            0 => add_rep(self.requests),
            1 => {
                let (Some(rep), Some(heir)) = (self.dice.pick(&reps), self.dice.pick(&reps)) else {
                    return Vec::new();
                };
                let leads = if self.dice.once_in(2) {
                    LeadsOfRemoved::Released
                } else {
                    LeadsOfRemoved::TransferredTo(heir)
                };
                Command::RemoveRep { rep, leads: Some(leads) }
            }
            2..=4 => {
                let Some(lead) = self.dice.pick(&leads) else { return Vec::new() };
                let owner = Some(self.dice.pick(&reps).map(OwnerRef::Id));
                Command::ChangeLead { lead, patch: LeadPatch { owner, ..Default::default() } }
            }
            _ => {
                let Some(lead) = self.dice.pick(&leads) else { return Vec::new() };
                Command::EraseLead { lead }
            }
        }]
    }

    async fn settings(&mut self) -> Vec<Command> {
        let mut settings: Settings = self.team().await.settings().clone();
        settings.routed_rep_becomes_owner = !self.dice.once_in(3);
        vec![Command::ChangeSettings { settings }]
    }

    fn news(&mut self, owner: Option<RepId>) -> LeadNews {
        let person = self.dice.below(PEOPLE);
        LeadNews {
            email: Email::parse(&format!("person{person}@lead.test")).unwrap(),
            owner: owner.map(OwnerRef::Id),
            fields: LeadFields::default(),
        }
    }

    async fn team(&self) -> Team {
        let parts = self.store.load_team(self.team).await.unwrap().unwrap();
        let now = self.clock.now().max(parts.last_at);
        Team::from_parts(parts, now)
    }

    async fn reps(&self) -> Vec<RepId> {
        self.team().await.reps().map(|rep| rep.id).collect()
    }

    async fn groups(&self) -> Vec<GroupId> {
        self.team().await.groups().map(|group| group.id).collect()
    }

    async fn campaigns(&self) -> Vec<CampaignId> {
        self.team()
            .await
            .campaigns()
            .filter(|campaign| campaign.status != Status::Cancelled)
            .map(|campaign| campaign.id)
            .collect()
    }

    async fn absences(&self) -> Vec<(RepId, AbsenceId)> {
        let team = self.team().await;
        let of_rep = |rep: &rondo_core::team::RepParts| {
            let id = rep.id;
            rep.absences.iter().map(move |absence| (id, absence.id)).collect::<Vec<_>>()
        };
        team.reps().flat_map(of_rep).collect()
    }

    async fn leads(&self) -> Vec<LeadId> {
        let ledger = self.store.entries_after(self.team, 0, 1_000_000).await.unwrap();
        let mut leads: Vec<_> = ledger
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::Qualified { lead, .. } => Some(*lead),
                _ => None,
            })
            .collect();
        leads.dedup();
        leads
    }
}

fn add_rep(number: u64) -> Command {
    let details = RepDetails {
        name: Name::parse(&format!("Rep {number}")).unwrap(),
        email: Email::parse(&format!("rep{number}@acme.test")).unwrap(),
        phone: None,
        time_zone: "UTC".to_owned(),
        calendar_link: None,
        salt: [0; 16],
    };
    Command::AddRep { details }
}
