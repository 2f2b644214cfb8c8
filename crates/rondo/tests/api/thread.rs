//! A lead whom a campaign has written to, and what comes back: for the stories of conversations by mail.

use rondo_core::command::{Answer, Command, Incoming, ReadMessage};
use rondo_core::detail::MessageText;
use rondo_core::ids::{ConversationId, MailboxId, MessageId};
use rondo_core::mail::{FollowUps, Handling, ReplyLabel, ReviewReason, Sender};
use serde_json::{Value, json};

use crate::world::{Reply, World};

/// The conversation of a lead whom a running campaign has written its first message to.
pub(crate) struct Thread {
    pub(crate) rep: String,
    pub(crate) mailbox: String,
    pub(crate) campaign: String,
    pub(crate) conversation: String,
    pub(crate) lead: String,
    pub(crate) email: &'static str,
}

impl Thread {
    /// With Lea, from Kim's mailbox.
    pub(crate) async fn begun(world: &World) -> Self {
        let mailbox = world.add_mailbox("kim@acme.example").await;
        let rep = world.add_rep("Ann").await;
        let group = world.add_group("North", &[&rep]).await;
        let campaign = world.add_campaign("Spring", &group).await;
        let steps = json!([
            {"subject": "Northgate", "body": "Hello there.", "wait_days": 0},
            {"body": "Did you see it?", "wait_days": 3},
        ]);
        world.set_messages(&campaign, &mailbox, steps).await.is(200);
        world.admin().post(&format!("/v1/campaigns/{campaign}/launch"), json!({})).await.is(200);
        Self::joined(world, mailbox, rep, campaign, "lea@customer.example").await
    }

    /// Somebody else joins the same campaign, and is written to.
    pub(crate) async fn beside(&self, world: &World, email: &'static str) -> Self {
        let (mailbox, rep, campaign) =
            (self.mailbox.clone(), self.rep.clone(), self.campaign.clone());
        Self::joined(world, mailbox, rep, campaign, email).await
    }

    async fn joined(
        world: &World,
        mailbox: String,
        rep: String,
        campaign: String,
        email: &'static str,
    ) -> Self {
        let path = format!("/v1/campaigns/{campaign}/leads");
        let taken = world.admin().post(&path, json!({"email": email, "name": "Lea"})).await.is(200);
        let conversation = taken["conversations"][0].as_str().unwrap().to_owned();
        let lead = world.admin().get(&format!("/v1/leads?email={email}")).await.is(200);
        let lead = lead["items"][0]["id"].as_str().unwrap().to_owned();
        let thread = Self { rep, mailbox, campaign, conversation, lead, email };
        let text = MessageText {
            message_id: Some("first@acme.example".to_owned()),
            from: "kim@acme.example".to_owned(),
            to: vec![email.to_owned()],
            subject: "Northgate".to_owned(),
            text: "Hello there.".to_owned(),
            ..MessageText::default()
        };
        let step = Command::SendStep {
            conversation: thread.id(),
            step: 0,
            next_at: Some(world_now(world).plus_seconds(3 * 86_400)),
            text: Box::new(text),
        };
        world.does(step).await.unwrap();
        thread
    }

    fn id(&self) -> ConversationId {
        self.conversation.parse().unwrap()
    }

    /// A message of the lead with this meaning comes in.
    pub(crate) async fn hears(
        &self,
        world: &World,
        words: &str,
        label: ReplyLabel,
        certainty: Result<(), ReviewReason>,
    ) -> (MessageId, Handling) {
        let reading = read(Sender::Lead, label, certainty);
        self.takes(world, words, Some(self.id()), reading).await
    }

    /// A message comes in, to this conversation or to none.
    pub(crate) async fn takes(
        &self,
        world: &World,
        words: &str,
        conversation: Option<ConversationId>,
        reading: ReadMessage,
    ) -> (MessageId, Handling) {
        let mut key = [0; 32];
        key.iter_mut().zip(words.bytes()).for_each(|(to, byte)| *to = byte);
        self.takes_as(world, words, key, conversation, reading).await
    }

    /// As [`Self::takes`], a message that is known by this key.
    pub(crate) async fn takes_as(
        &self,
        world: &World,
        words: &str,
        key: [u8; 32],
        conversation: Option<ConversationId>,
        reading: ReadMessage,
    ) -> (MessageId, Handling) {
        let mailbox: MailboxId = self.mailbox.parse().unwrap();
        let text = MessageText {
            key: Some(key),
            message_id: Some("answer@customer.example".to_owned()),
            references: vec!["first@acme.example".to_owned()],
            from: self.email.to_owned(),
            to: vec!["kim@acme.example".to_owned()],
            cc: Vec::new(),
            subject: "AW: Northgate".to_owned(),
            text: words.to_owned(),
            quoted_text: "> Hello there.".to_owned(),
            html: None,
            reading: Some(READING.to_owned()),
            raw: Some(format!("Subject: AW: Northgate\r\n\r\n{words}\r\n").into_bytes()),
        };
        let incoming = Incoming { mailbox, key, conversation, reading, text };
        match world.does(Command::ReceiveMessage(Box::new(incoming))).await.unwrap() {
            Answer::Message { message, handling, .. } => (message, handling),
            other => panic!("{other:?}"),
        }
    }

    /// Has something done about the conversation by the admin.
    pub(crate) async fn review(&self, world: &World, action: Value) -> Reply {
        let path = format!("/v1/conversations/{}/review", self.conversation);
        world.admin().post(&path, action).await
    }

    /// The conversation as the admin sees it.
    pub(crate) async fn shown(&self, world: &World) -> Value {
        world.admin().get(&format!("/v1/conversations/{}", self.conversation)).await.is(200)
    }
}

/// What the reader writes beside a message; one of it cannot be read.
const READING: &str = r#"{"confidence": 0.93, "probabilities": {"high_intent": 0.93, "other": 0.07},
    "cues": ["call me"], "fields": {"phone": "555-0142"}, "source": "embedded", "model": 7}"#;

/// A message as it was read.
pub(crate) fn read(
    sender: Sender,
    label: ReplyLabel,
    certainty: Result<(), ReviewReason>,
) -> ReadMessage {
    ReadMessage {
        sender,
        label,
        certainty,
        follow_ups: FollowUps::GoOn,
        is_permanent: false,
        is_complaint: false,
    }
}

fn world_now(world: &World) -> rondo_core::Instant {
    rondo::clock::Clock::now(world.clock.as_ref())
}
