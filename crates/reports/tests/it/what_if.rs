//! What another rule would make of households.

use rasoat_casework::AreaType;
use rasoat_casework::standard::{IncomeBasis, Outline, PointTable, Standard};
use rasoat_reports::sample::cases;
use rasoat_reports::what_if::{Flows, Lines, Scheme, Test};
use rasoat_reports::{Case, Class, Outcome, Progress};
use uuid::Uuid;

fn outline(id: &str) -> Outline {
    let read = |place: &str| {
        let path = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../instruments").join(place);
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{place}: {error}"))
    };
    let table = PointTable::from_toml(&read("points/b1-dummy.toml"));
    let table = table.unwrap_or_else(|problems| panic!("{problems:?}"));
    let standard = Standard::from_toml(&read(&format!("standards/{id}.toml")));
    let standard = standard.and_then(|standard| standard.with_tables(&[table]));
    standard.unwrap_or_else(|problems| panic!("{problems:?}")).outline()
}

fn in_force() -> Scheme {
    Scheme::of(&outline("vn-2022-2026"), 0)
}

fn household(income: Option<f64>, deprived: u16, open: u16) -> Case {
    let mut case = Case::new(Uuid::nil());
    case.progress = Progress::Signed;
    case.members = 4;
    let outcome =
        Outcome { deprived, open, basis: Some(IncomeBasis::Worksheet), income, ..Outcome::default() };
    case.outcomes = [Some(outcome); 2];
    case
}

#[test]
fn a_standard_as_it_is_gives_the_classes_that_its_law_gives() {
    let scheme = in_force();
    let class = |income, deprived, open| scheme.class(&household(income, deprived, open));
    assert_eq!(class(Some(1_500_000.0), 0b111, 0), Some(Class::Poor));
    assert_eq!(class(Some(1_500_000.0), 0b11, 0), Some(Class::NearPoor));
    assert_eq!(class(Some(1_500_001.0), 0b111, 0), Some(Class::Average));
    assert_eq!(class(Some(9_000_000.0), 0b111, 0), Some(Class::NotPoor));
    // Open answers decide only where they may.
    assert_eq!(class(Some(1_500_000.0), 0b11, 0b100), None);
    assert_eq!(class(Some(1_500_000.0), 0b1, 0b100), Some(Class::NearPoor));
    assert_eq!(class(None, 0b111, 0), None);
    let mut urban = household(Some(1_900_000.0), 0b111, 0);
    urban.area = AreaType::Urban;
    assert_eq!(scheme.class(&urban), Some(Class::Poor));
}

#[test]
fn nothing_changed_moves_nobody_and_every_signed_household_is_in_the_flows() {
    let scheme = in_force();
    let cases = cases(3, 2000, 9);
    let mut flows = Flows::default();
    let moved = cases.iter().filter(|case| flows.add(&scheme, &scheme, case).is_some()).count();
    assert_eq!((moved, flows.changed()), (0, 0));
    let signed = cases.iter().filter(|case| case.gone.is_none() && case.progress == Progress::Signed);
    assert_eq!(flows.moves.values().map(|(households, _)| households).sum::<u64>(), signed.count() as u64);
}

#[test]
fn a_higher_line_another_count_and_another_number_move_households_as_they_must() {
    let before = in_force();
    let flow = |after: &Scheme, case: Case| Flows::default().add(&before, after, &case);
    let mut line = before.clone();
    line.worksheet = Some(Test { low: Lines { rural: 2_000_000.0, urban: 2_500_000.0 }, average: None });
    let risen = flow(&line, household(Some(1_800_000.0), 0b111, 0));
    assert_eq!(risen, Some((Some(Class::Average), Some(Class::Poor))));
    let mut count = before.clone();
    count.count(1, false);
    assert_eq!(
        flow(&count, household(Some(1.0), 0b111, 0)),
        Some((Some(Class::Poor), Some(Class::NearPoor)))
    );
    assert_eq!(flow(&count, household(Some(1.0), 0b1111, 0)), None);
    // What is not counted need not be known.
    assert_eq!(flow(&count, household(Some(1.0), 0b110, 1)), Some((None, Some(Class::NearPoor))));
    count.count(1, true);
    assert_eq!(count, before);
    let mut number = before.clone();
    assert_eq!(number.deprivations(), Some(3));
    number.set_deprivations(2);
    assert_eq!(
        flow(&number, household(Some(1.0), 0b11, 0)),
        Some((Some(Class::NearPoor), Some(Class::Poor)))
    );
    number.set_deprivations(3);
    assert_eq!(number, before);
}

#[test]
fn the_standards_are_compared_by_what_each_made_of_a_household() {
    let (before, after) = (in_force(), Scheme::of(&outline("vn-2027-2030"), 1));
    let mut flows = Flows::default();
    let moved = flows.add(&before, &after, &household(Some(2_000_000.0), 0b111, 0));
    assert_eq!(moved, Some((Some(Class::Average), Some(Class::Poor))));
    flows.add(&before, &after, &household(Some(9_000_000.0), 0, 0));
    assert_eq!((flows.of(Some(Class::Poor)), flows.of(Some(Class::NotPoor))), ([0, 1], [1, 1]));
    assert_eq!(flows.changed(), 1);
}
