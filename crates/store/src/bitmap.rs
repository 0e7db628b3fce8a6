//! Sets of households as bits, and how the database keeps a piece of one.

/// Numbers in one block.
pub(crate) const BLOCK: u32 = 4096;
/// Blocks in a set: more households than the country has.
const MOST_BLOCKS: u32 = 1 << 14;
const WORDS: usize = 64;
/// A block as bits. A list of two-byte numbers is always shorter: it ends before it would be as long.
const DENSE_BYTES: usize = WORDS * 8;

/// A set of small numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bits(Vec<u64>);

/// The part of a set that falls into one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block([u64; WORDS]);

impl Bits {
    pub(crate) fn insert(&mut self, number: u32) {
        let (word, bit) = place(number);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// How many numbers there are.
    pub(crate) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Takes in what the database keeps of one block. `None`: the bytes are not those of a block.
    pub(crate) fn add_block(&mut self, block: u32, bytes: &[u8]) -> Option<()> {
        let Block(words) = Block::from_bytes(bytes)?;
        let from = usize::try_from(block).ok().filter(|_| block < MOST_BLOCKS)? * WORDS;
        if self.0.len() < from + WORDS {
            self.0.resize(from + WORDS, 0);
        }
        for (mine, theirs) in self.0.get_mut(from..)?.iter_mut().zip(words) {
            *mine |= theirs;
        }
        Some(())
    }

    /// Keeps what is in both.
    pub(crate) fn keep_only(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine &= theirs;
        }
    }
}

impl Block {
    pub(crate) fn empty() -> Self {
        Self([0; WORDS])
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut block = Self::empty();
        if bytes.len() == DENSE_BYTES {
            let (words, _) = bytes.as_chunks::<8>();
            for (mine, theirs) in block.0.iter_mut().zip(words) {
                *mine = u64::from_le_bytes(*theirs);
            }
            return Some(block);
        }
        let (numbers, rest) = bytes.as_chunks::<2>();
        for number in numbers {
            block.set(u32::from(u16::from_le_bytes(*number)), true);
        }
        rest.is_empty().then_some(block)
    }

    /// `None`: there is nothing in it.
    pub(crate) fn to_bytes(&self) -> Option<Vec<u8>> {
        let count: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        if count == 0 {
            return None;
        }
        if count as usize * 2 >= DENSE_BYTES {
            return Some(self.0.iter().flat_map(|word| word.to_le_bytes()).collect());
        }
        let all = (0..BLOCK).filter(|number| {
            let (word, bit) = place(*number);
            self.0.get(word).is_some_and(|word| word & bit != 0)
        });
        Some(all.filter_map(|number| u16::try_from(number).ok()).flat_map(u16::to_le_bytes).collect())
    }

    /// Puts a number in or out, by its place within the block.
    pub(crate) fn set(&mut self, number: u32, within: bool) {
        let (word, bit) = place(number % BLOCK);
        if let Some(word) = self.0.get_mut(word) {
            if within {
                *word |= bit;
            } else {
                *word &= !bit;
            }
        }
    }
}

fn place(number: u32) -> (usize, u64) {
    ((number / u64::BITS) as usize, 1 << (number % u64::BITS))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn members(bits: &Bits) -> BTreeSet<u32> {
        (0..3 * BLOCK).filter(|number| bits.contains(*number)).collect()
    }

    proptest! {
        #[test]
        fn sets_read_back_from_blocks_are_the_sets_written(
            first in proptest::collection::btree_set(0..3 * BLOCK, 0..900),
            second in proptest::collection::btree_set(0..2 * BLOCK, 0..20),
        ) {
            let kept = |numbers: &BTreeSet<u32>| {
                let mut bits = Bits::default();
                for block in 0..3 {
                    let mut piece = Block::empty();
                    numbers.range(block * BLOCK..(block + 1) * BLOCK).for_each(|number| piece.set(*number, true));
                    if let Some(bytes) = piece.to_bytes() {
                        bits.add_block(block, &bytes).unwrap();
                    }
                }
                bits
            };
            let (one, other) = (kept(&first), kept(&second));
            prop_assert_eq!(&members(&one), &first);
            prop_assert_eq!(one.count() as usize, first.len());
            let mut both = one.clone();
            both.keep_only(&other);
            prop_assert_eq!(members(&both), first.intersection(&second).copied().collect());
        }
    }

    #[test]
    fn bytes_of_no_block_are_refused() {
        assert_eq!(Block::from_bytes(&[1, 2, 3]), None);
        assert_eq!(Bits::default().add_block(MOST_BLOCKS, &[0, 0]), None);
    }
}
