//! Whatever is decided, in batches of any size: the tables say what the team says.

use rondo_core::command::{
    Hold, Incoming, KeyTerms, LeadPatch, MailFailure, OwnerRef, ReadMessage, ReassignTo,
    ReminderStage, RepFinding, RepPatch, Review,
};
use rondo_core::detail::{
    Attribute, Existing, LeadFields, MailboxDetails, MessageText, QualifierDetails, StepText,
};
use rondo_core::event::CursorKey;
use rondo_core::event::{LeadsOfRemoved, OwnerSource, Role, Rotation, WebhookEvent};
use rondo_core::facts::ConversationState;
use rondo_core::ids::{
    AbsenceId, AssignmentId, CampaignId, ConversationId, GroupId, KeyId, LeadId, MailboxId,
    MessageId, RepId, SuppressionId, UserId, WebhookId,
};
use rondo_core::mail::{
    FollowUps, MailPlan, QualifierKind, Recipient, ReplyLabel, ReviewReason, Sender,
};
use rondo_core::text::Name;
use rondo_core::{Answer, Command, Needs, Period};

use crate::world::{World, add_rep, email, news, qualify, qualify_for};

/// Commands that a run decides: enough for each kind to follow each other kind now and then.
const COMMANDS: usize = 3000;

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
    users: Vec<UserId>,
    mailboxes: Vec<MailboxId>,
    messages: Vec<(MessageId, ConversationId)>,
    all_messages: Vec<MessageId>,
    /// Assignments that stood at some time, with their reps.
    standing: Vec<(AssignmentId, RepId, ConversationId)>,
    suppressions: Vec<SuppressionId>,
    named: usize,
}

pub(crate) async fn tables_say_what_the_team_says(mut world: World) {
    let mut dice = Dice(22);
    // Of their own, so that they leave the rest of the run as it is.
    let mut dice_for_users = Dice(23);
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
        commands.extend(random_user(&mut dice_for_users, &known));
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
        "mailbox_removed",
        "messages_set",
        "mail_queued",
        "step_held",
        "message_received",
        "message_released",
        "message_closed",
        "reviewed",
        "sent_to_review",
        "suppressed",
        "suppression_lifted",
        "taken_over",
        "rep_not_awaited",
        "user_added",
        "user_removed",
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
            Answer::User(user) => self.users.push(user),
            Answer::Mailbox(mailbox) => self.mailboxes.push(mailbox),
            Answer::Message { message, conversation, .. } => {
                self.messages.extend(conversation.map(|of| (message, of)));
                self.all_messages.push(message);
            }
            Answer::Suppression(suppression) => self.suppressions.push(suppression),
            Answer::Lead(_) | Answer::Conversation(_) | Answer::Done => {}
        }
    }

    /// Learns the leads of conversations.
    async fn look(&mut self, world: &World) {
        let mut needs = Needs::default();
        needs.conversations.extend(self.conversations.iter().rev().take(20));
        let facts = world.facts(needs).await;
        self.leads.extend(facts.leads.keys());
        // In an order of its own, so that the same seed is the same run.
        let conversations: std::collections::BTreeMap<_, _> = facts.conversations.iter().collect();
        self.standing.extend(conversations.into_iter().filter_map(|(of, fact)| match fact.state {
            ConversationState::Assigned { assignment, rep } => Some((assignment, rep, *of)),
            ConversationState::Waiting { .. } | ConversationState::Unassigned => None,
        }));
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
    if dice.below(5) < 2 {
        return random_mail(dice, known, world);
    }
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
                mailbox: None,
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

fn random_user(dice: &mut Dice, known: &Known) -> Option<Command> {
    let email = email(&format!("user{}", dice.below(12)));
    Some(match dice.below(4) {
        0 => Command::AddUser { email, role: Role::Rep, rep: dice.pick(&known.reps) },
        1 => Command::AddUser { email, role: Role::Admin, rep: None },
        2 => Command::AddUser { email, role: Role::Viewer, rep: None },
        _ => Command::RemoveUser { user: dice.pick(&known.users)? },
    })
}

fn random_mail(dice: &mut Dice, known: &mut Known, world: &mut World) -> Option<Command> {
    let campaign = dice.pick(&known.campaigns);
    let conversation = dice.pick(&known.conversations);
    let last = known.standing.len().saturating_sub(20);
    let standing = dice.pick(&known.standing[last..]);
    let assignment = match dice.below(2) {
        0 => standing.map(|(assignment, ..)| assignment),
        _ => dice.pick(&known.assignments),
    };
    let recent = |dice: &mut Dice, known: &Known| {
        let last = known.messages.len().saturating_sub(30);
        dice.pick(&known.messages[last..])
    };
    Some(match dice.below(24) {
        0 => Command::AddMailbox {
            mailbox: world.ids.next_id(),
            details: Box::new(mailbox(&known.name("assistant"))),
        },
        1 => Command::ChangeMailbox {
            mailbox: dice.pick(&known.mailboxes)?,
            details: Box::new(mailbox(&known.name("assistant"))),
        },
        2 if dice.below(4) == 0 => Command::RemoveMailbox { mailbox: dice.pick(&known.mailboxes)? },
        2..=4 => {
            let texts = vec![step_text(Some("Kilns")), step_text(None)];
            let plan = MailPlan {
                mailbox: dice.pick(&known.mailboxes)?,
                wait_days: vec![0, 3],
                window: None,
                daily_limit: None,
            };
            Command::SetMessages { campaign: campaign?, plan, texts }
        }
        5..=9 => Command::SendStep {
            conversation: conversation?,
            step: dice.below(2) as u16,
            next_at: Some(world.now.plus_seconds(1000)),
            text: Box::new(text("Good day")),
        },
        10 => Command::HoldStep {
            conversation: conversation?,
            step: dice.below(2) as u16,
            why: [Hold::MissingFields, Hold::Suppressed, Hold::Unanswered][dice.below(3)],
        },
        11..=15 => {
            let key = std::array::from_fn(|_| dice.below(256) as u8);
            let mut reading = reading(dice, known, world);
            let mut conversation = conversation.filter(|_| dice.below(3) > 0);
            if let (Some((_, rep, of)), 0) = (standing, dice.below(3)) {
                (reading.sender, conversation) = (Sender::Rep(rep), Some(of));
            }
            Command::ReceiveMessage(Box::new(Incoming {
                mailbox: dice.pick(&known.mailboxes)?,
                key,
                conversation,
                reading,
                text: MessageText { key: Some(key), raw: Some(vec![7; 40]), ..text("Yes") },
            }))
        }
        16 | 17 => {
            let (message, conversation) = recent(dice, known)?;
            let reading = reading(dice, known, world);
            Command::ReleaseMessage { message, conversation, reading }
        }
        18 => {
            let (message, of_message) = recent(dice, known)?;
            let label = [ReplyLabel::HighIntent, ReplyLabel::NotNow, ReplyLabel::Unsubscribe];
            let (conversation, action) = match dice.below(6) {
                0 => (of_message, Review::Label { message, label: label[dice.below(3)] }),
                1 => (conversation?, Review::Answer { text: Box::new(text("We do")) }),
                2 => (conversation?, Review::Qualify),
                3 => (conversation?, Review::Forward { to: dice.pick(&known.reps)? }),
                4 => (conversation?, Review::Close),
                _ => (conversation?, Review::Resume),
            };
            Command::Review { conversation, action }
        }
        19 | 20 => Command::CloseMessage {
            message: dice
                .pick(&known.all_messages[known.all_messages.len().saturating_sub(9)..])?,
        },
        21 => match dice.below(3) {
            0 => Command::Suppress { email: email(&format!("lead{}", dice.below(150))) },
            1 => Command::LiftSuppression { suppression: dice.pick(&known.suppressions)? },
            _ => Command::SetQualifier {
                qualifier: QualifierKind::Ollama,
                details: Box::new(QualifierDetails {
                    base_url: Some("http://models.example".to_owned()),
                    model: Some("small".to_owned()),
                    sealed_key: None,
                    thresholds: "{}".to_owned(),
                }),
            },
        },
        22 => {
            let finding = [RepFinding::InHand, RepFinding::WrongLead][dice.below(2)];
            let last = known.standing.len().saturating_sub(20);
            let (assignment, rep, _) = dice.pick(&known.standing[last..])?;
            Command::TakeOver { assignment, rep, finding }
        }
        _ => match dice.below(2) {
            0 => {
                let stage = [ReminderStage::Rep, ReminderStage::Admin][dice.below(2)];
                Command::Remind { assignment: assignment?, stage }
            }
            _ => {
                let (message, conversation) = recent(dice, known)?;
                let why = [MailFailure::NoSuchAddress, MailFailure::Other][dice.below(2)];
                Command::MailFailed { message, conversation, why }
            }
        },
    })
}

fn reading(dice: &mut Dice, known: &Known, world: &World) -> ReadMessage {
    let labels = [
        ReplyLabel::HighIntent,
        ReplyLabel::Question,
        ReplyLabel::NotInterested,
        ReplyLabel::Unsubscribe,
        ReplyLabel::AutoReply,
    ];
    let rep = dice.pick(&known.reps);
    let recipient = rep.map_or(Recipient::Lead, Recipient::Rep);
    let sender = match dice.below(8) {
        0 => rep.map_or(Sender::Other, Sender::Rep),
        1 => Sender::MailSystem { recipient },
        2 => Sender::MailSystem { recipient: Recipient::Lead },
        3 => Sender::Other,
        _ => Sender::Lead,
    };
    let certainty = if dice.below(4) == 0 { Err(ReviewReason::Uncertain) } else { Ok(()) };
    let follow_ups = match dice.below(2) {
        0 => FollowUps::NotBefore(world.now.plus_seconds(5000)),
        _ => FollowUps::GoOn,
    };
    let label = labels[dice.below(labels.len())];
    let is_permanent = dice.below(2) == 0;
    let is_complaint = dice.below(20) == 0;
    ReadMessage { sender, label, certainty, follow_ups, is_permanent, is_complaint }
}

pub(crate) fn mailbox(name: &str) -> MailboxDetails {
    MailboxDetails {
        name: Name::parse("Ida").unwrap(),
        email: email(name),
        has_plus_addresses: true,
        smtp: r#"{"host":"mail.example"}"#.to_owned(),
        smtp_secret: Some(vec![1; 20]),
        imap: None,
        imap_secret: None,
    }
}

pub(crate) fn step_text(subject: Option<&str>) -> StepText {
    StepText {
        subject: subject.map(str::to_owned),
        body: "Good day {{ lead.name }}".to_owned(),
        body_html: None,
    }
}

pub(crate) fn text(text: &str) -> MessageText {
    MessageText {
        from: "ida@rondo.example".to_owned(),
        text: text.to_owned(),
        ..MessageText::default()
    }
}

fn fields() -> LeadFields {
    LeadFields {
        name: Some("Rosa".to_owned()),
        attributes: [("size".to_owned(), Attribute::Integer(7))].into(),
        ..LeadFields::default()
    }
}
