//! Conversations by mail: what is due, what is kept, and what goes with a person.

use rondo_core::command::{Incoming, ReadMessage, Review};
use rondo_core::detail::{Existing, MessageText};
use rondo_core::ids::{CampaignId, ConversationId, LeadId, MailboxId, MessageId};
use rondo_core::mail::{FollowUps, MailPlan, ReplyLabel, ReviewReason, Sender};
use rondo_core::{Answer, Command, Needs};
use rondo_store::{
    Committed, ConversationFilter, ConversationStatus, MailOutcome, MailboxKeep, TriedMail,
};

use super::random::{mailbox, step_text, text};
use crate::world::{World, blob, email, news, qualify};

/// A campaign that runs and writes from a mailbox.
struct Writing {
    mailbox: MailboxId,
    campaign: CampaignId,
}

impl Writing {
    async fn begun(world: &mut World) -> Self {
        let details = Box::new(mailbox("ida"));
        let id = world.ids.next_id();
        world.run(Command::AddMailbox { mailbox: id, details }).await;
        world.rep("ann").await;
        Self { mailbox: id, campaign: running(world, id, "Spring").await }
    }

    async fn join(&self, world: &mut World, name: &str) -> (ConversationId, LeadId) {
        join(world, self.campaign, name).await
    }

    /// The campaign writes its first message to somebody who joins.
    async fn write(&self, world: &mut World, name: &str) -> (ConversationId, LeadId) {
        let (conversation, lead) = self.join(world, name).await;
        step(world, conversation, 0, "Kilns").await;
        (conversation, lead)
    }

    /// A message of this address comes in.
    async fn hear(
        &self,
        world: &mut World,
        from: &str,
        conversation: Option<ConversationId>,
        certainty: Result<(), ReviewReason>,
    ) -> MessageId {
        let key = [world.team.revision() as u8; 32];
        match world.run(self.incoming(key, from, conversation, certainty)).await {
            Answer::Message { message, .. } => message,
            other => panic!("{other:?}"),
        }
    }

    fn incoming(
        &self,
        key: [u8; 32],
        from: &str,
        conversation: Option<ConversationId>,
        certainty: Result<(), ReviewReason>,
    ) -> Command {
        let reading = ReadMessage {
            sender: if conversation.is_some() { Sender::Lead } else { Sender::Other },
            label: ReplyLabel::Question,
            certainty,
            follow_ups: FollowUps::GoOn,
            is_permanent: false,
            is_complaint: false,
        };
        let text = MessageText {
            key: Some(key),
            from: from.to_owned(),
            raw: Some(vec![7; 40]),
            ..text("Who are you?")
        };
        let mailbox = self.mailbox;
        Command::ReceiveMessage(Box::new(Incoming { mailbox, key, conversation, reading, text }))
    }
}

async fn running(world: &mut World, mailbox: MailboxId, name: &str) -> CampaignId {
    let campaign = world.campaign(name, None).await;
    let (wait_days, window, daily_limit) = (vec![0, 3], None, None);
    let plan = MailPlan { mailbox, wait_days, window, daily_limit };
    let texts = vec![step_text(Some("Kilns")), step_text(None)];
    world.run(Command::SetMessages { campaign, plan, texts }).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    campaign
}

async fn join(world: &mut World, campaign: CampaignId, name: &str) -> (ConversationId, LeadId) {
    let leads = vec![news(name)];
    let command =
        Command::AddLeads { campaign: Some(campaign), leads, existing: Existing::Overwrite };
    let Answer::Leads(added) = world.run(command).await else { panic!() };
    (added.conversations[0], world.lead(name).await.unwrap())
}

async fn step(world: &mut World, conversation: ConversationId, step: u16, subject: &str) {
    let next_at = Some(world.now.plus_seconds(1000));
    let text = Box::new(MessageText { subject: subject.to_owned(), ..text("Good day") });
    world.run(Command::SendStep { conversation, step, next_at, text }).await;
}

async fn status(world: &World, conversation: ConversationId) -> ConversationStatus {
    let row = world.store.conversation(world.id(), conversation).await.unwrap();
    row.unwrap().status
}

pub(crate) async fn what_is_open_in_the_conversations_of_an_erased_lead_is_over(mut world: World) {
    let writing = Writing::begun(&mut world).await;
    let (written, lea) = writing.write(&mut world, "lea").await;
    let (unwritten, max) = writing.join(&mut world, "max").await;
    let (in_review, ida) = writing.write(&mut world, "ida2").await;
    writing.hear(&mut world, "x", Some(in_review), Err(ReviewReason::Uncertain)).await;
    assert_eq!(status(&world, in_review).await, ConversationStatus::InReview);
    let erasures = [lea, max, ida].map(|lead| Command::EraseLead { lead });
    world.try_all(&erasures).await.into_iter().for_each(|answer| drop(answer.unwrap()));
    for conversation in [written, unwritten, in_review] {
        assert_eq!(status(&world, conversation).await, ConversationStatus::Cancelled);
    }
    assert_eq!(world.store.reviews(world.id(), None, 9).await.unwrap(), []);
    let left = "update conversations set note = note where next_at is not null";
    assert_eq!(world.tamper(left).await, 0, "nothing is due to them");
    assert_eq!(world.differences().await, []);
}

pub(crate) async fn what_waits_longest_in_review_comes_first(mut world: World) {
    let writing = Writing::begun(&mut world).await;
    let (lea, _) = writing.write(&mut world, "lea").await;
    let (max, _) = writing.write(&mut world, "max").await;
    let (begun, _) = writing.write(&mut world, "ida2").await;
    let first = world.now.plus_seconds(60);
    world.now = first;
    writing.hear(&mut world, "m", Some(max), Err(ReviewReason::Uncertain)).await;
    world.now = first.plus_seconds(60);
    writing.hear(&mut world, "l", Some(lea), Err(ReviewReason::Uncertain)).await;
    world.now = first.plus_seconds(120);
    writing.hear(&mut world, "m2", Some(max), Err(ReviewReason::Uncertain)).await;
    let (team, store) = (world.id(), world.store.clone());
    let rows = store.reviews_by_wait(team, None, 9).await.unwrap();
    let found: Vec<_> = rows.iter().map(|row| (row.conversation, row.since)).collect();
    assert_eq!(found, [(max, first), (lea, first.plus_seconds(60))]);
    let after = Some((first, max));
    assert_eq!(store.reviews_by_wait(team, after, 9).await.unwrap(), rows[1..]);
    assert_eq!(store.reviews_by_wait(team, None, 1).await.unwrap(), rows[..1]);
    let row = store.conversation(team, max).await.unwrap().unwrap();
    assert_eq!(row.review_since, first);
    assert_eq!(status(&world, begun).await, ConversationStatus::AwaitingLead);
    assert_eq!(world.differences().await, []);
}

pub(crate) async fn since_when_it_is_in_review_is_the_same_however_entries_are_batched(
    mut world: World,
) {
    let writing = Writing::begun(&mut world).await;
    let (lea, _) = writing.write(&mut world, "lea").await;
    let (max, _) = writing.write(&mut world, "max").await;
    writing.hear(&mut world, "m", Some(max), Err(ReviewReason::Uncertain)).await;
    let hears = |key, conversation| {
        writing.incoming([key; 32], "x", Some(conversation), Err(ReviewReason::Uncertain))
    };
    let action = Review::Answer { text: Box::new(text("We do")) };
    let answers = Command::Review { conversation: max, action };
    let commands = [hears(201, lea), hears(202, lea), answers, hears(203, max)];
    let (mut batch, team, done) = world.decide(&commands).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    for (entry, minutes) in batch.entries.iter_mut().zip(1..) {
        entry.at = world.now.plus_seconds(60 * minutes);
    }
    let [first, .., last] = &batch.entries[..] else { panic!("{:?}", batch.entries) };
    let (into_review, back_again) = (first.at, last.at);
    assert_eq!(world.store.commit(vec![batch]).await.unwrap(), [Committed::Done]);
    world.team = team;
    for (conversation, since) in [(lea, into_review), (max, back_again)] {
        let row = world.store.conversation(world.id(), conversation).await.unwrap().unwrap();
        assert_eq!((row.status, row.review_since), (ConversationStatus::InReview, since));
    }
    assert_eq!(world.differences().await, []);
}

pub(crate) async fn what_was_begun_is_told_from_what_was_not(mut world: World) {
    let writing = Writing::begun(&mut world).await;
    let (begun, _) = writing.write(&mut world, "lea").await;
    let (not_begun, _) = writing.join(&mut world, "max").await;
    let sql = format!(
        "update conversations set status = 'awaiting_assistant' where conversation_id = {}",
        blob(begun)
    );
    world.tamper(&sql).await;
    let found = async |is_begun, campaign| {
        let status = Some(ConversationStatus::AwaitingAssistant);
        let filter = ConversationFilter { status, is_begun, campaign, ..Default::default() };
        let rows = world.store.conversations_before(world.id(), &filter, None, 9).await.unwrap();
        rows.into_iter().map(|row| row.conversation).collect::<Vec<_>>()
    };
    for campaign in [None, Some(writing.campaign)] {
        assert_eq!(found(Some(true), campaign).await, [begun]);
        assert_eq!(found(Some(false), campaign).await, [not_begun]);
        assert_eq!(found(None, campaign).await, [not_begun, begun]);
    }
}

pub(crate) async fn a_message_that_is_written_after_its_lead_was_erased_stays_empty(
    mut world: World,
) {
    let writing = Writing::begun(&mut world).await;
    let (conversation, lead) = writing.write(&mut world, "lea").await;
    let messages = world.store.messages(world.id(), conversation, None, 9).await.unwrap();
    let message = messages[0].id;
    let again = text("Dear Lea");
    world.store.message_written(world.id(), message, &again).await.unwrap();
    let row = world.store.message(world.id(), message).await.unwrap().unwrap();
    assert_eq!(row.text.unwrap().text, "Dear Lea");
    world.run(Command::EraseLead { lead }).await;
    world.store.message_written(world.id(), message, &again).await.unwrap();
    assert!(world.store.message(world.id(), message).await.unwrap().unwrap().text.is_none());
}

pub(crate) async fn what_an_erased_person_wrote_outside_any_conversation_goes_too(
    mut world: World,
) {
    let writing = Writing::begun(&mut world).await;
    let (_, lead) = writing.write(&mut world, "lea").await;
    let address = email("LEA").as_str().to_owned();
    let hers = writing.hear(&mut world, &format!("Lea <{address}>"), None, Ok(())).await;
    let other = writing.hear(&mut world, email("max").as_str(), None, Ok(())).await;
    world.run(Command::EraseLead { lead }).await;
    let (store, team) = (&world.store, world.id());
    assert!(store.message(team, hers).await.unwrap().unwrap().text.is_none());
    assert!(store.raw_message(team, hers).await.unwrap().is_none());
    assert!(store.message(team, other).await.unwrap().unwrap().text.is_some());
    assert!(store.raw_message(team, other).await.unwrap().is_some());
    assert_eq!(world.differences().await, []);
}

pub(crate) async fn what_servers_said_of_an_erased_persons_mail_goes_too(mut world: World) {
    let writing = Writing::begun(&mut world).await;
    let (conversation, lead) = writing.write(&mut world, "lea").await;
    let messages = world.store.messages(world.id(), conversation, None, 9).await.unwrap();
    let error = Some("550 <lea@example.com>: no such person".to_owned());
    let tried = TriedMail { message: messages[0].id, outcome: MailOutcome::Failed, error };
    world.store.mails_tried(world.id(), &[tried]).await.unwrap();
    world.run(Command::EraseLead { lead }).await;
    let messages = world.store.messages(world.id(), conversation, None, 9).await.unwrap();
    assert_eq!(messages[0].mail.as_ref().unwrap().1, None);
}

pub(crate) async fn messages_are_released_once_their_campaign_runs_or_is_over_or_their_lead_is_erased(
    mut world: World,
) {
    let writing = Writing::begun(&mut world).await;
    let (conversation, _) = writing.write(&mut world, "lea").await;
    let (other, max) = writing.write(&mut world, "max").await;
    let campaign = writing.campaign;
    world.run(Command::PauseCampaign { campaign }).await;
    let hers = writing.hear(&mut world, "x", Some(conversation), Ok(())).await;
    let his = writing.hear(&mut world, "y", Some(other), Ok(())).await;
    let held = async |world: &World| {
        let held = world.store.held_messages(world.id(), None, 9).await.unwrap();
        held.iter().map(|held| held.message).collect::<Vec<_>>()
    };
    assert_eq!(held(&world).await, []);
    world.run(Command::EraseLead { lead: max }).await;
    assert_eq!(held(&world).await, [his]);
    world.run(Command::ResumeCampaign { campaign }).await;
    assert_eq!(held(&world).await, [hers, his]);
    world.run(Command::CancelCampaign { campaign }).await;
    assert_eq!(held(&world).await, [hers, his]);
}

pub(crate) async fn only_reps_who_have_their_leads_still_are_awaited(mut world: World) {
    let campaign = world.running_with_a_rep("Spring").await;
    let Answer::Assigned { assignment, .. } = world.run(qualify(campaign, "lea")).await else {
        panic!()
    };
    world.tamper("update assignments set awaits_rep_since = 5").await;
    let later = world.now.plus_seconds(9);
    let awaited = world.store.awaited_reps(world.id(), later, 9).await.unwrap();
    assert_eq!(awaited.iter().map(|one| one.assignment).collect::<Vec<_>>(), [assignment]);
    world.tamper("update assignments set is_standing = 0").await;
    assert_eq!(world.store.awaited_reps(world.id(), later, 9).await.unwrap(), []);
}

pub(crate) async fn what_is_wrong_with_a_mailbox_is_kept_for_each_direction_since_it_began(
    mut world: World,
) {
    let id = Writing::begun(&mut world).await.mailbox;
    let (store, team) = (&world.store, world.id());
    let at = |seconds| world.now.plus_seconds(seconds);
    let shown = async || {
        let row = store.mailbox(team, id).await.unwrap().unwrap();
        (row.read_error, row.send_error)
    };
    store.mailbox_unread(team, id, "no login", at(1)).await.unwrap();
    store.mailbox_unread(team, id, "no connection", at(2)).await.unwrap();
    store.mailbox_sent(team, id, Some("no relaying"), at(3)).await.unwrap();
    store.mailbox_sent(team, id, Some("no greeting"), at(4)).await.unwrap();
    let unread = Some(("no connection".to_owned(), at(1)));
    let unsent = Some(("no greeting".to_owned(), at(3)));
    assert_eq!(shown().await, (unread.clone(), unsent.clone()));
    store.mailbox_read(team, id, &MailboxKeep::default(), None, at(5)).await.unwrap();
    assert_eq!(shown().await, (None, unsent));
    let keep = MailboxKeep::default();
    store.mailbox_read(team, id, &keep, Some("too large"), at(6)).await.unwrap();
    store.mailbox_read(team, id, &keep, Some("too large"), at(7)).await.unwrap();
    store.mailbox_sent(team, id, None, at(8)).await.unwrap();
    assert_eq!(shown().await, (Some(("too large".to_owned(), at(6))), None));
}

pub(crate) async fn how_far_a_mailbox_was_read_outlives_a_change_of_its_settings(mut world: World) {
    let id = Writing::begun(&mut world).await.mailbox;
    let of = Some("ida at mail.example".to_owned());
    let keep = MailboxKeep { of, uid_validity: Some(7), last_uid: Some(12) };
    world.store.mailbox_read(world.id(), id, &keep, None, world.now).await.unwrap();
    let mut details = mailbox("ida");
    details.imap = Some(r#"{"host":"mail.example"}"#.to_owned());
    world.run(Command::ChangeMailbox { mailbox: id, details: Box::new(details) }).await;
    assert_eq!(world.store.mailbox(world.id(), id).await.unwrap().unwrap().keep, keep);
}

pub(crate) async fn steps_are_counted_as_far_as_they_are_asked_for(mut world: World) {
    let writing = Writing::begun(&mut world).await;
    let (team, id, now) = (world.id(), writing.mailbox, world.now);
    assert!(!world.store.has_untried_steps(team, id, now).await.unwrap());
    let mut conversations = Vec::new();
    for name in ["a", "b", "c"] {
        conversations.push(writing.write(&mut world, name).await.0);
    }
    let store = &world.store;
    assert_eq!(store.steps_since(team, id, now, 2).await.unwrap(), 2);
    assert_eq!(store.steps_since(team, id, now, 9).await.unwrap(), 3);
    assert_eq!(store.steps_since(team, id, now.plus_seconds(1), 9).await.unwrap(), 0);
    assert!(store.has_untried_steps(team, id, now).await.unwrap());
    for conversation in conversations {
        let message = store.messages(team, conversation, None, 9).await.unwrap()[0].id;
        let outcome = MailOutcome::TryAgain(now);
        store.mails_tried(team, &[TriedMail { message, outcome, error: None }]).await.unwrap();
    }
    assert!(!store.has_untried_steps(team, id, now).await.unwrap());
}

pub(crate) async fn a_step_is_due_with_its_instant_and_the_subject_before_it(mut world: World) {
    let writing = Writing::begun(&mut world).await;
    let (conversation, _) = writing.write(&mut world, "lea").await;
    let due_at = world.now.plus_seconds(1000);
    let due = async |world: &World| {
        let due = world.store.follow_ups_due(world.id(), writing.campaign, due_at, 9).await;
        due.unwrap()
    };
    let found = due(&world).await;
    assert_eq!((found[0].conversation, found[0].due_at), (conversation, Some(due_at)));
    assert_eq!(found[0].last_subject.as_deref(), Some("Kilns"));
    world.tamper("update conversations set status = 'in_review'").await;
    assert_eq!(due(&world).await, []);
}

pub(crate) async fn a_lead_of_several_campaigns_is_told_for_each_that_asks(mut world: World) {
    let writing = Writing::begun(&mut world).await;
    let other = running(&mut world, writing.mailbox, "Autumn").await;
    writing.write(&mut world, "lea").await;
    let (lea, max) = (email("lea").key(), email("max").key());
    let mut needs = Needs::default();
    for campaign in [writing.campaign, other] {
        needs.written_to_elsewhere.extend([(lea, campaign), (max, campaign)]);
    }
    let found = world.facts(needs.clone()).await.written_to_elsewhere;
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [(other, lea)]);
    // One that was taken in is written to next, unless its campaign may never begin.
    let before = "update conversations set status = 'awaiting_assistant', mailbox_id = null";
    world.tamper(before).await;
    let found = world.facts(needs.clone()).await.written_to_elsewhere;
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [(other, lea)]);
    world.tamper("update campaigns set status = 'draft'").await;
    assert!(world.facts(needs).await.written_to_elsewhere.is_empty());
}

pub(crate) async fn an_address_of_the_team_is_that_of_a_user_or_a_rep(mut world: World) {
    world.rep("ana").await;
    let is_known =
        async |name: &str| world.store.is_of_team(world.id(), email(name).key()).await.unwrap();
    assert!(is_known("ana").await);
    assert!(!is_known("lea").await);
}
