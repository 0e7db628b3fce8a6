//! What the program brings becomes versions like those that people upload.
//!
//! Where nobody has published anything in its place it is published at once; where somebody has, their choice stands, and what came
//! with the program is a draft beside it.

use rasoat_exchange::enrolment::StandardFile;

use super::{LibraryError, checked};
use crate::hex;
use crate::storage::{
    LibraryAct, LibraryChange, LibraryItem, LibraryItems, LibraryKind, LibraryState, Storage, StorageError,
};

/// Who takes in what came with the program.
const PROGRAM: &str = "program";

/// Others may change versions meanwhile; then it is tried again, so often.
const ATTEMPTS: u32 = 10;

/// Imports what ships and the storage lacks.
///
/// # Errors
/// As [`checked`]; nothing was imported then. When the storage fails.
pub(crate) async fn import_shipped(storage: &dyn Storage, now: i64) -> Result<(), LibraryError> {
    let shipped = checked()?;
    for files in shipped.instruments {
        storage.put_instrument(files, now).await?;
    }
    for file in shipped.standards {
        storage.put_standard(file, now).await?;
    }
    storage.put_units(shipped.units, now).await?;
    let figures = [(LibraryKind::Points, shipped.points), (LibraryKind::Targets, shipped.targets)];
    let figures: Vec<LibraryItem> = figures
        .into_iter()
        .flat_map(|(kind, files)| files.into_iter().map(move |file| of_toml(kind, file, now)))
        .collect();
    for _ in 0..ATTEMPTS {
        let versions = storage.library_items().await?;
        let mut brought = imported(storage, now).await?;
        brought.extend(figures.iter().cloned());
        let put = adopted(&versions, brought);
        if put.is_empty() {
            return Ok(());
        }
        let change = LibraryChange { at_number: versions.number, put, forget: Vec::new(), rescore: false };
        if storage.change_library(change).await? {
            return Ok(());
        }
    }
    Err(StorageError::Busy.into())
}

/// What was ever imported, in its order.
async fn imported(storage: &dyn Storage, now: i64) -> Result<Vec<LibraryItem>, LibraryError> {
    let mut items = Vec::new();
    for files in storage.instruments().await? {
        let content = json(&files)?;
        let hash = hex::parse(&files.hash).ok_or(StorageError::Damaged("hash"))?;
        items.push(item(LibraryKind::Instrument, hash, files.id, files.version, content, now));
    }
    for file in storage.standards().await? {
        items.push(of_toml(LibraryKind::Standard, file, now));
    }
    if let Some(files) = storage.units().await? {
        let content = json(&files)?;
        let hash = *blake3::hash(content.as_bytes()).as_bytes();
        items.push(item(LibraryKind::Units, hash, "units".to_owned(), files.version, content, now));
    }
    Ok(items)
}

fn json<T: serde::Serialize>(files: &T) -> Result<String, StorageError> {
    serde_json::to_string(files).map_err(|_| StorageError::Damaged("library"))
}

fn of_toml(kind: LibraryKind, file: StandardFile, now: i64) -> LibraryItem {
    let hash = *blake3::hash(file.toml.as_bytes()).as_bytes();
    item(kind, hash, file.id, String::new(), file.toml, now)
}

fn item(
    kind: LibraryKind,
    hash: [u8; 32],
    id: String,
    version: String,
    content: String,
    now: i64,
) -> LibraryItem {
    LibraryItem {
        kind,
        hash,
        id,
        version,
        state: LibraryState::Draft,
        content,
        made: LibraryAct { at: now, by: PROGRAM.to_owned() },
        published: None,
        place: 0,
        retired: None,
    }
}

/// Those that are new, published where nobody has decided otherwise.
fn adopted(versions: &LibraryItems, brought: Vec<LibraryItem>) -> Vec<LibraryItem> {
    let known =
        |new: &LibraryItem| versions.items.iter().any(|item| item.kind == new.kind && item.hash == new.hash);
    let decided = |new: &LibraryItem| {
        let is_one = matches!(new.kind, LibraryKind::Instrument | LibraryKind::Units);
        let beside = versions.items.iter().filter(|item| item.kind == new.kind);
        let mut beside = beside.filter(|item| is_one || item.id == new.id);
        beside.any(|item| {
            let acts = [&item.published, &item.retired];
            acts.into_iter().flatten().any(|act| act.by != PROGRAM)
        })
    };
    let mut place = versions.items.iter().map(|item| item.place).max().unwrap_or_default();
    let mut put = Vec::new();
    for mut new in brought.into_iter().filter(|new| !known(new)) {
        if !decided(&new) {
            place += 1;
            new.state = LibraryState::Published;
            new.place = place;
            new.published = Some(new.made.clone());
        }
        put.push(new);
    }
    put
}
