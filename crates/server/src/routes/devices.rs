//! `GET /api/devices`: the enrolled laptops.

use crate::view::{DeviceView, ProblemView};

/// Every device, newest enrolment first.
#[utoipa::path(get, path = "/api/devices", operation_id = "list_devices", tag = "devices", responses(
    (status = 200, body = Vec<DeviceView>, description = "All devices"),
    (status = 401, body = ProblemView, content_type = "application/problem+json", description = "`not_logged_in`"),
))]
pub(crate) async fn list() {}
