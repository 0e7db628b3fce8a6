//! After the province's word on a locked round no way into an interview is left but a correction: none of them by the side.

use rasoat_app::App;
use rasoat_app::view::{
    ConflictDocument, MergeForm, NewHouseholdForm, SettlementChoice, SettlementForm, SettlementRule, UndoForm,
};
use rasoat_casework::Round;
use rasoat_exchange::Retention;
use rasoat_server::set_retention;
use rasoat_testkit::interviewer::surely_poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::visit;

use crate::desks::Desk;
use crate::support::{code, correct};

/// Takes back what was said last of a household.
fn undo(app: &App, household: &str) -> UndoForm {
    let page = app.household_history(household, 0, 50).unwrap();
    UndoForm {
        household: household.to_owned(),
        edits: page.sittings[0].edits.clone(),
        only: None,
        reason: "Ghi nhầm hộ".to_owned(),
        also_later: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_back_settled_taken_over_or_signed_but_by_a_correction() {
    let province = Province::start().await.unwrap();
    let (one, two) = (Desk::listed(&province, "Máy 01").await, Desk::at(&province, "Máy 02").await);
    one.sync().await;
    two.sync().await;
    let app = &one.app;
    let homes: Vec<String> = one.rows().into_iter().map(|row| row.id).take(4).collect();
    let [at_odds, wrong, begun, filled] = homes.as_slice() else { panic!("four households") };
    one.answer(at_odds, "floor_area", "30");
    two.answer(at_odds, "floor_area", "40");
    one.answer(wrong, "floor_area", "31");
    province.clock.pass(60 * 60 * 1000);
    one.answer(wrong, "floor_area", "310");
    one.answer(begun, "phone", "0912345678");
    let guest = app
        .add_household(NewHouseholdForm {
            village: app.overview().unwrap().villages[0].id.clone(),
            head_name: "Nông Văn Hùng".to_owned(),
            birth: "1980-05-06".to_owned(),
            sex: "male".to_owned(),
            citizen_id: String::new(),
            address: String::new(),
        })
        .unwrap();
    let member = app.household(&guest).unwrap().members[0].id.clone();
    visit::fill(app, filled, &surely_poor()).unwrap();
    one.sync().await;
    two.sync().await;
    let term = Retention { round: Round(2026), locked_at_millis: province.clock.now(), days: 90 };
    set_retention(&province.state, term).await.unwrap();
    one.sync().await;

    let settle = || {
        app.settle_conflicts(vec![SettlementForm {
            household: at_odds.clone(),
            document: ConflictDocument::Interview,
            path: "floor_area".to_owned(),
            choice: SettlementChoice::Value("30".to_owned()),
        }])
    };
    let settle_all = || app.settle_conflicts_by(SettlementRule::Latest, vec![at_odds.clone()]);
    let merge = MergeForm { kept: begun.clone(), merged: guest.clone(), take_over: vec![member.clone()] };
    let takes = undo(app, wrong);
    assert_eq!(code(settle()), "round_locked");
    assert_eq!(code(settle_all()), "round_locked");
    assert_eq!(code(app.undo(&takes)), "round_locked");
    assert_eq!(code(app.households_merge(&merge)), "round_locked");
    assert_eq!(code(app.sign_off(filled)), "round_locked");
    assert_eq!(one.conflicts().len(), 1);
    assert_eq!(one.value(wrong, "floor_area").as_deref(), Some("310"));
    assert_eq!(one.row(&guest).merged_into, None);
    assert_eq!(app.household(&guest).unwrap().members.len(), 1);

    for household in [at_odds, wrong, begun, filled] {
        correct(app, household);
    }
    assert_eq!(settle().unwrap().settled, 1);
    app.undo(&takes).unwrap();
    assert_eq!(one.value(wrong, "floor_area").as_deref(), Some("31"));
    app.households_merge(&merge).unwrap();
    assert_eq!(one.row(&guest).merged_into.as_deref(), Some(begun.as_str()));
    assert!(app.sign_off(filled).unwrap().signed);
}
