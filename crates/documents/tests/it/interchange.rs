//! The interchange list is read back by our reader as it was written.

use rasoat_casework::Units;
use rasoat_documents::{Interchange, InterchangeHousehold};
use rasoat_lists::{ListedHousehold, read_list};

use crate::support::{HOSTILE, show, village, watched};

fn units() -> Units {
    let read = |name: &str| {
        let path = format!("{}/../../instruments/units/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).expect("the list of units")
    };
    Units::from_csv("2025-07-01", &read("langson_units.csv"), &read("langson_old_to_new.csv")).expect("units")
}

fn written(households: Vec<InterchangeHousehold>) -> Vec<u8> {
    let list = Interchange { round: 2026, province: "Lạng Sơn".to_owned(), households };
    watched(|watch| list.xlsx(watch)).expect("a workbook")
}

#[test]
fn every_household_comes_back_as_it_was() {
    for seed in 0..6 {
        let households = village(seed, 120);
        let bytes = written(households.clone());
        if seed == 0 {
            show("interchange.xlsx", &bytes);
        }
        let list = read_list(&bytes, &units()).expect("a list");
        let refused: Vec<_> = list.problems.iter().filter(|problem| problem.refuses).collect();
        assert!(refused.is_empty() && list.refused == 0, "{refused:?}");
        // Each sheet by itself, in the order of the list.
        let mut expected: Vec<&InterchangeHousehold> = Vec::new();
        for sheet in [None, Some("escaped_poor"), Some("escaped_near_poor")] {
            let of = |one: &&InterchangeHousehold| {
                let class = one.class.as_deref().filter(|class| class.starts_with("escaped"));
                class == sheet
            };
            expected.extend(households.iter().filter(of));
        }
        assert_eq!(list.households.len(), expected.len(), "seed {seed}");
        for (read, meant) in list.households.iter().zip(expected) {
            same(read, meant);
        }
    }
}

fn same(read: &ListedHousehold, meant: &InterchangeHousehold) {
    assert_eq!(read.code, meant.code);
    assert_eq!(read.head, meant.head);
    assert_eq!(read.commune.as_str(), meant.commune);
    assert_eq!(read.village_name, meant.village);
    assert_eq!(read.class, meant.class, "{meant:?}");
    assert_eq!((read.b1, read.b2), (meant.b1, meant.b2));
    assert_eq!(read.decision_number, meant.decision_number);
    assert_eq!(read.decision_date, meant.decision_date);
    assert_eq!(read.phone, meant.phone);
    assert_eq!((read.minority, read.no_labour, read.merit), (meant.minority, meant.no_labour, meant.merit));
    assert_eq!(read.causes, meant.causes);
    let escaped = meant.class.as_deref().is_some_and(|class| class.starts_with("escaped"));
    if escaped {
        // There the address is whole: nothing of it is lost, and village and commune stand in it.
        let address = read.address.as_deref().expect("an address");
        assert!(address.starts_with(meant.address.as_deref().unwrap_or_default()), "{address}");
        assert!(address.contains(&meant.village) && address.contains(&meant.commune_name), "{address}");
    } else {
        assert_eq!(read.address, meant.address);
    }
    let people: Vec<_> = read
        .members
        .iter()
        .map(|one| {
            let id = one.citizen_id.as_ref().map(|id| id.as_str().to_owned());
            (
                one.name.clone(),
                one.relation.clone(),
                one.birth.clone(),
                one.sex.clone(),
                id,
                one.ethnicity.clone(),
            )
        })
        .collect();
    let meant: Vec<_> = meant
        .members
        .iter()
        .map(|one| {
            let one = one.clone();
            (one.name, one.relation, one.birth, one.sex, one.citizen_id, one.ethnicity)
        })
        .collect();
    assert_eq!(people, meant);
}

#[test]
fn what_was_read_is_written_alike_again() {
    let first = read_list(&written(village(7, 60)), &units()).expect("a list");
    let again: Vec<InterchangeHousehold> = first.households.iter().map(taken).collect();
    let second = read_list(&written(again), &units()).expect("a list");
    assert_eq!(first.households, second.households);
}

fn taken(read: &ListedHousehold) -> InterchangeHousehold {
    let member = |one: &rasoat_lists::ListedMember| rasoat_documents::InterchangeMember {
        name: one.name.clone(),
        relation: one.relation.clone(),
        birth: one.birth.clone(),
        sex: one.sex.clone(),
        citizen_id: one.citizen_id.as_ref().map(|id| id.as_str().to_owned()),
        ethnicity: one.ethnicity.clone(),
    };
    InterchangeHousehold {
        code: read.code.clone(),
        head: read.head.clone(),
        commune: read.commune.as_str().to_owned(),
        commune_name: units().communes[&read.commune].name.clone(),
        village: read.village_name.clone(),
        address: read.address.clone(),
        phone: read.phone.clone(),
        class: read.class.clone(),
        decision_number: read.decision_number.clone(),
        decision_date: read.decision_date.clone(),
        b1: read.b1,
        b2: read.b2,
        minority: read.minority,
        no_labour: read.no_labour,
        merit: read.merit,
        causes: read.causes.clone(),
        members: read.members.iter().map(member).collect(),
    }
}

#[test]
fn nothing_that_looks_like_a_formula_becomes_one() {
    let mut households = village(3, HOSTILE.len());
    for (household, name) in households.iter_mut().zip(HOSTILE) {
        household.head = name.to_owned();
        household.members[0].name = name.to_owned();
    }
    let bytes = written(households);
    let (texts, formulas) = crate::workbooks::cells(&bytes);
    assert_eq!(formulas, 0);
    for name in HOSTILE {
        assert!(texts.iter().any(|text| text == name), "{name}");
    }
}
