//! What the enrolment made of this laptop: who it is, for whom, with which forms and standards.

use std::collections::BTreeMap;
use std::sync::Arc;

use rasoat_casework::standard::{Classification, ReadyStandard, Standard, decides_in};
use rasoat_casework::{
    AreaType, CommuneCode, DeviceId, HouseholdKey, InstrumentHash, Round, Units, VillageId,
};
use rasoat_exchange::enrolment::{
    CommuneScope, Enrolment, InstrumentFiles, ServerIdentity, StandardFile, UnitsFiles,
};
use rasoat_exchange::{BundleIdentity, BundleRecipient, ServerId, SigningKey, Succession};
use rasoat_instrument::{Plan, Session};
use rasoat_store::{CommuneRow, Reader, StoreError, Tx, VillageRow};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::bundle::devices::DeviceBook;
use crate::error::AppError;
use crate::form::Form;
use crate::procedure::law;
use crate::users;

const ENROLLED: &str = "enrolled";
const INSTRUMENT: &str = "instrument";
const STANDARD: &str = "standard";
const UNITS: &str = "units";
const LIVING: &str = "living";
/// How many households live in villages.
pub(crate) type Living = BTreeMap<CommuneCode, BTreeMap<VillageId, u32>>;

const PRACTICE_CONTEXT: &str = "rasoat practice household key 1";

/// What is kept of an enrolment beside its files; in the encrypted database only.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Enrolled {
    pub(crate) server: ServerIdentity,
    pub(crate) device: DeviceId,
    pub(crate) device_name: String,
    pub(crate) surveyor: String,
    pub(crate) round: Round,
    pub(crate) household_key: HouseholdKey,
    seed: [u8; 32],
    /// Of the keys before, the oldest first.
    #[serde(default)]
    former: Vec<[u8; 32]>,
    /// Of the keys of earlier enrolments: bundles may have been sealed to them.
    #[serde(default)]
    earlier: Vec<[u8; 32]>,
    /// The statement that brought the key into use.
    #[serde(default)]
    last_change: Option<Vec<u8>>,
    /// Of the key to come, until the province has it.
    #[serde(default)]
    next: Option<NextKey>,
    /// The forms and standards of this enrolment, in its order; files of earlier ones stay in the database.
    instruments: Vec<String>,
    standards: Vec<String>,
    pub(crate) issued_at_millis: i64,
    /// To whom bundles for the province are sealed; `None` when enrolled before there were bundles.
    #[serde(default)]
    pub(crate) bundle_recipient: Option<BundleRecipient>,
}

/// A key that the province may or may not have by now.
#[derive(Clone, Serialize, Deserialize)]
struct NextKey {
    seed: [u8; 32],
    /// The statement as it is sent, until it is answered.
    statement: Vec<u8>,
}

/// The enrolment, ready to work with.
pub(crate) struct Profile {
    pub(crate) enrolled: Enrolled,
    /// Under whose name what is sealed goes: that of who is in; for whom the enrolment was made, where they never said it.
    pub(crate) author: String,
    pub(crate) key: SigningKey,
    /// Keys of before and the one to come: bundles may be sealed to them, batches signed with them.
    others: Vec<SigningKey>,
    pub(crate) form: Form,
    pub(crate) instrument: InstrumentHash,
    /// Ready for the form.
    pub(crate) standards: Vec<ReadyStandard>,
    /// Ids and hashes, as recorded with each interview.
    pub(crate) standards_text: String,
    pub(crate) units: Units,
    pub(crate) communes: BTreeMap<CommuneCode, CommuneRow>,
}

/// Files of the province that came after the enrolment.
#[derive(Default)]
pub(crate) struct NewFiles {
    /// In place of the form.
    pub(crate) instrument: Option<InstrumentFiles>,
    /// Each in place of the standard of its id, or beside the others.
    pub(crate) standards: Vec<StandardFile>,
    /// In place of the code list.
    pub(crate) units: Option<UnitsFiles>,
    /// Whether a commune is new or was changed.
    pub(crate) communes: bool,
}

/// What differs in a practice.
pub(crate) struct Practice {
    pub(crate) key: SigningKey,
    pub(crate) commune: CommuneScope,
    pub(crate) units: UnitsFiles,
    pub(crate) recovery_recipient: String,
}

/// The file's parts, parsed: what can be wrong with them is found before anything is kept.
struct Parts {
    form: Form,
    instrument: InstrumentHash,
    standards: Vec<ReadyStandard>,
    standards_text: String,
    units: Units,
}

impl Enrolled {
    fn of(enrolment: &Enrolment, key: &SigningKey) -> Self {
        Self {
            server: enrolment.server.clone(),
            device: enrolment.device,
            device_name: enrolment.device_name.clone(),
            surveyor: enrolment.surveyor.clone(),
            round: enrolment.round,
            household_key: enrolment.household_key.clone(),
            seed: *key.to_seed(),
            former: Vec::new(),
            earlier: Vec::new(),
            last_change: None,
            next: None,
            instruments: enrolment.instruments.iter().map(|form| form.hash.clone()).collect(),
            standards: enrolment.standards.iter().map(|standard| standard.hash.clone()).collect(),
            issued_at_millis: enrolment.issued_at_millis,
            bundle_recipient: enrolment.bundle_recipient.clone(),
        }
    }

    /// With the keys of the enrolment before. The same one again brings back no key that was changed since.
    fn after(self, before: Option<Self>) -> Self {
        match before {
            Some(before) if before.device == self.device => Self {
                seed: before.seed,
                former: before.former,
                earlier: before.earlier,
                last_change: before.last_change,
                next: before.next,
                ..self
            },
            Some(Self { seed, former, mut earlier, next, .. }) => {
                earlier.extend(former);
                earlier.push(seed);
                earlier.extend(next.map(|next| next.seed));
                Self { earlier, ..self }
            }
            None => self,
        }
    }
}

impl Profile {
    /// Whether this program can work with an enrolment's files.
    pub(crate) fn check(enrolment: &Enrolment) -> Result<(), AppError> {
        parse(&enrolment.instruments, &enrolment.standards, &enrolment.units)?;
        law::check(&enrolment.procedures)
    }

    /// The enrolment of a practice: the forms and standards in use, and otherwise nothing of the province's. Its keys are those
    /// of nobody, and it names no address.
    pub(crate) fn for_practice(&self, reader: &Reader<'_>, place: Practice) -> Result<Enrolment, AppError> {
        let enrolled = &self.enrolled;
        let mut instruments = Vec::new();
        for hash in &enrolled.instruments {
            instruments.push(from_json::<InstrumentFiles>(reader.reference(INSTRUMENT, hash)?)?);
        }
        let mut standards = Vec::new();
        for hash in &enrolled.standards {
            standards.push(from_json::<StandardFile>(reader.reference(STANDARD, hash)?)?);
        }
        let Practice { key, commune, units, recovery_recipient } = place;
        Ok(Enrolment {
            server: ServerIdentity {
                id: ServerId(Uuid::nil()),
                name: String::new(),
                verify_key: key.verify_key(),
                addresses: Vec::new(),
            },
            device: DeviceId(Uuid::nil()),
            device_name: String::new(),
            surveyor: self.author.clone(),
            communes: vec![commune],
            round: enrolled.round,
            household_key: HouseholdKey(blake3::derive_key(PRACTICE_CONTEXT, key.to_seed().as_slice())),
            recovery_recipient,
            bundle_recipient: None,
            devices: Vec::new(),
            dictionary: 0,
            instruments,
            standards,
            procedures: Vec::new(),
            units,
            issued_at_millis: enrolled.issued_at_millis,
            expires_at_millis: enrolled.issued_at_millis,
            sealed_seed: Vec::new(),
        })
    }

    /// Keeps an enrolment in place of the one before.
    pub(crate) fn keep(tx: &Tx<'_>, enrolment: &Enrolment, key: &SigningKey) -> Result<(), AppError> {
        keep_files(tx, &enrolment.instruments, &enrolment.standards)?;
        law::keep(tx, &enrolment.procedures)?;
        tx.put_reference(UNITS, UNITS, &json(&enrolment.units)?)?;
        for commune in &enrolment.communes {
            keep_commune(tx, commune)?;
        }
        let mut devices = DeviceBook::read(tx)?;
        devices.learn(enrolment.issued_at_millis, &enrolment.devices);
        devices.keep(tx)?;
        tx.set_setting(crate::sync::DICTIONARY, &enrolment.dictionary)?;
        crate::updates::note_enrolled(tx, enrolment)?;
        let before: Option<Enrolled> = tx.setting(ENROLLED)?;
        tx.set_setting(ENROLLED, &Enrolled::of(enrolment, key).after(before))?;
        Ok(())
    }

    /// What the database keeps.
    pub(crate) fn read(reader: &Reader<'_>) -> Result<Self, AppError> {
        let enrolled = Self::enrolled(reader)?;
        let mut instruments = Vec::new();
        for hash in &enrolled.instruments {
            instruments.push(from_json::<InstrumentFiles>(reader.reference(INSTRUMENT, hash)?)?);
        }
        let mut standards = Vec::new();
        for hash in &enrolled.standards {
            standards.push(from_json::<StandardFile>(reader.reference(STANDARD, hash)?)?);
        }
        let parts = parse(&instruments, &standards, &from_json(reader.reference(UNITS, UNITS)?)?)?;
        let communes =
            reader.communes()?.into_iter().map(|commune| (commune.code.clone(), commune)).collect();
        Ok(Self {
            key: SigningKey::from_seed(enrolled.seed),
            others: {
                let next = enrolled.next.iter().map(|next| next.seed);
                let before = enrolled.former.iter().rev().chain(enrolled.earlier.iter().rev()).copied();
                next.chain(before).map(SigningKey::from_seed).collect()
            },
            author: users::full_name(reader)?.unwrap_or_else(|| enrolled.surveyor.clone()),
            enrolled,
            form: parts.form,
            instrument: parts.instrument,
            standards: parts.standards,
            standards_text: parts.standards_text,
            units: parts.units,
            communes,
        })
    }

    /// Every key of this laptop, the one in use first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.key).chain(&self.others)
    }

    /// How often the key was changed.
    pub(crate) fn key_changes(&self) -> u32 {
        crate::start::count(self.enrolled.former.len())
    }

    /// Makes the next key and keeps it with the statement that brings it into use, unless one is on its way. The one in use
    /// stays in use until the province has the next.
    pub(crate) fn prepare_key(tx: &Tx<'_>, seed: [u8; 32], now_millis: i64) -> Result<(), AppError> {
        let mut enrolled = Self::enrolled(tx)?;
        if enrolled.next.is_some() {
            return Ok(());
        }
        let (old, new) = (SigningKey::from_seed(enrolled.seed), SigningKey::from_seed(seed));
        let succession = Succession {
            device: enrolled.device,
            number: enrolled.former.len() as u64 + 1,
            key: new.verify_key(),
            recipient: BundleIdentity::of(&new)?.recipient(),
            made_at_millis: now_millis,
        };
        let statement = succession.sign(&old, &new).encode();
        enrolled.next = Some(NextKey { seed, statement });
        Ok(tx.set_setting(ENROLLED, &enrolled)?)
    }

    /// The statement of a new key that the province has not answered.
    pub(crate) fn unanswered_key(reader: &Reader<'_>) -> Result<Option<Vec<u8>>, AppError> {
        Ok(Self::enrolled(reader)?.next.map(|next| next.statement))
    }

    /// The province has the next key: from here on it is the one in use.
    pub(crate) fn change_key(tx: &Tx<'_>) -> Result<(), AppError> {
        let mut enrolled = Self::enrolled(tx)?;
        if let Some(next) = enrolled.next.take() {
            enrolled.former.push(std::mem::replace(&mut enrolled.seed, next.seed));
            enrolled.last_change = Some(next.statement);
            tx.set_setting(ENROLLED, &enrolled)?;
        }
        Ok(())
    }

    /// The statement that brought the key into use; `None` for the first key.
    pub(crate) fn last_key_change(reader: &Reader<'_>) -> Result<Option<Vec<u8>>, AppError> {
        Ok(Self::enrolled(reader)?.last_change)
    }

    pub(crate) fn enrolled(reader: &Reader<'_>) -> Result<Enrolled, AppError> {
        reader.setting(ENROLLED)?.ok_or_else(|| AppError::from(StoreError::Damaged))
    }

    /// Puts files in use that came after the enrolment, if all fits together; else nothing changes. Says whether the profile
    /// is to be read anew.
    pub(crate) fn take_files(&self, tx: &Tx<'_>, new: NewFiles) -> Result<bool, AppError> {
        let NewFiles { instrument, standards: newer, units, communes } = new;
        if instrument.is_none() && newer.is_empty() && units.is_none() {
            return Ok(communes);
        }
        let mut enrolled = Self::enrolled(tx)?;
        let mut instruments = Vec::new();
        match instrument {
            Some(files) => instruments.push(files),
            None => {
                for hash in &enrolled.instruments {
                    instruments.push(from_json::<InstrumentFiles>(tx.reference(INSTRUMENT, hash)?)?);
                }
            }
        }
        let mut standards = Vec::new();
        for hash in &enrolled.standards {
            standards.push(from_json::<StandardFile>(tx.reference(STANDARD, hash)?)?);
        }
        for file in newer {
            match standards.iter_mut().find(|known| known.id == file.id) {
                Some(known) => *known = file,
                None => standards.push(file),
            }
        }
        let units = match units {
            Some(units) => units,
            None => from_json(tx.reference(UNITS, UNITS)?)?,
        };
        parse(&instruments, &standards, &units)?;
        keep_files(tx, &instruments, &standards)?;
        tx.put_reference(UNITS, UNITS, &json(&units)?)?;
        enrolled.instruments = instruments.into_iter().map(|form| form.hash).collect();
        enrolled.standards = standards.into_iter().map(|standard| standard.hash).collect();
        tx.set_setting(ENROLLED, &enrolled)?;
        Ok(true)
    }

    /// Goes on in another round.
    pub(crate) fn begin_round(tx: &Tx<'_>, round: Round) -> Result<(), AppError> {
        let mut enrolled = Self::enrolled(tx)?;
        enrolled.round = round;
        Ok(tx.set_setting(ENROLLED, &enrolled)?)
    }

    /// The standard that decides classes in the round's year; the first one where none says so.
    pub(crate) fn standard_in_force(&self) -> Option<usize> {
        self.position_in(self.enrolled.round.0)
    }

    /// The same of another year.
    pub(crate) fn standard_in(&self, year: u16) -> Option<&Standard> {
        self.position_in(year).and_then(|index| self.standards.get(index)).map(ReadyStandard::standard)
    }

    fn position_in(&self, year: u16) -> Option<usize> {
        decides_in(self.standards.iter().map(ReadyStandard::standard), year)
    }

    /// The classes of the standard in force, in its order.
    pub(crate) fn classes(&self) -> Vec<String> {
        let standard = self.standard_in_force().and_then(|index| self.standards.get(index));
        let keys = standard.map(|ready| ready.standard().class_keys()).unwrap_or_default();
        keys.into_iter().map(str::to_owned).collect()
    }

    /// What each standard makes of an interview.
    pub(crate) fn classify(&self, session: &Session, area: AreaType) -> Vec<Classification> {
        self.standards.iter().map(|standard| standard.classify(session, area)).collect()
    }

    /// `xã Đoàn Kết`.
    pub(crate) fn commune_name(&self, code: &CommuneCode) -> String {
        self.communes
            .get(code)
            .map_or_else(String::new, |commune| format!("{} {}", commune.kind, commune.name))
    }
}

/// Keeps a commune with its villages, and how many households live there.
pub(crate) fn keep_commune(tx: &Tx<'_>, commune: &CommuneScope) -> Result<(), StoreError> {
    let row =
        CommuneRow { code: commune.code.clone(), name: commune.name.clone(), kind: commune.kind.clone() };
    tx.put_commune(&row)?;
    for village in &commune.villages {
        tx.put_village(&VillageRow {
            commune: commune.code.clone(),
            id: village.id.clone(),
            name: village.name.clone(),
            area: village.area_type,
        })?;
    }
    let mut living: Living = tx.setting(LIVING)?.unwrap_or_default();
    for village in commune.villages.iter().filter(|village| village.households > 0) {
        living.entry(commune.code.clone()).or_default().insert(village.id.clone(), village.households);
    }
    tx.set_setting(LIVING, &living)
}

/// How many households live in villages, as far as the province said.
pub(crate) fn living(reader: &Reader<'_>) -> Result<Living, StoreError> {
    Ok(reader.setting(LIVING)?.unwrap_or_default())
}

/// Keeps forms and standards as they came, whether or not they are in use. Says how many of each are new.
pub(crate) fn keep_files(
    tx: &Tx<'_>,
    instruments: &[InstrumentFiles],
    standards: &[StandardFile],
) -> Result<(u32, u32), AppError> {
    let (mut forms, mut standards_new) = (0, 0);
    for form in instruments {
        forms += u32::from(tx.reference(INSTRUMENT, &form.hash)?.is_none());
        tx.put_reference(INSTRUMENT, &form.hash, &json(form)?)?;
    }
    for standard in standards {
        standards_new += u32::from(tx.reference(STANDARD, &standard.hash)?.is_none());
        tx.put_reference(STANDARD, &standard.hash, &json(standard)?)?;
    }
    Ok((forms, standards_new))
}

fn parse(
    instruments: &[InstrumentFiles],
    standards: &[StandardFile],
    units: &UnitsFiles,
) -> Result<Parts, AppError> {
    let files = instruments.first().ok_or_else(|| AppError::new("enrolment_without_form"))?;
    let unusable = |place: &str| AppError::new("enrolment_unusable").with("part", place);
    let sheets = rasoat_xlsform::Form {
        survey: files.survey.clone(),
        choices: files.choices.clone(),
        settings: files.settings.clone(),
        files: files.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect(),
    };
    let definition = sheets.read().map_err(|_| unusable(&files.id))?;
    let instrument = hash(&files.hash).ok_or_else(|| unusable(&files.id))?;
    let plan = Arc::new(Plan::new(Arc::new(definition)));
    let mut parsed = Vec::new();
    for file in standards {
        let standard = Standard::from_toml(&file.toml).map_err(|_| unusable(&file.id))?;
        standard.check(plan.definition()).map_err(|_| unusable(&file.id))?;
        parsed.push(standard.ready(&plan));
    }
    let standards_text: Vec<String> =
        standards.iter().map(|file| format!("{}:{}", file.id, file.hash)).collect();
    let units = Units::from_csv(&units.version, &units.units_csv, &units.old_to_new_csv)
        .map_err(|_| unusable(UNITS))?;
    Ok(Parts {
        form: Form::new(plan),
        instrument,
        standards: parsed,
        standards_text: standards_text.join(" "),
        units,
    })
}

fn hash(text: &str) -> Option<InstrumentHash> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(InstrumentHash(bytes))
}

fn json<T: Serialize>(part: &T) -> Result<Vec<u8>, AppError> {
    serde_json::to_vec(part).map_err(|_| AppError::new("enrolment_damaged"))
}

fn from_json<T: serde::de::DeserializeOwned>(bytes: Option<Vec<u8>>) -> Result<T, AppError> {
    let damaged = || AppError::from(StoreError::Damaged);
    serde_json::from_slice(&bytes.ok_or_else(damaged)?).map_err(|_| damaged())
}
