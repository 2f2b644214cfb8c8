//! What the server must know before it reaches its data: `rondo.toml`, `RONDO_*` variables, flags.
//!
//! Flags outweigh variables, variables outweigh the file. Everything about teams and routing lives in the database
//! instead. All problems are reported at once, each with where the value came from.

mod oidc;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use ::config::{File, FileFormat};
use tracing_subscriber::filter::{LevelFilter, Targets};
use url::Url;

use crate::egress::EgressPolicy;
use crate::oidc::OidcOptions;
use crate::proxies::TrustedProxies;
use crate::secrets::SecretKey;
use crate::telemetry::otlp::OtlpOptions;

/// The file that is read where none is named, if it is there.
pub const FILE_NAME: &str = "rondo.toml";
/// Where the server listens unless told otherwise: reachable from this machine alone.
pub const LISTEN: &str = "127.0.0.1:7070";
/// Where the data is kept unless told otherwise.
pub const DATABASE: &str = "sqlite:rondo-data/rondo.db";
/// The share of traces that is sent unless told otherwise: enough to see what is usual, and next to no load.
pub const OTLP_SAMPLE_RATIO: f64 = 0.01;

const VARIABLE_PREFIX: &str = "RONDO_";
/// Variables that belong to the command line and to the tests.
const OTHER_VARIABLES: &[&str] =
    &["RONDO_CONFIG", "RONDO_SERVER", "RONDO_KEY", "RONDO_SIMULATION_SEEDS"];

/// What can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Listen,
    Database,
    DatabaseFile,
    PublicUrl,
    Log,
    LogFormat,
    EgressAllowPrivate,
    Secret,
    SecretFile,
    RequestsPerSecondMax,
    OtlpEndpoint,
    OtlpSampleRatio,
    OidcIssuer,
    OidcClientId,
    OidcClientSecret,
    OidcClientSecretFile,
    OidcName,
    TrustedProxies,
}

impl Key {
    const ALL: [Self; 18] = [
        Self::Listen,
        Self::Database,
        Self::DatabaseFile,
        Self::PublicUrl,
        Self::Log,
        Self::LogFormat,
        Self::EgressAllowPrivate,
        Self::Secret,
        Self::SecretFile,
        Self::RequestsPerSecondMax,
        Self::OtlpEndpoint,
        Self::OtlpSampleRatio,
        Self::OidcIssuer,
        Self::OidcClientId,
        Self::OidcClientSecret,
        Self::OidcClientSecretFile,
        Self::OidcName,
        Self::TrustedProxies,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::Database => "database",
            Self::DatabaseFile => "database_file",
            Self::PublicUrl => "public_url",
            Self::Log => "log",
            Self::LogFormat => "log_format",
            Self::EgressAllowPrivate => "egress_allow_private",
            Self::Secret => "secret_key",
            Self::SecretFile => "secret_key_file",
            Self::RequestsPerSecondMax => "key_requests_per_second_max",
            Self::OtlpEndpoint => "otlp_endpoint",
            Self::OtlpSampleRatio => "otlp_sample_ratio",
            Self::OidcIssuer => "oidc_issuer",
            Self::OidcClientId => "oidc_client_id",
            Self::OidcClientSecret => "oidc_client_secret",
            Self::OidcClientSecretFile => "oidc_client_secret_file",
            Self::OidcName => "oidc_name",
            Self::TrustedProxies => "trusted_proxies",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}

/// Settings that may hold secrets, and those that name a file which holds them instead.
const IN_FILES: [(Key, Key); 3] = [
    (Key::Database, Key::DatabaseFile),
    (Key::Secret, Key::SecretFile),
    (Key::OidcClientSecret, Key::OidcClientSecretFile),
];

/// Where settings come from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file to read, which must be there; otherwise [`FILE_NAME`] if it is there.
    pub file: Option<PathBuf>,
    /// The environment.
    pub variables: Vec<(String, String)>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--database`.
    pub database: Option<String>,
    /// `--public-url`.
    pub public_url: Option<String>,
    /// `--log`.
    pub log: Option<String>,
}

impl Sources {
    /// The environment of this process, and `RONDO_CONFIG` as the file.
    pub fn of_process() -> Self {
        let variables: Vec<_> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let file = variables.iter().find(|(name, _)| name == "RONDO_CONFIG");
        let file = file.map(|(_, value)| PathBuf::from(value));
        Self { file, variables, ..Self::default() }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What the server must know before it reaches its data.
#[derive(Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the data is: `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// How people and other machines reach the server.
    pub public_url: Url,
    /// What is logged: a level, or levels by module such as `warn,rondo=debug`.
    pub log: Targets,
    /// In which form.
    pub log_format: LogFormat,
    /// Where the server may call on a team's behalf.
    pub egress: EgressPolicy,
    /// The key that seals secrets; without one a file beside an embedded database holds it.
    pub secret_key: Option<SecretKey>,
    /// Requests that one API key may make in a second; none for as many as it likes.
    pub key_requests_per_second_max: Option<NonZeroU32>,
    /// Where traces go, if anywhere.
    pub otlp: Option<OtlpOptions>,
    /// The provider that people may sign in with, if any.
    pub oidc: Option<OidcOptions>,
    /// Proxies in front, whose word about who asks is taken.
    pub trusted_proxies: TrustedProxies,
}

/// Everything that is wrong with the settings.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigProblems(pub Vec<String>);

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => f.write_str(one),
            many => {
                write!(f, "the settings have {} problems:", many.len())?;
                many.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
            }
        }
    }
}

impl Config {
    /// Reads the settings.
    pub fn load(sources: &Sources) -> Result<Self, ConfigProblems> {
        let mut settings = Settings::default();
        settings.read_file(sources.file.as_deref());
        settings.read_variables(&sources.variables);
        let flags = [
            (Key::Listen, &sources.listen, "--listen"),
            (Key::Database, &sources.database, "--database"),
            (Key::PublicUrl, &sources.public_url, "--public-url"),
            (Key::Log, &sources.log, "--log"),
        ];
        for (key, value, flag) in flags {
            if let Some(value) = value {
                settings.set(key, value.clone(), flag.to_owned());
            }
        }
        settings.finish()
    }

    /// The folder of an embedded database.
    pub fn data_folder(&self) -> Option<PathBuf> {
        let path = Path::new(self.database.strip_prefix("sqlite:")?);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(folder.unwrap_or(Path::new(".")).to_owned())
    }
}

/// A value, and where it came from, as a person would name the place.
struct Setting {
    text: String,
    origin: String,
}

#[derive(Default)]
struct Settings {
    values: BTreeMap<Key, Setting>,
    problems: Vec<String>,
}

impl Settings {
    /// A secret and the file that holds it are one setting: the weightier source drops the other form.
    fn set(&mut self, key: Key, text: String, origin: String) {
        for (value, file) in IN_FILES {
            if key == value || key == file {
                self.values.remove(&value);
                self.values.remove(&file);
            }
        }
        self.values.insert(key, Setting { text, origin });
    }

    fn read_file(&mut self, named: Option<&Path>) {
        let path = named.unwrap_or(Path::new(FILE_NAME));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => {
                return self.problems.push(format!("`{}` cannot be read: {error}", path.display()));
            }
        };
        let parsed = ::config::Config::builder()
            .add_source(File::from_str(&text, FileFormat::Toml))
            .build()
            .and_then(|file| file.try_deserialize::<BTreeMap<String, ::config::Value>>());
        let values = match parsed {
            Ok(values) => values,
            Err(error) => {
                let problem = format!("`{}` is not a TOML file: {error}", path.display());
                return self.problems.push(problem);
            }
        };
        let mut by_key = BTreeMap::new();
        for (name, value) in values {
            let Some(key) = Key::of(&name) else {
                self.problems.push(unknown(&format!("`{name}` in `{}`", path.display())));
                continue;
            };
            match value.into_string() {
                Ok(text) => {
                    by_key.insert(key, text);
                }
                Err(_) => self.problems.push(format!(
                    "`{name}` in `{}` is a list or a table; expected a single value",
                    path.display()
                )),
            }
        }
        self.refuse_both(&by_key, &format!("`{}`", path.display()));
        for (key, text) in by_key {
            self.set(key, text, format!("`{}` in `{}`", key.name(), path.display()));
        }
    }

    fn read_variables(&mut self, variables: &[(String, String)]) {
        let mut by_key = BTreeMap::new();
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix(VARIABLE_PREFIX) else { continue };
            match Key::of(&rest.to_ascii_lowercase()) {
                Some(key) if rest.chars().all(|c| c.is_ascii_uppercase() || c == '_') => {
                    by_key.insert(key, value.clone());
                }
                _ if OTHER_VARIABLES.contains(&name.as_str()) => {}
                _ => self.problems.push(unknown(&format!("the variable `{name}`"))),
            }
        }
        self.refuse_both(&by_key, "the environment");
        for (key, text) in by_key {
            let name = format!("`{VARIABLE_PREFIX}{}`", key.name().to_ascii_uppercase());
            self.set(key, text, name);
        }
    }

    /// A secret given twice in one place: nobody can tell which one is meant.
    fn refuse_both(&mut self, values: &BTreeMap<Key, String>, place: &str) {
        for (value, file) in IN_FILES {
            if values.contains_key(&value) && values.contains_key(&file) {
                let (value, file) = (value.name(), file.name());
                self.problems
                    .push(format!("{place} sets `{value}` and `{file}`; keep one of them"));
            }
        }
    }

    fn finish(mut self) -> Result<Config, ConfigProblems> {
        let database = self.text_or_file(Key::Database, Key::DatabaseFile);
        let secret = self.text_or_file(Key::Secret, Key::SecretFile);
        let listen = self.parsed(Key::Listen, |text| {
            text.parse::<SocketAddr>().map_err(|_| {
                format!(
                    "is `{text}`; expected an address and a port up to 65535, such as `{LISTEN}`"
                )
            })
        });
        let listen =
            listen.unwrap_or_else(|| LISTEN.parse().expect("the default is an address and a port"));
        let public_url = self.parsed(Key::PublicUrl, public_url);
        let log = self.parsed(Key::Log, targets);
        let log_format = self.parsed(Key::LogFormat, |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err(format!("is `{text}`; expected `text` or `json`")),
        });
        let egress = self.parsed(Key::EgressAllowPrivate, |text| match text {
            "true" => Ok(EgressPolicy::PrivateToo),
            "false" => Ok(EgressPolicy::PublicOnly),
            _ => Err(format!("is `{text}`; expected `true` or `false`")),
        });
        let key_requests_per_second_max = self.parsed(Key::RequestsPerSecondMax, |text| {
            text.parse::<NonZeroU32>().map_err(|_| {
                format!("is `{text}`; expected a number from 1 on, or leave it out for no limit")
            })
        });
        let otlp_endpoint = self.parsed(Key::OtlpEndpoint, collector);
        let otlp_sample_ratio = self.parsed(Key::OtlpSampleRatio, |text| {
            let ratio = text.parse::<f64>().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
            ratio.ok_or_else(|| format!("is `{text}`; expected a number from 0 to 1"))
        });
        let secret_key = secret.and_then(|secret| match SecretKey::parse(&secret.text) {
            Ok(key) => Some(key),
            Err(error) => {
                self.problems.push(format!("{}: {error}", secret.origin));
                None
            }
        });
        let trusted_proxies = self.parsed(Key::TrustedProxies, TrustedProxies::parse);
        let oidc = self.oidc();
        let database = database.map_or_else(|| DATABASE.to_owned(), |setting| setting.text);
        if !self.problems.is_empty() {
            return Err(ConfigProblems(self.problems));
        }
        Ok(Config {
            listen,
            database,
            public_url: public_url.unwrap_or_else(|| own_url(listen)),
            log: log.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO)),
            log_format: log_format.unwrap_or(LogFormat::Text),
            egress: egress.unwrap_or(EgressPolicy::PublicOnly),
            secret_key,
            key_requests_per_second_max,
            otlp: otlp_endpoint.map(|endpoint| OtlpOptions {
                endpoint,
                sample_ratio: otlp_sample_ratio.unwrap_or(OTLP_SAMPLE_RATIO),
            }),
            oidc,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
        })
    }

    fn text_or_file(&mut self, value: Key, file: Key) -> Option<Setting> {
        let Some(setting) = self.values.remove(&file) else {
            return self.values.remove(&value);
        };
        match std::fs::read_to_string(&setting.text) {
            Ok(text) => Some(Setting { text: text.trim().to_owned(), origin: setting.origin }),
            Err(error) => {
                let Setting { text, origin } = setting;
                self.problems
                    .push(format!("{origin} names `{text}`, which cannot be read: {error}"));
                None
            }
        }
    }

    fn parsed<T>(&mut self, key: Key, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let setting = self.values.remove(&key)?;
        match parse(&setting.text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problems.push(format!("{} {problem}", setting.origin));
                None
            }
        }
    }
}

fn unknown(what: &str) -> String {
    let known: Vec<_> = Key::ALL.iter().map(|key| format!("`{}`", key.name())).collect();
    format!("{what} is not a setting of Rondo; expected one of {}", known.join(", "))
}

/// What is logged. The parser of [`Targets`] takes a number for a level, and a word that is none for a module.
fn targets(text: &str) -> Result<Targets, String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let is_level = |word: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word));
    let is_directive = |directive: &str| match directive.rsplit_once('=') {
        Some((module, level)) => !module.is_empty() && is_level(level),
        None => is_level(directive),
    };
    let targets = text.parse::<Targets>().ok().filter(|_| text.split(',').all(is_directive));
    targets.ok_or_else(|| {
        format!(
            "is `{text}`; expected a level ({}), or levels by module such as `warn,rondo=debug`",
            LEVELS.join(", ")
        )
    })
}

fn public_url(text: &str) -> Result<Url, String> {
    let url = text.parse::<Url>().ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    url.ok_or_else(|| format!("is `{text}`; expected a URL such as `https://rondo.example.com`"))
}

/// The address of a collector. It is not repeated in a problem: somebody may have put a key into it.
fn collector(text: &str) -> Result<Url, String> {
    let url = text.parse::<Url>().ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    url.ok_or_else(|| {
        "is not the plain address of a collector; expected one such as `http://collector:4318`; a key for it goes into \
         the variable `OTEL_EXPORTER_OTLP_HEADERS`"
            .to_owned()
    })
}

/// How the server is reached where nobody has said: by its own address, or from this machine when it listens on all.
fn own_url(listen: SocketAddr) -> Url {
    let reached = if listen.ip().is_unspecified() {
        format!("http://localhost:{}", listen.port())
    } else {
        format!("http://{listen}")
    };
    reached.parse().expect("an address and a port make a URL")
}

#[cfg(test)]
mod tests;
