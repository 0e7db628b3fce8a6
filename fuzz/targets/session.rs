//! Any row of acts on the shipped form: never a panic, and what is kept up to date is what opens from what was kept.
#![no_main]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use rasoat_instrument::{Context, Path, Plan, Session};

macro_rules! sheet {
    ($name:literal) => {
        include_str!(concat!("../../instruments/household-2026/", $name, ".csv"))
    };
}

static PLAN: LazyLock<Arc<Plan>> = LazyLock::new(|| {
    let form = rasoat_xlsform::read_csv(sheet!("survey"), sheet!("choices"), sheet!("settings")).expect("the form");
    Arc::new(Plan::new(Arc::new(form)))
});

/// Texts that mean something to some question.
const TEXTS: [&str; 16] = [
    "", "yes", "no", "1", "0", "-1", "2026-09-15", "1990", "2015-02-29", "head", "child", "male", "9999999999", "2.5", "020090000001", "ả",
];

fn context() -> Context {
    Context::of_day("2026-11-25".parse().expect("a day"))
}

fuzz_target!(|data: &[u8]| {
    let mut session = Session::open_plan(Arc::clone(&PLAN), BTreeMap::new(), context());
    let mut members = 0u8;
    for act in data.chunks_exact(3).take(60) {
        let nodes = session.nodes();
        let place = usize::from(act[0]) * 256 + usize::from(act[1]);
        match act[2] >> 4 {
            0 | 1 => {
                members = members.wrapping_add(1);
                let _ = session.add_instance("members", &format!("m{members}").parse().expect("an id"));
            }
            2 => {
                let instances = session.instances("members");
                if let Some(path) = instances.get(place % instances.len().max(1)) {
                    let _ = session.remove_instance(path);
                }
            }
            _ => {
                let path: &Path = &nodes[place % nodes.len()].path;
                let offered = session.definition().lists.values().nth(place % 7).and_then(|list| list.get(u32::from(act[2] & 15)));
                let text = match offered {
                    Some(choice) if act[2] & 128 != 0 => choice.name().to_owned(),
                    _ => TEXTS[usize::from(act[2] & 15)].to_owned(),
                };
                let _ = session.set_text(path, &text);
            }
        }
    }
    let again = Session::open_plan(Arc::clone(&PLAN), session.kept().clone(), context());
    assert_eq!(again.nodes(), session.nodes());
    assert_eq!(again.findings(), session.findings());
});
