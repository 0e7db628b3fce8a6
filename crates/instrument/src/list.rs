//! Lists of choices: compact tables that are looked up by any of their columns.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use crate::text::{Language, Text};

/// A list of choices, or any other table that a form looks things up in. Texts stand in one block, so that tens of thousands of
/// rows cost little more than their letters; each column is indexed when it is first looked up by.
#[derive(Clone, Default)]
pub struct ChoiceList {
    columns: Vec<Column>,
    text: String,
    /// Where each cell ends in `text`, row by row.
    ends: Vec<u32>,
    rows: u32,
}

#[derive(Clone)]
struct Column {
    kind: ColumnKind,
    /// Row numbers in the order of their cells; equal cells in the order of the list.
    sorted: OnceLock<Box<[u32]>>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ColumnKind {
    /// The value that is stored.
    Name,
    /// What is shown, in one language.
    Label(Language),
    /// Anything else, for filters.
    Extra(String),
}

/// One choice as a list's author gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChoiceItem {
    /// The value that is stored.
    pub name: String,
    /// What is shown.
    pub label: Text,
    /// Further columns, for choice filters.
    pub extra: BTreeMap<String, String>,
}

/// One row of a list.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    list: &'a ChoiceList,
    row: u32,
}

impl ChoiceList {
    /// A list of these choices, in this order.
    pub fn new(items: &[ChoiceItem]) -> Self {
        let mut kinds = vec![ColumnKind::Name];
        for item in items {
            for language in item.label.0.keys() {
                let label = ColumnKind::Label(language.clone());
                if !kinds.contains(&label) {
                    kinds.push(label);
                }
            }
            for name in item.extra.keys() {
                let extra = ColumnKind::Extra(name.clone());
                if !kinds.contains(&extra) {
                    kinds.push(extra);
                }
            }
        }
        let mut list = Self::of(kinds);
        for item in items {
            list.push(|kind| match kind {
                ColumnKind::Name => &item.name,
                ColumnKind::Label(language) => item.label.0.get(language).map_or("", String::as_str),
                ColumnKind::Extra(name) => item.extra.get(name).map_or("", String::as_str),
            });
        }
        list
    }

    /// A list from the rows of a table. `name` and `label` are the columns of the stored value and of what is shown (in
    /// `language`); all other columns, and these under their own names, can be looked up.
    ///
    /// # Errors
    /// The table has no column of one of these names: the name.
    pub fn from_table<'t>(
        columns: &[String],
        rows: impl IntoIterator<Item = &'t [String]>,
        name: &str,
        label: &str,
        language: &str,
    ) -> Result<Self, String> {
        let place = |wanted: &str| {
            columns.iter().position(|column| column == wanted).ok_or_else(|| wanted.to_owned())
        };
        let (name_at, label_at) = (place(name)?, place(label)?);
        let mut kinds = vec![ColumnKind::Name, ColumnKind::Label(language.to_owned())];
        let mut places = vec![name_at, label_at];
        for (at, column) in columns.iter().enumerate() {
            let is_plain = (column == "name" && at == name_at) || (column == "label" && at == label_at);
            if !is_plain && !column.is_empty() {
                kinds.push(ColumnKind::Extra(column.clone()));
                places.push(at);
            }
        }
        let mut list = Self::of(kinds);
        for row in rows {
            let mut next = places.iter();
            list.push(|_| next.next().and_then(|at| row.get(*at)).map_or("", String::as_str));
        }
        Ok(list)
    }

    fn of(kinds: Vec<ColumnKind>) -> Self {
        let column = |kind| Column { kind, sorted: OnceLock::new() };
        Self { columns: kinds.into_iter().map(column).collect(), ..Self::default() }
    }

    fn push<'c>(&mut self, mut cell: impl FnMut(&ColumnKind) -> &'c str) {
        let Self { columns, text, ends, rows } = self;
        for column in columns.iter_mut() {
            text.push_str(cell(&column.kind));
            // A list beyond four gigabytes cannot be loaded in the first place.
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
            column.sorted = OnceLock::new();
        }
        *rows += 1;
    }

    /// How many choices there are.
    pub fn len(&self) -> usize {
        self.rows as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The choices, in the order of the list.
    pub fn items(&self) -> impl ExactSizeIterator<Item = Choice<'_>> {
        (0..self.rows).map(|row| Choice { list: self, row })
    }

    /// The choice at a place, from 0.
    pub fn get(&self, row: u32) -> Option<Choice<'_>> {
        (row < self.rows).then_some(Choice { list: self, row })
    }

    /// The first choice of this name.
    pub fn find(&self, name: &str) -> Option<Choice<'_>> {
        self.rows_named(name).first().map(|row| Choice { list: self, row: *row })
    }

    /// The rows of this name: usually one.
    pub(crate) fn rows_named(&self, name: &str) -> &[u32] {
        let column = self.columns.iter().position(|column| column.kind == ColumnKind::Name);
        column.and_then(|at| u16::try_from(at).ok()).map_or(&[], |column| self.equal(column, name))
    }

    /// Names of the columns that filters may name.
    pub fn column_names(&self) -> impl Iterator<Item = &str> {
        let extra = self.columns.iter().filter_map(|column| match &column.kind {
            ColumnKind::Extra(name) => Some(name.as_str()),
            ColumnKind::Name | ColumnKind::Label(_) => None,
        });
        ["name", "label"].into_iter().chain(extra)
    }

    /// The number of a column; `label` in the language asked for or the first there is.
    pub(crate) fn column(&self, name: &str, language: &str) -> Option<u16> {
        let is_label = |column: &Column| matches!(column.kind, ColumnKind::Label(_));
        let place = |found: &dyn Fn(&Column) -> bool| self.columns.iter().position(found);
        let extra = place(&|column| matches!(&column.kind, ColumnKind::Extra(known) if known == name));
        let found = match name {
            "name" => extra.or_else(|| place(&|column| column.kind == ColumnKind::Name)),
            "label" => extra
                .or_else(|| place(&|column| column.kind == ColumnKind::Label(language.to_owned())))
                .or_else(|| place(&is_label)),
            _ => extra,
        };
        found.and_then(|at| u16::try_from(at).ok())
    }

    pub(crate) fn cell(&self, row: u32, column: u16) -> &str {
        let at = row as usize * self.columns.len() + usize::from(column);
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        let end = self.ends.get(at).map_or(start, |end| *end as usize);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The rows whose cell is this text, in the order of the list.
    pub(crate) fn equal(&self, column: u16, text: &str) -> &[u32] {
        let Some(found) = self.columns.get(usize::from(column)) else { return &[] };
        let sorted = found.sorted.get_or_init(|| {
            let mut rows: Vec<u32> = (0..self.rows).collect();
            rows.sort_by(|one, other| self.cell(*one, column).cmp(self.cell(*other, column)));
            rows.into()
        });
        let from = sorted.partition_point(|row| self.cell(*row, column) < text);
        let rest = sorted.get(from..).unwrap_or_default();
        let many = rest.partition_point(|row| self.cell(*row, column) == text);
        rest.get(..many).unwrap_or_default()
    }
}

impl<'a> Choice<'a> {
    /// The value that is stored.
    pub fn name(self) -> &'a str {
        self.kind(|kind| *kind == ColumnKind::Name).unwrap_or_default()
    }

    /// What is shown, in every language there is.
    pub fn label(self) -> Text {
        let labels = self.list.columns.iter().enumerate().filter_map(|(at, column)| match &column.kind {
            ColumnKind::Label(language) => {
                let words = self.list.cell(self.row, at as u16);
                (!words.is_empty()).then(|| (language.clone(), words.to_owned()))
            }
            ColumnKind::Name | ColumnKind::Extra(_) => None,
        });
        Text(labels.collect())
    }

    /// What is shown, in `language`, else in Vietnamese, else in any language.
    pub fn label_in(self, language: &str) -> &'a str {
        let given = |wanted: &str| {
            self.kind(|kind| matches!(kind, ColumnKind::Label(known) if known == wanted))
                .filter(|words| !words.is_empty())
        };
        given(language)
            .or_else(|| given("vi"))
            .or_else(|| {
                let labels = self.list.columns.iter().enumerate();
                let mut labels = labels.filter(|(_, column)| matches!(column.kind, ColumnKind::Label(_)));
                labels.find_map(|(at, _)| {
                    Some(self.list.cell(self.row, at as u16)).filter(|words| !words.is_empty())
                })
            })
            .unwrap_or_default()
    }

    /// A further column's cell; `None` where it is empty or there is no such column.
    pub fn extra(self, name: &str) -> Option<&'a str> {
        self.kind(|kind| matches!(kind, ColumnKind::Extra(known) if known == name))
            .filter(|cell| !cell.is_empty())
    }

    /// As the list's author gave it.
    pub fn to_item(self) -> ChoiceItem {
        let extra = self
            .list
            .column_names()
            .skip(2)
            .filter_map(|name| self.extra(name).map(|cell| (name.to_owned(), cell.to_owned())));
        ChoiceItem { name: self.name().to_owned(), label: self.label(), extra: extra.collect() }
    }

    /// Its place in the list, from 0.
    pub fn row(self) -> u32 {
        self.row
    }

    fn kind(self, is_wanted: impl Fn(&ColumnKind) -> bool) -> Option<&'a str> {
        let at = self.list.columns.iter().position(|column| is_wanted(&column.kind))?;
        Some(self.list.cell(self.row, at as u16))
    }
}

impl PartialEq for ChoiceList {
    fn eq(&self, other: &Self) -> bool {
        let kinds = |list: &Self| list.columns.iter().map(|column| column.kind.clone()).collect::<Vec<_>>();
        kinds(self) == kinds(other) && self.ends == other.ends && self.text == other.text
    }
}

impl Eq for ChoiceList {}

impl fmt::Debug for ChoiceList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.items().map(Choice::to_item)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn villages() -> ChoiceList {
        let columns = ["code", "label", "commune"].map(str::to_owned);
        let rows = [["v1", "Nà Pàn", "b"], ["v2", "Khuổi Slao", "a"], ["v3", "Bản Chu", "b"]];
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        ChoiceList::from_table(&columns, rows.iter().map(Vec::as_slice), "code", "label", "vi").unwrap()
    }

    #[test]
    fn rows_are_found_by_any_column_in_the_order_of_the_list() {
        let list = villages();
        let commune = list.column("commune", "vi").unwrap();
        let found: Vec<&str> =
            list.equal(commune, "b").iter().map(|row| list.get(*row).unwrap().name()).collect();
        assert_eq!(found, ["v1", "v3"]);
        assert_eq!(list.equal(commune, "c"), &[] as &[u32]);
        assert_eq!(list.find("v2").unwrap().label_in("en"), "Khuổi Slao");
        assert!(list.find("v4").is_none());
        let code = list.column("code", "vi").unwrap();
        assert_eq!(list.equal(code, "v3"), [2]);
    }

    #[test]
    fn a_table_without_the_column_asked_for_is_refused_by_its_name() {
        let columns = ["name".to_owned()];
        let rows: [&[String]; 0] = [];
        assert_eq!(ChoiceList::from_table(&columns, rows, "name", "label", "vi"), Err("label".to_owned()));
    }

    #[test]
    fn what_is_given_comes_back() {
        let item = |name: &str, extra: &[(&str, &str)]| ChoiceItem {
            name: name.to_owned(),
            label: Text(BTreeMap::from([
                ("vi".to_owned(), format!("nhãn {name}")),
                ("en".to_owned(), name.to_owned()),
            ])),
            extra: extra.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        };
        let items = [item("a", &[("region", "north")]), item("b", &[]), item("c", &[("zone", "2")])];
        let list = ChoiceList::new(&items);
        let back: Vec<ChoiceItem> = list.items().map(Choice::to_item).collect();
        assert_eq!(back, items);
        assert_eq!(list.column_names().collect::<Vec<_>>(), ["name", "label", "region", "zone"]);
    }
}
