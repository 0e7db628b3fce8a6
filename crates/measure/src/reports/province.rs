//! All tables of a round, the targets, and the pages of what comes out, of 200,000 households that were all interviewed.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use rasoat_reports::tables::Table;
use serde_json::{Value, json};

use super::interviewed;
use crate::figure::{Bar, Figures, quantile};
use crate::ingest::client::{Connection, Session, request};
use crate::ingest::province::{Base, Province, Running};
use crate::province::{Page, clicked, get, post};

const HOUSEHOLDS: usize = 200_000;
const SEED: u64 = 20_261_128;
/// Households are counted for the first time within this.
const FIRST: Duration = Duration::from_secs(1_200);

pub(super) fn measure(figures: &Figures) -> Result<()> {
    figures.bases().into_iter().try_for_each(|base| measure_on(figures, base))
}

fn measure_on(figures: &Figures, base: Base) -> Result<()> {
    let households = figures.rounds(HOUSEHOLDS);
    let province = Province::make(base, 1)?;
    interviewed::fill(&province, households, SEED)?;
    let running = province.serve()?;
    let (mut connection, session) = running.log_in()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let start = Instant::now();
    while !is_counted(&mut connection, &session)? {
        ensure!(start.elapsed() < FIRST, "not counted within {FIRST:?}");
        runtime.block_on(async { tokio::time::sleep(Duration::from_millis(500)).await });
    }
    let first_s = start.elapsed().as_secs_f64();
    let mut tables = Vec::new();
    let mut slowest = serde_json::Map::new();
    for _ in 0..figures.rounds(7) {
        let start = Instant::now();
        for table in Table::ALL.map(Table::as_str) {
            let one = Instant::now();
            let page = show(&mut connection, &session, &format!("table?table={table}"))?;
            let millis = json!((one.elapsed().as_secs_f64() * 1e3).round());
            // The first time it is counted.
            slowest.entry(table).or_insert(millis);
            if table == "official" {
                ensure!(page["total"]["cells"][1]["count"] == households, "not all are counted");
            }
        }
        tables.push(start.elapsed().as_secs_f64());
    }
    let mut targets = Vec::new();
    for _ in 0..figures.rounds(11) {
        let start = Instant::now();
        show(&mut connection, &session, "targets")?;
        targets.push(start.elapsed().as_secs_f64() * 1e3);
    }
    figures.print(
        "reports.tables_200k_s",
        quantile(&mut tables, 1.0),
        "s",
        Bar::AtMost(1.0),
        json!({ "storage": base.name(), "what": "all official tables by commune, one request after the other; the slowest, as they are counted but once", "households": households,
            "again_s": quantile(&mut tables, 0.5), "each_ms": slowest, "counted_first_s": first_s.round(), "server_rss_mb": running.peak_mb()?.round() }),
    );
    figures.print(
        "reports.targets_200k_ms",
        quantile(&mut targets, 1.0),
        "ms",
        Bar::AtMost(300.0),
        json!({ "storage": base.name(), "what": "the targets of Resolution 47 with all communes; the slowest, as they are counted but once", "households": households, "again_ms": quantile(&mut targets, 0.5) }),
    );
    pages(figures, base, &running, &session)?;
    running.stop()
}

/// Twenty people look at what comes out.
fn pages(figures: &Figures, base: Base, running: &Running<'_>, session: &Session) -> Result<()> {
    let mut connection = running.client().connect()?;
    let communes = connection.exchange(&get("/api/communes", session))?;
    let communes: Value = serde_json::from_slice(&communes.body)?;
    let communes: Vec<&str> = communes["communes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|commune| commune["code"].as_str())
        .collect();
    ensure!(!communes.is_empty(), "no commune");
    let papers = |commune: &str| get(&format!("/api/papers?place=commune.{commune}"), session);
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for commune in &communes {
        for times in [&mut first, &mut again] {
            let start = Instant::now();
            let answer = connection.exchange(&papers(commune))?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
            ensure!(answer.status == 200, "papers answered with {}", answer.status);
        }
    }
    let middle = communes[communes.len() / 2];
    let of = |path: String| get(&path, session);
    let pages: Vec<Page> = vec![
        ("reports", of("/api/reports/table?table=official".to_owned())),
        ("movement", of("/api/reports/table?table=movement_poor".to_owned())),
        (
            "reports_of_villages",
            of(format!("/api/reports/table?table=indicators_poor&place=commune.{middle}&rows=villages")),
        ),
        ("targets", of("/api/reports/targets".to_owned())),
        (
            "households_of_target",
            post(
                "/api/reports/targets/households",
                session,
                &json!({ "of": {}, "target": "R5a", "which": "missing" }),
            ),
        ),
        ("poverty", of("/api/reports/poverty".to_owned())),
        ("what_if", post("/api/reports/what-if", session, &json!({}))),
        ("papers", papers(middle)),
        ("papers_of_another", papers(communes[0])),
    ];
    let clicked = clicked(running, &pages, figures.rounds(50))?;
    figures.print(
        "reports.page_p95_ms",
        clicked.p95_ms,
        "ms",
        Bar::AtMost(300.0),
        json!({ "storage": base.name(), "what": "from the request until the whole answer, twenty people clicking at once", "clicks": clicked.clicks,
            "p95_ms_by_page": clicked.p95_ms_by_page, "papers_of_a_commune_first_ms": quantile(&mut first, 0.5).round(),
            "papers_of_a_commune_again_ms": quantile(&mut again, 0.5).round(), "communes": communes.len(),
            "server_rss_mb": running.peak_mb()?.round() }),
    );
    Ok(())
}

/// Asks for a table until the server has counted for the first time.
fn is_counted(connection: &mut Connection, session: &Session) -> Result<bool> {
    let path = "/api/reports/table?table=official";
    Ok(connection.exchange(&request("GET", path, &[("cookie", &session.cookie)], b""))?.status == 200)
}

fn show(connection: &mut Connection, session: &Session, what: &str) -> Result<Value> {
    let path = format!("/api/reports/{what}");
    let answer = connection.exchange(&request("GET", &path, &[("cookie", &session.cookie)], b""))?;
    ensure!(answer.status == 200, "{what} answered with {}", answer.status);
    Ok(serde_json::from_slice(&answer.body)?)
}
