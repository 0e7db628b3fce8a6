//! Sync messages: a head and batches that are read as they come, and an answer that belongs to its request.

use std::io::Write as _;

use crate::bundles::laptop;
use crate::support::{batch_of, device, device_key, dictionary, edits, edits_of, flips, link, server_key};
use proptest::prelude::*;
use rasoat_casework::cbor::Writer;
use rasoat_exchange::{
    Batch, BatchError, BatchHash, BundleRecipient, CatalogueDigest, Cursor, DeviceHealth, Dictionary, Limits,
    LinkKey, MAX_BATCHES, MessageError, PROTOCOL_MAX, Problem, ProblemCode, RequestHead, RequestPart,
    RequestReader, RequestTag, SignedBatch, SigningKey, SyncRequest, SyncResponse, decode_response,
    encode_request, encode_response,
};

fn head() -> RequestHead {
    RequestHead {
        protocol: PROTOCOL_MAX,
        device: device(),
        nonce: 77,
        dictionary: Dictionary::NEWEST,
        cursor: Cursor(vec![1, 2, 3]),
        catalogue: Some(CatalogueDigest([6; 8])),
        room: 4096,
        asked: vec![BatchHash([5; 32]), BatchHash([6; 32])],
        health: Some(health()),
    }
}

fn health() -> DeviceHealth {
    DeviceHealth {
        clock_millis: 1_790_000_000_123,
        program: "0.1.0".to_owned(),
        waiting_edits: 312,
        waiting_files: 4,
        free_mib: Some(90_210),
    }
}

fn request(known: Option<&Dictionary>) -> SyncRequest {
    SyncRequest { head: head(), batches: vec![batch_of(&edits(3), known), batch_of(&edits_of(2, 1), known)] }
}

fn question() -> SyncRequest {
    let head = RequestHead { catalogue: None, asked: Vec::new(), room: 0, ..head() };
    SyncRequest { head, batches: Vec::new() }
}

fn response() -> SyncResponse {
    SyncResponse {
        protocol: PROTOCOL_MAX,
        receipts: Vec::new(),
        changes: edits(2),
        unread: Vec::new(),
        cursor: Cursor(vec![9; 64]),
        more: true,
        server_time_millis: 1_790_000_000_000,
        dictionary: 3,
        catalogue: Some(vec![7; 100]),
    }
}

/// With a dictionary and without.
fn ways() -> [Option<&'static Dictionary>; 2] {
    [None, Some(dictionary())]
}

fn encoded(known: Option<&Dictionary>) -> Vec<u8> {
    encode_request(&request(known), &link(), known).unwrap().0
}

fn tag() -> RequestTag {
    encode_request(&question(), &link(), None).unwrap().1
}

/// What is in a message: plain after a zero byte, or a zstd stream.
fn inflated(bytes: &[u8], known: Option<&Dictionary>) -> Vec<u8> {
    if bytes.first() == Some(&0) {
        return bytes[1..].to_vec();
    }
    let texts = known.map_or(&[][..], Dictionary::texts);
    let mut decoder = zstd::stream::read::Decoder::with_dictionary(bytes, texts).unwrap();
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut decoder, &mut out).unwrap();
    out
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).unwrap()
}

fn plain(bytes: &[u8]) -> Vec<u8> {
    [&[0], bytes].concat()
}

/// What a reader makes of bytes that come in pieces, and whether they were whole.
fn parts<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
    limits: Limits,
) -> Result<(Vec<RequestPart>, Result<(), MessageError>), MessageError> {
    let mut reader = RequestReader::new(limits);
    let mut parts = Vec::new();
    for piece in pieces {
        parts.extend(reader.feed(piece)?);
    }
    Ok((parts, reader.finish()))
}

/// A request that came whole, its head verified.
fn read(bytes: &[u8]) -> Result<SyncRequest, MessageError> {
    read_within(bytes, Limits::DEFAULT)
}

fn read_within(bytes: &[u8], limits: Limits) -> Result<SyncRequest, MessageError> {
    let (parts, end) = parts([bytes], limits)?;
    end?;
    let mut parts = parts.into_iter();
    let Some(RequestPart::Head(head)) = parts.next() else { panic!("no head comes first") };
    let head = head.open(&link())?.0.clone();
    Ok(SyncRequest { head, batches: parts.map(batch_in).collect::<Result<_, _>>()? })
}

fn batch_in(part: RequestPart) -> Result<SignedBatch, MessageError> {
    match part {
        RequestPart::Batch(batch) => Ok(batch),
        RequestPart::Unreadable => Err(MessageError::Unreadable),
        RequestPart::Head(_) => panic!("a second head"),
    }
}

fn opened(batches: &[SignedBatch]) -> Result<Vec<Batch>, BatchError> {
    batches.iter().map(|batch| batch.open(&device_key().verify_key())).collect()
}

#[test]
fn a_request_is_read_as_it_was_made() {
    for known in ways() {
        let (bytes, tag) = encode_request(&request(known), &link(), known).unwrap();
        assert_eq!(read(&bytes), Ok(request(known)));
        let (parts, _) = parts([bytes.as_slice()], Limits::DEFAULT).unwrap();
        let RequestPart::Head(head) = &parts[0] else { panic!("no head comes first") };
        assert_eq!(head.device(), device());
        assert_eq!(head.open(&link()).unwrap(), (&self::head(), tag));
    }
}

#[test]
fn both_sides_come_to_the_same_key_and_nobody_else_does() {
    let (bytes, _) = encode_request(&question(), &link(), None).unwrap();
    let (parts, _) = parts([bytes.as_slice()], Limits::DEFAULT).unwrap();
    let RequestPart::Head(head) = &parts[0] else { panic!("no head comes first") };
    let at_the_province = LinkKey::between(&server_key(), &laptop().recipient()).unwrap();
    assert!(head.open(&at_the_province).is_ok());
    let stranger = SigningKey::from_seed([9; 32]);
    let strange = LinkKey::between(&stranger, &laptop().recipient()).unwrap();
    assert_eq!(head.open(&strange), Err(MessageError::BadSignature));
    assert_eq!(format!("{:?}", link()), "LinkKey(…)");
}

#[test]
fn a_recipient_that_gives_a_key_anybody_knows_gives_none() {
    for point in [[0; 32], std::array::from_fn(|at| u8::from(at == 0))] {
        let kind = bech32::Hrp::parse("age").unwrap();
        let text = bech32::encode::<bech32::Bech32>(kind, &point).unwrap();
        let refused = text.parse::<BundleRecipient>().is_err();
        let unusable = |recipient: BundleRecipient| LinkKey::between(&device_key(), &recipient).is_err();
        assert!(refused || text.parse().is_ok_and(unusable), "{text}");
    }
}

#[test]
fn a_request_with_nothing_to_send_is_small() {
    for known in ways() {
        let (bytes, _) = encode_request(&question(), &link(), known).unwrap();
        assert_eq!(read(&bytes), Ok(question()));
        assert!(bytes.len() <= 76, "{} bytes", bytes.len());
        let mut silent = question();
        silent.head.health = None;
        let (bytes, _) = encode_request(&silent, &link(), known).unwrap();
        assert!(bytes.len() <= 49, "{} bytes", bytes.len());
    }
}

#[test]
fn a_batch_on_its_way_takes_its_bytes_its_signature_and_little_more() {
    let head_only = encode_request(&question(), &link(), Some(dictionary())).unwrap().0.len();
    let batch = batch_of(&edits(3), Some(dictionary()));
    let length = batch.bytes.len();
    let request = SyncRequest { batches: vec![batch], ..question() };
    let bytes = encode_request(&request, &link(), Some(dictionary())).unwrap().0;
    assert!(bytes.len() <= head_only + length + 64 + 6, "{} bytes", bytes.len());
}

#[test]
fn a_response_is_read_as_it_was_made_and_only_for_its_request() {
    for known in ways() {
        let bytes = encode_response(&response(), tag(), &link(), known).unwrap();
        let read = |tag, link: &LinkKey| decode_response(&bytes, Limits::DEFAULT, tag, link);
        assert_eq!(read(tag(), &link()), Ok(response()));
        let strange = LinkKey::between(&SigningKey::from_seed([9; 32]), &laptop().recipient()).unwrap();
        assert_eq!(read(tag(), &strange), Err(MessageError::BadSignature));
        // The same question again is another request.
        let mut again = question();
        again.head.nonce += 1;
        let (_, other) = encode_request(&again, &link(), None).unwrap();
        assert_eq!(read(other, &link()), Err(MessageError::BadSignature));
    }
}

#[test]
fn a_request_is_no_answer_and_an_answer_no_request() {
    let bytes = encode_response(&response(), tag(), &link(), None).unwrap();
    assert!(read(&bytes).is_err());
    assert!(decode_response(&encoded(None), Limits::DEFAULT, tag(), &link()).is_err());
}

/// That nothing of what these bytes say is believed in place of the request they were.
fn is_refused(bytes: &[u8], request: &SyncRequest) -> bool {
    let Ok(found) = read(bytes) else { return true };
    // A batch that is spoilt spoils only itself: its own signature says so.
    found.head == request.head
        && found.batches.len() == request.batches.len()
        && found.batches != request.batches
        && found
            .batches
            .iter()
            .zip(&request.batches)
            .all(|(found, sent)| found == sent || found.open(&device_key().verify_key()).is_err())
}

#[test]
fn every_flipped_bit_inside_a_message_is_refused() {
    for known in ways() {
        let request = request(known);
        for (bit, flipped) in flips(&inflated(&encoded(known), known)) {
            assert!(is_refused(&plain(&flipped), &request), "bit {bit} of the request");
        }
        let bytes = encode_response(&response(), tag(), &link(), known).unwrap();
        for (bit, flipped) in flips(&inflated(&bytes, known)) {
            let read = decode_response(&plain(&flipped), Limits::DEFAULT, tag(), &link());
            assert!(read.is_err(), "bit {bit} of the response");
        }
    }
}

#[test]
fn every_flipped_bit_of_a_message_as_it_travels_is_refused_or_without_effect() {
    for known in ways() {
        let request = request(known);
        for (bit, flipped) in flips(&encoded(known)) {
            let effect = read(&flipped) != Ok(request.clone());
            assert!(!effect || is_refused(&flipped, &request), "bit {bit} of the request");
        }
        let bytes = encode_response(&response(), tag(), &link(), known).unwrap();
        for (bit, flipped) in flips(&bytes) {
            let read = decode_response(&flipped, Limits::DEFAULT, tag(), &link());
            assert!(read.is_err() || read == Ok(response()), "bit {bit} of the response");
        }
    }
}

/// Enough batches that the request is a stream.
fn long_request() -> SyncRequest {
    let batches = (1..=12).map(|writer| batch_of(&edits_of(writer, 4), None)).collect();
    SyncRequest { head: head(), batches }
}

#[test]
fn what_came_whole_before_a_cut_is_there_and_the_cut_shows_at_the_end() {
    for (request, known) in
        [(request(None), None), (long_request(), None), (long_request(), Some(dictionary()))]
    {
        let bytes = encode_request(&request, &link(), known).unwrap().0;
        // Flushed after each batch but the last: so many bytes hold so many batches, whatever compressing saves.
        let raw = |count: usize| {
            let whole = SyncRequest { batches: request.batches[..count].to_vec(), ..request.clone() };
            inflated(&encode_request(&whole, &link(), known).unwrap().0, known).len() + 14 + 8 * (count + 1)
        };
        let raw: Vec<usize> = (1..request.batches.len()).map(raw).collect();
        let whole = parts([bytes.as_slice()], Limits::DEFAULT).unwrap().0;
        for length in 0..bytes.len() {
            let (came, end) = parts([&bytes[..length]], Limits::DEFAULT).unwrap();
            assert_eq!(came, whole[..came.len()], "{length} bytes");
            let due = raw.iter().filter(|raw| **raw <= length).count();
            assert!(came.len().saturating_sub(1) >= due, "{length} bytes: {due} batches were due");
            if came.len() < whole.len() {
                assert_eq!(end, Err(MessageError::Unreadable), "{length} bytes");
            }
        }
    }
}

#[test]
fn a_stream_that_lacks_its_last_byte_is_not_whole() {
    let bytes = encode_request(&long_request(), &link(), Some(dictionary())).unwrap().0;
    assert_ne!(bytes[0], 0, "plain");
    let (came, end) = parts([&bytes[..bytes.len() - 1]], Limits::DEFAULT).unwrap();
    assert_eq!((came.len(), end), (12, Err(MessageError::Unreadable)));
}

#[test]
fn every_truncation_of_an_answer_is_unreadable() {
    for known in ways() {
        let bytes = encode_response(&response(), tag(), &link(), known).unwrap();
        for length in 0..bytes.len() {
            let read = decode_response(&bytes[..length], Limits::DEFAULT, tag(), &link());
            assert_eq!(read, Err(MessageError::Unreadable), "{length} bytes");
        }
    }
}

#[test]
fn pieces_of_every_size_give_the_same_parts() {
    for (request, known) in [
        (request(None), None),
        (request(Some(dictionary())), Some(dictionary())),
        (long_request(), Some(dictionary())),
    ] {
        let bytes = encode_request(&request, &link(), known).unwrap().0;
        let whole = parts([bytes.as_slice()], Limits::DEFAULT);
        assert!(whole.as_ref().is_ok_and(|(_, end)| end.is_ok()));
        for size in 1..=bytes.len() {
            assert_eq!(parts(bytes.chunks(size), Limits::DEFAULT), whole, "{size} bytes at once");
        }
        // Nothing at all is no end.
        let with_gaps = bytes.chunks(7).flat_map(|piece| [piece, &[]]);
        assert_eq!(parts(with_gaps, Limits::DEFAULT), whole);
    }
}

#[test]
fn what_follows_the_end_is_refused() {
    for known in ways() {
        let stream = encode_request(&long_request(), &link(), known).unwrap().0;
        assert_eq!(read(&[&stream[..], &[1]].concat()), Err(MessageError::Unreadable));
        assert_eq!(read(&[&stream[..], &deflated(b"")].concat()), Err(MessageError::Unreadable));
        let answer = encode_response(&response(), tag(), &link(), known).unwrap();
        let longer = [&answer[..], &[0]].concat();
        let read = decode_response(&longer, Limits::DEFAULT, tag(), &link());
        assert_eq!(read, Err(MessageError::Unreadable));
    }
    let message = plain(&[&inflated(&encoded(None), None)[..], &[0x83]].concat());
    assert_eq!(read(&message), Err(MessageError::Unreadable));
}

#[test]
fn a_decompression_bomb_is_refused_at_the_limit() {
    let bomb = deflated(&vec![0; 80 * 1024 * 1024]);
    assert!(bomb.len() < 20_000);
    assert!(read(&bomb).is_err());
    assert_eq!(decode_response(&bomb, Limits::DEFAULT, tag(), &link()), Err(MessageError::TooLarge));
    let whole = encoded(None);
    let length = inflated(&whole, None).len();
    let enough = Limits { compressed: 10_000, inflated: length };
    assert_eq!(read_within(&whole, enough), Ok(request(None)));
    let less = Limits { inflated: length - 1, ..enough };
    assert_eq!(read_within(&whole, less), Err(MessageError::TooLarge));
    assert_eq!(read_within(&deflated(&inflated(&whole, None)), less), Err(MessageError::TooLarge));
    let less = Limits { compressed: whole.len() - 1, ..enough };
    assert_eq!(read_within(&whole, less), Err(MessageError::TooLarge));
    assert_eq!(parts(whole.chunks(10), less), Err(MessageError::TooLarge));
}

#[test]
fn a_batch_that_goes_on_for_ever_is_refused_at_the_limit() {
    // A batch of a size that is allowed, of zeros that take almost nothing, again and again.
    let mut message = inflated(&encode_request(&question(), &link(), None).unwrap().0, None);
    message.extend([0x82, 0x5a, 0x00, 0x10, 0x00, 0x01]);
    message.extend(vec![0; 70 * 1024 * 1024]);
    assert_eq!(read(&deflated(&message)), Err(MessageError::TooLarge));
}

#[test]
fn a_stream_that_asks_for_a_huge_window_is_refused() {
    let message = inflated(&encoded(None), None);
    let with_window = |log| {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(log).unwrap();
        // In pieces, or the encoder knows how little there is and asks for no more.
        for piece in message.chunks(100) {
            encoder.write_all(piece).unwrap();
        }
        encoder.finish().unwrap()
    };
    assert_eq!(read(&with_window(23)), Ok(request(None)));
    assert_eq!(read(&with_window(24)), Err(MessageError::Unreadable));
}

#[test]
fn a_stream_with_a_dictionary_that_is_not_known_here_is_said_to_be_that() {
    let mut texts = dictionary().texts().to_vec();
    texts[4..8].copy_from_slice(&999_u32.to_le_bytes());
    let mut encoder = zstd::stream::write::Encoder::with_dictionary(Vec::new(), 3, &texts).unwrap();
    encoder.write_all(&inflated(&encoded(None), None)).unwrap();
    let bytes = encoder.finish().unwrap();
    let refused = read(&bytes).unwrap_err();
    assert_eq!(refused, MessageError::UnknownDictionary);
    assert_eq!(refused.problem().code, ProblemCode::UnknownDictionary);
    assert_eq!(refused.problem().params["newest"], Dictionary::NEWEST.to_string());
    for size in 1..20 {
        assert_eq!(parts(bytes.chunks(size), Limits::DEFAULT), Err(MessageError::UnknownDictionary));
    }
}

#[test]
fn a_newer_protocol_is_refused_as_such_whatever_its_messages_look_like() {
    for protocol in [u64::from(PROTOCOL_MAX) + 1, 70_000, u64::MAX] {
        let mut out = Writer::new();
        out.array(2).uint(protocol).text("something else entirely");
        let bytes = out.into_bytes();
        for bytes in [deflated(&bytes), plain(&bytes)] {
            let refused = read(&bytes).unwrap_err();
            assert_eq!(refused, MessageError::ProtocolTooNew(protocol));
            assert_eq!(refused.problem().code, ProblemCode::ProtocolTooNew);
            assert_eq!(refused.problem().params["max"], PROTOCOL_MAX.to_string());
            let answer = decode_response(&bytes, Limits::DEFAULT, tag(), &link());
            assert_eq!(answer, Err(MessageError::ProtocolTooNew(protocol)));
        }
    }
    let mut out = Writer::new();
    out.array(1).uint(0);
    let refused = read(&plain(&out.into_bytes())).unwrap_err();
    assert_eq!(refused, MessageError::ProtocolTooOld(0));
}

#[test]
fn the_protocol_is_under_the_tag() {
    let mut newer = question();
    newer.head.protocol = PROTOCOL_MAX + 1;
    let bytes = encode_request(&newer, &link(), None).unwrap().0;
    assert_eq!(read(&bytes), Err(MessageError::ProtocolTooNew(u64::from(PROTOCOL_MAX) + 1)));
    let mut claimed = inflated(&bytes, None);
    claimed[1] = u8::try_from(PROTOCOL_MAX).unwrap();
    assert_eq!(read(&plain(&claimed)), Err(MessageError::BadSignature));
}

#[test]
fn a_request_of_the_first_protocol_has_no_place_for_health_and_is_read_as_ever() {
    let mut older = question();
    older.head.protocol = 1;
    let bytes = encode_request(&older, &link(), None).unwrap().0;
    assert_eq!(inflated(&bytes, None)[0], 0x89);
    older.head.health = None;
    assert_eq!(read(&bytes), Ok(older));
}

#[test]
fn health_that_is_unknown_goes_as_nothing_and_a_name_too_long_is_cut() {
    for free_mib in [None, Some(0), Some(u32::MAX)] {
        let mut asking = question();
        let waits = DeviceHealth { waiting_edits: u32::MAX, free_mib, clock_millis: i64::MIN, ..health() };
        asking.head.health = Some(waits);
        assert_eq!(read(&encode_request(&asking, &link(), None).unwrap().0), Ok(asking));
    }
    let mut nothing = question();
    nothing.head.health = None;
    assert_eq!(read(&encode_request(&nothing, &link(), None).unwrap().0), Ok(nothing));
    let mut long = question();
    long.head.health = Some(DeviceHealth { program: "ă".repeat(60), ..health() });
    let cut = read(&encode_request(&long, &link(), None).unwrap().0).unwrap();
    assert_eq!(cut.head.health.unwrap().program, "ă".repeat(32));
}

/// A head without its end, the `asked` batches.
fn head_up_to_asked(out: &mut Writer) {
    out.array(9).uint(1).bytes(device().0.as_bytes()).uint(0).uint(0).bytes(&[]).null().uint(0);
}

#[test]
fn absurd_counts_are_refused_before_memory_is_set_aside() {
    let mut asked = Writer::new();
    head_up_to_asked(&mut asked);
    let asked = asked.into_bytes();
    let count = |bytes: &[u8]| plain(&[&asked[..], bytes].concat());
    assert_eq!(read(&count(&[0x9b, 0, 0, 0xff, 0, 0, 0, 0, 0])), Err(MessageError::TooLarge));
    assert_eq!(read(&count(&[0x99, 0x03, 0xe9])), Err(MessageError::TooLarge));
    let head = inflated(&encode_request(&question(), &link(), None).unwrap().0, None);
    let batch = |bytes: &[u8]| plain(&[&head[..], bytes].concat());
    assert_eq!(read(&batch(&[0x82, 0x5b, 0, 0, 0xff, 0, 0, 0, 0, 0])), Err(MessageError::TooLarge));
    assert_eq!(read(&batch(&[0x82, 0x5a, 0x00, 0x10, 0x00, 0x01])), Err(MessageError::TooLarge));
    assert_eq!(read(&batch(&[0x9b, 0, 0, 0, 1, 0, 0, 0, 0])), Err(MessageError::Unreadable));
    assert_eq!(
        read(&plain(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
        Err(MessageError::Unreadable)
    );
}

#[test]
fn more_batches_than_a_request_may_hold_are_refused_on_both_sides() {
    let batch = batch_of(&edits(1), Some(dictionary()));
    let of = |batches, asked| SyncRequest {
        head: RequestHead { asked: vec![BatchHash([1; 32]); asked], ..question().head },
        batches: vec![batch.clone(); batches],
    };
    for request in [of(MAX_BATCHES + 1, 0), of(0, MAX_BATCHES + 1)] {
        assert_eq!(encode_request(&request, &link(), None), Err(MessageError::TooLarge));
    }
    let full = encode_request(&of(MAX_BATCHES, MAX_BATCHES), &link(), None).unwrap().0;
    assert_eq!(read(&full), Ok(of(MAX_BATCHES, MAX_BATCHES)));
    let mut more = inflated(&full, None);
    let one = inflated(&encode_request(&of(1, 0), &link(), None).unwrap().0, None);
    let head_length = inflated(&encode_request(&of(0, 0), &link(), None).unwrap().0, None).len();
    more.extend_from_slice(&one[head_length..]);
    assert_eq!(read(&plain(&more)), Err(MessageError::TooLarge));
}

#[test]
fn a_batch_before_the_head_is_unreadable() {
    let with = SyncRequest { batches: vec![batch_of(&edits(1), None)], ..question() };
    let head = inflated(&encode_request(&question(), &link(), None).unwrap().0, None);
    let both = inflated(&encode_request(&with, &link(), None).unwrap().0, None);
    let turned = [&both[head.len()..], &head[..]].concat();
    assert_eq!(parts([plain(&turned).as_slice()], Limits::DEFAULT), Err(MessageError::Unreadable));
    assert_eq!(read(&plain(&[&head[..], &head[..]].concat())), Err(MessageError::Unreadable));
    assert_eq!(parts([&[][..]], Limits::DEFAULT).unwrap().1, Err(MessageError::Unreadable));
    assert_eq!(parts([&[0][..]], Limits::DEFAULT).unwrap().1, Err(MessageError::Unreadable));
}

#[test]
fn a_spoilt_batch_stops_no_other() {
    let mut request = request(None);
    let middle = request.batches[0].bytes.len() - 3;
    request.batches[0].bytes[middle] ^= 1;
    let bytes = encode_request(&request, &link(), None).unwrap().0;
    let found = read(&bytes).unwrap();
    assert_eq!(opened(&found.batches[..1]), Err(BatchError::BadSignature));
    assert!(opened(&found.batches[1..]).is_ok());
}

#[test]
fn what_is_no_batch_of_a_known_format_stops_no_other() {
    let mut request = request(None);
    request.batches[0].bytes = b"of a newer program".to_vec();
    let bytes = encode_request(&request, &link(), None).unwrap().0;
    let (parts, end) = parts([bytes.as_slice()], Limits::DEFAULT).unwrap();
    assert_eq!(end, Ok(()));
    assert_eq!(parts[1..], [RequestPart::Unreadable, RequestPart::Batch(request.batches[1].clone())]);
}

#[test]
fn problems_have_their_codes_in_json_and_strange_ones_are_read_too() {
    for code in [
        ProblemCode::ProtocolTooNew,
        ProblemCode::ProtocolTooOld,
        ProblemCode::UnknownDevice,
        ProblemCode::DeviceRevoked,
        ProblemCode::BadSignature,
        ProblemCode::BodyTooLarge,
        ProblemCode::UnknownDictionary,
        ProblemCode::Unreadable,
        ProblemCode::ServerBusy,
    ] {
        let text = serde_json::to_string(&code).unwrap();
        assert_eq!(text, format!("\"{}\"", code.as_str()));
        assert_eq!(serde_json::from_str::<ProblemCode>(&text).unwrap(), code);
    }
    let strange: Problem = serde_json::from_str(r#"{"code":"moon_phase","title":"x"}"#).unwrap();
    assert_eq!(strange.code, ProblemCode::Other);
}

proptest! {
    #[test]
    fn random_bytes_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for bytes in [bytes.clone(), deflated(&bytes), plain(&bytes)] {
            prop_assert!(read(&bytes).is_err());
            prop_assert!(decode_response(&bytes, Limits::DEFAULT, tag(), &link()).is_err());
        }
    }

    #[test]
    fn spoilt_bytes_in_any_pieces_never_panic(
        spoilt in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), size in 1_usize..200,
    ) {
        for known in ways() {
            let mut bytes = encoded(known);
            for (at, byte) in &spoilt {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            // What is found to be wrong first depends on the pieces; that something is does not.
            let (whole, pieces) = (parts([bytes.as_slice()], Limits::DEFAULT), parts(bytes.chunks(size), Limits::DEFAULT));
            prop_assert!(whole == pieces || whole.is_err() && pieces.is_err(), "{:?} {:?}", whole, pieces);
        }
    }
}
