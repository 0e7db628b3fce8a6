//! Tables and targets of a round: which cases are asked for, and what is counted of them.

pub(crate) mod file;
pub(crate) mod table;
pub(crate) mod targets;
pub(crate) mod targets_file;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rasoat_casework::{CommuneCode, Units};
use rasoat_reports::tables::{Bound, Indicator};
use rasoat_reports::{Case, Progress, STANDARDS};

use crate::auth::LoggedIn;
use crate::cases::{Cases, Heads, Of};
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
    /// By its id in its commune's list; an empty one: households of which no village is known.
    Village(CommuneCode, String),
}

impl Place {
    /// As it stands in addresses: `commune.06001`.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Province => "province".to_owned(),
            Self::District(code) => format!("district.{code}"),
            Self::Commune(code) => format!("commune.{code}"),
            Self::Village(commune, village) => format!("village.{commune}.{village}"),
        }
    }

    /// Its name; empty for the province, and `None` for a village, which what is known of it names.
    pub(crate) fn name(&self, library: &Library) -> Option<String> {
        match self {
            Self::Province => Some(String::new()),
            Self::District(code) => {
                let named = library.units().districts.values().find(|one| one.code == *code);
                Some(named.map(|one| one.name.clone()).unwrap_or_default())
            }
            Self::Commune(code) => Some(library.commune(code).name),
            Self::Village(..) => None,
        }
    }
}

/// Which households are asked for: of a round, as it stands or stood at a lock, in a place, as far as somebody sees them.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) round: u16,
    pub(crate) of: Of,
    pub(crate) place: Place,
    /// The communes that count; `None`: all.
    pub(crate) communes: Option<BTreeSet<CommuneCode>>,
}

impl Asked {
    /// Reads what was asked, within what somebody may see. Without a round it is the lock's, else the open one.
    pub(crate) async fn of(
        state: &State,
        who: &LoggedIn,
        (round, lock): (Option<u16>, Option<u64>),
        place: Option<&str>,
    ) -> Result<Self, Refusal> {
        let open = open_round(state).await?.0;
        let (round, of) = of(state, open, (round, lock)).await?;
        let library = state.library();
        let place = place_of(library.units(), place.unwrap_or("province")).ok_or(Refusal::NotFound)?;
        let communes = communes(library.units(), who, &place)?;
        Ok(Self { round, of, place, communes })
    }

    /// What the cases that are asked for are made of.
    pub(crate) async fn heads(&self, state: &State) -> Result<Heads, Refusal> {
        Ok(Heads::of(state, &self.of, self.communes.as_ref()).await?)
    }

    /// The cases that are asked for, which `heads` are of.
    pub(crate) async fn cases(&self, state: &State, heads: Heads) -> Result<Cases, Refusal> {
        let all = heads.cases(state).await?;
        let Place::Village(commune, village) = &self.place else { return Ok(all) };
        let of_village = |case: &&Case| *case.village == **village;
        let cases = all.communes.get(commune).into_iter().flat_map(|cases| cases.iter());
        let cases: Vec<Case> = cases.filter(of_village).cloned().collect();
        let living = all.living.get(commune).and_then(|living| living.get_key_value(village));
        if cases.is_empty() && living.is_none() {
            return Err(Refusal::NotFound);
        }
        let living = living.map(|(id, known)| (id.clone(), known.clone())).into_iter().collect();
        Ok(Cases {
            communes: Arc::new([(commune.clone(), Arc::new(cases))].into()),
            living: [(commune.clone(), living)].into(),
            made_at: all.made_at,
        })
    }

    /// The lock, where it is of one.
    pub(crate) fn lock(&self) -> Option<u64> {
        match &self.of {
            Of::Now => None,
            Of::Lock(lock) => Some(lock.number),
        }
    }

    /// The place and its name.
    pub(crate) fn place_view(&self, library: &Library, cases: &Cases) -> ReportPlaceView {
        let name = if let Place::Village(commune, village) = &self.place {
            village_name(cases, commune, village)
        } else {
            self.place.name(library).unwrap_or_default()
        };
        ReportPlaceView { key: self.place.key(), name }
    }
}

/// The name of a village as it is known of these cases; its id, where it is not.
fn village_name(cases: &Cases, commune: &CommuneCode, village: &str) -> String {
    let named = cases.living.get(commune).and_then(|villages| villages.get(village));
    named.map_or_else(|| village.to_owned(), |(name, _)| name.clone())
}

/// What a report is of: households, and how they are told.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) asked: Asked,
    /// The standard in force (0) or the coming one (1).
    pub(crate) slot: usize,
    pub(crate) recognised: bool,
}

impl Judged {
    /// Reads how households are to be told.
    pub(crate) fn of(asked: Asked, slot: Option<u8>, recognised: Option<bool>) -> Result<Self, Refusal> {
        let slot = usize::from(slot.unwrap_or(0));
        if slot >= STANDARDS.len() {
            return Err(Refusal::NotFound);
        }
        Ok(Self { asked, slot, recognised: recognised == Some(true) })
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
        cases: &Cases,
    ) -> Result<ReportOfView, Refusal> {
        Ok(ReportOfView {
            round: self.asked.round,
            lock: self.asked.lock(),
            counted_at: rfc3339(cases.made_at),
            standard: standard_view(library, self.slot).ok_or(Refusal::NotFound)?,
            place: self.asked.place_view(library, cases),
            rows_by: rows_by.to_owned(),
            recognised: self.recognised,
        })
    }
}

/// Of the open round what stands, unless a lock is asked for; of an earlier one its last lock.
async fn of(
    state: &State,
    open: u16,
    (round, lock): (Option<u16>, Option<u64>),
) -> Result<(u16, Of), Refusal> {
    if round.is_none_or(|round| round == open) && lock.is_none() {
        return Ok((open, Of::Now));
    }
    let locks = state.storage.round_snapshots().await?.into_iter();
    let wanted = locks.filter(|one| {
        round.is_none_or(|round| one.round == round) && lock.is_none_or(|number| one.number == number)
    });
    let lock = wanted.max_by_key(|one| one.number).ok_or(Refusal::NotFound)?;
    Ok((lock.round, Of::Lock(lock)))
}

pub(crate) fn place_of(units: &Units, text: &str) -> Option<Place> {
    let commune = |code: &str| {
        let code = code.parse::<CommuneCode>().ok()?;
        units.communes.contains_key(&code).then_some(code)
    };
    match text.split_once('.') {
        None if text == "province" => Some(Place::Province),
        Some(("district", code)) => {
            let known = units.districts.values().any(|one| one.code == code);
            known.then(|| Place::District(code.to_owned()))
        }
        Some(("commune", code)) => commune(code).map(Place::Commune),
        Some(("village", rest)) => {
            let (code, village) = rest.split_once('.')?;
            Some(Place::Village(commune(code)?, village.to_owned()))
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
        Place::Commune(code) | Place::Village(code, _) => Some(BTreeSet::from([code.clone()])),
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
    for case in cases.communes.values().flat_map(|all| all.iter()).filter(|case| case.gone.is_none()) {
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

/// Which of the households that are asked for are wanted.
#[derive(Debug)]
pub(crate) struct Part {
    /// Those behind this one.
    after: Option<HouseholdKeyRef>,
    /// So many of them.
    most: usize,
}

impl Part {
    /// All of them.
    pub(crate) const ALL: Self = Self { after: None, most: usize::MAX };

    /// A page of them, and one more where there is one.
    ///
    /// # Errors
    /// `unreadable`
    pub(crate) fn page(after: Option<&HouseholdKeyForm>) -> Result<Self, Refusal> {
        Ok(Self { after: after.map(listing::key_of).transpose()?, most: PAGE + 1 })
    }
}

/// Households that are asked for.
#[derive(Debug)]
pub(crate) struct Found {
    /// How many there are in all.
    total: u32,
    /// Those of the part that is wanted, by commune and id.
    pub(crate) keys: Vec<HouseholdKeyRef>,
}

impl Found {
    fn of(cases: &Cases, part: &Part, wanted: impl Fn(&CommuneCode, &Case) -> bool) -> Self {
        let (mut total, mut keys) = (0_u32, Vec::new());
        for (commune, cases) in cases.communes.iter() {
            for case in cases.iter().filter(|case| wanted(commune, case)) {
                total = total.saturating_add(1);
                let is_behind = part
                    .after
                    .as_ref()
                    .is_none_or(|after| (commune, &case.household) > (&after.commune, &after.household));
                if is_behind && keys.len() < part.most {
                    keys.push(HouseholdKeyRef::new(commune.clone(), case.household));
                }
            }
        }
        Self { total, keys }
    }
}

/// A page of them.
pub(crate) async fn page(state: &State, found: Found) -> Result<HouseholdListView, Refusal> {
    let Found { total, mut keys } = found;
    let more = keys.len() > PAGE;
    keys.truncate(PAGE);
    let restricted = restricted(state).await?;
    let next = keys.last().filter(|_| more).map(listing::form_of);
    let rows = state.storage.households(keys).await?.into_values();
    let rows = rows.map(|row| listing::listed(state, row, &restricted)).collect();
    Ok(HouseholdListView { total: Some(total), is_cut: false, rows, next })
}
