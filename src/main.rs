//! The `dockspace` program: everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    dockspace::cli::run(std::env::args_os())
}
