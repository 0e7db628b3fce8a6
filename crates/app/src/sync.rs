//! What is on this machine, what the province has confirmed, and bringing the one to the other.

mod status;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rasoat_casework::{Edit, EditId};
use rasoat_exchange::{
    Batch, BatchHash, CarrierError, Catalogue, Cursor, DeviceHealth, Dictionary, Door, FeedCursor, LinkKey,
    PROTOCOL_MAX, PROTOCOL_MIN, ProblemCode, Receipt, SignedBatch, SignedReceipt, SyncProtocol,
};
use rasoat_store::{Exchange, Op, Reader, Refusal, StoreError, StoredReceipt};
use rasoat_sync::{
    ExchangeError, Exchanged, Failure, HttpCarrier, Pace, Party, Question, Unsent, exchange, plan,
};
use tokio::sync::Notify;

use crate::app::{App, Carrier, Opened};
use crate::attachments::FileState;
use crate::error::AppError;
use crate::keys::KeyChange;
use crate::retention;
use crate::start::count;
use crate::take_in;
use crate::updates::{catalogue_digest, keep_catalogue};
use crate::view::SyncView;
pub(crate) use status::problem_view;
use status::status;

pub(crate) const CURSOR: &str = "cursor";
pub(crate) const CLOCK_OFFSET: &str = "clock_offset_millis";
/// The newest dictionary that the province said it knows.
pub(crate) const DICTIONARY: &str = "dictionary";
pub(crate) const LAST_SUCCESS: &str = "last_success_millis";
/// Differences of clocks below this do no harm: 10 minutes, in milliseconds.
const CLOCK_HARMLESS_MILLIS: i64 = 10 * 60 * 1000;
/// Bytes of edits looked at for one request; the pace takes from these what it sends.
const LOOK_AHEAD: usize = 8 << 20;
/// With nothing to send, the province is still asked for news at this interval.
const ASK_EVERY: Duration = Duration::from_secs(15 * 60);
/// Somebody here wanted an exchange to end.
const STOPPED: &str = "sync_stopped";

/// How this laptop is goes along with answers after so long.
const HEALTH_EVERY_MILLIS: u64 = 60 * 60 * 1000;

/// What syncing keeps in memory.
pub(crate) struct SyncState {
    pace: Mutex<Pace>,
    /// One exchange at a time.
    pub(crate) turn: tokio::sync::Mutex<()>,
    running: AtomicBool,
    /// Whether, since the program began, the province was asked if it still has what it confirmed.
    checked: AtomicBool,
    /// When the province was last told how this laptop is, by this laptop's clock.
    told_health: Mutex<Option<i64>>,
    /// The newest protocol that the province speaks, as far as is known since the program began.
    protocol: AtomicU16,
    /// Ends the exchange that is under way.
    stop: Notify,
    leaving: Mutex<Option<Leaving>>,
    /// What was under way when a request broke, until it is known how much of it arrived.
    adrift: Mutex<Option<Adrift>>,
    /// Counts up with everything that came down and changed what screens show.
    pub(crate) news: AtomicU32,
    /// How files go.
    pub(crate) files: Mutex<FileState>,
    clock_offset_millis: Mutex<Option<i64>>,
}

/// The edits of each batch of a request, to tell from its receipt what came of them; in the order they are sent in.
type Contents = Vec<(BatchId, Vec<EditId>)>;
type BatchId = [u8; 32];

/// A request on its way out.
struct Leaving {
    carrier: Arc<dyn Carrier>,
    /// What had left of earlier ones.
    before: u64,
    bytes: u32,
    edits: u32,
}

/// Batches of which it is not known whether they arrived.
#[derive(Clone)]
struct Adrift {
    contents: Contents,
    bytes: usize,
}

impl SyncState {
    pub(crate) fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            pace: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            running: AtomicBool::new(false),
            checked: AtomicBool::new(false),
            told_health: Mutex::default(),
            protocol: AtomicU16::new(PROTOCOL_MAX),
            stop: Notify::new(),
            leaving: Mutex::default(),
            adrift: Mutex::default(),
            news: AtomicU32::new(0),
            files: Mutex::default(),
            clock_offset_millis: Mutex::new(reader.setting(CLOCK_OFFSET)?),
        })
    }

    fn told_health(&self) -> MutexGuard<'_, Option<i64>> {
        self.told_health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn adrift(&self) -> MutexGuard<'_, Option<Adrift>> {
        self.adrift.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leaving(&self) -> MutexGuard<'_, Option<Leaving>> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the exchange that is under way, if one is.
    pub(crate) fn stop(&self) {
        self.stop.notify_waiters();
    }

    fn offset(&self) -> MutexGuard<'_, Option<i64>> {
        self.clock_offset_millis.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opened {
    /// Seconds between this clock and the server's, when that matters.
    pub(crate) fn clock_off_s(&self) -> Option<f64> {
        let offset = *self.sync.offset();
        offset
            .filter(|millis| millis.unsigned_abs() > CLOCK_HARMLESS_MILLIS.unsigned_abs())
            .map(|millis| millis as f64 / 1000.0)
    }
}

/// A carrier that counts what it carries.
struct Counting<'a> {
    carrier: &'a Arc<dyn Carrier>,
    opened: &'a Opened,
    edits: u32,
    up: AtomicU32,
    down: AtomicU32,
}

impl SyncProtocol for Counting<'_> {
    async fn post(&self, door: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        let bytes = count(request.len());
        self.up.fetch_add(bytes, Ordering::Relaxed);
        let (carrier, before) = (Arc::clone(self.carrier), self.carrier.out());
        *self.opened.sync.leaving() = Some(Leaving { carrier, before, bytes, edits: self.edits });
        let answer = self.carrier.carry(door, request).await?;
        self.down.fetch_add(count(answer.len()), Ordering::Relaxed);
        Ok(answer)
    }
}

/// What goes in one request.
#[derive(Default)]
struct Parcel {
    batches: Vec<SignedBatch>,
    contents: Contents,
    edits: u32,
    bytes: usize,
}

impl App {
    /// The sync screen.
    pub fn sync_status(&self) -> Result<SyncView, AppError> {
        status(&*self.need_open()?)
    }

    /// Exchanges with the province until nothing waits; answers with the screen's new state.
    pub async fn sync_now(&self) -> Result<SyncView, AppError> {
        let opened = self.need_open()?;
        opened.sync.pace().wake();
        opened.sync.files().wake();
        self.exchange_all(&opened).await?;
        status(&opened)
    }

    /// Ends the exchange that is under way, if one is. What has arrived has arrived; the rest waits until somebody sends it, or
    /// for ten minutes.
    pub fn sync_stop(&self) -> Result<SyncView, AppError> {
        let opened = self.need_open()?;
        opened.sync.stop();
        status(&opened)
    }

    /// Sends by itself whenever something waits and the plan's time has come, as long as the program runs. To be spawned
    /// once; ends never.
    pub async fn background(&self) {
        loop {
            let woken = self.wake().notified();
            let wait = self.opened().map(|opened| self.next_wait(&opened));
            match wait {
                None => woken.await,
                Some((wait, edits_wait)) => {
                    // Something new does not shorten a back-off of edits: only time does, or a person.
                    let due = tokio::time::sleep(wait);
                    if !edits_wait {
                        tokio::select! { () = due => {}, () = woken => {} }
                    } else {
                        due.await;
                    }
                    if let Some(opened) = self.opened()
                        && let Err(error) = self.exchange_all(&opened).await
                    {
                        tracing::warn!(code = %error.code, "the exchange could not be recorded");
                    }
                }
            }
        }
    }

    /// How long to wait for the next exchange, and whether edits wait for it.
    fn next_wait(&self, opened: &Opened) -> (Duration, bool) {
        let waiting = opened.store.read(|reader| reader.unsent_count()).unwrap_or_default();
        let mut byte = [0];
        // Without randomness all laptops wait the longest: late, but right.
        let chance = getrandom::fill(&mut byte).map_or(1.0, |()| f64::from(byte[0]) / 255.0);
        if waiting > 0 {
            return (Duration::from_millis(opened.sync.pace().wait_millis(chance)), true);
        }
        (self.next_wait_for_files(opened, chance).unwrap_or(ASK_EVERY), false)
    }

    /// Exchanges until nothing waits or an exchange fails; failures are recorded, not returned.
    async fn exchange_all(&self, opened: &Arc<Opened>) -> Result<(), AppError> {
        let _turn = opened.sync.turn.lock().await;
        let carrier = match self.carrier(opened) {
            Ok(carrier) => carrier,
            Err(error) => {
                return self.record(opened, self.now(), &[], (0, 0), &ExchangeError::Carrier(error));
            }
        };
        let stopped = opened.sync.stop.notified();
        opened.sync.running.store(true, Ordering::Relaxed);
        let outcome = tokio::select! {
            outcome = self.exchange_with_key(opened, &carrier) => outcome,
            () = stopped => {
                opened.sync.pace().failed(Failure::Refused, 0);
                opened.sync.files().pause();
                self.record_problem(opened, self.now(), &[], (0, 0), (STOPPED.to_owned(), BTreeMap::new()))
            }
        };
        opened.sync.running.store(false, Ordering::Relaxed);
        *opened.sync.leaving() = None;
        outcome
    }

    /// A new key goes first: whichever of both the province knows by then is the one that the rest is sent with.
    async fn exchange_with_key(
        &self,
        opened: &Arc<Opened>,
        carrier: &Arc<dyn Carrier>,
    ) -> Result<(), AppError> {
        match self.settle_key(opened, carrier).await? {
            KeyChange::Stays => self.exchange_rounds(opened, carrier).await,
            KeyChange::Changed(opened) => self.exchange_rounds(&opened, carrier).await,
            KeyChange::Unknown(error) => {
                let error = ExchangeError::Carrier(error);
                opened.sync.pace().failed(Failure::of(&error), 0);
                self.record(opened, self.now(), &[], (0, 0), &error)
            }
        }
    }

    /// What carries to this laptop's province.
    pub(crate) fn carrier(&self, opened: &Opened) -> Result<Arc<dyn Carrier>, CarrierError> {
        match &self.options().carrier {
            Some(carrier) => Ok(Arc::clone(carrier)),
            None => Ok(Arc::new(HttpCarrier::new(&opened.profile.enrolled.server.addresses)?)),
        }
    }

    async fn exchange_rounds(
        &self,
        opened: &Arc<Opened>,
        carrier: &Arc<dyn Carrier>,
    ) -> Result<(), AppError> {
        let enrolled = &opened.profile.enrolled;
        let Some(link) = enrolled.bundle_recipient.as_ref().and_then(|province| {
            // Enrolled before there were common keys: only a new enrolment helps.
            LinkKey::between(&opened.profile.key, province).ok()
        }) else {
            let refused = CarrierError::Refused(ProblemCode::BadSignature.into());
            return self.record(opened, self.now(), &[], (0, 0), &ExchangeError::Carrier(refused));
        };
        let party = Party { device: enrolled.device, link, server_key: enrolled.server.verify_key };
        let mut introduced = false;
        let mut told_key = false;
        loop {
            let began_at = self.now();
            // After a cut one small question tells how far the request came.
            let adrift = opened.sync.adrift().take();
            let parcel = if adrift.is_some() { Parcel::default() } else { parcel(opened)? };
            let contents = adrift.as_ref().map_or(&parcel.contents, |adrift| &adrift.contents).clone();
            let known = known(opened)?;
            // What is there for a new laptop may come quicker as a whole than edit by edit: it is told of that first.
            let is_new = known.cursor.0.is_empty() && !introduced;
            // On a link that breaks, edits go first, and news wait until all are there.
            let is_bare = opened.sync.pace().is_poor() && (adrift.is_some() || parcel.edits > 0);
            let room = if is_new || is_bare { 0 } else { opened.sync.pace().room() };
            let catalogue = known.catalogue.filter(|_| !is_bare);
            let mut asked: Vec<BatchHash> = adrift
                .iter()
                .flat_map(|adrift| adrift.contents.iter().map(|(batch, _)| BatchHash(*batch)))
                .take(opened.sync.pace().asked())
                .collect();
            let asks_nothing_else = adrift.is_none() && !is_bare;
            let checked = if asks_nothing_else && !opened.sync.checked.load(Ordering::Relaxed) {
                opened.store.read(|reader| reader.latest_receipted())?
            } else {
                None
            };
            asked.extend(checked.map(BatchHash));
            // What carries answers has room for little else: then it is told once an hour.
            let asked_at = self.now();
            let is_told = |at: i64| asked_at.abs_diff(at) < HEALTH_EVERY_MILLIS;
            let says_health = parcel.edits == 0 || !opened.sync.told_health().is_some_and(is_told);
            let health = if says_health { Some(self.health(opened, parcel.edits)?) } else { None };
            let question =
                Question { nonce: nonce(), asked, batches: parcel.batches, room, catalogue, health, ..known };
            let counting = Counting {
                carrier,
                opened,
                edits: parcel.edits,
                up: AtomicU32::new(0),
                down: AtomicU32::new(0),
            };
            // Whatever ends this before an answer is there leaves open how much of it arrives.
            let sent = Adrift { contents: parcel.contents, bytes: parcel.bytes };
            let sent = (!sent.contents.is_empty()).then_some(sent);
            *opened.sync.adrift() = adrift.clone().or(sent);
            let answer = exchange(&counting, &party, question, || self.now()).await;
            let bytes = (counting.up.into_inner(), counting.down.into_inner());
            let exchanged = match answer {
                Ok(exchanged) => exchanged,
                Err(error) => {
                    let failure = Failure::of(&error);
                    let sent = if adrift.is_none() { contents.as_slice() } else { &[] };
                    opened.sync.pace().failed(failure, parcel.bytes);
                    if failure != Failure::Broken {
                        *opened.sync.adrift() = adrift;
                    }
                    self.record(opened, began_at, sent, bytes, &error)?;
                    if self.speaks_plainer(opened, &error)? {
                        continue;
                    }
                    if !told_key && is_unknown_key(&error) && self.tell_key_again(opened, carrier).await? {
                        told_key = true;
                        continue;
                    }
                    return Ok(());
                }
            };
            *opened.sync.adrift() = None;
            if says_health {
                *opened.sync.told_health() = Some(asked_at);
            }
            if let Some(adrift) = &adrift {
                if exchanged.receipts.is_empty() {
                    opened.sync.pace().nothing_arrived(adrift.bytes);
                } else {
                    opened.sync.pace().arrived_in_part();
                }
            } else {
                opened.sync.pace().succeeded();
            }
            if !is_bare {
                opened.sync.pace().news_came();
            }
            *opened.sync.offset() = Some(exchanged.clock_offset_millis);
            let more = exchanged.more;
            let has_lost = checked
                .is_some_and(|batch| exchanged.receipts.iter().all(|(_, receipt)| receipt.batch.0 != batch));
            let went = (began_at, parcel.edits, bytes);
            let mut confirmed = self.take_in(opened, went, &contents, exchanged, !is_bare)?;
            opened.sync.checked.fetch_or(asks_nothing_else, Ordering::Relaxed);
            if has_lost {
                tracing::warn!("the province has lost what it had confirmed");
                let (again, _) = opened.store.transact(Op::Sync, |tx| tx.send_confirmed_again(None))?;
                confirmed = confirmed.saturating_add(again);
            }
            tracing::info!(sent = parcel.edits, confirmed, up = bytes.0, down = bytes.1, "exchanged");
            let waiting = opened.store.read(|reader| reader.unsent_count())?;
            let stuck = waiting > 0 && confirmed == 0 && adrift.is_none();
            if stuck {
                // A province that says nothing of what was sent would be asked for ever.
                opened.sync.pace().failed(Failure::Refused, parcel.bytes);
            }
            introduced |= !is_bare;
            let updated = self.update(opened, &**carrier).await?;
            if updated.profile || self.go_over_when_done(opened, more)? {
                // What works with the forms of before ends here.
                self.wake().notify_waiters();
                return Ok(());
            }
            if stuck {
                return Ok(());
            }
            // Files go when all else is done, and what comes up meanwhile goes before the rest of them.
            if waiting == 0
                && !more
                && !is_new
                && !is_bare
                && self.exchange_files(opened, &**carrier, &party).await?
            {
                return Ok(());
            }
        }
    }

    /// Once all is there and nothing of the round before waits: on to the next, if there is one.
    fn go_over_when_done(&self, opened: &Arc<Opened>, more: bool) -> Result<bool, AppError> {
        if more { Ok(false) } else { self.go_over_now(opened, false) }
    }

    /// How this laptop is doing, while so many edits are on their way.
    fn health(&self, opened: &Opened, leaving: u32) -> Result<DeviceHealth, AppError> {
        let (edits, files) = opened.store.read(|reader| {
            Ok::<_, StoreError>((reader.unsent_count()?, reader.attachment_counts()?.files))
        })?;
        let free = self.room_of(self.data_dir()).map(|room| room.free / (1024 * 1024));
        Ok(DeviceHealth {
            clock_millis: self.now(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            waiting_edits: edits.saturating_sub(leaving),
            waiting_files: files,
            free_mib: free.map(|free| u32::try_from(free).unwrap_or(u32::MAX)),
        })
    }

    /// A province with older dictionaries than it said, or an older protocol: from here on with what it knows. Says whether to try
    /// again at once.
    fn speaks_plainer(&self, opened: &Opened, error: &ExchangeError) -> Result<bool, AppError> {
        let ExchangeError::Carrier(CarrierError::Refused(problem)) = error else { return Ok(false) };
        if problem.code == ProblemCode::ProtocolTooNew {
            let theirs: Option<u16> = problem.params.get("max").and_then(|max| max.parse().ok());
            let spoken = opened.sync.protocol.load(Ordering::Relaxed);
            let older = theirs.filter(|theirs| (PROTOCOL_MIN..spoken).contains(theirs));
            opened.sync.protocol.store(older.unwrap_or(spoken), Ordering::Relaxed);
            return Ok(older.is_some());
        }
        if problem.code != ProblemCode::UnknownDictionary {
            return Ok(false);
        }
        let known: u64 = opened.store.read(|reader| reader.setting(DICTIONARY))?.unwrap_or_default();
        let newest: Option<u64> = problem.params.get("newest").and_then(|newest| newest.parse().ok());
        let plainer = newest.unwrap_or_default().min(known.saturating_sub(1));
        opened.store.transact(Op::Sync, |tx| tx.set_setting(DICTIONARY, &plainer))?;
        Ok(known > 0)
    }

    /// A verified answer, on the disk. Says how many edits it has brought further: confirmed, or issued anew. `asked`: whether the
    /// province was asked for its catalogue.
    fn take_in(
        &self,
        opened: &Opened,
        (began_at, sent, (bytes_up, bytes_down)): (i64, u32, (u32, u32)),
        contents: &Contents,
        exchanged: Exchanged,
        asked: bool,
    ) -> Result<u32, AppError> {
        let now = self.now();
        // Nobody answers meanwhile: what is open in memory was opened from documents that change now.
        let mut open = opened.interviews.lock();
        let (gone_on, changed) = opened.store.transact(Op::Sync, |tx| {
            let mut confirmed = 0;
            for (signed, receipt) in &exchanged.receipts {
                let known = contents.iter().find(|(batch, _)| *batch == receipt.batch.0);
                let known = known.map_or(&[][..], |(_, edits)| edits);
                confirmed += tx.apply_receipt(&stored(signed, receipt, known), now)?.confirmed;
            }
            let receipts = exchanged.receipts.iter().map(|(_, receipt)| receipt);
            let mut reissued = take_in::collisions(tx, receipts, now)?;
            let anew = reissued > 0;
            let before = Cursor(tx.setting(CURSOR)?.unwrap_or_default());
            if FeedCursor::went_back(&before, &exchanged.cursor, opened.profile.enrolled.server.id) {
                tracing::warn!("the province is behind what it gave before");
                reissued = reissued.saturating_add(tx.send_confirmed_again(None)?);
            }
            let taken = take_in::changes(&opened.profile, tx, &exchanged.changes, now)?;
            take_in::unread(tx, &exchanged.unread)?;
            reissued = reissued.saturating_add(taken.reissued);
            // A copied or restored database asks from the beginning: the province may have what it has lost.
            let lost = anew || taken.new_writer.is_some() || take_in::is_announced(tx)?;
            tx.set_setting(CURSOR, if lost { &[][..] } else { exchanged.cursor.0.as_slice() })?;
            tx.set_setting(DICTIONARY, &exchanged.dictionary)?;
            if let Some(catalogue) = exchanged.catalogue.as_deref().map(Catalogue::from_bytes) {
                match catalogue {
                    Ok(catalogue) => keep_catalogue(tx, &catalogue)?,
                    // Of a newer program: what is here is good for now.
                    Err(error) => tracing::warn!(%error, "a catalogue cannot be read"),
                }
            }
            tx.set_setting(CLOCK_OFFSET, &exchanged.clock_offset_millis)?;
            if asked {
                retention::hear(tx, now.saturating_add(exchanged.clock_offset_millis))?;
            }
            tx.set_setting(LAST_SUCCESS, &now)?;
            let exchange = Exchange { began_at, sent, confirmed, bytes_up, bytes_down, problem: None };
            tx.record_exchange(&exchange, edits_in(contents))?;
            Ok::<_, AppError>(confirmed.saturating_add(reissued))
        })?;
        // A decision or a remark changes no line, and yet what an open interview shows.
        if changed.households || changed.edits {
            open.clear();
        }
        if changed.households {
            opened.sync.news.fetch_add(1, Ordering::Relaxed);
        }
        Ok(gone_on)
    }

    pub(crate) fn record(
        &self,
        opened: &Opened,
        began_at: i64,
        sent: &[(BatchId, Vec<EditId>)],
        (bytes_up, bytes_down): (u32, u32),
        error: &ExchangeError,
    ) -> Result<(), AppError> {
        let problem = (error.code().to_owned(), params_of(error));
        self.record_problem(opened, began_at, sent, (bytes_up, bytes_down), problem)
    }

    fn record_problem(
        &self,
        opened: &Opened,
        began_at: i64,
        about: &[(BatchId, Vec<EditId>)],
        (bytes_up, bytes_down): (u32, u32),
        problem: (String, BTreeMap<String, String>),
    ) -> Result<(), AppError> {
        let sent = count(edits_in(about).count());
        tracing::warn!(code = problem.0, sent, "an exchange failed");
        let exchange =
            Exchange { began_at, sent, confirmed: 0, bytes_up, bytes_down, problem: Some(problem) };
        opened.store.transact(Op::Sync, |tx| tx.record_exchange(&exchange, edits_in(about)))?;
        Ok(())
    }
}

/// The edits of batches, in their order.
fn edits_in(batches: &[(BatchId, Vec<EditId>)]) -> impl Iterator<Item = EditId> {
    batches.iter().flat_map(|(_, edits)| edits.iter().copied())
}

/// Whether the province does not know this laptop's key.
fn is_unknown_key(error: &ExchangeError) -> bool {
    matches!(error, ExchangeError::Carrier(CarrierError::Refused(problem)) if problem.code == ProblemCode::BadSignature)
}

/// What the last exchanges taught.
fn known(opened: &Opened) -> Result<Question, AppError> {
    let read = |reader: &Reader<'_>| {
        let cursor = Cursor(reader.setting(CURSOR)?.unwrap_or_default());
        let dictionary = reader.setting(DICTIONARY)?.unwrap_or_default();
        let catalogue = Some(catalogue_digest(reader)?);
        let protocol = Some(opened.sync.protocol.load(Ordering::Relaxed));
        Ok::<_, StoreError>(Question { protocol, cursor, dictionary, catalogue, ..Question::default() })
    };
    Ok(opened.store.read(read)?)
}

/// The dictionary for what the province is to read.
pub(crate) fn dictionary(reader: &Reader<'_>) -> Result<Option<&'static Dictionary>, StoreError> {
    Ok(Dictionary::shared(reader.setting(DICTIONARY)?.unwrap_or_default()))
}

/// Different each time. Without randomness an answer belongs to its request by what else that says.
pub(crate) fn nonce() -> u32 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_or(0, |()| u32::from_be_bytes(bytes))
}

/// The next request: what the plan picks from the edits that wait, in signed batches.
fn parcel(opened: &Opened) -> Result<Parcel, AppError> {
    let (unsent, dictionary) =
        opened.store.read(|reader| Ok::<_, StoreError>((reader.unsent(LOOK_AHEAD)?, dictionary(reader)?)))?;
    let mut edits: BTreeMap<EditId, Edit> = BTreeMap::new();
    let mut lengths = Vec::new();
    for edit in unsent {
        lengths.push(Unsent { id: edit.id, bytes: edit.to_bytes().len() });
        edits.insert(edit.id, edit);
    }
    let planned = plan(&lengths, &opened.sync.pace());
    let mut parcel = Parcel::default();
    for ids in planned {
        let chosen: Vec<Edit> = ids.iter().filter_map(|id| edits.remove(id)).collect();
        let batch = Batch::build(&chosen, opened.profile.enrolled.device)
            .map_err(|error| AppError::new(error.code()))?;
        let signed = SignedBatch::sign(&batch, &opened.profile.key, dictionary);
        let BatchHash(hash) = signed.batch_hash();
        parcel.edits = parcel.edits.saturating_add(count(chosen.len()));
        parcel.bytes +=
            lengths.iter().filter(|edit| ids.contains(&edit.id)).map(|edit| edit.bytes).sum::<usize>();
        parcel.contents.push((hash, ids));
        parcel.batches.push(signed);
    }
    Ok(parcel)
}

/// A receipt as the store keeps it. It counts only for edits of the batch it answers.
pub(crate) fn stored(signed: &SignedReceipt, receipt: &Receipt, sent: &[EditId]) -> StoredReceipt {
    let accepted = sent.iter().filter(|id| receipt.accepts(**id)).copied();
    StoredReceipt {
        batch: receipt.batch.0,
        bytes: signed.bytes.clone(),
        accepted: Receipt::ranges(accepted),
        refused: receipt
            .verdicts
            .iter()
            .filter(|verdict| !verdict.code.is_stored() && sent.contains(&verdict.edit))
            .map(|verdict| Refusal {
                edit: verdict.edit,
                code: verdict.code.as_str().to_owned(),
                params: verdict.params.clone(),
            })
            .collect(),
        server_time_millis: receipt.server_time_millis,
    }
}

fn params_of(error: &ExchangeError) -> BTreeMap<String, String> {
    match error {
        ExchangeError::Carrier(error) => error.params(),
        ExchangeError::Answer(_)
        | ExchangeError::ForeignReceipt
        | ExchangeError::Unanswered
        | ExchangeError::TooMuch => BTreeMap::new(),
    }
}
