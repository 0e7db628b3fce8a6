//! What travels between a laptop and the province, in bytes and in seconds: the program's own use-cases, a real store and a real
//! server, HTTP through a link that counts.

mod laptop;
mod peers;
mod proxy;
mod tls;

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use rasoat_casework::Edit;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::figure::{Bar, Figures, quantile};
use laptop::Laptop;
use proxy::Link;

const SEED: u64 = 5;
/// A link that is cut again and again is tried so often.
const TRIES: u32 = 2000;

/// Bytes.
pub(crate) fn wire(figures: &mut Figures) -> Result<()> {
    Runtime::new()?.block_on(wire_bytes(figures))
}

async fn wire_bytes(figures: &mut Figures) -> Result<()> {
    let mut laptop = Laptop::enrol(Link::default(), SEED).await?;

    let sent = laptop.review(50, false)?;
    ensure!(laptop.send(1).await?.is_some(), "fifty households did not arrive");
    let fifty = laptop.proxy.take();
    let mut alone = Vec::new();
    let mut edited = Vec::new();
    for _ in 0..figures.rounds(20) {
        let one = laptop.review(1, false)?;
        ensure!(laptop.send(1).await?.is_some(), "one household did not arrive");
        alone.push(laptop.proxy.take());
        laptop.correct(one.first().context("an interview")?)?;
        ensure!(laptop.send(1).await?.is_some(), "one answer did not arrive");
        edited.push(laptop.proxy.take());
    }
    laptop.send(1).await?;
    let nothing = laptop.proxy.take();
    laptop.review(50, true)?;
    ensure!(laptop.send(1).await?.is_some(), "fifty households with their lines did not arrive");
    let with_lines = laptop.proxy.take();

    let up = |passed: &[proxy::Passed]| {
        quantile(&mut passed.iter().map(|passed| passed.up as f64).collect::<Vec<_>>(), 0.5)
    };
    let both = |passed: &[proxy::Passed]| {
        quantile(&mut passed.iter().map(|passed| (passed.up + passed.down) as f64).collect::<Vec<_>>(), 0.5)
    };
    figures.print(
        "wire.batch50_bytes_per_household",
        fifty.up as f64 / 50.0,
        "bytes",
        Bar::AtMost(200.0),
        json!({ "what": "interviews up, HTTP and signatures included, of fifty sent together", "down": fifty.down,
            "requests": fifty.connections, "household": shape(&sent), "with_the_lists_lines": with_lines.up as f64 / 50.0 }),
    );
    figures.print(
        "wire.single_bytes",
        up(&alone),
        "bytes",
        Bar::AtMost(450.0),
        json!({ "what": "up, one interview alone", "both_ways": both(&alone), "samples": alone.len() }),
    );
    figures.print(
        "wire.one_field_bytes",
        both(&edited),
        "bytes",
        Bar::AtMost(600.0),
        json!({ "what": "up and down, one answer of a sealed interview given anew", "up": up(&edited), "samples": edited.len() }),
    );
    figures.print(
        "wire.noop_bytes",
        (nothing.up + nothing.down) as f64,
        "bytes",
        Bar::AtMost(400.0),
        json!({ "what": "up and down, nothing to send", "up": nothing.up, "down": nothing.down, "requests": nothing.connections }),
    );
    Ok(())
}

/// Seconds, and what arrives over a link that is cut.
pub(crate) fn link(figures: &mut Figures) -> Result<()> {
    Runtime::new()?.block_on(async {
        for (name, link, bar) in
            [("link.edge_50_s", Link::EDGE, 2.3), ("link.gprs_50_s", Link::GPRS, 6.0)]
        {
            let Fifty { seconds, bytes, runs, .. } = fifty(figures, link).await?;
            let context = json!({ "what": "fifty interviews, until the last receipt is kept", "runs": runs,
                "round_trip_ms": link.round_trip.as_millis() as u64, "bits_per_s": link.rates, "bytes_up": bytes });
            figures.print(name, seconds, "s", Bar::AtMost(bar), context);
        }
        for (name, link, what) in [
            ("link.edge_tls_50_s", Link::EDGE.with_tls(), "the same over a new TLS 1.3 connection"),
            ("link.gprs_tls_50_s", Link::GPRS.with_tls(), "the same over a new TLS 1.3 connection"),
            ("link.edge_loss_50_s", Link::EDGE.with_loss(), "one packet in twenty comes 1.5 s late"),
            ("link.gprs_loss_50_s", Link::GPRS.with_loss(), "one packet in twenty comes 1.5 s late"),
        ] {
            let fifty = fifty(figures, link).await?;
            let context = json!({ "what": what, "runs": fifty.runs, "bytes_up": fifty.bytes, "mean": fifty.mean, "longest": fifty.longest });
            figures.note(name, fifty.seconds, "s", context);
        }
        cuts(figures).await?;
        if figures.with_peers() { peers::measure(figures).await } else { Ok(()) }
    })
}

/// What fifty households took.
struct Fifty {
    /// The median.
    seconds: f64,
    mean: f64,
    longest: f64,
    /// Up, in the last run.
    bytes: u64,
    runs: usize,
}

async fn fifty(figures: &Figures, link: Link) -> Result<Fifty> {
    let mut seconds = Vec::new();
    let mut bytes = 0;
    for round in 0..figures.rounds(5) {
        let mut laptop = Laptop::enrol(link, SEED + round as u64).await?;
        laptop.review(50, false)?;
        let start = Instant::now();
        ensure!(laptop.send(1).await?.is_some(), "fifty households did not arrive");
        seconds.push(start.elapsed().as_secs_f64());
        bytes = laptop.proxy.take().up;
    }
    let runs = seconds.len();
    let mean = seconds.iter().sum::<f64>() / runs as f64;
    Ok(Fifty {
        seconds: quantile(&mut seconds, 0.5),
        mean,
        longest: quantile(&mut seconds, 1.0),
        bytes,
        runs,
    })
}

/// The same households every time.
async fn households(count: usize) -> Result<Vec<Edit>> {
    Laptop::enrol(Link::default(), SEED).await?.review(count, false)
}

async fn cuts(figures: &mut Figures) -> Result<()> {
    let mut whole = Laptop::enrol(Link::default(), SEED).await?;
    whole.review(200, false)?;
    ensure!(whole.send(1).await?.is_some(), "two hundred households did not arrive");
    let needed = whole.proxy.take().up;

    let mut ten = Laptop::enrol(Link::cut_after(10_000), SEED).await?;
    ten.review(200, false)?;
    let tries = ten.send(TRIES).await?;
    let passed = ten.proxy.take();
    let arrived = 200 - ten.waiting()?.min(200);
    let context = |passed: proxy::Passed, tries: Option<u32>| {
        json!({ "what": "of two hundred interviews over a link that is cut again and again", "tries": tries,
            "connections": passed.connections, "bytes_up": passed.up, "bytes_down": passed.down, "bytes_up_uncut": needed })
    };
    figures.print(
        "link.cut10k_arrived",
        f64::from(arrived),
        "households",
        Bar::AtLeast(200.0),
        context(passed, tries),
    );
    let resent = (passed.up as f64 - needed as f64) / needed as f64 * 100.0;
    figures.print("link.cut10k_resent_pct", resent, "%", Bar::AtMost(20.0), context(passed, tries));

    let mut one = Laptop::enrol(Link::cut_after(1_000), SEED).await?;
    one.review(200, false)?;
    let tries = one.send(TRIES).await?;
    let passed = one.proxy.take();
    let arrived = 200 - one.waiting()?.min(200);
    figures.print(
        "link.cut1k_arrived",
        f64::from(arrived),
        "households",
        Bar::AtLeast(200.0),
        context(passed, tries),
    );
    Ok(())
}

/// How large the households are.
fn shape(interviews: &[Edit]) -> Value {
    let (mut fields, mut of_members, mut members) = (0, 0, 0);
    for interview in interviews {
        let inside = interview.changes.keys().filter_map(|path| path.enclosing_instance());
        let instances: BTreeSet<_> = inside.clone().collect();
        of_members += inside.count();
        members += instances.len();
        fields += interview.changes.keys().filter(|path| path.enclosing_instance().is_none()).count();
    }
    let mean = |sum: usize, of: usize| (sum as f64 / of.max(1) as f64 * 10.0).round() / 10.0;
    json!({ "fields": mean(fields, interviews.len()), "member_fields": mean(of_members, members),
        "members": mean(members, interviews.len()) })
}
