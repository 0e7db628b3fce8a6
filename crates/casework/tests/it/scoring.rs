//! A standard made ready, and the light score, agree with the classification that gives every reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_casework::AreaType;
use rasoat_casework::standard::{Classification, IndicatorSet, IndicatorState, ReadyStandard, Score};
use rasoat_instrument::{Answer, Context, Plan, Session};

use crate::generated::{self, Dice};
use crate::golden;
use crate::household::{DUMMY_POINTS, Household, STANDARDS, form, plan, standard};

fn both() -> [ReadyStandard; 2] {
    STANDARDS.map(|id| standard(id).ready(&plan()))
}

fn all() -> [ReadyStandard; 3] {
    [STANDARDS[0], STANDARDS[1], DUMMY_POINTS].map(|id| standard(id).ready(&plan()))
}

/// What a score says that a classification says, too, in the same words.
fn of_score(ready: &ReadyStandard, score: &Score) -> String {
    let keys = |set: IndicatorSet| ready.keys(set).collect::<Vec<_>>();
    let possible: Vec<&str> = ready.possible(score).map(|class| class.key.as_str()).collect();
    format!(
        "{:?} {possible:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        ready.class(score).map(|class| class.key.as_str()),
        keys(score.deprived),
        keys(score.open),
        keys(score.undefined),
        score.low,
        score.basis,
        score.income,
        score.provisional().collect::<Vec<_>>(),
    )
}

fn of_classification(found: &Classification) -> String {
    let keys = |state: IndicatorState| {
        let with = found.indicators.iter().filter(|result| result.state == state);
        with.map(|result| result.key.as_str()).collect::<Vec<_>>()
    };
    let possible: Vec<&str> = found.possible.iter().map(|class| class.key.as_str()).collect();
    format!(
        "{:?} {possible:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        found.class.as_ref().map(|class| class.key.as_str()),
        keys(IndicatorState::Deprived),
        keys(IndicatorState::Open),
        keys(IndicatorState::Undefined),
        found.income.low,
        found.income.basis,
        found.income.value,
        found.provisional,
    )
}

/// What differs between the light score and the reasons, and between a standard made ready and one that is not.
fn differences(ready: &ReadyStandard, session: &Session, area: AreaType) -> Vec<String> {
    let explained = ready.classify(session, area);
    let mut differences = Vec::new();
    let (light, whole) = (of_score(ready, &ready.score(session, area)), of_classification(&explained));
    if light != whole {
        differences.push(format!("score {light}\n  reasons {whole}"));
    }
    // Opened no further than the standard asks, it comes out the same.
    let kept: Vec<Answer<'_>> =
        session.kept().iter().filter_map(|(path, value)| Answer::at(path, value)).collect();
    let part = session.plan().part(ready.prepared());
    match Session::open_part(session.plan(), &part, &kept, session.context().clone()) {
        Some(partly) => {
            let part = of_score(ready, &ready.score(&partly, area));
            if part != light {
                differences.push(format!("score {light}\n  in part {part}"));
            }
        }
        None => differences.push("not opened in part".to_owned()),
    }
    // Costs most of the test's time: for one area only.
    if area == AreaType::Rural && ready.standard().classify(session, area) != explained {
        differences.push("not ready comes out otherwise".to_owned());
    }
    differences
}

/// Takes answers away, and puts others of the same question in other members' places.
fn mutated(household: &Household, dice: &mut Dice) -> Household {
    let mut other = household.clone();
    let rate = 2 + dice.below(12);
    other.answers.retain(|_, _| !dice.one_in(rate));
    let donors: Vec<BTreeMap<String, String>> = household.members.values().cloned().collect();
    for fields in other.members.values_mut() {
        fields.retain(|_, _| !dice.one_in(rate));
        let donor = usize::try_from(dice.below(donors.len() as u64)).unwrap_or(0);
        for (name, text) in &donors[donor] {
            if dice.one_in(rate) {
                fields.insert(name.clone(), text.clone());
            }
        }
    }
    other
}

#[test]
fn the_light_score_and_the_reasons_agree_on_every_golden_household_and_on_mutations_of_it() {
    let standards = all();
    let mut wrong = Vec::new();
    let mut open = 0;
    for (index, (name, case)) in golden::cases().into_iter().enumerate() {
        let whole = golden::household(&case);
        for round in 0..3_u64 {
            let seed = index as u64 * 100 + round;
            let household = if round == 0 { whole.clone() } else { mutated(&whole, &mut Dice::new(seed)) };
            let session = household.open();
            for ready in &standards {
                for area in [AreaType::Rural, AreaType::Urban] {
                    open += usize::from(ready.score(&session, area).is_open());
                    let found = differences(ready, &session, area);
                    wrong.extend(found.iter().map(|what| {
                        format!("{name}, seed {seed}, {} {area:?}: {what}", ready.standard().id)
                    }));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(open > 500, "only {open} were open");
}

#[test]
fn the_light_score_and_the_reasons_agree_on_generated_households() {
    let standards = all();
    for seed in 0..200_u64 {
        let mut dice = Dice::new(seed);
        let members = dice.below(9);
        let mut household = Household::from_places(generated::household(&mut dice, members));
        if dice.one_in(2) {
            household = mutated(&household, &mut dice);
        }
        if dice.one_in(3) {
            let unknown =
                [("income_method", "unknown"), ("electricity_kwh", "60"), ("livestock_types", "none")];
            household.answers.extend(unknown.map(owned));
        }
        let session = household.open();
        for ready in &standards {
            let area = if dice.one_in(3) { AreaType::Urban } else { AreaType::Rural };
            assert_eq!(differences(ready, &session, area), Vec::<String>::new(), "seed {seed}, {area:?}");
        }
    }
}

#[test]
fn a_generated_household_has_every_answer_that_the_standards_want() {
    let [now, next] = both();
    for seed in 0..100_u64 {
        let household = Household::from_places(generated::household(&mut Dice::new(seed), 5));
        let session = household.open();
        let found = now.classify(&session, AreaType::Rural);
        assert_eq!(found.open, 0, "seed {seed}: {:?}", found.indicators);
        assert!(found.class.is_some(), "seed {seed}");
        assert_eq!(next.score(&session, AreaType::Rural).open.count(), 0, "seed {seed}");
    }
}

#[test]
fn a_standard_made_ready_for_one_form_scores_interviews_on_another_right() {
    let [ready, _] = both();
    let other = Arc::new(Plan::new(Arc::new(form().as_ref().clone())));
    let household = Household::base("couple");
    let here = household.open();
    let context = Context::of_day("2026-11-23".parse().expect("a date"));
    let there = Session::open_plan(other, here.kept().clone(), context);
    assert_eq!(ready.classify(&there, AreaType::Rural), ready.classify(&here, AreaType::Rural));
    assert_eq!(ready.score(&there, AreaType::Rural), ready.score(&here, AreaType::Rural));
}

#[test]
fn a_set_of_indicators_knows_its_numbers() {
    let [ready, _] = both();
    let mut household = Household::base("couple");
    household.answers.extend([("toilet", "none"), ("wall_solid", "no"), ("roof_solid", "")].map(owned));
    household.members.get_mut("b").expect("b").extend([("work_status", "none")].map(owned));
    let score = ready.score(&household.open(), AreaType::Rural);
    assert_eq!(score.deprived.count(), 2);
    assert!(score.deprived.contains(1) && score.deprived.contains(10));
    assert!(!score.deprived.contains(7) && score.open.contains(7));
    assert!(!score.deprived.contains(0) && !score.deprived.contains(65) && !score.deprived.contains(255));
    assert!(score.is_open(), "a third may be deprived");
}

fn owned((name, text): (&str, &str)) -> (String, String) {
    (name.to_owned(), text.to_owned())
}
