//! Who changed what of a household, and taking it back: the same on every laptop, and nothing is lost by it.

use rasoat_app::view::{
    ConflictDocument, FieldHistoryView, HistoryPlace, HistoryWhat, MergeForm, SittingView, UndoForm,
    UndoPlace,
};
use rasoat_testkit::province::Province;

use crate::desks::Desk;
use crate::support::code;

const HOUR: i64 = 60 * 60 * 1000;

fn sittings(desk: &Desk, household: &str) -> Vec<SittingView> {
    let page = desk.app.household_history(household, 0, 50).unwrap();
    assert_eq!(page.total as usize, page.sittings.len());
    page.sittings
}

fn of_field(desk: &Desk, household: &str, path: &str) -> FieldHistoryView {
    desk.app.field_history(household, ConflictDocument::Interview, path).unwrap()
}

fn words(view: &FieldHistoryView) -> Vec<(Option<String>, bool)> {
    view.words
        .iter()
        .map(|word| (word.value.as_ref().map(|text| text.get("vi").to_owned()), word.stands))
        .collect()
}

fn undo_of(household: &str, edits: &[String]) -> UndoForm {
    UndoForm {
        household: household.to_owned(),
        edits: edits.to_vec(),
        only: None,
        reason: "Ghi nhầm hộ".to_owned(),
        also_later: false,
    }
}

fn only(form: UndoForm, path: &str) -> UndoForm {
    let place = UndoPlace { document: ConflictDocument::Interview, path: path.to_owned() };
    UndoForm { only: Some(place), ..form }
}

fn said(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Answers and leaves, an hour after what was before.
fn later(province: &Province, desk: &Desk, household: &str, path: &str, value: &str) {
    province.clock.pass(HOUR);
    desk.answer(household, path, value);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_tells_who_changed_what_where_and_over_what_in_words() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    let home = one.rows().remove(0).id;
    one.answer(&home, "floor_area", "30");
    one.answer(&home, "water_source", "tap");
    one.sync().await;
    two.sync().await;
    later(&province, &two, &home, "floor_area", "45");
    two.sync().await;
    one.sync().await;

    let seen = sittings(&one, &home);
    let kinds: Vec<&str> = seen.iter().map(|sitting| sitting.kind.as_str()).collect();
    assert_eq!(kinds, ["answers", "answers", "imported"]);
    assert_eq!(seen[0].place, HistoryPlace::Elsewhere);
    assert_eq!((&seen[1].place, seen[1].edits.len()), (&HistoryPlace::Here, 2), "one sitting of two edits");
    let [area] = seen[0].first.as_slice() else { panic!("one change: {:?}", seen[0].first) };
    assert_eq!((area.path.as_str(), area.what), ("floor_area", HistoryWhat::Answer));
    assert!(!area.label.get("vi").is_empty() && area.stands && !area.in_conflict);
    assert_eq!(area.before.iter().map(|text| text.get("vi")).collect::<Vec<_>>(), ["30"]);

    // A choice is told in its words, and what is not shown at first can be asked for.
    let all = one.app.sitting_changes(&home, &seen[1].edits).unwrap();
    assert_eq!(all.len(), seen[1].changes as usize);
    let water = all.iter().find(|change| change.path == "water_source").unwrap();
    assert_ne!(water.value.as_ref().unwrap().get("vi"), "tap");
    assert!(!all.iter().find(|change| change.path == "floor_area").unwrap().stands);

    let field = of_field(&one, &home, "floor_area");
    assert_eq!(words(&field), [(said("45"), true), (said("30"), false)]);
    assert_eq!(field.words[0].author, seen[0].author);
    assert_eq!(of_field(&two, &home, "floor_area").words[1].place, HistoryPlace::Elsewhere);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_named_and_citizen_ids_are_masked() {
    let province = Province::start().await.unwrap();
    let one = Desk::listed(&province, "Máy 01").await;
    let home = one.rows().remove(0).id;
    let member = one.app.household(&home).unwrap().members.remove(0);
    let path = format!("members.{}.citizen_id", member.id);
    one.answer(&home, &path, "020099004417");
    let field = of_field(&one, &home, &path);
    assert_eq!(field.member.as_deref(), Some(member.full_name.as_str()));
    assert_eq!(words(&field)[0], (said("020 •••• 4417"), true));
    let sitting = sittings(&one, &home).remove(0);
    let everything = one.app.sitting_changes(&home, &sitting.edits).unwrap();
    assert!(!format!("{everything:?}").contains("020099004417"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_comes_page_by_page() {
    let province = Province::start().await.unwrap();
    let one = Desk::listed(&province, "Máy 01").await;
    let home = one.rows().remove(0).id;
    for number in 0..12 {
        later(&province, &one, &home, "floor_area", &(20 + number).to_string());
    }
    let page = one.app.household_history(&home, 0, 5).unwrap();
    let last = one.app.household_history(&home, 10, 5).unwrap();
    assert_eq!((page.total, page.sittings.len(), last.sittings.len()), (13, 5, 3));
    assert_eq!(last.sittings[2].kind, "imported");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_is_said_again_everywhere_and_the_history_shows_why() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    let home = one.rows().remove(0).id;
    one.answer(&home, "floor_area", "30");
    later(&province, &one, &home, "floor_area", "45");
    let wrong = sittings(&one, &home)[0].edits.clone();

    let form = undo_of(&home, &wrong);
    let preview = one.app.preview_undo(&form).unwrap();
    assert_eq!((preview.refusal, preview.later.len()), (None, 0));
    let area = preview.changes.iter().find(|change| change.path == "floor_area").unwrap();
    assert_eq!(area.now.as_ref().unwrap().get("vi"), "45");
    assert_eq!(area.then.as_ref().unwrap().get("vi"), "30");
    assert_eq!(
        code(one.app.undo(&UndoForm { reason: "  ".to_owned(), ..form.clone() })),
        "undo_reason_missing"
    );
    one.app.undo(&form).unwrap();
    assert_eq!(one.value(&home, "floor_area").as_deref(), Some("30"));

    one.sync().await;
    two.sync().await;
    assert_eq!(two.value(&home, "floor_area").as_deref(), Some("30"));
    for desk in [&one, &two] {
        let latest = sittings(desk, &home).remove(0);
        assert_eq!((latest.kind.as_str(), latest.reason.as_deref()), ("undone", Some("Ghi nhầm hộ")));
        // The edit that was taken back is still there.
        let field = of_field(desk, &home, "floor_area");
        assert_eq!(words(&field), [(said("30"), true), (said("45"), false), (said("30"), false)]);
    }
    // The same reason once more, for taking the undoing itself back.
    let undone = sittings(&two, &home)[0].edits.clone();
    two.app.undo(&undo_of(&home, &undone)).unwrap();
    assert_eq!(two.value(&home, "floor_area").as_deref(), Some("45"));
    assert_eq!(sittings(&two, &home)[0].reason.as_deref(), Some("Ghi nhầm hộ"));
    two.sync().await;
    one.sync().await;
    assert_eq!(one.value(&home, "floor_area").as_deref(), Some("45"));
    assert!(one.conflicts().is_empty() && two.conflicts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_since_stands_in_the_way_and_goes_along_if_wanted() {
    let province = Province::start().await.unwrap();
    let one = Desk::listed(&province, "Máy 01").await;
    let home = one.rows().remove(0).id;
    one.answer(&home, "floor_area", "30");
    later(&province, &one, &home, "floor_area", "45");
    let wrong = sittings(&one, &home)[0].edits.clone();
    later(&province, &one, &home, "floor_area", "50");

    let form = only(undo_of(&home, &wrong), "floor_area");
    let preview = one.app.preview_undo(&form).unwrap();
    assert_eq!(preview.refusal.as_deref(), Some("undo_stood_on"));
    assert_eq!(preview.later[0].value.as_ref().unwrap().get("vi"), "50");
    assert_eq!(code(one.app.undo(&form)), "undo_stood_on");
    assert_eq!(one.value(&home, "floor_area").as_deref(), Some("50"));
    one.app.undo(&UndoForm { also_later: true, ..form }).unwrap();
    assert_eq!(one.value(&home, "floor_area").as_deref(), Some("30"));
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_merged_settled_and_first_changes_stay_as_they_are_and_say_why() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    let homes: Vec<String> = one.rows().into_iter().map(|row| row.id).take(2).collect();
    one.sync().await;
    two.sync().await;
    one.answer(&homes[0], "floor_area", "30");
    province.clock.pass(HOUR);
    two.answer(&homes[0], "floor_area", "40");
    for desk in [&one, &two, &one] {
        desk.sync().await;
    }
    province.clock.pass(HOUR);
    one.app.settle_conflicts_by(rasoat_app::view::SettlementRule::Latest, Vec::new()).unwrap();
    let seen = sittings(&one, &homes[0]);
    assert_eq!(seen[0].kind, "settled");
    assert_eq!(seen[0].first[0].before.len(), 2);
    let settled = only(undo_of(&homes[0], &seen[0].edits), &seen[0].first[0].path);
    assert_eq!(code(one.app.undo(&settled)), "undo_was_conflict");

    let imported = undo_of(&homes[0], &seen.last().unwrap().edits);
    assert_eq!(code(one.app.undo(&imported)), "undo_first");
    assert_eq!(code(one.app.undo(&undo_of(&homes[0], &[]))), "undo_nothing");

    let merge = MergeForm { kept: homes[1].clone(), merged: homes[0].clone(), take_over: Vec::new() };
    one.app.households_merge(&merge).unwrap();
    let answers = seen.iter().find(|sitting| sitting.kind == "answers").unwrap();
    assert_eq!(code(one.app.undo(&undo_of(&homes[0], &answers.edits))), "household_merged");
    let of_kept = sittings(&one, &homes[1]);
    assert!(of_kept.iter().any(|sitting| sitting.household.as_deref() == Some(&homes[0])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_interview_that_is_taken_back_begins_again_with_what_the_list_says() {
    let province = Province::start().await.unwrap();
    let one = Desk::listed(&province, "Máy 01").await;
    let home = one.rows().remove(0).id;
    let listed = one.app.open_interview(&home).unwrap().instances["members"].len();
    assert!(listed > 0);
    one.answer(&home, "floor_area", "30");
    let first = sittings(&one, &home)[0].edits.clone();
    one.app.undo(&undo_of(&home, &first)).unwrap();
    assert_eq!(one.value(&home, "floor_area"), None);
    assert_eq!(one.app.open_interview(&home).unwrap().instances["members"].len(), listed);
    assert_eq!(one.app.household(&home).unwrap().members.len(), listed);
    // And it can be answered anew.
    one.answer(&home, "floor_area", "31");
    assert_eq!(one.value(&home, "floor_area").as_deref(), Some("31"));
    assert_eq!(one.app.open_interview(&home).unwrap().instances["members"].len(), listed);
}
