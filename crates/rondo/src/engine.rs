//! The one write path: every command of every team is decided and committed here.
