//! The conflict inbox: answers that differ, each with who gave it, and settling them. A settlement is an edit that saw every
//! answer there is.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{
    Candidate, Change, Document, Edit, EditId, FieldState, PRESENT, Subject, SubjectKind, WriterId,
};
use rasoat_instrument::{Path, Text, Value};
use rasoat_store::{Act, HouseholdRow, Op, Reader, Tx};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::household::{household_subject, interview_subject, need_row, parse_id};
use crate::moment::rfc3339;
use crate::procedure::lock;
use crate::profile::Profile;
use crate::projection::{Record, is_meta};
use crate::refresh;
use crate::sittings::{self, Places};
use crate::start::count;
use crate::view::{
    ConflictCandidateView, ConflictDocument, ConflictView, SettledView, SettlementChoice, SettlementForm,
    SettlementRule,
};

/// What to do with one place in conflict; `None`: leave it.
type Choose<'a> = dyn FnMut(ConflictDocument, &Path, &FieldState) -> Result<Option<Change>, AppError> + 'a;
/// The same for places of several households.
type ChooseIn<'a> =
    dyn FnMut(Uuid, ConflictDocument, &Path, &FieldState) -> Result<Option<Change>, AppError> + 'a;

impl App {
    /// Every conflict on this laptop, by village and head's name.
    pub fn conflicts(&self) -> Result<Vec<ConflictView>, AppError> {
        let opened = self.need_desk()?;
        opened.store.read(|reader| {
            let places = Places::of(reader)?;
            let mut views = Vec::new();
            for id in reader.conflicted()? {
                let row = need_row(reader, id)?;
                for document in [ConflictDocument::Interview, ConflictDocument::Household] {
                    views.extend(list(&opened.profile, reader, &row, document, &places)?);
                }
            }
            Ok(views)
        })
    }

    /// Settles places one by one.
    pub fn settle_conflicts(&self, forms: Vec<SettlementForm>) -> Result<SettledView, AppError> {
        let opened = self.need_desk()?;
        let mut wanted: BTreeMap<Uuid, Vec<SettlementForm>> = BTreeMap::new();
        for form in forms {
            wanted.entry(parse_id(&form.household)?).or_default().push(form);
        }
        let asked = count(wanted.values().map(Vec::len).sum());
        let households: Vec<Uuid> = wanted.keys().copied().collect();
        let settled = self.settle_each(&opened, &households, &mut |household, document, path, state| {
            let place = path.to_string();
            let mut forms = wanted.get(&household).into_iter().flatten();
            match forms.find(|form| form.document == document && form.path == place) {
                Some(form) => chosen(&opened.profile, path, state, &form.choice),
                None => Ok(None),
            }
        })?;
        Ok(SettledView { settled, passed_over: asked.saturating_sub(settled) })
    }

    /// Settles every conflict of these households (of all, where none is named) by one rule.
    pub fn settle_conflicts_by(
        &self,
        rule: SettlementRule,
        households: Vec<String>,
    ) -> Result<SettledView, AppError> {
        let opened = self.need_desk()?;
        let writer = match &rule {
            SettlementRule::Latest => None,
            SettlementRule::Writer(writer) => {
                Some(WriterId(writer.parse().map_err(|_| AppError::new("unknown_writer"))?))
            }
        };
        let households = if households.is_empty() {
            opened.store.read(|reader| reader.conflicted())?
        } else {
            households.iter().map(|id| parse_id(id)).collect::<Result<_, _>>()?
        };
        let mut passed_over = 0;
        let settled = self.settle_each(&opened, &households, &mut |_, _, _, state| {
            let mut latest_first = state.candidates.iter().rev();
            let found = latest_first.find(|found| writer.is_none_or(|writer| found.edit.writer == writer));
            if found.is_none() {
                passed_over += 1;
            }
            Ok(found.map(change_to))
        })?;
        Ok(SettledView { settled, passed_over })
    }

    /// All in one transaction, or nothing; one edit for each document. `choose` leaves alone what it answers `None` for.
    fn settle_each(
        &self,
        opened: &Opened,
        households: &[Uuid],
        choose: &mut ChooseIn<'_>,
    ) -> Result<u32, AppError> {
        let now = self.now();
        let mut open = opened.interviews.lock();
        let (settled, _) = opened.store.transact(Op::Settle, |tx| {
            let mut settled = 0_u32;
            for id in households {
                let row = need_row(tx, *id)?;
                let mut choose =
                    |document, path: &Path, state: &FieldState| choose(*id, document, path, state);
                let of_household = settle(&opened.profile, tx, &row, &mut choose, now)?;
                if of_household > 0 {
                    refresh::household(&opened.profile, tx, (&row.commune, *id), now)?;
                }
                settled = settled.saturating_add(of_household);
            }
            if settled > 0 {
                tx.audit(Act::Settle, &[("places", settled.to_string())], now)?;
            }
            Ok::<_, AppError>(settled)
        })?;
        open.clear();
        drop(open);
        tracing::info!(settled, "settled conflicts");
        self.wake().notify_waiters();
        Ok(settled)
    }
}

/// Settles what `choose` has a word for in both documents of a household; says how many places.
fn settle(
    profile: &Profile,
    tx: &Tx<'_>,
    row: &HouseholdRow,
    choose: &mut Choose<'_>,
    now_millis: i64,
) -> Result<u32, AppError> {
    let mut settled = 0;
    for document in [ConflictDocument::Household, ConflictDocument::Interview] {
        let subject = subject_of(row, document);
        let folded = tx.document(&subject)?;
        let mut changes: BTreeMap<Path, Change> = BTreeMap::new();
        for (path, state) in in_conflict(&folded) {
            if let Some(change) = choose(document, path, state)? {
                changes.insert(path.clone(), change);
            }
        }
        if changes.is_empty() {
            continue;
        }
        if document == ConflictDocument::Interview {
            lock::must_be_open(profile, tx, row)?;
        }
        settled += changes.len();
        // What the program itself noted beside the answers goes with the latest of them.
        let own = folded.fields.iter().filter(|(path, state)| state.in_conflict() && is_meta(path));
        changes.extend(
            own.filter_map(|(path, state)| Some((path.clone(), change_to(state.candidates.last()?)))),
        );
        let instrument = (subject.kind == SubjectKind::Interview).then_some(profile.instrument);
        tx.settle(&subject, changes, &profile.author, instrument, now_millis)?;
    }
    Ok(count(settled))
}

/// What a choice does to a place; `Ok(None)`: the answer chosen is not among those that stand.
fn chosen(
    profile: &Profile,
    path: &Path,
    state: &FieldState,
    choice: &SettlementChoice,
) -> Result<Option<Change>, AppError> {
    match choice {
        SettlementChoice::Candidate(edit) => {
            Ok(state.candidates.iter().find(|found| edit_name(found.edit) == *edit).map(change_to))
        }
        SettlementChoice::Value(_) if path.field_name().is_none() => Err(AppError::new("unknown_path")),
        SettlementChoice::Value(text) => {
            let known = state.candidates.iter().find_map(|found| found.value.as_ref());
            let asked = path.field_name().and_then(|name| profile.form.kind(name));
            let kind = asked.filter(|_| path.facet().is_none()).or(known.map(Value::kind));
            let kind = kind.ok_or_else(|| AppError::new("unknown_path"))?;
            let value = Value::parse(kind, text).map_err(|_| AppError::new("wrong_kind"))?;
            Ok(Some(value.map_or(Change::Removed, Change::Set)))
        }
    }
}

fn change_to(candidate: &Candidate) -> Change {
    candidate.value.clone().map_or(Change::Removed, Change::Set)
}

pub(crate) fn subject_of(row: &HouseholdRow, document: ConflictDocument) -> Subject {
    match document {
        ConflictDocument::Household => household_subject(row),
        ConflictDocument::Interview => interview_subject(row),
    }
}

/// The places that people settle.
fn in_conflict(document: &Document) -> impl Iterator<Item = (&Path, &FieldState)> {
    document.fields.iter().filter(|(path, state)| state.in_conflict() && !is_meta(path))
}

/// `writer:seq`.
pub(crate) fn edit_name(edit: EditId) -> String {
    format!("{}:{}", edit.writer.0, edit.seq)
}

fn list(
    profile: &Profile,
    reader: &Reader<'_>,
    row: &HouseholdRow,
    document: ConflictDocument,
    places: &Places<'_>,
) -> Result<Vec<ConflictView>, AppError> {
    let subject = subject_of(row, document);
    let folded = reader.document(&subject)?;
    if in_conflict(&folded).next().is_none() {
        return Ok(Vec::new());
    }
    let stored = reader.edits_of(&subject)?;
    let edits: BTreeMap<EditId, &Edit> = stored.iter().map(|stored| (stored.edit.id, &stored.edit)).collect();
    let record = Record::of(&folded);
    let candidate = |path: &Path, candidate: &Candidate| {
        let made = edits.get(&candidate.edit);
        Ok(ConflictCandidateView {
            edit: edit_name(candidate.edit),
            value: candidate.value.as_ref().map(ToString::to_string),
            shown: candidate.value.as_ref().map(|value| words(profile, path, value)).unwrap_or_default(),
            author: made.map(|edit| edit.author.clone()).unwrap_or_default(),
            at: made.map(|edit| rfc3339(edit.at.millis)).unwrap_or_default(),
            writer: candidate.edit.writer.0.to_string(),
            place: places.of_writer(candidate.edit.writer)?,
        })
    };
    let views = in_conflict(&folded).map(|(path, state)| {
        Ok(ConflictView {
            household: row.id.to_string(),
            head_name: row.head_name.clone(),
            village_name: row.village_name.clone(),
            commune_name: profile.commune_name(&row.commune),
            document,
            path: path.to_string(),
            what: sittings::what(path),
            label: sittings::label(profile, path),
            member: member_name(&folded, &record, path),
            candidates: state
                .candidates
                .iter()
                .map(|one| candidate(path, one))
                .collect::<Result<_, AppError>>()?,
        })
    });
    views.collect()
}

/// The name of the member a place is about; of one that was removed, the name it had.
pub(crate) fn member_name(document: &Document, record: &Record, path: &Path) -> Option<String> {
    let instance = if path.field_name().is_none() { Some(path.clone()) } else { path.enclosing_instance() };
    let name = instance?.child("full_name").ok()?;
    let said = record.0.get(&name).or_else(|| document.fields.get(&name)?.value());
    said.map(ToString::to_string)
}

pub(crate) fn words(profile: &Profile, path: &Path, value: &Value) -> Text {
    let name = path.field_name().unwrap_or_default();
    match value {
        Value::Choice(choice) if choice != PRESENT || path.field_name().is_some() => {
            profile.form.choice_label(name, choice)
        }
        Value::Choices(choices) => {
            let labels = choices.iter().map(|choice| profile.form.choice_label(name, choice));
            joined(labels.collect())
        }
        Value::Choice(_)
        | Value::Text(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Point(_)
        | Value::File(_) => Text(BTreeMap::from([("vi".to_owned(), value.to_string())])),
    }
}

/// In every language that any of them has.
fn joined(labels: Vec<Text>) -> Text {
    let languages: BTreeSet<&String> = labels.iter().flat_map(|label| label.0.keys()).collect();
    let of =
        |language: &String| labels.iter().map(|label| label.get(language)).collect::<Vec<_>>().join("; ");
    Text(languages.into_iter().map(|language| (language.clone(), of(language))).collect())
}
