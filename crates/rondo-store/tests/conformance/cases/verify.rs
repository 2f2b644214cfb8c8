//! What was changed behind the ledger's back is named.

use std::num::NonZeroU32;

use rondo_core::command::KeyTerms;
use rondo_core::event::{LeadsOfRemoved, Role, Rotation};
use rondo_core::ids::{AbsenceId, AssignmentId, CampaignId, GroupId, RepId};
use rondo_core::text::Name;
use rondo_core::{Answer, Command, Period};
use rondo_store::Difference;

use crate::world::{World, blob, qualify, qualify_for};

struct Story {
    world: World,
    ana: RepId,
    bo: RepId,
    absence: AbsenceId,
    group: GroupId,
    spring: CampaignId,
    autumn: CampaignId,
    assignment: AssignmentId,
}

impl Story {
    async fn told_in(mut world: World) -> Self {
        let ana = world.rep("ana").await;
        let bo = world.rep("bo").await;
        let group = world.group("West", &[ana, bo]).await;
        let spring = world.running("Spring", Some(group)).await;
        let autumn = world.campaign_of("Autumn", Some(group), Rotation::Group).await;
        world.run(Command::LaunchCampaign { campaign: autumn, at: None }).await;
        let from = world.now.plus_seconds(86_400);
        let period = Period { from, until: Some(from.plus_seconds(3600)) };
        let absence = Command::AddAbsence { rep: ana, period, dates: None, note: None };
        let Answer::Absence(absence) = world.run(absence).await else { panic!() };
        world.run(qualify(spring, "rosa")).await;
        world.run(qualify(autumn, "ivo")).await;
        let answer = world.run(qualify_for(spring, "mia", bo)).await;
        let Answer::Assigned { assignment, .. } = answer else { panic!("{answer:?}") };
        Self { world, ana, bo, absence, group, spring, autumn, assignment }
    }

    /// The one difference after `sql` touched one row.
    async fn after(&self, sql: &str) -> Difference {
        assert_eq!(self.world.tamper(sql).await, 1, "{sql}");
        let mut differences = self.world.differences().await;
        assert_eq!(differences.len(), 1, "{differences:?}");
        differences.remove(0)
    }
}

fn assert_names(difference: &Difference, table: &str, kind: &str, id: String, column: &str) {
    let found = (difference.table, difference.kind, &difference.id, difference.column.as_deref());
    assert_eq!(found, (table, kind, &id, Some(column)), "{difference:?}");
}

pub(crate) async fn a_sound_team_has_no_differences(world: World) {
    let story = Story::told_in(world).await;
    assert_eq!(story.world.differences().await, []);
}

pub(crate) async fn a_team_that_is_not_there_is_not_verified(world: World) {
    let nobody = rondo_core::ids::Id::from_bytes([9; 16]);
    assert_eq!(world.store.verify(nobody, &mut |_| {}).await.unwrap(), None);
}

pub(crate) async fn a_rep_changed_behind_the_ledger_is_named(world: World) {
    let story = Story::told_in(world).await;
    let rep = blob(story.ana);
    let found =
        story.after(&format!("update reps set is_said_away = 1 where rep_id = {rep}")).await;
    assert_names(&found, "reps", "rep", story.ana.to_string(), "is_said_away");
    assert_eq!((found.ledger.as_str(), found.stored.as_str()), ("0", "1"));
}

pub(crate) async fn a_reps_address_changed_behind_the_ledger_is_named(world: World) {
    let story = Story::told_in(world).await;
    let rep = blob(story.ana);
    let found = story.after(&format!("update reps set phone = '666' where rep_id = {rep}")).await;
    let which = "name, email, phone, time_zone, calendar_link";
    assert_names(&found, "reps", "rep", story.ana.to_string(), which);
}

pub(crate) async fn a_member_changed_behind_the_ledger_is_named(world: World) {
    let story = Story::told_in(world).await;
    let (group, rep) = (blob(story.group), blob(story.bo));
    let sql = format!("delete from members where group_id = {group} and rep_id = {rep}");
    let found = story.after(&sql).await;
    assert_eq!((found.table, found.kind, found.column.as_deref()), ("members", "member", None));
    assert_eq!(found.id, format!("{} 2", story.group));
    assert_eq!((found.ledger.as_str(), found.stored.as_str()), ("there", "missing"));
}

pub(crate) async fn an_absence_changed_behind_the_ledger_is_named(world: World) {
    let story = Story::told_in(world).await;
    let absence = blob(story.absence);
    let sql = format!("update absences set until_at = until_at - 1 where absence_id = {absence}");
    let found = story.after(&sql).await;
    assert_names(&found, "absences", "absence", story.absence.to_string(), "until_at");
}

pub(crate) async fn a_campaigns_cursor_changed_behind_the_ledger_is_named(world: World) {
    let story = Story::told_in(world).await;
    let campaign = blob(story.spring);
    let sql = format!("update campaigns set cursor_place = 2 where campaign_id = {campaign}");
    let found = story.after(&sql).await;
    assert_names(&found, "campaigns", "cursor", story.spring.to_string(), "cursor_place");
}

pub(crate) async fn a_groups_cursor_changed_behind_the_ledger_is_named(world: World) {
    let story = Story::told_in(world).await;
    let (group, bo) = (blob(story.group), blob(story.bo));
    let sql = format!("update sales_groups set cursor_rep_id = {bo} where group_id = {group}");
    let found = story.after(&sql).await;
    assert_names(&found, "sales_groups", "cursor", story.group.to_string(), "cursor_rep_id");
    assert_eq!(found.stored, story.bo.to_string());
}

pub(crate) async fn an_owner_changed_behind_the_ledger_is_named(world: World) {
    let story = Story::told_in(world).await;
    let lead = story.world.lead("mia").await.unwrap();
    let (ana, id) = (blob(story.ana), blob(lead));
    let found =
        story.after(&format!("update leads set owner_id = {ana} where lead_id = {id}")).await;
    assert_names(&found, "leads", "owner", lead.to_string(), "owner_id");
    assert_eq!(found.ledger, story.bo.to_string());
    assert_eq!(found.stored, story.ana.to_string());
}

pub(crate) async fn a_leads_address_changed_behind_the_ledger_is_named(world: World) {
    let story = Story::told_in(world).await;
    let lead = story.world.lead("mia").await.unwrap();
    let id = blob(lead);
    let sql = format!("update leads set email = 'eve@example.com' where lead_id = {id}");
    assert_names(&story.after(&sql).await, "leads", "lead", lead.to_string(), "email");
}

pub(crate) async fn a_campaign_changed_behind_the_ledger_is_named(world: World) {
    let story = Story::told_in(world).await;
    let campaign = blob(story.autumn);
    let sql = format!("update campaigns set status = 'paused' where campaign_id = {campaign}");
    let found = story.after(&sql).await;
    assert_names(&found, "campaigns", "campaign", story.autumn.to_string(), "status");
    assert_eq!((found.ledger.as_str(), found.stored.as_str()), ("running", "paused"));
}

pub(crate) async fn an_assignment_changed_behind_the_ledger_is_named(world: World) {
    let story = Story::told_in(world).await;
    let (assignment, ana) = (blob(story.assignment), blob(story.ana));
    let sql = format!("update assignments set rep_id = {ana} where assignment_id = {assignment}");
    let found = story.after(&sql).await;
    assert_names(&found, "assignments", "assignment", story.assignment.to_string(), "rep_id");
}

pub(crate) async fn an_assignment_that_was_never_decided_is_named(world: World) {
    let story = Story::told_in(world).await;
    let sql = "insert into assignments
               select team_id, 900, x'00000000000000000000000000000009', x'00000000000000000000000000000009', lead_id,
                      campaign_id, rep_id, reason, decided_at, 1, null, 0, null, null, null
               from assignments
               limit 1";
    let found = story.after(sql).await;
    assert_eq!(
        (found.kind, found.ledger.as_str(), found.stored.as_str()),
        ("assignment", "not there", "there")
    );
}

pub(crate) async fn a_ledger_entry_changed_behind_its_back_is_named(world: World) {
    let story = Story::told_in(world).await;
    let sql =
        "update ledger set body = replace(body, 'Spring', 'Sprung') where kind = 'campaign_created'
               and body like '%Spring%'";
    assert_eq!(story.world.tamper(sql).await, 1);
    let found = story.world.differences().await;
    assert_eq!(
        (found[0].table, found[0].kind, found[0].column.as_deref()),
        ("ledger", "entry", Some("hash"))
    );
    assert!(
        found
            .iter()
            .any(|other| other.table == "campaigns" && other.column.as_deref() == Some("name"))
    );
}

pub(crate) async fn a_ledger_entry_that_is_gone_is_named(world: World) {
    let story = Story::told_in(world).await;
    assert_eq!(story.world.tamper("delete from ledger where n = 5").await, 1);
    let report = story.world.store.verify(story.world.id(), &mut |_| {}).await.unwrap().unwrap();
    let found = &report.differences[0];
    assert_eq!((found.table, found.kind, found.id.as_str()), ("ledger", "entry", "6"));
}

pub(crate) async fn a_keys_limit_changed_behind_the_ledger_is_named(world: World) {
    let mut story = Story::told_in(world).await;
    let terms = KeyTerms {
        role: Role::Router,
        rep: None,
        mailbox: None,
        expires_at: None,
        requests_per_second_max: NonZeroU32::new(20),
    };
    let name = Name::parse("Website form").unwrap();
    let command = Command::AddKey { name, terms, prefix: "rondo_abc".to_owned(), hash: [7; 32] };
    let Answer::Key(key) = story.world.run(command).await else { panic!("a key is made") };
    let known = story.world.store.key(story.world.id(), key).await.unwrap().unwrap();
    assert_eq!(known.requests_per_second_max, NonZeroU32::new(20));

    let id = blob(key);
    let sql = format!("update api_keys set requests_per_second_max = null where key_id = {id}");
    let found = story.after(&sql).await;
    assert_names(&found, "api_keys", "key", key.to_string(), "requests_per_second_max");
    assert_eq!((found.ledger.as_str(), found.stored.as_str()), ("20", "nothing"));
}

pub(crate) async fn an_erased_person_leaves_no_difference(world: World) {
    let mut story = Story::told_in(world).await;
    let lead = story.world.lead("mia").await.unwrap();
    story.world.run(Command::EraseLead { lead }).await;
    let leads = Some(LeadsOfRemoved::Released);
    let cy = story.world.rep("cy").await;
    story.world.run(Command::AddMember { group: story.group, rep: cy }).await;
    story.world.run(Command::RemoveRep { rep: story.bo, leads }).await;
    assert_eq!(story.world.differences().await, []);
    let sql = format!(
        "select 1 from leads where lead_id = {} and (email is not null or name is not null)",
        blob(lead)
    );
    assert_eq!(story.world.tamper(&sql).await, 0);
}

pub(crate) async fn a_value_of_the_wrong_shape_is_named(world: World) {
    let story = Story::told_in(world).await;
    let zeros = "x'0000000000000000000000000000000000000000000000000000000000000000'";
    let ana = blob(story.ana);
    let found =
        story.after(&format!("update reps set email_key = {zeros} where rep_id = {ana}")).await;
    assert_names(&found, "reps", "rep", story.ana.to_string(), "email_key");
    let lead = story.world.lead("rosa").await.unwrap();
    let sql = format!("update leads set email_key = {zeros} where lead_id = {}", blob(lead));
    assert_eq!(story.world.tamper(&sql).await, 1);
    let found = story.world.differences().await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert_names(&found[1], "leads", "lead", lead.to_string(), "email");
    assert_eq!(story.world.tamper("update ledger set hash = x'00' where n = 3").await, 1);
    let found = story.world.differences().await;
    assert_names(&found[0], "ledger", "entry", "3".to_owned(), "hash");
    assert_eq!(story.world.tamper("update teams set revision = -1").await, 1);
    let report = story.world.store.verify(story.world.id(), &mut |_| {}).await.unwrap().unwrap();
    let found = &report.differences[0];
    assert_eq!((found.table, found.column.as_deref()), ("teams", Some("revision")));
}

pub(crate) async fn a_team_that_is_gone_is_named_by_its_ledger(world: World) {
    let story = Story::told_in(world).await;
    let sql = "delete from teams where team_id = {team}";
    assert_eq!(story.world.tamper(sql).await, 1);
    let report = story.world.store.verify(story.world.id(), &mut |_| {}).await.unwrap().unwrap();
    let found = &report.differences[0];
    assert_eq!((found.table, found.kind, found.stored.as_str()), ("teams", "team", "missing"));
    let team = story.world.store.ledger_after(None).await.unwrap();
    assert_eq!(team, Some(story.world.id()));
    assert_eq!(story.world.store.ledger_after(team).await.unwrap(), None);
}

pub(crate) async fn an_entry_of_a_newer_version_is_told_apart(world: World) {
    let story = Story::told_in(world).await;
    assert_eq!(story.world.tamper("update ledger set version = 99 where n = 4").await, 1);
    let report = story.world.store.verify(story.world.id(), &mut |_| {}).await.unwrap().unwrap();
    let found = &report.differences[0];
    assert_eq!((found.kind, found.id.as_str()), ("entry", "4"));
    assert!(found.ledger.contains("newer version"), "{found:?}");
}

pub(crate) async fn a_team_that_would_be_looked_at_too_late_is_named(world: World) {
    let story = Story::told_in(world).await;
    let World { store, now, .. } = &story.world;
    let due = async |now| store.verify_due(story.world.id(), now).await.unwrap();
    assert_eq!(due(*now).await, None);
    for later in ["due_at + 1", "null"] {
        let sql = format!("update teams set due_at = {later}");
        assert_eq!(story.world.tamper(&sql).await, 1);
        let found = due(*now).await.unwrap();
        assert_names(&found, "teams", "team", story.world.id().to_string(), "due_at");
        assert_eq!(story.world.differences().await, []);
    }
    // The absence came and went while no server ran: nothing is to be done.
    assert_eq!(due(now.plus_seconds(2 * 86_400)).await, None);
    assert_eq!(story.world.tamper("update teams set due_at = 1").await, 1);
    assert_eq!(due(*now).await, None, "looking sooner does no harm");
}
