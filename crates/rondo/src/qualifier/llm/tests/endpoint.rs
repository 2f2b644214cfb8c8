//! An endpoint that speaks all three protocols, each at its path, and answers as a test wants.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::LlmKind;

/// How long anything on this machine may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// How to answer a question.
pub(super) enum Answer {
    /// The model says this, in the words of the protocol.
    Says(Value),
    /// This body, whatever the protocol.
    Body(String),
    Status(u16),
    /// A status with `Retry-After`.
    Later(u16, &'static str),
    Redirect,
    Huge,
    /// Nothing at all.
    Never,
    /// The head, and a body that never ends.
    Drips,
}

/// A question as it arrived.
pub(super) struct Asked {
    pub(super) kind: LlmKind,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

struct Behaviour {
    script: Mutex<VecDeque<Answer>>,
    times: AtomicUsize,
    arrived: mpsc::UnboundedSender<Asked>,
}

pub(super) struct Endpoint {
    pub(super) address: SocketAddr,
    behaviour: Arc<Behaviour>,
    arrivals: mpsc::UnboundedReceiver<Asked>,
}

impl Endpoint {
    pub(super) async fn start() -> Self {
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let times = AtomicUsize::new(0);
        let behaviour = Arc::new(Behaviour { script: Mutex::default(), times, arrived });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&behaviour));
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(socket, router).await });
        Self { address, behaviour, arrivals }
    }

    /// Answers the next question so that no other was told for.
    pub(super) fn answer(&self, answer: Answer) {
        self.behaviour.script.lock().unwrap().push_back(answer);
    }

    /// The next question.
    pub(super) async fn asked(&mut self) -> Asked {
        let asked = tokio::time::timeout(PATIENCE, self.arrivals.recv()).await;
        asked.expect("nothing was asked").unwrap()
    }

    pub(super) fn times_asked(&self) -> usize {
        self.behaviour.times.load(Ordering::SeqCst)
    }
}

async fn answer(
    State(behaviour): State<Arc<Behaviour>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    behaviour.times.fetch_add(1, Ordering::SeqCst);
    let kind = match uri.path() {
        "/chat/completions" | "/v1/chat/completions" => LlmKind::OpenAi,
        "/v1/messages" => LlmKind::Anthropic,
        "/api/chat" => LlmKind::Ollama,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let body = serde_json::from_slice(&body).unwrap();
    let _ = behaviour.arrived.send(Asked { kind, path: uri.to_string(), headers, body });
    let answer = behaviour.script.lock().unwrap().pop_front().expect("a test says what to answer");
    match answer {
        Answer::Says(said) => said_in(kind, said).to_string().into_response(),
        Answer::Body(body) => body.into_response(),
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Later(status, when) => {
            (StatusCode::from_u16(status).unwrap(), [(RETRY_AFTER, when)]).into_response()
        }
        Answer::Redirect => Redirect::temporary("/v1/chat/completions").into_response(),
        Answer::Huge => "x".repeat(1024 * 1024).into_response(),
        Answer::Never => std::future::pending().await,
        Answer::Drips => {
            let first = stream::iter([Ok::<_, Infallible>("{")]);
            Body::from_stream(first.chain(stream::pending())).into_response()
        }
    }
}

/// An answer as each protocol has it, with what it has besides.
fn said_in(kind: LlmKind, said: Value) -> Value {
    let text = said.as_str().map_or_else(|| said.to_string(), str::to_owned);
    match kind {
        LlmKind::OpenAi => json!({
            "id": "chatcmpl-1", "object": "chat.completion", "model": "sorter-1",
            "choices": [{
                "index": 0, "finish_reason": "stop",
                "message": { "role": "assistant", "content": text, "refusal": null },
            }],
            "usage": { "prompt_tokens": 900, "completion_tokens": 80 },
        }),
        LlmKind::Anthropic => json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "sorter-1",
            "content": [
                { "type": "text", "text": "I will sort it." },
                { "type": "tool_use", "id": "toolu_1", "name": "reply_label", "input": said },
            ],
            "stop_reason": "tool_use", "usage": { "input_tokens": 900, "output_tokens": 80 },
        }),
        LlmKind::Ollama => json!({
            "model": "sorter-1", "created_at": "2026-09-08T10:00:00Z", "done": true, "done_reason": "stop",
            "message": { "role": "assistant", "content": text }, "eval_count": 80,
        }),
    }
}
