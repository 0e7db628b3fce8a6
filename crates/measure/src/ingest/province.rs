//! A province's server as a process of its own, on either storage.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, ensure};
use rasoat_casework::Round;
use rasoat_exchange::{Enrolment, EnrolmentFile, SigningKey};
use rasoat_server::storage::postgres::Postgres;
use rasoat_server::storage::sqlite::Sqlite;
use rasoat_server::storage::{Device, Storage};
use rasoat_server::{DataDir, DatabaseUrl, FIRST_ACCOUNT, NewDevice, NewServer, State};
use rasoat_testkit::postgres::Cluster;
use serde_json::{Value, json};

use super::client::{Client, Connection, Officer, Session, request};

/// A commune for each laptop.
const COMMUNES: [&str; 4] = ["05977", "05983", "06001", "06187"];

/// Where a province keeps what comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Base {
    /// One file.
    Sqlite,
    /// A PostgreSQL of its own, whose commits are on disk.
    Postgres,
}

impl Base {
    pub(crate) const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A server's directory, with laptops enrolled.
pub(crate) struct Province {
    folder: tempfile::TempDir,
    password: String,
    pub(crate) laptops: Vec<Laptop>,
    runtime: tokio::runtime::Runtime,
    /// The cluster, and the address of the database in it.
    postgres: Option<(Cluster, String)>,
}

/// A laptop as far as sending goes.
pub(crate) struct Laptop {
    pub(crate) enrolment: Enrolment,
    pub(crate) key: SigningKey,
    pub(crate) commune: &'static str,
}

impl Province {
    pub(crate) fn make(base: Base, laptops: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let postgres = match base {
            Base::Sqlite => None,
            Base::Postgres => {
                let cluster = Cluster::start_durable()?;
                let database = runtime.block_on(cluster.database())?;
                Some((cluster, database))
            }
        };
        let dir = DataDir::at(folder.path().join("province"));
        let new = NewServer {
            name: "Sở đo tốc độ".to_owned(),
            public_url: "http://127.0.0.1:1".to_owned(),
            round: Round(2026),
            database: postgres.as_ref().map(|(_, database)| DatabaseUrl::new(database)),
        };
        let password = runtime.block_on(rasoat_server::init(&dir, new))?.to_string();
        let state = runtime.block_on(State::open(&dir))?;
        let enrolled = COMMUNES.iter().cycle().take(laptops).enumerate().map(|(number, commune)| {
            let new = NewDevice {
                name: format!("Máy {number:02}"),
                surveyor: "Người Rà Soát".to_owned(),
                communes: vec![commune.parse()?],
                villages_csv: Some("id,name,area_type,households\nban-thu,Bản Thử,rural,60\n".to_owned()),
                valid_days: 30,
            };
            let made = runtime.block_on(rasoat_server::enrol(&dir, &state, new))?;
            let enrolment = EnrolmentFile::read(&made.file).map_err(|error| anyhow!("{error}"))?;
            let key = enrolment.open_seed(&made.code).map_err(|error| anyhow!("{error}"))?;
            Ok(Laptop { enrolment, key, commune })
        });
        let laptops = enrolled.collect::<Result<_>>()?;
        Ok(Self { folder, password, laptops, runtime, postgres })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("province")
    }

    /// Starts the program that lies beside this one.
    pub(crate) fn serve(&self) -> Result<Running<'_>> {
        let program = std::env::current_exe()?.with_file_name("rasoat-server");
        let mut process = Command::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(self.data())
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| program.display().to_string())?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.trim().rsplit_once("://").context("no address")?.1.to_owned();
        Ok(Running { process, client: Client::at(address), password: &self.password })
    }

    /// Enrols laptops that need no enrolment file.
    pub(crate) fn enrol(&self, devices: Vec<Device>) -> Result<()> {
        self.runtime.block_on(async {
            let storage = self.storage().await?;
            for device in devices {
                storage.add_device(device).await?;
            }
            Ok(())
        })
    }

    /// Has the server end TLS itself from its next start on.
    pub(crate) fn use_tls(&self, certificate: &str, key: &str) -> Result<()> {
        let file = |name: &str| self.data().join(name);
        std::fs::write(file("tls.crt"), certificate)?;
        std::fs::write(file("tls.key"), key)?;
        let config = file("rasoat-server.toml");
        let text = std::fs::read_to_string(&config)?;
        Ok(std::fs::write(config, format!("{text}\n[tls]\ncertificate = \"tls.crt\"\nkey = \"tls.key\"\n"))?)
    }

    /// Its storage, opened beside the server's.
    pub(crate) async fn storage(&self) -> Result<Arc<dyn Storage>> {
        let dir = DataDir::at(self.data());
        let key = dir.keys()?.storage;
        Ok(match &self.postgres {
            Some((_, database)) => Arc::new(Postgres::open(database, &key).await?),
            None => Arc::new(Sqlite::open(&dir.database(), &key)?),
        })
    }

    /// Opens and closes the server once: what its end left to be done is done.
    pub(crate) fn settle(&self) -> Result<()> {
        self.runtime.block_on(State::open(&DataDir::at(self.data())))?;
        Ok(())
    }

    /// Households counted with an interview under the province's eyes, and households still to be projected.
    pub(crate) fn counts(&self) -> Result<(u64, u64)> {
        self.runtime.block_on(async {
            let storage = self.storage().await?;
            let counts = storage.commune_counts().await?;
            let classed =
                counts.iter().map(|commune| u64::from(commune.signed) - u64::from(commune.open)).sum();
            let stale = storage.stale_households(1_000_000).await?;
            Ok((classed, stale.len() as u64))
        })
    }

    pub(crate) fn database_mb(&self) -> Result<f64> {
        let bytes = match &self.postgres {
            Some((cluster, database)) => {
                cluster.sql(database, "SELECT pg_database_size(current_database())")?.parse()?
            }
            None => std::fs::metadata(DataDir::at(self.data()).database())?.len(),
        };
        Ok(bytes as f64 / 1e6)
    }
}

/// The server at work. Ends with it.
pub(crate) struct Running<'p> {
    process: Child,
    client: Client,
    password: &'p str,
}

impl Running<'_> {
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// An officer who looks at the counts.
    pub(crate) fn officer(&self) -> Result<Officer> {
        let (connection, session) = self.log_in()?;
        let look = request("GET", "/api/communes", &[("cookie", &session.cookie)], b"");
        Ok(Officer::new(connection, look))
    }

    /// A connection and a session of an officer.
    pub(crate) fn log_in(&self) -> Result<(Connection, Session)> {
        let form = json!({ "username": FIRST_ACCOUNT, "password": self.password }).to_string();
        let mut connection = self.client.connect()?;
        let answer = connection.exchange(&request(
            "POST",
            "/api/session",
            &[("content-type", "application/json")],
            form.as_bytes(),
        ))?;
        ensure!(answer.status == 200, "not logged in");
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        let view: Value = serde_json::from_slice(&answer.body)?;
        let session = Session {
            cookie: cookie.context("no cookie")?.to_owned(),
            csrf: view["csrf"].as_str().context("no token")?.to_owned(),
        };
        Ok((connection, session))
    }

    /// Processor time so far.
    pub(crate) fn usage(&self) -> Result<Usage> {
        let server = times(&format!("/proc/{}/stat", self.process.id()))?;
        let own = times("/proc/self/stat")?;
        Ok(Usage { user: server.0, system: server.1, load: own.0 + own.1, rest: 0.0 })
    }

    /// The most memory that the server has occupied.
    pub(crate) fn peak_mb(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    pub(crate) fn stop(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // Stopped before, it is gone already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Processor seconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) user: f64,
    pub(crate) system: f64,
    /// Of the load.
    pub(crate) load: f64,
    /// Neither: waiting for the disk, or taken by others on this machine.
    pub(crate) rest: f64,
}

impl Usage {
    pub(crate) fn since(&self, begin: &Self, seconds: f64) -> Self {
        let (user, system, load) =
            (self.user - begin.user, self.system - begin.system, self.load - begin.load);
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        Self { user, system, load, rest: seconds * cores - user - system - load }
    }
}

/// User and system seconds.
fn times(file: &str) -> Result<(f64, f64)> {
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string(file)?;
    let mut fields = stat.rsplit_once(')').context("no name")?.1.split_whitespace().skip(11);
    let mut next = || -> Result<f64> { Ok(fields.next().context("no time")?.parse::<f64>()? / TICKS) };
    Ok((next()?, next()?))
}

/// Processor seconds that all processes of the machine together have had so far.
pub(crate) fn busy_seconds() -> Result<f64> {
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().context("no times")?;
    let mut busy = 0.0;
    for (place, ticks) in line.split_whitespace().skip(1).enumerate() {
        // Idle and waiting for the disk are the fourth and fifth; from the eighth on is what others' machines took.
        if place != 3 && place != 4 && place < 7 {
            busy += ticks.parse::<f64>()? / TICKS;
        }
    }
    Ok(busy)
}
