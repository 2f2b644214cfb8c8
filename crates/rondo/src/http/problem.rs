//! Errors as RFC 9457 problem documents: the one place where a refusal or an error becomes an answer.

mod facts;

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rondo_core::refusal::Refusal;
use rondo_store::StoreError;
use serde::Serialize;

use crate::app::AppError;
use crate::app::page::InvalidCursor;
use crate::app::templates::WrongTemplate;
use crate::engine::EngineError;
use crate::http::Json;
use crate::http::codes::Code;
use crate::http::json::{FieldError, Place, Unreadable};
use crate::http::unread::Unread;
use crate::mail;
use facts::BlockerFact;

pub use facts::Facts;

/// Seconds after which a caller may try again when nothing better is known.
const RETRY_SECONDS: u64 = 1;

/// A problem, with the facts needed to act.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    detail: String,
    facts: Box<Facts>,
    retry_after_seconds: Option<u64>,
    cause: Option<Arc<str>>,
    /// Whether it was found before the request's body was read.
    is_early: bool,
}

/// Why the server failed, for its log alone: rides on the answer as far as the gate.
#[derive(Debug, Clone)]
pub struct Cause(pub Arc<str>);

/// A problem document (RFC 9457). Which members stand beside `code` depends on it: see `/problems/<code>`.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct Document {
    /// Where the code is explained: `/problems/<code>`.
    #[serde(rename = "type")]
    kind: String,
    /// The same for every occurrence.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong this time, and what to do.
    detail: String,
    /// Stable, for programs.
    code: &'static str,
    #[serde(flatten)]
    facts: Facts,
}

impl Problem {
    /// A problem without further facts.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            facts: Box::default(),
            retry_after_seconds: None,
            cause: None,
            is_early: false,
        }
    }

    /// One thing is wrong with the request.
    pub fn invalid(place: Place, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Unreadable::one(place, pointer, detail).into()
    }

    /// More bytes or items than are taken at once.
    pub fn too_large(what: &str, limit: usize) -> Self {
        let detail = format!("the {what}; send it in several requests");
        let mut problem = Self::new(Code::TooLarge, detail);
        problem.facts.limit = Some(limit as u64);
        problem
    }

    /// Come back later.
    pub fn retry_later(code: Code, detail: &str, seconds: u64) -> Self {
        let mut problem = Self::new(code, format!("{detail}; try again in {seconds} s"));
        problem.retry_after_seconds = Some(seconds);
        problem
    }

    /// A fault of the server; the reason stands in the log, never in the answer.
    pub fn internal() -> Self {
        let detail =
            "something went wrong in the server; its log says more under this request's id";
        Self::new(Code::Internal, detail)
    }

    /// The same, found before the request's body was read.
    pub fn early(mut self) -> Self {
        self.is_early = true;
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The document to be sent, which also stands in the results of a batch.
    pub fn into_document(self) -> Document {
        Document {
            kind: format!("/problems/{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: self.detail,
            code: self.code.as_str(),
            facts: *self.facts,
        }
    }

    fn with(mut self, set: impl FnOnce(&mut Facts)) -> Self {
        set(&mut self.facts);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, retry, is_early) = (self.code, self.retry_after_seconds, self.is_early);
        let cause = self.cause.clone();
        let mut response = (code.status(), Json(self.into_document())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(cause) = cause {
            response.extensions_mut().insert(Cause(cause));
        }
        if is_early {
            response.extensions_mut().insert(Unread);
        }
        let headers = response.headers_mut();
        if code == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Unreadable> for Problem {
    fn from(error: Unreadable) -> Self {
        match error {
            Unreadable::Invalid(errors) => {
                let detail = match errors.as_slice() {
                    [] => "the request can't be read".to_owned(),
                    [one] => sentence(one),
                    [first, rest @ ..] => format!("{}, and {} more", sentence(first), rest.len()),
                };
                Self::new(Code::InvalidRequest, detail).with(|facts| facts.errors = errors)
            }
            Unreadable::Unknown { kind, id } => Refusal::NotFound { kind, id }.into(),
        }
    }
}

fn sentence(error: &FieldError) -> String {
    match error.pointer.as_str() {
        "" => format!("the body {}", error.detail),
        pointer => format!("`{pointer}` {}", error.detail),
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Engine(error) => error.into(),
            AppError::Store(error) => error.into(),
            AppError::NotFound { kind, id } => Refusal::NotFound { kind, id }.into(),
            AppError::Forbidden(role) => Self::new(
                Code::Forbidden,
                format!(
                    "a key with the role `{role}` may not do this; see the table of roles in the API guide"
                ),
            ),
            AppError::Unreadable(unreadable @ mail::Unreadable::TooLarge) => {
                let detail = unreadable.to_string();
                Self::new(Code::TooLarge, detail)
                    .with(|facts| facts.limit = Some(mail::message::MESSAGE_BYTES_MAX as u64))
            }
            AppError::Unreadable(unreadable @ mail::Unreadable::NoHeaders) => {
                Self::invalid(Place::Body, "", unreadable.to_string())
            }
            AppError::InvalidCursor => {
                Self::invalid(Place::Query, "/cursor", InvalidCursor.to_string())
            }
            AppError::Invalid { pointer, detail } => Self::invalid(Place::Body, pointer, detail),
            AppError::Templates(wrong) => {
                let error = |WrongTemplate { pointer, wrong }: WrongTemplate| FieldError {
                    pointer,
                    place: Place::Body,
                    detail: wrong.to_string(),
                };
                Unreadable::Invalid(wrong.into_iter().map(error).collect()).into()
            }
        }
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Refused(refusal) => refusal.into(),
            EngineError::KeyReused => Self::new(
                Code::IdempotencyKeyReused,
                "this idempotency key came with another body before; use a fresh one for a new request",
            ),
            // A key of a team that is gone opens nothing.
            EngineError::NoSuchTeam => Self::new(Code::NotFound, "there is no such team"),
            EngineError::TeamBusy { retry_after_seconds } => Self::retry_later(
                Code::TooManyRequests,
                "the team has too many requests under way",
                retry_after_seconds.into(),
            ),
            EngineError::Busy { retry_after_seconds } => Self::retry_later(
                Code::Unavailable,
                "the server has too much to do",
                retry_after_seconds.into(),
            ),
            EngineError::Unready => Self::unavailable("the server is not ready"),
            EngineError::Stopping => Self::unavailable("the server is stopping"),
            EngineError::Store(error) => error.as_ref().into(),
        }
    }
}

impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        let mut problem = match error.is_passing() {
            true => Self::unavailable("the database can't be used just now"),
            false => Self::internal(),
        };
        problem.cause = Some(error.to_string().into());
        problem
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}

impl Problem {
    fn unavailable(detail: &str) -> Self {
        Self::retry_later(Code::Unavailable, detail, RETRY_SECONDS)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = |code| Self::new(code, refusal.to_string());
        match &refusal {
            Refusal::NotFound { .. } => problem(Code::NotFound),
            Refusal::Invalid { pointer, problem: detail } => {
                Self::invalid(Place::Body, *pointer, detail.clone())
            }
            Refusal::WrongStatus { campaign, name, status, .. } => {
                problem(Code::WrongStatus).with(|facts| facts.set_campaign(campaign, name, status))
            }
            Refusal::CampaignStarted { campaign, name, status, .. } => {
                problem(Code::CampaignStarted)
                    .with(|facts| facts.set_campaign(campaign, name, status))
            }
            Refusal::LastAvailableRep { rep, blockers, latest_until } => {
                problem(Code::LastAvailableRep).with(|facts| {
                    facts.rep = Some(rep.to_string());
                    facts.blockers = blockers.iter().map(BlockerFact::from).collect();
                    facts.latest_until = *latest_until;
                })
            }
            Refusal::NobodyAvailable { group, group_name, .. }
            | Refusal::NobodyElseAvailable { group, group_name } => {
                problem(Code::NobodyAvailable).with(|facts| facts.set_group(group, group_name))
            }
            Refusal::GroupNeedsARep { groups } => {
                problem(Code::GroupNeedsARep).with(|facts| facts.groups = groups.clone())
            }
            Refusal::GroupInUse { group, group_name, blockers } => {
                problem(Code::GroupInUse).with(|facts| {
                    facts.set_group(group, group_name);
                    facts.blockers = blockers.iter().map(BlockerFact::from_named).collect();
                })
            }
            Refusal::DefaultGroupIsFixed { group, group_name } => {
                problem(Code::DefaultGroupIsFixed).with(|facts| facts.set_group(group, group_name))
            }
            Refusal::NameTaken { group, name } => {
                problem(Code::NameTaken).with(|facts| facts.set_group(group, name))
            }
            Refusal::EmailTaken { holder } => {
                problem(Code::EmailTaken).with(|facts| facts.holder = Some(holder.clone()))
            }
            Refusal::RepOwnsLeads { rep, leads_owned } => {
                problem(Code::RepOwnsLeads).with(|facts| {
                    facts.rep = Some(rep.to_string());
                    facts.leads_owned = Some(*leads_owned);
                })
            }
            Refusal::AssignmentSuperseded { standing, .. } => problem(Code::AssignmentSuperseded)
                .with(|facts| facts.standing = Some(standing.to_string())),
            Refusal::MailboxInUse { mailbox, blockers } => {
                problem(Code::MailboxInUse).with(|facts| {
                    facts.mailbox = Some(mailbox.to_string());
                    facts.blockers = blockers.iter().map(BlockerFact::from_named).collect();
                })
            }
            Refusal::ConversationAssigned { conversation, assignment } => {
                problem(Code::ConversationAssigned).with(|facts| {
                    facts.conversation = Some(conversation.to_string());
                    facts.standing = Some(assignment.to_string());
                })
            }
            Refusal::AddressSuppressed { conversation } => problem(Code::AddressSuppressed)
                .with(|facts| facts.conversation = Some(conversation.to_string())),
            Refusal::LastAdmin { user } => {
                problem(Code::LastAdmin).with(|facts| facts.user = Some(user.to_string()))
            }
            Refusal::LimitReached { limit, .. } => {
                problem(Code::LimitReached).with(|facts| facts.limit = Some(*limit as u64))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(problem: Problem) -> serde_json::Value {
        serde_json::to_value(problem.into_document()).expect("a problem is written as JSON")
    }

    #[test]
    fn a_fault_of_the_server_shows_nothing_of_its_inside() {
        let error = StoreError::Corrupt { table: "leads", column: "email".into(), key: "7".into() };
        let problem = Problem::from(error);
        assert!(problem.cause.as_ref().is_some_and(|cause| cause.contains("`leads`")));
        let document = document(problem);
        assert_eq!(document["code"], "internal");
        assert!(!document.to_string().contains("leads"), "{document}");
    }

    #[test]
    fn a_database_that_is_away_for_a_moment_asks_to_come_back() {
        let problem = Problem::from(StoreError::Unavailable("locked".to_owned()));
        let response = problem.into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    }

    #[test]
    fn bounds_say_when_to_come_back_and_what_the_most_is() {
        let busy = Problem::from(EngineError::TeamBusy { retry_after_seconds: 2 });
        assert_eq!(busy.clone().into_response().headers()[header::RETRY_AFTER], "2");
        assert_eq!(document(busy)["code"], "too-many-requests");
        let full = Problem::from(Refusal::LimitReached { what: "groups", limit: 9 });
        let document = document(full);
        assert_eq!((&document["code"], &document["limit"]), (&"limit-reached".into(), &9.into()));
    }
}
