//! What the server does by itself.

pub mod deliveries;
pub mod due;
pub mod gauges;
pub mod mailboxes;
