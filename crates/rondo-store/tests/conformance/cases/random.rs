//! Whatever is decided, in batches of any size: the tables say what the team says.

use rondo_core::command::{KeyTerms, LeadPatch, OwnerRef, ReassignTo, RepPatch};
use rondo_core::detail::{Attribute, Existing, LeadFields};
use rondo_core::event::CursorKey;
use rondo_core::event::{LeadsOfRemoved, OwnerSource, Role, Rotation, WebhookEvent};
use rondo_core::ids::{
    AbsenceId, AssignmentId, CampaignId, ConversationId, GroupId, KeyId, LeadId, RepId, WebhookId,
};
use rondo_core::text::Name;
use rondo_core::{Answer, Command, Needs, Period};

use crate::world::{World, add_rep, email, news, qualify, qualify_for};

/// Commands that a run decides: enough for each kind to follow each other kind now and then.
const COMMANDS: usize = 700;

/// SplitMix64: the same seed, the same run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[self.below(from.len())]) }
    }
}

/// What was made so far, gone or not.
#[derive(Default)]
struct Known {
    reps: Vec<RepId>,
    absences: Vec<(RepId, AbsenceId)>,
    groups: Vec<GroupId>,
    campaigns: Vec<CampaignId>,
    leads: Vec<LeadId>,
    conversations: Vec<ConversationId>,
    assignments: Vec<AssignmentId>,
    keys: Vec<KeyId>,
    webhooks: Vec<WebhookId>,
    named: usize,
}

pub(crate) async fn tables_say_what_the_team_says(mut world: World) {
    let mut dice = Dice(11);
    let mut known = Known::default();
    with_a_gap_ahead(&mut world, &mut known).await;
    let mut decided = 0;
    while decided < COMMANDS {
        world.now = world.now.plus_seconds(dice.below(7200) as i64);
        let mut commands = vec![Command::Tick];
        commands.extend(world.team.cursors_with_backlog().into_iter().map(serve));
        for _ in 0..[1, 2, 7, 40][dice.below(4)] {
            commands.extend(random_command(&mut dice, &mut known, &mut world));
        }
        decided += commands.len();
        let answers = world.try_all(&commands).await;
        for (command, answer) in commands.iter().zip(answers) {
            if let Ok(answer) = answer {
                known.learn(command, answer);
            }
        }
        known.look(&world).await;
        let loaded = world.store.load_team(world.id()).await.unwrap().unwrap();
        assert_eq!(loaded, world.team.to_parts());
    }
    for kind in [
        "qualified",
        "waiting_assigned",
        "reassigned",
        "lead_erased",
        "rep_removed",
        "campaign_cancelled",
    ] {
        let entries = world.store.entries_after(world.id(), 0, u32::MAX).await.unwrap();
        let found = entries.iter().any(|entry| {
            serde_json::to_value(&entry.event).unwrap()["kind"].as_str() == Some(kind)
        });
        assert!(found, "the run holds {kind}");
    }
    assert_eq!(world.differences().await, []);
}

/// A campaign whose only rep is away for two days soon: its leads will wait.
async fn with_a_gap_ahead(world: &mut World, known: &mut Known) {
    let rep = world.rep("solo").await;
    let group = world.group("Solo", &[rep]).await;
    let from = world.now.plus_seconds(3600);
    let period = Period { from, until: Some(from.plus_seconds(170_000)) };
    world.run(Command::AddAbsence { rep, period, dates: None, note: None }).await;
    known.campaigns.push(world.running("Gap", Some(group)).await);
}

fn serve(cursor: CursorKey) -> Command {
    Command::ServeWaiting { cursor }
}

impl Known {
    fn learn(&mut self, command: &Command, answer: Answer) {
        match answer {
            Answer::Rep(rep) => self.reps.push(rep),
            Answer::Absence(absence) => {
                if let Command::AddAbsence { rep, .. } | Command::GoOutOfOffice { rep, .. } =
                    command
                {
                    self.absences.push((*rep, absence));
                }
            }
            Answer::Group(group) => self.groups.push(group),
            Answer::Campaign(campaign) => self.campaigns.push(campaign),
            Answer::Leads(leads) => self.conversations.extend(leads.conversations),
            Answer::Assigned { assignment, conversation, .. } => {
                self.assignments.push(assignment);
                self.conversations.push(conversation);
            }
            Answer::Waiting { conversation, .. } => self.conversations.push(conversation),
            Answer::Key(key) => self.keys.push(key),
            Answer::Webhook(webhook) => self.webhooks.push(webhook),
            Answer::Lead(_) | Answer::User(_) | Answer::Done => {}
        }
    }

    /// Learns the leads of conversations.
    async fn look(&mut self, world: &World) {
        let mut needs = Needs::default();
        needs.conversations.extend(self.conversations.iter().rev().take(20));
        let facts = world.facts(needs).await;
        self.leads.extend(facts.leads.keys());
        self.leads.sort();
        self.leads.dedup();
        assert!(facts.leads.values().all(|lead| {
            lead.owner.is_none_or(|(_, source)| {
                source == OwnerSource::Routed || source == OwnerSource::PreAssigned
            })
        }));
    }

    fn name(&mut self, stem: &str) -> String {
        self.named += 1;
        format!("{stem}{}", self.named)
    }
}

fn random_command(dice: &mut Dice, known: &mut Known, world: &mut World) -> Option<Command> {
    let rep = dice.pick(&known.reps);
    let group = dice.pick(&known.groups);
    let campaign = dice.pick(&known.campaigns);
    let lead = dice.pick(&known.leads);
    let person = format!("lead{}", dice.below(150));
    let from = world.now.plus_seconds(dice.below(100_000) as i64 - 20_000);
    let until = (dice.below(4) > 0).then(|| from.plus_seconds(dice.below(60_000) as i64 + 1));
    let period = Period { from, until };
    let note = (dice.below(2) == 0).then(|| "a note".to_owned());
    Some(match dice.below(40) {
        0 | 1 => add_rep(&known.name("rep")),
        2 => {
            let patch = RepPatch { email: Some(email(&known.name("rep"))), ..RepPatch::default() };
            Command::ChangeRep { rep: rep?, patch }
        }
        3 => {
            let leads = match dice.below(2) {
                0 => LeadsOfRemoved::Released,
                _ => LeadsOfRemoved::TransferredTo(dice.pick(&known.reps)?),
            };
            Command::RemoveRep { rep: rep?, leads: Some(leads) }
        }
        4..=6 => Command::AddAbsence { rep: rep?, period, dates: None, note },
        7 | 8 => Command::GoOutOfOffice { rep: rep?, until: None, dates: None, note },
        9 => Command::ComeBack { rep: rep? },
        10 => {
            let (rep, absence) = dice.pick(&known.absences)?;
            Command::ChangeAbsence { rep, absence, period, dates: None, note: Some(note) }
        }
        11 => {
            let (rep, absence) = dice.pick(&known.absences)?;
            Command::RemoveAbsence { rep, absence }
        }
        12 | 13 => {
            let mut reps: Vec<_> = (0..3).filter_map(|_| dice.pick(&known.reps)).collect();
            reps.sort();
            reps.dedup();
            Command::AddGroup { name: Name::parse(&known.name("group")).ok()?, reps }
        }
        14 => Command::RenameGroup { group: group?, name: Name::parse(&known.name("group")).ok()? },
        15 => Command::RemoveGroup { group: group? },
        16 => Command::AddMember { group: group?, rep: rep? },
        17 => Command::RemoveMember { group: group?, rep: rep? },
        18 | 19 => Command::AddCampaign {
            name: Name::parse(&known.name("campaign")).ok()?,
            group,
            rotation: if dice.below(2) == 0 { Rotation::Campaign } else { Rotation::Group },
            when_owner_is_out: Default::default(),
        },
        20 => Command::DuplicateCampaign { campaign: campaign? },
        21 | 22 => {
            let at = (dice.below(2) == 0).then(|| world.now.plus_seconds(3000));
            Command::LaunchCampaign { campaign: campaign?, at }
        }
        23 => Command::PauseCampaign { campaign: campaign? },
        24 => Command::ResumeCampaign { campaign: campaign? },
        25 if dice.below(4) == 0 => Command::CancelCampaign { campaign: campaign? },
        25 => Command::RemoveCampaign { campaign: campaign? },
        26 | 27 => {
            let mut leads: Vec<_> =
                (0..20).map(|_| news(&format!("lead{}", dice.below(150)))).collect();
            leads.sort_by(|one, other| one.email.cmp(&other.email));
            leads.dedup_by(|one, other| one.email == other.email);
            leads[0].owner = rep.map(OwnerRef::Id);
            leads[0].fields = fields();
            Command::AddLeads { campaign, leads, existing: Existing::Overwrite }
        }
        28 => {
            let patch = LeadPatch {
                email: Some(email(&format!("lead{}", dice.below(150)))),
                owner: Some(rep.map(OwnerRef::Id)),
                ..LeadPatch::default()
            };
            Command::ChangeLead { lead: lead?, patch }
        }
        29 => Command::EraseLead { lead: lead? },
        30..=32 => qualify(campaign?, &person),
        33 => qualify_for(campaign?, &person, rep?),
        34 => {
            let subject =
                rondo_core::command::Subject::Conversation(dice.pick(&known.conversations)?);
            Command::Qualify { campaign: campaign?, subject, note }
        }
        35 => {
            let to = if dice.below(2) == 0 { ReassignTo::Next } else { ReassignTo::Rep(rep?) };
            Command::Reassign { assignment: dice.pick(&known.assignments)?, to, note }
        }
        36 => Command::AddKey {
            name: Name::parse("a key").ok()?,
            terms: KeyTerms {
                role: Role::Router,
                rep: None,
                expires_at: None,
                requests_per_second_max: std::num::NonZeroU32::new(dice.below(3) as u32),
            },
            prefix: "rondo_abc".to_owned(),
            hash: std::array::from_fn(|_| dice.below(256) as u8),
        },
        37 => Command::RevokeKey { key: dice.pick(&known.keys)? },
        38 => Command::AddWebhook {
            webhook: world.ids.next_id(),
            url: "https://hooks.example/".to_owned(),
            events: vec![WebhookEvent::RepAway],
            sealed_secret: vec![1, 2, 3],
        },
        _ => Command::RemoveWebhook { webhook: dice.pick(&known.webhooks)? },
    })
}

fn fields() -> LeadFields {
    LeadFields {
        name: Some("Rosa".to_owned()),
        attributes: [("size".to_owned(), Attribute::Integer(7))].into(),
        ..LeadFields::default()
    }
}
