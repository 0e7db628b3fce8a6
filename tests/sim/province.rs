//! The real server in this process: its router, its intake and its SQLite, on a clock that the simulation moves.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use rasoat_casework::{CommuneCode, DeviceId, Edit, Round};
use rasoat_exchange::{
    Bundle, BundleIdentity, BundleRecipient, CONTENT_TYPE, CarrierError, Content, Door, Limits, Problem,
    SignedBatch, SignedReceipt, SigningKey, VerifyKey,
};
use rasoat_server::storage::sqlite::Sqlite;
use rasoat_server::storage::{Device, HouseholdKeyRef, Storage as _};
use rasoat_server::{DataDir, NewServer, State};
use tempfile::TempDir;
use tower::ServiceExt as _;
use uuid::Uuid;

/// One province, for any number of simulated worlds: they share nothing but the database.
pub(crate) struct Province {
    pub(crate) key: VerifyKey,
    pub(crate) recovery_recipient: String,
    state: State,
    router: Router,
    /// The same database by another door, to enrol cheaply and to look at what is stored.
    storage: Sqlite,
    pub(crate) recipient: BundleRecipient,
    clock: Arc<AtomicI64>,
    _folder: TempDir,
}

impl Province {
    pub(crate) async fn start() -> Self {
        let folder = crate::store::folder();
        let dir = DataDir::at(folder.path().join("province"));
        let new = NewServer {
            name: "Sở thử nghiệm".to_owned(),
            public_url: "http://127.0.0.1:1".to_owned(),
            round: Round(2026),
            database: None,
        };
        rasoat_server::init(&dir, new).await.expect("a province");
        let clock = Arc::new(AtomicI64::new(0));
        let reader = Arc::clone(&clock);
        let state = State::open_at(&dir, Arc::new(move || reader.load(Ordering::SeqCst))).await;
        let state = state.expect("an open province");
        let keys = dir.keys().expect("its keys");
        Self {
            key: keys.signing.verify_key(),
            recovery_recipient: keys.recovery_recipient.clone(),
            router: rasoat_server::router(state.clone()),
            state,
            storage: Sqlite::open(&dir.database(), &keys.storage).expect("its database"),
            recipient: BundleIdentity::of(&keys.signing).expect("an identity").recipient(),
            clock,
            _folder: folder,
        }
    }

    pub(crate) fn set_clock(&self, millis: i64) {
        self.clock.store(millis, Ordering::SeqCst);
    }

    /// Enrols without what makes enrolment dear: the key's wrapping by a one-time code.
    pub(crate) async fn enrol(&self, id: DeviceId, key: &SigningKey, communes: BTreeSet<CommuneCode>) {
        let device = Device {
            former: Vec::new(),
            id,
            key: key.verify_key(),
            name: "Máy".to_owned(),
            surveyor: "Người thử".to_owned(),
            communes,
            enrolled_at: 0,
            expires_at: i64::MAX,
            revoked_at: None,
            bundle_recipient: Some(BundleIdentity::of(key).expect("an identity").recipient()),
        };
        self.storage.add_device(device).await.expect("enrolled");
    }

    pub(crate) async fn revoke(&self, device: DeviceId) {
        rasoat_server::revoke(&self.state, device).await.expect("revoked");
    }

    /// One request; with `polls`, whoever asked hangs up after the handler was polled so many times.
    pub(crate) async fn exchange(
        &self,
        request: Vec<u8>,
        polls: Option<u32>,
    ) -> Result<Vec<u8>, CarrierError> {
        let request = Request::post(Door::Exchange.path())
            .header("content-type", CONTENT_TYPE)
            .body(Body::from(request));
        let mut answering = pin!(self.router.clone().oneshot(request.expect("a request")));
        let mut left = polls;
        let answered = std::future::poll_fn(|context| {
            if left == Some(0) {
                return std::task::Poll::Ready(None);
            }
            left = left.map(|left| left - 1);
            answering.as_mut().poll(context).map(Some)
        });
        let Some(Ok(response)) = answered.await else { return Err(CarrierError::CutOff) };
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        if status.is_success() {
            return Ok(body.to_vec());
        }
        Err(CarrierError::Refused(serde_json::from_slice::<Problem>(&body).expect("a problem")))
    }

    /// Takes in a stick as the command line does.
    pub(crate) async fn take_stick(&self, batches: Vec<SignedBatch>, carrier: DeviceId) {
        let bundle = Bundle::of_batches(batches, carrier, 0).expect("a bundle");
        let file = bundle.seal(std::slice::from_ref(&self.recipient)).expect("sealed");
        rasoat_server::import_bundle(&self.state, &file).await.expect("taken in");
    }

    /// The receipts of a device as a reply carries them; none when there is nothing to say, or nobody to say it to.
    pub(crate) async fn reply(&self, device: DeviceId, key: &SigningKey) -> Vec<SignedReceipt> {
        let Ok(file) = rasoat_server::reply_bundle(&self.state, device).await else { return Vec::new() };
        let identity = BundleIdentity::of(key).expect("an identity");
        let reply = Bundle::open(&file, &identity, Limits::BUNDLE).expect("a reply");
        match reply.content {
            Content::Reply(reply) => reply.receipts,
            Content::Edits(_) => Vec::new(),
        }
    }

    /// Every edit stored about these households.
    pub(crate) async fn edits(&self, households: &[(CommuneCode, Uuid)]) -> Vec<Edit> {
        let mut edits = Vec::new();
        for (commune, id) in households {
            let key = HouseholdKeyRef::new(commune.clone(), *id);
            let stored = self.storage.edits_of(key).await.expect("edits can be read");
            edits.extend(stored.into_iter().map(|stored| stored.edit));
        }
        edits
    }
}
