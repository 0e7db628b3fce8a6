//! A PostgreSQL of a test's own: made in a temporary directory, reached by a socket alone, gone when the process is, however that ends.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Context as _, Result, bail};
use rasoat_server::storage::postgres::Postgres;
use tempfile::TempDir;

/// The account that owns the database on Debian; PostgreSQL refuses to run as root.
const ACCOUNT: &str = "postgres";
const USER: &str = "rasoat";
const TEMPLATE: &str = "rasoat_template";

/// A running PostgreSQL.
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    databases: AtomicU32,
    /// Whether what is committed is on disk: as in earnest, where that is what is measured.
    durable: bool,
    /// Whether the template was made; databases are made one after the other.
    making: tokio::sync::Mutex<bool>,
    /// Stops everything as soon as nobody holds the other end of its input any more.
    guard: Mutex<Option<Child>>,
}

/// The address of a fresh database, brought to this version, in a cluster that all tests of this process share.
///
/// # Errors
/// When PostgreSQL is not installed or does not start.
pub async fn database() -> Result<String> {
    static SHARED: OnceLock<Result<Cluster, String>> = OnceLock::new();
    let shared = SHARED.get_or_init(|| Cluster::start().map_err(|error| format!("{error:#}")));
    shared.as_ref().map_err(|error| anyhow::anyhow!("{error}"))?.database().await
}

/// Every file of the cluster that a database is in, its log of changes among them.
///
/// # Errors
/// When they cannot be listed.
pub fn files_of(address: &str) -> Result<Vec<PathBuf>> {
    let (_, folder) = address.split_once("?host=").context("no address of a test's database")?;
    let folder = folder.split('&').next().unwrap_or(folder);
    let (mut files, mut folders) = (Vec::new(), vec![PathBuf::from(folder).join("data")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let to = if path.is_dir() { &mut folders } else { &mut files };
            to.push(path);
        }
    }
    Ok(files)
}

impl Cluster {
    /// Makes and starts one that waits for no disk.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn start() -> Result<Self> {
        Self::start_as(false)
    }

    /// Makes and starts one whose commits are on disk, as Debian sets it up.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn start_durable() -> Result<Self> {
        Self::start_as(true)
    }

    fn start_as(durable: bool) -> Result<Self> {
        let programs = programs()?;
        // The guard removes it.
        let folder = TempDir::with_prefix("rasoat-pg-")?.keep();
        if is_root()? {
            run(Command::new("chown").arg(ACCOUNT).arg(&folder))?;
        }
        let guard = guard(&programs, &folder)?;
        let cluster = Self {
            folder,
            programs,
            databases: AtomicU32::new(0),
            durable,
            making: tokio::sync::Mutex::new(false),
            guard: Mutex::new(Some(guard)),
        };
        let data = cluster.data();
        run(cluster.command("initdb")?.arg("-D").arg(&data).args([
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]))?;
        cluster.start_again()?;
        Ok(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, program: &str) -> Result<Command> {
        as_account(&self.programs.join(program))
    }

    /// Starts it after [`Cluster::stop`].
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&self) -> Result<()> {
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync={} -c max_connections=200",
            self.folder.display(),
            if self.durable { "on" } else { "off" }
        );
        let log = self.folder.join("log");
        run(self
            .command("pg_ctl")?
            .arg("-D")
            .arg(self.data())
            .arg("-l")
            .arg(log)
            .args(["-w", "-s", "-o", &options, "start"]))
    }

    /// Stops it at once, as a crash would.
    ///
    /// # Errors
    /// When it does not stop.
    pub fn stop(&self) -> Result<()> {
        run(self.command("pg_ctl")?.arg("-D").arg(self.data()).args(["-w", "-s", "-m", "immediate", "stop"]))
    }

    /// The address of a fresh database, brought to this version.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn database(&self) -> Result<String> {
        let mut is_made = self.making.lock().await;
        if !*is_made {
            self.sql("postgres", &format!("CREATE DATABASE {TEMPLATE}"))?;
            Postgres::open(&self.address(TEMPLATE), &[0; 32]).await.context("the template")?;
            // Its key is that of whoever opens a copy first. Connections that are left end with it.
            self.sql(TEMPLATE, "DELETE FROM key_check")?;
            self.sql(
                "postgres",
                &format!(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{TEMPLATE}'"
                ),
            )?;
            *is_made = true;
        }
        let name = format!("rasoat_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy"))?;
        Ok(self.address(&name))
    }

    /// Copies a database as it is at one moment into a file, as whoever looks after a province does.
    ///
    /// # Errors
    /// When `pg_dump` fails.
    pub fn dump(&self, address: &str) -> Result<PathBuf> {
        let copy = self.folder.join("rasoat.dump");
        run(self.command("pg_dump")?.args(["--format=custom", "--file"]).arg(&copy).arg(address))?;
        Ok(copy)
    }

    /// Puts such a copy, of another cluster, into an empty database; its address.
    ///
    /// # Errors
    /// When `pg_restore` fails anywhere.
    pub fn restore(&self, copy: &Path) -> Result<String> {
        let here = self.folder.join("restored.dump");
        std::fs::copy(copy, &here)?;
        if is_root()? {
            run(Command::new("chown").arg(ACCOUNT).arg(&here))?;
        }
        self.sql("postgres", "CREATE DATABASE restored")?;
        let address = self.address("restored");
        let options = ["--no-owner", "--exit-on-error", "--single-transaction", "--dbname"];
        run(self.command("pg_restore")?.args(options).arg(&address).arg(&here))?;
        Ok(address)
    }

    fn address(&self, name: &str) -> String {
        format!("postgres:///{name}?host={}&user={USER}", self.folder.display())
    }

    /// Runs a statement in a database; what it answers.
    ///
    /// # Errors
    /// When it fails.
    pub fn sql(&self, database: &str, statement: &str) -> Result<String> {
        let database = database.split(['/', '?']).nth(3).unwrap_or(database);
        let mut command = self.command("psql")?;
        command.arg("-h").arg(&self.folder).args(["-U", USER, "-d", database, "-X", "-A", "-t", "-q"]);
        let output = command.args(["-v", "ON_ERROR_STOP=1", "-c", statement]).output()?;
        if !output.status.success() {
            bail!("psql: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut guard) = guard {
            drop(guard.stdin.take());
            guard.wait().ok();
        }
    }
}

/// Reads until its input ends, which the end of this process is, too; then it stops the database and removes it.
fn guard(programs: &Path, folder: &Path) -> Result<Child> {
    let script = "cat >/dev/null; \"$0\" -D \"$1/data\" -m immediate -s stop 2>/dev/null; rm -rf \"$1\"";
    let mut command = as_account(Path::new("sh"))?;
    command.args(["-c", script]).arg(programs.join("pg_ctl")).arg(folder);
    // What ends a whole group of processes leaves it to do its work.
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().context("the guard of a PostgreSQL")
}

fn as_account(program: &Path) -> Result<Command> {
    let mut command = if is_root()? {
        let mut command = Command::new("runuser");
        command.args(["-u", ACCOUNT, "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    Ok(command)
}

fn is_root() -> Result<bool> {
    Ok(Command::new("id").arg("-u").output()?.stdout.trim_ascii() == b"0")
}

/// Where Debian puts the programs of the newest version.
fn programs() -> Result<PathBuf> {
    let versions =
        std::fs::read_dir("/usr/lib/postgresql").context("the Debian package postgresql is missing")?;
    let newest = versions
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .context("no version of PostgreSQL")?;
    Ok(PathBuf::from(format!("/usr/lib/postgresql/{newest}/bin")))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("{:?}: {}", command.get_program(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
