//! Excel lists through the use-cases of the import screen.

use std::collections::BTreeSet;

use rasoat_app::App;
use rasoat_app::view::ListPreviewView;
use rasoat_testkit::province::Province;
use rasoat_testkit::{Household, households, laptop};

use super::spoilt_lists::{
    BIRTH, CODE, COMMUNE_CODE, COMMUNE_NAME, Cell, Sheet, VILLAGE, old_excel, zip_bomb,
};
use crate::support::{Desk, answer, assert_worded, value_at};

/// What is to come of a file.
enum Outcome {
    /// Nothing of it can be read.
    Refused(&'static str),
    /// So many households are new, so many are left out, and exactly these problems are reported.
    Taken { new: u32, left_out: u32, problems: &'static [&'static str] },
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// Three households that no other file names.
fn three(seed: u64) -> Vec<Household> {
    let mut three: Vec<Household> = households(seed)
        .into_iter()
        .filter(|household| household.head().citizen_id.is_some())
        .take(3)
        .collect();
    // A code that another household has here already is a doubt.
    three.iter_mut().for_each(|household| household.code = format!("{seed}-{}", household.code));
    three
}

fn cases() -> Vec<(&'static str, Vec<u8>, Outcome)> {
    use Outcome::{Refused, Taken};
    let sheet = |seed| Sheet::of(&three(seed));
    let good = sheet(100).bytes();
    let taken = |problems| Taken { new: 3, left_out: 0, problems };
    vec![
        (
            "a column that is needed is missing",
            sheet(101).without(VILLAGE).bytes(),
            Taken { new: 0, left_out: 0, problems: &["missing_column"] },
        ),
        ("a column is missing", sheet(102).without(BIRTH).bytes(), taken(&["missing_column"])),
        (
            "a heading is merged over two columns",
            sheet(103).with_merged_names().bytes(),
            taken(&["merged_header"]),
        ),
        (
            "days are text in another order",
            sheet(104).with(BIRTH, |_| text("1990-02-05")).bytes(),
            taken(&["date_as_text"]),
        ),
        ("days are serials of Excel", sheet(105).with(BIRTH, |_| Cell::Day(32_909.0)).bytes(), taken(&[])),
        (
            "days are bare numbers",
            sheet(106).with(BIRTH, |_| Cell::Number(32_909.0)).bytes(),
            taken(&["date_as_number"]),
        ),
        (
            "a day does not exist",
            sheet(107).with_cell(0, BIRTH, text("31/02/1990")).bytes(),
            taken(&["unreadable_date"]),
        ),
        ("all text is decomposed", sheet(108).decomposed().bytes(), taken(&[])),
        (
            "household codes repeat",
            sheet(109).with(CODE, |_| text("HN-01")).bytes(),
            taken(&["duplicate_code"]),
        ),
        (
            "a commune is unknown",
            sheet(110)
                .with_cell(0, COMMUNE_CODE, text("99999"))
                .with_cell(0, COMMUNE_NAME, text("xã Không Có"))
                .bytes(),
            Taken { new: 2, left_out: 1, problems: &["unknown_commune"] },
        ),
        (
            "a commune has its code of before July 2025",
            sheet(111).with_cell(0, COMMUNE_CODE, text("06010")).bytes(),
            taken(&["old_commune_mapped"]),
        ),
        (
            "a commune is another laptop's",
            sheet(112).with_cell(0, COMMUNE_CODE, text("05977")).with_cell(0, COMMUNE_NAME, text("")).bytes(),
            Taken { new: 2, left_out: 1, problems: &[] },
        ),
        ("an .xls was renamed", old_excel(), Refused("old_excel")),
        ("a zip bomb", zip_bomb(), Refused("zip_bomb")),
        ("a file cut short", good[..good.len() / 2].to_vec(), Refused("damaged_workbook")),
        ("a text file without headers of a list", b"STT;Ho va ten\n1;...".to_vec(), Refused("no_list")),
        ("a web page", b"<html><table></table></html>".to_vec(), Refused("not_excel")),
        ("a text of before Unicode", b"STT;H\xe4 v\xb5 t\xaan;Th\xabn\n".to_vec(), Refused("tcvn3_text")),
        ("a text with an open quote", open_quote(), Refused("unclosed_quote")),
        ("an empty file", Vec::new(), Refused("not_excel")),
    ]
}

fn open_quote() -> Vec<u8> {
    let rows = "1;Lộc Văn Đạt;1990\n".repeat(40);
    format!("STT;Họ tên chủ hộ;Năm sinh\n1;\"Lộc Văn Đạt;1990\n{rows}").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_spoilt_list_is_told_by_code_and_costs_nothing_that_was_here() {
    let province = Province::start().await.expect("a province");
    let desk = Desk::at(&province).await;
    let household = desk.household().id;
    answer(&desk.app, &household, "address", "Ngõ sau đình").expect("answered");
    let mut here = 60;
    for (case, bytes, outcome) in cases() {
        let path = desk.folder.path().join("list.xlsx");
        std::fs::write(&path, bytes).expect("written");
        let path = path.to_str().expect("a path");
        match outcome {
            Outcome::Refused(code) => {
                assert_eq!(desk.app.preview_list(path).expect_err(case).code, code, "{case}");
                assert_eq!(desk.app.import_list(path).expect_err(case).code, code, "{case}");
                assert_worded(&format!("problem_{code}"));
            }
            Outcome::Taken { new, left_out, problems } => {
                let preview = desk.app.preview_list(path).expect(case);
                assert_eq!(total(&desk.app), here, "{case}: a preview takes nothing in");
                assert_eq!(
                    codes(&preview),
                    problems.iter().copied().collect(),
                    "{case}: {:?}",
                    preview.problems
                );
                assert_eq!((preview.new, preview.refused + preview.out_of_scope), (new, left_out), "{case}");
                let view = desk.app.import_list(path).expect(case);
                assert_eq!((view.new, view.left_out), (new, left_out), "{case}");
                problems.iter().for_each(|code| assert_worded(&format!("list_problem_{code}")));
                here += new;
                let again = desk.app.import_list(path).expect(case);
                assert_eq!((again.new, again.updated, again.unchanged), (0, 0, new), "{case}, again");
            }
        }
        assert_eq!(total(&desk.app), here, "{case}");
        let kept = value_at(&desk.app, &household, "address");
        assert_eq!(kept.as_deref(), Some("Ngõ sau đình"), "{case}");
    }
    // A name typed decomposed is found composed, whatever the seed was.
    let head = three(108)[0].head().full_name.clone();
    assert!(!laptop::households(&desk.app, &head).expect("households").is_empty());
    let sent = desk.app.sync_now().await.expect("sent");
    assert_eq!((sent.problem, sent.unsent_edits), (None, 0), "what was taken in can be sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_ten_thousand_rows_is_taken_in_whole() {
    let province = Province::start().await.expect("a province");
    let desk = Desk::at(&province).await;
    let (mut many, mut rows) = (Vec::new(), 0);
    for household in (200..).flat_map(households) {
        if rows == 10_000 {
            break;
        }
        let mut household = household;
        household.members.truncate(10_000 - rows);
        rows += household.members.len();
        many.push(household);
    }
    let path = desk.folder.path().join("list.xlsx");
    std::fs::write(&path, Sheet::of(&many).without(CODE).bytes()).expect("written");
    let path = path.to_str().expect("a path");
    let preview = desk.app.preview_list(path).expect("a preview");
    assert_eq!(preview.rows, 10_000);
    let view = desk.app.import_list(path).expect("imported");
    // Names are drawn at random: two heads without a number may be the same person, which is said.
    let twice = preview.problems.iter().filter(|problem| problem.code == "duplicate_household").count();
    assert_eq!((view.new, view.left_out), (preview.new, preview.refused + preview.doubts));
    assert_eq!(view.new as usize + twice + preview.doubts as usize, many.len());
    assert_eq!(total(&desk.app), 60 + view.new);
}

fn total(app: &App) -> u32 {
    let overview = app.overview().expect("today");
    overview.villages.iter().map(|village| village.households).sum()
}

fn codes(preview: &ListPreviewView) -> BTreeSet<&str> {
    preview.problems.iter().map(|problem| problem.code.as_str()).collect()
}
