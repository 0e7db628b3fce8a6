//! News: what the province tells its laptops beside receipts, under its own signature. Believed for that signature alone, so
//! that any laptop may pass it on.

use rasoat_casework::cbor::{CborError, Reader, Writer};
use rasoat_casework::{CommuneCode, DeviceId, Edit, Round};

use serde::{Deserialize, Serialize};

use crate::batch::UnreadableEdit;
use crate::catalogue::CatalogueKind;
use crate::enrolment::{InstrumentFiles, KnownDevice, StandardFile};
use crate::keys::{Label, ServerId, Signature, SigningKey, VerifyKey};
use crate::pack::UnpackError;
use crate::parcel::{self, Parcels};
use crate::recipient::BundleRecipient;
use crate::retention::Retention;
use crate::round::OpenRound;
use crate::succession::MAX_FORMER_KEYS;
use crate::sync_message::{Limits, MAX_CHANGES_DOWN};
use crate::wire;

const FORMAT: u64 = 1;
/// Format, server, time, communes, changes, instruments, standards, devices, revoked, retention.
const ITEMS: usize = 10;
/// The same with the round that is open and what the administration has for people; written only where there is any of it.
const FORMAT_WITH_GUIDANCE: u64 = 2;
const ROUND_ITEMS: usize = 2;
const GUIDANCE_ITEMS: usize = 3;
const INSTRUMENT_ITEMS: usize = 7;
const STANDARD_ITEMS: usize = 3;
const DEVICE_ITEMS: usize = 6;
const RETENTION_ITEMS: usize = 3;
/// The most of each kind of thing but changes.
const MOST: usize = 10_000;
const MOST_TEXT: usize = 16 * 1024 * 1024;
const MOST_NAME: usize = 1024;

/// What is new at the province for laptops of some communes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which province.
    pub server: ServerId,
    /// Its clock when they were made, in milliseconds since 1970. Of two lists of devices the later counts.
    pub made_at_millis: i64,
    /// Whom they are for: laptops of all these communes.
    pub communes: Vec<CommuneCode>,
    /// Edits of others, in the order to take them in.
    pub changes: Vec<Edit>,
    /// Of those, the ones in a newer format than is known here; none in news that are being made.
    pub unread: Vec<UnreadableEdit>,
    /// Forms.
    pub instruments: Vec<InstrumentFiles>,
    /// Standards.
    pub standards: Vec<StandardFile>,
    /// The laptops that share a commune with these, those revoked left out.
    pub devices: Vec<KnownDevice>,
    /// Laptops that may send no more.
    pub revoked: Vec<RevokedDevice>,
    /// How long laptops keep what a locked round left on them; `None`: there is no term.
    pub retention: Option<Retention>,
    /// The round that was opened after the one that laptops began with; `None`: none was.
    pub opened: Option<OpenRound>,
    /// What the administration has for people at laptops.
    pub guidance: Vec<Guidance>,
}

/// A notice, who does which village, or announcements: as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guidance {
    /// What it is.
    pub kind: CatalogueKind,
    /// Which of its kind.
    pub id: String,
    /// The blob.
    pub bytes: Vec<u8>,
}

/// A laptop that may send no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedDevice {
    /// Its id.
    pub id: DeviceId,
    /// Since when, in milliseconds since 1970 on the server's clock.
    pub at_millis: i64,
}

/// News' bytes as made, and the server's signature over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNews {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The server's signature over `bytes`.
    pub signature: Signature,
}

/// News cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NewsError {
    /// Not signed by the pinned server.
    #[error("bad signature")]
    BadSignature,
    /// Signed, but not news.
    #[error("unreadable news")]
    Unreadable,
    /// Signed, of a newer format.
    #[error("newer format")]
    NewerFormat,
}

impl NewsError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadSignature => "bad_signature",
            Self::Unreadable => "unreadable",
            Self::NewerFormat => "newer_format",
        }
    }
}

impl SignedNews {
    /// Signs news: their bytes are made here, once.
    pub fn sign(news: &News, key: &SigningKey) -> Self {
        let bytes = news.to_bytes();
        let signature = key.sign(Label::News, &[&bytes]);
        Self { bytes, signature }
    }

    /// Verifies against the pinned server's key and reads.
    pub fn open(&self, server: &VerifyKey) -> Result<News, NewsError> {
        if !server.verify(Label::News, &[&self.bytes], &self.signature) {
            return Err(NewsError::BadSignature);
        }
        News::from_bytes(&self.bytes)
    }

    /// BLAKE3 of the bytes as signed.
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.bytes).as_bytes()
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.bytes(&self.bytes).bytes(&self.signature.to_bytes());
    }

    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self, CborError> {
        let bytes = input.bytes(Limits::BUNDLE.inflated)?.to_vec();
        Ok(Self { bytes, signature: wire::read_signature(input)? })
    }
}

impl News {
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        let is_plain = self.opened.is_none() && self.guidance.is_empty();
        if is_plain {
            out.array(ITEMS).uint(FORMAT);
        } else {
            out.array(ITEMS + 2).uint(FORMAT_WITH_GUIDANCE);
        }
        out.bytes(self.server.0.as_bytes()).int(self.made_at_millis);
        write_communes(&mut out, &self.communes);
        // Whoever passes it on may know less than this program: without a dictionary.
        parcel::write_all(&self.changes, None, &mut out);
        out.array(self.instruments.len());
        for form in &self.instruments {
            out.array(INSTRUMENT_ITEMS).text(&form.id).text(&form.version).text(&form.hash);
            out.text(&form.survey).text(&form.choices).text(&form.settings).array(form.files.len() * 2);
            for (name, text) in &form.files {
                out.text(name).text(text);
            }
        }
        out.array(self.standards.len());
        for standard in &self.standards {
            out.array(STANDARD_ITEMS).text(&standard.id).text(&standard.hash).text(&standard.toml);
        }
        out.array(self.devices.len());
        for device in &self.devices {
            out.array(DEVICE_ITEMS).bytes(device.id.0.as_bytes()).text(&device.name);
            out.bytes(&device.key.to_bytes());
            write_communes(&mut out, &device.communes);
            match &device.bundle_recipient {
                Some(recipient) => out.text(&recipient.to_string()),
                None => out.null(),
            };
            out.array(device.former.len());
            for key in &device.former {
                out.bytes(&key.to_bytes());
            }
        }
        out.array(self.revoked.len() * 2);
        for device in &self.revoked {
            out.bytes(device.id.0.as_bytes()).int(device.at_millis);
        }
        match &self.retention {
            Some(Retention { round, locked_at_millis, days }) => {
                out.array(RETENTION_ITEMS).uint(round.0.into()).int(*locked_at_millis).uint((*days).into())
            }
            None => out.null(),
        };
        if is_plain {
            return out.into_bytes();
        }
        match &self.opened {
            Some(OpenRound { round, opened_at_millis }) => {
                out.array(ROUND_ITEMS).uint(round.0.into()).int(*opened_at_millis)
            }
            None => out.null(),
        };
        out.array(self.guidance.len());
        for Guidance { kind, id, bytes } in &self.guidance {
            out.array(GUIDANCE_ITEMS).uint(kind.number()).text(id).bytes(bytes);
        }
        out.into_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, NewsError> {
        let mut input = Reader::new(bytes);
        let has_guidance = match (input.array(usize::MAX)?, input.uint()?) {
            (ITEMS, FORMAT) => false,
            (items, FORMAT_WITH_GUIDANCE) if items == ITEMS + 2 => true,
            (_, format) if format > FORMAT_WITH_GUIDANCE => return Err(NewsError::NewerFormat),
            _ => return Err(NewsError::Unreadable),
        };
        let (server, made_at_millis) = (ServerId(wire::read_uuid(&mut input)?), input.int()?);
        let communes = read_communes(&mut input)?;
        let Parcels { edits: changes, unreadable: unread } = parcel::read_all(&mut input, MAX_CHANGES_DOWN)?;
        let news = Self {
            server,
            made_at_millis,
            communes,
            changes,
            unread,
            instruments: read_many(&mut input, MOST, read_instrument)?,
            standards: read_many(&mut input, MOST, read_standard)?,
            devices: read_many(&mut input, MOST, read_device)?,
            revoked: read_revoked(&mut input)?,
            retention: input.nullable(read_retention)?,
            opened: if has_guidance { input.nullable(read_round)? } else { None },
            guidance: if has_guidance { read_many(&mut input, MOST, read_guidance)? } else { Vec::new() },
        };
        input.end()?;
        Ok(news)
    }
}

fn write_communes(out: &mut Writer, communes: &[CommuneCode]) {
    out.array(communes.len());
    for commune in communes {
        out.text(commune.as_str());
    }
}

fn read_many<T>(
    input: &mut Reader<'_>,
    most: usize,
    mut read: impl FnMut(&mut Reader<'_>) -> Result<T, CborError>,
) -> Result<Vec<T>, CborError> {
    let items = input.array(most)?;
    (0..items).map(|_| read(input)).collect()
}

fn read_communes(input: &mut Reader<'_>) -> Result<Vec<CommuneCode>, CborError> {
    read_many(input, MOST, |input| input.text(MOST_NAME)?.parse().map_err(|_| CborError::Malformed))
}

fn read_instrument(input: &mut Reader<'_>) -> Result<InstrumentFiles, CborError> {
    input.array_of(INSTRUMENT_ITEMS)?;
    let mut text = |most| input.text(most).map(str::to_owned);
    let (id, version, hash) = (text(MOST_NAME)?, text(MOST_NAME)?, text(MOST_NAME)?);
    let (survey, choices, settings) = (text(MOST_TEXT)?, text(MOST_TEXT)?, text(MOST_TEXT)?);
    let items = input.array(MOST * 2)?;
    if !items.is_multiple_of(2) {
        return Err(CborError::Malformed);
    }
    let files = (0..items / 2)
        .map(|_| Ok((input.text(MOST_NAME)?.to_owned(), input.text(MOST_TEXT)?.to_owned())))
        .collect::<Result<_, CborError>>()?;
    Ok(InstrumentFiles { id, version, hash, survey, choices, settings, files })
}

fn read_standard(input: &mut Reader<'_>) -> Result<StandardFile, CborError> {
    input.array_of(STANDARD_ITEMS)?;
    let mut text = |most| input.text(most).map(str::to_owned);
    Ok(StandardFile { id: text(MOST_NAME)?, hash: text(MOST_NAME)?, toml: text(MOST_TEXT)? })
}

fn read_device(input: &mut Reader<'_>) -> Result<KnownDevice, CborError> {
    input.array_of(DEVICE_ITEMS)?;
    let read_key =
        |input: &mut Reader<'_>| VerifyKey::from_bytes(input.bytes_of()?).map_err(|_| CborError::Malformed);
    Ok(KnownDevice {
        id: wire::read_device(input)?,
        name: input.text(MOST_NAME)?.to_owned(),
        key: read_key(input)?,
        communes: read_communes(input)?,
        bundle_recipient: input.nullable(|input| {
            input.text(MOST_NAME)?.parse::<BundleRecipient>().map_err(|_| CborError::Malformed)
        })?,
        former: {
            let count = input.array(MAX_FORMER_KEYS)?;
            (0..count).map(|_| read_key(input)).collect::<Result<_, _>>()?
        },
    })
}

fn read_revoked(input: &mut Reader<'_>) -> Result<Vec<RevokedDevice>, CborError> {
    let items = input.array(MOST * 2)?;
    if !items.is_multiple_of(2) {
        return Err(CborError::Malformed);
    }
    (0..items / 2)
        .map(|_| Ok(RevokedDevice { id: wire::read_device(input)?, at_millis: input.int()? }))
        .collect()
}

fn read_round(input: &mut Reader<'_>) -> Result<OpenRound, CborError> {
    input.array_of(ROUND_ITEMS)?;
    let round = u16::try_from(input.uint()?).map_err(|_| CborError::Malformed)?;
    Ok(OpenRound { round: Round(round), opened_at_millis: input.int()? })
}

fn read_guidance(input: &mut Reader<'_>) -> Result<Guidance, CborError> {
    input.array_of(GUIDANCE_ITEMS)?;
    let kind = CatalogueKind::of(input.uint()?);
    Ok(Guidance { kind, id: input.text(MOST_NAME)?.to_owned(), bytes: input.bytes(MOST_TEXT)?.to_vec() })
}

fn read_retention(input: &mut Reader<'_>) -> Result<Retention, CborError> {
    input.array_of(RETENTION_ITEMS)?;
    let round = u16::try_from(input.uint()?).map_err(|_| CborError::Malformed)?;
    let locked_at_millis = input.int()?;
    let days = u32::try_from(input.uint()?).map_err(|_| CborError::Malformed)?;
    Ok(Retention { round: Round(round), locked_at_millis, days })
}

impl From<CborError> for NewsError {
    fn from(_: CborError) -> Self {
        Self::Unreadable
    }
}

impl From<UnpackError> for NewsError {
    fn from(error: UnpackError) -> Self {
        match error {
            UnpackError::Newer | UnpackError::UnknownDictionary => Self::NewerFormat,
            UnpackError::Bytes(error) => error.into(),
        }
    }
}
