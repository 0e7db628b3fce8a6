//! Villages of a list to villages of the province, and names for those the province did not give.

use std::collections::BTreeMap;

use rasoat_casework::{AreaType, CommuneCode, VillageId, fold_name};
use rasoat_store::{CommuneRow, VillageRow};

/// Words that lists put before a village's name or leave out.
const KINDS: &[&str] =
    &["thon ", "ban ", "khoi pho ", "khoi ", "to dan pho ", "khu pho ", "khu ", "xom ", "lang "];
/// The longest id of a village, in bytes.
const LONGEST_ID: usize = 60;

/// The villages known in each commune, with those that a list adds.
#[derive(Default)]
pub(crate) struct Villages {
    by_commune: BTreeMap<CommuneCode, Vec<VillageRow>>,
    /// Villages that the province did not give, in the order they were met.
    pub(crate) new: Vec<VillageRow>,
}

impl Villages {
    pub(crate) fn new(known: impl IntoIterator<Item = VillageRow>) -> Self {
        let mut villages = Self::default();
        for village in known {
            villages.by_commune.entry(village.commune.clone()).or_default().push(village);
        }
        villages
    }

    /// A village that the province did not give: its area type follows the commune's kind.
    pub(crate) fn assumed(
        commune: Option<&CommuneRow>,
        code: &CommuneCode,
        id: &VillageId,
        name: String,
    ) -> VillageRow {
        let is_ward = commune.is_some_and(|commune| fold_name(&commune.kind) == "phuong");
        let area = if is_ward { AreaType::Urban } else { AreaType::Rural };
        VillageRow { commune: code.clone(), id: id.clone(), name, area }
    }

    /// The village of that name; a new one where there is none. Its area type follows the commune's kind until the province
    /// says otherwise.
    pub(crate) fn find(&mut self, commune: &CommuneRow, name: &str) -> VillageRow {
        let known = self.by_commune.entry(commune.code.clone()).or_default();
        let folded = fold_name(name);
        if let Some(found) = known.iter().find(|village| fold_name(&village.name) == folded) {
            return found.clone();
        }
        let bare = without_kind(&folded);
        let mut similar = known.iter().filter(|village| without_kind(&fold_name(&village.name)) == bare);
        if let (Some(found), None) = (similar.next(), similar.next()) {
            return found.clone();
        }
        let id = free_id(&folded, known);
        let village = Self::assumed(Some(commune), &commune.code, &id, name.to_owned());
        known.push(village.clone());
        self.new.push(village.clone());
        village
    }
}

fn without_kind(folded: &str) -> String {
    KINDS.iter().find_map(|kind| folded.strip_prefix(kind)).unwrap_or(folded).to_owned()
}

/// A slug of the name that no other village of the commune has: the same on every laptop that reads the same list.
fn free_id(folded: &str, known: &[VillageRow]) -> VillageId {
    let letters: String = folded.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let mut slug = letters.split_whitespace().collect::<Vec<_>>().join("-");
    slug.truncate(LONGEST_ID - 4);
    if slug.is_empty() {
        slug.push_str("thon");
    }
    let mut candidates = (1..).map(|times| if times == 1 { slug.clone() } else { format!("{slug}-{times}") });
    #[expect(
        clippy::expect_used,
        reason = "the numbers do not end before the villages do, and a slug is a village id"
    )]
    candidates
        .find_map(|id| {
            let free = known.iter().all(|village| village.id.as_str() != id);
            if free { id.parse().ok() } else { None }
        })
        .expect("a free id")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commune(kind: &str) -> CommuneRow {
        CommuneRow { code: "06001".parse().unwrap(), name: "Đoàn Kết".to_owned(), kind: kind.to_owned() }
    }

    #[test]
    fn a_village_is_found_with_and_without_its_kind_and_tones() {
        let mut villages = Villages::default();
        let first = villages.find(&commune("xã"), "Thôn Nà Lốc");
        assert_eq!((first.id.as_str(), first.area), ("thon-na-loc", AreaType::Rural));
        assert_eq!(villages.find(&commune("xã"), "NÀ LỐC"), first);
        assert_eq!(villages.find(&commune("xã"), "thôn nà lốc"), first);
        assert_eq!(villages.new.len(), 1);
    }

    #[test]
    fn villages_that_differ_in_tones_only_are_taken_for_one() {
        let mut villages = Villages::default();
        let one = villages.find(&commune("phường"), "Khối Hòa Bình");
        assert_eq!(one.area, AreaType::Urban);
        assert_eq!(villages.find(&commune("phường"), "Khối Hoà Bình"), one);
    }

    #[test]
    fn a_name_without_letters_still_gets_an_id() {
        let mut villages = Villages::default();
        assert_eq!(villages.find(&commune("xã"), "???").id.as_str(), "thon");
        assert_eq!(villages.find(&commune("xã"), "!!!").id.as_str(), "thon-2");
    }
}
