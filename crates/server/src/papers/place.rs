//! Of where a paper is.

use std::collections::BTreeSet;

use rasoat_casework::CommuneCode;
use rasoat_casework::papers::PaperKind;

use super::formats;
use crate::auth::LoggedIn;
use crate::library::Library;
use crate::problem::Refusal;
use crate::reports::{self, Place as Where};
use crate::view::{PaperFormat, ReportPlaceView};

/// Of where a paper is.
pub(super) struct Place {
    of: Where,
    /// The communes that are read; `None`: all.
    pub(super) communes: Option<BTreeSet<CommuneCode>>,
}

impl Place {
    /// Reads a place, within what somebody may see; the province where nothing is said.
    ///
    /// # Errors
    /// `not_found`
    pub(super) fn of(library: &Library, who: &LoggedIn, text: Option<&str>) -> Result<Self, Refusal> {
        let of = reports::place_of(library.units(), text.unwrap_or("province")).ok_or(Refusal::NotFound)?;
        let communes = reports::communes(library.units(), who, &of)?;
        Ok(Self { of, communes })
    }

    /// The village by its id, if it is one; an empty id: households of which no village is known.
    pub(super) fn village(&self) -> Option<&str> {
        match &self.of {
            Where::Village(_, village) => Some(village),
            Where::Province | Where::District(_) | Where::Commune(_) => None,
        }
    }

    /// Whether its households are counted for somebody who only looks.
    pub(super) fn is_counted(&self) -> bool {
        match self.of {
            Where::Commune(_) | Where::Village(..) => true,
            Where::Province | Where::District(_) => false,
        }
    }

    /// As what a paper is made of it: of more than a commune as workbooks alone.
    pub(super) fn formats(&self, kind: PaperKind) -> Vec<PaperFormat> {
        let mut formats = formats(kind);
        formats.retain(|format| self.is_counted() || *format == PaperFormat::Xlsx);
        formats
    }

    pub(super) fn key(&self) -> String {
        self.of.key()
    }

    /// Its name; empty for the province, and `None` for a village, which its households name.
    pub(super) fn name(&self, library: &Library) -> Option<String> {
        self.of.name(library)
    }

    pub(super) fn view(&self, name: String) -> ReportPlaceView {
        ReportPlaceView { key: self.key(), name }
    }
}
