use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rasoat_documents::{DocumentError, Head, InterchangeHousehold, InterchangeMember, Watch};

/// Names that would do something, were they taken for markup or for a formula.
pub(crate) const HOSTILE: [&str; 8] = [
    "#read(\"/etc/passwd\")",
    "*đậm* _nghiêng_ $x^2$",
    "= Tiêu đề",
    "=HYPERLINK(\"http://x\";\"y\")",
    "+84 912",
    "-1+1",
    "@SUM(A1)",
    "<b>\\u{41}</b> `mã` ~ // --- [x](y)",
];

pub(crate) fn watched<T>(
    make: impl FnOnce(&mut Watch<'_>) -> Result<T, DocumentError>,
) -> Result<T, DocumentError> {
    let cancelled = AtomicBool::new(false);
    make(&mut Watch::new(&mut |_, _| (), &cancelled))
}

pub(crate) fn head() -> Head {
    Head {
        commune: "xã Ba Sơn".to_owned(),
        village: Some("Thôn Khòn Mò".to_owned()),
        round: 2026,
        made_on: "2026-11-27".to_owned(),
    }
}

/// The text of a PDF, as pdftotext reads it, page after page.
pub(crate) fn text_of(pdf: &[u8]) -> String {
    String::from_utf8(piped("pdftotext", &["-layout", "-enc", "UTF-8", "-", "-"], pdf)).expect("UTF-8")
}

/// The same with single blanks, so that it does not matter where lines break.
pub(crate) fn plain_text_of(pdf: &[u8]) -> String {
    let text =
        String::from_utf8(piped("pdftotext", &["-raw", "-enc", "UTF-8", "-", "-"], pdf)).expect("UTF-8");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parts that a PDF is made of, as a screen reader is told: one in a line, and what it says below it.
pub(crate) fn parts_of(pdf: &[u8]) -> String {
    let told = piped("pdfinfo", &["-enc", "UTF-8", "-struct-text", "-"], pdf);
    // The names of parts come in another encoding than what they say.
    String::from_utf8_lossy(&told).into_owned()
}

fn piped(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("poppler-utils is set up");
    let mut stdin = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input).expect("written"));
        let output = child.wait_with_output().expect("an answer");
        assert!(output.status.success(), "{program} fails");
        output.stdout
    })
}

/// Puts a paper where somebody can look at it, if they ask by naming a folder.
pub(crate) fn show(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("RASOAT_PAPERS") {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).expect("written");
    }
}

/// A village of made-up households, the same for a seed. Everything personal is there and unlike anything else.
pub(crate) fn village(seed: u64, households: usize) -> Vec<InterchangeHousehold> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..households).map(|number| household(&mut random, number)).collect()
}

fn household(random: &mut ChaCha8Rng, number: usize) -> InterchangeHousehold {
    const CLASSES: [Option<&str>; 5] =
        [Some("poor"), Some("near_poor"), Some("escaped_poor"), Some("escaped_near_poor"), None];
    const COMMUNES: [(&str, &str); 2] = [("06196", "xã Ba Sơn"), ("06625", "xã Kiên Mộc")];
    let (commune, commune_name) = *COMMUNES.choose(random).expect("a commune");
    let size = random.random_range(1..7);
    let members: Vec<InterchangeMember> = (0..size).map(|place| member(random, place)).collect();
    InterchangeHousehold {
        code: random.random_bool(0.7).then(|| format!("LS-{number:05}")),
        head: members[0].name.clone(),
        commune: commune.to_owned(),
        commune_name: commune_name.to_owned(),
        village: format!("Thôn {}", ["Khòn Mò", "Nà Lốc", "Bản Chu"].choose(random).expect("a village")),
        address: random.random_bool(0.5).then(|| format!("Xóm {}", random.random_range(1..99))),
        phone: random.random_bool(0.5).then(|| format!("09{:08}", random.random_range(0..100_000_000))),
        class: CLASSES.choose(random).copied().flatten().map(str::to_owned),
        decision_number: random.random_bool(0.5).then(|| format!("{}/QĐ-UBND", random.random_range(1..500))),
        decision_date: random.random_bool(0.5).then(|| "2026-12-10".to_owned()),
        b1: random.random_bool(0.8).then(|| f64::from(random.random_range(200..2000)) / 10.0),
        b2: random.random_bool(0.8).then(|| f64::from(random.random_range(0..12) * 10)),
        minority: random.random_bool(0.5),
        no_labour: random.random_bool(0.2),
        merit: random.random_bool(0.1),
        causes: if random.random_bool(0.5) {
            vec!["không có đất sản xuất".to_owned(), "nguyên nhân khác".to_owned()]
        } else {
            Vec::new()
        },
        members,
    }
}

fn member(random: &mut ChaCha8Rng, place: usize) -> InterchangeMember {
    const FAMILY: [&str; 6] = ["Nông", "Hoàng", "Lý", "Vi", "Triệu", "Đặng"];
    const MIDDLE: [&str; 5] = ["Văn", "Thị", "Thúy", "Đức", "Ngọc"];
    const GIVEN: [&str; 8] = ["Huyền", "Nguyệt", "Phượng", "Ưởng", "Quỳnh", "Đẩu", "Hữu", "Thoả"];
    const RELATIONS: [&str; 25] = [
        "wife",
        "husband",
        "father",
        "mother",
        "parent_in_law",
        "adoptive_parent",
        "stepfather",
        "stepmother",
        "child",
        "adopted_child",
        "stepchild",
        "son_in_law",
        "daughter_in_law",
        "grandparent",
        "great_grandparent",
        "grandchild",
        "great_grandchild",
        "sibling",
        "half_sibling",
        "sibling_in_law",
        "nephew_niece",
        "uncle_aunt",
        "guardian",
        "ward",
        "other",
    ];
    let mut pick = |words: &[&'static str]| *words.choose(random).expect("a word");
    let hostile = place == 0 && pick(&["no", "no", "no", "yes"]) == "yes";
    let name = if hostile {
        pick(&HOSTILE).to_owned()
    } else {
        format!("{} {} {}", pick(&FAMILY), pick(&MIDDLE), pick(&GIVEN))
    };
    let relation = if place == 0 { "head" } else { pick(&RELATIONS) };
    let year = random.random_range(1935..2026);
    let birth = if random.random_bool(0.8) {
        format!("{year}-{:02}-{:02}", random.random_range(1..13), random.random_range(1..29))
    } else {
        year.to_string()
    };
    let female = random.random_bool(0.5);
    let sex_digit = if year < 2000 { u32::from(female) } else { 2 + u32::from(female) };
    let digits = format!("020{sex_digit}{:02}{:06}", year % 100, random.random_range(0..1_000_000));
    InterchangeMember {
        name,
        relation: Some(relation.to_owned()),
        birth: Some(birth),
        sex: Some(if female { "female" } else { "male" }.to_owned()),
        citizen_id: random.random_bool(0.8).then_some(digits),
        ethnicity: Some(
            ["01", "02", "07", "09", "15", "08"]
                .choose(random)
                .map(|code| (*code).to_owned())
                .expect("a code"),
        ),
    }
}
