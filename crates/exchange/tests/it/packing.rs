//! Edits in a batch's columns: what went in comes out, whatever it is, and whatever comes in stays within bounds.

use std::collections::BTreeMap;

use crate::support::{batch_of, device, device_key, dictionary};
use proptest::prelude::*;
use proptest::sample::select;
use rasoat_casework::cbor::{Reader, Writer};
use rasoat_casework::{
    Change, Edit, EditHash, EditId, Hlc, InstrumentHash, Round, Subject, SubjectKind, VersionVector,
    WriterId, interview_id, new_member_id,
};
use rasoat_exchange::{
    Batch, BatchError, Dictionary, Limits, SignedBatch, SyncResponse, decode_response, encode_request,
    encode_response,
};
use rasoat_instrument::{Number, Path, Value, ValueKind};
use uuid::Uuid;

/// No author that is longer is packed, in bytes.
const LONGEST_AUTHOR: usize = 256;
/// What edits of a packing may come to, in bytes.
const MOST_UNPACKED: usize = 16 * 1024 * 1024;

/// What an edit is made of, without what makes it the next of its writer's.
#[derive(Debug, Clone)]
struct Made {
    writer: u128,
    gap: u64,
    prev: Before,
    subject: (usize, usize, Named),
    seen: Vec<(u128, u64)>,
    at: (i64, u32),
    author: String,
    instrument: Option<u8>,
    changes: Vec<(Place, Option<Written>)>,
}

/// How the edit before is named.
#[derive(Debug, Clone, Copy)]
enum Before {
    Nothing,
    InBatch,
    Elsewhere(u8),
}

/// Whose id a subject's is.
#[derive(Debug, Clone, Copy)]
enum Named {
    Number(u128),
    /// An interview's, of a household and round that its changes name.
    ByContent(u128, u16),
}

/// A place, whose instances may be the edit's own.
#[derive(Debug, Clone)]
struct Place {
    around: Vec<(&'static str, Instance)>,
    field: Option<&'static str>,
    facet: &'static str,
}

#[derive(Debug, Clone)]
enum Instance {
    Own(u32),
    Given(String),
}

/// A value, or one that follows from the edit.
#[derive(Debug, Clone)]
enum Written {
    Value(Value),
    Author,
    /// A moment so many milliseconds after the edit's.
    Moment(i64),
    /// The id of a numbered subject.
    Subject(u128),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,20}",
        "0[0-9]{8,11}",
        "[12][0-9]{3}-[01][0-9]-[0-3][0-9]",
        "[A-Za-zÀ-ỹ ]{1,40}",
        "\\PC{0,12}",
        "[a-f0-9]{8}-[a-f0-9]{4}-7[a-f0-9]{3}-8[a-f0-9]{3}-[a-f0-9]{12}",
        "[A-F0-9]{8}-[A-F0-9]{4}-7[A-F0-9]{3}-8[A-F0-9]{3}-[A-F0-9]{12}",
        "2026-1[0-2]-[0-2][0-9]T0[0-9]:00:00(\\.[0-9]{1,9})?(Z|\\+07:00)",
        "x{200,700}",
        select(vec!["", " ", "-5", "1e3", "١٢٣", "2026-02-30", "99999-01-01", "đ", "2026-11-23T00:00:00Z"])
            .prop_map(str::to_owned),
    ]
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        0_i64..200,
        (-50_000_i64..50_000).prop_map(|thousands| thousands * 1000),
        (0_i64..900).prop_map(|millions| millions * 1_000_000),
        select(vec![i64::MIN, i64::MAX, -1, 1 << 44, (1 << 44) - 1, -(1 << 44)]),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(vec!["head", "spouse", "child", "yes", "no", "rural", "signed", "poor"]).prop_map(str::to_owned),
        1 => "[a-z0-9_]{1,12}",
        1 => "n{200,300}",
    ]
}

fn written_as(kind: ValueKind, text: &str) -> Value {
    Value::parse(kind, text).unwrap().unwrap()
}

fn value() -> impl Strategy<Value = Value> {
    let decimal = prop_oneof![
        any::<f64>().prop_filter_map("a number", Number::new),
        (-100_000_i32..100_000).prop_filter_map("a number", |parts| Number::new(f64::from(parts) / 100.0)),
    ];
    let day = prop_oneof![(1900_i16..2156, 1_i8..=12, 1_i8..=28), (-9999_i16..=9999, 1_i8..=12, 1_i8..=28),];
    let others = select(vec![
        (ValueKind::Time, "14:30:00.000"),
        (ValueKind::Time, "00:00:59.999"),
        (ValueKind::DateTime, "2026-11-23T14:30:00.000+07:00"),
        (ValueKind::DateTime, "1969-12-31T23:59:59.001-11:30"),
        (ValueKind::Point, "21.85 106.76 250 5"),
        (ValueKind::Point, "-0.000000001 180 0 0.1"),
        (ValueKind::File, "anh-1.jpg"),
    ]);
    prop_oneof![
        4 => text().prop_map(Value::Text),
        2 => number().prop_map(Value::Integer),
        1 => decimal.prop_map(Value::Decimal),
        1 => day.prop_map(|(year, month, day)| Value::Date(jiff::civil::date(year, month, day))),
        3 => name().prop_map(Value::Choice),
        2 => prop::collection::vec(name(), 0..5).prop_map(Value::Choices),
        1 => others.prop_map(|(kind, text)| written_as(kind, text)),
    ]
}

fn written() -> impl Strategy<Value = Written> {
    prop_oneof![
        10 => value().prop_map(Written::Value),
        1 => Just(Written::Author),
        1 => prop_oneof![Just(0), -5_000_i64..5_000, any::<i64>()].prop_map(Written::Moment),
        1 => (0_u128..6).prop_map(Written::Subject),
    ]
}

fn instance() -> impl Strategy<Value = Instance> {
    prop_oneof![
        (0_u32..30).prop_map(Instance::Own),
        "[0-9a-hjkmnp-tv-z]{8}".prop_map(Instance::Given),
        "[a-z0-9-]{1,40}".prop_map(Instance::Given),
        select(vec!["m1", "m2", "ilo00000", "0123456789abcdef"])
            .prop_map(|id| Instance::Given(id.to_owned())),
    ]
}

/// Fields of the shipped form, and others.
const FIELDS: [&str; 12] = [
    "area_type",
    "floor_area",
    "full_name",
    "birth",
    "citizen_id",
    "relation",
    "meta_state",
    "meta_signed_by",
    "a",
    "b",
    "c_1",
    "A-long_name-of-no-form",
];

fn place() -> impl Strategy<Value = Place> {
    let around = prop::collection::vec((select(vec!["members", "plots", "x"]), instance()), 0..4);
    let field = prop_oneof![8 => select(FIELDS.to_vec()).prop_map(Some), 1 => Just(None)];
    let facet = prop_oneof![8 => Just(""), 1 => Just("#reason"), 1 => Just("#note")];
    (around, field, facet).prop_filter_map("a place", |(around, field, facet)| {
        (!around.is_empty() || field.is_some()).then_some(Place { around, field, facet })
    })
}

fn made() -> impl Strategy<Value = Made> {
    let prev =
        prop_oneof![Just(Before::Nothing), Just(Before::InBatch), any::<u8>().prop_map(Before::Elsewhere),];
    let named = prop_oneof![
        (0_u128..6).prop_map(Named::Number),
        any::<u128>().prop_map(Named::Number),
        (0_u128..6, 2020_u16..2030).prop_map(|(household, round)| Named::ByContent(household, round)),
    ];
    let millis = prop_oneof![8 => 1_790_000_000_000_i64..1_790_100_000_000, 1 => any::<i64>()];
    let author = prop_oneof![
        8 => select(vec!["Người thử", "Lò Văn Hai", ""]).prop_map(str::to_owned),
        1 => "n{250,270}",
    ];
    let seq = prop_oneof![8 => 0_u64..9, 1 => any::<u64>()];
    (
        (0_u128..3, prop_oneof![8 => Just(1_u64), 1 => 2_u64..500, 1 => Just(1 << 60)], prev),
        (0_usize..3, 0_usize..4, named),
        prop::collection::vec((0_u128..8, seq), 0..5),
        (millis, prop_oneof![Just(0), any::<u32>()]),
        author,
        prop::option::of(0_u8..3),
        prop::collection::vec((place(), prop::option::weighted(0.9, written())), 0..14),
    )
        .prop_map(|((writer, gap, prev), subject, seen, at, author, instrument, changes)| Made {
            writer,
            gap,
            prev,
            subject,
            seen,
            at,
            author,
            instrument,
            changes,
        })
}

fn writer(number: u128) -> WriterId {
    WriterId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + number))
}

/// By writer and number, as a batch has them.
fn edits(made: Vec<Made>) -> Vec<Edit> {
    let mut made = made;
    made.sort_by_key(|made| made.writer);
    let mut edits: Vec<Edit> = Vec::new();
    for made in made {
        let before = edits.last().filter(|edit| edit.id.writer == writer(made.writer));
        let seq = before.map_or(0, |edit| edit.id.seq).saturating_add(made.gap);
        let id = EditId { writer: writer(made.writer), seq };
        let prev = match made.prev {
            Before::Nothing => None,
            Before::InBatch => before.map(Edit::hash),
            Before::Elsewhere(byte) => Some(EditHash::of(&[byte])),
        };
        edits.push(made.seal(id, prev));
    }
    edits
}

impl Made {
    fn seal(self, id: EditId, prev: Option<EditHash>) -> Edit {
        let (commune, kind, named) = self.subject;
        let kinds = [SubjectKind::Household, SubjectKind::Interview, SubjectKind::Case, SubjectKind::Remark];
        let mut changes: BTreeMap<Path, Change> = BTreeMap::new();
        for (place, written) in &self.changes {
            let change = match written {
                None => Change::Removed,
                Some(written) => Change::Set(self.value(written)),
            };
            changes.insert(place.path(id), change);
        }
        let subject = match named {
            Named::Number(number) => Uuid::from_u128(number),
            Named::ByContent(household, round) => {
                let household = Uuid::from_u128(household);
                let mut put = |name: &str, value| changes.insert(name.parse().unwrap(), Change::Set(value));
                put("meta_household", Value::Text(household.to_string()));
                put("meta_round", Value::Integer(round.into()));
                interview_id(household, Round(round))
            }
        };
        Edit {
            id,
            prev,
            subject: Subject {
                commune: ["06325", "05977", "00001"][commune].parse().unwrap(),
                kind: kinds[kind],
                id: subject,
            },
            seen: VersionVector(self.seen.iter().map(|(number, seq)| (writer(*number), *seq)).collect()),
            at: Hlc { millis: self.at.0, counter: self.at.1 },
            author: self.author,
            instrument: self.instrument.map(|byte| InstrumentHash([byte; 32])),
            changes,
        }
    }

    fn value(&self, written: &Written) -> Value {
        match written {
            Written::Value(value) => value.clone(),
            Written::Author => Value::Text(self.author.clone()),
            Written::Moment(after) => {
                let millis = self.at.0.saturating_add(*after);
                let moment = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
                Value::Text(moment.to_string())
            }
            Written::Subject(number) => Value::Text(Uuid::from_u128(*number).to_string()),
        }
    }
}

impl Place {
    fn path(&self, edit: EditId) -> Path {
        let around = self.around.iter().map(|(repeat, instance)| match instance {
            Instance::Own(ordinal) => format!("{repeat}.{}", new_member_id(edit, *ordinal)),
            Instance::Given(id) => format!("{repeat}.{id}"),
        });
        let segments: Vec<String> = around.chain(self.field.map(str::to_owned)).collect();
        format!("{}{}", segments.join("."), self.facet).parse().unwrap()
    }
}

fn ways() -> [Option<&'static Dictionary>; 2] {
    [None, Some(dictionary())]
}

fn opened(batch: &SignedBatch) -> Result<Batch, BatchError> {
    batch.open(&device_key().verify_key())
}

/// A batch's items: runs, how many, instruments, dictionary, schema, texts, codes, and the places of what is not packed.
#[derive(Debug, Clone, Default)]
struct Items {
    runs: Vec<(WriterId, u64, u64)>,
    instruments: Vec<[u8; 32]>,
    dictionary: u64,
    parts: [Vec<u8>; 3],
    bare: Vec<u64>,
}

impl Items {
    fn of(batch: &SignedBatch) -> Self {
        let mut input = Reader::new(&batch.bytes);
        input.array_of(9).unwrap();
        input.uint().unwrap();
        input.bytes_of::<16>().unwrap();
        let mut items = Self::default();
        for _ in 0..input.array(6000).unwrap() / 3 {
            let writer = WriterId(Uuid::from_bytes(input.bytes_of().unwrap()));
            items.runs.push((writer, input.uint().unwrap(), input.uint().unwrap()));
        }
        for _ in 0..input.array(2000).unwrap() {
            items.instruments.push(input.bytes_of().unwrap());
        }
        items.dictionary = input.uint().unwrap();
        items.parts = std::array::from_fn(|_| input.bytes(1 << 24).unwrap().to_vec());
        for _ in 0..input.array(4000).unwrap() / 2 {
            items.bare.push(input.uint().unwrap());
            input.bytes(1 << 20).unwrap();
        }
        input.end().unwrap();
        items
    }

    /// A batch of these, with nothing that is not packed, signed by the laptop: what somebody can send who means ill.
    fn sign(&self) -> SignedBatch {
        let mut out = Writer::new();
        out.array(9).uint(1).bytes(device().0.as_bytes()).array(self.runs.len() * 3);
        for (writer, first, count) in &self.runs {
            out.bytes(writer.0.as_bytes()).uint(*first).uint(*count);
        }
        out.array(self.instruments.len());
        for instrument in &self.instruments {
            out.bytes(instrument);
        }
        out.uint(self.dictionary);
        for part in &self.parts {
            out.bytes(part);
        }
        out.array(0);
        let bytes = out.into_bytes();
        use ed25519_dalek::Signer as _;
        let key = ed25519_dalek::SigningKey::from_bytes(&device_key().to_seed());
        let signature = key.sign(&[b"rasoat batch\0", &bytes[..]].concat()).to_bytes();
        SignedBatch { bytes, signature: rasoat_exchange::Signature::from_bytes(signature), device: device() }
    }

    /// That what these bytes say is refused, or is edits that can be stored and read back, and not too many.
    fn is_harmless(&self) -> bool {
        let Ok(batch) = opened(&self.sign()) else { return true };
        let stored: Vec<Vec<u8>> = batch.edits.iter().map(Edit::to_bytes).collect();
        stored.iter().map(Vec::len).sum::<usize>() <= MOST_UNPACKED
            && batch
                .edits
                .iter()
                .zip(&stored)
                .all(|(edit, bytes)| Edit::from_bytes(bytes).as_ref() == Ok(edit))
    }
}

proptest! {
    #[test]
    fn any_edits_come_back_as_they_were(made in prop::collection::vec(made(), 1..12)) {
        let edits = edits(made);
        let long: Vec<u64> = edits.iter().zip(0..).filter(|(edit, _)| edit.author.len() > LONGEST_AUTHOR).map(|(_, at)| at).collect();
        for known in ways() {
            let batch = batch_of(&edits, known);
            let found = opened(&batch).unwrap();
            prop_assert!(found.unreadable.is_empty());
            prop_assert_eq!(&found.edits, &edits);
            for (found, edit) in found.edits.iter().zip(&edits) {
                prop_assert_eq!(found.to_bytes(), edit.to_bytes());
            }
            // As they are unpacked they are the same already.
            let loose = batch.open_loose(&device_key().verify_key()).unwrap();
            prop_assert_eq!(loose.edits.len(), edits.len());
            for ((loose, hash), edit) in loose.edits.into_iter().zip(&edits) {
                prop_assert_eq!(loose.to_bytes(), edit.to_bytes());
                prop_assert_eq!(hash, edit.hash());
                prop_assert_eq!(&loose.into_edit(), edit);
            }
            // Nothing but a very long author keeps an edit from being packed.
            prop_assert_eq!(&Items::of(&batch).bare, &long);
        }
    }

    #[test]
    fn any_edits_come_back_from_an_answer(made in prop::collection::vec(made(), 1..6)) {
        let (link, changes) = (crate::support::link(), edits(made));
        let head = rasoat_exchange::RequestHead {
            protocol: 1, device: device(), nonce: 0, dictionary: 1, cursor: rasoat_exchange::Cursor::default(),
            catalogue: None, room: 0, asked: Vec::new(), health: None,
        };
        let request = rasoat_exchange::SyncRequest { head, batches: Vec::new() };
        let (_, tag) = encode_request(&request, &link, None).unwrap();
        let response = SyncResponse {
            protocol: 1, receipts: Vec::new(), changes, unread: Vec::new(), cursor: rasoat_exchange::Cursor::default(), more: false,
            server_time_millis: 0, dictionary: 1, catalogue: None,
        };
        for known in ways() {
            let bytes = encode_response(&response, tag, &link, known).unwrap();
            prop_assert_eq!(decode_response(&bytes, Limits::DEFAULT, tag, &link), Ok(response.clone()));
        }
    }

    #[test]
    fn any_bytes_as_a_packing_are_refused_or_harmless(
        count in 1_u64..40, dictionary in 0_u64..=1, tables in prop::collection::vec(any::<u8>(), 0..60),
        texts in prop::collection::vec(any::<u8>(), 0..40), codes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        // With a shared text that is a commune, as nothing is read beyond it otherwise.
        for schema in [[&[1][..], &tables].concat(), [b"\x01\x01\x0506325\x00", &tables[..]].concat(), b"\x01\x01\x0506325\x00".to_vec()] {
            let items = Items {
                runs: vec![(writer(1), 1, count)], instruments: vec![[1; 32]], dictionary,
                parts: [schema, texts.clone(), codes.clone()], bare: Vec::new(),
            };
            prop_assert!(items.is_harmless());
        }
    }

    #[test]
    fn spoilt_packings_are_refused_or_harmless(
        made in prop::collection::vec(made(), 1..8), part in 0_usize..3,
        spoilt in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        for known in ways() {
            let mut items = Items::of(&batch_of(&edits(made.clone()), known));
            let bytes = &mut items.parts[part];
            if bytes.is_empty() {
                bytes.push(0);
            }
            for (at, byte) in &spoilt {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            prop_assert!(items.is_harmless());
        }
    }
}

fn plain_made() -> Made {
    Made {
        writer: 1,
        gap: 1,
        prev: Before::Nothing,
        subject: (0, 0, Named::Number(7)),
        seen: Vec::new(),
        at: (1_790_000_000_000, 0),
        author: "Người thử".to_owned(),
        instrument: None,
        changes: Vec::new(),
    }
}

/// Edits of one writer that each say the same few things.
fn uniform(count: u64, columns: usize) -> Vec<Edit> {
    let names: Vec<Path> = (0..columns).map(|at| format!("c{at:02}").parse().unwrap()).collect();
    let mut edits = edits(vec![plain_made(); usize::try_from(count).unwrap()]);
    let mut before = None;
    for edit in &mut edits {
        let choice = || Change::Set(Value::Choice("x".to_owned()));
        edit.changes = names.iter().map(|name| (name.clone(), choice())).collect();
        edit.prev = before;
        before = Some(edit.hash());
    }
    edits
}

#[test]
fn a_few_bytes_do_not_stand_for_very_many() {
    let mut items = Items::of(&batch_of(&uniform(2000, 60), None));
    assert!(items.sign().bytes.len() < 6000);
    assert!(items.is_harmless() && opened(&items.sign()).is_ok());
    // The same, with long names instead of short ones.
    let long = |name: &str| [&[0x86, 0x03], name.as_bytes(), &[b'x'; 390 - 3]].concat();
    let mut schema = items.parts[0].clone();
    for at in 0..60 {
        let name = format!("c{at:02}");
        let short = [&[3], name.as_bytes()].concat();
        let found = schema.windows(4).position(|window| window == short).unwrap();
        schema.splice(found..found + 4, long(&name));
    }
    items.parts[0] = schema;
    assert!(items.sign().bytes.len() < 30_000);
    assert_eq!(opened(&items.sign()), Err(BatchError::TooLarge));
}

#[test]
fn a_place_that_could_not_be_read_back_is_refused() {
    // Names that are short enough each, of a place that is not.
    let mut edits = edits(vec![plain_made()]);
    let place = "repeata.i1.repeatb.i2.fieldc".parse().unwrap();
    edits[0].changes = BTreeMap::from([(place, Change::Removed)]);
    let mut items = Items::of(&batch_of(&edits, None));
    let schema = &mut items.parts[0];
    for name in ["repeata", "repeatb", "fieldc"] {
        let short = [&[name.len() as u8], name.as_bytes()].concat();
        let found = schema.windows(short.len()).position(|window| window == short).unwrap();
        let long = [&[0x96, 0x01], name.as_bytes(), &vec![b'x'; 150 - name.len()]].concat();
        schema.splice(found..found + short.len(), long);
    }
    assert_eq!(opened(&items.sign()), Err(BatchError::Unreadable));
}

#[test]
fn an_edit_with_a_very_long_author_travels_as_it_is_beside_the_others() {
    let mut edits = uniform(3, 2);
    edits[1].author = "n".repeat(LONGEST_AUTHOR + 1);
    for known in ways() {
        let batch = batch_of(&edits, known);
        assert_eq!(opened(&batch).unwrap().edits, edits);
        assert_eq!(Items::of(&batch).bare, [1]);
    }
}

#[test]
fn what_the_other_side_knows_beforehand_takes_no_room() {
    let edits = uniform(1, 1);
    let plain = batch_of(&edits, None);
    assert_eq!(Items::of(&plain).dictionary, 0);
    let known = batch_of(&edits, Some(dictionary()));
    assert_eq!(Items::of(&known).dictionary, Dictionary::NEWEST);
    assert!(known.bytes.len() < plain.bytes.len() + 4);
    assert_eq!(opened(&known).unwrap(), opened(&plain).unwrap());
}

#[test]
fn a_dictionary_is_read_as_it_is_written_and_nothing_else_is_one() {
    let bytes = dictionary().to_bytes().unwrap();
    let read = Dictionary::from_bytes(&bytes).unwrap();
    assert_eq!(read.number(), dictionary().number());
    assert_eq!(read.to_bytes().unwrap(), bytes);
    for length in (0..bytes.len()).step_by(97) {
        assert!(Dictionary::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
    assert!(Dictionary::from_bytes(b"").is_err());
    assert!(Dictionary::of(0).is_none() && Dictionary::of(Dictionary::NEWEST + 1).is_none());
    assert!(Dictionary::of(u64::MAX).is_none());
    // Whoever knows newer ones is written to with the newest of both.
    assert_eq!(Dictionary::shared(u64::MAX).map(Dictionary::number), Some(Dictionary::NEWEST));
    assert!(Dictionary::shared(0).is_none());
}
