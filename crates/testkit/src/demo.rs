//! The demo of `cargo xtask run`: 60 households of two communes.

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
