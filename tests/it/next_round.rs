//! A year after the year: a round is signed, recognised and locked, the next one is opened, and laptops go over to it by themselves.

use std::path::PathBuf;

use rasoat_app::view::{
    AcceptForm, AnswerForm, DecisionForm, HouseholdRowView, HouseholdState, MeetingForm,
    MeetingHouseholdForm, PostingForm, ProcedureStage,
};
use rasoat_server::{import_bundle, rebuild_and_compare, reply_bundle};
use rasoat_testkit::interviewer::surely_poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::{demo, laptop, visit};
use serde_json::{Value, json};

use crate::support::{Desk, Officer, SEED, answer, assert_worded};

const DAY: i64 = 24 * 60 * 60 * 1000;

impl Desk {
    fn row(&self, home: &str) -> HouseholdRowView {
        self.app.household(home).expect("a household").row
    }

    fn round(&self) -> u16 {
        self.app.overview().expect("today").round
    }

    /// From a signed interview to recognition.
    fn carries_to_recognition(&self, home: &str, province: &Province) {
        let version = self.app.check(home).expect("looked at").item.version;
        self.app.accept(&AcceptForm { household: home.to_owned(), version }).expect("accepted");
        let meeting = MeetingForm {
            households: vec![MeetingHouseholdForm { household: self.seen(home), agreed: 39 }],
            on: "2026-10-01".to_owned(),
            attended: 40,
            minutes: "01/BB".to_owned(),
            chair: "Hoàng Văn Chủ".to_owned(),
            secretary: "Lý Thị Thư".to_owned(),
            representative: "Nông Văn Diện".to_owned(),
            objection: String::new(),
        };
        self.app.hold_meeting(&meeting).expect("a meeting");
        let posting = PostingForm {
            households: vec![self.seen(home)],
            from: "2026-10-01".to_owned(),
            until: String::new(),
            place: "Nhà văn hóa thôn".to_owned(),
        };
        self.app.post_results(&posting).expect("posted");
        province.clock.pass(20 * DAY);
        let decision = DecisionForm {
            households: vec![self.seen(home)],
            number: "12/QĐ-UBND".to_owned(),
            on: "2026-10-20".to_owned(),
            recognised: true,
            reason: String::new(),
        };
        self.app.decide_results(&decision).expect("recognised");
    }

    /// Takes the province's answer in from a stick.
    async fn hears_by_stick(&self, province: &Province) {
        let reply = reply_bundle(&province.state, self.id).await.expect("a reply");
        let file: PathBuf = self.folder.path().join("tra-loi.rasoat");
        std::fs::write(&file, reply).expect("written");
        let taken = self.app.bundle_import(file.to_str().expect("a path")).expect("taken in");
        assert_eq!((taken.reply, taken.unverified), (true, 0));
    }

    /// Answers this year as before but for what is said, and signs.
    fn signs_anew(&self, home: &str, otherwise: &[(&'static str, &'static str)]) {
        let carried: Vec<String> = {
            let nodes = self.app.open_interview(home).expect("an interview").nodes;
            nodes.into_iter().filter(|node| node.carried).map(|node| node.path).collect()
        };
        assert!(!carried.is_empty(), "last year's answers are carried over");
        let preferences = surely_poor().into_iter().chain(otherwise.iter().copied()).collect();
        for (path, value) in otherwise {
            answer(&self.app, home, path, value).expect("answered");
        }
        visit::fill(&self.app, home, &preferences).expect("filled");
        let left: Vec<String> = {
            let nodes = self.app.open_interview(home).expect("an interview").nodes;
            nodes.into_iter().filter(|node| node.carried).map(|node| node.path).collect()
        };
        if !left.is_empty() {
            self.app.confirm_answers(home, &left).expect("confirmed");
        }
        visit::complete(&self.app, home, &preferences).expect("signed");
    }
}

/// Locks the round that is open, and opens the next.
async fn ends_the_year(officer: &Officer, province: &Province) -> Value {
    let round = officer.get("/api/round").await;
    officer.post("/api/round/term", json!({ "over": round["term_over"], "days": 400 })).await;
    let locked = officer.post("/api/round/lock", json!({ "over": round["over"] })).await;
    province.clock.pass(1_000);
    let next = json!({ "over": locked["over"], "year": locked["next"]["year"] });
    officer.post("/api/round/open", next).await
}

#[tokio::test(flavor = "multi_thread")]
async fn laptops_go_over_to_the_next_round_by_network_and_by_stick_and_nothing_lands_in_the_wrong_year() {
    let province = Province::start().await.expect("a province");
    let one = Desk::empty_at(&province, "Máy 01").await;
    let other = Desk::empty_at(&province, "Máy 02").await;
    assert_eq!(laptop::import(&one.app, &demo::list_workbook(SEED)).expect("imported"), 60);
    let homes: Vec<String> =
        laptop::households(&one.app, "").expect("households").into_iter().map(|row| row.id).collect();
    one.sync().await;
    other.sync().await;
    let [poor, lone, drafted, late, ..] = homes.as_slice() else { panic!("households") };
    for home in [poor, lone] {
        visit::complete(&one.app, home, &surely_poor()).expect("signed");
    }
    one.carries_to_recognition(poor, &province);
    one.sync().await;
    other.sync().await;
    // On the other, without a network: one is signed, and of one a single answer lies in a draft.
    visit::complete(&other.app, late, &surely_poor()).expect("signed");
    answer(&other.app, drafted, "address", "Ngõ sau đình").expect("answered");
    assert_eq!(one.app.procedure_household(poor).expect("a household").row.stage, ProcedureStage::Recognised);

    let officer = Officer::log_in(&province.url(""), province.password()).await;
    let opened = ends_the_year(&officer, &province).await;
    assert_eq!((&opened["year"], &opened["marks"]["state.listed"]), (&json!(2027), &json!(60)));
    let stood = &opened["former"][0]["snapshots"][0]["marks"];
    assert_eq!((&stood["state.signed"], &stood["stage.recognised"]), (&json!(2), &json!(1)));

    // By the network, in one exchange: nothing waits, so it goes over, and the screen of before answers nothing.
    one.app.open_interview(lone).expect("an interview");
    one.sync().await;
    assert_eq!((one.round(), one.app.state().round), (2027, Some(2027)));
    assert_eq!(one.app.overview().expect("today").next_round, None);
    let stale =
        AnswerForm { household: lone.clone(), path: "address".to_owned(), value: "Đầu làng".to_owned() };
    assert_eq!(one.app.answer(stale).expect_err("a screen of before").code, "round_changed");
    assert_worded("problem_round_changed");
    let row = one.row(poor);
    assert_eq!((row.state, row.previous_class.as_deref()), (HouseholdState::Listed, Some("poor")));
    assert_eq!(one.app.procedure_household(poor).expect("a household").row.stage, ProcedureStage::Listed);
    assert_eq!(
        one.app.overview().expect("today").villages.iter().map(|village| village.signed).sum::<u32>(),
        0
    );
    let read = one.app.household(poor).expect("a household");
    assert!(read.history.iter().any(|edit| edit.kind == "signed"), "the interview of before stays readable");
    assert!(read.list_year == Some(2026) && !read.members.is_empty());

    // By stick: first its batch, then the answer. The draft keeps it in the round before until a person says otherwise.
    let report =
        import_bundle(&province.state, &std::fs::read(other.write_edits("province")).expect("a file"))
            .await
            .expect("taken in");
    assert!(!report.refuses(), "{report:?}");
    other.hears_by_stick(&province).await;
    let next = other.app.overview().expect("today").next_round.expect("a round to go over to");
    assert_eq!((other.round(), next.round, next.unsent, next.unfinished), (2026, 2027, 0, 1));
    let refused = answer(&other.app, drafted, "address", "Chỗ khác").expect_err("locked");
    assert_eq!(refused.code, "round_locked");
    assert_eq!(other.app.go_over().expect("gone over").round, Some(2027));
    assert_eq!(other.row(late).state, HouseholdState::Listed);
    assert_eq!(other.app.go_over().expect_err("nothing to go over to").code, "no_next_round");
    for code in ["round_changed", "round_unsent", "no_next_round"] {
        assert_worded(&format!("problem_{code}_do"));
    }

    // The new year: answers are carried over, and what is not so any more is said.
    one.signs_anew(poor, &[("toilet", "septic"), ("water_source", "tap"), ("floor_area", "80")]);
    one.sync().await;
    other.sync().await;
    let (before, now) = (one.row(poor), other.row(poor));
    assert_eq!((now.state, now.previous_class.as_deref()), (HouseholdState::Signed, Some("poor")));
    assert_eq!(now.class, before.class);
    assert_ne!(now.class.as_deref(), Some("poor"));

    // Both years are right at the province: the new by its lines, the old by what stood, and what came too late for it is seen.
    let round = officer.get("/api/round").await;
    assert_eq!((&round["marks"]["state.signed"], &round["marks"]["state.listed"]), (&json!(1), &json!(59)));
    let former = &round["former"][0];
    assert_eq!((&former["year"], &former["late"]), (&json!(2026), &json!(1)));
    assert_eq!(&former["snapshots"][0]["marks"], stood);
    let number = former["snapshots"][0]["number"].as_u64().expect("a number");
    let changes = officer.get(&format!("/api/round/snapshots/{number}/changes")).await;
    let rows = changes["rows"].as_array().expect("rows");
    assert_eq!(rows.iter().map(|row| row["household"].as_str().expect("an id")).collect::<Vec<_>>(), [late]);
    assert_eq!(
        (&rows[0]["then"]["stage"], &rows[0]["now"]["stage"]),
        (&json!("listed"), &json!("interviewed"))
    );
    let commune = officer.commune_of(poor).await;
    let page = officer.get(&format!("/api/households/{commune}/{poor}")).await;
    assert_eq!(page["before"]["standing"]["class_2022"], "poor");
    assert_eq!((&page["before"]["year"], &page["round"]), (&json!(2026), &json!(2027)));
    let class = page["row"]["class_2022"]["key"].as_str();
    assert!(class.is_some() && class != Some("poor"), "{class:?}");
    assert!(rebuild_and_compare(&province.state).await.expect("rebuilt").is_empty());
}
