//! Webhooks: signed events sent to the URLs that a team named.

pub mod signing;
