//! `rasoat-server audit`: whether the audit log is what was written.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use rasoat_server::{DataDir, State, check_audit};

use crate::words::{self, say};

#[derive(Subcommand)]
pub(super) enum AuditAct {
    /// Go along the chain of the audit log, and show where it ends; write that down elsewhere.
    Check {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
    },
}

pub(super) async fn run(act: AuditAct) -> Result<ExitCode> {
    let AuditAct::Check { data } = act;
    let check = check_audit(&State::open(&DataDir::at(data)).await?).await?;
    say(&words::audit_check(&check))?;
    Ok(if check.broken.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
