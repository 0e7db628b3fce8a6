//! Benchmarks, run by `cargo xtask measure`. Each figure is one line of JSON on standard output:
//! `{"measure":…,"value":…,"unit":…,"bar":…,"holds":…,"context":{…}}`.

#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]

mod deadline;
mod engine;
mod figure;
mod forms;
#[path = "../../casework/tests/it/generated.rs"]
mod generated;
mod ingest;
mod link;
mod province;
mod reports;
mod scoring;
mod store;

use anyhow::{Result, bail};
use clap::Parser;

use figure::Figures;
use ingest::province::Base;
use mimalloc::MiMalloc;

/// As the programs have it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[derive(Parser)]
#[command(about = "Measures and prints one JSON line for each figure")]
struct Cli {
    /// What to measure: `engine`, `wire`, `link`, `ingest`, `store`, `province`, `deadline`, `reports`. Everything when left out.
    name: Option<String>,
    /// Fewer rounds: to see that it runs, not to compare.
    #[arg(long)]
    quick: bool,
    /// Measure on the same links what others reach, too.
    #[arg(long)]
    peers: bool,
    /// Only on this storage of the province; on both when left out.
    #[arg(long)]
    storage: Option<Base>,
    /// Hold so many forms and print the kibibytes that they occupy: what a benchmark asks of a process of its own.
    #[arg(long, hide = true)]
    hold: Option<usize>,
    /// Write a list of so many households and print what it took: what a benchmark asks of a process of its own.
    #[arg(long, hide = true)]
    list: Option<usize>,
    /// With a row for each member of the list's households.
    #[arg(long, hide = true)]
    members: bool,
}

/// A benchmark by name.
type Benchmark = (&'static str, fn(&mut Figures) -> Result<()>);

const BENCHMARKS: &[Benchmark] = &[
    ("engine", engine::measure),
    ("wire", link::wire),
    ("link", link::link),
    ("ingest", ingest::measure),
    ("store", store::measure),
    ("province", province::measure),
    ("deadline", deadline::measure),
    ("reports", reports::measure),
];

fn main() -> Result<()> {
    let cli = Cli::parse();
    if let Some(count) = cli.hold {
        println!("{}", engine::held_kib(count)?);
        return Ok(());
    }
    if let Some(count) = cli.list {
        println!("{}", reports::documents::written(count, cli.members)?);
        return Ok(());
    }
    let wanted: Vec<&Benchmark> =
        BENCHMARKS.iter().filter(|(name, _)| cli.name.as_deref().is_none_or(|only| only == *name)).collect();
    if wanted.is_empty() {
        let names: Vec<&str> = BENCHMARKS.iter().map(|(name, _)| *name).collect();
        bail!("there is no such benchmark; there are: {}", names.join(", "));
    }
    let mut figures = Figures::new(cli.quick, cli.peers, cli.storage);
    for (_, measure) in wanted {
        measure(&mut figures)?;
    }
    Ok(())
}
