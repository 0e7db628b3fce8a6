//! A definition in words, so that a test can say what a form reads as.

use rasoat_instrument::expression::Expr;
use rasoat_instrument::{
    ChoiceList, Completion, Confidence, Definition, Media, Node, Question, QuestionKind, Text,
};

/// One line for the form, one for each node (indented by depth), and one for each list.
pub(crate) fn describe(form: &Definition) -> Vec<String> {
    let mut line = format!("form {} {} [{}]", form.id, form.version, form.languages.join(" "));
    add_words(&mut line, "title", &form.title);
    add(&mut line, "instance_name", form.instance_name.as_ref().map(Expr::source));
    add(&mut line, "style", Some(form.style.join(" ").as_str()));
    let mut lines = vec![line];
    add_nodes(&mut lines, &form.nodes, 1);
    lines.extend(form.lists.iter().map(|(name, list)| describe_list(name, list)));
    lines
}

fn add_nodes(lines: &mut Vec<String>, nodes: &[Node], depth: usize) {
    for node in nodes {
        let indent = "  ".repeat(depth);
        match node {
            Node::Group(group) => {
                let mut line = format!("{indent}group {}", group.name);
                add_words(&mut line, "label", &group.label);
                add(&mut line, "relevant", group.relevant.as_ref().map(Expr::source));
                add(&mut line, "appearance", Some(group.appearance.join(" ").as_str()));
                lines.push(line);
                add_nodes(lines, &group.nodes, depth + 1);
            }
            Node::Repeat(repeat) => {
                let mut line = format!("{indent}repeat {}", repeat.name);
                add_words(&mut line, "label", &repeat.label);
                add(&mut line, "relevant", repeat.relevant.as_ref().map(Expr::source));
                add(&mut line, "count", repeat.count.as_ref().map(Expr::source));
                add(&mut line, "appearance", Some(repeat.appearance.join(" ").as_str()));
                lines.push(line);
                add_nodes(lines, &repeat.nodes, depth + 1);
            }
            Node::Question(question) => lines.push(format!("{indent}{}", describe_question(question))),
        }
    }
}

fn describe_question(question: &Question) -> String {
    let kind = match &question.kind {
        QuestionKind::Asked { kind, list: None } => format!("{kind:?}"),
        QuestionKind::Asked { kind, list: Some(list) } => format!("{kind:?} of {list}"),
        QuestionKind::Calculated
        | QuestionKind::Hidden
        | QuestionKind::Finished
        | QuestionKind::Note
        | QuestionKind::Acknowledge => format!("{:?}", question.kind),
    };
    let mut line = format!("{} {}", kind.to_lowercase(), question.name);
    let words = [
        ("label", &question.label),
        ("hint", &question.hint),
        ("guidance", &question.guidance),
        ("required_message", &question.required_message),
        ("constraint_message", &question.constraint_message),
        ("warning_message", &question.warning_message),
    ];
    for (name, words) in words {
        add_words(&mut line, name, words);
    }
    let rules = [
        ("required", &question.required),
        ("relevant", &question.relevant),
        ("constraint", &question.constraint),
        ("warning", &question.warning),
        ("calculation", &question.calculation),
        ("default", &question.default),
        ("read_only", &question.read_only),
        ("choice_filter", &question.choice_filter),
    ];
    for (name, rule) in rules {
        add(&mut line, name, rule.as_ref().map(Expr::source));
    }
    add(&mut line, "triggers", Some(question.triggers.join(" ").as_str()));
    let range = question.range.map(|r| format!("{} to {} by {}", r.start.get(), r.end.get(), r.step.get()));
    add(&mut line, "range", range.as_deref());
    if let Some(shuffle) = &question.shuffled {
        add(&mut line, "shuffled", Some(shuffle.seed.as_ref().map_or("by form", Expr::source)));
    }
    add(&mut line, "max_pixels", question.max_pixels.map(|pixels| pixels.to_string()).as_deref());
    for (name, is_so) in [
        ("ranked", question.ranked),
        ("picture", question.media == Some(Media::Picture)),
        ("sound", question.media == Some(Media::Sound)),
        ("film", question.media == Some(Media::Film)),
        ("protected", question.protected),
    ] {
        add(&mut line, name, is_so.then_some("yes"));
    }
    add(&mut line, "appearance", Some(question.appearance.join(" ").as_str()));
    add(&mut line, "renamed_from", Some(question.renamed_from.join(" ").as_str()));
    add(&mut line, "completion", question.completion.map(said));
    if let Some(provenance) = &question.provenance {
        let confidence = match provenance.confidence {
            Confidence::Verbatim => "V",
            Confidence::SecondHand => "S",
            Confidence::Unverified => "M",
        };
        add(&mut line, "provenance", Some(&format!("{confidence} {}", provenance.source)));
    }
    line
}

fn said(completion: Completion) -> &'static str {
    match completion {
        Completion::Block => "block",
        Completion::Warn => "warn",
        Completion::Allow => "allow",
    }
}

fn describe_list(name: &str, list: &ChoiceList) -> String {
    let items: Vec<String> = list
        .items()
        .map(|item| {
            let labels: Vec<String> = item.label().0.into_values().collect();
            let extra = list.column_names().skip(2);
            let extra = extra.filter_map(|name| Some(format!(" {name}={}", item.extra(name)?)));
            format!("{}={}{}", item.name(), labels.join("/"), extra.collect::<String>())
        })
        .collect();
    format!("list {name}: {}", items.join("; "))
}

fn add(line: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        line.push_str(&format!(" | {name}: {value}"));
    }
}

fn add_words(line: &mut String, name: &str, words: &Text) {
    for (language, words) in &words.0 {
        add(line, &format!("{name}.{language}"), Some(words));
    }
}
