//! Today: where I stopped, what is left, where the data is.

use rasoat_store::{CustodyCounts, Resume, VillageProgress};

use crate::app::App;
use crate::error::AppError;
use crate::guidance;
use crate::household::village_key;
use crate::moment::rfc3339;
use crate::profile::Profile;
use crate::review;
use crate::rounds;
use crate::start::count;
use crate::view::{CustodyView, OverviewView, ResumeView, VillageView};

impl App {
    /// Today.
    pub fn overview(&self) -> Result<OverviewView, AppError> {
        let opened = self.need_desk()?;
        let (profile, now) = (&opened.profile, self.now());
        opened.store.read(|reader| {
            let villages = reader.villages()?.into_iter();
            Ok(OverviewView {
                announcements: guidance::announcements(reader, now)?,
                resume: reader.resume()?.map(resume_view),
                returned: review::returned(profile, reader)?,
                conflicts: count(reader.conflicted()?.len()),
                villages: villages.map(|village| village_view(profile, village)).collect(),
                custody: custody_view(reader.custody_counts()?),
                round: profile.enrolled.round.0,
                next_round: rounds::next(profile, reader)?,
            })
        })
    }
}

fn resume_view(resume: Resume) -> ResumeView {
    ResumeView {
        household: resume.household.id.to_string(),
        head_name: resume.household.head_name,
        village_name: resume.household.village_name,
        path: resume.cursor.map(|path| path.base().to_string()),
        at: rfc3339(resume.at),
        answered: resume.household.progress.answered,
        questions: resume.household.progress.questions,
        findings: resume.household.progress.findings,
    }
}

fn village_view(profile: &Profile, progress: VillageProgress) -> VillageView {
    VillageView {
        id: village_key(&progress.village.commune, &progress.village.id),
        name: progress.village.name,
        commune_name: profile.commune_name(&progress.village.commune),
        commune: progress.village.commune.to_string(),
        area: progress.village.area,
        households: progress.households,
        started: progress.started,
        signed: progress.signed,
    }
}

pub(crate) fn custody_view(counts: CustodyCounts) -> CustodyView {
    CustodyView { only_here: counts.only_here, confirmed: counts.confirmed, refused: counts.refused }
}
