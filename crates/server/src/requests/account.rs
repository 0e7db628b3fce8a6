//! All that is held of one person: what was written of them, where it went and who saw it.

use std::collections::BTreeSet;

use rasoat_instrument::Path;

use super::Request;
use crate::household_view::{self, HeldOf, held_of};
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{AuditEntry, AuditQuery, DeviceActivity, HeldBy, HouseholdKeyRef, StorageError};
use crate::time::rfc3339;
use crate::view::{ActView, AuditLineView, ClassView, HeldReason, HolderView};

/// Lines of the audit log that are told, and looked at for exports of the whole list.
const MOST_LINES: u32 = 500;
/// Tables with a line for each household.
const TABLES: [&str; 7] =
    ["households", "conflicts", "duplicates", "round_snapshot", "dataset", "dataset_full", "what_if"];

/// What is told beside the request itself.
pub(crate) struct Account {
    pub(crate) held: HeldOf,
    pub(crate) class_2022: Option<ClassView>,
    pub(crate) class_2027: Option<ClassView>,
    pub(crate) procedure: Vec<ActView>,
    pub(crate) laptops: Vec<HolderView>,
    pub(crate) seen: Vec<AuditLineView>,
}

/// Gathers what is held of whom a request is about.
pub(crate) async fn account(state: &State, request: &Request) -> Result<Account, StorageError> {
    let key = request.household.clone();
    let edits = state.storage.edits_of(key.clone()).await?;
    let devices: Vec<DeviceActivity> = state.storage.devices().await?;
    let laptops = laptops(state, &key, &devices).await?;
    let since = edits.iter().map(|stored| stored.received_at).min().unwrap_or_default();
    let seen = seen(state, &key, since).await?;
    let member: Option<Path> = request.asked.member.as_ref().and_then(|member| member.path.parse().ok());
    let household = key.household;
    let (for_view, scoring) = (state.clone(), Scoring::now(state).await?);
    let made = tokio::task::spawn_blocking(move || {
        let held = held_of(&for_view, &scoring, &edits, &devices, member);
        let view =
            household_view::household(&for_view, &scoring, key, &edits, &devices, Vec::new(), (None, None));
        let rounds = scoring.rounds.former().chain([scoring.rounds.open]);
        let acts = household_view::acts(&edits, household, rounds).into_iter();
        Account {
            held,
            class_2022: view.row.class_2022,
            class_2027: view.row.class_2027,
            // Why an act was taken back is free text, and may name others.
            procedure: acts.map(|act| ActView { withdrawn: None, ..act }).collect(),
            laptops,
            seen,
        }
    });
    made.await.map_err(|_| StorageError::Failed(-1))
}

async fn laptops(
    state: &State,
    key: &HouseholdKeyRef,
    devices: &[DeviceActivity],
) -> Result<Vec<HolderView>, StorageError> {
    let holders = state.storage.holders(key.clone()).await?;
    let view = |(id, by): (rasoat_casework::DeviceId, HeldBy)| {
        let activity = devices.iter().find(|activity| activity.device.id == id)?;
        Some(HolderView {
            device_name: activity.device.name.clone(),
            surveyor: activity.device.surveyor.clone(),
            by: HeldReason::from(by),
            last_seen_at: activity.last_seen_at.map(rfc3339),
        })
    };
    Ok(holders.into_iter().filter_map(view).collect())
}

/// Lines that name the household, and exports of tables that it was a line of.
async fn seen(state: &State, key: &HouseholdKeyRef, since: i64) -> Result<Vec<AuditLineView>, StorageError> {
    let of = |act: &str, object: String| AuditQuery {
        actor: String::new(),
        act: act.to_owned(),
        object,
        from: since,
        until: i64::MAX,
        offset: 0,
        limit: MOST_LINES,
    };
    let named = state.storage.audit_page(of("", key.household.to_string())).await?.lines;
    let exported = state.storage.audit_page(of("exported", String::new())).await?.lines;
    let tables: BTreeSet<String> =
        TABLES.iter().flat_map(|table| [(*table).to_owned(), format!("{table}/{}", key.commune)]).collect();
    let exported = exported.into_iter().filter(|(_, line)| tables.contains(&line.object));
    let mut lines: Vec<(u64, AuditEntry)> = named.into_iter().chain(exported).collect();
    lines.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    lines.truncate(MOST_LINES as usize);
    let view = |(number, line): (u64, AuditEntry)| AuditLineView {
        number,
        at: rfc3339(line.at),
        actor: line.actor,
        act: line.act,
        object: line.object,
    };
    Ok(lines.into_iter().map(view).collect())
}
