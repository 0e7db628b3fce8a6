//! A household's interview and result on paper: what stands there, and that it is accounted for.

use rasoat_app::App;
use rasoat_app::view::{AccessForm, PrintForm, PrintView};

use crate::support::{Laptop, answer, code, first};

const ID: &str = "020099004417";

/// A household whose first member has a citizen ID, and who was asked something.
fn begun(app: &App) -> (String, String) {
    let home = first(app).id;
    let member = app.household(&home).unwrap().members.remove(0).id;
    let place = format!("members.{member}.citizen_id");
    answer(app, &home, &place, ID).unwrap();
    answer(app, &home, "floor_area", "37").unwrap();
    answer(app, &home, "floor_area#note", "Số 020099004417 ghi trên giấy").unwrap();
    (home, place)
}

fn form(household: &str, for_signature: bool) -> PrintForm {
    PrintForm { household: household.to_owned(), for_signature }
}

fn value(view: &PrintView, path: &str) -> Option<String> {
    view.interview.nodes.iter().find(|node| node.path == path).and_then(|node| node.value.clone())
}

fn acts(app: &App) -> Vec<(String, Option<String>)> {
    let rows = app.audit(None, 0, 2).unwrap().rows;
    rows.into_iter().map(|row| (row.act, row.details.get("citizen_ids").cloned())).collect()
}

#[test]
fn what_is_looked_at_is_masked_and_no_act_and_what_goes_to_the_printer_is_one() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let (home, place) = begun(&app);
    let before = app.audit(None, 0, 1).unwrap().total;
    let seen = app.print_preview(&home).unwrap();
    assert_eq!(value(&seen, &place).as_deref(), Some("020 •••• 4417"));
    assert_eq!(value(&seen, "floor_area").as_deref(), Some("37"));
    assert_eq!(seen.interview.summary.classifications.len(), 2);
    let holding = seen.interview.nodes.iter().find(|node| serde_json::to_string(node).unwrap().contains(ID));
    assert_eq!(holding, None, "nor does a note go on paper");
    assert!(!serde_json::to_string(&seen).unwrap().contains(ID));
    assert_eq!(app.audit(None, 0, 1).unwrap().total, before);

    let printed = app.print(&form(&home, false)).unwrap();
    assert!(!printed.full_ids && !serde_json::to_string(&printed).unwrap().contains(ID));
    assert_eq!(acts(&app)[0], ("print".to_owned(), Some("masked".to_owned())));
}

#[test]
fn ids_stand_in_full_only_on_what_is_printed_to_be_signed_which_is_an_act_of_its_own() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let (home, place) = begun(&app);
    let printed = app.print(&form(&home, true)).unwrap();
    assert_eq!((printed.full_ids, value(&printed, &place).as_deref()), (true, Some(ID)));
    assert_eq!(acts(&app), [("unmask".to_owned(), None), ("print".to_owned(), Some("full".to_owned()))]);
    // Whoever asks to whom their data went is told.
    let asked = AccessForm {
        household: home,
        folder: laptop.dir.path().to_str().unwrap().to_owned(),
        full_ids: false,
        passphrase: None,
        language: "vi".to_owned(),
        words: Default::default(),
    };
    let files = app.access_export(&asked).unwrap().files;
    let json = std::fs::read(laptop.dir.path().join(&files[1])).unwrap();
    let held: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let printed = held["given_to"].as_array().unwrap().iter().filter(|given| given["how"] == "printed");
    assert_eq!(printed.count(), 1);
}

#[test]
fn of_a_household_that_nobody_asked_anything_nothing_is_printed() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let home = first(&app).id;
    let before = app.audit(None, 0, 1).unwrap().total;
    assert_eq!(code(app.print_preview(&home)), "print_not_begun");
    assert_eq!(code(app.print(&form(&home, true))), "print_not_begun");
    assert_eq!(app.audit(None, 0, 1).unwrap().total, before);
}
