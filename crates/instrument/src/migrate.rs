//! Answers of one version of a form in another: by declared renames, else by equal name and kind.

use std::collections::{BTreeMap, HashMap};

use crate::definition::{Definition, Node};
use crate::path::{Path, Segment};
use crate::plan::{NodeId, NodeKind, Plan, ROOT, ScopeId};
use crate::session::{POSITION, SPENT, repeat_scope, takes};
use crate::value::{Number, Value, ValueKind};

/// What became of the answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Migrated {
    /// All of them: moved ones at their new places, the others where they were. Nothing is lost.
    pub answers: BTreeMap<Path, Value>,
    /// Answers whose place has another name, from where to where.
    pub renamed: Vec<(Path, Path)>,
    /// Answers that the new version has no place for.
    pub left: Vec<Left>,
}

/// An answer without a place in the new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Where it was, and is kept.
    pub path: Path,
    /// Why.
    pub why: LeftWhy,
}

/// Why an answer has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftWhy {
    /// The new version does not ask this.
    NotAsked,
    /// It asks for another kind of answer.
    OtherKind,
    /// The choice is not in its list.
    ChoiceGone,
    /// Another answer has that place already.
    Taken,
    /// It is asked anew in every round.
    AskedAnew,
}

impl LeftWhy {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::OtherKind => "other_kind",
            Self::ChoiceGone => "choice_gone",
            Self::Taken => "taken",
            Self::AskedAnew => "asked_anew",
        }
    }
}

/// Moves the answers of a draft or of a finished interview to another version of its form.
pub fn migrate(answers: &BTreeMap<Path, Value>, to: &Plan) -> Migrated {
    let renames = Renames::of(to.definition());
    let mut migrated = Migrated::default();
    let mut left = Vec::new();
    for (path, value) in answers {
        let moved = renames.apply(path);
        match fitted(to, &moved, value) {
            Err(why) => left.push((path, value, why)),
            // Of two answers for one place the one whose place has kept its name stays.
            Ok(_)
                if moved != *path
                    && (migrated.answers.contains_key(&moved)
                        || answers.contains_key(&moved) && renames.apply(&moved) == moved) =>
            {
                left.push((path, value, LeftWhy::Taken));
            }
            Ok(value) => {
                if moved != *path {
                    migrated.renamed.push((path.clone(), moved.clone()));
                }
                migrated.answers.insert(moved, value);
            }
        }
    }
    for (path, value, why) in left {
        migrated.answers.entry(path.clone()).or_insert_with(|| value.clone());
        migrated.left.push(Left { path: path.clone(), why });
    }
    migrated
}

/// Where an answer of an earlier version stands in this one, by declared renames alone.
pub fn moved(path: &Path, to: &Plan) -> Path {
    Renames::of(to.definition()).apply(path)
}

/// Last round's answers as the start of this one: what is asked of the household itself goes on; what belongs to the visit
/// (acknowledgements, files, signatures, questions whose first value is computed, reasons and notes) is asked anew.
pub fn carry_over(previous: &BTreeMap<Path, Value>, to: &Plan) -> Migrated {
    let mut migrated = migrate(previous, to);
    let mut anew = Vec::new();
    migrated.answers.retain(|path, _| {
        let keeps = continues(to, path);
        if !keeps && !migrated.left.iter().any(|left| left.path == *path) {
            anew.push(Left { path: path.clone(), why: LeftWhy::AskedAnew });
        }
        keeps
    });
    migrated.left.extend(anew);
    migrated.left.sort_by(|one, other| one.path.cmp(&other.path));
    migrated
}

/// Whether an answer belongs to the household rather than to the visit.
fn continues(plan: &Plan, path: &Path) -> bool {
    if path.facet().is_some() {
        return false;
    }
    match place(plan, path) {
        Some(Spot::Position) => true,
        Some(Spot::Node(node)) => match plan.node(node).kind {
            NodeKind::Asked(ValueKind::File, _) | NodeKind::Asked(ValueKind::Choice, None) => false,
            NodeKind::Asked(..) => !plan.has_computed_default(node),
            NodeKind::Group
            | NodeKind::Repeat(_)
            | NodeKind::Calculated
            | NodeKind::Stored
            | NodeKind::Finished
            | NodeKind::Note => false,
        },
        Some(Spot::Spent) | None => false,
    }
}

/// What a path means in a form, whatever instances there are.
enum Spot {
    Node(NodeId),
    Position,
    Spent,
}

fn place(plan: &Plan, path: &Path) -> Option<Spot> {
    let mut scope: ScopeId = ROOT;
    for segment in path.segments() {
        match segment {
            Segment::Instance(repeat, _) => scope = repeat_scope(plan, repeat, scope)?,
            Segment::Field(name) => {
                let here = |node: &NodeId| plan.node(*node).scope == scope;
                if let Some(node) = plan.named(name) {
                    return Some(node).filter(here).map(Spot::Node);
                }
                if name == POSITION && scope != ROOT {
                    return Some(Spot::Position);
                }
                let node = plan.named(name.strip_suffix(SPENT)?).filter(here)?;
                return plan.node(node).has_default.then_some(Spot::Spent);
            }
        }
    }
    None
}

/// The value as the place takes it.
fn fitted(plan: &Plan, path: &Path, value: &Value) -> Result<Value, LeftWhy> {
    let spot = place(plan, path).ok_or(LeftWhy::NotAsked)?;
    let node = match spot {
        Spot::Position | Spot::Spent if value.kind() == ValueKind::Integer => return Ok(value.clone()),
        Spot::Position | Spot::Spent => return Err(LeftWhy::OtherKind),
        Spot::Node(node) => node,
    };
    if path.facet().is_some() {
        return if value.kind() == ValueKind::Text { Ok(value.clone()) } else { Err(LeftWhy::OtherKind) };
    }
    let (kind, list) = match plan.node(node).kind {
        NodeKind::Asked(kind, list) => (kind, list),
        NodeKind::Stored => return Ok(value.clone()),
        NodeKind::Calculated if plan.is_once(node) => return Ok(value.clone()),
        NodeKind::Finished if value.kind() == ValueKind::DateTime => return Ok(value.clone()),
        NodeKind::Calculated
        | NodeKind::Finished
        | NodeKind::Note
        | NodeKind::Group
        | NodeKind::Repeat(_) => {
            return Err(LeftWhy::NotAsked);
        }
    };
    let is_listed = |name: &String| list.is_none_or(|list| plan.list(list).find(name).is_some());
    let (chosen, gone) = match value {
        Value::Choice(name) => (true, !is_listed(name)),
        Value::Choices(names) => (true, !names.iter().all(is_listed)),
        Value::Text(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Point(_)
        | Value::File(_) => (false, false),
    };
    if let (Some(whole), ValueKind::Decimal) = (value.as_integer(), kind) {
        return Number::new(whole as f64).map(Value::Decimal).ok_or(LeftWhy::OtherKind);
    }
    // One of a list where several may be chosen now.
    if let (Value::Choice(name), ValueKind::Choices, false) = (value, kind, gone) {
        return Ok(Value::Choices(vec![name.clone()]));
    }
    if !takes(kind, value) {
        return Err(LeftWhy::OtherKind);
    }
    if chosen && gone { Err(LeftWhy::ChoiceGone) } else { Ok(value.clone()) }
}

/// Earlier names of questions and repeats, and what they are called in this version.
struct Renames(HashMap<String, String>);

impl Renames {
    fn of(definition: &Definition) -> Self {
        let mut renames = Self(HashMap::new());
        renames.add(&definition.nodes);
        renames
    }

    fn add(&mut self, nodes: &[Node]) {
        for node in nodes {
            let (name, earlier) = match node {
                Node::Group(group) => {
                    self.add(&group.nodes);
                    continue;
                }
                Node::Repeat(repeat) => {
                    self.add(&repeat.nodes);
                    (&repeat.name, &repeat.renamed_from)
                }
                Node::Question(question) => (&question.name, &question.renamed_from),
            };
            self.0.extend(earlier.iter().map(|earlier| (earlier.clone(), name.clone())));
        }
    }

    fn apply(&self, path: &Path) -> Path {
        if self.0.is_empty() {
            return path.clone();
        }
        path.renamed(|name| {
            if let Some(known) = self.0.get(name) {
                return Some(known.clone());
            }
            let base = name.strip_suffix(SPENT).and_then(|base| self.0.get(base));
            base.map(|known| format!("{known}{SPENT}"))
        })
    }
}
