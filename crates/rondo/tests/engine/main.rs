//! The engine over a real store: batches, repeats, other processes, faults, bounds, the clock.

#![allow(clippy::unwrap_used)]

mod batches;
mod bounds;
mod clock;
mod failing;
mod faults;
mod gauges;
mod processes;
mod repeats;
mod waiting;
mod world;
