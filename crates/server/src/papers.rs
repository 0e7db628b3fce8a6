//! The lists and papers of the procedure, filled from what edits come to, by the laptop's rules: who stands in which is
//! `rasoat_casework::papers`'s to say, what is written of it `rasoat_documents`'s.
//!
//! A commune is read in pieces. What is set one by one (interviews, explanations) is read again when its turn comes, so that no more
//! than a piece of it is in memory beside the file.

mod fill;
mod found;
mod look;
mod place;

use rasoat_casework::papers::{self, FullIds, Missing, PaperKind, Place as Stands};
use rasoat_documents::{FileKind, file_kinds};

use crate::auth::{self, LoggedIn};
use crate::files::{File, PDF, WORKBOOK, Work};
use crate::permission::Act;
use crate::problem::Refusal;
use crate::state::State;
use crate::view::{PaperForm, PaperFormat, PaperMissingView, PaperStateView, PapersView};
use place::Place;

pub(crate) use found::Kept;
pub(crate) use look::Rules;

/// Households of one file at most …
const MOST: usize = 20_000;
/// … and of one that has pages for each of them.
const MOST_WITH_PAGES: usize = 1_000;

/// A paper that somebody may make.
pub(crate) struct Order {
    kind: PaperKind,
    format: PaperFormat,
    place: Place,
    full_ids: bool,
}

impl Order {
    /// Reads what is asked for, within what somebody may.
    ///
    /// # Errors
    /// `unreadable`, `not_allowed`, `not_found`, `papers_too_many`
    pub(crate) fn of(state: &State, who: &LoggedIn, form: &PaperForm) -> Result<Self, Refusal> {
        let PaperForm { kind, format, full_ids, .. } = *form;
        let place = Place::of(&state.library(), who, Some(&form.place))?;
        if !formats(kind).contains(&format) {
            return Err(Refusal::Unreadable);
        }
        if !place.formats(kind).contains(&format) {
            return Err(Refusal::PapersTooMany { most: most(kind) });
        }
        let full_ids = match kind.full_ids() {
            FullIds::Always => true,
            FullIds::OnRequest => full_ids,
            FullIds::Never => false,
        };
        if full_ids && !who.may(Act::PapersInFull) {
            return Err(Refusal::NotAllowed);
        }
        Ok(Self { kind, format, place, full_ids })
    }
}

/// What can be made of a place.
///
/// # Errors
/// `not_found`
pub(crate) async fn view(state: &State, who: &LoggedIn, place: Option<&str>) -> Result<PapersView, Refusal> {
    let place = Place::of(&state.library(), who, place)?;
    let counted = place.is_counted();
    let looked = if counted { Some(look::all(state, &place).await?) } else { None };
    let village = looked.as_ref().and_then(|looked| looked.village.clone());
    let name = village.or_else(|| place.name(&state.library())).ok_or(Refusal::NotFound)?;
    let kinds = PaperKind::ALL.into_iter().map(|kind| {
        let found = || {
            let looked = looked.iter();
            looked.flat_map(|looked| looked.places.iter().map(|places| places.place(kind, looked.today)))
        };
        PaperStateView {
            kind,
            formats: place.formats(kind),
            households: count(found().filter(|stands| *stands == Stands::In).count()),
            missing: missing(found()),
            public: kind.is_public(),
            full_ids: kind.full_ids(),
        }
    });
    Ok(PapersView { place: place.view(name), counted, kinds: kinds.collect() })
}

/// Makes a paper. That it is made, and with which citizen IDs, is noted before.
///
/// # Errors
/// `papers_nothing`, `papers_provisional`, `papers_too_many`, `cancelled`; what the storage says.
pub(crate) async fn make(state: &State, who: &str, order: Order, work: Work) -> Result<File, Refusal> {
    // Whoever goes away gives up the place in the queue.
    let _turn = state.papers.acquire().await.map_err(|_| Refusal::Busy)?;
    let Order { kind, format, ref place, full_ids } = order;
    let looked = look::of_kind(state, place, kind, &work).await?;
    if looked.households.is_empty() {
        let provisional = looked.stands.iter().filter(|stands| **stands == Stands::Out(Missing::Provisional));
        return Err(match provisional.count() {
            0 => Refusal::PapersNothing,
            households => Refusal::PapersProvisional { households },
        });
    }
    if looked.households.len() > most(kind) {
        return Err(Refusal::PapersTooMany { most: most(kind) });
    }
    let (key, households) = (place.key(), looked.households.len());
    auth::note_act(state, who, "paper_made", &format!("{}/{key}/{households}", kind.as_str())).await?;
    if full_ids {
        auth::note_act(state, who, "paper_in_full", &format!("{}/{key}/{households}", kind.as_str())).await?;
    }
    let after = work.after(looked.read);
    let bytes = fill::bytes(state, who, (kind, format, full_ids), looked, after).await?;
    let (ending, media) = match format {
        PaperFormat::Pdf => ("pdf", PDF),
        PaperFormat::Xlsx => ("xlsx", WORKBOOK),
    };
    tracing::info!(households, bytes = bytes.len(), paper = kind.as_str(), "made a paper");
    Ok(File { name: format!("{}.{ending}", kind.as_str()), media, bytes })
}

/// Households in one file.
fn most(kind: PaperKind) -> usize {
    match kind {
        PaperKind::Interviews | PaperKind::Explanations | PaperKind::Certificates => MOST_WITH_PAGES,
        PaperKind::Review
        | PaperKind::Meeting
        | PaperKind::Minutes
        | PaperKind::Posting
        | PaperKind::Decisions
        | PaperKind::Results
        | PaperKind::DetailPoor
        | PaperKind::DetailNearPoor
        | PaperKind::Interchange => MOST,
    }
}

fn formats(kind: PaperKind) -> Vec<PaperFormat> {
    let format = |kind: &FileKind| match kind {
        FileKind::Pdf => PaperFormat::Pdf,
        FileKind::Xlsx => PaperFormat::Xlsx,
    };
    file_kinds(kind).iter().map(format).collect()
}

/// How many do not stand there, by why, in the order of the work.
fn missing(stands: impl Iterator<Item = Stands>) -> Vec<PaperMissingView> {
    let view =
        |(why, households): (Missing, u32)| PaperMissingView { code: why.code().to_owned(), households };
    papers::missing(stands).into_iter().map(view).collect()
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
