//! Commune-level units: the dated code list, and the map from old codes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::CommuneCode;

/// Which income line applies. Set per village by the province; recorded with each interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AreaType {
    /// Nông thôn.
    Rural,
    /// Thành thị, đô thị.
    Urban,
}

/// One commune-level unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Commune {
    /// Its code in this list's version.
    pub code: CommuneCode,
    /// Name without the kind.
    pub name: String,
    /// `xã` or `phường`.
    pub kind: String,
    /// Degrees north and east of its centre (WGS 84).
    pub position: (f64, f64),
}

/// A version of the code list of one province, with the map from the codes before it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Units {
    /// Names the version: `2025-07-01`.
    pub version: String,
    /// Units by code.
    pub communes: BTreeMap<CommuneCode, Commune>,
    /// Old code (any of them may also be a new code, with another extent) → new codes, the default first.
    pub old_to_new: BTreeMap<CommuneCode, Vec<CommuneCode>>,
}

/// A code list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("code list, line {line}: {code}")]
pub struct UnitsError {
    /// Line of the file, from 1.
    pub line: u64,
    /// Stable code of what is wrong.
    pub code: &'static str,
}

impl Units {
    /// Reads `langson_units.csv` and `langson_old_to_new.csv` as in `instruments/units/`.
    pub fn from_csv(_version: &str, _units: &str, _old_to_new: &str) -> Result<Self, UnitsError> {
        todo!()
    }
}
