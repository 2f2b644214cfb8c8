//! Lists of large teams walk through their index in order, and read no more rows than they show.

use rondo_core::Instant;
use rondo_core::ids::{CampaignId, ConversationId, IdSource, LeadId, RepId, TeamId};

use super::assignments::{Order, Span, numbers_of};
use super::way::Way;
use super::{ConversationFilter, LeadFilter, conversations, finding, leads, reviews};
use crate::db::QueryBuilder;
use crate::{Store, StoreOptions};

struct World {
    store: Store,
    ids: IdSource,
    team: TeamId,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("rondo.db").display());
        let store = Store::open(&StoreOptions { database, readers: 1 }).await.unwrap();
        let mut ids = IdSource::new(Instant::from_micros(1_795_000_000_000_000), 1);
        Self { team: ids.next_id(), store, ids, _folder: folder }
    }

    /// Holds the first step to an index; nothing is sorted afterwards.
    async fn walks(&self, query: QueryBuilder<'_>, index: &str) {
        let mut reader = self.store.of(self.team).reader().await.unwrap();
        let plan = query.build().plan(&mut reader).await.unwrap();
        let first = plan.lines().next().unwrap_or_default();
        assert!(first.starts_with("SEARCH ") && first.contains(index), "{index}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[tokio::test]
async fn assignments_of_a_rep_or_a_campaign_are_told_apart_within_the_index() {
    let mut world = World::new().await;
    let (rep, campaign): (RepId, CampaignId) = (world.ids.next_id(), world.ids.next_id());
    for span in [Span { first: 0, end: None }, Span { first: 7, end: Some(9) }] {
        for order in [Order::OldestFirst, Order::NewestFirst] {
            for (of, index) in [
                ((Some(rep), Some(campaign)), "COVERING INDEX assignments_rep_campaign"),
                ((Some(rep), None), "COVERING INDEX assignments_rep_campaign"),
                ((None, Some(campaign)), "COVERING INDEX assignments_campaign"),
            ] {
                let query = numbers_of(world.team, of, span, order, 51);
                world.walks(query, index).await;
            }
        }
    }
}

#[tokio::test]
async fn what_a_cancelled_campaign_left_open_is_found_by_the_campaign() {
    use conversations::{OPEN, cancelled_themselves, first_left_open, left_open};

    let mut world = World::new().await;
    let last: ConversationId = world.ids.next_id();
    let ways = [
        Way::OldestFirst { after: None },
        Way::OldestFirst { after: Some(last) },
        Way::NewestFirst { before: None },
        Way::NewestFirst { before: Some(last) },
    ];
    for way in ways {
        let query = cancelled_themselves(world.team, way, 51);
        world.walks(query, "INDEX conversations_status").await;
        for (open, index) in
            OPEN.into_iter().zip(["conversations_unwritten", "conversations_written"])
        {
            let query = left_open(world.team, [1; 16], open, way, 51);
            world.walks(query, &format!("INDEX {index}")).await;
            let mut reader = world.store.of(world.team).reader().await.unwrap();
            let firsts = first_left_open(world.team, open, way);
            let plan = firsts.build().plan(&mut reader).await.unwrap();
            assert!(plan.contains(&format!("SEARCH v USING COVERING INDEX {index}")), "{plan}");
            assert!(plan.contains("SEARCH c USING ") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}

#[tokio::test]
async fn the_leads_of_a_campaign_come_in_order() {
    use leads::of_campaign;

    let mut world = World::new().await;
    let (campaign, last): (CampaignId, LeadId) = (world.ids.next_id(), world.ids.next_id());
    let ways = [Way::OldestFirst { after: Some(last) }, Way::NewestFirst { before: None }];
    let owners = Some(vec![world.ids.next_id()]);
    let filters = [
        LeadFilter::default(),
        LeadFilter { owners, is_high_intent: Some(true), ..LeadFilter::default() },
    ];
    for (way, filter) in ways.into_iter().flat_map(|way| filters.iter().map(move |one| (way, one)))
    {
        let query = of_campaign(world.team, campaign, filter, way, 51);
        world.walks(query, "INDEX conversations_lead").await;
    }
}

#[tokio::test]
async fn what_is_in_review_comes_in_the_order_of_its_index() {
    let mut world = World::new().await;
    let last: ConversationId = world.ids.next_id();
    for after in [None, Some((Instant::from_micros(1), last))] {
        world.walks(reviews::by_wait(world.team, after, 51), "INDEX conversations_review").await;
    }
}

#[tokio::test]
async fn what_waits_and_what_was_begun_is_found_by_index() {
    let mut world = World::new().await;
    let last: ConversationId = world.ids.next_id();
    for way in [Way::OldestFirst { after: None }, Way::NewestFirst { before: Some(last) }] {
        let query = conversations::waiting(world.team, None, way, 51);
        world.walks(query, "COVERING INDEX sqlite_autoindex_waiting_2").await;
        let status = Some(crate::ConversationStatus::AwaitingAssistant);
        let filter = ConversationFilter { status, is_begun: Some(true), ..Default::default() };
        let query = conversations::list(world.team, &filter, None, way, 51);
        world.walks(query, "INDEX conversations_begun").await;
    }
}

#[tokio::test]
async fn what_is_looked_through_is_narrowed_by_its_index_alone() {
    use crate::ConversationStatus::{AwaitingAssistant, InReview};

    let mut world = World::new().await;
    let last: ConversationId = world.ids.next_id();
    let campaign = Some(world.ids.next_id());
    let every = ConversationFilter::default();
    let begun = ConversationFilter {
        status: Some(AwaitingAssistant),
        is_begun: Some(true),
        ..ConversationFilter::default()
    };
    let stands = |status| ConversationFilter { status: Some(status), ..every.clone() };
    let cases = [
        (every.clone(), "INDEX sqlite_autoindex_conversations_1 (team_id=?"),
        (stands(InReview), "INDEX conversations_status (team_id=? AND status=?"),
        (begun.clone(), "INDEX conversations_begun"),
        (ConversationFilter { campaign, ..every.clone() }, "INDEX conversations_campaign"),
        (ConversationFilter { campaign, ..stands(InReview) }, "INDEX conversations_campaign"),
        (ConversationFilter { campaign, ..begun }, "INDEX conversations_campaign"),
    ];
    for before in [None, Some(last)] {
        for (filter, index) in &cases {
            let query = finding::to_look_at(world.team, filter, Way::NewestFirst { before }, 500);
            let mut reader = world.store.of(world.team).reader().await.unwrap();
            let plan = query.build().plan(&mut reader).await.unwrap();
            assert!(plan.contains(&format!("SEARCH v USING {index}")), "{index}: {plan}");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}

#[tokio::test]
async fn the_leads_of_each_owner_come_in_order() {
    let mut world = World::new().await;
    let (owner, last): (RepId, LeadId) = (world.ids.next_id(), world.ids.next_id());
    for way in [Way::OldestFirst { after: None }, Way::NewestFirst { before: Some(last) }] {
        let filter = LeadFilter { owners: Some(vec![owner]), ..LeadFilter::default() };
        let query = leads::of_team(leads::LEAD, world.team, &filter, way, 51);
        world.walks(query, "INDEX leads_owner").await;
    }
}
