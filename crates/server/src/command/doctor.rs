//! `rasoat-server doctor`: whether the server can do its work.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use rasoat_server::{DataDir, Health, doctor, system_clock};

use crate::words::{self, say};

#[derive(Args)]
pub(super) struct DoctorAct {
    /// The server's directory.
    #[arg(long)]
    data: PathBuf,
}

/// Fails where something is ill, so that a script sees it.
pub(super) fn run(act: DoctorAct) -> Result<ExitCode> {
    let clock = system_clock();
    let found = doctor(&DataDir::at(act.data), clock());
    for (looked, health) in &found {
        say(&words::health(*looked, health))?;
    }
    let is_ill = found.iter().any(|(_, health)| matches!(health, Health::Ill(_)));
    Ok(if is_ill { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
