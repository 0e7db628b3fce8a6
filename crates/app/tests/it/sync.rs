//! Bringing edits to the province.

use std::sync::atomic::Ordering;

use rasoat_app::view::{Custody, TransferWay};
use rasoat_exchange::{CarrierError, PROTOCOL_MAX, Problem, ProblemCode};

use crate::support::{Laptop, Mood, PASSPHRASE, all, answer, first};

#[tokio::test]
async fn everything_turns_green_only_by_the_provinces_receipt() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let before = app.sync_status().unwrap();
    assert_eq!((before.custody.only_here, before.unsent_edits, before.last_success), (60, 60, None));
    let after = app.sync_now().await.unwrap();
    assert_eq!((after.custody.only_here, after.custody.confirmed, after.unsent_edits), (0, 60, 0));
    // A new laptop asks twice: before anything comes down it is told what there is as a whole.
    assert_eq!((after.problem.clone(), after.running, after.exchanges.len()), (None, false, 2));
    assert_eq!((after.exchanges[1].sent, after.exchanges[1].confirmed), (60, 60));
    assert!(after.exchanges[1].bytes_up > 1_000 && after.exchanges[1].bytes_down > 100);
    assert!(after.last_success.is_some() && after.households[0].confirmed_at.is_some());
    assert_eq!(laptop.province.edits(), 60);

    answer(&app, &first(&app).id, "floor_area", "38.5").unwrap();
    assert_eq!(first(&app).custody, Custody::OnlyHere);
    // An answer that is not sealed yet counts as waiting.
    assert_eq!(app.overview().unwrap().custody.only_here, 1);
    app.leave_interview(&first(&app).id).unwrap();
    app.sync_now().await.unwrap();
    assert_eq!((first(&app).custody, laptop.province.edits()), (Custody::Confirmed, 61));
}

#[tokio::test]
async fn of_each_exchange_and_of_each_household_it_is_known_what_went_and_what_came_of_it() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    app.sync_now().await.unwrap();
    let home = first(&app);
    answer(&app, &home.id, "floor_area", "38.5").unwrap();
    app.leave_interview(&home.id).unwrap();
    laptop.province.set(Mood::Fails(CarrierError::Unreachable));
    let failed = app.sync_now().await.unwrap().exchanges.remove(0);
    let moved = app.exchange_households(failed.number).unwrap();
    let [one] = moved.households.as_slice() else { panic!("{moved:?}") };
    assert_eq!((&one.id, &one.head_name, one.edits, one.confirmed), (&home.id, &home.head_name, 1, 0));

    laptop.province.set(Mood::Good);
    let exchanges = app.sync_now().await.unwrap().exchanges;
    let sent = exchanges.iter().find(|exchange| exchange.sent == 1 && exchange.problem.is_none()).unwrap();
    let moved = app.exchange_households(sent.number).unwrap();
    assert_eq!((moved.households.len(), moved.households[0].confirmed, moved.more), (1, 1, 0));
    // It is known by now of the one that failed, too.
    assert_eq!(app.exchange_households(failed.number).unwrap().households[0].confirmed, 1);
    let of_list = exchanges.iter().find(|exchange| exchange.sent == 60).unwrap();
    assert_eq!(app.exchange_households(of_list.number).unwrap().households.len(), 60);
    assert_eq!(app.exchange_households(of_list.number + 1_000).unwrap().households, []);

    let told = app.household_transfers(&home.id).unwrap();
    let lines: Vec<_> = told.iter().map(|line| (line.way, line.edits, line.problem.is_some())).collect();
    assert_eq!(
        lines,
        [
            (TransferWay::Receipt, 1, false),
            (TransferWay::Network, 1, false),
            (TransferWay::Network, 1, true),
            (TransferWay::Receipt, 1, false),
            (TransferWay::Network, 1, false),
        ]
    );
    assert_eq!(told[0].receipt.as_deref().map(str::len), Some(8));
    assert!(told[0].server_time.is_some() && told[0].receipt != told[3].receipt);
}

#[tokio::test]
async fn every_failure_has_its_code_and_turns_nothing_green() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let refused = |code: ProblemCode| Mood::Fails(CarrierError::Refused(Problem::from(code)));
    for (mood, code) in [
        (Mood::Fails(CarrierError::Unreachable), "unreachable"),
        (Mood::Fails(CarrierError::Stalled), "stalled"),
        (Mood::Fails(CarrierError::Tls), "tls"),
        (Mood::Fails(CarrierError::NotTheProvince { status: 200, html: true }), "not_the_province"),
        (Mood::Fails(CarrierError::NoAddress), "no_address"),
        (refused(ProblemCode::DeviceRevoked), "device_revoked"),
        (refused(ProblemCode::UnknownDevice), "unknown_device"),
        (refused(ProblemCode::ServerBusy), "server_busy"),
        (Mood::LosesAnswer, "cut_off"),
        (Mood::Stranger, "answer_not_verified"),
    ] {
        laptop.province.set(mood);
        let view = app.sync_now().await.unwrap();
        assert_eq!(view.problem.map(|problem| problem.code).as_deref(), Some(code));
        assert_eq!((view.custody.confirmed, view.unsent_edits, view.last_success), (0, 60, None), "{code}");
    }
    laptop.province.set(Mood::Good);
    let view = app.sync_now().await.unwrap();
    assert_eq!((view.problem, view.custody.confirmed, view.exchanges.len() >= 11), (None, 60, true));
    assert_eq!(laptop.province.edits(), 60);
}

#[tokio::test]
async fn a_refused_edit_is_kept_and_shown_with_its_reason() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    laptop.province.set(Mood::Refuses);
    let view = app.sync_now().await.unwrap();
    assert_eq!((view.custody.refused, view.custody.confirmed), (60, 0));
    assert_eq!(
        view.households[0].refusal.as_ref().map(|problem| problem.code.as_str()),
        Some("out_of_scope")
    );
    assert_eq!(all(&app).len(), 60);
}

#[tokio::test]
async fn a_wrong_clock_is_measured_and_told() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    laptop.province.clock_ahead_millis.store(9 * 60 * 1000, Ordering::Relaxed);
    assert_eq!(app.sync_now().await.unwrap().clock_off_s, None);
    laptop.province.clock_ahead_millis.store(-3 * 60 * 60 * 1000, Ordering::Relaxed);
    let off = app.sync_now().await.unwrap().clock_off_s.unwrap();
    assert!((-10_810.0..-10_790.0).contains(&off), "{off}");
    assert_eq!(app.state().warnings, ["clock_wrong"]);
    app.lock().unwrap();
    app.unlock(PASSPHRASE).unwrap();
    assert!(app.sync_status().unwrap().clock_off_s.is_some());
}

#[tokio::test]
async fn the_laptop_says_its_clock_its_program_and_what_will_still_wait_but_not_with_every_answer() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    app.sync_now().await.unwrap();
    let said = std::mem::take(&mut *laptop.province.said.lock().unwrap());
    let (protocols, said): (Vec<_>, Vec<_>) =
        said.into_iter().map(|(spoken, said)| (spoken, said.unwrap())).unzip();
    assert_eq!(protocols, [PROTOCOL_MAX; 2]);
    assert_eq!(said.iter().map(|health| health.waiting_edits).collect::<Vec<_>>(), [0, 0]);
    assert!(
        said.iter().all(|health| health.program == env!("CARGO_PKG_VERSION") && health.waiting_files == 0)
    );
    let now = laptop.clock.load(Ordering::SeqCst);
    assert!(said.iter().all(|health| (now - 60_000..=now).contains(&health.clock_millis)));
    assert!(said.iter().all(|health| health.free_mib.is_some()));

    // An answer goes without it; after a cut it asks how far that came, and all of it waits.
    laptop.province.set(Mood::LosesAnswer);
    answer(&app, &first(&app).id, "floor_area", "38.5").unwrap();
    app.leave_interview(&first(&app).id).unwrap();
    app.sync_now().await.unwrap();
    laptop.province.set(Mood::Good);
    app.sync_now().await.unwrap();
    let waiting = || {
        let said = std::mem::take(&mut *laptop.province.said.lock().unwrap());
        said.into_iter().map(|(_, said)| said.map(|said| said.waiting_edits)).collect::<Vec<_>>()
    };
    assert_eq!(waiting()[..2], [None, Some(1)]);

    // An hour later it goes along with an answer again.
    laptop.clock.fetch_add(60 * 60 * 1000, Ordering::SeqCst);
    answer(&app, &first(&app).id, "floor_area", "38").unwrap();
    app.leave_interview(&first(&app).id).unwrap();
    app.sync_now().await.unwrap();
    assert_eq!(waiting()[0], Some(0));
}

#[tokio::test]
async fn to_an_older_province_the_laptop_speaks_as_that_does_and_asks_only_once() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    laptop.province.set(Mood::Older);
    let after = app.sync_now().await.unwrap();
    assert_eq!((after.unsent_edits, after.problem, laptop.province.edits()), (0, None, 60));
    app.sync_now().await.unwrap();
    let said = std::mem::take(&mut *laptop.province.said.lock().unwrap());
    let spoken: Vec<u16> = said.iter().map(|(spoken, _)| *spoken).collect();
    assert_eq!(spoken[0], PROTOCOL_MAX);
    assert!(spoken.len() > 3 && spoken[1..].iter().all(|spoken| *spoken == 1), "{spoken:?}");
    assert!(said[1..].iter().all(|(_, health)| health.is_none()));
}

#[tokio::test]
async fn nothing_is_sent_by_itself_until_the_background_task_runs() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    assert_eq!(laptop.province.edits(), 0);
    let background = tokio::spawn({
        let app = app.clone();
        async move { app.background().await }
    });
    while app.sync_status().unwrap().unsent_edits > 0 {
        tokio::task::yield_now().await;
    }
    background.abort();
    assert_eq!(laptop.province.edits(), 60);
}

#[tokio::test]
async fn an_exchange_can_be_stopped_and_what_had_arrived_is_not_sent_again() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    *laptop.province.mood.lock().unwrap() = Mood::Hangs;
    let (sending, stopped) = tokio::join!(app.sync_now(), async {
        laptop.province.hanging.notified().await;
        let under_way = app.sync_status().unwrap();
        let leaving = under_way.leaving.unwrap();
        assert!(under_way.running && leaving.edits > 0);
        assert_eq!((leaving.bytes, leaving.of_bytes > 0), (leaving.of_bytes, true));
        app.sync_stop().unwrap()
    });
    assert_eq!(stopped.custody.confirmed, 0);
    let view = sending.unwrap();
    assert_eq!((view.running, view.leaving), (false, None));
    assert_eq!(view.problem.unwrap().code, "sync_stopped");
    assert_eq!((view.custody.confirmed, view.unsent_edits), (0, stopped.unsent_edits));

    // Stopped where nothing runs is nothing.
    app.sync_stop().unwrap();
    *laptop.province.mood.lock().unwrap() = Mood::Good;
    let batches = laptop.province.batches.lock().unwrap().len();
    let view = app.sync_now().await.unwrap();
    assert_eq!((view.problem, view.unsent_edits), (None, 0));
    assert_eq!(laptop.province.batches.lock().unwrap().len(), batches, "asked, not sent again");
}

#[tokio::test]
async fn locking_cuts_an_exchange_off_and_all_of_it_goes_after_the_next_unlocking() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    laptop.province.set(Mood::Hangs);
    let (sending, _) = tokio::join!(app.sync_now(), async {
        laptop.province.hanging.notified().await;
        app.lock().unwrap();
    });
    assert_eq!(sending.unwrap().problem.unwrap().code, "sync_stopped");
    laptop.province.set(Mood::Good);
    app.unlock(PASSPHRASE).unwrap();
    let background = tokio::spawn({
        let app = app.clone();
        async move { app.background().await }
    });
    while app.sync_status().unwrap().unsent_edits > 0 {
        tokio::task::yield_now().await;
    }
    background.abort();
    assert_eq!((laptop.province.edits(), app.sync_status().unwrap().custody.confirmed), (60, 60));
}
