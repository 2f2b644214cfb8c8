//! The console: pages for people, made by the server.
//!
//! Every page works without script and calls the same use cases as the API. A route exists only with the reach that it
//! has ([`routes::Routes`]), so none is open by oversight; whatever goes wrong becomes a page that says what to do
//! ([`trouble`]).

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use governor::Quota;

use crate::app::App;
use crate::oidc::Oidc;
use crate::throttle::Throttle;

mod assets;
mod assignments;
mod campaigns;
mod conversations;
mod form;
mod frame;
mod groups;
mod home;
mod leads;
mod live;
mod paths;
mod refused;
mod reports;
mod reps;
mod reviews;
mod routes;
mod settings;
mod sign_in;
mod trouble;
mod words;

use routes::Routes;
pub use routes::{Method, Reach, Route};
pub use sign_in::StartLink;

/// Attempts to sign in from one network, or for one address: a burst of so many …
const ATTEMPTS_BURST: u32 = 10;
/// … and one more every so often: a person who mistypes never waits, a guesser gets a few thousand a day.
const ATTEMPT_PERIOD: Duration = Duration::from_secs(20);
/// People who come back from a provider, by network: a whole company behind one proxy, on a Monday morning …
const RETURNS_BURST: u32 = 100;
/// … and one more every so often. Nobody guesses anything there; the provider is spared.
const RETURN_PERIOD: Duration = Duration::from_millis(500);

/// What the console needs beside the app.
pub struct ConsoleOptions {
    /// What lets somebody begin the first team.
    pub start: StartLink,
    /// Whether browsers reach the server by HTTPS alone: then the session's cookie is for that alone.
    pub is_secure: bool,
    /// The provider that people may sign in with.
    pub oidc: Option<Oidc>,
}

/// What handlers share. Clones share it.
#[derive(Clone)]
struct Console {
    shared: Arc<Shared>,
}

struct Shared {
    app: App,
    options: ConsoleOptions,
    /// Attempts to sign in, by network and by the address that was typed.
    attempts: Throttle<String>,
    /// Those who come back from a provider, by network.
    returns: Throttle<IpAddr>,
    streams: live::Streams,
    uploads: campaigns::Uploads,
}

impl Console {
    fn app(&self) -> &App {
        &self.shared.app
    }
}

/// The console of an app.
pub fn router(app: App, options: ConsoleOptions) -> Router {
    let attempts = Throttle::new(quota(ATTEMPTS_BURST, ATTEMPT_PERIOD), app.clock());
    let returns = Throttle::new(quota(RETURNS_BURST, RETURN_PERIOD), app.clock());
    let streams = live::Streams::new();
    let uploads = campaigns::Uploads::new();
    let shared = Shared { app, options, attempts, returns, streams, uploads };
    all().into_router(Console { shared: Arc::new(shared) })
}

fn quota(burst: u32, period: Duration) -> Quota {
    let burst = NonZeroU32::new(burst).expect("the limit is not zero");
    Quota::with_period(period).expect("the period is not zero").allow_burst(burst)
}

/// Every route with its reach, for the tests that hold each against each role.
pub fn routes() -> Vec<Route> {
    all().into_table()
}

fn all() -> Routes {
    let routes = Routes::new();
    let routes = assets::add(routes);
    let routes = sign_in::add(routes);
    let routes = live::add(routes);
    let routes = home::add(routes);
    let routes = reports::add(routes);
    let routes = reps::add(routes);
    let routes = groups::add(routes);
    let routes = campaigns::add(routes);
    let routes = reviews::add(routes);
    let routes = conversations::add(routes);
    let routes = leads::add(routes);
    let routes = assignments::add(routes);
    settings::add(routes)
}
