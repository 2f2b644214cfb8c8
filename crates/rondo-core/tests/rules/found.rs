//! Walks in which the core and the model once disagreed, each as short as it could be made.

use rondo_core::event::{Rotation, WhenOwnerIsOut};

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
