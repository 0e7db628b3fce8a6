//! Columns, and what a household adds to each.

use rasoat_casework::Facts;
use rasoat_instrument::Text;

use super::Table;
use crate::case::{Case, Class, Holding, Progress};

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Households.
    Households,
    /// Persons.
    Persons,
    /// A share of two other columns, in hundredths.
    Percent,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its key: `poor.households`.
    pub key: String,
    /// Columns beside each other with the same group stand under one head.
    pub group: Option<String>,
    /// What it counts.
    pub unit: Unit,
    /// Of a share: which columns it is of, numerator first.
    pub of: Option<(usize, usize)>,
    /// Its words where they are data: of an indicator or a fact.
    pub label: Option<Text>,
}

/// An indicator of the standard that a table is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Its key.
    pub key: String,
    /// Its number, from 1.
    pub number: u8,
    /// Its name.
    pub label: Text,
}

/// What tables are counted by.
#[derive(Debug, Clone)]
pub struct Bound {
    /// Under which standard: 0 in force, 1 the coming one.
    pub slot: usize,
    /// Whether a class counts only once it was recognised.
    pub recognised: bool,
    /// The standard's indicators.
    pub indicators: Vec<Indicator>,
    /// Causes of poverty: where their facts stand, with keys and words.
    causes: Vec<(usize, String, Text)>,
    places: Places,
}

/// Where the facts stand that tables ask for by name; one that the list lacks holds nowhere.
#[derive(Debug, Clone, Copy)]
struct Places {
    minority: usize,
    no_labour: usize,
    merit: usize,
    social: usize,
    child: usize,
    school_age: usize,
    malnourished: usize,
    uninsured: usize,
    out_of_school: usize,
}

impl Bound {
    /// Under a standard's indicators, with the facts that cases were made by.
    pub fn new(slot: usize, recognised: bool, indicators: Vec<Indicator>, facts: &Facts) -> Self {
        let place = |key: &str| facts.place(key).unwrap_or(usize::MAX);
        let places = Places {
            minority: place("minority"),
            no_labour: place("no_labour"),
            merit: place("merit"),
            social: place("social"),
            child: place("child"),
            school_age: place("school_age"),
            malnourished: place("child_malnourished"),
            uninsured: place("child_uninsured"),
            out_of_school: place("child_out_of_school"),
        };
        let causes = facts.facts.iter().enumerate().filter(|(_, fact)| fact.key.starts_with("cause_"));
        let causes = causes.map(|(place, fact)| (place, fact.key.clone(), fact.label.clone())).collect();
        Self { slot, recognised, indicators, causes, places }
    }

    /// The class that counts.
    pub fn class(&self, case: &Case) -> Option<Class> {
        self.class_under(case, self.slot)
    }

    fn class_under(&self, case: &Case, slot: usize) -> Option<Class> {
        let is_out = case.gone.is_some() || (self.recognised && case.holding != Holding::Recognised);
        if is_out { None } else { case.class(slot) }
    }
}

/// The classes that most tables are of.
const OF: [Class; 2] = [Class::Poor, Class::NearPoor];
/// Results of the standards side by side count up to so many deprivations apart; the last is "so many or more".
const DEPRIVED: usize = 6;

struct Columns(Vec<Column>);

impl Columns {
    fn count(&mut self, group: &str, key: &str, unit: Unit) -> usize {
        let key = if group.is_empty() { key.to_owned() } else { format!("{group}.{key}") };
        let group = (!group.is_empty()).then(|| group.to_owned());
        self.0.push(Column { key, group, unit, of: None, label: None });
        self.0.len() - 1
    }

    fn households(&mut self, group: &str, key: &str) -> usize {
        self.count(group, key, Unit::Households)
    }

    fn named(&mut self, group: &str, key: &str, label: &Text) -> usize {
        let place = self.households(group, key);
        if let Some(column) = self.0.last_mut() {
            column.label = Some(label.clone());
        }
        place
    }

    fn percent(&mut self, group: &str, key: &str, of: (usize, usize)) {
        self.count(group, key, Unit::Percent);
        if let Some(column) = self.0.last_mut() {
            column.of = Some(of);
        }
    }
}

pub(super) fn columns(table: Table, bound: &Bound) -> Vec<Column> {
    let mut all = Columns(Vec::new());
    match table {
        Table::Official => official(&mut all),
        Table::MovementPoor => movement(&mut all),
        Table::MovementNearPoor => movement(&mut all),
        Table::IndicatorsPoor | Table::IndicatorsNearPoor => indicators(&mut all, bound),
        Table::Groups => {
            for class in OF {
                let group = class.as_str();
                let of = all.households(group, "households");
                for key in ["minority", "no_labour", "merit", "social", "other"] {
                    let place = all.households(group, key);
                    all.percent(group, &format!("{key}_percent"), (place, of));
                }
            }
        }
        Table::Ethnicity => {
            let reviewed = all.households("", "reviewed");
            for class in OF {
                let group = class.as_str();
                let place = all.households(group, "households");
                all.count(group, "persons", Unit::Persons);
                all.percent(group, "percent", (place, reviewed));
            }
        }
        Table::Causes => {
            for class in OF {
                let group = class.as_str();
                let of = all.households(group, "households");
                for (_, key, label) in &bound.causes {
                    let place = all.named(group, key, label);
                    all.percent(group, &format!("{key}_percent"), (place, of));
                }
            }
        }
        Table::Children => {
            for class in OF {
                let group = class.as_str();
                let children = all.count(group, "children", Unit::Persons);
                let school_age = all.count(group, "school_age", Unit::Persons);
                for (key, of) in
                    [("malnourished", children), ("uninsured", children), ("out_of_school", school_age)]
                {
                    let place = all.count(group, key, Unit::Persons);
                    all.percent(group, &format!("{key}_percent"), (place, of));
                }
            }
        }
        Table::Standards => standards(&mut all),
    }
    all.0
}

fn official(all: &mut Columns) {
    let of = all.households("", "all_households");
    all.households("", "known");
    all.households("", "reviewed");
    let mut both = Vec::new();
    for class in Class::ALL {
        let group = class.as_str();
        both.push(all.households(group, "households"));
        all.count(group, "persons", Unit::Persons);
        all.percent(group, "percent", (both[both.len() - 1], of));
    }
    let place = all.households("both", "households");
    all.percent("both", "percent", (place, of));
    all.households("", "open");
}

/// The columns of a movement, each for households and persons.
pub(super) const MOVEMENT: [&str; 10] = [
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
];

fn movement(all: &mut Columns) {
    for unit in [Unit::Households, Unit::Persons] {
        let group = if unit == Unit::Households { "households" } else { "persons" };
        for key in MOVEMENT {
            all.count(group, key, unit);
        }
        all.count(group, "closing", unit);
    }
}

fn indicators(all: &mut Columns, bound: &Bound) {
    let of = all.households("", "households");
    for indicator in &bound.indicators {
        let place = all.named("number", &indicator.key, &indicator.label);
        all.percent("rate", &indicator.key, (place, of));
        if let Some(column) = all.0.last_mut() {
            column.label = Some(indicator.label.clone());
        }
    }
    // All numbers first, then all rates, as the official table has them.
    let (numbers, rates): (Vec<usize>, Vec<usize>) =
        (1..all.0.len()).partition(|place| all.0[*place].unit != Unit::Percent);
    let order: Vec<usize> = std::iter::once(0).chain(numbers).chain(rates).collect();
    let moved = |old: usize| order.iter().position(|place| *place == old).unwrap_or(0);
    let mut columns: Vec<Column> = order.iter().map(|place| all.0[*place].clone()).collect();
    for column in &mut columns {
        column.of = column.of.map(|(numerator, denominator)| (moved(numerator), moved(denominator)));
    }
    all.0 = columns;
}

fn standards(all: &mut Columns) {
    all.households("", "reviewed");
    for group in ["in_force", "coming"] {
        for class in Class::ALL {
            all.households(group, class.as_str());
        }
        all.households(group, "open");
    }
    for key in ["poor_in_both", "poor_in_force_only", "poor_coming_only"] {
        all.households("side_by_side", key);
    }
    for count in 0..=DEPRIVED {
        all.households("deprived", &count.to_string());
    }
}

/// What a household adds, by column.
pub(super) fn each(table: Table, bound: &Bound, case: &Case, add: &mut impl FnMut(usize, u32)) {
    let persons = u32::from(case.members);
    let class = bound.class(case);
    match table {
        Table::Official => add_official(bound, case, persons, class, add),
        Table::MovementPoor => add_movement(Class::Poor, case, class, add),
        Table::MovementNearPoor => add_movement(Class::NearPoor, case, class, add),
        Table::IndicatorsPoor => add_indicators(Class::Poor, bound, case, class, add),
        Table::IndicatorsNearPoor => add_indicators(Class::NearPoor, bound, case, class, add),
        Table::Groups => {
            let Some(block) = block(class, 11) else { return };
            add(block, 1);
            let Places { minority, no_labour, merit, social, .. } = bound.places;
            let groups = [minority, no_labour, merit, social].map(|place| case.fact(place) > 0);
            for (place, holds) in groups.iter().enumerate() {
                add(block + 1 + 2 * place, u32::from(*holds));
            }
            add(block + 9, u32::from(!groups.contains(&true)));
        }
        Table::Ethnicity => {
            if class.is_none() {
                return;
            }
            add(0, 1);
            if let Some(block) = block(class, 3) {
                add(block + 1, 1);
                add(block + 2, persons);
            }
        }
        Table::Causes => {
            let Some(block) = block(class, 1 + 2 * bound.causes.len()) else { return };
            add(block, 1);
            for (place, (fact, _, _)) in bound.causes.iter().enumerate() {
                add(block + 1 + 2 * place, u32::from(case.fact(*fact) > 0));
            }
        }
        Table::Children => {
            let Some(block) = block(class, 8) else { return };
            let Places { child, school_age, malnourished, uninsured, out_of_school, .. } = bound.places;
            add(block, u32::from(case.fact(child)));
            add(block + 1, u32::from(case.fact(school_age)));
            for (place, fact) in [malnourished, uninsured, out_of_school].into_iter().enumerate() {
                add(block + 2 + 2 * place, u32::from(case.fact(fact)));
            }
        }
        Table::Standards => add_standards(bound, case, class, add),
    }
}

/// Where the columns of a class begin, where each has so many.
fn block(class: Option<Class>, width: usize) -> Option<usize> {
    OF.iter().position(|of| Some(*of) == class).map(|place| place * width)
}

fn add_official(
    bound: &Bound,
    case: &Case,
    persons: u32,
    class: Option<Class>,
    add: &mut impl FnMut(usize, u32),
) {
    if case.gone.is_some() {
        return;
    }
    add(1, 1);
    let is_reviewed =
        case.progress == Progress::Signed && (!bound.recognised || case.holding == Holding::Recognised);
    if !is_reviewed {
        return;
    }
    add(2, 1);
    let Some(class) = class else { return add(17, 1) };
    add(3 + 3 * class as usize, 1);
    add(4 + 3 * class as usize, persons);
    if OF.contains(&class) {
        add(15, 1);
    }
}

fn add_movement(of: Class, case: &Case, class: Option<Class>, add: &mut impl FnMut(usize, u32)) {
    let other = if of == Class::Poor { Class::NearPoor } else { Class::Poor };
    let mut both = |place: usize| {
        add(place, 1);
        add(MOVEMENT.len() + 1 + place, u32::from(case.members));
    };
    if case.before == Some(of) {
        both(0);
        match class {
            Some(class) if class == of => {}
            Some(class) if class == other => both(1),
            Some(_) => both(2),
            None if case.gone.is_some() => both(3),
            None => both(4),
        }
    } else if class == Some(of) {
        let was = case.once[usize::from(of != Class::Poor)];
        both(match case.before {
            Some(before) if before == other => 5,
            _ if was => 6,
            None if case.moved_in => 8,
            Some(_) => 7,
            None if case.added => 7,
            None => 9,
        });
    }
    if class == Some(of) {
        both(MOVEMENT.len());
    }
}

fn add_indicators(
    of: Class,
    bound: &Bound,
    case: &Case,
    class: Option<Class>,
    add: &mut impl FnMut(usize, u32),
) {
    let Some(outcome) = case.outcomes.get(bound.slot).and_then(Option::as_ref) else { return };
    if class != Some(of) {
        return;
    }
    add(0, 1);
    for (place, indicator) in bound.indicators.iter().enumerate() {
        add(1 + place, u32::from(outcome.is_deprived(indicator.number)));
    }
}

fn add_standards(bound: &Bound, case: &Case, class: Option<Class>, add: &mut impl FnMut(usize, u32)) {
    let is_counted = case.gone.is_none()
        && case.progress == Progress::Signed
        && (!bound.recognised || case.holding == Holding::Recognised);
    if !is_counted {
        return;
    }
    add(0, 1);
    let classes = [0, 1].map(|slot| bound.class_under(case, slot));
    for (slot, class) in classes.iter().enumerate() {
        add(1 + 5 * slot + class.map_or(4, |class| class as usize), 1);
    }
    match classes.map(|class| class == Some(Class::Poor)) {
        [true, true] => add(11, 1),
        [true, false] => add(12, 1),
        [false, true] => add(13, 1),
        [false, false] => {}
    }
    let outcome = case.outcomes.get(bound.slot).and_then(Option::as_ref);
    if let Some(outcome) = outcome.filter(|_| class.is_some()) {
        add(14 + (outcome.count() as usize).min(DEPRIVED), 1);
    }
}
