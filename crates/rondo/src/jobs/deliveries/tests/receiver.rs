//! A receiver of webhooks, as a customer would run one, that answers as a test wants.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use tokio::sync::{Notify, mpsc};

/// How long anything on this machine may take before a test gives up.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// How to answer a delivery.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    Status(u16),
    /// A status with `Retry-After`.
    Later(u16, &'static str),
    Redirect,
    Never,
}

/// A delivery as it arrived.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) timestamp: i64,
    pub(super) content_type: String,
    pub(super) body: serde_json::Value,
    signature: String,
    raw: Bytes,
}

impl Told {
    /// Checks the signature from the standard's words alone.
    pub(super) fn is_signed_with(&self, secret: &str) -> bool {
        let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(
            &[self.id.as_bytes(), b".", self.timestamp.to_string().as_bytes(), b".", &self.raw]
                .concat(),
        );
        self.signature == format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
    }
}

struct Behaviour {
    script: Mutex<VecDeque<Answer>>,
    otherwise: Mutex<Answer>,
    held: Mutex<Option<Arc<Notify>>>,
    arrived: mpsc::UnboundedSender<Told>,
}

pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    behaviour: Arc<Behaviour>,
    arrivals: mpsc::UnboundedReceiver<Told>,
}

impl Receiver {
    /// A receiver that takes everything.
    pub(super) async fn start() -> Self {
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let behaviour = Arc::new(Behaviour {
            script: Mutex::default(),
            otherwise: Mutex::new(Answer::Status(200)),
            held: Mutex::default(),
            arrived,
        });
        let router = Router::new().route("/hook", post(receive)).with_state(Arc::clone(&behaviour));
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(socket, router).await });
        Self { address, behaviour, arrivals }
    }

    /// The next answers, before those it gives otherwise.
    pub(super) fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.behaviour.script.lock().unwrap().extend(answers);
    }

    /// The answer where none was scripted.
    pub(super) fn always(&self, answer: Answer) {
        *self.behaviour.otherwise.lock().unwrap() = answer;
    }

    /// Answers only once told to.
    pub(super) fn hold(&self) -> Arc<Notify> {
        let held = Arc::new(Notify::new());
        *self.behaviour.held.lock().unwrap() = Some(Arc::clone(&held));
        held
    }

    /// What arrives next.
    pub(super) async fn next(&mut self) -> Told {
        let next = tokio::time::timeout(PATIENCE, self.arrivals.recv()).await;
        next.expect("nothing arrived").expect("the receiver is up")
    }

    /// How many have arrived and were not looked at.
    pub(super) fn waiting(&self) -> usize {
        self.arrivals.len()
    }

    /// Everything that has arrived and was not looked at.
    pub(super) async fn all(&mut self) -> Vec<Told> {
        let mut all = Vec::new();
        while self.waiting() > 0 {
            all.push(self.next().await);
        }
        all
    }
}

async fn receive(
    State(behaviour): State<Arc<Behaviour>>,
    headers: HeaderMap,
    raw: Bytes,
) -> Response {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let answer = behaviour.script.lock().unwrap().pop_front();
    let answer = answer.unwrap_or(*behaviour.otherwise.lock().unwrap());
    let held = behaviour.held.lock().unwrap().take();
    let told = Told {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().unwrap(),
        content_type: header("content-type"),
        body: serde_json::from_slice(&raw).unwrap(),
        signature: header("webhook-signature"),
        raw,
    };
    // An error means that the test is over.
    let _ = behaviour.arrived.send(told);
    if let Some(held) = held {
        held.notified().await;
    }
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Later(status, when) => {
            (StatusCode::from_u16(status).unwrap(), [(RETRY_AFTER, when)]).into_response()
        }
        Answer::Redirect => Redirect::temporary("/hook").into_response(),
        Answer::Never => std::future::pending().await,
    }
}
