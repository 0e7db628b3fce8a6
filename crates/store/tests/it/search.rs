//! Lists of many households: what is found, counted, filtered and ordered is what a look at every row would give.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rasoat_casework::{CitizenId, fold_name};
use rasoat_store::{
    Custody, FindingsFilter, HouseholdQuery, HouseholdRow, HouseholdSort, HouseholdState, NewHousehold, Op,
    Progress, SearchWords, Store, StoreError,
};
use uuid::Uuid;

use crate::support::*;

const VILLAGES: [(&str, &str); 4] =
    [("na-lung", "Thôn Nà Lùng"), ("ban-ma", "Bản Mạ"), ("thon-2", "Thôn 2"), ("thon-10", "Thôn 10")];
/// Words whose order and folding go wrong easily.
const FAMILIES: [&str; 9] = ["Nông", "Nguyễn", "Ăn", "Ân", "An", "Đặng", "Dương", "Ông", "Ưng"];
const GIVEN: [&str; 12] =
    ["Hoà", "Hòa", "Hoa", "Thúy", "Thuý", "Đào", "Dao", "Ướng", "Êm", "Ẩn", "ÁNH", "Quyên"];
const CLASSES: [&str; 3] = ["poor", "near_poor", "not_poor"];

/// A household as the test made it.
#[derive(Debug, Clone)]
struct Made {
    new: NewHousehold,
    village_name: &'static str,
    progress: Progress,
    conflicts: u32,
}

fn made(number: u128, dice: &[usize; 10]) -> Made {
    let pick = |at: usize, from: &[&str]| from[dice[at] % from.len()].to_owned();
    let name =
        |family: usize, given: usize| format!("{} Văn {}", pick(family, &FAMILIES), pick(given, &GIVEN));
    let (village, village_name) = VILLAGES[dice[2] % VILLAGES.len()];
    let mut new = household(number, village, &name(0, 1));
    new.code =
        (!dice[3].is_multiple_of(3)).then(|| format!("06001-{:03}/{}", dice[4] % 400, 2020 + dice[3] % 3));
    new.address = (!dice[5].is_multiple_of(2)).then(|| format!("Số {}, ngõ {}", dice[5] % 30, dice[6] % 9));
    new.citizen_id = (!dice[7].is_multiple_of(4)).then(|| id(dice[7], number));
    new.previous_class = (!dice[8].is_multiple_of(4)).then(|| pick(8, &CLASSES));
    new.words = SearchWords {
        names: vec![new.head_name.clone(), name(8, 9)],
        citizen_ids: new
            .citizen_id
            .iter()
            .cloned()
            .chain((!dice[9].is_multiple_of(2)).then(|| id(dice[9], number)))
            .collect(),
    };
    let state = [HouseholdState::Listed, HouseholdState::Started, HouseholdState::Signed][dice[4] % 3];
    let open = state == HouseholdState::Started;
    let progress = Progress {
        state,
        class: (state == HouseholdState::Signed).then(|| pick(3, &CLASSES)),
        provisional: !dice[6].is_multiple_of(2),
        findings: if open { u32::try_from(dice[6] % 3).unwrap() } else { 0 },
        warnings: if open { u32::try_from(dice[1] % 2).unwrap() } else { 0 },
        answered: if open { u32::try_from(dice[9] % 97).unwrap() } else { 0 },
        questions: if open { 97 } else { 0 },
    };
    Made { new, village_name, progress, conflicts: u32::from(dice[0].is_multiple_of(5)) }
}

/// A made-up number that no office gave out.
fn id(dice: usize, number: u128) -> CitizenId {
    format!("0200{:02}{:06}", 60 + dice % 40, (dice as u128 * 7919 + number * 104_729) % 1_000_000)
        .parse()
        .unwrap()
}

fn keep(store: &Store, households: &[Made]) {
    let villages: Vec<_> = VILLAGES.iter().map(|(id, name)| village(id, name)).collect();
    let lines: Vec<_> = households.iter().map(|made| made.new.clone()).collect();
    add(store, &villages, &lines);
    let keep = |tx: &rasoat_store::Tx<'_>| {
        for made in households {
            tx.set_progress(made.new.id, &made.progress)?;
            tx.set_conflicts(made.new.id, made.conflicts)?;
        }
        Ok::<_, StoreError>(())
    };
    store.transact(Op::Rebuild, keep).unwrap();
}

/// Every row of a list, page by page.
fn all(store: &Store, query: &HouseholdQuery, page: u32) -> Vec<HouseholdRow> {
    let mut rows = Vec::new();
    loop {
        let query =
            HouseholdQuery { offset: u32::try_from(rows.len()).unwrap(), limit: page, ..query.clone() };
        let found = store.read(|tx| tx.search_households(&query)).unwrap();
        if found.rows.is_empty() {
            assert_eq!(found.total as usize, rows.len(), "the total is what the pages hold");
            return rows;
        }
        rows.extend(found.rows);
    }
}

fn ids(rows: &[HouseholdRow]) -> BTreeSet<Uuid> {
    let ids: BTreeSet<Uuid> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), rows.len(), "each row once");
    ids
}

/// What searching means, one household at a time.
fn is_found(made: &Made, typed: &str) -> bool {
    let split = |text: &str| -> Vec<String> {
        let folded = fold_name(text);
        folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let mut words: Vec<String> = Vec::new();
    let texts = made.new.words.names.iter().map(String::as_str);
    let texts = texts.chain([made.new.head_name.as_str(), made.village_name]);
    for text in texts.chain(made.new.code.as_deref()).chain(made.new.address.as_deref()) {
        words.extend(split(text));
        if text.contains('-') {
            words.push(split(text).concat());
        }
    }
    let citizen_ids: Vec<&str> = made.new.words.citizen_ids.iter().map(CitizenId::as_str).collect();
    split(typed).iter().all(|typed| {
        words.iter().any(|word| word.starts_with(typed.as_str()))
            || citizen_ids.iter().any(|id| {
                (typed.len() >= 4 && id.starts_with(typed.as_str()))
                    || (typed.len() >= 3 && id.ends_with(typed.as_str()))
            })
    })
}

fn fits(made: &Made, custody: Custody, query: &HouseholdQuery) -> bool {
    let Progress { state, class, findings, warnings, .. } = &made.progress;
    let same = |wanted: &Option<String>, is: &Option<String>| {
        wanted.as_ref().is_none_or(|wanted| *wanted == is.clone().unwrap_or_default())
    };
    query.village.as_ref().is_none_or(|village| *village == made.new.village)
        && query.state.is_none_or(|wanted| wanted == *state)
        && same(&query.class, class)
        && same(&query.previous_class, &made.new.previous_class)
        && query.custody.is_none_or(|wanted| wanted == custody)
        && (!query.in_conflict || made.conflicts > 0)
        && query.findings.is_none_or(|wanted| match wanted {
            FindingsFilter::Blocking => *findings > 0,
            FindingsFilter::Warnings => *warnings > 0,
            FindingsFilter::Clear => *findings == 0 && *warnings == 0,
        })
        && is_found(made, &query.text)
}

fn filters() -> Vec<HouseholdQuery> {
    let of = HouseholdQuery::default;
    let village =
        |id: &str| HouseholdQuery { commune: Some(commune()), village: Some(id.parse().unwrap()), ..of() };
    let mut filters = vec![
        of(),
        HouseholdQuery { commune: Some(commune()), ..of() },
        HouseholdQuery { commune: Some("06187".parse().unwrap()), ..of() },
        village("na-lung"),
        village("thon-1"),
        HouseholdQuery { in_conflict: true, ..of() },
        HouseholdQuery {
            state: Some(HouseholdState::Signed),
            class: Some("poor".to_owned()),
            ..village("ban-ma")
        },
        HouseholdQuery { class: Some("unheard_of".to_owned()), ..of() },
    ];
    for class in ["", "poor", "near_poor", "not_poor"] {
        filters.push(HouseholdQuery { class: Some(class.to_owned()), ..of() });
        filters.push(HouseholdQuery { previous_class: Some(class.to_owned()), ..of() });
    }
    for state in [HouseholdState::Listed, HouseholdState::Started, HouseholdState::Signed] {
        filters.push(HouseholdQuery { state: Some(state), ..of() });
    }
    for custody in [Custody::Nothing, Custody::OnlyHere, Custody::Confirmed, Custody::Refused] {
        filters.push(HouseholdQuery { custody: Some(custody), ..of() });
    }
    for findings in [FindingsFilter::Blocking, FindingsFilter::Warnings, FindingsFilter::Clear] {
        filters.push(HouseholdQuery { findings: Some(findings), ..of() });
    }
    filters
}

fn sorts() -> Vec<HouseholdSort> {
    let classes = ["near_poor", "poor"].map(str::to_owned).to_vec();
    vec![
        HouseholdSort::Place,
        HouseholdSort::Name,
        HouseholdSort::Code,
        HouseholdSort::Changed,
        HouseholdSort::Class(classes),
        HouseholdSort::Answered,
    ]
}

/// Numbers that look drawn, the same in every run.
fn some(count: u128) -> Vec<Made> {
    (1..=count)
        .map(|number| {
            let mut seed = number as usize * 2_654_435_761;
            made(
                number,
                &std::array::from_fn(|_| {
                    seed =
                        seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    seed >> 33
                }),
            )
        })
        .collect()
}

#[test]
fn every_filter_in_every_order_gives_each_fitting_household_once_whatever_the_page() {
    let (_dir, store) = fresh();
    let households = some(230);
    keep(&store, &households);
    for number in 1..=20 {
        answer(&store, &interview(number * 3 + 1_000_000), "address", "chưa niêm");
    }
    let drafted = |made: &Made| (1..=20).any(|number| Uuid::from_u128(number * 3) == made.new.id);
    for filter in filters() {
        let expected: BTreeSet<Uuid> = households
            .iter()
            .filter(|made| {
                fits(made, if drafted(made) { Custody::OnlyHere } else { Custody::Nothing }, &filter)
            })
            .filter(|made| filter.commune.as_ref().is_none_or(|commune| *commune == made.new.commune))
            .map(|made| made.new.id)
            .collect();
        for sort in sorts() {
            for descending in [false, true] {
                let query = HouseholdQuery { sort: sort.clone(), descending, ..filter.clone() };
                let rows = all(&store, &query, 200);
                assert_eq!(ids(&rows), expected, "{query:?}");
                assert_eq!(all(&store, &query, 7), rows, "{query:?}");
            }
        }
    }
}

#[test]
fn names_go_in_the_order_of_the_alphabet_and_tones_decide_only_between_equal_letters() {
    let names = [
        "An", "Án", "Anh", "Ăn", "Ân", "Ấn", "Ba", "Bà", "Bả", "Bã", "Bá", "Bạ", "Dao", "Dương", "Đào", "Em",
        "Êm", "Hoa", "Hòa", "Hoàng", "Oanh", "Ông", "Ơn", "Thúy", "Ung", "Ưng", "Yên",
    ];
    let (_dir, store) = fresh();
    let mut lines: Vec<_> =
        (1..).zip(names).map(|(number, name)| household(number, "na-lung", name)).collect();
    lines.reverse();
    add(&store, &[village("na-lung", "Nà Lùng")], &lines);
    for sort in [HouseholdSort::Name, HouseholdSort::Place] {
        let heads = |descending| -> Vec<String> {
            let query = HouseholdQuery { sort: sort.clone(), descending, ..HouseholdQuery::default() };
            all(&store, &query, 200).into_iter().map(|row| row.head_name).collect()
        };
        assert_eq!(heads(false), names);
        assert!(heads(true).iter().eq(names.iter().rev()));
    }
}

#[test]
fn codes_go_by_their_numbers_and_those_without_come_last() {
    let (_dir, store) = fresh();
    let codes = [Some("06001-9"), Some("06001-10"), Some("06001-100"), Some("06002-1"), None];
    let lines = (1..).zip(codes).map(|(number, code)| NewHousehold {
        code: code.map(str::to_owned),
        ..household(number, "na-lung", "Nông Văn Đào")
    });
    let mut lines: Vec<_> = lines.collect();
    lines.reverse();
    add(&store, &[village("na-lung", "Nà Lùng")], &lines);
    let query = HouseholdQuery { sort: HouseholdSort::Code, ..HouseholdQuery::default() };
    let found: Vec<_> = all(&store, &query, 200).into_iter().map(|row| row.code).collect();
    assert_eq!(found, codes.map(|code| code.map(str::to_owned)));
}

#[test]
fn the_one_answered_last_is_the_one_changed_last_however_often_others_were() {
    let (_dir, store) = fresh();
    keep(&store, &some(30));
    let last = |store: &Store| -> Vec<Uuid> {
        let query =
            HouseholdQuery { sort: HouseholdSort::Changed, descending: true, ..HouseholdQuery::default() };
        all(store, &query, 200).iter().map(|row| row.id).take(3).collect()
    };
    for (round, number) in [7, 3, 7, 7, 12, 3].into_iter().enumerate() {
        answer(&store, &interview(1_000_000 + number), "note", &round.to_string());
    }
    assert_eq!(last(&store), [3, 12, 7].map(Uuid::from_u128));
    seal(&store, &interview(1_000_007), NOW);
    assert_eq!(last(&store), [7, 3, 12].map(Uuid::from_u128));
    store.transact(Op::Rebuild, |tx| tx.rebuild_lists()).unwrap();
    assert_eq!(last(&store), [7, 3, 12].map(Uuid::from_u128), "kept when lists are made anew");
}

#[test]
fn classes_go_in_the_order_asked_for_and_shares_by_size() {
    let (_dir, store) = fresh();
    keep(&store, &some(120));
    let classes = HouseholdSort::Class(vec!["near_poor".to_owned(), "poor".to_owned()]);
    let query = HouseholdQuery { sort: classes, ..HouseholdQuery::default() };
    let mut seen: Vec<Option<String>> =
        all(&store, &query, 200).into_iter().map(|row| row.progress.class).collect();
    seen.dedup();
    let expected = [Some("near_poor"), Some("poor"), Some("not_poor"), None];
    assert_eq!(seen, expected.map(|class| class.map(str::to_owned)));
    let query =
        HouseholdQuery { sort: HouseholdSort::Answered, descending: true, ..HouseholdQuery::default() };
    let shares: Vec<u32> = all(&store, &query, 200)
        .into_iter()
        .map(|row| (row.progress.answered * 100).checked_div(row.progress.questions).unwrap_or_default())
        .collect();
    assert!(shares.is_sorted_by(|one, next| one >= next) && shares[0] > 50, "{shares:?}");
}

#[test]
fn words_are_found_with_tones_anywhere_in_either_form_and_case() {
    let (_dir, store) = fresh();
    let names = ["Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Đặng Thị Thúy", "Dương Thị Thuý"];
    let lines: Vec<_> = (1..).zip(names).map(|(number, name)| household(number, "na-lung", name)).collect();
    add(&store, &[village("na-lung", "Nà Lùng")], &lines);
    let found = |text: &str| -> BTreeSet<String> {
        let query = HouseholdQuery { text: text.to_owned(), ..HouseholdQuery::default() };
        all(&store, &query, 200).into_iter().map(|row| row.head_name).collect()
    };
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    for text in ["hoa", "Hoà", "Hòa", "HOÀ", "hoa nguyen", "nguyê\u{303}n hoa\u{300}", "ng th ho"] {
        assert_eq!(found(text), set(&names[..2]), "{text}");
    }
    for text in ["thuy", "Thúy", "Thuý", "thu\u{301}y"] {
        assert_eq!(found(text), set(&names[2..]), "{text}");
    }
    for text in ["d", "Đ", "đ"] {
        assert_eq!(found(text), set(&names[2..]), "{text}");
    }
    assert_eq!(found("đặng thuy"), set(&names[2..3]));
    assert_eq!(found("na lung"), set(&names));
}

#[test]
fn a_village_that_is_renamed_moves_its_households_and_lends_them_its_new_words() {
    let (_dir, store) = fresh();
    keep(&store, &some(40));
    let in_village = |name: &str| {
        let query = HouseholdQuery { text: name.to_owned(), ..HouseholdQuery::default() };
        all(&store, &query, 200).len()
    };
    let before = in_village("ban ma");
    assert!(before > 0 && in_village("aaa") == 0);
    store.transact(Op::Update, |tx| tx.put_village(&village("ban-ma", "Aaa"))).unwrap();
    assert_eq!((in_village("ban ma"), in_village("aaa")), (0, before));
    let first = &all(&store, &HouseholdQuery::default(), 200)[..before];
    assert!(first.iter().all(|row| row.village_name == "Aaa"), "the first by name");
}

#[test]
fn a_page_shows_each_household_once_while_others_are_added_behind_it() {
    let (_dir, store) = fresh();
    keep(&store, &some(90));
    let mut seen = Vec::new();
    for page in 0..9 {
        let query = HouseholdQuery { offset: page * 10, limit: 10, ..HouseholdQuery::default() };
        seen.extend(store.read(|tx| tx.search_households(&query)).unwrap().rows);
        // Progress and drafts move nobody in the order of places, and a household of a village behind comes behind.
        answer(&store, &interview(1_000_001 + u128::from(page)), "note", "đổi");
        add(&store, &[village("zz", "Yên Sơn")], &[household(u128::from(page) + 500, "zz", "Vi Văn Mới")]);
    }
    assert_eq!(ids(&seen).len(), 90);
}

#[test]
fn what_a_transaction_that_failed_had_changed_is_in_no_list() {
    let (_dir, store) = fresh();
    keep(&store, &some(20));
    let before = all(&store, &HouseholdQuery::default(), 200);
    let failed = store.transact(Op::ImportList, |tx| {
        tx.upsert_household(&household(77, "na-lung", "Vi Văn Mới"))?;
        tx.upsert_household(&household(1, "thon-2", "Vi Văn Khác"))?;
        Err::<(), _>(StoreError::NotFound)
    });
    assert_eq!(failed, Err(StoreError::NotFound));
    answer(&store, &interview(1_000_002), "note", "sau");
    let names = |rows: &[HouseholdRow]| rows.iter().map(|row| row.head_name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&all(&store, &HouseholdQuery::default(), 200)), names(&before));
    let query = HouseholdQuery { text: "vi van".to_owned(), ..HouseholdQuery::default() };
    assert_eq!(all(&store, &query, 200), []);
}

/// Something that changes lists.
#[derive(Debug, Clone)]
enum Act {
    Keep(u128, [usize; 10]),
    Answer(u128),
    Seal(u128),
    Receipt { refused: bool },
    SendAgain,
    Rebuild,
    Merge(u128, u128),
    Part(u128),
}

fn act() -> impl Strategy<Value = Act> {
    let number = 1..60_u128;
    prop_oneof![
        6 => (number.clone(), any::<[u16; 10]>()).prop_map(|(number, dice)| Act::Keep(number, dice.map(usize::from))),
        4 => number.clone().prop_map(Act::Answer),
        3 => number.prop_map(Act::Seal),
        2 => any::<bool>().prop_map(|refused| Act::Receipt { refused }),
        1 => Just(Act::SendAgain),
        1 => Just(Act::Rebuild),
        3 => (1..60_u128, 1..60_u128).prop_map(|(number, kept)| Act::Merge(number, kept)),
        1 => (1..60_u128).prop_map(Act::Part),
    ]
}

fn perform(store: &Store, act: &Act, here: &mut BTreeMap<u128, Made>) {
    match act {
        Act::Keep(number, dice) => {
            let made = made(*number, dice);
            keep(store, std::slice::from_ref(&made));
            here.insert(*number, made);
        }
        Act::Answer(number) => answer(store, &interview(1_000_000 + number), "note", "đang ghi"),
        Act::Seal(number) => {
            seal(store, &interview(1_000_000 + number), NOW);
        }
        Act::Receipt { refused } => {
            let edits = store.read(|tx| tx.unsent(usize::MAX)).unwrap();
            let Some(first) = edits.first().map(|edit| edit.id) else { return };
            let refusal = rasoat_store::Refusal {
                edit: first,
                code: "out_of_scope".to_owned(),
                params: BTreeMap::new(),
            };
            let receipt = rasoat_store::StoredReceipt {
                batch: [u8::try_from(first.seq % 251).unwrap(); 32],
                bytes: vec![1],
                accepted: if *refused { vec![] } else { vec![(first.writer, first.seq..=first.seq)] },
                refused: if *refused { vec![refusal] } else { vec![] },
                server_time_millis: NOW,
            };
            store.transact(Op::Sync, |tx| tx.apply_receipt(&receipt, NOW)).unwrap();
        }
        Act::SendAgain => {
            store.transact(Op::Sync, |tx| tx.send_refused_again()).unwrap();
        }
        Act::Rebuild => {
            store.transact(Op::Rebuild, |tx| tx.rebuild_lists()).unwrap();
        }
        Act::Merge(number, kept) => mark(store, *number, Some(*kept)),
        Act::Part(number) => mark(store, *number, None),
    }
}

fn mark(store: &Store, household: u128, kept: Option<u128>) {
    let kept = kept.map(Uuid::from_u128);
    store.transact(Op::Duplicates, |tx| tx.set_merge_mark(Uuid::from_u128(household), kept)).unwrap();
}

/// Where a household's answers are, by its edits and drafts one by one.
fn counted(store: &Store, number: u128) -> Custody {
    let subjects = [
        subject(rasoat_casework::SubjectKind::Household, number),
        subject(rasoat_casework::SubjectKind::Interview, 1_000_000 + number),
    ];
    let edits: Vec<_> =
        subjects.iter().flat_map(|subject| store.read(|tx| tx.edits_of(subject)).unwrap()).collect();
    let drafted = subjects.iter().any(|subject| store.read(|tx| tx.draft(subject)).unwrap().is_some());
    let any = |is: fn(&rasoat_store::EditCustody) -> bool| edits.iter().any(|edit| is(&edit.custody));
    if any(|custody| matches!(custody, rasoat_store::EditCustody::Refused { .. })) {
        Custody::Refused
    } else if drafted || any(|custody| *custody == rasoat_store::EditCustody::Unsent) {
        Custody::OnlyHere
    } else if any(|custody| matches!(custody, rasoat_store::EditCustody::Confirmed { .. })) {
        Custody::Confirmed
    } else {
        Custody::Nothing
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn after_any_acts_lists_hold_what_a_look_at_every_row_finds(
        acts in proptest::collection::vec(act(), 1..40),
        typed in proptest::sample::select(vec![
            "nong", "Hoà", "d", "đa v", "an ban ma", "06001", "060010", "2021", "0200", "020060", "12", "thon 2", "so 1", "ng",
        ]),
        filter in 0_usize..26,
    ) {
        let (_dir, store) = fresh();
        let mut here = BTreeMap::new();
        for act in &acts {
            perform(&store, act, &mut here);
        }
        let filters = filters();
        let filter = filters[filter % filters.len()].clone();
        let custodies: BTreeMap<u128, Custody> = here.keys().map(|number| (*number, counted(&store, *number))).collect();
        let mut merged = BTreeSet::new();
        for (number, custody) in &custodies {
            let row = store.read(|tx| tx.household(Uuid::from_u128(*number))).unwrap().unwrap();
            prop_assert_eq!(row.custody, *custody, "household {}", number);
            merged.extend(row.merged_into.map(|_| row.id));
        }
        let counts = store.read(|tx| tx.custody_counts()).unwrap();
        let counted = counts.nothing + counts.only_here + counts.confirmed + counts.refused;
        prop_assert_eq!(counted as usize, here.len(), "merged ones too");
        let custody_of = |row: &HouseholdRow| custodies[&row.id.as_u128()];
        let rank = |custody| match custody {
            Custody::Refused => 0,
            Custody::OnlyHere => 1,
            Custody::Confirmed => 2,
            Custody::Nothing => 3,
        };
        for limit in [3, 100] {
            let shown = store.read(|tx| tx.custody_list(limit)).unwrap();
            let shown: Vec<u8> = shown.iter().map(|shown| rank(custody_of(&shown.household))).collect();
            let mut all: Vec<u8> = custodies.values().map(|custody| rank(*custody)).collect();
            all.retain(|rank| *rank < 3);
            all.sort_unstable();
            all.truncate(limit as usize);
            prop_assert_eq!(shown, all, "those that matter most first, merged ones too");
        }
        for progress in store.read(|tx| tx.villages()).unwrap() {
            let own: Vec<&Made> = here
                .values()
                .filter(|made| !merged.contains(&made.new.id))
                .filter(|made| (&made.new.commune, &made.new.village) == (&progress.village.commune, &progress.village.id))
                .collect();
            let of = |state| own.iter().filter(|made| made.progress.state == state).count();
            prop_assert_eq!(progress.households as usize, own.len());
            prop_assert_eq!(progress.started as usize, of(HouseholdState::Started));
            prop_assert_eq!(progress.signed as usize, of(HouseholdState::Signed));
        }
        let query = HouseholdQuery { text: typed.to_owned(), ..filter };
        let expected: BTreeSet<Uuid> = here
            .iter()
            .filter(|(number, made)| {
                fits(made, custodies[number], &query)
                    && query.commune.as_ref().is_none_or(|commune| *commune == made.new.commune)
                    && !merged.contains(&made.new.id)
            })
            .map(|(_, made)| made.new.id)
            .collect();
        for sort in sorts() {
            let query = HouseholdQuery { sort, ..query.clone() };
            prop_assert_eq!(ids(&all(&store, &query, 5)), expected.clone(), "{:?}", query);
        }
    }

    #[test]
    fn the_ends_of_citizen_ids_are_found_from_the_third_digit_on(dice in any::<[u16; 10]>(), length in 3_usize..12) {
        let (_dir, store) = fresh();
        let mut one = made(1, &dice.map(usize::from));
        let number = id(usize::from(dice[0]), 1);
        one.new.words.citizen_ids = vec![number.clone()];
        keep(&store, &[one]);
        let query = HouseholdQuery { text: number.as_str()[12 - length..].to_owned(), ..HouseholdQuery::default() };
        prop_assert_eq!(all(&store, &query, 10).len(), 1);
    }
}

#[test]
fn households_of_equal_names_stand_in_one_order_on_every_laptop() {
    let order_of = |numbers: &[u128]| {
        let (_dir, store) = fresh();
        let lines: Vec<_> =
            numbers.iter().map(|number| household(*number, "na-lung", "Lương Thị Mai")).collect();
        add(&store, &[village("na-lung", "Thôn Nà Lùng")], &lines);
        let rows = all(&store, &HouseholdQuery::default(), 4);
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(order_of(&[1, 2, 3, 4, 5, 6, 7, 8, 9]), order_of(&[9, 3, 5, 1, 8, 2, 7, 6, 4]));
}
