//! Tables and targets of a round: which cases are asked for, and what is counted of them.

pub(crate) mod file;
pub(crate) mod table;
pub(crate) mod targets;

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, Units};
use rasoat_reports::tables::{Bound, Indicator};
use rasoat_reports::{Case, Progress, STANDARDS};

use crate::auth::LoggedIn;
use crate::cases::{Cases, Of, cases};
use crate::library::{KnownStandard, Library};
use crate::problem::Refusal;
use crate::requests::restrict::restricted;
use crate::rounds::open_round;
use crate::routes::listing;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, RoundSnapshot};
use crate::time::rfc3339;
use crate::view::{
    DistrictView, HouseholdKeyForm, HouseholdListView, ReportDoubtsView, ReportLockView, ReportOfView,
    ReportPlaceView, ReportRoundView, ReportStandardView, ReportsView,
};

/// Households on a page of those behind a figure.
const PAGE: usize = 50;

/// Where a report is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Province,
    District(String),
    Commune(CommuneCode),
}

/// What a report is of.
pub(crate) struct Asked {
    pub(crate) round: u16,
    pub(crate) of: Of,
    pub(crate) slot: usize,
    pub(crate) recognised: bool,
    pub(crate) place: Place,
    /// The communes that count; `None`: all.
    pub(crate) communes: Option<BTreeSet<CommuneCode>>,
}

impl Asked {
    /// Reads what was asked, within what somebody may see.
    pub(crate) async fn of(
        state: &State,
        who: &LoggedIn,
        (round, lock): (Option<u16>, Option<u64>),
        slot: Option<u8>,
        (place, recognised): (Option<&str>, bool),
    ) -> Result<Self, Refusal> {
        let open = open_round(state).await?.0;
        let round = round.unwrap_or(open);
        let of = of(state, round, round == open, lock).await?;
        let slot = usize::from(slot.unwrap_or(0));
        if slot >= STANDARDS.len() {
            return Err(Refusal::NotFound);
        }
        let library = state.library();
        let place = place_of(library.units(), place.unwrap_or("province")).ok_or(Refusal::NotFound)?;
        let communes = communes(library.units(), who, &place)?;
        Ok(Self { round, of, slot, recognised, place, communes })
    }

    /// The cases that are asked for.
    pub(crate) async fn cases(&self, state: &State) -> Result<Cases, Refusal> {
        Ok(cases(state, &self.of, self.communes.as_ref()).await?)
    }

    /// What tables are counted by.
    pub(crate) fn bound(&self, library: &Library) -> Bound {
        let known = standard(library, self.slot);
        let indicators = known.map(|known| known.standard.outline().indicators).unwrap_or_default();
        let indicators = indicators.into_iter().map(|indicator| Indicator {
            key: indicator.key,
            number: indicator.number,
            label: indicator.label,
        });
        Bound::new(self.slot, self.recognised, indicators.collect(), library.facts())
    }

    pub(crate) fn view(
        &self,
        library: &Library,
        rows_by: &str,
        counted_at: i64,
    ) -> Result<ReportOfView, Refusal> {
        let name = match &self.place {
            Place::Province => String::new(),
            Place::District(code) => {
                let named = library.units().districts.values().find(|one| one.code == *code);
                named.map(|one| one.name.clone()).unwrap_or_default()
            }
            Place::Commune(code) => library.commune(code).name,
        };
        let key = match &self.place {
            Place::Province => "province".to_owned(),
            Place::District(code) => format!("district.{code}"),
            Place::Commune(code) => format!("commune.{code}"),
        };
        let lock = match &self.of {
            Of::Now => None,
            Of::Lock(lock) => Some(lock.number),
        };
        Ok(ReportOfView {
            round: self.round,
            lock,
            counted_at: rfc3339(counted_at),
            standard: standard_view(library, self.slot).ok_or(Refusal::NotFound)?,
            place: ReportPlaceView { key, name },
            rows_by: rows_by.to_owned(),
            recognised: self.recognised,
        })
    }
}

/// Of the open round what stands, unless a lock is asked for; of an earlier one its last lock.
async fn of(state: &State, round: u16, is_open: bool, lock: Option<u64>) -> Result<Of, Refusal> {
    if is_open && lock.is_none() {
        return Ok(Of::Now);
    }
    let locks = state.storage.round_snapshots().await?.into_iter().filter(|one| one.round == round);
    let wanted = locks.filter(|one| lock.is_none_or(|number| one.number == number));
    wanted.max_by_key(|one| one.number).map(Of::Lock).ok_or(Refusal::NotFound)
}

pub(crate) fn place_of(units: &Units, text: &str) -> Option<Place> {
    match text.split_once('.') {
        None if text == "province" => Some(Place::Province),
        Some(("district", code)) => {
            let known = units.districts.values().any(|one| one.code == code);
            known.then(|| Place::District(code.to_owned()))
        }
        Some(("commune", code)) => {
            let code = code.parse::<CommuneCode>().ok()?;
            units.communes.contains_key(&code).then_some(Place::Commune(code))
        }
        Some(_) | None => None,
    }
}

/// The communes of a place that somebody may see.
pub(crate) fn communes(
    units: &Units,
    who: &LoggedIn,
    place: &Place,
) -> Result<Option<BTreeSet<CommuneCode>>, Refusal> {
    let of_place: Option<BTreeSet<CommuneCode>> = match place {
        Place::Province => None,
        Place::District(code) => Some(
            units
                .districts
                .iter()
                .filter(|(_, one)| one.code == *code)
                .map(|(commune, _)| commune.clone())
                .collect(),
        ),
        Place::Commune(code) => Some(BTreeSet::from([code.clone()])),
    };
    let seen: Option<BTreeSet<CommuneCode>> = match (of_place, who.communes()) {
        (None, scope) => scope,
        (Some(all), None) => Some(all),
        (Some(all), Some(scope)) => Some(all.intersection(&scope).cloned().collect()),
    };
    if seen.as_ref().is_some_and(BTreeSet::is_empty) && *place != Place::Province {
        return Err(Refusal::NotFound);
    }
    Ok(seen)
}

/// The standard of a slot.
pub(crate) fn standard(library: &Library, slot: usize) -> Option<&KnownStandard> {
    let id = STANDARDS.get(slot)?;
    library.standards().iter().find(|known| known.standard.id.starts_with(id))
}

fn standard_view(library: &Library, slot: usize) -> Option<ReportStandardView> {
    let known = standard(library, slot)?;
    Some(ReportStandardView {
        slot: u8::try_from(slot).ok()?,
        id: known.standard.id.clone(),
        title: known.standard.title.clone(),
        confidence: known.standard.confidence(),
    })
}

/// What reports there are.
pub(crate) async fn overview(state: &State, who: &LoggedIn) -> Result<ReportsView, Refusal> {
    let open = open_round(state).await?.0;
    let mut locks: BTreeMap<u16, Vec<RoundSnapshot>> = BTreeMap::from([(open, Vec::new())]);
    for lock in state.storage.round_snapshots().await? {
        locks.entry(lock.round).or_default().push(lock);
    }
    let rounds = locks.into_iter().rev().map(|(round, mut locks)| {
        locks.sort_by_key(|lock| std::cmp::Reverse(lock.number));
        let lock = |lock: RoundSnapshot| ReportLockView { number: lock.number, at: rfc3339(lock.made_at) };
        ReportRoundView { round, open: round == open, locks: locks.into_iter().map(lock).collect() }
    });
    let library = state.library();
    let mut districts: BTreeMap<&str, DistrictView> = BTreeMap::new();
    for (commune, district) in library.units().districts.iter().filter(|(commune, _)| who.sees(commune)) {
        let view = districts.entry(&district.code).or_insert_with(|| DistrictView {
            code: district.code.clone(),
            name: district.name.clone(),
            communes: Vec::new(),
        });
        view.communes.push(commune.as_str().to_owned());
    }
    Ok(ReportsView {
        rounds: rounds.collect(),
        standards: (0..STANDARDS.len()).filter_map(|slot| standard_view(&library, slot)).collect(),
        tables: rasoat_reports::tables::Table::ALL.iter().map(|table| table.as_str().to_owned()).collect(),
        districts: districts.into_values().collect(),
    })
}

/// What is to be known of figures.
pub(crate) fn doubts(cases: &Cases, bound: &Bound) -> ReportDoubtsView {
    let mut doubts = ReportDoubtsView::default();
    for case in cases.communes.values().flatten().filter(|case| case.gone.is_none()) {
        if case.progress != Progress::Signed {
            doubts.unreviewed += 1;
        } else if case.class(bound.slot).is_none() {
            doubts.open += 1;
        } else if case
            .outcomes
            .get(bound.slot)
            .is_some_and(|outcome| outcome.is_some_and(|one| one.provisional > 0))
        {
            doubts.provisional += 1;
        }
    }
    let unknown = cases.living.values().flat_map(BTreeMap::values).filter(|(_, households)| *households == 0);
    doubts.unknown_villages = u32::try_from(unknown.count()).unwrap_or(u32::MAX);
    doubts
}

/// The households that are asked for, by commune and id.
fn keys(cases: &Cases, wanted: impl Fn(&CommuneCode, &Case) -> bool) -> Vec<HouseholdKeyRef> {
    let mut keys: Vec<HouseholdKeyRef> = Vec::new();
    for (commune, cases) in cases.communes.iter() {
        let found = cases.iter().filter(|case| wanted(commune, case));
        keys.extend(found.map(|case| HouseholdKeyRef::new(commune.clone(), case.household)));
    }
    keys.sort_unstable();
    keys
}

/// A page of them.
pub(crate) async fn page(
    state: &State,
    mut keys: Vec<HouseholdKeyRef>,
    after: Option<&HouseholdKeyForm>,
) -> Result<HouseholdListView, Refusal> {
    let after = after.map(listing::key_of).transpose()?;
    let total = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    keys.retain(|key| after.as_ref().is_none_or(|after| key > after));
    let more = keys.len() > PAGE;
    keys.truncate(PAGE);
    let restricted = restricted(state).await?;
    let mut rows = Vec::new();
    for key in &keys {
        if let Some(row) = state.storage.household(key.clone()).await? {
            rows.push(listing::listed(state, row, &restricted));
        }
    }
    let next = keys.last().filter(|_| more).map(listing::form_of);
    Ok(HouseholdListView { total: Some(total), is_cut: false, rows, next })
}
