//! Pages of household lists: searched, filtered and sorted without looking at more households than the page shows.
//!
//! What was asked for becomes a set of numbers (bits of terms, joined), which says the total; the page is read from the
//! order's pieces, leaving out what is not in the set. See [`crate::entries`].

use rasoat_casework::{CommuneCode, VillageId};
use rusqlite::params;

use crate::bitmap::Bits;
use crate::entries::{Order, fact, read_piece, share_fact, village_fact};
use crate::error::StoreError;
use crate::households::{Custody, HouseholdRow, HouseholdState, custody_name, read_row, state_name};
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

/// How a list is ordered. Words go in Vietnamese order, numbers in them by size; what is equal goes by the order in which
/// households came here.
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
        let mut statement = self.connection.prepare_cached(include_str!("lists/row.sql"))?;
        let rows = window.numbers.iter().map(|number| statement.query_row(params![number], read_row));
        Ok(HouseholdPage { total, rows: rows.collect::<Result<_, _>>()? })
    }

    /// How many households a filter's value fits.
    pub(crate) fn count_fact(&self, name: &str, value: &str) -> Result<u32, StoreError> {
        Ok(self.term(&fact(name, value))?.count())
    }

    fn matching(&self, query: &HouseholdQuery) -> Result<Bits, StoreError> {
        let mut facts = Vec::new();
        match (&query.commune, &query.village) {
            (Some(commune), Some(village)) => facts.push(village_fact(commune.as_str(), village.as_str())),
            (Some(commune), None) => facts.push(fact("commune", commune.as_str())),
            (None, _) => {}
        }
        facts.extend(query.state.map(|state| fact("state", state_name(state))));
        facts.extend(query.class.as_ref().map(|class| fact("class", class)));
        facts.extend(query.previous_class.as_ref().map(|class| fact("previous", class)));
        facts.extend(query.custody.map(|custody| fact("custody", custody_name(custody))));
        facts.extend(query.in_conflict.then(|| fact("conflicts", "")));
        let clear = match query.findings {
            Some(FindingsFilter::Blocking) => {
                facts.push(fact("findings", ""));
                false
            }
            Some(FindingsFilter::Warnings) => {
                facts.push(fact("warnings", ""));
                false
            }
            Some(FindingsFilter::Clear) => true,
            None => false,
        };
        let mut found: Option<Bits> = None;
        for fact in &facts {
            narrow(&mut found, self.term(fact)?);
        }
        for word in asked_for(&query.text) {
            let mut any = Bits::default();
            for asked in word {
                self.add_asked(&mut any, &asked)?;
            }
            narrow(&mut found, any);
        }
        let mut found = match found {
            Some(found) => found,
            None => {
                // Every household has a state.
                let mut all = Bits::default();
                self.add_terms(&mut all, &fact("state", ""))?;
                all
            }
        };
        if clear {
            found.take_out(&self.term(&fact("findings", ""))?);
            found.take_out(&self.term(&fact("warnings", ""))?);
        }
        Ok(found)
    }

    fn fill(&self, window: &mut Window, found: &Bits, query: &HouseholdQuery) -> Result<(), StoreError> {
        let order = match &query.sort {
            HouseholdSort::Place => Order::Place,
            HouseholdSort::Name => Order::Name,
            HouseholdSort::Code => Order::Code,
            HouseholdSort::Changed => Order::Change,
            HouseholdSort::Class(classes) => {
                let groups = self.classes_in_order(classes)?;
                return self.fill_by_groups(window, found, groups, query.descending);
            }
            HouseholdSort::Answered => {
                let groups = (0..=100).map(share_fact).collect();
                return self.fill_by_groups(window, found, groups, query.descending);
            }
        };
        self.fill_in_order(window, found, order, query.descending)
    }

    fn fill_by_groups(
        &self,
        window: &mut Window,
        found: &Bits,
        mut groups: Vec<String>,
        descending: bool,
    ) -> Result<(), StoreError> {
        if descending {
            groups.reverse();
        }
        for group in groups {
            let mut here = self.term(&group)?;
            here.keep_only(found);
            let count = here.count();
            if window.skip >= count {
                window.skip -= count;
                continue;
            }
            self.fill_in_order(window, &here, Order::Place, false)?;
            if window.is_full() {
                break;
            }
        }
        Ok(())
    }

    fn fill_in_order(
        &self,
        window: &mut Window,
        found: &Bits,
        order: Order,
        descending: bool,
    ) -> Result<(), StoreError> {
        let sql = if descending {
            include_str!("lists/pieces_backwards.sql")
        } else {
            include_str!("lists/pieces.sql")
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut pieces = statement.query(params![order.as_str()])?;
        let mut left = found.count();
        while let Some(piece) = pieces.next()?.filter(|_| left > 0 && !window.is_full()) {
            let mut numbers = read_piece(piece.get_ref(0)?.as_blob().map_err(|_| StoreError::Damaged)?);
            if descending {
                numbers.reverse();
            }
            for number in numbers.into_iter().filter(|number| found.contains(*number)) {
                left = left.saturating_sub(1);
                window.offer(number);
            }
        }
        Ok(())
    }

    /// The classes that households have: first those named, then others, none at last.
    fn classes_in_order(&self, named: &[String]) -> Result<Vec<String>, StoreError> {
        let (none, named) =
            (fact("class", ""), named.iter().map(|class| fact("class", class)).collect::<Vec<_>>());
        let mut statement = self.connection.prepare_cached(include_str!("lists/values.sql"))?;
        let found = statement.query_map(params![none, end_of(&none)], |row| row.get(0))?;
        let mut classes: Vec<String> = found.collect::<Result<_, _>>()?;
        classes.sort_by_key(|class| {
            let place = named.iter().position(|named| named == class).unwrap_or(named.len());
            (*class == none, place)
        });
        Ok(classes)
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

    fn term(&self, term: &str) -> Result<Bits, StoreError> {
        let mut bits = Bits::default();
        self.add(&mut bits, include_str!("lists/term.sql"), params![term])?;
        Ok(bits)
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

fn narrow(found: &mut Option<Bits>, by: Bits) {
    match found {
        Some(found) => found.keep_only(&by),
        None => *found = Some(by),
    }
}

/// Behind every text that begins so: words hold no character above.
fn end_of(beginning: &str) -> String {
    format!("{beginning}{}", char::MAX)
}
