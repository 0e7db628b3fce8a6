//! Pages of household lists: searched, filtered and sorted without looking at more households than the page shows.
//!
//! What was asked for becomes a set of numbers (bits of terms, and records that fit the filters), which says the total; the
//! page is read from the order's pieces, leaving out what is not in the set. See [`crate::entries`].

use std::collections::{BTreeSet, HashMap};

use rasoat_casework::{CommuneCode, VillageId};
use rusqlite::params;

use crate::bitmap::Bits;
use crate::entries::{Order, Record, read_piece, records_of, village_text};
use crate::error::StoreError;
use crate::households::{Custody, HouseholdRow, HouseholdState, read_row};
use crate::search::{Asked, asked_for};
use crate::store::Reader;

/// Rows in one page, at most.
pub const MOST_ROWS: u32 = 200;

/// Which households to list, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HouseholdQuery {
    /// Beginnings of words of a name, code, village or address (tones may be left out), or digits of a citizen ID: at least
    /// its first four or last three.
    pub text: String,
    /// Only this commune.
    pub commune: Option<CommuneCode>,
    /// Only this village. Village ids count within their commune: without one it is not looked at.
    pub village: Option<VillageId>,
    /// Only this state.
    pub state: Option<HouseholdState>,
    /// Only this class in this round; empty: none known.
    pub class: Option<String>,
    /// Only this class in the list before; empty: none.
    pub previous_class: Option<String>,
    /// Only this custody.
    pub custody: Option<Custody>,
    /// Only with these findings.
    pub findings: Option<FindingsFilter>,
    /// Only those with answers in conflict.
    pub in_conflict: bool,
    /// The order.
    pub sort: HouseholdSort,
    /// The other way round. Groups of [`HouseholdSort::Class`] and [`HouseholdSort::Answered`] turn, not what is within.
    pub descending: bool,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return, at most [`MOST_ROWS`].
    pub limit: u32,
}

/// Which findings a household is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingsFilter {
    /// Some that keep it from being signed off.
    Blocking,
    /// Warnings without a reason.
    Warnings,
    /// None of either.
    Clear,
}

/// How a list is ordered: the same on every laptop, but for [`HouseholdSort::Changed`]. Words go in Vietnamese order, numbers in
/// them by size; equal names go by the ids of their households.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum HouseholdSort {
    /// By commune, village and the head's name.
    #[default]
    Place,
    /// By the head's name.
    Name,
    /// By code; those without one last.
    Code,
    /// By when it was changed, the first first.
    Changed,
    /// By class in this round, in the order given; others after them, those without one last. Within a class by place.
    Class(Vec<String>),
    /// By the share of questions answered, in whole hundredths, the least first. Within a hundredth by place.
    Answered,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdPage {
    /// Households that match.
    pub total: u32,
    /// This page.
    pub rows: Vec<HouseholdRow>,
}

/// Which part of a list is wanted.
struct Window {
    skip: u32,
    take: usize,
    numbers: Vec<u32>,
}

impl Window {
    fn is_full(&self) -> bool {
        self.numbers.len() >= self.take
    }

    fn offer(&mut self, number: u32) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.is_full() {
            self.numbers.push(number);
        }
    }
}

impl Reader<'_> {
    /// A page of households. Within a transaction that changes some, the list is as it was before.
    pub fn search_households(&self, query: &HouseholdQuery) -> Result<HouseholdPage, StoreError> {
        let found = self.matching(query)?;
        let total = found.count();
        let take = query.limit.min(MOST_ROWS) as usize;
        let mut window = Window { skip: query.offset, take, numbers: Vec::new() };
        if query.offset < total && take > 0 {
            self.fill(&mut window, &found, query)?;
        }
        let mut statement = self.connection.prepare_cached(concat!(
            include_str!("households/columns.sql"),
            include_str!("households/row.sql"),
            include_str!("lists/of_number.sql")
        ))?;
        let rows = window.numbers.iter().map(|number| statement.query_row(params![number], read_row));
        Ok(HouseholdPage { total, rows: rows.collect::<Result<_, _>>()? })
    }

    /// Looks at every household's record.
    pub(crate) fn each_record(&self, mut look: impl FnMut(u32, Record)) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("lists/records.sql"))?;
        let mut pieces = statement.query([])?;
        while let Some(piece) = pieces.next()? {
            let bytes = piece.get_ref(1)?.as_blob().map_err(|_| StoreError::Damaged)?;
            records_of(piece.get(0)?, bytes).for_each(|(number, record)| look(number, record));
        }
        Ok(())
    }

    /// How many households each village has, without hidden ones.
    pub(crate) fn counts_of_villages(&self) -> Result<VillageCounts, StoreError> {
        let mut by_code: HashMap<u32, VillageCount> = HashMap::new();
        self.each_record(|_, record| {
            if !record.hidden {
                let counts = by_code.entry(record.village).or_default();
                counts.households += 1;
                counts.started += u32::from(record.state == HouseholdState::Started);
                counts.signed += u32::from(record.state == HouseholdState::Signed);
            }
        })?;
        Ok(VillageCounts { codes: self.values("village")?, by_code })
    }

    /// Numbers of households of which something is refused, only here or confirmed, in that order and by place; at most `limit`.
    pub(crate) fn in_custody(&self, limit: usize) -> Result<Vec<u32>, StoreError> {
        const ORDER: [Custody; 3] = [Custody::Refused, Custody::OnlyHere, Custody::Confirmed];
        let mut sets: [(Bits, Vec<u32>); 3] = Default::default();
        self.each_record(|number, record| {
            let at = ORDER.iter().position(|custody| *custody == record.custody);
            if let Some((listed, hidden)) = at.and_then(|at| sets.get_mut(at)) {
                if record.hidden {
                    hidden.push(number);
                } else {
                    listed.insert(number);
                }
            }
        })?;
        let mut found = Vec::new();
        for (set, hidden) in &sets {
            if found.len() < limit {
                self.each_in_order(set, Order::Place, false, |number| {
                    found.push(number);
                    found.len() < limit
                })?;
            }
            found.extend(hidden.iter().take(limit - found.len()));
        }
        Ok(found)
    }

    fn matching(&self, query: &HouseholdQuery) -> Result<Bits, StoreError> {
        let mut found: Option<Bits> = None;
        for word in asked_for(&query.text) {
            let mut any = Bits::default();
            for asked in word {
                self.add_asked(&mut any, &asked)?;
            }
            match &mut found {
                Some(found) => found.keep_only(&any),
                None => found = Some(any),
            }
        }
        match (found, self.filter(query)?) {
            (Some(found), None) => Ok(found),
            (found, filter) => {
                let mut fitting = Bits::default();
                self.each_record(|number, record| {
                    if !record.hidden && filter.as_ref().is_none_or(|filter| filter.fits(record)) {
                        fitting.insert(number);
                    }
                })?;
                if let Some(found) = found {
                    fitting.keep_only(&found);
                }
                Ok(fitting)
            }
        }
    }

    /// `None`: everything fits.
    fn filter(&self, query: &HouseholdQuery) -> Result<Option<Filter>, StoreError> {
        let filter = Filter {
            villages: self.villages_asked(query)?,
            state: query.state,
            class: self.class_asked(query.class.as_deref())?,
            previous: self.class_asked(query.previous_class.as_deref())?,
            custody: query.custody,
            findings: query.findings,
            in_conflict: query.in_conflict,
        };
        Ok((filter != Filter::default()).then_some(filter))
    }

    /// Codes of the villages that are asked for.
    fn villages_asked(&self, query: &HouseholdQuery) -> Result<Option<BTreeSet<u32>>, StoreError> {
        let Some(commune) = &query.commune else { return Ok(None) };
        let village = query.village.as_ref().map_or("", VillageId::as_str);
        let wanted = village_text(commune.as_str(), village);
        let fits = |text: &str| if village.is_empty() { text.starts_with(&wanted) } else { text == wanted };
        let mut known = self.values("village")?;
        known.retain(|text, _| fits(text));
        Ok(Some(known.into_values().collect()))
    }

    /// The code of a class that is asked for; one that no household has is 256.
    fn class_asked(&self, class: Option<&str>) -> Result<Option<u32>, StoreError> {
        const UNKNOWN: u32 = 1 << u8::BITS;
        Ok(match class {
            None => None,
            Some("") => Some(0),
            Some(class) => Some(self.values("class")?.get(class).copied().unwrap_or(UNKNOWN)),
        })
    }

    fn values(&self, kind: &str) -> Result<HashMap<String, u32>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("lists/values.sql"))?;
        let found = statement.query_map(params![kind], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn fill(&self, window: &mut Window, found: &Bits, query: &HouseholdQuery) -> Result<(), StoreError> {
        let order = match &query.sort {
            HouseholdSort::Place => Order::Place,
            HouseholdSort::Name => Order::Name,
            HouseholdSort::Code => Order::Code,
            HouseholdSort::Changed => Order::Change,
            HouseholdSort::Class(classes) => {
                // Those named first, then others by their codes, none at last.
                let known = self.values("class")?;
                let mut ranks = [u8::MAX; 256];
                let named = classes.iter().filter_map(|class| usize::try_from(*known.get(class)?).ok());
                let others = 1..ranks.len();
                let mut next = 0;
                for code in named.chain(others) {
                    if let Some(rank) = ranks.get_mut(code).filter(|rank| **rank == u8::MAX) {
                        *rank = next;
                        next = next.saturating_add(1);
                    }
                }
                let group = |record: Record| ranks[usize::from(record.class)];
                return self.fill_by_groups(window, found, group, query.descending);
            }
            HouseholdSort::Answered => {
                return self.fill_by_groups(window, found, |record| record.share, query.descending);
            }
        };
        self.each_in_order(found, order, query.descending, |number| {
            window.offer(number);
            !window.is_full()
        })
    }

    /// Group by group, and by place within each: how many there are in each says which of them the window shows.
    fn fill_by_groups(
        &self,
        window: &mut Window,
        found: &Bits,
        group: impl Fn(Record) -> u8,
        descending: bool,
    ) -> Result<(), StoreError> {
        let mut counts = [0_u32; 256];
        let mut groups_of: Vec<u8> = Vec::new();
        self.each_record(|number, record| {
            let at = number as usize;
            if groups_of.len() <= at {
                groups_of.resize(at + 1, 0);
            }
            if let Some(place) = groups_of.get_mut(at).filter(|_| found.contains(number)) {
                *place = group(record);
                counts[usize::from(*place)] += 1;
            }
        })?;
        let mut groups: Vec<(u8, u32)> = (0..=u8::MAX).zip(counts).filter(|(_, count)| *count > 0).collect();
        if descending {
            groups.reverse();
        }
        let mut wanted: Vec<(u8, Vec<u32>)> = Vec::new();
        let mut missing = 0_u32;
        let mut room = window.take;
        for (group, count) in groups {
            if room == 0 {
                break;
            }
            if wanted.is_empty() && window.skip >= count {
                window.skip -= count;
                continue;
            }
            let before = if wanted.is_empty() { window.skip } else { 0 };
            room = room.saturating_sub((count - before) as usize);
            missing += count;
            wanted.push((group, Vec::new()));
        }
        self.each_in_order(found, Order::Place, false, |number| {
            let group = groups_of.get(number as usize).copied();
            if let Some((_, numbers)) = wanted.iter_mut().find(|(wanted, _)| Some(*wanted) == group) {
                numbers.push(number);
                missing = missing.saturating_sub(1);
            }
            missing > 0
        })?;
        wanted.into_iter().flat_map(|(_, numbers)| numbers).for_each(|number| window.offer(number));
        Ok(())
    }

    /// Hands on the numbers of a set in an order, until it is told that they are enough.
    fn each_in_order(
        &self,
        found: &Bits,
        order: Order,
        descending: bool,
        mut more: impl FnMut(u32) -> bool,
    ) -> Result<(), StoreError> {
        let sql = if descending {
            include_str!("lists/pieces_backwards.sql")
        } else {
            include_str!("lists/pieces.sql")
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut pieces = statement.query(params![order.as_str()])?;
        let mut left = found.count();
        while let Some(piece) = pieces.next()?.filter(|_| left > 0) {
            let mut numbers = read_piece(piece.get_ref(0)?.as_blob().map_err(|_| StoreError::Damaged)?);
            if descending {
                numbers.reverse();
            }
            for number in numbers.into_iter().filter(|number| found.contains(*number)) {
                left = left.saturating_sub(1);
                if !more(number) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn add_asked(&self, bits: &mut Bits, asked: &Asked) -> Result<(), StoreError> {
        match asked {
            Asked::Term(term) => self.add(bits, include_str!("lists/term.sql"), params![term]),
            Asked::Beginning(term) => self.add_terms(bits, term),
            Asked::Number(digits) => {
                let mut statement = self.connection.prepare_cached(include_str!("lists/numbers.sql"))?;
                let mut found = statement.query(params![digits, end_of(digits)])?;
                while let Some(row) = found.next()? {
                    bits.insert(row.get(0)?);
                }
                Ok(())
            }
        }
    }

    /// Adds every term that begins so.
    fn add_terms(&self, bits: &mut Bits, beginning: &str) -> Result<(), StoreError> {
        self.add(bits, include_str!("lists/terms.sql"), params![beginning, end_of(beginning)])
    }

    fn add(&self, bits: &mut Bits, sql: &str, params: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut found = statement.query(params)?;
        while let Some(row) = found.next()? {
            let bytes = row.get_ref(1)?.as_blob().map_err(|_| StoreError::Damaged)?;
            bits.add_block(row.get(0)?, bytes).ok_or(StoreError::Damaged)?;
        }
        Ok(())
    }
}

/// Households of a village.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct VillageCount {
    pub(crate) households: u32,
    pub(crate) started: u32,
    pub(crate) signed: u32,
}

/// Households of each village.
pub(crate) struct VillageCounts {
    codes: HashMap<String, u32>,
    by_code: HashMap<u32, VillageCount>,
}

impl VillageCounts {
    pub(crate) fn of(&self, commune: &CommuneCode, village: &VillageId) -> VillageCount {
        let code = self.codes.get(&village_text(commune.as_str(), village.as_str()));
        code.and_then(|code| self.by_code.get(code)).copied().unwrap_or_default()
    }
}

/// What a query asks for of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Filter {
    villages: Option<BTreeSet<u32>>,
    state: Option<HouseholdState>,
    class: Option<u32>,
    previous: Option<u32>,
    custody: Option<Custody>,
    findings: Option<FindingsFilter>,
    in_conflict: bool,
}

impl Filter {
    fn fits(&self, record: Record) -> bool {
        self.state.is_none_or(|state| state == record.state)
            && self.class.is_none_or(|class| class == u32::from(record.class))
            && self.previous.is_none_or(|class| class == u32::from(record.previous))
            && self.custody.is_none_or(|custody| custody == record.custody)
            && (record.in_conflict || !self.in_conflict)
            && self.findings.is_none_or(|findings| match findings {
                FindingsFilter::Blocking => record.blocked,
                FindingsFilter::Warnings => record.warned,
                FindingsFilter::Clear => !record.blocked && !record.warned,
            })
            && self.villages.as_ref().is_none_or(|villages| villages.contains(&record.village))
    }
}

/// Behind every text that begins so: words hold no character above.
fn end_of(beginning: &str) -> String {
    format!("{beginning}{}", char::MAX)
}
