//! Which hosts the server may call on a team's behalf: one policy, checked after resolution.
//!
//! A team names URLs, and the server stands inside a network that the team has no business in. So a URL is checked
//! when it is entered ([`EgressPolicy::check_url`]), every address that its name resolves to is checked on every call,
//! and the connection is made to the very addresses that were checked: what a name says a moment later does not
//! matter. Redirects are not followed, and no proxy is taken from the environment.

mod address;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use axum::http;
use axum::http::header::RETRY_AFTER;
use rondo_core::Instant;
use url::{Host, Url};

use address::Reach;

/// Bytes in a URL at most: what every server and proxy takes.
pub const URL_BYTES_MAX: usize = 2048;
/// Bytes of an answer that are read; the rest is cut off with the connection. An answer is worth its head alone,
/// and reading a short one to its end lets the connection be used again.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// How long a connection may take, name resolution not counted: several round trips around the world.
const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept: across a burst, not across a quiet minute, since receivers close theirs.
const IDLE_WAIT: Duration = Duration::from_secs(20);
/// Unused connections kept for a host.
const IDLE_PER_HOST_MAX: usize = 2;

/// Where calls may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EgressPolicy {
    /// The public internet alone.
    PublicOnly,
    /// Private and loopback addresses as well (`egress_allow_private`): for receivers in the same network. Link-local
    /// addresses, which serve machine credentials in clouds, stay refused.
    PrivateToo,
}

/// Why a host is not called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a URL.
    #[error("is not a URL; expected `https://` and a host")]
    NotAUrl,
    /// Longer than anybody takes.
    #[error("is too long; expected at most {URL_BYTES_MAX} bytes once it is escaped")]
    TooLong,
    /// Neither `http` nor `https`.
    #[error("has the scheme `{0}`; expected `https` or `http`")]
    Scheme(String),
    /// A user name or password.
    #[error("holds a user name or password; leave them out")]
    Credentials,
    /// A port on which other protocols are spoken.
    #[error("has port {0}; expected 80, 443, or one from 1024 on")]
    Port(u16),
    /// The host is, or resolves to, an address that is not for us. Which one is not said: it is none of a team's
    /// business what a name means inside our network.
    #[error(
        "leads to a private, local or reserved address; name a host on the public internet, or allow private addresses with `egress_allow_private`"
    )]
    Address,
}

impl EgressPolicy {
    /// Reads a URL and checks all that can be said without resolving its name.
    pub fn check_url(self, text: &str) -> Result<Url, Refused> {
        if text.len() > URL_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        let url = Url::parse(text).map_err(|_| Refused::NotAUrl)?;
        // The parser escapes letters: what it writes is what is kept, checked again and called.
        if url.as_str().len() > URL_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refused::Scheme(url.scheme().chars().take(32).collect()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Credentials);
        }
        match url.port_or_known_default().unwrap_or(0) {
            80 | 443 | 1024.. => {}
            port => return Err(Refused::Port(port)),
        }
        // The parser turns every way of writing an IPv4 address (`0x7f.1`, `2130706433`) into an address.
        match url.host().ok_or(Refused::NotAUrl)? {
            Host::Ipv4(address) => self.check_address(address.into())?,
            Host::Ipv6(address) => self.check_address(address.into())?,
            Host::Domain(name) => self.check_name(name)?,
        }
        Ok(url)
    }

    /// Whether an address may be called.
    pub fn check_address(self, address: IpAddr) -> Result<(), Refused> {
        match (Reach::of(address), self) {
            (Reach::Public, _) | (Reach::Private, Self::PrivateToo) => Ok(()),
            (Reach::Private, Self::PublicOnly) | (Reach::Never, _) => Err(Refused::Address),
        }
    }

    /// Names that mean this machine wherever they are resolved (RFC 6761, 6.3).
    fn check_name(self, name: &str) -> Result<(), Refused> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        match self {
            Self::PublicOnly if name == "localhost" || name.ends_with(".localhost") => {
                Err(Refused::Address)
            }
            Self::PublicOnly | Self::PrivateToo => Ok(()),
        }
    }

    /// The addresses of a host, if every one of them may be called: a name that mixes public and private addresses is
    /// not to be trusted.
    pub async fn resolve(self, names: &dyn Names, host: &str) -> Result<Vec<IpAddr>, Unreached> {
        let addresses = names.resolve(host.to_owned()).await?;
        if addresses.is_empty() {
            return Err(Unreached::NoSuchHost);
        }
        for &address in &addresses {
            self.check_address(address)?;
        }
        Ok(addresses)
    }
}

/// A future on the heap, as trait objects need it.
pub type Boxed<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Turns names into addresses.
pub trait Names: Send + Sync + 'static {
    /// All addresses of a host.
    fn resolve(&self, host: String) -> Boxed<'static, Result<Vec<IpAddr>, Unreached>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy)]
pub struct SystemNames;

impl Names for SystemNames {
    fn resolve(&self, host: String) -> Boxed<'static, Result<Vec<IpAddr>, Unreached>> {
        Box::pin(async move {
            let found =
                tokio::net::lookup_host((host, 0)).await.map_err(|_| Unreached::NoSuchHost)?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// The policy forbids it.
    #[error("the URL {0}")]
    Refused(#[from] Refused),
    /// The name does not resolve.
    #[error("the host name could not be resolved")]
    NoSuchHost,
    /// Nobody listens, or the network is down.
    #[error("no connection could be made")]
    NoConnection,
    /// The certificate is not valid, or TLS failed in another way.
    #[error("the TLS handshake failed; check the certificate")]
    Tls,
    /// Nothing came within the time.
    #[error("no answer came in time")]
    TimedOut,
    /// The connection broke, or what came was not HTTP.
    #[error("the connection broke off before an answer came")]
    Broken,
}

/// What a host answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// When to come back, if it said so in a form that can be read.
    pub retry_after: Option<RetryAfter>,
}

/// What a host answered, with what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its head.
    pub reply: Reply,
    /// What stands in it.
    pub body: Body,
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// Longer than was asked for: cut off with the connection, and none of it kept.
    TooLong,
    /// The connection broke before its end.
    BrokenOff,
}

/// When to come back (RFC 9110, 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So many seconds from now.
    Seconds(u64),
    /// At this instant.
    At(Instant),
}

impl RetryAfter {
    /// Reads the header's value: digits, or a date in one of HTTP's three forms.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // Too many digits are a long time.
            return Some(Self::Seconds(text.parse().unwrap_or(u64::MAX)));
        }
        let since_1970 = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self::At(Instant::from_micros(i64::try_from(since_1970.as_micros()).ok()?)))
    }
}

/// Makes HTTP calls under the policy.
#[derive(Clone)]
pub struct Egress {
    policy: EgressPolicy,
    client: reqwest::Client,
}

impl Egress {
    /// Calls under this policy, names turned into addresses by `names`.
    pub fn new(policy: EgressPolicy, names: Arc<dyn Names>) -> Self {
        // Built by hand, so that a machine without any trusted certificates still starts, and calls over TLS fail
        // alone. Certificates that can't be read are left out.
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(
            rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .expect("ring has every safe protocol version")
        .with_root_certificates(roots)
        .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(CheckedNames { policy, names })
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_WAIT)
            .pool_idle_timeout(IDLE_WAIT)
            .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
            .user_agent(concat!("Rondo/", env!("CARGO_PKG_VERSION")))
            .build()
            .expect("a client of these parts can always be built");
        Self { policy, client }
    }

    /// The policy that calls pass.
    pub fn policy(&self) -> EgressPolicy {
        self.policy
    }

    /// Sends a JSON body and waits for the answer, however long it takes: the caller sets the limit by dropping this.
    pub async fn post_json(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Reply, Unreached> {
        let (reply, response) = self.send_json(url, headers, body).await?;
        // The status and the headers stand whatever becomes of the rest.
        let _ = read(response, ANSWER_BYTES_MAX).await;
        Ok(reply)
    }

    /// As [`Egress::post_json`], with the answer's body, of which `bytes_max` are read at most.
    pub async fn post_json_for_answer(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
        bytes_max: usize,
    ) -> Result<Answer, Unreached> {
        let (reply, response) = self.send_json(url, headers, body).await?;
        Ok(Answer { reply, body: read(response, bytes_max).await })
    }

    /// Sends any request, and reads up to so many bytes of the answer.
    pub async fn exchange(
        &self,
        request: http::Request<Vec<u8>>,
        bytes_max: usize,
    ) -> Result<http::Response<Vec<u8>>, Unreached> {
        self.policy.check_url(&request.uri().to_string())?;
        let request = reqwest::Request::try_from(request).map_err(|_| Refused::NotAUrl)?;
        let answer = self.client.execute(request).await.map_err(|error| unreached(&error))?;
        let mut response = http::Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        match read(answer, bytes_max).await {
            Body::Whole(bytes) => *response.body_mut() = bytes,
            Body::TooLong | Body::BrokenOff => return Err(Unreached::Broken),
        }
        Ok(response)
    }

    /// Sends a JSON body and waits for the head of the answer.
    async fn send_json(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<(Reply, reqwest::Response), Unreached> {
        // A host that is an address never meets the resolver: it is checked here, on every call.
        let url = self.policy.check_url(url)?;
        let mut request = self.client.post(url).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.body(body).send().await.map_err(|error| unreached(&error))?;
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| RetryAfter::parse(value.to_str().ok()?));
        Ok((Reply { status: response.status().as_u16(), retry_after }, response))
    }
}

/// Reads a body to its end, or to its limit.
async fn read(mut response: reqwest::Response, bytes_max: usize) -> Body {
    let mut whole = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if piece.len() > bytes_max - whole.len() => return Body::TooLong,
            Ok(Some(piece)) => whole.extend_from_slice(&piece),
            Ok(None) => return Body::Whole(whole),
            Err(_) => return Body::BrokenOff,
        }
    }
}

impl std::fmt::Debug for Egress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Egress").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// What the HTTP client asks for addresses: it connects to those and no others.
struct CheckedNames {
    policy: EgressPolicy,
    names: Arc<dyn Names>,
}

impl reqwest::dns::Resolve for CheckedNames {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let (policy, names) = (self.policy, Arc::clone(&self.names));
        Box::pin(async move {
            let addresses = policy.resolve(&*names, name.as_str()).await?;
            // Port 0 stands for the URL's own.
            let sockets = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(sockets) as reqwest::dns::Addrs)
        })
    }
}

/// Finds what went wrong in the chain of causes.
fn unreached(error: &reqwest::Error) -> Unreached {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(known) = current.downcast_ref::<Unreached>() {
            return known.clone();
        }
        if current.is::<rustls::Error>() {
            return Unreached::Tls;
        }
        // An I/O error answers the cause of its cause as its source: look at what it wraps itself.
        cause = match current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    if error.is_timeout() {
        Unreached::TimedOut
    } else if error.is_connect() {
        Unreached::NoConnection
    } else {
        Unreached::Broken
    }
}

#[cfg(test)]
mod tests;
