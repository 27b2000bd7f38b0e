//! The `mraos` program: hands over to the command line of the library.
//!
//! Returns an exit code instead of ending the process, so that everything is taken down in order.
//! Holds no logic of its own.

use std::process::ExitCode;

/// A fifth of the program's time under load went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mraos::commands::run()
}
