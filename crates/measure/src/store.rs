//! How the laptop's store does with a commune of 3,000 households and with a province of 300,000.
//!
//! Laptops are enrolled by a real province and take in official lists (Excel, three sheets) by the use-case of the screen. Then
//! the first half of each is confirmed by a receipt, two fifths are signed and a tenth is begun. Searches and lists run through
//! the use-case, too; answers are committed as the use-case commits them (draft, cursor, progress). Nobody here exists.

mod answers;
mod cipher;
mod laptop;
mod lists;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, anyhow};
use rasoat_store::{BackupReason, NewBackup, Store};
use serde_json::json;

use crate::figure::{Bar, Figures, quantile, timed};
use answers::Interviewer;
use laptop::{Laptop, Province};

/// Communes of the large laptop.
const COMMUNES: usize = 60;
/// Households of each, and of the small laptop (which has one commune more than half as large).
const OF_COMMUNE: usize = 5_000;
const SMALL: usize = 3_000;

pub(crate) fn measure(figures: &mut Figures) -> Result<()> {
    let communes = if figures.is_quick() { 4 } else { COMMUNES };
    let province = Province::make()?;
    let small = province.laptop(1, SMALL)?;
    let large = province.laptop(communes, OF_COMMUNE)?;
    import(figures, &small, &large);

    for laptop in [&small, &large] {
        laptop.settle()?;
    }
    let name = |what: &str, laptop: &Laptop| format!("store.{what}_{}k", laptop.households / 1000);
    answers::measure(figures, &large)?;
    for (laptop, bar) in [(&large, 30.0), (&small, 5.0)] {
        lists::searches(figures, laptop, &format!("{}_p99_ms", name("search", laptop)), bar)?;
    }
    lists::pages(figures, &large, &format!("{}_ms", name("list", &large)))?;
    backup(figures, &small)?;
    cipher::measure(figures, &small, &province)?;
    large_file(figures, large)
}

fn import(figures: &Figures, small: &Laptop, large: &Laptop) {
    figures.print(
        "store.import_per_s",
        small.households as f64 / small.import_seconds,
        "households/s",
        Bar::AtLeast(5_000.0),
        json!({ "what": "an official list of a commune taken in by the use-case, from the file to the disk",
            "households": small.households, "members": small.members,
            "into_a_large_one_per_s": (large.households as f64 / large.import_seconds).round(),
            "slowest_commune_s": large.slowest_import, "large_households": large.households,
            "large_members": large.members }),
    );
}

/// Backs a commune up while somebody answers.
fn backup(figures: &Figures, laptop: &Laptop) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut times = Vec::new();
    let mut during = Vec::new();
    let mut bytes = 0;
    for round in 0..figures.rounds(20) {
        let begun = AtomicBool::new(false);
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| -> Result<()> {
            let entry = scope.spawn(|| -> Result<Vec<f64>> {
                let mut interviewer = Interviewer::new(laptop, round as u64)?;
                let mut times = Vec::new();
                while !done.load(Ordering::Relaxed) {
                    let (micros, ()) = timed_ok(|| interviewer.answer())?;
                    if begun.load(Ordering::Relaxed) {
                        times.push(micros / 1000.0);
                    }
                }
                Ok(times)
            });
            let path = folder.path().join(format!("{round}.rasoat-backup"));
            let new = NewBackup { number: 1, made_at_millis: 0, reason: BackupReason::Asked };
            begun.store(true, Ordering::Relaxed);
            let made = timed_ok(|| Ok(laptop.store.backup_to(&path, new, |_| ControlFlow::Continue(()))?));
            done.store(true, Ordering::Relaxed);
            during.extend(entry.join().map_err(|_| anyhow!("entry gave up"))??);
            let (micros, backup) = made?;
            bytes = backup.context("a backup")?.bytes;
            times.push(micros / 1e6);
            Ok(())
        })?;
    }
    figures.print(
        "store.backup_3k_s",
        quantile(&mut times, 1.0),
        "s",
        Bar::AtMost(1.0),
        json!({ "what": "the slowest backup of a commune, checked and on the disk, while answers are given",
            "households": laptop.households, "bytes": bytes, "rounds": times.len(),
            "median_s": quantile(&mut times, 0.5) }),
    );
    figures.print(
        "store.answer_during_backup_p99_ms",
        quantile(&mut during, 0.99),
        "ms",
        Bar::AtMost(20.0),
        json!({ "answers": during.len(), "median_ms": quantile(&mut during, 0.5), "worst_ms": quantile(&mut during, 1.0) }),
    );
    Ok(())
}

/// What the size of the database matters to.
fn large_file(figures: &Figures, large: Laptop) -> Result<()> {
    let households = large.households;
    let folder = large.close()?;
    let data = folder.path().join("laptop");
    let mut times = Vec::new();
    for _ in 0..figures.rounds(50) {
        let (micros, store) = timed_ok(|| laptop::open(&data))?;
        times.push(micros / 1000.0);
        store.close()?;
    }
    let store = laptop::open(&data)?;
    let (whole, ()) = timed_ok(|| Ok(Store::check(&store)?))?;
    store.close()?;
    let bytes = std::fs::metadata(data.join("rasoat.db"))?.len();
    figures.print(
        "store.open_ms",
        quantile(&mut times, 0.99),
        "ms",
        Bar::AtMost(150.0),
        json!({ "what": "unlocking, with keys that cost nothing to derive", "households": households, "rounds": times.len(),
            "median_ms": quantile(&mut times, 0.5), "check_of_all_in_the_background_s": whole / 1e6 }),
    );
    figures.print(
        "store.bytes_per_household",
        bytes as f64 / households as f64,
        "bytes",
        Bar::AtMost(4096.0),
        json!({ "households": households, "megabytes": bytes / 1_000_000 }),
    );
    Ok(())
}

/// How long something that may fail takes, in microseconds, and what came of it.
fn timed_ok<T>(act: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let (micros, value) = timed(act);
    Ok((micros, value?))
}
