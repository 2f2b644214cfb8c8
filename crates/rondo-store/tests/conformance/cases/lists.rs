//! Lists that are narrowed: those of their index, in the order of the whole.

use rondo_core::command::ReassignTo;
use rondo_core::detail::Existing;
use rondo_core::event::OwnerSource;
use rondo_core::ids::{CampaignId, ConversationId, Id as _, LeadId, RepId};
use rondo_core::{Answer, Command, Instant};
use rondo_store::{
    AssignmentFilter, ConversationFilter, ConversationRow, ConversationStatus, LeadFilter,
};

use crate::world::{World, blob, email, news, qualify, qualify_for};

async fn add(world: &mut World, campaign: CampaignId, names: &[&str]) {
    let leads = names.iter().map(|name| news(name)).collect();
    let existing = Existing::Fill;
    world.run(Command::AddLeads { campaign: Some(campaign), leads, existing }).await;
}

pub(crate) async fn what_cancelled_campaigns_left_open_is_among_what_was_cancelled(
    mut world: World,
) {
    let spring = world.running_with_a_rep("Spring").await;
    let (autumn, winter) =
        (world.running("Autumn", None).await, world.running("Winter", None).await);
    for (part, name) in [(spring, "s"), (autumn, "a"), (winter, "w"), (spring, "t"), (autumn, "b")]
    {
        let names: Vec<_> = (0..4).map(|n| format!("{name}{n}")).collect();
        add(&mut world, part, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    }
    world.run(qualify(spring, "s0")).await;
    let team = world.id();
    let every = ConversationFilter::default();
    let all = world.store.conversations(team, &every, None, 100).await.unwrap();
    assert_eq!(all.len(), 20);
    let statuses = ["awaiting_lead", "in_review", "cancelled"];
    for (row, status) in all.iter().skip(1).step_by(2).zip(statuses.iter().cycle()) {
        let id = blob(row.conversation);
        let sql =
            format!("update conversations set status = '{status}' where conversation_id = {id}");
        assert_eq!(world.tamper(&sql).await, 1);
    }
    world.run(Command::CancelCampaign { campaign: spring }).await;
    world.run(Command::CancelCampaign { campaign: winter }).await;

    let all = world.store.conversations(team, &every, None, 100).await.unwrap();
    let status = ConversationStatus::Cancelled;
    let expected: Vec<_> =
        all.iter().filter(|row| row.status == status).map(|row| row.conversation).collect();
    assert!((8..20).contains(&expected.len()), "{}", expected.len());
    let cancelled = ConversationFilter { status: Some(status), ..every };
    let (mut forwards, mut backwards): (Vec<ConversationId>, Vec<ConversationId>) =
        Default::default();
    loop {
        let after = forwards.last().copied();
        let rows = world.store.conversations(team, &cancelled, after, 3).await.unwrap();
        if rows.is_empty() {
            break;
        }
        assert!(rows.iter().all(|row| row.status == status));
        forwards.extend(rows.iter().map(|row| row.conversation));
    }
    loop {
        let before = backwards.last().copied();
        let rows = world.store.conversations_before(team, &cancelled, before, 3).await.unwrap();
        if rows.is_empty() {
            break;
        }
        backwards.extend(rows.iter().map(|row| row.conversation));
    }
    assert_eq!(forwards, expected);
    backwards.reverse();
    assert_eq!(backwards, expected);
    let of_spring = ConversationFilter { campaign: Some(spring), ..cancelled };
    let rows = world.store.conversations(team, &of_spring, None, 100).await.unwrap();
    let of_spring = all.iter().filter(|row| row.campaign == spring && row.status == status);
    assert_eq!(rows, of_spring.cloned().collect::<Vec<_>>());
}

pub(crate) async fn the_leads_of_a_campaign_come_in_the_order_of_leads(mut world: World) {
    let ana = world.rep("ana").await;
    let (spring, autumn) =
        (world.running("Spring", None).await, world.running("Autumn", None).await);
    add(&mut world, spring, &["a", "b", "c", "d"]).await;
    add(&mut world, autumn, &["d", "a"]).await;
    world.run(qualify_for(autumn, "c", ana)).await;
    let (team, store) = (world.id(), world.store.clone());
    let names = async |filter: &LeadFilter, after: Option<LeadId>, limit| {
        let rows = store.leads(team, filter, after, limit).await.unwrap();
        rows.into_iter().map(|row| row.email).collect::<Vec<_>>()
    };
    let of_autumn = LeadFilter { campaign: Some(autumn), ..LeadFilter::default() };
    let address = |name: &str| email(name).to_string();
    assert_eq!(names(&of_autumn, None, 9).await, ["a", "c", "d"].map(address));
    let c = world.lead("c").await;
    assert_eq!(names(&of_autumn, c, 9).await, ["d"].map(address));
    assert_eq!(names(&of_autumn, None, 1).await, ["a"].map(address));
    let before = store.leads_before(team, &of_autumn, c, 9).await.unwrap();
    assert_eq!(before.into_iter().map(|row| row.email).collect::<Vec<_>>(), ["a"].map(address));

    let owned = LeadFilter { owners: Some(vec![ana]), ..of_autumn.clone() };
    let rows = store.leads(team, &owned, None, 9).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].owner, Some((ana, OwnerSource::PreAssigned)));
    let found = LeadFilter { email: Some(email("d").key()), ..of_autumn.clone() };
    assert_eq!(names(&found, None, 9).await, ["d"].map(address));
    let found = LeadFilter { email: Some(email("b").key()), ..of_autumn.clone() };
    assert!(names(&found, None, 9).await.is_empty());

    let lead = world.lead("a").await.unwrap();
    world.run(Command::EraseLead { lead }).await;
    assert_eq!(names(&of_autumn, None, 9).await, ["c", "d"].map(address));
}

pub(crate) async fn the_leads_of_several_owners_come_in_order(mut world: World) {
    let owners = [world.rep("ana").await, world.rep("bo").await, world.rep("cy").await];
    let spring = world.running("Spring", None).await;
    for (name, owner) in [("a", 0), ("b", 1), ("c", 2), ("d", 0), ("e", 0), ("f", 1)] {
        world.run(qualify_for(spring, name, owners[owner])).await;
    }
    let (team, store) = (world.id(), world.store.clone());
    let owners = Some(owners[..2].to_vec());
    let filter = LeadFilter { owners, ..LeadFilter::default() };
    let names =
        |rows: Vec<rondo_store::LeadRow>| rows.into_iter().map(|row| row.email).collect::<Vec<_>>();
    let address = |name: &str| email(name).to_string();
    let first = names(store.leads(team, &filter, None, 3).await.unwrap());
    assert_eq!(first, ["a", "b", "d"].map(address));
    let after = names(store.leads(team, &filter, world.lead("b").await, 3).await.unwrap());
    assert_eq!(after, ["d", "e", "f"].map(address));
    let last = names(store.leads_before(team, &filter, None, 4).await.unwrap());
    assert_eq!(last, ["f", "e", "d", "b"].map(address));
    let before = store.leads_before(team, &filter, world.lead("d").await, 4).await.unwrap();
    assert_eq!(names(before), ["b", "a"].map(address));
    let nobodys = LeadFilter { owners: Some(Vec::new()), ..LeadFilter::default() };
    assert_eq!(store.leads(team, &nobodys, None, 3).await.unwrap(), []);
}

pub(crate) async fn a_reps_assignments_of_a_campaign_are_found_among_others(mut world: World) {
    let (ana, bo) = (world.rep("ana").await, world.rep("bo").await);
    let (spring, autumn) =
        (world.running("Spring", None).await, world.running("Autumn", None).await);
    for n in 0..12 {
        let rep = if n % 3 == 0 { bo } else { ana };
        let campaign = if n % 2 == 0 { spring } else { autumn };
        world.now = world.now.plus_seconds(60);
        world.run(qualify_for(campaign, &format!("lead{n}"), rep)).await;
    }
    let (team, store) = (world.id(), world.store.clone());
    let all = store.assignments(team, &AssignmentFilter::default(), 0, 100).await.unwrap();
    let wanted: Vec<_> = all
        .iter()
        .filter(|row| row.campaign == spring && row.decision.rep == ana)
        .cloned()
        .collect();
    assert_eq!(wanted.len(), 4);
    let filter = AssignmentFilter { rep: Some(ana), campaign: Some(spring), ..Default::default() };
    assert_eq!(store.assignments(team, &filter, 0, 100).await.unwrap(), wanted);
    assert_eq!(store.assignments(team, &filter, wanted[0].n, 2).await.unwrap(), wanted[1..3]);
    let before = store.assignments_before(team, &filter, Some(wanted[3].n), 2).await.unwrap();
    assert_eq!(before, [wanted[2].clone(), wanted[1].clone()]);
    let at = |index: usize| -> Option<Instant> { Some(wanted[index].decided_at) };
    let between = AssignmentFilter { since: at(1), until: at(3), ..filter.clone() };
    assert_eq!(store.assignments(team, &between, 0, 9).await.unwrap(), wanted[1..3]);
    let before = store.assignments_before(team, &between, Some(wanted[2].n), 9).await.unwrap();
    assert_eq!(before, wanted[1..2]);
    let nobody = AssignmentFilter { campaign: Some(CampaignId::from_bytes([9; 16])), ..filter };
    assert!(store.assignments(team, &nobody, 0, 9).await.unwrap().is_empty());
}

pub(crate) async fn what_waits_for_a_rep_is_found_among_what_is_qualified(mut world: World) {
    let ana = world.rep("ana").await;
    let team = world.group("East", &[ana]).await;
    let (spring, autumn) =
        (world.running("Spring", None).await, world.running("Autumn", Some(team)).await);
    for (campaign, name) in [(spring, "a"), (autumn, "b"), (spring, "c"), (autumn, "d")] {
        world.run(qualify(campaign, name)).await;
    }
    let (id, store) = (world.id(), world.store.clone());
    let all = store.conversations(id, &ConversationFilter::default(), None, 9).await.unwrap();
    let waits = |index: usize| (all[index].conversation, all[index].campaign);
    for (since, (conversation, campaign)) in [(900, waits(1)), (901, waits(2)), (902, waits(3))] {
        let sql = format!(
            "insert into waiting (team_id, cursor_id, since, campaign_id, conversation_id, lead_id, is_held)
             select team_id, campaign_id, {since}, campaign_id, conversation_id, lead_id, 0
             from conversations where conversation_id = {} and campaign_id = {}",
            blob(conversation),
            blob(campaign),
        );
        assert_eq!(world.tamper(&sql).await, 1);
    }
    let found = async |campaign, before| {
        let filter = ConversationFilter { is_waiting: true, campaign, ..Default::default() };
        let rows = store.conversations_before(id, &filter, before, 2).await.unwrap();
        assert!(rows.iter().all(|row| row.is_waiting));
        rows.into_iter().map(|row| row.conversation).collect::<Vec<_>>()
    };
    let [one, two, three] = [1, 2, 3].map(|index| all[index].conversation);
    assert_eq!(found(None, None).await, [three, two]);
    assert_eq!(found(None, Some(two)).await, [one]);
    assert_eq!(found(Some(autumn), None).await, [three, one]);
    let lead = Some(all[2].lead);
    let filter = ConversationFilter { is_waiting: true, lead, ..Default::default() };
    assert_eq!(store.conversations(id, &filter, None, 9).await.unwrap(), [all_waiting(&all[2])]);
}

fn all_waiting(row: &ConversationRow) -> ConversationRow {
    ConversationRow { is_waiting: true, ..row.clone() }
}

pub(crate) async fn leads_and_conversations_are_looked_through_with_what_they_are_found_by(
    mut world: World,
) {
    let spring = world.running_with_a_rep("Spring").await;
    add(&mut world, spring, &["a", "b", "c"]).await;
    world.run(qualify(spring, "b")).await;
    let (team, store) = (world.id(), world.store.clone());
    let lead = world.lead("c").await.unwrap();
    world.run(Command::EraseLead { lead }).await;
    let leads = async |filter: &LeadFilter, before, limit| {
        store.leads_to_find(team, filter, before, limit).await.unwrap()
    };
    let all = LeadFilter::default();
    let looked = leads(&all, None, 9).await;
    // Whoever was erased counts as looked at.
    assert_eq!((looked.len(), &looked[0]), (3, &(lead, None)));
    assert_eq!(leads(&all, Some(lead), 1).await, looked[1..2]);
    let high_intent = LeadFilter { is_high_intent: Some(true), ..all.clone() };
    assert_eq!(leads(&high_intent, None, 9).await, looked[1..2]);
    let owner = store.lead(team, looked[1].0).await.unwrap().unwrap().owner.unwrap().0;
    let stranger: RepId = world.ids.next_id();
    let owned = LeadFilter { owners: Some(vec![stranger, owner]), ..all.clone() };
    assert_eq!(leads(&owned, None, 9).await, looked[1..2]);
    let found: Vec<_> = looked.into_iter().filter_map(|(_, row)| row).collect();
    let told: Vec<_> = found.iter().map(|row| (row.email.clone(), row.name.clone())).collect();
    let person = |name: &str| (email(name).to_string(), news(name).fields.name);
    assert_eq!(told, [person("b"), person("a")]);
    assert_eq!(store.leads_found_by(team, &[lead, found[1].lead]).await.unwrap(), found[1..]);

    let every = ConversationFilter::default();
    let rows = store.conversations_before(team, &every, None, 9).await.unwrap();
    let pairs: Vec<_> = rows.iter().map(|row| (row.conversation, row.lead)).collect();
    let named = store.conversations_named(team, &[pairs[2].0]).await.unwrap();
    assert_eq!(named, rows[2..]);
    let looked = |fits: [bool; 3]| {
        let each = pairs.iter().zip(fits);
        each.map(|((one, lead), fits)| (*one, fits.then_some(*lead))).collect::<Vec<_>>()
    };
    let found = async |filter: &ConversationFilter, before, limit| {
        store.conversations_to_find(team, filter, before, limit).await.unwrap()
    };
    assert_eq!(found(&every, None, 9).await, looked([true; 3]));
    assert_eq!(found(&every, Some(pairs[0].0), 1).await, looked([true; 3])[1..2]);
    let stands = |status, campaign| ConversationFilter {
        status: Some(status),
        campaign,
        ..ConversationFilter::default()
    };
    let (qualified, cancelled) = (ConversationStatus::Qualified, ConversationStatus::Cancelled);
    assert_eq!(found(&stands(qualified, None), None, 9).await, looked([true; 3])[1..2]);
    assert_eq!(found(&stands(cancelled, None), None, 9).await, looked([true; 3])[..1]);
    // Whatever was looked at counts: all of a campaign, however few of it are wanted.
    let of_spring = stands(qualified, Some(spring));
    assert_eq!(found(&of_spring, None, 9).await, looked([false, true, false]));
    let waits = ConversationFilter { is_waiting: true, ..every.clone() };
    assert_eq!(found(&waits, None, 9).await, []);
    let sql = format!(
        "insert into waiting (team_id, cursor_id, since, campaign_id, conversation_id, lead_id, is_held)
         select team_id, conversation_id, 900, campaign_id, conversation_id, lead_id, 0
         from conversations where conversation_id in ({}, {})",
        blob(pairs[1].0),
        blob(pairs[2].0),
    );
    assert_eq!(world.tamper(&sql).await, 2);
    let waits = ConversationFilter { status: Some(qualified), ..waits };
    assert_eq!(found(&waits, None, 9).await, looked([false, true, false])[1..]);
}

pub(crate) async fn assignments_are_looked_through_and_keep_the_note_that_they_were_made_with(
    mut world: World,
) {
    let (ana, bo) = (world.rep("ana").await, world.rep("bo").await);
    let (spring, autumn) =
        (world.running("Spring", None).await, world.running("Autumn", None).await);
    world.run(qualify(spring, "a")).await;
    let (team, store) = (world.id(), world.store.clone());
    let row = store.assignments(team, &AssignmentFilter::default(), 0, 9).await.unwrap().remove(0);
    assert_eq!((row.decision.rep, &row.note), (ana, &None));
    let pass = |assignment, to, note: &str| Command::Reassign {
        assignment,
        to: ReassignTo::Rep(to),
        note: (!note.is_empty()).then(|| note.to_owned()),
    };
    let mut assignment = row.decision.assignment;
    for (to, note) in [(bo, "speaks French"), (ana, "")] {
        let answer = world.run(pass(assignment, to, note)).await;
        let Answer::Assigned { assignment: made, .. } = answer else { panic!("{answer:?}") };
        assignment = made;
    }
    world.run(qualify(autumn, "b")).await;
    let notes = async || {
        let rows = store.assignments(team, &AssignmentFilter::default(), 0, 9).await.unwrap();
        rows.into_iter().map(|row| row.note).collect::<Vec<_>>()
    };
    assert_eq!(notes().await, [None, Some("speaks French".to_owned()), None, None]);

    let rows = store.assignments(team, &AssignmentFilter::default(), 0, 9).await.unwrap();
    let looked = async |filter: &AssignmentFilter, before, limit| {
        let found = store.assignments_to_find(team, filter, before, limit).await.unwrap();
        for held in &found {
            let row = rows.iter().find(|row| row.n == held.n).unwrap();
            assert_eq!(held.assignment, row.decision.assignment);
            assert_eq!((held.conversation, held.lead), (row.conversation, row.lead));
            assert_eq!(held.is_standing, row.is_standing);
        }
        found.iter().map(|held| held.n).collect::<Vec<_>>()
    };
    let n: Vec<_> = rows.iter().map(|row| row.n).collect();
    let every = AssignmentFilter::default();
    assert_eq!(looked(&every, None, 9).await, [n[3], n[2], n[1], n[0]]);
    assert_eq!(looked(&every, Some(n[3]), 2).await, [n[2], n[1]]);
    let of_ana = AssignmentFilter { rep: Some(ana), ..every };
    assert_eq!(looked(&of_ana, Some(n[3]), 9).await, [n[2], n[0]]);
    let of_ana_in_spring = AssignmentFilter { campaign: Some(spring), ..of_ana };
    assert_eq!(looked(&of_ana_in_spring, None, 9).await, [n[2], n[0]]);

    let (one, other) = (rows[0].conversation, rows[3].conversation);
    let filter = ConversationFilter { campaign: Some(spring), ..ConversationFilter::default() };
    let fits = store.conversations_that_fit(team, &filter, &[one, other]).await.unwrap();
    let mut expected = [(one, Some(rows[0].lead)), (other, None)];
    expected.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
    assert_eq!(fits, expected);
    assert_eq!(store.conversations_that_fit(team, &filter, &[]).await.unwrap(), []);

    world.run(Command::EraseLead { lead: rows[0].lead }).await;
    assert_eq!(notes().await, [None, None, None, None]);
}
