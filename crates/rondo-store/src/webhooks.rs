//! Webhooks and their deliveries: what is to be sent, and what became of it.
