//! The main job over HTTP: qualified leads, one by one and in batches.

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::ids::{CampaignId, ConversationId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::app::App;
use crate::app::leads::NewLead;
use crate::app::routing::{
    self, BATCH_MAX, Qualification, QualifiedConversation, QualifiedLead, Report, Routed,
    RoutedAssignment, Waiting,
};
use crate::app::schema;
use crate::engine::IdempotencyKey;
use crate::http::input::{At, Input, LIST_BYTES_MAX, Raw, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::problem::{Document, Problem};
use crate::http::{Answer, Json};

/// Report that a lead is qualified.
///
/// The lead goes to their owner, or to whoever's turn it is, exactly once: a second report answers with the assignment
/// that stands. While nobody can take the lead, it waits, and is assigned as soon as somebody can.
#[utoipa::path(post, path = "/v1/campaigns/{cmp}/qualified", tag = "Routing", request_body = Qualification,
    responses(
        (status = 201, body = RoutedAssignment, description = "The new assignment."),
        (status = 200, body = RoutedAssignment, description = "The assignment that stood already."),
        (status = 202, body = Waiting, description = "Nobody can take the lead yet: it waits."),
    ))]
pub(super) async fn qualify(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: Input<Qualification>,
) -> Result<Response, Problem> {
    let routed = routing::qualify(&app, &caller, campaign, input.body, input.idempotency).await?;
    Ok(match routed {
        Routed::Assigned(view) => (StatusCode::CREATED, Json(view)).into_response(),
        Routed::Stands(view) => (StatusCode::OK, Json(view)).into_response(),
        Routed::Waits(view) => (StatusCode::ACCEPTED, Json(view)).into_response(),
    })
}

/// Report that many leads are qualified.
///
/// Taken in order. Each item has its own result, in the same order; a bad item does not stop the others. Sending the
/// same batch again does nothing twice: each result says what stands. With an `Idempotency-Key` the results are those of
/// the first time, items that were refused are tried again, and what waited answers with its assignment once there is one.
#[utoipa::path(post, path = "/v1/campaigns/{cmp}/qualified/batch", tag = "Routing", request_body = Batch,
    responses((status = 200, body = Results, description = "A result for each item.")))]
pub(super) async fn qualify_batch(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    Items { items, idempotency }: Items,
) -> Answer<Results> {
    let mut reports = Vec::with_capacity(items.len());
    let mut results: Vec<Option<BatchResult>> = Vec::with_capacity(items.len());
    for (place, item) in items.into_iter().enumerate() {
        results.push(match item {
            Ok(qualification) => {
                reports.push(Report { place, qualification });
                None
            }
            Err(problem) => Some(problem.into()),
        });
    }
    let routed = routing::qualify_many(&app, &caller, campaign, reports, idempotency).await?;
    let mut routed = routed.into_iter().map(|routed| match routed {
        Ok(routed) => BatchResult::from(routed),
        Err(error) => Problem::from(error).into(),
    });
    let results = results
        .into_iter()
        .map(|bad| bad.or_else(|| routed.next()).expect("every good item has a result"))
        .collect();
    Ok(Json(Results { results }))
}

/// Do nothing.
///
/// Reads any JSON object and answers with its size: what a request costs by itself, for benchmarks to compare with.
#[utoipa::path(post, path = "/v1/noop", tag = "Service", request_body = schema::AnyObject,
    responses((status = 200, body = Noop, description = "Nothing was done.")))]
pub(super) async fn noop(_: Who, input: Input<AnyObject>) -> Answer<Noop> {
    Ok(Json(Noop { fields: input.body.0 }))
}

/// What doing nothing answers.
#[derive(Serialize, ToSchema)]
pub(super) struct Noop {
    /// How many fields the object has.
    fields: usize,
}

pub(super) struct AnyObject(usize);

impl FromObject for AnyObject {
    fn take(object: &mut Object) -> Option<Self> {
        Some(Self(object.take_all().len()))
    }
}

/// Many reports.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: items are read one by one")]
pub(super) struct Batch {
    /// Each as for one report: `{"lead": {…}, "note": "…"}` or `{"conversation": "conv_…"}`. Anything else gets its
    /// problem as its result. Up to 10,000; a longer list is too large (413).
    #[schema(value_type = Vec<schema::Anything>)]
    items: Vec<serde_json::Value>,
}

/// A result for each item, in the same order.
#[derive(Serialize, ToSchema)]
pub(super) struct Results {
    results: Vec<BatchResult>,
}

/// What became of one item: an assignment (201 and 200), a waiting lead (202), or a problem.
#[derive(Serialize, ToSchema)]
pub(super) struct BatchResult {
    /// The status that the item would have got by itself.
    #[schema(minimum = 200, maximum = 599)]
    http_status: u16,
    #[serde(flatten)]
    outcome: BatchOutcome,
}

/// The assignment, the waiting lead, or the problem.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum BatchOutcome {
    Assignment(Box<RoutedAssignment>),
    Waiting(Box<Waiting>),
    Problem(Box<Document>),
}

impl From<Routed> for BatchResult {
    fn from(routed: Routed) -> Self {
        let (http_status, outcome) = match routed {
            Routed::Assigned(view) => (201, BatchOutcome::Assignment(Box::new(view))),
            Routed::Stands(view) => (200, BatchOutcome::Assignment(Box::new(view))),
            Routed::Waits(view) => (202, BatchOutcome::Waiting(Box::new(view))),
        };
        Self { http_status, outcome }
    }
}

impl From<Problem> for BatchResult {
    fn from(problem: Problem) -> Self {
        let http_status = problem.code().status().as_u16();
        Self { http_status, outcome: BatchOutcome::Problem(Box::new(problem.into_document())) }
    }
}

/// The items of a batch, each read by itself.
pub(super) struct Items {
    items: Vec<Result<Qualification, Problem>>,
    idempotency: Option<IdempotencyKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

/// Only for saying what is wrong with an envelope.
struct BadEnvelope;

impl FromObject for BadEnvelope {
    fn take(object: &mut Object) -> Option<Self> {
        object.required("items", json::list).map(|_| Self)
    }
}

impl<S: Sync> FromRequest<S> for Items {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let raw = Raw::read(request, LIST_BYTES_MAX).await?;
        let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(&raw.bytes) else {
            Object::read::<BadEnvelope>(raw.json()?)?;
            return Err(Problem::invalid(json::Place::Body, "/items", "can't be read"));
        };
        if envelope.items.len() > BATCH_MAX {
            return Err(Problem::too_large(
                &format!("list has more than {BATCH_MAX} items"),
                BATCH_MAX,
            ));
        }
        let item = |item: &&RawValue| -> Result<Qualification, Problem> {
            let value = serde_json::from_str(item.get()).map_err(|_| {
                Problem::invalid(json::Place::Body, "", "can't be read; expected a JSON object")
            })?;
            Ok(Object::read(value)?)
        };
        let items = envelope.items.iter().map(item).collect();
        Ok(Self { items, idempotency: raw.idempotency })
    }
}

impl FromObject for Qualification {
    fn take(object: &mut Object) -> Option<Self> {
        let is_both = object.has("lead") && object.has("conversation");
        if is_both {
            object.say("conversation", "goes without `lead`; name one of them".to_owned());
        }
        let report = if object.has("conversation") {
            let conversation = object.required("conversation", json::id::<ConversationId>);
            if is_both {
                object.object::<NewLead>("lead");
            }
            let note = object.optional("note", json::note);
            Self::Conversation(QualifiedConversation {
                conversation: conversation?,
                note: note?.flatten(),
            })
        } else {
            let lead = object.object::<NewLead>("lead");
            let note = object.optional("note", json::note);
            Self::Lead(QualifiedLead { lead: lead?, note: note?.flatten() })
        };
        Some(report)
    }
}
