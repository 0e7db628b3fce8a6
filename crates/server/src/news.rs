//! What the province tells a laptop beside receipts.

use std::collections::BTreeSet;

use rasoat_casework::{CommuneCode, DeviceId};
use rasoat_exchange::enrolment::KnownDevice;
use rasoat_exchange::{Cursor, Guidance, Neighbours, News, RevokedDevice, SignedNews};

use crate::feed;
use crate::state::State;
use crate::storage::{Device, StorageError};

/// The most bytes of edits in news. A stick knows no cursor: everything of the communes goes along, as far as it fits.
const MOST_CHANGES: usize = 1024 * 1024;

/// News for a laptop: what others changed, forms, standards, and the laptops that share a commune with it. The open round and what the
/// administration has for people are by themselves: a laptop of before reads the first and passes over the second.
pub(crate) async fn of(state: &State, device: &Device) -> Result<Vec<SignedNews>, StorageError> {
    let library = &state.library();
    let Neighbours { devices, revoked } = neighbours_of(state, device).await?;
    let feed = feed::changes(state, device, &Cursor::default(), MOST_CHANGES).await?;
    state.storage.note_reach(device.id, feed.reach).await?;
    let news = News {
        server: state.config.server_id(),
        made_at_millis: state.now(),
        communes: device.communes.iter().cloned().collect(),
        changes: feed.changes,
        unread: Vec::new(),
        instruments: library.latest().map(|instrument| instrument.files.clone()).into_iter().collect(),
        standards: library.standards().iter().map(|standard| standard.file.clone()).collect(),
        revoked,
        devices,
        retention: crate::rounds::retention(state).await?,
        opened: None,
        guidance: Vec::new(),
    };
    let said = &*crate::directives::said(state).await?;
    let guidance = feed::guidance(said, device).into_iter();
    let guidance = News {
        // Of two words the later counts.
        made_at_millis: news.made_at_millis + 1,
        changes: Vec::new(),
        instruments: Vec::new(),
        standards: Vec::new(),
        opened: crate::rounds::opened(said),
        guidance: guidance
            .map(|(entry, bytes)| Guidance { kind: entry.kind, id: entry.id, bytes: bytes.to_vec() })
            .collect(),
        ..news.clone()
    };
    let is_any = guidance.opened.is_some() || !guidance.guidance.is_empty();
    let all = std::iter::once(&news).chain(Some(&guidance).filter(|_| is_any));
    Ok(all.map(|news| SignedNews::sign(news, &state.signing)).collect())
}

/// The laptops that share a commune with one, itself among them, by id.
pub(crate) async fn neighbours_of(state: &State, device: &Device) -> Result<Neighbours, StorageError> {
    let mut neighbours = neighbours(state, &device.communes).await?;
    neighbours.sort_by_key(|neighbour| neighbour.id);
    let revoked = neighbours.iter().filter_map(|neighbour| {
        neighbour.revoked_at.map(|at_millis| RevokedDevice { id: neighbour.id, at_millis })
    });
    Ok(Neighbours {
        revoked: revoked.collect(),
        devices: neighbours.iter().filter(|other| other.revoked_at.is_none()).map(known).collect(),
    })
}

/// The other laptops in use that share one of the communes.
pub(crate) async fn others(
    state: &State,
    communes: &BTreeSet<CommuneCode>,
    but: DeviceId,
) -> Result<Vec<KnownDevice>, StorageError> {
    let neighbours = neighbours(state, communes).await?;
    let others = neighbours.iter().filter(|other| other.id != but && other.revoked_at.is_none());
    Ok(others.map(known).collect())
}

async fn neighbours(state: &State, communes: &BTreeSet<CommuneCode>) -> Result<Vec<Device>, StorageError> {
    let devices = state.storage.devices().await?.into_iter().map(|known| known.device);
    Ok(devices.filter(|device| !device.communes.is_disjoint(communes)).collect())
}

fn known(device: &Device) -> KnownDevice {
    KnownDevice {
        id: device.id,
        name: device.name.clone(),
        key: device.key,
        former: device.former.clone(),
        communes: device.communes.iter().cloned().collect(),
        bundle_recipient: device.bundle_recipient.clone(),
    }
}
