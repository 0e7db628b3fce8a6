//! Last year's answers: what an interview begins with, and what of it counts.

use std::collections::BTreeMap;

use rasoat_app::view::NodeView;
use rasoat_casework::{Change, Round, Subject, SubjectKind, interview_id};
use rasoat_instrument::{Number, Path, Value};
use rasoat_store::Op;
use rasoat_testkit::province::Province;
use uuid::Uuid;

use crate::desks::Desk;
use crate::support::answer;

/// Seals these as the answers of the round before.
fn answered_last_year(desk: &Desk, household: &str, answers: &[(&str, Value)]) {
    let changes: BTreeMap<Path, Change> =
        answers.iter().map(|(path, value)| (path.parse().unwrap(), Change::Set(value.clone()))).collect();
    let household: Uuid = household.parse().unwrap();
    desk.store(|store| {
        let commune = store.read(|reader| reader.household(household)).unwrap().unwrap().commune;
        let id = interview_id(household, Round(2025));
        let subject = Subject { commune, kind: SubjectKind::Interview, id };
        store.transact(Op::LeaveInterview, |tx| tx.seal(&subject, changes, "Lý Thị Mai", None, 0)).unwrap();
    });
}

/// The places that are sealed of this year's interview.
fn sealed(desk: &Desk, household: &str) -> Vec<String> {
    let household: Uuid = household.parse().unwrap();
    desk.store(|store| {
        store
            .read(|reader| {
                let row = reader.household(household)?.unwrap();
                let kind = SubjectKind::Interview;
                reader.document(&Subject { commune: row.commune, kind, id: row.interview })
            })
            .unwrap()
            .values()
            .into_keys()
            .map(|path| path.to_string())
            .collect()
    })
}

fn node(desk: &Desk, household: &str, path: &str) -> NodeView {
    let nodes = desk.app.open_interview(household).unwrap().nodes;
    nodes.into_iter().find(|node| node.path == path).unwrap()
}

fn choice(name: &str) -> Value {
    Value::Choice(name.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn last_years_answers_are_this_years_only_once_confirmed() {
    let province = Province::start().await.unwrap();
    let desk = Desk::listed(&province, "Máy 01").await;
    let home = desk.rows()[0].id.clone();
    let member = desk.app.open_interview(&home).unwrap().instances["members"][0].clone();
    let insured = format!("{member}.health_insurance");
    let area = Value::Decimal(Number::new(62.0).unwrap());
    let last = [
        ("floor_area", area),
        ("notice_given", choice("OK")),
        ("toilet", choice("none")),
        (insured.as_str(), choice("yes")),
    ];
    answered_last_year(&desk, &home, &last);
    let seen = |path: &str| {
        let node = node(&desk, &home, path);
        (node.value.unwrap_or_default(), node.carried)
    };
    assert_eq!(seen("floor_area"), ("62".to_owned(), true));
    assert_eq!(seen("toilet"), ("none".to_owned(), true));
    assert_eq!(seen(&insured), ("yes".to_owned(), true));
    assert_eq!(seen("notice_given"), (String::new(), false));

    // One is given again as it was, one is confirmed; the third stays open, and out of what is sealed.
    answer(&desk.app, &home, "floor_area", "62").unwrap();
    desk.app.confirm_answers(&home, std::slice::from_ref(&insured)).unwrap();
    desk.app.leave_interview(&home).unwrap();
    let places = sealed(&desk, &home);
    assert_eq!(seen("floor_area"), ("62".to_owned(), false));
    assert_eq!(seen(&insured), ("yes".to_owned(), false));
    assert_eq!(seen("toilet"), ("none".to_owned(), true));
    let has = |path: &str| places.iter().any(|place| place == path);
    assert_eq!((has("floor_area"), has(&insured), has("toilet")), (true, true, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_does_not_come_back_with_last_years_answers() {
    let province = Province::start().await.unwrap();
    let desk = Desk::listed(&province, "Máy 01").await;
    let home = desk.rows()[0].id.clone();
    let member = desk.app.open_interview(&home).unwrap().instances["members"][0].clone();
    answered_last_year(&desk, &home, &[(&format!("{member}.health_insurance"), choice("yes"))]);
    desk.app.remove_member(&home, &member).unwrap();
    desk.app.leave_interview(&home).unwrap();
    assert!(!desk.app.open_interview(&home).unwrap().instances["members"].contains(&member));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_signed_before_last_years_answers_are_confirmed() {
    let province = Province::start().await.unwrap();
    let desk = Desk::listed(&province, "Máy 01").await;
    let home = desk.rows()[0].id.clone();
    answered_last_year(&desk, &home, &[("dwelling_tenure", choice("own"))]);
    rasoat_testkit::visit::fill(&desk.app, &home, &rasoat_testkit::interviewer::poor()).unwrap();
    let refused = desk.app.sign_off(&home).unwrap_err();
    assert_eq!(refused.code, "carried_unconfirmed");
    desk.app.confirm_answers(&home, &["dwelling_tenure".to_owned()]).unwrap();
    assert!(desk.app.sign_off(&home).unwrap().signed);
}
