//! The official tables of a village or of everything that is here, counted as the province counts them.

use std::collections::BTreeMap;

use rasoat_casework::{CommuneCode, Facts, MERGED_INTO, WITHDRAWN, sort_key};
use rasoat_documents::{Head, OfficialColumn, OfficialRow, OfficialTable, xlsx_sheets};
use rasoat_instrument::Text;
use rasoat_reports::tables::{Bound, Column, Counted, Indicator, Row, Table, Unit};
use rasoat_reports::{Case, CaseMaker, Holding, Listed, Progress, STANDARDS};
use rasoat_store::{HouseholdRow, HouseholdState, Reader};

use super::state::Work;
use crate::app::{App, Opened};
use crate::error::AppError;
use crate::household::{household_subject, interview_subject, parse_village};
use crate::interview::OpenInterview;
use crate::moment::moment;
use crate::procedure::{Desk, Looked};
use crate::profile;
use crate::projection::Record;
use crate::rounds;
use crate::start::count;
use crate::view::{CountedRowView, CountedTableView};

const FACTS: &str = include_str!("../../../../instruments/facts/household-2026.toml");

/// Everything that is here, ready to be counted.
struct Ready {
    facts: Facts,
    /// Cases with their communes and the names of their villages.
    cases: Vec<(CommuneCode, Case)>,
    villages: BTreeMap<(CommuneCode, String), String>,
    /// How many households live there, as far as the province said.
    living: BTreeMap<(CommuneCode, String), u32>,
}

impl App {
    /// One of the official tables by village, of everything that is here, under the standard in force.
    ///
    /// # Errors
    /// What the store says.
    pub fn counted_table(&self, table: Table) -> Result<CountedTableView, AppError> {
        let opened = self.need_open()?;
        let ready = ready(&opened, None, self.now())?;
        let bound = bound(&opened, &ready.facts);
        let counted = counted(&ready, &bound, table);
        let columns = table.columns(&bound);
        let view = |(key, row): (&String, &Row)| CountedRowView {
            key: key.clone(),
            counts: row.counts.iter().map(|count| u32::try_from(*count).unwrap_or(u32::MAX)).collect(),
        };
        Ok(CountedTableView {
            columns: columns.into_iter().map(|column| column.key).collect(),
            rows: counted.rows().map(view).collect(),
        })
    }
}

/// All tables of a village, or of everything that is here, as one workbook.
pub(super) fn write(
    opened: &Opened,
    work: &Work<'_>,
    village: Option<&str>,
    now: i64,
) -> Result<Vec<u8>, AppError> {
    let mut ready = ready(opened, Some(work), now)?;
    let place = village.map(parse_village).transpose()?;
    let village = place.map(|(commune, village)| {
        let key = (commune, village.to_string());
        ready.cases.retain(|(commune, case)| (commune, &case.village) == (&key.0, &key.1));
        ready.living.retain(|village, _| *village == key);
        ready.villages.get(&key).cloned().unwrap_or(key.1)
    });
    let bound = bound(opened, &ready.facts);
    let communes: Vec<String> =
        opened.profile.communes.keys().map(|code| opened.profile.commune_name(code)).collect();
    let head = Head {
        commune: communes.join(", "),
        village,
        round: opened.profile.enrolled.round.0,
        made_on: moment(now).date().to_string(),
    };
    let sheets: Vec<_> =
        Table::ALL.iter().map(|table| official(&ready, &bound, *table).sheet(&head)).collect();
    work.watched(|watch| xlsx_sheets(&sheets, watch))
}

fn ready(opened: &Opened, work: Option<&Work<'_>>, now: i64) -> Result<Ready, AppError> {
    let profile = &opened.profile;
    let facts = Facts::from_toml(FACTS).map_err(|_| AppError::new("damaged"))?;
    let maker = CaseMaker::new(&profile.form.plan, &profile.standards, STANDARDS, &facts);
    let desk = opened.store.read(|reader| Desk::of(profile, reader, now))?;
    let all = opened.store.read(|reader| reader.all_households())?;
    let mut cases = Vec::new();
    for (done, (commune, id)) in all.iter().enumerate() {
        if let Some(work) = work {
            work.at(done, all.len())?;
        }
        let case = opened.store.read(|reader| {
            let Some(row) = reader.household(*id)? else { return Ok::<_, AppError>(None) };
            case(&desk, reader, &maker, row).map(Some)
        })?;
        cases.extend(case.map(|case| (commune.clone(), case)));
    }
    let known = opened.store.read(|reader| reader.villages())?;
    let villages = known.into_iter().map(|known| {
        let village = known.village;
        ((village.commune, village.id.to_string()), village.name)
    });
    let living = opened.store.read(profile::living)?;
    let living = living.into_iter().flat_map(|(commune, villages)| {
        villages
            .into_iter()
            .map(move |(village, households)| ((commune.clone(), village.to_string()), households))
    });
    Ok(Ready { facts, cases, villages: villages.collect(), living: living.collect() })
}

fn case(
    desk: &Desk<'_>,
    reader: &Reader<'_>,
    maker: &CaseMaker,
    row: HouseholdRow,
) -> Result<Case, AppError> {
    let (profile, now) = (desk.profile, desk.now);
    let subject = household_subject(&row);
    let listed = Record::of(&reader.document(&subject)?);
    let known = rounds::known_before(profile, reader, &subject, listed.clone())?;
    let mut case = Case::new(row.id);
    case.village = row.village.to_string();
    let [class, origin] = ["previous_class", "origin"].map(|name| known.text(name));
    let is_listed = row.progress.state == HouseholdState::Listed;
    let listed_as = Listed {
        class: class.as_deref(),
        members: known.members().len(),
        origin: origin.as_deref(),
        merged_into: listed.text(MERGED_INTO).and_then(|id| id.parse().ok()),
        withdrawn: is_listed && listed.text(WITHDRAWN).is_some(),
    };
    listed_as.put(&mut case);
    if is_listed {
        case.members = u8::try_from(known.members().len()).unwrap_or(u8::MAX);
        return Ok(case);
    }
    let is_signed = row.progress.state == HouseholdState::Signed;
    case.progress = if is_signed { Progress::Signed } else { Progress::Begun };
    let open = OpenInterview::open(profile, reader, row.id, now)?;
    maker.put(&open.session, open.area, &mut case);
    // What was asked, whatever is drafted since.
    let asked = Record::of(&reader.document(&interview_subject(&row))?);
    case.members = u8::try_from(asked.members().len()).unwrap_or(u8::MAX);
    case.holding = Holding::of(Looked::at(desk, reader, row)?.way().stage);
    Ok(case)
}

fn bound(opened: &Opened, facts: &Facts) -> Bound {
    let begins = STANDARDS.first().copied().unwrap_or_default();
    let in_force = opened.profile.standards.iter().find(|ready| ready.standard().id.starts_with(begins));
    let indicators = in_force.map(|ready| ready.standard().outline().indicators).unwrap_or_default();
    let indicators = indicators.into_iter().map(|indicator| Indicator {
        key: indicator.key,
        number: indicator.number,
        label: indicator.label,
    });
    Bound::new(0, false, indicators.collect(), facts)
}

/// Rows by village, or by ethnic group.
fn counted(ready: &Ready, bound: &Bound, table: Table) -> Counted<String> {
    let mut counted = Counted::new(table, bound);
    for (commune, case) in &ready.cases {
        let key = if table == Table::Ethnicity {
            format!("ethnic.{:02}", case.ethnicity)
        } else {
            format!("village.{commune}.{}", case.village)
        };
        counted.add(&key, bound, case);
    }
    for ((commune, village), households) in &ready.living {
        counted.add_living(&format!("village.{commune}.{village}"), u64::from(*households));
    }
    counted
}

fn official(ready: &Ready, bound: &Bound, table: Table) -> OfficialTable {
    let columns = table.columns(bound);
    let counted = counted(ready, bound, table);
    let name = |key: &str| {
        let (_, rest) = key.split_once('.').unwrap_or_default();
        let Some((commune, village)) = rest.split_once('.') else { return rest.to_owned() };
        let commune = commune.parse().ok();
        let known = commune.and_then(|commune| ready.villages.get(&(commune, village.to_owned())));
        known.cloned().unwrap_or_else(|| village.to_owned())
    };
    let row = |(key, row): (&String, &Row)| OfficialRow { name: name(key), figures: figures(&columns, row) };
    let mut rows: Vec<OfficialRow> = counted.rows().map(row).collect();
    rows.sort_by_cached_key(|row| sort_key(&row.name));
    let of = |progress: Progress| {
        ready.cases.iter().filter(move |(_, case)| case.gone.is_none() && case.progress == progress)
    };
    let signed = || of(Progress::Signed).map(|(_, case)| case);
    let provisional = signed().filter(|case| case.class(0).is_some() && is_provisional(case)).count();
    let open = signed().filter(|case| case.class(0).is_none()).count();
    let unreviewed = of(Progress::Listed).count() + of(Progress::Begun).count();
    OfficialTable {
        id: table.as_str().to_owned(),
        total: figures(&columns, &counted.total()),
        columns: columns.iter().map(column).collect(),
        rows,
        doubts: [provisional, open, unreviewed].map(count),
    }
}

fn is_provisional(case: &Case) -> bool {
    let [in_force, _] = case.outcomes;
    in_force.is_some_and(|outcome| outcome.provisional > 0)
}

fn column(column: &Column) -> OfficialColumn {
    let words = |label: &Text| label.get("vi").to_owned();
    OfficialColumn {
        key: column.key.clone(),
        label: column.label.as_ref().map(words),
        percent: column.unit == Unit::Percent,
    }
}

/// Shares of nobody are nothing.
fn figures(columns: &[Column], row: &Row) -> Vec<Option<f64>> {
    let figure = |(place, column): (usize, &Column)| match row.figure(column, place) {
        (count, None) => Some(count as f64),
        (_, Some(0)) => None,
        (count, Some(of)) => Some(count as f64 / of as f64),
    };
    columns.iter().enumerate().map(figure).collect()
}
