//! What is kept of a commune, as bytes. Those of a lock are read for good, whatever is counted later: they say which facts they count.

use std::collections::BTreeMap;

use rasoat_casework::Facts;
use rasoat_reports::{Case, pack, unpack};
use serde::{Deserialize, Serialize};

use crate::storage::StorageError;

/// How many households live in a commune's villages, by village id and name, as far as that is known.
pub(crate) type Living = BTreeMap<String, (String, u32)>;

/// What stands before the cases.
#[derive(Serialize, Deserialize)]
struct Head {
    living: Living,
    /// Keys of the facts that each case counts, in their order.
    facts: Vec<String>,
}

/// What is kept of a commune.
pub(super) struct Unpacked {
    pub(super) living: Living,
    /// How many edits each case was made from.
    pub(super) edits: Vec<u32>,
    /// With the facts that are counted now; of one that was not counted then nothing holds.
    pub(super) cases: Vec<Case>,
}

pub(super) fn packed(
    living: Living,
    facts: &Facts,
    edits: &[u32],
    cases: &[Case],
) -> Result<Vec<u8>, StorageError> {
    let head = Head { living, facts: keys(facts) };
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
pub(super) fn unpacked(bytes: &[u8], facts: &Facts) -> Option<Unpacked> {
    let (length, rest) = number(bytes)?;
    let (head, rest) = rest.split_at_checked(length)?;
    let head: Head = serde_json::from_slice(head).ok()?;
    let (count, rest) = number(rest)?;
    let (edits, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
    let edits = edits.chunks_exact(4).map(|four| Some(u32::from_le_bytes(four.try_into().ok()?)));
    let edits = edits.collect::<Option<Vec<u32>>>()?;
    let mut cases = unpack(rest).ok()?;
    let wanted = keys(facts);
    if head.facts != wanted {
        let places: Vec<Option<usize>> =
            wanted.iter().map(|key| head.facts.iter().position(|known| known == key)).collect();
        for case in &mut cases {
            case.facts = places.iter().map(|place| place.map_or(0, |place| case.fact(place))).collect();
        }
    }
    (cases.len() == count).then_some(Unpacked { living: head.living, edits, cases })
}

fn keys(facts: &Facts) -> Vec<String> {
    facts.facts.iter().map(|fact| fact.key.clone()).collect()
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_at_checked(4)?;
    Some((usize::try_from(u32::from_le_bytes(number.try_into().ok()?)).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn facts(keys: &[&str]) -> Facts {
        let fact = |key: &&str| {
            format!(
                "[[fact]]\nkey = \"{key}\"\nlabel = {{ vi = \"{key}\" }}\nof = \"household\"\nwhen = \"1\"\n"
            )
        };
        let all: String = keys.iter().map(fact).collect();
        Facts::from_toml(&format!("id = \"x\"\nmembers = \"members\"\nstandard = \"vn\"\n{all}")).unwrap()
    }

    #[test]
    fn what_was_kept_is_read_by_its_facts_whatever_is_counted_since() {
        let mut case = Case::new(Uuid::from_u128(7));
        case.facts = vec![3, 5];
        let living = Living::from([("thon".to_owned(), ("Thôn".to_owned(), 60))]);
        let bytes =
            packed(living.clone(), &facts(&["ill", "merit"]), &[4], std::slice::from_ref(&case)).unwrap();
        let read = unpacked(&bytes, &facts(&["merit", "new", "ill"])).unwrap();
        assert_eq!((&read.living, &read.edits, &read.cases[0].facts), (&living, &vec![4], &vec![5, 0, 3]));
        // What was not reviewed counts nothing, then and now.
        case.facts = Vec::new();
        let bytes = packed(living, &facts(&["ill"]), &[1], &[case]).unwrap();
        let facts = facts(&["ill"]);
        let read = unpacked(&bytes, &facts).unwrap();
        assert!(read.cases[0].facts.is_empty());
        assert!((0..bytes.len()).all(|length| unpacked(&bytes[..length], &facts).is_none()));
    }
}
