//! The command line.

mod account;
mod audit;
mod backup;
mod bundle;
mod device;
mod doctor;
mod recover;
mod retention;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use rasoat_casework::Round;
use rasoat_server::{
    Certificates, DataDir, DatabaseUrl, FIRST_ACCOUNT, MetricsAddress, NewServer, State, TlsListener,
};

use crate::words::{self, say};

/// Receives what the laptops send, and shows it. / Nhận dữ liệu từ các máy và trình bày.
#[derive(Parser)]
#[command(name = "rasoat-server", version)]
pub(crate) struct Command {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Make a new server in an empty directory; the first account's password is shown once.
    Init {
        /// Directory for configuration, keys and database.
        #[arg(long)]
        data: PathBuf,
        /// The server's name as people see it.
        #[arg(long, default_value = "Sở Nông nghiệp và Môi trường tỉnh Lạng Sơn")]
        name: String,
        /// Where laptops and browsers reach it.
        #[arg(long, default_value = "http://127.0.0.1:8480")]
        public_url: String,
        /// The round's year.
        #[arg(long, default_value_t = 2026, value_parser = clap::value_parser!(u16).range(2000..2200))]
        round: u16,
        /// PostgreSQL database for what comes in (postgres://…); without it that is one encrypted file in the directory.
        #[arg(long)]
        database: Option<DatabaseUrl>,
    },
    /// Answer laptops and browsers until interrupted.
    Serve {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// Address and port.
        #[arg(long, default_value = "127.0.0.1:8480")]
        listen: SocketAddr,
        /// PostgreSQL database (postgres://…) in place of the configured storage.
        #[arg(long)]
        database: Option<DatabaseUrl>,
    },
    /// Laptops.
    Device {
        #[command(subcommand)]
        act: device::DeviceAct,
    },
    /// Bundles: what laptops send on sticks, and the replies.
    Bundle {
        #[command(subcommand)]
        act: bundle::BundleAct,
    },
    /// Open the database of a laptop whose passphrases are forgotten, for that laptop alone.
    Recover(recover::RecoverAct),
    /// How long laptops keep the round's households once it is locked.
    Retention {
        #[command(subcommand)]
        act: retention::RetentionAct,
    },
    /// Accounts: for whoever is locked out of the pages.
    Account {
        #[command(subcommand)]
        act: account::AccountAct,
    },
    /// The audit log.
    Audit {
        #[command(subcommand)]
        act: audit::AuditAct,
    },
    /// Make every list and count again from the edits.
    Rebuild {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// PostgreSQL database (postgres://…) in place of the configured storage.
        #[arg(long)]
        database: Option<DatabaseUrl>,
        /// Compare the lists before and after, name the households that differ, and fail if there are any.
        #[arg(long)]
        check: bool,
    },
    /// Move all that came in into an empty PostgreSQL database, which the server then uses. Stop the server before.
    Move {
        /// The server's directory.
        #[arg(long)]
        data: PathBuf,
        /// The database (postgres://…).
        #[arg(long)]
        to: DatabaseUrl,
    },
    /// Write a copy of the running server's data to a new directory, or put one in place.
    Backup {
        #[command(subcommand)]
        act: backup::BackupAct,
    },
    /// Say whether this server can do its work, and what to do where it cannot.
    Doctor(doctor::DoctorAct),
    /// Print the API's description (OpenAPI, JSON).
    Openapi,
}

impl Command {
    pub(crate) fn run(self) -> Result<ExitCode> {
        // Threads beyond what the processor can do at once only take memory.
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let runtime = || {
            tokio::runtime::Builder::new_multi_thread().max_blocking_threads(4 * cores).enable_all().build()
        };
        match self.act {
            Act::Openapi => say(rasoat_server::openapi()?.trim_end())?,
            Act::Retention { act } => runtime()?.block_on(retention::run(act))?,
            Act::Backup { act } => backup::run(act)?,
            Act::Doctor(act) => return doctor::run(act),
            Act::Audit { act } => return runtime()?.block_on(audit::run(act)),
            Act::Bundle { act } => return Ok(runtime()?.block_on(bundle::run(act))),
            act @ (Act::Init { .. }
            | Act::Serve { .. }
            | Act::Device { .. }
            | Act::Account { .. }
            | Act::Recover(_)
            | Act::Move { .. }) => {
                runtime()?.block_on(run(act))?;
            }
            Act::Rebuild { data, database, check } => {
                return runtime()?.block_on(rebuild(&DataDir::at(data).with_database(database), check));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn run(act: Act) -> Result<()> {
    match act {
        Act::Init { data, name, public_url, round, database } => {
            init(&data, NewServer { name, public_url, round: Round(round), database }).await
        }
        Act::Serve { data, listen, database } => {
            serve(&DataDir::at(data).with_database(database), listen).await
        }
        Act::Device { act } => device::run(act).await,
        Act::Account { act } => account::run(act).await,
        Act::Recover(act) => recover::run(act).await,
        Act::Move { data, to } => {
            let moved = rasoat_server::move_to(&DataDir::at(data), &to).await?;
            say(&words::moved(moved))
        }
        Act::Openapi
        | Act::Audit { .. }
        | Act::Bundle { .. }
        | Act::Retention { .. }
        | Act::Rebuild { .. }
        | Act::Backup { .. }
        | Act::Doctor(_) => Ok(()),
    }
}

async fn rebuild(dir: &DataDir, check: bool) -> Result<ExitCode> {
    let state = State::open(dir).await?;
    if !check {
        rasoat_server::rebuild(&state).await?;
        say(words::REBUILT)?;
        return Ok(ExitCode::SUCCESS);
    }
    let differing = rasoat_server::rebuild_and_compare(&state).await?;
    say(&words::compared(&differing))?;
    Ok(if differing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn init(data: &Path, new: NewServer) -> Result<()> {
    let password = rasoat_server::init(&DataDir::at(data), new).await?;
    say(&words::made(data, FIRST_ACCOUNT, &password))
}

/// Writes a file that only its owner may read, and never over another.
fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

async fn serve(dir: &DataDir, listen: SocketAddr) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    open_many_files();
    let config = dir.config()?;
    let certificates = match &config.tls {
        Some(files) => Some(Certificates::load(files, dir.path())?),
        None => None,
    };
    let state = State::open(dir).await?;
    if let Some(MetricsAddress { listen }) = config.metrics {
        let door = tokio::net::TcpListener::bind(listen).await.with_context(|| listen.to_string())?;
        say(&format!("metrics on http://{}/metrics", door.local_addr()?))?;
        let router = rasoat_server::metrics_router(state.clone());
        tokio::spawn(async move { axum::serve(door, router).await });
    }
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| listen.to_string())?;
    let address = listener.local_addr()?;
    match certificates {
        Some(certificates) => {
            say(&format!("listening on https://{address}"))?;
            let listener = TlsListener::over(listener, certificates, &state)?;
            rasoat_server::serve(listener, state, asked_to_stop()).await?;
        }
        None => {
            say(&format!("listening on http://{address}"))?;
            rasoat_server::serve(listener, state, asked_to_stop()).await?;
        }
    }
    Ok(())
}

/// Each connection is an open file, and what a shell allows by itself is used up by a thousand.
fn open_many_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        if setrlimit(Resource::Nofile, limit).is_err() {
            tracing::warn!("no more open files are allowed than at the start");
        }
    }
}

/// Comes true at the first Ctrl-C or termination signal.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
