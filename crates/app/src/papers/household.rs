//! A household as papers look at it, from what this laptop has of it.

use rasoat_casework::papers::OnPaper;
use rasoat_casework::standard::{Classification, IncomeBasis};
use rasoat_documents::{Details, b2_points};
use rasoat_store::{HouseholdRow, HouseholdState};

use crate::app::Opened;
use crate::error::AppError;
use crate::household::{household_subject, interview_subject};
use crate::interview::OpenInterview;
use crate::procedure::{Desk, Looked};
use crate::projection::Record;
use crate::rounds;

/// One household, with what its papers say.
pub(super) struct Household {
    pub(super) row: HouseholdRow,
    pub(super) filed: rasoat_documents::Household,
}

impl Household {
    pub(super) fn at(opened: &Opened, desk: &Desk<'_>, row: HouseholdRow) -> Result<Self, AppError> {
        let (profile, now) = (desk.profile, desk.now);
        opened.store.read(|reader| {
            let begun = row.progress.state != HouseholdState::Listed;
            let open = OpenInterview::open(profile, reader, row.id, now)?;
            let ready = profile.standard_in_force().and_then(|index| profile.standards.get(index));
            let ready = ready.filter(|_| begun);
            let result = ready.map(|ready| ready.classify(&open.session, open.area));
            let listed = Record::of(&reader.document(&household_subject(&row))?);
            let listed = rounds::known_before(profile, reader, &household_subject(&row), listed)?;
            let asked = Record::of(&reader.document(&interview_subject(&row))?);
            let people = if asked.members().is_empty() { &listed } else { &asked };
            let worded = |question: &str, choice: &str| {
                profile.form.choice_label(question, choice).get("vi").to_owned()
            };
            let details = Details::of(people, &listed, Some(&open.session), worded);
            let looked = Looked::at(desk, reader, row)?;
            let certified = desk.procedure.as_ref().map(|procedure| procedure.certificate.classes.as_slice());
            let way = looked.way();
            let mut on_paper = OnPaper::new(&way, &looked.proceeding, begun, certified.unwrap_or_default());
            let Looked { row, proceeding, .. } = looked;
            on_paper.class.clone_from(&row.progress.class);
            on_paper.provisional = row.progress.provisional;
            on_paper.previous.clone_from(&row.previous_class);
            let filed = rasoat_documents::Household {
                on_paper,
                code: row.code.clone(),
                head: row.head_name.clone(),
                address: row.address.clone(),
                members: row.members,
                assigned: proceeding.assigned,
                b1: result.as_ref().and_then(b1),
                b2: result
                    .as_ref()
                    .filter(|result| result.open == 0)
                    .map(|result| b2_points(result.deprived)),
                details,
            };
            Ok(Self { row, filed })
        })
    }
}

/// B1 points, where the income test was made on points.
fn b1(result: &Classification) -> Option<f64> {
    result.income.value.filter(|_| result.income.basis == Some(IncomeBasis::Points))
}
