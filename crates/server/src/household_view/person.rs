//! What is held of one person, or of a household as such: every word on every place, told apart from what concerns others.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{Edit, Remark, SubjectKind, fold, trace};
use rasoat_instrument::{Path, Segment, Value};
use uuid::Uuid;

use super::words::Words;
use super::{Origins, procedure};
use crate::assess::is_meta;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{DeviceActivity, StoredEdit};
use crate::time::rfc3339;
use crate::view::{AnswerView, HeldAbout, HeldSource, HeldValueView, LeftOutView, RemarkView};

/// The repeat whose instances are people.
const MEMBERS: &str = "members";
const RELATION: &str = "relation";
const HEAD: &str = "head";
const CITIZEN_ID: &str = "citizen_id";

/// What is held, and how much of the household's was left out.
pub(crate) struct HeldOf {
    pub(crate) values: Vec<HeldValueView>,
    pub(crate) remarks: Vec<RemarkView>,
    pub(crate) left_out: LeftOutView,
}

/// Of whom.
struct Whose {
    /// `members.m0`; none: of the household as such.
    member: Option<Path>,
    /// Free text beside the members (telephone, who answered, notes) may be about anybody: it goes to the head, and to who asks
    /// for the household.
    texts_too: bool,
}

/// Whom a place is about.
enum About {
    Person,
    Household,
    AnotherMember,
    Anybody,
}

/// Reads what is held of a member (`members.m0`), or of the household as such.
pub(crate) fn held_of(
    state: &State,
    scoring: &Scoring,
    edits: &[StoredEdit],
    devices: &[DeviceActivity],
    member: Option<Path>,
) -> HeldOf {
    let known = edits.iter().rev().filter_map(|stored| stored.edit.instrument);
    let form = known.filter_map(|hash| scoring.library.instrument(&hash)).next();
    let words = Words::of(
        form.or_else(|| scoring.library.latest()).map(|instrument| &**instrument.plan.definition()),
    );
    let whose = Whose { texts_too: member.as_ref().is_none_or(|path| is_head(edits, path)), member };
    let origins = Origins::of(state, edits, devices);
    let (mut values, mut others, mut texts) = (Vec::new(), BTreeSet::new(), 0);
    for (source, kind) in
        [(HeldSource::Interview, SubjectKind::Interview), (HeldSource::List, SubjectKind::Household)]
    {
        // Each round's interview by itself: one does not replace what another says.
        let traces = of_kind(edits, kind).into_values().flat_map(trace);
        for (path, said) in traces.filter(|(path, _)| !is_meta(path)) {
            let is_text = said.iter().any(|word| matches!(word.value, Some(Value::Text(_))));
            let about = match whose.about(&path, is_text) {
                About::Person => HeldAbout::Person,
                About::Household => HeldAbout::Household,
                About::AnotherMember => {
                    if let Some(Segment::Instance(_, id)) = path.segments().next() {
                        others.insert(id.to_owned());
                    }
                    continue;
                }
                About::Anybody => {
                    texts += 1;
                    continue;
                }
            };
            values.extend(said.into_iter().map(|word| {
                let candidate = origins.candidate(word.value.as_ref(), &path, word.edit.id, &words);
                let stored = edits.iter().find(|stored| stored.edit.id == word.edit.id);
                HeldValueView {
                    path: path.to_string(),
                    label: words.label(&path),
                    about,
                    source,
                    value: word.value.as_ref().map(|value| in_full(&path, value, about, &words)),
                    by: candidate.author,
                    device_name: candidate.device_name,
                    made_at: candidate.made_at,
                    received_at: stored.map(|stored| rfc3339(stored.received_at)).unwrap_or_default(),
                    stands: word.stands,
                }
            }));
        }
    }
    let (remarks, remarks_left_out) = remarks(edits, &whose, &words);
    let members = u32::try_from(others.len()).unwrap_or(u32::MAX);
    HeldOf { values, remarks, left_out: LeftOutView { members, texts, remarks: remarks_left_out } }
}

/// The person's own citizen ID is given in full: whether it is right is what they are to see.
fn in_full(path: &Path, value: &Value, about: HeldAbout, words: &Words<'_>) -> AnswerView {
    let mut answer = words.answer(path, value);
    if about == HeldAbout::Person && path.field_name() == Some(CITIZEN_ID) && path.facet().is_none() {
        answer.canonical = value.to_string();
        answer.text = super::words::plain(&answer.canonical);
    }
    answer
}

/// Remarks are free text: those on the person's questions, and for the head those on the household's.
fn remarks(edits: &[StoredEdit], whose: &Whose, words: &Words<'_>) -> (Vec<RemarkView>, u32) {
    let (all, mut left_out) = (procedure::remark_documents(edits), 0);
    let mut kept: Vec<Remark> = Vec::new();
    for remark in all.iter().filter_map(Remark::of) {
        let is_theirs = match &remark.question {
            Some(question) => matches!(whose.about(question, true), About::Person | About::Household),
            None => whose.texts_too,
        };
        if is_theirs { kept.push(remark) } else { left_out += 1 }
    }
    (kept.into_iter().map(|remark| procedure::remark(remark, words)).collect(), left_out)
}

fn is_head(edits: &[StoredEdit], member: &Path) -> bool {
    let Ok(relation) = member.child(RELATION) else { return false };
    let mut documents =
        [SubjectKind::Interview, SubjectKind::Household].into_iter().flat_map(|kind| of_kind(edits, kind));
    documents.any(|(_, edits)| fold(edits).get(&relation).and_then(Value::as_name) == Some(HEAD))
}

/// Edits of a kind by what they are of.
fn of_kind(edits: &[StoredEdit], kind: SubjectKind) -> BTreeMap<Uuid, Vec<&Edit>> {
    let mut of_kind: BTreeMap<Uuid, Vec<&Edit>> = BTreeMap::new();
    for edit in edits.iter().map(|stored| &stored.edit).filter(|edit| edit.subject.kind == kind) {
        of_kind.entry(edit.subject.id).or_default().push(edit);
    }
    of_kind
}

impl Whose {
    fn about(&self, path: &Path, is_text: bool) -> About {
        let of_a_member = matches!(path.segments().next(), Some(Segment::Instance(MEMBERS, _)));
        match &self.member {
            Some(member) if path.is_within(member) || path == member => About::Person,
            _ if of_a_member => About::AnotherMember,
            _ if (is_text || path.facet().is_some()) && !self.texts_too => About::Anybody,
            _ => About::Household,
        }
    }
}
