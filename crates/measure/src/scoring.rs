//! How many households one core scores in a second.
//!
//! Households of five, answered completely, each a form of its own in memory, in random order; opening the forms is not part of the
//! figure.

use std::collections::BTreeMap;
use std::path::Path as File;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, anyhow};
use rasoat_casework::AreaType;
use rasoat_casework::standard::Standard;
use rasoat_instrument::{Context, InstanceId, Path, Plan, Session};
use serde_json::json;

use crate::figure::{Bar, Figures};
use crate::generated::{self, Dice};

/// Enough that they do not all fit in the processor's cache.
const HOUSEHOLDS: usize = 2_000;

pub(crate) fn measure(figures: &mut Figures) -> Result<()> {
    let mut dice = Dice::new(20_261_123);
    let plan = Arc::new(Plan::new(Arc::new(form()?)));
    let sessions = sessions(&plan, &mut dice)?;
    for (id, measure) in [("vn-2022-2026", "engine.score_per_s"), ("vn-2027-2030", "engine.score_2027_per_s")]
    {
        let standard = Standard::from_toml(&read(&format!("standards/{id}.toml"))?)
            .map_err(|problems| anyhow!("{id}: {problems:?}"))?;
        let ready = standard.ready(&plan);
        let decided =
            sessions.iter().filter(|session| !ready.score(session, AreaType::Rural).is_open()).count();
        let rounds = figures.rounds(30);
        let mut rates: Vec<f64> = (0..rounds)
            .map(|_| {
                rate(&sessions, |session| _ = std::hint::black_box(ready.score(session, AreaType::Rural)))
            })
            .collect();
        let explained =
            rate(&sessions, |session| drop(std::hint::black_box(ready.classify(session, AreaType::Rural))));
        figures.print(
            measure,
            crate::figure::quantile(&mut rates, 0.5),
            "households/s",
            Bar::AtLeast(100_000.0),
            json!({ "what": "class, indicators and income of households of five, one core", "households": HOUSEHOLDS,
                "decided": decided, "with_every_reason_per_s": explained.round() }),
        );
    }
    Ok(())
}

/// Households a second.
fn rate(sessions: &[Session], score: impl Fn(&Session)) -> f64 {
    let start = Instant::now();
    sessions.iter().for_each(score);
    sessions.len() as f64 / start.elapsed().as_secs_f64()
}

fn sessions(plan: &Arc<Plan>, dice: &mut Dice) -> Result<Vec<Session>> {
    let mut sessions = Vec::new();
    for _ in 0..HOUSEHOLDS {
        let context = Context::of_day("2026-11-23".parse()?);
        let mut session = Session::open_plan(Arc::clone(plan), BTreeMap::new(), context);
        for number in 0..5 {
            session.add_instance("members", &format!("m{number}").parse::<InstanceId>()?)?;
        }
        for (place, text) in generated::household(dice, 5) {
            session.set_text(&place.parse::<Path>()?, &text)?;
        }
        sessions.push(session);
    }
    // Neighbours in memory are not scored one after another.
    for last in (1..sessions.len()).rev() {
        sessions.swap(last, usize::try_from(dice.below(last as u64 + 1))?);
    }
    Ok(sessions)
}

fn form() -> Result<rasoat_instrument::Definition> {
    let sheet = |name: &str| read(&format!("household-2026/{name}.csv"));
    let form = rasoat_xlsform::read_csv(&sheet("survey")?, &sheet("choices")?, &sheet("settings")?);
    form.map_err(|problems| anyhow!("{problems:?}"))
}

fn read(place: &str) -> Result<String> {
    let folder = File::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments");
    Ok(std::fs::read_to_string(folder.join(place))?)
}
