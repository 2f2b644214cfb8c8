//! Walks in which the core and the model once disagreed, each as short as it could be made.

use rondo_core::Command;
use rondo_core::event::{CursorKey, Rotation, WhenOwnerIsOut};

use crate::acts::{Act, Pick};
use crate::model::{Reply, State};
use crate::pair::Pair;

/// Two reps and a paused campaign.
fn paused() -> Pair {
    let campaign = Act::AddCampaign {
        name: 0,
        group: None,
        rotation: Rotation::Campaign,
        when_owner_is_out: WhenOwnerIsOut::Owner,
    };
    let launch = Act::Launch { campaign: Pick(0), at: None };
    let pause = Act::Pause { campaign: Pick(0) };
    Pair::after([Act::AddRep, Act::AddRep, campaign, launch, pause])
}

fn qualify(lead: usize) -> Act {
    Act::Qualify { campaign: Pick(0), lead, owner: None }
}

// C7 R9
#[test]
fn a_lead_erased_in_the_batch_that_cancelled_its_campaign_waits_nowhere() {
    let mut pair = paused();
    let erase = Act::Erase { lead: Pick(0) };
    pair.batch(&[qualify(0), Act::Cancel { campaign: Pick(0) }, erase]);
    assert_eq!(pair.model.conversations[0].state, State::Open);
}

// R7
#[test]
fn an_erased_person_is_handed_to_nobody() {
    let mut pair = paused();
    let again = Act::QualifyConversation { campaign: Pick(0), conversation: Pick(0) };
    pair.batch(&[qualify(0)]);
    pair.act(&Act::Erase { lead: Pick(0) });
    pair.act(&Act::Resume { campaign: Pick(0) });
    pair.act(&again);
    assert_eq!(pair.refused, ["not-found"]);
}

// R9
#[test]
fn a_lead_that_waits_behind_one_that_was_erased_moves_up() {
    let mut pair = paused();
    pair.act(&qualify(0));
    pair.act(&qualify(1));
    pair.act(&Act::Erase { lead: Pick(0) });
    let reply = pair.model.act(&qualify(1)).map(|said| said.reply);
    assert_eq!(reply, Ok(Reply::Waits { conversation: 1, position: 1 }));
    pair.act(&qualify(1));
}

// R9
#[test]
fn leads_that_wait_are_looked_at_after_the_team_was_read_from_its_tables() {
    let mut pair = paused();
    pair.act(&qualify(0));
    assert!(pair.world.team.to_parts().campaigns.iter().any(|campaign| campaign.waiting > 0));
    pair.world.reload();
    assert!(pair.world.team.is_service_due());
    assert_eq!(pair.world.team.next_due(), Some(pair.world.now));
}

// R9
#[test]
fn rows_that_do_not_begin_with_the_first_give_nobody_a_turn() {
    let mut pair = paused();
    pair.act(&qualify(0));
    pair.act(&qualify(1));
    let world = &mut pair.world;
    let campaign = world.team.campaigns().next().expect("a campaign").id;
    world.begin(&[]);
    world.decide(&Command::ResumeCampaign { campaign }).expect("it is paused");
    let first = world.shelf.waiting[0].row.since;
    assert!(world.serve_after(CursorKey::Campaign(campaign), first).events.is_empty());
    assert_eq!(world.serve_after(CursorKey::Campaign(campaign), 0).events.len(), 2);
}
