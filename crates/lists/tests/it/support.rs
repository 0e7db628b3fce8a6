//! Workbooks as offices make them. Every name is generated.

use std::collections::BTreeMap;

use rasoat_casework::{Commune, CommuneCode, Units};
use rasoat_lists::{HouseholdList, ListProblem, ProblemCode, read_list};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

/// The columns of the first sheet with district, from column B on.
pub(crate) const WITH_DISTRICT: [&str; 25] = [
    "STT",
    "Họ và tên chủ hộ",
    "Họ và tên thành viên",
    "Quan hệ với chủ hộ",
    "Ngày tháng năm sinh",
    "Giới tính",
    "Số CCCD",
    "Tỉnh",
    "Huyện",
    "Mã huyện",
    "Xã",
    "Mã xã",
    "Thôn",
    "Dân tộc",
    "Phân loại hộ",
    "Số QĐ công nhận",
    "Ngày ban hành QĐ",
    "Điểm B1",
    "Điểm B2",
    "Hộ DTTS",
    "Hộ không có khả năng lao động",
    "Hộ có thành viên có công",
    "Nguyên nhân nghèo",
    "Tuổi",
    "Số nhân khẩu",
];

/// The same since July 2025.
pub(crate) fn two_tier() -> Vec<&'static str> {
    WITH_DISTRICT.into_iter().filter(|name| !name.to_lowercase().contains("huyện")).collect()
}

/// Two communes in force; one old code maps to the first, one is divided between both, one old code is also in force.
pub(crate) fn units() -> Units {
    let code = |text: &str| text.parse::<CommuneCode>().expect("a code");
    let commune = |digits: &str, name: &str, kind: &str| Commune {
        code: code(digits),
        name: name.to_owned(),
        kind: kind.to_owned(),
        position: (21.8, 106.7),
    };
    Units {
        version: "2025-07-01".to_owned(),
        communes: [commune("06001", "Đoàn Kết", "xã"), commune("05986", "Tam Thanh", "phường")]
            .into_iter()
            .map(|commune| (commune.code.clone(), commune))
            .collect(),
        districts: BTreeMap::new(),
        old_to_new: BTreeMap::from([
            (code("06004"), vec![code("06001")]),
            (code("06622"), vec![code("06001"), code("05986")]),
            (code("05986"), vec![code("05986")]),
        ]),
    }
}

/// One cell to write.
#[derive(Clone)]
pub(crate) enum C {
    T(&'static str),
    S(String),
    N(f64),
    F(&'static str),
    Serial(f64),
    E,
}

/// A row by header name.
pub(crate) type Line = Vec<(&'static str, C)>;

pub(crate) fn head(name: &'static str) -> Line {
    vec![
        ("STT", C::N(1.0)),
        ("Họ và tên chủ hộ", C::T(name)),
        ("Họ và tên thành viên", C::T(name)),
        ("Quan hệ với chủ hộ", C::T("Chủ hộ")),
        ("Ngày tháng năm sinh", C::T("12/03/1984")),
        ("Giới tính", C::T("Nam")),
        ("Số CCCD", C::T("020084001234")),
        ("Tỉnh", C::T("Lạng Sơn")),
        ("Xã", C::T("Đoàn Kết")),
        ("Mã xã", C::T("06001")),
        ("Thôn", C::T("Thôn Nà Lốc")),
        ("Dân tộc", C::T("Nùng")),
        ("Phân loại hộ", C::T("Hộ nghèo")),
        ("Số QĐ công nhận", C::T("15/QĐ-UBND")),
        ("Ngày ban hành QĐ", C::T("14/12/2025")),
        ("Điểm B1", C::N(120.0)),
        ("Điểm B2", C::N(40.0)),
        ("Hộ DTTS", C::T("x")),
    ]
}

pub(crate) fn member(name: &'static str, relation: &'static str, sex: &'static str) -> Line {
    vec![
        ("Họ và tên thành viên", C::T(name)),
        ("Quan hệ với chủ hộ", C::T(relation)),
        ("Ngày tháng năm sinh", C::T("1987")),
        ("Giới tính", C::T(sex)),
        ("Dân tộc", C::T("Tày")),
    ]
}

/// The line with cells replaced (or added).
pub(crate) fn with(mut line: Line, cells: &[(&'static str, C)]) -> Line {
    for (name, cell) in cells {
        line.retain(|(known, _)| known != name);
        line.push((name, cell.clone()));
    }
    line
}

pub(crate) fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &C) {
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let done = match cell {
        C::T(text) => sheet.write_string(row, column, *text).map(|_| ()),
        C::S(text) => sheet.write_string(row, column, text).map(|_| ()),
        C::N(number) => sheet.write_number(row, column, *number).map(|_| ()),
        C::F(formula) => sheet
            .write_formula(row, column, rust_xlsxwriter::Formula::new(*formula).set_result("#REF!"))
            .map(|_| ()),
        C::Serial(number) => sheet.write_number_with_format(row, column, *number, &day).map(|_| ()),
        C::E => Ok(()),
    };
    done.expect("writes a cell");
}

/// A sheet with its title at row 3, headers at row 6 from `first_column`, numbers of columns at row 7, data from row 8.
pub(crate) fn fill(
    sheet: &mut Worksheet,
    title: &str,
    headers: &[&'static str],
    first_column: u16,
    lines: &[Line],
) {
    sheet.write_string(2, 2, title).expect("writes a title");
    for (index, header) in headers.iter().enumerate() {
        let column = first_column + u16::try_from(index).expect("few columns");
        sheet.write_string(5, column, *header).expect("writes a header");
        sheet.write_string(6, column, format!("({})", index + 1)).expect("writes a number");
    }
    for (index, line) in lines.iter().enumerate() {
        for (name, cell) in line {
            let Some(at) = headers.iter().position(|header| header == name) else { continue };
            let row = 7 + u32::try_from(index).expect("few rows");
            put(sheet, row, first_column + u16::try_from(at).expect("few columns"), cell);
        }
    }
}

pub(crate) const TITLE: &str = "DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO SAU KHI RÀ SOÁT";

/// A workbook of the first sheet alone.
pub(crate) fn book(headers: &[&'static str], lines: &[Line]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet().set_name("HN, HCN").expect("names a sheet"), TITLE, headers, 1, lines);
    workbook.save_to_buffer().expect("writes a workbook")
}

/// A workbook whose first sheet `draw` draws.
pub(crate) fn drawn(draw: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    draw(workbook.add_worksheet());
    workbook.save_to_buffer().expect("writes a workbook")
}

pub(crate) fn read(bytes: &[u8]) -> HouseholdList {
    read_list(bytes, &units()).expect("reads the list")
}

pub(crate) fn of_lines(lines: &[Line]) -> HouseholdList {
    read(&book(&two_tier(), lines))
}

pub(crate) fn codes(list: &HouseholdList) -> Vec<ProblemCode> {
    list.problems.iter().map(|problem| problem.code).collect()
}

pub(crate) fn only(list: &HouseholdList) -> &ListProblem {
    assert_eq!(list.problems.len(), 1, "{:?}", list.problems);
    &list.problems[0]
}
