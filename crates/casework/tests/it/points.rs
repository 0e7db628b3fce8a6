//! Point tables: how they are read, linked and summed, and that an invented one is never final.

use rasoat_casework::AreaType;
use rasoat_casework::standard::{
    Classification, IncomeBasis, PointTable, PointsResult, Provisional, Standard,
};
use rasoat_instrument::Confidence;

use crate::household::{DUMMY_POINTS, Household, dummy_table, form, read, standard};

fn table_text() -> String {
    read("instruments/points/b1-dummy.toml")
}

/// The couple, whose income the surveyor could not tell, with nothing in the house but what is given.
fn couple(answers: &[(&str, &str)], of_b: &[(&str, &str)]) -> Household {
    let mut household = Household::base("couple");
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let nothing = [
        ("income_method", "unknown"),
        ("assets", "none"),
        ("electricity_kwh", "0"),
        ("livestock_types", "none"),
        ("income_sources", ""),
        ("income_crops", ""),
        ("cost_production", ""),
        ("income_allowance", ""),
    ];
    household.answers.extend(nothing.iter().map(owned));
    household.answers.extend(answers.iter().map(owned));
    household.members.get_mut("b").expect("b").extend(of_b.iter().map(owned));
    household
}

fn classify(household: &Household, area: AreaType) -> Classification {
    standard(DUMMY_POINTS).classify(&household.open(), area)
}

fn points(found: &Classification) -> &PointsResult {
    found.income.points.as_ref().expect("points")
}

fn lines(found: &Classification) -> Vec<(&str, u32, Option<f64>)> {
    points(found).rows.iter().map(|line| (line.key.as_str(), line.times, line.points)).collect()
}

fn problems(text: &str) -> Vec<(String, String)> {
    let problems = PointTable::from_toml(text).expect_err("it is wrong");
    problems.into_iter().map(|problem| (problem.place, problem.code)).collect()
}

#[test]
fn every_shipped_point_table_says_that_it_is_no_official_one() {
    let folder = crate::household::file("instruments/points");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("the file");
        let table = PointTable::from_toml(&text).unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert!(table.dummy && table.provenance.confidence == Confidence::Unverified, "{}", table.id);
        assert!(table.title.get("vi").contains("THỬ NGHIỆM") && table.title.get("en").contains("DUMMY"));
        assert!(text.contains("INVENTED") && text.contains("BỊA RA"));
        assert_eq!(table.check(&form()), Ok(()));
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn no_shipped_standard_rests_on_a_point_table() {
    for id in crate::household::STANDARDS {
        assert_eq!(standard(id).table_ids(), Vec::<String>::new());
    }
    assert_eq!(standard(DUMMY_POINTS).table_ids(), ["b1-dummy"]);
}

#[test]
fn the_points_of_the_rows_that_hold_are_added_and_listed() {
    // Rural, NT2: two members 30, solid house 25, 40 / 2 = 20 m² 20, water 10, latrine 10.
    let found = classify(&couple(&[], &[]), AreaType::Rural);
    let expected = [
        ("size_up_to_2", 1, Some(30.0)),
        ("solid_house", 1, Some(25.0)),
        ("area_20", 1, Some(20.0)),
        ("water", 1, Some(10.0)),
        ("toilet", 1, Some(10.0)),
    ];
    assert_eq!(lines(&found), expected);
    assert_eq!((points(&found).column.as_str(), points(&found).total), ("NT2", Some(95.0)));
    assert_eq!((found.income.basis, found.income.value), (Some(IncomeBasis::Points), Some(95.0)));
    assert_eq!((found.income.line, found.income.low), (Some(140.0), Some(true)));
    assert_eq!(points(&found).rows[0].label.get("vi"), "Hộ có 1–2 người");
}

#[test]
fn the_urban_column_counts_in_town() {
    // Urban: 40 + 30 + 25 + 15 + 15.
    let found = classify(&couple(&[], &[]), AreaType::Urban);
    assert_eq!((points(&found).column.as_str(), points(&found).total), ("urban", Some(125.0)));
    assert_eq!(found.income.line, Some(175.0));
}

#[test]
fn a_row_for_each_member_counts_members_up_to_its_most() {
    let worker = [("work_status", "wage"), ("labour_contract", "yes"), ("highest_education", "college")];
    let mut household = couple(&[], &worker);
    let owned = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    let found = classify(&household, AreaType::Rural);
    assert!(lines(&found).contains(&("wage_contract", 1, Some(25.0))));
    assert!(lines(&found).contains(&("college", 1, Some(20.0))));
    household.members.get_mut("a").expect("a").extend(worker.map(owned));
    let c = household.members["b"].clone();
    household.members.insert("c".to_owned(), c);
    let found = classify(&household, AreaType::Rural);
    // Three work, two count; three finished college, one counts.
    assert!(lines(&found).contains(&("wage_contract", 2, Some(50.0))), "{:?}", lines(&found));
    assert!(lines(&found).contains(&("college", 1, Some(20.0))));
}

#[test]
fn a_missing_answer_leaves_the_points_open_and_is_asked_for() {
    let found = classify(&couple(&[("electricity_kwh", "")], &[("work_status", "")]), AreaType::Rural);
    assert_eq!((found.income.value, found.income.low), (None, None));
    assert_eq!(found.income.missing, ["members.b.work_status", "electricity_kwh"]);
    assert_eq!(points(&found).total, None);
    let open: Vec<&str> = points(&found)
        .rows
        .iter()
        .filter(|line| line.points.is_none())
        .map(|line| line.key.as_str())
        .collect();
    assert_eq!(open, ["wage_contract", "electricity_50"]);
    assert_eq!(found.class, None);
    // The table's figure tells no average apart: as with the paper form.
    let possible: Vec<&str> = found.possible.iter().map(|class| class.key.as_str()).collect();
    assert_eq!(possible, ["near_poor", "not_poor"]);
}

#[test]
fn a_row_that_has_counted_its_most_waits_for_nobody() {
    let household = couple(&[], &[("highest_education", "college")]);
    let mut open = household.clone();
    open.members.get_mut("a").expect("a").insert("highest_education".to_owned(), String::new());
    let found = classify(&open, AreaType::Rural);
    assert!(lines(&found).contains(&("college", 1, Some(20.0))), "{:?}", lines(&found));
    assert_eq!(found.income.value, classify(&household, AreaType::Rural).income.value);
}

#[test]
fn a_class_from_invented_points_is_provisional_in_the_reasons_and_in_the_score() {
    let household = couple(&[], &[]);
    let found = classify(&household, AreaType::Rural);
    assert!(found.provisional.contains(&Provisional::DummyPoints), "{:?}", found.provisional);
    assert!(found.turning_points.iter().all(|point| point.provisional.contains(&Provisional::DummyPoints)));
    let ready = standard(DUMMY_POINTS).ready(&crate::household::plan());
    let score = ready.score(&household.open(), AreaType::Rural);
    assert!(score.provisional().any(|why| why == Provisional::DummyPoints));
    // A paper total of the same standard is not.
    let paper = couple(&[("income_method", "b1_total"), ("b1_total", "150")], &[]);
    assert_eq!(classify(&paper, AreaType::Rural).provisional, []);
}

#[test]
fn a_standard_without_its_table_is_refused_by_the_form_and_leaves_income_open() {
    let text = read("instruments/standards/vn-2022-2026.toml")
        + &read("tests/fixtures/points/income-by-dummy-table.toml");
    let alone = Standard::from_toml(&text).expect("readable");
    let problems = alone.check(&form()).expect_err("the table is not there");
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].place.as_str(), problems[0].code.as_str()), ("income.3.table", "unlinked_table"));
    let found = alone.classify(&couple(&[], &[]).open(), AreaType::Rural);
    assert_eq!((found.income.value, found.income.missing), (None, vec!["income_method".to_owned()]));
    let linked = alone.with_tables(&[dummy_table()]).expect("it fits");
    assert_eq!(linked.check(&form()), Ok(()));
}

#[test]
fn what_does_not_fit_between_a_standard_and_its_table_is_all_reported() {
    let text = read("instruments/standards/vn-2022-2026.toml")
        + &read("tests/fixtures/points/income-by-dummy-table.toml").replace("\"NT2\"", "\"NT9\"");
    let standard = Standard::from_toml(&text).expect("readable");
    let codes = |tables: &[PointTable]| {
        let problems = standard.clone().with_tables(tables).expect_err("it does not fit");
        problems.into_iter().map(|problem| (problem.place, problem.code)).collect::<Vec<_>>()
    };
    let owned = |place: &str, code: &str| (place.to_owned(), code.to_owned());
    assert_eq!(codes(&[]), [owned("income.3.table", "unknown_table")]);
    let mut other = dummy_table();
    other.rows[2].each.as_mut().expect("each").repeat = "cows".to_owned();
    let expected = [
        owned("income.3.column.rural", "unknown_column"),
        owned("income.3.table.row.wage_contract.each", "bad_value"),
    ];
    assert_eq!(codes(&[other]), expected);
}

#[test]
fn a_row_that_the_form_cannot_evaluate_is_reported_with_its_key() {
    let text = table_text()
        .replace("${solid_count} >= 2", "${solid} >= 2")
        .replace("each = \"members\"\nat_most = 1", "each = \"cows\"\nat_most = 1");
    let table = PointTable::from_toml(&text).expect("readable");
    let problems = table.check(&form()).expect_err("it does not fit");
    let found: Vec<(&str, &str)> = problems.iter().map(|p| (p.place.as_str(), p.code.as_str())).collect();
    assert_eq!(found, [("row.college.each", "unknown_repeat"), ("row.solid_house.when", "bad_expression")]);
}

#[test]
fn every_mistake_in_a_table_is_reported_with_its_place() {
    let cases = [
        ("id = \"b1-dummy\"", "", "id", "missing"),
        ("columns = [\"urban\"", "columns = [\"town\"", "columns", "unknown_column"),
        ("\"NT1\", \"NT2\"", "\"NT1\", \"NT1\"", "columns", "duplicate_key"),
        ("key = \"toilet\"", "key = \"water\"", "row.water", "duplicate_key"),
        ("at_most = 2", "at_most = 0", "row.wage_contract.at_most", "wrong_type"),
        ("each = \"members\"\nat_most = 2", "at_most = 2", "row.wage_contract.each", "missing"),
        ("points = { urban = 40, ", "points = { ", "row.size_up_to_2.points.urban", "missing"),
        ("urban = 40", "urban = \"many\"", "row.size_up_to_2.points.urban", "wrong_type"),
        ("urban = 40", "urban = 40, NT9 = 1", "row.size_up_to_2.points.NT9", "unknown_key"),
        ("urban = 40", "urban = inf", "row.size_up_to_2.points.urban", "bad_value"),
        ("${members_count} <= 2", "${members_count} <=", "row.size_up_to_2.when", "bad_expression"),
        ("confidence = \"unverified\"", "confidence = \"sure\"", "confidence", "bad_value"),
        ("dummy = true", "dummy = \"perhaps\"", "dummy", "wrong_type"),
        ("vi = \"Có đài\", ", "", "row.radio.label.vi", "missing"),
    ];
    for (good, bad, place, code) in cases {
        assert!(table_text().contains(good), "{good}");
        let found = problems(&table_text().replacen(good, bad, 1));
        assert!(found.contains(&(place.to_owned(), code.to_owned())), "{bad}: {found:?}");
    }
    assert_eq!(problems("id = ")[0].1, "unreadable");
}

#[test]
fn a_table_written_as_a_file_is_read_back_the_same() {
    let table = dummy_table();
    let again = PointTable::from_toml(&table.to_toml()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(again, table);
}

#[test]
fn an_income_test_has_either_a_value_or_a_table_with_columns() {
    let fixture = read("tests/fixtures/points/income-by-dummy-table.toml");
    let problems = |bad: &str| {
        let text = read("instruments/standards/vn-2022-2026.toml") + bad;
        let problems = Standard::from_toml(&text).expect_err("it is wrong");
        problems.into_iter().map(|problem| (problem.place, problem.code)).collect::<Vec<_>>()
    };
    let owned = |place: &str, code: &str| (place.to_owned(), code.to_owned());
    let column = "column = { rural = \"NT2\", urban = \"urban\" }\n";
    assert_eq!(problems(&fixture.replace(column, "")), [owned("income.points.column", "missing")]);
    let both = fixture.replace(column, &format!("{column}value = \"1\"\n"));
    assert_eq!(problems(&both), [owned("income.points.value", "unknown_key")]);
    let without = fixture.replace("rural = \"NT2\", ", "");
    assert_eq!(problems(&without), [owned("income.points.column.rural", "missing")]);
    let worksheet = fixture.replace("kind = \"points\"", "kind = \"worksheet\"");
    assert!(problems(&worksheet).contains(&owned("income.worksheet.table", "unknown_key")));
}

#[test]
fn a_standard_that_travels_with_its_table_is_as_one_that_was_given_it() {
    let text = read("instruments/standards/vn-2022-2026.toml")
        + &read("tests/fixtures/points/income-by-dummy-table.toml");
    let table = dummy_table();
    let whole = Standard::from_toml(&format!("{text}\n{}", table.to_section())).expect("readable");
    assert_eq!(whole.check(&form()), Ok(()));
    let given = Standard::from_toml(&text).expect("readable").with_tables(&[table]).expect("it fits");
    let session = couple(&[], &[]).open();
    assert_eq!(
        whole.classify(&session, AreaType::Rural).income,
        given.classify(&session, AreaType::Rural).income
    );
    assert!(whole.outline().income[2].dummy, "it says that the points are invented");
}
