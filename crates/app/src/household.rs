//! Household lists and pages, and households that are not on the list.

use std::collections::BTreeMap;

use rasoat_casework::{
    AreaType, Change, CitizenId, CommuneCode, Subject, SubjectKind, VillageId, household_id, member_id,
    nfc_name,
};
use rasoat_instrument::{POSITION, Path, Value};
use rasoat_store::{self as store, HouseholdRow, Op, Reader, StoreError};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::history;
use crate::identity;
use crate::paper;
use crate::profile::Profile;
use crate::projection::{self, MEMBERS, Person, Record};
use crate::rounds;
use crate::start::count;
use crate::view::{
    Custody, FindingsFilter, HouseholdPageView, HouseholdQuery, HouseholdRowView, HouseholdSort,
    HouseholdState, HouseholdView, MemberView, NewHouseholdForm,
};
use crate::village::Villages;

/// Households read at once.
const PAGE: u32 = 200;

impl App {
    /// A page of households.
    pub fn households(&self, query: HouseholdQuery) -> Result<HouseholdPageView, AppError> {
        let opened = self.need_desk()?;
        let (commune, village) = query.village.as_deref().map(parse_village).transpose()?.unzip();
        let asked = store::HouseholdQuery {
            text: query.text,
            commune,
            village,
            state: query.state.map(|state| match state {
                HouseholdState::Listed => store::HouseholdState::Listed,
                HouseholdState::Started => store::HouseholdState::Started,
                HouseholdState::Signed => store::HouseholdState::Signed,
            }),
            class: query.class,
            previous_class: query.previous_class,
            custody: query.custody.map(|custody| match custody {
                Custody::Nothing => store::Custody::Nothing,
                Custody::OnlyHere => store::Custody::OnlyHere,
                Custody::Confirmed => store::Custody::Confirmed,
                Custody::Refused => store::Custody::Refused,
            }),
            findings: query.findings.map(|findings| match findings {
                FindingsFilter::Blocking => store::FindingsFilter::Blocking,
                FindingsFilter::Warnings => store::FindingsFilter::Warnings,
                FindingsFilter::Clear => store::FindingsFilter::Clear,
            }),
            in_conflict: query.in_conflict,
            sort: match query.sort {
                HouseholdSort::Place => store::HouseholdSort::Place,
                HouseholdSort::Name => store::HouseholdSort::Name,
                HouseholdSort::Code => store::HouseholdSort::Code,
                HouseholdSort::Changed => store::HouseholdSort::Changed,
                HouseholdSort::Class => store::HouseholdSort::Class(opened.profile.classes()),
                HouseholdSort::Answered => store::HouseholdSort::Answered,
            },
            descending: query.descending,
            offset: query.offset,
            limit: query.limit,
        };
        opened.store.read(|reader| {
            let page = reader.search_households(&asked)?;
            let rows = page.rows.into_iter().map(row_view).collect();
            Ok(HouseholdPageView { total: page.total, rows })
        })
    }

    /// One household.
    pub fn household(&self, id: &str) -> Result<HouseholdView, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(id)?;
        opened.store.read(|reader| page(&opened, reader, id))
    }

    /// Adds a household that is not on the list; returns its id.
    pub fn add_household(&self, form: NewHouseholdForm) -> Result<String, AppError> {
        let opened = self.need_desk()?;
        let profile = &opened.profile;
        let (commune, village) = parse_village(&form.village)?;
        let head_name = nfc_name(&form.head_name);
        if head_name.is_empty() {
            return Err(AppError::new("missing_name"));
        }
        let citizen_id = match form.citizen_id.trim() {
            "" => None,
            digits => Some(digits.parse::<CitizenId>().map_err(|_| AppError::new("bad_citizen_id"))?),
        };
        let birth = match form.birth.trim() {
            "" => None,
            date if is_partial_date(date) => Some(date.to_owned()),
            _ => return Err(AppError::new("unreadable_date")),
        };
        let sex = match form.sex.trim() {
            "" => None,
            sex @ ("male" | "female") => Some(Value::Choice(sex.to_owned())),
            _ => return Err(AppError::new("unknown_sex")),
        };
        let now = self.now();
        let (id, _) = opened.store.transact(Op::AddHousehold, |tx| {
            let village = tx.village(&commune, &village)?.ok_or_else(|| AppError::new("unknown_village"))?;
            let (birth, digits) = (birth.as_deref(), citizen_id.as_ref().map(CitizenId::as_str));
            let identity = identity::household(&village.name, &head_name, birth, digits);
            let key = &profile.enrolled.household_key;
            let id = household_id(key, &village.commune, &identity);
            if tx.household(id)?.is_some() {
                return Err(AppError::new("household_exists").with("household", id));
            }
            let member = member_id(key, id, &identity::member(&head_name, birth, digits));
            let place = Path::instance(MEMBERS, &member).map_err(|_| AppError::new("unknown_path"))?;
            let mut changes = Fields::default();
            changes.field("origin", Some(Value::Choice("added".to_owned())));
            changes.field("village", Some(Value::Text(village.id.to_string())));
            changes.field("village_name", Some(Value::Text(village.name.clone())));
            changes.field("address", text(&form.address));
            changes.member(&place, "full_name", Some(Value::Text(head_name.clone())));
            changes.member(&place, "relation", Some(Value::Choice("head".to_owned())));
            changes.member(&place, "birth", birth.and_then(text));
            changes.member(&place, "sex", sex);
            changes.member(&place, "citizen_id", digits.and_then(text));
            changes.member(&place, POSITION, Some(Value::Integer(1)));
            let subject = Subject { commune: village.commune.clone(), kind: SubjectKind::Household, id };
            let record = Record(changes.values());
            tx.seal(&subject, changes.0, &profile.author, None, now)?;
            tx.upsert_household(&projection::line(
                profile,
                (id, &village.commune, &village.id),
                &record,
                None,
            ))?;
            Ok(id)
        })?;
        self.wake().notify_waiters();
        Ok(id.to_string())
    }
}

/// Changes being put together, by field.
#[derive(Default)]
pub(crate) struct Fields(pub(crate) BTreeMap<Path, Change>);

impl Fields {
    /// A field outside repeats; nothing where there is no value.
    pub(crate) fn field(&mut self, name: &str, value: Option<Value>) {
        if let (Ok(path), Some(value)) = (Path::field(name), value) {
            self.0.insert(path, Change::Set(value));
        }
    }

    /// A field of the instance at `place`.
    pub(crate) fn member(&mut self, place: &Path, name: &str, value: Option<Value>) {
        if let (Ok(path), Some(value)) = (place.child(name), value) {
            self.0.insert(path, Change::Set(value));
        }
    }

    /// What is set.
    pub(crate) fn values(&self) -> BTreeMap<Path, Value> {
        let set = self.0.iter().filter_map(|(path, change)| match change {
            Change::Set(value) => Some((path.clone(), value.clone())),
            Change::Removed => None,
        });
        set.collect()
    }
}

/// A text value; an empty one is none.
pub(crate) fn text(text: &str) -> Option<Value> {
    let text = nfc_name(text);
    (!text.is_empty()).then_some(Value::Text(text))
}

/// `1984-03-12` or `1987`.
fn is_partial_date(text: &str) -> bool {
    let year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    year || (text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok())
}

pub(crate) fn parse_id(id: &str) -> Result<Uuid, AppError> {
    id.parse().map_err(|_| AppError::new("unknown_household"))
}

/// A village as screens name it: its id counts within its commune only, and two communes may both have a `khoi-3`.
pub(crate) fn village_key(commune: &CommuneCode, village: &VillageId) -> String {
    format!("{commune}-{village}")
}

pub(crate) fn parse_village(key: &str) -> Result<(CommuneCode, VillageId), AppError> {
    let parts = key
        .split_once('-')
        .and_then(|(commune, village)| Some((commune.parse().ok()?, village.parse().ok()?)));
    parts.ok_or_else(|| AppError::new("unknown_village"))
}

/// A household's line, or an error that says there is none.
pub(crate) fn need_row(reader: &Reader<'_>, id: Uuid) -> Result<HouseholdRow, AppError> {
    reader.household(id)?.ok_or_else(|| AppError::new("unknown_household"))
}

/// Which income line applies in a household's village.
pub(crate) fn area_of(
    profile: &Profile,
    reader: &Reader<'_>,
    row: &HouseholdRow,
) -> Result<AreaType, StoreError> {
    let village = reader.village(&row.commune, &row.village)?.unwrap_or_else(|| {
        // It went with the list that had brought it.
        let commune = profile.communes.get(&row.commune);
        Villages::assumed(commune, &row.commune, &row.village, String::new())
    });
    Ok(village.area)
}

pub(crate) fn household_subject(row: &HouseholdRow) -> Subject {
    Subject { commune: row.commune.clone(), kind: SubjectKind::Household, id: row.id }
}

pub(crate) fn interview_subject(row: &HouseholdRow) -> Subject {
    Subject { commune: row.commune.clone(), kind: SubjectKind::Interview, id: row.interview }
}

fn page(opened: &Opened, reader: &Reader<'_>, id: Uuid) -> Result<HouseholdView, AppError> {
    let row = need_row(reader, id)?;
    let profile = &opened.profile;
    let listed = Record::of(&reader.document(&household_subject(&row))?);
    let listed = rounds::known_before(profile, reader, &household_subject(&row), listed)?;
    let interview = Record::of(&reader.document(&interview_subject(&row))?);
    let merged = reader.merged_with(id)?.into_iter().map(|id| Ok(row_view(need_row(reader, id)?)));
    let newest = |name: &str| interview.text(name).or_else(|| listed.text(name));
    Ok(HouseholdView {
        village: village_key(&row.commune, &row.village),
        commune_name: profile.commune_name(&row.commune),
        area: area_of(profile, reader, &row)?,
        phone: newest("phone"),
        previous_b1: listed.number("previous_b1"),
        previous_b2: listed.number("previous_b2"),
        list_year: listed.text("list_year").and_then(|year| year.parse().ok()),
        members: member_views(profile, &listed, &interview),
        merged: merged.collect::<Result<_, AppError>>()?,
        paper: paper::state(&interview),
        history: history::of(profile, reader, &row)?,
        row: row_view(row),
    })
}

/// Every household that a query finds, however many pages they are.
pub(crate) fn all_rows(
    reader: &Reader<'_>,
    query: store::HouseholdQuery,
) -> Result<Vec<HouseholdRow>, StoreError> {
    let mut rows = Vec::new();
    loop {
        let page = reader.search_households(&store::HouseholdQuery {
            offset: count(rows.len()),
            limit: PAGE,
            ..query.clone()
        })?;
        let is_last = page.rows.is_empty();
        rows.extend(page.rows);
        if is_last || count(rows.len()) >= page.total {
            return Ok(rows);
        }
    }
}

/// A household's members as last known.
pub(crate) fn members_of(
    profile: &Profile,
    reader: &Reader<'_>,
    row: &HouseholdRow,
) -> Result<Vec<MemberView>, AppError> {
    let listed = Record::of(&reader.document(&household_subject(row))?);
    let listed = rounds::known_before(profile, reader, &household_subject(row), listed)?;
    let interview = Record::of(&reader.document(&interview_subject(row))?);
    Ok(member_views(profile, &listed, &interview))
}

fn member_views(profile: &Profile, listed: &Record, interview: &Record) -> Vec<MemberView> {
    let members = Some(interview.members()).filter(|members| !members.is_empty());
    let members = members.unwrap_or_else(|| listed.members());
    members.iter().map(|person| member_view(profile, person)).collect()
}

fn member_view(profile: &Profile, person: &Person<'_>) -> MemberView {
    let worded = |name: &str| {
        person.text(name).map(|choice| profile.form.choice_label(name, &choice)).unwrap_or_default()
    };
    MemberView {
        id: person.id.to_string(),
        full_name: person.text("full_name").unwrap_or_default(),
        relation: worded("relation"),
        birth: person.text("birth"),
        sex: worded("sex"),
        citizen_id: person.text("citizen_id").and_then(|id| id.parse().ok()).map(|id: CitizenId| id.masked()),
    }
}

pub(crate) fn row_view(row: HouseholdRow) -> HouseholdRowView {
    HouseholdRowView {
        id: row.id.to_string(),
        head_name: row.head_name,
        code: row.code,
        village_name: row.village_name,
        address: row.address,
        members: row.members,
        citizen_id: row.citizen_id.as_ref().map(CitizenId::masked),
        previous_class: row.previous_class,
        state: match row.progress.state {
            store::HouseholdState::Listed => HouseholdState::Listed,
            store::HouseholdState::Started => HouseholdState::Started,
            store::HouseholdState::Signed => HouseholdState::Signed,
        },
        returned: row.returned && row.progress.state == store::HouseholdState::Started,
        class: row.progress.class,
        provisional: row.progress.provisional,
        custody: custody_view(row.custody),
        findings: row.progress.findings,
        warnings: row.progress.warnings,
        answered: row.progress.answered,
        questions: row.progress.questions,
        conflicts: row.conflicts,
        merged_into: row.merged_into.map(|kept| kept.to_string()),
        withdrawn: row.withdrawn,
    }
}

pub(crate) fn custody_view(custody: store::Custody) -> Custody {
    match custody {
        store::Custody::Nothing => Custody::Nothing,
        store::Custody::OnlyHere => Custody::OnlyHere,
        store::Custody::Confirmed => Custody::Confirmed,
        store::Custody::Refused => Custody::Refused,
    }
}
