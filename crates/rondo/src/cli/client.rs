//! Talking to a running server by its API.

use std::time::Duration;

use clap::Args;
use reqwest::header::RETRY_AFTER;
use reqwest::{Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::{Host, Url};

use super::Failure;
use super::failure::Problem;
use crate::clock::{Clock as _, SystemClock};

/// Where the server is and who asks.
#[derive(Debug, Clone, Args)]
pub(super) struct Connection {
    /// The server's address.
    #[arg(
        long,
        env = "RONDO_SERVER",
        default_value = "http://127.0.0.1:7070",
        value_name = "URL",
        help_heading = "Connection"
    )]
    pub(super) server: Url,
    /// An API key, as `rondo team create` and `rondo key create` show it.
    #[arg(
        long,
        env = "RONDO_KEY",
        hide_env_values = true,
        value_name = "KEY",
        help_heading = "Connection"
    )]
    pub(super) key: Option<String>,
}

/// How long an answer may take: a chunk of an import on a slow disk takes a few seconds.
const ANSWER_SECONDS_MAX: u64 = 120;

/// How long a busy server is waited for in all before a command gives up.
const BUSY_SECONDS_MAX: u64 = 120;

/// Items asked for per page of a list: the most that the API gives.
const PAGE_ITEMS: u32 = 500;

/// A client of one server with one key.
pub(super) struct Client {
    http: reqwest::Client,
    server: Url,
    key: String,
    clock: SystemClock,
}

impl Client {
    /// A client for this connection; nothing is sent yet.
    pub(super) fn new(connection: &Connection) -> Result<Self, Failure> {
        let key = connection.key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        let key = key.ok_or(Failure::NoKey)?.to_owned();
        if !key.chars().all(|c| c.is_ascii_graphic()) {
            return Err(Failure::WrongKey);
        }
        // Another part of the process may have chosen the same provider before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .timeout(Duration::from_secs(ANSWER_SECONDS_MAX))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("rondo/", env!("CARGO_PKG_VERSION")));
        if is_loopback(&connection.server) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Failure::Refused(reason_of(&error)))?;
        Ok(Self { http, server: connection.server.clone(), key, clock: SystemClock::new() })
    }

    /// Reads something.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.send(Method::GET, path, None, None).await
    }

    /// Reads all items of a list, page by page.
    pub(super) async fn get_all<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, Failure> {
        let mut items = Vec::new();
        let mut page_path = format!("{path}?limit={PAGE_ITEMS}");
        loop {
            let page: Page<T> = self.get(&page_path).await?;
            items.extend(page.items);
            let Some(cursor) = page.next_cursor else { return Ok(items) };
            let cursor: String = url::form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
            page_path = format!("{path}?limit={PAGE_ITEMS}&cursor={cursor}");
        }
    }

    /// Makes or does something.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Failure> {
        self.send(Method::POST, path, Some(body), None).await
    }

    /// Makes or does something, under a key that makes a repeat harmless.
    pub(super) async fn post_once<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
        idempotency_key: &str,
    ) -> Result<T, Failure> {
        self.send(Method::POST, path, Some(body), Some(idempotency_key)).await
    }

    /// Changes something.
    pub(super) async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Failure> {
        self.send(Method::PATCH, path, Some(body), None).await
    }

    /// Sets something.
    pub(super) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Failure> {
        self.send(Method::PUT, path, Some(body), None).await
    }

    /// Takes something away.
    pub(super) async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.send(Method::DELETE, path, None, None).await
    }

    /// The id of the campaign that is meant: an id as it is, else the only campaign of that name.
    pub(super) async fn campaign(&self, named: &str) -> Result<String, Failure> {
        if named.parse::<rondo_core::ids::CampaignId>().is_ok() {
            return Ok(named.to_owned());
        }
        #[derive(serde::Deserialize)]
        struct Campaign {
            id: String,
            name: String,
        }
        let campaigns: Vec<Campaign> = match self.get_all("/v1/campaigns").await {
            Err(Failure::Problem(problem)) if problem.code == "forbidden" => {
                return Err(Failure::Refused(format!(
                    "this key may not list campaigns, so `{named}` can't be looked up; name the campaign by its id"
                )));
            }
            listed => listed?,
        };
        let key = rondo_core::text::folded(named.trim());
        let found: Vec<_> = campaigns
            .iter()
            .filter(|campaign| rondo_core::text::folded(&campaign.name) == key)
            .collect();
        match found.as_slice() {
            [one] => Ok(one.id.clone()),
            [] => Err(Failure::Refused(format!(
                "there is no campaign `{named}`; `rondo campaign list` shows those there are"
            ))),
            several => Err(Failure::Refused(format!(
                "{} campaigns are called `{named}`; name the one that is meant by its id, as `rondo campaign list` shows it",
                several.len()
            ))),
        }
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        idempotency_key: Option<&str>,
    ) -> Result<T, Failure> {
        let url = self.url(path)?;
        let mut waited = 0;
        loop {
            let mut request = self.http.request(method.clone(), url.clone()).bearer_auth(&self.key);
            if let Some(body) = body {
                request = request.json(body);
            }
            if let Some(key) = idempotency_key {
                request = request.header("idempotency-key", key);
            }
            let response = request.send().await.map_err(|error| self.unreachable(&error))?;
            let Some(seconds) = seconds_to_wait(&response) else {
                return self.read(response).await;
            };
            if waited + seconds > BUSY_SECONDS_MAX {
                return self.read(response).await;
            }
            self.clock.wait(Duration::from_secs(seconds)).await;
            waited += seconds;
        }
    }

    async fn read<T: DeserializeOwned>(&self, response: Response) -> Result<T, Failure> {
        let status = response.status();
        let body = response.bytes().await.map_err(|error| self.unreachable(&error))?;
        if status == StatusCode::UNAUTHORIZED {
            return Err(Failure::WrongKey);
        }
        if status.is_success() {
            let body = if body.is_empty() { b"null".as_slice() } else { &body };
            return serde_json::from_slice(body)
                .map_err(|error| self.unintelligible(error.to_string()));
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) if !problem.code.is_empty() => Err(Failure::Problem(Box::new(problem))),
            Ok(_) | Err(_) => Err(self.unintelligible(format!("status {status}"))),
        }
    }

    fn url(&self, path: &str) -> Result<Url, Failure> {
        let base = self.server.as_str().trim_end_matches('/');
        format!("{base}{path}")
            .parse()
            .map_err(|error| Failure::Usage(format!("`{base}` is not a server's address: {error}")))
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        Failure::Unreachable { server: self.shown_server(), reason: reason_of(error) }
    }

    fn unintelligible(&self, reason: String) -> Failure {
        Failure::Unintelligible { server: self.shown_server(), reason }
    }

    fn shown_server(&self) -> String {
        self.server.as_str().trim_end_matches('/').to_owned()
    }
}

#[derive(serde::Deserialize)]
struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

/// How long a busy server asks to be left alone.
fn seconds_to_wait(response: &Response) -> Option<u64> {
    match response.status() {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let seconds =
                response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse::<u64>().ok()?;
            Some(seconds.max(1))
        }
        _ => None,
    }
}

fn is_loopback(server: &Url) -> bool {
    match server.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The innermost reason, which says most: `connection refused` rather than `error sending request`.
fn reason_of(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}
