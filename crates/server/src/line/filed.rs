//! From a household's edits to what its papers say of it. Pure, and by the laptop's rules: what the interview says is newer than the list,
//! and the list than last year's interview.

use jiff::civil::Date;
use rasoat_casework::papers::{OnPaper, PaperKind, Place};
use rasoat_casework::procedure::{Proceeding, way};
use rasoat_casework::standard::{Classification, IncomeBasis, ReadyStandard, decides_in};
use rasoat_casework::{
    AreaType, Case, Document, Edit, LastYear, Record, Round, Standing, SubjectKind, fold, interview_id,
    known_before, listed_at, sort_key, version_mark,
};
use rasoat_documents::{Details, Household, b2_points};
use rasoat_instrument::{Node, QuestionKind, Session, Value, migrate};

use super::{Among, Interview, Told, choice, facts, form_of, latest_interview, open, session_context, value};
use crate::assess::answers_of;
use crate::library::{Instrument, Library};
use crate::papers::Rules;
use crate::scoring::Scoring;
use crate::storage::{HouseholdKeyRef, StoredEdit};

/// A household with what its papers say.
pub(crate) struct Filed {
    /// Its village by id and by the name that households give it.
    pub(crate) village: (String, Option<String>),
    /// Its place in lists.
    pub(crate) order: Vec<u8>,
    pub(crate) household: Household,
}

impl Filed {
    /// Whether it stands in a paper that is made on a day.
    pub(crate) fn stands_in(&self, kind: PaperKind, today: Date) -> bool {
        self.household.on_paper.place(kind, today) == Place::In
    }
}

/// A filled interview, ready to be put into words.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) area: AreaType,
    /// What each standard makes of it.
    pub(crate) results: Vec<Classification>,
    /// The place among them of the one in force.
    pub(crate) in_force: Option<usize>,
    pub(crate) signed_by: Option<String>,
    pub(crate) signed_at: Option<String>,
}

/// What the papers of a kind say of a household with these edits; `None`: all papers are asked about, and none is made.
pub(crate) fn filed(
    scoring: &Scoring,
    rules: &Rules,
    key: &HouseholdKeyRef,
    edits: &[StoredEdit],
    kind: Option<PaperKind>,
) -> Filed {
    let told: Vec<Told<'_>> = edits.iter().map(|stored| Told::Whole(&stored.edit)).collect();
    let listed = known(scoring, key, edits);
    let interview = latest_interview(&scoring.rounds, key, &told);
    let all = interview.as_ref().map(|interview| interview.folded.values()).unwrap_or_default();
    let at = all.iter().filter_map(|answer| Some((answer.path().ok()?, answer.value.clone())));
    let asked = Record(at.filter(|(path, _)| path.field_name().is_some()).collect());
    let begun = !asked.0.is_empty();
    let village = listed.text("village").unwrap_or_default();
    let area = area(scoring, key, &all, &listed);
    let form = interview.as_ref().and_then(|interview| form_of(&interview.edits));
    let form = form.and_then(|hash| scoring.library.instrument(&hash));
    let scored = form.zip(interview.as_ref()).and_then(|(form, interview)| {
        let ready = in_force(&form.standards, scoring.rounds.open)?;
        let session = open(form, &form.scored, &all, session_context(&interview.edits, &all));
        Some((ready, ready.score(&session, area)))
    });
    let (mut on_paper, proceeding) = on_paper(scoring, rules, key, &told, (interview.as_ref(), begun));
    let class = scored.as_ref().and_then(|(ready, score)| ready.class(score));
    on_paper.class = class.map(|class| class.key.clone());
    on_paper.provisional =
        class.is_some() && scored.as_ref().is_some_and(|(_, score)| score.provisional().next().is_some());
    on_paper.previous = listed.text("previous_class");
    let people = if asked.members().is_empty() { &listed } else { &asked };
    let members = people.members();
    let head = members.iter().find(|person| person.is_head()).or(members.first());
    let head = head.and_then(|person| person.text("full_name")).or_else(|| listed.text("head_name"));
    let head = head.unwrap_or_default();
    let newest = |name: &str| asked.text(name).or_else(|| listed.text(name));
    let assigned = if proceeding.assigned.is_empty() {
        rules.assigned(&key.commune, &village)
    } else {
        proceeding.assigned
    };
    let points = scored.as_ref().filter(|(_, score)| score.basis == Some(IncomeBasis::Points));
    let known = scored.as_ref().filter(|(_, score)| score.open.count() == 0);
    Filed {
        village: (village, listed.text("village_name")),
        order: sort_key(&head),
        household: Household {
            on_paper,
            code: newest("household_code"),
            address: newest("address"),
            members: u32::try_from(members.len()).unwrap_or(u32::MAX),
            assigned,
            b1: points.and_then(|(_, score)| score.income),
            b2: known.map(|(_, score)| b2_points(score.deprived.count())),
            details: details(scoring, kind, (form, interview.as_ref()), people, &listed),
            head,
        },
    }
}

/// The interview of the open round on its form; `None` where there is none.
pub(crate) fn opened(scoring: &Scoring, key: &HouseholdKeyRef, edits: &[StoredEdit]) -> Option<Opened> {
    let told: Vec<Told<'_>> = edits.iter().map(|stored| Told::Whole(&stored.edit)).collect();
    let interview = latest_interview(&scoring.rounds, key, &told)?;
    let listed = known(scoring, key, edits);
    let all = interview.folded.values();
    let form = form_of(&interview.edits).and_then(|hash| scoring.library.instrument(&hash));
    // On a form that nobody knows here it stands in the words of the one that is handed out.
    let form = form.or_else(|| scoring.library.latest())?;
    let session = whole(form, &interview);
    let is_signed = choice(&all, "meta_state") == Some("signed");
    let of_signing = |name: &str| value(&all, name).filter(|_| is_signed).map(Value::to_string);
    let latest = interview.edits.iter().max_by_key(|edit| (edit.at, edit.id));
    let author = latest.map(|edit| edit.author.to_string());
    let area = area(scoring, key, &all, &listed);
    Some(Opened {
        area,
        results: form.standards.iter().map(|ready| ready.classify(&session, area)).collect(),
        in_force: position(&form.standards, scoring.rounds.open),
        signed_by: of_signing("meta_signed_by").or(author),
        signed_at: of_signing("meta_signed_at"),
        session,
    })
}

/// Which income line applies: by what the interview says before what the list does.
fn area(scoring: &Scoring, key: &HouseholdKeyRef, all: Among<'_, '_>, listed: &Record) -> AreaType {
    let recorded = choice(all, "meta_area_type").map(str::to_owned).or_else(|| listed.text("area_type"));
    scoring.area(&key.commune, || listed.text("village"), recorded.as_deref())
}

/// The standard that decides in a round's year, as laptops take it.
pub(crate) fn in_force(standards: &[ReadyStandard], round: Round) -> Option<&ReadyStandard> {
    position(standards, round).and_then(|place| standards.get(place))
}

fn position(standards: &[ReadyStandard], round: Round) -> Option<usize> {
    decides_in(standards.iter().map(ReadyStandard::standard), round.0)
}

/// What is known of it before it is asked in this round.
fn known(scoring: &Scoring, key: &HouseholdKeyRef, edits: &[StoredEdit]) -> Record {
    let of = |kind| edits.iter().map(|stored| &stored.edit).filter(move |edit| edit.subject.kind == kind);
    let listed = Record::of(&fold(of(SubjectKind::Household)));
    let Some(year) = scoring.rounds.open.0.checked_sub(1) else { return listed };
    let id = interview_id(key.household, Round(year));
    let last: Vec<&Edit> = of(SubjectKind::Interview).filter(|edit| edit.subject.id == id).collect();
    let Some(at) = last.iter().map(|edit| edit.at).max() else { return listed };
    let answers = &Record::of(&fold(last));
    let standard = decided_by(&scoring.library, year);
    let last = LastYear { year, at, answers, standard: standard.as_deref() };
    known_before(listed, listed_at(of(SubjectKind::Household)), last)
}

/// The standard that decided in a year.
fn decided_by(library: &Library, year: u16) -> Option<String> {
    let standards = library.latest().map(|form| form.standards.as_slice()).unwrap_or_default();
    in_force(standards, Round(year)).map(|ready| ready.standard().id.clone())
}

fn on_paper(
    scoring: &Scoring,
    rules: &Rules,
    key: &HouseholdKeyRef,
    told: &[Told<'_>],
    (interview, begun): (Option<&Interview<'_>>, bool),
) -> (OnPaper, Proceeding) {
    let all = interview.map(|interview| interview.folded.values()).unwrap_or_default();
    let round = value(&all, "meta_round").and_then(Value::as_integer);
    let case = facts::latest_case(key, told, scoring.rounds.case(key.household), round);
    let document: Document = case.unwrap_or_default();
    let (case, proceeding) = (Case::of(&document), Proceeding::of(&document));
    let is_signed = choice(&all, "meta_state") == Some("signed");
    let version = interview.map(|interview| interview.folded.version()).unwrap_or_default();
    let is_accepted = case.standing(is_signed, &version) == Standing::Accepted;
    let way = way(&proceeding, begun, is_accepted.then(|| version_mark(&version)).as_deref());
    (OnPaper::new(&way, &proceeding, begun, rules.certified()), proceeding)
}

/// All of the form with what was answered.
fn whole(form: &Instrument, interview: &Interview<'_>) -> Session {
    let document = fold(interview.edits.iter().copied());
    let answers = migrate(&answers_of(&document), &form.plan).answers;
    let context = session_context(&interview.edits, &interview.folded.values());
    Session::open_plan(form.plan.clone(), answers, context)
}

fn details(
    scoring: &Scoring,
    kind: Option<PaperKind>,
    (form, interview): (Option<&Instrument>, Option<&Interview<'_>>),
    people: &Record,
    listed: &Record,
) -> Details {
    let is_list = kind.is_some_and(|kind| kind == PaperKind::Interchange || kind.detail_of().is_some());
    if !is_list && kind != Some(PaperKind::Certificates) {
        return Details::default();
    }
    let session = form.zip(interview).filter(|_| is_list);
    let session = session.map(|(form, interview)| whole(form, interview));
    let worded = |question: &str, choice: &str| worded(&scoring.library, question, choice);
    Details::of(people, listed, session.as_ref(), worded)
}

/// The words of a choice in the form that is handed out; the choice itself where it has none.
pub(crate) fn worded(library: &Library, question: &str, choice: &str) -> String {
    let form = library.latest().map(|form| form.plan.definition());
    let label = form.and_then(|form| {
        let list = list_of(&form.nodes, question)?;
        Some(form.lists.get(list)?.find(choice)?.label())
    });
    label.map_or_else(|| choice.to_owned(), |label| label.get("vi").to_owned())
}

/// The list from which a question's answers are chosen.
fn list_of<'f>(nodes: &'f [Node], question: &str) -> Option<&'f String> {
    nodes.iter().find_map(|node| match node {
        Node::Group(group) => list_of(&group.nodes, question),
        Node::Repeat(repeat) => list_of(&repeat.nodes, question),
        Node::Question(known) => match &known.kind {
            QuestionKind::Asked { list, .. } if known.name == question => list.as_ref(),
            QuestionKind::Asked { .. }
            | QuestionKind::Acknowledge
            | QuestionKind::Calculated
            | QuestionKind::Hidden
            | QuestionKind::Finished
            | QuestionKind::Note => None,
        },
    })
}
