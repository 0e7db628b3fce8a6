//! From a household's edits to what it is counted by in reports. Pure, as its line.

use rasoat_casework::procedure::{Proceeding, way};
use rasoat_casework::{Case as Way, Standing};
use rasoat_casework::{InstrumentHash, MERGED_INTO, SubjectKind, WITHDRAWN, version_mark};
use rasoat_instrument::Value;
use rasoat_reports::{Case, Holding, Listed, Progress};

use super::{Folded, Interview, Told, choice, facts, latest_interview, of_kind, text, value};
use super::{form_of, members_before, open, session_context};
use crate::scoring::Scoring;
use crate::storage::HouseholdKeyRef;

/// What a household with these edits is counted by.
pub(crate) fn case(scoring: &Scoring, key: &HouseholdKeyRef, edits: &[Told<'_>]) -> Case {
    let of_household: Vec<Told<'_>> = of_kind(edits, SubjectKind::Household).collect();
    let household = Folded::of(&of_household);
    let listed = household.values();
    let interview = latest_interview(&scoring.rounds, key, edits);
    let all = interview.as_ref().map(|interview| interview.folded.values()).unwrap_or_default();
    let mut case = Case::new(key.household);
    let village = || text(&listed, "village");
    let recorded = choice(&all, "meta_area_type").or_else(|| choice(&listed, "area_type"));
    case.area = scoring.area(&key.commune, village, recorded);
    case.village = village().unwrap_or_default();
    let listed_as = Listed {
        class: choice(&listed, "previous_class"),
        members: facts::members(&listed).len(),
        origin: choice(&listed, "origin"),
        merged_into: text(&listed, MERGED_INTO).and_then(|id| id.parse().ok()),
        withdrawn: interview.is_none() && text(&listed, WITHDRAWN).is_some(),
    };
    listed_as.put(&mut case);
    let Some(interview) = &interview else {
        let members = members_before(&scoring.rounds, key, edits, &listed).len();
        case.members = u8::try_from(members).unwrap_or(u8::MAX);
        return case;
    };
    let is_signed = choice(&all, "meta_state") == Some("signed");
    case.progress = if is_signed { Progress::Signed } else { Progress::Begun };
    case.holding = holding(scoring, key, edits, interview, is_signed);
    let instrument =
        form_of(&interview.edits).and_then(|form: InstrumentHash| scoring.library.instrument(&form));
    if let Some(instrument) = instrument {
        let context = session_context(&interview.edits, &all);
        let area = case.area;
        instrument.cases.put(&open(instrument, instrument.cases.part(), &all, context), area, &mut case);
    }
    case
}

/// What was decided of the class that the household has now.
fn holding(
    scoring: &Scoring,
    key: &HouseholdKeyRef,
    edits: &[Told<'_>],
    interview: &Interview<'_>,
    is_signed: bool,
) -> Holding {
    let values = interview.folded.values();
    let round = value(&values, "meta_round").and_then(Value::as_integer);
    let Some(document) = facts::latest_case(key, edits, scoring.rounds.case(key.household), round) else {
        return Holding::Open;
    };
    let version = interview.folded.version();
    let standing = Way::of(&document).standing(is_signed, &version);
    let accepted = (standing == Standing::Accepted).then(|| version_mark(&version));
    Holding::of(way(&Proceeding::of(&document), true, accepted.as_deref()).stage)
}
