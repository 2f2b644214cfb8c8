//! The console in a real browser: Debian's Chromium, without a window.
//!
//! Needs `chromium` and `chromedriver`, and axe in `target/axe`; `./test` installs all of them.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails where it stands")]

mod chromium;
mod page;
#[path = "../cli/program.rs"]
#[allow(dead_code, reason = "the tests of the command line do more with it")]
mod program;

mod looks;
mod stories;
