//! What the sync screen is given.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use rasoat_store::Exchange;

use super::LAST_SUCCESS;
use crate::app::Opened;
use crate::attachments::files_view;
use crate::error::AppError;
use crate::household;
use crate::moment::rfc3339;
use crate::overview::custody_view;
use crate::view::{ExchangeView, LeavingView, ProblemView, SyncHouseholdView, SyncView};

/// As many households and exchanges as the screen shows.
const MOST_HOUSEHOLDS: u32 = 200;
const MOST_EXCHANGES: u32 = 50;

pub(super) fn status(opened: &Opened) -> Result<SyncView, AppError> {
    let enrolled = &opened.profile.enrolled;
    let leaving = opened.sync.leaving().as_ref().map(|leaving| {
        let left = leaving.carrier.out().saturating_sub(leaving.before);
        let bytes = u32::try_from(left).unwrap_or(u32::MAX).min(leaving.bytes);
        LeavingView { edits: leaving.edits, bytes, of_bytes: leaving.bytes }
    });
    opened.store.read(|reader| {
        let exchanges = reader.exchanges(MOST_EXCHANGES)?;
        let problem = exchanges.first().and_then(|(_, latest)| latest.problem.clone());
        let last_success: Option<i64> = reader.setting(LAST_SUCCESS)?;
        Ok(SyncView {
            server_name: enrolled.server.name.clone(),
            address: enrolled.server.addresses.first().cloned().unwrap_or_default(),
            device_name: enrolled.device_name.clone(),
            custody: custody_view(reader.custody_counts()?),
            unsent_edits: reader.unsent_count()?,
            files: files_view(reader)?,
            running: opened.sync.running.load(Ordering::Relaxed),
            leaving,
            news: opened.sync.news.load(Ordering::Relaxed),
            last_success: last_success.map(rfc3339),
            problem: problem.map(problem_view),
            clock_off_s: opened.clock_off_s(),
            households: reader
                .custody_list(MOST_HOUSEHOLDS)?
                .into_iter()
                .map(|found| SyncHouseholdView {
                    id: found.household.id.to_string(),
                    head_name: found.household.head_name,
                    village_name: found.household.village_name,
                    custody: household::custody_view(found.household.custody),
                    unsent: found.household.unsent,
                    confirmed_at: found.confirmed_at.map(rfc3339),
                    refusal: found.refusal.map(problem_view),
                    on_stick_since: found.on_stick_since.map(rfc3339),
                })
                .collect(),
            exchanges: exchanges.into_iter().map(exchange_view).collect(),
        })
    })
}

pub(crate) fn problem_view((code, params): (String, BTreeMap<String, String>)) -> ProblemView {
    ProblemView { code, params }
}

fn exchange_view((number, exchange): (i64, Exchange)) -> ExchangeView {
    ExchangeView {
        number: u32::try_from(number).unwrap_or(u32::MAX),
        at: rfc3339(exchange.began_at),
        sent: exchange.sent,
        confirmed: exchange.confirmed,
        bytes_up: exchange.bytes_up,
        bytes_down: exchange.bytes_down,
        problem: exchange.problem.map(problem_view),
    }
}
