//! Workbooks as another library reads them.

use std::io::Cursor;
use std::sync::atomic::{AtomicBool, Ordering};

use calamine::{Data, Reader, Xlsx};
use rasoat_documents::{
    Cell, Column, DocumentError, InterchangeHousehold, Kind, Table, Watch, detail_list, meeting_list, pdf,
    posting_list, results_list, review_list, xlsx, xlsx_rows, xlsx_sheets,
};

use crate::papers::{listed, met, posted, reviewed};
use crate::support::{HOSTILE, head, show, village, watched};

/// Every text of every sheet, and how many formulas there are.
pub(crate) fn cells(bytes: &[u8]) -> (Vec<String>, usize) {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let names = workbook.sheet_names();
    let mut texts = Vec::new();
    let mut formulas = 0;
    for name in names {
        let range = workbook.worksheet_range(&name).expect("a sheet");
        texts.extend(range.used_cells().map(|(_, _, cell)| cell.to_string()));
        let found = workbook.worksheet_formula(&name).expect("a sheet");
        formulas += found.used_cells().filter(|(_, _, formula)| !formula.is_empty()).count();
    }
    (texts, formulas)
}

pub(crate) fn table() -> Table {
    let column = |heading: &str, kind: Kind| Column { heading: heading.to_owned(), kind, width: 14 };
    Table {
        title: "Bảng thử".to_owned(),
        subtitles: vec!["xã Ba Sơn".to_owned()],
        columns: vec![
            column("Chữ", Kind::Text),
            column("Số đếm", Kind::Count),
            column("Số lẻ", Kind::Number),
            column("Tỷ lệ", Kind::Percent),
            column("Ngày", Kind::Date),
        ],
        rows: Vec::new(),
        notes: vec!["Ghi chú".to_owned()],
        landscape: true,
    }
}

#[test]
fn another_library_reads_the_same_values_with_their_types() {
    let rows: Vec<Vec<Cell>> = HOSTILE
        .iter()
        .zip(1_u32..)
        .map(|(text, number)| {
            vec![
                Cell::text(text),
                Cell::count(number * 1000),
                Cell::Number(f64::from(number) / 4.0),
                Cell::Number(0.0232),
                Cell::day("2026-11-20"),
            ]
        })
        .collect();
    let total = rows.len();
    let bytes = watched(|watch| xlsx_rows(&table(), (rows.into_iter(), total), watch)).expect("a workbook");
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(&bytes)).expect("a workbook");
    let range = workbook.worksheet_range_at(0).expect("a sheet").expect("readable");
    let found: Vec<&[Data]> = range.rows().collect();
    assert_eq!(found[0][0], Data::String("Bảng thử".to_owned()));
    let headings: Vec<String> = found[3].iter().map(ToString::to_string).collect();
    assert_eq!(headings, ["Chữ", "Số đếm", "Số lẻ", "Tỷ lệ", "Ngày"]);
    for (row, (text, number)) in found[4..].iter().zip(HOSTILE.iter().zip(1_u32..)) {
        assert_eq!(row[0], Data::String((*text).to_owned()));
        assert_eq!(row[1], Data::Float(f64::from(number) * 1000.0));
        assert_eq!(row[2], Data::Float(f64::from(number) / 4.0));
        assert_eq!(row[3], Data::Float(0.0232));
        let Data::DateTime(day) = &row[4] else { panic!("no date: {:?}", row[4]) };
        assert_eq!(day.to_ymd_hms_milli().0..=day.to_ymd_hms_milli().0, 2026..=2026);
        assert_eq!((day.to_ymd_hms_milli().1, day.to_ymd_hms_milli().2), (11, 20));
    }
    assert_eq!(cells(&bytes).1, 0);
}

#[test]
fn headers_are_frozen_and_repeated_and_the_page_fits() {
    let bytes = watched(|watch| xlsx(&[review_list(head(), &listed(30))], watch)).expect("a workbook");
    show("review.xlsx", &bytes);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("state=\"frozen\""), "frozen");
    assert!(
        sheet.contains("fitToHeight=\"0\"") && sheet.contains("orientation=\"landscape\""),
        "fits a width"
    );
    assert!(sheet.contains("paperSize=\"9\""), "A4");
    let names = part(&bytes, "xl/workbook.xml");
    assert!(names.contains("Print_Titles") && names.contains("Print_Area"), "{names}");
}

#[test]
fn each_list_is_one_sheet_of_all_villages() {
    let lists = [meeting_list(head(), &met(5)), meeting_list(head(), &met(7))];
    let bytes = watched(|watch| xlsx(&lists, watch)).expect("a workbook");
    let (texts, _) = cells(&bytes);
    let meant = met(7);
    assert_eq!(texts.iter().filter(|text| **text == meant[6].head).count(), 1);
    assert_eq!(texts.iter().filter(|text| **text == meant[0].head).count(), 2);
    for (name, list) in [
        ("posting.xlsx", posting_list(head(), &posted(12), None)),
        ("results.xlsx", results_list(head(), &reviewed(12))),
    ] {
        show(name, &watched(|watch| xlsx(&[list], watch)).expect("a workbook"));
    }
}

#[test]
fn the_detailed_list_of_a_class_has_all_of_it_and_no_number_of_a_person() {
    let households = village(20, 60);
    let of = |class: &str| -> Vec<&InterchangeHousehold> {
        households.iter().filter(|household| household.class.as_deref() == Some(class)).collect()
    };
    for class in ["poor", "near_poor"] {
        let list = detail_list(head(), class, &households);
        let bytes = watched(|watch| xlsx(std::slice::from_ref(&list), watch)).expect("a workbook");
        show(&format!("detail-{class}.xlsx"), &bytes);
        show(&format!("detail-{class}.pdf"), &watched(|watch| pdf(&[list], watch)).expect("a paper"));
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(&bytes)).expect("a workbook");
        let range = workbook.worksheet_range_at(0).expect("a sheet").expect("readable");
        let rows: Vec<&[Data]> = range.rows().filter(|row| matches!(row[0], Data::Float(_))).collect();
        assert_eq!(rows.len(), of(class).len());
        for (row, meant) in rows.iter().zip(of(class)) {
            let said: Vec<String> = row.iter().map(ToString::to_string).collect();
            assert_eq!((&said[2], &said[3]), (&meant.head, &meant.village));
            assert_eq!(said[5], meant.members.len().to_string());
            assert_eq!(said[10] == "x", meant.merit);
            assert_eq!(said[11], meant.causes.join("; "));
        }
        let (texts, _) = cells(&bytes);
        let numbers = households.iter().flat_map(|household| &household.members);
        let mut numbers = numbers.filter_map(|member| member.citizen_id.as_ref());
        assert!(numbers.all(|number| !texts.contains(number)));
    }
}

#[test]
fn writing_tells_how_far_it_is_and_can_be_ended() {
    let cancelled = AtomicBool::new(false);
    let mut told = Vec::new();
    let rows = (0..5_000_u32).map(|number| vec![Cell::text("a"), Cell::count(number)]);
    let mut tell = |done, total| {
        told.push((done, total));
        cancelled.store(done >= 2_000, Ordering::Release);
    };
    let ended = xlsx_rows(&table(), (rows, 5_000), &mut Watch::new(&mut tell, &cancelled));
    assert_eq!(ended.unwrap_err(), DocumentError::Cancelled);
    assert_eq!(told.last(), Some(&(2_000, 5_000)), "{told:?}");
}

#[test]
fn sheets_of_one_workbook_are_one_work_under_names_that_sheets_may_have() {
    let of = |rows: u32| Table {
        rows: (0..rows).map(|number| vec![Cell::text("a"), Cell::count(number)]).collect(),
        ..table()
    };
    let tables = [("Thôn 1/2: [Nà Pàn]".to_owned(), of(600)), ("Xã".to_owned(), of(3))];
    let cancelled = AtomicBool::new(false);
    let mut told = Vec::new();
    let mut tell = |done, total| told.push((done, total));
    let bytes = xlsx_sheets(&tables, &mut Watch::new(&mut tell, &cancelled)).unwrap();
    assert_eq!(told, [(0, 603), (500, 603), (600, 603), (603, 603)]);
    let workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(workbook.sheet_names(), ["Thôn 12 Nà Pàn", "Xã"]);
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(name).expect("a part"), &mut text).expect("text");
    text
}
