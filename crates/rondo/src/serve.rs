//! The running server: opens everything, listens, closes everything.
