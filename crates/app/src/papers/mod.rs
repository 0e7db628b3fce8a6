//! Lists and papers of a village or of all, over the store's households and the procedure's acts.
//!
//! Which household stands in which paper is said in `place`; what is written of it in `lists`, `official`, `filled`, `interchange` and `tables`.

mod filled;
mod household;
mod interchange;
mod lists;
mod official;
mod place;
mod state;
mod tables;

use std::path::Path;

use rasoat_casework::{CommuneCode, VillageId};
use rasoat_store::{Act, HouseholdQuery, HouseholdRow, HouseholdSort, Op};

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::files;
use crate::household::{all_rows, parse_village, village_key};
use crate::moment::moment;
use crate::procedure::Desk;
use crate::start::count;
use crate::view::{
    PaperFormat, PaperKind, PaperMissingView, PaperProgressView, PaperStateView, PaperWriteForm,
    PaperWrittenView, PapersView, ProcedureVillageView,
};
use household::{Household, Village};
use place::{Missing, Place};
use state::Work;

pub(crate) use state::PapersState;

/// In the order of the work.
const KINDS: [PaperKind; 11] = [
    PaperKind::Review,
    PaperKind::Interviews,
    PaperKind::Explanations,
    PaperKind::Meeting,
    PaperKind::Minutes,
    PaperKind::Posting,
    PaperKind::Decisions,
    PaperKind::Certificates,
    PaperKind::Results,
    PaperKind::Interchange,
    PaperKind::Tables,
];

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
            places.push(KINDS.iter().map(|kind| place::of(*kind, &household)).collect());
        }
        let papers = KINDS.iter().enumerate().map(|(index, kind)| {
            let found = || places.iter().filter_map(|of| of.get(index).copied());
            PaperStateView {
                kind: *kind,
                formats: formats(*kind).to_vec(),
                households: count(found().filter(|place| *place == Place::In).count()),
                missing: missing(found()),
                public: *kind == PaperKind::Posting,
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
        let (chosen, households, missing) = if form.kind == PaperKind::Tables {
            // It counts households, and nobody stands in it.
            (Vec::new(), rows.len(), Vec::new())
        } else {
            let (chosen, missing) = chosen(&opened, &work, &desk, form.kind, rows)?;
            let households = chosen.len();
            (chosen, households, missing)
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
        let place = place::of(kind, &household);
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
    let now = desk.now;
    let villages = by_village(opened, chosen, now);
    let lists = |make: lists::Make| lists::write(work, form.format, &villages, make);
    match form.kind {
        PaperKind::Review => lists(lists::review),
        PaperKind::Meeting => lists(lists::meeting),
        PaperKind::Posting => lists(lists::posting),
        PaperKind::Results => lists(lists::results),
        PaperKind::Minutes => official::minutes(work, desk, &villages),
        PaperKind::Decisions => official::decisions(work, desk, &villages),
        PaperKind::Certificates => official::certificates(work, desk, &villages),
        PaperKind::Interviews => filled::interviews(opened, work, &villages, form.full_ids, now),
        PaperKind::Explanations => filled::explanations(opened, work, &villages, now),
        PaperKind::Interchange => interchange::write(opened, work, &villages),
        PaperKind::Tables => tables::write(opened, work, form.village.as_deref(), now),
    }
}

/// Whether citizen IDs stand there in full.
fn has_ids(form: &PaperWriteForm) -> bool {
    match form.kind {
        PaperKind::Certificates | PaperKind::Interchange => true,
        PaperKind::Interviews => form.full_ids,
        PaperKind::Review
        | PaperKind::Meeting
        | PaperKind::Minutes
        | PaperKind::Posting
        | PaperKind::Results
        | PaperKind::Decisions
        | PaperKind::Explanations
        | PaperKind::Tables => false,
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

fn formats(kind: PaperKind) -> &'static [PaperFormat] {
    match kind {
        PaperKind::Review | PaperKind::Meeting | PaperKind::Posting | PaperKind::Results => {
            &[PaperFormat::Pdf, PaperFormat::Xlsx]
        }
        PaperKind::Interchange | PaperKind::Tables => &[PaperFormat::Xlsx],
        PaperKind::Minutes
        | PaperKind::Decisions
        | PaperKind::Certificates
        | PaperKind::Interviews
        | PaperKind::Explanations => &[PaperFormat::Pdf],
    }
}

fn file_stem(kind: PaperKind) -> &'static str {
    match kind {
        PaperKind::Review => "review",
        PaperKind::Meeting => "meeting",
        PaperKind::Minutes => "minutes",
        PaperKind::Posting => "posting",
        PaperKind::Results => "results",
        PaperKind::Decisions => "decisions",
        PaperKind::Certificates => "certificates",
        PaperKind::Interviews => "interviews",
        PaperKind::Explanations => "explanations",
        PaperKind::Interchange => "interchange",
        PaperKind::Tables => "tables",
    }
}

/// How many do not stand there, by why, in the order of the work.
fn missing(places: impl Iterator<Item = Place>) -> Vec<PaperMissingView> {
    let mut counts = std::collections::BTreeMap::<Missing, u32>::new();
    for place in places {
        if let Place::Out(why) = place {
            *counts.entry(why).or_default() += 1;
        }
    }
    let view =
        |(why, households): (Missing, u32)| PaperMissingView { code: why.code().to_owned(), households };
    counts.into_iter().map(view).collect()
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

/// Households by village, in the order of villages.
fn by_village(opened: &Opened, households: Vec<Household>, now: i64) -> Vec<Village> {
    let mut villages = std::collections::BTreeMap::<(String, String, String), Village>::new();
    for household in households {
        let row = &household.looked.row;
        let key = (row.commune.to_string(), row.village_name.clone(), row.village.to_string());
        let new = || Village {
            commune: opened.profile.commune_name(&row.commune),
            name: row.village_name.clone(),
            round: opened.profile.enrolled.round.0,
            today: moment(now).date(),
            households: Vec::new(),
        };
        let village = villages.entry(key).or_insert_with(new);
        village.households.push(household);
    }
    villages.into_values().collect()
}
