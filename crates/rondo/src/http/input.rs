//! What handlers take from a request: the caller, the body, the query, the idempotency key.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use rondo_core::ids::{Id, InvalidId};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::app::Caller;
use crate::app::page::{LIMIT_DEFAULT, LIMIT_MAX, Page};
use crate::engine::IdempotencyKey;
use crate::http::codes::Code;
use crate::http::json::{self, FromObject, Object, Place};
use crate::http::problem::Problem;
use crate::mail::message::MESSAGE_BYTES_MAX;

/// Bytes of a body at most: the largest single thing, a lead with 200 attributes of 4,000 characters, comes near it.
pub(super) const BODY_BYTES_MAX: usize = 1 << 20;
/// Bytes of a body with a list: 10,000 leads at about 1,600 bytes each.
pub(super) const LIST_BYTES_MAX: usize = 16 << 20;
/// Characters of an idempotency key at most.
const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;

/// The caller, as the layer of authentication found them.
pub(super) struct Who(pub(super) Arc<Caller>);

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // A route without its line in the table of operations has no caller, and opens nothing.
        parts.extensions.get::<Arc<Caller>>().cloned().map(Self).ok_or_else(Problem::internal)
    }
}

/// A JSON body, and the key under which the request is done once.
pub(super) struct Input<T> {
    /// What was asked.
    pub(super) body: T,
    /// Set when the request is a `POST` with an `Idempotency-Key`.
    pub(super) idempotency: Option<IdempotencyKey>,
}

impl<S: Sync, T: FromObject> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    fn from_request(request: Request, _: &S) -> impl Future<Output = Result<Self, Problem>> + Send {
        let raw = Raw::read(request, BODY_BYTES_MAX);
        async {
            let raw = raw.await?;
            Ok(Self { body: Object::read(raw.json()?)?, idempotency: raw.idempotency })
        }
    }
}

/// A JSON body that may hold a long list.
pub(super) struct LongInput<T> {
    /// What was asked.
    pub(super) body: T,
    /// Set when the request is a `POST` with an `Idempotency-Key`.
    pub(super) idempotency: Option<IdempotencyKey>,
}

impl<S: Sync, T: FromObject> FromRequest<S> for LongInput<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let raw = Raw::read(request, LIST_BYTES_MAX).await?;
        Ok(Self { body: Object::read(raw.json()?)?, idempotency: raw.idempotency })
    }
}

/// A JSON body that may be left out, which is the same as `{}`.
pub(super) struct OptionalInput<T> {
    /// What was asked.
    pub(super) body: T,
    /// Set when the request is a `POST` with an `Idempotency-Key`.
    pub(super) idempotency: Option<IdempotencyKey>,
}

impl<S: Sync, T: FromObject> FromRequest<S> for OptionalInput<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let raw = Raw::read_any(request, BODY_BYTES_MAX).await?;
        let value = match raw.bytes.is_empty() {
            true => Value::Object(Map::new()),
            false => {
                raw.is_json.then_some(()).ok_or_else(not_json)?;
                raw.json()?
            }
        };
        Ok(Self { body: Object::read(value)?, idempotency: raw.idempotency })
    }
}

/// A message as mail servers hand it on.
pub(super) struct RawMessage {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Set when the request has an `Idempotency-Key`.
    pub(super) idempotency: Option<IdempotencyKey>,
}

impl<S: Sync> FromRequest<S> for RawMessage {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let media = request.headers().get(header::CONTENT_TYPE);
        let media = media.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("message/rfc822") {
            let detail = "the body has another media type; send `Content-Type: message/rfc822`";
            return Err(Problem::new(Code::UnsupportedMediaType, detail.to_owned()).early());
        }
        let raw = Raw::read_any(request, MESSAGE_BYTES_MAX).await?;
        Ok(Self { bytes: raw.bytes.into(), idempotency: raw.idempotency })
    }
}

/// A request whose body says nothing, and is not looked at but for the idempotency key.
pub(super) struct NoInput {
    /// Set when the request is a `POST` with an `Idempotency-Key`.
    pub(super) idempotency: Option<IdempotencyKey>,
}

impl<S: Sync> FromRequest<S> for NoInput {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let raw = Raw::read_any(request, BODY_BYTES_MAX).await?;
        Ok(Self { idempotency: raw.idempotency })
    }
}

/// A body as it came.
pub(super) struct Raw {
    /// Its bytes.
    pub(super) bytes: Bytes,
    /// Set when the request is a `POST` with an `Idempotency-Key`.
    pub(super) idempotency: Option<IdempotencyKey>,
    is_json: bool,
}

impl Raw {
    /// The body of a request that must be JSON.
    pub(super) fn read(
        request: Request,
        bytes_max: usize,
    ) -> impl Future<Output = Result<Self, Problem>> + Send {
        let raw = is_json(request.headers())
            .then(|| Self::read_any(request, bytes_max))
            .ok_or_else(|| not_json().early());
        async { raw?.await }
    }

    /// The head is read before anything is waited for, so that it need not be kept.
    fn read_any(
        request: Request,
        bytes_max: usize,
    ) -> impl Future<Output = Result<Self, Problem>> + Send {
        let (parts, body) = request.into_parts();
        let is_json = is_json(&parts.headers);
        let scope =
            scope(&parts).and_then(|scope| check_length(&parts.headers, bytes_max).map(|()| scope));
        async move {
            let scope = scope.map_err(Problem::early)?;
            // What fails here beside the limit is the connection, and then nobody reads the answer.
            let bytes = to_bytes(body, bytes_max).await.map_err(|_| too_large(bytes_max))?;
            let idempotency =
                scope.map(|scope| IdempotencyKey::new(scope, Sha256::digest(&bytes).into()));
            Ok(Self { bytes, idempotency, is_json })
        }
    }

    /// The JSON in it.
    pub(super) fn json(&self) -> Result<Value, Problem> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            let detail = format!(
                "is not JSON: line {}, column {}; expected one JSON value in UTF-8",
                error.line(),
                error.column()
            );
            Problem::invalid(Place::Body, "", detail)
        })
    }
}

/// Refuses a body that says itself that it is too large.
fn check_length(headers: &HeaderMap, bytes_max: usize) -> Result<(), Problem> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    match announced {
        Some(length) if length > bytes_max => Err(too_large(bytes_max)),
        _ => Ok(()),
    }
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::too_large(&format!("body has more than {bytes_max} bytes"), bytes_max).early()
}

/// `application/json` or `application/…+json`, with whatever parameters (RFC 6839, 3.1).
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = value.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn not_json() -> Problem {
    Problem::new(
        Code::UnsupportedMediaType,
        "the body has another media type; send `Content-Type: application/json`",
    )
}

/// The scope of the idempotency key: the hash of credential, method, path and key.
fn scope(parts: &Parts) -> Result<Option<[u8; 32]>, Problem> {
    let Some(key) = parts.headers.get("idempotency-key") else { return Ok(None) };
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_CHARS_MAX {
        return Err(Problem::invalid(
            Place::Header,
            "/idempotency-key",
            format!("has the wrong length; expected 1 to {IDEMPOTENCY_KEY_CHARS_MAX} characters"),
        ));
    }
    let Some(caller) = parts.extensions.get::<Arc<Caller>>() else { return Ok(None) };
    if parts.method != axum::http::Method::POST {
        return Ok(None);
    }
    let mut hash = Sha256::new_with_prefix(caller.team.as_bytes());
    for field in [
        caller.actor.to_string().as_bytes(),
        parts.method.as_str().as_bytes(),
        parts.uri.path().as_bytes(),
        key.as_bytes(),
    ] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    Ok(Some(hash.finalize().into()))
}

/// The query string, read like an object of texts: unknown parameters and those given twice are errors.
pub(super) struct Query<T>(pub(super) T);

impl<S: Sync, T: FromObject> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let mut fields = Map::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let before =
                fields.insert(name.clone().into_owned(), Value::String(value.into_owned()));
            if before.is_some() {
                let pointer = format!("/{}", json::shortened(&name));
                return Err(Problem::invalid(Place::Query, pointer, "is given twice"));
            }
        }
        let mut object = Object::of_query(fields);
        let taken = T::take(&mut object);
        Ok(Self(object.finish(taken)?))
    }
}

impl FromObject for Page {
    fn take(object: &mut Object) -> Option<Self> {
        let limit = object.optional("limit", |value| {
            json::number_in_text(value, 1, u64::from(LIMIT_MAX)).map(|limit| limit as u32)
        });
        let cursor = object.optional("cursor", json::any_text);
        Some(Self { limit: limit?.unwrap_or(LIMIT_DEFAULT), cursor: cursor? })
    }
}

/// The id in a path. What is no id of that kind can't exist.
pub(super) struct At<A>(pub(super) A);

/// The two ids in a path.
pub(super) struct AtBoth<A, B>(pub(super) A, pub(super) B);

impl<S: Send + Sync, A: PathId> FromRequestParts<S> for At<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = in_path(parts, state).await?;
        let mut values = params.iter().map(|(_, value)| value);
        Ok(Self(path_id(values.next())?))
    }
}

impl<S: Send + Sync, A: PathId, B: PathId> FromRequestParts<S> for AtBoth<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = in_path(parts, state).await?;
        let mut values = params.iter().map(|(_, value)| value);
        Ok(Self(path_id(values.next())?, path_id(values.next())?))
    }
}

/// An id that can stand in a path.
pub(super) trait PathId: Id + std::str::FromStr<Err = InvalidId> {}
impl<I: Id + std::str::FromStr<Err = InvalidId>> PathId for I {}

async fn in_path<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<RawPathParams, Problem> {
    RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| Problem::new(Code::NotFound, "there is nothing at this address"))
}

fn path_id<I: PathId>(text: Option<&str>) -> Result<I, Problem> {
    let text = text.unwrap_or_default();
    json::parse_id(text).map_err(|fault| Problem::from(fault.at(Place::Query, "")).early())
}
