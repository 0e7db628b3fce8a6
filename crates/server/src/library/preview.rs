//! A version as people read it.

use std::collections::BTreeMap;

use rasoat_casework::Units;
use rasoat_casework::standard::{PointTable, Standard};
use rasoat_casework::targets::Targets;
use rasoat_instrument::{Confidence, Definition, Node, Question, QuestionKind, Text};

use super::check::{code_list, definition};
use super::compare::{kind_of, source};
use super::{in_force, latest_of};
use crate::hex;
use crate::storage::facts::{FORM, form_mark};
use crate::storage::{LibraryItem, LibraryItems, LibraryKind, LibraryState};
use crate::time::rfc3339;
use crate::view::{
    FormChoiceView, FormLineView, FormPreviewView, LibraryItemView, PointRowView, PointsPreviewView,
    ReportView, UnitView, UnitsPreviewView, VersionView,
};

/// Choices shown of a question: a list of communes is not read through here.
const CHOICES: usize = 12;

/// How many households bear each mark, over all communes.
pub(crate) type Marks = BTreeMap<String, u64>;

/// A version's line.
pub(crate) fn item(versions: &LibraryItems, marks: &Marks, item: &LibraryItem) -> LibraryItemView {
    let hash = hex::of(&item.hash);
    let counts = match item.kind {
        LibraryKind::Instrument | LibraryKind::Units => latest_of(&versions.items, item.kind),
        LibraryKind::Standard | LibraryKind::Points | LibraryKind::Targets => {
            in_force(&versions.items, item.kind).get(item.id.as_str()).copied()
        }
    };
    let is_form = item.kind == LibraryKind::Instrument;
    let mark = is_form.then(|| format!("{FORM}{}", form_mark(&hash)));
    let said = said(item);
    LibraryItemView {
        kind: item.kind.as_str().to_owned(),
        id: item.id.clone(),
        title: said.title,
        version: said.version.unwrap_or_else(|| item.version.clone()),
        state: item.state,
        in_force: item.state == LibraryState::Published && counts.is_some_and(|one| one.hash == item.hash),
        made_at: rfc3339(item.made.at),
        made_by: item.made.by.clone(),
        published_at: item.published.as_ref().map(|act| rfc3339(act.at)),
        published_by: item.published.as_ref().map(|act| act.by.clone()),
        retired_at: item.retired.as_ref().map(|act| rfc3339(act.at)),
        retired_by: item.retired.as_ref().map(|act| act.by.clone()),
        confidence: said.confidence,
        dummy: said.dummy,
        interviews: mark.as_ref().map(|mark| marks.get(mark).copied().unwrap_or_default()),
        mark,
        hash,
    }
}

/// What a version says of itself.
#[derive(Default)]
struct Said {
    title: Text,
    version: Option<String>,
    confidence: Option<Confidence>,
    dummy: bool,
}

fn said(item: &LibraryItem) -> Said {
    match item.kind {
        LibraryKind::Instrument => {
            definition(item).map(|form| Said { title: form.title, ..Said::default() }).unwrap_or_default()
        }
        LibraryKind::Standard => Standard::from_toml(&item.content)
            .map(|standard| Said {
                version: Some(format!("{} – {}", standard.valid_from, standard.valid_to)),
                confidence: Some(standard.confidence()),
                dummy: standard.outline().income.iter().any(|test| test.dummy),
                title: standard.title,
            })
            .unwrap_or_default(),
        LibraryKind::Points => PointTable::from_toml(&item.content)
            .map(|table| Said {
                title: table.title,
                confidence: Some(table.provenance.confidence),
                dummy: table.dummy,
                version: None,
            })
            .unwrap_or_default(),
        LibraryKind::Targets => Targets::from_toml(&item.content)
            .map(|targets| Said {
                confidence: Some(least_sure(&targets)),
                title: targets.title,
                ..Said::default()
            })
            .unwrap_or_default(),
        LibraryKind::Units => Said::default(),
    }
}

fn least_sure(targets: &Targets) -> Confidence {
    let of_years = targets.targets.iter().flat_map(|target| {
        let years = target.by_year.values().filter_map(|year| year.provenance.as_ref());
        years.chain(std::iter::once(&target.provenance))
    });
    of_years
        .map(|provenance| provenance.confidence)
        .max()
        .unwrap_or(targets.confidence)
        .max(targets.confidence)
}

/// A version with all that it says.
pub(crate) fn version(
    versions: &LibraryItems,
    marks: &Marks,
    one: &LibraryItem,
    report: ReportView,
) -> VersionView {
    let is = |kind| one.kind == kind;
    VersionView {
        item: item(versions, marks, one),
        report,
        form: definition(one).filter(|_| is(LibraryKind::Instrument)).map(|form| self::form(&form)),
        standard: Standard::from_toml(&one.content)
            .ok()
            .filter(|_| is(LibraryKind::Standard))
            .map(|standard| standard.outline()),
        points: PointTable::from_toml(&one.content)
            .ok()
            .filter(|_| is(LibraryKind::Points))
            .map(|table| points(versions, table)),
        targets: Targets::from_toml(&one.content).ok().filter(|_| is(LibraryKind::Targets)),
        units: code_list(one).filter(|_| is(LibraryKind::Units)).map(|units| self::units(&units)),
    }
}

fn form(form: &Definition) -> FormPreviewView {
    let mut lines = Vec::new();
    collect(form, &form.nodes, 0, &mut lines);
    FormPreviewView { languages: form.languages.clone(), lines }
}

fn collect(form: &Definition, nodes: &[Node], depth: u32, lines: &mut Vec<FormLineView>) {
    for node in nodes {
        match node {
            Node::Group(group) => {
                let relevant = source(group.relevant.as_ref());
                lines.push(FormLineView { relevant, ..heading(&group.name, "group", depth, &group.label) });
                collect(form, &group.nodes, depth + 1, lines);
            }
            Node::Repeat(repeat) => {
                let relevant = source(repeat.relevant.as_ref());
                lines
                    .push(FormLineView { relevant, ..heading(&repeat.name, "repeat", depth, &repeat.label) });
                collect(form, &repeat.nodes, depth + 1, lines);
            }
            Node::Question(question) => lines.push(line(form, question, depth)),
        }
    }
}

fn heading(name: &str, kind: &str, depth: u32, label: &Text) -> FormLineView {
    FormLineView {
        name: name.to_owned(),
        kind: kind.to_owned(),
        depth,
        label: label.clone(),
        hint: Text::default(),
        choices: Vec::new(),
        choices_total: 0,
        relevant: None,
        required: None,
        constraint: None,
        warning: None,
        calculation: None,
        protected: false,
        provenance: None,
    }
}

fn line(form: &Definition, question: &Question, depth: u32) -> FormLineView {
    let list = match &question.kind {
        QuestionKind::Asked { list: Some(list), .. } => form.lists.get(list),
        QuestionKind::Asked { list: None, .. }
        | QuestionKind::Calculated
        | QuestionKind::Hidden
        | QuestionKind::Finished
        | QuestionKind::Note
        | QuestionKind::Acknowledge => None,
    };
    let choices = list.into_iter().flat_map(|list| list.items()).take(CHOICES);
    let choices =
        choices.map(|choice| FormChoiceView { name: choice.name().to_owned(), label: choice.label() });
    FormLineView {
        hint: question.hint.clone(),
        choices: choices.collect(),
        choices_total: list.map_or(0, |list| u32::try_from(list.len()).unwrap_or(u32::MAX)),
        relevant: source(question.relevant.as_ref()),
        required: source(question.required.as_ref()),
        constraint: source(question.constraint.as_ref()),
        warning: source(question.warning.as_ref()),
        calculation: source(question.calculation.as_ref()),
        protected: question.protected,
        provenance: question.provenance.clone(),
        ..heading(&question.name, &kind_of(question), depth, &question.label)
    }
}

fn points(versions: &LibraryItems, table: PointTable) -> PointsPreviewView {
    let standards = in_force(&versions.items, LibraryKind::Standard).into_values();
    let used_by = standards.filter(|item| {
        Standard::from_toml(&item.content).is_ok_and(|standard| standard.table_ids().contains(&table.id))
    });
    PointsPreviewView {
        used_by: used_by.map(|item| item.id.clone()).collect(),
        provenance: table.provenance,
        dummy: table.dummy,
        columns: table.columns,
        rows: table
            .rows
            .into_iter()
            .map(|row| PointRowView {
                key: row.key,
                label: row.label,
                when: row.when.source().to_owned(),
                at_most: row.each.as_ref().and_then(|each| each.at_most),
                each: row.each.map(|each| each.repeat),
                points: row.points,
            })
            .collect(),
    }
}

fn units(units: &Units) -> UnitsPreviewView {
    let from = |code: &rasoat_casework::CommuneCode| {
        let into = units.old_to_new.iter().filter(|(_, new)| new.contains(code));
        into.map(|(old, _)| old.as_str().to_owned()).collect()
    };
    let communes = units.communes.values().map(|commune| UnitView {
        code: commune.code.as_str().to_owned(),
        name: commune.name.clone(),
        kind: commune.kind.clone(),
        from: from(&commune.code),
    });
    UnitsPreviewView {
        communes: communes.collect(),
        mapped: u32::try_from(units.old_to_new.len()).unwrap_or(u32::MAX),
    }
}
