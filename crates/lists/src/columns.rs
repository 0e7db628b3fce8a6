//! Which column is which: by the words of the headers rather than by position, or as a person said.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::cell::Cell;
use crate::headers::field_of;
use crate::list::SheetKind;
use crate::mapping::{Mapping, SheetMapping};
use crate::problem::{ListProblem, ProblemCode};
use crate::words::plain;
use crate::workbook::Sheet;

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident => $code:literal,)*) => {
        /// What a column holds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ListField {
            $($(#[$doc])* $name,)*
        }

        impl ListField {
            /// Every field there is: the interface has a name for each.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Stable name, a parameter of problems.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

fields! {
    /// The row's number, counted anew in each sheet.
    Number => "number",
    /// The household's number within the list.
    HouseholdNumber => "household_number",
    /// The province's household code.
    HouseholdCode => "household_code",
    /// The head's name.
    HeadName => "head_name",
    /// A member's name.
    MemberName => "member_name",
    /// Relation to the head.
    Relation => "relation",
    /// Day or year of birth.
    Birth => "birth",
    /// Sex.
    Sex => "sex",
    /// Citizen ID.
    CitizenId => "citizen_id",
    /// Province.
    Province => "province",
    /// District, of before July 2025.
    District => "district",
    /// Its code.
    DistrictCode => "district_code",
    /// Commune.
    Commune => "commune",
    /// Its code.
    CommuneCode => "commune_code",
    /// Village.
    Village => "village",
    /// Address.
    Address => "address",
    /// Telephone.
    Phone => "phone",
    /// Ethnic group.
    Ethnicity => "ethnicity",
    /// Class.
    Class => "class",
    /// Number of the decision.
    DecisionNumber => "decision_number",
    /// Date of the decision.
    DecisionDate => "decision_date",
    /// B1 points.
    B1 => "b1",
    /// B2 points.
    B2 => "b2",
    /// Household of an ethnic minority.
    Minority => "minority",
    /// Household without anybody able to work.
    NoLabour => "no_labour",
    /// Household with a person of merit.
    Merit => "merit",
    /// Causes of poverty.
    Causes => "causes",
    /// Age; not read.
    Age => "age",
    /// Number of members; not read.
    MemberCount => "member_count",
    /// Remarks; not read.
    Note => "note",
}

impl FromStr for ListField {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|field| field.as_str() == name).ok_or(())
    }
}

/// Headers are looked for in this many first rows.
const HEADER_ROWS: u32 = 40;
/// A row with fewer known headers is a title or a note.
const FEWEST_HEADERS: usize = 3;

/// A sheet with its columns known.
#[derive(Debug)]
pub(crate) struct Table {
    /// Which of the three sheets.
    pub(crate) kind: SheetKind,
    columns: BTreeMap<ListField, u32>,
    /// The lowest row of headers, from 0.
    pub(crate) header: u32,
    /// First row below the headers, from 0.
    pub(crate) first_row: u32,
    /// Whether every column is there that a household cannot be made without.
    pub(crate) usable: bool,
}

impl Table {
    /// The column of a field, from 0.
    pub(crate) fn column(&self, field: ListField) -> Option<u32> {
        self.columns.get(&field).copied()
    }

    /// The field of a column.
    pub(crate) fn field(&self, column: u32) -> Option<ListField> {
        self.columns.iter().find(|(_, known)| **known == column).map(|(field, _)| *field)
    }

    /// Whether rows are households, of which no more than the head is said.
    pub(crate) fn heads_only(&self) -> bool {
        let has = |field: ListField| self.columns.contains_key(&field);
        has(ListField::HeadName) && !has(ListField::MemberName) && !has(ListField::Relation)
    }

    /// Whether the place is given by district, as before July 2025. Offices also leave the columns there and empty.
    pub(crate) fn has_district(&self, sheet: &Sheet) -> bool {
        let columns: Vec<u32> = [ListField::District, ListField::DistrictCode]
            .iter()
            .filter_map(|field| self.column(*field))
            .collect();
        let rows = sheet.rows.range(self.first_row..);
        rows.flat_map(|(_, cells)| columns.iter().filter_map(|column| cells.get(column))).next().is_some()
    }
}

/// Finds the table of a list in a sheet; `None` when the sheet is no list. Missing and doubtful columns are reported.
pub(crate) fn find_table(sheet: &Sheet, mapping: &Mapping, problems: &mut Vec<ListProblem>) -> Option<Table> {
    let said = mapping.sheets.get(&sheet.name);
    if said.is_some_and(|said| said.skip) {
        return None;
    }
    let mut table = guess_table(sheet, said, problems)?;
    if let Some(columns) = said.and_then(|said| said.columns.as_ref()) {
        table.columns = columns.clone();
    }
    table.usable = report_missing(sheet, table.kind, &table.columns, mapping, problems);
    Some(table)
}

/// The table as its headers say it. A row of headers that a person named is taken at their word.
fn guess_table(sheet: &Sheet, said: Option<&SheetMapping>, problems: &mut Vec<ListProblem>) -> Option<Table> {
    let known = |row: u32| -> usize {
        let cells = sheet.rows.get(&row);
        let fields =
            cells.into_iter().flat_map(BTreeMap::values).filter_map(header_of).collect::<BTreeSet<_>>();
        fields.len()
    };
    let named = said.and_then(|said| said.header_row);
    let best = named.or_else(|| (0..HEADER_ROWS).max_by_key(|row| (known(*row), std::cmp::Reverse(*row))))?;
    if named.is_none() && known(best) < FEWEST_HEADERS {
        return None;
    }
    let first = (best.saturating_sub(2)..best).find(|row| known(*row) >= 2).unwrap_or(best);
    let headed: BTreeSet<u32> = headed_columns(sheet, best);
    // A second row of headers stands below headings of groups only; data stand below everything.
    let second = |row: u32| {
        let below = headed_columns(sheet, row);
        let cells = sheet
            .rows
            .get(&row)
            .map(|cells| cells.keys().copied().collect::<BTreeSet<_>>())
            .unwrap_or_default();
        !below.is_empty() && cells.is_disjoint(&headed)
    };
    let last = if second(best + 1) { best + 1 } else { best };
    let below_merged = sheet
        .merged
        .iter()
        .filter(|(start, _)| (first..=last).contains(&start.0))
        .map(|(_, end)| end.0)
        .max()
        .unwrap_or(last);
    let mut first_row = last.max(below_merged.min(last + 2)) + 1;
    while sheet.rows.get(&first_row).is_some_and(numbers_columns) {
        first_row += 1;
    }

    let kind = kind_of(sheet, first);
    let mut columns = columns_by_header(sheet, first..=last, problems);
    split_merged(sheet, first..=last, &mut columns, problems);
    // The sheets of escaped households have one column of names, whatever its header says.
    if kind != SheetKind::Current
        && !columns.contains_key(&ListField::MemberName)
        && let Some(column) = columns.remove(&ListField::HeadName)
    {
        columns.insert(ListField::MemberName, column);
    }
    Some(Table { kind, columns, header: last, first_row, usable: false })
}

/// The columns whose header in this row is known.
fn headed_columns(sheet: &Sheet, row: u32) -> BTreeSet<u32> {
    let cells = sheet.rows.get(&row).into_iter().flatten();
    cells.filter(|(_, cell)| header_of(cell).is_some()).map(|(column, _)| *column).collect()
}

fn columns_by_header(
    sheet: &Sheet,
    header: std::ops::RangeInclusive<u32>,
    problems: &mut Vec<ListProblem>,
) -> BTreeMap<ListField, u32> {
    let wanted: BTreeSet<u32> = header
        .clone()
        .filter_map(|row| sheet.rows.get(&row))
        .flat_map(|cells| cells.keys().copied())
        .collect();
    let mut columns = BTreeMap::new();
    for column in wanted {
        // The lowest words that are known decide: above them stand the headings of groups.
        let found = header.clone().rev().find_map(|row| header_of(sheet.rows.get(&row)?.get(&column)?));
        let Some(field) = found else { continue };
        if let Some(other) = columns.get(&field) {
            let params = [("field", field.as_str().to_owned()), ("other", letter(*other))];
            problems.push(sheet_problem(sheet, &letter(column), ProblemCode::RepeatedColumn, params, false));
        } else {
            columns.insert(field, column);
        }
    }
    columns
}

/// A header over several columns without words of their own below it: said, and the usual pair of names told apart.
fn split_merged(
    sheet: &Sheet,
    header: std::ops::RangeInclusive<u32>,
    columns: &mut BTreeMap<ListField, u32>,
    problems: &mut Vec<ListProblem>,
) {
    for ((top, left), (_, right)) in &sheet.merged {
        if !header.contains(top) || left == right {
            continue;
        }
        let Some(field) = columns.iter().find(|(_, column)| *column == left).map(|(field, _)| *field) else {
            continue;
        };
        let free = (left + 1..=*right).all(|column| !columns.values().any(|known| *known == column));
        if !free {
            continue;
        }
        if matches!(field, ListField::HeadName | ListField::MemberName)
            && right - left == 1
            && (!columns.contains_key(&ListField::MemberName) || !columns.contains_key(&ListField::HeadName))
        {
            columns.remove(&field);
            columns.insert(ListField::HeadName, *left);
            columns.insert(ListField::MemberName, *right);
        }
        let span = format!("{}–{}", letter(*left), letter(*right));
        let params = [("field", field.as_str().to_owned()), ("columns", span)];
        problems.push(sheet_problem(sheet, &letter(*left), ProblemCode::MergedHeader, params, false));
    }
}

fn report_missing(
    sheet: &Sheet,
    kind: SheetKind,
    columns: &BTreeMap<ListField, u32>,
    mapping: &Mapping,
    problems: &mut Vec<ListProblem>,
) -> bool {
    // What a person said for the whole file stands for a column.
    let said = |field: ListField| {
        (field == ListField::Commune && mapping.commune.is_some())
            || (field == ListField::Village && mapping.village.is_some())
    };
    let has = |field: ListField| columns.contains_key(&field) || said(field);
    // Each group: any one of its columns will do.
    let (needed, wanted): (&[&[ListField]], &[ListField]) = match kind {
        SheetKind::Current => (
            &[
                &[ListField::HeadName, ListField::MemberName],
                &[ListField::CommuneCode, ListField::Commune],
                &[ListField::Village, ListField::Address],
            ],
            &[
                ListField::Relation,
                ListField::Birth,
                ListField::Sex,
                ListField::CitizenId,
                ListField::Ethnicity,
                ListField::Class,
                ListField::B1,
                ListField::B2,
            ],
        ),
        SheetKind::EscapedPoor | SheetKind::EscapedNearPoor => (
            &[
                &[ListField::MemberName],
                &[ListField::Relation, ListField::Number],
                &[ListField::Address, ListField::Village],
            ],
            &[
                ListField::Relation,
                ListField::Birth,
                ListField::Sex,
                ListField::CitizenId,
                ListField::Ethnicity,
            ],
        ),
    };
    let mut usable = true;
    for group in needed {
        if !group.iter().any(|field| has(*field)) {
            usable = false;
            problems.push(sheet_problem(
                sheet,
                "",
                ProblemCode::MissingColumn,
                [("field", group[0].as_str().to_owned())],
                true,
            ));
        }
    }
    for field in wanted.iter().filter(|field| !has(**field)) {
        problems.push(sheet_problem(
            sheet,
            "",
            ProblemCode::MissingColumn,
            [("field", field.as_str().to_owned())],
            false,
        ));
    }
    usable
}

/// Which sheet it is: by its name, else by its title.
fn kind_of(sheet: &Sheet, header: u32) -> SheetKind {
    let titles = sheet.rows.range(..header).flat_map(|(_, cells)| cells.values()).filter_map(Cell::words);
    for words in std::iter::once(sheet.name.clone()).chain(titles).map(|text| plain(&text)) {
        if words.contains("thoat can ngheo") {
            return SheetKind::EscapedNearPoor;
        }
        if words.contains("thoat ngheo") {
            return SheetKind::EscapedPoor;
        }
        if words.contains("danh sach ho ngheo") {
            return SheetKind::Current;
        }
    }
    SheetKind::Current
}

/// A row that numbers the columns: (1), (2), … or A, B, …
fn numbers_columns(cells: &BTreeMap<u32, Cell>) -> bool {
    cells.len() >= FEWEST_HEADERS
        && cells.values().all(|cell| {
            let words = plain(&cell.words().unwrap_or_default());
            let short_number =
                words.len() <= 2 && !words.is_empty() && words.bytes().all(|byte| byte.is_ascii_digit());
            let single_letter = words.len() == 1 && words.bytes().all(|byte| byte.is_ascii_alphabetic());
            short_number || single_letter
        })
}

/// The field that a header's words name.
fn header_of(cell: &Cell) -> Option<ListField> {
    cell.as_text().and_then(field_of)
}

fn sheet_problem<const N: usize>(
    sheet: &Sheet,
    column: &str,
    code: ProblemCode,
    params: [(&str, String); N],
    refuses: bool,
) -> ListProblem {
    let params = params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    ListProblem { sheet: sheet.name.clone(), row: 0, column: column.to_owned(), code, params, refuses }
}

/// Excel's name of a column counted from 0: A … Z, AA …
pub(crate) fn letter(column: u32) -> String {
    let mut name = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = (rest - 1) % 26;
        name.insert(0, char::from(b'A' + u8::try_from(digit).unwrap_or_default()));
        rest = (rest - 1) / 26;
    }
    name
}
