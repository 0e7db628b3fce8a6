//! The real encrypted store as a disk of the simulation.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use rasoat_casework::{Change, Document, Edit, EditHash, EditId, Subject, WriterId};
use rasoat_instrument::Path;
use rasoat_store::{EditCustody, NewStore, Op, Store, StoreError, Tx};
use rasoat_testkit::laptop::{COSTS, PASSPHRASE};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::disk::{AUTHOR, Arrived, Crashed, Custody, Disk};

const CURSOR: &str = "cursor";

/// A store in a folder of its own; `None` only while it is being closed.
pub(crate) struct RealStore {
    folder: TempDir,
    store: Option<Store>,
    die_after: Option<usize>,
    made: Made,
}

/// What this database sealed, as a person would remember it.
#[derive(Debug, Clone, Default)]
struct Made {
    edits: Vec<Edit>,
    /// What was issued anew: the store keeps it, and shows it no more.
    superseded: Vec<Edit>,
}

/// Why a transaction ended without commit.
enum End {
    Died,
    Failed(StoreError),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// A folder in memory where there is one: these tests are about order, not about disks.
pub(crate) fn folder() -> TempDir {
    let memory = FilePath::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
}

impl RealStore {
    /// A store that is copied for each laptop, so that keys are derived once.
    pub(crate) fn template(recovery_recipient: String) -> Self {
        let folder = folder();
        let passphrase = SecretString::from(PASSPHRASE.to_owned());
        let new = NewStore {
            name: String::new(),
            passphrase,
            recovery_recipient,
            costs: COSTS,
            facts: BTreeMap::new(),
        };
        let store = Store::create(folder.path(), new, 0).expect("a store");
        Self { folder, store: Some(store), die_after: None, made: Made::default() }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().expect("an open store")
    }

    /// Pairs what is shown no more with what waits in its place.
    fn find_anew(&mut self) -> Vec<(EditHash, Edit)> {
        let shown = |edit: &Edit| {
            let rows = self.store().read(|reader| reader.edits_of(&edit.subject)).expect("edits can be read");
            rows.iter().any(|row| row.edit == *edit)
        };
        let known = |edit: &Edit| self.made.superseded.contains(edit);
        let gone = self.made.edits.iter().filter(|edit| !known(edit) && !shown(edit));
        let gone: Vec<Edit> = gone.cloned().collect();
        let mut new: Vec<Edit> =
            self.unsent().into_iter().filter(|edit| !self.made.edits.contains(edit)).collect();
        let mut pairs = Vec::new();
        for old in gone {
            let same = |edit: &Edit| edit.subject == old.subject && edit.changes == old.changes;
            let at = new.iter().position(same).expect("what is gone was issued anew");
            let edit = new.remove(at);
            pairs.push((old.hash(), edit.clone()));
            self.made.superseded.push(old);
            self.made.edits.push(edit);
        }
        assert!(new.is_empty(), "issued anew without need");
        pairs
    }

    /// The files as a power cut leaves them: nothing was closed, and the shared memory of the log is gone.
    fn files(&self) -> TempDir {
        let copy = folder();
        for entry in std::fs::read_dir(self.folder.path()).expect("the folder") {
            let entry = entry.expect("an entry");
            if !entry.file_name().to_string_lossy().ends_with("-shm") {
                std::fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("a copy");
            }
        }
        copy
    }

    fn opened(folder: TempDir, made: Made) -> Self {
        let passphrase = SecretString::from(PASSPHRASE.to_owned());
        let store = Store::open(folder.path(), &passphrase, 0).expect("the store opens again");
        Self { folder, store: Some(store), die_after: None, made }
    }

    /// One transaction, or the death of the program just before its commit and another start.
    fn transact<T>(
        &mut self,
        op: Op,
        act: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, Crashed> {
        let dies = self.die_after.take().is_some();
        let mut left = None;
        let done = self.store().transact(op, |tx| {
            let value = act(tx)?;
            if dies {
                left = Some(self.files());
                return Err(End::Died);
            }
            Ok(value)
        });
        match done {
            Ok((value, _)) => Ok(value),
            Err(End::Died) => {
                *self = Self::opened(left.expect("what was left"), std::mem::take(&mut self.made));
                Err(Crashed)
            }
            Err(End::Failed(error)) => panic!("the store failed: {error}"),
        }
    }
}

impl Disk for RealStore {
    fn answer(&mut self, subject: &Subject, path: &Path, change: &Change, now: i64) -> Result<(), Crashed> {
        let value = match change {
            Change::Set(value) => Some(value),
            Change::Removed => None,
        };
        self.transact(Op::Answer, |tx| tx.put_draft(subject, path, value, now))
    }

    fn seal(&mut self, subject: &Subject, now: i64) -> Result<Vec<Edit>, Crashed> {
        let sealed =
            self.transact(Op::LeaveInterview, |tx| tx.seal(subject, BTreeMap::new(), AUTHOR, None, now))?;
        self.made.edits.extend(sealed.iter().cloned());
        Ok(sealed)
    }

    fn take_in(&mut self, arrived: &Arrived, now: i64) -> Result<Vec<(EditHash, Edit)>, Crashed> {
        self.transact(Op::Sync, |tx| {
            let mut first: BTreeMap<WriterId, u64> = BTreeMap::new();
            for receipt in &arrived.receipts {
                tx.apply_receipt(receipt, now)?;
                for refusal in &receipt.refused {
                    if ["forked_seq", "broken_chain"].contains(&refusal.code.as_str()) {
                        let EditId { writer, seq } = refusal.edit;
                        let least = first.entry(writer).or_insert(seq);
                        *least = (*least).min(seq);
                    }
                }
            }
            for (writer, seq) in first {
                tx.reissue_from(writer, seq, now)?;
            }
            if !arrived.edits.is_empty() {
                tx.insert_foreign(&arrived.edits, now)?;
            }
            if let Some(cursor) = &arrived.cursor {
                tx.set_setting(CURSOR, cursor)?;
            }
            Ok(())
        })?;
        Ok(self.find_anew())
    }

    fn reissue(&mut self, _now: i64) -> Result<Vec<(EditHash, Edit)>, Crashed> {
        Ok(Vec::new())
    }

    fn send_again(&mut self) -> Result<(), Crashed> {
        self.transact(Op::Sync, |tx| tx.send_refused_again()).map(|_| ())
    }

    fn start_new_writer(&mut self, _writer: WriterId, now: i64) -> Result<(), Crashed> {
        self.transact(Op::Enrol, |tx| tx.start_new_writer(now)).map(|_| ())
    }

    fn draft(&self, subject: &Subject) -> Option<BTreeMap<Path, Change>> {
        let draft = self.store().read(|reader| reader.draft(subject)).expect("a draft can be read");
        draft.map(|draft| draft.answers)
    }

    fn unsent(&self) -> Vec<Edit> {
        self.store().read(|reader| reader.unsent(usize::MAX)).expect("edits can be read")
    }

    fn edits_of(&self, subject: &Subject) -> Vec<(Edit, Custody)> {
        let rows = self.store().read(|reader| reader.edits_of(subject)).expect("edits can be read");
        let custody = |found: EditCustody| match found {
            EditCustody::Unsent => Custody::Unsent,
            EditCustody::Confirmed { .. } => Custody::Confirmed,
            EditCustody::Refused { code, .. } => Custody::Refused(code),
            EditCustody::Foreign | EditCustody::Collected => Custody::Foreign,
        };
        let mut found: Vec<(Edit, Custody)> =
            rows.into_iter().map(|row| (row.edit, custody(row.custody))).collect();
        for edit in self.made.superseded.iter().filter(|edit| edit.subject == *subject) {
            // What was accepted after all is shown again.
            if !found.iter().any(|(shown, _)| shown == edit) {
                found.push((edit.clone(), Custody::Superseded));
            }
        }
        found
    }

    fn document(&self, subject: &Subject) -> Document {
        self.store().read(|reader| reader.document(subject)).expect("a document can be read")
    }

    fn cursor(&self) -> Vec<u8> {
        let cursor = self.store().read(|reader| reader.setting(CURSOR)).expect("a setting can be read");
        cursor.unwrap_or_default()
    }

    fn die_after(&mut self, writes: Option<usize>) {
        self.die_after = writes;
    }

    fn copied(&self, _number: u128) -> Box<dyn Disk> {
        Box::new(Self::opened(self.files(), self.made.clone()))
    }
}
