//! Columns, and what a household adds to each.

use std::ops::Range;

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
    causes: Vec<Named>,
    needs: Vec<Named>,
    places: Places,
}

/// A fact that has a column of its own.
#[derive(Debug, Clone)]
struct Named {
    place: usize,
    key: String,
    label: Text,
}

/// The facts whose keys begin like that, in their order.
fn named(facts: &Facts, begins: &str) -> Vec<Named> {
    let all = facts.facts.iter().enumerate().filter(|(_, fact)| fact.key.starts_with(begins));
    all.map(|(place, fact)| Named { place, key: fact.key.clone(), label: fact.label.clone() }).collect()
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
        let (causes, needs) = (named(facts, "cause_"), named(facts, "need_"));
        Self { slot, recognised, indicators, causes, needs, places }
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
        Table::MovementPoor | Table::MovementNearPoor => movement(&mut all),
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
        Table::Causes => by_fact(&mut all, &bound.causes),
        Table::Needs => by_fact(&mut all, &bound.needs),
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

fn by_fact(all: &mut Columns, facts: &[Named]) {
    for class in OF {
        let group = class.as_str();
        let of = all.households(group, "households");
        for Named { key, label, .. } in facts {
            let place = all.named(group, key, label);
            all.percent(group, &format!("{key}_percent"), (place, of));
        }
    }
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

/// The columns of a movement of households: what was there, who left, who came, what is there.
const OF_HOUSEHOLDS: [&str; 11] = [
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
/// Of persons also by how many the households that stayed became fewer, and more.
const OF_PERSONS: [&str; 13] = [
    "opening",
    "to_other",
    "above",
    "gone",
    "undecided",
    "fewer",
    "from_other",
    "again",
    "new",
    "moved_in",
    "unknown",
    "more",
    "closing",
];
/// How many columns of each say who left; the columns behind them, but for the last, say who came.
const LEFT: [usize; 2] = [4, 5];

/// Where the columns of a movement lie, of households and of persons.
pub(super) struct Movement {
    /// What was there.
    pub(super) opening: usize,
    /// Who left.
    pub(super) left: Range<usize>,
    /// Who came.
    pub(super) came: Range<usize>,
    /// What is there.
    pub(super) closing: usize,
}

pub(super) fn movements() -> [Movement; 2] {
    let [of_households, of_persons] = LEFT;
    let of = |start: usize, left: usize, width: usize| Movement {
        opening: start,
        left: start + 1..start + 1 + left,
        came: start + 1 + left..start + width - 1,
        closing: start + width - 1,
    };
    [of(0, of_households, OF_HOUSEHOLDS.len()), of(OF_HOUSEHOLDS.len(), of_persons, OF_PERSONS.len())]
}

fn movement(all: &mut Columns) {
    OF_HOUSEHOLDS.iter().for_each(|key| _ = all.households("households", key));
    OF_PERSONS.iter().for_each(|key| _ = all.count("persons", key, Unit::Persons));
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
        Table::Causes => add_by_fact(&bound.causes, case, class, add),
        Table::Needs => add_by_fact(&bound.needs, case, class, add),
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

fn add_by_fact(facts: &[Named], case: &Case, class: Option<Class>, add: &mut impl FnMut(usize, u32)) {
    let Some(block) = block(class, 1 + 2 * facts.len()) else { return };
    add(block, 1);
    for (column, fact) in facts.iter().enumerate() {
        add(block + 1 + 2 * column, u32::from(case.fact(fact.place) > 0));
    }
}

fn add_movement(of: Class, case: &Case, class: Option<Class>, add: &mut impl FnMut(usize, u32)) {
    let [households, persons] = movements();
    let (then, now) = (u32::from(case.persons_before()), u32::from(case.members));
    let other = if of == Class::Poor { Class::NearPoor } else { Class::Poor };
    if case.before == Some(of) {
        add(households.opening, 1);
        add(persons.opening, then);
        let left = match class {
            Some(class) if class == of => None,
            Some(class) if class == other => Some(0),
            Some(_) => Some(1),
            None if case.gone.is_some() => Some(2),
            None => Some(3),
        };
        match left {
            Some(how) => {
                add(households.left.start + how, 1);
                add(persons.left.start + how, then);
            }
            None => {
                add(persons.left.end - 1, then.saturating_sub(now));
                add(persons.came.end - 1, now.saturating_sub(then));
            }
        }
    } else if class == Some(of) {
        let was = case.once[usize::from(of != Class::Poor)];
        let how = match case.before {
            Some(before) if before == other => 0,
            _ if was => 1,
            None if case.moved_in => 3,
            Some(_) => 2,
            None if case.added => 2,
            None => 4,
        };
        add(households.came.start + how, 1);
        add(persons.came.start + how, now);
    }
    if class == Some(of) {
        add(households.closing, 1);
        add(persons.closing, now);
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
