//! Rondo: the program.

/// What a request takes is freed by another thread as often as not, which this one is good at. Its feature `override`
/// gives it to SQLite as well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rondo::cli::run(std::env::args_os())
}
