//! Laptops, sticks and a province under every fault there is, moved by a seed and by nothing else.
//!
//! Two layers share one world. In the first, laptops keep their edits in a journal that a crash cuts after any write; in the
//! second, in the real encrypted store. Edits, their fold, what is sent and when, the messages and the province's router,
//! intake and database are the real ones in both.
#![expect(clippy::expect_used, reason = "a step of a test that fails is the test failing")]
#![expect(clippy::print_stdout, reason = "which seed failed and what happened is told")]

mod disk;
mod network;
mod province;
mod store;
mod truth;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use province::Province;
use store::RealStore;
use world::{Disks, Tally, World};

/// Seeds of each layer, unless `RASOAT_SIM_SEEDS` says otherwise.
const SEEDS: u64 = 300;
/// What happens in one world.
const STEPS: u32 = 70;
/// As many worlds at once as keep a two-core machine busy.
const WORKERS: usize = 2;
/// Worlds that one province sees.
const WORLDS: u32 = 500;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Model,
    Real,
}

#[test]
fn whatever_happens_to_laptops_and_sticks_nothing_acknowledged_is_lost_and_all_replicas_agree() {
    run(Layer::Model);
}

#[test]
fn the_real_store_loses_nothing_either() {
    run(Layer::Real);
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

/// As many seeds as `RASOAT_SIM_SEEDS` says, from `RASOAT_SIM_FROM` on, or the one of `RASOAT_SIM_SEED`.
fn run(layer: Layer) {
    let (first, end) = match number("RASOAT_SIM_SEED") {
        Some(seed) => (seed, seed + 1),
        None => {
            let from = number("RASOAT_SIM_FROM").unwrap_or(0);
            (from, from + number("RASOAT_SIM_SEEDS").unwrap_or(SEEDS))
        }
    };
    let next = AtomicU64::new(first);
    let began = Instant::now();
    let workers: Vec<Tally> = std::thread::scope(|scope| {
        let spawned: Vec<_> = (0..WORKERS).map(|_| scope.spawn(|| work(layer, &next, end))).collect();
        spawned.into_iter().map(|worker| worker.join().expect("no seed fails")).collect()
    });
    let mut all = Tally::default();
    workers.into_iter().for_each(|tally| all.add(tally));
    println!("{} seeds in {:.1} s: {all:?}", end - first, began.elapsed().as_secs_f64());
    assert!(end - first < 100 || (all.acknowledged > 100 && all.crashes > 100 && all.conflicts > 10));
}

fn work(layer: Layer, next: &AtomicU64, end: u64) -> Tally {
    let mut all = Tally::default();
    loop {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let province = runtime.block_on(Province::start());
        let template = RealStore::template(province.recovery_recipient.clone());
        for _ in 0..WORLDS {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return all;
            }
            let disks = match layer {
                Layer::Model => Disks::Model,
                Layer::Real => Disks::Real(&template),
            };
            let told = Told(seed);
            let mut world = runtime.block_on(World::new(seed, &province, disks));
            match runtime.block_on(world.run(STEPS)) {
                Ok(tally) => all.add(tally),
                Err(error) => {
                    world.trace().iter().for_each(|line| println!("{line}"));
                    panic!("seed {seed}: {error}");
                }
            }
            std::mem::forget(told);
        }
    }
}

/// Says how to replay the seed that panicked.
struct Told(u64);

impl Drop for Told {
    fn drop(&mut self) {
        println!("replay: RASOAT_SIM_SEED={} cargo test -p rasoat-tests --test sim -- --nocapture", self.0);
    }
}
