//! What is read back, and what is said of rows that cannot be.

use rondo_core::command::{OwnerRef, ReassignTo};
use rondo_core::detail::Existing;
use rondo_core::event::{CursorKey, OwnerSource};
use rondo_core::facts::ConversationState;
use rondo_core::ids::{ConversationId, Id as _};
use rondo_core::{Answer, Command, Instant, Needs, Period};
use rondo_store::{
    AssignmentFilter, AssignmentsOf, Committed, ConversationFilter, ConversationStatus, LeadFilter,
    OutcomeRow, Remembered, StoreError, WaitingSize,
};

use crate::world::{NOON, World, blob, email, found, news, qualify, qualify_for};

pub(crate) async fn facts_tell_a_lead_with_its_conversation_and_owner(mut world: World) {
    let ana = world.rep("ana").await;
    let campaign = world.running("Spring", None).await;
    let Answer::Assigned { assignment, conversation, .. } =
        world.run(qualify_for(campaign, "rosa", ana)).await
    else {
        panic!()
    };
    let (rosa, nobody) = (email("ROSA").key(), email("nobody").key());
    let mut needs = Needs::default();
    needs.leads_by_email.extend([(rosa, Some(campaign)), (nobody, Some(campaign))]);
    needs.reps_by_email.insert(email("Ana").key());
    needs.leads_owned.insert(ana);
    needs.reps.insert(ana);
    let (other, _) = found(&world.store, 8).await;
    let asked = [(other.id(), needs.clone()), (world.id(), needs)];
    let facts = world.store.facts(asked.into()).await.unwrap();
    assert!(facts[0].leads.is_empty() && facts[0].reps.is_empty());
    let facts = &facts[1];
    let lead = facts.lead_by_email[&rosa];
    assert_eq!(facts.leads[&lead].owner, Some((ana, OwnerSource::PreAssigned)));
    assert_eq!(facts.conversation_of[&(campaign, lead)], conversation);
    let state = ConversationState::Assigned { assignment, rep: ana };
    assert_eq!(facts.conversations[&conversation].state, state);
    assert_eq!(facts.rep_by_email[&email("ana").key()], ana);
    assert_eq!(facts.leads_owned[&ana], 1);
    assert_eq!(facts.reps[&ana], crate::world::details("ana"));
    assert!(!facts.lead_by_email.contains_key(&nobody));

    let mut needs = Needs::default();
    needs.assignments.insert(assignment);
    let facts = world.facts(needs).await;
    assert_eq!(facts.assignments[&assignment], conversation);
    assert!(facts.leads.contains_key(&lead) && facts.conversations.contains_key(&conversation));
}

pub(crate) async fn the_latest_assignments_come_first(mut world: World) {
    let ana = world.rep("ana").await;
    let campaign = world.running("Spring", None).await;
    world.try_all(&["a", "b", "c"].map(|name| qualify(campaign, name))).await;
    let team = world.id();
    for of in [AssignmentsOf::Rep(ana), AssignmentsOf::Campaign(campaign)] {
        let all = world.store.assignments_latest(team, of, None, 9).await.unwrap();
        assert_eq!(all.len(), 3);
        assert!(all.is_sorted_by(|one, next| one.n > next.n));
        let before = world.store.assignments_latest(team, of, Some(all[0].n), 1).await.unwrap();
        assert_eq!(before, all[1..2]);
    }
    let autumn = world.running("Autumn", None).await;
    world.try_all(&["d", "e"].map(|name| qualify(autumn, name))).await;
    let latest = world.store.assignments_latest_of(team, &[campaign, autumn], 4).await.unwrap();
    let of: Vec<_> = latest.iter().map(|row| row.campaign).collect();
    assert_eq!(of, [autumn, autumn, campaign, campaign]);
    assert!(latest.is_sorted_by(|one, next| one.n > next.n));
    let of = AssignmentsOf::Campaign(campaign);
    assert_eq!(world.store.assignments_latest(team, of, None, 2).await.unwrap(), latest[2..]);
    assert!(world.store.assignments_latest_of(team, &[], 4).await.unwrap().is_empty());
}

pub(crate) async fn reps_are_found_by_name_with_the_leads_that_they_own(mut world: World) {
    let (ana, bo) = (world.rep("ana").await, world.rep("bo").await);
    let campaign = world.running("Spring", None).await;
    world.try_all(&["a", "b", "c"].map(|name| qualify_for(campaign, name, bo))).await;
    let rows = world.store.reps_named(world.id(), &[bo, ana]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.rep).collect::<Vec<_>>(), [ana, bo]);
    let owned = world.store.leads_owned(world.id(), &[ana, bo]).await.unwrap();
    assert_eq!(owned.into_iter().collect::<Vec<_>>(), [(bo, 3)]);
}

pub(crate) async fn facts_tell_who_waits_in_order(mut world: World) {
    let ana = world.rep("ana").await;
    let campaign = world.running_into_a_gap("Spring", ana).await;
    let answers = world.try_all(&["a", "b", "c"].map(|name| qualify(campaign, name))).await;
    let conversations: Vec<_> = answers
        .into_iter()
        .map(|answer| match answer.unwrap() {
            Answer::Waiting { conversation, .. } => conversation,
            other => panic!("{other:?}"),
        })
        .collect();
    let cursor = CursorKey::Campaign(campaign);
    let mut needs = Needs::default();
    needs.waiting.insert((cursor, 0));
    let facts = world.facts(needs).await;
    let line = &facts.waiting[&cursor];
    assert!(line.is_whole);
    assert_eq!(line.rows.iter().map(|row| row.conversation).collect::<Vec<_>>(), conversations);
    assert!(line.rows.iter().all(|row| facts.leads.contains_key(&row.lead)));

    let mut needs = Needs::default();
    needs.waiting.insert((cursor, line.rows[0].since));
    assert_eq!(world.facts(needs).await.waiting[&cursor].rows.len(), 2);

    let mut needs = Needs::default();
    needs.conversations.insert(conversations[2]);
    needs.conversations_of.insert(line.rows[1].lead);
    let facts = world.facts(needs).await;
    let position = |conversation| match facts.conversations[conversation].state {
        ConversationState::Waiting { position, .. } => position,
        other => panic!("{other:?}"),
    };
    assert_eq!([position(&conversations[2]), position(&conversations[1])], [3, 2]);

    world.run(Command::PauseCampaign { campaign }).await;
    let mut needs = Needs::default();
    needs.waiting.insert((cursor, 0));
    needs.conversations.insert(conversations[2]);
    let facts = world.facts(needs).await;
    assert!(facts.waiting[&cursor].rows.is_empty());
    let state = facts.conversations[&conversations[2]].state;
    assert!(matches!(state, ConversationState::Waiting { position: 3, .. }));
}

pub(crate) async fn the_conversations_of_a_campaign_are_counted_by_how_they_stand(
    mut world: World,
) {
    let campaign = world.running_with_a_rep("Spring").await;
    let other = world.running("Autumn", None).await;
    let leads = ["a", "b", "c"].map(news).to_vec();
    world
        .run(Command::AddLeads { campaign: Some(campaign), leads, existing: Existing::Fill })
        .await;
    world.run(qualify(campaign, "a")).await;
    world.run(qualify(other, "d")).await;
    let mut tally = world.store.conversation_tally(world.id(), campaign, 100).await.unwrap();
    tally.sort_by_key(|one| one.count);
    let told = tally.iter().map(|one| (one.status, one.is_assigned, one.is_written, one.count));
    let expected = [
        (ConversationStatus::Qualified, true, false, 1),
        (ConversationStatus::AwaitingAssistant, false, false, 2),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let first = world.store.conversation_tally(world.id(), campaign, 1).await.unwrap();
    assert_eq!(first.iter().map(|one| one.count).sum::<u64>(), 1);
    let (stranger, _) = found(&world.store, 8).await;
    assert!(world.store.conversation_tally(stranger.id(), campaign, 9).await.unwrap().is_empty());
}

pub(crate) async fn the_leads_of_a_campaign_are_counted_by_who_owns_them(mut world: World) {
    let (ana, bo) = (world.rep("ana").await, world.rep("bo").await);
    let campaign = world.running("Spring", None).await;
    let other = world.running("Autumn", None).await;
    let mut leads = ["a", "b", "c", "d"].map(news).to_vec();
    for lead in &mut leads[1..3] {
        lead.owner = Some(OwnerRef::Id(bo));
    }
    world
        .run(Command::AddLeads { campaign: Some(campaign), leads, existing: Existing::Fill })
        .await;
    world.run(qualify(campaign, "a")).await;
    world.run(qualify_for(other, "e", ana)).await;
    let lead = world.lead("d").await.unwrap();
    world.run(Command::EraseLead { lead }).await;
    let owners = async |team, limit| {
        let mut owners = world.store.owners_of_campaign(team, campaign, limit).await.unwrap();
        owners.sort_by_key(|one| (one.is_to_come, one.owner.is_some()));
        owners.iter().map(|one| (one.owner, one.is_to_come, one.count)).collect::<Vec<_>>()
    };
    let expected = [
        (None, false, 1),
        (Some((ana, OwnerSource::Routed)), false, 1),
        (Some((bo, OwnerSource::PreAssigned)), true, 2),
    ];
    assert_eq!(owners(world.id(), 100).await, expected);
    assert_eq!(owners(world.id(), 1).await, expected[1..2]);
    let (stranger, _) = found(&world.store, 8).await;
    assert_eq!(owners(stranger.id(), 9).await, []);
}

pub(crate) async fn those_who_wait_are_counted_with_the_first_of_them(mut world: World) {
    let nobody = world.store.waiting_size().await.unwrap();
    assert_eq!(nobody, WaitingSize { leads: 0, first_at: None });
    let (ana, bo) = (world.rep("ana").await, world.rep("bo").await);
    world.rep("cy").await;
    let held = world.running_into_a_gap("Held", ana).await;
    let open = world.running_into_a_gap("Open", bo).await;
    world.try_all(&["a", "b"].map(|name| qualify(held, name))).await;
    let (first_at, later) = (world.now, world.now.plus_seconds(60));
    world.now = later;
    world.try_all(&["c", "d", "e"].map(|name| qualify(open, name))).await;
    let size = |leads, at| WaitingSize { leads, first_at: Some(at) };
    assert_eq!(world.store.waiting_size().await.unwrap(), size(5, first_at));

    // Leads of a paused campaign wait for its end, not for a rep.
    world.run(Command::PauseCampaign { campaign: held }).await;
    assert_eq!(world.store.waiting_size().await.unwrap(), size(3, later));
}

pub(crate) async fn a_request_is_remembered_until_it_expires(mut world: World) {
    let mut batch = world.empty_batch();
    let remembered = Remembered {
        scope: [1; 32],
        body: [2; 32],
        answer: Answer::Done,
        expires_at: NOON.plus_seconds(60),
    };
    batch.remembered.push(remembered.clone());
    assert_eq!(world.store.commit(vec![batch]).await.unwrap(), [Committed::Done]);
    let scopes = [[1; 32], [9; 32]];
    let known = world.store.remembered(world.id(), &scopes, NOON).await.unwrap();
    assert_eq!(known.into_values().collect::<Vec<_>>(), [remembered]);
    let later = NOON.plus_seconds(60);
    assert!(world.store.remembered(world.id(), &scopes, later).await.unwrap().is_empty());
}

pub(crate) async fn expired_requests_die_out(mut world: World) {
    for scope in 1..=3 {
        world.now = world.now.plus_seconds(100);
        let (mut batch, team, _) =
            world.decide(&[crate::world::add_rep(&format!("r{scope}"))]).await;
        let expires_at = world.now.plus_seconds(50);
        let (scope, body, answer) = ([scope; 32], [0; 32], Answer::Done);
        batch.remembered.push(Remembered { scope, body, answer, expires_at });
        world.store.commit(vec![batch]).await.unwrap();
        world.team = team;
    }
    assert_eq!(world.tamper("update remembered set body = body").await, 1);
}

pub(crate) async fn due_teams_come_with_the_longest_due_first(mut world: World) {
    let (mut other, _) = found(&world.store, 8).await;
    world.rep("ana").await;
    world.rep("bo").await;
    for (team, due_at) in [(world.team.clone(), NOON.plus_seconds(5)), (other.clone(), NOON)] {
        let mut batch = world.empty_batch();
        batch.team = team.id();
        batch.expected_revision = team.revision();
        batch.due_at = Some(due_at);
        world.store.commit(vec![batch]).await.unwrap();
    }
    other.service_done();
    let due = |now| world.store.due_teams(now, 10);
    assert_eq!(due(NOON.plus_seconds(9)).await.unwrap(), [other.id(), world.id()]);
    assert_eq!(due(NOON).await.unwrap(), [other.id()]);
    assert_eq!(due(NOON.plus_seconds(-1)).await.unwrap(), []);
    assert_eq!(world.store.due_teams(Instant::END_OF_TIME, 1).await.unwrap(), [other.id()]);
}

pub(crate) async fn the_circle_is_rebuilt_as_it_stood(mut world: World) {
    let ana = world.rep("ana").await;
    let bo = world.rep("bo").await;
    let group = world.group("West", &[ana, bo]).await;
    let campaign = world.running("Spring", Some(group)).await;
    world.run(qualify(campaign, "rosa")).await;
    let then = world.team.revision();
    let from = world.now.plus_seconds(9);
    let period = Period { from, until: Some(from.plus_seconds(3600)) };
    world.run(Command::AddAbsence { rep: ana, period, dates: None, note: None }).await;
    world.run(Command::RemoveMember { group, rep: ana }).await;
    let circle = world.store.circle_at(world.id(), then).await.unwrap().unwrap();
    let members: Vec<_> =
        circle.group(group).unwrap().members.iter().map(|member| member.rep).collect();
    assert_eq!(members, [ana, bo]);
    assert!(world.store.circle_at(world.id(), 1_000).await.unwrap().is_none());
}

pub(crate) async fn a_batch_is_found_by_its_ledger_number(mut world: World) {
    let (batch, ..) = world.decide(&[crate::world::add_rep("ana")]).await;
    let n = batch.entries[0].n;
    assert_eq!(world.store.batch_at(world.id(), n).await.unwrap(), None);
    world.store.commit(vec![batch.clone()]).await.unwrap();
    assert_eq!(world.store.batch_at(world.id(), n).await.unwrap(), Some(batch.batch));
}

pub(crate) async fn a_value_that_cannot_be_read_is_named(mut world: World) {
    let ana = world.rep("ana").await;
    let campaign = world.campaign("Spring", None).await;
    let sql =
        format!("update campaigns set status = 'gone' where campaign_id = {}", blob(campaign));
    world.tamper(&sql).await;
    let error = world.store.load_team(world.id()).await.unwrap_err();
    let StoreError::Corrupt { table, column, key } = &error else { panic!("{error:?}") };
    assert_eq!((*table, column.as_str()), ("campaigns", "status"));
    assert!(key.contains(&blob(campaign)[2..34]), "{key}");

    let sql = format!("update reps set email = 'no address' where rep_id = {}", blob(ana));
    world.tamper(&sql).await;
    let mut needs = Needs::default();
    needs.reps.insert(ana);
    let error = world.store.facts(vec![(world.id(), needs)]).await.unwrap_err();
    let StoreError::Corrupt { table, column, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*table, column.as_str()), ("reps", "email"));
}

pub(crate) async fn an_entry_of_a_newer_version_is_named(world: World) {
    let newer =
        "update ledger set kind = 'rep_promoted', body = '{\"kind\":\"rep_promoted\"}' where n = 2";
    world.tamper(newer).await;
    let error = world.store.entries_after(world.id(), 0, 10).await.unwrap_err();
    assert!(
        matches!(error, StoreError::UnknownEvent { n: 2, ref kind } if kind == "rep_promoted"),
        "{error:?}"
    );
    world.tamper("update ledger set version = 2 where n = 1").await;
    let error = world.store.entries_after(world.id(), 0, 1).await.unwrap_err();
    assert!(matches!(error, StoreError::UnknownEvent { n: 1, .. }), "{error:?}");
    world
        .tamper("update ledger set version = 1, body = '{\"kind\":\"team_created\"}' where n = 1")
        .await;
    let error = world.store.entries_after(world.id(), 0, 1).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { table: "ledger", .. }), "{error:?}");
}

pub(crate) async fn histories_are_read_backwards(mut world: World) {
    let ana = world.rep("ana").await;
    let (spring, autumn) =
        (world.running("Spring", None).await, world.running("Autumn", None).await);
    for (campaign, name) in [(spring, "a"), (autumn, "b"), (spring, "c")] {
        world.now = world.now.plus_seconds(60);
        world.run(qualify(campaign, name)).await;
    }
    let (team, store) = (world.id(), world.store.clone());
    let filter = AssignmentFilter { rep: Some(ana), ..AssignmentFilter::default() };
    let all = store.assignments(team, &filter, 0, 10).await.unwrap();
    let numbers: Vec<_> = all.iter().map(|row| row.n).collect();
    let backwards = async |filter: &AssignmentFilter, before, limit| {
        let rows = store.assignments_before(team, filter, before, limit).await.unwrap();
        rows.into_iter().map(|row| row.n).collect::<Vec<_>>()
    };
    assert_eq!(backwards(&filter, None, 2).await, [numbers[2], numbers[1]]);
    assert_eq!(backwards(&filter, Some(numbers[1]), 2).await, [numbers[0]]);
    let of_spring = AssignmentFilter { campaign: Some(spring), ..filter };
    assert_eq!(backwards(&of_spring, None, 2).await, [numbers[2], numbers[0]]);
    let (since, until) = (Some(all[1].decided_at), Some(all[2].decided_at));
    let between = AssignmentFilter { since, until, ..AssignmentFilter::default() };
    assert_eq!(backwards(&between, None, 2).await, [numbers[1]]);

    let qualified = ConversationFilter {
        status: Some(ConversationStatus::Qualified),
        campaign: Some(spring),
        ..Default::default()
    };
    let rows = store.conversations_before(team, &qualified, None, 10).await.unwrap();
    assert_eq!(rows.len(), 2);
    let before = Some(rows[0].conversation);
    let rest = store.conversations_before(team, &qualified, before, 10).await.unwrap();
    assert_eq!(rest, rows[1..]);
    let cancelled =
        ConversationFilter { status: Some(ConversationStatus::Cancelled), ..Default::default() };
    assert!(store.conversations_before(team, &cancelled, None, 10).await.unwrap().is_empty());

    let leads = store.leads_before(team, &LeadFilter::default(), None, 10).await.unwrap();
    assert_eq!(leads.len(), 3);
    let older = LeadFilter { campaign: Some(spring), ..LeadFilter::default() };
    let older = store.leads_before(team, &older, Some(leads[0].lead), 10).await.unwrap();
    assert_eq!(older, leads[2..]);
    let named = store.leads_named(team, &[leads[0].lead, leads[2].lead]).await.unwrap();
    assert_eq!(named.len(), 2);
    let (other, _) = found(&store, 8).await;
    assert!(store.leads_named(other.id(), &[leads[0].lead]).await.unwrap().is_empty());
}

pub(crate) async fn reports_sum_what_came_to_each_rep(mut world: World) {
    let ana = world.rep("ana").await;
    let bo = world.rep("bo").await;
    let campaign = world.running("Spring", None).await;
    world.try_all(&["a", "b", "c"].map(|name| qualify(campaign, name))).await;
    world.run(qualify_for(campaign, "d", bo)).await;
    let team = world.id();
    let (since, end) = (world.now.plus_seconds(-60), world.now.plus_seconds(60));
    let entries = world.store.entries_between(team, since, end).await.unwrap();
    let mut shares = world.store.shares(team, entries.clone()).await.unwrap();
    shares.sort_by_key(|share| share.rep);
    let counts: Vec<_> =
        shares.iter().map(|share| (share.rep, share.assigned, share.turns)).collect();
    assert_eq!(counts, [(ana, 2, 2), (bo, 2, 1)]);
    assert!(shares.iter().all(|share| share.campaign == campaign && share.answered == 0));
    world.tamper("update assignments set rep_wrote_at = decided_at + 3000000 where n = (select min(n) from assignments)").await;
    let shares = world.store.shares(team, entries.clone()).await.unwrap();
    let answered: u64 = shares.iter().map(|share| share.answer_micros).sum();
    assert_eq!(answered, 3_000_000);
    let none = world.store.entries_between(team, end, end).await.unwrap();
    assert_eq!(world.store.shares(team, none).await.unwrap(), []);

    // One lead is passed on to whoever is next, one to a rep by name: a turn, and none.
    let before = entries.clone();
    let list = AssignmentFilter { campaign: Some(campaign), ..Default::default() };
    let made = world.store.assignments(team, &list, 0, 2).await.unwrap();
    let pass = |of: usize, to| Command::Reassign {
        assignment: made[of].decision.assignment,
        to,
        note: None,
    };
    world.run(pass(0, ReassignTo::Next)).await;
    let by_name = if made[1].decision.rep == ana { bo } else { ana };
    world.run(pass(1, ReassignTo::Rep(by_name))).await;
    let entries = world.store.entries_between(team, since, end).await.unwrap();
    let by_passing_on =
        async |entries| world.store.turns_by_passing_on(team, &[campaign], entries).await.unwrap();
    assert_eq!(by_passing_on(entries.clone()).await, 1);
    assert_eq!(by_passing_on(before).await, 0);
    let day_of = |at: Instant| at.as_micros() / 86_400_000_000;
    let days = world.store.turns_by_day(team, &[campaign], entries.clone(), day_of).await.unwrap();
    let day = day_of(world.now);
    assert!(days.iter().all(|row| row.day == day));
    let owned = world.running("Autumn", None).await;
    world.run(qualify_for(owned, "e", bo)).await;
    let end = world.team.revision() + 1;
    let asked = [campaign, owned];
    let took = world.store.campaigns_with_turns(team, &asked, 1..end).await.unwrap();
    assert_eq!(Vec::from_iter(took), [campaign]);
    assert!(world.store.campaigns_with_turns(team, &asked, end..end).await.unwrap().is_empty());
    assert_eq!(days.iter().map(|row| row.turns).sum::<u64>(), 4);
    let next = |at| day_of(at) + 1;
    let next = world.store.turns_by_day(team, &[campaign], entries, next).await.unwrap();
    assert!(next.iter().all(|row| row.day == day + 1));
    assert_eq!(world.store.failed_deliveries(team, 10).await.unwrap(), 0);
}

pub(crate) async fn what_became_of_conversations_is_counted_by_when_they_began(mut world: World) {
    use ConversationStatus::{AwaitingAssistant, Qualified};
    let campaign = world.running_with_a_rep("Spring").await;
    let other = world.running("Autumn", None).await;
    let leads = ["a", "b", "c"].map(news).to_vec();
    let command = Command::AddLeads { campaign: Some(campaign), leads, existing: Existing::Fill };
    world.run(command).await;
    world.run(qualify(campaign, "a")).await;
    world.run(qualify(other, "d")).await;
    // Something is to be written to one of them.
    let newest = world
        .store
        .conversations_before(
            world.id(),
            &ConversationFilter { status: Some(AwaitingAssistant), ..Default::default() },
            None,
            1,
        )
        .await
        .unwrap();
    let newest = blob(newest[0].conversation);
    world
        .tamper(&format!("update conversations set next_at = 1 where conversation_id = {newest}"))
        .await;
    world.now = world.now.plus_seconds(3600);
    world.ids.go_on(world.now, 8);
    world.run(qualify(campaign, "e")).await;
    let team = world.id();
    let at = |seconds| ConversationId::first_at(NOON.plus_seconds(seconds));
    let told = |rows: Vec<OutcomeRow>| {
        let row = |row: OutcomeRow| {
            let name = if row.campaign == campaign { "Spring" } else { "Autumn" };
            (name, row.status, row.is_begun, row.is_assigned, row.count)
        };
        let mut told: Vec<_> = rows.into_iter().map(row).collect();
        told.sort_by_key(|one| (one.0, one.1 == Qualified, one.2));
        told
    };
    let (first, next) = world.store.outcomes(team, at(0)..at(3600), 10).await.unwrap();
    let expected = [
        ("Autumn", Qualified, false, true, 1),
        ("Spring", AwaitingAssistant, false, false, 1),
        ("Spring", AwaitingAssistant, true, false, 1),
        ("Spring", Qualified, false, true, 1),
    ];
    assert_eq!((told(first), next), (expected.to_vec(), None));
    let (later, _) = world.store.outcomes(team, at(3600)..at(7200), 10).await.unwrap();
    assert_eq!(told(later), [("Spring", Qualified, false, true, 1)]);

    // In parts, it comes to the same.
    let (mut from, mut count) = (Some(at(0)), 0);
    while let Some(start) = from {
        let (rows, next) = world.store.outcomes(team, start..at(7200), 2).await.unwrap();
        let part: u64 = rows.iter().map(|row| row.count).sum();
        assert!(part == 2 || next.is_none());
        (from, count) = (next, count + part);
    }
    assert_eq!(count, 5);
    let (stranger, _) = found(&world.store, 8).await;
    let none = world.store.outcomes(stranger.id(), at(0)..at(7200), 10).await.unwrap();
    assert_eq!(none, (Vec::new(), None));
}

pub(crate) async fn the_lead_that_waits_longest_says_since_when(mut world: World) {
    let ana = world.rep("ana").await;
    let campaign = world.running_into_a_gap("Spring", ana).await;
    let team = world.id();
    assert_eq!(world.store.waiting_since(team, campaign).await.unwrap(), None);
    world.run(qualify(campaign, "a")).await;
    let since = world.now;
    world.now = world.now.plus_seconds(90);
    world.run(qualify(campaign, "b")).await;
    assert_eq!(world.store.waiting_since(team, campaign).await.unwrap(), Some(since));
}
