//! Remarks on an interview: made when it is returned, answered by what is changed at their questions.

use std::collections::BTreeSet;

use rasoat_casework::{MAX_REMARK_CHARS, Remark, RemarkState, Subject, SubjectKind, nfc_name, remark_id};
use rasoat_instrument::Path;
use rasoat_store::{HouseholdRow, Reader, StoreError, Tx};
use uuid::Uuid;

use super::{case_of, seal};
use crate::error::AppError;
use crate::interview::OpenInterview;
use crate::moment::rfc3339;
use crate::profile::Profile;
use crate::view::{RemarkState as State, RemarkView, ReturnForm};

/// The remarks on a household's interview with their ids, those on the whole first.
pub(crate) fn of(
    profile: &Profile,
    reader: &Reader<'_>,
    row: &HouseholdRow,
) -> Result<Vec<(Uuid, Remark)>, StoreError> {
    let mut found = Vec::new();
    for id in case_of(profile, reader, row)?.remarks {
        // One whose own edits are still on their way says nothing yet.
        found.extend(Remark::of(&reader.document(&remark_subject(row, id))?).map(|remark| (id, remark)));
    }
    found.sort_by(|(_, one), (_, other)| one.question.cmp(&other.question));
    Ok(found)
}

pub(super) fn remark_subject(row: &HouseholdRow, id: Uuid) -> Subject {
    Subject { commune: row.commune.clone(), kind: SubjectKind::Remark, id }
}

/// What is asked in a form, as remarks.
pub(super) fn make(
    profile: &Profile,
    row: &HouseholdRow,
    form: &ReturnForm,
    now_millis: i64,
) -> Result<Vec<(Uuid, Remark)>, AppError> {
    let whole = std::iter::once((None, form.whole.as_str()));
    let mut made = Vec::new();
    for (question, text) in
        whole.chain(form.remarks.iter().map(|one| (Some(one.question.as_str()), one.text.as_str())))
    {
        let text = nfc_name(text);
        if text.is_empty() {
            continue;
        }
        if text.chars().count() > MAX_REMARK_CHARS {
            return Err(AppError::new("remark_too_long").with("most", MAX_REMARK_CHARS));
        }
        let question = question.map(str::parse::<Path>).transpose();
        let question = question.map_err(|_| AppError::new("unknown_path"))?;
        made.push((
            remark_id(row.interview, question.as_ref()),
            Remark {
                interview: row.interview,
                question,
                texts: vec![text],
                by: profile.author.clone(),
                at: rfc3339(now_millis),
                state: RemarkState::Open,
            },
        ));
    }
    if made.is_empty() { Err(AppError::new("no_remarks")) } else { Ok(made) }
}

/// Seals that remarks were answered by what is being sealed at `places`; those on the whole by signing again.
pub(crate) fn note_answers(
    profile: &Profile,
    tx: &Tx<'_>,
    interview: &OpenInterview,
    places: &BTreeSet<Path>,
    signed: bool,
    now_millis: i64,
) -> Result<(), AppError> {
    for (id, remark) in &interview.remarks {
        let answered = match &remark.question {
            Some(question) => places.iter().any(|place| is_about(place, question)),
            None => signed,
        };
        if answered && remark.state == RemarkState::Open {
            let subject = remark_subject(&interview.row, *id);
            seal(profile, tx, &subject, RemarkState::Answered.change().ok(), now_millis)?;
        }
    }
    Ok(())
}

/// An answer, reason or note at the question, or the person it is about being removed.
fn is_about(place: &Path, question: &Path) -> bool {
    place.base() == *question || (place.field_name().is_none() && question.is_within(place))
}

/// What is asked of an interview as it is now: an answer that waits to be sealed counts.
pub(crate) fn views(interview: &OpenInterview) -> Vec<RemarkView> {
    if interview.remarks.is_empty() {
        return Vec::new();
    }
    let changed = interview.changed();
    let view = |(_, remark): &(Uuid, Remark)| {
        let question = remark.question.as_ref();
        let drafted = question.is_some_and(|question| changed.iter().any(|place| is_about(place, question)));
        RemarkView {
            question: question.map(Path::to_string),
            texts: remark.texts.clone(),
            by: remark.by.clone(),
            at: remark.at.clone(),
            state: match remark.state {
                RemarkState::Open if drafted => State::Answered,
                RemarkState::Open => State::Open,
                RemarkState::Answered => State::Answered,
                RemarkState::Closed => State::Closed,
            },
        }
    };
    interview.remarks.iter().map(view).collect()
}
