//! Logging in to an SMTP server (RFC 4954).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

use super::super::{Login, LoginMethod};
use super::dialogue::{Dialogue, Reply};
use super::outgoing::Offer;
use super::{REPLY_WAIT, Refusal, SendFailure};

/// The server wants to hear more.
const GO_ON: u16 = 334;

/// Logs in, in the way that the login is for and the server offers.
pub(super) async fn log_in(
    dialogue: &mut Dialogue,
    login: &Login,
    offer: &Offer,
) -> Result<(), SendFailure> {
    let name = login.username.as_bytes();
    let reply = match login.method {
        LoginMethod::OAuth2 if offer.has_login("XOAUTH2") => {
            let reply = told(dialogue, "AUTH XOAUTH2 ", &login.bearer()).await?;
            // The reason of a refusal comes as a question, to be answered with nothing.
            if reply.code == GO_ON { told(dialogue, "", b"").await? } else { reply }
        }
        LoginMethod::Password if offer.has_login("PLAIN") => {
            told(dialogue, "AUTH PLAIN ", &login.plain()).await?
        }
        LoginMethod::Password if offer.has_login("LOGIN") => {
            let mut reply = dialogue.ask("AUTH LOGIN\r\n", STEP, REPLY_WAIT).await?;
            for answer in [name, login.secret.bytes()] {
                if reply.code == GO_ON {
                    reply = told(dialogue, "", answer).await?;
                }
            }
            reply
        }
        LoginMethod::Password | LoginMethod::OAuth2 => {
            let wanted = match login.method {
                LoginMethod::Password => "a password (PLAIN or LOGIN)",
                LoginMethod::OAuth2 => "an access token (XOAUTH2)",
            };
            let text = format!("the server offers no login with {wanted} on this port");
            return Err(SendFailure::LoginRefused(Refusal::new(504, "5.5.4", &text)));
        }
    };
    match reply.code {
        235 => Ok(()),
        400..=499 => Err(SendFailure::Temporary(reply.into())),
        500..=599 => Err(SendFailure::LoginRefused(reply.into())),
        _ => Err(SendFailure::Broken),
    }
}

const STEP: &str = "an answer to the login";

/// Says something in Base64 after `command`.
async fn told(dialogue: &mut Dialogue, command: &str, secret: &[u8]) -> Result<Reply, SendFailure> {
    let mut line = Zeroizing::new(String::with_capacity(command.len() + 2 * secret.len() + 8));
    line.push_str(command);
    BASE64.encode_string(secret, &mut line);
    line.push_str("\r\n");
    Ok(dialogue.ask(&line, STEP, REPLY_WAIT).await?)
}
