//! How much memory hostile input costs, measured: the most this process ever held while it was being refused.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a builder of a test that fails is the test failing")]

use rasoat_casework::DeviceId;
use rasoat_casework::cbor::Writer;
use rasoat_exchange::{
    Bundle, BundleIdentity, Cursor, Limits, LinkKey, MAX_BATCH_BYTES, PROTOCOL_MAX, RequestHead, RequestPart,
    RequestReader, RequestTag, Signature, SignedBatch, SignedReceipt, SigningKey, SyncRequest,
    decode_response, encode_request,
};
use uuid::Uuid;

/// What any input may cost, in bytes: what a message may inflate to, and the window it is inflated through.
const MOST: u64 = 64 * 1024 * 1024;
/// As a server reads from its socket.
const PIECE: usize = 64 * 1024;
const DEVICE: DeviceId = DeviceId(Uuid::from_u128(7));

fn device() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

fn server() -> SigningKey {
    SigningKey::from_seed([2; 32])
}

fn link() -> LinkKey {
    LinkKey::between(&device(), &BundleIdentity::of(&server()).unwrap().recipient()).unwrap()
}

fn request() -> (Vec<u8>, RequestTag) {
    let head = RequestHead {
        protocol: PROTOCOL_MAX,
        device: DEVICE,
        nonce: 1,
        dictionary: 0,
        cursor: Cursor::default(),
        catalogue: None,
        room: 0,
        asked: Vec::new(),
        health: None,
    };
    encode_request(&SyncRequest { head, batches: Vec::new() }, &link(), None).unwrap()
}

/// How many batches come of a request, read as it comes until it is refused or ends.
fn batches_of(stream: &[u8]) -> usize {
    let mut reader = RequestReader::new(Limits::DEFAULT);
    let mut batches = 0;
    for piece in stream.chunks(PIECE) {
        let Ok(parts) = reader.feed(piece) else { break };
        batches += parts.iter().filter(|part| matches!(part, RequestPart::Batch(_))).count();
    }
    batches
}

/// A stream of so many bytes after a valid head.
fn after_a_head(repeated: &[u8], bytes: usize) -> Vec<u8> {
    let (head, _) = request();
    // So little travels plain, behind a zero.
    assert_eq!(head[0], 0);
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    std::io::Write::write_all(&mut encoder, &head[1..]).unwrap();
    for _ in 0..bytes / repeated.len() {
        std::io::Write::write_all(&mut encoder, repeated).unwrap();
    }
    encoder.finish().unwrap()
}

/// A batch of the longest length there is, over and over: signed by nobody.
fn longest_batch() -> Vec<u8> {
    let mut out = Writer::new();
    out.array(2).bytes(&vec![0; MAX_BATCH_BYTES]).bytes(&[0; 64]);
    out.into_bytes()
}

/// A bundle of as many batches of the longest length as may be in one.
fn full_bundle(identity: &BundleIdentity) -> Vec<u8> {
    let batches = (0..27).filter_map(|number| {
        let mut bytes = absurd(&[0x89]);
        bytes.resize(MAX_BATCH_BYTES - 1, number);
        signed_batch(bytes)
    });
    let bundle = Bundle::of_batches(batches.collect(), DEVICE, 0).unwrap();
    bundle.seal(&[identity.recipient()]).unwrap()
}

/// Bytes that a device signed, whatever they are.
fn signed_batch(bytes: Vec<u8>) -> Option<SignedBatch> {
    use ed25519_dalek::Signer as _;
    let key = ed25519_dalek::SigningKey::from_bytes(&device().to_seed());
    let signature = key.sign(&[b"rasoat batch\0", bytes.as_slice()].concat());
    SignedBatch::claimed(bytes, Signature::from_bytes(signature.to_bytes()))
}

/// A batch's beginning, and then an array of more items than there are atoms.
fn absurd(items: &[u8]) -> Vec<u8> {
    let mut out = Writer::new();
    out.array(2).uint(1);
    let mut bytes = out.into_bytes();
    bytes[0] = items[0];
    let mut rest = Writer::new();
    rest.bytes(DEVICE.0.as_bytes());
    bytes.extend(rest.into_bytes());
    for _ in 0..16 {
        bytes.extend([0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    }
    bytes.extend(vec![0x9b; 4096]);
    bytes
}

#[test]
fn no_hostile_input_costs_more_than_a_message_and_its_window() {
    let identity = BundleIdentity::of(&server()).unwrap();
    let zeros = zstd::bulk::compress(&vec![0; 512 * 1024 * 1024], 1).unwrap();
    let recipient: age::x25519::Recipient = identity.recipient().to_string().parse().unwrap();
    let bundle = age::encrypt(&recipient, &zeros).unwrap();
    let incompressible =
        age::encrypt(&recipient, &zstd::bulk::compress(&noise(27 << 20), 1).unwrap()).unwrap();
    let full = full_bundle(&identity);
    let (other, another) = (identity.clone(), identity.clone());
    let (_, tag) = request();
    let long = longest_batch();
    let cases: Vec<(&str, Refuses)> = vec![
        ("512 MiB of zeros as a request", boxed(zeros.clone(), |stream| batches_of(stream) == 0)),
        ("zeros after a head", boxed(after_a_head(&[0; 4096], 100 << 20), |stream| batches_of(stream) == 0)),
        (
            "the longest batches there are",
            boxed(after_a_head(&long, 60 << 20), |stream| batches_of(stream) == 0),
        ),
        (
            "an array without end",
            boxed(after_a_head(&[0x9b; 4096], 60 << 20), |stream| batches_of(stream) == 0),
        ),
        ("16 MiB that do not compress", boxed(noise(16 << 20), |stream| batches_of(stream) == 0)),
        ("512 MiB of zeros as a response", {
            boxed(zeros.clone(), move |stream| {
                decode_response(stream, Limits::DEFAULT, tag, &link()).is_err()
            })
        }),
        ("512 MiB of zeros as a bundle", {
            boxed(bundle, move |file| Bundle::open(file, &identity, Limits::BUNDLE).is_err())
        }),
        ("28 MiB that do not compress as a bundle", {
            boxed(incompressible, move |file| Bundle::open(file, &other, Limits::BUNDLE).is_err())
        }),
        ("as much as goes into a bundle", {
            boxed(full, move |file| Bundle::open(file, &another, Limits::BUNDLE).is_ok())
        }),
        ("a signed batch of absurd counts", boxed(absurd(&[0x85]), refused)),
        ("a signed batch of other absurd counts", boxed(absurd(&[0x89]), refused)),
        ("a receipt of absurd counts", {
            boxed(absurd(&[0x85]), |bytes| {
                let receipt =
                    SignedReceipt { bytes: bytes.to_vec(), signature: Signature::from_bytes([0; 64]) };
                receipt.open(&server().verify_key()).is_err()
            })
        }),
    ];
    let mut too_dear = Vec::new();
    for (name, is_refused) in &cases {
        let before = start_measuring();
        assert!(is_refused(), "{name} was taken");
        let cost = status("VmHWM:").saturating_sub(before);
        println!("{name}: {:.1} MiB", cost as f64 / f64::from(1 << 20));
        if cost > MOST {
            too_dear.push(*name);
        }
    }
    assert!(too_dear.is_empty(), "{too_dear:?}");
}

/// Whether a hostile input is refused.
type Refuses = Box<dyn Fn() -> bool>;

fn boxed(input: Vec<u8>, is_refused: impl Fn(&[u8]) -> bool + 'static) -> Refuses {
    Box::new(move || is_refused(&input))
}

fn refused(bytes: &[u8]) -> bool {
    signed_batch(bytes.to_vec()).is_none_or(|batch| batch.open(&device().verify_key()).is_err())
}

/// Bytes of a fixed sequence that no compressor makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(&mut next).flatten().take(length).collect()
}

/// Forgets the most that was held so far; answers with what is held now, in bytes.
fn start_measuring() -> u64 {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    status("VmRSS:")
}

fn status(label: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(label)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
