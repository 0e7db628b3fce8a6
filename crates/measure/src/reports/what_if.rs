//! How long it takes to try another rule on a whole province.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use rasoat_casework::standard::{PointTable, Standard};
use rasoat_reports::Case;
use rasoat_reports::sample::cases;
use rasoat_reports::what_if::{Flows, Lines, Scheme};
use serde_json::json;

use crate::figure::{Bar, Figures, quantile, timed};

/// Households of the province, by communes.
const COMMUNES: usize = 65;
const OF_EACH: usize = 3_077;

/// Tries higher lines with one indicator fewer, and the coming standard, on 200,000 generated cases.
pub(crate) fn measure(figures: &mut Figures) -> Result<()> {
    let communes: Vec<Vec<Case>> = (0..COMMUNES).map(|seed| cases(seed as u64, OF_EACH, 12)).collect();
    let in_force = Scheme::of(&standard("vn-2022-2026")?.outline(), 0);
    let coming = Scheme::of(&standard("vn-2027-2030")?.outline(), 1);
    let mut changed = in_force.clone();
    if let Some(points) = &mut changed.points {
        points.low = Lines { rural: 160.0, urban: 190.0 };
    }
    changed.count(12, false);
    let mut moved = 0;
    let mut seconds: Vec<f64> = (0..figures.rounds(10))
        .map(|_| {
            let (micros, found) =
                timed(|| tried(&communes, &in_force, &changed) + tried(&communes, &in_force, &coming));
            moved = found;
            micros / 2e6
        })
        .collect();
    figures.print(
        "reports.whatif_200k_s",
        quantile(&mut seconds, 0.5),
        "s",
        Bar::AtMost(3.0),
        json!({ "what": "flows, communes and changed households of one rule, one core", "households": COMMUNES * OF_EACH,
            "changed_by_two_rules": moved }),
    );
    Ok(())
}

/// How many households change; their list and each commune's flows are made too.
fn tried(communes: &[Vec<Case>], before: &Scheme, after: &Scheme) -> usize {
    let mut changed = Vec::new();
    let of_communes: Vec<Flows> = communes
        .iter()
        .map(|cases| {
            let mut flows = Flows::default();
            for case in cases {
                changed.extend(flows.add(before, after, case).map(|way| (case.household, way)));
            }
            flows
        })
        .collect();
    std::hint::black_box(of_communes);
    changed.len()
}

fn standard(id: &str) -> Result<Standard> {
    let table =
        PointTable::from_toml(&read("points/b1-dummy.toml")?).map_err(|problems| anyhow!("{problems:?}"))?;
    let standard = Standard::from_toml(&read(&format!("standards/{id}.toml"))?);
    standard
        .and_then(|standard| standard.with_tables(&[table]))
        .map_err(|problems| anyhow!("{id}: {problems:?}"))
}

fn read(place: &str) -> Result<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments").join(place);
    std::fs::read_to_string(&file).with_context(|| place.to_owned())
}
