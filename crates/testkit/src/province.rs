//! A province's server on a free port of this machine, made and enrolled to through its library.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rasoat_casework::{DeviceId, Round};
use rasoat_exchange::enrolment::InstrumentFiles;
use rasoat_exchange::{Catalogue, Cursor};
use rasoat_server::storage::Storage as _;
use rasoat_server::storage::sqlite::Sqlite;
use rasoat_server::{DataDir, NewDevice, NewServer, State};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clock::HandClock;
use crate::demo;

/// The two communes of the generated households.
pub const COMMUNES: [&str; 2] = ["06001", "06187"];
/// Whom laptops are enrolled for.
pub const SURVEYOR: &str = "Người Rà Soát";

/// A running server. Dropping it ends it and removes its folder.
pub struct Province {
    /// The clock it goes by.
    pub clock: HandClock,
    /// What it answers with, for calls past HTTP.
    pub state: State,
    password: String,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<std::io::Result<()>>>,
    /// Under the folder.
    data: PathBuf,
    folder: TempDir,
}

/// What a laptop is handed.
pub struct Handover {
    /// The enrolment file.
    pub file: PathBuf,
    /// The one-time code that opens it.
    pub code: String,
}

impl Province {
    /// Makes a server and answers at a free port.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn start() -> Result<Self> {
        Self::start_handing_out(None).await
    }

    /// The same with another form in place of the one that ships.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn start_with_form(form: InstrumentFiles) -> Result<Self> {
        Self::start_handing_out(Some(form)).await
    }

    async fn start_handing_out(form: Option<InstrumentFiles>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let data = folder.path().join("province");
        let dir = DataDir::at(data.clone());
        let new = NewServer {
            name: "Sở thử nghiệm".to_owned(),
            public_url: format!("http://{address}"),
            round: Round(2026),
            database: None,
        };
        let password = rasoat_server::init(&dir, new).await?.to_string();
        let clock = HandClock::default();
        if let Some(form) = form {
            Sqlite::open(&dir.database(), &dir.keys()?.storage)?.put_instrument(form, i64::MAX).await?;
        }
        let state = State::open_at(&dir, clock.reader()).await?;
        let (stop, serving) = (None, None);
        let mut province = Self { clock, state, password, address, stop, serving, data, folder };
        province.serve(listener);
        Ok(province)
    }

    /// Where it answers: `http://127.0.0.1:…` and the path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The first account's password.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Its directory.
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// A folder beside its directory, for what people carry about.
    pub fn desk(&self) -> &Path {
        self.folder.path()
    }

    /// Enrols a laptop for both communes with their villages; the file lies on the [desk](Self::desk).
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn enrol(&self, device: &str) -> Result<Handover> {
        let new = NewDevice {
            name: device.to_owned(),
            surveyor: SURVEYOR.to_owned(),
            communes: COMMUNES.iter().map(|code| code.parse()).collect::<Result<_, _>>()?,
            villages_csv: Some(demo::villages_csv(0)),
            valid_days: 30,
        };
        let enrolled = rasoat_server::enrol(&DataDir::at(self.data()), &self.state, new).await?;
        let file = self.desk().join(format!("{device}.rasoat-enrolment"));
        std::fs::write(&file, &enrolled.file)?;
        Ok(Handover { file, code: enrolled.code.to_string() })
    }

    /// What there is for a laptop beside edits, when it is as far as `cursor`.
    ///
    /// # Errors
    /// When the server does not know the laptop, or fails.
    pub async fn catalogue(&self, device: DeviceId, cursor: &Cursor) -> Result<Catalogue> {
        let found = rasoat_server::catalogue_for(&self.state, device, cursor).await?;
        found.context("a laptop that is enrolled")
    }

    /// Stops answering: its port refuses connections.
    ///
    /// # Errors
    /// When it ended badly.
    pub async fn stop(&mut self) -> Result<()> {
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            serving.await??;
        }
        Ok(())
    }

    /// Answers again, at the same port.
    ///
    /// # Errors
    /// When the port was taken meanwhile.
    pub async fn go_on(&mut self) -> Result<()> {
        let listener = TcpListener::bind(self.address).await.context("the port of before")?;
        self.serve(listener);
        Ok(())
    }

    /// A copy of everything it has, made while nothing is written.
    ///
    /// # Errors
    /// When a file cannot be copied.
    pub fn copy(&self) -> Result<TempDir> {
        let copy = tempfile::tempdir()?;
        copy_folder(&self.data, copy.path())?;
        Ok(copy)
    }

    /// Goes on from such a copy, as if it had lost everything since.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn restore(&mut self, copy: &Path) -> Result<()> {
        self.stop().await?;
        self.data = self.folder.path().join("restored");
        copy_folder(copy, &self.data)?;
        self.state = State::open_at(&DataDir::at(self.data.clone()), self.clock.reader()).await?;
        self.go_on().await
    }

    fn serve(&mut self, listener: TcpListener) {
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            // Sent or dropped, it means the same.
            drop(stopped.await);
        };
        self.serving = Some(tokio::spawn(rasoat_server::serve(listener, self.state.clone(), shutdown)));
        self.stop = Some(stop);
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
