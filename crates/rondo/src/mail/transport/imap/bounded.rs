//! A connection on which no more is received than was asked for.
//!
//! The parser of IMAP takes half a gigabyte before it minds, and makes room for a literal as soon as it is announced.
//! So what comes is counted here, and what is announced is looked at, before the parser sees it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What stands in an [`io::Error`] where the server said more than was asked for.
#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than it may be")]
pub(super) struct TooLong;

/// A stream that fails once more is received than allowed.
#[derive(Debug)]
pub(super) struct Bounded<S> {
    stream: S,
    allowance: usize,
    has_received: bool,
    literals: Literals,
}

impl<S> Bounded<S> {
    /// Nothing is allowed at first.
    pub(super) fn new(stream: S) -> Self {
        Self { stream, allowance: 0, has_received: false, literals: Literals::default() }
    }

    /// From now on, so many bytes may come.
    pub(super) fn allow(&mut self, bytes: usize) {
        self.allowance = bytes;
    }

    /// Whether anything came at all.
    pub(super) fn has_received(&self) -> bool {
        self.has_received
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = into.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, into))?;
        let received = &into.filled()[before..];
        this.has_received |= !received.is_empty();
        let announced = this.literals.see(received);
        match this.allowance.checked_sub(received.len()) {
            Some(left) if announced <= left => this.allowance = left,
            Some(_) | None => {
                into.set_filled(before);
                return Poll::Ready(Err(io::Error::other(TooLong)));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

/// Where in the literals of what is received we are: `{5}`, a line end, and five bytes that are anything.
#[derive(Debug, Default)]
struct Literals {
    /// Bytes of a literal that are still to come.
    left: usize,
    /// The number in braces that has begun, or ended.
    number: Option<usize>,
    is_closed: bool,
}

impl Literals {
    /// Takes note of bytes, and says how many were announced to follow them.
    fn see(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            if self.left > 0 {
                let skipped = self.left.min(rest.len());
                self.left -= skipped;
                rest = &rest[skipped..];
                continue;
            }
            rest = after;
            match (byte, self.number, self.is_closed) {
                (b'{', ..) => (self.number, self.is_closed) = (Some(0), false),
                (b'0'..=b'9', Some(number), false) => {
                    let digit = usize::from(byte - b'0');
                    self.number = Some(number.saturating_mul(10).saturating_add(digit));
                }
                // `{5+}` is a literal that its sender did not ask for.
                (b'+', Some(_), false) => {}
                (b'}', Some(_), false) => self.is_closed = true,
                (b'\r', Some(_), true) => {}
                (b'\n', Some(number), true) => {
                    self.left = number;
                    (self.number, self.is_closed) = (None, false);
                }
                _ => (self.number, self.is_closed) = (None, false),
            }
        }
        self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_seen_when_it_is_announced_and_not_inside_of_another() {
        let text = b"* 1 FETCH (BODY[] {12}\r\nab {999}\r\ncd)\r\nA1 OK {7} words\r\n";
        for cut in 0..text.len() {
            let mut literals = Literals::default();
            assert!(literals.see(&text[..cut]) <= 12, "{cut}");
            assert_eq!(literals.see(&text[cut..]), 0, "{cut}");
        }
        assert_eq!(Literals::default().see(b"* 1 FETCH (BODY[] {500000000}\r\n"), 500_000_000);
        assert_eq!(Literals::default().see(b"{99999999999999999999999}\r\n"), usize::MAX);
    }

    #[tokio::test]
    async fn no_more_is_received_than_is_allowed() {
        use tokio::io::AsyncReadExt as _;
        let mut stream = Bounded::new(&b"abcdef"[..]);
        stream.allow(6);
        let mut read = Vec::new();
        stream.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, b"abcdef");

        let mut stream = Bounded::new(&b"abcdefg"[..]);
        stream.allow(6);
        assert!(stream.read_to_end(&mut Vec::new()).await.is_err());

        let mut stream = Bounded::new(&b"{100}\r\n"[..]);
        stream.allow(99);
        assert!(stream.read_to_end(&mut Vec::new()).await.is_err());
    }
}
