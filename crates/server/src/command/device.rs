//! `rasoat-server device …`: laptops enrolled, revoked and lost.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use rasoat_casework::{CommuneCode, DeviceId};
use rasoat_server::storage::HeldQuery;
use rasoat_server::{DataDir, NewDevice, State};

use super::write_new;
use crate::words::{self, say};

#[derive(Subcommand)]
pub(super) enum DeviceAct {
    /// Enrol a laptop: writes its enrolment file and shows the one-time code that opens it.
    Enrol {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// Codes of the communes it is for.
        #[arg(long, required = true, num_args = 1..)]
        commune: Vec<CommuneCode>,
        /// The person it is for.
        #[arg(long)]
        surveyor: String,
        /// What it is called.
        #[arg(long)]
        device: String,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        /// Villages to add to those known: CSV with id,name,area_type,households and, for several communes, commune.
        #[arg(long)]
        villages: Option<PathBuf>,
        /// Days for which the file may be used.
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// Add communes to what a laptop may send and see.
    Widen {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The laptop's id.
        #[arg(long)]
        id: uuid::Uuid,
        /// Codes of the communes to add.
        #[arg(long, required = true, num_args = 1..)]
        commune: Vec<CommuneCode>,
    },
    /// Revoke a laptop: it may exchange no more; nothing on it is deleted.
    Revoke {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The laptop's id.
        #[arg(long)]
        id: uuid::Uuid,
    },
    /// List the households that a laptop holds, or may hold: for the day that it is lost.
    Held {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The laptop's id.
        #[arg(long)]
        id: uuid::Uuid,
        /// Write the list, with names, to this file; without it only counts are shown.
        #[arg(long)]
        csv: Option<PathBuf>,
    },
    /// Show what came in of revoked laptops and waits for a decision.
    Aside {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// Take in what came in of a revoked laptop. The laptop stays revoked.
    Accept {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The laptop's id.
        #[arg(long)]
        id: uuid::Uuid,
    },
    /// Refuse what came in of a revoked laptop. It is kept, and can be taken in later.
    Refuse {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The laptop's id.
        #[arg(long)]
        id: uuid::Uuid,
    },
}

pub(super) async fn run(act: DeviceAct) -> Result<()> {
    match act {
        DeviceAct::Enrol { data, commune, surveyor, device, out, villages, days } => {
            let villages_csv = villages.as_deref().map(read).transpose()?;
            let new = NewDevice { name: device, surveyor, communes: commune, villages_csv, valid_days: days };
            enrol(&data, new, &out).await
        }
        DeviceAct::Widen { data, id, commune } => {
            let state = State::open(&DataDir::at(data)).await?;
            match rasoat_server::widen(&state, DeviceId(id), commune).await? {
                true => say(words::WIDENED),
                false => say(words::NO_DEVICE),
            }
        }
        DeviceAct::Revoke { data, id } => {
            let state = State::open(&DataDir::at(data)).await?;
            match rasoat_server::revoke(&state, DeviceId(id)).await? {
                true => say(words::REVOKED),
                false => say(words::NOT_REVOKED),
            }
        }
        DeviceAct::Held { data, id, csv } => {
            let state = State::open(&DataDir::at(data)).await?;
            held(&state, DeviceId(id), csv.as_deref()).await
        }
        DeviceAct::Aside { data } => {
            let state = State::open(&DataDir::at(data)).await?;
            say(&words::aside(&rasoat_server::aside(&state).await?))
        }
        DeviceAct::Accept { data, id } => {
            let state = State::open(&DataDir::at(data)).await?;
            say(&words::taken_in(&rasoat_server::take_in_aside(&state, DeviceId(id)).await?))
        }
        DeviceAct::Refuse { data, id } => {
            let state = State::open(&DataDir::at(data)).await?;
            say(&words::aside_refused(rasoat_server::refuse_aside(&state, DeviceId(id)).await?))
        }
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

async fn enrol(data: &Path, new: NewDevice, out: &Path) -> Result<()> {
    let dir = DataDir::at(data);
    let state = State::open(&dir).await?;
    let enrolled = rasoat_server::enrol(&dir, &state, new).await?;
    if let Err(error) = write_new(out, &enrolled.file) {
        // Without its file the device is of no use to anybody.
        rasoat_server::revoke(&state, enrolled.device).await?;
        return Err(error).with_context(|| out.display().to_string());
    }
    say(&words::enrolled(out, &enrolled))
}

async fn held(state: &State, device: DeviceId, csv: Option<&Path>) -> Result<()> {
    let page = match csv {
        None => {
            let query = HeldQuery { device, offset: 0, limit: 0 };
            rasoat_server::held(state, query).await?.map(|held| held.page)
        }
        Some(path) => match rasoat_server::held_csv(state, device).await? {
            Some((page, bytes)) => {
                write_new(path, &bytes).with_context(|| path.display().to_string())?;
                Some(page)
            }
            None => None,
        },
    };
    match page {
        Some(page) => say(&words::held(&page, csv)),
        None => say(words::NO_DEVICE),
    }
}
