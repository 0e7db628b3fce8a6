//! Households that may be one: what speaks for it, what does not, and the same answer whatever the order.
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rasoat_casework::{
    Agreement, Birth, CitizenId, KnownPerson, duplicates, duplicates_of, fold_name, household_pair,
    merged_into,
};
use uuid::Uuid;

/// `household village member*`, a member as `name/birth/citizen ID`, the head first. Numbers are made up.
fn persons(lines: &[&str]) -> Vec<KnownPerson> {
    lines.iter().flat_map(|line| persons_of(line)).collect()
}

fn persons_of(line: &str) -> Vec<KnownPerson> {
    let mut words = line.split_whitespace();
    let household = id(words.next().unwrap().parse().unwrap());
    let place = ("06001".parse().unwrap(), words.next().unwrap().parse().unwrap());
    let person = |(index, member): (usize, &str)| {
        let parts: Vec<&str> = member.split('/').collect();
        KnownPerson {
            household,
            place: place.clone(),
            member: format!("m{index}").parse().unwrap(),
            is_head: index == 0,
            name: fold_name(&parts[0].replace('_', " ")),
            birth: parts.get(1).and_then(|birth| birth.parse().ok()),
            citizen_id: parts.get(2).map(|digits| digits.parse().unwrap()),
        }
    };
    words.enumerate().map(person).collect()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn score(lines: [&str; 2]) -> u32 {
    duplicates(&persons(&lines), &BTreeSet::new()).first().map_or(0, |pair| pair.score)
}

#[test]
fn what_is_shown_and_what_proves_nothing() {
    use Agreement::{CitizenId, NameAndDate, NameAndNearYear, NameAndYear};
    type Expected = Option<(Vec<Agreement>, bool, bool)>;
    let cases: Vec<(&str, [&str; 2], Expected)> = vec![
        (
            "one number in two villages, whatever the names",
            ["1 na-lung A/1980/020080001111", "2 khuoi-ma B/1975-02-03/020080001111"],
            Some((vec![CitizenId], false, true)),
        ),
        (
            "one name and day in two villages",
            ["1 na-lung Nông_Văn_Hùng/1980-05-06", "2 khuoi-ma NONG_VAN_HUNG/1980-05-06"],
            Some((vec![NameAndDate], false, true)),
        ),
        ("one name and year in two villages", ["1 na-lung Hùng/1980", "2 khuoi-ma Hùng/1980"], None),
        (
            "one name and year in a village",
            ["1 na-lung Hùng/1980", "2 na-lung Hùng/1980-05-06"],
            Some((vec![NameAndYear], true, true)),
        ),
        (
            "heads of one name a year apart in a village",
            ["1 na-lung Hùng/1980", "2 na-lung Hùng/1981"],
            Some((vec![NameAndNearYear], true, true)),
        ),
        (
            "the first of January is a year",
            ["1 na-lung Hùng/1980-01-01", "2 na-lung Hùng/1980-05-06"],
            Some((vec![NameAndYear], true, true)),
        ),
        ("two years apart", ["1 na-lung Hùng/1980", "2 na-lung Hùng/1982"], None),
        ("no birth", ["1 na-lung Hùng", "2 na-lung Hùng"], None),
        ("a year apart, no head", ["1 na-lung A/1950 Hùng/1980", "2 na-lung B/1960 Hùng/1981"], None),
        (
            "two members in two villages",
            ["1 na-lung Hùng/1980 Hoa/1985", "2 khuoi-ma Lan/1999 Hoa/1985 Hùng/1981"],
            Some((vec![NameAndYear, NameAndNearYear], false, false)),
        ),
        (
            "a number that fills the field",
            ["1 na-lung A/1980/000000000000", "2 na-lung B/1980/000000000000"],
            None,
        ),
        (
            "one name and year, two numbers",
            ["1 na-lung Hùng/1980/020080001111", "2 na-lung Hùng/1980/020080002222"],
            None,
        ),
        (
            "one name and day, two numbers",
            ["1 na-lung Hùng/1980-05-06/020080001111", "2 na-lung Hùng/1980-05-06/020080001112"],
            Some((vec![NameAndDate], true, true)),
        ),
        (
            "twins of one name stand for one person each",
            ["1 na-lung Hùng/1980 Hùng/1980", "2 na-lung Hùng/1980"],
            Some((vec![NameAndYear], true, true)),
        ),
        ("one household", ["1 na-lung Hùng/1980-05-06", "1 na-lung Hùng/1980-05-06"], None),
    ];
    for (what, lines, expected) in cases {
        let found = duplicates(&persons(&lines), &BTreeSet::new());
        let found = found.first().map(|pair| {
            let shared = pair.shared.iter().map(|shared| shared.agreement).collect();
            (shared, pair.same_village, pair.both_heads)
        });
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn two_members_lead_over_one_and_a_number_over_any_one() {
    let number = score(["1 na-lung A/1980/020080001111", "2 khuoi-ma B/1975/020080001111"]);
    let two_far = score(["1 na-lung A/1980 B/1985", "2 khuoi-ma B/1986 A/1981"]);
    let one_near = score(["1 na-lung A/1980-05-06", "2 na-lung A/1980-05-06"]);
    let one_far = score(["1 na-lung A/1980-05-06", "2 khuoi-ma A/1980-05-06"]);
    let two_numbers = score(["1 na-lung A/1980-05-06/020080001111", "2 na-lung A/1980-05-06/020080001112"]);
    assert!(number > two_far && two_far > one_near && one_near > one_far && one_far > two_numbers);
    assert!(two_numbers > 0);
}

#[test]
fn a_number_in_very_many_households_and_a_name_all_over_the_commune_are_no_sign() {
    let filled: Vec<String> = (0..9).map(|n| format!("{n} v{n} N{n}/1980/020080001111")).collect();
    let filled: Vec<&str> = filled.iter().map(String::as_str).collect();
    assert_eq!(duplicates(&persons(&filled), &BTreeSet::new()), []);
    assert_eq!(duplicates(&persons(&filled[..8]), &BTreeSet::new()).len(), 28);

    let common: Vec<String> = (0..300).map(|n| format!("{n} v{} Hùng/1980-05-06", n / 2)).collect();
    let common: Vec<&str> = common.iter().map(String::as_str).collect();
    let found = duplicates(&persons(&common), &BTreeSet::new());
    assert_eq!(found.len(), 150);
    assert!(found.iter().all(|pair| pair.same_village));
}

#[test]
fn births_are_read_as_papers_have_them() {
    for (text, birth) in [("1987", "1987"), ("1987-01-01", "1987"), ("1984-03-12", "1984-03-12")] {
        assert_eq!(text.parse::<Birth>().unwrap().to_string(), birth);
    }
    for wrong in ["", "87", "1984-02-30", "12/03/1984", "một"] {
        assert!(wrong.parse::<Birth>().is_err(), "{wrong}");
    }
    for (digits, could) in
        [("020080001111", true), ("000080001111", false), ("111111111111", false), ("020080000000", false)]
    {
        assert_eq!(digits.parse::<CitizenId>().unwrap().could_be_issued(), could, "{digits}");
    }
}

#[test]
fn merged_households_lead_to_one_that_stands_and_a_circle_keeps_the_smallest() {
    type Pairs<'a> = &'a [(u128, u128)];
    let cases: [(Pairs<'_>, &[u128], Pairs<'_>); 7] = [
        (&[(2, 1)], &[1, 2], &[(2, 1)]),
        (&[(3, 2), (2, 1)], &[1, 2, 3], &[(2, 1), (3, 1)]),
        // Two laptops, each the other way.
        (&[(1, 2), (2, 1)], &[1, 2], &[(2, 1)]),
        (&[(4, 3), (3, 2), (2, 3), (5, 4)], &[2, 3, 4, 5], &[(3, 2), (4, 2), (5, 2)]),
        (&[(1, 3), (3, 2), (2, 1)], &[1, 2, 3], &[(2, 1), (3, 1)]),
        // What is not here stands for nobody.
        (&[(2, 9)], &[2], &[]),
        (&[(1, 1)], &[1], &[]),
    ];
    for (marks, known, expected) in cases {
        let ids = |pairs: Pairs<'_>| -> BTreeMap<Uuid, Uuid> {
            pairs.iter().map(|(from, to)| (id(*from), id(*to))).collect()
        };
        let known = known.iter().map(|known| id(*known)).collect();
        assert_eq!(merged_into(&ids(marks), &known), ids(expected), "{marks:?}");
    }
}

fn a_commune() -> impl Strategy<Value = Vec<KnownPerson>> {
    let member = (0..4_u8, 1980..1984_i16, 0..3_u8, 0..6_u8).prop_map(|(name, year, birth, number)| {
        let birth = match birth {
            0 => year.to_string(),
            1 => format!("{year}-05-06"),
            _ => "?".to_owned(),
        };
        let digits = if number < 3 { format!("/02008000111{number}") } else { String::new() };
        format!("N{name}/{birth}{digits}")
    });
    let household = (0..3_u8, prop::collection::vec(member, 0..4));
    prop::collection::vec(household, 0..12).prop_map(|households| {
        let lines = households.into_iter().enumerate();
        lines
            .flat_map(|(number, (village, members))| {
                persons_of(&format!("{number} v{village} {}", members.join(" ")))
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_people_changes_nothing_and_each_pair_comes_once(
        (persons, shuffled) in a_commune().prop_flat_map(|persons| {
            (Just(persons.clone()), Just(persons).prop_shuffle())
        })
    ) {
        let found = duplicates(&persons, &BTreeSet::new());
        prop_assert_eq!(&duplicates(&shuffled, &BTreeSet::new()), &found);
        let pairs: BTreeSet<(Uuid, Uuid)> = found.iter().map(|pair| (pair.first, pair.second)).collect();
        prop_assert_eq!(pairs.len(), found.len());
        prop_assert!(found.iter().all(|pair| pair.first < pair.second && !pair.shared.is_empty()));
        prop_assert!(found.windows(2).all(|two| two[0].score >= two[1].score));
    }

    #[test]
    fn one_household_is_told_what_the_whole_list_says_and_what_is_not_the_same_stays_away(
        persons in a_commune()
    ) {
        let found = duplicates(&persons, &BTreeSet::new());
        for household in persons.iter().map(|person| person.household).collect::<BTreeSet<_>>() {
            // Only those whom it may have anybody in common with.
            let own: Vec<&KnownPerson> = persons.iter().filter(|known| known.household == household).collect();
            let meets = |other: &KnownPerson| own.iter().any(|known| {
                known.name == other.name || (known.citizen_id.is_some() && known.citizen_id == other.citizen_id)
            });
            let near: BTreeSet<Uuid> =
                persons.iter().filter(|other| meets(other)).map(|other| other.household).collect();
            let some: Vec<KnownPerson> =
                persons.iter().filter(|known| near.contains(&known.household)).cloned().collect();
            let of: Vec<_> = found
                .iter()
                .filter(|pair| pair.first == household || pair.second == household)
                .cloned()
                .collect();
            prop_assert_eq!(duplicates_of(household, &some, &BTreeSet::new()), of);
        }
        if let Some(first) = found.first() {
            let not_same = BTreeSet::from_iter(household_pair(first.second, first.first));
            prop_assert_eq!(duplicates(&persons, &not_same), found[1..].to_vec());
        }
    }

    #[test]
    fn nobody_vanishes_whatever_was_merged_into_what(
        marks in prop::collection::btree_map(0..8_u128, 0..8_u128, 0..8), known in prop::collection::btree_set(0..8_u128, 0..8)
    ) {
        let marks: BTreeMap<Uuid, Uuid> = marks.into_iter().map(|(from, to)| (id(from), id(to))).collect();
        let mut known: BTreeSet<Uuid> = known.into_iter().map(id).collect();
        known.extend(marks.keys());
        for kept in merged_into(&marks, &known).values() {
            prop_assert!(known.contains(kept) && !merged_into(&marks, &known).contains_key(kept));
        }
    }
}
