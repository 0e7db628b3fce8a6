//! Practising: a made-up village in a database of its own, which leaves nothing behind. Why nothing of it can get anywhere is in
//! `docs/decisions/0026-practice.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rasoat_casework::AreaType;
use rasoat_exchange::enrolment::{CommuneScope, Enrolment, UnitsFiles, Village};
use rasoat_exchange::{BundleIdentity, SigningKey};
use rasoat_store::{NewStore, Op, Params, Store};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::idle::Sitting;
use crate::profile::{Practice, Profile};
use crate::sync::SyncState;
use crate::view::AppStateView;

/// In the data folder; nothing but practices is ever in it.
const FOLDER: &str = "practice";
/// Nobody made up these people after anybody.
const HOUSEHOLDS: &str = include_str!("households.csv");
/// The made-up commune, in the columns of the code lists.
const UNITS: &str = include_str!("units.csv");
const OLD_TO_NEW: &str = include_str!("old_to_new.csv");
/// As in the files above.
const COMMUNE: (&str, &str, &str) = ("00001", "Tập Làm", "xã");
const VILLAGE: (&str, &str) = ("thon-mau", "Thôn Mẫu");
/// The passphrase is random and nobody learns it: guessing it needs no price.
const COSTS: Params = Params { m_cost: 8, t_cost: 1, p: 1 };

impl App {
    /// Begins to practise with made-up households, or goes on.
    ///
    /// # Errors
    /// `locked`; what making a database can end with.
    pub fn begin_practice(&self) -> Result<AppStateView, AppError> {
        let own = self.need_own()?;
        if self.practice().is_none() {
            self.need_room()?;
            let folder = self.data_dir().join(FOLDER);
            sweep(self.data_dir());
            fs::create_dir_all(&folder)?;
            match self.make_practice(&own, &folder) {
                Ok(practice) => self.replace_practice(Some(practice)),
                Err(error) => {
                    sweep(self.data_dir());
                    return Err(error);
                }
            };
            tracing::info!("a practice began");
        }
        Ok(self.state())
    }

    /// Ends practising; nothing of it is left.
    pub fn end_practice(&self) -> AppStateView {
        self.forget_practice();
        self.state()
    }

    /// Takes the practice away, with its files. Where something still reads them they go at the next start; their key is forgotten
    /// either way.
    pub(crate) fn forget_practice(&self) {
        if let Some(practice) = self.replace_practice(None) {
            drop(practice);
            sweep(self.data_dir());
            tracing::info!("a practice ended");
        }
    }

    fn make_practice(&self, own: &Opened, folder: &Path) -> Result<Opened, AppError> {
        let now = self.now();
        let seed = random()?;
        let key = SigningKey::from_seed(*seed);
        let passphrase = Zeroizing::new(blake3::Hash::from_bytes(*random()?).to_hex().to_string());
        let place = Practice {
            commune: commune()?,
            units: units(),
            recovery_recipient: BundleIdentity::of(&SigningKey::from_seed(*random()?))?
                .recipient()
                .to_string(),
            key: SigningKey::from_seed(*seed),
        };
        let enrolment: Enrolment = own.store.read(|reader| own.profile.for_practice(reader, place))?;
        let new = NewStore {
            name: String::new(),
            passphrase: SecretString::from(passphrase.as_str()),
            recovery_recipient: enrolment.recovery_recipient.clone(),
            costs: COSTS,
            facts: BTreeMap::new(),
        };
        let store = Store::create(folder, new, now)?;
        store.transact(Op::Enrol, |tx| Profile::keep(tx, &enrolment, &key))?;
        let (profile, sync, sitting) = store.read(|reader| {
            let sitting = Sitting::read(reader, now)?;
            Ok::<_, AppError>((Profile::read(reader)?, SyncState::read(reader)?, sitting))
        })?;
        let opened = Opened::of(store, profile, sync, sitting);
        let list = folder.join("households.csv");
        fs::write(&list, HOUSEHOLDS)?;
        self.import_into(&opened, &list.to_string_lossy())?;
        fs::remove_file(&list)?;
        Ok(opened)
    }
}

/// Removes what a practice left, if any did.
pub(crate) fn sweep(data_dir: &Path) {
    let folder = data_dir.join(FOLDER);
    if folder.exists()
        && let Err(error) = fs::remove_dir_all(&folder)
    {
        tracing::warn!(kind = ?error.kind(), "the folder of a practice could not be removed");
    }
}

fn random() -> Result<Zeroizing<[u8; 32]>, AppError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| AppError::new("no_randomness"))?;
    Ok(bytes)
}

fn commune() -> Result<CommuneScope, AppError> {
    let (code, name, kind) = COMMUNE;
    let (id, village) = VILLAGE;
    let unusable = || AppError::new("internal");
    let village = Village {
        id: id.parse().map_err(|_| unusable())?,
        name: village.to_owned(),
        area_type: AreaType::Rural,
        households: 0,
    };
    Ok(CommuneScope {
        code: code.parse().map_err(|_| unusable())?,
        name: name.to_owned(),
        kind: kind.to_owned(),
        villages: vec![village],
    })
}

fn units() -> UnitsFiles {
    UnitsFiles {
        version: FOLDER.to_owned(),
        units_csv: UNITS.to_owned(),
        old_to_new_csv: OLD_TO_NEW.to_owned(),
    }
}
