//! Rows of lists: look-ups and choice filters.

use super::convert::{EMPTY, Val};
use super::{Evaluator, Frame};
use crate::list::ChoiceList;
use crate::plan::{Code, Rows};

impl<'a> Evaluator<'a> {
    /// Calls `found` with each row that passes the filters, until it says that it has enough.
    pub(crate) fn each_row(&self, rows: &'a Rows, frame: &Frame<'_, 'a>, found: &mut dyn FnMut(u32) -> bool) {
        let list: &'a ChoiceList = self.plan.list(rows.list);
        if let (true, Some((column, key))) = (rows.pulled, rows.key.as_ref()) {
            let key = self.eval(key, frame).text();
            list.equal(*column, &key).iter().all(|row| found(*row));
            return;
        }
        if rows.counted {
            self.counted_rows(rows, list, frame).into_iter().all(found);
            return;
        }
        let mut places = vec![0usize; rows.filters.len()];
        let mut look = |row: u32| {
            let passes = rows.filters.iter().zip(&mut places).enumerate().all(|(at, (filter, place))| {
                // The first filter sees every row, also those that its key passes over.
                *place = if at == 0 { row as usize + 1 } else { *place + 1 };
                self.row_passes(filter, list, row, *place, 0, frame)
            });
            self.may_look() && (!passes || found(row))
        };
        match self.rows_by_key(rows, list, frame) {
            Some(keyed) => keyed.iter().all(|row| look(*row)),
            None => numbers(list).all(look),
        };
    }

    pub(super) fn first_row(&self, rows: &'a Rows, frame: &Frame<'_, 'a>) -> Option<u32> {
        let mut first = None;
        self.each_row(rows, frame, &mut |row| {
            first = Some(row);
            false
        });
        first
    }

    /// The rows that pass one filter after the other, each of which may ask how many there are.
    fn counted_rows(&self, rows: &'a Rows, list: &'a ChoiceList, frame: &Frame<'_, 'a>) -> Vec<u32> {
        let mut left: Vec<u32> = numbers(list).collect();
        for filter in &rows.filters {
            let last = left.len();
            let mut place = 0;
            left.retain(|row| {
                place += 1;
                self.may_look() && self.row_passes(filter, list, *row, place, last, frame)
            });
        }
        left
    }

    fn row_passes(
        &self,
        filter: &'a Code,
        list: &'a ChoiceList,
        row: u32,
        place: usize,
        last: usize,
        frame: &Frame<'_, 'a>,
    ) -> bool {
        let inner =
            Frame { instance: frame.instance, row: Some((list, row)), place, last, outer: Some(frame) };
        let value = self.eval(filter, &inner);
        if let Val::Number(wanted) = value { wanted == place as f64 } else { value.truth() }
    }

    /// The rows whose cell is what the first filter wants; `None` where cells are not compared as texts.
    fn rows_by_key(&self, rows: &'a Rows, list: &'a ChoiceList, frame: &Frame<'_, 'a>) -> Option<&'a [u32]> {
        let (column, code) = rows.key.as_ref()?;
        let inner = Frame { instance: frame.instance, row: None, place: 0, last: 0, outer: Some(frame) };
        let value = self.eval(code, &inner);
        let is_text = matches!(value, Val::Text(_) | Val::Names(_) | Val::Date(_));
        is_text.then(|| list.equal(*column, &value.text()))
    }

    pub(super) fn cell_of(&self, rows: &Rows, row: u32) -> Val<'a> {
        let list: &'a ChoiceList = self.plan.list(rows.list);
        rows.column.map_or(EMPTY, |column| Val::Text(list.cell(row, column).into()))
    }
}

fn numbers(list: &ChoiceList) -> std::ops::Range<u32> {
    0..u32::try_from(list.len()).unwrap_or(u32::MAX)
}
