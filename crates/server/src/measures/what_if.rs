//! What another rule would make of a round's households.

use std::collections::BTreeMap;

use rasoat_casework::CommuneCode;
use rasoat_reports::Class;
use rasoat_reports::what_if::{Flows, Lines, Move, Scheme, Test};
use uuid::Uuid;

use super::{Seen, indicator_view, slot_view, standard};
use crate::files::Work;
use crate::library::Library;
use crate::problem::Refusal;
use crate::requests::restrict::restricted;
use crate::sheet::{Figure, Sheet, Worded};
use crate::state::State;
use crate::storage::{HouseholdKeyRef, HouseholdRow, StorageError};
use crate::time::rfc3339;
use crate::view::{
    ChangedHouseholdView, CommuneTrialView, FlowView, LinesView, SchemeView, SchemesView, WhatIfForm,
    WhatIfView,
};

/// Changed households on a page.
const PAGE: usize = 50;
/// Lines beyond this are a slip of the pen.
const HIGHEST_LINE: f64 = 1e12;

/// A household whose class changes.
#[derive(Debug, Clone)]
pub(crate) struct Changed {
    key: HouseholdKeyRef,
    area: rasoat_casework::AreaType,
    way: Move,
}

/// What comes of a rule.
pub(crate) struct Trial {
    all: Flows,
    communes: BTreeMap<CommuneCode, Flows>,
    pub(crate) changed: Vec<Changed>,
}

/// The standards as they are.
pub(crate) fn schemes(library: &Library) -> Result<SchemesView, Refusal> {
    let view = |slot: u8| {
        let standard = standard(library, slot)?;
        let outline = standard.outline();
        let scheme = Scheme::of(&outline, usize::from(slot));
        let lines =
            |test: Option<Test>| test.map(|test| LinesView { rural: test.low.rural, urban: test.low.urban });
        Ok(SchemeView {
            standard: slot_view(standard, slot),
            worksheet: lines(scheme.worksheet),
            points: lines(scheme.points),
            deprivations: scheme.deprivations(),
            indicators: outline.indicators.iter().map(|indicator| indicator_view(indicator, None)).collect(),
        })
    };
    Ok(SchemesView { schemes: [0, 1].into_iter().map(view).collect::<Result<_, Refusal>>()? })
}

/// Tries a rule on what is seen.
pub(crate) fn tried(library: &Library, seen: &Seen, form: &WhatIfForm) -> Result<Trial, Refusal> {
    let before = Scheme::of(&standard(library, form.before)?.outline(), usize::from(form.before));
    let mut after = Scheme::of(&standard(library, form.after)?.outline(), usize::from(form.after));
    for (lines, test) in [(form.worksheet, &mut after.worksheet), (form.points, &mut after.points)] {
        let Some(lines) = lines else { continue };
        if ![lines.rural, lines.urban].iter().all(|line| (0.0..=HIGHEST_LINE).contains(line)) {
            return Err(Refusal::Unreadable);
        }
        let test = test.as_mut().ok_or(Refusal::Unreadable)?;
        test.low = Lines { rural: lines.rural, urban: lines.urban };
    }
    for number in &form.without {
        after.count(*number, false);
    }
    if let Some(deprivations) = form.deprivations {
        if !(1..=u32::from(u8::MAX)).contains(&deprivations) {
            return Err(Refusal::Unreadable);
        }
        after.set_deprivations(deprivations);
    }
    let mut trial = Trial { all: Flows::default(), communes: BTreeMap::new(), changed: Vec::new() };
    for (commune, cases) in seen.cases.communes.iter() {
        let mut flows = Flows::default();
        for case in cases.iter() {
            if let Some(way) = flows.add(&before, &after, case) {
                let key = HouseholdKeyRef::new(commune.clone(), case.household);
                trial.changed.push(Changed { key, area: case.area, way });
            }
        }
        for (way, (households, members)) in &flows.moves {
            let all = trial.all.moves.entry(*way).or_default();
            *all = (all.0 + households, all.1 + members);
        }
        trial.communes.insert(commune.clone(), flows);
    }
    Ok(trial)
}

fn key(class: Option<Class>) -> Option<String> {
    class.map(|class| class.as_str().to_owned())
}

/// What a page shows of it.
pub(crate) async fn view(
    state: &State,
    seen: &Seen,
    trial: &Trial,
    offset: u32,
) -> Result<WhatIfView, StorageError> {
    let page = || trial.changed.iter().skip(offset as usize).take(PAGE);
    let mut rows = state.storage.households(page().map(|changed| changed.key.clone()).collect()).await?;
    let mut households = Vec::new();
    let restricted = restricted(state).await?;
    for changed in page() {
        let mut row = rows.remove(&changed.key);
        if let Some(row) = &mut row {
            restricted.mask(row);
        }
        households.push(changed_view(state, changed, row));
    }
    Ok(WhatIfView {
        round: seen.asked.round,
        lock: seen.asked.lock(),
        place: seen.asked.place_view(&state.library(), &seen.cases),
        counted_at: rfc3339(seen.cases.made_at),
        flows: flows(&trial.all),
        communes: communes(state, trial),
        changed: trial.all.changed(),
        households,
    })
}

fn flows(flows: &Flows) -> Vec<FlowView> {
    let view = |((before, after), (households, members)): (&Move, &(u64, u64))| FlowView {
        before: key(*before),
        after: key(*after),
        households: *households,
        members: *members,
    };
    flows.moves.iter().map(view).collect()
}

fn communes(state: &State, trial: &Trial) -> Vec<CommuneTrialView> {
    let library = state.library();
    let view = |(commune, flows): (&CommuneCode, &Flows)| CommuneTrialView {
        commune: library.commune(commune),
        poor: flows.of(Some(Class::Poor)),
        near_poor: flows.of(Some(Class::NearPoor)),
        changed: flows.changed(),
    };
    trial.communes.iter().filter(|(_, flows)| flows.changed() > 0).map(view).collect()
}

fn changed_view(state: &State, changed: &Changed, row: Option<HouseholdRow>) -> ChangedHouseholdView {
    let (code, head_name, village_name) =
        row.map(|row| (row.code, row.head_name, row.village_name)).unwrap_or_default();
    ChangedHouseholdView {
        commune: state.library().commune(&changed.key.commune),
        id: changed.key.household.to_string(),
        code,
        head_name,
        village_name,
        area: changed.area,
        before: key(changed.way.0),
        after: key(changed.way.1),
    }
}

/// The same as tables: flows, communes, households. What is processed no further is in no list. Tells of the households; as many again are
/// to be written.
pub(crate) async fn sheets(
    state: &State,
    trial: &Trial,
    words: &Worded<'_>,
    work: &Work,
) -> Result<Vec<Sheet>, Refusal> {
    let class = |class: &Option<String>| {
        Figure::Text(words.of(&format!("class.{}", class.as_deref().unwrap_or("open"))))
    };
    let of_flows = flows(&trial.all).into_iter().map(|flow| {
        let counts = [flow.households, flow.members].map(Figure::Count);
        [class(&flow.before), class(&flow.after)].into_iter().chain(counts).collect()
    });
    let of_communes = communes(state, trial).into_iter().map(|row| {
        let counts = [row.poor[0], row.poor[1], row.near_poor[0], row.near_poor[1], row.changed];
        let names = [Figure::Text(row.commune.code), Figure::Text(row.commune.name)];
        names.into_iter().chain(counts.map(Figure::Count)).collect()
    });
    let restricted = restricted(state).await?;
    let mut rows = Vec::new();
    let mut named: BTreeMap<Uuid, HouseholdRow> = BTreeMap::new();
    let mut of_commune = None;
    for (done, changed) in trial.changed.iter().enumerate() {
        if restricted.has(&changed.key) {
            continue;
        }
        if of_commune.as_ref() != Some(&changed.key.commune) {
            work.at(done, 2 * trial.changed.len())?;
            named = of_whole_commune(state, &changed.key.commune).await?;
            of_commune = Some(changed.key.commune.clone());
        }
        let row = changed_view(state, changed, named.remove(&changed.key.household));
        rows.push(vec![
            Figure::Text(row.commune.code),
            Figure::Text(row.commune.name),
            Figure::Text(row.village_name),
            Figure::Text(row.code.unwrap_or_default()),
            Figure::Text(row.head_name),
            class(&row.before),
            class(&row.after),
        ]);
    }
    let of_flows = Sheet {
        name: words.of("flows"),
        head: words.all(&["before", "after", "households", "members"]),
        rows: of_flows.collect(),
        ..Sheet::default()
    };
    let of_communes = Sheet {
        name: words.of("communes"),
        head: words.all(&[
            "commune_code",
            "commune",
            "poor_before",
            "poor_after",
            "near_poor_before",
            "near_poor_after",
            "changed",
        ]),
        rows: of_communes.collect(),
        ..Sheet::default()
    };
    let households = Sheet {
        name: words.of("households"),
        head: words.all(&["commune_code", "commune", "village", "code", "head_name", "before", "after"]),
        rows,
        ..Sheet::default()
    };
    Ok(vec![of_flows, of_communes, households])
}

/// The lines of one commune by household.
async fn of_whole_commune(
    state: &State,
    commune: &CommuneCode,
) -> Result<BTreeMap<Uuid, HouseholdRow>, StorageError> {
    const STEP: u32 = 500;
    let mut found = BTreeMap::new();
    let mut after = Some(HouseholdKeyRef::new(commune.clone(), Uuid::nil()));
    while let Some(from) = after.take() {
        let rows = state.storage.all_households(Some(from), STEP).await?;
        let is_full = rows.len() == STEP as usize;
        let last = rows.last().map(|row| row.key.clone());
        found.extend(
            rows.into_iter().filter(|row| row.key.commune == *commune).map(|row| (row.key.household, row)),
        );
        after = last.filter(|last| is_full && last.commune == *commune);
    }
    Ok(found)
}
