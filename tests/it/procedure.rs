//! Two supervisors carry a village through the procedure, and see one another's acts only when they meet the province.

use rasoat_app::view::{
    AcceptForm, AssignForm, DecisionForm, MeetingForm, MeetingHouseholdForm, PostingForm, ProcedureAct,
    ProcedureBlock, ProcedureStage, WithdrawForm,
};
use rasoat_testkit::interviewer::surely_poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::visit;

use crate::support::{Desk, assert_worded};

impl Desk {
    fn stage(&self, home: &str) -> ProcedureStage {
        self.app.procedure_household(home).expect("a household").row.stage
    }

    fn is_in_two(&self, home: &str) -> bool {
        let row = self.app.procedure_household(home).expect("a household").row;
        row.blocks.iter().any(|block| block.code == ProcedureBlock::InTwo)
    }

    fn meets(&self, homes: &[String], agreed: u32) {
        let household = |home: &String| MeetingHouseholdForm { household: self.seen(home), agreed };
        let form = MeetingForm {
            households: homes.iter().map(household).collect(),
            on: "2026-09-21".to_owned(),
            attended: 40,
            minutes: "01/BB".to_owned(),
            chair: "Hoàng Văn Chủ".to_owned(),
            secretary: "Lý Thị Thư".to_owned(),
            representative: "Nông Văn Diện".to_owned(),
            objection: "Nhà còn rộng hơn".to_owned(),
        };
        self.app.hold_meeting(&form).expect("a meeting");
    }

    fn posts(&self, homes: &[String]) {
        let form = PostingForm {
            households: homes.iter().map(|home| self.seen(home)).collect(),
            from: "2026-09-22".to_owned(),
            until: String::new(),
            place: "Nhà văn hóa thôn".to_owned(),
        };
        self.app.post_results(&form).expect("posted");
    }

    fn decision(&self, homes: &[String], on: &str) -> DecisionForm {
        DecisionForm {
            households: homes.iter().map(|home| self.seen(home)).collect(),
            number: "12/QĐ-UBND".to_owned(),
            on: on.to_owned(),
            recognised: true,
            reason: String::new(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_supervisors_carry_a_village_to_recognition_and_both_words_stand_where_they_did_not_meet() {
    let province = Province::start().await.expect("a province");
    let one = Desk::listed(&province, "Máy 01").await;
    let other = Desk::listed(&province, "Máy 02").await;
    let homes: Vec<String> = one.app.procedure_board(None).expect("a board").rows[..2]
        .iter()
        .map(|row| row.household.clone())
        .collect();
    one.app.assign(&AssignForm { households: homes.clone(), to: "Máy 02".to_owned() }).expect("assigned");
    one.sync().await;
    other.sync().await;
    let mine = other.app.procedure_board(None).expect("a board").rows.into_iter().filter(|row| row.mine);
    assert_eq!(mine.map(|row| row.household).collect::<Vec<_>>(), homes);
    for home in &homes {
        visit::complete(&other.app, home, &surely_poor()).expect("signed");
    }
    other.sync().await;
    one.sync().await;
    for home in &homes {
        let version = one.app.check(home).expect("looked at").item.version;
        one.app.accept(&AcceptForm { household: home.clone(), version }).expect("accepted");
    }
    one.sync().await;
    other.sync().await;

    // Each notes the meeting without having seen the other's word.
    one.meets(&homes, 33);
    other.meets(&homes[1..], 31);
    for laptop in [&one, &other, &one] {
        laptop.sync().await;
    }
    for laptop in [&one, &other] {
        assert_eq!(laptop.stage(&homes[0]), ProcedureStage::MeetingAgreed);
        assert!(!laptop.is_in_two(&homes[0]) && laptop.is_in_two(&homes[1]));
        let acts = laptop.app.procedure_household(&homes[1]).expect("a household").acts;
        assert_eq!(acts.iter().map(|act| act.agreed).filter(|agreed| *agreed == Some(33)).count(), 1);
        assert_eq!(acts.len(), 2);
    }
    let acts = one.app.procedure_household(&homes[1]).expect("a household").acts;
    let wrong = acts.iter().find(|act| act.agreed == Some(31)).expect("the other's");
    let form = WithdrawForm {
        household: one.seen(&homes[1]),
        act: wrong.id.clone(),
        reason: "Ghi hai lần".to_owned(),
    };
    one.app.withdraw_act(&form).expect("taken back");
    assert!(!one.is_in_two(&homes[1]));

    one.posts(&homes);
    one.sync().await;
    other.sync().await;
    assert_eq!(other.stage(&homes[1]), ProcedureStage::Posted);
    let refused = other.app.decide_results(&other.decision(&homes, "2026-09-24")).expect_err("too early");
    assert_eq!(refused.code, "posting_runs");
    assert_worded("problem_posting_runs");
    other.app.decide_results(&other.decision(&homes, "2026-10-01")).expect("recognised");
    other.sync().await;
    one.sync().await;
    for home in &homes {
        let row = one.app.procedure_household(home).expect("a household").row;
        assert_eq!((row.stage, row.next), (ProcedureStage::Recognised, Some(ProcedureAct::Certificate)));
    }

    // Changed after all: what was decided over another version is shown, and holds no more.
    other.app.reopen_interview(&homes[0]).expect("open again");
    visit::complete(&other.app, &homes[0], &surely_poor()).expect("signed again");
    other.sync().await;
    one.sync().await;
    let changed = one.app.procedure_household(&homes[0]).expect("a household").row;
    assert_eq!(changed.stage, ProcedureStage::Interviewed);
    assert!(changed.blocks.iter().any(|block| block.code == ProcedureBlock::Lapsed));
    assert_eq!(one.stage(&homes[1]), ProcedureStage::Recognised);
}

#[test]
fn what_the_procedure_refuses_has_words_in_both_languages() {
    let codes = [
        "round_locked",
        "procedure_missing",
        "procedure_changed",
        "procedure_not_now",
        "procedure_incomplete",
        "procedure_dates",
        "procedure_nobody",
        "procedure_followed",
        "meeting_counts",
        "meeting_needs_objection",
        "posting_too_short",
        "posting_runs",
        "class_provisional",
    ];
    for code in codes {
        assert_worded(&format!("problem_{code}"));
        assert_worded(&format!("problem_{code}_do"));
    }
}
