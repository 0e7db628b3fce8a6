//! The demo of `cargo xtask run`: 60 households of two communes; and its form with questions that take files.

use anyhow::{Context as _, Result};
use rasoat_exchange::enrolment::InstrumentFiles;

use crate::people::{households, villages};
use crate::workbook::official_list;

/// The official list as an Excel file, with the units as they are since July 2025.
///
/// # Panics
/// When the workbook cannot be written to memory, which is a defect of the generator.
#[expect(clippy::expect_used, reason = "fails only by a defect of the generator itself")]
pub fn list_workbook(seed: u64) -> Vec<u8> {
    official_list(&households(seed), false).expect("a workbook in memory")
}

/// The villages for `rasoat-server device enrol`: `id,name,commune,area_type,households`.
pub fn villages_csv(_seed: u64) -> String {
    let mut csv = String::from("id,name,commune,area_type,households\n");
    for village in villages() {
        csv.push_str(&format!(
            "{},{},{},{},{}\n",
            village.id, village.name, village.commune, village.area, village.all
        ));
    }
    csv
}

/// The form that ships, with a photo of the house, a signature, a recording and a paper asked for behind everything else.
///
/// # Errors
/// When none ships.
pub fn form_with_files() -> Result<InstrumentFiles> {
    let mut form = rasoat_server::shipped_form().context("a form that ships")?;
    let columns = form.survey.lines().next().context("a header")?.split(',').count();
    let row = |cells: &[&str], appearance: &str| {
        let mut row = vec![""; columns];
        row[..cells.len()].copy_from_slice(cells);
        // The appearance stands before who protects, how sure and where from.
        row[columns - 4] = appearance;
        row.join(",") + "\n"
    };
    let mut survey = form.survey.trim_end().to_owned() + "\n";
    survey += &row(&["begin group", "papers", "Ảnh và giấy tờ", "Photos and papers"], "");
    survey += &row(&["image", "house_photo", "Ảnh nhà", "Photo of the house"], "");
    survey += &row(&["image", "head_signature", "Chữ ký chủ hộ", "The head's signature"], "signature");
    survey += &row(&["audio", "words", "Lời kể", "Their words"], "");
    survey += &row(&["file", "paper", "Giấy tờ kèm theo", "A paper"], "");
    survey += &row(&["end group"], "");
    let mut hasher = blake3::Hasher::new();
    for part in [&survey, &form.choices, &form.settings] {
        hasher.update(part.as_bytes());
    }
    form.hash = hasher.finalize().to_hex().to_string();
    Ok(InstrumentFiles { id: "rasoat-household".to_owned(), version: "2026.1".to_owned(), survey, ..form })
}

/// A paper of so many bytes: noise that says of itself that it is one. Another one for another seed.
pub fn paper(seed: u64, bytes: usize) -> Vec<u8> {
    let mut content = vec![0; bytes.max(8)];
    blake3::Hasher::new().update(&seed.to_be_bytes()).finalize_xof().fill(&mut content);
    content[..5].copy_from_slice(b"%PDF-");
    content
}
