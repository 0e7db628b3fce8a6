//! What each function of an expression does.

use jiff::civil::{Date, Weekday};

use super::convert::{EMPTY, Val, days};
use super::{Evaluator, Frame};
use crate::expression::Function;
use crate::plan::{Code, pattern};

/// Dynamic patterns and texts for `regex` beyond this do not match.
const LONGEST_PATTERN: usize = 500;

impl<'a> Evaluator<'a> {
    pub(super) fn call(&self, function: Function, codes: &'a [Code], frame: &Frame<'_, 'a>) -> Val<'a> {
        let value = |index: usize| codes.get(index).map_or(EMPTY, |code| self.eval(code, frame));
        let number = |index: usize| value(index).number();
        let text = |index: usize| value(index).text();
        let truth = Val::Boolean;
        match function {
            Function::If => value(if value(0).truth() { 1 } else { 2 }),
            Function::Coalesce => {
                (0..codes.len()).map(value).find(|candidate| !candidate.is_empty()).unwrap_or(EMPTY)
            }
            // The plan takes `once` off; what is left of it is its argument.
            Function::Once => value(0),
            Function::Not => truth(!value(0).truth()),
            Function::True => truth(true),
            Function::False => truth(false),
            Function::Boolean => truth(value(0).truth()),
            Function::BooleanFromString => truth(matches!(text(0).as_ref(), "true" | "1")),
            Function::Checklist => {
                let yes = (2..codes.len()).filter(|index| text(*index) == "yes").count();
                truth(within(number(0), number(1), yes as f64))
            }
            Function::WeightedChecklist => {
                let chosen = (2..codes.len()).step_by(2).filter(|index| text(*index) == "yes");
                truth(within(number(0), number(1), chosen.map(|index| number(index + 1)).sum()))
            }
            Function::Count => {
                let mut count = 0u32;
                self.all_values(codes, frame, &mut |_| count += 1);
                Val::Number(f64::from(count))
            }
            Function::CountNonEmpty => {
                let mut count = 0u32;
                self.all_values(codes, frame, &mut |value| count += u32::from(!value.is_empty()));
                Val::Number(f64::from(count))
            }
            Function::Sum => {
                let mut sum = 0.0;
                self.all_values(codes, frame, &mut |value| sum += value.number());
                Val::Number(sum)
            }
            Function::Max => Val::Number(self.extreme(codes, frame, |one, other| one > other)),
            Function::Min => Val::Number(self.extreme(codes, frame, |one, other| one < other)),
            Function::Join | Function::Concat => {
                let joins = function == Function::Join;
                let separator = if joins { text(0) } else { "".into() };
                let mut texts = Vec::new();
                let rest = codes.get(usize::from(joins)..).unwrap_or_default();
                self.all_values(rest, frame, &mut |value| texts.push(value.text()));
                Val::Text(texts.join(&separator).into())
            }
            // Resolved to code of their own.
            Function::Position
            | Function::IndexedRepeat
            | Function::ChoiceName
            | Function::PullData
            | Function::Instance => EMPTY,
            Function::Selected => {
                let wanted = text(1);
                truth(value(0).names().any(|name| name == wanted.trim()))
            }
            Function::SelectedAt => {
                let place = number(1);
                let name =
                    |names: &str| names.split_whitespace().nth(place as usize).unwrap_or("").to_owned();
                Val::Text(if place >= 0.0 { name(&text(0)).into() } else { "".into() })
            }
            Function::CountSelected => Val::Number(value(0).names().count() as f64),
            Function::String => Val::Text(text(0)),
            Function::StringLength => Val::Number(text(0).chars().count() as f64),
            Function::NormalizeSpace => {
                Val::Text(text(0).split_whitespace().collect::<Vec<_>>().join(" ").into())
            }
            Function::Substr => {
                let end = codes.get(2).map(|_| number(2));
                Val::Text(substr(&text(0), number(1), end).into())
            }
            Function::SubstringBefore => {
                Val::Text(text(0).split_once(&*text(1)).map_or("", |(before, _)| before).to_owned().into())
            }
            Function::SubstringAfter => {
                Val::Text(text(0).split_once(&*text(1)).map_or("", |(_, after)| after).to_owned().into())
            }
            Function::Contains => truth(text(0).contains(&*text(1))),
            Function::StartsWith => truth(text(0).starts_with(&*text(1))),
            Function::EndsWith => truth(text(0).ends_with(&*text(1))),
            Function::Translate => Val::Text(translate(&text(0), &text(1), &text(2)).into()),
            Function::Regex => {
                let written = text(1);
                let matcher = if written.len() > LONGEST_PATTERN { None } else { pattern(&written) };
                truth(matcher.is_some_and(|matcher| matcher.is_match(&text(0))))
            }
            Function::Number => Val::Number(number(0)),
            Function::Int => Val::Number(number(0).trunc()),
            Function::Round => Val::Number(round(number(0), codes.get(1).map_or(0.0, |_| number(1)))),
            Function::Floor => Val::Number(number(0).floor()),
            Function::Ceiling => Val::Number(number(0).ceil()),
            Function::Abs => Val::Number(number(0).abs()),
            Function::Pow => Val::Number(number(0).powf(number(1))),
            Function::Sqrt => Val::Number(number(0).sqrt()),
            Function::Exp => Val::Number(number(0).exp()),
            Function::Exp10 => Val::Number(10f64.powf(number(0))),
            Function::Log => Val::Number(number(0).ln()),
            Function::Log10 => Val::Number(number(0).log10()),
            Function::Pi => Val::Number(std::f64::consts::PI),
            Function::Sin => Val::Number(number(0).sin()),
            Function::Cos => Val::Number(number(0).cos()),
            Function::Tan => Val::Number(number(0).tan()),
            Function::Asin => Val::Number(number(0).asin()),
            Function::Acos => Val::Number(number(0).acos()),
            Function::Atan => Val::Number(number(0).atan()),
            Function::Atan2 => Val::Number(number(0).atan2(number(1))),
            Function::Today => Val::Date(self.today()),
            Function::Now => Val::Moment(self.context.now),
            Function::Date => value(0).date().map_or(EMPTY, Val::Date),
            Function::DecimalDateTime => Val::Number(value(0).date().map_or(f64::NAN, days)),
            Function::FormatDate => {
                value(0).date().map_or(EMPTY, |date| Val::Text(format_date(date, &text(1)).into()))
            }
            Function::Username => Val::Text(self.context.username.as_str().into()),
            Function::DeviceId => Val::Text(self.context.device.as_str().into()),
        }
    }

    fn all_values(&self, codes: &'a [Code], frame: &Frame<'_, 'a>, found: &mut dyn FnMut(Val<'a>)) {
        for code in codes {
            self.values(code, frame, found);
        }
    }

    /// NaN for nothing at all and where any value is no number.
    fn extreme(&self, codes: &'a [Code], frame: &Frame<'_, 'a>, beats: fn(f64, f64) -> bool) -> f64 {
        let mut best: Option<f64> = None;
        self.all_values(codes, frame, &mut |value| {
            let number = value.number();
            best = Some(match best {
                Some(known) if known.is_nan() || !(number.is_nan() || beats(number, known)) => known,
                _ => number,
            });
        });
        best.unwrap_or(f64::NAN)
    }
}

/// Whether a checklist's count lies within its bounds; −1 is no bound.
fn within(least: f64, most: f64, count: f64) -> bool {
    (least == -1.0 || count >= least) && (most == -1.0 || count <= most)
}

/// From 0, end not included; negative places count from the end.
fn substr(text: &str, start: f64, end: Option<f64>) -> String {
    let length = text.chars().count() as f64;
    let place = |written: f64| {
        let whole = written.trunc();
        (if whole < 0.0 { length + whole } else { whole }).clamp(0.0, length)
    };
    let end = end.map_or(length, place);
    let start = place(start);
    if start.is_nan() || end.is_nan() || end <= start {
        return String::new();
    }
    text.chars().skip(start as usize).take((end - start) as usize).collect()
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    let mapped = |c: char| match from.chars().position(|known| known == c) {
        None => Some(c),
        Some(place) => to.get(place).copied(),
    };
    text.chars().filter_map(mapped).collect()
}

/// Halves go up, as in XPath; `places` may be negative.
fn round(number: f64, places: f64) -> f64 {
    let places = places.trunc().clamp(-30.0, 30.0);
    if places.is_nan() || !number.is_finite() {
        return if places.is_nan() { f64::NAN } else { number };
    }
    // Dividing by a whole power keeps 1.15 at 1.15 where multiplying by 0.1 would not.
    let power = 10f64.powi(places.abs() as i32);
    let scaled = if places < 0.0 { number / power } else { number * power };
    if !scaled.is_finite() {
        return number;
    }
    let whole = (scaled + 0.5).floor();
    if places < 0.0 { whole * power } else { whole / power }
}

/// Codes of ODK; what is not one of them is written as it is. Names of months and days are English, the language of ODK's own codes.
fn format_date(date: Date, format: &str) -> String {
    let mut written = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            written.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => written.push_str(&format!("{:04}", date.year())),
            Some('y') => written.push_str(&format!("{:02}", date.year().rem_euclid(100))),
            Some('m') => written.push_str(&format!("{:02}", date.month())),
            Some('n') => written.push_str(&date.month().to_string()),
            Some('b') => written.push_str(month_name(date.month())),
            Some('d') => written.push_str(&format!("{:02}", date.day())),
            Some('e') => written.push_str(&date.day().to_string()),
            Some('a') => written.push_str(day_name(date.weekday())),
            Some('%') => written.push('%'),
            Some(other) => written.extend(['%', other]),
            None => written.push('%'),
        }
    }
    written
}

fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    usize::try_from(month - 1).ok().and_then(|index| NAMES.get(index)).copied().unwrap_or("")
}

fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}
