//! Cases are kept as bytes and read again.

use rasoat_reports::sample::cases;
use rasoat_reports::{Case, PackError, pack, unpack};
use uuid::Uuid;

#[test]
fn packed_cases_are_read_as_they_were() {
    for seed in 0..20 {
        let cases = cases(seed, 300, 12);
        assert_eq!(unpack(&pack(&cases)).unwrap(), cases, "seed {seed}");
    }
    assert_eq!(unpack(&pack(&[])).unwrap(), []);
}

#[test]
fn bytes_that_are_not_whole_cases_are_refused() {
    let bytes = pack(&cases(7, 20, 3));
    for length in 0..bytes.len() {
        assert_eq!(unpack(&bytes[..length]), Err(PackError), "{length} bytes");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(unpack(&longer), Err(PackError));
    let mut other = bytes;
    other[0] = 9;
    assert_eq!(unpack(&other), Err(PackError));
}

#[test]
fn what_a_lock_kept_in_the_layout_before_is_read_still() {
    let mut case = Case::new(Uuid::from_u128(7));
    (case.members, case.members_before, case.facts) = (4, 6, vec![1, 0, 2]);
    let mut bytes = pack(std::slice::from_ref(&case));
    // Layout, one village without a name, one case: its id, its village, ethnic group, members, and members before.
    let before = 1 + 2 + 1 + 16 + 1 + 2;
    assert_eq!(bytes.remove(before), 6);
    bytes[0] = 1;
    case.members_before = 0;
    assert_eq!(unpack(&bytes), Ok(vec![case]));
}
