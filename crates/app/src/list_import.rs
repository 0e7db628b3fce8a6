//! The official household list: what it would bring, and taking it in.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use rasoat_casework::{Change, CitizenId, Subject, SubjectKind, household_id, member_id};
use rasoat_instrument::{InstanceId, Number, POSITION, Path, Value};
use rasoat_lists::{HouseholdList, ListProblem, ListedHousehold, ListedMember, ProblemCode, read_list};
use rasoat_store::{Act, Op, Reader, VillageRow};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::household::{Fields, need_row, text};
use crate::profile::Profile;
use crate::projection::{self, MEMBERS, Record};
use crate::refresh;
use crate::start::{count, read_file};
use crate::view::{ListImportView, ListPreviewView, ListProblemView, ListSampleView};
use crate::village::Villages;

/// The largest list file.
const LONGEST_LIST: u64 = 64 << 20;
/// Problems that a screen lists; the rest is counted.
const MOST_PROBLEMS: usize = 500;
/// Households shown for a look.
const SAMPLE: usize = 5;
/// Villages whose area type was assumed from the commune's kind: `commune/village`.
pub(crate) const ASSUMED_AREAS: &str = "assumed_areas";

/// One household of the list against what is here.
struct Planned<'a> {
    line: &'a ListedHousehold,
    id: Uuid,
    village: VillageRow,
    /// What the line changes; empty when it says nothing new.
    changes: BTreeMap<Path, Change>,
    /// The household's document with the changes.
    record: Record,
    new: bool,
}

/// A list against what is here.
struct Plan<'a> {
    households: Vec<Planned<'a>>,
    new_villages: Vec<VillageRow>,
    out_of_scope: u32,
    /// Lines that turn out to be of one household once their villages are known; the first is taken.
    repeated: Vec<ListProblem>,
}

impl App {
    /// Reads an official list without taking it in.
    pub fn preview_list(&self, path: &str) -> Result<ListPreviewView, AppError> {
        let opened = self.need_open()?;
        let list = self.read_list(&opened, path)?;
        let plan = opened.store.read(|reader| plan(&opened.profile, reader, &list))?;
        let of =
            |matches: fn(&Planned<'_>) -> bool| count(plan.households.iter().filter(|p| matches(p)).count());
        // What leaves a household out is what a person must see first.
        let mut problems: Vec<&ListProblem> = list.problems.iter().chain(&plan.repeated).collect();
        problems.sort_by_key(|problem| !problem.refuses);
        let file = FilePath::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(ListPreviewView {
            file: file.unwrap_or_default(),
            layout: list.layout.as_str().to_owned(),
            new: of(|planned| planned.new),
            updated: of(|planned| !planned.new && !planned.changes.is_empty()),
            unchanged: of(|planned| !planned.new && planned.changes.is_empty()),
            out_of_scope: plan.out_of_scope,
            refused: list.refused.saturating_add(count(plan.repeated.len())),
            members: count(plan.households.iter().map(|planned| planned.line.members.len()).sum()),
            rows: list.rows,
            new_villages: plan.new_villages.iter().map(|village| village.name.clone()).collect(),
            problems: problems.iter().take(MOST_PROBLEMS).map(|problem| problem_view(problem)).collect(),
            more_problems: count(problems.len().saturating_sub(MOST_PROBLEMS)),
            sample: plan.households.iter().take(SAMPLE).map(|planned| sample_view(planned.line)).collect(),
        })
    }

    /// Takes an official list in, in one transaction.
    pub fn import_list(&self, path: &str) -> Result<ListImportView, AppError> {
        let opened = self.need_open()?;
        let list = self.read_list(&opened, path)?;
        let now = self.now();
        let (view, _) = opened.store.transact(Op::ImportList, |tx| {
            let profile = &opened.profile;
            let plan = plan(profile, tx, &list)?;
            if !plan.new_villages.is_empty() {
                let mut assumed: Vec<String> = tx.setting(ASSUMED_AREAS)?.unwrap_or_default();
                for village in &plan.new_villages {
                    tx.put_village(village)?;
                    assumed.push(assumed_key(village));
                }
                tx.set_setting(ASSUMED_AREAS, &assumed)?;
            }
            let mut view = ListImportView {
                new: 0,
                updated: 0,
                unchanged: 0,
                left_out: list
                    .refused
                    .saturating_add(plan.out_of_scope)
                    .saturating_add(count(plan.repeated.len())),
            };
            for planned in plan.households {
                let counted = match (planned.new, planned.changes.is_empty()) {
                    (true, _) => &mut view.new,
                    (false, false) => &mut view.updated,
                    (false, true) => &mut view.unchanged,
                };
                *counted += 1;
                if planned.changes.is_empty() {
                    continue;
                }
                let commune = &planned.line.commune;
                let subject =
                    Subject { commune: commune.clone(), kind: SubjectKind::Household, id: planned.id };
                tx.seal(&subject, planned.changes, &profile.author, None, now)?;
                let interview = interview_record(profile, tx, &subject)?;
                let place = (planned.id, commune, &planned.village.id);
                tx.upsert_household(&projection::line(profile, place, &planned.record, interview.as_ref()))?;
                if !planned.new {
                    refresh::count_conflicts(tx, &need_row(tx, planned.id)?)?;
                }
            }
            let counts = [("new", view.new), ("updated", view.updated), ("left_out", view.left_out)];
            tx.audit(Act::ImportList, &counts.map(|(name, count)| (name, count.to_string())), now)?;
            Ok::<_, AppError>(view)
        })?;
        tracing::info!(new = view.new, updated = view.updated, left_out = view.left_out, "list taken in");
        self.wake().notify_waiters();
        Ok(view)
    }

    fn read_list(&self, opened: &Opened, path: &str) -> Result<HouseholdList, AppError> {
        let bytes = read_file(FilePath::new(path), LONGEST_LIST)?;
        Ok(read_list(&bytes, &opened.profile.units)?)
    }
}

/// How a village stands in [`ASSUMED_AREAS`].
pub(crate) fn assumed_key(village: &VillageRow) -> String {
    format!("{}/{}", village.commune, village.id)
}

fn interview_record(
    profile: &Profile,
    reader: &Reader<'_>,
    household: &Subject,
) -> Result<Option<Record>, AppError> {
    let id = rasoat_casework::interview_id(household.id, profile.enrolled.round);
    let subject = Subject { commune: household.commune.clone(), kind: SubjectKind::Interview, id };
    let record = Record::of(&reader.document(&subject)?);
    Ok((!record.0.is_empty()).then_some(record))
}

fn plan<'a>(profile: &Profile, reader: &Reader<'_>, list: &'a HouseholdList) -> Result<Plan<'a>, AppError> {
    let mut rows: BTreeMap<Uuid, &ListedHousehold> = BTreeMap::new();
    let mut villages = Villages::new(reader.villages()?.into_iter().map(|progress| progress.village));
    let mut plan =
        Plan { households: Vec::new(), new_villages: Vec::new(), out_of_scope: 0, repeated: Vec::new() };
    for line in &list.households {
        let Some(commune) = profile.communes.get(&line.commune) else {
            plan.out_of_scope += 1;
            continue;
        };
        let village = villages.find(commune, &line.village_name);
        let id = household_id(&profile.enrolled.household_key, &line.commune, &identity(line, &village));
        if let Some(first) = rows.get(&id) {
            plan.repeated.push(repeated(line, first));
            continue;
        }
        rows.insert(id, line);
        let subject = Subject { commune: line.commune.clone(), kind: SubjectKind::Household, id };
        let known = Record::of(&reader.document(&subject)?);
        let wanted = wanted(profile, line, id, &village);
        let changes = differences(&known, &wanted);
        let mut record = known;
        record.0.retain(|path, _| {
            path.enclosing_instance().is_none_or(|instance| changes.get(&instance) != Some(&Change::Removed))
        });
        record.0.extend(wanted.values());
        let new = reader.household(id)?.is_none();
        plan.households.push(Planned { line, id, village, changes, record, new });
    }
    plan.new_villages = villages.new;
    Ok(plan)
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

/// What the line says, as fields of the household's document.
fn wanted(profile: &Profile, line: &ListedHousehold, id: Uuid, village: &VillageRow) -> Fields {
    let choice = |key: &str| Some(Value::Choice(key.to_owned()));
    let points = |points: f64| Number::new(points).map(Value::Decimal);
    let ticked = |ticked: bool| if ticked { choice("yes") } else { None };
    let mut fields = Fields::default();
    fields.field("origin", choice("list"));
    fields.field("household_code", line.code.as_deref().and_then(text));
    fields.field("village", Some(Value::Text(village.id.to_string())));
    fields.field("village_name", text(&line.village_name));
    fields.field("address", line.address.as_deref().and_then(text));
    fields.field("phone", line.phone.as_deref().and_then(text));
    fields.field("previous_class", line.class.as_deref().and_then(choice));
    fields.field("previous_b1", line.b1.and_then(points));
    fields.field("previous_b2", line.b2.and_then(points));
    fields.field("list_year", Some(Value::Integer(list_year(profile, line))));
    fields.field("decision_number", line.decision_number.as_deref().and_then(text));
    fields.field("decision_date", line.decision_date.as_deref().and_then(text));
    fields.field("listed_minority", ticked(line.minority));
    fields.field("listed_no_labour", ticked(line.no_labour));
    fields.field("listed_merit", ticked(line.merit));
    fields.field("listed_causes", text(&line.causes.join("; ")));
    for (index, member) in line.members.iter().enumerate() {
        let member_id = member_id(&profile.enrolled.household_key, id, &member.identity);
        add_member(&mut fields, &member_id, index, member);
    }
    fields
}

fn add_member(fields: &mut Fields, id: &InstanceId, index: usize, member: &ListedMember) {
    let Ok(place) = Path::instance(MEMBERS, id) else { return };
    let choice = |key: &String| Value::Choice(key.clone());
    fields.member(&place, "full_name", text(&member.name));
    fields.member(&place, "relation", member.relation.as_ref().map(choice));
    fields.member(&place, "birth", member.birth.as_deref().and_then(text));
    fields.member(&place, "sex", member.sex.as_ref().map(choice));
    fields.member(&place, "citizen_id", member.citizen_id.as_ref().map(CitizenId::as_str).and_then(text));
    fields.member(&place, "ethnicity", member.ethnicity.as_ref().map(choice));
    fields.member(&place, POSITION, i64::try_from(index + 1).ok().map(Value::Integer));
}

/// The year of the decision; lists without one are of the year before the round.
fn list_year(profile: &Profile, line: &ListedHousehold) -> i64 {
    let decided =
        line.decision_date.as_deref().and_then(|date| date.get(..4)).and_then(|year| year.parse().ok());
    decided.unwrap_or(i64::from(profile.enrolled.round.0) - 1)
}

/// Only what differs. A field that the list leaves out stays; a member that it no longer names goes.
fn differences(known: &Record, wanted: &Fields) -> BTreeMap<Path, Change> {
    let mut changes: BTreeMap<Path, Change> = wanted
        .0
        .iter()
        .filter(|(path, change)| !matches!(change, Change::Set(value) if known.0.get(path) == Some(value)))
        .map(|(path, change)| (path.clone(), change.clone()))
        .collect();
    for person in known.members() {
        let Ok(place) = Path::instance(MEMBERS, &person.id) else { continue };
        if !wanted.0.keys().any(|path| path.is_within(&place)) {
            changes.insert(place, Change::Removed);
        }
    }
    changes
}

fn problem_view(problem: &ListProblem) -> ListProblemView {
    ListProblemView {
        sheet: problem.sheet.clone(),
        row: problem.row,
        column: problem.column.clone(),
        refuses: problem.refuses,
        code: problem.code.as_str().to_owned(),
        params: problem.params.clone(),
    }
}

fn sample_view(line: &ListedHousehold) -> ListSampleView {
    ListSampleView {
        head_name: line.head.clone(),
        village_name: line.village_name.clone(),
        members: count(line.members.len()),
        class: line.class.clone(),
    }
}
