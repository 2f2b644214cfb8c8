//! Mail servers to try conversations with by hand: the Postfix and the Dovecot of the tests, until they are interrupted.

#[path = "../../tests/common/mail_server.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the tests do more with it")]
mod mail_server;

use mail_server::{MailServer, OPEN_ADDRESS};

const USERS: [&str; 4] = ["ida@example.test", "rosa@lead.test", "ann@rep.test", "bo@rep.test"];
const PASSWORD: &str = "secret";

/// Runs them, and says how they are reached.
pub fn run() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let users = USERS.map(|user| (user, PASSWORD));
        let server = MailServer::start(&users).await;
        let ports = server.ports;
        println!("Mailboxes: {}; the password of each is `{PASSWORD}`.", USERS.join(", "));
        println!(
            "SMTP: 127.0.0.1 port {}; IMAP: {OPEN_ADDRESS} port {}; neither speaks TLS.",
            ports.smtp_open, ports.imap
        );
        println!("Both end with Ctrl-C.");
        tokio::signal::ctrl_c().await.expect("the system tells of Ctrl-C");
    });
}
