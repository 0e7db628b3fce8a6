//! Any file, and any content in an envelope that whoever has the recipient can make: refused, or read as it says of itself.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rasoat_exchange::{Bundle, BundleIdentity, Limits, SigningKey};

static IDENTITY: LazyLock<BundleIdentity> =
    LazyLock::new(|| BundleIdentity::of(&SigningKey::from_seed([2; 32])).expect("an identity"));
static RECIPIENT: LazyLock<age::x25519::Recipient> =
    LazyLock::new(|| IDENTITY.recipient().to_string().parse().expect("a recipient"));
/// Small, so that a stream that inflates without end is met often.
const LIMITS: Limits = Limits { compressed: 64 * 1024, inflated: 1024 * 1024 };

fn sealed(stream: &[u8]) -> Vec<u8> {
    age::encrypt(&*RECIPIENT, stream).expect("sealed")
}

fuzz_target!(|data: &[u8]| {
    let Some((how, data)) = data.split_first() else { return };
    let file = match how % 3 {
        0 => data.to_vec(),
        1 => sealed(data),
        _ => sealed(&zstd::bulk::compress(data, 1).expect("deflated")),
    };
    let Ok(bundle) = Bundle::open(&file, &IDENTITY, LIMITS) else { return };
    let again = bundle.seal(&[IDENTITY.recipient()]).expect("what was read can be made");
    assert_eq!(Bundle::open(&again, &IDENTITY, LIMITS).as_ref(), Ok(&bundle));
});
