//! Journeys across crates, and what holds of the house as a whole.

mod architecture;
