//! Lists as offices send them, spoilt in one way each.

use std::io::Write;

use rasoat_testkit::Household;
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use unicode_normalization::UnicodeNormalization;

/// The columns of a list since July 2025, from column B on; headings stand in row 6, data begins in row 8.
pub(crate) const COLUMNS: [&str; 14] = [
    "Họ và tên chủ hộ",
    "Họ và tên thành viên",
    "Quan hệ với chủ hộ",
    "Ngày, tháng, năm sinh",
    "Giới tính",
    "Số CCCD/ĐDCN",
    "Xã",
    "Mã xã",
    "Thôn",
    "Dân tộc",
    "Phân loại hộ",
    "Điểm B1",
    "Điểm B2",
    "Mã hộ",
];
pub(crate) const BIRTH: &str = COLUMNS[3];
pub(crate) const COMMUNE_NAME: &str = COLUMNS[6];
pub(crate) const COMMUNE_CODE: &str = COLUMNS[7];
pub(crate) const VILLAGE: &str = COLUMNS[8];
pub(crate) const CODE: &str = COLUMNS[13];

/// A cell: text, a number, or a number that Excel shows as a day.
#[derive(Clone)]
pub(crate) enum Cell {
    Text(String),
    Number(f64),
    Day(f64),
}

/// A list as rows of cells by heading, one row per member.
#[derive(Clone)]
pub(crate) struct Sheet {
    columns: Vec<String>,
    rows: Vec<Vec<(&'static str, Cell)>>,
    merged_names: bool,
    decomposed: bool,
}

impl Sheet {
    pub(crate) fn of(households: &[Household]) -> Self {
        let columns = COLUMNS.iter().map(|&name| name.to_owned()).collect();
        Self {
            columns,
            rows: households.iter().flat_map(rows).collect(),
            merged_names: false,
            decomposed: false,
        }
    }

    /// Without a column.
    pub(crate) fn without(mut self, column: &str) -> Self {
        self.columns.retain(|known| known != column);
        self
    }

    /// With every filled cell of a column replaced; it is given the row's number from 0.
    pub(crate) fn with(mut self, column: &str, cell: impl Fn(usize) -> Cell) -> Self {
        for (number, row) in self.rows.iter_mut().enumerate() {
            for (_, known) in row.iter_mut().filter(|(name, _)| *name == column) {
                *known = cell(number);
            }
        }
        self
    }

    /// With the cell of one row replaced.
    pub(crate) fn with_cell(mut self, row: usize, column: &str, cell: Cell) -> Self {
        for (_, known) in self.rows[row].iter_mut().filter(|(name, _)| *name == column) {
            *known = cell.clone();
        }
        self
    }

    /// With one heading merged over the head's and the member's name.
    pub(crate) fn with_merged_names(mut self) -> Self {
        self.merged_names = true;
        self
    }

    /// With every text decomposed (NFD), as some Macs write.
    pub(crate) fn decomposed(mut self) -> Self {
        self.decomposed = true;
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("Hộ nghèo").expect("a name");
        self.put(sheet, 2, 2, &Cell::Text("DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO SAU KHI RÀ SOÁT".to_owned()));
        for (at, heading) in (1..).zip(&self.columns) {
            if !(self.merged_names && at <= 2) {
                self.put(sheet, 5, at, &Cell::Text(heading.clone()));
            }
        }
        if self.merged_names {
            let heading = "Họ và tên chủ hộ, thành viên";
            sheet.merge_range(5, 1, 5, 2, heading, &Format::new()).expect("merged");
        }
        for (number, row) in (7..).zip(&self.rows) {
            for (name, cell) in row {
                if let Some(at) = (1..).zip(&self.columns).find(|(_, known)| known == name) {
                    self.put(sheet, number, at.0, cell);
                }
            }
        }
        workbook.save_to_buffer().expect("a workbook")
    }

    fn put(&self, sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) {
        let written = match cell {
            Cell::Text(text) if self.decomposed => sheet.write(row, column, text.nfd().collect::<String>()),
            Cell::Text(text) => sheet.write(row, column, text),
            Cell::Number(number) => sheet.write(row, column, *number),
            Cell::Day(number) => {
                sheet.write_with_format(row, column, *number, &Format::new().set_num_format("dd/mm/yyyy"))
            }
        };
        written.expect("written");
    }
}

fn rows(household: &Household) -> Vec<Vec<(&'static str, Cell)>> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let village = &household.village;
    let mut rows = Vec::new();
    for member in &household.members {
        let (year, month, day) = member.birth;
        let mut row = vec![
            (COLUMNS[1], text(&member.full_name)),
            (COLUMNS[2], text(member.relation)),
            (BIRTH, Cell::Text(format!("{day:02}/{month:02}/{year}"))),
            (COLUMNS[4], text(if member.female { "Nữ" } else { "Nam" })),
            (COLUMNS[9], text(member.ethnicity)),
        ];
        if let Some(id) = &member.citizen_id {
            row.push((COLUMNS[5], text(id)));
        }
        if rows.is_empty() {
            row.extend([
                (COLUMNS[0], text(&member.full_name)),
                (COMMUNE_NAME, Cell::Text(format!("{} {}", village.commune_kind, village.commune_name))),
                (COMMUNE_CODE, text(village.commune)),
                (VILLAGE, text(village.name)),
                (COLUMNS[10], text(if household.poor { "Hộ nghèo" } else { "Hộ cận nghèo" })),
                (COLUMNS[11], Cell::Number(household.b1.into())),
                (COLUMNS[12], Cell::Number(household.b2.into())),
                (CODE, text(&household.code)),
            ]);
        }
        rows.push(row);
    }
    rows
}

/// The first bytes of Excel's format of before 2007.
pub(crate) fn old_excel() -> Vec<u8> {
    [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 4096]].concat()
}

/// A workbook of 200 KB that unpacks to 128 MB.
pub(crate) fn zip_bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).expect("a part");
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..128 {
        archive.write_all(&blanks).expect("written");
    }
    let bytes = archive.finish().expect("finished").into_inner();
    assert!(bytes.len() < 200_000);
    bytes
}
