//! A filled interview, to be signed.

use rasoat_casework::standard::Classification;
use serde::{Deserialize, Serialize};

use crate::error::DocumentError;
use crate::pdf::{Paper, Setting, Template};

/// People side by side in one table of a roster: more do not fit a page's width.
const MOST_ABREAST: usize = 4;

/// A filled interview. Whoever fills it has put answers into words, and masked what is to be masked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Interview {
    /// The form's title.
    pub title: String,
    /// The round's year.
    pub round: u16,
    /// The head's name.
    pub household: String,
    /// The province's household code.
    pub code: Option<String>,
    /// Where it lives, whole.
    pub place: String,
    /// The area type in words: which line applies.
    pub area: String,
    /// Who signed it off; `None`: nobody has, and the paper is a draft.
    pub signed_by: Option<String>,
    /// When it was signed off, in words.
    pub signed_at: Option<String>,
    /// Whether citizen IDs are there in full.
    pub full_ids: bool,
    /// When and by whom the paper was made, in words.
    pub made: String,
    /// The classes, with every reason.
    pub results: Vec<Classification>,
    /// Everything that was asked, by section.
    pub sections: Vec<InterviewSection>,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterviewSection {
    /// Its number.
    pub number: u32,
    /// Its heading.
    pub title: String,
    /// What it holds.
    pub parts: Vec<InterviewPart>,
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InterviewPart {
    /// Questions one below the other.
    Lines {
        /// Its heading; empty: none.
        title: String,
        /// The questions.
        lines: Vec<Line>,
    },
    /// A table: a line for each question, a column for each person.
    Roster {
        /// Its heading.
        title: String,
        /// The people's names, as columns.
        people: Vec<String>,
        /// The questions.
        lines: Vec<RosterLine>,
    },
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number: "5.4"; empty: none.
    pub number: String,
    /// The question.
    pub label: String,
    /// The answer; empty: it was asked and not answered.
    pub answer: String,
}

/// A question with the answers of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterLine {
    /// Its number.
    pub number: String,
    /// The question.
    pub label: String,
    /// By person; `None`: this person was not asked.
    pub answers: Vec<Option<String>>,
}

impl Paper for Interview {
    fn to_set(&self) -> Result<Setting, DocumentError> {
        let sections = self.sections.iter().map(|section| InterviewSection {
            number: section.number,
            title: section.title.clone(),
            parts: section.parts.iter().flat_map(abreast).collect(),
        });
        let divided = Self { sections: sections.collect(), ..self.clone() };
        Setting::of(Template::Interview, &divided)
    }
}

/// A roster of many as several of a few; questions that nobody in one was asked are left out of it.
fn abreast(part: &InterviewPart) -> Vec<InterviewPart> {
    let InterviewPart::Roster { title, people, lines } = part else { return vec![part.clone()] };
    let piece = |(place, people): (usize, &[String])| {
        let from = place * MOST_ABREAST;
        let lines = lines.iter().map(|line| RosterLine {
            number: line.number.clone(),
            label: line.label.clone(),
            answers: line.answers.iter().skip(from).take(people.len()).cloned().collect(),
        });
        let lines = lines.filter(|line| line.answers.iter().any(Option::is_some));
        InterviewPart::Roster { title: title.clone(), people: people.to_vec(), lines: lines.collect() }
    };
    people.chunks(MOST_ABREAST).enumerate().map(piece).collect()
}
