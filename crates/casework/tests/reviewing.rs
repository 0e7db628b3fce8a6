//! Accepting and returning interviews: what was decided holds for what was looked at, and no word is lost.
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{
    Case, Change, Decision, Edit, EditId, Hlc, Remark, RemarkState, Round, Standing, Step, Subject,
    SubjectKind, VersionVector, WriterId, case_id, decide, fold, interview_id, remark_id, version_mark,
};
use rasoat_instrument::Path;
use uuid::Uuid;

const HOME: Uuid = Uuid::from_u128(0xa0);
const ROUND: Round = Round(2026);

fn version(of: &[(u128, u64)]) -> VersionVector {
    VersionVector(of.iter().map(|(who, seq)| (WriterId(Uuid::from_u128(*who)), *seq)).collect())
}

fn edit(who: u128, seq: u64, millis: i64, seen: &[(u128, u64)], changes: BTreeMap<Path, Change>) -> Edit {
    let commune = "06325".parse().unwrap();
    Edit {
        id: EditId { writer: WriterId(Uuid::from_u128(who)), seq },
        prev: None,
        subject: Subject { commune, kind: SubjectKind::Case, id: case_id(HOME, ROUND) },
        seen: version(seen),
        at: Hlc { millis, counter: 0 },
        author: String::new(),
        instrument: None,
        changes,
    }
}

fn decision(step: Step, by: &str, over: &VersionVector) -> Decision {
    let at = "2026-11-24T02:00:00Z".to_owned();
    Decision { step, by: by.to_owned(), at, over: version_mark(over) }
}

fn decided(step: Step, over: &VersionVector) -> BTreeMap<Path, Change> {
    decide(HOME, ROUND, &decision(step, "Trần Thị Thử", over), &[]).unwrap()
}

fn remark(state: RemarkState, text: &str) -> Remark {
    Remark {
        interview: interview_id(HOME, ROUND),
        question: Some("floor_area".parse().unwrap()),
        texts: vec![text.to_owned()],
        by: "Trần Thị Thử".to_owned(),
        at: "2026-11-24T02:00:00Z".to_owned(),
        state,
    }
}

#[test]
fn an_acceptance_holds_for_the_version_that_was_looked_at_alone() {
    let (looked_at, later) = (version(&[(1, 4)]), version(&[(1, 4), (2, 1)]));
    let case = Case::of(&fold(&[edit(9, 1, 10, &[], decided(Step::Accepted, &looked_at))]));
    assert_eq!(case.decision.as_ref().unwrap().by, "Trần Thị Thử");
    assert_eq!(case.standing(true, &looked_at), Standing::Accepted);
    assert_eq!(case.standing(true, &later), Standing::ChangedSince);
    assert_eq!(case.standing(false, &later), Standing::Unchecked);
}

#[test]
fn what_was_returned_waits_for_the_surveyor_and_then_for_the_supervisor() {
    let looked_at = version(&[(1, 4)]);
    let returned = edit(9, 1, 10, &[], decided(Step::Returned, &looked_at));
    let case = Case::of(&fold(std::slice::from_ref(&returned)));
    assert_eq!(case.standing(false, &looked_at), Standing::Returned);
    assert_eq!(case.standing(true, &version(&[(1, 5)])), Standing::SignedAgain);
    let accepted = edit(9, 2, 20, &[], decided(Step::Accepted, &version(&[(1, 5)])));
    let case = Case::of(&fold(&[accepted, returned]));
    assert_eq!(case.standing(true, &version(&[(1, 5)])), Standing::Accepted);
    assert_eq!(Case::of(&fold(&[])).standing(true, &looked_at), Standing::Unchecked);
}

#[test]
fn of_two_decisions_that_did_not_see_one_another_neither_is_passed_over() {
    let looked_at = version(&[(1, 4)]);
    let accepted = edit(8, 1, 20, &[], decided(Step::Accepted, &looked_at));
    let returned = edit(9, 1, 10, &[], decided(Step::Returned, &looked_at));
    for edits in [[&accepted, &returned], [&returned, &accepted]] {
        let case = Case::of(&fold(edits));
        assert_eq!(case.steps, BTreeSet::from([Step::Accepted, Step::Returned]));
        assert_eq!(case.standing(true, &looked_at), Standing::SignedAgain);
        assert_eq!(case.standing(false, &looked_at), Standing::Returned);
    }
}

#[test]
fn a_case_knows_the_remarks_that_several_people_made() {
    let looked_at = version(&[(1, 4)]);
    let ids = [Uuid::from_u128(1), Uuid::from_u128(2)];
    let say = |id| decide(HOME, ROUND, &decision(Step::Returned, "A", &looked_at), &[id]).unwrap();
    let edits = [edit(8, 1, 20, &[], say(ids[0])), edit(9, 1, 10, &[], say(ids[1]))];
    assert_eq!(Case::of(&fold(&edits)).remarks, BTreeSet::from(ids));
}

#[test]
fn a_remark_is_read_as_it_was_made() {
    let made = remark(RemarkState::Open, "Đo lại nhà.");
    assert_eq!(Remark::of(&fold(&[edit(9, 1, 10, &[], made.changes().unwrap())])), Some(made.clone()));
    let whole = Remark { question: None, ..made };
    assert_eq!(Remark::of(&fold(&[edit(9, 1, 10, &[], whole.changes().unwrap())])), Some(whole));
    assert_eq!(Remark::of(&fold(&[])), None);
}

#[test]
fn a_remark_that_was_answered_is_open_again_when_it_is_asked_once_more() {
    let asked = edit(9, 1, 10, &[], remark(RemarkState::Open, "Đo lại nhà.").changes().unwrap());
    let answered = edit(1, 5, 20, &[(9, 1)], RemarkState::Answered.change().unwrap());
    let both = [&asked, &answered];
    assert_eq!(Remark::of(&fold(both)).unwrap().state, RemarkState::Answered);
    let again = remark(RemarkState::Open, "Vẫn chưa đúng.").changes().unwrap();
    let seen = edit(9, 2, 30, &[(1, 5)], again.clone());
    let found = Remark::of(&fold([&asked, &answered, &seen])).unwrap();
    assert_eq!((found.state, found.texts), (RemarkState::Open, vec!["Vẫn chưa đúng.".to_owned()]));
    // Whoever answered meanwhile has not answered that.
    let unseen = edit(8, 1, 15, &[(9, 1)], again);
    let found = Remark::of(&fold([&asked, &answered, &unseen])).unwrap();
    assert_eq!((found.state, found.texts), (RemarkState::Open, vec!["Vẫn chưa đúng.".to_owned()]));
}

#[test]
fn what_two_people_ask_at_one_question_stands_side_by_side() {
    let one = edit(8, 1, 10, &[], remark(RemarkState::Open, "Đo lại nhà.").changes().unwrap());
    let two = edit(9, 1, 20, &[], remark(RemarkState::Open, "Hỏi lại số người.").changes().unwrap());
    assert_eq!(Remark::of(&fold([&two, &one])).unwrap().texts, ["Đo lại nhà.", "Hỏi lại số người."]);
}

#[test]
fn ids_of_cases_and_remarks_are_the_same_on_every_laptop_and_for_nothing_else() {
    let interview = interview_id(HOME, ROUND);
    let (area, roof): (Path, Path) = ("floor_area".parse().unwrap(), "roof".parse().unwrap());
    let ids = [
        interview,
        case_id(HOME, ROUND),
        case_id(HOME, Round(2027)),
        remark_id(interview, None),
        remark_id(interview, Some(&area)),
        remark_id(interview, Some(&roof)),
        remark_id(interview_id(HOME, Round(2027)), Some(&area)),
    ];
    assert_eq!(BTreeSet::from(ids).len(), ids.len());
    assert_eq!(remark_id(interview, Some(&area)), ids[4]);
    assert!(ids.iter().all(|id| id.get_version_num() == 8));
    assert_ne!(version_mark(&version(&[(1, 2)])), version_mark(&version(&[(1, 3)])));
    assert_ne!(version_mark(&version(&[(1, 2)])), version_mark(&version(&[(2, 2)])));
}
