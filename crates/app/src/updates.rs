//! What the province has ready for this laptop: forms, standards, code lists, villages, and snapshots of its communes.
//!
//! A catalogue names each by its hash. What is missing is fetched range by range and kept as it comes, over cuts and restarts;
//! what is whole and has the hash it should have is put to use, all of it in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_exchange::enrolment::{CommuneScope, Enrolment, InstrumentFiles, StandardFile, UnitsFiles};
use rasoat_exchange::{
    Announcements, Assignments, BlobAnswer, BlobRequest, Catalogue, CatalogueDigest, CatalogueEntry,
    CatalogueKind, Cursor, Door, FeedCursor, Guidance, Neighbours, OpenRound, PrivacyNotice, Retention,
    Snapshot, from_blob, to_blob,
};
use rasoat_store::{Op, Reader, StoreError, Tx, VillageRow};

use crate::app::{App, Carrier, Opened};
use crate::bundle::devices::DeviceBook;
use crate::error::AppError;
use crate::list_import::{ASSUMED_AREAS, assumed_key};
use crate::procedure::law;
use crate::profile::{NewFiles, Profile};
use crate::sync::{CLOCK_OFFSET, CURSOR};
use crate::{guidance, refresh, retention, rounds, take_in};

/// The catalogue that came last, as its bytes.
const CATALOGUE: &str = "catalogue";
/// What of it is in use or cannot be used: hashes by kind and id.
const IN_USE: &str = "catalogue_in_use";
/// Bytes asked for at once: what a cut costs.
const RANGE: u32 = 64 * 1024;

type InUse = BTreeMap<String, [u8; 32]>;

/// What came of a round of updates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Updated {
    /// Whether the profile was read anew: what worked with the one before is to be asked for again.
    pub(crate) profile: bool,
    /// Whether edits came in by a snapshot.
    pub(crate) edits: bool,
}

/// Keeps a catalogue; what is missing of it is fetched by [`App::update`].
pub(crate) fn keep_catalogue(tx: &Tx<'_>, catalogue: &Catalogue) -> Result<(), StoreError> {
    tx.set_setting(CATALOGUE, &catalogue.to_bytes())?;
    let mut in_use: InUse = tx.setting(IN_USE)?.unwrap_or_default();
    let said = catalogue.entries().iter().find(|entry| entry.kind == CatalogueKind::Retention);
    let known = said.is_some_and(|said| in_use.get(&place_of(said.kind, &said.id)) == Some(&said.hash));
    if !known {
        // The term of before holds no more; what is said in its place holds once it is here.
        retention::keep(tx, None)?;
        forget_term(&mut in_use);
        tx.set_setting(IN_USE, &in_use)?;
    }
    // Pieces of what is offered no more are of no use.
    for hash in tx.blobs()? {
        if !catalogue.entries().iter().any(|entry| entry.hash == hash) {
            tx.forget_blob(&hash)?;
        }
    }
    Ok(())
}

/// Lets the next exchange bring the catalogue again: its term was replaced by another carrier.
pub(crate) fn forget_catalogue(tx: &Tx<'_>) -> Result<(), StoreError> {
    let mut in_use: InUse = tx.setting(IN_USE)?.unwrap_or_default();
    forget_term(&mut in_use);
    tx.set_setting(IN_USE, &in_use)?;
    tx.set_setting(CATALOGUE, &[] as &[u8])
}

fn forget_term(in_use: &mut InUse) {
    let kind = place_of(CatalogueKind::Retention, "");
    in_use.retain(|place, _| !place.starts_with(&kind));
}

/// Says which catalogue is here.
pub(crate) fn catalogue_digest(reader: &Reader<'_>) -> Result<CatalogueDigest, StoreError> {
    let bytes: Option<Vec<u8>> = reader.setting(CATALOGUE)?;
    let catalogue = bytes.and_then(|bytes| Catalogue::from_bytes(&bytes).ok());
    Ok(catalogue.map(|catalogue| CatalogueDigest(catalogue.digest())).unwrap_or_default())
}

/// Notes what an enrolment brought, so that it is not fetched again.
pub(crate) fn note_enrolled(tx: &Tx<'_>, enrolment: &Enrolment) -> Result<(), StoreError> {
    let mut in_use = InUse::new();
    let mut note = |kind: CatalogueKind, id: &str, blob: Option<Vec<u8>>| {
        if let Some(blob) = blob {
            in_use.insert(place_of(kind, id), *blake3::hash(&blob).as_bytes());
        }
    };
    for form in &enrolment.instruments {
        note(CatalogueKind::Instrument, &form.id, to_blob(form));
    }
    for standard in &enrolment.standards {
        note(CatalogueKind::Standard, &standard.id, to_blob(standard));
    }
    for procedure in &enrolment.procedures {
        note(CatalogueKind::Procedure, &procedure.id, to_blob(procedure));
    }
    note(CatalogueKind::Units, "units", to_blob(&enrolment.units));
    for commune in &enrolment.communes {
        note(CatalogueKind::Villages, commune.code.as_str(), to_blob(commune));
    }
    tx.set_setting(IN_USE, &in_use)
}

impl App {
    /// Takes a catalogue in and brings this laptop up to it: what the exchange does with the one that it is answered.
    ///
    /// # Errors
    /// When the database is locked or does not take it; a carrier that fails is no error: the next time goes on.
    pub async fn update_to(&self, catalogue: &Catalogue) -> Result<(), AppError> {
        let opened = self.need_own()?;
        let _turn = opened.sync.turn.lock().await;
        opened.store.transact(Op::Update, |tx| keep_catalogue(tx, catalogue))?;
        let carrier = self.carrier(&opened)?;
        self.update(&opened, &*carrier).await?;
        Ok(())
    }

    /// Fetches what the catalogue has and this laptop has not, and puts it to use.
    pub(crate) async fn update(
        &self,
        opened: &Arc<Opened>,
        carrier: &dyn Carrier,
    ) -> Result<Updated, AppError> {
        let wanted = opened.store.read(missing)?;
        for entry in &wanted {
            if let Err(error) = fetch(opened, carrier, entry).await {
                tracing::warn!(code = %error.code, "a blob did not come whole");
                return Ok(Updated::default());
            }
        }
        if wanted.is_empty() {
            return Ok(Updated::default());
        }
        let updated = self.put_to_use(opened, &wanted)?;
        if updated.profile {
            self.read_profile_anew(opened)?;
        }
        tracing::info!(blobs = wanted.len(), "brought up to the catalogue");
        Ok(updated)
    }

    /// All of what came, in one transaction. What cannot be used is noted, so that it is not fetched again, and the laptop
    /// goes on with what it has.
    fn put_to_use(&self, opened: &Opened, wanted: &[CatalogueEntry]) -> Result<Updated, AppError> {
        let now = self.now();
        let mut open = opened.interviews.lock();
        let (updated, changed) = opened.store.transact(Op::Update, |tx| {
            let mut in_use: InUse = tx.setting(IN_USE)?.unwrap_or_default();
            let mut updated = Updated::default();
            let mut files = NewFiles::default();
            for entry in wanted {
                let bytes = tx.blob(&entry.hash)?;
                tx.forget_blob(&entry.hash)?;
                if *blake3::hash(&bytes).as_bytes() != entry.hash {
                    tracing::warn!("a blob is not what its hash says");
                    continue;
                }
                in_use.insert(place_of(entry.kind, &entry.id), entry.hash);
                match take(&opened.profile, tx, entry, &bytes, &mut files, now) {
                    Ok(taken) => updated.edits |= taken,
                    // A disk that is full, or the like: nothing of all this was done.
                    Err(Unusable::Store(error)) => return Err(error),
                    Err(Unusable::Content) => tracing::warn!("a blob cannot be used"),
                }
            }
            tx.set_setting(IN_USE, &in_use)?;
            match opened.profile.take_files(tx, files) {
                Ok(taken) => updated.profile = taken,
                Err(error) if error.code == "enrolment_unusable" => {
                    tracing::warn!(code = %error.code, "what came does not fit together");
                }
                Err(error) => return Err(error),
            }
            if updated.profile {
                let profile = Profile::read(tx)?;
                for household in tx.begun()? {
                    let row = crate::household::need_row(tx, household)?;
                    refresh::household(&profile, tx, (&row.commune, household), now)?;
                }
            }
            Ok::<_, AppError>(updated)
        })?;
        open.clear();
        if changed.households || changed.reference || wanted.iter().any(|entry| is_guidance(entry.kind)) {
            opened.sync.news.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        Ok(updated)
    }

    /// Puts a profile read anew in place, if the database is still the one that is open.
    pub(crate) fn read_profile_anew(&self, opened: &Arc<Opened>) -> Result<(), AppError> {
        self.replace_open_of(&opened.store, |before| {
            let profile = before.store.read(Profile::read)?;
            Ok(Opened::anew(before, profile))
        })
    }
}

/// The entries that are not in use, snapshots last: what they bring is looked at with the form that came before them.
fn missing(reader: &Reader<'_>) -> Result<Vec<CatalogueEntry>, AppError> {
    let bytes: Vec<u8> = reader.setting(CATALOGUE)?.unwrap_or_default();
    let Ok(catalogue) = Catalogue::from_bytes(&bytes) else { return Ok(Vec::new()) };
    let in_use: InUse = reader.setting(IN_USE)?.unwrap_or_default();
    let known = |entry: &CatalogueEntry| in_use.get(&place_of(entry.kind, &entry.id)) == Some(&entry.hash);
    let mut wanted: Vec<CatalogueEntry> =
        catalogue.entries().iter().filter(|entry| !known(entry)).cloned().collect();
    wanted.retain(|entry| !matches!(entry.kind, CatalogueKind::Other(_)));
    Ok(wanted)
}

/// Whether screens show it as it is.
fn is_guidance(kind: CatalogueKind) -> bool {
    matches!(kind, CatalogueKind::Notice | CatalogueKind::Assignments | CatalogueKind::Announcements)
}

/// Takes what a stick brought for people. Should the province have said something else since, the next exchange brings it again.
pub(crate) fn take_guidance(profile: &Profile, tx: &Tx<'_>, guidance: &[Guidance]) -> Result<(), AppError> {
    let mut in_use: InUse = tx.setting(IN_USE)?.unwrap_or_default();
    for Guidance { kind, id, bytes } in guidance.iter().filter(|said| is_guidance(said.kind)) {
        let (hash, size) = (*blake3::hash(bytes).as_bytes(), bytes.len() as u64);
        if in_use.insert(place_of(*kind, id), hash) == Some(hash) {
            continue;
        }
        let entry = CatalogueEntry { kind: *kind, id: id.clone(), hash, size };
        match take(profile, tx, &entry, bytes, &mut NewFiles::default(), 0) {
            Ok(_) => {}
            Err(Unusable::Store(error)) => return Err(error),
            Err(Unusable::Content) => tracing::warn!("what a stick brought for people cannot be used"),
        }
    }
    tx.set_setting(IN_USE, &in_use)?;
    Ok(())
}

fn place_of(kind: CatalogueKind, id: &str) -> String {
    format!("{kind:?}/{id}")
}

/// Fetches what is missing of a blob. What comes is on the disk before more is asked for.
async fn fetch(opened: &Opened, carrier: &dyn Carrier, entry: &CatalogueEntry) -> Result<(), AppError> {
    loop {
        let have = opened.store.read(|reader| reader.blob_length(&entry.hash))?;
        if have >= entry.size {
            return Ok(());
        }
        let request = BlobRequest {
            device: opened.profile.enrolled.device,
            hash: entry.hash,
            offset: have,
            length: RANGE,
        };
        let answer = carrier.carry(Door::Blob, request.encode(&opened.profile.key)).await?;
        let answer = BlobAnswer::decode(&answer).map_err(|_| AppError::new("answer_unreadable"))?;
        let fits = have.saturating_add(answer.bytes.len() as u64) <= entry.size;
        if answer.bytes.is_empty() || !fits || answer.total != entry.size {
            opened.store.transact(Op::Update, |tx| tx.forget_blob(&entry.hash))?;
            return Err(AppError::new("answer_unreadable"));
        }
        opened.store.transact(Op::Update, |tx| tx.put_blob_piece(&entry.hash, have, &answer.bytes))?;
    }
}

/// Why a blob was not taken.
enum Unusable {
    /// It is not what its kind says, or not for here.
    Content,
    /// The database.
    Store(AppError),
}

impl From<StoreError> for Unusable {
    fn from(error: StoreError) -> Self {
        Self::Store(error.into())
    }
}

impl From<rasoat_exchange::CatalogueError> for Unusable {
    fn from(_: rasoat_exchange::CatalogueError) -> Self {
        Self::Content
    }
}

/// Puts one blob to use; says whether it brought edits. Forms, standards and code lists are gathered: they must fit together.
fn take(
    profile: &Profile,
    tx: &Tx<'_>,
    entry: &CatalogueEntry,
    bytes: &[u8],
    files: &mut NewFiles,
    now_millis: i64,
) -> Result<bool, Unusable> {
    match entry.kind {
        CatalogueKind::Instrument => files.instrument = Some(from_blob::<InstrumentFiles>(bytes)?),
        CatalogueKind::Standard => files.standards.push(from_blob::<StandardFile>(bytes)?),
        CatalogueKind::Units => files.units = Some(from_blob::<UnitsFiles>(bytes)?),
        CatalogueKind::Villages => {
            let scope: CommuneScope = from_blob(bytes)?;
            keep_villages(tx, &scope)?;
            files.communes = true;
        }
        CatalogueKind::Devices => {
            let neighbours: Neighbours = from_blob(bytes)?;
            let mut book = DeviceBook::read(tx)?;
            let ahead: i64 = tx.setting(CLOCK_OFFSET)?.unwrap_or_default();
            book.learn_all(now_millis.saturating_add(ahead), &neighbours.devices, &neighbours.revoked);
            book.keep(tx)?;
        }
        CatalogueKind::Retention => {
            retention::keep(tx, Some(&from_blob::<Retention>(bytes)?))?;
        }
        CatalogueKind::Procedure => {
            let file: StandardFile = from_blob(bytes)?;
            law::keep(tx, &[file]).map_err(|error| match error.code.as_str() {
                "enrolment_unusable" => Unusable::Content,
                _ => Unusable::Store(error),
            })?;
        }
        CatalogueKind::Notice => guidance::keep_notice(tx, &from_blob::<PrivacyNotice>(bytes)?)?,
        CatalogueKind::Assignments => {
            guidance::keep_assignments(tx, &entry.id, from_blob::<Assignments>(bytes)?)?;
        }
        CatalogueKind::Announcements => {
            guidance::keep_announcements(tx, &from_blob::<Announcements>(bytes)?)?;
        }
        CatalogueKind::Snapshot => return take_snapshot(profile, tx, bytes, now_millis),
        CatalogueKind::Round => rounds::keep(tx, &from_blob::<OpenRound>(bytes)?)?,
        CatalogueKind::Other(_) => {}
    }
    Ok(false)
}

/// A commune with its villages; what was assumed of them before is known now.
fn keep_villages(tx: &Tx<'_>, scope: &CommuneScope) -> Result<(), StoreError> {
    crate::profile::keep_commune(tx, scope)?;
    let mut assumed: Vec<String> = tx.setting(ASSUMED_AREAS)?.unwrap_or_default();
    let told = |village: &rasoat_exchange::enrolment::Village| {
        let row = VillageRow {
            commune: scope.code.clone(),
            id: village.id.clone(),
            name: village.name.clone(),
            area: village.area_type,
        };
        assumed_key(&row)
    };
    let told: Vec<String> = scope.villages.iter().map(told).collect();
    let before = assumed.len();
    assumed.retain(|key| !told.contains(key));
    if assumed.len() < before { tx.set_setting(ASSUMED_AREAS, &assumed) } else { Ok(()) }
}

/// A commune's edits, and the cursor to where they end, in the caller's transaction.
fn take_snapshot(profile: &Profile, tx: &Tx<'_>, bytes: &[u8], now_millis: i64) -> Result<bool, Unusable> {
    let snapshot = Snapshot::from_bytes(bytes)?;
    let server = profile.enrolled.server.id;
    let foreign = |edit: &rasoat_casework::Edit| edit.subject.commune != snapshot.commune;
    if snapshot.server != server || snapshot.edits.iter().any(foreign) {
        return Err(Unusable::Content);
    }
    let taken = take_in::changes(profile, tx, &snapshot.edits, now_millis).map_err(Unusable::Store)?;
    let cursor = Cursor(tx.setting(CURSOR)?.unwrap_or_default());
    let cursor = FeedCursor::after_snapshot(&cursor, server, &snapshot.commune, snapshot.number);
    // A database that finds itself to be a copy asks from the beginning.
    let cursor = if taken.new_writer.is_some() { Cursor::default() } else { cursor };
    tx.set_setting(CURSOR, &cursor.0)?;
    Ok(true)
}
