//! A village's households from the accepted interview to the certificate, what stands in their way, and the lock of a round.

use rasoat_app::App;
use rasoat_app::view::{
    AcceptForm, AssignForm, CertificateForm, ComplaintForm, CorrectionForm, DecisionForm, FindingForm,
    MeetingForm, MeetingHouseholdForm, PostingForm, ProcedureAct, ProcedureActState, ProcedureBlock,
    ProcedureRowView, ProcedureStage, ReturnForm, SeenForm, WithdrawForm,
};
use rasoat_casework::Round;
use rasoat_exchange::Retention;
use rasoat_server::{clear_retention, set_retention};
use rasoat_testkit::interviewer::{Preferences, surely_poor};
use rasoat_testkit::province::Province;
use rasoat_testkit::visit;

use crate::desks::Desk;
use crate::support::{Laptop, all, answer, code, correct, enrolment};

fn row(app: &App, home: &str) -> ProcedureRowView {
    app.procedure_household(home).unwrap().row
}

fn seen(app: &App, home: &str) -> SeenForm {
    SeenForm { household: home.to_owned(), seen: row(app, home).seen }
}

fn accept(app: &App, home: &str) {
    let version = app.check(home).unwrap().item.version;
    app.accept(&AcceptForm { household: home.to_owned(), version }).unwrap();
}

fn accepted(app: &App, homes: &[&str], preferences: &Preferences) {
    for home in homes {
        visit::complete(app, home, preferences).unwrap();
        accept(app, home);
    }
}

fn meeting(app: &App, agreed: &[(&str, u32)]) -> MeetingForm {
    let household =
        |(home, agreed): &(&str, u32)| MeetingHouseholdForm { household: seen(app, home), agreed: *agreed };
    MeetingForm {
        households: agreed.iter().map(household).collect(),
        on: "2026-11-20".to_owned(),
        attended: 41,
        minutes: "01/BB".to_owned(),
        chair: "Hoàng Văn Chủ".to_owned(),
        secretary: "Lý Thị Thư".to_owned(),
        representative: "Nông Văn Diện".to_owned(),
        objection: "Nhà còn rộng hơn".to_owned(),
    }
}

fn posting(app: &App, homes: &[&str]) -> PostingForm {
    PostingForm {
        households: homes.iter().map(|home| seen(app, home)).collect(),
        from: "2026-11-20".to_owned(),
        until: String::new(),
        place: "Nhà văn hóa thôn".to_owned(),
    }
}

fn decision(app: &App, homes: &[&str], recognised: bool) -> DecisionForm {
    DecisionForm {
        households: homes.iter().map(|home| seen(app, home)).collect(),
        number: "12/QĐ-UBND".to_owned(),
        on: "2026-11-26".to_owned(),
        recognised,
        reason: if recognised { String::new() } else { "Không đủ điều kiện".to_owned() },
    }
}

fn blocks(row: &ProcedureRowView) -> Vec<ProcedureBlock> {
    row.blocks.iter().map(|block| block.code).collect()
}

fn stages(app: &App, homes: &[&str]) -> Vec<ProcedureStage> {
    homes.iter().map(|home| row(app, home).stage).collect()
}

fn homes(app: &App) -> Vec<String> {
    let village = app.procedure_board(None).unwrap();
    village.rows.into_iter().map(|row| row.household).collect()
}

#[test]
fn a_village_goes_from_its_accepted_interviews_to_its_certificates() {
    let app = Laptop::new().listed();
    let found = homes(&app);
    let [one, two, three] = [&*found[0], &*found[1], &*found[2]];
    assert_eq!(row(&app, one).stage, ProcedureStage::Listed);
    visit::complete(&app, one, &surely_poor()).unwrap();
    let signed = row(&app, one);
    assert_eq!((signed.stage, signed.next), (ProcedureStage::Interviewed, Some(ProcedureAct::Check)));
    assert_eq!(code(app.hold_meeting(&meeting(&app, &[(one, 41)]))), "procedure_not_now");
    accept(&app, one);
    accepted(&app, &[two, three], &surely_poor());
    assert_eq!(row(&app, one).next, Some(ProcedureAct::Meeting));

    // Half of 41 is not enough, one more is: one is interviewed again, and is told why.
    let held = app.hold_meeting(&meeting(&app, &[(one, 41), (two, 21), (three, 20)])).unwrap();
    assert_eq!((held.agreed, held.rejected), (2, 1));
    let agreed = ProcedureStage::MeetingAgreed;
    assert_eq!(stages(&app, &[one, two, three]), [agreed, agreed, ProcedureStage::MeetingRejected]);
    assert_eq!(row(&app, three).next, Some(ProcedureAct::Interview));
    assert_eq!(app.overview().unwrap().returned.len(), 1);
    assert_eq!(app.open_interview(three).unwrap().remarks[0].texts, ["Nhà còn rộng hơn"]);

    assert_eq!(code(app.decide_results(&decision(&app, &[one], true))), "procedure_not_now");
    app.post_results(&posting(&app, &[one, two])).unwrap();
    let posted = row(&app, one);
    assert_eq!(posted.stage, ProcedureStage::Posted);
    // Friday the 20th; today is Monday the 23rd.
    let runs = posted.blocks.iter().find(|block| block.code == ProcedureBlock::PostingRuns).unwrap();
    assert_eq!(runs.until.as_deref(), Some("2026-11-25"), "{:?}", posted.blocks);
    let early = DecisionForm { on: "2026-11-25".to_owned(), ..decision(&app, &[one], true) };
    let refused = app.decide_results(&early).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.params["until"].as_str()), ("posting_runs", "2026-11-25"));
    app.decide_results(&decision(&app, &[one], true)).unwrap();
    app.decide_results(&decision(&app, &[two], false)).unwrap();
    assert_eq!(stages(&app, &[one, two]), [ProcedureStage::Recognised, ProcedureStage::Refused]);
    let certificate = CertificateForm {
        household: seen(&app, one),
        number: "3/GCN-HN.HCN".to_owned(),
        on: "2026-11-27".to_owned(),
    };
    app.note_certificate(&certificate).unwrap();
    let ended = app.procedure_household(one).unwrap();
    assert_eq!((ended.row.stage, ended.row.next), (ProcedureStage::Certified, None));
    let kinds: Vec<&str> = ended.acts.iter().map(|act| act.kind.as_str()).collect();
    assert_eq!(kinds, ["certificate", "recognition", "posting", "meeting"]);
    assert_eq!(ended.acts[1].class.as_deref(), Some("poor"));
    assert_eq!((ended.acts[3].attended, ended.acts[3].agreed), (Some(41), Some(41)));
    let log = app.audit(None, 0, 20).unwrap();
    let acts: Vec<&str> = log.rows.iter().map(|row| row.act.as_str()).take(5).collect();
    assert_eq!(acts, ["certificate", "decision", "decision", "posting", "meeting"]);
}

#[test]
fn a_complaint_is_looked_into_and_the_result_posted_again_or_the_interview_made_again() {
    let app = Laptop::new().listed();
    let found = homes(&app);
    let [one, two] = [&*found[0], &*found[1]];
    accepted(&app, &[one, two], &surely_poor());
    app.hold_meeting(&meeting(&app, &[(one, 30), (two, 30)])).unwrap();
    app.post_results(&posting(&app, &[one, two])).unwrap();
    for (home, upheld) in [(one, false), (two, true)] {
        let complaint = ComplaintForm {
            household: seen(&app, home),
            on: "2026-11-23".to_owned(),
            person: "Bà Lành".to_owned(),
            about: "Nhà đó có xe".to_owned(),
        };
        app.note_complaint(&complaint).unwrap();
        assert_eq!(row(&app, home).next, Some(ProcedureAct::Finding));
        let finding = FindingForm {
            household: seen(&app, home),
            on: "2026-11-24".to_owned(),
            found: "Xe của con rể".to_owned(),
            upheld,
        };
        app.note_finding(&finding).unwrap();
    }
    assert_eq!(stages(&app, &[one, two]), [ProcedureStage::Reverified, ProcedureStage::Interviewed]);
    let again = PostingForm { from: "2026-11-24".to_owned(), ..posting(&app, &[one]) };
    app.post_results(&again).unwrap();
    assert_eq!(row(&app, one).stage, ProcedureStage::Posted);
    // What was changed goes through everything once more.
    accepted(&app, &[two], &surely_poor());
    let back = row(&app, two);
    assert_eq!((back.stage, blocks(&back)), (ProcedureStage::Scored, vec![ProcedureBlock::Lapsed]));
    let acts = app.procedure_household(two).unwrap().acts;
    assert!(acts.iter().all(|act| act.state == ProcedureActState::Lapsed && !act.may_withdraw));
    assert_eq!(acts.len(), 4);
}

#[test]
fn what_changed_since_it_was_looked_at_or_says_too_little_is_not_acted_on() {
    let app = Laptop::new().listed();
    let found = homes(&app);
    let [one, two] = [&*found[0], &*found[1]];
    accepted(&app, &[one, two], &surely_poor());
    let stale = meeting(&app, &[(one, 30), (two, 30)]);
    app.reopen_interview(two).unwrap();
    visit::complete(&app, two, &surely_poor()).unwrap();
    assert_eq!(code(app.hold_meeting(&stale)), "procedure_changed");
    assert_eq!(row(&app, one).stage, ProcedureStage::Scored, "all of an act or nothing");

    let held = || meeting(&app, &[(one, 30)]);
    let refused = |form: MeetingForm| code(app.hold_meeting(&form));
    assert_eq!(refused(MeetingForm { minutes: " ".to_owned(), ..held() }), "procedure_incomplete");
    assert_eq!(refused(MeetingForm { on: "20/11".to_owned(), ..held() }), "unreadable_date");
    assert_eq!(refused(MeetingForm { attended: 0, ..held() }), "meeting_counts");
    assert_eq!(refused(MeetingForm { attended: 29, ..held() }), "meeting_counts");
    let silent = MeetingForm { attended: 61, objection: String::new(), ..held() };
    assert_eq!(refused(silent), "meeting_needs_objection");
    assert_eq!(refused(MeetingForm { households: Vec::new(), ..held() }), "procedure_nobody");
    app.hold_meeting(&held()).unwrap();
    let before = PostingForm { from: "2026-11-19".to_owned(), ..posting(&app, &[one]) };
    assert_eq!(code(app.post_results(&before)), "procedure_dates");
    let short = PostingForm { until: "2026-11-24".to_owned(), ..posting(&app, &[one]) };
    let refused = app.post_results(&short).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.params["until"].as_str()),
        ("posting_too_short", "2026-11-25")
    );
    let longer = PostingForm { until: "2026-11-27".to_owned(), ..posting(&app, &[one]) };
    app.post_results(&longer).unwrap();
    assert_eq!(code(app.decide_results(&decision(&app, &[one], true))), "posting_runs");
    assert_eq!(app.posted_until("2026-11-27").unwrap(), "2026-12-02");
}

#[test]
fn an_act_is_taken_back_by_a_new_one_as_long_as_nothing_follows_it() {
    let app = Laptop::new().listed();
    let found = homes(&app);
    let one = &*found[0];
    accepted(&app, &[one], &surely_poor());
    app.hold_meeting(&meeting(&app, &[(one, 30)])).unwrap();
    app.post_results(&posting(&app, &[one])).unwrap();
    let acts = app.procedure_household(one).unwrap().acts;
    let take_back = |act: &str, reason: &str| {
        let (act, reason) = (act.to_owned(), reason.to_owned());
        app.withdraw_act(&WithdrawForm { household: seen(&app, one), act, reason })
    };
    assert_eq!(code(take_back(&acts[1].id, "nhầm")), "procedure_followed");
    assert_eq!(code(take_back(&acts[0].id, " ")), "procedure_incomplete");
    take_back(&acts[0].id, "Niêm yết nhầm thôn").unwrap();
    let after = app.procedure_household(one).unwrap();
    assert_eq!(after.row.stage, ProcedureStage::MeetingAgreed);
    assert_eq!(after.acts[0].state, ProcedureActState::Withdrawn);
    assert_eq!(after.acts[0].withdrawn.as_ref().unwrap().reason, "Niêm yết nhầm thôn");
    assert!(after.acts[1].may_withdraw);
}

#[test]
fn a_class_on_points_that_are_not_verified_is_posted_and_refused_but_never_recognised() {
    let laptop = Laptop::new();
    let app = laptop.start();
    let mut enrolment = enrolment(1);
    // The same standard over a table whose figures are invented.
    enrolment.standards[0].toml =
        enrolment.standards[0].toml.replacen("kind = \"points\"\n", "kind = \"points\"\ndummy = true\n", 1);
    laptop.enrol_with(&app, laptop.enrolment_file(&enrolment), crate::support::CODE).unwrap();
    app.import_list(&laptop.list(1)).unwrap();
    let found = homes(&app);
    let one = &*found[0];
    accepted(&app, &[one], &surely_poor());
    assert_eq!(blocks(&row(&app, one)), [ProcedureBlock::Provisional]);
    app.hold_meeting(&meeting(&app, &[(one, 30)])).unwrap();
    app.post_results(&posting(&app, &[one])).unwrap();
    assert_eq!(code(app.decide_results(&decision(&app, &[one], true))), "class_provisional");
    app.decide_results(&decision(&app, &[one], false)).unwrap();
    assert_eq!(row(&app, one).stage, ProcedureStage::Refused);
}

#[test]
fn households_are_assigned_and_known_as_mine_by_name_or_laptop() {
    let app = Laptop::new().listed();
    let found = homes(&app);
    let assign = |homes: &[&String], to: &str| {
        let households = homes.iter().map(|home| (*home).clone()).collect();
        app.assign(&AssignForm { households, to: to.to_owned() })
    };
    assign(&[&found[0], &found[1]], "Hoàng Thị Thử").unwrap();
    assign(&[&found[2]], "  Nông   Văn Tân ").unwrap();
    let board = app.procedure_board(None).unwrap();
    let told: Vec<_> = board.rows.iter().map(|row| (row.stage, row.mine)).take(4).collect();
    let (assigned, listed) = (ProcedureStage::Assigned, ProcedureStage::Listed);
    assert_eq!(told, [(assigned, true), (assigned, true), (assigned, false), (listed, false)]);
    assert_eq!(board.rows[2].assigned, ["Nông Văn Tân"]);
    assert!(board.people.contains(&"Nông Văn Tân".to_owned()) && board.people.contains(&"Máy 07".to_owned()));
    assign(&[&found[0]], "").unwrap();
    assert_eq!(row(&app, &found[0]).stage, listed);
    assert_eq!(code(assign(&[], "Mai")), "procedure_nobody");
    assert_eq!(code(assign(&[&found[0]], &"a".repeat(101))), "unusable_name");
}

#[test]
fn the_board_says_when_the_review_ends_and_what_is_not_verified() {
    let app = Laptop::new().listed();
    let board = app.procedure_board(None).unwrap();
    let procedure = board.procedure.unwrap();
    assert_eq!((procedure.from.as_str(), procedure.to.as_str()), ("2026-09-01", "2026-12-14"));
    assert_eq!((procedure.days_left, procedure.has_begun, procedure.knows_holidays), (21, true, false));
    let count: u32 = board.villages.iter().map(|village| village.households).sum();
    assert_eq!(count as usize, all(&app).len());
    let other = board.villages.last().unwrap().id.clone();
    assert_eq!(app.procedure_board(Some(&other)).unwrap().village, Some(other));
    assert_eq!(code(app.procedure_board(Some("?"))), "unknown_village");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_provinces_lock_an_interview_is_changed_by_a_correction_alone() {
    let province = Province::start().await.unwrap();
    let desk = Desk::listed(&province, "Máy 01").await;
    let app = &desk.app;
    let found = homes(app);
    let [one, two] = [&*found[0], &*found[1]];
    accepted(app, &[one], &surely_poor());
    answer(app, two, "floor_area", "30").unwrap();
    let term = Retention { round: Round(2026), locked_at_millis: province.clock.now(), days: 90 };
    set_retention(&province.state, term).await.unwrap();
    desk.sync().await;

    assert!(app.procedure_board(None).unwrap().locked_at.is_some());
    assert_eq!(code(answer(app, two, "floor_area", "31")), "round_locked");
    assert_eq!(code(app.leave_interview(two)), "round_locked");
    assert_eq!(code(app.reopen_interview(one)), "round_locked");
    let back = ReturnForm {
        household: one.to_owned(),
        version: app.check(one).unwrap().item.version,
        whole: "Xem lại".to_owned(),
        remarks: Vec::new(),
    };
    assert_eq!(code(app.return_with_comments(&back)), "round_locked");
    assert_eq!(desk.value(two, "floor_area").as_deref(), Some("30"), "what was typed before is still there");
    assert_eq!(blocks(&row(app, two)), [ProcedureBlock::Locked]);

    // The meeting goes on, and what it rejects is opened again.
    let held = app.hold_meeting(&meeting(app, &[(one, 3)])).unwrap();
    assert_eq!(held.rejected, 1);
    assert_eq!(blocks(&row(app, one)), [ProcedureBlock::Correcting]);
    answer(app, one, "floor_area", "6").unwrap();
    accepted(app, &[one], &surely_poor());
    assert_eq!(code(app.reopen_interview(one)), "round_locked", "accepted again it is closed");
    assert_eq!(row(app, one).may, [ProcedureAct::Correction, ProcedureAct::Meeting]);

    let correction = CorrectionForm { household: seen(app, two), reason: " ".to_owned() };
    assert_eq!(code(app.open_correction(&correction)), "procedure_incomplete");
    correct(app, two);
    app.leave_interview(two).unwrap();
    assert_eq!(desk.value(two, "floor_area").as_deref(), Some("30"));
    clear_retention(&province.state).await.unwrap();
    desk.sync().await;
    app.reopen_interview(one).unwrap();
}
