//! What the program says of itself, and the language of the form's words.

use crate::support::{CODE, Laptop, PASSPHRASE, code, enrolment};

#[test]
fn the_program_names_the_form_standards_and_list_that_it_works_with_and_nobody() {
    let laptop = Laptop::new();
    let app = laptop.start();
    assert_eq!(code(app.about()), "locked");
    let enrolment = enrolment(1);
    laptop.enrol_with(&app, laptop.enrolment_file(&enrolment), CODE).unwrap();
    let about = app.about().unwrap();
    let form = &enrolment.instruments[0];
    assert_eq!((&about.form.version, &about.form.hash), (&form.version, &form.hash));
    let hashes: Vec<&str> = about.standards.iter().map(|part| part.hash.as_str()).collect();
    assert_eq!(hashes, enrolment.standards.iter().map(|file| file.hash.as_str()).collect::<Vec<_>>());
    assert!(about.standards.iter().all(|part| !part.title.get("vi").is_empty()));
    assert_eq!(about.units, enrolment.units.version);
    assert!(about.database > 0 && about.folder.ends_with("data"), "{about:?}");
    assert!(!format!("{about:?}").contains(&enrolment.surveyor));
}

#[test]
fn a_form_with_words_in_a_third_language_can_be_shown_in_it_from_then_on() {
    let laptop = Laptop::new();
    let app = laptop.start();
    let mut enrolment = enrolment(1);
    let form = &mut enrolment.instruments[0];
    form.survey = form.survey.replacen("hint::English (en)", "label::Tày (tyz)", 1);
    laptop.enrol_with(&app, laptop.enrolment_file(&enrolment), CODE).unwrap();
    let state = app.state();
    assert_eq!((state.form_languages, state.form_language), (texts(&["vi", "en", "tyz"]), None));
    assert_eq!(code(app.set_form_language(Some("fr"))), "unknown_language");
    assert_eq!(app.set_form_language(Some("tyz")).unwrap().form_language.as_deref(), Some("tyz"));
    // The words are there for the screen to choose from.
    let sections = app.form().unwrap();
    assert!(serde_json::to_string(&sections).unwrap().contains("tyz"));
    drop(app);
    let app = laptop.start();
    assert_eq!(app.unlock(PASSPHRASE).unwrap().form_language.as_deref(), Some("tyz"));
    assert_eq!(app.set_form_language(None).unwrap().form_language, None);
}

#[test]
fn a_form_in_the_languages_of_the_screens_offers_no_other() {
    let laptop = Laptop::new();
    let app = laptop.enrolled();
    assert_eq!(app.state().form_languages, texts(&["vi", "en"]));
    assert_eq!(code(app.set_form_language(Some("tyz"))), "unknown_language");
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
