//! The conflict inbox: every answer that differs is shown with who gave it, and settled for everybody.

use rasoat_app::view::{
    ConflictDocument, HistoryPlace, SettledView, SettlementChoice, SettlementForm, SettlementRule,
};
use rasoat_testkit::province::Province;

use crate::desks::Desk;
use crate::support::code;

/// Two laptops that answered the same questions of the same households differently, and know of it.
async fn at_odds(province: &Province, answers: &[(&str, &str, &str)]) -> (Desk, Desk, Vec<String>) {
    let (one, two) = (Desk::listed(province, "Máy 01").await, Desk::at(province, "Máy 02").await);
    one.sync().await;
    two.sync().await;
    let homes: Vec<String> = one.rows().into_iter().map(|row| row.id).take(answers.len()).collect();
    for (home, (path, of_one, of_two)) in homes.iter().zip(answers) {
        one.answer(home, path, of_one);
        province.clock.pass(60_000);
        two.answer(home, path, of_two);
    }
    one.sync().await;
    two.sync().await;
    one.sync().await;
    (one, two, homes)
}

fn form(household: &str, path: &str, choice: SettlementChoice) -> SettlementForm {
    SettlementForm {
        household: household.to_owned(),
        document: ConflictDocument::Interview,
        path: path.to_owned(),
        choice,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_shown_on_both_laptops_settled_on_one_and_gone_on_the_other() {
    let province = Province::start().await.unwrap();
    let (one, two, homes) = at_odds(&province, &[("floor_area", "30", "40")]).await;
    let views = one.app.conflicts().unwrap();
    assert_eq!(views.len(), 1);
    assert_eq!((views[0].household.as_str(), views[0].path.as_str()), (homes[0].as_str(), "floor_area"));
    assert!(!views[0].label.get("vi").is_empty() && !views[0].head_name.is_empty());
    let [first, second] = views[0].candidates.as_slice() else { panic!("two answers") };
    assert_eq!((first.value.as_deref(), second.value.as_deref()), (Some("30"), Some("40")));
    assert_eq!((&first.place, second.place == HistoryPlace::Here), (&HistoryPlace::Here, false));
    assert_ne!(first.writer, second.writer);
    assert!(!first.author.is_empty() && first.at < second.at);
    assert_eq!((two.conflicts(), one.app.overview().unwrap().conflicts), (one.conflicts(), 1));

    // An answer that is not among them settles nothing.
    let stale = form(&homes[0], "floor_area", SettlementChoice::Candidate("nowhere:1".to_owned()));
    let nothing = SettledView { settled: 0, passed_over: 1 };
    assert_eq!(one.app.settle_conflicts(vec![stale]).unwrap(), nothing);
    let wrong = form(&homes[0], "floor_area", SettlementChoice::Value("rộng".to_owned()));
    assert_eq!(code(one.app.settle_conflicts(vec![wrong])), "wrong_kind");
    assert_eq!(one.conflicts().len(), 1);

    let chosen = form(&homes[0], "floor_area", SettlementChoice::Candidate(first.edit.clone()));
    let done = SettledView { settled: 1, passed_over: 0 };
    assert_eq!(one.app.settle_conflicts(vec![chosen]).unwrap(), done);
    assert_eq!((one.conflicts(), one.row(&homes[0]).conflicts), (vec![], 0));
    assert_eq!(two.conflicts().len(), 1);
    one.sync().await;
    two.sync().await;
    assert_eq!((two.conflicts(), two.row(&homes[0]).conflicts), (vec![], 0));
    for desk in [&one, &two] {
        assert_eq!(desk.value(&homes[0], "floor_area").as_deref(), Some("30"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_conflicts_are_settled_by_one_rule_and_a_draft_is_left_alone() {
    let province = Province::start().await.unwrap();
    let (one, two, homes) = at_odds(
        &province,
        &[("floor_area", "30", "40"), ("floor_area", "31", "41"), ("address", "Nà Lùng", "Khuổi Mạ")],
    )
    .await;
    let writer = |desk: &Desk| {
        let views = desk.app.conflicts().unwrap();
        views[0].candidates.iter().find(|found| found.place == HistoryPlace::Here).unwrap().writer.clone()
    };
    let (of_one, of_two) = (writer(&one), writer(&two));
    crate::support::answer(&one.app, &homes[0], "phone", "0912345678").unwrap();
    let settled =
        one.app.settle_conflicts_by(SettlementRule::Writer(of_two), vec![homes[0].clone()]).unwrap();
    assert_eq!(settled, SettledView { settled: 1, passed_over: 0 });
    assert_eq!(one.value(&homes[0], "floor_area").as_deref(), Some("40"));
    // The draft is still a draft: it was neither sealed nor lost.
    assert_eq!(one.value(&homes[0], "phone").as_deref(), Some("0912345678"));
    one.app.leave_interview(&homes[0]).unwrap();
    assert_eq!(one.row(&homes[0]).conflicts, 0);

    let given = form(&homes[1], "floor_area", SettlementChoice::Value("36".to_owned()));
    assert_eq!(one.app.settle_conflicts(vec![given]).unwrap().settled, 1);
    let settled = one.app.settle_conflicts_by(SettlementRule::Latest, vec![]).unwrap();
    assert_eq!(settled, SettledView { settled: 1, passed_over: 0 });
    assert_eq!(one.value(&homes[2], "address").as_deref(), Some("Khuổi Mạ"));
    assert_eq!(one.conflicts(), []);
    one.sync().await;
    two.sync().await;
    assert_eq!(two.conflicts(), []);
    assert_eq!(two.value(&homes[1], "floor_area").as_deref(), Some("36"));
    assert_eq!(two.value(&homes[0], "phone").as_deref(), Some("0912345678"));
    assert_eq!(
        code(one.app.settle_conflicts_by(SettlementRule::Writer(of_one + "x"), vec![])),
        "unknown_writer"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_removed_here_and_changed_there_is_one_conflict_and_settled_either_way() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    one.sync().await;
    // The interviews are begun by one, so that both have the members in them.
    let homes: Vec<String> =
        one.rows().into_iter().filter(|row| row.members > 1).map(|row| row.id).take(2).collect();
    for home in &homes {
        one.answer(home, "phone", "0912345678");
    }
    one.sync().await;
    two.sync().await;
    let mut members = Vec::new();
    for home in &homes {
        let member = one.app.open_interview(home).unwrap().instances["members"].last().unwrap().clone();
        one.app.remove_member(home, &member).unwrap();
        one.app.leave_interview(home).unwrap();
        two.answer(home, &format!("{member}.birth"), "1999");
        members.push(member);
    }
    one.sync().await;
    two.sync().await;
    one.sync().await;
    let views = two.app.conflicts().unwrap();
    let of_members: Vec<&str> = views.iter().map(|view| view.path.as_str()).collect();
    assert_eq!(views.len(), 2);
    assert!(members.iter().all(|member| of_members.contains(&member.as_str())));
    assert!(views.iter().all(|view| view.member.is_some() && view.candidates.len() == 2));
    let choose = |home: usize, value: Option<&str>| {
        let view = views.iter().find(|view| view.household == homes[home]).unwrap();
        let candidate = view.candidates.iter().find(|found| found.value.as_deref() == value).unwrap();
        form(&homes[home], &members[home], SettlementChoice::Candidate(candidate.edit.clone()))
    };
    let forms = vec![choose(0, None), choose(1, Some("present"))];
    assert_eq!(two.app.settle_conflicts(forms).unwrap().settled, 2);
    two.sync().await;
    one.sync().await;
    for desk in [&one, &two] {
        assert_eq!(desk.conflicts(), []);
        let there = |home: usize| {
            desk.app.open_interview(&homes[home]).unwrap().instances["members"].contains(&members[home])
        };
        assert_eq!((there(0), there(1)), (false, true));
    }
}
