//! A province's server as a process of its own, and who talks to it: laptops and an officer, over plain sockets so that the
//! load costs little.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, anyhow, ensure};
use rasoat_casework::Round;
use rasoat_exchange::{Enrolment, EnrolmentFile, SigningKey};
use rasoat_server::storage::Storage as _;
use rasoat_server::storage::sqlite::Sqlite;
use rasoat_server::{DataDir, FIRST_ACCOUNT, NewDevice, NewServer, State};
use serde_json::{Value, json};

/// A commune for each laptop.
const COMMUNES: [&str; 4] = ["05977", "05983", "06001", "06187"];

/// A server's directory, with laptops enrolled.
pub(crate) struct Province {
    folder: tempfile::TempDir,
    password: String,
    pub(crate) laptops: Vec<Laptop>,
    runtime: tokio::runtime::Runtime,
}

/// A laptop as far as sending goes.
pub(crate) struct Laptop {
    pub(crate) enrolment: Enrolment,
    pub(crate) key: SigningKey,
    pub(crate) commune: &'static str,
}

impl Province {
    pub(crate) fn make(laptops: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let dir = DataDir::at(folder.path().join("province"));
        let new = NewServer {
            name: "Sở đo tốc độ".to_owned(),
            public_url: "http://127.0.0.1:1".to_owned(),
            round: Round(2026),
            database: None,
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
        Ok(Self { folder, password, laptops, runtime })
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
        let address = line.trim().rsplit_once("http://").context("no address")?.1.to_owned();
        Ok(Running { process, client: Client { address }, password: &self.password })
    }

    /// Households counted with an interview under the province's eyes, and households still to be projected.
    pub(crate) fn counts(&self) -> Result<(u64, u64)> {
        let dir = DataDir::at(self.data());
        let storage = Sqlite::open(&dir.database(), &dir.keys()?.storage)?;
        let counts = self.runtime.block_on(storage.commune_counts())?;
        let classed = counts.iter().map(|commune| u64::from(commune.signed) - u64::from(commune.open)).sum();
        let stale = self.runtime.block_on(storage.stale_households(u32::MAX))?;
        Ok((classed, stale.len() as u64))
    }

    pub(crate) fn database_mb(&self) -> Result<f64> {
        Ok(std::fs::metadata(DataDir::at(self.data()).database())?.len() as f64 / 1e6)
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
        Ok(Officer { connection, look })
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
        let cookie =
            answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
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

/// What an officer's requests carry.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
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

/// Knows where the server is.
#[derive(Clone)]
pub(crate) struct Client {
    address: String,
}

/// One connection, kept open.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

/// What was answered.
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

/// A request's bytes, head and body.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head =
        format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

impl Client {
    pub(crate) fn connect(&self) -> Result<Connection> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream: BufReader::new(stream) })
    }
}

impl Connection {
    /// Sends a request and waits for its answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> Result<HttpAnswer> {
        self.stream.get_mut().write_all(request)?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            ensure!(self.stream.read_line(&mut head)? > 0, "hung up");
        }
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")).context("no length")?;
        let mut body = vec![0; length.parse()?];
        self.stream.read_exact(&mut body)?;
        Ok(HttpAnswer { status, head, body })
    }
}

/// Looks at the counts.
pub(crate) struct Officer {
    connection: Connection,
    look: Vec<u8>,
}

impl Officer {
    /// Interviews signed off, as the page shows them.
    pub(crate) fn signed(&mut self) -> Result<u64> {
        let answer = self.connection.exchange(&self.look)?;
        let page: Value = serde_json::from_slice(&answer.body)?;
        page["totals"]["signed"].as_u64().context("no count")
    }
}
