//! The papers that somebody signs for the village or the commune: minutes, decisions, certificates.

use rasoat_instrument::Confidence;
use serde::{Deserialize, Serialize};

use crate::error::DocumentError;
use crate::pdf::{Paper, Setting, Template};
use crate::table::{Cell, Head, Kind};
use crate::words::words;

/// What a paper rests on, with how sure it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// In words, with whoever says it.
    pub text: String,
    /// Whether it was compared with the official text.
    pub verified: bool,
}

impl Source {
    /// A source, by its confidence.
    pub fn new(text: &str, confidence: Confidence) -> Self {
        Self { text: text.to_owned(), verified: confidence == Confidence::Verbatim }
    }
}

/// What a meeting came to over one household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MinutesRow {
    /// The head's name.
    pub head: String,
    /// Class in the list before.
    pub previous: Option<String>,
    /// Its class by the interview; `None` where the interview was changed since.
    pub class: Option<String>,
    /// That class is provisional.
    pub provisional: bool,
    /// B1 points.
    pub b1: Option<f64>,
    /// B2 points.
    pub b2: Option<f64>,
    /// How it came out; `None`: the meeting is still to be held.
    pub outcome: Option<Outcome>,
}

/// How a meeting came out over one household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How many of those present agreed.
    pub agreed: u32,
    /// Whether that was enough.
    pub passed: bool,
}

/// Minutes of a village's meeting. What is empty is written by hand. They are made out twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Minutes {
    /// Whose.
    pub head: Head,
    /// Number of the minutes.
    pub number: String,
    /// When: `2026-11-20`.
    pub on: Option<String>,
    /// How many were there.
    pub attended: Option<u32>,
    /// Who chaired.
    pub chair: String,
    /// Who wrote them.
    pub secretary: String,
    /// Who signed for the households.
    pub representative: String,
    /// At least this share of those present must agree, in percent.
    pub share_percent: u8,
    /// Who says so.
    pub share_source: Source,
    /// The households that were spoken of.
    pub rows: Vec<MinutesRow>,
}

/// Which of the two decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// Poor and near-poor households are recognised.
    Recognition,
    /// Households are recognised to have left poverty or near-poverty.
    Escape,
}

/// A household that is decided on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The head's name.
    pub head: String,
    /// Its village.
    pub village: String,
    /// Members.
    pub members: u32,
    /// Class in the list before.
    pub previous: Option<String>,
    /// As which class.
    pub class: String,
    /// That class is provisional: no decision is made of it.
    pub provisional: bool,
}

/// A decision of the commune's chairman.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Whose.
    pub head: Head,
    /// Which.
    pub kind: DecisionKind,
    /// Its number; empty: written by hand, and the paper is a draft.
    pub number: String,
    /// Its date.
    pub on: Option<String>,
    /// The legal texts it rests on.
    pub sources: Vec<Source>,
    /// Whom it is about.
    pub rows: Vec<Decided>,
}

/// A member on a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateMember {
    /// Name.
    pub name: String,
    /// Ethnic group, in words.
    pub ethnicity: String,
    /// Relation to the head, in words.
    pub relation: String,
    /// `male` or `female`.
    pub sex: String,
    /// Year of birth.
    pub born: String,
}

/// A certificate: one page for each household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// Whose.
    pub head: Head,
    /// Its number; empty: written by hand.
    pub number: String,
    /// Its date.
    pub on: Option<String>,
    /// Number of the decision that recognised the household.
    pub decision_number: String,
    /// Date of that decision.
    pub decision_on: String,
    /// The head's name.
    pub holder: String,
    /// The head's ethnic group, in words.
    pub ethnicity: String,
    /// The head's citizen ID.
    pub citizen_id: String,
    /// Where the household lives.
    pub address: String,
    /// As which class.
    pub class: String,
    /// That class is provisional: no certificate is made of it.
    pub provisional: bool,
    /// What it rests on.
    pub sources: Vec<Source>,
    /// Everybody, the head first.
    pub members: Vec<CertificateMember>,
}

impl Paper for Minutes {
    fn to_set(&self) -> Result<Setting, DocumentError> {
        if self.rows.is_empty() {
            return Err(DocumentError::Nothing);
        }
        let rows = self.rows.iter().map(|row| {
            serde_json::json!({
                "head": row.head,
                "previous": row.previous.as_deref().map(|class| words().class(class)),
                "class": row.class.as_deref().map(|class| words().result(Some(class), row.provisional)),
                "b1": Cell::number(row.b1).printed(Kind::Number),
                "b2": Cell::number(row.b2).printed(Kind::Number),
                "outcome": row.outcome,
            })
        });
        Setting::of(
            Template::Minutes,
            &serde_json::json!({
                "head": self.head,
                "number": self.number,
                "on": self.on,
                "attended": self.attended,
                "chair": self.chair,
                "secretary": self.secretary,
                "representative": self.representative,
                "share_percent": self.share_percent,
                "share_source": self.share_source,
                "provisional": self.rows.iter().any(|row| row.provisional),
                "rows": rows.collect::<Vec<_>>(),
            }),
        )
    }
}

impl Paper for Decision {
    fn to_set(&self) -> Result<Setting, DocumentError> {
        let provisional = self.rows.iter().filter(|row| row.provisional).count();
        match (provisional, self.rows.len()) {
            (0, 0) => return Err(DocumentError::Nothing),
            (0, _) => {}
            (households, _) => return Err(DocumentError::Provisional { households }),
        }
        let mut counts: Vec<(&str, u32, u32)> = Vec::new();
        for row in &self.rows {
            match counts.iter_mut().find(|(class, ..)| *class == self.said_of(row)) {
                Some((_, households, members)) => {
                    *households += 1;
                    *members += row.members;
                }
                None => counts.push((self.said_of(row), 1, row.members)),
            }
        }
        let counts = counts.into_iter().map(|(class, households, members)| {
            serde_json::json!({"class": words().class(class), "households": households, "members": members})
        });
        let rows = self.rows.iter().map(|row| {
            serde_json::json!({
                "head": row.head,
                "village": row.village,
                "members": row.members,
                "previous": row.previous.as_deref().map(|class| words().class(class)),
                "class": words().class(self.said_of(row)),
            })
        });
        Setting::of(
            Template::Decision,
            &serde_json::json!({
                "head": self.head,
                "kind": self.kind,
                "number": self.number,
                "on": self.on,
                "sources": self.sources,
                "counts": counts.collect::<Vec<_>>(),
                "rows": rows.collect::<Vec<_>>(),
            }),
        )
    }
}

impl Decision {
    /// As what a household is recognised: of one that left poverty, that it has.
    fn said_of<'a>(&self, row: &'a Decided) -> &'a str {
        match (self.kind, row.previous.as_deref()) {
            (DecisionKind::Escape, Some("poor")) => "escaped_poor",
            (DecisionKind::Escape, Some("near_poor")) => "escaped_near_poor",
            (DecisionKind::Recognition | DecisionKind::Escape, _) => &row.class,
        }
    }
}

impl Paper for Certificate {
    fn to_set(&self) -> Result<Setting, DocumentError> {
        if self.provisional {
            return Err(DocumentError::Provisional { households: 1 });
        }
        let named = Self { class: words().class(&self.class), ..self.clone() };
        Setting::of(Template::Certificate, &named)
    }
}
