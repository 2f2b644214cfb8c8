//! The other qualifier: a language model behind an endpoint that a team names.
//!
//! One question, one answer of a given form, checked here word by word ([`answer`]): a model is asked for an opinion, and
//! nothing that it says is believed because it said so. The call passes the egress policy, ends within [`CALL_WAIT`], and
//! where it comes to nothing the embedded qualifier's result stands ([`decide`](super::decision::decide)).

mod answer;
mod anthropic;
mod error;
mod ollama;
mod openai;
mod prompt;
pub mod steering;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use serde::Serialize;

use super::Label;
use super::fields::Fields;
use crate::clock::{Clock, Entropy};
use crate::egress::{Answer, Body, Egress, Reply, RetryAfter, Unreached};
use crate::secrets::Secret;
use prompt::Prompt;

pub use error::{LlmError, Nonsense};
pub use prompt::TEXT_CHARS_MAX;

/// How long a call may take in all, a retry with it: several times what a model takes for a short answer.
pub const CALL_WAIT: Duration = Duration::from_secs(20);
/// The longest pause before the one retry: what is asked to wait longer is not worth it while a reply waits.
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// Bytes of an answer that are read: a hundred times one of the form, and little enough to hold many at once.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Tokens of an answer: the form, with a quotation of a few sentences in a language that takes many.
const ANSWER_TOKENS_MAX: u32 = 1_000;
/// The likeliest words, and the same answer again as far as a server can give it.
const TEMPERATURE: u8 = 0;
/// What the form of the answer is called.
const FORM_NAME: &str = "reply_label";

/// Which protocol an endpoint speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LlmKind {
    /// Chat completions; the base URL ends in `/v1` by custom, as in `https://api.openai.com/v1`.
    OpenAi,
    /// Messages; the base URL is the host's, as in `https://api.anthropic.com`.
    Anthropic,
    /// Ollama's chat; the base URL is the host's, as in `http://127.0.0.1:11434`.
    Ollama,
}

/// Where a team's model is.
pub struct LlmSettings {
    /// Its protocol.
    pub kind: LlmKind,
    /// What the protocol's path is added to; a query stays.
    pub base_url: String,
    /// The model's name, as the endpoint knows it.
    pub model: String,
    /// The key, where the endpoint asks for one.
    pub api_key: Option<Secret>,
}

/// Never shows the key, nor what stands in the URL's query.
impl fmt::Debug for LlmSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmSettings")
            .field("kind", &self.kind)
            .field("base_url", &self.base_url.split(['?', '#']).next().unwrap_or_default())
            .field("model", &self.model)
            .field("api_key", &self.api_key)
            .finish()
    }
}

/// What a model takes a reply for.
#[derive(Debug, Clone, PartialEq)]
pub struct LlmVerdict {
    /// The label.
    pub label: Label,
    /// How sure the model says it is, from 0 to 1. That is no probability.
    pub confidence: f32,
    /// The words that decided it, which stand in the reply.
    pub evidence: String,
    /// What else it found; each stands in the reply, but for the date, which is one in the future.
    pub fields: Fields,
}

/// Asks language models.
#[derive(Clone)]
pub struct Llm {
    egress: Egress,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// A question on its way.
struct Call {
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// What somebody said, as chats have it.
#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

impl Llm {
    /// Asks over this egress; time limits are the clock's, and the marks around replies are drawn from `entropy`.
    pub fn new(egress: Egress, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { egress, clock, entropy }
    }

    /// What a model takes a reply for, by its text without quoted history, its subject, and the day on which it was sent.
    pub async fn qualify(
        &self,
        settings: &LlmSettings,
        text: &str,
        subject: Option<&str>,
        sent_on: Option<Date>,
    ) -> Result<LlmVerdict, LlmError> {
        let prompt =
            Prompt::new(text, subject, sent_on, &*self.entropy).ok_or(LlmError::NothingToRead)?;
        if [&*prompt.text, subject.unwrap_or_default()].into_iter().any(steering::is_steering) {
            return Err(LlmError::Steering);
        }
        let call = self.call(settings, &prompt)?;
        let body = tokio::select! {
            answer = self.answer(&call) => body(answer?)?,
            () = self.clock.wait(CALL_WAIT) => return Err(LlmError::TimedOut),
        };
        let said = match settings.kind {
            LlmKind::OpenAi => openai::said(&body),
            LlmKind::Anthropic => anthropic::said(&body),
            LlmKind::Ollama => ollama::said(&body),
        };
        let said = said.ok_or(Nonsense::AnotherProtocol)?;
        Ok(answer::read(&said, &prompt.text, sent_on.unwrap_or_else(|| self.today()))?)
    }

    fn call(&self, settings: &LlmSettings, prompt: &Prompt) -> Result<Call, LlmError> {
        let key = settings.api_key.as_ref().map(key).transpose()?;
        let (path, headers, body) = match settings.kind {
            LlmKind::OpenAi => (openai::PATH, openai::headers(key), openai::body(settings, prompt)),
            LlmKind::Anthropic => {
                (anthropic::PATH, anthropic::headers(key), anthropic::body(settings, prompt))
            }
            LlmKind::Ollama => (ollama::PATH, ollama::headers(key), ollama::body(settings, prompt)),
        };
        let base = self.egress.policy().check_url(&settings.base_url);
        let mut url = base.map_err(|refused| LlmError::Unreached(refused.into()))?;
        // The policy takes `http` and `https` alone, whose URLs have a path.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        Ok(Call { url: url.into(), headers, body })
    }

    /// The answer, or the one to a second try.
    async fn answer(&self, call: &Call) -> Result<Answer, LlmError> {
        let first = self.post(call).await?;
        let Some(pause) = self.pause_before_retry(first.reply) else { return Ok(first) };
        self.clock.wait(pause).await;
        self.post(call).await
    }

    async fn post(&self, call: &Call) -> Result<Answer, LlmError> {
        let Call { url, headers, body } = call;
        let answer =
            self.egress.post_json_for_answer(url, headers, body.clone(), ANSWER_BYTES_MAX).await;
        answer.map_err(LlmError::Unreached)
    }

    /// How long to wait before another try, where one was asked for that is worth it.
    fn pause_before_retry(&self, reply: Reply) -> Option<Duration> {
        let pause = match reply.retry_after.filter(|_| matches!(reply.status, 429 | 500..=599))? {
            RetryAfter::Seconds(seconds) => Duration::from_secs(seconds),
            RetryAfter::At(at) => {
                let micros = at.as_micros().saturating_sub(self.clock.now().as_micros());
                Duration::from_micros(micros.try_into().unwrap_or_default())
            }
        };
        (pause <= PAUSE_MAX).then_some(pause)
    }

    fn today(&self) -> Date {
        let now = jiff::Timestamp::from_microsecond(self.clock.now().as_micros());
        now.unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date()
    }
}

impl fmt::Debug for Llm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Llm").field("egress", &self.egress).finish_non_exhaustive()
    }
}

/// The key as a header has it.
fn key(secret: &Secret) -> Result<String, LlmError> {
    let key = std::str::from_utf8(secret.bytes()).map_err(|_| LlmError::Key)?.trim();
    let is_visible = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
    if is_visible { Ok(key.to_owned()) } else { Err(LlmError::Key) }
}

/// The body of an answer that is one.
fn body(
    Answer { reply: Reply { status, retry_after }, body }: Answer,
) -> Result<Vec<u8>, LlmError> {
    match (status, body) {
        (200..=299, Body::Whole(body)) => Ok(body),
        (200..=299, Body::TooLong) => Err(Nonsense::TooLong.into()),
        (200..=299, Body::BrokenOff) => Err(LlmError::Unreached(Unreached::Broken)),
        (429, _) => Err(LlmError::TooManyRequests { retry_after }),
        (status, _) => Err(LlmError::Refused { status }),
    }
}

#[cfg(test)]
mod tests;
