//! A list against what is here: what would become of each of its households.

use std::collections::{BTreeMap, HashMap};

use rasoat_casework::{Change, CommuneCode, Document, Subject, SubjectKind, household_id};
use rasoat_instrument::Path;
use rasoat_lists::{HouseholdList, ListProblem, ListedHousehold, ProblemCode};
use rasoat_store::{CommuneRow, Reader, VillageRow};
use uuid::Uuid;

use super::compare::{Difference, Known, compare};
use super::matching::{Candidate, Doubt, Match, find};
use super::state::Work;
use super::wanted::wanted;
use super::{STEP, interview_record};
use crate::error::AppError;
use crate::household::parse_id;
use crate::profile::Profile;
use crate::projection::Record;
use crate::view::ListChoiceForm;
use crate::village::Villages;

/// A list against what is here.
pub(super) struct Plan<'a> {
    /// In the order of the list.
    pub(super) lines: Vec<Outcome<'a>>,
    pub(super) new_villages: Vec<VillageRow>,
}

/// What would become of a household of the list.
pub(super) enum Outcome<'a> {
    /// It is taken in.
    Household(Planned<'a>),
    /// It may be one of these, or none; a person has to say.
    Doubt { line: &'a ListedHousehold, doubt: Doubt, candidates: Vec<Candidate> },
    /// It turns out to be a household that the list had before, once its village is known.
    Repeated { line: &'a ListedHousehold, problem: ListProblem },
    /// It lies outside this laptop's communes.
    OutOfScope(&'a ListedHousehold),
    /// A person left it out.
    Skipped(&'a ListedHousehold),
}

/// One household of the list that is taken in.
pub(super) struct Planned<'a> {
    pub(super) line: &'a ListedHousehold,
    pub(super) id: Uuid,
    pub(super) village: VillageRow,
    /// What the line changes; empty when it says nothing new.
    pub(super) changes: BTreeMap<Path, Change>,
    /// The household's document before.
    pub(super) document: Document,
    /// What it says with the changes.
    pub(super) record: Record,
    /// Its interview, if there is one.
    pub(super) interview: Option<Record>,
    /// What a person is shown of the changes, and of what is kept in spite of the list.
    pub(super) differences: Vec<Difference>,
    pub(super) is_here: bool,
    /// Whether it is new in the lists.
    pub(super) new: bool,
}

impl Plan<'_> {
    pub(super) fn households(&self) -> impl Iterator<Item = &Planned<'_>> {
        self.lines.iter().filter_map(|line| match line {
            Outcome::Household(planned) => Some(planned),
            Outcome::Doubt { .. }
            | Outcome::Repeated { .. }
            | Outcome::OutOfScope(_)
            | Outcome::Skipped(_) => None,
        })
    }

    pub(super) fn repeated(&self) -> impl Iterator<Item = &ListProblem> {
        self.lines.iter().filter_map(|line| match line {
            Outcome::Repeated { problem, .. } => Some(problem),
            Outcome::Household(_) | Outcome::Doubt { .. } | Outcome::OutOfScope(_) | Outcome::Skipped(_) => {
                None
            }
        })
    }

    pub(super) fn out_of_scope(&self) -> usize {
        self.lines.iter().filter(|line| matches!(line, Outcome::OutOfScope(_))).count()
    }

    pub(super) fn left_out(&self) -> usize {
        self.lines.iter().filter(|line| !matches!(line, Outcome::Household(_))).count()
    }
}

/// What a person said of single households, by sheet and first row.
#[derive(Default)]
pub(super) struct Choices(HashMap<(String, u32), Choice>);

/// What a person said of a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// Leave it out.
    Skip,
    /// It is none of those here.
    New,
    /// It is this one.
    Household(Uuid),
    /// What surveyors typed gives way to the list.
    TakeList,
}

impl Choices {
    pub(super) fn parse(forms: &[ListChoiceForm]) -> Result<Self, AppError> {
        let choices = forms.iter().map(|form| {
            let choice = match form.choice.as_str() {
                "skip" => Choice::Skip,
                "new" => Choice::New,
                "list" => Choice::TakeList,
                household => Choice::Household(parse_id(household)?),
            };
            Ok(((form.sheet.clone(), form.row), choice))
        });
        Ok(Self(choices.collect::<Result<_, AppError>>()?))
    }

    fn of(&self, line: &ListedHousehold) -> Option<Choice> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(line.sheet.clone(), line.row)).copied()
    }
}

/// What is looked up once for many lines.
struct Places<'a> {
    villages: Villages,
    found: HashMap<(&'a CommuneCode, &'a str), VillageRow>,
    /// Communes of which no household is here: nothing needs to be looked for.
    empty: HashMap<&'a CommuneCode, bool>,
}

impl<'a> Places<'a> {
    fn village(&mut self, commune: &CommuneRow, line: &'a ListedHousehold) -> VillageRow {
        let find = || self.villages.find(commune, &line.village_name);
        self.found.entry((&line.commune, &line.village_name)).or_insert_with(find).clone()
    }

    fn is_empty(&mut self, reader: &Reader<'_>, line: &'a ListedHousehold) -> Result<bool, AppError> {
        if let Some(empty) = self.empty.get(&line.commune) {
            return Ok(*empty);
        }
        let empty = !reader.knows_commune(&line.commune)?;
        self.empty.insert(&line.commune, empty);
        Ok(empty)
    }
}

/// Compares each household of the list with what is here. Nothing is written.
pub(super) fn plan<'a>(
    profile: &Profile,
    reader: &Reader<'_>,
    list: &'a HouseholdList,
    choices: &Choices,
    work: &Work<'_>,
) -> Result<Plan<'a>, AppError> {
    let known = reader.villages()?.into_iter().map(|progress| progress.village);
    let mut places = Places { villages: Villages::new(known), found: HashMap::new(), empty: HashMap::new() };
    let mut taken: HashMap<Uuid, &ListedHousehold> = HashMap::new();
    let mut lines = Vec::with_capacity(list.households.len());
    work.phase("comparing", list.households.len())?;
    for (index, line) in list.households.iter().enumerate() {
        if index % STEP == 0 {
            work.done(index)?;
        }
        let choice = choices.of(line);
        let Some(commune) = profile.communes.get(&line.commune) else {
            lines.push(Outcome::OutOfScope(line));
            continue;
        };
        if choice == Some(Choice::Skip) {
            lines.push(Outcome::Skipped(line));
            continue;
        }
        let village = places.village(commune, line);
        let own = household_id(&profile.enrolled.household_key, &line.commune, &identity(line, &village));
        let found = if places.is_empty(reader, line)? {
            Match::Known { id: own, is_here: false }
        } else {
            find(reader, line, &village, own, choice)?
        };
        let (id, is_here) = match found {
            Match::Known { id, is_here } => (id, is_here),
            Match::Doubt(doubt, candidates) => {
                lines.push(Outcome::Doubt { line, doubt, candidates });
                continue;
            }
        };
        if let Some(first) = taken.get(&id) {
            lines.push(Outcome::Repeated { line, problem: repeated(line, first) });
            continue;
        }
        taken.insert(id, line);
        let planned = planned(profile, reader, (line, village), (id, is_here), choice)?;
        lines.push(Outcome::Household(planned));
    }
    Ok(Plan { lines, new_villages: places.villages.new })
}

fn planned<'a>(
    profile: &Profile,
    reader: &Reader<'_>,
    (line, village): (&'a ListedHousehold, VillageRow),
    (id, is_here): (Uuid, bool),
    choice: Option<Choice>,
) -> Result<Planned<'a>, AppError> {
    let subject = Subject { commune: line.commune.clone(), kind: SubjectKind::Household, id };
    let known = Known::read(reader, &subject)?;
    let interview = interview_record(profile, reader, &subject)?;
    let wanted = wanted(profile, line, (id, &village), &known.record);
    if known.record.0.is_empty() && interview.is_none() {
        // There is nothing to compare it with.
        let (record, document) = (Record(wanted.values()), known.document);
        let (changes, differences) = (wanted.0, Vec::new());
        let new = !is_here;
        return Ok(Planned {
            line,
            id,
            village,
            changes,
            document,
            record,
            interview,
            differences,
            is_here,
            new,
        });
    }
    let take_list = choice == Some(Choice::TakeList);
    let compared = compare(profile, &known, &wanted, (line.heads_only, take_list), interview.as_ref());
    let new = !is_here || known.is_withdrawn();
    let (mut record, document) = (known.record, known.document);
    for (path, change) in &compared.changes {
        match change {
            Change::Set(value) => {
                record.0.insert(path.clone(), value.clone());
            }
            Change::Removed => record.0.retain(|place, _| place != path && !place.is_within(path)),
        }
    }
    let (changes, differences) = (compared.changes, compared.differences);
    Ok(Planned { line, id, village, changes, document, record, interview, differences, is_here, new })
}

fn repeated(line: &ListedHousehold, first: &ListedHousehold) -> ListProblem {
    ListProblem {
        sheet: line.sheet.clone(),
        row: line.row,
        column: String::new(),
        code: ProblemCode::DuplicateHousehold,
        params: BTreeMap::from([
            ("other_sheet".to_owned(), first.sheet.clone()),
            ("other_row".to_owned(), first.row.to_string()),
        ]),
        refuses: true,
    }
}

/// The line's identity, with the village by the province's name where it has one: lists spell it in several ways.
fn identity(line: &ListedHousehold, village: &VillageRow) -> String {
    if line.identity.starts_with("id:") {
        return line.identity.clone();
    }
    let birth = line.head_member().and_then(|head| head.birth.as_deref());
    crate::identity::household(&village.name, &line.head, birth, None)
}
