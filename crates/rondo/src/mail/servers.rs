//! The servers of a mailbox as they are kept: everything but their secrets.

use rondo_core::ids::{Id as _, MailboxId, TeamId};
use serde::{Deserialize, Serialize};

use crate::mail::transport::{Login, LoginMethod, Security, Server};
use crate::secrets::{Place, Sealed, Vault};

/// A server that mail is handed to, or fetched from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept private.
    pub security: Privacy,
    /// Who logs in; none where nobody has to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// What the secret is.
    #[serde(default)]
    pub auth: Auth,
    /// The folder that is read, for IMAP; `INBOX` where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
}

/// How a connection is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Privacy {
    /// TLS from the first byte.
    Tls,
    /// TLS from a command on, or not at all.
    Starttls,
    /// Not: for servers in the same network.
    None,
}

/// What a mailbox's secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// A password.
    #[default]
    Password,
    /// A bearer token (XOAUTH2).
    Oauth2,
}

/// Where the secret for handing over mail is kept.
pub fn smtp_secret(team: TeamId, mailbox: MailboxId) -> Place {
    Place { column: "mailboxes.smtp_secret", team, id: *mailbox.as_bytes() }
}

/// Where the secret for fetching mail is kept.
pub fn imap_secret(team: TeamId, mailbox: MailboxId) -> Place {
    Place { column: "mailboxes.imap_secret", team, id: *mailbox.as_bytes() }
}

/// Where the key of a team's qualifier is kept.
pub fn qualifier_key(team: TeamId) -> Place {
    Place { column: "qualifiers.sealed_key", team, id: *team.as_bytes() }
}

/// Why a server of a mailbox cannot be spoken to at all.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// They are not what was written.
    #[error("the settings of the server can't be read; enter them again")]
    Settings(#[from] serde_json::Error),
    /// Their secret does not open.
    #[error(transparent)]
    Sealed(#[from] Sealed),
}

/// A server as it is kept, ready to be spoken to.
pub fn server(
    vault: &Vault,
    settings: &str,
    secret: Option<&[u8]>,
    place: Place,
) -> Result<(Server, ServerSettings), Unusable> {
    let settings: ServerSettings = serde_json::from_str(settings)?;
    let secret = secret.map(|sealed| vault.open(place, sealed)).transpose()?;
    let login = settings.username.clone().zip(secret).map(|(username, secret)| Login {
        username,
        secret,
        method: match settings.auth {
            Auth::Password => LoginMethod::Password,
            Auth::Oauth2 => LoginMethod::OAuth2,
        },
    });
    let server = Server {
        host: settings.host.clone(),
        port: settings.port,
        security: match settings.security {
            Privacy::Tls => Security::Tls,
            Privacy::Starttls => Security::Starttls,
            Privacy::None => Security::None,
        },
        login,
    };
    Ok((server, settings))
}
