//! Searches as they are typed, and every list there is.

use std::collections::BTreeMap;

use anyhow::Result;
use rasoat_app::view::{Custody, FindingsFilter, HouseholdQuery, HouseholdSort, HouseholdState};
use serde_json::{Value, json};

use super::laptop::Laptop;
use super::timed_ok;
use crate::figure::{Bar, Figures, quantile};
use crate::generated::Dice;

/// Rows of a page.
const PAGE: u32 = 50;

/// Every beginning of what is typed, letter by letter.
pub(super) fn searches(figures: &Figures, laptop: &Laptop, name: &str, bar: f64) -> Result<()> {
    let mut kinds: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut all = Vec::new();
    let mut worst = (0.0, String::new());
    let mut dice = Dice::new(1);
    for _ in 0..figures.rounds(700) {
        let index = usize::try_from(dice.below(laptop.typed.len() as u64))?;
        let Some((kind, text)) = laptop.typed.get(index) else { continue };
        let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        for (letters, end) in ends.iter().enumerate() {
            let typed = text[..*end].to_owned();
            let query = HouseholdQuery { text: typed, limit: PAGE, ..HouseholdQuery::default() };
            let (micros, page) = timed_ok(|| laptop.page(query))?;
            let milliseconds = micros / 1000.0;
            all.push(milliseconds);
            let label =
                if letters < 3 { format!("{kind}_{}_letters", letters + 1) } else { (*kind).to_owned() };
            if milliseconds > worst.0 {
                worst = (milliseconds, format!("{label}, {} found", page.total));
            }
            kinds.entry(label).or_default().push(milliseconds);
        }
    }
    let by_kind: BTreeMap<String, Value> =
        kinds.iter_mut().map(|(kind, times)| (kind.clone(), json!(round(quantile(times, 0.99))))).collect();
    figures.print(
        name,
        quantile(&mut all, 0.99),
        "ms",
        Bar::AtMost(bar),
        json!({ "what": "p99 of a search with total and first page, typed letter by letter", "searches": all.len(),
            "households": laptop.households, "median_ms": quantile(&mut all, 0.5), "worst_ms": worst.0,
            "worst": worst.1, "p99_ms_by_kind": by_kind }),
    );
    Ok(())
}

/// The first page, one in the middle and the last of every filter in every order.
pub(super) fn pages(figures: &Figures, laptop: &Laptop, name: &str) -> Result<()> {
    let village = format!("{}-thon-na-loc", laptop.commune);
    let filters: [(&str, HouseholdQuery); 14] = {
        let of = HouseholdQuery::default;
        [
            ("none", of()),
            ("village", HouseholdQuery { village: Some(village), ..of() }),
            ("listed", HouseholdQuery { state: Some(HouseholdState::Listed), ..of() }),
            ("started", HouseholdQuery { state: Some(HouseholdState::Started), ..of() }),
            ("signed", HouseholdQuery { state: Some(HouseholdState::Signed), ..of() }),
            ("class", HouseholdQuery { class: Some("poor".to_owned()), ..of() }),
            ("previous_class", HouseholdQuery { previous_class: Some("near_poor".to_owned()), ..of() }),
            ("only_here", HouseholdQuery { custody: Some(Custody::OnlyHere), ..of() }),
            ("confirmed", HouseholdQuery { custody: Some(Custody::Confirmed), ..of() }),
            ("blocking", HouseholdQuery { findings: Some(FindingsFilter::Blocking), ..of() }),
            ("warnings", HouseholdQuery { findings: Some(FindingsFilter::Warnings), ..of() }),
            ("clear", HouseholdQuery { findings: Some(FindingsFilter::Clear), ..of() }),
            ("in_conflict", HouseholdQuery { in_conflict: true, ..of() }),
            (
                "several",
                HouseholdQuery {
                    text: "nguyen".to_owned(),
                    state: Some(HouseholdState::Signed),
                    custody: Some(Custody::Confirmed),
                    ..of()
                },
            ),
        ]
    };
    let sorts = [
        ("place", HouseholdSort::Place),
        ("name", HouseholdSort::Name),
        ("code", HouseholdSort::Code),
        ("changed", HouseholdSort::Changed),
        ("class", HouseholdSort::Class),
        ("answered", HouseholdSort::Answered),
    ];
    let mut by_part: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut by_sort: BTreeMap<&str, f64> = BTreeMap::new();
    let mut worst = (0.0, String::new());
    for (filter, query) in &filters {
        for (sorted, sort) in sorts {
            for descending in [false, true] {
                let query = HouseholdQuery { sort, descending, limit: PAGE, ..query.clone() };
                let total = laptop.page(query.clone())?.total;
                let parts = [("first", 0), ("middle", total / 2), ("last", total.saturating_sub(PAGE))];
                for (part, offset) in parts {
                    let mut times = Vec::new();
                    for _ in 0..figures.rounds(5) {
                        let query = HouseholdQuery { offset, ..query.clone() };
                        times.push(timed_ok(|| laptop.page(query))?.0 / 1000.0);
                    }
                    let slowest = quantile(&mut times, 1.0);
                    by_part.entry(part).or_default().extend(times);
                    let most = by_sort.entry(sorted).or_default();
                    *most = most.max(slowest);
                    if slowest > worst.0 {
                        let way = if descending { "backwards" } else { "forwards" };
                        worst = (slowest, format!("{filter} by {sorted}, {way}, {part} page of {total}"));
                    }
                }
            }
        }
    }
    let mut screens: BTreeMap<&str, f64> = BTreeMap::new();
    for (screen, show) in
        [("today", Laptop::today as fn(&Laptop) -> Result<()>), ("sync", Laptop::sync_screen)]
    {
        let mut times = Vec::new();
        for _ in 0..figures.rounds(20) {
            times.push(timed_ok(|| show(laptop))?.0 / 1000.0);
        }
        let slowest = quantile(&mut times, 1.0);
        screens.insert(screen, round(slowest));
        if slowest > worst.0 {
            worst = (slowest, screen.to_owned());
        }
    }
    let by_part: BTreeMap<&str, f64> =
        by_part.into_iter().map(|(part, mut times)| (part, round(quantile(&mut times, 0.99)))).collect();
    let by_sort: BTreeMap<&str, f64> = by_sort.into_iter().map(|(sort, most)| (sort, round(most))).collect();
    figures.print(
        name,
        worst.0,
        "ms",
        Bar::AtMost(30.0),
        json!({ "what": "the slowest page of any list, with its total, or screen with lists", "households": laptop.households,
            "filters": filters.len(), "orders": sorts.len() * 2, "worst": worst.1, "p99_ms_by_part": by_part,
            "worst_ms_by_order": by_sort, "worst_ms_by_screen": screens }),
    );
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
