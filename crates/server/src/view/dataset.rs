//! What a data set is asked for by.

use std::collections::BTreeMap;

use rasoat_instrument::Text;
use serde::Deserialize;
use utoipa::ToSchema;

/// The whole data set.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct DatasetForm {
    /// Of one commune; of all that the account sees where it is left out.
    #[serde(default)]
    pub commune: Option<String>,
    /// Of one round; of all where it is left out.
    #[serde(default)]
    pub round: Option<u16>,
    /// With all that people typed: for administrators, with a reason.
    #[serde(default)]
    pub full: bool,
    /// Why in full.
    #[serde(default)]
    pub reason: String,
    /// Words for codes, in both languages: `variable.area`, `area.rural`, `flag.yes`. A code without words stands as it is.
    #[serde(default)]
    pub words: BTreeMap<String, Text>,
}
