//! One household as the dashboard shows it: answers by section, worded; classes; conflicts; where each edit came from.

mod history;
mod person;
mod procedure;
mod sections;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{AttachmentName, DeviceId, Document, EditId};
use rasoat_instrument::{Path, Value};

use crate::assess::{Assessed, Interview, assess, is_meta, text};
use crate::hex;
use crate::line::{Received, Told, line};
use crate::requests::restrict::Restricted;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{
    self, DeviceActivity, HouseholdKeyRef, HouseholdRow, StoredAttachment, StoredClass, StoredEdit,
};
use crate::time::rfc3339;
use crate::view::{
    AttachmentView, BeforeView, CandidateView, ClassView, ConflictView, DifferenceView, FindingView,
    HouseholdRefView, HouseholdRowView, HouseholdState, HouseholdView, InstrumentView, ReportedView,
};
use words::Words;

pub(crate) use person::{HeldOf, held_of};
pub(crate) use procedure::{acts, remark_state};

/// A line of a household list; of one that is processed no further, without name and number.
pub(crate) fn row(mut row: HouseholdRow, restricted: &Restricted) -> HouseholdRowView {
    let is_restricted = restricted.mask(&mut row);
    HouseholdRowView {
        restricted: is_restricted,
        id: row.key.household.to_string(),
        commune: row.key.commune.as_str().to_owned(),
        head_name: row.head_name,
        code: row.code,
        village_name: row.village_name,
        members: row.members,
        citizen_id: row.citizen_id,
        state: state(row.state),
        class_2022: row.class_2022.map(class),
        class_2027: row.class_2027.map(class),
        unscored: row.unscored,
        conflicts: row.conflicts,
        edits: row.edits,
        last_received_at: Some(rfc3339(row.last_received_at)),
    }
}

fn class(class: StoredClass) -> ClassView {
    ClassView { key: class.key, label: class.label, provisional: class.provisional }
}

/// How far a household is.
pub(crate) fn state(state: storage::State) -> HouseholdState {
    match state {
        storage::State::Listed => HouseholdState::Listed,
        storage::State::Started => HouseholdState::Started,
        storage::State::Signed => HouseholdState::Signed,
    }
}

/// `writer:seq`, as every view names an edit.
pub(crate) fn edit_id(edit: EditId) -> String {
    format!("{}:{}", edit.writer.0, edit.seq)
}

/// Where each edit came from.
struct Origins<'a> {
    edits: BTreeMap<EditId, &'a StoredEdit>,
    devices: BTreeMap<DeviceId, &'a str>,
}

impl<'a> Origins<'a> {
    fn of(state: &'a State, edits: &'a [StoredEdit], devices: &'a [DeviceActivity]) -> Self {
        let province = (state.config.device_id(), state.config.name.as_str());
        let laptops = devices.iter().map(|device| (device.device.id, device.device.name.as_str()));
        Self {
            edits: edits.iter().map(|stored| (stored.edit.id, stored)).collect(),
            devices: laptops.chain([province]).collect(),
        }
    }

    fn device_name(&self, device: DeviceId) -> String {
        self.devices.get(&device).copied().unwrap_or_default().to_owned()
    }

    fn candidate(
        &self,
        value: Option<&Value>,
        path: &Path,
        edit: EditId,
        words: &Words<'_>,
    ) -> CandidateView {
        let stored = self.edits.get(&edit);
        CandidateView {
            value: value.map(|value| words.answer(path, value)),
            edit: edit_id(edit),
            author: stored.map(|stored| stored.edit.author.clone()).unwrap_or_default(),
            device_name: stored.map(|stored| self.device_name(stored.device)).unwrap_or_default(),
            made_at: stored.map(|stored| rfc3339(stored.edit.at.millis)).unwrap_or_default(),
        }
    }
}

/// One household, from what its edits come to.
pub(crate) fn household(
    state: &State,
    scoring: &Scoring,
    key: HouseholdKeyRef,
    edits: &[StoredEdit],
    devices: &[DeviceActivity],
    attachments: Vec<AttachmentView>,
    (merged_into, before): (Option<HouseholdRow>, Option<BeforeView>),
) -> HouseholdView {
    let (library, assessed) = (&scoring.library, &assess(scoring, &key, edits));
    let interview = assessed.interview.as_ref();
    let instrument = interview.and_then(|interview| interview.instrument);
    let known = instrument.as_ref().and_then(|hash| library.instrument(hash));
    let words =
        Words::of(known.or_else(|| library.latest()).map(|instrument| &**instrument.plan.definition()));
    let origins = Origins::of(state, edits, devices);
    let scored = interview.and_then(|interview| interview.scored.as_ref());
    let reported = interview.map(|interview| reported(&interview.document)).unwrap_or_default();
    let meta = |field| interview.and_then(|interview: &Interview| text(&interview.document, field));
    let all: Vec<Told<'_>> = edits.iter().map(|stored| Told::Whole(&stored.edit)).collect();
    let received = Received::of(&scoring.rounds, &key, edits);
    HouseholdView {
        row: row(line(scoring, key.clone(), &all, received), &Restricted::default()),
        commune: library.commune(&key.commune),
        merged_into: merged_into.map(|kept| HouseholdRefView {
            commune: kept.key.commune.as_str().to_owned(),
            id: kept.key.household.to_string(),
            head_name: kept.head_name,
            village_name: kept.village_name,
        }),
        round: scoring.rounds.open.0,
        before,
        area: interview.map(|interview| interview.area),
        previous_class: text(&assessed.household, "previous_class"),
        signed_by: meta("meta_signed_by"),
        signed_at: meta("meta_signed_at"),
        instrument: instrument.map(|hash| InstrumentView {
            hash: hex::of(&hash.0),
            known: known.is_some(),
            id: known.map(|known| known.files.id.clone()),
            version: known.map(|known| known.files.version.clone()),
            title: known.map(|known| known.plan.definition().title.clone()),
        }),
        sections: match (interview, scored) {
            (Some(interview), Some(scored)) => {
                sections::of_form(&scored.session, &interview.document, &words)
            }
            (Some(interview), None) => sections::of_document(&interview.document, &words),
            (None, _) => sections::of_document(&assessed.household, &words),
        },
        differences: differences(&reported, assessed),
        reported,
        findings: scored.map(|scored| findings(scored, &words)).unwrap_or_default(),
        conflicts: interview
            .map(|interview| &interview.document)
            .into_iter()
            .chain([&assessed.household])
            .flat_map(|document| conflicts(document, &words, &origins))
            .collect(),
        classifications: scored.map(|scored| scored.classifications.clone()).unwrap_or_default(),
        procedure: procedure::of(
            edits,
            scoring.rounds.case(key.household),
            interview.map(|interview| &interview.document.version),
            meta("meta_state").as_deref() == Some("signed"),
        ),
        remarks: procedure::remarks(edits, &words),
        edits: history::of(edits, &words, &origins),
        attachments,
    }
}

/// The files that edits name, each once.
pub(crate) fn files_named(edits: &[StoredEdit]) -> Vec<AttachmentName> {
    let names = edits.iter().flat_map(|stored| AttachmentName::in_edit(&stored.edit));
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// A file, and what has come of it.
pub(crate) fn attachment(name: AttachmentName, stored: Option<StoredAttachment>) -> AttachmentView {
    AttachmentView {
        name: name.to_string(),
        media_type: name.file_type.media_type().to_owned(),
        size: stored.map(|stored| stored.size),
        have: stored.map_or(0, |stored| stored.have),
        whole: stored.is_some_and(|stored| stored.whole),
    }
}

/// The places of a document that people settle, in the words of the form that is handed out.
pub(crate) fn conflicts_of(
    state: &State,
    document: &Document,
    edits: &[StoredEdit],
    devices: &[DeviceActivity],
) -> Vec<ConflictView> {
    let library = state.library();
    let form = library.latest().map(|instrument| &**instrument.plan.definition());
    conflicts(document, &Words::of(form), &Origins::of(state, edits, devices))
}

/// What kind of answer the form that is handed out takes at a place.
pub(crate) fn kind_at(state: &State, path: &Path) -> Option<rasoat_instrument::ValueKind> {
    let library = state.library();
    let form = library.latest().map(|instrument| &**instrument.plan.definition());
    Words::of(form).kind(path)
}

/// What the laptop showed at sign-off: `meta_classes`, as `standard=class` separated by blanks.
fn reported(document: &Document) -> Vec<ReportedView> {
    text(document, "meta_classes")
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|word| word.split_once('='))
        .map(|(standard, class)| ReportedView { standard: standard.to_owned(), class: class.to_owned() })
        .collect()
}

fn differences(reported: &[ReportedView], assessed: &Assessed) -> Vec<DifferenceView> {
    let Some(scored) = assessed.interview.as_ref().and_then(|interview| interview.scored.as_ref()) else {
        return Vec::new();
    };
    let scored_class = |standard: &str| {
        let found = scored.classifications.iter().find(|found| found.standard == standard)?;
        found.class.as_ref().map(|class| class.key.clone())
    };
    reported
        .iter()
        .map(|reported| DifferenceView {
            standard: reported.standard.clone(),
            reported: reported.class.clone(),
            scored: scored_class(&reported.standard),
        })
        .filter(|difference| difference.scored.as_deref() != Some(difference.reported.as_str()))
        .collect()
}

fn findings(scored: &crate::assess::Scored, words: &Words<'_>) -> Vec<FindingView> {
    let findings = scored.session.findings().into_iter();
    findings
        .map(|finding| FindingView {
            kind: finding.kind,
            label: scored.session.fill(&words.label(&finding.path), Some(&finding.path)),
            path: finding.path.to_string(),
            message: finding.message,
            reason: finding.reason,
        })
        .collect()
}

fn conflicts(document: &Document, words: &Words<'_>, origins: &Origins<'_>) -> Vec<ConflictView> {
    let places = document.fields.iter().filter(|(path, state)| state.in_conflict() && !is_meta(path));
    places
        .map(|(path, state)| ConflictView {
            path: path.to_string(),
            label: words.label(path),
            candidates: state
                .candidates
                .iter()
                .map(|candidate| origins.candidate(candidate.value.as_ref(), path, candidate.edit, words))
                .collect(),
        })
        .collect()
}
