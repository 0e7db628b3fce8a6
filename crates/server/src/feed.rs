//! What goes down to a laptop: the edits of its communes in the order they came in, and what else there is for it.
//!
//! A laptop gets every edit of its communes once, but not those that it signed itself: it has them. Two exceptions. Who asks
//! from the beginning (an empty cursor, or a commune that is new in its scope) gets everything that is there at that moment: the
//! database may be new. And a device that has had several writers was restored or copied: then nobody knows which database
//! has what, and nothing is withheld.

use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_casework::{CommuneCode, Edit};
use rasoat_exchange::{
    Announcement, Announcements, Assignments, Catalogue, CatalogueEntry, CatalogueKind, Cursor, FeedCursor,
    MAX_CHANGES_DOWN, Positions, PrivacyNotice, Reached, to_blob,
};

use crate::directives::{AnnouncementWord, AssignmentWord, NoticeWord, ONLY, Said, word};
use crate::library::Library;
use crate::state::State;
use crate::storage::{Device, Directive, DirectiveKind, FeedQuery, FeedStart, Reach, Snapshot, StorageError};

/// A snapshot is made, made anew and offered where it saves a laptop this many edits.
const WORTH_A_SNAPSHOT: u64 = 200;

/// What a laptop gets in one answer.
pub(crate) struct Feed {
    pub(crate) changes: Vec<Edit>,
    pub(crate) cursor: Cursor,
    pub(crate) more: bool,
    /// What is given by this, and what the laptop says that it holds.
    pub(crate) reach: BTreeMap<CommuneCode, Reach>,
}

/// A blob and its bytes.
pub(crate) type Blob = (CatalogueEntry, Arc<[u8]>);

/// The edits after `cursor` in the communes of a device, about `room_bytes` of them, at least one if there are any. To be
/// asked before the batches of the same request are taken in: what a laptop brings it need not be given. A cursor that says
/// nothing here is the beginning.
pub(crate) async fn changes(
    state: &State,
    device: &Device,
    cursor: &Cursor,
    room_bytes: usize,
) -> Result<Feed, StorageError> {
    let starts = starts(state, device, cursor).await?;
    let is_one_database = state.storage.writers_of(device.id).await? <= 1;
    let query = FeedQuery {
        starts: starts.clone(),
        withheld: is_one_database.then_some(device.id),
        most_bytes: room_bytes,
        most_edits: MAX_CHANGES_DOWN,
    };
    let page = state.storage.changes_since(query).await?;
    let (mut positions, mut reach) = (Positions::default(), BTreeMap::new());
    for start in starts {
        let number = page.reached.get(&start.commune).copied().unwrap_or(start.number);
        reach.insert(start.commune.clone(), Reach { offered: number, held: start.number });
        let whole = if start.whole > number { start.whole } else { 0 };
        positions.0.insert(start.commune, Reached { number, whole });
    }
    let cursor = cursor_of(state, positions).await?;
    Ok(Feed { changes: page.edits, cursor, more: page.more, reach })
}

/// No edits; the cursor stays as it is.
pub(crate) async fn nothing(state: &State, device: &Device, cursor: &Cursor) -> Result<Feed, StorageError> {
    let starts = starts(state, device, cursor).await?.into_iter();
    let reach = starts.map(|start| (start.commune, Reach { offered: 0, held: start.number })).collect();
    Ok(Feed { changes: Vec::new(), cursor: cursor.clone(), more: false, reach })
}

/// Where a device goes on in each commune of its scope.
async fn starts(state: &State, device: &Device, cursor: &Cursor) -> Result<Vec<FeedStart>, StorageError> {
    let positions = positions(state, cursor).await?;
    let ends = state.storage.feed_ends(device.communes.iter().cloned().collect()).await?;
    let starts = ends.into_iter().map(|(commune, end)| {
        // Beyond the end, it is of a storage that was there before this one.
        let known = positions.0.get(&commune).filter(|reached| reached.number <= end);
        let Reached { number, whole } = known.copied().unwrap_or(Reached { number: 0, whole: end });
        FeedStart { commune, number, whole }
    });
    Ok(starts.collect())
}

async fn positions(state: &State, cursor: &Cursor) -> Result<Positions, StorageError> {
    match FeedCursor::read(cursor, state.config.server_id()) {
        Some(FeedCursor::Positions(positions)) => Ok(positions),
        Some(FeedCursor::Kept(hash)) => {
            let kept = state.storage.kept_cursor(hash).await?;
            Ok(kept.and_then(|bytes| Positions::from_bytes(&bytes)).unwrap_or_default())
        }
        None => Ok(Positions::default()),
    }
}

async fn cursor_of(state: &State, positions: Positions) -> Result<Cursor, StorageError> {
    let server = state.config.server_id();
    if let Some(cursor) = positions.cursor(server) {
        return Ok(cursor);
    }
    state.storage.keep_cursor(positions.hash(), positions.to_bytes()).await?;
    Ok(positions.kept_cursor(server))
}

/// What there is for a device beside edits. Snapshots are in it for communes that it still has to catch up with from `cursor`.
pub(crate) async fn catalogue(
    state: &State,
    device: &Device,
    cursor: &Cursor,
) -> Result<Catalogue, StorageError> {
    let mut entries: Vec<CatalogueEntry> =
        small_blobs(state, device).await?.into_iter().map(|(entry, _)| entry).collect();
    for start in starts(state, device, cursor).await? {
        if start.whole.saturating_sub(start.number) >= WORTH_A_SNAPSHOT
            && let Some(snapshot) = snapshot(state, &start.commune, start.whole).await?
            && snapshot.number.saturating_sub(start.number) >= WORTH_A_SNAPSHOT
        {
            entries.push(CatalogueEntry {
                kind: CatalogueKind::Snapshot,
                id: snapshot.commune.to_string(),
                hash: snapshot.hash,
                size: snapshot.size,
            });
        }
    }
    Ok(Catalogue::new(entries))
}

/// Bytes of a blob that the device may have, and how many the whole has; `None` when there is no such blob for it.
pub(crate) async fn blob(
    state: &State,
    device: &Device,
    hash: [u8; 32],
    offset: u64,
    length: u32,
) -> Result<Option<(u64, Vec<u8>)>, StorageError> {
    for (entry, bytes) in small_blobs(state, device).await? {
        if entry.hash == hash {
            let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
            let to = from.saturating_add(length as usize).min(bytes.len());
            return Ok(Some((entry.size, bytes[from..to].to_vec())));
        }
    }
    for commune in &device.communes {
        let snapshots = state.storage.snapshots(commune.clone()).await?;
        if let Some(snapshot) = snapshots.into_iter().find(|snapshot| snapshot.hash == hash) {
            let reach = Reach { offered: snapshot.number, held: 0 };
            state.storage.note_reach(device.id, BTreeMap::from([(commune.clone(), reach)])).await?;
            let bytes = state.storage.snapshot_range(hash, offset, length).await?;
            return Ok(bytes.map(|bytes| (snapshot.size, bytes)));
        }
    }
    Ok(None)
}

/// Everything for a device but snapshots.
async fn small_blobs(state: &State, device: &Device) -> Result<Vec<Blob>, StorageError> {
    let library = state.library();
    let mut blobs = library.blobs.get_or_init(|| library_blobs(&library)).clone();
    for scope in crate::enrol::scopes(state, &device.communes).await? {
        blobs.extend(blob_of(CatalogueKind::Villages, scope.code.as_str(), &scope));
    }
    let neighbours = crate::news::neighbours_of(state, device).await?;
    blobs.extend(blob_of(CatalogueKind::Devices, "devices", &neighbours));
    let term = crate::rounds::retention(state).await?;
    blobs.extend(term.and_then(|term| blob_of(CatalogueKind::Retention, "round", &term)));
    let said = crate::directives::said(state).await?;
    let opened = crate::rounds::opened(&said);
    blobs.extend(opened.and_then(|opened| blob_of(CatalogueKind::Round, "round", &opened)));
    blobs.extend(guidance(&said, device));
    Ok(blobs)
}

/// What the administration has for people at laptops.
pub(crate) fn guidance(said: &Said, device: &Device) -> Vec<Blob> {
    let notice = said.one(DirectiveKind::Notice, ONLY).zip(said.word(DirectiveKind::Notice, ONLY));
    let notice = notice.and_then(|(directive, NoticeWord { vi, en })| {
        let notice = PrivacyNotice { version: directive.number, vi, en };
        blob_of(CatalogueKind::Notice, "notice", &notice)
    });
    let mut blobs: Vec<Blob> = notice.into_iter().collect();
    for commune in &device.communes {
        blobs.extend(assignments(said, commune));
    }
    blobs.extend(announcements(said, device));
    blobs
}

/// Who does which village of a commune, once anybody said so.
fn assignments(said: &Said, commune: &CommuneCode) -> Option<Blob> {
    let of_commune = said.all(DirectiveKind::Assignment).filter_map(|directive| {
        let (code, village) = directive.key.split_once('/')?;
        (code == commune.as_str()).then_some((village, directive))
    });
    let villages: BTreeMap<String, Vec<String>> = of_commune
        .filter_map(|(village, directive)| Some((village.to_owned(), word::<AssignmentWord>(directive)?.to)))
        .collect();
    if villages.is_empty() {
        return None;
    }
    blob_of(CatalogueKind::Assignments, commune.as_str(), &Assignments { villages })
}

/// What people at a laptop are to know, once there was anything for anybody: a laptop knows by an empty list what is over.
fn announcements(said: &Said, device: &Device) -> Option<Blob> {
    let mut directives = said.all(DirectiveKind::Announcement).peekable();
    directives.peek()?;
    let mut shown: Vec<(&Directive, AnnouncementWord)> = directives
        .filter_map(|directive| {
            let word: AnnouncementWord = word(directive)?;
            let is_for = word.communes.is_empty() || !word.communes.is_disjoint(&device.communes);
            (is_for && !word.ended).then_some((directive, word))
        })
        .collect();
    shown.sort_by(|(one, said), (other, also)| {
        (&said.from, one.said_at, &one.key).cmp(&(&also.from, other.said_at, &other.key))
    });
    let announcement = |(directive, word): (&Directive, AnnouncementWord)| Announcement {
        id: directive.key.clone(),
        text: word.text,
        from: word.from,
        until: word.until,
    };
    let all = shown.into_iter().map(announcement).collect();
    blob_of(CatalogueKind::Announcements, "announcements", &Announcements { all })
}

/// The form that is handed out, the standards and the code list.
fn library_blobs(library: &Library) -> Vec<Blob> {
    let form = library.latest().map(|instrument| &instrument.files);
    let forms = form.and_then(|files| blob_of(CatalogueKind::Instrument, &files.id, files));
    let standards = library
        .standards()
        .iter()
        .filter_map(|known| blob_of(CatalogueKind::Standard, &known.file.id, &known.file));
    let procedures =
        library.procedures().iter().filter_map(|file| blob_of(CatalogueKind::Procedure, &file.id, file));
    let units = blob_of(CatalogueKind::Units, "units", library.units_files());
    forms.into_iter().chain(standards).chain(procedures).chain(units).collect()
}

fn blob_of<T: serde::Serialize>(kind: CatalogueKind, id: &str, content: &T) -> Option<Blob> {
    let bytes = to_blob(content)?;
    let hash = *blake3::hash(&bytes).as_bytes();
    Some((CatalogueEntry { kind, id: id.to_owned(), hash, size: bytes.len() as u64 }, bytes.into()))
}

/// The latest snapshot of a commune whose feed ends at `end`, made anew when it is far behind.
async fn snapshot(state: &State, commune: &CommuneCode, end: u64) -> Result<Option<Snapshot>, StorageError> {
    // One at a time: whoever waits finds it made.
    let _turn = state.snapshots.lock().await;
    let latest = state.storage.snapshots(commune.clone()).await?.into_iter().next();
    let behind = latest.as_ref().map_or(end, |latest| end.saturating_sub(latest.number));
    let covered = latest.as_ref().map_or(0, |latest| latest.number);
    if behind < WORTH_A_SNAPSHOT.max(covered / 4) {
        return Ok(latest);
    }
    let edits = all_edits(state, commune).await?;
    let made = rasoat_exchange::Snapshot {
        server: state.config.server_id(),
        commune: commune.clone(),
        number: edits.1,
        edits: edits.0,
    };
    let bytes = tokio::task::spawn_blocking(move || made.to_bytes().map(|bytes| (made.number, bytes)));
    let Some((number, bytes)) = bytes.await.map_err(|_| StorageError::Failed(-1))? else { return Ok(latest) };
    let hash = *blake3::hash(&bytes).as_bytes();
    let snapshot = Snapshot { commune: commune.clone(), number, hash, size: bytes.len() as u64 };
    state.storage.put_snapshot(snapshot.clone(), bytes).await?;
    tracing::info!(edits = number, bytes = snapshot.size, "made a snapshot");
    Ok(Some(snapshot))
}

async fn all_edits(state: &State, commune: &CommuneCode) -> Result<(Vec<Edit>, u64), StorageError> {
    let start = FeedStart { commune: commune.clone(), number: 0, whole: u64::MAX };
    let query = FeedQuery {
        starts: vec![start],
        withheld: None,
        most_bytes: rasoat_exchange::MAX_SNAPSHOT_BYTES,
        most_edits: usize::MAX,
    };
    let page = state.storage.changes_since(query).await?;
    let reached: BTreeMap<CommuneCode, u64> = page.reached;
    Ok((page.edits, reached.get(commune).copied().unwrap_or_default()))
}

/// What there is for a device beside edits, for whoever answers past HTTP.
///
/// # Errors
/// When the storage fails.
pub async fn catalogue_for(
    state: &State,
    device: rasoat_casework::DeviceId,
    cursor: &Cursor,
) -> Result<Option<Catalogue>, StorageError> {
    match state.storage.device(device).await? {
        Some(device) => catalogue(state, &device, cursor).await.map(Some),
        None => Ok(None),
    }
}
