//! Rows to households.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CitizenId, CommuneCode, Units, fold_name};

use crate::cell::{Cell, Order, Read, order_of, year_of};
use crate::columns::{ListField, Table, letter};
use crate::grouping::{At, Open};
use crate::list::{HouseholdList, LeftOut, ListedHousehold, ListedMember, SheetKind};
use crate::mapping::Mapping;
use crate::place;
use crate::problem::{ListProblem, ProblemCode};
use crate::words::{self, plain};
use crate::workbook::Sheet;

/// Reads the rows of one sheet into the list.
pub(crate) fn read_sheet(
    sheet: &Sheet,
    table: &Table,
    (units, mapping): (&Units, &Mapping),
    list: &mut HouseholdList,
) {
    if !table.usable {
        return;
    }
    let month_first = months_come_first(sheet, table);
    let mut reader = Reader { sheet, table, units, mapping, list, only_commune: None, month_first };
    reader.only_commune = reader.sole_commune().or_else(|| mapping.commune.clone());
    let mut open: Option<Open> = None;
    for (row, cells) in sheet.rows.range(table.first_row..) {
        let at = At { sheet, table, row: *row, cells };
        let (head, member) = (at.words(ListField::HeadName), at.words(ListField::MemberName));
        if at.is_empty() {
            continue;
        }
        let total = [&head, &member].iter().any(|name| name.as_deref().is_some_and(is_total));
        if total || (head.is_none() && member.is_none() && !at.has_person()) {
            reader.problem(&at, None, ProblemCode::RowWithoutHousehold, &[], false);
            continue;
        }
        let next = Open::at(&at, head);
        match &mut open {
            Some(open) if !open.ends_before(&next, table) => open.go_on(next),
            _ => {
                if let Some(done) = open.replace(next) {
                    reader.household(&done.rows);
                }
            }
        }
    }
    if let Some(done) = open {
        reader.household(&done.rows);
    }
}

/// Whether a column of births was written with the month first: some of its dates are possible so only, and none the other
/// way only. Then no other date of it can be trusted.
fn months_come_first(sheet: &Sheet, table: &Table) -> bool {
    let Some(column) = table.column(ListField::Birth) else { return false };
    let texts = sheet.rows.range(table.first_row..).filter_map(|(_, cells)| cells.get(&column)?.as_text());
    let (mut month, mut day) = (false, false);
    for order in texts.filter_map(order_of) {
        month |= order == Order::MonthFirst;
        day |= order == Order::DayFirst;
    }
    month && !day
}

fn is_total(name: &str) -> bool {
    let words = plain(name);
    ["tong cong", "tong so", "cong", "nguoi lap bieu", "tong"].contains(&words.as_str())
}

struct Reader<'a> {
    sheet: &'a Sheet,
    table: &'a Table,
    units: &'a Units,
    mapping: &'a Mapping,
    list: &'a mut HouseholdList,
    /// Whether births have the month before the day.
    month_first: bool,
    /// The commune of everything read before, for sheets that do not name one.
    only_commune: Option<CommuneCode>,
}

impl Reader<'_> {
    fn sole_commune(&self) -> Option<CommuneCode> {
        let all: BTreeSet<&CommuneCode> =
            self.list.households.iter().map(|household| &household.commune).collect();
        if all.len() == 1 { all.first().map(|code| (*code).clone()) } else { None }
    }

    fn problem(
        &mut self,
        at: &At<'_>,
        field: Option<ListField>,
        code: ProblemCode,
        params: &[(&str, String)],
        refuses: bool,
    ) {
        let column = field.and_then(|field| at.table.column(field)).map(letter).unwrap_or_default();
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let row = at.row + 1;
        self.list.problems.push(ListProblem {
            sheet: at.sheet.name.clone(),
            row,
            column,
            code,
            params,
            refuses,
        });
    }

    /// A cell's value; what had to be said about it is reported.
    fn take<T>(
        &mut self,
        at: &At<'_>,
        field: ListField,
        read: impl Fn(&Cell) -> Read<T>,
        param: &str,
    ) -> Option<T> {
        let (value, said) = read(at.cell(field));
        if let Some((code, detail)) = said {
            let params: Vec<(&str, String)> = detail.into_iter().map(|detail| (param, detail)).collect();
            self.problem(at, Some(field), code, &params, false);
        }
        value
    }

    /// A word by its table; an unknown one is reported.
    fn code(
        &mut self,
        at: &At<'_>,
        field: ListField,
        find: fn(&str) -> Option<&'static str>,
        unknown: ProblemCode,
    ) -> Option<String> {
        if *at.cell(field) == Cell::Error {
            self.problem(at, Some(field), ProblemCode::FormulaError, &[], false);
        }
        let words = at.words(field)?;
        let code = find(&words);
        if code.is_none() {
            self.problem(at, Some(field), unknown, &[], false);
        }
        code.map(str::to_owned)
    }

    /// A text; a formula's error is reported.
    fn text(&mut self, at: &At<'_>, field: ListField) -> Option<String> {
        if *at.cell(field) == Cell::Error {
            self.problem(at, Some(field), ProblemCode::FormulaError, &[], false);
        }
        at.words(field)
    }

    /// Rows of one household, its own cells on the first.
    fn household(&mut self, rows: &[u32]) {
        let (sheet, table) = (self.sheet, self.table);
        let at = |row: u32| sheet.rows.get(&row).map(|cells| At { sheet, table, row, cells });
        let Some(first) = rows.first().and_then(|row| at(*row)) else { return };
        let mut members: Vec<ListedMember> = Vec::new();
        for row in rows {
            if let Some(at) = at(*row) {
                members.extend(self.member(&at));
            }
        }
        self.list.rows = self.list.rows.saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let head = self.head(&first, &mut members);
        let place = self.place(&first);
        let mut household = ListedHousehold {
            sheet: sheet.name.clone(),
            row: first.row + 1,
            commune: match (&head, &place) {
                (Some(_), Some((commune, _))) => commune.clone(),
                _ => {
                    self.list.refused += 1;
                    let head = head.or_else(|| first.words(ListField::HeadName)).unwrap_or_default();
                    let (sheet, row) = (sheet.name.clone(), first.row + 1);
                    self.list.left_out.push(LeftOut { sheet, row, head });
                    return;
                }
            },
            village_name: place.map(|(_, village)| village).unwrap_or_default(),
            address: self.text(&first, ListField::Address),
            phone: self.text(&first, ListField::Phone),
            code: self.text(&first, ListField::HouseholdCode),
            head: head.unwrap_or_default(),
            class: self.code(&first, ListField::Class, words::class, ProblemCode::UnknownClass),
            b1: self.take(&first, ListField::B1, Cell::read_number, ""),
            b2: self.take(&first, ListField::B2, Cell::read_number, ""),
            decision_number: self.text(&first, ListField::DecisionNumber),
            decision_date: self.take(&first, ListField::DecisionDate, Cell::read_date, "year"),
            minority: first.cell(ListField::Minority).ticked(),
            no_labour: first.cell(ListField::NoLabour).ticked(),
            merit: first.cell(ListField::Merit).ticked(),
            causes: causes(first.words(ListField::Causes).as_deref()),
            heads_only: table.heads_only(),
            identity: String::new(),
            members,
        };
        match table.kind {
            SheetKind::Current => {}
            SheetKind::EscapedPoor => household.class = Some("escaped_poor".to_owned()),
            SheetKind::EscapedNearPoor => household.class = Some("escaped_near_poor".to_owned()),
        }
        number_members(&mut household.members);
        self.list.households.push(household);
    }

    fn member(&mut self, at: &At<'_>) -> Option<ListedMember> {
        let name = match self.text(at, ListField::MemberName) {
            Some(name) => name,
            // The household's first row may name the head in the head's column only.
            None => at.words(ListField::HeadName).or_else(|| {
                self.problem(at, Some(ListField::MemberName), ProblemCode::MissingName, &[], false);
                None
            })?,
        };
        let relation = self.text(at, ListField::Relation).map(|written| match words::relation(&written) {
            Some(code) => code.to_owned(),
            None => {
                self.problem(at, Some(ListField::Relation), ProblemCode::UnknownRelation, &[], false);
                "other".to_owned()
            }
        });
        let birth = self.take_birth(at);
        let sex = self.code(at, ListField::Sex, words::sex, ProblemCode::UnknownSex);
        Some(ListedMember {
            row: at.row + 1,
            name,
            relation,
            citizen_id: self.take_citizen_id(at, birth.as_deref(), sex.as_deref()),
            birth,
            sex,
            ethnicity: self.code(at, ListField::Ethnicity, words::ethnicity, ProblemCode::UnknownEthnicity),
            identity: String::new(),
        })
    }

    /// A citizen ID. Zeros that a number lost are put back only where birth and sex do not speak against it: the digits that
    /// are missing may be others.
    fn take_citizen_id(&mut self, at: &At<'_>, birth: Option<&str>, sex: Option<&str>) -> Option<CitizenId> {
        let (value, said) = at.cell(ListField::CitizenId).read_citizen_id();
        let (code, detail) = match said {
            None => return value,
            Some((ProblemCode::LeadingZeroRestored, _))
                if value.as_ref().is_some_and(|id| !id.could_be_of(birth, sex)) =>
            {
                self.problem(at, Some(ListField::CitizenId), ProblemCode::DoubtfulCitizenId, &[], false);
                return None;
            }
            Some(said) => said,
        };
        let params: Vec<(&str, String)> = detail.into_iter().map(|detail| ("digits", detail)).collect();
        self.problem(at, Some(ListField::CitizenId), code, &params, false);
        value
    }

    fn take_birth(&mut self, at: &At<'_>) -> Option<String> {
        let cell = at.cell(ListField::Birth);
        if self.month_first
            && let Some(year) = cell.as_text().and_then(|text| order_of(text).and(year_of(text)))
        {
            let params = [("year", year.clone())];
            self.problem(at, Some(ListField::Birth), ProblemCode::DateOrderDoubtful, &params, false);
            return Some(year);
        }
        let (value, said) = cell.read_date();
        if let Some((code, detail)) = said {
            let name = if code == ProblemCode::DateAsText { "written" } else { "year" };
            let params: Vec<(&str, String)> = detail.into_iter().map(|detail| (name, detail)).collect();
            self.problem(at, Some(ListField::Birth), code, &params, false);
        }
        value
    }

    /// The head's name; makes sure that exactly one member is the head.
    fn head(&mut self, first: &At<'_>, members: &mut Vec<ListedMember>) -> Option<String> {
        let is_head = |member: &ListedMember| member.relation.as_deref() == Some("head");
        let named = first.words(ListField::HeadName);
        if let Some(found) = members.iter().find(|member| is_head(member)) {
            return Some(named.unwrap_or_else(|| found.name.clone()));
        }
        let head = match named {
            Some(name) => name,
            None => match members.first() {
                // Without a column of relations the first person is the head.
                Some(member) => member.name.clone(),
                None => {
                    self.problem(first, None, ProblemCode::MissingName, &[], true);
                    return None;
                }
            },
        };
        let same = members.iter_mut().find(|member| fold_name(&member.name) == fold_name(&head));
        if let Some(member) = same {
            member.relation = Some("head".to_owned());
        } else {
            self.problem(first, Some(ListField::HeadName), ProblemCode::HeadNotAmongMembers, &[], false);
            let relation = Some("head".to_owned());
            let row = first.row + 1;
            let (birth, sex, citizen_id, ethnicity) = (None, None, None, None);
            let identity = String::new();
            members.insert(
                0,
                ListedMember {
                    row,
                    name: head.clone(),
                    relation,
                    birth,
                    sex,
                    citizen_id,
                    ethnicity,
                    identity,
                },
            );
        }
        Some(head)
    }

    /// Commune and village.
    fn place(&mut self, first: &At<'_>) -> Option<(CommuneCode, String)> {
        let address = first.words(ListField::Address);
        let (village_of_address, commune_of_address) =
            address.as_deref().map(|address| place::of_address(self.units, address)).unwrap_or_default();
        let (code, name) = (first.words(ListField::CommuneCode), first.words(ListField::Commune));
        let commune = if code.is_none() && name.is_none() {
            commune_of_address.or_else(|| self.only_commune.clone())
        } else {
            let found = place::find(self.units, self.list.layout, code.as_deref(), name.as_deref());
            if let Some((code, params)) = found.problem {
                let params: Vec<(&str, String)> =
                    params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                self.problem(first, Some(ListField::CommuneCode), code, &params, found.commune.is_none());
            }
            Some(found.commune?)
        };
        let Some(commune) = commune else {
            self.problem(first, None, ProblemCode::UnknownCommune, &[], true);
            return None;
        };
        let village = first.words(ListField::Village).or(village_of_address);
        let Some(village) = village.or_else(|| self.mapping.village.clone()) else {
            self.problem(first, Some(ListField::Village), ProblemCode::MissingVillage, &[], true);
            return None;
        };
        Some((commune, village))
    }
}

fn causes(text: Option<&str>) -> Vec<String> {
    let parts = text.unwrap_or_default().split([';', ',', '+', '\n']);
    parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn number_members(members: &mut [ListedMember]) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for member in members {
        let base = match &member.citizen_id {
            Some(id) => format!("id:{}", id.as_str()),
            None => {
                format!("name:{}|{}", fold_name(&member.name), member.birth.as_deref().unwrap_or_default())
            }
        };
        let times = seen.entry(base.clone()).or_default();
        *times += 1;
        member.identity = if *times == 1 { base } else { format!("{base}#{times}") };
    }
}
