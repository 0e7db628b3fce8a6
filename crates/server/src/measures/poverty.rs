//! The Alkire–Foster measures of a round.

use std::collections::BTreeMap;

use rasoat_casework::{AreaType, CommuneCode};
use rasoat_instrument::Text;
use rasoat_reports::Case;
use rasoat_reports::poverty::{Counted, Design, Measure, Ratio, Tally, Weights};

use super::{Seen, dimensions, indicator_view, slot_view, standard};
use crate::library::Library;
use crate::problem::Refusal;
use crate::sheet::{Figure, Sheet, Worded};
use crate::time::rfc3339;
use crate::view::{
    CountedBy, Grouping, IndicatorMeasureView, MeasureView, MeasuredGroupView, PovertyForm, PovertyView,
    RatioView, Weighing,
};

/// A third of all weights, as the global index has it.
const CUTOFF: u32 = 333;
/// The choice list that names ethnic groups.
const ETHNIC_GROUPS: &str = "ethnicity";

/// Measures what is seen.
pub(crate) fn measured(library: &Library, seen: &Seen, form: &PovertyForm) -> Result<PovertyView, Refusal> {
    let standard = standard(library, form.slot)?;
    let outline = standard.outline();
    let cutoff = form.cutoff.unwrap_or(CUTOFF);
    if cutoff > 1000 {
        return Err(Refusal::Unreadable);
    }
    let without = form.without.split(',').filter(|number| !number.is_empty()).map(str::parse);
    let without: Vec<u8> = without.collect::<Result<_, _>>().map_err(|_| Refusal::Unreadable)?;
    let counted = dimensions(&outline, &without);
    let weights = match form.weights {
        Weighing::Nested => Weights::nested(&counted),
        Weighing::Equal => Weights::equal(&counted.iter().map(|(number, _)| *number).collect::<Vec<_>>()),
    };
    let by = match form.counted {
        CountedBy::Persons => Counted::Persons,
        CountedBy::Households => Counted::Households,
    };
    let design = Design { slot: usize::from(form.slot), weights, cutoff, counted: by };
    let mut groups: BTreeMap<String, Tally> = BTreeMap::new();
    for (commune, cases) in seen.cases.communes.iter() {
        for case in cases.iter() {
            design.add(groups.entry(group(library, form.by, commune, case)).or_default(), case);
        }
    }
    let mut total = Tally::default();
    groups.values().for_each(|tally| total.join(tally));
    let shares: BTreeMap<u8, Ratio> = design.weights.shares().collect();
    let weighed = outline
        .indicators
        .iter()
        .map(|indicator| indicator_view(indicator, shares.get(&indicator.number).map(|share| ratio(*share))));
    let group = |(key, tally): (&String, &Tally)| MeasuredGroupView {
        key: key.clone(),
        label: label(library, form.by, key),
        measure: view(&design.read(tally)),
    };
    Ok(PovertyView {
        round: seen.asked.round,
        lock: seen.asked.lock(),
        place: seen.asked.place_view(library, &seen.cases),
        counted_at: rfc3339(seen.cases.made_at),
        standard: slot_view(standard, form.slot),
        cutoff,
        indicators: weighed.collect(),
        total: view(&design.read(&total)),
        groups: groups.iter().map(group).collect(),
    })
}

fn group(library: &Library, by: Grouping, commune: &CommuneCode, case: &Case) -> String {
    match by {
        Grouping::Commune => commune.as_str().to_owned(),
        Grouping::District => {
            library.units().districts.get(commune).map(|district| district.code.clone()).unwrap_or_default()
        }
        Grouping::Ethnicity => format!("{:02}", case.ethnicity),
        Grouping::Area => match case.area {
            AreaType::Rural => "rural".to_owned(),
            AreaType::Urban => "urban".to_owned(),
        },
    }
}

/// Words for a group; none for what pages name themselves.
fn label(library: &Library, by: Grouping, key: &str) -> Text {
    let named = |name: &str| Text([("vi".to_owned(), name.to_owned())].into());
    let found = match by {
        Grouping::Commune => {
            let code = key.parse::<CommuneCode>().ok();
            code.and_then(|code| library.units().communes.get(&code)).map(|commune| named(&commune.name))
        }
        Grouping::District => library
            .units()
            .districts
            .values()
            .find(|district| district.code == key)
            .map(|one| named(&one.name)),
        Grouping::Ethnicity => {
            let list = library.latest().and_then(|form| form.plan.definition().lists.get(ETHNIC_GROUPS));
            list.and_then(|list| list.find(key)).map(|choice| choice.label())
        }
        Grouping::Area => None,
    };
    found.unwrap_or_default()
}

fn ratio(ratio: Ratio) -> RatioView {
    RatioView { numerator: ratio.numerator, denominator: ratio.denominator, share: ratio.share() }
}

fn view(measure: &Measure) -> MeasureView {
    let indicators = measure.indicators.iter().map(|indicator| IndicatorMeasureView {
        number: indicator.number,
        raw: ratio(indicator.raw),
        censored: ratio(indicator.censored),
        contribution: ratio(indicator.contribution),
    });
    MeasureView {
        households: measure.households,
        left_out: measure.left_out,
        unsigned: measure.unsigned,
        headcount: ratio(measure.headcount),
        intensity: ratio(measure.intensity),
        adjusted: ratio(measure.adjusted),
        indicators: indicators.collect(),
    }
}

/// The same as tables: the indicators, then the groups.
pub(crate) fn sheets(view: &PovertyView, words: &Worded<'_>, language: &str) -> Vec<Sheet> {
    let mut head = words.all(&[
        "group",
        "households",
        "left_out",
        "unsigned",
        "poor",
        "counted",
        "headcount",
        "intensity",
        "adjusted",
    ]);
    let counted = view.indicators.iter().filter(|indicator| indicator.weight.is_some());
    for indicator in counted.clone() {
        let name = indicator.label.get(language);
        head.extend(["raw", "censored", "contribution"].map(|code| format!("{name}: {}", words.of(code))));
    }
    let row = |name: String, measure: &MeasureView| {
        let counts = [measure.households, measure.left_out, measure.unsigned];
        let head = measure.headcount;
        let counts = counts.into_iter().chain([head.numerator, head.denominator]).map(Figure::Count);
        let shares = [head.share, measure.intensity.share, measure.adjusted.share];
        let of_indicators = measure.indicators.iter().flat_map(|indicator| {
            [indicator.raw.share, indicator.censored.share, indicator.contribution.share]
        });
        let shares = shares.into_iter().chain(of_indicators).map(Figure::Share);
        std::iter::once(Figure::Text(name)).chain(counts).chain(shares).collect::<Vec<Figure>>()
    };
    let mut rows = vec![row(words.of("total"), &view.total)];
    rows.extend(view.groups.iter().map(|group| {
        let name = group.label.get(language);
        row(
            if name.is_empty() { words.of(&format!("group.{}", group.key)) } else { name.to_owned() },
            &group.measure,
        )
    }));
    let of_indicators = Sheet {
        name: words.of("indicators"),
        head: words.all(&["indicator", "dimension", "weight", "raw", "censored", "contribution"]),
        rows: counted
            .zip(&view.total.indicators)
            .map(|(indicator, measure)| {
                let names = [&indicator.label, &indicator.dimension]
                    .map(|text| Figure::Text(text.get(language).to_owned()));
                let weight = indicator.weight.and_then(|weight| weight.share);
                let shares = [weight, measure.raw.share, measure.censored.share, measure.contribution.share];
                names.into_iter().chain(shares.map(Figure::Share)).collect()
            })
            .collect(),
        ..Sheet::default()
    };
    vec![of_indicators, Sheet { name: words.of("groups"), head, rows, ..Sheet::default() }]
}
