//! Somebody at a laptop, as a program of its own: tests kill it, or look at everything it leaves behind.
//!
//! Each act is acknowledged on standard output once the use-case has returned.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use rasoat_app::App;
use rasoat_app::view::AnswerForm;
use rasoat_testkit::province::Handover;
use rasoat_testkit::{interviewer, laptop, visit};

#[derive(Parser)]
#[command(name = "rasoat-typist", about = "Somebody at a laptop, for tests")]
struct Cli {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Type what standard input says into one household's interview; each line is acknowledged by its number from 0.
    Type {
        /// Data folder of the app.
        #[arg(long)]
        data: PathBuf,
        /// Household id.
        #[arg(long)]
        household: String,
    },
    /// Takes in each list of which standard input says the path. Acknowledges `begun<TAB>path` before and `taken<TAB>path` after.
    Import {
        /// Data folder of the app.
        #[arg(long)]
        data: PathBuf,
    },
    /// Unlocks and locks again. Acknowledges `open`.
    Open {
        /// Data folder of the app.
        #[arg(long)]
        data: PathBuf,
    },
    /// Answers the address with each line of standard input, leaves the household and sends, whether the province answers or
    /// not. Acknowledges `sealed<TAB>line` and, after sending, `sent<TAB>` and how many edits still wait.
    Send {
        /// Data folder of the app.
        #[arg(long)]
        data: PathBuf,
        /// Household id.
        #[arg(long)]
        household: String,
    },
    /// First start, the list, one whole interview with what standard input says added, sign-off, sending. Logs as the
    /// window does. Acknowledges each answer as `path<TAB>value`.
    Errand {
        /// Data folder of the app.
        #[arg(long)]
        data: PathBuf,
        /// Enrolment file.
        #[arg(long)]
        enrolment: PathBuf,
        /// Its one-time code.
        #[arg(long)]
        code: String,
        /// Excel list.
        #[arg(long)]
        list: PathBuf,
    },
}

fn main() -> Result<()> {
    match Cli::parse().act {
        Act::Type { data, household } => type_lines(&start(data)?, &household),
        Act::Import { data } => import_lists(&start(data)?),
        Act::Open { data } => {
            let app = start(data)?;
            acknowledge("open")?;
            Ok(app.lock().map(|_| ())?)
        }
        Act::Send { data, household } => send_lines(&start(data)?, &household),
        Act::Errand { data, enrolment, code, list } => {
            rasoat_app::write_log(&data);
            errand(data, &Handover { file: enrolment, code }, &list)
        }
    }
}

fn start(data: PathBuf) -> Result<App> {
    let app = laptop::start(&data, std::sync::Arc::new(rasoat_testkit::machine_clock))?;
    app.unlock(laptop::PASSPHRASE)?;
    Ok(app)
}

/// Lines are `path<TAB>value`, or `leave` to leave the household, which the next answer opens again.
fn type_lines(app: &App, household: &str) -> Result<()> {
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        match line?.split_once('\t') {
            Some((path, value)) => answer(app, household, path, value)?,
            None => app.leave_interview(household)?,
        }
        acknowledge(&number.to_string())?;
    }
    Ok(())
}

fn import_lists(app: &App) -> Result<()> {
    for path in std::io::stdin().lock().lines() {
        let path = path?;
        acknowledge(&format!("begun\t{path}"))?;
        app.import_list(&path)?;
        acknowledge(&format!("taken\t{path}"))?;
    }
    Ok(())
}

fn send_lines(app: &App, household: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        answer(app, household, "address", &line)?;
        app.leave_interview(household)?;
        acknowledge(&format!("sealed\t{line}"))?;
        let status = runtime.block_on(app.sync_now())?;
        acknowledge(&format!("sent\t{}", status.unsent_edits))?;
    }
    Ok(())
}

fn errand(data: PathBuf, handover: &Handover, list: &std::path::Path) -> Result<()> {
    let app = laptop::start(&data, std::sync::Arc::new(rasoat_testkit::machine_clock))?;
    laptop::enrol(&app, handover)?;
    let list = list.to_str().context("a readable path")?;
    app.preview_list(list)?;
    app.import_list(list)?;
    app.lock()?;
    if app.unlock("không phải nó").is_ok() {
        bail!("a wrong passphrase opened the database");
    }
    app.unlock(laptop::PASSPHRASE)?;
    let household = laptop::households(&app, "")?.first().context("a household")?.id.clone();
    app.open_interview(&household)?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (path, value) = line.split_once('\t').context("path and value")?;
        answer(&app, &household, path, value)?;
        acknowledge(&line)?;
    }
    for (path, value) in visit::complete(&app, &household, &interviewer::poor())? {
        acknowledge(&format!("{path}\t{value}"))?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = runtime.block_on(app.sync_now())?;
    if let Some(problem) = status.problem {
        bail!("not sent: {}", problem.code);
    }
    acknowledge(&format!("confirmed\t{}", status.custody.confirmed))
}

fn answer(app: &App, household: &str, path: &str, value: &str) -> Result<()> {
    let form = AnswerForm { household: household.to_owned(), path: path.to_owned(), value: value.to_owned() };
    app.answer(form).with_context(|| path.to_owned())?;
    Ok(())
}

fn acknowledge(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}
