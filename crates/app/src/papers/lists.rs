//! The lists of each village.

use rasoat_documents::{
    List, Listed, Posted, Reviewed, meeting_list, pdf, posting_list, results_list, review_list, xlsx,
};

use super::household::{Household, Village};
use super::state::Work;
use crate::error::AppError;
use crate::view::PaperFormat;

/// Makes a village's list.
pub(super) type Make = fn(&Village) -> List;

pub(super) fn write(
    work: &Work<'_>,
    format: PaperFormat,
    villages: &[Village],
    make: Make,
) -> Result<Vec<u8>, AppError> {
    let lists: Vec<List> = villages.iter().map(make).collect();
    work.watched(|watch| match format {
        PaperFormat::Pdf => pdf(&lists, watch),
        PaperFormat::Xlsx => xlsx(&lists, watch),
    })
}

pub(super) fn review(village: &Village) -> List {
    let row = |household: &Household| {
        let row = household.row();
        Listed {
            code: row.code.clone(),
            head: row.head_name.clone(),
            village: row.village_name.clone(),
            address: row.address.clone(),
            members: row.members,
            previous: row.previous_class.clone(),
            assigned: household.looked.proceeding.assigned.clone(),
        }
    };
    let rows: Vec<Listed> = village.households.iter().map(row).collect();
    review_list(village.head(), &rows)
}

pub(super) fn meeting(village: &Village) -> List {
    let rows: Vec<_> = village.households.iter().map(Household::result_row).collect();
    meeting_list(village.head(), &rows)
}

pub(super) fn posting(village: &Village) -> List {
    let row = |household: &Household| {
        let result = household.result_row();
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
    let said: Vec<_> = village.households.iter().map(Household::posting).collect();
    let first = said.first().cloned().flatten();
    let same = first.filter(|first| said.iter().all(|one| one.as_ref() == Some(first)));
    let same = same.map(|(from, until, place)| (from.to_string(), until.to_string(), place));
    let posted = same.as_ref().map(|(from, until, place)| (&**from, &**until, &**place));
    posting_list(village.head(), &rows, posted)
}

pub(super) fn results(village: &Village) -> List {
    let row = |household: &Household| {
        let (number, on) = household.recognition().map(|(number, on, _)| (number, on)).unzip();
        Reviewed {
            result: household.result_row(),
            code: household.row().code.clone(),
            decision_number: number,
            decision_date: on.map(|on| on.to_string()),
        }
    };
    let rows: Vec<Reviewed> = village.households.iter().map(row).collect();
    results_list(village.head(), &rows)
}
