//! The official tables of a laptop are those of the province, figure by figure.

use std::collections::BTreeMap;

use rasoat_app::view::{CountingPaper, PaperFormat, PaperWriteForm};
use rasoat_reports::tables::Table;
use rasoat_testkit::interviewer::{Preferences, poor, surely_poor};
use rasoat_testkit::province::Province;
use rasoat_testkit::visit;

use crate::support::{Desk, Officer};

type Figures = BTreeMap<String, BTreeMap<String, u64>>;

/// What is there of a table.
fn with_figures(rows: impl Iterator<Item = (String, Vec<(String, u64)>)>) -> Figures {
    let counted = rows.map(|(row, cells)| {
        let cells = cells.into_iter().filter(|(_, count)| *count > 0);
        (row, cells.collect::<BTreeMap<_, _>>())
    });
    counted.filter(|(_, cells)| !cells.is_empty()).collect()
}

fn of_laptop(desk: &Desk, table: Table) -> Figures {
    let counted = desk.app.counted_table(table).expect("a table");
    let columns = &counted.columns;
    with_figures(counted.rows.into_iter().map(|row| {
        let cells = columns.iter().cloned().zip(row.counts.into_iter().map(u64::from));
        (row.key, cells.collect())
    }))
}

async fn of_province(officer: &Officer, table: Table) -> Figures {
    let path = format!("/api/reports/table?table={}&rows=villages", table.as_str());
    let shown = officer.get(&path).await;
    let columns: Vec<(String, bool)> = shown["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|column| (column["key"].as_str().expect("a key").to_owned(), column["unit"] == "percent"))
        .collect();
    let rows = shown["rows"].as_array().expect("rows").iter().map(|row| {
        let cells = row["cells"].as_array().expect("cells").iter().zip(&columns);
        let counts = cells.filter(|(_, (_, percent))| !percent);
        let counts = counts.map(|(cell, (key, _))| (key.clone(), cell["count"].as_u64().unwrap_or_default()));
        (row["key"].as_str().expect("a key").to_owned(), counts.collect())
    });
    with_figures(rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_the_laptop_are_the_provinces() {
    let province = Province::start().await.expect("a province");
    let desk = Desk::listed(&province, "Máy 01").await;
    let officer = Officer::log_in(&province.url(""), province.password()).await;
    let homes: Vec<String> =
        desk.app.procedure_board(None).expect("a board").rows.into_iter().map(|row| row.household).collect();
    let with = |more: &[(&'static str, &'static str)]| -> Preferences {
        poor().into_iter().chain(more.iter().copied()).collect()
    };
    let answers = [
        surely_poor(),
        poor(),
        with(&[("b1_total", "190"), ("floor_area", "80")]),
        with(&[
            ("poverty_causes", "land other"),
            ("water_source", "tap"),
            ("floor_area", "70"),
            ("toilet", "septic"),
        ]),
    ];
    for (home, preferences) in homes.iter().zip(answers.iter().cycle()).take(8) {
        visit::complete(&desk.app, home, preferences).expect("signed");
    }
    // One is begun and not signed.
    let last = homes.last().expect("a household");
    crate::support::answer(&desk.app, last, "address", "Xóm mới").expect("answered");
    desk.app.leave_interview(last).expect("left");
    desk.sync().await;
    for table in Table::ALL {
        let (laptop, shown) = (of_laptop(&desk, table), of_province(&officer, table).await);
        assert_eq!(laptop, shown, "{}", table.as_str());
        assert!(!laptop.is_empty() || table == Table::Children, "{} has no figure", table.as_str());
        let living = laptop.values().any(|row| row.contains_key("all_households"));
        assert_eq!(living, table == Table::Official, "{}", table.as_str());
    }

    // All of them as one workbook.
    let folder = desk.folder.path().to_str().expect("a folder").to_owned();
    let village = desk.app.procedure_board(None).expect("a board");
    let of_village = village.rows.len().to_string();
    let (all, one) = (workbook(&desk, None, &folder), workbook(&desk, village.village, &folder));
    assert!(all.contains(&"Cộng".to_owned()) && all.contains(&"60".to_owned()), "{all:?}");
    assert!(one.contains(&of_village) && !one.contains(&"60".to_owned()), "{one:?}");
}

/// What stands on the first sheet of the tables of a village, or of all.
fn workbook(desk: &Desk, village: Option<String>, folder: &str) -> Vec<String> {
    let form = PaperWriteForm {
        kind: CountingPaper::Tables.into(),
        format: PaperFormat::Xlsx,
        village,
        folder: folder.to_owned(),
        full_ids: false,
    };
    let written = desk.app.write_paper(&form).expect("written");
    let bytes = std::fs::read(desk.folder.path().join(&written.name)).expect("a workbook");
    let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let sheets = calamine::Reader::sheet_names(&book);
    assert_eq!(sheets.len(), Table::ALL.len());
    let results = calamine::Reader::worksheet_range(&mut book, &sheets[0]).expect("a sheet");
    results.used_cells().map(|(_, _, cell)| cell.to_string()).collect()
}
