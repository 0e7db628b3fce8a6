//! A list's rows as screens show them.

use std::collections::HashMap;

use rasoat_lists::{HouseholdList, ListProblem, ListedHousehold};
use rasoat_store::Reader;

use super::compare::Difference;
use super::matching::Candidate;
use super::plan::{Outcome, Plan, Planned};
use crate::error::AppError;
use crate::profile::Profile;
use crate::start::count;
use crate::view::{ListCandidateView, ListDifferenceView, ListFate, ListProblemView, ListRowView};

/// Every household of the list in the order of the file, with what would become of it.
pub(super) fn rows(
    profile: &Profile,
    reader: &Reader<'_>,
    list: &HouseholdList,
    plan: &Plan<'_>,
) -> Result<Vec<ListRowView>, AppError> {
    let mut refusals: HashMap<(&str, u32), &ListProblem> = HashMap::new();
    for problem in list.problems.iter().filter(|problem| problem.refuses) {
        refusals.entry((problem.sheet.as_str(), problem.row)).or_insert(problem);
    }
    let mut rows = Vec::with_capacity(plan.lines.len() + list.left_out.len());
    for outcome in &plan.lines {
        rows.push(match outcome {
            Outcome::Household(planned) => household(planned),
            Outcome::Doubt { line, doubt, candidates } => {
                let views = candidates.iter().map(|candidate| candidate_view(profile, reader, *candidate));
                let candidates = views.collect::<Result<_, AppError>>()?;
                let reason = Some(doubt.as_str().to_owned());
                ListRowView { candidates, reason, ..row(line, ListFate::Doubt) }
            }
            Outcome::Repeated { line, problem } => {
                ListRowView { problem: Some(problem_view(problem)), ..row(line, ListFate::Refused) }
            }
            Outcome::OutOfScope(line) => {
                let reason = Some("out_of_scope".to_owned());
                ListRowView { reason, ..row(line, ListFate::Refused) }
            }
            Outcome::Skipped(line) => row(line, ListFate::Refused),
        });
    }
    for left_out in &list.left_out {
        let problem = refusals.get(&(left_out.sheet.as_str(), left_out.row)).copied();
        rows.push(ListRowView {
            sheet: left_out.sheet.clone(),
            row: left_out.row,
            head_name: left_out.head.clone(),
            village_name: String::new(),
            members: 0,
            fate: ListFate::Refused,
            differences: Vec::new(),
            reason: None,
            candidates: Vec::new(),
            problem: problem.map(problem_view),
        });
    }
    let order: HashMap<String, usize> =
        rows.iter().fold(HashMap::new(), |mut order: HashMap<String, usize>, row| {
            let next = order.len();
            order.entry(row.sheet.clone()).or_insert(next);
            order
        });
    rows.sort_by_key(|row| (order.get(&row.sheet).copied(), row.row));
    Ok(rows)
}

fn household(planned: &Planned<'_>) -> ListRowView {
    let fate = match (planned.new, planned.changes.is_empty()) {
        (true, _) => ListFate::New,
        (false, false) => ListFate::Updated,
        (false, true) => ListFate::Unchanged,
    };
    let differences = planned.differences.iter().map(difference_view).collect();
    ListRowView { differences, ..row(planned.line, fate) }
}

fn row(line: &ListedHousehold, fate: ListFate) -> ListRowView {
    ListRowView {
        sheet: line.sheet.clone(),
        row: line.row,
        head_name: line.head.clone(),
        village_name: line.village_name.clone(),
        members: count(line.members.len()),
        fate,
        differences: Vec::new(),
        reason: None,
        candidates: Vec::new(),
        problem: None,
    }
}

fn difference_view(difference: &Difference) -> ListDifferenceView {
    ListDifferenceView {
        field: difference.field.clone(),
        member: difference.member.clone(),
        here: difference.here.clone(),
        listed: difference.listed.clone(),
        kept: difference.kept.is_some(),
        why: difference.kept.map(|kept| kept.as_str().to_owned()),
    }
}

fn candidate_view(
    profile: &Profile,
    reader: &Reader<'_>,
    candidate: Candidate,
) -> Result<ListCandidateView, AppError> {
    let row = crate::household::need_row(reader, candidate.household)?;
    Ok(ListCandidateView {
        household: row.id.to_string(),
        head_name: row.head_name,
        village_name: row.village_name,
        commune_name: profile.commune_name(&row.commune),
        code: row.code,
        members: row.members,
        by: candidate.by.to_owned(),
    })
}

pub(super) fn problem_view(problem: &ListProblem) -> ListProblemView {
    ListProblemView {
        sheet: problem.sheet.clone(),
        row: problem.row,
        column: problem.column.clone(),
        refuses: problem.refuses,
        code: problem.code.as_str().to_owned(),
        params: problem.params.clone(),
    }
}
