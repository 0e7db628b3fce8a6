//! What is read from sheets that can be.

use rasoat_instrument::{Confidence, Node, Question, QuestionKind, ValueKind};
use rasoat_xlsform::read_csv;

const SETTINGS: &str = "form_title,form_title::English (en),form_id,version,default_language\n\
    Phiếu rà soát,Review form,review,2026.1,Tiếng Việt (vi)\n";
const CHOICES: &str = "list_name,name,label::Tiếng Việt (vi),label::English (en),Region\n\
    yes_no,yes,Có,Yes,\nyes_no,no,Không,No,north\n";
const SURVEY: &str = "type,name,label::Tiếng Việt (vi),label::English (en),hint::vi,required,relevant,readonly,default,\
calculation,constraint,constraint_message::vi,choice_filter,appearance,warning,warning_message::vi,protected,confidence,source\n\
begin group,home,Nhà ở,Home,,,,,,,,,,field-list,,,,,\n\
decimal,floor,Diện tích,Floor area,m²,yes,,,,,. > 0,Phải lớn hơn 0,,,. < 500,Có đúng không?,yes,S,Circular\n\
select_one yes_no,town,Ở thị trấn?,In town?,,,${floor} > 8,no,no,,,,Region = 'north',minimal,,,,,\n\
end group,,,,,,,,,,,,,,,,,,\n\
,,,,,,,,,,,,,,,,,,\n\
begin_repeat,members,Nhân khẩu,Members,,,,,,,,,,roster,,,,,\n\
date,birth,Ngày sinh,Birth,,,,,today(),,,,,,,,,,\n\
end_repeat,members,,,,,,,,,,,,,,,,,\n\
calculate,size,,,,,,,,count(${members}),,,,,,,,,\n\
today,day,,,,,,,,,,,,,,,,,\n\
acknowledge,agreed,Đồng ý,Agreed,,true(),,,,,,,,,,,,,\n";

fn read(survey: &str) -> rasoat_instrument::Definition {
    read_csv(survey, CHOICES, SETTINGS).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn question(nodes: &[Node], name: &str) -> Question {
    let found = nodes.iter().find_map(|node| match node {
        Node::Question(question) if question.name == name => Some((**question).clone()),
        Node::Question(_) | Node::Group(_) | Node::Repeat(_) => None,
    });
    found.unwrap_or_else(|| panic!("no question {name}"))
}

#[test]
fn a_form_has_its_settings_languages_and_lists() {
    let form = read(SURVEY);
    assert_eq!((form.id.as_str(), form.version.as_str()), ("review", "2026.1"));
    assert_eq!(form.title.get("en"), "Review form");
    assert_eq!(form.default_language, "vi");
    assert_eq!(form.languages, ["vi", "en"]);
    let list = form.lists.get("yes_no").expect("list");
    let items: Vec<_> = list.items().collect();
    assert_eq!(items.iter().map(|item| item.name()).collect::<Vec<_>>(), ["yes", "no"]);
    assert_eq!(items[1].extra("Region"), Some("north"));
    assert_eq!(items[0].extra("Region"), None);
}

#[test]
fn rows_become_nested_nodes_in_their_order() {
    let form = read(SURVEY);
    let names: Vec<&str> = form
        .nodes
        .iter()
        .map(|node| match node {
            Node::Group(group) => group.name.as_str(),
            Node::Repeat(repeat) => repeat.name.as_str(),
            Node::Question(question) => question.name.as_str(),
        })
        .collect();
    assert_eq!(names, ["home", "members", "size", "day", "agreed"]);
    let Node::Repeat(members) = &form.nodes[1] else { panic!("a repeat") };
    assert_eq!(members.appearance, ["roster"]);
    assert_eq!(members.nodes.len(), 1);
}

#[test]
fn every_column_of_a_question_arrives() {
    let form = read(SURVEY);
    let Node::Group(home) = &form.nodes[0] else { panic!("a group") };
    let floor = question(&home.nodes, "floor");
    assert_eq!(floor.kind, QuestionKind::Asked { kind: ValueKind::Decimal, list: None });
    assert_eq!(floor.label.get("en"), "Floor area");
    assert_eq!(floor.hint.get("vi"), "m²");
    assert_eq!(floor.required.as_ref().map(|e| e.source()), Some("true()"));
    assert_eq!(floor.constraint.as_ref().map(|e| e.source()), Some(". > 0"));
    assert_eq!(floor.constraint_message.get("vi"), "Phải lớn hơn 0");
    assert_eq!(floor.warning.as_ref().map(|e| e.source()), Some(". < 500"));
    assert_eq!(floor.warning_message.get("vi"), "Có đúng không?");
    assert!(floor.protected);
    let provenance = floor.provenance.expect("provenance");
    assert_eq!((provenance.confidence, provenance.source.as_str()), (Confidence::SecondHand, "Circular"));
    let town = question(&home.nodes, "town");
    assert_eq!(town.read_only, None);
    assert_eq!(town.default.as_ref().map(|e| e.source()), Some("no"));
    assert_eq!(town.choice_filter.as_ref().map(|e| e.source()), Some("Region = 'north'"));
    assert_eq!(town.appearance, ["minimal"]);
}

#[test]
fn metadata_is_computed_once() {
    let day = question(&read(SURVEY).nodes, "day");
    assert_eq!(day.kind, QuestionKind::Calculated);
    assert_eq!(day.calculation.as_ref().map(|e| e.source()), Some("once(today())"));
}

#[test]
fn a_byte_order_mark_and_decomposed_letters_change_nothing() {
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(SURVEY).collect();
    assert_ne!(decomposed, SURVEY);
    let form = read(&format!("\u{feff}{decomposed}"));
    let Node::Group(home) = &form.nodes[0] else { panic!("a group") };
    assert_eq!(home.label.get("vi"), "Nhà ở");
}

#[test]
fn line_breaks_and_commas_in_cells_are_read_and_rows_counted_by_lines() {
    let survey = "type,name,label::vi,relevant\ntext,a,\"Tên,\nhọ\",\ntext,b,B,${x}\n";
    let problems = read_csv(survey, "", "form_title,form_id,version,default_language\nA,a,1,vi\n")
        .expect_err("problems");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].row, 4);
}

#[test]
fn a_fixed_default_may_look_like_arithmetic() {
    let survey = "type,name,label::vi,default\ntext,a,A,24-7 ngày\n";
    let form = read(survey);
    let default = question(&form.nodes, "a").default;
    assert_eq!(default.as_ref().map(|e| e.source()), Some("24-7 ngày"));
}

#[test]
fn nesting_beyond_the_limit_is_refused_without_harm() {
    let deep = 5_000;
    let mut survey = "type,name,label::vi\n".to_owned();
    for level in 0..deep {
        survey.push_str(&format!("begin group,g{level},G\n"));
    }
    survey.push_str("text,a,A\n");
    survey.push_str(&"end group,,\n".repeat(deep));
    let problems = read_csv(&survey, CHOICES, SETTINGS).expect_err("problems");
    assert!(problems.iter().any(|problem| problem.code == "too_deep"), "{}", problems[0]);
}

#[test]
fn anything_at_all_gives_a_form_or_problems() {
    for text in
        ["", "\u{feff}", "\"", "\"\n\"\"", ",,,\n,,,", "type\ntype", "\0\0\0", "type,name,label\n\"unclosed"]
    {
        let _ = read_csv(text, text, text).map(|_| ()).map_err(|problems| assert!(!problems.is_empty()));
    }
}
