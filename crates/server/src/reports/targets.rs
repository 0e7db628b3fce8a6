//! The targets of a resolution.

use std::collections::BTreeMap;

use rasoat_casework::CommuneCode;
use rasoat_casework::targets::{Target, Targets};
use rasoat_reports::tables::Bound;
use rasoat_reports::targets::{ReadyCount, Share, is_reached, value, wanted};
use rasoat_reports::{Case, Class};

use super::{Asked, Found, Judged, Part, doubts};
use crate::auth::LoggedIn;
use crate::cases::{Cases, Heads, Of};
use crate::library::Library;
use crate::problem::Refusal;
use crate::state::State;
use crate::storage::RoundSnapshot;
use crate::view::{
    CommuneFigureView, FigureView, SharesView, TargetHouseholdsForm, TargetPartView, TargetView,
    TargetsQuery, TargetsView, TrendView,
};

/// Rounds of a trend, this one included.
const ROUNDS: usize = 6;

/// Targets that are asked for.
#[derive(Debug)]
pub(crate) struct Wanted {
    judged: Judged,
    /// The rounds: the earliest first, the one that is asked for last.
    rounds: Vec<Asked>,
}

/// A round's cases.
struct Counted {
    round: u16,
    cases: Cases,
}

/// What is asked for, and the cases it is made of.
pub(crate) struct Opened {
    judged: Judged,
    bound: Bound,
    /// The earliest first; the one that is asked for last.
    rounds: Vec<Counted>,
}

impl Wanted {
    /// Finds out what a query asks for. `with_trend`: earlier rounds too.
    pub(crate) async fn of(
        state: &State,
        who: &LoggedIn,
        query: &TargetsQuery,
        with_trend: bool,
    ) -> Result<Self, Refusal> {
        let asked = Asked::of(state, who, (query.round, query.lock), query.place.as_deref()).await?;
        let judged = Judged::of(asked, None, query.recognised)?;
        let asked = judged.asked.clone();
        let mut rounds = Vec::new();
        if with_trend {
            let locks = locks_before(state, asked.round).await?.into_iter();
            rounds.extend(locks.map(|lock| Asked { round: lock.round, of: Of::Lock(lock), ..asked.clone() }));
        }
        rounds.push(asked);
        Ok(Self { judged, rounds })
    }

    /// What each round is made of.
    pub(crate) async fn heads(&self, state: &State) -> Result<Vec<Heads>, Refusal> {
        let mut heads = Vec::new();
        for round in &self.rounds {
            heads.push(round.heads(state).await?);
        }
        Ok(heads)
    }

    /// Reads that.
    pub(crate) async fn open(self, state: &State, heads: Vec<Heads>) -> Result<Opened, Refusal> {
        let Self { judged, rounds } = self;
        let bound = judged.bound(&state.library());
        let (mut counted, now) = (Vec::new(), judged.asked.round);
        for (asked, heads) in rounds.into_iter().zip(heads) {
            match asked.cases(state, heads).await {
                Ok(cases) => counted.push(Counted { round: asked.round, cases }),
                // A village that was not known then.
                Err(Refusal::NotFound) if asked.round != now => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(Opened { judged, bound, rounds: counted })
    }
}

impl Opened {
    /// Finds out what a query asks for, and reads it. `with_trend`: earlier rounds too.
    pub(crate) async fn of(
        state: &State,
        who: &LoggedIn,
        query: &TargetsQuery,
        with_trend: bool,
    ) -> Result<Self, Refusal> {
        let wanted = Wanted::of(state, who, query, with_trend).await?;
        let heads = wanted.heads(state).await?;
        wanted.open(state, heads).await
    }

    /// The targets as the page shows them.
    pub(crate) fn view(&self, library: &Library) -> Result<TargetsView, Refusal> {
        let targets = targets(library)?;
        let now = self.now().ok_or(Refusal::NotFound)?;
        Ok(TargetsView {
            id: targets.id.clone(),
            title: targets.title.clone(),
            sources: targets.sources.clone(),
            confidence: targets.confidence,
            of: self.judged.view(library, "communes", &now.cases)?,
            targets: targets.targets.iter().map(|target| self.target(library, target)).collect(),
            shares: self.shares(library, now),
            doubts: doubts(&now.cases, &self.bound),
        })
    }

    /// The households of a target: those that reach it, those that do not, or all that it is about.
    pub(crate) fn households(
        &self,
        library: &Library,
        form: &TargetHouseholdsForm,
        part: &Part,
    ) -> Result<Found, Refusal> {
        let target = targets(library)?.targets.iter().find(|target| target.id == form.target);
        let count = target.and_then(|target| target.count.as_ref()).ok_or(Refusal::NotFound)?;
        let ready = ReadyCount::new(count, &self.bound, library.facts());
        let now = self.now().ok_or(Refusal::NotFound)?;
        let district = |code: &CommuneCode| library.units().districts.get(code).map(|one| one.code.clone());
        let wanted = |commune: &CommuneCode, case: &Case| {
            let share = ready.share(&self.bound, case);
            ready.is_in(district(commune).as_deref())
                && match form.which.as_str() {
                    "reached" => share.numerator > 0,
                    "missing" => share.numerator < share.denominator,
                    _ => share.denominator > 0,
                }
        };
        if !["reached", "missing", "concerned"].contains(&form.which.as_str()) {
            return Err(Refusal::NotFound);
        }
        Ok(Found::of(&now.cases, part, wanted))
    }

    fn now(&self) -> Option<&Counted> {
        self.rounds.last()
    }

    fn target(&self, library: &Library, target: &Target) -> TargetView {
        let ready = target.count.as_ref().map(|count| ReadyCount::new(count, &self.bound, library.facts()));
        let by_round: Vec<(u16, BTreeMap<CommuneCode, Share>)> = match &ready {
            Some(ready) => self
                .rounds
                .iter()
                .map(|round| (round.round, self.by_commune(library, ready, &round.cases)))
                .collect(),
            None => Vec::new(),
        };
        let sums: Vec<(u16, Share)> = by_round
            .iter()
            .map(|(round, communes)| (*round, communes.values().copied().fold(Share::default(), Share::and)))
            .collect();
        let figure_at = |place: usize| {
            let before = place.checked_sub(1).and_then(|before| sums.get(before));
            sums.get(place).map_or_else(FigureView::default, |(round, share)| {
                figure(target, *share, before.map(|(year, share)| (*share, round.saturating_sub(*year))))
            })
        };
        let trend: Vec<TrendView> = sums
            .iter()
            .enumerate()
            .map(|(place, (round, _))| {
                let figure = figure_at(place);
                let goal = wanted(target, *round).map(|(_, goal)| goal);
                TrendView { round: *round, figure, target: goal, met: is_reached(target, figure.value, goal) }
            })
            .collect();
        let goal = wanted(target, self.judged.asked.round);
        let figure_now = sums.len().checked_sub(1).map(figure_at).unwrap_or_default();
        let met = |figure: &FigureView| is_reached(target, figure.value, goal.map(|(_, goal)| goal));
        let parts = target.parts.iter().map(|part| {
            let ready = ReadyCount::new(&part.count, &self.bound, library.facts());
            let share =
                self.now().map(|now| self.by_commune(library, &ready, &now.cases)).unwrap_or_default();
            let share = share.into_values().fold(Share::default(), Share::and);
            let figure = FigureView { value: share.percent(), ..shown(share) };
            TargetPartView { key: part.key.clone(), label: part.label.clone(), figure }
        });
        let communes = match by_round.as_slice() {
            [.., (year, before), (round, now)] => {
                communes(library, target, now, Some((before, round.saturating_sub(*year))), met)
            }
            [(_, now)] => communes(library, target, now, None, met),
            [] => Vec::new(),
        };
        TargetView {
            id: target.id.clone(),
            label: target.label.clone(),
            numerator: target.numerator.clone(),
            denominator: target.denominator.clone(),
            unit: target.unit.clone(),
            comparison: target.comparison.clone(),
            note: target.note.clone(),
            confidence: target.provenance.confidence,
            source: target.provenance.source.clone(),
            counted: ready.is_some(),
            figure: figure_now,
            target: goal.map(|(_, goal)| goal),
            target_year: goal.map(|(year, _)| year),
            met: met(&figure_now),
            parts: parts.collect(),
            trend,
            communes,
        }
    }

    /// A count by commune; communes that it is not about are left out.
    fn by_commune(
        &self,
        library: &Library,
        ready: &ReadyCount,
        cases: &Cases,
    ) -> BTreeMap<CommuneCode, Share> {
        let district = |code: &CommuneCode| library.units().districts.get(code).map(|one| one.code.as_str());
        let mut all: BTreeMap<CommuneCode, Share> = BTreeMap::new();
        for (commune, cases) in cases.communes.iter().filter(|(commune, _)| ready.is_in(district(commune))) {
            let shares = cases.iter().map(|case| ready.share(&self.bound, case));
            all.insert(commune.clone(), shares.fold(Share::default(), Share::and));
        }
        if ready.is_of_all_living() {
            for (commune, villages) in
                cases.living.iter().filter(|(commune, _)| ready.is_in(district(commune)))
            {
                let living: u64 = villages.values().map(|(_, households)| u64::from(*households)).sum();
                all.entry(commune.clone()).or_default().denominator += living;
            }
        }
        all
    }

    fn shares(&self, library: &Library, now: &Counted) -> Vec<SharesView> {
        let all = now.cases.communes.iter().map(|(commune, cases)| {
            let living = now.cases.living.get(commune).into_iter().flat_map(BTreeMap::values);
            let denominator = living.map(|(_, households)| u64::from(*households)).sum();
            let of = |class: Class| {
                let numerator =
                    cases.iter().filter(|case| self.bound.class(case) == Some(class)).count() as u64;
                Share { numerator, denominator }
            };
            let (poor, near_poor) = (of(Class::Poor), of(Class::NearPoor));
            let both = Share { numerator: poor.numerator + near_poor.numerator, denominator };
            let view = |share: Share| FigureView { value: share.percent(), ..shown(share) };
            SharesView {
                commune: library.commune(commune),
                poor: view(poor),
                near_poor: view(near_poor),
                both: view(both),
            }
        });
        all.collect()
    }
}

/// The last locks of the rounds before one, the earliest first.
async fn locks_before(state: &State, round: u16) -> Result<Vec<RoundSnapshot>, Refusal> {
    let mut last: BTreeMap<u16, RoundSnapshot> = BTreeMap::new();
    for lock in state.storage.round_snapshots().await? {
        let is_later = last.get(&lock.round).is_none_or(|known| known.number < lock.number);
        if lock.round < round && is_later {
            last.insert(lock.round, lock);
        }
    }
    let skipped = last.len().saturating_sub(ROUNDS - 1);
    Ok(last.into_values().skip(skipped).collect())
}

/// The resolution's targets; of several the first.
fn targets(library: &Library) -> Result<&Targets, Refusal> {
    library.targets().first().ok_or(Refusal::NotFound)
}

fn shown(share: Share) -> FigureView {
    FigureView { numerator: share.numerator, denominator: share.denominator, value: None }
}

fn figure(target: &Target, now: Share, before: Option<(Share, u16)>) -> FigureView {
    FigureView { value: value(target, now, before), ..shown(now) }
}

fn communes(
    library: &Library,
    target: &Target,
    now: &BTreeMap<CommuneCode, Share>,
    before: Option<(&BTreeMap<CommuneCode, Share>, u16)>,
    met: impl Fn(&FigureView) -> Option<bool>,
) -> Vec<CommuneFigureView> {
    let view = |(commune, share): (&CommuneCode, &Share)| {
        let before = before.and_then(|(all, years)| Some((*all.get(commune)?, years)));
        let figure = figure(target, *share, before);
        CommuneFigureView { commune: library.commune(commune), met: met(&figure), figure }
    };
    now.iter().map(view).collect()
}
