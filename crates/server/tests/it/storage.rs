//! The story both storages must tell the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rasoat_casework::{
    Chain, Change, CommuneCode, DeviceId, Draft, Edit, EditId, Subject, SubjectKind, VersionVector, WriterId,
    interview_id,
};
use rasoat_exchange::{
    Batch, BatchHash, BundleIdentity, Receipt, SignedBatch, SignedReceipt, SigningKey, UnreadableEdit,
    VerdictCode,
};
use rasoat_instrument::{Text, Value};
use rasoat_server::storage::facts::Facts;
use rasoat_server::storage::postgres::Postgres;
use rasoat_server::storage::sqlite::Sqlite;
use rasoat_server::storage::{
    Account, Arrival, Arriving, AuditEntry, Device, Directive, DirectiveKind, FeedQuery, FeedStart, Health,
    HouseholdEdits, HouseholdKeyRef, HouseholdQuery, HouseholdRow, LibraryAct, LibraryChange, LibraryItem,
    LibraryItems, LibraryKind, LibraryState, LoginFailures, NewDirective, NewRequestAct, OpenSession,
    RequestAct, SecondFactor, SignReceipt, Snapshot, SnapshotHash, SnapshotQuery, State, Storage,
    StorageError, StoredClass, Token, VillageRow,
};
use rasoat_server::view::Role;
use uuid::Uuid;

/// Where a storage is, to be opened by one program or several.
enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(String),
}

impl Place {
    fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    async fn postgres() -> Self {
        Self::Postgres(rasoat_testkit::postgres::database().await.unwrap())
    }

    async fn open(&self) -> Arc<dyn Storage> {
        self.open_with(&[7; 32]).await.unwrap()
    }

    async fn open_with(&self, key: &[u8; 32]) -> Result<Arc<dyn Storage>, StorageError> {
        Ok(match self {
            Self::Sqlite(dir) => Arc::new(Sqlite::open(&dir.path().join("rasoat.db"), key)?),
            Self::Postgres(address) => Arc::new(Postgres::open(address, key).await?),
        })
    }
}

/// Each is told by both.
macro_rules! tells {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $story() { super::$story(&super::Place::sqlite()).await; })*
        }
        mod postgres {
            $(#[tokio::test] async fn $story() { super::$story(&super::Place::postgres().await).await; })*
        }
    };
}

tells! {
    the_story_is_told,
    a_batch_that_fails_is_undone_alone_whoever_commits_with_it,
    what_was_answered_and_not_settled_is_settled_by_whoever_looks_next,
    more_than_may_wait_is_settled_commune_by_commune,
    a_line_that_comes_along_holds_only_if_nothing_else_is_stored,
    an_interviews_edits_before_the_one_that_names_its_household_are_found_as_well,
    edits_come_back_from_their_batch_or_by_themselves_where_it_is_not_stored_whole,
}

async fn the_story_is_told(place: &Place) {
    story(&*place.open().await).await;
    assert_eq!(place.open_with(&[8; 32]).await.err(), Some(StorageError::NotOpened));
    // What was told is still there after opening anew.
    let again = place.open().await;
    assert_eq!(again.devices().await.unwrap()[0].edits, 3);
}

async fn story(storage: &dyn Storage) {
    devices_and_villages(storage).await;
    edits_are_taken_in_once_and_in_order(storage).await;
    edits_go_down_in_the_order_they_came_in(storage).await;
    projections_follow_the_edits(storage).await;
    people_log_in(storage).await;
    directives_are_said_over_what_was_seen(storage).await;
    versions_are_changed_by_whoever_saw_the_last(storage).await;
}

const COMMUNE: &str = "05977";
const DEVICE: DeviceId = DeviceId(Uuid::from_u128(1));
const HOUSEHOLD: Uuid = Uuid::from_u128(100);

fn commune() -> CommuneCode {
    COMMUNE.parse().unwrap()
}

fn server_key() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

fn device() -> Device {
    Device {
        former: Vec::new(),
        id: DEVICE,
        key: SigningKey::from_seed([2; 32]).verify_key(),
        name: "Máy 01".to_owned(),
        surveyor: "Người Thử".to_owned(),
        communes: BTreeSet::from([commune()]),
        enrolled_at: 10,
        expires_at: 20,
        revoked_at: None,
        bundle_recipient: Some(BundleIdentity::of(&SigningKey::from_seed([2; 32])).unwrap().recipient()),
    }
}

/// What a laptop said of itself at some time.
fn health(at: i64) -> Health {
    Health {
        at,
        clock_offset: -90_000,
        program: "0.1.0".to_owned(),
        waiting_edits: 7,
        waiting_files: 2,
        free_mib: None,
    }
}

async fn devices_and_villages(storage: &dyn Storage) {
    storage.add_device(device()).await.unwrap();
    assert_eq!(storage.add_device(device()).await, Err(StorageError::Exists));
    assert_eq!(storage.device(DEVICE).await.unwrap(), Some(device()));
    assert_eq!(storage.device(DeviceId(Uuid::from_u128(2))).await.unwrap(), None);
    let other =
        Device { id: DeviceId(Uuid::from_u128(3)), enrolled_at: 5, bundle_recipient: None, ..device() };
    storage.add_device(other.clone()).await.unwrap();
    assert!(storage.revoke_device(other.id, 30).await.unwrap());
    assert!(!storage.revoke_device(other.id, 31).await.unwrap());
    assert_eq!(storage.device(other.id).await.unwrap().unwrap().revoked_at, Some(30));
    storage.note_seen(DEVICE, 40, Some(health(40))).await.unwrap();
    storage.note_seen(DEVICE, 39, None).await.unwrap();
    let noted = storage.devices().await.unwrap().remove(0);
    assert_eq!((noted.last_seen_at, noted.health), (Some(40), Some(health(40))));
    let village = |id: &str, name: &str| VillageRow {
        commune: commune(),
        id: id.parse().unwrap(),
        name: name.to_owned(),
        area: rasoat_casework::AreaType::Urban,
        households: 3,
    };
    storage.put_villages(vec![village("b", "Bê"), village("a", "Xê")]).await.unwrap();
    storage.put_villages(vec![village("a", "A")]).await.unwrap();
    assert_eq!(storage.villages(commune()).await.unwrap(), [village("a", "A"), village("b", "Bê")]);
    let elsewhere: CommuneCode = "05983".parse().unwrap();
    let of = async |communes: Option<&CommuneCode>| {
        let communes = communes.map(|commune| BTreeSet::from([commune.clone()]));
        storage.villages_of(communes).await.unwrap().len()
    };
    assert_eq!([of(None).await, of(Some(&commune())).await, of(Some(&elsewhere)).await], [2, 2, 0]);
}

fn seal(chain: &mut Chain, kind: SubjectKind, id: Uuid, path: &str, value: &str) -> Edit {
    let draft = Draft {
        subject: Subject { commune: commune(), kind, id },
        seen: VersionVector::default(),
        author: "Người Thử".to_owned(),
        instrument: None,
        changes: BTreeMap::from([(path.parse().unwrap(), Change::Set(Value::Text(value.to_owned())))]),
    };
    chain.seal(draft, 1).unwrap()
}

fn arriving(edit: &Edit, out_of_scope: bool) -> Arriving {
    Arriving::new(edit, out_of_scope, false)
}

/// Takes edits in as one batch at the moment `now`; returns the receipt.
async fn accept(storage: &dyn Storage, edits: Vec<Arriving>, now: i64) -> (SignedReceipt, Receipt) {
    accept_with(storage, edits, Vec::new(), now).await
}

async fn accept_with(
    storage: &dyn Storage,
    edits: Vec<Arriving>,
    lines: Vec<HouseholdRow>,
    now: i64,
) -> (SignedReceipt, Receipt) {
    accept_batch(storage, Vec::new(), edits, lines, now).await
}

/// The same, with the batch's own bytes.
async fn accept_batch(
    storage: &dyn Storage,
    signed: Vec<u8>,
    edits: Vec<Arriving>,
    lines: Vec<HouseholdRow>,
    now: i64,
) -> (SignedReceipt, Receipt) {
    let bytes: Vec<u8> = edits.iter().flat_map(|edit| edit.hash().0).collect();
    let hash = BatchHash(*blake3::hash(&bytes).as_bytes());
    let signature = {
        let mut chain = Chain::new(WriterId(Uuid::from_u128(99)));
        let any = seal(&mut chain, SubjectKind::Household, HOUSEHOLD, "address", "x");
        SignedBatch::sign(&Batch::build(&[any], DEVICE).unwrap(), &SigningKey::from_seed([2; 32]), None)
            .signature
    };
    let sign: SignReceipt = Arc::new(move |outcome| {
        let receipt = Receipt {
            batch: hash,
            accepted: outcome.receipted(),
            verdicts: outcome.verdicts.clone(),
            server_time_millis: now,
        };
        SignedReceipt::sign(&receipt, &server_key())
    });
    let arrival = Arrival {
        batch: hash,
        bytes: signed,
        device: DEVICE,
        signature,
        received_at: now,
        edits,
        lines,
        health: Some(health(now)),
    };
    let signed = storage.accept(arrival, sign).await.unwrap();
    let receipt = signed.open(&server_key().verify_key()).unwrap();
    (signed, receipt)
}

async fn edits_are_taken_in_once_and_in_order(storage: &dyn Storage) {
    let mut chain = Chain::new(WriterId(Uuid::from_u128(50)));
    let interview = interview_id(HOUSEHOLD, rasoat_casework::Round(2026));
    let one = seal(&mut chain, SubjectKind::Household, HOUSEHOLD, "address", "một");
    let two = seal(&mut chain, SubjectKind::Interview, interview, "meta_household", &HOUSEHOLD.to_string());
    let three = seal(&mut chain, SubjectKind::Interview, interview, "address", "ba");

    // Three without two does not connect; nothing is stored.
    let (_, receipt) = accept(storage, vec![arriving(&three, false)], 100).await;
    assert_eq!(receipt.verdicts[0].code, VerdictCode::BrokenChain);
    // Out of scope keeps its place in the chain, so that three connects.
    let edits = vec![arriving(&one, false), arriving(&two, true)];
    let (first, receipt) = accept(storage, edits.clone(), 101).await;
    assert_eq!(receipt.verdicts[0].code, VerdictCode::OutOfScope);
    assert!(receipt.accepts(one.id) && !receipt.accepts(two.id));
    assert_eq!(accept(storage, edits, 102).await.0, first);
    let (_, receipt) = accept(storage, vec![arriving(&three, false)], 103).await;
    assert!(receipt.accepts(three.id) && receipt.verdicts.is_empty());
    // The scope was widened: the same batch is taken in whole, and stays so.
    let edits = vec![arriving(&one, false), arriving(&two, false)];
    let (whole, receipt) = accept(storage, edits.clone(), 104).await;
    assert!(receipt.accepts(two.id) && whole != first);
    assert_eq!(accept(storage, edits, 105).await.0, whole);

    // Another edit of the same number is a fork; bytes that are no edit get a verdict and keep their place.
    let mut copied = Chain::new(WriterId(Uuid::from_u128(50)));
    let fork = seal(&mut copied, SubjectKind::Household, HOUSEHOLD, "address", "khác");
    let unreadable = UnreadableEdit { id: chain.next_id(), bytes: vec![1, 2, 3], code: "malformed" };
    let edits = vec![arriving(&fork, false), Arriving::Unreadable(unreadable)];
    let (_, receipt) = accept(storage, edits, 106).await;
    let codes: Vec<VerdictCode> = receipt.verdicts.iter().map(|verdict| verdict.code).collect();
    assert_eq!(codes, [VerdictCode::ForkedSeq, VerdictCode::Unreadable]);

    // What is known is told without taking anything in; receipts are kept, the latest ones last.
    let asked = vec![one.id, three.id, chain.next_id()];
    assert_eq!(storage.known(asked).await.unwrap(), BTreeSet::from([one.id, three.id]));
    assert_eq!(storage.household_of(commune(), interview).await.unwrap(), Some(HOUSEHOLD));
    assert_eq!(storage.household_of(commune(), HOUSEHOLD).await.unwrap(), None);
    let receipts = storage.receipts_of(DEVICE, 10).await.unwrap();
    assert!(receipts.contains(&whole) && !receipts.contains(&first));
    assert_eq!(storage.receipts_of(DEVICE, 1).await.unwrap(), receipts[receipts.len() - 1..]);
    assert_eq!(storage.receipts_of(DeviceId(Uuid::from_u128(3)), 10).await.unwrap(), []);

    let stored = storage.edits_of(HouseholdKeyRef::new(commune(), HOUSEHOLD)).await.unwrap();
    let edits: Vec<&Edit> = stored.iter().map(|stored| &stored.edit).collect();
    assert_eq!(edits, [&one, &two, &three]);
    assert_eq!(stored[0].received_at, 101);
    let noted = storage.devices().await.unwrap().remove(0);
    assert_eq!((noted.edits, noted.health), (3, Some(health(106))));
}

async fn a_batch_that_fails_is_undone_alone_whoever_commits_with_it(place: &Place) {
    let storage = place.open().await;
    storage.add_device(device()).await.unwrap();
    let arrival = |number: u8, fails: bool| {
        let mut chain = Chain::new(WriterId(Uuid::from_u128(u128::from(number))));
        let id = Uuid::from_u128(u128::from(number));
        let edit = seal(&mut chain, SubjectKind::Household, id, "address", "x");
        let hash = BatchHash([number; 32]);
        let arrival = Arrival {
            batch: hash,
            bytes: Vec::new(),
            device: DEVICE,
            signature: SignedBatch::sign(
                &Batch::build(std::slice::from_ref(&edit), DEVICE).unwrap(),
                &SigningKey::from_seed([2; 32]),
                None,
            )
            .signature,
            received_at: 1,
            edits: vec![arriving(&edit, false)],
            lines: Vec::new(),
            health: None,
        };
        let sign: SignReceipt = Arc::new(move |outcome| {
            assert!(!fails, "signing fails on purpose");
            let receipt = Receipt {
                batch: hash,
                accepted: outcome.receipted(),
                verdicts: outcome.verdicts.clone(),
                server_time_millis: 1,
            };
            SignedReceipt::sign(&receipt, &server_key())
        });
        (edit.id, (arrival, sign))
    };
    let stored = async |ids: &[EditId]| storage.known(ids.to_vec()).await.unwrap();

    // Of one request.
    let (ids, arrivals): (Vec<_>, Vec<_>) =
        [(1, false), (2, true), (3, false)].map(|(number, fails)| arrival(number, fails)).into_iter().unzip();
    let receipts = storage.accept_all(arrivals).await.unwrap();
    assert_eq!(receipts.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(stored(&ids).await, BTreeSet::from([ids[0], ids[2]]));

    // Of many at once, the first of them and others.
    let fails = |number: u8| number.is_multiple_of(5);
    let (ids, arrivals): (Vec<_>, Vec<_>) = (10..60).map(|number| arrival(number, fails(number))).unzip();
    let all = arrivals.into_iter().map(|(arrival, sign)| {
        let storage = storage.clone();
        tokio::spawn(async move { storage.accept(arrival, sign).await.is_ok() })
    });
    for (number, accepted) in (10..60).zip(all.collect::<Vec<_>>()) {
        assert_eq!(accepted.await.unwrap(), !fails(number), "batch {number}");
    }
    let kept = (10..60).zip(&ids).filter(|(number, _)| !fails(*number)).map(|(_, id)| *id).collect();
    assert_eq!(stored(&ids).await, kept);
    // Nothing of those that failed is left, and they may come again.
    let again = storage.accept_all(vec![arrival(2, false).1]).await.unwrap();
    assert!(again[0].is_ok());
    let stale: BTreeSet<u128> =
        storage.stale_households(100).await.unwrap().iter().map(|key| key.household.as_u128()).collect();
    assert_eq!(stale, [1, 2, 3].into_iter().chain((10..60).filter(|number| !fails(*number as u8))).collect());
}

async fn what_was_answered_and_not_settled_is_settled_by_whoever_looks_next(place: &Place) {
    let (storage, other) = (place.open().await, place.open().await);
    storage.add_device(device()).await.unwrap();
    let mut chain = Chain::new(WriterId(Uuid::from_u128(50)));
    let interview = interview_id(HOUSEHOLD, rasoat_casework::Round(2026));
    let key = HouseholdKeyRef::new(commune(), HOUSEHOLD);
    let listed = seal(&mut chain, SubjectKind::Household, HOUSEHOLD, "address", "một");
    let before = seal(&mut chain, SubjectKind::Interview, interview, "address", "hai");
    let naming =
        seal(&mut chain, SubjectKind::Interview, interview, "meta_household", &HOUSEHOLD.to_string());
    for (edit, now) in [(&listed, 1), (&before, 2), (&naming, 3)] {
        accept(&*storage, vec![arriving(edit, false)], now).await;
    }
    // As after a crash: nobody has asked the first for anything that would have settled them.
    assert_eq!(other.stale_households(10).await.unwrap(), std::slice::from_ref(&key));
    assert_eq!(other.edits_of(key.clone()).await.unwrap().len(), 3);
    // The first settles them, too, and nothing is there twice.
    assert_eq!(storage.stale_households(10).await.unwrap(), std::slice::from_ref(&key));
    assert_eq!(storage.edits_of(key).await.unwrap().len(), 3);
}

async fn more_than_may_wait_is_settled_commune_by_commune(place: &Place) {
    let storage = place.open().await;
    storage.add_device(device()).await.unwrap();
    let communes: Vec<CommuneCode> = ["05977", "05983", "06001"].map(|code| code.parse().unwrap()).to_vec();
    let mut chain = Chain::new(WriterId(Uuid::from_u128(50)));
    let mut sealed = |number: usize, commune: &CommuneCode, kind, id| {
        let named = ("meta_household", Uuid::from_u128(number as u128 / 2).to_string());
        let (path, value) =
            if kind == SubjectKind::Interview { named } else { ("address", number.to_string()) };
        let draft = Draft {
            subject: Subject { commune: commune.clone(), kind, id },
            seen: VersionVector::default(),
            author: "Người Thử".to_owned(),
            instrument: None,
            changes: BTreeMap::from([(path.parse().unwrap(), Change::Set(Value::Text(value)))]),
        };
        arriving(&chain.seal(draft, 1).unwrap(), false)
    };
    // Batches of one commune each, and one of all; a household's edits in two batches of different times.
    const BATCHES: usize = 50;
    const EDITS: usize = 200;
    for batch in 0..BATCHES {
        let edits = (0..EDITS).map(|at| {
            let place = if batch == BATCHES / 2 { at % communes.len() } else { batch % communes.len() };
            let number = batch * EDITS + at;
            let household = Uuid::from_u128(number as u128 / 2);
            let interview = interview_id(household, rasoat_casework::Round(2026));
            match number % 2 {
                0 => sealed(number, &communes[place], SubjectKind::Household, household),
                _ => sealed(number, &communes[place], SubjectKind::Interview, interview),
            }
        });
        accept(&*storage, edits.collect(), batch as i64).await;
    }
    let all = storage.stale_households(u32::MAX).await.unwrap();
    let edits = storage.edits_of_all(all).await.unwrap();
    assert_eq!(edits.iter().map(Vec::len).sum::<usize>(), BATCHES * EDITS);
    // A rebuild, which settles all in the order in which it came in, comes to the same.
    let marked = storage.stale_households(u32::MAX).await.unwrap();
    storage.forget_projections().await.unwrap();
    let anew: BTreeSet<HouseholdKeyRef> =
        storage.stale_households(u32::MAX).await.unwrap().into_iter().collect();
    assert_eq!(anew, marked.iter().cloned().collect());
    assert_eq!(storage.edits_of_all(marked).await.unwrap(), edits);
}

async fn a_line_that_comes_along_holds_only_if_nothing_else_is_stored(place: &Place) {
    let storage = place.open().await;
    storage.add_device(device()).await.unwrap();
    let mut chain = Chain::new(WriterId(Uuid::from_u128(50)));
    let key = HouseholdKeyRef::new(commune(), HOUSEHOLD);
    let line = |edits| HouseholdRow {
        key: key.clone(),
        head_name: "Hoàng Thị Đào".to_owned(),
        code: None,
        village_name: String::new(),
        members: 1,
        citizen_id: None,
        state: State::Listed,
        class_2022: None,
        class_2027: None,
        unscored: None,
        conflicts: 0,
        edits,
        last_received_at: 1,
        merged_into: None,
        withdrawn: false,
        facts: Facts::default(),
        persons: Vec::new(),
    };
    let one = seal(&mut chain, SubjectKind::Household, HOUSEHOLD, "address", "một");
    accept_with(&*storage, vec![arriving(&one, false)], vec![line(1)], 1).await;
    assert_eq!(storage.household(key.clone()).await.unwrap(), Some(line(1)));
    assert!(storage.stale_households(10).await.unwrap().is_empty());
    // Made of the second edit alone: the first is stored, too.
    let two = seal(&mut chain, SubjectKind::Household, HOUSEHOLD, "address", "hai");
    accept_with(&*storage, vec![arriving(&two, false)], vec![line(1)], 2).await;
    assert_eq!(storage.stale_households(10).await.unwrap(), std::slice::from_ref(&key));
    assert_eq!(storage.put_households(vec![line(1)]).await.unwrap(), 0);
    assert_eq!(storage.put_households(vec![line(2)]).await.unwrap(), 1);
    assert!(storage.stale_households(10).await.unwrap().is_empty());
    let stored = storage.edits_of_all(vec![key.clone(), key]).await.unwrap();
    assert_eq!(stored.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
}

async fn an_interviews_edits_before_the_one_that_names_its_household_are_found_as_well(place: &Place) {
    let storage = place.open().await;
    storage.add_device(device()).await.unwrap();
    let mut chain = Chain::new(WriterId(Uuid::from_u128(50)));
    let interview = interview_id(HOUSEHOLD, rasoat_casework::Round(2026));
    let key = HouseholdKeyRef::new(commune(), HOUSEHOLD);
    let before = seal(&mut chain, SubjectKind::Interview, interview, "address", "một");
    let naming =
        seal(&mut chain, SubjectKind::Interview, interview, "meta_household", &HOUSEHOLD.to_string());
    accept(&*storage, vec![arriving(&before, false)], 1).await;
    assert!(storage.edits_of(key.clone()).await.unwrap().is_empty());
    assert!(storage.stale_households(10).await.unwrap().is_empty());
    accept(&*storage, vec![arriving(&naming, false)], 2).await;
    for _ in 0..2 {
        assert_eq!(storage.edits_of(key.clone()).await.unwrap().len(), 2);
        assert_eq!(storage.stale_households(10).await.unwrap(), std::slice::from_ref(&key));
        storage.forget_projections().await.unwrap();
    }
}

async fn edits_come_back_from_their_batch_or_by_themselves_where_it_is_not_stored_whole(place: &Place) {
    let storage = place.open().await;
    storage.add_device(device()).await.unwrap();
    let key = HouseholdKeyRef::new(commune(), HOUSEHOLD);
    let edits = |chain: &mut Chain, words: [&str; 3]| {
        words.map(|word| seal(chain, SubjectKind::Household, HOUSEHOLD, "address", word))
    };
    let arrive = async |edits: &[Edit], now| {
        let batch = Batch::build(edits, DEVICE).unwrap();
        let signed = SignedBatch::sign(&batch, &SigningKey::from_seed([2; 32]), None);
        let places = (0..).zip(&batch.edits);
        let edits =
            places.map(|(place, edit)| Arriving::in_batch(&edit.clone().into(), edit.hash(), place, false));
        accept_batch(&*storage, signed.bytes, edits.collect(), Vec::new(), now).await.1
    };
    let stored = async || -> Vec<Edit> {
        let query = FeedQuery {
            starts: vec![FeedStart { commune: commune(), number: 0, whole: 0 }],
            withheld: None,
            most_bytes: usize::MAX,
            most_edits: usize::MAX,
        };
        let down = storage.changes_since(query).await.unwrap().edits;
        let stored = storage.edits_of(key.clone()).await.unwrap();
        let mut of_household: Vec<Edit> = stored.into_iter().map(|stored| stored.edit).collect();
        of_household.sort_by_key(|edit| down.iter().position(|other| other == edit));
        assert_eq!(of_household, down);
        down
    };
    let mut chain = Chain::new(WriterId(Uuid::from_u128(50)));
    let [one, two, three] = edits(&mut chain, ["một", "hai", "ba"]);
    assert!(arrive(&[one.clone(), two.clone()], 1).await.verdicts.is_empty());
    assert_eq!(stored().await, [one.clone(), two.clone()]);
    // Two is known by now: three is stored without the batch that it came in.
    assert!(arrive(&[two.clone(), three.clone()], 2).await.verdicts.is_empty());
    assert_eq!(stored().await, [one.clone(), two.clone(), three.clone()]);
    // Of two writers in one batch, one does not connect.
    let mut another = Chain::new(WriterId(Uuid::from_u128(51)));
    let [four, missing, lost] = edits(&mut another, ["bốn", "năm", "sáu"]);
    let [next, ..] = edits(&mut chain, ["bảy", "tám", "chín"]);
    let receipt = arrive(&[four.clone(), lost.clone(), next.clone()], 3).await;
    assert_eq!(receipt.verdicts[0].code, VerdictCode::BrokenChain);
    assert!(receipt.accepts(four.id) && receipt.accepts(next.id) && !receipt.accepts(lost.id));
    let mut all = vec![one, two, three, next, four];
    assert_eq!(stored().await, all);
    // The link between comes in; the batch that was refused in part is taken in whole.
    assert!(arrive(std::slice::from_ref(&missing), 4).await.verdicts.is_empty());
    assert!(arrive(&[all[4].clone(), lost.clone(), all[3].clone()], 5).await.verdicts.is_empty());
    all.extend([missing, lost]);
    assert_eq!(stored().await, all);
    // Projections are made anew from there as well.
    storage.forget_projections().await.unwrap();
    assert_eq!(storage.stale_households(10).await.unwrap(), std::slice::from_ref(&key));
}

async fn edits_go_down_in_the_order_they_came_in(storage: &dyn Storage) {
    let elsewhere: CommuneCode = "05983".parse().unwrap();
    let ends = storage.feed_ends(vec![commune(), elsewhere.clone()]).await.unwrap();
    assert_eq!(ends, BTreeMap::from([(commune(), 3), (elsewhere.clone(), 0)]));
    let start = |commune: &CommuneCode, number, whole| FeedStart { commune: commune.clone(), number, whole };
    let ask = async |starts: Vec<FeedStart>, withheld, most_edits| {
        let query = FeedQuery { starts, withheld, most_bytes: usize::MAX, most_edits };
        let page = storage.changes_since(query).await.unwrap();
        let seqs: Vec<u64> = page.edits.iter().map(|edit| edit.id.seq).collect();
        (seqs, page.reached, page.more)
    };
    let reached = |number| BTreeMap::from([(commune(), number)]);
    // Two came in last: it was out of scope before.
    let from_nothing = || vec![start(&commune(), 0, 0)];
    assert_eq!(ask(from_nothing(), None, 10).await, (vec![1, 3, 2], reached(3), false));
    assert_eq!(ask(from_nothing(), None, 2).await, (vec![1, 3], reached(2), true));
    assert_eq!(ask(vec![start(&commune(), 2, 0)], None, 2).await, (vec![2], reached(3), false));
    assert_eq!(ask(from_nothing(), Some(DEVICE), 10).await, (vec![], reached(3), false));
    assert_eq!(ask(vec![start(&commune(), 0, 2)], Some(DEVICE), 10).await, (vec![1, 3], reached(3), false));
    let both = vec![start(&elsewhere, 0, 0), start(&commune(), 1, 0)];
    let of_both = BTreeMap::from([(elsewhere, 0), (commune(), 3)]);
    assert_eq!(ask(both, Some(DeviceId(Uuid::from_u128(3))), 10).await, (vec![3, 2], of_both, false));
    // However little room there is, one edit goes.
    let query = FeedQuery { starts: from_nothing(), withheld: None, most_bytes: 0, most_edits: 0 };
    let page = storage.changes_since(query).await.unwrap();
    assert_eq!((page.edits.len(), page.reached, page.more), (1, reached(1), true));
    assert_eq!(storage.writers_of(DEVICE).await.unwrap(), 1);
    assert_eq!(storage.writers_of(DeviceId(Uuid::from_u128(3))).await.unwrap(), 0);

    storage.keep_cursor([7; 16], vec![1, 2, 3]).await.unwrap();
    storage.keep_cursor([7; 16], vec![1, 2, 3]).await.unwrap();
    assert_eq!(storage.kept_cursor([7; 16]).await.unwrap(), Some(vec![1, 2, 3]));
    assert_eq!(storage.kept_cursor([8; 16]).await.unwrap(), None);

    let snapshot = |number: u64| Snapshot { commune: commune(), number, hash: [number as u8; 32], size: 5 };
    for number in 1..=3 {
        storage.put_snapshot(snapshot(number), vec![number as u8, 2, 3, 4, 5]).await.unwrap();
    }
    assert_eq!(storage.snapshots(commune()).await.unwrap(), [snapshot(3), snapshot(2)]);
    assert_eq!(storage.snapshot_range([3; 32], 0, 2).await.unwrap(), Some(vec![3, 2]));
    assert_eq!(storage.snapshot_range([2; 32], 3, 9).await.unwrap(), Some(vec![4, 5]));
    assert_eq!(storage.snapshot_range([2; 32], 9, 9).await.unwrap(), Some(vec![]));
    assert_eq!(storage.snapshot_range([1; 32], 0, 9).await.unwrap(), None);

    let wider = BTreeSet::from([commune(), "05986".parse().unwrap()]);
    assert!(storage.widen_device(DEVICE, wider.clone()).await.unwrap());
    assert_eq!(storage.device(DEVICE).await.unwrap().unwrap().communes, wider);
    assert!(!storage.widen_device(DeviceId(Uuid::from_u128(44)), wider).await.unwrap());
}

async fn projections_follow_the_edits(storage: &dyn Storage) {
    let key = HouseholdKeyRef::new(commune(), HOUSEHOLD);
    assert_eq!(storage.stale_households(10).await.unwrap(), std::slice::from_ref(&key));
    let class = StoredClass { key: "poor".to_owned(), label: Text::default(), provisional: true };
    let row = HouseholdRow {
        key: key.clone(),
        head_name: "Hoàng Thị Đào".to_owned(),
        code: Some("HN-7".to_owned()),
        village_name: "Bản Thử".to_owned(),
        members: 4,
        citizen_id: None,
        state: State::Signed,
        class_2022: Some(class),
        class_2027: None,
        unscored: None,
        conflicts: 1,
        edits: 3,
        last_received_at: 104,
        merged_into: None,
        withdrawn: false,
        facts: Facts::default(),
        persons: Vec::new(),
    };
    // Made from fewer edits than there are: not written.
    assert!(!storage.put_household(HouseholdRow { edits: 2, ..row.clone() }).await.unwrap());
    assert_eq!(storage.household(key.clone()).await.unwrap(), None);
    assert!(storage.put_household(row.clone()).await.unwrap());
    assert!(storage.stale_households(10).await.unwrap().is_empty());
    assert_eq!(storage.household(key.clone()).await.unwrap(), Some(row.clone()));
    let unknown = HouseholdKeyRef::new(commune(), Uuid::from_u128(99));
    let several = storage.households(vec![unknown, key.clone()]).await.unwrap();
    assert_eq!(several, [(key.clone(), row.clone())].into());
    let edits = HouseholdEdits { household: HOUSEHOLD, edits: 3, is_counted: true };
    assert_eq!(storage.edits_by_household(commune()).await.unwrap(), [edits]);
    assert_eq!(storage.conflicted(commune(), 10).await.unwrap(), std::slice::from_ref(&key));
    assert_eq!(storage.conflicted("05983".parse().unwrap(), 10).await.unwrap(), []);
    let counts = storage.commune_counts().await.unwrap().remove(0);
    assert_eq!((counts.households, counts.signed, counts.poor, counts.near_poor), (1, 1, 1, 0));
    assert_eq!((counts.open, counts.conflicts, counts.last_received_at), (0, 1, 104));
    let page = async |words: &[&str], offset| {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let query = HouseholdQuery { commune: commune(), words, offset, limit: 10 };
        let page = storage.household_page(query).await.unwrap();
        (page.total, page.rows.len())
    };
    assert_eq!(page(&[], 0).await, (1, 1));
    assert_eq!(page(&["dao", "hoang"], 0).await, (1, 1));
    assert_eq!(page(&["hn-7"], 1).await, (1, 0));
    assert_eq!(page(&["dao", "%"], 0).await, (0, 0));
    storage.forget_projections().await.unwrap();
    assert_eq!(storage.household(key.clone()).await.unwrap(), None);
    assert_eq!(storage.stale_households(10).await.unwrap(), std::slice::from_ref(&key));
    assert_eq!(storage.edits_of(key).await.unwrap().len(), 3);
    assert!(storage.put_household(row).await.unwrap());
}

async fn people_log_in(storage: &dyn Storage) {
    let account = Account {
        name: "lan".to_owned(),
        role: Role::Supervisor,
        communes: [COMMUNE.parse().unwrap()].into(),
        password_hash: "$argon2id$".to_owned(),
        must_change: true,
        created_at: 1,
        last_login_at: None,
        disabled_at: None,
    };
    storage.add_account(account.clone(), 1).await.unwrap();
    assert_eq!(storage.add_account(account.clone(), 2).await, Err(StorageError::Exists));
    assert!(storage.account("lan".to_owned()).await.unwrap() == Some(account.clone()));
    assert!(storage.account("nobody".to_owned()).await.unwrap().is_none());
    for at in 1..=3 {
        storage.note_login_failure("lan".to_owned(), at).await.unwrap();
    }
    assert_eq!(
        storage.login_failures("lan".to_owned()).await.unwrap(),
        LoginFailures { failures: 3, last_at: 3 }
    );
    storage.forget_login_failures("lan".to_owned()).await.unwrap();
    assert_eq!(storage.login_failures("lan".to_owned()).await.unwrap(), LoginFailures::default());
    let session = |token: u8, used_at| OpenSession {
        token_hash: [token; 32],
        user: "lan".to_owned(),
        csrf: "c".to_owned(),
        browser: "firefox windows".to_owned(),
        opened_at: 10,
        used_at,
    };
    let password = || "$argon2id$".to_owned();
    assert!(storage.open_session(session(1, 10), password(), 0).await.unwrap());
    // Not with a password that is another one by now.
    assert!(!storage.open_session(session(9, 10), "$argon2id$2".to_owned(), 0).await.unwrap());
    assert!(storage.session([9; 32]).await.unwrap().is_none());
    storage.note_session_used([1; 32], 20).await.unwrap();
    assert!(storage.session([1; 32]).await.unwrap().unwrap().0 == session(1, 20));
    // Opening another drops those that are dead.
    assert!(storage.open_session(session(2, 30), password(), 25).await.unwrap());
    assert!(storage.session([1; 32]).await.unwrap().is_none());
    storage.close_session([2; 32]).await.unwrap();
    assert!(storage.session([2; 32]).await.unwrap().is_none());
    assert!(storage.open_session(session(3, 40), password(), 25).await.unwrap());
    assert!(storage.open_session(session(4, 50), password(), 25).await.unwrap());
    let tokens = |sessions: Vec<OpenSession>| -> Vec<u8> {
        sessions.iter().map(|session| session.token_hash[0]).collect()
    };
    assert_eq!(tokens(storage.sessions_of("lan".to_owned()).await.unwrap()), [4, 3]);
    storage.close_sessions_of("lan".to_owned(), Some([3; 32])).await.unwrap();
    assert_eq!(tokens(storage.sessions_of("lan".to_owned()).await.unwrap()), [3]);
    storage.note_logged_in("lan".to_owned(), 60).await.unwrap();
    let changed = Account { role: Role::Reader, disabled_at: Some(70), ..account };
    assert!(storage.put_account(changed.clone(), None).await.unwrap());
    assert!(storage.sessions_of("lan".to_owned()).await.unwrap().is_empty());
    let accounts = storage.accounts().await.unwrap();
    assert!(accounts == [Account { last_login_at: Some(60), ..changed }]);
    second_factors(storage).await;
    tokens_of_systems(storage).await;
    requests_of_people(storage).await;
    let act = |at, act: &str| AuditEntry {
        at,
        actor: "lan".to_owned(),
        act: act.to_owned(),
        object: COMMUNE.to_owned(),
    };
    storage.note_act(act(1, "logged_in")).await.unwrap();
    storage.note_act(act(2, "households_listed")).await.unwrap();
    assert_eq!(storage.acts(1).await.unwrap(), [act(2, "households_listed")]);
}

async fn directives_are_said_over_what_was_seen(storage: &dyn Storage) {
    let say = |key: &str, content: &str, over| NewDirective {
        kind: DirectiveKind::Round,
        key: key.to_owned(),
        content: content.to_owned(),
        said_by: "lan".to_owned(),
        said_at: 5,
        over,
    };
    assert_eq!(storage.last_directive().await.unwrap(), 0);
    assert_eq!(storage.put_directive(say("2026", "1", 0)).await.unwrap(), Some(1));
    assert_eq!(storage.put_directive(say("2027", "2", 0)).await.unwrap(), Some(2));
    assert_eq!(storage.put_directive(say("2026", "3", 0)).await.unwrap(), None);
    assert_eq!(storage.put_directive(say("2026", "4", 1)).await.unwrap(), Some(3));
    assert_eq!(storage.last_directive().await.unwrap(), 3);
    let said = |all: Vec<Directive>| all.into_iter().map(|one| (one.number, one.content)).collect::<Vec<_>>();
    let holds = [(3, "4".to_owned()), (2, "2".to_owned())];
    assert_eq!(said(storage.directives().await.unwrap()), holds);
    let history = storage.directives_of(DirectiveKind::Round, "2026".to_owned()).await.unwrap();
    assert_eq!(said(history), [(3, "4".to_owned()), (1, "1".to_owned())]);
    // All of several, or none.
    let village = VillageRow {
        commune: commune(),
        id: "ban-moi".parse().unwrap(),
        name: "Bản Mới".to_owned(),
        area: rasoat_casework::AreaType::Urban,
        households: 9,
    };
    let both = vec![say("2027", "5", 2), say("2026", "6", 1)];
    assert!(!storage.plan_commune(both, vec![village.clone()], Some(commune())).await.unwrap());
    assert_eq!(storage.last_directive().await.unwrap(), 3);
    assert!(!storage.villages(commune()).await.unwrap().contains(&village));
    assert!(storage.plan_commune(vec![say("2027", "5", 2)], vec![village.clone()], None).await.unwrap());
    assert!(storage.villages(commune()).await.unwrap().contains(&village));
    // What stands at a lock is kept with a hash that others can make anew.
    assert_eq!(storage.lock_round(say("2026", "7", 1), 2026).await.unwrap(), None);
    let made = storage.lock_round(say("2026", "7", 3), 2026).await.unwrap().unwrap();
    let query = SnapshotQuery { number: made.number, only_changed: false, after: None, limit: 500 };
    let lines = storage.round_snapshot_page(query.clone()).await.unwrap();
    let mut hash = SnapshotHash::default();
    for line in &lines {
        let (key, code) = (&line.household, line.code.as_deref().unwrap_or_default());
        let then = line.then.as_deref().unwrap();
        hash.add(key.commune.as_str(), key.household, code, &line.village_name, then);
        assert_eq!(line.now, line.then);
    }
    assert_eq!((hash.end(), hash.households, hash.marks), (made.hash, made.households, made.marks.clone()));
    assert!(!lines.is_empty());
    assert_eq!(storage.round_snapshots().await.unwrap(), std::slice::from_ref(&made));
    let changed = SnapshotQuery { only_changed: true, ..query };
    assert!(storage.round_snapshot_page(changed).await.unwrap().is_empty());
    // What stood is told of whom it is asked for, in that order.
    let there = lines.first().unwrap();
    let nowhere = HouseholdKeyRef::new(commune(), Uuid::from_u128(4_711));
    let asked = vec![nowhere, there.household.clone()];
    assert_eq!(storage.stood(made.number, asked.clone()).await.unwrap(), [None, there.then.clone()]);
    assert_eq!(storage.stood(made.number + 1, asked).await.unwrap(), [None, None]);
    // The next round is opened over the lock that was seen, once, and every line is stale from that moment on.
    let open = |over| NewDirective { kind: DirectiveKind::Opened, ..say("2027", "8", over) };
    assert_eq!(storage.open_round(open(0), 2026, 3).await.unwrap(), None);
    let stale = storage.stale_households(500).await.unwrap().len();
    let opened = storage.open_round(open(0), 2026, made.number).await.unwrap();
    assert_eq!(opened, Some(made.number + 1));
    assert_eq!(storage.open_round(open(0), 2026, made.number).await.unwrap(), None);
    assert!(storage.stale_households(500).await.unwrap().len() > stale);
}

fn draft(kind: LibraryKind, hash: u8) -> LibraryItem {
    LibraryItem {
        kind,
        hash: [hash; 32],
        id: "vn-2022-2026".to_owned(),
        version: String::new(),
        state: LibraryState::Draft,
        content: format!("id = {hash}"),
        made: LibraryAct { at: i64::from(hash), by: "admin".to_owned() },
        published: None,
        place: 0,
        retired: None,
    }
}

async fn versions_are_changed_by_whoever_saw_the_last(storage: &dyn Storage) {
    assert_eq!(storage.library_items().await.unwrap(), LibraryItems::default());
    let put = |at_number, put| LibraryChange { at_number, put, forget: Vec::new(), rescore: false };
    let (one, two) = (draft(LibraryKind::Standard, 1), draft(LibraryKind::Standard, 2));
    assert!(storage.change_library(put(0, vec![one.clone()])).await.unwrap());
    assert!(!storage.change_library(put(0, vec![two.clone()])).await.unwrap(), "it saw an earlier one");
    let published = LibraryItem {
        state: LibraryState::Published,
        published: Some(LibraryAct { at: 9, by: "admin".to_owned() }),
        place: 7,
        retired: Some(LibraryAct { at: 10, by: "admin".to_owned() }),
        ..one.clone()
    };
    assert!(storage.change_library(put(1, vec![published.clone(), two.clone()])).await.unwrap());
    assert_eq!(storage.library_number().await.unwrap(), 2);
    let expected = LibraryItems { number: 2, items: vec![published, two.clone()] };
    assert_eq!(storage.library_items().await.unwrap(), expected);
    // What is scored in another way is stale from the same moment on; lines stay until they are made anew.
    let known = storage.all_households(None, 100).await.unwrap();
    let stale = storage.stale_households(100).await.unwrap();
    let forget = vec![(two.kind, two.hash)];
    let change = LibraryChange { at_number: 2, put: Vec::new(), forget, rescore: true };
    assert!(storage.change_library(change).await.unwrap());
    assert_eq!(storage.library_items().await.unwrap().items.len(), 1);
    assert!(!known.is_empty());
    let now = storage.stale_households(100).await.unwrap();
    assert!(known.iter().all(|row| now.contains(&row.key)) && now.len() >= stale.len());
    assert_eq!(storage.all_households(None, 100).await.unwrap(), known);
}

/// Of the account that the story made.
async fn second_factors(storage: &dyn Storage) {
    let name = || "lan".to_owned();
    let secret = [7; 20].to_vec();
    assert!(storage.second_factor(name()).await.unwrap().is_none());
    assert!(!storage.confirm_second_factor(name(), 5, Vec::new(), 1).await.unwrap());
    assert!(storage.put_second_factor(name(), [1; 20].to_vec()).await.unwrap());
    // One that was not confirmed makes room for the next, and opens nothing.
    assert!(storage.put_second_factor(name(), secret.clone()).await.unwrap());
    assert!(!storage.use_second_step(name(), 5).await.unwrap());
    assert!(storage.second_factors().await.unwrap().is_empty());
    assert!(storage.confirm_second_factor(name(), 5, vec![[1; 32], [2; 32]], 80).await.unwrap());
    assert!(!storage.confirm_second_factor(name(), 6, Vec::new(), 81).await.unwrap());
    assert!(!storage.put_second_factor(name(), [3; 20].to_vec()).await.unwrap());
    let stored = SecondFactor { secret, confirmed_at: Some(80), last_step: 5, recovery_codes: 2 };
    assert!(storage.second_factor(name()).await.unwrap() == Some(stored));
    assert_eq!(storage.second_factors().await.unwrap(), [name()].into());
    let used = async |step| storage.use_second_step(name(), step).await.unwrap();
    assert_eq!((used(5).await, used(7).await, used(6).await, used(7).await), (false, true, false, false));
    assert!(storage.use_recovery_code(name(), [2; 32]).await.unwrap());
    assert!(!storage.use_recovery_code(name(), [2; 32]).await.unwrap());
    assert_eq!(storage.second_factor(name()).await.unwrap().unwrap().recovery_codes, 1);
    assert!(storage.drop_second_factor(name()).await.unwrap());
    assert!(!storage.drop_second_factor(name()).await.unwrap());
    assert!(!storage.use_recovery_code(name(), [1; 32]).await.unwrap());
}

async fn tokens_of_systems(storage: &dyn Storage) {
    let token = |number: u8, made_at| Token {
        id: Uuid::from_u128(number.into()),
        name: "Kho dữ liệu".to_owned(),
        token_hash: [number; 32],
        tables: ["households".to_owned(), "villages".to_owned()].into(),
        communes: [COMMUNE.parse().unwrap()].into(),
        citizen_ids: true,
        made_by: "admin".to_owned(),
        made_at,
        expires_at: 1000,
        revoked_at: None,
        last_used_at: None,
        uses: 0,
    };
    for (number, made_at) in [(1, 10), (2, 20)] {
        storage.add_token(token(number, made_at)).await.unwrap();
    }
    assert_eq!(storage.tokens().await.unwrap(), [token(2, 20), token(1, 10)]);
    assert!(storage.token([3; 32]).await.unwrap().is_none());
    let used = async |day: &str, now| {
        storage.note_token_used(Uuid::from_u128(1), day.to_owned(), now).await.unwrap()
    };
    let first = (used("2026-10-01", 30).await, used("2026-10-01", 31).await, used("2026-10-02", 32).await);
    assert_eq!(first, (true, false, true));
    assert!(storage.revoke_token(Uuid::from_u128(1), 40).await.unwrap());
    assert!(!storage.revoke_token(Uuid::from_u128(1), 41).await.unwrap());
    let after = Token { revoked_at: Some(40), last_used_at: Some(32), uses: 3, ..token(1, 10) };
    assert_eq!(storage.token([1; 32]).await.unwrap(), Some(after));
}

async fn requests_of_people(storage: &dyn Storage) {
    let household = HouseholdKeyRef::new(COMMUNE.parse().unwrap(), Uuid::from_u128(5));
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let new = |request, over, act: &str| NewRequestAct {
        household: household.clone(),
        request,
        over,
        act: act.to_owned(),
        content: format!("{{\"asker\":\"Nông Thị Hỏi {over}\"}}"),
        done_by: "lan".to_owned(),
        done_at: 70 + i64::from(over),
    };
    assert_eq!(storage.last_request_act().await.unwrap(), 0);
    assert!(storage.put_request_act(new(one, 0, "registered")).await.unwrap());
    assert!(storage.put_request_act(new(two, 0, "registered")).await.unwrap());
    assert!(!storage.put_request_act(new(one, 0, "restricted")).await.unwrap(), "it saw an earlier one");
    assert!(storage.put_request_act(new(one, 1, "restricted")).await.unwrap());
    assert_eq!(storage.last_request_act().await.unwrap(), 3);
    let kept = |number, step, new: NewRequestAct| RequestAct {
        number,
        household: new.household,
        request: new.request,
        step,
        act: new.act,
        content: new.content,
        done_by: new.done_by,
        done_at: new.done_at,
    };
    let (first, last) = (kept(1, 1, new(one, 0, "registered")), kept(3, 2, new(one, 1, "restricted")));
    let other = kept(2, 1, new(two, 0, "registered"));
    assert!(storage.request_acts().await.unwrap() == [first, other, last]);
    assert!(storage.holders(household).await.unwrap().is_empty());
}
