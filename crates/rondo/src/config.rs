//! What the server must know before it reaches its data: `rondo.toml`, `RONDO_*` variables, flags.
//!
//! Flags outweigh variables, variables outweigh the file. Everything about teams and routing lives in the database
//! instead. All problems are reported at once, each with where the value came from.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use ::config::{File, FileFormat};
use tracing_subscriber::filter::{LevelFilter, Targets};
use url::Url;

use crate::egress::EgressPolicy;
use crate::secrets::SecretKey;

/// The file that is read where none is named, if it is there.
pub const FILE_NAME: &str = "rondo.toml";
/// Where the server listens unless told otherwise: reachable from this machine alone.
pub const LISTEN: &str = "127.0.0.1:7070";
/// Where the data is kept unless told otherwise.
pub const DATABASE: &str = "sqlite:rondo-data/rondo.db";

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
}

impl Key {
    const ALL: [Self; 10] = [
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
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}

/// Settings that may hold secrets, and those that name a file which holds them instead.
const IN_FILES: [(Key, Key); 2] =
    [(Key::Database, Key::DatabaseFile), (Key::Secret, Key::SecretFile)];

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
                format!("is `{text}`; expected an address and a port, such as `{LISTEN}`")
            })
        });
        let listen =
            listen.unwrap_or_else(|| LISTEN.parse().expect("the default is an address and a port"));
        let public_url = self.parsed(Key::PublicUrl, public_url);
        let log = self.parsed(Key::Log, |text| {
            text.parse::<Targets>().map_err(|_| {
                format!(
                    "is `{text}`; expected a level, or levels by module such as `warn,rondo=debug`"
                )
            })
        });
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
        let secret_key = secret.and_then(|secret| match SecretKey::parse(&secret.text) {
            Ok(key) => Some(key),
            Err(error) => {
                self.problems.push(format!("{}: {error}", secret.origin));
                None
            }
        });
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

fn public_url(text: &str) -> Result<Url, String> {
    let url = text.parse::<Url>().ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    url.ok_or_else(|| format!("is `{text}`; expected a URL such as `https://rondo.example.com`"))
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
mod tests {
    use super::*;

    fn sources(variables: &[(&str, &str)], file: &str) -> (Sources, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::fs::write(&path, file).unwrap();
        let variables =
            variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        (Sources { file: Some(path), variables, ..Sources::default() }, folder)
    }

    fn problems(variables: &[(&str, &str)], file: &str) -> Vec<String> {
        let (sources, _folder) = sources(variables, file);
        Config::load(&sources).unwrap_err().0
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let config = Config::load(&Sources::default()).unwrap();
        assert_eq!(config.listen.to_string(), LISTEN);
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:7070/");
        assert_eq!(config.data_folder(), Some("rondo-data".into()));
        assert_eq!(config.egress, EgressPolicy::PublicOnly);
        assert_eq!(config.key_requests_per_second_max, None);
    }

    #[test]
    fn a_limit_for_keys_is_a_number_from_one_on() {
        let (given, _folder) = sources(&[], "key_requests_per_second_max = 500");
        let limit = Config::load(&given).unwrap().key_requests_per_second_max;
        assert_eq!(limit.map(NonZeroU32::get), Some(500));
        for bad in ["0", "-1", "many"] {
            let found = problems(&[("RONDO_KEY_REQUESTS_PER_SECOND_MAX", bad)], "");
            assert!(found[0].contains("expected a number from 1 on"), "{found:?}");
        }
    }

    #[test]
    fn flags_outweigh_variables_and_variables_outweigh_the_file() {
        let file = "listen = '1.1.1.1:1'\nlog = 'warn'\ndatabase = 'sqlite:a.db'";
        let (mut sources, _folder) =
            sources(&[("RONDO_LISTEN", "2.2.2.2:2"), ("RONDO_LOG", "error")], file);
        sources.listen = Some("3.3.3.3:3".to_owned());
        let config = Config::load(&sources).unwrap();
        assert_eq!(config.listen.to_string(), "3.3.3.3:3");
        assert_eq!(config.log.to_string(), "error");
        assert_eq!(config.database, "sqlite:a.db");
    }

    #[test]
    fn all_problems_are_told_at_once_with_their_place() {
        let found = problems(
            &[("RONDO_LISTEN", "nowhere"), ("RONDO_COLOUR", "red")],
            "lissten = '1.1.1.1:1'\negress_allow_private = 3\n[log]\nlevel = 'info'",
        );
        let all = found.join("\n");
        assert_eq!(found.len(), 5, "{all}");
        assert!(all.contains("`RONDO_LISTEN` is `nowhere`"), "{all}");
        assert!(all.contains("the variable `RONDO_COLOUR` is not a setting"), "{all}");
        assert!(all.contains("`lissten` in"), "{all}");
    }

    #[test]
    fn a_secret_can_stand_in_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, format!("{}\n", "ab".repeat(32))).unwrap();
        let (given, _folder) =
            sources(&[("RONDO_SECRET_KEY_FILE", path.to_str().unwrap())], "secret_key = 'short'");
        assert!(Config::load(&given).unwrap().secret_key.is_some());
        let both = problems(&[("RONDO_SECRET_KEY", "x"), ("RONDO_SECRET_KEY_FILE", "y")], "");
        assert!(both[0].contains("keep one of them"), "{both:?}");
    }

    #[test]
    fn a_problem_with_a_secret_does_not_show_it() {
        let found = problems(&[("RONDO_SECRET_KEY", "hunter2")], "");
        assert_eq!(found.len(), 1);
        assert!(!found[0].contains("hunter2"), "{found:?}");
    }

    #[test]
    fn a_file_that_is_named_must_be_there() {
        let sources =
            Sources { file: Some(PathBuf::from("/nowhere/rondo.toml")), ..Sources::default() };
        assert!(Config::load(&sources).unwrap_err().to_string().contains("cannot be read"));
    }

    #[test]
    fn variables_of_the_command_line_are_no_settings() {
        let (sources, _folder) = sources(&[("RONDO_SERVER", "http://x"), ("RONDO_KEY", "k")], "");
        assert!(Config::load(&sources).is_ok());
    }
}
