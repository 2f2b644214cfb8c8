//! Deliveries against a real receiver on loopback. The clock stands still unless a test moves it.

mod receiver;
mod world;

use std::time::Duration;

use rondo_core::command::LeadPatch;
use rondo_core::event::WebhookEvent;
use rondo_core::{Command, Instant};
use rondo_store::DeliveryState;
use serde_json::json;

use super::*;
use crate::egress::EgressPolicy;
use receiver::{Answer, PATIENCE, Receiver};
use world::World;

/// Longer than any first pause, shorter than an attempt may take.
const FIRST_PAUSE: Duration = Duration::from_secs(7);

#[tokio::test]
async fn an_assignment_is_told_at_once_signed_with_the_secret_that_was_shown() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.qualify("kim@lead.test").await;

    let told = world.receiver.next().await;
    assert!(told.is_signed_with(&hook.secret));
    assert_eq!(told.content_type, "application/json");
    assert_eq!(told.timestamp, world.clock.now().as_micros() / 1_000_000);
    assert_eq!(told.body["type"], "assignment.created");
    assert_eq!(told.body["timestamp"], json!(world.clock.now()));
    let data = &told.body["data"];
    assert_eq!(data["rep"], json!(world.rep));
    assert_eq!(data["rep_name"], "Ann");
    assert_eq!(data["rep_email"], "ann@team.test");
    assert_eq!(data["reason"], "turn");
    assert_eq!(
        data["lead_details"],
        json!({"email": "kim@lead.test", "name": "Kim", "company": "Lead Ltd"})
    );

    let row = world.until(&hook, |row| row.state == DeliveryState::Delivered).await;
    assert_eq!(row.id.to_string(), told.id);
    assert_eq!((row.attempts, row.last_status, row.due_at), (1, Some(200), None));
    assert_eq!(data["ledger"], row.n);
}

#[tokio::test]
async fn a_delivery_that_failed_is_tried_again_after_a_pause_with_the_same_id() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([Answer::Status(500)]);
    world.qualify("kim@lead.test").await;

    let first = world.receiver.next().await;
    let row = world.until(&hook, |row| row.attempts == 1).await;
    assert_eq!((row.state, row.last_status), (DeliveryState::Queued, Some(500)));
    assert_eq!(row.last_error.as_deref(), Some("the answer was 500; expected 200 to 299"));
    assert!(row.due_at.unwrap() >= world.clock.now().plus_seconds(5));

    world.clock.advance(FIRST_PAUSE);
    let second = world.receiver.next().await;
    assert_eq!(second.id, first.id);
    assert_eq!(second.body, first.body);
    assert_eq!(second.timestamp, first.timestamp + 7);
    assert!(second.is_signed_with(&hook.secret));
    let row = world.until(&hook, |row| row.state == DeliveryState::Delivered).await;
    assert_eq!((row.attempts, row.last_error), (2, None));
}

#[tokio::test]
async fn a_receiver_that_is_busy_says_when_to_come_back() {
    // The clock stands at 14:13:20 on that day.
    for (answer, seconds) in [
        (Answer::Later(429, "120"), 120),
        (Answer::Later(503, "Mon, 21 Sep 2026 14:23:20 GMT"), 600),
        (Answer::Later(503, "soon"), 5),
        (Answer::Later(500, "120"), 5),
    ] {
        let mut world = World::new().await;
        let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
        world.receiver.answers([answer]);
        world.qualify("kim@lead.test").await;
        let row = world.until(&hook, |row| row.attempts == 1).await;
        let pause = world.clock.now().plus_seconds(seconds)
            ..=world.clock.now().plus_seconds(seconds + seconds / 5 + 1);
        assert!(pause.contains(&row.due_at.unwrap()), "{seconds}: {row:?}");

        let first = world.receiver.next().await;
        world.clock.advance_to(row.due_at.unwrap());
        assert_eq!(world.receiver.next().await.id, first.id);
    }
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_given_fifteen_seconds() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([Answer::Never]);
    world.qualify("kim@lead.test").await;
    world.receiver.next().await;

    world.clock.advance(attempt::ANSWER_WAIT);
    let row = world.until(&hook, |row| row.attempts == 1).await;
    assert_eq!(row.last_error.as_deref(), Some("no answer came in time"));
    assert_eq!((row.state, row.last_status), (DeliveryState::Queued, None));
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([Answer::Redirect]);
    world.qualify("kim@lead.test").await;
    let row = world.until(&hook, |row| row.attempts == 1).await;
    assert_eq!((row.state, row.last_status), (DeliveryState::Queued, Some(307)));
    world.receiver.next().await;
    assert_eq!(world.receiver.waiting(), 0);
}

#[tokio::test]
async fn a_private_address_is_refused_unless_it_is_allowed() {
    let world = World::with_policy(EgressPolicy::PublicOnly).await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.qualify("kim@lead.test").await;
    let row = world.until(&hook, |row| row.attempts == 1).await;
    assert!(row.last_error.unwrap().contains("private, local or reserved address"));
    assert_eq!(world.receiver.waiting(), 0);
}

#[tokio::test]
async fn a_delivery_is_given_up_after_eight_tries_and_sent_again_by_hand() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([const { Answer::Status(503) }; 8]);
    world.qualify("kim@lead.test").await;
    for tries in 1..8 {
        let row = world.until(&hook, |row| row.attempts == tries).await;
        world.clock.advance_to(row.due_at.unwrap());
    }
    let row = world.until(&hook, |row| row.attempts == 8).await;
    assert_eq!((row.state, row.due_at), (DeliveryState::Failed, None));

    let now = world.clock.now();
    assert!(world.store.send_delivery_again(world.team, hook.id, row.id, now, None).await.unwrap());
    world.nudges.nudge(world.team);
    world.until(&hook, |row| row.state == DeliveryState::Delivered).await;
    let ids: Vec<_> = world.receiver.all().await.into_iter().map(|told| told.id).collect();
    assert_eq!(ids, vec![row.id.to_string(); 9]);
}

#[tokio::test]
async fn what_a_killed_server_had_taken_is_delivered_by_the_next_one() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([Answer::Never]);
    world.qualify("kim@lead.test").await;
    let first = world.receiver.next().await;

    world.kill_deliveries();
    world.start_deliveries();
    world.clock.advance(Duration::from_secs(LEASE_SECONDS as u64));
    let second = world.receiver.next().await;
    assert_eq!(second.id, first.id);
    world.until(&hook, |row| row.state == DeliveryState::Delivered).await;
}

#[tokio::test]
async fn what_was_queued_while_nobody_delivered_is_found_by_the_sweep() {
    let mut world = World::new().await;
    world.kill_deliveries();
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.qualify("kim@lead.test").await;
    world.nudges = Nudges::default();
    world.start_deliveries();
    world.until(&hook, |row| row.state == DeliveryState::Delivered).await;
}

#[tokio::test]
async fn a_lead_who_was_erased_meanwhile_is_not_told_of() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([Answer::Status(500)]);
    let lead = world.qualify("kim@lead.test").await;
    world.until(&hook, |row| row.attempts == 1).await;
    world.receiver.next().await;

    world.run(Command::EraseLead { lead }).await;
    world.clock.advance(FIRST_PAUSE);
    let told = world.receiver.next().await;
    assert_eq!(told.body["data"]["lead"], json!(lead));
    assert_eq!(told.body["data"]["lead_details"], json!(null));
    assert!(!told.body.to_string().contains("kim"));
}

#[tokio::test]
async fn a_later_attempt_tells_a_persons_present_name() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([Answer::Status(500)]);
    let lead = world.qualify("kim@lead.test").await;
    world.until(&hook, |row| row.attempts == 1).await;
    world.receiver.next().await;

    let patch = LeadPatch { name: Some(Some("Kim Lee".to_owned())), ..LeadPatch::default() };
    world.run(Command::ChangeLead { lead, patch }).await;
    world.clock.advance(FIRST_PAUSE);
    let told = world.receiver.next().await;
    assert_eq!(told.body["data"]["lead_details"]["name"], "Kim Lee");
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_sent_nothing_more_until_somebody_sends_again() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([Answer::Status(410)]);
    world.qualify("kim@lead.test").await;
    let gone = world.until(&hook, |row| row.state == DeliveryState::Failed).await;
    assert_eq!((gone.attempts, gone.last_status), (1, Some(410)));
    world.until_disabled(&hook).await;

    // Ids, and with them the list, are ordered by the millisecond.
    world.clock.advance(Duration::from_secs(1));
    world.qualify("lou@lead.test").await;
    let rows = world
        .until_all(&hook, |rows| rows.len() == 2 && rows[1].state == DeliveryState::Failed)
        .await;
    assert_eq!(rows[1].attempts, 0);
    assert_eq!(world.receiver.all().await.len(), 1);

    let now = world.clock.now();
    assert!(
        world.store.send_delivery_again(world.team, hook.id, rows[1].id, now, None).await.unwrap()
    );
    world.nudges.nudge(world.team);
    let told = world.receiver.next().await;
    assert_eq!(told.id, rows[1].id.to_string());
}

/// What is logged, as text.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_delivery_that_is_given_up_and_a_webhook_that_is_disabled_are_logged_without_their_url() {
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(lines.finish());
    let world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([Answer::Status(410)]);
    world.qualify("kim@lead.test").await;
    let disabled = async {
        while !log.text().contains("A webhook is disabled") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, disabled).await.expect("nothing was logged");
    let text = log.text();
    let id = hook.id.to_string();
    for sentence in ["A delivery is given up", "A webhook is disabled"] {
        let line = text.lines().find(|line| line.contains(sentence));
        assert!(line.is_some_and(|line| line.contains(&id)), "{sentence}: {text}");
    }
    assert!(!text.contains("http://") && !text.contains("kim"), "{text}");
}

#[tokio::test]
async fn a_webhook_that_was_removed_is_sent_nothing_more() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([Answer::Status(500)]);
    world.qualify("kim@lead.test").await;
    world.until(&hook, |row| row.attempts == 1).await;
    world.run(Command::RemoveWebhook { webhook: hook.id }).await;
    world.clock.advance(FIRST_PAUSE);
    let row = world.until(&hook, |row| row.state == DeliveryState::Failed).await;
    assert_eq!(row.attempts, 1);
    assert_eq!(world.receiver.all().await.len(), 1);
}

#[tokio::test]
async fn a_slow_receiver_holds_up_nobody_else() {
    let world = World::new().await;
    let slow = Receiver::start().await;
    slow.always(Answer::Never);
    world.webhook_at(&slow, &[WebhookEvent::AssignmentCreated]).await;
    let quick = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    for number in 0..50 {
        world.qualify(&format!("lead{number}@lead.test")).await;
    }
    let rows = world
        .until_all(&quick, |rows| {
            rows.iter().filter(|row| row.state == DeliveryState::Delivered).count() == 50
        })
        .await;
    assert_eq!(rows.len(), 50);
    assert!(slow.waiting() <= lane::AT_ONCE_MAX);
}

#[tokio::test]
async fn a_receiver_that_fails_gets_one_delivery_at_a_time() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    world.receiver.answers([Answer::Status(500)]);
    world.receiver.always(Answer::Never);
    world.qualify("first@lead.test").await;
    world.until(&hook, |row| row.attempts == 1).await;
    world.receiver.next().await;
    for number in 0..20 {
        world.qualify(&format!("lead{number}@lead.test")).await;
    }
    world.clock.advance(FIRST_PAUSE);
    world.receiver.next().await;
    world.clock.advance(attempt::ANSWER_WAIT);
    world.until_all(&hook, |rows| rows.iter().map(|row| row.attempts).sum::<u64>() >= 2).await;
    assert!(world.receiver.waiting() <= lane::AT_ONCE_MAX);
}

#[tokio::test]
async fn each_kind_of_event_is_told_to_whoever_asked_for_it() {
    use WebhookEvent::{CampaignLaunched, LeadWaiting, RepAway, RepBack};
    let mut world = World::new().await;
    world.webhook(&[LeadWaiting, RepAway, RepBack, CampaignLaunched]).await;

    let campaign = world.launched_campaign("Autumn").await;
    let told = world.receiver.next().await;
    assert_eq!(told.body["type"], "campaign.launched");
    assert_eq!(told.body["data"]["campaign"], json!(campaign));
    assert_eq!(told.body["data"]["campaign_name"], "Autumn");
    assert_eq!(told.body["data"]["group_name"], "All sales reps");

    let until = world.clock.now().plus_seconds(3600);
    world.add_rep("Bo", "bo@team.test").await;
    world.go_away(world.rep, Some(until)).await;
    let told = world.receiver.next().await;
    assert_eq!(told.body["type"], "rep.away");
    assert_eq!(told.body["data"]["rep"], json!(world.rep));
    assert_eq!(told.body["data"]["rep_email"], "ann@team.test");
    assert_eq!(told.body["data"]["until"], json!(until));

    world.run(Command::ComeBack { rep: world.rep }).await;
    let told = world.receiver.next().await;
    assert_eq!(told.body["type"], "rep.back");
    assert_eq!(told.body["data"]["rep_name"], "Ann");
    assert!(told.body["data"].get("until").is_none());

    world.run(Command::PauseCampaign { campaign }).await;
    let conversation = world.qualify_in(campaign, "kim@lead.test").await.1;
    let told = world.receiver.next().await;
    assert_eq!(told.body["type"], "lead.waiting");
    assert_eq!(told.body["data"]["conversation"], json!(conversation));
    assert_eq!(told.body["data"]["lead_details"]["company"], "Lead Ltd");

    // Nobody asked to be told of assignments.
    world.run(Command::ResumeCampaign { campaign }).await;
    world.launched_campaign("Winter").await;
    let told = world.receiver.next().await;
    assert_eq!(told.body["data"]["campaign_name"], "Winter");
}

#[tokio::test]
async fn two_nodes_on_one_store_send_each_delivery_once() {
    let mut world = World::new().await;
    let _other = world.another_node();
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    for number in 0..60 {
        world.qualify(&format!("lead{number}@lead.test")).await;
        // Both look for work.
        world.clock.advance(SWEEP_PERIOD / 10);
    }
    world
        .until_all(&hook, |rows| {
            rows.len() == 60 && rows.iter().all(|row| row.state == DeliveryState::Delivered)
        })
        .await;
    let mut ids: Vec<_> = world.receiver.all().await.into_iter().map(|told| told.id).collect();
    assert_eq!(ids.len(), 60);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 60);
}

#[tokio::test]
async fn a_closing_server_lets_deliveries_end() {
    let mut world = World::new().await;
    let hook = world.webhook(&[WebhookEvent::AssignmentCreated]).await;
    let held = world.receiver.hold();
    world.qualify("kim@lead.test").await;
    world.receiver.next().await;
    let stopping = tokio::spawn(world.take_deliveries().stop());
    held.notify_one();
    stopping.await.unwrap();
    let row = world.until(&hook, |_| true).await;
    assert_eq!(row.state, DeliveryState::Delivered);
}

#[test]
fn the_first_id_of_an_instant_is_not_after_any_id_made_then() {
    let at = Instant::from_micros(1_790_000_000_123_456);
    let made: DeliveryId = rondo_core::ids::IdSource::new(at, 7).next_id();
    assert!(first_id_at(at) <= made);
    assert!(first_id_at(at.plus_seconds(1)) > made);
}

#[tokio::test]
async fn an_outbox_that_cannot_be_measured_is_no_number() {
    let shown = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let _shown = metrics::set_default_local_recorder(&shown);
    let world = World::new().await;
    let until_shown = async |line: &str| {
        let looking = async {
            while !shown.handle().render().lines().any(|one| one == line) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.expect("it is never shown");
    };
    until_shown("rondo_outbox_queued 0").await;
    world.store.close().await;
    world.clock.advance(MEASURE_PERIOD);
    until_shown("rondo_outbox_queued NaN").await;
    until_shown("rondo_outbox_late_seconds NaN").await;
}
