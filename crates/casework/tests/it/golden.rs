//! Households worked out by hand from the law's text (`tests/fixtures/golden/*.toml`), under both standards.

use std::collections::BTreeSet;

use rasoat_casework::AreaType;
use rasoat_casework::standard::{Classification, IndicatorState};
use toml::{Table, Value};

use crate::generated::Dice;
use crate::household::{DUMMY_POINTS, Household, STANDARDS, file, standard};

pub(crate) fn cases() -> Vec<(String, Table)> {
    let folder = file("tests/fixtures/golden");
    let mut cases: Vec<(String, Table)> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("the file");
            let table = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, table)
        })
        .collect();
    cases.sort_by(|one, other| one.0.cmp(&other.0));
    cases
}

pub(crate) fn household(case: &Table) -> Household {
    let mut base = Household::base(text(case, "base").unwrap_or("couple"));
    for id in words(case, "absent").into_iter().flatten() {
        base.members.remove(&id);
    }
    base.overlay(Household::from_table(case))
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Value::as_str)
}

fn words(table: &Table, key: &str) -> Option<BTreeSet<String>> {
    let items = table.get(key)?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn keys(found: &Classification, state: IndicatorState) -> BTreeSet<String> {
    found.indicators.iter().filter(|result| result.state == state).map(|result| result.key.clone()).collect()
}

/// What differs from the expectation, in words.
fn differences(expected: &Table, found: &Classification) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, expected: String, found: String| {
        if expected != found {
            differences.push(format!("{what}: expected {expected}, found {found}"));
        }
    };
    let class = found.class.as_ref().map(|class| class.key.as_str());
    compare("class", format!("{:?}", text(expected, "class")), format!("{class:?}"));
    let possible: BTreeSet<String> = found.possible.iter().map(|class| class.key.clone()).collect();
    let class: Option<BTreeSet<String>> = text(expected, "class").map(|class| [class.to_owned()].into());
    let wanted = words(expected, "possible").or(class).expect("either class or possible");
    compare("possible", format!("{wanted:?}"), format!("{possible:?}"));
    let low = expected.get("low").and_then(Value::as_bool);
    compare("low", format!("{low:?}"), format!("{:?}", found.income.low));
    for (key, state) in [("deprived", IndicatorState::Deprived), ("open", IndicatorState::Open)] {
        let wanted = words(expected, key).unwrap_or_default();
        compare(key, format!("{wanted:?}"), format!("{:?}", keys(found, state)));
    }
    if let Some(wanted) = expected.get("points").and_then(Value::as_integer) {
        let total = found.income.points.as_ref().and_then(|points| points.total);
        compare("points", format!("{:?}", Some(wanted as f64)), format!("{total:?}"));
    }
    if let Some(wanted) = words(expected, "provisional") {
        let found = serde_json::to_value(&found.provisional).expect("JSON");
        let found: BTreeSet<String> = found
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|why| why.as_str().map(str::to_owned))
            .collect();
        compare("provisional", format!("{wanted:?}"), format!("{found:?}"));
    }
    differences
}

#[test]
fn every_golden_household_comes_out_as_worked_out_by_hand() {
    let standards = [STANDARDS[0], STANDARDS[1], DUMMY_POINTS].map(|id| (id, standard(id)));
    let mut wrong = Vec::new();
    let cases = cases();
    for (name, case) in &cases {
        let area = match text(case, "area") {
            Some("rural") => AreaType::Rural,
            Some("urban") => AreaType::Urban,
            other => panic!("{name}: area {other:?}"),
        };
        let session = household(case).open();
        let expected = case["expect"].as_table().expect("expectations");
        for (id, standard) in &standards {
            // What the invented table makes of a household is worked out where that is what the file is about.
            let Some(expected) = expected.get(*id).and_then(Value::as_table) else {
                assert!(*id == DUMMY_POINTS, "{name}: no expectation for {id}");
                continue;
            };
            let found = standard.classify(&session, area);
            for difference in differences(expected, &found) {
                wrong.push(format!("{name}, {id}: {difference}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() >= 200, "only {} golden households", cases.len());
}

#[test]
fn what_is_said_of_a_half_filled_household_stays_true_when_it_is_filled() {
    let standards = STANDARDS.map(standard);
    let mut narrowed = 0;
    for (index, (name, case)) in cases().into_iter().enumerate() {
        let whole = household(&case);
        let seed = (index as u64 + 1) * 1_000_003;
        let mut dice = Dice::new(seed);
        let mut half = whole.clone();
        half.answers.retain(|_, _| !dice.one_in(6));
        for fields in half.members.values_mut() {
            fields.retain(|_, _| !dice.one_in(6));
        }
        let (whole, half) = (whole.open(), half.open());
        for standard in &standards {
            let then = standard.classify(&whole, AreaType::Rural);
            let now = standard.classify(&half, AreaType::Rural);
            let place = format!("{name}, seed {seed}, {}", standard.id);
            for (then, now) in then.indicators.iter().zip(&now.indicators) {
                let fits = now.state == IndicatorState::Open || now.state == then.state;
                assert!(fits, "{place}: {} was {:?}, is {:?}", now.key, now.state, then.state);
                let waits = now.state != IndicatorState::Open || !now.missing.is_empty();
                assert!(waits, "{place}: {} is open and asks for nothing", now.key);
            }
            for class in &then.possible {
                assert!(now.possible.contains(class), "{place}: {} was ruled out", class.key);
            }
            narrowed += usize::from(now.possible.len() > then.possible.len());
        }
    }
    assert!(narrowed > 50, "only {narrowed} households were open and then were not");
}

#[test]
fn every_answer_of_a_golden_household_is_one_that_the_form_asks() {
    let mut unasked = Vec::new();
    for (name, case) in cases() {
        let household = household(&case);
        let session = household.open();
        for (path, text) in household.places() {
            if !text.is_empty() && session.value(&path).is_none() {
                unasked.push(format!("{name}: {path}"));
            }
        }
    }
    assert!(unasked.is_empty(), "{unasked:#?}");
}

#[test]
fn every_indicator_is_met_in_one_golden_household_and_deprived_in_another() {
    for id in STANDARDS {
        let standard = standard(id);
        let mut met = BTreeSet::new();
        let mut deprived = BTreeSet::new();
        let mut undefined = BTreeSet::new();
        for (_, case) in cases() {
            let found = standard.classify(&household(&case).open(), AreaType::Rural);
            met.extend(keys(&found, IndicatorState::Met));
            deprived.extend(keys(&found, IndicatorState::Deprived));
            undefined.extend(keys(&found, IndicatorState::Undefined));
        }
        assert_eq!(met, deprived, "{id}");
        assert_eq!(met.len() + undefined.len(), 12, "{id}");
    }
}
