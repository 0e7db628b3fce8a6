//! What each function of an expression does.

use super::convert::{EMPTY, Val, day_part};
use super::numbers::{Extreme, round, within};
use super::text::{self, Joined};
use super::{Evaluator, Frame};
use crate::expression::Function;
use crate::plan::{Code, pattern};

/// Dynamic patterns beyond this do not match.
const LONGEST_PATTERN: usize = 500;

impl<'a> Evaluator<'a> {
    pub(super) fn call(&self, function: Function, codes: &'a [Code], frame: &Frame<'_, 'a>) -> Val<'a> {
        let value = |index: usize| codes.get(index).map_or(EMPTY, |code| self.eval(code, frame));
        let number = |index: usize| value(index).number();
        let text = |index: usize| value(index).text();
        let truth = Val::Boolean;
        let computed = |compute: fn(f64) -> f64| Val::Number(compute(number(0)));
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
            Function::BooleanFromString => truth(text(0).eq_ignore_ascii_case("true") || text(0) == "1"),
            Function::Checklist => {
                let mut count = 0u32;
                let answers = codes.get(2..).unwrap_or_default();
                self.all_values(answers, frame, &mut |value| count += u32::from(value.text() == "yes"));
                truth(within(number(0), number(1), f64::from(count)))
            }
            Function::WeightedChecklist => truth(within(number(0), number(1), self.weight(codes, frame))),
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
                self.all_values(codes, frame, &mut |value| {
                    let number = value.number();
                    sum += if number.is_nan() { 0.0 } else { number };
                });
                Val::Number(sum)
            }
            Function::Max => self.extreme(codes, frame, |one, other| one > other),
            Function::Min => self.extreme(codes, frame, |one, other| one < other),
            Function::Join => self.joined(&text(0), codes.get(1..).unwrap_or_default(), frame),
            Function::Concat => self.joined("", codes, frame),
            Function::Position => match codes.first() {
                Some(Code::Set(set)) => {
                    let first = self.first_instance(set, frame);
                    Val::Number(first.map_or(0.0, |first| self.state.place(first) as f64))
                }
                _ => EMPTY,
            },
            Function::Last => Val::Number(frame.last as f64),
            // Resolved to code of their own, or taken only where several values are.
            Function::IndexedRepeat
            | Function::ChoiceName
            | Function::WordsOf
            | Function::PullData
            | Function::Instance
            | Function::Current
            | Function::Name
            | Function::LocalName
            | Function::Random
            | Function::Uuid
            | Function::Union
            | Function::Randomize => EMPTY,
            Function::Selected => {
                let wanted = text(1);
                let mut found = false;
                value(0).each_name(&mut |name| {
                    found = name == wanted.trim();
                    !found
                });
                truth(found)
            }
            Function::SelectedAt => {
                let place = number(1);
                let place = if place.is_nan() { 0.0 } else { place.trunc() };
                let chosen = text(0);
                let name = chosen.split_whitespace().nth(place as usize).filter(|_| place >= 0.0);
                Val::Text(name.unwrap_or_default().to_owned().into())
            }
            Function::CountSelected => {
                let mut count = 0u32;
                value(0).each_name(&mut |_| {
                    count += 1;
                    true
                });
                Val::Number(f64::from(count))
            }
            Function::String => Val::Text(text(0)),
            Function::StringLength => Val::Number(text(0).chars().count() as f64),
            Function::NormalizeSpace => Val::Text(text::normalized(&text(0)).into()),
            Function::Substr => {
                let end = codes.get(2).map(|_| number(2));
                Val::Text(text::substr(&text(0), number(1), end).into())
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
            Function::Translate => Val::Text(text::translate(&text(0), &text(1), &text(2)).into()),
            Function::Regex => {
                let written = text(1);
                let matcher = if written.len() > LONGEST_PATTERN { None } else { pattern(&written) };
                truth(matcher.is_some_and(|matcher| text::matches(&text(0), &matcher)))
            }
            Function::Number => Val::Number(number(0)),
            Function::Int => computed(f64::trunc),
            Function::Round => Val::Number(round(number(0), codes.get(1).map_or(0.0, |_| number(1)))),
            Function::Floor => computed(f64::floor),
            Function::Ceiling => computed(f64::ceil),
            Function::Abs => computed(f64::abs),
            Function::Pow => Val::Number(number(0).powf(number(1))),
            Function::Sqrt => computed(f64::sqrt),
            Function::Exp => computed(f64::exp),
            Function::Exp10 => computed(|power| 10f64.powf(power)),
            Function::Log => computed(f64::ln),
            Function::Log10 => computed(f64::log10),
            Function::Pi => Val::Number(std::f64::consts::PI),
            Function::Sin => computed(f64::sin),
            Function::Cos => computed(f64::cos),
            Function::Tan => computed(f64::tan),
            Function::Asin => computed(f64::asin),
            Function::Acos => computed(f64::acos),
            Function::Atan => computed(f64::atan),
            Function::Atan2 => Val::Number(number(0).atan2(number(1))),
            Function::Today => Val::Date(self.today()),
            Function::Now => Val::Moment(self.context.now),
            Function::Date => self.date(&value(0)).map_or(EMPTY, Val::Date),
            Function::Time => self.time(&value(0)).map_or(EMPTY, Val::Time),
            Function::DateTime => self.moment(&value(0)).map_or(EMPTY, Val::Moment),
            Function::DecimalDateTime => Val::Number(self.decimal_days(&value(0))),
            Function::DecimalTime => Val::Number(self.time(&value(0)).map_or(f64::NAN, day_part)),
            Function::FormatDate | Function::FormatDateTime => {
                Val::Text(self.formatted(&value(0), &text(1)).into())
            }
            Function::Version => Val::Text(self.plan.definition().version.as_str().into()),
            Function::Property => Val::Text(match text(0).as_ref() {
                "username" => self.context.username.as_str().into(),
                "deviceid" => self.context.device.as_str().into(),
                // A laptop in a village has neither telephone number nor mail address.
                _ => "".into(),
            }),
            Function::Username => Val::Text(self.context.username.as_str().into()),
            Function::DeviceId => Val::Text(self.context.device.as_str().into()),
        }
    }

    fn all_values(&self, codes: &'a [Code], frame: &Frame<'_, 'a>, found: &mut dyn FnMut(Val<'a>)) {
        for code in codes {
            self.values(code, frame, found);
        }
    }

    fn joined(&self, separator: &str, codes: &'a [Code], frame: &Frame<'_, 'a>) -> Val<'a> {
        let mut joined = Joined::default();
        self.all_values(codes, frame, &mut |value| joined.add(separator, &value.text()));
        Val::Text(joined.into_text().into())
    }

    fn extreme(&self, codes: &'a [Code], frame: &Frame<'_, 'a>, beats: fn(f64, f64) -> bool) -> Val<'a> {
        let mut extreme = Extreme::new(beats);
        self.all_values(codes, frame, &mut |value| extreme.see(value.number()));
        Val::Number(extreme.best)
    }

    /// The weights whose answer is `yes`: pairs of an answer and its weight, or of a set of each.
    fn weight(&self, codes: &'a [Code], frame: &Frame<'_, 'a>) -> f64 {
        let mut sum = 0.0;
        for pair in codes.get(2..).unwrap_or_default().chunks(2) {
            let [answers, weights] = pair else { continue };
            let mut chosen = Vec::new();
            self.values(answers, frame, &mut |answer| chosen.push(answer.text() == "yes"));
            let mut chosen = chosen.into_iter();
            self.values(weights, frame, &mut |weight| {
                if chosen.next() == Some(true) {
                    sum += weight.number();
                }
            });
        }
        sum
    }
}
