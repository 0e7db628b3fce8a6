//! What must hold after any sequence of acts. Failing cases print their seed and are kept by proptest.

use std::sync::Arc;

use std::collections::BTreeMap;

use proptest::prelude::*;
use rasoat_instrument::expression::Expr;
use rasoat_instrument::{
    Changes, ChoiceItem, ChoiceList, Definition, InstanceId, NodeState, Path, Session, Shuffle, Value,
};

use crate::support::*;

/// A form with every way in which places depend on one another.
pub(crate) fn tangled() -> Definition {
    let mut definition = form(vec![
        group(
            "place",
            None,
            vec![
                asked("province", "text", |q| q.default = Some(Expr::literal("20"))),
                asked("commune", "one communes", |q| {
                    q.choice_filter = Some(expr("province = ${province} or kind = ${kind}"));
                    q.required = Some(expr("${n} > 3"));
                }),
                plain("kind", "text"),
            ],
        ),
        plain("n", "integer"),
        asked("seen", "text", |q| q.default = Some(expr("concat(${province}, '/', ${n})"))),
        calculated("first_n", "once(${n})"),
        group(
            "deep",
            Some("${n} > 1"),
            vec![
                asked("area", "decimal", |q| {
                    q.relevant = Some(expr("${kind} != 'none'"));
                    q.constraint = Some(expr(". > ${n}"));
                    q.warning = Some(expr(". < 100 or ${total} > 5"));
                    q.read_only = Some(expr("${total} > 50"));
                }),
                repeat(
                    "members",
                    Some("${n} != 7"),
                    vec![
                        plain("age", "integer"),
                        asked("insured", "one yes_no", |q| {
                            q.relevant = Some(expr("${age} >= 6"));
                            q.required = Some(expr("true()"));
                            q.default = Some(expr("if(${n} > 4, 'yes', '')"));
                        }),
                        calculated("place_in", "position(..)"),
                        calculated("prior", "indexed-repeat(${age}, ${members}, position(..) - 1)"),
                        calculated(
                            "after",
                            "sum(../../members[position() > position(current()/..)]/jobs/pay)",
                        ),
                        calculated("newest", "${members}[last()]/age"),
                        calculated("given", "count-non-empty(${age} | ${insured} | ${pay})"),
                        calculated("kin", "join(' ', /data/deep/members[age = current()/../age]/insured)"),
                        calculated("token", "concat(uuid(), '/', uuid(6), '/', ${age})"),
                        calculated("dice", "int(random() * 6) + count(${members}[random() < 0.5])"),
                        asked("chance", "decimal", |q| q.default = Some(expr("random()"))),
                        calculated("older", "count(${members}[age > current()/../age])"),
                        calculated("share", "${area} div count(${members})"),
                        repeat(
                            "jobs",
                            Some("${age} >= 10"),
                            vec![plain("pay", "decimal"), calculated("taxed", "${pay} * ${n}")],
                        ),
                        calculated("income", "sum(${pay})"),
                        calculated("first_age", "once(${age})"),
                    ],
                ),
            ],
        ),
        calculated("total", "sum(${income}) + count(${members}[${age} >= 6 and ${insured} != 'yes'])"),
        calculated("best", "max(${members}[age > 5]/jobs[pay > 2]/taxed)"),
        calculated(
            "firsts",
            "sum(/data/deep/members[age > 2]/jobs[1]/pay) + position(${members}[insured = 'yes'])",
        ),
        calculated("chosen", "indexed-repeat(${pay}, ${members}, ${n}, ${jobs}, 1)"),
        calculated("all", "join(' ', ${pay} | ${age} | ${n})"),
        calculated("drawn", "concat(random(), join(' ', randomize(${age})), random())"),
        calculated("kept_draw", "once(uuid())"),
        calculated("near", "pulldata('communes', 'province', 'name', ${commune})"),
        calculated("sites", "count(instance('communes')/root/item[province = ${province}][random() < 0.7])"),
        calculated("flag", "${total} > 10 and not(${members}[older = 0])"),
        counted(
            "plots",
            "${n}",
            vec![
                asked("size", "integer", |q| q.default = Some(expr("${n} + position(..)"))),
                counted("beds", "${size} mod 3", vec![plain("crop", "text")]),
            ],
        ),
        calculated("sown", "concat(sum(${size}), '/', count-non-empty(${crop}), '/', count(${plots}))"),
        asked("guess", "integer", |q| {
            q.calculation = Some(expr("${n} * 2"));
            q.triggers = vec!["total".to_owned()];
        }),
        asked("echo", "text", |q| {
            q.calculation = Some(expr("concat(${guess}, '!')"));
            q.triggers = vec!["guess".to_owned()];
        }),
        asked("rank", "many colours", |q| {
            q.ranked = true;
            q.shuffled = Some(Shuffle { seed: Some(expr("${n}")) });
        }),
        asked("ending", "note", |q| q.constraint = Some(expr("not(${flag})"))),
        asked("last", "many colours", |q| q.relevant = Some(expr("${flag} or ${area} > ${n}"))),
    ]);
    let item = |name: &str, province: &str, kind: &str| ChoiceItem {
        name: name.to_owned(),
        label: text(name),
        extra: BTreeMap::from([
            ("province".to_owned(), province.to_owned()),
            ("kind".to_owned(), kind.to_owned()),
        ]),
    };
    let items = vec![item("c1", "20", "none"), item("c2", "22", "town"), item("c3", "20", "town")];
    definition.lists.insert("communes".to_owned(), Arc::new(ChoiceList::new(&items)));
    definition
}

#[derive(Debug, Clone)]
pub(crate) enum Act {
    Set(String, &'static str),
    Add(String, &'static str),
    Remove(String),
}

const VALUES: &[&str] = &[
    "", "0", "1", "3", "5", "7", "12", "60", "20", "22", "none", "town", "yes", "no", "c1", "c3", "red blue",
];
const IDS: &[&str] = &["a", "b", "c", "d"];

pub(crate) fn act() -> impl Strategy<Value = Act> {
    let id = || prop::sample::select(IDS);
    let value = || prop::sample::select(VALUES);
    let plot = || prop::sample::select(&["n1", "n2", "n5"][..]);
    let field = prop::sample::select(
        &[
            "province",
            "commune",
            "kind",
            "n",
            "seen",
            "area",
            "last",
            "area#reason",
            "n#note",
            "total",
            "guess",
            "rank",
        ][..],
    );
    let member_field = prop::sample::select(&["age", "insured", "age#note", "income"][..]);
    prop_oneof![
        6 => (field, value()).prop_map(|(field, value)| Act::Set(field.to_owned(), value)),
        6 => (id(), member_field, value()).prop_map(|(id, field, v)| Act::Set(format!("members.{id}.{field}"), v)),
        4 => (id(), id(), value()).prop_map(|(m, j, v)| Act::Set(format!("members.{m}.jobs.{j}.pay"), v)),
        3 => (plot(), value()).prop_map(|(plot, v)| Act::Set(format!("plots.{plot}.size"), v)),
        2 => (plot(), plot(), value())
            .prop_map(|(plot, bed, v)| Act::Set(format!("plots.{plot}.beds.{bed}.crop"), v)),
        4 => id().prop_map(|id| Act::Add("members".to_owned(), id)),
        3 => (id(), id()).prop_map(|(m, j)| Act::Add(format!("members.{m}.jobs"), j)),
        1 => id().prop_map(|id| Act::Remove(format!("members.{id}"))),
        1 => (id(), id()).prop_map(|(m, j)| Act::Remove(format!("members.{m}.jobs.{j}"))),
    ]
}

/// Refused acts change nothing and are told apart by `None`.
pub(crate) fn perform(session: &mut Session, act: &Act) -> Option<Changes> {
    match act {
        Act::Set(at, value) => session.set_text(&path(at), value).ok(),
        Act::Add(repeat, id) => {
            let id: InstanceId = id.parse().ok()?;
            session.add_instance(repeat, &id).ok()
        }
        Act::Remove(at) => session.remove_instance(&path(at)).ok(),
    }
}

/// What a screen and a draft would know that only ever heard of changes.
struct Listener {
    nodes: BTreeMap<Path, NodeState>,
    kept: BTreeMap<Path, Value>,
}

impl Listener {
    fn of(session: &Session) -> Self {
        Self { nodes: by_path(session.nodes()), kept: session.kept().clone() }
    }

    fn hear(&mut self, changes: Changes) {
        for gone in changes.removed.iter().chain(&changes.uncounted) {
            self.nodes.retain(|path, _| !path.is_within(gone));
        }
        self.nodes.extend(by_path(changes.nodes));
        for (path, value) in changes.kept {
            match value {
                Some(value) => drop(self.kept.insert(path, value)),
                None => drop(self.kept.remove(&path)),
            }
        }
    }
}

fn by_path(nodes: Vec<NodeState>) -> BTreeMap<Path, NodeState> {
    nodes.into_iter().map(|node| (node.path.clone(), node)).collect()
}

fn assert_same(one: &Session, other: &Session) {
    assert_eq!(one.nodes(), other.nodes());
    assert_eq!(one.kept(), other.kept());
    assert_eq!(one.answers(), other.answers());
    assert_eq!(one.findings(), other.findings());
    assert_eq!(one.progress(), other.progress());
    assert_eq!(one.unplaced(), other.unplaced());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn a_form_kept_up_to_date_is_the_form_opened_from_what_it_kept(acts in prop::collection::vec(act(), 1..40)) {
        let definition = tangled();
        let mut session = open(definition.clone());
        prop_assert!(session.plan().problems().is_empty(), "{:?}", session.plan().problems());
        let mut listener = Listener::of(&session);
        for act in &acts {
            let before = session.kept().clone();
            match perform(&mut session, act) {
                Some(changes) => listener.hear(changes),
                None => prop_assert_eq!(session.kept(), &before),
            }
        }
        assert_same(&session, &reopen(&definition, session.kept()));
        prop_assert_eq!(listener.nodes, by_path(session.nodes()));
        prop_assert_eq!(&listener.kept, session.kept());
    }

    #[test]
    fn the_answers_alone_open_to_the_same_form_as_far_as_it_is_asked(acts in prop::collection::vec(act(), 1..40)) {
        let definition = tangled();
        let mut session = open(definition.clone());
        for act in &acts {
            perform(&mut session, act);
        }
        let sealed = reopen(&definition, &session.answers());
        prop_assert_eq!(sealed.answers(), session.answers());
        prop_assert_eq!(sealed.findings(), session.findings());
        prop_assert_eq!(sealed.progress(), session.progress());
        let asked = |session: &Session| {
            session.nodes().into_iter().filter(|node| node.relevant).collect::<Vec<_>>()
        };
        prop_assert_eq!(asked(&sealed), asked(&session));
    }

    #[test]
    fn a_form_put_away_as_data_and_taken_up_again_is_as_it_was(acts in prop::collection::vec(act(), 1..40)) {
        let mut session = open(tangled());
        for act in &acts {
            perform(&mut session, act);
        }
        let written = serde_json::to_string(&session.save()).expect("data");
        let saved = serde_json::from_str(&written).expect("the same data");
        let again = Session::resume(Arc::clone(session.plan()), saved).expect("the same form");
        assert_same(&session, &again);
        prop_assert_eq!(again.save(), session.save());
    }

    #[test]
    fn independent_answers_may_come_in_any_order(
        values in prop::collection::vec(prop::sample::select(VALUES), 4),
        order in Just(vec![0usize, 1, 2, 3]).prop_shuffle(),
    ) {
        let places = ["n", "kind", "area", "province"];
        let fill = |order: &[usize]| {
            let mut session = open(tangled());
            for &index in order {
                // Every one may be refused (`area` takes no word), but by its own kind only.
                let _ = session.set_text(&path(places[index]), values[index]);
            }
            let mut nodes = by_path(session.nodes());
            // Computed once from whatever came first.
            nodes.remove(&path("first_n"));
            nodes
        };
        prop_assert_eq!(fill(&[0, 1, 2, 3]), fill(&order));
    }

    #[test]
    fn any_text_parses_or_is_refused(source in "\\PC{0,80}") {
        let _ = Expr::parse(&source).map_err(|error| assert!(error.at <= source.chars().count()));
    }
}
