//! Files beside the answers: there with the answer, until the province has them, and no longer than an answer names them.

use rasoat_casework::{AttachmentName, Change};
use rasoat_store::{AttachmentCounts, AttachmentOrigin, Op, Store, StoreError};

use crate::support::*;

/// A photo of so many bytes; another one for another seed.
fn photo(seed: u8, size: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..size).map(|at| seed ^ u8::try_from(at % 251).unwrap()).collect();
    bytes[..4].copy_from_slice(b"\xff\xd8\xff\xe0");
    bytes
}

fn attach(store: &Store, number: u128, field: &str, content: &[u8]) -> AttachmentName {
    let name = AttachmentName::of(content).unwrap();
    let value = name.to_value();
    let put = store.transact(Op::Answer, |tx| {
        tx.put_attachment(name, content, AttachmentOrigin::Own, NOW)?;
        tx.put_draft(&interview(number), &path(field), value.as_ref(), NOW)
    });
    put.unwrap();
    name
}

fn is_here(store: &Store, name: AttachmentName) -> bool {
    store.read(|reader| reader.attachment_content(name)).unwrap().is_some()
}

fn waiting(store: &Store) -> Vec<AttachmentName> {
    let found = store.read(|reader| reader.attachments_waiting(false)).unwrap();
    found.into_iter().map(|moving| moving.name).collect()
}

fn in_transaction<T>(store: &Store, act: impl FnOnce(&rasoat_store::Tx<'_>) -> Result<T, StoreError>) -> T {
    store.transact(Op::Attachments, act).unwrap().0
}

#[test]
fn a_file_is_given_back_whole_and_by_ranges() {
    let (_dir, store) = fresh();
    let content = photo(1, 200_000);
    let name = attach(&store, 1, "house_photo", &content);
    store
        .read(|reader| {
            assert_eq!(reader.attachment_content(name)?, Some(content.clone()));
            for (offset, length) in
                [(0, 1), (65_535, 2), (65_536, 65_536), (199_999, 50), (200_000, 5), (u32::MAX, 5)]
            {
                let from = (offset as usize).min(content.len());
                let to = from.saturating_add(length as usize).min(content.len());
                assert_eq!(reader.attachment_range(name, offset, length)?, content[from..to], "{offset}");
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn what_no_answer_names_any_more_goes_when_the_draft_is_sealed_and_the_rest_stays() {
    let (_dir, store) = fresh();
    let replaced = attach(&store, 1, "house_photo", &photo(1, 1_000));
    let kept = attach(&store, 1, "house_photo", &photo(2, 2_000));
    let elsewhere = attach(&store, 2, "house_photo", &photo(3, 3_000));
    assert!(is_here(&store, replaced) && waiting(&store).is_empty());
    seal(&store, &interview(1), NOW);
    assert!(!is_here(&store, replaced));
    assert!(is_here(&store, kept) && is_here(&store, elsewhere));
    // What is sealed waits; what is drafted does not go before it.
    assert_eq!(waiting(&store), [kept]);
    // Replaced by another edit, it was named all the same: it stays until the province has it.
    attach(&store, 1, "house_photo", &photo(4, 500));
    seal(&store, &interview(1), NOW);
    assert!(is_here(&store, kept));
    assert_eq!(waiting(&store).len(), 2);
}

#[test]
fn what_the_province_has_may_go_and_nothing_else() {
    let (_dir, store) = fresh();
    let names: Vec<_> =
        (1..=4).map(|seed| attach(&store, 1, &format!("photo_{seed}"), &photo(seed, 1_000))).collect();
    seal(&store, &interview(1), NOW);
    in_transaction(&store, |tx| {
        tx.make_room_for_attachments(0)?;
        names[..3].iter().try_for_each(|name| tx.confirm_attachment(*name))
    });
    assert!(names.iter().all(|name| is_here(&store, *name)));
    in_transaction(&store, |tx| tx.make_room_for_attachments(2_500));
    let left: Vec<bool> = names.iter().map(|name| is_here(&store, *name)).collect();
    assert_eq!(left, [false, true, true, true]);
    // Answered with again, a draft names it.
    attach(&store, 2, "house_photo", &photo(2, 1_000));
    in_transaction(&store, |tx| tx.make_room_for_attachments(0));
    let left: Vec<bool> = names.iter().map(|name| is_here(&store, *name)).collect();
    assert_eq!(left, [false, true, false, true]);
}

#[test]
fn the_smallest_go_first_and_what_has_arrived_is_counted() {
    let (_dir, store) = fresh();
    let sizes = [70_000, 900, 8_000];
    let names: Vec<_> = (0..3_u8)
        .map(|at| attach(&store, 1, &format!("photo_{at}"), &photo(at, sizes[usize::from(at)])))
        .collect();
    assert_eq!(store.read(|reader| reader.attachment_counts()).unwrap(), AttachmentCounts::default());
    seal(&store, &interview(1), NOW);
    assert_eq!(waiting(&store), [names[1], names[2], names[0]]);
    in_transaction(&store, |tx| {
        tx.note_attachment_arrived(names[0], 65_536)?;
        tx.confirm_attachment(names[1])?;
        tx.refuse_attachment(names[2], "attachment_quota")
    });
    let counts = AttachmentCounts { files: 2, bytes: 78_000, arrived: 65_536 };
    assert_eq!(store.read(|reader| reader.attachment_counts()).unwrap(), counts);
    let refused = store.read(|reader| reader.attachment(names[2])).unwrap().unwrap();
    assert_eq!((refused.refusal.as_deref(), refused.confirmed), (Some("attachment_quota"), false));
}

#[test]
fn a_wanted_file_comes_piece_by_piece_over_restarts() {
    let (dir, store) = fresh();
    let content = photo(9, 100_000);
    let name = AttachmentName::of(&content).unwrap();
    let size = 100_000;
    in_transaction(&store, |tx| tx.want_attachment(name, NOW));
    in_transaction(&store, |tx| tx.put_attachment_piece(name, size, 0, &content[..65_536]));
    let copy = crash_copy(dir.path(), store);
    let store = reopen(copy.path());
    assert!(!is_here(&store, name));
    let wanted = store.read(|reader| reader.attachments_wanted()).unwrap();
    assert_eq!((wanted[0].name, wanted[0].size, wanted[0].done), (name, size, 65_536));
    for (place, bytes) in [(0, &content[..10]), (65_536, &[0; 90_000][..])] {
        assert!(
            store.transact(Op::Attachments, |tx| tx.put_attachment_piece(name, size, place, bytes)).is_err()
        );
    }
    in_transaction(&store, |tx| tx.put_attachment_piece(name, size, 65_536, &content[65_536..]));
    assert_eq!(store.read(|reader| reader.attachment_content(name)).unwrap(), Some(content));
    assert!(store.read(|reader| reader.attachments_wanted()).unwrap().is_empty());
    assert!(waiting(&store).is_empty());
}

#[test]
fn no_file_on_the_disk_holds_a_readable_photo_and_a_crash_loses_none() {
    let (dir, store) = fresh();
    let content = photo(5, 150_000);
    let name = attach(&store, 1, "house_photo", &content);
    seal(&store, &interview(1), NOW);
    let copy = crash_copy(dir.path(), store);
    for entry in std::fs::read_dir(copy.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(12).any(|window| window == &content[..12]));
    }
    let store = reopen(copy.path());
    assert_eq!(waiting(&store), [name]);
    assert!(is_here(&store, name));
}

#[test]
fn an_answer_that_was_removed_takes_its_file_along_at_sealing() {
    let (_dir, store) = fresh();
    let name = attach(&store, 1, "house_photo", &photo(6, 1_000));
    in_transaction(&store, |tx| tx.put_draft(&interview(1), &path("house_photo"), None, NOW));
    let sealed = store.transact(Op::LeaveInterview, |tx| {
        let changes = [(path("note"), Change::Set(text("x")))].into();
        tx.seal(&interview(1), changes, "Người thử", None, NOW)
    });
    assert_eq!(sealed.unwrap().0.len(), 1);
    assert!(!is_here(&store, name));
}
