//! Rondo: the program.

use std::alloc::{GlobalAlloc, Layout, System};

use mimalloc::MiMalloc;

/// The system's `malloc` is mimalloc here, by its feature `override`, for SQLite as well. What a request takes is freed by
/// another thread as often as not, which this one is good at; without `no_thp` the process starts with twice the
/// memory, for no gain in speed. Not named as the allocator itself: `MiMalloc` asks for every block by its alignment, and
/// what mimalloc has no block at hand for is then taken too large.
#[global_allocator]
static ALLOCATOR: System = System;

/// Has mimalloc linked, which nothing else here names.
#[used]
static MALLOC: unsafe fn(&MiMalloc, Layout) -> *mut u8 = <MiMalloc as GlobalAlloc>::alloc;

fn main() -> std::process::ExitCode {
    rondo::cli::run(std::env::args_os())
}
