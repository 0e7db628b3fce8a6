//! What comes down: two laptops of one commune see each other's work, whatever happens on the way.

use std::sync::atomic::Ordering;

use rasoat_app::view::{Custody, HouseholdState};
use rasoat_testkit::interviewer::poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::{laptop, visit};

use crate::desks::Desk;
use crate::support::answer;

#[tokio::test(flavor = "multi_thread")]
async fn two_laptops_of_one_commune_see_each_others_edits() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    one.sync().await;
    let before = two.app.sync_status().unwrap().news;
    two.sync().await;
    assert_ne!(two.app.sync_status().unwrap().news, before);
    assert_eq!(two.rows().len(), 60);
    let of_one = one.rows();
    for (row, same) in two.rows().iter().zip(&of_one) {
        assert_eq!(row.custody, Custody::Nothing);
        assert_eq!((&row.id, &row.head_name, row.members), (&same.id, &same.head_name, same.members));
        assert_eq!(
            (&row.code, &row.village_name, &row.previous_class),
            (&same.code, &same.village_name, &same.previous_class)
        );
    }

    let home = of_one[0].id.clone();
    visit::complete(&two.app, &home, &poor()).unwrap();
    two.sync().await;
    one.sync().await;
    let (here, there) = (one.row(&home), two.row(&home));
    assert_eq!((here.state, &here.class), (HouseholdState::Signed, &there.class));
    assert!(here.class.is_some() && here.conflicts == 0 && here.findings == 0);
    assert_eq!(one.app.household(&home).unwrap().members, two.app.household(&home).unwrap().members);
    // What was signed there is read here, and opened again here for both.
    assert!(one.app.open_interview(&home).unwrap().signed);
    one.app.reopen_interview(&home).unwrap();
    one.answer(&home, "floor_area", "77");
    one.sync().await;
    two.sync().await;
    assert_eq!(two.row(&home).state, HouseholdState::Started);
    assert_eq!(two.value(&home, "floor_area").as_deref(), Some("77"));
    assert_eq!((one.conflicts(), two.conflicts()), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_program_could_not_read_is_taken_in_by_the_one_that_can() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    let edits = one.store(|store| store.read(|tx| tx.unsent(usize::MAX)).unwrap());
    // Had the other laptop's program been older, it would have kept these; and one that no program here can read.
    two.store(|store| {
        let of_the_future = [&[0x8d, 0x18, 0x63][..], &[0; 40]].concat();
        let keep = |tx: &rasoat_store::Tx<'_>| {
            tx.keep_unread(&of_the_future)?;
            edits.iter().chain(&edits).try_for_each(|edit| tx.keep_unread(&edit.to_bytes()))
        };
        store.transact(rasoat_store::Op::Sync, keep).unwrap();
    });
    let names = |desk: &Desk| desk.rows().into_iter().map(|row| (row.id, row.head_name)).collect::<Vec<_>>();
    assert_eq!((names(&two).len(), names(&two)), (60, names(&one)));
    two.store(|store| {
        assert!(store.read(|tx| tx.has_unread()).unwrap());
        assert!(store.transact(rasoat_store::Op::Sync, |tx| tx.take_unread()).unwrap().0.is_empty());
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_added_on_one_laptop_is_on_the_list_of_the_other() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    let village = one.app.overview().unwrap().villages[0].id.clone();
    let id = one
        .app
        .add_household(rasoat_app::view::NewHouseholdForm {
            village,
            head_name: "Nông Văn Thử".to_owned(),
            birth: "1980".to_owned(),
            sex: "male".to_owned(),
            citizen_id: String::new(),
            address: "Khuổi Mạ".to_owned(),
        })
        .unwrap();
    one.sync().await;
    two.sync().await;
    assert_eq!(laptop::households(&two.app, "nong van thu khuoi").unwrap()[0].id, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_stays_when_others_change_what_it_was_begun_from_and_ends_in_a_conflict_not_an_overwrite() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    one.sync().await;
    two.sync().await;
    let home = one.rows()[0].id.clone();
    answer(&two.app, &home, "floor_area", "40").unwrap();
    answer(&two.app, &home, "address", "Nà Lùng").unwrap();
    one.answer(&home, "floor_area", "50");
    one.answer(&home, "phone", "0987654321");
    one.sync().await;
    two.sync().await;
    // A screen that has the interview open is told of what changed under it with its next answer.
    let told = answer(&two.app, &home, "address", "Nà Lùng").unwrap();
    let phone = told.nodes.iter().find(|node| node.path == "phone").unwrap();
    assert_eq!(phone.value.as_deref(), Some("0987654321"));
    // The draft is as it was; the other laptop's word is beside it, and nothing of it was lost.
    assert_eq!(two.value(&home, "floor_area").as_deref(), Some("40"));
    two.app.leave_interview(&home).unwrap();
    let both = vec![("floor_area".to_owned(), vec![Some("50".to_owned()), Some("40".to_owned())])];
    let mut found = two.conflicts();
    found[0].1.sort();
    found[0].1.reverse();
    assert_eq!(found, both);
    assert_eq!(two.row(&home).conflicts, 1);
    two.sync().await;
    one.sync().await;
    assert_eq!((one.row(&home).conflicts, one.conflicts().len()), (1, 1));
    assert_eq!(one.value(&home, "address").as_deref(), Some("Nà Lùng"));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_off_after_others_changed_something_else_makes_no_conflict_of_what_nobody_changed_here() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    one.sync().await;
    two.sync().await;
    let home = one.rows()[0].id.clone();
    visit::fill(&one.app, &home, &poor()).unwrap();
    one.app.leave_interview(&home).unwrap();
    one.sync().await;
    two.sync().await;
    answer(&two.app, &home, "phone", "0912345678").unwrap();
    one.answer(&home, "floor_area", "61");
    one.sync().await;
    two.sync().await;
    assert!(two.app.sign_off(&home).unwrap().signed);
    two.sync().await;
    one.sync().await;
    assert_eq!((two.conflicts(), one.conflicts()), (vec![], vec![]));
    assert_eq!(one.value(&home, "floor_area").as_deref(), Some("61"));
    assert_eq!(
        (one.row(&home).state, two.row(&home).state),
        (HouseholdState::Signed, HouseholdState::Signed)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_cut_at_every_message_loses_nothing_and_doubles_nothing() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    let mut cuts = 0;
    for messages in 0.. {
        let home = one.rows()[messages % 60].id.clone();
        one.answer(&home, "floor_area", &(20 + messages).to_string());
        for desk in [&one, &two] {
            desk.wire.store(i64::try_from(messages).unwrap(), Ordering::SeqCst);
            let view = desk.app.sync_now().await.unwrap();
            cuts += usize::from(view.problem.is_some());
        }
        if messages > 6 && two.app.sync_status().unwrap().problem.is_none() {
            break;
        }
    }
    assert!(cuts > 3, "{cuts}");
    for desk in [&one, &two] {
        desk.wire.store(i64::MAX, Ordering::SeqCst);
        desk.sync().await;
    }
    two.sync().await;
    for row in one.rows() {
        assert_eq!(one.value(&row.id, "floor_area"), two.value(&row.id, "floor_area"));
        let history = |desk: &Desk| desk.app.household(&row.id).unwrap().history.len();
        assert_eq!(history(&one), history(&two));
    }
    assert_eq!((one.conflicts(), two.conflicts()), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_copies_of_one_database_both_keep_what_they_wrote_and_each_sees_the_others() {
    // Found out by the laptop itself, or only by the province.
    for finds_copies in [true, false] {
        let province = Province::start().await.unwrap();
        let one = Desk::listed(&province, "Máy 01").await;
        one.sync().await;
        let copy = one.copy(&province, finds_copies);
        let homes: Vec<String> = one.rows().into_iter().map(|row| row.id).take(3).collect();
        one.answer(&homes[0], "floor_area", "31");
        one.answer(&homes[1], "floor_area", "32");
        copy.answer(&homes[1], "floor_area", "42");
        copy.answer(&homes[2], "floor_area", "43");
        // A draft of the copy that saw an edit which will be issued anew.
        answer(&copy.app, &homes[2], "floor_area", "44").unwrap();
        one.sync().await;
        // Refused as taken numbers, and issued anew without a word.
        copy.sync().await;
        copy.app.leave_interview(&homes[2]).unwrap();
        for _ in 0..2 {
            copy.sync().await;
            one.sync().await;
        }
        for desk in [&one, &copy] {
            let status = desk.app.sync_status().unwrap();
            assert_eq!((status.custody.refused, status.custody.only_here), (0, 0));
            assert_eq!(desk.value(&homes[0], "floor_area").as_deref(), Some("31"));
            assert_eq!(desk.value(&homes[2], "floor_area").as_deref(), Some("44"));
            let mut found = desk.conflicts();
            found[0].1.sort();
            let both = vec![Some("32".to_owned()), Some("42".to_owned())];
            assert_eq!(found, [("floor_area".to_owned(), both)]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_gets_back_what_it_had_sent_and_keeps_what_was_written_since() {
    // Found out by the laptop itself, or only by the province.
    for finds_copies in [true, false] {
        let province = Province::start().await.unwrap();
        let one = Desk::listed(&province, "Máy 01").await;
        one.sync().await;
        let backup = one.copy(&province, finds_copies);
        let homes: Vec<String> = one.rows().into_iter().map(|row| row.id).take(2).collect();
        one.answer(&homes[0], "floor_area", "31");
        one.sync().await;
        // The laptop is lost; the backup goes on, and does not know what was sent after it was made.
        backup.sync().await;
        backup.answer(&homes[1], "floor_area", "52");
        backup.sync().await;
        backup.sync().await;
        assert_eq!(backup.value(&homes[0], "floor_area").as_deref(), Some("31"));
        assert_eq!(backup.value(&homes[1], "floor_area").as_deref(), Some("52"));
        let status = backup.app.sync_status().unwrap();
        assert_eq!((status.unsent_edits, status.custody.refused), (0, 0));
        assert_eq!(backup.conflicts(), []);
        let another = Desk::at(&province, "Máy 02").await;
        another.sync().await;
        for desk in [&backup, &another] {
            assert_eq!(desk.value(&homes[0], "floor_area").as_deref(), Some("31"));
            assert_eq!(desk.value(&homes[1], "floor_area").as_deref(), Some("52"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restored_province_has_lost_is_sent_again() {
    for goes_on in [true, false] {
        let mut province = Province::start().await.unwrap();
        let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
        one.sync().await;
        two.sync().await;
        let copy = province.copy().unwrap();
        let homes: Vec<String> = one.rows().iter().take(3).map(|row| row.id.clone()).collect();
        one.answer(&homes[0], "floor_area", "41");
        one.answer(&homes[1], "floor_area", "42");
        one.sync().await;
        two.sync().await;
        assert_eq!(two.value(&homes[1], "floor_area").as_deref(), Some("42"));
        province.restore(copy.path()).await.unwrap();

        // By the next edit it shows in the chain; else the program asks when it begins.
        if goes_on {
            one.answer(&homes[2], "floor_area", "43");
        } else {
            one.app.lock().unwrap();
            one.app.unlock(laptop::PASSPHRASE).unwrap();
        }
        one.sync().await;
        let three = Desk::at(&province, "Máy 03").await;
        three.sync().await;
        let value = |home: &String| three.value(home, "floor_area");
        assert_eq!(value(&homes[0]).as_deref(), Some("41"), "{goes_on}");
        assert_eq!(value(&homes[1]).as_deref(), Some("42"), "{goes_on}");
        assert_eq!(value(&homes[2]).as_deref(), goes_on.then_some("43"));
        assert_eq!((one.conflicts(), three.conflicts()), (vec![], vec![]));
    }
}
