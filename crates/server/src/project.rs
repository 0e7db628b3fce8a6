//! Keeping projections up with edits: soon after they came in, before anybody looks, after a crash, and all of them on demand.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rasoat_casework::{InstrumentHash, LooseEdit, Round, SubjectKind};

use crate::assess::household_named_in;
use crate::line::{Received, Told, line};
use crate::scoring::Scoring;
use crate::state::State;
use crate::storage::{Arrival, HouseholdKeyRef, HouseholdRow, StorageError, StoredEdit};

/// Households taken at once.
const STEP: u32 = 400;
/// Households indexed in one transaction: whoever sends waits behind it.
const INDEX_STEP: u32 = 200;
/// Lines read at once.
const LINES: u32 = 2_000;
/// More edits may come in while households are scored; then they are scored again, so often at most without any success.
const ATTEMPTS: u32 = 50;

/// What comes in within this is projected together, unless somebody looks before.
const TOGETHER: Duration = Duration::from_millis(300);

/// Households are indexed once nothing has come in for so long …
const QUIET: Duration = Duration::from_secs(1);
/// … and after so long in any case. Whoever looks for them has it done at once.
const AT_LAST: Duration = Duration::from_secs(60);

/// Keeps projections up while edits come in, without end.
pub(crate) async fn keep_up(state: State) {
    loop {
        state.behind.notified().await;
        let began = Instant::now();
        loop {
            tokio::time::sleep(TOGETHER).await;
            if let Err(error) = catch_up(&state).await {
                // Everything is stored and marked: who looks, or the next edit, makes the projections.
                tracing::error!(%error, "projections are behind");
            }
            // Whoever sends goes before: words and pairs are made when it is quiet, or at last in between.
            let more = tokio::time::timeout(QUIET, state.behind.notified()).await.is_ok();
            if !more || began.elapsed() > AT_LAST {
                break;
            }
        }
        if let Err(error) = index(&state).await {
            tracing::error!(%error, "households wait to be found and compared");
        }
    }
}

/// Makes every household findable by words, and compares it with others, after its line was made.
///
/// # Errors
/// When the storage fails; what is left waits still.
pub async fn index(state: &State) -> Result<(), StorageError> {
    catch_up(state).await?;
    while state.storage.index_some(INDEX_STEP).await? > 0 {
        // Those whose members were not at hand wait again once their lines are made.
        catch_up(state).await?;
    }
    Ok(())
}

/// Makes every projection that is older than its edits: what is read of projections after this has all that was answered.
///
/// # Errors
/// When the storage fails; what is left is marked still.
pub(crate) async fn catch_up(state: &State) -> Result<(), StorageError> {
    state.freshen_library().await;
    // Most often there is nothing to do, and nobody waits for anybody.
    if state.storage.stale_households(1).await?.is_empty() {
        return Ok(());
    }
    // One at a time: whoever waits finds most of its households done.
    let _turn = state.projecting.lock().await;
    let mut attempts = 0;
    loop {
        let stale = state.storage.stale_households(STEP).await?;
        if stale.is_empty() {
            return Ok(());
        }
        let edits = state.storage.edits_of_all(stale.clone()).await?;
        let scoring = Arc::new(Scoring::now(state).await?);
        let rows = lines(&scoring, stale.into_iter().zip(edits).collect()).await?;
        attempts = if state.storage.put_households(rows).await? == 0 { attempts + 1 } else { 0 };
        if !scoring.still_holds(state).await? {
            // Something else was published, or a round opened, meanwhile: what was just written may be of before.
            state.storage.mark_all_stale().await?;
        }
        if attempts == ATTEMPTS {
            return Err(StorageError::Busy);
        }
    }
}

/// Throws every projection away and makes it again from the edits.
///
/// # Errors
/// When the storage fails; run it again then.
pub async fn rebuild(state: &State) -> Result<(), StorageError> {
    state.storage.forget_projections().await?;
    catch_up(state).await
}

/// As [`rebuild`]; the households whose lines are not what they were before.
///
/// # Errors
/// As [`rebuild`].
pub async fn rebuild_and_compare(state: &State) -> Result<Vec<HouseholdKeyRef>, StorageError> {
    catch_up(state).await?;
    let before = digests(state).await?;
    rebuild(state).await?;
    let after = digests(state).await?;
    let keys: BTreeSet<&HouseholdKeyRef> = before.keys().chain(after.keys()).collect();
    Ok(keys.into_iter().filter(|key| before.get(key) != after.get(key)).cloned().collect())
}

/// A hash of every household's line.
async fn digests(state: &State) -> Result<BTreeMap<HouseholdKeyRef, blake3::Hash>, StorageError> {
    let mut digests = BTreeMap::new();
    let mut after = None;
    loop {
        let rows = state.storage.all_households(after, LINES).await?;
        let Some(last) = rows.last() else { return Ok(digests) };
        after = Some(last.key.clone());
        digests.extend(rows.iter().map(|row| (row.key.clone(), blake3::hash(format!("{row:?}").as_bytes()))));
    }
}

type Household = (HouseholdKeyRef, Vec<StoredEdit>);

/// The lines of households, half of them on each of two threads.
async fn lines(
    scoring: &Arc<Scoring>,
    mut households: Vec<Household>,
) -> Result<Vec<HouseholdRow>, StorageError> {
    let rest = households.split_off(households.len() / 2);
    let part = |households: Vec<Household>| {
        let scoring = Arc::clone(scoring);
        tokio::task::spawn_blocking(move || {
            let line = |(key, edits): Household| {
                let received = Received::of(&scoring.rounds, &key, &edits);
                let edits: Vec<Told<'_>> = edits.iter().map(|stored| Told::Whole(&stored.edit)).collect();
                line(&scoring, key, &edits, received)
            };
            households.into_iter().map(line).collect::<Vec<_>>()
        })
    };
    let (first, second) = (part(households), part(rest));
    let mut rows = first.await.map_err(|_| StorageError::Failed(-1))?;
    rows.extend(second.await.map_err(|_| StorageError::Failed(-1))?);
    Ok(rows)
}

/// The households that a request brings, made into lines while their edits are at hand. Those of which edits were seen before are
/// left to [`catch_up`].
pub(crate) struct Brought<'s> {
    scoring: &'s Scoring,
    households: HashMap<HouseholdKeyRef, Waiting>,
}

/// Edits of one household.
struct Waiting {
    /// The last arrival with one of them.
    arrival: usize,
    /// The first arrival with one of an interview of the open round.
    began: Option<usize>,
    /// Earlier rounds that are locked and had edits in this.
    late: BTreeSet<Round>,
    edits: Vec<LooseEdit>,
}

impl<'s> Brought<'s> {
    pub(crate) fn new(scoring: &'s Scoring) -> Self {
        Self { scoring, households: HashMap::new() }
    }

    /// Whether a form is known.
    pub(crate) fn knows(&self, instrument: &InstrumentHash) -> bool {
        self.scoring.library.instrument(instrument).is_some()
    }

    /// Notes an edit, within scope, of the arrival of that number.
    pub(crate) fn add(&mut self, arrival: usize, received_at: i64, edit: LooseEdit) {
        let subject = &edit.head.subject;
        let household = match subject.kind {
            SubjectKind::Household => Some(subject.id),
            SubjectKind::Interview => household_named_in(&edit),
            SubjectKind::Case | SubjectKind::Remark => None,
        };
        if let Some(household) = household {
            let key = HouseholdKeyRef::new(subject.commune.clone(), household);
            let waiting = self.households.entry(key).or_insert_with(|| Waiting {
                arrival,
                began: None,
                late: BTreeSet::new(),
                edits: Vec::new(),
            });
            waiting.arrival = arrival;
            let rounds = &self.scoring.rounds;
            if edit.head.subject.kind == SubjectKind::Interview && rounds.has_interview(household, subject.id)
            {
                waiting.began.get_or_insert(arrival);
            }
            waiting.late.extend(rounds.late_for(household, subject.id, received_at));
            waiting.edits.push(edit);
        }
    }

    /// Adds the lines of the households whose last edit came with an arrival before `number`, each to that arrival. Should more of
    /// one come, its line does not hold, and [`catch_up`] makes it.
    pub(crate) fn settle(&mut self, arrivals: &mut [Arrival], number: usize) {
        for (key, waiting) in self.households.extract_if(|_, waiting| waiting.arrival < number) {
            let began_at = waiting.began.and_then(|began| Some(arrivals.get(began)?.received_at));
            let is_new = waiting.edits.iter().all(|edit| edit.head.seen.0.is_empty());
            if let Some(arrival) = arrivals.get_mut(waiting.arrival).filter(|_| is_new) {
                let edits: Vec<Told<'_>> = waiting.edits.iter().map(Told::Loose).collect();
                let received = Received { began_at, last_at: arrival.received_at, late: waiting.late };
                arrival.lines.push(line(self.scoring, key, &edits, received));
            }
        }
    }
}
