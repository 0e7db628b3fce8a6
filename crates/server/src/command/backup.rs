//! `rasoat-server backup`: a copy of the server's data, and the way back.

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use rasoat_server::{DataDir, back_up, restore, system_clock};

use crate::words::{self, say};

#[derive(Subcommand)]
pub(super) enum BackupAct {
    /// Write a copy into a new directory and check it; the server may go on.
    Make {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The directory to make.
        #[arg(long)]
        to: PathBuf,
        /// Put the keys into it, too: whoever has the copy can then read all of it.
        #[arg(long)]
        with_keys: bool,
    },
    /// Put a copy in place in an empty directory.
    Restore {
        /// The copy.
        #[arg(long)]
        from: PathBuf,
        /// The directory keys of the server, kept apart from its copies.
        #[arg(long)]
        keys: Option<PathBuf>,
        /// The server's directory to be.
        #[arg(long)]
        data: PathBuf,
    },
}

pub(super) fn run(act: BackupAct) -> Result<()> {
    match act {
        BackupAct::Make { data, to, with_keys } => {
            let clock = system_clock();
            let made = back_up(&DataDir::at(data), &to, with_keys, clock())?;
            say(&words::backed_up(&made, &to, with_keys))
        }
        BackupAct::Restore { from, keys, data } => {
            let restored = restore(&from, keys.as_deref(), &DataDir::at(&data))?;
            say(&words::restored(&restored, &data))
        }
    }
}
