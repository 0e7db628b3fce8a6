//! An edit's bytes: one form, read back as written, anything else refused.
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use rasoat_casework::{
    Chain, Change, Draft, Edit, EditHash, EditId, Hlc, InstrumentHash, LooseEdit, MAX_EDIT_BYTES, SealError,
    Subject, SubjectKind, VersionVector, WriterId, new_member_id,
};
use rasoat_instrument::{Answer, Number, Path, Value};
use uuid::Uuid;

fn writer(number: u128) -> WriterId {
    WriterId(Uuid::from_u128(number))
}

fn subject() -> Subject {
    Subject { commune: "06325".parse().unwrap(), kind: SubjectKind::Interview, id: Uuid::from_u128(77) }
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        "\\PC{1,12}".prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        any::<f64>().prop_filter_map("finite", Number::new).prop_map(Value::Decimal),
        (1900i16..2100, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Value::Date(
            format!("{year:04}-{month:02}-{day:02}").parse().unwrap()
        )),
        "[a-z_]{1,8}".prop_map(Value::Choice),
        prop::collection::vec("[a-z_]{1,8}", 1..4).prop_map(Value::Choices),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![4 => value().prop_map(Change::Set), 1 => Just(Change::Removed)]
}

prop_compose! {
    fn edit()(
        seq in 1u64..,
        who in any::<u128>(),
        prev in any::<Option<[u8; 16]>>(),
        kind in prop::sample::select(vec![
            SubjectKind::Household, SubjectKind::Interview, SubjectKind::Case, SubjectKind::Remark,
        ]),
        seen in prop::collection::btree_map(any::<u128>(), any::<u64>(), 0..4),
        millis in any::<i64>(),
        counter in any::<u32>(),
        author in "\\PC{0,20}",
        instrument in any::<Option<[u8; 32]>>(),
        changes in prop::collection::btree_map(
            "[a-z][a-z_]{0,8}(\\.[a-z0-9]{1,6}\\.[a-z]{1,8})?(#reason|#note)?", change(), 0..6,
        ),
    ) -> Edit {
        Edit {
            id: EditId { writer: writer(who), seq },
            prev: prev.map(EditHash),
            subject: Subject { kind, ..subject() },
            seen: VersionVector(seen.into_iter().map(|(who, seq)| (writer(who), seq)).collect()),
            at: Hlc { millis, counter },
            author,
            instrument: instrument.map(InstrumentHash),
            changes: changes.into_iter().map(|(path, change)| (path.parse().unwrap(), change)).collect(),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(edit in edit()) {
        let bytes = edit.to_bytes();
        prop_assert_eq!(Edit::from_bytes(&bytes), Ok(edit.clone()));
        prop_assert_eq!(edit.hash(), EditHash::of(&bytes));
    }

    #[test]
    fn taken_apart_into_rows_an_edit_says_the_same(edit in edit(), turn in any::<prop::sample::Index>()) {
        let loose = LooseEdit::from(edit.clone());
        prop_assert_eq!(loose.to_bytes(), edit.to_bytes());
        prop_assert_eq!(loose.hash(), edit.hash());
        prop_assert_eq!((loose.len(), loose.is_empty()), (edit.changes.len(), edit.changes.is_empty()));
        let set = |path: &Path| match edit.changes.get(path) {
            Some(Change::Set(value)) => Some(value),
            Some(Change::Removed) | None => None,
        };
        let answers = loose.answers();
        let fields = edit.changes.keys().filter(|path| path.field_name().is_some());
        let expected: Vec<_> = fields.clone().filter_map(|path| Answer::at(path, set(path)?)).collect();
        prop_assert_eq!(&answers, &expected);
        prop_assert_eq!(loose.has_fields_only(), fields.clone().count() == edit.changes.len());
        for path in fields.filter(|path| path.facet().is_none()) {
            let name = path.field_name().unwrap();
            prop_assert_eq!(Answer::find(&answers, path.around(), name), set(path));
            if path.around().is_none() {
                prop_assert_eq!(loose.value(name), set(path));
            }
        }
        for answer in &answers {
            prop_assert_eq!(set(&answer.path().unwrap()), Some(answer.value));
        }
        // Rows may come in any order.
        let mut rows = loose.rows().to_vec();
        let turn = if rows.is_empty() { 0 } else { turn.index(rows.len()) };
        rows.rotate_left(turn);
        for row in &mut rows {
            row.cells.reverse();
        }
        let again = LooseEdit::new(loose.head.clone(), rows.clone()).unwrap();
        prop_assert_eq!(again.into_edit(), edit);
        // A place twice is none of an edit's.
        if let Some(row) = rows.first().cloned() {
            rows.push(row);
            prop_assert!(LooseEdit::new(loose.head.clone(), rows).is_err());
        }
    }

    #[test]
    fn random_bytes_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Edit::from_bytes(&bytes).is_err());
    }

    #[test]
    fn changed_bytes_are_refused_or_another_edit_with_one_form(
        edit in edit(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = edit.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = Edit::from_bytes(&bytes) {
            prop_assert_eq!(read.to_bytes(), bytes);
        }
    }

    #[test]
    fn every_truncation_is_refused(edit in edit()) {
        let bytes = edit.to_bytes();
        for length in 0..bytes.len() {
            let refused = Edit::from_bytes(&bytes[..length]);
            prop_assert_eq!(refused.map_err(|error| error.code), Err("truncated"), "{} bytes", length);
        }
    }

    #[test]
    fn logical_time_never_goes_back(millis in prop::collection::vec(any::<i64>(), 1..30)) {
        let mut clock = Hlc::default();
        for now in millis {
            let next = clock.tick(now);
            prop_assert!(next > clock);
            clock = next;
        }
    }
}

fn sample() -> Edit {
    let draft = Draft {
        subject: subject(),
        seen: VersionVector::default(),
        author: "Nguyễn Văn A".to_owned(),
        instrument: None,
        changes: BTreeMap::from([("floor_area".parse().unwrap(), Change::Set(Value::Integer(40)))]),
    };
    Chain::new(writer(1)).seal(draft, 1_700_000_000_000).unwrap()
}

#[test]
fn bytes_not_in_their_one_form_are_refused() {
    let bytes = sample().to_bytes();
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(Edit::from_bytes(&longer).unwrap_err().code, "malformed");
    // The version as a number of two bytes instead of one.
    let mut wide = bytes.clone();
    wide.splice(1..2, [0x18, 0x01]);
    assert_eq!(Edit::from_bytes(&wide).unwrap_err().code, "malformed");
    let mut newer = bytes.clone();
    newer[1] = 2;
    assert_eq!(Edit::from_bytes(&newer).unwrap_err().code, "newer_format");
    let huge = vec![0; MAX_EDIT_BYTES + 1];
    assert_eq!(Edit::from_bytes(&huge).unwrap_err().code, "too_large");
}

#[test]
fn places_out_of_order_are_refused() {
    let mut edit = sample();
    edit.changes = BTreeMap::from([
        ("aaaa".parse().unwrap(), Change::Set(Value::Integer(1))),
        ("bbbb".parse().unwrap(), Change::Set(Value::Integer(1))),
    ]);
    let mut bytes = edit.to_bytes();
    let first = bytes.windows(4).position(|window| window == b"aaaa").unwrap();
    let second = bytes.windows(4).position(|window| window == b"bbbb").unwrap();
    bytes[first..first + 4].copy_from_slice(b"bbbb");
    bytes[second..second + 4].copy_from_slice(b"aaaa");
    assert_eq!(Edit::from_bytes(&bytes).unwrap_err().code, "not_canonical");
}

#[test]
fn values_written_otherwise_than_in_their_one_form_are_refused() {
    let at = |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).position(|window| window == wanted);
    let mut edit = sample();
    edit.changes = BTreeMap::from([
        ("day".parse().unwrap(), Change::Set(Value::Date("2026-11-23".parse().unwrap()))),
        ("sum".parse().unwrap(), Change::Set(Value::Decimal(Number::new(0.0).unwrap()))),
    ]);
    let bytes = edit.to_bytes();
    assert!(Edit::from_bytes(&bytes).is_ok());
    let mut short = bytes.clone();
    let date = at(&short, b"\x6a2026-11-23").unwrap();
    short.splice(date..date + 11, *b"\x6820261123");
    assert_eq!(Edit::from_bytes(&short).unwrap_err().code, "not_canonical");
    // Nothing less than nothing.
    let mut negative = bytes;
    let zero = at(&negative, b"\xfb\0\0\0\0\0\0\0\0").unwrap();
    negative[zero + 1] = 0x80;
    assert_eq!(Edit::from_bytes(&negative).unwrap_err().code, "not_canonical");
}

#[test]
fn writers_seen_out_of_order_or_twice_are_refused() {
    let mut edit = sample();
    edit.seen = VersionVector(BTreeMap::from([(writer(0xaaaa), 1), (writer(0xbbbb), 2)]));
    let bytes = edit.to_bytes();
    let at = |who: u128| bytes.windows(16).position(|window| window == writer(who).0.as_bytes()).unwrap();
    for (first, second) in [(0xbbbb, 0xaaaa), (0xaaaa, 0xaaaa)] {
        let mut changed = bytes.clone();
        changed[at(0xaaaa)..][..16].copy_from_slice(writer(first).0.as_bytes());
        changed[at(0xbbbb)..][..16].copy_from_slice(writer(second).0.as_bytes());
        assert_eq!(Edit::from_bytes(&changed).unwrap_err().code, "not_canonical");
    }
}

#[test]
fn a_chain_numbers_its_edits_and_names_the_one_before() {
    let draft = || Draft {
        subject: subject(),
        seen: VersionVector::default(),
        author: String::new(),
        instrument: None,
        changes: BTreeMap::new(),
    };
    let mut chain = Chain::new(writer(1));
    let first = chain.seal(draft(), 1000).unwrap();
    let second = chain.seal(draft(), 10).unwrap();
    assert_eq!((first.id.seq, first.prev, first.at), (1, None, Hlc { millis: 1000, counter: 0 }));
    assert_eq!(
        (second.id.seq, second.prev, second.at),
        (2, Some(first.hash()), Hlc { millis: 1000, counter: 1 })
    );
    chain.observe(Hlc { millis: 5000, counter: 3 });
    chain.observe(Hlc { millis: i64::MAX, counter: 0 });
    assert_eq!(chain.seal(draft(), 2000).unwrap().at, Hlc { millis: 5000, counter: 4 });
}

#[test]
fn a_draft_too_large_for_an_edit_leaves_the_chain_as_it_was() {
    let text = Value::Text("x".repeat(MAX_EDIT_BYTES));
    let mut chain = Chain::new(writer(1));
    let draft = Draft {
        subject: subject(),
        seen: VersionVector::default(),
        author: String::new(),
        instrument: None,
        changes: BTreeMap::from([("note".parse().unwrap(), Change::Set(text))]),
    };
    assert_eq!(chain.seal(draft, 1000), Err(SealError));
    assert_eq!(chain, Chain::new(writer(1)));
}

#[test]
fn members_added_anywhere_get_different_ids() {
    let mut ids = std::collections::BTreeSet::new();
    for who in 0..5 {
        for seq in 1..5 {
            for ordinal in 0..5 {
                ids.insert(new_member_id(EditId { writer: writer(who), seq }, ordinal));
            }
        }
    }
    assert_eq!(ids.len(), 5 * 4 * 5);
}
