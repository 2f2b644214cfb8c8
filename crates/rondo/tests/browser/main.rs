//! The console in a real browser: Debian's Chromium, without a window.
//!
//! Needs `chromium` and `chromedriver`, axe in `target/axe`, and a provider in `target/oidc`; `./test` installs all of them.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails where it stands")]

mod chromium;
mod page;
#[path = "../cli/program.rs"]
#[allow(dead_code, reason = "the tests of the command line do more with it")]
mod program;
#[path = "../common/provider.rs"]
#[allow(dead_code, unreachable_pub, reason = "the tests of the console do more with it")]
mod provider;

mod looks;
mod signing_in;
mod stories;
