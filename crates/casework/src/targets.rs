//! The targets of a resolution as data: what is to be reached by year, and how it is counted.
//!
//! No figure stands here: `instruments/targets` holds the file that [`Targets::from_toml`] reads, and the province edits it.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_instrument::{Confidence, Provenance, Text};
use serde::Serialize;
use toml::Value;

use crate::standard::table::Section;
use crate::standard::{StandardProblem, parse};

/// The units that a target may have.
const UNITS: [&str; 3] = ["percent", "percentage_points_per_year", "count_of_districts"];
/// How a figure may be compared with its target.
const COMPARISONS: [&str; 2] = ["at_least", "above"];
/// Years that a target may be set for.
const YEARS: std::ops::RangeInclusive<u16> = 2000..=2100;

/// Targets of one resolution (`instruments/targets/*.toml`).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Targets {
    /// Its id: `resolution-47`.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// The texts it is taken from.
    pub sources: Vec<String>,
    /// How sure the whole is.
    pub confidence: Confidence,
    /// Its targets in their order.
    pub targets: Vec<Target>,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Target {
    /// Its id: `R5a`.
    pub id: String,
    /// What is to be reached.
    pub label: Text,
    /// What is counted; none where it is not counted from households.
    pub numerator: Option<Text>,
    /// Of what.
    pub denominator: Option<Text>,
    /// `percent`, `percentage_points_per_year` or `count_of_districts`.
    pub unit: String,
    /// `at_least` or `above`.
    pub comparison: String,
    /// Who says so, where a year says nothing of its own.
    pub provenance: Provenance,
    /// What is to be known beside.
    pub note: Option<String>,
    /// How it is counted from households; none where it is not.
    pub count: Option<Count>,
    /// Counts beside it, by their keys: of a part of it, or by a stricter reading.
    pub parts: Vec<CountPart>,
    /// The figures by year.
    pub by_year: BTreeMap<u16, YearTarget>,
}

/// How a target is counted from households. Facts are those of [`crate::Facts`], indicators and classes those of the standard in force.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Count {
    /// Whether members are counted; else households.
    pub of_members: bool,
    /// Of all households that live there, asked or not.
    pub living: bool,
    /// Only in communes of these former districts; everywhere where there is none.
    pub districts: Vec<String>,
    /// Only households of these classes; of any known class where there is none.
    pub among: Vec<String>,
    /// Only those of whom this fact holds.
    pub having: Option<String>,
    /// Reached where this fact holds.
    pub holding: Option<String>,
    /// Reached where the household is deprived in none of these indicators.
    pub met: Vec<String>,
    /// Reached where the household is of one of these classes.
    pub class: Vec<String>,
    /// Reached where the household's class is known and is none of these.
    pub not_class: Vec<String>,
}

/// A count beside a target's own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CountPart {
    /// Its key: `training`.
    pub key: String,
    /// In words.
    pub label: Text,
    /// How it is counted.
    pub count: Count,
}

/// What is to be reached in a year.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct YearTarget {
    /// The figure, in the target's unit.
    pub value: f64,
    /// Who says so; none: as the target.
    pub provenance: Option<Provenance>,
}

impl Targets {
    /// Reads a file of targets.
    ///
    /// # Errors
    /// Everything wrong with it, each with its place; codes as of [`crate::standard::Standard::from_toml`].
    pub fn from_toml(text: &str) -> Result<Self, Vec<StandardProblem>> {
        let table = parse(text)?;
        let mut problems = Vec::new();
        let read = file(Section::new("", table, &mut problems));
        match read {
            Some(read) if problems.is_empty() => Ok(read),
            _ => Err(problems),
        }
    }

    /// The file that [`Targets::from_toml`] reads the same from.
    pub fn to_toml(&self) -> String {
        let mut file = toml::Table::new();
        file.insert("id".to_owned(), self.id.clone().into());
        file.insert("title".to_owned(), wording(&self.title));
        file.insert("sources".to_owned(), self.sources.clone().into());
        file.insert("confidence".to_owned(), word(self.confidence).into());
        let targets: Vec<Value> = self.targets.iter().map(|target| target.table().into()).collect();
        file.insert("target".to_owned(), targets.into());
        file.to_string()
    }

    /// The same with another figure for a year, or none; `None` where there is no such target, or the year is out of range.
    #[must_use]
    pub fn with(&self, target: &str, year: u16, figure: Option<YearTarget>) -> Option<Self> {
        let mut changed = self.clone();
        let found = changed.targets.iter_mut().find(|found| found.id == target)?;
        if !YEARS.contains(&year) {
            return None;
        }
        match figure {
            Some(figure) => drop(found.by_year.insert(year, figure)),
            None => drop(found.by_year.remove(&year)?),
        }
        Some(changed)
    }
}

impl Target {
    fn table(&self) -> toml::Table {
        let mut table = toml::Table::new();
        let mut put = |key: &str, value: Value| drop(table.insert(key.to_owned(), value));
        put("id", self.id.clone().into());
        put("label", wording(&self.label));
        for (key, text) in [("numerator", &self.numerator), ("denominator", &self.denominator)] {
            if let Some(text) = text {
                put(key, wording(text));
            }
        }
        put("unit", self.unit.clone().into());
        put("comparison", self.comparison.clone().into());
        put("confidence", word(self.provenance.confidence).into());
        put("source", self.provenance.source.clone().into());
        if let Some(note) = &self.note {
            put("note", note.clone().into());
        }
        if let Some(count) = &self.count {
            put("count", count.table().into());
        }
        if !self.parts.is_empty() {
            put("part", self.parts.iter().map(|part| Value::from(part.table())).collect::<Vec<_>>().into());
        }
        let years = self.by_year.iter().map(|(year, figure)| (year.to_string(), figure.value()));
        put("by_year", Value::Table(years.collect()));
        table
    }
}

impl Count {
    fn table(&self) -> toml::Table {
        let mut table = toml::Table::new();
        let mut put = |key: &str, value: Value| drop(table.insert(key.to_owned(), value));
        put("of", if self.of_members { "members" } else { "households" }.into());
        if self.living {
            put("living", true.into());
        }
        let lists = [
            ("districts", &self.districts),
            ("among", &self.among),
            ("met", &self.met),
            ("class", &self.class),
            ("not_class", &self.not_class),
        ];
        for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            put(key, list.clone().into());
        }
        for (key, fact) in [("having", &self.having), ("holding", &self.holding)] {
            if let Some(fact) = fact {
                put(key, fact.clone().into());
            }
        }
        table
    }
}

impl CountPart {
    fn table(&self) -> toml::Table {
        let mut table = toml::Table::new();
        table.insert("key".to_owned(), self.key.clone().into());
        table.insert("label".to_owned(), wording(&self.label));
        table.insert("count".to_owned(), self.count.table().into());
        table
    }
}

impl YearTarget {
    /// A bare figure, or one with its source.
    fn value(&self) -> Value {
        let Some(provenance) = &self.provenance else { return self.value.into() };
        let mut table = toml::Table::new();
        table.insert("value".to_owned(), self.value.into());
        table.insert("confidence".to_owned(), word(provenance.confidence).into());
        table.insert("source".to_owned(), provenance.source.clone().into());
        table.into()
    }
}

fn wording(text: &Text) -> Value {
    let words = text.0.iter().map(|(language, words)| (language.clone(), words.clone().into()));
    Value::Table(words.collect())
}

fn word(confidence: Confidence) -> &'static str {
    crate::standard::confidence_word(confidence)
}

fn file(mut file: Section<'_>) -> Option<Targets> {
    let id = file.require("id", Section::string);
    let title = file.require("title", Section::text);
    let sources = file.require("sources", Section::strings);
    let confidence = file.confidence();
    if !file.has("target") {
        file.report("target", "missing", "");
    }
    let targets = file.each("target", Some("id"), target);
    let mut seen = BTreeSet::new();
    for target in &targets {
        if !seen.insert(&target.id) {
            file.report(&format!("target.{}", target.id), "duplicate_key", "");
        }
    }
    file.finish();
    Some(Targets { id: id?, title: title?, sources: sources?, confidence: confidence?, targets })
}

fn target(mut section: Section<'_>) -> Option<Target> {
    let id = section.require("id", Section::string);
    let label = section.require("label", Section::text);
    let numerator = section.text("numerator");
    let denominator = section.text("denominator");
    let unit = one_of(&mut section, "unit", &UNITS);
    let comparison = one_of(&mut section, "comparison", &COMPARISONS);
    let provenance = section.provenance();
    let note = section.string("note");
    let count = section.has("count").then(|| section.table("count").and_then(count));
    let parts = if section.has("part") { section.each("part", Some("key"), part) } else { Vec::new() };
    let by_year = match section.table("by_year") {
        Some(years) => by_year(years),
        None => BTreeMap::new(),
    };
    section.finish();
    Some(Target {
        id: id?,
        label: label?,
        numerator,
        denominator,
        unit: unit?,
        comparison: comparison?,
        provenance: provenance?,
        note,
        count: count.flatten(),
        parts,
        by_year,
    })
}

fn part(mut section: Section<'_>) -> Option<CountPart> {
    let key = section.require("key", Section::string);
    let label = section.require("label", Section::text);
    let counted = section.table("count").and_then(count);
    if counted.is_none() {
        section.report("count", "missing", "");
    }
    section.finish();
    Some(CountPart { key: key?, label: label?, count: counted? })
}

fn count(mut section: Section<'_>) -> Option<Count> {
    let of = one_of(&mut section, "of", &["households", "members"]);
    let living = section.flag("living");
    let mut list =
        |key: &str| if section.has(key) { section.strings(key).unwrap_or_default() } else { Vec::new() };
    let [districts, among, met, class, not_class] =
        ["districts", "among", "met", "class", "not_class"].map(&mut list);
    let having = section.string("having");
    let holding = section.string("holding");
    section.finish();
    let of_members = of? == "members";
    Some(Count { of_members, living, districts, among, having, holding, met, class, not_class })
}

fn one_of(section: &mut Section<'_>, key: &str, words: &[&str]) -> Option<String> {
    let word = section.require(key, Section::string)?;
    if words.contains(&word.as_str()) {
        return Some(word);
    }
    section.report(key, "bad_value", &word);
    None
}

fn by_year(mut section: Section<'_>) -> BTreeMap<u16, YearTarget> {
    let mut years = BTreeMap::new();
    for key in section.keys() {
        let Some(year) = key.parse::<u16>().ok().filter(|year| YEARS.contains(year)) else {
            section.report(&key, "bad_value", &key);
            continue;
        };
        if section.is_table(&key) {
            let Some(mut inner) = section.table(&key) else { continue };
            let value = inner.require("value", Section::figure);
            let provenance = inner.provenance();
            inner.finish();
            if let (Some(value), Some(provenance)) = (value, provenance) {
                years.insert(year, YearTarget { value, provenance: Some(provenance) });
            }
        } else if let Some(value) = section.figure(&key) {
            years.insert(year, YearTarget { value, provenance: None });
        }
    }
    section.finish();
    years
}
