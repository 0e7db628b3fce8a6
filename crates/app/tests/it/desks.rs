//! Laptops of one true province, on wires that can be cut.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rasoat_app::view::{ConflictView, HouseholdRowView};
use rasoat_app::{App, AppConfig, Carrier, Options};
use rasoat_exchange::{CarrierError, Door, EnrolmentFile, SyncProtocol};
use rasoat_store::Store;
use rasoat_sync::HttpCarrier;
use rasoat_testkit::province::{Handover, Province};
use rasoat_testkit::{demo, laptop};
use tempfile::TempDir;

use crate::support::answer;

/// A laptop at a province.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) folder: TempDir,
    pub(crate) wire: Arc<AtomicI64>,
    address: String,
}

/// Messages, requests and answers alike, until the wire is cut; each cut lets the next time one more through.
struct Wire {
    carrier: HttpCarrier,
    left: Arc<AtomicI64>,
}

impl Wire {
    fn pass(&self) -> Result<(), CarrierError> {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        if left > 0 { Ok(()) } else { Err(CarrierError::CutOff) }
    }
}

impl SyncProtocol for Wire {
    async fn post(&self, door: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        self.pass()?;
        let answer = self.carrier.post(door, request).await?;
        self.pass()?;
        Ok(answer)
    }
}

impl Desk {
    /// Enrolled, with nothing on it but what the enrolment brought.
    pub(crate) async fn at(province: &Province, name: &str) -> Self {
        let handover = province.enrol(name).await.unwrap();
        Self::with(&handover, province).await
    }

    pub(crate) async fn with(handover: &Handover, province: &Province) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let wire = Arc::new(AtomicI64::new(i64::MAX));
        let address = address_in(&handover.file);
        let app = start(folder.path(), province, &address, &wire, true);
        laptop::enrol(&app, handover).unwrap();
        Self { app, folder, wire, address }
    }

    /// As [`Self::at`], with the generated list taken in.
    pub(crate) async fn listed(province: &Province, name: &str) -> Self {
        let desk = Self::at(province, name).await;
        assert_eq!(laptop::import(&desk.app, &demo::list_workbook(7)).unwrap(), 60);
        desk
    }

    /// The program started anew over a copy of the folder, as it is at this moment. `finds_copies`: whether it finds that out.
    pub(crate) fn copy(&self, province: &Province, finds_copies: bool) -> Self {
        self.app.lock().unwrap();
        let folder = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
            }
        }
        let wire = Arc::new(AtomicI64::new(i64::MAX));
        let app = start(folder.path(), province, &self.address, &wire, finds_copies);
        self.app.unlock(laptop::PASSPHRASE).unwrap();
        app.unlock(laptop::PASSPHRASE).unwrap();
        Self { app, folder, wire, address: self.address.clone() }
    }

    /// Looks into the database while the program has it closed.
    pub(crate) fn store<T>(&self, look: impl FnOnce(&Store) -> T) -> T {
        self.app.lock().unwrap();
        let store = Store::open(self.folder.path(), &laptop::PASSPHRASE.into(), 0).unwrap();
        let seen = look(&store);
        store.close().unwrap();
        self.app.unlock(laptop::PASSPHRASE).unwrap();
        seen
    }

    /// Exchanges until nothing waits, over a whole wire.
    pub(crate) async fn sync(&self) {
        let view = self.app.sync_now().await.unwrap();
        assert_eq!((view.problem, view.unsent_edits), (None, 0));
    }

    pub(crate) fn rows(&self) -> Vec<HouseholdRowView> {
        laptop::households(&self.app, "").unwrap()
    }

    pub(crate) fn row(&self, id: &str) -> HouseholdRowView {
        self.app.household(id).unwrap().row
    }

    /// Gives an answer and leaves.
    pub(crate) fn answer(&self, household: &str, path: &str, value: &str) {
        answer(&self.app, household, path, value).unwrap();
        self.app.leave_interview(household).unwrap();
    }

    /// What stands at a place of an interview.
    pub(crate) fn value(&self, household: &str, path: &str) -> Option<String> {
        let view = self.app.open_interview(household).unwrap();
        view.nodes.into_iter().find(|node| node.path == path).and_then(|node| node.value)
    }

    /// Each conflict as path and values, the latest last.
    pub(crate) fn conflicts(&self) -> Vec<(String, Vec<Option<String>>)> {
        let views: Vec<ConflictView> = self.app.conflicts().unwrap();
        let values = |view: &ConflictView| view.candidates.iter().map(|found| found.value.clone()).collect();
        views.iter().map(|view| (view.path.clone(), values(view))).collect()
    }
}

fn start(
    folder: &Path,
    province: &Province,
    address: &str,
    wire: &Arc<AtomicI64>,
    finds_copies: bool,
) -> App {
    let carrier: Arc<dyn Carrier> =
        Arc::new(Wire { carrier: HttpCarrier::new([address]).unwrap(), left: Arc::clone(wire) });
    let config = AppConfig { data_dir: folder.to_owned(), now: province.clock.reader() };
    let options =
        Options { carrier: Some(carrier), costs: Some(laptop::COSTS), finds_copies, ..Options::default() };
    App::start_with(config, options).unwrap()
}

fn address_in(file: &Path) -> String {
    EnrolmentFile::read(&std::fs::read(file).unwrap()).unwrap().server.addresses.remove(0)
}
