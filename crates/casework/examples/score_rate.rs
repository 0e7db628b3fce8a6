//! Measures how many households one core scores in a second: `cargo run --release -p rasoat-casework --example score_rate`.
//!
//! Households of five, answered completely, each a form of its own in memory, in random order; opening the forms is not part of the
//! figure. The first line is the light score, the second the classification with every reason.

#[path = "../tests/it/generated.rs"]
mod generated;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::Path as File;
use std::sync::Arc;
use std::time::Instant;

use generated::Dice;
use rasoat_casework::AreaType;
use rasoat_casework::standard::{ReadyStandard, Standard};
use rasoat_instrument::{Context, InstanceId, Path, Plan, Session};

/// Enough that they do not all fit in the processor's cache.
const HOUSEHOLDS: usize = 2_000;
const ROUNDS: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut dice = Dice::new(20_261_123);
    let plan = Arc::new(Plan::new(Arc::new(form()?)));
    let sessions = sessions(&plan, &mut dice)?;
    let mut out = std::io::stdout().lock();
    for id in ["vn-2022-2026", "vn-2027-2030"] {
        let standard = Standard::from_toml(&read(&format!("standards/{id}.toml"))?);
        let standard = standard.map_err(|problems| format!("{id}: {problems:?}"))?;
        let ready = standard.ready(&plan);
        let settled =
            sessions.iter().filter(|session| !ready.score(session, AreaType::Rural).is_open()).count();
        let light = rate(&sessions, ROUNDS, |session| {
            std::hint::black_box(ready.score(session, AreaType::Rural));
        });
        let whole = rate(&sessions, 1, |session| explain(&ready, session));
        let once = rate(&sessions, 1, |session| {
            std::hint::black_box(standard.classify(session, AreaType::Rural));
        });
        writeln!(
            out,
            "{id}: {light:.0} scores/s; {whole:.0} explained/s ready, {once:.0} explained/s not ready"
        )?;
        writeln!(out, "  {HOUSEHOLDS} households of five, {settled} with a class")?;
    }
    Ok(())
}

fn explain(ready: &ReadyStandard, session: &Session) {
    std::hint::black_box(ready.classify(session, AreaType::Rural));
}

/// Households a second.
fn rate(sessions: &[Session], rounds: usize, score: impl Fn(&Session)) -> f64 {
    let start = Instant::now();
    for _ in 0..rounds {
        sessions.iter().for_each(&score);
    }
    (sessions.len() * rounds) as f64 / start.elapsed().as_secs_f64()
}

fn sessions(plan: &Arc<Plan>, dice: &mut Dice) -> Result<Vec<Session>, Box<dyn Error>> {
    let mut sessions = Vec::new();
    for _ in 0..HOUSEHOLDS {
        let context =
            Context { today: "2026-11-23".parse()?, username: String::new(), device: String::new() };
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

fn form() -> Result<rasoat_instrument::Definition, Box<dyn Error>> {
    let sheet = |name: &str| read(&format!("household-2026/{name}.csv"));
    let form = rasoat_xlsform::read_csv(&sheet("survey")?, &sheet("choices")?, &sheet("settings")?);
    form.map_err(|problems| format!("{problems:?}").into())
}

fn read(place: &str) -> Result<String, Box<dyn Error>> {
    let folder = File::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments");
    Ok(std::fs::read_to_string(folder.join(place))?)
}
