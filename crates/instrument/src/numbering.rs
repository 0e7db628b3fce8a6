//! The numbers by which people speak of questions: the same on the screen, on paper and at the province.

use crate::definition::{Question, QuestionKind};

/// Numbers questions through a section: what is asked gets a number, notes and computed values get none.
#[derive(Debug, Clone)]
pub struct Numbering {
    section: u32,
    last: u32,
}

impl Numbering {
    /// Of a section by its number, from 1.
    pub fn new(section: u32) -> Self {
        Self { section, last: 0 }
    }

    /// The number of the next question: `2.14`; empty where it gets none.
    pub fn next(&mut self, question: &Question) -> String {
        match question.kind {
            QuestionKind::Asked { .. } | QuestionKind::Acknowledge => {
                self.last += 1;
                format!("{}.{}", self.section, self.last)
            }
            QuestionKind::Calculated | QuestionKind::Hidden | QuestionKind::Finished | QuestionKind::Note => {
                String::new()
            }
        }
    }
}
