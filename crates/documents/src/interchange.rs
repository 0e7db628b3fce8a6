//! The interchange list of three sheets, written as offices write it, and read back by `rasoat_lists` as it was.
//!
//! The columns of the first sheet keep their letters (B to AA), those of the others theirs (B to M). What the official columns have no
//! place for stands to the right of them, under headings that readers know.

use rasoat_casework::fold_name;
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use serde::{Deserialize, Serialize};

use crate::error::DocumentError;
use crate::table::{Cell, Column, Kind};
use crate::watch::Watch;
use crate::words::words;
use crate::xlsx::{self, Formats};

/// Households between two looks at whether to go on.
const PIECE: usize = 200;
/// All tables begin in column B.
const FIRST: u16 = 1;

/// The households of an interchange list, in their order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Interchange {
    /// The round's year.
    pub round: u16,
    /// The province: "Lạng Sơn".
    pub province: String,
    /// All of them, of whatever sheet.
    pub households: Vec<InterchangeHousehold>,
}

/// One household.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InterchangeHousehold {
    /// The province's household code.
    pub code: Option<String>,
    /// The head's name.
    pub head: String,
    /// Code of the commune in force.
    pub commune: String,
    /// The commune's name with its kind.
    pub commune_name: String,
    /// The village's name.
    pub village: String,
    /// Address within the village.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// `poor`, `near_poor`, `escaped_poor`, `escaped_near_poor`, …: which sheet it stands on.
    pub class: Option<String>,
    /// Number of the decision.
    pub decision_number: Option<String>,
    /// Date of the decision: `2026-12-10`.
    pub decision_date: Option<String>,
    /// B1 points.
    pub b1: Option<f64>,
    /// B2 points.
    pub b2: Option<f64>,
    /// A household of an ethnic minority.
    pub minority: bool,
    /// Nobody is able to work.
    pub no_labour: bool,
    /// With a person of merit.
    pub merit: bool,
    /// Causes of poverty, in words.
    pub causes: Vec<String>,
    /// Everybody, the head included.
    pub members: Vec<InterchangeMember>,
}

/// One member.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InterchangeMember {
    /// Name.
    pub name: String,
    /// Code of the relation to the head: `head`, `child`, …
    pub relation: Option<String>,
    /// `1984-03-12` or `1987`.
    pub birth: Option<String>,
    /// `male` or `female`.
    pub sex: Option<String>,
    /// Citizen ID.
    pub citizen_id: Option<String>,
    /// Code of the ethnic group.
    pub ethnicity: Option<String>,
}

impl InterchangeHousehold {
    /// The head; while nobody is, the first member.
    pub(crate) fn head_member(&self) -> Option<&InterchangeMember> {
        let is_head = |member: &&InterchangeMember| member.relation.as_deref() == Some("head");
        self.members.iter().find(is_head).or(self.members.first())
    }
}

/// One of the three sheets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sheet {
    Current,
    EscapedPoor,
    EscapedNearPoor,
}

/// A column of either kind of sheet: its heading's key, and what it holds.
type Layout = &'static [(&'static str, Kind)];

/// B to AA as offices have them, and what is ours. Column Y stands empty between causes and age.
const CURRENT: Layout = &[
    ("i_number", Kind::Count),
    ("i_head", Kind::Text),
    ("i_member", Kind::Text),
    ("i_relation", Kind::Text),
    ("i_birth", Kind::Text),
    ("i_sex", Kind::Text),
    ("i_citizen_id", Kind::Text),
    ("i_province", Kind::Text),
    ("i_district", Kind::Text),
    ("i_district_code", Kind::Text),
    ("i_commune", Kind::Text),
    ("i_commune_code", Kind::Text),
    ("i_village", Kind::Text),
    ("i_ethnicity", Kind::Text),
    ("i_class", Kind::Text),
    ("i_decision_number", Kind::Text),
    ("i_decision_date", Kind::Text),
    ("i_b1", Kind::Number),
    ("i_b2", Kind::Number),
    ("i_minority", Kind::Text),
    ("i_no_labour", Kind::Text),
    ("i_merit", Kind::Text),
    ("i_causes", Kind::Text),
    ("", Kind::Text),
    ("i_age", Kind::Count),
    ("i_members", Kind::Count),
    ("i_code", Kind::Text),
    ("i_address", Kind::Text),
    ("i_phone", Kind::Text),
];

/// B to L as offices have them, and what is ours.
const ESCAPED: Layout = &[
    ("i_number", Kind::Count),
    ("i_name", Kind::Text),
    ("i_relation", Kind::Text),
    ("i_sex", Kind::Text),
    ("i_birth", Kind::Text),
    ("i_citizen_id", Kind::Text),
    ("i_ethnicity", Kind::Text),
    ("i_address", Kind::Text),
    ("i_b1", Kind::Number),
    ("i_b2", Kind::Number),
    ("", Kind::Text),
    ("i_note", Kind::Text),
    ("i_code", Kind::Text),
    ("i_village", Kind::Text),
    ("i_commune_code", Kind::Text),
    ("i_phone", Kind::Text),
    ("i_decision_number", Kind::Text),
    ("i_decision_date", Kind::Text),
    ("i_minority", Kind::Text),
    ("i_no_labour", Kind::Text),
    ("i_merit", Kind::Text),
    ("i_causes", Kind::Text),
];

impl Interchange {
    /// The workbook. Each household is let go of when it is written: the list and its workbook need not be in memory whole together.
    ///
    /// # Errors
    /// [`DocumentError::Cancelled`]
    pub fn xlsx(self, watch: &mut Watch<'_>) -> Result<Vec<u8>, DocumentError> {
        let mut workbook = Workbook::new();
        let formats = Formats::new();
        let Self { round, province, households } = self;
        let (mut done, total) = (0_usize, households.len());
        let mut sheets: [Vec<InterchangeHousehold>; 3] = Default::default();
        for household in households {
            sheets[Sheet::of(&household) as usize].push(household);
        }
        let list = Self { round, province, households: Vec::new() };
        for (which, households) in Sheet::ALL.into_iter().zip(sheets) {
            let sheet = workbook.add_worksheet().set_name(words().paper(which.name()))?;
            let columns = columns(which.layout());
            let last = FIRST + xlsx::last_column(columns.len());
            sheet.write_string_with_format(2, FIRST, words().paper(which.title()), &formats.title)?;
            let round = words().filled("round", &[("round", &round.to_string())]);
            sheet.write_string(3, FIRST, round)?;
            let first_row = which.first_row();
            for (from, to) in stretches(which.layout()) {
                xlsx::header(sheet, first_row - 1, FIRST + from, &columns[from.into()..to.into()], &formats)?;
            }
            sheet.set_freeze_panes(first_row, FIRST + 2)?.set_repeat_rows(first_row - 1, first_row - 1)?;
            let mut row = first_row;
            for (number, household) in (1_u32..).zip(households) {
                if done.is_multiple_of(PIECE) {
                    watch.at(done, total)?;
                }
                row = list.lines(sheet, which, row, (number, &household), &formats)?;
                done += 1;
            }
            xlsx::printed(sheet, true)?.set_print_area(0, 0, row.saturating_sub(1), last)?;
        }
        watch.at(done, total)?;
        Ok(workbook.save_to_buffer()?)
    }

    /// One row for each member; what belongs to the household stands on the first only. The next free row.
    fn lines(
        &self,
        sheet: &mut Worksheet,
        which: Sheet,
        mut row: u32,
        (number, household): (u32, &InterchangeHousehold),
        formats: &Formats,
    ) -> Result<u32, XlsxError> {
        for (place, member) in household.members.iter().enumerate() {
            for ((key, kind), column) in which.layout().iter().zip(FIRST..) {
                let mut cell = self.cell_of_member(key, member);
                if place == 0 && cell == Cell::Empty {
                    cell = self.cell_of_household(which, key, (number, household));
                }
                if cell != Cell::Empty {
                    xlsx::write(sheet, (row, column), &cell, *kind, formats)?;
                }
            }
            row += 1;
        }
        Ok(row)
    }

    fn cell_of_member(&self, key: &str, member: &InterchangeMember) -> Cell {
        let words = words();
        let known = |code: &Option<String>, names: &std::collections::BTreeMap<String, String>| {
            let code = code.as_deref().unwrap_or_default();
            Cell::text(names.get(code).map_or(code, String::as_str))
        };
        match key {
            "i_member" | "i_name" => Cell::text(&member.name),
            "i_relation" => known(&member.relation, &words.relations),
            "i_birth" => day(member.birth.as_deref()),
            "i_sex" => known(&member.sex, &words.sexes),
            "i_citizen_id" => Cell::text(member.citizen_id.as_deref().unwrap_or_default()),
            "i_ethnicity" => known(&member.ethnicity, &words.ethnic_groups),
            "i_age" => {
                let born = member.birth.as_deref().and_then(|birth| birth.get(..4)?.parse::<u16>().ok());
                Cell::number(born.map(|born| f64::from(self.round) - f64::from(born)))
            }
            _ => Cell::Empty,
        }
    }

    fn cell_of_household(
        &self,
        which: Sheet,
        key: &str,
        (number, household): (u32, &InterchangeHousehold),
    ) -> Cell {
        let words = words();
        let text = |text: &Option<String>| Cell::text(text.as_deref().unwrap_or_default());
        let mark = |is_so: bool| if is_so { Cell::text(&words.paper("mark")) } else { Cell::Empty };
        match key {
            "i_number" => Cell::count(number),
            "i_head" => Cell::text(&household.head),
            "i_province" => Cell::text(&self.province),
            "i_commune" => Cell::text(&household.commune_name),
            "i_commune_code" => Cell::text(&household.commune),
            "i_village" => Cell::text(&household.village),
            "i_class" => {
                let class = household.class.as_deref();
                Cell::text(&class.map(|class| words.class(class)).unwrap_or_default())
            }
            "i_decision_number" => text(&household.decision_number),
            "i_decision_date" => day(household.decision_date.as_deref()),
            "i_b1" => Cell::number(household.b1),
            "i_b2" => Cell::number(household.b2),
            "i_minority" => mark(household.minority),
            "i_no_labour" => mark(household.no_labour),
            "i_merit" => mark(household.merit),
            "i_causes" => Cell::text(&household.causes.join("; ")),
            "i_members" => Cell::number(u32::try_from(household.members.len()).ok().map(f64::from)),
            "i_code" => text(&household.code),
            "i_phone" => text(&household.phone),
            "i_address" if which == Sheet::Current => text(&household.address),
            "i_address" => Cell::text(&whole_address(household)),
            _ => Cell::Empty,
        }
    }
}

impl Sheet {
    const ALL: [Self; 3] = [Self::Current, Self::EscapedPoor, Self::EscapedNearPoor];

    fn of(household: &InterchangeHousehold) -> Self {
        match household.class.as_deref() {
            Some("escaped_poor") => Self::EscapedPoor,
            Some("escaped_near_poor") => Self::EscapedNearPoor,
            Some(_) | None => Self::Current,
        }
    }

    fn layout(self) -> Layout {
        if self == Self::Current { CURRENT } else { ESCAPED }
    }

    /// From 0: data begin in row 8, or 10, as Excel numbers them.
    fn first_row(self) -> u32 {
        if self == Self::Current { 7 } else { 9 }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Current => "sheet_current",
            Self::EscapedPoor => "sheet_escaped_poor",
            Self::EscapedNearPoor => "sheet_escaped_near_poor",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Current => "interchange_current",
            Self::EscapedPoor => "interchange_escaped_poor",
            Self::EscapedNearPoor => "interchange_escaped_near_poor",
        }
    }
}

fn columns(layout: Layout) -> Vec<Column> {
    let column = |(key, kind): &(&str, Kind)| {
        let (heading, width) = words().columns.get(*key).cloned().unwrap_or((String::new(), 3));
        Column { heading, kind: *kind, width }
    };
    layout.iter().map(column).collect()
}

/// The columns with headings, without those between that stand empty: first, and one behind the last.
fn stretches(layout: Layout) -> Vec<(u16, u16)> {
    let mut found = Vec::new();
    let mut from = 0;
    for (column, at) in layout.iter().zip(0_u16..).chain([(&("", Kind::Text), last_of(layout))]) {
        if column.0.is_empty() {
            if from < at {
                found.push((from, at));
            }
            from = at + 1;
        }
    }
    found
}

fn last_of(layout: Layout) -> u16 {
    u16::try_from(layout.len()).unwrap_or(u16::MAX)
}

/// A day as the list asks for it: dd/mm/yyyy, or the year alone.
fn day(canonical: Option<&str>) -> Cell {
    Cell::text(&Cell::day(canonical.unwrap_or_default()).printed(Kind::Date))
}

/// Address, village and commune in one, without saying anything twice.
fn whole_address(household: &InterchangeHousehold) -> String {
    let mut whole = household.address.clone().unwrap_or_default();
    for part in [&household.village, &household.commune_name] {
        if !part.is_empty() && !fold_name(&whole).contains(&fold_name(part)) {
            whole = if whole.is_empty() { part.clone() } else { format!("{whole}, {part}") };
        }
    }
    whole
}
