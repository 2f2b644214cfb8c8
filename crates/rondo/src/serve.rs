//! The running server: opens everything, listens, closes everything.

use std::future::Future;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use rondo_store::{Store, StoreError, StoreOptions, shown_database};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinHandle};
use url::Url;

use crate::app::{App, AppParts, MailParts};
use crate::clock::{Clock, Entropy, SystemClock, SystemEntropy};
use crate::config::{Config, DATABASE, LISTEN, LogFormat};
use crate::console::{self, ConsoleOptions, StartLink};
use crate::egress::{Egress, EgressPolicy, SystemNames};
use crate::engine::{Engine, EngineOptions};
use crate::http::{self, HttpOptions};
use crate::jobs::deliveries::{Deliveries, DeliveriesParts, Nudges};
use crate::jobs::due::Sweep;
use crate::jobs::gauges;
use crate::jobs::mailboxes::Mailboxes;
use crate::oidc::{Oidc, OidcOptions};
use crate::proxies::TrustedProxies;
use crate::secrets::{KEY_FILE_NAME, SecretKey, SecretKeyError, Vault};
use crate::telemetry;
use crate::telemetry::otlp::{Otlp, OtlpError};
use crate::webhooks::Payloads;

/// Connections that read at the same time: reads are short, and two processors answer no more at once.
const READERS: u32 = 4;
/// How long requests under way may take to end when the server closes; longer than any commit.
const CLOSE_WAIT: Duration = Duration::from_secs(10);
/// Between two clean-ups of what the metrics have gathered, so that it does not grow while nobody reads it.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("{}", cannot_listen(*.address, .source))]
    Listen {
        /// As configured.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The data cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Traces cannot be sent as it is configured.
    #[error(transparent)]
    Otlp(#[from] OtlpError),
    /// There is no key to seal secrets with.
    #[error(transparent)]
    SecretKey(#[from] SecretKeyError),
    /// Several servers seal and open the same secrets: none may make a key of its own.
    #[error(
        "on PostgreSQL all servers share one secret key; make one with `openssl rand -hex 32`, and give it to each by \
         RONDO_SECRET_KEY or a `secret_key_file`"
    )]
    NoSecretKey,
    /// The system failed while the server ran.
    #[error("the server cannot go on: {0}")]
    System(#[source] std::io::Error),
}

fn cannot_listen(address: SocketAddr, source: &std::io::Error) -> String {
    match source.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "something listens on {address} already; stop it, or choose another address with `--listen`, such as `{}`",
            SocketAddr::new(address.ip(), address.port().wrapping_add(1).max(1024))
        ),
        std::io::ErrorKind::PermissionDenied => format!(
            "listening on {address} is not permitted; choose a port from 1024 on with `--listen`"
        ),
        std::io::ErrorKind::AddrNotAvailable => format!(
            "this machine does not have the address {address}; choose another with `--listen`, such as `{LISTEN}`"
        ),
        _ => format!("listening on {address} failed: {source}; choose another with `--listen`"),
    }
}

/// Runs the server until the process is told to stop (SIGTERM, SIGINT), then finishes what was accepted.
pub async fn run(config: Config) -> Result<(), ServeError> {
    let otlp = config.otlp.as_ref().map(|otlp| Otlp::start(otlp, &SystemEntropy)).transpose();
    // Logs in any case: what is wrong is told there.
    let spans = otlp.as_ref().ok().and_then(Option::as_ref);
    telemetry::start_logs(config.log.clone(), config.log_format, spans);
    let otlp = otlp?;
    // Nothing is counted before this.
    telemetry::metrics();
    let stopped = stop_signal()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let format = config.log_format;
    let server = Server::open(config, clock, Arc::new(SystemEntropy)).await?;
    match format {
        LogFormat::Text => server.greet().await?,
        LogFormat::Json => {
            let (address, database) = (server.address()?, &server.database);
            tracing::info!(%address, database, "Rondo listens.");
        }
    }
    let ended = server.run(stopped).await;
    if let Some(otlp) = otlp {
        otlp.stop().await;
    }
    ended
}

/// A server that is open and listening; nothing is answered before [`Server::run`].
pub struct Server {
    listener: TcpListener,
    database: String,
    store: Store,
    engine: Engine,
    sweep: Sweep,
    deliveries: Deliveries,
    mailboxes: Mailboxes,
    app: App,
    start: StartLink,
    oidc: Option<Oidc>,
    proxies: TrustedProxies,
    clock: Arc<dyn Clock>,
    key_requests_per_second_max: Option<NonZeroU32>,
    jobs: Jobs,
}

/// Tasks that end with the server.
struct Jobs(Vec<AbortHandle>);

impl Drop for Jobs {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl Server {
    /// Opens the data and listens.
    pub async fn open(
        config: Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, ServeError> {
        // The address first: a second server on the same data then ends here, and leaves the data alone.
        let address = config.listen;
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| ServeError::Listen { address, source })?;
        let database = config.database.clone();
        let options = StoreOptions { database: database.clone(), readers: READERS };
        let (policy, key_requests_per_second_max) =
            (config.egress, config.key_requests_per_second_max);
        let store = Store::open(&options).await?;
        // Once the data is open, there is a folder to keep a key in.
        let public_url = config.public_url.clone();
        let oidc = config.oidc.clone().map(|options| provider(options, &public_url, &clock));
        let proxies = config.trusted_proxies.clone();
        let secret = secret_key(config, &*entropy)?;
        let vault = Arc::new(Vault::new(&secret));
        let egress = Egress::new(policy, Arc::new(SystemNames));
        let names = Arc::new(SystemNames);
        let mail = MailParts::new(&secret, &egress, names, &clock, &entropy, public_url);

        let nudges = Nudges::default();
        let options = EngineOptions { nudges: nudges.clone(), ..EngineOptions::default() };
        let engine = Engine::start(store.clone(), clock.clone(), entropy.clone(), options);
        let deliveries = Deliveries::start(DeliveriesParts {
            store: store.clone(),
            payloads: Payloads { store: store.clone(), engine: engine.clone() },
            egress,
            vault: vault.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            nudges,
        });
        let sweep = Sweep::start(store.clone(), engine.clone(), clock.clone(), entropy.clone());
        let readings = tokio::spawn(gauges::run(store.clone(), engine.clone(), clock.clone()));
        let upkeep = tokio::spawn(keep_metrics_small(clock.clone()));
        let jobs = Jobs([readings, upkeep].iter().map(JoinHandle::abort_handle).collect());
        telemetry::note_start(clock.now());
        let start = StartLink::new(&*entropy);
        let app = App::new(AppParts {
            engine: engine.clone(),
            store: store.clone(),
            clock: clock.clone(),
            entropy,
            vault,
            egress: policy,
            mail,
        });
        let mailboxes = Mailboxes::start(app.clone());
        Ok(Self {
            listener,
            database,
            store,
            engine,
            sweep,
            deliveries,
            mailboxes,
            app,
            start,
            oidc,
            proxies,
            clock,
            key_requests_per_second_max,
            jobs,
        })
    }

    /// Where it listens; of use where the port was left to the system.
    pub fn address(&self) -> Result<SocketAddr, ServeError> {
        self.listener.local_addr().map_err(ServeError::System)
    }

    /// Says on the standard error where the server is and what a newcomer does next.
    async fn greet(&self) -> Result<(), ServeError> {
        let address = self.address()?;
        let shown = shown_database(&self.database);
        eprintln!("Rondo listens on http://{address} and keeps its data in {shown}");
        if self.store.teams(None, 1).await?.is_empty() {
            let program = program();
            let database = match self.database.as_str() {
                DATABASE => String::new(),
                _ => format!(" --database '{shown}'"),
            };
            eprintln!("\nThere is no team yet. Begin one in a browser; this link works once:\n");
            eprintln!("    http://{address}{}\n", self.start.path());
            eprintln!("or, for scripts, in another terminal:\n");
            eprintln!(
                "    {program} team create \"Acme Sales\" --admin you@example.com{database}\n"
            );
        } else {
            eprintln!("Sign in there; the API is explained at http://{address}/docs");
        }
        Ok(())
    }

    /// Answers requests until `stopped`, then takes no more, finishes what was accepted, and closes the data.
    pub async fn run(self, stopped: impl Future<Output = ()>) -> Result<(), ServeError> {
        let metrics = telemetry::metrics();
        let options = HttpOptions {
            metrics: Arc::new(move || metrics.render()),
            key_requests_per_second_max: self.key_requests_per_second_max,
        };
        let is_secure = self.app.public_url().scheme() == "https";
        let console = ConsoleOptions { start: self.start, is_secure, oidc: self.oidc };
        let api = http::router(self.app.clone(), options);
        let service = self
            .proxies
            .in_front_of(console::beside(api, self.app, console))
            .into_make_service_with_connect_info::<SocketAddr>();
        let listener = self.listener.tap_io(|stream| {
            // Answers are small and whole: waiting to fill a packet would only delay them.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "A connection keeps its delay.");
            }
        });
        let (close, closing) = oneshot::channel::<()>();
        // A sender that is gone is as good a reason to close.
        let closing = async { closing.await.unwrap_or_default() };
        let serving = axum::serve(listener, service).with_graceful_shutdown(closing);
        let mut serving = tokio::spawn(serving.into_future());

        let ended = tokio::select! {
            () = stopped => None,
            ended = &mut serving => Some(ended.map_err(std::io::Error::other).flatten()),
        };
        tracing::info!("Closing: finishing what was accepted.");
        drop((close, self.jobs));
        self.sweep.close();
        self.mailboxes.stop().await;
        self.engine.stop().await;
        self.sweep.stop().await;
        if ended.is_none() {
            tokio::select! {
                _ = &mut serving => {}
                () = self.clock.wait(CLOSE_WAIT) => {
                    tracing::warn!("Some requests did not end in time; their connections are cut.");
                    serving.abort();
                }
            }
        }
        self.deliveries.stop().await;
        self.store.close().await;
        ended.unwrap_or(Ok(())).map_err(ServeError::System)
    }
}

async fn keep_metrics_small(clock: Arc<dyn Clock>) {
    loop {
        clock.wait(METRICS_UPKEEP).await;
        telemetry::metrics().run_upkeep();
    }
}

/// An app over data that is open, without the jobs of a server: for what is made by a set-up command. The engine is to be
/// stopped in the end.
pub fn assemble(
    config: Config,
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<(App, Engine), ServeError> {
    let (policy, public_url) = (config.egress, config.public_url.clone());
    let secret = secret_key(config, &*entropy)?;
    let names = Arc::new(SystemNames);
    let egress = Egress::new(policy, names.clone());
    let mail = MailParts::new(&secret, &egress, names, &clock, &entropy, public_url);
    let options = EngineOptions::default();
    let engine = Engine::start(store.clone(), clock.clone(), entropy.clone(), options);
    let vault = Arc::new(Vault::new(&secret));
    let parts =
        AppParts { engine: engine.clone(), store, clock, entropy, vault, egress: policy, mail };
    Ok((App::new(parts), engine))
}

/// The provider that people may sign in with. Where it is, is the operator's choice: in the same network too.
fn provider(options: OidcOptions, public_url: &Url, clock: &Arc<dyn Clock>) -> Oidc {
    let egress = Egress::new(EgressPolicy::PrivateToo, Arc::new(SystemNames));
    Oidc::new(options, public_url, egress, clock.clone())
}

/// The configured key, or the one in a file beside the embedded database, made on the first start.
fn secret_key(config: Config, entropy: &dyn Entropy) -> Result<SecretKey, ServeError> {
    let folder = config.data_folder();
    match (config.secret_key, folder) {
        (Some(key), _) => Ok(key),
        (None, Some(folder)) => {
            Ok(SecretKey::open_or_create(&folder.join(KEY_FILE_NAME), entropy)?)
        }
        (None, None) => Err(ServeError::NoSecretKey),
    }
}

/// How this program was called, so that the command shown can be typed as it is.
fn program() -> String {
    let name = std::env::args_os().next().unwrap_or_default();
    let path = Path::new(&name);
    let is_cargo = path.components().any(|part| part.as_os_str() == "target");
    if is_cargo { "cargo run --release --".to_owned() } else { path.display().to_string() }
}

/// Ends once the process is told to stop.
fn stop_signal() -> Result<impl Future<Output = ()>, ServeError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::System)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::System)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
