//! Every paper at every stage.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::*;
use crate::procedure::way;
use Missing::{
    Complaint, NoClass, NotAccepted, NotBegun, NotMet, NotPosted, NotRecognised, PostingRuns, Provisional,
};
use Place::{In, NotFor, Out};

const MARK: &str = "v1";
const TODAY: Date = date(2026, 11, 20);

fn author() -> crate::AuthorName {
    crate::AuthorName::from("Hoàng Thị Mai")
}

/// Acts one after the other, each over the same version of the interview.
fn acts(deeds: Vec<Deed>) -> Proceeding {
    let mut acts: Vec<CaseAct> = Vec::new();
    for deed in deeds {
        let id = format!("a{}", acts.len()).parse().unwrap();
        let after = acts.last().map(|act| act.id.clone()).into_iter().collect::<BTreeSet<_>>();
        let at = format!("2026-11-{:02}T08:00:00Z", acts.len() + 1);
        let (over, procedure, by) = (MARK.to_owned(), "vn-2022-2026".to_owned(), author());
        acts.push(CaseAct { id, deed, over, after, procedure, by, at, withdrawn: None });
    }
    Proceeding { acts, assigned: Vec::new() }
}

fn meeting(passed: bool) -> Deed {
    Deed::Meeting {
        on: date(2026, 11, 1),
        attended: 40,
        agreed: if passed { 40 } else { 3 },
        passed,
        minutes: "01/BB".to_owned(),
        chair: String::new(),
        secretary: String::new(),
        representative: String::new(),
    }
}

fn posting() -> Deed {
    Deed::Posting { from: date(2026, 11, 16), until: date(2026, 11, 19), place: "Nhà văn hóa".to_owned() }
}

fn complaint() -> Deed {
    Deed::Complaint { on: date(2026, 11, 17), person: "A".to_owned(), about: "B".to_owned() }
}

fn recognition(class: &str) -> Deed {
    Deed::Recognition { number: "12".to_owned(), on: date(2026, 11, 20), class: class.to_owned() }
}

fn refusal() -> Deed {
    Deed::Refusal { number: "13".to_owned(), on: date(2026, 11, 20), reason: "C".to_owned() }
}

/// A poor household that was on no list, with an accepted interview and these acts over it.
fn accepted(deeds: Vec<Deed>) -> OnPaper {
    let (proceeding, certified) = (acts(deeds), ["poor", "near_poor"].map(str::to_owned));
    let way = way(&proceeding, true, Some(MARK));
    let class = Some("poor".to_owned());
    OnPaper { class, ..OnPaper::new(&way, &proceeding, true, &certified) }
}

/// The same of one whose interview nobody has accepted.
fn open(begun: bool, deeds: Vec<Deed>) -> OnPaper {
    let proceeding = acts(deeds);
    let way = way(&proceeding, begun, None);
    OnPaper::new(&way, &proceeding, begun, &["poor".to_owned()])
}

/// In all papers but the detailed lists.
fn places(household: &OnPaper) -> Vec<Place> {
    let kinds = PaperKind::ALL.into_iter().filter(|kind| kind.detail_of().is_none());
    kinds.map(|kind| household.place(kind, TODAY)).collect()
}

#[test]
fn every_stage_has_its_papers() {
    let certificate = Deed::Certificate { number: "7".to_owned(), on: date(2026, 11, 20) };
    let upheld = |upheld| Deed::Finding { on: date(2026, 11, 18), found: "D".to_owned(), upheld };
    let nobody = [NotBegun, NotAccepted].map(Out);
    let gone = Out(NotRecognised);
    let through = || vec![meeting(true), posting()];
    let with = |more: Vec<Deed>| through().into_iter().chain(more).collect::<Vec<_>>();
    // Review, interviews, explanations, meeting, minutes, posting, decisions, certificates, results, interchange.
    let table: [(Stage, OnPaper, [Place; 10]); 12] = [
        (
            Stage::Listed,
            open(false, vec![]),
            [In, nobody[0], nobody[0], nobody[0], nobody[0], nobody[0], nobody[0], gone, nobody[0], gone],
        ),
        (
            Stage::Interviewed,
            open(true, vec![]),
            [In, In, In, nobody[1], nobody[1], nobody[1], nobody[1], gone, nobody[1], gone],
        ),
        (
            // The interview is made again, and the minutes of the meeting that did not agree stay.
            Stage::MeetingRejected,
            open(true, vec![meeting(false)]),
            [In, In, In, nobody[1], In, nobody[1], nobody[1], gone, nobody[1], gone],
        ),
        (Stage::Scored, accepted(vec![]), [In, In, In, In, In, Out(NotMet), Out(NotMet), gone, In, gone]),
        (
            Stage::MeetingAgreed,
            accepted(vec![meeting(true)]),
            [In, In, In, NotFor, In, In, Out(NotPosted), gone, In, gone],
        ),
        (Stage::Posted, accepted(through()), [In, In, In, NotFor, In, In, In, gone, In, gone]),
        (
            Stage::Complaint,
            accepted(with(vec![complaint()])),
            [In, In, In, NotFor, In, Out(Complaint), Out(Complaint), gone, In, gone],
        ),
        (
            Stage::Reverified,
            accepted(with(vec![complaint(), upheld(false)])),
            [In, In, In, NotFor, In, In, Out(NotPosted), gone, In, gone],
        ),
        (
            Stage::Refused,
            accepted(with(vec![refusal()])),
            [In, In, In, NotFor, In, NotFor, NotFor, NotFor, In, NotFor],
        ),
        (
            Stage::Recognised,
            accepted(with(vec![recognition("poor")])),
            [In, In, In, NotFor, In, NotFor, In, In, In, In],
        ),
        (
            Stage::Certified,
            accepted(with(vec![recognition("poor"), certificate])),
            [In, In, In, NotFor, In, NotFor, In, In, In, In],
        ),
        (
            // A complaint that was right: the interview was opened again, and no act over it holds.
            Stage::Interviewed,
            open(true, with(vec![complaint(), upheld(true)])),
            [In, In, In, nobody[1], nobody[1], nobody[1], nobody[1], gone, nobody[1], gone],
        ),
    ];
    for (stage, household, wanted) in table {
        assert_eq!(household.stage, stage);
        assert_eq!(places(&household), wanted, "{stage:?}");
    }
}

#[test]
fn a_household_that_is_assigned_is_as_one_on_the_list() {
    let proceeding = Proceeding { acts: Vec::new(), assigned: vec!["Hoàng Thị Mai".to_owned()] };
    let assigned = OnPaper::new(&way(&proceeding, false, None), &proceeding, false, &["poor".to_owned()]);
    assert_eq!(assigned.stage, Stage::Assigned);
    assert_eq!(places(&assigned), places(&open(false, vec![])));
}

#[test]
fn no_decision_while_a_posting_runs_and_none_without_a_class() {
    let posted = accepted(vec![meeting(true), posting()]);
    let on = |day| posted.place(PaperKind::Decisions, day);
    assert_eq!((on(date(2026, 11, 19)), on(date(2026, 11, 20))), (Out(PostingRuns), In));
    let open = OnPaper { class: None, ..posted.clone() };
    assert_eq!(open.place(PaperKind::Decisions, TODAY), Out(NoClass));
    let refused = accepted(vec![meeting(true), posting(), refusal()]);
    for household in [posted, open, refused, accepted(vec![meeting(true)])] {
        let places = household.places();
        for (day, kind) in [18, 19, 20].into_iter().flat_map(|day| PaperKind::ALL.map(|kind| (day, kind))) {
            let today = date(2026, 11, day);
            assert_eq!(places.place(kind, today), household.place(kind, today), "{kind:?} on {today}");
        }
    }
    let scored = OnPaper { class: None, ..accepted(vec![]) };
    for kind in [PaperKind::Meeting, PaperKind::Minutes, PaperKind::Results] {
        assert_eq!(scored.place(kind, TODAY), Out(NoClass), "{kind:?}");
    }
}

#[test]
fn what_is_provisional_is_in_no_decision_certificate_or_interchange_list() {
    let deeds = vec![meeting(true), posting(), recognition("poor")];
    let recognised = OnPaper { provisional: true, ..accepted(deeds) };
    for kind in [PaperKind::Decisions, PaperKind::Certificates, PaperKind::Interchange] {
        assert_eq!(recognised.place(kind, TODAY), Out(Provisional), "{kind:?}");
    }
    for kind in [PaperKind::Review, PaperKind::Minutes, PaperKind::Results, PaperKind::Interviews] {
        assert_eq!(recognised.place(kind, TODAY), In, "{kind:?}");
    }
}

#[test]
fn who_is_neither_any_more_is_decided_on_where_it_was_before() {
    let escaped = accepted(vec![meeting(true), posting(), recognition("not_poor")]);
    let kinds = [PaperKind::Decisions, PaperKind::Certificates, PaperKind::Interchange];
    assert_eq!(kinds.map(|kind| escaped.place(kind, TODAY)), [NotFor, NotFor, NotFor]);
    let escaped = OnPaper { previous: Some("poor".to_owned()), ..escaped };
    assert_eq!(kinds.map(|kind| escaped.place(kind, TODAY)), [In, NotFor, In]);
}

#[test]
fn a_detailed_list_is_of_those_recognised_in_its_class() {
    let lists = [PaperKind::DetailPoor, PaperKind::DetailNearPoor];
    let of = |deeds| {
        let household = accepted(deeds);
        lists.map(|kind| household.place(kind, TODAY))
    };
    let posted = || vec![meeting(true), posting()];
    assert_eq!(of(posted()), [Out(NotRecognised); 2]);
    let with = |deed| posted().into_iter().chain([deed]).collect::<Vec<_>>();
    assert_eq!(of(with(recognition("poor"))), [In, NotFor]);
    assert_eq!(of(with(recognition("near_poor"))), [NotFor, In]);
    assert_eq!(of(with(recognition("not_poor"))), [NotFor; 2]);
    assert_eq!(of(with(refusal())), [NotFor; 2]);
    let provisional = OnPaper { provisional: true, ..accepted(with(recognition("poor"))) };
    assert_eq!(provisional.place(PaperKind::DetailPoor, TODAY), Out(Provisional));
}

#[test]
fn acts_that_were_taken_back_are_none() {
    let deeds = vec![meeting(true), posting(), recognition("poor")];
    let mut proceeding = acts(deeds);
    proceeding.acts[2].withdrawn =
        Some(crate::procedure::Withdrawal { reason: "E".to_owned(), by: author(), at: String::new() });
    let household =
        OnPaper::new(&way(&proceeding, true, Some(MARK)), &proceeding, true, &["poor".to_owned()]);
    assert_eq!((household.stage, household.recognition()), (Stage::Posted, None));
    assert_eq!(household.place(PaperKind::Certificates, TODAY), Out(NotRecognised));
}
