//! Which column is which, by the words of the headers rather than by position.

use std::collections::{BTreeMap, BTreeSet};

use crate::cell::Cell;
use crate::list::SheetKind;
use crate::problem::{ListProblem, ProblemCode};
use crate::words::plain;
use crate::workbook::Sheet;

macro_rules! fields {
    ($($name:ident => $code:literal,)*) => {
        /// What a column holds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Field { $($name,)* }

        impl Field {
            /// Stable name, a parameter of problems.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

fields! {
    Number => "number",
    HouseholdCode => "household_code",
    HeadName => "head_name",
    MemberName => "member_name",
    Relation => "relation",
    Birth => "birth",
    Sex => "sex",
    CitizenId => "citizen_id",
    Province => "province",
    District => "district",
    DistrictCode => "district_code",
    Commune => "commune",
    CommuneCode => "commune_code",
    Village => "village",
    Address => "address",
    Phone => "phone",
    Ethnicity => "ethnicity",
    Class => "class",
    DecisionNumber => "decision_number",
    DecisionDate => "decision_date",
    B1 => "b1",
    B2 => "b2",
    Minority => "minority",
    NoLabour => "no_labour",
    Merit => "merit",
    Causes => "causes",
    Age => "age",
    MemberCount => "member_count",
    Note => "note",
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
    columns: BTreeMap<Field, u32>,
    /// First row below the headers, from 0.
    pub(crate) first_row: u32,
    /// Whether every column is there that a household cannot be made without.
    pub(crate) usable: bool,
}

impl Table {
    /// The column of a field, from 0.
    pub(crate) fn column(&self, field: Field) -> Option<u32> {
        self.columns.get(&field).copied()
    }

    /// Whether the place is given by district, as before July 2025. Offices also leave the columns there and empty.
    pub(crate) fn has_district(&self, sheet: &Sheet) -> bool {
        let columns: Vec<u32> =
            [Field::District, Field::DistrictCode].iter().filter_map(|field| self.column(*field)).collect();
        let rows = sheet.rows.range(self.first_row..);
        rows.flat_map(|(_, cells)| columns.iter().filter_map(|column| cells.get(column))).next().is_some()
    }
}

/// Finds the headers of a list in a sheet; `None` when the sheet is no list. Missing and doubtful columns are reported.
pub(crate) fn find_table(sheet: &Sheet, problems: &mut Vec<ListProblem>) -> Option<Table> {
    let known = |row: u32| -> usize {
        let cells = sheet.rows.get(&row);
        let fields =
            cells.into_iter().flat_map(BTreeMap::values).filter_map(header_of).collect::<BTreeSet<_>>();
        fields.len()
    };
    let best = (0..HEADER_ROWS).max_by_key(|row| (known(*row), std::cmp::Reverse(*row)))?;
    if known(best) < FEWEST_HEADERS {
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
        && !columns.contains_key(&Field::MemberName)
        && let Some(column) = columns.remove(&Field::HeadName)
    {
        columns.insert(Field::MemberName, column);
    }
    let usable = report_missing(sheet, kind, &columns, problems);
    Some(Table { kind, columns, first_row, usable })
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
) -> BTreeMap<Field, u32> {
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
    columns: &mut BTreeMap<Field, u32>,
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
        if matches!(field, Field::HeadName | Field::MemberName)
            && right - left == 1
            && (!columns.contains_key(&Field::MemberName) || !columns.contains_key(&Field::HeadName))
        {
            columns.remove(&field);
            columns.insert(Field::HeadName, *left);
            columns.insert(Field::MemberName, *right);
        }
        let span = format!("{}–{}", letter(*left), letter(*right));
        let params = [("field", field.as_str().to_owned()), ("columns", span)];
        problems.push(sheet_problem(sheet, &letter(*left), ProblemCode::MergedHeader, params, false));
    }
}

fn report_missing(
    sheet: &Sheet,
    kind: SheetKind,
    columns: &BTreeMap<Field, u32>,
    problems: &mut Vec<ListProblem>,
) -> bool {
    let has = |field: Field| columns.contains_key(&field);
    // Each group: any one of its columns will do.
    let (needed, wanted): (&[&[Field]], &[Field]) = match kind {
        SheetKind::Current => (
            &[
                &[Field::HeadName, Field::MemberName],
                &[Field::CommuneCode, Field::Commune],
                &[Field::Village, Field::Address],
            ],
            &[
                Field::Relation,
                Field::Birth,
                Field::Sex,
                Field::CitizenId,
                Field::Ethnicity,
                Field::Class,
                Field::B1,
                Field::B2,
            ],
        ),
        SheetKind::EscapedPoor | SheetKind::EscapedNearPoor => (
            &[&[Field::MemberName], &[Field::Relation, Field::Number], &[Field::Address, Field::Village]],
            &[Field::Relation, Field::Birth, Field::Sex, Field::CitizenId, Field::Ethnicity],
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
fn header_of(cell: &Cell) -> Option<Field> {
    let Cell::Text(text) = cell else { return None };
    let words = plain(text);
    // Titles and notes mention the same things at length.
    if words.len() > 90 {
        return None;
    }
    let is = |options: &[&str]| options.contains(&words.as_str());
    let has = |part: &str| words.contains(part);
    let begins = |part: &str| words.starts_with(part);
    let word = |part: &str| words.split(' ').any(|word| word == part);
    let name = has("ho ten") || has("ho va ten") || begins("ten ");
    Some(if is(&["stt", "tt", "so tt", "so thu tu"]) {
        Field::Number
    } else if has("quan he") {
        Field::Relation
    } else if has("ma ho") || has("ma so ho") {
        Field::HouseholdCode
    } else if has("thieu so") || word("dtts") {
        Field::Minority
    } else if has("dan toc") {
        Field::Ethnicity
    } else if has("gioi tinh") {
        Field::Sex
    } else if has("ngay sinh") || has("nam sinh") || has("ngay thang nam sinh") {
        Field::Birth
    } else if word("cccd") || has("can cuoc") || has("dinh danh") || word("cmnd") {
        Field::CitizenId
    } else if has("so qd") || has("so quyet dinh") {
        Field::DecisionNumber
    } else if has("ngay ban hanh") || has("ngay qd") || has("ngay quyet dinh") || has("ngay cong nhan") {
        Field::DecisionDate
    } else if has("nguyen nhan") {
        Field::Causes
    } else if has("kha nang lao dong") || has("khong co lao dong") {
        Field::NoLabour
    } else if has("co cong") {
        Field::Merit
    } else if has("so nhan khau") || has("so thanh vien") || is(&["nhan khau"]) {
        Field::MemberCount
    } else if has("phan loai") || has("loai ho") {
        Field::Class
    } else if word("b1") {
        Field::B1
    } else if word("b2") {
        Field::B2
    } else if has("chu ho") {
        Field::HeadName
    } else if has("thanh vien") || (name && !has("xa") && !has("thon") && !has("huyen") && !has("tinh")) {
        Field::MemberName
    } else if has("ma huyen") || has("ma quan") {
        Field::DistrictCode
    } else if begins("ma xa") || begins("ma phuong") || has("ma dvhc") || has("ma don vi") {
        Field::CommuneCode
    } else if has("dia chi") || has("cho o") || has("noi o") {
        Field::Address
    } else if has("dien thoai") || is(&["sdt", "so dt"]) {
        Field::Phone
    } else if word("huyen") {
        Field::District
    } else if word("thon") || word("khoi") || word("to dan pho") || word("ban") {
        Field::Village
    } else if word("xa") || word("phuong") {
        Field::Commune
    } else if word("tinh") && !begins("ma") {
        Field::Province
    } else if is(&["tuoi", "so tuoi"]) {
        Field::Age
    } else if has("ghi chu") {
        Field::Note
    } else {
        return None;
    })
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
