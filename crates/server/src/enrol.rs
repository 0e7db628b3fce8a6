//! Enrolling a laptop: its key, its scope, and the file it begins with.

use std::collections::BTreeSet;

use rasoat_casework::{AreaType, CommuneCode, DeviceId, Units};
use rasoat_exchange::enrolment::{
    CommuneScope, EnrolmentLookup, ServerIdentity, Village, code_from, seal_seed,
};
use rasoat_exchange::{
    BundleIdentity, BundleRecipient, Enrolment, EnrolmentError, EnrolmentFile, SigningKey,
};
use rasoat_secrets::Params;
use zeroize::Zeroizing;

use crate::audit;
use crate::data_dir::{DataDir, DataDirError};
use crate::random::{self, NoRandomness};
use crate::state::State;
use crate::storage::{Device, EnrolmentRow, StorageError, VillageRow};
use crate::time::rfc3339;

/// What a laptop is enrolled for.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// "Máy 07".
    pub name: String,
    /// The person it is for.
    pub surveyor: String,
    /// Communes in scope, at least one.
    pub communes: Vec<CommuneCode>,
    /// Villages to add to those known, as CSV with the columns `id,name,area_type,households` and, when there are several
    /// communes, `commune`.
    pub villages_csv: Option<String>,
    /// Days for which the file may be used.
    pub valid_days: u32,
}

/// An enrolment, made.
pub struct Enrolled {
    /// The laptop's id.
    pub device: DeviceId,
    /// The file's bytes.
    pub file: Vec<u8>,
    /// The one-time code that opens it; kept nowhere.
    pub code: Zeroizing<String>,
    /// Until when the file may be used (RFC 3339).
    pub expires_at: String,
    /// Where a laptop gets the file with the code alone.
    pub address: String,
    /// Until when it gets it there (RFC 3339).
    pub fetched_until: String,
    /// Of this server's key: the laptop shows it, to be compared.
    pub fingerprint: String,
}

/// A laptop cannot be enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// No commune was given.
    #[error("no commune given")]
    NoCommune,
    /// The commune is not on the code list.
    #[error("commune {0} is not on the code list")]
    UnknownCommune(CommuneCode),
    /// The villages' file, by line from 1 (the heading is line 1).
    #[error("villages, line {line}: {code}")]
    Villages {
        /// Line.
        line: u64,
        /// Stable code: `unreadable`, `missing_column`, `bad_id`, `bad_area_type`, `bad_households`, `missing_commune`,
        /// `unknown_commune`.
        code: &'static str,
    },
    /// The file cannot be made.
    #[error(transparent)]
    File(#[from] EnrolmentError),
    /// The device's key cannot be locked.
    #[error("key cannot be locked")]
    Seal,
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The keys.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The operating system.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Days for which a file is given out by its code.
const FETCHED_DAYS: u32 = 14;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Enrols a laptop.
///
/// # Errors
/// When the scope is not one the server knows, or the villages cannot be read; nothing was enrolled then.
pub async fn enrol(dir: &DataDir, state: &State, new: NewDevice) -> Result<Enrolled, EnrolError> {
    enrol_as(dir, state, COMMAND_LINE, new).await
}

/// As [`enrol`], by somebody who is logged in.
pub(crate) async fn enrol_as(
    dir: &DataDir,
    state: &State,
    actor: &str,
    new: NewDevice,
) -> Result<Enrolled, EnrolError> {
    let communes: BTreeSet<CommuneCode> = new.communes.iter().cloned().collect();
    if communes.is_empty() {
        return Err(EnrolError::NoCommune);
    }
    if let Some(unknown) = communes.iter().find(|code| !state.library().units().communes.contains_key(*code))
    {
        return Err(EnrolError::UnknownCommune(unknown.clone()));
    }
    if let Some(csv) = &new.villages_csv {
        state.storage.put_villages(read_villages(csv, &communes, state.library().units())?).await?;
    }
    let now = state.now();
    let after = |days: u32| now.saturating_add(i64::from(days).saturating_mul(DAY_MILLIS));
    let expires_at = after(new.valid_days);
    let fetched_until = after(new.valid_days.min(FETCHED_DAYS));
    let keys = dir.keys()?;
    let key = SigningKey::from_seed(random::bytes()?);
    let code = Zeroizing::new(code_from(random::bytes()?));
    let server = keys.signing.verify_key();
    let sealed_seed = seal_seed(&key, &server, &code, random::bytes()?, random::bytes()?, Params::LAPTOP)
        .map_err(|_| EnrolError::Seal)?;
    let device = DeviceId(random::uuid()?);
    let enrolment = Enrolment {
        server: ServerIdentity {
            id: state.config.server_id(),
            name: state.config.name.clone(),
            verify_key: server,
            addresses: vec![state.config.public_url.clone()],
        },
        device,
        device_name: new.name.clone(),
        surveyor: new.surveyor.clone(),
        communes: scopes(state, &communes).await?,
        round: crate::rounds::open_round(state).await?,
        household_key: keys.households,
        recovery_recipient: keys.recovery_recipient,
        bundle_recipient: Some(recipient_of(&keys.signing)?),
        devices: crate::news::others(state, &communes, device).await?,
        dictionary: rasoat_exchange::Dictionary::NEWEST,
        instruments: state
            .library()
            .latest()
            .map(|instrument| instrument.files.clone())
            .into_iter()
            .collect(),
        standards: state.library().standards().iter().map(|standard| standard.file.clone()).collect(),
        procedures: state.library().procedures().to_vec(),
        units: state.library().units_files().clone(),
        issued_at_millis: now,
        expires_at_millis: expires_at,
        sealed_seed,
    };
    let file = EnrolmentFile::write(&enrolment, &keys.signing)?;
    let row = Device {
        id: device,
        key: key.verify_key(),
        former: Vec::new(),
        name: new.name,
        surveyor: new.surveyor,
        communes,
        enrolled_at: now,
        expires_at,
        revoked_at: None,
        bundle_recipient: Some(recipient_of(&key)?),
    };
    state.storage.add_device(row).await?;
    let lookup = EnrolmentLookup::of(&code).ok_or(EnrolError::Seal)?.0;
    let fetched = EnrolmentRow { lookup, device, expires_at: fetched_until, bytes: file.clone() };
    state.storage.put_enrolment_file(fetched).await?;
    note(state, actor, "device_enrolled", device).await?;
    Ok(Enrolled {
        device,
        file,
        code,
        expires_at: rfc3339(expires_at),
        address: state.config.public_url.clone(),
        fetched_until: rfc3339(fetched_until),
        fingerprint: server.fingerprint(),
    })
}

/// Adds communes to a laptop's scope: it gets what is there of them at its next exchanges, and what was refused of it for its
/// scope is taken when it comes again. `false` when there is no such laptop.
///
/// # Errors
/// When a commune is not one the server knows, or the storage fails; nothing was added then.
pub async fn widen(
    state: &State,
    device: DeviceId,
    communes: impl IntoIterator<Item = CommuneCode>,
) -> Result<bool, EnrolError> {
    let communes: BTreeSet<CommuneCode> = communes.into_iter().collect();
    if communes.is_empty() {
        return Err(EnrolError::NoCommune);
    }
    if let Some(unknown) = communes.iter().find(|code| !state.library().units().communes.contains_key(*code))
    {
        return Err(EnrolError::UnknownCommune(unknown.clone()));
    }
    let widened = state.storage.widen_device(device, communes).await?;
    if widened {
        note(state, COMMAND_LINE, "device_widened", device).await?;
    }
    Ok(widened)
}

/// Revokes a laptop: it may exchange no more. What it holds is not touched. `false` when there is none or it was before.
///
/// # Errors
/// When the storage fails.
pub async fn revoke(state: &State, device: DeviceId) -> Result<bool, StorageError> {
    revoke_as(state, COMMAND_LINE, device).await
}

/// As [`revoke`], by somebody who is logged in.
pub(crate) async fn revoke_as(state: &State, actor: &str, device: DeviceId) -> Result<bool, StorageError> {
    let revoked = state.storage.revoke_device(device, state.now()).await?;
    if revoked {
        note(state, actor, "device_revoked", device).await?;
    }
    Ok(revoked)
}

fn recipient_of(key: &SigningKey) -> Result<BundleRecipient, EnrolError> {
    BundleIdentity::of(key).map(|identity| identity.recipient()).map_err(|_| EnrolError::Seal)
}

/// Who acts by a command.
pub(crate) const COMMAND_LINE: &str = "command_line";

/// Writes a line about a device in the audit log.
pub(crate) async fn note(
    state: &State,
    actor: &str,
    act: &str,
    device: DeviceId,
) -> Result<(), StorageError> {
    audit::note(state, actor, act, &device.0.to_string()).await
}

/// The communes with their villages.
pub(crate) async fn scopes(
    state: &State,
    communes: &BTreeSet<CommuneCode>,
) -> Result<Vec<CommuneScope>, StorageError> {
    let mut scopes = Vec::new();
    for code in communes {
        let named = state.library().commune(code);
        let villages = state.storage.villages(code.clone()).await?;
        scopes.push(CommuneScope {
            code: code.clone(),
            name: named.name,
            kind: named.kind,
            villages: villages
                .into_iter()
                .map(|village| Village {
                    id: village.id,
                    name: village.name,
                    area_type: village.area,
                    households: village.households,
                })
                .collect(),
        });
    }
    Ok(scopes)
}

/// Villages of other communes are taken too: the file may be the whole province's.
pub(crate) fn read_villages(
    csv: &str,
    communes: &BTreeSet<CommuneCode>,
    units: &Units,
) -> Result<Vec<VillageRow>, EnrolError> {
    let refused = |line, code| EnrolError::Villages { line, code };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().map_err(|_| refused(1, "unreadable"))?.clone();
    let column = |name: &str| headings.iter().position(|heading| heading == name);
    let needed = |name| column(name).ok_or(refused(1, "missing_column"));
    let (id, name, area, households) =
        (needed("id")?, needed("name")?, needed("area_type")?, needed("households")?);
    let commune = column("commune");
    let only = communes.first().filter(|_| communes.len() == 1);
    let mut villages = Vec::new();
    for row in reader.records() {
        let row =
            row.map_err(|error| refused(error.position().map_or(0, csv::Position::line), "unreadable"))?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |at: usize| row.get(at).unwrap_or_default();
        let commune: CommuneCode = match (commune.map(cell), only) {
            (Some(code), _) if !code.is_empty() => {
                code.parse().map_err(|_| refused(line, "unknown_commune"))?
            }
            (_, Some(only)) => only.clone(),
            (_, None) => return Err(refused(line, "missing_commune")),
        };
        if !units.communes.contains_key(&commune) {
            return Err(refused(line, "unknown_commune"));
        }
        villages.push(VillageRow {
            commune,
            id: cell(id).parse().map_err(|_| refused(line, "bad_id"))?,
            name: rasoat_casework::nfc_name(cell(name)),
            area: match cell(area) {
                "rural" => AreaType::Rural,
                "urban" => AreaType::Urban,
                _ => return Err(refused(line, "bad_area_type")),
            },
            households: match cell(households) {
                "" => 0,
                number => number.parse().map_err(|_| refused(line, "bad_households"))?,
            },
        });
    }
    Ok(villages)
}
