//! Rows to households.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, Units, fold_name};

use crate::cell::{Cell, Read};
use crate::columns::{Field, Table, letter};
use crate::list::{HouseholdList, ListedHousehold, ListedMember, SheetKind};
use crate::place;
use crate::problem::{ListProblem, ProblemCode};
use crate::words::{self, plain};
use crate::workbook::Sheet;

/// Reads the rows of one sheet into the list.
pub(crate) fn read_sheet(sheet: &Sheet, table: &Table, units: &Units, list: &mut HouseholdList) {
    if !table.usable {
        return;
    }
    let mut reader = Reader { sheet, table, units, list, only_commune: None };
    reader.only_commune = reader.sole_commune();
    let mut open: Option<Vec<u32>> = None;
    let mut head_seen = false;
    let mut last_head = String::new();
    for (row, cells) in sheet.rows.range(table.first_row..) {
        let at = At { sheet, table, row: *row, cells };
        let (head, member) = (at.words(Field::HeadName), at.words(Field::MemberName));
        if at.is_empty() {
            continue;
        }
        let total = [&head, &member].iter().any(|name| name.as_deref().is_some_and(is_total));
        if total || (head.is_none() && member.is_none() && !at.has_person()) {
            reader.problem(&at, None, ProblemCode::RowWithoutHousehold, &[], false);
            continue;
        }
        let is_head = at.words(Field::Relation).as_deref().and_then(words::relation) == Some("head");
        let other_head = head.as_deref().is_some_and(|name| name != last_head);
        let numbered = at.words(Field::Number).is_some();
        let no_relations = table.column(Field::Relation).is_none();
        let begins = open.is_none()
            || other_head
            || (is_head && head_seen)
            || (no_relations && numbered && (head.is_some() || table.kind != SheetKind::Current));
        if begins {
            if let Some(rows) = open.take() {
                reader.household(&rows);
            }
            head_seen = false;
            last_head = head.unwrap_or_default();
        }
        head_seen |= is_head;
        open.get_or_insert_default().push(*row);
    }
    if let Some(rows) = open {
        reader.household(&rows);
    }
}

fn is_total(name: &str) -> bool {
    let words = plain(name);
    ["tong cong", "tong so", "cong", "nguoi lap bieu", "tong"].contains(&words.as_str())
}

/// One row of a sheet.
struct At<'a> {
    sheet: &'a Sheet,
    table: &'a Table,
    row: u32,
    cells: &'a BTreeMap<u32, Cell>,
}

impl At<'_> {
    fn cell(&self, field: Field) -> &Cell {
        self.table.column(field).and_then(|column| self.cells.get(&column)).unwrap_or(&Cell::Empty)
    }

    fn words(&self, field: Field) -> Option<String> {
        self.cell(field).words()
    }

    fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    fn has_person(&self) -> bool {
        [Field::Relation, Field::Birth, Field::CitizenId]
            .iter()
            .any(|field| *self.cell(*field) != Cell::Empty)
    }
}

struct Reader<'a> {
    sheet: &'a Sheet,
    table: &'a Table,
    units: &'a Units,
    list: &'a mut HouseholdList,
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
        field: Option<Field>,
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
        field: Field,
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
        field: Field,
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
    fn text(&mut self, at: &At<'_>, field: Field) -> Option<String> {
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
                    return;
                }
            },
            village_name: place.map(|(_, village)| village).unwrap_or_default(),
            address: self.text(&first, Field::Address),
            phone: self.text(&first, Field::Phone),
            code: self.text(&first, Field::HouseholdCode),
            head: head.unwrap_or_default(),
            class: self.code(&first, Field::Class, words::class, ProblemCode::UnknownClass),
            b1: self.take(&first, Field::B1, Cell::read_number, ""),
            b2: self.take(&first, Field::B2, Cell::read_number, ""),
            decision_number: self.text(&first, Field::DecisionNumber),
            decision_date: self.take(&first, Field::DecisionDate, Cell::read_date, "year"),
            minority: first.cell(Field::Minority).ticked(),
            no_labour: first.cell(Field::NoLabour).ticked(),
            merit: first.cell(Field::Merit).ticked(),
            causes: causes(first.words(Field::Causes).as_deref()),
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
        let name = match self.text(at, Field::MemberName) {
            Some(name) => name,
            // The household's first row may name the head in the head's column only.
            None => at.words(Field::HeadName).or_else(|| {
                self.problem(at, Some(Field::MemberName), ProblemCode::MissingName, &[], false);
                None
            })?,
        };
        let relation = self.text(at, Field::Relation).map(|written| match words::relation(&written) {
            Some(code) => code.to_owned(),
            None => {
                self.problem(at, Some(Field::Relation), ProblemCode::UnknownRelation, &[], false);
                "other".to_owned()
            }
        });
        Some(ListedMember {
            row: at.row + 1,
            name,
            relation,
            birth: self.take_birth(at),
            sex: self.code(at, Field::Sex, words::sex, ProblemCode::UnknownSex),
            citizen_id: self.take(at, Field::CitizenId, Cell::read_citizen_id, "digits"),
            ethnicity: self.code(at, Field::Ethnicity, words::ethnicity, ProblemCode::UnknownEthnicity),
            identity: String::new(),
        })
    }

    fn take_birth(&mut self, at: &At<'_>) -> Option<String> {
        let (value, said) = at.cell(Field::Birth).read_date();
        if let Some((code, detail)) = said {
            let name = if code == ProblemCode::DateAsText { "written" } else { "year" };
            let params: Vec<(&str, String)> = detail.into_iter().map(|detail| (name, detail)).collect();
            self.problem(at, Some(Field::Birth), code, &params, false);
        }
        value
    }

    /// The head's name; makes sure that exactly one member is the head.
    fn head(&mut self, first: &At<'_>, members: &mut Vec<ListedMember>) -> Option<String> {
        let is_head = |member: &ListedMember| member.relation.as_deref() == Some("head");
        let named = first.words(Field::HeadName);
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
            self.problem(first, Some(Field::HeadName), ProblemCode::HeadNotAmongMembers, &[], false);
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
        let address = first.words(Field::Address);
        let (village_of_address, commune_of_address) =
            address.as_deref().map(|address| place::of_address(self.units, address)).unwrap_or_default();
        let (code, name) = (first.words(Field::CommuneCode), first.words(Field::Commune));
        let commune = if code.is_none() && name.is_none() {
            commune_of_address.or_else(|| self.only_commune.clone())
        } else {
            let found = place::find(self.units, self.list.layout, code.as_deref(), name.as_deref());
            if let Some((code, params)) = found.problem {
                let params: Vec<(&str, String)> =
                    params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                self.problem(first, Some(Field::CommuneCode), code, &params, found.commune.is_none());
            }
            Some(found.commune?)
        };
        let Some(commune) = commune else {
            self.problem(first, None, ProblemCode::UnknownCommune, &[], true);
            return None;
        };
        let Some(village) = first.words(Field::Village).or(village_of_address) else {
            self.problem(first, Some(Field::Village), ProblemCode::MissingVillage, &[], true);
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
