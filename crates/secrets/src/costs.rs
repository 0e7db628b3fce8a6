//! Which costs make a guess take about half a second on the machine at hand.

use crate::{MAX_MEMORY_KIB, MAX_PASSES, Params};

/// What deriving a key is to take, in milliseconds.
const AIM_MILLIS: u64 = 500;
/// OWASP's Password Storage Cheat Sheet: Argon2id with at least 19 MiB and two passes.
const LEAST_MEMORY_KIB: u32 = 19 * 1024;
const LEAST_PASSES: u32 = 2;
/// The most memory for a machine that does not say how much it has.
const MEMORY_OF_UNKNOWN_KIB: u32 = 64 * 1024;
/// Of the machine's memory one part in this many, so that unlocking pushes nothing else out.
const PART_OF_MACHINE: u64 = 32;

/// What one derivation took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial {
    /// What was derived.
    pub costs: Params,
    /// How long it took, in microseconds.
    pub micros: u64,
}

impl Trial {
    /// Costs to try first: a small part of a second on any machine.
    pub const COSTS: Params = Params { m_cost: LEAST_MEMORY_KIB, t_cost: LEAST_PASSES, p: 1 };
}

/// The costs at which a derivation takes about half a second, judged by a trial: as much memory as fits the machine (64 MiB to
/// 256 MiB, by `machine_kib`), then passes; on a slow machine less memory, but never less than [`Trial::COSTS`].
pub fn costs_for(trial: Trial, machine_kib: Option<u64>) -> Params {
    let share = machine_kib.map_or(0, |kib| kib / PART_OF_MACHINE);
    let share = u32::try_from(share).unwrap_or(u32::MAX);
    let most_memory = share.clamp(MEMORY_OF_UNKNOWN_KIB, MAX_MEMORY_KIB);
    // Time grows with memory times passes.
    let tried = u64::from(trial.costs.m_cost) * u64::from(trial.costs.t_cost);
    let affordable = tried.saturating_mul(AIM_MILLIS * 1000) / trial.micros.max(1);
    let passes = (affordable / u64::from(most_memory)).clamp(u64::from(LEAST_PASSES), u64::from(MAX_PASSES));
    let memory = (affordable / passes).clamp(u64::from(LEAST_MEMORY_KIB), u64::from(most_memory));
    Params {
        m_cost: u32::try_from(memory).unwrap_or(most_memory) / 1024 * 1024,
        t_cost: u32::try_from(passes).unwrap_or(LEAST_PASSES),
        p: 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1024 * 1024;

    fn costs(millis: u64, machine_kib: Option<u64>) -> (u32, u32) {
        let found = costs_for(Trial { costs: Trial::COSTS, micros: millis * 1000 }, machine_kib);
        assert!(found.are_bounded() && found.p == 1, "{found:?}");
        (found.m_cost / 1024, found.t_cost)
    }

    #[test]
    fn a_guess_takes_half_a_second_whatever_the_machine() {
        // 38 MiB of work in so many milliseconds; the work that half a second affords, in MiB.
        for (millis, afforded) in [(30, 633), (60, 316), (100, 190), (200, 95), (400, 47)] {
            let (memory, passes) = costs(millis, Some(4 * GIB));
            let work = memory * passes;
            assert!(work * 10 >= afforded * 7 && work <= afforded, "{millis} ms: {memory} MiB × {passes}");
        }
    }

    #[test]
    fn memory_comes_first_as_far_as_the_machine_has_it() {
        assert_eq!(costs(30, Some(4 * GIB)), (128, 4));
        assert_eq!(costs(30, Some(16 * GIB)), (256, 2));
        assert_eq!(costs(30, Some(GIB)), (64, 9));
        assert_eq!(costs(30, None), (64, 9));
    }

    #[test]
    fn no_machine_is_so_slow_or_so_fast_that_costs_leave_their_bounds() {
        assert_eq!(costs(5_000, Some(2 * GIB)), (19, 2));
        assert_eq!(costs(u64::MAX / 1000, None), (19, 2));
        assert_eq!(costs(0, Some(64 * GIB)), (256, 16));
        assert_eq!(costs(1, Some(u64::MAX)), (256, 16));
    }
}
