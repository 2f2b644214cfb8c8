//! `rondo serve`, which is `rondo` without a command as well.

use clap::Args;

use super::Failure;
use super::database::ConfigArgs;
use crate::config::{Config, LogFormat};

/// What the server may be told.
#[derive(Debug, Clone, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// The address and port to listen on [default: 127.0.0.1:7070].
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<String>,
    /// How people and other machines reach the server.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// What to log: a level, or levels by module such as `warn,rondo=debug` [default: info].
    #[arg(long, value_name = "FILTER")]
    pub(super) log: Option<String>,
}

impl ServeArgs {
    /// What these leave unsaid is as others have it.
    pub(super) fn or(self, others: Self) -> Self {
        Self {
            config: self.config.or(others.config),
            listen: self.listen.or(others.listen),
            public_url: self.public_url.or(others.public_url),
            log: self.log.or(others.log),
        }
    }

    /// Whether anything was said.
    pub(super) fn says_anything(&self) -> bool {
        let Self { config, listen, public_url, log } = self;
        config.says_anything() || [listen, public_url, log].iter().any(|said| said.is_some())
    }
}

/// Runs the server until it is told to stop.
pub(super) async fn run(args: ServeArgs) -> Result<(), Failure> {
    let mut sources = args.config.sources();
    sources.listen = args.listen;
    sources.public_url = args.public_url;
    sources.log = args.log;
    let config = Config::load(&sources)?;
    let format = config.log_format;
    crate::serve::run(config).await.map_err(|error| match format {
        LogFormat::Text => Failure::Refused(error.to_string()),
        LogFormat::Json => {
            tracing::error!(%error, "The server does not run.");
            Failure::Reported
        }
    })
}
