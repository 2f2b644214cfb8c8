//! Waiting for new mail: told by the server where it offers that (IDLE, RFC 2177), else asking again and again.

use std::time::Duration;

use async_imap::imap_proto::Response;

use super::super::within;
use super::wire::{ANSWER_BYTES_MAX, Done};
use super::{COMMAND, ReadFailure, Session};

/// How long the server is waited for in one go. Servers log out who was silent for half an hour, and routers on the way
/// forget connections sooner: a question now and then keeps both from it, and finds out if they did.
const IDLE_WAIT: Duration = Duration::from_secs(9 * 60);
/// How often a server is asked that does not tell by itself.
const ASK_PERIOD: Duration = Duration::from_secs(60);

/// What waiting brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// There may be new mail in the folder: ask for it.
    Arrived,
    /// Nothing.
    None,
}

impl Session {
    /// Returns once there may be new mail in the open folder, or the time is over. Mail that arrived since the folder
    /// was last listed is news too. If this is dropped while it waits, the session is over.
    pub async fn wait_for_news(&mut self, limit: Duration) -> Result<News, ReadFailure> {
        let clock = self.wire.clock();
        let end = clock.monotonic() + limit;
        loop {
            if self.wire.has_news {
                return Ok(News::Arrived);
            }
            let left = end.saturating_sub(clock.monotonic());
            if left.is_zero() {
                return Ok(News::None);
            }
            if self.is_told_of_news() {
                self.idle(left.min(IDLE_WAIT)).await?;
            } else {
                clock.wait(left.min(ASK_PERIOD)).await;
                self.ask("NOOP").await?;
            }
        }
    }

    /// Lets the server tell of news, until it does or the time is over.
    async fn idle(&mut self, limit: Duration) -> Result<(), ReadFailure> {
        let clock = self.wire.clock();
        let tag = self.wire.begin("IDLE", ANSWER_BYTES_MAX).await?;
        // Nothing is to be said before the server has agreed to it.
        let agreeing = async {
            loop {
                let is_agreed = |answer: &Response<'_>| matches!(answer, Response::Continue(_));
                match self.wire.next(&tag, is_agreed).await? {
                    (true, _) => return Ok::<_, ReadFailure>(None),
                    (false, Some(done)) => return Ok(Some(done)),
                    (false, None) => {}
                }
            }
        };
        match within(&*clock, "an answer to IDLE", COMMAND.time, agreeing).await?? {
            None => {}
            Some(Done::No(said)) => return Err(ReadFailure::Refused(said)),
            Some(Done::Ok) => return Err(ReadFailure::Broken),
        }
        let waiting = async {
            while !self.wire.has_news {
                if let (_, Some(_)) = self.wire.next(&tag, |_| {}).await? {
                    break;
                }
                // A server that says over and over that it is still there may do so.
                self.wire.allow(ANSWER_BYTES_MAX);
            }
            Ok::<_, ReadFailure>(())
        };
        tokio::select! {
            biased;
            told = waiting => told?,
            () = clock.wait(limit) => {}
        }
        if self.wire.is_in_step() {
            // It ended by itself.
            return Ok(());
        }
        let ending = async {
            self.wire.say(&[b"DONE\r\n"]).await?;
            while let (_, None) = self.wire.next(&tag, |_| {}).await? {}
            Ok(())
        };
        within(&*clock, "an end of IDLE", COMMAND.time, ending).await?
    }
}
