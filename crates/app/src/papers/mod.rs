//! Lists and papers of a village or of all, over the store's households and the procedure's acts.
//!
//! Which household stands in which paper is `rasoat_casework::papers`'s to say, and what is written of it `rasoat_documents`'s.

mod filled;
mod household;
mod state;
mod tables;

use std::path::Path;

use rasoat_casework::papers::{self, FullIds, Missing, PaperKind, Place};
use rasoat_casework::{CommuneCode, VillageId};
use rasoat_documents::{
    FileKind, Village, certificates, decisions, file_kinds, interchange, list, minutes, pdf, sources, xlsx,
};
use rasoat_store::{Act, HouseholdQuery, HouseholdRow, HouseholdSort, Op};

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::files;
use crate::household::{all_rows, parse_village, village_key};
use crate::moment::moment;
use crate::procedure::Desk;
use crate::start::count;
use crate::view::{
    CountingPaper, Paper, PaperFormat, PaperMissingView, PaperProgressView, PaperStateView, PaperWriteForm,
    PaperWrittenView, PapersView, ProcedureVillageView,
};
use household::Household;
use state::Work;
use uuid::Uuid;

pub(crate) use state::PapersState;

/// In the order of the work.
fn every_paper() -> impl Iterator<Item = Paper> {
    PaperKind::ALL.into_iter().map(Paper::Of).chain([CountingPaper::Tables.into()])
}

impl App {
    /// What can be made of a village, or of all.
    ///
    /// # Errors
    /// `unknown_village`
    pub fn papers(&self, village: Option<&str>) -> Result<PapersView, AppError> {
        let opened = self.need_open()?;
        let now = self.now();
        let desk = desk(&opened, now)?;
        let rows = rows(&opened, village)?;
        let mut places: Vec<Vec<Place>> = Vec::new();
        for row in rows {
            let household = Household::at(&opened, &desk, row)?;
            places.push(every_paper().map(|paper| place(paper, &household, now)).collect());
        }
        let papers = every_paper().enumerate().map(|(index, paper)| {
            let found = || places.iter().filter_map(|of| of.get(index).copied());
            PaperStateView {
                kind: paper,
                formats: formats(paper),
                households: count(found().filter(|place| *place == Place::In).count()),
                missing: missing(found()),
                public: paper.kind().is_some_and(PaperKind::is_public),
            }
        });
        let papers = papers.collect();
        Ok(PapersView { villages: villages(&opened)?, papers })
    }

    /// Writes a paper where somebody chose, under a name that is free there. That it is, and with which citizen IDs, is accounted for
    /// before.
    ///
    /// # Errors
    /// `unknown_village`, `papers_format`, `papers_nothing`: nobody would stand in it, `papers_busy`, `papers_cancelled`; what the disk
    /// says.
    pub fn write_paper(&self, form: &PaperWriteForm) -> Result<PaperWrittenView, AppError> {
        let opened = self.need_open()?;
        let work = opened.papers.begin()?;
        if !formats(form.kind).contains(&form.format) {
            return Err(AppError::new("papers_format"));
        }
        let now = self.now();
        let rows = rows(&opened, form.village.as_deref())?;
        if rows.is_empty() {
            return Err(AppError::new("papers_nothing"));
        }
        let full_ids = has_ids(form);
        let desk = desk(&opened, now)?;
        let (chosen, households, missing) = match form.kind.kind() {
            // It counts households, and nobody stands in it.
            None => (Vec::new(), rows.len(), Vec::new()),
            Some(kind) => {
                let (chosen, missing) = chosen(&opened, &work, &desk, kind, rows)?;
                let households = chosen.len();
                (chosen, households, missing)
            }
        };
        let households = count(households);
        account(&opened, form, households, full_ids, now)?;
        let bytes = make(&opened, &work, &desk, form, chosen)?;
        let ending = if form.format == PaperFormat::Pdf { "pdf" } else { "xlsx" };
        let name = files::write_new(Path::new(&form.folder), file_stem(form.kind), ending, &bytes, now)?;
        tracing::info!(households, bytes = bytes.len(), "wrote a paper");
        Ok(PaperWrittenView { name, bytes: count(bytes.len()), households, missing })
    }

    /// How far writing is; `None` while nothing is written.
    pub fn papers_progress(&self) -> Result<Option<PaperProgressView>, AppError> {
        let told = self.need_open()?.papers.told();
        Ok(told.map(|(done, total)| PaperProgressView { done: count(done), total: count(total) }))
    }

    /// Ends writing; no file is left of it.
    pub fn papers_cancel(&self) -> Result<(), AppError> {
        self.need_open()?.papers.cancel();
        Ok(())
    }
}

/// What is the same for all households of a paper.
fn desk(opened: &Opened, now: i64) -> Result<Desk<'_>, AppError> {
    opened.store.read(|reader| Desk::of(&opened.profile, reader, now))
}

/// The households that stand in a paper, and how many do not, by why.
///
/// # Errors
/// `papers_nothing`: nobody would stand in it; `papers_cancelled`; what the store says.
fn chosen(
    opened: &Opened,
    work: &Work<'_>,
    desk: &Desk<'_>,
    kind: PaperKind,
    rows: Vec<HouseholdRow>,
) -> Result<(Vec<Household>, Vec<PaperMissingView>), AppError> {
    let (mut chosen, mut places, total) = (Vec::new(), Vec::new(), rows.len());
    for (done, row) in rows.into_iter().enumerate() {
        work.at(done, total)?;
        let household = Household::at(opened, desk, row)?;
        let place = place(kind.into(), &household, desk.now);
        places.push(place);
        if place == Place::In {
            chosen.push(household);
        }
    }
    if chosen.is_empty() {
        return Err(AppError::new("papers_nothing"));
    }
    Ok((chosen, missing(places.into_iter())))
}

/// The document of the households that stand in it.
fn make(
    opened: &Opened,
    work: &Work<'_>,
    desk: &Desk<'_>,
    form: &PaperWriteForm,
    chosen: Vec<Household>,
) -> Result<Vec<u8>, AppError> {
    let (now, profile) = (desk.now, desk.profile);
    let Some(kind) = form.kind.kind() else {
        return tables::write(opened, work, form.village.as_deref(), now);
    };
    let villages = by_village(opened, chosen, now);
    if kind == PaperKind::Interviews {
        return filled::interviews(opened, work, &villages, form.full_ids, now);
    }
    if kind == PaperKind::Explanations {
        return filled::explanations(opened, work, &villages, now);
    }
    let villages: Vec<Village> = villages.into_iter().map(|(village, _)| village).collect();
    let standard = profile.standard_in_force().and_then(|index| profile.standards.get(index));
    let sources = sources(standard.map(|ready| ready.standard()), desk.procedure.as_ref());
    write(work, desk, (kind, form.format), villages, &sources)
}

/// A paper that is made of households as they were looked at.
fn write(
    work: &Work<'_>,
    desk: &Desk<'_>,
    (kind, format): (PaperKind, PaperFormat),
    villages: Vec<Village>,
    sources: &[rasoat_documents::Source],
) -> Result<Vec<u8>, AppError> {
    let worded =
        |question: &str, choice: &str| desk.profile.form.choice_label(question, choice).get("vi").to_owned();
    match kind {
        PaperKind::Minutes => {
            let procedure = desk.procedure.as_ref().ok_or_else(|| AppError::new("procedure_missing"))?;
            let papers = minutes(&villages, &procedure.meeting);
            work.watched(|watch| pdf(&papers, watch))
        }
        PaperKind::Decisions => {
            let papers = decisions(&villages, sources);
            work.watched(|watch| pdf(&papers, watch))
        }
        PaperKind::Certificates => {
            let papers = certificates(&villages, sources, worded);
            work.watched(|watch| pdf(&papers, watch))
        }
        PaperKind::Interchange => {
            let list = interchange(desk.profile.enrolled.round.0, villages);
            work.watched(|watch| list.xlsx(watch))
        }
        PaperKind::Review
        | PaperKind::Meeting
        | PaperKind::Posting
        | PaperKind::Results
        | PaperKind::DetailPoor
        | PaperKind::DetailNearPoor
        | PaperKind::Interviews
        | PaperKind::Explanations => {
            let lists: Vec<_> = villages.iter().filter_map(|village| list(kind, village)).collect();
            work.watched(|watch| match format {
                PaperFormat::Pdf => pdf(&lists, watch),
                PaperFormat::Xlsx => xlsx(&lists, watch),
            })
        }
    }
}

/// Whether a household stands there; the tables count them all.
fn place(paper: Paper, household: &Household, now: i64) -> Place {
    paper.kind().map_or(Place::In, |kind| household.filed.on_paper.place(kind, moment(now).date()))
}

/// Whether citizen IDs stand there in full.
fn has_ids(form: &PaperWriteForm) -> bool {
    match form.kind.kind().map(PaperKind::full_ids) {
        Some(FullIds::Always) => true,
        Some(FullIds::OnRequest) => form.full_ids,
        Some(FullIds::Never) | None => false,
    }
}

fn account(
    opened: &Opened,
    form: &PaperWriteForm,
    households: u32,
    full_ids: bool,
    now: i64,
) -> Result<(), AppError> {
    opened.store.transact(Op::Audit, |tx| {
        let ids = if full_ids { "full" } else { "masked" };
        let details = [
            ("households", households.to_string()),
            ("paper", file_stem(form.kind).to_owned()),
            ("citizen_ids", ids.to_owned()),
        ];
        tx.audit(Act::Print, &details, now)?;
        if full_ids {
            tx.audit(Act::Unmask, &[("households", households.to_string())], now)?;
        }
        Ok::<_, AppError>(())
    })?;
    Ok(())
}

fn formats(paper: Paper) -> Vec<PaperFormat> {
    let kinds = paper.kind().map_or(&[FileKind::Xlsx][..], file_kinds).iter();
    let format = |kind: &FileKind| match kind {
        FileKind::Pdf => PaperFormat::Pdf,
        FileKind::Xlsx => PaperFormat::Xlsx,
    };
    kinds.map(format).collect()
}

fn file_stem(paper: Paper) -> &'static str {
    paper.kind().map_or("tables", PaperKind::as_str)
}

/// How many do not stand there, by why, in the order of the work.
fn missing(stands: impl Iterator<Item = Place>) -> Vec<PaperMissingView> {
    let view =
        |(why, households): (Missing, u32)| PaperMissingView { code: why.code().to_owned(), households };
    papers::missing(stands).into_iter().map(view).collect()
}

fn rows(opened: &Opened, village: Option<&str>) -> Result<Vec<HouseholdRow>, AppError> {
    let place = village.map(parse_village).transpose()?;
    let (commune, village): (Option<CommuneCode>, Option<VillageId>) = place.unzip();
    opened.store.read(|reader| {
        if let (Some(commune), Some(village)) = (&commune, &village)
            && reader.village(commune, village)?.is_none()
        {
            return Err(AppError::new("unknown_village"));
        }
        let query =
            HouseholdQuery { commune, village, sort: HouseholdSort::Name, ..HouseholdQuery::default() };
        Ok(all_rows(reader, query)?)
    })
}

fn villages(opened: &Opened) -> Result<Vec<ProcedureVillageView>, AppError> {
    opened.store.read(|reader| {
        let known = reader.villages()?.into_iter().filter(|known| known.households > 0);
        let view = |known: rasoat_store::VillageProgress| ProcedureVillageView {
            id: village_key(&known.village.commune, &known.village.id),
            commune_name: opened.profile.commune_name(&known.village.commune),
            name: known.village.name,
            households: known.households,
        };
        Ok(known.map(view).collect())
    })
}

/// Households by village with their ids, in the order of villages.
fn by_village(opened: &Opened, households: Vec<Household>, now: i64) -> Vec<(Village, Vec<Uuid>)> {
    let mut villages = std::collections::BTreeMap::<(String, String, String), (Village, Vec<Uuid>)>::new();
    for Household { row, filed } in households {
        let key = (row.commune.to_string(), row.village_name.clone(), row.village.to_string());
        let new = || Village {
            commune: row.commune.to_string(),
            commune_name: opened.profile.commune_name(&row.commune),
            name: row.village_name.clone(),
            round: opened.profile.enrolled.round.0,
            made_on: moment(now).date().to_string(),
            households: Vec::new(),
        };
        let (village, ids) = villages.entry(key).or_insert_with(|| (new(), Vec::new()));
        village.households.push(filed);
        ids.push(row.id);
    }
    villages.into_values().collect()
}
