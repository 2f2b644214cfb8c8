//! Why a model's opinion is not there: sentences for whoever set it up, without a word of the lead's.

use super::CALL_WAIT;
use crate::egress::{RetryAfter, Unreached};

/// Why there is no verdict of a language model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    /// No answer came, or the policy forbids the call.
    #[error("the language model could not be asked: {0}")]
    Unreached(Unreached),
    /// None came within the limit.
    #[error("the language model did not answer within {} seconds", CALL_WAIT.as_secs())]
    TimedOut,
    /// The endpoint answered that it won't.
    #[error("the language model's endpoint answered {status}; {}", advice(*status))]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The endpoint has too much to do, or the account has used up what it may.
    #[error(
        "the language model's endpoint takes no more requests just now; check the account's limits"
    )]
    TooManyRequests {
        /// When to come back, if it said so.
        retry_after: Option<RetryAfter>,
    },
    /// An answer came that is none.
    #[error("the language model's answer is not used: {what}")]
    Nonsense {
        /// What is wrong with it.
        what: Nonsense,
    },
    /// The key can't be sent.
    #[error("the language model's API key holds characters that no key has; enter it again")]
    Key,
    /// The reply is empty once its history and signature are cut off.
    #[error("the reply has no text of its own, so that no language model was asked")]
    NothingToRead,
    /// The reply is meant for machines.
    #[error("the reply speaks to machines, so that no language model was asked")]
    Steering,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Nonsense {
    /// It says nothing where the protocol has what the model says.
    #[error("it is not one of the protocol; check the kind of endpoint and its base URL")]
    AnotherProtocol,
    /// Longer than any that makes sense.
    #[error("it is far too long")]
    TooLong,
    /// Not one JSON object.
    #[error("it is not one JSON object; the model may be too small for structured output")]
    NotAnObject,
    /// No label, or none of ours.
    #[error("it has no label that is known")]
    Label,
    /// No number from 0 to 1.
    #[error("its confidence is not a number from 0 to 1")]
    Confidence,
    /// No evidence, or none of it in the reply.
    #[error("what it calls evidence does not stand in the reply")]
    Evidence,
}

impl From<Nonsense> for LlmError {
    fn from(what: Nonsense) -> Self {
        Self::Nonsense { what }
    }
}

/// What to do about a status.
fn advice(status: u16) -> &'static str {
    match status {
        300..=399 => "redirects are not followed, so name the URL that it leads to",
        400 | 422 => "check the model's name, and that it takes structured output at temperature 0",
        401 | 403 => "check the API key",
        404 | 405 => "check the base URL and the model's name",
        500.. => "it is in trouble itself",
        _ => "expected 200",
    }
}
