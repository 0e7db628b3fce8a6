//! The history of a household in full: who changed what in one go, and everything that was said of one place.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{Change, Document, Edit, EditId, Hlc, Subject, Word, WriterId, fold, trace};
use rasoat_instrument::{Facet, Path, Text, Value};
use rasoat_store::{HouseholdRow, HouseholdState, Reader, StoreError, StoredEdit};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::bundle::devices::DeviceBook;
use crate::conflicts::{edit_name, member_name, subject_of, words};
use crate::error::AppError;
use crate::history::{self, custody_of, is_answer, kind};
use crate::household::{need_row, parse_id};
use crate::moment::rfc3339;
use crate::profile::Profile;
use crate::projection::Record;
use crate::start::count;
use crate::undo;
use crate::view::{
    ConflictDocument, Custody, FieldHistoryView, FieldWordView, HistoryChangeView, HistoryPageView,
    HistoryPlace, HistoryWhat, SittingView,
};

/// Who does nothing for so long begins another sitting.
const PAUSE_MILLIS: i64 = 30 * 60 * 1000;
/// Sittings of one page, at most.
const MOST_SITTINGS: u32 = 50;
/// Changes shown of a sitting before it is opened.
const FIRST_CHANGES: usize = 6;
/// The documents of a household.
pub(crate) const DOCUMENTS: [ConflictDocument; 2] =
    [ConflictDocument::Interview, ConflictDocument::Household];

/// One document of a household with everything that was said in it.
pub(crate) struct Said {
    pub(crate) document: ConflictDocument,
    /// The merged household it is of, where it is not of the one that stands for it.
    pub(crate) of_merged: Option<Uuid>,
    pub(crate) edits: Vec<StoredEdit>,
    pub(crate) folded: Document,
    pub(crate) record: Record,
}

/// One edit, and where in [`Said`] it is.
#[derive(Clone, Copy)]
pub(crate) struct Made<'a> {
    said: &'a Said,
    stored: &'a StoredEdit,
    kind: &'static str,
}

/// Edits of one go, the latest first.
pub(crate) type Sitting<'a> = Vec<Made<'a>>;

/// A document, and the edits of a sitting that are of it.
type OfDocument<'a> = (&'a Said, Vec<EditId>);

/// One entry of the history.
enum Shown<'a> {
    Sitting(&'a Sitting<'a>),
    /// An interview was accepted or returned.
    Decision(&'a StoredEdit),
}

impl Shown<'_> {
    /// Where it stands: by its latest edit.
    fn place(&self) -> Option<(Hlc, EditId)> {
        let of = |stored: &StoredEdit| (stored.edit.at, stored.edit.id);
        match self {
            Self::Sitting(sitting) => sitting.first().map(|made| of(made.stored)),
            Self::Decision(stored) => Some(of(stored)),
        }
    }
}

/// What is looked up to say where edits were made.
pub(crate) struct Places<'a> {
    reader: &'a Reader<'a>,
    here: BTreeSet<WriterId>,
    book: DeviceBook,
}

impl App {
    /// A part of a household's history, sitting by sitting, the latest first.
    pub fn household_history(
        &self,
        household: &str,
        offset: u32,
        limit: u32,
    ) -> Result<HistoryPageView, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        opened.store.read(|reader| {
            let row = need_row(reader, id)?;
            let said = all_said(reader, &row)?;
            let sittings = sittings(&said);
            let decided = history::decisions(&opened.profile, reader, &row)?;
            let places = Places::of(reader)?;
            let mut all: Vec<Shown<'_>> =
                sittings.iter().map(Shown::Sitting).chain(decided.iter().map(Shown::Decision)).collect();
            all.sort_by_key(|shown| std::cmp::Reverse(shown.place()));
            let page = all.iter().skip(offset as usize).take(limit.min(MOST_SITTINGS) as usize);
            let views = page.map(|shown| match shown {
                Shown::Sitting(sitting) => view(&opened, &places, sitting),
                Shown::Decision(stored) => decision_view(&places, stored),
            });
            Ok(HistoryPageView {
                head_name: row.head_name.clone(),
                merged_into: row.merged_into.map(|kept| kept.to_string()),
                signed: row.progress.state == HouseholdState::Signed,
                total: count(all.len()),
                sittings: views.collect::<Result<_, AppError>>()?,
            })
        })
    }

    /// Everything that a sitting changed; `edits` as it names them.
    pub fn sitting_changes(
        &self,
        household: &str,
        edits: &[String],
    ) -> Result<Vec<HistoryChangeView>, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        opened.store.read(|reader| {
            let said = all_said(reader, &need_row(reader, id)?)?;
            let sitting: Sitting<'_> = made(&said)
                .into_iter()
                .filter(|made| edits.contains(&edit_name(made.stored.edit.id)))
                .collect();
            Ok(changes(&opened.profile, &sitting))
        })
    }

    /// Everything that was ever said of one place, the latest first.
    pub fn field_history(
        &self,
        household: &str,
        document: ConflictDocument,
        path: &str,
    ) -> Result<FieldHistoryView, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        let path: Path = path.parse().map_err(|_| AppError::new("unknown_path"))?;
        opened.store.read(|reader| {
            let profile = &opened.profile;
            let said = said_in(reader, &need_row(reader, id)?, document, None)?;
            let places = Places::of(reader)?;
            let traced = trace(said.edits.iter().map(|stored| &stored.edit));
            let words = traced.get(&path).map(Vec::as_slice).unwrap_or_default();
            let view = |word: &Word<'_>| {
                Ok(FieldWordView {
                    edit: edit_name(word.edit.id),
                    value: shown(profile, &path, word.value.as_ref()),
                    before: befores(profile, &path, word),
                    at: rfc3339(word.edit.at.millis),
                    author: word.edit.author.clone(),
                    place: places.of_writer(word.edit.id.writer)?,
                    kind: kind_of(word.edit, settles(word)).to_owned(),
                    stands: word.stands,
                })
            };
            Ok(FieldHistoryView {
                label: label(profile, &path),
                member: said.member_name(&path),
                what: what(&path),
                words: words.iter().rev().map(view).collect::<Result<_, AppError>>()?,
            })
        })
    }
}

impl Said {
    pub(crate) fn of(
        reader: &Reader<'_>,
        subject: &Subject,
        document: ConflictDocument,
        of_merged: Option<Uuid>,
    ) -> Result<Self, StoreError> {
        let edits = reader.edits_of(subject)?;
        let folded = fold(edits.iter().map(|stored| &stored.edit));
        let record = Record::of(&folded);
        Ok(Self { document, of_merged, edits, folded, record })
    }

    /// The name of the member a place is about.
    pub(crate) fn member_name(&self, path: &Path) -> Option<String> {
        member_name(&self.folded, &self.record, path)
    }
}

impl<'a> Places<'a> {
    pub(crate) fn of(reader: &'a Reader<'a>) -> Result<Self, AppError> {
        Ok(Self { reader, here: reader.own_writers()?, book: DeviceBook::read(reader)? })
    }

    pub(crate) fn of_writer(&self, writer: WriterId) -> Result<HistoryPlace, AppError> {
        if self.here.contains(&writer) {
            return Ok(HistoryPlace::Here);
        }
        let device = self.reader.device_of(writer)?.and_then(|device| self.book.device(device));
        Ok(device.map_or(HistoryPlace::Elsewhere, |device| HistoryPlace::Laptop(device.name.clone())))
    }
}

/// Both documents of a household, and of those that were merged into it.
pub(crate) fn all_said(reader: &Reader<'_>, row: &HouseholdRow) -> Result<Vec<Said>, AppError> {
    let mut all = Vec::new();
    for document in DOCUMENTS {
        all.push(said_in(reader, row, document, None)?);
    }
    for merged in reader.merged_with(row.id)? {
        let row = need_row(reader, merged)?;
        for document in DOCUMENTS {
            all.push(said_in(reader, &row, document, Some(merged))?);
        }
    }
    Ok(all)
}

/// One document of a household.
pub(crate) fn said_in(
    reader: &Reader<'_>,
    row: &HouseholdRow,
    document: ConflictDocument,
    of_merged: Option<Uuid>,
) -> Result<Said, StoreError> {
    Said::of(reader, &subject_of(row, document), document, of_merged)
}

/// Every edit, the latest first.
fn made(said: &[Said]) -> Vec<Made<'_>> {
    let mut made = Vec::new();
    for said in said {
        let traced = trace(said.edits.iter().map(|stored| &stored.edit));
        let settling: BTreeSet<EditId> = traced
            .iter()
            .filter(|(path, _)| is_answer(path))
            .flat_map(|(_, words)| words.iter().filter(|word| settles(word)).map(|word| word.edit.id))
            .collect();
        made.extend(said.edits.iter().map(|stored| {
            let kind = kind_of(&stored.edit, settling.contains(&stored.edit.id));
            Made { said, stored, kind }
        }));
    }
    made.sort_by_key(|made| std::cmp::Reverse((made.stored.edit.at, made.stored.edit.id)));
    made
}

fn settles(word: &Word<'_>) -> bool {
    word.over.len() > 1
}

fn kind_of(edit: &Edit, settles: bool) -> &'static str {
    match kind(edit) {
        "answers" | "imported" if settles => "settled",
        kind => kind,
    }
}

pub(crate) fn sittings(said: &[Said]) -> Vec<Sitting<'_>> {
    let mut sittings: Vec<Sitting<'_>> = Vec::new();
    for made in made(said) {
        match sittings.last_mut() {
            Some(sitting) if belongs(sitting, &made) => sitting.push(made),
            Some(_) | None => sittings.push(vec![made]),
        }
    }
    sittings
}

/// Whether an earlier edit belongs to a sitting: of the same person and laptop, about the same household, without a long pause;
/// signing off ends what was answered before.
fn belongs(sitting: &Sitting<'_>, made: &Made<'_>) -> bool {
    let (Some(latest), Some(next)) = (sitting.first(), sitting.last()) else { return false };
    let (after, before) = (&next.stored.edit, &made.stored.edit);
    let same_kind = match latest.kind {
        "answers" | "signed" => made.kind == "answers",
        kind => {
            kind == made.kind
                && matches!(kind, "imported" | "settled" | "members_taken" | "members_given_back")
        }
    };
    same_kind
        && after.id.writer == before.id.writer
        && after.author == before.author
        && next.said.of_merged == made.said.of_merged
        && after.at.millis.saturating_sub(before.at.millis) <= PAUSE_MILLIS
}

/// A sitting as screens show it.
pub(crate) fn view(
    opened: &Opened,
    places: &Places<'_>,
    sitting: &Sitting<'_>,
) -> Result<SittingView, AppError> {
    let (Some(latest), Some(earliest)) = (sitting.first(), sitting.last()) else {
        return Err(AppError::new("not_found"));
    };
    let mut first = changes(&opened.profile, sitting);
    let all = count(first.len());
    first.truncate(FIRST_CHANGES);
    let edit = &latest.stored.edit;
    Ok(SittingView {
        edits: sitting.iter().map(|made| edit_name(made.stored.edit.id)).collect(),
        from: rfc3339(earliest.stored.edit.at.millis),
        until: rfc3339(edit.at.millis),
        author: edit.author.clone(),
        place: places.of_writer(edit.id.writer)?,
        kind: latest.kind.to_owned(),
        reason: undo::reason_in(edit),
        custody: furthest(sitting),
        household: latest.said.of_merged.map(|id| id.to_string()),
        changes: all,
        first,
    })
}

/// A decision as screens show it.
fn decision_view(places: &Places<'_>, stored: &StoredEdit) -> Result<SittingView, AppError> {
    let edit = &stored.edit;
    Ok(SittingView {
        edits: vec![edit_name(edit.id)],
        from: rfc3339(edit.at.millis),
        until: rfc3339(edit.at.millis),
        author: edit.author.clone(),
        place: places.of_writer(edit.id.writer)?,
        kind: kind(edit).to_owned(),
        reason: None,
        custody: custody_of(stored),
        household: None,
        changes: 0,
        first: Vec::new(),
    })
}

fn furthest(sitting: &Sitting<'_>) -> Custody {
    let of = |wanted: Custody| sitting.iter().any(|made| custody_of(made.stored) == wanted);
    if of(Custody::Refused) {
        Custody::Refused
    } else if of(Custody::OnlyHere) {
        Custody::OnlyHere
    } else {
        Custody::Confirmed
    }
}

/// What a sitting changed, place by place in the order of the form: what it said last, and what stood there before it.
pub(crate) fn changes(profile: &Profile, sitting: &Sitting<'_>) -> Vec<HistoryChangeView> {
    let mut views: Vec<(_, HistoryChangeView)> = Vec::new();
    let mut documents: BTreeMap<(ConflictDocument, Option<Uuid>), OfDocument<'_>> = BTreeMap::new();
    for made in sitting {
        let key = (made.said.document, made.said.of_merged);
        documents.entry(key).or_insert_with(|| (made.said, Vec::new())).1.push(made.stored.edit.id);
    }
    for (said, ids) in documents.values() {
        let traced = trace(said.edits.iter().map(|stored| &stored.edit));
        for (path, words) in traced.iter().filter(|(path, _)| is_answer(path)) {
            let mut own = words.iter().filter(|word| ids.contains(&word.edit.id));
            let Some(begun) = own.next() else { continue };
            let ended = own.next_back().unwrap_or(begun);
            let in_conflict = said.folded.fields.get(path).is_some_and(|state| state.in_conflict());
            let view = HistoryChangeView {
                document: said.document,
                path: path.to_string(),
                what: what(path),
                label: label(profile, path),
                member: said.member_name(path),
                value: shown(profile, path, ended.value.as_ref()),
                before: befores(profile, path, begun),
                stands: ended.stands,
                in_conflict: ended.stands && in_conflict,
            };
            views.push((place_in_form(profile, path), view));
        }
    }
    views.sort_by(|(one, _), (other, _)| one.cmp(other));
    views.into_iter().map(|(_, view)| view).collect()
}

/// Orders places as the form asks for them: what is asked of members, member by member.
fn place_in_form(profile: &Profile, path: &Path) -> (Option<String>, usize, Path) {
    let asked = path.field_name().and_then(|name| profile.form.wording(name));
    (path.around().map(str::to_owned), asked.map_or(usize::MAX, |asked| asked.place), path.clone())
}

fn befores(profile: &Profile, path: &Path, word: &Word<'_>) -> Vec<Text> {
    word.over.iter().filter_map(|value| shown(profile, path, value.as_ref())).collect()
}

/// The question that a place answers; empty where the form asks nothing of that name.
pub(crate) fn label(profile: &Profile, path: &Path) -> Text {
    let wording = path.field_name().and_then(|name| profile.form.wording(name));
    wording.map(|wording| wording.label.clone()).unwrap_or_default()
}

/// What of a place a path means.
pub(crate) fn what(path: &Path) -> HistoryWhat {
    match path.facet() {
        _ if path.field_name().is_none() => HistoryWhat::Member,
        Some(Facet::Reason) => HistoryWhat::Reason,
        Some(Facet::Note) => HistoryWhat::Note,
        None => HistoryWhat::Answer,
    }
}

/// A value in words; of citizen IDs only what lists show.
pub(crate) fn shown(profile: &Profile, path: &Path, value: Option<&Value>) -> Option<Text> {
    let value = value?;
    if is_citizen_id(path) {
        return Some(plain(masked(&value.to_string())));
    }
    Some(shown_in_full(profile, path, value))
}

/// Whether a place holds a citizen ID.
pub(crate) fn is_citizen_id(path: &Path) -> bool {
    path.facet().is_none() && path.field_name() == Some(CITIZEN_ID)
}

/// A value in words, citizen IDs too.
pub(crate) fn shown_in_full(profile: &Profile, path: &Path, value: &Value) -> Text {
    if path.facet().is_some() { plain(value.to_string()) } else { words(profile, path, value) }
}

/// The field in which citizen IDs stand, in forms and lists alike.
const CITIZEN_ID: &str = "citizen_id";

pub(crate) fn masked(digits: &str) -> String {
    digits.parse().map_or_else(|_| "••••".to_owned(), |id: rasoat_casework::CitizenId| id.masked())
}

fn plain(text: String) -> Text {
    Text(BTreeMap::from([("vi".to_owned(), text)]))
}

/// The same for what an edit would say.
pub(crate) fn shown_change(profile: &Profile, path: &Path, change: &Change) -> Option<Text> {
    match change {
        Change::Set(value) => shown(profile, path, Some(value)),
        Change::Removed => None,
    }
}
