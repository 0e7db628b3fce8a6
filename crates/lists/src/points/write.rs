//! A point table to the workbook that is read back the same.

use std::collections::BTreeSet;

use rasoat_casework::standard::PointTable;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{ABOUT_SHEET, CONFIDENCES, NO, ROWS_SHEET, YES};

pub(super) fn workbook(table: &PointTable) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    write_rows(workbook.add_worksheet().set_name(ROWS_SHEET)?, table, &bold)?;
    write_about(workbook.add_worksheet().set_name(ABOUT_SHEET)?, table, &bold)?;
    workbook.save_to_buffer()
}

fn write_rows(sheet: &mut Worksheet, table: &PointTable, bold: &Format) -> Result<(), XlsxError> {
    let languages: BTreeSet<&str> = table
        .rows
        .iter()
        .flat_map(|row| row.label.0.keys().map(String::as_str))
        .filter(|language| *language != "vi")
        .collect();
    let mut headers = vec!["key".to_owned(), "label".to_owned()];
    headers.extend(languages.iter().map(|language| format!("label::{language}")));
    headers.extend(["expression", "each", "at_most"].map(str::to_owned));
    headers.extend(table.columns.iter().cloned());
    for (column, header) in (0..).zip(&headers) {
        sheet.write_string_with_format(0, column, header, bold)?;
    }
    for (row, points) in (1..).zip(&table.rows) {
        let wording = |language: &str| points.label.0.get(language).map(String::as_str);
        let mut texts = vec![Some(points.key.as_str()), wording("vi")];
        texts.extend(languages.iter().map(|language| wording(language)));
        texts.push(Some(points.when.source()));
        texts.push(points.each.as_ref().map(|each| each.repeat.as_str()));
        let mut column = 0;
        for text in texts {
            if let Some(text) = text {
                sheet.write_string(row, column, text)?;
            }
            column += 1;
        }
        if let Some(most) = points.each.as_ref().and_then(|each| each.at_most) {
            sheet.write_number(row, column, most)?;
        }
        for figure in &points.points {
            column += 1;
            sheet.write_number(row, column, *figure)?;
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofit();
    Ok(())
}

fn write_about(sheet: &mut Worksheet, table: &PointTable, bold: &Format) -> Result<(), XlsxError> {
    let confidence = CONFIDENCES.iter().find(|(_, known)| *known == table.provenance.confidence);
    let mut lines = vec![("id".to_owned(), table.id.as_str())];
    for (language, words) in &table.title.0 {
        let word = if language == "vi" { "title".to_owned() } else { format!("title::{language}") };
        lines.push((word, words));
    }
    lines.push(("source".to_owned(), &table.provenance.source));
    lines.push(("confidence".to_owned(), confidence.map_or("", |(word, _)| word)));
    lines.push(("dummy".to_owned(), if table.dummy { YES } else { NO }));
    for (row, (word, value)) in (0..).zip(&lines) {
        sheet.write_string_with_format(row, 0, word, bold)?;
        sheet.write_string(row, 1, *value)?;
    }
    sheet.autofit();
    Ok(())
}
