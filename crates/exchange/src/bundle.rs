//! The bundle: what would be posted, as a file for a stick. An age envelope around one zstd stream of a manifest and the
//! signed batches, or the signed receipts and news, as they were made; with batches, files that their edits name.
//!
//! A bundle may be carried any number of times and in any order: it holds no state but its batches'. The envelope keeps it
//! from whoever finds the stick; that what is inside is genuine, the signatures inside say, not the envelope.

use std::io::{Read as _, Write as _};

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{DeviceId, MAX_ATTACHMENT_BYTES};
use uuid::Uuid;

use crate::attachment::{self, Attachment};
use crate::batch::{BatchHash, SignedBatch};
use crate::compress::{InflateError, Inflater, PIECE, deflate};
use crate::news::SignedNews;
use crate::receipt::SignedReceipt;
use crate::recipient::{BundleIdentity, BundleRecipient};
use crate::sync_message::Limits;
use crate::wire;

/// The most batches, or receipts, in one bundle.
pub const MAX_BUNDLE_ENTRIES: usize = 10_000;
/// The most news in one bundle.
pub const MAX_BUNDLE_NEWS: usize = 16;
/// The most files in one bundle.
pub const MAX_BUNDLE_FILES: usize = 10_000;
/// The most that may open one bundle.
pub const MAX_BUNDLE_RECIPIENTS: usize = 16;
/// Bytes of batches and files after which a maker begins the next part: what does not compress at all stays within the limits too, and
/// far from what a FAT file system holds.
pub const BUNDLE_PART_BYTES: usize = 16 * 1024 * 1024;

const FORMAT: u64 = 1;
/// Format, kind, time, creator, entries, news, files.
const ITEMS: usize = 7;
/// Of an entry: batch, device, edits.
const ENTRY_ITEMS: usize = 3;

/// How every age file begins, and how those of version 1 do.
const AGE: &[u8] = b"age-encryption.org/";
const AGE_V1: &[u8] = b"age-encryption.org/v1\n";
/// What begins the last line of an age header; 43 letters and a line feed follow.
const AGE_HEADER_END: &[u8] = b"\n--- ";
const AGE_HEADER_TAIL: usize = AGE_HEADER_END.len() + 43 + 1;
/// No header of as many recipients as there may be comes near.
const LONGEST_AGE_HEADER: usize = 16 * 1024;

/// A bundle's content, with the manifest that says what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// What the bundle says of itself. Not signed: checked against what is there.
    pub manifest: Manifest,
    /// What it carries, in the manifest's order.
    pub content: Content,
    /// The content of the manifest's files, each what its name says.
    pub files: Vec<Vec<u8>>,
}

/// What one of several bundles is to carry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundlePart {
    /// Batches.
    pub batches: Vec<SignedBatch>,
    /// Files beside their answers.
    pub files: Vec<Attachment>,
}

/// What a bundle carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Batches on their way to the province.
    Edits(Vec<SignedBatch>),
    /// The answer on its way back.
    Reply(Reply),
}

/// What the province says, each part under its own signature: whoever carries it can add nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// One for each entry of the manifest.
    pub receipts: Vec<SignedReceipt>,
    /// What is new at the province.
    pub news: Vec<SignedNews>,
}

/// What a bundle says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// When it was made, by its maker's clock, in milliseconds since 1970.
    pub created_at_millis: i64,
    /// The laptop or the server that made it.
    pub creator: Uuid,
    /// One for each batch or receipt.
    pub entries: Vec<Entry>,
    /// How many news follow.
    pub news: usize,
    /// The files that follow.
    pub files: Vec<Attachment>,
}

/// A batch, or the receipt of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The batch.
    pub batch: BatchHash,
    /// The laptop that signed the batch.
    pub device: DeviceId,
    /// Edits in the batch, or accepted by the receipt; 0 where this is of a format that the maker cannot read.
    pub edits: u64,
}

/// A bundle cannot be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Some other file, or an envelope around something else.
    #[error("not a bundle")]
    NotABundle,
    /// Made by a newer program.
    #[error("newer format")]
    NewerFormat,
    /// Sealed for somebody else (or damaged where it says for whom).
    #[error("for another recipient")]
    OtherRecipient,
    /// The beginning of one: cut short within the envelope's header. What is cut later is found to be damaged.
    #[error("truncated")]
    Truncated,
    /// Not as it was made, or not what its manifest says.
    #[error("damaged")]
    Damaged,
    /// More than a bundle may hold.
    #[error("too large")]
    TooLarge,
    /// Nothing to carry.
    #[error("empty")]
    Empty,
    /// The envelope could not be made.
    #[error("cannot be sealed")]
    NotSealed,
}

impl BundleError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotABundle => "not_a_bundle",
            Self::NewerFormat => "newer_format",
            Self::OtherRecipient => "other_recipient",
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
            Self::TooLarge => "too_large",
            Self::Empty => "empty",
            Self::NotSealed => "not_sealed",
        }
    }
}

impl Limits {
    /// What a bundle may take: 28 MiB, as it travels and inflated.
    pub const BUNDLE: Self = Self { compressed: 28 * 1024 * 1024, inflated: 28 * 1024 * 1024 };
}

impl Bundle {
    /// Batches for the province, of any laptops.
    pub fn of_batches(
        batches: Vec<SignedBatch>,
        creator: DeviceId,
        created_at_millis: i64,
    ) -> Result<Self, BundleError> {
        Self::of_edits(batches, Vec::new(), creator, created_at_millis)
    }

    /// Batches and files that their edits name, or earlier ones did. Each file comes with its content.
    pub fn of_edits(
        batches: Vec<SignedBatch>,
        files: Vec<(Attachment, Vec<u8>)>,
        creator: DeviceId,
        created_at_millis: i64,
    ) -> Result<Self, BundleError> {
        let (named, files): (Vec<Attachment>, Vec<Vec<u8>>) = files.into_iter().unzip();
        if named.len() > MAX_BUNDLE_FILES {
            return Err(BundleError::TooLarge);
        }
        let is_there = |(file, content): (&Attachment, &Vec<u8>)| is_content_of(file, content);
        if !named.iter().zip(&files).all(is_there) {
            return Err(BundleError::Damaged);
        }
        let entries = batches.iter().map(entry_of_batch).collect();
        Self::of(Content::Edits(batches), (named, files), creator.0, created_at_millis, entries)
    }

    /// Divides what is to be carried into bundles, each whole in itself, of about `part_bytes` ([`BUNDLE_PART_BYTES`]); batches
    /// go first.
    pub fn divide(batches: Vec<SignedBatch>, files: Vec<Attachment>, part_bytes: usize) -> Vec<BundlePart> {
        let mut parts: Vec<BundlePart> = Vec::new();
        let mut taken = 0;
        for batch in batches {
            let length = batch.bytes.len();
            let part = next_part(&mut parts, &mut taken, length, part_bytes, |part| {
                part.batches.len() < MAX_BUNDLE_ENTRIES
            });
            part.batches.push(batch);
        }
        for file in files {
            let length = usize::try_from(file.size).unwrap_or(usize::MAX);
            let part = next_part(&mut parts, &mut taken, length, part_bytes, |part| {
                part.files.len() < MAX_BUNDLE_FILES
            });
            part.files.push(file);
        }
        parts
    }

    /// An answer for a laptop: receipts, each with the laptop whose batch it is for, and news. `creator` is the server, or
    /// the laptop that passes them on.
    pub fn of_reply(
        receipts: Vec<(DeviceId, SignedReceipt)>,
        news: Vec<SignedNews>,
        creator: Uuid,
        created_at_millis: i64,
    ) -> Result<Self, BundleError> {
        let entry = |(device, receipt): &(DeviceId, SignedReceipt)| {
            let (batch, edits) = receipt.declared().ok_or(BundleError::Damaged)?;
            Ok(Entry { batch, device: *device, edits })
        };
        let entries = receipts.iter().map(entry).collect::<Result<_, BundleError>>()?;
        let receipts = receipts.into_iter().map(|(_, receipt)| receipt).collect();
        let no_files = (Vec::new(), Vec::new());
        Self::of(Content::Reply(Reply { receipts, news }), no_files, creator, created_at_millis, entries)
    }

    fn of(
        content: Content,
        (named, files): (Vec<Attachment>, Vec<Vec<u8>>),
        creator: Uuid,
        created_at_millis: i64,
        entries: Vec<Entry>,
    ) -> Result<Self, BundleError> {
        let news = content.news().len();
        if entries.is_empty() && news == 0 && named.is_empty() {
            return Err(BundleError::Empty);
        }
        if entries.len() > MAX_BUNDLE_ENTRIES || news > MAX_BUNDLE_NEWS {
            return Err(BundleError::TooLarge);
        }
        let manifest = Manifest { created_at_millis, creator, entries, news, files: named };
        Ok(Self { manifest, content, files })
    }

    /// The file's bytes, to be opened by each of `recipients` and nobody else. The envelope's ephemeral key is drawn inside
    /// the age library, so no two files of one bundle are the same; everything within is.
    pub fn seal(&self, recipients: &[BundleRecipient]) -> Result<Vec<u8>, BundleError> {
        if recipients.len() > MAX_BUNDLE_RECIPIENTS {
            return Err(BundleError::TooLarge);
        }
        let bytes = self.to_bytes();
        if bytes.len() > Limits::BUNDLE.inflated {
            return Err(BundleError::TooLarge);
        }
        let stream = deflate(&bytes).ok_or(BundleError::NotSealed)?;
        let file = envelope(&stream, recipients).ok_or(BundleError::NotSealed)?;
        if file.len() > Limits::BUNDLE.compressed { Err(BundleError::TooLarge) } else { Ok(file) }
    }

    /// Opens a file and checks it against its manifest. The signatures are looked at by whoever takes in what is inside:
    /// [`SignedBatch::open`], [`SignedReceipt::open`], [`SignedNews::open`].
    pub fn open(file: &[u8], identity: &BundleIdentity, limits: Limits) -> Result<Self, BundleError> {
        look_at_header(file)?;
        if file.len() > limits.compressed {
            return Err(BundleError::TooLarge);
        }
        let envelope = age::Decryptor::new_buffered(file).map_err(|error| of_age(&error))?;
        let identities = std::iter::once(&identity.0 as &dyn age::Identity);
        let mut stream = envelope.decrypt(identities).map_err(|error| of_age(&error))?;
        let mut inflater = Inflater::of_streams(limits.inflated);
        let mut bytes = Vec::new();
        let mut piece = vec![0; PIECE];
        // To the end: only then did the envelope hold, and what is inside is what somebody put there, whole.
        loop {
            match stream.read(&mut piece).map_err(|_| BundleError::Damaged)? {
                0 => break,
                length => inflater.feed(&piece[..length], &mut |piece| {
                    bytes.extend_from_slice(piece);
                    Ok::<_, BundleError>(())
                })?,
            }
        }
        inflater.finish()?;
        Self::from_bytes(&bytes)
    }

    /// The content of the zstd stream: the manifest, then each batch, receipt or news as an item of its own.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        let manifest = &self.manifest;
        out.array(ITEMS).uint(FORMAT).uint(self.content.kind()).int(manifest.created_at_millis);
        out.bytes(manifest.creator.as_bytes()).array(manifest.entries.len() * ENTRY_ITEMS);
        for entry in &manifest.entries {
            out.bytes(&entry.batch.0).bytes(entry.device.0.as_bytes()).uint(entry.edits);
        }
        out.uint(manifest.news as u64);
        attachment::write_files(&mut out, manifest.files.iter());
        match &self.content {
            Content::Edits(batches) => batches.iter().for_each(|batch| batch.write(out.array(3))),
            Content::Reply(Reply { receipts, news }) => {
                receipts.iter().for_each(|receipt| receipt.write(out.array(2)));
                news.iter().for_each(|news| news.write(out.array(2)));
            }
        }
        for content in &self.files {
            out.bytes(content);
        }
        out.into_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, BundleError> {
        let mut input = Reader::new(bytes);
        if !wire::read_format(&mut input, FORMAT, ITEMS).map_err(|_| BundleError::NotABundle)? {
            return Err(BundleError::NewerFormat);
        }
        let kind = input.uint()?;
        let created_at_millis = input.int()?;
        let creator = wire::read_uuid(&mut input)?;
        let items = input.array(MAX_BUNDLE_ENTRIES * ENTRY_ITEMS)?;
        if !items.is_multiple_of(ENTRY_ITEMS) {
            return Err(BundleError::Damaged);
        }
        let entries = (0..items / ENTRY_ITEMS)
            .map(|_| {
                let batch = BatchHash(input.bytes_of()?);
                let device = wire::read_device(&mut input)?;
                Ok(Entry { batch, device, edits: input.uint()? })
            })
            .collect::<Result<Vec<Entry>, CborError>>()?;
        let news = input.uint()?;
        if news > MAX_BUNDLE_NEWS as u64 {
            return Err(BundleError::TooLarge);
        }
        let named = attachment::read_files(&mut input, MAX_BUNDLE_FILES)?;
        let content = match (kind, news) {
            (0, 0) => Content::Edits(
                entries.iter().map(|entry| read_batch(&mut input, entry)).collect::<Result<_, _>>()?,
            ),
            (1, news) if named.is_empty() => Content::Reply(Reply {
                receipts: entries
                    .iter()
                    .map(|entry| read_receipt(&mut input, entry))
                    .collect::<Result<_, _>>()?,
                news: (0..news).map(|_| read_news(&mut input)).collect::<Result<_, _>>()?,
            }),
            _ => return Err(BundleError::Damaged),
        };
        let files = named.iter().map(|file| read_file(&mut input, file)).collect::<Result<_, _>>()?;
        input.end()?;
        Self::of(content, (named, files), creator, created_at_millis, entries)
    }
}

impl Content {
    fn kind(&self) -> u64 {
        match self {
            Self::Edits(_) => 0,
            Self::Reply(_) => 1,
        }
    }

    fn news(&self) -> &[SignedNews] {
        match self {
            Self::Edits(_) => &[],
            Self::Reply(reply) => &reply.news,
        }
    }
}

/// `None` without recipients, or where one is none for age.
fn envelope(stream: &[u8], recipients: &[BundleRecipient]) -> Option<Vec<u8>> {
    let recipients: Vec<age::x25519::Recipient> =
        recipients.iter().map(|recipient| recipient.to_string().parse().ok()).collect::<Option<_>>()?;
    let recipients = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).ok()?;
    let mut file = Vec::with_capacity(stream.len());
    let mut out = encryptor.wrap_output(&mut file).ok()?;
    out.write_all(stream).ok()?;
    out.finish().ok()?;
    Some(file)
}

/// The part that takes `length` more bytes: the last, or a new one.
fn next_part<'a>(
    parts: &'a mut Vec<BundlePart>,
    taken: &mut usize,
    length: usize,
    part_bytes: usize,
    has_place: impl FnOnce(&BundlePart) -> bool,
) -> &'a mut BundlePart {
    let fits = parts.last().is_some_and(|part| *taken + length <= part_bytes && has_place(part));
    *taken = if fits { *taken + length } else { length };
    let last = if fits { parts.pop().unwrap_or_default() } else { BundlePart::default() };
    parts.push_mut(last)
}

fn entry_of_batch(batch: &SignedBatch) -> Entry {
    let edits = batch.declared_edits().unwrap_or_default();
    Entry { batch: batch.batch_hash(), device: batch.device, edits }
}

fn read_batch(input: &mut Reader<'_>, entry: &Entry) -> Result<SignedBatch, BundleError> {
    input.array_of(3)?;
    let batch = SignedBatch::read(input)?;
    // A batch of a format not known here is passed on by a newer maker's count.
    let counted = batch.declared_edits().is_none_or(|edits| edits == entry.edits);
    if batch.batch_hash() == entry.batch && batch.device == entry.device && counted {
        Ok(batch)
    } else {
        Err(BundleError::Damaged)
    }
}

fn read_file(input: &mut Reader<'_>, file: &Attachment) -> Result<Vec<u8>, BundleError> {
    let content = input.bytes(MAX_ATTACHMENT_BYTES as usize)?;
    if is_content_of(file, content) { Ok(content.to_vec()) } else { Err(BundleError::Damaged) }
}

fn is_content_of(file: &Attachment, content: &[u8]) -> bool {
    content.len() == file.size as usize && file.name.check(content).is_ok()
}

fn read_receipt(input: &mut Reader<'_>, entry: &Entry) -> Result<SignedReceipt, BundleError> {
    input.array_of(2)?;
    let receipt = SignedReceipt::read(input)?;
    match receipt.declared() {
        Some(declared) if declared != (entry.batch, entry.edits) => Err(BundleError::Damaged),
        Some(_) | None => Ok(receipt),
    }
}

fn read_news(input: &mut Reader<'_>) -> Result<SignedNews, BundleError> {
    input.array_of(2)?;
    Ok(SignedNews::read(input)?)
}

/// Tells other files, newer envelopes and the beginnings of ours from what is worth a try.
fn look_at_header(file: &[u8]) -> Result<(), BundleError> {
    if !file.starts_with(AGE_V1) {
        return Err(match file {
            _ if AGE_V1.starts_with(file) => BundleError::Truncated,
            _ if file.starts_with(AGE) => BundleError::NewerFormat,
            _ => BundleError::NotABundle,
        });
    }
    let header = &file[..file.len().min(LONGEST_AGE_HEADER)];
    let end = header.windows(AGE_HEADER_END.len()).position(|window| window == AGE_HEADER_END);
    match end {
        Some(end) if file.len() >= end + AGE_HEADER_TAIL => Ok(()),
        Some(_) => Err(BundleError::Truncated),
        None if file.len() < LONGEST_AGE_HEADER => Err(BundleError::Truncated),
        None => Err(BundleError::Damaged),
    }
}

fn of_age(error: &age::DecryptError) -> BundleError {
    // The library may grow kinds of error; none but these two says anything else than that the bytes do not hold.
    if matches!(error, age::DecryptError::NoMatchingKeys) {
        BundleError::OtherRecipient
    } else if matches!(error, age::DecryptError::UnknownFormat) {
        BundleError::NewerFormat
    } else {
        BundleError::Damaged
    }
}

impl From<InflateError> for BundleError {
    fn from(error: InflateError) -> Self {
        match error {
            InflateError::TooLarge => Self::TooLarge,
            InflateError::Damaged | InflateError::UnknownDictionary => Self::NotABundle,
        }
    }
}

impl From<CborError> for BundleError {
    fn from(error: CborError) -> Self {
        match error {
            CborError::Truncated | CborError::Malformed => Self::Damaged,
            CborError::TooLarge => Self::TooLarge,
        }
    }
}
