//! The province's server: `rasoat-server init | serve | device … | bundle … | rebuild | openapi`.

mod command;
mod words;

use clap::Parser as _;

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
