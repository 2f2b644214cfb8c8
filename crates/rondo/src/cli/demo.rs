//! `rondo demo`: a new installation with a living example in it.

use std::sync::Arc;

use clap::Args;
use rondo_core::text::{Email, Name};

use super::Failure;
use super::database::ConfigArgs;
use super::team::email;
use super::terminal::{bar_of_things, note, say};
use crate::app::people::{self, LINK_SECONDS};
use crate::clock::{Clock, Entropy, ManualClock, SystemClock, SystemEntropy};
use crate::config::Config;
use crate::demo;
use crate::found;
use crate::serve;

/// `rondo demo`.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// The email address by which the example's administrator signs in.
    #[arg(long, value_name = "EMAIL", value_parser = email, default_value = "demo@acme.invalid")]
    admin: Email,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs `rondo demo`.
pub(super) async fn run(args: DemoArgs) -> Result<(), Failure> {
    let config = Config::load(&args.config.sources())?;
    let public_url = config.public_url.clone();
    let store = args.config.open_or_make().await?;
    if !store.teams(None, 1).await?.is_empty() {
        store.close().await;
        return Err(Failure::Refused(
            "there is a team already, and the example is for a new installation; name another database with `--database sqlite:demo.db`"
                .to_owned(),
        ));
    }
    let now = SystemClock::new().now();
    let clock = Arc::new(ManualClock::at(now.plus_seconds(-i64::from(demo::DAYS) * 86_400)));
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let name = Name::parse("Acme Sales").expect("the example's name is well formed");
    let by = found::Founder::Command;
    let founded =
        found::found_without_key(&store, name, args.admin, &*clock, &*entropy, by).await?;
    let shared: Arc<dyn Clock> = clock.clone();
    let (app, engine) = serve::assemble(config, store.clone(), shared, entropy)
        .map_err(|error| Failure::Refused(error.to_string()))?;
    note("A team with a month behind it. Nothing is sent to anybody.");
    let bar = bar_of_things(u64::from(demo::DAYS));
    let filled = demo::fill(&app, &clock, founded.0, |days| bar.set_position(days.into())).await;
    bar.finish_and_clear();
    filled.map_err(|error| Failure::Refused(error.to_string()))?;
    let link =
        people::make_link(&store, (&*clock, &SystemEntropy), &public_url, founded, LINK_SECONDS);
    let link = link.await.map_err(|error| Failure::Refused(error.to_string()))?;
    engine.stop().await;
    store.close().await;
    note("Run `rondo serve`, and open this link to choose a password and look around:");
    say(link.link.as_str())
}
