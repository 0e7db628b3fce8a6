//! Laptops, sticks and a province, moved by one seed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use anyhow::{Result, ensure};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rasoat_casework::{
    Change, CommuneCode, DeviceId, Document, Edit, EditHash, EditId, PRESENT, Subject, SubjectKind, WriterId,
    fold,
};
use rasoat_exchange::{
    Accepted, Batch, BatchHash, CarrierError, Cursor, Dictionary, LinkKey, PROTOCOL_MAX, ProblemCode,
    Receipt, RequestHead, SignedBatch, SignedReceipt, SigningKey, SyncRequest, encode_request,
};
use rasoat_instrument::{Path, Value};
use rasoat_store::{Refusal, StoredReceipt};
use rasoat_sync::{ExchangeError, Failure, Pace, Party, Question, Unsent, exchange, plan};
use uuid::Uuid;

use crate::disk::{Arrived, Custody, Disk, Journal};
use crate::network::{Air, FAULTS, Fault, Link, forged_receipt};
use crate::province::Province;
use crate::store::RealStore;
use crate::truth::{Said, Truth, is_instance};

/// 2026-10-01.
const BEGIN: i64 = 1_790_812_800_000;
const HOUR: i64 = 60 * 60 * 1000;
const MOST_LAPTOPS: usize = 6;
const PLACES: [&str; 6] =
    ["address", "phone", "members.m1.full_name", "members.m2.full_name", "members.m1", "members.m2"];
const WORDS: [&str; 3] = ["một", "hai", "ba"];

/// What laptops keep their edits in.
#[derive(Clone, Copy)]
pub(crate) enum Disks<'a> {
    Model,
    Real(&'a RealStore),
}

/// What came of a world.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) edits: usize,
    pub(crate) acknowledged: usize,
    pub(crate) forks: usize,
    pub(crate) crashes: usize,
    pub(crate) conflicts: usize,
    pub(crate) refused: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.edits += other.edits;
        self.acknowledged += other.acknowledged;
        self.forks += other.forks;
        self.crashes += other.crashes;
        self.conflicts += other.conflicts;
        self.refused += other.refused;
    }
}

/// What a person typed and the program acknowledged.
#[derive(Debug, Clone, Default)]
struct Typed {
    changes: BTreeMap<Path, Change>,
    view: BTreeSet<Said>,
}

/// A laptop: a disk, and what people know of it.
struct Laptop {
    owner: usize,
    disk: Box<dyn Disk>,
    pace: Pace,
    /// Its clock minus the province's, in milliseconds.
    skew: i64,
    /// The batches it signed, by hash.
    made: BTreeMap<[u8; 32], Vec<EditId>>,
    /// Batches of a request that broke, and their bytes: the next request asks how far they came.
    adrift: Option<(Vec<BatchHash>, usize)>,
    /// The newest dictionary the province said it knows.
    dictionary: u64,
    typed: BTreeMap<Subject, Typed>,
    sealed: BTreeSet<Said>,
    /// Its program is newer than the province's.
    too_new: bool,
}

/// An enrolled device; copies of its database are laptops of their own.
struct Device {
    id: DeviceId,
    key: SigningKey,
    link: LinkKey,
    revoked: bool,
}

#[derive(Default)]
struct Stick {
    batches: Vec<SignedBatch>,
    receipts: Vec<SignedReceipt>,
}

pub(crate) struct World<'a> {
    province: &'a Province,
    random: ChaCha8Rng,
    now: i64,
    seed: u64,
    devices: Vec<Device>,
    laptops: Vec<Laptop>,
    backups: Vec<Laptop>,
    sticks: Vec<Stick>,
    supervisor: usize,
    subjects: Vec<Subject>,
    /// The subject that is nobody's to send.
    elsewhere: CommuneCode,
    air: Air,
    truth: Truth,
    disks_made: u128,
    trace: Vec<String>,
    tally: Tally,
}

/// An id that is the same for the same numbers (FNV-1a).
pub(crate) fn id_of(parts: &[u128]) -> Uuid {
    // Zeros at the end, for the last number to reach every byte.
    let bytes = parts.iter().chain([&0, &0]).flat_map(|part| part.to_be_bytes());
    let hash = bytes.fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    uuid::Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid()
}

impl<'a> World<'a> {
    pub(crate) async fn new(seed: u64, province: &'a Province, disks: Disks<'_>) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        // Communes of its own, so that worlds do not see one another's households.
        let commune = |number: u64| -> CommuneCode {
            format!("{:05}", (seed * 2 + number) % 100_000).parse().expect("a commune")
        };
        let (home, elsewhere) = (commune(0), commune(1));
        let subject = |commune: &CommuneCode, number: u128| Subject {
            commune: commune.clone(),
            kind: SubjectKind::Household,
            id: id_of(&[u128::from(seed), 1, number]),
        };
        let subjects = vec![subject(&home, 1), subject(&home, 2), subject(&home, 3), subject(&elsewhere, 4)];
        let surveyors = random.random_range(2..=4);
        let mut world = Self {
            province,
            random,
            now: BEGIN,
            seed,
            devices: Vec::new(),
            laptops: Vec::new(),
            backups: Vec::new(),
            sticks: vec![Stick::default(), Stick::default()],
            supervisor: surveyors,
            subjects,
            elsewhere,
            air: Air::default(),
            truth: Truth::default(),
            disks_made: 0,
            trace: Vec::new(),
            tally: Tally::default(),
        };
        for number in 0..=surveyors {
            let salt = id_of(&[u128::from(seed), 2, number as u128]);
            let mut key = [0; 32];
            world.random.fill(&mut key);
            let key = SigningKey::from_seed(key);
            let link = LinkKey::between(&key, &province.recipient).expect("a key");
            let device = Device { id: DeviceId(salt), key, link, revoked: false };
            province.enrol(device.id, &device.key, BTreeSet::from([home.clone()])).await;
            world.devices.push(device);
            if number < surveyors {
                let laptop = world.laptop(number, disks);
                world.laptops.push(laptop);
            }
        }
        world
    }

    fn laptop(&mut self, owner: usize, disks: Disks<'_>) -> Laptop {
        let writer = WriterId(id_of(&[u128::from(self.seed), 3, owner as u128]));
        let disk: Box<dyn Disk> = match disks {
            Disks::Model => Box::new(Journal::new(writer)),
            Disks::Real(template) => {
                let mut disk = template.copied(0);
                disk.start_new_writer(writer, BEGIN).expect("a first writer");
                disk
            }
        };
        let skew = self.some_skew();
        Laptop {
            owner,
            disk,
            pace: Pace::default(),
            skew,
            made: BTreeMap::new(),
            adrift: None,
            dictionary: 0,
            typed: BTreeMap::new(),
            sealed: BTreeSet::new(),
            too_new: self.random.random_ratio(1, 20),
        }
    }

    /// Right, minutes off, years off, or at 1970.
    fn some_skew(&mut self) -> i64 {
        match self.random.random_range(0..5) {
            0 => -self.now,
            1 => self.random.random_range(-10 * 365 * 24 * HOUR..10 * 365 * 24 * HOUR),
            2 => self.random.random_range(-HOUR..HOUR),
            _ => 0,
        }
    }

    /// What was done, the last thing last.
    pub(crate) fn trace(&self) -> &[String] {
        &self.trace
    }

    /// Everything that happens, and then what must be true.
    pub(crate) async fn run(&mut self, steps: u32) -> Result<Tally> {
        for _ in 0..steps {
            self.now += self.random.random_range(0..6 * HOUR);
            self.province.set_clock(self.now);
            self.step().await?;
            self.check_drafts()?;
        }
        self.settle_down().await?;
        self.check().await?;
        self.tally.edits = self.truth.count();
        self.tally.forks = self.truth.forks();
        self.tally.acknowledged = self.truth.acknowledged.len();
        Ok(self.tally)
    }

    async fn step(&mut self) -> Result<()> {
        if !self.air.late.is_empty() && self.random.random_bool(0.3) {
            let at = self.random.random_range(0..self.air.late.len());
            let request = self.air.late.swap_remove(at);
            self.trace.push("a late request arrives".to_owned());
            drop(self.province.exchange(request, None).await);
        }
        let which = self.random.random_range(0..self.laptops.len());
        let stick = self.random.random_range(0..self.sticks.len());
        match self.random.random_range(0..100) {
            0..30 => self.type_something(which),
            30..46 => self.seal(which),
            46..50 => self.settle_conflict(which),
            50..57 => self.bring_news(which).await,
            57..76 => {
                let fault = if self.random.random_bool(0.5) {
                    *FAULTS.choose(&mut self.random).expect("faults")
                } else {
                    Fault::None
                };
                self.exchange(which, fault).await?;
            }
            76..81 => self.load_stick(which, stick),
            81..85 => self.bring_stick(stick).await?,
            85..90 => self.hand_stick(stick, which),
            90..92 => {
                self.laptops[which].skew = self.some_skew();
                self.trace.push(format!("laptop {which}: another clock"));
            }
            92..94 => {
                let backup = self.copy_of(which);
                self.backups.push(backup);
                self.trace.push(format!("laptop {which}: a backup"));
            }
            94..96 => self.restore(which),
            96..97 => self.copy_machine(which),
            97..98 => self.revoke(which).await,
            98..99 => {
                self.sticks[stick] = Stick::default();
                self.trace.push(format!("stick {stick} is lost"));
            }
            _ => {
                self.laptops[which].pace = Pace::default();
                self.trace.push(format!("laptop {which}: switched off and on"));
            }
        }
        Ok(())
    }

    fn clock(&self, which: usize) -> i64 {
        self.now.saturating_add(self.laptops[which].skew)
    }

    /// Now and then the program dies within the next transaction.
    fn arm(&mut self, which: usize) {
        let dies = self.random.random_bool(0.12).then(|| self.random.random_range(0..8));
        self.laptops[which].disk.die_after(dies);
    }

    fn died(&mut self, which: usize, doing: &str) {
        self.laptops[which].disk.die_after(None);
        self.laptops[which].pace = Pace::default();
        self.tally.crashes += 1;
        self.trace.push(format!("laptop {which}: dies {doing}"));
    }

    fn view(&self, which: usize, subject: &Subject) -> BTreeSet<Said> {
        let edits = self.laptops[which].disk.edits_of(subject).into_iter();
        let counting = edits.filter(|(_, custody)| *custody != Custody::Superseded);
        counting.map(|(edit, _)| self.truth.said(&edit)).collect()
    }

    fn type_something(&mut self, which: usize) {
        // Mostly of the commune's own households.
        let among = if self.random.random_ratio(1, 15) { self.subjects.len() } else { 3 };
        let subject = self.subjects[self.random.random_range(0..among)].clone();
        let path: Path = PLACES.choose(&mut self.random).expect("places").parse().expect("a path");
        let word = *WORDS.choose(&mut self.random).expect("words");
        let change = match (is_instance(&path), self.random.random_ratio(1, 6)) {
            (true, false) => Change::Set(Value::Choice(PRESENT.to_owned())),
            (false, false) => Change::Set(Value::Text(word.to_owned())),
            (_, true) => Change::Removed,
        };
        self.answer(which, &subject, &path, change);
    }

    fn answer(&mut self, which: usize, subject: &Subject, path: &Path, change: Change) {
        let view = self.view(which, subject);
        let now = self.clock(which);
        self.arm(which);
        if self.laptops[which].disk.answer(subject, path, &change, now).is_err() {
            return self.died(which, "answering");
        }
        let typed = self.laptops[which].typed.entry(subject.clone());
        let typed = typed.or_insert(Typed { changes: BTreeMap::new(), view });
        if change == Change::Removed && is_instance(path) {
            typed.changes.retain(|other, _| !other.is_within(path));
        }
        typed.changes.insert(path.clone(), change);
        self.trace.push(format!("laptop {which}: answers {path} of {}", short(subject)));
    }

    fn seal(&mut self, which: usize) {
        let subjects: Vec<Subject> = self.laptops[which].typed.keys().cloned().collect();
        if let Some(subject) = subjects.choose(&mut self.random) {
            self.seal_one(which, subject);
        }
    }

    fn seal_one(&mut self, which: usize, subject: &Subject) {
        let own = self.view(which, subject);
        let before = self.laptops[which].disk.edits_of(subject);
        let now = self.clock(which);
        self.arm(which);
        let Ok(sealed) = self.laptops[which].disk.seal(subject, now) else {
            return self.died(which, "sealing");
        };
        let typed = self.laptops[which].typed.remove(subject);
        let mut view = typed.map_or(own, |typed| typed.view);
        for edit in sealed {
            // Its writer's earlier edits are in view as well.
            let mine = before.iter().filter(|(known, custody)| {
                known.id.writer == edit.id.writer && *custody != Custody::Superseded
            });
            view.extend(mine.map(|(known, _)| self.truth.said(known)));
            let said = self.truth.seal(&edit, view.clone());
            self.laptops[which].sealed.insert(said);
            self.trace.push(format!("laptop {which}: seals {}", name(edit.id)));
        }
    }

    /// Chooses between what stands, having seen all of it.
    fn settle_conflict(&mut self, which: usize) {
        let mut found = Vec::new();
        for subject in &self.subjects {
            let document = self.laptops[which].disk.document(subject);
            for path in document.conflicts() {
                let candidates = document.fields[path].candidates.iter();
                found.extend(candidates.map(|one| (subject.clone(), path.clone(), one.value.clone())));
            }
        }
        let Some((subject, path, value)) = found.choose(&mut self.random).cloned() else { return };
        self.seal_one(which, &subject);
        self.answer(which, &subject, &path, value.map_or(Change::Removed, Change::Set));
        self.seal_one(which, &subject);
    }

    async fn exchange(&mut self, which: usize, fault: Fault) -> Result<()> {
        if self.laptops[which].too_new {
            return self.exchange_too_new(which).await;
        }
        self.mend(which);
        for round in 0..4 {
            let unsent = self.laptops[which].disk.unsent();
            if round > 0 && unsent.is_empty() {
                break;
            }
            let fault = if round == 0 { fault } else { Fault::None };
            if !self.exchange_once(which, unsent, fault).await? {
                break;
            }
        }
        Ok(())
    }

    /// One request. Says whether it came through.
    async fn exchange_once(&mut self, which: usize, unsent: Vec<Edit>, fault: Fault) -> Result<bool> {
        let now = self.clock(which);
        let owner = self.laptops[which].owner;
        let device = &self.devices[owner];
        let lengths: Vec<Unsent> =
            unsent.iter().map(|edit| Unsent { id: edit.id, bytes: edit.to_bytes().len() }).collect();
        let edits: BTreeMap<EditId, Edit> = unsent.into_iter().map(|edit| (edit.id, edit)).collect();
        let laptop = &mut self.laptops[which];
        let (mut batches, mut bytes) = (Vec::new(), 0);
        let adrift = laptop.adrift.take();
        let planned = if adrift.is_some() { Vec::new() } else { plan(&lengths, &laptop.pace) };
        for ids in planned {
            let chosen: Vec<Edit> = ids.iter().map(|id| edits[id].clone()).collect();
            bytes += lengths.iter().filter(|one| ids.contains(&one.id)).map(|one| one.bytes).sum::<usize>();
            let batch = Batch::build(&chosen, device.id)?;
            let signed = SignedBatch::sign(&batch, &device.key, Dictionary::shared(laptop.dictionary));
            laptop.made.insert(signed.batch_hash().0, ids);
            batches.push(signed);
        }
        let sent: Vec<BatchHash> = batches.iter().map(SignedBatch::batch_hash).collect();
        let question = Question {
            nonce: self.random.random(),
            cursor: Cursor(laptop.disk.cursor()),
            room: 64,
            dictionary: laptop.dictionary,
            asked: adrift.iter().flat_map(|(asked, _)| asked.clone()).collect(),
            batches,
            ..Question::default()
        };
        let party = self.party(owner);
        let link = Link {
            province: self.province,
            key: &party.link,
            fault,
            random: Mutex::new(&mut self.random),
            air: Mutex::new(&mut self.air),
        };
        let count = (sent.len(), question.asked.len());
        let answer = exchange(&link, &party, question, || now).await;
        self.trace
            .push(format!("laptop {which}: sends, asks {count:?}, {fault:?}: {:?}", answer.as_ref().err()));
        match answer {
            Ok(exchanged) => {
                ensure!(
                    matches!(fault, Fault::None | Fault::Twice | Fault::Flipped),
                    "{fault:?} was taken for an answer"
                );
                ensure!(!self.devices[owner].revoked, "a revoked device was answered");
                let laptop = &mut self.laptops[which];
                match adrift {
                    Some((_, bytes)) if exchanged.receipts.is_empty() => laptop.pace.nothing_arrived(bytes),
                    Some(_) => laptop.pace.arrived_in_part(),
                    None => laptop.pace.succeeded(),
                }
                laptop.dictionary = exchanged.dictionary;
                let receipts = exchanged.receipts.iter();
                let receipts = receipts.filter_map(|(signed, receipt)| self.stored(which, signed, receipt));
                let arrived = Arrived {
                    receipts: receipts.collect(),
                    edits: exchanged.changes,
                    cursor: Some(exchanged.cursor.0),
                };
                Ok(self.take_in(which, &arrived))
            }
            Err(error) => {
                let laptop = &mut self.laptops[which];
                let failure = Failure::of(&error);
                laptop.pace.failed(failure, bytes);
                let broke = failure == Failure::Broken && !sent.is_empty();
                laptop.adrift = adrift.or_else(|| broke.then_some((sent, bytes)));
                if let ExchangeError::Carrier(CarrierError::Refused(problem)) = &error {
                    self.tally.refused += 1;
                    let revoked = problem.code == ProblemCode::DeviceRevoked;
                    ensure!(revoked == self.devices[owner].revoked, "refused: {:?}", problem.code);
                }
                Ok(false)
            }
        }
    }

    fn party(&self, device: usize) -> Party {
        let Device { id, link, .. } = &self.devices[device];
        Party { device: *id, link: link.clone(), server_key: self.province.key }
    }

    /// A program from the future is refused, told what is spoken here, and keeps all it has.
    async fn exchange_too_new(&mut self, which: usize) -> Result<()> {
        let laptop = &self.laptops[which];
        let device = &self.devices[laptop.owner];
        let unsent = laptop.disk.unsent();
        let batches = match Batch::build(&unsent, device.id) {
            Ok(batch) => vec![SignedBatch::sign(&batch, &device.key, None)],
            Err(_) => Vec::new(),
        };
        let head = RequestHead {
            protocol: PROTOCOL_MAX + 1,
            device: device.id,
            nonce: 1,
            dictionary: u64::MAX,
            cursor: Cursor::default(),
            catalogue: None,
            room: 0,
            asked: Vec::new(),
            health: None,
        };
        let (bytes, _) = encode_request(&SyncRequest { head, batches }, &device.link, None)?;
        let Err(CarrierError::Refused(problem)) = self.province.exchange(bytes, None).await else {
            anyhow::bail!("another protocol was answered");
        };
        ensure!(problem.code == ProblemCode::ProtocolTooNew, "{:?}", problem.code);
        ensure!(problem.params.get("max") == Some(&PROTOCOL_MAX.to_string()), "{:?}", problem.params);
        ensure!(self.laptops[which].disk.unsent() == unsent, "a refusal changed what waits");
        self.trace.push(format!("laptop {which}: refused as too new"));
        Ok(())
    }

    /// A receipt in the store's terms, for what this laptop sent; `None` for a batch that is not its own.
    fn stored(&self, which: usize, signed: &SignedReceipt, receipt: &Receipt) -> Option<StoredReceipt> {
        let sent = self.laptops[which].made.get(&receipt.batch.0)?;
        let refused = receipt.verdicts.iter();
        let refused = refused.filter(|said| !said.code.is_stored() && sent.contains(&said.edit));
        Some(StoredReceipt {
            batch: receipt.batch.0,
            bytes: signed.bytes.clone(),
            accepted: Receipt::ranges(sent.iter().filter(|id| receipt.accepts(**id)).copied()),
            refused: refused
                .map(|said| Refusal {
                    edit: said.edit,
                    code: said.code.as_str().to_owned(),
                    params: said.params.clone(),
                })
                .collect(),
            server_time_millis: receipt.server_time_millis,
        })
    }

    /// Says whether the program survived it.
    fn take_in(&mut self, which: usize, arrived: &Arrived) -> bool {
        let now = self.clock(which);
        self.arm(which);
        let Ok(anew) = self.laptops[which].disk.take_in(arrived, now) else {
            self.died(which, "taking in");
            return false;
        };
        self.note_anew(which, anew);
        for (edit, custody) in self.rows(which) {
            if custody == Custody::Confirmed {
                self.truth.acknowledged.insert(edit.hash());
            }
        }
        self.mend(which);
        true
    }

    /// Issues anew what another life has overtaken, and sends again what lacked what came before it.
    fn mend(&mut self, which: usize) {
        let now = self.clock(which);
        self.arm(which);
        match self.laptops[which].disk.reissue(now) {
            Ok(anew) => self.note_anew(which, anew),
            Err(_) => return self.died(which, "issuing anew"),
        }
        let lacks = |(_, custody): &(Edit, Custody)| *custody == Custody::Refused("broken_chain".to_owned());
        if self.rows(which).iter().any(lacks) {
            self.arm(which);
            if self.laptops[which].disk.send_again().is_err() {
                self.died(which, "before sending again");
            }
        }
        self.laptops[which].disk.die_after(None);
    }

    fn note_anew(&mut self, which: usize, anew: Vec<(EditHash, Edit)>) {
        for (before, edit) in anew {
            self.truth.reissue(before, &edit);
            self.trace.push(format!("laptop {which}: issues anew as {}", name(edit.id)));
        }
    }

    fn rows(&self, which: usize) -> Vec<(Edit, Custody)> {
        self.subjects.iter().flat_map(|subject| self.laptops[which].disk.edits_of(subject)).collect()
    }

    /// Puts a laptop's own edits on a stick: what waits, or all of them again.
    fn load_stick(&mut self, which: usize, stick: usize) {
        let all = self.random.random_bool(0.3);
        let mut edits: Vec<Edit> = self
            .rows(which)
            .into_iter()
            .filter_map(|(edit, custody)| match custody {
                Custody::Unsent => Some(edit),
                Custody::Confirmed => all.then_some(edit),
                Custody::Refused(_) | Custody::Foreign | Custody::Superseded => None,
            })
            .collect();
        edits.sort_by_key(|edit| edit.id);
        let size = self.random.random_range(1..6);
        let device = &self.devices[self.laptops[which].owner];
        for chunk in edits.chunks(size) {
            let batch = Batch::build(chunk, device.id).expect("a small batch");
            let signed = SignedBatch::sign(&batch, &device.key, None);
            let ids = chunk.iter().map(|edit| edit.id).collect();
            self.laptops[which].made.insert(signed.batch_hash().0, ids);
            self.sticks[stick].batches.push(signed);
        }
        self.sticks[stick].batches.shuffle(&mut self.random);
        self.trace.push(format!("laptop {which}: {} edits onto stick {stick}", edits.len()));
    }

    /// The supervisor brings a stick to the province: as a file, or within a request of their own.
    async fn bring_stick(&mut self, stick: usize) -> Result<()> {
        let batches = self.sticks[stick].batches.clone();
        if batches.is_empty() {
            return Ok(());
        }
        let supervisor = &self.devices[self.supervisor];
        self.trace.push(format!("stick {stick} comes to the province"));
        if self.random.random_bool(0.3) {
            let made_by: BTreeSet<DeviceId> = batches.iter().map(|batch| batch.device).collect();
            self.province.take_stick(batches, supervisor.id).await;
            for device in self.devices.iter().filter(|device| made_by.contains(&device.id)) {
                let receipts = self.province.reply(device.id, &device.key).await;
                self.sticks[stick].receipts.extend(receipts);
            }
        } else {
            let party = self.party(self.supervisor);
            let question = Question { nonce: self.random.random(), batches, ..Question::default() };
            let link = Link {
                province: self.province,
                key: &party.link,
                fault: Fault::None,
                random: Mutex::new(&mut self.random),
                air: Mutex::new(&mut self.air),
            };
            // Of a revoked device no batch is answered, and the exchange is not whole then.
            if let Ok(exchanged) = exchange(&link, &party, question, || 0).await {
                let receipts = exchanged.receipts.into_iter().map(|(signed, _)| signed);
                self.sticks[stick].receipts.extend(receipts);
            }
        }
        Ok(())
    }

    /// A laptop reads a stick: edits of others as far as they connect, and receipts for what it sent itself.
    fn hand_stick(&mut self, stick: usize, which: usize) {
        let mut arrived = Arrived::default();
        for signed in &self.sticks[stick].receipts {
            let Ok(receipt) = signed.open(&self.province.key) else { continue };
            arrived.receipts.extend(self.stored(which, signed, &receipt));
        }
        let mut offered = BTreeMap::new();
        for signed in &self.sticks[stick].batches {
            let device = self.devices.iter().find(|device| device.id == signed.device);
            let batch = signed.open(&device.expect("a known device").key.verify_key());
            offered.extend(batch.expect("signed").edits.into_iter().map(|edit| (edit.hash(), edit)));
        }
        arrived.edits = self.connecting(which, offered);
        self.trace.push(format!("stick {stick} to laptop {which}: {} edits", arrived.edits.len()));
        self.take_in(which, &arrived);
        // Somebody slips in receipts of their own making, for what is on the stick.
        let forged = self.sticks[stick].batches.iter().map(|batch| {
            let accepted = self.laptops[which].made.get(&batch.batch_hash().0).into_iter().flatten();
            forged_receipt(&Receipt {
                batch: batch.batch_hash(),
                accepted: Accepted::Edits(Receipt::ranges(accepted.copied())),
                verdicts: Vec::new(),
                server_time_millis: self.now,
            })
        });
        let forged: Vec<SignedReceipt> = forged.collect();
        if self.random.random_bool(0.3) {
            self.sticks[stick].receipts.extend(forged);
        }
    }

    /// What the province has of the commune, or a beginning of it, comes to a laptop.
    async fn bring_news(&mut self, which: usize) {
        let households: Vec<_> =
            self.subjects.iter().map(|subject| (subject.commune.clone(), subject.id)).collect();
        let edits = self.province.edits(&households).await;
        let mut edits = self.interleaved(&edits);
        if self.random.random_bool(0.3) {
            edits.truncate(self.random.random_range(0..=edits.len()));
        }
        self.trace.push(format!("laptop {which}: {} edits of the province", edits.len()));
        self.take_in(which, &Arrived { edits, ..Arrived::default() });
    }

    /// Edits not known here, each after the one before it in its chain; those that do not connect wait for another stick.
    fn connecting(&self, which: usize, mut offered: BTreeMap<EditHash, Edit>) -> Vec<Edit> {
        let mut known: BTreeSet<EditHash> = self.rows(which).iter().map(|(edit, _)| edit.hash()).collect();
        offered.retain(|hash, _| !known.contains(hash));
        let mut connected = Vec::new();
        loop {
            let fits = |edit: &Edit| edit.prev.map_or(edit.id.seq == 1, |prev| known.contains(&prev));
            let next: Vec<EditHash> =
                offered.iter().filter(|(_, edit)| fits(edit)).map(|(hash, _)| *hash).collect();
            if next.is_empty() {
                return connected;
            }
            for hash in next {
                known.insert(hash);
                connected.extend(offered.remove(&hash));
            }
        }
    }

    fn copy_of(&mut self, which: usize) -> Laptop {
        self.disks_made += 1;
        let laptop = &self.laptops[which];
        Laptop {
            owner: laptop.owner,
            disk: laptop.disk.copied(self.disks_made),
            pace: Pace::default(),
            skew: laptop.skew,
            made: laptop.made.clone(),
            adrift: None,
            dictionary: laptop.dictionary,
            typed: laptop.typed.clone(),
            sealed: laptop.sealed.clone(),
            too_new: laptop.too_new,
        }
    }

    /// The disk broke: an older copy goes on, as another writer; or, copied back by hand, as if nothing had happened.
    fn restore(&mut self, which: usize) {
        let owner = self.laptops[which].owner;
        let Some(at) = self.backups.iter().position(|backup| backup.owner == owner) else { return };
        let mut restored = self.backups.swap_remove(at);
        let by_hand = self.random.random_bool(0.4);
        if !by_hand {
            self.disks_made += 1;
            let writer = WriterId(id_of(&[u128::from(self.seed), 4, self.disks_made]));
            restored.disk.start_new_writer(writer, self.now).expect("a new life");
        }
        self.laptops[which] = restored;
        self.trace.push(format!("laptop {which}: restored, by hand: {by_hand}"));
    }

    /// Somebody copies the data folder to another machine, and both go on.
    fn copy_machine(&mut self, which: usize) {
        if self.laptops.len() < MOST_LAPTOPS {
            let copy = self.copy_of(which);
            self.laptops.push(copy);
            self.trace.push(format!("laptop {which}: copied as {}", self.laptops.len() - 1));
        }
    }

    async fn revoke(&mut self, which: usize) {
        let owner = self.laptops[which].owner;
        if !self.random.random_ratio(1, 3) || self.devices.iter().any(|device| device.revoked) {
            return;
        }
        self.devices[owner].revoked = true;
        self.province.revoke(self.devices[owner].id).await;
        self.trace.push(format!("the device of laptop {which} is revoked"));
    }

    /// The network holds, the sticks arrive, the province is brought up to date, and everybody sends what they have.
    async fn settle_down(&mut self) -> Result<()> {
        for request in std::mem::take(&mut self.air.late) {
            drop(self.province.exchange(request, None).await);
        }
        for stick in 0..self.sticks.len() {
            self.bring_stick(stick).await?;
            for which in 0..self.laptops.len() {
                self.hand_stick(stick, which);
            }
        }
        for which in 0..self.laptops.len() {
            self.laptops[which].too_new = false;
            for subject in self.subjects.clone() {
                // Whoever died while sealing seals again.
                for _ in 0..20 {
                    if self.laptops[which].typed.contains_key(&subject) {
                        self.seal_one(which, &subject);
                    }
                }
            }
            // Whoever dies on the way goes on where they were; a revoked device gets nowhere.
            for _ in 0..12 {
                self.exchange(which, Fault::None).await?;
                let waits = |(_, custody): &(Edit, Custody)| match custody {
                    Custody::Unsent => true,
                    Custody::Refused(code) => code != "out_of_scope",
                    Custody::Confirmed | Custody::Foreign | Custody::Superseded => false,
                };
                if !self.rows(which).iter().any(waits) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// What was acknowledged as an answer is in the draft, as it was given.
    fn check_drafts(&self) -> Result<()> {
        for (which, laptop) in self.laptops.iter().enumerate() {
            for subject in &self.subjects {
                let kept = laptop.disk.draft(subject).filter(|draft| !draft.is_empty());
                let typed = laptop.typed.get(subject).map(|typed| typed.changes.clone());
                ensure!(kept == typed, "laptop {which}: the draft is not what was answered");
            }
        }
        Ok(())
    }

    async fn check(&mut self) -> Result<()> {
        let households: Vec<_> =
            self.subjects.iter().map(|subject| (subject.commune.clone(), subject.id)).collect();
        let province = self.province.edits(&households).await;
        let stored: BTreeSet<EditHash> = province.iter().map(Edit::hash).collect();
        let numbers: BTreeSet<EditId> = province.iter().map(|edit| edit.id).collect();
        ensure!(numbers.len() == province.len() && stored.len() == province.len(), "an edit is there twice");
        ensure!(
            self.truth.acknowledged.is_subset(&stored),
            "acknowledged and not at the province: {:?}",
            self.truth.acknowledged.difference(&stored).count()
        );
        ensure!(province.iter().all(|edit| edit.subject.commune != self.elsewhere), "stored out of scope");
        for which in 0..self.laptops.len() {
            self.check_laptop(which, &province, &stored)?;
        }
        for subject in self.subjects.clone() {
            let mut edits: Vec<Edit> =
                province.iter().filter(|edit| edit.subject == subject).cloned().collect();
            let document = fold(&edits);
            self.tally.conflicts += document.conflicts().len();
            self.truth.check(&edits, &document)?;
            for _ in 0..3 {
                edits.shuffle(&mut self.random);
                let again = edits.iter().take(edits.len() / 2);
                ensure!(fold(edits.iter().chain(again)) == document, "another order, another document");
            }
        }
        self.check_replicas(&province)
    }

    fn check_laptop(&self, which: usize, province: &[Edit], stored: &BTreeSet<EditHash>) -> Result<()> {
        let laptop = &self.laptops[which];
        let revoked = self.devices[laptop.owner].revoked;
        let arrived: BTreeSet<Said> = province.iter().map(|edit| self.truth.said(edit)).collect();
        let rows = self.rows(which);
        let hashes: BTreeSet<EditHash> = rows.iter().map(|(edit, _)| edit.hash()).collect();
        ensure!(hashes.len() == rows.len(), "laptop {which}: an edit is there twice");
        let kept: BTreeSet<Said> = rows.iter().map(|(edit, _)| self.truth.said(edit)).collect();
        ensure!(laptop.sealed.is_subset(&kept), "laptop {which}: an edit was dropped");
        for (edit, custody) in &rows {
            let id = name(edit.id);
            let said = self.truth.said(edit);
            match custody {
                Custody::Confirmed => ensure!(stored.contains(&edit.hash()), "{id} is green and not there"),
                Custody::Unsent => ensure!(revoked, "laptop {which}: {id} still waits"),
                Custody::Superseded => {
                    let carried = rows.iter().any(|(other, custody)| {
                        *custody != Custody::Superseded && self.truth.said(other) == said
                    });
                    let sent = revoked || edit.subject.commune == self.elsewhere || arrived.contains(&said);
                    ensure!(carried && sent, "{id} was dropped");
                }
                Custody::Refused(code) => {
                    let elsewhere = code == "out_of_scope" && edit.subject.commune == self.elsewhere;
                    ensure!(elsewhere || revoked, "laptop {which}: {id} stays refused: {code}");
                }
                Custody::Foreign => {}
            }
        }
        Ok(())
    }

    /// The edits in a random order that keeps every chain's.
    fn interleaved(&mut self, edits: &[Edit]) -> Vec<Edit> {
        let mut sorted = edits.to_vec();
        sorted.sort_by_key(|edit| std::cmp::Reverse(edit.id));
        let mut writers: Vec<WriterId> = edits.iter().map(|edit| edit.id.writer).collect();
        writers.shuffle(&mut self.random);
        let next = |writer| {
            let at = sorted.iter().rposition(|edit| edit.id.writer == writer)?;
            Some(sorted.remove(at))
        };
        writers.into_iter().filter_map(next).collect()
    }

    /// Every laptop is given all there is, in portions and an order of its own, and comes to what the province has.
    fn check_replicas(&mut self, province: &[Edit]) -> Result<()> {
        for which in 0..self.laptops.len() {
            let offered = self.interleaved(province);
            for portion in offered.chunks(7).chain([offered.as_slice()]) {
                let arrived = Arrived { edits: portion.to_vec(), ..Arrived::default() };
                let Ok(anew) = self.laptops[which].disk.take_in(&arrived, self.now) else {
                    anyhow::bail!("nobody dies here");
                };
                self.note_anew(which, anew);
            }
            for subject in self.subjects.clone() {
                let edits: Vec<Edit> =
                    province.iter().filter(|edit| edit.subject == subject).cloned().collect();
                let rows = self.laptops[which].disk.edits_of(&subject).into_iter();
                let counting = rows.filter(|(_, custody)| *custody != Custody::Superseded);
                let here: Vec<Edit> = counting.map(|(edit, _)| edit).collect();
                let common: Vec<&Edit> = here.iter().filter(|edit| edits.contains(edit)).collect();
                ensure!(common.len() == edits.len(), "laptop {which}: edits were not taken in");
                let document: Document = fold(&edits);
                ensure!(fold(common) == document, "laptop {which}: another document");
                if here.len() == edits.len() {
                    ensure!(
                        self.laptops[which].disk.document(&subject) == document,
                        "laptop {which} shows another document"
                    );
                }
            }
        }
        Ok(())
    }
}

fn short(subject: &Subject) -> String {
    subject.id.simple().to_string().chars().take(6).collect()
}

fn name(id: EditId) -> String {
    format!("{}:{}", id.writer.0.simple().to_string().chars().take(6).collect::<String>(), id.seq)
}
