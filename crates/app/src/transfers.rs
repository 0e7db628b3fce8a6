//! What went when and how: of one household, and by one exchange or stick.

use rasoat_store::{BundleRecord, Direction, HouseholdRow, MovedHousehold, Reader, StoreError};

use crate::app::App;
use crate::error::AppError;
use crate::household::{need_row, parse_id};
use crate::moment::rfc3339;
use crate::start::count;
use crate::sync::problem_view;
use crate::view::{MovedHouseholdView, MovedView, TransferView, TransferWay};

/// As many households as a list shows, and as many lines.
const MOST_HOUSEHOLDS: usize = 200;
const MOST_LINES: usize = 100;

impl App {
    /// The households that an exchange was about; none of one that is forgotten.
    pub fn exchange_households(&self, number: u32) -> Result<MovedView, AppError> {
        let opened = self.need_open()?;
        Ok(moved(opened.store.read(|reader| reader.exchanged_households(i64::from(number)))?))
    }

    /// The households that a file on a stick was about.
    pub fn bundle_households(&self, number: u32) -> Result<MovedView, AppError> {
        let opened = self.need_open()?;
        Ok(moved(opened.store.read(|reader| reader.bundled_households(i64::from(number)))?))
    }

    /// What went of a household and what came back for it, the latest first.
    pub fn household_transfers(&self, household: &str) -> Result<Vec<TransferView>, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        opened.store.read(|reader| Ok(transfers(reader, &need_row(reader, id)?)?))
    }
}

fn moved(households: Vec<MovedHousehold>) -> MovedView {
    let more = count(households.len().saturating_sub(MOST_HOUSEHOLDS));
    let households = households.into_iter().take(MOST_HOUSEHOLDS).map(|one| MovedHouseholdView {
        id: one.id.to_string(),
        head_name: one.head_name,
        village_name: one.village_name,
        edits: one.edits,
        confirmed: one.confirmed,
        refused: one.refused,
        refusal: one.refusal.map(problem_view),
    });
    MovedView { households: households.collect(), more }
}

fn transfers(reader: &Reader<'_>, row: &HouseholdRow) -> Result<Vec<TransferView>, StoreError> {
    let (household, interview) = (row.id, row.interview);
    let mut lines: Vec<(i64, TransferView)> = Vec::new();
    for (exchange, edits) in reader.exchanges_of(household, interview)? {
        let problem = exchange.problem.map(problem_view);
        lines.push((exchange.began_at, TransferView { problem, ..line(TransferWay::Network, edits) }));
    }
    for BundleRecord { direction, at, name, parties, edits, .. } in reader.bundles_of(household, interview)? {
        let way = match direction {
            Direction::Out => TransferWay::StickOut,
            Direction::In => TransferWay::StickIn,
        };
        lines.push((at, TransferView { name, parties, ..line(way, edits) }));
    }
    for receipt in reader.receipts_of(household, interview)? {
        let told_by = receipt.batch[..4].iter().map(|byte| format!("{byte:02X}")).collect();
        let view = TransferView {
            receipt: Some(told_by),
            server_time: Some(rfc3339(receipt.server_time)),
            ..line(TransferWay::Receipt, receipt.edits)
        };
        lines.push((receipt.received_at, view));
    }
    for refusal in reader.refusals_of(household, interview)? {
        let problem = Some(problem_view(refusal.why));
        lines.push((
            refusal.received_at,
            TransferView { problem, ..line(TransferWay::Refused, refusal.edits) },
        ));
    }
    // What came back for something stands above it, where both are of one moment.
    lines.sort_by_key(|(at, view)| std::cmp::Reverse((*at, view.way)));
    lines.truncate(MOST_LINES);
    Ok(lines.into_iter().map(|(at, view)| TransferView { at: rfc3339(at), ..view }).collect())
}

fn line(way: TransferWay, edits: u32) -> TransferView {
    TransferView {
        at: String::new(),
        way,
        edits,
        parties: Vec::new(),
        name: String::new(),
        receipt: None,
        server_time: None,
        problem: None,
    }
}
