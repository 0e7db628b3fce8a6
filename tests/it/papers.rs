//! The papers of a village are the same from its laptop and from the province: who stands in them, every cell and every line.

use std::process::{Command, Stdio};

use rasoat_app::view::{
    AcceptForm, CertificateForm, DecisionForm, MeetingForm, MeetingHouseholdForm, PaperFormat, PaperKind,
    PaperWriteForm, PostingForm,
};
use rasoat_testkit::interviewer::{Preferences, poor, surely_poor};
use rasoat_testkit::province::Province;
use rasoat_testkit::visit;
use serde_json::{Value as Json, json};

use crate::support::{Desk, Officer, answer};

/// All of the procedure's but the detailed list of near-poor households: none is recognised here.
const KINDS: [(PaperKind, &str); 11] = [
    (PaperKind::Review, "review"),
    (PaperKind::Interviews, "interviews"),
    (PaperKind::Explanations, "explanations"),
    (PaperKind::Meeting, "meeting"),
    (PaperKind::Minutes, "minutes"),
    (PaperKind::Posting, "posting"),
    (PaperKind::Decisions, "decisions"),
    (PaperKind::Certificates, "certificates"),
    (PaperKind::Results, "results"),
    (PaperKind::DetailPoor, "detail_poor"),
    (PaperKind::Interchange, "interchange"),
];

impl Desk {
    fn accepts(&self, home: &str, preferences: &Preferences) {
        visit::complete(&self.app, home, preferences).expect("signed");
        let version = self.app.check(home).expect("looked at").item.version;
        self.app.accept(&AcceptForm { household: home.to_owned(), version }).expect("accepted");
    }

    fn meeting(&self, homes: &[String], (minutes, agreed): (&str, u32)) {
        let household = |home: &String| MeetingHouseholdForm { household: self.seen(home), agreed };
        let form = MeetingForm {
            households: homes.iter().map(household).collect(),
            on: "2026-09-21".to_owned(),
            attended: 40,
            minutes: minutes.to_owned(),
            chair: "Hoàng Văn Chủ".to_owned(),
            secretary: "Lý Thị Thư".to_owned(),
            representative: "Nông Văn Diện".to_owned(),
            objection: "Nhà còn rộng hơn".to_owned(),
        };
        self.app.hold_meeting(&form).expect("a meeting");
    }

    /// A village with a household at every step of the way.
    fn works(&self, homes: &[String]) {
        let [escaping, ..] = homes else { panic!("a village") };
        let rich: Preferences = surely_poor().into_iter().chain([("b1_total", "190")]).collect();
        self.accepts(escaping, &rich);
        for home in &homes[1..6] {
            self.accepts(home, &surely_poor());
        }
        self.accepts(&homes[6], &poor());
        visit::complete(&self.app, &homes[7], &poor()).expect("signed");
        answer(&self.app, &homes[8], "address", "Xóm mới").expect("answered");
        self.app.leave_interview(&homes[8]).expect("left");
        self.meeting(&homes[1..4], ("01/BB", 38));
        self.meeting(&homes[4..5], ("02/BB", 3));
        let posting = PostingForm {
            households: homes[1..3].iter().map(|home| self.seen(home)).collect(),
            from: "2026-09-22".to_owned(),
            until: String::new(),
            place: "Nhà văn hóa thôn".to_owned(),
        };
        self.app.post_results(&posting).expect("posted");
        let decision = DecisionForm {
            households: vec![self.seen(&homes[1])],
            number: "12/QĐ-UBND".to_owned(),
            on: "2026-10-01".to_owned(),
            recognised: true,
            reason: String::new(),
        };
        self.app.decide_results(&decision).expect("recognised");
        let certificate = CertificateForm {
            household: self.seen(&homes[1]),
            number: "07/GCN-HN.HCN".to_owned(),
            on: "2026-10-01".to_owned(),
        };
        self.app.note_certificate(&certificate).expect("certified");
    }

    fn paper(&self, village: &str, kind: PaperKind, format: PaperFormat) -> Vec<u8> {
        let folder = self.folder.path().to_str().expect("a folder").to_owned();
        let kind = kind.into();
        let form =
            PaperWriteForm { kind, format, village: Some(village.to_owned()), folder, full_ids: false };
        let written = self.app.write_paper(&form).expect("written");
        std::fs::read(self.folder.path().join(written.name)).expect("a file")
    }
}

/// What a PDF says, line by line, but for who made it and when. How wide gaps are is guessed anew for each page.
fn lines(pdf: &[u8], made: &str) -> Vec<String> {
    let mut run = Command::new("pdftotext");
    run.args(["-layout", "-enc", "UTF-8", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = run.spawn().expect("poppler-utils is set up");
    let mut stdin = child.stdin.take().expect("a pipe");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || std::io::Write::write_all(&mut stdin, pdf).expect("written"));
        child.wait_with_output().expect("an answer")
    });
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let plain = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().filter(|line| !line.contains(made)).map(plain).collect()
}

/// Every cell of every sheet.
fn cells(bytes: Vec<u8>) -> Vec<String> {
    let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let sheets = calamine::Reader::sheet_names(&book);
    let of = |name: String| {
        let sheet = calamine::Reader::worksheet_range(&mut book, &name).expect("a sheet");
        let cells = sheet.used_cells().map(|(row, column, cell)| format!("{name} {row} {column} {cell:?}"));
        cells.collect::<Vec<_>>()
    };
    sheets.into_iter().flat_map(of).collect()
}

/// The first place that differs: all of it would be pages.
fn difference(laptop: &[String], province: &[String]) -> Option<String> {
    let differ = laptop.iter().zip(province).find(|(of_laptop, of_province)| of_laptop != of_province);
    let longer =
        || (laptop.len() != province.len()).then(|| format!("{} and {} lines", laptop.len(), province.len()));
    differ.map(|(of_laptop, of_province)| format!("{of_laptop:?} is {of_province:?}")).or_else(longer)
}

fn counted(paper: &Json) -> (u64, Vec<(String, u64)>) {
    let missing = paper["missing"].as_array().expect("what is missing").iter();
    let missing = missing.map(|one| {
        let code = one["code"].as_str().expect("a code").to_owned();
        (code, one["households"].as_u64().expect("how many"))
    });
    (paper["households"].as_u64().expect("how many"), missing.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_of_a_village_are_the_same_from_its_laptop_and_from_the_province() {
    let province = Province::start().await.expect("a province");
    let desk = Desk::listed(&province, "Máy 01").await;
    let officer = Officer::log_in(&province.url(""), province.password()).await;
    let board = desk.app.procedure_board(None).expect("a board");
    let village = board.village.expect("a village");
    let homes: Vec<String> = board.rows.into_iter().map(|row| row.household).collect();
    desk.works(&homes);
    desk.sync().await;

    let (commune, id) = village.split_once('-').expect("a commune and a village");
    let place = format!("village.{commune}.{id}");
    let shown = officer.get(&format!("/api/papers?place={place}")).await;
    let known = desk.app.papers(Some(&village)).expect("papers");
    let mut different = Vec::new();
    for (kind, name) in KINDS {
        let paper = known.papers.iter().find(|paper| paper.kind == kind.into()).expect("a paper");
        let missing = paper.missing.iter().map(|one| (one.code.clone(), u64::from(one.households)));
        let of_laptop = (u64::from(paper.households), missing.collect::<Vec<_>>());
        let shown = shown["kinds"].as_array().expect("papers").iter().find(|paper| paper["kind"] == name);
        assert_eq!(of_laptop, counted(shown.expect("a paper")), "{name}");
        assert!(paper.households > 0, "{name}");
        for format in &paper.formats {
            let ending = if *format == PaperFormat::Pdf { "pdf" } else { "xlsx" };
            let form = json!({ "kind": name, "format": ending, "place": place });
            let [laptop, province] =
                [desk.paper(&village, kind, *format), officer.file("/api/papers/file", form).await].map(
                    |file| {
                        if *format == PaperFormat::Pdf { lines(&file, "In lúc") } else { cells(file) }
                    },
                );
            assert!(laptop.len() > 10, "{name}");
            different.extend(difference(&laptop, &province).map(|found| (name, ending, found)));
        }
    }
    assert_eq!(different, []);
}
