//! Answers that wait at the end of a table: whoever reads sees them as if they had been put to the draft already.

use rasoat_store::{HouseholdState, Op, Progress, Store};

use crate::support::{
    NOW, add, answer, draft_texts, fresh, household, interview, path, reopen, text, village,
};

/// How far the answers of `number` were told.
fn started() -> Progress {
    Progress { state: HouseholdState::Started, questions: 100, answered: 1, ..Progress::listed() }
}

/// What a person sees of a draft, and where they are sent when they go on.
fn seen(store: &Store) -> impl PartialEq + std::fmt::Debug + use<> {
    let resume = store.read(|tx| tx.resume()).unwrap().expect("an interview");
    let cursor = store.read(|tx| tx.cursor(&interview(1_000_001))).unwrap().expect("a place");
    let drafts = [1_000_001, 1_000_002].map(|number| draft_texts(store, &interview(number)));
    (drafts, cursor, resume.household.id, resume.cursor)
}

#[test]
fn what_waits_reads_as_what_was_put_to_the_draft() {
    let (dir, store) = fresh();
    let households = [household(1, "na-lung", "Nông Văn Đào"), household(2, "na-lung", "Lý Thị Mai")];
    add(&store, &[village("na-lung", "Nà Lùng")], &households);
    for number in [1, 2] {
        let id = uuid::Uuid::from_u128(number);
        store.transact(Op::OpenInterview, |tx| tx.set_progress(id, &started())).unwrap();
    }
    let (first, second) = (interview(1_000_001), interview(1_000_002));
    answer(&store, &first, "members.m1.name", "Nông Văn Đào");
    answer(&store, &first, "address", "Nà Lùng");
    // From here on some of it is in the draft, and some waits.
    store.transact(Op::Settings, |tx| tx.set_setting("a", &1)).unwrap();
    answer(&store, &second, "address", "Khuổi Slao");
    answer(&store, &first, "members.m1.born", "1980");
    store.transact(Op::Answer, |tx| tx.put_draft(&first, &path("members.m1"), None, NOW)).unwrap();
    answer(&store, &first, "members.m2.name", "Lý Thị Mai");
    answer(&store, &first, "address", "Nà Lùng, nhà thứ hai");
    store.transact(Op::Answer, |tx| tx.set_cursor(&first, Some(&path("roof")), NOW)).unwrap();

    let waiting = seen(&store);
    let kept = draft_texts(&store, &first);
    assert_eq!(kept.get("members.m1").map(String::as_str), Some("-"));
    assert!(!kept.contains_key("members.m1.name") && !kept.contains_key("members.m1.born"));
    assert_eq!(kept.get("address").map(String::as_str), Some("Nà Lùng, nhà thứ hai"));
    store.close().unwrap();
    let store = reopen(dir.path());
    assert_eq!(seen(&store), waiting);
    store.transact(Op::Settings, |tx| tx.set_setting("a", &2)).unwrap();
    assert_eq!(seen(&store), waiting);
}

#[test]
fn however_many_answers_follow_each_other_none_is_lost_and_each_commit_counts() {
    let (dir, store) = fresh();
    let home = interview(1);
    let before = store.commits().unwrap();
    for number in 0..1_103 {
        answer(&store, &home, &format!("question_{}", number % 90), &format!("{number}"));
    }
    assert_eq!(store.commits().unwrap(), before + 1_103);
    drop(store);
    let store = reopen(dir.path());
    assert_eq!(store.lost_commits(), 0);
    let kept = draft_texts(&store, &home);
    for at in 0..90 {
        let last = (0..1_103).rev().find(|number| number % 90 == at).expect("one of them");
        assert_eq!(kept.get(&format!("question_{at}")), Some(&last.to_string()), "question {at}");
    }
    assert_eq!(kept.len(), 90);
}

#[test]
fn a_transaction_that_is_rolled_back_leaves_what_waits_as_it_was() {
    let (_dir, store) = fresh();
    let home = interview(1);
    answer(&store, &home, "address", "Nà Lùng");
    let failed = store.transact(Op::Settle, |tx| {
        tx.put_draft(&home, &path("roof"), Some(&text("ngói")), NOW)?;
        tx.seal(&home, std::collections::BTreeMap::new(), "Người Thử", None, NOW)?;
        Err::<(), _>(rasoat_store::StoreError::NotFound)
    });
    assert!(failed.is_err());
    assert_eq!(draft_texts(&store, &home), [("address".to_owned(), "Nà Lùng".to_owned())].into());
}
