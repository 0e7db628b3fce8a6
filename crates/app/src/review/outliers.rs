//! Interviews unlike the others: to be looked at, never wrong by themselves. Pure.

use std::collections::BTreeMap;

use rasoat_instrument::Path;

/// Fewer interviews say nothing of a surveyor.
const FEWEST: usize = 5;
/// Quick is what takes less than the median divided by this.
const QUICK: i64 = 3;
/// A median below this is of interviews copied from paper.
const SHORTEST_MEDIAN_MILLIS: i64 = 5 * 60 * 1000;
/// Two interviews are alike if of so many answers one at most differs.
const ALIKE: usize = 20;
/// Where an interview is alike to this part of the others (in tenths), it is pointed out.
const NEARLY_ALL_TENTHS: usize = 9;

/// What of an interview is compared.
#[derive(Debug, Clone, Default)]
pub(super) struct Visit {
    /// Who signed it.
    pub(super) surveyor: String,
    /// How long it took at most; unknown for the first of a laptop.
    pub(super) millis: Option<i64>,
    /// Answers that were chosen, about the household.
    pub(super) choices: BTreeMap<Path, String>,
    /// How many of the things that the form asks for are there.
    pub(super) things: Option<usize>,
    /// Whether the class is among those that income is low for.
    pub(super) low: bool,
}

/// Why an interview is unlike the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outlier {
    /// It took so many minutes; the surveyor's median.
    pub(super) quick: Option<(u32, u32)>,
    /// To how many of how many others of the same surveyor it is alike.
    pub(super) alike: Option<(u32, u32)>,
    /// So many things at a low income; three quarters of all households have at most so many.
    pub(super) things: Option<(u32, u32)>,
}

/// For each visit, in order.
pub(super) fn found(visits: &[Visit]) -> Vec<Outlier> {
    let mut found = vec![Outlier::default(); visits.len()];
    let mut by_surveyor: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, visit) in visits.iter().enumerate() {
        by_surveyor.entry(&visit.surveyor).or_default().push(at);
    }
    let upper = upper_quarter(visits);
    for of_one in by_surveyor.values() {
        let typical = median(of_one.iter().filter_map(|at| visits.get(*at)?.millis).collect());
        for at in of_one {
            let (Some(visit), Some(outlier)) = (visits.get(*at), found.get_mut(*at)) else { continue };
            outlier.quick = quick(visit, typical);
            outlier.alike = alike(*at, of_one, visits);
            outlier.things = owning(visit, upper);
        }
    }
    found
}

fn quick(visit: &Visit, typical: Option<i64>) -> Option<(u32, u32)> {
    let (took, typical) = (visit.millis?, typical?);
    let minutes = |millis: i64| u32::try_from(millis / 60_000).unwrap_or(u32::MAX);
    let is_quick = typical >= SHORTEST_MEDIAN_MILLIS && took.saturating_mul(QUICK) < typical;
    is_quick.then(|| (minutes(took).max(1), minutes(typical)))
}

fn median(mut of: Vec<i64>) -> Option<i64> {
    of.sort_unstable();
    if of.len() < FEWEST { None } else { of.get(of.len() / 2).copied() }
}

fn alike(at: usize, of_one: &[usize], visits: &[Visit]) -> Option<(u32, u32)> {
    let visit = visits.get(at)?;
    let others = of_one.len().checked_sub(1)?;
    if of_one.len() < FEWEST || visit.choices.is_empty() {
        return None;
    }
    let same = of_one
        .iter()
        .filter(|other| **other != at)
        .filter(|other| visits.get(**other).is_some_and(|other| are_alike(visit, other)))
        .count();
    let most = same * 10 >= others * NEARLY_ALL_TENTHS;
    most.then(|| (crate::start::count(same), crate::start::count(others)))
}

fn are_alike(one: &Visit, other: &Visit) -> bool {
    let asked = one.choices.len().max(other.choices.len());
    let same = one.choices.iter().filter(|(path, value)| other.choices.get(path) == Some(value)).count();
    (asked - same) * ALIKE <= asked
}

/// The most things that three quarters of the households have.
fn upper_quarter(visits: &[Visit]) -> Option<usize> {
    let mut things: Vec<usize> = visits.iter().filter_map(|visit| visit.things).collect();
    things.sort_unstable();
    if things.len() < FEWEST { None } else { things.get(things.len() * 3 / 4).copied() }
}

fn owning(visit: &Visit, upper: Option<usize>) -> Option<(u32, u32)> {
    let (things, upper) = (visit.things?, upper?);
    (visit.low && things > upper).then(|| (crate::start::count(things), crate::start::count(upper)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn visits(count: usize) -> Vec<Visit> {
        let choices = |number: usize| {
            let answers = (0..40).map(|question| {
                // Every household differs from the others at three questions.
                let value = if question / 3 == number { "yes" } else { "no" };
                (format!("q{question}").parse().unwrap(), value.to_owned())
            });
            answers.collect()
        };
        let visit = |number| Visit {
            surveyor: "A".to_owned(),
            millis: Some(30 * MINUTE),
            choices: choices(number),
            things: Some(number % 3),
            low: true,
        };
        (0..count).map(visit).collect()
    }

    #[test]
    fn ordinary_interviews_are_not_pointed_out() {
        assert_eq!(found(&visits(9)), vec![Outlier::default(); 9]);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn what_took_less_than_a_third_of_the_surveyors_median_is_quick() {
        let mut all = visits(8);
        (all[2].millis, all[3].millis) = (Some(9 * MINUTE), Some(11 * MINUTE));
        let quick: Vec<_> = found(&all).iter().map(|one| one.quick).collect();
        assert_eq!((quick[2], quick[3]), (Some((9, 30)), None));
        all.iter_mut().skip(4).for_each(|visit| visit.surveyor = "B".to_owned());
        assert_eq!(found(&all)[2].quick, None, "four interviews say nothing of a surveyor");
    }

    #[test]
    fn the_same_answers_in_nearly_all_of_a_surveyors_interviews_are_pointed_out() {
        let mut all = visits(6);
        let same = all[0].choices.clone();
        all.iter_mut().for_each(|visit| visit.choices = same.clone());
        all.push(Visit { surveyor: "B".to_owned(), ..all[0].clone() });
        let alike: Vec<_> = found(&all).iter().map(|one| one.alike).collect();
        assert_eq!((alike[0], alike[6]), (Some((5, 5)), None));
    }

    #[test]
    fn many_things_at_a_low_income_are_pointed_out_against_the_other_households() {
        let mut all = visits(12);
        (all[1].things, all[5].things, all[5].low) = (Some(9), Some(9), false);
        let things: Vec<_> = found(&all).iter().map(|one| one.things).collect();
        assert_eq!((things[1], things[5], things[0]), (Some((9, 2)), None, None));
    }
}
