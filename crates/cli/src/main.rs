//! The `mraos` program: hands over to the command line of the library.
//!
//! Returns an exit code instead of ending the process, so that everything is taken down in order.
//! Holds no logic of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    mraos::commands::run()
}
