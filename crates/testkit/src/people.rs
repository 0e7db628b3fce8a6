//! Generated villages, households and members.

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The year of the review the households are generated for.
const ROUND: i16 = 2026;

/// One village of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Village {
    /// Slug.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Commune code.
    pub commune: &'static str,
    /// Commune name without the kind.
    pub commune_name: &'static str,
    /// `xã` or `phường`.
    pub commune_kind: &'static str,
    /// An old commune code whose area the village lies in (before July 2025).
    pub old_commune: (&'static str, &'static str),
    /// The old district's code and name.
    pub old_district: (&'static str, &'static str),
    /// `rural` or `urban`.
    pub area: &'static str,
    /// Households on the list.
    pub listed: usize,
    /// All households of the village, for rates.
    pub all: usize,
}

/// One member as the official list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Full name.
    pub full_name: String,
    /// Relation to the head in the list's words.
    pub relation: &'static str,
    /// Year, month, day.
    pub birth: (i16, i8, i8),
    /// Whether female.
    pub female: bool,
    /// Twelve digits; none for some children and elders.
    pub citizen_id: Option<String>,
    /// Name of the ethnic group.
    pub ethnicity: &'static str,
}

/// One household as the official list has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Household {
    /// The province's code for it.
    pub code: String,
    /// Where it lives.
    pub village: Village,
    /// Members, the head first.
    pub members: Vec<Member>,
    /// Poor (else near-poor) in last year's list.
    pub poor: bool,
    /// Last year's points of income.
    pub b1: u16,
    /// Last year's points of deprivation.
    pub b2: u16,
}

impl Household {
    /// The head.
    pub fn head(&self) -> &Member {
        &self.members[0]
    }
}

/// The five villages of the two demo communes: 60 households on the list.
pub fn villages() -> Vec<Village> {
    let doan_ket = |id, name, listed, all| Village {
        id,
        name,
        commune: "06001",
        commune_name: "Đoàn Kết",
        commune_kind: "xã",
        old_commune: ("06010", "Xã Cao Minh"),
        old_district: ("180", "Tràng Định"),
        area: "rural",
        listed,
        all,
    };
    let ky_lua = |id, name, listed, all| Village {
        id,
        name,
        commune: "06187",
        commune_name: "Kỳ Lừa",
        commune_kind: "phường",
        old_commune: ("05971", "Phường Hoàng Văn Thụ"),
        old_district: ("178", "Thành phố Lạng Sơn"),
        area: "urban",
        listed,
        all,
    };
    vec![
        doan_ket("na-pan", "Thôn Nà Pàn", 18, 74),
        doan_ket("khuoi-slao", "Thôn Khuổi Slao", 13, 51),
        doan_ket("pac-cap", "Thôn Pác Cáp", 11, 48),
        ky_lua("khoi-3", "Khối 3", 10, 212),
        ky_lua("khoi-7", "Khối 7", 8, 187),
    ]
}

const FAMILIES: &[(&str, &str)] = &[
    ("Nông", "Tày"),
    ("Hoàng", "Nùng"),
    ("Lương", "Tày"),
    ("Vi", "Nùng"),
    ("Lý", "Dao"),
    ("Triệu", "Dao"),
    ("Bế", "Tày"),
    ("Hà", "Tày"),
    ("Lộc", "Nùng"),
    ("Chu", "Nùng"),
    ("Nguyễn", "Kinh"),
    ("Trần", "Kinh"),
    ("Đàm", "Tày"),
    ("Phùng", "Nùng"),
    ("Hứa", "Nùng"),
];
const MALE: &[&str] = &[
    "Thành", "Hải", "Sơn", "Slao", "Páo", "Tình", "Sinh", "Cường", "Đạo", "Lập", "Quý", "Tuấn", "Dũng",
    "Khánh", "Thắng", "Nghĩa",
];
const FEMALE: &[&str] = &[
    "Nhung", "Lan", "Én", "Bích", "Mai", "Mỷ", "Hạnh", "Thơm", "Diệp", "Huế", "Nguyệt", "Đào", "Liên",
    "Thủy", "Hoa", "Yến",
];

/// The 60 households of the demo; the same for the same seed.
pub fn households(seed: u64) -> Vec<Household> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut households = Vec::new();
    for village in villages() {
        for _ in 0..village.listed {
            let number = households.len() + 1;
            households.push(household(&mut random, number, &village));
        }
    }
    households
}

/// One household of a village, by its number in the list.
pub fn household(random: &mut ChaCha8Rng, number: usize, village: &Village) -> Household {
    let (family, ethnicity) = *pick(random, FAMILIES);
    let head_year = ROUND - random.random_range(28..=68);
    let head_female = random.random_bool(0.2);
    let mut members = vec![member(random, family, ethnicity, "Chủ hộ", head_female, head_year)];
    if random.random_bool(0.85) {
        let (other, their) = *pick(random, FAMILIES);
        let year = head_year + random.random_range(-4..=6);
        let relation = if head_female { "Chồng" } else { "Vợ" };
        members.push(member(random, other, their, relation, !head_female, year));
    }
    for child in 0..random.random_range(0..=3_i16) {
        let year = (head_year + 22 + child * random.random_range(2..=4)).min(ROUND - 1);
        let female = random.random_bool(0.5);
        members.push(member(random, family, ethnicity, "Con đẻ", female, year));
    }
    if head_year > ROUND - 50 && random.random_bool(0.55) {
        let year = head_year - random.random_range(22..=30);
        let female = random.random_bool(0.65);
        members.push(member(
            random,
            family,
            ethnicity,
            if female { "Mẹ đẻ" } else { "Cha đẻ" },
            female,
            year,
        ));
    }
    let poor = random.random_bool(0.3);
    let line: u16 = if village.area == "rural" { 140 } else { 175 };
    Household {
        code: format!("20{}{number:04}", village.commune),
        village: village.clone(),
        members,
        poor,
        b1: random.random_range(14..=line / 5) * 5,
        b2: if poor { 10 * random.random_range(3..=6) } else { 10 * random.random_range(0..=2) },
    }
}

fn member(
    random: &mut ChaCha8Rng,
    family: &str,
    ethnicity: &'static str,
    relation: &'static str,
    female: bool,
    year: i16,
) -> Member {
    let (middle, given) =
        if female { ("Thị", *pick(random, FEMALE)) } else { ("Văn", *pick(random, MALE)) };
    let age = ROUND - year;
    // Small children often have no number yet; some elders never got one.
    let has_number = !(age < 6 && random.random_bool(0.4) || age > 75 && random.random_bool(0.2));
    let century = u8::from(year >= 2000) * 2 + u8::from(female);
    Member {
        full_name: format!("{family} {middle} {given}"),
        relation,
        birth: (year, random.random_range(1..=12), random.random_range(1..=28)),
        female,
        citizen_id: has_number.then(|| {
            format!("020{century}{:02}{:06}", year.rem_euclid(100), random.random_range(0..1_000_000))
        }),
        ethnicity,
    }
}

/// One more child of the head, born after 1996.
pub(crate) fn another_child(random: &mut ChaCha8Rng, household: &Household) -> Member {
    let head = household.head();
    let family = head.full_name.split(' ').next().unwrap_or_default().to_owned();
    let (female, year) = (random.random_bool(0.5), random.random_range(2000..ROUND));
    member(random, &family, head.ethnicity, "Con đẻ", female, year.max(head.birth.0 + 18).min(ROUND - 1))
}

fn pick<'a, T>(random: &mut ChaCha8Rng, from: &'a [T]) -> &'a T {
    from.choose(random).unwrap_or(&from[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_sixty_households() {
        let first = households(7);
        assert_eq!(first.len(), 60);
        assert_eq!(first, households(7));
        assert_ne!(first, households(8));
    }

    #[test]
    fn citizen_ids_agree_with_sex_and_birth_year() {
        for person in households(11).iter().flat_map(|household| &household.members) {
            let Some(id) = &person.citizen_id else { continue };
            let century = (person.birth.0 - 1900) / 100 * 2 + i16::from(person.female);
            assert_eq!(&id[3..4], century.to_string(), "seed 11");
            assert_eq!(&id[4..6], format!("{:02}", person.birth.0 % 100), "seed 11");
        }
    }
}
