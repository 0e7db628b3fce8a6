//! What households that may be one are found by, what was merged into what, and what leaves lists with it.

use std::collections::BTreeSet;

use rasoat_casework::{duplicates, duplicates_of};
use rasoat_store::{
    Custody, FindingsFilter, HouseholdQuery, HouseholdSort, HouseholdState, NewHousehold, Op, PersonKeys,
    Progress, Store, StoreError,
};
use uuid::Uuid;

use crate::support::*;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A household of people as (folded name, birth, citizen ID).
fn of(number: u128, people: &[(&str, &str, Option<&str>)]) -> NewHousehold {
    let persons = people.iter().enumerate().map(|(index, (name, birth, digits))| PersonKeys {
        member: format!("m{index}").parse().unwrap(),
        is_head: index == 0,
        name: (*name).to_owned(),
        birth: birth.parse().ok(),
        citizen_id: digits.map(|digits| digits.parse().unwrap()),
    });
    NewHousehold { persons: persons.collect(), ..household(number, "na-lung", people[0].0) }
}

fn listed() -> (tempfile::TempDir, Store) {
    let (dir, store) = fresh();
    let households = [
        of(1, &[("nong van hung", "1980", None), ("ly thi hoa", "1985-05-06", None)]),
        of(2, &[("nong van hung", "1981", None), ("ly thi hoa", "1985-05-06", None)]),
        of(3, &[("vi van an", "", Some("020080001111"))]),
        of(4, &[("", "", Some("020080001111"))]),
        of(5, &[("vi van an", "", None)]),
    ];
    add(&store, &[village("na-lung", "Nà Lùng")], &households);
    (dir, store)
}

fn heads(store: &Store) -> u32 {
    let query = HouseholdQuery { limit: 50, ..HouseholdQuery::default() };
    let page = store.read(|reader| reader.search_households(&query)).unwrap();
    assert_eq!(page.total, u32::try_from(page.rows.len()).unwrap());
    let counted = store.read(|reader| reader.villages()).unwrap();
    assert_eq!(counted.iter().map(|village| village.households).sum::<u32>(), page.total);
    page.total
}

fn merged_into(store: &Store, number: u128) -> Option<Uuid> {
    store.read(|reader| reader.household(id(number))).unwrap().unwrap().merged_into
}

fn mark(store: &Store, household: u128, kept: Option<u128>) {
    store.transact(Op::Duplicates, |tx| tx.set_merge_mark(id(household), kept.map(id))).unwrap();
}

#[test]
fn people_are_found_by_name_and_number_and_by_their_new_ones_after_a_change() {
    let (_dir, store) = listed();
    let pairs = |store: &Store| {
        let (all, not_same) =
            store.read(|reader| Ok::<_, StoreError>((reader.persons()?, reader.not_same()?))).unwrap();
        let found = duplicates(&all, &not_same);
        for pair in &found {
            let near = store.read(|reader| reader.persons_near(&reader.persons_of(pair.first)?)).unwrap();
            assert!(duplicates_of(pair.first, &near, &not_same).contains(pair));
        }
        found.iter().map(|pair| (pair.first.as_u128(), pair.second.as_u128())).collect::<Vec<_>>()
    };
    assert_eq!(pairs(&store), [(3, 4), (1, 2)]);
    assert_eq!(
        store.read(|reader| reader.persons()).unwrap().len(),
        7,
        "who is found by nothing is not kept, but for heads"
    );

    add(&store, &[], &[of(2, &[("be van cu", "1981", None)])]);
    assert_eq!(pairs(&store), [(3, 4)]);
    let say = |household: u128, others: &[u128]| {
        let others: BTreeSet<Uuid> = others.iter().map(|other| id(*other)).collect();
        store.transact(Op::Duplicates, |tx| tx.set_not_same(id(household), &others)).unwrap();
    };
    // The smaller id of a pair has the say.
    say(4, &[3, 4]);
    assert_eq!(pairs(&store), [(3, 4)]);
    say(3, &[4]);
    assert_eq!(pairs(&store), []);
    say(3, &[]);
    assert_eq!(pairs(&store), [(3, 4)]);
}

#[test]
fn a_merged_household_leaves_lists_counts_and_the_search_for_duplicates_until_it_is_undone() {
    let (_dir, store) = listed();
    assert_eq!(heads(&store), 5);
    mark(&store, 2, Some(1));
    assert_eq!((heads(&store), merged_into(&store, 2)), (4, Some(id(1))));
    assert_eq!(store.read(|reader| reader.merged_with(id(1))).unwrap(), [id(2)]);
    assert_eq!(store.read(|reader| reader.persons_of(id(2))).unwrap(), []);
    // Its line made anew leaves it where it is.
    add(&store, &[], &[of(2, &[("nong van hung", "1980", None)])]);
    assert_eq!(heads(&store), 4);
    mark(&store, 2, None);
    assert_eq!((heads(&store), merged_into(&store, 2)), (5, None));
}

#[test]
fn households_merged_each_into_the_other_leave_one_and_a_mark_waits_for_its_household() {
    let (_dir, store) = listed();
    mark(&store, 1, Some(2));
    mark(&store, 2, Some(1));
    assert_eq!((merged_into(&store, 1), merged_into(&store, 2)), (None, Some(id(1))));

    mark(&store, 3, Some(9));
    assert_eq!((heads(&store), merged_into(&store, 3)), (4, None));
    add(&store, &[], &[of(9, &[("vi van an", "1980", None)])]);
    assert_eq!((heads(&store), merged_into(&store, 3)), (4, Some(id(9))));
}

/// Every way of asking for a list that fits household 2, with each order in both directions.
fn questions() -> Vec<HouseholdQuery> {
    let of = || HouseholdQuery { limit: 50, ..HouseholdQuery::default() };
    let text = |text: &str| HouseholdQuery { text: text.to_owned(), ..of() };
    let filters = [
        of(),
        text("hung"),
        text("nà lùng"),
        text("06001-002"),
        text("020080002222"),
        text("2222"),
        HouseholdQuery { commune: Some(commune()), village: Some("na-lung".parse().unwrap()), ..of() },
        HouseholdQuery { state: Some(HouseholdState::Started), ..of() },
        HouseholdQuery { class: Some("near_poor".to_owned()), ..of() },
        HouseholdQuery { previous_class: Some("poor".to_owned()), ..of() },
        HouseholdQuery { custody: Some(Custody::OnlyHere), ..of() },
        HouseholdQuery { findings: Some(FindingsFilter::Blocking), ..of() },
        HouseholdQuery { in_conflict: true, ..of() },
    ];
    let sorts = [
        HouseholdSort::Place,
        HouseholdSort::Name,
        HouseholdSort::Code,
        HouseholdSort::Changed,
        HouseholdSort::Class(vec!["near_poor".to_owned()]),
        HouseholdSort::Answered,
    ];
    let in_each_order = |filter: HouseholdQuery| {
        let sorts = sorts.clone().into_iter();
        sorts.flat_map(move |sort| {
            [false, true].map(|descending| HouseholdQuery {
                sort: sort.clone(),
                descending,
                ..filter.clone()
            })
        })
    };
    filters.into_iter().flat_map(in_each_order).collect()
}

/// The households each question finds; all of them on its one page.
fn answers(store: &Store) -> Vec<Vec<Uuid>> {
    let pages = questions().into_iter().map(|query| {
        let page = store.read(|reader| reader.search_households(&query)).unwrap();
        assert_eq!(page.total as usize, page.rows.len(), "{query:?}");
        page.rows.iter().map(|row| row.id).collect()
    });
    pages.collect()
}

#[test]
fn a_merged_household_is_in_no_list_order_filter_or_total_and_back_in_each_after_the_undo() {
    let (_dir, store) = listed();
    let mut merged = household(2, "na-lung", "Nông Văn Hùng");
    merged.code = Some("06001-002".to_owned());
    merged.words.citizen_ids = vec!["020080002222".parse().unwrap()];
    add(&store, &[], &[merged]);
    let progress = Progress {
        state: HouseholdState::Started,
        class: Some("near_poor".to_owned()),
        provisional: true,
        findings: 1,
        warnings: 0,
        answered: 40,
        questions: 90,
    };
    let keep = |tx: &rasoat_store::Tx<'_>| {
        tx.set_progress(id(2), &progress)?;
        tx.set_conflicts(id(2), 1)
    };
    store.transact(Op::Rebuild, keep).unwrap();
    answer(&store, &interview(1_000_002), "note", "đang ghi");
    let before = answers(&store);
    assert!(before.iter().all(|found| found.contains(&id(2))), "each question asks for it");
    let counts = || store.read(|reader| reader.custody_counts()).unwrap();
    let resumed = || store.read(|reader| reader.resume()).unwrap().map(|resume| resume.household.id);
    let custody = counts();
    assert_eq!(resumed(), Some(id(2)));

    let without: Vec<Vec<Uuid>> = before
        .iter()
        .map(|found| found.iter().copied().filter(|household| *household != id(2)).collect())
        .collect();
    let rebuild = || store.transact(Op::Rebuild, |tx| tx.rebuild_lists()).unwrap();
    mark(&store, 2, Some(1));
    assert_eq!(answers(&store), without);
    rebuild();
    assert_eq!(answers(&store), without, "made anew");
    // What is done to it meanwhile brings it into none.
    store.transact(Op::Rebuild, keep).unwrap();
    add(&store, &[village("na-lung", "Nà Lùng")], &[]);
    assert_eq!(answers(&store), without);
    assert_eq!((counts(), resumed()), (custody, None), "its answers are where they were");
    assert!(store.read(|reader| reader.conflicted()).unwrap().is_empty());
    let on_sync_screen = store.read(|reader| reader.custody_list(50)).unwrap();
    assert_eq!(on_sync_screen.iter().map(|line| line.household.id).collect::<Vec<_>>(), [id(2)]);

    mark(&store, 2, None);
    assert_eq!(answers(&store), before);
    rebuild();
    assert_eq!(answers(&store), before, "made anew");
    assert_eq!(store.read(|reader| reader.conflicted()).unwrap(), [id(2)]);
    assert_eq!(resumed(), Some(id(2)));
}
