//! Mail as people and programs send it, each message beside what is to be read in it.
//!
//! `tests/fixtures/mail` holds pairs: `NAME.eml`, a raw message, and `NAME.txt`, its reading. To add a case, add a pair.

mod damage;
mod pairs;
