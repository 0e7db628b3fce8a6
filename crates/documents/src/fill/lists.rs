//! A village's lists.

use rasoat_casework::papers::PaperKind;

use super::{Household, Village, interchange};
use crate::interchange::InterchangeHousehold;
use crate::lists::{
    Listed, Posted, Reviewed, detail_list, meeting_list, posting_list, results_list, review_list,
};
use crate::table::List;

/// A village's list of a kind; `None` for papers that are no lists.
pub fn list(kind: PaperKind, village: &Village) -> Option<List> {
    match kind {
        PaperKind::Review => Some(review(village)),
        PaperKind::Meeting => Some(meeting(village)),
        PaperKind::Posting => Some(posting(village)),
        PaperKind::Results => Some(results(village)),
        PaperKind::DetailPoor | PaperKind::DetailNearPoor => {
            kind.detail_of().map(|class| detail(class, village))
        }
        PaperKind::Interviews
        | PaperKind::Explanations
        | PaperKind::Minutes
        | PaperKind::Decisions
        | PaperKind::Certificates
        | PaperKind::Interchange => None,
    }
}

fn review(village: &Village) -> List {
    let row = |household: &Household| Listed {
        code: household.code.clone(),
        head: household.head.clone(),
        village: village.name.clone(),
        address: household.address.clone(),
        members: household.members,
        previous: household.on_paper.previous.clone(),
        assigned: household.assigned.clone(),
    };
    let rows: Vec<Listed> = village.households.iter().map(row).collect();
    review_list(village.head(), &rows)
}

fn meeting(village: &Village) -> List {
    let rows: Vec<_> = village.households.iter().map(|household| household.result(village)).collect();
    meeting_list(village.head(), &rows)
}

fn posting(village: &Village) -> List {
    let row = |household: &Household| {
        let result = household.result(village);
        Posted {
            head: result.head,
            village: result.village,
            class: result.class,
            provisional: result.provisional,
            b1: result.b1,
            b2: result.b2,
        }
    };
    let rows: Vec<Posted> = village.households.iter().map(row).collect();
    // Said only where it is the same for all of them.
    let said: Vec<_> = village.households.iter().map(|household| household.on_paper.posting()).collect();
    let first = said.first().cloned().flatten();
    let same = first.filter(|first| said.iter().all(|one| one.as_ref() == Some(first)));
    let same = same.map(|(from, until, place)| (from.to_string(), until.to_string(), place));
    let posted = same.as_ref().map(|(from, until, place)| (&**from, &**until, &**place));
    posting_list(village.head(), &rows, posted)
}

fn detail(class: &str, village: &Village) -> List {
    let recognised =
        village.households.iter().filter_map(|household| interchange::of(village, household.clone()));
    let recognised: Vec<InterchangeHousehold> = recognised.collect();
    detail_list(village.head(), class, &recognised)
}

fn results(village: &Village) -> List {
    let row = |household: &Household| {
        let recognised = household.on_paper.recognition();
        let (number, on) = recognised.map(|(number, on, _)| (number, on)).unzip();
        Reviewed {
            result: household.result(village),
            code: household.code.clone(),
            decision_number: number,
            decision_date: on.map(|on| on.to_string()),
        }
    };
    let rows: Vec<Reviewed> = village.households.iter().map(row).collect();
    results_list(village.head(), &rows)
}
