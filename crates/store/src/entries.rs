//! What lists find households by and in which order they show them, kept up with the rows of households.
//!
//! Whatever changes a row of `households`, in this program or by a trigger, is noticed by SQLite's update hook. Before the
//! transaction commits, each such household is looked at again, and what of its entry differs is put right: a record of what
//! filters ask for, the terms it is found by ([`crate::search`]) as bits by number, and its place in every order as pieces
//! of sorted numbers. So a list needs no scan of households, and both stand or fall with the transaction.

mod orders;
mod records;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use rasoat_casework::CitizenId;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::bitmap::{BLOCK, Block};
use crate::columns::Parsed;
use crate::error::StoreError;
use crate::households::{Custody, HouseholdState, read_custody, read_state};
use crate::search::{Terms, fold_words, terms_of};
use crate::store::{Reader, Tx};
use orders::Moved;
pub(crate) use orders::{Order, read_piece};
use rasoat_casework::sort_key;
use records::Records;
pub(crate) use records::{Record, records_of, village_text};

/// Set by the migration that brought entries.
const LISTS_STALE: &str = "lists_stale";

/// Rows of `households` that the transaction under way has touched, by number.
#[derive(Debug, Clone, Default)]
pub(crate) struct TouchedRows(Arc<Mutex<BTreeSet<i64>>>);

impl TouchedRows {
    /// Notices the changes that this connection makes.
    pub(crate) fn watch(&self, connection: &Connection) -> Result<(), StoreError> {
        let touched = self.clone();
        connection.update_hook(Some(move |_, _: &str, table: &str, number: i64| {
            if table == "households" {
                touched.with(|touched| touched.insert(number));
            }
        }))?;
        Ok(())
    }

    /// Forgets those of a transaction that did not come to its end, and takes out the others.
    pub(crate) fn take(&self) -> BTreeSet<i64> {
        self.with(std::mem::take)
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeSet<i64>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What was said of households in a transaction, beside their rows.
#[derive(Default)]
pub(crate) struct Said {
    /// Folded words by number.
    words: HashMap<i64, String>,
    /// Subjects of which something was written, and as which of them that was last.
    changed: HashMap<Uuid, usize>,
    changes: usize,
    /// Keys of the order of changes, by number, of entries that are made anew.
    turns: HashMap<i64, Vec<u8>>,
}

/// An entry as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entry {
    words: String,
    village_words: String,
    by_place: Vec<u8>,
    by_name: Vec<u8>,
    by_code: Vec<u8>,
    by_change: Vec<u8>,
    /// Whether terms and orders hold it: one that is hidden keeps its entry alone.
    listed: bool,
}

impl Entry {
    /// `None`: it stands in no order.
    fn key(&self, order: Order) -> Option<&[u8]> {
        let key = match order {
            Order::Place => &self.by_place,
            Order::Name => &self.by_name,
            Order::Code => &self.by_code,
            Order::Change => &self.by_change,
        };
        self.listed.then_some(key)
    }

    fn terms(&self) -> Terms {
        if !self.listed {
            return Terms::default();
        }
        let mut terms = terms_of(&self.words);
        let village = terms_of(&self.village_words);
        terms.shared.extend(village.shared);
        terms.numbers.extend(village.numbers);
        terms
    }
}

impl Reader<'_> {
    /// Whether households are here of which no list knows: the file comes from a program before there were entries.
    pub(crate) fn lacks_lists(&self) -> Result<bool, StoreError> {
        let sql = include_str!("entries/lacking.sql");
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }

    /// Whether a program before this one kept the households, so that members are not known by their names, nor duplicates by them.
    pub fn are_lists_stale(&self) -> Result<bool, StoreError> {
        Ok(self.setting(LISTS_STALE)?.unwrap_or_default())
    }
}

impl Tx<'_> {
    /// The folded words that a household is found by beside its village's.
    pub(crate) fn say_words(&self, number: i64, words: String) {
        self.said.borrow_mut().words.insert(number, words);
    }

    /// Something was written about a subject: its household is the one changed last.
    pub(crate) fn say_changed(&self, subject: Uuid) {
        let mut said = self.said.borrow_mut();
        said.changes += 1;
        let turn = said.changes;
        said.changed.insert(subject, turn);
    }

    /// Puts the entries of all households right that the transaction has touched.
    pub(crate) fn keep_entries(&self, rows: &TouchedRows) -> Result<(), StoreError> {
        let mut said = self.said.take();
        let mut changed: HashMap<i64, usize> = HashMap::new();
        for (subject, turn) in said.changed {
            if let Some(number) = self.number_of(subject)? {
                let last = changed.entry(number).or_default();
                *last = turn.max(*last);
            }
        }
        // Those written of come last, in the order in which that was.
        let mut touched: Vec<i64> =
            rows.take().into_iter().filter(|row| !changed.contains_key(row)).collect();
        let at = touched.len();
        touched.extend(changed.keys());
        if let Some(written) = touched.get_mut(at..) {
            written.sort_by_key(|number| changed.get(number));
        }
        if touched.is_empty() {
            return Ok(());
        }
        let mut records = Records::new(self.connection);
        let mut bits = BitsOfBlock::new(self.connection);
        let mut moved: [Vec<Moved>; 4] = Default::default();
        let mut turn = None;
        for number in touched {
            let before = self.entry(number)?;
            let words = said.words.remove(&number);
            let Some((mut entry, record)) = self.new_entry(number, words, before.as_ref(), &mut records)?
            else {
                continue;
            };
            records.set(orders::number(number)?, record)?;
            if let Some(turn) = said.turns.remove(&number) {
                entry.by_change = turn;
            } else if changed.contains_key(&number) || entry.by_change.is_empty() {
                entry.by_change = self.next_turn(number, before.as_ref(), &mut turn)?;
            }
            if before.as_ref() == Some(&entry) {
                continue;
            }
            self.replace_terms(number, before.as_ref(), &entry, &mut bits)?;
            for (order, moved) in Order::ALL.into_iter().zip(&mut moved) {
                let old = before.as_ref().and_then(|before| before.key(order));
                let new = entry.key(order);
                if old != new {
                    moved.push(Moved::new(number, old, new)?);
                }
            }
            self.put_entry(number, &entry)?;
        }
        records.write()?;
        bits.write()?;
        for (order, moved) in Order::ALL.into_iter().zip(moved) {
            orders::apply(self.connection, order, moved)?;
        }
        Ok(())
    }

    /// Every household's line has been kept by this program.
    pub fn lists_are_fresh(&self) -> Result<(), StoreError> {
        self.set_setting(LISTS_STALE, &false)
    }

    /// Makes every entry anew, and the counts they rest on.
    pub fn rebuild_lists(&self) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("entries/kept.sql"))?;
        let kept = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        for row in kept {
            let (number, words, turn) = row?;
            let mut said = self.said.borrow_mut();
            said.words.entry(number).or_insert(words);
            said.turns.insert(number, turn);
        }
        self.connection.execute_batch(include_str!("entries/clear.sql"))?;
        self.note(|changed| changed.households = true);
        Ok(())
    }

    fn number_of(&self, subject: Uuid) -> Result<Option<i64>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("entries/number_of.sql"))?;
        Ok(statement.query_row(params![subject.as_bytes()], |row| row.get(0)).optional()?)
    }

    fn entry(&self, number: i64) -> Result<Option<Entry>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("entries/get.sql"))?;
        let found = statement.query_row(params![number], |row| {
            Ok(Entry {
                words: row.get(0)?,
                village_words: row.get(1)?,
                by_place: row.get(2)?,
                by_name: row.get(3)?,
                by_code: row.get(4)?,
                by_change: row.get(5)?,
                listed: row.get(6)?,
            })
        });
        Ok(found.optional()?)
    }

    /// What a household's row comes to; the turn in which it changed stays. `None`: there is no such row.
    fn new_entry(
        &self,
        number: i64,
        words: Option<String>,
        before: Option<&Entry>,
        records: &mut Records<'_>,
    ) -> Result<Option<(Entry, Record)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("entries/source.sql"))?;
        let found = statement.query_row(params![number], Source::read).optional()?;
        let Some(source) = found else { return Ok(None) };
        let record = Record {
            state: source.state,
            custody: source.custody,
            blocked: source.findings > 0,
            warned: source.warnings > 0,
            in_conflict: source.conflicts > 0,
            hidden: source.hidden,
            share: share(source.answered, source.questions),
            class: records.class(source.class)?,
            previous: records.class(source.previous_class)?,
            village: records.village(&source.commune, &source.village)?,
        };
        let words = match words.or_else(|| before.map(|before| before.words.clone())) {
            Some(words) => words,
            // A row of a program before there were entries, that did not keep its words readable.
            None => {
                let texts = [Some(&source.head_name), source.code.as_ref(), source.address.as_ref()];
                let texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
                fold_words(&texts, source.citizen_id.as_ref().as_slice())
            }
        };
        let entry = Entry {
            words,
            village_words: fold_words(&[&source.village_name], &[]),
            by_place: [
                &source.commune_key,
                source.commune.as_bytes(),
                &source.village_key,
                source.village.as_bytes(),
                b"\0",
                &source.name_key,
            ]
            .concat(),
            // Those without a code come after all others.
            by_code: [
                source.code.map_or_else(|| vec![u8::MAX], |code| sort_key(&code)),
                source.name_key.clone(),
            ]
            .concat(),
            by_name: source.name_key,
            by_change: before.map(|before| before.by_change.clone()).unwrap_or_default(),
            listed: !source.hidden,
        };
        Ok(Some((entry, record)))
    }

    /// The key of the household changed last: what comes next, unless this one was the last already.
    fn next_turn(
        &self,
        number: i64,
        before: Option<&Entry>,
        turn: &mut Option<u64>,
    ) -> Result<Vec<u8>, StoreError> {
        let next = match *turn {
            Some(last) => last + 1,
            None => {
                let last: Option<Vec<u8>> = self
                    .connection
                    .prepare_cached(include_str!("entries/last_changed.sql"))?
                    .query_row([], |row| row.get(0))
                    .optional()?;
                let last = last.and_then(|numbers| read_piece(&numbers).last().copied()).map(i64::from);
                let last_entry = last.map(|last| self.entry(last)).transpose()?.flatten();
                if let Some(before) = before.filter(|_| last == Some(number)) {
                    return Ok(before.by_change.clone());
                }
                let key = last_entry.and_then(|entry| entry.by_change.try_into().ok());
                key.map_or(0, |key| u64::from_be_bytes(key) + 1)
            }
        };
        *turn = Some(next);
        Ok(next.to_be_bytes().to_vec())
    }

    fn replace_terms(
        &self,
        number: i64,
        before: Option<&Entry>,
        entry: &Entry,
        bits: &mut BitsOfBlock<'_>,
    ) -> Result<(), StoreError> {
        let old = before.map(Entry::terms).unwrap_or_default();
        let new = entry.terms();
        let short = orders::number(number)?;
        for term in old.shared.difference(&new.shared) {
            bits.set(term, short, false)?;
        }
        for term in new.shared.difference(&old.shared) {
            bits.set(term, short, true)?;
        }
        for digits in old.numbers.difference(&new.numbers) {
            self.connection
                .prepare_cached(include_str!("entries/forget_number.sql"))?
                .execute(params![digits, number])?;
        }
        for digits in new.numbers.difference(&old.numbers) {
            self.connection
                .prepare_cached(include_str!("entries/put_number.sql"))?
                .execute(params![digits, number])?;
        }
        Ok(())
    }

    fn put_entry(&self, number: i64, entry: &Entry) -> Result<(), StoreError> {
        self.connection.prepare_cached(include_str!("entries/put.sql"))?.execute(params![
            number,
            entry.words,
            entry.village_words,
            entry.by_place,
            entry.by_name,
            entry.by_code,
            entry.by_change,
            entry.listed
        ])?;
        Ok(())
    }
}

/// A row of `entries/source.sql`.
struct Source {
    commune: String,
    village: String,
    state: HouseholdState,
    class: Option<String>,
    previous_class: Option<String>,
    custody: Custody,
    findings: u32,
    warnings: u32,
    conflicts: u32,
    answered: u32,
    questions: u32,
    code: Option<String>,
    /// Of equal names the id decides, so that a list is the same on every laptop.
    name_key: Vec<u8>,
    village_name: String,
    village_key: Vec<u8>,
    commune_key: Vec<u8>,
    head_name: String,
    address: Option<String>,
    citizen_id: Option<CitizenId>,
    hidden: bool,
}

impl Source {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let citizen_id: Option<Parsed<CitizenId>> = row.get(18)?;
        Ok(Self {
            commune: row.get(0)?,
            village: row.get(1)?,
            state: read_state(row, 2)?,
            class: row.get(3)?,
            previous_class: row.get(4)?,
            custody: read_custody(row, 5)?,
            findings: row.get(6)?,
            warnings: row.get(7)?,
            conflicts: row.get(8)?,
            answered: row.get(9)?,
            questions: row.get(10)?,
            code: row.get(11)?,
            name_key: [row.get::<_, Vec<u8>>(12)?, row.get(19)?].concat(),
            village_name: row.get::<_, Option<String>>(13)?.unwrap_or_default(),
            village_key: row.get::<_, Option<Vec<u8>>>(14)?.unwrap_or_default(),
            commune_key: row.get::<_, Option<Vec<u8>>>(15)?.unwrap_or_default(),
            head_name: row.get(16)?,
            address: row.get(17)?,
            citizen_id: citizen_id.map(|Parsed(id)| id),
            hidden: row.get(20)?,
        })
    }
}

/// The share of questions answered, in hundredths.
fn share(answered: u32, questions: u32) -> u8 {
    let hundredths = answered.saturating_mul(100).checked_div(questions).unwrap_or_default();
    u8::try_from(hundredths.min(100)).unwrap_or_default()
}

/// The bits of one block, read when first needed and written when another block's turn comes.
struct BitsOfBlock<'c> {
    connection: &'c Connection,
    block: u32,
    terms: HashMap<String, Block>,
}

impl<'c> BitsOfBlock<'c> {
    fn new(connection: &'c Connection) -> Self {
        Self { connection, block: 0, terms: HashMap::new() }
    }

    fn set(&mut self, term: &str, number: u32, within: bool) -> Result<(), StoreError> {
        if number / BLOCK != self.block {
            self.write()?;
            self.block = number / BLOCK;
        }
        if let Some(bits) = self.terms.get_mut(term) {
            bits.set(number, within);
            return Ok(());
        }
        let kept: Option<Vec<u8>> = self
            .connection
            .prepare_cached(include_str!("entries/get_bits.sql"))?
            .query_row(params![term, self.block], |row| row.get(0))
            .optional()?;
        let mut bits = match kept {
            Some(bytes) => Block::from_bytes(&bytes).ok_or(StoreError::Damaged)?,
            None => Block::empty(),
        };
        bits.set(number, within);
        self.terms.insert(term.to_owned(), bits);
        Ok(())
    }

    fn write(&mut self) -> Result<(), StoreError> {
        let mut put = self.connection.prepare_cached(include_str!("entries/put_bits.sql"))?;
        let mut forget = self.connection.prepare_cached(include_str!("entries/forget_bits.sql"))?;
        let mut changed: Vec<_> = self.terms.drain().collect();
        changed.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        for (term, bits) in changed {
            match bits.to_bytes() {
                Some(bytes) => put.execute(params![term, self.block, bytes])?,
                None => forget.execute(params![term, self.block])?,
            };
        }
        Ok(())
    }
}
