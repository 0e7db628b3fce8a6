//! In which order rules must be computed so that each is computed once.

use std::collections::BTreeSet;

use super::{Aspect, Rule};
use crate::plan::code::NodeId;

/// Rule numbers in an order in which every rule comes after all that it reads, and the rules that read themselves around some corner.
pub(super) struct Order {
    pub(super) sorted: Vec<usize>,
    pub(super) cyclic: Vec<usize>,
}

/// `parents` gives for each node the group or repeat around it; its relevance comes first.
pub(super) fn order(rules: &[Rule], nodes: usize, parent_of: impl Fn(NodeId) -> Option<NodeId>) -> Order {
    let mut producers: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut relevance: Vec<Option<usize>> = vec![None; nodes];
    for (index, rule) in rules.iter().enumerate() {
        let node = rule.node.0 as usize;
        if matches!(rule.aspect, Aspect::Relevance | Aspect::Calculation | Aspect::Count) {
            producers[node].push(index);
        }
        if rule.aspect == Aspect::Relevance {
            relevance[node] = Some(index);
        }
    }
    let needs: Vec<BTreeSet<usize>> = rules
        .iter()
        .map(|rule| {
            let read = rule.reads.iter().flat_map(|read| producers[read.node.0 as usize].iter().copied());
            let above = parent_of(rule.node).filter(|_| rule.aspect == Aspect::Relevance);
            read.chain(above.and_then(|parent| relevance[parent.0 as usize])).collect()
        })
        .collect();
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); rules.len()];
    for (index, needed) in needs.iter().enumerate() {
        for &producer in needed {
            readers[producer].push(index);
        }
    }
    let sorted = peel(&needs, &readers, &(0..rules.len()).collect());
    let left: BTreeSet<usize> = {
        let done: BTreeSet<usize> = sorted.iter().copied().collect();
        (0..rules.len()).filter(|index| !done.contains(index)).collect()
    };
    // What merely depends on a cycle is peeled off from the other end.
    let readers_left: Vec<BTreeSet<usize>> = readers
        .iter()
        .map(|readers| readers.iter().copied().filter(|r| left.contains(r)).collect())
        .collect();
    let needs_left: Vec<Vec<usize>> =
        needs.iter().map(|needed| needed.iter().copied().filter(|n| left.contains(n)).collect()).collect();
    let harmless: BTreeSet<usize> = peel(&readers_left, &needs_left, &left).into_iter().collect();
    let cyclic = left.into_iter().filter(|index| !harmless.contains(index)).collect();
    Order { sorted, cyclic }
}

/// Takes away, lowest number first, whatever waits for nothing that is left.
fn peel(waits_for: &[BTreeSet<usize>], frees: &[Vec<usize>], among: &BTreeSet<usize>) -> Vec<usize> {
    let mut waiting: Vec<usize> = waits_for.iter().map(BTreeSet::len).collect();
    let mut ready: BTreeSet<usize> = among.iter().copied().filter(|index| waiting[*index] == 0).collect();
    let mut peeled = Vec::with_capacity(among.len());
    while let Some(index) = ready.pop_first() {
        peeled.push(index);
        for &next in &frees[index] {
            waiting[next] -= 1;
            if waiting[next] == 0 {
                ready.insert(next);
            }
        }
    }
    peeled
}
