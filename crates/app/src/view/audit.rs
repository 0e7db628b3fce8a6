//! The account of what was done on this laptop.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

/// Which acts to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AuditGroup {
    /// Coming in and going out.
    Access,
    /// Lists, sticks, backups, enrolments.
    Transfer,
    /// Changes to households beside interviews.
    Households,
    /// Personal data that was written out or shown in full.
    Personal,
    /// Users, passphrases, keys.
    Keys,
}

/// A part of the trail, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct AuditPageView {
    /// Rows in all.
    pub total: u32,
    /// Rows.
    pub rows: Vec<AuditRowView>,
}

/// One act.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct AuditRowView {
    /// From 1, without gaps.
    pub number: u32,
    /// When (RFC 3339, on the laptop's clock).
    pub at: String,
    /// Who, as they are called now; empty for somebody who is gone.
    pub who: String,
    /// `sign_in`, `import_list`, …
    pub act: String,
    /// Codes, counts and ids.
    pub details: BTreeMap<String, String>,
    /// The head's name of the household it was about, while that is here.
    pub head_name: Option<String>,
}

/// What came of checking the trail and the edits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AuditCheckView {
    /// Rows of the trail.
    pub rows: u32,
    /// The first that is not as it was written.
    pub broken_row: Option<u32>,
    /// The last row's hash.
    pub head: String,
    /// Edits.
    pub edits: u32,
    /// Their writers.
    pub writers: u32,
    /// The first edit that is not as it was sealed: writer and number.
    pub broken_edit: Option<String>,
}

/// The trail as it was written out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AuditExportView {
    /// The file's name.
    pub name: String,
    /// Rows in it.
    pub rows: u32,
    /// The last row's hash: noted down elsewhere, it shows later that nothing was taken out.
    pub head: String,
}
