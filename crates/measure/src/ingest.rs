//! How many households a province takes in each second.
//!
//! Four laptops post requests of two hundred interviewed households to a real `rasoat-server` over HTTP on loopback, one request
//! after another each. The time runs from the first byte until the last household is answered (on disk, by `synchronous=FULL`) and
//! counted by class on the province's page: signatures verified, edits chained, interviews scored. The load is made beforehand.

mod households;
mod plain;
pub(crate) mod province;
mod requests;

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::figure::{Bar, Figures, quantile};
use households::Shape;
pub(crate) use households::form;
use province::{Client, Province, Usage};
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
    database_mb: f64,
}

pub(crate) fn measure(figures: &mut Figures) -> Result<()> {
    let requests = figures.rounds(50);
    let households = LAPTOPS * requests * HOUSEHOLDS;
    let mut runs = Vec::new();
    let mut shape = Shape::default();
    for _ in 0..figures.rounds(3) {
        let (run, of) = run(requests, households)?;
        runs.push(run);
        shape = of;
    }
    let median = |of: fn(&Run) -> f64| quantile(&mut runs.iter().map(of).collect::<Vec<_>>(), 0.5);
    let row = shape.bytes / shape.households.max(1);
    let plain = plain::households_per_second(households, HOUSEHOLDS, row)?;
    let per_household = |seconds: f64| (seconds * 1e6 / households as f64).round();
    let usage =
        |of: fn(&Usage) -> f64| quantile(&mut runs.iter().map(|run| of(&run.usage)).collect::<Vec<_>>(), 0.5);
    figures.print(
        "ingest.sqlite_per_s",
        median(|run| run.per_second),
        "households/s",
        Bar::AtLeast(15_000.0),
        json!({ "what": "four laptops, requests of 200 households, fsync before each answer, until all are scored and counted",
            "households": households, "runs": runs.len(), "cores": std::thread::available_parallelism().map_or(0, usize::from),
            "fields": shape.fields(), "member_fields": shape.member_fields(), "members": shape.mean_members(),
            "edit_bytes": row, "request_bytes": shape.request_bytes / (LAPTOPS * requests).max(1),
            "answered_per_s": median(|run| run.accepted_per_second).round(),
            "server_user_us_each": per_household(usage(|usage| usage.user)),
            "server_system_us_each": per_household(usage(|usage| usage.system)),
            "load_us_each": per_household(usage(|usage| usage.load)),
            "stolen_or_idle_us_each": per_household(usage(|usage| usage.rest)),
            "bare_inserts_per_s": plain.bare.round(), "bare_encrypted_inserts_per_s": plain.encrypted.round() }),
    );
    figures.print(
        "ingest.server_rss_mb",
        median(|run| run.peak_mb),
        "MB",
        Bar::AtMost(120.0),
        json!({ "what": "most memory that the server occupied", "households": households,
            "database_mb": median(|run| run.database_mb).round() }),
    );
    Ok(())
}

fn run(requests: usize, households: usize) -> Result<(Run, Shape)> {
    let province = Province::make(LAPTOPS)?;
    let (loads, shape) = requests::prepare(&province, requests, HOUSEHOLDS, SEED)?;
    let running = province.serve()?;
    let mut page = running.officer()?;
    let begin = running.usage()?;
    let start = Instant::now();
    std::thread::scope(|scope| -> Result<()> {
        let sending: Vec<_> =
            loads.iter().map(|load| scope.spawn(|| send(&running.client(), load))).collect();
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
    let usage = running.usage()?.since(&begin, seconds);
    let peak_mb = running.peak_mb()?;
    running.stop()?;
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
        database_mb: province.database_mb()?,
    };
    Ok((run, shape))
}

fn send(client: &Client, load: &Load) -> Result<()> {
    let mut connection = client.connect()?;
    for request in &load.requests {
        let answer = connection.exchange(request)?;
        ensure!(answer.status == 200, "answered with {}", answer.status);
    }
    Ok(())
}
