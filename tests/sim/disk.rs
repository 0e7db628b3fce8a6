//! A laptop's disk as the simulation sees it, and the model of one: a journal of writes that a crash cuts anywhere.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{
    Chain, Change, Document, Draft, Edit, EditHash, EditId, Subject, VersionVector, WriterId, fold,
};
use rasoat_instrument::Path;
use rasoat_store::StoredReceipt;

/// Who signs the edits of the simulation.
pub(crate) const AUTHOR: &str = "Người thử";

/// Where an edit is, as its laptop has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Custody {
    Unsent,
    Confirmed,
    Refused(String),
    Foreign,
    /// Issued anew from another writer: kept, and folded no more.
    Superseded,
}

/// The program died within a transaction; the disk is as the next start finds it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crashed;

/// What a verified answer, or a stick, brings to a laptop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrived {
    pub(crate) receipts: Vec<StoredReceipt>,
    pub(crate) edits: Vec<Edit>,
    pub(crate) cursor: Option<Vec<u8>>,
}

/// A laptop's database. Every act is one transaction; after a crash it was done or it was not.
pub(crate) trait Disk {
    fn answer(&mut self, subject: &Subject, path: &Path, change: &Change, now: i64) -> Result<(), Crashed>;
    fn seal(&mut self, subject: &Subject, now: i64) -> Result<Vec<Edit>, Crashed>;
    /// Says which edits were issued anew for it, and as what.
    fn take_in(&mut self, arrived: &Arrived, now: i64) -> Result<Vec<(EditHash, Edit)>, Crashed>;
    /// Issues the edits anew that another life of this database has overtaken, where taking in left that undone.
    fn reissue(&mut self, now: i64) -> Result<Vec<(EditHash, Edit)>, Crashed>;
    /// Lets edits be sent again that were refused for what came before them.
    fn send_again(&mut self) -> Result<(), Crashed>;
    fn start_new_writer(&mut self, writer: WriterId, now: i64) -> Result<(), Crashed>;

    fn draft(&self, subject: &Subject) -> Option<BTreeMap<Path, Change>>;
    fn unsent(&self) -> Vec<Edit>;
    /// Everything known of a subject, forks included.
    fn edits_of(&self, subject: &Subject) -> Vec<(Edit, Custody)>;
    fn document(&self, subject: &Subject) -> Document;
    fn cursor(&self) -> Vec<u8>;

    /// The next transaction dies after so many writes, if it has as many.
    fn die_after(&mut self, writes: Option<usize>);
    /// The same bytes on another disk; `number` tells it from every other one.
    fn copied(&self, number: u128) -> Box<dyn Disk>;
}

/// One write of the journal.
#[derive(Debug, Clone)]
enum Write {
    BeginDraft(Subject, VersionVector),
    Answer(Subject, Path, Change),
    ClearDraft(Subject),
    SetSeen(Subject, VersionVector),
    Insert(Box<Edit>, Custody),
    Move(EditHash, Custody),
    KeepChain(Chain),
    KeepCursor(Vec<u8>),
    Commit,
}

/// What the journal comes to.
#[derive(Debug, Clone)]
struct Tables {
    chain: Chain,
    drafts: BTreeMap<Subject, (VersionVector, BTreeMap<Path, Change>)>,
    /// In the order they came here.
    edits: Vec<Row>,
    cursor: Vec<u8>,
}

#[derive(Debug, Clone)]
struct Row {
    edit: Edit,
    hash: EditHash,
    custody: Custody,
}

/// The model: tables that are what the journal's committed writes say, and nothing else.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    first: WriterId,
    log: Vec<Write>,
    tables: Tables,
    die_after: Option<usize>,
    /// Which disk this is, and how many writers it has started: together they name the next one.
    number: u128,
    lives: u128,
}

impl Journal {
    pub(crate) fn new(writer: WriterId) -> Self {
        let tables = Tables::new(writer);
        let number = writer.0.as_u128();
        Self { first: writer, log: Vec::new(), tables, die_after: None, number, lives: 0 }
    }

    /// Writes one after the other; a death in between leaves what the last commit left.
    fn transact(&mut self, writes: Vec<Write>) -> Result<(), Crashed> {
        let whole = writes.len() + 1;
        let kept = self.die_after.take().map_or(whole, |most| most.min(whole));
        let died = kept < whole;
        self.log.extend(writes.into_iter().chain([Write::Commit]).take(kept));
        if died {
            self.recover();
            return Err(Crashed);
        }
        let from = self.log[..self.log.len() - 1].iter().rposition(|write| matches!(write, Write::Commit));
        for write in &self.log[from.map_or(0, |at| at + 1)..] {
            self.tables.apply(write);
        }
        Ok(())
    }

    fn recover(&mut self) {
        let committed = self.log.iter().rposition(|write| matches!(write, Write::Commit));
        self.log.truncate(committed.map_or(0, |at| at + 1));
        self.tables = Tables::new(self.first);
        for write in &self.log {
            self.tables.apply(write);
        }
    }

    fn version(&self, subject: &Subject) -> VersionVector {
        let mut version = VersionVector::default();
        self.tables.counting(subject).for_each(|row| version.insert(row.edit.id));
        version
    }

    fn next_writer(&mut self) -> WriterId {
        self.lives += 1;
        WriterId(crate::world::id_of(&[self.first.0.as_u128(), self.number, self.lives]))
    }
}

impl Tables {
    fn new(writer: WriterId) -> Self {
        Self { chain: Chain::new(writer), drafts: BTreeMap::new(), edits: Vec::new(), cursor: Vec::new() }
    }

    fn apply(&mut self, write: &Write) {
        match write {
            Write::BeginDraft(subject, seen) => {
                self.drafts.insert(subject.clone(), (seen.clone(), BTreeMap::new()));
            }
            Write::Answer(subject, path, change) => {
                if let Some((_, answers)) = self.drafts.get_mut(subject) {
                    if *change == Change::Removed && path.field_name().is_none() {
                        answers.retain(|other, _| !other.is_within(path));
                    }
                    answers.insert(path.clone(), change.clone());
                }
            }
            Write::ClearDraft(subject) => drop(self.drafts.remove(subject)),
            Write::SetSeen(subject, seen) => {
                if let Some(draft) = self.drafts.get_mut(subject) {
                    draft.0 = seen.clone();
                }
            }
            Write::Insert(edit, custody) => {
                self.edits.push(Row { edit: (**edit).clone(), hash: edit.hash(), custody: custody.clone() });
            }
            Write::Move(hash, custody) => {
                for row in self.edits.iter_mut().filter(|row| row.hash == *hash) {
                    row.custody = custody.clone();
                }
            }
            Write::KeepChain(chain) => self.chain = chain.clone(),
            Write::KeepCursor(cursor) => self.cursor.clone_from(cursor),
            Write::Commit => {}
        }
    }

    fn counting<'a>(&'a self, subject: &'a Subject) -> impl Iterator<Item = &'a Row> {
        let counts = |row: &&Row| row.edit.subject == *subject && row.custody != Custody::Superseded;
        self.edits.iter().filter(counts)
    }
}

impl Tables {
    /// The first of the numbers that the province has another edit of.
    fn refused_fork(&self) -> Option<EditId> {
        let forked = |row: &&Row| row.custody == Custody::Refused("forked_seq".to_owned());
        self.edits.iter().filter(forked).map(|row| row.edit.id).min()
    }

    /// Issues anew what waits from a number on that another life of this disk has given out.
    fn issue_anew(&self, first: EditId, fresh: WriterId, now: i64) -> (Vec<Write>, Vec<(EditHash, Edit)>) {
        let EditId { writer, seq: fork } = first;
        let mut chain = Chain { clock: self.chain.clock, ..Chain::new(fresh) };
        let overtaken = |row: &&Row| {
            let waits = matches!(row.custody, Custody::Unsent | Custody::Refused(_));
            waits && row.edit.id.writer == writer && row.edit.id.seq >= fork
        };
        let mut rows: Vec<Row> = self.edits.iter().filter(overtaken).cloned().collect();
        rows.sort_by_key(|row| row.edit.id);
        // What the province has confirmed stays seen: another life's edits of those numbers are the ones that are issued anew.
        let Some(kept) = rows.first().map(|row| row.edit.id.seq.saturating_sub(1)) else {
            return (vec![Write::KeepChain(chain)], Vec::new());
        };
        let cap = |seen: &VersionVector| {
            // The other life's numbers from the fork on were not seen here.
            let mut seen = seen.clone();
            seen.0.remove(&writer);
            if kept > 0 {
                seen.insert(EditId { writer, seq: kept });
            }
            seen
        };
        let mut writes = Vec::new();
        let mut anew = Vec::new();
        for row in rows {
            let Edit { subject, seen, author, instrument, changes, .. } = row.edit;
            let draft = Draft { subject, seen: cap(&seen), author, instrument, changes };
            let edit = chain.seal(draft, now).expect("an edit of the size it had");
            writes.push(Write::Move(row.hash, Custody::Superseded));
            writes.push(Write::Insert(Box::new(edit.clone()), Custody::Unsent));
            anew.push((row.hash, edit));
        }
        for (subject, (seen, _)) in &self.drafts {
            let mut seen = cap(seen);
            if chain.seq > 0 {
                seen.insert(EditId { writer: chain.writer, seq: chain.seq });
            }
            writes.push(Write::SetSeen(subject.clone(), seen));
        }
        writes.push(Write::KeepChain(chain));
        (writes, anew)
    }
}

impl Disk for Journal {
    fn answer(&mut self, subject: &Subject, path: &Path, change: &Change, _now: i64) -> Result<(), Crashed> {
        let mut writes = Vec::new();
        if !self.tables.drafts.contains_key(subject) {
            writes.push(Write::BeginDraft(subject.clone(), self.version(subject)));
        }
        writes.push(Write::Answer(subject.clone(), path.clone(), change.clone()));
        self.transact(writes)
    }

    fn seal(&mut self, subject: &Subject, now: i64) -> Result<Vec<Edit>, Crashed> {
        let Some((seen, mut changes)) = self.tables.drafts.get(subject).cloned() else {
            return Ok(Vec::new());
        };
        let document = self.document(subject);
        changes.retain(|path, change: &mut Change| {
            let state = document.fields.get(path);
            let value = state.filter(|state| !state.in_conflict()).map(|state| state.value());
            let said = match &*change {
                Change::Set(value) => Some(value),
                Change::Removed => None,
            };
            value != Some(said) && !(state.is_none() && said.is_none())
        });
        let mut writes = vec![Write::ClearDraft(subject.clone())];
        let mut sealed = Vec::new();
        if !changes.is_empty() {
            let mut chain = self.tables.chain.clone();
            let author = AUTHOR.to_owned();
            let draft = Draft { subject: subject.clone(), seen, author, instrument: None, changes };
            let edit = chain.seal(draft, now).expect("a small edit");
            writes.push(Write::Insert(Box::new(edit.clone()), Custody::Unsent));
            writes.push(Write::KeepChain(chain));
            sealed.push(edit);
        }
        self.transact(writes)?;
        Ok(sealed)
    }

    fn take_in(&mut self, arrived: &Arrived, now: i64) -> Result<Vec<(EditHash, Edit)>, Crashed> {
        let mut writes = Vec::new();
        for receipt in &arrived.receipts {
            let accepts = |id: EditId| {
                receipt.accepted.iter().any(|(writer, seqs)| *writer == id.writer && seqs.contains(&id.seq))
            };
            for row in &self.tables.edits {
                let refusal = receipt.refused.iter().find(|refusal| refusal.edit == row.edit.id);
                match (&row.custody, refusal) {
                    (Custody::Unsent | Custody::Refused(_), _) if accepts(row.edit.id) => {
                        writes.push(Write::Move(row.hash, Custody::Confirmed));
                    }
                    (Custody::Unsent, Some(refusal)) => {
                        writes.push(Write::Move(row.hash, Custody::Refused(refusal.code.clone())));
                    }
                    (
                        Custody::Unsent
                        | Custody::Confirmed
                        | Custody::Refused(_)
                        | Custody::Foreign
                        | Custody::Superseded,
                        _,
                    ) => {}
                }
            }
        }
        let mut chain = self.tables.chain.clone();
        let mut overtaken: BTreeMap<WriterId, u64> = BTreeMap::new();
        let waits = |row: &&Row| matches!(row.custody, Custody::Unsent | Custody::Refused(_));
        let waiting: BTreeSet<EditId> =
            self.tables.edits.iter().filter(waits).map(|row| row.edit.id).collect();
        let mut known: BTreeSet<EditHash> = self.tables.edits.iter().map(|row| row.hash).collect();
        let superseded = self.tables.edits.iter().filter(|row| row.custody == Custody::Superseded);
        let superseded: BTreeSet<EditHash> = superseded.map(|row| row.hash).collect();
        for edit in &arrived.edits {
            if known.insert(edit.hash()) {
                if edit.id.writer == chain.writer || waiting.contains(&edit.id) {
                    let first = overtaken.entry(edit.id.writer).or_insert(edit.id.seq);
                    *first = (*first).min(edit.id.seq);
                }
                writes.push(Write::Insert(Box::new(edit.clone()), Custody::Foreign));
            } else if superseded.contains(&edit.hash()) {
                // Issued anew, and accepted after all.
                writes.push(Write::Move(edit.hash(), Custody::Foreign));
            }
            chain.observe(edit.at);
        }
        writes.push(Write::KeepChain(chain));
        if let Some(cursor) = &arrived.cursor {
            writes.push(Write::KeepCursor(cursor.clone()));
        }
        let mut anew = Vec::new();
        let mut after = self.tables.clone();
        writes.iter().for_each(|write| after.apply(write));
        // In the same transaction: what is answered from here on must not pass for having seen what another life has said.
        let overtaken = overtaken.into_iter().map(|(writer, seq)| EditId { writer, seq });
        for first in overtaken.chain(after.refused_fork()) {
            let (more, issued) = after.issue_anew(first, self.next_writer(), now);
            more.iter().for_each(|write| after.apply(write));
            writes.extend(more);
            anew.extend(issued);
        }
        self.transact(writes).map(|()| anew)
    }

    fn reissue(&mut self, now: i64) -> Result<Vec<(EditHash, Edit)>, Crashed> {
        let Some(first) = self.tables.refused_fork() else { return Ok(Vec::new()) };
        let (writes, anew) = self.tables.clone().issue_anew(first, self.next_writer(), now);
        self.transact(writes).map(|()| anew)
    }

    fn send_again(&mut self) -> Result<(), Crashed> {
        let broken = |row: &&Row| row.custody == Custody::Refused("broken_chain".to_owned());
        let again: Vec<Write> = self
            .tables
            .edits
            .iter()
            .filter(broken)
            .map(|row| Write::Move(row.hash, Custody::Unsent))
            .collect();
        if again.is_empty() { Ok(()) } else { self.transact(again) }
    }

    fn start_new_writer(&mut self, writer: WriterId, _now: i64) -> Result<(), Crashed> {
        let chain = Chain { clock: self.tables.chain.clock, ..Chain::new(writer) };
        self.transact(vec![Write::KeepChain(chain)])
    }

    fn draft(&self, subject: &Subject) -> Option<BTreeMap<Path, Change>> {
        self.tables.drafts.get(subject).map(|(_, answers)| answers.clone())
    }

    fn unsent(&self) -> Vec<Edit> {
        let unsent = self.tables.edits.iter().filter(|row| row.custody == Custody::Unsent);
        unsent.map(|row| row.edit.clone()).collect()
    }

    fn edits_of(&self, subject: &Subject) -> Vec<(Edit, Custody)> {
        let of = self.tables.edits.iter().filter(|row| row.edit.subject == *subject);
        of.map(|row| (row.edit.clone(), row.custody.clone())).collect()
    }

    fn document(&self, subject: &Subject) -> Document {
        fold(self.tables.counting(subject).map(|row| &row.edit))
    }

    fn cursor(&self) -> Vec<u8> {
        self.tables.cursor.clone()
    }

    fn die_after(&mut self, writes: Option<usize>) {
        self.die_after = writes;
    }

    fn copied(&self, number: u128) -> Box<dyn Disk> {
        Box::new(Self { number, ..self.clone() })
    }
}
