//! `rasoat-form`: questionnaires and standards from the command line.
//!
//! Every command can answer in JSON (`--json`). It ends with 0 when all is well, with 1 when the form, standard or answers have
//! problems (each is named), and with 2 when a file cannot be read or the command is not understood.

#![expect(clippy::print_stderr, reason = "a command line says on standard error what went wrong")]

mod answers;
mod check;
mod convert;
mod files;
mod messages;
mod run;
mod score;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use messages::Language;

#[derive(Parser)]
#[command(
    name = "rasoat-form",
    version,
    about = "Checks, converts, shows, runs and scores questionnaires (XLSForm)"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Answer in JSON.
    #[arg(long, global = true)]
    json: bool,
    /// The language of what is said: vi or en.
    #[arg(long, global = true, value_enum, default_value_t = Language::En)]
    lang: Language,
}

/// FILE is a workbook (`.xlsx`, with its CSV files in the folder `NAME-media` beside it) or a folder of CSV sheets.
#[derive(Subcommand)]
enum Command {
    /// Say everything that is wrong with a form, by sheet, row and column.
    Check {
        /// The form.
        file: PathBuf,
    },
    /// Write a form as a workbook (`.xlsx`) or as a folder of CSV sheets.
    Convert {
        /// The form.
        file: PathBuf,
        /// Where to.
        to: PathBuf,
    },
    /// Show a form's questions, what each depends on, its lists and languages.
    Show {
        /// The form.
        file: PathBuf,
    },
    /// Give answers to a form and show its final state and findings.
    Run {
        /// The form.
        file: PathBuf,
        /// Answers as JSON: `{"path": "text", …}` or `[["path", "text"], …]`.
        answers: PathBuf,
        #[command(flatten)]
        visit: Visit,
    },
    /// Classify one interview under one or more standards, with every reason.
    Score {
        /// The form.
        file: PathBuf,
        /// Answers as JSON.
        answers: PathBuf,
        #[command(flatten)]
        standards: Standards,
        /// Rural or urban lines.
        #[arg(long, value_enum, default_value_t = Area::Rural)]
        area: Area,
        #[command(flatten)]
        visit: Visit,
    },
    /// Move answers to another version of their form.
    Migrate {
        /// The new version.
        file: PathBuf,
        /// Answers to the old one as JSON.
        answers: PathBuf,
        /// The old version, by which answers given as texts are read. Without it each must name its kind: `{"integer": 38}`.
        #[arg(long)]
        from: Option<PathBuf>,
        /// Begin a new round: only what belongs to the household goes on.
        #[arg(long)]
        carry_over: bool,
    },
    /// Say which interviews would be of another class under another standard.
    WhatIf {
        /// The form.
        file: PathBuf,
        /// A folder of interviews: one JSON file of answers each.
        interviews: PathBuf,
        /// The standard as it is.
        #[arg(long)]
        before: PathBuf,
        /// The standard as it would be.
        #[arg(long)]
        after: PathBuf,
        #[command(flatten)]
        visit: Visit,
        /// Point tables that the standards name.
        #[arg(long)]
        points: Vec<PathBuf>,
    },
    /// Read a point table from a workbook, or say everything that is wrong with it.
    Points {
        /// The workbook.
        file: PathBuf,
        /// Where to write it as TOML.
        #[arg(long)]
        out: Option<PathBuf>,
        /// The form that its conditions are checked against.
        #[arg(long)]
        form: Option<PathBuf>,
    },
}

/// Circumstances of an interview.
#[derive(clap::Args)]
struct Visit {
    /// The moment of the interview, as `2026-11-25T08:30+07:00`; the clock's when left out.
    #[arg(long)]
    now: Option<String>,
    /// Who interviews.
    #[arg(long, default_value = "")]
    username: String,
    /// Which device.
    #[arg(long, default_value = "")]
    device: String,
    /// What is drawn by lot follows from this number.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// The standards to score by.
#[derive(clap::Args)]
struct Standards {
    /// A standard's file; may be given several times.
    #[arg(long = "standard", required = true)]
    standards: Vec<PathBuf>,
    /// Point tables that the standards name.
    #[arg(long)]
    points: Vec<PathBuf>,
}

/// Which lines apply.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Area {
    Rural,
    Urban,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Well,
    /// Something is wrong with what was given; it was said.
    WithProblems,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let say = messages::Say { language: cli.lang, json: cli.json };
    let ended = match &cli.command {
        Command::Check { file } => check::check(file, &say),
        Command::Convert { file, to } => convert::convert(file, to, &say),
        Command::Show { file } => show::show(file, &say),
        Command::Run { file, answers, visit } => run::run(file, answers, visit, &say),
        Command::Score { file, answers, standards, area, visit } => {
            score::score(file, answers, standards, *area, visit, &say)
        }
        Command::Migrate { file, answers, from, carry_over } => {
            run::migrate(file, answers, from.as_deref(), *carry_over, &say)
        }
        Command::WhatIf { file, interviews, before, after, visit, points } => {
            score::what_if(file, interviews, [before, after], points, visit, &say)
        }
        Command::Points { file, out, form } => score::points(file, out.as_deref(), form.as_deref(), &say),
    };
    match ended {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::WithProblems) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}
