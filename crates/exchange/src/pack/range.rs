//! A range coder for bits whose odds are learnt on the way: what is likely takes little room.

/// How likely a bit is not set, in 65,536ths; learns from each bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Odds(u16);

const ODDS_BITS: u32 = 16;
/// How quickly odds follow: each bit moves them by this part (a power of two) of the way.
const RATE: u32 = 5;
const TOP: u32 = 1 << 24;

impl Odds {
    /// Even.
    pub(crate) const EVEN: Self = Self(1 << (ODDS_BITS - 1));

    /// From one byte of a dictionary.
    pub(crate) fn of_byte(byte: u8) -> Self {
        Self(u16::from(byte.max(1)) << 8)
    }

    /// As one byte of a dictionary.
    pub(crate) fn to_byte(self) -> u8 {
        (self.0 >> 8).clamp(1, 255) as u8
    }

    fn learn(&mut self, bit: bool, rate: u32) {
        if bit {
            self.0 -= self.0 >> rate;
        } else {
            self.0 += (((1 << ODDS_BITS) - u32::from(self.0)) >> rate) as u16;
        }
    }
}

/// Writes or reads: the same calls in the same order give back on reading what was written.
pub(crate) trait Coder {
    /// One bit: writes `bit` and returns it, or returns the one read.
    fn bit(&mut self, odds: &mut Odds, bit: bool) -> bool;
    /// The lowest `count` bits (at most 64) of a number that nothing is known of.
    fn even(&mut self, number: u64, count: u32) -> u64;
}

/// Writes.
#[derive(Debug)]
pub(crate) struct Encoder {
    low: u64,
    range: u32,
    /// The byte that a carry may still reach, and how many 0xff follow it.
    held: Option<u8>,
    full: usize,
    rate: u32,
    out: Vec<u8>,
}

impl Encoder {
    pub(crate) fn new() -> Self {
        Self { low: 0, range: u32::MAX, held: None, full: 0, rate: RATE, out: Vec::new() }
    }

    /// One that learns slowly, for training on much.
    pub(crate) fn in_training() -> Self {
        Self { rate: 7, ..Self::new() }
    }

    /// What was written. Trailing zeros are left out: a reader takes what is missing for zero.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        // The number within the last range that ends in the most zeros says the same in the fewest bytes.
        let high = self.low + u64::from(self.range) - 1;
        for zeros in (1..32).rev() {
            let rounded = (self.low + (1 << zeros) - 1) >> zeros << zeros;
            if rounded <= high {
                self.low = rounded;
                break;
            }
        }
        for _ in 0..5 {
            self.shift();
        }
        while self.out.last() == Some(&0) {
            self.out.pop();
        }
        self.out
    }

    fn narrow(&mut self) {
        while self.range < TOP {
            self.range <<= 8;
            self.shift();
        }
    }

    fn shift(&mut self) {
        let carry = (self.low >> 32) as u8;
        let byte = (self.low >> 24) as u8;
        if byte == 0xff && carry == 0 {
            self.full += 1;
        } else {
            self.out.extend(self.held.map(|held| held.wrapping_add(carry)));
            self.out.extend(std::iter::repeat_n(0xff_u8.wrapping_add(carry), self.full));
            self.full = 0;
            self.held = Some(byte);
        }
        self.low = (self.low & 0x00ff_ffff) << 8;
    }
}

impl Coder for Encoder {
    fn bit(&mut self, odds: &mut Odds, bit: bool) -> bool {
        let bound = (self.range >> ODDS_BITS) * u32::from(odds.0);
        if bit {
            self.low += u64::from(bound);
            self.range -= bound;
        } else {
            self.range = bound;
        }
        odds.learn(bit, self.rate);
        self.narrow();
        bit
    }

    fn even(&mut self, number: u64, count: u32) -> u64 {
        for at in (0..count).rev() {
            self.range >>= 1;
            if number >> at & 1 == 1 {
                self.low += u64::from(self.range);
            }
            self.narrow();
        }
        number
    }
}

/// Reads.
#[derive(Debug)]
pub(crate) struct Decoder<'a> {
    range: u32,
    code: u32,
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self { range: u32::MAX, code: 0, rest: bytes };
        for _ in 0..4 {
            decoder.code = decoder.code << 8 | decoder.next();
        }
        decoder
    }

    /// Whether every byte was used.
    pub(crate) fn is_used_up(&self) -> bool {
        self.rest.is_empty()
    }

    fn next(&mut self) -> u32 {
        match self.rest.split_first() {
            Some((first, rest)) => {
                self.rest = rest;
                u32::from(*first)
            }
            None => 0,
        }
    }

    fn narrow(&mut self) {
        while self.range < TOP {
            self.range <<= 8;
            self.code = self.code << 8 | self.next();
        }
    }
}

impl Coder for Decoder<'_> {
    fn bit(&mut self, odds: &mut Odds, _: bool) -> bool {
        let bound = (self.range >> ODDS_BITS) * u32::from(odds.0);
        let bit = self.code >= bound;
        if bit {
            self.code -= bound;
            self.range -= bound;
        } else {
            self.range = bound;
        }
        odds.learn(bit, RATE);
        self.narrow();
        bit
    }

    fn even(&mut self, _: u64, count: u32) -> u64 {
        let mut number = 0;
        for _ in 0..count {
            self.range >>= 1;
            let bit = self.code >= self.range;
            if bit {
                self.code -= self.range;
            }
            number = number << 1 | u64::from(bit);
            self.narrow();
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_come_back_in_their_order(bits in prop::collection::vec((any::<bool>(), 0_usize..4, any::<u64>(), 0_u32..=64), 0..400)) {
            let mut odds = [Odds::EVEN, Odds::of_byte(1), Odds::of_byte(255), Odds::EVEN];
            let first = odds;
            let mut encoder = Encoder::new();
            for (bit, which, number, count) in &bits {
                encoder.bit(&mut odds[*which], *bit);
                encoder.even(*number, *count);
            }
            let bytes = encoder.finish();
            let mut odds = first;
            let mut decoder = Decoder::new(&bytes);
            for (bit, which, number, count) in &bits {
                prop_assert_eq!(decoder.bit(&mut odds[*which], false), *bit);
                let mask = if *count == 64 { u64::MAX } else { (1 << count) - 1 };
                prop_assert_eq!(decoder.even(0, *count), number & mask);
            }
            prop_assert!(decoder.is_used_up());
        }
    }

    #[test]
    fn what_was_learnt_to_be_likely_takes_almost_nothing() {
        let mut odds = Odds::EVEN;
        let mut encoder = Encoder::new();
        for _ in 0..1000 {
            encoder.bit(&mut odds, false);
        }
        assert!(encoder.finish().len() < 16);
    }
}
