//! Who reads replies, and from which probability on a label is acted on.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use rondo_core::mail::QualifierKind;

use super::super::Console;
use super::super::form::{self, Form};
use super::super::frame::{Frame, Place, rendered};
use super::super::paths::Query;
use super::super::routes::{Reach, Routes, Who, done};
use super::super::trouble::Trouble;
use super::{Asked, Refused, frame, refused, tabs};
use crate::app::people::Session;
use crate::app::qualifier::{
    self, QualifierView, QualifierWanted, THRESHOLD_MIN, trained_thresholds,
};
use crate::app::text;
use crate::console::conversations::words::{self, label_of};
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Admin, "/settings/qualifier", show).post(
        Reach::Admin,
        "/settings/qualifier",
        save,
    )
}

/// A qualifier as it is offered.
struct Offer {
    value: &'static str,
    kind: QualifierKind,
    /// The name of the text about it.
    about: &'static str,
}

const OFFERS: [Offer; 4] = [
    Offer { value: "embedded", kind: QualifierKind::Embedded, about: "qualifier-embedded-hint" },
    Offer { value: "openai", kind: QualifierKind::OpenAi, about: "qualifier-openai-hint" },
    Offer { value: "anthropic", kind: QualifierKind::Anthropic, about: "qualifier-anthropic-hint" },
    Offer { value: "ollama", kind: QualifierKind::Ollama, about: "qualifier-ollama-hint" },
];

/// A kind of qualifier, as people say it.
pub(super) fn kind_words(kind: QualifierKind) -> &'static str {
    match kind {
        QualifierKind::Embedded => t("qualifier-embedded"),
        QualifierKind::OpenAi => t("qualifier-openai"),
        QualifierKind::Anthropic => t("qualifier-anthropic"),
        QualifierKind::Ollama => t("qualifier-ollama"),
    }
}

/// The threshold of a label, as it is asked for.
struct ThresholdField {
    label: &'static str,
    field: String,
    words: &'static str,
    trained: String,
}

fn threshold_fields() -> Vec<ThresholdField> {
    let field = |(label, trained): (&'static str, f64)| ThresholdField {
        label,
        field: format!("threshold_{label}"),
        words: label_of(label).map_or(label, words::label),
        trained: percent(trained, 1),
    };
    trained_thresholds().into_iter().map(field).collect()
}

fn percent(probability: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", probability * 100.0);
    let short = if text.contains('.') { text.trim_end_matches('0') } else { &text };
    short.trim_end_matches('.').to_owned()
}

#[derive(Template)]
#[template(path = "settings/qualifier.html")]
struct QualifierPage {
    frame: Frame,
    tabs: Vec<Place>,
    form: Form,
    error: Option<String>,
    has_key: bool,
    thresholds: Vec<ThresholdField>,
}

impl QualifierPage {
    fn new(console: &Console, session: &Session, view: &QualifierView, form: Form) -> Self {
        Self {
            frame: frame(console, session, t("qualifier-title")),
            tabs: tabs("/settings/qualifier"),
            form,
            error: None,
            has_key: view.has_api_key,
            thresholds: threshold_fields(),
        }
    }

    fn offers(&self) -> &'static [Offer] {
        &OFFERS
    }
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let view = qualifier::show(console.app(), &session.caller).await?;
    let mut page = QualifierPage::new(&console, &session, &view, filled(&view));
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

/// The form as the qualifier stands; the key is shown to nobody.
fn filled(view: &QualifierView) -> Form {
    let kind = OFFERS.iter().find(|offer| offer.kind == view.kind);
    let kind = kind.map_or("embedded", |offer| offer.value);
    let fields = threshold_fields();
    let own = fields.iter().filter_map(|field| {
        let own = view.thresholds.get(field.label)?;
        Some((field.field.as_str(), percent(*own, 4)))
    });
    Form::of(
        [
            ("kind", kind.to_owned()),
            ("base_url", view.base_url.clone().unwrap_or_default()),
            ("model", view.model.clone().unwrap_or_default()),
        ]
        .into_iter()
        .chain(own),
    )
}

async fn save(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    let view = qualifier::show(console.app(), &session.caller).await?;
    let refusal = match wanted(&mut form, &view) {
        None => Refused::beside(),
        Some(_) if form.is_outdated(&filled(&view)) => Refused::outdated(),
        Some(wanted) => match qualifier::set(console.app(), &session.caller, wanted).await {
            Ok(_) => return Ok(done("/settings/qualifier", "saved")),
            Err(error) => refused(&mut form, error)?,
        },
    };
    let error = refusal.error.clone();
    let page = QualifierPage { error, ..QualifierPage::new(&console, &session, &view, form) };
    Ok(refusal.page(&page))
}

fn wanted(form: &mut Form, before: &QualifierView) -> Option<QualifierWanted> {
    let kind = form.required("kind", |text| {
        let offer = OFFERS.iter().find(|offer| offer.value == text);
        offer.map(|offer| offer.kind).ok_or_else(|| t("words-none-offered").to_owned())
    });
    let thresholds = thresholds(form, before);
    let kind = kind?;
    if kind == QualifierKind::Embedded {
        // What was typed for another kind is of no use here.
        let wanted = QualifierWanted {
            kind,
            base_url: None,
            model: None,
            api_key: None,
            thresholds: Some(thresholds?),
        };
        return Some(wanted);
    }
    let base_url = form.required("base_url", form::any);
    let model = form.required("model", text::parse_line);
    let api_key = form.optional("api_key", text::parse_secret);
    if form.has_errors() {
        return None;
    }
    Some(QualifierWanted { kind, base_url, model: model?, api_key, thresholds: Some(thresholds?) })
}

/// The thresholds that are set; those of labels that are not asked for stay.
fn thresholds(form: &mut Form, before: &QualifierView) -> Option<BTreeMap<String, f64>> {
    let mut thresholds = before.thresholds.clone();
    for field in threshold_fields() {
        match form.optional(&field.field, probability) {
            Some(threshold) => thresholds.insert(field.label.to_owned(), threshold),
            None => thresholds.remove(field.label),
        };
    }
    (!form.has_errors()).then_some(thresholds)
}

fn probability(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').trim().replace(',', ".").parse::<f64>().ok();
    let probability = number.map(|percent| percent / 100.0);
    let probability = probability.filter(|number| (THRESHOLD_MIN..=1.0).contains(number));
    probability.ok_or_else(|| t("qualifier-threshold-not-taken").to_owned())
}
