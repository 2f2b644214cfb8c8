//! Messages, as Anthropic has them: the model must use the one tool, whose input is the answer.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::prompt::{POLICY, Prompt, schema};
use super::{ANSWER_TOKENS_MAX, FORM_NAME, LlmSettings, Message, TEMPERATURE};

/// The path below the base URL.
pub(super) const PATH: &[&str] = &["v1", "messages"];
/// The version of the API, which is a date.
const VERSION: &str = "2023-06-01";

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    temperature: u8,
    max_tokens: u32,
    system: &'static str,
    messages: [Message<'a>; 1],
    tools: [Tool; 1],
    tool_choice: ToolChoice,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    description: &'static str,
    input_schema: &'static RawValue,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ToolChoice {
    Tool { name: &'static str, disable_parallel_tool_use: bool },
}

pub(super) fn body(settings: &LlmSettings, prompt: &Prompt) -> Vec<u8> {
    let request = Request {
        model: &settings.model,
        temperature: TEMPERATURE,
        max_tokens: ANSWER_TOKENS_MAX,
        system: POLICY,
        messages: [Message { role: "user", content: &prompt.message }],
        tools: [Tool {
            name: FORM_NAME,
            description: "Takes down what the reply means.",
            input_schema: schema(),
        }],
        tool_choice: ToolChoice::Tool { name: FORM_NAME, disable_parallel_tool_use: true },
    };
    serde_json::to_vec(&request).expect("texts and numbers are JSON")
}

/// The version's header, and the key's.
pub(super) fn headers(key: Option<String>) -> Vec<(&'static str, String)> {
    let version = ("anthropic-version", VERSION.to_owned());
    [Some(version), key.map(|key| ("x-api-key", key))].into_iter().flatten().collect()
}

#[derive(Deserialize)]
struct Answer {
    content: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    name: Option<String>,
    input: Option<Box<RawValue>>,
}

/// What the model put into the tool; none where it used none.
pub(super) fn said(body: &[u8]) -> Option<String> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    let used = answer.content.into_iter().find(|block| block.name.as_deref() == Some(FORM_NAME))?;
    Some(used.input?.get().to_owned())
}
