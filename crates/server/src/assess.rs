//! From a household's edits to what they come to: folded, validated and scored anew. Pure, so that a rebuild gives the same.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::standard::Classification;
use rasoat_casework::{
    AreaType, Change, CitizenId, CommuneCode, Document, Edit, InstrumentHash, LooseEdit, SubjectKind, fold,
    lot_seed,
};
use rasoat_instrument::{Context, Path, Session, Value, migrate};
use rasoat_reports::STANDARDS;
use uuid::Uuid;

use crate::library::Instrument;
use crate::scoring::Scoring;
use crate::storage::{HouseholdKeyRef, StoredEdit};
use crate::time::day_in_vietnam;

/// Places of an interview that are not the form's: written by the laptop's program.
const META: &str = "meta_";
/// Standards' ids begin so.
pub(crate) const IN_FORCE: &str = STANDARDS[0];
/// Standards' ids begin so.
pub(crate) const COMING: &str = STANDARDS[1];

/// What a household's edits come to.
pub(crate) struct Assessed {
    /// The line of the list.
    pub(crate) household: Document,
    /// The interview of the open round.
    pub(crate) interview: Option<Interview>,
}

/// An interview, folded and scored.
pub(crate) struct Interview {
    pub(crate) document: Document,
    pub(crate) instrument: Option<InstrumentHash>,
    pub(crate) area: AreaType,
    /// `None` when the form is not known here.
    pub(crate) scored: Option<Scored>,
}

/// An interview on its form.
pub(crate) struct Scored {
    pub(crate) session: Session,
    pub(crate) classifications: Vec<Classification>,
}

/// The household that an edit of an interview names, if it does.
pub(crate) fn household_named_by(edit: &Edit) -> Option<Uuid> {
    named_by(edit, "meta_household")
}

/// Whose an edit says that it is: the household of an interview or a case, the interview of a remark.
pub(crate) fn owner_named_by(edit: &Edit) -> Option<Uuid> {
    named_by(edit, owner_field(edit.subject.kind)?)
}

/// The same of an edit as it was unpacked.
pub(crate) fn owner_named_in(edit: &LooseEdit) -> Option<Uuid> {
    match edit.value(owner_field(edit.head.subject.kind)?) {
        Some(Value::Text(id)) => id.parse().ok(),
        Some(_) | None => None,
    }
}

/// Where an edit of a kind says whose it is.
fn owner_field(kind: SubjectKind) -> Option<&'static str> {
    match kind {
        SubjectKind::Household => None,
        SubjectKind::Interview => Some("meta_household"),
        SubjectKind::Case => Some("household"),
        SubjectKind::Remark => Some("interview"),
    }
}

fn named_by(edit: &Edit, field: &str) -> Option<Uuid> {
    let path = Path::field(field).ok()?;
    match edit.changes.get(&path) {
        Some(Change::Set(Value::Text(id))) => id.parse().ok(),
        Some(Change::Set(_) | Change::Removed) | None => None,
    }
}

/// The same of an edit as it was unpacked.
pub(crate) fn household_named_in(edit: &LooseEdit) -> Option<Uuid> {
    match edit.value("meta_household") {
        Some(Value::Text(id)) => id.parse().ok(),
        Some(_) | None => None,
    }
}

/// Folds, validates and scores.
pub(crate) fn assess(scoring: &Scoring, key: &HouseholdKeyRef, edits: &[StoredEdit]) -> Assessed {
    let of_kind =
        |kind| edits.iter().map(|stored| &stored.edit).filter(move |edit| edit.subject.kind == kind);
    let household = fold(of_kind(SubjectKind::Household));
    let ids = of_kind(SubjectKind::Interview).map(|edit| edit.subject.id);
    let ids: BTreeSet<Uuid> = ids.filter(|id| scoring.rounds.has_interview(key.household, *id)).collect();
    let interview = ids
        .into_iter()
        .map(|id| {
            let own: Vec<&Edit> =
                of_kind(SubjectKind::Interview).filter(|edit| edit.subject.id == id).collect();
            (fold(own.iter().copied()), own)
        })
        .filter(|(document, _)| scoring.rounds.has_year(integer(document, "meta_round")))
        .max_by_key(|(document, own)| {
            (integer(document, "meta_round"), own.iter().map(|edit| (edit.at, edit.id)).max())
        })
        .map(|(document, own)| score(scoring, &key.commune, &household, document, &own));
    Assessed { household, interview }
}

fn score(
    scoring: &Scoring,
    commune: &CommuneCode,
    household: &Document,
    document: Document,
    edits: &[&Edit],
) -> Interview {
    let latest = edits.iter().max_by_key(|edit| (edit.at, edit.id));
    let instrument = edits
        .iter()
        .filter(|edit| edit.instrument.is_some())
        .max_by_key(|edit| (edit.at, edit.id))
        .and_then(|e| e.instrument);
    let recorded = choice(&document, "meta_area_type").or_else(|| choice(household, "area_type"));
    let area = scoring.area(commune, || text(household, "village"), recorded);
    let known = instrument.and_then(|hash| scoring.library.instrument(&hash));
    let scored = known.map(|instrument| {
        let today = match value(&document, "interview_date") {
            Some(Value::Date(date)) => *date,
            Some(_) | None => day_in_vietnam(latest.map_or(0, |edit| edit.at.millis)),
        };
        let username = latest.map(|edit| edit.author.clone()).unwrap_or_default();
        // Lots are drawn as on the laptop: from the household's id.
        let seed = text(&document, "meta_household").and_then(|id| id.parse::<Uuid>().ok());
        let seed = seed.map_or(0, lot_seed);
        let context = Context { username, seed, ..Context::of_day(today) };
        let session = open(instrument, &document, context);
        let classifications =
            instrument.standards.iter().map(|standard| standard.classify(&session, area)).collect();
        Scored { session, classifications }
    });
    Interview { document, instrument, area, scored }
}

fn open(instrument: &Instrument, document: &Document, context: Context) -> Session {
    // A document may hold answers that were given under an earlier version of the form.
    let answers = migrate(&answers_of(document), &instrument.plan).answers;
    Session::open_plan(instrument.plan.clone(), answers, context)
}

/// The answers of a document: everything that the laptop's program did not write of its own.
pub(crate) fn answers_of(document: &Document) -> BTreeMap<Path, Value> {
    let mut values = document.values();
    values.retain(|path, _| !is_meta(path));
    values
}

/// Whether a place is the laptop's program's own.
pub(crate) fn is_meta(path: &Path) -> bool {
    path.field_name().is_some_and(is_meta_name)
}

/// Whether a field is the laptop's program's own.
pub(crate) fn is_meta_name(field: &str) -> bool {
    field.starts_with(META)
}

/// A value by field name, outside any repeat.
pub(crate) fn value<'a>(document: &'a Document, field: &str) -> Option<&'a Value> {
    document.get(&Path::field(field).ok()?)
}

/// The canonical text of a value by field name.
pub(crate) fn text(document: &Document, field: &str) -> Option<String> {
    value(document, field).map(Value::to_string)
}

fn choice<'a>(document: &'a Document, field: &str) -> Option<&'a str> {
    value(document, field)?.as_name()
}

fn integer(document: &Document, field: &str) -> Option<i64> {
    value(document, field)?.as_integer()
}

/// A citizen ID as a list may show it; other texts are masked altogether.
pub(crate) fn masked(text: &str) -> String {
    text.parse::<CitizenId>().map_or_else(|_| "••••".to_owned(), |id| id.masked())
}
