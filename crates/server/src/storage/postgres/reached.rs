//! How far laptops are. What one exchange notes is committed together with what others note meanwhile: many exchanges cost one wait for
//! the disk.

use std::collections::BTreeMap;

use rasoat_casework::{CommuneCode, DeviceId};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Inner;
use super::tx::{Params, Tx, column};
use crate::storage::{Answer, Reach, StorageError};

/// Laptops whose reach is noted in one transaction, at most.
const MOST: usize = 256;

type Reached = BTreeMap<(DeviceId, CommuneCode), Reach>;

struct Job {
    device: DeviceId,
    reach: BTreeMap<CommuneCode, Reach>,
    waits: oneshot::Sender<Result<(), StorageError>>,
}

/// The way to whoever writes; that ends when this is dropped.
pub(super) struct Noting {
    jobs: UnboundedSender<Job>,
}

impl Noting {
    pub(super) fn start(inner: &Inner) -> Self {
        let (jobs, waiting) = unbounded_channel();
        tokio::spawn(work(inner.clone(), waiting));
        Self { jobs }
    }

    pub(super) fn note(&self, device: DeviceId, reach: BTreeMap<CommuneCode, Reach>) -> Answer<'static, ()> {
        let (waits, answer) = oneshot::channel();
        let sent = self.jobs.send(Job { device, reach, waits });
        Box::pin(async move {
            sent.map_err(|_| StorageError::Failed(-1))?;
            answer.await.map_err(|_| StorageError::Failed(-1))?
        })
    }
}

async fn work(inner: Inner, mut waiting: UnboundedReceiver<Job>) {
    let mut jobs = Vec::new();
    while waiting.recv_many(&mut jobs, MOST).await > 0 {
        let mut reached = Reached::new();
        for job in &jobs {
            for (commune, reach) in &job.reach {
                let known = reached.entry((job.device, commune.clone())).or_default();
                known.offered = known.offered.max(reach.offered);
                known.held = known.held.max(reach.held);
            }
        }
        let noted = inner.write(&reached, |tx, reached| Box::pin(note(tx, reached))).await;
        for job in jobs.drain(..) {
            // Whoever asked may be gone.
            job.waits.send(noted).unwrap_or_default();
        }
    }
}

/// Mostly all of it is noted already: nothing is written then.
async fn note(tx: &Tx<'_>, reached: &Reached) -> Result<(), StorageError> {
    let devices: Vec<Uuid> = reached.keys().map(|(device, _)| device.0).collect();
    let communes: Vec<&str> = reached.keys().map(|(_, commune)| commune.as_str()).collect();
    let offered: Vec<i64> = reached.values().map(|reach| column(reach.offered)).collect();
    let held: Vec<i64> = reached.values().map(|reach| column(reach.held)).collect();
    let rows: Params<'_> = &[&devices, &communes, &offered, &held];
    tx.execute(include_str!("sql/note_reach.sql"), rows).await?;
    Ok(())
}
