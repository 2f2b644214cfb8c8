//! Which hosts the server may call on a team's behalf: one policy, checked after resolution.
