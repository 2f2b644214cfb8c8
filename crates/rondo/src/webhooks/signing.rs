//! Signing per Standard Webhooks 1.0: a receiver checks with its library of choice that an event is ours, and new.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac as _};
use rondo_core::Instant;
use rondo_core::ids::DeliveryId;
use sha2::Sha256;

use crate::clock::Entropy;
use crate::secrets::Secret;

/// Bytes in a signing secret; the standard allows 24 to 64, and more than the hash's 32 add nothing.
const SECRET_BYTES: usize = 32;
/// What a secret begins with when it is shown.
const SECRET_PREFIX: &str = "whsec_";

/// The secret that a webhook and its receiver share.
#[derive(Debug)]
pub struct SigningSecret(Secret);

impl SigningSecret {
    /// A new secret.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut bytes = vec![0; SECRET_BYTES];
        entropy.fill(&mut bytes);
        Self(Secret::new(bytes))
    }

    /// The secret as it came out of the vault.
    pub fn from_secret(secret: Secret) -> Self {
        Self(secret)
    }

    /// As it goes into the vault.
    pub fn as_secret(&self) -> &Secret {
        &self.0
    }

    /// As its receiver needs it: `whsec_` and Base64. Shown once.
    pub fn shown(&self) -> String {
        format!("{SECRET_PREFIX}{}", BASE64.encode(self.0.bytes()))
    }

    /// The three headers of one attempt. The id stays the same over every attempt, so that a receiver can tell a
    /// repeat; the time is the attempt's, so that an old request can't be played again.
    pub fn headers(
        &self,
        delivery: DeliveryId,
        now: Instant,
        body: &[u8],
    ) -> [(&'static str, String); 3] {
        let id = delivery.to_string();
        let timestamp = now.as_micros().div_euclid(1_000_000);
        let signature = self.signature(&id, timestamp, body);
        [
            ("webhook-id", id),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature),
        ]
    }

    fn signature(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.bytes()).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the standard's reference libraries are tested with.
    #[test]
    fn the_standards_own_example_gives_its_signature() {
        let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let secret = SigningSecret(Secret::new(BASE64.decode(secret).unwrap()));
        assert_eq!(secret.shown(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(
            secret.signature(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                br#"{"test": 2432232314}"#
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
