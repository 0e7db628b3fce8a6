//! Enrolled laptops.

use serde::Serialize;
use utoipa::ToSchema;

use super::commune::CommuneRefView;

/// One enrolled laptop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceView {
    /// Its id.
    pub id: String,
    /// "Máy 07".
    pub name: String,
    /// The person it was enrolled for.
    pub surveyor: String,
    /// Communes in scope.
    pub communes: Vec<CommuneRefView>,
    /// When it was enrolled (RFC 3339).
    pub enrolled_at: String,
    /// Until when its enrolment file may be used (RFC 3339).
    pub expires_at: String,
    /// When it last sent anything (RFC 3339).
    pub last_seen_at: Option<String>,
    /// Edits received from it.
    pub edits: u64,
    /// When it was revoked (RFC 3339).
    pub revoked_at: Option<String>,
    /// Whether it may no longer exchange.
    pub revoked: bool,
}
