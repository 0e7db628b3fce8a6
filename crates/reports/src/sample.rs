//! Cases that nobody lives in, for tests and measures: equal for equal seeds.

use rasoat_casework::AreaType;
use rasoat_casework::standard::IncomeBasis;
use uuid::Uuid;

use crate::case::{Case, Class, Gone, Holding, Outcome, Progress};

/// Indicators that sample cases have.
pub const INDICATORS: u8 = 12;
/// Facts that sample cases have.
pub const FACTS: usize = 48;
/// Lines of points in rural and urban areas, by which sample cases are poor.
pub const LINES: [f64; 2] = [140.0, 175.0];

/// Numbers that look like chance (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Equal for equal seeds.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below `end`, which is at least 1.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    /// True once in `of` times.
    pub fn once_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }
}

/// Households of one commune in some villages.
pub fn cases(seed: u64, count: usize, villages: u64) -> Vec<Case> {
    let mut dice = Dice::new(seed);
    (0..count).map(|_| case(&mut dice, villages)).collect()
}

fn case(dice: &mut Dice, villages: u64) -> Case {
    let household = Uuid::from_u64_pair(dice.roll(), dice.roll());
    let mut case = Case::new(household);
    case.village = format!("thon-{:02}", dice.below(villages));
    case.area = if dice.once_in(5) { AreaType::Urban } else { AreaType::Rural };
    case.ethnicity = [1, 2, 7, 9, 15, 8][dice.below(6) as usize];
    case.members = 1 + dice.below(9) as u8;
    case.members_before = dice.below(10) as u8;
    case.before = match dice.below(10) {
        0..4 => Some(Class::Poor),
        4..7 => Some(Class::NearPoor),
        7 => Some(Class::NotPoor),
        _ => None,
    };
    case.once = [dice.once_in(6), dice.once_in(6)];
    case.added = case.before.is_none() && dice.once_in(2);
    case.moved_in = dice.once_in(40);
    case.gone = match dice.below(60) {
        0 => Some(Gone::Merged),
        1 => Some(Gone::Withdrawn),
        _ => None,
    };
    case.merged_into =
        (case.gone == Some(Gone::Merged)).then(|| Uuid::from_u64_pair(dice.roll(), dice.roll()));
    case.progress = match dice.below(20) {
        0 => Progress::Listed,
        1 => Progress::Begun,
        _ => Progress::Signed,
    };
    if case.progress == Progress::Listed {
        return case;
    }
    case.holding = if case.progress == Progress::Signed && !dice.once_in(4) {
        Holding::Recognised
    } else {
        Holding::Open
    };
    case.outcomes = [Some(outcome(dice, case.area)), Some(outcome(dice, case.area))];
    case.facts = (0..FACTS).map(|_| dice.below(u64::from(case.members) + 1) as u8).collect();
    case
}

fn outcome(dice: &mut Dice, area: AreaType) -> Outcome {
    let set = |dice: &mut Dice, of: u64| {
        (0..INDICATORS).fold(0_u16, |set, place| set | u16::from(dice.once_in(of)) << place)
    };
    let deprived = set(dice, 4);
    let open = if dice.once_in(12) { set(dice, 12) & !deprived } else { 0 };
    let income = 60.0 + dice.below(200) as f64;
    let line = match area {
        AreaType::Rural => LINES[0],
        AreaType::Urban => LINES[1],
    };
    let class = match (income <= line, deprived.count_ones() >= 3) {
        (true, true) => Class::Poor,
        (true, false) => Class::NearPoor,
        (false, _) => Class::NotPoor,
    };
    let is_decided = income > line || open == 0 || deprived.count_ones() >= 3;
    Outcome {
        class: is_decided.then_some(class),
        provisional: u8::from(dice.once_in(10)),
        deprived,
        open,
        undefined: 0,
        basis: Some(IncomeBasis::Points),
        income: Some(income),
    }
}
