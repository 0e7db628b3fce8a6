//! What another version of a form does to the one before: questions, groups, choices, words, conditions and order.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Definition, Node, Question, QuestionKind, Text};

use super::{Changes, change};

/// Anything with a heading that holds others: a group or a repeat.
struct Block<'d> {
    name: &'d str,
    renamed_from: &'d [String],
    label: &'d Text,
    /// When it is asked, and how often, each by name.
    conditions: Vec<(&'static str, &'d Option<Expr>)>,
    appearance: &'d [String],
}

/// A form as it is compared: everything in the order of the sheet.
#[derive(Default)]
struct Sheet<'d> {
    questions: Vec<&'d Question>,
    blocks: Vec<Block<'d>>,
    /// The block that each question and block stands in; the empty one at the top.
    within: BTreeMap<&'d str, &'d str>,
}

impl<'d> Sheet<'d> {
    fn of(definition: &'d Definition) -> Self {
        let mut sheet = Self::default();
        sheet.collect(&definition.nodes, "");
        sheet
    }

    fn collect(&mut self, nodes: &'d [Node], within: &'d str) {
        for node in nodes {
            match node {
                Node::Question(question) => {
                    self.questions.push(question);
                    self.within.insert(&question.name, within);
                }
                Node::Group(group) => {
                    self.block(
                        Block {
                            name: &group.name,
                            renamed_from: &[],
                            label: &group.label,
                            conditions: vec![("relevant", &group.relevant)],
                            appearance: &group.appearance,
                        },
                        within,
                    );
                    self.collect(&group.nodes, &group.name);
                }
                Node::Repeat(repeat) => {
                    self.block(
                        Block {
                            name: &repeat.name,
                            renamed_from: &repeat.renamed_from,
                            label: &repeat.label,
                            conditions: vec![("relevant", &repeat.relevant), ("count", &repeat.count)],
                            appearance: &repeat.appearance,
                        },
                        within,
                    );
                    self.collect(&repeat.nodes, &repeat.name);
                }
            }
        }
    }

    fn block(&mut self, block: Block<'d>, within: &'d str) {
        self.within.insert(block.name, within);
        self.blocks.push(block);
    }
}

/// What another version of a form does to the one before; names go by what the new one says they were.
pub(crate) fn forms(before: &Definition, after: &Definition) -> Changes {
    let (old, new) = (Sheet::of(before), Sheet::of(after));
    let mut changes = Changes::new();
    blocks(&mut changes, &old, &new);
    // Every question of before with what it has become, in the order of before.
    let mut kept: Vec<(&Question, &Question)> = Vec::new();
    for &was in &old.questions {
        let same = |now: &&&Question| now.name == was.name;
        let renamed = |now: &&&Question| now.renamed_from.contains(&was.name);
        match new.questions.iter().find(same).or_else(|| new.questions.iter().find(renamed)) {
            Some(now) => kept.push((was, now)),
            None => changes.push(change("question_gone", &was.name, was.label.get("vi"), "")),
        }
    }
    for (was, now) in &kept {
        if was.name != now.name {
            changes.push(change("question_renamed", &now.name, &was.name, &now.name));
        }
        compare(&mut changes, (before, was), (after, now));
    }
    let known: BTreeSet<&str> = kept.iter().map(|(_, now)| now.name.as_str()).collect();
    for question in new.questions.iter().filter(|question| !known.contains(question.name.as_str())) {
        changes.push(change("question_added", &question.name, "", question.label.get("vi")));
    }
    moves(&mut changes, &old, &new, &kept);
    changes
}

fn blocks(changes: &mut Changes, old: &Sheet<'_>, new: &Sheet<'_>) {
    let mut known = BTreeSet::new();
    for was in &old.blocks {
        let same = new.blocks.iter().find(|now| now.name == was.name);
        let renamed = || new.blocks.iter().find(|now| now.renamed_from.iter().any(|name| name == was.name));
        let Some(now) = same.or_else(renamed) else {
            changes.push(change("group_gone", was.name, was.label.get("vi"), ""));
            continue;
        };
        known.insert(now.name);
        if was.name != now.name {
            changes.push(change("question_renamed", now.name, was.name, now.name));
        }
        if was.label != now.label {
            words(changes, "words_changed", now.name, was.label, now.label);
        }
        differs(
            changes,
            "conditions_changed",
            now.name,
            &listed(was.conditions.iter().copied()),
            &listed(now.conditions.iter().copied()),
        );
        differs(changes, "look_changed", now.name, &was.appearance.join(" "), &now.appearance.join(" "));
    }
    for block in new.blocks.iter().filter(|block| !known.contains(block.name)) {
        changes.push(change("group_added", block.name, "", block.label.get("vi")));
    }
}

fn compare(
    changes: &mut Changes,
    (old, was): (&Definition, &Question),
    (new, now): (&Definition, &Question),
) {
    let name = now.name.as_str();
    differs(changes, "kind_changed", name, &kind_of(was), &kind_of(now));
    let (had, has) = (choices(old, was), choices(new, now));
    let only_in = |some: &BTreeMap<&str, String>, other: &BTreeMap<&str, String>| {
        let codes = some.keys().filter(|code| !other.contains_key(*code));
        codes.copied().collect::<Vec<_>>().join(", ")
    };
    differs(changes, "choices_gone", name, &only_in(&had, &has), "");
    differs(changes, "choices_added", name, "", &only_in(&has, &had));
    let reworded = has.iter().filter_map(|(code, now)| {
        let was = had.get(code)?;
        (was != now).then(|| (format!("{code}: {was}"), format!("{code}: {now}")))
    });
    let (before, after): (Vec<_>, Vec<_>) = reworded.unzip();
    differs(changes, "choices_reworded", name, &before.join("\n"), &after.join("\n"));
    let texts = |question: &Question| {
        [&question.label, &question.hint, &question.guidance, &question.required_message]
            .into_iter()
            .chain([&question.constraint_message])
            .cloned()
            .collect::<Vec<Text>>()
    };
    if let Some((was, now)) = texts(was).iter().zip(&texts(now)).find(|(was, now)| was != now) {
        words(changes, "words_changed", name, was, now);
    }
    differs(changes, "conditions_changed", name, &conditions(was), &conditions(now));
    differs(changes, "look_changed", name, &was.appearance.join(" "), &now.appearance.join(" "));
}

/// A change where two are not the same.
fn differs(changes: &mut Changes, code: &str, name: &str, before: &str, after: &str) {
    if before != after {
        changes.push(change(code, name, before, after));
    }
}

/// A change of words, in Vietnamese where they differ there, else in another language.
fn words(changes: &mut Changes, code: &str, name: &str, before: &Text, after: &Text) {
    let mut languages: Vec<&str> = before.0.keys().chain(after.0.keys()).map(String::as_str).collect();
    languages.sort_by_key(|language| *language != "vi");
    let said = |text: &Text, language| text.0.get(language).cloned().unwrap_or_default();
    let mut both = languages.into_iter().map(|language| (said(before, language), said(after, language)));
    if let Some((was, now)) = both.find(|(was, now)| was != now) {
        changes.push(change(code, name, &was, &now));
    }
}

/// The fewest questions that must be put elsewhere to come from one order to the other, and those in another group.
fn moves(changes: &mut Changes, old: &Sheet<'_>, new: &Sheet<'_>, kept: &[(&Question, &Question)]) {
    let place: BTreeMap<&str, usize> =
        new.questions.iter().enumerate().map(|(at, question)| (question.name.as_str(), at)).collect();
    let places: Vec<usize> = kept.iter().map(|(_, now)| place[now.name.as_str()]).collect();
    let stays = longest_rising(&places);
    for (at, (was, now)) in kept.iter().enumerate() {
        let (held, holds) = (old.within[was.name.as_str()], new.within[now.name.as_str()]);
        let group_renamed = || {
            new.blocks
                .iter()
                .any(|block| block.name == holds && block.renamed_from.iter().any(|name| name == held))
        };
        if !stays.contains(&at) || (held != holds && !group_renamed()) {
            changes.push(change("order_changed", &now.name, held, holds));
        }
    }
}

/// Where the members of one of the longest rising subsequences stand.
fn longest_rising(values: &[usize]) -> BTreeSet<usize> {
    // For each value the length of the longest that ends there, and what comes before it in that one.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        let before = (0..at).filter(|&other| values[other] < *value).max_by_key(|&other| best[other].0);
        best.push((before.map_or(1, |other| best[other].0 + 1), before));
    }
    let mut members = BTreeSet::new();
    let mut next = (0..values.len()).max_by_key(|&at| best[at].0);
    while let Some(at) = next {
        members.insert(at);
        next = best[at].1;
    }
    members
}

/// Choices by code, with their words in every language.
fn choices<'d>(definition: &'d Definition, question: &'d Question) -> BTreeMap<&'d str, String> {
    let QuestionKind::Asked { list: Some(list), .. } = &question.kind else { return BTreeMap::new() };
    let Some(list) = definition.lists.get(list) else { return BTreeMap::new() };
    let said = |choice: &rasoat_instrument::Choice<'_>| {
        let words = definition.languages.iter().map(|language| choice.label_in(language));
        words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" / ")
    };
    list.items().map(|choice| (choice.name(), said(&choice))).collect()
}

/// The kind of a question as a word.
pub(crate) fn kind_of(question: &Question) -> String {
    match &question.kind {
        QuestionKind::Asked { .. } if question.ranked => "rank".to_owned(),
        QuestionKind::Asked { .. } if question.range.is_some() => "range".to_owned(),
        QuestionKind::Asked { kind, .. } => format!("{kind:?}").to_lowercase(),
        QuestionKind::Calculated => "calculated".to_owned(),
        QuestionKind::Hidden => "hidden".to_owned(),
        QuestionKind::Finished => "finished".to_owned(),
        QuestionKind::Note => "note".to_owned(),
        QuestionKind::Acknowledge => "acknowledge".to_owned(),
    }
}

/// The source of an expression.
pub(crate) fn source(expression: Option<&Expr>) -> Option<String> {
    expression.map(|expression| expression.source().to_owned())
}

fn listed<'e>(conditions: impl Iterator<Item = (&'static str, &'e Option<Expr>)>) -> String {
    let there = conditions.filter_map(|(name, expression)| {
        expression.as_ref().map(|expression| format!("{name}: {}", expression.source()))
    });
    there.collect::<Vec<_>>().join("\n")
}

fn conditions(question: &Question) -> String {
    let all = [
        ("relevant", &question.relevant),
        ("required", &question.required),
        ("constraint", &question.constraint),
        ("warning", &question.warning),
        ("calculation", &question.calculation),
        ("read_only", &question.read_only),
        ("choice_filter", &question.choice_filter),
    ];
    listed(all.into_iter())
}
