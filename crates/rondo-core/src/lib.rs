//! The rules of Rondo as pure functions: values in, values out.
//!
//! [`decide()`] takes a [`Team`], a [`Command`], the [`Facts`] it needs and the time, and answers the events that follow
//! or a [`Refusal`]. [`Team::apply`] is the only way in which a team changes. Nothing here reads a clock, draws a
//! random number, or does I/O.

pub mod command;
pub mod coverage;
pub mod decide;
pub mod detail;
pub mod event;
pub mod explain;
pub mod facts;
pub mod ids;
pub mod mail;
pub mod refusal;
pub mod rotation;
pub mod team;
pub mod text;
pub mod time;

pub use command::{Answer, Command};
pub use decide::{Decided, decide};
pub use detail::Detail;
pub use event::{Actor, Entry, Event};
pub use facts::{Facts, Needs};
pub use refusal::{Refusal, Warning};
pub use team::{Team, TeamParts};
pub use time::{Instant, Period};
