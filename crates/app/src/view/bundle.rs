//! Bundles: files on sticks, written and taken in.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::sync::FilesView;

/// What the bundle screen begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct BundleStatusView {
    /// Whom a bundle may be for: the province (`province`) first, then other laptops of the communes.
    pub recipients: Vec<BundleRecipientView>,
    /// Villages to choose from.
    pub villages: Vec<BundleVillageView>,
    /// Edits that wait.
    pub unsent_edits: u32,
    /// Files beside the answers that wait for the province.
    pub files: FilesView,
    /// Households with something unsent, all of which is on a stick. A stick confirms nothing.
    pub households_on_stick: u32,
    /// Laptops from which something lies here for the province.
    pub collected_devices: u32,
    /// Batches of theirs that no receipt was seen for.
    pub collected_batches: u32,
    /// Households on the list that these are about.
    pub collected_households: u32,
    /// When the province revoked this laptop, as far as news of it came (RFC 3339).
    pub revoked_at: Option<String>,
    /// Files written and taken in, newest first, at most 20.
    pub bundles: Vec<BundleRecordView>,
}

/// Somebody who can open bundles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BundleRecipientView {
    /// `province`, or a laptop's id.
    pub id: String,
    /// The province's or the laptop's name.
    pub name: String,
}

/// A village to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BundleVillageView {
    /// As other screens name it.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A file that was written or taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BundleRecordView {
    /// Names it on this laptop.
    pub number: u32,
    /// When (RFC 3339).
    pub at: String,
    /// Written here, not taken in.
    pub written: bool,
    /// Name of the file; empty for one taken in.
    pub name: String,
    /// Whom it was for, or who made it; empty where that is not known.
    pub parties: Vec<String>,
    /// Edits in it.
    pub edits: u32,
    /// Households they are about.
    pub households: u32,
}

/// What to write.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct BundleExportForm {
    /// Which edits.
    pub choice: BundleChoice,
    /// `province`, ids of laptops, or several of them: each can open the file.
    pub recipients: Vec<String>,
    /// The folder to write to.
    pub folder: String,
    /// Photos and other files beside the answers along with them.
    pub with_files: bool,
}

/// Which edits to carry.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BundleChoice {
    /// Everything without receipt.
    Unsent,
    /// The same of one village, with what must go before it.
    Village {
        /// The village.
        village: String,
    },
    /// Everything sealed or collected since then, with a receipt or not.
    Since {
        /// Milliseconds since 1970.
        millis: f64,
    },
}

/// What was written, and read back.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct BundleExportView {
    /// The files.
    pub files: Vec<BundleFileView>,
    /// This laptop's edits in them.
    pub edits: u32,
    /// Files beside the answers in them.
    pub attachments: u32,
    /// Batches of other laptops in them.
    pub passed_on: u32,
    /// Receipts for other laptops in them.
    pub receipts: u32,
    /// Households they are about, at most 200.
    pub households: Vec<BundleHouseholdView>,
    /// Households beyond these.
    pub more_households: u32,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BundleFileView {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u32,
    /// Receipts and news on their way back, not edits on their way there.
    pub reply: bool,
}

/// A household in a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BundleHouseholdView {
    /// Its id.
    pub id: String,
    /// Head's name; empty when it is not on this laptop's list.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// Edits.
    pub edits: u32,
}

/// How far writing or taking in is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BundleProgressView {
    /// `packing`, `writing`, `checking`, `reading` or `taking_in`.
    pub phase: String,
    /// Done of it, in bytes or batches.
    pub done: u32,
    /// All of it; 0 while that is not known.
    pub total: u32,
}

/// What came of taking in a bundle.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Type)]
pub struct BundleImportView {
    /// Receipts and news, not edits.
    pub reply: bool,
    /// Who made it: the province's or a laptop's name; empty where that is not known.
    pub from: String,
    /// When it was made, by its maker's clock (RFC 3339).
    pub made_at: String,
    /// What its edits are about, at most 200.
    pub households: Vec<ImportedHouseholdView>,
    /// Households beyond these.
    pub more_households: u32,
    /// Batches that were not opened.
    pub batches: Vec<ImportedBatchView>,
    /// Files beside the answers that were not here and are kept.
    pub attachments: u32,
    /// Files that were left out: there is no more room for what no edit here names.
    pub attachments_left_out: u32,
    /// Receipts for this laptop's batches, and those kept for others.
    pub receipts: u32,
    /// Of these, those kept to be carried to other laptops.
    pub receipts_kept: u32,
    /// Edits of this laptop that are confirmed by it.
    pub confirmed: u32,
    /// Edits of this laptop that the province refused.
    pub refused: u32,
    /// Receipts and news that this laptop's province did not sign.
    pub unverified: u32,
    /// Edits of others that the province sent and were not here.
    pub changes: u32,
    /// Forms that were not here.
    pub instruments: u32,
    /// Standards that were not here.
    pub standards: u32,
    /// Laptops newly known.
    pub devices: u32,
    /// Names of laptops newly revoked.
    pub revoked: Vec<String>,
    /// This laptop is revoked.
    pub this_device_revoked: bool,
}

/// What came of the edits about one household.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Type)]
pub struct ImportedHouseholdView {
    /// Its id.
    pub id: String,
    /// Head's name; empty when it is not on this laptop's list.
    pub head_name: String,
    /// Village name.
    pub village_name: String,
    /// Edits that were not here.
    pub new: u32,
    /// Edits that were here.
    pub known: u32,
    /// Edits that wait for others they build on.
    pub waiting: u32,
    /// Of the new ones, those that stand against another's.
    pub conflicting: u32,
    /// Edits not taken in, by code.
    pub refused: std::collections::BTreeMap<String, u32>,
}

/// A batch that was not opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ImportedBatchView {
    /// The laptop it names; empty where that is not known.
    pub device: String,
    /// Why: `unknown_device`, `device_revoked`, `bad_signature`, `newer_format`, ….
    pub code: String,
    /// Whether it is kept to be passed on to the province all the same.
    pub passed_on: bool,
}
