//! Scenarios of edits that meet: one document comes of each, in every order, and through batches of any grouping.
#![expect(clippy::unwrap_used, reason = "a scenario that cannot be read is the test failing")]

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{
    Change, DeviceId, Document, Edit, EditId, Hlc, PRESENT, Subject, SubjectKind, VersionVector, WriterId,
    fold,
};
use rasoat_exchange::{Batch, Dictionary, SignedBatch, SigningKey};
use rasoat_instrument::{Path, Value};
use uuid::Uuid;

const SCENARIOS: &str = include_str!("permutations/scenarios.txt");
/// Orders of one scenario that also go through batches: signing is what takes time.
const THROUGH_BATCHES: usize = 24;

/// A place's candidates: the value's text (`-` and `+` as in the file) and the edit's name.
type Candidates = Vec<(String, String)>;

#[derive(Default)]
struct Scenario {
    name: String,
    /// By name in the file.
    edits: Vec<(String, Edit)>,
    places: BTreeMap<Path, Candidates>,
    opens_with: BTreeMap<Path, String>,
}

#[test]
fn every_scenario_comes_to_its_document_in_every_order() {
    let scenarios = scenarios();
    assert!(scenarios.len() >= 41);
    let mut orders = 0;
    for scenario in &scenarios {
        for order in permutations(scenario.edits.len()) {
            let edits = order.iter().map(|at| &scenario.edits[*at].1);
            scenario.check(&fold(edits), &format!("{order:?}"));
            orders += 1;
        }
    }
    println!("{} scenarios in {orders} orders", scenarios.len());
}

#[test]
fn every_scenario_comes_to_its_document_through_batches_of_any_grouping() {
    let (device, key) = (DeviceId(Uuid::from_u128(1)), SigningKey::from_seed([1; 32]));
    for scenario in scenarios() {
        let count = scenario.edits.len();
        let orders = permutations(count);
        let stride = orders.len().div_ceil(THROUGH_BATCHES);
        for (number, order) in orders.iter().step_by(stride).enumerate() {
            // Bit by bit: whether a batch ends after that edit.
            let ends = |at: usize| at + 1 == count || number >> at & 1 == 1;
            let mut arrived: Vec<Edit> = Vec::new();
            let mut batch: Vec<Edit> = Vec::new();
            for (at, index) in order.iter().enumerate() {
                let edit = &scenario.edits[*index].1;
                // No laptop has two edits of one number to send.
                let twice = batch.iter().any(|other| other.id == edit.id);
                if twice {
                    arrived.extend(carried(&std::mem::take(&mut batch), device, &key));
                }
                batch.push(edit.clone());
                if ends(at) {
                    let whole = std::mem::take(&mut batch);
                    arrived.extend(carried(&whole, device, &key));
                    if number % 3 == 0 {
                        arrived.extend(carried(&whole, device, &key));
                    }
                }
            }
            scenario.check(&fold(&arrived), &format!("{order:?} in grouping {number}"));
        }
    }
}

/// What comes out at the other end.
fn carried(edits: &[Edit], device: DeviceId, key: &SigningKey) -> Vec<Edit> {
    let signed =
        SignedBatch::sign(&Batch::build(edits, device).unwrap(), key, Dictionary::of(Dictionary::NEWEST));
    let opened = signed.open(&key.verify_key()).unwrap();
    assert!(opened.unreadable.is_empty());
    opened.edits
}

impl Scenario {
    fn check(&self, document: &Document, order: &str) {
        let found: BTreeMap<Path, Candidates> = document
            .fields
            .iter()
            .map(|(path, state)| {
                let candidates = state.candidates.iter();
                let named = candidates.map(|one| (text_of(one.value.as_ref()), self.name_of(path, one)));
                (path.clone(), named.collect())
            })
            .collect();
        assert_eq!(found, self.places, "{}: {order}", self.name);
        let opens: BTreeMap<Path, String> =
            document.values().iter().map(|(path, value)| (path.clone(), text_of(Some(value)))).collect();
        assert_eq!(opens, self.opens_with, "{}: {order}", self.name);
        let conflicts: BTreeSet<&Path> = document.conflicts().into_iter().collect();
        let expected = self.places.iter().filter(|(_, candidates)| candidates.len() > 1);
        assert_eq!(conflicts, expected.map(|(path, _)| path).collect(), "{}: {order}", self.name);
    }

    /// The edit of that number; of two with one number the earliest that says so.
    fn name_of(&self, path: &Path, candidate: &rasoat_casework::Candidate) -> String {
        let says = |edit: &Edit| match edit.changes.get(path) {
            Some(Change::Set(value)) => candidate.value.as_ref() == Some(value),
            Some(Change::Removed) => candidate.value.is_none(),
            None => text_of(candidate.value.as_ref()) == "+",
        };
        let found = self.edits.iter().find(|(_, edit)| edit.id == candidate.edit && says(edit));
        found.map(|(name, _)| name.clone()).unwrap()
    }
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        None => "-".to_owned(),
        Some(Value::Choice(choice)) if choice == PRESENT => "+".to_owned(),
        Some(value) => value.to_string(),
    }
}

/// Every order of so many things.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let smaller = permutations(count - 1);
    let with_last = |order: &Vec<usize>| {
        (0..count)
            .map(|at| {
                let mut order = order.clone();
                order.insert(at, count - 1);
                order
            })
            .collect::<Vec<_>>()
    };
    smaller.iter().flat_map(with_last).collect()
}

fn scenarios() -> Vec<Scenario> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for line in SCENARIOS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix("== ") {
            scenarios.push(Scenario { name: name.to_owned(), ..Scenario::default() });
            continue;
        }
        let scenario = scenarios.last_mut().unwrap();
        if let Some(place) = line.strip_prefix("= ") {
            let (path, candidates) = place.split_once(": ").unwrap();
            let candidates = candidates.split(" | ").map(|one| {
                let (value, edit) = one.trim_end_matches(')').split_once('(').unwrap();
                (value.to_owned(), edit.to_owned())
            });
            scenario.places.insert(path.parse().unwrap(), candidates.collect());
        } else if let Some(values) = line.strip_prefix('>') {
            scenario.opens_with = values
                .split_whitespace()
                .map(|one| {
                    let (path, value) = one.split_once('=').unwrap();
                    (path.parse().unwrap(), value.to_owned())
                })
                .collect();
        } else {
            let edit = read_edit(line, scenario.edits.len());
            scenario.edits.push(edit);
        }
    }
    scenarios
}

fn read_edit(line: &str, at: usize) -> (String, Edit) {
    let (head, changes) = line.split_once(':').unwrap();
    let mut words = head.split_whitespace();
    let name = words.next().unwrap();
    let mut millis = 10 * (i64::try_from(at).unwrap() + 1);
    let mut seen = VersionVector::default();
    for word in words {
        match word.strip_prefix('@') {
            Some(time) => millis = time.parse().unwrap(),
            None if word == "sees" => {}
            None => seen.insert(id_of(word)),
        }
    }
    let changes = changes.split_whitespace().map(|one| {
        let (path, value) = one.split_once('=').unwrap();
        let change = match value {
            "-" => Change::Removed,
            "+" => Change::Set(Value::Choice(PRESENT.to_owned())),
            text => Change::Set(Value::Text(text.to_owned())),
        };
        (path.parse().unwrap(), change)
    });
    let subject =
        Subject { commune: "06325".parse().unwrap(), kind: SubjectKind::Interview, id: Uuid::from_u128(7) };
    let edit = Edit {
        id: id_of(name),
        prev: None,
        subject,
        seen,
        at: Hlc { millis, counter: 0 },
        author: "Người thử".to_owned(),
        instrument: None,
        changes: changes.collect(),
    };
    (name.to_owned(), edit)
}

/// `b2` is the second edit of writer b, and so is `b2'`.
fn id_of(name: &str) -> EditId {
    let name = name.trim_end_matches('\'');
    let (writer, seq) = name.split_at(1);
    EditId { writer: WriterId(Uuid::from_u128(u128::from(writer.as_bytes()[0]))), seq: seq.parse().unwrap() }
}
