//! What a reply means, by the team's qualifier.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rondo_core::ids::TeamId;
use rondo_core::mail::QualifierKind;
use rondo_store::QualifierRow;

use crate::app::{App, AppError};
use crate::mail::servers::qualifier_key;
use crate::qualifier::decision::{Combined, decide, embedded};
use crate::qualifier::llm::{LlmKind, LlmSettings};
use crate::qualifier::{Label, Thresholds, Verdict, qualify_with};

/// The embedded model's verdict, and what is made of it.
pub(super) struct Read {
    pub(super) verdict: Verdict,
    pub(super) combined: Combined,
}

/// Reads a reply.
pub(super) async fn read(
    app: &App,
    team: TeamId,
    text: &str,
    subject: Option<&str>,
    sent_on: Option<Date>,
    asks: Asks,
) -> Result<Read, AppError> {
    let row = app.store().qualifier(team).await?;
    let thresholds = thresholds_of(&row);
    let verdict = qualify_with(&thresholds, text, subject);
    let settings = match asks {
        Asks::Nobody => None,
        Asks::TheTeams => settings_of(app, team, row),
    };
    let combined = match settings {
        None => embedded(&verdict),
        Some(settings) => {
            let said = app.llm().qualify(&settings, text, subject, sent_on).await;
            if let Err(error) = &said {
                tracing::warn!(%team, %error, "A language model did not qualify a reply; the embedded model's label stands.");
            }
            decide(&verdict, said, &thresholds)
        }
    };
    Ok(Read { verdict, combined })
}

/// Who is asked beside the embedded model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// Nobody: nothing depends on it.
    Nobody,
    /// The language model that the team chose, if it did.
    TheTeams,
}

fn thresholds_of(row: &QualifierRow) -> Thresholds {
    let stored = row.thresholds.as_deref().unwrap_or("{}");
    let by_label: BTreeMap<String, f32> = serde_json::from_str(stored).unwrap_or_default();
    by_label.into_iter().fold(
        Thresholds::default(),
        |all, (label, threshold)| match Label::of_name(&label)
            .and_then(|label| all.with(label, threshold))
        {
            Some(more) => more,
            None => all,
        },
    )
}

fn settings_of(app: &App, team: TeamId, row: QualifierRow) -> Option<LlmSettings> {
    let kind = match row.kind {
        QualifierKind::Embedded => return None,
        QualifierKind::OpenAi => LlmKind::OpenAi,
        QualifierKind::Anthropic => LlmKind::Anthropic,
        QualifierKind::Ollama => LlmKind::Ollama,
    };
    let opened = row.sealed_key.map(|sealed| app.vault().open(qualifier_key(team), &sealed));
    let api_key = match opened.transpose() {
        Ok(key) => key,
        Err(error) => {
            tracing::error!(%team, %error, "The key of a team's language model can't be opened; the embedded model reads alone.");
            return None;
        }
    };
    Some(LlmSettings { kind, base_url: row.base_url?, model: row.model?, api_key })
}
