//! Filled interviews and their results in plain words, one after the other: no more than one is open at a time.

use rasoat_documents::{Binder, Explanation, InterviewFacts, Village, filled_interview};
use uuid::Uuid;

use super::state::Work;
use crate::app::Opened;
use crate::error::AppError;
use crate::interview::OpenInterview;
use crate::moment::rfc3339;
use crate::projection::Record;

pub(super) fn interviews(
    opened: &Opened,
    work: &Work<'_>,
    villages: &[(Village, Vec<Uuid>)],
    full_ids: bool,
    now: i64,
) -> Result<Vec<u8>, AppError> {
    let profile = &opened.profile;
    each(work, villages, |binder, village, household| {
        let paper = opened.store.read(|reader| {
            let open = OpenInterview::open(profile, reader, household, now)?;
            let sealed = Record::of(&open.sealed);
            let of_signing = |name: &str| open.signed.then(|| sealed.text(name)).flatten();
            let facts = InterviewFacts {
                round: village.round,
                head: open.row.head_name.clone(),
                code: open.row.code.clone(),
                place: [
                    open.row.address.clone().unwrap_or_default(),
                    village.name.clone(),
                    village.commune_name.clone(),
                ],
                area: open.area,
                signed_by: of_signing("meta_signed_by").or_else(|| Some(profile.author.clone())),
                signed_at: of_signing("meta_signed_at"),
                full_ids,
                made: [rfc3339(now), profile.author.clone(), profile.enrolled.device_name.clone()],
                results: profile.classify(&open.session, open.area),
            };
            Ok::<_, AppError>(filled_interview(&open.session, facts))
        })?;
        Ok(binder.add(&paper)?)
    })
}

pub(super) fn explanations(
    opened: &Opened,
    work: &Work<'_>,
    villages: &[(Village, Vec<Uuid>)],
    now: i64,
) -> Result<Vec<u8>, AppError> {
    let profile = &opened.profile;
    each(work, villages, |binder, village, household| {
        let paper = opened.store.read(|reader| {
            let open = OpenInterview::open(profile, reader, household, now)?;
            let mut results = profile.classify(&open.session, open.area);
            // The one in force first.
            if let Some(index) = profile.standard_in_force().filter(|index| *index < results.len()) {
                results[..=index].rotate_right(1);
            }
            Ok::<_, AppError>(Explanation { head: village.head(), household: open.row.head_name, results })
        })?;
        Ok(binder.add(&paper)?)
    })
}

/// Goes over all households, and binds what is made of them.
fn each(
    work: &Work<'_>,
    villages: &[(Village, Vec<Uuid>)],
    mut add: impl FnMut(&mut Binder, &Village, Uuid) -> Result<(), AppError>,
) -> Result<Vec<u8>, AppError> {
    let total = villages.iter().map(|(_, households)| households.len()).sum();
    let mut binder = Binder::default();
    let all =
        villages.iter().flat_map(|(village, households)| households.iter().map(move |id| (village, *id)));
    for (done, (village, household)) in all.enumerate() {
        work.at(done, total)?;
        add(&mut binder, village, household)?;
    }
    work.at(total, total)?;
    Ok(binder.finish()?)
}
