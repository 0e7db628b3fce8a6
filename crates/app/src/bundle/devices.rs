//! The other laptops of the communes: whose batches are believed, who can open a bundle, who is revoked.

use std::collections::BTreeMap;

use rasoat_casework::DeviceId;
use rasoat_exchange::enrolment::KnownDevice;
use rasoat_exchange::{RevokedDevice, SigningKey, VerifyKey};
use rasoat_store::{Reader, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::app::Opened;
use crate::start::count;

const DEVICES: &str = "devices";

/// What the province said of its laptops, kept in the encrypted database only.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct DeviceBook {
    /// The province's clock when it made the list, in milliseconds since 1970.
    as_of: i64,
    pub(crate) devices: Vec<KnownDevice>,
    /// Since when, in milliseconds since 1970.
    revoked: Vec<(DeviceId, i64)>,
}

/// Who signed a batch, as far as this laptop can tell.
pub(crate) enum Signer {
    /// Signs with one of these keys, the newest first.
    Known(Vec<VerifyKey>),
    /// Its batches are not to be taken.
    Revoked,
    /// The province has said nothing of it yet.
    Unknown,
}

/// What a list changed.
#[derive(Debug, Default)]
pub(crate) struct Learnt {
    pub(crate) devices: u32,
    pub(crate) revoked: Vec<String>,
}

impl DeviceBook {
    pub(crate) fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(reader.setting(DEVICES)?.unwrap_or_default())
    }

    pub(crate) fn keep(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        tx.set_setting(DEVICES, self)
    }

    pub(crate) fn device(&self, id: DeviceId) -> Option<&KnownDevice> {
        self.devices.iter().find(|device| device.id == id)
    }

    pub(crate) fn name(&self, id: DeviceId) -> String {
        self.device(id).map(|device| device.name.clone()).unwrap_or_default()
    }

    pub(crate) fn revoked_at(&self, id: DeviceId) -> Option<i64> {
        self.revoked.iter().find(|(revoked, _)| *revoked == id).map(|(_, at)| *at)
    }

    pub(crate) fn signer(&self, opened: &Opened, id: DeviceId) -> Signer {
        match self.device(id) {
            _ if id == opened.profile.enrolled.device => {
                Signer::Known(opened.profile.keys().map(SigningKey::verify_key).collect())
            }
            _ if self.revoked_at(id).is_some() => Signer::Revoked,
            Some(device) => Signer::Known(device.keys().copied().collect()),
            None => Signer::Unknown,
        }
    }

    /// Takes over a list that is not older than the one known. A laptop that was revoked stays so.
    pub(crate) fn learn(&mut self, as_of: i64, devices: &[KnownDevice]) -> u32 {
        if as_of < self.as_of {
            return 0;
        }
        let known: BTreeMap<DeviceId, VerifyKey> =
            self.devices.iter().map(|device| (device.id, device.key)).collect();
        let new = devices.iter().filter(|device| known.get(&device.id) != Some(&device.key)).count();
        self.devices = devices.to_vec();
        self.as_of = as_of;
        count(new)
    }

    /// What the province says of its laptops, as of a moment of its clock.
    pub(crate) fn learn_all(
        &mut self,
        as_of: i64,
        devices: &[KnownDevice],
        revoked: &[RevokedDevice],
    ) -> Learnt {
        let mut learnt = Learnt::default();
        for revoked in revoked {
            if self.revoked_at(revoked.id).is_none() {
                self.revoked.push((revoked.id, revoked.at_millis));
                learnt.revoked.push(self.name(revoked.id));
            }
        }
        learnt.devices = self.learn(as_of, devices);
        learnt
    }
}
