//! `/api/communes/{code}/plan`: a commune's villages, which income line applies in each, and who does it.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State as Of};
use rasoat_casework::{CommuneCode, VillageId, nfc_name};

use crate::auth::{self, LoggedIn};
use crate::directives::{self, AreaWord, AssignmentWord, SayError, said, village_key};
use crate::enrol::read_villages;
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::{DirectiveKind, NewDirective, VillageRow};
use crate::view::{AreasForm, AssignsForm, PlanView, PlanVillageView, ProblemView, VillagesFileForm};

/// Names that one village can be assigned to.
const MOST_NAMES: usize = 10;
/// Letters of a name at most.
const LONGEST_NAME: usize = 100;

/// A commune's villages.
#[utoipa::path(get, path = "/api/communes/{code}/plan", operation_id = "show_plan", tag = "plan",
    params(("code" = String, Path, description = "Commune code, five digits")), responses(
    (status = 200, body = PlanView, description = "The commune's villages"),
))]
pub(crate) async fn show(
    Of(state): Of<State>,
    who: LoggedIn,
    code: Result<Path<CommuneCode>, PathRejection>,
) -> Result<Json<PlanView>, Refusal> {
    let commune = known(&state, &who, code)?;
    Ok(Json(view(&state, &commune).await?))
}

/// Changes area types. Laptops hear of it, and households of the commune are scored anew.
#[utoipa::path(post, path = "/api/communes/{code}/plan/areas", operation_id = "set_areas", tag = "plan",
    params(("code" = String, Path, description = "Commune code, five digits")), request_body = AreasForm, responses(
    (status = 200, body = PlanView, description = "Changed"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `incomplete`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`"),
))]
pub(crate) async fn set_areas(
    Of(state): Of<State>,
    who: LoggedIn,
    code: Result<Path<CommuneCode>, PathRejection>,
    form: Result<Json<AreasForm>, JsonRejection>,
) -> Result<Json<PlanView>, Refusal> {
    let commune = known(&state, &who, code)?;
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let mut villages = villages_of(&state, &commune).await?;
    let (mut new, mut rows) = (Vec::new(), Vec::new());
    for change in form.villages {
        let id: VillageId = change.id.parse().map_err(|_| Refusal::Incomplete)?;
        let row = villages.remove(&id).ok_or(Refusal::Incomplete)?;
        rows.push(VillageRow { area: change.area_type, ..row });
        let key = village_key(&commune, &id);
        let word = AreaWord { area: change.area_type };
        new.push(directive(&state, &who, (DirectiveKind::Area, &key), &word, change.over)?);
    }
    plan(&state, &who, &commune, "areas_changed", (new, rows, true)).await
}

/// Takes villages and their area types from a file: those that it names are put in place of what was known, others stay.
#[utoipa::path(post, path = "/api/communes/{code}/plan/file", operation_id = "take_villages_file", tag = "plan",
    params(("code" = String, Path, description = "Commune code, five digits")), request_body = VillagesFileForm, responses(
    (status = 200, body = PlanView, description = "Taken"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `villages_file` {line, reason}, `incomplete`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`"),
))]
pub(crate) async fn take_file(
    Of(state): Of<State>,
    who: LoggedIn,
    code: Result<Path<CommuneCode>, PathRejection>,
    form: Result<Json<VillagesFileForm>, JsonRejection>,
) -> Result<Json<PlanView>, Refusal> {
    let commune = known(&state, &who, code)?;
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let only = BTreeSet::from([commune.clone()]);
    let rows = read_villages(&form.csv, &only, state.library().units())?;
    // The file may be the whole province's: the rows of other communes are not this page's.
    let rows: Vec<VillageRow> = rows.into_iter().filter(|row| row.commune == commune).collect();
    if rows.is_empty() {
        return Err(Refusal::Incomplete);
    }
    let (before, said) = (villages_of(&state, &commune).await?, said(&state).await?);
    let mut new = Vec::new();
    for row in &rows {
        if before.get(&row.id).is_some_and(|known| known.area == row.area) {
            continue;
        }
        let key = village_key(&commune, &row.id);
        let over = said.over(DirectiveKind::Area, &key);
        let word = AreaWord { area: row.area };
        new.push(directive(&state, &who, (DirectiveKind::Area, &key), &word, over)?);
    }
    let planned = plan(&state, &who, &commune, "areas_changed", (new, rows, true)).await?;
    // Names and numbers of households are in the file too.
    auth::note_act(&state, &who.account.name, "villages_taken", commune.as_str()).await?;
    Ok(planned)
}

/// Says who does which village. Laptops of the commune hear of it.
#[utoipa::path(post, path = "/api/communes/{code}/plan/assignments", operation_id = "assign_villages", tag = "plan",
    params(("code" = String, Path, description = "Commune code, five digits")), request_body = AssignsForm, responses(
    (status = 200, body = PlanView, description = "Assigned"),
    (status = 400, body = ProblemView, content_type = "application/problem+json", description = "`unreadable`, `incomplete`"),
    (status = 409, body = ProblemView, content_type = "application/problem+json", description = "`changed_meanwhile`"),
))]
pub(crate) async fn assign(
    Of(state): Of<State>,
    who: LoggedIn,
    code: Result<Path<CommuneCode>, PathRejection>,
    form: Result<Json<AssignsForm>, JsonRejection>,
) -> Result<Json<PlanView>, Refusal> {
    let commune = known(&state, &who, code)?;
    let Json(form) = form.map_err(|_| Refusal::Unreadable)?;
    let villages = villages_of(&state, &commune).await?;
    let mut new = Vec::new();
    for change in form.villages {
        let id: VillageId = change.id.parse().map_err(|_| Refusal::Incomplete)?;
        let to: Vec<String> = change.to.iter().map(|name| nfc_name(name)).collect();
        let is_name = |name: &String| (1..=LONGEST_NAME).contains(&name.chars().count());
        if !villages.contains_key(&id) || to.len() > MOST_NAMES || !to.iter().all(is_name) {
            return Err(Refusal::Incomplete);
        }
        let key = village_key(&commune, &id);
        let of = (DirectiveKind::Assignment, key.as_str());
        new.push(directive(&state, &who, of, &AssignmentWord { to }, change.over)?);
    }
    plan(&state, &who, &commune, "villages_assigned", (new, Vec::new(), false)).await
}

fn known(
    state: &State,
    who: &LoggedIn,
    code: Result<Path<CommuneCode>, PathRejection>,
) -> Result<CommuneCode, Refusal> {
    let Path(commune) = code.map_err(|_| Refusal::Unreadable)?;
    who.must_see(&commune)?;
    if state.library().units().communes.contains_key(&commune) { Ok(commune) } else { Err(Refusal::NotFound) }
}

fn directive<T: serde::Serialize>(
    state: &State,
    who: &LoggedIn,
    of: (DirectiveKind, &str),
    word: &T,
    over: u64,
) -> Result<NewDirective, SayError> {
    directives::new(&who.account.name, state.now(), of, word, over)
}

async fn villages_of(
    state: &State,
    commune: &CommuneCode,
) -> Result<BTreeMap<VillageId, VillageRow>, Refusal> {
    let villages = state.storage.villages(commune.clone()).await?;
    Ok(villages.into_iter().map(|village| (village.id.clone(), village)).collect())
}

/// All of it or nothing.
async fn plan(
    state: &State,
    who: &LoggedIn,
    commune: &CommuneCode,
    act: &str,
    (new, rows, is_stale): (Vec<NewDirective>, Vec<VillageRow>, bool),
) -> Result<Json<PlanView>, Refusal> {
    let changed: Vec<String> = new.iter().map(|directive| directive.key.clone()).collect();
    if !state.storage.plan_commune(new, rows, is_stale.then(|| commune.clone())).await? {
        return Err(Refusal::ChangedMeanwhile);
    }
    for village in changed {
        auth::note_act(state, &who.account.name, act, &village).await?;
    }
    if is_stale {
        state.behind.notify_one();
    }
    Ok(Json(view(state, commune).await?))
}

async fn view(state: &State, commune: &CommuneCode) -> Result<PlanView, Refusal> {
    let said = said(state).await?;
    let villages = state.storage.villages(commune.clone()).await?.into_iter().map(|village| {
        let key = village_key(commune, &village.id);
        let assigned: Option<AssignmentWord> = said.word(DirectiveKind::Assignment, &key);
        PlanVillageView {
            id: village.id.to_string(),
            name: village.name,
            households: village.households,
            area_type: village.area,
            area_ruled: said.one(DirectiveKind::Area, &key).is_some(),
            area_over: said.over(DirectiveKind::Area, &key),
            assigned: assigned.map(|word| word.to).unwrap_or_default(),
            assigned_over: said.over(DirectiveKind::Assignment, &key),
        }
    });
    let devices = state.storage.devices().await?.into_iter().map(|activity| activity.device);
    let here = devices.filter(|device| device.revoked_at.is_none() && device.communes.contains(commune));
    let people: BTreeSet<String> = here.flat_map(|device| [device.surveyor, device.name]).collect();
    Ok(PlanView {
        commune: state.library().commune(commune),
        villages: villages.collect(),
        people: people.into_iter().filter(|name| !name.is_empty()).collect(),
    })
}
