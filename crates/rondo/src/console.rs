//! The console: pages for people, made by the server.
//!
//! Every page works without script and calls the same use cases as the API. A route exists only with the reach that it
//! has ([`routes::Routes`]), so none is open by oversight; whatever goes wrong becomes a page that says what to do
//! ([`trouble`]).

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::app::App;
use crate::oidc::Oidc;

mod assets;
mod assignments;
mod campaigns;
mod circle;
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
mod sheet;
mod sign_in;
mod templates;
mod trouble;
mod why;
mod words;

use routes::Routes;
pub use routes::{Method, Reach, Route};
pub use sign_in::StartLink;

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
    attempts: sign_in::Attempts,
    streams: live::Streams,
    uploads: campaigns::Uploads,
    mailbox_tests: settings::MailboxTests,
}

impl Console {
    fn app(&self) -> &App {
        &self.shared.app
    }
}

/// The console of an app, beside its API.
pub fn beside(api: Router, app: App, options: ConsoleOptions) -> Router {
    let attempts = sign_in::Attempts::new(app.clock());
    let streams = live::Streams::new();
    let uploads = campaigns::Uploads::new();
    let mailbox_tests = settings::MailboxTests::new();
    let shared = Shared { app, options, attempts, streams, uploads, mailbox_tests };
    let console = Console { shared: Arc::new(shared) };
    api.merge(all().into_router(console.clone())).layer(from_fn_with_state(console, routes::lost))
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
