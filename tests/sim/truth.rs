//! What really happened: every edit ever sealed and what its author had in view, told apart from what vectors claim.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use rasoat_casework::{Change, Document, Edit, EditHash, EditId, PRESENT};
use rasoat_instrument::{Path, Segment, Value};

/// What somebody said, whichever edit carries it: issued anew, it is said by another edit.
pub(crate) type Said = u64;

/// One sealed edit.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    pub(crate) said: Said,
    /// All that its author had in view.
    view: BTreeSet<Said>,
    edit: Edit,
}

/// Every edit of a world.
#[derive(Default)]
pub(crate) struct Truth {
    sealed: BTreeMap<EditHash, Sealed>,
    /// More than one hash: a number given twice.
    hashes: BTreeMap<EditId, BTreeSet<EditHash>>,
    reissued: BTreeSet<Said>,
    /// What some laptop showed as confirmed at some time.
    pub(crate) acknowledged: BTreeSet<EditHash>,
    next: Said,
}

/// One edit's word on a place, with the truth about it.
struct Touch<'a> {
    sealed: &'a Sealed,
    value: Option<Value>,
}

impl Truth {
    /// Two copies of one database that seal one draft in one moment make one edit.
    pub(crate) fn seal(&mut self, edit: &Edit, view: BTreeSet<Said>) -> Said {
        if let Some(known) = self.sealed.get(&edit.hash()) {
            return known.said;
        }
        self.next += 1;
        self.note(edit, self.next, view);
        self.next
    }

    pub(crate) fn reissue(&mut self, before: EditHash, edit: &Edit) {
        let Sealed { said, view, .. } = self.sealed[&before].clone();
        self.reissued.insert(said);
        self.note(edit, said, view);
    }

    fn note(&mut self, edit: &Edit, said: Said, view: BTreeSet<Said>) {
        let hash = edit.hash();
        self.hashes.entry(edit.id).or_default().insert(hash);
        self.sealed.insert(hash, Sealed { said, view, edit: edit.clone() });
    }

    pub(crate) fn said(&self, edit: &Edit) -> Said {
        self.sealed[&edit.hash()].said
    }

    pub(crate) fn count(&self) -> usize {
        self.sealed.len()
    }

    pub(crate) fn forks(&self) -> usize {
        self.hashes.values().filter(|hashes| hashes.len() > 1).count()
    }

    /// Holds a fold of these edits against what their authors had in view: whatever nobody who had it in view replaced is
    /// there, and nothing else is.
    ///
    /// Where a number was given twice, an edit that names it says that it saw both, and may have seen one: there a value may
    /// be missing. What is issued anew names none of its own numbers that were taken, so it hides nothing.
    /// What was issued anew, or has a number given twice, may stand beside what replaced it.
    pub(crate) fn check(&self, edits: &[Edit], document: &Document) -> Result<()> {
        let mut places: BTreeMap<Path, Vec<Touch<'_>>> = BTreeMap::new();
        for edit in edits {
            let Some(sealed) = self.sealed.get(&edit.hash()) else {
                anyhow::bail!("an edit that nobody sealed: {:?}", edit.id);
            };
            for (path, change) in &edit.changes {
                let value = match change {
                    Change::Set(value) => Some(value.clone()),
                    Change::Removed => None,
                };
                places.entry(path.clone()).or_default().push(Touch { sealed, value });
            }
        }
        self.add_presence(edits, &mut places);
        ensure!(places.keys().eq(document.fields.keys()), "a place is missing or was made up");
        for (path, touches) in &places {
            let shown: Vec<&Option<Value>> =
                document.fields[path].candidates.iter().map(|candidate| &candidate.value).collect();
            let stands = |touch: &Touch<'_>| {
                let said = touch.sealed.said;
                !touches.iter().any(|other| other.sealed.said != said && other.sealed.view.contains(&said))
            };
            for touch in touches.iter().filter(|touch| stands(touch)) {
                let id = touch.sealed.edit.id;
                let twins: Vec<Said> = self.hashes[&id].iter().map(|hash| self.sealed[hash].said).collect();
                let mistaken = touches.iter().any(|other| {
                    let saw_a_twin = twins.iter().any(|twin| other.sealed.view.contains(twin));
                    let names_it = other.sealed.edit.seen.contains(id);
                    twins.len() > 1 && names_it && saw_a_twin && !self.reissued.contains(&other.sealed.said)
                });
                ensure!(
                    mistaken || shown.contains(&&touch.value),
                    "{path}: the value of {id:?} is hidden, and nobody who replaced it had seen it"
                );
            }
            for value in &shown {
                let held = touches.iter().any(|touch| {
                    let twice = self.hashes[&touch.sealed.edit.id].len() > 1;
                    let anew = self.reissued.contains(&touch.sealed.said);
                    touch.value == **value && (stands(touch) || anew || twice)
                });
                ensure!(held, "{path}: {value:?} stands, and somebody who had seen it replaced it");
            }
            let distinct: BTreeSet<String> = shown.iter().map(|value| format!("{value:?}")).collect();
            ensure!(distinct.len() == shown.len(), "{path}: the same value twice");
        }
        Ok(())
    }

    /// An edit that speaks of something inside an instance says that the instance is there, where anyone says otherwise.
    fn add_presence<'a>(&'a self, edits: &[Edit], places: &mut BTreeMap<Path, Vec<Touch<'a>>>) {
        let instances: Vec<Path> =
            places.keys().filter(|path| path.field_name().is_none()).cloned().collect();
        for instance in instances {
            for edit in edits.iter().filter(|edit| !edit.changes.contains_key(&instance)) {
                if edit.changes.keys().any(|path| path.is_within(&instance)) {
                    let sealed = &self.sealed[&edit.hash()];
                    let value = Some(Value::Choice(PRESENT.to_owned()));
                    places.entry(instance.clone()).or_default().push(Touch { sealed, value });
                }
            }
        }
    }
}

/// Whether a path is an instance's own.
pub(crate) fn is_instance(path: &Path) -> bool {
    matches!(path.segments().last(), Some(Segment::Instance(..)))
}
