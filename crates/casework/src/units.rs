//! Commune-level units: the dated code list, and the map from old codes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::CommuneCode;

/// Which income line applies. Set per village by the province; recorded with each interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(specta::Type, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AreaType {
    /// Nông thôn.
    Rural,
    /// Thành thị, đô thị.
    Urban,
}

/// One commune-level unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Commune {
    /// Its code in this list's version.
    pub code: CommuneCode,
    /// Name without the kind.
    pub name: String,
    /// `xã` or `phường`.
    pub kind: String,
    /// Degrees north and east of its centre (WGS 84).
    pub position: (f64, f64),
}

/// A district as it was until districts were abolished.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct District {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A version of the code list of one province, with the map from the codes before it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Units {
    /// Names the version: `2025-07-01`.
    pub version: String,
    /// Units by code.
    pub communes: BTreeMap<CommuneCode, Commune>,
    /// The former district that most of a unit's old communes were of.
    #[serde(default)]
    pub districts: BTreeMap<CommuneCode, District>,
    /// Old code (any of them may also be a new code, with another extent) → new codes, the default first.
    pub old_to_new: BTreeMap<CommuneCode, Vec<CommuneCode>>,
}

/// A code list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("code list, line {line}: {code}")]
pub struct UnitsError {
    /// Line of the file, from 1.
    pub line: u64,
    /// Stable code of what is wrong.
    pub code: &'static str,
}

/// The columns of `langson_units.csv` that are read; further ones are ignored.
#[derive(Deserialize)]
struct UnitRow {
    code: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    lat: f64,
    lon: f64,
}

/// The columns of `langson_old_to_new.csv` that are read. An old commune that was divided has a row per part.
#[derive(Deserialize)]
struct MoveRow {
    old_code: String,
    new_code: String,
    is_default: u8,
    #[serde(default)]
    old_district_code: String,
    #[serde(default)]
    old_district: String,
}

impl Units {
    /// Reads `langson_units.csv` and `langson_old_to_new.csv` as in `instruments/units/`.
    ///
    /// # Errors
    /// The first line that cannot be used. Codes: `unreadable` (not such a CSV line), `bad_code` (not five digits),
    /// `bad_position`, `duplicate_code`, `unknown_unit` (an old commune moved to a unit that is not in the list), `no_default`
    /// or `two_defaults` (of an old commune's new units, one must be the default).
    pub fn from_csv(version: &str, units: &str, old_to_new: &str) -> Result<Self, UnitsError> {
        let communes = read_units(units)?;
        let districts = read_districts(old_to_new)?;
        let old_to_new = read_moves(old_to_new, &communes)?;
        Ok(Self { version: version.to_owned(), communes, districts, old_to_new })
    }
}

fn read_units(text: &str) -> Result<BTreeMap<CommuneCode, Commune>, UnitsError> {
    let mut communes = BTreeMap::new();
    for_each_row(text, |line, row: UnitRow| {
        let code = commune_code(line, &row.code)?;
        if !((-90.0..=90.0).contains(&row.lat) && (-180.0..=180.0).contains(&row.lon)) {
            return Err(UnitsError { line, code: "bad_position" });
        }
        let commune =
            Commune { code: code.clone(), name: row.name, kind: row.kind, position: (row.lat, row.lon) };
        match communes.insert(code, commune) {
            None => Ok(()),
            Some(_) => Err(UnitsError { line, code: "duplicate_code" }),
        }
    })?;
    Ok(communes)
}

fn read_districts(text: &str) -> Result<BTreeMap<CommuneCode, District>, UnitsError> {
    let mut parts: BTreeMap<CommuneCode, BTreeMap<District, u32>> = BTreeMap::new();
    for_each_row(text, |line, row: MoveRow| {
        if row.is_default == 1 && !row.old_district_code.is_empty() {
            let district = District { code: row.old_district_code, name: row.old_district };
            let of = parts.entry(commune_code(line, &row.new_code)?).or_default();
            *of.entry(district).or_default() += 1;
        }
        Ok(())
    })?;
    let most = |(commune, parts): (CommuneCode, BTreeMap<District, u32>)| {
        // Of several with as many parts the first by code.
        let most = parts.into_iter().rev().max_by_key(|(_, parts)| *parts);
        most.map(|(district, _)| (commune, district))
    };
    Ok(parts.into_iter().filter_map(most).collect())
}

fn read_moves(
    text: &str,
    communes: &BTreeMap<CommuneCode, Commune>,
) -> Result<BTreeMap<CommuneCode, Vec<CommuneCode>>, UnitsError> {
    struct Moved {
        line: u64,
        default: Option<CommuneCode>,
        others: Vec<CommuneCode>,
    }
    let mut moves: BTreeMap<CommuneCode, Moved> = BTreeMap::new();
    for_each_row(text, |line, row: MoveRow| {
        let old = commune_code(line, &row.old_code)?;
        let new = commune_code(line, &row.new_code)?;
        if !communes.contains_key(&new) {
            return Err(UnitsError { line, code: "unknown_unit" });
        }
        let moved = moves.entry(old).or_insert_with(|| Moved { line, default: None, others: Vec::new() });
        if row.is_default != 1 {
            moved.others.push(new);
        } else if moved.default.replace(new).is_some() {
            return Err(UnitsError { line, code: "two_defaults" });
        }
        Ok(())
    })?;
    let in_order = |(old, moved): (CommuneCode, Moved)| {
        let default = moved.default.ok_or(UnitsError { line: moved.line, code: "no_default" })?;
        Ok((old, std::iter::once(default).chain(moved.others).collect()))
    };
    moves.into_iter().map(in_order).collect()
}

fn for_each_row<R: for<'de> Deserialize<'de>>(
    text: &str,
    mut read: impl FnMut(u64, R) -> Result<(), UnitsError>,
) -> Result<(), UnitsError> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().map_err(|_| UnitsError { line: 1, code: "unreadable" })?.clone();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            UnitsError { line, code: "unreadable" }
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let row = record.deserialize(Some(&headers)).map_err(|_| UnitsError { line, code: "unreadable" })?;
        read(line, row)?;
    }
    Ok(())
}

fn commune_code(line: u64, text: &str) -> Result<CommuneCode, UnitsError> {
    text.parse().map_err(|_| UnitsError { line, code: "bad_code" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNITS: &str = "code,name,type,province_code,lat,lon,area_km2\n05986,A,phường,20,21.8,106.7,1\n06187,B,xã,20,21.9,106.8,2\n";
    const MOVES: &str =
        "old_code,old_name,old_district_code,old_district,new_code,new_name,split,is_default,source\n";

    fn code(text: &str) -> CommuneCode {
        text.parse().unwrap()
    }

    fn shipped(name: &str) -> String {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments/units").join(name);
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn the_shipped_lists_have_65_units_and_194_old_communes() {
        let units =
            Units::from_csv("2025-07-01", &shipped("langson_units.csv"), &shipped("langson_old_to_new.csv"))
                .unwrap();
        assert_eq!(units.communes.len(), 65);
        assert_eq!(units.communes.values().filter(|unit| unit.kind == "phường").count(), 4);
        assert_eq!(units.old_to_new.len(), 194);
        let former: BTreeMap<&str, usize> = units.districts.values().fold(BTreeMap::new(), |mut all, one| {
            *all.entry(one.code.as_str()).or_default() += 1;
            all
        });
        assert_eq!(units.districts.len(), 65);
        assert_eq!(former.len(), 11, "{former:?}");
        assert_eq!(units.districts[&code("05977")].name, "Thành phố Lạng Sơn");
        // Bính Xá was divided between Đình Lập (default) and Kiên Mộc.
        let parts: Vec<&str> =
            units.old_to_new[&code("06622")].iter().map(|new| units.communes[new].name.as_str()).collect();
        assert_eq!(parts, ["Đình Lập", "Kiên Mộc"]);
    }

    #[test]
    fn the_default_part_of_a_divided_commune_comes_first_whatever_the_order_of_the_rows() {
        let moves = format!("{MOVES}01000,O,1,D,06187,B,part,0,x\n01000,O,1,D,05986,A,part,1,x\n");
        let units = Units::from_csv("v", UNITS, &moves).unwrap();
        assert_eq!(units.old_to_new[&code("01000")], [code("05986"), code("06187")]);
    }

    #[test]
    fn a_list_that_cannot_be_used_names_its_line_and_what_is_wrong() {
        let cases = [
            (format!("{UNITS}5986,C,xã,20,21,106,1\n"), MOVES.to_owned(), 4, "bad_code"),
            (format!("{UNITS}05986,C,xã,20,21,106,1\n"), MOVES.to_owned(), 4, "duplicate_code"),
            (format!("{UNITS}05987,C,xã,20,91,106,1\n"), MOVES.to_owned(), 4, "bad_position"),
            (format!("{UNITS}05987,C,xã,20,north,106,1\n"), MOVES.to_owned(), 4, "unreadable"),
            (UNITS.to_owned(), format!("{MOVES}01000,O,1,D,09999,A,whole,1,x\n"), 2, "unknown_unit"),
            (UNITS.to_owned(), format!("{MOVES}01000,O,1,D,05986,A,part,0,x\n"), 2, "no_default"),
            (
                UNITS.to_owned(),
                format!("{MOVES}01000,O,1,D,05986,A,part,1,x\n01000,O,1,D,06187,B,part,1,x\n"),
                3,
                "two_defaults",
            ),
        ];
        for (units, moves, line, code) in cases {
            assert_eq!(Units::from_csv("v", &units, &moves), Err(UnitsError { line, code }), "{code}");
        }
    }
}
