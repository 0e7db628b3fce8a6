//! Measures of poverty and other rules over what is counted of a round. Nothing here is written down: what is recognised stays.

pub(crate) mod poverty;
pub(crate) mod what_if;

use rasoat_casework::standard::{IndicatorOutline, Outline, Standard};
use rasoat_reports::STANDARDS;

use crate::cases::{Cases, Heads};
use crate::library::Library;
use crate::problem::Refusal;
use crate::reports::{self, Asked};
use crate::state::State;
use crate::view::{SlotView, WeighedIndicatorView};

/// What is counted of a round, as far as an account sees it.
pub(crate) struct Seen {
    pub(crate) asked: Asked,
    pub(crate) cases: Cases,
}

/// Reads what is asked for.
pub(crate) async fn seen(state: &State, asked: Asked, heads: Heads) -> Result<Seen, Refusal> {
    let cases = asked.cases(state, heads).await?;
    Ok(Seen { asked, cases })
}

/// The standard in force (0) or the coming one (1).
pub(crate) fn standard(library: &Library, slot: u8) -> Result<&Standard, Refusal> {
    let slot = usize::from(slot);
    if slot >= STANDARDS.len() {
        return Err(Refusal::Unreadable);
    }
    reports::standard(library, slot).map(|known| &known.standard).ok_or(Refusal::NotFound)
}

fn slot_view(standard: &Standard, slot: u8) -> SlotView {
    SlotView { slot, id: standard.id.clone(), title: standard.title.clone() }
}

fn indicator_view(
    indicator: &IndicatorOutline,
    weight: Option<crate::view::RatioView>,
) -> WeighedIndicatorView {
    WeighedIndicatorView {
        number: indicator.number,
        key: indicator.key.clone(),
        label: indicator.label.clone(),
        dimension: indicator.dimension.clone(),
        weight,
        undefined: indicator.undefined,
        provenance: indicator.provenance.clone(),
    }
}

/// Each indicator that is counted: its number and the place of its dimension.
fn dimensions(outline: &Outline, without: &[u8]) -> Vec<(u8, usize)> {
    let mut known: Vec<&rasoat_instrument::Text> = Vec::new();
    let counted = outline
        .indicators
        .iter()
        .filter(|indicator| !indicator.undefined && !without.contains(&indicator.number));
    let placed = counted.map(|indicator| {
        let place = known.iter().position(|one| **one == indicator.dimension).unwrap_or_else(|| {
            known.push(&indicator.dimension);
            known.len() - 1
        });
        (indicator.number, place)
    });
    placed.collect()
}
