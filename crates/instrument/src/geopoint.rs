//! Places on the earth.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::value::{Number, ValueError, ValueKind};

/// A place on the earth (WGS 84). The text is ODK's: `latitude longitude altitude accuracy`, degrees and metres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GeoPoint {
    latitude: Number,
    longitude: Number,
    altitude: Number,
    accuracy: Number,
}

impl GeoPoint {
    /// Degrees north, degrees east, metres above sea level, metres of doubt; `None` outside the earth's degrees.
    pub fn new(latitude: f64, longitude: f64, altitude: f64, accuracy: f64) -> Option<Self> {
        /// Further up or down, or less sure, nothing on the earth is: metres.
        const FURTHEST: f64 = 1_000_000.0;
        // Parts of a degree and of a metre that are kept: a tenth of a millimetre.
        const DEGREES: f64 = 1e9;
        const METRES: f64 = 1e4;
        let fits = latitude.abs() <= 90.0
            && longitude.abs() <= 180.0
            && altitude.abs() <= FURTHEST
            && (0.0..=FURTHEST).contains(&accuracy);
        // Rounded, so that the text has an end.
        let number = |value: f64, parts: f64| Number::new((value * parts).round() / parts).filter(|_| fits);
        Some(Self {
            latitude: number(latitude, DEGREES)?,
            longitude: number(longitude, DEGREES)?,
            altitude: number(altitude, METRES)?,
            accuracy: number(accuracy, METRES)?,
        })
    }
}

impl fmt::Display for GeoPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [latitude, longitude] = [self.latitude.get(), self.longitude.get()];
        write!(f, "{latitude} {longitude} {} {}", self.altitude.get(), self.accuracy.get())
    }
}

impl FromStr for GeoPoint {
    type Err = ValueError;

    /// Altitude and accuracy may be missing.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refused = || ValueError { expected: ValueKind::Point };
        let numbers: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
        let point = match numbers.map_err(|_| refused())?.as_slice() {
            [latitude, longitude] => Self::new(*latitude, *longitude, 0.0, 0.0),
            [latitude, longitude, altitude] => Self::new(*latitude, *longitude, *altitude, 0.0),
            [latitude, longitude, altitude, accuracy] => {
                Self::new(*latitude, *longitude, *altitude, *accuracy)
            }
            _ => None,
        };
        point.ok_or_else(refused)
    }
}

impl TryFrom<String> for GeoPoint {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<GeoPoint> for String {
    fn from(point: GeoPoint) -> Self {
        point.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_read_and_written_as_odk_does() {
        for (written, canonical) in [
            ("21.85 106.76", "21.85 106.76 0 0"),
            ("21.85 106.76 250", "21.85 106.76 250 0"),
            ("1e-300 106.1234567891234", "0 106.123456789 0 0"),
            (" -21.5  106.76 250.5 4.25 ", "-21.5 106.76 250.5 4.25"),
        ] {
            let point: GeoPoint = written.parse().unwrap();
            assert_eq!(point.to_string(), canonical);
        }
        for refused in [
            "",
            "21.85",
            "91 0",
            "0 181",
            "a b",
            "1 2 3 4 5",
            "1 2 3 -4",
            "NaN 1",
            "1 inf",
            "1 2 1e300",
            "1 2 3 1e9",
        ] {
            assert!(refused.parse::<GeoPoint>().is_err(), "{refused}");
        }
    }
}
