//! Everything that is held of a household, written out for whoever asks by right.

use std::collections::BTreeMap;
use std::path::Path;

use rasoat_app::App;
use rasoat_app::view::AccessForm;

use crate::support::{Laptop, answer, code, first};

const ID: &str = "020099004417";

fn form(laptop: &Laptop, household: &str) -> AccessForm {
    AccessForm {
        household: household.to_owned(),
        folder: laptop.dir.path().to_str().unwrap().to_owned(),
        full_ids: false,
        passphrase: None,
        language: "vi".to_owned(),
        words: BTreeMap::from([("title".to_owned(), "Dữ liệu về hộ".to_owned())]),
    }
}

/// A household of which something is known, sealed and not.
fn known(app: &App) -> String {
    let home = first(app).id;
    let member = app.household(&home).unwrap().members.remove(0).id;
    answer(app, &home, &format!("members.{member}.citizen_id"), ID).unwrap();
    answer(app, &home, "phone", "<script>alert(1)</script>").unwrap();
    app.leave_interview(&home).unwrap();
    answer(app, &home, "floor_area", "37").unwrap();
    home
}

fn read(laptop: &Laptop, name: &str) -> String {
    std::fs::read_to_string(laptop.dir.path().join(name)).unwrap()
}

fn acts(app: &App) -> Vec<(String, BTreeMap<String, String>)> {
    app.audit(None, 0, 2).unwrap().rows.into_iter().map(|row| (row.act, row.details)).collect()
}

#[test]
fn a_page_and_a_file_for_machines_hold_everything_with_ids_masked_and_it_is_accounted_for() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let home = known(&app);
    let view = app.access_export(&form(&laptop, &home)).unwrap();
    let [page, json] = view.files.as_slice() else { panic!("two files") };
    let head = app.household(&home).unwrap().row.head_name;
    assert!(!page.contains(&head) && page.ends_with(".html") && json.ends_with(".json"));

    let (page, json) = (read(&laptop, page), read(&laptop, json));
    for text in [&page, &json] {
        assert!(text.contains(&head) && text.contains("020 •••• 4417") && !text.contains(ID));
    }
    assert!(page.contains("&lt;script&gt;alert") && !page.contains("<script"));
    assert!(!page.contains("http") && !page.contains("src="), "nothing is fetched from anywhere");
    assert!(page.contains("Dữ liệu về hộ"));
    let held: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(held["values"].as_array().unwrap().len(), view.values as usize);
    let of = |path: &str| {
        let values = held["values"].as_array().unwrap();
        values.iter().find(|value| value["path"] == path).cloned().unwrap()
    };
    assert_eq!(
        (of("floor_area")["value"].as_str(), of("floor_area")["draft"].as_bool()),
        (Some("37"), Some(true))
    );
    assert_eq!(of("phone")["draft"].as_bool(), Some(false));
    assert_eq!(held["history"].as_array().unwrap().len(), 2);
    assert_eq!(held["classes"].as_array().unwrap().len(), 2);

    let (act, details) = acts(&app).remove(0);
    assert_eq!((act.as_str(), details["household"].as_str()), ("access_export", home.as_str()));
    assert_eq!((details["citizen_ids"].as_str(), details["encrypted"].as_str()), ("masked", "no"));
}

#[test]
fn ids_are_written_in_full_only_when_that_is_chosen_which_is_an_act_of_its_own() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let home = known(&app);
    let view = app.access_export(&AccessForm { full_ids: true, ..form(&laptop, &home) }).unwrap();
    assert!(read(&laptop, &view.files[1]).contains(ID));
    let acts: Vec<String> = acts(&app).into_iter().map(|(act, _)| act).collect();
    assert_eq!(acts, ["unmask", "access_export"]);
}

#[test]
fn with_a_passphrase_the_files_open_with_it_alone_by_any_age_tool() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let home = known(&app);
    let weak = AccessForm { passphrase: Some("ngắn".into()), ..form(&laptop, &home) };
    assert_eq!(code(app.access_export(&weak)), "weak_passphrase");
    let words = "đưa tận tay chủ hộ";
    let sealed = AccessForm { passphrase: Some(words.into()), ..form(&laptop, &home) };
    let view = app.access_export(&sealed).unwrap();
    let open = |name: &str, words: &str| {
        let bytes = std::fs::read(Path::new(&sealed.folder).join(name)).unwrap();
        assert!(!bytes.windows(9).any(|part| part == b"floor_area"));
        age::decrypt(&age::scrypt::Identity::new(words.to_owned().into()), &bytes)
    };
    assert!(view.files.iter().all(|name| name.ends_with(".age")));
    let json = open(&view.files[1], words).unwrap();
    assert!(String::from_utf8(json).unwrap().contains("floor_area"));
    assert!(open(&view.files[0], "mật khẩu khác hẳn").is_err());
}
