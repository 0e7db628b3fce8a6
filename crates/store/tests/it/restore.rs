//! Backups put in the place of databases that are gone, damaged or whole; and what is brought over from these.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rasoat_casework::WriterId;
use rasoat_store::{Aside, Moved, NewUser, Op, Place, Restore, Store, StoreError};
use tempfile::TempDir;

use crate::support::*;

/// A store with two sealed interviews and a draft, and a backup of it.
fn backed_up() -> (TempDir, Store, PathBuf) {
    let (dir, store) = fresh();
    let lines: Vec<_> = (1..=50).map(|number| household(number, "na-lung", "Nông Văn Đào")).collect();
    add(&store, &[village("na-lung", "Nà Lùng")], &lines);
    for number in 1..=2 {
        answer(&store, &interview(1_000_000 + number), "address", "Nà Lùng");
        seal(&store, &interview(1_000_000 + number), NOW);
    }
    answer(&store, &interview(1_000_003), "address", "chưa niêm");
    let folder = dir.path().join("backup-1");
    back_up(&store, &folder);
    (dir, store, folder)
}

/// What was sealed and answered after the backup: a sealed interview, one sealed that was a draft, and a new draft.
fn go_on(store: &Store) {
    answer(store, &interview(1_000_004), "address", "sau bản sao");
    seal(store, &interview(1_000_004), NOW);
    answer(store, &interview(1_000_003), "phone", "0912");
    seal(store, &interview(1_000_003), NOW);
    answer(store, &interview(1_000_005), "address", "nháp mới");
}

fn texts_after(store: &Store) -> (usize, usize, usize, usize) {
    let edits = |number: u128| store.read(|reader| reader.edits_of(&interview(number))).unwrap().len();
    (
        edits(1_000_004),
        edits(1_000_003),
        draft_texts(store, &interview(1_000_003)).len(),
        draft_texts(store, &interview(1_000_005)).len(),
    )
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn writer(store: &Store) -> WriterId {
    store.read(|reader| reader.chain()).unwrap().writer
}

#[test]
fn a_database_that_is_gone_comes_back_from_its_backup() {
    let (dir, store, folder) = backed_up();
    let unsent = store.read(|reader| reader.unsent_count()).unwrap();
    store.close().unwrap();
    for name in ["rasoat.db", "rasoat.keys"] {
        fs::remove_file(dir.path().join(name)).unwrap();
    }
    let restored = restore(dir.path(), &folder).unwrap();
    assert_eq!((restored.backup.households, restored.backup.interviews), (50, 0));
    assert_eq!(restored.brought, None);
    let store = reopen(dir.path());
    assert_eq!(store.read(|reader| reader.unsent_count()).unwrap(), unsent);
    assert_eq!(draft_texts(&store, &interview(1_000_003)).len(), 1);
}

#[test]
fn what_a_whole_database_holds_beyond_the_backup_is_brought_over_and_its_files_go_aside() {
    let (dir, store, folder) = backed_up();
    go_on(&store);
    assert_eq!(texts_after(&store), (1, 1, 0, 1));
    let chain = store.read(|reader| reader.chain()).unwrap();
    store.close().unwrap();
    let before = fs::read(dir.path().join("rasoat.db")).unwrap();

    let brought = restore(dir.path(), &folder).unwrap().brought.unwrap();
    assert_eq!((brought.edits, brought.answers, brought.whole), (2, 1, true));
    let aside = dir.path().join("aside/20261123-0800");
    assert_eq!(fs::read(aside.join("rasoat.db")).unwrap(), before, "as it was");
    assert!(Store::open(&aside, &passphrase(PASSPHRASE), NOW).is_ok());

    let store = reopen(dir.path());
    assert_eq!(texts_after(&store), (1, 1, 0, 1));
    assert_eq!(store.read(|reader| reader.chain()).unwrap(), chain, "as far as it was");
    assert!(store.read(|reader| reader.are_lists_stale()).unwrap());
}

#[test]
fn what_stands_in_the_log_alone_is_brought_over_too_and_the_log_goes_aside_with_its_database() {
    let (dir, store, folder) = backed_up();
    go_on(&store);
    let cut = crash_copy(dir.path(), store);
    let log = fs::read(cut.path().join("rasoat.db-wal")).unwrap();
    assert!(!log.is_empty());
    let brought = restore(cut.path(), &folder).unwrap().brought.unwrap();
    assert_eq!((brought.edits, brought.whole), (2, true));
    assert_eq!(fs::read(cut.path().join("aside/20261123-0800/rasoat.db-wal")).unwrap(), log);
    assert!(!cut.path().join("rasoat.db-wal").exists());
    assert_eq!(texts_after(&reopen(cut.path())), (1, 1, 0, 1));
}

#[test]
fn a_restored_database_is_another_life_on_every_file_system() {
    let (dir, store, folder) = backed_up();
    let place = |dir: &Path| Place::of(dir, None);
    assert_eq!(store.settle_in(&place(dir.path()), NOW, |_| Ok(())).unwrap(), None);
    store.close().unwrap();
    restore(dir.path(), &folder).unwrap();
    let store = reopen(dir.path());
    let before = writer(&store);
    let moved = store.settle_in(&place(dir.path()), NOW, |_| Ok(())).unwrap();
    assert_eq!(moved, Some(Moved::OtherState));
    assert_ne!(writer(&store), before);
}

#[test]
fn pages_that_cannot_be_read_cost_what_is_in_them_and_no_more() {
    let (dir, store) = fresh();
    let folder = dir.path().join("backup-1");
    back_up(&store, &folder);
    for number in 1..=120 {
        answer(&store, &interview(number), "address", &"một câu trả lời dài ".repeat(30));
        seal(&store, &interview(number), NOW);
    }
    store.close().unwrap();
    let whole = fs::read(dir.path().join("rasoat.db")).unwrap();
    let pages = whole.len() / 4096;
    let (mut unread, mut partly, mut wholly) = (0, 0, 0);
    for hit in (3..pages).step_by(4) {
        let machine = tempfile::tempdir().unwrap();
        fs::copy(dir.path().join("rasoat.keys"), machine.path().join("rasoat.keys")).unwrap();
        let database = machine.path().join("rasoat.db");
        fs::write(&database, &whole).unwrap();
        flip(&database, hit * 4096 + 70);
        assert_eq!(
            Store::open(machine.path(), &passphrase(PASSPHRASE), NOW).err(),
            Some(StoreError::Damaged)
        );
        // A page of the schema closes everything; there are few of them, and they are seldom written.
        let Some(brought) = restore(machine.path(), &folder).unwrap().brought else {
            unread += 1;
            continue;
        };
        let store = reopen(machine.path());
        store.check().unwrap();
        let found = (1..=120)
            .filter(|number| !store.read(|reader| reader.edits_of(&interview(*number))).unwrap().is_empty());
        assert_eq!(u32::try_from(found.count()).unwrap(), brought.edits, "page {hit}");
        assert!(brought.edits == 120 || !brought.whole, "page {hit}: {brought:?}");
        assert!(brought.edits >= 110, "page {hit}: {brought:?}");
        if brought.edits == 120 { wholly += 1 } else { partly += 1 }
    }
    println!("of {pages} pages tried: {unread} close all, {partly} cost edits, {wholly} cost none");
    assert!(partly > 0 && wholly > 0 && unread < partly + wholly);
}

#[test]
fn a_database_of_which_nothing_can_be_read_is_replaced_all_the_same() {
    let (dir, store, folder) = backed_up();
    store.close().unwrap();
    fs::write(dir.path().join("rasoat.db"), b"not a database at all".repeat(1000)).unwrap();
    let restored = restore(dir.path(), &folder).unwrap();
    assert_eq!(restored.brought, None);
    reopen(dir.path()).check().unwrap();
}

#[test]
fn the_passphrase_of_today_opens_an_older_backup_and_so_does_that_of_then() {
    let (dir, store, folder) = backed_up();
    let newer = passphrase("nước chảy đá mòn");
    store.change_passphrase(&passphrase(PASSPHRASE), &newer, CHEAP, NOW).unwrap();
    let added = NewUser { name: "Tân", passphrase: &passphrase("đi một ngày đàng"), costs: CHEAP };
    store.rename_user(store.user(), "Mai").unwrap();
    let user = store.add_user(&newer, &added, NOW).unwrap();
    let first = store.user();
    store.close().unwrap();
    let wrong = passphrase("không phải nó đâu");
    let plan = |user, passphrase| Restore {
        from: &folder,
        user: Some(user),
        passphrase,
        aside: "20261123-0800",
        now_millis: NOW,
    };
    let try_with =
        |user, passphrase| Store::restore(dir.path(), &plan(user, passphrase), |_| ControlFlow::Continue(()));
    let refused = try_with(first, &wrong);
    assert!(matches!(refused, Err(StoreError::WrongPassphrase { .. })), "{refused:?}");
    // Whoever came since, and the passphrase since: the keys of today stay.
    try_with(user, added.passphrase).unwrap().unwrap();
    Store::open_as(dir.path(), Some(first), &newer, NOW).unwrap().close().unwrap();
    // That of then, with the keys of then.
    try_with(first, &passphrase(PASSPHRASE)).unwrap().unwrap();
    assert_eq!(Store::users(dir.path(), NOW).unwrap().len(), 1);
    Store::open_as(dir.path(), Some(first), &passphrase(PASSPHRASE), NOW).unwrap();
}

#[test]
fn wrong_passphrases_of_a_backup_without_keys_beside_it_are_slowed_down() {
    let (_dir, store, folder) = backed_up();
    store.close().unwrap();
    let other = tempfile::tempdir().unwrap();
    let wrong = passphrase("không phải nó đâu");
    let plan = Restore { from: &folder, user: None, passphrase: &wrong, aside: "a", now_millis: NOW };
    let codes: BTreeSet<&str> = (0..4)
        .map(|_| {
            let refused = Store::restore(other.path(), &plan, |_| ControlFlow::Continue(()));
            refused.unwrap_err().code()
        })
        .collect();
    assert_eq!(codes, BTreeSet::from(["wrong_passphrase", "try_later"]));
    assert!(!Store::exists(other.path()));
}

#[test]
fn a_restore_that_is_stopped_or_meets_a_damaged_backup_changes_nothing() {
    let (dir, store, folder) = backed_up();
    go_on(&store);
    store.close().unwrap();
    let before = fs::read(dir.path().join("rasoat.db")).unwrap();
    let passphrase = passphrase(PASSPHRASE);
    let plan = Restore { from: &folder, user: None, passphrase: &passphrase, aside: "a", now_millis: NOW };
    assert_eq!(Store::restore(dir.path(), &plan, |_| ControlFlow::Break(())).unwrap(), None);
    flip(&folder.join("rasoat.db"), 5_000);
    assert_eq!(restore(dir.path(), &folder), Err(StoreError::Damaged));
    let newer = "{\"format\":2}";
    let text = format!("{}\n{newer}\n", blake3::hash(newer.as_bytes()).to_hex());
    fs::write(folder.join("backup.json"), text).unwrap();
    assert_eq!(restore(dir.path(), &folder), Err(StoreError::NewerFile));
    assert_eq!(restore(dir.path(), &dir.path().join("nowhere")), Err(StoreError::Missing));
    assert_eq!(fs::read(dir.path().join("rasoat.db")).unwrap(), before);
    assert!(!dir.path().join("aside").exists() && !dir.path().join("restoring.part").exists());
    assert_eq!(texts_after(&reopen(dir.path())), (1, 1, 0, 1));
}

#[test]
fn a_restore_cut_off_after_any_of_its_steps_is_finished_at_the_next_start() {
    let (dir, store, folder) = backed_up();
    go_on(&store);
    let cut = crash_copy(dir.path(), store);
    // What is ready, made by a restore into another folder.
    let ready = tempfile::tempdir().unwrap();
    restore(ready.path(), &folder).unwrap();
    let names = ["rasoat.db-wal", "rasoat.commits", "rasoat.keys", "rasoat.db"];
    for step in 0..=names.len() + 1 {
        let machine = tempfile::tempdir().unwrap();
        let (restoring, aside) = (machine.path().join("restoring"), machine.path().join("aside/before"));
        fs::create_dir_all(&restoring).unwrap();
        fs::create_dir_all(&aside).unwrap();
        fs::write(restoring.join("aside.txt"), "before").unwrap();
        for (number, name) in names.into_iter().enumerate() {
            let to = if number < step { &aside } else { &machine.path().to_owned() };
            fs::copy(cut.path().join(name), to.join(name)).unwrap();
        }
        let keys = if step > names.len() { machine.path() } else { &restoring };
        fs::copy(ready.path().join("rasoat.keys"), keys.join("rasoat.keys")).unwrap();
        fs::copy(ready.path().join("rasoat.db"), restoring.join("rasoat.db")).unwrap();

        assert!(Store::finish_restore(machine.path()).unwrap(), "step {step}");
        assert!(!Store::finish_restore(machine.path()).unwrap());
        for name in names {
            assert_eq!(
                fs::read(aside.join(name)).unwrap(),
                fs::read(cut.path().join(name)).unwrap(),
                "{name}"
            );
        }
        assert!(!machine.path().join("rasoat.db-wal").exists());
        let store = reopen(machine.path());
        assert_eq!((store.lost_commits(), texts_after(&store)), (0, (0, 0, 1, 0)), "step {step}");
        store.transact(Op::Settings, |tx| tx.set_setting("a", &1)).unwrap();
    }
}

#[test]
fn who_has_not_opened_it_since_the_key_was_changed_restores_with_their_passphrase() {
    let (dir, store) = fresh();
    let (own, words) = (passphrase(PASSPHRASE), passphrase("trâu cày ruộng sâu"));
    let new = NewUser { name: "Mai", passphrase: &words, costs: CHEAP };
    let mai = store.add_user(&own, &new, NOW).unwrap();
    answer(&store, &interview(1), "address", "Nà Lùng");
    assert!(store.scrub(Some(&own)).unwrap(), "Mai is behind from here on");
    let folder = dir.path().join("backup-1");
    back_up(&store, &folder);
    answer(&store, &interview(1), "phone", "0912");
    store.close().unwrap();
    let plan = Restore { from: &folder, user: Some(mai), passphrase: &words, aside: "b", now_millis: NOW };
    // By the keys of today, then by those of the backup alone.
    for is_gone in [false, true] {
        if is_gone {
            for name in ["rasoat.db", "rasoat.keys"] {
                fs::remove_file(dir.path().join(name)).unwrap();
            }
        }
        let restored = Store::restore(dir.path(), &plan, |_| ControlFlow::Continue(())).unwrap().unwrap();
        assert_eq!(restored.brought.map(|brought| brought.answers), (!is_gone).then_some(1));
        let store = Store::open_as(dir.path(), Some(mai), &words, NOW).unwrap();
        assert_eq!(draft_texts(&store, &interview(1)).len(), if is_gone { 1 } else { 2 });
        store.close().unwrap();
        let first = Store::users(dir.path(), NOW).unwrap()[0].id;
        Store::open_as(dir.path(), Some(first), &own, NOW).unwrap().close().unwrap();
    }
}

#[test]
fn what_was_put_aside_is_told_with_whether_all_of_it_was_brought_over_and_removed_when_asked() {
    let (dir, store, folder) = backed_up();
    go_on(&store);
    store.close().unwrap();
    assert_eq!(Aside::all(dir.path()).unwrap(), []);
    restore(dir.path(), &folder).unwrap();
    Store::set_aside(dir.path(), "20261124-0900").unwrap();
    let asides = Aside::all(dir.path()).unwrap();
    let told: Vec<_> = asides.iter().map(|aside| (aside.name.as_str(), aside.brought)).collect();
    assert_eq!(told, [("20261123-0800", true), ("20261124-0900", false)]);
    assert!(asides.iter().all(|aside| aside.bytes > 100_000));
    asides[0].remove(dir.path()).unwrap();
    assert_eq!(Aside::all(dir.path()).unwrap(), asides[1..]);
}
