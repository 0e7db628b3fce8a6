//! The province's server: `rasoat-server init | serve | device … | bundle … | retention … | rebuild | openapi`.

mod command;
mod words;

use clap::Parser as _;
use mimalloc::MiMalloc;

/// A batch is many small things for a short while: with the C library's allocator that is a sixth of the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> std::process::ExitCode {
    let command = command::Command::parse();
    match command.run() {
        Ok(code) => code,
        Err(error) => {
            words::say_error(&error);
            std::process::ExitCode::FAILURE
        }
    }
}
