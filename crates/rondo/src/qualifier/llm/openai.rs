//! Chat completions, as OpenAI and the many servers that speak like it have them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::prompt::{POLICY, Prompt, schema};
use super::{ANSWER_TOKENS_MAX, LlmSettings, Message, TEMPERATURE};

/// The path below the base URL, which ends in `/v1` by custom.
pub(super) const PATH: &[&str] = &["chat", "completions"];

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    temperature: u8,
    max_tokens: u32,
    messages: [Message<'a>; 2],
    response_format: ResponseFormat,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ResponseFormat {
    JsonSchema { json_schema: Named },
}

#[derive(Serialize)]
struct Named {
    name: &'static str,
    strict: bool,
    schema: &'static RawValue,
}

pub(super) fn body(settings: &LlmSettings, prompt: &Prompt) -> Vec<u8> {
    let request = Request {
        model: &settings.model,
        temperature: TEMPERATURE,
        max_tokens: ANSWER_TOKENS_MAX,
        messages: [
            Message { role: "system", content: POLICY },
            Message { role: "user", content: &prompt.message },
        ],
        response_format: ResponseFormat::JsonSchema {
            json_schema: Named { name: super::FORM_NAME, strict: true, schema: schema() },
        },
    };
    serde_json::to_vec(&request).expect("texts and numbers are JSON")
}

/// The key's header.
pub(super) fn headers(key: Option<String>) -> Vec<(&'static str, String)> {
    key.map(|key| ("authorization", format!("Bearer {key}"))).into_iter().collect()
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
}

#[derive(Deserialize)]
struct Said {
    content: Option<String>,
}

/// What the model said; none where it refused to, or where it is another kind of answer.
pub(super) fn said(body: &[u8]) -> Option<String> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    answer.choices.into_iter().next()?.message.content
}
