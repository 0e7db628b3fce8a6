//! Numbers: rounding, bounds and extremes.

/// Halves go up, as in XPath, of the number as it is written; more than 30 places in either direction are none (JavaRosa).
pub(super) fn round(number: f64, places: f64) -> f64 {
    let places = places.trunc();
    if places.is_nan() || places.abs() > 30.0 {
        return f64::NAN;
    }
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    // Digits before and behind the point, so that 1.005 is rounded as it is written and not as it is stored.
    let written = number.abs().to_string();
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let digits = [whole, fraction].concat();
    // How many of the digits stay; the first that goes decides.
    let kept = whole.len() as i64 + places as i64;
    let goes_up = match usize::try_from(kept) {
        Ok(kept) => {
            let rest = digits.get(kept..).unwrap_or_default();
            let is_half = rest.starts_with('5') && rest.bytes().skip(1).all(|digit| digit == b'0');
            rest.starts_with(['5', '6', '7', '8', '9']) && !(is_half && number < 0.0)
        }
        Err(_) => false,
    };
    let kept = usize::try_from(kept).unwrap_or(0);
    let mut left: Vec<u8> = std::iter::once(b'0').chain(digits.bytes().take(kept)).collect();
    if goes_up {
        carry(&mut left);
    }
    // As a text again: `123` with an exponent is exact where multiplying by powers would not be.
    let left = String::from_utf8(left).unwrap_or_default();
    let padded = kept.min(digits.len()) as i64 - whole.len() as i64;
    let rounded: f64 = format!("{left}e{}", -padded).parse().unwrap_or(f64::NAN);
    if number < 0.0 { -rounded } else { rounded }
}

fn carry(digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        if *digit == b'9' {
            *digit = b'0';
        } else {
            *digit += 1;
            return;
        }
    }
}

/// Whether a checklist's count lies within its bounds; −1 is no bound.
pub(super) fn within(least: f64, most: f64, count: f64) -> bool {
    (least == -1.0 || count >= least) && (most == -1.0 || count <= most)
}

/// The number that beats all others; what is no number takes no part, and nothing at all comes to NaN.
#[derive(Clone, Copy)]
pub(super) struct Extreme {
    beats: fn(f64, f64) -> bool,
    pub(super) best: f64,
}

impl Extreme {
    pub(super) fn new(beats: fn(f64, f64) -> bool) -> Self {
        Self { beats, best: f64::NAN }
    }

    pub(super) fn see(&mut self, number: f64) {
        if !number.is_nan() && (self.best.is_nan() || (self.beats)(number, self.best)) {
            self.best = number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::round;

    #[test]
    fn halves_go_up_as_written() {
        for (number, places, expected) in [
            (2.5, 0.0, 3.0),
            (-2.5, 0.0, -2.0),
            (-2.51, 0.0, -3.0),
            (1.005, 2.0, 1.01),
            (12345.15, 1.0, 12345.2),
            (-12345.15, 1.0, -12345.1),
            (12345.12345, -1.0, 12350.0),
            (0.05, 1.0, 0.1),
            (0.04, 1.0, 0.0),
            (9.99, 1.0, 10.0),
            (999.0, -3.0, 1000.0),
            (499.0, -3.0, 0.0),
            (500.0, -3.0, 1000.0),
            (5.0, -3.0, 0.0),
            (1e21, 2.0, 1e21),
            (1.23e-7, 8.0, 1.2e-7),
            (0.1, 30.0, 0.1),
            (f64::MAX, 30.0, f64::MAX),
            (f64::MIN_POSITIVE, 30.0, 0.0),
        ] {
            assert_eq!(round(number, places), expected, "round({number}, {places})");
        }
        assert!(round(1.0, 31.0).is_nan() && round(1.0, f64::NAN).is_nan() && round(f64::NAN, 0.0).is_nan());
    }
}
