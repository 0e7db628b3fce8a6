//! What lists find households by and in which order they show them, kept up with the rows of households.
//!
//! Whatever changes a row of `households`, in this program or by a trigger, is noticed by SQLite's update hook. Before the
//! transaction commits, each such household is looked at again, and what of its entry differs is put right: the terms it is
//! found by ([`crate::search`], and facts for filters) as bits by number, and its place in every order as pieces of sorted
//! numbers. So a list needs no scan of households, and both stand or fall with the transaction.

mod orders;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use rasoat_casework::CitizenId;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::bitmap::{BLOCK, Block};
use crate::columns::Parsed;
use crate::error::StoreError;
use crate::order::sort_key;
use crate::search::{Terms, fold_words, terms_of};
use crate::store::{Reader, Tx};
pub(crate) use orders::{Order, read_piece};
use orders::Moved;

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
    /// Subjects of which something was written.
    changed: BTreeSet<Uuid>,
    /// Keys of the order of changes, by number, of entries that are made anew.
    turns: HashMap<i64, Vec<u8>>,
}

/// An entry as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entry {
    words: String,
    village_words: String,
    facts: String,
    by_place: Vec<u8>,
    by_name: Vec<u8>,
    by_code: Vec<u8>,
    by_change: Vec<u8>,
}

impl Entry {
    fn key(&self, order: Order) -> &[u8] {
        match order {
            Order::Place => &self.by_place,
            Order::Name => &self.by_name,
            Order::Code => &self.by_code,
            Order::Change => &self.by_change,
        }
    }

    fn terms(&self) -> Terms {
        let mut terms = terms_of(&self.words);
        let village = terms_of(&self.village_words);
        terms.shared.extend(village.shared);
        terms.numbers.extend(village.numbers);
        terms.shared.extend(self.facts.lines().map(str::to_owned));
        terms
    }
}

/// A filter's term.
pub(crate) fn fact(name: &str, value: &str) -> String {
    format!("={name}:{value}")
}

/// A village's: its id counts within its commune.
pub(crate) fn village_fact(commune: &str, village: &str) -> String {
    fact("village", &format!("{commune}/{village}"))
}

/// The share of questions answered, in hundredths.
pub(crate) fn share_fact(hundredths: u32) -> String {
    fact("share", &format!("{hundredths:03}"))
}

impl Reader<'_> {
    /// Whether households are here of which no list knows: the file comes from a program before there were entries.
    pub(crate) fn lacks_lists(&self) -> Result<bool, StoreError> {
        let sql = include_str!("entries/lacking.sql");
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }
}

impl Tx<'_> {
    /// The folded words that a household is found by beside its village's.
    pub(crate) fn say_words(&self, number: i64, words: String) {
        self.said.borrow_mut().words.insert(number, words);
    }

    /// Something was written about a subject: its household is the one changed last.
    pub(crate) fn say_changed(&self, subject: Uuid) {
        self.said.borrow_mut().changed.insert(subject);
    }

    /// Puts the entries of all households right that the transaction has touched.
    pub(crate) fn keep_entries(&self, rows: &TouchedRows) -> Result<(), StoreError> {
        let mut said = self.said.take();
        let mut touched = rows.take();
        let mut changed = BTreeSet::new();
        for subject in said.changed {
            changed.extend(self.number_of(subject)?);
        }
        touched.extend(&changed);
        if touched.is_empty() {
            return Ok(());
        }
        let mut bits = BitsOfBlock::new(self.connection);
        let mut moved: [Vec<Moved>; 4] = Default::default();
        let mut turn = None;
        for number in touched {
            let before = self.entry(number)?;
            let Some(mut entry) = self.new_entry(number, said.words.remove(&number), before.as_ref())? else {
                continue;
            };
            if let Some(turn) = said.turns.remove(&number) {
                entry.by_change = turn;
            } else if changed.contains(&number) || entry.by_change.is_empty() {
                entry.by_change = self.next_turn(number, before.as_ref(), &mut turn)?;
            }
            if before.as_ref() == Some(&entry) {
                continue;
            }
            self.replace_terms(number, before.as_ref(), &entry, &mut bits)?;
            for (order, moved) in Order::ALL.into_iter().zip(&mut moved) {
                let old = before.as_ref().map(|before| before.key(order));
                if old != Some(entry.key(order)) {
                    moved.push(Moved::new(number, old, entry.key(order))?);
                }
            }
            self.put_entry(number, &entry)?;
        }
        bits.write()?;
        for (order, moved) in Order::ALL.into_iter().zip(moved) {
            orders::apply(self.connection, order, moved)?;
        }
        Ok(())
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
                facts: row.get(2)?,
                by_place: row.get(3)?,
                by_name: row.get(4)?,
                by_code: row.get(5)?,
                by_change: row.get(6)?,
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
    ) -> Result<Option<Entry>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("entries/source.sql"))?;
        let found = statement.query_row(params![number], |row| {
            let (commune, village): (String, String) = (row.get(0)?, row.get(1)?);
            let (answered, questions): (u32, u32) = (row.get(9)?, row.get(10)?);
            let text = |index| row.get::<_, Option<String>>(index).map(Option::unwrap_or_default);
            let mut facts = vec![
                fact("commune", &commune),
                village_fact(&commune, &village),
                fact("state", &text(2)?),
                fact("class", &text(3)?),
                fact("previous", &text(4)?),
                fact("custody", &text(5)?),
                share_fact((answered * 100).checked_div(questions).unwrap_or_default().min(100)),
            ];
            for (index, name) in [(6, "findings"), (7, "warnings"), (8, "conflicts")] {
                if row.get::<_, u32>(index)? > 0 {
                    facts.push(fact(name, ""));
                }
            }
            let name: Vec<u8> = row.get(12)?;
            let code: Option<String> = row.get(11)?;
            let key = |index| row.get::<_, Option<Vec<u8>>>(index).map(Option::unwrap_or_default);
            let village_name = text(13)?;
            let words = match words.or_else(|| before.map(|before| before.words.clone())) {
                Some(words) => words,
                // A row of a program before there were entries, that did not keep its words readable.
                None => {
                    let citizen_id: Option<Parsed<CitizenId>> = row.get(18)?;
                    let citizen_id = citizen_id.map(|Parsed(id)| id);
                    let texts = [text(16)?, code.clone().unwrap_or_default(), text(17)?];
                    fold_words(&texts.each_ref().map(String::as_str), citizen_id.as_ref().as_slice())
                }
            };
            Ok(Entry {
                words,
                village_words: fold_words(&[&village_name], &[]),
                facts: facts.join("\n"),
                by_place: [&key(15)?, commune.as_bytes(), &key(14)?, village.as_bytes(), b"\0", &name].concat(),
                // Those without a code come after all others.
                by_code: code.map_or_else(|| [&[u8::MAX], name.as_slice()].concat(), |code| sort_key(&code)),
                by_name: name,
                by_change: before.map(|before| before.by_change.clone()).unwrap_or_default(),
            })
        });
        Ok(found.optional()?)
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
            entry.facts,
            entry.by_place,
            entry.by_name,
            entry.by_code,
            entry.by_change
        ])?;
        Ok(())
    }
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
