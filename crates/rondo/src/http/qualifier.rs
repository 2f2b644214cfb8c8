//! Who reads a team's replies, over HTTP.

use std::collections::BTreeMap;

use axum::extract::State;
use rondo_core::mail::QualifierKind;
use serde_json::Value;

use crate::app::App;
use crate::app::messages::LABELS;
use crate::app::qualifier::{self, QualifierView, QualifierWanted, THRESHOLD_MIN};
use crate::http::input::{Input, Who};
use crate::http::json::{self, Fault, FromObject, Object};
use crate::http::{Answer, Json};

/// Show the qualifier.
///
/// Who reads the replies, and from which probability on a label is acted on.
#[utoipa::path(get, path = "/v1/settings/qualifier", tag = "Mail",
    responses((status = 200, body = QualifierView, description = "The qualifier.")))]
pub(super) async fn get_qualifier(
    State(app): State<App>,
    Who(caller): Who,
) -> Answer<QualifierView> {
    Ok(Json(qualifier::show(&app, &caller).await?))
}

/// Choose the qualifier.
///
/// The embedded one, or a language model beside it.
#[utoipa::path(put, path = "/v1/settings/qualifier", tag = "Mail", request_body = QualifierWanted,
    responses((status = 200, body = QualifierView, description = "The qualifier.")))]
pub(super) async fn set_qualifier(
    State(app): State<App>,
    Who(caller): Who,
    input: Input<QualifierWanted>,
) -> Answer<QualifierView> {
    Ok(Json(qualifier::set(&app, &caller, input.body).await?))
}

const KINDS: &[(&str, QualifierKind)] = &[
    ("embedded", QualifierKind::Embedded),
    ("openai", QualifierKind::OpenAi),
    ("anthropic", QualifierKind::Anthropic),
    ("ollama", QualifierKind::Ollama),
];

impl FromObject for QualifierWanted {
    fn take(object: &mut Object) -> Option<Self> {
        let kind = object.required("kind", json::word(KINDS));
        let base_url = object.optional("base_url", json::any_text);
        let model = object.optional("model", json::line);
        let api_key = object.optional("api_key", json::secret);
        let thresholds = object.optional_object::<Thresholds>("thresholds");
        Some(Self {
            kind: kind?,
            base_url: base_url?,
            model: model?.flatten(),
            api_key: api_key?,
            thresholds: thresholds?.map(|thresholds| thresholds.0),
        })
    }
}

/// Probabilities by label.
struct Thresholds(BTreeMap<String, f64>);

impl FromObject for Thresholds {
    fn take(object: &mut Object) -> Option<Self> {
        let mut all = BTreeMap::new();
        for (label, _) in LABELS {
            if let Some(Some(threshold)) = object.changed(label, probability) {
                all.insert(label.to_owned(), threshold);
            }
        }
        Some(Self(all))
    }
}

fn probability(value: Value) -> Result<f64, Fault> {
    let number = value.as_f64().filter(|number| (THRESHOLD_MIN..=1.0).contains(number));
    let wrong = format!("is not taken; expected a number from {THRESHOLD_MIN} to 1");
    number.ok_or(Fault::Invalid(wrong))
}
