//! Households drawn by dice, the same ones from the same seed. Nobody in them exists.

/// Marsaglia's xorshift: any numbers will do, and the same ones each time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        // Zero would stay zero.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % sides.max(1)
    }

    pub(crate) fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    pub(crate) fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        let index = usize::try_from(self.below(words.len() as u64)).unwrap_or(0);
        words.get(index).copied().unwrap_or("")
    }
}

/// Places and answers of a household of this many members, interviewed on 23 November 2026: everything that the shipped standards
/// ask about is answered.
pub(crate) fn household(dice: &mut Dice, members: u64) -> Vec<(String, String)> {
    let mut answers = vec![
        ("wall_solid", dice.of(&["yes", "yes", "no"]).to_owned()),
        ("column_solid", dice.of(&["yes", "yes", "no"]).to_owned()),
        ("roof_solid", dice.of(&["yes", "yes", "no"]).to_owned()),
        ("floor_area", (20 + dice.below(60)).to_string()),
        (
            "water_source",
            dice.of(&["tap", "drilled_well", "protected_spring", "unprotected_spring"]).to_owned(),
        ),
        ("toilet", dice.of(&["septic", "double_vault", "other"]).to_owned()),
        ("devices", dice.of(&["tv smartphone", "telephone", "none"]).to_owned()),
        ("assets", dice.of(&["motorbike fridge", "motorbike", "none"]).to_owned()),
    ];
    if dice.one_in(4) {
        answers.push(("income_method", "b1_total".to_owned()));
        answers.push(("b1_total", (100 + dice.below(100)).to_string()));
        answers.push(("worksheet_too", "no".to_owned()));
    } else {
        answers.push(("income_method", "worksheet".to_owned()));
        answers.push(("income_sources", "crops wages".to_owned()));
        answers.push(("income_crops", (dice.below(80) * 1_000_000).to_string()));
        answers.push(("income_wages", (dice.below(120) * 1_000_000).to_string()));
        answers.push(("cost_production", (dice.below(10) * 1_000_000).to_string()));
        answers.push(("income_allowance", "0".to_owned()));
    }
    let mut all: Vec<(String, String)> =
        answers.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    for number in 0..members {
        let relation = if number == 0 { "head" } else { dice.of(&["child", "mother", "sibling"]) };
        let mut put =
            |name: &str, text: &str| all.push((format!("members.m{number}.{name}"), text.to_owned()));
        let age = if number == 0 { 30 + dice.below(40) } else { dice.below(85) };
        put("full_name", &format!("M{number}"));
        put("relation", relation);
        put("birth", &format!("{}-{:02}-{:02}", 2026 - age, 1 + dice.below(11), 1 + dice.below(28)));
        put("sex", dice.of(&["male", "female"]));
        put("health_insurance", dice.of(&["yes", "yes", "yes", "yes", "no"]));
        if dice.one_in(8) {
            put("monthly_allowance", "yes");
            put("allowance_group", dice.of(&["elderly", "disabled", "single_parent"]));
        } else {
            put("monthly_allowance", "no");
        }
        if age >= 6 {
            put("internet_use", dice.of(&["yes", "no"]));
        }
        if age < 16 {
            put("child_nutrition", dice.of(&["normal", "normal", "normal", "stunted"]));
        }
        if (3..=30).contains(&age) {
            let studies = age < 16 && !dice.one_in(6);
            put("studying", if studies { "yes" } else { "no" });
            let level = match age {
                ..6 => "preschool",
                6..12 => "primary",
                _ => "lower_secondary",
            };
            if studies {
                put("study_level", level);
            } else if age >= 16 {
                put("enterprise_training", dice.of(&["yes", "no", "no"]));
            }
        }
        if age >= 15 {
            put("highest_education", dice.of(&["primary", "lower_secondary", "upper_secondary", "college"]));
            let capacity = dice.of(&["able_willing", "able_willing", "not_looking", "unable"]);
            put("labour_capacity", capacity);
            if capacity != "unable" {
                let work = dice.of(&["self", "self", "wage", "none"]);
                put("work_status", work);
                if work == "wage" {
                    put("labour_contract", dice.of(&["yes", "no"]));
                }
            }
        }
    }
    all
}
