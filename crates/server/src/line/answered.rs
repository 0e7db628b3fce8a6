//! All that was answered in a round's interview, beside what it comes to.

use rasoat_casework::standard::{ReadyStandard, Score};
use rasoat_casework::{AreaType, SubjectKind};
use rasoat_instrument::{Answer, Value};

use super::{
    Folded, Told, choice, facts, form_of, latest_interview, of_kind, open, session_context, text, value,
};
use crate::library::Instrument;
use crate::scoring::Scoring;
use crate::storage::{HouseholdKeyRef, State};
use crate::view::ProcedureStage;

/// An interview of the open round.
pub(crate) struct Answered<'a> {
    /// The household's line of the list.
    pub(crate) listed: &'a [Answer<'a>],
    /// The interview's answers, those of the laptop's program too.
    pub(crate) all: &'a [Answer<'a>],
    /// The form that it was answered on, where that is known.
    pub(crate) form: Option<&'a Instrument>,
    pub(crate) area: AreaType,
    pub(crate) state: State,
    pub(crate) stage: ProcedureStage,
    /// What each standard makes of it, where that is wanted.
    pub(crate) scores: Vec<(&'a ReadyStandard, Score)>,
}

/// What `read` makes of the interview of the open round, if there is one; `scored`: it is scored too.
pub(crate) fn with_answers<T>(
    scoring: &Scoring,
    key: &HouseholdKeyRef,
    edits: &[Told<'_>],
    scored: bool,
    read: impl FnOnce(&Answered<'_>) -> T,
) -> Option<T> {
    let of_household: Vec<Told<'_>> = of_kind(edits, SubjectKind::Household).collect();
    let household = Folded::of(&of_household);
    let listed = household.values();
    let interview = latest_interview(&scoring.rounds, key, edits)?;
    let all = interview.folded.values();
    let recorded = choice(&all, "meta_area_type").or_else(|| choice(&listed, "area_type"));
    let area = scoring.area(&key.commune, || text(&listed, "village"), recorded);
    let state = if choice(&all, "meta_state") == Some("signed") { State::Signed } else { State::Started };
    let round = value(&all, "meta_round").and_then(Value::as_integer);
    let case = facts::latest_case(key, edits, scoring.rounds.case(key.household), round);
    let version = interview.folded.version();
    let (stage, _) = facts::way_of(case.as_ref(), state, Some(&version));
    let form = form_of(&interview.edits).and_then(|hash| scoring.library.instrument(&hash));
    let scores = form.filter(|_| scored).map(|form| {
        let session = open(form, &form.scored, &all, session_context(&interview.edits, &all));
        form.standards.iter().map(|ready| (ready, ready.score(&session, area))).collect()
    });
    let scores = scores.unwrap_or_default();
    Some(read(&Answered { listed: &listed, all: &all, form, area, state, stage, scores }))
}
