//! Taking in the official list.

use crate::support::{Laptop, all, code};
use rasoat_app::view::{Custody, HouseholdQuery, HouseholdState, NewHouseholdForm};
use rasoat_testkit::households;
use rasoat_testkit::workbook::official_list;

#[test]
fn a_list_is_shown_first_and_taken_in_whole() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let path = laptop.list(1);
    let preview = app.preview_list(&path).unwrap();
    assert_eq!((preview.new, preview.updated, preview.unchanged, preview.refused), (60, 0, 0, 0));
    assert_eq!((preview.layout.as_str(), preview.new_villages.len()), ("two_tier", 0));
    assert_eq!(preview.file, "danh-sach.xlsx");
    assert!(preview.problems.iter().all(|problem| !problem.refuses), "{:?}", preview.problems);
    assert_eq!(all(&app), []);

    assert_eq!(app.import_list(&path).unwrap().new, 60);
    let rows = all(&app);
    assert_eq!(rows.len(), 60);
    assert!(rows.iter().all(|row| row.state == HouseholdState::Listed && row.custody == Custody::OnlyHere));
    let expected: usize = households(1).iter().map(|household| household.members.len()).sum();
    assert_eq!(rows.iter().map(|row| row.members as usize).sum::<usize>(), expected);
    assert_eq!(app.sync_status().unwrap().unsent_edits, 60);
}

#[test]
fn the_same_list_twice_makes_no_second_household_and_no_edit() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let again = app.import_list(&laptop.list(1)).unwrap();
    assert_eq!((again.new, again.updated, again.unchanged), (0, 0, 60));
    assert_eq!((all(&app).len(), app.sync_status().unwrap().unsent_edits), (60, 60));
}

#[test]
fn old_codes_with_districts_lead_to_the_same_households() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let old = laptop.file("cu.xlsx", &official_list(&households(1), true).unwrap());
    let preview = app.preview_list(&old).unwrap();
    assert_eq!((preview.layout.as_str(), preview.new, preview.refused), ("with_district", 0, 0));
}

#[test]
fn a_changed_line_updates_its_household_only() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let mut changed = households(1);
    changed[0].b1 += 5;
    let path = laptop.file("sua.xlsx", &official_list(&changed, false).unwrap());
    let result = app.import_list(&path).unwrap();
    assert_eq!((result.new, result.updated, result.unchanged), (0, 1, 59));
    assert_eq!(app.sync_status().unwrap().unsent_edits, 61);
}

#[test]
fn villages_that_the_province_did_not_give_are_added_and_communes_out_of_scope_left_out() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let mut list = households(1);
    list[0].village.name = "Thôn Mới Lập";
    list[1].village.commune = "05986";
    list[1].village.commune_name = "Tam Thanh";
    let path = laptop.file("la.xlsx", &official_list(&list, false).unwrap());
    let preview = app.preview_list(&path).unwrap();
    assert_eq!((preview.new_villages, preview.out_of_scope), (vec!["Thôn Mới Lập".to_owned()], 1));
    let result = app.import_list(&path).unwrap();
    assert_eq!((result.new, result.left_out), (59, 1));
    assert_eq!(app.overview().unwrap().villages.len(), 6);
}

#[test]
fn one_household_under_two_spellings_of_its_village_is_taken_once_and_said() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let mut list = households(1);
    list[0].members[0].citizen_id = None;
    list[1] = list[0].clone();
    list[1].village.name = "Nà Pàn";
    let path = laptop.file("hai.xlsx", &official_list(&list, false).unwrap());
    let preview = app.preview_list(&path).unwrap();
    assert_eq!(
        (preview.new, preview.refused, preview.problems[0].code.as_str()),
        (59, 1, "duplicate_household")
    );
    let result = app.import_list(&path).unwrap();
    assert_eq!((result.new, result.left_out), (59, 1));
}

#[test]
fn a_file_that_is_no_list_says_why() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    for (bytes, expected) in [
        (b"<html>".as_slice(), "not_excel"),
        (&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "old_excel"),
    ] {
        let path = laptop.file("xau.xlsx", bytes);
        assert_eq!(code(app.preview_list(&path)), expected);
        assert_eq!(code(app.import_list(&path)), expected);
    }
}

#[test]
fn households_are_found_by_folded_names_and_by_village() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let wanted = &households(1)[0].head().full_name.clone();
    let folded = rasoat_casework::fold_name(wanted);
    let query = |text: &str, village: Option<&str>| HouseholdQuery {
        village: village.map(str::to_owned),
        text: text.to_owned(),
        limit: 50,
        ..HouseholdQuery::default()
    };
    let found = app.households(query(&folded, None)).unwrap();
    assert!(found.rows.iter().any(|row| row.head_name == *wanted));
    assert_eq!(app.households(query("", Some("06187-khoi-7"))).unwrap().total, 8);
}

#[test]
fn a_household_that_is_not_on_the_list_is_added_once() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let form = || NewHouseholdForm {
        village: "06001-na-pan".to_owned(),
        head_name: "Nông Văn Thử".to_owned(),
        birth: "1979".to_owned(),
        sex: "male".to_owned(),
        citizen_id: "020079000001".to_owned(),
        address: String::new(),
    };
    let id = app.add_household(form()).unwrap();
    let page = app.household(&id).unwrap();
    assert_eq!((page.members.len(), page.history[0].kind.as_str()), (1, "added"));
    assert_eq!(page.row.citizen_id.as_deref(), Some("020 •••• 0001"));
    assert_eq!(code(app.add_household(form())), "household_exists");
    let wrong = |change: fn(&mut NewHouseholdForm)| {
        let mut form = form();
        change(&mut form);
        code(app.add_household(form))
    };
    assert_eq!(wrong(|form| form.citizen_id = "123".to_owned()), "bad_citizen_id");
    assert_eq!(wrong(|form| form.birth = "hôm qua".to_owned()), "unreadable_date");
    assert_eq!(wrong(|form| form.head_name = "  ".to_owned()), "missing_name");
    assert_eq!(wrong(|form| form.village = "06001-o-dau".to_owned()), "unknown_village");
    assert_eq!(wrong(|form| form.village = "06187-na-pan".to_owned()), "unknown_village");
    assert_eq!(wrong(|form| form.sex = "?".to_owned()), "unknown_sex");
}
