//! A standard's file to a [`Standard`].

use std::collections::BTreeSet;

use super::points::{self, TableUse};
use super::table::Section;
use super::{
    Band, ClassResult, ClassRule, Doubt, Figure, IncomeBasis, IncomeTest, Indicator, Judged, Lines, Quantity,
    Reason, Standard, StandardProblem, Tests, rule,
};

pub(super) fn standard(text: &str) -> Result<Standard, Vec<StandardProblem>> {
    let table = parse(text)?;
    let mut problems = Vec::new();
    let standard = file(Section::new("", table, &mut problems));
    match standard {
        Some(standard) if problems.is_empty() => Ok(standard),
        _ => Err(problems),
    }
}

/// The file as TOML, or the one problem of its not being that.
pub(crate) fn parse(text: &str) -> Result<toml::Table, Vec<StandardProblem>> {
    text.parse().map_err(|error: toml::de::Error| {
        let place = error.span().map_or(String::new(), |span| format!("byte {}", span.start));
        vec![StandardProblem { place, code: "unreadable".to_owned(), detail: error.message().to_owned() }]
    })
}

fn file(mut file: Section<'_>) -> Option<Standard> {
    let id = file.require("id", Section::string);
    let title = file.require("title", Section::text);
    let valid_from = file.require("valid_from", Section::date);
    let valid_to = file.require("valid_to", Section::date);
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && from > to
    {
        file.report("valid_to", "bad_value", "before valid_from");
    }
    let sources = file.require("sources", Section::strings);
    let members = file.require("members", Section::string);
    let income_question = file.require("income_question", Section::string);
    for key in ["income", "class", "indicator"] {
        if !file.has(key) {
            file.report(key, "missing", "");
        }
    }
    let income = file.each("income", Some("kind"), income_test);
    let classes = file.each("class", Some("key"), class);
    let members_name = members.clone().unwrap_or_default();
    let indicators = file.each("indicator", Some("key"), |section| indicator(section, &members_name));
    // Where a standard travels, the tables that it names go along in its file.
    let tables = file.each("point_table", Some("id"), points::file);
    check_keys(&mut file, &classes, &indicators);
    let mut standard = Standard {
        id: id?,
        title: title?,
        valid_from: valid_from?,
        valid_to: valid_to?,
        sources: sources?,
        members: members?,
        income_question: income_question?,
        income,
        classes,
        indicators,
    };
    for (place, code, detail) in rule::gaps(&standard) {
        file.report(&place, code, &detail);
    }
    if !tables.is_empty() {
        match standard.clone().with_tables(&tables) {
            Ok(linked) => standard = linked,
            Err(problems) => problems.iter().for_each(|problem| {
                file.report(&problem.place, &problem.code, &problem.detail);
            }),
        }
    }
    file.finish();
    Some(standard)
}

fn check_keys(file: &mut Section<'_>, classes: &[ClassRule], indicators: &[Indicator]) {
    let mut seen = BTreeSet::new();
    for rule in classes {
        if !seen.insert(&rule.class.key) {
            file.report(&format!("class.{}", rule.class.key), "duplicate_key", "");
        }
    }
    seen.clear();
    for (index, indicator) in indicators.iter().enumerate() {
        let place = format!("indicator.{}", indicator.key);
        if !seen.insert(&indicator.key) {
            file.report(&place, "duplicate_key", "");
        }
        if usize::from(indicator.number) != index + 1 {
            file.report(&format!("{place}.number"), "bad_number", &indicator.number.to_string());
        }
    }
}

fn income_test(mut section: Section<'_>) -> Option<IncomeTest> {
    let kind = section.require("kind", Section::string);
    let basis = match kind.as_deref() {
        Some("worksheet") => Some(IncomeBasis::Worksheet),
        Some("points") => Some(IncomeBasis::Points),
        Some(other) => {
            section.report("kind", "bad_value", other);
            None
        }
        None => None,
    };
    let when = section.require("when", Section::expression);
    let figure = figure(&mut section, basis);
    let lines = lines(&mut section);
    let dummy = section.flag("dummy");
    let mut average = None;
    let mut average_provenance = None;
    if let Some(mut table) = section.table("average") {
        average = self::lines(&mut table);
        average_provenance = table.provenance();
        if let (Some(upper), Some(lower)) = (average, lines)
            && (upper.rural < lower.rural || upper.urban < lower.urban)
        {
            table.report("", "bad_value", "below the line");
        }
        table.finish();
    }
    let provenance = section.provenance();
    section.finish();
    Some(IncomeTest {
        basis: basis?,
        when: when?,
        figure: figure?,
        lines: lines?,
        dummy,
        average,
        average_provenance,
        provenance: provenance?,
    })
}

/// An expression, or a point table with the column for each area.
fn figure(section: &mut Section<'_>, basis: Option<IncomeBasis>) -> Option<Figure> {
    if basis != Some(IncomeBasis::Points) || !section.has("table") {
        return section.require("value", Section::expression).map(Figure::Value);
    }
    let id = section.string("table");
    let Some(mut columns) = section.table("column") else {
        section.report("column", "missing", "");
        return None;
    };
    let rural = columns.require("rural", Section::string);
    let urban = columns.require("urban", Section::string);
    columns.finish();
    Some(Figure::Table(TableUse { id: id?, rural: rural?, urban: urban?, table: None }))
}

fn lines(section: &mut Section<'_>) -> Option<Lines> {
    let rural = section.require("rural", Section::number);
    let urban = section.require("urban", Section::number);
    Some(Lines { rural: rural?, urban: urban? })
}

fn class(mut section: Section<'_>) -> Option<ClassRule> {
    let key = section.require("key", Section::string);
    let label = section.require("label", Section::text);
    let income = section.require("income", Section::string);
    let band = match income.as_deref() {
        Some("low") => Some(Band::Low),
        Some("average") => Some(Band::Average),
        Some("above") => Some(Band::Above),
        Some(other) => {
            section.report("income", "bad_value", other);
            None
        }
        None => None,
    };
    let deprived_at_least = section.count("deprived_at_least").unwrap_or(0);
    let deprived_below = section.count("deprived_below").unwrap_or(u8::MAX);
    let provenance = section.provenance();
    section.finish();
    let class = ClassResult { key: key?, label: label? };
    Some(ClassRule { class, band: band?, deprived_at_least, deprived_below, provenance: provenance? })
}

fn indicator(mut section: Section<'_>, members: &str) -> Option<Indicator> {
    let key = section.require("key", Section::string);
    let number = section.require("number", Section::count);
    let dimension = section.require("dimension", Section::text);
    let label = section.require("label", Section::text);
    let rule = section.require("rule", Section::text);
    let provenance = section.provenance();
    let judged =
        if section.flag("undefined") { Some(Judged::Undefined) } else { judged(&mut section, members) };
    section.finish();
    Some(Indicator {
        key: key?,
        number: number?,
        dimension: dimension?,
        label: label?,
        rule: rule?,
        provenance: provenance?,
        judged: judged?,
    })
}

fn judged(section: &mut Section<'_>, members: &str) -> Option<Judged> {
    if !section.has("deprived") {
        section.report("deprived", "missing", "");
    }
    let deprived = section.each("deprived", None, reason);
    let open = section.each("open", None, doubt);
    let tests = Tests { deprived, open };
    if !section.has("each") {
        return Some(Judged::Household(tests));
    }
    let each = section.string("each")?;
    if each != members {
        section.report("each", "bad_value", &each);
    }
    let applies = section.expression("applies");
    let every = section.flag("every");
    let share = section.number("share_above");
    let quantity = match (every, share) {
        (false, None) => Quantity::Any,
        (true, None) => Quantity::Every,
        (false, Some(share)) if share < 1.0 => Quantity::ShareAbove(share),
        (_, Some(share)) => {
            section.report("share_above", "bad_value", &share.to_string());
            return None;
        }
    };
    Some(Judged::Members { applies, tests, quantity })
}

fn reason(mut section: Section<'_>) -> Option<Reason> {
    let when = section.require("when", Section::expression);
    let question = section.require("question", Section::string);
    let cause = section.require("cause", Section::text);
    section.finish();
    Some(Reason { when: when?, question: question?, cause: cause? })
}

fn doubt(mut section: Section<'_>) -> Option<Doubt> {
    let when = section.require("when", Section::expression);
    let question = section.require("question", Section::string);
    section.finish();
    Some(Doubt { when: when?, question: question? })
}
