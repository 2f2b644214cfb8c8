//! Rondo: the program.

fn main() {}
