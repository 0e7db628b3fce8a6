//! How long papers take: a list of 20,000 households as a workbook, and 100 filled interviews as one PDF.

use std::process::Command;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, Result, anyhow};
use rasoat_app::AppError;
use rasoat_app::view::{HouseholdQuery, PaperFormat, PaperKind, PaperWriteForm};
use rasoat_documents::{
    Head, Interchange, InterchangeHousehold, InterchangeMember, List, MeetingRow, Reviewed, Watch,
    results_list, xlsx,
};
use rasoat_testkit::interviewer::surely_poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::workbook::official_list;
use rasoat_testkit::{households, laptop, visit};
use serde_json::{Value, json};

use crate::figure::{Bar, Figures, timed};

/// Members of a household, as many as the frame has on average.
const MEMBERS: usize = 4;

pub(crate) fn measure(figures: &mut Figures) -> Result<()> {
    workbook(figures)?;
    interviews(figures)
}

/// What a list of so many households took, written in a process of its own: `{"seconds":…,"peak_mb":…,"bytes":…}`. A row for each
/// household, or the interchange list with a row for each member.
pub(crate) fn written(count: usize, members: bool) -> Result<Value> {
    let cancelled = AtomicBool::new(false);
    let mut told = 0_u32;
    let mut tell = |_, _| told += 1;
    let mut watch = Watch::new(&mut tell, &cancelled);
    let (micros, bytes) = if members {
        let list = interchange(count);
        timed(|| list.xlsx(&mut watch))
    } else {
        let list = results(count);
        timed(|| xlsx(&[list], &mut watch))
    };
    let bytes = bytes?.len();
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak")?;
    let peak: f64 = peak.trim().trim_end_matches("kB").trim().parse()?;
    Ok(json!({ "seconds": micros / 1e6, "peak_mb": peak / 1024.0, "bytes": bytes, "told": told }))
}

fn workbook(figures: &Figures) -> Result<()> {
    let count = if figures.is_quick() { 1_000 } else { 20_000 };
    let apart = |further: &[&str]| -> Result<Value> {
        let mut program = Command::new(std::env::current_exe()?);
        let output = program.args(["--list", &count.to_string()]).args(further).output()?;
        Ok(serde_json::from_slice(&output.stdout)?)
    };
    let number = |found: &Value, name: &str| found[name].as_f64().context("no such number");
    let found = apart(&[])?;
    let context = json!({ "households": count, "bytes": found["bytes"],
        "what": "the list of results, a row for each household, in a process of its own with its data" });
    let (seconds, peak) = (number(&found, "seconds")?, number(&found, "peak_mb")?);
    figures.print("reports.xlsx_20k_s", seconds, "s", Bar::AtMost(3.0), context.clone());
    figures.print("reports.xlsx_20k_rss_mb", peak, "MB", Bar::AtMost(200.0), context);
    let found = apart(&["--members"])?;
    let context = json!({ "households": count, "rows": count * MEMBERS, "bytes": found["bytes"],
        "peak_mb": number(&found, "peak_mb")?.round(), "what": "the interchange list, a row for each member" });
    figures.note("reports.xlsx_interchange_20k_s", number(&found, "seconds")?, "s", context);
    Ok(())
}

/// From the database to the file, as the laptop does it.
fn interviews(figures: &Figures) -> Result<()> {
    let refused = |error: AppError| anyhow!("refused: {}", error.code);
    let wanted = if figures.is_quick() { 5 } else { 100 };
    let runtime = tokio::runtime::Runtime::new()?;
    let province = runtime.block_on(Province::start())?;
    let handover = runtime.block_on(province.enrol("Máy 07"))?;
    let folder = tempfile::tempdir()?;
    let app = laptop::start(folder.path(), province.clock.reader()).map_err(refused)?;
    laptop::enrol(&app, &handover).map_err(refused)?;
    let listed = [households(1), households(2)].concat();
    laptop::import(&app, &official_list(&listed, false)?)?;
    let query = HouseholdQuery { limit: 200, ..HouseholdQuery::default() };
    let rows = app.households(query).map_err(refused)?.rows;
    for row in rows.iter().take(wanted) {
        visit::complete(&app, &row.id, &surely_poor())?;
    }
    let form = PaperWriteForm {
        kind: PaperKind::Interviews.into(),
        village: None,
        format: PaperFormat::Pdf,
        full_ids: true,
        folder: folder.path().to_str().context("a readable path")?.to_owned(),
    };
    let (first, written) = timed(|| app.write_paper(&form));
    let written = written.map_err(refused)?;
    let (micros, _) = timed(|| app.write_paper(&form));
    figures.print(
        "reports.pdf_100_s",
        first.max(micros) / 1e6,
        "s",
        Bar::AtMost(5.0),
        json!({ "interviews": written.households, "bytes": written.bytes, "again_s": micros / 1e6,
            "what": "from the laptop's database to the file: opened, scored, set, bound, written and read back" }),
    );
    Ok(())
}

fn results(count: usize) -> List {
    let row = |number: usize| Reviewed {
        result: MeetingRow {
            head: format!("Hoàng Thị Thúy {number}"),
            village: format!("Thôn {}", number % 300),
            members: 4,
            previous: Some("poor".to_owned()),
            class: Some(["poor", "near_poor", "average", "not_poor"][number % 4].to_owned()),
            provisional: false,
            b1: Some(131.5),
            b2: Some(40.0),
        },
        code: Some(format!("LS-{number:05}")),
        decision_number: Some("12/QĐ-UBND".to_owned()),
        decision_date: Some("2026-12-10".to_owned()),
    };
    let rows: Vec<Reviewed> = (0..count).map(row).collect();
    let head = Head {
        commune: "xã Ba Sơn".to_owned(),
        village: None,
        round: 2026,
        made_on: "2026-12-12".to_owned(),
    };
    results_list(head, &rows)
}

fn interchange(count: usize) -> Interchange {
    let member = |household: usize, place: usize| InterchangeMember {
        name: format!("Hoàng Thị Thúy {household} {place}"),
        relation: Some(if place == 0 { "head" } else { "child" }.to_owned()),
        birth: Some(format!("19{:02}-03-12", (household + place) % 100)),
        sex: Some("female".to_owned()),
        citizen_id: Some(format!("020{:09}", household * MEMBERS + place)),
        ethnicity: Some("07".to_owned()),
    };
    let household = |number: usize| InterchangeHousehold {
        code: Some(format!("LS-{number:05}")),
        head: format!("Hoàng Thị Thúy {number} 0"),
        commune: "06196".to_owned(),
        commune_name: "xã Ba Sơn".to_owned(),
        village: format!("Thôn {}", number % 300),
        class: Some(["poor", "near_poor", "escaped_poor", "escaped_near_poor"][number % 4].to_owned()),
        decision_number: Some("12/QĐ-UBND".to_owned()),
        decision_date: Some("2026-12-10".to_owned()),
        b1: Some(131.5),
        b2: Some(40.0),
        minority: true,
        causes: vec!["không có đất sản xuất".to_owned()],
        members: (0..MEMBERS).map(|place| member(number, place)).collect(),
        ..InterchangeHousehold::default()
    };
    let households = (0..count).map(household).collect();
    Interchange { round: 2026, province: "Lạng Sơn".to_owned(), households }
}
