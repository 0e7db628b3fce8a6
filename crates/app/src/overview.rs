//! Today: where I stopped, what is left, where the data is.

use rasoat_store::CustodyCounts;

use crate::app::App;
use crate::error::AppError;
use crate::household::village_key;
use crate::moment::rfc3339;
use crate::review;
use crate::view::{CustodyView, OverviewView, ResumeView, VillageView};

impl App {
    /// Today.
    pub fn overview(&self) -> Result<OverviewView, AppError> {
        let opened = self.need_desk()?;
        let (resume, returned, villages, custody) = opened.store.read(|reader| {
            let returned = review::returned(&opened.profile, reader)?;
            Ok::<_, AppError>((reader.resume()?, returned, reader.villages()?, reader.custody_counts()?))
        })?;
        Ok(OverviewView {
            resume: resume.map(|resume| ResumeView {
                household: resume.household.id.to_string(),
                head_name: resume.household.head_name,
                village_name: resume.household.village_name,
                path: resume.cursor.map(|path| path.base().to_string()),
                at: rfc3339(resume.at),
                answered: resume.household.progress.answered,
                questions: resume.household.progress.questions,
                findings: resume.household.progress.findings,
            }),
            returned,
            villages: villages
                .into_iter()
                .map(|progress| VillageView {
                    id: village_key(&progress.village.commune, &progress.village.id),
                    name: progress.village.name,
                    commune_name: opened.profile.commune_name(&progress.village.commune),
                    commune: progress.village.commune.to_string(),
                    area: progress.village.area,
                    households: progress.households,
                    started: progress.started,
                    signed: progress.signed,
                })
                .collect(),
            custody: custody_view(custody),
        })
    }
}

pub(crate) fn custody_view(counts: CustodyCounts) -> CustodyView {
    CustodyView { only_here: counts.only_here, confirmed: counts.confirmed, refused: counts.refused }
}
