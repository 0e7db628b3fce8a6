//! Two entries of one paper side by side.
//!
//! Members whom the list carried over are the same in both by their ids. Those who were added while typing are matched by their names,
//! and the rest in the order of their lines.

use std::collections::BTreeMap;

use rasoat_casework::fold_name;
use rasoat_instrument::{Path, Session, Value, ValueKind};

use crate::form::Form;
use crate::projection::MEMBERS;

/// The question about a member's name.
const NAME: &str = "full_name";

/// Two entries, compared.
pub(super) struct Comparison {
    /// Questions that at least one of them answers.
    pub(super) compared: usize,
    /// In the order of the form.
    pub(super) differences: Vec<Difference>,
    /// The second entry's instances by the first's that are the same.
    pairs: BTreeMap<Path, Path>,
}

impl Comparison {
    /// Where the second entry has what the first has at a place; `None` where it has nothing like it.
    pub(super) fn other(&self, path: &Path) -> Option<Path> {
        counterpart(&self.pairs, path)
    }
}

/// One place at which they differ.
pub(super) struct Difference {
    /// The first entry's place; of a member who is only in the second, the second's.
    pub(super) path: Path,
    pub(super) what: What,
}

/// What differs there.
pub(super) enum What {
    /// An answer.
    Answer { first: Option<Value>, second: Option<Value> },
    /// A member of the first entry alone.
    OnlyFirst,
    /// A member of the second entry alone.
    OnlySecond,
}

/// Compares what two entries answer to questions that are answered by hand. Files are not typed, and not compared.
pub(super) fn compare(form: &Form, first: &Session, second: &Session) -> Comparison {
    let mut pairs = BTreeMap::new();
    let mut differences = Vec::new();
    let mut compared = 0;
    let mut alone = Vec::new();
    for repeat in form.repeats() {
        let (paired, rest) = pair(repeat, first, second);
        pairs.extend(paired);
        alone.extend(rest);
    }
    for node in first.nodes() {
        if alone.contains(&node.path) {
            compared += 1;
            differences.push(Difference { path: node.path, what: What::OnlyFirst });
            continue;
        }
        if node.path.field_name().and_then(|name| form.kind(name)).is_none_or(|kind| kind == ValueKind::File)
        {
            continue;
        }
        let Some(other) = counterpart(&pairs, &node.path) else { continue };
        let theirs = second.node(&other);
        if node.read_only && theirs.as_ref().is_none_or(|theirs| theirs.read_only) {
            continue;
        }
        let said = node.value.filter(|_| node.relevant);
        let said_again = theirs.filter(|theirs| theirs.relevant).and_then(|theirs| theirs.value);
        if said.is_none() && said_again.is_none() {
            continue;
        }
        compared += 1;
        if said != said_again {
            let what = What::Answer { first: said, second: said_again };
            differences.push(Difference { path: node.path, what });
        }
    }
    let told = |path: &Path| differences.iter().any(|difference| difference.path == *path);
    let untold: Vec<Path> = alone.into_iter().filter(|path| !told(path)).collect();
    for path in untold {
        compared += 1;
        let in_first = first.instances(repeat_of(&path)).contains(&path);
        let what = if in_first { What::OnlyFirst } else { What::OnlySecond };
        differences.push(Difference { path, what });
    }
    Comparison { compared, differences, pairs }
}

/// The repeat an instance is of.
pub(super) fn repeat_of(instance: &Path) -> &str {
    instance.outermost().map_or(MEMBERS, |(repeat, _)| repeat)
}

/// A member's name in an entry.
pub(super) fn name_of(session: &Session, instance: &Path) -> Option<String> {
    session.value(&instance.child(NAME).ok()?).map(|value| value.to_string())
}

fn counterpart(pairs: &BTreeMap<Path, Path>, path: &Path) -> Option<Path> {
    let name = path.field_name()?;
    match path.enclosing_instance() {
        None => Some(path.clone()),
        Some(instance) => pairs.get(&instance)?.child(name).ok(),
    }
}

/// Which instances of a repeat are the same in both, and those that only one of them has.
fn pair(repeat: &str, first: &Session, second: &Session) -> (BTreeMap<Path, Path>, Vec<Path>) {
    let mut left = first.instances(repeat);
    let mut right = second.instances(repeat);
    let mut pairs = BTreeMap::new();
    let folded = |session: &Session, path: &Path| name_of(session, path).map(|name| fold_name(&name));
    left.retain(|path| match right.iter().position(|other| other == path) {
        Some(at) => {
            pairs.insert(path.clone(), right.remove(at));
            false
        }
        None => true,
    });
    left.retain(|path| {
        let name = folded(first, path);
        match right.iter().position(|other| name.is_some() && folded(second, other) == name) {
            Some(at) => {
                pairs.insert(path.clone(), right.remove(at));
                false
            }
            None => true,
        }
    });
    let both = left.len().min(right.len());
    pairs.extend(left.drain(..both).zip(right.drain(..both)));
    (pairs, left.into_iter().chain(right).collect())
}
