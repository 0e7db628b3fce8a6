//! Lists and papers of a village: which household stands in which, what is missing, and what is written.

use std::path::Path;

use rasoat_app::App;
use rasoat_app::view::{
    AcceptForm, CertificateForm, DecisionForm, MeetingForm, MeetingHouseholdForm, Paper, PaperFormat,
    PaperKind, PaperStateView, PaperWriteForm, PaperWrittenView, PostingForm, SeenForm,
};
use rasoat_casework::Units;
use rasoat_testkit::interviewer::{Preferences, poor, surely_poor};
use rasoat_testkit::visit;

use crate::support::{Laptop, code};

fn village(app: &App) -> (String, Vec<String>) {
    let board = app.procedure_board(None).unwrap();
    (board.village.unwrap(), board.rows.into_iter().map(|row| row.household).collect())
}

fn seen(app: &App, home: &str) -> SeenForm {
    SeenForm { household: home.to_owned(), seen: app.procedure_household(home).unwrap().row.seen }
}

fn accepted(app: &App, home: &str, preferences: &Preferences) {
    visit::complete(app, home, preferences).unwrap();
    let version = app.check(home).unwrap().item.version;
    app.accept(&AcceptForm { household: home.to_owned(), version }).unwrap();
}

fn meet(app: &App, homes: &[&str], agreed: u32) {
    let household = |home: &&str| MeetingHouseholdForm { household: seen(app, home), agreed };
    let form = MeetingForm {
        households: homes.iter().map(household).collect(),
        on: "2026-11-10".to_owned(),
        attended: 41,
        minutes: "01/BB".to_owned(),
        chair: "Hoàng Văn Chủ".to_owned(),
        secretary: "Lý Thị Thư".to_owned(),
        representative: "Nông Văn Diện".to_owned(),
        objection: "Nhà còn rộng hơn".to_owned(),
    };
    app.hold_meeting(&form).unwrap();
}

fn post(app: &App, homes: &[&str]) {
    let form = PostingForm {
        households: homes.iter().map(|home| seen(app, home)).collect(),
        from: "2026-11-10".to_owned(),
        until: String::new(),
        place: "Nhà văn hóa thôn".to_owned(),
    };
    app.post_results(&form).unwrap();
}

fn decide(app: &App, home: &str) {
    let form = DecisionForm {
        households: vec![seen(app, home)],
        number: "12/QĐ-UBND".to_owned(),
        on: "2026-11-20".to_owned(),
        recognised: true,
        reason: String::new(),
    };
    app.decide_results(&form).unwrap();
}

fn state(app: &App, village: &str, kind: PaperKind) -> PaperStateView {
    let view = app.papers(Some(village)).unwrap();
    view.papers.into_iter().find(|paper| paper.kind == kind.into()).unwrap()
}

fn counted(paper: &PaperStateView) -> (u32, Vec<(&str, u32)>) {
    let missing = paper.missing.iter().map(|one| (one.code.as_str(), one.households)).collect();
    (paper.households, missing)
}

fn form(folder: &Path, village: &str, kind: impl Into<Paper>, format: PaperFormat) -> PaperWriteForm {
    PaperWriteForm {
        kind: kind.into(),
        village: Some(village.to_owned()),
        format,
        full_ids: false,
        folder: folder.to_str().unwrap().to_owned(),
    }
}

fn written(folder: &Path, view: &PaperWrittenView) -> Vec<u8> {
    let bytes = std::fs::read(folder.join(&view.name)).unwrap();
    assert_eq!(bytes.len(), view.bytes as usize);
    // Where somebody wants to look at them.
    if let Some(shown) = std::env::var_os("RASOAT_PAPERS") {
        std::fs::write(Path::new(&shown).join(&view.name), &bytes).unwrap();
    }
    bytes
}

#[test]
fn each_step_of_a_village_brings_its_households_into_the_next_paper() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let (village, homes) = village(&app);
    let all = u32::try_from(homes.len()).unwrap();
    let [one, two, three] = [&*homes[0], &*homes[1], &*homes[2]];
    assert_eq!(counted(&state(&app, &village, PaperKind::Review)), (all, vec![]));
    assert_eq!(counted(&state(&app, &village, PaperKind::Interviews)), (0, vec![("not_begun", all)]));

    accepted(&app, one, &surely_poor());
    accepted(&app, two, &surely_poor());
    visit::complete(&app, three, &surely_poor()).unwrap();
    let open = vec![("not_begun", all - 3), ("not_accepted", 1)];
    assert_eq!(counted(&state(&app, &village, PaperKind::Interviews)), (3, vec![("not_begun", all - 3)]));
    assert_eq!(counted(&state(&app, &village, PaperKind::Meeting)), (2, open.clone()));
    // Of the meeting that is to be held minutes are made out with room to write.
    assert_eq!(counted(&state(&app, &village, PaperKind::Minutes)), (2, open.clone()));
    assert_eq!(state(&app, &village, PaperKind::Posting).households, 0);

    meet(&app, &[one, two], 41);
    assert_eq!(counted(&state(&app, &village, PaperKind::Meeting)), (0, open.clone()));
    assert_eq!(counted(&state(&app, &village, PaperKind::Minutes)), (2, open.clone()));
    assert_eq!(counted(&state(&app, &village, PaperKind::Posting)), (2, open.clone()));
    post(&app, &[one, two]);
    // The posting is over: both can be decided, and one is.
    assert_eq!(counted(&state(&app, &village, PaperKind::Decisions)), (2, open));
    decide(&app, one);
    let certificate = state(&app, &village, PaperKind::Certificates);
    assert_eq!(counted(&certificate), (1, vec![("not_recognised", all - 1)]));
    let number = "3/GCN-HN.HCN".to_owned();
    let form = CertificateForm { household: seen(&app, one), number, on: "2026-11-22".to_owned() };
    app.note_certificate(&form).unwrap();
    assert_eq!(state(&app, &village, PaperKind::Certificates).households, 1);
    assert_eq!(state(&app, &village, PaperKind::Decisions).households, 2);
    assert_eq!(state(&app, &village, PaperKind::Results).households, 2);
    assert_eq!(code(app.papers(Some("99999-nowhere"))), "unknown_village");
}

#[test]
fn every_paper_is_written_whole_and_accounted_for() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let (village, homes) = village(&app);
    let [one, two] = [&*homes[0], &*homes[1]];
    accepted(&app, one, &surely_poor());
    accepted(&app, two, &surely_poor());
    meet(&app, &[one, two], 41);
    post(&app, &[one, two]);
    decide(&app, one);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let view = app.papers(Some(&village)).unwrap();
    assert_eq!(view.villages.len(), app.procedure_board(None).unwrap().villages.len());
    for paper in &view.papers {
        for format in &paper.formats {
            let form = form(folder, &village, paper.kind, *format);
            let outcome = app.write_paper(&form);
            if paper.households == 0 {
                assert_eq!(code(outcome), "papers_nothing", "{:?}", paper.kind);
                continue;
            }
            let outcome = outcome.unwrap();
            assert_eq!((outcome.households, &outcome.missing), (paper.households, &paper.missing));
            let bytes = written(folder, &outcome);
            let magic: &[u8] = if *format == PaperFormat::Pdf { b"%PDF" } else { b"PK" };
            assert!(bytes.starts_with(magic), "{:?}", paper.kind);
        }
    }
    let decided = app.write_paper(&form(folder, &village, PaperKind::Minutes, PaperFormat::Xlsx));
    assert_eq!(code(decided), "papers_format");
    let trail = app.audit(None, 0, 40).unwrap();
    let full = trail.rows.iter().filter(|row| row.act == "unmask").count();
    // Certificates and the interchange list.
    assert_eq!(full, 2);
    let printed = trail.rows.iter().filter(|row| row.act == "print").count();
    let written: usize =
        view.papers.iter().filter(|one| one.households > 0).map(|one| one.formats.len()).sum();
    assert_eq!(printed, written);
    assert_eq!(app.papers_progress().unwrap(), None);
}

#[test]
fn what_is_recognised_goes_out_as_an_interchange_list_and_comes_in_again() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let (village, homes) = village(&app);
    let one = &*homes[0];
    accepted(&app, one, &surely_poor());
    meet(&app, &[one], 41);
    post(&app, &[one]);
    decide(&app, one);
    let folder = tempfile::tempdir().unwrap();
    let form = form(folder.path(), &village, PaperKind::Interchange, PaperFormat::Xlsx);
    let view = app.write_paper(&form).unwrap();
    let units = Units::from_csv(
        "2025-07-01",
        include_str!("../../../../instruments/units/langson_units.csv"),
        include_str!("../../../../instruments/units/langson_old_to_new.csv"),
    )
    .unwrap();
    let list = rasoat_lists::read_list(&written(folder.path(), &view), &units).unwrap();
    let household = app.household(one).unwrap();
    let [read] = list.households.as_slice() else { panic!("{:?}", list.households) };
    assert_eq!(read.head, household.row.head_name);
    assert_eq!(read.class.as_deref(), Some("poor"));
    assert_eq!(read.decision_number.as_deref(), Some("12/QĐ-UBND"));
    assert_eq!(read.members.len(), household.members.len());
    let path = folder.path().join(&view.name);
    let taken = app.preview_list(path.to_str().unwrap()).unwrap();
    assert_eq!((taken.new, taken.refused), (0, 0), "the household is known by what the list says");
}

#[test]
fn a_provisional_result_is_posted_as_such_and_never_decided() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let (village, homes) = village(&app);
    // Points of the dummy table: whatever comes of them is provisional.
    let one = homes
        .iter()
        .find(|home| {
            accepted(&app, home, &poor());
            app.procedure_household(home).unwrap().row.provisional
        })
        .expect("a provisional result");
    meet(&app, &[one], 41);
    post(&app, &[one]);
    let decisions = state(&app, &village, PaperKind::Decisions);
    assert!(counted(&decisions).1.contains(&("provisional", 1)), "{decisions:?}");
    let folder = tempfile::tempdir().unwrap();
    let view = app.write_paper(&form(folder.path(), &village, PaperKind::Posting, PaperFormat::Pdf)).unwrap();
    assert_eq!(view.households, 1);
    written(folder.path(), &view);
}

#[test]
fn nothing_is_left_of_a_paper_whose_folder_is_gone() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let (village, _) = village(&app);
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("không-có");
    assert_eq!(
        code(app.write_paper(&form(&gone, &village, PaperKind::Review, PaperFormat::Pdf))),
        "stick_gone"
    );
    // Stopping what is not under way is no harm to the next.
    app.papers_cancel().unwrap();
    app.write_paper(&form(folder.path(), &village, PaperKind::Review, PaperFormat::Xlsx)).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
