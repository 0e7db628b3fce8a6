//! Lists of households: their columns, what they would bring, taking them in and undoing it.
//!
//! Nothing is written before a person says so; then everything in one transaction, or nothing.

mod columns;
mod compare;
mod matching;
mod plan;
mod rows;
mod state;
mod undo;
mod wanted;

use std::path::Path as FilePath;

use rasoat_casework::{Subject, SubjectKind, WITHDRAWN};
use rasoat_lists::{ListFile, ListProblem};
use rasoat_store::{Act, ListTaken, Op, Reader, Tx, VillageRow};

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::household::need_row;
use crate::moment::rfc3339;
use crate::profile::Profile;
use crate::projection::{self, Record};
use crate::refresh;
use crate::start::{count, read_file};
use crate::view::{
    ListColumnsView, ListFate, ListImportRecordView, ListImportView, ListMappingForm, ListPreviewView,
    ListProblemView, ListProgressView, ListRowsQuery, ListRowsView, ListTakeForm,
};
use plan::{Choices, Outcome, Plan, Planned};
pub(crate) use state::ListState;
use state::{Prepared, Work};

/// The largest list file.
const LONGEST_LIST: u64 = 64 << 20;
/// Problems in one page, and lists in the history.
const MOST_PROBLEMS: usize = 500;
const MOST_RECORDS: u32 = 50;
/// Rows in one page, at most.
const MOST_ROWS: u32 = 200;
/// Households between two looks at whether to go on.
const STEP: usize = 50;
/// Villages whose area type was assumed from the commune's kind: `commune/village`.
pub(crate) const ASSUMED_AREAS: &str = "assumed_areas";

/// A list file, read.
struct Read {
    file: ListFile,
    hash: blake3::Hash,
}

impl App {
    /// The columns of a list file, as its headers say or as a person said of files of this make before.
    pub fn list_columns(&self, path: &str) -> Result<ListColumnsView, AppError> {
        let opened = self.need_open()?;
        let work = opened.lists.begin()?;
        let read = read(&work, path)?;
        opened.store.read(|reader| columns::view(&opened.profile, reader, &read.file, file_name(path)))
    }

    /// Reads a list as its headers say, without taking it in.
    pub fn preview_list(&self, path: &str) -> Result<ListPreviewView, AppError> {
        self.preview_list_as(path, None)
    }

    /// Reads a list as a person says of its columns, without taking it in. Its rows can be paged through until another is read.
    pub fn preview_list_as(
        &self,
        path: &str,
        mapping: Option<&ListMappingForm>,
    ) -> Result<ListPreviewView, AppError> {
        let opened = self.need_open()?;
        let profile = &opened.profile;
        let work = opened.lists.begin()?;
        opened.lists.forget();
        let read = read(&work, path)?;
        let (view, prepared) = opened.store.read(|reader| {
            let mapping = columns::mapping(profile, reader, &read.file, mapping)?;
            let list = read.file.list(&profile.units, &mapping)?;
            let plan = plan::plan(profile, reader, &list, &Choices::default(), &work)?;
            let rows = rows::rows(profile, reader, &list, &plan)?;
            // What leaves a household out is what a person must see first.
            let mut problems: Vec<&ListProblem> = list.problems.iter().chain(plan.repeated()).collect();
            problems.sort_by_key(|problem| !problem.refuses);
            let problems: Vec<ListProblemView> = problems.into_iter().map(rows::problem_view).collect();
            let of = |fate: ListFate| count(rows.iter().filter(|row| row.fate == fate).count());
            let out_of_scope = count(plan.out_of_scope());
            let view = ListPreviewView {
                file: file_name(path),
                layout: list.layout.as_str().to_owned(),
                new: of(ListFate::New),
                updated: of(ListFate::Updated),
                unchanged: of(ListFate::Unchanged),
                doubts: of(ListFate::Doubt),
                kept: count(rows.iter().filter(|row| row.differences.iter().any(|one| one.kept)).count()),
                out_of_scope,
                refused: of(ListFate::Refused) - out_of_scope,
                members: count(plan.households().map(|planned| planned.line.members.len()).sum()),
                rows: list.rows,
                new_villages: plan.new_villages.iter().map(|village| village.name.clone()).collect(),
                problems: problems.iter().take(MOST_PROBLEMS).cloned().collect(),
                more_problems: count(problems.len().saturating_sub(MOST_PROBLEMS)),
            };
            Ok::<_, AppError>((view, Prepared { hash: read.hash, rows, problems }))
        })?;
        opened.lists.keep(prepared);
        Ok(view)
    }

    /// A page of the rows of the list that was read last, by what would become of them.
    pub fn list_rows(&self, query: ListRowsQuery) -> Result<ListRowsView, AppError> {
        let prepared = self.need_open()?.lists.prepared()?;
        let fits = prepared.rows.iter().filter(|row| query.fate.is_none_or(|fate| row.fate == fate));
        let total = count(fits.clone().count());
        let page = fits.skip(query.offset as usize).take(query.limit.min(MOST_ROWS) as usize);
        Ok(ListRowsView { total, rows: page.cloned().collect() })
    }

    /// A page of everything that is wrong in the list that was read last.
    pub fn list_problems(&self, offset: u32) -> Result<Vec<ListProblemView>, AppError> {
        let prepared = self.need_open()?.lists.prepared()?;
        Ok(prepared.problems.iter().skip(offset as usize).take(MOST_PROBLEMS).cloned().collect())
    }

    /// Takes in the list that was read last, as it was read. What cannot be taken in is left out only if the form says so, and
    /// so is what is in doubt and nobody settled.
    pub fn take_list(&self, form: &ListTakeForm) -> Result<ListImportView, AppError> {
        let opened = self.need_open()?;
        let expected = opened.lists.prepared()?.hash;
        let choices = Choices::parse(&form.choices)?;
        let view = self.take(&opened, (&form.path, form.mapping.as_ref()), &choices, &|read, left_out| {
            if read.hash != expected {
                return Err(AppError::new("list_changed"));
            }
            if left_out > 0 && !form.leave_out {
                return Err(AppError::new("list_leaves_out").with("count", left_out));
            }
            Ok(())
        })?;
        opened.lists.forget();
        Ok(view)
    }

    /// Takes a list in as its headers say, without what is refused or in doubt.
    pub fn import_list(&self, path: &str) -> Result<ListImportView, AppError> {
        self.take(&*self.need_open()?, (path, None), &Choices::default(), &|_, _| Ok(()))
    }

    /// How far the reading or taking in of a list is; `None` while there is neither.
    pub fn list_progress(&self) -> Result<Option<ListProgressView>, AppError> {
        Ok(self.need_open()?.lists.progress())
    }

    /// Ends the reading or taking in of a list; nothing of it is left.
    pub fn list_cancel(&self) -> Result<(), AppError> {
        self.need_open()?.lists.cancel();
        Ok(())
    }

    /// The lists that were taken in, the last one first.
    pub fn list_imports(&self) -> Result<Vec<ListImportRecordView>, AppError> {
        let imports = self.need_open()?.store.read(|reader| reader.list_imports(MOST_RECORDS))?;
        Ok(imports.into_iter().map(record_view).collect())
    }

    /// Takes a list into a database that is not the open one.
    pub(crate) fn import_into(&self, opened: &Opened, path: &str) -> Result<ListImportView, AppError> {
        self.take(opened, (path, None), &Choices::default(), &|_, _| Ok(()))
    }

    fn take(
        &self,
        opened: &Opened,
        (path, said): (&str, Option<&ListMappingForm>),
        choices: &Choices,
        allow: &dyn Fn(&Read, u32) -> Result<(), AppError>,
    ) -> Result<ListImportView, AppError> {
        self.need_room()?;
        let profile = &opened.profile;
        let work = opened.lists.begin()?;
        let read = read(&work, path)?;
        let at = self.now();
        let (view, _) = opened.store.transact(Op::ImportList, |tx| {
            let mapping = columns::mapping(profile, tx, &read.file, said)?;
            let list = read.file.list(&profile.units, &mapping)?;
            let plan = plan::plan(profile, tx, &list, choices, &work)?;
            let left_out = list.refused.saturating_add(count(plan.left_out()));
            allow(&read, left_out)?;
            if said.is_some() {
                columns::remember(tx, &read.file, &mapping)?;
            }
            keep_villages(tx, &plan)?;
            let before = tx.last_edit()?;
            let mut view = ListImportView { new: 0, updated: 0, unchanged: 0, left_out };
            work.phase("writing", plan.lines.len())?;
            for (index, line) in plan.lines.into_iter().enumerate() {
                if index % STEP == 0 {
                    work.done(index)?;
                }
                let Outcome::Household(planned) = line else { continue };
                *match (planned.new, planned.changes.is_empty()) {
                    (true, _) => &mut view.new,
                    (false, false) => &mut view.updated,
                    (false, true) => &mut view.unchanged,
                } += 1;
                write(profile, tx, planned, at)?;
            }
            let (new, updated, unchanged) = (view.new, view.updated, view.unchanged);
            let (author, file) = (profile.author.clone(), file_name(path));
            tx.record_list(&ListTaken { at, author, file, new, updated, unchanged, left_out }, before)?;
            let counts = [("new", new), ("updated", updated), ("left_out", left_out)];
            tx.audit(Act::ImportList, &counts.map(|(name, count)| (name, count.to_string())), at)?;
            work.done(0)?;
            Ok::<_, AppError>(view)
        })?;
        tracing::info!(new = view.new, updated = view.updated, left_out = view.left_out, "list taken in");
        self.wake().notify_waiters();
        Ok(view)
    }
}

fn read(work: &Work<'_>, path: &str) -> Result<Read, AppError> {
    work.phase("reading", 0)?;
    let bytes = read_file(FilePath::new(path), LONGEST_LIST)?;
    Ok(Read { hash: blake3::hash(&bytes), file: ListFile::read(&bytes)? })
}

fn file_name(path: &str) -> String {
    let name = FilePath::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_default()
}

fn keep_villages(tx: &Tx<'_>, plan: &Plan<'_>) -> Result<(), AppError> {
    if plan.new_villages.is_empty() {
        return Ok(());
    }
    let mut assumed: Vec<String> = tx.setting(ASSUMED_AREAS)?.unwrap_or_default();
    for village in &plan.new_villages {
        tx.put_village(village)?;
        assumed.push(assumed_key(village));
    }
    Ok(tx.set_setting(ASSUMED_AREAS, &assumed)?)
}

/// Writes what a line changes, and brings the household's line in lists up to it.
fn write(profile: &Profile, tx: &Tx<'_>, planned: Planned<'_>, at: i64) -> Result<(), AppError> {
    if planned.changes.is_empty() {
        return Ok(());
    }
    let (commune, id) = (&planned.line.commune, planned.id);
    let subject = Subject { commune: commune.clone(), kind: SubjectKind::Household, id };
    let place = (id, commune, &planned.village.id);
    tx.upsert_household(&projection::line(profile, place, &planned.record, planned.interview.as_ref()))?;
    tx.settle_read((&subject, &planned.document), planned.changes, &profile.author, at)?;
    if planned.is_here {
        refresh::count_conflicts(tx, &need_row(tx, id)?)?;
        tx.set_withdrawn(id, false)?;
    }
    Ok(())
}

/// Whether a household's documents say that the list that brought it was undone.
pub(crate) fn is_withdrawn(listed: &Record) -> bool {
    listed.text(WITHDRAWN).is_some()
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

fn record_view(import: rasoat_store::ListImport) -> ListImportRecordView {
    let taken = import.taken;
    let undone = import.undone;
    ListImportRecordView {
        number: import.number.to_string(),
        at: rfc3339(taken.at),
        author: taken.author,
        file: taken.file,
        new: taken.new,
        updated: taken.updated,
        unchanged: taken.unchanged,
        left_out: taken.left_out,
        undone_at: undone.as_ref().map(|undone| rfc3339(undone.at)),
        undone_by: undone.as_ref().map(|undone| undone.author.clone()),
        kept: undone.map_or(0, |undone| undone.kept),
    }
}
