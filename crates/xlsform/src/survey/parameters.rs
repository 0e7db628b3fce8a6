//! The `parameters` column: `key=value` pairs, apart by blanks, commas or semicolons.

use std::collections::BTreeMap;

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Number, Range, Shuffle, ValueKind};

use super::kind::Type;
use crate::support::{SUPPORTED_PARAMETERS, of_type};

/// The parameters of one row.
#[derive(Debug, Default)]
pub(crate) struct Parameters(BTreeMap<String, String>);

/// A code and the word it is about.
pub(crate) type Refused = (&'static str, String);

impl Parameters {
    /// Reads a cell, for a type.
    pub(crate) fn read(row_type: Type, cell: &str) -> Result<Self, Refused> {
        let mut parameters = BTreeMap::new();
        for pair in pairs(cell) {
            let (key, value) = pair.ok_or(("bad_parameters", cell.to_owned()))?;
            if !of_type(SUPPORTED_PARAMETERS, row_type.name()).contains(&key.as_str()) {
                return Err(("unsupported_parameter", key));
            }
            if parameters.insert(key.clone(), value).is_some() {
                return Err(("bad_parameter", key));
            }
        }
        Ok(Self(parameters))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// A scale from 1 to 10 where nothing else is said; of whole numbers unless it has marks between them.
    pub(crate) fn range(&self) -> Result<(ValueKind, Range), Refused> {
        let number = |key: &str, unsaid: f64| match self.get(key) {
            None => Ok(unsaid),
            Some(written) => {
                let number = written.parse::<f64>().ok().filter(|number| number.is_finite());
                number.ok_or(("bad_parameter", format!("{key}={written}")))
            }
        };
        let (start, end, step) = (number("start", 1.0)?, number("end", 10.0)?, number("step", 1.0)?);
        if start > end {
            return Err(("bad_parameter", format!("end={end}")));
        }
        if step <= 0.0 || step > end - start {
            return Err(("bad_parameter", format!("step={step}")));
        }
        let is_whole = [start, end, step].iter().all(|number| number.fract() == 0.0);
        let kind = if is_whole { ValueKind::Integer } else { ValueKind::Decimal };
        let [Some(start), Some(end), Some(step)] = [start, end, step].map(Number::new) else {
            return Err(("bad_parameter", String::new()));
        };
        Ok((kind, Range { start, end, step }))
    }

    /// Whether the choices are shuffled, and by which seed.
    pub(crate) fn shuffle(&self) -> Result<Option<Shuffle>, Refused> {
        let is_random = match self.get("randomize").map(str::to_lowercase).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => return Err(("bad_parameter", format!("randomize={other}"))),
        };
        let Some(seed) = self.get("seed") else { return Ok(is_random.then_some(Shuffle { seed: None })) };
        let bad = ("bad_parameter", format!("seed={seed}"));
        let is_seed = seed.parse::<f64>().is_ok() || seed.starts_with("${") && seed.ends_with('}');
        match Expr::parse(seed) {
            Ok(seed) if is_random && is_seed => Ok(Some(Shuffle { seed: Some(seed) })),
            Ok(_) | Err(_) => Err(bad),
        }
    }

    /// Longest side of a picture.
    pub(crate) fn max_pixels(&self) -> Result<Option<u32>, Refused> {
        let Some(written) = self.get("max-pixels") else { return Ok(None) };
        match written.parse::<u32>() {
            Ok(pixels) if pixels > 0 => Ok(Some(pixels)),
            Ok(_) | Err(_) => Err(("bad_parameter", format!("max-pixels={written}"))),
        }
    }
}

/// Keys in small letters with their values; `None` for what is no pair.
fn pairs(cell: &str) -> impl Iterator<Item = Option<(String, String)>> {
    let is_between = |c: char| c.is_whitespace() || c == ',' || c == ';';
    let mut parts: Vec<&str> = Vec::new();
    for word in cell.split(is_between).filter(|word| !word.is_empty()) {
        // The sign may stand between blanks.
        for (index, part) in word.split('=').enumerate() {
            if index > 0 {
                parts.push("=");
            }
            if !part.is_empty() {
                parts.push(part);
            }
        }
    }
    let mut rest = parts.into_iter();
    std::iter::from_fn(move || {
        let key = rest.next()?;
        Some(match (key, rest.next(), rest.next()) {
            ("=", ..) | (_, _, None | Some("=")) => None,
            (key, Some("="), Some(value)) => Some((key.to_lowercase(), value.to_owned())),
            _ => None,
        })
    })
}
