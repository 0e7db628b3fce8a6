//! The only build tool: `cargo xtask run`, `test`, `measure`, `fuzz`, `simulate`, `screenshots`,
//! `gen`.
//!
//! Each command first installs what is missing (Debian packages, npm packages, pyxform, the WebDriver bridge) and says so.

#![expect(clippy::print_stdout, reason = "a command line talks on standard output")]

mod build;
mod counts;
mod forms;
mod fuzz;
mod generate;
mod licences;
mod measure;
mod run;
mod screenshots;
mod setup;
mod simulate;
mod step;
mod test;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use crate::screenshots::Wanted;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Sets up, builds, runs and tests Rà Soát")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a demo province and open the desktop app on it; without a display, walk one interview and leave screenshots.
    Run {
        /// Walk the journey under a virtual display even where there is a real one.
        #[arg(long)]
        headless: bool,
        /// Also renew the pictures of the README from that walk.
        #[arg(long, requires = "headless")]
        pictures: bool,
    },
    /// Run everything CI runs.
    Test {
        /// Only the steps whose name contains this.
        #[arg(long)]
        only: Option<String>,
    },
    /// Benchmarks: one JSON line for each figure, with its bar and whether it holds.
    Measure {
        /// Which: `engine`, `wire`, `link`, `ingest`, `store`, `province`, `deadline` or `window`. Everything when left out.
        name: Option<String>,
        /// Fewer rounds: to see that it runs, not to compare.
        #[arg(long)]
        quick: bool,
        /// Measure PouchDB on the same links, too.
        #[arg(long)]
        peers: bool,
        /// What concerns the province on this storage alone: `sqlite` or `postgres`.
        #[arg(long)]
        storage: Option<String>,
    },
    /// Feed hostile input to the readers and the engine; keeps what it learns in `fuzz/corpus`.
    Fuzz {
        /// Which: `expression`, `sheets`, `workbook`, `session`, `batch`, `receipt`, `sync_request` or `bundle`. All when left out.
        target: Option<String>,
        /// How long each, in seconds.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Simulate laptops, sticks and a province under every fault there is, a world for each seed.
    Simulate {
        /// How many seeds, of each layer.
        #[arg(long, default_value_t = 10_000)]
        seeds: u64,
        /// The first of them.
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// Pictures of every screen of the desktop program, in each state, language and theme, in `target/screens`.
    Screenshots {
        /// Only the screens whose name contains this.
        #[arg(long)]
        only: Option<String>,
        /// Size of all text in hundredths of the usual one.
        #[arg(long, default_value_t = 100)]
        size: u32,
        /// Width and height of the window.
        #[arg(long, default_value = "1366x768")]
        window: String,
        /// Renew the pictures of the guides (`docs/pictures`), in place of all pictures.
        #[arg(long)]
        guides: bool,
        /// Renew what is kept of what a screen reader finds (`tests/e2e/screens/aria`), in place of pictures.
        #[arg(long)]
        snapshots: bool,
    },
    /// Write generated files: command bindings, the province's API types, licences.
    Gen {
        /// Only the licences of what others made: nothing is built for it.
        #[arg(long)]
        licences: bool,
    },
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace")?.to_path_buf();
    std::env::set_current_dir(&root)?;
    match cli.command {
        Command::Run { headless, pictures } => run::run(&root, headless, pictures),
        Command::Test { only } => test::test(&root, only.as_deref()),
        Command::Measure { name, quick, peers, storage } => {
            measure::measure(&root, name.as_deref(), storage.as_deref(), quick, peers)
        }
        Command::Fuzz { target, seconds } => fuzz::fuzz(&root, target.as_deref(), seconds),
        Command::Simulate { seeds, from } => simulate::simulate(&root, seeds, from),
        Command::Screenshots { only, size, window, guides, snapshots } => {
            screenshots::screenshots(&root, &Wanted { only, size, window, guides, snapshots })
        }
        Command::Gen { licences: true } => licences::write(&root),
        Command::Gen { licences: false } => generate::generate(&root),
    }
}
