//! Mail as people and programs send it, each message beside what is to be read in it.
//!
//! `tests/fixtures/mail` holds pairs: `NAME.eml`, a raw message, and `NAME.txt`, its reading. To add a case, add a pair.
//! `tests/fixtures/outgoing` holds what Rondo itself sends, as it is to be, byte by byte.

mod composing;
mod damage;
mod pairs;
mod sent;
mod templates;
mod tokens;
mod windows;
