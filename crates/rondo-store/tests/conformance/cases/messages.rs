//! Messages of a conversation as they are read back, and what becomes of mail.

use rondo_core::command::{Incoming, ReadMessage};
use rondo_core::detail::{Existing, MailboxDetails, MessageText, StepText};
use rondo_core::ids::{ConversationId, MailboxId, MessageId};
use rondo_core::mail::{FollowUps, Handling, MailPlan, ReplyLabel, ReviewReason, Sender};
use rondo_core::text::Name;
use rondo_core::{Answer, Command};
use rondo_store::{DueMail, LeftTo, MailOutcome, ThreadOf, TriedMail};

use crate::world::{World, email, news};

/// A conversation in which the first message was queued.
struct Story {
    world: World,
    mailbox: MailboxId,
    conversation: ConversationId,
}

impl Story {
    async fn begun(mut world: World) -> Self {
        let mailbox: MailboxId = world.ids.next_id();
        let details = Box::new(MailboxDetails {
            name: Name::parse("Ida").unwrap(),
            email: email("ida"),
            has_plus_addresses: true,
            smtp: "{}".to_owned(),
            smtp_secret: None,
            imap: None,
            imap_secret: None,
        });
        world.run(Command::AddMailbox { mailbox, details }).await;
        world.rep("ana").await;
        let campaign = world.campaign("Spring", None).await;
        let text = StepText {
            subject: Some("Kilns".to_owned()),
            body: "Good day".to_owned(),
            body_html: None,
        };
        let plan = MailPlan { mailbox, wait_days: vec![0], window: None, daily_limit: None };
        world.run(Command::SetMessages { campaign, plan, texts: vec![text] }).await;
        world.run(Command::LaunchCampaign { campaign, at: None }).await;
        let (leads, existing) = (vec![news("rosa")], Existing::Fill);
        let command = Command::AddLeads { campaign: Some(campaign), leads, existing };
        let Answer::Leads(leads) = world.run(command).await else { panic!() };
        let conversation = leads.conversations[0];
        let text = Box::default();
        world.run(Command::SendStep { conversation, step: 0, next_at: None, text }).await;
        Self { world, mailbox, conversation }
    }

    /// A message that is known by this number comes in.
    async fn hears(
        &mut self,
        number: u8,
        sender: Sender,
        label: ReplyLabel,
        certainty: Result<(), ReviewReason>,
    ) -> (MessageId, Handling) {
        let key = [number; 32];
        let reading = ReadMessage {
            sender,
            label,
            certainty,
            follow_ups: FollowUps::GoOn,
            is_permanent: false,
            is_complaint: false,
        };
        let text = MessageText { key: Some(key), ..MessageText::default() };
        let conversation = Some(self.conversation);
        let incoming = Incoming { mailbox: self.mailbox, key, conversation, reading, text };
        let command = Command::ReceiveMessage(Box::new(incoming));
        match self.world.run(command).await {
            Answer::Message { message, handling, .. } => (message, handling),
            other => panic!("{other:?}"),
        }
    }

    async fn is_tied_by(&self, number: u8) -> bool {
        let keys = [[number; 32]];
        let of = ThreadOf::Received(self.mailbox, &keys);
        self.world.store.thread_of(self.world.id(), of).await.unwrap().is_some()
    }

    async fn due(&self) -> Vec<DueMail> {
        let (team, at) = (self.world.id(), self.world.now.plus_seconds(1000));
        self.world.store.mails_due(team, self.mailbox, at, 9).await.unwrap()
    }

    async fn tried(&self, message: MessageId, outcome: MailOutcome) {
        let tried = [TriedMail { message, outcome, error: Some("not now".to_owned()) }];
        self.world.store.mails_tried(self.world.id(), &tried).await.unwrap();
    }
}

pub(crate) async fn what_may_be_by_somebody_else_ties_nothing_to_a_conversation(world: World) {
    let mut story = Story::begun(world).await;
    let doubts = [
        ReviewReason::WeakTie,
        ReviewReason::Unauthenticated,
        ReviewReason::OtherSender,
        ReviewReason::Loop,
    ];
    for (number, doubt) in (1..).zip(doubts) {
        story.hears(number, Sender::Lead, ReplyLabel::Question, Err(doubt)).await;
        assert!(!story.is_tied_by(number).await, "{doubt:?}");
    }
    story.hears(11, Sender::Other, ReplyLabel::Question, Ok(())).await;
    story.hears(12, Sender::Lead, ReplyLabel::AutoReply, Err(ReviewReason::WeakTie)).await;
    assert!(!story.is_tied_by(11).await && !story.is_tied_by(12).await);

    story.hears(21, Sender::Lead, ReplyLabel::Question, Ok(())).await;
    story.hears(22, Sender::Lead, ReplyLabel::Other, Err(ReviewReason::Uncertain)).await;
    assert!(story.is_tied_by(21).await && story.is_tied_by(22).await);
    let campaign = story.world.store.thread(story.world.id(), story.conversation).await;
    let campaign = campaign.unwrap().unwrap().campaign;
    story.world.run(Command::PauseCampaign { campaign }).await;
    let held = story.hears(31, Sender::Lead, ReplyLabel::Question, Ok(())).await;
    assert_eq!(held.1, Handling::Held);
    assert!(!story.is_tied_by(31).await);
}

pub(crate) async fn a_message_is_found_by_its_key_and_its_mailbox(world: World) {
    let mut story = Story::begun(world).await;
    let (message, handling) = story.hears(1, Sender::Lead, ReplyLabel::Question, Ok(())).await;
    let of = story.world.ids.next_id();
    let (store, team) = (&story.world.store, story.world.id());
    let row = store.message_of_key(team, story.mailbox, &[1; 32]).await.unwrap().unwrap();
    assert_eq!((row.id, row.handled), (message, Some((ReplyLabel::Question, handling))));
    assert!(row.is_from_lead);
    assert_eq!(store.message_of_key(team, story.mailbox, &[2; 32]).await.unwrap(), None);
    assert_eq!(store.message_of_key(team, of, &[1; 32]).await.unwrap(), None);
}

pub(crate) async fn the_messages_before_one_are_the_last_of_them(world: World) {
    let mut story = Story::begun(world).await;
    let mut all = Vec::new();
    for number in 1..=4 {
        all.push(story.hears(number, Sender::Other, ReplyLabel::Other, Ok(())).await.0);
    }
    let before = story.world.store.messages_before(story.world.id(), story.conversation, all[3], 2);
    let before: Vec<_> = before.await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(before, all[1..3]);
}

pub(crate) async fn a_mail_that_the_lead_has_is_left_to_the_rep(world: World) {
    let story = Story::begun(world).await;
    let queued = story.due().await[0];
    assert_eq!((queued.attempts, queued.left_to), (0, LeftTo::All));
    let at = story.world.now.plus_seconds(60);
    for (outcome, attempts, left_to) in [
        (MailOutcome::PutOff(at), 0, LeftTo::All),
        (MailOutcome::TryAgain(at), 1, LeftTo::All),
        (MailOutcome::TryForRep(at), 2, LeftTo::Rep),
        (MailOutcome::TryAgain(at), 3, LeftTo::Rep),
        (MailOutcome::PutOff(at), 3, LeftTo::Rep),
    ] {
        story.tried(queued.message, outcome).await;
        assert_eq!(story.due().await, [DueMail { attempts, left_to, ..queued }], "{outcome:?}");
    }
    story.tried(queued.message, MailOutcome::Sent(at)).await;
    assert_eq!(story.due().await, []);
}
