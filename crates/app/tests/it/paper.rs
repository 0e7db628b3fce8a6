//! Interviews typed from paper: signed with who held them, typed twice by two people, compared and decided; and how people type.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use rasoat_app::App;
use rasoat_app::view::{
    AddUserForm, ComparisonView, DifferenceForm, DifferenceKind, ExportDaysForm, HouseholdState,
    InterviewView, OperatorDayView, PaperStanding, RenameUserForm, SettleEntriesForm, SettledEntriesView,
    SignPaperForm, UnlockForm,
};
use rasoat_testkit::{interviewer, visit};

use crate::support::{Laptop, PASSPHRASE, all, answer, code};

const MAI: &str = "ba con trâu già";
const MINUTE: i64 = 60_000;

fn value(view: &InterviewView, path: &str) -> Option<String> {
    view.nodes.iter().find(|node| node.path == path).and_then(|node| node.value.clone())
}

/// The household with the fewest members: the quickest to type.
fn small(app: &App) -> String {
    all(app).into_iter().min_by_key(|row| (row.members, row.id.clone())).unwrap().id
}

/// Answers whatever is still open.
fn fill(app: &App, id: &str) {
    visit::fill(app, id, &interviewer::poor()).unwrap();
}

fn sign(household: &str, by: &str, on: &str) -> SignPaperForm {
    SignPaperForm { household: household.to_owned(), by: by.to_owned(), on: on.to_owned(), keys: 140 }
}

/// Types a household's paper to its end.
fn type_paper(app: &App, household: &str) {
    app.open_paper(household).unwrap();
    answer(app, household, "floor_area", "38").unwrap();
    fill(app, household);
    assert!(app.sign_paper(&sign(household, "Hứa Văn Giấy", "2026-11-20")).unwrap().signed);
}

fn add_mai(app: &App) {
    let form = AddUserForm {
        name: "Lý Thị Mai".to_owned(),
        short_name: String::new(),
        passphrase: MAI.into(),
        own_passphrase: PASSPHRASE.into(),
    };
    app.add_user(form).unwrap();
}

/// Whoever is in leaves, and another comes in.
fn change_to(app: &App, index: usize, passphrase: &str) {
    let users = app.lock().unwrap().users;
    let form = UnlockForm { user: Some(users[index].id.clone()), passphrase: passphrase.into() };
    app.unlock(form).unwrap();
}

/// A laptop of two people on which one has typed a paper, and the other is in.
fn typed_once(laptop: &Laptop) -> (App, String) {
    let app = laptop.listed();
    let household = small(&app);
    add_mai(&app);
    type_paper(&app, &household);
    change_to(&app, 1, MAI);
    (app, household)
}

/// Decides as it is said, and for the first entry in all the rest.
fn settle(app: &App, entry: &str, decisions: &[(&str, DifferenceForm)]) -> SettledEntriesView {
    let differences = app.compare_entries(entry).unwrap().differences.into_iter();
    let mut all: BTreeMap<String, DifferenceForm> =
        differences.map(|one| (one.path, DifferenceForm::First)).collect();
    all.extend(decisions.iter().map(|(path, decision)| ((*path).to_owned(), decision.clone())));
    let form = SettleEntriesForm { entry: entry.to_owned(), decisions: all, reasons: BTreeMap::new() };
    app.settle_entries(&form).unwrap()
}

fn differing(view: &ComparisonView) -> Vec<(&str, Option<&str>, Option<&str>)> {
    let differences = view.differences.iter();
    differences.map(|one| (one.path.as_str(), one.first.as_deref(), one.second.as_deref())).collect()
}

fn day_of(app: &App, name: &str) -> OperatorDayView {
    app.paper_desk().unwrap().days.into_iter().find(|day| day.name == name).unwrap()
}

#[test]
fn a_paper_is_signed_with_who_held_the_interview_and_when_and_not_typed_again_by_the_same_person() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let household = small(&app);
    assert_eq!(code(app.begin_second_entry(&household)), "not_signed");
    app.open_paper(&household).unwrap();
    answer(&app, &household, "floor_area", "38").unwrap();
    fill(&app, &household);
    let refused = |by: &str, on: &str| code(app.sign_paper(&sign(&household, by, on)));
    assert_eq!(refused("  ", "2026-11-20"), "paper_interviewer_missing");
    assert_eq!(refused("Hứa Văn Giấy", "20/11"), "paper_date_unreadable");
    assert_eq!(refused("Hứa Văn Giấy", "2026-11-24"), "paper_date_ahead");
    assert!(app.sign_paper(&sign(&household, " Hứa  Văn Giấy", "2026-11-20")).unwrap().signed);

    let page = app.household(&household).unwrap();
    assert_eq!(page.row.state, HouseholdState::Signed);
    let paper = page.paper.unwrap();
    assert_eq!((paper.by.as_str(), paper.on.as_str()), ("Hứa Văn Giấy", "2026-11-20"));
    assert_eq!((paper.typed_by.as_str(), paper.standing), ("Hoàng Thị Thử", PaperStanding::Unverified));
    let date = value(&app.open_interview(&household).unwrap(), "interview_date");
    assert_eq!(date.as_deref(), Some("2026-11-20"), "ages count to the day on the paper");

    // Who typed it does not type it again, under whatever name.
    assert_eq!(code(app.begin_second_entry(&household)), "same_person");
    let user = app.state().users[0].id.clone();
    let other = RenameUserForm { user, name: "Một Người Khác".to_owned(), short_name: String::new() };
    app.rename_user(other).unwrap();
    assert_eq!(app.state().surveyor.as_deref(), Some("Một Người Khác"));
    assert_eq!(code(app.begin_second_entry(&household)), "same_person");
}

#[test]
fn an_interview_that_was_held_at_the_laptop_says_nothing_of_paper() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let household = small(&app);
    answer(&app, &household, "floor_area", "38").unwrap();
    fill(&app, &household);
    assert!(app.sign_off(&household).unwrap().signed);
    assert_eq!(app.household(&household).unwrap().paper, None);
    add_mai(&app);
    change_to(&app, 1, MAI);
    assert_eq!(code(app.begin_second_entry(&household)), "not_from_paper");
}

#[test]
fn two_entries_are_compared_and_what_is_decided_is_one_edit_of_who_typed_the_second() {
    let laptop = Laptop::new();
    let (app, household) = typed_once(&laptop);
    let before = app.household(&household).unwrap().history.len();

    let entry = app.begin_second_entry(&household).unwrap();
    let blind = app.open_paper(&entry).unwrap();
    assert!(!blind.signed && blind.household == entry);
    assert_eq!(value(&blind, "floor_area"), None, "nothing of the first is seen");
    answer(&app, &entry, "floor_area", "83").unwrap();
    answer(&app, &entry, "interview_date", "2026-11-20").unwrap();
    answer(&app, &entry, "phone", "0912345678").unwrap();
    fill(&app, &entry);
    assert_eq!(code(app.sign_off(&entry)), "second_entry");
    app.leave_paper(&entry, 150).unwrap();
    assert_eq!(app.household(&household).unwrap().history.len(), before, "a second entry seals nothing");

    let compared = app.compare_entries(&entry).unwrap();
    assert_eq!(
        differing(&compared),
        [("phone", None, Some("0912345678")), ("floor_area", Some("38"), Some("83"))]
    );
    assert!(compared.compared > 30);
    let partly = SettleEntriesForm {
        entry: entry.clone(),
        decisions: BTreeMap::from([("phone".to_owned(), DifferenceForm::Second)]),
        reasons: BTreeMap::new(),
    };
    assert_eq!(code(app.settle_entries(&partly)), "differences_left");
    let empty = settle(&app, &entry, &[("floor_area", DifferenceForm::Other(String::new()))]);
    assert!(!empty.sealed, "what keeps from signing keeps from this");
    assert!(empty.blocking.iter().any(|finding| finding.path == "floor_area"));
    let untouched = app.household(&household).unwrap();
    assert_eq!(untouched.paper.unwrap().standing, PaperStanding::Unverified);
    assert_eq!(untouched.history.len(), before);
    let decided = [("phone", DifferenceForm::Second), ("floor_area", DifferenceForm::Other("39".to_owned()))];
    assert!(settle(&app, &entry, &decided).sealed);

    let page = app.household(&household).unwrap();
    assert_eq!(page.history.len(), before + 1);
    let edit = &page.history[0];
    assert_eq!((edit.kind.as_str(), edit.author.as_str(), edit.changes), ("verified", "Lý Thị Mai", 2));
    let paper = page.paper.unwrap();
    assert_eq!((paper.standing, paper.differing), (PaperStanding::Verified, 2));
    assert_eq!((paper.compared, paper.verified_by.as_deref()), (compared.compared, Some("Lý Thị Mai")));
    assert_eq!(page.row.state, HouseholdState::Signed);
    let view = app.open_interview(&household).unwrap();
    assert_eq!(value(&view, "phone").as_deref(), Some("0912345678"));
    assert_eq!(value(&view, "floor_area").as_deref(), Some("39"));
    assert_eq!(code(app.begin_second_entry(&household)), "already_verified");
    assert_eq!(code(app.compare_entries(&entry)), "unknown_entry");

    app.reopen_interview(&household).unwrap();
    let open = app.household(&household).unwrap().paper.unwrap();
    assert_eq!(open.standing, PaperStanding::Unverified, "what is open again is to be typed twice again");
}

#[test]
fn a_killed_program_opens_a_second_entry_with_every_answer_and_the_first_as_it_was() {
    let laptop = Laptop::new();
    let (app, household) = typed_once(&laptop);
    let entry = app.begin_second_entry(&household).unwrap();
    app.open_paper(&entry).unwrap();
    answer(&app, &entry, "floor_area", "83").unwrap();
    answer(&app, &entry, "phone", "0912345678").unwrap();

    // Nothing is closed: the program is gone as it stood.
    let again = laptop.start();
    let mai = again.state().users[1].id.clone();
    again.unlock(UnlockForm { user: Some(mai), passphrase: MAI.into() }).unwrap();
    assert_eq!(again.begin_second_entry(&household).unwrap(), entry);
    let view = again.open_paper(&entry).unwrap();
    assert_eq!(value(&view, "floor_area").as_deref(), Some("83"));
    assert_eq!(value(&view, "phone").as_deref(), Some("0912345678"));
    let first = again.open_interview(&household).unwrap();
    assert!(first.signed);
    assert_eq!(value(&first, "floor_area").as_deref(), Some("38"));

    // Nobody else sees it.
    change_to(&again, 0, PASSPHRASE);
    assert_eq!(code(again.open_paper(&entry)), "unknown_household");
    assert_eq!(code(again.compare_entries(&entry)), "unknown_entry");
}

/// Adds a child.
fn add_child(app: &App, id: &str, name: &str) -> String {
    let change = app.add_member(id, "members").unwrap();
    let member = change.instances["members"].last().unwrap().clone();
    for (question, value) in
        [("full_name", name), ("relation", "child"), ("birth", "2015"), ("sex", "female")]
    {
        answer(app, id, &format!("{member}.{question}"), value).unwrap();
    }
    member
}

#[test]
fn a_member_who_is_only_in_the_first_entry_goes_if_it_is_decided_so() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let household = small(&app);
    add_mai(&app);
    app.open_paper(&household).unwrap();
    let gone = add_child(&app, &household, "Hứa Thị Thừa");
    fill(&app, &household);
    assert!(app.sign_paper(&sign(&household, "Hứa Văn Giấy", "2026-11-20")).unwrap().signed);
    let known = app.household(&household).unwrap().members.len();
    change_to(&app, 1, MAI);
    let entry = app.begin_second_entry(&household).unwrap();
    answer(&app, &entry, "phone", "0912345678").unwrap();
    let compared = app.compare_entries(&entry).unwrap();
    let only = compared.differences.iter().find(|one| one.path == gone).unwrap();
    assert_eq!((only.kind, only.name.as_deref()), (DifferenceKind::OnlyFirst, Some("Hứa Thị Thừa")));
    assert!(settle(&app, &entry, &[(&gone, DifferenceForm::Second)]).sealed);
    let members = app.household(&household).unwrap().members;
    assert_eq!(members.len(), known - 1);
    assert!(members.iter().all(|one| one.full_name != "Hứa Thị Thừa"));
}

#[test]
fn members_typed_in_another_order_are_the_same_by_name_and_one_left_out_of_the_first_entry_is_brought() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let household = small(&app);
    add_mai(&app);
    app.open_paper(&household).unwrap();
    add_child(&app, &household, "Hứa Thị Chung");
    fill(&app, &household);
    assert!(app.sign_paper(&sign(&household, "Hứa Văn Giấy", "2026-11-20")).unwrap().signed);
    change_to(&app, 1, MAI);
    let entry = app.begin_second_entry(&household).unwrap();
    answer(&app, &entry, "interview_date", "2026-11-20").unwrap();
    let brought = add_child(&app, &entry, "Hứa Thị Sót");
    add_child(&app, &entry, "Hứa Thị Chung");
    fill(&app, &entry);
    let compared = app.compare_entries(&entry).unwrap();
    assert_eq!(differing(&compared), [(brought.as_str(), None, Some("Hứa Thị Sót"))]);
    assert_eq!(settle(&app, &entry, &[(&brought, DifferenceForm::Second)]).blocking, []);
    let page = app.household(&household).unwrap();
    assert!(
        page.members.iter().any(|one| one.full_name == "Hứa Thị Sót" && one.birth.as_deref() == Some("2015"))
    );
    assert_eq!(page.paper.unwrap().standing, PaperStanding::Verified);
}

#[test]
fn how_people_type_is_counted_by_day_without_pauses_and_can_be_forgotten() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let household = small(&app);
    add_mai(&app);
    answer(&app, &household, "address", "Nà Lùng").unwrap();
    assert_eq!(app.paper_desk().unwrap().days, [], "an interview at the laptop is not counted");
    app.open_paper(&household).unwrap();
    let pass = |millis: i64| laptop.clock.fetch_add(millis, Ordering::Relaxed);
    answer(&app, &household, "phone", "0912345678").unwrap();
    pass(MINUTE);
    answer(&app, &household, "floor_area", "83").unwrap();
    pass(10 * MINUTE);
    answer(&app, &household, "phone", "0912345679").unwrap();
    app.leave_paper(&household, 31).unwrap();
    let own = day_of(&app, "Hoàng Thị Thử");
    assert_eq!((own.day.as_str(), own.forms, own.answers), ("2026-11-23", 0, 2));
    assert_eq!((own.corrections, own.keystrokes), (1, 31));
    assert!((60..70).contains(&own.active_s), "{} seconds: the pause is none of them", own.active_s);

    type_paper(&app, &household);
    assert_eq!(app.paper_desk().unwrap().today, 1);
    change_to(&app, 1, MAI);
    let entry = app.begin_second_entry(&household).unwrap();
    app.open_paper(&entry).unwrap();
    answer(&app, &entry, "floor_area", "37").unwrap();
    app.leave_paper(&entry, 90).unwrap();
    let differing = u32::try_from(app.compare_entries(&entry).unwrap().differences.len()).unwrap();
    assert!(settle(&app, &entry, &[("floor_area", DifferenceForm::Second)]).sealed);
    let (first, second) = (day_of(&app, "Thử"), day_of(&app, "Lý Thị Mai"));
    assert_eq!((first.forms, first.differing, first.mistakes), (1, 0, 1));
    assert_eq!((second.forms, second.differing, second.mistakes), (1, differing, differing - 1));
    assert!(second.compared > 30 && differing > 10);

    let heads: Vec<String> = (0..10).map(|column| format!("cột {column}")).collect();
    let folder = laptop.dir.path().to_str().unwrap().to_owned();
    let name = app.export_operator_days(&ExportDaysForm { folder, heads }).unwrap();
    let table = std::fs::read_to_string(laptop.dir.path().join(name)).unwrap();
    assert_eq!(table.lines().count(), 3);
    assert!(table.contains("\"2026-11-23\",\"Lý Thị Mai\",\"1\","), "{table}");
    app.erase_operator_days().unwrap();
    assert_eq!(app.paper_desk().unwrap().days, []);
}
