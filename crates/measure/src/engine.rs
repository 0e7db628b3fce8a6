//! The form engine: how soon an answer has its consequences, how soon a form opens, what it occupies, how fast it scores.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use rasoat_instrument::{Context, Path, Plan, Session};
use serde_json::json;

use crate::figure::{Bar, Figures, quantile, resident_kib, timed};
use crate::forms::{MEMBERS, Sheets, cascade, household};
use crate::scoring;

pub(crate) fn measure(figures: &mut Figures) -> Result<()> {
    let small = answering(figures, 150)?;
    let large = answering(figures, 1_500)?;
    figures.print(
        "engine.set_p99_us",
        small.p99,
        "µs",
        Bar::AtMost(200.0),
        json!({ "questions": 150, "members": MEMBERS, "p50_us": round(small.p50), "deep_p50_us": round(small.deep_p50),
            "deep_p99_us": round(small.deep_p99), "sets": small.sets }),
    );
    figures.print(
        "engine.set_growth",
        large.p99 / small.p99,
        "times",
        Bar::AtMost(1.25),
        json!({ "what": "p99 of a set at 1,500 questions over that at 150, in one run", "p50_us": round(large.p50),
            "p99_us": round(large.p99), "deep_p99_us": round(large.deep_p99), "p50_growth": round(large.p50 / small.p50) }),
    );
    loading(figures)?;
    memory(figures)?;
    choosing(figures)?;
    scoring::measure(figures)
}

/// Microseconds that setting an answer takes.
struct Sets {
    p50: f64,
    p99: f64,
    deep_p50: f64,
    deep_p99: f64,
    sets: usize,
}

fn answering(figures: &Figures, questions: usize) -> Result<Sets> {
    let mut session = filled(&Arc::new(plan(&household(questions))?))?;
    let mut all = Vec::new();
    let mut deep = Vec::new();
    for round in 0..figures.rounds(200) {
        for index in 0..150 {
            let path: Path = format!("q{}", index * questions / 150).parse()?;
            let text = if (index * questions / 150).is_multiple_of(15) {
                if round % 2 == 0 { "no".to_owned() } else { "yes".to_owned() }
            } else {
                (round + index).to_string()
            };
            let (time, outcome) = timed(|| session.set_text(&path, &text));
            outcome.with_context(|| path.to_string())?;
            all.push(time);
        }
        for member in 0..MEMBERS {
            // From child to grown-up and back: relevance, indicators and the score move.
            let path: Path = format!("members.m{member}.birth_year").parse()?;
            let year = if (round + member) % 2 == 0 { "2015" } else { "1980" };
            let (time, outcome) = timed(|| session.set_text(&path, year));
            outcome.with_context(|| path.to_string())?;
            all.push(time);
            deep.push(time);
        }
    }
    let sets = all.len();
    Ok(Sets {
        p50: quantile(&mut all, 0.5),
        p99: quantile(&mut all, 0.99),
        deep_p50: quantile(&mut deep, 0.5),
        deep_p99: quantile(&mut deep, 0.99),
        sets,
    })
}

fn loading(figures: &Figures) -> Result<()> {
    let sheets = household(150);
    let mut times = Vec::new();
    let mut parts = [Vec::new(), Vec::new(), Vec::new()];
    let answers = filled(&Arc::new(plan(&sheets)?))?.kept().clone();
    for _ in 0..figures.rounds(100) {
        let (read, definition) = timed(|| definition(&sheets));
        let definition = Arc::new(definition?);
        let (planned, plan) = timed(|| Arc::new(Plan::new(Arc::clone(&definition))));
        let (opened, session) = timed(|| Session::open_plan(plan, answers.clone(), context()));
        drop(session);
        times.push((read + planned + opened) / 1000.0);
        for (part, time) in parts.iter_mut().zip([read, planned, opened]) {
            part.push(time / 1000.0);
        }
    }
    let [read, planned, opened] = &mut parts;
    figures.print(
        "engine.load_ms",
        quantile(&mut times, 0.5),
        "ms",
        Bar::AtMost(20.0),
        json!({ "what": "sheets read, made ready, and opened with the answers of 12 members", "read_ms": round(quantile(read, 0.5)),
            "plan_ms": round(quantile(planned, 0.5)), "open_ms": round(quantile(opened, 0.5)) }),
    );
    Ok(())
}

fn memory(figures: &Figures) -> Result<()> {
    // In a process of its own: memory that was used and given back before would hide what forms occupy.
    let held = |count: usize| -> Result<f64> {
        let output = Command::new(std::env::current_exe()?).args(["--hold", &count.to_string()]).output()?;
        String::from_utf8(output.stdout)?.trim().parse().context("no figure of memory")
    };
    let count = figures.rounds(60);
    let [empty, full] = [held(0)?, held(count)?];
    figures.print(
        "engine.memory_mb",
        (full - empty) / 1024.0 / count as f64,
        "MB",
        Bar::AtMost(5.0),
        json!({ "what": "a form and its filled session, each of its own", "forms": count }),
    );
    Ok(())
}

/// Kibibytes that this process occupies while it holds so many forms, each with a session of its own.
pub(crate) fn held_kib(count: usize) -> Result<f64> {
    let sheets = household(150);
    let answers = filled(&Arc::new(plan(&sheets)?))?.kept().clone();
    let mut held = Vec::with_capacity(count);
    for _ in 0..count {
        held.push(Session::open_plan(Arc::new(plan(&sheets)?), answers.clone(), context()));
    }
    let kib = resident_kib();
    drop(held);
    Ok(kib)
}

fn choosing(figures: &Figures) -> Result<()> {
    const VILLAGES: usize = 30_000;
    let sheets = cascade(VILLAGES);
    let (load, plan) = timed(|| plan(&sheets));
    let mut session = Session::open_plan(Arc::new(plan?), BTreeMap::new(), context());
    let commune: Path = "commune".parse()?;
    let mut times = Vec::new();
    let mut offered = 0;
    for round in 0..figures.rounds(1_000) {
        let (time, changes) = timed(|| session.set_text(&commune, &format!("x{}", round % 100)));
        let changes = changes?;
        offered =
            changes.nodes.iter().filter_map(|node| node.offered.as_ref()).map(Vec::len).max().unwrap_or(0);
        times.push(time / 1000.0);
    }
    figures.print(
        "engine.cascade_30k_ms",
        quantile(&mut times, 0.99),
        "ms",
        Bar::AtMost(2.0),
        json!({ "what": "99 in 100 choices of a commune take no longer", "villages": VILLAGES, "offered": offered,
            "p50_ms": round(quantile(&mut times, 0.5)), "load_ms": round(load / 1000.0) }),
    );
    Ok(())
}

fn definition(sheets: &Sheets) -> Result<rasoat_instrument::Definition> {
    rasoat_xlsform::read_csv(&sheets.survey, &sheets.choices, &sheets.settings)
        .map_err(|problems| anyhow!("the form cannot be read: {:?}", problems.first()))
}

fn plan(sheets: &Sheets) -> Result<Plan> {
    Ok(Plan::new(Arc::new(definition(sheets)?)))
}

/// A household of twelve with every answer given.
fn filled(plan: &Arc<Plan>) -> Result<Session> {
    let mut session = Session::open_plan(Arc::clone(plan), BTreeMap::new(), context());
    for member in 0..MEMBERS {
        session.add_instance("members", &format!("m{member}").parse()?)?;
        let mut give = |field: &str, text: &str| -> Result<()> {
            session.set_text(&format!("members.m{member}.{field}").parse()?, text)?;
            Ok(())
        };
        give("full_name", &format!("Người {member}"))?;
        give("birth_year", &(1950 + member * 6).to_string())?;
        for field in ["insured", "studying", "working"] {
            give(field, if member % 3 == 0 { "no" } else { "yes" })?;
        }
        for index in 5..25 {
            give(&format!("m{index}"), &index.to_string())?;
        }
    }
    let questions: Vec<Path> = session
        .nodes()
        .into_iter()
        .map(|node| node.path)
        .filter(|path| path.field_name().is_some_and(|name| name.starts_with('q')))
        .collect();
    for (index, path) in questions.iter().enumerate() {
        session.set_text(path, if index.is_multiple_of(15) { "yes" } else { "7" })?;
    }
    Ok(session)
}

fn context() -> Context {
    // Any day will do.
    Context::of_day(
        rasoat_instrument::Moment::of_days(20_000.0, 0).map_or_else(Default::default, |moment| moment.date()),
    )
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
