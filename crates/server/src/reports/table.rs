//! One of the official tables.

use std::collections::BTreeMap;

use rasoat_casework::CommuneCode;
use rasoat_reports::Case;
use rasoat_reports::tables::{Bound, Column, Counted, Row, RowPlace, Table, Unit, adds_to};

use super::{Asked, Found, Judged, Part, Place, doubts, village_name};
use crate::auth::LoggedIn;
use crate::cases::{Cases, Heads};
use crate::library::Library;
use crate::problem::Refusal;
use crate::shipped::ethnic_groups;
use crate::state::State;
use crate::view::{
    ReportCellForm, ReportCellView, ReportColumnView, ReportQuery, ReportRowView, ReportTableView,
};

/// What rows are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowsBy {
    Districts,
    Communes,
    Villages,
}

impl RowsBy {
    const ALL: [Self; 3] = [Self::Districts, Self::Communes, Self::Villages];

    fn as_str(self) -> &'static str {
        match self {
            Self::Districts => "districts",
            Self::Communes => "communes",
            Self::Villages => "villages",
        }
    }
}

/// A table that is asked for.
#[derive(Debug)]
pub(crate) struct Wanted {
    judged: Judged,
    table: Table,
    rows_by: RowsBy,
}

/// The same, and the cases it is made of.
pub(crate) struct Opened {
    judged: Judged,
    table: Table,
    rows_by: RowsBy,
    bound: Bound,
    cases: Cases,
}

impl Wanted {
    /// Finds out what a query asks for.
    pub(crate) async fn of(state: &State, who: &LoggedIn, query: &ReportQuery) -> Result<Self, Refusal> {
        let table = Table::of(&query.table).ok_or(Refusal::NotFound)?;
        let rows_by = match &query.rows {
            None => RowsBy::Communes,
            Some(name) => RowsBy::ALL.into_iter().find(|by| by.as_str() == name).ok_or(Refusal::NotFound)?,
        };
        let asked = Asked::of(state, who, (query.round, query.lock), query.place.as_deref()).await?;
        let judged = Judged::of(asked, query.standard, query.recognised)?;
        // Of a village alone a row of its commune would say too much.
        let is_village = matches!(judged.asked.place, Place::Village(..));
        let rows_by = if is_village { RowsBy::Villages } else { rows_by };
        Ok(Self { judged, table, rows_by })
    }

    /// What it is made of.
    pub(crate) async fn heads(&self, state: &State) -> Result<Heads, Refusal> {
        self.judged.asked.heads(state).await
    }

    /// Reads that.
    pub(crate) async fn open(self, state: &State, heads: Heads) -> Result<Opened, Refusal> {
        let Self { judged, table, rows_by } = self;
        let cases = judged.asked.cases(state, heads).await?;
        let bound = judged.bound(&state.library());
        Ok(Opened { judged, table, rows_by, bound, cases })
    }
}

impl Opened {
    /// Finds out what a query asks for, and reads it.
    pub(crate) async fn of(state: &State, who: &LoggedIn, query: &ReportQuery) -> Result<Self, Refusal> {
        let wanted = Wanted::of(state, who, query).await?;
        let heads = wanted.heads(state).await?;
        wanted.open(state, heads).await
    }

    /// The table as the page shows it.
    pub(crate) fn view(&self, library: &Library) -> Result<ReportTableView, Refusal> {
        let columns = self.table.columns(&self.bound);
        let counted = self.counted(library);
        let mut rows: Vec<ReportRowView> =
            counted.rows().map(|(key, row)| self.row(library, key, row, &columns)).collect();
        rows.sort_by_cached_key(|row| (rasoat_casework::sort_key(&row.name), row.key.clone()));
        let total = self.row(library, "total", &counted.total(), &columns);
        Ok(ReportTableView {
            id: self.table.as_str().to_owned(),
            of: self.judged.view(library, self.rows_by.as_str(), &self.cases)?,
            columns: columns.iter().map(column_view).collect(),
            rows,
            total,
            doubts: doubts(&self.cases, &self.bound),
        })
    }

    /// The households behind a figure.
    pub(crate) fn households(
        &self,
        library: &Library,
        form: &ReportCellForm,
        part: &Part,
    ) -> Result<Found, Refusal> {
        let columns = self.table.columns(&self.bound);
        let place = columns.iter().position(|column| column.key == form.column).ok_or(Refusal::NotFound)?;
        // A share opens those of whom it holds.
        let place = columns.get(place).and_then(|column| column.of).map_or(place, |(numerator, _)| numerator);
        let row = form.row.as_deref().filter(|row| *row != "total");
        let wanted = |commune: &CommuneCode, case: &Case| {
            row.is_none_or(|row| self.key(library, commune, case) == row)
                && adds_to(self.table, &self.bound, case, place)
        };
        Ok(Found::of(&self.cases, part, wanted))
    }

    fn counted(&self, library: &Library) -> Counted<String> {
        let mut counted = Counted::new(self.table, &self.bound);
        for (commune, cases) in self.cases.communes.iter() {
            // Every household of a village, or of an ethnic group, adds to one row.
            let mut places: BTreeMap<(&str, u8), RowPlace> = BTreeMap::new();
            for case in cases.iter() {
                let alike =
                    if self.table == Table::Ethnicity { ("", case.ethnicity) } else { (&*case.village, 0) };
                let place =
                    places.entry(alike).or_insert_with(|| counted.place(&self.key(library, commune, case)));
                counted.add_at(*place, &self.bound, case);
            }
        }
        if self.table == Table::Official {
            for (commune, villages) in &self.cases.living {
                for (village, (_, households)) in villages {
                    let key = self.place_key(library, commune, village);
                    counted.add_living(&key, u64::from(*households));
                }
            }
        }
        counted
    }

    fn key(&self, library: &Library, commune: &CommuneCode, case: &Case) -> String {
        if self.table == Table::Ethnicity {
            return format!("ethnic.{:02}", case.ethnicity);
        }
        self.place_key(library, commune, &case.village)
    }

    fn place_key(&self, library: &Library, commune: &CommuneCode, village: &str) -> String {
        match self.rows_by {
            RowsBy::Districts => {
                let district = library.units().districts.get(commune);
                format!("district.{}", district.map_or("", |district| district.code.as_str()))
            }
            RowsBy::Communes => format!("commune.{commune}"),
            RowsBy::Villages => format!("village.{commune}.{village}"),
        }
    }

    fn name(&self, library: &Library, key: &str) -> String {
        let (kind, rest) = key.split_once('.').unwrap_or((key, ""));
        match kind {
            "district" => {
                let named = library.units().districts.values().find(|one| one.code == rest);
                named.map(|one| one.name.clone()).unwrap_or_default()
            }
            "commune" => rest.parse().map(|code| library.commune(&code).name).unwrap_or_default(),
            "village" => {
                let (commune, village) = rest.split_once('.').unwrap_or((rest, ""));
                let commune: Option<CommuneCode> = commune.parse().ok();
                commune.map(|commune| village_name(&self.cases, &commune, village)).unwrap_or_default()
            }
            "ethnic" => ethnic_groups().remove(rest).unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn row(&self, library: &Library, key: &str, row: &Row, columns: &[Column]) -> ReportRowView {
        let cells = columns.iter().enumerate().map(|(place, column)| {
            let (count, of) = row.figure(column, place);
            ReportCellView { count, of }
        });
        ReportRowView {
            key: key.to_owned(),
            name: self.name(library, key),
            cells: cells.collect(),
            differences: row.balance(self.table).map(|balance| balance.differences.to_vec()),
        }
    }
}

fn column_view(column: &Column) -> ReportColumnView {
    let unit = match column.unit {
        Unit::Households => "households",
        Unit::Persons => "persons",
        Unit::Percent => "percent",
    };
    ReportColumnView {
        key: column.key.clone(),
        group: column.group.clone(),
        unit: unit.to_owned(),
        label: column.label.clone(),
    }
}
