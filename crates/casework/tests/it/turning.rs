//! What would have to change for another class, and how sure that reading is.

use rasoat_casework::AreaType;
use rasoat_casework::standard::{
    Classification, IncomeBasis, IncomeDirection, IncomeStep, IndicatorState, Provisional, Standard,
    TurningPoint,
};

use crate::household::{Household, read, standard};

fn couple(answers: &[(&str, &str)], of_b: &[(&str, &str)]) -> Household {
    let mut household = Household::base("couple");
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    household.answers.extend(answers.iter().map(owned));
    household.members.get_mut("b").expect("b").extend(of_b.iter().map(owned));
    household
}

fn classify(household: &Household) -> Classification {
    standard("vn-2022-2026").classify(&household.open(), AreaType::Rural)
}

fn points(found: &Classification) -> Vec<(i8, bool, &str)> {
    found
        .turning_points
        .iter()
        .map(|point| (point.indicators, point.income, point.class.key.as_str()))
        .collect()
}

fn towards<'f>(found: &'f Classification, class: &str) -> &'f TurningPoint {
    let point = found.turning_points.iter().find(|point| point.class.key == class);
    point.unwrap_or_else(|| panic!("no way to {class}: {:?}", points(found)))
}

fn step(point: &TurningPoint) -> IncomeStep {
    point.step.unwrap_or_else(|| panic!("income may stay: {point:?}"))
}

/// Water, housing quality and B's work: three indicators.
fn three_deprived() -> Household {
    couple(
        &[("water_source", "surface"), ("wall_solid", "no"), ("roof_solid", "no")],
        &[("full_name", "B"), ("work_status", "none")],
    )
}

#[test]
fn there_is_one_way_to_each_class_and_the_nearest_comes_first() {
    let none = classify(&Household::base("couple"));
    assert_eq!(points(&none), [(3, false, "poor"), (0, true, "average"), (0, true, "not_poor")]);
    let three = classify(&three_deprived());
    assert_eq!(points(&three), [(-1, false, "near_poor"), (0, true, "average"), (0, true, "not_poor")]);
    let better_off = classify(&couple(&[("income_crops", "72000000")], &[]));
    assert_eq!(points(&better_off), [(0, true, "near_poor"), (3, true, "poor"), (0, true, "average")]);
    let open = couple(&[("income_crops", "")], &[]);
    assert_eq!(points(&classify(&open)), []);
}

#[test]
fn the_way_out_of_poverty_names_each_indicator_with_who_and_what_causes_it() {
    let found = classify(&three_deprived());
    let point = towards(&found, "near_poor");
    let keys: Vec<&str> = point.candidates.iter().map(|candidate| candidate.key.as_str()).collect();
    assert_eq!(keys, ["employment", "housing_quality", "water"]);
    assert!(point.candidates.iter().all(|candidate| candidate.state == IndicatorState::Deprived));
    let [cause] = point.candidates[0].causes.as_slice() else { panic!("{:?}", point.candidates[0]) };
    assert_eq!((cause.member.as_deref(), cause.path.as_str()), (Some("members.b"), "members.b.work_status"));
    assert_eq!(point.candidates[1].causes[0].path, "wall_solid");
    assert_eq!(point.candidates[2].causes[0].path, "water_source");
    assert_eq!(point.step, None);
}

#[test]
fn the_way_into_poverty_names_what_is_met_and_what_is_open_with_what_to_ask() {
    let found = classify(&couple(&[("toilet", "")], &[]));
    let point = towards(&found, "poor");
    assert_eq!((point.indicators, point.candidates.len()), (3, 12));
    let toilet = &point.candidates[9];
    assert_eq!((toilet.key.as_str(), toilet.number, toilet.state), ("toilet", 10, IndicatorState::Open));
    assert_eq!(toilet.missing, ["toilet"]);
    assert!(toilet.unverified && toilet.causes.is_empty());
    let water = &point.candidates[8];
    assert_eq!((water.key.as_str(), water.state, water.unverified), ("water", IndicatorState::Met, false));
}

#[test]
fn income_is_told_to_the_dong_and_downwards_the_line_itself_is_enough() {
    // 36,000,024 / 24 = 1,500,001: one đồng above the line of 1,500,000.
    let found = classify(&couple(&[("income_crops", "36000024")], &[]));
    let expected = IncomeStep {
        basis: IncomeBasis::Worksheet,
        direction: IncomeDirection::DownTo,
        value: 1_500_001.0,
        line: 1_500_000.0,
        distance: 1.0,
        far_end: None,
    };
    assert_eq!(step(towards(&found, "near_poor")), expected);
    assert_eq!(step(towards(&found, "poor")), expected);
    // Out of the average: above 2,250,000.
    let out = step(towards(&found, "not_poor"));
    assert_eq!((out.direction, out.line, out.distance), (IncomeDirection::Above, 2_250_000.0, 749_999.0));
}

#[test]
fn at_the_line_income_must_still_rise_above_it() {
    // 36,000,000 / 24 = 1,500,000.
    let found = classify(&couple(&[("income_crops", "36000000")], &[]));
    let up = step(towards(&found, "average"));
    assert_eq!((up.direction, up.line, up.distance), (IncomeDirection::Above, 1_500_000.0, 0.0));
    assert_eq!(up.far_end, Some(2_250_000.0));
}

#[test]
fn down_into_the_average_stops_short_of_the_line() {
    // 72,000,000 / 24 = 3,000,000.
    let found = classify(&couple(&[("income_crops", "72000000")], &[]));
    let down = step(towards(&found, "average"));
    assert_eq!((down.direction, down.line, down.distance), (IncomeDirection::DownTo, 2_250_000.0, 750_000.0));
    assert_eq!(down.far_end, Some(1_500_000.0));
}

#[test]
fn points_are_told_as_points_and_know_no_average() {
    let paper =
        |points| couple(&[("income_method", "b1_total"), ("b1_total", points), ("worksheet_too", "no")], &[]);
    let found = classify(&paper("141"));
    assert_eq!(points(&found), [(0, true, "near_poor"), (3, true, "poor")]);
    let down = step(towards(&found, "near_poor"));
    assert_eq!((down.basis, down.direction), (IncomeBasis::Points, IncomeDirection::DownTo));
    assert_eq!((down.value, down.line, down.distance), (141.0, 140.0, 1.0));
    let found = classify(&paper("140"));
    assert_eq!(points(&found), [(3, false, "poor"), (0, true, "not_poor")]);
    let up = step(towards(&found, "not_poor"));
    assert_eq!((up.direction, up.distance, up.far_end), (IncomeDirection::Above, 0.0, None));
}

#[test]
fn a_way_that_rests_on_unverified_thresholds_says_so() {
    // Employment, housing quality and water are second-hand; the toilet's list is unverified.
    let sure = classify(&three_deprived());
    assert_eq!(towards(&sure, "near_poor").provisional, [Provisional::UnverifiedThreshold]);
    // The average's ends and its class are unverified; which indicators are deprived does not matter there.
    assert_eq!(towards(&sure, "average").provisional, [Provisional::UnverifiedRule]);
    let text = read("instruments/standards/vn-2022-2026.toml").replace("\"unverified\"", "\"second_hand\"");
    let verified = Standard::from_toml(&text).expect("readable");
    let found = verified.classify(&three_deprived().open(), AreaType::Rural);
    assert!(found.turning_points.iter().all(|point| point.provisional.is_empty()), "{found:#?}");
}

#[test]
fn what_is_undefined_is_no_candidate_but_makes_the_way_uncertain() {
    // 72,000,000 / 24 = 3,000,000: above the line of 2027. Adult and child education are unverified among the five that are judged.
    let rich = couple(&[("income_crops", "72000000")], &[]);
    let found = standard("vn-2027-2030").classify(&rich.open(), AreaType::Rural);
    let point = towards(&found, "poor");
    let keys: Vec<&str> = point.candidates.iter().map(|candidate| candidate.key.as_str()).collect();
    assert_eq!(keys, ["employment", "dependents", "nutrition", "adult_education", "child_school"]);
    assert_eq!(point.provisional, [Provisional::UnverifiedThreshold]);
}

#[test]
fn a_dummy_point_table_is_told_with_every_way() {
    let text = read("instruments/standards/vn-2022-2026.toml").replacen(
        "rural = 140",
        "dummy = true\nrural = 140",
        1,
    );
    let dummy = Standard::from_toml(&text).expect("readable");
    let paper = couple(&[("income_method", "b1_total"), ("b1_total", "150"), ("worksheet_too", "no")], &[]);
    let found = dummy.classify(&paper.open(), AreaType::Rural);
    assert!(!found.turning_points.is_empty());
    assert!(found.turning_points.iter().all(|point| point.provisional.contains(&Provisional::DummyPoints)));
}
