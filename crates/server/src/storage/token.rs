//! What other systems read with, as a storage holds it.

use std::collections::BTreeSet;

use rasoat_casework::CommuneCode;
use uuid::Uuid;

/// A token of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is revoked by; opens nothing.
    pub id: Uuid,
    /// What it is for, in words.
    pub name: String,
    /// BLAKE3 of what the other system sends.
    pub token_hash: [u8; 32],
    /// The tables it reads.
    pub tables: BTreeSet<String>,
    /// The communes it reads of; none: the whole province.
    pub communes: BTreeSet<CommuneCode>,
    /// Whether it reads citizen IDs in full.
    pub citizen_ids: bool,
    /// The account that made it.
    pub made_by: String,
    /// When.
    pub made_at: i64,
    /// From when on it opens nothing.
    pub expires_at: i64,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// When it was last used.
    pub last_used_at: Option<i64>,
    /// How often it was used.
    pub uses: u64,
}

/// Words in a column.
pub(super) fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().collect::<Vec<_>>().join(" ")
}

pub(super) fn words_of(text: &str) -> BTreeSet<String> {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
