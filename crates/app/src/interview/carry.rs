//! What an interview begins with: last year's answers and what the list says, until somebody says that they still hold.
//!
//! What the list says goes to the draft with the first answer. Last year's answers do not: each goes there when it is confirmed or
//! given anew, so that what nobody asked about is neither sealed nor signed as this year's.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{Document, Round, Subject, SubjectKind, interview_id};
use rasoat_instrument::{Changes, InstanceId, POSITION, Path, Value, migrate};
use rasoat_store::{HouseholdRow, OpenDraft, Reader};

use super::open::OpenInterview;
use crate::error::AppError;
use crate::profile::Profile;
use crate::projection::Record;

/// Answers that nobody gave in this interview.
#[derive(Default)]
pub(crate) struct Carried {
    /// What was known before, for comparison: the list's word counts more than last year's answer.
    pub(crate) before: BTreeMap<Path, Value>,
    /// Where a value stands as it was carried over and was not confirmed.
    unconfirmed: BTreeSet<Path>,
    /// Of these, last year's: they are not in the draft.
    withheld: BTreeSet<Path>,
}

impl Carried {
    /// What is known of a household before anything is asked.
    pub(crate) fn of(
        profile: &Profile,
        reader: &Reader<'_>,
        row: &HouseholdRow,
        listed: &Record,
    ) -> Result<Self, AppError> {
        let list: BTreeMap<Path, Value> = asked(profile, &listed.0);
        let last = last_year(profile, reader, row)?;
        let withheld = last.keys().filter(|path| !list.contains_key(path) && !is_position(path)).cloned();
        let withheld: BTreeSet<Path> = withheld.collect();
        let mut before = last;
        before.extend(list);
        let unconfirmed = before.keys().filter(|path| !is_position(path)).cloned().collect();
        Ok(Self { before, unconfirmed, withheld })
    }

    /// Puts last year's answers under those that were given since, in the household and in members who are still here.
    pub(crate) fn underlie(
        &mut self,
        answers: &mut BTreeMap<Path, Value>,
        sealed: &Document,
        draft: Option<&OpenDraft>,
    ) {
        let here: BTreeSet<InstanceId> = answers.keys().filter_map(Path::instance_id).collect();
        let given = |path: &Path| {
            sealed.get(path).is_some() || draft.is_some_and(|draft| draft.answers.contains_key(path))
        };
        self.withheld
            .retain(|path| !given(path) && path.instance_id().is_none_or(|member| here.contains(&member)));
        for path in &self.withheld {
            if let Some(value) = self.before.get(path) {
                answers.entry(path.clone()).or_insert_with(|| value.clone());
            }
        }
        self.begin();
    }

    /// The draft holds what the list said: from then on that is an answer as any other, also when it is opened again.
    pub(crate) fn begin(&mut self) {
        self.unconfirmed.clone_from(&self.withheld);
    }

    /// Nothing is asked of a signed interview.
    pub(crate) fn settle(&mut self) {
        self.unconfirmed.clear();
        self.withheld.clear();
    }

    /// Whether a value stands as it was carried over and was not confirmed.
    pub(crate) fn is_unconfirmed(&self, path: &Path) -> bool {
        self.unconfirmed.contains(path)
    }

    /// Whether an answer stays out of the draft.
    pub(crate) fn is_withheld(&self, path: &Path) -> bool {
        self.withheld.contains(path)
    }

    /// Last year's answers that nobody confirmed.
    pub(crate) fn withheld(&self) -> impl Iterator<Item = &Path> {
        self.withheld.iter()
    }
}

impl OpenInterview {
    /// Notes that an answer is this year's; one that was not in the draft goes there.
    pub(crate) fn confirm(&mut self, path: &Path, changes: &mut Changes) {
        self.carried.unconfirmed.remove(path);
        if self.carried.withheld.remove(path)
            && let Some(value) = self.session.kept().get(path)
        {
            changes.kept.entry(path.clone()).or_insert_with(|| Some(value.clone()));
        }
    }

    /// Whether last year's answer to a question that is asked waits to be confirmed.
    pub(crate) fn waits_for_confirmation(&self) -> bool {
        self.carried.withheld().any(|path| self.session.node(path).is_some_and(|node| node.relevant))
    }
}

/// Last year's answers, as far as the form asks the same and asks no new answer each year.
fn last_year(
    profile: &Profile,
    reader: &Reader<'_>,
    row: &HouseholdRow,
) -> Result<BTreeMap<Path, Value>, AppError> {
    let Some(year) = profile.enrolled.round.0.checked_sub(1) else { return Ok(BTreeMap::new()) };
    let id = interview_id(row.id, Round(year));
    let subject = Subject { commune: row.commune.clone(), kind: SubjectKind::Interview, id };
    let last = Record::of(&reader.document(&subject)?).without_meta();
    let mut answers = asked(profile, &migrate(&last.0, &profile.form.plan).answers);
    answers.retain(|path, _| path.field_name().is_some_and(|name| !profile.form.asks_anew(name)));
    Ok(answers)
}

/// What the form asks of these, and the places of members.
pub(crate) fn asked(profile: &Profile, answers: &BTreeMap<Path, Value>) -> BTreeMap<Path, Value> {
    let asks = |path: &Path| {
        let name = path.field_name().unwrap_or_default();
        path.facet().is_none() && (profile.form.asks(name) || is_position(path))
    };
    answers.iter().filter(|(path, _)| asks(path)).map(|(path, value)| (path.clone(), value.clone())).collect()
}

fn is_position(path: &Path) -> bool {
    path.field_name() == Some(POSITION) && path.enclosing_instance().is_some()
}
