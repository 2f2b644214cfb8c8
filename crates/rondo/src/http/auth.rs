//! Who calls: API keys, the roles' reach, and the throttling by address and by key.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use lru::LruCache;
use rondo_core::Actor;
use rondo_core::ids::{Id, TeamId};
use rondo_core::time::Instant;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

use crate::api_key::ApiKey;
use crate::app::{App, Caller, role_name};
use crate::clock::Clock;
use crate::http::codes::Code;
use crate::http::operations::{Operation, Reach};
use crate::http::problem::Problem;
use crate::throttle::{Throttle, Ticks, network};

/// How long a key that was looked up is believed: a revocation on another node holds within five seconds, the rest is
/// for the look-up itself.
const BELIEVED: Duration = Duration::from_secs(4);
/// Keys remembered at most: about 3 MB, and far more than are in use within four seconds.
const REMEMBERED_MAX: usize = 10_000;
/// Requests without a valid key from one address: bursts of so many …
const STRANGERS_BURST: u32 = 200;
/// … and so many each second after that: a person or a script with a wrong key never notices, and a guesser would
/// need longer than the universe has lasted.
const STRANGERS_PER_SECOND: u32 = 20;
/// Keys that are looked up for the first time at the same moment: few, since strangers make up as many as they like, and
/// each takes a connection from those who have work to do.
const FIRST_LOOK_UPS: usize = 4;
/// Between two lines of the log on the same network that is slowed down.
const STORM_PERIOD: Duration = Duration::from_secs(60);
/// A second brings room for at least one request, whatever the limit.
const RETRY_SECONDS: u64 = 1;

/// Tells callers by their keys.
pub(super) struct Authenticator {
    app: App,
    known: Mutex<LruCache<[u8; 32], Known>>,
    strangers: Throttle<IpAddr>,
    /// Networks whose strangers are slowed down, and until when no key of theirs is looked up.
    slowed: Mutex<LruCache<IpAddr, Duration>>,
    /// Turns at looking up a key that is not remembered.
    first_look_ups: Semaphore,
    /// Lines of the log on those who were slowed down.
    storms: Throttle<IpAddr>,
    /// For keys that were not given a limit of their own.
    key_requests_per_second_max: Option<NonZeroU32>,
}

#[derive(Clone)]
struct Known {
    caller: Arc<Caller>,
    expires_at: Option<Instant>,
    /// None for a key without a limit.
    pace: Option<Arc<Pace>>,
    /// None once it has to be looked up again.
    looked_up_at: Option<Duration>,
}

impl Authenticator {
    /// One that looks keys up in the app's store, and lets each make so many requests a second, unless it has a limit
    /// of its own.
    pub(super) fn new(app: App, key_requests_per_second_max: Option<NonZeroU32>) -> Self {
        let size = std::num::NonZeroUsize::new(REMEMBERED_MAX).expect("the limit is not zero");
        let each = |count| NonZeroU32::new(count).expect("the limits are not zero");
        let quota =
            Quota::per_second(each(STRANGERS_PER_SECOND)).allow_burst(each(STRANGERS_BURST));
        let strangers = Throttle::new(quota, app.clock());
        let quota = Quota::with_period(STORM_PERIOD).expect("the period is not zero");
        let storms = Throttle::new(quota, app.clock());
        let known = Mutex::new(LruCache::new(size));
        let slowed = Mutex::new(LruCache::new(size));
        let first_look_ups = Semaphore::new(FIRST_LOOK_UPS);
        Self { app, known, strangers, slowed, first_look_ups, storms, key_requests_per_second_max }
    }

    /// Who calls; a problem when nobody that we know.
    pub(super) async fn caller(
        &self,
        headers: &HeaderMap,
        address: Option<SocketAddr>,
    ) -> Result<Arc<Caller>, Problem> {
        let known = self.known(headers, address).await?;
        known.pace.as_ref().map_or(Ok(()), |pace| pace.admit())?;
        Ok(known.caller)
    }

    /// Whether what opened a stream opens it still; counts as no request.
    pub(super) async fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        self.known(headers, None).await.map(drop)
    }

    async fn known(
        &self,
        headers: &HeaderMap,
        address: Option<SocketAddr>,
    ) -> Result<Known, Problem> {
        let Some(key) = bearer(headers) else {
            let detail = "this needs an API key; send `Authorization: Bearer …`";
            return Err(self.refuse_stranger(address, detail));
        };
        let hash = key.hash();
        let now = self.app.clock().monotonic();
        let remembered = || self.remembered(&hash).filter(|known| known.caller.team == key.team());
        let known = match remembered() {
            Some(known) if known.is_believed(now) => Some(known),
            // A key that was good a moment ago is looked up again whatever strangers at its address do. In a box, since
            // it is seldom done, and every request would hold the room for it.
            Some(_) => Box::pin(self.look_up(key.team(), hash, now)).await?,
            None => Box::pin(self.look_up_first(&key, hash, network(address))).await?,
        };
        let known = known.ok_or_else(|| {
            self.refuse_stranger(address, "the API key is not known or was revoked")
        })?;
        if known.expires_at.is_some_and(|expires_at| expires_at <= self.app.clock().now()) {
            let detail = "the API key has expired; ask an admin for a new one";
            return Err(self.refuse_stranger(address, detail));
        }
        Ok(known)
    }

    /// What stands in the store of a key that is not remembered, in its turn. By then somebody else may have looked it up,
    /// or its network may be known for wrong ones.
    async fn look_up_first(
        &self,
        key: &ApiKey,
        hash: [u8; 32],
        network: IpAddr,
    ) -> Result<Option<Known>, Problem> {
        if self.is_slowed(network) {
            return Err(slow_down());
        }
        let _turn = self.first_look_ups.acquire().await.expect("the turns never end");
        let now = self.app.clock().monotonic();
        let remembered = self.remembered(&hash).filter(|known| known.caller.team == key.team());
        match remembered.filter(|known| known.is_believed(now)) {
            Some(known) => Ok(Some(known)),
            None if self.is_slowed(network) => Err(slow_down()),
            None => self.look_up(key.team(), hash, now).await,
        }
    }

    /// What somebody without a valid key is told. Only they count: a thousand clients behind one proxy may all come at
    /// once after a start, when no key is remembered.
    fn refuse_stranger(&self, address: Option<SocketAddr>, detail: &str) -> Problem {
        let network = network(address);
        self.strangers.forget_quiet();
        if self.strangers.admit(&network) {
            return Problem::new(Code::Unauthenticated, detail);
        }
        let until = self.app.clock().monotonic() + Duration::from_secs(RETRY_SECONDS);
        self.slowed.lock().expect("nothing panics while it holds the networks").put(network, until);
        self.note_storm(&network);
        slow_down()
    }

    /// Whether no key from this network is looked up for the moment.
    fn is_slowed(&self, network: IpAddr) -> bool {
        let now = self.app.clock().monotonic();
        let mut slowed = self.slowed.lock().expect("nothing panics while it holds the networks");
        slowed.get(&network).is_some_and(|until| now < *until)
    }

    /// Says that somebody is slowed down, but not whom: an address is personal data.
    fn note_storm(&self, network: &IpAddr) {
        self.storms.forget_quiet();
        if self.storms.admit(network) {
            tracing::info!(
                "Many requests without a valid API key come from one network; they are slowed down."
            );
        }
    }

    /// Has every key looked up again, so that a revocation holds on this node at once.
    pub(super) fn forget_all(&self) {
        self.lock().iter_mut().for_each(|(_, known)| known.looked_up_at = None);
    }

    /// What stands in the store; none for a key that is not known or was revoked.
    async fn look_up(
        &self,
        team: TeamId,
        hash: [u8; 32],
        now: Duration,
    ) -> Result<Option<Known>, Problem> {
        let row = self.app.store().key_with_secret(team, &hash).await?;
        let row = row.filter(|row| bool::from(row.hash.ct_eq(&hash)));
        let Some(row) = row else {
            self.lock().pop(&hash);
            return Ok(None);
        };
        let (actor, role) = (Actor::Key(row.key), row.role);
        let caller = Caller { team, actor, role, rep: row.rep, mailbox: row.mailbox };
        let max = row.requests_per_second_max.or(self.key_requests_per_second_max);
        let mut all = self.lock();
        // What it used up of its limit is not given back by looking it up again.
        let before = all.peek(&hash).and_then(|before| before.pace.clone());
        let pace =
            max.map(|max| before.unwrap_or_else(|| Arc::new(Pace::new(max, self.app.clock()))));
        let caller = Arc::new(caller);
        let known = Known { caller, expires_at: row.expires_at, pace, looked_up_at: Some(now) };
        all.put(hash, known.clone());
        Ok(Some(known))
    }

    fn remembered(&self, hash: &[u8; 32]) -> Option<Known> {
        self.lock().get(hash).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<[u8; 32], Known>> {
        self.known.lock().expect("nothing panics while it holds the known keys")
    }
}

impl Known {
    fn is_believed(&self, now: Duration) -> bool {
        self.looked_up_at.is_some_and(|at| now.saturating_sub(at) < BELIEVED)
    }
}

fn bearer(headers: &HeaderMap) -> Option<ApiKey> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    // RFC 9110, 11.1: the scheme's case makes no difference.
    scheme.eq_ignore_ascii_case("bearer").then(|| ApiKey::parse(key.trim()).ok()).flatten()
}

fn slow_down() -> Problem {
    let refusal = "many requests without a valid API key came from this address";
    Problem::retry_later(Code::TooManyRequests, refusal, RETRY_SECONDS)
}

/// Whether a caller's role reaches an operation, and the thing of theirs that `path` names.
pub(super) fn authorize(caller: &Caller, operation: &Operation, path: &str) -> Result<(), Problem> {
    let role = role_name(caller.role);
    match operation.reach(caller.role) {
        Reach::Team => Ok(()),
        Reach::Own => match (caller.rep, caller.mailbox) {
            (Some(rep), _) => authorize_own(rep, named_in(operation.path, "{rep}", path), role),
            (None, Some(mailbox)) => {
                authorize_own(mailbox, named_in(operation.path, "{mbx}", path), role)
            }
            (None, None) => Err(forbidden(role)),
        },
        Reach::Nothing => Err(forbidden(role)),
    }
}

/// Whether what the path names, if anything, is the caller's own. The use case narrows what it shows to that.
fn authorize_own<I: Id + FromStr>(own: I, named: Option<&str>, role: &str) -> Result<(), Problem> {
    match named {
        Some(named) if named.parse::<I>().ok() != Some(own) => Err(Problem::new(
            Code::Forbidden,
            format!(
                "a key with the role `{role}` is for `{own}` alone; use one with the role `admin`"
            ),
        )),
        Some(_) | None => Ok(()),
    }
}

/// What stands for a parameter in a path.
fn named_in<'p>(template: &str, parameter: &str, path: &'p str) -> Option<&'p str> {
    let mut parts = template.split('/').zip(path.split('/'));
    parts.find(|(name, _)| *name == parameter).map(|(_, named)| named)
}

fn forbidden(role: &str) -> Problem {
    Problem::new(
        Code::Forbidden,
        format!(
            "a key with the role `{role}` may not do this; see the table of roles in the API guide"
        ),
    )
}

/// Slows down one key that asks too often. A key's limit never changes.
struct Pace(RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Nanos>>);

impl Pace {
    fn new(requests_per_second_max: NonZeroU32, clock: &Arc<dyn Clock>) -> Self {
        let quota = Quota::per_second(requests_per_second_max);
        Self(RateLimiter::direct_with_clock(quota, Ticks::new(clock)))
    }

    fn admit(&self) -> Result<(), Problem> {
        self.0.check().map_err(|_| {
            let refusal = "this API key makes more requests than it may";
            Problem::retry_later(Code::TooManyRequests, refusal, RETRY_SECONDS)
        })
    }
}
