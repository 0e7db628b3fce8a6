//! What households are counted by in reports: kept by commune, made anew where something came in since, and kept for good of each lock.

mod kept;
mod make;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kept::{Keys, Living, unpacked};
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
    /// What was asked for last, as it was read: most often the next question is over the same.
    last: Mutex<Option<Arc<Decoded>>>,
}

/// Kept cases as they were read.
#[derive(Debug)]
struct Decoded {
    number: u64,
    /// By which keys they were read.
    keys: Keys,
    /// What they were made from, by commune.
    made: Vec<Made>,
    communes: Arc<BTreeMap<CommuneCode, Vec<Case>>>,
    living: BTreeMap<CommuneCode, Living>,
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
    pub(crate) communes: Arc<BTreeMap<CommuneCode, Vec<Case>>>,
    /// Villages and how many households live there: as it is known now, or as it was at the lock.
    pub(crate) living: BTreeMap<CommuneCode, Living>,
    /// When the oldest of them were made.
    pub(crate) made_at: i64,
}

/// What the cases of an earlier round say of a household: its class, and whether it was poor, and near-poor, before that.
type Earlier = BTreeMap<Uuid, make::Before>;

/// The cases of communes; `None`: of all.
///
/// # Errors
/// [`NotCounted::Preparing`] while more is to be made than somebody waits for: ask again.
pub(crate) async fn cases(
    state: &State,
    of: &Of,
    communes: Option<&BTreeSet<CommuneCode>>,
) -> Result<Cases, NotCounted> {
    let kept = kept(state, of, communes, Some(WHILE_WAITING)).await?;
    let made_at = kept.iter().map(|kept| kept.made_at).min().unwrap_or_else(|| state.now());
    let decoded = decoded(state, of, communes, kept).await?;
    let mut living = decoded.living.clone();
    if *of == Of::Now {
        let asked = state.library().units().communes.keys().cloned().collect::<Vec<CommuneCode>>();
        for commune in asked.into_iter().filter(|code| communes.is_none_or(|all| all.contains(code))) {
            living.insert(commune.clone(), make::living(state, &commune).await?);
        }
    }
    Ok(Cases { communes: Arc::clone(&decoded.communes), living, made_at })
}

/// Cases as they were read last, or read now.
async fn decoded(
    state: &State,
    of: &Of,
    communes: Option<&BTreeSet<CommuneCode>>,
    mut kept: Vec<KeptCases>,
) -> Result<Arc<Decoded>, StorageError> {
    let number = number_of(of);
    let keys = Keys::of(&state.library());
    let made: Vec<Made> = kept.iter().map(Made::of).collect();
    let last = state.counting.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(last) = last.filter(|last| last.number == number && last.keys == keys && last.made == made) {
        return Ok(last);
    }
    if kept.iter().any(|kept| kept.bytes.is_empty()) {
        let query = CasesQuery { number, communes: communes.cloned(), heads_only: false };
        kept = state.storage.report_cases(query).await?;
    }
    let read = tokio::task::spawn_blocking(move || {
        let made = kept.iter().map(Made::of).collect();
        let (mut communes, mut living) = (BTreeMap::new(), BTreeMap::new());
        for kept in kept {
            let read = unpacked(&kept.bytes, &keys)?;
            living.insert(kept.commune.clone(), read.living);
            communes.insert(kept.commune, read.cases);
        }
        move_in(&mut communes);
        Some(Decoded { number, keys, made, communes: Arc::new(communes), living })
    });
    let read = read.await.map_err(|_| StorageError::Failed(-1))?;
    let read = Arc::new(read.ok_or(StorageError::Damaged("cases"))?);
    *state.counting.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&read));
    Ok(read)
}

/// Under which number what is asked for is kept.
fn number_of(of: &Of) -> u64 {
    match of {
        Of::Now => 0,
        Of::Lock(lock) => lock.number,
    }
}

/// A household that was merged into another.
struct MergedFrom {
    commune: CommuneCode,
    before: Option<Class>,
    members_before: u8,
    once: [bool; 2],
}

/// Notes who came from another commune: a household there was merged into it. Within a commune the one that stands for both has what the
/// list said of the other.
fn move_in(communes: &mut BTreeMap<CommuneCode, Vec<Case>>) {
    let mut merged: BTreeMap<Uuid, Vec<MergedFrom>> = BTreeMap::new();
    for (commune, cases) in communes.iter() {
        for case in cases.iter().filter(|case| case.gone == Some(Gone::Merged)) {
            if let Some(into) = case.merged_into {
                let from = MergedFrom {
                    commune: commune.clone(),
                    before: case.before,
                    members_before: case.persons_before(),
                    once: case.once,
                };
                merged.entry(into).or_default().push(from);
            }
        }
    }
    if merged.is_empty() {
        return;
    }
    let mut carried = BTreeSet::new();
    for (commune, cases) in communes.iter_mut() {
        for case in cases.iter_mut() {
            for from in merged.remove(&case.household).unwrap_or_default() {
                if from.commune != *commune {
                    case.moved_in = true;
                } else if case.before.is_none() && from.before.is_some() {
                    (case.before, case.once) = (from.before, from.once);
                    case.members_before = from.members_before;
                    carried.insert((from.commune, case.household));
                }
            }
        }
    }
    for (commune, cases) in communes.iter_mut() {
        for case in cases.iter_mut() {
            let is_carried = |into: Uuid| carried.contains(&(commune.clone(), into));
            if case.gone == Some(Gone::Merged) && case.merged_into.is_some_and(is_carried) {
                case.before = None;
            }
        }
    }
}

/// Keeps what is asked for in the background, without end.
pub(crate) async fn keep_up(state: State) {
    loop {
        if tokio::time::timeout(FORGOTTEN, state.counting.wanted.notified()).await.is_err() {
            // Nobody waits for it, and it is read again in no time.
            *state.counting.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
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

/// The kept cases, made anew where they are not what they would be now. `patience`: how many households somebody waits for.
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
    let ends: BTreeMap<CommuneCode, u64> = ends
        .into_iter()
        .filter(|(code, end)| *end > 0 && communes.is_none_or(|all| all.contains(code)))
        .collect();
    let query = |heads_only| CasesQuery { number, communes: communes.cloned(), heads_only };
    let is_fresh = |kept: &KeptCases| {
        // What a lock kept stays, whatever comes in and is published later.
        number > 0 || (kept.basis == basis && ends.get(&kept.commune) == Some(&kept.feed_end))
    };
    let stale = |kept: &[KeptCases]| -> Vec<CommuneCode> {
        let fresh: BTreeSet<&CommuneCode> =
            kept.iter().filter(|kept| is_fresh(kept)).map(|kept| &kept.commune).collect();
        ends.keys().filter(|code| !fresh.contains(code)).cloned().collect()
    };
    let all = state.storage.report_cases(query(true)).await?;
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
    let all = state.storage.report_cases(query(false)).await?;
    let mut jobs = Vec::new();
    let mut waiting = 0_u32;
    let mut old: BTreeMap<CommuneCode, KeptCases> =
        all.into_iter().map(|kept| (kept.commune.clone(), kept)).collect();
    let stale = stale(&old.values().cloned().collect::<Vec<_>>());
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
        let kept = KeptCases { commune: commune.clone(), number, basis, feed_end, made_at, bytes };
        state.storage.put_report_cases(kept.clone()).await?;
        old.insert(commune, kept);
    }
    Ok(old.into_values().filter(|kept| ends.contains_key(&kept.commune)).collect())
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
