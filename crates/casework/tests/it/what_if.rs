//! What another standard would make of interviews that are there already.

use std::collections::BTreeMap;

use rasoat_casework::AreaType;
use rasoat_casework::standard::{IndicatorState, ReadyStandard, Standard, what_if};
use rasoat_instrument::Session;

use crate::generated::{self, Dice};
use crate::household::{Household, plan, read, standard};

const HOUSEHOLDS: u32 = 300;

fn interviews() -> impl Iterator<Item = (u32, Session, AreaType)> {
    (0..HOUSEHOLDS).map(|seed| {
        let mut dice = Dice::new(seed.into());
        let members = 1 + dice.below(7);
        let household = Household::from_places(generated::household(&mut dice, members));
        (seed, household.open(), if seed % 4 == 0 { AreaType::Urban } else { AreaType::Rural })
    })
}

fn changed(good: &str, bad: &str) -> ReadyStandard {
    let text = read("instruments/standards/vn-2022-2026.toml");
    assert!(text.contains(good), "{good}");
    Standard::from_toml(&text.replacen(good, bad, 1)).expect("readable").ready(&plan())
}

fn today() -> ReadyStandard {
    standard("vn-2022-2026").ready(&plan())
}

#[test]
fn nothing_changes_under_the_same_standard() {
    let found = what_if(&today(), &today(), interviews());
    assert_eq!(found.changed, []);
    assert_eq!(found.flows.iter().map(|flow| flow.households).sum::<u32>(), HOUSEHOLDS);
    assert!(found.flows.iter().all(|flow| flow.before == flow.after));
    assert!(found.flows.len() >= 4, "{:?}", found.flows);
}

#[test]
fn every_household_is_counted_once_and_every_change_is_what_both_standards_say() {
    let (before, after) = (today(), standard("vn-2027-2030").ready(&plan()));
    let found = what_if(&before, &after, interviews());
    let mut counted: BTreeMap<(Option<String>, Option<String>), u32> = BTreeMap::new();
    let mut changes = 0;
    for (seed, session, area) in interviews() {
        let class = |standard: &ReadyStandard| standard.classify(&session, area).class.map(|class| class.key);
        let classes = (class(&before), class(&after));
        if classes.0 != classes.1 {
            let change = found.changed.iter().find(|change| change.key == seed);
            let change = change.unwrap_or_else(|| panic!("seed {seed} is not listed"));
            assert_eq!((&change.before, &change.after), (&classes.0, &classes.1), "seed {seed}");
            assert!(change.income || !change.indicators.is_empty(), "seed {seed} changes for no reason");
            changes += 1;
        }
        *counted.entry(classes).or_default() += 1;
    }
    assert_eq!(found.changed.len(), changes);
    assert!(changes > 50, "only {changes} change");
    let flows: BTreeMap<_, _> =
        found.flows.iter().map(|flow| ((flow.before.clone(), flow.after.clone()), flow.households)).collect();
    assert_eq!(flows, counted);
}

#[test]
fn a_higher_line_changes_classes_by_income_alone() {
    let found = what_if(&today(), &changed("rural = 1500000", "rural = 2000000"), interviews());
    assert!(found.changed.len() > 5, "{:?}", found.flows);
    for change in &found.changed {
        assert!(change.income && change.indicators.is_empty(), "{change:?}");
        assert_eq!(change.before.as_deref(), Some("average"), "{change:?}");
        assert!(["poor", "near_poor"].contains(&change.after.as_deref().expect("a class")), "{change:?}");
    }
}

#[test]
fn a_stricter_indicator_changes_classes_by_that_indicator_alone() {
    let found =
        what_if(&today(), &changed("${area_per_person} < 8", "${area_per_person} < 60"), interviews());
    assert!(!found.changed.is_empty());
    for change in &found.changed {
        assert!(!change.income, "{change:?}");
        let [indicator] = change.indicators.as_slice() else { panic!("{change:?}") };
        assert_eq!(indicator.key, "housing_area");
        let states = (indicator.before, indicator.after);
        assert_eq!(states, (Some(IndicatorState::Met), Some(IndicatorState::Deprived)));
        let classes = (change.before.as_deref(), change.after.as_deref());
        assert_eq!(classes, (Some("near_poor"), Some("poor")));
    }
}

#[test]
fn an_indicator_that_one_standard_does_not_have_is_told_by_its_absence() {
    let mut household = Household::base("couple");
    let more = [("water_source", "surface"), ("toilet", "none"), ("devices", "none")];
    household.answers.extend(more.map(|(name, text)| (name.to_owned(), text.to_owned())));
    // An indicator of another key, met by whoever has no device.
    let text =
        read("instruments/standards/vn-2022-2026.toml").replace("key = \"info_means\"", "key = \"digital\"");
    let devices = "selected(${devices}, 'tv')";
    assert!(text.contains(devices));
    let other =
        Standard::from_toml(&text.replace(devices, "selected(${devices}, 'none')")).expect("readable");
    let found = what_if(&today(), &other.ready(&plan()), [("a", household.open(), AreaType::Rural)]);
    let [change] = found.changed.as_slice() else { panic!("{found:?}") };
    assert_eq!((change.before.as_deref(), change.after.as_deref()), (Some("poor"), Some("near_poor")));
    let told: Vec<_> =
        change.indicators.iter().map(|change| (change.key.as_str(), change.before, change.after)).collect();
    let expected =
        [("info_means", Some(IndicatorState::Deprived), None), ("digital", None, Some(IndicatorState::Met))];
    assert_eq!(told, expected);
}
