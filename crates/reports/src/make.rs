//! From an interview to a [`Case`]. The laptop and the province make them by this alone, so that their tables are equal.

use rasoat_casework::standard::{IndicatorSet, Provisional, ReadyStandard, Score};
use rasoat_casework::{AreaType, Facts, ReadyFacts};
use rasoat_instrument::expression::{Expr, Outcome as Evaluated};
use rasoat_instrument::{Part, Plan, Prepared, Session};
use uuid::Uuid;

use crate::case::{Case, Class, Gone, Outcome};

/// How the ids of the standards in force and coming begin, in the order of their slots.
pub const STANDARDS: [&str; 2] = ["vn-2022", "vn-2027"];

/// More indicators than these are not counted.
const MOST_INDICATORS: u8 = 16;

/// Makes cases of interviews on one form.
#[derive(Debug)]
pub struct CaseMaker {
    /// Under the standard in force and under the coming one.
    standards: [Option<ReadyStandard>; 2],
    facts: ReadyFacts,
    head_ethnicity: [Option<Prepared>; 2],
    part: Part,
}

/// What a household's list says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Listed<'a> {
    /// Its class at the end of the round before.
    pub class: Option<&'a str>,
    /// Members that it names.
    pub members: usize,
    /// Where it comes from: `list` or `added`.
    pub origin: Option<&'a str>,
    /// The household that it was merged into.
    pub merged_into: Option<Uuid>,
    /// Whether the list that brought it was undone and nobody works on it.
    pub withdrawn: bool,
}

impl Listed<'_> {
    /// Puts it into a case.
    pub fn put(&self, case: &mut Case) {
        case.before = self.class.and_then(Class::of);
        // A list that names the head alone says nothing of persons.
        case.members_before =
            if self.members > 1 { u8::try_from(self.members).unwrap_or(u8::MAX) } else { 0 };
        // What left a class was in it.
        case.once = [self.class == Some("escaped_poor"), self.class == Some("escaped_near_poor")];
        case.added = self.origin == Some("added");
        case.merged_into = self.merged_into;
        case.gone = match (self.merged_into, self.withdrawn) {
            (Some(_), _) => Some(Gone::Merged),
            (None, true) => Some(Gone::Withdrawn),
            (None, false) => None,
        };
    }
}

impl CaseMaker {
    /// For a form. `standards` are those that a line shows: in force and coming, each by the beginning of its id.
    pub fn new(plan: &Plan, standards: &[ReadyStandard], ids: [&str; 2], facts: &Facts) -> Self {
        let of = |id: &str| standards.iter().find(|ready| ready.standard().id.starts_with(id)).cloned();
        let standards = ids.map(of);
        let ready: Vec<ReadyStandard> = standards.iter().flatten().cloned().collect();
        let facts = facts.ready(plan, &ready);
        let ask =
            |source: &str, repeat| Expr::parse(source).ok().and_then(|expr| plan.prepare(&expr, repeat).ok());
        let head_ethnicity =
            [ask("${relation} = 'head'", Some("members")), ask("${ethnicity}", Some("members"))];
        let own = head_ethnicity.iter().flatten();
        let part =
            plan.part(ready.iter().flat_map(ReadyStandard::prepared).chain(facts.prepared()).chain(own));
        Self { standards, facts, head_ethnicity, part }
    }

    /// As much of the form as a case asks for.
    pub fn part(&self) -> &Part {
        &self.part
    }

    /// Puts what an interview says into a case.
    pub fn put(&self, session: &Session, area: AreaType, case: &mut Case) {
        case.area = area;
        case.outcomes = [0, 1].map(|slot| {
            let ready = self.standards.get(slot).and_then(Option::as_ref)?;
            let score = ready.score(session, area);
            let class = ready.class(&score).and_then(|class| Class::of(&class.key));
            Some(outcome(&score, class))
        });
        case.facts = self.facts.count(session);
        let mut members = 0_u32;
        case.ethnicity = 0;
        let [is_head, ethnicity] = &self.head_ethnicity;
        for member in session.inside("members") {
            members += 1;
            let heads = is_head.as_ref().is_some_and(|is_head| member.holds(is_head));
            if let Some(ethnicity) = ethnicity.as_ref().filter(|_| heads || members == 1) {
                let code = text(member.evaluate(ethnicity)).and_then(|code| code.parse().ok()).unwrap_or(0);
                // The first member stands for the head until there is one.
                if heads || case.ethnicity == 0 {
                    case.ethnicity = code;
                }
            }
        }
        case.members = u8::try_from(members).unwrap_or(u8::MAX);
    }
}

fn outcome(score: &Score, class: Option<Class>) -> Outcome {
    let provisional = score.provisional().fold(0, |bits, why| {
        bits | match why {
            Provisional::UnverifiedThreshold => 1,
            Provisional::UnverifiedRule => 2,
            Provisional::DummyPoints => 4,
        }
    });
    Outcome {
        class,
        provisional,
        deprived: bits(score.deprived),
        open: bits(score.open),
        undefined: bits(score.undefined),
        basis: score.basis,
        income: score.income,
    }
}

fn bits(set: IndicatorSet) -> u16 {
    (1..=MOST_INDICATORS)
        .filter(|number| set.contains(*number))
        .fold(0, |bits, number| bits | 1 << (number - 1))
}

fn text(outcome: Evaluated) -> Option<String> {
    match outcome {
        Evaluated::Text(text) => Some(text),
        Evaluated::Number(number) => Some(number.to_string()),
        Evaluated::Boolean(_) => None,
    }
}
