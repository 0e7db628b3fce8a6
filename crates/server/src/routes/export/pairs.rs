//! Pairs of households that may be one, by the numbers under which the households were indexed: no edit changes those.

use super::{STEP, closed, household, opened, put_in_full};
use crate::problem::Refusal;
use crate::project;
use crate::requests::restrict::restricted;
use crate::state::State;
use crate::storage::{PairPlace, PairQuery};
use crate::tokens::System;
use crate::view::{ExportPageView, ExportPairView, ExportRowView};

pub(super) async fn page(
    state: &State,
    system: &System,
    after: Option<&str>,
    limit: usize,
) -> Result<ExportPageView, Refusal> {
    project::index(state).await?;
    let after = after.map(place).transpose()?;
    let limit = u32::try_from(limit).unwrap_or(STEP);
    let query = PairQuery { communes: system.communes().cloned(), after, limit };
    let mut found = state.storage.pairs(query).await?;
    let last = found.last().filter(|_| found.len() == limit as usize);
    let next = last.map(|(PairPlace(first, second), _)| closed(&format!("{first}/{second}")));
    let restricted = restricted(state).await?;
    let left_out = restricted.leave_out(&mut found, |(_, pair)| {
        if restricted.has(&pair.first.key) { &pair.first.key } else { &pair.second.key }
    });
    let (mut firsts, mut seconds, mut shared) = (Vec::new(), Vec::new(), Vec::new());
    for (_, pair) in found {
        firsts.push(pair.first);
        seconds.push(pair.second);
        shared.push(pair.shared);
    }
    if system.token.citizen_ids {
        put_in_full(state, &mut firsts).await?;
        put_in_full(state, &mut seconds).await?;
    }
    let pairs = firsts.into_iter().zip(seconds).zip(shared).map(|((first, second), shared)| {
        ExportRowView::Pair(Box::new(ExportPairView {
            first: household(state, first),
            second: household(state, second),
            reasons: shared.into_iter().map(|shared| shared.agreement).collect(),
        }))
    });
    Ok(ExportPageView { rows: pairs.collect(), next, left_out })
}

fn place(cursor: &str) -> Result<PairPlace, Refusal> {
    let cursor = opened(cursor)?;
    let (first, second) = cursor.split_once('/').ok_or(Refusal::Unreadable)?;
    let number = |text: &str| text.parse::<i64>().map_err(|_| Refusal::Unreadable);
    Ok(PairPlace(number(first)?, number(second)?))
}
