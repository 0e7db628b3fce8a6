//! Vietnamese typed for fonts of before Unicode: told, never guessed at. Read as if it were Unicode, every name would be wrong.

use crate::problem::ListError;
use crate::workbook::Sheet;

/// An encoding of the fonts that drew Vietnamese before Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Legacy {
    /// TCVN 5712:1993 (ABC): fonts that begin with `.Vn`.
    Tcvn3,
    /// VNI: fonts that begin with `VNI-`.
    Vni,
}

/// Words of lists and the commonest names as each encoding's letters look in Unicode, lower case. None of them is a word in it.
const TCVN3: &[&str] = &[
    "hä vµ tªn",
    "hä tªn",
    "chñ hé",
    "th«n",
    "giíi tÝnh",
    "d©n téc",
    "hé nghìo",
    "hé nghÌo",
    "cËn nghÌo",
    "ngµy sinh",
    "n¨m sinh",
    "®Þa chØ",
    "nguyôn",
    "nguyÔn",
    "trçn",
    "trÇn",
    "hoµng",
    "v¨n",
    "thÞ",
    "ph¹m",
    "n«ng v",
];
const VNI: &[&str] = &[
    "hoï vaø teân",
    "hoï teân",
    "chuû hoä",
    "thoân",
    "giôùi tính",
    "daân toäc",
    "hoä ngheøo",
    "caän ngheøo",
    "ngaøy sinh",
    "naêm sinh",
    "ñòa chæ",
    "nguyeãn",
    "traàn",
    "hoaøng",
    "vaên",
    "phaïm",
    "noâng v",
];
/// Rows in which such words are looked for.
const ROWS: usize = 200;

impl From<Legacy> for ListError {
    fn from(legacy: Legacy) -> Self {
        match legacy {
            Legacy::Tcvn3 => Self::Tcvn3,
            Legacy::Vni => Self::Vni,
        }
    }
}

/// The encoding that a text shows.
pub(crate) fn of_text(text: &str) -> Option<Legacy> {
    if text.is_ascii() {
        return None;
    }
    // Capital letters have forms of their own there; only what Unicode takes for Latin letters is lowered.
    let lower = text.to_lowercase();
    let shows = |words: &[&str]| words.iter().any(|word| text.contains(word) || lower.contains(word));
    [(Legacy::Vni, VNI), (Legacy::Tcvn3, TCVN3)]
        .into_iter()
        .find_map(|(legacy, words)| shows(words).then_some(legacy))
}

/// The encoding that the first rows of a sheet show.
pub(crate) fn of_sheet(sheet: &Sheet) -> Option<Legacy> {
    let cells = sheet.rows.values().take(ROWS).flat_map(|cells| cells.values());
    cells.filter_map(|cell| cell.as_text()).find_map(of_text)
}
