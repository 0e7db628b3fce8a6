//! Practising: everything works as in earnest, and nothing of it is ever anywhere else.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rasoat_app::view::{
    AccessForm, BundleChoice, BundleExportForm, HouseholdQuery, NewHouseholdForm, OverviewView, Stage,
};
use rasoat_app::{App, AppError};

use crate::support::{Laptop, PASSPHRASE, all, answer, code, first};

/// What only a practice has: its commune's code.
const MADE_UP: &str = "00001";

/// A laptop with a list and one household answered in earnest.
fn at_work(laptop: &Laptop) -> App {
    let app = laptop.listed();
    let household = first(&app).id;
    answer(&app, &household, "address", "Ngõ 4, sau đồi chè").unwrap();
    app.leave_interview(&household).unwrap();
    app
}

/// Answers in the first household of the practice, adds another household, and seals both.
fn practise(app: &App) {
    assert!(app.begin_practice().unwrap().practice);
    let household = first(app).id;
    answer(app, &household, "address", "Nhà tập").unwrap();
    app.leave_interview(&household).unwrap();
    let village = app.overview().unwrap().villages[0].id.clone();
    let form = NewHouseholdForm {
        village,
        head_name: "Mã Thị Bịa".to_owned(),
        birth: String::new(),
        sex: String::new(),
        citizen_id: String::new(),
        address: String::new(),
    };
    app.add_household(form).unwrap();
}

fn export(folder: &Path) -> BundleExportForm {
    BundleExportForm {
        choice: BundleChoice::Unsent,
        recipients: vec!["province".to_owned()],
        folder: folder.to_str().unwrap().to_owned(),
        with_files: true,
    }
}

/// Counts as Today shows them.
fn counts(overview: &OverviewView) -> (u32, Vec<(String, u32, u32, u32)>) {
    let villages = overview
        .villages
        .iter()
        .map(|village| (village.id.clone(), village.households, village.started, village.signed));
    (overview.custody.only_here, villages.collect())
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.insert(entry.path());
        }
    }
    found
}

#[test]
fn a_practice_has_a_village_of_its_own_and_shows_nothing_in_earnest() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let before: BTreeSet<String> = all(&app).into_iter().map(|row| row.id).collect();
    practise(&app);
    let state = app.state();
    assert_eq!((state.stage, state.practice), (Stage::Open, true));
    assert_eq!(state.communes, ["Tập Làm"]);
    let rows = all(&app);
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| row.village_name == "Thôn Mẫu" && !before.contains(&row.id)));
    let members: u32 = rows.iter().map(|row| row.members).sum();
    assert_eq!(members, 11, "those of the made-up list, and the head that was added");
    // A household in earnest is not there, whoever asks for it.
    let earnest = before.first().unwrap();
    assert_eq!(code(app.household(earnest)), "unknown_household");
    assert_eq!(code(answer(&app, earnest, "address", "x")), "unknown_household");
    let state = app.end_practice();
    assert!(!state.practice);
    assert_eq!(all(&app).into_iter().map(|row| row.id).collect::<BTreeSet<_>>(), before);
}

#[test]
fn an_interview_in_a_practice_is_classified_under_the_standards_in_use() {
    let laptop = Laptop::new();
    let app = laptop.listed();
    app.begin_practice().unwrap();
    let view = app.open_interview(&first(&app).id).unwrap();
    let practised: Vec<_> = view.summary.classifications.iter().map(|one| one.standard.clone()).collect();
    app.end_practice();
    let view = app.open_interview(&first(&app).id).unwrap();
    assert_eq!(
        view.summary.classifications.iter().map(|one| one.standard.clone()).collect::<Vec<_>>(),
        practised
    );
    assert!(!practised.is_empty());
}

#[tokio::test]
async fn nothing_is_sent_written_out_backed_up_or_changed_for_good_while_somebody_practises() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    practise(&app);
    let stick = tempfile::tempdir().unwrap();
    let folder = stick.path().to_str().unwrap().to_owned();
    let access = AccessForm {
        household: first(&app).id,
        folder: folder.clone(),
        full_ids: false,
        passphrase: None,
        language: "vi".to_owned(),
        words: Default::default(),
    };
    let refused: [(&str, Result<(), AppError>); 13] = [
        ("sync_now", app.sync_now().await.map(drop)),
        ("sync_status", app.sync_status().map(drop)),
        ("bundle_status", app.bundle_status().map(drop)),
        ("bundle_export", app.bundle_export(export(stick.path())).map(drop)),
        ("bundle_import", app.bundle_import(&folder).map(drop)),
        ("backup_now", app.backup_now(None).map(drop)),
        ("backup_now on a stick", app.backup_now(Some(&folder)).map(drop)),
        ("access_export", app.access_export(&access).map(drop)),
        ("export_audit", app.export_audit(&folder).map(drop)),
        ("import_list", app.import_list(&laptop.list(2)).map(drop)),
        ("change_key", app.change_key().map(drop)),
        ("retention", app.retention().map(drop)),
        ("audit", app.audit(None, 0, 10).map(drop)),
    ];
    for (act, result) in refused {
        assert_eq!(code(result), "practice", "{act}");
    }
    assert_eq!(files(stick.path()), BTreeSet::new());
    assert_eq!(laptop.province.edits(), 0);
}

#[tokio::test]
async fn no_batch_bundle_backup_or_count_holds_anything_of_a_practice() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let data = laptop.dir.path().join("data");
    let counted = counts(&app.overview().unwrap());
    let unsent = app.sync_status().unwrap().unsent_edits;
    let kept = files(&data);
    practise(&app);
    // What goes by itself goes on meanwhile, of what is in earnest only.
    app.close_down().await;
    let found = app.backups_in(data.join("backups").to_str().unwrap()).unwrap().backups;
    assert_eq!(found.len(), 1);
    assert!(!app.unlock(PASSPHRASE).unwrap().practice);

    assert_eq!(counts(&app.overview().unwrap()), counted);
    let new: Vec<_> = files(&data).difference(&kept).cloned().collect();
    assert!(new.iter().all(|path| path.starts_with(data.join("backups"))), "{new:?}");
    let stick = tempfile::tempdir().unwrap();
    let bundle = app.bundle_export(export(stick.path())).unwrap();
    assert_eq!(bundle.edits, unsent);
    let on_stick = app.backup_now(Some(stick.path().to_str().unwrap())).unwrap();
    let own: u32 = counted.1.iter().map(|village| village.1).sum();
    for backup in found.iter().chain([&on_stick]) {
        assert_eq!((backup.households, backup.unsent_edits), (own, unsent));
    }
    app.sync_now().await.unwrap();
    assert_eq!(laptop.province.edits(), unsent as usize);
    let batches = laptop.province.batches.lock().unwrap();
    let communes: BTreeSet<_> = batches
        .iter()
        .flat_map(|batch| &batch.edits)
        .map(|edit| edit.subject.commune.as_str().to_owned())
        .collect();
    assert!(!communes.contains(MADE_UP) && !communes.is_empty(), "{communes:?}");
}

#[test]
fn nothing_of_a_practice_is_found_or_listed_afterwards() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    let rows = all(&app).len();
    practise(&app);
    app.end_practice();
    let found = HouseholdQuery { text: "Bịa".to_owned(), limit: 10, ..HouseholdQuery::default() };
    assert_eq!(app.households(found).unwrap().total, 0);
    assert_eq!(all(&app).len(), rows);
    assert!(app.list_imports().unwrap().iter().all(|import| import.file == "danh-sach.xlsx"));
}

#[test]
fn locking_ends_a_practice_and_beginning_again_begins_anew() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    practise(&app);
    app.lock().unwrap();
    let folder = laptop.dir.path().join("data/practice");
    assert!(!folder.exists());
    assert_eq!(code(app.begin_practice()), "locked");
    assert!(!app.unlock(PASSPHRASE).unwrap().practice);
    app.begin_practice().unwrap();
    assert_eq!(all(&app).len(), 4);
    // Asked again, it goes on.
    answer(&app, &first(&app).id, "address", "Nhà tập").unwrap();
    app.begin_practice().unwrap();
    assert!(app.overview().unwrap().resume.is_some());
}

#[test]
fn what_a_cut_off_practice_left_goes_at_the_next_start() {
    let laptop = Laptop::new();
    let app = at_work(&laptop);
    practise(&app);
    let folder = laptop.dir.path().join("data/practice");
    assert!(!files(&folder).is_empty());
    drop(app);
    let app = laptop.start();
    assert!(!folder.exists());
    assert!(!app.unlock(PASSPHRASE).unwrap().practice);
}

#[test]
fn only_what_shows_and_answers_asks_for_a_practice() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let asks = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        text.contains("need_desk()") || text.contains(".practice()")
    };
    let found: BTreeSet<String> = files(&source)
        .iter()
        .filter(|path| asks(path))
        .map(|path| path.strip_prefix(&source).unwrap().to_str().unwrap().replace('\\', "/"))
        .collect();
    let known = [
        "app.rs",
        "attachments.rs",
        "conflicts.rs",
        "duplicates.rs",
        "form.rs",
        "household.rs",
        "interview/mod.rs",
        "interview/print.rs",
        "overview.rs",
        "paper/mod.rs",
        "practice/mod.rs",
        "sittings.rs",
        "start.rs",
        "transfers.rs",
        "undo.rs",
    ];
    assert_eq!(found, known.map(str::to_owned).into());
}
