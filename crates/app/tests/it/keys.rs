//! A laptop changes its key, and nothing that the old one signed is lost.

use std::sync::atomic::Ordering;

use rasoat_app::view::{BundleChoice, BundleExportForm};
use rasoat_testkit::province::Province;

use crate::desks::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_in_use_once_the_province_has_it() {
    let province = Province::start().await.unwrap();
    let desk = Desk::listed(&province, "Máy 01").await;
    let before = desk.app.key().unwrap();
    assert_eq!((before.changes, before.waiting), (0, false));
    let made = desk.app.change_key().unwrap();
    assert_eq!((made.waiting, &made.fingerprint), (true, &before.fingerprint));
    // Asked for again before it was answered, it is the same one.
    assert_eq!(desk.app.change_key().unwrap(), made);
    desk.sync().await;
    let after = desk.app.key().unwrap();
    assert_eq!((after.changes, after.waiting), (1, false));
    assert_ne!(after.fingerprint, before.fingerprint);

    let home = desk.rows()[0].id.clone();
    desk.answer(&home, "floor_area", "44");
    desk.sync().await;
    // It stays so over a restart, and a further change follows this one.
    desk.app.lock().unwrap();
    desk.app.unlock(rasoat_testkit::laptop::PASSPHRASE).unwrap();
    assert_eq!(desk.app.key().unwrap(), after);
    desk.app.change_key().unwrap();
    desk.answer(&home, "floor_area", "45");
    desk.sync().await;
    assert_eq!(desk.app.key().unwrap().changes, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_cut_at_every_message_of_a_change_locks_nobody_out() {
    let province = Province::start().await.unwrap();
    let desk = Desk::listed(&province, "Máy 01").await;
    desk.sync().await;
    let home = desk.rows()[0].id.clone();
    for cut in 0..4 {
        let before = desk.app.key().unwrap();
        desk.app.change_key().unwrap();
        desk.answer(&home, "floor_area", &(40 + cut).to_string());
        desk.wire.store(cut, Ordering::SeqCst);
        let cut_off = desk.app.sync_now().await.unwrap();
        assert_eq!(cut_off.problem.map(|problem| problem.code).as_deref(), Some("cut_off"), "{cut}");
        // The program ends and begins again before the wire is whole.
        desk.app.lock().unwrap();
        desk.app.unlock(rasoat_testkit::laptop::PASSPHRASE).unwrap();
        desk.wire.store(i64::MAX, Ordering::SeqCst);
        desk.sync().await;
        let after = desk.app.key().unwrap();
        assert_eq!((after.changes, after.waiting), (before.changes + 1, false), "{cut}");
        assert_ne!(after.fingerprint, before.fingerprint);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_changed_while_an_exchange_runs_is_in_use_after_it() {
    let province = Province::start().await.unwrap();
    let desk = Desk::listed(&province, "Máy 01").await;
    for round in 0..5 {
        let (first, second) = tokio::join!(desk.app.sync_now(), async {
            let waiting = desk.app.sync_now();
            desk.app.change_key().unwrap();
            waiting.await
        });
        assert_eq!((first.unwrap().problem, second.unwrap().problem), (None, None), "{round}");
        desk.sync().await;
        let key = desk.app.key().unwrap();
        assert_eq!((key.changes, key.waiting), (round + 1, false));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_enrolment_again_brings_no_old_key_back() {
    let province = Province::start().await.unwrap();
    let handover = province.enrol("Máy 01").await.unwrap();
    let desk = Desk::with(&handover, &province).await;
    desk.app.change_key().unwrap();
    desk.sync().await;
    let changed = desk.app.key().unwrap();
    rasoat_testkit::laptop::enrol(&desk.app, &handover).unwrap();
    assert_eq!(desk.app.key().unwrap(), changed);
    desk.sync().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_province_restored_from_before_a_change_is_told_of_the_key_again() {
    let mut province = Province::start().await.unwrap();
    let desk = Desk::listed(&province, "Máy 01").await;
    desk.sync().await;
    let copy = province.copy().unwrap();
    desk.app.change_key().unwrap();
    desk.sync().await;
    let changed = desk.app.key().unwrap();
    province.restore(copy.path()).await.unwrap();
    let home = desk.rows()[0].id.clone();
    desk.answer(&home, "floor_area", "44");
    desk.sync().await;
    assert_eq!(desk.app.key().unwrap(), changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_old_key_signed_onto_a_stick_is_taken_in_by_laptops_and_by_the_province() {
    let province = Province::start().await.unwrap();
    let two = Desk::at(&province, "Máy 02").await;
    let one = Desk::listed(&province, "Máy 01").await;
    let recipients = one.app.bundle_status().unwrap().recipients;
    let stick = tempfile::tempdir().unwrap();
    let form = BundleExportForm {
        choice: BundleChoice::Unsent,
        with_files: false,
        recipients: recipients.into_iter().map(|recipient| recipient.id).collect(),
        folder: stick.path().to_str().unwrap().to_owned(),
    };
    let written = one.app.bundle_export(form).unwrap();
    assert!(!written.files.is_empty() && written.edits == 60);
    one.app.change_key().unwrap();
    one.sync().await;
    let wait = one.app.key().unwrap();
    assert_eq!((wait.changes, wait.waiting), (1, false));

    // The other laptop hears of the new key, and reads what the old one signed.
    two.app.sync_now().await.unwrap();
    for file in &written.files {
        let report = two.app.bundle_import(stick.path().join(&file.name).to_str().unwrap()).unwrap();
        assert_eq!(report.batches, []);
        assert!(report.households.iter().all(|household| household.refused.is_empty()));
    }
    assert_eq!(two.rows().len(), 60);
}
