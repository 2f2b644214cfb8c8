//! Commands and replies of SMTP, each bounded in time and length.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};

use super::super::connect::Stream;
use super::super::{TimedOut, within};
use super::{ACCEPT_WAIT, BLOCK_BYTES, BLOCK_WAIT};
use crate::clock::Clock;

/// Bytes of a line of a reply at most: four times what the standard allows.
const LINE_BYTES_MAX: u64 = 2048;
/// Lines of a reply at most: the longest are those that list what a server offers.
const LINES_MAX: usize = 100;
/// How long we wait for the reply of a server that took no more of a message: it has said it before, or never will.
const LAST_WORD_WAIT: Duration = Duration::from_secs(2);

/// Why there is no reply.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The connection ended, or what came is no reply.
    Broken,
    /// It did not come in time.
    TimedOut(TimedOut),
}

impl From<std::io::Error> for Trouble {
    fn from(_: std::io::Error) -> Self {
        Self::Broken
    }
}

impl From<TimedOut> for Trouble {
    fn from(timed_out: TimedOut) -> Self {
        Self::TimedOut(timed_out)
    }
}

/// What a server answered.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// The three digits.
    pub(super) code: u16,
    /// The text of each line.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// Whether the command was carried out.
    pub(super) fn is_good(&self) -> bool {
        matches!(self.code, 200..=299)
    }

    /// The enhanced code with which the text begins (RFC 2034), if its class is that of the reply.
    pub(super) fn enhanced(&self) -> Option<&str> {
        let word = self.lines.first()?.split(' ').next()?;
        let parts: Vec<&str> = word.split('.').collect();
        let is_number =
            |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let is_code = parts.len() == 3
            && parts.iter().all(is_number)
            && parts[0].parse() == Ok(self.code / 100);
        is_code.then_some(word)
    }

    /// The text in one line; an enhanced code stands once.
    pub(super) fn text(&self) -> String {
        let enhanced = self.enhanced();
        let mut text = String::new();
        for (n, line) in self.lines.iter().enumerate() {
            let repeated = enhanced.filter(|_| n > 0).and_then(|code| line.strip_prefix(code));
            if n > 0 {
                text.push(' ');
            }
            text.push_str(repeated.map_or(line.as_str(), str::trim_start));
        }
        text
    }
}

/// A connection on which SMTP is spoken.
pub(super) struct Dialogue {
    stream: BufReader<Stream>,
    clock: Arc<dyn Clock>,
    has_heard: bool,
}

impl Dialogue {
    pub(super) fn new(stream: Stream, clock: &Arc<dyn Clock>) -> Self {
        Self { stream: BufReader::new(stream), clock: Arc::clone(clock), has_heard: false }
    }

    /// The connection. What was received and not read is lost.
    pub(super) fn into_stream(self) -> Stream {
        self.stream.into_inner()
    }

    pub(super) fn local_address(&self) -> Option<IpAddr> {
        self.stream.get_ref().local_address()
    }

    /// Whether the other side has said anything.
    pub(super) fn has_heard(&self) -> bool {
        self.has_heard
    }

    /// Sends a command, with its line end, and reads the reply.
    pub(super) async fn ask(
        &mut self,
        command: &str,
        step: &'static str,
        limit: Duration,
    ) -> Result<Reply, Trouble> {
        self.say(command.as_bytes(), step, limit).await?;
        self.reply(step, limit).await
    }

    /// Sends bytes.
    pub(super) async fn say(
        &mut self,
        bytes: &[u8],
        step: &'static str,
        limit: Duration,
    ) -> Result<(), Trouble> {
        let stream = self.stream.get_mut();
        let saying = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        Ok(within(&*self.clock, step, limit, saying).await??)
    }

    /// Sends the content of a message, made ready for it, and reads what the server makes of it.
    pub(super) async fn content(&mut self, bytes: &[u8]) -> Result<Reply, Trouble> {
        for block in bytes.chunks(BLOCK_BYTES) {
            match self.say(block, "taking a part of the message", BLOCK_WAIT).await {
                Ok(()) => {}
                // A server that has enough says why before it closes.
                Err(Trouble::Broken) => return self.reply("a last word", LAST_WORD_WAIT).await,
                Err(trouble) => return Err(trouble),
            }
        }
        self.reply("accepting the message", ACCEPT_WAIT).await
    }

    /// Reads a reply.
    pub(super) async fn reply(
        &mut self,
        step: &'static str,
        limit: Duration,
    ) -> Result<Reply, Trouble> {
        let clock = Arc::clone(&self.clock);
        within(&*clock, step, limit, self.read_reply()).await?
    }

    async fn read_reply(&mut self) -> Result<Reply, Trouble> {
        let mut lines = Vec::new();
        let mut first = None;
        while lines.len() < LINES_MAX {
            let mut line = Vec::new();
            (&mut self.stream).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await?;
            self.has_heard |= !line.is_empty();
            let (code, mark, text) = parse_line(&line).ok_or(Trouble::Broken)?;
            if *first.get_or_insert(code) != code {
                return Err(Trouble::Broken);
            }
            lines.push(text);
            if mark == Mark::Last {
                return Ok(Reply { code, lines });
            }
        }
        Err(Trouble::Broken)
    }
}

impl std::fmt::Debug for Dialogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialogue").finish_non_exhaustive()
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Mark {
    More,
    Last,
}

/// The code of a line, whether more follow, and its text. Servers write in many encodings: what is not UTF-8 is marked.
fn parse_line(line: &[u8]) -> Option<(u16, Mark, String)> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (code, rest) = line.split_at_checked(3)?;
    if !matches!(code, [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9']) {
        return None;
    }
    let code = code.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    let (mark, text) = match rest {
        [] => (Mark::Last, &[][..]),
        [b' ', text @ ..] => (Mark::Last, text),
        [b'-', text @ ..] => (Mark::More, text),
        [..] => return None,
    };
    Some((code, mark, String::from_utf8_lossy(text).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_reply_is_read_however_servers_write_it() {
        let read = |line: &[u8]| parse_line(line);
        assert_eq!(read(b"250-SIZE 5\r\n"), Some((250, Mark::More, "SIZE 5".to_owned())));
        assert_eq!(read(b"250\r\n"), Some((250, Mark::Last, String::new())));
        assert_eq!(
            read(b"550 Postfach nicht verf\xfcgbar\n"),
            Some((550, Mark::Last, "Postfach nicht verf\u{fffd}gbar".to_owned()))
        );
        for line in
            [&b"250 no line end"[..], b"", b"25\r\n", b"* OK\r\n", b"199 x\r\n", b"250x\r\n"]
        {
            assert_eq!(read(line), None);
        }
    }

    #[test]
    fn an_enhanced_code_is_that_of_the_replys_class_and_stands_once() {
        let reply = |code, lines: &[&str]| Reply {
            code,
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        };
        let refused = reply(550, &["5.1.1 no such user", "5.1.1 here"]);
        assert_eq!(refused.enhanced(), Some("5.1.1"));
        assert_eq!(refused.text(), "5.1.1 no such user here");
        assert_eq!(reply(450, &["5.1.1 x"]).enhanced(), None);
        assert_eq!(reply(550, &["192.0.2.1 is listed"]).enhanced(), None);
    }
}
