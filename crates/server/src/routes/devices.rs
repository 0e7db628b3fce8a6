//! `GET /api/devices`: the enrolled laptops.

use axum::Json;
use axum::extract::State as Of;

use crate::auth::LoggedIn;
use crate::problem::Refusal;
use crate::state::State;
use crate::time::rfc3339;
use crate::view::{DeviceView, ProblemView};

/// Every device, newest enrolment first.
#[utoipa::path(get, path = "/api/devices", operation_id = "list_devices", tag = "devices", responses(
    (status = 200, body = Vec<DeviceView>, description = "All devices"),
    (status = 401, body = ProblemView, content_type = "application/problem+json", description = "`not_logged_in`"),
))]
pub(crate) async fn list(Of(state): Of<State>, _: LoggedIn) -> Result<Json<Vec<DeviceView>>, Refusal> {
    let devices = state.storage.devices().await?;
    let views = devices.into_iter().map(|activity| DeviceView {
        id: activity.device.id.0.to_string(),
        name: activity.device.name,
        surveyor: activity.device.surveyor,
        communes: activity.device.communes.iter().map(|code| state.library.commune(code)).collect(),
        enrolled_at: rfc3339(activity.device.enrolled_at),
        expires_at: rfc3339(activity.device.expires_at),
        last_seen_at: activity.last_seen_at.map(rfc3339),
        edits: activity.edits,
        revoked_at: activity.device.revoked_at.map(rfc3339),
        revoked: activity.device.revoked_at.is_some(),
    });
    Ok(Json(views.collect()))
}
