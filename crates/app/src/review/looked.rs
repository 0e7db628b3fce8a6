//! A signed interview as it is looked at: read once, with all that speaks for looking closer.

use std::collections::BTreeMap;

use rasoat_casework::{
    Case, Document, Edit, EditId, Remark, RemarkState, Standing, WriterId, fold, version_mark,
};
use rasoat_instrument::{Facet, Path, Value};
use rasoat_store::{HouseholdRow, Reader};

use super::outliers::{Outlier, Visit};
use super::{case_of, changes, remarks};
use crate::error::AppError;
use crate::household::{household_subject, interview_subject};
use crate::interview::asked;
use crate::profile::Profile;
use crate::projection::Record;
use crate::start::count;
use crate::view::{CheckItemView, CheckReason, CheckReasonView, CheckStanding, ListChangeView};

/// The question of what a household owns.
const THINGS: &str = "assets";
/// A longer pause is no interview.
const LONGEST_MILLIS: i64 = 4 * 60 * 60 * 1000;

/// One signed interview.
pub(super) struct Looked {
    pub(super) row: HouseholdRow,
    pub(super) standing: Standing,
    pub(super) changes: Vec<ListChangeView>,
    pub(super) visit: Visit,
    version: String,
    signed_at: Option<String>,
    /// Warnings that have a reason.
    explained: u32,
    remarks: Vec<Remark>,
    /// When its edits were sealed.
    sealed: Vec<(EditId, i64)>,
}

impl Looked {
    pub(super) fn at(profile: &Profile, reader: &Reader<'_>, row: HouseholdRow) -> Result<Self, AppError> {
        let subject = interview_subject(&row);
        let edits: Vec<Edit> = reader.edits_of(&subject)?.into_iter().map(|stored| stored.edit).collect();
        let mut document: Document = fold(&edits);
        document.version.merge(&reader.version(&subject)?);
        let record = Record::of(&document);
        let listed = Record::of(&reader.document(&household_subject(&row))?);
        let case: Case = case_of(profile, reader, &row)?;
        let found = remarks::of(profile, reader, &row)?;
        let explained = record.0.keys().filter(|path| path.facet() == Some(Facet::Reason)).count();
        let (surveyor, signed_at) = (record.text("meta_signed_by"), record.text("meta_signed_at"));
        let answers = record.without_meta().0;
        Ok(Self {
            standing: case.standing(true, &document.version),
            version: version_mark(&document.version),
            changes: changes::against_list(&asked(profile, &listed.0), &answers),
            visit: Visit {
                surveyor: surveyor.unwrap_or_default(),
                millis: None,
                choices: choices(&answers),
                things: things(&answers),
                low: is_low(profile, &row),
            },
            signed_at,
            explained: count(explained),
            remarks: found.into_iter().map(|(_, remark)| remark).collect(),
            sealed: edits.iter().map(|edit| (edit.id, edit.at.millis)).collect(),
            row,
        })
    }

    /// What speaks for looking closer, the weightiest first.
    pub(super) fn reasons(&self, outlier: Outlier) -> Vec<CheckReasonView> {
        let of_state = |state| count(self.remarks.iter().filter(|remark| remark.state == state).count());
        let was_accepted = u32::from(self.standing == Standing::ChangedSince);
        let was_returned = u32::from(self.standing == Standing::SignedAgain);
        let (before, class) = (&self.row.previous_class, &self.row.progress.class);
        let is_other = before.is_some() && class.is_some() && before != class;
        let numbers = [
            (CheckReason::Conflicts, self.row.conflicts),
            (CheckReason::ChangedSince, was_accepted),
            (CheckReason::SignedAgain, was_returned),
            (CheckReason::RemarksOpen, of_state(RemarkState::Open)),
            (CheckReason::RemarksAnswered, of_state(RemarkState::Answered)),
            (CheckReason::Findings, self.row.progress.findings),
            (CheckReason::ClassChanged, u32::from(is_other)),
            (CheckReason::Explained, self.explained),
            (CheckReason::ListChanges, count(self.changes.len())),
        ];
        let pairs = [
            (CheckReason::Quick, outlier.quick),
            (CheckReason::Alike, outlier.alike),
            (CheckReason::Things, outlier.things),
        ];
        let numbers = numbers.into_iter().filter(|(_, number)| *number > 0);
        let numbers = numbers.map(|(code, count)| CheckReasonView { code, count, of: 0 });
        let pairs = pairs.into_iter().filter_map(|(code, pair)| {
            let (count, of) = pair?;
            Some(CheckReasonView { code, count, of })
        });
        numbers.chain(pairs).collect()
    }

    pub(super) fn view(&self, reasons: Vec<CheckReasonView>) -> CheckItemView {
        CheckItemView {
            household: self.row.id.to_string(),
            head_name: self.row.head_name.clone(),
            village_name: self.row.village_name.clone(),
            members: self.row.members,
            surveyor: self.visit.surveyor.clone(),
            signed_at: self.signed_at.clone(),
            previous_class: self.row.previous_class.clone(),
            class: self.row.progress.class.clone(),
            provisional: self.row.progress.provisional,
            standing: match self.standing {
                Standing::Unchecked => CheckStanding::Unchecked,
                Standing::Accepted => CheckStanding::Accepted,
                Standing::ChangedSince => CheckStanding::ChangedSince,
                Standing::Returned => CheckStanding::Returned,
                Standing::SignedAgain => CheckStanding::SignedAgain,
            },
            version: self.version.clone(),
            reasons,
        }
    }
}

/// Says of each how long it took at most: what its edits were sealed after their writer's one before, of all that are here.
pub(super) fn note_times(all: &mut [Looked]) {
    let mut chains: BTreeMap<WriterId, BTreeMap<u64, i64>> = BTreeMap::new();
    for (id, at) in all.iter().flat_map(|one| &one.sealed) {
        chains.entry(id.writer).or_default().insert(id.seq, *at);
    }
    for one in all {
        let took = one.sealed.iter().map(|(id, at)| {
            let (_, before) = chains.get(&id.writer)?.range(..id.seq).next_back()?;
            Some(at - before)
        });
        let took: Option<i64> = took.sum();
        one.visit.millis = took.filter(|millis| (0..LONGEST_MILLIS).contains(millis));
    }
}

/// Answers about the household that were chosen from a list.
fn choices(answers: &BTreeMap<Path, Value>) -> BTreeMap<Path, String> {
    let chosen = answers.iter().filter(|(path, value)| {
        let is_chosen = matches!(value, Value::Choice(_) | Value::Choices(_));
        is_chosen && path.facet().is_none() && path.enclosing_instance().is_none()
    });
    chosen.map(|(path, value)| (path.clone(), value.to_string())).collect()
}

fn things(answers: &BTreeMap<Path, Value>) -> Option<usize> {
    match Path::field(THINGS).ok().and_then(|path| answers.get(&path)) {
        Some(Value::Choices(chosen)) => Some(chosen.len()),
        Some(_) | None => None,
    }
}

/// Whether the class is not the last of its standard, which is of those whose income is high enough.
fn is_low(profile: &Profile, row: &HouseholdRow) -> bool {
    row.progress.class.is_some() && row.progress.class.as_ref() != profile.classes().last()
}
