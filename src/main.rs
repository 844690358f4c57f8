//! The `dockspace` program: everything it does is in the library.

use std::process::ExitCode;

/// Loading an organisation asks for millions of small pieces, and a server for as many in an hour. Pages of 2 MB, which it can
/// ask Linux for, made loading no faster and everything larger.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    dockspace::cli::run(std::env::args_os())
}
