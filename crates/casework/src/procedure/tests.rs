//! The shipped procedure, its calendar, and ways of households whatever the order in which edits arrive.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use proptest::prelude::*;
use rasoat_instrument::InstanceId;
use uuid::Uuid;

use super::*;
use crate::chain::{Chain, Draft};
use crate::edit::{Change, Edit, VersionVector};
use crate::fold::fold;
use crate::id::{WriterId, new_member_id};
use crate::subject::{Subject, SubjectKind};

const SHIPPED: &str = include_str!("../../../../instruments/procedure/vn-2022-2026.toml");
const MARK: &str = "v1";

fn shipped() -> Procedure {
    Procedure::from_toml(SHIPPED).unwrap()
}

#[test]
fn half_of_those_present_are_enough_and_nobody_is_not() {
    let procedure = shipped();
    assert!(procedure.is_agreed(40, 20) && procedure.is_agreed(41, 21) && procedure.is_agreed(1, 1));
    assert!(!procedure.is_agreed(41, 20) && !procedure.is_agreed(40, 19) && !procedure.is_agreed(0, 0));
    assert!(!procedure.is_agreed(u32::MAX, u32::MAX / 2));
}

#[test]
fn a_posting_ends_after_three_working_days_that_are_not_the_first() {
    let procedure = shipped();
    // Monday to Thursday; Thursday over the weekend to Tuesday; what is put up on a Saturday hangs until Wednesday.
    assert_eq!(procedure.posted_until(date(2026, 11, 23)), date(2026, 11, 26));
    assert_eq!(procedure.posted_until(date(2026, 11, 26)), date(2026, 12, 1));
    assert_eq!(procedure.posted_until(date(2026, 11, 28)), date(2026, 12, 2));
    let mut other = shipped();
    other.posting.first_day_counts = true;
    other.work.holidays.insert(date(2026, 11, 24));
    assert_eq!(other.posted_until(date(2026, 11, 23)), date(2026, 11, 26));
}

#[test]
fn the_season_is_of_the_rounds_year_and_what_is_not_verified_says_so() {
    let procedure = shipped();
    assert_eq!(procedure.season(Round(2026)), Some((date(2026, 9, 1), date(2026, 12, 14))));
    let complaint = procedure.steps.iter().find(|step| step.key == "complaint").unwrap();
    assert_eq!(complaint.provenance.confidence, rasoat_instrument::Confidence::Unverified);
    let left_out: Vec<&str> =
        procedure.steps.iter().filter(|step| step.left_out).map(|step| step.key.as_str()).collect();
    assert_eq!(left_out, ["district"]);
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_place() {
    let wrong = |from: &str, to: &str| {
        assert!(SHIPPED.contains(from), "{from}");
        let problems = Procedure::from_toml(&SHIPPED.replacen(from, to, 1)).unwrap_err();
        let said: Vec<String> =
            problems.iter().map(|problem| format!("{} {}", problem.place, problem.code)).collect();
        said.join(", ")
    };
    assert_eq!(wrong("share_percent = 50", "share_percent = 150"), "meeting.share_percent bad_value");
    assert_eq!(wrong("working_days = 3", "working_days = 0"), "posting.working_days bad_value");
    assert_eq!(wrong("from = \"09-01\"", "from = \"13-01\""), "calendar.from bad_value");
    assert_eq!(wrong("to = \"12-14\"", "to = \"08-14\""), "calendar.to bad_value");
    assert_eq!(wrong("\"fri\"", "\"freitag\""), "working_days.days bad_value");
    assert_eq!(wrong("left_out", "skipped"), "step.district.skipped unknown_key");
    assert_eq!(wrong("key = \"review\"", "key = \"list\""), "step.list duplicate_key");
    assert_eq!(wrong("[certificate]", "[certificates]"), "certificate missing, certificates unknown_key");
}

/// Somebody who writes in a case.
struct Supervisor {
    chain: Chain,
    known: Vec<Edit>,
}

impl Supervisor {
    fn new(number: u128) -> Self {
        Self { chain: Chain::new(WriterId(Uuid::from_u128(number))), known: Vec::new() }
    }

    fn proceeding(&self) -> Proceeding {
        Proceeding::of(&fold(&self.known))
    }

    fn seal(&mut self, changes: BTreeMap<rasoat_instrument::Path, Change>) {
        let id = Uuid::from_u128(77);
        let subject = Subject { commune: "06001".parse().unwrap(), kind: SubjectKind::Case, id };
        let seen: VersionVector = fold(&self.known).version;
        let draft = Draft { subject, seen, author: "T".to_owned(), instrument: None, changes };
        let edit = self.chain.seal(draft, 1_000 + self.known.len() as i64).unwrap();
        self.known.push(edit);
    }

    /// Does it after everything that stands.
    fn does(&mut self, deed: Deed) -> InstanceId {
        let id = new_member_id(self.chain.next_id(), 0);
        let proceeding = self.proceeding();
        let after = way(&proceeding, true, Some(MARK)).last.iter().map(|act| act.id.clone()).collect();
        let at = format!("2026-11-{:02}T00:00:00Z", 1 + proceeding.acts.len());
        let act = CaseAct {
            id: id.clone(),
            deed,
            over: MARK.to_owned(),
            after,
            procedure: "vn".to_owned(),
            by: "T".to_owned(),
            at,
            withdrawn: None,
        };
        self.seal(act_changes(Uuid::from_u128(5), Round(2026), &act).unwrap());
        id
    }

    fn takes_back(&mut self, act: &InstanceId) {
        let withdrawal =
            Withdrawal { reason: "nhầm".to_owned(), by: "T".to_owned(), at: "2026".to_owned() };
        self.seal(withdraw_changes(act, &withdrawal).unwrap());
    }

    fn hears(&mut self, other: &Self) {
        for edit in &other.known {
            if !self.known.contains(edit) {
                self.known.push(edit.clone());
            }
        }
    }

    fn stage(&self) -> Stage {
        way(&self.proceeding(), true, Some(MARK)).stage
    }
}

fn meeting(agreed: u32) -> Deed {
    Deed::Meeting {
        on: date(2026, 11, 20),
        attended: 40,
        agreed,
        passed: shipped().is_agreed(40, agreed),
        minutes: "01/BB".to_owned(),
        chair: "A".to_owned(),
        secretary: "B".to_owned(),
        representative: "C".to_owned(),
    }
}

fn posting() -> Deed {
    Deed::Posting { from: date(2026, 11, 21), until: date(2026, 11, 25), place: "Nhà văn hóa".to_owned() }
}

fn complaint() -> Deed {
    Deed::Complaint { on: date(2026, 11, 24), person: "D".to_owned(), about: "Nhà".to_owned() }
}

fn finding(upheld: bool) -> Deed {
    Deed::Finding { on: date(2026, 11, 25), found: "Đúng".to_owned(), upheld }
}

fn recognition() -> Deed {
    Deed::Recognition { number: "12/QĐ".to_owned(), on: date(2026, 12, 1), class: "poor".to_owned() }
}

#[test]
fn a_household_goes_from_its_meeting_to_its_certificate() {
    let mut one = Supervisor::new(1);
    assert_eq!(one.stage(), Stage::Scored);
    let certificate = Deed::Certificate { number: "3/GCN".to_owned(), on: date(2026, 12, 2) };
    let steps = [
        (meeting(30), Stage::MeetingAgreed),
        (posting(), Stage::Posted),
        (complaint(), Stage::Complaint),
        (finding(false), Stage::Reverified),
        (posting(), Stage::Posted),
        (recognition(), Stage::Recognised),
        (certificate, Stage::Certified),
    ];
    for (deed, stage) in steps {
        let done = one.does(deed.clone());
        assert_eq!(one.stage(), stage);
        let proceeding = one.proceeding();
        let kept = proceeding.acts.iter().find(|act| act.id == done).unwrap();
        assert_eq!(kept.deed, deed, "what was said comes back as it was said");
    }
}

#[test]
fn a_changed_interview_lets_every_act_lapse_and_a_rejection_sends_back_to_it() {
    let mut one = Supervisor::new(1);
    one.does(meeting(30));
    one.does(posting());
    let proceeding = one.proceeding();
    let changed = way(&proceeding, true, None);
    assert_eq!((changed.stage, changed.last.len(), changed.lapsed.len()), (Stage::Interviewed, 0, 2));
    let again = way(&proceeding, true, Some("v2"));
    assert_eq!((again.stage, again.lapsed.len()), (Stage::Scored, 2));

    let mut other = Supervisor::new(2);
    other.does(meeting(19));
    assert_eq!(other.stage(), Stage::MeetingRejected);
    let proceeding = other.proceeding();
    assert_eq!(way(&proceeding, true, None).stage, Stage::MeetingRejected);
}

#[test]
fn what_follows_an_act_that_was_taken_back_holds_no_more() {
    let mut one = Supervisor::new(1);
    let held = one.does(meeting(30));
    let mut other = Supervisor::new(2);
    other.hears(&one);
    // At once: the meeting is taken back here, and the result posted there.
    one.takes_back(&held);
    other.does(posting());
    one.hears(&other);
    let proceeding = one.proceeding();
    let way = way(&proceeding, true, Some(MARK));
    assert_eq!((way.stage, way.lapsed.len()), (Stage::Scored, 1));
}

#[test]
fn of_two_supervisors_who_did_not_see_one_another_both_stand_until_somebody_acts_over_both() {
    let (mut one, mut other) = (Supervisor::new(1), Supervisor::new(2));
    one.does(meeting(30));
    let rejected = other.does(meeting(10));
    one.hears(&other);
    other.hears(&one);
    for supervisor in [&one, &other] {
        let proceeding = supervisor.proceeding();
        let way = way(&proceeding, true, Some(MARK));
        assert!(way.is_in_two());
        assert_eq!((way.stage, way.last.len()), (Stage::MeetingRejected, 2));
    }
    one.takes_back(&rejected);
    assert_eq!(one.stage(), Stage::MeetingAgreed);
    one.does(posting());
    let proceeding = one.proceeding();
    assert!(!way(&proceeding, true, Some(MARK)).is_in_two());
}

#[test]
fn a_household_is_assigned_and_a_correction_is_open_until_another_version_is_accepted() {
    let mut one = Supervisor::new(1);
    assert_eq!(way(&one.proceeding(), false, None).stage, Stage::Listed);
    one.seal(assign_changes(Uuid::from_u128(5), Round(2026), ("Mai", "Hòa", "2026")).unwrap());
    let proceeding = one.proceeding();
    assert_eq!(proceeding.assigned, ["Mai"]);
    assert_eq!(way(&proceeding, false, None).stage, Stage::Assigned);
    one.seal(assign_changes(Uuid::from_u128(5), Round(2026), ("", "Hòa", "2026")).unwrap());
    assert!(one.proceeding().assigned.is_empty());

    one.does(Deed::Correction { reason: "Sai diện tích".to_owned() });
    let proceeding = one.proceeding();
    assert!(proceeding.correction(Some(MARK)).is_some() && proceeding.correction(None).is_some());
    assert!(proceeding.correction(Some("v2")).is_none());
    assert_eq!(way(&proceeding, true, Some(MARK)).stage, Stage::Scored);
}

#[derive(Debug, Clone)]
enum Turn {
    Does(usize, usize),
    TakesBack(usize),
    Hears(usize),
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        5 => (0..2_usize, 0..6_usize).prop_map(|(who, what)| Turn::Does(who, what)),
        1 => (0..2_usize).prop_map(Turn::TakesBack),
        2 => (0..2_usize).prop_map(Turn::Hears),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: proptest::test_runner::RngSeed::Fixed(47), ..ProptestConfig::default() })]
    #[test]
    fn whoever_knows_the_same_edits_sees_the_same_way_in_whatever_order_they_came(
        turns in prop::collection::vec(turn(), 1..14),
        turned in 0..1_000_usize,
    ) {
        let deeds = [meeting(30), meeting(10), posting(), complaint(), finding(false), recognition()];
        let mut both = [Supervisor::new(1), Supervisor::new(2)];
        for turn in turns {
            match turn {
                Turn::Does(who, what) => {
                    both[who].does(deeds[what].clone());
                }
                Turn::TakesBack(who) => {
                    let last = both[who].proceeding().acts.last().map(|act| act.id.clone());
                    if let Some(act) = last {
                        both[who].takes_back(&act);
                    }
                }
                Turn::Hears(who) => {
                    let (first, second) = both.split_at_mut(1);
                    if who == 0 { first[0].hears(&second[0]) } else { second[0].hears(&first[0]) }
                }
            }
        }
        let mut all = both[0].known.clone();
        all.extend(both[1].known.iter().filter(|edit| !both[0].known.contains(edit)).cloned());
        let expected = Proceeding::of(&fold(&all));
        let from = turned % all.len().max(1);
        all.rotate_left(from);
        all.reverse();
        let other = Proceeding::of(&fold(&all));
        prop_assert_eq!(&expected, &other);
        let way = way(&expected, true, Some(MARK));
        prop_assert_eq!(&way, &super::way(&other, true, Some(MARK)));
        // Nothing that was done is lost: it holds, or is shown as lapsed, or was taken back.
        let done: BTreeSet<_> = expected.acts.iter().filter(|act| act.withdrawn.is_none()).map(|act| &act.id).collect();
        prop_assert!(way.last.iter().chain(&way.lapsed).all(|act| done.contains(&act.id)));
        prop_assert!(done.is_empty() || !way.last.is_empty() || way.lapsed.len() == done.len());
    }
}
