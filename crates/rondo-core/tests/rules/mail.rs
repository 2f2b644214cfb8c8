//! Conversations by mail: a story for each rule that says what comes of messages, and for each case that a rule is about.

mod desk;
mod incoming;
mod outgoing;
mod replies;
