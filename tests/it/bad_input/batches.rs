//! Requests that no laptop of ours sends, to the real server over HTTP.

use std::collections::BTreeMap;

use rasoat_casework::{
    Chain, Change, DeviceId, Draft, Edit, InstrumentHash, Subject, SubjectKind, VersionVector, WriterId,
};
use rasoat_exchange::{
    Batch, Cursor, Enrolment, EnrolmentFile, Limits, LinkKey, RequestHead, RequestTag, SignedBatch,
    SigningKey, SyncRequest, VerdictCode, decode_response, encode_request,
};
use rasoat_instrument::Value;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::support::{Officer, ServerProcess, assert_worded};

/// What a laptop would send, in the hands of somebody who can spoil it.
struct Forger {
    enrolment: Enrolment,
    key: SigningKey,
    chain: Chain,
}

impl Forger {
    fn edit(&mut self, instrument: Option<InstrumentHash>) -> Edit {
        let subject = Subject {
            commune: "06001".parse().expect("a commune"),
            kind: if instrument.is_some() { SubjectKind::Interview } else { SubjectKind::Household },
            id: Uuid::from_u128(7),
        };
        let changes = BTreeMap::from([(
            "address".parse().expect("a path"),
            Change::Set(Value::Text("Ngõ sau đình".to_owned())),
        )]);
        let draft = Draft {
            subject,
            seen: VersionVector::default(),
            author: "Người Rà Soát".to_owned(),
            instrument,
            changes,
        };
        self.chain.seal(draft, rasoat_testkit::machine_clock()).expect("sealed")
    }

    fn batch(&self, edit: &Edit) -> SignedBatch {
        let batch = Batch::build(std::slice::from_ref(edit), self.enrolment.device).expect("a batch");
        SignedBatch::sign(&batch, &self.key, None)
    }

    fn request(
        &self,
        protocol: u16,
        device: DeviceId,
        key: &SigningKey,
        batch: SignedBatch,
    ) -> (Vec<u8>, RequestTag) {
        let head = RequestHead {
            protocol,
            device,
            nonce: 1,
            dictionary: 0,
            cursor: Cursor::default(),
            catalogue: None,
            room: 0,
            asked: Vec::new(),
            health: None,
        };
        let request = SyncRequest { head, batches: vec![batch] };
        encode_request(&request, &self.link(key), None).expect("a request")
    }

    fn link(&self, key: &SigningKey) -> LinkKey {
        let province = self.enrolment.bundle_recipient.as_ref().expect("a recipient");
        LinkKey::between(key, province).expect("a common key")
    }
}

async fn post(server: &ServerProcess, body: Vec<u8>) -> reqwest::Response {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    client.post(format!("{}/v1/sync", server.base)).body(body).send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_spoilt_request_is_refused_by_code_stores_nothing_and_the_whole_one_is_taken_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("province");
    let password = ServerProcess::init(&data, "http://127.0.0.1:1");
    let handover = ServerProcess::enrol(&data, folder.path());
    let enrolment = EnrolmentFile::read(&std::fs::read(&handover.file).expect("a file")).expect("read");
    let key = enrolment.open_seed(&handover.code).expect("the code fits");
    let mut forger = Forger { enrolment, key, chain: Chain::new(WriterId(Uuid::from_u128(9))) };
    let server = ServerProcess::serve(&data);
    let officer = Officer::log_in(&server.base, &password).await;

    let edit = forger.edit(None);
    let whole = forger.batch(&edit);
    let (device, key, stranger) = (forger.enrolment.device, &forger.key, SigningKey::from_seed([3; 32]));
    let mut flipped = whole.clone();
    flipped.bytes[whole.bytes.len() / 2] ^= 1;
    let forged = SignedBatch::sign(&Batch::build(&[edit], device).expect("a batch"), &stranger, None);
    let nobody = DeviceId(Uuid::from_u128(1));
    let mut bent = forger.request(1, device, key, whole.clone()).0;
    let middle = bent.len() / 2;
    bent[middle] ^= 0x10;
    for (case, body, status, codes) in [
        (
            "a flipped bit in the batch",
            forger.request(1, device, key, flipped).0,
            403,
            &["bad_signature"][..],
        ),
        ("a batch by another key", forger.request(1, device, key, forged).0, 403, &["bad_signature"]),
        (
            "a request by another key",
            forger.request(1, device, &stranger, whole.clone()).0,
            403,
            &["bad_signature"],
        ),
        (
            "a device nobody enrolled",
            forger.request(1, nobody, key, whole.clone()).0,
            403,
            &["unknown_device"],
        ),
        ("a future version", forger.request(99, device, key, whole.clone()).0, 426, &["protocol_too_new"]),
        ("a flipped bit under way", bent, 0, &["unreadable", "bad_signature", "unknown_device"]),
        ("a hundred megabytes", vec![0; 100 << 20], 413, &["body_too_large"]),
        ("a page of a portal", b"<html>".to_vec(), 400, &["unreadable"]),
    ] {
        let response = post(&server, body).await;
        assert!(status == 0 || response.status() == status, "{case}: {}", response.status());
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{case}");
        let problem: Json = response.json().await.expect("a problem");
        let code = problem["code"].as_str().expect("a code");
        assert!(codes.contains(&code), "{case}: {problem}");
        assert_worded(&format!("problem_{code}"));
        assert_eq!(officer.edits_received().await, 0, "{case}");
    }

    // The same edit, whole; and an interview on a form the server does not have, which is kept without a class.
    let (body, hash) = forger.request(1, device, key, whole);
    let response = post(&server, body).await;
    assert_eq!(response.status(), 200);
    let answer = decode_response(
        &response.bytes().await.expect("a body"),
        Limits::DEFAULT,
        hash,
        &forger.link(&forger.key),
    );
    assert_eq!(answer.expect("verified").receipts.len(), 1);
    assert_eq!(officer.edits_received().await, 1);
    let unknown = forger.edit(Some(InstrumentHash([9; 32])));
    let (body, hash) = forger.request(1, device, &forger.key, forger.batch(&unknown));
    let answer = post(&server, body).await.bytes().await.expect("a body");
    let answer = decode_response(&answer, Limits::DEFAULT, hash, &forger.link(&forger.key));
    let receipt = answer.expect("verified").receipts.remove(0).open(&forger.enrolment.server.verify_key);
    let receipt = receipt.expect("signed");
    assert!(receipt.accepts(unknown.id));
    assert_eq!(receipt.verdicts[0].code, VerdictCode::StoredUnscored);
    assert_worded(&format!("problem_{}", VerdictCode::StoredUnscored.as_str()));
    assert_eq!(officer.edits_received().await, 2);
}
