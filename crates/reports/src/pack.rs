//! Cases of a commune as bytes, to be kept beside what they were made from. Those of a lock are kept for good: another layout is read
//! beside this one, never in its place.

use rasoat_casework::AreaType;
use rasoat_casework::standard::IncomeBasis;
use uuid::Uuid;

use crate::case::{Case, Class, Gone, Holding, Outcome, Progress};

/// Names the layout.
const LAYOUT: u8 = 2;
/// The layout before, which does not say how many members there were before.
const WITHOUT_BEFORE: u8 = 1;

/// Bytes that are not cases of a layout that this program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not cases of this program")]
pub struct PackError;

/// Packs cases in their order.
pub fn pack(cases: &[Case]) -> Vec<u8> {
    let mut villages: Vec<&str> = cases.iter().map(|case| case.village.as_str()).collect();
    villages.sort_unstable();
    villages.dedup();
    let mut bytes = vec![LAYOUT];
    put(&mut bytes, villages.len() as u64);
    for village in &villages {
        put(&mut bytes, village.len() as u64);
        bytes.extend_from_slice(village.as_bytes());
    }
    put(&mut bytes, cases.len() as u64);
    for case in cases {
        let village = villages.binary_search(&case.village.as_str()).unwrap_or(0);
        bytes.extend_from_slice(case.household.as_bytes());
        put(&mut bytes, village as u64);
        bytes.extend([case.ethnicity, case.members, case.members_before]);
        bytes.extend([state_of(case), origin_of(case)]);
        if let Some(other) = case.merged_into {
            bytes.extend_from_slice(other.as_bytes());
        }
        for outcome in &case.outcomes {
            put_outcome(&mut bytes, outcome.as_ref());
        }
        put(&mut bytes, case.facts.len() as u64);
        bytes.extend_from_slice(&case.facts);
    }
    bytes
}

/// Reads what [`pack`] made.
///
/// # Errors
/// [`PackError`] for anything else.
pub fn unpack(bytes: &[u8]) -> Result<Vec<Case>, PackError> {
    let mut read = Reader(bytes);
    let says_before = match read.byte()? {
        LAYOUT => true,
        WITHOUT_BEFORE => false,
        _ => return Err(PackError),
    };
    let mut villages = Vec::new();
    for _ in 0..read.count()? {
        let length = read.count()?;
        let text = std::str::from_utf8(read.take(length)?).map_err(|_| PackError)?;
        villages.push(text.to_owned());
    }
    let count = read.count()?;
    let mut cases = Vec::with_capacity(count.min(bytes.len() / 16));
    for _ in 0..count {
        cases.push(read.case(&villages, says_before)?);
    }
    if read.0.is_empty() { Ok(cases) } else { Err(PackError) }
}

fn state_of(case: &Case) -> u8 {
    let area = match case.area {
        AreaType::Rural => 0,
        AreaType::Urban => 1,
    };
    let gone = match case.gone {
        None => 0,
        Some(Gone::Merged) => 1,
        Some(Gone::Withdrawn) => 2,
    };
    area | (case.progress as u8) << 1 | (case.holding as u8) << 3 | gone << 5
}

fn origin_of(case: &Case) -> u8 {
    let [poor, near_poor] = case.once;
    class_code(case.before)
        | u8::from(poor) << 3
        | u8::from(near_poor) << 4
        | u8::from(case.added) << 5
        | u8::from(case.moved_in) << 6
        | u8::from(case.merged_into.is_some()) << 7
}

fn class_code(class: Option<Class>) -> u8 {
    class.map_or(0, |class| class as u8 + 1)
}

fn class_of(code: u8) -> Result<Option<Class>, PackError> {
    match code {
        0 => Ok(None),
        code => Class::ALL.get(usize::from(code) - 1).copied().map(Some).ok_or(PackError),
    }
}

fn put_outcome(bytes: &mut Vec<u8>, outcome: Option<&Outcome>) {
    let Some(outcome) = outcome else { return bytes.push(0) };
    let basis = match outcome.basis {
        None => 0,
        Some(IncomeBasis::Worksheet) => 1,
        Some(IncomeBasis::Points) => 2,
    };
    bytes.push(1 | class_code(outcome.class) << 1 | basis << 4 | u8::from(outcome.income.is_some()) << 6);
    bytes.push(outcome.provisional);
    for set in [outcome.deprived, outcome.open, outcome.undefined] {
        bytes.extend(set.to_le_bytes());
    }
    if let Some(income) = outcome.income {
        bytes.extend(income.to_le_bytes());
    }
}

/// A number, seven bits a byte, the lowest first.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], PackError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(PackError)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], PackError> {
        self.take(N)?.try_into().map_err(|_| PackError)
    }

    fn byte(&mut self) -> Result<u8, PackError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u64, PackError> {
        let mut number = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(PackError)
    }

    fn count(&mut self) -> Result<usize, PackError> {
        usize::try_from(self.number()?).map_err(|_| PackError)
    }

    fn case(&mut self, villages: &[String], says_before: bool) -> Result<Case, PackError> {
        let household = Uuid::from_bytes(self.array()?);
        let village = villages.get(self.count()?).ok_or(PackError)?.clone();
        let [ethnicity, members] = self.array()?;
        let members_before = if says_before { self.byte()? } else { 0 };
        let [state, origin] = self.array()?;
        let merged_into = if origin & 128 == 0 { None } else { Some(Uuid::from_bytes(self.array()?)) };
        let outcomes = [self.outcome()?, self.outcome()?];
        let facts = self.count()?;
        Ok(Case {
            household,
            village,
            area: if state & 1 == 0 { AreaType::Rural } else { AreaType::Urban },
            ethnicity,
            members,
            members_before,
            progress: match state >> 1 & 3 {
                0 => Progress::Listed,
                1 => Progress::Begun,
                2 => Progress::Signed,
                _ => return Err(PackError),
            },
            holding: match state >> 3 & 3 {
                0 => Holding::Open,
                1 => Holding::Recognised,
                2 => Holding::Refused,
                _ => return Err(PackError),
            },
            gone: match state >> 5 {
                0 => None,
                1 => Some(Gone::Merged),
                2 => Some(Gone::Withdrawn),
                _ => return Err(PackError),
            },
            merged_into,
            before: class_of(origin & 7)?,
            once: [origin & 8 != 0, origin & 16 != 0],
            added: origin & 32 != 0,
            moved_in: origin & 64 != 0,
            outcomes,
            facts: self.take(facts)?.to_vec(),
        })
    }

    fn outcome(&mut self) -> Result<Option<Outcome>, PackError> {
        let head = self.byte()?;
        if head & 1 == 0 {
            return Ok(None);
        }
        let provisional = self.byte()?;
        let [deprived, open, undefined] =
            [self.array()?, self.array()?, self.array()?].map(u16::from_le_bytes);
        let income = if head & 64 == 0 { None } else { Some(f64::from_le_bytes(self.array()?)) };
        let basis = match head >> 4 & 3 {
            0 => None,
            1 => Some(IncomeBasis::Worksheet),
            2 => Some(IncomeBasis::Points),
            _ => return Err(PackError),
        };
        let class = class_of(head >> 1 & 7)?;
        Ok(Some(Outcome { class, provisional, deprived, open, undefined, basis, income }))
    }
}
