//! Rondo: the program.

/// What a request takes is freed by another thread as often as not, which this one is good at. Its feature `override`
/// gives it to SQLite as well; without `no_thp` the process starts with twice the memory, for no gain in speed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rondo::cli::run(std::env::args_os())
}
