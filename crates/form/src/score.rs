//! `score`, `what-if`, `points`: what standards make of interviews.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rasoat_casework::AreaType;
use rasoat_casework::standard::{Classification, PointTable, ReadyStandard, Standard, what_if as compare};
use rasoat_instrument::{Path, Plan, Session, Value};
use serde_json::json;

use crate::messages::{Language, Say};
use crate::{Area, Ended, Standards, Visit, answers, files};

pub(crate) fn score(
    file: &FilePath,
    given: &FilePath,
    wanted: &Standards,
    area: Area,
    visit: &Visit,
    say: &Say,
) -> Result<Ended> {
    let Some(plan) = files::form(file, say)? else { return Ok(Ended::WithProblems) };
    let Some(standards) = standards(&wanted.standards, &wanted.points, &plan, say)? else {
        return Ok(Ended::WithProblems);
    };
    let (session, refused) = answers::give(&plan, &answers::read(given)?, answers::context(visit)?);
    let area = match area {
        Area::Rural => AreaType::Rural,
        Area::Urban => AreaType::Urban,
    };
    let results: Vec<Classification> =
        standards.iter().map(|standard| standard.classify(&session, area)).collect();
    if say.json {
        say.json(&json!({ "results": results, "refused": refused }));
    } else {
        for refusal in &refused {
            say.line(format_args!("{}: {} [{}]", refusal.path, say.sentence(&refusal.code), refusal.code));
        }
        results.iter().for_each(|result| print(result, say));
    }
    Ok(if refused.is_empty() { Ended::Well } else { Ended::WithProblems })
}

fn print(result: &Classification, say: &Say) {
    let language = if say.language == Language::Vi { "vi" } else { "en" };
    let class = match &result.class {
        Some(class) => class.label.get(language).to_owned(),
        None => {
            let possible: Vec<&str> = result.possible.iter().map(|class| class.label.get(language)).collect();
            say.about("still_possible", &possible.join(", "))
        }
    };
    say.line(format_args!("{}: {class}", result.title.get(language)));
    if !result.provisional.is_empty() {
        say.line(format_args!("  {}", say.sentence("provisional")));
    }
    let figure = |value: Option<f64>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    say.line(format_args!(
        "  {}",
        say.about("income", &format!("{} / {}", figure(result.income.value), figure(result.income.line)))
    ));
    for indicator in &result.indicators {
        let state = format!("{:?}", indicator.state).to_lowercase();
        say.line(format_args!(
            "  {:>2} {}: {}",
            indicator.number,
            indicator.label.get(language),
            say.sentence(&state)
        ));
        for cause in &indicator.causes {
            say.line(format_args!("     {} ({})", cause.text.get(language), cause.path));
        }
        for path in &indicator.missing {
            say.line(format_args!("     {}", say.about("missing_answer", path)));
        }
    }
}

pub(crate) fn what_if(
    file: &FilePath,
    interviews: &FilePath,
    [before, after]: [&PathBuf; 2],
    points: &[PathBuf],
    visit: &Visit,
    say: &Say,
) -> Result<Ended> {
    let Some(plan) = files::form(file, say)? else { return Ok(Ended::WithProblems) };
    let read = standards(&[before.clone(), after.clone()], points, &plan, say)?;
    let Some([before, after]) = read.as_deref() else { return Ok(Ended::WithProblems) };
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(interviews).with_context(|| interviews.display().to_string())? {
        names.push(entry?.path());
    }
    names.retain(|name| files::has_ending(name, "json"));
    names.sort();
    let context = answers::context(visit)?;
    let mut opened = Vec::new();
    // What a form did not take is missing from the comparison: it is said.
    let mut refused: BTreeMap<String, Vec<answers::Refused>> = BTreeMap::new();
    for name in names {
        let (session, left_out) = answers::give(&plan, &answers::read(&name)?, context.clone());
        let key = name.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let area = area_of(&session);
        if !left_out.is_empty() {
            refused.insert(key.clone(), left_out);
        }
        opened.push((key, session, area));
    }
    let found = compare(before, after, opened);
    if say.json {
        say.json(&json!({ "flows": found.flows, "changed": found.changed, "refused": refused }));
    } else {
        for (key, refusals) in &refused {
            for refusal in refusals {
                let sentence = say.sentence(&refusal.code);
                say.line(format_args!("{key}, {}: {sentence} [{}]", refusal.path, refusal.code));
            }
        }
        for flow in &found.flows {
            let class = |key: &Option<String>| key.clone().unwrap_or_else(|| "?".to_owned());
            say.line(format_args!("{} → {}: {}", class(&flow.before), class(&flow.after), flow.households));
        }
        for changed in &found.changed {
            let keys: Vec<&str> = changed.indicators.iter().map(|change| change.key.as_str()).collect();
            let class = |key: &Option<String>| key.clone().unwrap_or_else(|| "?".to_owned());
            say.line(format_args!(
                "{}: {} → {} {}",
                changed.key,
                class(&changed.before),
                class(&changed.after),
                keys.join(" ")
            ));
        }
    }
    Ok(if refused.is_empty() { Ended::Well } else { Ended::WithProblems })
}

/// The lines that apply, as the interview itself says; rural where it does not.
fn area_of(session: &Session) -> AreaType {
    let value = Path::field("area_type").ok().and_then(|path| session.value(&path));
    match value.as_ref().and_then(Value::as_name) {
        Some("urban") => AreaType::Urban,
        Some(_) | None => AreaType::Rural,
    }
}

/// Standards made ready for a form; `None` when something is wrong with one and was said.
fn standards(
    wanted: &[PathBuf],
    points: &[PathBuf],
    plan: &Arc<Plan>,
    say: &Say,
) -> Result<Option<Vec<ReadyStandard>>> {
    let mut tables = Vec::new();
    for file in points {
        match PointTable::from_toml(&files::text(file)?) {
            Ok(table) => tables.push(table),
            Err(problems) => {
                say.standard_problems(&file.display().to_string(), &problems);
                return Ok(None);
            }
        }
    }
    let mut ready = Vec::new();
    for file in wanted {
        let read = Standard::from_toml(&files::text(file)?)
            .and_then(|standard| standard.with_tables(&tables))
            .and_then(|standard| standard.check(plan.definition()).map(|()| standard));
        match read {
            Ok(standard) => ready.push(standard.ready(plan)),
            Err(problems) => {
                say.standard_problems(&file.display().to_string(), &problems);
                return Ok(None);
            }
        }
    }
    Ok(Some(ready))
}

pub(crate) fn points(
    file: &FilePath,
    out: Option<&FilePath>,
    form: Option<&FilePath>,
    say: &Say,
) -> Result<Ended> {
    let plan = match form.map(|form| files::form(form, say)).transpose()? {
        None => None,
        Some(Some(plan)) => Some(plan),
        Some(None) => return Ok(Ended::WithProblems),
    };
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    let table = match rasoat_lists::read_points(&bytes, plan.as_deref()) {
        Ok(table) => table,
        Err(problems) => {
            if say.json {
                let all: Vec<_> = problems
                    .iter()
                    .map(|problem| {
                        json!({ "sheet": problem.sheet, "row": problem.row, "column": problem.column,
                            "code": problem.code, "word": problem.word })
                    })
                    .collect();
                say.json(&json!({ "problems": all }));
            } else {
                for problem in &problems {
                    let place = say.place(&problem.sheet, problem.row as usize, &problem.column);
                    say.line(format_args!(
                        "{place}{} [{}]",
                        say.about(problem.code, &problem.word),
                        problem.code
                    ));
                }
                say.line(format_args!("{}", say.about("problems_found", &problems.len().to_string())));
            }
            return Ok(Ended::WithProblems);
        }
    };
    let text = table.to_toml();
    match out {
        Some(out) => {
            fs::write(out, &text).with_context(|| out.display().to_string())?;
            if !say.json {
                say.line(format_args!("{}", say.about("written", &out.display().to_string())));
            }
        }
        None => say.line(format_args!("{text}")),
    }
    Ok(Ended::Well)
}
