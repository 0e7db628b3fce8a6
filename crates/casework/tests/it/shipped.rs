//! The form and the standards as they are shipped.

use std::collections::BTreeSet;

use rasoat_casework::standard::{IndicatorState, Standard};
use rasoat_casework::{AreaType, Units};
use rasoat_instrument::{ChoiceItem, Confidence, FindingKind, Node, Question, QuestionKind, Text};

use crate::household::{Household, STANDARDS, form, read, standard};

fn walk<'n>(nodes: &'n [Node], texts: &mut Vec<(&'n str, &'n Text)>, questions: &mut Vec<&'n Question>) {
    for node in nodes {
        match node {
            Node::Group(group) => {
                texts.push((&group.name, &group.label));
                walk(&group.nodes, texts, questions);
            }
            Node::Repeat(repeat) => {
                texts.push((&repeat.name, &repeat.label));
                walk(&repeat.nodes, texts, questions);
            }
            Node::Question(question) => questions.push(question),
        }
    }
}

#[test]
fn the_form_has_nine_sections_and_a_member_roster() {
    let form = form();
    assert_eq!(form.id, "rasoat-household");
    assert_eq!(form.version, "2026.1");
    assert_eq!(form.default_language, "vi");
    assert_eq!(form.languages, ["vi", "en"]);
    let sections: Vec<&str> = form
        .nodes
        .iter()
        .map(|node| match node {
            Node::Group(group) => group.name.as_str(),
            Node::Repeat(_) | Node::Question(_) => panic!("outside any section"),
        })
        .collect();
    let expected = [
        "identity",
        "people",
        "housing",
        "water_sanitation",
        "information",
        "land",
        "income",
        "causes",
        "signing",
    ];
    assert_eq!(sections, expected);
}

#[test]
fn every_wording_of_the_form_is_there_in_vietnamese_and_english() {
    let form = form();
    let (mut texts, mut questions) = (Vec::new(), Vec::new());
    walk(&form.nodes, &mut texts, &mut questions);
    for question in questions {
        if question.kind != QuestionKind::Calculated {
            assert!(!question.label.is_empty(), "{} has no label", question.name);
        }
        let all = [&question.label, &question.hint, &question.constraint_message, &question.warning_message];
        texts.extend(
            all.into_iter().filter(|text| !text.is_empty()).map(|text| (question.name.as_str(), text)),
        );
        assert_eq!(
            question.constraint.is_some(),
            !question.constraint_message.is_empty(),
            "{}",
            question.name
        );
        assert_eq!(question.warning.is_some(), !question.warning_message.is_empty(), "{}", question.name);
    }
    let items: Vec<ChoiceItem> =
        form.lists.values().flat_map(|list| list.items().map(|item| item.to_item())).collect();
    texts.extend(items.iter().map(|item| (item.name.as_str(), &item.label)));
    texts.push(("title", &form.title));
    for (name, text) in texts {
        for language in ["vi", "en"] {
            assert!(
                text.0.get(language).is_some_and(|words| !words.trim().is_empty()),
                "{name} lacks {language}"
            );
        }
    }
}

#[test]
fn every_question_that_a_standard_or_a_target_reads_says_whose_rule_it_is() {
    let form = form();
    let (mut texts, mut questions) = (Vec::new(), Vec::new());
    walk(&form.nodes, &mut texts, &mut questions);
    let standards = STANDARDS.map(|id| read(&format!("instruments/standards/{id}.toml")));
    // Who somebody is and when they were born is nobody's rule.
    let plain = ["full_name", "birth"];
    let for_targets = [
        "need_training",
        "got_training",
        "need_job",
        "got_job",
        "premium_support",
        "care_support",
        "merit_type",
    ];
    let mut read = 0;
    for question in questions {
        let name = format!("${{{}}}", question.name);
        if question.kind == QuestionKind::Calculated || plain.contains(&question.name.as_str()) {
            continue;
        }
        if for_targets.contains(&question.name.as_str())
            || standards.iter().any(|standard| standard.contains(&name))
        {
            read += 1;
            let provenance = question.provenance.as_ref().unwrap_or_else(|| panic!("{name} has no source"));
            assert!(!provenance.source.is_empty(), "{name}");
        }
    }
    assert!(read >= 28, "only {read} questions");
}

#[test]
fn both_standards_fit_the_form_and_say_how_sure_they_are() {
    for id in STANDARDS {
        let standard = standard(id);
        assert_eq!(standard.id, id);
        assert_eq!(standard.check(&form()), Ok(()));
        assert_eq!(standard.confidence(), Confidence::Unverified);
        assert!(!standard.sources.is_empty());
        let found = standard.classify(&Household::base("couple").open(), AreaType::Rural);
        assert_eq!(found.indicators.len(), 12);
        for indicator in &found.indicators {
            assert!(!indicator.provenance.source.is_empty(), "{}", indicator.key);
            for text in [&indicator.label, &indicator.rule] {
                assert!(text.0.contains_key("vi") && text.0.contains_key("en"), "{}", indicator.key);
            }
        }
        assert!(found.possible.iter().all(|class| class.label.0.contains_key("en")));
    }
}

#[test]
fn the_standards_follow_one_another_without_a_gap() {
    let [now, next] = STANDARDS.map(standard);
    assert_eq!(now.valid_to.tomorrow().expect("a day"), next.valid_from);
}

#[test]
fn what_is_not_known_of_the_next_standard_is_listed_but_not_judged() {
    let found = standard("vn-2027-2030").classify(&Household::base("couple").open(), AreaType::Rural);
    let undefined: Vec<&str> = found
        .indicators
        .iter()
        .filter(|result| result.state == IndicatorState::Undefined)
        .map(|result| result.key.as_str())
        .collect();
    let expected =
        ["health_insurance", "housing_quality", "housing_area", "telecom", "water", "toilet", "waste"];
    assert_eq!(undefined, expected);
}

#[test]
fn a_household_that_is_filled_in_whole_may_be_signed() {
    let mut household = Household::base("couple");
    let more = [
        ("respondent", "head"),
        ("notice_given", "OK"),
        ("roster_complete", "OK"),
        ("wall_material", "brick_stone"),
        ("column_material", "concrete"),
        ("roof_material", "tile"),
        ("waste_handling", "collected"),
        ("internet_connection", "mobile"),
        ("digital_services", "messages"),
        ("respondent_name", "A"),
        ("respondent_relation", "head"),
    ];
    household.answers.extend(more.map(|(name, text)| (name.to_owned(), text.to_owned())));
    for fields in household.members.values_mut() {
        let more = [
            ("ethnicity", "07"),
            ("need_training", "no"),
            ("need_job", "no"),
            ("premium_support", "yes"),
            ("ill", "no"),
            ("disability", "none"),
        ];
        fields.extend(more.map(|(name, text)| (name.to_owned(), text.to_owned())));
    }
    let session = household.open();
    let blocking: Vec<String> = session
        .findings()
        .into_iter()
        .filter(rasoat_instrument::Finding::blocks)
        .map(|finding| format!("{:?} {}", finding.kind, finding.path))
        .collect();
    assert_eq!(blocking, Vec::<String>::new());
}

fn kinds_at(household: &Household, place: &str) -> Vec<FindingKind> {
    let findings = household.open().findings();
    findings
        .into_iter()
        .filter(|finding| finding.path.to_string() == place)
        .map(|finding| finding.kind)
        .collect()
}

fn with(member: &str, fields: &[(&str, &str)]) -> Household {
    let mut household = Household::base("couple");
    let all = household.members.entry(member.to_owned()).or_default();
    all.extend(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    household
}

#[test]
fn doubtful_answers_about_members_want_a_reason_and_impossible_ones_are_refused() {
    use FindingKind::{Error, Warning};
    let child =
        |birth| with("c", &[("full_name", "C"), ("relation", "child"), ("birth", birth), ("sex", "male")]);
    let b = |fields: &[(&str, &str)]| with("b", fields);
    let cases = [
        ("an ordinary child", child("2010-05-05"), "members.c.birth", vec![]),
        ("a child born when the head was 13", child("1999"), "members.c.birth", vec![Warning]),
        ("a child older than the head", child("1980"), "members.c.birth", vec![Error]),
        ("born after the interview", child("2026-11-24"), "members.c.birth", vec![Error]),
        ("born on the day of the interview", child("2026-11-23"), "members.c.birth", vec![]),
        ("no such day", child("2023-02-30"), "members.c.birth", vec![Error]),
        ("no leap year", child("2023-02-29"), "members.c.birth", vec![Error]),
        ("a leap day", child("2024-02-29"), "members.c.birth", vec![]),
        ("a husband as wife", b(&[("sex", "male")]), "members.b.sex", vec![Warning]),
        ("a second head", b(&[("relation", "head")]), "members.b.relation", vec![Error]),
        ("eleven digits", b(&[("citizen_id", "02018800001")]), "members.b.citizen_id", vec![Error]),
        ("a number that fits", b(&[("citizen_id", "020188000017")]), "members.b.citizen_id", vec![]),
        ("another sex's digit", b(&[("citizen_id", "020088000017")]), "members.b.citizen_id", vec![Warning]),
        (
            "another year's digits",
            b(&[("citizen_id", "020189000017")]),
            "members.b.citizen_id",
            vec![Warning],
        ),
    ];
    for (what, household, place, expected) in cases {
        let found: Vec<FindingKind> =
            kinds_at(&household, place).into_iter().filter(|kind| *kind != FindingKind::Unanswered).collect();
        // Where an answer is impossible, whether it is also unusual does not matter.
        let found = if found.contains(&Error) { vec![Error] } else { found };
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn a_citizen_id_that_two_members_share_is_doubted_at_both() {
    let mut household = with("b", &[("citizen_id", "020186000017"), ("birth", "1986"), ("sex", "female")]);
    household.members.get_mut("a").expect("a").insert("citizen_id".to_owned(), "020086000017".to_owned());
    assert_eq!(kinds_at(&household, "members.b.citizen_id"), []);
    household.members.get_mut("a").expect("a").insert("citizen_id".to_owned(), "020186000017".to_owned());
    assert_eq!(kinds_at(&household, "members.b.citizen_id"), [FindingKind::Warning]);
    assert_eq!(kinds_at(&household, "members.a.citizen_id"), [FindingKind::Warning]);
}

#[test]
fn a_roster_without_head_is_not_complete() {
    let mut household = with("a", &[("relation", "sibling")]);
    household.answers.insert("roster_complete".to_owned(), "OK".to_owned());
    assert_eq!(kinds_at(&household, "roster_complete"), [FindingKind::Error]);
}

#[test]
fn amounts_and_areas_that_cannot_be_are_refused_and_unusual_ones_doubted() {
    use FindingKind::{Error, Warning};
    let cases = [
        ("floor_area", "0", vec![Error]),
        ("floor_area", "5", vec![Warning]),
        ("floor_area", "40", vec![]),
        ("floor_area", "401", vec![Warning]),
        ("income_crops", "-1", vec![Error]),
        ("income_crops", "24000", vec![]),
        ("income_crops", "2400", vec![Warning]),
        ("cost_production", "-5", vec![Error]),
        ("devices", "none tv", vec![Error]),
        ("phone", "none", vec![Error]),
    ];
    for (name, text, expected) in cases {
        let mut household = Household::base("couple");
        household.answers.insert(name.to_owned(), text.to_owned());
        let found = kinds_at(&household, name);
        let found = if found.contains(&Error) { vec![Error] } else { found };
        assert_eq!(found, expected, "{name} = {text}");
    }
    for (points, expected) in
        [("-1", vec![Error]), ("19", vec![Warning]), ("140", vec![]), ("401", vec![Warning])]
    {
        let mut household = Household::base("couple");
        household.answers.insert("income_method".to_owned(), "b1_total".to_owned());
        household.answers.insert("b1_total".to_owned(), points.to_owned());
        let found = kinds_at(&household, "b1_total");
        let found = if found.contains(&Error) { vec![Error] } else { found };
        assert_eq!(found, expected, "B1 {points}");
    }
}

#[test]
fn the_choices_of_ethnic_groups_are_those_of_the_code_list() {
    let codes = read("instruments/units/ethnic_groups.csv");
    let codes: BTreeSet<&str> = codes.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let form = form();
    let offered: BTreeSet<&str> = form.lists["ethnicity"].items().map(|item| item.name()).collect();
    assert_eq!(offered, codes);
}

#[test]
fn the_code_list_of_units_is_read_whole() {
    let units = Units::from_csv(
        "2025-07-01",
        &read("instruments/units/langson_units.csv"),
        &read("instruments/units/langson_old_to_new.csv"),
    );
    assert_eq!(units.expect("the shipped list").communes.len(), 65);
}

#[test]
fn a_standard_for_another_form_says_what_does_not_fit() {
    let text = read("instruments/standards/vn-2022-2026.toml")
        .replace("${water_source}", "${well}")
        .replace("question = \"toilet\"", "question = \"latrine\"")
        .replace("${area_shown_vi} m² một", "${shown} m² một")
        .replace("members = \"members\"", "members = \"people\"")
        .replace("each = \"members\"", "each = \"people\"");
    let problems = Standard::from_toml(&text).expect("readable").check(&form()).expect_err("it does not fit");
    let found: Vec<(&str, &str)> = problems.iter().map(|p| (p.place.as_str(), p.code.as_str())).collect();
    let expected = [
        ("members", "unknown_repeat"),
        ("indicator.housing_area.deprived.1.cause.vi", "unknown_name"),
        ("indicator.water.deprived.1.when", "bad_expression"),
        ("indicator.toilet.deprived.1.question", "unknown_question"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn income_and_area_are_shown_as_each_language_writes_figures() {
    let cases = [
        ("24000000", "1.000.000", "1,000,000"),
        ("36000024", "1.500.001", "1,500,001"),
        ("2400000", "100.000", "100,000"),
        ("24000", "1.000", "1,000"),
        ("2400", "100", "100"),
        ("0", "0", "0"),
    ];
    let note = |household: &Household, name: &str| {
        let session = household.open();
        let form = form();
        let (mut texts, mut questions) = (Vec::new(), Vec::new());
        walk(&form.nodes, &mut texts, &mut questions);
        let note = questions.into_iter().find(|question| question.name == name).expect("the note");
        let text = session.fill(&note.label, None);
        (text.get("vi").to_owned(), text.get("en").to_owned())
    };
    let mut household = Household::base("couple");
    for (year, vi, en) in cases {
        household.answers.insert("income_crops".to_owned(), year.to_owned());
        let expected = (
            format!("Bình quân: {vi} đồng một người một tháng"),
            format!("On average: {en} đồng per person and month"),
        );
        assert_eq!(note(&household, "income_note"), expected, "{year}");
    }
    household.answers.insert("income_crops".to_owned(), "0".to_owned());
    household.answers.insert("cost_production".to_owned(), "4000000".to_owned());
    assert!(note(&household, "income_note").0.contains("-166.667 đồng"));
    household.answers.insert("floor_area".to_owned(), "15.98".to_owned());
    assert!(note(&household, "area_note").0.contains("7,99 m²"));
}

#[test]
fn the_targets_are_there_for_each_of_resolution_47_in_both_languages() {
    let targets: toml::Table = read("instruments/targets/resolution-47.toml").parse().expect("TOML");
    let targets = targets["target"].as_array().expect("targets");
    let ids: Vec<&str> = targets.iter().filter_map(|target| target["id"].as_str()).collect();
    let expected = ["R1", "R2", "R3", "R4", "R5a", "R5b", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13"];
    assert_eq!(ids, expected);
    for target in targets {
        assert!(target["label"].get("vi").is_some() && target["label"].get("en").is_some());
        assert!(target["by_year"].get("2025").and_then(toml::Value::as_float).is_some());
        assert!(!target["source"].as_str().expect("a source").is_empty());
    }
}
