//! Chat, as Ollama has it, with the form of the answer as `format`.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::prompt::{POLICY, Prompt, schema};
use super::{ANSWER_TOKENS_MAX, LlmSettings, Message, TEMPERATURE};

/// The path below the base URL.
pub(super) const PATH: &[&str] = &["api", "chat"];
/// Tokens that the model sees and says. The policy, the longest reply and the answer fit in; by itself Ollama takes fewer
/// and drops the beginning without a word.
const CONTEXT_TOKENS: u32 = 8_192;

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    stream: bool,
    messages: [Message<'a>; 2],
    format: &'static RawValue,
    options: Options,
}

#[derive(Serialize)]
struct Options {
    temperature: u8,
    num_predict: u32,
    num_ctx: u32,
}

pub(super) fn body(settings: &LlmSettings, prompt: &Prompt) -> Vec<u8> {
    let request = Request {
        model: &settings.model,
        stream: false,
        messages: [
            Message { role: "system", content: POLICY },
            Message { role: "user", content: &prompt.message },
        ],
        format: schema(),
        options: Options {
            temperature: TEMPERATURE,
            num_predict: ANSWER_TOKENS_MAX,
            num_ctx: CONTEXT_TOKENS,
        },
    };
    serde_json::to_vec(&request).expect("texts and numbers are JSON")
}

/// The key's header, which the proxies before it ask for.
pub(super) fn headers(key: Option<String>) -> Vec<(&'static str, String)> {
    key.map(|key| ("authorization", format!("Bearer {key}"))).into_iter().collect()
}

#[derive(Deserialize)]
struct Answer {
    message: Said,
}

#[derive(Deserialize)]
struct Said {
    content: String,
}

/// What the model said.
pub(super) fn said(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<Answer>(body).ok().map(|answer| answer.message.content)
}
