//! Why a command failed, as sentences that say what to do.

use std::path::PathBuf;

use rondo_store::StoreError;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::ConfigProblems;
use crate::import::ImportError;
use crate::import::mapping::MappingError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line asks for something that can't be understood.
    #[error("{0}")]
    Usage(String),
    /// Nothing answers.
    #[error(
        "there is no answer from `{server}` ({reason}); start the server with `rondo serve`, or name another with `--server` or `RONDO_SERVER`"
    )]
    Unreachable {
        /// Where a server was expected.
        server: String,
        /// What the network said.
        reason: String,
    },
    /// No key was given.
    #[error(
        "no API key is given; pass it with `--key`, or set `RONDO_KEY`; `rondo team create` shows a team's first key, `rondo key create` makes others"
    )]
    NoKey,
    /// The key opens nothing.
    #[error(
        "the server does not know this API key: it is mistyped, revoked or expired, or belongs to another server; `rondo key create` makes another"
    )]
    WrongKey,
    /// The server said no.
    #[error("{0}")]
    Problem(Box<Problem>),
    /// The server said something that is not of this version's API.
    #[error(
        "`{server}` answered in a way that this version does not understand ({reason}); is it a Rondo server of this version?"
    )]
    Unintelligible {
        /// Who.
        server: String,
        /// What was wrong with it.
        reason: String,
    },
    /// A file can't be read or written.
    #[error("`{}` {doing}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// `can't be read`, `can't be written`.
        doing: &'static str,
        /// What the system said.
        error: std::io::Error,
    },
    /// A file can't be imported.
    #[error("`{}`: {error}", path.display())]
    Import {
        /// Which.
        path: PathBuf,
        /// Why.
        error: ImportError,
    },
    /// The settings can't be used.
    #[error(transparent)]
    Config(#[from] ConfigProblems),
    /// The data can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Anything else, in a sentence.
    #[error("{0}")]
    Refused(String),
    /// What there is to say was said already.
    #[error("")]
    Reported,
}

impl Failure {
    /// The exit code: 1 for what was refused or failed, 2 for wrong usage.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::NoKey | Self::Config(_) => 2,
            Self::Import { error: ImportError::Mapping(error), .. } => match error {
                MappingError::Form(_)
                | MappingError::UnknownField { .. }
                | MappingError::UnknownColumn { .. } => 2,
                MappingError::NoEmail { .. } => 1,
            },
            Self::Import { error: ImportError::UnknownEncoding(_), .. } => 2,
            Self::Import { .. }
            | Self::Unreachable { .. }
            | Self::WrongKey
            | Self::Problem(_)
            | Self::Unintelligible { .. }
            | Self::File { .. }
            | Self::Store(_)
            | Self::Refused(_)
            | Self::Reported => 1,
        }
    }
}

/// A problem document (RFC 9457).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Problem {
    /// The stable code.
    #[serde(default)]
    pub code: String,
    /// The sentence.
    #[serde(default)]
    pub detail: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// What is wrong with each field.
    #[serde(default)]
    pub errors: Vec<FieldError>,
    /// The facts beside it.
    #[serde(flatten)]
    pub facts: Map<String, Value>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FieldError {
    /// A JSON pointer.
    #[serde(default)]
    pub pointer: String,
    /// The sentence.
    #[serde(default, alias = "message", alias = "sentence")]
    pub detail: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sentence = if self.detail.is_empty() { &self.code } else { &self.detail };
        f.write_str(sentence)?;
        for error in &self.errors {
            write!(f, "\n  {}: {}", error.pointer, error.detail)?;
        }
        for blocker in self.facts.get("blockers").and_then(Value::as_array).into_iter().flatten() {
            write!(f, "\n  {}", blocker_line(blocker))?;
        }
        if let Some(until) = self.facts.get("latest_until").and_then(Value::as_str) {
            write!(f, "\n  accepted with a return by {until}")?;
        }
        Ok(())
    }
}

fn blocker_line(blocker: &Value) -> String {
    let text = |name: &str| blocker.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut line = format!("campaign `{}` ({})", text("campaign_name"), text("campaign"));
    for gap in blocker.get("gaps").and_then(Value::as_array).into_iter().flatten() {
        let instant = |name: &str| gap.get(name).and_then(Value::as_str);
        line.push_str(&format!("; nobody from {}", instant("from").unwrap_or("now")));
        if let Some(until) = instant("until") {
            line.push_str(&format!(" until {until}"));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_a_sentence_with_its_facts_below() {
        let problem: Problem = serde_json::from_value(serde_json::json!({
            "type": "/problems/last-available-rep", "title": "Last available rep", "status": 409,
            "code": "last-available-rep", "detail": "rep `rep_1` is the last one",
            "blockers": [{"campaign": "cmp_1", "campaign_name": "Spring", "group": "grp_1",
                "gaps": [{"from": "2026-03-03T00:00:00Z", "until": null}]}],
            "latest_until": "2026-03-05T00:00:00Z",
        }))
        .unwrap();
        assert_eq!(
            problem.to_string(),
            "rep `rep_1` is the last one\n  campaign `Spring` (cmp_1); nobody from 2026-03-03T00:00:00Z\
             \n  accepted with a return by 2026-03-05T00:00:00Z"
        );
    }
}
