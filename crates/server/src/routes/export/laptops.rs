//! Laptops by their ids, which nothing changes.

use uuid::Uuid;

use super::{closed, opened, sees};
use crate::problem::Refusal;
use crate::routes::devices;
use crate::state::State;
use crate::tokens::System;
use crate::view::{DeviceView, ExportDeviceView, ExportPageView, ExportRowView};

/// A laptop is read where all its communes are the token's, as accounts see it.
pub(super) async fn page(
    state: &State,
    system: &System,
    after: Option<&str>,
    limit: usize,
) -> Result<ExportPageView, Refusal> {
    let after = after.map(opened).transpose()?;
    let after = after.map(|id| id.parse::<Uuid>().map_err(|_| Refusal::Unreadable)).transpose()?;
    let is_seen =
        |device: &crate::storage::Device| device.communes.iter().all(|commune| sees(system, commune));
    let mut rows = devices::views(state, is_seen).await?;
    // Ids are written alike, so that their texts are in their order.
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    rows.retain(|device| after.is_none_or(|after| device.id > after.to_string()));
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_more).map(|last| closed(&last.id));
    Ok(ExportPageView {
        rows: rows.into_iter().map(row).map(Box::new).map(ExportRowView::Device).collect(),
        next,
        left_out: 0,
    })
}

fn row(device: DeviceView) -> ExportDeviceView {
    let said = device.health;
    ExportDeviceView {
        device: device.id,
        name: device.name,
        surveyor: device.surveyor,
        commune_codes: device.communes.into_iter().map(|commune| commune.code).collect(),
        enrolled_at: device.enrolled_at,
        last_seen_at: device.last_seen_at,
        revoked_at: device.revoked_at,
        edits: device.edits,
        refused_edits: device.refused_edits,
        troubles: device.troubles,
        said_at: said.as_ref().map(|said| said.said_at.clone()),
        clock_behind_s: said.as_ref().map(|said| said.clock_behind_s),
        program: said.as_ref().map(|said| said.program.clone()),
        waiting_edits: said.as_ref().map(|said| said.waiting_edits),
        waiting_files: said.as_ref().map(|said| said.waiting_files),
        free_mib: said.and_then(|said| said.free_mib),
    }
}
