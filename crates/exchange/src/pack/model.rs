//! What is expected of each column, as odds: from a dictionary where there is one, else even; learnt on from there.

use super::range::{Coder, Odds};
use super::schema::{CellKind, Column};

/// Of a column in one row: what stands there. Three sets of odds: after an absent cell, after another, and in rows that list
/// only what they have.
const AFTER: usize = 3;
/// Kinds of text, and lengths of numbers, fit six bits with the three codes before them.
const PLAIN_BITS: u32 = 6;
/// Digits of a text: so many places of four bits each.
pub(super) const DIGITS: usize = 18;
/// Lengths of texts below 255 are one symbol.
const LENGTH_BITS: u32 = 8;
const YEAR_BITS: u32 = 8;
const MONTH_BITS: u32 = 4;
const DAY_BITS: u32 = 5;

/// A table's odds lie behind one another: this says where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Region(pub(super) usize);

/// The odds in use.
#[derive(Debug, Clone)]
pub(super) struct Model {
    odds: Vec<Odds>,
}

/// How many odds the numbers at the head of a packing have.
const HEAD_BITS: u32 = 7;
/// Those numbers, each with odds of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Head {
    Prev,
    Commune,
    Kind,
    Subject,
    Seen,
    SeenWriter,
    SeenSeq,
    Millis,
    Counter,
    Author,
    Instrument,
    Tables,
    Gap,
    Sparse,
    Rows,
    Instance,
    Cells,
}
const HEADS: usize = 17;
/// Where the columns' odds begin.
pub(super) const FIRST_REGION: usize = HEADS << HEAD_BITS;

/// How many odds a column has.
pub(super) fn size_of(column: &Column) -> usize {
    let symbols = AFTER << symbol_bits(column);
    symbols
        + match column.kind {
            CellKind::Text => {
                (1 << LENGTH_BITS)
                    + (1 << 5)
                    + (DIGITS << 4)
                    + (1 << YEAR_BITS)
                    + (1 << MONTH_BITS)
                    + (1 << DAY_BITS)
            }
            CellKind::Date => (1 << YEAR_BITS) + (1 << MONTH_BITS) + (1 << DAY_BITS),
            CellKind::Integer | CellKind::Decimal => 1 << 3,
            CellKind::Choices => column.names.len(),
            CellKind::Choice | CellKind::Any => 0,
        }
}

fn symbol_bits(column: &Column) -> u32 {
    match column.kind {
        CellKind::Choice => usize::BITS - (column.names.len() + 2).leading_zeros(),
        CellKind::Choices | CellKind::Any => 2,
        CellKind::Text | CellKind::Integer | CellKind::Decimal | CellKind::Date => PLAIN_BITS,
    }
}

/// What the row's cell before says of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum After {
    Absent,
    Present,
    /// The row lists only what it has.
    Listed,
}

impl Model {
    /// The odds of a dictionary, and even ones for `more` places beyond.
    pub(super) fn new(known: &[Odds], more: usize) -> Self {
        let mut odds = known.to_vec();
        odds.resize(known.len().max(FIRST_REGION) + more, Odds::EVEN);
        Self { odds }
    }

    pub(super) fn into_odds(self) -> Vec<Odds> {
        self.odds
    }

    /// A number at the head: how many bits it has, then the bits.
    pub(super) fn head(&mut self, coder: &mut impl Coder, head: Head, number: u64) -> u64 {
        let at = (head as usize) << HEAD_BITS;
        let odds = &mut self.odds[at..at + (1 << HEAD_BITS)];
        let bits = u64::BITS - number.leading_zeros();
        let bits = tree(coder, odds, HEAD_BITS, u64::from(bits)) as u32;
        below(coder, bits, number)
    }

    /// What stands in a cell of a column.
    pub(super) fn symbol(
        &mut self,
        coder: &mut impl Coder,
        (column, region): (&Column, Region),
        after: After,
        symbol: u64,
    ) -> u64 {
        let bits = symbol_bits(column);
        let at = region.0 + ((after as usize) << bits);
        tree(coder, &mut self.odds[at..at + (1 << bits)], bits, symbol)
    }

    /// The odds of a column beyond its symbols.
    fn beyond(&mut self, (column, region): (&Column, Region)) -> &mut [Odds] {
        &mut self.odds[region.0 + (AFTER << symbol_bits(column))..region.0 + size_of(column)]
    }

    /// Whether a number is negative, and how many zeros it ends in (0 to 3).
    pub(super) fn number_kind(
        &mut self,
        coder: &mut impl Coder,
        column: (&Column, Region),
        kind: u64,
    ) -> u64 {
        tree(coder, self.beyond(column), 3, kind)
    }

    pub(super) fn is_chosen(
        &mut self,
        coder: &mut impl Coder,
        column: (&Column, Region),
        place: usize,
        chosen: bool,
    ) -> bool {
        coder.bit(&mut self.beyond(column)[place], chosen)
    }

    /// A text's length: 255 stands for that and more.
    pub(super) fn length(&mut self, coder: &mut impl Coder, column: (&Column, Region), length: u64) -> u64 {
        let odds = &mut self.beyond(column)[..1 << LENGTH_BITS];
        match tree(coder, odds, LENGTH_BITS, length.min(255)) {
            255 => below_any(coder, length.saturating_sub(255)).saturating_add(255),
            short => short,
        }
    }

    pub(super) fn digits_count(
        &mut self,
        coder: &mut impl Coder,
        column: (&Column, Region),
        count: u64,
    ) -> u64 {
        let at = 1 << LENGTH_BITS;
        tree(coder, &mut self.beyond(column)[at..at + 32], 5, count)
    }

    pub(super) fn digit(
        &mut self,
        coder: &mut impl Coder,
        column: (&Column, Region),
        place: usize,
        digit: u64,
    ) -> u64 {
        let at = (1 << LENGTH_BITS) + 32 + (place << 4);
        tree(coder, &mut self.beyond(column)[at..at + 16], 4, digit)
    }

    /// Year since 1900, month and day.
    pub(super) fn day(
        &mut self,
        coder: &mut impl Coder,
        column: (&Column, Region),
        (year, month, day): (u64, u64, u64),
    ) -> (u64, u64, u64) {
        let before = match column.0.kind {
            CellKind::Text => (1 << LENGTH_BITS) + 32 + (DIGITS << 4),
            CellKind::Any
            | CellKind::Integer
            | CellKind::Date
            | CellKind::Choice
            | CellKind::Choices
            | CellKind::Decimal => 0,
        };
        let odds = &mut self.beyond(column)[before..];
        let (years, rest) = odds.split_at_mut(1 << YEAR_BITS);
        let (months, days) = rest.split_at_mut(1 << MONTH_BITS);
        (
            tree(coder, years, YEAR_BITS, year),
            tree(coder, months, MONTH_BITS, month),
            tree(coder, days, DAY_BITS, day),
        )
    }
}

/// A symbol of `bits` bits, the highest first, the odds of each bit by those before it.
fn tree(coder: &mut impl Coder, odds: &mut [Odds], bits: u32, symbol: u64) -> u64 {
    let mut node = 1_usize;
    for at in (0..bits).rev() {
        let bit = coder.bit(&mut odds[node], symbol >> at & 1 == 1);
        node = node << 1 | usize::from(bit);
    }
    node as u64 - (1 << bits)
}

/// The bits of a number of `bits` bits below its highest, which is set.
pub(super) fn below(coder: &mut impl Coder, bits: u32, number: u64) -> u64 {
    match bits {
        0 => 0,
        1..=64 => {
            let rest = number & !(1_u64 << (bits - 1));
            1 << (bits - 1) | coder.even(rest, bits - 1)
        }
        // Six bits say at most 64; the seventh is a reader's problem.
        _ => u64::MAX,
    }
}

/// A number of any size that nothing is known of.
pub(super) fn below_any(coder: &mut impl Coder, number: u64) -> u64 {
    let bits = coder.even(u64::from(u64::BITS - number.leading_zeros()), 7);
    below(coder, bits as u32, number)
}

#[cfg(test)]
mod tests {
    use super::super::range::Decoder;
    use super::*;

    #[test]
    fn no_length_is_too_long_to_be_said() {
        let column = Column::new("name", CellKind::Text);
        let mut model = Model::new(&[], FIRST_REGION + size_of(&column));
        let mut coder = Decoder::new(&[0xff; 64]);
        assert_eq!(model.length(&mut coder, (&column, Region(FIRST_REGION)), 0), u64::MAX);
    }
}
