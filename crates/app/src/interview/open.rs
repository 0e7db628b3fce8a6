//! An interview from the disk: its document, its draft, and what the list carried over.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{AreaType, Change, Document, Remark, Subject, lot_seed};
use rasoat_instrument::{Context, InstanceId, Path, Plan, Session, Value, migrate, moved};
use rasoat_store::{HouseholdRow, HouseholdState, OpenDraft, Progress, Reader, SecondEntry};
use uuid::Uuid;

use super::carry::Carried;
use super::state::Told;
use crate::error::AppError;
use crate::guidance::{self, ShownNotice};
use crate::household::{area_of, household_subject, interview_subject, need_row};
use crate::list_import::ASSUMED_AREAS;
use crate::moment::moment;
use crate::profile::Profile;
use crate::projection::{Record, is_meta};
use crate::review;
use crate::rounds;

/// An interview open in memory.
pub(crate) struct OpenInterview {
    /// By what screens name it: the household's id, or that of a second entry.
    pub(crate) id: Uuid,
    /// Whether it is a paper's second entry, which is compared and never sealed.
    pub(crate) second: bool,
    pub(crate) session: Session,
    pub(crate) row: HouseholdRow,
    pub(crate) subject: Subject,
    pub(crate) area: AreaType,
    /// Whether the area type was assumed from the commune's kind.
    pub(crate) area_assumed: bool,
    pub(crate) signed: bool,
    /// Whether something waits to be sealed.
    pub(crate) drafted: bool,
    /// The interview's document as sealed, without what was drafted since.
    pub(crate) sealed: Document,
    /// What was known before anything was asked.
    pub(crate) carried: Carried,
    pub(crate) listed: Record,
    pub(crate) cursor: Option<Path>,
    pub(crate) saved_at: Option<i64>,
    /// Places of an earlier version of the form whose answers stand elsewhere in this one: they go with the next answer.
    pub(crate) moved: Vec<Path>,
    /// What supervisors asked of it.
    pub(crate) remarks: Vec<(Uuid, Remark)>,
    /// The province's notice, in place of the form's own.
    pub(crate) notice: Option<ShownNotice>,
    /// What the screen was last told.
    pub(crate) told: Told,
    used_ids: BTreeSet<InstanceId>,
}

/// What an interview is opened over.
struct Begun {
    id: Uuid,
    row: HouseholdRow,
    subject: Subject,
    sealed: Document,
    listed: Record,
    remarks: Vec<(Uuid, Remark)>,
}

impl OpenInterview {
    /// Opens from the disk. Nothing is written: what the form adds by itself goes to the disk with the first answer.
    pub(crate) fn open(
        profile: &Profile,
        reader: &Reader<'_>,
        household: Uuid,
        now_millis: i64,
    ) -> Result<Self, AppError> {
        let row = need_row(reader, household)?;
        let sealed = reader.document(&interview_subject(&row))?;
        let listed = listed_of(profile, reader, &row)?;
        Self::of(profile, reader, row, sealed, listed, now_millis)
    }

    /// The same of a household whose line and documents are read already.
    pub(crate) fn of(
        profile: &Profile,
        reader: &Reader<'_>,
        row: HouseholdRow,
        sealed: Document,
        listed: Record,
        now_millis: i64,
    ) -> Result<Self, AppError> {
        let remarks = review::remarks_of(profile, reader, &row)?;
        let begun = Begun { id: row.id, subject: interview_subject(&row), row, sealed, listed, remarks };
        Self::over(profile, reader, begun, now_millis)
    }

    /// A paper's second entry: begun as if nothing had been asked, and nothing of the first is seen in it.
    pub(crate) fn second(
        profile: &Profile,
        reader: &Reader<'_>,
        entry: &SecondEntry,
        now_millis: i64,
    ) -> Result<Self, AppError> {
        let row = HouseholdRow { progress: Progress::listed(), ..need_row(reader, entry.household)? };
        let listed = listed_of(profile, reader, &row)?;
        let subject = Subject { id: entry.id, ..interview_subject(&row) };
        let (sealed, remarks) = (Document::default(), Vec::new());
        Self::over(profile, reader, Begun { id: entry.id, subject, row, sealed, listed, remarks }, now_millis)
    }

    fn over(profile: &Profile, reader: &Reader<'_>, begun: Begun, now_millis: i64) -> Result<Self, AppError> {
        let Begun { id, subject, row, sealed, listed, remarks } = begun;
        let mut draft = reader.draft(&subject)?;
        let cursor = reader.cursor(&subject)?;
        let mut carried = Carried::of(profile, reader, &row, &listed)?;

        let known = Record::of(&sealed);
        let signed = row.progress.state == HouseholdState::Signed;
        let recorded_area = known.text("meta_area_type");
        let area = match recorded_area.as_deref().filter(|_| signed) {
            Some("urban") => AreaType::Urban,
            Some(_) => AreaType::Rural,
            None => area_of(profile, reader, &row)?,
        };
        let assumed: Vec<String> = reader.setting(ASSUMED_AREAS)?.unwrap_or_default();
        let area_assumed = assumed.contains(&format!("{}/{}", row.commune, row.village))
            || reader.village(&row.commune, &row.village)?.is_none();

        // Where every answer was taken back, it begins with what the list says, as before the first.
        let begun = draft.is_some() || known.0.keys().any(|path| !is_meta(path));
        // Begun under an earlier version of the form, answers stand where that one had them.
        let mut left_behind = BTreeSet::new();
        if let Some(draft) = &mut draft {
            follow_renames(draft, &profile.form.plan, &mut left_behind);
        }
        left_behind.extend(known.0.keys().filter(|path| moved(path, &profile.form.plan) != **path).cloned());
        let mut answers = if begun {
            migrate(&known.without_meta().0, &profile.form.plan).answers
        } else {
            carried.before.clone()
        };
        let saved_at = draft.as_ref().map(|draft| draft.saved_at);
        let used_ids = ids_of(draft.as_ref(), &sealed);
        if let Some(draft) = &draft {
            overlay(&mut answers, &draft.answers);
            answers = migrate(&answers, &profile.form.plan).answers;
        }
        if signed {
            carried.settle();
        } else if begun {
            carried.underlie(&mut answers, &sealed, draft.as_ref());
        }
        if profile.form.asks("area_type")
            && let Ok(path) = Path::field("area_type")
        {
            answers.insert(path, Value::Choice(area_name(area).to_owned()));
        }
        let context = Context {
            now: moment(now_millis),
            seed: lot_seed(row.id),
            username: profile.author.clone(),
            device: profile.enrolled.device.0.to_string(),
        };
        Ok(Self {
            second: id != row.id,
            id,
            session: Session::open_plan(profile.form.plan.clone(), answers, context),
            row,
            subject,
            area,
            area_assumed,
            signed,
            drafted: draft.is_some(),
            sealed,
            carried,
            listed,
            cursor: cursor.and_then(|cursor| cursor.path),
            saved_at,
            moved: left_behind.into_iter().collect(),
            remarks,
            notice: guidance::notice(reader)?,
            told: Told::default(),
            used_ids,
        })
    }

    /// Notes that an act at `place` is on the disk.
    pub(crate) fn committed(&mut self, place: Path, progress: Progress, now_millis: i64) {
        self.drafted = true;
        self.carried.begin();
        self.moved.clear();
        self.cursor = Some(place);
        self.saved_at = Some(now_millis);
        self.row.progress = progress;
    }

    /// The places that hold something else than was sealed.
    pub(crate) fn changed(&self) -> BTreeSet<Path> {
        let kept = self.session.kept();
        let sealed = Record::of(&self.sealed).without_meta().0;
        let gone = sealed.keys().filter(|path| !kept.contains_key(*path));
        let given = kept.iter().filter(|(path, value)| sealed.get(*path) != Some(*value));
        given.map(|(path, _)| path).chain(gone).cloned().collect()
    }

    /// Whether an instance of that id was ever here.
    pub(crate) fn was_used(&self, id: &InstanceId) -> bool {
        self.used_ids.contains(id)
    }

    pub(crate) fn note_used(&mut self, id: InstanceId) {
        self.used_ids.insert(id);
    }
}

/// What is known of a household before anything is asked.
fn listed_of(profile: &Profile, reader: &Reader<'_>, row: &HouseholdRow) -> Result<Record, AppError> {
    let subject = household_subject(row);
    let listed = Record::of(&reader.document(&subject)?);
    Ok(rounds::known_before(profile, reader, &subject, listed)?)
}

/// Brings a draft's answers and removals to where this version of the form has them. What was given there already counts more.
fn follow_renames(draft: &mut OpenDraft, plan: &Plan, left_behind: &mut BTreeSet<Path>) {
    let renamed: Vec<(Path, Path)> = draft
        .answers
        .keys()
        .map(|path| (path.clone(), moved(path, plan)))
        .filter(|(from, to)| from != to)
        .collect();
    for (from, to) in renamed {
        if let Some(change) = draft.answers.remove(&from) {
            draft.answers.entry(to).or_insert(change);
        }
        left_behind.insert(from);
    }
}

pub(crate) fn area_name(area: AreaType) -> &'static str {
    match area {
        AreaType::Rural => "rural",
        AreaType::Urban => "urban",
    }
}

fn ids_of(draft: Option<&OpenDraft>, sealed: &Document) -> BTreeSet<InstanceId> {
    let drafted = draft.into_iter().flat_map(|draft| draft.answers.keys());
    drafted.chain(sealed.fields.keys()).filter_map(|path| path.instance_id()).collect()
}

/// The draft over the sealed answers. Removed instances first: what was answered in one afterwards stays.
pub(crate) fn overlay(answers: &mut BTreeMap<Path, Value>, draft: &BTreeMap<Path, Change>) {
    for (path, change) in draft {
        if path.field_name().is_none() && *change == Change::Removed {
            answers.retain(|known, _| !known.is_within(path));
        }
    }
    for (path, change) in draft {
        match change {
            Change::Set(value) if path.field_name().is_some() => {
                answers.insert(path.clone(), value.clone());
            }
            Change::Removed => {
                answers.remove(path);
            }
            Change::Set(_) => {}
        }
    }
}
