//! What households are counted by in reports: kept by commune, made anew where something came in since, and kept for good of each lock.

mod kept;
mod make;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kept::{Keys, Living, Unpacked, unpacked};
use rasoat_casework::{CommuneCode, Round};
use rasoat_reports::{Case, Class, Gone};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::problem::Refusal;
use crate::project;
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{CasesQuery, KeptCases, RoundSnapshot, StorageError};

/// Households that are counted anew while somebody waits; of more the wait is told.
const WHILE_WAITING: u32 = 3_000;

/// Whoever waits while somebody else counts is told how far that is after this.
const FOR_A_TURN: Duration = Duration::from_secs(2);

/// Cases that were read are let go of after this.
const FORGOTTEN: Duration = Duration::from_secs(600);

/// What is being counted anew.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    /// Held by whoever counts.
    turn: tokio::sync::Mutex<()>,
    /// Told when more is to be counted than somebody waits for.
    wanted: Notify,
    done: AtomicU32,
    of: AtomicU32,
    /// What was read last, by its number: most often the next question is over the same.
    last: Mutex<BTreeMap<u64, Arc<Decoded>>>,
    /// Held by whoever reads it.
    reading: tokio::sync::Mutex<()>,
}

/// Cases by commune.
type ByCommune = BTreeMap<CommuneCode, Arc<Vec<Case>>>;

/// Kept cases as they were read.
#[derive(Debug)]
struct Decoded {
    /// By which keys they were read.
    keys: Keys,
    read: BTreeMap<CommuneCode, Arc<Read>>,
    /// The cases of all communes, each with what the others say of its households.
    joined: Arc<ByCommune>,
}

impl Decoded {
    fn is_of(&self, made: &[Made]) -> bool {
        self.read.values().map(|read| &read.made).eq(made)
    }
}

/// What was read of one commune.
#[derive(Debug)]
struct Read {
    made: Made,
    /// By household.
    cases: Arc<Vec<Case>>,
    living: Living,
    merged: Vec<MergedFrom>,
}

/// Of what a commune's cases were made, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Made {
    commune: CommuneCode,
    basis: [u8; 32],
    feed_end: u64,
    made_at: i64,
}

impl Made {
    fn of(kept: &KeptCases) -> Self {
        let KeptCases { commune, basis, feed_end, made_at, .. } = kept;
        Self { commune: commune.clone(), basis: *basis, feed_end: *feed_end, made_at: *made_at }
    }
}

/// Why there are no cases.
#[derive(Debug)]
pub(crate) enum NotCounted {
    /// They are being made: so many households of so many.
    Preparing { done: u32, of: u32 },
    /// The storage.
    Storage(StorageError),
}

impl From<StorageError> for NotCounted {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<NotCounted> for Refusal {
    fn from(why: NotCounted) -> Self {
        match why {
            NotCounted::Preparing { done, of } => Self::ReportsPreparing { done, of },
            NotCounted::Storage(error) => error.into(),
        }
    }
}

/// Which cases are asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Of {
    /// Of the open round, as it stands.
    Now,
    /// Of a lock.
    Lock(RoundSnapshot),
}

/// Cases by commune.
pub(crate) struct Cases {
    pub(crate) communes: Arc<ByCommune>,
    /// Villages and how many households live there: as it is known now, or as it was at the lock.
    pub(crate) living: BTreeMap<CommuneCode, Living>,
    /// When the oldest of them were made.
    pub(crate) made_at: i64,
}

/// What the cases of an earlier round say of a household: its class, and whether it was poor, and near-poor, before that.
type Earlier = BTreeMap<Uuid, make::Before>;

/// Cases that are asked for, not read yet.
#[derive(Debug)]
pub(crate) struct Heads {
    number: u64,
    /// Those that are asked for; `None`: all.
    communes: Option<BTreeSet<CommuneCode>>,
    /// Of every commune: a household of another may have been merged into one that is asked for.
    made: Vec<Made>,
    /// How many households live where, as it is known now; `None` of a lock, which says so itself.
    living: Option<BTreeMap<CommuneCode, Living>>,
    made_at: i64,
}

impl Heads {
    /// Finds what is asked for, and makes it anew where it is not what it would be now. `communes`: `None` for all.
    ///
    /// # Errors
    /// [`NotCounted::Preparing`] while more is to be made than somebody waits for: ask again.
    pub(crate) async fn of(
        state: &State,
        of: &Of,
        communes: Option<&BTreeSet<CommuneCode>>,
    ) -> Result<Self, NotCounted> {
        let kept = kept(state, of, communes, Some(WHILE_WAITING)).await?;
        let asked = kept.iter().filter(|kept| is_among(communes, &kept.commune));
        let made_at = asked.map(|kept| kept.made_at).min().unwrap_or_else(|| state.now());
        let mut made: Vec<Made> = kept.iter().map(Made::of).collect();
        made.sort_unstable_by(|one, other| one.commune.cmp(&other.commune));
        let living = match of {
            Of::Now => Some(make::living(state, communes).await?),
            Of::Lock(_) => None,
        };
        Ok(Self { number: number_of(of), communes: communes.cloned(), made, living, made_at })
    }

    /// Adds what cases are made of to a hash: equal where they are.
    pub(crate) fn put(&self, hasher: &mut blake3::Hasher) {
        hasher.update(format!("{} {} {:?} ", self.number, self.made_at, self.communes).as_bytes());
        for Made { commune, basis, feed_end, made_at } in &self.made {
            hasher.update(commune.as_str().as_bytes()).update(basis);
            hasher.update(&feed_end.to_be_bytes()).update(&made_at.to_be_bytes());
        }
        for (commune, villages) in self.living.iter().flatten() {
            hasher.update(commune.as_str().as_bytes()).update(b"\0");
            for (village, (name, households)) in villages {
                let parts = [village.as_bytes(), b"\0", name.as_bytes(), b"\0", &households.to_be_bytes()];
                parts.into_iter().for_each(|part| {
                    hasher.update(part);
                });
            }
        }
    }

    /// Reads them.
    ///
    /// # Errors
    /// When the storage fails.
    pub(crate) async fn cases(self, state: &State) -> Result<Cases, StorageError> {
        let decoded = self.decoded(state).await?;
        let is_asked = |commune: &CommuneCode| is_among(self.communes.as_ref(), commune);
        let communes = if self.communes.is_none() {
            Arc::clone(&decoded.joined)
        } else {
            let asked = decoded.joined.iter().filter(|(commune, _)| is_asked(commune));
            Arc::new(asked.map(|(commune, cases)| (commune.clone(), Arc::clone(cases))).collect())
        };
        let living = self.living.unwrap_or_else(|| {
            let asked = decoded.read.iter().filter(|(commune, _)| is_asked(commune));
            asked.map(|(commune, read)| (commune.clone(), read.living.clone())).collect()
        });
        Ok(Cases { communes, living, made_at: self.made_at })
    }

    /// As they were read last, or what of them is new read now.
    async fn decoded(&self, state: &State) -> Result<Arc<Decoded>, StorageError> {
        let keys = Keys::of(&state.library());
        let last = || {
            let last = state.counting.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.get(&self.number).filter(|last| last.keys == keys).map(Arc::clone)
        };
        if let Some(last) = last().filter(|last| last.is_of(&self.made)) {
            return Ok(last);
        }
        let _reading = state.counting.reading.lock().await;
        let last = last();
        if let Some(last) = last.as_ref().filter(|last| last.is_of(&self.made)) {
            return Ok(Arc::clone(last));
        }
        let mut read = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for made in &self.made {
            let known = last.as_ref().and_then(|last| last.read.get(&made.commune));
            if let Some(known) = known.filter(|read| read.made == *made) {
                read.insert(made.commune.clone(), Arc::clone(known));
            } else {
                missing.insert(made.commune.clone());
            }
        }
        let query = CasesQuery { number: self.number, communes: Some(missing), heads_only: false };
        let kept = state.storage.report_cases(query).await?;
        let asked = self.communes.clone();
        let decoding = tokio::task::spawn_blocking(move || {
            for kept in kept {
                let made = Made::of(&kept);
                let Some(Unpacked { living, cases, .. }) = unpacked(&kept.bytes, &keys) else {
                    if is_among(asked.as_ref(), &kept.commune) {
                        return None;
                    }
                    // It was not made anew, as nobody asks for it.
                    continue;
                };
                let merged = merged_of(&kept.commune, &cases);
                read.insert(kept.commune, Arc::new(Read { made, cases: Arc::new(cases), living, merged }));
            }
            let joined = Arc::new(joined(&read));
            Some(Decoded { keys, read, joined })
        });
        let decoded = decoding.await.map_err(|_| StorageError::Failed(-1))?;
        let decoded = Arc::new(decoded.ok_or(StorageError::Damaged("cases"))?);
        let mut last = state.counting.last.lock().unwrap_or_else(PoisonError::into_inner);
        // Beside what stands now one lock: the next question may be over both.
        last.retain(|number, _| *number == 0 || self.number == 0);
        last.insert(self.number, Arc::clone(&decoded));
        Ok(decoded)
    }
}

/// Whether a commune is among those that are asked for; `None`: all are.
fn is_among(asked: Option<&BTreeSet<CommuneCode>>, commune: &CommuneCode) -> bool {
    asked.is_none_or(|asked| asked.contains(commune))
}

/// Under which number what is asked for is kept.
fn number_of(of: &Of) -> u64 {
    match of {
        Of::Now => 0,
        Of::Lock(lock) => lock.number,
    }
}

/// A household that was merged into another.
#[derive(Debug)]
struct MergedFrom {
    commune: CommuneCode,
    into: Uuid,
    before: Option<Class>,
    members_before: u8,
    once: [bool; 2],
}

/// The households of a commune that were merged into others, wherever these are.
fn merged_of(commune: &CommuneCode, cases: &[Case]) -> Vec<MergedFrom> {
    let merged = cases.iter().filter(|case| case.gone == Some(Gone::Merged));
    let from = merged.filter_map(|case| {
        Some(MergedFrom {
            commune: commune.clone(),
            into: case.merged_into?,
            before: case.before,
            members_before: case.persons_before(),
            once: case.once,
        })
    });
    from.collect()
}

/// The cases of all communes. Who came from another commune is noted: a household there was merged into it. Within a commune the one
/// that stands for both has what the list said of the other.
fn joined(read: &BTreeMap<CommuneCode, Arc<Read>>) -> ByCommune {
    let mut all: ByCommune =
        read.iter().map(|(commune, read)| (commune.clone(), Arc::clone(&read.cases))).collect();
    let mut carried: BTreeSet<(CommuneCode, Uuid)> = BTreeSet::new();
    for from in read.values().flat_map(|read| &read.merged) {
        let found = all.iter().find_map(|(commune, cases)| Some((commune.clone(), place(cases, from.into)?)));
        let Some((commune, place)) = found else { continue };
        let Some(case) = all.get_mut(&commune).and_then(|cases| Arc::make_mut(cases).get_mut(place)) else {
            continue;
        };
        if from.commune != commune {
            case.moved_in = true;
        } else if case.before.is_none() && from.before.is_some() {
            (case.before, case.once) = (from.before, from.once);
            case.members_before = from.members_before;
            carried.insert((commune, from.into));
        }
    }
    for (commune, household) in &carried {
        let Some(cases) = all.get_mut(commune) else { continue };
        let merged = Arc::make_mut(cases).iter_mut().filter(|case| case.gone == Some(Gone::Merged));
        merged.filter(|case| case.merged_into == Some(*household)).for_each(|case| case.before = None);
    }
    all
}

/// Where a household is among the cases of a commune.
fn place(cases: &[Case], household: Uuid) -> Option<usize> {
    cases.binary_search_by_key(&household, |case| case.household).ok()
}

/// Keeps what is asked for in the background, without end.
pub(crate) async fn keep_up(state: State) {
    loop {
        if tokio::time::timeout(FORGOTTEN, state.counting.wanted.notified()).await.is_err() {
            // Nobody waits for it, and it is read again in no time.
            state.counting.last.lock().unwrap_or_else(PoisonError::into_inner).clear();
            continue;
        }
        if let Err(error) = count_all(&state).await {
            tracing::error!(?error, "reports are behind");
        }
    }
}

/// Counts every commune anew in which something came in, and every lock.
///
/// # Errors
/// When the storage fails.
pub(crate) async fn count_all(state: &State) -> Result<(), StorageError> {
    let stored = |error: NotCounted| match error {
        NotCounted::Storage(error) => error,
        NotCounted::Preparing { .. } => StorageError::Busy,
    };
    for snapshot in state.storage.round_snapshots().await? {
        kept(state, &Of::Lock(snapshot), None, None).await.map_err(stored)?;
    }
    kept(state, &Of::Now, None, None).await.map_err(stored)?;
    Ok(())
}

/// The locks of earlier rounds that cases of a round are compared with: the last of the round before it.
async fn lock_before(state: &State, round: Round) -> Result<Option<RoundSnapshot>, StorageError> {
    let locks = state.storage.round_snapshots().await?.into_iter();
    Ok(locks.filter(|lock| lock.round < round.0).max_by_key(|lock| (lock.round, lock.number)))
}

/// The heads of the kept cases of all communes, those that are asked for made anew where they are not what they would be now. `patience`:
/// how many households somebody waits for.
async fn kept(
    state: &State,
    of: &Of,
    communes: Option<&BTreeSet<CommuneCode>>,
    patience: Option<u32>,
) -> Result<Vec<KeptCases>, NotCounted> {
    project::catch_up(state).await?;
    let now = Scoring::now(state).await?;
    let (number, until, scoring) = match of {
        Of::Now => (0, None, now),
        Of::Lock(lock) => (lock.number, Some(lock.made_at), now.at(Round(lock.round))),
    };
    let scoring = Arc::new(scoring);
    let before = lock_before(state, scoring.rounds.open).await?;
    let mut basis = scoring.basis();
    basis.update(&before.as_ref().map_or(0, |lock| lock.number).to_be_bytes());
    let basis: [u8; 32] = *basis.finalize().as_bytes();
    let known: Vec<CommuneCode> = scoring.library.units().communes.keys().cloned().collect();
    let ends = state.storage.feed_ends(known).await?;
    let ends: BTreeMap<CommuneCode, u64> =
        ends.into_iter().filter(|(code, end)| *end > 0 && is_among(communes, code)).collect();
    let heads = || state.storage.report_cases(CasesQuery { number, communes: None, heads_only: true });
    let is_fresh = |kept: &KeptCases| {
        // What a lock kept stays, whatever comes in and is published later.
        number > 0 || (kept.basis == basis && ends.get(&kept.commune) == Some(&kept.feed_end))
    };
    let stale = |kept: &[KeptCases]| -> Vec<CommuneCode> {
        let fresh: BTreeSet<&CommuneCode> =
            kept.iter().filter(|kept| is_fresh(kept)).map(|kept| &kept.commune).collect();
        ends.keys().filter(|code| !fresh.contains(code)).cloned().collect()
    };
    let all = heads().await?;
    if stale(&all).is_empty() {
        return Ok(all);
    }
    let _turn = match patience {
        None => state.counting.turn.lock().await,
        Some(_) => match tokio::time::timeout(FOR_A_TURN, state.counting.turn.lock()).await {
            Ok(turn) => turn,
            Err(_) => return Err(state.counting.told()),
        },
    };
    // Whoever had the turn before may have made them.
    let stale = stale(&heads().await?);
    let old = CasesQuery { number, communes: Some(stale.iter().cloned().collect()), heads_only: false };
    let old = state.storage.report_cases(old).await?;
    let mut old: BTreeMap<CommuneCode, KeptCases> =
        old.into_iter().map(|kept| (kept.commune.clone(), kept)).collect();
    let (mut jobs, mut waiting) = (Vec::new(), 0_u32);
    for commune in stale {
        let known = old.remove(&commune).filter(|kept| kept.basis == basis);
        let job = make::Job::of(state, commune, known).await?;
        waiting = waiting.saturating_add(job.waiting());
        jobs.push(job);
    }
    state.counting.of.store(waiting, Ordering::Relaxed);
    state.counting.done.store(0, Ordering::Relaxed);
    if patience.is_some_and(|patience| waiting > patience) {
        state.counting.wanted.notify_one();
        return Err(state.counting.told());
    }
    let before = match &before {
        Some(lock) => earlier(state, lock, communes).await?,
        None => BTreeMap::new(),
    };
    for job in jobs {
        let feed_end = ends.get(&job.commune).copied().unwrap_or_default();
        let commune = job.commune.clone();
        let made_at = state.now();
        let bytes = job.made(state, &scoring, until, &before, &state.counting.done).await?;
        let kept = KeptCases { commune, number, basis, feed_end, made_at, bytes };
        state.storage.put_report_cases(kept).await?;
    }
    Ok(heads().await?)
}

impl Counting {
    fn told(&self) -> NotCounted {
        let (done, of) = (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed));
        NotCounted::Preparing { done: done.min(of), of }
    }
}

/// What an earlier lock says of every household of communes.
async fn earlier(
    state: &State,
    lock: &RoundSnapshot,
    communes: Option<&BTreeSet<CommuneCode>>,
) -> Result<Earlier, StorageError> {
    let query = CasesQuery { number: lock.number, communes: communes.cloned(), heads_only: false };
    let keys = Keys::of(&state.library());
    let mut all = BTreeMap::new();
    for kept in state.storage.report_cases(query).await? {
        let read = unpacked(&kept.bytes, &keys).ok_or(StorageError::Damaged("cases"))?;
        all.extend(read.cases.iter().map(|case| (case.household, make::Before::of(case))));
    }
    Ok(all)
}

/// Keeps what households are counted by at a lock that was just made.
///
/// # Errors
/// When the storage fails: they are made when somebody asks.
pub(crate) async fn keep_lock(state: &State, lock: RoundSnapshot) -> Result<(), StorageError> {
    match kept(state, &Of::Lock(lock), None, Some(WHILE_WAITING)).await {
        // It goes on behind.
        Ok(_) | Err(NotCounted::Preparing { .. }) => Ok(()),
        Err(NotCounted::Storage(error)) => Err(error),
    }
}
