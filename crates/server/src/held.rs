//! The households on a laptop, for the day that it is lost: those that it certainly holds, and those that it may hold.
//!
//! Certain is what the laptop signed itself, and what it was given and has said that it holds. Possible is what it was sent
//! without having said so since, and everything else of its communes: another laptop may have passed it on by a stick. What a
//! laptop collected and nobody has brought here is in no list.

use rasoat_casework::DeviceId;

use crate::enrol::{COMMAND_LINE, note};
use crate::project;
use crate::requests::restrict::restricted;
use crate::state::State;
use crate::storage::{Device, HeldBy, HeldPage, HeldQuery, StorageError};
use crate::time::rfc3339;

/// Rows read at once for a file.
const STEP: u32 = 1000;

/// A page of a laptop's households.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The laptop.
    pub device: Device,
    /// The page.
    pub page: HeldPage,
}

/// A page of the households on a laptop; `None` when there is no such laptop.
///
/// # Errors
/// When the storage fails.
pub async fn held(state: &State, query: HeldQuery) -> Result<Option<Held>, StorageError> {
    let Some(device) = state.storage.device(query.device).await? else { return Ok(None) };
    // A household without a line would be missing.
    project::catch_up(state).await?;
    Ok(Some(Held { device, page: state.storage.held(query).await? }))
}

/// All households on a laptop as CSV with a heading, and how many of how many are certain; `None` when there is no such laptop. It
/// holds names: whoever writes it to a file restricts who may read that. A household that is processed no further is counted in it, and
/// stands without name and number.
///
/// # Errors
/// When the storage fails.
pub async fn held_csv(state: &State, device: DeviceId) -> Result<Option<(HeldPage, Vec<u8>)>, StorageError> {
    let restricted = restricted(state).await?;
    let mut all = HeldPage { total: 0, certain: 0, rows: Vec::new() };
    loop {
        let offset = u32::try_from(all.rows.len()).map_err(|_| StorageError::Damaged("count"))?;
        let query = HeldQuery { device, offset, limit: STEP };
        let Some(Held { mut page, .. }) = held(state, query).await? else { return Ok(None) };
        for held in &mut page.rows {
            restricted.mask(&mut held.row);
        }
        let last = page.rows.len() < STEP as usize;
        all = HeldPage { rows: all.rows.into_iter().chain(page.rows).collect(), ..page };
        if last {
            break;
        }
    }
    note(state, COMMAND_LINE, "device_households_listed", device).await?;
    let csv = csv_of(&all).map_err(|_| StorageError::Damaged("csv"))?;
    Ok(Some((all, csv)))
}

fn csv_of(page: &HeldPage) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "commune",
        "village",
        "code",
        "household",
        "head_name",
        "members",
        "citizen_id",
        "certain",
        "by",
        "last_received_at",
    ])?;
    for held in &page.rows {
        let row = &held.row;
        out.write_record([
            row.key.commune.as_str(),
            &plain(&row.village_name),
            &plain(row.code.as_deref().unwrap_or_default()),
            &row.key.household.to_string(),
            &plain(&row.head_name),
            &row.members.to_string(),
            row.citizen_id.as_deref().unwrap_or_default(),
            if held.by.is_certain() { "yes" } else { "possible" },
            held.by.as_str(),
            &rfc3339(row.last_received_at),
        ])?;
    }
    out.into_inner().map_err(|error| error.into_error().into())
}

/// A cell that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

impl HeldBy {
    /// Stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Given => "given",
            Self::Offered => "offered",
            Self::Scope => "scope",
        }
    }
}
