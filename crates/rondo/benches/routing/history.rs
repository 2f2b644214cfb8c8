//! Earlier assignments: decided and committed by the engine itself, so that the ledger is as true as any other.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use rondo_core::Command;
use rondo_core::command::{LeadNews, Subject};
use rondo_core::detail::LeadFields;
use rondo_core::ids::CampaignId;
use rondo_core::text::Email;

use crate::now;
use crate::setup::{Open, Team, runtime};

/// Qualifications handed to the engine at once.
const CHUNK: u64 = 2_000;

/// Chunks under way at once: one is decided while another is made durable.
const UNDER_WAY: usize = 2;

/// Qualifies and assigns `rows` leads of a team; how long it took.
pub(crate) fn write(database: String, team: &Team, rows: u64) -> Duration {
    let start = now();
    runtime().block_on(qualify_all(database, team, rows));
    start.elapsed()
}

async fn qualify_all(database: String, team: &Team, rows: u64) {
    let open = Open::database(database).await;
    let bar = ProgressBar::new(rows).with_style(
        ProgressStyle::with_template("history {bar:40} {human_pos}/{human_len} {per_sec} {eta}")
            .expect("the template is right"),
    );
    let caller = team.caller();
    let mut under_way = tokio::task::JoinSet::new();
    for first in (0..rows).step_by(CHUNK as usize) {
        let count = CHUNK.min(rows - first);
        let (engine, bar) = (open.engine.clone(), bar.clone());
        let commands =
            (first..first + count).map(|number| qualify(team.campaign, number)).collect();
        under_way.spawn(async move {
            for done in engine.run_many(caller, commands).await {
                done.expect("an earlier lead is assigned");
            }
            bar.inc(count);
        });
        if under_way.len() >= UNDER_WAY {
            under_way.join_next().await.expect("some are under way").expect("none panics");
        }
    }
    while let Some(done) = under_way.join_next().await {
        done.expect("none panics");
    }
    open.close().await;
    bar.finish();
}

/// The report of the lead of this number.
pub(crate) fn qualify(campaign: CampaignId, number: u64) -> Command {
    let email = format!("lead{number}@earlier.example");
    Command::Qualify {
        campaign,
        subject: Subject::Lead(Box::new(LeadNews {
            email: Email::parse(&email).expect("it is an address"),
            owner: None,
            fields: LeadFields {
                name: Some(format!("Lead {number}")),
                company: Some("Northgate Foods".to_owned()),
                ..LeadFields::default()
            },
        })),
        note: None,
    }
}
