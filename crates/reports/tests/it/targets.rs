//! The targets of Resolution 47, of households made by hand.

use rasoat_casework::targets::Targets;
use rasoat_reports::targets::{ReadyCount, Share, is_reached, value, wanted};
use rasoat_reports::{Case, Class};

use crate::tables::{bound, facts, signed, with};

const TARGETS: &str = include_str!("../../../../instruments/targets/resolution-47.toml");

fn targets() -> Targets {
    Targets::from_toml(TARGETS).unwrap()
}

fn share(id: &str, part: Option<&str>, cases: &[Case]) -> (u64, u64) {
    let targets = targets();
    let target = targets.targets.iter().find(|target| target.id == id).unwrap();
    let count = match part {
        Some(key) => &target.parts.iter().find(|part| part.key == key).unwrap().count,
        None => target.count.as_ref().unwrap(),
    };
    let (bound, facts) = (bound(false), facts());
    let ready = ReadyCount::new(count, &bound, &facts);
    let sum = cases.iter().map(|case| ready.share(&bound, case)).fold(Share::default(), Share::and);
    (sum.numerator, sum.denominator)
}

#[test]
fn each_target_counts_whom_it_is_about() {
    let cases = [
        with(
            signed(1, Class::Poor, 5, &[1, 4, 9]),
            &[
                ("merit", 1),
                ("wants_work", 2),
                ("got_work", 1),
                ("wants_training", 2),
                ("got_training", 1),
                ("insured_supported", 3),
                ("ill", 2),
                ("care_supported", 2),
                ("school_age", 2),
                ("at_school", 1),
                ("young_adult", 1),
            ],
        ),
        with(signed(2, Class::Poor, 3, &[7, 10, 12]), &[("young_adult", 2), ("educated", 1)]),
        with(
            signed(3, Class::NearPoor, 4, &[4]),
            &[
                ("merit", 1),
                ("wants_work", 1),
                ("got_work", 1),
                ("wants_job", 1),
                ("got_job", 1),
                ("insured_supported", 4),
            ],
        ),
        signed(4, Class::NotPoor, 2, &[9]),
    ];
    let of = |id| share(id, None, &cases);
    // Of all who live there: the denominator is added from the villages.
    assert_eq!(of("R1"), (2, 0));
    assert_eq!(of("R3"), (1, 2));
    assert_eq!(
        (of("R4"), share("R4", Some("training"), &cases), share("R4", Some("job"), &cases)),
        ((2, 3), (1, 2), (1, 1))
    );
    assert_eq!((of("R5a"), of("R5b")), ((7, 12), (2, 2)));
    assert_eq!(of("R6"), (1, 2));
    assert_eq!((of("R7"), share("R7", Some("strict"), &cases)), ((1, 2), (1, 2)));
    // Both parts of housing must hold.
    assert_eq!(of("R8"), (1, 2));
    assert_eq!((of("R9"), of("R10"), of("R11"), of("R12")), ((1, 2), (1, 2), (2, 2), (1, 2)));
}

#[test]
fn nobody_concerned_is_no_share_and_what_is_open_is_not_reached() {
    let poor = signed(1, Class::Poor, 5, &[1, 2, 3]);
    assert_eq!(share("R6", None, std::slice::from_ref(&poor)), (0, 0));
    assert_eq!(Share { numerator: 0, denominator: 0 }.percent(), None);
    let mut open = poor;
    if let Some(outcome) = &mut open.outcomes[0] {
        outcome.open = 1 << 8;
    }
    assert_eq!(share("R9", None, &[open]), (0, 1));
}

#[test]
fn every_target_counts_by_facts_and_indicators_that_there_are() {
    let (facts, bound) = (facts(), bound(false));
    for target in targets().targets {
        let counts = target.count.iter().chain(target.parts.iter().map(|part| &part.count));
        for count in counts {
            for fact in count.having.iter().chain(&count.holding) {
                assert!(facts.place(fact).is_some(), "{}: {fact}", target.id);
            }
            for key in &count.met {
                assert!(bound.indicators.iter().any(|one| one.key == *key), "{}: {key}", target.id);
            }
            for class in count.among.iter().chain(&count.class).chain(&count.not_class) {
                assert!(Class::of(class).is_some(), "{}: {class}", target.id);
            }
        }
        assert_eq!(target.count.is_none(), target.unit == "count_of_districts", "{}", target.id);
    }
}

#[test]
fn a_fall_is_in_points_of_the_hundred_a_year_and_a_target_holds_until_another_year_says_otherwise() {
    let targets = targets();
    let of = |id: &str| targets.targets.iter().find(|target| target.id == id).unwrap();
    let (before, now) = (Share { numerator: 12, denominator: 100 }, Share { numerator: 6, denominator: 100 });
    assert_eq!(value(of("R1"), now, Some((before, 2))), Some(3.0));
    assert_eq!(value(of("R1"), now, None), None);
    assert_eq!(value(of("R9"), now, None), Some(6.0));
    assert_eq!((wanted(of("R1"), 2026), wanted(of("R1"), 2024)), (Some((2025, 3.0)), None));
    // At least, and more than.
    assert_eq!(
        (is_reached(of("R1"), Some(3.0), Some(3.0)), is_reached(of("R2"), Some(5.0), Some(5.0))),
        (Some(true), Some(false))
    );
    assert_eq!(is_reached(of("R1"), None, Some(3.0)), None);
}
