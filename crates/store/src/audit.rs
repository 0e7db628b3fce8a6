//! Who did what on this laptop: rows of codes, counts and ids, each hashed over the one before. No name, number or answer is in it.
//!
//! Whoever has the database's key can make a whole trail anew; what the chain shows is that rows were left out, added or
//! changed in a trail of which somebody kept the last hash.

use std::collections::BTreeMap;

use rasoat_casework::{EditHash, EditId};
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::columns;
use crate::edits::read_edit;
use crate::error::StoreError;
use crate::keys::hex;
use crate::store::{Reader, Tx};
use crate::users::UserId;

/// What is kept an account of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Opened the database.
    SignIn,
    /// Closed it.
    SignOut,
    /// Tried passphrases that were wrong, before the one that was right.
    WrongPassphrase,
    /// Took in an enrolment.
    Enrol,
    /// The database was found to be restored or copied.
    Moved,
    /// Took in an official list.
    ImportList,
    /// Wrote a bundle.
    ExportBundle,
    /// Took in a bundle.
    ImportBundle,
    /// Wrote a backup.
    Backup,
    /// Went back to a backup.
    Restore,
    /// Removed what a restore had put aside.
    AsideRemoved,
    /// Settled conflicts.
    Settle,
    /// Accepted an interview.
    Accept,
    /// Returned an interview with remarks.
    Return,
    /// Noted a village's meeting.
    Meeting,
    /// Noted that results are posted.
    Posting,
    /// Noted a complaint.
    Complaint,
    /// Noted what was found of a complaint.
    Finding,
    /// Noted a decision.
    Decision,
    /// Noted a certificate.
    Certificate,
    /// Opened an interview of a locked round.
    Correction,
    /// Took an act of the procedure back.
    ActWithdrawn,
    /// Assigned households.
    Assign,
    /// Merged households.
    Merge,
    /// Parted merged households.
    MergeUndone,
    /// Said that households are two, or took that back.
    NotSame,
    /// Took a sealed change back.
    Undo,
    /// Wrote out all that is held of a household.
    AccessExport,
    /// Printed a household's interview and result.
    Print,
    /// Saw citizen IDs in full.
    Unmask,
    /// Wrote out this trail.
    AuditExport,
    /// Removed what the province has and its term is over for.
    Erase,
    /// Made or changed the laptop's key.
    KeyChange,
    /// Added a user.
    UserAdded,
    /// Renamed a user.
    UserRenamed,
    /// Took a user's way in.
    UserRemoved,
    /// Changed a passphrase.
    PassphraseChanged,
    /// Came back in by way of the province.
    Recovery,
}

/// Codes, counts and ids of an act, by name.
pub type AuditDetails = BTreeMap<String, String>;

/// One row, as it is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// From 1, without gaps.
    pub number: u32,
    /// Milliseconds since 1970 on the laptop's clock.
    pub at: i64,
    /// Who.
    pub user: UserId,
    /// What; a code.
    pub act: String,
    /// On what, how much.
    pub details: AuditDetails,
}

/// A part of the trail, the latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// Rows in all.
    pub total: u32,
    /// Rows.
    pub rows: Vec<AuditEntry>,
}

/// What came of looking at every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCheck {
    /// Rows looked at.
    pub rows: u32,
    /// The number of the first row that is not as it was written, or is missing.
    pub broken: Option<u32>,
    /// The hash of the last row, in hexadecimal.
    pub head: String,
}

/// What came of looking at every edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainCheck {
    /// Edits looked at, with those of which only numbers and hashes are left.
    pub edits: u32,
    /// Writers.
    pub writers: u32,
    /// The first edit that is not as it was sealed, or does not follow the one before it.
    pub broken: Option<EditId>,
}

impl Reader<'_> {
    /// A part of the trail, of these acts only; of all, where none is named.
    pub fn audit(&self, acts: &[Act], offset: u32, limit: u32) -> Result<AuditPage, StoreError> {
        let acts = if acts.is_empty() { String::new() } else { serde_json::to_string(acts)? };
        let mut total = self.connection.prepare_cached(include_str!("audit/total.sql"))?;
        let total = total.query_row(params![acts], |row| row.get(0))?;
        let mut statement = self.connection.prepare_cached(include_str!("audit/page.sql"))?;
        let found = statement.query_map(params![acts, limit, offset], |row| row.get::<_, String>(0))?;
        let rows =
            found.map(|entry| Ok(serde_json::from_str(&entry?)?)).collect::<Result<_, StoreError>>()?;
        Ok(AuditPage { total, rows })
    }

    /// Every row in its order: what was hashed, and the hash in hexadecimal.
    pub fn audit_rows(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("audit/all.sql"))?;
        let found = statement.query_map([], read_link)?;
        found.map(|link| link.map(|link| (link.entry, hex(&link.hash))).map_err(StoreError::from)).collect()
    }

    /// Looks at every row of the trail.
    pub fn check_audit(&self) -> Result<AuditCheck, StoreError> {
        let (last, head) = self.audit_head()?;
        let mut statement = self.connection.prepare_cached(include_str!("audit/all.sql"))?;
        let mut before = [0; 32];
        let mut check = AuditCheck { rows: 0, broken: None, head: hex(&head) };
        for link in statement.query_map([], read_link)? {
            let link = link?;
            check.rows += 1;
            if !link.follows(check.rows, &before) {
                check.broken = Some(check.rows);
                return Ok(check);
            }
            before = link.hash;
        }
        if check.rows != last || before != head {
            check.broken = Some(check.rows.min(last).saturating_add(1));
        }
        Ok(check)
    }

    /// Looks at every edit: whether its bytes have the hash they were kept under, and whether each names the one before it,
    /// wherever that is here.
    pub fn check_chains(&self) -> Result<ChainCheck, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("audit/chains.sql"))?;
        let mut rows = statement.query([])?;
        let mut check = ChainCheck { edits: 0, writers: 0, broken: None };
        let mut before: Option<(EditId, EditHash)> = None;
        while let Some(row) = rows.next()? {
            let id = columns::edit_id(row, 0, 1)?;
            let hash = EditHash(row.get(2)?);
            let bytes: Option<Vec<u8>> = row.get(3)?;
            check.edits = check.edits.saturating_add(1);
            check.writers += u32::from(before.is_none_or(|(last, _)| last.writer != id.writer));
            let follows = before
                .filter(|(last, _)| last.writer == id.writer && last.seq.checked_add(1) == Some(id.seq))
                .map(|(_, hash)| hash);
            if let Some(bytes) = bytes {
                let is_whole = read_edit(&bytes).is_ok_and(|edit| {
                    let is_first = id.seq != 1 || edit.prev.is_none();
                    edit.id == id && is_first && follows.is_none_or(|last| edit.prev == Some(last))
                });
                if !is_whole || EditHash::of(&bytes) != hash {
                    check.broken = Some(id);
                    return Ok(check);
                }
            }
            before = Some((id, hash));
        }
        Ok(check)
    }

    fn audit_head(&self) -> Result<(u32, [u8; 32]), StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("audit/last.sql"))?;
        Ok(statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }
}

impl Tx<'_> {
    /// Keeps account of an act of who is in. `details`: codes, counts and ids, nothing personal.
    pub fn audit(&self, act: Act, details: &[(&str, String)], now_millis: i64) -> Result<(), StoreError> {
        let (last, before) = self.audit_head()?;
        let number = last.checked_add(1).ok_or(StoreError::TooLarge)?;
        let entry = AuditEntry {
            number,
            at: now_millis,
            user: self.user(),
            act: act.as_str().to_owned(),
            details: details.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        };
        let entry = serde_json::to_string(&entry)?;
        let hash = hash_of(&before, &entry);
        self.connection
            .prepare_cached(include_str!("audit/append.sql"))?
            .execute(params![number, entry, hash])?;
        self.connection
            .prepare_cached(include_str!("audit/keep_head.sql"))?
            .execute(params![number, hash])?;
        Ok(())
    }
}

impl Act {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignOut => "sign_out",
            Self::WrongPassphrase => "wrong_passphrase",
            Self::Enrol => "enrol",
            Self::Moved => "moved",
            Self::ImportList => "import_list",
            Self::ExportBundle => "export_bundle",
            Self::ImportBundle => "import_bundle",
            Self::Backup => "backup",
            Self::Restore => "restore",
            Self::AsideRemoved => "aside_removed",
            Self::Settle => "settle",
            Self::Accept => "accept",
            Self::Return => "return",
            Self::Meeting => "meeting",
            Self::Posting => "posting",
            Self::Complaint => "complaint",
            Self::Finding => "finding",
            Self::Decision => "decision",
            Self::Certificate => "certificate",
            Self::Correction => "correction",
            Self::ActWithdrawn => "act_withdrawn",
            Self::Assign => "assign",
            Self::Merge => "merge",
            Self::MergeUndone => "merge_undone",
            Self::NotSame => "not_same",
            Self::Undo => "undo",
            Self::AccessExport => "access_export",
            Self::Print => "print",
            Self::Unmask => "unmask",
            Self::AuditExport => "audit_export",
            Self::Erase => "erase",
            Self::KeyChange => "key_change",
            Self::UserAdded => "user_added",
            Self::UserRenamed => "user_renamed",
            Self::UserRemoved => "user_removed",
            Self::PassphraseChanged => "passphrase_changed",
            Self::Recovery => "recovery",
        }
    }
}

/// A row as it stands.
struct Link {
    number: u32,
    entry: String,
    hash: [u8; 32],
}

impl Link {
    fn follows(&self, number: u32, before: &[u8; 32]) -> bool {
        let named = serde_json::from_str(&self.entry).map(|entry: AuditEntry| entry.number);
        self.number == number
            && named.is_ok_and(|named| named == number)
            && hash_of(before, &self.entry) == self.hash
    }
}

fn read_link(row: &Row<'_>) -> rusqlite::Result<Link> {
    Ok(Link { number: row.get(0)?, entry: row.get(1)?, hash: row.get(2)? })
}

fn hash_of(before: &[u8; 32], entry: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(hex(before));
    hash.update("\n");
    hash.update(entry);
    hash.finalize().into()
}
