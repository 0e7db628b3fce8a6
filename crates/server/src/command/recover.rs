//! `rasoat-server recover`: the way back into a laptop whose passphrases are forgotten.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use rasoat_exchange::{MAX_RECOVERY_BYTES, RecoveryFileError};
use rasoat_server::{DataDir, RecoverError, Recovery, State, recover, show_recovery};

use super::write_new;
use crate::words::{self, say};

#[derive(Args)]
pub(super) struct RecoverAct {
    /// The server's directory.
    #[arg(long)]
    data: PathBuf,
    /// The request that the laptop wrote.
    request: PathBuf,
    /// The answer to write; without it only what the request says is shown.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The six digits that the person at the laptop reads out; nothing is written when the request has others.
    #[arg(long)]
    number: Option<String>,
    /// Answer a laptop that was revoked, too.
    #[arg(long)]
    even_if_revoked: bool,
    /// Answer a laptop that is not known here, too.
    #[arg(long)]
    even_if_unknown: bool,
}

pub(super) async fn run(act: RecoverAct) -> Result<()> {
    let dir = DataDir::at(&act.data);
    let file = read(&act.request)?;
    let state = State::open(&dir).await?;
    say(&words::recovery(&show_recovery(&state, &file).await?))?;
    let Some(out) = &act.out else { return Ok(()) };
    let asked = Recovery {
        request: &file,
        number: act.number.as_deref(),
        even_if_revoked: act.even_if_revoked,
        even_if_unknown: act.even_if_unknown,
    };
    let answer = recover(&dir, &state, asked).await?;
    write_new(out, &answer).with_context(|| out.display().to_string())?;
    say(&words::recovery_answered(out))
}

/// Reads a file of a request's size at most.
fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_RECOVERY_BYTES as u64 + 1).read_to_end(&mut bytes))
        .with_context(|| path.display().to_string())?;
    if bytes.len() > MAX_RECOVERY_BYTES {
        return Err(RecoverError::File(RecoveryFileError::NotARecovery).into());
    }
    Ok(bytes)
}
