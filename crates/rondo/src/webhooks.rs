//! Webhooks: signed events sent to the URLs that a team named.
//!
//! What is queued for whom is decided with the event itself; [`crate::jobs::deliveries`] sends it.

pub mod payload;
pub mod signing;

pub use payload::Payloads;

use rondo_core::Command;
use rondo_core::event::WebhookEvent;
use rondo_core::ids::{Id as _, TeamId, WebhookId};

use crate::clock::Entropy;
use crate::egress::{EgressPolicy, Refused};
use crate::secrets::{Place, Sealed, Vault};

use signing::SigningSecret;

/// A webhook about to be made: the command that makes it, and the secret, which is shown once.
#[derive(Debug)]
pub struct NewWebhook {
    /// The webhook.
    pub webhook: WebhookId,
    /// What the engine is to do.
    pub command: Command,
    /// What its deliveries are signed with.
    pub secret: SigningSecret,
}

/// Prepares a webhook: checks its URL against the policy, draws its secret and seals it.
pub fn prepare(
    team: TeamId,
    webhook: WebhookId,
    url: &str,
    mut events: Vec<WebhookEvent>,
    policy: EgressPolicy,
    vault: &Vault,
    entropy: &dyn Entropy,
) -> Result<NewWebhook, Refused> {
    // As the parser writes it, which is what will be called.
    let url = policy.check_url(url)?.to_string();
    events.sort_unstable();
    events.dedup();
    let secret = SigningSecret::draw(entropy);
    let sealed_secret = vault.seal(place(team, webhook), secret.as_secret(), entropy);
    let command = Command::AddWebhook { webhook, url, events, sealed_secret };
    Ok(NewWebhook { webhook, command, secret })
}

/// The secret that a webhook's deliveries are signed with, out of the store.
pub fn secret_of(
    vault: &Vault,
    team: TeamId,
    webhook: WebhookId,
    sealed: &[u8],
) -> Result<SigningSecret, Sealed> {
    vault.open(place(team, webhook), sealed).map(SigningSecret::from_secret)
}

fn place(team: TeamId, webhook: WebhookId) -> Place {
    Place { column: "webhooks.sealed_secret", team, id: *webhook.as_bytes() }
}
