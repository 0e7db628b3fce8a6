//! Identifiers are parsed once; names compare as people mean them.

use proptest::prelude::*;
use rasoat_casework::{
    CitizenId, CommuneCode, HouseholdKey, Round, VillageId, fold_name, household_id, interview_id, member_id,
    nfc_name,
};
use uuid::Uuid;

#[test]
fn names_fold_without_tones_marks_and_case() {
    for (name, folded) in [
        ("Nông Văn Đào", "nong van dao"),
        ("  HOÀNG   THỊ ƯỚC ", "hoang thi uoc"),
        ("Ho\u{300}a", "hoa"),
        ("Hòa", "hoa"),
        ("Hoà", "hoa"),
        ("đĐ", "dd"),
        ("", ""),
    ] {
        assert_eq!(fold_name(name), folded, "{name}");
    }
    assert_eq!(nfc_name(" Ho\u{300}a \t A "), "Hòa A");
}

#[test]
fn identifiers_of_another_form_are_refused() {
    for wrong in ["", "6325", "063250", "0632a", "０６３２５"] {
        assert!(wrong.parse::<CommuneCode>().is_err(), "{wrong}");
    }
    for wrong in ["", "Thon-1", "thôn", "a b", &"a".repeat(61)] {
        assert!(wrong.parse::<VillageId>().is_err(), "{wrong}");
    }
    for wrong in ["", "02009012345", "0200901234567", "02009012345x"] {
        assert!(wrong.parse::<CitizenId>().is_err(), "{wrong}");
    }
}

#[test]
fn a_citizen_id_is_not_shown_whole() {
    let id: CitizenId = "020090123456".parse().unwrap();
    assert_eq!(id.masked(), "020 •••• 3456");
    assert_eq!(format!("{id:?}"), "CitizenId(…456)");
}

#[test]
fn ids_of_households_depend_on_key_commune_and_identity_alone() {
    let (commune, other): (CommuneCode, CommuneCode) = ("06325".parse().unwrap(), "06326".parse().unwrap());
    let (key, another) = (HouseholdKey([1; 32]), HouseholdKey([2; 32]));
    let id = household_id(&key, &commune, "020090123456");
    assert_eq!(id, household_id(&key, &commune, "020090123456"));
    assert_ne!(id, household_id(&another, &commune, "020090123456"));
    assert_ne!(id, household_id(&key, &other, "020090123456"));
    assert_ne!(id, household_id(&key, &commune, "020090123457"));
    assert_ne!(interview_id(id, Round(2026)), interview_id(id, Round(2027)));
    assert_ne!(member_id(&key, id, "a"), member_id(&key, id, "b"));
    assert_eq!(format!("{key:?}"), "HouseholdKey(…)");
    assert_eq!(id.get_version_num(), 8);
    assert_ne!(id, Uuid::nil());
}

proptest! {
    #[test]
    fn folding_a_name_twice_changes_nothing(name in "[a-zA-ZđĐăâêôơưàáảãạếềỹẠẾỨÂ ]{0,30}") {
        let folded = fold_name(&name);
        prop_assert_eq!(fold_name(&folded), folded);
    }
}
