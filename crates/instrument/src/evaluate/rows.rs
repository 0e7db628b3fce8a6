//! Rows of lists: look-ups and choice filters.

use super::convert::{EMPTY, Val};
use super::{Evaluator, Frame};
use crate::list::ChoiceList;
use crate::plan::Rows;

impl<'a> Evaluator<'a> {
    /// Calls `found` with each row that passes the filters, until it says that it has enough.
    pub(crate) fn each_row(&self, rows: &'a Rows, frame: &Frame<'_, 'a>, found: &mut dyn FnMut(u32) -> bool) {
        let list: &'a ChoiceList = self.plan.list(rows.list);
        let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let mut places = vec![0usize; rows.filters.len()];
        let mut look = |row: u32| {
            let passes = rows.filters.iter().zip(&mut places).enumerate().all(|(at, (filter, place))| {
                // The first filter sees every row, also those that its key passes over.
                *place = if at == 0 { row as usize + 1 } else { *place + 1 };
                let inner = Frame {
                    instance: frame.instance,
                    row: Some((list, row)),
                    place: *place,
                    outer: Some(frame),
                };
                match self.eval(filter, &inner) {
                    Val::Number(wanted) => wanted == *place as f64,
                    value => value.truth(),
                }
            });
            !passes || found(row)
        };
        match self.rows_by_key(rows, list, frame) {
            Some(keyed) => keyed.iter().all(|row| look(*row)),
            None => (0..count).all(look),
        };
    }

    /// The rows whose cell is what the first filter wants; `None` where cells are not compared as texts.
    fn rows_by_key(&self, rows: &'a Rows, list: &'a ChoiceList, frame: &Frame<'_, 'a>) -> Option<&'a [u32]> {
        let (column, code) = rows.key.as_ref()?;
        let inner = Frame { instance: frame.instance, row: None, place: 0, outer: Some(frame) };
        match self.eval(code, &inner) {
            Val::Number(_) | Val::Boolean(_) => None,
            value => Some(list.equal(*column, &value.text())),
        }
    }

    pub(super) fn cell_of(&self, rows: &Rows, row: u32) -> Val<'a> {
        let list: &'a ChoiceList = self.plan.list(rows.list);
        rows.column.map_or(EMPTY, |column| Val::Text(list.cell(row, column).into()))
    }
}
