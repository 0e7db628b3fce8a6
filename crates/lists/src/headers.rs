//! Which field a header's words name: the synonyms of offices, as data.

use crate::columns::ListField as Field;
use crate::columns::ListField::*;
use crate::words::plain;
use Words::{Begin, Have, HaveWord, Is};

/// How a header's plain words may name a field.
enum Words {
    /// They are these.
    Is(&'static [&'static str]),
    /// They contain one of these.
    Have(&'static [&'static str]),
    /// One of these stands among them as a word.
    HaveWord(&'static [&'static str]),
    /// They begin so.
    Begin(&'static [&'static str]),
}

/// Titles and notes mention the same things at length.
const LONGEST: usize = 90;

/// Tried from above: what is more special stands first.
const HEADERS: &[(Field, &[Words])] = &[
    (
        HouseholdNumber,
        &[Is(&["stt ho", "tt ho", "so tt ho", "so ho", "ho so", "so thu tu ho", "household no"])],
    ),
    (Number, &[Is(&["stt", "tt", "so tt", "so thu tu", "row"])]),
    (Relation, &[Have(&["quan he", "relation"])]),
    (HouseholdCode, &[Have(&["ma ho", "ma so ho", "household code", "household id"])]),
    (Minority, &[Have(&["thieu so", "minority"]), HaveWord(&["dtts"])]),
    (Ethnicity, &[Have(&["dan toc", "ethnic"])]),
    (Sex, &[Have(&["gioi tinh", "nam nu"]), Is(&["sex", "gender", "gt", "phai"])]),
    (
        Birth,
        &[Have(&["ngay sinh", "nam sinh", "ngay thang nam sinh", "birth"]), Is(&["sinh ngay", "ns", "dob"])],
    ),
    (
        CitizenId,
        &[
            Have(&["can cuoc", "dinh danh", "citizen id", "chung minh"]),
            HaveWord(&["cccd", "cmnd", "cmt", "ddcn"]),
        ],
    ),
    (DecisionNumber, &[Have(&["so qd", "so quyet dinh", "decision number"])]),
    (
        DecisionDate,
        &[Have(&["ngay ban hanh", "ngay qd", "ngay quyet dinh", "ngay cong nhan", "decision date"])],
    ),
    (Causes, &[Have(&["nguyen nhan", "causes"])]),
    (NoLabour, &[Have(&["kha nang lao dong", "khong co lao dong", "no labour"])]),
    (Merit, &[Have(&["co cong", "of merit"])]),
    (
        MemberCount,
        &[
            Have(&["so nhan khau", "so thanh vien", "so khau", "so nguoi"]),
            Is(&["nhan khau", "khau", "members"]),
        ],
    ),
    (Class, &[Have(&["phan loai", "loai ho", "dien ho", "xep loai"]), Is(&["class"])]),
    (B1, &[HaveWord(&["b1"])]),
    (B2, &[HaveWord(&["b2"])]),
    (HeadName, &[Have(&["chu ho", "head of household", "household head"]), Is(&["head"])]),
    (MemberName, &[Have(&["thanh vien"])]),
    (Village, &[Begin(&["ten thon", "ten ban", "ten khoi", "ten xom", "ten to"])]),
    (Commune, &[Begin(&["ten xa", "ten phuong", "ten don vi"])]),
    (District, &[Begin(&["ten huyen", "ten quan"])]),
    (Province, &[Begin(&["ten tinh"])]),
    (
        MemberName,
        &[
            Have(&["ho ten", "ho va ten", "ho va chu dem", "full name"]),
            Begin(&["ten "]),
            Is(&["ten", "name"]),
        ],
    ),
    (DistrictCode, &[Have(&["ma huyen", "ma quan"])]),
    (CommuneCode, &[Begin(&["ma xa", "ma phuong"]), Have(&["ma dvhc", "ma don vi", "commune code"])]),
    (Address, &[Have(&["dia chi", "cho o", "noi o", "noi thuong tru", "address"])]),
    (Phone, &[Have(&["dien thoai", "phone"]), Is(&["sdt", "so dt", "dt"])]),
    (District, &[HaveWord(&["huyen", "district"])]),
    (
        Village,
        &[
            HaveWord(&["thon", "khoi", "ban", "xom", "village", "ap", "buon"]),
            Have(&["to dan pho", "khu pho"]),
        ],
    ),
    (Commune, &[HaveWord(&["xa", "phuong", "commune"])]),
    (Province, &[Is(&["tinh", "tinh thanh", "tinh thanh pho", "province"]), Have(&["ten tinh"])]),
    (Age, &[Is(&["tuoi", "so tuoi", "age"])]),
    (Note, &[Have(&["ghi chu"]), Is(&["note", "notes"])]),
];

/// The field that a header's words name.
pub(crate) fn field_of(text: &str) -> Option<Field> {
    let words = plain(text);
    if words.len() > LONGEST {
        return None;
    }
    let named = |rule: &Words| match rule {
        Is(all) => all.contains(&words.as_str()),
        Have(parts) => parts.iter().any(|part| words.contains(part)),
        HaveWord(known) => words.split(' ').any(|word| known.contains(&word)),
        Begin(starts) => starts.iter().any(|start| words.starts_with(start)),
    };
    HEADERS.iter().find(|(_, rules)| rules.iter().any(named)).map(|(field, _)| *field)
}
