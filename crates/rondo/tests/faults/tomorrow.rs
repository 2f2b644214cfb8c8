//! The program as a version to come may be: what `main.rs` runs, on tables with one more migration.

fn main() -> std::process::ExitCode {
    rondo::cli::run(std::env::args_os())
}
