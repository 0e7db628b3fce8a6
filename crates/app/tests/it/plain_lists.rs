//! Lists from anywhere: what would become of each row, doubts, undoing, and taking in again.

use std::collections::BTreeMap;

use crate::support::{Laptop, all, answer, code};
use rasoat_app::App;
use rasoat_app::view::{
    HouseholdQuery, HouseholdView, ListChoiceForm, ListColumnForm, ListFate, ListMappingForm, ListRowView,
    ListRowsQuery, ListSheetForm, ListTakeForm, NewHouseholdForm,
};
use rasoat_testkit::households;
use rasoat_testkit::workbook::official_list;

const HEADERS: &str = "Mã hộ;Họ tên chủ hộ;Năm sinh;Giới tính;CCCD;Thôn;Mã xã;Địa chỉ\n";
const TWO: &str = "A-1;Nông Văn Bách;1984;Nam;020084001234;Nà Pàn;06001;Đầu bản
A-2;Lý Thị Mùi;1979;Nữ;;Nà Pàn;06001;\n";

fn csv(laptop: &Laptop, rows: &str) -> String {
    laptop.file("ho.csv", format!("{HEADERS}{rows}").as_bytes())
}

fn rows(app: &App, fate: Option<ListFate>) -> Vec<ListRowView> {
    app.list_rows(ListRowsQuery { fate, offset: 0, limit: 200 }).unwrap().rows
}

/// What would become of the only row.
fn only(app: &App, path: &str) -> ListRowView {
    app.preview_list(path).unwrap();
    let mut rows = rows(app, None);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

fn take(path: &str, leave_out: bool, choices: &[(u32, &str)]) -> ListTakeForm {
    let choice = |(row, choice): &(u32, &str)| ListChoiceForm {
        sheet: String::new(),
        row: *row,
        choice: (*choice).to_owned(),
    };
    let choices = choices.iter().map(choice).collect();
    ListTakeForm { path: path.to_owned(), mapping: None, leave_out, choices }
}

fn found(app: &App, text: &str) -> Vec<HouseholdView> {
    let query = HouseholdQuery { text: text.to_owned(), limit: 50, ..HouseholdQuery::default() };
    let rows = app.households(query).unwrap().rows;
    rows.iter().map(|row| app.household(&row.id).unwrap()).collect()
}

fn edits(app: &App) -> u32 {
    app.sync_status().unwrap().unsent_edits
}

#[test]
fn a_plain_table_is_shown_row_by_row_and_taken_in_as_shown() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let path = csv(&laptop, &format!("{TWO}A-3;Hoàng Thị Mận;1990;;;Nà Pàn;99999;\n"));
    let preview = app.preview_list(&path).unwrap();
    assert_eq!((preview.file.as_str(), preview.new, preview.refused), ("ho.csv", 2, 1));
    let fates: Vec<_> = rows(&app, None).iter().map(|row| (row.row, row.fate)).collect();
    assert_eq!(fates, [(2, ListFate::New), (3, ListFate::New), (4, ListFate::Refused)]);
    let refused = &rows(&app, Some(ListFate::Refused))[0];
    let why = refused.problem.as_ref().unwrap();
    assert_eq!(
        (refused.head_name.as_str(), why.code.as_str(), why.column.as_str()),
        ("Hoàng Thị Mận", "unknown_commune", "G")
    );
    assert_eq!(edits(&app), 0);

    assert_eq!(code(app.take_list(&take(&path, false, &[]))), "list_leaves_out");
    assert_eq!((all(&app).len(), edits(&app)), (0, 0));
    let view = app.take_list(&take(&path, true, &[])).unwrap();
    assert_eq!((view.new, view.left_out), (2, 1));
    assert_eq!(code(app.take_list(&take(&path, true, &[]))), "list_not_read");
}

#[test]
fn a_file_that_changed_since_it_was_shown_is_not_taken_in() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let path = csv(&laptop, TWO);
    app.preview_list(&path).unwrap();
    csv(&laptop, "A-9;Người Khác;1990;;;Nà Pàn;06001;\n");
    assert_eq!(code(app.take_list(&take(&path, true, &[]))), "list_changed");
    assert_eq!((all(&app).len(), edits(&app)), (0, 0));
}

#[test]
fn any_list_taken_in_again_changes_nothing() {
    for seed in 1..=4 {
        let laptop = Laptop::new();
        let app = laptop.enrolled();
        let drawn = households(seed);
        let mut plain = HEADERS.to_owned();
        for household in &drawn {
            let (head, village) = (household.head(), &household.village);
            let id = head.citizen_id.as_deref().unwrap_or_default();
            let (year, month, day) = head.birth;
            plain += &format!(
                "{};{};{day}/{month}/{year};;{id};{};{};\n",
                household.code, head.full_name, village.name, village.commune
            );
        }
        let official = laptop.list(seed);
        app.import_list(&official).unwrap();
        let after_first = (edits(&app), all(&app));
        let again = app.import_list(&official).unwrap();
        assert_eq!((again.new, again.updated), (0, 0), "seed {seed}");
        assert_eq!((edits(&app), all(&app)), after_first, "seed {seed}");

        // The commune's own table of the same heads finds them all; what it adds, it adds once.
        let path = laptop.file("ho.csv", plain.as_bytes());
        let preview = app.preview_list(&path).unwrap();
        assert_eq!(
            (preview.new, preview.refused),
            (0, 0),
            "seed {seed}: {:?}",
            rows(&app, Some(ListFate::New))
        );
        let members: Vec<u32> = all(&app).iter().map(|row| row.members).collect();
        app.import_list(&path).unwrap();
        assert_eq!(all(&app).iter().map(|row| row.members).collect::<Vec<_>>(), members, "seed {seed}");
        let here = edits(&app);
        let again = app.import_list(&path).unwrap();
        assert_eq!((again.new, again.updated, edits(&app)), (0, 0, here), "seed {seed}");
    }
}

#[test]
fn what_a_list_changes_is_shown_old_and_new() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    app.import_list(&csv(&laptop, TWO)).unwrap();
    let row = only(
        &app,
        &csv(&laptop, "A-1;Nông Văn Bách;12/3/1984;Nam;020084001234;Thôn Nà Pàn;06001;Cuối bản\n"),
    );
    assert_eq!(row.fate, ListFate::Updated);
    let vi = |text: &Option<rasoat_instrument::Text>| text.as_ref().map(|text| text.0["vi"].clone());
    let shown: Vec<_> =
        row.differences.iter().map(|one| (one.field.as_str(), vi(&one.here), vi(&one.listed))).collect();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        shown,
        [("address", text("Đầu bản"), text("Cuối bản")), ("birth", text("1984"), text("1984-03-12"))]
    );
    assert!(row.differences.iter().all(|one| !one.kept));
}

#[test]
fn a_household_is_found_by_its_code_else_its_heads_number_else_village_name_and_year() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    app.import_list(&csv(&laptop, TWO)).unwrap();
    for (row, expected) in [
        // Other number and other village: the code, and somebody of the household.
        ("A-1;Nông Văn Bách;1984;Nam;;Nà Lốc;06001;Cuối bản", ListFate::Updated),
        ("B-1;Nông Văn Bách;1984;Nam;020084001234;Nà Lốc;06001;", ListFate::Updated),
        (";Lý Thị Mùi;17/5/1979;Nữ;;Thôn Nà Pàn;06001;", ListFate::Updated),
        (";Lý Thị Mùi;1980;Nữ;;Thôn Nà Pàn;06001;", ListFate::New),
        (";Lý Thị Mùi;1979;Nữ;;Thôn Khác;06001;", ListFate::New),
    ] {
        assert_eq!(only(&app, &csv(&laptop, &format!("{row}\n"))).fate, expected, "{row}");
    }
}

#[test]
fn what_is_ambiguous_waits_for_a_person_and_is_never_guessed() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    app.import_list(&csv(&laptop, TWO)).unwrap();
    for (row, reason, candidates) in [
        ("A-1;Vàng A Sì;1990;;;Nà Pàn;06001;", "code_of_others", 1),
        ("A-2;Nông Văn Bách;1984;Nam;020084001234;Nà Pàn;06001;", "code_against_head", 2),
        (";Lý Thị Mùi;1979;Nữ;020179000007;Nà Pàn;06001;", "", 0),
        (";Nông Văn Bách;1984;Nam;020084009999;Nà Pàn;06001;", "name_with_other_id", 1),
        (";Lý Thị Mùi;;;;Nà Pàn;06001;", "name_alone", 1),
    ] {
        let found = only(&app, &csv(&laptop, &format!("{row}\n")));
        assert_eq!(
            (found.reason.unwrap_or_default().as_str(), found.candidates.len()),
            (reason, candidates),
            "{row}"
        );
    }
    let path = csv(&laptop, ";Lý Thị Mùi;;;;Nà Pàn;06001;Đầu bản\n");
    let doubt = only(&app, &path);
    assert_eq!(code(app.take_list(&take(&path, false, &[]))), "list_leaves_out");
    let household = doubt.candidates[0].household.clone();
    let view = app.take_list(&take(&path, false, &[(2, &household)])).unwrap();
    assert_eq!((view.updated, all(&app).len()), (1, 2));
    app.preview_list(&path).unwrap();
    assert_eq!(app.take_list(&take(&path, false, &[(2, "new")])).unwrap().new, 1);
    assert_eq!(all(&app).len(), 3);
    app.preview_list(&path).unwrap();
    assert_eq!(app.take_list(&take(&path, true, &[(2, "skip")])).unwrap().left_out, 1);
    app.preview_list(&path).unwrap();
    assert_eq!(code(app.take_list(&take(&path, true, &[(2, "?")]))), "unknown_household");
}

#[test]
fn what_a_surveyor_typed_stays_unless_a_person_prefers_the_list() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let id = app
        .add_household(NewHouseholdForm {
            village: "06001-na-pan".to_owned(),
            head_name: "Nông Văn Thử".to_owned(),
            birth: "1979".to_owned(),
            sex: "male".to_owned(),
            citizen_id: "020079000001".to_owned(),
            address: "Ngõ sau đình".to_owned(),
        })
        .unwrap();
    let path = csv(&laptop, "A-7;Nông Văn Thử;1979;Nữ;020079000001;Nà Pàn;06001;Đầu bản\n");
    let row = only(&app, &path);
    let kept = |row: &ListRowView| -> Vec<(String, Option<String>)> {
        row.differences
            .iter()
            .filter(|one| one.kept)
            .map(|one| (one.field.clone(), one.why.clone()))
            .collect()
    };
    let typed = Some("typed".to_owned());
    assert_eq!(kept(&row), [("address".to_owned(), typed.clone()), ("sex".to_owned(), typed)]);
    app.take_list(&take(&path, false, &[])).unwrap();
    let page = app.household(&id).unwrap();
    assert_eq!((page.row.address.as_deref(), page.row.code.as_deref()), (Some("Ngõ sau đình"), Some("A-7")));
    assert_eq!(only(&app, &path).fate, ListFate::Unchanged);
    app.take_list(&take(&path, false, &[(2, "list")])).unwrap();
    assert_eq!(app.household(&id).unwrap().row.address.as_deref(), Some("Đầu bản"));
}

#[test]
fn an_answer_stands_beside_what_a_list_says_later() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    app.import_list(&csv(&laptop, TWO)).unwrap();
    let id = found(&app, "Bach")[0].row.id.clone();
    app.open_interview(&id).unwrap();
    answer(&app, &id, "address", "Ngõ sau đình").unwrap();
    app.leave_interview(&id).unwrap();
    let path = csv(&laptop, "A-1;Nông Văn Bách;1984;Nam;020084001234;Nà Pàn;06001;Cuối bản\n");
    let row = only(&app, &path);
    let shown = &row.differences[0];
    assert_eq!((shown.field.as_str(), shown.kept, shown.why.as_deref()), ("address", true, Some("answered")));
    app.import_list(&path).unwrap();
    assert_eq!(app.household(&id).unwrap().row.address.as_deref(), Some("Ngõ sau đình"));
    assert_eq!(only(&app, &path).fate, ListFate::Unchanged);
}

#[test]
fn an_undone_list_leaves_things_as_they_were_and_can_be_taken_in_again() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    app.import_list(&csv(&laptop, TWO)).unwrap();
    let before = all(&app);
    let path = csv(
        &laptop,
        "A-1;Nông Văn Bách;1984;Nam;020084001234;Nà Pàn;06001;Cuối bản\nA-3;Vàng A Sì;1990;;;Nà Pàn;06001;\n",
    );
    app.import_list(&path).unwrap();
    let with_both = all(&app);
    let imports = app.list_imports().unwrap();
    let counts: Vec<_> = imports.iter().map(|one| (one.new, one.updated, one.file.as_str())).collect();
    assert_eq!(counts, [(1, 1, "ho.csv"), (2, 0, "ho.csv")]);

    let undone = app.undo_list(&imports[0].number).unwrap();
    assert_eq!((undone.undone, undone.kept), (2, 0));
    assert_eq!(all(&app), before);
    assert_eq!(app.overview().unwrap().villages.iter().map(|village| village.households).sum::<u32>(), 2);
    assert_eq!(edits(&app), 6, "nothing that was sealed is gone");
    assert_eq!(code(app.undo_list(&imports[0].number)), "list_already_undone");
    assert_eq!(code(app.undo_list("99")), "unknown_list");

    let again = app.import_list(&path).unwrap();
    assert_eq!((again.new, again.updated), (1, 1));
    assert_eq!(all(&app), with_both);
    // What the later list and its undoing did does not stand in the way of undoing the first.
    app.undo_list(&app.list_imports().unwrap()[0].number).unwrap();
    let first = app.undo_list(&imports[1].number).unwrap();
    assert_eq!((first.undone, first.kept, all(&app).len()), (2, 0, 0));
}

#[test]
fn what_was_worked_on_since_is_kept_and_named() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    app.import_list(&csv(&laptop, TWO)).unwrap();
    let id = found(&app, "Bach")[0].row.id.clone();
    app.open_interview(&id).unwrap();
    answer(&app, &id, "address", "Ngõ sau đình").unwrap();
    let number = app.list_imports().unwrap()[0].number.clone();
    let undone = app.undo_list(&number).unwrap();
    assert_eq!((undone.undone, undone.kept_names), (1, vec!["Nông Văn Bách".to_owned()]));
    assert_eq!(all(&app).len(), 1);
    assert_eq!(app.list_imports().unwrap()[0].kept, 1);
    app.leave_interview(&id).unwrap();
    assert_eq!(app.household(&id).unwrap().row.address.as_deref(), Some("Ngõ sau đình"));
}

#[test]
fn an_undone_household_that_is_opened_after_all_comes_back() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let path = csv(&laptop, &TWO.replace("Nà Pàn", "Khuổi Thử"));
    app.import_list(&path).unwrap();
    let id = found(&app, "Bach")[0].row.id.clone();
    let villages = || app.overview().unwrap().villages.into_iter().map(|village| village.name);
    assert!(villages().any(|name| name == "Khuổi Thử"));
    app.undo_list(&app.list_imports().unwrap()[0].number).unwrap();
    let view = app.household(&id).unwrap();
    assert!(view.row.withdrawn);
    assert_eq!(
        view.history.iter().map(|said| said.kind.as_str()).collect::<Vec<_>>(),
        ["withdrawn", "imported"]
    );
    assert!(found(&app, "Bach").is_empty());
    assert!(!villages().any(|name| name == "Khuổi Thử"), "no household names it any more");
    app.open_interview(&id).unwrap();
    answer(&app, &id, "address", "Ngõ sau đình").unwrap();
    assert_eq!(found(&app, "Bach").len(), 1);
    assert_eq!(villages().filter(|name| name == "Khuổi Thử").count(), 1);
    // The other one that the list had brought comes back with it.
    app.import_list(&path).unwrap();
    assert_eq!(app.overview().unwrap().villages.iter().map(|village| village.households).sum::<u32>(), 2);
}

#[test]
fn columns_that_a_person_named_are_remembered_for_files_of_one_make() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let text = "Cột 1;Cột 2;Cột 3\nNông Văn Bách;1984;Nam\n";
    let path = laptop.file("la.csv", text.as_bytes());
    let columns = app.list_columns(&path).unwrap();
    assert!(!columns.remembered && !columns.sheets[0].is_list);
    assert_eq!(columns.sheets[0].columns[0].samples, ["Nông Văn Bách"]);
    assert_eq!(code(app.preview_list(&path)), "no_list");
    let column = |index, field: &str| ListColumnForm { index, field: field.to_owned() };
    let sheet = |columns| ListSheetForm { name: String::new(), skip: false, header_row: 1, columns };
    let mapping = |columns| ListMappingForm {
        sheets: vec![sheet(columns)],
        commune: Some("06001".to_owned()),
        village: Some("Thôn Nà Pàn".to_owned()),
    };
    let twice = mapping(vec![column(0, "birth"), column(1, "birth")]);
    assert_eq!(code(app.preview_list_as(&path, Some(&twice))), "column_twice");
    assert_eq!(code(app.preview_list_as(&path, Some(&mapping(vec![column(0, "?")])))), "unknown_column");
    let said = mapping(vec![column(0, "head_name"), column(1, "birth"), column(2, "sex")]);
    assert_eq!(app.preview_list_as(&path, Some(&said)).unwrap().new, 1);
    app.take_list(&ListTakeForm { mapping: Some(said), ..take(&path, false, &[]) }).unwrap();
    assert_eq!(all(&app)[0].village_name, "Thôn Nà Pàn");

    let next = laptop.file("khac.csv", text.replace("Bách", "Chín").as_bytes());
    let columns = app.list_columns(&next).unwrap();
    let fields: BTreeMap<_, _> =
        columns.sheets[0].columns.iter().map(|one| (one.index, one.field.as_deref())).collect();
    assert!(columns.remembered && columns.sheets[0].is_list);
    assert_eq!(fields, BTreeMap::from([(0, Some("head_name")), (1, Some("birth")), (2, Some("sex"))]));
}

#[test]
fn a_cancelled_list_leaves_nothing() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let many: Vec<_> = (1..20).flat_map(households).collect();
    let path = laptop.file("nhieu.xlsx", &official_list(&many, false).unwrap());
    let ended = std::thread::scope(|scope| {
        let taking = scope.spawn(|| app.import_list(&path));
        while app.list_progress().unwrap().is_none_or(|progress| progress.phase != "writing") {
            assert!(!taking.is_finished(), "it ended before it could be cancelled");
            std::thread::yield_now();
        }
        assert_eq!(code(app.preview_list(&path)), "list_busy");
        app.list_cancel().unwrap();
        taking.join().unwrap()
    });
    assert_eq!(code(ended), "list_cancelled");
    assert_eq!((all(&app).len(), edits(&app), app.list_imports().unwrap().len()), (0, 0, 0));
    assert_eq!(app.list_progress().unwrap(), None);
}
