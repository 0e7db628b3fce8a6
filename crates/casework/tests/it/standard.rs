//! Standards as files: what is refused, and what a classification explains.

use rasoat_casework::AreaType;
use rasoat_casework::standard::{Classification, Provisional, Standard, classify_all};

use crate::household::{Household, read, standard};

fn text() -> String {
    read("instruments/standards/vn-2022-2026.toml")
}

fn problems(text: &str) -> Vec<(String, String)> {
    let problems = Standard::from_toml(text).expect_err("it is wrong");
    problems.into_iter().map(|problem| (problem.place, problem.code)).collect()
}

fn classify(household: &Household) -> Classification {
    standard("vn-2022-2026").classify(&household.open(), AreaType::Rural)
}

fn couple(answers: &[(&str, &str)], of_b: &[(&str, &str)]) -> Household {
    let mut household = Household::base("couple");
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    household.answers.extend(answers.iter().map(owned));
    household.members.get_mut("b").expect("b").extend(of_b.iter().map(owned));
    household
}

#[test]
fn a_file_that_is_not_toml_is_unreadable() {
    assert_eq!(problems("id = ").len(), 1);
    assert_eq!(problems("id = ")[0].1, "unreadable");
}

#[test]
fn an_empty_file_misses_everything_at_once() {
    let missing: Vec<String> = problems("").into_iter().map(|(place, _)| place).collect();
    let expected = [
        "id",
        "title",
        "valid_from",
        "valid_to",
        "sources",
        "members",
        "income_question",
        "income",
        "class",
        "indicator",
    ];
    assert_eq!(missing, expected);
}

#[test]
fn every_mistake_in_a_file_is_reported_with_its_place() {
    let cases = [
        ("id = \"vn-2022-2026\"", "id = 3", "id", "wrong_type"),
        ("valid_from = \"2022-01-01\"", "valid_from = \"2022-13-01\"", "valid_from", "bad_value"),
        ("valid_from = \"2022-01-01\"", "valid_from = \"2030-01-01\"", "valid_to", "bad_value"),
        ("members = \"members\"", "members = \"members\"\nmembres = 1", "membres", "unknown_key"),
        ("urban = 175", "urbain = 175", "income.points.urban", "missing"),
        ("urban = 175", "urban = 175\ncolour = \"red\"", "income.points.colour", "unknown_key"),
        ("rural = 2250000", "rural = 1", "income.worksheet.average", "bad_value"),
        ("rural = 140", "rural = -140", "income.points.rural", "bad_value"),
        ("kind = \"points\"", "kind = \"stars\"", "income.stars.kind", "bad_value"),
        ("deprived_at_least = 3", "deprived_at_least = 4", "class", "class_gap"),
        ("income = \"above\"", "income = \"low\"", "class", "class_gap"),
        ("key = \"near_poor\"", "key = \"poor\"", "class.poor", "duplicate_key"),
        ("confidence = \"verbatim\"", "confidence = \"sure\"", "income.worksheet.confidence", "bad_value"),
        ("number = 9", "number = 19", "indicator.water.number", "bad_number"),
        ("key = \"toilet\"", "key = \"water\"", "indicator.water", "duplicate_key"),
        ("share_above = 0.5", "share_above = 1.5", "indicator.dependents.share_above", "bad_value"),
        (
            "share_above = 0.5",
            "share_above = 0.5\nevery = true",
            "indicator.dependents.share_above",
            "bad_value",
        ),
        ("each = \"members\"", "each = \"cows\"", "indicator.employment.each", "bad_value"),
        (
            "when = \"${area_per_person} < 8\"",
            "when = \"${area_per_person} <\"",
            "indicator.housing_area.deprived.1.when",
            "bad_expression",
        ),
        ("question = \"floor_area\"\n", "", "indicator.housing_area.deprived.1.question", "missing"),
        (
            "vi = \"Nguồn nước chính không hợp vệ sinh\"",
            "fr = \"Eau\"",
            "indicator.water.deprived.1.cause.vi",
            "missing",
        ),
        ("every = true", "every = \"all\"", "indicator.telecom.every", "wrong_type"),
    ];
    for (good, bad, place, code) in cases {
        assert!(text().contains(good), "{good}");
        let found = problems(&text().replacen(good, bad, 1));
        assert!(found.contains(&(place.to_owned(), code.to_owned())), "{bad}: {found:?}");
    }
}

#[test]
fn two_mistakes_far_apart_are_both_reported() {
    let wrong = text().replacen("rural = 140", "rural = \"x\"", 1).replacen("key = \"info_means\"", "", 1);
    let found = problems(&wrong);
    let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["income.points.rural", "indicator.12.key"]);
}

#[test]
fn an_indicator_without_threshold_may_not_be_judged() {
    let wrong = text().replacen("number = 9\n", "number = 9\nundefined = true\n", 1);
    assert_eq!(problems(&wrong), [("indicator.water.deprived".to_owned(), "unknown_key".to_owned())]);
}

#[test]
fn a_cause_names_the_member_the_age_and_the_answer() {
    let found = classify(&couple(&[], &[("full_name", "Nông Thị B"), ("health_insurance", "no")]));
    let insurance = &found.indicators[3];
    let [cause] = insurance.causes.as_slice() else { panic!("{:?}", insurance.causes) };
    assert_eq!(cause.text.get("vi"), "Nông Thị B, 38 tuổi: không có bảo hiểm y tế");
    assert_eq!(cause.text.get("en"), "Nông Thị B, aged 38: no health insurance");
    assert_eq!(cause.member.as_deref(), Some("members.b"));
    assert_eq!(cause.path, "members.b.health_insurance");
}

#[test]
fn a_cause_of_the_household_gives_the_figure() {
    let found = classify(&couple(&[("floor_area", "15.98")], &[]));
    let [cause] = found.indicators[7].causes.as_slice() else { panic!("{:?}", found.indicators[7].causes) };
    assert_eq!(cause.text.get("vi"), "7,99 m² một người, dưới 8 m²");
    assert_eq!(cause.text.get("en"), "7.99 m² per person, below 8 m²");
    assert_eq!((cause.member.as_deref(), cause.path.as_str()), (None, "floor_area"));
}

#[test]
fn what_everybody_lacks_is_said_once() {
    let mut household = couple(&[], &[("internet_use", "no")]);
    household.members.get_mut("a").expect("a").insert("internet_use".to_owned(), "no".to_owned());
    let found = classify(&household);
    assert_eq!(found.indicators[10].causes.len(), 1);
    assert_eq!(found.indicators[10].causes[0].member, None);
    assert_eq!(found.indicators[10].causes[0].path, "members.a.internet_use");
}

#[test]
fn an_open_indicator_names_the_questions_to_ask() {
    let found = classify(&couple(&[("toilet", "")], &[("health_insurance", "unknown"), ("work_status", "")]));
    assert_eq!(found.indicators[0].missing, ["members.b.work_status"]);
    assert_eq!(found.indicators[3].missing, ["members.b.health_insurance"]);
    assert_eq!(found.indicators[9].missing, ["toilet"]);
    assert_eq!(found.open, 3);
}

#[test]
fn an_open_income_test_names_the_questions_to_ask() {
    let found = classify(&couple(&[("income_crops", "")], &[]));
    assert_eq!(found.income.missing, ["income_crops"]);
    let found = classify(&couple(&[("income_method", "")], &[]));
    assert_eq!(found.income.missing, ["income_method"]);
    let next = standard("vn-2027-2030");
    let paper = couple(&[("income_method", "b1_total"), ("b1_total", "120"), ("worksheet_too", "no")], &[]);
    assert_eq!(next.classify(&paper.open(), AreaType::Rural).income.missing, ["income_method"]);
    let paper = couple(&[("income_method", "b1_total"), ("b1_total", "120")], &[]);
    assert_eq!(next.classify(&paper.open(), AreaType::Rural).income.missing, ["worksheet_too"]);
}

#[test]
fn the_income_test_shows_what_it_compared() {
    let found = classify(&Household::base("couple"));
    assert_eq!((found.income.value, found.income.line), (Some(1_000_000.0), Some(1_500_000.0)));
    let found = standard("vn-2022-2026").classify(&Household::base("couple").open(), AreaType::Urban);
    assert_eq!((found.income.value, found.income.line), (Some(1_000_000.0), Some(2_000_000.0)));
}

#[test]
fn a_dummy_point_table_makes_every_class_provisional() {
    let dummy = text().replacen("rural = 140", "dummy = true\nrural = 140", 1);
    let dummy = Standard::from_toml(&dummy).expect("readable");
    let paper = couple(&[("income_method", "b1_total"), ("b1_total", "150")], &[]);
    assert_eq!(dummy.classify(&paper.open(), AreaType::Rural).provisional, [Provisional::DummyPoints]);
    assert_eq!(classify(&paper).provisional, []);
}

#[test]
fn one_interview_is_scored_under_several_standards() {
    let standards = [standard("vn-2022-2026"), standard("vn-2027-2030")];
    let found = classify_all(&standards, &Household::base("couple").open(), AreaType::Rural);
    let ids: Vec<&str> = found.iter().map(|found| found.standard.as_str()).collect();
    assert_eq!(ids, ["vn-2022-2026", "vn-2027-2030"]);
}
