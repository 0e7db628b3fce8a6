//! A household's line made again after edits of others came in.

use rasoat_casework::{CommuneCode, Subject, SubjectKind, VillageId, interview_id};
use rasoat_store::{HouseholdState, Progress, Tx};
use uuid::Uuid;

use super::open::OpenInterview;
use super::seal::progress;
use crate::error::AppError;
use crate::profile::Profile;
use crate::projection::{self, Record};

/// Brings a household's line up to what its documents say. Nothing happens while nobody said who lives there.
pub(crate) fn refresh(
    profile: &Profile,
    tx: &Tx<'_>,
    commune: &CommuneCode,
    household: Uuid,
    now_millis: i64,
) -> Result<(), AppError> {
    let subject = |kind, id| Subject { commune: commune.clone(), kind, id };
    let listed = Record::of(&tx.document(&subject(SubjectKind::Household, household))?);
    let Some(village) = listed.text("village").and_then(|id| id.parse::<VillageId>().ok()) else {
        return Ok(());
    };
    let interview = subject(SubjectKind::Interview, interview_id(household, profile.enrolled.round));
    let sealed = Record::of(&tx.document(&interview)?);
    let drafted = tx.draft(&interview)?.is_some();
    let state = match sealed.text("meta_state").as_deref() {
        // Something is being typed: it is open here, whatever others did meanwhile.
        _ if drafted => HouseholdState::Started,
        Some("signed") => HouseholdState::Signed,
        Some(_) => HouseholdState::Started,
        None => HouseholdState::Listed,
    };
    let answered = Some(&sealed).filter(|record| !record.0.is_empty());
    tx.upsert_household(&projection::line(profile, (household, commune, &village), &listed, answered))?;
    // How it is opened follows from the state.
    let bare = Progress { state, class: None, provisional: false, findings: 0, answered: 0, questions: 0 };
    tx.set_progress(household, &bare)?;
    if state != HouseholdState::Listed {
        let open = OpenInterview::open(profile, tx, household, now_millis)?;
        tx.set_progress(household, &progress(profile, &open, state))?;
    }
    Ok(())
}
