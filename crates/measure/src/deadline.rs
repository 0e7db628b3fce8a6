//! The last day: three thousand laptops send twenty households each within twenty seconds, each over a TLS connection of its own that it
//! keeps open as long as the server does. Then all of them in one moment.
//!
//! The server ends TLS itself and is a process of its own; requests are made and signed beforehand and lie in a file. A laptop's time
//! runs from when it starts: connecting, shaking hands, sending, and the whole answer. What the receipts say is compared with what the
//! storage counts afterwards.

mod laptops;
mod sending;

use std::sync::Arc;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::figure::{Bar, Figures, quantile};
use crate::ingest::province::{Base, Province};
use laptops::Load;
use sending::{Arrivals, Sent, Tls};

const LAPTOPS: usize = 3_000;
/// Of each, on the last day.
const HOUSEHOLDS: usize = 20;
/// Of each, when all come at once.
const FEW: usize = 5;
/// Seconds in which laptops start, on the last day.
const WITHIN_S: f64 = 20.0;
const SEED: u64 = 20_261_130;

pub(crate) fn measure(figures: &mut Figures) -> Result<()> {
    figures.bases().into_iter().try_for_each(|base| measure_on(figures, base))
}

fn measure_on(figures: &Figures, base: Base) -> Result<()> {
    let laptops = figures.rounds(LAPTOPS);
    let province = Province::make(base, 1)?;
    let tls = Tls::make(&province)?;
    let load = Arc::new(Load::make(&province, laptops, &[HOUSEHOLDS, FEW], SEED)?);
    let running = province.serve()?;
    let address = running.client().address().to_owned();

    let within = Arrivals::Within(WITHIN_S * laptops as f64 / LAPTOPS as f64);
    let begin = running.usage()?;
    let last_day = sending::send(&load, 0, &address, &tls, within)?;
    let usage = running.usage()?.since(&begin, last_day.seconds);
    let last_day_rss = running.peak_mb()?;
    let at_once = sending::send(&load, 1, &address, &tls, Arrivals::AtOnce)?;
    let at_once_rss = running.peak_mb()?;
    running.stop()?;

    let accepted = load.accepted(0, &last_day.answers)? + load.accepted(1, &at_once.answers)?;
    province.settle()?;
    let counted = province.counts()?;
    let in_context = |more: Value| context(base, laptops, more);
    figures.print(
        "province.deadline_errors",
        last_day.failures as f64,
        "laptops",
        Bar::AtMost(0.0),
        in_context(
            json!({ "what": "laptops whose first request was not answered with a receipt for all of it",
            "within_s": WITHIN_S, "households_each": HOUSEHOLDS, "request_bytes": load.bytes_each(0) }),
        ),
    );
    figures.print(
        "province.deadline_p99_s",
        quantile(&mut last_day.times(), 0.99),
        "s",
        Bar::AtMost(1.5),
        in_context(json!({ "what": "from when a laptop starts until its answer is there",
            "p50_s": thousandths(quantile(&mut last_day.times(), 0.5)),
            "longest_s": thousandths(quantile(&mut last_day.times(), 1.0)),
            "all_s": thousandths(last_day.seconds),
            "server_cores": thousandths((usage.user + usage.system) / last_day.seconds),
            "load_cores": thousandths(usage.load / last_day.seconds) })),
    );
    figures.print(
        "province.deadline_rss_mb",
        last_day_rss,
        "MB",
        Bar::AtMost(400.0),
        in_context(
            json!({ "what": "most memory that the server occupied; no laptop closes its connection by itself",
            "all_at_once_mb": at_once_rss.round() }),
        ),
    );
    figures.print(
        "province.deadline_lost",
        accepted as f64 - counted.0 as f64,
        "households",
        Bar::AtMost(0.0),
        in_context(json!({ "what": "households with a receipt that the storage does not count afterwards, of both runs",
            "acknowledged": accepted, "counted": counted.0, "left_over": counted.1 })),
    );
    figures.print(
        "province.overload_errors",
        at_once.failures as f64,
        "laptops",
        Bar::AtMost(0.0),
        in_context(json!({ "what": "all laptops in one moment: those that were neither answered nor told when to come again, or did not get through in the end",
            "households_each": FEW, "told_to_come_again": at_once.told_later, "hung_up": at_once.hung_up,
            "until_all_are_in_s": thousandths(at_once.seconds),
            "p50_s": thousandths(quantile(&mut at_once.times(), 0.5)),
            "p99_s": thousandths(quantile(&mut at_once.times(), 0.99)) })),
    );
    ensure!(counted.1 == 0, "households are left to be projected: {}", counted.1);
    Ok(())
}

fn context(base: Base, laptops: usize, more: Value) -> Value {
    let mut context = json!({ "storage": base.name(), "laptops": laptops,
        "cores": std::thread::available_parallelism().map_or(0, usize::from) });
    if let (Some(context), Value::Object(more)) = (context.as_object_mut(), more) {
        context.extend(more);
    }
    context
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

impl Sent {
    /// Seconds that each laptop took.
    fn times(&self) -> Vec<f64> {
        self.answers.iter().flatten().map(|answer| answer.seconds).collect()
    }
}
