//! A campaign that writes to its leads, and what comes back: the language of the stories beside it.

use rondo_core::command::{Incoming, LeadNews, ReadMessage, Review};
use rondo_core::detail::{Existing, LeadFields, MailboxDetails, MessageText, StepText};
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::Id as _;
use rondo_core::ids::{
    AssignmentId, CampaignId, ConversationId, LeadId, MailboxId, MessageId, RepId,
};
use rondo_core::mail::{
    ConversationStatus, FollowUps, Handling, Mail, MailPlan, Recipient, ReplyLabel, ReviewReason,
    Sender,
};
use rondo_core::{Answer, Command, Event, Refusal};

use crate::world::{World, details, email, hour, name};

/// A campaign that writes two messages to its leads from a mailbox, and runs.
pub(super) struct Desk {
    pub(super) world: World,
    pub(super) mailbox: MailboxId,
    pub(super) campaign: CampaignId,
    pub(super) reps: Vec<RepId>,
    messages: u8,
}

/// A lead to whom the first message went out.
#[derive(Clone, Copy)]
pub(super) struct Thread {
    pub(super) conversation: ConversationId,
    pub(super) lead: LeadId,
}

/// What a message is that a lead wrote.
pub(super) fn reply(label: ReplyLabel) -> ReadMessage {
    ReadMessage {
        sender: Sender::Lead,
        label,
        certainty: Ok(()),
        follow_ups: FollowUps::GoOn,
        is_permanent: false,
        is_complaint: false,
    }
}

pub(super) fn doubted(label: ReplyLabel, why: ReviewReason) -> ReadMessage {
    ReadMessage { certainty: Err(why), ..reply(label) }
}

pub(super) fn bounce(recipient: Recipient, is_permanent: bool) -> ReadMessage {
    let sender = Sender::MailSystem { recipient };
    ReadMessage { sender, is_permanent, ..reply(ReplyLabel::Bounce) }
}

pub(super) fn news(who: &str) -> LeadNews {
    LeadNews { email: email(who), owner: None, fields: LeadFields::default() }
}

pub(super) fn mailbox_details(who: &str) -> Box<MailboxDetails> {
    Box::new(MailboxDetails {
        name: name(who),
        email: email(who),
        has_plus_addresses: true,
        smtp: "{}".to_owned(),
        smtp_secret: None,
        imap: None,
        imap_secret: None,
    })
}

pub(super) fn step_text(subject: Option<&str>) -> StepText {
    StepText { subject: subject.map(str::to_owned), body: "Hello.".to_owned(), body_html: None }
}

impl Desk {
    pub(super) fn new() -> Self {
        Self::with_reps(&["ann", "bo"])
    }

    pub(super) fn with_reps(who: &[&str]) -> Self {
        let mut world = World::new();
        let reps = who
            .iter()
            .map(|who| {
                match world
                    .run(Command::AddRep { details: details(who) })
                    .expect("a new rep")
                    .answer
                {
                    Answer::Rep(rep) => rep,
                    other => panic!("{other:?}"),
                }
            })
            .collect();
        let mailbox = MailboxId::from_bytes([1; 16]);
        world
            .run(Command::AddMailbox { mailbox, details: mailbox_details("kim") })
            .expect("a new mailbox");
        let mut desk =
            Self { world, mailbox, campaign: CampaignId::from_bytes([0; 16]), reps, messages: 0 };
        desk.campaign = desk.writing("spring");
        desk
    }

    /// A campaign that runs and writes nothing.
    pub(super) fn plain(&mut self, who: &str) -> CampaignId {
        let add = Command::AddCampaign {
            name: name(who),
            group: None,
            rotation: Rotation::Campaign,
            when_owner_is_out: WhenOwnerIsOut::Owner,
        };
        let Answer::Campaign(campaign) = self.does(add) else { panic!("a campaign is made") };
        self.does(Command::LaunchCampaign { campaign, at: None });
        campaign
    }

    pub(super) fn writing(&mut self, who: &str) -> CampaignId {
        let campaign = self.plain(who);
        let plan = MailPlan {
            mailbox: self.mailbox,
            wait_days: vec![0, 3],
            window: None,
            daily_limit: None,
        };
        let texts = vec![step_text(Some("Hi")), step_text(None)];
        self.does(Command::SetMessages { campaign, plan, texts });
        campaign
    }

    #[track_caller]
    pub(super) fn does(&mut self, command: Command) -> Answer {
        let answer = self.world.run(command).expect("it is not refused").answer;
        self.world.check_facts();
        answer
    }

    #[track_caller]
    pub(super) fn is_refused(&mut self, command: Command) -> Refusal {
        let n = self.world.team.revision();
        let refusal = self.world.run(command).expect_err("it is refused");
        assert_eq!(self.world.team.revision(), n);
        refusal
    }

    /// A lead joins the campaign.
    pub(super) fn joins(&mut self, who: &str) -> Thread {
        let (campaign, leads) = (Some(self.campaign), vec![news(who)]);
        let add = Command::AddLeads { campaign, leads, existing: Existing::Fill };
        let Answer::Leads(taken) = self.does(add) else { panic!("leads are taken") };
        let key = email(who).key();
        let found = self.world.shelf.leads.iter().find(|(_, fact)| fact.email.key() == key);
        let lead = found.expect("the lead is known").0;
        Thread { conversation: taken.conversations[0], lead }
    }

    /// A lead joins, and the first message goes out to them.
    pub(super) fn begins(&mut self, who: &str) -> Thread {
        let thread = self.joins(who);
        self.does(self.step(thread, 0));
        assert_eq!(self.status(thread), ConversationStatus::AwaitingLead);
        thread
    }

    pub(super) fn step(&self, thread: Thread, step: u16) -> Command {
        Command::SendStep {
            conversation: thread.conversation,
            step,
            next_at: (step == 0).then(|| hour(72)),
            text: Box::default(),
        }
    }

    pub(super) fn incoming(&mut self, thread: Option<Thread>, reading: ReadMessage) -> Command {
        self.messages += 1;
        let key = [self.messages; 32];
        Command::ReceiveMessage(Box::new(Incoming {
            mailbox: self.mailbox,
            key,
            conversation: thread.map(|thread| thread.conversation),
            reading,
            text: MessageText { key: Some(key), ..MessageText::default() },
        }))
    }

    /// A message comes in; what is done about it.
    #[track_caller]
    pub(super) fn hears(&mut self, thread: Thread, reading: ReadMessage) -> (MessageId, Handling) {
        let incoming = self.incoming(Some(thread), reading);
        match self.does(incoming) {
            Answer::Message { message, handling, is_new: true, .. } => (message, handling),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn reviews(&mut self, thread: Thread, action: Review) -> Answer {
        self.does(Command::Review { conversation: thread.conversation, action })
    }

    pub(super) fn releases(
        &mut self,
        message: MessageId,
        thread: Thread,
        reading: ReadMessage,
    ) -> Answer {
        let conversation = thread.conversation;
        self.does(Command::ReleaseMessage { message, conversation, reading })
    }

    pub(super) fn pause(&mut self) {
        self.does(Command::PauseCampaign { campaign: self.campaign });
    }

    pub(super) fn resume(&mut self) {
        self.does(Command::ResumeCampaign { campaign: self.campaign });
    }

    pub(super) fn cancel(&mut self) {
        self.does(Command::CancelCampaign { campaign: self.campaign });
    }

    pub(super) fn status(&self, thread: Thread) -> ConversationStatus {
        self.world.shelf.status(thread.conversation)
    }

    pub(super) fn standing(&self, thread: Thread) -> Option<(AssignmentId, RepId)> {
        let mut all = self.world.shelf.conversations.iter();
        all.find(|known| known.id == thread.conversation).expect("it is known").standing
    }

    pub(super) fn assignment(&self, thread: Thread) -> AssignmentId {
        self.standing(thread).expect("it is assigned").0
    }

    pub(super) fn is_suppressed(&self, who: &str) -> bool {
        self.world.shelf.is_suppressed(email(who).key())
    }

    /// The mail that was queued, but for the campaign's messages.
    pub(super) fn queued(&self) -> Vec<Mail> {
        let mail = |entry: &rondo_core::Entry| match &entry.event {
            Event::MailQueued { mail: Mail::Step { .. }, .. } => None,
            Event::MailQueued { mail, .. } => Some(*mail),
            _ => None,
        };
        self.world.ledger.iter().filter_map(mail).collect()
    }

    /// What the last entry that tells of messages makes of those that follow.
    pub(super) fn follow_ups(&self) -> FollowUps {
        let effect = |event: &Event| match event {
            Event::MessageReceived { effect, .. }
            | Event::MessageReleased { effect, .. }
            | Event::Reviewed { effect, .. } => Some(effect.follow_ups),
            _ => None,
        };
        let mut last = self.world.ledger.iter().rev();
        last.find_map(|entry| effect(&entry.event)).expect("a message was told of")
    }
}
