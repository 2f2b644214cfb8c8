//! The sweep of due instants: what the clock brought about becomes commands.
