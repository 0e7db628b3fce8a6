//! What goes down to laptops: each edit of their communes once, from wherever they are; and blobs by their hash.

use rasoat_casework::{Edit, SubjectKind};
use rasoat_exchange::enrolment::{CommuneScope, InstrumentFiles};
use rasoat_exchange::{
    BlobAnswer, BlobRequest, CatalogueKind, Cursor, MAX_CURSOR_BYTES, SigningKey, Snapshot, from_blob,
};
use uuid::Uuid;

use crate::support::{COMMUNE, ELSEWHERE, Laptop, Server, problem_of, subject, text};

/// An edit about household number `number` of a commune.
fn line(laptop: &mut Laptop, commune: &str, number: u128, address: &str) -> Edit {
    let home = subject(commune, SubjectKind::Household, Uuid::from_u128(number));
    laptop.seal(home, None, vec![("address".to_owned(), text(address))])
}

async fn send(server: &Server, laptop: &Laptop, edits: &[Edit]) {
    let receipts = server.send(laptop, &[laptop.batch(edits)]).await;
    assert!(edits.iter().all(|edit| receipts[0].accepts(edit.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_gets_what_others_sent_once_and_not_what_it_sent_itself() {
    let server = Server::start().await;
    let (mut one, mut two) = (server.enrol("Máy 01").await, server.enrol("Máy 02").await);
    let first = line(&mut one, COMMUNE, 1, "một");
    // What comes with the request is not in its answer, though it asks from the beginning.
    let answer = server.exchange(&one, &Cursor::default(), &[one.batch(std::slice::from_ref(&first))]).await;
    assert_eq!((answer.changes, answer.more), (vec![], false));
    let at_one = answer.cursor;
    let (edits, at_two) = server.feed(&two, &Cursor::default()).await;
    assert_eq!(edits, std::slice::from_ref(&first));
    assert!(at_one.0.len() < 16 && at_two.0.len() < 16);

    let second = line(&mut two, COMMUNE, 2, "hai");
    let answer = server.exchange(&two, &at_two, &[two.batch(std::slice::from_ref(&second))]).await;
    assert_eq!(answer.changes, []);
    let (edits, again) = server.feed(&one, &at_one).await;
    assert_eq!(edits, std::slice::from_ref(&second));
    assert_eq!(server.feed(&one, &again).await, (vec![], again.clone()));
    assert_eq!(server.feed(&two, &answer.cursor).await.0, []);
    // A new database gets everything, in the order it came in.
    assert_eq!(server.feed(&two, &Cursor::default()).await.0, [first.clone(), second.clone()]);
    // So does one with a cursor that says nothing here.
    for garbage in [vec![0xff; 64], vec![1], vec![2; 21], b"elsewhere".to_vec()] {
        assert_eq!(server.feed(&one, &Cursor(garbage)).await.0, [first.clone(), second.clone()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_gets_its_own_earlier_edits_back_over_as_many_answers_as_it_takes() {
    let server = Server::start().await;
    let mut one = server.enrol("Máy 01").await;
    let long = "a".repeat(60_000);
    let edits: Vec<Edit> = (0..12).map(|number| line(&mut one, COMMUNE, number, &long)).collect();
    send(&server, &one, &edits).await;
    let first = server.exchange(&one, &Cursor::default(), &[]).await;
    assert!(first.more && first.changes.len() < edits.len());
    // What it sends meanwhile is its own again.
    let later = line(&mut one, COMMUNE, 99, "sau");
    let answer = server.exchange(&one, &first.cursor, &[one.batch(std::slice::from_ref(&later))]).await;
    let mut got = first.changes;
    got.extend(answer.changes);
    let (rest, cursor) = server.feed(&one, &answer.cursor).await;
    got.extend(rest);
    assert_eq!(got, edits);
    assert_eq!(server.feed(&one, &cursor).await.0, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_whose_database_was_copied_is_told_everything() {
    let server = Server::start().await;
    let mut one = server.enrol("Máy 01").await;
    let at_one = server.feed(&one, &Cursor::default()).await.1;
    let first = line(&mut one, COMMUNE, 1, "một");
    send(&server, &one, std::slice::from_ref(&first)).await;
    assert_eq!(server.feed(&one, &at_one).await.0, []);
    // Another life of the database signs with the same key.
    let mut copy = Laptop {
        chain: rasoat_casework::Chain::new(rasoat_casework::WriterId(Uuid::from_u128(9))),
        ..one.clone()
    };
    let second = line(&mut copy, COMMUNE, 2, "hai");
    send(&server, &copy, std::slice::from_ref(&second)).await;
    assert_eq!(server.feed(&one, &at_one).await.0, [first, second]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_gets_its_communes_only_and_a_new_one_from_its_beginning() {
    let server = Server::start().await;
    let (mut one, mut two) = (server.enrol("Máy 01").await, server.enrol("Máy 02").await);
    let elsewhere = [ELSEWHERE.parse().unwrap()];
    assert!(rasoat_server::widen(&server.state, two.enrolment.device, elsewhere.clone()).await.unwrap());
    let edits: Vec<Edit> =
        (0..4).map(|n| line(&mut two, if n % 2 == 0 { COMMUNE } else { ELSEWHERE }, n, "x")).collect();
    send(&server, &two, &edits).await;
    let (got, cursor) = server.feed(&one, &Cursor::default()).await;
    assert_eq!(got, [edits[0].clone(), edits[2].clone()]);
    assert!(rasoat_server::widen(&server.state, one.enrolment.device, elsewhere).await.unwrap());
    let third = line(&mut two, COMMUNE, 50, "y");
    send(&server, &two, std::slice::from_ref(&third)).await;
    let (got, cursor) = server.feed(&one, &cursor).await;
    assert_eq!(got, [third, edits[1].clone(), edits[3].clone()]);
    let own = line(&mut one, ELSEWHERE, 60, "z");
    send(&server, &one, std::slice::from_ref(&own)).await;
    assert_eq!(server.feed(&one, &cursor).await.0, []);
    assert!(
        !rasoat_server::widen(
            &server.state,
            rasoat_casework::DeviceId(Uuid::nil()),
            [COMMUNE.parse().unwrap()]
        )
        .await
        .unwrap()
    );
    let nowhere = rasoat_server::widen(&server.state, one.enrolment.device, ["00000".parse().unwrap()]).await;
    assert!(matches!(nowhere, Err(rasoat_server::EnrolError::UnknownCommune(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_of_many_communes_has_a_short_cursor_and_gets_everything_once() {
    let server = Server::start().await;
    let (mut one, two) = (server.enrol("Máy 01").await, server.enrol("Máy 02").await);
    let officer = server.officer().await;
    let page = server.get(&officer.0, "/api/communes").await;
    let codes: Vec<String> =
        page["communes"].as_array().unwrap().iter().map(|c| c["code"].as_str().unwrap().to_owned()).collect();
    assert!(codes.len() > 40);
    for laptop in [&one, &two] {
        let communes = codes.iter().map(|code| code.parse().unwrap());
        rasoat_server::widen(&server.state, laptop.enrolment.device, communes).await.unwrap();
    }
    let edits: Vec<Edit> = codes.iter().zip(1..).map(|(code, n)| line(&mut one, code, n, "x")).collect();
    send(&server, &one, &edits).await;
    let (got, cursor) = server.feed(&two, &Cursor::default()).await;
    assert_eq!(got.len(), edits.len());
    assert!(cursor.0.len() <= MAX_CURSOR_BYTES);
    assert_eq!(server.feed(&two, &cursor).await, (vec![], cursor.clone()));
    let last = line(&mut one, &codes[20], 1_000, "y");
    send(&server, &one, std::slice::from_ref(&last)).await;
    assert_eq!(server.feed(&two, &cursor).await.0, [last]);
}

async fn fetch(server: &Server, laptop: &Laptop, hash: [u8; 32], step: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let request =
            BlobRequest { device: laptop.enrolment.device, hash, offset: bytes.len() as u64, length: step };
        let response = ask(server, request.encode(&laptop.key)).await;
        assert_eq!(response.status(), 200);
        let answer = BlobAnswer::decode(&response.bytes().await.unwrap()).unwrap();
        bytes.extend(answer.bytes);
        if bytes.len() as u64 == answer.total {
            return bytes;
        }
    }
}

async fn ask(server: &Server, body: Vec<u8>) -> reqwest::Response {
    reqwest::Client::new().post(server.url("/v1/blob")).body(body).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_and_lists_are_fetched_by_their_hash_in_ranges_of_any_length() {
    let server = Server::start().await;
    let laptop = server.enrol("Máy 01").await;
    let device = laptop.enrolment.device;
    let catalogue =
        rasoat_server::catalogue_for(&server.state, device, &Cursor::default()).await.unwrap().unwrap();
    let kinds: Vec<CatalogueKind> = catalogue.entries().iter().map(|entry| entry.kind).collect();
    for kind in [
        CatalogueKind::Instrument,
        CatalogueKind::Standard,
        CatalogueKind::Procedure,
        CatalogueKind::Units,
        CatalogueKind::Villages,
        CatalogueKind::Devices,
    ] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    for entry in catalogue.entries() {
        let whole = fetch(&server, &laptop, entry.hash, 1 << 20).await;
        assert_eq!(*blake3::hash(&whole).as_bytes(), entry.hash);
        assert_eq!(whole.len() as u64, entry.size);
        if entry.kind == CatalogueKind::Instrument {
            assert_eq!(fetch(&server, &laptop, entry.hash, 1_000).await, whole);
            assert_eq!(from_blob::<InstrumentFiles>(&whole).unwrap(), laptop.enrolment.instruments[0]);
        }
        if entry.kind == CatalogueKind::Villages {
            assert_eq!(from_blob::<CommuneScope>(&whole).unwrap(), laptop.enrolment.communes[0]);
        }
    }
    // Equal for whoever asks again, other for whoever has other communes.
    let again =
        rasoat_server::catalogue_for(&server.state, device, &Cursor::default()).await.unwrap().unwrap();
    assert_eq!(catalogue.digest(), again.digest());
    rasoat_server::widen(&server.state, device, [ELSEWHERE.parse().unwrap()]).await.unwrap();
    let wider =
        rasoat_server::catalogue_for(&server.state, device, &Cursor::default()).await.unwrap().unwrap();
    assert_ne!(catalogue.digest(), wider.digest());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_is_given_to_nobody_who_may_not_have_it() {
    let server = Server::start().await;
    let laptop = server.enrol("Máy 01").await;
    let device = laptop.enrolment.device;
    let wide = server.enrol("Máy 02").await;
    rasoat_server::widen(&server.state, wide.enrolment.device, [ELSEWHERE.parse().unwrap()]).await.unwrap();
    let of_wide = rasoat_server::catalogue_for(&server.state, wide.enrolment.device, &Cursor::default())
        .await
        .unwrap()
        .unwrap();
    let villages = of_wide.entries().iter().find(|entry| entry.id == ELSEWHERE).unwrap().hash;
    let request = |hash, offset| BlobRequest { device, hash, offset, length: 10 };
    let refused = async |body: Vec<u8>| problem_of(ask(&server, body).await).await;
    assert_eq!(refused(request(villages, 0).encode(&laptop.key)).await, (404, "not_found".to_owned()));
    assert_eq!(refused(request([0; 32], 0).encode(&laptop.key)).await, (404, "not_found".to_owned()));
    let stranger = SigningKey::from_seed([5; 32]);
    assert_eq!(refused(request(villages, 0).encode(&stranger)).await, (403, "bad_signature".to_owned()));
    assert_eq!(refused(vec![1, 2, 3]).await, (400, "unreadable".to_owned()));
    assert_eq!(refused(vec![0; 100_000]).await, (400, "unreadable".to_owned()));
    // Beyond the end there is nothing, and that is no error.
    let instrument = of_wide.entries()[0].hash;
    let response = ask(&server, request(instrument, u64::MAX).encode(&laptop.key)).await;
    assert!(BlobAnswer::decode(&response.bytes().await.unwrap()).unwrap().bytes.is_empty());
    rasoat_server::revoke(&server.state, device).await.unwrap();
    assert_eq!(refused(request(instrument, 0).encode(&laptop.key)).await, (403, "device_revoked".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_holds_what_the_feed_gives_and_is_made_anew_when_far_behind() {
    let mut server = Server::start().await;
    let (mut one, two) = (server.enrol("Máy 01").await, server.enrol("Máy 02").await);
    let snapshot_of = async |server: &Server, cursor: &Cursor| {
        let found =
            rasoat_server::catalogue_for(&server.state, two.enrolment.device, cursor).await.unwrap().unwrap();
        found.entries().iter().find(|entry| entry.kind == CatalogueKind::Snapshot).cloned()
    };
    let few: Vec<Edit> = (0..100).map(|number| line(&mut one, COMMUNE, number, "x")).collect();
    send(&server, &one, &few).await;
    assert_eq!(snapshot_of(&server, &Cursor::default()).await, None);
    let more: Vec<Edit> = (100..250).map(|number| line(&mut one, COMMUNE, number, "x")).collect();
    send(&server, &one, &more).await;
    let entry = snapshot_of(&server, &Cursor::default()).await.unwrap();
    let bytes = fetch(&server, &two, entry.hash, 5_000).await;
    let snapshot = Snapshot::from_bytes(&bytes).unwrap();
    let (fed, cursor) = server.feed(&two, &Cursor::default()).await;
    assert_eq!((&snapshot.edits, snapshot.number), (&fed, 250));
    assert_eq!((snapshot.commune.as_str(), snapshot.server), (COMMUNE, two.enrolment.server.id));
    assert_eq!(*blake3::hash(&bytes).as_bytes(), entry.hash);
    // Who has caught up needs none; who begins gets the same one, also after a restart.
    assert_eq!(snapshot_of(&server, &cursor).await, None);
    server.restart().await;
    assert_eq!(snapshot_of(&server, &Cursor::default()).await, Some(entry.clone()));
    let many: Vec<Edit> = (250..500).map(|number| line(&mut one, COMMUNE, number, "x")).collect();
    send(&server, &one, &many).await;
    let newer = snapshot_of(&server, &Cursor::default()).await.unwrap();
    assert_ne!(newer.hash, entry.hash);
    // Whoever is in the middle of the one before can go on.
    assert_eq!(fetch(&server, &two, entry.hash, 9_000).await, bytes);
    // Whoever begins gets the newer one.
    let three = server.enrol("Máy 03").await;
    assert_eq!(
        Snapshot::from_bytes(&fetch(&server, &three, newer.hash, 1 << 20).await).unwrap().edits.len(),
        500
    );
}
