//! Sticks: what goes out, what comes in, and that only a receipt turns anything green.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rasoat_app::view::{
    BundleChoice, BundleExportForm, BundleExportView, BundleImportView, Custody, HouseholdState, TransferWay,
};
use rasoat_app::{App, AppConfig, AppError, Options};
use rasoat_casework::{DeviceId, Edit, Round};
use rasoat_exchange::enrolment::{Enrolment, InstrumentFiles, KnownDevice, seal_seed};
use rasoat_exchange::{
    Accepted, Bundle, BundleIdentity, Content, Limits, News, Receipt, Retention, RevokedDevice, ServerId,
    SignedBatch, SignedNews, SignedReceipt, SigningKey, Verdict, VerdictCode,
};
use rasoat_testkit::interviewer::poor;
use rasoat_testkit::visit;
use uuid::Uuid;

use crate::support::{
    CODE, COSTS, Laptop, PASSPHRASE, START, all, answer, code, correct, enrolment, first, server_key,
};

const SURVEYOR: u8 = 1;
const SUPERVISOR: u8 = 2;
const NEIGHBOUR: u8 = 3;

fn key(number: u8) -> SigningKey {
    SigningKey::from_seed([100 + number; 32])
}

fn id(number: u8) -> DeviceId {
    DeviceId(Uuid::from_u128(0xd00 + u128::from(number)))
}

fn name(number: u8) -> String {
    format!("Máy 0{number}")
}

fn known(number: u8) -> KnownDevice {
    KnownDevice {
        former: Vec::new(),
        id: id(number),
        name: name(number),
        key: key(number).verify_key(),
        communes: enrolment(1).communes.into_iter().map(|commune| commune.code).collect(),
        bundle_recipient: Some(BundleIdentity::of(&key(number)).unwrap().recipient()),
    }
}

fn enrolment_of(number: u8, others: &[u8]) -> Enrolment {
    let server = server_key();
    let sealed = seal_seed(&key(number), &server.verify_key(), CODE, [1; 16], [2; 24], COSTS).unwrap();
    Enrolment {
        device: id(number),
        device_name: name(number),
        bundle_recipient: Some(BundleIdentity::of(&server).unwrap().recipient()),
        devices: others.iter().map(|other| known(*other)).collect(),
        sealed_seed: sealed,
        ..enrolment(1)
    }
}

/// A laptop with the list taken in that knows some others.
struct Member {
    laptop: Laptop,
    app: App,
    number: u8,
}

impl Member {
    fn new(number: u8, others: &[u8]) -> Self {
        Self::enrolled(number, &enrolment_of(number, others))
    }

    fn enrolled(number: u8, enrolment: &Enrolment) -> Self {
        let laptop = Laptop::new();
        let app = laptop.start();
        let path = laptop.enrolment_file(enrolment);
        laptop.enrol_with(&app, path, CODE).unwrap();
        app.import_list(&laptop.list(1)).unwrap();
        Self { laptop, app, number }
    }

    /// Writes to a stick of its own.
    fn write(&self, stick: &Path, to: &[&str], choice: BundleChoice) -> Result<BundleExportView, AppError> {
        self.app.bundle_export(BundleExportForm {
            choice,
            recipients: to.iter().map(|to| (*to).to_owned()).collect(),
            folder: stick.to_str().unwrap().to_owned(),
            with_files: false,
        })
    }

    fn write_all(&self, stick: &Path, to: u8) -> BundleExportView {
        self.write(stick, &[&to_of(to)], BundleChoice::Unsent).unwrap()
    }

    fn take(&self, path: &Path) -> Result<BundleImportView, AppError> {
        self.app.bundle_import(path.to_str().unwrap())
    }

    fn take_bytes(&self, bytes: &[u8]) -> Result<BundleImportView, AppError> {
        self.app.bundle_import(&self.laptop.file("brought.rasoat", bytes))
    }

    fn only_here(&self) -> u32 {
        self.app.sync_status().unwrap().custody.only_here
    }

    fn confirmed(&self) -> u32 {
        self.app.sync_status().unwrap().custody.confirmed
    }

    /// Answers one question of a household and leaves it.
    fn visit(&self, household: &str, path: &str, value: &str) {
        answer(&self.app, household, path, value).unwrap();
        self.app.leave_interview(household).unwrap();
    }
}

/// How screens name a recipient; 0 is the province.
fn to_of(number: u8) -> String {
    if number == 0 { "province".to_owned() } else { id(number).0.to_string() }
}

fn files(stick: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(stick).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn only_file(stick: &Path) -> PathBuf {
    let found = files(stick);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

fn batches(path: &Path) -> Vec<SignedBatch> {
    let file = std::fs::read(path).unwrap();
    let identity = BundleIdentity::of(&server_key()).unwrap();
    match Bundle::open(&file, &identity, Limits::BUNDLE).unwrap().content {
        Content::Edits(batches) => batches,
        Content::Reply(_) => panic!("edits"),
    }
}

/// The receipt of a batch: everything is accepted but what `verdict` says.
fn receipt(batch: &SignedBatch, signer: u8, verdict: Option<VerdictCode>) -> (DeviceId, SignedReceipt) {
    let edits = batch.open(&key(signer).verify_key()).unwrap().edits;
    let refused = verdict.is_some_and(|code| !code.is_stored());
    let receipt = Receipt {
        batch: batch.batch_hash(),
        accepted: Accepted::Edits(Receipt::ranges(edits.iter().map(|edit| edit.id).filter(|_| !refused))),
        verdicts: edits
            .iter()
            .filter_map(|edit| Some(Verdict { edit: edit.id, code: verdict?, params: BTreeMap::new() }))
            .collect(),
        server_time_millis: START + 1_000_000,
    };
    (batch.device, SignedReceipt::sign(&receipt, &server_key()))
}

fn server() -> ServerId {
    enrolment(1).server.id
}

fn signer_of(batch: &SignedBatch) -> u8 {
    [SURVEYOR, SUPERVISOR, NEIGHBOUR].into_iter().find(|number| id(*number) == batch.device).unwrap()
}

fn news() -> News {
    News {
        server: server(),
        made_at_millis: START + 1_000_000,
        communes: known(1).communes,
        changes: Vec::new(),
        unread: Vec::new(),
        instruments: Vec::new(),
        standards: Vec::new(),
        devices: vec![known(SURVEYOR), known(SUPERVISOR)],
        revoked: Vec::new(),
        retention: None,
        opened: None,
        guidance: Vec::new(),
    }
}

fn reply(to: u8, receipts: Vec<(DeviceId, SignedReceipt)>, news: Option<&News>) -> Vec<u8> {
    let news = news.map(|news| SignedNews::sign(news, &server_key())).into_iter().collect();
    let bundle = Bundle::of_reply(receipts, news, server().0, START).unwrap();
    bundle.seal(&[BundleIdentity::of(&key(to)).unwrap().recipient()]).unwrap()
}

/// What the province answers to batches: all of them received.
fn received(batches: &[SignedBatch]) -> Vec<(DeviceId, SignedReceipt)> {
    batches.iter().map(|batch| receipt(batch, signer_of(batch), None)).collect()
}

fn stick() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn the_whole_circle_by_stick_ends_green_and_not_before() {
    let surveyor = Member::new(SURVEYOR, &[SUPERVISOR]);
    let supervisor = Member::new(SUPERVISOR, &[SURVEYOR]);
    let household = first(&surveyor.app).id;
    visit::complete(&surveyor.app, &household, &poor()).unwrap();
    let status = surveyor.app.bundle_status().unwrap();
    let names: Vec<&str> = status.recipients.iter().map(|to| to.id.as_str()).collect();
    assert_eq!(names, ["province", &to_of(SUPERVISOR)]);

    // Surveyor → supervisor.
    let first_stick = stick();
    let written = surveyor.write_all(first_stick.path(), SUPERVISOR);
    assert_eq!((written.files.len(), written.edits, written.households.len()), (1, 61, 60));
    assert!(written.files[0].name.starts_with("rasoat-may01-20261123-08"), "{}", written.files[0].name);
    let of_it = written.households.iter().find(|one| one.id == household).unwrap();
    assert_eq!((of_it.edits, of_it.head_name.is_empty()), (2, false));
    // A stick confirms nothing, but it is known that everything is on one.
    assert_eq!((surveyor.only_here(), surveyor.confirmed()), (60, 0));
    let waiting = surveyor.app.sync_status().unwrap().households;
    assert!(waiting.iter().all(|one| one.on_stick_since.is_some() && one.custody == Custody::OnlyHere));
    assert_eq!(surveyor.app.bundle_status().unwrap().households_on_stick, 60);
    assert_eq!(supervisor.app.household(&household).unwrap().row.state, HouseholdState::Listed);

    let report = supervisor.take(&only_file(first_stick.path())).unwrap();
    assert_eq!((report.from.as_str(), report.reply, report.households.len()), ("Máy 01", false, 60));
    let of_it = report.households.iter().find(|one| one.id == household).unwrap();
    assert_eq!((of_it.new, of_it.known, of_it.waiting, of_it.conflicting), (2, 0, 0, 0));
    assert!(report.batches.is_empty() && of_it.refused.is_empty());
    let row = supervisor.app.household(&household).unwrap();
    assert_eq!((row.row.state, row.row.class.as_deref()), (HouseholdState::Signed, Some("poor")));
    // Nobody has said yet that the province has it.
    assert!(row.history.iter().all(|edit| edit.custody == Custody::OnlyHere));

    // Supervisor → province: the surveyor's own signatures.
    let second_stick = stick();
    let written = supervisor.write_all(second_stick.path(), 0);
    assert_eq!((written.edits, written.files.len()), (60, 1));
    assert!(written.passed_on > 0);
    let carried = batches(&only_file(second_stick.path()));
    let of_surveyor = carried.iter().filter(|batch| signer_of(batch) == SURVEYOR).count();
    assert_eq!(of_surveyor, written.passed_on as usize);

    // Province → supervisor → surveyor.
    let answer = reply(SUPERVISOR, received(&carried), Some(&news()));
    let report = supervisor.take_bytes(&answer).unwrap();
    assert_eq!((report.reply, report.unverified, report.refused), (true, 0, 0));
    assert_eq!((report.confirmed, report.receipts_kept as usize), (60, of_surveyor));
    assert_eq!((supervisor.only_here(), supervisor.confirmed()), (0, 60));
    assert_eq!(supervisor.app.bundle_status().unwrap().collected_batches, 0);
    let history = supervisor.app.household(&household).unwrap().history;
    assert!(history.iter().all(|edit| edit.custody == Custody::Confirmed));
    let third_stick = stick();
    let written = supervisor.write_all(third_stick.path(), SURVEYOR);
    assert_eq!((written.edits, written.receipts as usize, written.files[0].reply), (0, of_surveyor, true));
    assert!(written.files[0].name.starts_with("rasoat-reply-may01-"));
    assert_eq!((surveyor.only_here(), surveyor.confirmed()), (60, 0));
    let report = surveyor.take(&only_file(third_stick.path())).unwrap();
    assert_eq!((report.confirmed, report.unverified), (61, 0));
    assert_eq!((surveyor.only_here(), surveyor.confirmed()), (0, 60));
    // Once more changes nothing.
    assert_eq!(surveyor.take(&only_file(third_stick.path())).unwrap().confirmed, 0);
    assert_eq!(code(surveyor.write(stick().path(), &["province"], BundleChoice::Unsent)), "bundle_nothing");
}

#[test]
fn the_lock_and_the_term_come_on_sticks_and_what_has_its_receipt_goes_when_the_province_says_so() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let surveyor = Member::new(SURVEYOR, &[]);
    let household = first(&surveyor.app).id;
    let outgoing = stick();
    surveyor.write_all(outgoing.path(), 0);
    let carried = batches(&only_file(outgoing.path()));
    let term = Retention { round: Round(2026), locked_at_millis: START + 2_000_000, days: 30 };
    let said = |after: i64, retention| News { made_at_millis: START + after, retention, ..news() };
    let take = |receipts, news: &News| {
        surveyor.take_bytes(&reply(SURVEYOR, receipts, Some(news))).unwrap();
    };
    take(received(&carried), &said(3_000_000, Some(term)));
    correct(&surveyor.app, &household);
    answer(&surveyor.app, &household, "phone", "0912345678").unwrap();
    let view = || surveyor.app.retention().unwrap();
    let seen = view().unwrap();
    assert_eq!((seen.days, seen.is_due, seen.going.len(), seen.staying.len()), (30, false, 59, 1));

    // A later word counts, and an older one that comes after it does not.
    take(Vec::new(), &said(4_000_000, None));
    take(Vec::new(), &said(3_500_000, Some(term)));
    assert_eq!(view(), None);
    take(Vec::new(), &said(30 * DAY, Some(term)));
    assert!(!view().unwrap().is_due);
    take(Vec::new(), &said(33 * DAY, Some(term)));
    assert!(view().unwrap().is_due);
    surveyor.app.lock().unwrap();
    surveyor.app.unlock(PASSPHRASE).unwrap();
    let left: Vec<String> = all(&surveyor.app).into_iter().map(|row| row.id).collect();
    assert_eq!(left, [household]);
    assert_eq!(surveyor.app.state().erased.unwrap().households, 59);
}

#[test]
fn the_same_batches_are_carried_again_and_new_ones_beside_them() {
    let surveyor = Member::new(SURVEYOR, &[]);
    let (one, two) = (stick(), stick());
    surveyor.write_all(one.path(), 0);
    let before = batches(&only_file(one.path()));
    let household = first(&surveyor.app).id;
    surveyor.visit(&household, "floor_area", "40");
    let status = surveyor.app.sync_status().unwrap();
    let of_it = status.households.iter().find(|row| row.id == household).unwrap();
    assert_eq!(of_it.on_stick_since, None);
    surveyor.write_all(two.path(), 0);
    let after = batches(&only_file(two.path()));
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len(), before.len() + 1);
}

#[test]
fn a_bundle_comes_in_any_number_of_times_in_parts_and_in_any_order() {
    let surveyor = Member::new(SURVEYOR, &[SUPERVISOR]);
    let household = first(&surveyor.app).id;
    for (at, value) in ["31", "32", "33"].iter().enumerate() {
        surveyor.visit(&household, "floor_area", value);
        let part = stick();
        // One batch for each visit: the ones before are carried again, and only new ones are made.
        surveyor.write_all(part.path(), SUPERVISOR);
        assert_eq!(files(part.path()).len(), 1, "{at}");
    }
    let surveyor = Member { app: restarted(&surveyor, 1), ..surveyor };
    let parts = stick();
    let written = surveyor.write_all(parts.path(), SUPERVISOR);
    let found = files(parts.path());
    // What the list brought does not fit one batch.
    assert_eq!((found.len(), written.files.len()), (4, 4));
    let value = |member: &Member| {
        let nodes = member.app.open_interview(&household).unwrap().nodes;
        nodes.into_iter().find(|node| node.path == "floor_area").and_then(|node| node.value)
    };
    let orders = [[0, 1, 2, 3], [0, 3, 2, 1], [1, 0, 3, 2], [1, 3, 2, 0], [2, 1, 0, 3], [3, 2, 1, 0]];
    for order in orders {
        let supervisor = Member::new(SUPERVISOR, &[SURVEYOR]);
        for part in order {
            supervisor.take(&found[part]).unwrap();
            let again = supervisor.take(&found[part]).unwrap();
            assert!(again.households.iter().all(|one| one.new == 0 && one.refused.is_empty()), "{order:?}");
        }
        assert_eq!(value(&supervisor).as_deref(), Some("33"), "{order:?}");
        let stick = stick();
        let written = supervisor.write_all(stick.path(), 0);
        assert_eq!(written.passed_on, 4, "{order:?}");
    }
    // The last part alone builds on edits that are not here: it waits, and is passed on all the same.
    let supervisor = Member::new(SUPERVISOR, &[SURVEYOR]);
    let report = supervisor.take(&found[3]).unwrap();
    let of_it: Vec<_> = report.households.iter().map(|one| (one.new, one.waiting)).collect();
    assert_eq!(of_it, [(0, 1)]);
    assert_eq!(value(&supervisor), None);
    assert_eq!(supervisor.write_all(stick().path(), 0).passed_on, 1);
}

/// The same laptop with files of so many bytes of batches.
fn restarted(member: &Member, bundle_part_bytes: usize) -> App {
    let data_dir = member.laptop.dir.path().join("data");
    let config = AppConfig { data_dir, now: Arc::new(|| START + 5_000_000) };
    let options = Options { carrier: None, costs: Some(COSTS), bundle_part_bytes, ..Options::default() };
    let app = App::start_with(config, options).unwrap();
    app.unlock(PASSPHRASE).unwrap();
    app
}

#[test]
fn one_village_takes_what_comes_before_it_along_and_a_date_what_was_confirmed_too() {
    let surveyor = Member::new(SURVEYOR, &[]);
    let from_list = stick();
    surveyor.write_all(from_list.path(), 0);
    let receipts = received(&batches(&only_file(from_list.path())));
    surveyor.take_bytes(&reply(SURVEYOR, receipts, None)).unwrap();
    assert_eq!(surveyor.only_here(), 0);
    let rows = all(&surveyor.app);
    let village = rows[0].village_name.clone();
    let elsewhere = rows.iter().find(|row| row.village_name != village).unwrap();
    surveyor.visit(&elsewhere.id, "floor_area", "30");
    surveyor.visit(&rows[0].id, "floor_area", "40");
    surveyor.visit(&elsewhere.id, "floor_area", "50");

    let key = surveyor.app.household(&rows[0].id).unwrap().village;
    let one = stick();
    let written = surveyor.write(one.path(), &["province"], BundleChoice::Village { village: key }).unwrap();
    assert_eq!((written.edits, written.households.len()), (2, 2));
    // Edits of a chain without a gap.
    let edits: Vec<Edit> = batches(&only_file(one.path()))
        .iter()
        .flat_map(|batch| batch.open(&self::key(SURVEYOR).verify_key()).unwrap().edits)
        .collect();
    assert_eq!(edits.iter().map(|edit| edit.id.seq).collect::<Vec<_>>(), [61, 62]);

    let since = |millis: i64| BundleChoice::Since { millis: millis as f64 };
    let written = surveyor.write(stick().path(), &["province"], since(START)).unwrap();
    assert_eq!(written.edits, 63);
    assert_eq!(code(surveyor.write(stick().path(), &["province"], since(i64::MAX / 2))), "bundle_nothing");
    let nowhere = BundleChoice::Village { village: "06001-khong-co".to_owned() };
    assert_eq!(code(surveyor.write(stick().path(), &["province"], nowhere)), "bundle_nothing");
}

#[test]
fn two_who_did_not_see_each_other_are_told_of_as_a_conflict() {
    let surveyor = Member::new(SURVEYOR, &[SUPERVISOR]);
    let supervisor = Member::new(SUPERVISOR, &[SURVEYOR]);
    let household = first(&surveyor.app).id;
    surveyor.visit(&household, "floor_area", "40");
    supervisor.visit(&household, "floor_area", "55");
    let one = stick();
    surveyor.write_all(one.path(), SUPERVISOR);
    let report = supervisor.take(&only_file(one.path())).unwrap();
    let of_it = report.households.iter().find(|row| row.id == household).unwrap();
    assert_eq!((of_it.new, of_it.conflicting), (2, 1));
    assert_eq!(report.households.iter().map(|row| row.conflicting).sum::<u32>(), 1);
}

#[test]
fn a_laptop_nobody_here_knows_is_passed_on_unread_and_read_once_the_province_names_it() {
    let surveyor = Member::new(SURVEYOR, &[SUPERVISOR]);
    let supervisor = Member::new(SUPERVISOR, &[]);
    let household = first(&surveyor.app).id;
    visit::complete(&surveyor.app, &household, &poor()).unwrap();
    let one = stick();
    surveyor.write_all(one.path(), SUPERVISOR);
    let report = supervisor.take(&only_file(one.path())).unwrap();
    assert!(report.households.is_empty() && !report.batches.is_empty());
    assert!(report.batches.iter().all(|batch| batch.code == "unknown_device" && batch.passed_on));
    assert_eq!(supervisor.app.household(&household).unwrap().row.state, HouseholdState::Listed);
    let two = stick();
    assert_eq!(supervisor.write_all(two.path(), 0).passed_on as usize, report.batches.len());

    let carried = batches(&only_file(two.path()));
    let report = supervisor.take_bytes(&reply(SUPERVISOR, received(&carried), Some(&news()))).unwrap();
    assert_eq!((report.devices, report.households.len()), (2, 60));
    let row = supervisor.app.household(&household).unwrap();
    assert_eq!(row.row.state, HouseholdState::Signed);
    assert!(row.history.iter().all(|edit| edit.custody == Custody::Confirmed));
    let to: Vec<String> =
        supervisor.app.bundle_status().unwrap().recipients.into_iter().map(|to| to.name).collect();
    assert_eq!(to, ["Sở Nông nghiệp và Môi trường", "Máy 01"]);
}

#[test]
fn what_is_not_to_be_believed_is_refused_with_its_reason_and_nothing_of_it_is_taken_in() {
    let surveyor = Member::new(SURVEYOR, &[SUPERVISOR]);
    let one = stick();
    surveyor.write_all(one.path(), 0);
    let genuine = batches(&only_file(one.path()));
    let sealed = |batches: Vec<SignedBatch>| {
        let bundle = Bundle::of_batches(batches, id(SURVEYOR), START).unwrap();
        bundle.seal(&[BundleIdentity::of(&key(SUPERVISOR)).unwrap().recipient()]).unwrap()
    };
    let codes = |report: &BundleImportView| -> Vec<(String, bool)> {
        report.batches.iter().map(|batch| (batch.code.clone(), batch.passed_on)).collect()
    };
    // Signed by somebody else.
    let supervisor = Member::new(SUPERVISOR, &[SURVEYOR]);
    let opened = genuine[0].open(&key(SURVEYOR).verify_key()).unwrap();
    let forged = SignedBatch::sign(&opened, &key(NEIGHBOUR), None);
    let report = supervisor.take_bytes(&sealed(vec![forged.clone()])).unwrap();
    assert_eq!(codes(&report), [("bad_signature".to_owned(), false)]);
    assert!(report.households.is_empty());
    // The genuine one of the same bytes is believed, before and after.
    let report = supervisor.take_bytes(&sealed(vec![forged, genuine[0].clone()])).unwrap();
    assert!(report.households.iter().all(|one| one.new == 1));
    assert!(!report.households.is_empty());

    // Revoked since.
    let supervisor = Member::new(SUPERVISOR, &[SURVEYOR]);
    let revoked = RevokedDevice { id: id(SURVEYOR), at_millis: START };
    let news = News { revoked: vec![revoked], devices: vec![known(SUPERVISOR)], ..news() };
    let report = supervisor.take_bytes(&reply(SUPERVISOR, Vec::new(), Some(&news))).unwrap();
    assert_eq!((report.revoked, report.this_device_revoked), (vec!["Máy 01".to_owned()], false));
    let report = supervisor.take_bytes(&sealed(genuine.clone())).unwrap();
    // Not believed, and not lost: the province decides.
    assert!(codes(&report).iter().all(|(code, passed_on)| code == "device_revoked" && *passed_on));
    assert!(report.households.is_empty());
    assert_eq!(supervisor.app.bundle_status().unwrap().recipients.len(), 1);

    // A laptop of one commune that speaks of another.
    let commune = all_communes()[0].clone();
    let narrow = KnownDevice { communes: vec![commune.parse().unwrap()], ..known(SURVEYOR) };
    let enrolment = Enrolment { devices: vec![narrow], ..enrolment_of(SUPERVISOR, &[]) };
    let supervisor = Member::enrolled(SUPERVISOR, &enrolment);
    let report = supervisor.take_bytes(&sealed(genuine.clone())).unwrap();
    let (mut taken, mut refused) = (0, 0);
    for one in &report.households {
        taken += one.new;
        refused += one.refused.get("out_of_scope").copied().unwrap_or_default();
    }
    assert!(taken > 0 && refused > 0);
    assert_eq!(taken + refused, 60);

    // A supervisor of another commune.
    let mut enrolment = enrolment_of(SUPERVISOR, &[SURVEYOR]);
    enrolment.communes.retain(|scope| scope.code.as_str() == commune);
    let supervisor = Member::enrolled(SUPERVISOR, &enrolment);
    let report = supervisor.take_bytes(&sealed(genuine)).unwrap();
    let of_others = report.households.iter().filter(|one| one.refused.contains_key("out_of_scope"));
    assert_eq!(of_others.count() as u32, refused);
}

fn all_communes() -> Vec<String> {
    enrolment(1).communes.into_iter().map(|scope| scope.code.to_string()).collect()
}

#[test]
fn a_reply_is_believed_for_its_signatures_alone() {
    let surveyor = Member::new(SURVEYOR, &[]);
    let one = stick();
    surveyor.write_all(one.path(), 0);
    let sent = batches(&only_file(one.path()));
    let identity = BundleIdentity::of(&key(SURVEYOR)).unwrap().recipient();
    let sealed = |receipts, news: Vec<SignedNews>| {
        Bundle::of_reply(receipts, news, server().0, START)
            .unwrap()
            .seal(std::slice::from_ref(&identity))
            .unwrap()
    };
    // Receipts that somebody else signed, one that another server signed for itself, and news of a stranger.
    let genuine = received(&sent);
    let forged: Vec<_> = genuine
        .iter()
        .map(|(device, receipt)| {
            let opened = receipt.open(&server_key().verify_key()).unwrap();
            (*device, SignedReceipt::sign(&opened, &key(NEIGHBOUR)))
        })
        .collect();
    let stranger = SignedNews::sign(&news(), &key(NEIGHBOUR));
    assert_eq!(
        code(surveyor.take_bytes(&sealed(forged.clone(), vec![stranger.clone()]))),
        "bundle_unverified"
    );
    assert_eq!((surveyor.confirmed(), surveyor.only_here()), (0, 60));
    assert_eq!(surveyor.app.bundle_status().unwrap().recipients.len(), 1);

    // A genuine receipt for a batch that was never made here confirms nothing.
    let other = Member::new(SURVEYOR, &[]);
    let report = other.take_bytes(&sealed(genuine.clone(), Vec::new())).unwrap();
    assert_eq!((report.confirmed, other.confirmed()), (0, 0));

    // One forged among genuine ones counts for nothing, and the others count.
    let mut mixed = genuine;
    mixed[0] = forged[0].clone();
    let lost = sent[0].open(&key(SURVEYOR).verify_key()).unwrap().edits.len() as u32;
    let report = surveyor.take_bytes(&sealed(mixed, vec![stranger])).unwrap();
    assert_eq!((report.unverified, report.confirmed), (2, 60 - lost));
    assert_eq!(surveyor.only_here(), lost);
}

#[test]
fn what_did_not_connect_is_carried_again_and_what_was_refused_is_shown() {
    let surveyor = Member::new(SURVEYOR, &[]);
    let (one, two) = (stick(), stick());
    surveyor.write_all(one.path(), 0);
    let sent = batches(&only_file(one.path()));
    let broken = |verdict| sent.iter().map(|batch| receipt(batch, SURVEYOR, Some(verdict))).collect();
    let answer = reply(SURVEYOR, broken(VerdictCode::BrokenChain), None);
    let report = surveyor.take_bytes(&answer).unwrap();
    assert_eq!((report.refused, report.confirmed, surveyor.only_here()), (0, 0, 60));
    surveyor.write_all(two.path(), 0);
    assert_eq!(batches(&only_file(two.path())), sent);
    let report = surveyor.take_bytes(&reply(SURVEYOR, broken(VerdictCode::OutOfScope), None)).unwrap();
    assert_eq!((report.refused, report.confirmed, surveyor.only_here()), (60, 0, 0));
    // What went of a household is told with it: both sticks, and why the province does not take it.
    let told = surveyor.app.household_transfers(&first(&surveyor.app).id).unwrap();
    let refused: Vec<_> = told.iter().filter(|line| line.way == TransferWay::Refused).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].problem.as_ref().map(|why| why.code.as_str()), Some("out_of_scope"));
    let sticks: Vec<_> = told.iter().filter(|line| line.way == TransferWay::StickOut).collect();
    assert_eq!(sticks.len(), 2);
    assert!(sticks.iter().all(|line| line.edits == 1 && line.name.ends_with(".rasoat")));
    let written = surveyor.app.bundle_status().unwrap().bundles;
    let of_stick = surveyor.app.bundle_households(written.iter().find(|one| one.written).unwrap().number);
    let of_stick = of_stick.unwrap().households;
    assert_eq!(of_stick.len(), 60);
    assert!(of_stick.iter().all(|one| one.refused == 1 && one.refusal.is_some()));
}

#[test]
fn news_bring_forms_changes_and_laptops_and_say_that_this_one_is_revoked() {
    let surveyor = Member::new(SURVEYOR, &[]);
    let supervisor = Member::new(SUPERVISOR, &[]);
    let household = first(&supervisor.app).id;
    supervisor.visit(&household, "floor_area", "44");
    let one = stick();
    supervisor.write_all(one.path(), 0);
    let edits: Vec<Edit> = batches(&only_file(one.path()))
        .iter()
        .flat_map(|batch| batch.open(&key(SUPERVISOR).verify_key()).unwrap().edits)
        .collect();
    let form = InstrumentFiles { hash: "0a".repeat(32), ..enrolment(1).instruments.remove(0) };
    let news = News {
        changes: edits,
        instruments: vec![form, enrolment(1).instruments.remove(0)],
        standards: enrolment(1).standards,
        revoked: vec![RevokedDevice { id: id(SURVEYOR), at_millis: START }],
        ..news()
    };
    let report = surveyor.take_bytes(&reply(SURVEYOR, Vec::new(), Some(&news))).unwrap();
    assert_eq!((report.changes, report.instruments, report.standards, report.devices), (61, 1, 0, 2));
    assert!(report.this_device_revoked);
    assert!(surveyor.app.bundle_status().unwrap().revoked_at.is_some());
    let row = surveyor.app.household(&household).unwrap().row;
    assert_eq!(row.state, HouseholdState::Started);
    // Nothing is deleted, and what was not sent can still be carried.
    assert_eq!(surveyor.only_here(), 60);
    assert_eq!(surveyor.write_all(stick().path(), 0).edits, 60);
    // An older list of laptops replaces nothing.
    let older = News { made_at_millis: 1, devices: Vec::new(), ..news };
    surveyor.take_bytes(&reply(SURVEYOR, Vec::new(), Some(&older))).unwrap();
    assert_eq!(surveyor.app.bundle_status().unwrap().recipients.len(), 2);
}

#[test]
fn news_of_communes_that_a_laptop_has_nothing_to_do_with_are_not_passed_on_to_it() {
    let narrow = KnownDevice { communes: known(1).communes[..1].to_vec(), ..known(NEIGHBOUR) };
    let devices = vec![narrow.clone(), known(SURVEYOR)];
    let supervisor = Member::enrolled(SUPERVISOR, &Enrolment { devices, ..enrolment_of(SUPERVISOR, &[]) });
    let devices = vec![narrow.clone(), known(SURVEYOR), known(SUPERVISOR)];
    let wide = News { devices: devices.clone(), ..news() };
    supervisor.take_bytes(&reply(SUPERVISOR, Vec::new(), Some(&wide))).unwrap();
    let replies = |to: u8| {
        let written = supervisor.write_all(stick().path(), to);
        written.files.iter().filter(|file| file.reply).count()
    };
    assert_eq!((replies(SURVEYOR), replies(NEIGHBOUR)), (1, 0));
    let fitting = News { communes: narrow.communes, devices, ..news() };
    supervisor.take_bytes(&reply(SUPERVISOR, Vec::new(), Some(&fitting))).unwrap();
    assert_eq!((replies(SURVEYOR), replies(NEIGHBOUR)), (1, 1));
}

#[test]
fn a_file_that_is_torn_or_for_somebody_else_or_no_bundle_changes_nothing() {
    let surveyor = Member::new(SURVEYOR, &[SUPERVISOR]);
    let supervisor = Member::new(SUPERVISOR, &[SURVEYOR]);
    let one = stick();
    surveyor.write_all(one.path(), SUPERVISOR);
    let whole = std::fs::read(only_file(one.path())).unwrap();
    let seed: u64 = std::process::id().into();
    println!("seed {seed}");
    let mut state = seed;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap()
    };
    for _ in 0..40 {
        let torn = &whole[..random() % whole.len()];
        let found = code(supervisor.take_bytes(torn));
        assert!(["bundle_truncated", "bundle_damaged"].contains(&found.as_str()), "{found} {}", torn.len());
        let mut spoilt = whole.clone();
        let at = random() % whole.len();
        spoilt[at] ^= 1 << (random() % 8);
        assert!(supervisor.take_bytes(&spoilt).is_err(), "byte {at}");
    }
    assert_eq!(code(surveyor.take_bytes(&whole)), "bundle_other_recipient");
    assert_eq!(code(supervisor.take_bytes(b"PK\x03\x04")), "not_a_bundle");
    assert_eq!(code(supervisor.take_bytes(b"")), "bundle_truncated");
    let newer = [b"age-encryption.org/v2", &whole[21..]].concat();
    assert_eq!(code(supervisor.take_bytes(&newer)), "bundle_newer_format");
    assert_eq!(code(supervisor.take_bytes(&vec![b'a'; 33 * 1024 * 1024])), "bundle_too_large");
    assert_eq!(code(supervisor.take(Path::new("/khong/co"))), "file_not_found");
    assert_eq!(code(supervisor.take(one.path())), "file_not_readable");
    let status = supervisor.app.bundle_status().unwrap();
    assert_eq!((status.collected_batches, status.bundles.len()), (0, 0));
    assert!(!supervisor.take_bytes(&whole).unwrap().households.is_empty());
}

#[test]
fn a_stick_that_cannot_be_written_is_told_and_left_as_it_was() {
    let surveyor = Member::new(SURVEYOR, &[]);
    let one = stick();
    let gone = one.path().join("rut-ra-roi");
    assert_eq!(code(surveyor.write(&gone, &["province"], BundleChoice::Unsent)), "stick_gone");
    for to in [&[][..], &["khong-co"], &["province", &to_of(NEIGHBOUR)]] {
        assert_eq!(code(surveyor.write(one.path(), to, BundleChoice::Unsent)), "bundle_no_recipient");
    }
    let read_only = ReadOnly::make();
    assert_eq!(
        code(surveyor.write(read_only.path(), &["province"], BundleChoice::Unsent)),
        "stick_read_only"
    );
    drop(read_only);
    if let Some(full) = Tmpfs::mount("size=5m") {
        std::fs::write(full.path().join("phim.mp4"), vec![0; 5 * 1024 * 1024 - 4 * 1024]).unwrap();
        assert_eq!(code(surveyor.write(full.path(), &["province"], BundleChoice::Unsent)), "stick_full");
        assert_eq!(files(full.path()).len(), 1);
    }
    // The first of two files fits, the second does not: neither is left.
    if let Some(narrow) = Tmpfs::mount("size=5m,nr_inodes=2") {
        let app = restarted(&surveyor, 1);
        let folder = narrow.path().to_str().unwrap().to_owned();
        let recipients = vec!["province".to_owned()];
        let form = BundleExportForm { choice: BundleChoice::Unsent, recipients, folder, with_files: false };
        assert_eq!(code(app.bundle_export(form)), "stick_full");
        assert_eq!(files(narrow.path()), Vec::<PathBuf>::new());
    }
    let status = surveyor.app.bundle_status().unwrap();
    assert_eq!((status.bundles.len(), status.households_on_stick), (0, 0));
    // Nothing is written over, and what attempts left behind whose stick was pulled goes.
    let app = restarted(&surveyor, 16 << 20);
    let surveyor = Member { app, ..surveyor };
    let name = surveyor.write_all(one.path(), 0).files[0].name.clone();
    let before = std::fs::read(one.path().join(&name)).unwrap();
    let second = name.replace("-1.rasoat", "-2.rasoat");
    for left in [format!("{second}.part"), "rasoat-may01-20260101-0000-1.rasoat.part".to_owned()] {
        std::fs::write(one.path().join(left), b"torn").unwrap();
    }
    assert_eq!(surveyor.write_all(one.path(), 0).files[0].name, second);
    assert_eq!(std::fs::read(one.path().join(&name)).unwrap(), before);
    assert_eq!(files(one.path()).len(), 2);
}

#[test]
fn work_that_is_cancelled_leaves_no_file_and_takes_in_nothing() {
    let member = Member::new(SURVEYOR, &[SUPERVISOR]);
    let running: Arc<OnceLock<App>> = Arc::default();
    let armed = Arc::new(AtomicBool::new(false));
    let now = {
        let (running, armed) = (Arc::clone(&running), Arc::clone(&armed));
        // The person cancels while the work is under way: the clock is looked at then.
        Arc::new(move || {
            if let Some(app) = running.get().filter(|_| armed.load(Ordering::Relaxed)) {
                assert!(app.bundle_progress().unwrap().is_some());
                app.bundle_cancel().unwrap();
            }
            START + 9_000_000
        })
    };
    let config = AppConfig { data_dir: member.laptop.dir.path().join("data"), now };
    let options = Options { carrier: None, costs: Some(COSTS), ..Options::default() };
    let app = App::start_with(config, options).unwrap();
    app.unlock(PASSPHRASE).unwrap();
    running.set(app.clone()).unwrap_or_else(|_| panic!("once"));
    let member = Member { app, ..member };

    let one = stick();
    armed.store(true, Ordering::Relaxed);
    assert_eq!(code(member.write(one.path(), &["province"], BundleChoice::Unsent)), "bundle_cancelled");
    assert_eq!(files(one.path()), Vec::<PathBuf>::new());
    let supervisor = Member::new(SUPERVISOR, &[SURVEYOR]);
    let two = stick();
    supervisor.write_all(two.path(), SURVEYOR);
    let file = std::fs::read(only_file(two.path())).unwrap();
    assert_eq!(code(member.take_bytes(&file)), "bundle_cancelled");
    let status = member.app.bundle_status().unwrap();
    assert_eq!((status.bundles.len(), status.collected_batches), (0, 0));
    assert_eq!(member.app.bundle_progress().unwrap(), None);

    armed.store(false, Ordering::Relaxed);
    member.write_all(one.path(), 0);
    let report = member.take_bytes(&file).unwrap();
    assert!(report.batches.is_empty(), "{:?}", report.batches);
    assert_eq!(member.app.bundle_status().unwrap().bundles.len(), 2);
    assert_eq!(member.number, SURVEYOR);
}

/// A folder that cannot be written to: by its rights, or, for who stands above them, by how it is mounted.
enum ReadOnly {
    ByRights(tempfile::TempDir),
    Mounted(Tmpfs),
}

impl ReadOnly {
    fn make() -> Self {
        if let Some(mounted) = Tmpfs::mount("ro,size=64k") {
            return Self::Mounted(mounted);
        }
        let dir = tempfile::tempdir().unwrap();
        let mut rights = std::fs::metadata(dir.path()).unwrap().permissions();
        rights.set_readonly(true);
        std::fs::set_permissions(dir.path(), rights).unwrap();
        Self::ByRights(dir)
    }

    fn path(&self) -> &Path {
        match self {
            Self::ByRights(dir) => dir.path(),
            Self::Mounted(mounted) => mounted.path(),
        }
    }
}

/// A small file system of its own; only who may mount gets one.
struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    fn mount(options: &str) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mount = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(dir.path())
            .output();
        mount.is_ok_and(|output| output.status.success()).then(|| Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        drop(std::process::Command::new("umount").arg(self.0.path()).output());
    }
}
