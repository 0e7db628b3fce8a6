//! What is counted of an interview beside its class and indicators, as data (`instruments/facts/*.toml`).

use std::collections::BTreeSet;

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Plan, Prepared, Session, Text};

use crate::standard::table::Section;
use crate::standard::{MemberTests, ReadyStandard, StandardProblem, parse};

/// Facts that can be counted of an interview.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Names the list: `household-2026`.
    pub id: String,
    /// The repeat of the form that holds the members.
    members: String,
    /// Ids of the standard that judges members begin so.
    standard: String,
    /// In their order, which counts keep.
    pub facts: Vec<Fact>,
}

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Its key: `school_age`.
    pub key: String,
    /// In words.
    pub label: Text,
    /// Whether it is counted of each member; else it holds of the household or not.
    pub of_members: bool,
    asked: Asked,
}

#[derive(Debug, Clone, PartialEq)]
enum Asked {
    When(Expr),
    Indicator { key: String, verdict: Verdict },
}

/// What a standard makes of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Concerned,
    Met,
    Deprived,
}

/// Facts made ready for one form and one standard.
#[derive(Debug)]
pub struct ReadyFacts {
    members: String,
    ready: Vec<ReadyFact>,
}

#[derive(Debug)]
enum ReadyFact {
    /// Nothing on this form can tell.
    Never,
    Household(Prepared),
    Members(Prepared),
    Judged(MemberTests, Verdict),
}

impl Facts {
    /// Reads a file of facts.
    ///
    /// # Errors
    /// Everything wrong with it, each with its place; codes as of [`crate::standard::Standard::from_toml`].
    pub fn from_toml(text: &str) -> Result<Self, Vec<StandardProblem>> {
        let table = parse(text)?;
        let mut problems = Vec::new();
        let read = file(Section::new("", table, &mut problems));
        match read {
            Some(read) if problems.is_empty() => Ok(read),
            _ => Err(problems),
        }
    }

    /// Where a fact stands among the counts.
    pub fn place(&self, key: &str) -> Option<usize> {
        self.facts.iter().position(|fact| fact.key == key)
    }

    /// Makes the facts ready for one form.
    pub fn ready(&self, plan: &Plan, standards: &[ReadyStandard]) -> ReadyFacts {
        let judge = standards.iter().find(|ready| ready.standard().id.starts_with(&self.standard));
        let ready = |fact: &Fact| match &fact.asked {
            Asked::When(expr) if fact.of_members => {
                plan.prepare(expr, Some(&self.members)).map_or(ReadyFact::Never, ReadyFact::Members)
            }
            Asked::When(expr) => plan.prepare(expr, None).map_or(ReadyFact::Never, ReadyFact::Household),
            Asked::Indicator { key, verdict } => judge
                .and_then(|ready| ready.member_tests(key))
                .map_or(ReadyFact::Never, |tests| ReadyFact::Judged(tests, *verdict)),
        };
        ReadyFacts { members: self.members.clone(), ready: self.facts.iter().map(ready).collect() }
    }
}

impl ReadyFacts {
    /// Places of the facts that nothing on this form can tell.
    pub fn untold(&self) -> impl Iterator<Item = usize> {
        let all = self.ready.iter().enumerate();
        all.filter(|(_, fact)| matches!(fact, ReadyFact::Never)).map(|(place, _)| place)
    }

    /// Every expression that they ask beside the standard's own.
    pub fn prepared(&self) -> impl Iterator<Item = &Prepared> {
        self.ready.iter().filter_map(|fact| match fact {
            ReadyFact::Household(prepared) | ReadyFact::Members(prepared) => Some(prepared),
            ReadyFact::Never | ReadyFact::Judged(..) => None,
        })
    }

    /// How often each holds in an interview, in the order of the facts: 0 or 1 of the household, else how many members, at most 255.
    pub fn count(&self, session: &Session) -> Vec<u8> {
        let mut counts = vec![0_u8; self.ready.len()];
        let here = session.outside();
        for (count, fact) in counts.iter_mut().zip(&self.ready) {
            if let ReadyFact::Household(prepared) = fact {
                *count = u8::from(here.holds(prepared));
            }
        }
        for member in session.inside(&self.members) {
            for (count, fact) in counts.iter_mut().zip(&self.ready) {
                let holds = match fact {
                    ReadyFact::Members(prepared) => member.holds(prepared),
                    ReadyFact::Judged(tests, wanted) => match tests.judge(member) {
                        None => false,
                        Some(deprived) => match wanted {
                            Verdict::Concerned => true,
                            Verdict::Met => deprived == Some(false),
                            Verdict::Deprived => deprived == Some(true),
                        },
                    },
                    ReadyFact::Never | ReadyFact::Household(_) => false,
                };
                *count = count.saturating_add(u8::from(holds));
            }
        }
        counts
    }
}

fn file(mut file: Section<'_>) -> Option<Facts> {
    let id = file.require("id", Section::string);
    let members = file.require("members", Section::string);
    let standard = file.require("standard", Section::string);
    let facts = file.each("fact", Some("key"), fact);
    let mut seen = BTreeSet::new();
    for fact in &facts {
        if !seen.insert(&fact.key) {
            file.report(&format!("fact.{}", fact.key), "duplicate_key", "");
        }
    }
    file.finish();
    Some(Facts { id: id?, members: members?, standard: standard?, facts })
}

fn fact(mut section: Section<'_>) -> Option<Fact> {
    let key = section.require("key", Section::string);
    let label = section.require("label", Section::text);
    let of = section.require("of", Section::string);
    let of_members = match of.as_deref() {
        Some("household") => Some(false),
        Some("members") => Some(true),
        Some(other) => {
            section.report("of", "bad_value", other);
            None
        }
        None => None,
    };
    let asked = asked(&mut section, of_members == Some(true));
    section.finish();
    Some(Fact { key: key?, label: label?, of_members: of_members?, asked: asked? })
}

fn asked(section: &mut Section<'_>, of_members: bool) -> Option<Asked> {
    if !of_members || !section.has("indicator") {
        return section.require("when", Section::expression).map(Asked::When);
    }
    let key = section.require("indicator", Section::string);
    let verdict = section.require("verdict", Section::string);
    let verdict = match verdict.as_deref() {
        Some("concerned") => Some(Verdict::Concerned),
        Some("met") => Some(Verdict::Met),
        Some("deprived") => Some(Verdict::Deprived),
        Some(other) => {
            section.report("verdict", "bad_value", other);
            None
        }
        None => None,
    };
    Some(Asked::Indicator { key: key?, verdict: verdict? })
}
