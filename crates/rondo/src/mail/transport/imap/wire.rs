//! Commands and answers of IMAP, each bounded in time and length.
//!
//! The library parses; the commands are written here. Its own take the end of the connection, or a server's no, for the
//! end of an answer: mail would be skipped without a word.

use std::sync::Arc;
use std::time::Duration;

use async_imap::Client;
use async_imap::imap_proto::{MailboxDatum, Response, Status};
use tokio::io::AsyncWriteExt as _;

use super::super::connect::Stream;
use super::super::{Said, within};
use super::ReadFailure;
use super::bounded::{Bounded, TooLong};
use crate::clock::Clock;

/// Bytes of an answer to a command that asks for no mail: the longest tell of folders.
pub(super) const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// How a command ended.
pub(super) enum Done {
    Ok,
    /// The server does not do it: `NO`, or `BAD`.
    No(Said),
}

/// How long an answer may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) step: &'static str,
    pub(super) time: Duration,
    pub(super) bytes: usize,
}

/// A connection on which IMAP is spoken.
pub(super) struct Wire {
    client: Client<Bounded<Stream>>,
    clock: Arc<dyn Clock>,
    commands: u32,
    /// Messages in the folder, as far as the server has told.
    pub(super) messages: u32,
    /// Whether mail came that nobody has looked for yet.
    pub(super) has_news: bool,
    /// Whether the last command was answered in full.
    is_in_step: bool,
}

impl Wire {
    pub(super) fn new(stream: Stream, clock: &Arc<dyn Clock>) -> Self {
        Self {
            client: Client::new(Bounded::new(stream)),
            clock: Arc::clone(clock),
            commands: 0,
            messages: 0,
            has_news: false,
            is_in_step: true,
        }
    }

    /// The connection. What was received and not read is lost.
    pub(super) fn into_stream(self) -> Stream {
        self.client.into_inner().into_inner()
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// Whether the other side has said anything.
    pub(super) fn has_heard(&self) -> bool {
        self.client.get_ref().has_received()
    }

    /// Whether another command can be given.
    pub(super) fn is_in_step(&self) -> bool {
        self.is_in_step
    }

    /// Gives a command, and everything that is answered to `each`.
    pub(super) async fn command(
        &mut self,
        command: &str,
        limit: Limit,
        each: impl FnMut(&Response<'_>),
    ) -> Result<Done, ReadFailure> {
        self.dialogue(command, limit, &[], each).await
    }

    /// Gives a command that the server has questions about, which are answered in their order, and then with nothing.
    pub(super) async fn command_with(
        &mut self,
        command: &str,
        limit: Limit,
        answers: &[&[u8]],
    ) -> Result<Done, ReadFailure> {
        self.dialogue(command, limit, answers, |_| {}).await
    }

    async fn dialogue(
        &mut self,
        command: &str,
        limit: Limit,
        answers: &[&[u8]],
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<Done, ReadFailure> {
        let clock = self.clock();
        let mut left = answers.iter();
        let dialogue = async {
            let tag = self.begin(command, limit.bytes).await?;
            loop {
                let see = |answer: &Response<'_>| {
                    each(answer);
                    matches!(answer, Response::Continue(_))
                };
                let (is_question, done) = self.next(&tag, see).await?;
                if let Some(done) = done {
                    return Ok(done);
                }
                if is_question && !answers.is_empty() {
                    let answer = left.next().copied().unwrap_or_default();
                    self.say(&[answer, b"\r\n"]).await?;
                }
            }
        };
        within(&*clock, limit.step, limit.time, dialogue).await?
    }

    /// Sends a command; its tag. Until [`Self::next`] has seen its end, no other can be given.
    pub(super) async fn begin(
        &mut self,
        command: &str,
        bytes: usize,
    ) -> Result<String, ReadFailure> {
        if !std::mem::take(&mut self.is_in_step) {
            return Err(ReadFailure::Broken);
        }
        self.commands = self.commands.wrapping_add(1);
        let tag = format!("R{}", self.commands);
        self.client.get_mut().allow(bytes);
        self.say(&[tag.as_bytes(), b" ", command.as_bytes(), b"\r\n"]).await?;
        Ok(tag)
    }

    /// Sends these bytes as they are.
    pub(super) async fn say(&mut self, pieces: &[&[u8]]) -> Result<(), ReadFailure> {
        let bytes = zeroize::Zeroizing::new(pieces.concat());
        let stream = self.client.get_mut();
        stream.write_all(&bytes).await.map_err(|_| ReadFailure::Broken)?;
        stream.flush().await.map_err(|_| ReadFailure::Broken)
    }

    /// Allows so many bytes to come from now on.
    pub(super) fn allow(&mut self, bytes: usize) {
        self.client.get_mut().allow(bytes);
    }

    /// What `see` makes of the next answer, and how the command of this tag ended, if it is that. May be dropped while it
    /// waits: nothing is lost.
    pub(super) async fn next<T>(
        &mut self,
        tag: &str,
        see: impl FnOnce(&Response<'_>) -> T,
    ) -> Result<(T, Option<Done>), ReadFailure> {
        let answer = match self.client.read_response().await {
            Ok(Some(answer)) => answer,
            Ok(None) => return Err(ReadFailure::Broken),
            Err(error) => {
                let is_too_long = error.get_ref().is_some_and(|inner| inner.is::<TooLong>());
                return Err(if is_too_long { ReadFailure::TooLong } else { ReadFailure::Broken });
            }
        };
        let answer = answer.parsed();
        let mut done = None;
        match answer {
            Response::MailboxData(MailboxDatum::Exists(messages)) => {
                self.has_news |= *messages > self.messages;
                self.messages = *messages;
            }
            Response::Expunge(_) => self.messages = self.messages.saturating_sub(1),
            Response::Done { tag: answered, status, outcome } if answered.0 == tag => {
                self.is_in_step = true;
                done = Some(match status {
                    Status::Ok => Done::Ok,
                    _ => Done::No(Said::new(outcome.information.as_deref().unwrap_or_default())),
                });
            }
            _ => {}
        }
        Ok((see(answer), done))
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("messages", &self.messages).finish_non_exhaustive()
    }
}
