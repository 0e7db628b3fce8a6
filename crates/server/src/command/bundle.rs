//! `rasoat-server bundle …`: sticks in and out.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Subcommand;
use rasoat_casework::DeviceId;
use rasoat_exchange::{BundleError, Limits};
use rasoat_server::{
    BundleFailure, BundleReport, DataDir, State, bundle_identity, import_bundle, reply_bundle, show_bundle,
};

use crate::words::{self, say};

#[derive(Subcommand)]
pub(super) enum BundleAct {
    /// Print what a bundle says of itself; nothing is taken in.
    Show {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The bundle.
        file: PathBuf,
    },
    /// Take in bundles: 0 when all is stored, 1 when something was refused, 2 when a file could not be taken in.
    Import {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The bundles, in any order and as often as one likes.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write the receipts of a laptop's batches, and of those it may pass on, with forms, standards and devices, into a
    /// bundle that it alone can open.
    Reply {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The laptop's id.
        #[arg(long)]
        device: uuid::Uuid,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write the secret with which the age tool opens bundles for this server. It signs nothing.
    Identity {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Something was refused.
const REFUSED: u8 = 1;
/// Something could not be done at all.
const FAILED: u8 = 2;

pub(super) async fn run(act: BundleAct) -> ExitCode {
    let done = match act {
        BundleAct::Show { data, file } => show(&DataDir::at(data), &file).map(|()| 0),
        BundleAct::Import { data, files } => import(&DataDir::at(data), &files).await,
        BundleAct::Identity { data, out } => identity(&DataDir::at(data), &out).map(|()| 0),
        BundleAct::Reply { data, device, out } => {
            reply(&DataDir::at(data), DeviceId(device), &out).await.map(|()| 0)
        }
    };
    ExitCode::from(done.unwrap_or_else(|error| {
        words::say_error(&error);
        FAILED
    }))
}

fn show(dir: &DataDir, file: &Path) -> Result<()> {
    let bundle = show_bundle(dir, &read(file)?)?;
    say(&words::manifest(&bundle))
}

/// Each file for itself: one that cannot be taken in stops no other. What waits for edits that a later file brings is taken
/// in again after it.
async fn import(dir: &DataDir, files: &[PathBuf]) -> Result<u8> {
    let state = State::open(dir).await?;
    let mut codes = BTreeMap::new();
    let mut next: Vec<&PathBuf> = files.iter().collect();
    while !next.is_empty() {
        let (mut waiting, mut stored) = (Vec::new(), false);
        for file in next {
            let code = match take_in(&state, file).await {
                Ok(report) => {
                    stored |= report.brings_news();
                    if report.waits() {
                        waiting.push(file);
                    }
                    if report.refuses() { REFUSED } else { 0 }
                }
                Err(error) => {
                    words::say_error(&error.context(file.display().to_string()));
                    FAILED
                }
            };
            codes.insert(file, code);
        }
        next = if stored && files.len() > 1 { waiting } else { Vec::new() };
    }
    Ok(codes.into_values().max().unwrap_or_default())
}

async fn take_in(state: &State, file: &Path) -> Result<BundleReport> {
    let report = import_bundle(state, &read(file)?).await?;
    say(&words::imported(file, &report))?;
    Ok(report)
}

async fn reply(dir: &DataDir, device: DeviceId, out: &Path) -> Result<()> {
    let state = State::open(dir).await?;
    let file = reply_bundle(&state, device).await?;
    write_whole(out, &file).with_context(|| out.display().to_string())?;
    say(&words::replied(out))
}

fn identity(dir: &DataDir, out: &Path) -> Result<()> {
    let identity = bundle_identity(dir)?;
    let line = zeroize::Zeroizing::new(format!("{}\n", identity.to_text().as_str()));
    super::write_new(out, line.as_bytes()).with_context(|| out.display().to_string())?;
    say(&words::identity_written(out, &identity.recipient().to_string()))
}

/// Reads a file of a bundle's size at most.
fn read(path: &Path) -> Result<Vec<u8>> {
    let most = Limits::BUNDLE.compressed;
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes))
        .with_context(|| path.display().to_string())?;
    if bytes.len() > most { Err(BundleFailure::File(BundleError::TooLarge).into()) } else { Ok(bytes) }
}

/// Writes a file that is there whole or not at all, never over another, and reads it back before it says so.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.try_exists()? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let part = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = write_part(&part, bytes).and_then(|()| fs::rename(&part, path));
    if let Err(error) = written {
        // What is left of the attempt is of no use; that it cannot be removed is not what went wrong.
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    #[cfg(unix)]
    File::open(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?
        .sync_all()?;
    if fs::read(path)? == bytes { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

fn write_part(part: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(part)?;
    file.write_all(bytes)?;
    file.sync_all()
}
