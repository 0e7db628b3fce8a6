//! The official tables, of households made by hand and of many made at random.

use rasoat_casework::Facts;
use rasoat_casework::standard::Standard;
use rasoat_reports::sample::{Dice, cases};
use rasoat_reports::tables::{Bound, Counted, Indicator, Table, Unit, adds_to};
use rasoat_reports::{Case, Class, Gone, Holding, Outcome, Progress};
use uuid::Uuid;

const FACTS: &str = include_str!("../../../../instruments/facts/household-2026.toml");
const IN_FORCE: &str = include_str!("../../../../instruments/standards/vn-2022-2026.toml");

pub(crate) fn facts() -> Facts {
    Facts::from_toml(FACTS).unwrap()
}

pub(crate) fn bound(recognised: bool) -> Bound {
    let outline = Standard::from_toml(IN_FORCE).unwrap().outline();
    let indicators = outline.indicators.into_iter().map(|indicator| Indicator {
        key: indicator.key,
        number: indicator.number,
        label: indicator.label,
    });
    Bound::new(0, recognised, indicators.collect(), &facts())
}

/// A signed household of some members in a class, deprived in some indicators.
pub(crate) fn signed(number: u128, class: Class, members: u8, deprived: &[u8]) -> Case {
    let mut case = Case::new(Uuid::from_u128(number));
    case.progress = Progress::Signed;
    case.members = members;
    let deprived = deprived.iter().fold(0, |set, number| set | 1 << (number - 1));
    let outcome = Outcome { class: Some(class), deprived, ..Outcome::default() };
    case.outcomes = [Some(outcome); 2];
    case.facts = vec![0; facts().facts.len()];
    case
}

pub(crate) fn with(mut case: Case, facts_of: &[(&str, u8)]) -> Case {
    let facts = facts();
    for (key, count) in facts_of {
        case.facts[facts.place(key).unwrap()] = *count;
    }
    case
}

/// The figures of all cases together, by column.
fn figures(table: Table, bound: &Bound, cases: &[Case]) -> Vec<(String, u64, Option<u64>)> {
    let mut counted = Counted::new(table, bound);
    cases.iter().for_each(|case| counted.add(&(), bound, case));
    let total = counted.total();
    let columns = table.columns(bound);
    let figure = |(place, column): (usize, &rasoat_reports::tables::Column)| {
        let (count, of) = total.figure(column, place);
        (column.key.clone(), count, of)
    };
    columns.iter().enumerate().map(figure).collect()
}

fn at(figures: &[(String, u64, Option<u64>)], key: &str) -> (u64, Option<u64>) {
    let found = figures.iter().find(|(column, _, _)| column == key);
    let (_, count, of) = found.unwrap_or_else(|| panic!("no column {key}"));
    (*count, *of)
}

#[test]
fn results_count_each_household_in_its_class_with_its_persons() {
    let cases = [
        signed(1, Class::Poor, 5, &[1, 4, 9]),
        signed(2, Class::Poor, 3, &[1, 4, 9, 10]),
        signed(3, Class::NearPoor, 4, &[4]),
        signed(4, Class::NotPoor, 2, &[]),
        Case::new(Uuid::from_u128(5)),
    ];
    let bound = bound(false);
    let mut counted = Counted::new(Table::Official, &bound);
    cases.iter().for_each(|case| counted.add(&(), &bound, case));
    counted.add_living(&(), 20);
    let total = counted.total();
    let columns = Table::Official.columns(&bound);
    let of = |key: &str| {
        let place = columns.iter().position(|column| column.key == key).unwrap();
        total.figure(&columns[place], place)
    };
    assert_eq!((of("all_households"), of("known"), of("reviewed")), ((20, None), (5, None), (4, None)));
    assert_eq!((of("poor.households"), of("poor.persons")), ((2, None), (8, None)));
    assert_eq!((of("poor.percent"), of("near_poor.percent")), ((2, Some(20)), (1, Some(20))));
    assert_eq!((of("both.households"), of("both.percent")), ((3, None), (3, Some(20))));
    assert_eq!(
        (of("not_poor.households"), of("average.households"), of("open")),
        ((1, None), (0, None), (0, None))
    );
}

#[test]
fn a_movement_tells_who_left_and_who_came_how() {
    let before = |case: Case, before: Class| Case { before: Some(before), ..case };
    let poor = |number| signed(number, Class::Poor, 2, &[1, 2, 3]);
    let gone = Case { gone: Some(Gone::Merged), ..Case::new(Uuid::from_u128(20)) };
    let cases = [
        Case { members_before: 5, ..before(poor(1), Class::Poor) },
        Case { members_before: 1, ..before(poor(12), Class::Poor) },
        Case { members_before: 2, ..before(signed(2, Class::NearPoor, 3, &[]), Class::Poor) },
        before(signed(3, Class::NotPoor, 4, &[]), Class::Poor),
        before(signed(4, Class::Average, 1, &[]), Class::Poor),
        before(gone, Class::Poor),
        before(Case { members: 6, ..Case::new(Uuid::from_u128(5)) }, Class::Poor),
        before(poor(6), Class::NearPoor),
        Case { once: [true, false], ..before(poor(7), Class::NotPoor) },
        before(poor(8), Class::NotPoor),
        Case { added: true, ..poor(9) },
        Case { moved_in: true, ..poor(10) },
        poor(11),
    ];
    let figures = figures(Table::MovementPoor, &bound(false), &cases);
    let households = |key: &str| at(&figures, &format!("households.{key}")).0;
    let told = [
        "opening",
        "to_other",
        "above",
        "gone",
        "undecided",
        "from_other",
        "again",
        "new",
        "moved_in",
        "unknown",
        "closing",
    ];
    assert_eq!(told.map(households), [7, 1, 2, 1, 1, 1, 1, 2, 1, 1, 8]);
    // Those who left are counted as they were, those who came as they are; of those who stayed some grew.
    let told = ["opening", "to_other", "above", "undecided", "fewer", "from_other", "new", "more", "closing"];
    assert_eq!(
        told.map(|key| at(&figures, &format!("persons.{key}")).0),
        [5 + 1 + 2 + 4 + 1 + 6, 2, 5, 6, 3, 2, 4, 1, 16]
    );
    // The same households seen from the near-poor.
    let figures = self::figures(Table::MovementNearPoor, &bound(false), &cases);
    let households = |key: &str| at(&figures, &format!("households.{key}")).0;
    assert_eq!(["opening", "to_other", "from_other", "closing"].map(households), [1, 1, 1, 1]);
}

#[test]
fn deprivations_groups_causes_needs_and_children_are_counted_of_their_class() {
    let facts =
        [("minority", 1), ("cause_land", 1), ("child", 3), ("school_age", 2), ("child_out_of_school", 1)];
    let cases = [
        with(signed(1, Class::Poor, 5, &[1, 4, 9]), &facts),
        with(
            signed(2, Class::Poor, 3, &[4, 9, 10]),
            &[("cause_land", 1), ("cause_other", 1), ("need_water", 1)],
        ),
        with(signed(3, Class::NearPoor, 4, &[4]), &[("merit", 1), ("social", 1)]),
    ];
    let of = |table| figures(table, &bound(false), &cases);
    let deprived = of(Table::IndicatorsPoor);
    assert_eq!(at(&deprived, "number.health_insurance"), (2, None));
    assert_eq!((at(&deprived, "rate.toilet"), at(&deprived, "rate.nutrition")), ((1, Some(2)), (0, Some(2))));
    assert_eq!(at(&of(Table::IndicatorsNearPoor), "rate.health_insurance"), (1, Some(1)));
    let groups = of(Table::Groups);
    assert_eq!((at(&groups, "poor.minority"), at(&groups, "poor.other_percent")), ((1, None), (1, Some(2))));
    assert_eq!((at(&groups, "near_poor.social").0, at(&groups, "near_poor.other").0), (1, 0));
    let causes = of(Table::Causes);
    assert_eq!(
        (at(&causes, "poor.cause_land"), at(&causes, "poor.cause_other_percent")),
        ((2, None), (1, Some(2)))
    );
    let needs = of(Table::Needs);
    assert_eq!(
        (at(&needs, "poor.need_water_percent"), at(&needs, "near_poor.need_water_percent")),
        ((1, Some(2)), (0, Some(1)))
    );
    let children = of(Table::Children);
    assert_eq!(
        (
            at(&children, "poor.children"),
            at(&children, "poor.out_of_school_percent"),
            at(&children, "near_poor.children")
        ),
        ((3, None), (1, Some(2)), (0, None))
    );
}

#[test]
fn only_what_was_recognised_counts_where_that_is_asked_for() {
    let recognised = Case { holding: Holding::Recognised, ..signed(1, Class::Poor, 5, &[1, 2, 3]) };
    let cases = [recognised, signed(2, Class::Poor, 3, &[1, 2, 3])];
    let of = |recognised| at(&figures(Table::Official, &bound(recognised), &cases), "poor.households").0;
    assert_eq!((of(false), of(true)), (2, 1));
}

#[test]
fn in_every_table_parts_are_never_more_than_the_whole_and_every_movement_comes_out() {
    for seed in 0..40 {
        let recognised = seed % 2 == 0;
        let bound = bound(recognised);
        let cases = cases(seed, 400, 7);
        for table in Table::ALL {
            let columns = table.columns(&bound);
            let mut counted: Counted<String> = Counted::new(table, &bound);
            cases.iter().for_each(|case| counted.add(&case.village, &bound, case));
            for (village, row) in counted.rows() {
                if let Some(balance) = row.balance(table) {
                    assert_eq!(balance.differences, [0, 0], "seed {seed}, {table:?}, {village}");
                }
            }
            // A figure is how many households open behind it; of persons that is not so.
            let place = Dice::new(seed).below(columns.len() as u64) as usize;
            if columns[place].unit == Unit::Households && columns[place].key != "all_households" {
                let behind = cases.iter().filter(|case| adds_to(table, &bound, case, place)).count() as u64;
                assert_eq!(
                    counted.total().counts[place],
                    behind,
                    "seed {seed}, {table:?}, {}",
                    columns[place].key
                );
            }
        }
    }
}

#[test]
fn every_column_has_its_own_key_and_every_share_is_of_counts() {
    for table in Table::ALL {
        assert_eq!(Table::of(table.as_str()), Some(table));
        let columns = table.columns(&bound(false));
        let mut keys: Vec<&str> = columns.iter().map(|column| column.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), columns.len(), "{table:?}");
        for column in &columns {
            assert_eq!(column.of.is_some(), column.unit == Unit::Percent, "{}", column.key);
            if let Some((numerator, denominator)) = column.of {
                assert_ne!(columns[numerator].unit, Unit::Percent, "{}", column.key);
                assert_ne!(columns[denominator].unit, Unit::Percent, "{}", column.key);
            }
        }
    }
}
