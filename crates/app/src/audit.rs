//! The account of what was done on this laptop: looked at, checked, written out.

use std::collections::BTreeMap;
use std::path::Path;

use rasoat_store::{Act, AuditEntry, Op, Reader, Store, StoreError};
use serde::Serialize;
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::conflicts::edit_name;
use crate::error::AppError;
use crate::files;
use crate::moment::rfc3339;
use crate::start::count;
use crate::users;
use crate::view::{AuditCheckView, AuditExportView, AuditGroup, AuditPageView, AuditRowView};

/// Rows of one page, at most.
const MOST_ROWS: u32 = 200;
/// The detail that names a household.
const HOUSEHOLD: &str = "household";

/// One line of the file.
#[derive(Serialize)]
struct Line<'a> {
    entry: &'a str,
    hash: &'a str,
}

impl App {
    /// A part of the trail, the latest first.
    pub fn audit(
        &self,
        group: Option<AuditGroup>,
        offset: u32,
        limit: u32,
    ) -> Result<AuditPageView, AppError> {
        let opened = self.need_open()?;
        let acts = group.map(acts_of).unwrap_or_default();
        opened.store.read(|reader| {
            let page = reader.audit(acts, offset, limit.min(MOST_ROWS))?;
            let mut people = users::people(reader)?;
            people.insert(reader.user().0, opened.profile.author.clone());
            let rows = page.rows.into_iter().map(|entry| row(reader, &people, entry));
            Ok(AuditPageView { total: page.total, rows: rows.collect::<Result<_, AppError>>()? })
        })
    }

    /// Looks at every row of the trail and at every edit.
    pub fn check_audit(&self) -> Result<AuditCheckView, AppError> {
        let opened = self.need_open()?;
        let (trail, chains) =
            opened.store.read(|reader| Ok::<_, AppError>((reader.check_audit()?, reader.check_chains()?)))?;
        if trail.broken.is_some() || chains.broken.is_some() {
            tracing::error!("the trail or an edit is not as it was written");
        }
        Ok(AuditCheckView {
            rows: trail.rows,
            broken_row: trail.broken,
            head: trail.head,
            edits: chains.edits,
            writers: chains.writers,
            broken_edit: chains.broken.map(edit_name),
        })
    }

    /// Writes the trail out, a line of JSON for each row: what was hashed, and the hash. `docs/audit_check.py` checks it.
    pub fn export_audit(&self, folder: &str) -> Result<AuditExportView, AppError> {
        let opened = self.need_open()?;
        let now = self.now();
        let (rows, _) = opened.store.transact(Op::Audit, |tx| {
            tx.audit(Act::AuditExport, &[], now)?;
            tx.audit_rows()
        })?;
        let mut text = String::new();
        for (entry, hash) in &rows {
            let line = serde_json::to_string(&Line { entry, hash }).map_err(|_| AppError::new("damaged"))?;
            text.push_str(&line);
            text.push('\n');
        }
        let name = files::write_new(Path::new(folder), "audit", "jsonl", text.as_bytes(), now)?;
        tracing::info!(rows = rows.len(), "wrote the audit trail out");
        let head = rows.last().map(|(_, hash)| hash.clone()).unwrap_or_default();
        Ok(AuditExportView { name, rows: count(rows.len()), head })
    }
}

impl Opened {
    /// Keeps account of what was done outside of the database.
    pub(crate) fn account(&self, act: Act, details: &[(&str, String)], now_millis: i64) {
        keep(&self.store, act, details, now_millis);
    }
}

/// Keeps account of an act. Where nothing can be written, the act is done all the same.
pub(crate) fn keep(store: &Store, act: Act, details: &[(&str, String)], now_millis: i64) {
    let kept = store.transact(Op::Audit, |tx| tx.audit(act, details, now_millis));
    if let Err(error) = kept.map_err(|error: StoreError| error) {
        tracing::warn!(code = error.code(), act = act.as_str(), "no account could be kept");
    }
}

fn row(
    reader: &Reader<'_>,
    people: &BTreeMap<Uuid, String>,
    entry: AuditEntry,
) -> Result<AuditRowView, AppError> {
    let household = entry.details.get(HOUSEHOLD).and_then(|id| id.parse::<Uuid>().ok());
    let household = household.map(|id| reader.household(id)).transpose()?.flatten();
    Ok(AuditRowView {
        number: entry.number,
        at: rfc3339(entry.at),
        who: people.get(&entry.user.0).cloned().unwrap_or_default(),
        act: entry.act,
        details: entry.details,
        head_name: household.map(|row| row.head_name),
    })
}

fn acts_of(group: AuditGroup) -> &'static [Act] {
    match group {
        AuditGroup::Access => &[Act::SignIn, Act::SignOut, Act::WrongPassphrase, Act::Moved],
        AuditGroup::Transfer => &[
            Act::Enrol,
            Act::ImportList,
            Act::ExportBundle,
            Act::ImportBundle,
            Act::Backup,
            Act::Restore,
            Act::AsideRemoved,
        ],
        AuditGroup::Households => &[
            Act::Settle,
            Act::Accept,
            Act::Return,
            Act::Meeting,
            Act::Posting,
            Act::Complaint,
            Act::Finding,
            Act::Decision,
            Act::Certificate,
            Act::Correction,
            Act::ActWithdrawn,
            Act::Assign,
            Act::Merge,
            Act::MergeUndone,
            Act::NotSame,
            Act::Undo,
            Act::Erase,
        ],
        AuditGroup::Personal => &[Act::AccessExport, Act::Print, Act::Unmask, Act::AuditExport],
        AuditGroup::Keys => &[
            Act::KeyChange,
            Act::UserAdded,
            Act::UserRenamed,
            Act::UserRemoved,
            Act::PassphraseChanged,
            Act::Recovery,
        ],
    }
}
