//! Looking at the households of a place, in pieces: who stands in a paper, and what it says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use rasoat_casework::CommuneCode;
use rasoat_casework::papers::{PaperKind, Place as Stands, Places};
use rasoat_casework::procedure::Procedure;

use super::found::{self, Found};
use super::place::Place;
use crate::directives::{self, AssignmentWord, said};
use crate::files::Work;
use crate::line::{Filed, filed};
use crate::problem::Refusal;
use crate::project;
use crate::requests::restrict::restricted;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{DirectiveKind, HouseholdKeyRef, StorageError, StoredEdit};
use crate::time::day_in_vietnam;

/// Households read at once.
pub(super) const STEP: usize = 200;

/// What is the same for all households of a paper.
pub(crate) struct Rules {
    pub(super) procedure: Option<Procedure>,
    /// Names of villages by commune and id.
    names: BTreeMap<(CommuneCode, String), String>,
    /// Who does which village, by the village's key.
    assigned: BTreeMap<String, Vec<String>>,
    pub(super) today: Date,
}

impl Rules {
    /// As they are now, of communes; of those alone names are known.
    async fn of(
        state: &State,
        scoring: &Scoring,
        communes: Option<BTreeSet<CommuneCode>>,
    ) -> Result<Self, StorageError> {
        let villages = state.storage.villages_of(communes).await?.into_iter();
        let names = villages.map(|village| ((village.commune, village.id.to_string()), village.name));
        let said = said(state).await?;
        let assigned = said.all(DirectiveKind::Assignment).filter_map(|directive| {
            Some((directive.key.clone(), directives::word::<AssignmentWord>(directive)?.to))
        });
        let procedures = scoring.library.procedures().iter();
        let procedures = procedures.filter_map(|file| Procedure::from_toml(&file.toml).ok()).collect();
        Ok(Self {
            procedure: Procedure::in_force(procedures, scoring.rounds.open.0),
            names: names.collect(),
            assigned: assigned.collect(),
            today: day_in_vietnam(state.now()),
        })
    }

    /// Classes that are certified.
    pub(crate) fn certified(&self) -> &[String] {
        self.procedure.as_ref().map(|procedure| procedure.certificate.classes.as_slice()).unwrap_or_default()
    }

    /// Who does a village.
    pub(crate) fn assigned(&self, commune: &CommuneCode, village: &str) -> Vec<String> {
        self.assigned.get(&format!("{commune}/{village}")).cloned().unwrap_or_default()
    }

    /// A village's name: as the province has it, else as its households name it.
    pub(super) fn village_name(
        &self,
        commune: &CommuneCode,
        (id, named): &(String, Option<String>),
    ) -> String {
        let known = self.names.get(&(commune.clone(), id.clone()));
        known.or(named.as_ref()).unwrap_or(id).clone()
    }
}

/// What was found of one paper.
pub(super) struct Looked {
    pub(super) scoring: Arc<Scoring>,
    pub(super) rules: Arc<Rules>,
    /// Households that were read.
    pub(super) read: usize,
    /// Where each that could stand in it stands.
    pub(super) stands: Vec<Stands>,
    /// Those that do.
    pub(super) households: Vec<(HouseholdKeyRef, Filed)>,
}

/// Where the households of a place stand in every paper.
pub(super) struct AllLooked {
    pub(super) places: Vec<Places>,
    pub(super) today: Date,
    /// The name of the village that was asked for, if it is known.
    pub(super) village: Option<String>,
}

/// Looks where the households of a place stand.
pub(super) async fn all(state: &State, place: &Place) -> Result<AllLooked, Refusal> {
    let begun = Begun::of(state, place).await?;
    let rules = &begun.rules;
    let found = begun.found(state, place.village(), |_| Ok(())).await?;
    let village = place.village().and_then(|asked| {
        let known = rules.names.iter().find(|((_, id), _)| id == asked).map(|(_, name)| name.clone());
        let told = || found.first().map(|(key, one)| rules.village_name(&key.commune, &one.village));
        known.or_else(told)
    });
    let places = found.into_iter().map(|(_, one)| one.places).collect();
    Ok(AllLooked { places, today: rules.today, village })
}

/// The households of a place that stand in a paper.
pub(super) async fn of_kind(
    state: &State,
    place: &Place,
    kind: PaperKind,
    work: &Work,
) -> Result<Looked, Refusal> {
    let begun = Begun::of(state, place).await?;
    let total = begun.households.len();
    // Of those who stand in it more is read, and it is made of them.
    let found = begun.found(state, place.village(), |done| work.at(done, 3 * total)).await?;
    let today = begun.rules.today;
    let stands: Vec<Stands> = found.iter().map(|(_, one)| one.places.place(kind, today)).collect();
    let wanted = found.into_iter().zip(&stands).filter(|(_, stands)| **stands == Stands::In);
    let wanted: Vec<HouseholdKeyRef> = wanted.map(|((key, _), _)| key).collect();
    let mut households = Vec::new();
    let reading = work.after(total);
    for (step, keys) in wanted.chunks(STEP).enumerate() {
        reading.at(step * STEP, 2 * wanted.len())?;
        let read = begun.step(state, keys.to_vec(), Some(kind)).await?;
        // Something may have come in since.
        households.extend(read.into_iter().filter(|(_, one)| one.stands_in(kind, today)));
    }
    let read = total + wanted.len();
    Ok(Looked { scoring: begun.scoring, rules: begun.rules, read, stands, households })
}

/// A look at a place, begun.
struct Begun {
    scoring: Arc<Scoring>,
    rules: Arc<Rules>,
    /// With how many edits each has, by commune. Counted before they are read: what comes in between is read the next time.
    households: Vec<(HouseholdKeyRef, u32)>,
}

impl Begun {
    async fn of(state: &State, place: &Place) -> Result<Self, Refusal> {
        project::catch_up(state).await?;
        let scoring = Scoring::now(state).await?;
        let restricted = restricted(state).await?;
        let known = || scoring.library.units().communes.keys().cloned().collect();
        let communes = place.communes.clone().unwrap_or_else(known);
        let mut households = Vec::new();
        for commune in &communes {
            let counted = state.storage.edits_by_household(commune.clone()).await?.into_iter();
            let counted = counted.filter(|one| one.is_counted);
            let counted =
                counted.map(|one| (HouseholdKeyRef::new(commune.clone(), one.household), one.edits));
            households.extend(counted.filter(|(key, _)| !restricted.has(key)));
        }
        let rules = Rules::of(state, &scoring, place.communes.clone()).await?;
        Ok(Self { scoring: Arc::new(scoring), rules: Arc::new(rules), households })
    }

    /// What is found of each household, as far as they are of the village that is asked for. `told`: how many of them were looked at.
    async fn found(
        &self,
        state: &State,
        village: Option<&str>,
        told: impl Fn(usize) -> Result<(), Refusal>,
    ) -> Result<Vec<(HouseholdKeyRef, Found)>, Refusal> {
        let basis = found::basis(&self.scoring, &self.rules);
        let (mut all, mut done) = (Vec::new(), 0);
        for households in self.households.chunk_by(|(one, _), (next, _)| one.commune == next.commune) {
            let Some(commune) = households.first().map(|(key, _)| &key.commune) else { continue };
            let mut kept = state.papers_found.of(commune, basis);
            let is_stale = |(key, edits): &&(_, _)| kept.found(key, *edits).is_none();
            let stale: Vec<(HouseholdKeyRef, u32)> = households.iter().filter(is_stale).cloned().collect();
            done += households.len() - stale.len();
            for steps in stale.chunks(2 * STEP) {
                told(done)?;
                // While one is looked at the other is read.
                let keys =
                    |step: &[(HouseholdKeyRef, u32)]| step.iter().map(|(key, _)| key.clone()).collect();
                let (one, other) = steps.split_at(steps.len().div_ceil(2));
                let (one, other) = (self.step(state, keys(one), None), self.step(state, keys(other), None));
                let (one, other) = tokio::try_join!(one, other)?;
                let kept = Arc::make_mut(&mut kept);
                let read = one.iter().chain(&other).zip(steps);
                read.for_each(|((key, one), (_, edits))| kept.put(key, *edits, one));
                done += steps.len();
            }
            let found = |(key, edits): &(HouseholdKeyRef, u32)| {
                let found = kept.found(key, *edits)?;
                let is_there = village.is_none_or(|village| *village == found.village.0);
                is_there.then(|| (key.clone(), found.clone()))
            };
            all.extend(households.iter().filter_map(found));
            if !stale.is_empty() {
                state.papers_found.keep(commune.clone(), kept);
            }
        }
        Ok(all)
    }

    /// Reads some of the households.
    async fn step(
        &self,
        state: &State,
        keys: Vec<HouseholdKeyRef>,
        kind: Option<PaperKind>,
    ) -> Result<Vec<(HouseholdKeyRef, Filed)>, Refusal> {
        let edits: Vec<Vec<StoredEdit>> = state.storage.edits_of_all(keys.clone()).await?;
        let (scoring, rules) = (Arc::clone(&self.scoring), Arc::clone(&self.rules));
        let looked = tokio::task::spawn_blocking(move || {
            let of = |(key, edits): (HouseholdKeyRef, Vec<StoredEdit>)| {
                let one = filed(&scoring, &rules, &key, &edits, kind);
                (key, one)
            };
            keys.into_iter().zip(edits).map(of).collect()
        });
        looked.await.map_err(|_| Refusal::Busy)
    }
}
