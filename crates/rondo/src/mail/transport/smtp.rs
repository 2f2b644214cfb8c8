//! Sending by SMTP (RFC 5321): a session with a server, and what became of each recipient.
//!
//! The dialogue is our own, since what a handover needs is an answer for each recipient: one that is refused must not
//! lose the message for the others. Nothing is ever sent twice by this module; what may be repeated is for the caller
//! to know ([`SendFailure::may_be_repeated`]).

mod dialogue;
mod failure;
mod login;
mod outgoing;

use std::time::Duration;

use super::connect::Protocol;
use super::{Connector, GREETING, NotReached, Security, Server, TlsTrouble};
use dialogue::{Dialogue, Reply, Trouble};
use failure::LOGIN_WANTED;
use outgoing::{Offer, Outgoing};

pub use failure::{Outcome, Refusal, SendFailure};

/// How long the server may take to greet: some let clients wait on purpose, to tell the impatient from the others.
const GREETING_WAIT: Duration = Duration::from_secs(45);
/// How long an answer may take (RFC 5321, 4.5.3.2): a server may ask others about a recipient before it answers.
const REPLY_WAIT: Duration = Duration::from_secs(5 * 60);
/// How long the server may take to get ready for a message (as above).
const DATA_WAIT: Duration = Duration::from_secs(2 * 60);
/// How long a block of a message may take to be sent (as above).
const BLOCK_WAIT: Duration = Duration::from_secs(3 * 60);
/// How long the server may take to accept a message (as above): who gives up sooner sends it twice.
const ACCEPT_WAIT: Duration = Duration::from_secs(10 * 60);
/// How long we wait for a farewell that changes nothing any more.
const QUIT_WAIT: Duration = Duration::from_secs(5);
/// Bytes that are sent at once.
const BLOCK_BYTES: usize = 64 * 1024;
/// Recipients of a message at most: what every server takes (RFC 5321, 4.5.3.1.8).
pub const RECIPIENTS_MAX: usize = 100;

/// The code with which a server closes the connection.
const CLOSING: u16 = 421;

/// Sends one message over a connection of its own.
///
/// The outcomes are those of the recipients, in their order. If all are refused, nothing was sent.
pub async fn send(
    connector: &Connector,
    server: &Server,
    envelope_from: &str,
    recipients: &[String],
    message: &[u8],
) -> Result<Vec<Outcome>, SendFailure> {
    let mut session = open(connector, server).await?;
    let sent = session.send(envelope_from, recipients, message).await;
    session.quit().await;
    sent
}

/// Connects to the server, by TLS if it is to be, and logs in.
pub async fn open(connector: &Connector, server: &Server) -> Result<Session, SendFailure> {
    let stream = connector.open(server, Protocol::Smtp).await?;
    let mut dialogue = Dialogue::new(stream, connector.clock());
    greeting(&mut dialogue).await?;
    let mut offer = hello(&mut dialogue).await?;
    if server.security == Security::Starttls {
        if !offer.has_starttls {
            return Err(TlsTrouble::NotOffered.into());
        }
        let reply = dialogue.ask("STARTTLS\r\n", "an answer to STARTTLS", REPLY_WAIT).await?;
        if reply.code != 220 {
            return Err(TlsTrouble::NotOffered.into());
        }
        // What came in the open after the answer was never said by the server: it is thrown away with the buffer.
        let stream = connector.secure(dialogue.into_stream(), &server.host).await?;
        dialogue = Dialogue::new(stream, connector.clock());
        offer = hello(&mut dialogue).await?;
    }
    if let Some(login) = &server.login {
        login::log_in(&mut dialogue, login, &offer).await?;
    }
    Ok(Session { dialogue, offer, state: State::Ready })
}

async fn greeting(dialogue: &mut Dialogue) -> Result<(), SendFailure> {
    match dialogue.reply(GREETING, GREETING_WAIT).await {
        Ok(Reply { code: 220, .. }) => Ok(()),
        // A server that serves nobody, or not us, may do so tomorrow; the message is not at fault.
        Ok(reply @ Reply { code: 400..=599, .. }) => Err(SendFailure::Temporary(reply.into())),
        Ok(_) => Err(NotReached::OtherProtocol("SMTP").into()),
        Err(Trouble::Broken) if dialogue.has_heard() => {
            Err(NotReached::OtherProtocol("SMTP").into())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

async fn hello(dialogue: &mut Dialogue) -> Result<Offer, SendFailure> {
    // A name of ours would have to resolve to this address: the address itself always does.
    let name = match dialogue.local_address() {
        Some(std::net::IpAddr::V4(address)) => format!("[{address}]"),
        Some(std::net::IpAddr::V6(address)) => format!("[IPv6:{address}]"),
        None => "[127.0.0.1]".to_owned(),
    };
    let reply = dialogue.ask(&format!("EHLO {name}\r\n"), "an answer to EHLO", REPLY_WAIT).await?;
    match reply.code {
        250 => Ok(Offer::of(&reply)),
        400..=599 => Err(SendFailure::Temporary(reply.into())),
        _ => Err(SendFailure::Broken),
    }
}

/// A connection that is logged in: for one message after the other.
///
/// One whose call did not return, because it failed on the way or was dropped, is over.
#[derive(Debug)]
pub struct Session {
    dialogue: Dialogue,
    offer: Offer,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The server waits for a message.
    Ready,
    /// The server has heard the beginning of a message that was given up.
    Begun,
    /// Nobody knows what the server waits for.
    Over,
}

impl Session {
    /// Whether another message can be sent.
    pub fn is_open(&self) -> bool {
        self.state != State::Over
    }

    /// Bytes of a message that the server takes at most, if it says so.
    pub fn message_bytes_max(&self) -> Option<u64> {
        self.offer.message_bytes_max
    }

    /// Sends a message. The outcomes are those of the recipients, in their order; if all are refused, nothing was sent.
    ///
    /// `envelope_from` is where reports of failed delivery go; empty for mail that must never cause one. Line ends of
    /// the message are made those of mail.
    pub async fn send(
        &mut self,
        envelope_from: &str,
        recipients: &[String],
        message: &[u8],
    ) -> Result<Vec<Outcome>, SendFailure> {
        let state = std::mem::replace(&mut self.state, State::Over);
        if state == State::Over {
            return Err(SendFailure::Broken);
        }
        let outgoing = Outgoing::new(message);
        let mut outcomes =
            outgoing.check(&self.offer, envelope_from, recipients).map_err(|no| {
                self.state = state;
                SendFailure::Permanent(no)
            })?;
        if !outcomes.contains(&Outcome::Accepted) {
            self.state = state;
            return Ok(outcomes);
        }
        let sent = self.transaction(state, envelope_from, recipients, &outgoing, &mut outcomes);
        self.state = sent.await?;
        Ok(outcomes)
    }

    /// Says goodbye, as far as the server cares to hear it.
    pub async fn quit(mut self) {
        if self.is_open() {
            // Everything that mattered was confirmed before.
            let _ = self.dialogue.ask("QUIT\r\n", "a farewell", QUIT_WAIT).await;
        }
    }

    /// Tells the envelope and the message, and notes who is refused in `outcomes`, which say whom to name at all.
    async fn transaction(
        &mut self,
        state: State,
        envelope_from: &str,
        recipients: &[String],
        outgoing: &Outgoing,
        outcomes: &mut [Outcome],
    ) -> Result<State, SendFailure> {
        if state == State::Begun {
            let reply = self.dialogue.ask("RSET\r\n", "an answer to RSET", REPLY_WAIT).await?;
            if reply.code != 250 {
                return Err(SendFailure::of(reply));
            }
        }
        let named: Vec<usize> =
            (0..recipients.len()).filter(|&n| outcomes[n] == Outcome::Accepted).collect();
        let is_named_in_unicode =
            !envelope_from.is_ascii() || named.iter().any(|&n| !recipients[n].is_ascii());
        let parameters = outgoing.parameters(&self.offer, is_named_in_unicode);
        let mut commands = vec![format!("MAIL FROM:<{envelope_from}>{parameters}\r\n")];
        commands.extend(named.iter().map(|&n| format!("RCPT TO:<{}>\r\n", recipients[n])));
        let mut replies = self.tell(&commands).await?.into_iter();
        let begun = replies.next().expect("the first command is always given");
        if !begun.is_good() {
            return self.give_up(begun);
        }
        for (&n, reply) in named.iter().zip(replies) {
            match reply.code {
                250..=259 => {}
                CLOSING => return Err(SendFailure::of(reply)),
                code if LOGIN_WANTED.contains(&code) => return self.give_up(reply),
                400..=599 => outcomes[n] = Outcome::Refused(reply.into()),
                _ => return Err(SendFailure::Broken),
            }
        }
        if !outcomes.contains(&Outcome::Accepted) {
            return Ok(State::Begun);
        }
        let ready = self.dialogue.ask("DATA\r\n", "an answer to DATA", DATA_WAIT).await?;
        if ready.code != 354 {
            return self.give_up(ready);
        }
        let accepted = self.dialogue.content(outgoing.bytes()).await?;
        match accepted.code {
            250..=259 => Ok(State::Ready),
            _ => self.give_up(accepted),
        }
    }

    /// Tells the envelope: all at once where the server offers it (RFC 2920), else one command after the other, until the
    /// first is refused or the server closes. A reply for each command that was given.
    async fn tell(&mut self, commands: &[String]) -> Result<Vec<Reply>, SendFailure> {
        const STEP: &str = "an answer to the envelope";
        let mut replies = Vec::with_capacity(commands.len());
        if self.offer.has_pipelining {
            self.dialogue.say(commands.concat().as_bytes(), STEP, REPLY_WAIT).await?;
            for _ in commands {
                replies.push(self.dialogue.reply(STEP, REPLY_WAIT).await?);
            }
        } else {
            for command in commands {
                let reply = self.dialogue.ask(command, STEP, REPLY_WAIT).await?;
                let is_over = reply.code == CLOSING || replies.is_empty() && !reply.is_good();
                replies.push(reply);
                if is_over {
                    break;
                }
            }
        }
        Ok(replies)
    }

    /// The failure that a reply means; the session goes on after it unless the server closes it.
    fn give_up(&mut self, reply: Reply) -> Result<State, SendFailure> {
        if reply.code != CLOSING {
            self.state = State::Begun;
        }
        Err(SendFailure::of(reply))
    }
}
