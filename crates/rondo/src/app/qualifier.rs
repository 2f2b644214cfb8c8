//! Who reads a team's replies.

use std::collections::BTreeMap;

use rondo_core::command::Command;
use rondo_core::detail::QualifierDetails;
use rondo_core::mail::QualifierKind;
use rondo_store::QualifierRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, AppError, Caller, schema};
use crate::mail::servers;
use crate::qualifier::model::Model;
use crate::qualifier::{LABELS, Label};
use crate::secrets::Secret;

/// The lowest probability on which anything is done without a person: as likely as not.
pub const THRESHOLD_MIN: f64 = 0.5;

/// The qualifier that a team wants.
#[derive(Debug, ToSchema)]
pub struct QualifierWanted {
    #[schema(value_type = QualifierKindView)]
    pub kind: QualifierKind,
    /// Needed unless `embedded`: `https://api.openai.com/v1`, `https://api.anthropic.com`, `http://127.0.0.1:11434`.
    #[schema(value_type = Option<schema::PublicLink>)]
    pub base_url: Option<String>,
    /// Needed unless `embedded`: the model's name, as the endpoint knows it.
    #[schema(value_type = Option<schema::Line>)]
    pub model: Option<String>,
    /// Never shown again. Without one the key known stays, if `kind` and `base_url` do.
    #[schema(value_type = Option<schema::Secret>)]
    pub api_key: Option<Secret>,
    /// The trained ones where nothing is said.
    #[schema(value_type = Option<schema::Thresholds>)]
    pub thresholds: Option<BTreeMap<String, f64>>,
}

/// Which qualifier: the one in the program, or a language model beside it, behind an endpoint of this protocol.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase", as = QualifierKind)]
pub enum QualifierKindView {
    Embedded,
    Openai,
    Anthropic,
    Ollama,
}

/// Who reads a team's replies.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Qualifier)]
pub struct QualifierView {
    #[schema(value_type = QualifierKindView)]
    pub kind: QualifierKind,
    pub base_url: Option<String>,
    pub model: Option<String>,
    pub has_api_key: bool,
    /// Those that the team set.
    #[schema(value_type = schema::Thresholds)]
    pub thresholds: BTreeMap<String, f64>,
}

/// The qualifier.
pub async fn show(app: &App, caller: &Caller) -> Result<QualifierView, AppError> {
    Ok(view(app.store().qualifier(caller.team).await?))
}

/// Chooses a qualifier.
pub async fn set(
    app: &App,
    caller: &Caller,
    wanted: QualifierWanted,
) -> Result<QualifierView, AppError> {
    let base_url = check_place(app, &wanted)?;
    let place = servers::qualifier_key(caller.team);
    let sealed_key = match &wanted.api_key {
        Some(key) => Some(app.parts.vault.seal(place, key, app.entropy().as_ref())),
        None => {
            let before = app.store().qualifier(caller.team).await?;
            let is_same = before.kind == wanted.kind && before.base_url == base_url;
            before.sealed_key.filter(|_| is_same)
        }
    };
    let thresholds = wanted.thresholds.unwrap_or_default();
    let thresholds = serde_json::to_string(&thresholds).expect("texts and numbers are plain data");
    let details =
        Box::new(QualifierDetails { base_url, model: wanted.model, sealed_key, thresholds });
    let command = Command::SetQualifier { qualifier: wanted.kind, details };
    app.run(caller, command, None).await?;
    show(app, caller).await
}

/// Each label that can be acted on without a person, with the probability from which on it is where a team sets none.
pub fn trained_thresholds() -> Vec<(&'static str, f64)> {
    let acted_on = LABELS.into_iter().filter(|label| !label.is_for_people());
    let trained = |label: Label| f64::from(Model::embedded().threshold(label));
    acted_on.map(|label| (label.name(), trained(label))).collect()
}

/// The endpoint as the URL parser writes it, which is what will be called.
fn check_place(app: &App, wanted: &QualifierWanted) -> Result<Option<String>, AppError> {
    let needed = "is missing; every kind but `embedded` needs it";
    let alone = "is of no use for the kind `embedded`; leave it out";
    match wanted.kind {
        QualifierKind::Embedded => {
            let given = [
                ("/base_url", wanted.base_url.is_some()),
                ("/model", wanted.model.is_some()),
                ("/api_key", wanted.api_key.is_some()),
            ];
            match given.into_iter().find(|(_, is_given)| *is_given) {
                Some((pointer, _)) => Err(AppError::invalid(pointer, alone)),
                None => Ok(None),
            }
        }
        QualifierKind::OpenAi | QualifierKind::Anthropic | QualifierKind::Ollama => {
            let url = wanted.base_url.as_deref();
            let url = url.ok_or_else(|| AppError::invalid("/base_url", needed))?;
            if wanted.model.is_none() {
                return Err(AppError::invalid("/model", needed));
            }
            let url = app.parts.egress.check_url(url);
            let url = url.map_err(|refused| AppError::invalid("/base_url", refused.to_string()))?;
            Ok(Some(url.to_string()))
        }
    }
}

fn view(row: QualifierRow) -> QualifierView {
    let thresholds = row.thresholds.as_deref().and_then(|text| serde_json::from_str(text).ok());
    QualifierView {
        kind: row.kind,
        base_url: row.base_url,
        model: row.model,
        has_api_key: row.sealed_key.is_some(),
        thresholds: thresholds.unwrap_or_default(),
    }
}
