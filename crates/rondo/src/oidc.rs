//! Signing in with a provider of OpenID Connect: the authorization code flow with PKCE, a state and a nonce.
//!
//! What a provider says is believed only as far as it proves it: the crate checks the issuer, the audience, the signature,
//! the nonce and the times of its ID token. All that is wanted of it is an email address that it calls verified; who may
//! sign in with that address is for others to know. The provider is the operator's choice, so it may be at a private
//! address. It is asked for the first time when somebody signs in with it: one that is away keeps no server from starting.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims,
    CoreJwsSigningAlgorithm as Signed, CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AsyncHttpClient, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, DiscoveryError, EmptyAdditionalClaims, EndUserEmail, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, SignatureVerificationError, TokenResponse as _,
};
use rondo_core::text::Email;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use url::Url;

use crate::clock::{Clock, Entropy};
use crate::egress::{Boxed, Egress, Unreached};

/// Where a provider sends people back to, below the server's public URL.
pub const BACK_PATH: &str = "sign-in/back";

/// Bytes of what a provider answers at most: its description and its keys are some kilobytes.
const ANSWER_BYTES_MAX: usize = 512 * 1024;
/// How long a provider may take for an answer: somebody waits for it before an empty page.
const ANSWER_WAIT: Duration = Duration::from_secs(10);
/// How long a provider's description and keys are believed. New keys are looked for sooner where a signature asks for one.
const KNOWN_PERIOD: Duration = Duration::from_secs(60 * 60);
/// How long nobody asks again for what a provider failed to say, and for keys that it did not have.
const FAILED_PERIOD: Duration = Duration::from_secs(5);
/// Random bytes in a state, a nonce and a verifier: nobody guesses one, and the verifier has the 43 characters that are the
/// fewest (RFC 7636).
const RANDOM_BYTES: usize = 32;

/// How tokens may be signed: with a key of the provider's own. What is signed with the client's secret, or not at all, is
/// not believed.
const SIGNED: [Signed; 9] = [
    Signed::RsaSsaPkcs1V15Sha256,
    Signed::RsaSsaPkcs1V15Sha384,
    Signed::RsaSsaPkcs1V15Sha512,
    Signed::RsaSsaPssSha256,
    Signed::RsaSsaPssSha384,
    Signed::RsaSsaPssSha512,
    Signed::EcdsaP256Sha256,
    Signed::EcdsaP384Sha384,
    Signed::EdDsa,
];

/// The provider, as the operator names it.
#[derive(Debug, Clone)]
pub struct OidcOptions {
    /// Its address, below which it describes itself.
    pub issuer: IssuerUrl,
    /// How it knows this server.
    pub client_id: ClientId,
    /// By what this server proves who it is.
    pub client_secret: ClientSecret,
    /// What people call it.
    pub name: String,
}

/// A provider that people may sign in with.
pub struct Oidc {
    options: OidcOptions,
    back: RedirectUrl,
    line: Line,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

/// How a provider is asked, in bounded time and bytes.
struct Line {
    egress: Egress,
    clock: Arc<dyn Clock>,
}

impl<'l> AsyncHttpClient<'l> for Line {
    type Error = Unreached;
    type Future = Boxed<'l, Result<HttpResponse, Unreached>>;

    fn call(&'l self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            tokio::select! {
                answer = self.egress.exchange(request, ANSWER_BYTES_MAX) => answer,
                () = self.clock.wait(ANSWER_WAIT) => Err(Unreached::TimedOut),
            }
        })
    }
}

/// What is known of a provider, by the monotonic clock.
#[derive(Default)]
struct Known {
    metadata: Option<(Arc<CoreProviderMetadata>, Duration)>,
    failed_at: Option<Duration>,
}

/// Why nobody is let in by a provider. No variant repeats what a provider said: it may name the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// It does not answer, or not as a provider does.
    #[error("it can't be reached just now; try again in a moment, or sign in another way")]
    Away,
    /// It did not take the code: used before, too old, or never given.
    #[error("it did not confirm who you are; begin again")]
    NotConfirmed,
    /// Its token is not to be believed.
    #[error("what it says can't be verified; whoever runs this server finds the cause in its log")]
    NotVerified,
    /// It does not say an address.
    #[error("it does not say your email address; whoever runs it can let it pass the address on")]
    NoEmail,
    /// It does not say that the address is theirs.
    #[error(
        "it does not say that your email address is verified; verify the address there, or ask whoever runs it, then try again"
    )]
    UnverifiedEmail,
}

/// What somebody takes along to a provider and back, sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Flow {
    state: String,
    nonce: String,
    verifier: String,
}

impl Flow {
    fn new(entropy: &dyn Entropy) -> Self {
        let random = || {
            let mut bytes = [0; RANDOM_BYTES];
            entropy.fill(&mut bytes);
            BASE64.encode(bytes)
        };
        Self { state: random(), nonce: random(), verifier: random() }
    }

    /// Whether somebody who comes back with this state set out with this flow.
    pub fn has_state(&self, state: &str) -> bool {
        self.state.as_bytes().ct_eq(state.as_bytes()).into()
    }
}

/// Hides what opens a session: debug output reaches logs.
impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flow(…)")
    }
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Oidc {
    /// A provider, and the server that it sends people back to.
    pub fn new(
        options: OidcOptions,
        public_url: &Url,
        egress: Egress,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let back = public_url.join(BACK_PATH).expect("a path can be joined to a public URL");
        let back = RedirectUrl::from_url(back);
        let line = Line { egress, clock: clock.clone() };
        Self { options, back, line, clock, known: Mutex::default() }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.options.name
    }

    /// Whether an answer is of this provider, as far as it says whose it is (RFC 9207).
    pub fn is_issuer(&self, issuer: Option<&str>) -> bool {
        issuer.is_none_or(|issuer| issuer == self.options.issuer.as_str())
    }

    /// Where somebody goes to sign in, and what they take along.
    pub async fn start(&self, entropy: &dyn Entropy) -> Result<(Url, Flow), OidcError> {
        let client = self.client(&*self.metadata().await?);
        let flow = Flow::new(entropy);
        let verifier = PkceCodeVerifier::new(flow.verifier.clone());
        let (state, nonce) = (flow.state.clone(), flow.nonce.clone());
        let (url, _, _) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok((url, flow))
    }

    /// The verified address of somebody who came back with a code.
    pub async fn finish(&self, flow: &Flow, code: &str) -> Result<Email, OidcError> {
        let metadata = self.metadata().await?;
        let client = self.client(&metadata);
        let tokens = self.tokens(&client, flow, code).await?;
        let token = tokens.id_token().ok_or_else(|| doubt("there is no ID token"))?;
        let nonce = Nonce::new(flow.nonce.clone());
        let claims = match self.verified(&client, token, &nonce) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                // The provider may have new keys.
                let client = self.client(&*self.renewed(&metadata).await?);
                self.verified(&client, token, &nonce).cloned()
            }
            claims => claims.cloned(),
        };
        let claims = claims.map_err(|error| doubt(why(&error)))?;
        match verified_email(claims.email(), claims.email_verified()) {
            Err(OidcError::NoEmail | OidcError::UnverifiedEmail)
                if client.user_info_url().is_some() =>
            {
                let told = self.told(&client, tokens.access_token(), &claims).await?;
                verified_email(told.email(), told.email_verified())
            }
            known => known,
        }
    }

    async fn tokens(
        &self,
        client: &Client,
        flow: &Flow,
        code: &str,
    ) -> Result<CoreTokenResponse, OidcError> {
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| doubt("it names no place for tokens"))?
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()));
        request.request_async(&self.line).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(response) => {
                tracing::warn!(error = %response.error(), "The provider of sign-ins did not take a code.");
                OidcError::NotConfirmed
            }
            RequestTokenError::Request(error) => away(&error),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                doubt("its answer with tokens can't be read")
            }
        })
    }

    fn verified<'t>(
        &self,
        client: &Client,
        token: &'t CoreIdToken,
        nonce: &Nonce,
    ) -> Result<&'t CoreIdTokenClaims, ClaimsVerificationError> {
        let now = u64::try_from(self.clock.now().as_micros()).unwrap_or(0);
        let now = UNIX_EPOCH + Duration::from_micros(now);
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNED);
        token.claims(&verifier.set_time_fn(move || now.into()), nonce)
    }

    /// What the provider tells of the person beside its ID token.
    async fn told(
        &self,
        client: &Client,
        access: &AccessToken,
        claims: &CoreIdTokenClaims,
    ) -> Result<CoreUserInfoClaims, OidcError> {
        let subject = Some(claims.subject().clone());
        let request = client.user_info(access.clone(), subject);
        let request = request.map_err(|_| OidcError::NoEmail)?;
        let told = request.request_async::<EmptyAdditionalClaims, _, _>(&self.line).await;
        told.map_err(|error| match error {
            openidconnect::UserInfoError::Request(error) => away(&error),
            _ => doubt("what it tells of the person can't be read"),
        })
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> Client {
        let OidcOptions { client_id, client_secret, .. } = self.options.clone();
        let ways = metadata.token_endpoint_auth_methods_supported();
        // Without a word the header is meant (OpenID Connect Discovery 1.0, 3).
        let by_header =
            ways.is_none_or(|ways| ways.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let way = if by_header { AuthType::BasicAuth } else { AuthType::RequestBody };
        CoreClient::from_provider_metadata(metadata.clone(), client_id, Some(client_secret))
            .set_redirect_uri(self.back.clone())
            .set_auth_type(way)
    }

    /// The provider's description, as it is known or asked for.
    async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let now = self.clock.monotonic();
        let known = self.known().metadata.clone();
        match known {
            Some((metadata, at)) if now.saturating_sub(at) < KNOWN_PERIOD => Ok(metadata),
            // What was known may do as long as nothing newer can be had.
            Some((metadata, _)) => Ok(self.ask().await.unwrap_or(metadata)),
            None => self.ask().await,
        }
    }

    /// The provider's description with keys that what was `known` lacks; a recent one has them, or nothing has.
    async fn renewed(
        &self,
        known: &Arc<CoreProviderMetadata>,
    ) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let now = self.clock.monotonic();
        let newest = self.known().metadata.clone();
        match newest {
            Some((newest, at))
                if now.saturating_sub(at) < FAILED_PERIOD || !Arc::ptr_eq(&newest, known) =>
            {
                Ok(newest)
            }
            _ => self.ask().await,
        }
    }

    /// Asks the provider to describe itself, but not just after it failed to.
    async fn ask(&self) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let now = self.clock.monotonic();
        if self.known().failed_at.is_some_and(|at| now.saturating_sub(at) < FAILED_PERIOD) {
            return Err(OidcError::Away);
        }
        let issuer = self.options.issuer.clone();
        match CoreProviderMetadata::discover_async(issuer, &self.line).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *self.known() = Known { metadata: Some((metadata.clone(), now)), failed_at: None };
                Ok(metadata)
            }
            Err(error) => {
                self.known().failed_at = Some(now);
                Err(match error {
                    DiscoveryError::Request(error) => away(&error),
                    error => {
                        let cause = error.to_string();
                        tracing::warn!(cause, "The provider of sign-ins does not describe itself.");
                        OidcError::Away
                    }
                })
            }
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hides the secret, and is short.
impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oidc({})", self.options.issuer.as_str())
    }
}

fn verified_email(
    email: Option<&EndUserEmail>,
    is_verified: Option<bool>,
) -> Result<Email, OidcError> {
    let email = email.ok_or(OidcError::NoEmail)?;
    if is_verified != Some(true) {
        return Err(OidcError::UnverifiedEmail);
    }
    Email::parse(email.trim()).map_err(|_| OidcError::NoEmail)
}

fn away(error: &Unreached) -> OidcError {
    tracing::warn!(%error, "The provider of sign-ins can't be reached.");
    OidcError::Away
}

fn doubt(why: &str) -> OidcError {
    tracing::warn!(why, "What the provider of sign-ins says can't be verified.");
    OidcError::NotVerified
}

/// Why a token is not believed, without what stands in it.
fn why(error: &ClaimsVerificationError) -> &'static str {
    use ClaimsVerificationError as Why;
    match error {
        Why::Expired(_) => "its ID token has expired; compare the clocks of both machines",
        Why::InvalidAudience(_) => "its ID token is for another client",
        Why::InvalidIssuer(_) => "its ID token is of another issuer",
        Why::InvalidNonce(_) => "its ID token has another nonce",
        Why::SignatureVerification(_) => "its ID token is not signed with a key of its own",
        _ => "its ID token is not as it should be",
    }
}
