//! Drawing by lot without chance: the same number always gives the same lots.

/// The next lot (splitmix64, by Steele, Lea and Flood, 2014).
pub(crate) fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number for a text (FNV-1a).
pub(crate) fn of_text(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// From 0 up to 1, 1 not included.
pub(crate) fn share(lot: u64) -> f64 {
    (lot >> 11) as f64 / (1u64 << 53) as f64
}

/// Puts things in an order that follows from the seed alone.
pub(crate) fn shuffle<T>(things: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..things.len()).rev() {
        let other = next(&mut state) % (last as u64 + 1);
        things.swap(last, other as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_order_and_another_one_another() {
        let drawn = |seed| {
            let mut things: Vec<u32> = (0..20).collect();
            shuffle(&mut things, seed);
            things
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        let mut sorted = drawn(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn shares_lie_between_nothing_and_one() {
        let mut state = 1;
        assert!((0..1000).map(|_| share(next(&mut state))).all(|share| (0.0..1.0).contains(&share)));
    }
}
