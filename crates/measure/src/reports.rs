//! What comes out of a round: how long tables, targets and papers take.

pub(crate) mod documents;
mod interviewed;
mod province;
mod what_if;

use anyhow::Result;

use crate::figure::Figures;

pub(crate) fn measure(figures: &mut Figures) -> Result<()> {
    documents::measure(figures)?;
    province::measure(figures)?;
    what_if::measure(figures)
}
