//! A message on its way out: its bytes as SMTP wants them, and whether the server can take them.

use super::dialogue::Reply;
use super::{Outcome, RECIPIENTS_MAX, Refusal};

/// What a server says that it can do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) has_starttls: bool,
    pub(super) has_pipelining: bool,
    pub(super) has_eight_bits: bool,
    pub(super) has_unicode_addresses: bool,
    pub(super) has_size: bool,
    pub(super) message_bytes_max: Option<u64>,
    logins: Vec<String>,
}

impl Offer {
    /// Reads the reply to EHLO: an extension a line, after that of the greeting.
    pub(super) fn of(reply: &Reply) -> Self {
        let mut offer = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            // `AUTH=` is how servers told the clients of the nineties.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("STARTTLS") => offer.has_starttls = true,
                Some("PIPELINING") => offer.has_pipelining = true,
                Some("8BITMIME") => offer.has_eight_bits = true,
                Some("SMTPUTF8") => offer.has_unicode_addresses = true,
                Some("SIZE") => {
                    offer.has_size = true;
                    let size = words.next().and_then(|word| word.parse().ok());
                    offer.message_bytes_max = size.filter(|&size| size > 0);
                }
                Some("AUTH") => offer.logins.extend(words.map(str::to_owned)),
                Some(_) | None => {}
            }
        }
        offer
    }

    /// Whether it takes a login in this way.
    pub(super) fn has_login(&self, way: &str) -> bool {
        self.logins.iter().any(|offered| offered == way)
    }
}

/// A message on its way out.
pub(super) struct Outgoing {
    bytes: Vec<u8>,
    has_eight_bits: bool,
    has_unicode_headers: bool,
}

impl Outgoing {
    /// Makes a message ready: every line ends in CRLF, dots at the beginning of lines are doubled, a dot alone ends it
    /// (RFC 5321, 4.5.2). No other line can then be taken for its end, whatever stood in the message.
    pub(super) fn new(message: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(message.len() + message.len() / 32 + 8);
        let mut has_unicode_headers = false;
        let mut is_header = true;
        let mut rest = message;
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
            is_header &= !line.is_empty();
            has_unicode_headers |= is_header && !line.is_ascii();
            if line.first() == Some(&b'.') {
                bytes.push(b'.');
            }
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
            rest = match after {
                [b'\r', b'\n', after @ ..] | [b'\r' | b'\n', after @ ..] => after,
                _ => after,
            };
        }
        bytes.extend_from_slice(b".\r\n");
        Self { bytes, has_eight_bits: !message.is_ascii(), has_unicode_headers }
    }

    /// What is sent after DATA.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes of the message without its end.
    fn size(&self) -> u64 {
        (self.bytes.len() - b".\r\n".len()) as u64
    }

    /// Whether the server can take it at all, and whom of the recipients it can be told of.
    pub(super) fn check(
        &self,
        offer: &Offer,
        envelope_from: &str,
        recipients: &[String],
    ) -> Result<Vec<Outcome>, Refusal> {
        if recipients.len() > RECIPIENTS_MAX {
            let text = format!("a message has at most {RECIPIENTS_MAX} recipients");
            return Err(Refusal::new(552, "5.5.3", &text));
        }
        if let Some(max) = offer.message_bytes_max.filter(|&max| self.size() > max) {
            let text = format!(
                "the message has {} bytes, and this server takes {max}; send it without attachments",
                self.size()
            );
            return Err(Refusal::new(552, "5.3.4", &text));
        }
        if self.has_eight_bits && !offer.has_eight_bits {
            let text =
                "the message is not all ASCII, and this server takes nothing else (8BITMIME)";
            return Err(Refusal::new(554, "5.6.3", text));
        }
        if self.has_unicode_headers && !offer.has_unicode_addresses {
            let text = "the message has headers in Unicode, and this server takes none (SMTPUTF8)";
            return Err(Refusal::new(554, "5.6.7", text));
        }
        if !envelope_from.is_empty() {
            nameable(envelope_from, offer)?;
        }
        let outcome = |recipient: &String| match nameable(recipient, offer) {
            Ok(()) => Outcome::Accepted,
            Err(refusal) => Outcome::Refused(refusal),
        };
        Ok(recipients.iter().map(outcome).collect())
    }

    /// What is said of it beside its sender.
    pub(super) fn parameters(&self, offer: &Offer, is_named_in_unicode: bool) -> String {
        let mut parameters = String::new();
        if offer.has_size {
            parameters.push_str(&format!(" SIZE={}", self.size()));
        }
        let is_unicode = is_named_in_unicode || self.has_unicode_headers;
        if self.has_eight_bits || is_unicode && offer.has_eight_bits {
            parameters.push_str(" BODY=8BITMIME");
        }
        if is_unicode {
            parameters.push_str(" SMTPUTF8");
        }
        parameters
    }
}

/// Whether an address can be told to this server, and is one as far as the line goes on which it stands.
fn nameable(address: &str, offer: &Offer) -> Result<(), Refusal> {
    let is_kept_apart = |c: char| c.is_control() || matches!(c, ' ' | '<' | '>');
    if !address.contains('@') || address.contains(is_kept_apart) || address.len() > 320 {
        return Err(Refusal::new(501, "5.1.3", "this is not an address that mail can be sent to"));
    }
    if !address.is_ascii() && !offer.has_unicode_addresses {
        let text = "the address is not all ASCII, and this server takes no other (SMTPUTF8)";
        return Err(Refusal::new(553, "5.6.7", text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(message: &[u8]) -> String {
        String::from_utf8(Outgoing::new(message).bytes().to_vec()).unwrap()
    }

    #[test]
    fn no_line_of_a_message_can_be_taken_for_its_end() {
        assert_eq!(sent(b"a\r\n.\r\n..b\r\n"), "a\r\n..\r\n...b\r\n.\r\n");
        for smuggled in ["\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r.\n", "\r\n.\r"] {
            let message = format!("a{smuggled}MAIL FROM:<b@c>");
            let sent = sent(message.as_bytes());
            assert_eq!(sent, "a\r\n..\r\nMAIL FROM:<b@c>\r\n.\r\n", "{smuggled:?}");
        }
    }

    #[test]
    fn a_message_ends_in_a_line_end_and_an_empty_one_is_empty() {
        assert_eq!(sent(b"a"), "a\r\n.\r\n");
        assert_eq!(sent(b"a\n\n"), "a\r\n\r\n.\r\n");
        assert_eq!(sent(b""), ".\r\n");
    }

    #[test]
    fn an_offer_is_read_however_it_is_written() {
        let lines = ["mail.example", "size 1000", "AUTH=LOGIN", "AUTH plain XOAUTH2", "x"];
        let reply = Reply { code: 250, lines: lines.map(str::to_owned).to_vec() };
        let offer = Offer::of(&reply);
        assert_eq!(offer.message_bytes_max, Some(1000));
        assert!(["PLAIN", "LOGIN", "XOAUTH2"].iter().all(|way| offer.has_login(way)));
        assert!(!offer.has_eight_bits && !offer.has_starttls && !offer.has_login("CRAM-MD5"));
    }

    #[test]
    fn nothing_but_an_address_gets_into_a_command() {
        let offer = Offer::default();
        for address in ["", "ann", "a@b>\r\nDATA", "a@b\nRSET", "<a@b", "a b@c", "a@b\0"] {
            assert_eq!(nameable(address, &offer).unwrap_err().code, 501, "{address:?}");
        }
        assert_eq!(nameable("ü@b.example", &offer).unwrap_err().code, 553);
        assert_eq!(nameable("o'neill+x@b.example", &offer), Ok(()));
    }

    #[test]
    fn what_a_server_cannot_take_is_refused_before_it_is_asked() {
        let recipients = ["ü@b.example".to_owned(), "a@b.example".to_owned()];
        let plain = Offer::default();
        let outcomes = Outgoing::new(b"A: b\n\nc").check(&plain, "", &recipients).unwrap();
        assert!(matches!(&outcomes[0], Outcome::Refused(no) if no.is_final()));
        assert_eq!(outcomes[1], Outcome::Accepted);

        let eight_bits = Offer { has_eight_bits: true, ..Offer::default() };
        let small = Offer { message_bytes_max: Some(5), ..Offer::default() };
        for (message, offer, enhanced) in [
            ("A: b\n\nü", &plain, "5.6.3"),
            ("A: ü\n\nb", &eight_bits, "5.6.7"),
            ("A: b\n\nc", &small, "5.3.4"),
        ] {
            let refusal = Outgoing::new(message.as_bytes()).check(offer, "", &recipients);
            assert_eq!(refusal.unwrap_err().enhanced.as_deref(), Some(enhanced));
        }
    }
}
