//! `or_other`: one more choice, and a question for what it stands for.

use std::collections::BTreeSet;

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{ChoiceItem, Language, Question, QuestionKind, Text, ValueKind};

/// The choice that is added.
const NAME: &str = "other";
/// What the question's name is with this behind it.
const SUFFIX: &str = "_other";

/// The words of both, by language.
const WORDS: &str = include_str!("../data/or_other.csv");

/// Adds the choice to a list that has none of its name, in the languages of its other labels.
pub(crate) fn add_choice(items: &mut Vec<ChoiceItem>) {
    if items.iter().any(|item| item.name == NAME) {
        return;
    }
    let languages: BTreeSet<Language> = items.iter().flat_map(|item| item.label.0.keys().cloned()).collect();
    let label = words(&languages, 1);
    items.push(ChoiceItem { name: NAME.to_owned(), label, ..ChoiceItem::default() });
}

/// The question that asks which other.
pub(crate) fn question(of: &str, languages: &BTreeSet<Language>) -> Question {
    let relevant = Expr::parse(&format!("selected(${{{of}}}, '{NAME}')")).ok();
    let kind = QuestionKind::Asked { kind: ValueKind::Text, list: None };
    Question { label: words(languages, 2), relevant, ..Question::new(&format!("{of}{SUFFIX}"), kind) }
}

/// One column of the words, in each language that they are known in, and in English for the others.
fn words(languages: &BTreeSet<Language>, column: usize) -> Text {
    let mut reader = csv::Reader::from_reader(WORDS.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().flatten().collect();
    let said = |language: &str| {
        let code = language.split('-').next().unwrap_or_default().to_lowercase();
        let row = rows.iter().find(|row| row.get(0) == Some(&code)).or_else(|| rows.first());
        row.and_then(|row| row.get(column)).unwrap_or_default().to_owned()
    };
    Text(languages.iter().map(|language| (language.clone(), said(language))).collect())
}
