//! Looking at the households of a place, in pieces: who stands in a paper, and what it says of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rasoat_casework::CommuneCode;
use rasoat_casework::papers::{PaperKind, Place as Stands};
use rasoat_casework::procedure::Procedure;

use super::place::Place;
use crate::dataset::households;
use crate::directives::{self, AssignmentWord, said};
use crate::files::Work;
use crate::line::{Filed, filed};
use crate::problem::Refusal;
use crate::project;
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
        communes: impl Iterator<Item = CommuneCode>,
    ) -> Result<Self, StorageError> {
        let mut names = BTreeMap::new();
        for commune in communes {
            for village in state.storage.villages(commune.clone()).await? {
                names.insert((commune.clone(), village.id.to_string()), village.name);
            }
        }
        let said = said(state).await?;
        let assigned = said.all(DirectiveKind::Assignment).filter_map(|directive| {
            Some((directive.key.clone(), directives::word::<AssignmentWord>(directive)?.to))
        });
        let procedures = scoring.library.procedures().iter();
        let procedures = procedures.filter_map(|file| Procedure::from_toml(&file.toml).ok()).collect();
        Ok(Self {
            procedure: Procedure::in_force(procedures, scoring.rounds.open.0),
            names,
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

/// What was found of every paper.
pub(super) struct AllLooked {
    /// By household, where it stands in each paper.
    pub(super) stands: Vec<[Stands; PaperKind::ALL.len()]>,
    /// The name of the village that was asked for, if it is known.
    pub(super) village: Option<String>,
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
pub(super) async fn all(state: &State, place: &Place) -> Result<AllLooked, Refusal> {
    let begun = Begun::of(state, place).await?;
    let (mut stands, mut village) = (Vec::new(), None);
    if let Some(asked) = place.village() {
        let mut names = begun.rules.names.iter();
        village = names.find(|((_, id), _)| id == asked).map(|(_, name)| name.clone());
    }
    for keys in begun.keys.chunks(STEP) {
        for (key, one) in begun.step(state, keys, place.village(), None).await? {
            let on_paper = &one.household.on_paper;
            stands.push(PaperKind::ALL.map(|kind| on_paper.place(kind, begun.rules.today)));
            if village.is_none() {
                village = Some(begun.rules.village_name(&key.commune, &one.village));
            }
        }
    }
    Ok(AllLooked { stands, village })
}

/// The households of a place that stand in a paper.
pub(super) async fn of_kind(
    state: &State,
    place: &Place,
    kind: PaperKind,
    work: &Work,
) -> Result<Looked, Refusal> {
    let begun = Begun::of(state, place).await?;
    let (mut stands, mut households, total) = (Vec::new(), Vec::new(), begun.keys.len());
    for (step, keys) in begun.keys.chunks(STEP).enumerate() {
        // Making it is the other half.
        work.at(step * STEP, 2 * total)?;
        for (key, one) in begun.step(state, keys, place.village(), Some(kind)).await? {
            let stands_in = one.household.on_paper.place(kind, begun.rules.today);
            stands.push(stands_in);
            if stands_in == Stands::In {
                households.push((key, one));
            }
        }
    }
    Ok(Looked { scoring: begun.scoring, rules: begun.rules, read: total, stands, households })
}

/// A look at a place, begun.
struct Begun {
    scoring: Arc<Scoring>,
    rules: Arc<Rules>,
    keys: Vec<HouseholdKeyRef>,
}

impl Begun {
    async fn of(state: &State, place: &Place) -> Result<Self, Refusal> {
        project::catch_up(state).await?;
        let scoring = Scoring::now(state).await?;
        let (keys, _) = households(state, place.communes.as_ref()).await?;
        let mut communes: Vec<CommuneCode> = keys.iter().map(|key| key.commune.clone()).collect();
        communes.extend(place.communes.iter().flatten().cloned());
        communes.sort_unstable();
        communes.dedup();
        let rules = Rules::of(state, &scoring, communes.into_iter()).await?;
        Ok(Self { scoring: Arc::new(scoring), rules: Arc::new(rules), keys })
    }

    /// Some of the households, as far as they are of the village that is asked for.
    async fn step(
        &self,
        state: &State,
        keys: &[HouseholdKeyRef],
        village: Option<&str>,
        kind: Option<PaperKind>,
    ) -> Result<Vec<(HouseholdKeyRef, Filed)>, Refusal> {
        let (keys, village) = (keys.to_vec(), village.map(str::to_owned));
        let edits: Vec<Vec<StoredEdit>> = state.storage.edits_of_all(keys.clone()).await?;
        let (scoring, rules) = (Arc::clone(&self.scoring), Arc::clone(&self.rules));
        let looked = tokio::task::spawn_blocking(move || {
            let of = |(key, edits): (HouseholdKeyRef, Vec<StoredEdit>)| {
                let one = filed(&scoring, &rules, &key, &edits, kind);
                (key, one)
            };
            let is_there =
                |(_, one): &(_, Filed)| village.as_ref().is_none_or(|village| *village == one.village.0);
            keys.into_iter().zip(edits).map(of).filter(is_there).collect()
        });
        looked.await.map_err(|_| Refusal::Busy)
    }
}
