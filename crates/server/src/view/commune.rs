//! Communes and how far they are.

use serde::Serialize;
use utoipa::ToSchema;

/// A commune by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommuneRefView {
    /// Five digits.
    pub code: String,
    /// Name without the kind.
    pub name: String,
    /// `xã` or `phường`.
    pub kind: String,
}

/// Every commune of the province, and the province as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommunesView {
    /// By code.
    pub communes: Vec<CommuneView>,
    /// All of them together.
    pub totals: TotalsView,
}

/// One commune and how far it is in the round. Classes are under the standard in force (2022–2026).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommuneView {
    /// Five digits.
    pub code: String,
    /// Name without the kind.
    pub name: String,
    /// `xã` or `phường`.
    pub kind: String,
    /// Degrees north of its centre (WGS 84).
    pub lat: f64,
    /// Degrees east of its centre (WGS 84).
    pub lon: f64,
    /// Households known.
    pub households: u32,
    /// Interviews begun and not signed off.
    pub started: u32,
    /// Interviews signed off.
    pub signed: u32,
    /// Interviewed households that are poor.
    pub poor: u32,
    /// Interviewed households that are near-poor.
    pub near_poor: u32,
    /// Interviewed households whose class is still open, or that cannot be scored.
    pub open: u32,
    /// Households with a conflict.
    pub conflicts: u32,
    /// Devices in scope, not revoked.
    pub devices: u32,
    /// When something last came in (RFC 3339).
    pub last_received_at: Option<String>,
}

/// The province as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TotalsView {
    /// Communes on the code list.
    pub communes: u32,
    /// Communes from which something came in.
    pub communes_started: u32,
    /// Households known.
    pub households: u32,
    /// Interviews begun and not signed off.
    pub started: u32,
    /// Interviews signed off.
    pub signed: u32,
    /// Interviewed households that are poor.
    pub poor: u32,
    /// Interviewed households that are near-poor.
    pub near_poor: u32,
    /// Interviewed households whose class is still open, or that cannot be scored.
    pub open: u32,
    /// Households with a conflict.
    pub conflicts: u32,
    /// Devices that are not revoked.
    pub devices: u32,
    /// Of these, silent for more than five days (or never heard of).
    pub silent_devices: u32,
    /// When something last came in (RFC 3339).
    pub last_received_at: Option<String>,
    /// The server's time when this was counted (RFC 3339).
    pub counted_at: String,
}
