//! The interview, from the first answer to the signature.

use std::collections::BTreeMap;

use rasoat_app::App;
use rasoat_app::view::{
    Custody, HouseholdState, InputKind, InterviewView, ItemView, QuestionView, SummaryChangeView, SummaryView,
};
use rasoat_casework::AreaType;
use rasoat_instrument::FindingKind;

use crate::support::{Laptop, all, answer, code, first};

fn value(view: &InterviewView, path: &str) -> Option<String> {
    view.nodes.iter().find(|node| node.path == path).and_then(|node| node.value.clone())
}

fn note(view: &InterviewView, path: &str) -> Option<String> {
    view.nodes.iter().find(|node| node.path == path).and_then(|node| node.note.clone())
}

/// Every question of the form by name.
fn questions(app: &App) -> BTreeMap<String, QuestionView> {
    let mut found = BTreeMap::new();
    for item in app.form().unwrap().sections.into_iter().flat_map(|section| section.items) {
        match item {
            ItemView::Question(question) => {
                found.insert(question.name.clone(), question);
            }
            ItemView::Roster { columns, .. } => {
                found.extend(columns.into_iter().map(|question| (question.name.clone(), question)));
            }
            ItemView::Heading { .. } => {}
        }
    }
    found
}

/// What a screen that was told all of it knows after an act.
fn after(before: SummaryView, change: SummaryChangeView) -> SummaryView {
    SummaryView {
        people: change.people,
        sections: change.sections,
        answered: change.answered,
        questions: change.questions,
        findings: change.findings.unwrap_or(before.findings),
        classifications: change.classifications.unwrap_or(before.classifications),
        saved_at: change.saved_at,
    }
}

/// Answers whatever blocks, each time the first that does, until nothing does.
fn fill(app: &App, household: &str) -> SummaryView {
    let form = app.form().unwrap();
    let questions = questions(app);
    let mut summary = app.open_interview(household).unwrap().summary;
    for _ in 0..2_000 {
        let Some(finding) = summary.findings.iter().find(|finding| finding.blocks) else { return summary };
        let name = finding.path.rsplit('.').next().unwrap();
        let (path, text) = match finding.kind {
            FindingKind::Warning => (format!("{}#reason", finding.path), "Đã hỏi lại".to_owned()),
            FindingKind::Error | FindingKind::Unanswered => {
                let question = &questions[name];
                let choices = question.list.as_ref().map(|list| &form.lists[list]);
                let text = match question.input {
                    InputKind::SelectOne | InputKind::SelectMultiple => choices.unwrap()[0].name.clone(),
                    InputKind::Acknowledge => "OK".to_owned(),
                    InputKind::Integer | InputKind::Decimal | InputKind::Money => "40".to_owned(),
                    InputKind::Date => "2026-11-20".to_owned(),
                    InputKind::PartialDate => "1980".to_owned(),
                    InputKind::CitizenId => String::new(),
                    InputKind::Text => "Nguyễn Văn Thử".to_owned(),
                    InputKind::Time
                    | InputKind::DateTime
                    | InputKind::Range
                    | InputKind::Point
                    | InputKind::Rank
                    | InputKind::File
                    | InputKind::Computed
                    | InputKind::Note => {
                        panic!("{} is not expected here", finding.path)
                    }
                };
                (finding.path.clone(), text)
            }
        };
        summary = after(summary, answer(app, household, &path, &text).unwrap().summary);
    }
    panic!("still open: {:?}", summary.findings.iter().map(|finding| &finding.path).collect::<Vec<_>>());
}

#[test]
fn an_act_tells_findings_and_classes_where_they_are_others_than_the_screen_knows() {
    let app = &Laptop::new().listed();
    let home = &all(app)[0].id;
    let mut known = app.open_interview(home).unwrap().summary;
    for (path, value) in [
        ("address", "Nà Lùng"),
        ("address", "Khuổi Mạ"),
        ("floor_area", "12"),
        ("floor_area", "13"),
        ("floor_area", "90"),
        ("floor_area", ""),
        ("phone", "1"),
        ("phone", "12"),
        ("phone", "0912345678"),
    ] {
        let change = answer(app, home, path, value).unwrap().summary;
        let told = (change.findings.clone(), change.classifications.clone());
        let next = after(known.clone(), change);
        assert_eq!(told.0.is_some(), next.findings != known.findings, "{path} {value}");
        assert_eq!(told.1.is_some(), next.classifications != known.classifications, "{path} {value}");
        // What another screen is told in full meanwhile is what this one knows piece by piece.
        let print = app.print_preview(home).unwrap().interview.summary;
        assert_eq!(next.classifications, print.classifications, "{path} {value}");
        known = next;
    }
    let opened = app.open_interview(home).unwrap().summary;
    assert_eq!((&opened.findings, &opened.classifications), (&known.findings, &known.classifications));
}

#[test]
fn questions_are_numbered_through_their_sections() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let form = app.form().unwrap();
    assert_eq!(form.id, "rasoat-household");
    assert!(form.sections.iter().enumerate().all(|(index, section)| section.number as usize == index + 1));
    let questions = questions(&app);
    assert_eq!(questions["household_code"].number, "1.1");
    assert_eq!(
        (questions["birth"].input, questions["citizen_id"].input),
        (InputKind::PartialDate, InputKind::CitizenId)
    );
    assert_eq!((questions["age"].input, questions["age"].number.as_str()), (InputKind::Computed, ""));
    assert_eq!(
        (questions["notice"].input, questions["notice_given"].input),
        (InputKind::Note, InputKind::Acknowledge)
    );
    assert_eq!(
        (questions["devices"].input, questions["income_crops"].input),
        (InputKind::SelectMultiple, InputKind::Money)
    );
}

#[test]
fn an_interview_opens_with_the_members_of_the_list() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let row = first(&app);
    let page = app.household(&row.id).unwrap();
    let view = app.open_interview(&row.id).unwrap();
    let members = &view.instances["members"];
    assert_eq!(members.len(), page.members.len());
    let names: Vec<_> =
        members.iter().map(|path| value(&view, &format!("{path}.full_name")).unwrap()).collect();
    let expected: Vec<_> = page.members.iter().map(|member| member.full_name.clone()).collect();
    assert_eq!(names, expected);
    let area = if page.area == AreaType::Urban { "urban" } else { "rural" };
    assert_eq!(value(&view, "area_type").as_deref(), Some(area));
    assert_eq!(value(&view, "interview_date").as_deref(), Some("2026-11-23"));
    assert_eq!((view.round, view.signed, view.summary.classifications.len()), (2026, false, 2));
    let name = view.nodes.iter().find(|node| node.path == format!("{}.full_name", members[0])).unwrap();
    assert_eq!(name.previous, None);
    answer(&app, &row.id, &name.path, "Tên Đã Sửa").unwrap();
    let view = app.open_interview(&row.id).unwrap();
    let name = view.nodes.iter().find(|node| node.path == name.path).unwrap();
    assert_eq!(name.previous.as_deref(), Some(expected[0].as_str()));
}

#[test]
fn looking_at_an_interview_leaves_no_trace() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let row = first(&app);
    let before = app.sync_status().unwrap().unsent_edits;
    app.open_interview(&row.id).unwrap();
    app.leave_interview(&row.id).unwrap();
    assert_eq!(app.sync_status().unwrap().unsent_edits, before);
    assert_eq!(first(&app).state, HouseholdState::Listed);
}

#[test]
fn a_killed_program_opens_the_draft_at_the_last_question() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let row = first(&app);
    let member = app.open_interview(&row.id).unwrap().instances["members"][0].clone();
    answer(&app, &row.id, "address", "Xóm trên").unwrap();
    answer(&app, &row.id, &format!("{member}.birth"), "1961").unwrap();
    answer(&app, &row.id, "floor_area", "38.5").unwrap();
    let before = app.open_interview(&row.id).unwrap();
    drop(app);

    let app = laptop.start();
    app.unlock(crate::support::PASSPHRASE).unwrap();
    let resume = app.overview().unwrap().resume.unwrap();
    assert_eq!((resume.household.as_str(), resume.path.as_deref()), (row.id.as_str(), Some("floor_area")));
    let after = app.open_interview(&row.id).unwrap();
    assert_eq!(after.resume_at.as_deref(), Some("floor_area"));
    assert_eq!((&after.nodes, &after.instances), (&before.nodes, &before.instances));
    assert_eq!(after.summary, before.summary);
    assert_eq!(first(&app).state, HouseholdState::Started);
}

#[test]
fn a_note_is_shown_again_after_leaving_and_after_a_kill() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let row = first(&app);
    let opened = app.open_interview(&row.id).unwrap();
    assert!(opened.nodes.iter().all(|node| node.note.is_none()));
    let birth = format!("{}.birth", opened.instances["members"][0]);
    for (path, words) in [("floor_area", "Đo bằng thước dây"), (birth.as_str(), "Theo sổ hộ khẩu cũ")]
    {
        let before = value(&opened, path);
        let change = answer(&app, &row.id, &format!("{path}#note"), words).unwrap();
        let node = change.nodes.iter().find(|node| node.path == path).unwrap();
        assert_eq!((node.note.as_deref(), &node.value), (Some(words), &before));
    }
    // Killed with the notes in the draft only.
    drop(app);
    let app = laptop.start();
    app.unlock(crate::support::PASSPHRASE).unwrap();
    let drafted = app.open_interview(&row.id).unwrap();
    assert_eq!(note(&drafted, "floor_area").as_deref(), Some("Đo bằng thước dây"));
    assert_eq!(note(&drafted, &birth).as_deref(), Some("Theo sổ hộ khẩu cũ"));

    app.leave_interview(&row.id).unwrap();
    drop(app);
    let app = laptop.start();
    app.unlock(crate::support::PASSPHRASE).unwrap();
    let sealed = app.open_interview(&row.id).unwrap();
    assert_eq!(note(&sealed, "floor_area").as_deref(), Some("Đo bằng thước dây"));
    assert_eq!(note(&sealed, &birth).as_deref(), Some("Theo sổ hộ khẩu cũ"));

    let cleared = answer(&app, &row.id, "floor_area#note", "").unwrap();
    assert_eq!(cleared.nodes.iter().find(|node| node.path == "floor_area").unwrap().note, None);
    app.leave_interview(&row.id).unwrap();
    let view = app.open_interview(&row.id).unwrap();
    assert_eq!(note(&view, "floor_area"), None);
    assert_eq!(note(&view, &birth).as_deref(), Some("Theo sổ hộ khẩu cũ"));
}

#[test]
fn leaving_seals_one_edit_with_what_changed_and_leaving_again_none() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let row = first(&app);
    let before = app.sync_status().unwrap().unsent_edits;
    answer(&app, &row.id, "floor_area", "38.5").unwrap();
    app.leave_interview(&row.id).unwrap();
    app.leave_interview(&row.id).unwrap();
    assert_eq!(app.sync_status().unwrap().unsent_edits, before + 1);
    answer(&app, &row.id, "floor_area", "40").unwrap();
    app.leave_interview(&row.id).unwrap();
    let history = app.household(&row.id).unwrap().history;
    let kinds: Vec<_> = history.iter().map(|edit| (edit.kind.as_str(), edit.custody)).collect();
    assert_eq!(
        kinds,
        [("answers", Custody::OnlyHere), ("answers", Custody::OnlyHere), ("imported", Custody::OnlyHere)]
    );
    assert_eq!(history[0].changes, 1);
    answer(&app, &row.id, "floor_area", "41").unwrap();
    answer(&app, &row.id, "floor_area", "40").unwrap();
    app.leave_interview(&row.id).unwrap();
    assert_eq!(app.sync_status().unwrap().unsent_edits, before + 2);
    assert_eq!(value(&app.open_interview(&row.id).unwrap(), "floor_area").as_deref(), Some("40"));
}

#[test]
fn members_come_and_go_and_stay_gone() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let row = first(&app);
    let carried = app.open_interview(&row.id).unwrap().instances["members"].clone();
    let added = app.add_member(&row.id, "members").unwrap();
    assert_eq!(added.instances["members"].len(), carried.len() + 1);
    let newcomer = added.instances["members"].last().unwrap().clone();
    answer(&app, &row.id, &format!("{newcomer}.full_name"), "Bé Mới Sinh").unwrap();
    let removed = app.remove_member(&row.id, carried.last().unwrap()).unwrap();
    assert_eq!(removed.removed, [carried.last().unwrap().clone()]);
    let expected = removed.instances["members"].clone();
    app.leave_interview(&row.id).unwrap();
    let view = app.open_interview(&row.id).unwrap();
    assert_eq!(view.instances["members"], expected);
    assert_eq!(value(&view, &format!("{newcomer}.full_name")).as_deref(), Some("Bé Mới Sinh"));
    assert_eq!(first_of(&app, &row.id).members as usize, expected.len());

    let second = app.add_member(&row.id, "members").unwrap().instances["members"].last().unwrap().clone();
    app.remove_member(&row.id, &second).unwrap();
    let third = app.add_member(&row.id, "members").unwrap().instances["members"].last().unwrap().clone();
    assert_ne!(second, third);
}

fn first_of(app: &App, id: &str) -> rasoat_app::view::HouseholdRowView {
    app.household(id).unwrap().row
}

#[test]
fn acts_that_the_form_does_not_allow_say_why() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let row = first(&app);
    assert_eq!(code(answer(&app, &row.id, "no such path!", "1")), "unknown_path");
    assert_eq!(code(answer(&app, &row.id, "no_such_question", "1")), "unknown_path");
    assert_eq!(code(answer(&app, &row.id, "floor_area", "rộng")), "wrong_kind");
    assert_eq!(code(answer(&app, &row.id, "water_source", "no_such_choice")), "unknown_choice");
    assert_eq!(code(answer(&app, &row.id, "area_type", "urban")), "read_only_question");
    assert_eq!(code(app.add_member(&row.id, "nobody")), "unknown_path");
    assert_eq!(code(app.remove_member(&row.id, "members.nobody")), "unknown_path");
    assert_eq!(code(app.open_interview("not an id")), "unknown_household");
    assert_eq!(code(app.open_interview("00000000-0000-0000-0000-000000000000")), "unknown_household");
}

#[test]
fn a_finished_interview_is_signed_shown_in_lists_and_opened_again() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let row = first(&app);
    answer(&app, &row.id, "floor_area", "38.5").unwrap();
    let refused = app.sign_off(&row.id).unwrap();
    assert!(!refused.signed && !refused.blocking.is_empty());

    let summary = fill(&app, &row.id);
    assert!(summary.answered > 30);
    assert_eq!(app.sign_off(&row.id).unwrap().blocking, []);
    let signed = first_of(&app, &row.id);
    assert_eq!((signed.state, signed.findings), (HouseholdState::Signed, 0));
    let decided = summary.classifications[0].class.as_ref().map(|class| class.key.clone());
    assert_eq!(signed.class, decided);
    assert_eq!(app.household(&row.id).unwrap().history[0].kind, "signed");
    assert_eq!(app.overview().unwrap().resume, None);

    let view = app.open_interview(&row.id).unwrap();
    assert!(view.signed && view.nodes.iter().all(|node| node.read_only));
    assert_eq!(code(answer(&app, &row.id, "floor_area", "50")), "signed_off");
    assert_eq!(code(app.add_member(&row.id, "members")), "signed_off");

    let view = app.reopen_interview(&row.id).unwrap();
    assert!(!view.signed);
    answer(&app, &row.id, "floor_area", "50").unwrap();
    assert!(app.sign_off(&row.id).unwrap().signed);
    let kinds: Vec<_> = app.household(&row.id).unwrap().history.into_iter().map(|edit| edit.kind).collect();
    assert_eq!(&kinds[..3], ["signed", "reopened", "signed"]);
}
