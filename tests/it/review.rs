//! Checking, returning and accepting between a surveyor's and a supervisor's laptop, by the province and by sticks alone.

use rasoat_app::view::{
    AcceptForm, CheckItemView, CheckReason, CheckStanding, HouseholdState, RemarkForm, RemarkState,
    RemarkView, ReturnForm,
};
use rasoat_server::{import_bundle, reply_bundle};
use rasoat_testkit::interviewer::poor;
use rasoat_testkit::province::Province;
use rasoat_testkit::{laptop, visit};

use crate::support::{Desk, answer, assert_worded, value_at};

const WHOLE: &str = "Xem lại nhà ở.";
const ASKED: &str = "Đo lại diện tích, trừ bếp riêng.";

impl Desk {
    fn home(&self) -> String {
        laptop::households(&self.app, "").expect("households").remove(0).id
    }

    /// The household's line of the queue.
    fn waiting(&self, home: &str) -> Option<CheckItemView> {
        let queue = self.app.check_queue().expect("a queue");
        queue.items.into_iter().find(|item| item.household == home)
    }

    fn give_back(&self, home: &str) {
        let version = self.waiting(home).expect("in the queue").version;
        self.app.return_with_comments(&asking(home, version)).expect("returned");
    }

    fn accept(&self, home: &str) {
        let version = self.waiting(home).expect("in the queue").version;
        self.app.accept(&AcceptForm { household: home.to_owned(), version }).expect("accepted");
        assert_eq!(self.waiting(home), None);
    }

    fn remarks(&self, home: &str) -> Vec<RemarkView> {
        self.app.open_interview(home).expect("an interview").remarks
    }

    fn states(&self, home: &str) -> Vec<RemarkState> {
        self.remarks(home).iter().map(|remark| remark.state).collect()
    }

    /// What was returned is on Today with what is asked; a new answer and signing again answer it.
    fn put_right(&self, home: &str) {
        let returned = self.app.overview().expect("an overview").returned;
        let [told] = returned.as_slice() else { panic!("one household was returned: {returned:?}") };
        assert_eq!((told.household.as_str(), told.open), (home, 2));
        let row = self.app.household(home).expect("a household").row;
        assert_eq!((row.state, row.returned), (HouseholdState::Started, true));
        let asked: Vec<_> =
            self.remarks(home).into_iter().map(|remark| (remark.question, remark.texts)).collect();
        let texts = |text: &str| vec![text.to_owned()];
        assert_eq!(asked, [(None, texts(WHOLE)), (Some("floor_area".to_owned()), texts(ASKED))]);
        assert_eq!(self.states(home), [RemarkState::Open, RemarkState::Open]);

        answer(&self.app, home, "floor_area", "31").expect("a new answer");
        assert_eq!(self.states(home), [RemarkState::Open, RemarkState::Answered]);
        self.app.leave_interview(home).expect("left");
        assert_eq!(self.states(home), [RemarkState::Open, RemarkState::Answered]);
        visit::complete(&self.app, home, &poor()).expect("signed again");
        assert_eq!(self.states(home), [RemarkState::Answered, RemarkState::Answered]);
        assert!(self.app.overview().expect("an overview").returned.is_empty());
    }
}

fn asking(home: &str, version: String) -> ReturnForm {
    ReturnForm {
        household: home.to_owned(),
        version,
        whole: WHOLE.to_owned(),
        remarks: vec![RemarkForm { question: "floor_area".to_owned(), text: ASKED.to_owned() }],
    }
}

fn codes(item: &CheckItemView) -> Vec<CheckReason> {
    item.reasons.iter().map(|reason| reason.code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_is_returned_put_right_and_accepted_by_way_of_the_province() {
    let province = Province::start().await.expect("a province");
    let surveyor = Desk::listed(&province, "Máy 07").await;
    let home = surveyor.home();
    visit::complete(&surveyor.app, &home, &poor()).expect("signed");
    surveyor.sync().await;
    let supervisor = Desk::listed(&province, "Máy 01").await;
    supervisor.sync().await;

    let item = supervisor.waiting(&home).expect("in the queue");
    assert_eq!(item.standing, CheckStanding::Unchecked);
    assert!(!item.surveyor.is_empty() && item.signed_at.is_some() && item.class.is_some());
    let looked = supervisor.app.check(&home).expect("looked at");
    assert_eq!((looked.item.version.clone(), looked.interview.signed), (item.version, true));
    supervisor.give_back(&home);
    let queue = supervisor.app.check_queue().expect("a queue");
    assert_eq!((queue.items.len(), queue.returned, queue.accepted), (0, 1, 0));

    supervisor.sync().await;
    surveyor.sync().await;
    surveyor.put_right(&home);
    surveyor.sync().await;
    supervisor.sync().await;

    let item = supervisor.waiting(&home).expect("in the queue again");
    assert_eq!(item.standing, CheckStanding::SignedAgain);
    let found = codes(&item);
    assert!(found.contains(&CheckReason::SignedAgain) && found.contains(&CheckReason::RemarksAnswered));
    assert_eq!(value_at(&supervisor.app, &home, "floor_area").as_deref(), Some("31"));
    supervisor.accept(&home);
    supervisor.sync().await;
    surveyor.sync().await;
    assert_eq!(surveyor.states(&home), [RemarkState::Closed, RemarkState::Closed]);
    let queue = surveyor.app.check_queue().expect("a queue");
    assert_eq!((queue.items.len(), queue.accepted), (0, 1));
    // Whoever asks for its history is told of both decisions, in their places among what was signed.
    for laptop in [&surveyor, &supervisor] {
        let sittings = laptop.app.household_history(&home, 0, 50).expect("a history").sittings;
        let decided = |kind: &str| matches!(kind, "accepted" | "returned" | "signed");
        let kinds: Vec<&str> =
            sittings.iter().map(|sitting| sitting.kind.as_str()).filter(|kind| decided(kind)).collect();
        assert_eq!(kinds, ["accepted", "signed", "returned", "signed"]);
        let short = laptop.app.household(&home).expect("a household").history;
        let kinds: Vec<&str> =
            short.iter().map(|one| one.kind.as_str()).filter(|kind| decided(kind)).collect();
        assert_eq!(kinds, ["accepted", "signed", "returned", "signed"]);
        assert!(short.iter().filter(|one| one.kind == "accepted").all(|one| one.changes == 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_network_a_household_is_returned_and_accepted_by_sticks_alone() {
    let mut province = Province::start().await.expect("a province");
    let supervisor = Desk::listed(&province, "Máy 01").await;
    let surveyor = Desk::listed(&province, "Máy 07").await;
    // The supervisor hears of the surveyor's key before the network goes.
    let first = supervisor.write_edits("province");
    import_bundle(&province.state, &std::fs::read(&first).expect("a file")).await.expect("taken in");
    let reply = reply_bundle(&province.state, supervisor.id).await.expect("a reply");
    let file = supervisor.folder.path().join("tra-loi.rasoat");
    std::fs::write(&file, reply).expect("written");
    supervisor.take(&file);
    province.stop().await.expect("no network");
    let (to_supervisor, to_surveyor) = (supervisor.id.0.to_string(), surveyor.id.0.to_string());

    let home = surveyor.home();
    visit::complete(&surveyor.app, &home, &poor()).expect("signed");
    supervisor.take(&surveyor.write_edits(&to_supervisor));
    supervisor.give_back(&home);
    surveyor.take(&supervisor.write_edits(&to_surveyor));
    surveyor.put_right(&home);
    supervisor.take(&surveyor.write_edits(&to_supervisor));
    assert_eq!(supervisor.waiting(&home).expect("again").standing, CheckStanding::SignedAgain);
    supervisor.accept(&home);
    surveyor.take(&supervisor.write_edits(&to_surveyor));
    assert_eq!(surveyor.states(&home), [RemarkState::Closed, RemarkState::Closed]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_the_surveyor_changes_what_is_being_decided_on() {
    let province = Province::start().await.expect("a province");
    let surveyor = Desk::listed(&province, "Máy 07").await;
    let homes: Vec<String> = laptop::households(&surveyor.app, "")
        .expect("households")
        .into_iter()
        .take(2)
        .map(|row| row.id)
        .collect();
    let [returned, accepted] = homes.as_slice() else { panic!("two households") };
    for home in &homes {
        visit::complete(&surveyor.app, home, &poor()).expect("signed");
    }
    surveyor.sync().await;
    let supervisor = Desk::listed(&province, "Máy 01").await;
    supervisor.sync().await;

    // At once: both are changed and signed again here, and decided on there.
    for home in &homes {
        surveyor.app.reopen_interview(home).expect("open again");
        answer(&surveyor.app, home, "floor_area", "29").expect("an answer");
        visit::complete(&surveyor.app, home, &poor()).expect("signed again");
    }
    supervisor.give_back(returned);
    supervisor.accept(accepted);
    for laptop in [&surveyor, &supervisor, &surveyor] {
        laptop.sync().await;
    }

    for laptop in [&surveyor, &supervisor] {
        for home in &homes {
            assert_eq!(value_at(&laptop.app, home, "floor_area").as_deref(), Some("29"));
        }
        assert_eq!(laptop.states(returned), [RemarkState::Open, RemarkState::Open]);
        assert_eq!(laptop.waiting(accepted).expect("looked at again").standing, CheckStanding::ChangedSince);
        // Returned or signed, whichever came last: it waits for somebody on either laptop.
        let waits = laptop.app.overview().expect("an overview").returned.len();
        assert_eq!(waits + usize::from(laptop.waiting(returned).is_some()), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_it_was_looked_at_is_not_decided_on() {
    let province = Province::start().await.expect("a province");
    let desk = Desk::listed(&province, "Máy 07").await;
    let home = desk.home();
    let refused = |result: Result<(), rasoat_app::AppError>, code: &str| {
        assert_eq!(result.expect_err("refused").code, code);
        assert_worded(&format!("problem_{code}"));
        assert_worded(&format!("problem_{code}_do"));
    };
    let accept =
        |version: &str| desk.app.accept(&AcceptForm { household: home.clone(), version: version.to_owned() });
    refused(accept("0"), "not_signed");
    visit::complete(&desk.app, &home, &poor()).expect("signed");
    let version = desk.waiting(&home).expect("in the queue").version;
    desk.app.reopen_interview(&home).expect("open again");
    visit::complete(&desk.app, &home, &poor()).expect("signed again");
    refused(accept(&version), "interview_changed");
    let version = desk.waiting(&home).expect("in the queue").version;
    let nothing = ReturnForm { whole: " ".to_owned(), remarks: Vec::new(), ..asking(&home, version.clone()) };
    refused(desk.app.return_with_comments(&nothing), "no_remarks");
    let long = ReturnForm { whole: "a".repeat(1001), ..asking(&home, version.clone()) };
    refused(desk.app.return_with_comments(&long), "remark_too_long");
    assert!(desk.remarks(&home).is_empty(), "a refusal leaves nothing behind");
    accept(&version).expect("accepted");
}
