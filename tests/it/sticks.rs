//! The whole circle without any network: surveyor, stick, supervisor, stick, province, and back the same way.

use rasoat_app::view::{Custody, HouseholdState};
use rasoat_server::{import_bundle, reply_bundle};
use rasoat_testkit::interviewer::poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::{laptop, visit};

use crate::support::{Desk, Officer, answer};

impl Desk {
    fn custody(&self) -> (u32, u32) {
        let custody = self.app.sync_status().expect("a status").custody;
        (custody.only_here, custody.confirmed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_village_without_network_reaches_the_province_and_hears_back_by_sticks_alone() {
    let mut province = Province::start().await.expect("a province");
    // The supervisor's laptop is known to the surveyor's; the other way round the province has to tell.
    let supervisor = Desk::listed(&province, "Máy 01").await;
    let surveyor = Desk::listed(&province, "Máy 07").await;
    province.stop().await.expect("no network");

    let household = laptop::households(&surveyor.app, "").expect("households").remove(0).id;
    answer(&surveyor.app, &household, "address", "Ngõ sau đình").expect("answered");
    visit::complete(&surveyor.app, &household, &poor()).expect("completed");

    let (written, files) = surveyor.write(&supervisor.id.0.to_string());
    assert!(written.edits > 60 && files.len() == 1);
    assert_eq!(surveyor.custody(), (60, 0));
    let taken = supervisor.take(&files[0]);
    // Not known here yet: passed on unread.
    assert!(taken.households.is_empty() && taken.batches.iter().all(|batch| batch.passed_on));

    let (carried, files) = supervisor.write("province");
    assert!(carried.passed_on > 0);
    let bytes = std::fs::read(&files[0]).expect("a file");
    let report = import_bundle(&province.state, &bytes).await.expect("taken in");
    assert!(!report.refuses(), "{report:?}");
    assert_eq!(report.households.len(), 60);
    let stored: u32 = report.batches.iter().map(|batch| batch.counts.new).sum();
    assert_eq!(stored, written.edits + carried.edits);
    // Brought again, nothing is doubled.
    let again = import_bundle(&province.state, &bytes).await.expect("taken in");
    assert!(!again.brings_news() && !again.refuses());
    assert_eq!(surveyor.custody(), (60, 0));

    let reply = reply_bundle(&province.state, supervisor.id).await.expect("a reply");
    let file = supervisor.folder.path().join("tra-loi.rasoat");
    std::fs::write(&file, reply).expect("written");
    let taken = supervisor.take(&file);
    assert_eq!((taken.reply, taken.unverified, taken.devices > 0), (true, 0, true));
    assert_eq!((taken.confirmed, taken.receipts_kept), (carried.edits, carried.passed_on));
    assert_eq!(supervisor.custody(), (0, 60));
    // Its key has come: what was passed on unread is read.
    let there = supervisor.app.household(&household).expect("a household");
    assert_eq!((there.row.state, there.row.class.as_deref()), (HouseholdState::Signed, Some("poor")));
    assert!(there.history.iter().all(|edit| edit.custody == Custody::Confirmed));

    let (back, files) = supervisor.write(&surveyor.id.0.to_string());
    assert_eq!((back.receipts, back.files[0].reply), (carried.passed_on, true));
    let taken = surveyor.take(&files[0]);
    assert_eq!((taken.confirmed, taken.unverified), (written.edits, 0));
    assert_eq!(surveyor.custody(), (0, 60));

    province.go_on().await.expect("a network");
    let officer = Officer::log_in(&province.url(""), province.password()).await;
    assert_eq!(officer.address_of(&household).await.0, "Ngõ sau đình");
    assert_eq!(officer.get("/api/communes").await["totals"]["households"], 60);
    // With a network again there is nothing left to send.
    let status = surveyor.app.sync_now().await.expect("asked");
    assert_eq!((status.problem, status.unsent_edits), (None, 0));
}
