//! What is kept of a commune, as bytes. Those of a lock are read for good, whatever is counted later: they say which facts they count, and
//! which indicators their standards had.

use std::collections::BTreeMap;

use rasoat_reports::{Case, STANDARDS, pack, unpack};
use serde::{Deserialize, Serialize};

use crate::library::Library;
use crate::reports::standard;
use crate::storage::StorageError;

/// How many households live in a commune's villages, by village id and name, as far as that is known.
pub(crate) type Living = BTreeMap<String, (String, u32)>;

/// What stands before the cases.
#[derive(Serialize, Deserialize)]
struct Head {
    living: Living,
    #[serde(flatten)]
    keys: Keys,
}

/// By which keys cases are counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Keys {
    /// Of the facts that each case counts, in their order.
    facts: Vec<String>,
    /// Of the indicators of each standard, with their numbers; none where cases were kept before they were told, and are read by number.
    #[serde(default)]
    indicators: [BTreeMap<String, u8>; STANDARDS.len()],
}

impl Keys {
    /// As they are now.
    pub(super) fn of(library: &Library) -> Self {
        let indicators = std::array::from_fn(|slot| {
            let outline = standard(library, slot).map(|known| known.standard.outline());
            let indicators = outline.map(|outline| outline.indicators).unwrap_or_default();
            indicators.into_iter().map(|indicator| (indicator.key, indicator.number)).collect()
        });
        Self { facts: library.facts().facts.iter().map(|fact| fact.key.clone()).collect(), indicators }
    }
}

/// What is kept of a commune.
pub(super) struct Unpacked {
    pub(super) living: Living,
    /// How many edits each case was made from.
    pub(super) edits: Vec<u32>,
    /// With the facts and indicators of now; of a fact that was not counted then nothing holds, and of an indicator nothing is known.
    pub(super) cases: Vec<Case>,
}

pub(super) fn packed(
    living: Living,
    keys: Keys,
    edits: &[u32],
    cases: &[Case],
) -> Result<Vec<u8>, StorageError> {
    let head = Head { living, keys };
    let head = serde_json::to_vec(&head).map_err(|_| StorageError::Damaged("cases"))?;
    let mut bytes = Vec::new();
    bytes.extend(u32::try_from(head.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(head);
    bytes.extend(u32::try_from(edits.len()).unwrap_or(u32::MAX).to_le_bytes());
    edits.iter().for_each(|edits| bytes.extend(edits.to_le_bytes()));
    bytes.extend(pack(cases));
    Ok(bytes)
}

/// What [`packed`] made; `None` for anything else.
pub(super) fn unpacked(bytes: &[u8], keys: &Keys) -> Option<Unpacked> {
    let (length, rest) = number(bytes)?;
    let (head, rest) = rest.split_at_checked(length)?;
    let head: Head = serde_json::from_slice(head).ok()?;
    let (count, rest) = number(rest)?;
    let (edits, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
    let edits = edits.chunks_exact(4).map(|four| Some(u32::from_le_bytes(four.try_into().ok()?)));
    let edits = edits.collect::<Option<Vec<u32>>>()?;
    let mut cases = unpack(rest).ok()?;
    if head.keys.facts != keys.facts {
        let place_of = |key: &String| head.keys.facts.iter().position(|known| known == key);
        let places: Vec<Option<usize>> = keys.facts.iter().map(place_of).collect();
        for case in &mut cases {
            case.facts = places.iter().map(|place| place.map_or(0, |place| case.fact(place))).collect();
        }
    }
    for (slot, (then, now)) in head.keys.indicators.iter().zip(&keys.indicators).enumerate() {
        if then.is_empty() || then == now {
            continue;
        }
        let moved = Moved::of(then, now);
        for outcome in cases.iter_mut().filter_map(|case| case.outcomes.get_mut(slot)?.as_mut()) {
            for set in [&mut outcome.deprived, &mut outcome.open, &mut outcome.undefined] {
                *set = moved.set(*set);
            }
            outcome.undefined |= moved.new;
        }
    }
    (cases.len() == count).then_some(Unpacked { living: head.living, edits, cases })
}

/// Where indicators stand now that stood elsewhere.
struct Moved {
    /// From which bit to which.
    bits: Vec<(u16, u16)>,
    /// Those that there were not.
    new: u16,
}

impl Moved {
    fn of(then: &BTreeMap<String, u8>, now: &BTreeMap<String, u8>) -> Self {
        let new = now.iter().filter(|(key, _)| !then.contains_key(*key));
        let new = new.fold(0, |all, (_, number)| all | bit(*number));
        let taken = now.values().fold(0, |all, number| all | bit(*number));
        // What is an indicator no more counts still, under a number that none has.
        let mut free = (0..u16::BITS).rev().map(|place| 1_u16 << place).filter(|bit| taken & bit == 0);
        let bits = then.iter().filter_map(|(key, number)| {
            let to = now.get(key).map(|number| bit(*number)).or_else(|| free.next())?;
            Some((bit(*number), to))
        });
        Self { bits: bits.collect(), new }
    }

    fn set(&self, set: u16) -> u16 {
        self.bits.iter().filter(|(from, _)| set & from != 0).fold(0, |all, (_, to)| all | to)
    }
}

/// Number 1 is the lowest bit.
fn bit(number: u8) -> u16 {
    number.checked_sub(1).and_then(|place| 1_u16.checked_shl(u32::from(place))).unwrap_or_default()
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_at_checked(4)?;
    Some((usize::try_from(u32::from_le_bytes(number.try_into().ok()?)).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rasoat_reports::Outcome;
    use uuid::Uuid;

    fn keys(facts: &[&str], indicators: &[(&str, u8)]) -> Keys {
        let indicators = indicators.iter().map(|(key, number)| ((*key).to_owned(), *number)).collect();
        Keys {
            facts: facts.iter().map(|key| (*key).to_owned()).collect(),
            indicators: [indicators, BTreeMap::new()],
        }
    }

    #[test]
    fn what_was_kept_is_read_by_its_facts_whatever_is_counted_since() {
        let mut case = Case::new(Uuid::from_u128(7));
        case.facts = vec![3, 5];
        let living = Living::from([("thon".to_owned(), ("Thôn".to_owned(), 60))]);
        let bytes =
            packed(living.clone(), keys(&["ill", "merit"], &[]), &[4], std::slice::from_ref(&case)).unwrap();
        let read = unpacked(&bytes, &keys(&["merit", "new", "ill"], &[])).unwrap();
        assert_eq!((&read.living, &read.edits, &read.cases[0].facts), (&living, &vec![4], &vec![5, 0, 3]));
        // What was not reviewed counts nothing, then and now.
        case.facts = Vec::new();
        let bytes = packed(living, keys(&["ill"], &[]), &[1], &[case]).unwrap();
        let keys = keys(&["ill"], &[]);
        let read = unpacked(&bytes, &keys).unwrap();
        assert!(read.cases[0].facts.is_empty());
        assert!((0..bytes.len()).all(|length| unpacked(&bytes[..length], &keys).is_none()));
    }

    #[test]
    fn indicators_are_those_that_they_were_whatever_their_numbers_are_since() {
        let mut case = Case::new(Uuid::from_u128(7));
        // Number 1 is deprived, 2 waits, 3 is met, 4 is deprived.
        let outcome = Outcome { deprived: 0b1001, open: 0b10, ..Outcome::default() };
        case.outcomes = [Some(outcome), Some(outcome)];
        let then = keys(&[], &[("job", 1), ("school", 2), ("water", 3), ("phone", 4)]);
        let bytes = packed(Living::new(), then.clone(), &[1], std::slice::from_ref(&case)).unwrap();
        assert_eq!(unpacked(&bytes, &then).unwrap().cases, [case.clone()]);
        let now = keys(&[], &[("water", 1), ("job", 2), ("school", 3), ("roof", 4)]);
        let read = unpacked(&bytes, &now).unwrap().cases.remove(0);
        let [Some(first), Some(second)] = read.outcomes else { panic!("{read:?}") };
        assert!(first.is_met(1) && first.is_deprived(2) && !first.is_met(3) && !first.is_deprived(3));
        assert!(!first.is_met(4) && !first.is_deprived(4), "there was none");
        assert_eq!((first.open, first.count()), (0b100, 2), "one is named no more, and counts");
        assert_eq!(second, outcome, "of a standard that told no keys by number");
        // What was kept before indicators were told is read by number.
        let old = packed(Living::new(), keys(&[], &[]), &[1], std::slice::from_ref(&case)).unwrap();
        assert_eq!(unpacked(&old, &now).unwrap().cases, [case.clone()]);
        let head = br#"{"living":{},"facts":[]}"#;
        let old = [&(head.len() as u32).to_le_bytes()[..], head, &1_u32.to_le_bytes(), &1_u32.to_le_bytes()];
        let old = [old.concat(), pack(std::slice::from_ref(&case))].concat();
        assert_eq!(unpacked(&old, &now).unwrap().cases, [case]);
    }
}
