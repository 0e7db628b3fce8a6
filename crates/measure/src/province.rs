//! How long an officer waits for the province's pages while twenty people click and 200,000 households are there.
//!
//! The households lie in the storage as an exchange leaves them: an edit each, and its line. Nothing is scored: what a page costs
//! depends on the lines. Each clicker has a connection of its own and goes on as soon as it is answered.

mod filled;

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use rand::SeedableRng as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::figure::{Bar, Figures, quantile};
use crate::ingest::client::{Session, request};
use crate::ingest::province::{Base, Province, Running};

/// People who click at the same time.
const CLICKERS: usize = 20;
const HOUSEHOLDS: usize = 200_000;
const SEED: u64 = 20_261_127;

pub(crate) fn measure(figures: &mut Figures) -> Result<()> {
    figures.bases().into_iter().try_for_each(|base| measure_on(figures, base))
}

fn measure_on(figures: &Figures, base: Base) -> Result<()> {
    let households = figures.rounds(HOUSEHOLDS);
    let clicks = figures.rounds(50);
    let province = Province::make(base, 1)?;
    let start = Instant::now();
    let communes = filled::fill(&province, households, SEED)?;
    let filled_s = start.elapsed().as_secs_f64();
    let running = province.serve()?;
    let (mut connection, session) = running.log_in()?;
    let overview = get("/api/overview", &session);
    let mut alone = Vec::new();
    for _ in 0..figures.rounds(50) {
        let start = Instant::now();
        let answer = connection.exchange(&overview)?;
        alone.push(start.elapsed().as_secs_f64() * 1e3);
        ensure!(answer.status == 200, "answered with {}", answer.status);
        let page: Value = serde_json::from_slice(&answer.body)?;
        ensure!(page["marks"]["all"] == households, "not all are counted: {}", page["marks"]["all"]);
    }
    let pages = pages(&communes, &session, &running)?;
    let mut each_alone = serde_json::Map::new();
    for (name, bytes) in &pages {
        let mut alone = Vec::new();
        for _ in 0..figures.rounds(5) {
            let start = Instant::now();
            let answer = connection.exchange(bytes)?;
            alone.push(start.elapsed().as_secs_f64() * 1e3);
            ensure!(answer.status == 200, "{name} answered with {}", answer.status);
        }
        each_alone.insert((*name).to_owned(), json!(quantile(&mut alone, 0.5).round()));
    }
    let clicked = clicked(&running, &pages, clicks)?;
    figures.print(
        "province.page_p95_ms",
        clicked.p95_ms,
        "ms",
        Bar::AtMost(300.0),
        json!({ "storage": base.name(), "what": "from the request until the whole answer, twenty people clicking at once", "households": households,
            "clicks": clicked.clicks, "cores": std::thread::available_parallelism().map_or(0, usize::from),
            "p95_ms_by_page": clicked.p95_ms_by_page, "alone_ms_by_page": each_alone, "database_mb": province.database_mb()?.round(), "filled_s": filled_s.round() }),
    );
    figures.print(
        "province.overview_ms",
        quantile(&mut alone, 0.5),
        "ms",
        Bar::AtMost(100.0),
        json!({ "storage": base.name(), "what": "the overview, nobody else clicking, median", "households": households,
            "p95_ms": quantile(&mut alone, 0.95).round(), "server_rss_mb": running.peak_mb()?.round() }),
    );
    running.stop()
}

/// What a page asks for, by its name.
pub(crate) type Page = (&'static str, Vec<u8>);

/// What people look at.
fn pages(communes: &[String], session: &Session, running: &Running<'_>) -> Result<Vec<Page>> {
    let commune = communes.first().context("no commune")?;
    let middle = communes.get(communes.len() / 2).context("no commune")?;
    let list = |body: Value| post("/api/households", session, &body);
    let filter = |filter: Value| list(json!({ "filter": filter }));
    // A household far behind, from which to go on, and one to look at.
    let mut connection = running.client().connect()?;
    let answer = connection.exchange(&list(json!({ "filter": { "commune": middle }, "limit": 500 })))?;
    let page: Value = serde_json::from_slice(&answer.body)?;
    let deep = &page["rows"].as_array().and_then(|rows| rows.last()).context("no household")?["household"];
    let household = format!("/api/households/{middle}/{}", deep["id"].as_str().context("no id")?);
    Ok(vec![
        ("overview", get("/api/overview", session)),
        ("communes", get("/api/communes", session)),
        ("villages", get(&format!("/api/communes/{commune}/villages"), session)),
        ("households", list(json!({}))),
        ("households_further", list(json!({ "after": { "commune": middle, "id": deep["id"] } }))),
        ("households_of_mark", filter(json!({ "marks": ["stage.complaint"] }))),
        ("households_of_marks", filter(json!({ "marks": ["class_2022.poor", "conflict"] }))),
        ("households_of_commune", filter(json!({ "commune": middle, "marks": ["state.signed"] }))),
        ("search_common", filter(json!({ "text": "nguyen van" }))),
        ("search_rare", filter(json!({ "text": "4417" }))),
        ("household", get(&household, session)),
        ("conflicts", get("/api/conflicts", session)),
        ("duplicates", get("/api/duplicates", session)),
        ("devices", get("/api/devices", session)),
        ("round", get("/api/round", session)),
        (
            "audit",
            post(
                "/api/audit",
                session,
                &json!({ "actor": "", "act": "", "object": "", "offset": 0, "limit": 50 }),
            ),
        ),
        ("requests", get("/api/requests", session)),
        ("accounts", get("/api/accounts", session)),
        ("instruments", get("/api/library/instruments", session)),
        ("plan", get(&format!("/api/communes/{middle}/plan"), session)),
        ("announcements", get("/api/announcements", session)),
    ])
}

pub(crate) fn get(path: &str, session: &Session) -> Vec<u8> {
    request("GET", path, &[("cookie", &session.cookie)], b"")
}

pub(crate) fn post(path: &str, session: &Session, body: &Value) -> Vec<u8> {
    let headers = [
        ("cookie", session.cookie.as_str()),
        ("x-rasoat-csrf", session.csrf.as_str()),
        ("content-type", "application/json"),
    ];
    request("POST", path, &headers, body.to_string().as_bytes())
}

/// How long answers took while [`CLICKERS`] people clicked.
pub(crate) struct Clicked {
    pub(crate) clicks: usize,
    pub(crate) p95_ms: f64,
    pub(crate) p95_ms_by_page: serde_json::Map<String, Value>,
}

/// Twenty people look at pages, each at so many.
pub(crate) fn clicked(running: &Running<'_>, pages: &[Page], clicks: usize) -> Result<Clicked> {
    let mut times: Vec<(usize, f64)> = Vec::new();
    std::thread::scope(|scope| -> Result<()> {
        let clicking: Vec<_> = (0..CLICKERS)
            .map(|clicker| scope.spawn(move || click(running, pages, clicks, SEED + clicker as u64)))
            .collect();
        for clicker in clicking {
            times.extend(clicker.join().ok().context("a clicker gave up")??);
        }
        Ok(())
    })?;
    let of = |page: usize| -> Vec<f64> {
        times.iter().filter(|(of, _)| *of == page).map(|(_, millis)| *millis).collect()
    };
    let each = pages.iter().enumerate();
    let each = each.map(|(at, (name, _))| ((*name).to_owned(), json!(quantile(&mut of(at), 0.95).round())));
    let mut all: Vec<f64> = times.iter().map(|(_, millis)| *millis).collect();
    Ok(Clicked { clicks: all.len(), p95_ms: quantile(&mut all, 0.95), p95_ms_by_page: each.collect() })
}

/// Looks at one page after the other; which, and how many milliseconds each took.
fn click(running: &Running<'_>, pages: &[Page], clicks: usize, seed: u64) -> Result<Vec<(usize, f64)>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut connection = running.client().connect()?;
    let places: Vec<usize> = (0..pages.len()).collect();
    let mut times = Vec::new();
    for _ in 0..clicks {
        let at = *places.choose(&mut random).context("no page")?;
        let (name, bytes) = pages.get(at).context("no page")?;
        let start = Instant::now();
        let answer = connection.exchange(bytes)?;
        times.push((at, start.elapsed().as_secs_f64() * 1e3));
        ensure!(answer.status == 200, "{name} answered with {}", answer.status);
    }
    Ok(times)
}
