//! What is removed when the province's term is over: only what the province has, only by a person, and not by a wrong clock.

use rasoat_app::view::{EraseForm, ErasedView, RetentionView};
use rasoat_casework::Round;
use rasoat_exchange::Retention;
use rasoat_server::{clear_retention, set_retention};
use rasoat_testkit::laptop::PASSPHRASE;
use rasoat_testkit::province::Province;

use crate::desks::Desk;
use crate::support::{answer, code, correct};

const DAY: i64 = 24 * 60 * 60 * 1000;

async fn lock(province: &Province, days: u32) {
    let term = Retention { round: Round(2026), locked_at_millis: province.clock.now(), days };
    set_retention(&province.state, term).await.unwrap();
}

fn shown(desk: &Desk) -> RetentionView {
    desk.app.retention().unwrap().expect("a term")
}

fn erase(desk: &Desk) -> Result<ErasedView, rasoat_app::AppError> {
    desk.app.erase_due(&EraseForm { passphrase: PASSPHRASE.into() })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_province_has_goes_when_it_says_so_and_the_rest_stays_until_it_has_it() {
    let province = Province::start().await.unwrap();
    let one = Desk::listed(&province, "Máy 01").await;
    let homes: Vec<String> = one.rows().into_iter().map(|row| row.id).collect();
    one.answer(&homes[0], "floor_area", "30");
    one.sync().await;
    assert_eq!(one.app.retention().unwrap(), None);
    assert_eq!(code(erase(&one)), "retention_not_due");

    lock(&province, 90).await;
    one.sync().await;
    let seen = shown(&one);
    assert_eq!((seen.round, seen.days, seen.is_due), (2026, 90, false));
    assert_eq!((seen.going.len(), seen.staying.len()), (60, 0));
    assert!(!seen.going[0].head_name.is_empty() && seen.due_at > seen.locked_at);
    assert_eq!(code(erase(&one)), "retention_not_due");

    // A laptop's own clock, wherever it stands, removes nothing.
    province.clock.pass(91 * DAY);
    assert!(!shown(&one).is_due);
    assert_eq!(code(erase(&one)), "retention_not_due");
    one.sync().await;
    assert!(shown(&one).is_due);

    correct(&one.app, &homes[1]);
    correct(&one.app, &homes[2]);
    answer(&one.app, &homes[1], "floor_area", "44").unwrap();
    one.answer(&homes[2], "floor_area", "55");
    let seen = shown(&one);
    assert_eq!((seen.going.len(), seen.staying.len()), (58, 2));
    let wrong = EraseForm { passphrase: "không phải nó".into() };
    assert_eq!(code(one.app.erase_due(&wrong)), "wrong_passphrase");
    let before = one.app.backup_now(None).unwrap();
    let erased = ErasedView { households: 58, pending: false, backups_left: false };
    assert_eq!(erase(&one).unwrap(), erased);
    let backups = one.app.backup_status().unwrap().backups;
    assert_eq!(
        backups.iter().map(|backup| backup.households).collect::<Vec<_>>(),
        [2],
        "none of before is left"
    );
    assert!(before.households > 2 && !std::path::Path::new(&before.path).exists());

    let left: Vec<String> = one.rows().into_iter().map(|row| row.id).collect();
    assert_eq!(left.len(), 2);
    assert!(left.contains(&homes[1]) && left.contains(&homes[2]));
    let act = one.app.audit(None, 0, 1).unwrap().rows.remove(0);
    assert_eq!((act.act.as_str(), act.details["households"].as_str()), ("erase", "58"));
    let checked = one.app.check_audit().unwrap();
    assert_eq!((checked.broken_row, checked.broken_edit), (None, None));

    // Nothing of it comes again, nor after the database was opened anew, when what was sent meanwhile goes by itself.
    one.sync().await;
    assert_eq!(one.rows().len(), 2);
    one.app.lock().unwrap();
    one.app.unlock(PASSPHRASE).unwrap();
    one.sync().await;
    assert_eq!(one.rows().len(), 1);
    assert_eq!(one.value(&homes[1], "floor_area").as_deref(), Some("44"));
    assert_eq!(code(one.app.household(&homes[0])), "unknown_household");

    // What stayed goes once the province has it, and the province has everything.
    one.app.leave_interview(&homes[1]).unwrap();
    one.sync().await;
    assert_eq!(erase(&one).unwrap().households, 1);
    let two = Desk::at(&province, "Máy 02").await;
    two.sync().await;
    assert_eq!(two.rows().len(), 60);
    assert_eq!(two.value(&homes[1], "floor_area").as_deref(), Some("44"));
}

/// A laptop on which everything is due, and one answer nobody has sent.
async fn due(province: &Province) -> (Desk, String) {
    let one = Desk::listed(province, "Máy 01").await;
    lock(province, 30).await;
    one.sync().await;
    province.clock.pass(31 * DAY);
    one.sync().await;
    let home = one.rows().remove(0).id;
    correct(&one.app, &home);
    answer(&one.app, &home, "floor_area", "44").unwrap();
    assert_eq!((one.rows().len(), one.app.state().erased), (60, None), "nothing goes while somebody works");
    one.app.backup_now(None).unwrap();
    (one, home)
}

fn went_by_itself(desk: &Desk, home: &str) {
    assert_eq!(desk.rows().into_iter().map(|row| row.id).collect::<Vec<_>>(), [home]);
    assert_eq!(desk.value(home, "floor_area").as_deref(), Some("44"));
    let told = desk.app.state().erased.unwrap();
    assert_eq!((told.round, told.households, told.pending, told.backups_left), (2026, 59, false, false));
    let acts = desk.app.audit(None, 0, 20).unwrap().rows;
    let act = acts.iter().find(|row| row.act == "erase").unwrap();
    assert_eq!((act.details["households"].as_str(), act.details["by"].as_str()), ("59", "term"));
    let backups = desk.app.backup_status().unwrap().backups;
    assert!(!backups.is_empty() && backups.iter().all(|backup| backup.households == 1));
    assert_eq!(desk.app.dismiss_erased().unwrap().erased, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_goes_by_itself_at_the_next_unlocking_and_the_person_is_told() {
    let province = Province::start().await.unwrap();
    let (one, home) = due(&province).await;
    one.app.lock().unwrap();
    one.app.unlock(PASSPHRASE).unwrap();
    went_by_itself(&one, &home);
    one.app.lock().unwrap();
    one.app.unlock(PASSPHRASE).unwrap();
    assert_eq!((one.rows().len(), one.app.state().erased), (1, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_goes_by_itself_when_the_program_is_closed() {
    let province = Province::start().await.unwrap();
    let (one, home) = due(&province).await;
    assert!(one.app.closing_takes_time());
    one.app.close_down().await;
    one.app.unlock(PASSPHRASE).unwrap();
    went_by_itself(&one, &home);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restore_put_aside_goes_with_what_is_due_if_all_of_it_was_brought_over() {
    let province = Province::start().await.unwrap();
    let (one, home) = due(&province).await;
    let backup = one.app.backup_status().unwrap().backups.remove(0);
    let unread = one.folder.path().join("aside/20260101-0800");
    std::fs::create_dir_all(&unread).unwrap();
    std::fs::write(unread.join("rasoat.db"), "nobody could read this").unwrap();
    let form = rasoat_app::view::RestoreForm { path: backup.path, user: None, passphrase: PASSPHRASE.into() };
    one.app.restore_backup(form).await.unwrap();
    // What the province has said since is not known to a backup.
    one.app.lock().unwrap();
    one.app.unlock(PASSPHRASE).unwrap();
    assert_eq!((one.rows().len(), shown(&one).is_due), (60, false));
    one.sync().await;
    one.app.lock().unwrap();
    one.app.unlock(PASSPHRASE).unwrap();
    went_by_itself(&one, &home);
    let left = one.app.asides().unwrap();
    assert_eq!(
        left.iter().map(|aside| (aside.name.as_str(), aside.brought)).collect::<Vec<_>>(),
        [("20260101-0800", false)]
    );
    assert_eq!(code(one.app.remove_aside("../backups")), "unknown_aside");
    assert_eq!(one.app.remove_aside("20260101-0800").unwrap(), []);
    assert!(!unread.exists());
    assert_eq!(one.app.audit(None, 0, 1).unwrap().rows[0].act, "aside_removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_that_was_replaced_and_did_not_come_yet_removes_nothing() {
    let province = Province::start().await.unwrap();
    let one = Desk::listed(&province, "Máy 01").await;
    lock(&province, 1).await;
    one.sync().await;
    province.clock.pass(2 * DAY);
    lock(&province, 90).await;
    // The answer with the catalogue comes, and the wire is cut before the term itself.
    one.wire.store(2, std::sync::atomic::Ordering::SeqCst);
    one.app.sync_now().await.unwrap();
    assert_eq!(one.app.retention().unwrap(), None);
    one.wire.store(i64::MAX, std::sync::atomic::Ordering::SeqCst);
    one.sync().await;
    assert_eq!((shown(&one).days, shown(&one).is_due), (90, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_that_is_taken_back_removes_nothing() {
    let province = Province::start().await.unwrap();
    let one = Desk::listed(&province, "Máy 01").await;
    lock(&province, 1).await;
    one.sync().await;
    province.clock.pass(2 * DAY);
    one.sync().await;
    assert!(shown(&one).is_due);
    clear_retention(&province.state).await.unwrap();
    one.sync().await;
    assert_eq!(one.app.retention().unwrap(), None);
    assert_eq!(code(erase(&one)), "retention_not_due");
    assert_eq!(one.rows().len(), 60);
    // Said again, it holds again.
    lock(&province, 1).await;
    one.sync().await;
    assert!(!shown(&one).is_due);
}

#[tokio::test(flavor = "multi_thread")]
async fn merged_households_go_together_or_not_at_all() {
    let province = Province::start().await.unwrap();
    let one = Desk::listed(&province, "Máy 01").await;
    let homes: Vec<String> = one.rows().into_iter().map(|row| row.id).take(2).collect();
    let merge = rasoat_app::view::MergeForm {
        kept: homes[0].clone(),
        merged: homes[1].clone(),
        take_over: Vec::new(),
    };
    one.app.households_merge(&merge).unwrap();
    lock(&province, 1).await;
    one.sync().await;
    province.clock.pass(2 * DAY);
    one.sync().await;
    correct(&one.app, &homes[0]);
    one.answer(&homes[0], "floor_area", "30");
    let seen = shown(&one);
    let staying: Vec<&str> = seen.staying.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(staying.len(), 2);
    assert!(homes.iter().all(|home| staying.contains(&home.as_str())));
    one.sync().await;
    assert_eq!(erase(&one).unwrap().households, 60);
    assert!(one.rows().is_empty());
}
