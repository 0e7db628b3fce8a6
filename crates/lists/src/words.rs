//! The lists' words, in their many spellings, to codes.

use rasoat_casework::fold_name;

/// Lower case, no tones, đ as d, everything but letters and digits as single blanks: what headers and words are compared by.
pub(crate) fn plain(text: &str) -> String {
    let folded = fold_name(text);
    let spaced: String = folded.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Relations to the head, by plain words. Terms from Circular 55/2021/TT-BCA as domain tables list them.
const RELATIONS: &[(&str, &[&str])] = &[
    ("head", &["chu ho", "ban than", "chu ho gia dinh"]),
    ("wife", &["vo", "vo chu ho"]),
    ("husband", &["chong", "chong chu ho"]),
    ("father", &["cha", "bo", "cha de", "bo de", "cha ruot", "bo ruot"]),
    ("mother", &["me", "me de", "me ruot"]),
    (
        "parent_in_law",
        &[
            "cha vo",
            "bo vo",
            "me vo",
            "cha chong",
            "bo chong",
            "me chong",
            "cha me vo",
            "cha me chong",
            "cha me vo chong",
        ],
    ),
    ("adoptive_parent", &["cha nuoi", "bo nuoi", "me nuoi", "cha me nuoi"]),
    ("stepfather", &["cha duong", "bo duong"]),
    ("stepmother", &["me ke", "di ghe"]),
    ("child", &["con", "con de", "con trai", "con gai", "con ruot", "con trai de", "con gai de"]),
    ("adopted_child", &["con nuoi", "con nuoi hop phap"]),
    ("stepchild", &["con rieng", "con rieng cua vo", "con rieng cua chong", "con rieng cua vo chong"]),
    ("son_in_law", &["con re"]),
    ("daughter_in_law", &["con dau"]),
    ("grandparent", &["ong", "ba", "ong ba", "ong noi", "ba noi", "ong ngoai", "ba ngoai"]),
    ("great_grandparent", &["cu", "cu noi", "cu ngoai", "cu ong", "cu ba"]),
    ("grandchild", &["chau", "chau noi", "chau ngoai", "chau noi chau ngoai"]),
    ("great_grandchild", &["chat", "chat noi", "chat ngoai"]),
    (
        "sibling",
        &[
            "anh",
            "chi",
            "em",
            "anh trai",
            "chi gai",
            "em trai",
            "em gai",
            "anh ruot",
            "chi ruot",
            "em ruot",
            "anh chi em ruot",
        ],
    ),
    (
        "half_sibling",
        &[
            "anh cung cha khac me",
            "em cung cha khac me",
            "em cung me khac cha",
            "chi cung cha khac me",
            "anh chi em cung cha khac me cung me khac cha",
        ],
    ),
    (
        "sibling_in_law",
        &[
            "anh re",
            "chi dau",
            "em re",
            "em dau",
            "anh vo",
            "em vo",
            "anh chong",
            "em chong",
            "chi vo",
            "anh re em re chi dau em dau",
        ],
    ),
    ("nephew_niece", &["chau ruot", "chau ho"]),
    (
        "uncle_aunt",
        &[
            "bac",
            "chu",
            "cau",
            "co",
            "di",
            "bac ruot",
            "chu ruot",
            "cau ruot",
            "co ruot",
            "di ruot",
            "bac chu cau co di",
        ],
    ),
    ("guardian", &["nguoi giam ho"]),
    ("ward", &["nguoi duoc giam ho"]),
    ("other", &["khac", "o nho", "o cung", "moi quan he khac", "quan he khac"]),
];

/// Ethnic groups by code, each in its plain spellings without blanks (Decision 121-TCTK/PPCĐ of 2 March 1979).
const ETHNIC_GROUPS: &[(&str, &[&str])] = &[
    ("01", &["kinh", "viet"]),
    ("02", &["tay"]),
    ("03", &["thai"]),
    ("04", &["hoa", "han"]),
    ("05", &["khome", "khmer"]),
    ("06", &["muong"]),
    ("07", &["nung"]),
    ("08", &["mong", "hmong", "meo"]),
    ("09", &["dao", "man"]),
    ("10", &["giarai", "jrai"]),
    ("11", &["ngai"]),
    ("12", &["ede"]),
    ("13", &["bana", "bahnar"]),
    ("14", &["xodang", "xedang"]),
    ("15", &["sanchay", "caolan", "sanchi", "caolansanchi"]),
    ("16", &["coho", "kho"]),
    ("17", &["cham"]),
    ("18", &["sandiu"]),
    ("19", &["hre"]),
    ("20", &["mnong"]),
    ("21", &["raglai"]),
    ("22", &["xtieng", "stieng"]),
    ("23", &["bruvankieu", "vankieu", "bru"]),
    ("24", &["tho"]),
    ("25", &["giay"]),
    ("26", &["cotu", "katu"]),
    ("27", &["gietrieng"]),
    ("28", &["ma"]),
    ("29", &["khomu"]),
    ("30", &["co", "cor"]),
    ("31", &["taoi"]),
    ("32", &["choro"]),
    ("33", &["khang"]),
    ("34", &["xinhmun"]),
    ("35", &["hanhi"]),
    ("36", &["churu"]),
    ("37", &["lao"]),
    ("38", &["lachi"]),
    ("39", &["laha"]),
    ("40", &["phula"]),
    ("41", &["lahu"]),
    ("42", &["lu"]),
    ("43", &["lolo"]),
    ("44", &["chut"]),
    ("45", &["mang"]),
    ("46", &["pathen"]),
    ("47", &["colao"]),
    ("48", &["cong"]),
    ("49", &["boy"]),
    ("50", &["sila"]),
    ("51", &["pupeo"]),
    ("52", &["brau"]),
    ("53", &["odu"]),
    ("54", &["romam"]),
    ("55", &["nuocngoai", "nguoinuocngoai"]),
    ("56", &["khongxacdinh"]),
];

const CLASSES: &[(&str, &[&str])] = &[
    ("poor", &["ho ngheo", "ngheo", "hn"]),
    ("near_poor", &["ho can ngheo", "can ngheo", "hcn", "cn"]),
    ("escaped_poor", &["ho thoat ngheo", "thoat ngheo", "ho moi thoat ngheo", "moi thoat ngheo", "htn"]),
    (
        "escaped_near_poor",
        &["ho thoat can ngheo", "thoat can ngheo", "ho moi thoat can ngheo", "moi thoat can ngheo", "htcn"],
    ),
    (
        "average",
        &["ho co muc song trung binh", "co muc song trung binh", "muc song trung binh", "trung binh", "mstb"],
    ),
    ("not_poor", &["ho khong ngheo", "khong ngheo", "kn"]),
];

/// Codes with the plain words that stand for each.
type Words = &'static [(&'static str, &'static [&'static str])];

fn look_up(table: Words, word: &str) -> Option<&'static str> {
    table.iter().find(|(_, spellings)| spellings.contains(&word)).map(|(code, _)| *code)
}

/// The same relations in English.
const ENGLISH_RELATIONS: &[(&str, &[&str])] = &[
    ("head", &["head", "household head", "head of household"]),
    ("wife", &["wife"]),
    ("husband", &["husband"]),
    ("father", &["father"]),
    ("mother", &["mother"]),
    ("parent_in_law", &["parent in law", "father in law", "mother in law"]),
    ("child", &["child", "son", "daughter"]),
    ("son_in_law", &["son in law"]),
    ("daughter_in_law", &["daughter in law"]),
    ("grandparent", &["grandparent", "grandfather", "grandmother"]),
    ("grandchild", &["grandchild", "grandson", "granddaughter"]),
    ("sibling", &["sibling", "brother", "sister"]),
    ("nephew_niece", &["nephew", "niece"]),
    ("uncle_aunt", &["uncle", "aunt"]),
    ("other", &["other"]),
];

const ENGLISH_CLASSES: &[(&str, &[&str])] = &[
    ("poor", &["poor"]),
    ("near_poor", &["near poor"]),
    ("escaped_poor", &["escaped poor", "left poverty"]),
    ("escaped_near_poor", &["escaped near poor", "left near poverty"]),
    ("average", &["average"]),
    ("not_poor", &["not poor", "non poor"]),
];

/// A code by its words in a list of either language, or the code itself.
fn look_up_both(vietnamese: Words, english: Words, text: &str) -> Option<&'static str> {
    let word = plain(text);
    let itself = || vietnamese.iter().find(|(code, _)| code.replace('_', " ") == word).map(|(code, _)| *code);
    look_up(vietnamese, &word).or_else(|| look_up(english, &word)).or_else(itself)
}

/// Code of a relation to the head, one of the form's list `relation`.
pub(crate) fn relation(text: &str) -> Option<&'static str> {
    look_up_both(RELATIONS, ENGLISH_RELATIONS, text)
}

/// `male` or `female`.
pub(crate) fn sex(text: &str) -> Option<&'static str> {
    match plain(text).as_str() {
        "nam" | "trai" | "1" | "male" | "m" => Some("male"),
        "nu" | "gai" | "0" | "2" | "female" | "f" => Some("female"),
        _ => None,
    }
}

/// Code of an ethnic group, from its name in any spelling or from the code itself.
pub(crate) fn ethnicity(text: &str) -> Option<&'static str> {
    let joined: String = plain(text).split(' ').collect();
    let name = joined.strip_prefix("dantoc").unwrap_or(&joined);
    let code = format!("{name:0>2}");
    look_up(ETHNIC_GROUPS, name)
        .or_else(|| ETHNIC_GROUPS.iter().find(|(known, _)| *known == code).map(|(known, _)| *known))
}

/// Key of a class.
pub(crate) fn class(text: &str) -> Option<&'static str> {
    look_up_both(CLASSES, ENGLISH_CLASSES, text)
}
