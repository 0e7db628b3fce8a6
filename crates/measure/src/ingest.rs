//! How many households a province takes in each second, on a file, on PostgreSQL, and by two servers before one PostgreSQL.
//!
//! Four laptops post requests of two hundred interviewed households to a real `rasoat-server` over HTTP on loopback, one request
//! after another each. The time runs from the first byte until the last household is answered (on disk: `synchronous=FULL`, or `fsync` and `synchronous_commit`) and
//! counted by class on the province's page: signatures verified, edits chained, interviews scored. The load is made beforehand.

pub(crate) mod client;
pub(crate) mod households;
mod plain;
pub(crate) mod province;
pub(crate) mod requests;

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::figure::{Bar, Figures, quantile};
use client::Client;
use households::Shape;
pub(crate) use households::form;
use province::{Base, Province, Running, Usage};
use requests::Load;

/// Laptops that send at the same time.
const LAPTOPS: usize = 4;
/// Households in a request.
const HOUSEHOLDS: usize = 200;
const SEED: u64 = 20_261_123;

/// One run: what it came to, and what it took.
struct Run {
    per_second: f64,
    accepted_per_second: f64,
    peak_mb: f64,
    usage: Usage,
    busy_cores: f64,
    database_mb: f64,
}

pub(crate) fn measure(figures: &mut Figures) -> Result<()> {
    for base in figures.bases() {
        match base {
            Base::Sqlite => on_sqlite(figures)?,
            Base::Postgres => on_postgres(figures)?,
        }
    }
    Ok(())
}

/// Some runs of the same.
struct Runs {
    households: usize,
    requests: usize,
    shape: Shape,
    runs: Vec<Run>,
}

impl Runs {
    fn make(figures: &Figures, base: Base, servers: usize) -> Result<Self> {
        let requests = figures.rounds(50);
        let households = LAPTOPS * requests * HOUSEHOLDS;
        let mut made = Self { households, requests, shape: Shape::default(), runs: Vec::new() };
        for _ in 0..figures.rounds(3) {
            let (run, of) = run(base, servers, requests, households)?;
            made.runs.push(run);
            made.shape = of;
        }
        Ok(made)
    }

    fn median(&self, of: impl Fn(&Run) -> f64) -> f64 {
        quantile(&mut self.runs.iter().map(of).collect::<Vec<_>>(), 0.5)
    }

    /// Microseconds of a household.
    fn us_each(&self, of: impl Fn(&Usage) -> f64) -> f64 {
        (self.median(|run| of(&run.usage)) * 1e6 / self.households as f64).round()
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}

fn on_postgres(figures: &Figures) -> Result<()> {
    let one = Runs::make(figures, Base::Postgres, 1)?;
    let two = Runs::make(figures, Base::Postgres, 2)?;
    let (alone, together) = (one.median(|run| run.per_second), two.median(|run| run.per_second));
    figures.print(
        "province.postgres_ingest_per_s",
        alone,
        "households/s",
        Bar::AtLeast(5_000.0),
        json!({ "what": "four laptops, requests of 200 households, committed with fsync and synchronous_commit before each answer, until all are scored and counted; PostgreSQL as Debian sets it up, on the same machine",
            "households": one.households, "runs": one.runs.len(), "cores": cores(),
            "answered_per_s": one.median(|run| run.accepted_per_second).round(),
            "server_user_us_each": one.us_each(|usage| usage.user),
            "server_system_us_each": one.us_each(|usage| usage.system),
            "load_us_each": one.us_each(|usage| usage.load),
            "database_or_idle_us_each": one.us_each(|usage| usage.rest),
            "server_rss_mb": one.median(|run| run.peak_mb).round(),
            "database_mb": one.median(|run| run.database_mb).round() }),
    );
    figures.print(
        "province.two_servers_ratio",
        together / alone,
        "times",
        Bar::AtLeast(1.5),
        json!({ "what": "two servers before one database, two laptops each, against one server with all four; the load, the servers and the database share the cores",
            "households": two.households, "runs": two.runs.len(), "cores": cores(),
            "one_per_s": alone.round(), "two_per_s": together.round(),
            "cores_busy_with_one": busy(&one), "cores_busy_with_two": busy(&two),
            "server_us_each": two.us_each(|usage| usage.user + usage.system),
            "load_us_each": two.us_each(|usage| usage.load),
            "database_or_idle_us_each": two.us_each(|usage| usage.rest) }),
    );
    Ok(())
}

/// Cores that were at work on the whole machine, whoever had them.
fn busy(runs: &Runs) -> f64 {
    (runs.median(|run| run.busy_cores) * 100.0).round() / 100.0
}

fn on_sqlite(figures: &Figures) -> Result<()> {
    let sqlite = Runs::make(figures, Base::Sqlite, 1)?;
    let Runs { households, requests, shape, .. } = sqlite;
    let row = shape.bytes / shape.households.max(1);
    let plain = plain::households_per_second(households, HOUSEHOLDS, row)?;
    figures.print(
        "ingest.sqlite_per_s",
        sqlite.median(|run| run.per_second),
        "households/s",
        Bar::AtLeast(15_000.0),
        json!({ "what": "four laptops, requests of 200 households, fsync before each answer, until all are scored and counted",
            "households": households, "runs": sqlite.runs.len(), "cores": cores(),
            "fields": shape.fields(), "member_fields": shape.member_fields(), "members": shape.mean_members(),
            "edit_bytes": row, "request_bytes": shape.request_bytes / (LAPTOPS * requests).max(1),
            "answered_per_s": sqlite.median(|run| run.accepted_per_second).round(),
            "server_user_us_each": sqlite.us_each(|usage| usage.user),
            "server_system_us_each": sqlite.us_each(|usage| usage.system),
            "load_us_each": sqlite.us_each(|usage| usage.load),
            "stolen_or_idle_us_each": sqlite.us_each(|usage| usage.rest),
            "bare_inserts_per_s": plain.bare.round(), "bare_encrypted_inserts_per_s": plain.encrypted.round() }),
    );
    figures.print(
        "ingest.server_rss_mb",
        sqlite.median(|run| run.peak_mb),
        "MB",
        Bar::AtMost(120.0),
        json!({ "what": "most memory that the server occupied", "households": households,
            "database_mb": sqlite.median(|run| run.database_mb).round() }),
    );
    Ok(())
}

fn run(base: Base, servers: usize, requests: usize, households: usize) -> Result<(Run, Shape)> {
    let province = Province::make(base, LAPTOPS)?;
    let (loads, shape) = requests::prepare(&province, requests, HOUSEHOLDS, SEED)?;
    let running: Vec<Running<'_>> = (0..servers).map(|_| province.serve()).collect::<Result<_>>()?;
    let mut page = running.first().context("no server")?.officer()?;
    let begin = usage(&running)?;
    let busy = province::busy_seconds()?;
    let start = Instant::now();
    std::thread::scope(|scope| -> Result<()> {
        let sending: Vec<_> = loads
            .iter()
            .zip(running.iter().cycle())
            .map(|(load, server)| scope.spawn(|| send(&server.client(), load)))
            .collect();
        for sender in sending {
            sender.join().ok().context("a laptop gave up")??;
        }
        Ok(())
    })?;
    let accepted = start.elapsed().as_secs_f64();
    while page.signed()? < households as u64 {
        ensure!(start.elapsed().as_secs() < 600, "the projections do not come");
        std::thread::yield_now();
    }
    let seconds = start.elapsed().as_secs_f64();
    let usage = usage(&running)?.since(&begin, seconds);
    let busy_cores = (province::busy_seconds()? - busy) / seconds;
    let mut peak_mb = 0.0_f64;
    for server in running {
        peak_mb = peak_mb.max(server.peak_mb()?);
        server.stop()?;
    }
    let counted = province.counts()?;
    ensure!(
        counted == (households as u64, 0),
        "counted and scored, and left over: {counted:?} of {households}"
    );
    let run = Run {
        per_second: households as f64 / seconds,
        accepted_per_second: households as f64 / accepted,
        peak_mb,
        usage,
        busy_cores,
        database_mb: province.database_mb()?,
    };
    Ok((run, shape))
}

/// Of the servers together, and of this process.
fn usage(running: &[Running<'_>]) -> Result<Usage> {
    let mut sum = Usage::default();
    for server in running {
        let usage = server.usage()?;
        sum = Usage { user: sum.user + usage.user, system: sum.system + usage.system, ..usage };
    }
    Ok(sum)
}

fn send(client: &Client, load: &Load) -> Result<()> {
    let mut connection = client.connect()?;
    for request in &load.requests {
        let answer = connection.exchange(request)?;
        ensure!(answer.status == 200, "answered with {}", answer.status);
    }
    Ok(())
}
