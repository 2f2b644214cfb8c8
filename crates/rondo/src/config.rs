//! What the server must know before it reaches its data: `rondo.toml`, `RONDO_*` variables, flags.
