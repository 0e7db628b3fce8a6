//! From a household's edits to its line in lists and counts: folded and scored, without the words and reasons of a page. Pure, so
//! that a rebuild gives the same.

mod answered;
mod case;
mod facts;
mod filed;

pub(crate) use answered::{Answered, with_answers};
pub(crate) use case::case;
pub(crate) use facts::stage;
pub(crate) use filed::{Filed, filed, in_force, opened, worded};

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{
    AreaType, Change, Document, Edit, EditId, Hlc, InstrumentHash, LooseEdit, MERGED_INTO, Round,
    SubjectKind, VersionVector, WITHDRAWN, fold, interview_id, lot_seed,
};
use rasoat_instrument::{Answer, Context, Part, Session, Value, migrate};
use uuid::Uuid;

use crate::assess::{COMING, IN_FORCE, is_meta, is_meta_name, masked};
use crate::hex;
use crate::library::{Instrument, Library};
use crate::rounds::Rounds;
use crate::scoring::Scoring;
use crate::storage::facts::{Facts, form_mark};
use crate::storage::{HouseholdKeyRef, HouseholdRow, State, StoredClass, StoredEdit};
use crate::time::day_in_vietnam;

/// Values in the order of their places.
type Values<'e> = Vec<Answer<'e>>;
/// The same, looked at.
type Among<'a, 'e> = &'a [Answer<'e>];

/// An edit of a household.
#[derive(Clone, Copy)]
pub(crate) enum Told<'e> {
    Whole(&'e Edit),
    /// As it was unpacked.
    Loose(&'e LooseEdit),
}

impl<'e> Told<'e> {
    /// The edit, as far as its changes do not matter.
    fn head(self) -> &'e Edit {
        match self {
            Self::Whole(edit) => edit,
            Self::Loose(edit) => &edit.head,
        }
    }

    /// Whether it sets a field outside any repeat.
    fn says(self, field: &str) -> bool {
        match self {
            Self::Whole(edit) => edit.changes.keys().any(|path| path.field_name() == Some(field)),
            Self::Loose(edit) => edit.value(field).is_some(),
        }
    }

    fn has_fields_only(self) -> bool {
        match self {
            Self::Whole(edit) => edit.changes.keys().all(|path| path.field_name().is_some()),
            Self::Loose(edit) => edit.has_fields_only(),
        }
    }
}

/// The edits of one subject, folded.
enum Folded<'e> {
    /// One edit that takes nothing away is its own document.
    One(Told<'e>),
    Many(Document),
}

impl<'e> Folded<'e> {
    fn of(edits: &[Told<'e>]) -> Self {
        match edits {
            [only] if only.has_fields_only() => Self::One(*only),
            _ => {
                let edits = edits.iter().map(|told| match told {
                    Told::Whole(edit) => Cow::Borrowed(*edit),
                    Told::Loose(edit) => Cow::Owned((*edit).clone().into_edit()),
                });
                let edits: Vec<Cow<'_, Edit>> = edits.collect();
                Self::Many(fold(edits.iter().map(Cow::as_ref)))
            }
        }
    }

    fn values(&self) -> Values<'_> {
        match self {
            Self::One(Told::Loose(edit)) => edit.answers(),
            Self::One(Told::Whole(edit)) => {
                let values = edit.changes.iter().filter_map(|(path, change)| match change {
                    Change::Set(value) => Answer::at(path, value),
                    Change::Removed => None,
                });
                values.collect()
            }
            Self::Many(document) => {
                document.present().filter_map(|(path, value)| Answer::at(path, value)).collect()
            }
        }
    }

    fn version(&self) -> VersionVector {
        match self {
            Self::One(told) => {
                let id = told.head().id;
                VersionVector(BTreeMap::from([(id.writer, id.seq)]))
            }
            Self::Many(document) => document.version.clone(),
        }
    }

    fn conflicts(&self) -> usize {
        match self {
            Self::One(_) => 0,
            // What the program itself writes settles itself.
            Self::Many(document) => document.conflicts().into_iter().filter(|path| !is_meta(path)).count(),
        }
    }
}

/// An interview's edits, folded.
struct Interview<'e> {
    folded: Folded<'e>,
    edits: Vec<&'e Edit>,
}

impl Interview<'_> {
    fn last_at(&self) -> Option<(Hlc, EditId)> {
        self.edits.iter().map(|edit| (edit.at, edit.id)).max()
    }
}

/// The classes of an interview under the two standards that a line shows.
struct Classes {
    in_force: Option<StoredClass>,
    coming: Option<StoredClass>,
}

/// When edits of a household came in.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// The first of an interview of the open round.
    pub(crate) began_at: Option<i64>,
    /// The last of all.
    pub(crate) last_at: i64,
    /// Earlier rounds of which something came after they were locked.
    pub(crate) late: BTreeSet<Round>,
}

impl Received {
    /// Of edits as they are stored.
    pub(crate) fn of(rounds: &Rounds, key: &HouseholdKeyRef, edits: &[StoredEdit]) -> Self {
        let interviews = edits.iter().filter(|stored| {
            let subject = &stored.edit.subject;
            subject.kind == SubjectKind::Interview && rounds.has_interview(key.household, subject.id)
        });
        let late = edits
            .iter()
            .filter_map(|stored| rounds.late_for(key.household, stored.edit.subject.id, stored.received_at));
        Self {
            late: late.collect(),
            began_at: interviews.map(|stored| stored.received_at).min(),
            last_at: edits.iter().map(|stored| stored.received_at).max().unwrap_or_default(),
        }
    }
}

/// The line of a household with these edits.
pub(crate) fn line(
    scoring: &Scoring,
    key: HouseholdKeyRef,
    edits: &[Told<'_>],
    received: Received,
) -> HouseholdRow {
    let of_household: Vec<Told<'_>> = of_kind(edits, SubjectKind::Household).collect();
    let household = Folded::of(&of_household);
    let listed = household.values();
    let interview = latest_interview(&scoring.rounds, &key, edits);
    let all = interview.as_ref().map(|interview| interview.folded.values()).unwrap_or_default();
    let recorded = choice(&all, "meta_area_type").or_else(|| choice(&listed, "area_type"));
    let area = scoring.area(&key.commune, || text(&listed, "village"), recorded);
    let form = interview.as_ref().and_then(|interview| form_of(&interview.edits));
    let classes =
        interview.as_ref().map(|interview| classes(&scoring.library, form, &interview.edits, &all, area));
    let state = match &interview {
        None => State::Listed,
        Some(_) if choice(&all, "meta_state") == Some("signed") => State::Signed,
        Some(_) => State::Started,
    };
    let conflicts =
        household.conflicts() + interview.as_ref().map_or(0, |interview| interview.folded.conflicts());
    let from_list = |field| text(&listed, field).or_else(|| text(&all, field));
    let members = Some(facts::members(&all)).filter(|members| !members.is_empty());
    let members = members.unwrap_or_else(|| members_before(&scoring.rounds, &key, edits, &listed));
    let unscored = matches!(classes, Some(None)).then(|| "unknown_instrument".to_owned());
    let classes = classes.flatten();
    let is_scored = classes.is_some();
    let (class_2022, class_2027) = classes.map_or((None, None), |classes| (classes.in_force, classes.coming));
    let round = value(&all, "meta_round").and_then(Value::as_integer);
    let case = facts::latest_case(&key, edits, scoring.rounds.case(key.household), round);
    let version = interview.as_ref().map(|interview| interview.folded.version());
    let (stage, returned) = facts::way_of(case.as_ref(), state, version.as_ref());
    let checks = facts::checks(&facts::Seen {
        state,
        classes: [(IN_FORCE, class_2022.as_ref()), (COMING, class_2027.as_ref())],
        is_scored,
        all: &all,
        members: &members,
        last_received_at: received.last_at,
    });
    let persons = facts::persons(members);
    let head = persons.iter().find(|person| person.is_head);
    HouseholdRow {
        head_name: head.map(|head| head.name.clone()).unwrap_or_default(),
        code: from_list("household_code"),
        village_name: from_list("village_name").unwrap_or_default(),
        members: u32::try_from(persons.len()).unwrap_or(u32::MAX),
        citizen_id: head.and_then(|head| head.citizen_id.as_deref()).map(masked),
        state,
        class_2022,
        class_2027,
        unscored,
        conflicts: u32::try_from(conflicts).unwrap_or(u32::MAX),
        edits: u32::try_from(edits.len()).unwrap_or(u32::MAX),
        last_received_at: received.last_at,
        merged_into: text(&listed, MERGED_INTO).and_then(|id| id.parse().ok()),
        withdrawn: state == State::Listed && text(&listed, WITHDRAWN).is_some(),
        facts: Facts {
            stage,
            returned,
            checks,
            began_on: received.began_at.map(day_in_vietnam),
            form: form.map(|hash| form_mark(&hex::of(&hash.0)).to_owned()),
            late: received.late.into_iter().map(|round| round.0).collect(),
        },
        persons,
        key,
    }
}

fn of_kind<'a, 'e>(edits: &'a [Told<'e>], kind: SubjectKind) -> impl Iterator<Item = Told<'e>> + use<'a, 'e> {
    edits.iter().copied().filter(move |edit| edit.head().subject.kind == kind)
}

/// The interview of the open round; of several the latest.
fn latest_interview<'e>(rounds: &Rounds, key: &HouseholdKeyRef, edits: &[Told<'e>]) -> Option<Interview<'e>> {
    let of_interviews = of_kind(edits, SubjectKind::Interview);
    let ids: BTreeSet<Uuid> = of_interviews
        .map(|edit| edit.head().subject.id)
        .filter(|id| rounds.has_interview(key.household, *id))
        .collect();
    let is_sure = ids.len() < 2 && rounds.is_only();
    let mut folded = ids.into_iter().map(|id| interview(edits, id));
    if is_sure {
        return folded.next();
    }
    let year = |interview: &Interview<'_>| {
        value(&interview.folded.values(), "meta_round").and_then(Value::as_integer)
    };
    let of_round = folded.filter(|interview| rounds.has_year(year(interview)));
    of_round.max_by_key(|interview| (year(interview), interview.last_at()))
}

/// An interview by its id.
fn interview<'e>(edits: &[Told<'e>], id: Uuid) -> Interview<'e> {
    let own: Vec<Told<'e>> =
        of_kind(edits, SubjectKind::Interview).filter(|edit| edit.head().subject.id == id).collect();
    Interview { folded: Folded::of(&own), edits: own.into_iter().map(Told::head).collect() }
}

/// Who belongs to a household that was not asked in this round: by the list, or by the interview of the round before where the list
/// is older than that.
fn members_before(
    rounds: &Rounds,
    key: &HouseholdKeyRef,
    edits: &[Told<'_>],
    listed: Among<'_, '_>,
) -> Vec<facts::Member> {
    let of_list = of_kind(edits, SubjectKind::Household).filter(|told| told.says("list_year"));
    let listed_at = of_list.map(|told| told.head().at).max();
    let asked = rounds.former().next().map(|round| interview(edits, interview_id(key.household, round)));
    let asked = asked.filter(|asked| asked.last_at().map(|(at, _)| at) >= listed_at);
    let asked = asked.map(|asked| facts::members(&asked.folded.values()));
    asked.filter(|members| !members.is_empty()).unwrap_or_else(|| facts::members(listed))
}

/// The form that an interview was last answered on.
fn form_of(edits: &[&Edit]) -> Option<InstrumentHash> {
    let with_form = edits.iter().filter(|edit| edit.instrument.is_some());
    with_form.max_by_key(|edit| (edit.at, edit.id)).and_then(|edit| edit.instrument)
}

/// Scores an interview; `None` when its form is not known.
fn classes(
    library: &Library,
    form: Option<InstrumentHash>,
    edits: &[&Edit],
    all: Among<'_, '_>,
    area: AreaType,
) -> Option<Classes> {
    let instrument = library.instrument(&form?)?;
    let session = open(instrument, &instrument.scored, all, session_context(edits, all));
    let class = |id: &str| {
        let standard = instrument.standards.iter().find(|ready| ready.standard().id.starts_with(id))?;
        let score = standard.score(&session, area);
        let class = standard.class(&score)?;
        Some(StoredClass {
            key: class.key.clone(),
            label: class.label.clone(),
            provisional: score.provisional().next().is_some(),
        })
    };
    Some(Classes { in_force: class(IN_FORCE), coming: class(COMING) })
}

/// When and by whom an interview was answered.
fn session_context(edits: &[&Edit], all: Among<'_, '_>) -> Context {
    let latest = edits.iter().max_by_key(|edit| (edit.at, edit.id));
    let today = match value(all, "interview_date") {
        Some(Value::Date(date)) => *date,
        Some(_) | None => day_in_vietnam(latest.map_or(0, |edit| edit.at.millis)),
    };
    let username = latest.map(|edit| edit.author.clone()).unwrap_or_default();
    // Lots are drawn as on the laptop: from the household's id.
    let seed = text(all, "meta_household").and_then(|id| id.parse::<Uuid>().ok());
    Context { username, seed: seed.map_or(0, lot_seed), ..Context::of_day(today) }
}

/// As much of the form as is asked for; all of it where only that tells.
fn open(instrument: &Instrument, part: &Part, all: Among<'_, '_>, context: Context) -> Session {
    let mut answers = all.to_vec();
    answers.retain(|answer| !is_meta_name(answer.field));
    Session::open_part(&instrument.plan, part, &answers, context.clone()).unwrap_or_else(|| {
        let owned = answers.iter().filter_map(|answer| Some((answer.path().ok()?, answer.value.clone())));
        // A document may hold answers that were given under an earlier version of the form.
        let answers = migrate(&owned.collect(), &instrument.plan).answers;
        Session::open_plan(instrument.plan.clone(), answers, context)
    })
}

/// A value by field name, outside any repeat.
fn value<'v>(values: Among<'_, 'v>, field: &str) -> Option<&'v Value> {
    Answer::find(values, None, field)
}

fn text(values: Among<'_, '_>, field: &str) -> Option<String> {
    value(values, field).map(Value::to_string)
}

fn choice<'v>(values: Among<'_, 'v>, field: &str) -> Option<&'v str> {
    value(values, field)?.as_name()
}

/// Whether two instances are the same; of one row they are one text.
fn is_same(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => std::ptr::eq(one, other) || one == other,
        (one, other) => one.is_none() && other.is_none(),
    }
}
