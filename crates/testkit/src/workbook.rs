//! The official three-sheet list, written the way provinces write it (columns: `lists`).

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::people::Household;

/// Headings of the first sheet, from column B.
const HEADINGS: &[&str] = &[
    "STT",
    "Họ và tên chủ hộ",
    "Họ và tên thành viên",
    "Quan hệ với chủ hộ",
    "Ngày, tháng, năm sinh",
    "Giới tính",
    "Số CCCD/ĐDCN",
    "Tỉnh",
    "Huyện",
    "Mã huyện",
    "Xã",
    "Mã xã",
    "Thôn",
    "Dân tộc",
    "Phân loại hộ",
    "Số quyết định công nhận",
    "Ngày ban hành quyết định",
    "Điểm B1",
    "Điểm B2",
    "Hộ DTTS",
    "Hộ không có khả năng lao động",
    "Hộ có thành viên người có công",
    "Nguyên nhân nghèo",
    "Tuổi",
    "Số nhân khẩu",
];

/// Writes the list: sheet 1 with data from row 8, sheets 2 and 3 with headings only. `old_units` writes the codes and names
/// from before July 2025 with districts; else district columns stay empty and codes are the new ones.
///
/// # Errors
/// When the workbook cannot be written.
pub fn official_list(households: &[Household], old_units: bool) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet().set_name("Hộ nghèo, hộ cận nghèo")?;
    sheet.merge_range(2, 1, 2, 26, "DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO SAU KHI RÀ SOÁT", &bold)?;
    sheet.merge_range(3, 1, 3, 26, "Năm 2025", &bold)?;
    headings(sheet, 5, HEADINGS, &bold)?;
    let mut row = 7;
    for (number, household) in households.iter().enumerate() {
        row = lines(sheet, row, number + 1, household, old_units)?;
    }
    for (name, title) in [
        ("Hộ thoát nghèo", "DANH SÁCH HỘ THOÁT NGHÈO"),
        ("Hộ thoát cận nghèo", "DANH SÁCH HỘ THOÁT CẬN NGHÈO"),
    ] {
        let sheet = workbook.add_worksheet().set_name(name)?;
        sheet.merge_range(2, 1, 2, 12, title, &bold)?;
        let words = [
            "STT",
            "Họ và tên",
            "Quan hệ với chủ hộ",
            "Giới tính",
            "Ngày, tháng, năm sinh",
            "Số CCCD/ĐDCN",
            "Dân tộc",
            "Địa chỉ",
            "Điểm B1",
            "Điểm B2",
        ];
        headings(sheet, 7, &words, &bold)?;
        sheet.write_with_format(7, 12, "Ghi chú", &bold)?;
    }
    workbook.save_to_buffer()
}

fn headings(sheet: &mut Worksheet, row: u32, words: &[&str], bold: &Format) -> Result<(), XlsxError> {
    for (column, word) in (1..).zip(words) {
        sheet.write_with_format(row, column, *word, bold)?;
    }
    Ok(())
}

/// One row per member; what belongs to the household stands on the first only. Returns the next free row.
fn lines(
    sheet: &mut Worksheet,
    mut row: u32,
    number: usize,
    household: &Household,
    old_units: bool,
) -> Result<u32, XlsxError> {
    let village = &household.village;
    for (index, member) in household.members.iter().enumerate() {
        if index == 0 {
            sheet.write(row, 1, u32::try_from(number).unwrap_or(u32::MAX))?;
            sheet.write(row, 2, &member.full_name)?;
            sheet.write(row, 8, "Lạng Sơn")?;
            if old_units {
                sheet.write(row, 9, village.old_district.1)?;
                sheet.write(row, 10, village.old_district.0)?;
                sheet.write(row, 11, village.old_commune.1)?;
                sheet.write(row, 12, village.old_commune.0)?;
            } else {
                sheet.write(row, 11, format!("{} {}", village.commune_kind, village.commune_name))?;
                sheet.write(row, 12, village.commune)?;
            }
            sheet.write(row, 13, village.name)?;
            sheet.write(row, 15, if household.poor { "Hộ nghèo" } else { "Hộ cận nghèo" })?;
            sheet.write(row, 16, "83/QĐ-UBND")?;
            sheet.write(row, 17, "15/01/2026")?;
            sheet.write(row, 18, household.b1)?;
            sheet.write(row, 19, household.b2)?;
            sheet.write(row, 20, if member.ethnicity == "Kinh" { "" } else { "x" })?;
            sheet.write(row, 26, u32::try_from(household.members.len()).unwrap_or(u32::MAX))?;
        }
        let (year, month, day) = member.birth;
        sheet.write(row, 3, &member.full_name)?;
        sheet.write(row, 4, member.relation)?;
        sheet.write(row, 5, format!("{day:02}/{month:02}/{year}"))?;
        sheet.write(row, 6, if member.female { "Nữ" } else { "Nam" })?;
        sheet.write(row, 7, member.citizen_id.as_deref().unwrap_or(""))?;
        sheet.write(row, 14, member.ethnicity)?;
        sheet.write(row, 25, 2026 - year)?;
        row += 1;
    }
    Ok(row)
}
