//! The program: parse, run, print the error once.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
