//! What goes into the next request, and when.

use proptest::prelude::*;
use rasoat_casework::{EditId, WriterId};
use rasoat_exchange::{CarrierError, MAX_BATCHES, MAX_EDITS, MessageError, Problem, ProblemCode};
use rasoat_sync::{ExchangeError, Failure, Pace, Unsent, plan};
use uuid::Uuid;

fn unsent(writer: u128, seq: u64, bytes: usize) -> Unsent {
    Unsent { id: EditId { writer: WriterId(Uuid::from_u128(writer)), seq }, bytes }
}

fn many(count: u64, bytes: usize) -> Vec<Unsent> {
    (1..=count).map(|seq| unsent(1, seq, bytes)).collect()
}

fn edits_in(batches: &[Vec<EditId>]) -> usize {
    batches.iter().map(Vec::len).sum()
}

#[test]
fn nothing_unsent_is_nothing_to_send() {
    assert!(plan(&[], &Pace::default()).is_empty());
}

/// The most edits in one batch.
fn largest(batches: &[Vec<EditId>]) -> usize {
    batches.iter().map(Vec::len).max().unwrap_or_default()
}

#[test]
fn a_request_takes_much_in_batches_that_are_little_to_lose() {
    let batches = plan(&many(8000, 1000), &Pace::default());
    let sizes: Vec<usize> = batches.iter().map(Vec::len).collect();
    assert_eq!((edits_in(&batches), sizes.len()), (8000, 42));
    // A link that carried the first two is not one of those that break at once.
    assert_eq!(sizes[..4], [98, 98, 196, 196]);
    assert!(sizes.iter().all(|size| *size <= 196));
    let batches = plan(&many(9000, 1000), &Pace::default());
    assert_eq!(edits_in(&batches), 8388);
}

#[test]
fn failures_of_which_nothing_arrives_halve_down_to_one_edit_and_it_still_goes() {
    let (unsent, mut pace) = (many(1000, 1000), Pace::default());
    let mut sizes = vec![edits_in(&plan(&unsent, &pace))];
    for _ in 0..12 {
        let sent = sizes[sizes.len() - 1] * 1000;
        pace.failed(Failure::Broken, sent);
        pace.nothing_arrived(sent);
        sizes.push(edits_in(&plan(&unsent, &pace)));
    }
    assert!(sizes.windows(2).all(|pair| pair[1] <= pair[0].div_ceil(2)), "{sizes:?}");
    assert_eq!(sizes.last(), Some(&1));
    assert_eq!(plan(&many(3, 200_000), &pace).len(), 1);
}

#[test]
fn a_small_request_that_broke_is_halved_from_its_own_size() {
    let mut pace = Pace::default();
    pace.failed(Failure::Broken, 10_000);
    pace.nothing_arrived(10_000);
    assert_eq!(edits_in(&plan(&many(100, 1000), &pace)), 5);
}

#[test]
fn what_broke_goes_in_smaller_batches_and_requests_stay_as_large_until_more_is_known() {
    let (unsent, mut pace) = (many(1000, 1000), Pace::default());
    let mut sizes = vec![largest(&plan(&unsent, &pace))];
    for _ in 0..9 {
        pace.failed(Failure::Broken, 1_000_000);
        let batches = plan(&unsent, &pace);
        assert_eq!(edits_in(&batches), 1000);
        sizes.push(largest(&batches));
    }
    assert_eq!(sizes, [196, 49, 24, 12, 6, 3, 1, 1, 1, 1]);
}

#[test]
fn a_request_of_which_a_part_arrived_goes_on_at_once_and_as_large() {
    let (unsent, mut pace) = (many(1000, 1000), Pace::default());
    pace.failed(Failure::Broken, 1_000_000);
    assert!(pace.wait_millis(0.0) > 0);
    pace.arrived_in_part();
    assert_eq!(pace.wait_millis(1.0), 0);
    let batches = plan(&unsent, &pace);
    assert_eq!((edits_in(&batches), largest(&batches)), (1000, 49));
    // Batches grow again by a quarter with each success, to where they began.
    let mut sizes = Vec::new();
    for _ in 0..5 {
        pace.succeeded();
        sizes.push(largest(&plan(&unsent, &pace)));
    }
    assert_eq!(sizes, [61, 76, 96, 196, 196]);
}

#[test]
fn a_question_of_which_nothing_arrived_says_nothing_of_sizes() {
    let mut pace = Pace::default();
    pace.nothing_arrived(0);
    assert_eq!(pace, Pace::default());
}

#[test]
fn a_question_that_broke_changes_no_size() {
    let mut pace = Pace::default();
    let before = plan(&many(1000, 1000), &pace);
    pace.failed(Failure::Broken, 0);
    assert_eq!(plan(&many(1000, 1000), &pace), before);
}

#[test]
fn successes_grow_the_request_again_carefully_where_it_broke() {
    let (unsent, mut pace) = (many(3000, 1000), Pace::default());
    pace.failed(Failure::Broken, 64_000);
    pace.nothing_arrived(64_000);
    let broke_at = edits_in(&plan(&unsent, &pace));
    assert_eq!(broke_at, 32);
    let mut sizes = vec![broke_at];
    for _ in 0..60 {
        pace.succeeded();
        sizes.push(edits_in(&plan(&unsent, &pace)));
    }
    assert!(sizes[1] > sizes[0] && sizes[1] <= 36, "{sizes:?}");
    assert!(sizes.is_sorted());
    assert_eq!(*sizes.last().unwrap(), 3000);
}

#[test]
fn no_way_to_the_province_changes_no_size() {
    let (unsent, mut pace) = (many(1000, 1000), Pace::default());
    let before = plan(&unsent, &pace);
    pace.failed(Failure::NoWay, 256_000);
    assert_eq!(plan(&unsent, &pace), before);
}

#[test]
fn waiting_doubles_to_ten_minutes_and_ends_with_success_or_when_woken() {
    let mut pace = Pace::default();
    assert_eq!(pace.wait_millis(1.0), 0);
    let waits: Vec<u64> = (0..40)
        .map(|_| {
            pace.failed(Failure::NoWay, 0);
            pace.wait_millis(1.0)
        })
        .collect();
    assert_eq!(waits[..4], [2_000, 4_000, 8_000, 16_000]);
    assert_eq!(waits[39], 600_000);
    assert_eq!(pace.wait_millis(0.0), 300_000);
    assert_eq!(pace.wait_millis(f64::NAN), 600_000);
    pace.wake();
    assert_eq!(pace.wait_millis(1.0), 0);
    pace.failed(Failure::NoWay, 0);
    pace.succeeded();
    assert_eq!(pace.wait_millis(1.0), 0);
}

#[test]
fn a_refusal_waits_longest_at_once() {
    let mut pace = Pace::default();
    pace.failed(Failure::Refused, 1000);
    assert_eq!(pace.wait_millis(1.0), 600_000);
}

#[test]
fn a_busy_province_is_left_alone_as_long_as_it_asks_and_no_two_laptops_come_back_together() {
    let mut pace = Pace::default();
    let before = plan(&many(1000, 1000), &pace);
    pace.failed(Failure::Busy { seconds: 30 }, 256_000);
    assert_eq!(plan(&many(1000, 1000), &pace), before);
    assert_eq!(
        (pace.wait_millis(0.0), pace.wait_millis(0.5), pace.wait_millis(1.0)),
        (30_000, 45_000, 60_000)
    );
    // However long it is busy, waiting does not become shorter than without its word.
    for _ in 0..10 {
        pace.failed(Failure::Busy { seconds: 5 }, 0);
    }
    assert_eq!((pace.wait_millis(0.0), pace.wait_millis(1.0)), (300_000, 600_000));
    // Nor is it believed without end.
    let mut pace = Pace::default();
    pace.failed(Failure::Busy { seconds: u32::MAX }, 0);
    assert_eq!(pace.wait_millis(0.0), 600_000);
    // Said once, it holds once.
    pace.succeeded();
    pace.failed(Failure::NoWay, 0);
    assert_eq!(pace.wait_millis(1.0), 2_000);
}

#[test]
fn each_error_says_how_to_go_on() {
    let refused = |code: ProblemCode| ExchangeError::Carrier(CarrierError::Refused(Problem::from(code)));
    let busy = |seconds: &str| {
        let mut problem = Problem::from(ProblemCode::ServerBusy);
        problem.params.insert("retry_after_s".to_owned(), seconds.to_owned());
        ExchangeError::Carrier(CarrierError::Refused(problem))
    };
    let cases = [
        (CarrierError::Unreachable.into(), Failure::NoWay),
        (CarrierError::Tls.into(), Failure::NoWay),
        (CarrierError::NotTheProvince { status: 200, html: true }.into(), Failure::NoWay),
        (CarrierError::Stalled.into(), Failure::Broken),
        (CarrierError::CutOff.into(), Failure::Broken),
        (ExchangeError::TooMuch, Failure::Broken),
        (ExchangeError::Unanswered, Failure::Broken),
        (ExchangeError::Answer(MessageError::BadSignature), Failure::NoWay),
        (refused(ProblemCode::BodyTooLarge), Failure::Broken),
        (refused(ProblemCode::ServerBusy), Failure::Busy { seconds: 0 }),
        (busy("30"), Failure::Busy { seconds: 30 }),
        (busy("soon"), Failure::Busy { seconds: 0 }),
        (refused(ProblemCode::DeviceRevoked), Failure::Refused),
        (refused(ProblemCode::ProtocolTooNew), Failure::Refused),
        (refused(ProblemCode::UnknownDictionary), Failure::Refused),
    ];
    for (error, expected) in cases {
        assert_eq!(Failure::of(&error), expected, "{}", error.code());
    }
}

proptest! {
    #[test]
    fn a_plan_begins_each_writers_chain_where_it_stands_and_leaves_no_gap(
        sizes in prop::collection::vec((1u128..4, 1usize..60_000), 1..200), broken in 0u32..14, arrived in any::<u16>(), seed in any::<u64>(),
    ) {
        let mut last: [u64; 4] = [7; 4];
        let mut edits: Vec<Unsent> = sizes.iter().map(|(writer, bytes)| {
            last[*writer as usize] += 1;
            unsent(*writer, last[*writer as usize], *bytes)
        }).collect();
        // Any order in.
        let length = edits.len();
        edits.rotate_left(seed as usize % length);
        let mut pace = Pace::default();
        for time in 0..broken {
            let sent = plan(&edits, &pace);
            let bytes = edits.iter().filter(|edit| sent.iter().flatten().any(|id| *id == edit.id)).map(|edit| edit.bytes);
            let bytes = bytes.sum();
            pace.failed(Failure::Broken, bytes);
            if arrived >> time & 1 == 1 {
                pace.arrived_in_part();
            } else {
                pace.nothing_arrived(bytes);
            }
        }
        let batches = plan(&edits, &pace);
        prop_assert!(!batches.is_empty() && batches.len() <= MAX_BATCHES);
        prop_assert!(batches.iter().all(|batch| (1..=MAX_EDITS).contains(&batch.len())));
        let sent: Vec<EditId> = batches.into_iter().flatten().collect();
        let mut expected: Vec<EditId> = edits.iter().map(|edit| edit.id).collect();
        expected.sort();
        prop_assert_eq!(&sent[..], &expected[..sent.len()]);
    }
}
