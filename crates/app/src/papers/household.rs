//! A household as papers look at it: how far it is, what was done, and what its interview comes to.

use jiff::civil::Date;
use rasoat_casework::procedure::{CaseAct, Deed, Stage};
use rasoat_casework::standard::{Classification, IncomeBasis};
use rasoat_documents::{Head, MeetingRow, b2_points};
use rasoat_instrument::Path;
use rasoat_store::{HouseholdRow, HouseholdState};

use crate::app::Opened;
use crate::error::AppError;
use crate::household::{household_subject, interview_subject};
use crate::interview::OpenInterview;
use crate::moment::moment;
use crate::procedure::{Desk, Looked};
use crate::projection::Record;
use crate::rounds;

/// What the form computes of a household as a whole.
const MINORITY: &str = "minority_household";
const NO_LABOUR: &str = "no_worker_household";
const MERIT: &str = "merit_household";

/// Households of one village.
pub(super) struct Village {
    /// The commune with its kind.
    pub(super) commune: String,
    pub(super) name: String,
    pub(super) round: u16,
    pub(super) today: Date,
    pub(super) households: Vec<Household>,
}

/// One household.
pub(super) struct Household {
    pub(super) looked: Looked,
    pub(super) stage: Stage,
    /// The acts that are not taken back, and whether each still holds.
    acts: Vec<(CaseAct, bool)>,
    /// What the standard in force makes of the interview; `None` before one.
    pub(super) result: Option<Classification>,
    /// Its members and what else is known of it, as the interview or else the list says.
    pub(super) people: Record,
    /// What the list says.
    pub(super) listed: Record,
    /// Of an ethnic minority, by its head.
    pub(super) minority: bool,
    /// Nobody is able to work.
    pub(super) no_labour: bool,
    /// With a person of merit.
    pub(super) merit: bool,
    /// Classes that are certified.
    pub(super) certified: Vec<String>,
    pub(super) today: Date,
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
            let [minority, no_labour, merit] = [MINORITY, NO_LABOUR, MERIT].map(|name| is_yes(&open, name));
            let listed = Record::of(&reader.document(&household_subject(&row))?);
            let listed = rounds::known_before(profile, reader, &household_subject(&row), listed)?;
            let asked = Record::of(&reader.document(&interview_subject(&row))?);
            let people = if asked.members().is_empty() { listed.clone() } else { asked };
            let looked = Looked::at(desk, reader, row)?;
            let way = looked.way();
            let (stage, lapsed) = (way.stage, way.lapsed.iter().map(|act| &act.id).collect::<Vec<_>>());
            let standing = looked.proceeding.acts.iter().filter(|act| act.withdrawn.is_none());
            let acts = standing.map(|act| (act.clone(), !lapsed.contains(&&act.id))).collect();
            let certified = desk.procedure.as_ref().map(|procedure| procedure.certificate.classes.clone());
            let certified = certified.unwrap_or_default();
            Ok(Self {
                looked,
                stage,
                acts,
                result,
                people,
                listed,
                minority,
                no_labour,
                merit,
                certified,
                today: moment(now).date(),
            })
        })
    }

    pub(super) fn row(&self) -> &HouseholdRow {
        &self.looked.row
    }

    /// The last act that holds of which `what` can be said.
    pub(super) fn last<T>(&self, what: impl Fn(&Deed) -> Option<T>) -> Option<T> {
        self.acts.iter().rev().filter(|(_, holds)| *holds).find_map(|(act, _)| what(&act.deed))
    }

    /// The last meeting, and whether it still holds: after one that did not agree the interview is made again.
    pub(super) fn meeting(&self) -> Option<(&Deed, bool)> {
        let met =
            |(act, holds): &'_ (CaseAct, bool)| matches!(act.deed, Deed::Meeting { .. }).then_some(*holds);
        self.acts.iter().rev().find_map(|one| met(one).map(|holds| (&one.0.deed, holds)))
    }

    /// Number, date and class of the recognition.
    pub(super) fn recognition(&self) -> Option<(String, Date, String)> {
        self.last(|deed| match deed {
            Deed::Recognition { number, on, class } => Some((number.clone(), *on, class.clone())),
            Deed::Meeting { .. }
            | Deed::Posting { .. }
            | Deed::Complaint { .. }
            | Deed::Finding { .. }
            | Deed::Refusal { .. }
            | Deed::Certificate { .. }
            | Deed::Correction { .. } => None,
        })
    }

    /// First and last day and place of the posting.
    pub(super) fn posting(&self) -> Option<(Date, Date, String)> {
        self.last(|deed| match deed {
            Deed::Posting { from, until, place } => Some((*from, *until, place.clone())),
            Deed::Meeting { .. }
            | Deed::Complaint { .. }
            | Deed::Finding { .. }
            | Deed::Recognition { .. }
            | Deed::Refusal { .. }
            | Deed::Certificate { .. }
            | Deed::Correction { .. } => None,
        })
    }

    pub(super) fn is_certified(&self, class: &str) -> bool {
        self.certified.iter().any(|known| known == class)
    }

    /// Whether it was poor or near-poor in the list before.
    pub(super) fn was_listed(&self) -> bool {
        self.row().previous_class.as_deref().is_some_and(|class| self.is_certified(class))
    }

    /// B1 points, where the income test was made on points.
    pub(super) fn b1(&self) -> Option<f64> {
        let income = self.result.as_ref().map(|result| &result.income)?;
        income.value.filter(|_| income.basis == Some(IncomeBasis::Points))
    }

    /// B2 points, where every indicator is answered.
    pub(super) fn b2(&self) -> Option<f64> {
        self.result.as_ref().filter(|result| result.open == 0).map(|result| b2_points(result.deprived))
    }

    pub(super) fn result_row(&self) -> MeetingRow {
        let row = self.row();
        MeetingRow {
            head: row.head_name.clone(),
            village: row.village_name.clone(),
            members: row.members,
            previous: row.previous_class.clone(),
            class: row.progress.class.clone(),
            provisional: row.progress.provisional,
            b1: self.b1(),
            b2: self.b2(),
        }
    }
}

fn is_yes(open: &OpenInterview, name: &str) -> bool {
    let node = Path::field(name).ok().and_then(|path| open.session.node(&path));
    node.and_then(|node| node.value).is_some_and(|value| value.to_string() == "yes")
}

impl Village {
    pub(super) fn head(&self) -> Head {
        Head {
            commune: self.commune.clone(),
            village: Some(self.name.clone()).filter(|name| !name.is_empty()),
            round: self.round,
            made_on: self.today.to_string(),
        }
    }
}
