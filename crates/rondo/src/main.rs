//! Rondo: the program.

fn main() -> std::process::ExitCode {
    rondo::cli::run(std::env::args_os())
}
