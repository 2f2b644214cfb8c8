//! The built program as people run it: a server process, and commands that speak to it or to its database.

#![allow(clippy::unwrap_used)]

mod demo;
mod import;
mod logs;
mod moving;
mod program;
mod route;
mod setup;
mod story;
mod traces;
mod users;
