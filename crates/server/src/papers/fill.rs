//! The file of a paper, from the households that stand in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_casework::papers::PaperKind;
use rasoat_documents::{
    Binder, DocumentError, Explanation, InterviewFacts, Source, Village, certificates, decisions,
    filled_interview, interchange, list, minutes, pdf, sources, xlsx,
};

use super::look::{Looked, Rules, STEP};
use crate::files::Work;
use crate::line::{in_force, opened, worded};
use crate::problem::Refusal;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{HouseholdKeyRef, StoredEdit};
use crate::time::rfc3339;
use crate::view::PaperFormat;

/// What is set page by page needs to know of where it is made.
#[derive(Clone)]
struct Made {
    at: i64,
    by: String,
    server: String,
    full_ids: bool,
}

pub(super) async fn bytes(
    state: &State,
    who: &str,
    (kind, format, full_ids): (PaperKind, PaperFormat, bool),
    looked: Looked,
    work: Work,
) -> Result<Vec<u8>, Refusal> {
    let (scoring, rules) = (Arc::clone(&looked.scoring), Arc::clone(&looked.rules));
    let villages = by_village(looked);
    if matches!(kind, PaperKind::Interviews | PaperKind::Explanations) {
        let made = Made { at: state.now(), by: who.to_owned(), server: state.config.name.clone(), full_ids };
        return one_by_one(state, kind, (scoring, made), villages, work).await;
    }
    let villages: Vec<Village> = villages.into_iter().map(|(village, _)| village).collect();
    work.aside(move |work| whole(&scoring, &rules, (kind, format), villages, work)).await
}

/// A paper that is made of households as they were looked at.
fn whole(
    scoring: &Scoring,
    rules: &Rules,
    (kind, format): (PaperKind, PaperFormat),
    villages: Vec<Village>,
    work: &Work,
) -> Result<Vec<u8>, Refusal> {
    match kind {
        PaperKind::Minutes => {
            let procedure = rules.procedure.as_ref().ok_or(Refusal::PapersNothing)?;
            let papers = minutes(&villages, &procedure.meeting);
            work.watched(|watch| pdf(&papers, watch))
        }
        PaperKind::Decisions => {
            let papers = decisions(&villages, &legal(scoring, rules));
            work.watched(|watch| pdf(&papers, watch))
        }
        PaperKind::Certificates => {
            let worded = |question: &str, choice: &str| worded(&scoring.library, question, choice);
            let papers = certificates(&villages, &legal(scoring, rules), worded);
            work.watched(|watch| pdf(&papers, watch))
        }
        PaperKind::Interchange => {
            let list = interchange(scoring.rounds.open.0, villages);
            work.watched(|watch| list.xlsx(watch))
        }
        PaperKind::Review
        | PaperKind::Meeting
        | PaperKind::Posting
        | PaperKind::Results
        | PaperKind::DetailPoor
        | PaperKind::DetailNearPoor
        | PaperKind::Interviews
        | PaperKind::Explanations => {
            let lists: Vec<_> = villages.iter().filter_map(|village| list(kind, village)).collect();
            work.watched(|watch| match format {
                PaperFormat::Pdf => pdf(&lists, watch),
                PaperFormat::Xlsx => xlsx(&lists, watch),
            })
        }
    }
}

/// The legal texts that decisions and certificates rest on.
fn legal(scoring: &Scoring, rules: &Rules) -> Vec<Source> {
    let form = scoring.library.latest();
    let standard = form.and_then(|form| in_force(&form.standards, scoring.rounds.open));
    sources(standard.map(|ready| ready.standard()), rules.procedure.as_ref())
}

/// Papers of each household, read again in pieces and bound.
async fn one_by_one(
    state: &State,
    kind: PaperKind,
    (scoring, made): (Arc<Scoring>, Made),
    villages: Vec<(Village, Vec<HouseholdKeyRef>)>,
    work: Work,
) -> Result<Vec<u8>, Refusal> {
    let total = villages.iter().map(|(_, keys)| keys.len()).sum();
    let (mut binder, mut done) = (Binder::default(), 0);
    for (village, keys) in villages {
        let village = Arc::new(village);
        for (step, keys) in keys.chunks(STEP).enumerate() {
            let edits = state.storage.edits_of_all(keys.to_vec()).await?;
            let (keys, scoring, made) = (keys.to_vec(), Arc::clone(&scoring), made.clone());
            let (village, from) = (Arc::clone(&village), done);
            done += keys.len();
            let households = step * STEP;
            binder = work
                .aside(move |work| {
                    for (place, (key, edits)) in keys.iter().zip(&edits).enumerate() {
                        work.at(from + place, total)?;
                        let head = village.households.get(households + place);
                        let Some(household) = head else { continue };
                        let added =
                            paper(kind, &scoring, &made, (&village, household), (key, edits), &mut binder);
                        work.watched(|_| added)?;
                    }
                    Ok(binder)
                })
                .await?;
        }
    }
    work.at(total, total)?;
    work.aside(move |work| work.watched(|_| binder.finish())).await
}

/// Sets one household's paper.
fn paper(
    kind: PaperKind,
    scoring: &Scoring,
    made: &Made,
    (village, household): (&Village, &rasoat_documents::Household),
    (key, edits): (&HouseholdKeyRef, &[StoredEdit]),
    binder: &mut Binder,
) -> Result<(), DocumentError> {
    let Some(mut opened) = opened(scoring, key, edits) else { return Ok(()) };
    if kind == PaperKind::Explanations {
        // The one in force first.
        if let Some(place) = opened.in_force.filter(|place| *place < opened.results.len()) {
            opened.results[..=place].rotate_right(1);
        }
        let (head, results) = (village.head(), opened.results);
        return binder.add(&Explanation { head, household: household.head.clone(), results });
    }
    let facts = InterviewFacts {
        round: village.round,
        head: household.head.clone(),
        code: household.code.clone(),
        place: [
            household.address.clone().unwrap_or_default(),
            village.name.clone(),
            village.commune_name.clone(),
        ],
        area: opened.area,
        signed_by: opened.signed_by,
        signed_at: opened.signed_at,
        full_ids: made.full_ids,
        made: [rfc3339(made.at), made.by.clone(), made.server.clone()],
        results: opened.results,
    };
    binder.add(&filled_interview(&opened.session, facts))
}

/// Households by village with their keys, in the order of villages.
fn by_village(looked: Looked) -> Vec<(Village, Vec<HouseholdKeyRef>)> {
    let Looked { scoring, rules, mut households, .. } = looked;
    households.sort_by(|(key, one), (other_key, other)| (&one.order, key).cmp(&(&other.order, other_key)));
    let mut villages = BTreeMap::<(String, String, String), (Village, Vec<HouseholdKeyRef>)>::new();
    for (key, one) in households {
        let name = rules.village_name(&key.commune, &one.village);
        let of = (key.commune.to_string(), name.clone(), one.village.0);
        let new = || {
            let commune = scoring.library.commune(&key.commune);
            let village = Village {
                commune: commune.code,
                commune_name: format!("{} {}", commune.kind, commune.name),
                name,
                round: scoring.rounds.open.0,
                made_on: rules.today.to_string(),
                households: Vec::new(),
            };
            (village, Vec::new())
        };
        let (village, keys) = villages.entry(of).or_insert_with(new);
        village.households.push(one.household);
        keys.push(key);
    }
    villages.into_values().collect()
}
