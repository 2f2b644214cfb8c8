//! The settings of the provider that people may sign in with: all that it needs, or nothing.

use openidconnect::{ClientId, ClientSecret, IssuerUrl};
use url::{Host, Url};

use super::{Key, Settings};
use crate::oidc::OidcOptions;

/// Characters of a provider's name at most: it stands on a button.
const NAME_CHARS_MAX: usize = 40;

impl Settings {
    /// The provider; none where nothing of it is set, or something is wrong.
    pub(super) fn oidc(&mut self) -> Option<OidcOptions> {
        let names =
            [Key::OidcClientId, Key::OidcClientSecret, Key::OidcClientSecretFile, Key::OidcName];
        let set: Vec<_> = names.iter().filter_map(|key| self.values.get(key)).collect();
        let first = set.first().map(|setting| setting.origin.clone());
        let has_issuer = self.values.contains_key(&Key::OidcIssuer);
        let issuer = self.parsed(Key::OidcIssuer, issuer);
        let client_id = self.parsed(Key::OidcClientId, |text| filled(text).map(ClientId::new));
        let secret = self.text_or_file(Key::OidcClientSecret, Key::OidcClientSecretFile);
        let name = self.parsed(Key::OidcName, |text| {
            let is_fitting = text.chars().count() <= NAME_CHARS_MAX;
            filled(text).ok().filter(|_| is_fitting).ok_or_else(|| {
                format!(
                    "is `{text}`; expected 1 to {NAME_CHARS_MAX} characters, such as `Acme SSO`"
                )
            })
        });
        if let (Some(origin), false) = (first, has_issuer) {
            self.problems.push(format!("{origin} is set without `oidc_issuer`; set that too"));
        }
        if !has_issuer {
            return None;
        }
        let secret = secret.map(|secret| secret.text).filter(|secret| !secret.is_empty());
        for (key, is_there) in
            [(Key::OidcClientId, client_id.is_some()), (Key::OidcClientSecret, secret.is_some())]
        {
            if !is_there {
                let missing = key.name();
                self.problems
                    .push(format!("`oidc_issuer` is set without `{missing}`; set that too"));
            }
        }
        let issuer = issuer?;
        let host = issuer.url().host_str().unwrap_or_default().to_owned();
        Some(OidcOptions {
            issuer,
            client_id: client_id?,
            client_secret: ClientSecret::new(secret?),
            name: name.unwrap_or(host),
        })
    }
}

fn filled(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// The address of a provider, as it writes it itself: with its last slash, or without. Passwords and keys travel there.
fn issuer(text: &str) -> Result<IssuerUrl, String> {
    let is_safe = |url: &Url| match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => name == "localhost",
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    };
    let is_plain = |url: &Url| {
        url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    let url = text.parse::<Url>().ok().filter(|url| is_safe(url) && is_plain(url));
    url.and_then(|_| IssuerUrl::new(text.to_owned()).ok()).ok_or_else(|| {
        "is not the plain address of a provider; expected one such as `https://login.example.com`, or `http` on this machine \
         alone"
            .to_owned()
    })
}
