//! The conformance suite: what every database must do, each case named once and expanded for each database.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cases;
mod citus;
mod server;
mod upgrade;
mod world;

/// One test a case, on one database.
macro_rules! suite {
    ($database:ident) => {
        crate::cases::all!($database);
    };
}

suite!(sqlite);
suite!(postgres);
