//! The links in mail: to open one changes nothing, what is sent from its page is done once.

use axum::http::{Method, StatusCode};
use rondo_core::ids::ConversationId;
use rondo_core::mail::SuppressionReason;
use rondo_store::ConversationStatus;

use crate::mail_server::until;
use crate::story::YES;
use crate::world::{ASSISTANT, LEAD, REPS, World, reply_all};

/// The links of the note that a rep got: taken over, pass on, away, wrong lead.
struct Links([String; 4]);

/// A lead whom the first rep has, and what the rep can do about it.
async fn handed_over(world: &World) -> (ConversationId, Links) {
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.send(LEAD, &[ASSISTANT], &message).await;
    let of_rep = world.mail_of(REPS[0], 2).await;
    let note = of_rep.iter().find(|(mail, _)| mail.text.visible.contains("Why you:")).unwrap();
    let text = format!("{}{}", note.0.text.visible, note.0.text.signature);
    let links: Vec<_> = text.split_whitespace().filter(|word| word.contains("/a/")).collect();
    assert_eq!(links.len(), 4, "{text}");
    (conversation, Links(std::array::from_fn(|n| links[n].to_owned())))
}

#[tokio::test]
async fn a_lead_unsubscribes_by_one_click_and_never_by_a_scanner_that_opens_the_link() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let (_, raw) = world.mail_of(LEAD, 1).await.remove(0);
    let unfolded = raw.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let value = |name: &str| {
        unfolded.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned()
    };
    assert_eq!(value("List-Unsubscribe-Post:"), "List-Unsubscribe=One-Click");
    let url = value("List-Unsubscribe:").trim_matches(['<', '>']).to_owned();

    let (status, page) = world.page(Method::GET, &url, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("method=\"post\""), "{page}");
    assert_eq!(world.suppression(LEAD).await, None);

    let (status, page) = world.page(Method::POST, &url, "List-Unsubscribe=One-Click").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert_eq!(world.suppression(LEAD).await, Some(SuppressionReason::Unsubscribe));
    world.is_at(conversation, ConversationStatus::Unsubscribed).await;
    assert_eq!(world.conversation(conversation).await.next_at, None);
    let (status, _) = world.page(Method::POST, &url, "List-Unsubscribe=One-Click").await;
    assert_eq!(status, StatusCode::OK, "again is no mistake");
}

#[tokio::test]
async fn a_rep_takes_a_lead_over_once_and_a_second_time_changes_nothing() {
    let world = World::new().await;
    let (_, Links([take_over, ..])) = handed_over(&world).await;
    let before = world.engine.subscribe(world.team);
    let (status, _) = world.page(Method::GET, &take_over, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!before.has_changed().unwrap(), "to open it changes nothing");
    let (status, page) = world.page(Method::POST, &take_over, "").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let (status, page) = world.page(Method::POST, &take_over, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("This link was used before"), "{page}");
}

#[tokio::test]
async fn a_lead_that_is_passed_on_is_handed_over_to_the_next_rep() {
    let world = World::new().await;
    let (conversation, Links([take_over, pass_on, ..])) = handed_over(&world).await;
    let (status, page) = world.page(Method::POST, &pass_on, "").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("Bo"), "{page}");
    let of_next = world.mail_of(REPS[1], 2).await;
    assert!(of_next.iter().any(|(mail, _)| mail.text.visible.contains("Why you:")));
    let mail = world.mail_of(LEAD, 3).await;
    let last = mail.iter().find(|(mail, _)| mail.cc.iter().any(|cc| cc.address == REPS[1]));
    assert!(last.unwrap().0.in_reply_to.contains(&"answer-1@lead.test".to_owned()));
    assert_eq!(world.conversation(conversation).await.assignment.unwrap().1, world.reps[1]);
    let (status, page) = world.page(Method::POST, &pass_on, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("This link was used before"), "{page}");
    let (_, page) = world.page(Method::GET, &take_over, "").await;
    assert!(page.contains("somebody else by now"), "{page}");
    let (status, _) = world.page(Method::POST, &take_over, "").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(world.assignments().await.len(), 2);
}

#[tokio::test]
async fn a_rep_is_away_by_a_link_unless_they_are_the_last_one_there() {
    let world = World::new().await;
    let (_, Links([.., away, _])) = handed_over(&world).await;
    let day = |days: i64| {
        use jiff::ToSpan as _;
        let today = crate::clock::now().in_tz("Europe/Berlin").unwrap().date();
        format!("until={}", today + days.days())
    };
    let (status, page) = world.page(Method::POST, &away, "").await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{page}");
    let (status, page) = world.page(Method::POST, &away, "until=tomorrow").await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{page}");
    let (_, page) = world.page(Method::GET, &away, "").await;
    assert!(page.contains("type=\"date\""), "{page}");

    let gone = rondo_core::Command::RemoveMember { group: world.group, rep: world.reps[1] };
    world.run(gone).await;
    let (status, page) = world.page(Method::POST, &away, &day(3)).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("last one available"), "{page}");
    let back = rondo_core::Command::AddMember { group: world.group, rep: world.reps[1] };
    world.run(back).await;

    let (status, page) = world.page(Method::POST, &away, &day(3)).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let state = world.engine.team(world.team).await.unwrap().unwrap();
    assert!(!state.team.rep(world.reps[0]).unwrap().absences.is_empty());
    let (_, page) = world.page(Method::POST, &away, &day(5)).await;
    assert!(page.contains("This link was used before"), "{page}");
}

#[tokio::test]
async fn a_link_that_is_damaged_or_too_old_says_so_and_does_nothing() {
    let world = World::new().await;
    let (conversation, Links([_, pass_on, _, wrong_lead])) = handed_over(&world).await;
    let last = pass_on.chars().last().unwrap();
    let other = if last == 'b' { 'c' } else { 'b' };
    let damaged = format!("{}{other}xx", &pass_on[..pass_on.len() - 3]);
    for method in [Method::GET, Method::POST] {
        let (status, page) = world.page(method, &damaged, "").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{page}");
    }
    let (status, _) = world.page(Method::POST, &wrong_lead, "").await;
    assert_eq!(status, StatusCode::OK);
    world.is_at(conversation, ConversationStatus::InReview).await;
    world.clock.pass(std::time::Duration::from_secs(15 * 24 * 60 * 60));
    for method in [Method::GET, Method::POST] {
        let (status, page) = world.page(method, &pass_on, "").await;
        assert_eq!(status, StatusCode::GONE, "{page}");
    }
    until(async || world.assignments().await.len() == 1).await;
}
