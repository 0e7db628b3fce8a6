//! The account of what was done on a laptop: what is in it, what is not, and checking it with and without the program.

use std::path::Path;
use std::process::Command;

use rasoat_app::App;
use rasoat_app::view::{AuditGroup, AuditRowView};

use crate::support::{Laptop, PASSPHRASE, answer, code, first};

fn rows(app: &App) -> Vec<AuditRowView> {
    app.audit(None, 0, 200).unwrap().rows
}

fn acts(app: &App) -> Vec<String> {
    rows(app).into_iter().rev().map(|row| row.act).collect()
}

/// `docs/audit_check.py` with Python's own library alone.
fn check(file: &Path, last: &[&str]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/audit_check.py");
    let ended = Command::new("python3").args(["-I", "-S"]).arg(script).arg(file).args(last).output().unwrap();
    (ended.status.success(), String::from_utf8(ended.stdout).unwrap())
}

#[test]
fn coming_in_wrong_tries_lists_and_going_out_are_accounted_for() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    app.lock().unwrap();
    for _ in 0..2 {
        assert_eq!(code(app.unlock("không phải nó")), "wrong_passphrase");
    }
    app.unlock(PASSPHRASE).unwrap();
    assert_eq!(acts(&app), ["enrol", "sign_in", "import_list", "sign_out", "wrong_passphrase", "sign_in"]);
    let tries = rows(&app).into_iter().find(|row| row.act == "wrong_passphrase").unwrap();
    assert_eq!(tries.details["times"], "2");
    assert_eq!(tries.who, "Hoàng Thị Thử");
    let access = app.audit(Some(AuditGroup::Access), 0, 200).unwrap();
    assert_eq!((access.total, access.rows.len()), (4, 4));
    let checked = app.check_audit().unwrap();
    assert_eq!((checked.rows, checked.broken_row, checked.broken_edit), (6, None, None));
    assert!(checked.edits > 0 && checked.writers == 1);
}

#[test]
fn the_trail_names_households_by_id_alone_and_shows_their_heads_while_they_are_here() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    let home = first(&app);
    answer(&app, &home.id, "floor_area", "30").unwrap();
    app.leave_interview(&home.id).unwrap();
    let sitting = app.household_history(&home.id, 0, 1).unwrap().sittings.remove(0);
    app.undo(&rasoat_app::view::UndoForm {
        household: home.id.clone(),
        edits: sitting.edits,
        only: None,
        reason: "Ghi nhầm".to_owned(),
        also_later: false,
    })
    .unwrap();
    let undone = rows(&app).remove(0);
    assert_eq!((undone.act.as_str(), undone.details["household"].as_str()), ("undo", home.id.as_str()));
    assert_eq!(undone.head_name.as_deref(), Some(home.head_name.as_str()));
    let out = app.export_audit(laptop.dir.path().to_str().unwrap()).unwrap();
    let text = std::fs::read_to_string(laptop.dir.path().join(out.name)).unwrap();
    for secret in [home.head_name.as_str(), "Hoàng Thị Thử", "Ghi nhầm", &home.village_name] {
        assert!(!text.contains(secret), "the file names somebody or something");
    }
}

#[test]
fn stock_python_checks_the_file_and_names_the_first_row_that_is_broken() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    app.lock().unwrap();
    app.unlock(PASSPHRASE).unwrap();
    let before = app.check_audit().unwrap().head;
    let folder = laptop.dir.path();
    let out = app.export_audit(folder.to_str().unwrap()).unwrap();
    assert_eq!((acts(&app).pop().as_deref(), out.rows), (Some("audit_export"), 6));
    let file = folder.join(&out.name);
    let (whole, said) = check(&file, &[&out.head]);
    assert!(whole && said.contains("6 rows are whole") && said.contains(&out.head), "{said}");
    assert!(check(&file, &[&before]).0, "an earlier hash is among them");

    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let spoilt = folder.join("spoilt.jsonl");
    let changed = text.replacen("import_list", "import_bundle", 1);
    let left_out = [&lines[..3], &lines[4..]].concat().join("\n");
    let swapped = [lines[1], lines[0], lines[2]].join("\n");
    for (text, row) in [(changed, 3), (left_out, 4), (swapped, 1), ("{}".to_owned(), 1)] {
        std::fs::write(&spoilt, text).unwrap();
        let (whole, said) = check(&spoilt, &[]);
        assert!(!whole && said.starts_with(&format!("row {row} is not as it was written")), "{said}");
    }
    std::fs::write(&spoilt, lines[..5].join("\n")).unwrap();
    assert!(check(&spoilt, &[]).0, "what is missing at the end only a hash that was noted shows");
    assert!(!check(&spoilt, &[&out.head]).0);
}
