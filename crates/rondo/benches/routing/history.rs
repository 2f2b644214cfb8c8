//! Earlier assignments: decided and committed by the engine itself, so that the ledger is as true as any other.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use rondo::clock::{SystemClock, SystemEntropy};
use rondo::engine::{Caller, Engine, EngineOptions};
use rondo_core::command::{LeadNews, Subject};
use rondo_core::detail::LeadFields;
use rondo_core::ids::CampaignId;
use rondo_core::text::Email;
use rondo_core::{Actor, Command};
use rondo_store::{Store, StoreOptions};

use crate::now;
use crate::setup::Team;

/// Qualifications handed to the engine at once.
const CHUNK: u64 = 2_000;

/// Chunks under way at once: one is decided while another is made durable.
const UNDER_WAY: usize = 2;

/// What writing the history came to.
pub(crate) struct History {
    pub(crate) length: Duration,
    pub(crate) bytes: u64,
}

/// Qualifies and assigns `rows` leads in the database in `folder`.
pub(crate) fn write(folder: &Path, team: &Team, rows: u64) -> History {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts");
    let start = now();
    runtime.block_on(qualify_all(folder, team, rows));
    let bytes = std::fs::metadata(folder.join("rondo.db")).map_or(0, |file| file.len());
    History { length: start.elapsed(), bytes }
}

async fn qualify_all(folder: &Path, team: &Team, rows: u64) {
    let database = format!("sqlite:{}", folder.join("rondo.db").display());
    let store = Store::open(&StoreOptions { database, readers: 2 }).await.expect("it opens");
    let engine = Engine::start(
        store.clone(),
        Arc::new(SystemClock::new()),
        Arc::new(SystemEntropy),
        EngineOptions::default(),
    );
    let bar = ProgressBar::new(rows).with_style(
        ProgressStyle::with_template("history {bar:40} {human_pos}/{human_len} {per_sec} {eta}")
            .expect("the template is right"),
    );
    let caller = Caller { team: team.id, actor: Actor::Cli };
    let mut under_way = tokio::task::JoinSet::new();
    for first in (0..rows).step_by(CHUNK as usize) {
        let count = CHUNK.min(rows - first);
        let (engine, bar) = (engine.clone(), bar.clone());
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
    engine.stop().await;
    store.close().await;
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
