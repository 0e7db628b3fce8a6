//! `rasoat-server account`: accounts without the pages.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Subcommand, ValueEnum};
use rasoat_casework::CommuneCode;
use rasoat_server::view::Role;
use rasoat_server::{
    DataDir, NewAccount, State, accounts, add_account, reset_password, reset_second_factor, set_disabled,
};

use crate::words::{self, say};

#[derive(Subcommand)]
pub(super) enum AccountAct {
    /// Make an account; the password for its first log-in is shown once.
    Add {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// Its name.
        name: String,
        /// What it may do.
        #[arg(long)]
        role: RoleName,
        /// Code of a commune it is for; once for each. None: the whole province.
        #[arg(long = "commune")]
        communes: Vec<CommuneCode>,
    },
    /// Give an account a password for one log-in, shown once. Its lock-out and its sessions end.
    Reset {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// Its name.
        name: String,
    },
    /// Show the accounts.
    List {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// Let an account log in no more. Its sessions end.
    Disable {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// Its name.
        name: String,
    },
    /// Switch an account's second factor off, for who lost app and recovery codes. Its sessions end.
    TotpOff {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// Its name.
        name: String,
    },
    /// Let a disabled account log in again.
    Enable {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// Its name.
        name: String,
    },
}

/// A role as it is typed.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum RoleName {
    /// Everything, accounts and devices included.
    Administrator,
    /// Sees every household of the province and settles conflicts.
    Officer,
    /// As an officer, in some communes alone.
    Supervisor,
    /// Sees households.
    Reader,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Administrator => Self::Administrator,
            RoleName::Officer => Self::Officer,
            RoleName::Supervisor => Self::Supervisor,
            RoleName::Reader => Self::Reader,
        }
    }
}

pub(super) async fn run(act: AccountAct) -> Result<()> {
    match act {
        AccountAct::Add { data, name, role, communes } => {
            let state = State::open(&DataDir::at(data)).await?;
            let communes = communes.into_iter().collect();
            let new = NewAccount { name: name.clone(), role: role.into(), communes };
            let password = add_account(&state, new).await?;
            say(&words::password_shown(&name, &password))
        }
        AccountAct::Reset { data, name } => {
            let state = State::open(&DataDir::at(data)).await?;
            let password = reset_password(&state, &name).await?;
            say(&words::password_shown(&name, &password))
        }
        AccountAct::List { data } => {
            let state = State::open(&DataDir::at(data)).await?;
            for account in accounts(&state).await? {
                say(&words::account(&account))?;
            }
            Ok(())
        }
        AccountAct::Disable { data, name } => {
            set_disabled(&State::open(&DataDir::at(data)).await?, &name, true).await?;
            say(words::ACCOUNT_DISABLED)
        }
        AccountAct::TotpOff { data, name } => {
            let was_on = reset_second_factor(&State::open(&DataDir::at(data)).await?, &name).await?;
            say(if was_on { words::SECOND_FACTOR_OFF } else { words::NO_SECOND_FACTOR })
        }
        AccountAct::Enable { data, name } => {
            set_disabled(&State::open(&DataDir::at(data)).await?, &name, false).await?;
            say(words::ACCOUNT_ENABLED)
        }
    }
}
