//! Cases are kept as bytes and read again.

use rasoat_reports::sample::cases;
use rasoat_reports::{PackError, pack, unpack};

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
