//! The targets of a resolution, counted.

use rasoat_casework::Facts;
use rasoat_casework::targets::{Count, Target};

use crate::case::{Case, Class};
use crate::tables::Bound;

/// A share as it was counted. Of nobody it is no share, never the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Those of whom it holds.
    pub numerator: u64,
    /// Of how many.
    pub denominator: u64,
}

impl Share {
    /// In hundredths of the denominator; `None` of nobody.
    pub fn percent(self) -> Option<f64> {
        (self.denominator > 0).then(|| 100.0 * self.numerator as f64 / self.denominator as f64)
    }

    /// Both counts together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            numerator: self.numerator + other.numerator,
            denominator: self.denominator + other.denominator,
        }
    }
}

/// A count with everything that it names found.
#[derive(Debug, Clone)]
pub struct ReadyCount {
    of_members: bool,
    living: bool,
    districts: Vec<String>,
    among: Option<Vec<Class>>,
    having: Option<usize>,
    holding: Option<usize>,
    met: Vec<u8>,
    class: Option<Vec<Class>>,
    not_class: Option<Vec<Class>>,
}

impl ReadyCount {
    /// What it names is looked up in the facts and in the indicators of the standard; what is not there holds nowhere.
    pub fn new(count: &Count, bound: &Bound, facts: &Facts) -> Self {
        let classes = |keys: &[String]| {
            (!keys.is_empty()).then(|| keys.iter().filter_map(|key| Class::of(key)).collect())
        };
        let place = |key: &Option<String>| key.as_ref().map(|key| facts.place(key).unwrap_or(usize::MAX));
        let number = |key: &String| {
            let known = bound.indicators.iter().find(|indicator| indicator.key == *key);
            known.map_or(u8::MAX, |indicator| indicator.number)
        };
        Self {
            of_members: count.of_members,
            living: count.living,
            districts: count.districts.clone(),
            among: classes(&count.among),
            having: place(&count.having),
            holding: place(&count.holding),
            met: count.met.iter().map(number).collect(),
            class: classes(&count.class),
            not_class: classes(&count.not_class),
        }
    }

    /// Whether it is counted of all households that live there: their number is the denominator.
    pub fn is_of_all_living(&self) -> bool {
        self.living
    }

    /// Whether it is counted in communes of this former district.
    pub fn is_in(&self, district: Option<&str>) -> bool {
        self.districts.is_empty() || self.districts.iter().any(|one| Some(one.as_str()) == district)
    }

    /// What a household adds. Of a count of all living households it adds to the numerator alone.
    pub fn share(&self, bound: &Bound, case: &Case) -> Share {
        let Some(class) = bound.class(case) else { return Share::default() };
        if self.among.as_ref().is_some_and(|among| !among.contains(&class)) {
            return Share::default();
        }
        let outcome = case.outcomes.get(bound.slot).and_then(Option::as_ref);
        let is_met =
            |number: &u8| *number != u8::MAX && outcome.is_some_and(|outcome| outcome.is_met(*number));
        let reached = self.met.iter().all(is_met)
            && self.class.as_ref().is_none_or(|classes| classes.contains(&class))
            && self.not_class.as_ref().is_none_or(|classes| !classes.contains(&class));
        let times = |place: usize| u64::from(case.fact(place));
        let (numerator, denominator) = if self.of_members {
            let all = self.having.map_or(u64::from(case.members), times);
            (self.holding.map_or(all, |place| times(place).min(all)), all)
        } else {
            let all = self.having.is_none_or(|place| times(place) > 0);
            let holds = self.holding.is_none_or(|place| times(place) > 0);
            (u64::from(all && holds), u64::from(all))
        };
        Share {
            numerator: if reached { numerator } else { 0 },
            denominator: if self.living { 0 } else { denominator },
        }
    }
}

/// Whether a figure reaches what is to be reached; `None` where there is no figure or no target.
pub fn is_reached(target: &Target, value: Option<f64>, wanted: Option<f64>) -> Option<bool> {
    let (value, wanted) = (value?, wanted?);
    Some(if target.comparison == "above" { value > wanted } else { value >= wanted })
}

/// What is to be reached in a year: the figure of that year, else of the last before it, with its year.
pub fn wanted(target: &Target, year: u16) -> Option<(u16, f64)> {
    target.by_year.range(..=year).next_back().map(|(year, figure)| (*year, figure.value))
}

/// The value of a target by its unit: a share in hundredths, or its fall since the round before, a year.
pub fn value(target: &Target, now: Share, before: Option<(Share, u16)>) -> Option<f64> {
    match target.unit.as_str() {
        "percentage_points_per_year" => {
            let (before, years) = before?;
            Some((before.percent()? - now.percent()?) / f64::from(years.max(1)))
        }
        _ => now.percent(),
    }
}
