//! The province's server: `rasoat-server init | serve | device … | rebuild | openapi`.

mod command;
mod words;

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    let command = command::Command::parse();
    match command.run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            words::say_error(&error);
            std::process::ExitCode::FAILURE
        }
    }
}
