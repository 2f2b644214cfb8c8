//! Logging in to an IMAP server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

use super::super::{Login, LoginMethod, Said};
use super::wire::{Done, Wire};
use super::{COMMAND, Offer, ReadFailure};

/// Words with which a server says that it cannot tell now whether the login is right (RFC 5530).
const PASSING: [&str; 3] = ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]"];

/// Logs in, in the way that the login is for and the server offers.
pub(super) async fn log_in(
    wire: &mut Wire,
    login: &Login,
    offer: &Offer,
) -> Result<(), ReadFailure> {
    let refused = |text: &str| Err(ReadFailure::LoginRefused(Said::new(text)));
    let done = match login.method {
        LoginMethod::OAuth2 if offer.has("AUTH=XOAUTH2") => {
            // The reason of a refusal comes as another question, which is answered with nothing.
            let answer = Zeroizing::new(BASE64.encode(login.bearer()));
            wire.command_with("AUTHENTICATE XOAUTH2", COMMAND, &[answer.as_bytes()]).await?
        }
        LoginMethod::Password if offer.has("AUTH=PLAIN") => {
            let answer = Zeroizing::new(BASE64.encode(login.plain()));
            wire.command_with("AUTHENTICATE PLAIN", COMMAND, &[answer.as_bytes()]).await?
        }
        LoginMethod::Password if !offer.has("LOGINDISABLED") => {
            let password = login.secret.bytes();
            let Some(command) = plain_login(&login.username, password) else {
                return refused(
                    "this server takes no user name or password with other letters than those of ASCII",
                );
            };
            wire.command(&command, COMMAND, |_| {}).await?
        }
        LoginMethod::OAuth2 => {
            return refused("the server offers no login with an access token (XOAUTH2)");
        }
        LoginMethod::Password => {
            return refused(
                "the server offers no login with a password on this connection; choose TLS",
            );
        }
    };
    match done {
        Done::Ok => Ok(()),
        Done::No(said) if PASSING.iter().any(|word| said.as_str().starts_with(word)) => {
            Err(ReadFailure::Refused(said))
        }
        Done::No(said) => Err(ReadFailure::LoginRefused(said)),
    }
}

/// The command LOGIN, if its strings can stand in quotes.
fn plain_login(username: &str, password: &[u8]) -> Option<Zeroizing<String>> {
    let password = std::str::from_utf8(password).ok()?;
    let mut command = Zeroizing::new(String::with_capacity(256));
    command.push_str("LOGIN");
    for text in [username, password] {
        if !text.chars().all(|c| matches!(c, ' '..='~')) {
            return None;
        }
        command.push_str(" \"");
        for c in text.chars() {
            if matches!(c, '"' | '\\') {
                command.push('\\');
            }
            command.push(c);
        }
        command.push('"');
    }
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_stands_in_quotes_whatever_it_holds() {
        let command = plain_login("ann@acme.example", br#"a "b" \c"#).unwrap();
        assert_eq!(*command, r#"LOGIN "ann@acme.example" "a \"b\" \\c""#);
        for password in ["a\r\nR1 DELETE INBOX", "ü", "\0"] {
            assert!(plain_login("ann", password.as_bytes()).is_none());
        }
    }
}
