//! What the shipped form refuses and what it doubts, by the table in `tests/fixtures/checks`.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_instrument::{Finding, FindingKind, Node, Path, Question, QuestionKind, Session};

use crate::household::{Fields, Household, form, read};

/// What the form says at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Nothing,
    /// Settled by a reason.
    Doubt,
    Refusal,
}

use Says::{Doubt, Nothing, Refusal};

/// One line of the table.
struct Case {
    line: String,
    says: Says,
    place: String,
    answers: String,
}

fn cases() -> Vec<Case> {
    let table = read("tests/fixtures/checks/household-2026.txt");
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let parts: Vec<&str> = line.splitn(4, '|').map(str::trim).collect();
            let [says, place, answers, ..] = parts.as_slice() else { panic!("{line}") };
            let says = match *says {
                "silent" => Nothing,
                "doubts" => Doubt,
                "refuses" => Refusal,
                _ => panic!("{line}"),
            };
            let (place, answers) = ((*place).to_owned(), (*answers).to_owned());
            Case { line: line.to_owned(), says, place, answers }
        })
        .collect()
}

/// Adds answers written as `name=text; member.name=text`.
fn with(mut household: Household, answers: &str) -> Household {
    for answer in answers.split(';').map(str::trim).filter(|answer| !answer.is_empty()) {
        let (place, text) = answer.split_once('=').unwrap_or_else(|| panic!("{answer}"));
        let fields: &mut Fields = match place.split_once('.') {
            None => &mut household.answers,
            Some((member, _)) => household.members.entry(member.to_owned()).or_default(),
        };
        let name = place.rsplit('.').next().unwrap_or(place);
        fields.insert(name.to_owned(), text.to_owned());
    }
    household
}

/// `c.birth` is the path `members.c.birth`.
fn path_of(place: &str) -> Path {
    let path = if place.contains('.') { format!("members.{place}") } else { place.to_owned() };
    path.parse().unwrap_or_else(|_| panic!("{path}"))
}

/// The gravest thing said at a place, and in which words.
fn said(session: &Session, place: &str) -> (Says, Option<Finding>) {
    let path = path_of(place);
    let found = session.findings().into_iter().filter(|finding| finding.path == path);
    let weigh = |kind| match kind {
        FindingKind::Error => Refusal,
        FindingKind::Warning => Doubt,
        // That an answer is wanting is said of every question alike.
        FindingKind::Unanswered => Nothing,
    };
    let gravest = found.map(|finding| (weigh(finding.kind), finding)).max_by_key(|(says, _)| *says);
    match gravest {
        Some((Nothing, _)) | None => (Nothing, None),
        Some((says, finding)) => (says, Some(finding)),
    }
}

#[test]
fn each_check_speaks_where_it_should_and_is_silent_where_it_should_not() {
    let couple = Household::base("couple");
    let mut wrong = Vec::new();
    for Case { line, says: expected, place, answers } in cases() {
        let session = with(couple.clone(), &answers).open();
        let (says, finding) = said(&session, &place);
        if says != expected {
            wrong.push(format!("{line}\n  the form: {says:?}"));
        }
        // Silence about a question that is not asked would mean nothing.
        if !place.contains("check_") && session.value(&path_of(&place)).is_none() {
            wrong.push(format!("{line}\n  the question is not asked"));
        }
        for language in ["vi", "en"] {
            let Some(finding) = &finding else { continue };
            let words = finding.message.get(language);
            // A choice that is not among those offered has the interface's own words.
            if words.contains("${") || words.is_empty() && !place.starts_with("main_") {
                wrong.push(format!("{line}\n  in {language}: {words}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

fn questions<'n>(nodes: &'n [Node], found: &mut Vec<&'n Question>) {
    for node in nodes {
        match node {
            Node::Group(group) => questions(&group.nodes, found),
            Node::Repeat(repeat) => questions(&repeat.nodes, found),
            Node::Question(question) => found.push(question),
        }
    }
}

#[test]
fn no_check_of_the_form_is_left_untried() {
    let mut tried: BTreeMap<String, BTreeSet<Says>> = BTreeMap::new();
    for Case { place, says, .. } in cases() {
        let name = place.rsplit('.').next().unwrap_or_default().to_owned();
        tried.entry(name).or_default().insert(says);
    }
    let form = form();
    let mut all = Vec::new();
    questions(&form.nodes, &mut all);
    let mut untried = Vec::new();
    let mut checks = 0;
    for question in all {
        let refuses = question.constraint.is_some().then_some(Refusal);
        let doubts = question.warning.is_some().then_some(Doubt);
        let says: Vec<Says> = refuses.into_iter().chain(doubts).collect();
        if says.is_empty() {
            continue;
        }
        checks += says.len();
        for says in says.into_iter().chain([Nothing]) {
            if !tried.get(&question.name).is_some_and(|tried| tried.contains(&says)) {
                untried.push(format!("{}: {says:?}", question.name));
            }
        }
    }
    assert!(untried.is_empty(), "{untried:#?}");
    assert!(checks >= 110, "only {checks} checks");
}

/// A household of five as there are many, filled in whole.
const FAMILY: &str = "
    phone=0912345678; respondent=head; review_basis=listed; notice_given=OK; roster_complete=OK;
    a.full_name=Hoàng Văn Sơn; a.birth=1986-03-12; a.ethnicity=07; a.citizen_id=020086000011; a.insurance_type=DT;
    b.full_name=Lương Thị Hoa; b.birth=1988-07-30; b.ethnicity=02; b.citizen_id=020188000022; b.insurance_type=DT;
    c.full_name=Nông Thị Mai; c.relation=mother; c.birth=1955; c.sex=female; c.ethnicity=07; c.citizen_id=020155000033;
    c.highest_education=below_primary; c.labour_capacity=past_age; c.work_status=self; c.health_insurance=yes;
    c.insurance_type=BT; c.monthly_allowance=yes; c.allowance_group=social_pension; c.receives_pension=no; c.internet_use=no;
    d.full_name=Hoàng Thị Lan; d.relation=child; d.birth=2012-09-02; d.sex=female; d.ethnicity=07; d.citizen_id=020312000044;
    d.studying=yes; d.study_level=lower_secondary; d.school_grade=9; d.health_insurance=yes; d.insurance_type=HN;
    d.child_nutrition=normal; d.monthly_allowance=no; d.internet_use=yes;
    e.full_name=Hoàng Văn Nam; e.relation=child; e.birth=2022-05-20; e.sex=male; e.ethnicity=07; e.studying=yes;
    e.study_level=preschool; e.health_insurance=yes; e.insurance_type=TE; e.child_nutrition=stunted; e.nutrition_basis=measured;
    e.child_height=93; e.child_weight=13.5; e.measured_on=2026-10-01; e.monthly_allowance=no;
    dwelling_tenure=own; wall_material=wood_metal; column_material=wood; roof_material=tile; floor_area=65; waste_handling=burned;
    internet_connection=mobile; digital_services=messages payment;
    land_types=rice annual_crops forest; land_rice=1440; land_annual_crops=2000; land_forest=30000;
    livestock_types=pigs poultry; livestock_pigs=3; livestock_poultry=40;
    assets=motorbike fridge; motorbike_count=1; electricity_source=grid; electricity_kwh=62;
    income_sources=crops livestock forestry wages; income_crops=24000000; income_livestock=18000000; income_forestry=6000000;
    income_wages=30000000; cost_production=9000000; income_allowance=6000000;
    poverty_causes=capital knowledge; main_cause=capital; support_needs=credit production; main_need=credit;
    support_received=insurance electricity; respondent_agrees=yes; respondent_name=Hoàng Văn Sơn; respondent_relation=head;
";

#[test]
fn an_ordinary_family_raises_no_question() {
    let mut household = with(Household::base("couple"), FAMILY);
    for (id, fields) in &mut household.members {
        let mut add = |name: &str, text: &str| {
            fields.entry(name.to_owned()).or_insert_with(|| text.to_owned());
        };
        add("premium_support", "yes");
        add("ill", "no");
        add("disability", "none");
        if id == "a" || id == "b" {
            add("need_training", "no");
            add("need_job", "no");
        }
    }
    let session = household.open();
    let found: Vec<String> = session
        .findings()
        .into_iter()
        .map(|finding| format!("{:?} {}", finding.kind, finding.path))
        .collect();
    assert_eq!(found, Vec::<String>::new());
    for (path, text) in household.places() {
        assert!(text.is_empty() || session.value(&path).is_some(), "{path} is not asked");
    }
    let note = |name: &str| {
        let form = form();
        let mut all = Vec::new();
        questions(&form.nodes, &mut all);
        let question = all.into_iter().find(|question| question.name == name).expect("the note");
        session.fill(&question.label, None).get("vi").to_owned()
    };
    assert_eq!(
        note("b1_people"),
        "Để chấm phiếu B1: hộ có 5 người, 2 trẻ dưới 16 tuổi, 1 người từ 60 tuổi, 2 người phụ thuộc; 0 người làm công ăn lương (0 làm cho Nhà nước), 0 người có lương hưu; trình độ cao nhất: THPT."
    );
    assert!(
        note("policy_note")
            .contains("dân tộc thiểu số (theo chủ hộ): có; hộ không có người làm được việc: không")
    );
}

#[test]
fn the_provinces_of_citizen_ids_are_those_of_the_code_list() {
    let list = read("instruments/units/cccd_birth_province_codes.csv");
    let known: BTreeSet<&str> = list.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(known.len(), 63);
    let mut session = Household::base("couple").open();
    let number = "members.b.citizen_id".parse().expect("a path");
    for code in 0..1000 {
        let code = format!("{code:03}");
        session.set_text(&number, &format!("{code}188000017")).expect("a number");
        let doubted = said(&session, "b.check_id_province").0 == Doubt;
        assert_ne!(doubted, known.contains(code.as_str()), "{code}");
    }
}

#[test]
fn a_doubt_names_the_figures_it_is_about() {
    let household = with(Household::base("couple"), "c.relation=child; c.birth=1999");
    let (_, finding) = said(&household.open(), "c.birth");
    let words = finding.expect("a doubt").message;
    assert_eq!(
        words.get("vi"),
        "Ghi “Con đẻ”, 27 tuổi; chủ hộ 40 tuổi: ít gặp. Hỏi lại ngày sinh và quan hệ; nếu đúng, ghi lý do."
    );
    assert!(words.get("en").starts_with("Recorded as “Child”, aged 27; the head is 40"));
}

#[test]
fn every_question_has_a_hint_in_both_languages() {
    let form = form();
    let mut all = Vec::new();
    questions(&form.nodes, &mut all);
    let is_asked = |question: &&Question| {
        matches!(question.kind, QuestionKind::Asked { .. } | QuestionKind::Acknowledge)
    };
    for question in all.into_iter().filter(is_asked) {
        for language in ["vi", "en"] {
            assert!(!question.hint.get(language).is_empty(), "{} has no hint in {language}", question.name);
        }
    }
}

#[test]
fn every_check_between_answers_says_whose_limit_it_is() {
    let form = form();
    let mut all = Vec::new();
    questions(&form.nodes, &mut all);
    let checks: Vec<&Question> =
        all.into_iter().filter(|question| question.name.starts_with("check_")).collect();
    assert!(checks.len() >= 20);
    for check in checks {
        assert!(check.provenance.as_ref().is_some_and(|of| !of.source.is_empty()), "{}", check.name);
    }
}
