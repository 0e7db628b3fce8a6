//! Rows as the storages give and take them. Times are milliseconds since 1970 UTC on the server's clock.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::EditId;
use rasoat_casework::{AreaType, CommuneCode, DeviceId, Edit, VillageId};
use rasoat_exchange::{
    Accepted, BatchHash, BundleRecipient, Receipt, Signature, SignedBatch, Verdict, VerifyKey,
};
use rasoat_instrument::Text;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::chain::Arriving;
use super::facts::{Facts, Person};
use super::health::Health;
use crate::view::Role;

/// A village.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VillageRow {
    /// Its commune.
    pub commune: CommuneCode,
    /// Its id within the commune.
    pub id: VillageId,
    /// Its name.
    pub name: String,
    /// Which income line applies.
    pub area: AreaType,
    /// Households that live there, as far as known.
    pub households: u32,
}

/// An enrolled laptop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Its batches and requests are signed with this key.
    pub key: VerifyKey,
    /// Keys it had before, the oldest first: batches may still be signed with them.
    pub former: Vec<VerifyKey>,
    /// "Máy 07".
    pub name: String,
    /// Whose it is. Personal: never logged.
    pub surveyor: String,
    /// What it may send and see.
    pub communes: BTreeSet<CommuneCode>,
    /// When it was enrolled.
    pub enrolled_at: i64,
    /// Until when its enrolment file may be used.
    pub expires_at: i64,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// To whom replies to it are sealed; `None` when it was enrolled before there were bundles.
    pub bundle_recipient: Option<BundleRecipient>,
}

/// A device and what came from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceActivity {
    /// The device.
    pub device: Device,
    /// When it was last heard of.
    pub last_seen_at: Option<i64>,
    /// Edits stored that it signed for.
    pub edits: u64,
    /// What it said of itself last; `None` where its program does not say.
    pub health: Option<Health>,
}

/// A batch whose signature holds.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its hash.
    pub batch: BatchHash,
    /// Its bytes as they were signed.
    pub bytes: Vec<u8>,
    /// Who signed it.
    pub device: DeviceId,
    /// How.
    pub signature: Signature,
    /// When it came in.
    pub received_at: i64,
    /// Its edits.
    pub edits: Vec<Arriving>,
    /// Projections made from edits that arrive now. One counts if nothing else is stored of its household by then; else the
    /// household is stale.
    pub lines: Vec<HouseholdRow>,
    /// What the laptop that made it says of itself, where it brings the batch itself.
    pub health: Option<Health>,
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Stored, at this time or before.
    pub accepted: Vec<EditId>,
    /// What there is to say, in the order of the edits.
    pub verdicts: Vec<Verdict>,
}

impl Outcome {
    /// Whether anything was not stored.
    pub fn refuses(&self) -> bool {
        self.verdicts.iter().any(|verdict| !verdict.code.is_stored())
    }

    /// What a receipt says of this.
    pub fn receipted(&self) -> Accepted {
        if self.refuses() {
            Accepted::Edits(Receipt::ranges(self.accepted.iter().copied()))
        } else {
            Accepted::All(self.accepted.len() as u64)
        }
    }

    /// Equal for equal outcomes.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        let id = |hasher: &mut blake3::Hasher, id: &EditId| {
            hasher.update(id.writer.0.as_bytes()).update(&id.seq.to_be_bytes());
        };
        for edit in &self.accepted {
            id(&mut hasher, edit);
        }
        for verdict in &self.verdicts {
            id(&mut hasher, &verdict.edit);
            hasher.update(verdict.code.as_str().as_bytes()).update(b"\0");
            for (name, value) in &verdict.params {
                hasher.update(name.as_bytes()).update(b"\0").update(value.as_bytes()).update(b"\0");
            }
        }
        *hasher.finalize().as_bytes()
    }
}

/// An edit as it was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEdit {
    /// The edit.
    pub edit: Edit,
    /// Who signed the batch it came in.
    pub device: DeviceId,
    /// When it came in.
    pub received_at: i64,
}

/// Where to go on in one commune's feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedStart {
    /// Which commune.
    pub commune: CommuneCode,
    /// After this number.
    pub number: u64,
    /// Up to this number nothing is withheld.
    pub whole: u64,
}

/// Which edits to give a laptop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedQuery {
    /// The communes, in the order to give them.
    pub starts: Vec<FeedStart>,
    /// What this device signed is left out: it has that.
    pub withheld: Option<DeviceId>,
    /// Bytes of edits, at most.
    pub most_bytes: usize,
    /// Edits, at most.
    pub most_edits: usize,
}

/// Edits for a laptop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage {
    /// In the order they came in, one commune after the other.
    pub edits: Vec<Edit>,
    /// For each commune asked for, up to which number nothing is left to give.
    pub reached: BTreeMap<CommuneCode, u64>,
    /// Whether any commune has more.
    pub more: bool,
}

/// A commune's edits as one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Which commune.
    pub commune: CommuneCode,
    /// Up to this number of its feed.
    pub number: u64,
    /// BLAKE3 of the file.
    pub hash: [u8; 32],
    /// Its bytes.
    pub size: u64,
}

/// Names a household.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HouseholdKeyRef {
    /// Its commune.
    pub commune: CommuneCode,
    /// Its id.
    pub household: Uuid,
}

/// How far a household is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Known, nothing answered.
    Listed,
    /// Some answers, not signed off.
    Started,
    /// Signed off.
    Signed,
}

impl State {
    /// Its name in a storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Started => "started",
            Self::Signed => "signed",
        }
    }

    /// The state of that name.
    pub fn of(text: &str) -> Option<Self> {
        [Self::Listed, Self::Started, Self::Signed].into_iter().find(|state| state.as_str() == text)
    }
}

/// A class as a projection keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredClass {
    /// Key.
    pub key: String,
    /// Name.
    pub label: Text,
    /// Not final.
    pub provisional: bool,
}

/// A household's projection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdRow {
    /// Which.
    pub key: HouseholdKeyRef,
    /// Head's name; empty while not known.
    pub head_name: String,
    /// The province's code.
    pub code: Option<String>,
    /// Village name; empty while not known.
    pub village_name: String,
    /// Members known.
    pub members: u32,
    /// Head's citizen ID, masked.
    pub citizen_id: Option<String>,
    /// How far.
    pub state: State,
    /// Class under the standard in force.
    pub class_2022: Option<StoredClass>,
    /// Class under the coming standard.
    pub class_2027: Option<StoredClass>,
    /// Why an interview has no score.
    pub unscored: Option<String>,
    /// Places in conflict.
    pub conflicts: u32,
    /// Edits it was made from.
    pub edits: u32,
    /// When the last of them came in.
    pub last_received_at: i64,
    /// The household it was merged into: of a row that is to be written, as its edits say; of one that was read, the one that
    /// stands for it in the end, as soon as that is known here.
    pub merged_into: Option<Uuid>,
    /// Whether the list that brought it was undone and nobody works on it.
    pub withdrawn: bool,
    /// What it is counted by.
    pub facts: Facts,
    /// Its members, as far as they are known: of a row that is to be written. They are kept where it is found and compared, and not
    /// read with it.
    pub persons: Vec<Person>,
}

/// Which households to list.
#[derive(Debug, Clone)]
pub struct HouseholdQuery {
    /// Of this commune.
    pub commune: CommuneCode,
    /// Folded words that name or code hold, all of them.
    pub words: Vec<String>,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

/// A page of households.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdPage {
    /// Households that match.
    pub total: u32,
    /// This page.
    pub rows: Vec<HouseholdRow>,
}

/// Counts of one commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommuneCounts {
    /// Which.
    pub commune: CommuneCode,
    /// Households known.
    pub households: u32,
    /// Begun, not signed off.
    pub started: u32,
    /// Signed off.
    pub signed: u32,
    /// Interviewed and poor (2022–2026).
    pub poor: u32,
    /// Interviewed and near-poor (2022–2026).
    pub near_poor: u32,
    /// Interviewed, no class yet.
    pub open: u32,
    /// With a conflict.
    pub conflicts: u32,
    /// When something last came in.
    pub last_received_at: i64,
}

/// How far a laptop is in a commune's feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// Up to this number it was sent the edits.
    pub offered: u64,
    /// Up to this number it has said that it holds them.
    pub held: u64,
}

/// Which households of a laptop to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldQuery {
    /// The laptop.
    pub device: DeviceId,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

/// Why a household is on a laptop, or may be; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldBy {
    /// The laptop signed an edit of it.
    Signed,
    /// It was given to the laptop, which has said so.
    Given,
    /// It was sent, and nothing says that it arrived.
    Offered,
    /// It is in a commune of the laptop: another laptop may have passed it on.
    Scope,
}

impl HeldBy {
    /// By what a storage knows of a household and a laptop.
    pub(super) fn of(signed: bool, given: bool, offered: bool) -> Self {
        match (signed, given, offered) {
            (true, _, _) => Self::Signed,
            (false, true, _) => Self::Given,
            (false, false, true) => Self::Offered,
            (false, false, false) => Self::Scope,
        }
    }

    /// Whether the laptop holds it beyond doubt.
    pub fn is_certain(self) -> bool {
        match self {
            Self::Signed | Self::Given => true,
            Self::Offered | Self::Scope => false,
        }
    }
}

/// A household that a laptop holds or may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldHousehold {
    /// The household as the province knows it.
    pub row: HouseholdRow,
    /// Why.
    pub by: HeldBy,
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPage {
    /// How many there are.
    pub total: u32,
    /// How many of them are certain.
    pub certain: u32,
    /// This page.
    pub rows: Vec<HeldHousehold>,
}

/// A batch of a revoked laptop that was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// As it was signed.
    pub batch: SignedBatch,
    /// When it came in.
    pub received_at: i64,
    /// When it was refused.
    pub refused_at: Option<i64>,
}

/// An enrolment file to be fetched by code.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentRow {
    /// What is derived of the code.
    pub lookup: [u8; 16],
    /// Whose it is.
    pub device: DeviceId,
    /// Until when it is given out.
    pub expires_at: i64,
    /// The file.
    pub bytes: Vec<u8>,
}

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Folded account name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The communes it is for; none is the whole province, for roles that may have it.
    pub communes: BTreeSet<CommuneCode>,
    /// Argon2id in PHC form.
    pub password_hash: String,
    /// Whether somebody else chose the password.
    pub must_change: bool,
    /// When it was made.
    pub created_at: i64,
    /// When it last logged in.
    pub last_login_at: Option<i64>,
    /// Since when it may not log in.
    pub disabled_at: Option<i64>,
}

/// Failures to log in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LoginFailures {
    /// How many since the last success.
    pub failures: u32,
    /// When the last one was.
    pub last_at: i64,
}

/// A session.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// BLAKE3 of the cookie's token.
    pub token_hash: [u8; 32],
    /// Whose.
    pub user: String,
    /// What a changing request must carry.
    pub csrf: String,
    /// `browser system` in codes, as it said when it was opened.
    pub browser: String,
    /// When it was opened.
    pub opened_at: i64,
    /// When it was last used.
    pub used_at: i64,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: i64,
    /// Account name, or `command line`.
    pub actor: String,
    /// Stable code: `logged_in`, `household_shown`, `device_enrolled`, …
    pub act: String,
    /// Ids it was about; never a name.
    pub object: String,
}

/// Which lines of the audit log are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of this account alone; empty for all.
    pub actor: String,
    /// Of this act alone; empty for all.
    pub act: String,
    /// With this in the object; empty for all.
    pub object: String,
    /// At or after.
    pub from: i64,
    /// Before.
    pub until: i64,
    /// Lines passed over.
    pub offset: u32,
    /// Lines at most.
    pub limit: u32,
}

/// Lines of the audit log, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// How many there are in all.
    pub total: u64,
    /// Those asked for, with their numbers.
    pub lines: Vec<(u64, AuditEntry)>,
}

/// A line of the audit log as it is chained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Its number.
    pub number: u64,
    /// What it says.
    pub entry: AuditEntry,
    /// Over itself and the line before; `None` where it was written before there was a chain.
    pub hash: Option<[u8; 32]>,
}
