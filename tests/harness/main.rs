//! The desktop's commands behind HTTP, so that a browser can be where the window is.
//!
//! `serve` answers `POST /ipc/<command>` with the very handlers of the window, through Tauri's mock runtime, and hands out the
//! built screens. `bindings` writes the TypeScript of those commands; `demo` writes a generated household list; `fixture` a laptop's
//! files for later versions to open.

#![expect(clippy::print_stdout, reason = "a command line talks on standard output")]

mod demo;
mod fixture;
mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "rasoat-harness", about = "Rà Soát for browser tests")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the desktop's screens and commands; prints the address, then runs until standard input ends.
    Serve {
        /// Data folder of the app.
        #[arg(long)]
        data: PathBuf,
        /// Built screens.
        #[arg(long, default_value = "ui/desktop/build")]
        screens: PathBuf,
        /// Where to listen; port 0 takes a free one.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
    },
    /// Write the TypeScript of the commands.
    Bindings {
        /// File to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write a laptop's files as this version has them, with what they hold.
    Fixture {
        /// Folder to write a folder of this version's number into.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write a generated household list (official Excel layout) and its villages.
    Demo {
        /// Excel file to write.
        #[arg(long)]
        list: PathBuf,
        /// CSV file of villages to write.
        #[arg(long)]
        villages: PathBuf,
        /// Same seed, same households.
        #[arg(long, default_value_t = 2026)]
        seed: u64,
    },
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Serve { data, screens, listen } => serve::serve(data, screens, listen),
        Command::Bindings { out } => Ok(rasoat_desktop::write_bindings(&out)?),
        Command::Fixture { out } => fixture::write(&out),
        Command::Demo { list, villages, seed } => demo::write(&list, &villages, seed),
    }
}
