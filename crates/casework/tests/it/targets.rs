//! Targets of a resolution: read, edited by year and written again.

use rasoat_casework::targets::{Targets, YearTarget};
use rasoat_instrument::{Confidence, Provenance};

use crate::household::read;

fn shipped() -> Targets {
    Targets::from_toml(&read("instruments/targets/resolution-47.toml"))
        .unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn the_shipped_targets_are_read_and_written_the_same() {
    let targets = shipped();
    assert_eq!(targets.targets.len(), 14);
    assert_eq!(targets.targets[0].by_year.get(&2025).map(|year| year.value), Some(3.0));
    assert_eq!(Targets::from_toml(&targets.to_toml()).as_ref(), Ok(&targets));
}

#[test]
fn a_figure_of_a_year_is_put_with_its_source_and_taken_away() {
    let provenance =
        Provenance { confidence: Confidence::SecondHand, source: "Kế hoạch 1/KH".to_owned() };
    let figure = YearTarget { value: 2.5, provenance: Some(provenance) };
    let more = shipped().with("R1", 2027, Some(figure.clone())).expect("a target");
    let again = Targets::from_toml(&more.to_toml()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(again.targets[0].by_year.get(&2027), Some(&figure));
    assert_eq!(again.with("R1", 2027, None), Some(shipped()));
    assert_eq!(shipped().with("R99", 2027, Some(figure.clone())), None);
    assert_eq!(shipped().with("R1", 1999, Some(figure)), None);
}

#[test]
fn what_is_wrong_is_told_by_its_place() {
    let text = shipped().to_toml().replace("\"percent\"", "\"parsecs\"").replace("2025 = 3.0", "20 = 3.0");
    let problems = Targets::from_toml(&text).expect_err("wrong");
    let place =
        |place: &str| problems.iter().any(|problem| problem.place == place && problem.code == "bad_value");
    assert!(place("target.R3.unit") && place("target.R1.by_year.20"), "{problems:#?}");
}
