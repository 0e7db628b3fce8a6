//! A household as it is counted.

use rasoat_casework::AreaType;
use rasoat_casework::procedure::Stage;
use rasoat_casework::standard::IncomeBasis;
use uuid::Uuid;

/// The classes that the official tables know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Hộ nghèo.
    Poor,
    /// Hộ cận nghèo.
    NearPoor,
    /// Hộ có mức sống trung bình.
    Average,
    /// Hộ không nghèo.
    NotPoor,
}

impl Class {
    /// All, in the order of the law.
    pub const ALL: [Self; 4] = [Self::Poor, Self::NearPoor, Self::Average, Self::NotPoor];

    /// Its key in standards and lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Poor => "poor",
            Self::NearPoor => "near_poor",
            Self::Average => "average",
            Self::NotPoor => "not_poor",
        }
    }

    /// The class of that key. Lists call households that left a class by what they left: they are not poor.
    pub fn of(key: &str) -> Option<Self> {
        match key {
            "escaped_poor" | "escaped_near_poor" => Some(Self::NotPoor),
            _ => Self::ALL.into_iter().find(|class| class.as_str() == key),
        }
    }
}

/// How far a household is in its round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Progress {
    /// Nothing was answered.
    #[default]
    Listed,
    /// Some answers, not signed.
    Begun,
    /// Signed.
    Signed,
}

/// What the procedure says of the household's class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Holding {
    /// Nothing yet.
    #[default]
    Open,
    /// The commune's chairman recognised it.
    Recognised,
    /// The chairman refused it.
    Refused,
}

impl Holding {
    /// By where the procedure has the household.
    pub fn of(stage: Stage) -> Self {
        match stage {
            Stage::Recognised | Stage::Certified => Self::Recognised,
            Stage::Refused => Self::Refused,
            Stage::Listed
            | Stage::Assigned
            | Stage::MeetingRejected
            | Stage::Interviewed
            | Stage::Scored
            | Stage::MeetingAgreed
            | Stage::Complaint
            | Stage::Reverified
            | Stage::Posted => Self::Open,
        }
    }
}

/// Why a household is counted no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gone {
    /// It was found to be the same as another.
    Merged,
    /// The list that brought it was taken back.
    Withdrawn,
}

/// What one standard made of it. Indicators by their numbers: number 1 is the lowest bit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Outcome {
    /// `None` while open answers decide.
    pub class: Option<Class>,
    /// Why the class is not final: bit 0 unverified threshold, 1 unverified rule or line, 2 dummy points.
    pub provisional: u8,
    /// Indicators deprived.
    pub deprived: u16,
    /// Indicators that wait for answers.
    pub open: u16,
    /// Indicators whose threshold is not known.
    pub undefined: u16,
    /// What the income test was made on.
    pub basis: Option<IncomeBasis>,
    /// Đồng per person and month, or points.
    pub income: Option<f64>,
}

impl Outcome {
    /// How many indicators are deprived.
    pub fn count(&self) -> u32 {
        self.deprived.count_ones()
    }

    /// Whether that indicator, by its number from 1, is deprived.
    pub fn is_deprived(&self, number: u8) -> bool {
        has(self.deprived, number)
    }

    /// Whether that indicator is known not to be deprived.
    pub fn is_met(&self, number: u8) -> bool {
        !has(self.deprived | self.open | self.undefined, number)
    }
}

fn has(set: u16, number: u8) -> bool {
    number
        .checked_sub(1)
        .and_then(|place| 1_u16.checked_shl(u32::from(place)))
        .is_some_and(|bit| set & bit != 0)
}

/// A household in a round.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its id.
    pub household: Uuid,
    /// Its village's id within the commune; empty while not known.
    pub village: String,
    /// Which income line applies.
    pub area: AreaType,
    /// Code of the head's ethnic group; 0 while not known.
    pub ethnicity: u8,
    /// Members known.
    pub members: u8,
    /// Members at the end of the round before; 0 where nobody counted them.
    pub members_before: u8,
    /// How far it is.
    pub progress: Progress,
    /// What was decided.
    pub holding: Holding,
    /// Why it is counted no more, if so.
    pub gone: Option<Gone>,
    /// The household that stands for it, where it was merged and that one is known.
    pub merged_into: Option<Uuid>,
    /// Its class at the end of the round before, as the list, or that round's lock, says.
    pub before: Option<Class>,
    /// Whether it was poor, and whether near-poor, at any time before that.
    pub once: [bool; 2],
    /// Somebody added it in the field: no list names it.
    pub added: bool,
    /// It came from another commune.
    pub moved_in: bool,
    /// Under the standard in force and under the coming one; `None` before it was asked.
    pub outcomes: [Option<Outcome>; 2],
    /// How often each fact holds, in the order of [`rasoat_casework::Facts`].
    pub facts: Vec<u8>,
}

impl Case {
    /// Nothing but an id: what a household is before anything is known of it.
    pub fn new(household: Uuid) -> Self {
        Self {
            household,
            village: String::new(),
            area: AreaType::Rural,
            ethnicity: 0,
            members: 0,
            members_before: 0,
            progress: Progress::Listed,
            holding: Holding::Open,
            gone: None,
            merged_into: None,
            before: None,
            once: [false; 2],
            added: false,
            moved_in: false,
            outcomes: [None; 2],
            facts: Vec::new(),
        }
    }

    /// Its class under a standard: 0 in force, 1 the coming one. `None` while it was not signed, or open answers decide.
    pub fn class(&self, slot: usize) -> Option<Class> {
        if self.progress != Progress::Signed {
            return None;
        }
        self.outcomes.get(slot)?.as_ref()?.class
    }

    /// Members at the end of the round before; where nobody counted them, those of now.
    pub fn persons_before(&self) -> u8 {
        if self.members_before == 0 { self.members } else { self.members_before }
    }

    /// How often a fact holds, by its place.
    pub fn fact(&self, place: usize) -> u8 {
        self.facts.get(place).copied().unwrap_or(0)
    }
}
