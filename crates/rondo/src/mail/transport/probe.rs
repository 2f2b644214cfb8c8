//! Trying the settings of a mail server, and saying in words what was found, or what is wrong and what to do.

use super::imap::{self, ReadFailure};
use super::smtp::{self, SendFailure};
use super::{Connector, GREETING, Security, Server, TimedOut};

/// Names of folders that are told where one is missing: what a person reads at a glance.
const FOLDERS_SHOWN_MAX: usize = 12;

/// Logs in to a server for sending, and sends nothing.
pub async fn probe_smtp(connector: &Connector, server: &Server) -> Result<String, String> {
    let session = smtp::open(connector, server).await.map_err(|failure| match failure {
        SendFailure::TimedOut(timed_out) => advice(&timed_out, server),
        SendFailure::Temporary(refusal) => {
            format!("the server is there, but serves nobody now, or not us: {refusal}")
        }
        SendFailure::Broken => broken(server),
        failure => failure.to_string(),
    })?;
    let size = session.message_bytes_max();
    session.quit().await;
    let size = size.map_or(String::new(), |bytes| {
        format!("; it takes messages of up to {} MB", bytes / 1_000_000)
    });
    Ok(format!("{}{size}", greeted(server)))
}

/// Logs in to a server for reading, and looks into the folder.
pub async fn probe_imap(
    connector: &Connector,
    server: &Server,
    folder: &str,
) -> Result<String, String> {
    let mut session = imap::open(connector, server).await.map_err(|failure| match failure {
        ReadFailure::TimedOut(timed_out) => advice(&timed_out, server),
        ReadFailure::Broken => broken(server),
        failure => failure.to_string(),
    })?;
    let found = match session.select(folder).await {
        Ok(found) => found,
        Err(failure @ ReadFailure::NoSuchFolder(_)) => {
            let there = session.folders().await.unwrap_or_default();
            session.log_out().await;
            return Err(missing(&failure, &there));
        }
        Err(failure) => return Err(failure.to_string()),
    };
    let news = match session.is_told_of_news() {
        true => "new mail is told at once (IDLE)",
        false => "new mail is asked for every minute, since IDLE is not offered",
    };
    session.log_out().await;
    let messages = match found.messages {
        1 => "1 message".to_owned(),
        count => format!("{count} messages"),
    };
    Ok(format!("{}; {messages} in `{folder}`; {news}", greeted(server)))
}

fn greeted(server: &Server) -> String {
    let how = match server.security {
        Security::Tls => "over TLS",
        Security::Starttls => "over TLS (STARTTLS)",
        Security::None => "without TLS",
    };
    match server.login {
        Some(_) => format!("logged in {how}"),
        None => format!("connected {how}, without a login"),
    }
}

/// A server that says nothing waits for us to begin: with TLS, most likely.
fn advice(timed_out: &TimedOut, server: &Server) -> String {
    match (timed_out.step, server.security) {
        (GREETING, Security::Starttls | Security::None) => format!(
            "the server on port {} says nothing; it may wait for TLS: choose TLS, or another port",
            server.port
        ),
        _ => timed_out.to_string(),
    }
}

fn broken(server: &Server) -> String {
    match server.security {
        Security::Starttls | Security::None => format!(
            "the server on port {} closed the connection; it may want TLS: choose TLS, or another port",
            server.port
        ),
        Security::Tls => "the server closed the connection; try again later".to_owned(),
    }
}

fn missing(failure: &ReadFailure, there: &[String]) -> String {
    let named: Vec<String> =
        there.iter().take(FOLDERS_SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    let more = there.len().saturating_sub(FOLDERS_SHOWN_MAX);
    match (named.is_empty(), more) {
        (true, _) => failure.to_string(),
        (false, 0) => format!("{failure}: {}", named.join(", ")),
        (false, more) => format!("{failure}: {}, and {more} more", named.join(", ")),
    }
}
