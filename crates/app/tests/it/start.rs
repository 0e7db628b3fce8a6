//! First start, unlocking, language.

use std::sync::atomic::Ordering;

use crate::support::{CODE, Laptop, PASSPHRASE, START, answer, code, enrolment, first, server_key};
use rasoat_app::view::Stage;

const YEAR: i64 = 366 * 24 * 60 * 60 * 1000;

#[test]
fn a_fresh_laptop_is_enrolled_locked_and_unlocked() {
    let laptop = Laptop::new();
    let app = laptop.start();
    assert_eq!((app.state().stage, app.state().device_name), (Stage::Fresh, None));
    let path = laptop.enrolment_file(&enrolment(1));
    let seen = app.inspect_enrolment(&path).unwrap();
    assert_eq!((seen.device_name.as_str(), seen.round, seen.villages), ("Máy 07", 2026, 5));
    assert_eq!((seen.server_fingerprint, seen.warnings.len()), (server_key().verify_key().fingerprint(), 0));
    assert_eq!(app.state().stage, Stage::Fresh);
    laptop.enrol_with(&app, path, CODE).unwrap();
    let open = app.state();
    assert_eq!(
        (open.stage, open.surveyor.as_deref(), open.communes.len()),
        (Stage::Open, Some("Hoàng Thị Thử"), 2)
    );
    assert_eq!(app.overview().unwrap().villages.len(), 5);

    let locked = app.lock().unwrap();
    assert_eq!(
        (locked.stage, locked.surveyor, locked.device_name.as_deref()),
        (Stage::Locked, None, Some("Máy 07"))
    );
    assert_eq!(code(app.overview()), "locked");
    assert_eq!(app.unlock(PASSPHRASE).unwrap().stage, Stage::Open);
}

#[test]
fn the_one_time_code_may_be_typed_carelessly_but_must_be_right() {
    let laptop = Laptop::new();
    let app = laptop.start();
    let path = laptop.enrolment_file(&enrolment(1));
    assert_eq!(code(laptop.enrol_with(&app, path.clone(), "7K3M-Q0ZP-AAAA-BBBC")), "wrong_code");
    assert_eq!(app.state().stage, Stage::Fresh);
    laptop.enrol_with(&app, path, "7k3mqozpaaaabbbb").unwrap();
}

#[test]
fn a_file_that_cannot_be_used_says_why_and_changes_nothing() {
    let laptop = Laptop::new();
    let app = laptop.start();
    let whole = std::fs::read(laptop.enrolment_file(&enrolment(1))).unwrap();
    let mut flipped = whole.clone();
    flipped[400] ^= 1;
    let mut newer = whole.clone();
    newer[b"RASOAT-ENROLMENT\n".len()] = 9;
    for (bytes, expected) in [
        (&whole[..200], "enrolment_truncated"),
        (&flipped, "enrolment_damaged"),
        (&newer, "enrolment_newer_format"),
        (b"hello".as_slice(), "not_an_enrolment"),
    ] {
        let path = laptop.file("bad", bytes);
        assert_eq!(code(app.inspect_enrolment(&path)), expected);
        assert_eq!(code(laptop.enrol_with(&app, path, CODE)), expected);
    }
    assert_eq!(code(app.inspect_enrolment("/nowhere/at/all")), "file_not_found");
    assert_eq!(app.state().stage, Stage::Fresh);
}

#[test]
fn an_expired_file_is_refused_and_a_clock_in_the_past_only_warned_of() {
    let laptop = Laptop::new();
    let app = laptop.start();
    let path = laptop.enrolment_file(&enrolment(1));
    laptop.clock.store(START + YEAR, Ordering::Relaxed);
    assert_eq!(code(app.inspect_enrolment(&path)), "enrolment_expired");
    laptop.clock.store(START - 40 * YEAR, Ordering::Relaxed);
    assert_eq!(app.inspect_enrolment(&path).unwrap().warnings, ["clock_wrong"]);
    laptop.enrol_with(&app, path, CODE).unwrap();
    assert_eq!(app.state().warnings, ["clock_wrong"]);
}

#[test]
fn another_server_is_refused_and_the_same_one_may_renew() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    let other = laptop.enrolment_file(&enrolment(2));
    assert_eq!(code(app.inspect_enrolment(&other)), "other_server");
    assert_eq!(code(laptop.enrol_with(&app, other.clone(), CODE)), "other_server");
    app.lock().unwrap();
    assert_eq!(code(laptop.enrol_with(&app, other, CODE)), "other_server");
    let mut renewed = enrolment(1);
    renewed.device_name = "Máy 08".to_owned();
    let path = laptop.enrolment_file(&renewed);
    laptop.enrol_with(&app, path, CODE).unwrap();
    assert_eq!(app.state().device_name.as_deref(), Some("Máy 08"));
}

#[test]
fn wrong_passphrases_are_told_and_slowed_down() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    app.lock().unwrap();
    let mut codes = Vec::new();
    for _ in 0..12 {
        codes.push(code(app.unlock("sai rồi sai rồi")));
    }
    assert_eq!(codes[0], "wrong_passphrase");
    assert!(codes.contains(&"try_later".to_owned()), "{codes:?}");
    assert!(app.state().retry_after_s > 0);
}

#[test]
fn the_language_is_kept_before_any_enrolment() {
    let laptop = Laptop::new();
    let app = laptop.start();
    assert_eq!(app.state().language, "vi");
    assert_eq!(app.set_language("en").unwrap().language, "en");
    assert_eq!(code(app.set_language("xx")), "unknown_language");
    assert_eq!(laptop.start().state().language, "en");
}

/// The sheets of a small form in place of the household review.
fn with_form(survey: &str, files: &[(&str, &str)]) -> rasoat_exchange::enrolment::Enrolment {
    let mut enrolment = enrolment(1);
    let form = &mut enrolment.instruments[0];
    form.survey = survey.to_owned();
    form.choices = String::new();
    form.settings = "form_title,form_id,version,default_language\nThử,thu,1,vi\n".to_owned();
    form.files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    enrolment.standards.clear();
    enrolment
}

#[test]
fn a_form_that_chooses_from_a_file_works_on_the_laptop() {
    let survey = "type,name,label::vi,choice_filter,calculation\n\
        text,zone,Khu,,\n\
        select_one_from_file crops.csv,crop,Cây,zone = ${zone},\n\
        calculate,price,,,\"pulldata('crops', 'price', 'name', ${crop})\"\n";
    let crops = "name,label,zone,price\nrice,Lúa,low,7000\nanise,Hồi,high,90000\ntea,Chè,high,20000\n";
    let laptop = Laptop::new();
    let app = laptop.start();
    let path = laptop.enrolment_file(&with_form(survey, &[("crops.csv", crops)]));
    laptop.enrol_with(&app, path, CODE).unwrap();
    assert_eq!(app.form().unwrap().lists["crops"].len(), 3);
    app.import_list(&laptop.list(1)).unwrap();
    let household = first(&app).id;
    let change = answer(&app, &household, "zone", "high").unwrap();
    let offered = change.nodes.iter().find(|node| node.path == "crop").and_then(|node| node.offered.clone());
    assert_eq!(offered, Some(vec!["anise".to_owned(), "tea".to_owned()]));
    let change = answer(&app, &household, "crop", "anise").unwrap();
    let price = change.nodes.iter().find(|node| node.path == "price").and_then(|node| node.value.clone());
    assert_eq!(price.as_deref(), Some("90000"));
}
