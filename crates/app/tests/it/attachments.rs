//! Files beside the answers, from the question to the province and to others: with the true server.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rasoat_app::view::{AnswerForm, AttachForm, BundleChoice, BundleExportForm, BundleExportView};
use rasoat_app::{App, AppError, Carrier};
use rasoat_casework::AttachmentName;
use rasoat_exchange::{CarrierError, Door, SyncProtocol};
use rasoat_sync::HttpCarrier;
use rasoat_testkit::province::Province;
use rasoat_testkit::{demo, laptop};
use tempfile::TempDir;

/// What went to the province.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    Edits,
    File { bytes: usize },
}

/// What the link does with the next message about files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Whole,
    /// So many pass, then each is cut: on the way there (even ones), or on the way back (odd ones).
    CutAfter(usize),
}

/// A carrier that keeps what it carried, and breaks when told to.
struct Recording {
    http: HttpCarrier,
    sent: Mutex<Vec<Sent>>,
    link: Mutex<Link>,
    /// Done once, before a message about files goes.
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Recording {
    fn to(province: &Province) -> Arc<Self> {
        Arc::new(Self {
            http: HttpCarrier::new([province.url("")]).unwrap(),
            sent: Mutex::default(),
            link: Mutex::new(Link::Whole),
            meanwhile: Mutex::default(),
        })
    }

    fn set(&self, link: Link) {
        *self.link.lock().unwrap() = link;
    }

    fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    fn file_bytes(&self) -> usize {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|sent| if let Sent::File { bytes } = sent { *bytes } else { 0 }).sum()
    }
}

struct Wire(Arc<Recording>);

impl SyncProtocol for Wire {
    async fn post(&self, door: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        if door == Door::Exchange {
            self.0.sent.lock().unwrap().push(Sent::Edits);
        }
        if door != Door::Attachment {
            return self.0.http.post(door, request).await;
        }
        if let Some(act) = self.0.meanwhile.lock().unwrap().take() {
            act();
        }
        let number = {
            let mut sent = self.0.sent.lock().unwrap();
            sent.push(Sent::File { bytes: request.len() });
            sent.len()
        };
        let cut = {
            let mut link = self.0.link.lock().unwrap();
            match *link {
                Link::Whole => false,
                Link::CutAfter(0) => true,
                Link::CutAfter(left) => {
                    *link = Link::CutAfter(left - 1);
                    false
                }
            }
        };
        if cut && number.is_multiple_of(2) {
            return Err(CarrierError::CutOff);
        }
        let answer = self.0.http.post(door, request).await;
        if cut { Err(CarrierError::CutOff) } else { answer }
    }
}

struct Desk {
    app: App,
    folder: TempDir,
    wire: Arc<Recording>,
}

impl Desk {
    async fn at(province: &Province, device: &str) -> Self {
        let handover = province.enrol(device).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let wire = Recording::to(province);
        let carrier: Arc<dyn Carrier> = Arc::new(Wire(Arc::clone(&wire)));
        let app = laptop::start_with(folder.path(), province.clock.reader(), Some(carrier)).unwrap();
        laptop::enrol(&app, &handover).unwrap();
        Self { app, folder, wire }
    }

    async fn listed(province: &Province) -> Self {
        let desk = Self::at(province, "Máy 07").await;
        assert_eq!(laptop::import(&desk.app, &demo::list_workbook(2026)).unwrap(), 60);
        desk.app.sync_now().await.unwrap();
        desk.wire.take_sent();
        desk
    }

    /// The program is killed and started again.
    fn killed_and_started(self, province: &Province) -> Self {
        let Self { app, folder, wire } = self;
        std::mem::forget(app);
        let carrier: Arc<dyn Carrier> = Arc::new(Wire(Arc::clone(&wire)));
        let app = laptop::start_with(folder.path(), province.clock.reader(), Some(carrier)).unwrap();
        app.unlock(laptop::PASSPHRASE).unwrap();
        Self { app, folder, wire }
    }

    fn household(&self, at: usize) -> String {
        laptop::households(&self.app, "").unwrap().remove(at).id
    }

    fn attach(&self, household: &str, path: &str, content: &[u8]) -> Result<AttachmentName, AppError> {
        attach(&self.app, household, path, content)
    }

    /// Papers of these sizes, one to a household, sealed.
    fn answered_with(&self, sizes: &[usize]) -> Vec<(String, AttachmentName)> {
        let mut done = Vec::new();
        for (at, size) in sizes.iter().enumerate() {
            let household = self.household(at);
            let name = self.attach(&household, "paper", &demo::paper(at as u64, *size)).unwrap();
            self.app.leave_interview(&household).unwrap();
            done.push((household, name));
        }
        done
    }

    fn content(&self, name: AttachmentName) -> Option<Vec<u8>> {
        let view = self.app.attachment(&name.to_string()).unwrap();
        view.content.map(|content| BASE64.decode(content).unwrap())
    }

    fn export(&self, with_files: bool, recipient: &str) -> BundleExportView {
        let form = BundleExportForm {
            choice: BundleChoice::Unsent,
            recipients: vec![recipient.to_owned()],
            folder: self.folder.path().display().to_string(),
            with_files,
        };
        self.app.bundle_export(form).unwrap()
    }
}

fn attach(app: &App, household: &str, path: &str, content: &[u8]) -> Result<AttachmentName, AppError> {
    let content64 = BASE64.encode(content);
    let form = AttachForm { household: household.to_owned(), path: path.to_owned(), content: content64 };
    app.attach(form).map(|_| AttachmentName::of(content).unwrap())
}

async fn province() -> Province {
    Province::start_with_form(demo::form_with_files().unwrap()).await.unwrap()
}

/// Whether the province shows a household's file as whole.
async fn is_there(province: &Province, household: &str, name: AttachmentName) -> bool {
    let browser = reqwest::Client::builder().cookie_store(true).no_proxy().build().unwrap();
    let form = serde_json::json!({ "username": "admin", "password": province.password() });
    let session = browser.post(province.url("/api/session")).json(&form).send().await.unwrap();
    assert_eq!(session.status(), 200);
    for commune in rasoat_testkit::province::COMMUNES {
        let path = format!("/api/households/{commune}/{household}/attachments/{name}");
        let response = browser.get(province.url(&path)).send().await.unwrap();
        if response.status() == 200 {
            return AttachmentName::of(&response.bytes().await.unwrap()) == Ok(name);
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_goes_behind_all_edits_the_smallest_first_and_is_counted_on_the_way() {
    let province = province().await;
    let desk = Desk::listed(&province).await;
    let papers = desk.answered_with(&[150_000, 1_000, 20_000]);
    let before = desk.app.sync_status().unwrap().files;
    assert_eq!((before.waiting, before.kilobytes, before.arrived_kilobytes), (3, 167, 0));
    let after = desk.app.sync_now().await.unwrap();
    assert_eq!((after.problem, after.unsent_edits, after.files.waiting), (None, 0, 0));
    for (household, name) in &papers {
        assert!(is_there(&province, household, *name).await);
        assert!(desk.content(*name).is_some());
    }
    let sent = desk.wire.take_sent();
    let last_edits = sent.iter().rposition(|sent| *sent == Sent::Edits).unwrap();
    let first_file = sent.iter().position(|sent| matches!(sent, Sent::File { .. })).unwrap();
    assert!(last_edits < first_file, "{sent:?}");
    // One question, then 1,000 bytes, 20,000, 150,000 in two or three pieces; nothing twice.
    let pieces: Vec<usize> = sent
        .iter()
        .filter_map(|sent| if let Sent::File { bytes } = sent { Some(*bytes) } else { None })
        .collect();
    assert!(pieces[1] < 1_200 && (20_000..20_200).contains(&pieces[2]), "{pieces:?}");
    assert!(pieces.iter().sum::<usize>() < 171_000 + 1_500, "{pieces:?}");
    // Nothing more to do, nothing more is said of files.
    desk.app.sync_now().await.unwrap();
    assert!(desk.wire.take_sent().iter().all(|sent| *sent == Sent::Edits));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_cut_it_goes_on_where_it_was_and_sends_no_more_than_one_piece_twice() {
    let province = province().await;
    let desk = Desk::listed(&province).await;
    let size = 1_000_000;
    let [(household, name)] = desk.answered_with(&[size]).try_into().unwrap();
    // Cut at every third message, there or back, and the program is killed each time.
    let mut desk = desk;
    let mut cuts = 0;
    while desk.app.sync_status().unwrap().files.waiting > 0 {
        desk.wire.set(Link::CutAfter(3));
        desk.app.sync_now().await.unwrap();
        desk.wire.set(Link::Whole);
        cuts += 1;
        assert!(cuts < 200);
        desk = desk.killed_and_started(&province);
    }
    assert!(cuts > 2 && is_there(&province, &household, name).await);
    // Started anew, pieces are of 64 KiB at first: each cut costs at most one, and its question.
    let most = size + cuts * (4 * 64 * 1024);
    assert!(desk.wire.file_bytes() <= most, "{} bytes in {cuts} cuts", desk.wire.file_bytes());

    // One cut, on the way there or back, costs one piece.
    for cut_after in [2, 3] {
        desk.wire.take_sent();
        let paper = demo::paper(50 + cut_after as u64, 500_000);
        desk.attach(&household, "paper", &paper).unwrap();
        desk.app.leave_interview(&household).unwrap();
        desk.wire.set(Link::CutAfter(cut_after));
        let cut = desk.app.sync_now().await.unwrap();
        assert_eq!(cut.problem.map(|problem| problem.code), Some("cut_off".to_owned()));
        assert!(cut.files.waiting == 1 && cut.unsent_edits == 0);
        let pieces = desk.wire.take_sent();
        let file = |sent: &Sent| if let Sent::File { bytes } = sent { Some(*bytes) } else { None };
        let pieces: Vec<usize> = pieces.iter().filter_map(file).collect();
        let (before, lost) = (pieces.iter().sum::<usize>(), pieces.last().unwrap());
        desk.wire.set(Link::Whole);
        assert_eq!(desk.app.sync_now().await.unwrap().files.waiting, 0);
        let sent = before + desk.wire.file_bytes();
        assert!(sent <= 500_000 + lost + 2_000, "{sent} bytes sent, {lost} lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_comes_up_meanwhile_goes_before_the_rest_of_a_file() {
    let province = province().await;
    let desk = Desk::listed(&province).await;
    desk.answered_with(&[400_000]);
    let (app, other) = (desk.app.clone(), desk.household(5));
    let act = move || {
        let form =
            AnswerForm {
                household: other.clone(), path: "address".to_owned(), value: "Bản mới".to_owned()
            };
        app.answer(form).unwrap();
        app.leave_interview(&other).unwrap();
    };
    *desk.wire.meanwhile.lock().unwrap() = Some(Box::new(act));
    let after = desk.app.sync_now().await.unwrap();
    assert_eq!((after.unsent_edits, after.files.waiting), (0, 0));
    let sent = desk.wire.take_sent();
    let first_file = sent.iter().position(|sent| matches!(sent, Sent::File { .. })).unwrap();
    // After the question the edit goes, and only then the file.
    assert_eq!(sent[first_file + 1], Sent::Edits, "{sent:?}");
    assert!(
        sent.iter().skip(first_file + 2).any(|sent| matches!(sent, Sent::File { bytes } if *bytes > 10_000))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_none_of_what_is_asked_for_or_too_large_is_refused_and_the_answer_before_stays() {
    let province = province().await;
    let desk = Desk::listed(&province).await;
    let household = desk.household(0);
    let paper = demo::paper(1, 5_000);
    let name = desk.attach(&household, "paper", &paper).unwrap();
    let code = |content: &[u8], path: &str| {
        let form = AttachForm {
            household: household.clone(),
            path: path.to_owned(),
            content: BASE64.encode(content),
        };
        desk.app.attach(form).unwrap_err().code
    };
    assert_eq!(code(b"", "house_photo"), "attachment_empty");
    assert_eq!(code(b"MZ a program", "house_photo"), "attachment_type");
    assert_eq!(code(b"%PDF-1.7 a paper", "house_photo"), "attachment_not_a_picture");
    assert_eq!(code(&paper, "words"), "attachment_not_a_sound");
    assert!(desk.attach(&household, "words", b"OggS what they said").is_ok());
    assert_eq!(code(&demo::paper(2, 5 * 1024 * 1024 + 1), "paper"), "attachment_too_large");
    assert_eq!(code(&demo::paper(2, 9 * 1024 * 1024), "paper"), "attachment_too_large");
    assert_eq!(code(&paper, "address"), "unknown_path");
    let spoilt =
        AttachForm { household: household.clone(), path: "house_photo".to_owned(), content: "!".to_owned() };
    assert_eq!(desk.app.attach(spoilt).unwrap_err().code, "attachment_damaged");
    assert!(desk.attach(&household, "paper", &demo::paper(3, 5 * 1024 * 1024)).is_ok());
    desk.attach(&household, "paper", &paper).unwrap();
    // By typing, only a file that is here.
    let typed = |value: &str| {
        let form =
            AnswerForm { household: household.clone(), path: "paper".to_owned(), value: value.to_owned() };
        desk.app.answer(form).map(|_| ()).map_err(|error| error.code)
    };
    assert_eq!(typed("paper.pdf"), Err("attachment_unknown".to_owned()));
    let elsewhere = AttachmentName::of(&demo::paper(77, 99)).unwrap().to_string();
    assert_eq!(typed(&elsewhere), Err("attachment_not_here".to_owned()));
    assert_eq!(typed(&name.to_string()), Ok(()));
    let value = |desk: &Desk| {
        let view = desk.app.open_interview(&household).unwrap();
        view.nodes.into_iter().find(|node| node.path == "paper").and_then(|node| node.value)
    };
    assert_eq!(value(&desk), Some(name.to_string()));
    assert_eq!(typed(""), Ok(()));
    assert_eq!(value(&desk), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_is_there_after_the_program_was_killed_with_its_answer_in_draft() {
    let province = province().await;
    let desk = Desk::listed(&province).await;
    let household = desk.household(0);
    let paper = demo::paper(1, 300_000);
    let name = desk.attach(&household, "paper", &paper).unwrap();
    let desk = desk.killed_and_started(&province);
    assert_eq!(desk.content(name), Some(paper));
    desk.app.leave_interview(&household).unwrap();
    desk.app.sync_now().await.unwrap();
    assert!(is_there(&province, &household, name).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_that_a_restored_province_has_lost_is_sent_again() {
    let mut province = province().await;
    let desk = Desk::listed(&province).await;
    let copy = province.copy().unwrap();
    let [(household, name)] = desk.answered_with(&[200_000]).try_into().unwrap();
    desk.app.sync_now().await.unwrap();
    assert!(is_there(&province, &household, name).await);
    province.restore(copy.path()).await.unwrap();
    assert!(!is_there(&province, &household, name).await);
    desk.wire.take_sent();
    let desk = desk.killed_and_started(&province);
    desk.app.sync_now().await.unwrap();
    assert!(is_there(&province, &household, name).await);
    // What the province still has is asked after, and not sent.
    assert!((200_000..230_000).contains(&desk.wire.file_bytes()));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_laptop_fetches_a_paper_when_somebody_wants_to_look() {
    let province = province().await;
    let desk = Desk::listed(&province).await;
    let [(_, name)] = desk.answered_with(&[700_000]).try_into().unwrap();
    // Its paper is cut off; the edit is there.
    desk.wire.set(Link::CutAfter(2));
    desk.app.sync_now().await.unwrap();
    let office = Desk::at(&province, "Máy 11").await;
    office.app.sync_now().await.unwrap();
    let view = office.app.attachment(&name.to_string()).unwrap();
    assert_eq!((view.content, view.wanted, view.media_type.as_str()), (None, false, "application/pdf"));
    assert!(office.app.want_attachment(&name.to_string()).unwrap().wanted);
    // Not all there yet: it stays wanted.
    office.app.sync_now().await.unwrap();
    assert_eq!(office.content(name), None);
    desk.wire.set(Link::Whole);
    desk.app.sync_now().await.unwrap();
    office.wire.set(Link::CutAfter(1));
    office.app.sync_now().await.unwrap();
    let part = office.app.attachment(&name.to_string()).unwrap();
    assert!(part.content.is_none() && part.wanted && part.size == 700_000);
    office.wire.set(Link::Whole);
    let office = office.killed_and_started(&province);
    office.app.sync_now().await.unwrap();
    assert_eq!(office.content(name), desk.content(name));
    let view = office.app.attachment(&name.to_string()).unwrap();
    assert!(view.confirmed && !view.wanted);
    // What it fetched it does not send.
    assert_eq!(office.app.sync_status().unwrap().files.waiting, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stick_carries_papers_by_choice_and_by_way_of_a_supervisor() {
    let province = province().await;
    let desk = Desk::listed(&province).await;
    let office = Desk::at(&province, "Máy 11").await;
    // Each learns of the other.
    desk.app.sync_now().await.unwrap();
    let papers = desk.answered_with(&[200_000, 90_000]);
    let id = |status: &rasoat_app::view::BundleStatusView, name: &str| {
        status.recipients.iter().find(|known| known.name == name).unwrap().id.clone()
    };
    let to_office = id(&desk.app.bundle_status().unwrap(), "Máy 11");
    assert_eq!(desk.app.bundle_status().unwrap().files.waiting, 2);

    let without = desk.export(false, &to_office);
    assert_eq!((without.edits, without.attachments), (2, 0));
    let with = desk.export(true, &to_office);
    assert_eq!((with.edits, with.attachments, with.files.len()), (2, 2, 1));
    let path = |desk: &Desk, file: &str| desk.folder.path().join(file).display().to_string();
    let taken = office.app.bundle_import(&path(&desk, &without.files[0].name)).unwrap();
    assert_eq!((taken.households.len(), taken.attachments), (2, 0));
    let taken = office.app.bundle_import(&path(&desk, &with.files[0].name)).unwrap();
    assert_eq!((taken.attachments, taken.attachments_left_out), (2, 0));
    for (_, name) in &papers {
        assert_eq!(office.content(*name), desk.content(*name));
    }
    // A stick confirms nothing.
    assert_eq!(desk.app.sync_status().unwrap().files.waiting, 2);

    let onward = office.export(true, "province");
    assert_eq!((onward.passed_on, onward.attachments), (1, 2));
    let file = std::fs::read(office.folder.path().join(&onward.files[0].name)).unwrap();
    let report = rasoat_server::import_bundle(&province.state, &file).await.unwrap();
    assert_eq!((report.files.new, report.refuses()), (2, false));
    for (household, name) in &papers {
        assert!(is_there(&province, household, *name).await);
    }
    // The province has them: nothing of them is sent again.
    for desk in [&desk, &office] {
        desk.wire.take_sent();
        assert_eq!(desk.app.sync_now().await.unwrap().files.waiting, 0);
        assert!(desk.wire.file_bytes() < 1_000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_for_one_file_goes_in_parts_and_comes_in_any_order() {
    let province = province().await;
    let desk = Desk::listed(&province).await;
    let papers = desk.answered_with(&[4_000_000, 4_100_000, 4_200_000, 4_300_000, 4_400_000, 100]);
    let exported = desk.export(true, "province");
    assert_eq!((exported.files.len(), exported.attachments), (2, 6));
    let folder = desk.folder.path();
    let files: Vec<Vec<u8>> =
        exported.files.iter().map(|file| std::fs::read(folder.join(&file.name)).unwrap()).collect();
    assert!(files.iter().all(|file| file.len() < 17 * 1024 * 1024));
    let waiting = rasoat_server::import_bundle(&province.state, &files[1]).await.unwrap();
    assert!(waiting.waits() && waiting.files.new == 0);
    for file in [&files[0], &files[1]] {
        assert!(!rasoat_server::import_bundle(&province.state, file).await.unwrap().refuses());
    }
    let names: BTreeSet<_> = papers.iter().map(|(_, name)| *name).collect();
    assert_eq!(names.len(), 6);
    for (household, name) in &papers {
        assert!(is_there(&province, household, *name).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_whose_edit_is_not_at_the_province_waits_and_stops_no_other() {
    let province = province().await;
    let desk = Desk::listed(&province).await;
    let office = Desk::at(&province, "Máy 11").await;
    for desk in [&desk, &office] {
        desk.app.sync_now().await.unwrap();
    }
    let [(household, name)] = desk.answered_with(&[50_000]).try_into().unwrap();
    let status = desk.app.bundle_status().unwrap();
    let to_office = status.recipients.iter().find(|known| known.name == "Máy 11").unwrap().id.clone();
    let stick = desk.export(true, &to_office);
    let path = desk.folder.path().join(&stick.files[0].name).display().to_string();
    assert_eq!(office.app.bundle_import(&path).unwrap().attachments, 1);
    // The office is on the network, the other laptop's edits are not: its own paper goes, the other waits.
    let home = office.household(7);
    let own = office.attach(&home, "paper", &demo::paper(99, 60_000)).unwrap();
    office.app.leave_interview(&home).unwrap();
    let after = office.app.sync_now().await.unwrap();
    assert_eq!((after.problem, after.files.waiting), (None, 1));
    assert!(is_there(&province, &home, own).await);
    assert!(!is_there(&province, &household, name).await);
    desk.app.sync_now().await.unwrap();
    assert_eq!(office.app.sync_now().await.unwrap().files.waiting, 0);
    assert!(is_there(&province, &household, name).await);
}
