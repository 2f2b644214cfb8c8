//! Secrets at rest: sealed with the server's key, compared in constant time.
