//! The Alkire–Foster measures.

use proptest::prelude::*;
use rasoat_reports::poverty::{Counted, Design, Measure, Ratio, Tally, Weights};
use rasoat_reports::sample::{INDICATORS, cases};
use rasoat_reports::{Case, Outcome, Progress};
use uuid::Uuid;

fn household(members: u8, deprived: u16) -> Case {
    let mut case = Case::new(Uuid::nil());
    case.members = members;
    case.progress = Progress::Signed;
    case.outcomes = [Some(Outcome { deprived, ..Outcome::default() }), None];
    case
}

fn of(numerator: u64, denominator: u64) -> Ratio {
    Ratio { numerator, denominator }
}

/// Two dimensions, the first of two indicators (1, 2), the second of one (3): weights ¼, ¼, ½. Three households of 4, 7 and 5 members,
/// deprived in {1}, {1, 3} and {2, 3}; k = ½. Counted by hand: poor are 12 of 16 people, each with ¾: H = 12/16, A = ¾,
/// M0 = 9/16. Indicator 1: raw 11/16, censored 7/16, makes 7·¼ of 9; 2: raw and censored 5/16, 5·¼ of 9; 3: 12/16, 12·½ of 9.
#[test]
fn a_village_counted_by_hand() {
    let village = [household(4, 0b001), household(7, 0b101), household(5, 0b110)];
    let weights = Weights::nested(&[(1, 0), (2, 0), (3, 1)]);
    let design = Design { slot: 0, weights, cutoff: 500, counted: Counted::Persons };
    let measure = design.measure(&village);
    assert_eq!(measure.headcount, of(12, 16));
    assert_eq!(measure.intensity.share(), Some(0.75));
    assert_eq!(measure.adjusted.share(), Some(9.0 / 16.0));
    let raw: Vec<Ratio> = measure.indicators.iter().map(|indicator| indicator.raw).collect();
    assert_eq!(raw, [of(11, 16), of(5, 16), of(12, 16)]);
    let censored: Vec<Ratio> = measure.indicators.iter().map(|indicator| indicator.censored).collect();
    assert_eq!(censored, [of(7, 16), of(5, 16), of(12, 16)]);
    let contributions: Vec<Option<f64>> =
        measure.indicators.iter().map(|indicator| indicator.contribution.share()).collect();
    assert_eq!(contributions, [Some(7.0 / 36.0), Some(5.0 / 36.0), Some(24.0 / 36.0)]);
    let of_households = Design { counted: Counted::Households, ..design }.measure(&village);
    assert_eq!(of_households.headcount, of(2, 3));
}

#[test]
fn households_with_an_open_indicator_and_unsigned_ones_are_left_out_and_said() {
    let mut open = household(3, 0b1);
    open.outcomes[0] = Some(Outcome { deprived: 0b1, open: 0b10, ..Outcome::default() });
    let mut begun = household(2, 0b11);
    begun.progress = Progress::Begun;
    let village = [open, begun, household(5, 0b11)];
    let design = Design { slot: 0, weights: Weights::equal(&[1, 2]), cutoff: 500, counted: Counted::Persons };
    let measure = design.measure(&village);
    assert_eq!((measure.households, measure.left_out, measure.unsigned), (3, 1, 1));
    assert_eq!(measure.headcount, of(5, 5));
    // Where the open one does not count, the household does.
    let alone = Design { weights: Weights::equal(&[1]), ..design }.measure(&village);
    assert_eq!((alone.left_out, alone.headcount), (0, of(8, 8)));
    // Nobody is concerned: no share is made up.
    assert_eq!(alone.headcount.share(), Some(1.0));
    let nobody = Design { slot: 1, weights: Weights::equal(&[1]), cutoff: 500, counted: Counted::Persons };
    assert_eq!(nobody.measure(&village).adjusted.share(), None);
}

fn designs() -> impl Strategy<Value = Design> {
    let indicators = prop::collection::btree_set(1..=INDICATORS, 1..=usize::from(INDICATORS));
    (indicators, any::<bool>(), 0..=1000_u32, any::<bool>(), 0..2_usize).prop_map(
        |(numbers, is_nested, cutoff, by_persons, slot)| {
            let nested: Vec<(u8, usize)> =
                numbers.iter().map(|number| (*number, usize::from(number % 5))).collect();
            let numbers: Vec<u8> = numbers.into_iter().collect();
            let weights = if is_nested { Weights::nested(&nested) } else { Weights::equal(&numbers) };
            let counted = if by_persons { Counted::Persons } else { Counted::Households };
            Design { slot, weights, cutoff, counted }
        },
    )
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

fn poor(measure: &Measure) -> u64 {
    measure.headcount.numerator
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, rng_seed: prop::test_runner::RngSeed::Fixed(47), ..ProptestConfig::default() })]

    #[test]
    fn the_measures_hold_together(seed: u64, design in designs()) {
        let cases = cases(seed, 200, 6);
        let measure = design.measure(&cases);
        let share = |ratio: Ratio| ratio.share().unwrap_or(0.0);
        prop_assert!(near(share(measure.adjusted), share(measure.headcount) * share(measure.intensity)));
        let weights: f64 = design.weights.shares().map(|(_, weight)| share(weight)).sum();
        prop_assert!(near(weights, 1.0));
        if measure.adjusted.numerator > 0 {
            let contributions: u64 = measure.indicators.iter().map(|one| one.contribution.numerator).sum();
            prop_assert_eq!(contributions, measure.adjusted.numerator);
        }
        for indicator in &measure.indicators {
            prop_assert!(indicator.censored.numerator <= indicator.raw.numerator);
            prop_assert!(indicator.censored.numerator <= poor(&measure));
        }
        // The smallest cut-off calls everybody poor who lacks anything: nothing is censored.
        let all = Design { cutoff: 0, ..design.clone() }.measure(&cases);
        prop_assert!(all.indicators.iter().all(|one| one.raw == one.censored));
    }

    #[test]
    fn groups_add_up_to_the_whole(seed: u64, design in designs()) {
        let cases = cases(seed, 200, 6);
        let mut together = Tally::default();
        for village in 0..6 {
            let mut of_village = Tally::default();
            let name = format!("thon-{village:02}");
            cases.iter().filter(|case| case.village == name).for_each(|case| design.add(&mut of_village, case));
            together.join(&of_village);
        }
        prop_assert_eq!(design.read(&together), design.measure(&cases));
    }

    #[test]
    fn a_higher_cutoff_never_makes_more_poor(seed: u64, design in designs(), more in 1..=500_u32) {
        let cases = cases(seed, 200, 6);
        let higher = Design { cutoff: design.cutoff + more, ..design.clone() };
        let (low, high) = (design.measure(&cases), higher.measure(&cases));
        prop_assert!(poor(&high) <= poor(&low));
        prop_assert!(high.adjusted.numerator <= low.adjusted.numerator);
    }
}
