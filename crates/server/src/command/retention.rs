//! `rasoat-server retention`: how long laptops keep a round's households once it is locked.

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use rasoat_exchange::{MOST_RETENTION_DAYS, Retention};
use rasoat_server::{DataDir, State, clear_retention, open_round, retention, set_retention, system_clock};

use crate::words::{self, say};

#[derive(Subcommand)]
pub(super) enum RetentionAct {
    /// The server's round is locked, as of now if it is not yet, and laptops keep its households for so many days.
    Set {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// Days from the lock on.
        #[arg(value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_RETENTION_DAYS)))]
        days: u32,
    },
    /// Show the term.
    Show {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// The round is open again: laptops keep what they have.
    Clear {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
    },
}

pub(super) async fn run(act: RetentionAct) -> Result<()> {
    let (RetentionAct::Set { data, .. } | RetentionAct::Show { data } | RetentionAct::Clear { data }) = &act;
    let dir = DataDir::at(data);
    let state = State::open(&dir).await?;
    match act {
        RetentionAct::Set { days, .. } => {
            let clock = system_clock();
            let locked_at_millis = clock();
            let round = open_round(&state).await?;
            set_retention(&state, Retention { round, locked_at_millis, days }).await?;
        }
        RetentionAct::Clear { .. } => clear_retention(&state).await?,
        RetentionAct::Show { .. } => {}
    }
    say(&words::retention(retention(&state).await?.as_ref()))
}
