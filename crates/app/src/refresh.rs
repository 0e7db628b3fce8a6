//! Keeping what lists show of households up with their documents, when edits came from elsewhere.

use std::collections::BTreeSet;

use rasoat_casework::{
    Case, CommuneCode, Document, Edit, Subject, SubjectKind, VillageId, case_id, interview_id,
};
use rasoat_store::{HouseholdRow, HouseholdState, Op, Progress, Reader, Store, StoreError, Tx};
use uuid::Uuid;

use crate::duplicates;
use crate::error::AppError;
use crate::household::{household_subject, interview_subject};
use crate::interview::OpenInterview;
use crate::list_import::{self, ASSUMED_AREAS, assumed_key};
use crate::profile::Profile;
use crate::projection::{self, Record, is_meta};
use crate::rounds;
use crate::start::count;
use crate::village::Villages;

/// The households that edits are about, each with its commune. An interview of which no household is known yet is passed
/// over: the household's own edit, when it comes, brings it along.
pub(crate) fn touched(
    reader: &Reader<'_>,
    edits: &[Edit],
) -> Result<BTreeSet<(CommuneCode, Uuid)>, StoreError> {
    let mut found = BTreeSet::new();
    for edit in edits {
        let Subject { commune, kind, id } = &edit.subject;
        let household = match kind {
            SubjectKind::Household => Some(*id),
            SubjectKind::Interview => reader.household_of(*id)?,
            SubjectKind::Case => Case::of(&reader.document(&edit.subject)?).household,
            SubjectKind::Remark => None,
        };
        found.extend(household.map(|household| (commune.clone(), household)));
    }
    Ok(found)
}

/// Makes every line anew where an older program kept them without what lists are searched and duplicates found by.
pub(crate) fn stale_lists(profile: &Profile, store: &Store, now_millis: i64) -> Result<(), AppError> {
    if !store.read(|reader| reader.are_lists_stale())? {
        return Ok(());
    }
    store.transact(Op::Rebuild, |tx| {
        // Those of edits that came without their lines: brought over from a database that was replaced.
        let unlisted = tx.unlisted_households()?;
        for (commune, id) in tx.all_households()?.into_iter().chain(unlisted) {
            household(profile, tx, (&commune, id), now_millis)?;
        }
        Ok::<_, AppError>(tx.lists_are_fresh()?)
    })?;
    tracing::info!("lists made anew");
    Ok(())
}

/// Counts the answers of interviews with a draft anew: a crash may have kept the answers and not their count.
pub(crate) fn drafted(profile: &Profile, store: &Store, now_millis: i64) -> Result<(), AppError> {
    let drafted = store.read(|reader| reader.drafted())?;
    if drafted.is_empty() {
        return Ok(());
    }
    store.transact(Op::Counts, |tx| {
        for subject in drafted {
            if let Some(id) = tx.household_of(subject.id)? {
                household(profile, tx, (&subject.commune, id), now_millis)?;
            }
        }
        Ok::<_, AppError>(())
    })?;
    Ok(())
}

/// Makes a household's line anew from its documents: what the list says, the members, how far the interview is, its class
/// and its conflicts. Nothing where no edit has said in which village it lives.
pub(crate) fn household(
    profile: &Profile,
    tx: &Tx<'_>,
    (commune, id): (&CommuneCode, Uuid),
    now_millis: i64,
) -> Result<(), AppError> {
    let subject = |kind, id| Subject { commune: commune.clone(), kind, id };
    let listed_document = tx.document(&subject(SubjectKind::Household, id))?;
    let listed = subject(SubjectKind::Household, id);
    let listed = rounds::known_before(profile, tx, &listed, Record::of(&listed_document))?;
    let Some(village) = listed.text("village").and_then(|village| village.parse::<VillageId>().ok()) else {
        return Ok(());
    };
    let interview = subject(SubjectKind::Interview, interview_id(id, profile.enrolled.round));
    let sealed = tx.document(&interview)?;
    let drafted = tx.draft(&interview)?.is_some();
    let conflicts = conflicts(&listed_document) + conflicts(&sealed);
    let record = Record::of(&sealed);
    let begun = !record.0.is_empty();
    // What the list that brought it no longer brings is in no list, and neither need its village be.
    if begun || drafted || !list_import::is_withdrawn(&listed) {
        know_village(profile, tx, (commune, &village), &listed)?;
    }
    let line = projection::line(profile, (id, commune, &village), &listed, begun.then_some(&record));
    tx.upsert_household(&line)?;
    tx.set_conflicts(id, count(conflicts))?;
    tx.set_not_same(id, &duplicates::not_same(&listed))?;
    tx.set_merge_mark(id, duplicates::merge_mark(&listed))?;
    tx.set_withdrawn(id, list_import::is_withdrawn(&listed))?;
    let case = subject(SubjectKind::Case, case_id(id, profile.enrolled.round));
    tx.set_returned(id, Case::of(&tx.document(&case)?).is_returned())?;
    if !begun && !drafted {
        if crate::household::need_row(tx, id)?.progress.state != HouseholdState::Listed {
            // It was in another round.
            tx.set_progress(id, &Progress::listed())?;
        }
        return Ok(());
    }
    // Whoever has a draft works on it, whatever others have signed meanwhile.
    let signed = record.text("meta_state").as_deref() == Some("signed") && !drafted;
    let state = if signed { HouseholdState::Signed } else { HouseholdState::Started };
    let row = HouseholdRow {
        progress: Progress { state, ..Progress::listed() },
        ..crate::household::need_row(tx, id)?
    };
    let open = OpenInterview::of(profile, tx, row, sealed, listed, now_millis)?;
    tx.set_progress(id, &crate::interview::progress(profile, &open, state))?;
    Ok(())
}

/// Counts a household's conflicts anew, after one of its documents changed.
pub(crate) fn count_conflicts(tx: &Tx<'_>, row: &HouseholdRow) -> Result<(), StoreError> {
    let listed = conflicts(&tx.document(&household_subject(row))?);
    let answered = conflicts(&tx.document(&interview_subject(row))?);
    tx.set_conflicts(row.id, count(listed + answered))
}

/// Places in conflict that people can settle; what the program itself writes settles itself.
fn conflicts(document: &Document) -> usize {
    document.conflicts().into_iter().filter(|path| !is_meta(path)).count()
}

/// A village that another laptop's list brought: known by its id and name, its area assumed until the province says it.
pub(crate) fn know_village(
    profile: &Profile,
    tx: &Tx<'_>,
    (commune, village): (&CommuneCode, &VillageId),
    listed: &Record,
) -> Result<(), StoreError> {
    if tx.village(commune, village)?.is_some() {
        return Ok(());
    }
    let name = listed.text("village_name").unwrap_or_else(|| village.to_string());
    let row = Villages::assumed(profile.communes.get(commune), commune, village, name);
    tx.put_village(&row)?;
    let mut assumed: Vec<String> = tx.setting(ASSUMED_AREAS)?.unwrap_or_default();
    assumed.push(assumed_key(&row));
    tx.set_setting(ASSUMED_AREAS, &assumed)
}
