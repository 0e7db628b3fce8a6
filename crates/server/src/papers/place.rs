//! Of where a paper is.

use std::collections::BTreeSet;

use rasoat_casework::papers::PaperKind;
use rasoat_casework::{CommuneCode, VillageId};

use super::formats;
use crate::auth::LoggedIn;
use crate::library::Library;
use crate::problem::Refusal;
use crate::reports::{self, Place as Region};
use crate::view::{PaperFormat, ReportPlaceView};

/// Of where a paper is.
pub(super) struct Place {
    which: Which,
    /// The communes that are read; `None`: all.
    pub(super) communes: Option<BTreeSet<CommuneCode>>,
}

enum Which {
    Region(Region),
    Village(CommuneCode, VillageId),
}

impl Place {
    /// Reads a place, within what somebody may see; the province where nothing is said.
    ///
    /// # Errors
    /// `not_found`
    pub(super) fn of(library: &Library, who: &LoggedIn, text: Option<&str>) -> Result<Self, Refusal> {
        let text = text.unwrap_or("province");
        let units = library.units();
        if let Some((commune, village)) = text.strip_prefix("village.").and_then(|rest| rest.split_once('.'))
        {
            let commune = commune.parse::<CommuneCode>().map_err(|_| Refusal::NotFound)?;
            let village = village.parse::<VillageId>().map_err(|_| Refusal::NotFound)?;
            who.must_see(&commune)?;
            let communes = Some(BTreeSet::from([commune.clone()]));
            return Ok(Self { which: Which::Village(commune, village), communes });
        }
        let region = reports::place_of(units, text).ok_or(Refusal::NotFound)?;
        let communes = reports::communes(units, who, &region)?;
        Ok(Self { which: Which::Region(region), communes })
    }

    /// The village, if it is one.
    pub(super) fn village(&self) -> Option<&VillageId> {
        match &self.which {
            Which::Village(_, village) => Some(village),
            Which::Region(_) => None,
        }
    }

    pub(super) fn is_village(&self) -> bool {
        self.village().is_some()
    }

    /// Whether its households are counted for somebody who only looks.
    pub(super) fn is_counted(&self) -> bool {
        matches!(self.which, Which::Village(..) | Which::Region(Region::Commune(_)))
    }

    /// As what a paper is made of it: of more than a commune as workbooks alone.
    pub(super) fn formats(&self, kind: PaperKind) -> Vec<PaperFormat> {
        let mut formats = formats(kind);
        formats.retain(|format| self.is_counted() || *format == PaperFormat::Xlsx);
        formats
    }

    pub(super) fn key(&self) -> String {
        match &self.which {
            Which::Village(commune, village) => format!("village.{commune}.{village}"),
            Which::Region(Region::Village(commune, village)) => format!("village.{commune}.{village}"),
            Which::Region(Region::Commune(code)) => format!("commune.{code}"),
            Which::Region(Region::District(code)) => format!("district.{code}"),
            Which::Region(Region::Province) => "province".to_owned(),
        }
    }

    /// Its name; empty for the province, and `None` for a village, which its households name.
    pub(super) fn name(&self, library: &Library) -> Option<String> {
        match &self.which {
            Which::Village(..) | Which::Region(Region::Village(..)) => None,
            Which::Region(Region::Commune(code)) => Some(library.commune(code).name),
            Which::Region(Region::District(code)) => {
                let known = library.units().districts.values().find(|one| one.code == *code);
                Some(known.map(|one| one.name.clone()).unwrap_or_default())
            }
            Which::Region(Region::Province) => Some(String::new()),
        }
    }

    pub(super) fn view(&self, name: String) -> ReportPlaceView {
        ReportPlaceView { key: self.key(), name }
    }
}
